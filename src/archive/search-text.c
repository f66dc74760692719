/* search-text.c: a page of hits as JSON text */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "search-text.h"

#include "catalogue.h"
#include "json.h"

/* The years 1 to 9999, as mun_timestamp_format() has them. */
#define UTC_TEXT(seconds)                                                                          \
  "CASE " seconds " WHEN 0 THEN NULL ELSE strftime('%Y-%m-%dT%H:%M:%SZ',"                          \
  " min(max(" seconds ", -62135596800), 253402300799), 'unixepoch') END"

#define DATE UTC_TEXT ("(number >> 20)")
#define RECEIVED UTC_TEXT ("CAST(received AS INTEGER)")
#define ARCHIVED UTC_TEXT ("CAST(archived AS INTEGER)")

#define FLAG(bit) "json(CASE WHEN flags & " G_STRINGIFY (bit) " THEN 'true' ELSE 'false' END)"
#define HAS_ATTACHMENTS FLAG (1)
#define DAMAGED FLAG (2)
G_STATIC_ASSERT (MUN_ROW_ATTACHMENTS == 1 && MUN_ROW_DAMAGED == 2);

/* One row without its folder and its snippet. The casts: a changed byte of a row must not make a
 * whole list unreadable. */
static const char row_sql[]
    = "SELECT folder, json_object('id', ?2 || ':' || number, 'gid', ?2 || '', 'mid', number || '',"
      " 'storeId', ?2, 'storeName', ?3, 'number', number, 'size', CAST(size AS INTEGER),"
      " 'date', " DATE ", 'sentDate', CAST(sent AS INTEGER), 'receivedDate', " RECEIVED ","
      " 'archivedDate', " ARCHIVED ", 'hasAttachments', " HAS_ATTACHMENTS ", 'damaged', " DAMAGED
      ", 'priority', CASE WHEN CAST(priority AS INTEGER) < 1 THEN 'Normal'"
      " WHEN CAST(priority AS INTEGER) = 1 THEN 'High' ELSE 'Low' END,"
      " 'profileId', CAST(profile AS INTEGER),"
      " 'subject', coalesce(CAST(subject AS TEXT), ''),"
      " 'from', coalesce(CAST(sender AS TEXT), ''),"
      " 'to', coalesce(CAST(recipients AS TEXT), ''),"
      " 'fromOrTo', coalesce(CAST(CASE sender WHEN '' THEN recipients ELSE sender END AS TEXT), "
      "''),"
      " 'messageId', CAST(message_id AS TEXT), 'damageNote', CAST(damage_note AS TEXT))"
      " FROM messages WHERE number = ?1";

/* What the rows of one part have in common. */
typedef struct {
  sqlite3_stmt *row;
  GHashTable *folders; /* id → path as a JSON string */
} PartRows;

static void
clear_rows (gpointer data)
{
  PartRows *rows = data;

  if (rows->folders != NULL)
    g_hash_table_unref (rows->folders);
}

static const char *
folder_json (PartRows *rows, MunDatabase *reader, gint64 folder)
{
  char *json = g_hash_table_lookup (rows->folders, &folder);

  if (json == NULL) {
    g_autofree char *path = mun_catalogue_dup_path (reader, folder);
    g_autofree char *valid = g_utf8_make_valid (path, -1);
    g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), valid);

    json = mun_json_to_string (node);
    g_hash_table_insert (rows->folders, g_memdup2 (&folder, sizeof folder), json);
  }
  return json;
}

static gboolean
prepare_rows (PartRows *rows, MunDatabase *reader, MunSearchPart *part, GError **error)
{
  g_autofree char *name = NULL;

  if (rows->folders != NULL)
    return TRUE;
  rows->row = mun_database_prepare (reader, error, row_sql, "");
  if (rows->row == NULL)
    return FALSE;
  name = g_utf8_make_valid (part->entry->name, -1);
  sqlite3_bind_int64 (rows->row, 2, part->entry->id);
  sqlite3_bind_text (rows->row, 3, name, -1, SQLITE_TRANSIENT);
  rows->folders = mun_catalogue_paths_new ();
  return TRUE;
}

static void
append_element (PartRows *rows, MunDatabase *reader, JsonObject *snippet, GString *text)
{
  const char *element = mun_database_text (rows->row, 1);
  gsize length = sqlite3_column_bytes (rows->row, 1);
  g_autofree char *valid
      = g_utf8_validate_len (element, length, NULL) ? NULL : g_utf8_make_valid (element, length);
  g_autofree char *snippet_text = snippet != NULL ? mun_json_object_to_string (snippet) : NULL;

  if (valid != NULL)
    element = valid;
  length = valid != NULL ? strlen (valid) : length;
  if (text->len > 0)
    g_string_append_c (text, ',');
  /* The object stays open for the two that SQLite does not know. */
  g_string_append_len (text, element, length - 1);
  g_string_append (text, ",\"folder\":");
  g_string_append (text, folder_json (rows, reader, sqlite3_column_int64 (rows->row, 0)));
  g_string_append (text, ",\"snippet\":");
  g_string_append (text, snippet_text != NULL ? snippet_text : "null");
  g_string_append_c (text, '}');
}

gboolean
mun_search_text_append (GPtrArray *parts, MunDatabase **readers, GArray *hits,
                        MunSearchSnippet snippet, gpointer data, GString *text, guint *n_written,
                        GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, TRUE, sizeof (PartRows));

  g_array_set_clear_func (all, clear_rows);
  g_array_set_size (all, parts->len);
  *n_written = 0;
  for (guint i = 0; i < hits->len; i++) {
    MunSearchHit *hit = &g_array_index (hits, MunSearchHit, i);
    PartRows *rows = &g_array_index (all, PartRows, hit->part);
    MunDatabase *reader = readers[hit->part];
    g_autoptr (GError) local_error = NULL;
    g_autoptr (JsonObject) object = NULL;

    if (!prepare_rows (rows, reader, g_ptr_array_index (parts, hit->part), error))
      return FALSE;
    sqlite3_bind_int64 (rows->row, 1, hit->number);
    if (mun_database_step (reader, rows->row, &local_error)) {
      object = snippet != NULL ? snippet (data, hit, i) : NULL;
      append_element (rows, reader, object, text);
      sqlite3_reset (rows->row);
      (*n_written)++;
    } else if (local_error != NULL) {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  }
  return TRUE;
}
