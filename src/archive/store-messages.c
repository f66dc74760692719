/* store-messages.c: single messages of one store: reading, moving, deleting */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-messages.h"

#include "catalogue.h"
#include "errors.h"
#include "folder-blocks.h"
#include "message-buffer.h"
#include "piece-list.h"
#include "store-deliver.h"
#include "store-texts.h"
#include "text.h"

#include <string.h>

/* So much of pieces is kept for where they come again, beside the message itself. */
#define MAX_LOADED (4 * 1024 * 1024)

static gboolean
not_found (MunStore *self, gint64 number, GError **error)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
               "message %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT " does not exist",
               mun_store_get_id (self), number);
  return FALSE;
}

/* Steps to the one row of @row; NOT_FOUND when there is none. */
static gboolean
step_to_message (MunStore *self, MunDatabase *database, sqlite3_stmt *row, gint64 number,
                 GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (row == NULL)
    return FALSE;
  if (mun_database_step (database, row, &local_error))
    return TRUE;
  if (local_error == NULL)
    return not_found (self, number, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* The plain data of a piece. */
static GBytes *
read_piece (MunStore *self, MunDatabase *database, gint64 id, GError **error)
{
  MunPlaceInContents place;
  sqlite3_stmt *row
      = mun_database_prepare (database, error,
                              "SELECT container, offset, length FROM pieces WHERE id = ?1", "i",
                              id);

  if (row == NULL)
    return NULL;
  if (!mun_database_step (database, row, error)) {
    if (error != NULL && *error == NULL)
      g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED,
                   "piece %" G_GINT64_FORMAT " is not in the catalogue", id);
    return NULL;
  }
  place.container = sqlite3_column_int64 (row, 0);
  place.offset = sqlite3_column_int64 (row, 1);
  place.length = sqlite3_column_int64 (row, 2);
  sqlite3_reset (row);
  return mun_contents_read (mun_store_get_contents (self), &place, error);
}

static gboolean
append_ref (MunPieceRef *ref, GBytes *plain, MunMessageBuffer *message, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (plain, &size);

  if (ref->offset > size || ref->length > size - ref->offset) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED,
                 "piece %" G_GINT64_FORMAT " is shorter than the catalogue says", ref->piece);
    return FALSE;
  }
  return mun_message_buffer_append (message, data + ref->offset, ref->length, error);
}

/* The bytes up to the end of the piece in which LIMIT lies; @spool_dir (nullable): where they wait
 * when they are many. */
static GBytes *
assemble (MunStore *self, MunDatabase *database, const guint8 *pieces, gsize length, gsize limit,
          const char *spool_dir, GError **error)
{
  g_autoptr (GArray) refs = mun_piece_list_decode (pieces, length);
  g_autoptr (GHashTable) loaded
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)g_bytes_unref);
  g_autoptr (MunMessageBuffer) message = NULL;
  g_autoptr (GError) local_error = NULL;
  gsize in_loaded = 0, done = 0;
  gboolean is_mapped;

  if (refs == NULL) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_DAMAGED, "the list of pieces is damaged");
    return NULL;
  }
  if (refs->len == 1 && g_array_index (refs, MunPieceRef, 0).length == G_MAXUINT64)
    return read_piece (self, database, g_array_index (refs, MunPieceRef, 0).piece, error);
  message = mun_message_buffer_new (spool_dir);
  for (guint i = 0; i < refs->len && done < limit; i++) {
    MunPieceRef *ref = &g_array_index (refs, MunPieceRef, i);
    GBytes *plain = g_hash_table_lookup (loaded, &ref->piece);

    if (plain == NULL) {
      plain = read_piece (self, database, ref->piece, &local_error);
      if (plain == NULL) {
        g_propagate_error (error, g_steal_pointer (&local_error));
        return NULL;
      }
      if (in_loaded > MAX_LOADED) {
        g_hash_table_remove_all (loaded);
        in_loaded = 0;
      }
      in_loaded += g_bytes_get_size (plain);
      g_hash_table_insert (loaded, &ref->piece, plain);
    }
    if (!append_ref (ref, plain, message, error))
      return NULL;
    done += ref->length;
  }
  return mun_message_buffer_end (g_steal_pointer (&message), 0, &is_mapped, error);
}

GBytes *
mun_store_assemble (MunStore *self, MunDatabase *database, const guint8 *pieces, gsize length,
                    GError **error)
{
  return assemble (self, database, pieces, length, G_MAXSIZE, NULL, error);
}

GBytes *
mun_store_read_start (MunStore *self, MunDatabase *database, gint64 number, gsize limit,
                      GError **error)
{
  sqlite3_stmt *row
      = mun_database_prepare (database, error, "SELECT pieces FROM messages WHERE number = ?1", "i",
                              number);
  g_autoptr (GBytes) pieces = NULL;

  if (!step_to_message (self, database, row, number, error))
    return NULL;
  pieces = g_bytes_new (sqlite3_column_blob (row, 0), sqlite3_column_bytes (row, 0));
  sqlite3_reset (row);
  return assemble (self, database, g_bytes_get_data (pieces, NULL), g_bytes_get_size (pieces),
                   limit, NULL, error);
}

static void
expect_piece (MunStore *self, MunDatabase *database, gint64 id)
{
  sqlite3_stmt *row
      = mun_database_prepare (database, NULL,
                              "SELECT container, offset, length FROM pieces WHERE id = ?1", "i",
                              id);

  if (row == NULL || !mun_database_step (database, row, NULL))
    return;
  mun_contents_expect (mun_store_get_contents (self),
                       &(MunPlaceInContents){ sqlite3_column_int64 (row, 0),
                                              sqlite3_column_int64 (row, 1),
                                              sqlite3_column_int64 (row, 2) });
  sqlite3_reset (row);
}

void
mun_store_expect_read (MunStore *self, MunDatabase *database, gint64 number, gsize limit)
{
  sqlite3_stmt *row
      = mun_database_prepare (database, NULL, "SELECT pieces FROM messages WHERE number = ?1", "i",
                              number);
  g_autoptr (GArray) refs = NULL;
  gsize length = 0;

  if (row == NULL || !mun_database_step (database, row, NULL))
    return;
  refs = mun_piece_list_decode (sqlite3_column_blob (row, 0), sqlite3_column_bytes (row, 0));
  sqlite3_reset (row);
  for (guint i = 0; refs != NULL && i < refs->len && length < limit; i++) {
    MunPieceRef *ref = &g_array_index (refs, MunPieceRef, i);

    expect_piece (self, database, ref->piece);
    length += MIN (ref->length, limit);
  }
}

static GBytes *
read_checked (MunStore *self, MunDatabase *database, gint64 number, const char *spool_dir,
              GError **error)
{
  sqlite3_stmt *row
      = mun_database_prepare (database, error,
                              "SELECT pieces, digest FROM messages WHERE number = ?1", "i", number);
  g_autoptr (GBytes) pieces = NULL, message = NULL;
  guint8 digest[MUN_DIGEST_SIZE], expected[MUN_DIGEST_SIZE] = { 0 };

  if (!step_to_message (self, database, row, number, error))
    return NULL;
  pieces = g_bytes_new (sqlite3_column_blob (row, 0), sqlite3_column_bytes (row, 0));
  if (sqlite3_column_bytes (row, 1) == MUN_DIGEST_SIZE)
    memcpy (expected, sqlite3_column_blob (row, 1), MUN_DIGEST_SIZE);
  sqlite3_reset (row);
  message = assemble (self, database, g_bytes_get_data (pieces, NULL), g_bytes_get_size (pieces),
                      G_MAXSIZE, spool_dir, error);
  if (message == NULL) {
    g_prefix_error (error, "message %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ": ",
                    mun_store_get_id (self), number);
    return NULL;
  }
  mun_digest (g_bytes_get_size (message) > 0 ? g_bytes_get_data (message, NULL) : "",
              g_bytes_get_size (message), digest);
  if (memcmp (digest, expected, sizeof digest) == 0)
    return g_steal_pointer (&message);
  g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED,
               "message %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
               ": its bytes do not match their SHA-256",
               mun_store_get_id (self), number);
  return NULL;
}

GBytes *
mun_store_read (MunStore *self, gint64 number, GError **error)
{
  MunDatabase *reader = mun_store_acquire_reader (self, error);
  GBytes *message = NULL;

  if (reader != NULL) {
    message = read_checked (self, reader, number, NULL, error);
    mun_store_release_reader (self, reader);
  }
  return message;
}

static JsonObject *
info (MunStore *self, MunDatabase *database, gint64 number, const char *store_name, GError **error)
{
  sqlite3_stmt *row = mun_database_prepare (database, error,
                                            "SELECT " MUN_CATALOGUE_ROW
                                            ", digest, pieces FROM messages WHERE number = ?1",
                                            "i", number);
  g_autoptr (GHashTable) paths = mun_catalogue_paths_new ();
  g_autoptr (GArray) refs = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autofree char *hex = NULL;
  JsonObject *object;
  JsonArray *gaps;

  if (!step_to_message (self, database, row, number, error))
    return NULL;
  object = mun_catalogue_row_to_json (database, row, mun_store_get_id (self), store_name, paths);
  hex = mun_text_to_hex (sqlite3_column_blob (row, 14), sqlite3_column_bytes (row, 14), FALSE);
  json_object_set_string_member (object, "sha256", hex);
  refs = mun_piece_list_decode (sqlite3_column_blob (row, 15), sqlite3_column_bytes (row, 15));
  ids = refs != NULL ? mun_piece_list_ids (refs) : NULL;
  json_object_set_int_member (object, "pieces", ids != NULL ? ids->len : 0);
  sqlite3_reset (row);
  gaps = mun_store_texts_list_gaps (database, number);
  if (gaps != NULL)
    json_object_set_array_member (object, "attachmentGaps", gaps);
  return object;
}

JsonObject *
mun_store_info (MunStore *self, gint64 number, const char *store_name, GError **error)
{
  MunDatabase *reader = mun_store_acquire_reader (self, error);
  JsonObject *object = NULL;

  if (reader != NULL) {
    object = info (self, reader, number, store_name, error);
    mun_store_release_reader (self, reader);
  }
  return object;
}

/* What a row says that moving and deleting need. */
typedef struct {
  gint64 folder, scope, size, flags, priority;
  GBytes *pieces;
} Row;

static void
clear_row (Row *row)
{
  g_clear_pointer (&row->pieces, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Row, clear_row)

static gboolean
load_row (MunStore *self, gint64 number, Row *row, GError **error)
{
  MunDatabase *database = mun_store_get_database (self);
  sqlite3_stmt *found = mun_database_prepare (database, error,
                                              "SELECT folder, scope, size, flags, priority, "
                                              "pieces FROM messages WHERE number = ?1",
                                              "i", number);

  if (!step_to_message (self, database, found, number, error))
    return FALSE;
  row->folder = sqlite3_column_int64 (found, 0);
  row->scope = sqlite3_column_int64 (found, 1);
  row->size = sqlite3_column_int64 (found, 2);
  row->flags = sqlite3_column_int64 (found, 3);
  row->priority = sqlite3_column_int64 (found, 4);
  row->pieces = g_bytes_new (sqlite3_column_blob (found, 5), sqlite3_column_bytes (found, 5));
  sqlite3_reset (found);
  return TRUE;
}

/* The archive that a folder is in, and the folder itself. */
static void
ids_of_folder (MunDatabase *database, gint64 folder, MunFolderIds *ids)
{
  g_autofree char *path = mun_catalogue_dup_path (database, folder);

  if (!mun_catalogue_find_folder (database, path, ids))
    ids->folder = folder;
}

static gboolean
mark_stale (MunDatabase *database, GError **error)
{
  return mun_database_run (database, error,
                           "INSERT INTO meta (key, value) VALUES ('stale_rows', 1)"
                           " ON CONFLICT (key) DO UPDATE SET value = value + 1",
                           "");
}

void
mun_index_entry_clear (MunIndexEntry *entry)
{
  g_clear_pointer (&entry->message, mun_message_unref);
  g_clear_pointer (&entry->texts, g_free);
}

/* To be parsed: a large message waits in a file, unless there is no room for one: what is moved or
 * deleted then must be so all the same. */
static GBytes *
read_to_parse (MunStore *self, MunDatabase *database, gint64 number, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GBytes *raw = read_checked (self, database, number, mun_store_get_dir (self), &local_error);

  if (raw == NULL && g_error_matches (local_error, MUN_ERROR, MUN_ERROR_NO_SPACE))
    return read_checked (self, database, number, NULL, error);
  if (raw == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return raw;
}

gboolean
mun_store_load_entry (MunStore *self, MunDatabase *database, gint64 number, MunIndexEntry *entry,
                      GError **error)
{
  g_autoptr (GBytes) raw = read_to_parse (self, database, number, error);

  if (raw == NULL)
    return FALSE;
  entry->message = mun_message_parse (raw);
  entry->fields = *mun_message_get_fields (entry->message);
  entry->texts
      = mun_store_texts_join (self, database, number, entry->fields.texts, G_MAXSIZE, error);
  if (entry->texts == NULL)
    return FALSE;
  entry->fields.texts = entry->texts;
  return TRUE;
}

static gboolean
load_entry (MunStore *self, gint64 number, MunIndexEntry *entry, GError **error)
{
  return mun_store_load_entry (self, mun_store_get_database (self), number, entry, error);
}

/* The same of a message that is not in the index: what was read in its attachments is given up
 * rather than the whole when it is damaged. */
static gboolean
load_new_entry (MunStore *self, gint64 number, MunIndexEntry *entry, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (load_entry (self, number, entry, &local_error))
    return TRUE;
  if (entry->message == NULL || !g_error_matches (local_error, MUN_ERROR, MUN_ERROR_DAMAGED)) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return FALSE;
  }
  g_message ("message %" G_GINT64_FORMAT " is indexed without its attachments: %s", number,
             local_error->message);
  return mun_store_texts_remove (mun_store_get_database (self), number, error);
}

/* Out of the index unless @from is NULL, and into it again unless @to is. */
static gboolean
exchange (MunDatabase *database, gint64 number, const Row *row, const MunIndexEntry *entry,
          const MunFolderIds *from, const MunFolderIds *to, GError **error)
{
  gboolean has_attachments = (row->flags & MUN_ROW_ATTACHMENTS) != 0;

  if (from != NULL) {
    g_autofree char *tokens = mun_catalogue_dup_tokens (from, has_attachments, row->priority);

    if (!mun_catalogue_unindex (database, number, &entry->fields, tokens, error))
      return FALSE;
  }
  if (to != NULL) {
    g_autofree char *tokens = mun_catalogue_dup_tokens (to, has_attachments, row->priority);

    return mun_catalogue_index (database, number, &entry->fields, tokens, error);
  }
  return TRUE;
}

static gboolean
reindex (MunStore *self, gint64 number, const Row *row, const MunFolderIds *from,
         const MunFolderIds *to, GError **error)
{
  MunDatabase *database = mun_store_get_database (self);
  g_autoptr (GError) local_error = NULL;
  g_auto (MunIndexEntry) entry = { NULL };
  MunGapState state;

  if (!mun_index_gaps_lookup (database, number, &state, error)
      || (state != MUN_GAP_NONE
          && !mun_index_gaps_set (database, number, to != NULL ? to->archive : 0,
                                  to != NULL ? state : MUN_GAP_NONE, error)))
    return FALSE;
  if (state == MUN_GAP_MISSING || state == MUN_GAP_UNREADABLE)
    return TRUE;
  if (load_entry (self, number, &entry, &local_error))
    return exchange (database, number, row, &entry, from, to, error);
  g_message ("the index keeps an old entry of message %" G_GINT64_FORMAT ": %s", number,
             local_error->message);
  return mark_stale (database, error);
}

gboolean
mun_store_reindex (MunStore *self, gint64 number, gint64 from, gint64 to, GError **error)
{
  g_auto (Row) row = { 0 };
  MunFolderIds old_ids = { 0, 0, from }, new_ids = { 0, 0, to };

  if (!load_row (self, number, &row, error))
    return FALSE;
  old_ids.folder = new_ids.folder = row.folder;
  return reindex (self, number, &row, &old_ids, &new_ids, error);
}

gboolean
mun_store_fill_gap (MunStore *self, gint64 number, MunGapState state, const MunIndexEntry *ready,
                    GError **error)
{
  MunDatabase *database = mun_store_get_database (self);
  g_auto (Row) row = { 0 };
  g_autoptr (GError) local_error = NULL;
  g_auto (MunIndexEntry) entry = { NULL };
  MunFolderIds ids;

  if (!load_row (self, number, &row, &local_error)) {
    if (g_error_matches (local_error, MUN_ERROR, MUN_ERROR_NOT_FOUND))
      return mun_index_gaps_set (database, number, 0, MUN_GAP_NONE, error);
    g_propagate_error (error, g_steal_pointer (&local_error));
    return FALSE;
  }
  ids_of_folder (database, row.folder, &ids);
  if (ready == NULL
      && (state == MUN_GAP_RENEW ? !load_entry (self, number, &entry, &local_error)
                                 : !load_new_entry (self, number, &entry, &local_error))) {
    g_message ("message %" G_GINT64_FORMAT " cannot be indexed: %s", number, local_error->message);
    return mun_index_gaps_set (database, number, ids.archive,
                               state == MUN_GAP_RENEW ? MUN_GAP_NONE : MUN_GAP_UNREADABLE, error);
  }
  return exchange (database, number, &row, ready != NULL ? ready : &entry,
                   state == MUN_GAP_RENEW ? &ids : NULL, &ids, error)
         && mun_index_gaps_set (database, number, ids.archive, MUN_GAP_NONE, error);
}

typedef struct {
  gint64 number;
  const char *to_folder;
} Request;

static void
journal (MunStore *self, const char *operation, gint64 number, const char *folder)
{
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "number", "x", number);
  if (folder != NULL)
    g_variant_dict_insert (&details, "folder", "s", folder);
  mun_store_journal (self, operation, g_variant_dict_end (&details));
}

static gboolean
move_work (MunStore *self, gpointer data, GError **error)
{
  Request *request = data;
  MunDatabase *database = mun_store_get_database (self);
  g_auto (Row) row = { 0 };
  MunFolderIds from, to;

  if (!load_row (self, request->number, &row, error)
      || !mun_catalogue_ensure_folder (database, request->to_folder, &to, error))
    return FALSE;
  if (to.folder == row.folder)
    return TRUE;
  ids_of_folder (database, row.folder, &from);
  journal (self, "move", request->number, request->to_folder);
  return reindex (self, request->number, &row, &from, &to, error)
         && mun_database_run (database, error,
                              "UPDATE messages SET folder = ?2, scope = ?3 WHERE number = ?1",
                              "iii", request->number, to.folder, to.scope)
         && mun_catalogue_count (database, row.folder, -1, -row.size, error)
         && mun_catalogue_count (database, to.folder, 1, row.size, error)
         && mun_folder_blocks_remove (database, row.folder, request->number, error)
         && mun_folder_blocks_add (database, to.folder, &request->number, 1, error);
}

gboolean
mun_store_move (MunStore *self, gint64 number, const char *to_folder, GError **error)
{
  Request request = { number, to_folder };

  return mun_store_write (self, 1, move_work, &request, error);
}

/* The last user of a piece takes it along. */
static gboolean
release_pieces (MunDatabase *database, GBytes *list, GError **error)
{
  g_autoptr (GArray) refs
      = mun_piece_list_decode (g_bytes_get_data (list, NULL), g_bytes_get_size (list));
  g_autoptr (GArray) ids = refs != NULL ? mun_piece_list_ids (refs) : NULL;

  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    gint64 id = g_array_index (ids, gint64, i);

    if (!mun_database_run (database, error, "UPDATE pieces SET refs = refs - 1 WHERE id = ?1", "i",
                           id)
        || !mun_database_run (database, error, "DELETE FROM pieces WHERE id = ?1 AND refs <= 0",
                              "i", id))
      return FALSE;
  }
  return TRUE;
}

static gboolean
delete_work (MunStore *self, gpointer data, GError **error)
{
  Request *request = data;
  MunDatabase *database = mun_store_get_database (self);
  g_auto (Row) row = { 0 };
  MunFolderIds from;

  if (!load_row (self, request->number, &row, error))
    return FALSE;
  ids_of_folder (database, row.folder, &from);
  journal (self, "delete", request->number, NULL);
  return reindex (self, request->number, &row, &from, NULL, error)
         && mun_database_run (database, error, "DELETE FROM messages WHERE number = ?1", "i",
                              request->number)
         && release_pieces (database, row.pieces, error)
         && mun_store_texts_remove (database, request->number, error)
         && mun_catalogue_count (database, row.folder, -1, -row.size, error)
         && mun_folder_blocks_remove (database, row.folder, request->number, error)
         && mun_database_run (database, error,
                              "UPDATE source_keys SET number = 0 WHERE number = ?1 AND store = 0",
                              "i", request->number);
}

gboolean
mun_store_delete (MunStore *self, gint64 number, GError **error)
{
  Request request = { number, NULL };

  return mun_store_write (self, 1, delete_work, &request, error);
}
