/* reader-pool.c: the connections that read one catalogue */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "reader-pool.h"

#include "store-catalogue.h"

#define MAX_IDLE 8

struct _MunReaderPool {
  char *path;
  GMutex lock;
  GCond released;
  GQueue idle;
  GHashTable *used; /* reader → the count when it was acquired */
  gsize count;
};

MunReaderPool *
mun_reader_pool_new (const char *path)
{
  MunReaderPool *self = g_new0 (MunReaderPool, 1);

  self->path = g_strdup (path);
  g_mutex_init (&self->lock);
  g_cond_init (&self->released);
  g_queue_init (&self->idle);
  self->used = g_hash_table_new (NULL, NULL);
  return self;
}

void
mun_reader_pool_free (MunReaderPool *self)
{
  g_queue_clear_full (&self->idle, (GDestroyNotify)mun_database_close);
  g_hash_table_unref (self->used);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->released);
  g_free (self->path);
  g_free (self);
}

MunDatabase *
mun_reader_pool_acquire (MunReaderPool *self, GError **error)
{
  MunDatabase *reader;

  g_mutex_lock (&self->lock);
  reader = g_queue_pop_head (&self->idle);
  g_mutex_unlock (&self->lock);
  if (reader == NULL)
    reader = mun_store_catalogue_open (self->path, MUN_DATABASE_READER, error);
  if (reader == NULL)
    return NULL;
  /* What it will see is not older than this. */
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->used, reader, GSIZE_TO_POINTER (self->count++));
  g_mutex_unlock (&self->lock);
  return reader;
}

void
mun_reader_pool_release (MunReaderPool *self, MunDatabase *reader)
{
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->used, reader);
  g_cond_broadcast (&self->released);
  if (self->idle.length < MAX_IDLE)
    g_queue_push_head (&self->idle, g_steal_pointer (&reader));
  g_mutex_unlock (&self->lock);
  if (reader != NULL)
    mun_database_close (reader);
}

gsize
mun_reader_pool_mark (MunReaderPool *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->count;
}

/* Under the lock. */
static gboolean
has_older (MunReaderPool *self, gsize mark)
{
  GHashTableIter iter;
  gpointer count;

  g_hash_table_iter_init (&iter, self->used);
  while (g_hash_table_iter_next (&iter, NULL, &count))
    if (GPOINTER_TO_SIZE (count) < mark)
      return TRUE;
  return FALSE;
}

gboolean
mun_reader_pool_await (MunReaderPool *self, gsize mark, gint64 deadline)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean in_time = TRUE;

  while (in_time && has_older (self, mark))
    in_time = g_cond_wait_until (&self->released, &self->lock, deadline);
  return !has_older (self, mark);
}
