/* mun-folder-tree.h: archives, their folders and the search folders as a tree */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-folder-node.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal "folder-selected" (MunFolderNode *). */
#define MUN_TYPE_FOLDER_TREE (mun_folder_tree_get_type ())
G_DECLARE_FINAL_TYPE (MunFolderTree, mun_folder_tree, MUN, FOLDER_TREE, AdwBin)

GtkWidget *
mun_folder_tree_new (void);
/* ARCHIVES: the roots (MunFolderNode). Nothing is selected; a single archive is opened. */
void
mun_folder_tree_set_archives (MunFolderTree *self, GPtrArray *archives);
/* What stands below the archives: of MunRecord (mun_folder_node_new_searches), NULL: nothing. */
void
mun_folder_tree_set_searches (MunFolderTree *self, GListModel *searches);
/* Borrowed; NULL when nothing is selected. */
MunFolderNode *
mun_folder_tree_get_selected (MunFolderTree *self);

G_END_DECLS
