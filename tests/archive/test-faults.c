/* test-faults.c: full, broken, shortened: what was acknowledged stays */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contents.h"
#include "errors.h"
#include "fault-mail.h"
#include "json.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define BATCH 20

static const char *fault_step;
static int fault_code, fault_countdown;

static int
fault_cb (const char *step)
{
  if (fault_step == NULL || strcmp (step, fault_step) != 0 || fault_countdown-- > 0)
    return 0;
  return fault_code;
}

/* Each step fails once: the batch is gone as a whole, the next one works. */
static void
test_injected (ArchiveFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *step;
    int code, countdown;
    MunError expected;
  } cases[] = {
    { "write", ENOSPC, 0, MUN_ERROR_NO_SPACE },  { "write", ENOSPC, 7, MUN_ERROR_NO_SPACE },
    { "write", EIO, 3, MUN_ERROR_FAILED },       { "sync", EIO, 0, MUN_ERROR_FAILED },
    { "commit", ENOSPC, 0, MUN_ERROR_NO_SPACE }, { "commit", EIO, 0, MUN_ERROR_FAILED },
    { "create", ENOSPC, 0, MUN_ERROR_NO_SPACE },
  };
  guint count = 0;

  mun_contents_fault_hook = fault_cb;
  for (gsize i = G_N_ELEMENTS (cases); i > 0; i--) {
    g_autoptr (GError) error = NULL;

    fault_code = cases[i - 1].code;
    fault_countdown = cases[i - 1].countdown;
    fault_step = cases[i - 1].step;
    g_assert_false (fault_mail_deliver (fixture->archive, count, BATCH, &error));
    g_assert_error (error, MUN_ERROR, (int)cases[i - 1].expected);
    g_clear_error (&error);
    fault_step = NULL;
    fault_mail_assert (fixture->archive, count, FALSE);
    g_assert_true (fault_mail_deliver (fixture->archive, count, BATCH, &error));
    g_assert_no_error (error);
    count += BATCH;
    fault_mail_assert (fixture->archive, count, FALSE);
    g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
    archive_fixture_reopen (fixture);
    fault_mail_assert (fixture->archive, count, FALSE);
  }
  mun_contents_fault_hook = NULL;
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* A real limit of the system, reached by the contents or by the catalogue, whichever comes first.
 */
static void
test_full (ArchiveFixture *fixture, gconstpointer data)
{
  struct rlimit before, limit;
  g_autoptr (GError) error = NULL;
  guint count = 0;

  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  limit = before;
  limit.rlim_cur = 600 * 1024;
  setrlimit (RLIMIT_FSIZE, &limit);
  while (fault_mail_deliver (fixture->archive, count, BATCH, &error)) {
    count += BATCH;
    g_assert_cmpuint (count, <, 100000);
  }
  g_test_message ("full after %u: %s", count, error->message);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_cmpuint (count, >, 0);
  fault_mail_assert (fixture->archive, count, FALSE);
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_true (fault_mail_deliver (fixture->archive, count, BATCH, &error));
  g_assert_no_error (error);
  count += BATCH;
  archive_fixture_reopen (fixture);
  fault_mail_assert (fixture->archive, count, FALSE);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static void
change_byte (const char *path, guint64 offset)
{
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  guint8 byte;

  g_assert_cmpint (pread (fd, &byte, 1, offset), ==, 1);
  byte ^= 0x10;
  g_assert_cmpint (pwrite (fd, &byte, 1, offset), ==, 1);
  g_assert_true (g_close (fd, NULL));
}

/* A changed byte anywhere in a container is found and named, and the rest can still be read. */
static void
test_changed_byte (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "stores/1/contents/000001.mun", NULL);
  GStatBuf status;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, NULL));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  for (guint i = 0; i < 40; i++) {
    guint64 offset = g_random_int_range (MUN_CONTAINER_HEADER_SIZE, status.st_size);
    g_autofree char *report = NULL;
    g_autoptr (JsonArray) list = NULL;
    guint unreadable = 0;

    change_byte (path, offset);
    g_assert_cmpuint (archive_fixture_verify (fixture->archive, &report), >, 0);
    g_assert_nonnull (strstr (report, "container 000001"));
    list = mun_archive_list_messages (fixture->archive, FAULT_MAIL_FOLDER, 0, 100, NULL);
    for (guint m = 0; m < json_array_get_length (list); m++) {
      const char *id = mun_json_get_string (json_array_get_object_element (list, m), "id", NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) raw = mun_archive_read_message (fixture->archive, id, &error);

      if (raw != NULL)
        continue;
      unreadable++;
      g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
      g_assert_nonnull (strstr (error->message, id));
      g_assert_nonnull (strstr (error->message, "000001.mun"));
    }
    g_assert_cmpuint (unreadable, <, BATCH);
    change_byte (path, offset);
  }
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static gboolean has_progress;

static void
progress_cb (double fraction, const char *text, gpointer cancellable)
{
  has_progress = TRUE;
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

static void
test_verify_cancel (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint64 faults;
  g_autofree char *report = NULL;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, NULL));
  g_assert_false (mun_archive_verify_store (fixture->archive, 1, TRUE, progress_cb, cancellable,
                                            cancellable, &report, &faults, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (has_progress);
  g_assert_true (mun_archive_verify_store (fixture->archive, 1, TRUE, progress_cb, NULL, NULL,
                                           &report, &faults, &error));
  g_assert_nonnull (strstr (report, "No faults"));
  g_assert_false (
      mun_archive_verify_store (fixture->archive, 9, TRUE, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
}

/* A container that lost its end: the rest is read, new mail is taken, verification says what is
 * gone. */
static void
test_shortened (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "stores/1/contents/000001.mun", NULL);
  g_autofree char *report = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) list = NULL;
  guint readable = 0;
  GStatBuf status;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, NULL));
  g_clear_object (&fixture->archive);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (truncate (path, status.st_size / 2), ==, 0);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  archive_fixture_reopen (fixture);
  g_assert_true (fault_mail_deliver (fixture->archive, BATCH, BATCH, &error));
  g_assert_no_error (error);
  archive_fixture_reopen (fixture);
  list = mun_archive_list_messages (fixture->archive, FAULT_MAIL_FOLDER, 0, 100, NULL);
  for (guint i = 0; i < json_array_get_length (list); i++) {
    const char *id = mun_json_get_string (json_array_get_object_element (list, i), "id", NULL);
    g_autoptr (GBytes) raw = mun_archive_read_message (fixture->archive, id, NULL);

    readable += raw != NULL;
  }
  g_assert_cmpuint (readable, >, BATCH);
  g_assert_cmpuint (readable, <, 2 * BATCH);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, &report), >, 0);
  g_assert_nonnull (strstr (report, "000001"));
}

/* The key file comes back from its copy in the catalogue. */
static void
test_lost_key_file (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "stores/1/store.json", NULL);

  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, NULL));
  g_clear_object (&fixture->archive);
  g_assert_cmpint (g_unlink (path), ==, 0);
  archive_fixture_reopen (fixture);
  fault_mail_assert (fixture->archive, BATCH, FALSE);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_private (ArchiveFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "master.db",
                                       "master.db-wal",
                                       "lock",
                                       "stores/1/catalogue.db",
                                       "stores/1/catalogue.db-wal",
                                       "stores/1/store.json",
                                       "stores/1/contents/000001.mun" };

  g_assert_true (fault_mail_deliver (fixture->archive, 0, BATCH, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (fixture->dir, names[i], NULL);
    GStatBuf status;

    g_assert_cmpint (g_stat (path, &status), ==, 0);
    g_assert_cmpint (status.st_mode & 0077, ==, 0);
  }
}

#define ADD(name, func)                                                                            \
  g_test_add (name, ArchiveFixture, NULL, archive_fixture_set_up, func, archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/faults/injected", test_injected);
  ADD ("/faults/full", test_full);
  ADD ("/faults/changed-byte", test_changed_byte);
  ADD ("/faults/shortened", test_shortened);
  ADD ("/faults/verify-cancel", test_verify_cancel);
  ADD ("/faults/lost-key-file", test_lost_key_file);
  ADD ("/faults/private", test_private);
  return g_test_run ();
}
