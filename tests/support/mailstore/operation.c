/* operation.c: long functions: tokens, get-status that is held */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "mailstore.h"

#include "json.h"

#define STEPS 4
#define STEP_MILLISECONDS 60

typedef struct {
  Mailstore *server;
  MunArguments *args;
  char *token;
  guint timer;
  guint step;
  gint64 version;
  MunStatus status;
  char *error;
  JsonNode *result;
  GString *log;       /* what no reply has carried yet */
  GPtrArray *waiters; /* Waiter: held get-status requests */
} Operation;

typedef struct {
  Operation *operation;
  SoupServerMessage *message;
  gint64 known;
  guint timer;
} Waiter;

static void
waiter_free (gpointer data)
{
  Waiter *self = data;

  g_clear_handle_id (&self->timer, g_source_remove);
  g_object_unref (self->message);
  g_free (self);
}

void
mailstore_operation_free (gpointer data)
{
  Operation *self = data;

  g_clear_handle_id (&self->timer, g_source_remove);
  g_ptr_array_unref (self->waiters);
  mun_arguments_unref (self->args);
  g_free (self->token);
  g_free (self->error);
  g_clear_pointer (&self->result, json_node_unref);
  g_string_free (self->log, TRUE);
  g_free (self);
}

/* The log is incremental: each reply takes what has come since the last one. */
static MunEnvelope *
make_envelope (Operation *self)
{
  MunEnvelope *envelope = mun_envelope_new ();

  envelope->token = g_strdup (self->token);
  envelope->status_version = self->version;
  envelope->status_code = self->status;
  if (self->status == MUN_STATUS_RUNNING) {
    envelope->percent = self->step * 100 / STEPS;
    envelope->status_text = g_strdup_printf ("Step %u of %d", self->step, STEPS);
  }
  envelope->error_message = g_strdup (self->error);
  if (self->result != NULL)
    envelope->result = json_node_ref (self->result);
  if (self->log->len > 0) {
    envelope->log_output = g_strdup (self->log->str);
    g_string_truncate (self->log, 0);
  }
  return envelope;
}

static void
answer (Waiter *waiter)
{
  g_autoptr (MunEnvelope) envelope = make_envelope (waiter->operation);

  mailstore_reply (waiter->message, envelope);
  soup_server_message_unpause (waiter->message);
}

static void
bump (Operation *self)
{
  self->version++;
  for (guint i = 0; i < self->waiters->len; i++)
    answer (g_ptr_array_index (self->waiters, i));
  g_ptr_array_set_size (self->waiters, 0);
}

static gboolean
step_cb (gpointer data)
{
  Operation *self = data;
  g_autoptr (GError) error = NULL;

  self->step++;
  if (self->step < STEPS) {
    g_string_append_printf (self->log, "Step %u done.\r\n", self->step);
    bump (self);
    return G_SOURCE_CONTINUE;
  }
  self->timer = 0;
  if (self->server->hold)
    return G_SOURCE_REMOVE;
  self->result = mailstore_call (self->server, self->args, &error);
  self->status = error != NULL ? MUN_STATUS_FAILED : MUN_STATUS_SUCCEEDED;
  self->error = error != NULL ? g_strdup (error->message) : NULL;
  g_string_append (self->log, "Completed.\r\n");
  bump (self);
  return G_SOURCE_REMOVE;
}

MunEnvelope *
mailstore_operation_start (Mailstore *server, MunArguments *args)
{
  Operation *self = g_new0 (Operation, 1);

  self->server = server;
  self->args = mun_arguments_ref (args);
  self->token = g_strdup_printf ("operation-%u", ++server->serial);
  self->version = 1;
  self->log = g_string_new ("Started.\r\n");
  self->waiters = g_ptr_array_new_with_free_func (waiter_free);
  self->timer = g_timeout_add (STEP_MILLISECONDS, step_cb, self);
  g_hash_table_insert (server->operations, self->token, self);
  return make_envelope (self);
}

static Operation *
find (Mailstore *server, SoupServerMessage *message, GHashTable *form)
{
  const char *token = g_hash_table_lookup (form, "token");
  Operation *self = token != NULL ? g_hash_table_lookup (server->operations, token) : NULL;

  if (self == NULL)
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  return self;
}

static gboolean
time_is_over_cb (gpointer data)
{
  Waiter *waiter = data;

  waiter->timer = 0;
  answer (waiter);
  g_ptr_array_remove_fast (waiter->operation->waiters, waiter);
  return G_SOURCE_REMOVE;
}

static void
disconnected_cb (SoupServerMessage *message, gpointer user_data)
{
  Operation *self = user_data;

  for (guint i = 0; i < self->waiters->len; i++) {
    Waiter *waiter = g_ptr_array_index (self->waiters, i);

    if (waiter->message == message) {
      g_ptr_array_remove_index_fast (self->waiters, i);
      return;
    }
  }
}

void
mailstore_operation_status (Mailstore *server, SoupServerMessage *message, GHashTable *form)
{
  Operation *self = find (server, message, form);
  const char *known = g_hash_table_lookup (form, "lastKnownStatusVersion");
  const char *wait = g_hash_table_lookup (form, "millisecondsTimeout");
  g_autoptr (MunEnvelope) envelope = NULL;
  Waiter *waiter;

  if (self == NULL)
    return;
  if (self->version > (known != NULL ? g_ascii_strtoll (known, NULL, 10) : -1) || wait == NULL
      || g_ascii_strtoll (wait, NULL, 10) <= 0 || self->status != MUN_STATUS_RUNNING) {
    envelope = make_envelope (self);
    mailstore_reply (message, envelope);
    return;
  }
  waiter = g_new0 (Waiter, 1);
  waiter->operation = self;
  waiter->message = g_object_ref (message);
  waiter->timer = g_timeout_add (g_ascii_strtoll (wait, NULL, 10), time_is_over_cb, waiter);
  g_ptr_array_add (self->waiters, waiter);
  g_signal_connect (message, "disconnected", G_CALLBACK (disconnected_cb), self);
  soup_server_message_pause (message);
}

void
mailstore_operation_cancel (Mailstore *server, SoupServerMessage *message, GHashTable *form)
{
  Operation *self = find (server, message, form);
  g_autoptr (MunEnvelope) envelope = mun_envelope_new ();

  if (self == NULL)
    return;
  mailstore_reply (message, envelope);
  if (self->status != MUN_STATUS_RUNNING)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  self->status = MUN_STATUS_CANCELLED;
  g_string_append (self->log, "Cancelled.\r\n");
  bump (self);
}
