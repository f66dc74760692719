/* test-upkeep.c: what a store does for itself: dictionaries, one index of few parts, free pages */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"
#include "database.h"
#include "errors.h"
#include "sealed-record.h"
#include "store-upkeep.h"
#include "tokenizer.h"

#include <string.h>

#define BATCH ARCHIVE_FIXTURE_LETTERS

static void
assert_readable (MunArchive *archive, GPtrArray *ids)
{
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) expected = archive_fixture_letter (i);
    g_autoptr (GBytes) raw = mun_archive_read_message (archive, ids->pdata[i], &error);

    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (raw, expected));
  }
}

static MunDatabase *
open_catalogue (ArchiveFixture *fixture)
{
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  g_autoptr (GError) error = NULL;
  MunDatabase *database = mun_database_open (path, MUN_DATABASE_WRITER, &error);

  g_assert_no_error (error);
  g_assert_true (mun_tokenizer_register (database, &error));
  return database;
}

static void
test_dictionary (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  /* Without the headers of the records and the tags of the seals. */
  const char *packed = "SELECT sum(length - 100) FROM pieces";
  gint64 without;

  archive_fixture_train (fixture, ids);
  without = archive_fixture_get_int (fixture, packed);
  archive_fixture_deliver_letters (fixture->archive, BATCH, ids);
  g_assert_cmpint (archive_fixture_get_int (fixture, packed) - without, <, without / 2);
  assert_readable (fixture->archive, ids);
  archive_fixture_reopen (fixture);
  assert_readable (fixture->archive, ids);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* A byte of the dictionary's record changes: that is a fault, and costs no message, since the
 * catalogue has the record too. */
static void
test_damaged_dictionary (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path
      = g_build_filename (fixture->dir, "stores", "1", "contents", "000001.mun", NULL);
  g_autofree char *file = NULL, *report = NULL;
  gsize length;
  gint64 offset;

  archive_fixture_train (fixture, ids);
  archive_fixture_deliver_letters (fixture->archive, ids->len, ids);
  offset = archive_fixture_get_int (fixture, "SELECT offset FROM dictionaries");
  g_assert_true (g_file_get_contents (path, &file, &length, NULL));
  file[offset + MUN_RECORD_HEADER_SIZE + 100] ^= 1;
  g_assert_true (g_file_set_contents_full (path, file, length, 0, 0600, NULL));
  archive_fixture_reopen (fixture);
  assert_readable (fixture->archive, ids);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, &report), ==, 1);
  g_assert_nonnull (strstr (report, "the record does not match its checksum"));
}

static void
test_upkeep (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MunDatabase) database = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  const char *segments = "SELECT count(DISTINCT segid) FROM search_idx";
  gint64 before;

  for (guint i = 0; i < 3; i++)
    archive_fixture_deliver_letters (fixture->archive, i * BATCH, ids);
  mun_archive_close (fixture->archive);
  before = archive_fixture_get_int (fixture, segments);
  database = open_catalogue (fixture);
  while (mun_store_upkeep_step (database, &error))
    ;
  g_assert_no_error (error);
  g_clear_pointer (&database, mun_database_close);
  g_assert_cmpint (archive_fixture_get_int (fixture, segments), <, before);
  g_assert_cmpint (archive_fixture_get_int (fixture, "PRAGMA freelist_count"), ==, 0);
  archive_fixture_reopen (fixture);
  found = archive_fixture_find_text (fixture->archive, "\"week 1234\"");
  g_assert_cmpstr (found, ==, "figures of week 1234");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* A full disk, or somebody who writes, keeps no reader out: opening one writes nothing. */
static void
test_reader (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunDatabase) writer = NULL;
  g_autoptr (GError) error = NULL;

  archive_fixture_deliver_letters (fixture->archive, 0, NULL);
  g_clear_object (&fixture->archive);
  writer = open_catalogue (fixture);
  g_assert_true (mun_database_exec (writer, "BEGIN IMMEDIATE", &error));
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT count(*) FROM messages"), ==,
                   ARCHIVE_FIXTURE_LETTERS);
  g_assert_true (mun_database_exec (writer, "ROLLBACK", &error));
}

/* After many at a time the index is fitted to single ones, and back: whatever comes is found. */
static void
test_large_then_small (ArchiveFixture *fixture, gconstpointer data)
{
  for (guint round = 0; round < 2; round++) {
    archive_fixture_deliver_letters (fixture->archive, round * ARCHIVE_FIXTURE_LETTERS, NULL);
    for (guint i = 0; i < 8; i++) {
      g_autofree char *word = g_strdup_printf ("alone%ux%u", round, i);
      g_autoptr (GBytes) raw = archive_fixture_message ("a@example.org", "b@example.org", word,
                                                        1000000000 + round, "on its own");
      g_autofree char *id = archive_fixture_deliver (fixture->archive, raw, "a/Single");
      g_autofree char *found = archive_fixture_find_text (fixture->archive, word);

      g_assert_cmpstr (found, ==, word);
    }
  }
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add (name, ArchiveFixture, NULL, archive_fixture_set_up, func, archive_fixture_tear_down)
  ADD ("/upkeep/dictionary", test_dictionary);
  ADD ("/upkeep/damaged-dictionary", test_damaged_dictionary);
  ADD ("/upkeep/index", test_upkeep);
  ADD ("/upkeep/reader", test_reader);
  ADD ("/upkeep/large-then-small", test_large_then_small);
  return g_test_run ();
}
