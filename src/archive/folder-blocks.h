/* folder-blocks.h: how many messages of a folder stand between which numbers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/* A block with more messages is split. */
#define MUN_FOLDER_BLOCK_MAX 4096

typedef struct {
  gint64 first; /* the block begins with this number, whether or not there is such a message */
  gint64 messages;
} MunFolderBlock;

/* Within the transaction that changes the folder's messages, behind the change: */

gboolean
mun_folder_blocks_add (MunDatabase *database, gint64 folder, const gint64 *numbers, guint n_numbers,
                       GError **error);
gboolean
mun_folder_blocks_remove (MunDatabase *database, gint64 folder, gint64 number, GError **error);
/* mun_folder_blocks_forget: of a folder that is deleted. */
gboolean
mun_folder_blocks_forget (MunDatabase *database, gint64 folder, GError **error);
/* mun_folder_blocks_make: all of them anew. */
gboolean
mun_folder_blocks_make (MunDatabase *database, GError **error);

/* mun_folder_blocks_load: (element-type MunFolderBlock) (nullable): in rising order. NULL: they
 * cannot be read, or do not have as many messages as the folder: they are of no use. */
GArray *
mun_folder_blocks_load (MunDatabase *reader, gint64 folder);

G_END_DECLS
