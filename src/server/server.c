/* server.c: builds the parts of a running server, and takes them down in order */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "server.h"

#include "accounts.h"
#include "admin-api.h"
#include "archive-search.h"
#include "arguments.h"
#include "configuration.h"
#include "dispatch.h"
#include "errors.h"
#include "first-start.h"
#include "json.h"
#include "listener.h"
#include "master-key.h"
#include "operations.h"
#include "ready.h"
#include "server-private.h"
#include "sessions.h"
#include "tls.h"
#include "web-api.h"

#include <stdlib.h>
#include <unistd.h>

/* A call that has not ended so long after its cancellation will not end at all */
#define STOP_SECONDS 60
#define DRAIN_SECONDS 10

struct _MunServer {
  gatomicrefcount references;
  char *data_dir;
  int lock;
  GTlsCertificate *certificate;
  char *fingerprint;
  gint64 start_time;
  MunArchive *archive;
  MunAccounts *accounts;
  MunSessions *sessions;
  MunOperations *operations;
  MunApiParts parts;
  MunListener *admin_listener;
  MunListener *web_listener;
  MunWebApi *web_api;
};

static gboolean
open_data (MunServer *self, MunConfiguration *configuration, GError **error)
{
  self->lock = mun_ready_lock (self->data_dir, error);
  if (self->lock < 0)
    return FALSE;
  if (configuration->certificate_file != NULL)
    self->certificate = g_tls_certificate_new_from_files (configuration->certificate_file,
                                                          configuration->key_file, error);
  else
    self->certificate = mun_tls_load_or_create (self->data_dir, error);
  if (self->certificate == NULL)
    return FALSE;
  self->fingerprint = mun_tls_dup_fingerprint (self->certificate);
  self->archive = mun_master_key_open_archive (self->data_dir, error);
  return self->archive != NULL;
}

static gboolean
listen (MunServer *self, MunConfiguration *configuration, GError **error)
{
  MunListenerHooks admin
      = { mun_admin_api_handle, mun_admin_api_filter, &self->parts, configuration->body_limit };
  MunListenerHooks web
      = { mun_web_api_handle, mun_web_api_filter, self->web_api, configuration->body_limit };
  const char *const *addresses = (const char *const *)configuration->listen;

  self->admin_listener
      = mun_listener_new (self->certificate, addresses, configuration->admin_port, &admin, error);
  if (self->admin_listener == NULL)
    return FALSE;
  self->web_listener
      = mun_listener_new (self->certificate, addresses, configuration->web_port, &web, error);
  return self->web_listener != NULL;
}

MunServer *
mun_server_new (MunConfiguration *configuration, const char *initial_password, GError **error)
{
  g_autoptr (MunServer) self = g_new0 (MunServer, 1);
  g_autofree char *line = NULL;

  g_atomic_ref_count_init (&self->references);
  self->data_dir = g_strdup (configuration->data_dir);
  self->lock = -1;
  self->start_time = g_get_real_time () / G_USEC_PER_SEC;
  if (!open_data (self, configuration, error))
    return NULL;
  if (!mun_first_start_prepare (mun_server_get_master (self), self->data_dir, initial_password,
                                error))
    return NULL;
  if (configuration->session && initial_password != NULL
      && !mun_first_start_set_password (mun_server_get_master (self), initial_password, error))
    return NULL;
  self->accounts = mun_accounts_new (mun_server_get_master (self));
  self->sessions = mun_sessions_new ();
  self->operations = mun_operations_new (configuration->workers);
  self->parts = (MunApiParts){
    .server = self,
    .accounts = self->accounts,
    .operations = self->operations,
    .sessions = self->sessions,
    .byte_order_mark = configuration->byte_order_mark,
  };
  self->web_api = mun_web_api_new (&self->parts, configuration);
  mun_archive_warm_up (self->archive);
  if (!listen (self, configuration, error))
    return NULL;
  line = mun_server_dup_ready_line (self);
  if (!mun_ready_write_file (self->data_dir, line, error))
    return NULL;
  return g_steal_pointer (&self);
}

MunServer *
mun_server_ref (MunServer *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/* Listeners first: nothing may arrive any more for what goes after them. */
static void
take_down (MunServer *self)
{
  g_clear_pointer (&self->admin_listener, mun_listener_free);
  g_clear_pointer (&self->web_listener, mun_listener_free);
  g_clear_pointer (&self->operations, mun_operations_free);
  g_clear_pointer (&self->web_api, mun_web_api_free);
  g_clear_pointer (&self->accounts, mun_accounts_unref);
  g_clear_pointer (&self->sessions, mun_sessions_free);
  if (self->archive != NULL)
    mun_archive_close (self->archive);
  g_clear_object (&self->archive);
  if (self->lock >= 0) {
    mun_ready_remove_file (self->data_dir);
    close (self->lock);
    self->lock = -1;
  }
}

void
mun_server_unref (MunServer *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  take_down (self);
  g_clear_object (&self->certificate);
  g_free (self->fingerprint);
  g_free (self->data_dir);
  g_free (self);
}

static gboolean
late_cb (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Lets paused requests get their answers, and the answers their way out. */
static void
drain (MunServer *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  g_autoptr (GSource) timeout = g_timeout_source_new_seconds (DRAIN_SECONDS);
  gboolean late = FALSE;

  g_source_set_callback (timeout, late_cb, &late, NULL);
  g_source_attach (timeout, context);
  while (self->parts.pending > 0 && !late)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (timeout);
  while (!late && g_main_context_iteration (context, FALSE))
    ;
}

void
mun_server_stop (MunServer *self)
{
  if (self->operations == NULL)
    return;
  mun_web_api_stop (self->web_api);
  mun_accounts_stop (self->accounts);
  if (!mun_operations_stop (self->operations, STOP_SECONDS)) {
    g_warning ("A call did not end within %d seconds; it counts as interrupted", STOP_SECONDS);
    mun_ready_remove_file (self->data_dir);
    /* its thread uses everything: nothing can be taken down under it. What is durable stays so. */
    _exit (EXIT_FAILURE);
  }
  drain (self);
  take_down (self);
}

char *
mun_server_dup_ready_line (MunServer *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_int_member (object, "adminPort", mun_server_get_admin_port (self));
  json_object_set_int_member (object, "webPort", mun_server_get_web_port (self));
  json_object_set_string_member (object, "certificateFingerprint", self->fingerprint);
  return mun_json_object_to_string (object);
}

/* --- context.h, server-private.h --- */

MunArchive *
mun_server_get_archive (MunServer *self)
{
  return self->archive;
}

MunMaster *
mun_server_get_master (MunServer *self)
{
  return mun_archive_get_master (self->archive);
}

const char *
mun_server_get_data_dir (MunServer *self)
{
  return self->data_dir;
}

guint16
mun_server_get_admin_port (MunServer *self)
{
  return mun_listener_get_port (self->admin_listener);
}

guint16
mun_server_get_web_port (MunServer *self)
{
  return mun_listener_get_port (self->web_listener);
}

const char *
mun_server_get_fingerprint (MunServer *self)
{
  return self->fingerprint;
}

gint64
mun_server_get_start_time (MunServer *self)
{
  return self->start_time;
}

MunAccounts *
mun_server_get_accounts (MunServer *self)
{
  return self->accounts;
}

MunSessions *
mun_server_get_sessions (MunServer *self)
{
  return self->sessions;
}

GTlsCertificate *
mun_server_get_certificate (MunServer *self)
{
  return self->certificate;
}

void
mun_server_forget_logins (MunServer *self, const char *user_name)
{
  if (user_name != NULL)
    mun_accounts_forget (self->accounts, user_name);
  mun_web_api_forget_user (self->web_api, user_name);
}

gboolean
mun_server_audit (MunServer *self, const char *user_name, const char *event, GError **error,
                  const char *format, ...)
{
  g_autoptr (JsonObject) document = json_object_new ();
  g_autoptr (GError) local = NULL;
  g_autofree char *details = NULL;
  va_list arguments;

  va_start (arguments, format);
  details = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  json_object_set_string_member (document, "details", details);
  json_object_set_string_member (document, "result", "succeeded");
  if (mun_master_append_audit (mun_server_get_master (self), user_name, event, document, &local))
    return TRUE;
  g_warning ("Audit log: %s by %s was not recorded: %s", event, user_name, local->message);
  /* paths and the like are for who reads the server's log */
  g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED,
               "Reading other people's archives must be recorded in the audit log, which cannot be "
               "written now: %s was refused. The server's log has the cause; free space on its "
               "disk, then try again",
               event);
  return FALSE;
}

gboolean
mun_server_start_call (MunServer *self, const char *user_name, const char *function,
                       MunArguments *arguments, char **out_token, GError **error)
{
  const MunFunctionSpec *spec = mun_function_lookup (function);
  g_autoptr (MunCall) call = NULL;

  if (spec == NULL || !mun_dispatch_has (function)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "There is no function %s", function);
    return FALSE;
  }
  call
      = mun_call_new (self, user_name, spec, mun_dispatch_run_local, mun_arguments_ref (arguments));
  if (!mun_operations_start (self->operations, call, error))
    return FALSE;
  if (out_token != NULL)
    *out_token = g_strdup (mun_call_get_token (call));
  return TRUE;
}
