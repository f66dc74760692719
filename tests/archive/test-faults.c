/* test-faults.c: killed, full, broken: what was acknowledged stays */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"
#include "contents.h"
#include "errors.h"
#include "json.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static GBytes *
numbered (guint n)
{
  GString *text = g_string_new (NULL);

  g_string_printf (
      text,
      "From: a@example.com\r\nSubject: message %u\r\nContent-Type: multipart/mixed; "
      "boundary=b\r\n\r\n--b\r\n\r\nword%u\r\n--b\r\nContent-Type: application/x; name=x\r\n\r\n",
      n, n);
  /* Every third one has the same large part. */
  for (guint i = 0; i < 150; i++)
    g_string_append_printf (text, "%08x%08x line of a large part\r\n", i * 2654435761u,
                            n % 3 == 0 ? 0 : n);
  g_string_append (text, "--b--\r\n");
  return g_string_free_to_bytes (text);
}

/* A batch of @count messages from @first on. TRUE when it was acknowledged. */
static gboolean
deliver (MunArchive *archive, guint first, guint count, GError **error)
{
  g_autofree MunDelivery *items = g_new0 (MunDelivery, count);
  g_autofree MunDelivery **pointers = g_new0 (MunDelivery *, count);
  gboolean ok;

  for (guint i = 0; i < count; i++) {
    items[i].raw = numbered (first + i);
    items[i].folder = "anna/EML x/Inbox";
    items[i].received = 1700000000;
    pointers[i] = &items[i];
  }
  ok = mun_archive_deliver (archive, pointers, count, NULL, error);
  for (guint i = 0; i < count; i++) {
    g_assert_true (!ok || items[i].result != MUN_DELIVERY_FAILED);
    mun_delivery_clear (&items[i]);
    g_bytes_unref (items[i].raw);
  }
  return ok;
}

/* Messages 0 to @count - 1 are there once each; there may be more when @at_least. */
static void
assert_present (MunArchive *archive, guint count, gboolean at_least)
{
  g_autoptr (JsonArray) list = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;

  if (mun_archive_has_folder (archive, "anna/EML x/Inbox")) {
    list = mun_archive_list_messages (archive, "anna/EML x/Inbox", 0, 100000, &error);
    g_assert_no_error (error);
  }
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
    JsonObject *row = json_array_get_object_element (list, i);
    const char *subject = mun_json_get_string (row, "subject", "");
    g_autoptr (GBytes) expected = numbered (atoi (subject + strlen ("message ")));
    g_autoptr (GBytes) raw
        = mun_archive_read_message (archive, mun_json_get_string (row, "id", NULL), &error);

    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (raw, expected));
    g_assert_true (g_hash_table_add (seen, g_strdup (subject)));
  }
  for (guint i = 0; i < count; i++) {
    g_autofree char *subject = g_strdup_printf ("message %u", i);

    g_assert_true (g_hash_table_contains (seen, subject));
  }
  if (!at_least)
    g_assert_cmpuint (g_hash_table_size (seen), ==, count);
}

#define BATCH 20

/* Delivers batch after batch and says so on a pipe, until it is killed. */
static void
deliver_until_killed (const char *dir, guint first, int out)
{
  g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (GError) error = NULL;
  MunArchive *archive = mun_archive_open (dir, key, &error);

  if (archive == NULL)
    _exit (3);
  for (;; first += BATCH) {
    guint done = first + BATCH;

    if (!deliver (archive, first, BATCH, &error))
      _exit (4);
    if (write (out, &done, sizeof done) != sizeof done)
      _exit (5);
  }
}

/* Starts this program again as the one that will be killed: a fork would take over half of our
 * threads. */
static GPid
start_victim (const char *dir, guint first, int *out)
{
  g_autofree char *number = g_strdup_printf ("%u", first);
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *arguments[] = { self, "--deliver", dir, number, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async_with_pipes (NULL, (char **)arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                            &pid, NULL, out, NULL, &error);
  g_assert_no_error (error);
  return pid;
}

/* Reads acknowledgements; kills within the batch that follows the @n_batches-th one. */
static guint
kill_after (GPid pid, int out, guint n_batches, guint microseconds, guint acknowledged)
{
  guint done;
  int status;

  for (guint i = 0; i < n_batches; i++) {
    g_assert_cmpint (read (out, &done, sizeof done), ==, sizeof done);
    acknowledged = done;
  }
  g_usleep (microseconds);
  kill (pid, SIGKILL);
  while (read (out, &done, sizeof done) == sizeof done)
    acknowledged = done;
  waitpid (pid, &status, 0);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  close (out);
  return acknowledged;
}

static void
test_kill (ArchiveFixture *fixture, gconstpointer data)
{
  guint acknowledged = 0;

  for (guint round = 0; round < 12; round++) {
    int out;
    GPid pid;
    guint64 messages, bytes;

    g_clear_object (&fixture->archive);
    pid = start_victim (fixture->dir, acknowledged, &out);
    /* Not a wait for something: the moment of the kill is meant to be random. */
    acknowledged = kill_after (pid, out, g_random_int_range (0, 4), g_random_int_range (0, 30000),
                               acknowledged);
    archive_fixture_reopen (fixture);
    mun_archive_get_totals (fixture->archive, &messages, &bytes);
    g_test_message ("round %u: %u acknowledged, %" G_GUINT64_FORMAT " there", round, acknowledged,
                    messages);
    g_assert_cmpuint (messages, >=, acknowledged);
    g_assert_cmpuint (messages, <=, acknowledged + BATCH);
    assert_present (fixture->archive, acknowledged, TRUE);
    g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
    acknowledged = messages;
  }
}

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
    g_assert_false (deliver (fixture->archive, count, BATCH, &error));
    g_assert_error (error, MUN_ERROR, (int)cases[i - 1].expected);
    g_clear_error (&error);
    fault_step = NULL;
    assert_present (fixture->archive, count, FALSE);
    g_assert_true (deliver (fixture->archive, count, BATCH, &error));
    g_assert_no_error (error);
    count += BATCH;
    assert_present (fixture->archive, count, FALSE);
    g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
    archive_fixture_reopen (fixture);
    assert_present (fixture->archive, count, FALSE);
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
  while (deliver (fixture->archive, count, BATCH, &error)) {
    count += BATCH;
    g_assert_cmpuint (count, <, 100000);
  }
  g_test_message ("full after %u: %s", count, error->message);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_cmpuint (count, >, 0);
  assert_present (fixture->archive, count, FALSE);
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_true (deliver (fixture->archive, count, BATCH, &error));
  g_assert_no_error (error);
  count += BATCH;
  archive_fixture_reopen (fixture);
  assert_present (fixture->archive, count, FALSE);
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

  g_assert_true (deliver (fixture->archive, 0, BATCH, NULL));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  for (guint i = 0; i < 40; i++) {
    guint64 offset = g_random_int_range (MUN_CONTAINER_HEADER_SIZE, status.st_size);
    g_autofree char *report = NULL;
    g_autoptr (JsonArray) list = NULL;
    guint unreadable = 0;

    change_byte (path, offset);
    g_assert_cmpuint (archive_fixture_verify (fixture->archive, &report), >, 0);
    g_assert_nonnull (strstr (report, "container 000001"));
    list = mun_archive_list_messages (fixture->archive, "anna/EML x/Inbox", 0, 100, NULL);
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

  g_assert_true (deliver (fixture->archive, 0, BATCH, NULL));
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

  g_assert_true (deliver (fixture->archive, 0, BATCH, NULL));
  g_clear_object (&fixture->archive);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (truncate (path, status.st_size / 2), ==, 0);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  archive_fixture_reopen (fixture);
  g_assert_true (deliver (fixture->archive, BATCH, BATCH, &error));
  g_assert_no_error (error);
  archive_fixture_reopen (fixture);
  list = mun_archive_list_messages (fixture->archive, "anna/EML x/Inbox", 0, 100, NULL);
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

  g_assert_true (deliver (fixture->archive, 0, BATCH, NULL));
  g_clear_object (&fixture->archive);
  g_assert_cmpint (g_unlink (path), ==, 0);
  archive_fixture_reopen (fixture);
  assert_present (fixture->archive, BATCH, FALSE);
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

  g_assert_true (deliver (fixture->archive, 0, BATCH, NULL));
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
  if (argc == 4 && strcmp (argv[1], "--deliver") == 0)
    deliver_until_killed (argv[2], atoi (argv[3]), STDOUT_FILENO);
  g_test_init (&argc, &argv, NULL);
  ADD ("/faults/kill", test_kill);
  ADD ("/faults/injected", test_injected);
  ADD ("/faults/full", test_full);
  ADD ("/faults/changed-byte", test_changed_byte);
  ADD ("/faults/shortened", test_shortened);
  ADD ("/faults/verify-cancel", test_verify_cancel);
  ADD ("/faults/lost-key-file", test_lost_key_file);
  ADD ("/faults/private", test_private);
  return g_test_run ();
}
