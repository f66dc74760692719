/* test-run.c: a run that reads ahead, and what it keeps when the archive fails in the middle */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "archive-fixture.h"
#include "contents.h"
#include "errors.h"
#include "json.h"
#include "mbox-source.h"
#include "run.h"

#include <errno.h>

/* Several batches of a source that reads ahead. */
#define MESSAGES 3500
#define PROFILE 7
#define TARGET "anna/mbox"

static gint syncs_to_go; /* the sync that fails; 0: none */

static int
fail_one_sync (const char *step)
{
  if (g_strcmp0 (step, "sync") != 0 || syncs_to_go == 0)
    return 0;
  return --syncs_to_go == 0 ? EIO : 0;
}

static char *
write_mbox (ArchiveFixture *fixture)
{
  char *path = g_build_filename (fixture->dir, "inbox.mbox", NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < MESSAGES; i++)
    g_string_append_printf (text,
                            "From ann Sat Jan  3 01:05:34 1998\n"
                            "From: ann@example.com\nSubject: number %u\n\nmessage %u\n\n",
                            i, i);
  g_assert_true (g_file_set_contents (path, text->str, text->len, NULL));
  return path;
}

static MunRunOutcome
run (ArchiveFixture *fixture, const char *path, guint64 *archived, GError **error)
{
  g_autoptr (MunRun) self = mun_run_new (fixture->archive, PROFILE);
  MunRunOutcome outcome;

  mun_run_add (self, "inbox.mbox", TARGET, mun_mbox_source_new (path, FALSE));
  outcome = mun_run_execute (self, NULL, error);
  *archived = mun_report_get_totals (mun_run_get_report (self))->archived;
  return outcome;
}

static void
assert_all_once (ArchiveFixture *fixture)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint page_length;

  do {
    g_autoptr (JsonArray) page
        = mun_archive_list_messages (fixture->archive, TARGET, g_hash_table_size (seen), 500, NULL);

    page_length = json_array_get_length (page);
    for (guint i = 0; i < page_length; i++)
      g_assert_true (
          g_hash_table_add (seen,
                            g_strdup (mun_json_get_string (json_array_get_object_element (page, i),
                                                           "subject", NULL))));
  } while (page_length > 0);
  g_assert_cmpuint (g_hash_table_size (seen), ==, MESSAGES);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static void
test_whole (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *path = write_mbox (fixture);
  g_autoptr (GError) error = NULL;
  guint64 archived;

  g_assert_cmpint (run (fixture, path, &archived, &error), ==, MUN_RUN_SUCCEEDED);
  g_assert_no_error (error);
  g_assert_cmpuint (archived, ==, MESSAGES);
  assert_all_once (fixture);
  /* The checkpoint stands at the end: nothing is read again. */
  g_assert_cmpint (run (fixture, path, &archived, &error), ==, MUN_RUN_SUCCEEDED);
  g_assert_cmpuint (archived, ==, 0);
}

/* Whichever batch it is that cannot be written: the one behind it, which was read already, moves no
 * checkpoint past it, and the next run has all of them. */
static void
test_failed_batch (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *path = write_mbox (fixture);
  guint64 first, second;

  /* No dictionary is written while the syncs are counted. */
  archive_fixture_train (fixture, NULL);
  mun_contents_fault_hook = fail_one_sync;
  syncs_to_go = GPOINTER_TO_INT (data);
  for (guint attempts = 0;; attempts++) {
    g_autoptr (GError) error = NULL;
    MunRunOutcome outcome = run (fixture, path, attempts == 0 ? &first : &second, &error);

    if (outcome == MUN_RUN_SUCCEEDED)
      break;
    g_assert_cmpuint (attempts, ==, 0);
    g_assert_cmpint (outcome, ==, MUN_RUN_FAILED);
    g_assert_error (error, MUN_ERROR, MUN_ERROR_FAILED);
  }
  mun_contents_fault_hook = NULL;
  g_assert_cmpint (syncs_to_go, ==, 0);
  g_assert_cmpuint (first, <, MESSAGES);
  g_assert_cmpuint (first + second, ==, MESSAGES);
  assert_all_once (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/run/whole", ArchiveFixture, NULL, archive_fixture_set_up, test_whole,
              archive_fixture_tear_down);
  for (gint batch = 1; batch <= 3; batch++) {
    g_autofree char *name = g_strdup_printf ("/run/failed-batch-%d", batch);

    g_test_add (name, ArchiveFixture, GINT_TO_POINTER (batch), archive_fixture_set_up,
                test_failed_batch, archive_fixture_tear_down);
  }
  return g_test_run ();
}
