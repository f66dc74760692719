/* mun-hand-over.c: gives a credential of this desktop to a server, after saying so */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-hand-over.h"

#include "errors.h"
#include "json.h"
#include "keyring.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  MunConnection *connection;
  MunCredentialChoice *choice;
  JsonObject *config; /* holds the key until the server has answered */
} HandOver;

static void
hand_over_free (gpointer data)
{
  HandOver *hand_over = data;

  g_object_unref (hand_over->connection);
  g_object_unref (hand_over->choice);
  if (hand_over->config != NULL) {
    mun_app_credential_wipe_config (hand_over->config);
    json_object_unref (hand_over->config);
  }
  g_free (hand_over);
}

static void
called_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  HandOver *hand_over = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  gint64 id = mun_credential_choice_get_server_id (hand_over->choice);

  mun_app_credential_wipe_config (hand_over->config);
  if (error != NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (id == 0 && node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    id = mun_json_get_int (json_node_get_object (node), "id", 0);
  if (id == 0)
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_PROTOCOL,
                             "CreateCredentials: the server's reply has no id");
  else
    g_task_return_int (task, id);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  HandOver *hand_over = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MunAppCredential) credential = mun_keyring_load_finish (result, &error);
  gint64 id = mun_credential_choice_get_server_id (hand_over->choice);
  JsonObject *arguments;

  if (credential != NULL)
    hand_over->config = mun_app_credential_to_config (credential, &error);
  if (hand_over->config == NULL) {
    g_task_return_error (task, error);
    return;
  }
  arguments = json_object_new ();
  if (id != 0)
    json_object_set_int_member (arguments, "id", id);
  json_object_set_object_member (arguments, "config", json_object_ref (hand_over->config));
  mun_connection_call_async (hand_over->connection,
                             id != 0 ? "SetCredentials" : "CreateCredentials", arguments,
                             g_task_get_cancellable (task), called_cb, g_object_ref (task));
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  GTask *task = data;
  HandOver *hand_over = g_task_get_task_data (task);
  MunAppCredential *local = mun_credential_choice_get_local (hand_over->choice);

  if (strcmp (response, "go") != 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Not handed over");
  else
    mun_keyring_load_async (mun_app_credential_get_id (local), g_task_get_cancellable (task),
                            loaded_cb, g_object_ref (task));
}

static void
task_unref (gpointer data, GClosure *closure)
{
  g_object_unref (data);
}

void
mun_hand_over_async (GtkWindow *parent, MunConnection *connection, MunCredentialChoice *choice,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (connection, cancellable, callback, data);
  HandOver *hand_over = g_new0 (HandOver, 1);
  gboolean renewed = mun_credential_choice_get_server_id (choice) != 0;
  const char *server = mun_connection_get_name (connection);
  const char *name = mun_credential_choice_get_name (choice);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, NULL, NULL));

  g_return_if_fail (mun_credential_choice_get_local (choice) != NULL);
  g_task_set_source_tag (task, mun_hand_over_async);
  hand_over->connection = g_object_ref (connection);
  hand_over->choice = g_object_ref (choice);
  g_task_set_task_data (task, hand_over, hand_over_free);
  if (renewed) {
    /* Translators: a credential and a server. */
    adw_message_dialog_format_heading (dialog, _ ("Hand the New Certificate of “%s” to %s?"), name,
                                       server);
    adw_message_dialog_set_body (
        dialog, _ ("The server still signs in with an older certificate. It gets the one "
                   "of this computer, with its key, over the encrypted connection."));
  } else {
    /* Translators: a credential and a server. */
    adw_message_dialog_format_heading (dialog, _ ("Hand “%s” to %s?"), name, server);
    adw_message_dialog_set_body (
        dialog, _ ("The server signs in to Microsoft 365 on its own, also when this computer is "
                   "off. For that it gets a copy of the credential, with the certificate and its "
                   "key, over the encrypted connection, and keeps it sealed."));
  }
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "go", _ ("_Hand Over"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "go", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "go");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), task, task_unref, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

gint64
mun_hand_over_finish (GAsyncResult *result, GError **error)
{
  gssize id;

  g_return_val_if_fail (G_IS_TASK (result), 0);
  id = g_task_propagate_int (G_TASK (result), error);
  return id > 0 ? id : 0;
}
