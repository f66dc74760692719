/* test-texts.c: attachments are found by what is in them, and cost nothing but that */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"
#include "archive-indexes.h"
#include "archive-private.h"
#include "archive-recover.h"
#include "json.h"
#include "text-documents.h"

#include <glib/gstdio.h>
#include <string.h>

#define FAULTS "munimentd-text-faults"

/* What is delivered from here on is read by @program of this folder; NULL: by the usual one. */
static void
read_with (ArchiveFixture *fixture, const char *program)
{
  g_autofree char *path
      = program != NULL ? g_test_build_filename (G_TEST_BUILT, "archive", program, NULL) : NULL;

  mun_text_extractor_unref (fixture->archive->extractor);
  fixture->archive->extractor = mun_text_extractor_new (path, 0);
}

/* One message with one document, which it takes. Returns: its id. */
static char *
deliver (ArchiveFixture *fixture, const char *subject, const char *type, const char *name,
         GBytes *document)
{
  g_autoptr (GBytes) owned = document;
  g_autoptr (GBytes) raw = text_documents_message (subject, type, name, document, NULL);
  char *id = archive_fixture_deliver (fixture->archive, raw, "a/In");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) back = mun_archive_read_message (fixture->archive, id, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (raw, back));
  return id;
}

static void
assert_found (ArchiveFixture *fixture, const char *text, const char *subjects)
{
  g_autofree char *found = archive_fixture_find_text (fixture->archive, text);

  g_assert_cmpstr (found, ==, subjects);
}

/* Why the text of the message's only attachment is missing; NULL: it is not. */
static void
assert_gap (ArchiveFixture *fixture, const char *id, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) info = mun_archive_message_info (fixture->archive, id, &error);
  JsonArray *gaps;

  g_assert_no_error (error);
  g_assert_true (json_object_has_member (info, "attachmentGaps") == (reason != NULL));
  if (reason == NULL)
    return;
  gaps = json_object_get_array_member (info, "attachmentGaps");
  g_assert_cmpuint (json_array_get_length (gaps), ==, 1);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (gaps, 0), "reason", NULL),
                   ==, reason);
}

/* Entries of the index with the word, of whichever message, be it gone. */
static gint64
count_entries (ArchiveFixture *fixture, const char *word)
{
  g_autoptr (MunStoreEntry) entry = mun_archive_find_entry (fixture->archive, 1, NULL);
  MunDatabase *reader = mun_store_acquire_reader (entry->store, NULL);
  gint64 count = mun_database_get_int (reader, 0, "SELECT cnt FROM temp.vocabulary WHERE term = ?1",
                                       "s", word);

  mun_store_release_reader (entry->store, reader);
  return count;
}

static void
test_found (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *id = NULL, *id2 = NULL, *id3 = NULL, *report = NULL;
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autofree char *by_scope = NULL, *by_other = NULL;

  id = deliver (fixture, "office", "application/octet-stream", "a.docx",
                text_documents_docx ("pelican"));
  id2 = deliver (fixture, "pdf", "application/pdf", "a.pdf", text_documents_pdf ("pelican gull"));
  /* The wrong label. */
  id3 = deliver (fixture, "wrong", "application/pdf", "a.pdf", text_documents_docx ("walrus"));
  assert_found (fixture, "attachment:pelican", "pdf,office");
  assert_found (fixture, "attachment:\"pelican gull\"", "pdf");
  assert_found (fixture, "walrus", "wrong");
  assert_found (fixture, "body:pelican", "");
  query->text = g_strdup ("pelican");
  query->scopes = MUN_SCOPE_ATTACHMENT_TEXTS;
  by_scope = archive_fixture_find (fixture->archive, query);
  g_assert_cmpstr (by_scope, ==, "pdf,office");
  query->scopes = MUN_SCOPE_ALL & ~MUN_SCOPE_ATTACHMENT_TEXTS;
  by_other = archive_fixture_find (fixture->archive, query);
  g_assert_cmpstr (by_other, ==, "");
  assert_gap (fixture, id, NULL);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, &report), ==, 0);
  g_assert_null (strstr (report, "search by contents"));
}

static void
test_snippet (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree char *id
      = deliver (fixture, "pdf", "application/pdf", "a.pdf", text_documents_pdf ("pelican gull"));
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (JsonArray) page = NULL;
  g_autofree char *text = NULL;

  query->text = g_strdup ("gull");
  search = mun_archive_search (fixture->archive, query, NULL);
  page = mun_search_get_page (search, 0, 10, MUN_SORT_DATE, TRUE, NULL, NULL);
  g_assert_true (mun_search_add_snippets (search, page, NULL, NULL));
  {
    g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);

    json_node_set_array (node, page);
    text = json_to_string (node, FALSE);
  }
  g_assert_nonnull (strstr (text, "pelican gull"));
}

static void
test_wrapped (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) document = text_documents_docx ("inner");
  g_autofree char *id = NULL, *id2 = NULL, *id3 = NULL, *id4 = NULL;

  id = deliver (fixture, "tnef", "application/ms-tnef", "winmail.dat",
                text_documents_tnef ("outlook caf\xe9", "report.docx", document));
  id2 = deliver (fixture, "signed", "application/pkcs7-mime; smime-type=signed-data", "smime.p7m",
                 text_documents_signed ("signed.p7m"));
  id3 = deliver (fixture, "sealed", "application/pkcs7-mime; smime-type=enveloped-data",
                 "smime.p7m", text_documents_signed ("enveloped.p7m"));
  id4 = deliver (fixture, "both", "application/pkcs7-mime", "smime.p7m",
                 text_documents_signed ("signed-ber.p7m"));
  assert_found (fixture, "outlook café", "tnef");
  assert_found (fixture, "attachment:report", "tnef");
  assert_found (fixture, "attachment:inner", "tnef");
  assert_found (fixture, "walrus ivory tusks", "both,signed");
  assert_gap (fixture, id, NULL);
  assert_gap (fixture, id2, NULL);
  assert_gap (fixture, id3, "encrypted");
}

/* A whole message that is nothing but a signature. */
static void
test_signed_message (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) content = text_documents_signed ("signed.p7m");
  gsize length;
  const guchar *bytes = g_bytes_get_data (content, &length);
  g_autofree char *encoded = g_base64_encode (bytes, length), *id = NULL;
  char *text = g_strdup_printf ("Subject: root\r\nContent-Type: application/pkcs7-mime;\r\n"
                                " smime-type=signed-data; name=smime.p7m\r\n"
                                "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n",
                                encoded);
  g_autoptr (GBytes) raw = g_bytes_new_take (text, strlen (text));

  id = archive_fixture_deliver (fixture->archive, raw, "a/In");
  assert_found (fixture, "walrus ivory", "root");
}

/* What is wrong with an attachment is said, and the rest of the message is found. */
static void
test_gaps (ArchiveFixture *fixture, gconstpointer data)
{
  static const char ole[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 sealed";
  g_auto (GStrv) ids = g_new0 (char *, 7);
  g_autofree char *report = NULL;

  read_with (fixture, FAULTS);
  ids[0]
      = deliver (fixture, "crash", "application/pdf", "first.pdf", text_documents_fault ("crash"));
  ids[1] = deliver (fixture, "late", "application/pdf", "second.pdf",
                    text_documents_fault ("crash late"));
  ids[2] = deliver (fixture, "spin", "application/pdf", "third.pdf", text_documents_fault ("spin"));
  ids[3] = deliver (fixture, "none", "application/pdf", "fourth.pdf", g_bytes_new ("none", 4));
  ids[4] = deliver (fixture, "ole", "application/octet-stream", "fifth.docx",
                    g_bytes_new (ole, sizeof ole - 1));
  ids[5] = deliver (fixture, "good", "application/pdf", "a.pdf", text_documents_pdf ("pelican"));
  assert_gap (fixture, ids[0], "fatal to their reader");
  assert_gap (fixture, ids[1], "fatal to their reader");
  assert_gap (fixture, ids[2], "not read in time");
  assert_gap (fixture, ids[3], "damaged");
  assert_gap (fixture, ids[4], "encrypted");
  assert_gap (fixture, ids[5], NULL);
  assert_found (fixture, "letter", "good,ole,none,spin,late,crash");
  assert_found (fixture, "attachment:third", "spin");
  assert_found (fixture, "pelican", "good,late");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, &report), ==, 0);
  g_assert_nonnull (strstr (report, ": 5 ("));
  g_assert_nonnull (strstr (report, "2 fatal to their reader"));
}

/* A message asks for a limited number of readings. */
static void
test_too_many (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) raw
      = g_string_new ("Subject: many\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n");
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *id = NULL;

  for (guint i = 0; i <= 100; i++)
    g_string_append_printf (raw,
                            "--m\r\nContent-Type: application/zip; name=%u.zip\r\n\r\n"
                            "PK\3\4 %u\r\n",
                            i, i);
  g_string_append (raw, "--m--\r\n");
  bytes = g_string_free_to_bytes (g_steal_pointer (&raw));
  id = archive_fixture_deliver (fixture->archive, bytes, "a/In");
  g_assert_cmpint (archive_fixture_get_int (fixture,
                                            "SELECT count(*) FROM message_texts WHERE outcome = 1"),
                   ==, 100);
  g_assert_cmpint (archive_fixture_get_int (
                       fixture, "SELECT count(*) FROM message_texts"
                                " WHERE outcome = 7 AND position = 100 AND name = '100.zip'"),
                   ==, 1);
}

/* Who does not wait for the delivery any more does not wait for its attachments either. */
static void
test_cancelled (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) document = text_documents_pdf ("pelican");
  g_autoptr (GBytes) raw
      = text_documents_message ("one", "application/pdf", "a.pdf", document, NULL);
  g_autoptr (MunMessage) message = mun_message_parse (raw);
  g_autoptr (MunTextExtractor) extractor = mun_text_extractor_new (NULL, 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GPtrArray *texts = mun_attachment_texts_read (extractor, message, cancellable);

  g_ptr_array_unref (texts);
  g_assert_cmpuint (mun_text_extractor_get_requests (extractor), ==, 1);
  g_cancellable_cancel (cancellable);
  texts = mun_attachment_texts_read (extractor, message, cancellable);
  g_assert_cmpint (((MunAttachmentText *)texts->pdata[0])->outcome, ==, MUN_TEXT_TOO_MANY);
  g_assert_cmpuint (((MunAttachmentText *)texts->pdata[0])->text->len, ==, 0);
  g_ptr_array_unref (texts);
}

/* The index is left as if the message had never been there, whatever reading it again would give. */
static void
test_delete (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first
      = deliver (fixture, "one", "application/pdf", "a.pdf", text_documents_pdf ("pelican"));
  g_autofree char *second
      = deliver (fixture, "two", "application/pdf", "a.pdf", text_documents_pdf ("pelican"));

  read_with (fixture, "no-such-program");
  g_assert_cmpint (count_entries (fixture, "pelican"), ==, 2);
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT refs FROM texts"), ==, 2);
  mun_archive_move_message (fixture->archive, first, "a/Other", &error);
  g_assert_no_error (error);
  assert_found (fixture, "pelican", "two,one");
  mun_archive_delete_message (fixture->archive, first, &error);
  g_assert_no_error (error);
  assert_found (fixture, "pelican", "two");
  g_assert_cmpint (count_entries (fixture, "pelican"), ==, 1);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
  mun_archive_delete_message (fixture->archive, second, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_entries (fixture, "pelican"), ==, 0);
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT count(*) FROM texts"), ==, 0);
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT count(*) FROM message_texts"), ==, 0);
  g_assert_cmpint (archive_fixture_get_int (fixture,
                                            "SELECT count(*) FROM meta WHERE key = 'stale_rows'"),
                   ==, 0);
}

/* The other way round: what was not read then must not be taken out now. */
static void
test_delete_unread (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL, *second = NULL;

  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  read_with (fixture, "no-such-program");
  first = deliver (fixture, "unread", "application/pdf", "a.pdf", text_documents_pdf ("pelican"));
  assert_gap (fixture, first, "not read, as munimentd-text could not run");
  read_with (fixture, NULL);
  second = deliver (fixture, "read", "application/pdf", "a.pdf", text_documents_pdf ("pelican"));
  mun_archive_delete_message (fixture->archive, first, &error);
  g_assert_no_error (error);
  assert_found (fixture, "pelican", "read");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* A text that is damaged leaves a stale entry, which searches skip; verification names it. */
static void
test_damaged_text (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id
      = deliver (fixture, "one", "application/pdf", "a.pdf", text_documents_pdf ("pelican"));
  g_autofree char *path = archive_fixture_dup_catalogue (fixture), *report = NULL;
  g_autoptr (MunDatabase) database = mun_database_open (path, MUN_DATABASE_WRITER, &error);

  g_assert_no_error (error);
  g_assert_true (mun_database_exec (database, "UPDATE texts SET record = zeroblob(200)", &error));
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, &report), ==, 1);
  g_assert_nonnull (strstr (report, "text 1 of an attachment"));
  mun_archive_delete_message (fixture->archive, id, &error);
  g_assert_no_error (error);
  assert_found (fixture, "pelican", "");
  g_assert_cmpint (archive_fixture_get_int (fixture,
                                            "SELECT value FROM meta WHERE key = 'stale_rows'"),
                   ==, 1);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* A store of the version before takes texts, too. */
static void
test_migration (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = archive_fixture_dup_catalogue (fixture), *id = NULL;
  MunDatabase *database;

  mun_archive_close (fixture->archive);
  database = mun_database_open (path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  g_assert_true (mun_database_exec (database,
                                    "DROP TABLE texts; DROP TABLE message_texts;"
                                    "DROP TABLE folder_blocks;"
                                    "DELETE FROM schema_version WHERE version >= 2",
                                    &error));
  mun_database_close (database);
  archive_fixture_reopen (fixture);
  id = deliver (fixture, "one", "application/pdf", "a.pdf", text_documents_pdf ("pelican"));
  assert_found (fixture, "pelican", "one");
}

/* An index that is made anew has what was read when the message came, whoever could read it now. */
static void
test_index_anew (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = archive_fixture_dup_catalogue (fixture), *id = NULL;
  MunDatabase *database;

  id = deliver (fixture, "one", "application/pdf", "a.pdf", text_documents_pdf ("pelican"));
  mun_archive_close (fixture->archive);
  database = mun_database_open (path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  g_assert_true (mun_database_exec (database,
                                    "UPDATE meta SET value = 1 WHERE key = 'index_version'",
                                    &error));
  mun_database_close (database);
  archive_fixture_reopen (fixture);
  read_with (fixture, "no-such-program");
  mun_archive_await_indexes (fixture->archive, NULL, &error);
  g_assert_no_error (error);
  assert_found (fixture, "pelican", "one");
  mun_archive_delete_message (fixture->archive, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_entries (fixture, "pelican"), ==, 0);
}

/* A text that is damaged costs the new index that text alone. */
static void
test_index_anew_damaged (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = archive_fixture_dup_catalogue (fixture), *id = NULL;
  MunDatabase *database;

  id = deliver (fixture, "one", "application/pdf", "a.pdf", text_documents_pdf ("pelican"));
  mun_archive_close (fixture->archive);
  database = mun_database_open (path, MUN_DATABASE_WRITER, &error);
  g_assert_no_error (error);
  g_assert_true (mun_database_exec (database,
                                    "UPDATE texts SET record = zeroblob (200);"
                                    "UPDATE meta SET value = 1 WHERE key = 'index_version'",
                                    &error));
  mun_database_close (database);
  archive_fixture_reopen (fixture);
  mun_archive_await_indexes (fixture->archive, NULL, &error);
  g_assert_no_error (error);
  assert_found (fixture, "pelican", "");
  assert_found (fixture, "one", "one");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* What was read in attachments stands in the catalogue: one that is lost is read again. */
static void
test_recovered (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = archive_fixture_dup_catalogue (fixture), *id = NULL, *report = NULL;

  id = deliver (fixture, "one", "application/pdf", "a.pdf", text_documents_pdf ("pelican"));
  mun_archive_close (fixture->archive);
  g_assert_cmpint (g_unlink (path), ==, 0);
  archive_fixture_reopen (fixture);
  mun_archive_recover_store (fixture->archive, 1, FALSE, NULL, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  assert_found (fixture, "attachment:pelican", "one");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
  mun_archive_delete_message (fixture->archive, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_entries (fixture, "pelican"), ==, 0);
}

#define ADD(name, func)                                                                            \
  g_test_add (name, ArchiveFixture, NULL, archive_fixture_set_up, func, archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/texts/found", test_found);
  ADD ("/texts/snippet", test_snippet);
  ADD ("/texts/wrapped", test_wrapped);
  ADD ("/texts/signed-message", test_signed_message);
  ADD ("/texts/gaps", test_gaps);
  ADD ("/texts/too-many", test_too_many);
  ADD ("/texts/cancelled", test_cancelled);
  ADD ("/texts/delete", test_delete);
  ADD ("/texts/delete-unread", test_delete_unread);
  ADD ("/texts/damaged-text", test_damaged_text);
  ADD ("/texts/migration", test_migration);
  ADD ("/texts/index-anew", test_index_anew);
  ADD ("/texts/index-anew-damaged", test_index_anew_damaged);
  ADD ("/texts/recovered", test_recovered);
  return g_test_run ();
}
