/* test-archive-client.c: archives, folders, searches, messages of munimentd and of a
 * MailStore-shaped server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "client.h"
#include "errors.h"
#include "json.h"
#include "mailstore-process.h"
#include "raw-server.h"
#include "test-server.h"
#include "wait.h"

#include <string.h>

#define MESSAGES 5
#define TOKEN "{\"tokenInformation\":{\"access_token\":\"tok\",\"expires_in\":300}}"

static TestServer *server;
static char *raws[MESSAGES + 1]; /* what was uploaded */

static MunArchiveClient *
make_client (guint port, const char *fingerprint, const char *user, const char *password)
{
  MunArchiveClient *client = mun_archive_client_new ("127.0.0.1", port, fingerprint);
  g_autoptr (MunSecret) secret = mun_secret_new (password, strlen (password));

  mun_archive_client_set_account (client, user, secret);
  return client;
}

static MunArchiveClient *
make_real (void)
{
  return make_client (server->web_port, server->fingerprint, TEST_ADMIN, TEST_PASSWORD);
}

static gboolean
connect (MunArchiveClient *client, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_archive_client_connect_async (client, NULL, keep_result_cb, &result);
  wait_result (&result);
  return mun_archive_client_connect_finish (client, result, error);
}

static void
assert_refused (MunArchiveClient *client, MunError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (connect (client, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, MUN_ERROR, (int)code);
}

static GPtrArray *
list_archives (MunArchiveClient *client, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_archive_client_list_archives_async (client, NULL, keep_result_cb, &result);
  wait_result (&result);
  return mun_archive_client_list_archives_finish (client, result, error);
}

static GPtrArray *
list_folders (MunArchiveClient *client, const char *archive, const char *path)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *folders;

  mun_archive_client_list_folders_async (client, archive, path, NULL, keep_result_cb, &result);
  wait_result (&result);
  folders = mun_archive_client_list_folders_finish (client, result, &error);
  g_assert_no_error (error);
  return folders;
}

static MunRemoteSearch *
search (MunArchiveClient *client, const char *criteria, const char *sort, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_archive_client_search_async (client, mun_json_parse_object (criteria, -1, NULL), sort, NULL,
                                   keep_result_cb, &result);
  wait_result (&result);
  return mun_archive_client_search_finish (client, result, error);
}

static GPtrArray *
get_page (MunRemoteSearch *found, guint start, guint count, const char *sort)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *page;

  mun_remote_search_get_page_async (found, start, count, sort, NULL, keep_result_cb, &result);
  wait_result (&result);
  page = mun_remote_search_get_page_finish (found, result, &error);
  g_assert_no_error (error);
  return page;
}

static const char *
text_of (GPtrArray *records, guint index, const char *member)
{
  g_assert_cmpuint (index, <, records->len);
  return mun_record_get_string (g_ptr_array_index (records, index), member, NULL);
}

static GBytes *
download (MunArchiveClient *client, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_archive_client_download_async (client, id, NULL, keep_result_cb, &result);
  wait_result (&result);
  return mun_archive_client_download_finish (client, result, error);
}

static JsonObject *
archive_info (MunArchiveClient *client, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_archive_client_archive_info_async (client, id, NULL, keep_result_cb, &result);
  wait_result (&result);
  return mun_archive_client_archive_info_finish (client, result, error);
}

static JsonObject *
upload (MunArchiveClient *client, const char *folder, char **messages, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (; *messages != NULL; messages++)
    g_ptr_array_add (list, g_bytes_new (*messages, strlen (*messages)));
  mun_archive_client_upload_async (client, folder, list, NULL, keep_result_cb, &result);
  wait_result (&result);
  return mun_archive_client_upload_finish (client, result, error);
}

/* --- a real server --- */

static void
test_upload (void)
{
  g_autoptr (MunArchiveClient) client = make_real ();
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) first = upload (client, "admin/Räume & Co/Inbox", raws, &error);
  g_autoptr (JsonObject) second = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (mun_json_get_int (first, "archived", -1), ==, MESSAGES);
  second = upload (client, "admin/Räume & Co/Inbox", raws, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mun_json_get_int (second, "archived", -1), ==, 0);
  g_assert_cmpint (mun_json_get_int (second, "skipped", -1), ==, MESSAGES);
}

static void
test_folders (void)
{
  g_autoptr (MunArchiveClient) client = make_real ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) archives = list_archives (client, &error);
  g_autoptr (GPtrArray) top = NULL;
  g_autoptr (GPtrArray) below = NULL;
  g_autoptr (GPtrArray) deepest = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (archives->len, ==, 1);
  g_assert_cmpstr (text_of (archives, 0, "name"), ==, "admin");
  top = list_folders (client, "admin", NULL);
  g_assert_cmpuint (top->len, ==, 1);
  g_assert_cmpstr (text_of (top, 0, "fullPath"), ==, "Räume & Co");
  g_assert_true (mun_record_get_bool (g_ptr_array_index (top, 0), "hasChildren", FALSE));
  below = list_folders (client, "admin", "Räume & Co");
  g_assert_cmpstr (text_of (below, 0, "fullPath"), ==, "Räume & Co/Inbox");
  g_assert_cmpstr (text_of (below, 0, "name"), ==, "Inbox");
  /* without folders: an empty list, not an error */
  deepest = list_folders (client, "admin", "Räume & Co/Inbox");
  g_assert_cmpuint (deepest->len, ==, 0);
}

static void
test_search (void)
{
  g_autoptr (MunArchiveClient) client = make_real ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRemoteSearch) all = search (client, "{}", "s-asc", &error);
  g_autoptr (MunRemoteSearch) one = NULL;
  g_autoptr (MunRemoteSearch) none = NULL;
  g_autoptr (MunRemoteSearch) folder = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) last = NULL;
  g_autoptr (GPtrArray) turned = NULL;
  g_autoptr (GPtrArray) beyond = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (mun_remote_search_get_count (all), ==, MESSAGES);
  first = get_page (all, 0, 2, NULL);
  last = get_page (all, 4, 2, NULL);
  turned = get_page (all, 0, 1, "s-desc");
  beyond = get_page (all, 100, 2, NULL);
  g_assert_cmpuint (first->len, ==, 2);
  g_assert_cmpstr (text_of (first, 0, "subject"), ==, "subject0");
  g_assert_cmpstr (text_of (first, 1, "subject"), ==, "subject1");
  g_assert_cmpuint (last->len, ==, 1);
  g_assert_cmpstr (text_of (last, 0, "subject"), ==, "subject4");
  g_assert_cmpstr (text_of (turned, 0, "subject"), ==, "subject4");
  g_assert_cmpstr (text_of (first, 0, "folder"), ==, "admin/Räume & Co/Inbox");
  g_assert_cmpuint (beyond->len, ==, 0);

  one = search (client, "{\"query\":\"body3\"}", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mun_remote_search_get_count (one), ==, 1);
  none = search (client, "{\"query\":\"body3\",\"queryMessageBody\":false}", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mun_remote_search_get_count (none), ==, 0);
  folder
      = search (client, "{\"folder\":\"admin/Räume & Co\",\"folderRecurse\":false}", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mun_remote_search_get_count (folder), ==, 0);
}

/* Only who asks for snippets gets them. */
static void
test_snippets (void)
{
  g_autoptr (MunArchiveClient) client = make_real ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRemoteSearch) found = search (client, "{\"query\":\"body3\"}", NULL, &error);
  g_autoptr (GPtrArray) without = NULL, with = NULL;
  g_auto (GStrv) words = NULL;

  g_assert_no_error (error);
  without = get_page (found, 0, 1, NULL);
  mun_remote_search_set_snippets (found, TRUE);
  with = get_page (found, 0, 1, NULL);
  g_assert_false (mun_record_has (g_ptr_array_index (without, 0), "snippet"));
  words = mun_record_get_strings (g_ptr_array_index (with, 0), "snippet/words");
  g_assert_cmpuint (g_strv_length (words), ==, 1);
  g_assert_cmpstr (words[0], ==, "body3");
  g_assert_nonnull (strstr (text_of (with, 0, "snippet/text"), "body3"));
}

static void
test_message_parts (void)
{
  g_autoptr (MunArchiveClient) client = make_real ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRemoteSearch) found = search (client, "{}", "s-asc", &error);
  g_autoptr (GPtrArray) page = NULL;

  g_assert_no_error (error);
  page = get_page (found, 0, MESSAGES, NULL);
  for (guint i = 0; i < MESSAGES; i++) {
    g_autoptr (GBytes) bytes = download (client, text_of (page, i, "id"), &error);
    g_autoptr (JsonObject) info = archive_info (client, text_of (page, i, "id"), &error);
    g_autofree char *digest
        = g_compute_checksum_for_string (G_CHECKSUM_SHA256, raws[i], strlen (raws[i]));

    g_assert_no_error (error);
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), raws[i],
                     strlen (raws[i]));
    g_assert_cmpint (g_ascii_strcasecmp (mun_json_get_string (info, "sha256", ""), digest), ==, 0);
    g_assert_cmpint (mun_json_get_int (info, "size", 0), ==, (gint64)strlen (raws[i]));
  }
  g_assert_null (download (client, "1:999999", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (download (client, "no id", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (archive_info (client, "1:", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
}

static void
test_sign_in (void)
{
  g_autoptr (MunArchiveClient) wrong
      = make_client (server->web_port, server->fingerprint, TEST_ADMIN, "geheim");
  g_autoptr (MunArchiveClient) unknown
      = make_client (server->web_port, NULL, TEST_ADMIN, TEST_PASSWORD);
  g_autofree char *zeros = g_strnfill (64, '0');
  g_autoptr (MunArchiveClient) changed
      = make_client (server->web_port, zeros, TEST_ADMIN, TEST_PASSWORD);
  g_autoptr (MunSecret) right = mun_secret_new (TEST_PASSWORD, strlen (TEST_PASSWORD));
  g_autoptr (GError) error = NULL;

  assert_refused (wrong, MUN_ERROR_AUTHENTICATION);
  mun_archive_client_set_account (wrong, TEST_ADMIN, right);
  g_assert_true (connect (wrong, &error));
  assert_refused (unknown, MUN_ERROR_UNTRUSTED);
  g_assert_true (
      mun_archive_client_set_pinned (unknown, mun_server_certificate_get_fingerprint (
                                                  mun_archive_client_get_certificate (unknown))));
  g_assert_true (connect (unknown, &error));
  assert_refused (changed, MUN_ERROR_CERTIFICATE_CHANGED);
}

/* Somebody else's archive is not read without leave. */
static void
test_denied (void)
{
  g_autoptr (MunArchiveClient) ann = NULL;
  g_autoptr (GPtrArray) archives = NULL;
  g_autoptr (JsonObject) reply = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (
      test_server_call_ok (server, "CreateUser", "userName=ann&privileges=login&password=secret"));
  ann = make_client (server->web_port, server->fingerprint, "ann", "secret");
  archives = list_archives (ann, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < archives->len; i++)
    g_assert_cmpstr (text_of (archives, i, "name"), !=, "admin");
  reply = upload (ann, "admin/Inbox", raws, &error);
  g_assert_null (reply);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DENIED);
}

/* --- a MailStore-shaped server --- */

/* Its tokens are good for three requests: the client signs in again by itself. */
static void
test_renewal (void)
{
  guint16 admin_port;
  guint16 web_port;
  g_autofree char *fingerprint = NULL;
  GSubprocess *mailstore = mailstore_start ("--token-uses=3", &admin_port, &web_port, &fingerprint);
  g_autoptr (MunArchiveClient) client = make_client (web_port, fingerprint, "admin", "password");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 8; i++) {
    g_autoptr (GPtrArray) archives = list_archives (client, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (archives->len, ==, 2);
    g_assert_true (mun_record_has (g_ptr_array_index (archives, 0), "vendorIcon"));
  }
  mailstore_stop (mailstore);
}

/* It keeps eight searches: the one that it dropped is run again. */
static void
test_dropped_search (void)
{
  guint16 admin_port;
  guint16 web_port;
  g_autofree char *fingerprint = NULL;
  GSubprocess *mailstore = mailstore_start (NULL, &admin_port, &web_port, &fingerprint);
  g_autoptr (MunArchiveClient) client = make_client (web_port, fingerprint, "admin", "password");
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRemoteSearch) first = search (client, "{\"query\":\"lunch\"}", NULL, &error);
  g_autoptr (GPtrArray) page = NULL;
  g_autoptr (GPtrArray) empty = NULL;
  g_autoptr (GBytes) damaged = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < 9; i++) {
    g_autoptr (MunRemoteSearch) other = search (client, "{}", NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (mun_remote_search_get_count (other), ==, 3);
  }
  page = get_page (first, 0, 10, NULL);
  g_assert_cmpuint (page->len, ==, 2);
  /* numbers and texts make the id */
  g_assert_cmpstr (text_of (page, 0, "id"), ==, "2:2");
  /* 404 for an archive without folders */
  empty = list_folders (client, "R&D <x>", NULL);
  g_assert_cmpuint (empty->len, ==, 0);
  damaged = download (client, "2:13", &error);
  g_assert_null (damaged);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
  mailstore_stop (mailstore);
}

/* --- a server that says what it is told --- */

static void
test_no_web_access (void)
{
  static const struct {
    guint status;
    const char *body;
    MunError code;
  } table[] = {
    { 404, "", MUN_ERROR_UNSUPPORTED },
    { 200, "<html></html>", MUN_ERROR_UNSUPPORTED },
    { 200, "{\"tokenInformation\":null,\"mfaCodeRequired\":true}", MUN_ERROR_UNSUPPORTED },
    { 401, "{\"message\":\"Invalid credentials.\"}", MUN_ERROR_AUTHENTICATION },
    { 500, "", MUN_ERROR_FAILED },
  };
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (MunArchiveClient) client = make_client (raw->port, raw->fingerprint, "admin", "x");

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    raw_server_push_reply (raw, table[i].status, NULL, table[i].body);
    assert_refused (client, table[i].code);
  }
}

/* A token is renewed once, not for ever. */
static void
test_renewed_once (void)
{
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (MunArchiveClient) client = make_client (raw->port, raw->fingerprint, "admin", "x");
  g_autoptr (GError) error = NULL;

  raw_server_push_reply (raw, 200, NULL, TOKEN);
  raw_server_push_reply (raw, 401, NULL, "");
  raw_server_push_reply (raw, 200, NULL, TOKEN);
  raw_server_push_reply (raw, 401, NULL, "{\"message\":\"No.\"}");
  g_assert_null (list_archives (client, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION);
  g_assert_nonnull (strstr (error->message, "No."));
  g_assert_cmpuint (raw->requests->len, ==, 4);
  g_assert_nonnull (strstr (raw_server_request (raw, 1), "Authorization: Bearer tok\r\n"));
}

static void
count_cb (MunRemoteSearch *search, guint *calls)
{
  (*calls)++;
}

/* Its pages can be read before it is counted; the count follows, and may be given up. */
static void
test_search_counting (void)
{
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (MunArchiveClient) client = make_client (raw->port, raw->fingerprint, "admin", "x");
  g_autoptr (MunRemoteSearch) found = NULL, given_up = NULL;
  g_autoptr (GError) error = NULL;
  guint calls = 0;

  raw_server_push_reply (raw, 200, NULL, TOKEN);
  raw_server_push_reply (raw, 200, NULL, "{\"searchId\":\"s\"}");
  raw_server_push_reply (
      raw, 200, NULL,
      "{\"status\":\"Active\",\"foundMessageCount\":0,\"foundMessageCountIsLimited\":true}");
  raw_server_push_reply (
      raw, 200, NULL,
      "{\"status\":\"Active\",\"foundMessageCount\":300,\"foundMessageCountIsLimited\":true}");
  raw_server_push_reply (
      raw, 200, NULL,
      "{\"status\":\"Active\",\"foundMessageCount\":700,\"foundMessageCountIsLimited\":true}");
  raw_server_push_reply (raw, 200, NULL,
                         "{\"status\":\"Completed\",\"foundMessageCount\":900,"
                         "\"foundMessageCountIsLimited\":false}");
  found = search (client, "{\"query\":\"x\"}", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mun_remote_search_get_count (found), ==, 300);
  g_assert_true (mun_remote_search_is_counting (found));
  g_assert_false (mun_remote_search_is_exact (found));
  g_signal_connect (found, "changed", G_CALLBACK (count_cb), &calls);
  while (calls < 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (mun_remote_search_get_count (found), ==, 700);
  g_assert_true (mun_remote_search_is_counting (found));
  while (calls < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (mun_remote_search_get_count (found), ==, 900);
  g_assert_false (mun_remote_search_is_counting (found));
  g_assert_true (mun_remote_search_is_exact (found));

  raw_server_push_reply (raw, 200, NULL, "{\"searchId\":\"t\"}");
  raw_server_push_reply (raw, 200, NULL,
                         "{\"status\":\"Completed\",\"foundMessageCount\":50,"
                         "\"foundMessageCountIsLimited\":true}");
  given_up = search (client, "{}", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mun_remote_search_get_count (given_up), ==, 50);
  g_assert_false (mun_remote_search_is_counting (given_up));
  g_assert_false (mun_remote_search_is_exact (given_up));

  /* Without a hit there is nothing to show but the reason. */
  raw_server_push_reply (raw, 200, NULL, "{\"searchId\":\"u\"}");
  raw_server_push_reply (raw, 200, NULL,
                         "{\"status\":\"Completed\",\"foundMessageCount\":0,"
                         "\"foundMessageCountIsLimited\":true,\"errorCode\":\"TooLarge\","
                         "\"errorMessage\":\"The search took too long.\"}");
  g_assert_null (search (client, "{}", NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE);
  g_assert_cmpstr (error->message, ==, "The search took too long.");
}

/* A search that fails says why; one that is still active is asked for again. */
static void
test_search_states (void)
{
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (MunArchiveClient) client = make_client (raw->port, raw->fingerprint, "admin", "x");
  g_autoptr (MunRemoteSearch) found = NULL, partial = NULL;
  g_autoptr (GError) error = NULL;
  gint64 indexed, messages;

  raw_server_push_reply (raw, 200, NULL, TOKEN);
  raw_server_push_reply (raw, 200, NULL, "{\"searchId\":17}");
  raw_server_push_reply (raw, 200, NULL, "{\"status\":\"Active\",\"foundMessageCount\":1}");
  raw_server_push_reply (raw, 200, NULL,
                         "\xef\xbb\xbf{\"status\":\"Done\",\"foundMessageCount\":4}");
  found = search (client, "{\"query\":\"x\"}", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mun_remote_search_get_count (found), ==, 4);
  g_assert_false (mun_remote_search_get_coverage (found, &indexed, &messages));
  g_assert_true (g_str_has_prefix (raw_server_request (raw, 3), "GET /api/searches/17 "));
  /* the whole form is sent */
  g_assert_nonnull (strstr (raw_server_request (raw, 1), "\"queryAttachmentContents\":true"));
  g_assert_nonnull (strstr (raw_server_request (raw, 1), "\"priority\":\"NotSpecified\""));

  raw_server_push_reply (raw, 200, NULL, "{\"searchId\":\"a b\"}");
  raw_server_push_reply (
      raw, 200, NULL, "{\"status\":\"Done\",\"errorCode\":\"Index\",\"errorMessage\":\"Gone.\"}");
  g_assert_null (search (client, "{}", NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "Gone."));
  g_assert_true (g_str_has_prefix (raw_server_request (raw, 5), "GET /api/searches/a%20b "));
  g_clear_error (&error);

  /* A sentence about what was asked stands alone. */
  raw_server_push_reply (raw, 400, NULL, "{\"message\":\"Search text, at character 3: no.\"}");
  g_assert_null (search (client, "{}", NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "Search text, at character 3: no.");
  g_clear_error (&error);
  raw_server_push_reply (raw, 413, NULL, "{\"message\":\"The search took too long.\"}");
  g_assert_null (search (client, "{}", NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE);
  g_assert_cmpstr (error->message, ==, "The search took too long.");
  g_clear_error (&error);

  /* The index is not complete. */
  raw_server_push_reply (raw, 200, NULL, "{\"searchId\":18}");
  raw_server_push_reply (raw, 200, NULL,
                         "{\"status\":\"Done\",\"foundMessageCount\":4,"
                         "\"indexedMessageCount\":12000,\"indexMessageCount\":45000}");
  partial = search (client, "{}", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (mun_remote_search_get_coverage (partial, &indexed, &messages));
  g_assert_cmpint (indexed, ==, 12000);
  g_assert_cmpint (messages, ==, 45000);

  raw_server_push_reply (raw, 200, NULL, "{}");
  g_assert_null (search (client, "{}", NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  for (guint i = 0; i < MESSAGES; i++) {
    g_autofree char *subject = g_strdup_printf ("subject%u", i);
    g_autofree char *body = g_strdup_printf ("Text of body%u, naïve.", i);

    raws[i] = test_message (subject, "ann@example.org", "bo@example.org", body);
  }
  g_test_add_func ("/client/archive/upload", test_upload);
  g_test_add_func ("/client/archive/folders", test_folders);
  g_test_add_func ("/client/archive/search", test_search);
  g_test_add_func ("/client/archive/snippets", test_snippets);
  g_test_add_func ("/client/archive/message", test_message_parts);
  g_test_add_func ("/client/archive/sign-in", test_sign_in);
  g_test_add_func ("/client/archive/denied", test_denied);
  g_test_add_func ("/client/archive/renewal", test_renewal);
  g_test_add_func ("/client/archive/dropped-search", test_dropped_search);
  g_test_add_func ("/client/archive/no-web-access", test_no_web_access);
  g_test_add_func ("/client/archive/renewed-once", test_renewed_once);
  g_test_add_func ("/client/archive/search-states", test_search_states);
  g_test_add_func ("/client/archive/search-counting", test_search_counting);
  status = g_test_run ();
  test_server_free (server);
  for (guint i = 0; i < MESSAGES; i++)
    g_free (raws[i]);
  return status;
}
