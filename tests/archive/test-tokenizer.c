/* test-tokenizer.c: the words of the index are those of unicode61 where scripts use spaces */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tokenizer.h"

#include <glib/gstdio.h>
#include <string.h>

static MunDatabase *
open_database (void)
{
  g_autoptr (GError) error = NULL;
  MunDatabase *database;
  g_autofree char *dir = g_dir_make_tmp ("muniment-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "words.db", NULL);

  database = mun_database_open (path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  g_assert_true (mun_tokenizer_register (database, &error));
  return database;
}

static void
close_database (MunDatabase *database)
{
  g_autofree char *path
      = g_strdup (sqlite3_db_filename (mun_database_get_handle (database), "main"));
  g_autofree char *dir = g_path_get_dirname (path);
  const char *const endings[] = { "", "-wal", "-shm" };

  mun_database_close (database);
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name = g_strconcat (path, endings[i], NULL);

    g_remove (name);
  }
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static gboolean
write_cb (const MunToken *token, gpointer data)
{
  g_string_append_printf (data, "%s %" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT "%s|", token->text,
                          token->start, token->end, token->is_colocated ? "*" : "");
  return TRUE;
}

static void
check_words (MunDatabase *database, const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_true (mun_tokenizer_visit (database, text, strlen (text), write_cb, found, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_words (void)
{
  MunDatabase *database = open_database ();

  check_words (database, "", "");
  check_words (database, " -- ", "");
  check_words (database, "Re: 2nd_Test", "re 0-2|2nd 4-7|test 8-12|");
  check_words (database, "a caf\xc3\xa9-Bar z", "a 0-1|cafe 2-7|bar 8-11|z 12-13|");
  check_words (database, "x\xe2\x80\x94Y \xc3\x84", "x 0-1|y 4-5|a 6-8|");
  check_words (database, "e\xcc\x81t\xc3\xa9", "ete 0-6|");
  check_words (database, "v2\xe6\x97\xa5\xe6\x9c\xac ok",
               "v2 0-2|\xe6\x97\xa5\xe6\x9c\xac 2-8|\xe6\x9c\xac 5-8*|ok 9-11|");
  close_database (database);
}

static gboolean
stop_cb (const MunToken *token, gpointer data)
{
  return --*(guint *)data > 0;
}

/* Whoever has had enough is asked no more, wherever that is. */
static void
test_stop (void)
{
  static const char text[] = "one tw\xc3\xb6 dr\xc3\xa9i four";
  MunDatabase *database = open_database ();

  for (guint most = 1; most < 4; most++) {
    guint left = most;

    g_assert_true (mun_tokenizer_visit (database, text, strlen (text), stop_cb, &left, NULL));
    g_assert_cmpuint (left, ==, 0);
  }
  close_database (database);
}

/* Characters at borders of every kind, in an order that is the same each time. */
static char *
random_text (GRand *rand)
{
  static const gunichar characters[]
      = { 'a',   'Z',  '7',    ' ',    '.',    '_',    '@',     '\n',   0x7f,
          0xa0,  0xe9, 0xdf,   0x130,  0x301,  0x345,  0x3a9,   0x416,  0x5d0,
          0x660, 0xad, 0x2014, 0x200d, 0xe000, 0xfeff, 0x1f600, 0x10400 };
  GString *text = g_string_new (NULL);
  int n = g_rand_int_range (rand, 0, 120);

  for (int i = 0; i < n; i++)
    g_string_append_unichar (
        text,
        characters[g_rand_int_range (rand, 0,
                                     g_rand_boolean (rand) ? 8 : (int)G_N_ELEMENTS (characters))]);
  return g_string_free (text, FALSE);
}

static void
test_like_unicode61 (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (61);
  MunDatabase *database = open_database ();

  mun_database_exec (database,
                     "CREATE VIRTUAL TABLE ours USING fts5 (text, tokenize = 'muniment');"
                     "CREATE VIRTUAL TABLE theirs USING fts5 (text, tokenize ="
                     " \"unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\");"
                     "CREATE VIRTUAL TABLE our_words USING fts5vocab (ours, instance);"
                     "CREATE VIRTUAL TABLE their_words USING fts5vocab (theirs, instance);",
                     &error);
  g_assert_no_error (error);
  for (gint64 i = 1; i <= 2000; i++) {
    g_autofree char *text = random_text (rand);

    g_assert_true (mun_database_run (database, &error,
                                     "INSERT INTO ours (rowid, text) VALUES (?1, ?2)", "is", i,
                                     text));
    g_assert_true (mun_database_run (database, &error,
                                     "INSERT INTO theirs (rowid, text) VALUES (?1, ?2)", "is", i,
                                     text));
  }
  g_assert_cmpint (mun_database_get_int (database, 0, "SELECT count(*) FROM their_words", ""), >,
                   10000);
  g_assert_cmpint (mun_database_get_int (database, -1,
                                         "SELECT count(*) FROM (SELECT term, doc, offset FROM"
                                         " our_words EXCEPT SELECT term, doc, offset FROM"
                                         " their_words)",
                                         ""),
                   ==, 0);
  g_assert_cmpint (mun_database_get_int (database, -1,
                                         "SELECT count(*) FROM (SELECT term, doc, offset FROM"
                                         " their_words EXCEPT SELECT term, doc, offset FROM"
                                         " our_words)",
                                         ""),
                   ==, 0);
  close_database (database);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokenizer/words", test_words);
  g_test_add_func ("/tokenizer/stop", test_stop);
  g_test_add_func ("/tokenizer/like-unicode61", test_like_unicode61);
  return g_test_run ();
}
