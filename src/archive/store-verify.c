/* store-verify.c: is everything there, and as it was? */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-verify.h"

#include "errors.h"
#include "store-dropped.h"
#include "verify-private.h"

#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>

#define MAX_FAULT_LINES 5000
/* Shares of the progress bar. */
#define CONTENTS_SHARE 0.7

void
mun_verification_fault (MunVerification *self, const char *format, ...)
{
  va_list values;

  if (++self->faults > MAX_FAULT_LINES)
    return;
  g_string_append (self->report, "FAULT: ");
  va_start (values, format);
  g_string_append_vprintf (self->report, format, values);
  va_end (values);
  g_string_append_c (self->report, '\n');
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

/* The piece that the catalogue expects next. */
static void
advance (MunVerification *self)
{
  self->has_expected = mun_database_step (self->reader, self->expected, &self->problem);
}

static void
bad_piece (MunVerification *self, guint32 container, const char *reason)
{
  gint64 id = sqlite3_column_int64 (self->expected, 0);
  gint64 refs = sqlite3_column_int64 (self->expected, 4);

  g_hash_table_add (self->bad_pieces, g_memdup2 (&id, sizeof id));
  mun_verification_fault (self,
                          "container %06u, byte %" G_GINT64_FORMAT ": piece %" G_GINT64_FORMAT
                          " (used by %" G_GINT64_FORMAT " messages): %s",
                          container, (gint64)sqlite3_column_int64 (self->expected, 2), id, refs,
                          reason);
}

static gboolean
visit_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *data,
          gpointer user_data)
{
  MunVerification *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain
      = mun_record_open (mun_store_get_codec (self->store), data, place->length, TRUE, &error);

  self->records++;
  self->bytes_done += place->length;
  while (self->has_expected && sqlite3_column_int64 (self->expected, 2) < (gint64)place->offset) {
    bad_piece (self, place->container, "its record is not there");
    advance (self);
  }
  if (self->has_expected && sqlite3_column_int64 (self->expected, 2) == (gint64)place->offset) {
    if (plain == NULL)
      bad_piece (self, place->container, error->message);
    else if (sqlite3_column_int64 (self->expected, 3) != place->length
             || sqlite3_column_bytes (self->expected, 1) != MUN_DIGEST_SIZE
             || memcmp (sqlite3_column_blob (self->expected, 1), header->digest, MUN_DIGEST_SIZE)
                    != 0)
      bad_piece (self, place->container, "the catalogue says something else about it");
    advance (self);
  } else {
    if (plain == NULL)
      mun_verification_fault (self, "container %06u, byte %" G_GUINT64_FORMAT ": a record: %s",
                              place->container, place->offset, error->message);
    if (header->kind == MUN_RECORD_PIECE)
      self->unused_bytes += place->length;
  }
  return self->problem == NULL
         && mun_verification_step (self,
                                   CONTENTS_SHARE * self->bytes_done / MAX (self->bytes_total, 1),
                                   "Checking contents");
}

static void
gap_cb (guint32 container, guint64 offset, guint64 length, int problem, gpointer user_data)
{
  MunVerification *self = user_data;

  self->bytes_done += length;
  mun_verification_fault (self,
                          "container %06u: %" G_GUINT64_FORMAT " bytes from byte %" G_GUINT64_FORMAT
                          " on %s%s",
                          container, length, offset,
                          problem != 0 ? "cannot be read: " : "are damaged",
                          problem != 0 ? g_strerror (problem) : "");
}

static guint64
file_size (MunVerification *self, guint32 container)
{
  g_autofree char *path = mun_contents_dup_path (mun_store_get_contents (self->store), container);
  GStatBuf status;

  return g_stat (path, &status) == 0 ? (guint64)status.st_size : 0;
}

/* Compacted: nothing in it is needed any more, and its file may go at any moment. */
static gboolean
is_gone (MunVerification *self, guint32 container)
{
  return mun_dropped_contains (self->reader, container)
         && !mun_dropped_is_used (self->reader, container);
}

static gboolean
verify_container (MunVerification *self, guint32 container, guint64 end, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (is_gone (self, container))
    return TRUE;
  self->expected = mun_database_prepare (
      self->reader, error,
      "SELECT id, digest, offset, length, refs FROM pieces WHERE container = ?1 ORDER BY offset",
      "i", (gint64)container);
  if (self->expected == NULL)
    return FALSE;
  advance (self);
  if (!mun_contents_check (mun_store_get_contents (self->store), container, &local_error)) {
    mun_verification_fault (self, "container %06u: %s", container, local_error->message);
    g_clear_error (&local_error);
  }
  if (!mun_contents_scan (mun_store_get_contents (self->store), container,
                          MUN_CONTAINER_HEADER_SIZE, end, visit_cb, gap_cb, self, &local_error))
    mun_verification_fault (self, "container %06u: %s", container, local_error->message);
  while (self->problem == NULL && self->has_expected
         && !g_cancellable_is_cancelled (self->cancellable)) {
    bad_piece (self, container, "its record is not there");
    advance (self);
  }
  sqlite3_reset (self->expected);
  if (self->problem == NULL)
    return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
  g_propagate_error (error, g_steal_pointer (&self->problem));
  return FALSE;
}

gboolean
mun_verify_contents (MunVerification *self, GError **error)
{
  gint64 last = 0, last_end = 0;

  if (!mun_database_find_int (self->reader, &last, error,
                              "SELECT value FROM meta WHERE key = 'end_container'", "")
      || !mun_database_find_int (self->reader, &last_end, error,
                                 "SELECT value FROM meta WHERE key = 'end_length'", ""))
    return FALSE;
  for (gint64 container = 1; container <= last; container++)
    self->bytes_total += container == last ? (guint64)last_end : file_size (self, container);
  for (gint64 container = 1; container <= last; container++) {
    guint64 end = container == last ? (guint64)last_end : file_size (self, container);

    if (!verify_container (self, container, end, error))
      return FALSE;
  }
  return TRUE;
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

static gboolean
run (MunVerification *self, gboolean include_indexes, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!mun_database_exec (self->reader, "BEGIN", error))
    return FALSE;
  mun_database_watch (self->reader, self->cancellable);
  if (!check (self, mun_verify_contents (self, &local_error), &local_error, error)
      || !check (self, mun_verify_messages (self, &local_error), &local_error, error)
      || !check (self, mun_verify_texts (self, &local_error), &local_error, error)
      || !check (self, mun_verify_pages (self, &local_error), &local_error, error))
    return FALSE;
  return !include_indexes
         || check (self, mun_verify_index (self, &local_error), &local_error, error);
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
  MunVerification verification = { .store = self, .progress = progress, .data = data };
  g_autoptr (GError) local_error = NULL;
  gboolean ok;

  verification.reader = mun_store_acquire_reader (self, error);
  if (verification.reader == NULL)
    return FALSE;
  verification.cancellable = cancellable;
  verification.report = g_string_new (NULL);
  verification.unindexed = g_array_new (FALSE, FALSE, sizeof (gint64));
  verification.bad_pieces = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_string_append_printf (verification.report, "Store %" G_GINT64_FORMAT " (%s)\n",
                          mun_store_get_id (self), name);
  ok = run (&verification, include_indexes, &local_error);
  ok = check (&verification, ok, &local_error, error);
  mun_database_reset (verification.reader);
  mun_database_watch (verification.reader, NULL);
  mun_database_exec (verification.reader, "ROLLBACK", NULL);
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
