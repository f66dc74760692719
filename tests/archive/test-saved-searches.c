/* test-saved-searches.c: the searches that users keep in the installation's database */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"
#include "database.h"
#include "errors.h"
#include "json.h"
#include "master-searches.h"

#include <string.h>

#define WORDS "{\"query\":\"invoice\",\"sizeMin\":5}"
#define OTHER "{\"query\":\"receipt\"}"

typedef struct {
  char *dir, *path;
  MunSecret *key;
  MunMaster *master;
} Fixture;

static void
reopen (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->master);
  self->master = mun_master_open (self->path, self->key, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonObject) empty = json_object_new ();

  self->dir = g_dir_make_tmp ("muniment-searches-XXXXXX", NULL);
  self->path = g_build_filename (self->dir, "master.db", NULL);
  self->key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  reopen (self);
  g_assert_true (mun_master_add_user (self->master, "anna", empty, NULL));
  g_assert_true (mun_master_add_user (self->master, "bert", empty, NULL));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->master);
  mun_secret_unref (self->key);
  archive_fixture_remove_dir (self->dir);
  g_free (self->dir);
  g_free (self->path);
}

static gint64
try_insert (Fixture *self, const char *user, const char *name, const char *criteria, GError **error)
{
  g_autoptr (JsonObject) object = mun_json_parse_object (criteria, -1, NULL);

  g_assert_nonnull (object);
  return mun_master_insert_saved_search (self->master, user, name, object, error);
}

static gint64
insert (Fixture *self, const char *user, const char *name)
{
  g_autoptr (GError) error = NULL;
  gint64 id = try_insert (self, user, name, WORDS, &error);

  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);
  return id;
}

static void
assert_refused (Fixture *self, const char *user, const char *name, MunError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (try_insert (self, user, name, WORDS, &error), ==, 0);
  g_assert_error (error, MUN_ERROR, (int)code);
}

static gboolean
update (Fixture *self, const char *user, gint64 id, const char *name, const char *criteria,
        GError **error)
{
  g_autoptr (JsonObject) object
      = criteria != NULL ? mun_json_parse_object (criteria, -1, NULL) : NULL;

  return mun_master_update_saved_search (self->master, user, id, name, object, error);
}

/* "name criteria" of each, one a line */
static char *
list (Fixture *self, const char *user)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) searches = mun_master_list_saved_searches (self->master, user, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < json_array_get_length (searches); i++) {
    JsonObject *search = json_array_get_object_element (searches, i);
    g_autofree char *criteria
        = mun_json_object_to_string (mun_json_get_object (search, "criteria"));

    g_string_append_printf (text, "%s %s\n", mun_json_get_string (search, "name", NULL), criteria);
  }
  return g_string_free (text, FALSE);
}

static void
assert_list (Fixture *self, const char *user, const char *expected)
{
  g_autofree char *text = list (self, user);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_kept (Fixture *self, gconstpointer data)
{
  gint64 open = insert (self, "anna", "  Open invoices "), zoo = insert (self, "anna", "Zoo");
  g_autoptr (JsonObject) search = NULL;
  g_autoptr (GError) error = NULL;

  insert (self, "anna", "ärger");
  insert (self, "bert", "Open invoices");
  reopen (self);
  search = mun_master_get_saved_search (self->master, "ANNA", open, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mun_json_get_int (search, "id", 0), ==, open);
  g_assert_true (update (self, "anna", zoo, "Animals", NULL, &error));
  g_assert_true (update (self, "anna", open, NULL, OTHER, &error));
  g_assert_true (update (self, "anna", open, NULL, NULL, &error));
  assert_list (self, "anna", "Animals " WORDS "\närger " WORDS "\nOpen invoices " OTHER "\n");
  assert_list (self, "bert", "Open invoices " WORDS "\n");
  g_assert_true (mun_master_remove_saved_search (self->master, "anna", zoo, &error));
  assert_list (self, "anna", "ärger " WORDS "\nOpen invoices " OTHER "\n");
}

static void
test_names (Fixture *self, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (2 * MUN_SAVED_SEARCH_MAX_NAME + 1, 'x');
  gint64 own, other;
  g_autoptr (GError) error = NULL;

  own = insert (self, "anna", "\303\234bersicht");
  other = insert (self, "anna", "Notes");
  /* as one types it, composed or not, in any case */
  assert_refused (self, "anna", "U\314\210BERSICHT", MUN_ERROR_EXISTS);
  g_assert_false (update (self, "anna", other, " \303\274bersicht", NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_true (update (self, "anna", own, "\303\274bersicht", NULL, &error));
  assert_refused (self, "anna", "", MUN_ERROR_INVALID);
  assert_refused (self, "anna", " \t ", MUN_ERROR_INVALID);
  assert_refused (self, "anna", "two\nlines", MUN_ERROR_INVALID);
  assert_refused (self, "anna", "two\342\200\250lines", MUN_ERROR_INVALID);
  assert_refused (self, "anna", "\377", MUN_ERROR_INVALID);
  assert_refused (self, "anna", longest, MUN_ERROR_INVALID);
  g_assert_false (update (self, "anna", own, "", NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  /* characters are counted, not bytes */
  g_free (g_steal_pointer (&longest));
  longest = g_malloc0 (2 * MUN_SAVED_SEARCH_MAX_NAME + 1);
  for (guint i = 0; i < MUN_SAVED_SEARCH_MAX_NAME; i++)
    memcpy (longest + 2 * i, "\303\251", 2);
  insert (self, "anna", longest);
}

static void
test_limits (Fixture *self, gconstpointer data)
{
  g_autofree char *much = g_strnfill (MUN_SAVED_SEARCH_MAX_CRITERIA, 'x');
  g_autofree char *criteria = g_strdup_printf ("{\"query\":\"%s\"}", much);
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  g_assert_cmpint (try_insert (self, "anna", "much", criteria, &error), ==, 0);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  for (guint i = 0; i < MUN_SAVED_SEARCHES_MAX; i++) {
    g_autofree char *name = g_strdup_printf ("search %u", i);

    id = insert (self, "anna", name);
  }
  assert_refused (self, "anna", "one more", MUN_ERROR_TOO_LARGE);
  g_assert_false (update (self, "anna", id, NULL, criteria, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE);
  insert (self, "bert", "one more");
  g_assert_true (mun_master_remove_saved_search (self->master, "anna", id, NULL));
  insert (self, "anna", "one more");
}

static void
assert_not_found (GError **error)
{
  g_assert_error (*error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (error);
}

static void
test_others (Fixture *self, gconstpointer data)
{
  gint64 id = insert (self, "anna", "Mine");
  g_autoptr (GError) error = NULL;

  g_assert_null (mun_master_get_saved_search (self->master, "bert", id, &error));
  assert_not_found (&error);
  g_assert_false (update (self, "bert", id, "Yours", NULL, &error));
  assert_not_found (&error);
  g_assert_false (mun_master_remove_saved_search (self->master, "bert", id, &error));
  assert_not_found (&error);
  g_assert_false (mun_master_remove_saved_search (self->master, "anna", id + 1, &error));
  assert_not_found (&error);
  assert_refused (self, "nobody", "Mine", MUN_ERROR_NOT_FOUND);
  assert_list (self, "anna", "Mine " WORDS "\n");
}

/* They go where their user goes. */
static void
test_follow_the_user (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonObject) empty = json_object_new ();
  gint64 id = insert (self, "anna", "Mine");

  insert (self, "bert", "Mine");
  g_assert_true (mun_master_rename_user (self->master, "anna", "Anna", NULL));
  g_assert_true (mun_master_rename_user (self->master, "ANNA", "anna.lee", NULL));
  assert_list (self, "anna", "");
  assert_list (self, "anna.lee", "Mine " WORDS "\n");
  g_assert_true (update (self, "anna.lee", id, "Still mine", NULL, NULL));
  g_assert_true (mun_master_remove_user (self->master, "Anna.Lee", NULL));
  /* who gets the name next starts with none */
  g_assert_true (mun_master_add_user (self->master, "anna.lee", empty, NULL));
  assert_list (self, "anna.lee", "");
  assert_list (self, "bert", "Mine " WORDS "\n");
}

/* A database of the first version gets what it lacks, and keeps what it has. */
static void
test_older_database (Fixture *self, gconstpointer data)
{
  MunDatabase *database;
  g_autoptr (GError) error = NULL;

  insert (self, "anna", "Mine");
  g_clear_object (&self->master);
  database = mun_database_open (self->path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  mun_database_exec (database,
                     "DROP TABLE saved_searches; DROP TRIGGER saved_searches_of_renamed;"
                     "DROP TRIGGER saved_searches_of_removed;"
                     "DELETE FROM schema_version WHERE version = 2",
                     &error);
  g_assert_no_error (error);
  mun_database_close (database);
  reopen (self);
  assert_list (self, "anna", "");
  insert (self, "anna", "Mine");
  g_assert_true (mun_master_remove_user (self->master, "anna", NULL));
  assert_list (self, "anna", "");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/saved-searches/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("kept", test_kept);
  ADD ("names", test_names);
  ADD ("limits", test_limits);
  ADD ("others", test_others);
  ADD ("follow-the-user", test_follow_the_user);
  ADD ("older-database", test_older_database);
  return g_test_run ();
}
