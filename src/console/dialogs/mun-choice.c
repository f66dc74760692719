/* mun-choice.c: message dialogs as one asynchronous question */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-dialog"

#include "mun-choice.h"

#include <glib/gi18n.h>

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  GTask *task = data;

  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_strdup (response), g_free);
}

static void
cancelled_cb (GCancellable *cancellable, AdwMessageDialog *dialog)
{
  gtk_window_close (GTK_WINDOW (dialog));
}

static void
release_task (gpointer task, GClosure *closure)
{
  g_object_unref (task);
}

void
mun_choice_async (AdwMessageDialog *dialog, GCancellable *cancellable, GAsyncReadyCallback callback,
                  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (dialog, cancellable, callback, data);

  g_task_set_source_tag (task, mun_choice_async);
  if (g_task_return_error_if_cancelled (task)) {
    gtk_window_destroy (GTK_WINDOW (dialog));
    return;
  }
  if (cancellable)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancelled_cb), dialog, 0);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), g_steal_pointer (&task),
                         release_task, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

char *
mun_choice_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mun_confirm_async (GtkWidget *parent, const char *heading, const char *body, const char *verb,
                   gboolean destructive, GCancellable *cancellable, GAsyncReadyCallback callback,
                   gpointer data)
{
  GtkRoot *root = parent ? gtk_widget_get_root (parent) : NULL;
  GtkWindow *window = GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (window, heading, body));

  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "confirm", verb, NULL);
  adw_message_dialog_set_response_appearance (dialog, "confirm",
                                              destructive ? ADW_RESPONSE_DESTRUCTIVE
                                                          : ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, destructive ? "cancel" : "confirm");
  adw_message_dialog_set_close_response (dialog, "cancel");
  mun_choice_async (dialog, cancellable, callback, data);
}

gboolean
mun_confirm_finish (GAsyncResult *result)
{
  g_autofree char *response = mun_choice_finish (result, NULL);

  return g_strcmp0 (response, "confirm") == 0;
}
