/* store-folders.h: the folder tree of one store */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/* One folder while the trees of several stores are laid over each other. */
typedef struct _MunFolderNode MunFolderNode;
struct _MunFolderNode {
  char *name;
  gint64 messages, bytes; /* of the folder alone */
  GHashTable *children;   /* name → MunFolderNode */
};

MunFolderNode *
mun_folder_node_new (const char *name);
void
mun_folder_node_free (MunFolderNode *self);
/* mun_folder_node_find: the node of a normalized path below this one, or NULL. */
MunFolderNode *
mun_folder_node_find (MunFolderNode *self, const char *path);

/* mun_store_add_folders: adds the store's whole tree to @root. */
gboolean
mun_store_add_folders (MunStore *self, MunFolderNode *root, GError **error);

gboolean
mun_store_has_folder (MunStore *self, const char *path);
gboolean
mun_store_create_folder (MunStore *self, const char *path, GError **error);
/* mun_store_move_folder: nothing happens when @from is not in this store. */
gboolean
mun_store_move_folder (MunStore *self, const char *from, const char *to, GError **error);
/* mun_store_remove_folders: removes those of the paths that are there and hold nothing. */
gboolean
mun_store_remove_folders (MunStore *self, GPtrArray *paths, GError **error);
/* mun_store_get_totals: messages and bytes of all folders. */
void
mun_store_get_totals (MunStore *self, guint64 *messages, guint64 *bytes);

G_END_DECLS
