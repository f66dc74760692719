/* mun-window-servers.c: which server the window shows: open, add, edit, reconnect */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-window"

#include "mun-window-servers.h"

#include "keyring.h"
#include "mun-connector.h"
#include "mun-server-dialog.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunWindowServers {
  GObject parent_instance;

  MunWindow *window;
  MunStartPage *start;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MunWindowServers, mun_window_servers, G_TYPE_OBJECT)

static MunApplication *
get_application (MunWindowServers *self)
{
  return MUN_APPLICATION (gtk_window_get_application (GTK_WINDOW (self->window)));
}

/* The switcher and the start page show how the last attempt ended. */
static void
note_problem (MunConnection *connection, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mun_server_entry_set_problem (mun_connection_get_entry (connection),
                                  error ? mun_words_error_title (error) : NULL);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunWindowServers) self = data;
  g_autoptr (MunConnection) connection = MUN_CONNECTION (source);
  g_autoptr (GError) error = NULL;
  gboolean opened = mun_connector_open_finish (connection, result, &error);

  /* Not of a cancelled attempt while the next one runs. */
  if (!self->window
      || (self->cancellable && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
          && !g_cancellable_is_cancelled (self->cancellable)
          && g_task_get_cancellable (G_TASK (result)) != self->cancellable))
    return;
  note_problem (connection, error);
  mun_start_page_set_busy (self->start, NULL);
  if (opened) {
    g_autofree char *notice = mun_connector_dup_notice (result);

    mun_window_set_connection (self->window, connection);
    if (notice)
      mun_window_toast (self->window, notice);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mun_start_page_set_error (self->start, mun_connection_get_name (connection), error);
}

static void
open_connection (MunWindowServers *self, MunConnection *connection, MunSecret *password,
                 gboolean remember)
{
  MunServerEntry *entry = mun_connection_get_entry (connection);
  /* Translators: %s is the name of a server. */
  g_autofree char *text
      = mun_server_entry_is_local (entry)
            ? g_strdup (_ ("Starting the archive on this computer…"))
            : g_strdup_printf (_ ("Connecting to %s…"), mun_server_entry_get_name (entry));

  mun_window_servers_cancel (self);
  self->cancellable = g_cancellable_new ();
  mun_start_page_set_error (self->start, NULL, NULL);
  mun_start_page_set_busy (self->start, text);
  mun_connector_open_async (GTK_WINDOW (self->window), connection,
                            mun_application_get_embedded (get_application (self)), password,
                            remember, self->cancellable, opened_cb, g_object_ref (self));
}

static void
open_entry (MunWindowServers *self, MunServerEntry *entry, MunSecret *password, gboolean remember)
{
  MunConnection *connection
      = mun_connection_new (entry, mun_application_get_operations (get_application (self)));

  mun_window_set_connection (self->window, NULL);
  open_connection (self, connection, password, remember); /* opened_cb releases the connection */
}

void
mun_window_servers_open (MunWindowServers *self, const char *id)
{
  MunServerEntry *entry
      = mun_server_list_lookup (mun_application_get_servers (get_application (self)), id);

  if (entry)
    open_entry (self, entry, NULL, FALSE);
}

void
mun_window_servers_cancel (MunWindowServers *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
accepted_cb (MunWindowServers *self, MunServerEntry *entry, MunServerDialog *dialog)
{
  g_autoptr (MunSecret) password = mun_server_dialog_dup_password (dialog);

  mun_server_list_add (mun_application_get_servers (get_application (self)), entry);
  open_entry (self, entry, password, mun_server_dialog_get_remember (dialog));
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!mun_keyring_clear_password_finish (result, &error))
    g_message ("keyring: the password of a removed server is still there: %s", error->message);
}

static void
removed_cb (MunWindowServers *self, MunServerEntry *entry)
{
  g_autofree char *address = mun_server_entry_dup_address (entry);

  mun_keyring_clear_password_async (address, mun_server_entry_get_user_name (entry), NULL,
                                    forgotten_cb, NULL);
  mun_server_list_remove (mun_application_get_servers (get_application (self)), entry);
}

void
mun_window_servers_edit (MunWindowServers *self, const char *id)
{
  MunServerEntry *entry
      = id ? mun_server_list_lookup (mun_application_get_servers (get_application (self)), id)
           : NULL;
  MunServerDialog *dialog = mun_server_dialog_new (GTK_WINDOW (self->window), entry);

  g_signal_connect_object (dialog, "accepted", G_CALLBACK (accepted_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dialog, "removed", G_CALLBACK (removed_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
reopened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunWindowServers) self = data;
  g_autoptr (GError) error = NULL;

  /* The state bar says how it ended: it follows the connection. */
  if (!mun_connector_open_finish (MUN_CONNECTION (source), result, &error))
    g_message ("reconnect: %s", error->message);
  note_problem (MUN_CONNECTION (source), error);
}

/* The connection stays the same object, so that every page keeps what it shows. */
void
mun_window_servers_reconnect (MunWindowServers *self)
{
  MunConnection *connection = mun_window_get_connection (self->window);

  if (!connection || mun_connection_get_state (connection) == MUN_CONNECTION_CONNECTING)
    return;
  mun_window_servers_cancel (self);
  self->cancellable = g_cancellable_new ();
  mun_connector_open_async (GTK_WINDOW (self->window), connection,
                            mun_application_get_embedded (get_application (self)), NULL, FALSE,
                            self->cancellable, reopened_cb, g_object_ref (self));
}

void
mun_window_servers_close (MunWindowServers *self)
{
  mun_window_servers_cancel (self);
  mun_window_set_connection (self->window, NULL);
}

/* No call need fail first: the pages of this computer's archive are offline at once. */
static void
embedded_died_cb (MunWindowServers *self, const GError *error)
{
  MunConnection *connection = self->window ? mun_window_get_connection (self->window) : NULL;

  if (connection && mun_server_entry_is_local (mun_connection_get_entry (connection)))
    mun_connection_set_state (connection, MUN_CONNECTION_OFFLINE, error);
}

static void
local_running_cb (MunWindowServers *self)
{
  MunEmbeddedServer *embedded = mun_application_get_embedded (get_application (self));

  mun_start_page_set_local_state (self->start, mun_embedded_server_is_running (embedded),
                                  mun_embedded_server_is_stopping (embedded));
}

void
mun_window_servers_stop_local (MunWindowServers *self)
{
  mun_embedded_server_stop (mun_application_get_embedded (get_application (self)));
}

static void
mun_window_servers_dispose (GObject *object)
{
  MunWindowServers *self = MUN_WINDOW_SERVERS (object);

  mun_window_servers_cancel (self);
  self->window = NULL;
  self->start = NULL;
  G_OBJECT_CLASS (mun_window_servers_parent_class)->dispose (object);
}

static void
mun_window_servers_class_init (MunWindowServersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mun_window_servers_dispose;
}

static void
mun_window_servers_init (MunWindowServers *self)
{
}

MunWindowServers *
mun_window_servers_new (MunWindow *window, MunStartPage *start)
{
  MunWindowServers *self = g_object_new (MUN_TYPE_WINDOW_SERVERS, NULL);

  self->window = window;
  self->start = start;
  g_signal_connect_object (mun_application_get_embedded (get_application (self)), "died",
                           G_CALLBACK (embedded_died_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (mun_application_get_embedded (get_application (self)), "notify::running",
                           G_CALLBACK (local_running_cb), self, G_CONNECT_SWAPPED);
  local_running_cb (self);
  mun_start_page_set_servers (start, mun_application_get_servers (get_application (self)));
  return self;
}
