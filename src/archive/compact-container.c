/* compact-container.c: what one container holds moves to the end of the contents */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "compact-private.h"

#include "container-file.h"
#include "errors.h"
#include "journal-record.h"
#include "store-dropped.h"

#include <string.h>

/* What the writer does at once: whoever comes with mail waits for it. */
#define STEP_BYTES (1024 * 1024)
#define STEP_RECORDS 200
#define JOURNAL_BYTES (256 * 1024)

/* A row of the catalogue that names a place in the container. */
typedef struct {
  gboolean is_dictionary;
  gint64 id; /* of the piece, or the number of the dictionary */
  MunPlaceInContents place;
  guint8 digest[MUN_DIGEST_SIZE];
  gboolean is_used;
  gboolean was_seen;
  GBytes *record;
} Row;

typedef struct {
  MunCompaction *compaction;
  MunStore *store;
  MunContents *contents;
  guint32 container;
  GArray *rows;     /* by offset */
  guint next;       /* the row that the check expects next */
  GArray *journals; /* MunPlaceInContents */
  gboolean is_damaged;
  guint first, end;       /* the rows of a step of the writer */
  GBytes *journal_record; /* what such a step writes */
  guint64 written;        /* by it */
} Container;

static void
clear_row (gpointer data)
{
  Row *row = data;

  g_clear_pointer (&row->record, g_bytes_unref);
}

static Row *
row_at (Container *self, guint index)
{
  return &g_array_index (self->rows, Row, index);
}

static gint
compare_rows (gconstpointer a, gconstpointer b)
{
  guint64 first = ((const Row *)a)->place.offset, second = ((const Row *)b)->place.offset;

  return (first > second) - (first < second);
}

/* --- what is needed --- */

static gboolean
load (Container *self, MunDatabase *reader, gboolean is_dictionary, const char *sql, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *found = mun_database_prepare (reader, error, sql, "i", (gint64)self->container);

  if (found == NULL)
    return FALSE;
  while (mun_database_step (reader, found, &local_error)) {
    Row row = { .is_dictionary = is_dictionary, .id = sqlite3_column_int64 (found, 0) };

    row.place.container = self->container;
    row.place.offset = sqlite3_column_int64 (found, 1);
    row.place.length = sqlite3_column_int64 (found, 2);
    row.is_used = sqlite3_column_int64 (found, 3) > 0;
    if (sqlite3_column_bytes (found, 4) == MUN_DIGEST_SIZE)
      memcpy (row.digest, sqlite3_column_blob (found, 4), MUN_DIGEST_SIZE);
    g_array_append_val (self->rows, row);
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
load_rows (Container *self, GError **error)
{
  MunDatabase *reader = mun_store_acquire_reader (self->store, error);
  gboolean ok;

  if (reader == NULL)
    return FALSE;
  ok = load (self, reader, FALSE,
             "SELECT id, offset, length, refs, digest FROM pieces WHERE container = ?1", error)
       && load (self, reader, TRUE,
                "SELECT number, offset, length, 1, NULL FROM dictionaries WHERE container = ?1",
                error);
  mun_store_release_reader (self->store, reader);
  g_array_sort (self->rows, compare_rows);
  return ok;
}

/* --- is all of it sound? --- */

static void
damaged (Container *self, guint64 offset, const char *reason)
{
  self->is_damaged = TRUE;
  mun_compaction_fault (self->compaction, "container %06u, byte %" G_GUINT64_FORMAT ": %s",
                        self->container, offset, reason);
}

static void
missing_until (Container *self, guint64 offset)
{
  for (; self->next < self->rows->len && row_at (self, self->next)->place.offset < offset;
       self->next++)
    if (row_at (self, self->next)->is_used)
      damaged (self, row_at (self, self->next)->place.offset, "a record is not there");
}

/* Records that nobody needs are not looked into. */
static gboolean
check_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *data,
          gpointer user_data)
{
  Container *self = user_data;
  Row *row = NULL;

  missing_until (self, place->offset);
  if (self->next < self->rows->len && row_at (self, self->next)->place.offset == place->offset)
    row = row_at (self, self->next++);
  if (row != NULL)
    row->was_seen = TRUE;
  if (header->kind == MUN_RECORD_JOURNAL || (row != NULL && row->is_used)) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) plain
        = mun_record_open (mun_store_get_codec (self->store), data, place->length, TRUE, &error);

    if (plain == NULL)
      damaged (self, place->offset, error->message);
    else if (row != NULL
             && (row->place.length != place->length
                 || header->kind != (row->is_dictionary ? MUN_RECORD_DICTIONARY : MUN_RECORD_PIECE)
                 || (!row->is_dictionary
                     && memcmp (row->digest, header->digest, MUN_DIGEST_SIZE) != 0)))
      damaged (self, place->offset, "the catalogue says something else about the record");
  }
  if (header->kind == MUN_RECORD_JOURNAL)
    g_array_append_val (self->journals, *place);
  return mun_compaction_advance (self->compaction, self->container, place->length);
}

static void
gap_cb (guint32 container, guint64 offset, guint64 length, int problem, gpointer user_data)
{
  Container *self = user_data;
  g_autofree char *reason
      = problem != 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT " bytes cannot be read: %s", length,
                                        g_strerror (problem))
                     : g_strdup_printf ("%" G_GUINT64_FORMAT " bytes are damaged", length);

  damaged (self, offset, reason);
}

static gboolean
check (Container *self, GError **error)
{
  guint64 size = mun_contents_get_size (self->contents, self->container);

  if (!mun_contents_scan (self->contents, self->container, MUN_CONTAINER_HEADER_SIZE, size,
                          check_cb, gap_cb, self, error)
      || g_cancellable_set_error_if_cancelled (self->compaction->cancellable, error))
    return FALSE;
  missing_until (self, G_MAXUINT64);
  return TRUE;
}

/* --- steps of the writer --- */

/* Nothing that cannot be read back gets a place in the catalogue. */
static gboolean
append (Container *self, GBytes *record, MunPlaceInContents *place, GError **error)
{
  g_autoptr (GBytes) copy = NULL;

  if (!mun_contents_append (self->contents, record, place, error))
    return FALSE;
  copy = mun_contents_read_record (self->contents, place, error);
  if (copy == NULL)
    return FALSE;
  self->written += g_bytes_get_size (record);
  if (g_bytes_equal (copy, record))
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED,
               "container %06u, byte %" G_GUINT64_FORMAT ": what was written comes back changed",
               place->container, place->offset);
  return FALSE;
}

static gboolean
move_piece (Container *self, MunDatabase *database, Row *row, GError **error)
{
  MunPlaceInContents place;
  gint64 refs = -1;

  /* Meanwhile its last message may have been deleted, or it may have come again. */
  if (!mun_database_find_int (database, &refs, error,
                              "SELECT refs FROM pieces WHERE id = ?1 AND container = ?2"
                              " AND offset = ?3",
                              "iii", row->id, (gint64)row->place.container,
                              (gint64)row->place.offset))
    return FALSE;
  if (refs == 0)
    return mun_database_run (database, error, "DELETE FROM pieces WHERE id = ?1 AND refs = 0", "i",
                             row->id);
  return refs < 0 || row->record == NULL
         || (append (self, row->record, &place, error)
             && mun_database_run (database, error,
                                  "UPDATE pieces SET container = ?2, offset = ?3 WHERE id = ?1",
                                  "iii", row->id, (gint64)place.container, (gint64)place.offset));
}

static gboolean
move_dictionary (Container *self, MunDatabase *database, Row *row, GError **error)
{
  MunPlaceInContents place;

  return append (self, row->record, &place, error)
         && mun_database_run (
             database, error,
             "UPDATE dictionaries SET container = ?2, offset = ?3 WHERE number = ?1", "iii",
             row->id, (gint64)place.container, (gint64)place.offset);
}

static gboolean
fault (Container *self, const char *step, GError **error)
{
  int problem = mun_container_file_fault (step);

  return problem == 0
         || mun_container_file_error (error, problem, "compacting",
                                      mun_store_get_dir (self->store));
}

static gboolean
move_work (MunStore *store, gpointer data, GError **error)
{
  Container *self = data;
  MunDatabase *database = mun_store_get_database (store);

  self->written = 0;
  if (!fault (self, "move", error))
    return FALSE;
  for (guint i = self->first; i < self->end; i++) {
    Row *row = row_at (self, i);

    if (!(row->is_dictionary ? move_dictionary (self, database, row, error)
                             : move_piece (self, database, row, error)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
journal_work (MunStore *store, gpointer data, GError **error)
{
  Container *self = data;
  MunPlaceInContents place;

  self->written = 0;
  return fault (self, "move", error) && append (self, self->journal_record, &place, error);
}

static gboolean
drop_work (MunStore *store, gpointer data, GError **error)
{
  Container *self = data;
  GVariantDict details;

  if (!fault (self, "emptied", error))
    return FALSE;
  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "container", "u", self->container);
  mun_store_journal (store, "drop", g_variant_dict_end (&details));
  return mun_dropped_add (mun_store_get_database (store), self->container, error);
}

static gboolean
begin_work (MunStore *store, gpointer data, GError **error)
{
  Container *self = data;
  MunContentsMark mark;

  mun_contents_get_mark (self->contents, &mark);
  return mark.container != self->container || mun_contents_begin_next (self->contents, error);
}

/* --- moving --- */

static gboolean
write_step (Container *self, MunStoreWork work, guint cost, GError **error)
{
  if (!mun_store_write (self->store, cost, work, self, error))
    return FALSE;
  self->compaction->bytes_written += self->written;
  return TRUE;
}

static gboolean
flush_rows (Container *self, guint64 bytes, GError **error)
{
  if (self->first == self->end)
    return TRUE;
  if (!write_step (self, move_work, self->end - self->first, error))
    return FALSE;
  for (; self->first < self->end; self->first++)
    clear_row (row_at (self, self->first));
  if (mun_compaction_advance (self->compaction, self->container, bytes))
    return TRUE;
  return !g_cancellable_set_error_if_cancelled (self->compaction->cancellable, error);
}

/* Records move as they are: sealed under the same nonce they are the same bytes. */
static gboolean
move_rows (Container *self, GError **error)
{
  guint64 bytes = 0;

  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = row_at (self, i);
    g_autoptr (GError) local_error = NULL;

    /* One that nobody uses may come to be used meanwhile. */
    if (row->was_seen)
      row->record = mun_contents_read_record (self->contents, &row->place, &local_error);
    if (row->record == NULL && row->is_used) {
      damaged (self, row->place.offset, local_error->message);
      break;
    }
    self->end = i + 1;
    bytes += row->place.length;
    if (bytes < STEP_BYTES && self->end - self->first < STEP_RECORDS)
      continue;
    if (!flush_rows (self, bytes, error))
      return FALSE;
    bytes = 0;
  }
  return flush_rows (self, bytes, error);
}

static gboolean
flush_journals (Container *self, GVariantBuilder *entries, GError **error)
{
  gboolean ok;

  self->journal_record = mun_journal_record_build (mun_store_get_codec (self->store),
                                                   g_variant_builder_end (entries), error);
  ok = self->journal_record != NULL && write_step (self, journal_work, 1, error)
       && !g_cancellable_set_error_if_cancelled (self->compaction->cancellable, error);
  g_clear_pointer (&self->journal_record, g_bytes_unref);
  return ok;
}

/* Where the entries that follow stood at first: they are done again in that order. */
static void
add_origin (GVariantBuilder *entries, const MunPlaceInContents *place)
{
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "place", "(ut)", place->container, place->offset);
  g_variant_builder_add (entries, "(s@a{sv})", "moved", g_variant_dict_end (&details));
}

static gboolean
add_journal (Container *self, GVariantBuilder *entries, const MunPlaceInContents *place,
             gsize *bytes, GError **error)
{
  g_autoptr (GBytes) plain = mun_contents_read (self->contents, place, error);
  g_autoptr (GVariant) journal = plain != NULL ? mun_journal_record_parse (plain) : NULL;
  gboolean is_first = TRUE;
  GVariantIter iter;
  const char *operation;
  GVariant *details;

  if (journal == NULL)
    return FALSE;
  *bytes += g_bytes_get_size (plain);
  g_variant_iter_init (&iter, journal);
  while (g_variant_iter_next (&iter, "(&s@a{sv})", &operation, &details)) {
    /* One that was moved before says it itself. */
    if (is_first && !g_str_equal (operation, "moved"))
      add_origin (entries, place);
    is_first = FALSE;
    g_variant_builder_add (entries, "(s@a{sv})", operation, details);
    g_variant_unref (details);
  }
  return TRUE;
}

/* Many small ones become few. */
static gboolean
move_journals (Container *self, GError **error)
{
  for (guint i = 0; i < self->journals->len;) {
    GVariantBuilder entries;
    gsize bytes = 0;

    g_variant_builder_init (&entries, G_VARIANT_TYPE (MUN_JOURNAL_TYPE));
    for (; i < self->journals->len && bytes < JOURNAL_BYTES; i++)
      if (!add_journal (self, &entries, &g_array_index (self->journals, MunPlaceInContents, i),
                        &bytes, error)) {
        g_variant_builder_clear (&entries);
        return FALSE;
      }
    if (!flush_journals (self, &entries, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
drop (Container *self, GError **error)
{
  MunDatabase *reader = mun_store_acquire_reader (self->store, error);
  gboolean is_used;

  if (reader == NULL)
    return FALSE;
  is_used = mun_dropped_is_used (reader, self->container);
  mun_store_release_reader (self->store, reader);
  if (!is_used)
    return mun_store_write (self->store, 1, drop_work, self, error);
  damaged (self, 0, "something in it is still used");
  return TRUE;
}

/* The last container goes on elsewhere first: what is looked at does not change any more. */
static gboolean
run (Container *self, GError **error)
{
  if (!mun_store_write (self->store, 1, begin_work, self, error) || !load_rows (self, error)
      || !check (self, error))
    return FALSE;
  if (self->is_damaged)
    return TRUE;
  if (!move_rows (self, error))
    return FALSE;
  if (self->is_damaged)
    return TRUE;
  return move_journals (self, error) && drop (self, error);
}

gboolean
mun_compact_container (MunCompaction *compaction, guint32 container, gboolean *emptied,
                       GError **error)
{
  Container self = { .compaction = compaction, .store = compaction->store, .container = container };
  gboolean ok;

  self.contents = mun_store_get_contents (self.store);
  self.rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self.journals = g_array_new (FALSE, FALSE, sizeof (MunPlaceInContents));
  g_array_set_clear_func (self.rows, clear_row);
  ok = run (&self, error);
  *emptied = ok && !self.is_damaged;
  g_array_unref (self.rows);
  g_array_unref (self.journals);
  return ok;
}
