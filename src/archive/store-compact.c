/* store-compact.c: what is no longer needed leaves the containers and the catalogue */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "compact-private.h"

#include "errors.h"
#include "fault-lines.h"
#include "piece-list.h"
#include "store-dropped.h"
#include "store-upkeep.h"

#include <stdarg.h>
#include <string.h>

/* A container is worth it from a fifth of it on. */
#define WORTH 5
#define CONTAINERS_SHARE 0.9
/* Who still reads the catalogue as it was before is waited for so long. */
#define PATIENCE (60 * G_TIME_SPAN_SECOND)
#define STEP_OF_PATIENCE (G_TIME_SPAN_SECOND / 4)

typedef struct {
  guint32 number;
  guint64 size, needed;
} Candidate;

/* Emptied, and its file is still there. */
typedef struct {
  guint32 number;
  gsize mark;
} Dropped;

void
mun_compaction_fault (MunCompaction *self, const char *format, ...)
{
  va_list values;

  va_start (values, format);
  mun_fault_lines_add (self->report, ++self->faults, format, values);
  va_end (values);
}

gboolean
mun_compaction_step (MunCompaction *self, double share, const char *text)
{
  if (self->progress != NULL && (share >= self->done_share + 0.005 || share >= 1)) {
    self->done_share = share;
    self->progress (MIN (share, 1), text, self->data);
  }
  return !g_cancellable_is_cancelled (self->cancellable);
}

/* The same where no share can be told. */
static gboolean
say (MunCompaction *self, const char *text)
{
  if (self->progress != NULL)
    self->progress (self->done_share, text, self->data);
  return !g_cancellable_is_cancelled (self->cancellable);
}

gboolean
mun_compaction_advance (MunCompaction *self, guint32 container, guint64 bytes)
{
  double share;

  self->bytes_done += bytes;
  share = CONTAINERS_SHARE * self->bytes_done / MAX (self->bytes_total, 1);
  if (self->progress != NULL && share >= self->done_share + 0.005) {
    g_autofree char *text
        = g_strdup_printf ("Container %06u: %.1f of %.1f MB", container, self->bytes_done / 1e6,
                           MAX (self->bytes_total, self->bytes_done) / 1e6);

    return mun_compaction_step (self, share, text);
  }
  return !g_cancellable_is_cancelled (self->cancellable);
}

/* --- may it be believed? --- */

static gboolean
finish_rows (GError *local_error, MunCompaction *self, GError **error)
{
  if (local_error == NULL)
    return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
  g_propagate_error (error, local_error);
  return FALSE;
}

static gboolean
check_message (sqlite3_stmt *message, GByteArray *known, GError **error)
{
  gint64 number = sqlite3_column_int64 (message, 0);
  g_autoptr (GArray) refs
      = mun_piece_list_decode (sqlite3_column_blob (message, 1), sqlite3_column_bytes (message, 1));
  gboolean is_whole = refs != NULL;

  for (guint i = 0; is_whole && i < refs->len; i++) {
    gint64 id = g_array_index (refs, MunPieceRef, i).piece;

    is_whole = id > 0 && id < known->len && known->data[id];
  }
  if (is_whole)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED,
               "the catalogue does not know all pieces of message %" G_GINT64_FORMAT
               ": nothing was compacted; VerifyStore names all that is damaged",
               number);
  return FALSE;
}

/* What the catalogue does not know goes away: so it must know what its messages consist of. */
static gboolean
check_catalogue (MunCompaction *self, MunDatabase *reader, GError **error)
{
  g_autoptr (GByteArray) known = g_byte_array_new ();
  GError *local_error = NULL;
  sqlite3_stmt *row;
  gint64 last = 0;

  if (!mun_database_find_int (reader, &last, error,
                              "SELECT seq FROM sqlite_sequence WHERE name = 'pieces'", ""))
    return FALSE;
  g_byte_array_set_size (known, last + 1);
  memset (known->data, 0, known->len);
  row = mun_database_prepare (reader, error, "SELECT id FROM pieces WHERE refs > 0", "");
  if (row == NULL)
    return FALSE;
  while (mun_database_step (reader, row, &local_error)) {
    gint64 id = sqlite3_column_int64 (row, 0);

    if (id > 0 && id <= last)
      known->data[id] = 1;
  }
  if (!finish_rows (local_error, self, error))
    return FALSE;
  row = mun_database_prepare (reader, error, "SELECT number, pieces FROM messages", "");
  if (row == NULL)
    return FALSE;
  while (mun_database_step (reader, row, &local_error))
    if (!check_message (row, known, error))
      return FALSE;
  return finish_rows (local_error, self, error);
}

/* --- which containers? --- */

/* By container, the bytes that the catalogue names. */
static GHashTable *
sum_needed (MunCompaction *self, MunDatabase *reader, GError **error)
{
  g_autoptr (GHashTable) sums = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  GError *local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (
      reader, error,
      "SELECT container, sum(length) FROM (SELECT container, length FROM pieces WHERE refs > 0"
      " UNION ALL SELECT container, length FROM dictionaries) GROUP BY container",
      "");

  if (row == NULL)
    return NULL;
  while (mun_database_step (reader, row, &local_error)) {
    gint64 bytes = sqlite3_column_int64 (row, 1);

    g_hash_table_insert (sums, GUINT_TO_POINTER ((guint32)sqlite3_column_int64 (row, 0)),
                         g_memdup2 (&bytes, sizeof bytes));
  }
  return finish_rows (local_error, self, error) ? g_steal_pointer (&sums) : NULL;
}

typedef struct {
  MunCompaction *compaction;
  guint64 journals;
} Count;

static gboolean
count_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *data,
          gpointer user_data)
{
  Count *count = user_data;

  if (header->kind == MUN_RECORD_JOURNAL)
    count->journals += place->length;
  return !g_cancellable_is_cancelled (count->compaction->cancellable);
}

static gboolean
is_worth (const Candidate *candidate)
{
  guint64 needed = candidate->needed + MUN_CONTAINER_HEADER_SIZE;

  return candidate->size > needed && (candidate->size - needed) * WORTH >= candidate->size;
}

static gint
compare_candidates (gconstpointer a, gconstpointer b)
{
  guint64 first = ((const Candidate *)a)->needed, second = ((const Candidate *)b)->needed;

  return (first > second) - (first < second);
}

/* What the catalogue says, all of it at one moment. */
typedef struct {
  GHashTable *sums;
  gint64 last; /* container */
  GArray *numbers;
  GArray *dropped; /* those of them that only wait for their files to go */
} Plan;

/* Those that need least room while they move come first. */
static GArray *
choose (MunCompaction *self, const Plan *plan, GError **error)
{
  MunContents *contents = mun_store_get_contents (self->store);
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (guint i = 0; i < plan->numbers->len; i++) {
    Candidate candidate = { .number = g_array_index (plan->numbers, guint32, i) };
    gint64 *needed = g_hash_table_lookup (plan->sums, GUINT_TO_POINTER (candidate.number));
    Count count = { self, 0 };

    candidate.size = mun_contents_get_size (contents, candidate.number);
    candidate.needed = needed != NULL ? *needed : 0;
    if (candidate.number > plan->last || !is_worth (&candidate))
      continue;
    say (self, "Looking for what is no longer needed");
    if (!mun_contents_scan (contents, candidate.number, MUN_CONTAINER_HEADER_SIZE, candidate.size,
                            count_cb, NULL, &count, error)
        || g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return NULL;
    candidate.needed += count.journals;
    self->bytes_total += is_worth (&candidate) ? candidate.size + candidate.needed : 0;
    if (is_worth (&candidate))
      g_array_append_val (chosen, candidate);
  }
  g_array_sort (chosen, compare_candidates);
  return g_steal_pointer (&chosen);
}

static gboolean
read_plan (MunCompaction *self, MunDatabase *reader, Plan *plan, GError **error)
{
  if (!mun_database_exec (reader, "BEGIN", error)
      || !mun_database_find_int (reader, &plan->last, error,
                                 "SELECT value FROM meta WHERE key = 'end_container'", "")
      || !check_catalogue (self, reader, error))
    return FALSE;
  for (guint i = plan->numbers->len; i > 0; i--) {
    Dropped left = { g_array_index (plan->numbers, guint32, i - 1), 0 };

    if (!mun_dropped_contains (reader, left.number))
      continue;
    left.mark = mun_reader_pool_mark (mun_store_get_readers (self->store));
    g_array_append_val (plan->dropped, left);
    g_array_remove_index (plan->numbers, i - 1);
  }
  plan->sums = sum_needed (self, reader, error);
  return plan->sums != NULL;
}

static gboolean
make_plan (MunCompaction *self, Plan *plan, GError **error)
{
  MunDatabase *reader = mun_store_acquire_reader (self->store, error);
  gboolean ok;

  if (reader == NULL)
    return FALSE;
  mun_database_watch (reader, self->cancellable);
  say (self, "Reading the catalogue");
  ok = read_plan (self, reader, plan, error);
  mun_database_watch (reader, NULL);
  mun_database_reset (reader);
  mun_database_exec (reader, "ROLLBACK", NULL);
  mun_store_release_reader (self->store, reader);
  return ok;
}

/* --- files that go --- */

/* FALSE: somebody still reads. */
static gboolean
remove_one (MunCompaction *self, const Dropped *dropped, gint64 deadline)
{
  MunContents *contents = mun_store_get_contents (self->store);
  MunDatabase *reader;
  g_autoptr (GError) error = NULL;
  guint64 size = mun_contents_get_size (contents, dropped->number);
  gboolean is_used;

  if (!mun_reader_pool_await (mun_store_get_readers (self->store), dropped->mark, deadline))
    return FALSE;
  reader = mun_store_acquire_reader (self->store, NULL);
  is_used = reader == NULL || mun_dropped_is_used (reader, dropped->number);
  if (reader != NULL)
    mun_store_release_reader (self->store, reader);
  if (!is_used && mun_contents_remove (contents, dropped->number, &error))
    self->bytes_removed += size;
  else
    mun_compaction_fault (self, "container %06u: %s", dropped->number,
                          error != NULL ? error->message : "something in it is used again");
  return TRUE;
}

static void
remove_files (MunCompaction *self, GArray *dropped, gint64 deadline)
{
  for (guint i = 0; i < dropped->len;)
    if (remove_one (self, &g_array_index (dropped, Dropped, i), deadline))
      g_array_remove_index (dropped, i);
    else
      i++;
}

/* A little at a time: it may be cancelled. */
static void
await_files (MunCompaction *self, GArray *dropped)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  while (dropped->len > 0 && g_get_monotonic_time () < end
         && say (self, "Waiting for readers to end"))
    remove_files (self, dropped, g_get_monotonic_time () + STEP_OF_PATIENCE);
  for (guint i = 0; i < dropped->len; i++)
    self->bytes_waiting += mun_contents_get_size (mun_store_get_contents (self->store),
                                                  g_array_index (dropped, Dropped, i).number);
  self->waiting = dropped->len;
}

static gboolean
empty_containers (MunCompaction *self, GArray *chosen, GArray *dropped, GError **error)
{
  for (guint i = 0; i < chosen->len; i++) {
    Candidate *candidate = &g_array_index (chosen, Candidate, i);
    gboolean emptied;
    Dropped now = { candidate->number, 0 };

    if (!mun_compact_container (self, candidate->number, &emptied, error))
      return FALSE;
    g_string_append_printf (self->report, "Container %06u: %.1f of %.1f MB needed, %s\n",
                            candidate->number, candidate->needed / 1e6, candidate->size / 1e6,
                            emptied ? "rewritten" : "stays as it is, for there is damage in it");
    if (!emptied)
      continue;
    self->rewritten++;
    now.mark = mun_reader_pool_mark (mun_store_get_readers (self->store));
    g_array_append_val (dropped, now);
    remove_files (self, dropped, 0);
  }
  return TRUE;
}

/* --- the catalogue --- */

typedef struct {
  gint64 size, count, left; /* of a page; pages; those that nobody uses */
  gboolean merged;
} Pages;

static gboolean
read_pages (MunDatabase *database, Pages *pages, GError **error)
{
  return mun_database_find_int (database, &pages->size, error, "PRAGMA page_size", "")
         && mun_database_find_int (database, &pages->count, error, "PRAGMA page_count", "");
}

static gboolean
merge_work (MunStore *store, gpointer data, GError **error)
{
  Pages *pages = data;

  return mun_store_upkeep_merge (mun_store_get_database (store), &pages->merged, error);
}

static gboolean
give_back_work (MunStore *store, gpointer data, GError **error)
{
  Pages *pages = data;

  return mun_store_upkeep_give_back (mun_store_get_database (store), &pages->left, error)
         && read_pages (mun_store_get_database (store), pages, error);
}

/* Mail that comes in meanwhile makes new parts: what it takes to merge those that are there is
 * enough. */
static gboolean
merge_index (MunCompaction *self, Pages *pages, GError **error)
{
  gint64 steps = 20 + pages->count / 100;

  do
    if (!mun_store_write (self->store, 1, merge_work, pages, error)
        || (!say (self, "Merging the search index")
            && g_cancellable_set_error_if_cancelled (self->cancellable, error)))
      return FALSE;
  while (pages->merged && --steps > 0);
  return TRUE;
}

static gboolean
give_pages_back (MunCompaction *self, Pages *pages, GError **error)
{
  do {
    g_autofree char *text = NULL;

    if (!mun_store_write (self->store, 1, give_back_work, pages, error))
      return FALSE;
    text = g_strdup_printf ("Catalogue: %.1f MB to be given back",
                            pages->left * (double)pages->size / 1e6);
    if (!say (self, text) && g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return FALSE;
  } while (pages->left > 0);
  return TRUE;
}

static gboolean
compact_catalogue (MunCompaction *self, gint64 *bytes, GError **error)
{
  Pages pages = { 0 };
  MunDatabase *reader = mun_store_acquire_reader (self->store, error);
  gboolean ok = reader != NULL && read_pages (reader, &pages, error);
  gint64 before = pages.count;

  if (reader != NULL)
    mun_store_release_reader (self->store, reader);
  ok = ok && merge_index (self, &pages, error) && give_pages_back (self, &pages, error);
  *bytes = ok ? (before - pages.count) * pages.size : 0;
  return ok;
}

/* --- all of it --- */

static void
begin (MunCompaction *self, MunStore *store, const char *name)
{
  self->store = store;
  self->report = g_string_new (NULL);
  g_string_append_printf (self->report, "Store %" G_GINT64_FORMAT " (%s)\n",
                          mun_store_get_id (store), name);
}

static void
end (MunCompaction *self, char **report)
{
  if (report != NULL)
    *report = g_utf8_make_valid (self->report->str, self->report->len);
  g_string_free (self->report, TRUE);
}

static gboolean
check_writable (MunStore *self, const char *name, GError **error)
{
  if (mun_store_is_writable (self))
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY,
               "store %s is write-protected: it can be compacted when its state is normal", name);
  return FALSE;
}

static void
summarize (MunCompaction *self, guint containers, gint64 catalogue)
{
  gint64 contents = (gint64)self->bytes_removed - (gint64)self->bytes_written;

  if (self->waiting > 0)
    g_string_append_printf (self->report,
                            "%u emptied containers (%.1f MB) are still being read; their files go "
                            "with the next compaction, or at the next start.\n",
                            self->waiting, self->bytes_waiting / 1e6);
  if (self->faults > 0)
    g_string_append_printf (self->report, "%" G_GUINT64_FORMAT " faults were found.\n",
                            self->faults);
  g_string_append_printf (self->report,
                          "%u of %u containers rewritten, %.1f MB given back"
                          " (contents %.1f MB, catalogue %.1f MB).\n",
                          self->rewritten, containers, MAX (contents + catalogue, 0) / 1e6,
                          contents / 1e6, catalogue / 1e6);
}

static gboolean
carry_out (MunCompaction *self, Plan *plan, GError **error)
{
  g_autoptr (GArray) chosen = NULL;
  guint containers = plan->numbers->len;
  gint64 catalogue = 0;
  gboolean ok;

  if (!make_plan (self, plan, error))
    return FALSE;
  remove_files (self, plan->dropped, 0);
  chosen = choose (self, plan, error);
  if (chosen == NULL)
    return FALSE;
  ok = empty_containers (self, chosen, plan->dropped, error)
       && compact_catalogue (self, &catalogue, error);
  if (ok)
    await_files (self, plan->dropped);
  summarize (self, containers, catalogue);
  return ok && !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static gboolean
run (MunCompaction *self, GError **error)
{
  Plan plan = { .numbers = mun_contents_list (mun_store_get_contents (self->store), error) };
  gboolean ok;

  if (plan.numbers == NULL)
    return FALSE;
  plan.dropped = g_array_new (FALSE, FALSE, sizeof (Dropped));
  ok = carry_out (self, &plan, error);
  g_array_unref (plan.numbers);
  g_array_unref (plan.dropped);
  g_clear_pointer (&plan.sums, g_hash_table_unref);
  return ok;
}

gboolean
mun_store_compact (MunStore *self, const char *name, MunVerifyProgress progress, gpointer data,
                   GCancellable *cancellable, char **report, GError **error)
{
  MunCompaction compaction = { .progress = progress, .data = data, .cancellable = cancellable };
  gboolean ok;

  if (!check_writable (self, name, error))
    return FALSE;
  begin (&compaction, self, name);
  ok = run (&compaction, error);
  if (ok)
    mun_compaction_step (&compaction, 1, "Done");
  end (&compaction, report);
  return ok;
}

gboolean
mun_store_compact_catalogue (MunStore *self, const char *name, MunVerifyProgress progress,
                             gpointer data, GCancellable *cancellable, char **report,
                             GError **error)
{
  MunCompaction compaction = { .progress = progress, .data = data, .cancellable = cancellable };
  gint64 bytes = 0;
  gboolean ok;

  if (!check_writable (self, name, error))
    return FALSE;
  begin (&compaction, self, name);
  ok = compact_catalogue (&compaction, &bytes, error);
  if (ok) {
    g_string_append_printf (compaction.report, "%.1f MB of the catalogue given back.\n",
                            bytes / 1e6);
    mun_compaction_step (&compaction, 1, "Done");
  }
  end (&compaction, report);
  return ok;
}
