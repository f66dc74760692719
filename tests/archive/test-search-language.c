/* test-search-language.c: what OR, NOT, parentheses and fields find */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"

#include "errors.h"
#include "query-parser.h"

#include <string.h>

#define BASE 1700000000

static const char *const subjects[] = { "zebra", "apple", "Mango", "東京都の天気", "files" };

/* Every message. */
#define ALL ((1 << G_N_ELEMENTS (subjects)) - 1)

static void
fill (ArchiveFixture *fixture)
{
  static const char files[]
      = "From: e@example.com\nTo: f@example.com\nSubject: files\n"
        "Date: Mon, 20 Nov 2023 10:00:00 +0000\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\n\ncover letter\n--b\nContent-Type: text/plain; name=\"quarterly report.txt\"\n"
        "Content-Disposition: attachment\n\nhiddenfigure 4711\n--b--\n";
  static const char *const mails[G_N_ELEMENTS (subjects)][3] = {
    { "Anna Alpha <anna@alpha.example>", "bert@beta.example", "invoice number seven" },
    { "Bert Beta <bert@beta.example>", "anna@alpha.example", "the public key of government" },
    { "Carl <carl@gamma.example>", "dora@delta.example", "key public naïve café" },
    { "ビル <bill@example.jp>", "tanaka@example.jp", "今日は東京大学でABC会議があります。" },
  };
  g_autoptr (GBytes) last = g_bytes_new_static (files, strlen (files));

  for (guint i = 0; i + 1 < G_N_ELEMENTS (subjects); i++) {
    g_autoptr (GBytes) raw
        = archive_fixture_message (mails[i][0], mails[i][1], subjects[i], BASE + i, mails[i][2]);

    g_free (archive_fixture_deliver (fixture->archive, raw, "anna/EML x/Inbox"));
  }
  g_free (archive_fixture_deliver (fixture->archive, last, "anna/EML x/Files"));
}

static void
assert_text (ArchiveFixture *fixture, const char *text, const char *expected)
{
  g_autofree char *found = archive_fixture_find_text (fixture->archive, text);

  g_test_message ("search for “%s”", text);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_operators (ArchiveFixture *fixture, gconstpointer data)
{
  fill (fixture);
  assert_text (fixture, "zebra OR mango", "Mango,zebra");
  assert_text (fixture, "zebra or mango", "");
  assert_text (fixture, "public key OR invoice", "Mango,apple,zebra");
  assert_text (fixture, "public (key OR invoice) government", "apple");
  assert_text (fixture, "public NOT government", "Mango");
  assert_text (fixture, "public -government", "Mango");
  assert_text (fixture, "public -\"public key\"", "Mango");
  assert_text (fixture, "-government public -naive", "");
  assert_text (fixture, "key -(government OR naive)", "");
  assert_text (fixture, "key -(government naive)", "Mango,apple");
  assert_text (fixture, "NOT NOT zebra", "zebra");
  /* Only what is not wanted. */
  assert_text (fixture, "NOT key", "files,東京都の天気,zebra");
  assert_text (fixture, "-key -東京", "files,zebra");
  assert_text (fixture, "zebra OR NOT key", "files,東京都の天気,zebra");
  assert_text (fixture, "-example OR zebra", "zebra");
  assert_text (fixture, "NOT (zebra OR NOT key)", "Mango,apple");
  /* Words that no message has, with and without wildcards. */
  assert_text (fixture, "zebra absentword", "");
  assert_text (fixture, "zebra OR absentword", "zebra");
  assert_text (fixture, "zebra OR zz*q?", "zebra");
  assert_text (fixture, "absentword OR zz*q?", "");
  assert_text (fixture, "NOT absentword", "files,東京都の天気,Mango,apple,zebra");
  assert_text (fixture, "NOT zz*q?", "files,東京都の天気,Mango,apple,zebra");
  assert_text (fixture, "zebra -zz*q?", "zebra");
  assert_text (fixture, "NOT *", "");
  assert_text (fixture, "zebra OR *", "files,東京都の天気,Mango,apple,zebra");
  /* Signs are in no index: beside words they ask nothing. */
  assert_text (fixture, "!!! OR zebra", "zebra");
  assert_text (fixture, "zebra (!!! OR %)", "zebra");
  assert_text (fixture, "!!! OR %", "");
  assert_text (fixture, "zebra -!!!", "zebra");
}

static void
test_fields (ArchiveFixture *fixture, gconstpointer data)
{
  fill (fixture);
  assert_text (fixture, "anna", "apple,zebra");
  assert_text (fixture, "from:anna", "zebra");
  assert_text (fixture, "to:anna", "apple");
  assert_text (fixture, "To:anna@alpha.example", "apple");
  assert_text (fixture, "from:(anna OR carl) public", "Mango");
  assert_text (fixture, "from:\"Bert Beta\"", "apple");
  assert_text (fixture, "from:ca*", "Mango");
  assert_text (fixture, "from:c?rl", "Mango");
  assert_text (fixture, "subject:public", "");
  assert_text (fixture, "body:public -from:bert", "Mango");
  assert_text (fixture, "attachment:quarterly", "files");
  assert_text (fixture, "attachment:hiddenfigure", "files");
  assert_text (fixture, "attachment:cover", "");
  assert_text (fixture, "NOT attachment:report from:e", "");
  /* Words of the index that are not the user's. */
  assert_text (fixture, "tokens:all", "");
  assert_text (fixture, "NOT all", "files,東京都の天気,Mango,apple,zebra");
}

/* The hits as bits, by asking for each word alone. */
static guint
ask (ArchiveFixture *fixture, const char *text)
{
  g_autofree char *found = archive_fixture_find_text (fixture->archive, text);
  g_auto (GStrv) hits = g_strsplit (found, ",", -1);
  guint bits = 0;

  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    if (g_strv_contains ((const char *const *)hits, subjects[i]))
      bits |= 1 << i;
  return bits;
}

static guint
calculate (ArchiveFixture *fixture, GHashTable *known, const MunQueryNode *node)
{
  guint bits = node->kind == MUN_QUERY_OR ? 0 : ALL;

  if (node->children == NULL) {
    char *text = mun_query_node_to_text (node);

    if (!g_hash_table_contains (known, text))
      g_hash_table_insert (known, g_strdup (text), GUINT_TO_POINTER (ask (fixture, text)));
    bits = GPOINTER_TO_UINT (g_hash_table_lookup (known, text));
    g_free (text);
    return bits;
  }
  for (guint i = 0; i < node->children->len; i++) {
    guint part = calculate (fixture, known, g_ptr_array_index (node->children, i));

    bits = node->kind == MUN_QUERY_OR    ? bits | part
           : node->kind == MUN_QUERY_AND ? bits & part
                                         : ALL & ~part;
  }
  return bits;
}

/* What a search finds is what its words find, put together as the tree says. */
static void
test_algebra (ArchiveFixture *fixture, gconstpointer data)
{
  static const char *const parts[] = { "key",   "zebra", "public",     "\"public key\"",
                                       "inv*",  "*",     "absentword", "from:anna",
                                       "東京",  "g?v*t", "example",    "OR",
                                       "OR",    "AND",   "NOT",        "NOT",
                                       "-",     "(",     "(",          ")",
                                       ")",     "zz*q?", "body:(",     "to:",
                                       "files", "OR (",  "NOT (" };
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_some = 0;

  fill (fixture);
  for (guint i = 0; i < 4000; i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (MunQueryNode) tree = NULL;
    guint expected, found;

    for (gint n = g_test_rand_int_range (1, 12); n > 0; n--)
      g_string_append_printf (text, "%s ", parts[g_test_rand_int_range (0, G_N_ELEMENTS (parts))]);
    tree = mun_query_parse (text->str, NULL);
    if (tree == NULL || strstr (text->str, "- ") != NULL)
      continue;
    expected = calculate (fixture, known, tree);
    found = ask (fixture, text->str);
    if (found != expected)
      g_error ("“%s” finds %x and not %x", text->str, found, expected);
    n_some += found != 0 && found != ALL;
  }
  g_assert_cmpuint (n_some, >, 100);
}

static gboolean
is_answered (ArchiveFixture *fixture, const char *text, GError **error)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (JsonArray) page = NULL;

  query->text = g_strdup (text);
  search = mun_archive_search (fixture->archive, query, error);
  if (search != NULL)
    page = mun_search_get_page (search, 0, 10, MUN_SORT_DATE, TRUE, NULL, error);
  return page != NULL;
}

/* Whatever is typed is answered, or refused with a sentence. */
static void
test_random (ArchiveFixture *fixture, gconstpointer data)
{
  static const char *const parts[] = { "a",
                                       "b*",
                                       "?",
                                       "*",
                                       "OR",
                                       "AND",
                                       "NOT",
                                       "-",
                                       "(",
                                       ")",
                                       "\"",
                                       "“",
                                       "»",
                                       "'",
                                       "^",
                                       "+",
                                       "{",
                                       "}",
                                       ":",
                                       ",",
                                       "from:",
                                       "to:",
                                       "body:",
                                       "東",
                                       "京都",
                                       "é",
                                       " ",
                                       " ",
                                       " ",
                                       " OR ",
                                       " (",
                                       ") ",
                                       "NEAR(",
                                       "\xee\x80\x80",
                                       "\xee\x80\x81",
                                       "tokens:",
                                       "\xcc\x81" };
  guint n_answered = 0, n_refused = 0;

  fill (fixture);
  for (guint i = 0; i < 5000; i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GError) error = NULL;

    for (gint n = g_test_rand_int_range (1, 14); n > 0; n--)
      g_string_append (text, parts[g_test_rand_int_range (0, G_N_ELEMENTS (parts))]);
    if (is_answered (fixture, text->str, &error)) {
      n_answered++;
      continue;
    }
    if (!g_error_matches (error, MUN_ERROR, MUN_ERROR_INVALID))
      g_error ("“%s”: %s", text->str, error->message);
    n_refused++;
  }
  g_assert_cmpuint (n_answered, >, 500);
  g_assert_cmpuint (n_refused, >, 500);
}

/* The deepest query of the longest words: FTS5 takes it as well. */
static void
test_deepest (ArchiveFixture *fixture, gconstpointer data)
{
  static const char *const levels[]
      = { "zebra OR key -(invoice OR ", "-(key OR zebra -(", "(NOT key OR (", "(a* b* OR -(in*e " };

  fill (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GError) error = NULL;
    guint depth = 0;

    while (depth + 2 <= MUN_QUERY_MAX_DEPTH) {
      g_string_append (text, levels[i]);
      depth += levels[i][0] == 'z' ? 1 : 2;
    }
    if (depth < MUN_QUERY_MAX_DEPTH)
      g_string_append (text, levels[i]);
    g_string_append (text, "in*e -gov*t");
    for (guint n = 0; n < MUN_QUERY_MAX_DEPTH; n++)
      g_string_append_c (text, ')');
    g_test_message ("search for “%s”", text->str);
    is_answered (fixture, text->str, &error);
    g_assert_no_error (error);
  }
}

#define ADD(name, func)                                                                            \
  g_test_add (name, ArchiveFixture, NULL, archive_fixture_set_up, func, archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/search-language/operators", test_operators);
  ADD ("/search-language/fields", test_fields);
  ADD ("/search-language/algebra", test_algebra);
  ADD ("/search-language/random", test_random);
  ADD ("/search-language/deepest", test_deepest);
  return g_test_run ();
}
