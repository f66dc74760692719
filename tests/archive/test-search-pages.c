/* test-search-pages.c: long lists of hits: their count, and pages at any position */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "archive-fixture.h"
#include "errors.h"
#include "json.h"

#define FOLDER "anna/EML x/Inbox"
#define BASE 1500000000
#define PER_STORE 700
#define IN_ALL (2 * PER_STORE)
/* Crosses marks wherever it begins */
#define PAGE 150

/* One batch; message N has the same date in every store, and subjects in no order. */
static void
deliver (MunArchive *archive, guint store, guint count)
{
  g_autofree MunDelivery *items = g_new0 (MunDelivery, count);
  g_autofree MunDelivery **pointers = g_new0 (MunDelivery *, count);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < count; i++) {
    g_autofree char *subject = g_strdup_printf ("%u-%u", i * 7919 % 1000, store);

    items[i].raw
        = archive_fixture_message ("a@example.com", "b@example.com", subject, BASE + i / 2 * 60,
                                   i % 3 == 0 ? "common" : "common odd");
    items[i].folder = i % 10 == 0 ? FOLDER "/below" : FOLDER;
    pointers[i] = &items[i];
  }
  mun_archive_deliver (archive, pointers, count, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < count; i++) {
    g_assert_cmpint (items[i].result, ==, MUN_DELIVERY_ARCHIVED);
    g_bytes_unref ((GBytes *)items[i].raw);
    mun_delivery_clear (&items[i]);
  }
}

static void
fill (ArchiveFixture *fixture)
{
  deliver (fixture->archive, 1, PER_STORE);
  g_assert_cmpint (mun_archive_create_store (fixture->archive, "second", "current", NULL), !=, 0);
  deliver (fixture->archive, 2, PER_STORE);
}

static MunSearch *
search_for (ArchiveFixture *fixture, const char *text, const char *folder, gboolean recurse)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (GError) error = NULL;
  MunSearch *search;

  query->text = g_strdup (text);
  query->folder = g_strdup (folder);
  query->recurse = recurse;
  search = mun_archive_search (fixture->archive, query, &error);
  g_assert_no_error (error);
  return search;
}

/* The ids of a page. */
static GPtrArray *
page_of (MunSearch *search, guint64 start, guint count, MunSortKey key, gboolean descending)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) page
      = mun_search_get_page (search, start, count, key, descending, NULL, &error);
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  g_assert_no_error (error);
  for (guint i = 0; i < json_array_get_length (page); i++)
    g_ptr_array_add (ids, g_strdup (mun_json_get_string (json_array_get_object_element (page, i),
                                                         "id", NULL)));
  return ids;
}

static void
assert_part (GPtrArray *part, GPtrArray *all, guint start, gboolean is_backwards)
{
  guint rest = start < all->len ? all->len - start : 0;

  g_assert_cmpuint (part->len, ==, MIN (rest, PAGE));
  for (guint i = 0; i < part->len; i++)
    g_assert_cmpstr (g_ptr_array_index (part, i), ==,
                     g_ptr_array_index (all, is_backwards ? all->len - 1 - start - i : start + i));
}

/* Every position, in an order in which no page follows the one before it. */
static void
assert_pages (MunSearch *search, GPtrArray *all)
{
  for (guint i = 0; i < all->len + 20; i += 31) {
    guint start = i * 577 % (all->len + 20);
    g_autoptr (GPtrArray) newest = page_of (search, start, PAGE, MUN_SORT_DATE, TRUE);
    g_autoptr (GPtrArray) oldest = page_of (search, start, PAGE, MUN_SORT_DATE, FALSE);

    assert_part (newest, all, start, FALSE);
    assert_part (oldest, all, start, TRUE);
  }
}

static void
assert_count (MunSearch *search, guint64 expected, gboolean expected_exact)
{
  gboolean is_exact;

  g_assert_cmpuint (mun_search_get_count (search, &is_exact), ==, expected);
  g_assert_cmpint (is_exact, ==, expected_exact);
}

static void
explore (MunSearch *search, guint64 most)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mun_search_explore (search, most, 0, NULL, &error));
  g_assert_no_error (error);
}

/* Where a page begins makes no difference to what is in it: before, during and after exploring. */
static void
test_positions (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (GPtrArray) all = NULL;

  fill (fixture);
  search = search_for (fixture, "common", NULL, FALSE);
  all = page_of (search, 0, 10000, MUN_SORT_DATE, TRUE);
  g_assert_cmpuint (all->len, ==, IN_ALL);
  assert_count (search, 0, FALSE);
  assert_pages (search, all);
  explore (search, 600);
  assert_count (search, 600, FALSE);
  assert_pages (search, all);
  explore (search, G_MAXUINT64);
  assert_count (search, IN_ALL, TRUE);
  assert_pages (search, all);
}

/* Fewer hits than a limit are all of them; and exactly as many are not known to be. */
static void
test_counts (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunSearch) search = NULL, few = NULL, none = NULL, two = NULL;

  fill (fixture);
  few = search_for (fixture, "odd", FOLDER "/below", FALSE);
  explore (few, 5);
  assert_count (few, 5, FALSE);
  explore (few, 1000);
  assert_count (few, 92, TRUE);
  none = search_for (fixture, "absentword", NULL, FALSE);
  explore (none, 1000);
  assert_count (none, 0, TRUE);
  two = search_for (fixture, "odd common", NULL, FALSE);
  explore (two, G_MAXUINT64);
  assert_count (two, 2 * 466, TRUE);
  search = search_for (fixture, "common NOT odd", NULL, FALSE);
  explore (search, G_MAXUINT64);
  assert_count (search, 2 * 234, TRUE);
}

/* Of whole folders the count is there at once, and it is the one of the snapshot. */
static void
test_folders (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunSearch) alone = NULL, below = NULL, archive = NULL, words = NULL;
  g_autoptr (GPtrArray) all = NULL;

  fill (fixture);
  alone = search_for (fixture, NULL, FOLDER, FALSE);
  below = search_for (fixture, NULL, FOLDER, TRUE);
  archive = search_for (fixture, NULL, "anna", TRUE);
  words = search_for (fixture, "common", FOLDER, FALSE);
  all = page_of (alone, 0, 10000, MUN_SORT_DATE, TRUE);
  deliver (fixture->archive, 3, 20);
  assert_count (alone, 2 * 630, TRUE);
  assert_count (below, IN_ALL, TRUE);
  assert_count (archive, IN_ALL, TRUE);
  assert_count (words, 0, FALSE);
  explore (alone, G_MAXUINT64);
  assert_count (alone, 2 * 630, TRUE);
  assert_pages (alone, all);
  explore (below, G_MAXUINT64);
  assert_count (below, IN_ALL, TRUE);
  assert_pages (words, all);
  explore (words, G_MAXUINT64);
  assert_count (words, 2 * 630, TRUE);
  assert_pages (words, all);
}

/* A folder with nearly all messages is not named in the index's search; with others it is all the
 * same not found in. */
static void
test_nearly_all (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = archive_fixture_message ("a@example.com", "b@example.com", "elsewhere",
                                                    BASE + 3000, "common odd");
  g_autoptr (MunSearch) words = NULL;
  g_autoptr (GPtrArray) all = NULL;

  for (guint i = 0; i < 60; i++) {
    g_autofree char *subject = g_strdup_printf ("%u", i);
    g_autoptr (GBytes) one = archive_fixture_message ("a@example.com", "b@example.com", subject,
                                                      BASE + i * 100, i % 2 ? "common" : "odd");

    g_free (archive_fixture_deliver (fixture->archive, one, FOLDER));
  }
  g_free (archive_fixture_deliver (fixture->archive, raw, FOLDER "/below"));
  words = search_for (fixture, "common", FOLDER, FALSE);
  explore (words, G_MAXUINT64);
  assert_count (words, 30, TRUE);
  all = page_of (words, 0, 100, MUN_SORT_DATE, TRUE);
  g_assert_cmpuint (all->len, ==, 30);
  assert_pages (words, all);
}

static void
delete_message (ArchiveFixture *fixture, const char *id)
{
  g_autoptr (GError) error = NULL;

  mun_archive_delete_message (fixture->archive, id, &error);
  g_assert_no_error (error);
}

/* What is deleted drops out of pages that begin at a mark, and out of an order made before. */
static void
test_deleted (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (GPtrArray) by_date = NULL, by_subject = NULL, page = NULL;

  fill (fixture);
  search = search_for (fixture, "common", NULL, FALSE);
  explore (search, G_MAXUINT64);
  by_date = page_of (search, 0, 10000, MUN_SORT_DATE, TRUE);
  delete_message (fixture, g_ptr_array_index (by_date, 800));
  g_ptr_array_remove_index (by_date, 800);
  page = page_of (search, 780, PAGE, MUN_SORT_DATE, TRUE);
  assert_part (page, by_date, 780, FALSE);
  g_clear_pointer (&page, g_ptr_array_unref);
  by_subject = page_of (search, 0, 10000, MUN_SORT_SUBJECT, FALSE);
  g_assert_cmpuint (by_subject->len, ==, IN_ALL - 1);
  delete_message (fixture, g_ptr_array_index (by_subject, 205));
  g_ptr_array_remove_index (by_subject, 205);
  page = page_of (search, 200, PAGE, MUN_SORT_SUBJECT, FALSE);
  assert_part (page, by_subject, 200, FALSE);
}

/* Each order over both stores; the pages fit together, and backwards is the same backwards. */
static void
test_orders (ArchiveFixture *fixture, gconstpointer data)
{
  static const MunSortKey keys[]
      = { MUN_SORT_ARCHIVED, MUN_SORT_SUBJECT, MUN_SORT_FROM_OR_TO, MUN_SORT_SIZE };
  g_autoptr (MunSearch) search = NULL;

  fill (fixture);
  search = search_for (fixture, "common", NULL, FALSE);
  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++) {
    g_autoptr (GPtrArray) all = page_of (search, 0, 10000, keys[k], FALSE);

    g_assert_cmpuint (all->len, ==, IN_ALL);
    for (guint start = 0; start < IN_ALL + PAGE; start += PAGE) {
      g_autoptr (GPtrArray) forwards = page_of (search, start, PAGE, keys[k], FALSE);
      g_autoptr (GPtrArray) backwards = page_of (search, start, PAGE, keys[k], TRUE);

      assert_part (forwards, all, start, FALSE);
      assert_part (backwards, all, start, TRUE);
    }
  }
}

/* By subject as the texts compare, not as the messages came. */
static void
test_subjects (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (JsonArray) page = NULL;
  const char *before = "";

  fill (fixture);
  search = search_for (fixture, "common", NULL, FALSE);
  page = mun_search_get_page (search, 300, PAGE, MUN_SORT_SUBJECT, FALSE, NULL, NULL);
  for (guint i = 0; i < PAGE; i++) {
    const char *subject
        = mun_json_get_string (json_array_get_object_element (page, i), "subject", NULL);

    g_assert_cmpint (g_ascii_strcasecmp (before, subject), <=, 0);
    before = subject;
  }
}

/* Texts that differ behind their sixteenth byte, or not at all, or in case alone; and a folder with
 * most of the messages, which is read in another way than one with few. */
static void
test_long_subjects (ArchiveFixture *fixture, gconstpointer data)
{
  static const char *const ends[]
      = { "", "a", "B", "b c", "b C d", "0123456789abcde", "0123456789abcdeF" };
  g_autoptr (MunSearch) most = NULL, few = NULL;
  MunSearch *searches[2];

  for (guint i = 0; i < 60; i++) {
    g_autofree char *subject = g_strconcat (i % 2 == 0 ? "Re: [the list] x" : "RE: [THE LIST] X",
                                            ends[i % G_N_ELEMENTS (ends)], NULL);
    g_autoptr (GBytes) raw
        = archive_fixture_message ("a@example.com", "b@example.com",
                                   i % 5 == 0 ? ends[i % G_N_ELEMENTS (ends)] : subject, BASE + i,
                                   "common");

    g_free (archive_fixture_deliver (fixture->archive, raw, i < 20 ? FOLDER "/below" : FOLDER));
  }
  most = searches[0] = search_for (fixture, NULL, FOLDER, FALSE);
  few = searches[1] = search_for (fixture, NULL, FOLDER "/below", FALSE);
  for (guint s = 0; s < G_N_ELEMENTS (searches); s++) {
    g_autoptr (JsonArray) page
        = mun_search_get_page (searches[s], 0, 100, MUN_SORT_SUBJECT, FALSE, NULL, NULL);
    const char *before = "";
    gint64 last = 0;

    g_assert_cmpuint (json_array_get_length (page), ==, s == 0 ? 40 : 20);
    for (guint i = 0; i < json_array_get_length (page); i++) {
      JsonObject *element = json_array_get_object_element (page, i);
      const char *subject = mun_json_get_string (element, "subject", NULL);
      gint64 number = mun_json_get_int (element, "number", 0);
      gint result = g_ascii_strcasecmp (before, subject);

      g_assert_cmpint (result, <=, 0);
      g_assert_true (result != 0 || number > last);
      before = subject;
      last = number;
    }
  }
}

/* Exploring that takes too long says so, and the search goes on; so does one that is cancelled. */
static void
test_given_up (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) page = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_exact;

  fill (fixture);
  search = search_for (fixture, "common", NULL, FALSE);
  g_assert_false (mun_search_explore (search, G_MAXUINT64, 1, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (mun_search_explore (search, G_MAXUINT64, 0, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (mun_search_get_count (search, &is_exact), <, IN_ALL);
  g_assert_false (is_exact);
  page = page_of (search, 1000, 10, MUN_SORT_DATE, TRUE);
  g_assert_cmpuint (page->len, ==, 10);
  explore (search, G_MAXUINT64);
  assert_count (search, IN_ALL, TRUE);
}

/* All archives may be read; but not one that a folder is moved into afterwards. */
static void
test_archives (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (MunSearch) search = NULL, again = NULL;
  g_autoptr (GPtrArray) before = NULL, after = NULL, fresh = NULL;
  g_autoptr (GError) error = NULL;

  deliver (fixture->archive, 1, 100);
  query->text = g_strdup ("common");
  query->archives = g_strsplit ("anna", ",", -1);
  search = mun_archive_search (fixture->archive, query, NULL);
  before = page_of (search, 0, 1000, MUN_SORT_DATE, TRUE);
  g_assert_cmpuint (before->len, ==, 100);
  mun_archive_move_folder (fixture->archive, FOLDER, "zed/Inbox", &error);
  g_assert_no_error (error);
  after = page_of (search, 0, 1000, MUN_SORT_DATE, TRUE);
  g_assert_cmpuint (after->len, ==, 0);
  again = mun_archive_search (fixture->archive, query, NULL);
  fresh = page_of (again, 0, 1000, MUN_SORT_DATE, TRUE);
  g_assert_cmpuint (fresh->len, ==, 0);
}

#define ADD(name, func)                                                                            \
  g_test_add (name, ArchiveFixture, NULL, archive_fixture_set_up, func, archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/search-pages/positions", test_positions);
  ADD ("/search-pages/counts", test_counts);
  ADD ("/search-pages/folders", test_folders);
  ADD ("/search-pages/nearly-all", test_nearly_all);
  ADD ("/search-pages/deleted", test_deleted);
  ADD ("/search-pages/orders", test_orders);
  ADD ("/search-pages/subjects", test_subjects);
  ADD ("/search-pages/long-subjects", test_long_subjects);
  ADD ("/search-pages/given-up", test_given_up);
  ADD ("/search-pages/archives", test_archives);
  return g_test_run ();
}
