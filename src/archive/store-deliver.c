/* store-deliver.c: prepared messages become archived ones */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-deliver.h"

#include "catalogue.h"
#include "folder-blocks.h"
#include "folder-path.h"
#include "piece-list.h"
#include "store-texts.h"
#include "text-decode.h"

#include <string.h>

#define SEQUENCE_BITS 20
#define SEQUENCE_MASK ((G_GINT64_CONSTANT (1) << SEQUENCE_BITS) - 1)
#define ONE_DAY (24 * 60 * 60)
#define MAX_SECONDS (G_GINT64_CONSTANT (1) << 40)
/* What a list shows of these. */
#define MAX_SUBJECT 1000
#define MAX_SENDER 500
#define MAX_RECIPIENTS 1000

/* One delivery within its transaction. */
typedef struct {
  GPtrArray *items;    /* MunPrepared, sorted by date */
  GHashTable *folders; /* path → MunFolderIds and counts */
} Batch;

typedef struct {
  MunFolderIds ids;
  gint64 bytes;
  GArray *numbers; /* of the messages that are new */
} BatchFolder;

static void
batch_folder_free (gpointer data)
{
  BatchFolder *folder = data;

  g_array_unref (folder->numbers);
  g_free (folder);
}

/* Rule 1 of the design: the row id is the date, so that the newest come first without sorting. */
static gint64
list_seconds (const MunPrepared *item)
{
  gint64 sent = mun_message_get_date (item->message);
  gint64 received = CLAMP (item->received, 0, MAX_SECONDS);

  return sent > 0 && sent <= received + ONE_DAY ? sent : received;
}

static gint
compare_items (gconstpointer a, gconstpointer b)
{
  gint64 first = list_seconds (*(MunPrepared *const *)a);
  gint64 second = list_seconds (*(MunPrepared *const *)b);

  return (first > second) - (first < second);
}

static gboolean
find_digest_in (MunDatabase *database, gint64 scope, const guint8 digest[MUN_DIGEST_SIZE],
                gint64 *number, GError **error)
{
  return mun_database_find_int (
      database, number, error,
      "SELECT number FROM messages WHERE digest = ?1 AND scope = ?2 LIMIT 1", "bi", digest,
      (gsize)MUN_DIGEST_SIZE, scope);
}

gboolean
mun_store_find_digest (MunDatabase *database, const char *scope,
                       const guint8 digest[MUN_DIGEST_SIZE], gint64 *number, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  MunFolderIds ids;

  *number = 0;
  if (mun_catalogue_lookup_folder (database, scope, &ids, &local_error))
    return find_digest_in (database, ids.folder, digest, number, error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
mun_store_add_source_key (MunDatabase *database, gint64 scope, const char *key, gint64 store,
                          gint64 number, GError **error)
{
  return mun_database_run (database, error,
                           "INSERT OR REPLACE INTO source_keys (scope, key, store, number)"
                           " VALUES (?1, ?2, ?3, ?4)",
                           "isii", scope, key, store, number);
}

static BatchFolder *
batch_folder (Batch *batch, MunDatabase *database, const char *path, GError **error)
{
  BatchFolder *folder = g_hash_table_lookup (batch->folders, path);
  MunFolderIds ids;

  if (folder != NULL)
    return folder;
  if (!mun_catalogue_ensure_folder (database, path, &ids, error))
    return NULL;
  folder = g_new0 (BatchFolder, 1);
  folder->ids = ids;
  folder->numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_hash_table_insert (batch->folders, g_strdup (path), folder);
  return folder;
}

/* The id of a piece: one that is there gains a reference, one that is not is stored. */
static gint64
store_piece (MunStore *store, MunPrepared *item, guint index, gboolean is_repeat, GError **error)
{
  MunDatabase *database = mun_store_get_database (store);
  MunPreparedPiece *piece = &g_array_index (item->pieces, MunPreparedPiece, index);
  MunPlaceInContents place;
  gint64 id = 0;
  GBytes *record;

  if (!mun_database_find_int (database, &id, error, "SELECT id FROM pieces WHERE digest = ?1", "b",
                              piece->digest, (gsize)MUN_DIGEST_SIZE))
    return 0;
  if (id != 0) {
    if (!is_repeat
        && !mun_database_run (database, error, "UPDATE pieces SET refs = refs + 1 WHERE id = ?1",
                              "i", id))
      return 0;
    return id;
  }
  record = mun_prepared_seal_piece (item, index, mun_store_get_codec (store), error);
  if (record == NULL || !mun_contents_append (mun_store_get_contents (store), record, &place, error)
      || !mun_database_run (database, error,
                            "INSERT INTO pieces (digest, container, offset, length, size, refs)"
                            " VALUES (?1, ?2, ?3, ?4, ?5, 1)",
                            "biiiii", piece->digest, (gsize)MUN_DIGEST_SIZE,
                            (gint64)place.container, (gint64)place.offset, (gint64)place.length,
                            (gint64)piece->size))
    return 0;
  mun_prepared_drop_piece (item, index);
  return sqlite3_last_insert_rowid (mun_database_get_handle (database));
}

static gboolean
is_repeated (MunPrepared *item, guint index)
{
  MunPreparedPiece *pieces = (MunPreparedPiece *)item->pieces->data;

  for (guint i = 0; i < index; i++)
    if (memcmp (pieces[i].digest, pieces[index].digest, MUN_DIGEST_SIZE) == 0)
      return TRUE;
  return FALSE;
}

static GByteArray *
store_pieces (MunStore *store, MunPrepared *item, GError **error)
{
  g_autofree gint64 *ids = g_new0 (gint64, item->pieces->len);
  g_autoptr (GArray) refs = g_array_new (FALSE, TRUE, sizeof (MunPieceRef));

  for (guint i = 0; i < item->pieces->len; i++) {
    ids[i] = store_piece (store, item, i, is_repeated (item, i), error);
    if (ids[i] == 0)
      return NULL;
  }
  for (guint i = 0; i < item->segments->len; i++) {
    MunPreparedSegment *segment = &g_array_index (item->segments, MunPreparedSegment, i);
    MunPieceRef ref = { ids[segment->piece], segment->offset, segment->length };

    if (item->segments->len == 1)
      ref.length = G_MAXUINT64;
    g_array_append_val (refs, ref);
  }
  return mun_piece_list_encode (refs);
}

static GVariant *
bytes_variant (gconstpointer data, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1);
}

/* The members of an entry's dictionary. */
enum { NUMBER, DIGEST, FOLDER, RECEIVED, ARCHIVED, PROFILE, SOURCE, SEGMENTS, N_MEMBERS };

static void
add_member (GVariant **members, guint *n, guint member, GVariant *value)
{
  static const char *const names[N_MEMBERS]
      = { "number", "digest", "folder", "received", "archived", "profile", "source", "segments" };
  static GVariant *keys[N_MEMBERS];
  static gsize once;

  if (g_once_init_enter (&once)) {
    for (guint i = 0; i < N_MEMBERS; i++)
      keys[i] = g_variant_ref_sink (g_variant_new_string (names[i]));
    g_once_init_leave (&once, 1);
  }
  members[(*n)++] = g_variant_new_dict_entry (keys[member], g_variant_new_variant (value));
}

static GVariant *
segments_variant (MunPrepared *item)
{
  g_autofree GVariant **segments = g_new (GVariant *, item->segments->len);

  for (guint i = 0; i < item->segments->len; i++) {
    MunPreparedSegment *segment = &g_array_index (item->segments, MunPreparedSegment, i);
    MunPreparedPiece *piece = &g_array_index (item->pieces, MunPreparedPiece, segment->piece);
    GVariant *values[]
        = { bytes_variant (piece->digest, MUN_DIGEST_SIZE), g_variant_new_uint32 (segment->offset),
            g_variant_new_uint32 (segment->length) };

    segments[i] = g_variant_new_tuple (values, G_N_ELEMENTS (values));
  }
  return g_variant_new_array (G_VARIANT_TYPE ("(ayuu)"), segments, item->segments->len);
}

/* Enough to make the catalogue's row again from the contents alone. Put together by hand: format
 * strings and builders took a tenth of the writer's time. */
static void
journal_item (MunStore *store, MunPrepared *item, gint64 archived)
{
  GVariant *members[N_MEMBERS];
  guint n = 0;

  add_member (members, &n, NUMBER, g_variant_new_int64 (item->number));
  add_member (members, &n, DIGEST, bytes_variant (item->digest, MUN_DIGEST_SIZE));
  add_member (members, &n, FOLDER, g_variant_new_string (item->folder));
  add_member (members, &n, RECEIVED, g_variant_new_int64 (item->received));
  add_member (members, &n, ARCHIVED, g_variant_new_int64 (archived));
  if (item->profile != 0)
    add_member (members, &n, PROFILE, g_variant_new_int64 (item->profile));
  if (item->source_key != NULL)
    add_member (members, &n, SOURCE, g_variant_new_string (item->source_key));
  /* The only piece of most messages has the message's own digest. */
  if (item->segments->len > 1)
    add_member (members, &n, SEGMENTS, segments_variant (item));
  mun_store_journal (store, "add", g_variant_new_array (G_VARIANT_TYPE ("{sv}"), members, n));
}

static gboolean
next_number (MunDatabase *database, gint64 seconds, gint64 arrival, gint64 *number, GError **error)
{
  for (gint64 sequence = arrival;; sequence++) {
    gint64 is_taken = 0;

    *number = seconds << SEQUENCE_BITS | (sequence & SEQUENCE_MASK);
    if (!mun_database_find_int (database, &is_taken, error,
                                "SELECT 1 FROM messages WHERE number = ?1", "i", *number))
      return FALSE;
    if (!is_taken)
      return TRUE;
  }
}

static char *
dup_cut (const char *text, gsize limit)
{
  char *copy = g_strndup (text, strnlen (text, limit + 4));

  mun_text_cut (copy, limit);
  for (char *p = copy; *p != '\0'; p++)
    if (*p == '\n')
      *p = ' ';
  return copy;
}

static char *
dup_recipients (MunMessage *message)
{
  const char *to = mun_message_get_to (message);
  const char *cc = mun_message_get_cc (message);
  g_autofree char *joined = g_strjoin (*to != '\0' && *cc != '\0' ? ", " : "", to, cc, NULL);

  return dup_cut (joined, MAX_RECIPIENTS);
}

static gboolean
insert_row (MunStore *store, MunPrepared *item, const MunFolderIds *ids, gint64 arrival,
            gint64 archived, GByteArray *pieces, GError **error)
{
  MunMessage *message = item->message;
  const char *message_id = mun_message_get_message_id (message);
  g_autofree char *subject = dup_cut (mun_message_get_subject (message), MAX_SUBJECT);
  g_autofree char *sender = dup_cut (mun_message_get_from (message), MAX_SENDER);
  g_autofree char *recipients = dup_recipients (message);
  gint64 flags = (mun_message_has_attachments (message) ? MUN_ROW_ATTACHMENTS : 0)
                 | (mun_message_is_damaged (message) ? MUN_ROW_DAMAGED : 0);

  return mun_database_run (
      mun_store_get_database (store), error,
      "INSERT INTO messages (number, arrival, folder, scope, digest, size, sent, received, "
      "archived, flags,"
      " priority, extractor, profile, pieces, subject, sender, recipients, message_id, damage_note)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
      "?19)",
      "iiiibiiiiiiiibsssss", item->number, arrival, ids->folder, ids->scope, item->digest,
      (gsize)MUN_DIGEST_SIZE, (gint64)item->size, mun_message_get_date (message), item->received,
      archived, flags, (gint64)mun_message_get_priority (message), (gint64)MUN_MESSAGE_EXTRACTOR,
      item->profile, pieces->data, (gsize)pieces->len, subject, sender, recipients,
      *message_id != '\0' ? message_id : NULL, mun_message_get_damage_note (message));
}

gboolean
mun_store_index_prepared (MunDatabase *database, MunPrepared *item, const char *tokens,
                          GError **error)
{
  MunMessageFields fields = *mun_message_get_fields (item->message);
  g_autofree char *texts = NULL;

  if (item->texts == NULL)
    return mun_catalogue_index (database, item->number, &fields, tokens, error);
  fields.texts = texts = mun_store_texts_join_prepared (item);
  return mun_catalogue_index (database, item->number, &fields, tokens, error)
         && mun_store_texts_add (database, item, error);
}

void
mun_store_journal_source (MunStore *self, const char *scope, const char *key, gint64 store,
                          gint64 number)
{
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "folder", "s", scope);
  g_variant_dict_insert (&details, "source", "s", key);
  g_variant_dict_insert (&details, "store", "x", store);
  g_variant_dict_insert (&details, "number", "x", number);
  mun_store_journal (self, "source", g_variant_dict_end (&details));
}

gboolean
mun_store_describe (MunDatabase *database, gint64 number, MunMessage *message, gint64 size,
                    GError **error)
{
  const char *message_id = mun_message_get_message_id (message);
  g_autofree char *subject = dup_cut (mun_message_get_subject (message), MAX_SUBJECT);
  g_autofree char *sender = dup_cut (mun_message_get_from (message), MAX_SENDER);
  g_autofree char *recipients = dup_recipients (message);
  gint64 flags = (mun_message_has_attachments (message) ? MUN_ROW_ATTACHMENTS : 0)
                 | (mun_message_is_damaged (message) ? MUN_ROW_DAMAGED : 0);

  return mun_database_run (
      database, error,
      "UPDATE messages SET size = ?2, sent = ?3, flags = ?4, priority = ?5, extractor = ?6,"
      " subject = ?7, sender = ?8, recipients = ?9, message_id = ?10, damage_note = ?11"
      " WHERE number = ?1",
      "iiiiiisssss", number, size, mun_message_get_date (message), flags,
      (gint64)mun_message_get_priority (message), (gint64)MUN_MESSAGE_EXTRACTOR, subject, sender,
      recipients, *message_id != '\0' ? message_id : NULL, mun_message_get_damage_note (message));
}

static gboolean
deliver_item (MunStore *store, Batch *batch, MunPrepared *item, GError **error)
{
  MunDatabase *database = mun_store_get_database (store);
  BatchFolder *folder = batch_folder (batch, database, item->folder, error);
  gint64 archived = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GByteArray) pieces = NULL;
  g_autofree char *tokens = NULL;
  gint64 arrival;

  if (folder == NULL)
    return FALSE;
  item->number = 0;
  if (!find_digest_in (database, folder->ids.scope, item->digest, &item->number, error))
    return FALSE;
  item->is_duplicate = item->number != 0;
  if (!item->is_duplicate) {
    arrival = mun_store_next_arrival (store);
    pieces = store_pieces (store, item, error);
    if (pieces == NULL
        || !next_number (database, list_seconds (item), arrival, &item->number, error))
      return FALSE;
    tokens = mun_catalogue_dup_tokens (&folder->ids, mun_message_has_attachments (item->message),
                                       mun_message_get_priority (item->message));
    if (!insert_row (store, item, &folder->ids, arrival, archived, pieces, error)
        || !mun_store_index_prepared (database, item, tokens, error))
      return FALSE;
    g_array_append_val (folder->numbers, item->number);
    folder->bytes += item->size;
    journal_item (store, item, archived);
  } else if (item->source_key != NULL) {
    g_autofree char *scope = mun_path_dup_scope (item->folder);

    mun_store_journal_source (store, scope, item->source_key, 0, item->number);
  }
  return item->source_key == NULL
         || mun_store_add_source_key (database, folder->ids.scope, item->source_key, 0,
                                      item->number, error);
}

static gboolean
count_folder (MunDatabase *database, BatchFolder *folder, GError **error)
{
  GArray *numbers = folder->numbers;

  return numbers->len == 0
         || (mun_catalogue_count (database, folder->ids.folder, numbers->len, folder->bytes, error)
             && mun_folder_blocks_add (database, folder->ids.folder, (gint64 *)numbers->data,
                                       numbers->len, error));
}

static gboolean
deliver_work (MunStore *store, gpointer data, GError **error)
{
  Batch *batch = data;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_remove_all (batch->folders);
  for (guint i = 0; i < batch->items->len; i++)
    if (!deliver_item (store, batch, g_ptr_array_index (batch->items, i), error))
      return FALSE;
  g_hash_table_iter_init (&iter, batch->folders);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!count_folder (mun_store_get_database (store), value, error))
      return FALSE;
  return TRUE;
}

gboolean
mun_store_deliver (MunStore *self, GPtrArray *items, GError **error)
{
  Batch batch
      = { items, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, batch_folder_free) };
  gboolean ok;

  /* FTS5 wants row ids to rise: a smaller one makes it write a segment. */
  g_ptr_array_sort (items, compare_items);
  ok = mun_store_write (self, items->len, deliver_work, &batch, error);
  g_hash_table_unref (batch.folders);
  return ok;
}
