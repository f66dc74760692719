/* verify-bytes.c: the SHA-256 of messages that are put together from several pieces */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "verify-bytes.h"

#include "errors.h"
#include "message-reader.h"
#include "quiet-pool.h"

#define KEPT_BYTES (24 * 1024 * 1024)
/* So many messages for each thread wait for their turn: longer, and their pieces would be gone. */
#define WAITING_A_THREAD 16

typedef struct {
  gint64 number;
  guint64 last_piece : 63;
  guint64 is_begun : 1;
} Item;

struct _MunBytesCheck {
  MunStore *store;
  GCancellable *cancellable;
  GArray *items; /* of Item, by last_piece once @is_sorted */
  gboolean is_sorted;
  MunQuietGroup group;
  GMutex lock;      /* of what follows */
  GHashTable *kept; /* id → GBytes */
  GQueue order;     /* ids, the oldest first */
  gsize kept_bytes;
  GHashTable *faults;
};

typedef struct {
  MunBytesCheck *check;
  gint64 number;
} Task;

MunBytesCheck *
mun_bytes_check_new (MunStore *store, GCancellable *cancellable)
{
  MunBytesCheck *self = g_new0 (MunBytesCheck, 1);

  self->store = store;
  self->cancellable = cancellable;
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  mun_quiet_group_init (&self->group);
  g_mutex_init (&self->lock);
  self->kept
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_bytes_unref);
  g_queue_init (&self->order);
  self->faults = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return self;
}

void
mun_bytes_check_free (MunBytesCheck *self)
{
  mun_quiet_group_wait (&self->group, 0, 0);
  mun_quiet_group_clear (&self->group);
  g_mutex_clear (&self->lock);
  g_array_unref (self->items);
  g_queue_clear (&self->order);
  g_hash_table_unref (self->kept);
  g_hash_table_unref (self->faults);
  g_free (self);
}

void
mun_bytes_check_add (MunBytesCheck *self, gint64 number, gint64 last_piece)
{
  Item item = { number, last_piece, FALSE };

  g_array_append_val (self->items, item);
}

GHashTable *
mun_bytes_check_get_faults (MunBytesCheck *self)
{
  return self->faults;
}

/* A MunPieceSource. */
static GBytes *
find_kept (gint64 id, gpointer user_data)
{
  MunBytesCheck *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GBytes *plain = g_hash_table_lookup (self->kept, &id);

  return plain != NULL ? g_bytes_ref (plain) : NULL;
}

static void
keep (MunBytesCheck *self, gint64 id, GBytes *plain)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gint64 *key;

  if (g_bytes_get_size (plain) > KEPT_BYTES || g_hash_table_contains (self->kept, &id))
    return;
  while (self->kept_bytes + g_bytes_get_size (plain) > KEPT_BYTES) {
    gint64 *oldest = g_queue_pop_head (&self->order);

    self->kept_bytes -= g_bytes_get_size (g_hash_table_lookup (self->kept, oldest));
    g_hash_table_remove (self->kept, oldest);
  }
  key = g_memdup2 (&id, sizeof id);
  g_hash_table_insert (self->kept, key, g_bytes_ref (plain));
  g_queue_push_tail (&self->order, key);
  self->kept_bytes += g_bytes_get_size (plain);
}

static void
check_cb (gpointer data)
{
  g_autofree Task *task = data;
  MunBytesCheck *self = task->check;
  g_autoptr (GError) error = NULL;
  g_autoptr (MunMessageReader) reader = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  reader = mun_message_reader_open (self->store, task->number, &error);
  if (reader != NULL)
    mun_message_reader_set_source (reader, find_kept, self);
  /* One that is not there has been deleted meanwhile. */
  if (reader != NULL ? mun_message_reader_check (reader, &error)
                     : g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND))
    return;
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->faults, g_memdup2 (&task->number, sizeof task->number),
                       g_strdup (error->message));
  g_mutex_unlock (&self->lock);
}

static void
begin (MunBytesCheck *self, Item *item)
{
  Task *task = g_new (Task, 1);

  item->is_begun = TRUE;
  task->check = self;
  task->number = item->number;
  mun_quiet_group_wait (&self->group, WAITING_A_THREAD * mun_quiet_pool_get_size (), 0);
  mun_quiet_group_push (&self->group, check_cb, task);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *first = a, *second = b;

  if (first->last_piece != second->last_piece)
    return first->last_piece < second->last_piece ? -1 : 1;
  return (first->number > second->number) - (first->number < second->number);
}

/* The first item that has @id or more for its last piece. */
static guint
find_item (MunBytesCheck *self, guint64 id)
{
  guint low = 0, high = self->items->len;

  if (!self->is_sorted)
    g_array_sort (self->items, compare_items);
  self->is_sorted = TRUE;
  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (self->items, Item, middle).last_piece < id)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void
mun_bytes_check_take_piece (MunBytesCheck *self, gint64 id, GBytes *plain)
{
  guint i = find_item (self, id);

  /* No later piece, and no message that waits for one. */
  if (i == self->items->len)
    return;
  keep (self, id, plain);
  for (; i < self->items->len; i++) {
    Item *item = &g_array_index (self->items, Item, i);

    if (item->last_piece != (guint64)id)
      break;
    if (!item->is_begun)
      begin (self, item);
  }
}

gboolean
mun_bytes_check_finish (MunBytesCheck *self, MunVerification *verification)
{
  for (guint i = 0; i < self->items->len; i++) {
    Item *item = &g_array_index (self->items, Item, i);

    if (item->is_begun)
      continue;
    if (!mun_verification_step (verification, verification->done_share, "Checking messages"))
      break;
    begin (self, item);
  }
  mun_quiet_group_wait (&self->group, 0, 0);
  return !g_cancellable_is_cancelled (self->cancellable);
}
