/* mun-folder-node.h: an archive, a folder or a search folder of the tree; the children of an archive
 * or folder are fetched when it is opened */
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
/* The node of the search folders, which are its children; SEARCHES: of MunRecord {id, name,
 * criteria}, followed as it changes. */
MunFolderNode *
mun_folder_node_new_searches (GListModel *searches);
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
/* The node of the search folders, or one of them: these lie in no archive. */
gboolean
mun_folder_node_is_searches (MunFolderNode *self);
/* The record of a search folder; borrowed, NULL of all other nodes. */
MunRecord *
mun_folder_node_get_search (MunFolderNode *self);
/* What a search folder asks; borrowed, NULL of all other nodes. */
JsonObject *
mun_folder_node_get_criteria (MunFolderNode *self);

/* The children; owned by the caller, NULL for a leaf. The first call starts to fetch them: the list
 * fills itself. */
GListModel *
mun_folder_node_get_children (MunFolderNode *self);

gboolean
mun_folder_node_has_children (MunFolderNode *self);

G_END_DECLS
