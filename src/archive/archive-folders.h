/* archive-folders.h: the folder tree over all stores of an archive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive.h"

G_BEGIN_DECLS

/* Children of PATH (NULL = the archives), each
 * {"name","path","count","size","hasChildren","childFolders":[…]}; count and size of the folder
 * alone. MAX_LEVELS levels deep; 0 = all. MUN_ERROR_NOT_FOUND: no such folder. */
JsonArray *
mun_archive_list_folders (MunArchive *self, const char *path, guint max_levels, GError **error);
/* One element an archive, subfolders included: {"folder","count","size"}. */
JsonArray *
mun_archive_folder_statistics (MunArchive *self);
gboolean
mun_archive_has_folder (MunArchive *self, const char *path);
/* Makes a folder and what is missing above it in the current store. */
gboolean
mun_archive_create_folder (MunArchive *self, const char *path, GError **error);
/* Moves or renames a folder with all below it, whole archives too. MUN_ERROR_EXISTS: the target is
 * there; MUN_ERROR_READ_ONLY: a store that holds it is protected or disabled; MUN_ERROR_INVALID:
 * into itself. */
gboolean
mun_archive_move_folder (MunArchive *self, const char *from, const char *to, GError **error);
gboolean
mun_archive_rename_archive (MunArchive *self, const char *from, const char *to, GError **error);
/* Deletes the folders without messages in them or below, below PATH (NULL = everywhere; PATH itself
 * included). Returns how many paths went, -1 on error. */
int
mun_archive_delete_empty_folders (MunArchive *self, const char *path, GError **error);

G_END_DECLS
