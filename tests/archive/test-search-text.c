/* test-search-text.c: pages as text say what pages of objects say */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "archive-fixture.h"
#include "database.h"
#include "json.h"
#include "store-catalogue.h"
#include "timezone.h"

#define FOLDER "anna/EML \"x\"/In\\box"
#define COUNT 60

static void
deliver (MunArchive *archive, guint first)
{
  static const char *const subjects[] = { "plain", "quoted \"so\" and \\ so", "tab\there",
                                          "=?utf-8?q?=E2=82=AC_=F0=9F=A6=89?=", "" };

  for (guint i = first; i < first + COUNT / 2; i++) {
    g_autoptr (GBytes) raw
        = archive_fixture_message (i % 4 == 0 ? "" : "a@example.com", "\"B, C\" <b@example.com>",
                                   subjects[i % G_N_ELEMENTS (subjects)],
                                   i % 7 == 0 ? 0 : 1500000000 + i, "common words");
    g_autofree char *unique
        = g_strdup_printf ("X-Number: %u\r\n%.*s", i, (int)g_bytes_get_size (raw),
                           (const char *)g_bytes_get_data (raw, NULL));
    g_autoptr (GBytes) message = g_bytes_new (unique, strlen (unique));

    g_free (archive_fixture_deliver (archive, message, FOLDER));
  }
}

/* What a damaged catalogue may hold; nothing of that is UTF-8, or of the right type. */
static void
damage (ArchiveFixture *fixture)
{
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  g_autoptr (GError) error = NULL;
  MunDatabase *database;

  mun_archive_close (fixture->archive);
  database = mun_store_catalogue_open (path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  mun_database_exec (
      database,
      "UPDATE messages SET subject = CAST(x'ff22c35c0a' AS TEXT) WHERE arrival = 3;"
      "UPDATE messages SET subject = x'6162', size = x'6162', priority = 77 WHERE arrival = 4;"
      "UPDATE messages SET archived = 1 << 40, received = -(1 << 40) WHERE arrival = 5;"
      "UPDATE messages SET flags = 3, priority = 1, damage_note = 'd\"n' WHERE arrival = 6;"
      "UPDATE messages SET message_id = NULL, archived = 0 WHERE arrival = 7",
      &error);
  g_assert_no_error (error);
  mun_database_close (database);
  archive_fixture_reopen (fixture);
}

static void
format_time (JsonObject *item, const char *member)
{
  gint64 seconds = mun_json_get_int (item, member, 0);
  g_autofree char *text = seconds != 0 ? mun_timestamp_format (seconds, NULL) : NULL;
  g_autofree char *utc = text != NULL ? g_strconcat (text, "Z", NULL) : NULL;

  mun_json_set_text (item, member, utc);
}

/* An element of mun_search_get_page() as it stands in the text. */
static void
complete (JsonObject *item)
{
  g_auto (GStrv) ids = g_strsplit (mun_json_get_string (item, "id", ""), ":", 2);

  mun_json_set_text (item, "gid", ids[0]);
  mun_json_set_text (item, "mid", ids[1]);
  format_time (item, "date");
  format_time (item, "archivedDate");
  format_time (item, "receivedDate");
  if (!json_object_has_member (item, "snippet"))
    json_object_set_null_member (item, "snippet");
}

static JsonArray *
parse_page (MunSearch *search, MunSortKey key, gboolean snippets)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *items
      = mun_search_write_page (search, 0, 1000, key, TRUE, snippets, NULL, &error);
  g_autofree char *text = g_strdup_printf ("[%s]", items);
  g_autoptr (JsonNode) node = NULL;

  g_assert_no_error (error);
  node = mun_json_parse (text, -1, &error);
  g_assert_no_error (error);
  return json_node_dup_array (node);
}

static void
assert_same (MunSearch *search, MunSortKey key, gboolean snippets)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) objects = mun_search_get_page (search, 0, 1000, key, TRUE, NULL, &error);
  g_autoptr (JsonArray) texts = parse_page (search, key, snippets);

  g_assert_no_error (error);
  if (snippets)
    g_assert_true (mun_search_add_snippets (search, objects, NULL, &error));
  g_assert_cmpuint (json_array_get_length (texts), ==, json_array_get_length (objects));
  for (guint i = 0; i < json_array_get_length (objects); i++) {
    JsonObject *expected = json_array_get_object_element (objects, i);
    JsonObject *found = json_array_get_object_element (texts, i);
    g_autoptr (GList) members = NULL;

    complete (expected);
    members = json_object_get_members (expected);
    g_assert_cmpuint (json_object_get_size (found), ==, g_list_length (members));
    for (GList *member = members; member != NULL; member = member->next) {
      g_autofree char *one = mun_json_to_string (json_object_get_member (expected, member->data));
      g_autofree char *other = mun_json_to_string (json_object_get_member (found, member->data));

      g_test_message ("%s", (char *)member->data);
      g_assert_cmpstr (other, ==, one);
    }
  }
}

static MunSearch *
search_for (ArchiveFixture *fixture, const char *text)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (GError) error = NULL;
  MunSearch *search;

  query->text = g_strdup (text);
  search = mun_archive_search (fixture->archive, query, &error);
  g_assert_no_error (error);
  return search;
}

/* In two stores, with and without snippets, and after some of them are gone. */
static void
test_same (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunSearch) words = NULL, nothing = NULL;
  g_autoptr (JsonArray) page = NULL;
  g_autofree char *empty = NULL;

  deliver (fixture->archive, 0);
  damage (fixture);
  g_assert_cmpint (mun_archive_create_store (fixture->archive, "se\"cond", "current", NULL), !=, 0);
  deliver (fixture->archive, COUNT / 2);
  words = search_for (fixture, "common");
  assert_same (words, MUN_SORT_DATE, FALSE);
  assert_same (words, MUN_SORT_DATE, TRUE);
  assert_same (words, MUN_SORT_SIZE, TRUE);
  page = parse_page (words, MUN_SORT_SIZE, FALSE);
  g_assert_cmpuint (json_array_get_length (page), ==, COUNT);
  mun_archive_delete_message (fixture->archive,
                              mun_json_get_string (json_array_get_object_element (page, COUNT / 2),
                                                   "id", ""),
                              NULL);
  assert_same (words, MUN_SORT_SIZE, FALSE);
  assert_same (words, MUN_SORT_DATE, FALSE);
  nothing = search_for (fixture, "absentword");
  empty = mun_search_write_page (nothing, 0, 50, MUN_SORT_DATE, TRUE, TRUE, NULL, NULL);
  g_assert_cmpstr (empty, ==, "");
}

static void
test_cancelled (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (GError) error = NULL;

  deliver (fixture->archive, 0);
  search = search_for (fixture, "common");
  g_cancellable_cancel (cancellable);
  g_assert_null (
      mun_search_write_page (search, 0, 50, MUN_SORT_DATE, TRUE, TRUE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(name, func)                                                                            \
  g_test_add (name, ArchiveFixture, NULL, archive_fixture_set_up, func, archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/search-text/same", test_same);
  ADD ("/search-text/cancelled", test_cancelled);
  return g_test_run ();
}
