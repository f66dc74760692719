/* test-compact.c: what deleted messages took is given back, and nothing else goes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-compact.h"
#include "archive-recover.h"
#include "compact-mail.h"
#include "contents.h"
#include "database.h"
#include "errors.h"
#include "fault-mail.h"
#include "json.h"
#include "message-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *
compact (ArchiveFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  char *report = NULL;

  mun_archive_compact_store (fixture->archive, 1, NULL, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  g_test_message ("%s", report);
  return report;
}

static void
assert_report (const char *report, const char *part)
{
  if (strstr (report, part) == NULL)
    g_error ("“%s” is not in the report: %s", part, report);
}

/* The space comes back, all that is kept is there, and the catalogue can be made again: after one
 * compaction, and after a second one that moves what the first one wrote. */
static void
test_gives_back (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail;
  g_autofree char *before = NULL, *after = NULL, *again = NULL, *idle = NULL, *last = NULL;
  g_autofree char *dump = NULL;
  guint64 size;

  compact_mail_fill (fixture, &mail);
  before = compact_mail_dump (fixture);
  size = compact_mail_size (fixture);
  after = compact (fixture);
  assert_report (after, "1 of 1 containers rewritten");
  g_assert_null (strstr (after, "FAULT"));
  g_assert_false (compact_mail_has_container (fixture, 1));
  g_test_message ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes",
                  compact_mail_size (fixture), size);
  /* What is left is needed, but for the journal. */
  g_assert_cmpuint (compact_mail_size (fixture), <,
                    archive_fixture_get_int (fixture,
                                             "SELECT (SELECT sum(length) FROM pieces) * 4 / 3"
                                             " + (SELECT sum(length) FROM dictionaries)"));
  g_assert_cmpuint (compact_mail_size (fixture), <, size);
  dump = compact_mail_dump (fixture);
  g_assert_cmpstr (dump, ==, before);
  compact_mail_assert (fixture, &mail);
  idle = compact (fixture);
  assert_report (idle, "0 of 1 containers rewritten");
  compact_mail_assert_recovers (fixture, &mail, before);
  /* The recovered catalogue knows which containers are gone. */
  g_assert_cmpuint (archive_fixture_get_int (fixture,
                                             "SELECT count(*) FROM meta WHERE key = 'dropped_1'"),
                    ==, 1);
  /* The large message leaves: most of what there is. */
  mun_archive_delete_message (fixture->archive, mail.large_id, NULL);
  g_hash_table_remove (mail.kept, mail.large_id);
  again = compact (fixture);
  assert_report (again, "1 of 1 containers rewritten");
  compact_mail_assert (fixture, &mail);
  last = compact_mail_dump (fixture);
  compact_mail_assert_recovers (fixture, &mail, last);
  /* Everything. */
  compact_mail_delete_all (fixture, &mail);
  g_free (compact (fixture));
  g_free (g_steal_pointer (&last));
  last = compact_mail_dump (fixture);
  compact_mail_assert_recovers (fixture, &mail, last);
  compact_mail_clear (&mail);
}

/* What was deleted before is gone for good; what was deleted since can be brought back. */
static void
test_deleted (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail;
  g_autofree char *report = NULL;
  g_autoptr (GError) error = NULL;

  compact_mail_fill (fixture, &mail);
  g_free (compact (fixture));
  g_assert_true (mun_archive_delete_message (fixture->archive, mail.large_id, NULL));
  g_assert_cmpint (mun_archive_create_store (fixture->archive, "next", "current", NULL), ==, 2);
  g_assert_true (mun_archive_set_store_state (fixture->archive, 1, "disabled", NULL));
  mun_archive_recover_store (fixture->archive, 1, TRUE, NULL, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (report, "FAULT"));
  g_assert_true (mun_archive_set_store_state (fixture->archive, 1, "normal", NULL));
  compact_mail_assert (fixture, &mail);
  compact_mail_clear (&mail);
}

/* Who streams a message, or has found the place of one, gets it to the end. */
static void
test_streaming (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail;
  g_autoptr (MunMessageReader) reader = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *report = NULL;

  compact_mail_fill (fixture, &mail);
  reader = mun_archive_open_message (fixture->archive, mail.large_id, &error);
  g_assert_no_error (error);
  for (;;) {
    g_autoptr (GBytes) chunk = mun_message_reader_read (reader, 100000, &error);

    g_assert_no_error (error);
    if (g_bytes_get_size (chunk) == 0)
      break;
    g_byte_array_append (bytes, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
    if (report == NULL)
      report = compact (fixture);
  }
  g_assert_false (compact_mail_has_container (fixture, 1));
  raw = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  g_assert_true (g_bytes_equal (raw, g_hash_table_lookup (mail.kept, mail.large_id)));
  compact_mail_clear (&mail);
}

/* --- while the archive is in use --- */

typedef struct {
  ArchiveFixture *fixture;
  CompactMail *mail;
  int stop; /* atomic */
  guint rounds;
} Use;

static gpointer
read_all (gpointer data)
{
  Use *use = data;

  while (!g_atomic_int_get (&use->stop)) {
    GHashTableIter iter;
    gpointer id, expected;
    g_autofree char *found = archive_fixture_find_text (use->fixture->archive, "keyed");

    g_assert_nonnull (found);
    g_hash_table_iter_init (&iter, use->mail->kept);
    while (g_hash_table_iter_next (&iter, &id, &expected)) {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) raw = mun_archive_read_message (use->fixture->archive, id, &error);

      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (raw, expected));
    }
    use->rounds++;
  }
  return NULL;
}

static gpointer
verify_all (gpointer data)
{
  Use *use = data;

  while (!g_atomic_int_get (&use->stop)) {
    g_autofree char *report = NULL;
    guint64 faults = archive_fixture_verify (use->fixture->archive, &report);

    g_assert_cmpstr (faults != 0 ? report : NULL, ==, NULL);
    use->rounds++;
  }
  return NULL;
}

#define BATCH 20
#define BATCHES 12
#define PASSING 200

/* Deliveries go on; some of it goes again. */
static gpointer
deliver_all (gpointer data)
{
  Use *use = data;
  MunArchive *archive = use->fixture->archive;

  for (guint i = 0; i < PASSING; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) raw = archive_fixture_letter (10000 + i);
    g_autofree char *id = archive_fixture_deliver (archive, raw, "passing/EML x/Inbox");

    if (i % 2 == 0)
      mun_archive_delete_message (archive, id, &error);
    if (i % (PASSING / BATCHES) == 0 && error == NULL)
      fault_mail_deliver (archive, use->rounds++ * BATCH, BATCH, &error);
    g_assert_no_error (error);
  }
  g_atomic_int_set (&use->stop, TRUE);
  return NULL;
}

static void
test_in_use (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail;
  GThread *threads[3];
  Use reading, verifying, delivering;
  guint compactions = 0;
  g_autofree char *dump = NULL;

  compact_mail_fill (fixture, &mail);
  reading = verifying = delivering = (Use){ fixture, &mail, FALSE, 0 };
  threads[0] = g_thread_new ("reading", read_all, &reading);
  threads[1] = g_thread_new ("verifying", verify_all, &verifying);
  threads[2] = g_thread_new ("delivering", deliver_all, &delivering);
  while (!g_atomic_int_get (&delivering.stop) || compactions < 3 || reading.rounds < 2
         || verifying.rounds < 2) {
    g_free (compact (fixture));
    compactions++;
  }
  g_atomic_int_set (&reading.stop, TRUE);
  g_atomic_int_set (&verifying.stop, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  fault_mail_assert (fixture->archive, delivering.rounds * BATCH, FALSE);
  fault_mail_assert_found (fixture->archive, 0, delivering.rounds * BATCH);
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT count(*) FROM messages"), ==,
                   g_hash_table_size (mail.kept) + delivering.rounds * BATCH + PASSING / 2);
  compact_mail_assert_there (fixture, &mail);
  dump = compact_mail_dump (fixture);
  compact_mail_recover (fixture, dump);
  compact_mail_assert_there (fixture, &mail);
  compact_mail_clear (&mail);
}

/* --- somebody still looks at the catalogue as it was --- */

typedef struct {
  ArchiveFixture *fixture;
  GCancellable *cancellable;
  GThread *thread;
} Wait;

static void
waiting_cb (double fraction, const char *text, gpointer data)
{
  Wait *wait = data;

  if (strstr (text, "Waiting") != NULL)
    g_cancellable_cancel (wait->cancellable);
}

static gpointer
compact_and_wait (gpointer data)
{
  Wait *wait = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *report = NULL;

  mun_archive_compact_store (wait->fixture->archive, 1, waiting_cb, wait, wait->cancellable,
                             &report, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_report (report, "are still being read");
  return NULL;
}

/* A verification has begun: now the container that it reads is emptied. */
static void
verifying_cb (double fraction, const char *text, gpointer data)
{
  Wait *wait = data;

  if (wait->thread != NULL)
    return;
  wait->thread = g_thread_new ("compaction", compact_and_wait, wait);
  g_thread_join (wait->thread);
}

static void
test_waits (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail;
  Wait wait = { fixture, g_cancellable_new (), NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  guint64 faults = 1;

  compact_mail_fill (fixture, &mail);
  before = compact_mail_dump (fixture);
  mun_archive_verify_store (fixture->archive, 1, TRUE, verifying_cb, &wait, NULL, NULL, &faults,
                            &error);
  g_assert_no_error (error);
  g_assert_nonnull (wait.thread);
  g_assert_cmpuint (faults, ==, 0);
  g_assert_true (compact_mail_has_container (fixture, 1));
  compact_mail_assert (fixture, &mail);
  /* A recovery now reads both, and keeps both. */
  compact_mail_assert_recovers (fixture, &mail, before);
  g_assert_true (compact_mail_has_container (fixture, 1));
  g_free (compact (fixture));
  g_assert_false (compact_mail_has_container (fixture, 1));
  compact_mail_assert_recovers (fixture, &mail, before);
  g_object_unref (wait.cancellable);
  compact_mail_clear (&mail);
}

/* What was left goes at the next start. */
static void
test_tidies (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail;
  Wait wait = { fixture, g_cancellable_new (), NULL };
  guint64 faults = 1;

  compact_mail_fill (fixture, &mail);
  mun_archive_verify_store (fixture->archive, 1, TRUE, verifying_cb, &wait, NULL, NULL, &faults,
                            NULL);
  g_assert_true (compact_mail_has_container (fixture, 1));
  archive_fixture_reopen (fixture);
  g_assert_false (compact_mail_has_container (fixture, 1));
  compact_mail_assert (fixture, &mail);
  g_object_unref (wait.cancellable);
  compact_mail_clear (&mail);
}

/* --- damage --- */

static void
flip (ArchiveFixture *fixture, guint container, gint64 offset)
{
  g_autofree char *name = g_strdup_printf ("stores/1/contents/%06u.mun", container);
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  guint8 byte;

  g_assert_cmpint (pread (fd, &byte, 1, offset), ==, 1);
  byte ^= 0x20;
  g_assert_cmpint (pwrite (fd, &byte, 1, offset), ==, 1);
  g_assert_true (g_close (fd, NULL));
}

/* A changed byte in what is needed, in a header, in the journal: the container stays as it is, and
 * the report says where. */
static void
test_damaged (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail;
  gint64 offset, journal;
  guint64 size;

  compact_mail_fill (fixture, &mail);
  offset = archive_fixture_get_int (fixture, "SELECT offset FROM pieces ORDER BY offset LIMIT 1"
                                             " OFFSET 100");
  /* The last record is a journal. */
  journal
      = archive_fixture_get_int (fixture, "SELECT value FROM meta WHERE key = 'end_length'") - 5;
  size = compact_mail_size (fixture);
  for (guint i = 0; i < 3; i++) {
    gint64 places[] = { offset + 90, offset + 4, journal };
    g_autofree char *report = NULL, *verified = NULL;
    g_autofree char *where = g_strdup_printf ("container 000001, byte %" G_GINT64_FORMAT, offset);

    flip (fixture, 1, places[i]);
    report = compact (fixture);
    assert_report (report, "0 of");
    assert_report (report, "stays as it is");
    assert_report (report, i < 2 ? where : "container 000001, byte");
    g_assert_true (compact_mail_has_container (fixture, 1));
    g_assert_cmpint (archive_fixture_get_int (fixture,
                                              "SELECT count(*) FROM pieces WHERE container <> 1"),
                     ==, 0);
    g_assert_cmpuint (compact_mail_size (fixture), <=, size + MUN_CONTAINER_HEADER_SIZE);
    g_assert_cmpuint (archive_fixture_verify (fixture->archive, &verified), >, 0);
    flip (fixture, 1, places[i]);
    compact_mail_assert (fixture, &mail);
  }
  g_free (compact (fixture));
  g_assert_false (compact_mail_has_container (fixture, 1));
  compact_mail_assert (fixture, &mail);
  compact_mail_clear (&mail);
}

/* A byte of what nobody needs is no reason to keep it. */
static void
test_damaged_waste (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *report = NULL;
  gint64 offset;

  archive_fixture_deliver_letters (fixture->archive, 0, ids);
  offset = archive_fixture_get_int (fixture, "SELECT offset FROM pieces ORDER BY offset LIMIT 1"
                                             " OFFSET 7");
  for (guint i = 0; i < ids->len; i++)
    g_assert_true (mun_archive_delete_message (fixture->archive, ids->pdata[i], NULL));
  flip (fixture, 1, offset + 90);
  report = compact (fixture);
  assert_report (report, "1 of 1 containers rewritten");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* A catalogue that has forgotten a piece must not make it go. */
static void
test_forgotten (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail;
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  g_autoptr (MunDatabase) database = NULL;
  g_autofree char *dump = NULL;
  g_autoptr (GError) error = NULL;

  compact_mail_fill (fixture, &mail);
  dump = compact_mail_dump (fixture);
  g_clear_object (&fixture->archive);
  database = mun_database_open (path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  g_assert_true (mun_database_exec (database,
                                    "DELETE FROM pieces WHERE id = (SELECT min(id) FROM pieces)",
                                    &error));
  g_clear_pointer (&database, mun_database_close);
  archive_fixture_reopen (fixture);
  g_assert_false (mun_archive_compact_store (fixture->archive, 1, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
  g_assert_true (compact_mail_has_container (fixture, 1));
  compact_mail_assert_recovers (fixture, &mail, dump);
  compact_mail_clear (&mail);
}

/* --- refused, cancelled, no room --- */

static void
test_refused (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mun_archive_compact_store (fixture->archive, 7, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpint (mun_archive_create_store (fixture->archive, "next", "current", NULL), ==, 2);
  g_assert_true (mun_archive_set_store_state (fixture->archive, 1, "writeProtected", NULL));
  g_assert_false (mun_archive_compact_store (fixture->archive, 1, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY);
  g_assert_nonnull (strstr (error->message, "write-protected"));
}

typedef struct {
  ArchiveFixture *fixture;
  GCancellable *cancellable;
  gboolean was_busy;
} Interrupted;

static void
interrupt_cb (double fraction, const char *text, gpointer data)
{
  Interrupted *self = data;
  g_autoptr (GError) error = NULL;

  if (fraction < 0.6)
    return;
  g_assert_false (
      mun_archive_compact_store (self->fixture->archive, 1, NULL, NULL, NULL, NULL, &error));
  self->was_busy = g_error_matches (error, MUN_ERROR, MUN_ERROR_BUSY);
  g_cancellable_cancel (self->cancellable);
}

/* Cancelled in the middle: what was moved was moved, and nothing is lost. Only one at a time. */
static void
test_cancelled (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail;
  Interrupted interrupted = { fixture, g_cancellable_new (), FALSE };
  g_autofree char *before = NULL;
  g_autoptr (GError) error = NULL;

  compact_mail_fill (fixture, &mail);
  before = compact_mail_dump (fixture);
  g_assert_false (mun_archive_compact_store (fixture->archive, 1, interrupt_cb, &interrupted,
                                             interrupted.cancellable, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (interrupted.was_busy);
  g_assert_true (compact_mail_has_container (fixture, 1));
  g_assert_true (compact_mail_has_container (fixture, 2));
  compact_mail_assert (fixture, &mail);
  compact_mail_assert_recovers (fixture, &mail, before);
  g_free (compact (fixture));
  g_assert_false (compact_mail_has_container (fixture, 1));
  compact_mail_assert_recovers (fixture, &mail, before);
  g_object_unref (interrupted.cancellable);
  compact_mail_clear (&mail);
}

static const char *failing_step;
static int skip_count, failure;

static int
fail_cb (const char *step)
{
  if (strcmp (step, failing_step) != 0 || g_atomic_int_add (&skip_count, -1) != 0)
    return 0;
  if (failure == 0)
    raise (SIGKILL);
  return failure;
}

/* The disk is full, or refuses, at each step: an error, and it goes on when that has passed. */
static void
test_fails (ArchiveFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *step;
    int skip, problem;
    MunError code;
  } cases[] = {
    { "create", 0, ENOSPC, MUN_ERROR_NO_SPACE },   { "write", 2, ENOSPC, MUN_ERROR_NO_SPACE },
    { "half", 3, ENOSPC, MUN_ERROR_NO_SPACE },     { "move", 1, ENOSPC, MUN_ERROR_NO_SPACE },
    { "sync", 1, EIO, MUN_ERROR_FAILED },          { "emptied", 0, EIO, MUN_ERROR_FAILED },
    { "before-commit", 2, EIO, MUN_ERROR_FAILED }, { "commit", 1, EIO, MUN_ERROR_FAILED },
  };
  CompactMail mail;
  g_autofree char *before = NULL;

  compact_mail_fill (fixture, &mail);
  before = compact_mail_dump (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    failing_step = cases[i].step;
    failure = cases[i].problem;
    g_atomic_int_set (&skip_count, cases[i].skip);
    mun_contents_fault_hook = fail_cb;
    g_test_message ("%s", cases[i].step);
    g_assert_false (
        mun_archive_compact_store (fixture->archive, 1, NULL, NULL, NULL, NULL, &error));
    mun_contents_fault_hook = NULL;
    g_assert_error (error, MUN_ERROR, (int)cases[i].code);
    compact_mail_assert (fixture, &mail);
  }
  g_free (compact (fixture));
  g_assert_false (compact_mail_has_container (fixture, 1));
  compact_mail_assert_recovers (fixture, &mail, before);
  compact_mail_clear (&mail);
}

/* --- killed --- */

static int
be_victim (const char *dir, const char *step, int skip)
{
  g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (MunArchive) archive = mun_archive_open (dir, key, NULL);

  failing_step = step;
  skip_count = skip;
  mun_contents_fault_hook = fail_cb;
  return mun_archive_compact_store (archive, 1, NULL, NULL, NULL, NULL, NULL) ? 0 : 1;
}

/* Mail comes in meanwhile; how much of it was acknowledged stands in a file. */
static gpointer
deliver_and_say (gpointer data)
{
  MunArchive *archive = data;
  g_autofree char *path
      = g_build_filename (mun_archive_get_data_dir (archive), "acknowledged", NULL);

  for (guint done = BATCH; fault_mail_deliver (archive, done - BATCH, BATCH, NULL); done += BATCH) {
    g_autofree char *text = g_strdup_printf ("%u", done);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  }
  return NULL;
}

static int
be_busy_victim (const char *dir, const char *step, int skip)
{
  g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  MunArchive *archive = mun_archive_open (dir, key, NULL);

  failing_step = step;
  skip_count = skip;
  mun_contents_fault_hook = fail_cb;
  g_thread_new ("delivering", deliver_and_say, archive);
  while (mun_archive_compact_store (archive, 1, NULL, NULL, NULL, NULL, NULL))
    ;
  return 1;
}

/* A deletion that never comes to its commit. */
static int
be_deleter (const char *dir, const char *id)
{
  g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (MunArchive) archive = mun_archive_open (dir, key, NULL);

  failing_step = "before-commit";
  mun_contents_fault_hook = fail_cb;
  mun_archive_delete_message (archive, id, NULL);
  return 1;
}

/* What the journal says of it is void where it is moved to, too. */
static void
test_void (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *dump = NULL;
  GBytes *later = archive_fixture_message ("a@b", "c@d", "later", 1720000000, "later");
  const char *arguments[] = { self, "--deleter", fixture->dir, NULL, NULL };
  int status = 0;

  compact_mail_fill (fixture, &mail);
  g_clear_object (&fixture->archive);
  arguments[3] = mail.large_id;
  g_assert_true (g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                               NULL, &status, NULL));
  g_assert_true (WIFSIGNALED (status));
  archive_fixture_reopen (fixture);
  g_hash_table_insert (mail.kept, archive_fixture_deliver (fixture->archive, later, "anna/Mail/In"),
                       later);
  dump = compact_mail_dump (fixture);
  g_free (compact (fixture));
  g_assert_false (compact_mail_has_container (fixture, 1));
  compact_mail_assert_recovers (fixture, &mail, dump);
  compact_mail_clear (&mail);
}

static void
copy_dir (const char *from, const char *to)
{
  const char *arguments[] = { "cp", "-a", from, to, NULL };
  int status = -1;

  g_assert_true (g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                               NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

/* What a victim that was killed at a step leaves: all is there, the catalogue can be made again,
 * and the next compaction ends what that one began. */
static void
assert_survives (ArchiveFixture *fixture, CompactMail *mail, const char *dump, const char *step,
                 const char *skip)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *copy = g_strconcat (fixture->dir, "-copy", NULL);
  const char *arguments[] = { self, "--victim", copy, step, skip, NULL };
  ArchiveFixture remains = { copy, fixture->key, NULL };
  int status = 0;

  g_test_message ("%s %s", step, skip);
  copy_dir (fixture->dir, copy);
  g_assert_true (g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                               NULL, &status, NULL));
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  archive_fixture_reopen (&remains);
  compact_mail_assert (&remains, mail);
  if (g_str_equal (step, "remove") || g_str_equal (step, "removed"))
    g_assert_false (compact_mail_has_container (&remains, 1));
  compact_mail_assert_recovers (&remains, mail, dump);
  g_free (compact (&remains));
  g_assert_false (compact_mail_has_container (&remains, 1));
  compact_mail_assert (&remains, mail);
  g_clear_object (&remains.archive);
  archive_fixture_remove_dir (copy);
}

static void
test_killed (ArchiveFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *step, *skip;
  } cases[] = {
    { "create", "0" },        { "sync-folder", "0" },   { "move", "0" },
    { "move", "1" },          { "move", "2" },          { "write", "1" },
    { "write", "150" },       { "half", "3" },          { "half", "230" },
    { "sync", "1" },          { "sync", "3" },          { "before-commit", "0" },
    { "before-commit", "1" }, { "before-commit", "2" }, { "before-commit", "3" },
    { "commit", "2" },        { "commit", "3" },        { "after-commit", "0" },
    { "after-commit", "2" },  { "after-commit", "3" },  { "journal", "2" },
    { "emptied", "0" },       { "remove", "0" },        { "removed", "0" },
  };
  CompactMail mail;
  g_autofree char *dump = NULL, *journal = NULL;

  compact_mail_fill (fixture, &mail);
  dump = compact_mail_dump (fixture);
  /* The record behind the header of the new container and all that moves before. */
  journal
      = g_strdup_printf ("%d",
                         (int)archive_fixture_get_int (fixture,
                                                       "SELECT (SELECT count(*) FROM pieces) + 1"
                                                       " + (SELECT count(*) FROM dictionaries)"));
  g_clear_object (&fixture->archive);
  assert_survives (fixture, &mail, dump, "half", journal);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_survives (fixture, &mail, dump, cases[i].step, cases[i].skip);
  archive_fixture_reopen (fixture);
  compact_mail_clear (&mail);
}

static void
test_killed_in_use (ArchiveFixture *fixture, gconstpointer data)
{
  static const char *const cases[][2] = {
    { "move", "1" },   { "emptied", "0" },        { "remove", "0" },
    { "half", "400" }, { "before-commit", "12" }, { "sync", "9" },
  };
  CompactMail mail;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *copy = g_strconcat (fixture->dir, "-copy", NULL);
  g_autofree char *path = g_build_filename (copy, "acknowledged", NULL);

  compact_mail_fill (fixture, &mail);
  g_clear_object (&fixture->archive);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *arguments[] = { self, "--busy-victim", copy, cases[i][0], cases[i][1], NULL };
    ArchiveFixture remains = { copy, fixture->key, NULL };
    g_autofree char *text = NULL, *dump = NULL;
    int status = 0;
    guint present;

    copy_dir (fixture->dir, copy);
    g_assert_true (g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                                 NULL, &status, NULL));
    g_assert_true (WIFSIGNALED (status));
    g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
    g_file_get_contents (path, &text, NULL, NULL);
    g_test_message ("%s %s: %s acknowledged", cases[i][0], cases[i][1], text != NULL ? text : "0");
    archive_fixture_reopen (&remains);
    present = fault_mail_assert (remains.archive, text != NULL ? atoi (text) : 0, TRUE);
    compact_mail_assert_there (&remains, &mail);
    g_free (compact (&remains));
    dump = compact_mail_dump (&remains);
    compact_mail_recover (&remains, dump);
    compact_mail_assert_there (&remains, &mail);
    fault_mail_assert (remains.archive, present, FALSE);
    g_clear_object (&remains.archive);
    archive_fixture_remove_dir (copy);
  }
  archive_fixture_reopen (fixture);
  compact_mail_clear (&mail);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/compact/" name, ArchiveFixture, NULL, archive_fixture_set_up, function,            \
              archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "--victim") == 0)
    return be_victim (argv[2], argv[3], atoi (argv[4]));
  if (argc == 5 && strcmp (argv[1], "--busy-victim") == 0)
    return be_busy_victim (argv[2], argv[3], atoi (argv[4]));
  if (argc == 4 && strcmp (argv[1], "--deleter") == 0)
    return be_deleter (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  /* Stores in error are warned of. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  ADD ("gives-back", test_gives_back);
  ADD ("deleted", test_deleted);
  ADD ("streaming", test_streaming);
  ADD ("in-use", test_in_use);
  ADD ("waits", test_waits);
  ADD ("tidies", test_tidies);
  ADD ("damaged", test_damaged);
  ADD ("damaged-waste", test_damaged_waste);
  ADD ("forgotten", test_forgotten);
  ADD ("refused", test_refused);
  ADD ("cancelled", test_cancelled);
  ADD ("fails", test_fails);
  ADD ("void", test_void);
  ADD ("killed", test_killed);
  ADD ("killed-in-use", test_killed_in_use);
  return g_test_run ();
}
