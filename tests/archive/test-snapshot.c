/* test-snapshot.c: recovery records that were written anew, and what is recovered from them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-private.h"
#include "archive-recover.h"
#include "compact-mail.h"
#include "contents.h"
#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Has another message come each time that a part was written. */
typedef struct {
  ArchiveFixture *fixture;
  guint n;
} Arrivals;

static void
arrive_cb (double fraction, const char *text, gpointer data)
{
  Arrivals *arrivals = data;
  g_autofree char *subject = g_strdup_printf ("meanwhile %u", arrivals->n++);
  g_autoptr (GBytes) raw = archive_fixture_message ("a@example.com", "b@example.com", subject,
                                                    1720000000 + arrivals->n, "words");

  g_free (archive_fixture_deliver (arrivals->fixture->archive, raw, "meanwhile/New/Box"));
}

static void
recreate (ArchiveFixture *fixture, MunVerifyProgress progress, gpointer data)
{
  g_autofree char *report = NULL;
  g_autoptr (GError) error = NULL;

  mun_archive_recreate_records (fixture->archive, 1, progress, data, NULL, &report, &error);
  g_assert_no_error (error);
  g_test_message ("%s", report);
}

static gboolean
journal_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *data,
            gpointer user_data)
{
  if (header->kind == MUN_RECORD_JOURNAL)
    g_array_append_val ((GArray *)user_data, *place);
  return TRUE;
}

/* The journal records that are there now. */
static GArray *
list_journals (ArchiveFixture *fixture)
{
  g_autoptr (MunStoreEntry) entry = mun_archive_find_entry (fixture->archive, 1, NULL);
  MunContents *contents = mun_store_get_contents (entry->store);
  g_autoptr (GArray) numbers = mun_contents_list (contents, NULL);
  GArray *journals = g_array_new (FALSE, FALSE, sizeof (MunPlaceInContents));

  for (guint i = 0; i < numbers->len; i++) {
    guint32 number = g_array_index (numbers, guint32, i);

    g_assert_true (mun_contents_scan (contents, number, MUN_CONTAINER_HEADER_SIZE,
                                      mun_contents_get_size (contents, number), journal_cb, NULL,
                                      journals, NULL));
  }
  return journals;
}

static void
damage (ArchiveFixture *fixture, GArray *journals)
{
  for (guint i = 0; i < journals->len; i++) {
    const MunPlaceInContents *place = &g_array_index (journals, MunPlaceInContents, i);
    g_autofree char *path
        = g_strdup_printf ("%s/stores/1/contents/%06u.mun", fixture->dir, place->container);
    int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
    guint8 byte;

    g_assert_cmpint (pread (fd, &byte, 1, place->offset + place->length - 1), ==, 1);
    byte ^= 1;
    g_assert_cmpint (pwrite (fd, &byte, 1, place->offset + place->length - 1), ==, 1);
    g_assert_true (g_close (fd, NULL));
  }
}

/* Its catalogue is lost. Returns: the report. */
static char *
recover (ArchiveFixture *fixture, gboolean deleted)
{
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  g_autoptr (GError) error = NULL;
  char *report = NULL;

  g_clear_object (&fixture->archive);
  g_assert_cmpint (g_unlink (path), ==, 0);
  archive_fixture_reopen (fixture);
  mun_archive_recover_store (fixture->archive, 1, deleted, NULL, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  g_test_message ("%s", report);
  return report;
}

static void
assert_same (ArchiveFixture *fixture, const char *dump)
{
  g_autofree char *again = compact_mail_dump (fixture);

  g_assert_cmpstr (again, ==, dump);
}

/* Whole or damaged, what the journal said before is not needed; what comes meanwhile and afterwards
 * is there, too. */
static void
test_snapshot (ArchiveFixture *fixture, gconstpointer data)
{
  gboolean damaged = GPOINTER_TO_INT (data);
  CompactMail mail = { 0 };
  Arrivals arrivals = { fixture, 0 };
  g_autoptr (GArray) journals = NULL;
  g_autofree char *dump = NULL, *report = NULL;
  g_autoptr (GError) error = NULL;

  compact_mail_fill (fixture, &mail);
  journals = list_journals (fixture);
  g_assert_cmpuint (journals->len, >, 0);
  /* One that is older does not count. */
  recreate (fixture, NULL, NULL);
  recreate (fixture, arrive_cb, &arrivals);
  g_assert_cmpuint (arrivals.n, >, 0);
  arrive_cb (0, NULL, &arrivals);
  mun_archive_move_folder (fixture->archive, "meanwhile/New/Box", "meanwhile/New/Other", &error);
  g_assert_no_error (error);
  dump = compact_mail_dump (fixture);
  if (damaged)
    damage (fixture, journals);
  report = recover (fixture, FALSE);
  assert_same (fixture, dump);
  g_assert_true ((strstr (report, "later recovery records say") != NULL) == damaged);
  g_assert_null (strstr (report, "messages it names"));
  if (!damaged)
    compact_mail_assert_there (fixture, &mail);
  compact_mail_clear (&mail);
}

/* Without it, they are missed. */
static void
test_without (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail = { 0 };
  g_autoptr (GArray) journals = NULL;
  g_autofree char *dump = NULL, *again = NULL, *report = NULL;

  compact_mail_fill (fixture, &mail);
  journals = list_journals (fixture);
  dump = compact_mail_dump (fixture);
  damage (fixture, journals);
  report = recover (fixture, FALSE);
  again = compact_mail_dump (fixture);
  g_assert_cmpstr (again, !=, dump);
  g_assert_nonnull (strstr (report, "FAULT"));
  compact_mail_clear (&mail);
}

static guint n_parts;

/* The second part cannot be written. */
static int
fail_cb (const char *step)
{
  return strcmp (step, "snapshot") == 0 && ++n_parts == 2 ? ENOSPC : 0;
}

/* What was cut off counts for nothing. */
static void
test_cut_off (ArchiveFixture *fixture, gconstpointer data)
{
  CompactMail mail = { 0 };
  Arrivals arrivals = { fixture, 0 };
  g_autofree char *dump = NULL, *report = NULL;
  g_autoptr (GError) error = NULL;

  compact_mail_fill (fixture, &mail);
  for (guint i = 0; i < 900; i++)
    arrive_cb (0, NULL, &arrivals);
  n_parts = 0;
  mun_contents_fault_hook = fail_cb;
  g_assert_false (
      mun_archive_recreate_records (fixture->archive, 1, NULL, NULL, NULL, &report, &error));
  mun_contents_fault_hook = NULL;
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NO_SPACE);
  g_assert_cmpuint (n_parts, >=, 2);
  arrive_cb (0, NULL, &arrivals);
  dump = compact_mail_dump (fixture);
  g_clear_pointer (&report, g_free);
  report = recover (fixture, FALSE);
  assert_same (fixture, dump);
  g_assert_null (strstr (report, "FAULT"));
  compact_mail_clear (&mail);
}

/* Those come back as before. */
static void
test_deleted (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) gone
      = archive_fixture_message ("a@example.com", "b@example.com", "gone", 1700000001, "words");
  g_autoptr (GBytes) moved
      = archive_fixture_message ("a@example.com", "b@example.com", "moved", 1700000002, "words");
  g_autofree char *gone_id = archive_fixture_deliver (fixture->archive, gone, "anna/Mail/In");
  g_autofree char *moved_id = archive_fixture_deliver (fixture->archive, moved, "anna/Mail/In");
  g_autofree char *report = NULL, *found = NULL;
  g_autoptr (JsonObject) info = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mun_archive_delete_message (fixture->archive, gone_id, NULL));
  g_assert_true (
      mun_archive_move_message (fixture->archive, moved_id, "anna/Mail/Elsewhere", NULL));
  recreate (fixture, NULL, NULL);
  report = recover (fixture, TRUE);
  found = archive_fixture_find_text (fixture->archive, "words");
  g_assert_cmpstr (found, ==, "moved,gone");
  info = mun_archive_message_info (fixture->archive, moved_id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (info, "folder"), ==, "anna/Mail/Elsewhere");
  g_clear_pointer (&report, g_free);
  report = recover (fixture, FALSE);
  g_clear_pointer (&found, g_free);
  found = archive_fixture_find_text (fixture->archive, "words");
  g_assert_cmpstr (found, ==, "moved");
}

#define ADD(name, data, function)                                                                  \
  g_test_add ("/snapshot/" name, ArchiveFixture, data, archive_fixture_set_up, function,           \
              archive_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* A store that cannot be opened is a warning. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  ADD ("whole", GINT_TO_POINTER (FALSE), test_snapshot);
  ADD ("damaged", GINT_TO_POINTER (TRUE), test_snapshot);
  ADD ("without", NULL, test_without);
  ADD ("cut-off", NULL, test_cut_off);
  ADD ("deleted", NULL, test_deleted);
  return g_test_run ();
}
