/* test-master-key.c: a new master key: complete, or not at all, and nobody is locked out */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"
#include "contents.h"
#include "database.h"
#include "errors.h"
#include "fault-vfs.h"
#include "json.h"
#include "master-key.h"
#include "master-keys.h"
#include "store-key.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define STORES 3
#define SECRET "the private part of a certificate"

/* An installation: store 1 normal, store 2 disabled, store 3 current, a message in each. */
typedef struct {
  char *dir;
  MunArchive *archive;
  char *ids[STORES];
  GBytes *letters[STORES];
  gint64 credential;
} Site;

/* --- the one that is killed --- */

static const char *fatal_step;
static int skip_count;

static int
kill_cb (const char *step)
{
  if (strcmp (step, fatal_step) == 0 && g_atomic_int_add (&skip_count, -1) == 0)
    raise (SIGKILL);
  return 0;
}

/* "open KEY": while it starts; else while it renews. */
static int
be_victim (const char *dir, const char *step, guint skip)
{
  g_autoptr (MunArchive) archive = NULL;
  g_autofree char *report = NULL;
  MunKeyRenewal done;

  fault_vfs_install ();
  fatal_step = g_str_has_prefix (step, "open ") ? step + strlen ("open ") : step;
  skip_count = skip;
  if (fatal_step != step)
    mun_contents_fault_hook = kill_cb;
  archive = mun_master_key_open_archive (dir, NULL);
  if (archive == NULL)
    return 3;
  if (fatal_step != step)
    return 0;
  mun_contents_fault_hook = kill_cb;
  if (strcmp (step, "sqlite") == 0)
    fault_vfs_arm (FAULT_VFS_WRITE | FAULT_VFS_SYNC | FAULT_VFS_TRUNCATE, skip, FAULT_VFS_KILL,
                   FALSE);
  return mun_master_key_renew (archive, NULL, NULL, &done, &report, NULL) ? 0 : 4;
}

/* Returns: whether it was killed. */
static gboolean
run_victim (const char *dir, const char *step, guint skip)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *skip_text = g_strdup_printf ("%u", skip);
  const char *arguments[] = { self, "--victim", dir, step, skip_text, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  if (WIFEXITED (status))
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  else
    g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  return WIFSIGNALED (status);
}

/* --- the installation --- */

static char *
dup_path (Site *self, const char *name)
{
  return g_build_filename (self->dir, name, NULL);
}

static void
reopen (Site *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->archive);
  self->archive = mun_master_key_open_archive (self->dir, &error);
  g_assert_no_error (error);
}

static void
set_state (Site *self, gint64 id, const char *state)
{
  g_autoptr (GError) error = NULL;

  mun_archive_set_store_state (self->archive, id, state, &error);
  g_assert_no_error (error);
}

static void
deliver (Site *self, guint n)
{
  g_autofree char *subject = g_strdup_printf ("letter %u", n);

  self->letters[n]
      = archive_fixture_message ("a@example.com", "b@example.com", subject, 1700000000 + n, "text");
  self->ids[n] = archive_fixture_deliver (self->archive, self->letters[n], "anna/In");
}

static void
set_up (Site *self, gconstpointer data)
{
  g_autoptr (MunSecret) secret = mun_secret_new (SECRET, strlen (SECRET));
  g_autoptr (JsonObject) document = json_object_new ();
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("muniment-master-key-XXXXXX", &error);
  g_assert_no_error (error);
  reopen (self);
  deliver (self, 0);
  for (guint n = 1; n < STORES; n++) {
    g_autofree char *name = g_strdup_printf ("store %u", n + 1);

    g_assert_cmpint (mun_archive_create_store (self->archive, name, "current", &error), ==, n + 1);
    deliver (self, n);
  }
  set_state (self, 2, "disabled");
  self->credential = mun_master_insert_credential (mun_archive_get_master (self->archive), document,
                                                   secret, &error);
  g_assert_no_error (error);
}

static void
tear_down (Site *self, gconstpointer data)
{
  g_clear_object (&self->archive);
  archive_fixture_remove_dir (self->dir);
  for (guint n = 0; n < STORES; n++) {
    g_free (self->ids[n]);
    g_bytes_unref (self->letters[n]);
  }
  g_free (self->dir);
}

static void
assert_readable (Site *self, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) read = mun_archive_read_message (self->archive, self->ids[n], &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (read, self->letters[n]));
}

/* Every message and every secret; the disabled store is opened for it. */
static void
assert_whole (Site *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunSecret) secret
      = mun_master_get_credential_secret (mun_archive_get_master (self->archive), self->credential,
                                          &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mun_secret_get_string (secret), ==, SECRET);
  set_state (self, 2, "normal");
  for (guint n = 0; n < STORES; n++)
    assert_readable (self, n);
  set_state (self, 2, "disabled");
}

/* What stands in the database, and what is left in its files. */
static GBytes *
dup_sealed_secret (Site *self)
{
  g_autofree char *path = dup_path (self, "master.db");
  g_autoptr (MunDatabase) database = mun_database_open (path, MUN_DATABASE_READER, NULL);
  sqlite3_stmt *row = mun_database_prepare (database, NULL, "SELECT secret FROM credentials", "");

  g_assert_true (mun_database_step (database, row, NULL));
  return g_bytes_new (sqlite3_column_blob (row, 0), sqlite3_column_bytes (row, 0));
}

static gboolean
is_left (Site *self, GBytes *bytes)
{
  static const char *const names[] = { "master.db", "master.db-wal" };
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = dup_path (self, names[i]), *data = NULL;
    gsize length;

    if (g_file_get_contents (path, &data, &length, NULL))
      found = found
              || memmem (data, length, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                     != NULL;
  }
  return found;
}

static MunSecret *
read_key (Site *self, const char *name)
{
  g_autofree char *path = dup_path (self, name);
  g_autofree char *data = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &data, &length, NULL))
    return NULL;
  g_assert_cmpuint (length, ==, MUN_SEAL_KEY_SIZE);
  return mun_secret_new (data, length);
}

static void
write_key (Site *self, const char *name, MunSecret *key)
{
  g_autofree char *path = dup_path (self, name);

  g_assert_true (g_file_set_contents_full (path, mun_secret_get_data (key, NULL), MUN_SEAL_KEY_SIZE,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static gboolean
is_same (MunSecret *a, MunSecret *b)
{
  return memcmp (mun_secret_get_data (a, NULL), mun_secret_get_data (b, NULL), MUN_SEAL_KEY_SIZE)
         == 0;
}

static gboolean
exists (Site *self, const char *name)
{
  g_autofree char *path = dup_path (self, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Does this key open what stands in that file? */
static gboolean
opens (Site *self, MunSecret *key, const char *name)
{
  g_autofree char *path = dup_path (self, name);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = mun_store_key_read (path, &error);
  g_auto (MunStoreKey) found = { 0 };

  g_assert_no_error (error);
  if (mun_store_key_parse (&found, text, path, key, &error))
    return TRUE;
  g_assert_error (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION);
  return FALSE;
}

/* Of all stores but one; 0 = of all. */
static void
assert_sealed (Site *self, MunSecret *key, guint but)
{
  for (guint i = 1; i <= STORES; i++) {
    g_autofree char *name = g_strdup_printf ("stores/%u/store.json", i);
    g_autofree char *copy = g_strdup_printf ("stores/%u/contents/store.json", i);

    if (i != but) {
      g_assert_true (opens (self, key, name));
      g_assert_true (opens (self, key, copy));
    }
  }
}

static char *
renew (Site *self, MunKeyRenewal *done)
{
  g_autoptr (GError) error = NULL;
  char *report = NULL;

  mun_master_key_renew (self->archive, NULL, NULL, done, &report, &error);
  g_assert_no_error (error);
  g_test_message ("%s", report);
  return report;
}

static void
test_renew (Site *self, gconstpointer data)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (MunSecret) before = read_key (self, "master-key");
    g_autofree char *report = NULL;
    g_autoptr (MunSecret) after = NULL;
    MunKeyRenewal done;
    GStatBuf status;
    g_autofree char *path = dup_path (self, "master-key");
    g_autoptr (GBytes) sealed = dup_sealed_secret (self);

    g_assert_true (is_left (self, sealed));
    report = renew (self, &done);
    g_assert_false (is_left (self, sealed));
    g_assert_cmpuint (done.stores, ==, STORES + i);
    g_assert_cmpuint (done.secrets, ==, 1);
    g_assert_cmpuint (done.stores_left + done.secrets_left, ==, 0);
    after = read_key (self, "master-key");
    g_assert_false (is_same (before, after));
    g_assert_false (exists (self, "master-key.new"));
    g_assert_cmpint (g_stat (path, &status), ==, 0);
    g_assert_cmpint (status.st_mode & 0777, ==, 0600);
    assert_sealed (self, after, 0);
    g_assert_false (opens (self, before, "stores/1/store.json"));
    assert_whole (self);
    /* What comes now is sealed with it, too. */
    g_assert_cmpint (mun_archive_create_store (self->archive, i == 0 ? "four" : "five", NULL, NULL),
                     ==, STORES + 1 + i);
    g_assert_true (opens (self, after, i == 0 ? "stores/4/store.json" : "stores/5/store.json"));
    reopen (self);
    assert_whole (self);
  }
}

static void
test_kill (Site *self, gconstpointer data)
{
  static const struct {
    const char *step;
    guint n;
  } cases[] = {
    { "renew-begin", 1 },  { "renew-commit", 1 }, { "renew-committed", 1 },
    { "renew-store", 3 },  { "key", 6 },          { "before-commit", 2 },
    { "after-commit", 2 }, { "renew-end", 1 },    { "sqlite", 12 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint skip = 0; skip < cases[i].n; skip++) {
      g_autoptr (MunSecret) before = read_key (self, "master-key");
      g_autoptr (MunSecret) after = NULL;
      g_autofree char *report = NULL;
      MunKeyRenewal done;
      gboolean was_killed;

      g_clear_object (&self->archive);
      was_killed = run_victim (self->dir, cases[i].step, skip);
      g_test_message ("%s %u: %s", cases[i].step, skip, was_killed ? "killed" : "not reached");
      g_assert_true (was_killed);
      reopen (self);
      assert_whole (self);
      after = read_key (self, "master-key");
      /* Before the commit nothing has changed, after it everything has, be it by this start. */
      if (strcmp (cases[i].step, "sqlite") != 0)
        g_assert_true (is_same (before, after) == (i < 2));
      assert_sealed (self, after, 2);
      g_assert_true (opens (self, after, "stores/2/store.json"));
      /* And it can be done again. */
      report = renew (self, &done);
      g_assert_cmpuint (done.stores, ==, STORES);
      g_assert_false (exists (self, "master-key.new"));
      assert_whole (self);
    }
}

/* Killed again and again while the start completes a renewal. */
static void
test_kill_start (Site *self, gconstpointer data)
{
  g_autoptr (MunSecret) before = read_key (self, "master-key");
  g_autoptr (MunSecret) after = NULL;
  guint n_killed = 0;

  g_clear_object (&self->archive);
  g_assert_true (run_victim (self->dir, "renew-committed", 0));
  g_assert_true (exists (self, "master-key.new"));
  for (guint skip = 0; skip < 2; skip++)
    n_killed += run_victim (self->dir, "open key", skip);
  g_assert_cmpuint (n_killed, ==, 2);
  g_assert_true (exists (self, "master-key.new"));
  reopen (self);
  assert_whole (self);
  g_assert_false (exists (self, "master-key.new"));
  after = read_key (self, "master-key");
  g_assert_false (is_same (before, after));
  assert_sealed (self, after, 0);
}

static void
test_two_files (Site *self, gconstpointer data)
{
  g_autoptr (MunSecret) stranger = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (MunSecret) before = read_key (self, "master-key");
  g_autoptr (MunSecret) after = NULL;
  g_autofree char *report = NULL, *path = dup_path (self, "master-key.new");
  MunKeyRenewal done;

  /* Nobody has committed to it. */
  write_key (self, "master-key.new", stranger);
  reopen (self);
  assert_whole (self);
  g_assert_true (exists (self, "master-key.new"));
  /* The next renewal takes it. */
  report = renew (self, &done);
  after = read_key (self, "master-key");
  g_assert_true (is_same (after, stranger));
  assert_whole (self);
  /* Committed to, and not in its place yet. */
  write_key (self, "master-key", before);
  write_key (self, "master-key.new", after);
  reopen (self);
  assert_whole (self);
  g_assert_false (exists (self, "master-key.new"));
  g_clear_pointer (&after, mun_secret_unref);
  after = read_key (self, "master-key");
  g_assert_true (is_same (after, stranger));
  /* The same while it runs: the next renewal needs the name. */
  write_key (self, "master-key", before);
  write_key (self, "master-key.new", after);
  g_clear_pointer (&report, g_free);
  report = renew (self, &done);
  g_clear_pointer (&after, mun_secret_unref);
  after = read_key (self, "master-key");
  g_assert_false (is_same (after, stranger));
  reopen (self);
  assert_whole (self);
  /* What is no key does not keep the server from starting. */
  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  reopen (self);
  assert_whole (self);
}

/* Out of reach during two renewals, a store is opened when it comes back. */
static void
test_out_of_reach (Site *self, gconstpointer data)
{
  g_autofree char *dir = dup_path (self, "stores/2"), *away = dup_path (self, "away");
  g_autoptr (MunSecret) after = NULL;

  g_assert_cmpint (g_rename (dir, away), ==, 0);
  for (guint i = 0; i < 2; i++) {
    MunKeyRenewal done;
    g_autofree char *report = renew (self, &done);

    g_assert_cmpuint (done.stores, ==, STORES - 1);
    g_assert_cmpuint (done.stores_left, ==, 1);
    g_assert_nonnull (strstr (report, "store 2"));
  }
  g_assert_cmpint (g_rename (away, dir), ==, 0);
  assert_whole (self);
  after = read_key (self, "master-key");
  assert_sealed (self, after, 0);
  reopen (self);
  assert_whole (self);
}

/* Detached, it is not in the list; out of a backup, it has the key of that time. */
static void
test_comes_back (Site *self, gconstpointer data)
{
  g_autofree char *listed = dup_path (self, "stores/2"), *other = dup_path (self, "stores/77");
  g_autofree char *path = dup_path (self, "stores/1/store.json"), *text = NULL, *report = NULL;
  g_autofree char *copy = dup_path (self, "stores/1/contents/store.json");
  g_autoptr (MunSecret) after = NULL;
  MunKeyRenewal done;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpint (g_rename (listed, other), ==, 0);
  report = renew (self, &done);
  g_assert_cmpuint (done.stores, ==, STORES);
  after = read_key (self, "master-key");
  g_assert_true (opens (self, after, "stores/77/store.json"));
  g_assert_cmpint (g_rename (other, listed), ==, 0);
  g_clear_object (&self->archive);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (g_file_set_contents (copy, text, -1, NULL));
  reopen (self);
  assert_whole (self);
}

/* A store of another installation, and a credential that the key does not open: both stay. */
static void
test_foreign (Site *self, gconstpointer data)
{
  g_autoptr (MunSecret) stranger = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autofree char *report = NULL;
  g_autoptr (MunSecret) before = NULL;
  g_autoptr (MunSecret) secret = NULL;
  g_autoptr (GError) error = NULL;
  MunKeyRenewal done;

  g_clear_object (&self->archive);
  before = read_key (self, "master-key");
  write_key (self, "master-key", stranger);
  reopen (self);
  report = renew (self, &done);
  g_assert_cmpuint (done.stores_left, ==, STORES);
  g_assert_cmpuint (done.secrets_left, ==, 1);
  /* The right key found again, everything is there; it is not committed to. */
  g_clear_object (&self->archive);
  write_key (self, "master-key", before);
  reopen (self);
  assert_whole (self);
  secret = mun_master_get_credential_secret (mun_archive_get_master (self->archive),
                                             self->credential, &error);
  g_assert_no_error (error);
}

/* Where systemd keeps the key, the server cannot write. */
static void
test_systemd (Site *self, gconstpointer data)
{
  g_autoptr (MunSecret) stranger = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autofree char *credentials = dup_path (self, "credentials"), *report = NULL;
  g_autoptr (MunSecret) before = read_key (self, "master-key");
  g_autofree char *path = dup_path (self, "master-key");
  g_autofree char *next = dup_path (self, "credentials/master-key.new");
  g_autoptr (GError) error = NULL;
  MunKeyRenewal done;

  g_assert_cmpint (g_mkdir (credentials, 0700), ==, 0);
  g_assert_cmpint (g_unlink (path), ==, 0);
  write_key (self, "credentials/master-key", before);
  g_setenv ("CREDENTIALS_DIRECTORY", credentials, TRUE);
  reopen (self);
  assert_whole (self);
  g_assert_false (mun_master_key_renew (self->archive, NULL, NULL, &done, &report, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "master-key.new"));
  g_assert_false (exists (self, "master-key"));
  g_assert_false (exists (self, "master-key.new"));
  /* As the error says. */
  write_key (self, "credentials/master-key.new", stranger);
  reopen (self);
  assert_whole (self);
  report = renew (self, &done);
  g_assert_nonnull (strstr (report, "master-key.new"));
  assert_sealed (self, stranger, 0);
  reopen (self);
  assert_whole (self);
  g_clear_error (&error);
  g_assert_false (mun_master_key_renew (self->archive, NULL, NULL, &done, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  /* And as the report says. */
  g_clear_object (&self->archive);
  write_key (self, "credentials/master-key", stranger);
  g_assert_cmpint (g_unlink (next), ==, 0);
  reopen (self);
  assert_whole (self);
  g_unsetenv ("CREDENTIALS_DIRECTORY");
}

/* --- main --- */

int
main (int argc, char *argv[])
{
  if (argc == 5 && strcmp (argv[1], "--victim") == 0)
    return be_victim (argv[2], argv[3], atoi (argv[4]));
  g_test_init (&argc, &argv, NULL);
  /* A store that cannot be opened is a warning. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_test_add ("/master-key/renew", Site, NULL, set_up, test_renew, tear_down);
  g_test_add ("/master-key/kill", Site, NULL, set_up, test_kill, tear_down);
  g_test_add ("/master-key/kill-start", Site, NULL, set_up, test_kill_start, tear_down);
  g_test_add ("/master-key/two-files", Site, NULL, set_up, test_two_files, tear_down);
  g_test_add ("/master-key/out-of-reach", Site, NULL, set_up, test_out_of_reach, tear_down);
  g_test_add ("/master-key/comes-back", Site, NULL, set_up, test_comes_back, tear_down);
  g_test_add ("/master-key/foreign", Site, NULL, set_up, test_foreign, tear_down);
  g_test_add ("/master-key/systemd", Site, NULL, set_up, test_systemd, tear_down);
  return g_test_run ();
}
