/* index-fetch.c: messages that are about to be indexed, read and parsed ahead on all cores */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "index-fetch.h"

#include "quiet-pool.h"

/* So far ahead for each core: what a step has no time for any more was read for nothing. */
#define AHEAD_A_CORE 4
#define MAX_BYTES_AHEAD (8 * 1024 * 1024)
/* Larger messages are read alone. */
#define MAX_SIZE (2 * 1024 * 1024)

typedef struct {
  MunIndexEntry entry;
  gboolean is_done, is_sound;
} Item;

struct _MunIndexFetch {
  MunStore *store;
  const MunIndexGap *gaps;
  guint n_gaps, most_ahead;
  gint64 deadline;
  MunQuietGroup group;
  GMutex lock;
  GCond done;
  Item *items;
  guint next;   /* the first that nobody has begun */
  guint wanted; /* the one that the writer is at */
  gint64 bytes; /* of messages from there on that were begun */
  guint running;
  gboolean is_over;
};

/* Under the lock. */
static gboolean
may_begin (MunIndexFetch *self)
{
  if (self->is_over || self->next >= self->n_gaps)
    return FALSE;
  return self->next <= self->wanted
         || (self->next <= self->wanted + self->most_ahead && self->bytes < MAX_BYTES_AHEAD
             && g_get_monotonic_time () < self->deadline);
}

static gboolean
is_large (const MunIndexGap *gap)
{
  return gap->size > MAX_SIZE;
}

static gboolean
load (MunIndexFetch *self, gint64 number, MunIndexEntry *entry)
{
  MunDatabase *reader = mun_store_acquire_reader (self->store, NULL);
  gboolean ok;

  if (reader == NULL)
    return FALSE;
  ok = mun_store_load_entry (self->store, reader, number, entry, NULL);
  mun_store_release_reader (self->store, reader);
  /* Not on the writer's thread: see mun_prepared_parse(). */
  if (ok)
    mun_message_drop_parts (entry->message);
  return ok;
}

/* Under the lock, which is open meanwhile. */
static void
fetch_next (MunIndexFetch *self)
{
  Item *item = &self->items[self->next];
  const MunIndexGap *gap = &self->gaps[self->next];

  self->next++;
  if (!is_large (gap)) {
    self->bytes += gap->size;
    g_mutex_unlock (&self->lock);
    item->is_sound = load (self, gap->number, &item->entry);
    g_mutex_lock (&self->lock);
  }
  item->is_done = TRUE;
  g_cond_broadcast (&self->done);
}

static void
fetch_cb (gpointer data)
{
  MunIndexFetch *self = data;

  g_mutex_lock (&self->lock);
  while (may_begin (self))
    fetch_next (self);
  self->running--;
  g_mutex_unlock (&self->lock);
}

/* Under the lock. */
static void
start (MunIndexFetch *self)
{
  if (self->running < mun_quiet_pool_get_size () && may_begin (self)) {
    self->running++;
    mun_quiet_group_push (&self->group, fetch_cb, self);
  }
}

MunIndexFetch *
mun_index_fetch_new (MunStore *store, const MunIndexGap *gaps, guint n_gaps, gint64 deadline)
{
  MunIndexFetch *self = g_new0 (MunIndexFetch, 1);

  self->store = store;
  self->gaps = gaps;
  self->n_gaps = n_gaps;
  self->most_ahead = AHEAD_A_CORE * mun_quiet_pool_get_size ();
  self->deadline = deadline;
  self->items = g_new0 (Item, n_gaps);
  mun_quiet_group_init (&self->group);
  g_mutex_init (&self->lock);
  g_cond_init (&self->done);
  return self;
}

void
mun_index_fetch_free (MunIndexFetch *self)
{
  g_mutex_lock (&self->lock);
  self->is_over = TRUE;
  g_mutex_unlock (&self->lock);
  mun_quiet_group_wait (&self->group, 0, 0);
  mun_quiet_group_clear (&self->group);
  for (guint i = 0; i < self->n_gaps; i++)
    mun_index_entry_clear (&self->items[i].entry);
  g_free (self->items);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->done);
  g_free (self);
}

const MunIndexEntry *
mun_index_fetch_take (MunIndexFetch *self, guint index)
{
  Item *item = &self->items[index];

  g_return_val_if_fail (index < self->n_gaps, NULL);
  if (index > 0)
    mun_index_entry_clear (&self->items[index - 1].entry);
  g_mutex_lock (&self->lock);
  self->wanted = index;
  start (self);
  while (!item->is_done)
    if (may_begin (self))
      fetch_next (self);
    else
      g_cond_wait (&self->done, &self->lock);
  if (!is_large (&self->gaps[index]))
    self->bytes -= self->gaps[index].size;
  g_mutex_unlock (&self->lock);
  return item->is_sound ? &item->entry : NULL;
}
