/* mun-file-prompt.c: asks for a file to open or a place to save */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-file-prompt.h"

#include <glib/gi18n.h>

typedef struct {
  GWeakRef owner;
  MunFilePromptFunc func;
  gpointer data;
} Prompt;

static void
prompt_free (gpointer data, GClosure *closure)
{
  Prompt *prompt = data;

  g_weak_ref_clear (&prompt->owner);
  g_free (prompt);
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  Prompt *prompt = data;
  g_autoptr (GtkWidget) owner = g_weak_ref_get (&prompt->owner);
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL && owner != NULL)
    prompt->func (owner, file, prompt->data);
  /* The owner held the chooser: it goes with this. */
  if (owner != NULL)
    g_object_set_data (G_OBJECT (owner), "mun-file-prompt", NULL);
}

static void
add_filters (GtkFileChooser *chooser, const char *const *filters)
{
  for (guint i = 0; filters[i] != NULL && filters[i + 1] != NULL; i += 2) {
    g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
    g_auto (GStrv) patterns = g_strsplit (filters[i + 1], ";", -1);

    gtk_file_filter_set_name (filter, filters[i]);
    for (guint k = 0; patterns[k] != NULL; k++)
      gtk_file_filter_add_pattern (filter, patterns[k]);
    gtk_file_chooser_add_filter (chooser, filter);
  }
}

void
mun_file_prompt (GtkWidget *owner, GtkFileChooserAction action, const char *title, const char *name,
                 const char *const *filters, MunFilePromptFunc func, gpointer data)
{
  GtkRoot *root = gtk_widget_get_root (owner);
  GtkFileChooserNative *chooser;
  Prompt *prompt = g_new0 (Prompt, 1);

  chooser
      = gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, action,
                                     action == GTK_FILE_CHOOSER_ACTION_SAVE ? _ ("_Save")
                                                                            : _ ("_Open"),
                                     _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  if (name != NULL) {
    g_autofree char *clean = g_strdelimit (g_strdup (name), "/\\:*?\"<>|\n\t", '_');

    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), clean);
  }
  if (filters != NULL)
    add_filters (GTK_FILE_CHOOSER (chooser), filters);
  g_weak_ref_init (&prompt->owner, owner);
  prompt->func = func;
  prompt->data = data;
  g_signal_connect_data (chooser, "response", G_CALLBACK (response_cb), prompt, prompt_free, 0);
  g_object_set_data_full (G_OBJECT (owner), "mun-file-prompt", chooser, g_object_unref);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  gboolean private = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (task), "private"));
  g_autofree char *path = g_file_get_path (source);
  GFileCreateFlags flags
      = G_FILE_CREATE_REPLACE_DESTINATION | (private ? G_FILE_CREATE_PRIVATE : G_FILE_CREATE_NONE);
  gsize length = 0;
  const char *contents = g_bytes_get_data (data, &length);
  GError *error = NULL;
  gboolean saved;

  if (path != NULL)
    saved
        = g_file_set_contents_full (path, contents, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT,
                                    private ? 0600 : 0666, &error);
  else
    saved = g_file_replace_contents (source, contents, length, NULL, FALSE, flags, NULL,
                                     cancellable, &error);
  if (saved)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
mun_file_save_async (GFile *file, GBytes *contents, gboolean private, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (file, cancellable, callback, data);

  g_task_set_source_tag (task, mun_file_save_async);
  g_task_set_task_data (task, g_bytes_ref (contents), (GDestroyNotify)g_bytes_unref);
  g_object_set_data (G_OBJECT (task), "private", GINT_TO_POINTER (private));
  g_task_run_in_thread (task, save_thread);
}

gboolean
mun_file_save_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
