/* test-corpus.c: real mail, thousands of it: nothing lost, nothing changed, everything found */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"
#include "corpus.h"
#include "json.h"
#include "message.h"

#define BATCH 500

static GPtrArray *files;

/* Archives files FIRST to END - 1 and keeps their ids. */
static void
deliver (MunArchive *archive, guint first, guint end, GPtrArray *ids)
{
  g_autofree MunDelivery *items = g_new0 (MunDelivery, end - first);
  g_autofree MunDelivery **pointers = g_new0 (MunDelivery *, end - first);
  g_autoptr (GError) error = NULL;

  for (guint i = first; i < end; i++) {
    items[i - first].raw = test_corpus_load (g_ptr_array_index (files, i));
    items[i - first].folder = "anna/Maildir corpus/Inbox";
    pointers[i - first] = &items[i - first];
  }
  mun_archive_deliver (archive, pointers, end - first, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < end - first; i++) {
    g_assert_no_error (items[i].error);
    g_assert_cmpint (items[i].result, !=, MUN_DELIVERY_FAILED);
    g_ptr_array_add (ids, g_strdup (items[i].message_id));
    mun_delivery_clear (&items[i]);
    g_bytes_unref (items[i].raw);
  }
}

static gboolean
is_found (MunArchive *archive, const char *id, const char *word, gint64 date)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (JsonArray) page = NULL;

  query->text = g_strdup (word);
  query->scopes = MUN_SCOPE_SUBJECT;
  query->date_from = date;
  query->date_to = date + 1;
  search = mun_archive_search (archive, query, &error);
  g_assert_no_error (error);
  page = mun_search_get_page (search, 0, 5000, MUN_SORT_DATE, TRUE, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < json_array_get_length (page); i++)
    if (g_str_equal (mun_json_get_string (json_array_get_object_element (page, i), "id", ""), id))
      return TRUE;
  return FALSE;
}

typedef struct {
  guint damaged, searched;
} Counts;

static void
check (MunArchive *archive, const char *file, const char *id, Counts *counts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) expected = test_corpus_load (file);
  g_autoptr (GBytes) raw = mun_archive_read_message (archive, id, &error);
  g_autoptr (JsonObject) info = mun_archive_message_info (archive, id, NULL);
  g_autoptr (MunMessage) message = NULL;
  g_autofree char *word = NULL;

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (raw, expected));
  message = mun_message_parse (raw);
  g_assert_cmpint (mun_json_get_bool (info, "damaged", FALSE), ==,
                   mun_message_is_damaged (message));
  if (mun_message_is_damaged (message)) {
    counts->damaged++;
    g_assert_true (mun_json_has (info, "damageNote"));
  }
  word = test_corpus_dup_word (mun_message_get_subject (message));
  if (word == NULL)
    return;
  counts->searched++;
  if (!is_found (archive, id, word, mun_json_get_int (info, "date", 0)))
    g_error ("%s is not found by “%s” of its subject “%s”", file, word,
             mun_message_get_subject (message));
}

static void
test_corpus (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  Counts counts = { 0 };
  guint64 messages, bytes;

  for (guint first = 0; first < files->len; first += BATCH)
    deliver (fixture->archive, first, MIN (first + BATCH, files->len), ids);
  archive_fixture_reopen (fixture);
  for (guint i = 0; i < files->len; i++)
    check (fixture->archive, g_ptr_array_index (files, i), g_ptr_array_index (ids, i), &counts);
  mun_archive_get_totals (fixture->archive, &messages, &bytes);
  g_test_message ("%u files, %" G_GUINT64_FORMAT " distinct, %u damaged, %u found by their subject",
                  files->len, messages, counts.damaged, counts.searched);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* The index forgets every message as it knew it. */
static void
test_delete_all (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *found = NULL;
  guint64 messages, bytes;

  deliver (fixture->archive, 0, MIN (files->len, BATCH), ids);
  for (guint i = 0; i < ids->len; i++)
    mun_archive_delete_message (fixture->archive, g_ptr_array_index (ids, i), NULL);
  mun_archive_get_totals (fixture->archive, &messages, &bytes);
  g_assert_cmpuint (messages, ==, 0);
  g_assert_cmpuint (bytes, ==, 0);
  found = archive_fixture_find_text (fixture->archive, "e*");
  g_assert_cmpstr (found, ==, "");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  const char *reason = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  files = test_corpus_open (&reason);
  if (files == NULL) {
    g_print ("1..0 # SKIP %s\n", reason);
    return 0;
  }
  g_test_add ("/corpus/import", ArchiveFixture, NULL, archive_fixture_set_up, test_corpus,
              archive_fixture_tear_down);
  g_test_add ("/corpus/delete", ArchiveFixture, NULL, archive_fixture_set_up, test_delete_all,
              archive_fixture_tear_down);
  result = g_test_run ();
  g_ptr_array_unref (files);
  return result;
}
