/* store-folders.c: the folder tree of one store */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-folders.h"

#include "catalogue.h"
#include "errors.h"
#include "folder-blocks.h"
#include "folder-path.h"
#include "store-messages.h"

MunFolderNode *
mun_folder_node_new (const char *name)
{
  MunFolderNode *self = g_new0 (MunFolderNode, 1);

  self->name = g_strdup (name);
  self->children
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)mun_folder_node_free);
  return self;
}

void
mun_folder_node_free (MunFolderNode *self)
{
  g_hash_table_unref (self->children);
  g_free (self->name);
  g_free (self);
}

MunFolderNode *
mun_folder_node_find (MunFolderNode *self, const char *path)
{
  g_auto (GStrv) levels = g_strsplit (path, "/", -1);

  for (guint i = 0; self != NULL && levels[i] != NULL; i++)
    self = g_hash_table_lookup (self->children, levels[i]);
  return self;
}

/* A row of the table, until all are there and can be hung up. */
typedef struct {
  gint64 id, parent;
  char *name;
  gint64 messages, bytes;
} FolderRow;

static void
clear_folder_row (gpointer row)
{
  g_free (((FolderRow *)row)->name);
}

static GArray *
load_rows (MunDatabase *database, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (FolderRow));
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *found = mun_database_prepare (
      database, error, "SELECT id, parent, name, messages, bytes FROM folders ORDER BY parent", "");

  g_array_set_clear_func (rows, clear_folder_row);
  if (found == NULL)
    return NULL;
  while (mun_database_step (database, found, &local_error)) {
    FolderRow row = { sqlite3_column_int64 (found, 0), sqlite3_column_int64 (found, 1),
                      g_strdup (mun_database_text (found, 2)), sqlite3_column_int64 (found, 3),
                      sqlite3_column_int64 (found, 4) };

    g_array_append_val (rows, row);
  }
  if (local_error == NULL)
    return g_steal_pointer (&rows);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* Adds the children of one row, then theirs. @first: parent id → index of its first row + 1. */
static void
hang_up (GArray *rows, GHashTable *first, gint64 parent, MunFolderNode *node, guint depth)
{
  guint i = GPOINTER_TO_UINT (g_hash_table_lookup (first, &parent));

  if (i == 0 || depth > MUN_PATH_MAX_LEVELS)
    return;
  for (i--; i < rows->len && g_array_index (rows, FolderRow, i).parent == parent; i++) {
    FolderRow *row = &g_array_index (rows, FolderRow, i);
    MunFolderNode *child = g_hash_table_lookup (node->children, row->name);

    if (child == NULL) {
      child = mun_folder_node_new (row->name);
      g_hash_table_insert (node->children, child->name, child);
    }
    child->messages += row->messages;
    child->bytes += row->bytes;
    hang_up (rows, first, row->id, child, depth + 1);
  }
}

gboolean
mun_store_add_folders (MunStore *self, MunFolderNode *root, GError **error)
{
  MunDatabase *reader = mun_store_acquire_reader (self, error);
  g_autoptr (GArray) rows = NULL;
  g_autoptr (GHashTable) first = g_hash_table_new (g_int64_hash, g_int64_equal);

  if (reader == NULL)
    return FALSE;
  rows = load_rows (reader, error);
  mun_store_release_reader (self, reader);
  if (rows == NULL)
    return FALSE;
  for (guint i = rows->len; i > 0; i--)
    g_hash_table_insert (first, &g_array_index (rows, FolderRow, i - 1).parent,
                         GUINT_TO_POINTER (i));
  hang_up (rows, first, 0, root, 0);
  return TRUE;
}

gboolean
mun_store_has_folder (MunStore *self, const char *path)
{
  MunDatabase *reader = mun_store_acquire_reader (self, NULL);
  MunFolderIds ids;
  gboolean has;

  if (reader == NULL)
    return FALSE;
  has = mun_catalogue_find_folder (reader, path, &ids);
  mun_store_release_reader (self, reader);
  return has;
}

static gboolean
create_work (MunStore *self, gpointer data, GError **error)
{
  const char *path = data;
  MunFolderIds ids;
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "folder", "s", path);
  mun_store_journal (self, "folder", g_variant_dict_end (&details));
  return mun_catalogue_ensure_folder (mun_store_get_database (self), path, &ids, error);
}

gboolean
mun_store_create_folder (MunStore *self, const char *path, GError **error)
{
  return mun_store_write (self, 1, create_work, (gpointer)path, error);
}

typedef struct {
  const char *from, *to;
} Move;

#define BELOW                                                                                      \
  "WITH RECURSIVE below (id) AS (SELECT ?1 UNION ALL"                                              \
  " SELECT folders.id FROM folders JOIN below ON folders.parent = below.id) "

/* The numbers are collected first: the index is written while they are walked. */
static GArray *
numbers_below (MunDatabase *database, gint64 folder, GError **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *found = mun_database_prepare (
      database, error,
      BELOW "SELECT number FROM messages WHERE folder IN (SELECT id FROM below) ORDER BY number",
      "i", folder);

  if (found == NULL)
    return NULL;
  while (mun_database_step (database, found, &local_error)) {
    gint64 number = sqlite3_column_int64 (found, 0);

    g_array_append_val (numbers, number);
  }
  if (local_error == NULL)
    return g_steal_pointer (&numbers);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* Into another archive: the index names the archive of each message. */
static gboolean
change_archive (MunStore *self, gint64 folder, gint64 from, gint64 to, GError **error)
{
  g_autoptr (GArray) numbers = numbers_below (mun_store_get_database (self), folder, error);

  if (numbers == NULL)
    return FALSE;
  for (guint i = 0; i < numbers->len; i++)
    if (!mun_store_reindex (self, g_array_index (numbers, gint64, i), from, to, error))
      return FALSE;
  return TRUE;
}

static gboolean
set_scope_below (MunDatabase *database, gint64 folder, gint64 scope, GError **error)
{
  return mun_database_run (database, error,
                           BELOW
                           "UPDATE messages SET scope = ?2 WHERE folder IN (SELECT id FROM below)"
                           " AND scope <> ?2",
                           "ii", folder, scope);
}

static gint64
next_child (MunDatabase *database, gint64 parent, gint64 after)
{
  return mun_database_get_int (database, 0,
                               "SELECT min(id) FROM folders WHERE parent = ?1 AND id > ?2", "ii",
                               parent, after);
}

/* Each message's scope is the folder of the first two levels that it is in now. */
static gboolean
update_scopes (MunDatabase *database, const MunFolderIds *ids, gboolean was_archive, GError **error)
{
  if (ids->folder != ids->archive)
    return set_scope_below (database, ids->folder, ids->scope, error);
  if (was_archive)
    return TRUE;
  if (!mun_database_run (database, error, "UPDATE messages SET scope = ?1 WHERE folder = ?1", "i",
                         ids->folder))
    return FALSE;
  for (gint64 child = next_child (database, ids->folder, 0); child != 0;
       child = next_child (database, ids->folder, child))
    if (!set_scope_below (database, child, child, error))
      return FALSE;
  return TRUE;
}

static gboolean
move_work (MunStore *self, gpointer data, GError **error)
{
  Move *move = data;
  MunDatabase *database = mun_store_get_database (self);
  MunFolderIds from, to, parent = { 0 };
  g_autofree char *parent_path = mun_path_dup_parent (move->to);
  GVariantDict details;

  if (!mun_catalogue_find_folder (database, move->from, &from))
    return TRUE;
  if (mun_catalogue_find_folder (database, move->to, &to)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_EXISTS, "folder %s exists already", move->to);
    return FALSE;
  }
  if (parent_path != NULL && !mun_catalogue_ensure_folder (database, parent_path, &parent, error))
    return FALSE;
  if (!mun_database_run (database, error, "UPDATE folders SET parent = ?2, name = ?3 WHERE id = ?1",
                         "iis", from.folder, parent.folder, mun_path_get_name (move->to))
      || !mun_catalogue_find_folder (database, move->to, &to))
    return FALSE;
  if (from.archive != to.archive
      && !change_archive (self, to.folder, from.archive, to.archive, error))
    return FALSE;
  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "from", "s", move->from);
  g_variant_dict_insert (&details, "to", "s", move->to);
  mun_store_journal (self, "move-folder", g_variant_dict_end (&details));
  return update_scopes (database, &to, from.folder == from.archive, error);
}

gboolean
mun_store_move_folder (MunStore *self, const char *from, const char *to, GError **error)
{
  Move move = { from, to };

  return mun_store_write (self, 1, move_work, &move, error);
}

static gboolean
remove_work (MunStore *self, gpointer data, GError **error)
{
  GPtrArray *paths = data;
  MunDatabase *database = mun_store_get_database (self);
  GVariantDict details;

  for (guint i = 0; i < paths->len; i++) {
    const char *path = g_ptr_array_index (paths, i);
    MunFolderIds ids;

    if (!mun_catalogue_find_folder (database, path, &ids))
      continue;
    if (!mun_database_run (database, error,
                           "DELETE FROM folders WHERE id = ?1"
                           " AND NOT EXISTS (SELECT 1 FROM messages WHERE folder = ?1)"
                           " AND NOT EXISTS (SELECT 1 FROM folders WHERE parent = ?1)",
                           "i", ids.folder)
        || (sqlite3_changes (mun_database_get_handle (database)) > 0
            && !mun_folder_blocks_forget (database, ids.folder, error)))
      return FALSE;
    g_variant_dict_init (&details, NULL);
    g_variant_dict_insert (&details, "folder", "s", path);
    mun_store_journal (self, "delete-folder", g_variant_dict_end (&details));
  }
  return TRUE;
}

gboolean
mun_store_remove_folders (MunStore *self, GPtrArray *paths, GError **error)
{
  return mun_store_write (self, 1, remove_work, paths, error);
}

void
mun_store_get_totals (MunStore *self, guint64 *messages, guint64 *bytes)
{
  MunDatabase *reader = mun_store_acquire_reader (self, NULL);

  *messages = *bytes = 0;
  if (reader == NULL)
    return;
  *messages = mun_database_get_int (reader, 0, "SELECT sum(messages) FROM folders", "");
  *bytes = mun_database_get_int (reader, 0, "SELECT sum(bytes) FROM folders", "");
  mun_store_release_reader (self, reader);
}
