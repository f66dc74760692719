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
#include <string.h>

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

/* What of a message is asked for. */
typedef struct {
  guint64 start, length;
  guint status; /* 200, 206, or 416 */
} Stretch;

/* One range (RFC 9110 section 14). Several, and what is no range, mean the whole message, as that
 * document allows; so does a range of another message than the one that is here (If-Range). */
static void
choose_stretch (MunWebRequest *request, guint64 size, const char *etag, Stretch *stretch)
{
  const char *range = soup_message_headers_get_one (request->headers, "Range");
  const char *condition = soup_message_headers_get_one (request->headers, "If-Range");
  SoupRange *ranges;
  int n_ranges;

  *stretch = (Stretch){ 0, size, SOUP_STATUS_OK };
  if (request->is_head || range == NULL || (condition != NULL && strcmp (condition, etag) != 0)
      || !soup_message_headers_get_ranges (request->headers, size, &ranges, &n_ranges))
    return;
  if (n_ranges == 1) {
    /* The last bytes, more of them than there are; else the number was too large for libsoup. */
    if (ranges->start < 0 && strstr (range, "=-") != NULL)
      ranges->start = 0;
    stretch->status = SOUP_STATUS_PARTIAL_CONTENT;
    if (ranges->start < 0 || (guint64)ranges->start >= size) {
      stretch->status = SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE;
    } else {
      stretch->start = ranges->start;
      stretch->length = MIN ((guint64)ranges->end, size - 1) - stretch->start + 1;
    }
  }
  soup_message_headers_free_ranges (request->headers, ranges);
}

static void
set_headers (MunWebRequest *request, guint64 size, const char *etag, const Stretch *stretch)
{
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);

  request->reply_headers = headers;
  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  soup_message_headers_replace (headers, "ETag", etag);
  if (stretch->status == SOUP_STATUS_PARTIAL_CONTENT) {
    soup_message_headers_set_content_range (headers, stretch->start,
                                            stretch->start + stretch->length - 1, size);
  } else if (stretch->status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE) {
    g_autofree char *all = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, size);

    soup_message_headers_replace (headers, "Content-Range", all);
  }
}

static void
fail_reading (MunWebRequest *request, const GError *error)
{
  g_warning ("%s", error->message);
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND))
    mun_web_request_fail_error (request, error);
  else
    mun_web_request_fail (request, SOUP_STATUS_INTERNAL_SERVER_ERROR,
                          "The message could not be entirely retrieved from the archive.");
}

/* The headers alone tell nothing that archiveinfo does not. */
static gboolean
record_reading (MunWebRequest *request, JsonObject *info, const char *id, guint rights)
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

/* The stretch that was asked for, its first bytes read and the reading recorded. */
static void
begin_sending (MunWebRequest *request, JsonObject *info, const char *id, guint rights,
               MunMessageReader *opened)
{
  g_autoptr (MunMessageReader) reader = opened;
  guint64 size = mun_message_reader_get_size (reader);
  g_autofree char *etag = g_strdup_printf ("\"%s\"", mun_message_reader_get_digest (reader));
  g_autoptr (GError) error = NULL;
  g_autoptr (MunWebStream) stream = NULL;
  Stretch stretch;

  choose_stretch (request, size, etag, &stretch);
  if (stretch.status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE) {
    set_headers (request, size, etag, &stretch);
    mun_web_request_fail (request, stretch.status,
                          "Message %s has %" G_GUINT64_FORMAT
                          " bytes: the range begins behind them",
                          id, size);
    return;
  }
  if (stretch.length < size)
    mun_message_reader_seek (reader, stretch.start);
  stream = mun_web_stream_new (g_steal_pointer (&reader), stretch.length, &error);
  if (stream == NULL) {
    fail_reading (request, error);
    return;
  }
  if (!record_reading (request, info, id, rights))
    return;
  set_headers (request, size, etag, &stretch);
  mun_web_request_reply (request, "message/rfc822", NULL);
  request->status = stretch.status;
  request->stream = g_steal_pointer (&stream);
}

void
mun_web_download (MunWebRequest *request)
{
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  guint rights;
  g_autoptr (JsonObject) info = find (request, &id, &rights);
  MunMessageReader *reader;

  if (info == NULL)
    return;
  reader = mun_archive_open_message (mun_server_get_archive (request->server), id, &error);
  if (reader != NULL)
    begin_sending (request, info, id, rights, reader);
  else
    fail_reading (request, error);
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
