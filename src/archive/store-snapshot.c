/* store-snapshot.c: the recovery records of a store, written anew */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-snapshot.h"

#include "catalogue.h"
#include "container-file.h"
#include "errors.h"
#include "key-copies.h"
#include "piece-list.h"
#include "text.h"

#include <string.h>

/* Entries a part: about 200 KB. */
#define PART_ENTRIES 1000

typedef struct {
  MunStore *store;
  MunDatabase *reader; /* within one transaction: the catalogue at one moment */
  char *id;
  MunContentsMark moment;
  guint parts, dictionaries;
  GVariantBuilder *entries;
  guint n_entries;
  GVariant *part;    /* being written */
  GHashTable *paths; /* folder id → path */
  guint64 messages, total;
  MunVerifyProgress progress;
  gpointer data;
  GCancellable *cancellable;
} Snapshot;

static GVariantBuilder *
new_entries (void)
{
  return g_variant_builder_new (G_VARIANT_TYPE ("a(sa{sv})"));
}

/* A dictionary that cannot be read where it stands is written again, out of the catalogue. */
static gboolean
heal_dictionary (MunStore *store, gint64 number, guint *healed, GError **error)
{
  MunDatabase *database = mun_store_get_database (store);
  MunContents *contents = mun_store_get_contents (store);
  g_autoptr (GBytes) record = NULL, plain = NULL;
  MunPlaceInContents place = { 0, 0, 0 };
  sqlite3_stmt *row = mun_database_prepare (
      database, error,
      "SELECT container, offset, length, record FROM dictionaries WHERE number = ?1", "i", number);

  if (row == NULL || !mun_database_step (database, row, error))
    return FALSE;
  place.container = sqlite3_column_int64 (row, 0);
  place.offset = sqlite3_column_int64 (row, 1);
  place.length = sqlite3_column_int64 (row, 2);
  record = g_bytes_new (sqlite3_column_blob (row, 3), sqlite3_column_bytes (row, 3));
  sqlite3_reset (row);
  plain = mun_contents_read (contents, &place, NULL);
  if (plain != NULL)
    return TRUE;
  ++*healed;
  return mun_contents_append (contents, record, &place, error)
         && mun_database_run (database, error,
                              "UPDATE dictionaries SET container = ?2, offset = ?3, length = ?4"
                              " WHERE number = ?1",
                              "iiii", number, (gint64)place.container, (gint64)place.offset,
                              (gint64)place.length);
}

/* The key, and the dictionaries: what stands with the messages it opens. */
static gboolean
begin_work (MunStore *store, gpointer data, GError **error)
{
  Snapshot *self = data;
  MunDatabase *database = mun_store_get_database (store);
  gint64 number = 0, last;

  self->dictionaries = 0;
  if (!mun_key_copies_write (mun_store_get_key (store), mun_store_get_dir (store), error)
      || !mun_key_copies_save (mun_store_get_key (store), database, error))
    return FALSE;
  do {
    last = number;
    if (!mun_database_find_int (database, &number, error,
                                "SELECT number FROM dictionaries WHERE number > ?1"
                                " ORDER BY number LIMIT 1",
                                "i", last)
        || (number > last && !heal_dictionary (store, number, &self->dictionaries, error)))
      return FALSE;
  } while (number > last);
  return TRUE;
}

static gboolean
part_work (MunStore *store, gpointer data, GError **error)
{
  Snapshot *self = data;
  GVariantDict details;
  int problem = mun_container_file_fault ("snapshot");

  if (problem != 0)
    return mun_container_file_error (error, problem, "writing recovery records to",
                                     mun_store_get_dir (store));
  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "id", "s", self->id);
  g_variant_dict_insert (&details, "part", "u", self->parts);
  g_variant_dict_insert_value (&details, "entries", self->part);
  mun_store_journal (store, "snapshot", g_variant_dict_end (&details));
  return TRUE;
}

static gboolean
end_work (MunStore *store, gpointer data, GError **error)
{
  Snapshot *self = data;
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "id", "s", self->id);
  g_variant_dict_insert (&details, "parts", "u", self->parts);
  g_variant_dict_insert (&details, "moment", "(ut)", self->moment.container, self->moment.length);
  mun_store_journal (store, "snapshot-end", g_variant_dict_end (&details));
  return TRUE;
}

static gboolean
flush (Snapshot *self, GError **error)
{
  gboolean ok;

  if (self->n_entries == 0)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  self->part = g_variant_ref_sink (g_variant_builder_end (self->entries));
  g_variant_builder_unref (self->entries);
  self->entries = new_entries ();
  self->n_entries = 0;
  ok = mun_store_maintain (self->store, 1, part_work, self, error);
  g_clear_pointer (&self->part, g_variant_unref);
  self->parts++;
  if (self->progress != NULL) {
    g_autofree char *text = g_strdup_printf ("Recovery records: %" G_GUINT64_FORMAT
                                             " of %" G_GUINT64_FORMAT " messages",
                                             self->messages, self->total);

    self->progress ((double)self->messages / MAX (self->total, 1), text, self->data);
  }
  return ok;
}

static gboolean
add_entry (Snapshot *self, const char *operation, GVariantDict *details, GError **error)
{
  g_variant_builder_add (self->entries, "(s@a{sv})", operation, g_variant_dict_end (details));
  return ++self->n_entries < PART_ENTRIES || flush (self, error);
}

static const char *
path_of (Snapshot *self, gint64 folder)
{
  char *path = g_hash_table_lookup (self->paths, &folder);

  if (path == NULL) {
    path = mun_catalogue_dup_path (self->reader, folder);
    g_hash_table_insert (self->paths, g_memdup2 (&folder, sizeof folder), path);
  }
  return path;
}

static gboolean
finish_rows (GError *local_error, GError **error)
{
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}

static gboolean
add_folders (Snapshot *self, GError **error)
{
  GError *local_error = NULL;
  sqlite3_stmt *row
      = mun_database_prepare (self->reader, error, "SELECT id FROM folders ORDER BY id", "");

  if (row == NULL)
    return FALSE;
  while (mun_database_step (self->reader, row, &local_error)) {
    const char *path = path_of (self, sqlite3_column_int64 (row, 0));
    GVariantDict details;

    if (*path == '\0')
      continue;
    g_variant_dict_init (&details, NULL);
    g_variant_dict_insert (&details, "folder", "s", path);
    if (!add_entry (self, "folder", &details, error))
      return FALSE;
  }
  return finish_rows (local_error, error);
}

static GVariant *
bytes_variant (gconstpointer data, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1);
}

/* By digest: the numbers of pieces are the catalogue's own. NULL: one piece that is all of it. */
static gboolean
add_segments (Snapshot *self, sqlite3_stmt *message, GVariantDict *details, GError **error)
{
  g_autoptr (GArray) refs
      = mun_piece_list_decode (sqlite3_column_blob (message, 3), sqlite3_column_bytes (message, 3));
  GVariantBuilder builder;

  if (refs != NULL && refs->len == 1 && g_array_index (refs, MunPieceRef, 0).length == G_MAXUINT64)
    return TRUE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ayuu)"));
  for (guint i = 0; refs != NULL && i < refs->len; i++) {
    MunPieceRef *ref = &g_array_index (refs, MunPieceRef, i);
    sqlite3_stmt *piece
        = mun_database_prepare (self->reader, error, "SELECT digest FROM pieces WHERE id = ?1", "i",
                                ref->piece);

    if (piece == NULL)
      return FALSE;
    if (mun_database_step (self->reader, piece, error))
      g_variant_builder_add (&builder, "(@ayuu)",
                             bytes_variant (sqlite3_column_blob (piece, 0),
                                            sqlite3_column_bytes (piece, 0)),
                             (guint32)ref->offset, (guint32)ref->length);
    sqlite3_reset (piece);
  }
  g_variant_dict_insert_value (details, "segments", g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
add_messages (Snapshot *self, GError **error)
{
  GError *local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (
      self->reader, error,
      "SELECT number, digest, folder, pieces, received, archived, profile FROM messages"
      " ORDER BY arrival",
      "");

  if (row == NULL)
    return FALSE;
  while (mun_database_step (self->reader, row, &local_error)) {
    GVariantDict details;

    g_variant_dict_init (&details, NULL);
    g_variant_dict_insert (&details, "number", "x", (gint64)sqlite3_column_int64 (row, 0));
    g_variant_dict_insert_value (&details, "digest",
                                 bytes_variant (sqlite3_column_blob (row, 1),
                                                sqlite3_column_bytes (row, 1)));
    g_variant_dict_insert (&details, "folder", "s", path_of (self, sqlite3_column_int64 (row, 2)));
    g_variant_dict_insert (&details, "received", "x", (gint64)sqlite3_column_int64 (row, 4));
    g_variant_dict_insert (&details, "archived", "x", (gint64)sqlite3_column_int64 (row, 5));
    g_variant_dict_insert (&details, "profile", "x", (gint64)sqlite3_column_int64 (row, 6));
    self->messages++;
    if (!add_segments (self, row, &details, error) || !add_entry (self, "add", &details, error))
      return FALSE;
  }
  return finish_rows (local_error, error);
}

static gboolean
add_source_keys (Snapshot *self, GError **error)
{
  GError *local_error = NULL;
  sqlite3_stmt *row
      = mun_database_prepare (self->reader, error,
                              "SELECT scope, key, store, number FROM source_keys", "");

  if (row == NULL)
    return FALSE;
  while (mun_database_step (self->reader, row, &local_error)) {
    const char *path = path_of (self, sqlite3_column_int64 (row, 0));
    GVariantDict details;

    if (*path == '\0')
      continue;
    g_variant_dict_init (&details, NULL);
    g_variant_dict_insert (&details, "folder", "s", path);
    g_variant_dict_insert (&details, "source", "s", mun_database_text (row, 1));
    g_variant_dict_insert (&details, "store", "x", (gint64)sqlite3_column_int64 (row, 2));
    g_variant_dict_insert (&details, "number", "x", (gint64)sqlite3_column_int64 (row, 3));
    if (!add_entry (self, "source", &details, error))
      return FALSE;
  }
  return finish_rows (local_error, error);
}

static gboolean
read_moment (Snapshot *self, GError **error)
{
  gint64 container = 0, length = 0, total = 0;

  if (!mun_database_find_int (self->reader, &container, error,
                              "SELECT value FROM meta WHERE key = 'end_container'", "")
      || !mun_database_find_int (self->reader, &length, error,
                                 "SELECT value FROM meta WHERE key = 'end_length'", "")
      || !mun_database_find_int (self->reader, &total, error, "SELECT count(*) FROM messages", ""))
    return FALSE;
  self->moment.container = container;
  self->moment.length = length;
  self->total = total;
  return TRUE;
}

static gboolean
run (Snapshot *self, GError **error)
{
  return mun_store_maintain (self->store, 1, begin_work, self, error)
         && mun_database_exec (self->reader, "BEGIN", error) && read_moment (self, error)
         && add_folders (self, error) && add_messages (self, error) && add_source_keys (self, error)
         && flush (self, error) && mun_store_maintain (self->store, 1, end_work, self, error);
}

static void
summarize (Snapshot *self, GString *report)
{
  g_string_append_printf (report,
                          "Recovery records of %" G_GUINT64_FORMAT
                          " messages were written; %u dictionaries had to be written again.\n",
                          self->messages, self->dictionaries);
}

gboolean
mun_store_snapshot (MunStore *self, MunVerifyProgress progress, gpointer data,
                    GCancellable *cancellable, GString *report, GError **error)
{
  Snapshot snapshot
      = { .store = self, .progress = progress, .data = data, .cancellable = cancellable };
  gboolean ok;

  snapshot.reader = mun_store_acquire_reader (self, error);
  if (snapshot.reader == NULL)
    return FALSE;
  snapshot.id = mun_text_random_hex (16);
  snapshot.entries = new_entries ();
  snapshot.paths = mun_catalogue_paths_new ();
  ok = run (&snapshot, error);
  mun_database_reset (snapshot.reader);
  mun_database_exec (snapshot.reader, "ROLLBACK", NULL);
  mun_store_release_reader (self, snapshot.reader);
  g_variant_builder_unref (snapshot.entries);
  g_hash_table_unref (snapshot.paths);
  g_free (snapshot.id);
  if (ok)
    summarize (&snapshot, report);
  return ok;
}
