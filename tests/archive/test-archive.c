/* test-archive.c: deliveries, messages, folders, stores */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"

#include "errors.h"
#include "json.h"

#include <string.h>

static GBytes *
numbered (guint n)
{
  g_autofree char *subject = g_strdup_printf ("message %u", n);

  return archive_fixture_message ("a@example.com", "b@example.com", subject, 1700000000 + n,
                                  "body");
}

static void
assert_bytes (MunArchive *archive, const char *id, GBytes *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) read = mun_archive_read_message (archive, id, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (read, expected));
}

/* A message with a large attachment, that comes again inside another message. */
static GBytes *
with_attachment (const char *subject, guint lines)
{
  GString *text = g_string_new (NULL);

  g_string_printf (
      text,
      "From: a@example.com\r\nSubject: %s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\n\r\ntext of %s\r\n--b\r\nContent-Type: application/octet-stream; name=x.bin\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n",
      subject, subject);
  for (guint i = 0; i < lines; i++) {
    g_autofree char *digest
        = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *)&i, sizeof i);

    g_string_append_printf (text, "%.60s\r\n", digest);
  }
  g_string_append (text, "--b--\r\n");
  return g_string_free_to_bytes (text);
}

/* An attachment in base64 takes the room of its bytes, in each of the pieces that it is cut into,
 * and comes back as it was written. */
static void
test_base64 (ArchiveFixture *fixture, gconstpointer data)
{
  gsize size = 2500000;
  g_autofree guint8 *bytes = g_malloc (size);
  g_autofree char *text = NULL;
  g_autoptr (GString) message = g_string_new (
      "From: a@example.com\r\nSubject: photograph\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
      "Content-Type: image/jpeg; name=x.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n");
  g_autoptr (GBytes) raw = NULL;
  g_autofree char *id = NULL;

  for (gsize i = 0; i < size; i++)
    bytes[i] = g_test_rand_int_range (0, 256);
  text = g_base64_encode (bytes, size);
  for (const char *p = text; *p != '\0'; p += MIN (76, strlen (p)))
    g_string_append_printf (message, "%.76s\r\n", p);
  g_string_append (message, "--b--\r\n");
  raw = g_bytes_new (message->str, message->len);
  id = archive_fixture_deliver (fixture->archive, raw, "anna/EML x/Inbox");
  assert_bytes (fixture->archive, id, raw);
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT count(*) FROM pieces"), >, 3);
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT sum(length) FROM pieces"), <,
                   (gint64)size + 2000);
}

static void
test_deliver (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = numbered (1);
  g_autofree char *id = archive_fixture_deliver (fixture->archive, raw, "anna/EML x/Inbox");
  g_autoptr (JsonObject) info = mun_archive_message_info (fixture->archive, id, NULL);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, raw);

  g_assert_true (g_str_has_prefix (id, "1:"));
  assert_bytes (fixture->archive, id, raw);
  g_assert_cmpstr (mun_json_get_string (info, "id", NULL), ==, id);
  g_assert_cmpstr (mun_json_get_string (info, "sha256", NULL), ==, sha256);
  g_assert_cmpstr (mun_json_get_string (info, "folder", NULL), ==, "anna/EML x/Inbox");
  g_assert_cmpstr (mun_json_get_string (info, "subject", NULL), ==, "message 1");
  g_assert_cmpint (mun_json_get_int (info, "date", 0), ==, 1700000001);
  g_assert_cmpint (mun_json_get_int (info, "size", 0), ==, g_bytes_get_size (raw));
  g_assert_cmpint (mun_json_get_int (info, "pieces", 0), ==, 1);
  archive_fixture_reopen (fixture);
  assert_bytes (fixture->archive, id, raw);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static void
test_duplicates (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = numbered (1);
  MunDeliveryResult result;
  g_autofree char *first
      = archive_fixture_deliver_key (fixture->archive, raw, "anna/EML x/Inbox", "k1", &result);
  g_autofree char *second = NULL, *third = NULL, *fourth = NULL, *folder = NULL, *known = NULL;

  g_assert_cmpint (result, ==, MUN_DELIVERY_ARCHIVED);
  /* Another folder of the same scope: the same message. */
  second = archive_fixture_deliver_key (fixture->archive, raw, "anna/EML x/Sent", "k2", &result);
  g_assert_cmpint (result, ==, MUN_DELIVERY_DUPLICATE);
  g_assert_cmpstr (second, ==, first);
  /* Another scope, another archive: messages of their own. */
  third = archive_fixture_deliver_key (fixture->archive, raw, "anna/Mbox y/Inbox", NULL, &result);
  g_assert_cmpint (result, ==, MUN_DELIVERY_ARCHIVED);
  fourth = archive_fixture_deliver_key (fixture->archive, raw, "bert/EML x/Inbox", NULL, &result);
  g_assert_cmpint (result, ==, MUN_DELIVERY_ARCHIVED);
  g_assert_cmpstr (third, !=, fourth);
  g_assert_cmpint (mun_archive_find_source_key (fixture->archive, "anna/EML x", "k2", &known,
                                                &folder, NULL),
                   ==, MUN_KNOWN_YES);
  g_assert_cmpstr (known, ==, first);
  g_assert_cmpstr (folder, ==, "anna/EML x/Inbox");
  g_assert_cmpint (mun_archive_find_source_key (fixture->archive, "bert/EML x", "k2", NULL, NULL,
                                                NULL),
                   ==, MUN_KNOWN_NO);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static void
test_batch (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  MunDelivery deliveries[50] = { 0 };
  g_autoptr (GError) error = NULL;
  guint archived = 0, duplicates = 0;

  for (guint i = 0; i < 50; i++) {
    /* Every message twice, and one that cannot be placed. */
    deliveries[i].raw = numbered (i / 2);
    deliveries[i].folder = i == 49 ? "//" : "anna/EML x/Inbox";
    g_ptr_array_add (items, &deliveries[i]);
  }
  g_assert_true (
      mun_archive_deliver (fixture->archive, (MunDelivery **)items->pdata, 50, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 50; i++) {
    archived += deliveries[i].result == MUN_DELIVERY_ARCHIVED;
    duplicates += deliveries[i].result == MUN_DELIVERY_DUPLICATE;
  }
  g_assert_cmpuint (archived, ==, 25);
  g_assert_cmpuint (duplicates, ==, 24);
  g_assert_error (deliveries[49].error, MUN_ERROR, MUN_ERROR_INVALID);
  for (guint i = 0; i < 50; i++) {
    mun_delivery_clear (&deliveries[i]);
    g_bytes_unref (deliveries[i].raw);
  }
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static void
test_pieces (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) first = with_attachment ("one", 2000);
  g_autoptr (GBytes) second = with_attachment ("two", 2000);
  g_autofree char *id1 = archive_fixture_deliver (fixture->archive, first, "anna/EML x/Inbox");
  g_autoptr (JsonArray) before = mun_archive_list_stores (fixture->archive, TRUE);
  g_autofree char *id2 = archive_fixture_deliver (fixture->archive, second, "anna/EML x/Inbox");
  g_autoptr (JsonObject) info = mun_archive_message_info (fixture->archive, id2, NULL);
  g_autofree char *path = g_build_filename (fixture->dir, "stores/1/contents/000001.mun", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) status
      = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, 0, NULL, NULL);

  g_assert_cmpint (mun_json_get_int (info, "pieces", 0), ==, 2);
  g_assert_true (mun_json_get_bool (info, "hasAttachments", FALSE));
  assert_bytes (fixture->archive, id1, first);
  assert_bytes (fixture->archive, id2, second);
  /* The attachment was stored once. */
  g_assert_cmpint (g_file_info_get_size (status), <, 100000);
  g_assert_true (mun_archive_delete_message (fixture->archive, id1, NULL));
  assert_bytes (fixture->archive, id2, second);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static void
test_large (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = with_attachment ("large", 60000);
  g_autofree char *id = archive_fixture_deliver (fixture->archive, raw, "anna/EML x/Inbox");
  g_autoptr (JsonObject) info = mun_archive_message_info (fixture->archive, id, NULL);

  assert_bytes (fixture->archive, id, raw);
  g_assert_cmpint (mun_json_get_int (info, "pieces", 0), ==, 5);
}

static void
test_odd_bytes (ArchiveFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *bytes;
    gsize length;
  } cases[] = { { "", 0 }, { "\0\0\0", 3 }, { "\n", 1 }, { "From: x\r\n\r\n\0\xff\xfe", 14 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) raw = g_bytes_new (cases[i].bytes, cases[i].length);
    g_autofree char *id = archive_fixture_deliver (fixture->archive, raw, "anna/EML x");
    g_autoptr (JsonObject) info = mun_archive_message_info (fixture->archive, id, NULL);

    assert_bytes (fixture->archive, id, raw);
    g_assert_cmpint (mun_json_get_bool (info, "damaged", FALSE), ==, i < 3);
    g_assert_cmpint (mun_json_has (info, "damageNote"), ==, i < 3);
  }
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static void
test_move (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = numbered (1);
  g_autofree char *id
      = archive_fixture_deliver_key (fixture->archive, raw, "anna/EML x/Inbox", "k", NULL);
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autofree char *folder = NULL, *found = NULL, *missed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mun_archive_move_message (fixture->archive, id, "anna/EML x/Done/2026", &error));
  g_assert_no_error (error);
  mun_archive_find_source_key (fixture->archive, "anna/EML x", "k", NULL, &folder, NULL);
  g_assert_cmpstr (folder, ==, "anna/EML x/Done/2026");
  query->text = g_strdup ("message");
  query->folder = g_strdup ("anna/EML x/Done");
  query->recurse = TRUE;
  found = archive_fixture_find (fixture->archive, query);
  g_assert_cmpstr (found, ==, "message 1");
  g_free (query->folder);
  query->folder = g_strdup ("anna/EML x/Inbox");
  missed = archive_fixture_find (fixture->archive, query);
  g_assert_cmpstr (missed, ==, "");
  g_assert_false (mun_archive_move_message (fixture->archive, "1:77", "anna/y", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

static void
test_delete (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = numbered (1);
  g_autofree char *id
      = archive_fixture_deliver_key (fixture->archive, raw, "anna/EML x/Inbox", "k", NULL);
  g_autofree char *again = NULL, *found = NULL;
  g_autoptr (GError) error = NULL;
  guint64 messages, bytes;

  g_assert_true (mun_archive_delete_message (fixture->archive, id, &error));
  g_assert_null (mun_archive_read_message (fixture->archive, id, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  found = archive_fixture_find_text (fixture->archive, "message");
  g_assert_cmpstr (found, ==, "");
  mun_archive_get_totals (fixture->archive, &messages, &bytes);
  g_assert_cmpuint (messages, ==, 0);
  g_assert_cmpuint (bytes, ==, 0);
  /* Its source knows that it is not to come back by itself. */
  g_assert_cmpint (mun_archive_find_source_key (fixture->archive, "anna/EML x", "k", NULL, NULL,
                                                NULL),
                   ==, MUN_KNOWN_DELETED);
  again = archive_fixture_deliver (fixture->archive, raw, "anna/EML x/Inbox");
  g_assert_cmpstr (again, !=, id);
  assert_bytes (fixture->archive, again, raw);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* "name(count)" of a tree, children in brackets. */
static void
print_tree (JsonArray *folders, GString *out)
{
  for (guint i = 0; i < json_array_get_length (folders); i++) {
    JsonObject *folder = json_array_get_object_element (folders, i);
    JsonArray *children = mun_json_get_array (folder, "childFolders");

    g_string_append_printf (out, "%s%s(%" G_GINT64_FORMAT ")", i > 0 ? " " : "",
                            mun_json_get_string (folder, "name", ""),
                            mun_json_get_int (folder, "count", -1));
    if (json_array_get_length (children) > 0) {
      g_string_append_c (out, '[');
      print_tree (children, out);
      g_string_append_c (out, ']');
    }
  }
}

static void
assert_tree (MunArchive *archive, const char *path, guint levels, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) folders = mun_archive_list_folders (archive, path, levels, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  print_tree (folders, text);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_folders (ArchiveFixture *fixture, gconstpointer data)
{
  MunArchive *archive = fixture->archive;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) statistics = NULL;
  g_autofree char *found = NULL, *id = NULL;
  g_autoptr (MunQuery) query = mun_query_new ();

  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) raw = numbered (i);

    g_free (archive_fixture_deliver (archive, raw, "anna/EML x/Inbox"));
    g_free (archive_fixture_deliver (archive, raw, i == 0 ? "bert/M" : "bert/M/Deep/Er"));
  }
  g_assert_true (mun_archive_create_folder (archive, "anna/Empty/Er", &error));
  assert_tree (archive, NULL, 0,
               "anna(0)[EML x(0)[Inbox(3)] Empty(0)[Er(0)]] bert(0)[M(1)[Deep(0)[Er(2)]]]");
  assert_tree (archive, "anna", 1, "EML x(0) Empty(0)");
  statistics = mun_archive_folder_statistics (archive);
  g_assert_cmpuint (json_array_get_length (statistics), ==, 2);
  g_assert_cmpint (mun_json_get_int (json_array_get_object_element (statistics, 0), "count", 0), ==,
                   3);
  g_assert_cmpint (mun_archive_delete_empty_folders (archive, NULL, &error), ==, 2);
  /* Renaming an archive, moving a folder inside one and into another one. */
  g_assert_true (mun_archive_rename_archive (archive, "anna", "anna.new", &error));
  g_assert_true (mun_archive_move_folder (archive, "bert/M/Deep", "bert/Moved", &error));
  g_assert_true (
      mun_archive_move_folder (archive, "bert/Moved/Er", "anna.new/EML x/From Bert", &error));
  g_assert_no_error (error);
  assert_tree (archive, NULL, 0,
               "anna.new(0)[EML x(0)[From Bert(2) Inbox(3)]] bert(0)[M(1) Moved(0)]");
  query->text = g_strdup ("message");
  query->archives = g_strsplit ("anna.new", ",", -1);
  found = archive_fixture_find (archive, query);
  g_assert_cmpstr (found, ==, "message 2,message 2,message 1,message 1,message 0");
  g_assert_cmpuint (archive_fixture_verify (archive, NULL), ==, 0);

  g_assert_false (mun_archive_move_folder (archive, "bert", "anna.new", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (mun_archive_move_folder (archive, "bert", "bert/M/bert", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (mun_archive_move_folder (archive, "nobody", "somebody", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (mun_archive_list_folders (archive, "nobody", 1, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
}

static void
test_stores (ArchiveFixture *fixture, gconstpointer data)
{
  MunArchive *archive = fixture->archive;
  g_autoptr (GBytes) raw = numbered (1), other = numbered (2);
  g_autofree char *id = archive_fixture_deliver (archive, raw, "anna/EML x/Inbox");
  g_autofree char *id2 = NULL, *again = NULL, *found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) stores = NULL;
  MunDeliveryResult result;
  gint64 store;

  g_assert_false (mun_archive_set_store_state (archive, 1, "normal", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&error);
  store = mun_archive_create_store (archive, "second", "current", &error);
  g_assert_no_error (error);
  g_assert_cmpint (store, ==, 2);
  g_assert_cmpint (mun_archive_get_current_store (archive), ==, 2);
  g_assert_cmpint (mun_archive_create_store (archive, "Second", NULL, &error), ==, 0);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_EXISTS);
  g_clear_error (&error);
  /* The scope reaches over the stores. */
  again = archive_fixture_deliver_key (archive, raw, "anna/EML x/Sent", NULL, &result);
  g_assert_cmpint (result, ==, MUN_DELIVERY_DUPLICATE);
  g_assert_cmpstr (again, ==, id);
  id2 = archive_fixture_deliver (archive, other, "anna/EML x/Inbox");
  g_assert_true (g_str_has_prefix (id2, "2:"));
  assert_tree (archive, NULL, 0, "anna(0)[EML x(0)[Inbox(2)]]");
  found = archive_fixture_find_text (archive, "message");
  g_assert_cmpstr (found, ==, "message 2,message 1");

  g_assert_true (mun_archive_set_store_state (archive, 1, "writeProtected", &error));
  g_assert_false (mun_archive_delete_message (archive, id, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (mun_archive_move_folder (archive, "anna", "x", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY);
  g_clear_error (&error);
  g_assert_true (mun_archive_set_store_state (archive, 1, "disabled", &error));
  g_assert_null (mun_archive_read_message (archive, id, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  archive_fixture_reopen (fixture);
  stores = mun_archive_list_stores (fixture->archive, TRUE);
  g_assert_cmpuint (json_array_get_length (stores), ==, 2);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (stores, 0), "requestedState",
                                        ""),
                   ==, "disabled");
  g_assert_true (mun_archive_set_store_state (fixture->archive, 1, "normal", &error));
  assert_bytes (fixture->archive, id, raw);
  g_assert_no_error (error);
}

static void
test_lock (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunSecret) wrong = mun_secret_new ("fedcba9876543210fedcba9876543210", 32);
  g_autoptr (MunArchive) second = mun_archive_open (fixture->dir, fixture->key, &error);
  g_autoptr (JsonArray) stores = NULL;

  g_assert_null (second);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, fixture->dir));
  g_clear_error (&error);
  g_clear_object (&fixture->archive);
  /* With another master key the store says so, and nothing is lost. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  second = mun_archive_open (fixture->dir, wrong, &error);
  g_assert_no_error (error);
  stores = mun_archive_list_stores (second, FALSE);
  g_assert_nonnull (mun_json_get_string (json_array_get_object_element (stores, 0), "error", NULL));
  g_clear_object (&second);
  archive_fixture_reopen (fixture);
}

/* Several threads deliver at once: their commits share transactions, and nothing gets mixed up. */
static gpointer
deliver_thread (gpointer data)
{
  MunArchive *archive = data;
  g_autofree char *folder = g_strdup_printf ("user%p/EML x/Inbox", (void *)g_thread_self ());

  for (guint i = 0; i < 40; i++) {
    g_autoptr (GBytes) raw = numbered (i);

    g_free (archive_fixture_deliver (archive, raw, folder));
  }
  return NULL;
}

static void
test_threads (ArchiveFixture *fixture, gconstpointer data)
{
  GThread *threads[4];
  guint64 messages, bytes;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, deliver_thread, fixture->archive);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  mun_archive_get_totals (fixture->archive, &messages, &bytes);
  g_assert_cmpuint (messages, ==, 160);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

#define ADD(name, func)                                                                            \
  g_test_add (name, ArchiveFixture, NULL, archive_fixture_set_up, func, archive_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/archive/deliver", test_deliver);
  ADD ("/archive/base64", test_base64);
  ADD ("/archive/duplicates", test_duplicates);
  ADD ("/archive/batch", test_batch);
  ADD ("/archive/pieces", test_pieces);
  ADD ("/archive/large", test_large);
  ADD ("/archive/odd-bytes", test_odd_bytes);
  ADD ("/archive/move", test_move);
  ADD ("/archive/delete", test_delete);
  ADD ("/archive/folders", test_folders);
  ADD ("/archive/stores", test_stores);
  ADD ("/archive/lock", test_lock);
  ADD ("/archive/threads", test_threads);
  return g_test_run ();
}
