/* mun-choice.h: message dialogs as one asynchronous question */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Shows a message dialog and waits for its answer; cancelling the cancellable closes it. */
void
mun_choice_async (AdwMessageDialog *dialog, GCancellable *cancellable, GAsyncReadyCallback callback,
                  gpointer data);
/* The response's id (owned); the dialog's close response when it was dismissed. Fails only when
 * cancelled. */
char *
mun_choice_finish (GAsyncResult *result, GError **error);

/*
 * One question with Cancel and a verb: "Delete the user “ann”?", "Her archive stays.", "_Delete".
 * `parent`: any widget of the window that asks. Plain text, no markup.
 */
void
mun_confirm_async (GtkWidget *parent, const char *heading, const char *body, const char *verb,
                   gboolean destructive, GCancellable *cancellable, GAsyncReadyCallback callback,
                   gpointer data);
/* TRUE when the verb was chosen. */
gboolean
mun_confirm_finish (GAsyncResult *result);

G_END_DECLS
