/* test-recover.c: a catalogue that is lost is made again from the containers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-recover.h"
#include "contents.h"
#include "errors.h"
#include "fault-mail.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT 60

static void
remove_catalogue (ArchiveFixture *fixture)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *file = g_strconcat (path, suffixes[i], NULL);

    g_unlink (file);
  }
}

static char *
recover (ArchiveFixture *fixture, gboolean deleted)
{
  g_autoptr (GError) error = NULL;
  char *report = NULL;

  mun_archive_recover_store (fixture->archive, 1, deleted, NULL, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  g_test_message ("%s", report);
  return report;
}

static void
assert_in_error (ArchiveFixture *fixture)
{
  g_autoptr (JsonArray) stores = mun_archive_list_stores (fixture->archive, FALSE);
  g_autoptr (GError) error = NULL;
  const char *problem
      = json_object_get_string_member (json_array_get_object_element (stores, 0), "error");

  g_assert_nonnull (problem);
  g_assert_nonnull (strstr (problem, "RecoverStore"));
  g_assert_false (fault_mail_deliver (fixture->archive, 0, 1, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY);
  g_assert_nonnull (strstr (error->message, "RecoverStore"));
}

/* Missing, empty, another database, its first page damaged: the server starts, says what to do, and
 * nothing is written over. */
static void
test_lost (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  g_autofree char *noise = g_strnfill (8192, 'x');

  g_assert_true (fault_mail_deliver (fixture->archive, 0, COUNT, NULL));
  for (guint way = 0; way < 5; way++) {
    g_autofree char *report = NULL;
    g_autofree char *expected = g_strdup_printf ("%d messages", COUNT);

    g_clear_object (&fixture->archive);
    if (way == 3) {
      int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);

      g_assert_cmpint (pwrite (fd, noise, 8192, 0), ==, 8192);
      g_assert_true (g_close (fd, NULL));
    } else {
      remove_catalogue (fixture);
    }
    /* The key as well: there is a copy of it with the contents. */
    if (way == 4) {
      g_autofree char *key = g_build_filename (fixture->dir, "stores/1/store.json", NULL);

      g_assert_cmpint (g_unlink (key), ==, 0);
    }
    if (way == 1)
      g_assert_true (g_file_set_contents (path, "", 0, NULL));
    if (way == 2)
      g_assert_true (g_file_set_contents (path, noise, 8192, NULL));
    archive_fixture_reopen (fixture);
    assert_in_error (fixture);
    report = recover (fixture, FALSE);
    g_assert_nonnull (strstr (report, expected));
    g_assert_null (strstr (report, "FAULT"));
    fault_mail_assert (fixture->archive, COUNT, FALSE);
    fault_mail_assert_found (fixture->archive, 0, COUNT);
    g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
  }
  /* It goes on as if nothing had been. */
  g_assert_true (fault_mail_deliver (fixture->archive, COUNT, COUNT, NULL));
  archive_fixture_reopen (fixture);
  fault_mail_assert (fixture->archive, 2 * COUNT, FALSE);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static GBytes *
letter (const char *subject, gint64 date)
{
  return archive_fixture_message ("a@example.com", "b@example.com", subject, date, "words");
}

/* Folders, moves, deletions, keys of the source; and deleted messages when they are asked for. */
static void
test_history (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) kept = letter ("kept", 1700000001), moved = letter ("moved", 1700000002);
  g_autoptr (GBytes) gone = letter ("gone", 1700000003), again = letter ("gone", 1700000003);
  g_autofree char *kept_id
      = archive_fixture_deliver_key (fixture->archive, kept, "anna/Mail/In", "key-kept", NULL);
  g_autofree char *moved_id = archive_fixture_deliver (fixture->archive, moved, "anna/Mail/In");
  g_autofree char *gone_id
      = archive_fixture_deliver_key (fixture->archive, gone, "anna/Mail/In", "key-gone", NULL);
  g_autofree char *found = NULL, *found_deleted = NULL, *first = NULL, *second = NULL;
  g_autoptr (JsonObject) info = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mun_archive_move_message (fixture->archive, moved_id, "anna/Mail/Out/Old", NULL));
  g_assert_true (mun_archive_delete_message (fixture->archive, gone_id, NULL));
  g_assert_true (
      mun_archive_move_folder (fixture->archive, "anna/Mail/In", "anna/Mail/New", &error));
  g_assert_no_error (error);
  g_clear_object (&fixture->archive);
  remove_catalogue (fixture);
  archive_fixture_reopen (fixture);
  first = recover (fixture, FALSE);
  found = archive_fixture_find_text (fixture->archive, "words");
  g_assert_cmpstr (found, ==, "moved,kept");
  info = mun_archive_message_info (fixture->archive, moved_id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (info, "folder"), ==, "anna/Mail/Out/Old");
  g_clear_pointer (&info, json_object_unref);
  info = mun_archive_message_info (fixture->archive, kept_id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (info, "folder"), ==, "anna/Mail/New");
  g_assert_cmpint (mun_archive_find_source_key (fixture->archive, "anna/Mail/New", "key-gone", NULL,
                                                NULL, NULL),
                   ==, MUN_KNOWN_DELETED);
  g_assert_cmpint (mun_archive_find_source_key (fixture->archive, "anna/Mail/New", "key-kept", NULL,
                                                NULL, NULL),
                   ==, MUN_KNOWN_YES);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
  /* Not while it is in use. */
  g_assert_false (
      mun_archive_recover_store (fixture->archive, 1, TRUE, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_object (&fixture->archive);
  remove_catalogue (fixture);
  archive_fixture_reopen (fixture);
  second = recover (fixture, TRUE);
  found_deleted = archive_fixture_find_text (fixture->archive, "words");
  g_assert_cmpstr (found_deleted, ==, "gone,moved,kept");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* Records packed with dictionaries, and a changed byte in the middle: it is named, the rest is
 * there. */
static void
test_damaged (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *container
      = g_build_filename (fixture->dir, "stores/1/contents/000001.mun", NULL);
  g_autofree char *report = NULL;
  gint64 offset;
  guint missing = 0;
  guint8 byte;
  int fd;

  archive_fixture_train (fixture, ids);
  archive_fixture_deliver_letters (fixture->archive, ARCHIVE_FIXTURE_LETTERS, ids);
  offset = archive_fixture_get_int (
      fixture, "SELECT offset + length / 2 + 42 FROM pieces ORDER BY offset LIMIT 1 OFFSET 100");
  g_clear_object (&fixture->archive);
  remove_catalogue (fixture);
  fd = g_open (container, O_RDWR | O_CLOEXEC, 0);
  g_assert_cmpint (pread (fd, &byte, 1, offset), ==, 1);
  byte ^= 0x20;
  g_assert_cmpint (pwrite (fd, &byte, 1, offset), ==, 1);
  g_assert_true (g_close (fd, NULL));
  archive_fixture_reopen (fixture);
  report = recover (fixture, FALSE);
  g_assert_nonnull (strstr (report, "container 000001, byte"));
  g_assert_nonnull (strstr (report, "1 damaged records, 1 messages that cannot be recovered"));
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (GBytes) expected = archive_fixture_letter (i);
    g_autoptr (GBytes) raw
        = mun_archive_read_message (fixture->archive, g_ptr_array_index (ids, i), NULL);

    if (raw == NULL)
      missing++;
    else
      g_assert_true (g_bytes_equal (raw, expected));
  }
  g_assert_cmpuint (missing, ==, 1);
}

/* A full disk ends it, and nothing is replaced; with room it is begun again. */
static void
test_full (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  g_autoptr (GError) error = NULL;
  g_autofree char *report = NULL;
  struct rlimit before, limit;

  archive_fixture_deliver_letters (fixture->archive, 0, NULL);
  g_clear_object (&fixture->archive);
  remove_catalogue (fixture);
  archive_fixture_reopen (fixture);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  limit = before;
  limit.rlim_cur = 200 * 1024;
  setrlimit (RLIMIT_FSIZE, &limit);
  g_assert_false (
      mun_archive_recover_store (fixture->archive, 1, FALSE, NULL, NULL, NULL, NULL, &error));
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NO_SPACE);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  report = recover (fixture, FALSE);
  g_assert_nonnull (strstr (report, "500 messages"));
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* --- cancelled and killed --- */

static void
cancel_cb (double fraction, const char *text, gpointer data)
{
  if (fraction > 0.6)
    g_cancellable_cancel (data);
}

static void
test_cancelled (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *report = NULL;

  archive_fixture_deliver_letters (fixture->archive, 0, NULL);
  g_clear_object (&fixture->archive);
  remove_catalogue (fixture);
  archive_fixture_reopen (fixture);
  g_assert_false (mun_archive_recover_store (fixture->archive, 1, FALSE, cancel_cb, cancellable,
                                             cancellable, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  report = recover (fixture, FALSE);
  g_assert_nonnull (strstr (report, "500 messages"));
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static int sound_reads;

static int
fail_read_cb (const char *step)
{
  return strcmp (step, "read") == 0 && sound_reads-- <= 0 ? EIO : 0;
}

/* A disk that does not answer has lost nothing: the recovery stops, whatever it was reading, and does
 * all of it when it is begun again. */
static void
test_bad_disk (ArchiveFixture *fixture, gconstpointer data)
{
  static const int reads[] = { 0, 1, 2, 3, 4, 10, COUNT };
  g_autofree char *report = NULL;

  /* Several commits, and so several journal records. */
  for (guint i = 0; i < 4; i++)
    g_assert_true (fault_mail_deliver (fixture->archive, i * COUNT / 4, COUNT / 4, NULL));
  g_clear_object (&fixture->archive);
  remove_catalogue (fixture);
  archive_fixture_reopen (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (reads); i++) {
    g_autoptr (GError) error = NULL;

    sound_reads = reads[i];
    mun_contents_fault_hook = fail_read_cb;
    g_assert_false (
        mun_archive_recover_store (fixture->archive, 1, FALSE, NULL, NULL, NULL, NULL, &error));
    mun_contents_fault_hook = NULL;
    g_assert_error (error, MUN_ERROR, MUN_ERROR_FAILED);
    g_assert_nonnull (strstr (error->message, "nothing was changed"));
    g_assert_nonnull (strstr (error->message, g_strerror (EIO)));
  }
  report = recover (fixture, FALSE);
  g_assert_null (strstr (report, "FAULT"));
  fault_mail_assert (fixture->archive, COUNT, FALSE);
}

static const char *fatal_step;
static int skip_count;

static int
kill_cb (const char *step)
{
  if (strcmp (step, fatal_step) == 0 && skip_count-- == 0)
    raise (SIGKILL);
  return 0;
}

static int
be_victim (const char *dir, const char *step, int skip)
{
  g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (MunArchive) archive = mun_archive_open (dir, key, NULL);

  fatal_step = step;
  skip_count = skip;
  mun_contents_fault_hook = kill_cb;
  return mun_archive_recover_store (archive, 1, FALSE, NULL, NULL, NULL, NULL, NULL) ? 0 : 1;
}

/* Killed while it reads, and between the renames at its end: it is begun again. */
static void
test_killed (ArchiveFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *step, *skip;
  } cases[]
      = { { "read", "1" },      { "read", "40" },     { "read", "300" },     { "set-aside", "0" },
          { "set-aside", "1" }, { "set-aside", "2" }, { "sync-folder", "0" } };
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);

  archive_fixture_deliver_letters (fixture->archive, 0, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *arguments[]
        = { self, "--victim", fixture->dir, cases[i].step, cases[i].skip, NULL };
    int status = 0;

    g_test_message ("%s %s", cases[i].step, cases[i].skip);
    g_clear_object (&fixture->archive);
    /* In error, with a log beside it. */
    g_assert_true (g_file_set_contents (path, "", 0, NULL));
    g_assert_true (g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                                 NULL, &status, NULL));
    g_assert_true (WIFSIGNALED (status));
    archive_fixture_reopen (fixture);
    if (strcmp (cases[i].step, "sync-folder") != 0) {
      g_autofree char *report = NULL;

      assert_in_error (fixture);
      report = recover (fixture, FALSE);
    }
    g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT count(*) FROM messages"), ==,
                     ARCHIVE_FIXTURE_LETTERS);
    g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
  }
}

/* A deletion that a crash kept from its commit was never done, whatever the journal says. */
static int
refuse_cb (const char *step)
{
  if (strcmp (step, "before-commit") == 0)
    _exit (0);
  return 0;
}

static int
be_deleter (const char *dir, const char *id)
{
  g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (MunArchive) archive = mun_archive_open (dir, key, NULL);

  mun_contents_fault_hook = refuse_cb;
  mun_archive_delete_message (archive, id, NULL);
  return 1;
}

static void
test_void (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) kept = letter ("kept", 1700000001), other = letter ("other", 1700000002);
  g_autofree char *kept_id = archive_fixture_deliver (fixture->archive, kept, "anna/Mail/In");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *arguments[] = { self, "--deleter", fixture->dir, kept_id, NULL };
  g_autofree char *other_id = NULL, *found = NULL, *report = NULL;
  int status = -1;

  g_clear_object (&fixture->archive);
  g_assert_true (g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                               NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  archive_fixture_reopen (fixture);
  archive_fixture_reopen (fixture);
  other_id = archive_fixture_deliver (fixture->archive, other, "anna/Mail/In");
  g_clear_object (&fixture->archive);
  remove_catalogue (fixture);
  archive_fixture_reopen (fixture);
  report = recover (fixture, FALSE);
  found = archive_fixture_find_text (fixture->archive, "words");
  g_assert_cmpstr (found, ==, "other,kept");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/recover/" name, ArchiveFixture, NULL, archive_fixture_set_up, function,            \
              archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "--victim") == 0)
    return be_victim (argv[2], argv[3], atoi (argv[4]));
  if (argc == 4 && strcmp (argv[1], "--deleter") == 0)
    return be_deleter (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  /* Stores in error are warned of. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  ADD ("lost", test_lost);
  ADD ("history", test_history);
  ADD ("damaged", test_damaged);
  ADD ("full", test_full);
  ADD ("cancelled", test_cancelled);
  ADD ("bad-disk", test_bad_disk);
  ADD ("killed", test_killed);
  ADD ("void", test_void);
  return g_test_run ();
}
