/* recover-messages.c: the rows of recovered messages, completed from their bytes, and their index */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "recover-private.h"

#include "catalogue.h"
#include "folder-path.h"
#include "piece-list.h"
#include "store-deliver.h"
#include "store-messages.h"

#include <string.h>

typedef struct {
  gint64 number, folder;
  guint8 digest[MUN_DIGEST_SIZE];
  GBytes *pieces;
} Row;

static gboolean
next_row (MunRecovery *self, Row *row, GError **error)
{
  sqlite3_stmt *found = mun_database_prepare (
      self->database, error,
      "SELECT number, folder, digest, pieces FROM messages WHERE number > ?1"
      " ORDER BY number LIMIT 1",
      "i", row->number);

  if (found == NULL || !mun_database_step (self->database, found, error))
    return FALSE;
  row->number = sqlite3_column_int64 (found, 0);
  row->folder = sqlite3_column_int64 (found, 1);
  memset (row->digest, 0, sizeof row->digest);
  if (sqlite3_column_bytes (found, 2) == MUN_DIGEST_SIZE)
    memcpy (row->digest, sqlite3_column_blob (found, 2), MUN_DIGEST_SIZE);
  row->pieces = g_bytes_new (sqlite3_column_blob (found, 3), sqlite3_column_bytes (found, 3));
  sqlite3_reset (found);
  return TRUE;
}

/* The bytes of a message, checked; NULL: they are lost, the reason is in @reason, or with @problem. */
static GBytes *
read_bytes (MunRecovery *self, const Row *row, char **reason, GError **problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) raw = NULL;
  guint8 digest[MUN_DIGEST_SIZE];

  if (g_bytes_get_size (row->pieces) == 0) {
    *reason = g_strdup ("not all of its pieces are in the contents");
    return NULL;
  }
  raw = mun_store_assemble (self->store, self->database, g_bytes_get_data (row->pieces, NULL),
                            g_bytes_get_size (row->pieces), &error);
  if (raw == NULL) {
    if (mun_recovery_is_loss (error, problem))
      *reason = g_strdup (error->message);
    return NULL;
  }
  mun_digest (g_bytes_get_size (raw) > 0 ? g_bytes_get_data (raw, NULL) : "",
              g_bytes_get_size (raw), digest);
  if (memcmp (digest, row->digest, sizeof digest) == 0)
    return g_steal_pointer (&raw);
  *reason = g_strdup ("its bytes do not match their SHA-256");
  return NULL;
}

/* Without a row it is archived again when its source is read again. */
static gboolean
give_up (MunRecovery *self, const Row *row, const char *path, const char *reason, GError **error)
{
  self->lost++;
  mun_recovery_fault (self, "message %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT " of folder %s: %s",
                      mun_store_get_id (self->store), row->number, path, reason);
  return mun_database_run (self->database, error, "DELETE FROM messages WHERE number = ?1", "i",
                           row->number)
         && mun_database_run (self->database, error,
                              "DELETE FROM source_keys WHERE number = ?1 AND store = 0", "i",
                              row->number);
}

static gboolean
count_pieces (MunRecovery *self, const Row *row, GError **error)
{
  g_autoptr (GArray) refs = mun_piece_list_decode (g_bytes_get_data (row->pieces, NULL),
                                                   g_bytes_get_size (row->pieces));
  g_autoptr (GArray) ids = refs != NULL ? mun_piece_list_ids (refs) : NULL;

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!mun_database_run (self->database, error, "UPDATE pieces SET refs = refs + 1 WHERE id = ?1",
                           "i", g_array_index (ids, gint64, i)))
      return FALSE;
  return TRUE;
}

static gboolean
complete (MunRecovery *self, const Row *row, const char *path, GBytes *raw, GError **error)
{
  g_autoptr (MunPrepared) item = mun_prepared_new (raw, FALSE);
  MunMessage *message = item->message = mun_message_parse (raw);
  g_autofree char *tokens = NULL;
  gint64 size = g_bytes_get_size (raw);
  MunFolderIds ids = { 0 };

  /* What was read in its attachments stood in the catalogue alone. */
  item->number = row->number;
  if (!mun_prepared_read_attachments (item, mun_store_get_codec (self->store), self->extractor,
                                      self->cancellable, error))
    return FALSE;

  mun_catalogue_find_folder (self->database, path, &ids);
  ids.folder = row->folder;
  tokens = mun_catalogue_dup_tokens (&ids, mun_message_has_attachments (message),
                                     mun_message_get_priority (message));
  self->messages++;
  self->bytes += size;
  return mun_store_describe (self->database, row->number, message, size, error)
         && mun_store_index_prepared (self->database, item, tokens, error)
         && mun_catalogue_count (self->database, row->folder, 1, size, error)
         && count_pieces (self, row, error);
}

static gboolean
recover_row (MunRecovery *self, const Row *row, GError **error)
{
  g_autofree char *path = mun_catalogue_dup_path (self->database, row->folder);
  g_autofree char *reason = NULL;
  g_autoptr (GBytes) raw = read_bytes (self, row, &reason, error);

  if (raw != NULL)
    return complete (self, row, path, raw, error);
  return reason != NULL && give_up (self, row, path, reason, error);
}

gboolean
mun_recover_messages (MunRecovery *self, GError **error)
{
  gint64 total = mun_database_get_int (self->database, 0, "SELECT count(*) FROM messages", "");
  g_autoptr (GError) local_error = NULL;
  Row row = { .number = G_MININT64 };

  while (next_row (self, &row, &local_error)) {
    guint64 done = self->messages + self->lost;
    gboolean ok;

    if (self->progress != NULL && done % 100 == 0) {
      g_autofree char *text
          = g_strdup_printf ("Message %" G_GUINT64_FORMAT " of %" G_GINT64_FORMAT, done + 1, total);

      self->progress (0.5 + 0.5 * done / MAX (total, 1), text, self->data);
    }
    ok = recover_row (self, &row, error);
    g_bytes_unref (row.pieces);
    if (!ok || !mun_recovery_step (self, error))
      return FALSE;
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
