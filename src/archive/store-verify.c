/* store-verify.c: is everything there, and as it was? */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-verify.h"

#include "errors.h"
#include "fault-lines.h"
#include "quiet-pool.h"
#include "verify-bytes.h"

#include <stdarg.h>
#include <string.h>

void
mun_verification_fault (MunVerification *self, const char *format, ...)
{
  va_list values;

  va_start (values, format);
  mun_fault_lines_add (self->report, ++self->faults, format, values);
  va_end (values);
}

gboolean
mun_verification_step (MunVerification *self, double share, const char *text)
{
  if (g_cancellable_is_cancelled (self->cancellable))
    return FALSE;
  /* Not more often than there is something to see. */
  if (self->progress != NULL && (share >= self->done_share + 0.005 || share >= 1)) {
    self->done_share = share;
    self->progress (MIN (share, 1), text, self->data);
  }
  return TRUE;
}

gboolean
mun_verification_walk (MunVerification *self, const char *sql, MunRowVisit visit, gpointer data,
                       GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (self->reader, error, sql, "");

  if (row == NULL)
    return FALSE;
  while (!g_cancellable_is_cancelled (self->cancellable)
         && mun_database_step (self->reader, row, &local_error))
    visit (self, row, data);
  sqlite3_reset (row);
  if (local_error == NULL)
    return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* A catalogue that cannot be read is a fault, and not the only one that there may be. Takes
 * @local_error. FALSE: it cannot go on. */
static gboolean
check (MunVerification *self, gboolean ok, GError **local_error, GError **error)
{
  if (ok)
    return TRUE;
  if (!g_error_matches (*local_error, MUN_ERROR, MUN_ERROR_DAMAGED)) {
    g_propagate_error (error, g_steal_pointer (local_error));
    return FALSE;
  }
  mun_verification_fault (self, "the catalogue: %s", (*local_error)->message);
  g_clear_error (local_error);
  return TRUE;
}

/* --- parts --- */

/* What is checked beside the contents: with a connection, a snapshot and a report of its own. */
typedef struct {
  MunVerification verification;
  gboolean (*verify) (MunVerification *self, GError **error);
  GError *error;
  gboolean ok;
} Part;

static void
run_part (gpointer data)
{
  Part *part = data;
  MunVerification *self = &part->verification;

  if (part->error == NULL)
    part->ok = part->verify (self, &part->error);
  /* Rolls back, too. */
  if (self->reader != NULL)
    mun_store_release_reader (self->store, self->reader);
}

/* Its snapshot begins here: what is mended from now on is still seen as it was. */
static void
init_part (Part *part, MunVerification *whole,
           gboolean (*verify) (MunVerification *self, GError **error))
{
  MunVerification *self = &part->verification;
  gint64 ignored = 0;

  memset (part, 0, sizeof *part);
  part->verify = verify;
  self->store = whole->store;
  self->cancellable = whole->cancellable;
  self->bytes = whole->bytes;
  self->report = g_string_new (NULL);
  self->reader = mun_store_acquire_reader (self->store, &part->error);
  if (self->reader == NULL)
    return;
  mun_database_watch (self->reader, self->cancellable);
  if (mun_database_exec (self->reader, "BEGIN", &part->error))
    mun_database_find_int (self->reader, &ignored, &part->error, "SELECT 1 FROM meta LIMIT 1", "");
}

/* Takes what it has found. */
static gboolean
end_part (Part *part, MunVerification *whole, GError **error)
{
  MunVerification *self = &part->verification;
  gboolean ok;

  g_string_append (whole->report, self->report->str);
  g_string_free (self->report, TRUE);
  whole->faults += self->faults;
  whole->messages += self->messages;
  whole->is_index_damaged |= self->is_index_damaged;
  ok = check (whole, part->ok, &part->error, error);
  g_clear_error (&part->error);
  return ok;
}

/* On the calling thread, with the pool's help; no snapshot lasts, since this takes long. */
static gboolean
run_contents (MunVerification *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  return check (self, mun_verify_contents (self, &local_error), &local_error, error)
         && check (self, mun_verify_lost (self, &local_error), &local_error, error);
}

static gboolean
run_index (MunVerification *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  return mun_database_exec (self->reader, "BEGIN", error)
         && check (self, mun_verify_index (self, &local_error), &local_error, error);
}

static gboolean
run (MunVerification *self, gboolean include_indexes, GError **error)
{
  Part pages, texts, blocks, messages;
  MunQuietGroup group;
  gboolean ok;

  init_part (&pages, self, mun_verify_pages);
  init_part (&texts, self, mun_verify_texts);
  init_part (&blocks, self, mun_verify_blocks);
  init_part (&messages, self, mun_verify_messages);
  messages.verification.progress = self->progress;
  messages.verification.data = self->data;
  mun_quiet_group_init (&group);
  mun_quiet_group_push (&group, run_part, &pages);
  mun_quiet_group_push (&group, run_part, &texts);
  mun_quiet_group_push (&group, run_part, &blocks);
  run_part (&messages);
  self->done_share = messages.verification.done_share;
  ok = run_contents (self, error);
  mun_quiet_group_wait (&group, 0, 0);
  mun_quiet_group_clear (&group);
  ok = end_part (&messages, self, ok ? error : NULL) && ok;
  ok = end_part (&blocks, self, ok ? error : NULL) && ok;
  ok = end_part (&texts, self, ok ? error : NULL) && ok;
  ok = end_part (&pages, self, ok ? error : NULL) && ok;
  return ok && (!include_indexes || run_index (self, error));
}

static void
write_summary (MunVerification *self)
{
  g_string_append_printf (self->report,
                          "%" G_GUINT64_FORMAT " messages, %" G_GUINT64_FORMAT
                          " records, %" G_GUINT64_FORMAT " bytes of contents",
                          self->messages, self->records, self->bytes_total);
  if (self->unused_bytes > 0)
    g_string_append_printf (self->report, ", %" G_GUINT64_FORMAT " of them no longer used",
                            self->unused_bytes);
  g_string_append (self->report, ".\n");
  if (self->faults == 0)
    g_string_append (self->report, "No faults were found.\n");
  else
    g_string_append_printf (self->report, "%" G_GUINT64_FORMAT " faults were found.\n",
                            self->faults);
}

gboolean
mun_store_verify (MunStore *self, const char *name, gboolean include_indexes,
                  MunVerifyProgress progress, gpointer data, GCancellable *cancellable,
                  char **report, guint64 *faults, GError **error)
{
  MunVerification verification
      = { .store = self, .progress = progress, .data = data, .cancellable = cancellable };
  g_autoptr (GError) local_error = NULL;
  gboolean ok;

  verification.reader = mun_store_acquire_reader (self, error);
  if (verification.reader == NULL)
    return FALSE;
  mun_database_watch (verification.reader, cancellable);
  verification.report = g_string_new (NULL);
  verification.unindexed = g_array_new (FALSE, FALSE, sizeof (gint64));
  verification.bad_pieces = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  verification.bytes = mun_bytes_check_new (self, cancellable);
  g_string_append_printf (verification.report, "Store %" G_GINT64_FORMAT " (%s)\n",
                          mun_store_get_id (self), name);
  ok = run (&verification, include_indexes, &local_error);
  ok = check (&verification, ok, &local_error, error);
  mun_bytes_check_free (verification.bytes);
  mun_store_release_reader (self, verification.reader);
  write_summary (&verification);
  if (ok)
    mun_verification_step (&verification, 1, "Done");
  if (ok && report != NULL)
    *report = g_utf8_make_valid (verification.report->str, verification.report->len);
  if (ok && faults != NULL)
    *faults = verification.faults;
  g_string_free (verification.report, TRUE);
  g_array_unref (verification.unindexed);
  g_hash_table_unref (verification.bad_pieces);
  return ok;
}

gboolean
mun_store_has_stale_rows (MunStore *self)
{
  MunDatabase *reader = mun_store_acquire_reader (self, NULL);
  gboolean stale;

  if (reader == NULL)
    return FALSE;
  stale
      = mun_database_get_int (reader, 0, "SELECT value FROM meta WHERE key = 'stale_rows'", "") > 0;
  mun_store_release_reader (self, reader);
  return stale;
}
