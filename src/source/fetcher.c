/* fetcher.c: up to four downloads at a time from one mailbox */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "fetcher.h"

#include "message-buffer.h"

struct _MunFetcher {
  MunGraph *graph;
  char *user;
  char *spool_dir;
  GCancellable *cancellable;
  GThreadPool *pool;
  GAsyncQueue *done; /* of MunFetched */
  guint pending;
};

void
mun_fetched_free (MunFetched *fetched)
{
  g_free (fetched->id);
  g_clear_pointer (&fetched->raw, g_bytes_unref);
  g_clear_error (&fetched->error);
  g_free (fetched);
}

static void
begin_cb (gpointer data)
{
  mun_message_buffer_clear (data);
}

static gboolean
take_cb (gpointer data, gconstpointer bytes, gsize length, GError **error)
{
  return mun_message_buffer_append (data, bytes, length, error);
}

static void
fetch (gpointer data, gpointer user_data)
{
  MunFetched *fetched = data;
  MunFetcher *self = user_data;

  g_autoptr (MunMessageBuffer) buffer = mun_message_buffer_new (self->spool_dir);
  const MunBodySink sink = { begin_cb, take_cb, buffer };

  if (mun_mailbox_fetch_to (self->graph, self->user, fetched->id, &sink, self->cancellable,
                            &fetched->error))
    fetched->raw = mun_message_buffer_end (g_steal_pointer (&buffer), 0, &fetched->is_mapped,
                                           &fetched->error);
  g_async_queue_push (self->done, fetched);
}

MunFetcher *
mun_fetcher_new (MunGraph *graph, const char *user, const char *spool_dir,
                 GCancellable *cancellable)
{
  MunFetcher *self = g_new0 (MunFetcher, 1);

  self->graph = g_object_ref (graph);
  self->user = g_strdup (user);
  self->spool_dir = g_strdup (spool_dir);
  self->cancellable = cancellable == NULL ? NULL : g_object_ref (cancellable);
  self->done = g_async_queue_new_full ((GDestroyNotify)mun_fetched_free);
  self->pool = g_thread_pool_new (fetch, self, MUN_FETCHER_THREADS, FALSE, NULL);
  return self;
}

void
mun_fetcher_free (MunFetcher *self)
{
  /* What was ordered is waited for: the threads use this object. */
  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_async_queue_unref (self->done);
  g_clear_object (&self->cancellable);
  g_object_unref (self->graph);
  g_free (self->user);
  g_free (self->spool_dir);
  g_free (self);
}

void
mun_fetcher_push (MunFetcher *self, const char *id, gint64 received)
{
  MunFetched *fetched = g_new0 (MunFetched, 1);

  fetched->id = g_strdup (id);
  fetched->received = received;
  self->pending++;
  g_thread_pool_push (self->pool, fetched, NULL);
}

guint
mun_fetcher_get_pending (MunFetcher *self)
{
  return self->pending;
}

MunFetched *
mun_fetcher_pop (MunFetcher *self)
{
  g_return_val_if_fail (self->pending > 0, NULL);

  self->pending--;
  return g_async_queue_pop (self->done);
}
