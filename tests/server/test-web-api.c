/* test-web-api.c: the Web Access API: sign-in, rights, searches, messages, upload */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "test-server.h"

#include "json.h"

#include <sqlite3.h>
#include <string.h>

static TestServer *server;
static char *admin, *ann, *bob; /* bearers */

static void
call (const char *function, const char *form)
{
  g_autoptr (JsonNode) result = test_server_call_ok (server, function, form);
}

static void
upload (const char *bearer, const char *folder, const char *first_subject, ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) messages = NULL;
  g_autoptr (JsonObject) reply = NULL;
  va_list list;

  va_start (list, first_subject);
  for (const char *subject = first_subject; subject != NULL;
       subject = va_arg (list, const char *)) {
    g_autofree char *message
        = test_message (subject, "Zoe <z@example.org>", "y@example.org", "the quick brown fox");

    g_strv_builder_add (builder, message);
  }
  va_end (list);
  messages = g_strv_builder_end (builder);
  reply = test_server_upload (server, bearer, folder, (const char *const *)messages);
  g_assert_cmpint (mun_json_get_int (reply, "archived", 0), ==, g_strv_length (messages));
}

static void
set_up (void)
{
  call ("CreateUser", "userName=ann&privileges=login,archive&password=a");
  call ("CreateUser", "userName=bob&privileges=login,archive&password=b");
  call ("CreateUser", "userName=offline&privileges=login&password=o&loginPrivileges=imap");
  call ("CreateUser", "userName=none&privileges=none&password=n");
  admin = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  ann = test_server_sign_in (server, "ann", "a");
  bob = test_server_sign_in (server, "Bob", "b");
  upload (ann, "ann/Exchange ann/Inbox", "alpha", "beta", "gamma", NULL);
  upload (ann, "ann/Exchange ann/Inbox/Sub", "delta", NULL);
  upload (bob, "bob/Inbox", "secret of bob", NULL);
}

static guint
get_status (const char *bearer, const char *path)
{
  return test_server_request (server, server->web_port, "GET", path, bearer, NULL, NULL);
}

static void
test_sign_in (void)
{
  static const struct {
    const char *json;
    guint status;
  } rows[] = {
    { "{\"username\":\"ann\",\"password\":\"wrong\",\"trustedDeviceToken\":null}", 401 },
    { "{\"username\":\"offline\",\"password\":\"o\"}", 403 },
    { "{\"username\":\"none\",\"password\":\"n\"}", 403 },
    { "{\"username\":\"ann\"}", 400 },
    { "{\"username\":7,\"password\":\"a\"}", 400 },
    { "{\"username\":\"\",\"password\":\"\"}", 400 },
    { "not json", 400 },
    { "[]", 400 },
    { "", 400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonNode) reply = NULL;

    g_test_message ("%s", rows[i].json);
    reply = test_server_post (server, NULL, "/api/authenticate/internal", rows[i].json,
                              rows[i].status);
    g_assert_nonnull (mun_json_get_string (json_node_get_object (reply), "message", NULL));
  }
}

static void
test_token (void)
{
  g_autofree char *bearer = test_server_sign_in (server, "ann", "a");
  g_autofree char *basic = test_basic ("ann", "a");

  g_assert_cmpuint (get_status (bearer, "/api/archives"), ==, 200);
  g_assert_cmpuint (get_status (NULL, "/api/archives"), ==, 401);
  g_assert_cmpuint (get_status ("Bearer 00", "/api/archives"), ==, 401);
  g_assert_cmpuint (get_status (basic, "/api/archives"), ==, 401);
  g_assert_cmpuint (test_server_request (server, server->web_port, "POST", "/api/tokens/revoke",
                                         bearer, "", NULL),
                    ==, 204);
  g_assert_cmpuint (get_status (bearer, "/api/archives"), ==, 401);
}

/* A token is worth what its account is worth now. */
static void
test_token_follows_the_account (void)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  call ("CreateUser", "userName=eve&privileges=login&password=e");
  first = test_server_sign_in (server, "eve", "e");
  call ("SetUserPassword", "userName=eve&password=f");
  g_assert_cmpuint (get_status (first, "/api/archives"), ==, 401);
  second = test_server_sign_in (server, "eve", "f");
  call ("DeleteUser", "userName=eve");
  g_assert_cmpuint (get_status (second, "/api/archives"), ==, 401);
}

static void
test_token_expires (void)
{
  g_autofree char *path = g_build_filename (server->data_dir, "short.conf", NULL);
  const char *const options[] = { "--config", path, NULL };
  g_autoptr (TestServer) other = NULL;
  g_autofree char *bearer = NULL;
  gint64 start;

  g_assert_true (g_file_set_contents (path, "[Limits]\nTokenLifetime=5\n", -1, NULL));
  other = test_server_start (NULL, options);
  start = g_get_monotonic_time ();
  bearer = test_server_sign_in (other, TEST_ADMIN, TEST_PASSWORD);
  g_assert_cmpuint (test_server_request (other, other->web_port, "GET", "/api/archives", bearer,
                                         NULL, NULL),
                    ==, 200);
  /* asking does not prolong it */
  while (test_server_request (other, other->web_port, "GET", "/api/archives", bearer, NULL, NULL)
         == 200)
    g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 4 * G_USEC_PER_SEC);
}

static char *
list_archives (const char *bearer)
{
  g_autoptr (JsonNode) node = test_server_get (server, bearer, "/api/archives", 200);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    g_string_append_printf (
        names, "%s%s", i > 0 ? "," : "",
        mun_json_get_string (json_array_get_object_element (json_node_get_array (node), i), "name",
                             ""));
  return g_strdup (names->str);
}

static void
assert_archives (const char *bearer, const char *expected)
{
  g_autofree char *names = list_archives (bearer);

  g_assert_cmpstr (names, ==, expected);
}

static void
test_archives (void)
{
  assert_archives (ann, "ann");
  assert_archives (bob, "bob");
  assert_archives (admin, "");
  call ("SetUserPrivilegesOnFolder", "userName=bob&folder=ann&privileges=read");
  bob = (g_free (bob), test_server_sign_in (server, "bob", "b"));
  assert_archives (bob, "ann,bob");
  /* rights without "read" show nothing */
  call ("SetUserPrivilegesOnFolder", "userName=bob&folder=ann&privileges=write");
  bob = (g_free (bob), test_server_sign_in (server, "bob", "b"));
  assert_archives (bob, "bob");
  call ("ClearUserPrivilegesOnFolders", "userName=bob");
  bob = (g_free (bob), test_server_sign_in (server, "bob", "b"));
  call ("SetComplianceConfiguration", "config={\"adminArchiveAccess\":true}");
  assert_archives (admin, "ann,bob");
  call ("SetComplianceConfiguration", "config={\"adminArchiveAccess\":false}");
  assert_archives (admin, "");
}

static void
test_folders (void)
{
  g_autoptr (JsonNode) top = test_server_get (server, ann, "/api/folders?archiveName=ann", 200);
  g_autoptr (JsonNode) below
      = test_server_get (server, ann,
                         "/api/folders?archiveName=ann&folderPath=Exchange%20ann%2FInbox", 200);
  JsonObject *folder = json_array_get_object_element (json_node_get_array (top), 0);

  g_assert_cmpstr (mun_json_get_string (folder, "fullPath", NULL), ==, "Exchange ann");
  g_assert_true (mun_json_get_bool (folder, "hasChildren", FALSE));
  folder = json_array_get_object_element (json_node_get_array (below), 0);
  g_assert_cmpstr (mun_json_get_string (folder, "fullPath", NULL), ==, "Exchange ann/Inbox/Sub");
  g_assert_cmpstr (mun_json_get_string (folder, "name", NULL), ==, "Sub");
  g_assert_cmpint (mun_json_get_int (folder, "count", 0), ==, 1);
  g_assert_false (mun_json_get_bool (folder, "hasChildren", TRUE));
  g_assert_cmpuint (get_status (ann, "/api/folders"), ==, 400);
  g_assert_cmpuint (get_status (ann, "/api/folders?archiveName=bob"), ==, 403);
  g_assert_cmpuint (get_status (ann, "/api/folders?archiveName=ann&folderPath=No"), ==, 404);
  g_assert_cmpuint (get_status (admin, "/api/folders?archiveName=ann"), ==, 403);
}

static char *
search (const char *bearer, const char *sort, const char *json)
{
  g_autofree char *path = g_strconcat ("/api/searches?sortCriteria=", sort, NULL);
  g_autoptr (JsonNode) reply = test_server_post (server, bearer, path, json, 200);

  return g_strdup (mun_json_get_string (json_node_get_object (reply), "searchId", NULL));
}

static JsonNode *
page (const char *bearer, const char *id, const char *query)
{
  g_autofree char *path = g_strdup_printf ("/api/searches/%s/results?%s", id, query);

  return test_server_get (server, bearer, path, 200);
}

/* Returns: (transfer full): the subjects of a page, joined by commas */
static char *
subjects (JsonNode *reply)
{
  JsonArray *items = mun_json_get_array (json_node_get_object (reply), "searchResultItems");
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (items); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "",
                            mun_json_get_string (json_array_get_object_element (items, i),
                                                 "subject", ""));
  return g_string_free (text, FALSE);
}

static void
assert_found (const char *bearer, const char *json, const char *expected)
{
  g_autofree char *id = search (bearer, "s-asc", json);
  g_autoptr (JsonNode) reply = page (bearer, id, "messageIndexStart=0&messageCount=50");
  g_autofree char *found = subjects (reply);

  g_test_message ("%s", json);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_search (void)
{
  assert_found (ann, "{}", "alpha,beta,delta,gamma");
  assert_found (ann, "{\"query\":\"alpha\"}", "alpha");
  assert_found (ann, "{\"query\":\"fox\",\"querySubject\":true}", "");
  assert_found (ann, "{\"query\":\"fox\",\"queryMessageBody\":true}", "alpha,beta,delta,gamma");
  assert_found (ann, "{\"query\":\"fox beta\"}", "beta");
  assert_found (ann, "{\"query\":\"beta OR alpha\"}", "alpha,beta");
  assert_found (ann, "{\"query\":\"fox -(beta OR alpha)\"}", "delta,gamma");
  assert_found (ann, "{\"query\":\"NOT alpha\"}", "beta,delta,gamma");
  assert_found (ann, "{\"query\":\"subject:fox OR subject:beta\"}", "beta");
  /* … and nothing leads into the archives of others */
  assert_found (ann, "{\"query\":\"secret OR alpha\"}", "alpha");
  assert_found (ann, "{\"query\":\"NOT fox OR secret\"}", "");
  assert_found (ann, "{\"query\":\"secret\"}", "");
  assert_found (bob, "{\"query\":\"secret\"}", "secret of bob");
  assert_found (ann, "{\"folder\":\"ann/Exchange ann/Inbox\",\"folderRecurse\":false}",
                "alpha,beta,gamma");
  assert_found (ann, "{\"folder\":\"ann/Exchange ann\",\"folderRecurse\":true}",
                "alpha,beta,delta,gamma");
  assert_found (ann, "{\"from\":\"zoe\",\"to\":\"y@example.org\"}", "alpha,beta,delta,gamma");
  assert_found (ann, "{\"from\":\"nobody\"}", "");
  assert_found (ann, "{\"hasAttachments\":true}", "");
  assert_found (ann, "{\"hasAttachments\":false,\"priority\":\"NotSpecified\"}",
                "alpha,beta,delta,gamma");
  assert_found (ann, "{\"priority\":\"High\"}", "");
  assert_found (ann, "{\"sizeMin\":100000}", "");
  assert_found (ann, "{\"sizeMin\":1,\"sizeMax\":100000}", "alpha,beta,delta,gamma");
  assert_found (ann, "{\"dateFrom\":\"2026-11-02\",\"dateTo\":\"2026-11-02\"}",
                "alpha,beta,delta,gamma");
  assert_found (ann, "{\"dateFrom\":\"2026-11-03\"}", "");
  assert_found (ann, "{\"archivedTo\":\"2001-01-01\"}", "");
  assert_found (ann, "{\"archivedFrom\":\"2001-01-01\"}", "alpha,beta,delta,gamma");
  /* an administrator finds nothing where reading is not allowed */
  assert_found (admin, "{}", "");
}

static void
test_search_refused (void)
{
  static const struct {
    const char *path;
    const char *json;
    guint status;
  } rows[] = {
    { "/api/searches", "{\"colour\":\"blue\"}", 400 },
    { "/api/searches", "{\"query\":1}", 400 },
    { "/api/searches", "nonsense", 400 },
    { "/api/searches", "", 400 },
    { "/api/searches", "{\"query\":\"\xff\xfe\"}", 400 },
    { "/api/searches?sortCriteria=x-asc", "{}", 400 },
    { "/api/searches", "{\"folder\":\"bob/Inbox\"}", 403 },
    { "/api/searches", "{\"folder\":\"ann/Nowhere\"}", 404 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonNode) reply
        = test_server_post (server, ann, rows[i].path, rows[i].json, rows[i].status);

    g_assert_nonnull (mun_json_get_string (json_node_get_object (reply), "message", NULL));
  }
}

/* What is wrong with the text is said in a sentence that stands alone. */
static void
test_search_text_refused (void)
{
  g_autoptr (JsonNode) reply
      = test_server_post (server, ann, "/api/searches", "{\"query\":\"fox OR (beta\"}", 400);

  g_assert_cmpstr (mun_json_get_string (json_node_get_object (reply), "message", NULL), ==,
                   "Search text, at character 8: a parenthesis is not closed");
}

static void
test_search_pages (void)
{
  g_autofree char *id = search (ann, "s-asc", "{}");
  g_autofree char *path = g_strconcat ("/api/searches/", id, NULL);
  g_autoptr (JsonNode) status = test_server_get (server, ann, path, 200);
  static const char *const queries[][2] = {
    { "messageIndexStart=0&messageCount=2", "alpha,beta" },
    { "messageIndexStart=2&messageCount=2", "delta,gamma" },
    { "messageIndexStart=3&messageCount=5", "gamma" },
    { "messageIndexStart=9&messageCount=5", "" },
    { "messageIndexStart=0&messageCount=2&sortCriteria=s-desc", "gamma,delta" },
    { "messageIndexStart=0&messageCount=1&sortCriteria=s-asc", "alpha" },
  };
  static const char *const orders[]
      = { "d-asc", "d-desc", "a-asc", "a-desc", "f-asc", "f-desc", "z-asc", "z-desc" };

  g_assert_cmpint (mun_json_get_int (json_node_get_object (status), "foundMessageCount", 0), ==, 4);
  g_assert_cmpstr (mun_json_get_string (json_node_get_object (status), "errorCode", NULL), ==,
                   "None");
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++) {
    g_autoptr (JsonNode) reply = page (ann, id, queries[i][0]);
    g_autofree char *found = subjects (reply);

    g_assert_cmpstr (found, ==, queries[i][1]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    g_autofree char *query = g_strconcat ("messageCount=50&sortCriteria=", orders[i], NULL);
    g_autoptr (JsonNode) reply = page (ann, id, query);

    g_assert_cmpuint (json_array_get_length (
                          mun_json_get_array (json_node_get_object (reply), "searchResultItems")),
                      ==, 4);
  }
}

static JsonObject *
first_item (JsonNode *reply)
{
  return json_array_get_object_element (mun_json_get_array (json_node_get_object (reply),
                                                            "searchResultItems"),
                                        0);
}

/* An addition to the contract: who does not ask for it gets what the contract says. */
static void
test_snippets (void)
{
  g_autofree char *id = search (ann, "d-desc", "{\"query\":\"FOX alpha\"}");
  g_autoptr (JsonNode) with = page (ann, id, "messageCount=50&snippets=true");
  g_autoptr (JsonNode) without = page (ann, id, "messageCount=50");
  g_autoptr (JsonNode) info = test_server_call_ok (server, "GetServerInfo", "");
  g_auto (GStrv) capabilities = mun_json_dup_strings (json_node_get_object (info), "capabilities");
  JsonObject *snippet = mun_json_get_object (first_item (with), "snippet");
  JsonArray *mark = json_array_get_array_element (mun_json_get_array (snippet, "marks"), 0);
  gint64 start = json_array_get_int_element (mark, 0);
  g_autofree char *marked = g_utf8_substring (mun_json_get_string (snippet, "text", NULL), start,
                                              start + json_array_get_int_element (mark, 1));

  g_assert_cmpstr (marked, ==, "fox");
  g_assert_true (json_object_has_member (first_item (without), "snippet"));
  g_assert_false (mun_json_has (first_item (without), "snippet"));
  g_assert_true (g_strv_contains ((const char *const *)capabilities, "searchSnippets"));
}

static void
test_search_belongs_to_its_user (void)
{
  g_autofree char *id = search (ann, "d-desc", "{}");
  g_autofree char *path = g_strconcat ("/api/searches/", id, NULL);

  g_assert_cmpuint (get_status (ann, path), ==, 200);
  g_assert_cmpuint (get_status (bob, path), ==, 500);
  g_assert_cmpuint (test_server_request (server, server->web_port, "DELETE", path, ann, NULL, NULL),
                    ==, 200);
  g_assert_cmpuint (get_status (ann, path), ==, 500);
}

/* The ninth search of a user ends the first (contract 1.12, limits). */
static void
test_search_limit (void)
{
  g_autofree char *first = search (ann, "d-desc", "{}");
  g_autofree char *path = g_strconcat ("/api/searches/", first, NULL);
  g_autoptr (JsonNode) gone = NULL;

  for (guint i = 0; i < 7; i++)
    g_free (search (ann, "d-desc", "{}"));
  g_free (search (bob, "d-desc", "{}"));
  g_assert_cmpuint (get_status (ann, path), ==, 200);
  for (guint i = 0; i < 8; i++)
    g_free (search (ann, "d-desc", "{}"));
  gone = test_server_get (server, ann, path, 500);
  g_assert_nonnull (strstr (mun_json_get_string (json_node_get_object (gone), "message", ""),
                            "no longer available"));
}

/* Returns: (transfer full): "gid/mid" of the one message that is found */
static char *
find_message (const char *bearer, const char *json, JsonNode **holder)
{
  g_autofree char *id = search (bearer, "d-desc", json);
  JsonArray *items;
  JsonObject *item;

  *holder = page (bearer, id, "messageCount=1");
  items = mun_json_get_array (json_node_get_object (*holder), "searchResultItems");
  g_assert_cmpuint (json_array_get_length (items), ==, 1);
  item = json_array_get_object_element (items, 0);
  return g_strdup_printf ("%s/%s", mun_json_get_string (item, "gid", ""),
                          mun_json_get_string (item, "mid", ""));
}

static void
test_message_download (void)
{
  g_autoptr (JsonNode) holder = NULL;
  g_autofree char *numbers = find_message (ann, "{\"query\":\"alpha\"}", &holder);
  g_autofree char *path = g_strdup_printf ("/api/messages/%s/download/", numbers);
  g_autofree char *expected
      = test_message ("alpha", "Zoe <z@example.org>", "y@example.org", "the quick brown fox");
  g_autoptr (GBytes) reply = NULL;
  JsonObject *item = json_array_get_object_element (
      mun_json_get_array (json_node_get_object (holder), "searchResultItems"), 0);
  gsize length;
  const char *raw;

  g_assert_cmpuint (test_server_request (server, server->web_port, "GET", path, ann, NULL, &reply),
                    ==, 200);
  raw = g_bytes_get_data (reply, &length);
  g_assert_cmpmem (raw, length, expected, strlen (expected));
  g_assert_cmpstr (mun_json_get_string (item, "date", NULL), ==, "2026-11-02T10:00:00Z");
  g_assert_cmpstr (mun_json_get_string (item, "folder", NULL), ==, "ann/Exchange ann/Inbox");
  g_assert_nonnull (strstr (mun_json_get_string (item, "fromOrTo", ""), "Zoe"));
  g_assert_cmpint (mun_json_get_int (item, "size", 0), ==, length);
  g_assert_cmpuint (get_status (bob, path), ==, 403);
  g_assert_cmpuint (get_status (admin, path), ==, 403);
  g_assert_cmpuint (get_status (ann, "/api/messages/1/12345/download"), ==, 404);
  g_assert_cmpuint (get_status (ann, "/api/messages/x/y/download"), ==, 404);
  g_assert_cmpuint (get_status (ann, "/api/messages/1/../download"), ==, 404);
}

static void
test_archive_info (void)
{
  g_autoptr (JsonNode) holder = NULL;
  g_autofree char *numbers = find_message (ann, "{\"query\":\"alpha\"}", &holder);
  g_autofree char *path = g_strdup_printf ("/api/messages/%s/archiveinfo", numbers);
  g_autofree char *raw
      = test_message ("alpha", "Zoe <z@example.org>", "y@example.org", "the quick brown fox");
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, raw, -1);
  g_autoptr (JsonNode) reply = test_server_get (server, ann, path, 200);
  JsonObject *info = json_node_get_object (reply);
  static const char *const members[]
      = { "sha256", "size",        "storeId", "storeName",  "archivedDate",
          "folder", "profileName", "damaged", "damageNote", "pieces" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    g_assert_true (json_object_has_member (info, members[i]));
  g_assert_cmpstr (mun_json_get_string (info, "sha256", NULL), ==, sha256);
  g_assert_cmpint (mun_json_get_int (info, "storeId", 0), ==, 1);
  g_assert_false (mun_json_get_bool (info, "damaged", TRUE));
  g_assert_cmpuint (get_status (bob, path), ==, 403);
}

static guint
count_events (const char *type)
{
  g_autofree char *form = g_strconcat ("eventType=", type, NULL);
  g_autoptr (JsonNode) node = test_server_call_ok (server, "GetAuditLog", form);

  return json_array_get_length (json_node_get_array (node));
}

/* Reading somebody else's mail is on record; reading one's own is nobody's business. */
static void
test_reading_is_audited (void)
{
  g_autoptr (JsonNode) holder = NULL;
  g_autofree char *numbers = find_message (ann, "{\"query\":\"alpha\"}", &holder);
  g_autofree char *path = g_strdup_printf ("/api/messages/%s/download", numbers);
  guint before = count_events ("MessageRetrieveContent");

  g_assert_cmpuint (get_status (ann, path), ==, 200);
  g_assert_cmpuint (get_status (admin, path), ==, 403);
  g_assert_cmpuint (count_events ("MessageRetrieveContent"), ==, before);
  call ("SetComplianceConfiguration", "config={\"adminArchiveAccess\":true}");
  g_assert_cmpuint (get_status (admin, path), ==, 200);
  call ("SetComplianceConfiguration", "config={\"adminArchiveAccess\":false}");
  g_assert_cmpuint (count_events ("MessageRetrieveContent"), ==, before + 1);
}

/* Subjects and senders are read as well: whoever lists somebody else's messages is recorded. */
static void
test_listing_is_audited (void)
{
  static const char body[] = "{\"folder\":\"ann\",\"folderRecurse\":true,\"query\":\"alpha\"}";
  guint before = count_events ("MessageSearch");
  g_autoptr (JsonNode) own = test_server_post (server, ann, "/api/searches", body, 200);
  g_autoptr (JsonNode) refused = test_server_post (server, admin, "/api/searches", body, 403);
  g_autoptr (JsonNode) named = NULL;
  g_autoptr (JsonNode) all = NULL;

  g_assert_cmpuint (count_events ("MessageSearch"), ==, before);
  call ("SetComplianceConfiguration", "config={\"adminArchiveAccess\":true}");
  named = test_server_post (server, admin, "/api/searches", body, 200);
  all = test_server_post (server, admin, "/api/searches", "{}", 200);
  call ("SetComplianceConfiguration", "config={\"adminArchiveAccess\":false}");
  g_assert_cmpuint (count_events ("MessageSearch"), ==, before + 2);
}

static void
change_master (const char *sql)
{
  g_autofree char *path = g_build_filename (server->data_dir, "master.db", NULL);
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (database, 30000);
  g_assert_cmpint (sqlite3_exec (database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);
}

static void
assert_refused (JsonNode *reply)
{
  const char *message = mun_json_get_string (json_node_get_object (reply), "message", "");

  g_assert_nonnull (strstr (message, "audit log"));
  g_assert_null (strstr (message, server->data_dir));
}

/* Text of somebody else's messages is recorded once a search, or not shown. */
static void
test_snippets_are_audited (void)
{
  static const char body[] = "{\"folder\":\"ann\",\"folderRecurse\":true,\"query\":\"alpha\"}";
  guint before = count_events ("MessageSearch");
  g_autofree char *own = search (ann, "d-desc", body);
  g_autoptr (JsonNode) of_own = page (ann, own, "snippets=true");
  g_autofree char *id = NULL, *path = NULL;
  g_autoptr (JsonNode) plain = NULL, refused = NULL, first = NULL, second = NULL;

  call ("SetComplianceConfiguration", "config={\"adminArchiveAccess\":true}");
  id = search (admin, "d-desc", body);
  plain = page (admin, id, "messageCount=50");
  g_assert_cmpuint (count_events ("MessageSearch"), ==, before + 1);
  path = g_strdup_printf ("/api/searches/%s/results?snippets=true", id);
  change_master ("CREATE TRIGGER no_room BEFORE INSERT ON audit"
                 " BEGIN SELECT RAISE(ABORT, 'no room'); END");
  refused = test_server_get (server, admin, path, 500);
  assert_refused (refused);
  change_master ("DROP TRIGGER no_room");
  first = test_server_get (server, admin, path, 200);
  second = test_server_get (server, admin, path, 200);
  g_assert_true (mun_json_has (first_item (first), "snippet"));
  g_assert_cmpuint (count_events ("MessageSearch"), ==, before + 2);
  call ("SetComplianceConfiguration", "config={\"adminArchiveAccess\":false}");
}

/* What cannot be recorded is not shown; what happened already is not undone. */
static void
test_unrecorded_is_refused (void)
{
  static const char body[] = "{\"folder\":\"ann\",\"folderRecurse\":true,\"query\":\"alpha\"}";
  g_autoptr (JsonNode) holder = NULL;
  g_autofree char *numbers = find_message (ann, "{\"query\":\"alpha\"}", &holder);
  g_autofree char *path = g_strdup_printf ("/api/messages/%s/download", numbers);
  g_autoptr (JsonNode) read = NULL, searched = NULL, own = NULL, again = NULL;
  g_autofree char *listed = NULL;

  call ("SetComplianceConfiguration", "config={\"adminArchiveAccess\":true}");
  change_master ("CREATE TRIGGER no_room BEFORE INSERT ON audit"
                 " BEGIN SELECT RAISE(ABORT, 'no room'); END");
  read = test_server_get (server, admin, path, 500);
  assert_refused (read);
  searched = test_server_post (server, admin, "/api/searches", body, 500);
  assert_refused (searched);
  listed = test_server_call_error (server, "GetMessages", "folder=ann/Exchange%20ann/Inbox");
  g_assert_nonnull (strstr (listed, "audit log"));
  g_assert_cmpuint (get_status (ann, path), ==, 200);
  own = test_server_post (server, ann, "/api/searches", body, 200);
  call ("CreateUser", "userName=unrecorded&privileges=none&password=u");
  change_master ("DROP TRIGGER no_room");
  call ("DeleteUser", "userName=unrecorded");
  g_assert_cmpuint (get_status (admin, path), ==, 200);
  again = test_server_post (server, admin, "/api/searches", body, 200);
  call ("SetComplianceConfiguration", "config={\"adminArchiveAccess\":false}");
}

static void
test_upload (void)
{
  g_autofree char *once = test_message ("once", "a@example.org", "b@example.org", "x");
  g_autofree char *twice = test_message ("twice", "a@example.org", "b@example.org", "x");
  const char *const messages[] = { once, twice, once, "", "\x01\x02 no message at all", NULL };
  g_autoptr (JsonObject) reply = test_server_upload (server, ann, "ann/Upload/In", messages);
  JsonArray *items = mun_json_get_array (reply, "items");

  g_assert_cmpuint (json_array_get_length (items), ==, 5);
  g_assert_cmpint (mun_json_get_int (reply, "skipped", 0), ==, 1);
  g_assert_cmpint (mun_json_get_int (reply, "archived", 0) + mun_json_get_int (reply, "failed", 0),
                   ==, 4);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (items, 2), "result", NULL),
                   ==, "skipped");
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (items, 2), "id", "a"), ==,
                   mun_json_get_string (json_array_get_object_element (items, 0), "id", "b"));
}

static void
test_upload_refused (void)
{
  static const struct {
    const char *path;
    const char *body;
    guint status;
  } rows[] = {
    { "/api/folders/upload", "", 400 },
    { "/api/folders/upload?folder=", "", 400 },
    { "/api/folders/upload?folder=/x", "", 400 },
    { "/api/folders/upload?folder=ann%00/In", "1\na", 400 },
    { "/api/folders/upload?folder=ann/%ff", "1\na", 400 },
    { "/api/folders/upload?folder=bob/Inbox", "1\na", 403 },
    { "/api/folders/upload?folder=ann/In", "5\nabc", 400 },
    { "/api/folders/upload?folder=ann/In", "abc", 400 },
    { "/api/folders/upload?folder=ann/In", "999999999999\n", 413 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonNode) reply = NULL;

    g_test_message ("%s %s", rows[i].path, rows[i].body);
    reply = test_server_post (server, ann, rows[i].path, rows[i].body, rows[i].status);
    g_assert_nonnull (mun_json_get_string (json_node_get_object (reply), "message", NULL));
  }
  g_assert_cmpuint (test_server_request (server, server->web_port, "POST",
                                         "/api/folders/upload?folder=ann/In", NULL, "1\na", NULL),
                    ==, 401);
  /* without the privilege "archive", the own archive is for reading */
  call ("SetUserPrivileges", "userName=bob&privileges=login");
  bob = (g_free (bob), test_server_sign_in (server, "bob", "b"));
  g_assert_cmpuint (test_server_request (server, server->web_port, "POST",
                                         "/api/folders/upload?folder=bob/In", bob, "1\na", NULL),
                    ==, 403);
}

/* More than one batch, in one request. */
static void
test_large_upload (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) messages = NULL;
  g_autoptr (JsonObject) reply = NULL;

  for (guint i = 0; i < 1200; i++) {
    g_autofree char *subject = g_strdup_printf ("bulk %u", i);
    g_autofree char *body = g_strnfill (20000, 'a' + i % 26);
    g_autofree char *message = test_message (subject, "a@example.org", "b@example.org", body);

    g_strv_builder_add (builder, message);
  }
  messages = g_strv_builder_end (builder);
  reply = test_server_upload (server, ann, "ann/Bulk", (const char *const *)messages);
  g_assert_cmpint (mun_json_get_int (reply, "archived", 0), ==, 1200);
}

static void
test_paths (void)
{
  static const struct {
    const char *method;
    const char *path;
    guint status;
  } rows[] = {
    { "GET", "/", 404 },
    { "GET", "/api/", 404 },
    { "GET", "/api/nothing", 404 },
    { "GET", "/oidc/signin", 404 },
    { "POST", "/api/archives", 405 },
    { "GET", "/api//archives/", 200 },
    { "GET", "/api/authenticate/internal", 404 },
    { "GET", "/api/searches/unknown", 500 },
    { "GET", "/api/searches/unknown/results/more", 404 },
    { "GET", "/api/messages/%ff/1/download", 404 },
    { "GET", "/api/folders?archiveName=%ff", 400 },
    { "GET", "/api/folders?archiveName=ann%00x", 400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s %s", rows[i].method, rows[i].path);
    g_assert_cmpuint (test_server_request (server, server->web_port, rows[i].method, rows[i].path,
                                           ann, NULL, NULL),
                      ==, rows[i].status);
  }
}

int
main (int argc, char **argv)
{
  int status;

  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  set_up ();
  g_test_add_func ("/munimentd/web-api/token", test_token);
  g_test_add_func ("/munimentd/web-api/token-follows-the-account", test_token_follows_the_account);
  g_test_add_func ("/munimentd/web-api/token-expires", test_token_expires);
  g_test_add_func ("/munimentd/web-api/archives", test_archives);
  g_test_add_func ("/munimentd/web-api/folders", test_folders);
  g_test_add_func ("/munimentd/web-api/search", test_search);
  g_test_add_func ("/munimentd/web-api/search-refused", test_search_refused);
  g_test_add_func ("/munimentd/web-api/search-text-refused", test_search_text_refused);
  g_test_add_func ("/munimentd/web-api/search-pages", test_search_pages);
  g_test_add_func ("/munimentd/web-api/snippets", test_snippets);
  g_test_add_func ("/munimentd/web-api/search-belongs-to-its-user",
                   test_search_belongs_to_its_user);
  g_test_add_func ("/munimentd/web-api/search-limit", test_search_limit);
  g_test_add_func ("/munimentd/web-api/message-download", test_message_download);
  g_test_add_func ("/munimentd/web-api/archive-info", test_archive_info);
  g_test_add_func ("/munimentd/web-api/reading-is-audited", test_reading_is_audited);
  g_test_add_func ("/munimentd/web-api/listing-is-audited", test_listing_is_audited);
  g_test_add_func ("/munimentd/web-api/snippets-are-audited", test_snippets_are_audited);
  g_test_add_func ("/munimentd/web-api/unrecorded-is-refused", test_unrecorded_is_refused);
  g_test_add_func ("/munimentd/web-api/paths", test_paths);
  g_test_add_func ("/munimentd/web-api/upload", test_upload);
  g_test_add_func ("/munimentd/web-api/large-upload", test_large_upload);
  g_test_add_func ("/munimentd/web-api/upload-refused", test_upload_refused);
  g_test_add_func ("/munimentd/web-api/sign-in", test_sign_in);
  status = g_test_run ();
  g_free (admin);
  g_free (ann);
  g_free (bob);
  test_server_free (server);
  return status;
}
