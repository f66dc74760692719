/* store.c: one store: opening, its writer, its readers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store.h"

#include "container-file.h"
#include "errors.h"
#include "index-gaps.h"
#include "index-keeper.h"
#include "journal-record.h"
#include "key-copies.h"
#include "store-catalogue.h"
#include "store-dropped.h"
#include "store-index.h"
#include "store-upkeep.h"
#include "trainer.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* A group commit takes what is waiting, up to this many messages. */
#define MAX_GROUP_COST 2000
/* Who brings more has to wait. */
#define MAX_QUEUED_COST 4000
/* So long nobody must have written before the store looks after itself. */
#define UPKEEP_DELAY (2 * G_TIME_SPAN_SECOND)

typedef struct {
  MunStoreWork work;
  gpointer data;
  guint cost;
  gboolean done, ok;
  GError *error;
  GCond finished; /* one each: a commit wakes nobody whose work was not in it */
} Job;

struct _MunStore {
  gatomicrefcount refs;
  gint64 id;
  char *dir, *catalogue_path;
  MunStoreKey key;
  MunCodec *codec;
  MunContents *contents;
  int writable; /* atomic */
  /* the writer's */
  GThread *thread;
  MunDatabase *database;
  gint64 next_arrival;
  gint64 upkeep_time; /* when to begin; 0 = nothing is to be done */
  GVariantBuilder *journal;
  gboolean has_void; /* entries of batches that were never committed, to be said in the journal */
  MunContentsMark void_start, void_end;
  MunTrainer *trainer;
  MunIndexKeeper *index;
  /* shared */
  GMutex lock;
  GCond arrived; /* for the writer: there is something to do */
  GCond changed; /* for those who wait for room, or for a step of the index */
  GQueue jobs;
  guint queued_cost;
  gboolean stopping;
  MunReaderPool *readers;
};

/* A whole batch that the catalogue does not know: its pieces are used when they come again. What its
 * journal says was never done. */
typedef struct {
  MunStore *store;
  gboolean has_journal;
} Adoption;

static gboolean
adopt_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *data,
          gpointer user_data)
{
  Adoption *adoption = user_data;

  adoption->has_journal = adoption->has_journal || header->kind == MUN_RECORD_JOURNAL;
  if (header->kind == MUN_RECORD_PIECE)
    mun_database_run (adoption->store->database, NULL,
                      "INSERT OR IGNORE INTO pieces (digest, container, offset, length, size, refs)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, 0)",
                      "biiii", header->digest, (gsize)MUN_DIGEST_SIZE, (gint64)place->container,
                      (gint64)place->offset, (gint64)place->length, (gint64)header->plain_length);
  return TRUE;
}

static gboolean
get_meta (MunStore *self, const char *key, gint64 *value, GError **error)
{
  return mun_database_find_int (self->database, value, error,
                                "SELECT value FROM meta WHERE key = ?1", "s", key);
}

static gboolean
set_meta (MunStore *self, const char *key, gint64 value, GError **error)
{
  return mun_database_run (self->database, error,
                           "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", "si", key,
                           value);
}

static gboolean
get_mark (MunStore *self, const char *container_key, const char *length_key, MunContentsMark *mark,
          GError **error)
{
  gint64 container = 0, length = 0;

  if (!get_meta (self, container_key, &container, error)
      || !get_meta (self, length_key, &length, error))
    return FALSE;
  mark->container = container;
  mark->length = length;
  return TRUE;
}

static gboolean
set_mark (MunStore *self, const char *container_key, const char *length_key,
          const MunContentsMark *mark, GError **error)
{
  return set_meta (self, container_key, mark->container, error)
         && set_meta (self, length_key, mark->length, error);
}

static gboolean
save_end (MunStore *self, GError **error)
{
  MunContentsMark mark;

  mun_contents_get_mark (self->contents, &mark);
  return set_mark (self, "end_container", "end_length", &mark, error)
         && set_meta (self, "next_arrival", self->next_arrival, error);
}

/* Kept until the next commit, whose journal says it. Nothing was committed since the start of what
 * is void already. */
static gboolean
save_void (MunStore *self, const MunContentsMark *start, GError **error)
{
  if (!self->has_void)
    self->void_start = *start;
  mun_contents_get_mark (self->contents, &self->void_end);
  self->has_void = TRUE;
  return set_mark (self, "void_start_container", "void_start_length", &self->void_start, error)
         && set_mark (self, "void_end_container", "void_end_length", &self->void_end, error);
}

static gboolean
load_marks (MunStore *self, MunContentsMark *end, GError **error)
{
  self->next_arrival = 1;
  /* Taken for 0, an end that cannot be read would cost what stands before it. */
  if (!get_mark (self, "end_container", "end_length", end, error)
      || !get_meta (self, "next_arrival", &self->next_arrival, error)
      || !get_mark (self, "void_start_container", "void_start_length", &self->void_start, error)
      || !get_mark (self, "void_end_container", "void_end_length", &self->void_end, error))
    return FALSE;
  self->has_void = self->void_end.container > 0;
  return TRUE;
}

static gboolean
recover (MunStore *self, GError **error)
{
  MunContentsMark end;
  Adoption adoption = { self, FALSE };

  if (!load_marks (self, &end, error)
      || !mun_database_exec (self->database, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (mun_contents_recover (self->contents, &end, adopt_cb, &adoption, error)
      && (!adoption.has_journal || save_void (self, &end, error)) && save_end (self, error)
      && mun_key_copies_save (&self->key, self->database, error)
      && mun_database_exec (self->database, "COMMIT", error))
    return TRUE;
  mun_database_exec (self->database, "ROLLBACK", NULL);
  return FALSE;
}

/* Key, codec and contents; the catalogue is open. */
static gboolean
open_contents (MunStore *self, MunSecret *master_key, gboolean create, gboolean writable,
               GError **error)
{
  g_autofree char *contents_dir = g_build_filename (self->dir, "contents", NULL);
  MunSealer *sealer;

  if (!(create ? mun_key_copies_create (&self->key, self->dir, master_key, error)
               : mun_key_copies_load (&self->key, self->dir, self->database, master_key, error)))
    return FALSE;
  sealer = mun_sealer_new (self->key.key, error);
  if (sealer == NULL)
    return FALSE;
  self->codec = mun_codec_new (sealer);
  self->contents = mun_contents_open (contents_dir, self->key.guid, self->codec, writable, error);
  return self->contents != NULL;
}

static gboolean
open_parts (MunStore *self, MunSecret *master_key, gboolean create, GError **error)
{
  guint32 last_dictionary;

  if (create) {
    g_autofree char *parent = g_path_get_dirname (self->dir);

    if (g_mkdir_with_parents (self->dir, 0700) != 0)
      return mun_container_file_error (error, errno, "making the folder", self->dir);
    if (!mun_container_file_sync_dir (parent, error))
      return FALSE;
  } else if (!mun_store_catalogue_check_file (self->catalogue_path, error)) {
    return FALSE;
  }
  self->database = mun_store_catalogue_open (self->catalogue_path, MUN_DATABASE_WRITER, error);
  if (self->database == NULL
      || (!create && !mun_store_catalogue_check (self->database, self->catalogue_path, error))
      || !open_contents (self, master_key, create, TRUE, error)
      || !mun_dictionaries_load (self->database, self->contents, self->codec, &last_dictionary,
                                 error))
    return FALSE;
  self->trainer = mun_trainer_new (self, last_dictionary);
  if (!mun_container_file_sync_dir (self->dir, error) || !recover (self, error))
    return FALSE;
  mun_dropped_tidy (self->database, self->contents);
  mun_key_copies_keep (&self->key, self->dir);
  self->index = mun_index_keeper_open (self->database, self->catalogue_path);
  return TRUE;
}

/* What to do about a store whose catalogue is missing or cannot be read. */
static void
name_remedy (MunStore *self, GError **error)
{
  g_autofree char *contents_dir = g_build_filename (self->dir, "contents", NULL);
  g_autofree char *before = NULL;

  if (error == NULL || *error == NULL || !g_file_test (contents_dir, G_FILE_TEST_IS_DIR)
      || strstr ((*error)->message, self->catalogue_path) == NULL
      || !(g_error_matches (*error, MUN_ERROR, MUN_ERROR_DAMAGED)
           || g_error_matches (*error, MUN_ERROR, MUN_ERROR_NOT_FOUND)))
    return;
  before = g_steal_pointer (&(*error)->message);
  (*error)->message = g_strconcat (before, "; RecoverStore rebuilds it from the contents", NULL);
}

static GVariantBuilder *
new_journal (void)
{
  return g_variant_builder_new (G_VARIANT_TYPE (MUN_JOURNAL_TYPE));
}

void
mun_store_journal (MunStore *self, const char *operation, GVariant *details)
{
  GVariant *entry[] = { g_variant_new_string (operation), details };

  if (self->journal == NULL)
    self->journal = new_journal ();
  g_variant_builder_add_value (self->journal, g_variant_new_tuple (entry, G_N_ELEMENTS (entry)));
}

void
mun_store_sample (MunStore *self, GBytes *piece)
{
  mun_trainer_offer (self->trainer, piece);
}

static void
journal_void (MunStore *self)
{
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "start", "(ut)", self->void_start.container,
                         self->void_start.length);
  g_variant_dict_insert (&details, "end", "(ut)", self->void_end.container, self->void_end.length);
  mun_store_journal (self, "void", g_variant_dict_end (&details));
}

static gboolean
append_journal (MunStore *self, GError **error)
{
  g_autoptr (GBytes) record = NULL;
  MunPlaceInContents place;

  if (self->has_void)
    journal_void (self);
  if (self->journal == NULL)
    return TRUE;
  record = mun_journal_record_build (self->codec, g_variant_builder_end (self->journal), error);
  return record != NULL && mun_contents_append (self->contents, record, &place, error)
         && (!self->has_void
             || mun_database_exec (self->database, "DELETE FROM meta WHERE key LIKE 'void_%'",
                                   error));
}

static gboolean
pass (MunStore *self, const char *step, GError **error)
{
  int problem = mun_container_file_fault (step);

  return problem == 0
         || mun_container_file_error (error, problem, "committing to", self->catalogue_path);
}

static gboolean
commit (MunStore *self, GError **error)
{
  if (!pass (self, "commit", error) || !mun_database_exec (self->database, "COMMIT", error))
    return FALSE;
  /* It is done: only a kill can still come in between. */
  mun_container_file_fault ("after-commit");
  return TRUE;
}

/* The order of a write: contents, then their fdatasync, then one commit of catalogue and index. */
static gboolean
run_transaction (MunStore *self, Job **jobs, guint n_jobs, GError **error)
{
  MunContentsMark mark;
  gint64 arrival = self->next_arrival;
  gboolean ok = TRUE;

  mun_contents_get_mark (self->contents, &mark);
  if (!mun_database_exec (self->database, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (guint i = 0; ok && i < n_jobs; i++)
    ok = jobs[i]->work (self, jobs[i]->data, error);
  ok = ok && pass (self, "journal", error) && append_journal (self, error)
       && mun_contents_sync (self->contents, error) && pass (self, "before-commit", error)
       && save_end (self, error);
  g_clear_pointer (&self->journal, g_variant_builder_unref);
  if (ok && commit (self, error)) {
    self->has_void = FALSE;
    return TRUE;
  }
  mun_database_exec (self->database, "ROLLBACK", NULL);
  /* A commit that failed may yet be found in the log after a crash: then its contents must be
   * there, and its numbers not be given again. */
  if (!ok) {
    mun_contents_rollback (self->contents, &mark);
    self->next_arrival = arrival;
  }
  return FALSE;
}

/* What finds the index damaged is done again when it has been made anew. */
static gboolean
run_healing (MunStore *self, Job **jobs, guint n_jobs, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (run_transaction (self, jobs, n_jobs, &local_error))
    return TRUE;
  if (g_error_matches (local_error, MUN_ERROR, MUN_ERROR_DAMAGED)
      && mun_index_keeper_heal (self->index, self->database))
    return run_transaction (self, jobs, n_jobs, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static void
run_group (MunStore *self, GPtrArray *group)
{
  g_autoptr (GError) error = NULL;

  if (run_healing (self, (Job **)group->pdata, group->len, &error)) {
    for (guint i = 0; i < group->len; i++)
      ((Job *)group->pdata[i])->ok = TRUE;
    return;
  }
  if (group->len == 1) {
    ((Job *)group->pdata[0])->error = g_steal_pointer (&error);
    return;
  }
  /* One of them spoilt it for all: each for itself now. */
  for (guint i = 0; i < group->len; i++) {
    Job *job = group->pdata[i];

    job->ok = run_healing (self, &job, 1, &job->error);
  }
}

static void
upkeep (MunStore *self)
{
  g_autoptr (GError) error = NULL;

  mun_container_file_fault ("upkeep");
  if (mun_store_upkeep_step (self->database, &error))
    return;
  self->upkeep_time = 0;
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_DAMAGED))
    mun_index_keeper_heal (self->index, self->database);
  if (error != NULL)
    g_warning ("upkeep of %s: %s", self->catalogue_path, error->message);
}

static gboolean
fill_cb (gpointer data, GError **error)
{
  Job job = { .work = mun_store_index_fill, .cost = 1 };
  Job *jobs = &job;

  return run_healing (data, &jobs, 1, error);
}

/* Under the lock, which is open meanwhile. */
static gboolean
step_index (MunStore *self, gboolean is_busy)
{
  if (self->stopping || !mun_index_keeper_wants_step (self->index, is_busy))
    return FALSE;
  g_mutex_unlock (&self->lock);
  mun_index_keeper_step (self->index, self->database, fill_cb, self);
  self->upkeep_time = g_get_monotonic_time () + UPKEEP_DELAY;
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  return TRUE;
}

/* Under the lock; FALSE when the store is being closed and all is done. */
static gboolean
wait_for_jobs (MunStore *self)
{
  while (g_queue_is_empty (&self->jobs) && !self->stopping) {
    gint64 time
        = self->upkeep_time != 0 ? self->upkeep_time : mun_index_keeper_get_retry (self->index);

    if (step_index (self, FALSE))
      continue;
    if (time == 0) {
      g_cond_wait (&self->arrived, &self->lock);
    } else if (!g_cond_wait_until (&self->arrived, &self->lock, time) && self->upkeep_time != 0) {
      g_mutex_unlock (&self->lock);
      upkeep (self);
      g_mutex_lock (&self->lock);
    }
  }
  return !g_queue_is_empty (&self->jobs);
}

static gpointer
writer_main (gpointer data)
{
  MunStore *self = data;
  g_autoptr (GPtrArray) group = g_ptr_array_new ();

  g_mutex_lock (&self->lock);
  while (wait_for_jobs (self)) {
    guint cost = 0;

    g_ptr_array_set_size (group, 0);
    do {
      Job *job = g_queue_pop_head (&self->jobs);

      cost += job->cost;
      g_ptr_array_add (group, job);
    } while (!g_queue_is_empty (&self->jobs) && cost < MAX_GROUP_COST);
    g_mutex_unlock (&self->lock);
    mun_index_keeper_fit (self->index, self->database, cost);
    run_group (self, group);
    mun_index_keeper_refresh (self->index, self->database);
    self->upkeep_time = g_get_monotonic_time () + UPKEEP_DELAY;
    g_mutex_lock (&self->lock);
    self->queued_cost -= cost;
    for (guint i = 0; i < group->len; i++) {
      Job *job = group->pdata[i];

      job->done = TRUE;
      g_cond_signal (&job->finished);
    }
    g_cond_broadcast (&self->changed);
    step_index (self, TRUE);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

gboolean
mun_store_write (MunStore *self, guint cost, MunStoreWork work, gpointer data, GError **error)
{
  if (mun_store_is_writable (self))
    return mun_store_maintain (self, cost, work, data, error);
  g_set_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY,
               "store %" G_GINT64_FORMAT " is write-protected", self->id);
  return FALSE;
}

gboolean
mun_store_maintain (MunStore *self, guint cost, MunStoreWork work, gpointer data, GError **error)
{
  Job job = { .work = work, .data = data, .cost = MAX (cost, 1) };

  g_mutex_lock (&self->lock);
  while (self->queued_cost >= MAX_QUEUED_COST && !self->stopping)
    g_cond_wait (&self->changed, &self->lock);
  if (self->stopping) {
    g_mutex_unlock (&self->lock);
    g_set_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY,
                 "store %" G_GINT64_FORMAT " is being closed", self->id);
    return FALSE;
  }
  self->queued_cost += job.cost;
  g_cond_init (&job.finished);
  g_queue_push_tail (&self->jobs, &job);
  g_cond_signal (&self->arrived);
  while (!job.done)
    g_cond_wait (&job.finished, &self->lock);
  g_mutex_unlock (&self->lock);
  g_cond_clear (&job.finished);
  if (!job.ok)
    g_propagate_error (error, job.error);
  return job.ok;
}

static MunStore *
new_store (const char *dir, gint64 id, const char *catalogue)
{
  MunStore *self = g_new0 (MunStore, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  g_cond_init (&self->arrived);
  g_cond_init (&self->changed);
  g_queue_init (&self->jobs);
  self->id = id;
  self->dir = g_strdup (dir);
  self->catalogue_path = g_build_filename (dir, catalogue, NULL);
  self->readers = mun_reader_pool_new (self->catalogue_path);
  return self;
}

MunStore *
mun_store_open (const char *dir, gint64 id, MunSecret *master_key, gboolean create, GError **error)
{
  g_autoptr (MunStore) self = new_store (dir, id, "catalogue.db");

  self->writable = TRUE;
  if (!open_parts (self, master_key, create, error)) {
    name_remedy (self, error);
    return NULL;
  }
  self->thread = g_thread_new ("store writer", writer_main, self);
  return g_steal_pointer (&self);
}

MunStore *
mun_store_open_for_recovery (const char *dir, gint64 id, const char *catalogue,
                             MunSecret *master_key, GError **error)
{
  g_autoptr (MunStore) self = new_store (dir, id, catalogue);

  self->next_arrival = 1;
  self->database = mun_store_catalogue_open (self->catalogue_path, MUN_DATABASE_WRITER, error);
  if (self->database == NULL || !open_contents (self, master_key, FALSE, FALSE, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
mun_store_finish_recovery (MunStore *self, const MunContentsMark *end, gint64 next_arrival,
                           GError **error)
{
  return set_mark (self, "end_container", "end_length", end, error)
         && set_meta (self, "next_arrival", next_arrival, error)
         && mun_key_copies_save (&self->key, self->database, error)
         && mun_index_gaps_make (self->database, FALSE, error);
}

MunStore *
mun_store_ref (MunStore *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mun_store_close (MunStore *self)
{
  GThread *thread;

  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->arrived);
  g_cond_broadcast (&self->changed);
  thread = g_steal_pointer (&self->thread);
  g_mutex_unlock (&self->lock);
  if (thread != NULL)
    g_thread_join (thread);
}

void
mun_store_unref (MunStore *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  mun_store_close (self);
  /* What it still wants to write is refused by now. */
  g_clear_pointer (&self->trainer, mun_trainer_free);
  mun_reader_pool_free (self->readers);
  g_clear_pointer (&self->index, mun_index_keeper_free);
  g_clear_pointer (&self->contents, mun_contents_close);
  g_clear_pointer (&self->database, mun_database_close);
  g_clear_pointer (&self->codec, mun_codec_free);
  mun_store_key_clear (&self->key);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->arrived);
  g_cond_clear (&self->changed);
  g_free (self->dir);
  g_free (self->catalogue_path);
  g_free (self);
}

gint64
mun_store_get_id (MunStore *self)
{
  return self->id;
}

const char *
mun_store_get_dir (MunStore *self)
{
  return self->dir;
}

MunContents *
mun_store_get_contents (MunStore *self)
{
  return self->contents;
}

MunCodec *
mun_store_get_codec (MunStore *self)
{
  return self->codec;
}

MunDatabase *
mun_store_get_database (MunStore *self)
{
  return self->database;
}

MunStoreKey *
mun_store_get_key (MunStore *self)
{
  return &self->key;
}

gint64
mun_store_next_arrival (MunStore *self)
{
  return self->next_arrival++;
}

void
mun_store_set_writable (MunStore *self, gboolean writable)
{
  g_atomic_int_set (&self->writable, writable);
}

gboolean
mun_store_is_writable (MunStore *self)
{
  return g_atomic_int_get (&self->writable);
}

MunIndexKeeper *
mun_store_get_index (MunStore *self)
{
  return self->index;
}

gboolean
mun_store_await_step (MunStore *self, gint64 deadline, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->stopping) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY,
                 "store %" G_GINT64_FORMAT " is being closed", self->id);
    return FALSE;
  }
  if (!mun_index_keeper_check (self->index, error))
    return FALSE;
  g_cond_wait_until (&self->changed, &self->lock, deadline);
  return TRUE;
}

MunDatabase *
mun_store_acquire_reader (MunStore *self, GError **error)
{
  return mun_reader_pool_acquire (self->readers, error);
}

void
mun_store_release_reader (MunStore *self, MunDatabase *reader)
{
  mun_database_watch (reader, NULL);
  mun_database_set_deadline (reader, 0);
  mun_database_reset (reader);
  mun_index_keeper_note_reading (self->index, reader);
  if (!mun_index_keeper_is_sound (self->index)) {
    g_mutex_lock (&self->lock);
    g_cond_signal (&self->arrived);
    g_mutex_unlock (&self->lock);
  }
  mun_reader_pool_release (self->readers, reader);
}

MunReaderPool *
mun_store_get_readers (MunStore *self)
{
  return self->readers;
}
