/* web-messages.c: one message of the Web Access API */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-request.h"

#include "access.h"
#include "archive.h"
#include "errors.h"
#include "json.h"
#include "timezone.h"

#include <libsoup/soup.h>

/* Returns: (transfer full) (nullable): what the archive knows of the message, if the user may read
 * it; otherwise the request is answered. */
static JsonObject *
find (MunWebRequest *request, char **id, guint *rights)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) info = NULL;
  gint64 store, number;

  *id = g_strconcat (request->segments[1], ":", request->segments[2], NULL);
  if (!mun_archive_parse_message_id (*id, &store, &number, NULL)) {
    mun_web_request_fail (request, SOUP_STATUS_NOT_FOUND, "There is no message %s", *id);
    return NULL;
  }
  info = mun_archive_message_info (mun_server_get_archive (request->server), *id, &error);
  if (info == NULL) {
    mun_web_request_fail_error (request, error);
    return NULL;
  }
  *rights
      = mun_access_get (request->server, request->user, mun_json_get_string (info, "folder", ""));
  if ((*rights & MUN_ACCESS_READ) == 0) {
    mun_web_request_fail (request, SOUP_STATUS_FORBIDDEN, "User %s may not read message %s",
                          request->user_name, *id);
    return NULL;
  }
  return g_steal_pointer (&info);
}

void
mun_web_download (MunWebRequest *request)
{
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  guint rights;
  g_autoptr (JsonObject) info = find (request, &id, &rights);
  g_autoptr (GBytes) raw = NULL;

  if (info == NULL)
    return;
  raw = mun_archive_read_message (mun_server_get_archive (request->server), id, &error);
  if (raw == NULL) {
    g_warning ("Message %s: %s", id, error->message);
    if (g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND))
      mun_web_request_fail_error (request, error);
    else
      mun_web_request_fail (request, SOUP_STATUS_INTERNAL_SERVER_ERROR,
                            "The message could not be entirely retrieved from the archive.");
    return;
  }
  if ((rights & MUN_ACCESS_OWN) == 0
      && !mun_server_audit (request->server, request->user_name, "MessageRetrieveContent", &error,
                            "message %s, folder %s, SHA-256 %s", id,
                            mun_json_get_string (info, "folder", ""),
                            mun_json_get_string (info, "sha256", ""))) {
    mun_web_request_fail_error (request, error);
    return;
  }
  mun_web_request_reply (request, "message/rfc822", g_steal_pointer (&raw));
}

static void
copy (JsonObject *to, JsonObject *from, const char *member)
{
  JsonNode *node = json_object_get_member (from, member);

  if (node != NULL)
    json_object_set_member (to, member, mun_json_copy_node (node));
  else
    json_object_set_null_member (to, member);
}

static void
set_profile_name (MunWebRequest *request, JsonObject *reply, gint64 profile_id)
{
  g_autoptr (JsonObject) profile
      = profile_id != 0
            ? mun_master_get_profile (mun_server_get_master (request->server), profile_id, NULL)
            : NULL;

  mun_json_set_text (reply, "profileName", mun_json_get_string (profile, "name", NULL));
}

void
mun_web_archive_info (MunWebRequest *request)
{
  static const char *const members[]
      = { "sha256", "size", "storeId", "storeName", "folder", "damaged", "damageNote", "pieces" };
  g_autofree char *id = NULL;
  g_autofree char *archived = NULL;
  g_autofree char *utc = NULL;
  guint rights;
  g_autoptr (JsonObject) info = find (request, &id, &rights);
  JsonObject *reply;

  if (info == NULL)
    return;
  reply = json_object_new ();
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    copy (reply, info, members[i]);
  archived = mun_timestamp_format (mun_json_get_int (info, "archivedDate", 0), NULL);
  utc = g_strconcat (archived, "Z", NULL);
  json_object_set_string_member (reply, "archivedDate", utc);
  set_profile_name (request, reply, mun_json_get_int (info, "profileId", 0));
  mun_web_request_reply_json (request, mun_json_node_take_object (reply));
}
