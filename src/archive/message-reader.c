/* message-reader.c: one archived message as a stream of chunks */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "message-reader.h"

#include "archive-private.h"
#include "errors.h"
#include "piece-list.h"
#include "text.h"

#include <gnutls/crypto.h>
#include <string.h>

/* What stands between the large parts of a message shares a piece, which is used again after each
 * of them: that one, and the one that is being read. */
#define KEPT_PIECES 2

typedef struct {
  gint64 id;
  GBytes *plain; /* NULL: free */
} Kept;

struct _MunMessageReader {
  MunStoreEntry *entry; /* (nullable) */
  MunStore *store;
  gint64 number;
  guint64 size;
  guint8 digest[MUN_DIGEST_SIZE];
  char *hex;
  GArray *refs;           /* MunPieceRef, in the order of the message */
  guint at;               /* the one that is being read */
  guint64 within;         /* bytes of it that were read */
  guint64 offset;         /* bytes of the message that were read */
  Kept kept[KEPT_PIECES]; /* the last used first */
  gnutls_hash_hd_t hash;  /* of a whole reading; NULL after a seek */
  MunPieceSource source;
  gpointer source_data;
  gboolean failed;
};

/* --- pieces --- */

static gboolean
damaged (MunMessageReader *self, GError **error, const char *what, gint64 piece)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED, "piece %" G_GINT64_FORMAT " %s", piece, what);
  return FALSE;
}

/* Where a piece is now, and what it must be. */
static gboolean
find_piece (MunMessageReader *self, MunDatabase *database, gint64 id, MunPlaceInContents *place,
            guint8 digest[MUN_DIGEST_SIZE], GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row
      = mun_database_prepare (database, error,
                              "SELECT container, offset, length, digest FROM pieces WHERE id = ?1",
                              "i", id);

  if (row == NULL)
    return FALSE;
  if (!mun_database_step (database, row, &local_error)) {
    if (local_error == NULL)
      return damaged (self, error, "is not in the catalogue", id);
    g_propagate_error (error, g_steal_pointer (&local_error));
    return FALSE;
  }
  place->container = sqlite3_column_int64 (row, 0);
  place->offset = sqlite3_column_int64 (row, 1);
  place->length = sqlite3_column_int64 (row, 2);
  memset (digest, 0, MUN_DIGEST_SIZE);
  if (sqlite3_column_bytes (row, 3) == MUN_DIGEST_SIZE)
    memcpy (digest, sqlite3_column_blob (row, 3), MUN_DIGEST_SIZE);
  sqlite3_reset (row);
  return TRUE;
}

static gboolean
look_up_piece (MunMessageReader *self, gint64 id, MunPlaceInContents *place,
               guint8 digest[MUN_DIGEST_SIZE], GError **error)
{
  MunDatabase *database = mun_store_acquire_reader (self->store, error);
  gboolean found;

  if (database == NULL)
    return FALSE;
  found = find_piece (self, database, id, place, digest, error);
  mun_store_release_reader (self->store, database);
  return found;
}

/* A piece that was moved between the two steps is elsewhere when it is looked up again. */
static GBytes *
read_piece (MunMessageReader *self, gint64 id, guint8 digest[MUN_DIGEST_SIZE], GError **error)
{
  MunContents *contents = mun_store_get_contents (self->store);
  MunPlaceInContents place, now;
  g_autoptr (GError) local_error = NULL;
  GBytes *plain;

  if (!look_up_piece (self, id, &place, digest, error))
    return NULL;
  plain = mun_contents_read (contents, &place, &local_error);
  if (plain == NULL && look_up_piece (self, id, &now, digest, NULL)
      && (now.container != place.container || now.offset != place.offset))
    return mun_contents_read (contents, &now, error);
  if (plain == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return plain;
}

static GBytes *
load_piece (MunMessageReader *self, gint64 id, GError **error)
{
  guint8 expected[MUN_DIGEST_SIZE], digest[MUN_DIGEST_SIZE];
  g_autoptr (GBytes) plain = NULL;

  if (self->hash != NULL && self->source != NULL)
    plain = self->source (id, self->source_data);
  if (plain == NULL)
    plain = read_piece (self, id, expected, error);
  if (plain == NULL || self->hash != NULL)
    return g_steal_pointer (&plain);
  mun_digest (g_bytes_get_size (plain) > 0 ? g_bytes_get_data (plain, NULL) : "",
              g_bytes_get_size (plain), digest);
  if (memcmp (digest, expected, sizeof digest) == 0)
    return g_steal_pointer (&plain);
  damaged (self, error, "does not match its SHA-256", id);
  return NULL;
}

/* Returns: (transfer none): valid until the next call. */
static GBytes *
use_piece (MunMessageReader *self, gint64 id, GError **error)
{
  Kept used = { id, NULL };
  guint i;

  for (i = 0; i < KEPT_PIECES - 1 && (self->kept[i].plain == NULL || self->kept[i].id != id); i++)
    ;
  if (self->kept[i].plain != NULL && self->kept[i].id == id)
    used.plain = g_steal_pointer (&self->kept[i].plain);
  g_clear_pointer (&self->kept[i].plain, g_bytes_unref);
  if (used.plain == NULL)
    used.plain = load_piece (self, id, error);
  memmove (&self->kept[1], &self->kept[0], i * sizeof self->kept[0]);
  self->kept[0] = used;
  return used.plain;
}

/* --- the message --- */

/* The refs of a message come to its size; the only one of a message says nothing of it. */
static gboolean
check_size (MunMessageReader *self, GError **error)
{
  guint64 total = 0;

  for (guint i = 0; i < self->refs->len; i++) {
    MunPieceRef *ref = &g_array_index (self->refs, MunPieceRef, i);

    if (ref->length == G_MAXUINT64)
      ref->length = self->size;
    if (ref->length > self->size - total)
      break;
    total += ref->length;
    if (i == self->refs->len - 1 && total == self->size)
      return TRUE;
  }
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_DAMAGED,
                       "the list of pieces does not come to the size of the message");
  return FALSE;
}

static void
name_message (MunStore *store, gint64 number, GError **error)
{
  g_prefix_error (error, "message %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ": ",
                  mun_store_get_id (store), number);
}

MunMessageReader *
mun_message_reader_new (MunStore *store, gint64 number, GBytes *pieces, guint64 size,
                        GBytes *digest, GError **error)
{
  g_autoptr (MunMessageReader) self = g_new0 (MunMessageReader, 1);

  self->store = mun_store_ref (store);
  self->number = number;
  self->size = size;
  if (g_bytes_get_size (digest) == MUN_DIGEST_SIZE)
    memcpy (self->digest, g_bytes_get_data (digest, NULL), MUN_DIGEST_SIZE);
  self->hex = mun_text_to_hex (self->digest, MUN_DIGEST_SIZE, FALSE);
  if (gnutls_hash_init (&self->hash, GNUTLS_DIG_SHA256) < 0)
    g_error ("SHA-256 is not available");
  self->refs = mun_piece_list_decode (g_bytes_get_data (pieces, NULL), g_bytes_get_size (pieces));
  if (self->refs == NULL)
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_DAMAGED, "the list of pieces is damaged");
  if (self->refs != NULL && check_size (self, error))
    return g_steal_pointer (&self);
  name_message (store, number, error);
  return NULL;
}

static MunMessageReader *
open_row (MunStore *store, MunDatabase *database, gint64 number, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) pieces = NULL, digest = NULL;
  sqlite3_stmt *row
      = mun_database_prepare (database, error,
                              "SELECT pieces, size, digest FROM messages WHERE number = ?1", "i",
                              number);
  guint64 size;

  if (row == NULL)
    return NULL;
  if (!mun_database_step (database, row, &local_error)) {
    if (local_error != NULL)
      g_propagate_error (error, g_steal_pointer (&local_error));
    else
      g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
                   "message %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT " does not exist",
                   mun_store_get_id (store), number);
    return NULL;
  }
  pieces = g_bytes_new (sqlite3_column_blob (row, 0), sqlite3_column_bytes (row, 0));
  size = sqlite3_column_int64 (row, 1);
  digest = g_bytes_new (sqlite3_column_blob (row, 2), sqlite3_column_bytes (row, 2));
  sqlite3_reset (row);
  return mun_message_reader_new (store, number, pieces, size, digest, error);
}

MunMessageReader *
mun_message_reader_open (MunStore *store, gint64 number, GError **error)
{
  MunDatabase *database = mun_store_acquire_reader (store, error);
  MunMessageReader *reader;

  if (database == NULL)
    return NULL;
  reader = open_row (store, database, number, error);
  mun_store_release_reader (store, database);
  return reader;
}

void
mun_message_reader_set_source (MunMessageReader *self, MunPieceSource source, gpointer user_data)
{
  self->source = source;
  self->source_data = user_data;
}

MunMessageReader *
mun_archive_open_message (MunArchive *self, const char *message_id, GError **error)
{
  gint64 id, number;
  g_autoptr (MunStoreEntry) entry = NULL;
  MunMessageReader *reader;

  if (!mun_archive_parse_message_id (message_id, &id, &number, error))
    return NULL;
  entry = mun_archive_find_entry (self, id, error);
  reader = entry != NULL ? mun_message_reader_open (entry->store, number, error) : NULL;
  if (reader != NULL)
    reader->entry = g_steal_pointer (&entry);
  return reader;
}

static void
end_hash (MunMessageReader *self, guint8 *digest)
{
  if (self->hash != NULL)
    gnutls_hash_deinit (self->hash, digest);
  self->hash = NULL;
}

void
mun_message_reader_free (MunMessageReader *self)
{
  end_hash (self, NULL);
  for (guint i = 0; i < KEPT_PIECES; i++)
    g_clear_pointer (&self->kept[i].plain, g_bytes_unref);
  g_clear_pointer (&self->refs, g_array_unref);
  g_clear_pointer (&self->entry, mun_store_entry_unref);
  mun_store_unref (self->store);
  g_free (self->hex);
  g_free (self);
}

guint64
mun_message_reader_get_size (MunMessageReader *self)
{
  return self->size;
}

const char *
mun_message_reader_get_digest (MunMessageReader *self)
{
  return self->hex;
}

void
mun_message_reader_seek (MunMessageReader *self, guint64 offset)
{
  g_return_if_fail (offset <= self->size);
  end_hash (self, NULL);
  /* They were not compared with their own digests. */
  for (guint i = 0; i < KEPT_PIECES; i++)
    g_clear_pointer (&self->kept[i].plain, g_bytes_unref);
  self->offset = self->within = offset;
  for (self->at = 0; self->at < self->refs->len; self->at++) {
    MunPieceRef *ref = &g_array_index (self->refs, MunPieceRef, self->at);

    if (self->within < ref->length)
      break;
    self->within -= ref->length;
  }
}

/* The hash of a whole reading, up to and with @chunk; at the end it must be the message's. */
static gboolean
check_whole (MunMessageReader *self, GBytes *chunk, GError **error)
{
  guint8 digest[MUN_DIGEST_SIZE];

  if (self->hash == NULL)
    return TRUE;
  if (g_bytes_get_size (chunk) > 0)
    gnutls_hash (self->hash, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
  if (self->offset + g_bytes_get_size (chunk) < self->size)
    return TRUE;
  end_hash (self, digest);
  if (memcmp (digest, self->digest, sizeof digest) == 0)
    return TRUE;
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_DAMAGED, "its bytes do not match their SHA-256");
  return FALSE;
}

static GBytes *
read_chunk (MunMessageReader *self, gsize most, GError **error)
{
  MunPieceRef *ref;
  g_autoptr (GBytes) chunk = NULL;
  GBytes *plain;
  gsize size;

  while (self->at < self->refs->len
         && self->within == g_array_index (self->refs, MunPieceRef, self->at).length) {
    self->within = 0;
    self->at++;
  }
  if (self->at == self->refs->len)
    return check_whole (self, chunk = g_bytes_new (NULL, 0), error) ? g_steal_pointer (&chunk)
                                                                    : NULL;
  ref = &g_array_index (self->refs, MunPieceRef, self->at);
  plain = use_piece (self, ref->piece, error);
  if (plain == NULL)
    return NULL;
  size = g_bytes_get_size (plain);
  if (ref->offset > size || ref->length > size - ref->offset) {
    damaged (self, error, "is shorter than the catalogue says", ref->piece);
    return NULL;
  }
  chunk = g_bytes_new_from_bytes (plain, ref->offset + self->within,
                                  MIN (most, ref->length - self->within));
  if (!check_whole (self, chunk, error))
    return NULL;
  self->within += g_bytes_get_size (chunk);
  self->offset += g_bytes_get_size (chunk);
  return g_steal_pointer (&chunk);
}

GBytes *
mun_message_reader_read (MunMessageReader *self, gsize most, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GBytes *chunk = NULL;

  g_return_val_if_fail (most > 0, NULL);
  if (self->failed)
    g_set_error_literal (&local_error, MUN_ERROR, MUN_ERROR_DAMAGED,
                         "reading it has failed before");
  else
    chunk = read_chunk (self, most, &local_error);
  if (chunk != NULL)
    return chunk;
  self->failed = TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  name_message (self->store, self->number, error);
  return NULL;
}

gboolean
mun_message_reader_check (MunMessageReader *self, GError **error)
{
  for (;;) {
    g_autoptr (GBytes) chunk = mun_message_reader_read (self, G_MAXSIZE, error);

    if (chunk == NULL || g_bytes_get_size (chunk) == 0)
      return chunk != NULL;
  }
}
