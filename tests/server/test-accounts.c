/* test-accounts.c: passwords: hashes, the cache of verified pairs, slowing */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "accounts.h"

#include "errors.h"
#include "json.h"
#include "master.h"

#include <glib/gstdio.h>
#include <string.h>

#define KEY "0123456789abcdef0123456789abcdef"
#define ADDRESS "192.0.2.1"

typedef struct {
  char *dir;
  MunMaster *master;
  MunAccounts *accounts;
} Fixture;

static void
add_user (MunMaster *master, const char *name, const char *authentication, const char *password)
{
  g_autoptr (JsonObject) user = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = mun_accounts_hash (password, &error);

  json_object_set_string_member (user, "userName", name);
  json_object_set_string_member (user, "authentication", authentication);
  g_assert_true (mun_master_add_user (master, name, user, &error));
  g_assert_true (mun_master_set_password (master, name, hash, &error));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MunSecret) key = mun_secret_new (KEY, strlen (KEY));
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  fixture->dir = g_dir_make_tmp ("muniment-accounts-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (fixture->dir, "master.db", NULL);
  fixture->master = mun_master_open (path, key, &error);
  g_assert_no_error (error);
  add_user (fixture->master, "Frank", "integrated", "päss:word");
  add_user (fixture->master, "remote", "directoryServices", "unused");
  fixture->accounts = mun_accounts_new (fixture->master);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "master.db", "master.db-wal", "master.db-shm" };

  mun_accounts_unref (fixture->accounts);
  g_object_unref (fixture->master);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (fixture->dir, names[i], NULL);

    g_unlink (path);
  }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

/* Returns: (transfer full) (nullable): the account's name. @milliseconds: (out) (optional) */
static char *
check (Fixture *fixture, const char *name, const char *password, const char *address,
       double *milliseconds, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gint64 start = g_get_monotonic_time ();

  mun_accounts_check_async (fixture->accounts, name, password, address, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (milliseconds != NULL)
    *milliseconds = (g_get_monotonic_time () - start) / 1000.0;
  return mun_accounts_check_finish (fixture->accounts, result, error);
}

static void
test_hash (void)
{
  g_autofree char *first = mun_accounts_hash ("secret", NULL);
  g_autofree char *second = mun_accounts_hash ("secret", NULL);

  /* yescrypt (crypt(5)), salted */
  g_assert_true (g_str_has_prefix (first, "$y$"));
  g_assert_cmpstr (first, !=, second);
  g_assert_null (strstr (first, "secret"));
}

static void
test_right (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = check (fixture, "frank", "päss:word", ADDRESS, NULL, &error);
  g_autofree char *again = NULL;
  double milliseconds;

  g_assert_no_error (error);
  /* as the account is written, not as it was typed */
  g_assert_cmpstr (name, ==, "Frank");
  /* a hundred requests with a verified pair are cheaper than hashing it twice */
  for (guint i = 0; i < 100; i++) {
    g_autofree char *cached = check (fixture, "frank", "päss:word", ADDRESS, &milliseconds, NULL);

    g_assert_nonnull (cached);
  }
  g_assert_cmpfloat (milliseconds, <, 50);
  /* a changed password ends that */
  g_assert_true (mun_master_set_password (fixture->master, "frank", "*", NULL));
  mun_accounts_forget (fixture->accounts, "FRANK");
  again = check (fixture, "frank", "päss:word", ADDRESS, NULL, NULL);
  g_assert_null (again);
}

static void
test_wrong (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *name;
    const char *password;
  } rows[] = {
    { "Frank", "" },
    { "Frank", "päss:wor" },
    { "nobody", "päss:word" },
    { "remote", "unused" }, /* the directory authenticates that one */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *address = g_strdup_printf ("192.0.2.%u", i);
    g_autofree char *name = check (fixture, rows[i].name, rows[i].password, address, NULL, &error);

    g_assert_null (name);
    g_assert_error (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION);
    g_assert_null (strstr (error->message, "päss"));
  }
}

static void
test_slowed (Fixture *fixture, gconstpointer data)
{
  double quick = 0, slow = 0;

  for (guint i = 0; i < 3; i++)
    g_free (check (fixture, "Frank", "wrong", ADDRESS, &quick, NULL));
  /* the account is slow from everywhere, the address for every account */
  g_free (check (fixture, "Frank", "wrong", "192.0.2.77", &slow, NULL));
  g_assert_cmpfloat (slow, >=, 250);
  g_free (check (fixture, "nobody", "wrong", ADDRESS, &slow, NULL));
  g_assert_cmpfloat (slow, >=, 250);
  /* others are not */
  g_free (check (fixture, "nobody else", "wrong", "192.0.2.78", &quick, NULL));
  g_assert_cmpfloat (quick, <, slow);
}

static void
count_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  guint *counts = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_task_propagate_pointer (G_TASK (result), &error);

  g_assert_null (name);
  counts[0]++;
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_THROTTLED))
    counts[1]++;
}

static void
test_many_at_once (Fixture *fixture, gconstpointer data)
{
  guint counts[2] = { 0, 0 };

  for (guint i = 0; i < 40; i++)
    mun_accounts_check_async (fixture->accounts, "Frank", "guess", ADDRESS, count_cb, counts);
  while (counts[0] < 40)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (counts[1], ==, 40 - 16);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/accounts/hash", test_hash);
  g_test_add ("/server/accounts/right", Fixture, NULL, set_up, test_right, tear_down);
  g_test_add ("/server/accounts/wrong", Fixture, NULL, set_up, test_wrong, tear_down);
  g_test_add ("/server/accounts/slowed", Fixture, NULL, set_up, test_slowed, tear_down);
  g_test_add ("/server/accounts/many-at-once", Fixture, NULL, set_up, test_many_at_once, tear_down);
  return g_test_run ();
}
