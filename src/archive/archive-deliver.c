/* archive-deliver.c: deliveries: prepared on a pool, committed by the current store's writer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "archive-deliver.h"

#include "archive-private.h"
#include "catalogue.h"
#include "errors.h"
#include "folder-path.h"
#include "store-deliver.h"

#include <unistd.h>

#define MAX_BATCH 20000
#define MAX_MESSAGE G_MAXINT32
/* Large messages are prepared a few at a time: parsing one has all of it in memory. */
#define LARGE_MESSAGE (4 * 1024 * 1024)
#define LARGE_AT_ONCE ((gsize)64 * 1024 * 1024)
/* So few small ones are made ready by who brings them: to hand them over takes longer than it
 * spares. */
#define FEW_MESSAGES 8
#define FEW_BYTES (128 * 1024)
#define POOL_NICENESS 5

typedef struct _MunPendingDelivery Delivery;

/* One of its items on the pool. */
typedef struct {
  Delivery *delivery;
  MunDelivery *item;
  char *folder, *scope;
  MunPrepared *prepared;
  gint64 duplicate_store, duplicate_number;
} Task;

struct _MunPendingDelivery {
  MunStoreEntry *current;
  GPtrArray *entries;
  MunTextExtractor *extractor;
  GCancellable *cancellable;
  Task *tasks;
  guint n_tasks;
  GMutex lock;
  GCond done;
  guint pending; /* tasks that are not prepared yet */
};

void
mun_delivery_clear (MunDelivery *item)
{
  g_clear_pointer (&item->message_id, g_free);
  g_clear_error (&item->error);
}

static gboolean
known_piece_cb (const guint8 digest[MUN_DIGEST_SIZE], gpointer user_data)
{
  return mun_database_get_int (user_data, 0, "SELECT id FROM pieces WHERE digest = ?1", "b", digest,
                               (gsize)MUN_DIGEST_SIZE)
         != 0;
}

/* Is the same message in the scope already, in whichever store? FALSE when that cannot be known:
 * taken for new, it might be there twice. */
static gboolean
find_duplicate (Task *task, GError **error)
{
  GPtrArray *entries = task->delivery->entries;
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < entries->len && task->duplicate_number == 0; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);
    MunDatabase *reader;

    if (entry->store == NULL)
      continue;
    reader = mun_store_acquire_reader (entry->store, error);
    if (reader == NULL)
      return FALSE;
    ok = mun_store_find_digest (reader, task->scope, task->prepared->digest,
                                &task->duplicate_number, error);
    task->duplicate_store = entry->id;
    mun_store_release_reader (entry->store, reader);
  }
  return ok;
}

static void
sample (MunStore *store, MunPrepared *prepared)
{
  for (guint i = 0; i < prepared->pieces->len; i++) {
    MunPreparedPiece *piece = &g_array_index (prepared->pieces, MunPreparedPiece, i);

    if (piece->record != NULL)
      mun_store_sample (store, piece->plain);
  }
}

/* How much of large messages is being prepared, by all deliveries. */
static GMutex large_lock;
static GCond large_done;
static gsize large_bytes;

static void
enter_large (gsize size)
{
  if (size < LARGE_MESSAGE)
    return;
  g_mutex_lock (&large_lock);
  while (large_bytes > 0 && large_bytes + size > LARGE_AT_ONCE)
    g_cond_wait (&large_done, &large_lock);
  large_bytes += size;
  g_mutex_unlock (&large_lock);
}

static void
leave_large (gsize size)
{
  if (size < LARGE_MESSAGE)
    return;
  g_mutex_lock (&large_lock);
  large_bytes -= size;
  g_cond_broadcast (&large_done);
  g_mutex_unlock (&large_lock);
}

static void
prepare (Task *task)
{
  MunStore *store = task->delivery->current->store;
  MunDelivery *item = task->item;
  MunDatabase *reader;

  if (g_cancellable_set_error_if_cancelled (task->delivery->cancellable, &item->error))
    return;
  if (g_bytes_get_size (item->raw) > MAX_MESSAGE) {
    g_set_error_literal (&item->error, MUN_ERROR, MUN_ERROR_TOO_LARGE,
                         "the message is larger than 2 GiB");
    return;
  }
  task->folder = mun_path_normalize (item->folder, &item->error);
  if (task->folder == NULL)
    return;
  task->scope = mun_path_dup_scope (task->folder);
  task->prepared = mun_prepared_new (item->raw, item->is_mapped);
  task->prepared->folder = task->folder;
  task->prepared->source_key = item->source_key;
  task->prepared->profile = item->profile_id;
  task->prepared->received
      = item->received > 0 ? item->received : g_get_real_time () / G_USEC_PER_SEC;
  if (!find_duplicate (task, &item->error) || task->duplicate_number != 0)
    return;
  reader = mun_store_acquire_reader (store, &item->error);
  if (reader == NULL)
    return;
  if (mun_prepared_parse (task->prepared, mun_store_get_codec (store), task->delivery->extractor,
                          task->delivery->cancellable, known_piece_cb, reader, &item->error))
    sample (store, task->prepared);
  mun_store_release_reader (store, reader);
}

/* There are as many of these threads as cores: with the same right to them, the writer, for whom all
 * wait, would get two thirds of one, and the others be idle when they have nothing left to do. */
static void
give_way_to_writer (void)
{
  static __thread gboolean done;

  if (done)
    return;
  done = TRUE;
  if (nice (POOL_NICENESS) == -1)
    g_debug ("the threads that prepare messages have the priority of the others");
}

static void
prepare_cb (gpointer data, gpointer user_data)
{
  Task *task = data;
  Delivery *delivery = task->delivery;
  gsize size = g_bytes_get_size (task->item->raw);

  give_way_to_writer ();
  enter_large (size);
  prepare (task);
  leave_large (size);
  g_mutex_lock (&delivery->lock);
  if (--delivery->pending == 0)
    g_cond_signal (&delivery->done);
  g_mutex_unlock (&delivery->lock);
}

static GThreadPool *
shared_pool (void)
{
  static GThreadPool *pool;

  if (g_once_init_enter (&pool)) {
    /* Exclusive: nobody else gets threads of their low priority. */
    GThreadPool *made
        = g_thread_pool_new (prepare_cb, NULL, MAX (g_get_num_processors (), 2), TRUE, NULL);

    g_once_init_leave (&pool, made);
  }
  return pool;
}

static void
wait_for_pool (Delivery *delivery)
{
  g_mutex_lock (&delivery->lock);
  while (delivery->pending > 0)
    g_cond_wait (&delivery->done, &delivery->lock);
  g_mutex_unlock (&delivery->lock);
}

/* Source keys of messages that were there before. */
typedef struct {
  Task *tasks;
  guint n_tasks;
  gint64 store;
} Keys;

static gboolean
keys_work (MunStore *store, gpointer data, GError **error)
{
  Keys *keys = data;
  MunDatabase *database = mun_store_get_database (store);

  for (guint i = 0; i < keys->n_tasks; i++) {
    Task *task = &keys->tasks[i];
    MunFolderIds ids;

    if (task->duplicate_number == 0 || task->item->source_key == NULL)
      continue;
    if (!mun_catalogue_ensure_folder (database, task->scope, &ids, error)
        || !mun_store_add_source_key (database, ids.folder, task->item->source_key,
                                      task->duplicate_store == keys->store ? 0
                                                                           : task->duplicate_store,
                                      task->duplicate_number, error))
      return FALSE;
    mun_store_journal_source (store, task->scope, task->item->source_key,
                              task->duplicate_store == keys->store ? 0 : task->duplicate_store,
                              task->duplicate_number);
  }
  return TRUE;
}

static gboolean
remember_keys (Delivery *delivery, GError **error)
{
  Task *tasks = delivery->tasks;
  guint n_tasks = delivery->n_tasks;
  Keys keys = { tasks, n_tasks, delivery->current->id };
  guint count = 0;

  for (guint i = 0; i < n_tasks; i++)
    if (tasks[i].duplicate_number != 0 && tasks[i].item->source_key != NULL)
      count++;
  return count == 0 || mun_store_write (delivery->current->store, count, keys_work, &keys, error);
}

static gboolean
commit (Delivery *delivery, GError **error)
{
  Task *tasks = delivery->tasks;
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  if (g_cancellable_set_error_if_cancelled (delivery->cancellable, error))
    return FALSE;
  for (guint i = 0; i < delivery->n_tasks; i++)
    if (tasks[i].item->error == NULL && tasks[i].duplicate_number == 0)
      g_ptr_array_add (items, tasks[i].prepared);
  /* The keys first: on their own they change nothing that anybody sees. */
  return remember_keys (delivery, error)
         && (items->len == 0 || mun_store_deliver (delivery->current->store, items, error));
}

static void
report (Delivery *delivery, Task *task)
{
  MunDelivery *item = task->item;
  gint64 store = delivery->current->id, number;

  if (item->error != NULL)
    return;
  if (task->duplicate_number != 0) {
    item->result = MUN_DELIVERY_DUPLICATE;
    store = task->duplicate_store;
    number = task->duplicate_number;
  } else {
    item->result = task->prepared->is_duplicate ? MUN_DELIVERY_DUPLICATE : MUN_DELIVERY_ARCHIVED;
    number = task->prepared->number;
  }
  item->message_id = g_strdup_printf ("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, store, number);
}

static void
delivery_free (Delivery *self)
{
  for (guint i = 0; i < self->n_tasks; i++) {
    g_clear_pointer (&self->tasks[i].prepared, mun_prepared_free);
    g_free (self->tasks[i].folder);
    g_free (self->tasks[i].scope);
  }
  g_free (self->tasks);
  mun_store_entry_unref (self->current);
  g_ptr_array_unref (self->entries);
  mun_text_extractor_unref (self->extractor);
  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->done);
  g_free (self);
}

static Delivery *
delivery_new (MunArchive *self, MunDelivery **items, guint n_items, GCancellable *cancellable,
              GError **error)
{
  g_autoptr (MunStoreEntry) current = NULL;
  Delivery *delivery;

  if (n_items > MAX_BATCH) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE,
                 "a batch of %u messages: at most %d are taken", n_items, MAX_BATCH);
    return NULL;
  }
  current = mun_archive_find_current (self, error);
  if (current == NULL)
    return NULL;
  delivery = g_new0 (Delivery, 1);
  g_mutex_init (&delivery->lock);
  g_cond_init (&delivery->done);
  delivery->current = g_steal_pointer (&current);
  delivery->entries = mun_archive_dup_entries (self);
  delivery->extractor = mun_text_extractor_ref (self->extractor);
  delivery->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  delivery->tasks = g_new0 (Task, n_items);
  delivery->n_tasks = delivery->pending = n_items;
  for (guint i = 0; i < n_items; i++) {
    items[i]->result = MUN_DELIVERY_FAILED;
    items[i]->message_id = NULL;
    items[i]->error = NULL;
    delivery->tasks[i].delivery = delivery;
    delivery->tasks[i].item = items[i];
  }
  return delivery;
}

MunPendingDelivery *
mun_archive_begin_delivery (MunArchive *self, MunDelivery **items, guint n_items,
                            GCancellable *cancellable, GError **error)
{
  Delivery *delivery = delivery_new (self, items, n_items, cancellable, error);

  for (guint i = 0; delivery != NULL && i < n_items; i++)
    g_thread_pool_push (shared_pool (), &delivery->tasks[i], NULL);
  return delivery;
}

gboolean
mun_archive_finish_delivery (MunPendingDelivery *pending, GError **error)
{
  gboolean ok;

  wait_for_pool (pending);
  ok = commit (pending, error);
  for (guint i = 0; i < pending->n_tasks; i++)
    if (ok)
      report (pending, &pending->tasks[i]);
    else
      mun_delivery_clear (pending->tasks[i].item);
  delivery_free (pending);
  return ok;
}

static gboolean
are_little (MunDelivery **items, guint n_items)
{
  gsize bytes = 0;

  for (guint i = 0; i < MIN (n_items, FEW_MESSAGES); i++)
    bytes += g_bytes_get_size (items[i]->raw);
  return n_items <= FEW_MESSAGES && bytes <= FEW_BYTES;
}

gboolean
mun_archive_deliver (MunArchive *self, MunDelivery **items, guint n_items,
                     GCancellable *cancellable, GError **error)
{
  Delivery *delivery = delivery_new (self, items, n_items, cancellable, error);
  gboolean is_little = are_little (items, n_items);

  if (delivery == NULL)
    return FALSE;
  for (guint i = 0; i < n_items; i++)
    if (is_little)
      prepare_cb (&delivery->tasks[i], NULL);
    else
      g_thread_pool_push (shared_pool (), &delivery->tasks[i], NULL);
  return mun_archive_finish_delivery (delivery, error);
}

/* A key's message as one store knows it. */
static MunKnown
find_key_in (MunDatabase *database, const char *scope, const char *key, gint64 *store,
             gint64 *number)
{
  MunFolderIds ids;
  sqlite3_stmt *row;

  if (!mun_catalogue_find_folder (database, scope, &ids))
    return MUN_KNOWN_NO;
  row = mun_database_prepare (database, NULL,
                              "SELECT store, number FROM source_keys WHERE scope = ?1 AND key = ?2",
                              "is", ids.folder, key);
  if (row == NULL || !mun_database_step (database, row, NULL))
    return MUN_KNOWN_NO;
  *store = sqlite3_column_int64 (row, 0);
  *number = sqlite3_column_int64 (row, 1);
  sqlite3_reset (row);
  return *number != 0 ? MUN_KNOWN_YES : MUN_KNOWN_DELETED;
}

/* The folder of a message that some store's key means; a message that is gone was deleted. */
static MunKnown
locate (MunArchive *self, gint64 store, gint64 number, char **message_id, char **current_folder)
{
  g_autoptr (MunStoreEntry) entry = mun_archive_find_entry (self, store, NULL);
  MunDatabase *reader = entry != NULL ? mun_store_acquire_reader (entry->store, NULL) : NULL;
  gint64 folder;

  if (reader == NULL)
    return MUN_KNOWN_DELETED;
  folder = mun_database_get_int (reader, 0, "SELECT folder FROM messages WHERE number = ?1", "i",
                                 number);
  if (folder != 0 && current_folder != NULL)
    *current_folder = mun_catalogue_dup_path (reader, folder);
  mun_store_release_reader (entry->store, reader);
  if (folder == 0)
    return MUN_KNOWN_DELETED;
  if (message_id != NULL)
    *message_id = g_strdup_printf ("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, store, number);
  return MUN_KNOWN_YES;
}

MunKnown
mun_archive_find_source_key (MunArchive *self, const char *path, const char *source_key,
                             char **message_id, char **current_folder, GError **error)
{
  g_autofree char *clean = mun_path_normalize (path, error);
  g_autofree char *scope = clean != NULL ? mun_path_dup_scope (clean) : NULL;
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);

  for (guint i = 0; scope != NULL && i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);
    MunDatabase *reader;
    gint64 store = 0, number = 0;
    MunKnown known;

    if (entry->store == NULL)
      continue;
    reader = mun_store_acquire_reader (entry->store, error);
    if (reader == NULL)
      return MUN_KNOWN_NO;
    known = find_key_in (reader, scope, source_key, &store, &number);
    mun_store_release_reader (entry->store, reader);
    if (known == MUN_KNOWN_YES)
      return locate (self, store != 0 ? store : entry->id, number, message_id, current_folder);
    if (known == MUN_KNOWN_DELETED)
      return known;
  }
  return MUN_KNOWN_NO;
}
