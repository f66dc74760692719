/* test-admin-client.c: the Administration API against munimentd, and against servers that misbehave
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "client.h"
#include "errors.h"
#include "json.h"
#include "raw-server.h"
#include "test-server.h"
#include "wait.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"
#define METADATA                                                                                   \
  "[{\"name\":\"GetServerInfo\",\"args\":[]},{\"name\":\"GetUsers\",\"args\":[],\"path\":\"x\"}]"
#define INFO "{\"error\":null,\"statusCode\":\"succeeded\",\"result\":{\"version\":\"1\"}}"

static TestServer *server;

static MunAdminClient *
make_client (guint port, const char *fingerprint, const char *user, const char *password)
{
  MunAdminClient *client = mun_admin_client_new ("127.0.0.1", port, fingerprint);
  g_autoptr (MunSecret) secret = mun_secret_new (password, strlen (password));

  mun_admin_client_set_account (client, user, secret);
  return client;
}

static MunAdminClient *
make_raw (RawServer *raw)
{
  return make_client (raw->port, raw->fingerprint, "admin", "geheim");
}

static gboolean
connect (MunAdminClient *client, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_admin_client_connect_async (client, NULL, keep_result_cb, &result);
  wait_result (&result);
  return mun_admin_client_connect_finish (client, result, error);
}

static void
assert_connected (MunAdminClient *client)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (connect (client, &error));
  g_assert_no_error (error);
}

static void
assert_refused (MunAdminClient *client, MunError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (connect (client, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, MUN_ERROR, (int)code);
  g_assert_null (strstr (error->message, "geheim"));
  g_assert_null (mun_admin_client_get_server_info (client));
}

/* @args: (nullable): JSON text. */
static JsonNode *
call (MunAdminClient *client, const char *function, const char *args, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_admin_client_call_async (client, function,
                               args != NULL ? mun_json_parse_object (args, -1, NULL) : NULL, NULL,
                               keep_result_cb, &result);
  wait_result (&result);
  return mun_admin_client_call_finish (client, result, error);
}

static void
assert_call_fails (MunAdminClient *client, const char *function, const char *args, MunError code,
                   const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = call (client, function, args, &error);

  g_assert_null (node);
  g_test_message ("%s", error->message);
  g_assert_error (error, MUN_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, words));
}

/* --- a real server --- */

static void
test_connect (void)
{
  g_autoptr (MunAdminClient) client
      = make_client (server->admin_port, server->fingerprint, TEST_ADMIN, TEST_PASSWORD);

  g_assert_false (mun_admin_client_has_function (client, "GetUsers"));
  g_assert_null (mun_admin_client_get_functions (client)[0]);
  g_assert_null (mun_admin_client_get_certificate (client));
  assert_connected (client);
  g_assert_true (mun_admin_client_has_function (client, "GetUsers"));
  g_assert_false (mun_admin_client_has_function (client, "getusers"));
  g_assert_false (mun_admin_client_has_function (client, "RepairStoreDatabase"));
  g_assert_cmpuint (g_strv_length ((char **)mun_admin_client_get_functions (client)), >, 40);
  g_assert_nonnull (
      mun_json_get_string (mun_admin_client_get_server_info (client), "version", NULL));
  g_assert_true (mun_admin_client_has_capability (client, "upload"));
  g_assert_false (mun_admin_client_has_capability (client, "uploads"));
  g_assert_cmpstr (mun_admin_client_get_user (client), ==, TEST_ADMIN);
  g_assert_cmpuint (mun_admin_client_get_port (client), ==, server->admin_port);
  g_assert_nonnull (mun_admin_client_get_certificate (client));
}

static void
test_certificate (void)
{
  g_autoptr (MunAdminClient) client
      = make_client (server->admin_port, NULL, TEST_ADMIN, TEST_PASSWORD);
  g_autofree char *zeros = g_strnfill (64, '0');
  const char *seen;

  assert_refused (client, MUN_ERROR_UNTRUSTED);
  seen = mun_server_certificate_get_fingerprint (mun_admin_client_get_certificate (client));
  g_assert_cmpint (g_ascii_strcasecmp (seen, server->fingerprint), ==, 0);
  g_assert_true (mun_admin_client_set_pinned (client, seen));
  assert_connected (client);
  {
    g_autoptr (MunAdminClient) changed
        = make_client (server->admin_port, zeros, TEST_ADMIN, TEST_PASSWORD);

    assert_refused (changed, MUN_ERROR_CERTIFICATE_CHANGED);
  }
}

static void
test_account (void)
{
  g_autoptr (MunAdminClient) client
      = make_client (server->admin_port, server->fingerprint, TEST_ADMIN, "geheim");
  g_autoptr (MunAdminClient) reader = NULL;
  g_autoptr (MunSecret) right = mun_secret_new (TEST_PASSWORD, strlen (TEST_PASSWORD));

  assert_refused (client, MUN_ERROR_AUTHENTICATION);
  mun_admin_client_set_account (client, TEST_ADMIN, right);
  assert_connected (client);
  /* a colon belongs to the password, and UTF-8 may stand in both */
  g_assert_null (test_server_call_ok (server, "CreateUser",
                                      "userName=J%C3%B6rg&privileges=admin&password=a%3Ab%C3%A9"
                                      "&loginPrivileges=api"));
  g_assert_null (
      test_server_call_ok (server, "CreateUser", "userName=reader&privileges=login&password=x"));
  {
    g_autoptr (MunAdminClient) other
        = make_client (server->admin_port, server->fingerprint, "Jörg", "a:bé");

    assert_connected (other);
  }
  reader = make_client (server->admin_port, server->fingerprint, "reader", "x");
  assert_refused (reader, MUN_ERROR_DENIED);
}

static void
test_call (void)
{
  g_autoptr (MunAdminClient) client
      = make_client (server->admin_port, server->fingerprint, TEST_ADMIN, TEST_PASSWORD);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) made = call (client, "CreateUser",
                                    "{\"userName\":\"ann & böb=1+1%\",\"privileges\":\"login\","
                                    "\"fullName\":null}",
                                    &error);
  g_autoptr (JsonNode) user = NULL;
  g_autoptr (JsonNode) stores = NULL;
  g_autoptr (JsonNode) verified = NULL;

  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_NULL (made));
  user = call (client, "GetUserInfo", "{\"userName\":\"ann & böb=1+1%\"}", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mun_json_get_string (json_node_get_object (user), "userName", NULL), ==,
                   "ann & böb=1+1%");
  /* booleans and JSON */
  stores = call (client, "GetStores", "{\"includeSize\":true}", &error);
  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_ARRAY (stores));
  made = (json_node_unref (made),
          call (client, "SetComplianceConfiguration", "{\"config\":{\"legalHold\":true}}", &error));
  g_assert_no_error (error);
  /* a long one is followed to its end */
  verified = call (client, "VerifyStores", "{\"includeIndexes\":true}", &error);
  g_assert_no_error (error);
  g_assert_cmpint (mun_json_get_int (json_node_get_object (verified), "faults", -1), ==, 0);

  assert_call_fails (client, "GetUserInfo", "{\"userName\":\"nobody\"}", MUN_ERROR_FAILED,
                     "nobody");
  assert_call_fails (client, "GetUserInfo", NULL, MUN_ERROR_FAILED, "userName");
  assert_call_fails (client, "NoSuchFunction", NULL, MUN_ERROR_UNSUPPORTED, "NoSuchFunction");
}

static void
test_stopped_server (void)
{
  g_autoptr (TestServer) other = test_server_start (NULL, NULL);
  g_autoptr (MunAdminClient) client
      = make_client (other->admin_port, other->fingerprint, TEST_ADMIN, TEST_PASSWORD);

  assert_connected (client);
  test_server_stop (other, SIGTERM);
  assert_call_fails (client, "GetUsers", NULL, MUN_ERROR_UNREACHABLE, "127.0.0.1");
}

/* --- a server that says what it is told --- */

/* With a byte order mark and without. */
static void
test_bom (void)
{
  static const char *const marks[] = { "", BOM };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    g_autoptr (RawServer) raw = raw_server_new (TRUE);
    g_autoptr (MunAdminClient) client = make_raw (raw);
    g_autofree char *metadata = g_strconcat (marks[i], METADATA, NULL);
    g_autofree char *info = g_strconcat (marks[i], INFO, NULL);
    g_autoptr (JsonNode) node = NULL;
    g_autoptr (GError) error = NULL;

    raw_server_push_reply (raw, 200, NULL, metadata);
    raw_server_push_reply (raw, 200, NULL, info);
    assert_connected (client);
    g_assert_cmpuint (g_strv_length ((char **)mun_admin_client_get_functions (client)), ==, 2);
    raw_server_push_reply (raw, 200, NULL, info);
    node = call (client, "GetServerInfo", NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (mun_json_get_string (json_node_get_object (node), "version", NULL), ==, "1");
  }
}

/* The password goes only to what looks like an archive server. */
static void
test_password_is_held_back (void)
{
  static const char basic[] = "Authorization: Basic YWRtaW46Z2VoZWlt";
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (MunAdminClient) client = make_raw (raw);

  raw_server_push_reply (raw, 200, NULL, METADATA);
  raw_server_push_reply (raw, 200, NULL, INFO);
  assert_connected (client);
  g_assert_true (
      g_str_has_prefix (raw_server_request (raw, 0), "POST /api/get-metadata HTTP/1.1\r\n"));
  g_assert_null (strstr (raw_server_request (raw, 0), "Authorization"));
  g_assert_nonnull (strstr (raw_server_request (raw, 0), "Content-Length: 0\r\n"));
  g_assert_nonnull (strstr (raw_server_request (raw, 1), basic));
  /* an edition that wants it there gets it there */
  raw_server_push_reply (raw, 401, "WWW-Authenticate: Basic realm=\"x\"\r\n", "");
  raw_server_push_reply (raw, 200, NULL, METADATA);
  raw_server_push_reply (raw, 200, NULL, INFO);
  assert_connected (client);
  g_assert_cmpuint (raw->requests->len, ==, 5);
  g_assert_null (strstr (raw_server_request (raw, 2), basic));
  g_assert_nonnull (strstr (raw_server_request (raw, 3), basic));
}

static void
test_not_an_archive (void)
{
  static const char *const pages[]
      = { "{}", "[]", "[1,2]", "{\"name\":\"x\"}", "<html></html>", "", "[{\"title\":\"x\"}]" };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autoptr (RawServer) raw = raw_server_new (TRUE);
    g_autoptr (MunAdminClient) client = make_raw (raw);

    raw_server_push_reply (raw, 200, NULL, pages[i]);
    assert_refused (client, MUN_ERROR_NOT_AN_ARCHIVE);
    g_assert_cmpuint (raw->requests->len, ==, 1);
  }
  {
    g_autoptr (RawServer) raw = raw_server_new (TRUE);
    g_autoptr (MunAdminClient) client = make_raw (raw);

    raw_server_push_reply (raw, 404, NULL, METADATA);
    assert_refused (client, MUN_ERROR_NOT_AN_ARCHIVE);
  }
}

/* The account is right, but may not do this. */
static void
test_denied (void)
{
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (MunAdminClient) client = make_raw (raw);

  raw_server_push_reply (raw, 200, NULL, METADATA);
  raw_server_push_reply (
      raw, 200, NULL,
      BOM "{\"error\":{\"message\":\"No access.\"},\"statusCode\":\"failed\",\"result\":null}");
  assert_refused (client, MUN_ERROR_DENIED);
}

static void
test_statuses (void)
{
  static const struct {
    guint status;
    MunError code;
  } table[] = {
    { 401, MUN_ERROR_AUTHENTICATION }, { 403, MUN_ERROR_DENIED },    { 404, MUN_ERROR_UNSUPPORTED },
    { 413, MUN_ERROR_TOO_LARGE },      { 429, MUN_ERROR_THROTTLED }, { 503, MUN_ERROR_THROTTLED },
    { 500, MUN_ERROR_FAILED },         { 411, MUN_ERROR_FAILED },
  };
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (MunAdminClient) client = make_raw (raw);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    raw_server_push_reply (raw, table[i].status, NULL, "<html>");
    assert_call_fails (client, "GetUsers", NULL, table[i].code, "GetUsers");
  }
  /* a sentence of the server is passed on */
  raw_server_push_reply (raw, 500, NULL, "{\"error\":{\"message\":\"Disk is full.\"}}");
  assert_call_fails (client, "GetUsers", NULL, MUN_ERROR_FAILED, "Disk is full.");
}

static void
test_replies (void)
{
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (MunAdminClient) client = make_raw (raw);
  g_autoptr (JsonNode) none = NULL;
  g_autoptr (GError) error = NULL;

  raw_server_push_reply (raw, 200, NULL, "not JSON");
  assert_call_fails (client, "GetUsers", NULL, MUN_ERROR_PROTOCOL, "");
  raw_server_push_reply (raw, 200, NULL, "");
  assert_call_fails (client, "GetUsers", NULL, MUN_ERROR_PROTOCOL, "");
  raw_server_push_reply (raw, 200, NULL, "{\"statusCode\":\"running\",\"token\":null}");
  assert_call_fails (client, "GetUsers", NULL, MUN_ERROR_PROTOCOL, "token");
  raw_server_push_reply (
      raw, 200, NULL,
      "{\"statusCode\":\"failed\",\"error\":{\"message\":\"Missing API argument userName.\","
      "\"details\":\"at MailStore.Api\"}}");
  assert_call_fails (client, "GetUserInfo", NULL, MUN_ERROR_FAILED,
                     "Missing API argument userName.");
  raw_server_push_reply (raw, 200, NULL, "{\"statusCode\":\"failed\",\"error\":null}");
  assert_call_fails (client, "GetUsers", NULL, MUN_ERROR_FAILED, "no reason");
  /* an envelope with next to nothing in it, and an unknown key */
  raw_server_push_reply (raw, 200, NULL, "{\"result\":null,\"vendorKey\":[1]}");
  none = call (client, "GetUsers", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_NULL (none));
}

/* What is sent: a form, whatever the values are. */
static void
test_form (void)
{
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (MunAdminClient) client = make_raw (raw);
  g_autoptr (JsonNode) node = NULL;
  const char *body;

  raw_server_push_reply (raw, 200, NULL, INFO);
  node = call (client, "X",
               "{\"a\":\"1 & 2=3\",\"b\":true,\"c\":-7,\"d\":{\"e\":[\"é\"]},\"f\":null}", NULL);
  g_assert_nonnull (node);
  body = strstr (raw_server_request (raw, 0), "\r\n\r\n") + 4;
  g_assert_cmpstr (body, ==, "a=1%20%26%202%3D3&b=true&c=-7&d=%7B%22e%22%3A%5B%22%C3%A9%22%5D%7D");
  g_assert_nonnull (
      strstr (raw_server_request (raw, 0), "Content-Type: application/x-www-form-urlencoded\r\n"));
}

/* Who gives a long call up stops it at the server. */
static void
test_call_cancelled (void)
{
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (MunAdminClient) client = make_raw (raw);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  raw_server_push_reply (raw, 200, NULL,
                         "{\"statusCode\":\"running\",\"token\":\"t/1\",\"statusVersion\":4}");
  mun_admin_client_call_async (client, "VerifyStores", NULL, cancellable, keep_result_cb, &result);
  raw_server_wait (raw, 2);
  g_assert_nonnull (strstr (raw_server_request (raw, 1), "POST /api/get-status "));
  g_assert_nonnull (strstr (raw_server_request (raw, 1), "token=t%2F1&lastKnownStatusVersion=4&"));
  g_cancellable_cancel (cancellable);
  wait_result (&result);
  g_assert_null (mun_admin_client_call_finish (client, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  raw_server_wait (raw, 3);
  g_assert_nonnull (strstr (raw_server_request (raw, 2), "POST /api/cancel-async "));
  g_assert_nonnull (strstr (raw_server_request (raw, 2), "token=t%2F1"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  g_test_add_func ("/client/admin/connect", test_connect);
  g_test_add_func ("/client/admin/certificate", test_certificate);
  g_test_add_func ("/client/admin/account", test_account);
  g_test_add_func ("/client/admin/call", test_call);
  g_test_add_func ("/client/admin/stopped-server", test_stopped_server);
  g_test_add_func ("/client/admin/bom", test_bom);
  g_test_add_func ("/client/admin/password-is-held-back", test_password_is_held_back);
  g_test_add_func ("/client/admin/not-an-archive", test_not_an_archive);
  g_test_add_func ("/client/admin/denied", test_denied);
  g_test_add_func ("/client/admin/statuses", test_statuses);
  g_test_add_func ("/client/admin/replies", test_replies);
  g_test_add_func ("/client/admin/form", test_form);
  g_test_add_func ("/client/admin/call-cancelled", test_call_cancelled);
  status = g_test_run ();
  test_server_free (server);
  return status;
}
