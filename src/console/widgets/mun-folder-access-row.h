/* mun-folder-access-row.h: what a user may do in one archive: read, write, delete */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal: changed. */
#define MUN_TYPE_FOLDER_ACCESS_ROW (mun_folder_access_row_get_type ())
G_DECLARE_FINAL_TYPE (MunFolderAccessRow, mun_folder_access_row, MUN, FOLDER_ACCESS_ROW,
                      AdwExpanderRow)

GtkWidget *
mun_folder_access_row_new (const char *folder, const char *const *privileges);
const char *
mun_folder_access_row_get_folder (MunFolderAccessRow *self);
/* Owned; empty when nothing is allowed. */
GStrv
mun_folder_access_row_dup_privileges (MunFolderAccessRow *self);

G_END_DECLS
