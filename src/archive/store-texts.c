/* store-texts.c: what was read in the attachments of a store's messages */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-texts.h"

#include "text-decode.h"

#define MAX_NAME 500

static gboolean
append_stored (MunStore *self, sqlite3_stmt *row, GString *joined, GError **error)
{
  g_autoptr (GBytes) plain
      = mun_record_open (mun_store_get_codec (self), sqlite3_column_blob (row, 0),
                         sqlite3_column_bytes (row, 0), TRUE, error);
  gsize length;
  const char *text;

  if (plain == NULL)
    return FALSE;
  text = g_bytes_get_data (plain, &length);
  mun_attachment_text_join (joined, text, length);
  return TRUE;
}

char *
mun_store_texts_join (MunStore *self, MunDatabase *database, gint64 number, const char *first,
                      gsize limit, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GString) joined = g_string_new (first);
  /* An outer join: a text that is missing must not pass for one that never was. */
  sqlite3_stmt *row
      = mun_database_prepare (database, error,
                              "SELECT record FROM message_texts LEFT JOIN texts ON texts.id = text"
                              " WHERE number = ?1 AND text <> 0 ORDER BY position",
                              "i", number);

  if (row == NULL)
    return NULL;
  while (joined->len < limit && mun_database_step (database, row, &local_error))
    if (!append_stored (self, row, joined, &local_error))
      break;
  sqlite3_reset (row);
  if (local_error == NULL)
    return g_string_free (g_steal_pointer (&joined), FALSE);
  g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "the text of an attachment: ");
  return NULL;
}

char *
mun_store_texts_join_prepared (MunPrepared *item)
{
  GString *joined = g_string_new (mun_message_get_fields (item->message)->texts);

  for (guint i = 0; item->found != NULL && i < item->found->len; i++) {
    MunAttachmentText *found = g_ptr_array_index (item->found, i);

    mun_attachment_text_join (joined, found->text->str, found->text->len);
  }
  return g_string_free (joined, FALSE);
}

/* The id of a text: one that is there gains a reference. 0 on failure. */
static gint64
keep_text (MunDatabase *database, const MunPreparedText *text, GError **error)
{
  gsize length;
  gconstpointer record = g_bytes_get_data (text->record, &length);
  gint64 id = 0;

  if (!mun_database_find_int (database, &id, error, "SELECT id FROM texts WHERE digest = ?1", "b",
                              text->digest, (gsize)MUN_DIGEST_SIZE))
    return 0;
  if (id != 0)
    return mun_database_run (database, error, "UPDATE texts SET refs = refs + 1 WHERE id = ?1", "i",
                             id)
               ? id
               : 0;
  if (!mun_database_run (database, error,
                         "INSERT INTO texts (digest, record, refs) VALUES (?1, ?2, 1)", "bb",
                         text->digest, (gsize)MUN_DIGEST_SIZE, record, length))
    return 0;
  return sqlite3_last_insert_rowid (mun_database_get_handle (database));
}

gboolean
mun_store_texts_add (MunDatabase *database, MunPrepared *item, GError **error)
{
  for (guint i = 0; item->texts != NULL && i < item->texts->len; i++) {
    MunPreparedText *text = &g_array_index (item->texts, MunPreparedText, i);
    g_autofree char *name = g_strdup (text->found->name);
    gint64 id = 0;

    mun_text_cut (name, MAX_NAME);
    if (text->record != NULL && (id = keep_text (database, text, error)) == 0)
      return FALSE;
    if (!mun_database_run (
            database, error,
            "INSERT INTO message_texts (number, position, text, outcome, extractor, name)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            "iiiiis", item->number, (gint64)i, id, (gint64)text->found->outcome,
            (gint64)MUN_TEXT_EXTRACTOR, name))
      return FALSE;
  }
  return TRUE;
}

gboolean
mun_store_texts_remove (MunDatabase *database, gint64 number, GError **error)
{
  return mun_database_run (database, error,
                           "UPDATE texts SET refs = refs -"
                           " (SELECT count(*) FROM message_texts WHERE number = ?1 AND text = id)"
                           " WHERE id IN (SELECT text FROM message_texts WHERE number = ?1)",
                           "i", number)
         && mun_database_run (database, error,
                              "DELETE FROM texts WHERE refs <= 0 AND id IN"
                              " (SELECT text FROM message_texts WHERE number = ?1)",
                              "i", number)
         && mun_database_run (database, error, "DELETE FROM message_texts WHERE number = ?1", "i",
                              number);
}

const char *
mun_store_texts_explain (gint64 outcome)
{
  static const char *const words[MUN_TEXT_N_OUTCOMES] = {
    [MUN_TEXT_COMPLETE] = "complete",
    [MUN_TEXT_DAMAGED] = "damaged",
    [MUN_TEXT_ENCRYPTED] = "encrypted",
    [MUN_TEXT_TOO_LARGE] = "too large",
    [MUN_TEXT_TIMED_OUT] = "not read in time",
    [MUN_TEXT_CRASHED] = "fatal to their reader",
    [MUN_TEXT_UNAVAILABLE] = "not read, as munimentd-text could not run",
    [MUN_TEXT_TOO_MANY] = "more than are read in a message",
  };

  return outcome >= 0 && outcome < MUN_TEXT_N_OUTCOMES ? words[outcome] : "unknown";
}

JsonArray *
mun_store_texts_list_gaps (MunDatabase *database, gint64 number)
{
  sqlite3_stmt *row = mun_database_prepare (
      database, NULL,
      "SELECT name, outcome FROM message_texts WHERE number = ?1 AND outcome <> 0"
      " ORDER BY position",
      "i", number);
  JsonArray *gaps = NULL;

  while (row != NULL && mun_database_step (database, row, NULL)) {
    JsonObject *gap = json_object_new ();

    json_object_set_string_member (gap, "name", mun_database_text (row, 0));
    json_object_set_string_member (gap, "reason",
                                   mun_store_texts_explain (sqlite3_column_int64 (row, 1)));
    if (gaps == NULL)
      gaps = json_array_new ();
    json_array_add_object_element (gaps, gap);
  }
  return gaps;
}
