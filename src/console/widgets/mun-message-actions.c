/* mun-message-actions.c: what can be done with the message that is shown */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "archive-client.h"
#include "json.h"
#include "mun-message-view-private.h"
#include "mun-text-dialog.h"
#include "mun-words.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

static GtkWindow *
window_of (MunMessageView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* A file name made of text that a stranger wrote: no separators, no control characters, no dot in
 * front, at most 100 characters. */
static char *
safe_name (const char *text, const char *suffix)
{
  g_autofree char *start = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), 100));

  for (char *c = start; *c; c++)
    if ((guchar)*c < 32 || strchr ("/\\:*?\"<>|", *c))
      *c = '_';
  g_strstrip (start);
  if (*start == '.')
    *start = '_';
  return g_strconcat (*start ? start : _ ("Message"), suffix, NULL);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunMessageView) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source));
  g_autofree char *text = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    /* Translators: %s is a file name. */
    text = g_strdup_printf (_ ("Saved as “%s”"), name);
  else
    text = g_strdup_printf (_ ("“%s” could not be saved: %s"), name, error->message);
  mun_message_view_toast (self, text);
}

/* The same of what came straight from the archive. */
static void
streamed_cb (GFile *file, const GError *error, gpointer data)
{
  MunMessageView *self = data;
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *reason = error ? mun_words_for_error (error) : NULL;
  g_autofree char *text = NULL;

  if (!error)
    text = g_strdup_printf (_ ("Saved as “%s”"), name);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = g_strdup_printf (_ ("“%s” was not saved"), name);
  else
    text = g_strdup_printf (_ ("“%s” could not be saved: %s"), name, reason);
  mun_message_view_toast (self, text);
}

/* @bytes: NULL: it is still in the archive. */
static void
save (MunMessageView *self, GFile *file, GBytes *bytes, guint number)
{
  if (bytes)
    g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                                         saved_cb, g_object_ref (self));
  else
    mun_message_view_stream (self, number, file, streamed_cb);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  GBytes *bytes = g_object_get_data (G_OBJECT (dialog), "bytes");
  guint number = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (dialog), "number"));
  MunMessageView *self = g_object_get_data (G_OBJECT (dialog), "view");
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT) {
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    save (self, file, bytes, number);
  }
  g_object_unref (dialog);
}

static void
choose (MunMessageView *self, const char *name, GBytes *bytes, guint number)
{
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Save As"), window_of (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                     _ ("_Save"), _ ("_Cancel"));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_object_set_data_full (G_OBJECT (dialog), "view", g_object_ref (self), g_object_unref);
  if (bytes)
    g_object_set_data_full (G_OBJECT (dialog), "bytes", g_bytes_ref (bytes),
                            (GDestroyNotify)g_bytes_unref);
  g_object_set_data (G_OBJECT (dialog), "number", GUINT_TO_POINTER (number));
  g_signal_connect (dialog, "response", G_CALLBACK (chosen_cb), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
save_as_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (widget);
  g_autofree char *file = safe_name (mun_message_get_subject (self->message), ".eml");
  g_autoptr (GBytes) bytes = mun_message_view_dup_raw (self);

  choose (self, file, bytes, 0);
}

static void
save_to_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (widget);
  g_autoptr (GFile) file = g_file_new_for_path (g_variant_get_string (parameter, NULL));
  g_autoptr (GBytes) bytes = mun_message_view_dup_raw (self);

  save (self, file, bytes, 0);
}

static void
show_source_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (widget);
  gsize size;
  const char *raw = g_bytes_get_data (mun_message_get_raw (self->message), &size);
  g_autofree char *text = g_utf8_make_valid (raw, MIN (size, 4 * 1024 * 1024));

  mun_text_dialog_present (window_of (self),
                           self->outline ? _ ("Message Source, Without Large Attachments")
                                         : _ ("Message Source"),
                           text);
}

static void
copy_id_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (widget);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                          mun_message_get_message_id (self->message));
  mun_message_view_toast (self, _ ("Message ID copied"));
}

static void
add_line (GString *text, const char *label, const char *value)
{
  if (value && *value)
    g_string_append_printf (text, "%s\n    %s\n\n", label, value);
}

static void
info_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunMessageView) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) info
      = mun_archive_client_archive_info_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *size = NULL, *date = NULL, *words = NULL;

  if (!info) {
    words = mun_words_for_error (error);
    mun_message_view_toast (self, words);
    return;
  }
  size = mun_words_size (mun_json_get_int (info, "size", -1));
  date = mun_words_date_exact (
      mun_words_parse_time (mun_json_get_string (info, "archivedDate", NULL)));
  add_line (text, _ ("SHA-256 of the message"), mun_json_get_string (info, "sha256", NULL));
  add_line (text, _ ("Size"), size);
  add_line (text, _ ("Archived on"), date);
  add_line (text, _ ("Folder"), mun_json_get_string (info, "folder", NULL));
  add_line (text, _ ("Archive store"), mun_json_get_string (info, "storeName", NULL));
  add_line (text, _ ("Profile"), mun_json_get_string (info, "profileName", NULL));
  add_line (text, _ ("Damage"), mun_words_damage (mun_json_get_string (info, "damageNote", NULL)));
  mun_text_dialog_present (window_of (self), _ ("Archive Information"), text->str);
}

static void
archive_info_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (widget);

  mun_archive_client_archive_info_async (mun_connection_get_archive (self->connection), self->id,
                                         self->cancellable, info_cb, g_object_ref (self));
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunMessageView) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  g_autofree char *words = NULL;

  if (error) {
    words = mun_words_for_error (error);
    mun_message_view_toast (self, words);
    return;
  }
  mun_message_view_toast (self, _ ("Message deleted from the archive"));
  mun_message_view_deleted (self, self->id);
}

static void
delete_response_cb (AdwMessageDialog *dialog, const char *response, MunMessageView *self)
{
  GtkEditable *reason = GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog));
  JsonObject *arguments;

  if (strcmp (response, "delete") != 0 || !self->id)
    return;
  arguments = json_object_new ();
  json_object_set_string_member (arguments, "id", self->id);
  json_object_set_string_member (arguments, "reason", gtk_editable_get_text (reason));
  mun_connection_call_async (self->connection, "DeleteMessage", arguments, NULL, deleted_cb,
                             g_object_ref (self));
}

static void
reason_changed_cb (GtkEditable *reason, AdwMessageDialog *dialog)
{
  adw_message_dialog_set_response_enabled (dialog, "delete", *gtk_editable_get_text (reason));
}

static void
delete_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (widget);
  GtkWidget *reason = gtk_entry_new ();
  GtkWidget *dialog = adw_message_dialog_new (
      window_of (self), _ ("Delete This Message From the Archive?"),
      _ ("It cannot be brought back. The reason is kept in the audit log."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "delete",
                                    _ ("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "delete",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "delete", FALSE);
  gtk_entry_set_placeholder_text (GTK_ENTRY (reason), _ ("Reason"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (reason), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Reason"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), reason);
  g_signal_connect (reason, "changed", G_CALLBACK (reason_changed_cb), dialog);
  g_signal_connect_object (dialog, "response", G_CALLBACK (delete_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
save_attachment_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (widget);
  guint index = g_variant_get_uint32 (parameter);
  g_autoptr (GBytes) bytes = mun_message_view_dup_attachment (self, index);
  g_autofree char *file = safe_name (mun_message_view_get_attachment (self, index).name, "");

  choose (self, file, bytes, index + 1);
}

static void
save_attachment_to_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (widget);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GFile) file = NULL;
  const char *path;
  guint index;

  g_variant_get (parameter, "(u&s)", &index, &path);
  bytes = mun_message_view_dup_attachment (self, index);
  file = g_file_new_for_path (path);
  save (self, file, bytes, index + 1);
}

static void
attachment_shown_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunMessageView) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error))
    return;
  text = g_strdup_printf (_ ("No program opened the attachment: %s. Save it instead."),
                          error->message);
  mun_message_view_toast (self, text);
}

static void
show_file (MunMessageView *self, const char *uri)
{
  if (window_of (self))
    gtk_show_uri_full (window_of (self), uri, GDK_CURRENT_TIME, NULL, attachment_shown_cb,
                       g_object_ref (self));
}

static void
attachment_written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *text = NULL;

  if (uri) {
    show_file (self, uri);
    return;
  }
  text = g_strdup_printf (_ ("The attachment could not be opened: %s"), error->message);
  mun_message_view_toast (self, text);
}

/* What was to be opened is not there: nor is the folder that was made for it. */
static void
remove_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (folder);
}

static void
attachment_streamed_cb (GFile *file, const GError *error, gpointer data)
{
  MunMessageView *self = data;
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *reason = error ? mun_words_for_error (error) : NULL;
  g_autofree char *text = NULL;

  if (!error) {
    g_chmod (g_file_peek_path (file), 0400);
    show_file (self, uri);
    return;
  }
  remove_folder_of (g_file_peek_path (file));
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    text = g_strdup_printf (_ ("The attachment could not be opened: %s"), reason);
    mun_message_view_toast (self, text);
  }
}

/* Opened from a folder of its own that only this user can read. */
static void
write_attachment_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GBytes *bytes = data;
  const char *name = g_object_get_data (G_OBJECT (task), "name");
  GError *error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("muniment-XXXXXX", &error);
  g_autofree char *path = folder ? g_build_filename (folder, name, NULL) : NULL;

  if (path
      && g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                   G_FILE_SET_CONTENTS_NONE, 0400, &error)) {
    g_task_return_pointer (task, g_filename_to_uri (path, NULL, NULL), g_free);
    return;
  }
  if (path)
    remove_folder_of (path);
  g_task_return_error (task, error);
}

static void
stream_to_open (MunMessageView *self, guint index, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL, *path = NULL, *text = NULL;
  g_autoptr (GFile) file = NULL;

  if (!mun_message_view_can_stream (self))
    return;
  folder = g_dir_make_tmp ("muniment-XXXXXX", &error);
  if (folder) {
    path = g_build_filename (folder, name, NULL);
    file = g_file_new_for_path (path);
    mun_message_view_stream (self, index + 1, file, attachment_streamed_cb);
    return;
  }
  text = g_strdup_printf (_ ("The attachment could not be opened: %s"), error->message);
  mun_message_view_toast (self, text);
}

static void
open_attachment_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (widget);
  guint index = g_variant_get_uint32 (parameter);
  GBytes *bytes = mun_message_view_dup_attachment (self, index);
  g_autofree char *file = safe_name (mun_message_view_get_attachment (self, index).name, "");
  g_autoptr (GTask) task = NULL;

  if (!bytes) {
    stream_to_open (self, index, file);
    return;
  }
  task = g_task_new (self, NULL, attachment_written_cb, NULL);
  g_task_set_source_tag (task, open_attachment_cb);
  g_object_set_data_full (G_OBJECT (task), "name", g_steal_pointer (&file), g_free);
  g_task_set_task_data (task, bytes, (GDestroyNotify)g_bytes_unref);
  g_task_run_in_thread (task, write_attachment_thread);
}

static void
folder_chosen_cb (GtkNativeDialog *dialog, int response, MunMessageView *self)
{
  g_autoptr (GFile) folder = NULL;

  if (response == GTK_RESPONSE_ACCEPT && self->message) {
    folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    for (guint i = 0; i < mun_message_view_get_n_attachments (self); i++) {
      MunAttachment attachment = mun_message_view_get_attachment (self, i);
      g_autofree char *name = safe_name (attachment.name, "");
      g_autofree char *numbered = g_strdup_printf ("%u %s", i + 1, name);
      g_autoptr (GFile) file = g_file_get_child (folder, numbered);
      g_autoptr (GBytes) bytes = mun_message_view_dup_attachment (self, i);

      if (!attachment.is_inline)
        save (self, file, bytes, i + 1);
    }
  }
  g_object_unref (dialog);
}

static void
save_all_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (widget);
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Save All Attachments"), window_of (self),
                                     GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Save"),
                                     _ ("_Cancel"));

  g_signal_connect_object (dialog, "response", G_CALLBACK (folder_chosen_cb), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
mun_message_view_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "message.save-as", NULL, save_as_cb);
  gtk_widget_class_install_action (widget_class, "message.save-to", "s", save_to_cb);
  gtk_widget_class_install_action (widget_class, "message.show-source", NULL, show_source_cb);
  gtk_widget_class_install_action (widget_class, "message.copy-id", NULL, copy_id_cb);
  gtk_widget_class_install_action (widget_class, "message.archive-info", NULL, archive_info_cb);
  gtk_widget_class_install_action (widget_class, "message.delete", NULL, delete_cb);
  gtk_widget_class_install_action (widget_class, "message.open-attachment", "u",
                                   open_attachment_cb);
  gtk_widget_class_install_action (widget_class, "message.save-attachment", "u",
                                   save_attachment_cb);
  gtk_widget_class_install_action (widget_class, "message.save-attachment-to", "(us)",
                                   save_attachment_to_cb);
  gtk_widget_class_install_action (widget_class, "message.save-all", NULL, save_all_cb);
}
