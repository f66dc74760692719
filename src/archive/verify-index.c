/* verify-index.c: the index of a store against its messages; what is wrong with it is mended */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "verify-private.h"

#include "errors.h"
#include "index-gaps.h"
#include "index-heal.h"

/* Two ascending lists of numbers side by side; what the index knows that it lacks is no fault. */
static gboolean
compare_lists (MunVerification *self, sqlite3_stmt *indexed, sqlite3_stmt *rows, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean has_index = mun_database_step (self->reader, indexed, &local_error);
  gboolean has_row = local_error == NULL && mun_database_step (self->reader, rows, &local_error);

  while (local_error == NULL && (has_index || has_row)) {
    gint64 index = has_index ? sqlite3_column_int64 (indexed, 0) : G_MAXINT64;
    gint64 number = has_row ? sqlite3_column_int64 (rows, 0) : G_MAXINT64;

    if (number < index && sqlite3_column_int (rows, 1) == MUN_GAP_NONE) {
      mun_verification_fault (self, "message %" G_GINT64_FORMAT " is not in the index", number);
      g_array_append_val (self->unindexed, number);
    }
    if (index < number)
      self->stale++;
    if (index <= number)
      has_index = mun_database_step (self->reader, indexed, &local_error);
    if (local_error == NULL && number <= index)
      has_row = mun_database_step (self->reader, rows, &local_error);
  }
  sqlite3_reset (indexed);
  sqlite3_reset (rows);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
compare_index (MunVerification *self, GError **error)
{
  sqlite3_stmt *indexed = mun_database_prepare (
      self->reader, error,
      "SELECT rowid FROM search WHERE search MATCH 'tokens : \"all\"' ORDER BY rowid", "");
  sqlite3_stmt *rows = mun_database_prepare (
      self->reader, error,
      "SELECT messages.number, CASE WHEN state IN (0, 1) THEN state ELSE 3 END FROM messages"
      " LEFT JOIN index_gaps ON index_gaps.number = messages.number ORDER BY messages.number",
      "");
  gint64 known = 0;
  MunIndexLack lack;

  if (indexed == NULL || rows == NULL || !compare_lists (self, indexed, rows, error)
      || !mun_database_find_int (self->reader, &known, error,
                                 "SELECT value FROM meta WHERE key = 'stale_rows'", "")
      || !mun_index_gaps_count (self->reader, 0, &lack, error))
    return FALSE;
  if (self->stale > (guint64)MAX (known, 0))
    mun_verification_fault (self, "the index holds %" G_GUINT64_FORMAT " entries without a message",
                            self->stale);
  if (lack.messages[MUN_GAP_MISSING] > 0)
    g_string_append_printf (self->report,
                            "The index is being completed: it lacks %" G_GINT64_FORMAT
                            " messages.\n",
                            lack.messages[MUN_GAP_MISSING]);
  return TRUE;
}

static gboolean
check_database (MunVerification *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (self->reader, error, "PRAGMA quick_check(20)", "");

  if (row == NULL)
    return FALSE;
  while (mun_database_step (self->reader, row, &local_error))
    if (g_strcmp0 ((const char *)sqlite3_column_text (row, 0), "ok") != 0)
      mun_verification_fault (self, "catalogue.db: %s", (const char *)sqlite3_column_text (row, 0));
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* FTS5 checks itself by a write that changes nothing; one that fails must not be committed. The
 * writer makes the index anew and comes here again. */
static gboolean
integrity_work (MunStore *store, gpointer data, GError **error)
{
  MunVerification *self = data;
  g_autoptr (GError) local_error = NULL;

  if (mun_index_heal_check (mun_store_get_database (store), &local_error)) {
    self->is_index_damaged = self->is_index_damaged && !self->is_index_renewed;
    return TRUE;
  }
  if (g_error_matches (local_error, MUN_ERROR, MUN_ERROR_DAMAGED) && !self->is_index_renewed) {
    mun_verification_fault (self, "the index: %s", local_error->message);
    self->is_index_renewed = TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
set_stale (MunDatabase *database, guint64 stale, GError **error)
{
  return mun_database_run (database, error,
                           "INSERT INTO meta (key, value) VALUES ('stale_rows', ?1)"
                           " ON CONFLICT (key) DO UPDATE SET value = max (value, ?1)",
                           "i", (gint64)stale);
}

/* Notes what is wrong where the index is looked after. */
static gboolean
mark_work (MunStore *store, gpointer data, GError **error)
{
  MunVerification *self = data;
  MunDatabase *database = mun_store_get_database (store);

  /* What was found before belongs to the old one. */
  if (self->is_index_renewed)
    return TRUE;
  if (self->is_index_damaged) {
    mun_index_keeper_break (mun_store_get_index (store));
    return mun_index_heal_mark (database, error);
  }
  for (guint i = 0; i < self->unindexed->len; i++)
    if (!mun_database_run (database, error,
                           MUN_INDEX_TREE "INSERT INTO index_gaps (number, archive, state)"
                                          " SELECT number, coalesce(archive, 0), 0 FROM messages"
                                          " LEFT JOIN tree ON tree.id = folder WHERE number = ?1"
                                          " ON CONFLICT (number) DO UPDATE SET state = 0",
                           "i", g_array_index (self->unindexed, gint64, i)))
      return FALSE;
  return self->stale == 0 || set_stale (database, self->stale, error);
}

static gboolean
is_wrong (MunVerification *self)
{
  return self->is_index_damaged || self->is_index_renewed || self->unindexed->len > 0
         || self->stale > 0;
}

gboolean
mun_verify_index (MunVerification *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!mun_verification_step (self, 0.92, "Checking the index"))
    return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
  if (!check_database (self, &local_error) || !compare_index (self, &local_error)) {
    if (!g_error_matches (local_error, MUN_ERROR, MUN_ERROR_DAMAGED)) {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
    mun_verification_fault (self, "the index: %s", local_error->message);
    self->is_index_damaged |= mun_index_heal_take_damage (self->reader);
    g_clear_error (&local_error);
  }
  mun_verification_step (self, 0.95, "Checking the index");
  if (!mun_store_maintain (self->store, 1, integrity_work, self, error))
    return FALSE;
  if (is_wrong (self)) {
    if (!mun_store_maintain (self->store, 1, mark_work, self, error))
      return FALSE;
    g_string_append (self->report,
                     self->stale > 0 && !self->is_index_damaged && !self->is_index_renewed
                         ? "The search indexes need to be rebuilt.\n"
                         : "The search indexes are being completed.\n");
  }
  return TRUE;
}
