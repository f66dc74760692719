/* mun-connector.c: from a saved server to an open connection, asking what must be asked */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-connection"

#include "mun-connector.h"

#include "errors.h"
#include "keyring.h"
#include "mun-certificate-dialog.h"
#include "mun-choice.h"
#include "mun-password-dialog.h"
#include "mun-words.h"

#include <glib/gi18n.h>

typedef struct {
  GtkWindow *parent;
  MunEmbeddedServer *embedded;
  MunSecret *password;
  gboolean typed; /* the password came from a person, not from the keyring */
  gboolean remember;
  GError *keyring_problem; /* why no password could be read */
} Attempt;

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  g_clear_object (&attempt->parent);
  g_clear_object (&attempt->embedded);
  g_clear_pointer (&attempt->password, mun_secret_unref);
  g_clear_error (&attempt->keyring_problem);
  g_free (attempt);
}

static void
open_connection (GTask *task);

static MunServerEntry *
get_entry (GTask *task)
{
  return mun_connection_get_entry (g_task_get_source_object (task));
}

static void
remembered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Attempt *attempt = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  /* The connection is open all the same; next time it asks again. */
  if (!mun_keyring_store_password_finish (result, &error)) {
    g_message ("keyring: the password was not kept: %s", error->message);
    g_clear_error (&attempt->keyring_problem);
    attempt->keyring_problem = g_steal_pointer (&error);
  }
  g_task_return_boolean (task, TRUE);
}

static void
succeed (GTask *task)
{
  Attempt *attempt = g_task_get_task_data (task);
  g_autofree char *address = mun_server_entry_dup_address (get_entry (task));

  if (!attempt->typed || !attempt->remember) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  mun_keyring_store_password_async (address, mun_server_entry_get_user_name (get_entry (task)),
                                    attempt->password, g_task_get_cancellable (task), remembered_cb,
                                    g_object_ref (task));
}

static void
password_typed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Attempt *attempt = g_task_get_task_data (task);
  MunPasswordDialog *dialog = MUN_PASSWORD_DIALOG (source);
  g_autofree char *response = mun_choice_finish (result, NULL);

  if (g_strcmp0 (response, "sign-in") != 0) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "no password was given");
    return;
  }
  g_clear_pointer (&attempt->password, mun_secret_unref);
  attempt->password = mun_password_dialog_dup_password (dialog);
  attempt->remember = mun_password_dialog_get_remember (dialog);
  attempt->typed = TRUE;
  open_connection (task);
}

static void
ask_password (GTask *task, const char *reason)
{
  Attempt *attempt = g_task_get_task_data (task);
  MunServerEntry *entry = get_entry (task);
  MunPasswordDialog *dialog
      = mun_password_dialog_new (attempt->parent, mun_server_entry_get_name (entry),
                                 mun_server_entry_get_user_name (entry), reason);

  mun_password_dialog_set_can_remember (dialog,
                                        !g_error_matches (attempt->keyring_problem, MUN_ERROR,
                                                          MUN_ERROR_KEYRING_UNAVAILABLE));
  mun_choice_async (ADW_MESSAGE_DIALOG (dialog), g_task_get_cancellable (task), password_typed_cb,
                    g_object_ref (task));
}

static void
certificate_judged_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Attempt *attempt = g_task_get_task_data (task);
  MunConnection *connection = g_task_get_source_object (task);
  MunServerCertificate *certificate = mun_connection_get_certificate (connection);
  g_autofree char *response = mun_choice_finish (result, NULL);
  const GError *failure = mun_connection_get_error (connection);

  if (g_strcmp0 (response, "trust") == 0 && certificate) {
    mun_server_entry_set_fingerprint (get_entry (task),
                                      mun_server_certificate_get_fingerprint (certificate));
    open_connection (task);
    return;
  }
  if (failure)
    g_task_return_error (task, g_error_copy (failure));
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the certificate was refused");
  if (g_strcmp0 (response, "edit") == 0 && attempt->parent)
    gtk_widget_activate_action (GTK_WIDGET (attempt->parent), "win.edit-server", "s",
                                mun_server_entry_get_id (get_entry (task)));
}

static void
show_certificate (GTask *task, GError *error)
{
  Attempt *attempt = g_task_get_task_data (task);
  MunServerEntry *entry = get_entry (task);
  MunServerCertificate *certificate
      = mun_connection_get_certificate (g_task_get_source_object (task));
  gboolean changed = error->code == MUN_ERROR_CERTIFICATE_CHANGED;
  MunCertificateDialog *dialog;

  if (!certificate) {
    g_task_return_error (task, error);
    return;
  }
  g_error_free (error);
  dialog
      = mun_certificate_dialog_new (attempt->parent, mun_server_entry_get_name (entry), certificate,
                                    changed ? mun_server_entry_get_fingerprint (entry) : NULL);
  mun_choice_async (ADW_MESSAGE_DIALOG (dialog), g_task_get_cancellable (task),
                    certificate_judged_cb, g_object_ref (task));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Attempt *attempt = g_task_get_task_data (task);
  g_autofree char *sentence = NULL;
  gboolean local = mun_server_entry_is_local (get_entry (task));
  GError *error = NULL;

  if (mun_connection_open_finish (MUN_CONNECTION (source), result, &error)) {
    succeed (task);
  } else if (!local
             && (g_error_matches (error, MUN_ERROR, MUN_ERROR_UNTRUSTED)
                 || g_error_matches (error, MUN_ERROR, MUN_ERROR_CERTIFICATE_CHANGED))) {
    show_certificate (task, error);
  } else if (local && g_error_matches (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION)) {
    g_error_free (error);
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_BUSY,
                             _ ("Another archive server runs on this computer’s archive already "
                                "(process %d), with a password that is not in the keyring. End "
                                "that process, then try again."),
                             mun_embedded_server_get_joined_pid (attempt->embedded));
  } else if (!local && g_error_matches (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION)) {
    /* Without a password the server was asked all the same: nobody types one for a server that is
     * not there or not trusted. */
    if (attempt->password)
      sentence = mun_words_for_error (error);
    else if (attempt->keyring_problem)
      sentence = mun_words_for_error (attempt->keyring_problem);
    ask_password (task, sentence);
    g_error_free (error);
  } else {
    g_task_return_error (task, error);
  }
}

static void
open_connection (GTask *task)
{
  Attempt *attempt = g_task_get_task_data (task);

  mun_connection_open_async (g_task_get_source_object (task), attempt->password,
                             g_task_get_cancellable (task), opened_cb, g_object_ref (task));
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Attempt *attempt = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  attempt->password = mun_keyring_lookup_password_finish (result, &error);
  if (error && error->domain != MUN_ERROR) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (error && error->code != MUN_ERROR_NOT_FOUND)
    attempt->keyring_problem = g_steal_pointer (&error);
  open_connection (task);
}

static void
embedded_started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Attempt *attempt = g_task_get_task_data (task);
  MunEmbeddedServer *embedded = MUN_EMBEDDED_SERVER (source);
  GError *error = NULL;

  if (!mun_embedded_server_start_finish (embedded, result, &error)) {
    mun_connection_set_state (g_task_get_source_object (task), MUN_CONNECTION_FAILED, error);
    g_task_return_error (task, error);
    return;
  }
  if (mun_embedded_server_get_keyring_problem (embedded)) {
    g_clear_error (&attempt->keyring_problem);
    attempt->keyring_problem = g_error_copy (mun_embedded_server_get_keyring_problem (embedded));
  }
  g_clear_pointer (&attempt->password, mun_secret_unref);
  attempt->password = mun_secret_ref (mun_embedded_server_get_password (embedded));
  open_connection (task);
}

void
mun_connector_open_async (GtkWindow *parent, MunConnection *connection, MunEmbeddedServer *embedded,
                          MunSecret *password, gboolean remember, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (connection, cancellable, callback, data);
  MunServerEntry *entry = mun_connection_get_entry (connection);
  g_autofree char *address = mun_server_entry_dup_address (entry);
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->parent = parent ? g_object_ref (parent) : NULL;
  attempt->embedded = embedded ? g_object_ref (embedded) : NULL;
  attempt->password = password ? mun_secret_ref (password) : NULL;
  attempt->typed = password != NULL;
  attempt->remember = remember;
  g_task_set_source_tag (task, mun_connector_open_async);
  g_task_set_task_data (task, attempt, attempt_free);

  if (mun_server_entry_is_local (entry))
    mun_embedded_server_start_async (embedded, cancellable, embedded_started_cb,
                                     g_object_ref (task));
  else if (password || mun_connection_has_password (connection))
    open_connection (task);
  else
    mun_keyring_lookup_password_async (address, mun_server_entry_get_user_name (entry), cancellable,
                                       looked_up_cb, g_object_ref (task));
}

gboolean
mun_connector_open_finish (MunConnection *connection, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

char *
mun_connector_dup_notice (GAsyncResult *result)
{
  Attempt *attempt = g_task_get_task_data (G_TASK (result));

  if (!attempt->keyring_problem)
    return NULL;
  if (attempt->keyring_problem->code == MUN_ERROR_KEYRING_UNAVAILABLE)
    return g_strdup (_ ("No keyring: passwords and credentials are not kept"));
  if (attempt->keyring_problem->code == MUN_ERROR_KEYRING_LOCKED)
    return g_strdup (_ ("Keyring locked: passwords and credentials are not kept"));
  return g_strdup (_ ("The keyring did not keep the password"));
}
