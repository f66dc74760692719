/* session.c: connects, calls one function, follows it to its end */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "munimentctl"

#include "session.h"

#include "client.h"
#include "errors.h"
#include "function-line.h"
#include "known-servers.h"
#include "print.h"
#include "progress.h"
#include "words.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>

typedef struct {
  MunShellOptions *options;
  MunArguments *arguments;
  MunAdminClient *client;
  MunRemoteOperation *operation;
  MunProgress *progress;
  GCancellable *cancellable; /* of the connecting */
  GMainLoop *loop;
  char *new_fingerprint; /* accepted in this session */
  MunExit status;
} Session;

static void
end (Session *self, MunExit status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

static void
complain (Session *self, const char *text)
{
  if (self->progress != NULL)
    mun_progress_say (self->progress, text);
  else
    fprintf (stderr, "munimentctl: %s\n", text);
}

static const char *
get_function (Session *self)
{
  return self->arguments != NULL ? mun_arguments_get_spec (self->arguments)->name : NULL;
}

/* Whether everything went out: a full disk must not look like success. */
static gboolean
write_out (Session *self, const char *text)
{
  if (fputs (text, stdout) != EOF && fflush (stdout) == 0)
    return TRUE;
  complain (self, _ ("The result cannot be written to standard output"));
  return FALSE;
}

static void
print_result (Session *self)
{
  JsonNode *result = mun_remote_operation_get_result (self->operation);
  g_autofree char *text = self->options->json ? mun_print_json (result) : mun_print_text (result);

  end (self, write_out (self, text) ? MUN_EXIT_SUCCEEDED : MUN_EXIT_FAILED);
}

static void
finished_cb (Session *self)
{
  const GError *error = mun_remote_operation_get_error (self->operation);
  g_autofree char *text = NULL;

  if (mun_remote_operation_get_state (self->operation) == MUN_STATUS_SUCCEEDED) {
    g_clear_pointer (&self->progress, mun_progress_free);
    print_result (self);
    return;
  }
  if (mun_remote_operation_get_state (self->operation) == MUN_STATUS_CANCELLED) {
    complain (self, _ ("The operation was cancelled"));
    end (self, MUN_EXIT_CANCELLED);
    return;
  }
  text = mun_words_function (self->client, get_function (self), error);
  complain (self, text);
  end (self, mun_words_status (error));
}

/* The operation was started, and that is all that was wanted. */
static void
token_cb (Session *self)
{
  const char *token = mun_remote_operation_get_token (self->operation);
  g_autofree char *line = NULL;

  if (token == NULL || mun_remote_operation_is_finished (self->operation))
    return;
  mun_remote_operation_abandon (self->operation);
  line = g_strconcat (token, "\n", NULL);
  end (self, write_out (self, line) ? MUN_EXIT_SUCCEEDED : MUN_EXIT_FAILED);
}

static void
start (Session *self)
{
  const char *function = get_function (self);

  if (function != NULL && !mun_admin_client_has_function (self->client, function)) {
    g_autofree char *place = mun_words_place (self->options->host, self->options->port);
    g_autofree char *text = g_strdup_printf (
        /* Translators: a server, the name of a function */
        _ ("%s: this server does not have the function %s. A server of another kind or a newer "
           "version may have it."),
        place, function);

    complain (self, text);
    end (self, MUN_EXIT_FAILED);
    return;
  }
  if (function != NULL)
    self->operation
        = mun_remote_operation_start (self->client, function,
                                      mun_function_line_to_object (self->arguments), NULL);
  else
    self->operation = mun_remote_operation_follow (self->client, self->options->follow, NULL);
  self->progress = mun_progress_new (self->operation, self->options->quiet);
  g_signal_connect_swapped (self->operation, "finished", G_CALLBACK (finished_cb), self);
  if (self->options->no_wait)
    g_signal_connect_swapped (self->operation, "notify::token", G_CALLBACK (token_cb), self);
}

static void
remember (Session *self)
{
  g_autoptr (GError) error = NULL;

  if (self->new_fingerprint == NULL)
    return;
  if (!mun_known_servers_remember (self->options->host, self->options->port, self->new_fingerprint,
                                   &error)) {
    g_autofree char *text
        = g_strdup_printf (_ ("The certificate cannot be remembered: %s"), error->message);

    complain (self, text);
  }
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data);

/* A certificate that nobody accepted before, and --accept-new. Nothing secret was sent yet. */
static gboolean
accept_new (Session *self, const GError *error)
{
  MunServerCertificate *certificate = mun_admin_client_get_certificate (self->client);
  const char *fingerprint;
  g_autofree char *place = NULL;
  g_autofree char *text = NULL;

  if (!self->options->accept_new || self->new_fingerprint != NULL || certificate == NULL
      || !g_error_matches (error, MUN_ERROR, MUN_ERROR_UNTRUSTED))
    return FALSE;
  place = mun_words_place (self->options->host, self->options->port);
  fingerprint = mun_server_certificate_get_fingerprint (certificate);
  self->new_fingerprint = g_strdup (fingerprint);
  mun_admin_client_set_pinned (self->client, fingerprint);
  text = g_strdup_printf (
      /* Translators: a server and the fingerprint of its certificate */
      _ ("%s: accepting the certificate with the SHA-256 fingerprint\n  %s"), place, fingerprint);
  complain (self, text);
  mun_admin_client_connect_async (self->client, self->cancellable, connected_cb, self);
  return TRUE;
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Session *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (mun_admin_client_connect_finish (self->client, result, &error)) {
    remember (self);
    start (self);
    return;
  }
  if (accept_new (self, error))
    return;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    text = mun_words_connection (self->client, error);
    complain (self, text);
  }
  end (self, mun_words_status (error));
}

static gboolean
interrupt_cb (gpointer data)
{
  Session *self = data;

  if (self->operation == NULL) {
    g_cancellable_cancel (self->cancellable);
  } else if (!mun_remote_operation_is_cancelling (self->operation)) {
    mun_remote_operation_cancel (self->operation);
    complain (self, _ ("Stopping; once more leaves the operation to the server"));
  } else {
    mun_remote_operation_abandon (self->operation);
    complain (self, _ ("The operation was left to the server"));
    end (self, MUN_EXIT_CANCELLED);
  }
  return G_SOURCE_CONTINUE;
}

/* The certificate that is accepted: the one that was said, else the one of before. */
static gboolean
make_client (Session *self, MunSecret *password, GError **error)
{
  g_autofree char *known = NULL;
  g_autoptr (GError) reason = NULL;
  const char *pinned = self->options->fingerprint;

  if (pinned == NULL) {
    pinned = known = mun_known_servers_lookup (self->options->host, self->options->port, &reason);
    if (reason != NULL) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  }
  self->client = mun_admin_client_new (self->options->host, self->options->port, pinned);
  mun_admin_client_set_account (self->client, self->options->user, password);
  return TRUE;
}

MunExit
mun_session_run (MunShellOptions *options, MunArguments *arguments, MunSecret *password)
{
  Session self = { .options = options, .arguments = arguments };
  g_autoptr (GError) error = NULL;
  guint interrupt, terminate;

  if (!make_client (&self, password, &error)) {
    complain (&self, error->message);
    return MUN_EXIT_CONNECTION;
  }
  self.loop = g_main_loop_new (NULL, FALSE);
  self.cancellable = g_cancellable_new ();
  interrupt = g_unix_signal_add (SIGINT, interrupt_cb, &self);
  terminate = g_unix_signal_add (SIGTERM, interrupt_cb, &self);
  mun_admin_client_connect_async (self.client, self.cancellable, connected_cb, &self);
  g_main_loop_run (self.loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  g_clear_pointer (&self.progress, mun_progress_free);
  if (self.operation != NULL)
    g_signal_handlers_disconnect_by_data (self.operation, &self);
  g_clear_object (&self.operation);
  g_clear_object (&self.client);
  g_object_unref (self.cancellable);
  g_main_loop_unref (self.loop);
  g_free (self.new_fingerprint);
  return self.status;
}
