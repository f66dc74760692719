/* mun-rename-user.c: gives a user another name, and the archive too when wanted */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-rename-user.h"

#include "json.h"
#include "mun-choice.h"
#include "mun-privilege-group.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct {
  MunConnection *connection;
  char *old_name;
  char *new_name;
  gboolean with_archive;
  GtkEditable *entry; /* of the dialog */
  GtkWidget *archive_switch;
} Rename;

static void
rename_free (gpointer data)
{
  Rename *rename = data;

  g_clear_object (&rename->connection);
  g_free (rename->old_name);
  g_free (rename->new_name);
  g_free (rename);
}

static void
archive_moved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Rename *rename = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (node == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_strdup (rename->new_name), g_free);
}

static void
move_archive (GTask *task)
{
  Rename *rename = g_task_get_task_data (task);
  JsonObject *arguments = json_object_new ();

  json_object_set_string_member (arguments, "fromFolder", rename->old_name);
  json_object_set_string_member (arguments, "toFolder", rename->new_name);
  mun_connection_call_async (rename->connection, "MoveFolder", arguments,
                             g_task_get_cancellable (task), archive_moved_cb, g_object_ref (task));
}

/* A user without mail has no archive to rename, and a server says of a folder that is not there
 * only that the call failed: so it is looked for first. */
static void
archives_listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Rename *rename = g_task_get_task_data (task);
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, NULL);
  JsonArray *archives
      = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gboolean found = archives == NULL;

  for (guint i = 0; archives != NULL && i < json_array_get_length (archives) && !found; i++) {
    JsonNode *element = json_array_get_element (archives, i);
    const char *name = JSON_NODE_HOLDS_OBJECT (element)
                           ? mun_json_get_string (json_node_get_object (element), "name", "")
                           : "";

    found = g_ascii_strcasecmp (name, rename->old_name) == 0;
  }
  if (found)
    move_archive (task);
  else
    g_task_return_pointer (task, g_strdup (rename->new_name), g_free);
}

static void
renamed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Rename *rename = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  JsonObject *arguments;

  if (node == NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (!rename->with_archive) {
    g_task_return_pointer (task, g_strdup (rename->new_name), g_free);
    return;
  }
  if (!mun_connection_has_function (rename->connection, "GetChildFolders")) {
    move_archive (task);
    return;
  }
  arguments = json_object_new ();
  json_object_set_int_member (arguments, "maxLevels", 1);
  mun_connection_call_async (rename->connection, "GetChildFolders", arguments,
                             g_task_get_cancellable (task), archives_listed_cb,
                             g_object_ref (task));
}

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Rename *rename = g_task_get_task_data (task);
  g_autofree char *response = mun_choice_finish (result, NULL);
  JsonObject *arguments;

  if (g_strcmp0 (response, "rename") != 0) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "not renamed");
    return;
  }
  rename->new_name = g_strstrip (g_strdup (gtk_editable_get_text (rename->entry)));
  rename->with_archive = rename->archive_switch != NULL
                         && gtk_switch_get_active (GTK_SWITCH (rename->archive_switch));
  arguments = json_object_new ();
  json_object_set_string_member (arguments, "oldUserName", rename->old_name);
  json_object_set_string_member (arguments, "newUserName", rename->new_name);
  mun_connection_call_async (rename->connection, "RenameUser", arguments,
                             g_task_get_cancellable (task), renamed_cb, g_object_ref (task));
}

static void
name_changed_cb (GtkEditable *entry, AdwMessageDialog *dialog)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  const char *old_name = g_object_get_data (G_OBJECT (dialog), "old-name");

  adw_message_dialog_set_response_enabled (dialog, "rename",
                                           *name != '\0' && g_strcmp0 (name, old_name) != 0);
}

static GtkWidget *
make_form (Rename *rename, AdwMessageDialog *dialog)
{
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *entry = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _ ("User Name"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("User Name"), -1);
  gtk_editable_set_text (GTK_EDITABLE (entry), rename->old_name);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (entry), TRUE);
  g_signal_connect_object (entry, "changed", G_CALLBACK (name_changed_cb), dialog, 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), entry);
  rename->entry = GTK_EDITABLE (entry);
  if (mun_connection_has_function (rename->connection, "MoveFolder")) {
    GtkWidget *row
        = mun_privilege_group_make_row (_ ("Rename the archive, too"), &rename->archive_switch);

    gtk_switch_set_active (GTK_SWITCH (rename->archive_switch), TRUE);
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  }
  return group;
}

void
mun_rename_user_async (GtkWidget *parent, MunConnection *connection, const char *user_name,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (connection, cancellable, callback, data);
  GtkRoot *root = gtk_widget_get_root (parent);
  Rename *rename = g_new0 (Rename, 1);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _ ("Rename User"),
                              _ ("Who signs in must use the new name from then on.")));

  g_task_set_source_tag (task, mun_rename_user_async);
  g_task_set_task_data (task, rename, rename_free);
  rename->connection = g_object_ref (connection);
  rename->old_name = g_strdup (user_name);
  g_object_set_data_full (G_OBJECT (dialog), "old-name", g_strdup (user_name), g_free);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "rename", _ ("_Rename"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "rename", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (dialog, "rename", FALSE);
  adw_message_dialog_set_default_response (dialog, "rename");
  adw_message_dialog_set_close_response (dialog, "cancel");
  adw_message_dialog_set_extra_child (dialog, make_form (rename, dialog));
  gtk_widget_grab_focus (GTK_WIDGET (rename->entry));
  mun_choice_async (dialog, cancellable, chosen_cb, g_object_ref (task));
}

char *
mun_rename_user_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
