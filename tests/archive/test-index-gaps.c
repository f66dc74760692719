/* test-index-gaps.c: an index that is gone, old, damaged or half filled completes itself */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-indexes.h"
#include "catalogue.h"
#include "contents.h"
#include "errors.h"
#include "fault-mail.h"
#include "index-gaps.h"
#include "page-sums.h"
#include "tokenizer.h"

#include "json.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MESSAGES 40
/* More than a step takes. */
#define MANY (6 * ARCHIVE_FIXTURE_LETTERS)

static void
set_up (ArchiveFixture *self, gconstpointer data)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  archive_fixture_set_up (self, NULL);
  g_assert_true (fault_mail_deliver (self->archive, 0, MESSAGES, NULL));
}

static void
tear_down (ArchiveFixture *self, gconstpointer data)
{
  mun_contents_fault_hook = NULL;
  archive_fixture_tear_down (self, NULL);
}

static MunDatabase *
open_catalogue (ArchiveFixture *self)
{
  g_autofree char *path = archive_fixture_dup_catalogue (self);
  g_autoptr (GError) error = NULL;
  MunDatabase *database = mun_database_open (path, MUN_DATABASE_WRITER, &error);

  g_assert_no_error (error);
  g_assert_true (mun_tokenizer_register (database, &error));
  return database;
}

/* Closes the archive and changes its catalogue. */
static void
change_catalogue (ArchiveFixture *self, const char *sql)
{
  g_autoptr (MunDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->archive);
  database = open_catalogue (self);
  mun_database_exec (database, sql, &error);
  g_assert_no_error (error);
}

static void
await (ArchiveFixture *self)
{
  g_autoptr (GError) error = NULL;

  mun_archive_await_indexes (self->archive, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_complete (ArchiveFixture *self, guint first, guint count)
{
  g_autoptr (JsonArray) list = NULL;
  MunCoverage coverage;

  await (self);
  mun_archive_get_coverage (self->archive, NULL, &coverage);
  g_assert_cmpuint (coverage.pending, ==, 0);
  g_assert_cmpuint (coverage.indexed, ==, coverage.messages);
  fault_mail_assert_found (self->archive, first, count);
  g_assert_cmpuint (archive_fixture_verify (self->archive, NULL), ==, 0);
  list = mun_archive_list_indexes (self->archive, 1, NULL);
  for (guint i = 0; i < json_array_get_length (list); i++)
    g_assert_false (
        mun_json_get_bool (json_array_get_object_element (list, i), "needsRebuild", TRUE));
}

static char *
find_in (ArchiveFixture *self, const char *text, const char *folder)
{
  g_autoptr (MunQuery) query = mun_query_new ();

  query->text = g_strdup (text);
  query->folder = g_strdup (folder);
  query->recurse = TRUE;
  return archive_fixture_find (self->archive, query);
}

static void
assert_found_in (ArchiveFixture *self, const char *text, const char *folder, const char *expected)
{
  g_autofree char *found = find_in (self, text, folder);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_version (ArchiveFixture *self, gconstpointer data)
{
  change_catalogue (self, "UPDATE meta SET value = 1 WHERE key = 'index_version'");
  archive_fixture_reopen (self);
  assert_complete (self, 0, MESSAGES);
  g_assert_cmpint (archive_fixture_get_int (self, "SELECT value FROM meta"
                                                  " WHERE key = 'index_version'"),
                   ==, MUN_INDEX_VERSION);
}

/* Stores that were made before there was a list of gaps say of no version. */
static void
test_adopted (ArchiveFixture *self, gconstpointer data)
{
  change_catalogue (self, "DROP TABLE index_gaps; DROP TABLE index_counts;"
                          "DROP TABLE index_selected;"
                          "DELETE FROM meta WHERE key = 'index_version'");
  archive_fixture_reopen (self);
  assert_complete (self, 0, MESSAGES);
  g_assert_cmpint (archive_fixture_get_int (self, "SELECT value FROM meta"
                                                  " WHERE key = 'index_version'"),
                   ==, MUN_INDEX_VERSION);
}

static void
test_gone (ArchiveFixture *self, gconstpointer data)
{
  static const char *const losses[] = {
    "DROP TABLE search",     "DROP TABLE search_data",          "DROP TABLE search_config",
    "DROP TABLE search_idx", "DELETE FROM search_data",         "DELETE FROM search_config",
    "DROP TABLE index_gaps", "DROP TRIGGER index_gaps_changed", "DROP TABLE index_counts",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (losses); i++) {
    g_test_message ("%s", losses[i]);
    change_catalogue (self, losses[i]);
    archive_fixture_reopen (self);
    assert_complete (self, 0, MESSAGES);
  }
}

/* Fills pages of a b-tree of the index with what cannot be there. */
static void
damage (ArchiveFixture *self, const char *pages)
{
  g_autofree char *path = archive_fixture_dup_catalogue (self);
  g_autoptr (MunDatabase) database = NULL;
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint8 junk[MUN_PAGE_SIZE / 2];
  sqlite3_stmt *row;
  int fd;

  g_clear_object (&self->archive);
  database = open_catalogue (self);
  row = mun_database_prepare (database, NULL, pages, "");
  g_assert_nonnull (row);
  while (mun_database_step (database, row, NULL)) {
    gint64 number = sqlite3_column_int64 (row, 0);

    g_array_append_val (numbers, number);
  }
  g_assert_cmpuint (numbers->len, >, 0);
  g_clear_pointer (&database, mun_database_close);
  memset (junk, 0x5a, sizeof junk);
  fd = open (path, O_RDWR | O_CLOEXEC);
  for (guint i = 0; i < numbers->len; i++)
    g_assert_cmpint (pwrite (fd, junk, sizeof junk,
                             (g_array_index (numbers, gint64, i) - 1) * MUN_PAGE_SIZE),
                     ==, sizeof junk);
  close (fd);
}

#define PAGES_OF(name) "SELECT pageno FROM dbstat WHERE name = '" name "' ORDER BY pageno DESC"

/* Each time somebody else finds it: who opens, who delivers, who searches, who verifies. */
static void
test_damaged (ArchiveFixture *self, gconstpointer data)
{
  static const char *const places[] = {
    PAGES_OF ("search_data"),
    PAGES_OF ("search_idx"),
    PAGES_OF ("search_config"),
    PAGES_OF ("search_data") " LIMIT 1",
  };
  guint there = MESSAGES;

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    for (guint finder = 0; finder < 3; finder++) {
      g_autofree char *found = NULL;
      guint64 faults;

      g_test_message ("%s, finder %u", places[i], finder);
      damage (self, places[i]);
      archive_fixture_reopen (self);
      if (finder == 0) {
        g_autoptr (GError) error = NULL;

        fault_mail_deliver (self->archive, there, 5, &error);
        g_assert_no_error (error);
        there += 5;
      } else if (finder == 1) {
        g_autoptr (MunQuery) query = mun_query_new ();
        g_autoptr (MunSearch) search = NULL;
        g_autoptr (JsonArray) page = NULL;

        /* It may find nothing, or say that it cannot; then it is mended. */
        query->text = g_strdup ("attachment");
        search = mun_archive_search (self->archive, query, NULL);
        if (search != NULL)
          page = mun_search_get_page (search, 0, 100, MUN_SORT_DATE, TRUE, NULL, NULL);
      }
      await (self);
      /* What nobody has come across yet, verification does. */
      faults = archive_fixture_verify (self->archive, NULL);
      g_test_message ("%" G_GUINT64_FORMAT " faults left", faults);
      await (self);
      assert_complete (self, 0, there);
      fault_mail_assert (self->archive, there, FALSE);
    }
  }
}

/* Pages that opening does not come across, but this search does. */
static void
test_found_by_search (ArchiveFixture *self, gconstpointer data)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (JsonArray) page = NULL;
  g_autoptr (GError) error = NULL;

  for (guint first = 0; first < MANY; first += ARCHIVE_FIXTURE_LETTERS)
    archive_fixture_deliver_letters (self->archive, first, NULL);
  damage (self, "SELECT pageno FROM dbstat WHERE name = 'search_data' ORDER BY path DESC LIMIT 9");
  archive_fixture_reopen (self);
  g_assert_cmpint (archive_fixture_get_int (self, "SELECT count(*) FROM index_gaps"), ==, 0);
  query->text = g_strdup ("week*");
  search = mun_archive_search (self->archive, query, &error);
  if (search != NULL)
    page = mun_search_get_page (search, 0, 5000, MUN_SORT_DATE, TRUE, NULL, &error);
  g_assert_null (page);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
  assert_complete (self, 0, MESSAGES);
  assert_found_in (self, "\"week 1234\"", NULL, "figures of week 1234");
}

/* Nobody comes across it: verification does, says so, and has it made anew. */
static void
test_found_by_verification (ArchiveFixture *self, gconstpointer data)
{
  g_autofree char *report = NULL;

  for (guint first = 0; first < MANY; first += ARCHIVE_FIXTURE_LETTERS)
    archive_fixture_deliver_letters (self->archive, first, NULL);
  damage (self, "SELECT pageno FROM dbstat WHERE name = 'search_data' ORDER BY path DESC LIMIT 1");
  archive_fixture_reopen (self);
  g_assert_cmpuint (archive_fixture_verify (self->archive, &report), >, 0);
  g_assert_nonnull (strstr (report, "of search_data does not match its checksum"));
  g_assert_nonnull (strstr (report, "The search indexes are being completed."));
  assert_complete (self, 0, MESSAGES);
  assert_found_in (self, "\"week 1234\"", NULL, "figures of week 1234");
}

/* --- what happens while it is being filled --- */

static int
no_fill_cb (const char *step)
{
  return strcmp (step, "index-fill") == 0 ? EIO : 0;
}

/* Opened with an index that lacks everything and is not filled until the hook is gone. */
static void
reopen_empty (ArchiveFixture *self)
{
  change_catalogue (self, "UPDATE meta SET value = 1 WHERE key = 'index_version'");
  mun_contents_fault_hook = no_fill_cb;
  archive_fixture_reopen (self);
}

static void
assert_coverage (ArchiveFixture *self, const char *archive, guint64 indexed, guint64 messages)
{
  const char *archives[] = { archive, NULL };
  MunCoverage coverage;

  mun_archive_get_coverage (self->archive, archive != NULL ? archives : NULL, &coverage);
  g_assert_cmpuint (coverage.indexed, ==, indexed);
  g_assert_cmpuint (coverage.messages, ==, messages);
  g_assert_cmpuint (coverage.pending, ==, messages - indexed);
}

static char *
deliver_one (ArchiveFixture *self, const char *subject, gint64 date)
{
  g_autoptr (GBytes) raw
      = archive_fixture_message ("a@example.com", "b@example.com", subject, date, "remark");

  return archive_fixture_deliver (self->archive, raw, "ben/EML x/Inbox");
}

static void
test_meanwhile (ArchiveFixture *self, gconstpointer data)
{
  g_autofree char *stays = deliver_one (self, "staying", 1700000001);
  g_autofree char *goes = deliver_one (self, "going", 1700000002);
  g_autofree char *moves = deliver_one (self, "moving", 1700000003);
  g_autofree char *comes = NULL, *report = NULL;
  g_autoptr (GError) error = NULL;

  reopen_empty (self);
  assert_found_in (self, "remark", NULL, "");
  assert_coverage (self, NULL, 0, MESSAGES + 3);
  assert_coverage (self, "ben", 0, 3);
  comes = deliver_one (self, "coming", 1700000004);
  assert_found_in (self, "remark", NULL, "coming");
  assert_coverage (self, NULL, 1, MESSAGES + 4);
  g_assert_true (mun_archive_delete_message (self->archive, goes, &error));
  assert_coverage (self, NULL, 1, MESSAGES + 3);
  g_assert_true (mun_archive_move_message (self->archive, moves, "anna/EML x/Moved", &error));
  assert_coverage (self, "ben", 1, 2);
  assert_coverage (self, "anna", 0, MESSAGES + 1);
  g_assert_no_error (error);
  /* Known gaps are no faults. */
  g_assert_cmpuint (archive_fixture_verify (self->archive, &report), ==, 0);
  g_assert_nonnull (strstr (report, "The index is being completed: it lacks 42 messages."));
  assert_coverage (self, NULL, 1, MESSAGES + 3);
  mun_contents_fault_hook = NULL;
  archive_fixture_reopen (self);
  assert_complete (self, 0, MESSAGES);
  assert_found_in (self, "remark", NULL, "coming,moving,staying");
  assert_found_in (self, "remark", "anna", "moving");
  assert_found_in (self, "going", NULL, "");
  /* Its entry is there now, and goes with it. */
  g_assert_true (mun_archive_delete_message (self->archive, stays, &error));
  assert_found_in (self, "staying", NULL, "");
  g_assert_true (mun_archive_move_folder (self->archive, "ben/EML x", "anna/EML x/Ben", &error));
  assert_found_in (self, "remark", "anna", "coming,moving");
  assert_complete (self, 0, MESSAGES);
}

/* A whole folder goes to another archive before its messages are in the index. */
static void
test_moved_folder (ArchiveFixture *self, gconstpointer data)
{
  g_autofree char *id = deliver_one (self, "moving", 1700000003);
  g_autoptr (GError) error = NULL;

  reopen_empty (self);
  g_assert_true (mun_archive_move_folder (self->archive, "ben/EML x", "anna/Ben", &error));
  g_assert_no_error (error);
  assert_coverage (self, "anna", 0, MESSAGES + 1);
  mun_contents_fault_hook = NULL;
  archive_fixture_reopen (self);
  assert_complete (self, 0, MESSAGES);
  assert_found_in (self, "moving", "anna", "moving");
}

/* What cannot be read stays out, is counted, and is tried again. */
static void
test_unreadable (ArchiveFixture *self, gconstpointer data)
{
  g_autofree char *id = deliver_one (self, "unreadable", 1700000003);
  g_autofree char *path
      = g_build_filename (self->dir, "stores", "1", "contents", "000001.mun", NULL);
  g_autofree char *good = NULL, *bad = NULL;
  g_autoptr (JsonArray) list = NULL;
  g_autoptr (GError) error = NULL;
  MunCoverage coverage;
  JsonObject *ben;
  gsize length;
  gint64 offset;

  change_catalogue (self, "UPDATE meta SET value = 1 WHERE key = 'index_version'");
  offset = archive_fixture_get_int (self, "SELECT max(offset) FROM pieces");
  g_assert_true (g_file_get_contents (path, &good, &length, NULL));
  bad = g_memdup2 (good, length);
  bad[offset + 100] ^= 1;
  g_assert_true (g_file_set_contents (path, bad, length, NULL));
  archive_fixture_reopen (self);
  await (self);
  mun_archive_get_coverage (self->archive, NULL, &coverage);
  g_assert_cmpuint (coverage.pending, ==, 0);
  g_assert_cmpuint (coverage.messages - coverage.indexed, ==, 1);
  list = mun_archive_list_indexes (self->archive, 1, &error);
  ben = json_array_get_object_element (list, 1);
  g_assert_cmpstr (mun_json_get_string (ben, "folder", NULL), ==, "ben");
  g_assert_cmpint (mun_json_get_int (ben, "unreadable", -1), ==, 1);
  g_assert_true (mun_json_get_bool (ben, "needsRebuild", FALSE));
  g_clear_object (&self->archive);
  g_assert_true (g_file_set_contents (path, good, length, NULL));
  archive_fixture_reopen (self);
  assert_complete (self, 0, MESSAGES);
  assert_found_in (self, "unreadable", NULL, "unreadable");
}

/* --- what verification finds --- */

/* Takes an entry out of the index of the closed archive, or puts one in that nothing belongs to. */
static void
change_entry (ArchiveFixture *self, const char *id, gboolean remove)
{
  g_autoptr (MunDatabase) database = NULL;
  g_autoptr (GBytes) raw = mun_archive_read_message (self->archive, id, NULL);
  g_autoptr (MunMessage) message = mun_message_parse (raw);
  const MunMessageFields *fields = mun_message_get_fields (message);
  g_autofree char *tokens = NULL;
  g_autoptr (GError) error = NULL;
  gint64 store, number;
  MunFolderIds ids;

  g_assert_true (mun_archive_parse_message_id (id, &store, &number, &error));
  g_clear_object (&self->archive);
  database = open_catalogue (self);
  g_assert_true (mun_catalogue_find_folder (database, "ben/EML x/Inbox", &ids));
  tokens = mun_catalogue_dup_tokens (&ids, FALSE, 0);
  if (remove)
    mun_catalogue_unindex (database, number, fields, tokens, &error);
  else
    mun_catalogue_index (database, number + 1, fields, tokens, &error);
  g_assert_no_error (error);
  g_clear_pointer (&database, mun_database_close);
  archive_fixture_reopen (self);
}

static void
test_missing_entry (ArchiveFixture *self, gconstpointer data)
{
  g_autofree char *id = deliver_one (self, "lonely", 1700000003);
  g_autofree char *report = NULL;

  change_entry (self, id, TRUE);
  assert_found_in (self, "lonely", NULL, "");
  g_assert_cmpuint (archive_fixture_verify (self->archive, &report), ==, 1);
  g_assert_nonnull (strstr (report, "is not in the index"));
  assert_complete (self, 0, MESSAGES);
  assert_found_in (self, "lonely", NULL, "lonely");
}

/* The index notices that it is asked to forget what it never held; then what was asked for is done
 * to one that is made anew. */
static void
test_found_by_writer (ArchiveFixture *self, gconstpointer data)
{
  g_autofree char *id = deliver_one (self, "lonely", 1700000003);
  g_autoptr (GError) error = NULL;

  change_entry (self, id, TRUE);
  g_assert_true (mun_archive_delete_message (self->archive, id, &error));
  g_assert_no_error (error);
  assert_found_in (self, "lonely", NULL, "");
  assert_complete (self, 0, MESSAGES);
}

static gboolean
needs_rebuild (ArchiveFixture *self, const char *folder)
{
  g_autoptr (JsonArray) list = mun_archive_list_indexes (self->archive, 0, NULL);

  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonObject *index = json_array_get_object_element (list, i);

    if (g_strcmp0 (mun_json_get_string (index, "folder", NULL), folder) == 0)
      return mun_json_get_bool (index, "needsRebuild", FALSE);
  }
  g_assert_not_reached ();
}

static void
test_extra_entry (ArchiveFixture *self, gconstpointer data)
{
  g_autofree char *id = deliver_one (self, "lonely", 1700000003);
  g_autofree char *report = NULL;
  g_autoptr (GError) error = NULL;
  MunRebuilt rebuilt;

  change_entry (self, id, FALSE);
  g_assert_false (needs_rebuild (self, "ben"));
  g_assert_cmpuint (archive_fixture_verify (self->archive, &report), ==, 1);
  g_assert_nonnull (strstr (report, "the index holds 1 entries without a message"));
  g_assert_true (needs_rebuild (self, "ben"));
  assert_found_in (self, "lonely", NULL, "lonely");
  mun_archive_rebuild_index (self->archive, 1, "ben", NULL, NULL, NULL, &rebuilt, &error);
  g_assert_no_error (error);
  assert_complete (self, 0, MESSAGES);
  assert_found_in (self, "lonely", NULL, "lonely");
}

/* --- rebuilding --- */

static void
progress_cb (guint64 done, guint64 total, gpointer data)
{
  guint64 *last = data;

  g_assert_cmpuint (done, <=, total);
  *last = done;
}

static void
test_rebuild (ArchiveFixture *self, gconstpointer data)
{
  g_autofree char *id = deliver_one (self, "lonely", 1700000003);
  g_autofree char *other = deliver_one (self, "company", 1700000004);
  g_autoptr (GError) error = NULL;
  guint64 done = 0;
  MunRebuilt rebuilt;

  /* Nobody but the rebuild knows of this one. */
  change_entry (self, id, TRUE);
  assert_found_in (self, "lonely", NULL, "");
  mun_archive_rebuild_index (self->archive, 1, "anna", progress_cb, &done, NULL, &rebuilt, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rebuilt.messages, ==, MESSAGES);
  g_assert_cmpuint (done, ==, MESSAGES);
  assert_found_in (self, "lonely", NULL, "");
  mun_archive_rebuild_index (self->archive, 1, "ben", NULL, NULL, NULL, &rebuilt, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rebuilt.messages, ==, 2);
  assert_found_in (self, "lonely", NULL, "lonely");
  g_assert_false (
      mun_archive_rebuild_index (self->archive, 1, "nobody", NULL, NULL, NULL, &rebuilt, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  assert_complete (self, 0, MESSAGES);
}

/* Messages so large that they are read alone stand among others that are read ahead. */
static void
test_rebuild_large (ArchiveFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  MunRebuilt rebuilt;

  for (guint i = 0; i < 5; i++) {
    g_autofree char *subject = g_strdup_printf ("elephant %u", i);
    g_autofree char *filler = g_strnfill (3 * 1024 * 1024, i == 3 ? 'x' : 'y');
    g_autofree char *body = g_strdup_printf ("trunk%u\r\n%s", i, filler);
    g_autoptr (GBytes) raw = archive_fixture_message ("a@example.com", "b@example.com", subject,
                                                      1700000000 + 5 * i, body);
    g_autofree char *id = archive_fixture_deliver (self->archive, raw, FAULT_MAIL_FOLDER);
  }
  g_assert_true (mun_archive_select_indexes (self->archive, &error));
  mun_archive_rebuild_selected (self->archive, 1, NULL, NULL, NULL, &rebuilt, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rebuilt.messages, ==, MESSAGES + 5);
  g_assert_cmpuint (rebuilt.unreadable, ==, 0);
  for (guint i = 0; i < 5; i++) {
    g_autofree char *word = g_strdup_printf ("trunk%u", i);
    g_autofree char *subject = g_strdup_printf ("elephant %u", i);
    g_autofree char *found = archive_fixture_find_text (self->archive, word);

    g_assert_cmpstr (found, ==, subject);
  }
  fault_mail_assert_found (self->archive, 0, MESSAGES);
}

static guint
count_selected (ArchiveFixture *self)
{
  g_autoptr (JsonArray) list = mun_archive_list_indexes (self->archive, 1, NULL);
  guint selected = 0;

  for (guint i = 0; i < json_array_get_length (list); i++)
    selected
        += mun_json_get_bool (json_array_get_object_element (list, i), "selectedForRebuild", FALSE);
  return selected;
}

static void
test_selected (ArchiveFixture *self, gconstpointer data)
{
  g_autofree char *id = deliver_one (self, "lonely", 1700000003);
  g_autoptr (GError) error = NULL;
  MunRebuilt rebuilt;

  mun_archive_rebuild_selected (self->archive, 1, NULL, NULL, NULL, &rebuilt, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rebuilt.messages, ==, 0);
  g_assert_cmpuint (count_selected (self), ==, 0);
  g_assert_true (mun_archive_select_indexes (self->archive, &error));
  archive_fixture_reopen (self);
  g_assert_cmpuint (count_selected (self), ==, 2);
  mun_archive_rebuild_selected (self->archive, 1, NULL, NULL, NULL, &rebuilt, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rebuilt.messages, ==, MESSAGES + 1);
  g_assert_cmpuint (count_selected (self), ==, 0);
  assert_complete (self, 0, MESSAGES);
  assert_found_in (self, "lonely", NULL, "lonely");
}

static void
test_cancelled (ArchiveFixture *self, gconstpointer data)
{
  g_autofree char *id = deliver_one (self, "lonely", 1700000003);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  MunRebuilt rebuilt;

  mun_contents_fault_hook = no_fill_cb;
  g_cancellable_cancel (cancellable);
  g_assert_false (mun_archive_rebuild_index (self->archive, 1, "anna", NULL, NULL, cancellable,
                                             &rebuilt, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (archive_fixture_get_int (self, "SELECT count(*) FROM index_gaps"), ==, 0);
  mun_contents_fault_hook = NULL;
  assert_complete (self, 0, MESSAGES);
}

/* A store that takes no more mail is still searched: its index completes itself as well. */
static void
test_protected (ArchiveFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 second = mun_archive_create_store (self->archive, "second", "current", &error);
  MunRebuilt rebuilt;

  g_assert_no_error (error);
  g_assert_cmpint (second, ==, 2);
  g_assert_true (mun_archive_set_store_state (self->archive, 1, "writeProtected", &error));
  change_catalogue (self, "UPDATE meta SET value = 1 WHERE key = 'index_version'");
  archive_fixture_reopen (self);
  assert_complete (self, 0, MESSAGES);
  g_assert_true (mun_archive_select_indexes (self->archive, &error));
  g_assert_cmpuint (count_selected (self), ==, 1);
  g_assert_true (
      mun_archive_rebuild_selected (self->archive, 1, NULL, NULL, NULL, &rebuilt, &error));
  g_assert_cmpuint (rebuilt.messages, ==, MESSAGES);
  assert_complete (self, 0, MESSAGES);
}

/* --- killed --- */

static const char *fatal_step;
static int skip_count;

static int
kill_cb (const char *step)
{
  if (strcmp (step, fatal_step) == 0 && g_atomic_int_add (&skip_count, -1) == 0)
    raise (SIGKILL);
  return 0;
}

static int
be_victim (const char *dir, const char *step, guint skip)
{
  g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (MunArchive) archive = NULL;
  MunRebuilt rebuilt;

  fatal_step = step;
  skip_count = skip;
  mun_contents_fault_hook = kill_cb;
  archive = mun_archive_open (dir, key, NULL);
  if (archive == NULL)
    return 3;
  if (strcmp (step, "index-rebuild") == 0)
    return mun_archive_rebuild_index (archive, 1, "anna", NULL, NULL, NULL, &rebuilt, NULL) ? 0 : 4;
  return mun_archive_await_indexes (archive, NULL, NULL) ? 0 : 5;
}

/* Returns: whether it was killed. */
static gboolean
run_victim (ArchiveFixture *self, const char *step, guint skip)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *skip_text = g_strdup_printf ("%u", skip);
  const char *arguments[] = { program, "--victim", self->dir, step, skip_text, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_clear_object (&self->archive);
  g_spawn_sync (NULL, (char **)arguments, NULL,
                G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  if (WIFEXITED (status))
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  else
    g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  return WIFSIGNALED (status);
}

static void
test_killed (ArchiveFixture *self, gconstpointer data)
{
  static const struct {
    const char *step;
    guint skip;
    gboolean is_damaged;
  } cases[] = {
    { "index-reset", 0, FALSE },   { "after-index-reset", 0, FALSE },
    { "index-step", 0, FALSE },    { "index-step", 1, FALSE },
    { "index-fill", 0, FALSE },    { "index-fill", 1, FALSE },
    { "before-commit", 1, FALSE }, { "after-commit", 0, FALSE },
    { "after-commit", 1, FALSE },  { "index-rebuild", 0, FALSE },
    { "index-reset", 0, TRUE },    { "after-index-reset", 0, TRUE },
    { "index-tidy", 0, TRUE },     { "index-fill", 1, TRUE },
  };

  for (guint first = 0; first < MANY; first += ARCHIVE_FIXTURE_LETTERS)
    archive_fixture_deliver_letters (self->archive, first, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *found = NULL;

    g_test_message ("%s %u", cases[i].step, cases[i].skip);
    if (cases[i].is_damaged)
      damage (self, PAGES_OF ("search_data"));
    else
      change_catalogue (self, "UPDATE meta SET value = 1 WHERE key = 'index_version'");
    g_assert_true (run_victim (self, cases[i].step, cases[i].skip));
    /* Where it stood, it goes on. */
    if (strcmp (cases[i].step, "after-commit") == 0)
      g_assert_cmpint (archive_fixture_get_int (self, "SELECT count(*) FROM index_gaps"), <,
                       MESSAGES + MANY);
    archive_fixture_reopen (self);
    assert_complete (self, 0, MESSAGES);
    found = archive_fixture_find_text (self->archive, "\"week 1234\"");
    g_assert_cmpstr (found, ==, "figures of week 1234");
    g_assert_cmpint (archive_fixture_get_int (self, "SELECT count(*) FROM index_gaps"), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "--victim") == 0)
    return be_victim (argv[2], argv[3], strtoul (argv[4], NULL, 10));
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, ArchiveFixture, NULL, set_up, func, tear_down)
  ADD ("/index-gaps/version", test_version);
  ADD ("/index-gaps/adopted", test_adopted);
  ADD ("/index-gaps/gone", test_gone);
  ADD ("/index-gaps/damaged", test_damaged);
  ADD ("/index-gaps/found-by-search", test_found_by_search);
  ADD ("/index-gaps/found-by-verification", test_found_by_verification);
  ADD ("/index-gaps/found-by-writer", test_found_by_writer);
  ADD ("/index-gaps/meanwhile", test_meanwhile);
  ADD ("/index-gaps/moved-folder", test_moved_folder);
  ADD ("/index-gaps/unreadable", test_unreadable);
  ADD ("/index-gaps/missing-entry", test_missing_entry);
  ADD ("/index-gaps/extra-entry", test_extra_entry);
  ADD ("/index-gaps/rebuild", test_rebuild);
  ADD ("/index-gaps/rebuild-large", test_rebuild_large);
  ADD ("/index-gaps/selected", test_selected);
  ADD ("/index-gaps/cancelled", test_cancelled);
  ADD ("/index-gaps/protected", test_protected);
  ADD ("/index-gaps/killed", test_killed);
  return g_test_run ();
}
