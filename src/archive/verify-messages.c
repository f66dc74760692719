/* verify-messages.c: the messages of a store and their pieces */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "verify-bytes.h"

#include "piece-list.h"

/* Of the progress bar. */
#define MESSAGES_SHARE 0.1

/* Of the rows of messages: number, pieces. */
static GArray *
decode_pieces (sqlite3_stmt *row)
{
  return mun_piece_list_decode (sqlite3_column_blob (row, 1), sqlite3_column_bytes (row, 1));
}

/* One sound piece is the message when the digests are the same. */
static void
check_digest (MunVerification *self, sqlite3_stmt *row, gint64 piece)
{
  gint64 is_same
      = mun_database_get_int (self->reader, 0,
                              "SELECT count(*) FROM pieces WHERE id = ?1 AND digest = ?2", "ib",
                              piece, sqlite3_column_blob (row, 2), (gsize)MUN_DIGEST_SIZE);

  if (is_same != 1)
    mun_verification_fault (self, "message %" G_GINT64_FORMAT ": its piece is missing or another's",
                            (gint64)sqlite3_column_int64 (row, 0));
}

typedef struct {
  GArray *uses; /* by piece id, how many messages use it */
  guint64 total;
} Rows;

static void
count_use (Rows *rows, gint64 id)
{
  if (id > 0 && id < rows->uses->len)
    g_array_index (rows->uses, guint32, id)++;
}

/* Several: their bytes are read. */
static void
add_message (MunVerification *self, gint64 number, Rows *rows, GArray *refs)
{
  g_autoptr (GArray) ids = mun_piece_list_ids (refs);
  gint64 last = 0;

  for (guint i = 0; i < ids->len; i++) {
    last = MAX (last, g_array_index (ids, gint64, i));
    count_use (rows, g_array_index (ids, gint64, i));
  }
  mun_bytes_check_add (self->bytes, number, last);
}

static void
check_message (MunVerification *self, sqlite3_stmt *row, gpointer data)
{
  Rows *rows = data;
  g_autoptr (GArray) refs = decode_pieces (row);
  gint64 number = sqlite3_column_int64 (row, 0);

  self->messages++;
  mun_verification_step (self, MESSAGES_SHARE * self->messages / MAX (rows->total, 1),
                         "Checking messages");
  if (sqlite3_column_bytes (row, 2) != MUN_DIGEST_SIZE) {
    mun_verification_fault (self, "message %" G_GINT64_FORMAT " has no SHA-256", number);
  } else if (refs == NULL) {
    mun_verification_fault (self, "message %" G_GINT64_FORMAT ": its list of pieces is damaged",
                            number);
  } else if (refs->len > 1) {
    add_message (self, number, rows, refs);
  } else {
    count_use (rows, g_array_index (refs, MunPieceRef, 0).piece);
    check_digest (self, row, g_array_index (refs, MunPieceRef, 0).piece);
  }
}

static void
check_references (MunVerification *self, sqlite3_stmt *row, gpointer data)
{
  Rows *rows = data;
  gint64 id = sqlite3_column_int64 (row, 0), refs = sqlite3_column_int64 (row, 1);
  gint64 used = id > 0 && id < rows->uses->len ? g_array_index (rows->uses, guint32, id) : 0;

  if (refs != used)
    mun_verification_fault (self,
                            "piece %" G_GINT64_FORMAT ": the catalogue counts %" G_GINT64_FORMAT
                            " users, there are %" G_GINT64_FORMAT,
                            id, refs, used);
}

static void
check_folder (MunVerification *self, sqlite3_stmt *row, gpointer data)
{
  mun_verification_fault (self,
                          "folder %s: the catalogue counts %" G_GINT64_FORMAT
                          " messages, there are %" G_GINT64_FORMAT,
                          mun_database_text (row, 0), (gint64)sqlite3_column_int64 (row, 1),
                          (gint64)sqlite3_column_int64 (row, 2));
}

/* Those in the contents were opened with the rest; these are the ones that are used. */
static void
check_dictionary (MunVerification *self, sqlite3_stmt *row, gpointer data)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GBytes) plain
      = mun_record_open (mun_store_get_codec (self->store), sqlite3_column_blob (row, 1),
                         sqlite3_column_bytes (row, 1), TRUE, &problem);

  if (plain == NULL)
    mun_verification_fault (self, "dictionary %" G_GINT64_FORMAT " in the catalogue: %s",
                            (gint64)sqlite3_column_int64 (row, 0), problem->message);
}

gboolean
mun_verify_messages (MunVerification *self, GError **error)
{
  g_autoptr (GArray) uses = g_array_new (FALSE, TRUE, sizeof (guint32));
  Rows rows = { uses, 0 };
  gint64 last = 0, given = 0;

  /* No id is above the last one given: a changed byte must not ask for more memory than there is. */
  if (!mun_database_find_int (self->reader, &last, error, "SELECT max(id) FROM pieces", "")
      || !mun_database_find_int (self->reader, &given, error,
                                 "SELECT seq FROM sqlite_sequence WHERE name = 'pieces'", ""))
    return FALSE;
  g_array_set_size (uses, CLAMP (MIN (last, given), 0, G_MAXINT32) + 1);
  rows.total = mun_database_get_int (self->reader, 0, "SELECT count(*) FROM messages", "");
  return mun_verification_walk (self, "SELECT number, pieces, digest FROM messages ORDER BY number",
                                check_message, &rows, error)
         && mun_verification_walk (self, "SELECT id, refs FROM pieces", check_references, &rows,
                                   error)
         && mun_verification_walk (
             self,
             "SELECT name, messages, n, bytes, b FROM folders LEFT JOIN"
             " (SELECT folder, count(*) AS n, sum(size) AS b FROM messages GROUP BY folder)"
             " ON folder = id WHERE messages <> coalesce(n, 0) OR bytes <> coalesce(b, 0)",
             check_folder, NULL, error)
         && mun_verification_walk (self, "SELECT number, record FROM dictionaries",
                                   check_dictionary, NULL, error);
}

/* --- what is lost --- */

static void
name_lost (MunVerification *self, sqlite3_stmt *row, gpointer data)
{
  g_autoptr (GArray) refs = decode_pieces (row);
  gint64 number = sqlite3_column_int64 (row, 0);

  for (guint i = 0; refs != NULL && i < refs->len; i++)
    if (g_hash_table_contains (self->bad_pieces, &g_array_index (refs, MunPieceRef, i).piece)) {
      mun_verification_fault (self,
                              "message %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                              " cannot be restored",
                              mun_store_get_id (self->store), number);
      /* Said once. */
      g_hash_table_remove (mun_bytes_check_get_faults (self->bytes), &number);
      return;
    }
}

static gint
compare_numbers (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *)a, second = *(const gint64 *)b;

  return (first > second) - (first < second);
}

gboolean
mun_verify_lost (MunVerification *self, GError **error)
{
  GHashTable *faults = mun_bytes_check_get_faults (self->bytes);
  GList *numbers;

  if (g_hash_table_size (self->bad_pieces) > 0
      && !mun_verification_walk (self, "SELECT number, pieces FROM messages ORDER BY number",
                                 name_lost, NULL, error))
    return FALSE;
  numbers = g_list_sort (g_hash_table_get_keys (faults), compare_numbers);
  for (GList *at = numbers; at != NULL; at = at->next)
    mun_verification_fault (self, "%s", (const char *)g_hash_table_lookup (faults, at->data));
  g_list_free (numbers);
  return TRUE;
}
