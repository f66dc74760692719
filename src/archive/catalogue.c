/* catalogue.c: rows of a store's catalogue that several parts need */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "catalogue.h"

#include "folder-path.h"

#include <string.h>

static gboolean
find_child (MunDatabase *database, gint64 parent, const char *name, gint64 *child, GError **error)
{
  *child = 0;
  return mun_database_find_int (database, child, error,
                                "SELECT id FROM folders WHERE parent = ?1 AND name = ?2", "is",
                                parent, name);
}

static gint64
make_child (MunDatabase *database, gint64 parent, const char *name, GError **error)
{
  if (!mun_database_run (database, error, "INSERT INTO folders (parent, name) VALUES (?1, ?2)",
                         "is", parent, name))
    return 0;
  return sqlite3_last_insert_rowid (mun_database_get_handle (database));
}

static gboolean
walk_path (MunDatabase *database, const char *path, gboolean create, MunFolderIds *ids,
           GError **error)
{
  g_auto (GStrv) levels = g_strsplit (path, "/", -1);
  gint64 id = 0;

  memset (ids, 0, sizeof *ids);
  for (guint i = 0; levels[i] != NULL; i++) {
    gint64 child;

    if (find_child (database, id, levels[i], &child, error) && child == 0 && create)
      child = make_child (database, id, levels[i], error);
    if (child == 0) {
      memset (ids, 0, sizeof *ids);
      return FALSE;
    }
    id = child;
    if (i == 0)
      ids->archive = id;
    if (i <= 1)
      ids->scope = id;
  }
  ids->folder = id;
  return TRUE;
}

gboolean
mun_catalogue_find_folder (MunDatabase *database, const char *path, MunFolderIds *ids)
{
  return walk_path (database, path, FALSE, ids, NULL);
}

gboolean
mun_catalogue_lookup_folder (MunDatabase *database, const char *path, MunFolderIds *ids,
                             GError **error)
{
  return walk_path (database, path, FALSE, ids, error);
}

gboolean
mun_catalogue_ensure_folder (MunDatabase *database, const char *path, MunFolderIds *ids,
                             GError **error)
{
  return walk_path (database, path, TRUE, ids, error);
}

char *
mun_catalogue_dup_path (MunDatabase *database, gint64 folder)
{
  g_autoptr (GString) path = g_string_new (NULL);

  for (guint depth = 0; folder != 0 && depth <= MUN_PATH_MAX_LEVELS; depth++) {
    sqlite3_stmt *row
        = mun_database_prepare (database, NULL, "SELECT parent, name FROM folders WHERE id = ?1",
                                "i", folder);

    if (row == NULL || !mun_database_step (database, row, NULL))
      return g_strdup ("");
    if (path->len > 0)
      g_string_prepend_c (path, '/');
    g_string_prepend (path, mun_database_text (row, 1));
    folder = sqlite3_column_int64 (row, 0);
    sqlite3_reset (row);
  }
  return g_string_free (g_steal_pointer (&path), FALSE);
}

gboolean
mun_catalogue_count (MunDatabase *database, gint64 folder, gint64 messages, gint64 bytes,
                     GError **error)
{
  return mun_database_run (
      database, error,
      "UPDATE folders SET messages = messages + ?2, bytes = bytes + ?3 WHERE id = ?1", "iii",
      folder, messages, bytes);
}

char *
mun_catalogue_dup_tokens (const MunFolderIds *ids, gboolean has_attachments, guint priority)
{
  return g_strdup_printf ("all a%" G_GINT64_FORMAT " f%" G_GINT64_FORMAT " %s pri%u", ids->archive,
                          ids->folder, has_attachments ? "att" : "noatt", priority);
}

gboolean
mun_catalogue_index (MunDatabase *database, gint64 number, const MunMessageFields *fields,
                     const char *tokens, GError **error)
{
  return mun_database_run (
      database, error,
      "INSERT INTO search (rowid, sender, recipients, subject, body, names, texts,"
      " tokens) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      "isssssss", number, fields->sender, fields->recipients, fields->subject, fields->body,
      fields->names, fields->texts, tokens);
}

/* A contentless table of SQLite 3.40 forgets a row only when it is told what was in it. */
gboolean
mun_catalogue_unindex (MunDatabase *database, gint64 number, const MunMessageFields *fields,
                       const char *tokens, GError **error)
{
  return mun_database_run (
      database, error,
      "INSERT INTO search (search, rowid, sender, recipients, subject, body, names,"
      " texts, tokens) VALUES ('delete', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      "isssssss", number, fields->sender, fields->recipients, fields->subject, fields->body,
      fields->names, fields->texts, tokens);
}

GHashTable *
mun_catalogue_paths_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

static const char *
cached_path (MunDatabase *database, gint64 folder, GHashTable *paths)
{
  char *path = g_hash_table_lookup (paths, &folder);

  if (path == NULL) {
    path = mun_catalogue_dup_path (database, folder);
    g_hash_table_insert (paths, g_memdup2 (&folder, sizeof folder), path);
  }
  return path;
}

/* One changed byte of a row must not make a whole list unreadable. */
static void
set_text (JsonObject *object, const char *member, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  json_object_set_string_member (object, member, valid);
}

static void
set_text_or_null (JsonObject *object, const char *member, sqlite3_stmt *row, int column)
{
  if (sqlite3_column_type (row, column) == SQLITE_NULL)
    json_object_set_null_member (object, member);
  else
    set_text (object, member, mun_database_text (row, column));
}

JsonObject *
mun_catalogue_row_to_json (MunDatabase *database, sqlite3_stmt *row, gint64 store,
                           const char *store_name, GHashTable *paths)
{
  static const char *const priorities[] = { "Normal", "High", "Low" };
  JsonObject *object = json_object_new ();
  gint64 number = sqlite3_column_int64 (row, 0);
  int flags = sqlite3_column_int (row, 6);
  int priority = sqlite3_column_int (row, 7);
  const char *sender = mun_database_text (row, 10);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, store, number);

  json_object_set_string_member (object, "id", id);
  json_object_set_int_member (object, "storeId", store);
  json_object_set_string_member (object, "storeName", store_name);
  json_object_set_int_member (object, "number", number);
  set_text (object, "folder", cached_path (database, sqlite3_column_int64 (row, 1), paths));
  json_object_set_int_member (object, "size", sqlite3_column_int64 (row, 2));
  /* Without a usable date a message stands where it came in. */
  json_object_set_int_member (object, "date", number >> 20);
  json_object_set_int_member (object, "sentDate", sqlite3_column_int64 (row, 3));
  json_object_set_int_member (object, "receivedDate", sqlite3_column_int64 (row, 4));
  json_object_set_int_member (object, "archivedDate", sqlite3_column_int64 (row, 5));
  json_object_set_boolean_member (object, "hasAttachments", (flags & MUN_ROW_ATTACHMENTS) != 0);
  json_object_set_boolean_member (object, "damaged", (flags & MUN_ROW_DAMAGED) != 0);
  json_object_set_string_member (object, "priority", priorities[CLAMP (priority, 0, 2)]);
  json_object_set_int_member (object, "profileId", sqlite3_column_int64 (row, 8));
  set_text (object, "subject", mun_database_text (row, 9));
  set_text (object, "from", sender);
  set_text (object, "to", mun_database_text (row, 11));
  set_text (object, "fromOrTo", *sender != '\0' ? sender : mun_database_text (row, 11));
  set_text_or_null (object, "messageId", row, 12);
  set_text_or_null (object, "damageNote", row, 13);
  return object;
}
