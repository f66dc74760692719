/* archive-folders.c: the folder tree over all stores of an archive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "archive-folders.h"

#include "archive-private.h"
#include "errors.h"
#include "folder-path.h"
#include "store-folders.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunFolderNode, mun_folder_node_free)

static MunFolderNode *
load_tree (MunArchive *self, GError **error)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);
  g_autoptr (MunFolderNode) root = mun_folder_node_new ("");

  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->store != NULL && !mun_store_add_folders (entry->store, root, error))
      return NULL;
  }
  return g_steal_pointer (&root);
}

static gint
compare_nodes (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate ((*(MunFolderNode *const *)a)->name, (*(MunFolderNode *const *)b)->name);
}

static GPtrArray *
sorted_children (MunFolderNode *node)
{
  GPtrArray *children = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer child;

  g_hash_table_iter_init (&iter, node->children);
  while (g_hash_table_iter_next (&iter, NULL, &child))
    g_ptr_array_add (children, child);
  g_ptr_array_sort (children, compare_nodes);
  return children;
}

static JsonArray *
children_to_json (MunFolderNode *node, const char *path, guint levels)
{
  g_autoptr (GPtrArray) children = sorted_children (node);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < children->len; i++) {
    MunFolderNode *child = g_ptr_array_index (children, i);
    JsonObject *object = json_object_new ();
    g_autofree char *child_path
        = path != NULL ? g_strconcat (path, "/", child->name, NULL) : g_strdup (child->name);

    json_object_set_string_member (object, "name", child->name);
    json_object_set_string_member (object, "path", child_path);
    json_object_set_int_member (object, "count", child->messages);
    json_object_set_int_member (object, "size", child->bytes);
    json_object_set_boolean_member (object, "hasChildren", g_hash_table_size (child->children) > 0);
    json_object_set_array_member (object, "childFolders",
                                  levels > 1 ? children_to_json (child, child_path, levels - 1)
                                             : json_array_new ());
    json_array_add_object_element (array, object);
  }
  return array;
}

static gboolean
no_such_folder (const char *path, GError **error)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "folder %s does not exist", path);
  return FALSE;
}

JsonArray *
mun_archive_list_folders (MunArchive *self, const char *path, guint max_levels, GError **error)
{
  g_autofree char *clean = NULL;
  g_autoptr (MunFolderNode) root = NULL;
  MunFolderNode *node;

  if (path != NULL && (clean = mun_path_normalize (path, error)) == NULL)
    return NULL;
  root = load_tree (self, error);
  if (root == NULL)
    return NULL;
  node = clean != NULL ? mun_folder_node_find (root, clean) : root;
  if (node != NULL)
    return children_to_json (node, clean, max_levels > 0 ? max_levels : G_MAXUINT);
  no_such_folder (clean, error);
  return NULL;
}

static void
sum_up (MunFolderNode *node, gint64 *messages, gint64 *bytes)
{
  GHashTableIter iter;
  gpointer child;

  *messages += node->messages;
  *bytes += node->bytes;
  g_hash_table_iter_init (&iter, node->children);
  while (g_hash_table_iter_next (&iter, NULL, &child))
    sum_up (child, messages, bytes);
}

JsonArray *
mun_archive_folder_statistics (MunArchive *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunFolderNode) root = load_tree (self, &error);
  g_autoptr (GPtrArray) children = NULL;
  JsonArray *array = json_array_new ();

  if (root == NULL) {
    g_warning ("folder statistics: %s", error->message);
    return array;
  }
  children = sorted_children (root);
  for (guint i = 0; i < children->len; i++) {
    MunFolderNode *node = g_ptr_array_index (children, i);
    JsonObject *object = json_object_new ();
    gint64 messages = 0, bytes = 0;

    sum_up (node, &messages, &bytes);
    json_object_set_string_member (object, "folder", node->name);
    json_object_set_int_member (object, "count", messages);
    json_object_set_int_member (object, "size", bytes);
    json_array_add_object_element (array, object);
  }
  return array;
}

gboolean
mun_archive_has_folder (MunArchive *self, const char *path)
{
  g_autofree char *clean = mun_path_normalize (path, NULL);
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);

  for (guint i = 0; clean != NULL && i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->store != NULL && mun_store_has_folder (entry->store, clean))
      return TRUE;
  }
  return FALSE;
}

gboolean
mun_archive_create_folder (MunArchive *self, const char *path, GError **error)
{
  g_autofree char *clean = mun_path_normalize (path, error);
  g_autoptr (MunStoreEntry) current = NULL;

  if (clean == NULL)
    return FALSE;
  if (mun_archive_has_folder (self, clean))
    return TRUE;
  current = mun_archive_find_current (self, error);
  return current != NULL && mun_store_create_folder (current->store, clean, error);
}

/* Every store that has the folder must be able to follow. */
static gboolean
check_movable (GPtrArray *entries, const char *from, const char *to, gboolean *found,
               GError **error)
{
  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->store != NULL && mun_store_has_folder (entry->store, to)) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_EXISTS, "folder %s exists already", to);
      return FALSE;
    }
    if (entry->store == NULL) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY,
                   "moving folder %s: store %s cannot be read and may hold a part of it", from,
                   entry->name);
      return FALSE;
    }
    if (!mun_store_has_folder (entry->store, from))
      continue;
    *found = TRUE;
    if (!mun_store_is_writable (entry->store)) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY,
                   "moving folder %s: store %s, which holds a part of it, is write-protected", from,
                   entry->name);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
mun_archive_move_folder (MunArchive *self, const char *from, const char *to, GError **error)
{
  g_autofree char *clean_from = mun_path_normalize (from, error);
  g_autofree char *clean_to = clean_from != NULL ? mun_path_normalize (to, error) : NULL;
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);
  gboolean found = FALSE;

  if (clean_to == NULL)
    return FALSE;
  if (mun_path_is_below (clean_to, clean_from)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "folder %s cannot be moved into itself",
                 clean_from);
    return FALSE;
  }
  if (!check_movable (entries, clean_from, clean_to, &found, error))
    return FALSE;
  if (!found)
    return no_such_folder (clean_from, error);
  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (!mun_store_move_folder (entry->store, clean_from, clean_to, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
mun_archive_rename_archive (MunArchive *self, const char *from, const char *to, GError **error)
{
  return mun_archive_move_folder (self, from, to, error);
}

/* Paths of folders with nothing in them or below, the inner ones first. TRUE when NODE is one. */
static gboolean
collect_empty (MunFolderNode *node, const char *path, GPtrArray *paths)
{
  GHashTableIter iter;
  gpointer value;
  gboolean empty = node->messages == 0;

  g_hash_table_iter_init (&iter, node->children);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    MunFolderNode *child = value;
    g_autofree char *child_path
        = path != NULL ? g_strconcat (path, "/", child->name, NULL) : g_strdup (child->name);

    if (!collect_empty (child, child_path, paths))
      empty = FALSE;
  }
  if (empty && path != NULL)
    g_ptr_array_add (paths, g_strdup (path));
  return empty;
}

int
mun_archive_delete_empty_folders (MunArchive *self, const char *path, GError **error)
{
  g_autofree char *clean = NULL;
  g_autoptr (MunFolderNode) root = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);
  MunFolderNode *node;

  if (path != NULL && (clean = mun_path_normalize (path, error)) == NULL)
    return -1;
  root = load_tree (self, error);
  if (root == NULL)
    return -1;
  node = clean != NULL ? mun_folder_node_find (root, clean) : root;
  if (node == NULL)
    return no_such_folder (clean, error) ? 0 : -1;
  collect_empty (node, clean, paths);
  for (guint i = 0; paths->len > 0 && i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->store != NULL && mun_store_is_writable (entry->store)
        && !mun_store_remove_folders (entry->store, paths, error))
      return -1;
  }
  return paths->len;
}
