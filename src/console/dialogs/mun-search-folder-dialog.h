/* mun-search-folder-dialog.h: asks for the name of a search folder */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-search-folders.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for a name and saves a search under it; one that has the name is replaced, and the dialog
 * says so. PARENT: any widget of the window. NAME: to begin with. Errors: those of
 * mun_search_folders_save_finish (); G_IO_ERROR_CANCELLED when the person thought better of it. */
void
mun_search_folder_save_async (GtkWidget *parent, MunSearchFolders *folders, const char *name,
                              JsonObject *criteria, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data);
/* Asks for another name; one that is taken is not accepted. */
void
mun_search_folder_rename_async (GtkWidget *parent, MunSearchFolders *folders, MunRecord *folder,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer data);
/* Of both: the record as it is now; owned. */
MunRecord *
mun_search_folder_dialog_finish (GAsyncResult *result, GError **error);

G_END_DECLS
