/* mun-file-prompt.h: asks for a file to open or a place to save */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Called once with the chosen file, or never when the user cancels or `owner` goes away. */
typedef void (*MunFilePromptFunc) (GtkWidget *owner, GFile *file, gpointer data);

/* Shows a file chooser over the window of `owner`.
 * `action`: open, save or select a folder. `name`: suggested name for saving (nullable; what cannot
 * stand in a file name is replaced). `filters`: pairs of label and patterns separated by ";", ended
 * by NULL (nullable). */
void
mun_file_prompt (GtkWidget *owner, GtkFileChooserAction action, const char *title, const char *name,
                 const char *const *filters, MunFilePromptFunc func, gpointer data);

/* Writes in the background, whole or not at all (a temporary file and a rename; `private`: readable
 * by the user alone). NULL `cancellable` is fine. The callback gets mun_file_save_finish (). */
void
mun_file_save_async (GFile *file, GBytes *contents, gboolean private, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer data);
gboolean
mun_file_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
