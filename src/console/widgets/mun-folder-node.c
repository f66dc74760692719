/* mun-folder-node.c: an archive, a folder or a search folder of the tree; the children of an archive
 * or folder are fetched when it is opened */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-folder-node.h"

#include <glib/gi18n.h>

struct _MunFolderNode {
  GObject parent_instance;

  MunArchiveClient *client;
  char *archive;
  char *path;
  char *full_path;
  char *name;
  gint64 count;
  gboolean has_children;
  gboolean mine;
  gboolean is_searches;
  MunRecord *search;
  GListStore *children;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MunFolderNode, mun_folder_node, G_TYPE_OBJECT)

static void
mun_folder_node_dispose (GObject *object)
{
  MunFolderNode *self = MUN_FOLDER_NODE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->children);
  g_clear_object (&self->search);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (mun_folder_node_parent_class)->dispose (object);
}

static void
mun_folder_node_finalize (GObject *object)
{
  MunFolderNode *self = MUN_FOLDER_NODE (object);

  g_free (self->archive);
  g_free (self->path);
  g_free (self->full_path);
  g_free (self->name);
  G_OBJECT_CLASS (mun_folder_node_parent_class)->finalize (object);
}

static void
mun_folder_node_class_init (MunFolderNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mun_folder_node_dispose;
  G_OBJECT_CLASS (klass)->finalize = mun_folder_node_finalize;
}

static void
mun_folder_node_init (MunFolderNode *self)
{
  self->cancellable = g_cancellable_new ();
}

MunFolderNode *
mun_folder_node_new (MunArchiveClient *client, const char *archive, const char *path,
                     const char *name, gint64 count, gboolean has_children)
{
  MunFolderNode *self = g_object_new (MUN_TYPE_FOLDER_NODE, NULL);

  g_set_object (&self->client, client);
  self->archive = g_strdup (archive);
  self->path = g_strdup (path);
  self->full_path = path && *path ? g_strconcat (archive, "/", path, NULL) : g_strdup (archive);
  self->name = g_strdup (name);
  self->count = count;
  self->has_children = has_children;
  return self;
}

/* No archive has an empty name: the paths are like no folder's. */
static MunFolderNode *
make_search (MunRecord *search)
{
  g_autofree char *id = mun_record_dup_text (search, "id");
  MunFolderNode *self
      = mun_folder_node_new (NULL, "", id, mun_record_get_string (search, "name", ""), -1, FALSE);

  self->is_searches = TRUE;
  self->search = g_object_ref (search);
  return self;
}

static void
searches_changed_cb (MunFolderNode *self, guint position, guint removed, guint added,
                     GListModel *searches)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < added; i++) {
    g_autoptr (MunRecord) search = g_list_model_get_item (searches, position + i);

    g_ptr_array_add (nodes, make_search (search));
  }
  if (self->children)
    g_list_store_splice (self->children, position, removed, nodes->pdata, nodes->len);
}

MunFolderNode *
mun_folder_node_new_searches (GListModel *searches)
{
  MunFolderNode *self = mun_folder_node_new (NULL, "", "/", _ ("Search Folders"), -1, TRUE);

  self->is_searches = TRUE;
  self->children = g_list_store_new (MUN_TYPE_FOLDER_NODE);
  g_signal_connect_object (searches, "items-changed", G_CALLBACK (searches_changed_cb), self,
                           G_CONNECT_SWAPPED);
  searches_changed_cb (self, 0, 0, g_list_model_get_n_items (searches), searches);
  return self;
}

/* One's own archive comes first, the others follow as a reader would sort them. */
static int
compare_archives (gconstpointer first, gconstpointer second)
{
  const MunFolderNode *a = *(MunFolderNode *const *)first;
  const MunFolderNode *b = *(MunFolderNode *const *)second;
  g_autofree char *a_folded = g_utf8_casefold (a->archive, -1);
  g_autofree char *b_folded = g_utf8_casefold (b->archive, -1);

  if (a->mine != b->mine)
    return a->mine ? -1 : 1;
  return g_utf8_collate (a_folded, b_folded);
}

GPtrArray *
mun_folder_node_list_archives (MunArchiveClient *client, GPtrArray *records, const char *own)
{
  GPtrArray *nodes = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < records->len; i++) {
    MunRecord *record = g_ptr_array_index (records, i);
    const char *archive = mun_record_get_string (record, "name", "");
    gboolean mine = g_strcmp0 (archive, own) == 0;
    MunFolderNode *node
        = mun_folder_node_new (client, archive, NULL, mine ? _ ("My Archive") : archive,
                               mun_record_get_int (record, "count", -1),
                               mun_record_get_bool (record, "containsFolders", TRUE));

    node->mine = mine;
    g_ptr_array_add (nodes, node);
  }
  g_ptr_array_sort (nodes, compare_archives);
  return nodes;
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records
      = mun_archive_client_list_folders_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  g_autoptr (GPtrArray) nodes = NULL;
  MunFolderNode *self;

  if (!records) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_warning ("folders of %s: %s", MUN_FOLDER_NODE (data)->full_path, error->message);
    g_object_unref (data);
    return;
  }
  self = MUN_FOLDER_NODE (data);
  nodes = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < records->len; i++) {
    MunRecord *record = g_ptr_array_index (records, i);

    g_ptr_array_add (nodes,
                     mun_folder_node_new (self->client, self->archive,
                                          mun_record_get_string (record, "fullPath", ""),
                                          mun_record_get_string (record, "name", ""),
                                          mun_record_get_int (record, "count", -1),
                                          mun_record_get_bool (record, "hasChildren", FALSE)));
  }
  if (self->children)
    g_list_store_splice (self->children, 0, 0, nodes->pdata, nodes->len);
  g_object_unref (self);
}

const char *
mun_folder_node_get_name (MunFolderNode *self)
{
  return self->name;
}

const char *
mun_folder_node_get_archive (MunFolderNode *self)
{
  return self->archive;
}

const char *
mun_folder_node_get_full_path (MunFolderNode *self)
{
  return self->full_path;
}

gint64
mun_folder_node_get_count (MunFolderNode *self)
{
  return self->count;
}

gboolean
mun_folder_node_is_archive (MunFolderNode *self)
{
  return !self->path || !*self->path;
}

gboolean
mun_folder_node_is_searches (MunFolderNode *self)
{
  g_return_val_if_fail (MUN_IS_FOLDER_NODE (self), FALSE);
  return self->is_searches;
}

JsonObject *
mun_folder_node_get_criteria (MunFolderNode *self)
{
  g_return_val_if_fail (MUN_IS_FOLDER_NODE (self), NULL);
  return self->search ? mun_record_get_object (self->search, "criteria") : NULL;
}

MunRecord *
mun_folder_node_get_search (MunFolderNode *self)
{
  g_return_val_if_fail (MUN_IS_FOLDER_NODE (self), NULL);
  return self->search;
}

gboolean
mun_folder_node_has_children (MunFolderNode *self)
{
  g_return_val_if_fail (MUN_IS_FOLDER_NODE (self), FALSE);
  return self->has_children;
}

GListModel *
mun_folder_node_get_children (MunFolderNode *self)
{
  g_return_val_if_fail (MUN_IS_FOLDER_NODE (self), NULL);
  if (!self->has_children)
    return NULL;
  if (!self->children) {
    self->children = g_list_store_new (MUN_TYPE_FOLDER_NODE);
    mun_archive_client_list_folders_async (self->client, self->archive, self->path,
                                           self->cancellable, listed_cb, g_object_ref (self));
  }
  return g_object_ref (G_LIST_MODEL (self->children));
}
