/* web-messages.c: one message of the Web Access API */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-messages.h"

#include "access.h"
#include "archive.h"
#include "errors.h"
#include "json.h"
#include "message-reader.h"
#include "timezone.h"

#include <libsoup/soup.h>
#include <string.h>

JsonObject *
mun_web_message_find (MunWebRequest *request, char **id, guint *rights)
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
mun_web_message_fail (MunWebRequest *request, const GError *error)
{
  g_warning ("%s", error->message);
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND))
    mun_web_request_fail_error (request, error);
  else
    mun_web_request_fail (request, SOUP_STATUS_INTERNAL_SERVER_ERROR,
                          "The message could not be entirely retrieved from the archive.");
}

/* The headers alone tell nothing that archiveinfo does not. */
gboolean
mun_web_message_record (MunWebRequest *request, JsonObject *info, const char *id, guint rights)
{
  g_autoptr (GError) error = NULL;

  if (request->is_head || (rights & MUN_ACCESS_OWN) != 0
      || mun_server_audit (request->server, request->user_name, "MessageRetrieveContent", &error,
                           "message %s, folder %s, SHA-256 %s", id,
                           mun_json_get_string (info, "folder", ""),
                           mun_json_get_string (info, "sha256", "")))
    return TRUE;
  mun_web_request_fail_error (request, error);
  return FALSE;
}

static GBytes *
read_message (gpointer data, gsize most, GError **error)
{
  return mun_message_reader_read (data, most, error);
}

/* The stretch that was asked for, its first bytes read and the reading recorded. */
static void
begin_sending (MunWebRequest *request, JsonObject *info, const char *id, guint rights,
               MunMessageReader *reader)
{
  MunWebSource source = { read_message, (GDestroyNotify)mun_message_reader_free, reader };
  guint64 size = mun_message_reader_get_size (reader);
  g_autofree char *etag = g_strdup_printf ("\"%s\"", mun_message_reader_get_digest (reader));
  g_autoptr (GError) error = NULL;
  g_autoptr (MunWebStream) stream = NULL;
  MunWebStretch stretch;

  if (!mun_web_stretch_choose (request, size, etag, &stretch)) {
    mun_message_reader_free (reader);
    return;
  }
  if (stretch.length < size)
    mun_message_reader_seek (reader, stretch.start);
  stream = mun_web_stream_new (&source, stretch.length, &error);
  if (stream == NULL)
    mun_web_message_fail (request, error);
  else if (mun_web_message_record (request, info, id, rights))
    mun_web_stretch_reply (request, &stretch, "message/rfc822", g_steal_pointer (&stream));
}

void
mun_web_download (MunWebRequest *request)
{
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  guint rights;
  g_autoptr (JsonObject) info = mun_web_message_find (request, &id, &rights);
  MunMessageReader *reader;

  if (info == NULL)
    return;
  reader = mun_archive_open_message (mun_server_get_archive (request->server), id, &error);
  if (reader != NULL)
    begin_sending (request, info, id, rights, reader);
  else
    mun_web_message_fail (request, error);
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
  g_autoptr (JsonObject) info = mun_web_message_find (request, &id, &rights);
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
