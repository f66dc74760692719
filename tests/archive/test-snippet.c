/* test-snippet.c: what a hit shows of its message */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"

#include "catalogue.h"
#include "errors.h"
#include "json.h"
#include "match.h"
#include "snippet.h"
#include "tokenizer.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static MunDatabase *database;

/* The snippet's text with its marks as [brackets]; "(none)" without a snippet. */
static char *
write_out (JsonObject *snippet)
{
  const char *text = mun_json_get_string (snippet, "text", NULL);
  JsonArray *marks = mun_json_get_array (snippet, "marks");
  GString *out = g_string_new (NULL);
  guint done = 0;

  if (snippet == NULL)
    return g_string_free (g_string_assign (out, "(none)"), FALSE);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (guint i = 0; i < json_array_get_length (marks); i++) {
    JsonArray *mark = json_array_get_array_element (marks, i);
    guint start = json_array_get_int_element (mark, 0);
    guint end = start + json_array_get_int_element (mark, 1);
    g_autofree char *before = g_utf8_substring (text, done, start);
    g_autofree char *word = g_utf8_substring (text, start, end);

    g_assert_cmpuint (start, >=, done);
    g_assert_cmpuint (end, >, start);
    g_assert_cmpuint (end, <=, g_utf8_strlen (text, -1));
    g_string_append_printf (out, "%s[%s]", before, word);
    done = end;
  }
  g_string_append (out, g_utf8_offset_to_pointer (text, done));
  return g_string_free (out, FALSE);
}

static JsonObject *
make (const MunMessageFields *fields, const char *query, guint scopes)
{
  g_autoptr (GPtrArray) to_mark = mun_match_words_to_mark (database, query);

  return mun_snippet_make (database, fields, scopes, to_mark);
}

static void
assert_fields (const MunMessageFields *fields, const char *query, guint scopes,
               const char *expected)
{
  g_autoptr (JsonObject) snippet = make (fields, query, scopes);
  g_autofree char *found = write_out (snippet);

  g_test_message ("search for “%s”", query);
  g_assert_cmpstr (found, ==, expected);
}

static void
assert_body (const char *body, const char *query, const char *expected)
{
  MunMessageFields fields = { "", "", "", body, "", "" };

  assert_fields (&fields, query, 0, expected);
}

static void
test_words (void)
{
  static const struct {
    const char *body, *query, *expected;
  } rows[] = {
    { "the invoice is paid", "invoice", "the [invoice] is paid" },
    { "the Invoice is paid", "INVOICE paid", "the [Invoice] is [paid]" },
    { "invoices are not it", "invoice", "invoices are not it" },
    { "one  two\r\n\tthree\x01 four", "three", "one two [three] four" },
    { "un café, deux CAFÉ", "cafe", "un [café], deux [CAFÉ]" },
    { "un cafe\xcc\x81 froid", "café", "un [cafe\xcc\x81] froid" },
    { "der Straße nach", "strasse", "der Straße nach" },
    { "the public key, a key public", "\"public key\"", "the [public key], a key public" },
    { "the public\nkey", "\"public key\"", "the [public key]" },
    { "public private key", "\"public key\"", "public private key" },
    { "public public key", "\"public key\"", "public [public key]" },
    { "a a b", "\"a a b\" \"a b\"", "[a a b]" },
    { "write to anna@alpha.example now", "anna@alpha.example",
      "write to [anna@alpha.example] now" },
    { "invoice involve inside", "inv*", "[invoice] [involve] inside" },
    { "invoice involve inside", "in*ce", "[invoice] involve inside" },
    { "colour color", "colo?r", "[colour] color" },
    { "the voice of an invoice", "*voice", "the [voice] of an [invoice]" },
    { "mail to bert@beta.example", "bert@beta.ex*", "mail to [bert@beta.example]" },
    { "nothing of it", "*", "nothing of it" },
    { "nothing of it", "", "nothing of it" },
    { "nothing of it", NULL, "nothing of it" },
    { "safe\xe2\x80\xaetxt.exe", "safe", "[safe] txt.exe" },
    { "", "anything", "(none)" },
    { " \n\t ", "anything", "(none)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_body (rows[i].body, rows[i].query, rows[i].expected);
}

/* Scripts without spaces: what is marked is what was asked for, not the sentence round it. */
static void
test_dense_scripts (void)
{
  static const struct {
    const char *query, *expected;
  } rows[] = {
    { "東京", "今日は[東京]大学でABC会議があります。東の天気" },
    { "東京大学", "今日は[東京大学]でABC会議があります。東の天気" },
    { "天", "今日は東京大学でABC会議があります。東の[天]気" },
    { "気", "今日は東京大学でABC会議があります。東の天[気]" },
    { "東", "今日は[東]京大学でABC会議があります。[東]の天気" },
    { "会議", "今日は東京大学でABC[会議]があります。東の天気" },
    { "abc", "今日は東京大学で[ABC]会議があります。東の天気" },
    { "大学でABC会", "今日は東京[大学でABC会]議があります。東の天気" },
    { "東大", "今日は東京大学でABC会議があります。東の天気" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_body ("今日は東京大学でABC会議があります。東の天気", rows[i].query, rows[i].expected);
  assert_body ("ภาษาไทยง่าย", "ไทย", "ภาษา[ไทย]ง่าย");
  /* A mark that the tokenizer drops does not shift what is behind it. */
  assert_body ("東\xcc\x81京都 é大学", "京都", "東\xcc\x81[京都] é大学");
  assert_body ("東京 e\xcc\x81大学", "大学", "東京 e\xcc\x81[大学]");
}

static char *
repeat (const char *unit, guint times)
{
  GString *text = g_string_new (NULL);

  while (times-- > 0)
    g_string_append (text, unit);
  return g_string_free (text, FALSE);
}

/* Which stretch of a long text is shown, and that its cut ends fall between words. */
static void
test_place (void)
{
  g_autofree char *filler = repeat ("lorem ipsum ", 100);
  g_autofree char *body
      = g_strconcat ("alpha ", filler, "beta and alpha ", filler, "alpha beta", NULL);
  MunMessageFields fields = { "", "", "", body, "", "" };
  g_autoptr (JsonObject) both = make (&fields, "alpha beta", 0);
  g_autoptr (JsonObject) one = make (&fields, "alpha", 0);
  g_autoptr (JsonObject) none = make (&fields, "gamma", 0);
  g_autofree char *first = write_out (both), *second = write_out (one), *third = write_out (none);

  g_assert_true (
      g_str_has_prefix (first, "…lorem ipsum lorem ipsum [beta] and [alpha] lorem ipsum "));
  g_assert_true (g_str_has_suffix (first, " lorem…") || g_str_has_suffix (first, " ipsum…"));
  g_assert_true (g_str_has_prefix (second, "[alpha] lorem ipsum "));
  g_assert_true (g_str_has_prefix (third, "alpha lorem ipsum "));
  for (guint i = 0; i < 3; i++) {
    const char *text = mun_json_get_string (i == 0 ? both : i == 1 ? one : none, "text", "");

    g_assert_cmpint (g_utf8_strlen (text, -1), <=, MUN_SNIPPET_LENGTH + 2);
    g_assert_cmpint (g_utf8_strlen (text, -1), >=, MUN_SNIPPET_LENGTH - 30);
  }
}

/* At the end of a text, and where no space is near. */
static void
test_cuts (void)
{
  g_autofree char *filler = repeat ("lorem ipsum ", 100);
  g_autofree char *body = g_strconcat (filler, "omega", NULL);
  g_autofree char *han = repeat ("漢字", 200);
  g_autofree char *dense = g_strconcat (han, "東京", han, NULL);
  g_autofree char *marks = repeat ("e\xcc\x81", 400);
  g_autofree char *word = repeat ("x", 1000);
  MunMessageFields at_end = { "", "", "", body, "", "" };
  MunMessageFields in_han = { "", "", "", dense, "", "" };
  MunMessageFields accents = { "", "", "", marks, "", "" };
  g_autoptr (JsonObject) end = make (&at_end, "omega", 0);
  g_autoptr (JsonObject) middle = make (&in_han, "東京", 0);
  g_autoptr (JsonObject) accented = make (&accents, "nowhere", 0);
  g_autofree char *text = write_out (end), *found = write_out (middle);
  const char *cut = mun_json_get_string (accented, "text", "");

  g_assert_true (g_str_has_prefix (text, "…"));
  g_assert_true (g_str_has_suffix (text, "ipsum [omega]"));
  g_assert_nonnull (strstr (found, "字[東京]漢"));
  g_assert_cmpint (g_utf8_strlen (mun_json_get_string (middle, "text", ""), -1), ==,
                   MUN_SNIPPET_LENGTH + 2);
  g_assert_true (g_str_has_suffix (cut, "e\xcc\x81…"));
  /* A hit longer than the snippet is marked to its end. */
  at_end.body = word;
  g_clear_pointer (&end, json_object_unref);
  end = make (&at_end, "x*", 0);
  g_free (text);
  text = write_out (end);
  g_assert_true (g_str_has_prefix (text, "[xxx"));
  g_assert_true (g_str_has_suffix (text, "x]…"));
}

static void
test_scopes (void)
{
  const MunMessageFields fields
      = { "anna@example.com",     "bert@example.com", "zebra invoice",
          "the body has a zebra", "zebra report.pdf", "a zebra and an attached invoice" };

  assert_fields (&fields, "zebra", 0, "the body has a [zebra]");
  assert_fields (&fields, "zebra", MUN_SCOPE_SUBJECT, "[zebra] invoice · the body has a zebra");
  assert_fields (&fields, "zebra", MUN_SCOPE_ATTACHMENT_NAMES, "[zebra] report.pdf");
  assert_fields (&fields, "zebra", MUN_SCOPE_ATTACHMENT_TEXTS, "a [zebra] and an attached invoice");
  assert_fields (&fields, "zebra body", MUN_SCOPE_BODY | MUN_SCOPE_SUBJECT,
                 "the [body] has a [zebra]");
  /* The text with the most words, of equals the body. */
  assert_fields (&fields, "zebra invoice", 0, "a [zebra] and an attached [invoice]");
  /* Addresses are in the columns of a list already. */
  assert_fields (&fields, "anna", MUN_SCOPE_ADDRESSES, "the body has a zebra");
  assert_fields (&fields, "zebra", MUN_SCOPE_ADDRESSES, "the body has a zebra");
}

static void
test_words_of_all_text (void)
{
  g_autofree char *filler = repeat ("lorem ", 100);
  g_autofree char *body = g_strconcat ("Café ", filler, "café CAFÉ Café", NULL);
  const MunMessageFields fields = { "", "", "cafe", body, "", "" };
  g_autoptr (JsonObject) snippet = make (&fields, "cafe", 0);
  g_auto (GStrv) words = mun_json_dup_strings (snippet, "words");
  g_autofree char *joined = g_strjoinv ("|", words);

  g_assert_cmpstr (joined, ==, "cafe|Café|café|CAFÉ");
}

/* Neither a long text nor a long query is looked at without end. */
static void
test_bounds (void)
{
  g_autofree char *filler = repeat ("lorem ipsum ", MUN_SNIPPET_MAX_TEXT / 12 + 10);
  g_autofree char *body = g_strconcat (filler, "omega", NULL);
  g_autofree char *before = g_strconcat ("omega ", filler, NULL);
  g_autofree char *query = repeat ("lorem ", 64);
  MunMessageFields fields = { "", "", "", body, "", "" };
  g_autoptr (JsonObject) late = make (&fields, "omega", 0);
  g_autoptr (JsonObject) many = make (&fields, query, 0);

  g_assert_cmpuint (json_array_get_length (mun_json_get_array (late, "marks")), ==, 0);
  g_assert_cmpuint (json_array_get_length (mun_json_get_array (many, "marks")), >, 10);
  /* What does not fit is not searched for, and harms nothing. */
  g_assert_true (g_str_has_prefix (mun_json_get_string (many, "text", ""), "lorem ipsum lorem"));
  fields.body = before;
  g_clear_pointer (&late, json_object_unref);
  late = make (&fields, "omega", 0);
  g_assert_cmpuint (json_array_get_length (mun_json_get_array (late, "marks")), ==, 1);
}

/* --- through an archive --- */

static JsonArray *
search (MunArchive *archive, const char *text)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MunSearch) found = NULL;
  JsonArray *page;

  query->text = g_strdup (text);
  found = mun_archive_search (archive, query, &error);
  g_assert_no_error (error);
  page = mun_search_get_page (found, 0, 1000, MUN_SORT_DATE, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (mun_search_add_snippets (found, page, NULL, &error));
  g_assert_no_error (error);
  return page;
}

static void
assert_snippet (ArchiveFixture *fixture, const char *text, const char *expected)
{
  g_autoptr (JsonArray) page = search (fixture->archive, text);
  g_autofree char *found = NULL;

  g_test_message ("search for “%s”", text);
  g_assert_cmpuint (json_array_get_length (page), ==, 1);
  found = write_out (mun_json_get_object (json_array_get_object_element (page, 0), "snippet"));
  g_assert_cmpstr (found, ==, expected);
}

static void
deliver (ArchiveFixture *fixture, const char *text)
{
  g_autoptr (GBytes) raw = g_bytes_new (text, strlen (text));

  g_free (archive_fixture_deliver (fixture->archive, raw, "anna/EML x/Inbox"));
}

static void
test_archive (ArchiveFixture *fixture, gconstpointer data)
{
  deliver (fixture,
           "From: a@example.com\nSubject: page\nContent-Type: text/html\n\n"
           "<html><head><style>p{color:red}</style></head><body><p>Visible&nbsp;"
           "<b>mar</b>ker<script>hidden</script><br>R&eacute;sum&eacute;</p></body></html>");
  deliver (fixture, "From: e@example.com\nSubject: files\nContent-Type: multipart/mixed; "
                    "boundary=b\n\n--b\n\ncover letter\n--b\nContent-Type: text/plain; "
                    "name=\"quarterly report.txt\"\nContent-Disposition: attachment\n\n"
                    "hiddenfigure 4711\n--b--\n");
  deliver (fixture, "From: f@example.com\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nnothing else\n");
  assert_snippet (fixture, "marker", "Visible [marker] Résumé");
  assert_snippet (fixture, "resume", "Visible marker [Résumé]");
  assert_snippet (fixture, "hiddenfigure", "[hiddenfigure] 4711");
  assert_snippet (fixture, "quarterly", "[quarterly] report.txt");
  assert_snippet (fixture, "grüße", "[Grüße] · nothing else");
  assert_snippet (fixture, "f@example.com", "nothing else");
}

/* Of a large message only the beginning is read: its text is there. */
static void
test_large (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (
      "From: a@example.com\nSubject: large\nContent-Type: multipart/mixed; boundary=b\n\n"
      "--b\n\nthe needle is here\n--b\nContent-Type: application/octet-stream\n"
      "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=x.bin\n\n");

  for (guint i = 0; i < 60000; i++)
    g_string_append_printf (text, "%076u\n", i);
  g_string_append (text, "--b\nContent-Type: text/plain; name=late.txt\n"
                         "Content-Disposition: attachment\n\nlateword\n--b--\n");
  deliver (fixture, text->str);
  assert_snippet (fixture, "needle", "the [needle] is here");
  assert_snippet (fixture, "lateword", "the needle is here");
}

/* Spoils every byte of the first container behind its header. */
static void
spoil (ArchiveFixture *fixture)
{
  g_autofree char *path
      = g_build_filename (fixture->dir, "stores", "1", "contents", "000001.mun", NULL);
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  off_t size = lseek (fd, 0, SEEK_END);

  g_assert_cmpint (fd, >=, 0);
  for (off_t at = 64; at < size; at++)
    g_assert_cmpint (pwrite (fd, "x", 1, at), ==, 1);
  close (fd);
}

static void
test_damaged (ArchiveFixture *fixture, gconstpointer data)
{
  deliver (fixture, "From: a@example.com\nSubject: lost\n\nsome words\n");
  assert_snippet (fixture, "words", "some [words]");
  spoil (fixture);
  assert_snippet (fixture, "words", "(none)");
}

static void
test_page (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (JsonArray) page = NULL;
  guint n;

  archive_fixture_deliver_letters (fixture->archive, 0, NULL);
  page = search (fixture->archive, "");
  n = json_array_get_length (page);
  g_assert_cmpuint (n, >, MUN_SEARCH_SNIPPET_LIMIT);
  for (guint i = 0; i < n; i++)
    g_assert_true (json_object_has_member (json_array_get_object_element (page, i), "snippet")
                   == (i < MUN_SEARCH_SNIPPET_LIMIT));
}

static void
test_cancelled (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (MunSearch) found = NULL;
  g_autoptr (JsonArray) page = NULL;
  g_autoptr (GError) error = NULL;

  deliver (fixture, "From: a@example.com\nSubject: one\n\nsome words\n");
  found = mun_archive_search (fixture->archive, query, &error);
  page = mun_search_get_page (found, 0, 10, MUN_SORT_DATE, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  g_assert_false (mun_search_add_snippets (found, page, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
add (const char *name, void (*test) (ArchiveFixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/snippet/archive/", name, NULL);

  g_test_add (path, ArchiveFixture, NULL, archive_fixture_set_up, test, archive_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("snippet-XXXXXX", &error);
  g_autofree char *path = g_build_filename (dir, "tokens.db", NULL);
  int status;

  g_test_init (&argc, &argv, NULL);
  database = mun_database_open (path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  g_assert_true (mun_tokenizer_register (database, &error));
  g_test_add_func ("/snippet/words", test_words);
  g_test_add_func ("/snippet/dense-scripts", test_dense_scripts);
  g_test_add_func ("/snippet/place", test_place);
  g_test_add_func ("/snippet/cuts", test_cuts);
  g_test_add_func ("/snippet/scopes", test_scopes);
  g_test_add_func ("/snippet/words-of-all-text", test_words_of_all_text);
  g_test_add_func ("/snippet/bounds", test_bounds);
  add ("texts", test_archive);
  add ("large", test_large);
  add ("damaged", test_damaged);
  add ("page", test_page);
  add ("cancelled", test_cancelled);
  status = g_test_run ();
  mun_database_close (database);
  archive_fixture_remove_dir (dir);
  return status;
}
