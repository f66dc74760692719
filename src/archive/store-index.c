/* store-index.c: the index of one store: what it lacks, and how it gets that */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-index.h"

#include "catalogue.h"
#include "container-file.h"
#include "errors.h"
#include "index-fetch.h"
#include "index-heal.h"

/* Whoever comes to write waits for a step to end. */
#define STEP_MESSAGES 1000
#define STEP_TIME (G_TIME_SPAN_SECOND / 5)
/* So often a waiting caller looks whether it is still wanted. */
#define AWAIT_TIME (G_TIME_SPAN_SECOND / 5)

void
mun_index_part_free (MunIndexPart *self)
{
  g_free (self->name);
  g_free (self);
}

static gint
compare_gaps (gconstpointer a, gconstpointer b)
{
  gint64 first = ((const MunIndexGap *)a)->number, second = ((const MunIndexGap *)b)->number;

  return (first > second) - (first < second);
}

static GArray *
list_gaps (MunDatabase *database, GError **error)
{
  g_autoptr (GArray) gaps = g_array_new (FALSE, FALSE, sizeof (MunIndexGap));
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (
      database, error,
      "SELECT index_gaps.number, state, coalesce(size, 0) FROM index_gaps LEFT JOIN messages"
      " ON messages.number = index_gaps.number WHERE state <> 1"
      " ORDER BY index_gaps.number DESC LIMIT ?1",
      "i", (gint64)STEP_MESSAGES);

  if (row == NULL)
    return NULL;
  while (mun_database_step (database, row, &local_error)) {
    MunIndexGap gap = { sqlite3_column_int64 (row, 0), sqlite3_column_int (row, 1),
                        sqlite3_column_int64 (row, 2) };

    g_array_append_val (gaps, gap);
  }
  if (local_error == NULL)
    return g_steal_pointer (&gaps);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

gboolean
mun_store_index_fill (MunStore *self, gpointer data, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + STEP_TIME;
  g_autoptr (GArray) gaps = list_gaps (mun_store_get_database (self), error);
  g_autoptr (MunIndexFetch) fetch = NULL;
  int problem;

  if (gaps == NULL)
    return FALSE;
  /* The newest mail first; within a step FTS5 wants row ids to rise. */
  g_array_sort (gaps, compare_gaps);
  fetch = mun_index_fetch_new (self, (const MunIndexGap *)gaps->data, gaps->len, deadline);
  for (guint i = 0; i < gaps->len; i++) {
    MunIndexGap *gap = &g_array_index (gaps, MunIndexGap, i);

    if (i > 0 && g_get_monotonic_time () >= deadline)
      break;
    if (!mun_store_fill_gap (self, gap->number, gap->state, mun_index_fetch_take (fetch, i), error))
      return FALSE;
  }
  problem = mun_container_file_fault ("index-fill");
  return problem == 0
         || mun_container_file_error (error, problem, "completing the index in",
                                      mun_store_get_dir (self));
}

static gboolean
list_parts (MunDatabase *database, GPtrArray *parts, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (
      database, error,
      MUN_INDEX_TREE
      "SELECT archives.id, archives.name, sum(folders.messages),"
      " archives.id IN (SELECT archive FROM index_selected)"
      " FROM tree JOIN folders USING (id) JOIN folders AS archives ON archives.id = tree.archive"
      " GROUP BY archives.id HAVING sum(folders.messages) > 0 ORDER BY archives.name",
      "");

  if (row == NULL)
    return FALSE;
  while (mun_database_step (database, row, &local_error)) {
    MunIndexPart *part = g_new0 (MunIndexPart, 1);

    part->id = sqlite3_column_int64 (row, 0);
    part->name = g_utf8_make_valid (mun_database_text (row, 1), -1);
    part->messages = sqlite3_column_int64 (row, 2);
    part->is_selected = sqlite3_column_int (row, 3);
    g_ptr_array_add (parts, part);
  }
  for (guint i = 0; local_error == NULL && i < parts->len; i++) {
    MunIndexPart *part = g_ptr_array_index (parts, i);

    mun_index_gaps_count (database, part->id, &part->lack, &local_error);
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gint64
count_stale (MunDatabase *database)
{
  return mun_database_get_int (database, 0, "SELECT value FROM meta WHERE key = 'stale_rows'", "");
}

GPtrArray *
mun_store_list_index (MunStore *self, gboolean *is_stale, GError **error)
{
  g_autoptr (GPtrArray) parts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_index_part_free);
  MunDatabase *reader = mun_store_acquire_reader (self, error);
  gboolean ok;

  if (reader == NULL)
    return NULL;
  /* One snapshot: what is counted belongs together. */
  ok = mun_database_exec (reader, "BEGIN", error) && list_parts (reader, parts, error);
  *is_stale = ok && count_stale (reader) > 0;
  mun_database_reset (reader);
  mun_database_exec (reader, "ROLLBACK", NULL);
  mun_store_release_reader (self, reader);
  return ok ? g_steal_pointer (&parts) : NULL;
}

static gboolean
select_work (MunStore *self, gpointer data, GError **error)
{
  return mun_database_run (mun_store_get_database (self), error,
                           "INSERT OR IGNORE INTO index_selected (archive)"
                           " SELECT id FROM folders WHERE parent = 0",
                           "");
}

gboolean
mun_store_select_index (MunStore *self, GError **error)
{
  return mun_store_maintain (self, 1, select_work, NULL, error);
}

/* One rebuild. */
typedef struct {
  const char *archive; /* NULL: those that are chosen */
  GArray *ids;
  guint64 total;
  gboolean is_found;
} Rebuild;

static gboolean
begin_work (MunStore *self, gpointer data, GError **error)
{
  Rebuild *rebuild = data;
  MunDatabase *database = mun_store_get_database (self);
  g_autoptr (GPtrArray) parts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_index_part_free);

  g_array_set_size (rebuild->ids, 0);
  rebuild->total = 0;
  if (!list_parts (database, parts, error))
    return FALSE;
  for (guint i = 0; i < parts->len; i++) {
    MunIndexPart *part = g_ptr_array_index (parts, i);

    if (rebuild->archive != NULL ? g_strcmp0 (rebuild->archive, part->name) != 0
                                 : !part->is_selected)
      continue;
    g_array_append_val (rebuild->ids, part->id);
    rebuild->total += part->messages;
  }
  rebuild->is_found = rebuild->ids->len > 0;
  mun_container_file_fault ("index-rebuild");
  if (rebuild->is_found && (rebuild->ids->len == parts->len || count_stale (database) > 0))
    return mun_index_heal_empty (database, error);
  for (guint i = 0; i < rebuild->ids->len; i++)
    if (!mun_index_gaps_add_archive (database, g_array_index (rebuild->ids, gint64, i), error))
      return FALSE;
  /* Chosen archives without a message have nothing to be done. */
  return rebuild->archive != NULL
         || mun_database_exec (database, "DELETE FROM index_selected", error);
}

static gboolean
cancel_work (MunStore *self, gpointer data, GError **error)
{
  Rebuild *rebuild = data;

  for (guint i = 0; i < rebuild->ids->len; i++)
    if (!mun_index_gaps_drop_renewals (mun_store_get_database (self),
                                       g_array_index (rebuild->ids, gint64, i), error))
      return FALSE;
  return TRUE;
}

/* What @ids lack together; all, when there are none. */
static gboolean
count_lack (MunStore *self, GArray *ids, MunIndexLack *lack, GError **error)
{
  MunDatabase *reader = mun_store_acquire_reader (self, error);
  gboolean ok;

  if (reader == NULL)
    return FALSE;
  ok = mun_index_gaps_count (reader, ids->len > 0 ? g_array_index (ids, gint64, 0) : 0, lack,
                             error);
  for (guint i = 1; ok && i < ids->len; i++) {
    MunIndexLack more;

    ok = mun_index_gaps_count (reader, g_array_index (ids, gint64, i), &more, error);
    for (guint state = 0; ok && state < G_N_ELEMENTS (lack->messages); state++)
      lack->messages[state] += more.messages[state];
  }
  mun_store_release_reader (self, reader);
  return ok;
}

static gboolean
await (MunStore *self, Rebuild *rebuild, MunIndexProgress progress, gpointer data,
       GCancellable *cancellable, guint64 *unreadable, GError **error)
{
  MunIndexLack lack;

  for (;;) {
    /* In this order: an index that is made anew lacks something before it is sound. */
    gboolean is_sound = mun_index_keeper_is_sound (mun_store_get_index (self));
    guint64 pending;

    if (!count_lack (self, rebuild->ids, &lack, error))
      return FALSE;
    pending = lack.messages[MUN_GAP_MISSING] + lack.messages[MUN_GAP_RENEW];
    /* Mail comes and goes meanwhile. */
    if (progress != NULL)
      progress (rebuild->total - MIN (rebuild->total, pending), rebuild->total, data);
    *unreadable = lack.messages[MUN_GAP_UNREADABLE];
    if (pending == 0 && (rebuild->is_found || is_sound))
      return TRUE;
    if (g_cancellable_set_error_if_cancelled (cancellable, error)
        || !mun_store_await_step (self, g_get_monotonic_time () + AWAIT_TIME, error))
      return FALSE;
  }
}

gboolean
mun_store_rebuild_index (MunStore *self, const char *archive, MunIndexProgress progress,
                         gpointer data, GCancellable *cancellable, guint64 *count,
                         guint64 *unreadable, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  Rebuild rebuild = { archive, ids, 0, FALSE };
  gboolean ok = mun_store_maintain (self, 1, begin_work, &rebuild, error);

  *count = *unreadable = 0;
  if (ok && archive != NULL && !rebuild.is_found) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
                 "store %" G_GINT64_FORMAT " has no messages of an archive %s",
                 mun_store_get_id (self), archive);
    return FALSE;
  }
  if (!ok || !rebuild.is_found)
    return ok;
  ok = await (self, &rebuild, progress, data, cancellable, unreadable, error);
  *count = rebuild.total - MIN (rebuild.total, *unreadable);
  if (!ok && g_cancellable_is_cancelled (cancellable))
    mun_store_maintain (self, 1, cancel_work, &rebuild, NULL);
  return ok;
}

gboolean
mun_store_await_index (MunStore *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  Rebuild rebuild = { NULL, ids, 0, FALSE };
  guint64 unreadable;

  return await (self, &rebuild, NULL, NULL, cancellable, &unreadable, error);
}
