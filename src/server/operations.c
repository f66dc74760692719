/* operations.c: the calls of this server: their threads, tokens and who waits for them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "operations.h"

#include "errors.h"

#include <gio/gio.h>

/* Calls that a client did not come back for are forgotten after this time (contract 1.4) */
#define KEEP_SECONDS 600
#define SWEEP_SECONDS 30
/* A run that reports every message must not make its watchers poll without a pause */
#define NEWS_MILLISECONDS 100
#define LONG_CALLS 16
#define CALLS_MAX 1000

struct _MunOperations {
  GMainContext *context;
  GThreadPool *short_pool;
  GThreadPool *long_pool;
  GSource *sweep;
  GList *waiters;     /* Waiter */
  gboolean news_soon; /* a look at the waiters is scheduled */

  GMutex lock;       /* guards what follows */
  GHashTable *calls; /* token -> MunCall */
  guint running;
  gboolean stopping;
};

typedef struct {
  MunOperations *operations;
  MunCall *call;
  gint64 known_version;
  GSource *timeout;
  MunOperationsCallback callback;
  gpointer data;
} Waiter;

typedef struct {
  MunOperations *operations;
  MunCall *call;
} Notice;

static void
waiter_answer (Waiter *waiter)
{
  MunOperations *self = waiter->operations;

  self->waiters = g_list_remove (self->waiters, waiter);
  g_source_destroy (waiter->timeout);
  g_source_unref (waiter->timeout);
  waiter->callback (waiter->call, waiter->data);
  mun_call_unref (waiter->call);
  g_free (waiter);
}

static gboolean
waiter_timeout_cb (gpointer data)
{
  waiter_answer (data);
  return G_SOURCE_REMOVE;
}

static void
answer_waiters (MunOperations *self, gboolean finished_only)
{
  GList *next;

  for (GList *link = self->waiters; link != NULL; link = next) {
    Waiter *waiter = link->data;

    next = link->next;
    if (finished_only ? mun_call_is_finished (waiter->call)
                      : mun_call_has_news (waiter->call, waiter->known_version))
      waiter_answer (waiter);
  }
}

static gboolean
news_cb (gpointer data)
{
  MunOperations *self = data;

  self->news_soon = FALSE;
  answer_waiters (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
attach (MunOperations *self, GSource *source, GSourceFunc function, gpointer data)
{
  g_source_set_callback (source, function, data, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

/* On the main loop: an end is answered at once, progress a little later. */
static gboolean
notice_cb (gpointer data)
{
  Notice *notice = data;
  MunOperations *self = notice->operations;

  if (mun_call_is_finished (notice->call)) {
    answer_waiters (self, TRUE);
  } else if (!self->news_soon && self->waiters != NULL) {
    self->news_soon = TRUE;
    attach (self, g_timeout_source_new (NEWS_MILLISECONDS), news_cb, self);
  }
  mun_call_unref (notice->call);
  g_free (notice);
  return G_SOURCE_REMOVE;
}

/* On the worker thread. */
static void
notify_cb (MunCall *call, gpointer data)
{
  MunOperations *self = data;
  Notice *notice = g_new0 (Notice, 1);
  GSource *source = g_idle_source_new ();

  /* not behind the traffic of others */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  notice->operations = self;
  notice->call = mun_call_ref (call);
  attach (self, source, notice_cb, notice);
}

static void
run_cb (gpointer data, gpointer user_data)
{
  MunCall *call = data;
  MunOperations *self = user_data;

  mun_call_run (call);
  g_mutex_lock (&self->lock);
  self->running--;
  g_mutex_unlock (&self->lock);
  g_main_context_wakeup (self->context);
  mun_call_unref (call);
}

static gboolean
sweep_cb (gpointer data)
{
  MunOperations *self = data;
  gint64 oldest = g_get_monotonic_time () - KEEP_SECONDS * G_USEC_PER_SEC;
  GHashTableIter iter;
  gpointer call;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->calls);
  while (g_hash_table_iter_next (&iter, NULL, &call)) {
    gint64 end = mun_call_get_end (call);

    if (end != 0 && end < oldest)
      g_hash_table_iter_remove (&iter);
  }
  g_mutex_unlock (&self->lock);
  return G_SOURCE_CONTINUE;
}

MunOperations *
mun_operations_new (guint workers)
{
  MunOperations *self = g_new0 (MunOperations, 1);

  self->context = g_main_context_ref_thread_default ();
  self->short_pool = g_thread_pool_new (run_cb, self, workers, FALSE, NULL);
  self->long_pool = g_thread_pool_new (run_cb, self, LONG_CALLS, FALSE, NULL);
  g_mutex_init (&self->lock);
  self->calls
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)mun_call_unref);
  self->sweep = g_timeout_source_new_seconds (SWEEP_SECONDS);
  g_source_set_callback (self->sweep, sweep_cb, self, NULL);
  g_source_attach (self->sweep, self->context);
  return self;
}

void
mun_operations_free (MunOperations *self)
{
  g_thread_pool_free (self->short_pool, FALSE, TRUE);
  g_thread_pool_free (self->long_pool, FALSE, TRUE);
  /* what the workers sent last still points here */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_source_destroy (self->sweep);
  g_source_unref (self->sweep);
  g_hash_table_unref (self->calls);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);
  g_free (self);
}

gboolean
mun_operations_start (MunOperations *self, MunCall *call, GError **error)
{
  gboolean is_long = (mun_call_get_spec (call)->flags & MUN_FUNCTION_LONG) != 0;
  gboolean accepted;

  mun_call_set_notify (call, notify_cb, self);
  g_mutex_lock (&self->lock);
  accepted = !self->stopping && self->running < CALLS_MAX;
  if (accepted) {
    self->running++;
    g_hash_table_insert (self->calls, (gpointer)mun_call_get_token (call), mun_call_ref (call));
    g_thread_pool_push (is_long ? self->long_pool : self->short_pool, mun_call_ref (call), NULL);
  }
  g_mutex_unlock (&self->lock);
  if (!accepted)
    g_set_error (error, MUN_ERROR, MUN_ERROR_BUSY,
                 "%s was not started: the server is stopping or has too many calls running",
                 mun_call_get_function (call));
  return accepted;
}

MunCall *
mun_operations_lookup (MunOperations *self, const char *token, const char *user_name)
{
  MunCall *call;

  g_mutex_lock (&self->lock);
  call = g_hash_table_lookup (self->calls, token);
  g_mutex_unlock (&self->lock);
  return call != NULL && g_ascii_strcasecmp (mun_call_get_user (call), user_name) == 0 ? call
                                                                                       : NULL;
}

void
mun_operations_wait (MunOperations *self, MunCall *call, gint64 known_version, guint milliseconds,
                     MunOperationsCallback callback, gpointer data)
{
  Waiter *waiter;

  if (milliseconds == 0 || mun_call_has_news (call, known_version)) {
    callback (call, data);
    return;
  }
  waiter = g_new0 (Waiter, 1);
  waiter->operations = self;
  waiter->call = mun_call_ref (call);
  waiter->known_version = known_version;
  waiter->callback = callback;
  waiter->data = data;
  waiter->timeout = g_timeout_source_new (milliseconds);
  g_source_set_callback (waiter->timeout, waiter_timeout_cb, waiter, NULL);
  g_source_attach (waiter->timeout, self->context);
  self->waiters = g_list_prepend (self->waiters, waiter);
}

void
mun_operations_forget (MunOperations *self, MunCall *call)
{
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->calls, mun_call_get_token (call));
  g_mutex_unlock (&self->lock);
}

/* Under the lock. */
static void
cancel_all (MunOperations *self)
{
  GHashTableIter iter;
  gpointer call;

  g_hash_table_iter_init (&iter, self->calls);
  while (g_hash_table_iter_next (&iter, NULL, &call))
    mun_call_cancel (call, TRUE);
}

static gboolean
stop_timeout_cb (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static guint
count_running (MunOperations *self)
{
  guint running;

  g_mutex_lock (&self->lock);
  running = self->running;
  g_mutex_unlock (&self->lock);
  return running;
}

gboolean
mun_operations_stop (MunOperations *self, guint seconds)
{
  gboolean late = FALSE;
  GSource *timeout = g_timeout_source_new_seconds (seconds);

  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  cancel_all (self);
  g_mutex_unlock (&self->lock);
  g_source_set_callback (timeout, stop_timeout_cb, &late, NULL);
  g_source_attach (timeout, self->context);
  while (count_running (self) > 0 && !late)
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (timeout);
  g_source_unref (timeout);
  while (self->waiters != NULL)
    waiter_answer (self->waiters->data);
  return count_running (self) == 0;
}
