/* test-verify.c: what a verification must find, and what it must not take for a fault */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contents.h"
#include "database.h"
#include "errors.h"
#include "fault-mail.h"
#include "tokenizer.h"

#include <errno.h>
#include <string.h>

#define MIB (1024 * 1024)

/* Changes the catalogue as a program would, checksums of its pages and all. */
static void
change_catalogue (ArchiveFixture *fixture, const char *sql)
{
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  g_autoptr (MunDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_object (&fixture->archive);
  database = mun_database_open (path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  g_assert_true (mun_tokenizer_register (database, &error));
  mun_database_exec (database, sql, &error);
  g_assert_no_error (error);
  g_clear_pointer (&database, mun_database_close);
  archive_fixture_reopen (fixture);
}

/* A message with an attachment of noise: many pieces. */
static void
deliver_large (ArchiveFixture *fixture, gsize size)
{
  g_autoptr (GString) text
      = g_string_new ("From: a@example.com\r\nSubject: large\r\nMIME-Version: 1.0\r\n"
                      "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n"
                      "Content-Type: text/plain\r\n\r\nhello\r\n--b\r\n"
                      "Content-Type: application/octet-stream\r\n"
                      "Content-Disposition: attachment; filename=\"n\"\r\n\r\n");
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (GBytes) raw = NULL;
  g_autofree char *id = NULL;

  while (text->len < size)
    g_string_append_printf (text, "%08x%08x%08x%08x%08x%08x%08x%08x\r\n", g_rand_int (rand),
                            g_rand_int (rand), g_rand_int (rand), g_rand_int (rand),
                            g_rand_int (rand), g_rand_int (rand), g_rand_int (rand),
                            g_rand_int (rand));
  g_string_append (text, "--b--\r\n");
  raw = g_bytes_new (text->str, text->len);
  id = archive_fixture_deliver (fixture->archive, raw, FAULT_MAIL_FOLDER);
}

/* More pieces than are kept for it; then one that is not what its SHA-256 says, whose pieces are all
 * sound. */
static void
test_several_pieces (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *report = NULL;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, 20, NULL));
  deliver_large (fixture, 40 * MIB);
  deliver_large (fixture, 3 * MIB);
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT max(length (pieces)) FROM messages"),
                   >, 9);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
  change_catalogue (fixture, "UPDATE messages SET digest = zeroblob (32)"
                             " WHERE size = (SELECT max(size) FROM messages)");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, &report), ==, 1);
  g_assert_nonnull (strstr (report, "its bytes do not match their SHA-256"));
}

/* Pieces whose ids do not rise as the contents do are found all the same. */
static void
test_other_order (ArchiveFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 3; i++) {
    g_autofree char *subject = g_strdup_printf ("number %u", i);
    g_autoptr (GBytes) raw
        = archive_fixture_message ("a@example.com", "b@example.com", subject, 1000000 + i, subject);
    g_autofree char *id = archive_fixture_deliver (fixture->archive, raw, FAULT_MAIL_FOLDER);
  }
  change_catalogue (fixture, "UPDATE pieces SET id = 100 WHERE id = 1;"
                             "UPDATE pieces SET id = 1 WHERE id = 3;"
                             "UPDATE pieces SET id = 3 WHERE id = 100;"
                             "UPDATE messages SET pieces = CASE pieces WHEN x'01' THEN x'03'"
                             " WHEN x'03' THEN x'01' ELSE pieces END");
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT count(*) FROM pieces"), ==, 3);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static void
assert_lost (ArchiveFixture *fixture, const char *sql, const char *expected)
{
  g_autofree char *report = NULL;

  change_catalogue (fixture, sql);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, &report), ==, 2);
  g_assert_nonnull (strstr (report, expected));
  g_assert_nonnull (strstr (report, "cannot be restored"));
}

/* A piece where there is no container, behind the end, or at another's place. */
static void
test_wrong_place (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autoptr (GBytes) raw
      = archive_fixture_message ("a@example.com", "b@example.com", "one", 1000000, "one");

  g_assert_true (fault_mail_deliver (fixture->archive, 0, 5, NULL));
  id = archive_fixture_deliver (fixture->archive, raw, "other/EML x/Inbox");
  change_catalogue (fixture, "CREATE TABLE before AS SELECT * FROM pieces");
  assert_lost (fixture, "UPDATE pieces SET container = 7 WHERE id = (SELECT max(id) FROM pieces)",
               "container 000007, byte");
  assert_lost (fixture,
               "UPDATE pieces SET container = 1, offset = 1000000000"
               " WHERE id = (SELECT max(id) FROM pieces)",
               "container 000001, byte 1000000000: piece");
  assert_lost (fixture,
               "UPDATE pieces SET (offset, length) = (SELECT offset, length FROM before"
               " ORDER BY id LIMIT 1) WHERE id = (SELECT max(id) FROM pieces)",
               "the catalogue says something else about it");
  change_catalogue (fixture,
                    "UPDATE pieces SET (offset, length) = (SELECT offset, length FROM before"
                    " WHERE before.id = pieces.id)");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static int sound_reads;

static int
fail_read_cb (const char *step)
{
  return strcmp (step, "read") == 0 && sound_reads-- <= 0 ? EIO : 0;
}

/* A disk that does not answer: said as such, of every message that hangs on it; it costs nothing when
 * it answers again. */
static void
test_bad_disk (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *report = NULL;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, 5, NULL));
  sound_reads = 1;
  mun_contents_fault_hook = fail_read_cb;
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, &report), >, 5);
  mun_contents_fault_hook = NULL;
  g_assert_nonnull (strstr (report, "its record cannot be read"));
  g_assert_nonnull (strstr (report, g_strerror (EIO)));
  g_assert_nonnull (strstr (report, "cannot be restored"));
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

typedef struct {
  MunArchive *archive;
  int is_over; /* atomic */
  guint delivered;
} Delivering;

static gpointer
deliver_main (gpointer data)
{
  Delivering *self = data;

  while (!g_atomic_int_get (&self->is_over)) {
    g_assert_true (fault_mail_deliver (self->archive, 100 + 5 * self->delivered, 5, NULL));
    self->delivered++;
  }
  return NULL;
}

/* What comes meanwhile is no fault. */
static void
test_while_delivering (ArchiveFixture *fixture, gconstpointer data)
{
  Delivering delivering = { fixture->archive, FALSE, 0 };
  GThread *thread;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, 100, NULL));
  thread = g_thread_new ("deliver", deliver_main, &delivering);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
  g_atomic_int_set (&delivering.is_over, TRUE);
  g_thread_join (thread);
  g_assert_cmpuint (delivering.delivered, >, 0);
}

#define ADD(name, test)                                                                            \
  g_test_add (name, ArchiveFixture, NULL, archive_fixture_set_up, test, archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/verify/several-pieces", test_several_pieces);
  ADD ("/verify/other-order", test_other_order);
  ADD ("/verify/wrong-place", test_wrong_place);
  ADD ("/verify/bad-disk", test_bad_disk);
  ADD ("/verify/while-delivering", test_while_delivering);
  return g_test_run ();
}
