/* web.c: the Web Access API exactly as in the contract 1.12 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "mailstore.h"

#include "json.h"
#include "text.h"

#include <string.h>

#define SEARCHES 8

static const struct {
  const char *mid, *subject, *date, *folder, *who, *raw;
} messages[] = {
  { "1", "Quarterly figures", "2026-02-27T09:15:00",
    "frank.clark/Exchange frank.clark@example.com/Inbox", "Ann Lee",
    "From: Ann Lee <ann@example.com>\r\nTo: frank.clark@example.com\r\nSubject: Quarterly "
    "figures\r\n"
    "Date: Fri, 27 Feb 2026 09:15:00 +0100\r\n\r\nThe figures are attached.\r\n" },
  { "2", "Lunch", "2026-02-26T11:40:00", "frank.clark/Exchange frank.clark@example.com/Inbox",
    "Bo Berg",
    "From: Bo Berg <bo@example.com>\r\nTo: frank.clark@example.com\r\nSubject: Lunch\r\n\r\nAt "
    "twelve?\r\n" },
  { "3", "Re: Lunch", "2026-02-26T11:45:00",
    "frank.clark/Exchange frank.clark@example.com/Sent Items", "Bo Berg",
    "From: frank.clark@example.com\r\nTo: Bo Berg <bo@example.com>\r\nSubject: Re: "
    "Lunch\r\n\r\nYes.\r\n" },
};

static void
reply_node (SoupServerMessage *message, guint status, JsonNode *node)
{
  g_autoptr (JsonNode) owned = node;
  char *text = mun_json_to_string (owned);

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text,
                                    strlen (text));
}

static void
refuse (SoupServerMessage *message, guint status, const char *text)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "message", text);
  reply_node (message, status, mun_json_node_take_object (object));
}

static JsonObject *
parse_body (SoupServerMessage *message)
{
  g_autoptr (GBytes) body
      = soup_message_body_flatten (soup_server_message_get_request_body (message));
  gsize length;
  const char *text = g_bytes_get_data (body, &length);

  return length > 0 ? mun_json_parse_object (text, length, NULL) : NULL;
}

static void
authenticate (Mailstore *self, SoupServerMessage *message)
{
  g_autoptr (JsonObject) body = parse_body (message);
  g_autofree char *token = mun_text_random_hex (16);
  JsonObject *reply, *information;

  if (g_strcmp0 (mun_json_get_string (body, "username", NULL), MAILSTORE_USER) != 0
      || g_strcmp0 (mun_json_get_string (body, "password", NULL), MAILSTORE_PASSWORD) != 0) {
    refuse (message, SOUP_STATUS_UNAUTHORIZED, "Invalid credentials.");
    return;
  }
  reply = json_object_new ();
  information = json_object_new ();
  json_object_set_string_member (information, "access_token", token);
  json_object_set_int_member (information, "expires_in", 300);
  json_object_set_string_member (information, "vendor_scope", "web");
  json_object_set_object_member (reply, "tokenInformation", information);
  json_object_set_boolean_member (reply, "mfaCodeRequired", FALSE);
  g_hash_table_insert (self->tokens, g_strdup (token), GUINT_TO_POINTER (self->token_uses));
  reply_node (message, SOUP_STATUS_OK, mun_json_node_take_object (reply));
}

static gboolean
use_token (Mailstore *self, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *header = soup_message_headers_get_one (headers, "Authorization");
  gpointer left;

  if (header == NULL || !g_str_has_prefix (header, "Bearer ")
      || !g_hash_table_lookup_extended (self->tokens, header + 7, NULL, &left)
      || GPOINTER_TO_UINT (left) == 0)
    return FALSE;
  g_hash_table_insert (self->tokens, g_strdup (header + 7),
                       GUINT_TO_POINTER (GPOINTER_TO_UINT (left) - 1));
  return TRUE;
}

static void
list_archives (Mailstore *self, SoupServerMessage *message)
{
  JsonArray *folders = json_object_get_array_member (self->documents, "GetChildFolders");
  JsonArray *result = json_array_new ();

  for (guint i = 0; i < json_array_get_length (folders); i++) {
    JsonObject *folder = json_array_get_object_element (folders, i);
    JsonObject *row = json_object_new ();

    json_object_set_string_member (row, "name", mun_json_get_string (folder, "name", ""));
    json_object_set_boolean_member (
        row, "containsFolders",
        json_array_get_length (mun_json_get_array (folder, "childFolders")) > 0);
    json_object_set_string_member (row, "vendorIcon", "user");
    json_array_add_object_element (result, row);
  }
  reply_node (message, SOUP_STATUS_OK, mun_json_node_take_array (result));
}

/* The folders of "archive/path", NULL when there are none: the original answers 404 then. */
static JsonArray *
find_folders (Mailstore *self, const char *archive, const char *path)
{
  g_autofree char *full = g_strjoin ("/", archive, path, NULL);
  g_auto (GStrv) names = g_strsplit (full, "/", -1);
  JsonArray *level = json_object_get_array_member (self->documents, "GetChildFolders");

  for (guint i = 0; names[i] != NULL && level != NULL; i++) {
    JsonArray *next = NULL;

    for (guint k = 0; k < json_array_get_length (level); k++) {
      JsonObject *folder = json_array_get_object_element (level, k);

      if (*names[i] == '\0')
        next = level;
      else if (g_strcmp0 (mun_json_get_string (folder, "name", NULL), names[i]) == 0)
        next = mun_json_get_array (folder, "childFolders");
    }
    level = next;
  }
  return level;
}

static void
list_folders (Mailstore *self, SoupServerMessage *message, GHashTable *query)
{
  const char *archive = query != NULL ? g_hash_table_lookup (query, "archiveName") : NULL;
  const char *path = query != NULL ? g_hash_table_lookup (query, "folderPath") : NULL;
  JsonArray *folders
      = archive != NULL ? find_folders (self, archive, path != NULL ? path : "") : NULL;
  JsonArray *result;

  if (folders == NULL || json_array_get_length (folders) == 0) {
    refuse (message, SOUP_STATUS_NOT_FOUND, "Folder not found.");
    return;
  }
  result = json_array_new ();
  for (guint i = 0; i < json_array_get_length (folders); i++) {
    JsonObject *folder = json_array_get_object_element (folders, i);
    const char *name = mun_json_get_string (folder, "name", "");
    g_autofree char *full
        = path != NULL && *path != '\0' ? g_strjoin ("/", path, name, NULL) : g_strdup (name);
    JsonObject *row = json_object_new ();

    json_object_set_string_member (row, "fullPath", full);
    json_object_set_boolean_member (
        row, "hasChildren",
        json_array_get_length (mun_json_get_array (folder, "childFolders")) > 0);
    json_array_add_object_element (result, row);
  }
  reply_node (message, SOUP_STATUS_OK, mun_json_node_take_array (result));
}

static gboolean
is_found (JsonObject *query, guint i)
{
  const char *words = mun_json_get_string (query, "query", "");
  const char *folder = mun_json_get_string (query, "folder", "");
  gsize length = strlen (folder);
  g_autofree char *needle = g_utf8_casefold (words, -1);
  g_autofree char *hay = g_utf8_casefold (messages[i].raw, -1);

  if (strstr (hay, needle) == NULL || strncmp (messages[i].folder, folder, length) != 0)
    return FALSE;
  if (length == 0 || messages[i].folder[length] == '\0')
    return TRUE;
  return messages[i].folder[length] == '/' && mun_json_get_bool (query, "folderRecurse", TRUE);
}

static void
start_search (Mailstore *self, SoupServerMessage *message)
{
  static const char *const dates[]
      = { "dateFrom", "dateTo", "archivedFrom", "archivedTo", "date", "archivedDate" };
  JsonObject *query = parse_body (message);
  JsonObject *reply;
  g_autofree char *id = NULL;

  if (query == NULL) {
    refuse (message, SOUP_STATUS_BAD_REQUEST, "The request is invalid.");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (dates); i++) {
    if (json_object_has_member (query, dates[i])) {
      json_object_unref (query);
      refuse (message, SOUP_STATUS_BAD_REQUEST, "The request is invalid.");
      return;
    }
  }
  id = g_strdup_printf ("search-%u", ++self->serial);
  g_hash_table_insert (self->searches, g_strdup (id), query);
  g_queue_push_tail (self->search_order, g_strdup (id));
  if (g_queue_get_length (self->search_order) > SEARCHES) {
    g_autofree char *oldest = g_queue_pop_head (self->search_order);

    g_hash_table_remove (self->searches, oldest);
  }
  reply = json_object_new ();
  json_object_set_string_member (reply, "searchId", id);
  reply_node (message, SOUP_STATUS_OK, mun_json_node_take_object (reply));
}

/* The first question finds it at work, so that clients have to ask again. */
static void
show_search (SoupServerMessage *message, JsonObject *query)
{
  JsonObject *reply = json_object_new ();
  gboolean done = json_object_has_member (query, "asked");
  guint count = 0;

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    count += is_found (query, i) ? 1 : 0;
  json_object_set_boolean_member (query, "asked", TRUE);
  json_object_set_string_member (reply, "status", done ? "Completed" : "Active");
  json_object_set_int_member (reply, "progress", done ? 100 : 10);
  json_object_set_int_member (reply, "foundMessageCount", done ? count : 0);
  json_object_set_string_member (reply, "errorCode", "None");
  json_object_set_null_member (reply, "errorMessage");
  reply_node (message, SOUP_STATUS_OK, mun_json_node_take_object (reply));
}

static void
show_results (SoupServerMessage *message, JsonObject *query, GHashTable *parameters)
{
  const char *first
      = parameters != NULL ? g_hash_table_lookup (parameters, "messageIndexStart") : NULL;
  const char *most = parameters != NULL ? g_hash_table_lookup (parameters, "messageCount") : NULL;
  gint64 start = first != NULL ? g_ascii_strtoll (first, NULL, 10) : 0;
  gint64 left = most != NULL ? g_ascii_strtoll (most, NULL, 10) : 50;
  JsonObject *reply = json_object_new ();
  JsonArray *items = json_array_new ();
  gint64 position = 0;

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++) {
    JsonObject *item;

    if (!is_found (query, i) || position++ < start || left-- <= 0)
      continue;
    item = json_object_new ();
    json_object_set_int_member (item, "gid", 2);
    json_object_set_string_member (item, "mid", messages[i].mid);
    json_object_set_string_member (item, "subject", messages[i].subject);
    json_object_set_string_member (item, "date", messages[i].date);
    json_object_set_string_member (item, "folder", messages[i].folder);
    json_object_set_string_member (item, "fromOrTo", messages[i].who);
    json_object_set_string_member (item, "vendorScore", "0.5");
    json_array_add_object_element (items, item);
  }
  json_object_set_int_member (reply, "messageCount", position);
  json_object_set_array_member (reply, "searchResultItems", items);
  reply_node (message, SOUP_STATUS_OK, mun_json_node_take_object (reply));
}

static void
serve_search (Mailstore *self, SoupServerMessage *message, char **parts, GHashTable *query)
{
  JsonObject *search = parts[2] != NULL ? g_hash_table_lookup (self->searches, parts[2]) : NULL;

  if (search == NULL)
    refuse (message, SOUP_STATUS_INTERNAL_SERVER_ERROR,
            "The cached search is no longer available.");
  else if (g_strcmp0 (parts[3], "results") == 0)
    show_results (message, search, query);
  else
    show_search (message, search);
}

static void
serve_message (SoupServerMessage *message, char **parts)
{
  gboolean named = g_strv_length (parts) >= 5 && strcmp (parts[2], "2") == 0;
  JsonObject *information;

  for (guint i = 0; named && i < G_N_ELEMENTS (messages); i++) {
    if (strcmp (messages[i].mid, parts[3]) != 0)
      continue;
    if (strcmp (parts[4], "download") == 0) {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_server_message_set_response (message, "message/rfc822", SOUP_MEMORY_STATIC,
                                        messages[i].raw, strlen (messages[i].raw));
      return;
    }
    information = json_object_new ();
    json_object_set_string_member (information, "vendorStore", "2026-01");
    reply_node (message, SOUP_STATUS_OK, mun_json_node_take_object (information));
    return;
  }
  if (named && strcmp (parts[3], "13") == 0)
    refuse (message, SOUP_STATUS_INTERNAL_SERVER_ERROR,
            "The message could not be entirely retrieved from the archive.");
  else
    refuse (message, SOUP_STATUS_NOT_FOUND, "Message not found.");
}

void
mailstore_web_cb (SoupServer *server, SoupServerMessage *message, const char *path,
                  GHashTable *query, gpointer user_data)
{
  Mailstore *self = user_data;
  g_auto (GStrv) parts = g_strsplit (*path == '/' ? path + 1 : path, "/", -1);
  const char *method = soup_server_message_get_method (message);
  gboolean post = strcmp (method, "POST") == 0;

  if (strcmp (path, "/api/authenticate/internal") == 0 && post)
    authenticate (self, message);
  else if (!g_str_has_prefix (path, "/api/"))
    refuse (message, SOUP_STATUS_NOT_FOUND, "Not found.");
  else if (!use_token (self, message))
    refuse (message, SOUP_STATUS_UNAUTHORIZED, "Authorization has been denied for this request.");
  else if (strcmp (path, "/api/archives") == 0)
    list_archives (self, message);
  else if (strcmp (path, "/api/folders") == 0)
    list_folders (self, message, query);
  else if (strcmp (path, "/api/searches") == 0 && post)
    start_search (self, message);
  else if (strcmp (parts[1], "searches") == 0)
    serve_search (self, message, parts, query);
  else if (strcmp (parts[1], "messages") == 0)
    serve_message (message, parts);
  else
    refuse (message, SOUP_STATUS_NOT_FOUND, "Not found.");
}
