/* test-admin-api.c: the Administration API over the wire, with the quirks of its clients */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "test-server.h"

#include "functions.h"
#include "json.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"

static TestServer *server;
static char *admin;

static guint
post (const char *path, const char *authorization, const char *form, GBytes **reply)
{
  return test_server_request (server, server->admin_port, "POST", path, authorization, form, reply);
}

static void
test_metadata (void)
{
  static const char *const methods[] = { "GET", "POST" };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (GBytes) reply = NULL;
    g_autoptr (JsonNode) node = NULL;
    gsize length;
    const char *text;

    g_assert_cmpuint (test_server_request (server, server->admin_port, methods[i],
                                           "/api/get-metadata", NULL, NULL, &reply),
                      ==, 200);
    text = g_bytes_get_data (reply, &length);
    g_assert_cmpmem (text, 3, BOM, 3);
    node = mun_json_parse (text, length, NULL);
    g_assert_true (JSON_NODE_HOLDS_ARRAY (node));
  }
}

/* Everything that the table calls served is listed, and nothing else; a server never asks for
 * instanceID. */
static void
test_metadata_lists_what_works (void)
{
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  const MunFunctionSpec *specs;
  gsize length;
  const char *text;
  JsonArray *list;
  guint n_specs;

  post ("/api/get-metadata", NULL, NULL, &reply);
  text = g_bytes_get_data (reply, &length);
  node = mun_json_parse (text, length, NULL);
  list = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (list); i++)
    g_hash_table_add (names, (gpointer)mun_json_get_string (json_array_get_object_element (list, i),
                                                            "name", ""));
  specs = mun_function_list (&n_specs);
  for (guint i = 0; i < n_specs; i++) {
    g_test_message ("%s", specs[i].name);
    g_assert_cmpint (g_hash_table_contains (names, specs[i].name), ==,
                     (specs[i].flags & MUN_FUNCTION_SERVED) != 0);
  }
  g_assert_null (memmem (text, length, "instanceID", strlen ("instanceID")));
}

static void
keep_header_cb (SoupMessage *message, gpointer data)
{
  *(char **)data
      = g_strdup (soup_message_headers_get_one (soup_message_get_response_headers (message),
                                                "WWW-Authenticate"));
}

static gboolean
accept_cb (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags errors,
           gpointer data)
{
  return TRUE;
}

static void
test_challenge (void)
{
  g_autofree char *uri
      = g_strdup_printf ("https://127.0.0.1:%u/api/invoke/GetServerInfo", server->admin_port);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
  g_autoptr (GBytes) reply = NULL;
  g_autofree char *challenge = NULL;

  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  g_signal_connect (message, "got-headers", G_CALLBACK (keep_header_cb), &challenge);
  reply = soup_session_send_and_read (server->session, message, NULL, NULL);
  g_assert_cmpuint (soup_message_get_status (message), ==, 401);
  g_assert_nonnull (challenge);
  g_assert_true (g_str_has_prefix (challenge, "Basic realm=\""));
}

static void
test_credentials (void)
{
  g_autofree char *wrong = test_basic (TEST_ADMIN, "wrong");
  g_autofree char *unknown = test_basic ("nobody", TEST_PASSWORD);
  g_autofree char *empty = test_basic (TEST_ADMIN, "");
  static const char *const broken[]
      = { "Basic", "Basic !!!", "Basic YWRtaW4=", "Bearer x", "Basic Og==", "Negotiate abc" };

  g_assert_cmpuint (post ("/api/invoke/GetServerInfo", admin, "", NULL), ==, 200);
  g_assert_cmpuint (post ("/api/invoke/GetServerInfo", wrong, "", NULL), ==, 401);
  g_assert_cmpuint (post ("/api/invoke/GetServerInfo", unknown, "", NULL), ==, 401);
  g_assert_cmpuint (post ("/api/invoke/GetServerInfo", empty, "", NULL), ==, 401);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    g_assert_cmpuint (post ("/api/invoke/GetServerInfo", broken[i], "", NULL), ==, 401);
  /* the right pair still works, and at once: it is remembered */
  g_assert_cmpuint (post ("/api/invoke/GetServerInfo", admin, "", NULL), ==, 200);
}

/* Python's urllib and requests send ISO 8859-1, others UTF-8. */
static void
test_latin1_password (void)
{
  static const char utf8[] = "jo:s\xc3\xa9";
  static const char latin1[] = "jo:s\xe9";
  g_autofree char *first = g_base64_encode ((const guchar *)utf8, strlen (utf8));
  g_autofree char *second = g_base64_encode ((const guchar *)latin1, strlen (latin1));
  g_autofree char *first_header = g_strconcat ("Basic ", first, NULL);
  g_autofree char *second_header = g_strconcat ("Basic ", second, NULL);

  g_assert_null (
      test_server_call_ok (server, "CreateUser", "userName=jo&privileges=admin&password=s%C3%A9"));
  g_assert_cmpuint (post ("/api/invoke/GetServerInfo", first_header, "", NULL), ==, 200);
  g_assert_cmpuint (post ("/api/invoke/GetServerInfo", second_header, "", NULL), ==, 200);
  g_assert_null (test_server_call_ok (server, "DeleteUser", "userName=jo"));
}

static void
test_envelope (void)
{
  static const char *const members[]
      = { "error",           "token",      "statusVersion", "statusCode",
          "percentProgress", "statusText", "result",        "logOutput" };
  g_autoptr (JsonObject) envelope = test_server_call (server, "GetServerInfo", NULL);
  JsonObject *result = mun_json_get_object (envelope, "result");

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    g_assert_true (json_object_has_member (envelope, members[i]));
  g_assert_cmpuint (json_object_get_size (envelope), ==, G_N_ELEMENTS (members));
  g_assert_true (JSON_NODE_HOLDS_NULL (json_object_get_member (envelope, "error")));
  g_assert_true (JSON_NODE_HOLDS_NULL (json_object_get_member (envelope, "token")));
  g_assert_true (JSON_NODE_HOLDS_NULL (json_object_get_member (envelope, "percentProgress")));
  g_assert_cmpint (mun_json_get_int (envelope, "statusVersion", 0), ==, 2);
  g_assert_cmpstr (mun_json_get_string (result, "product", NULL), ==, "Muniment");
  g_assert_nonnull (mun_json_get_string (result, "version", NULL));
  g_assert_nonnull (mun_json_get_string (result, "machineName", NULL));
}

static void
assert_message (const char *function, const char *form, const char *expected)
{
  g_autofree char *message = test_server_call_error (server, function, form);

  g_assert_cmpstr (message, ==, expected);
}

static void
test_argument_errors (void)
{
  g_autofree char *many = NULL;
  g_autofree char *message = NULL;
  g_autoptr (GString) form = g_string_new ("userName=admin");

  assert_message ("GetUserInfo", "", "Missing API argument userName.");
  assert_message ("GetUserInfo", "username=admin", "Missing API argument userName.");
  /* older clients leave the reason out; then nothing is deleted */
  assert_message ("DeleteMessage", "id=1:1", "Missing API argument reason.");
  message = test_server_call_error (server, "SetStoreRequestedState", "id=one&requestedState=x");
  g_assert_nonnull (message);
  for (guint i = 0; i < 100; i++)
    g_string_append_printf (form, "&a%u=1", i);
  many = test_server_call_error (server, "GetUserInfo", form->str);
  g_assert_nonnull (many);
}

/* contract 1.6 */
static void
test_quirks (void)
{
  static const struct {
    const char *function;
    const char *form;
  } calls[] = {
    { "GetStores", "includeSize=True" },
    { "GetStores", "includeSize=FALSE" },
    { "GetStores", "includeSize=" },
    { "GetStores", "" },
    { "VerifyStores", "" },
    { "GetChildFolders", "folder=&maxLevels=" },
    { "GetAuditLog", "userName=&maximum=" },
    { "GetUserInfo", "unknown=1&userName=admin" },
    { "SetComplianceConfiguration", "config={ \"legalHold\" : false, \"ours\": \"a b\" }" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_autoptr (JsonNode) result = NULL;

    g_test_message ("%s %s", calls[i].function, calls[i].form);
    result = test_server_call_ok (server, calls[i].function, calls[i].form);
  }
  /* repeated slashes */
  g_assert_cmpuint (post ("/api//invoke//GetServerInfo", admin, "", NULL), ==, 200);
  g_assert_cmpuint (post ("//api//get-metadata", NULL, "", NULL), ==, 200);
  g_assert_cmpuint (post ("/api//get-status", admin, "token=unknown", NULL), ==, 404);
  g_assert_cmpuint (post ("/api//cancel-async", admin, "token=unknown", NULL), ==, 404);
}

static void
test_paths (void)
{
  static const struct {
    const char *method;
    const char *path;
    guint status;
  } rows[] = {
    { "POST", "/api/invoke/NoSuchFunction", 404 },
    { "POST", "/api/invoke/getServerInfo", 404 },
    { "POST", "/api/invoke/RepairStoreDatabase", 404 }, /* in the contract, not served */
    { "POST", "/api/invoke/", 404 },
    { "GET", "/api/invoke/GetServerInfo", 405 },
    { "PUT", "/api/get-status", 405 },
    { "POST", "/api/get-status", 404 },
    { "POST", "/api/nothing", 404 },
    { "GET", "/", 404 },
    { "POST", "/JSON/Invoke/GetServerInfo", 404 },
    { "DELETE", "/api/get-metadata", 404 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s %s", rows[i].method, rows[i].path);
    g_assert_cmpuint (test_server_request (server, server->admin_port, rows[i].method, rows[i].path,
                                           admin, NULL, NULL),
                      ==, rows[i].status);
  }
}

/* Who may use the API at all. */
static void
test_who_may_call (void)
{
  static const struct {
    const char *form;
    const char *status;
  } rows[] = {
    { "userName=may&privileges=admin&password=p", "succeeded" },
    { "userName=may&privileges=admin&password=p&loginPrivileges=api", "succeeded" },
    { "userName=may&privileges=admin&password=p&loginPrivileges=web", "failed" },
    { "userName=may&privileges=login,archive&password=p", "failed" },
    { "userName=may&privileges=none&password=p", "failed" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonObject) envelope = NULL;

    g_assert_null (test_server_call_ok (server, "CreateUser", rows[i].form));
    envelope = test_server_call_as (server, "may", "p", "GetServerInfo", NULL);
    g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==, rows[i].status);
    g_assert_null (test_server_call_ok (server, "DeleteUser", "userName=may"));
  }
}

static void
test_information (void)
{
  g_autoptr (JsonNode) zones = test_server_call_ok (server, "GetTimeZones", NULL);
  g_autoptr (JsonNode) service = test_server_call_ok (server, "GetServiceConfiguration", NULL);
  g_autoptr (JsonNode) sessions = test_server_call_ok (server, "GetActiveSessions", NULL);
  JsonObject *configuration = json_node_get_object (service);
  JsonObject *session = json_array_get_object_element (json_node_get_array (sessions), 0);
  const char *thumbprint
      = mun_json_get_string (mun_json_get_object (configuration, "serverCertificate"), "thumbprint",
                             "");

  g_assert_cmpuint (json_array_get_length (json_node_get_array (zones)), >, 100);
  g_assert_cmpstr (mun_json_get_string (configuration, "baseDirectory", NULL), ==,
                   server->data_dir);
  g_assert_cmpint (mun_json_get_int (configuration, "adminPort", 0), ==, server->admin_port);
  g_assert_cmpint (mun_json_get_int (configuration, "webAccessPort", 0), ==, server->web_port);
  g_assert_cmpstr (mun_json_get_string (configuration, "certificateFingerprint", NULL), ==,
                   server->fingerprint);
  g_assert_cmpuint (strlen (thumbprint), ==, 40);
  g_assert_cmpstr (mun_json_get_string (session, "userName", NULL), ==, TEST_ADMIN);
  g_assert_cmpstr (mun_json_get_string (session, "clientType", NULL), ==, "api");
  g_assert_cmpstr (mun_json_get_string (session, "machineName", NULL), ==, "127.0.0.1");
}

static JsonArray *
read_audit (const char *form, JsonNode **holder)
{
  *holder = test_server_call_ok (server, "GetAuditLog", form);
  return json_node_get_array (*holder);
}

static void
test_audit (void)
{
  g_autoptr (JsonNode) all = NULL;
  g_autoptr (JsonNode) failed = NULL;
  g_autoptr (JsonNode) none = NULL;
  g_autofree char *message = NULL;
  JsonArray *events;
  JsonObject *event;

  g_assert_null (test_server_call_ok (server, "CreateUser",
                                      "userName=seen&privileges=none&password=unseen-secret"));
  events = read_audit ("eventType=UserCreate&maximum=1&timeZoneId=$Local", &all);
  g_assert_cmpuint (json_array_get_length (events), ==, 1);
  event = json_array_get_object_element (events, 0);
  g_assert_cmpstr (mun_json_get_string (event, "userName", NULL), ==, TEST_ADMIN);
  g_assert_cmpstr (mun_json_get_string (event, "result", NULL), ==, "succeeded");
  g_assert_nonnull (strstr (mun_json_get_string (event, "details", ""), "seen"));
  g_assert_null (strstr (mun_json_get_string (event, "details", ""), "unseen-secret"));
  g_assert_cmpuint (strlen (mun_json_get_string (event, "time", "")), ==,
                    strlen ("2026-01-01T00:00:00"));
  message = test_server_call_error (server, "CreateUser", "userName=seen&privileges=none");
  events = read_audit ("eventType=UserCreate&maximum=1", &failed);
  event = json_array_get_object_element (events, 0);
  g_assert_cmpstr (mun_json_get_string (event, "result", NULL), ==, "failed");
  g_assert_cmpstr (mun_json_get_string (event, "error", NULL), ==, message);
  /* reading is not recorded, and filters filter */
  events = read_audit ("eventType=GetUsers", &none);
  g_assert_cmpuint (json_array_get_length (events), ==, 0);
  g_free (message);
  message = test_server_call_error (server, "GetAuditLog", "fromIncluding=2026-01-01T00:00:00Z");
  g_assert_cmpstr (message, ==, "String was not recognized as a valid DateTime");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  admin = test_basic (TEST_ADMIN, TEST_PASSWORD);
  g_test_add_func ("/munimentd/admin-api/metadata", test_metadata);
  g_test_add_func ("/munimentd/admin-api/metadata-lists-what-works",
                   test_metadata_lists_what_works);
  g_test_add_func ("/munimentd/admin-api/challenge", test_challenge);
  g_test_add_func ("/munimentd/admin-api/envelope", test_envelope);
  g_test_add_func ("/munimentd/admin-api/argument-errors", test_argument_errors);
  g_test_add_func ("/munimentd/admin-api/quirks", test_quirks);
  g_test_add_func ("/munimentd/admin-api/paths", test_paths);
  g_test_add_func ("/munimentd/admin-api/who-may-call", test_who_may_call);
  g_test_add_func ("/munimentd/admin-api/information", test_information);
  g_test_add_func ("/munimentd/admin-api/audit", test_audit);
  g_test_add_func ("/munimentd/admin-api/latin1-password", test_latin1_password);
  /* last: the wrong passwords slow this address down */
  g_test_add_func ("/munimentd/admin-api/credentials", test_credentials);
  status = g_test_run ();
  test_server_free (server);
  g_free (admin);
  return status;
}
