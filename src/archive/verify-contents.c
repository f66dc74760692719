/* verify-contents.c: every record of the containers, and every piece of the catalogue */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "verify-bytes.h"

#include "contents.h"
#include "record-scan.h"
#include "store-dropped.h"

#include <string.h>

/* Rows that are read at a time: no statement stays open while the contents are read. */
#define MAX_ROWS 512
/* Bytes that the list of sound pieces grows by at once: some millions of them. */
#define MAX_GROWTH (1024 * 1024)
/* Share of the progress bar, with the messages that are read meanwhile. */
#define CONTENTS_BEGIN 0.1
#define CONTENTS_SHARE 0.75

/* What the catalogue says of a piece. */
typedef struct {
  gint64 id, container, offset, length;
  guint8 digest[MUN_DIGEST_SIZE];
} Row;

typedef struct {
  MunVerification *verification;
  GError *problem; /* why it cannot go on */
  /* Pieces by their ids, which mostly rise as the contents do. */
  Row rows[MAX_ROWS];
  guint n_rows, at, most;
  gint64 next_id;
  GByteArray *sound; /* a bit for each id: its record was read and is what it must be */
  MunContentsMark end;
} Check;

static void
load_row (Row *to, sqlite3_stmt *row)
{
  to->id = sqlite3_column_int64 (row, 0);
  to->container = sqlite3_column_int64 (row, 1);
  to->offset = sqlite3_column_int64 (row, 2);
  to->length = sqlite3_column_int64 (row, 3);
  memset (to->digest, 0, sizeof to->digest);
  if (sqlite3_column_bytes (row, 4) == MUN_DIGEST_SIZE)
    memcpy (to->digest, sqlite3_column_blob (row, 4), sizeof to->digest);
}

static gboolean
is_sound (Check *self, gint64 id)
{
  return id > 0 && id / 8 < (gint64)self->sound->len && (self->sound->data[id / 8] >> id % 8 & 1);
}

static void
mark_sound (Check *self, gint64 id)
{
  guint at = id / 8, length = self->sound->len;

  /* Pieces come meanwhile; but a changed byte must not ask for more memory than there is. */
  if (id <= 0 || id / 8 >= (gint64)length + MAX_GROWTH)
    return;
  if (at >= length) {
    g_byte_array_set_size (self->sound, at + 1);
    memset (self->sound->data + length, 0, at + 1 - length);
  }
  self->sound->data[at] |= 1 << id % 8;
}

/* --- which piece is this? --- */

static void
load_rows (Check *self)
{
  MunDatabase *reader = self->verification->reader;
  sqlite3_stmt *row;

  self->n_rows = self->at = 0;
  /* Few at first: the next record may be elsewhere in the list. */
  self->most = MIN (MAX (self->most * 2, 8), MAX_ROWS);
  row = mun_database_prepare (reader, &self->problem,
                              "SELECT id, container, offset, length, digest FROM pieces"
                              " WHERE id >= ?1 ORDER BY id LIMIT ?2",
                              "ii", self->next_id, (gint64)self->most);
  while (row != NULL && self->problem == NULL && mun_database_step (reader, row, &self->problem))
    load_row (&self->rows[self->n_rows++], row);
  if (self->n_rows > 0)
    self->next_id = self->rows[self->n_rows - 1].id + 1;
}

static gboolean
is_at (const Row *row, const MunPlaceInContents *place)
{
  return row->container == place->container && row->offset == (gint64)place->offset;
}

static gboolean
is_before (const Row *row, const MunPlaceInContents *place)
{
  return row->container < place->container
         || (row->container == place->container && row->offset < (gint64)place->offset);
}

/* By its SHA-256, when it is not the next one. */
static gboolean
look_up (Check *self, const MunOpenedRecord *record, Row *found)
{
  MunDatabase *reader = self->verification->reader;
  sqlite3_stmt *row
      = mun_database_prepare (reader, &self->problem,
                              "SELECT id, container, offset, length, digest FROM pieces"
                              " WHERE digest = ?1",
                              "b", record->header.digest, (gsize)MUN_DIGEST_SIZE);

  if (row == NULL || !mun_database_step (reader, row, &self->problem))
    return FALSE;
  load_row (found, row);
  sqlite3_reset (row);
  if (!is_at (found, &record->place))
    return FALSE;
  self->next_id = found->id + 1;
  self->n_rows = self->at = self->most = 0;
  return TRUE;
}

static gboolean
find_row (Check *self, const MunOpenedRecord *record, Row *found)
{
  for (;;) {
    if (self->at == self->n_rows && self->problem == NULL)
      load_rows (self);
    if (self->at == self->n_rows || !is_before (&self->rows[self->at], &record->place))
      break;
    self->at++;
  }
  if (self->problem != NULL)
    return FALSE;
  if (self->at == self->n_rows || !is_at (&self->rows[self->at], &record->place))
    return look_up (self, record, found);
  *found = self->rows[self->at++];
  return TRUE;
}

/* --- one container --- */

static gboolean
visit_cb (const MunOpenedRecord *record, gpointer user_data)
{
  Check *self = user_data;
  MunVerification *verification = self->verification;
  const MunPlaceInContents *place = &record->place;
  gboolean is_piece = record->header.kind == MUN_RECORD_PIECE;
  Row row;

  verification->records++;
  verification->bytes_done += place->length;
  if (is_piece && find_row (self, record, &row)) {
    /* One that is not what it must be is looked at again, with those that were not met. */
    if (record->plain != NULL && row.length == place->length
        && memcmp (row.digest, record->header.digest, MUN_DIGEST_SIZE) == 0) {
      mark_sound (self, row.id);
      mun_bytes_check_take_piece (verification->bytes, row.id, record->plain);
    }
  } else {
    if (record->plain == NULL)
      mun_verification_fault (verification,
                              "container %06u, byte %" G_GUINT64_FORMAT ": a record: %s",
                              place->container, place->offset, record->error->message);
    if (is_piece)
      verification->unused_bytes += place->length;
  }
  return self->problem == NULL
         && mun_verification_step (verification,
                                   CONTENTS_BEGIN
                                       + CONTENTS_SHARE * verification->bytes_done
                                             / MAX (verification->bytes_total, 1),
                                   "Checking contents");
}

static void
gap_cb (guint32 container, guint64 offset, guint64 length, int problem, gpointer user_data)
{
  Check *self = user_data;
  g_autofree char *text = mun_contents_dup_gap (container, offset, length, problem);

  self->verification->bytes_done += length;
  mun_verification_fault (self->verification, "%s", text);
}

/* Compacted: nothing in it is needed any more, and its file may go at any moment. */
static gboolean
is_gone (Check *self, guint32 container)
{
  MunDatabase *reader = self->verification->reader;

  return mun_dropped_contains (reader, container) && !mun_dropped_is_used (reader, container);
}

static gboolean
verify_container (Check *self, guint32 container, guint64 end, GError **error)
{
  MunVerification *verification = self->verification;
  MunContents *contents = mun_store_get_contents (verification->store);
  g_autoptr (GError) local_error = NULL;

  /* No snapshot is held meanwhile: it may go between two steps. */
  if (is_gone (self, container))
    return TRUE;
  if (!mun_contents_check (contents, container, &local_error)) {
    if (is_gone (self, container))
      return TRUE;
    mun_verification_fault (verification, "container %06u: %s", container, local_error->message);
    g_clear_error (&local_error);
  }
  if (!mun_record_scan (contents, mun_store_get_codec (verification->store), container, end,
                        visit_cb, gap_cb, self, &local_error)
      && !is_gone (self, container))
    mun_verification_fault (verification, "container %06u: %s", container, local_error->message);
  if (self->problem == NULL)
    return !g_cancellable_set_error_if_cancelled (verification->cancellable, error);
  g_propagate_error (error, g_steal_pointer (&self->problem));
  return FALSE;
}

/* The end of what is committed, which may have moved on. */
static gboolean
find_end (Check *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row
      = mun_database_prepare (self->verification->reader, error,
                              "SELECT (SELECT value FROM meta WHERE key = 'end_container'),"
                              " (SELECT value FROM meta WHERE key = 'end_length')",
                              "");

  if (row == NULL)
    return FALSE;
  if (!mun_database_step (self->verification->reader, row, &local_error)) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return FALSE;
  }
  self->end.container = sqlite3_column_int64 (row, 0);
  self->end.length = sqlite3_column_int64 (row, 1);
  sqlite3_reset (row);
  return TRUE;
}

static guint64
get_end_of (Check *self, guint32 container)
{
  return container == self->end.container
             ? self->end.length
             : mun_contents_get_size (mun_store_get_contents (self->verification->store),
                                      container);
}

static gboolean
verify_containers (Check *self, GError **error)
{
  MunVerification *verification = self->verification;

  if (!find_end (self, error))
    return FALSE;
  for (guint32 container = 1; container <= self->end.container; container++)
    verification->bytes_total += get_end_of (self, container);
  for (guint32 container = 1; container <= self->end.container; container++)
    if (!find_end (self, error)
        || !verify_container (self, container, get_end_of (self, container), error))
      return FALSE;
  return TRUE;
}

/* --- pieces that were not found to be sound --- */

typedef struct {
  MunVerification *verification;
  const Row *row;
  char *reason;
  gboolean is_there;
} Look;

static gboolean
look_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *data,
         gpointer user_data)
{
  Look *look = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = mun_record_open (mun_store_get_codec (look->verification->store), data,
                                              place->length, TRUE, &error);

  look->is_there = is_at (look->row, place);
  if (!look->is_there)
    return FALSE;
  if (plain == NULL)
    look->reason = g_strdup (error->message);
  else if (look->row->length != place->length
           || memcmp (look->row->digest, header->digest, MUN_DIGEST_SIZE) != 0)
    look->reason = g_strdup ("the catalogue says something else about it");
  return FALSE;
}

static void
look_gap_cb (guint32 container, guint64 offset, guint64 length, int problem, gpointer user_data)
{
  Look *look = user_data;

  if (problem != 0 && look->reason == NULL)
    look->reason = g_strdup_printf ("its record cannot be read: %s", g_strerror (problem));
}

/* Why it is not sound where the catalogue has it now; NULL: it is. */
static char *
dup_reason (Check *self, const Row *row)
{
  Look look = { self->verification, row, NULL, FALSE };
  guint64 end = 0;

  if (row->container > 0 && row->container <= self->end.container && row->offset > 0)
    end = get_end_of (self, row->container);
  /* Not further: where much is lost, the next record may be far away. */
  if (row->length > 0 && row->length < G_MAXINT32 && (guint64)row->offset + row->length <= end)
    mun_contents_scan (mun_store_get_contents (self->verification->store), row->container,
                       row->offset, row->offset + row->length, look_cb, look_gap_cb, &look, NULL);
  if (!look.is_there && look.reason == NULL)
    look.reason = g_strdup ("its record is not there");
  return look.reason;
}

static void
check_row (MunVerification *verification, sqlite3_stmt *statement, gpointer data)
{
  Check *self = data;
  g_autofree char *reason = NULL;
  Row row;

  if (is_sound (self, sqlite3_column_int64 (statement, 0)))
    return;
  load_row (&row, statement);
  /* The end as this row's snapshot has it: mail may have come since the containers were read. */
  reason = find_end (self, NULL) ? dup_reason (self, &row) : g_strdup ("the catalogue has no end");
  if (reason == NULL)
    return;
  g_hash_table_add (verification->bad_pieces, g_memdup2 (&row.id, sizeof row.id));
  mun_verification_fault (verification,
                          "container %06u, byte %" G_GINT64_FORMAT ": piece %" G_GINT64_FORMAT
                          " (used by %" G_GINT64_FORMAT " messages): %s",
                          (guint32)row.container, row.offset, row.id,
                          (gint64)sqlite3_column_int64 (statement, 5), reason);
}

static gboolean
verify_pieces (Check *self, GError **error)
{
  return mun_verification_walk (self->verification,
                                "SELECT id, container, offset, length, digest, refs FROM pieces",
                                check_row, self, error);
}

gboolean
mun_verify_contents (MunVerification *verification, GError **error)
{
  Check self = { .verification = verification };
  gint64 last = 0, given = 0;
  gboolean ok, is_finished;

  /* No id is above the last one given: a changed byte must not ask for more memory than there is. */
  if (!mun_database_find_int (verification->reader, &last, error, "SELECT max(id) FROM pieces", "")
      || !mun_database_find_int (verification->reader, &given, error,
                                 "SELECT seq FROM sqlite_sequence WHERE name = 'pieces'", ""))
    return FALSE;
  self.sound = g_byte_array_new ();
  g_byte_array_set_size (self.sound, CLAMP (MIN (last, given), 0, G_MAXINT32) / 8 + 1);
  memset (self.sound->data, 0, self.sound->len);
  ok = verify_containers (&self, error) && verify_pieces (&self, error);
  g_clear_error (&self.problem);
  g_byte_array_unref (self.sound);
  /* Also when the catalogue could not be read to its end: its messages are read all the same. */
  is_finished = mun_bytes_check_finish (verification->bytes, verification);
  if (ok && !is_finished)
    return !g_cancellable_set_error_if_cancelled (verification->cancellable, error);
  return ok;
}
