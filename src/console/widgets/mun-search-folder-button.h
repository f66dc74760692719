/* mun-search-folder-button.h: the search folders in a popover: opened, edited, renamed, deleted */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-search-folders.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal "open" (MunRecord *, gboolean edit): a search folder was chosen; EDIT: to change what it
 * asks. Its popover's button to save activates "page.save-search". Stands on a MunPage, which shows
 * what went wrong. Hidden where the server keeps no searches. */
#define MUN_TYPE_SEARCH_FOLDER_BUTTON (mun_search_folder_button_get_type ())
G_DECLARE_FINAL_TYPE (MunSearchFolderButton, mun_search_folder_button, MUN, SEARCH_FOLDER_BUTTON,
                      AdwBin)

/* NULL: none. */
void
mun_search_folder_button_set_folders (MunSearchFolderButton *self, MunSearchFolders *folders);

G_END_DECLS
