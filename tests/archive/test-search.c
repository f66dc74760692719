/* test-search.c: every field, every order, every script, every hostile text */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"

#include "errors.h"
#include "json.h"

#include <string.h>

#define DAY (24 * 60 * 60)
#define BASE 1700000000

static void
deliver (MunArchive *archive, const char *folder, const char *text)
{
  g_autoptr (GBytes) raw = g_bytes_new (text, strlen (text));

  g_free (archive_fixture_deliver (archive, raw, folder));
}

static void
fill (ArchiveFixture *fixture)
{
  static const struct {
    const char *from, *to, *subject, *body, *folder;
  } mails[] = {
    { "Anna Alpha <anna@alpha.example>", "bert@beta.example", "zebra", "invoice number seven",
      "anna/EML x/Inbox" },
    { "Bert Beta <bert@beta.example>", "anna@alpha.example", "apple",
      "the public key of government", "anna/EML x/Inbox/Deep" },
    { "Carl <carl@gamma.example>", "dora@delta.example", "Mango", "key public naïve café",
      "bert/EML y/Inbox" },
    { "ビル <bill@example.jp>", "tanaka@example.jp", "東京都の天気",
      "今日は東京大学でABC会議があります。", "bert/EML y/Inbox" },
    { "x@thai.example", "y@thai.example", "ไทย", "ภาษาไทยง่าย", "bert/EML y/Sent" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (mails); i++) {
    g_autoptr (GBytes) raw = archive_fixture_message (mails[i].from, mails[i].to, mails[i].subject,
                                                      BASE + i * DAY, mails[i].body);

    g_free (archive_fixture_deliver (fixture->archive, raw, mails[i].folder));
  }
  deliver (fixture->archive, "anna/EML x/Files",
           "From: e@example.com\nTo: f@example.com\nSubject: files\nImportance: high\n"
           "Date: Mon, 20 Nov 2023 10:00:00 +0000\nContent-Type: multipart/mixed; boundary=b\n\n"
           "--b\n\ncover letter\n--b\nContent-Type: text/plain; name=\"quarterly report.txt\"\n"
           "Content-Disposition: attachment\n\nhiddenfigure 4711 and some more words, so that this "
           "is the only one of them with "
           "more than three hundred bytes\n--b--\n");
}

static void
assert_text (ArchiveFixture *fixture, const char *text, const char *expected)
{
  g_autofree char *found = archive_fixture_find_text (fixture->archive, text);

  g_test_message ("search for “%s”", text);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_words (ArchiveFixture *fixture, gconstpointer data)
{
  fill (fixture);
  assert_text (fixture, "invoice", "zebra");
  assert_text (fixture, "INVOICE", "zebra");
  assert_text (fixture, "public key", "Mango,apple");
  assert_text (fixture, "\"public key\"", "apple");
  assert_text (fixture, "“public key” government", "apple");
  assert_text (fixture, "\"public key", "apple");
  assert_text (fixture, "cafe naive", "Mango");
  assert_text (fixture, "anna@alpha.example", "apple,zebra");
  assert_text (fixture, "hiddenfigure", "files");
  assert_text (fixture, "quarterly", "files");
  assert_text (fixture, "absentword", "");
  assert_text (fixture, "", "files,ไทย,東京都の天気,Mango,apple,zebra");
}

static void
test_wildcards (ArchiveFixture *fixture, gconstpointer data)
{
  fill (fixture);
  assert_text (fixture, "inv*", "zebra");
  assert_text (fixture, "in*ce", "zebra");
  assert_text (fixture, "inv?ice", "zebra");
  assert_text (fixture, "inv?ce", "");
  assert_text (fixture, "*voice", "zebra");
  assert_text (fixture, "gov*ment public", "apple");
  assert_text (fixture, "bert@beta.ex*", "apple,zebra");
  assert_text (fixture, "CAF? na*", "Mango");
  assert_text (fixture, "*", "files,ไทย,東京都の天気,Mango,apple,zebra");
  assert_text (fixture, "zz*q?", "");
}

static void
test_dense_scripts (ArchiveFixture *fixture, gconstpointer data)
{
  fill (fixture);
  assert_text (fixture, "東京", "東京都の天気");
  assert_text (fixture, "京都", "東京都の天気");
  assert_text (fixture, "東京都の天気", "東京都の天気");
  assert_text (fixture, "天", "東京都の天気");
  assert_text (fixture, "気", "東京都の天気");
  assert_text (fixture, "東京大学で", "東京都の天気");
  assert_text (fixture, "東大", "");
  assert_text (fixture, "ABC会議", "東京都の天気");
  assert_text (fixture, "東京大学でABC会議", "東京都の天気");
  assert_text (fixture, "東京*", "東京都の天気");
  assert_text (fixture, "ビル", "東京都の天気");
  assert_text (fixture, "ภาษา", "ไทย");
  assert_text (fixture, "ไทยง่าย", "ไทย");
}

/* Nothing that a user types is a syntax error of FTS5, finds what it should not, or takes forever.
 */
static void
test_hostile (ArchiveFixture *fixture, gconstpointer data)
{
  static const char *const texts[] = {
    "\"",
    "\"\"",
    "\"\"\"",
    "'",
    "(",
    ")",
    "((((",
    "AND",
    "OR NOT",
    "NEAR(a b)",
    "NEAR",
    "subject:zebra",
    "{subject} : zebra",
    "tokens:all",
    "a1",
    "f2",
    "noatt",
    "-zebra",
    "^zebra",
    "zebra +apple",
    "a*b*c*d*",
    "?",
    "??",
    "???",
    "*?*",
    "* *",
    "a\"b",
    "\"a*\"",
    ";drop table messages",
    "\\",
    "--",
    "%",
    "_",
    "!!!",
    "\xee\x80\x80",
    "zebra \xee\x80\x80",
    "a\tb\nc",
    "\xe2\x80\xae",
    "zebra:",
    "zebra)",
    "(zebra",
    "[zebra]",
  };

  fill (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (MunQuery) query = mun_query_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (MunSearch) search = NULL;
    g_autoptr (JsonArray) page = NULL;

    query->text = g_strdup (texts[i]);
    search = mun_archive_search (fixture->archive, query, &error);
    if (search == NULL) {
      g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
      continue;
    }
    page = mun_search_get_page (search, 0, 10, MUN_SORT_DATE, TRUE, NULL, &error);
    g_test_message ("search for “%s”", texts[i]);
    g_assert_no_error (error);
  }
  /* Words of the index that are not the user's. */
  assert_text (fixture, "noatt", "");
  assert_text (fixture, "all", "");
  assert_text (fixture, "a1", "");
  assert_text (fixture, "!!!", "");
  assert_text (fixture, "!!! invoice", "zebra");
}

/* A step that takes longer than it may ends, and says what to do. */
static void
test_time_limit (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (MunSearch) search = NULL, patient = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;

  for (guint i = 0; i < 2; i++)
    archive_fixture_deliver_letters (fixture->archive, i * ARCHIVE_FIXTURE_LETTERS, NULL);
  query->text = g_strdup ("-absentword");
  query->time_limit = 1;
  search = mun_archive_search (fixture->archive, query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mun_search_count (search, 0, NULL, NULL, &error), ==, G_MAXUINT64);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE);
  g_assert_true (g_str_has_prefix (error->message, "The search took longer than 10 seconds"));
  g_clear_error (&error);
  g_assert_null (mun_search_get_page (search, 0, 5, MUN_SORT_SUBJECT, TRUE, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  /* Looking words up takes time as well. */
  g_free (query->text);
  query->text = g_strdup ("*q*q*q*q");
  g_assert_null (mun_archive_search (fixture->archive, query, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  /* The next one has its time again. */
  query->time_limit = 0;
  patient = mun_archive_search (fixture->archive, query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mun_search_count (patient, 0, NULL, NULL, &error), ==, 0);
  g_assert_no_error (error);
}

static void
test_limits (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (GError) error = NULL;

  query->text = g_strnfill (5000, 'x');
  g_assert_null (mun_archive_search (fixture->archive, query, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&error);
  g_free (query->text);
  query->text = g_strnfill (400, ' ');
  for (guint i = 0; i < 400; i += 2)
    query->text[i] = 'x';
  g_assert_null (mun_archive_search (fixture->archive, query, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&error);
  g_free (query->text);
  query->text = g_strdup ("\xff\xfe");
  g_assert_null (mun_archive_search (fixture->archive, query, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
}

static void
assert_query (ArchiveFixture *fixture, MunQuery *query, const char *expected)
{
  g_autofree char *found = archive_fixture_find (fixture->archive, query);

  g_assert_cmpstr (found, ==, expected);
  mun_query_free (query);
}

static MunQuery *
query_text (const char *text, guint scopes)
{
  MunQuery *query = mun_query_new ();

  query->text = g_strdup (text);
  query->scopes = scopes;
  return query;
}

static void
test_scopes (ArchiveFixture *fixture, gconstpointer data)
{
  MunQuery *query;

  fill (fixture);
  assert_query (fixture, query_text ("zebra", MUN_SCOPE_SUBJECT), "zebra");
  assert_query (fixture, query_text ("zebra", MUN_SCOPE_BODY), "");
  assert_query (fixture, query_text ("anna", MUN_SCOPE_ADDRESSES), "apple,zebra");
  assert_query (fixture, query_text ("quarterly", MUN_SCOPE_ATTACHMENT_NAMES), "files");
  assert_query (fixture, query_text ("hiddenfigure", MUN_SCOPE_ATTACHMENT_NAMES), "");
  assert_query (fixture, query_text ("hiddenfigure", MUN_SCOPE_ATTACHMENT_TEXTS), "files");
  query = mun_query_new ();
  query->from = g_strdup ("anna");
  assert_query (fixture, query, "zebra");
  query = query_text ("NOT absentword", MUN_SCOPE_SUBJECT);
  query->from = g_strdup ("anna OR carl");
  assert_query (fixture, query, "Mango,zebra");
  query = query_text ("from:bert OR zebra", MUN_SCOPE_SUBJECT);
  assert_query (fixture, query, "apple,zebra");
  query = mun_query_new ();
  query->to = g_strdup ("anna@alpha.example");
  assert_query (fixture, query, "apple");
}

static void
test_filters (ArchiveFixture *fixture, gconstpointer data)
{
  MunQuery *query;

  fill (fixture);
  query = mun_query_new ();
  query->date_from = BASE + DAY;
  query->date_to = BASE + 3 * DAY;
  assert_query (fixture, query, "Mango,apple");
  query = query_text ("key", 0);
  query->date_from = BASE + 2 * DAY;
  assert_query (fixture, query, "Mango");
  query = query_text ("key", 0);
  query->archived_to = BASE;
  assert_query (fixture, query, "");
  query = mun_query_new ();
  query->archived_from = BASE;
  query->size_min = 300;
  assert_query (fixture, query, "files");
  query = query_text ("key", 0);
  query->size_max = 10;
  assert_query (fixture, query, "");
  query = mun_query_new ();
  query->has_attachments = MUN_TRI_YES;
  assert_query (fixture, query, "files");
  query = query_text ("invoice", 0);
  query->has_attachments = MUN_TRI_NO;
  assert_query (fixture, query, "zebra");
  query = mun_query_new ();
  query->priority_set = TRUE;
  query->priority = 1;
  assert_query (fixture, query, "files");
}

static void
test_places (ArchiveFixture *fixture, gconstpointer data)
{
  MunQuery *query;
  g_autoptr (GError) error = NULL;

  fill (fixture);
  query = mun_query_new ();
  query->folder = g_strdup ("anna/EML x/Inbox");
  assert_query (fixture, query, "zebra");
  query = mun_query_new ();
  query->folder = g_strdup ("anna/EML x/Inbox");
  query->recurse = TRUE;
  assert_query (fixture, query, "apple,zebra");
  query = query_text ("key", 0);
  query->folder = g_strdup ("anna");
  query->recurse = TRUE;
  assert_query (fixture, query, "apple");
  query = query_text ("key", 0);
  query->archives = g_strsplit ("bert,unknown", ",", -1);
  assert_query (fixture, query, "Mango");
  /* No OR and no NOT leads out of them. */
  query = query_text ("zebra OR mango", 0);
  query->archives = g_strsplit ("bert", ",", -1);
  assert_query (fixture, query, "Mango");
  query = query_text ("NOT mango OR zebra", 0);
  query->archives = g_strsplit ("bert", ",", -1);
  assert_query (fixture, query, "ไทย,東京都の天気");
  query = mun_query_new ();
  query->archives = g_new0 (char *, 1);
  assert_query (fixture, query, "");
  /* A folder that the caller may not read is empty for him. */
  query = mun_query_new ();
  query->archives = g_strsplit ("bert", ",", -1);
  query->folder = g_strdup ("anna/EML x/Inbox");
  assert_query (fixture, query, "");
  query = mun_query_new ();
  query->folder = g_strdup ("nobody");
  g_assert_null (mun_archive_search (fixture->archive, query, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  mun_query_free (query);
}

static char *
subjects (MunSearch *search, guint64 start, guint count, MunSortKey key, gboolean descending)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) page
      = mun_search_get_page (search, start, count, key, descending, NULL, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < json_array_get_length (page); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "",
                            mun_json_get_string (json_array_get_object_element (page, i), "subject",
                                                 "?"));
  return g_string_free (text, FALSE);
}

static void
test_orders (ArchiveFixture *fixture, gconstpointer data)
{
  static const struct {
    MunSortKey key;
    gboolean descending;
    const char *expected;
  } cases[] = {
    { MUN_SORT_DATE, TRUE, "Mango,apple" },        { MUN_SORT_DATE, FALSE, "apple,Mango" },
    { MUN_SORT_SUBJECT, FALSE, "apple,Mango" },    { MUN_SORT_SUBJECT, TRUE, "Mango,apple" },
    { MUN_SORT_FROM_OR_TO, FALSE, "apple,Mango" }, { MUN_SORT_FROM_OR_TO, TRUE, "Mango,apple" },
    { MUN_SORT_SIZE, FALSE, "Mango,apple" },       { MUN_SORT_SIZE, TRUE, "apple,Mango" },
    { MUN_SORT_ARCHIVED, FALSE, "apple,Mango" },
  };
  g_autoptr (MunQuery) query = query_text ("key", 0);

  fill (fixture);
  for (guint with_store = 0; with_store < 2; with_store++) {
    g_autoptr (MunSearch) search = mun_archive_search (fixture->archive, query, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
      g_autofree char *found = subjects (search, 0, 10, cases[i].key, cases[i].descending);
      g_autofree char *second = subjects (search, 1, 1, cases[i].key, cases[i].descending);

      g_assert_cmpstr (found, ==, cases[i].expected);
      g_assert_cmpstr (second, ==, strchr (cases[i].expected, ',') + 1);
    }
    /* Once more with a second store taking part. */
    g_assert_cmpint (mun_archive_create_store (fixture->archive, "second", "current", NULL), !=,
                     with_store);
  }
}

static void
deliver_many (MunArchive *archive, guint first, guint count)
{
  for (guint i = first; i < first + count; i++) {
    g_autofree char *subject = g_strdup_printf ("n%02u", i);
    g_autoptr (GBytes) raw = archive_fixture_message ("a@example.com", "b@example.com", subject,
                                                      BASE + i * 60, "common");

    g_free (archive_fixture_deliver (archive, raw, "anna/EML x/Inbox"));
  }
}

/* Pages fit together, by position and one after the other, over several stores. */
static void
test_pages (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunQuery) query = query_text ("common", 0);
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (GString) joined = g_string_new (NULL);
  g_autofree char *all = NULL, *middle = NULL, *beyond = NULL;
  gboolean more;

  deliver_many (fixture->archive, 0, 10);
  mun_archive_create_store (fixture->archive, "second", "current", NULL);
  deliver_many (fixture->archive, 10, 10);
  mun_archive_create_store (fixture->archive, "third", "current", NULL);
  /* Older than what the other stores hold, and with the same dates. */
  deliver_many (fixture->archive, 20, 5);
  search = mun_archive_search (fixture->archive, query, NULL);
  all = subjects (search, 0, 100, MUN_SORT_DATE, TRUE);
  for (guint start = 0; start < 25; start += 4) {
    g_autofree char *page = subjects (search, start, 4, MUN_SORT_DATE, TRUE);

    g_string_append_printf (joined, "%s%s", start > 0 ? "," : "", page);
  }
  g_assert_cmpstr (joined->str, ==, all);
  middle = subjects (search, 7, 2, MUN_SORT_DATE, TRUE);
  g_assert_cmpstr (middle, ==, "n17,n16");
  beyond = subjects (search, 25, 10, MUN_SORT_DATE, TRUE);
  g_assert_cmpstr (beyond, ==, "");
  g_assert_cmpuint (mun_search_count (search, 0, &more, NULL, NULL), ==, 25);
  g_assert_false (more);
  g_assert_cmpuint (mun_search_count (search, 7, &more, NULL, NULL), ==, 7);
  g_assert_true (more);
  g_assert_cmpuint (mun_search_count (search, G_MAXUINT64, &more, NULL, NULL), ==, 25);
}

/* A search does not see what arrives later, and loses what is deleted. */
static void
test_snapshot (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunQuery) query = query_text ("common", 0);
  g_autoptr (MunQuery) folder_query = mun_query_new ();
  g_autoptr (MunSearch) search = NULL, listing = NULL;
  g_autofree char *before = NULL, *after = NULL, *listed = NULL, *rest = NULL;
  g_autoptr (JsonArray) page = NULL;

  deliver_many (fixture->archive, 0, 3);
  search = mun_archive_search (fixture->archive, query, NULL);
  folder_query->folder = g_strdup ("anna/EML x/Inbox");
  listing = mun_archive_search (fixture->archive, folder_query, NULL);
  before = subjects (search, 0, 10, MUN_SORT_DATE, TRUE);
  deliver_many (fixture->archive, 3, 3);
  after = subjects (search, 0, 10, MUN_SORT_DATE, TRUE);
  listed = subjects (listing, 0, 10, MUN_SORT_DATE, TRUE);
  g_assert_cmpstr (before, ==, "n02,n01,n00");
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpstr (listed, ==, before);
  g_assert_cmpuint (mun_search_count (search, 0, NULL, NULL, NULL), ==, 3);
  page = mun_search_get_page (search, 1, 1, MUN_SORT_DATE, TRUE, NULL, NULL);
  g_assert_true (mun_archive_delete_message (
      fixture->archive, mun_json_get_string (json_array_get_object_element (page, 0), "id", NULL),
      NULL));
  rest = subjects (search, 0, 10, MUN_SORT_DATE, TRUE);
  g_assert_cmpstr (rest, ==, "n02,n00");
}

static void
test_cancel (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunQuery) query = query_text ("com*", 0);
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;

  for (guint i = 0; i < 10; i++)
    deliver_many (fixture->archive, i * 50, 50);
  search = mun_archive_search (fixture->archive, query, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (mun_search_get_page (search, 0, 500, MUN_SORT_SUBJECT, TRUE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (mun_search_count (search, 0, NULL, cancellable, &error), ==, G_MAXUINT64);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  found = subjects (search, 0, 1, MUN_SORT_DATE, TRUE);
  g_assert_cmpstr (found, ==, "n499");
}

static void
test_list (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (JsonArray) list = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *first;

  fill (fixture);
  list = mun_archive_list_messages (fixture->archive, "bert/EML y/Inbox", 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (list), ==, 2);
  first = json_array_get_object_element (list, 0);
  g_assert_cmpstr (mun_json_get_string (first, "from", ""), ==, "ビル <bill@example.jp>");
  g_assert_cmpstr (mun_json_get_string (first, "fromOrTo", ""), ==, "ビル <bill@example.jp>");
  g_assert_cmpstr (mun_json_get_string (first, "to", ""), ==, "tanaka@example.jp");
  g_assert_cmpstr (mun_json_get_string (first, "priority", ""), ==, "Normal");
  g_assert_null (mun_archive_list_messages (fixture->archive, "bert/none", 0, 10, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
}

#define ADD(name, func)                                                                            \
  g_test_add (name, ArchiveFixture, NULL, archive_fixture_set_up, func, archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/search/words", test_words);
  ADD ("/search/wildcards", test_wildcards);
  ADD ("/search/time-limit", test_time_limit);
  ADD ("/search/dense-scripts", test_dense_scripts);
  ADD ("/search/hostile", test_hostile);
  ADD ("/search/limits", test_limits);
  ADD ("/search/scopes", test_scopes);
  ADD ("/search/filters", test_filters);
  ADD ("/search/places", test_places);
  ADD ("/search/orders", test_orders);
  ADD ("/search/pages", test_pages);
  ADD ("/search/snapshot", test_snapshot);
  ADD ("/search/cancel", test_cancel);
  ADD ("/search/list", test_list);
  return g_test_run ();
}
