/* test-folder-blocks.c: positions in large folders, known without going through them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "archive-fixture.h"
#include "archive-search.h"
#include "folder-blocks.h"
#include "json.h"
#include "store-catalogue.h"

#define FOLDER "anna/EML x/Inbox"
#define MANY 15000
#define PAGE 150
#define NUMBER(i) ((gint64)(i) << 20)

static MunDatabase *
open_catalogue (ArchiveFixture *fixture)
{
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  g_autoptr (GError) error = NULL;
  MunDatabase *database;

  mun_archive_close (fixture->archive);
  database = mun_store_catalogue_open (path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  return database;
}

static void
exec (MunDatabase *database, const char *sql)
{
  g_autoptr (GError) error = NULL;

  mun_database_exec (database, sql, &error);
  g_assert_no_error (error);
}

/* A message that only the catalogue knows. */
static void
insert (MunDatabase *database, gint64 folder, gint64 number)
{
  g_autoptr (GError) error = NULL;

  mun_database_run (database, &error,
                    "INSERT INTO messages (number, arrival, folder, scope, digest, size, sent,"
                    " received, archived, flags, priority, extractor, profile, pieces, subject,"
                    " sender, recipients) VALUES (?1, 1, ?2, ?2, x'00', 1, 0, 0, 0, 0, 0, 0, 0,"
                    " x'00', 's', 'f', 't')",
                    "ii", number, folder);
  g_assert_no_error (error);
}

/* Returns: how many blocks there are, after a look at each. */
static guint
assert_blocks (MunDatabase *database, gint64 folder)
{
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *row;
  guint n = 0;

  row = mun_database_prepare (
      database, &error,
      "SELECT first, messages, (SELECT count(*) FROM messages WHERE folder = ?1"
      " AND number >= first AND number < next) FROM (SELECT first, messages,"
      " lead(first, 1, 9223372036854775807) OVER (ORDER BY first) AS next"
      " FROM folder_blocks WHERE folder = ?1)",
      "i", folder);
  g_assert_no_error (error);
  while (mun_database_step (database, row, &error)) {
    g_assert_cmpint (sqlite3_column_int64 (row, 1), ==, sqlite3_column_int64 (row, 2));
    g_assert_cmpint (sqlite3_column_int64 (row, 1), <=, MUN_FOLDER_BLOCK_MAX);
    if (n == 0)
      g_assert_cmpint (sqlite3_column_int64 (row, 0), ==, G_MININT64);
    n++;
  }
  g_assert_no_error (error);
  return n;
}

static void
add (MunDatabase *database, gint64 folder, GArray *numbers)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < numbers->len; i++)
    insert (database, folder, g_array_index (numbers, gint64, i));
  mun_folder_blocks_add (database, folder, (gint64 *)numbers->data, numbers->len, &error);
  g_assert_no_error (error);
  g_array_set_size (numbers, 0);
}

/* Batches of any size, the newest last, the oldest last, and between each other. */
static void
test_counted (ArchiveFixture *fixture, gconstpointer data)
{
  MunDatabase *database = open_catalogue (fixture);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  guint n;

  exec (database, "BEGIN");
  for (guint i = 0; i < MANY; i++) {
    gint64 number = NUMBER (i < 5000 ? 100000 + i : i < 10000 ? 100000 - i : (i - 10000) * 37) + i;

    g_array_append_val (numbers, number);
    if (i % 700 == 0 || i == 4999 || i == 9999)
      add (database, 7, numbers);
  }
  add (database, 7, numbers);
  for (guint i = 0; i < 10000; i++) {
    gint64 number = NUMBER (500000 + i);

    g_array_append_val (numbers, number);
  }
  add (database, 8, numbers);
  g_assert_cmpuint (assert_blocks (database, 7), >=, 4);
  g_assert_cmpuint (assert_blocks (database, 8), >=, 3);
  for (guint i = 0; i < 5000; i += 3) {
    exec (database, "SAVEPOINT one");
    mun_database_run (database, &error, "DELETE FROM messages WHERE number = ?1", "i",
                      NUMBER (100000 + i) + i);
    g_assert_no_error (error);
    mun_folder_blocks_remove (database, 7, NUMBER (100000 + i) + i, &error);
    g_assert_no_error (error);
    exec (database, "RELEASE one");
  }
  n = assert_blocks (database, 7);
  mun_folder_blocks_make (database, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (assert_blocks (database, 7), <=, n);
  g_assert_cmpuint (assert_blocks (database, 8), ==, 4);
  mun_folder_blocks_forget (database, 8, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (assert_blocks (database, 8), ==, 0);
  mun_database_close (database);
  archive_fixture_reopen (fixture);
}

/* A folder with one message that is whole, and many that the catalogue alone knows. */
static char *
fill (ArchiveFixture *fixture)
{
  g_autoptr (GBytes) raw
      = archive_fixture_message ("a@example.com", "b@example.com", "s", 1500000000, "common");
  char *id = archive_fixture_deliver (fixture->archive, raw, FOLDER);
  MunDatabase *database = open_catalogue (fixture);
  gint64 folder = mun_database_get_int (database, 0, "SELECT folder FROM messages LIMIT 1", "");
  g_autoptr (GError) error = NULL;

  exec (database, "BEGIN");
  for (guint i = 0; i < MANY; i++)
    insert (database, folder, NUMBER (1000 + i / 2) + i);
  mun_database_run (database, &error, "UPDATE folders SET messages = messages + ?2 WHERE id = ?1",
                    "ii", folder, (gint64)MANY);
  g_assert_no_error (error);
  exec (database, "COMMIT");
  /* as a catalogue of the version before was left */
  exec (database, "DROP TABLE folder_blocks; DELETE FROM schema_version WHERE version = 3");
  mun_database_close (database);
  archive_fixture_reopen (fixture);
  return id;
}

static MunSearch *
open_folder (ArchiveFixture *fixture)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (GError) error = NULL;
  MunSearch *search;

  query->folder = g_strdup (FOLDER);
  search = mun_archive_search (fixture->archive, query, &error);
  g_assert_no_error (error);
  return search;
}

static const char *
id_at (JsonArray *page, guint i)
{
  return mun_json_get_string (json_array_get_object_element (page, i), "id", NULL);
}

static void
assert_page (MunSearch *search, JsonArray *all, guint start, gboolean descending)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) page
      = mun_search_get_page (search, start, PAGE, MUN_SORT_DATE, descending, NULL, &error);
  guint length = json_array_get_length (all);

  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (page), ==,
                    start < length ? MIN (PAGE, length - start) : 0);
  for (guint i = 0; i < json_array_get_length (page); i++)
    g_assert_cmpstr (id_at (page, i), ==,
                     id_at (all, descending ? start + i : length - 1 - start - i));
}

static void
assert_pages (MunSearch *search, JsonArray *all)
{
  guint length = json_array_get_length (all);

  for (guint i = 0; i < 60; i++) {
    guint start = i * 7919 % (length + 20);

    assert_page (search, all, start, TRUE);
    assert_page (search, all, start, FALSE);
  }
  assert_page (search, all, length - 1, TRUE);
  assert_page (search, all, length - 1, FALSE);
}

/* A store of the version before is counted when it is opened; a folder's pages need no exploring
 * then, and what comes and goes meanwhile does not shift them. */
static void
test_opened (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *id = fill (fixture), *newer = NULL;
  g_autoptr (MunSearch) search = open_folder (fixture), later = NULL;
  g_autoptr (JsonArray) all = NULL, more = NULL;
  g_autoptr (GBytes) raw
      = archive_fixture_message ("a@example.com", "b@example.com", "t", 1400000000, "common");
  g_autoptr (GError) error = NULL;
  gboolean is_exact;

  g_assert_true (mun_search_is_explored (search));
  g_assert_cmpuint (mun_search_get_count (search, &is_exact), ==, MANY + 1);
  g_assert_true (is_exact);
  all = mun_search_get_page (search, 0, 2 * MANY, MUN_SORT_DATE, TRUE, NULL, &error);
  g_assert_cmpuint (json_array_get_length (all), ==, MANY + 1);
  assert_pages (search, all);
  newer = archive_fixture_deliver (fixture->archive, raw, FOLDER);
  assert_pages (search, all);
  mun_archive_delete_message (fixture->archive, id, &error);
  g_assert_no_error (error);
  later = open_folder (fixture);
  g_assert_true (mun_search_is_explored (later));
  more = mun_search_get_page (later, 0, 2 * MANY, MUN_SORT_DATE, TRUE, NULL, &error);
  g_assert_cmpuint (json_array_get_length (more), ==, MANY + 1);
  assert_pages (later, more);
}

/* Many more messages of store STORE that its catalogue alone knows. */
static void
fill_store (ArchiveFixture *fixture, guint store, guint step)
{
  g_autofree char *path = g_strdup_printf ("%s/stores/%u/catalogue.db", fixture->dir, store);
  g_autoptr (GError) error = NULL;
  MunDatabase *database;
  gint64 folder;

  mun_archive_close (fixture->archive);
  database = mun_store_catalogue_open (path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  folder = mun_database_get_int (database, 0, "SELECT folder FROM messages LIMIT 1", "");
  exec (database, "BEGIN");
  for (guint i = 0; i < MANY; i++)
    insert (database, folder, NUMBER (1000 + i * step));
  mun_database_run (database, &error, "UPDATE folders SET messages = messages + ?2 WHERE id = ?1",
                    "ii", folder, (gint64)MANY);
  g_assert_no_error (error);
  mun_folder_blocks_make (database, &error);
  g_assert_no_error (error);
  exec (database, "COMMIT");
  mun_database_close (database);
  archive_fixture_reopen (fixture);
}

/* One folder in two stores: some of their messages have the same number, and the newer half is the
 * second one's. */
static void
test_stores (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw
      = archive_fixture_message ("a@example.com", "b@example.com", "s", 1500000000, "common");
  g_autoptr (GBytes) other
      = archive_fixture_message ("a@example.com", "b@example.com", "t", 1500009999, "common");
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (JsonArray) all = NULL;
  g_autoptr (GError) error = NULL;

  g_free (archive_fixture_deliver (fixture->archive, raw, FOLDER));
  g_assert_cmpint (mun_archive_create_store (fixture->archive, "second", "current", NULL), !=, 0);
  g_free (archive_fixture_deliver (fixture->archive, other, FOLDER));
  fill_store (fixture, 1, 1);
  fill_store (fixture, 2, 2);
  search = open_folder (fixture);
  all = mun_search_get_page (search, 0, 3 * MANY, MUN_SORT_DATE, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (all), ==, 2 * MANY + 2);
  g_assert_false (mun_search_is_explored (search));
  assert_pages (search, all);
  mun_search_explore (search, G_MAXUINT64, 0, NULL, &error);
  g_assert_no_error (error);
  assert_pages (search, all);
}

/* Blocks that do not have as many messages as the folder are not used. */
static void
test_wrong (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *id = fill (fixture);
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (JsonArray) all = NULL;
  MunDatabase *database = open_catalogue (fixture);

  exec (database, "UPDATE folder_blocks SET messages = messages + 1 WHERE first > 0");
  mun_database_close (database);
  archive_fixture_reopen (fixture);
  search = open_folder (fixture);
  g_assert_false (mun_search_is_explored (search));
  all = mun_search_get_page (search, 0, 2 * MANY, MUN_SORT_DATE, TRUE, NULL, NULL);
  g_assert_cmpuint (json_array_get_length (all), ==, MANY + 1);
  assert_pages (search, all);
}

static void
set_blocks (ArchiveFixture *fixture, const char *sql)
{
  MunDatabase *database = open_catalogue (fixture);

  exec (database, sql);
  mun_database_close (database);
  archive_fixture_reopen (fixture);
}

/* Both what no block counts and what one counts wrongly is a fault. */
static void
test_verified (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *one = NULL, *two = NULL, *report = NULL;
  g_autoptr (GBytes) raw
      = archive_fixture_message ("a@example.com", "b@example.com", "s", 1500000000, "common");
  g_autoptr (GBytes) other
      = archive_fixture_message ("a@example.com", "b@example.com", "t", 1500009999, "common");

  one = archive_fixture_deliver (fixture->archive, raw, FOLDER);
  two = archive_fixture_deliver (fixture->archive, other, FOLDER);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
  set_blocks (fixture, "UPDATE folder_blocks SET messages = 1");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, &report), ==, 1);
  g_assert_nonnull (strstr (report, "positions in folder Inbox"));
  set_blocks (fixture, "INSERT INTO folder_blocks SELECT folder, max(number) + 1, 1 FROM messages");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 1);
  set_blocks (fixture, "UPDATE folder_blocks SET first = (SELECT max(number) FROM messages)"
                       " WHERE first > 0");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

#define ADD(name, func)                                                                            \
  g_test_add (name, ArchiveFixture, NULL, archive_fixture_set_up, func, archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/folder-blocks/counted", test_counted);
  ADD ("/folder-blocks/opened", test_opened);
  ADD ("/folder-blocks/stores", test_stores);
  ADD ("/folder-blocks/wrong", test_wrong);
  ADD ("/folder-blocks/verified", test_verified);
  return g_test_run ();
}
