/* mun-groups-dialog.c: chooses groups of a tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-groups-dialog.h"

#include "directory.h"
#include "keyring.h"
#include "mun-words.h"

#include <glib/gi18n.h>

static void
unavailable (MunListDialog *dialog, const GError *error)
{
  g_autofree char *sentence = mun_words_for_error (error);
  /* Translators: %s is a sentence that says what went wrong. */
  g_autofree char *note = g_strdup_printf (
      _ ("The tenant's groups could not be read. %s You can enter a group by its object ID."),
      sentence);

  mun_list_dialog_set_suggestions (dialog, NULL, note);
}

static void
list_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  MunAppCredential *credential = data;
  g_autoptr (MunEntra) entra = NULL;
  g_autoptr (MunGraph) graph = NULL;
  g_autoptr (GPtrArray) groups = NULL;
  JsonArray *items;
  GError *error = NULL;

  entra = mun_entra_new (mun_cloud_lookup (mun_app_credential_get_cloud (credential)),
                         mun_app_credential_get_tenant_id (credential),
                         mun_app_credential_get_client_id (credential),
                         mun_app_credential_get_certificate (credential));
  graph = mun_graph_new (entra);
  groups = mun_directory_list_groups (graph, cancellable, &error);
  if (groups == NULL) {
    g_task_return_error (task, error);
    return;
  }
  items = json_array_new ();
  for (guint i = 0; i < groups->len; i++) {
    MunDirectoryGroup *group = g_ptr_array_index (groups, i);
    JsonObject *item = json_object_new ();

    json_object_set_string_member (item, "id", group->id);
    json_object_set_string_member (item, "name", group->name);
    json_array_add_object_element (items, item);
  }
  g_task_return_pointer (task, items, (GDestroyNotify)json_array_unref);
}

static void
groups_listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) items = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (items == NULL)
    unavailable (MUN_LIST_DIALOG (data), error);
  else
    mun_list_dialog_set_suggestions (MUN_LIST_DIALOG (data), items, NULL);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunAppCredential) credential = mun_keyring_load_finish (result, &error);
  g_autoptr (GTask) task = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (credential == NULL) {
    unavailable (MUN_LIST_DIALOG (data), error);
    return;
  }
  task = g_task_new (NULL, g_object_get_data (G_OBJECT (data), "cancellable"), groups_listed_cb,
                     data);
  g_task_set_source_tag (task, mun_groups_dialog_new);
  g_task_set_task_data (task, g_steal_pointer (&credential), g_object_unref);
  g_task_run_in_thread (task, list_thread);
}

MunListDialog *
mun_groups_dialog_new (GtkWindow *parent, MunAppCredential *local, JsonArray *groups)
{
  MunListDialog *dialog
      = mun_list_dialog_new (parent, _ ("Groups"),
                             _ ("Only members of these groups become users of the archive. "
                                "Without any group, everybody does."),
                             _ ("Name or Object ID of a Group"), groups);
  GCancellable *cancellable = g_cancellable_new ();

  g_object_set_data_full (G_OBJECT (dialog), "cancellable", cancellable, g_object_unref);
  g_signal_connect_object (dialog, "unrealize", G_CALLBACK (g_cancellable_cancel), cancellable,
                           G_CONNECT_SWAPPED);
  if (local == NULL) {
    mun_list_dialog_set_suggestions (dialog, NULL,
                                     _ ("The credential is not on this computer, so the tenant's "
                                        "groups cannot be listed here. Enter a group by "
                                        "its object ID."));
    return dialog;
  }
  mun_list_dialog_set_suggestions (dialog, NULL, _ ("The tenant's groups are being read…"));
  mun_keyring_load_async (mun_app_credential_get_id (local), cancellable, loaded_cb, dialog);
  return dialog;
}
