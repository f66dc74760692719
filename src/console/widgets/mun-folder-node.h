/* mun-folder-node.h: an archive or folder of the tree; its children are fetched when it is opened
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "archive-client.h"

G_BEGIN_DECLS

#define MUN_TYPE_FOLDER_NODE (mun_folder_node_get_type ())
G_DECLARE_FINAL_TYPE (MunFolderNode, mun_folder_node, MUN, FOLDER_NODE, GObject)

/*
 * PATH: below the archive, NULL for the archive itself. NAME: as shown. COUNT: messages, -1
 * unknown.
 */
MunFolderNode *
mun_folder_node_new (MunArchiveClient *client, const char *archive, const char *path,
                     const char *name, gint64 count, gboolean has_children);
/* The nodes of all archives that the account may read, its own first; OWN: its user name. */
GPtrArray *
mun_folder_node_list_archives (MunArchiveClient *client, GPtrArray *records, const char *own);

const char *
mun_folder_node_get_name (MunFolderNode *self);
const char *
mun_folder_node_get_archive (MunFolderNode *self);
/* "archive/path", as searches want it; owned by the node. */
const char *
mun_folder_node_get_full_path (MunFolderNode *self);
gint64
mun_folder_node_get_count (MunFolderNode *self);
gboolean
mun_folder_node_is_archive (MunFolderNode *self);

/* The children; owned by the caller, NULL for a leaf. The first call starts to fetch them: the list
 * fills itself. */
GListModel *
mun_folder_node_get_children (MunFolderNode *self);

gboolean
mun_folder_node_has_children (MunFolderNode *self);

G_END_DECLS
