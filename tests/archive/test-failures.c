/* test-failures.c: every call to the system fails once: the archive says so and goes on */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-indexes.h"
#include "contents.h"
#include "errors.h"
#include "fault-mail.h"
#include "fault-vfs.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BATCH 8

/* A MunError that says where: a file of the archive. */
static void
assert_clear (const GError *error, const char *dir)
{
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_true (error->domain == MUN_ERROR);
  g_assert_nonnull (strstr (error->message, dir));
  g_assert_nonnull (strchr (error->message + strlen (dir), ':'));
}

/* After whatever it was: everything once, nothing else, without a fault. */
static void
assert_whole (ArchiveFixture *fixture, guint count)
{
  fault_mail_assert (fixture->archive, count, FALSE);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

typedef struct {
  const char *name;
  int calls, result;
  gboolean lasting;
  MunError expected;
} Sweep;

static const Sweep sweeps[] = {
  { "full", FAULT_VFS_WRITE, SQLITE_FULL, TRUE, MUN_ERROR_NO_SPACE },
  { "write", FAULT_VFS_WRITE, SQLITE_IOERR_WRITE, FALSE, MUN_ERROR_FAILED },
  { "sync", FAULT_VFS_SYNC, SQLITE_IOERR_FSYNC, FALSE, MUN_ERROR_FAILED },
  { "read", FAULT_VFS_READ, SQLITE_IOERR_READ, FALSE, MUN_ERROR_FAILED },
  { "short-read", FAULT_VFS_READ, SQLITE_IOERR_SHORT_READ, FALSE, MUN_ERROR_FAILED },
};

/* The n-th call that a delivery makes fails, for every n that there is. */
static void
test_deliver (ArchiveFixture *fixture, gconstpointer data)
{
  const Sweep *sweep = data;
  guint count = 0, n_errors = 0;
  gboolean has_failed = TRUE;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  for (guint skip = 0; has_failed; skip += 1 + skip / 30) {
    g_autoptr (GError) error = NULL;
    gboolean ok;

    /* Nothing in the caches: reading is really done. */
    archive_fixture_reopen (fixture);
    fault_vfs_arm (sweep->calls, skip, sweep->result, sweep->lasting);
    ok = fault_mail_deliver (fixture->archive, count, BATCH, &error);
    if (!ok) {
      n_errors++;
      assert_clear (error, fixture->dir);
      g_assert_nonnull (strstr (error->message, "catalogue.db"));
      g_assert_cmpint (error->code, ==, (int)sweep->expected);
      g_clear_error (&error);
    }
    /* The cause lasts: what is there is still read. */
    if (sweep->lasting)
      fault_mail_assert (fixture->archive, ok ? count + BATCH : count, TRUE);
    has_failed = fault_vfs_disarm ();
    g_assert_true (has_failed || ok);
    /* It is gone: the same again, as a source does. */
    g_assert_true (fault_mail_deliver (fixture->archive, count, BATCH, &error));
    g_assert_no_error (error);
    count += BATCH;
    assert_whole (fixture, count);
  }
  archive_fixture_reopen (fixture);
  assert_whole (fixture, count);
  fault_mail_assert_found (fixture->archive, 0, count);
  g_test_message ("%s: %u errors in %u deliveries", sweep->name, n_errors, count / BATCH);
  g_assert_cmpuint (n_errors, >, 0);
}

/* Opens what cannot be opened, or only without its store. */
static void
open_badly (ArchiveFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&fixture->archive);
  fixture->archive = mun_archive_open (fixture->dir, fixture->key, &error);
  if (fixture->archive == NULL) {
    assert_clear (error, fixture->dir);
  } else {
    g_autoptr (JsonArray) stores = mun_archive_list_stores (fixture->archive, FALSE);

    g_assert_cmpuint (json_array_get_length (stores), ==, 1);
  }
}

/* The same for opening, with what a killed process left in the log and behind the end. */
static void
test_open (ArchiveFixture *fixture, gconstpointer data)
{
  const Sweep *sweep = data;
  gboolean has_failed = TRUE;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, NULL));
  for (guint skip = 0; has_failed; skip += 1 + skip / 30) {
    g_clear_object (&fixture->archive);
    fault_vfs_arm (sweep->calls, skip, sweep->result, sweep->lasting);
    open_badly (fixture);
    has_failed = fault_vfs_disarm ();
    archive_fixture_reopen (fixture);
    assert_whole (fixture, BATCH);
  }
}

static const char *fault_step;
static int fault_code, skip_count;

static int
fault_cb (const char *step)
{
  if (fault_step == NULL || strcmp (step, fault_step) != 0
      || g_atomic_int_add (&skip_count, -1) > 0)
    return 0;
  return fault_code;
}

static void
arm (const char *step, int code, int skip)
{
  fault_step = step;
  fault_code = code;
  skip_count = skip;
  mun_contents_fault_hook = fault_cb;
}

/* The steps of the containers: from the n-th one on they fail, as long as the cause lasts. */
static void
test_contents (ArchiveFixture *fixture, gconstpointer data)
{
  static const char *const steps[]
      = { "create", "sync-folder", "write", "half", "sync", "journal", "before-commit", "commit" };
  guint count = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    for (int skip = 0; skip < 40; skip += 1 + skip / 2) {
      g_autoptr (GError) error = NULL;
      gboolean ok;

      arm (steps[i], skip % 2 == 0 ? ENOSPC : EIO, skip);
      ok = fault_mail_deliver (fixture->archive, count, BATCH, &error);
      if (!ok) {
        assert_clear (error, fixture->dir);
        g_assert_cmpint (error->code, ==, skip % 2 == 0 ? MUN_ERROR_NO_SPACE : MUN_ERROR_FAILED);
        g_clear_error (&error);
        fault_mail_assert (fixture->archive, count, FALSE);
      }
      arm (NULL, 0, 0);
      g_assert_true (ok || fault_mail_deliver (fixture->archive, count, BATCH, &error));
      g_assert_no_error (error);
      count += BATCH;
      if (ok)
        break;
    }
  assert_whole (fixture, count);
  archive_fixture_reopen (fixture);
  assert_whole (fixture, count);
}

/* A batch that cannot be written, and not be taken back either. */
static const char *second_step;

static int
two_steps_cb (const char *step)
{
  return g_strcmp0 (step, fault_step) == 0 || g_strcmp0 (step, second_step) == 0 ? EIO : 0;
}

static void
test_not_taken_back (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, NULL));
  fault_step = "before-commit";
  second_step = "truncate";
  mun_contents_fault_hook = two_steps_cb;
  g_assert_false (fault_mail_deliver (fixture->archive, BATCH, 4 * BATCH, &error));
  assert_clear (error, fixture->dir);
  g_clear_error (&error);
  /* Still not: the next batch does not write over what it cannot cut off. */
  fault_step = NULL;
  g_assert_false (fault_mail_deliver (fixture->archive, BATCH, BATCH, &error));
  assert_clear (error, fixture->dir);
  g_assert_nonnull (strstr (error->message, "000001.mun"));
  g_clear_error (&error);
  second_step = NULL;
  g_assert_true (fault_mail_deliver (fixture->archive, BATCH, BATCH, &error));
  g_assert_no_error (error);
  assert_whole (fixture, 2 * BATCH);
  archive_fixture_reopen (fixture);
  assert_whole (fixture, 2 * BATCH);
}

/* Reading fails: said with the file, and gone with its cause; at the start nothing is given up. */
static void
test_read (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *second
      = g_build_filename (fixture->dir, "stores", "1", "contents", "000002.mun", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GBytes) letter = archive_fixture_letter (1);
  g_autoptr (GBytes) raw = NULL;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, NULL));
  id = archive_fixture_deliver (fixture->archive, letter, "letters/EML x/Inbox");
  arm ("read", EIO, 0);
  g_assert_null (mun_archive_read_message (fixture->archive, id, &error));
  assert_clear (error, fixture->dir);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "000001.mun"));
  for (int i = 0; i < 2; i++) {
    arm (i == 0 ? "read" : "open", i == 0 ? EIO : EMFILE, 0);
    open_badly (fixture);
    arm (NULL, 0, 0);
    archive_fixture_reopen (fixture);
    g_assert_true (fault_mail_deliver (fixture->archive, i * BATCH, 2 * BATCH, NULL));
    fault_mail_assert (fixture->archive, (i + 2) * BATCH, FALSE);
    g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
    /* It has gone on in the same container. */
    g_assert_false (g_file_test (second, G_FILE_TEST_EXISTS));
  }
  raw = mun_archive_read_message (fixture->archive, id, NULL);
  g_assert_true (g_bytes_equal (raw, letter));
}

/* A new store whose key cannot be written: none is made, and the next try makes it. */
static void
test_key (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  arm ("key", ENOSPC, 0);
  g_assert_cmpint (mun_archive_create_store (fixture->archive, "second", NULL, &error), ==, 0);
  assert_clear (error, fixture->dir);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "store.json"));
  g_clear_error (&error);
  arm ("sync-folder", EIO, 0);
  g_assert_cmpint (mun_archive_create_store (fixture->archive, "second", NULL, &error), ==, 0);
  assert_clear (error, fixture->dir);
  g_clear_error (&error);
  arm (NULL, 0, 0);
  g_assert_cmpint (mun_archive_create_store (fixture->archive, "second", "current", &error), ==, 2);
  g_assert_no_error (error);
  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, &error));
  archive_fixture_reopen (fixture);
  fault_mail_assert (fixture->archive, BATCH, FALSE);
}

/* The file cannot take its name: something else has it. */
static void
test_rename (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *obstacle = g_build_filename (fixture->dir, "stores", "1", "store.json", NULL);
  g_autofree char *child = g_build_filename (obstacle, "child", NULL);
  g_autoptr (GError) error = NULL;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, NULL));
  g_clear_object (&fixture->archive);
  g_assert_cmpint (g_unlink (obstacle), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (child, 0700), ==, 0);
  fixture->archive = mun_archive_open (fixture->dir, fixture->key, &error);
  g_assert_no_error (error);
  g_assert_false (
      mun_archive_verify_store (fixture->archive, 1, TRUE, NULL, NULL, NULL, NULL, NULL, &error));
  assert_clear (error, fixture->dir);
  g_assert_nonnull (strstr (error->message, obstacle));
  archive_fixture_remove_dir (obstacle);
  archive_fixture_reopen (fixture);
  assert_whole (fixture, BATCH);
}

/* --- another process --- */

static int
be_holder (const char *path)
{
  sqlite3 *handle;
  char byte;

  if (sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK
      || sqlite3_exec (handle, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
    return 3;
  if (write (STDOUT_FILENO, "h", 1) != 1)
    return 4;
  return read (STDIN_FILENO, &byte, 1) == 0 ? 0 : 5;
}

/* Another process holds the catalogue for longer than anybody waits. */
static void
test_busy (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  const char *arguments[] = { self, "--hold", path, NULL };
  g_autoptr (GError) error = NULL;
  int in, out, status;
  char byte;
  GPid pid;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, NULL));
  g_spawn_async_with_pipes (NULL, (char **)arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                            &pid, &in, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (out, &byte, 1), ==, 1);
  g_assert_false (fault_mail_deliver (fixture->archive, BATCH, BATCH, &error));
  assert_clear (error, fixture->dir);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_BUSY);
  g_clear_error (&error);
  fault_mail_assert (fixture->archive, BATCH, FALSE);
  close (in);
  close (out);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (fault_mail_deliver (fixture->archive, BATCH, BATCH, &error));
  g_assert_no_error (error);
  assert_whole (fixture, 2 * BATCH);
}

/* Pages of the catalogue are overwritten while nobody looks; then they come back. */
static void
test_corrupt (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  g_autofree char *good = NULL;
  g_autofree char *bad = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  gint64 index_pages;
  guint n_mended = 0;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, NULL));
  g_clear_object (&fixture->archive);
  g_assert_true (g_file_get_contents (path, &good, &length, NULL));
  index_pages
      = archive_fixture_get_int (fixture, "SELECT count(*) FROM dbstat WHERE name LIKE 'search_%'"
                                          " OR name LIKE 'index_%'");
  for (gsize start = 0; start < length; start += 8192) {
    g_autofree char *report = NULL;
    guint64 faults = 0;
    gboolean can_verify;

    g_free (bad);
    bad = g_memdup2 (good, length);
    memset (bad + start, 0x5a, 4096);
    g_assert_true (g_file_set_contents (path, bad, length, NULL));
    open_badly (fixture);
    can_verify = mun_archive_verify_store (fixture->archive, 1, TRUE, NULL, NULL, NULL, &report,
                                           &faults, &error);
    /* What is not found has been mended: an index that cannot be used is made anew. */
    if (can_verify && faults == 0) {
      mun_archive_await_indexes (fixture->archive, NULL, &error);
      g_assert_no_error (error);
      assert_whole (fixture, BATCH);
      fault_mail_assert_found (fixture->archive, 0, BATCH);
      n_mended++;
    }
    if (!can_verify || !fault_mail_deliver (fixture->archive, BATCH, BATCH, &error)) {
      g_assert_true (error->domain == MUN_ERROR);
      g_test_message ("page %zu: %s", start / 8192 + 1, error->message);
    }
    g_clear_error (&error);
    g_clear_object (&fixture->archive);
    g_assert_true (g_file_set_contents (path, good, length, NULL));
    archive_fixture_reopen (fixture);
    fault_mail_assert (fixture->archive, BATCH, FALSE);
    g_clear_object (&fixture->archive);
    g_assert_true (g_file_set_contents (path, good, length, NULL));
  }
  g_assert_cmpuint (n_mended, <=, index_pages);
}

#define ADD(name, data, func)                                                                      \
  g_test_add (name, ArchiveFixture, data, archive_fixture_set_up, func, archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--hold") == 0)
    return be_holder (argv[2]);
  g_test_init (&argc, &argv, NULL);
  fault_vfs_install ();
  for (gsize i = 0; i < G_N_ELEMENTS (sweeps); i++) {
    g_autofree char *deliver = g_strconcat ("/failures/deliver/", sweeps[i].name, NULL);
    g_autofree char *open = g_strconcat ("/failures/open/", sweeps[i].name, NULL);

    ADD (deliver, &sweeps[i], test_deliver);
    ADD (open, &sweeps[i], test_open);
  }
  ADD ("/failures/contents", NULL, test_contents);
  ADD ("/failures/not-taken-back", NULL, test_not_taken_back);
  ADD ("/failures/read", NULL, test_read);
  ADD ("/failures/key", NULL, test_key);
  ADD ("/failures/rename", NULL, test_rename);
  ADD ("/failures/corrupt", NULL, test_corrupt);
  ADD ("/failures/busy", NULL, test_busy);
  return g_test_run ();
}
