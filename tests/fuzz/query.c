/* query.c: any text that a user may search for */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "database.h"
#include "errors.h"
#include "match.h"
#include "tokenizer.h"

#include <glib/gstdio.h>

/* One row a line: what the words of the corpus can meet. */
static const char *const bodies[]
    = { "Grüße aus Berlin: die Zahlen der Woche 2024-10",
        "invoice invoices invoiced 4711 a b c d e f",
        "été naïve Ünïcödé łódź",
        "東京都の天気 日本語 한국어 ไทย",
        "AND OR NOT NEAR body: subject: ^ + - ( ) { } \" *",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

static MunDatabase *database;
static char *dir;

static char *
dup_path (void)
{
  return g_build_filename (dir, "catalogue.db", NULL);
}

static void
clean_up (void)
{
  g_autofree char *path = dup_path ();

  mun_database_close (database);
  g_remove (path);
  g_rmdir (dir);
  g_free (dir);
}

static void
prepare (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  dir = g_dir_make_tmp ("muniment-fuzz-XXXXXX", &error);
  g_assert_no_error (error);
  path = dup_path ();
  database = mun_database_open (path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  atexit (clean_up);
  mun_tokenizer_register (database, &error);
  g_assert_no_error (error);
  mun_database_run_script (database, "catalogue-1.sql", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    mun_database_run (database, &error,
                      "INSERT INTO search (rowid, body, subject, sender, recipients, names, texts)"
                      " VALUES (?1, ?2, ?2, 'ann@example.com', 'Bob <bob@example.com>', 'a.pdf',"
                      " 'figures')",
                      "is", (gint64)i + 1, bodies[i]);
    g_assert_no_error (error);
  }
  mun_database_exec (database,
                     "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, search, row)",
                     &error);
  g_assert_no_error (error);
}

/* FTS5 takes the expression, and what it finds is there. */
static void
search (const char *expression)
{
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *row
      = mun_database_prepare (database, &error, "SELECT count(*) FROM search WHERE search MATCH ?1",
                              "s", expression);

  g_assert_no_error (error);
  g_assert_true (mun_database_step (database, row, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_column_int64 (row, 0), <=, G_N_ELEMENTS (bodies));
  sqlite3_reset (row);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  g_autofree char *columns = mun_match_columns (fuzz_take (&input));
  g_autofree char *text = g_strndup ((const char *)input.data, input.left);
  g_autofree char *expression = NULL;
  g_autoptr (GError) error = NULL;
  MunMatchResult result;

  if (database == NULL)
    prepare ();
  result = mun_match_words (database, text, columns, &expression, &error);
  g_assert_true ((result == MUN_MATCH_ERROR) == (error != NULL));
  g_assert_true ((result == MUN_MATCH_SOME) == (expression != NULL));
  if (error != NULL) {
    g_assert_true (g_error_matches (error, MUN_ERROR, MUN_ERROR_INVALID));
    fuzz_assert_text (error->message);
  }
  if (expression != NULL)
    search (expression);
  return 0;
}
