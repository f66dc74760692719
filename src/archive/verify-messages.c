/* verify-messages.c: the messages of a store and their pieces */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "verify-private.h"

#include "errors.h"
#include "message-reader.h"
#include "piece-list.h"

/* One message under check. */
typedef struct {
  gint64 number;
  gsize size;
  GBytes *pieces, *digest;
} Message;

static gboolean
is_bad (MunVerification *self, GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_hash_table_contains (self->bad_pieces, &g_array_index (ids, gint64, i)))
      return TRUE;
  return FALSE;
}

/* A message that is one sound piece is sound when the digests are the same; others are read. */
static void
check_bytes (MunVerification *self, const Message *message, GArray *refs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunMessageReader) reader = NULL;

  if (refs->len == 1) {
    gint64 same
        = mun_database_get_int (self->reader, 0,
                                "SELECT count(*) FROM pieces WHERE id = ?1 AND digest = ?2", "ib",
                                g_array_index (refs, MunPieceRef, 0).piece,
                                g_bytes_get_data (message->digest, NULL), (gsize)MUN_DIGEST_SIZE);

    if (same != 1)
      mun_verification_fault (self,
                              "message %" G_GINT64_FORMAT ": its piece is missing or another's",
                              message->number);
    return;
  }
  reader = mun_message_reader_new (self->store, message->number, message->pieces, message->size,
                                   message->digest, &error);
  if (reader == NULL || !mun_message_reader_check (reader, &error))
    mun_verification_fault (self, "%s", error->message);
}

/* @uses: by piece id, how many messages use it. */
static void
check_message (MunVerification *self, const Message *message, GArray *uses)
{
  gsize length;
  const guint8 *list = g_bytes_get_data (message->pieces, &length);
  g_autoptr (GArray) refs = mun_piece_list_decode (list, length);
  g_autoptr (GArray) ids = refs != NULL ? mun_piece_list_ids (refs) : NULL;

  self->messages++;
  if (refs == NULL) {
    mun_verification_fault (self, "message %" G_GINT64_FORMAT ": its list of pieces is damaged",
                            message->number);
    return;
  }
  for (guint i = 0; i < ids->len; i++) {
    gint64 id = g_array_index (ids, gint64, i);

    if (id > 0 && id < uses->len)
      g_array_index (uses, guint32, id)++;
  }
  if (is_bad (self, ids))
    mun_verification_fault (self,
                            "message %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT " cannot be restored",
                            mun_store_get_id (self->store), message->number);
  else
    check_bytes (self, message, refs);
}

static gboolean
walk_messages (MunVerification *self, GArray *uses, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  guint64 total = mun_database_get_int (self->reader, 0, "SELECT count(*) FROM messages", "");
  sqlite3_stmt *row
      = mun_database_prepare (self->reader, error,
                              "SELECT number, size, pieces, digest FROM messages ORDER BY number",
                              "");

  if (row == NULL)
    return FALSE;
  while (mun_database_step (self->reader, row, &local_error)) {
    g_autoptr (GBytes) pieces
        = g_bytes_new (sqlite3_column_blob (row, 2), sqlite3_column_bytes (row, 2));
    g_autoptr (GBytes) digest
        = g_bytes_new (sqlite3_column_blob (row, 3), sqlite3_column_bytes (row, 3));
    Message message
        = { sqlite3_column_int64 (row, 0), sqlite3_column_int64 (row, 1), pieces, digest };

    if (sqlite3_column_bytes (row, 3) == MUN_DIGEST_SIZE)
      check_message (self, &message, uses);
    else
      mun_verification_fault (self, "message %" G_GINT64_FORMAT " has no SHA-256", message.number);
    if (!mun_verification_step (self, 0.7 + 0.2 * self->messages / MAX (total, 1),
                                "Checking messages"))
      break;
  }
  sqlite3_reset (row);
  if (local_error == NULL)
    return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
check_references (MunVerification *self, GArray *uses, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (self->reader, error, "SELECT id, refs FROM pieces", "");

  if (row == NULL)
    return FALSE;
  while (mun_database_step (self->reader, row, &local_error)) {
    gint64 id = sqlite3_column_int64 (row, 0), refs = sqlite3_column_int64 (row, 1);
    gint64 used = id > 0 && id < uses->len ? g_array_index (uses, guint32, id) : 0;

    if (refs != used)
      mun_verification_fault (self,
                              "piece %" G_GINT64_FORMAT ": the catalogue counts %" G_GINT64_FORMAT
                              " users, there are %" G_GINT64_FORMAT,
                              id, refs, used);
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
check_folders (MunVerification *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (
      self->reader, error,
      "SELECT id, name, messages, bytes, n, b FROM folders"
      " LEFT JOIN (SELECT folder, count(*) AS n, sum(size) AS b FROM messages GROUP BY folder)"
      " ON folder = id WHERE messages <> coalesce(n, 0) OR bytes <> coalesce(b, 0)",
      "");

  if (row == NULL)
    return FALSE;
  while (mun_database_step (self->reader, row, &local_error))
    mun_verification_fault (self,
                            "folder %s: the catalogue counts %" G_GINT64_FORMAT
                            " messages, there are %" G_GINT64_FORMAT,
                            (const char *)sqlite3_column_text (row, 1),
                            (gint64)sqlite3_column_int64 (row, 2),
                            (gint64)sqlite3_column_int64 (row, 4));
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Those in the contents were opened with the rest; these are the ones that are used. */
static gboolean
check_dictionaries (MunVerification *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row
      = mun_database_prepare (self->reader, error, "SELECT number, record FROM dictionaries", "");

  if (row == NULL)
    return FALSE;
  while (mun_database_step (self->reader, row, &local_error)) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (GBytes) plain
        = mun_record_open (mun_store_get_codec (self->store), sqlite3_column_blob (row, 1),
                           sqlite3_column_bytes (row, 1), TRUE, &problem);

    if (plain == NULL)
      mun_verification_fault (self, "dictionary %" G_GINT64_FORMAT " in the catalogue: %s",
                              (gint64)sqlite3_column_int64 (row, 0), problem->message);
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
mun_verify_messages (MunVerification *self, GError **error)
{
  g_autoptr (GArray) uses = g_array_new (FALSE, TRUE, sizeof (guint32));
  gint64 last = 0, given = 0;

  /* No id is above the last one given: a changed byte must not ask for more memory than there is. */
  if (!mun_database_find_int (self->reader, &last, error, "SELECT max(id) FROM pieces", "")
      || !mun_database_find_int (self->reader, &given, error,
                                 "SELECT seq FROM sqlite_sequence WHERE name = 'pieces'", ""))
    return FALSE;
  g_array_set_size (uses, CLAMP (MIN (last, given), 0, G_MAXINT32) + 1);
  return walk_messages (self, uses, error) && check_references (self, uses, error)
         && check_folders (self, error) && check_dictionaries (self, error);
}
