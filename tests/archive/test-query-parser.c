/* test-query-parser.c: the query language: what it reads, and what it says when it cannot */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "query-parser.h"

#include "errors.h"

#include <string.h>

static void
test_trees (void)
{
  static const struct {
    const char *text, *expected;
  } rows[] = {
    { "invoice", "invoice" },
    { "  invoice\t2026\n", "invoice AND 2026" },
    { "a AND b c", "a AND b AND c" },
    { "a OR b c", "a OR b AND c" },
    { "a b OR c d OR e", "a AND b OR c AND d OR e" },
    { "(a OR b) c", "(a OR b) AND c" },
    { "a (b (c AND (d)))", "a AND b AND c AND d" },
    { "a OR (b OR (c OR d))", "a OR b OR c OR d" },
    { "NOT a", "NOT a" },
    { "-a b", "NOT a AND b" },
    { "a NOT b", "a AND NOT b" },
    { "a AND NOT b OR NOT c", "a AND NOT b OR NOT c" },
    { "NOT a OR b", "NOT a OR b" },
    { "NOT NOT a", "a" },
    { "NOT -a", "a" },
    { "NOT NOT NOT (a b)", "NOT (a AND b)" },
    { "-(a OR b) c", "NOT (a OR b) AND c" },
    { "NOT (NOT a)", "a" },
    /* only capitals, and only outside of quotes */
    { "a or b", "a AND or AND b" },
    { "a Or not and", "a AND Or AND not AND and" },
    { "a \"OR\" b", "a AND \"OR\" AND b" },
    { "\"NOT a OR (b)\"", "\"NOT a OR (b)\"" },
    { "ORDER ANDROID NOTE", "ORDER AND ANDROID AND NOTE" },
    { "oder ODER et ET nicht", "oder AND ODER AND et AND ET AND nicht" },
    /* quotes of all kinds, closed or not */
    { "\xe2\x80\x9cpublic key\xe2\x80\x9d x", "\"public key\" AND x" },
    { "\xe2\x80\x9epublic key\xe2\x80\x9c", "\"public key\"" },
    { "\xc2\xab clé publique \xc2\xbb", "\" clé publique \"" },
    { "a\"b c\"d", "a AND \"b c\" AND d" },
    { "\"public key", "\"public key\"" },
    { "\"", "\"\"" },
    { "-\"public key\"", "NOT \"public key\"" },
    /* a minus */
    { "e-mail", "e-mail" },
    { "a - b", "a AND - AND b" },
    { "--help", "--help" },
    { "a -", "a AND -" },
    { "(-)", "-" },
    { "-- (a)", "-- AND a" },
    /* wildcards are none of its business */
    { "inv*ice ??", "inv*ice AND ??" },
    { "* OR ?", "* OR ?" },
    /* fields */
    { "from:anna", "from:anna" },
    { "FROM:anna To:bert", "from:anna AND to:bert" },
    { "subject:\"public key\" body:x", "subject:\"public key\" AND body:x" },
    { "from:(anna OR bert) c", "(from:anna OR from:bert) AND c" },
    { "from:(anna subject:x)", "from:anna AND subject:x" },
    { "from: anna", "from:anna" },
    { "subject:from:x", "subject:from:x" },
    { "subject:-x", "subject:-x" },
    { "subject:OR", "subject:OR" },
    { "-attachment:pdf", "NOT attachment:pdf" },
    { "NOT from:(a OR b)", "NOT (from:a OR from:b)" },
    { "http://x.example cc:anna", "http://x.example AND cc:anna" },
    { "von:anna", "von:anna" },
    { "\"from:anna\"", "\"from:anna\"" },
    /* brackets that are not parentheses, and words that touch parentheses */
    { "[a] {b}", "[a] AND {b}" },
    { "f(x)g", "f AND x AND g" },
    { "NEAR(a b)", "NEAR AND a AND b" },
    { "((((((((a))))))))", "a" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MunQueryNode) tree = mun_query_parse (rows[i].text, &error);
    g_autofree char *text = NULL;

    g_test_message ("%s", rows[i].expected);
    g_assert_no_error (error);
    g_assert_nonnull (tree);
    text = mun_query_node_to_text (tree);
    g_assert_cmpstr (text, ==, rows[i].expected);
  }
}

static void
test_empty (void)
{
  static const char *const texts[] = { "", " ", "\t\n ", "\xc2\xa0" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (mun_query_parse (texts[i], &error));
    g_assert_no_error (error);
  }
}

#define AT(position, reason) "Search text, at character " #position ": " reason

static void
test_errors (void)
{
  static const struct {
    const char *text, *expected;
  } rows[] = {
    { "invoice or (2026", AT (12, "a parenthesis is not closed") },
    { "größe (", AT (7, "a parenthesis is not closed") },
    { "(a (b)", AT (1, "a parenthesis is not closed") },
    { "zebra)", AT (6, "a parenthesis is closed that was not opened") },
    { ")", AT (1, "a parenthesis is closed that was not opened") },
    { "(a) b)", AT (6, "a parenthesis is closed that was not opened") },
    { "a ( )", AT (3, "there is nothing between the parentheses") },
    { "OR", AT (1, "OR needs a word before it") },
    { "a (OR b)", AT (4, "OR needs a word before it") },
    { " AND a", AT (2, "AND needs a word before it") },
    { "a OR", AT (3, "OR needs a word after it") },
    { "(a OR)", AT (4, "OR needs a word after it") },
    { "a AND OR b", AT (3, "AND needs a word after it") },
    { "a NOT", AT (3, "NOT needs a word after it") },
    { "NOT OR a", AT (1, "NOT needs a word after it") },
    { "-OR", AT (1, "NOT needs a word after it") },
    { "from:", AT (1, "a field needs a word, a phrase or a parenthesis after its colon") },
    { "a from: OR b", AT (3, "a field needs a word, a phrase or a parenthesis after its colon") },
    { "(to:)", AT (2, "a field needs a word, a phrase or a parenthesis after its colon") },
    { "(((((((((a)))))))))", AT (9, "there are too many parentheses within parentheses") },
    { "\xff\xfe", "A search text is UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", rows[i].expected);
    g_assert_null (mun_query_parse (rows[i].text, &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
    g_assert_cmpstr (error->message, ==, rows[i].expected);
  }
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunQueryNode) words = NULL, letters = NULL, signs = NULL;

  for (guint i = 0; i < MUN_QUERY_MAX_WORDS; i++)
    g_string_append (text, "x ");
  words = mun_query_parse (text->str, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (words->children->len, ==, MUN_QUERY_MAX_WORDS);
  g_string_append (text, "x");
  g_assert_null (mun_query_parse (text->str, &error));
  g_assert_cmpstr (error->message, ==, AT (129, "a search takes at most 64 words"));
  g_clear_error (&error);

  g_string_truncate (text, 0);
  for (guint i = 0; i < MUN_QUERY_MAX_TEXT; i++)
    g_string_append_c (text, 'x');
  letters = mun_query_parse (text->str, &error);
  g_assert_no_error (error);
  g_string_append_c (text, 'x');
  g_assert_null (mun_query_parse (text->str, &error));
  g_assert_cmpstr (error->message, ==, "A search text has at most 4096 bytes");
  g_clear_error (&error);

  /* No text is deep enough for the stack. */
  g_string_truncate (text, 0);
  while (text->len < MUN_QUERY_MAX_TEXT - 4)
    g_string_append (text, "NOT ");
  g_string_append (text, "x");
  signs = mun_query_parse (text->str, &error);
  g_assert_no_error (error);
  memset (text->str, '(', text->len);
  g_assert_null (mun_query_parse (text->str, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
}

/* Whatever is typed is refused with a sentence, or read; and what was read, read again, is the same.
 */
static void
test_random (void)
{
  static const char *const parts[]
      = { "a",    "b*", "?",        "OR", "AND",          "NOT",   "-",     "(",
          ")",    "\"", "“",        "»",  "from:",        "to:",   "body:", ":",
          "東京", "é",  "subject:", "or", "OR ",          " AND ", " NOT ", " ",
          " ",    " ",  " (",       ") ", "\xee\x80\x80", "'" };
  guint n_read = 0, n_refused = 0;

  for (guint i = 0; i < 20000; i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (MunQueryNode) tree = NULL, again = NULL;
    g_autofree char *first = NULL, *second = NULL;

    for (gint n = g_test_rand_int_range (1, 16); n > 0; n--)
      g_string_append (text, parts[g_test_rand_int_range (0, G_N_ELEMENTS (parts))]);
    tree = mun_query_parse (text->str, &error);
    if (error != NULL) {
      g_assert_null (tree);
      g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
      g_assert_true (g_str_has_prefix (error->message, "Search text, at character "));
      n_refused++;
      continue;
    }
    if (tree == NULL)
      continue;
    n_read++;
    first = mun_query_node_to_text (tree);
    again = mun_query_parse (first, &error);
    if (again == NULL)
      g_error ("“%s”, read as “%s”: %s", text->str, first,
               error != NULL ? error->message : "empty");
    second = mun_query_node_to_text (again);
    if (strcmp (first, second) != 0)
      g_error ("“%s”, read as “%s” and then as “%s”", text->str, first, second);
  }
  g_assert_cmpuint (n_read, >, 1000);
  g_assert_cmpuint (n_refused, >, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/query-parser/trees", test_trees);
  g_test_add_func ("/query-parser/empty", test_empty);
  g_test_add_func ("/query-parser/errors", test_errors);
  g_test_add_func ("/query-parser/limits", test_limits);
  g_test_add_func ("/query-parser/random", test_random);
  return g_test_run ();
}
