/* operation.c: one call of a function, from its first request to its last get-status */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "operation.h"

#include "arguments.h"
#include "envelope.h"
#include "errors.h"
#include "json.h"
#include "text.h"

#define TOKEN_BYTES 16
/* A version that nobody saw yet takes further changes, so versions grow with polls, not with work
 */
#define FIRST_VERSION 1

struct _MunCall {
  gatomicrefcount references;
  MunServer *server; /* not owned: the server outlives its calls */
  char *user_name;
  char *token;
  const MunFunctionSpec *spec;
  MunHandler handler;
  MunArguments *arguments;
  GCancellable *cancellable;
  MunCallNotify notify;
  gpointer notify_data;
  gint stopping;    /* atomic */
  GString *details; /* worker thread only; for the audit log */

  GMutex lock; /* guards what follows */
  MunStatus status;
  gint64 version;
  gint64 seen_version; /* newest version that an envelope carried */
  double percent;
  char *text;
  JsonNode *result;
  GError *error;
  GString *log;
  GArray *log_ends; /* gsize: length of the log when the version of that index was seen */
  gsize log_shown;  /* for clients that count no versions */
  gint64 end;
  GPtrArray *followers; /* MunCall, not owned; their locks are taken within this one */
};

MunCall *
mun_call_new (MunServer *server, const char *user_name, const MunFunctionSpec *spec,
              MunHandler handler, MunArguments *arguments)
{
  MunCall *self = g_new0 (MunCall, 1);

  g_atomic_ref_count_init (&self->references);
  self->server = server;
  self->user_name = g_strdup (user_name);
  self->token = mun_text_random_hex (TOKEN_BYTES);
  self->spec = spec;
  self->handler = handler;
  self->arguments = arguments;
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->lock);
  self->status = MUN_STATUS_RUNNING;
  self->version = FIRST_VERSION;
  self->percent = -1;
  self->log = g_string_new (NULL);
  self->log_ends = g_array_new (FALSE, TRUE, sizeof (gsize));
  self->followers = g_ptr_array_new ();
  return self;
}

MunCall *
mun_call_ref (MunCall *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
mun_call_unref (MunCall *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->user_name);
  g_free (self->token);
  g_clear_pointer (&self->arguments, mun_arguments_unref);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  if (self->details != NULL)
    g_string_free (self->details, TRUE);
  g_free (self->text);
  g_clear_pointer (&self->result, json_node_unref);
  g_clear_error (&self->error);
  g_string_free (self->log, TRUE);
  g_array_unref (self->log_ends);
  g_ptr_array_unref (self->followers);
  g_free (self);
}

/* --- what a function sees (handler.h) --- */

MunServer *
mun_call_get_server (MunCall *self)
{
  return self->server;
}

MunArchive *
mun_call_get_archive (MunCall *self)
{
  return mun_server_get_archive (self->server);
}

MunMaster *
mun_call_get_master (MunCall *self)
{
  return mun_server_get_master (self->server);
}

const char *
mun_call_get_user (MunCall *self)
{
  return self->user_name;
}

const char *
mun_call_get_function (MunCall *self)
{
  return self->spec->name;
}

MunArguments *
mun_call_get_arguments (MunCall *self)
{
  return self->arguments;
}

GCancellable *
mun_call_get_cancellable (MunCall *self)
{
  return self->cancellable;
}

gboolean
mun_call_is_stopping (MunCall *self)
{
  return g_atomic_int_get (&self->stopping);
}

/* Under the lock: a change that a poll has not shown yet. Returns: TRUE when it is a new version.
 */
static gboolean
touch (MunCall *self)
{
  if (self->seen_version < self->version)
    return FALSE;
  self->version++;
  return TRUE;
}

static void
tell (MunCall *self)
{
  if (self->notify != NULL)
    self->notify (self, self->notify_data);
}

static void
add_line (MunCall *self, const char *line)
{
  gboolean news;

  g_mutex_lock (&self->lock);
  g_string_append (self->log, line);
  g_string_append_c (self->log, '\n');
  news = touch (self);
  for (guint i = 0; i < self->followers->len; i++)
    add_line (self->followers->pdata[i], line);
  g_mutex_unlock (&self->lock);
  if (news)
    tell (self);
}

void
mun_call_log (MunCall *self, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  add_line (self, line);
}

void
mun_call_add_detail (MunCall *self, const char *format, ...)
{
  va_list arguments;

  if (self->details == NULL)
    self->details = g_string_new (NULL);
  else
    g_string_append (self->details, "; ");
  va_start (arguments, format);
  g_string_append_vprintf (self->details, format, arguments);
  va_end (arguments);
}

void
mun_call_progress (MunCall *self, double percent, const char *text)
{
  gboolean news;

  g_mutex_lock (&self->lock);
  self->percent = percent < 0 ? -1 : MIN (percent, 100);
  mun_set_str (&self->text, text);
  news = touch (self);
  for (guint i = 0; i < self->followers->len; i++)
    mun_call_progress (self->followers->pdata[i], percent, text);
  g_mutex_unlock (&self->lock);
  if (news)
    tell (self);
}

/* The count of a node is not atomic: each call has its own. */
static JsonNode *
copy_result (JsonNode *result)
{
  return result != NULL ? mun_json_copy_node (result) : NULL;
}

void
mun_call_set_result (MunCall *self, JsonNode *interim)
{
  gboolean news;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->result, json_node_unref);
  self->result = interim;
  news = touch (self);
  for (guint i = 0; i < self->followers->len; i++)
    mun_call_set_result (self->followers->pdata[i], copy_result (interim));
  g_mutex_unlock (&self->lock);
  if (news)
    tell (self);
}

/* --- what the server does with it (operation.h) --- */

void
mun_call_follow (MunCall *self, MunCall *leader)
{
  g_mutex_lock (&leader->lock);
  mun_call_progress (self, leader->percent, leader->text);
  mun_call_set_result (self, copy_result (leader->result));
  g_ptr_array_add (leader->followers, self);
  g_mutex_unlock (&leader->lock);
}

void
mun_call_unfollow (MunCall *self, MunCall *leader)
{
  g_mutex_lock (&leader->lock);
  g_ptr_array_remove (leader->followers, self);
  g_mutex_unlock (&leader->lock);
}

const MunFunctionSpec *
mun_call_get_spec (MunCall *self)
{
  return self->spec;
}

const char *
mun_call_get_details (MunCall *self)
{
  return self->details != NULL ? self->details->str : NULL;
}

const char *
mun_call_get_token (MunCall *self)
{
  return self->token;
}

void
mun_call_set_notify (MunCall *self, MunCallNotify notify, gpointer data)
{
  self->notify = notify;
  self->notify_data = data;
}

/* Under the lock. A cancellation counts as such only when the handler gave up because of it: work
 * that was finished meanwhile has succeeded. */
static void
finish (MunCall *self, JsonNode *result, GError *error)
{
  self->error = error;
  g_clear_pointer (&self->result, json_node_unref);
  if (error == NULL) {
    self->status = MUN_STATUS_SUCCEEDED;
    self->result = result;
  } else {
    g_clear_pointer (&result, json_node_unref);
    self->status = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? MUN_STATUS_CANCELLED
                                                                             : MUN_STATUS_FAILED;
  }
  /* the end is always a version of its own; calls that end at once have version 2 (contract 1.3) */
  self->version++;
  self->end = g_get_monotonic_time ();
}

void
mun_call_run (MunCall *self)
{
  GError *error = NULL;
  JsonNode *result = NULL;

  if (!g_cancellable_set_error_if_cancelled (self->cancellable, &error))
    result = self->handler (self, &error);
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_info ("%s called by %s failed: %s", self->spec->name, self->user_name, error->message);
  g_mutex_lock (&self->lock);
  finish (self, result, error);
  g_mutex_unlock (&self->lock);
  tell (self);
}

void
mun_call_cancel (MunCall *self, gboolean stopping)
{
  if (stopping)
    g_atomic_int_set (&self->stopping, TRUE);
  g_cancellable_cancel (self->cancellable);
}

gboolean
mun_call_is_finished (MunCall *self)
{
  return mun_call_get_end (self) != 0;
}

gboolean
mun_call_has_succeeded (MunCall *self)
{
  gboolean succeeded;

  g_mutex_lock (&self->lock);
  succeeded = self->status == MUN_STATUS_SUCCEEDED;
  g_mutex_unlock (&self->lock);
  return succeeded;
}

gint64
mun_call_get_end (MunCall *self)
{
  gint64 end;

  g_mutex_lock (&self->lock);
  end = self->end;
  g_mutex_unlock (&self->lock);
  return end;
}

gboolean
mun_call_has_news (MunCall *self, gint64 known_version)
{
  gboolean news;

  g_mutex_lock (&self->lock);
  news = self->version > known_version || self->end != 0;
  g_mutex_unlock (&self->lock);
  return news;
}

/* Under the lock: the part of the log that a client which knows @known_version lacks. Remembers
 * where this version's log ends, so that a repeated poll (its reply was lost) gets the same text.
 */
static char *
take_log (MunCall *self, gint64 known_version)
{
  gsize start = self->log_shown;

  if (known_version >= 0)
    start = known_version < self->log_ends->len
                ? g_array_index (self->log_ends, gsize, known_version)
                : self->log_shown;
  if (self->log_ends->len <= self->version)
    g_array_set_size (self->log_ends, self->version + 1);
  g_array_index (self->log_ends, gsize, self->version) = self->log->len;
  self->log_shown = self->log->len;
  return start < self->log->len ? g_strdup (self->log->str + start) : NULL;
}

char *
mun_call_dup_envelope (MunCall *self, gint64 known_version, gboolean with_token)
{
  g_autoptr (MunEnvelope) envelope = mun_envelope_new ();
  char *text;

  g_mutex_lock (&self->lock);
  envelope->status_code = self->status;
  envelope->status_version = self->version;
  envelope->token = with_token ? g_strdup (self->token) : NULL;
  envelope->percent = (int)self->percent;
  envelope->status_text = g_strdup (self->text);
  envelope->log_output = take_log (self, known_version);
  if (self->error != NULL)
    envelope->error_message = g_strdup (self->error->message);
  if (self->result != NULL)
    envelope->result = json_node_ref (self->result);
  self->seen_version = self->version;
  text = mun_envelope_to_text (envelope, TRUE);
  /* the node's count is not atomic: it must be given back before another thread may touch it */
  g_clear_pointer (&envelope->result, json_node_unref);
  g_mutex_unlock (&self->lock);
  return text;
}

char *
mun_call_dup_failure (const char *message)
{
  g_autoptr (MunEnvelope) envelope = mun_envelope_new ();

  envelope->status_code = MUN_STATUS_FAILED;
  envelope->error_message = g_strdup (message);
  return mun_envelope_to_text (envelope, TRUE);
}
