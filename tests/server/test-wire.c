/* test-wire.c: the Administration API as its clients' bytes meet it (transport, requests, replies)
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "wire.h"

#include "functions.h"
#include "json.h"

#include <glib/gstdio.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>

#define INFO "/api/invoke/GetServerInfo"
#define BODY_LIMIT 65536

static TestServer *server;
static char *authorization; /* header line of the administrator */

static Wire *
open_wire (void)
{
  return wire_open (server, server->admin_port, NULL);
}

static guint
take_status (Wire *wire)
{
  g_autoptr (WireReply) reply = wire_read (wire);

  g_assert_nonnull (reply);
  return reply->status;
}

static void
assert_succeeded (Wire *wire)
{
  g_autoptr (WireReply) reply = wire_read (wire);
  g_autoptr (JsonObject) envelope = NULL;

  g_assert_nonnull (reply);
  envelope = wire_reply_object (reply);
  g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==, "succeeded");
}

/* --- credentials --- */

/* Python's urllib with a password manager: without credentials first, each on a connection that
 * ends. */
static void
test_challenged_client (void)
{
  for (guint i = 0; i < 3; i++) {
    g_autoptr (Wire) first = open_wire ();
    g_autoptr (Wire) second = open_wire ();
    g_autoptr (WireReply) refused = NULL;
    g_autofree char *headers = g_strconcat (authorization, "Connection: close\r\n", NULL);
    const char *challenge;

    wire_post (first, INFO, "Connection: close\r\n", NULL);
    refused = wire_read (first);
    g_assert_cmpuint (refused->status, ==, 401);
    challenge = wire_reply_header (refused, "WWW-Authenticate");
    g_assert_true (g_str_has_prefix (challenge, "Basic realm=\""));
    g_assert_true (wire_is_closed (first));
    wire_post (second, INFO, headers, NULL);
    assert_succeeded (second);
    g_assert_true (wire_is_closed (second));
  }
}

/* curl --anyauth and .NET: challenge and answer on one connection that stays. */
static void
test_kept_connection (void)
{
  g_autoptr (Wire) wire = open_wire ();

  wire_post (wire, "/api/invoke/GetUserInfo", "", "userName=admin");
  g_assert_cmpuint (take_status (wire), ==, 401);
  for (guint i = 0; i < 3; i++) {
    wire_post (wire, "/api/invoke/GetUserInfo", authorization, "userName=admin");
    assert_succeeded (wire);
  }
  wire_post (wire, INFO, "Authorization: Basic bm9ib2R5Og==\r\n", NULL);
  g_assert_cmpuint (take_status (wire), ==, 401);
  wire_post (wire, INFO, authorization, NULL);
  assert_succeeded (wire);
}

static void
test_preemptive (void)
{
  g_autoptr (Wire) wire = open_wire ();

  wire_post (wire, INFO, authorization, NULL);
  assert_succeeded (wire);
}

/* A name's case does not matter, and the log says who it was as the account is written. */
static void
test_case_of_the_name (void)
{
  for (guint i = 0; i < 2; i++) {
    g_autofree char *basic = test_basic ("AdMiN", TEST_PASSWORD);
    g_autofree char *headers = g_strdup_printf ("Authorization: %s\r\n", basic);
    g_autofree char *form = g_strdup_printf ("userName=case%u&privileges=none", i);
    g_autoptr (Wire) wire = open_wire ();
    g_autoptr (JsonNode) node = NULL;
    JsonObject *event;

    wire_post (wire, "/api/invoke/CreateUser", headers, form);
    assert_succeeded (wire);
    node = test_server_call_ok (server, "GetAuditLog", "eventType=UserCreate&maximum=1");
    event = json_array_get_object_element (json_node_get_array (node), 0);
    g_assert_cmpstr (mun_json_get_string (event, "userName", NULL), ==, TEST_ADMIN);
  }
}

static char *
find_own_address (void)
{
  struct ifaddrs *list = NULL;
  char *text = NULL;

  g_assert_cmpint (getifaddrs (&list), ==, 0);
  for (struct ifaddrs *at = list; at != NULL && text == NULL; at = at->ifa_next) {
    g_autoptr (GSocketAddress) address = NULL;
    GInetAddress *host;

    if (at->ifa_addr == NULL || at->ifa_addr->sa_family != AF_INET)
      continue;
    address = g_socket_address_new_from_native (at->ifa_addr, sizeof (struct sockaddr_in));
    host = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
    if (!g_inet_address_get_is_loopback (host))
      text = g_inet_address_to_string (host);
  }
  freeifaddrs (list);
  return text;
}

static void
assert_guard (TestServer *other, const char *password, const char *local, const char *status)
{
  g_autoptr (Wire) wire = wire_open (other, other->admin_port, local);
  g_autofree char *basic = test_basic ("admin", password);
  g_autofree char *headers = g_strdup_printf ("Authorization: %s\r\n", basic);
  g_autoptr (WireReply) reply = NULL;
  g_autoptr (JsonObject) envelope = NULL;

  wire_post (wire, INFO, headers, NULL);
  reply = wire_read (wire);
  envelope = wire_reply_object (reply);
  g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==, status);
}

/* The password that everybody knows is good for this computer only. */
static void
test_known_password (void)
{
  static const char *const options[] = { "--session", NULL };
  g_autofree char *elsewhere = find_own_address ();
  g_autoptr (TestServer) other = NULL;
  g_autoptr (JsonObject) changed = NULL;

  if (elsewhere == NULL) {
    g_test_skip ("this machine has no address but loopback");
    return;
  }
  other = test_server_start_with (NULL, options, "admin\n");
  assert_guard (other, "admin", NULL, "succeeded");
  assert_guard (other, "admin", elsewhere, "failed");
  changed = test_server_call_as (other, "admin", "admin", "SetUserPassword",
                                 "userName=admin&password=better");
  g_assert_cmpstr (mun_json_get_string (changed, "statusCode", NULL), ==, "succeeded");
  assert_guard (other, "better", elsewhere, "succeeded");
}

/* --- replies --- */

static void
assert_headers (WireReply *reply)
{
  g_assert_cmpstr (wire_reply_header (reply, "Cache-Control"), ==,
                   "no-cache,private,no-store,must-revalidate,max-stale=0,post-check=0,"
                   "pre-check=0");
  g_assert_cmpstr (wire_reply_header (reply, "Pragma"), ==, "no-cache");
  g_assert_nonnull (wire_reply_header (reply, "Expires"));
  g_assert_nonnull (wire_reply_header (reply, "Server"));
  g_assert_nonnull (wire_reply_header (reply, "Date"));
}

/* The order and the set of members are what the manual prints. */
static void
test_reply (void)
{
  static const char *const members[]
      = { "error",           "token",      "statusVersion", "statusCode",
          "percentProgress", "statusText", "result",        "logOutput" };
  g_autoptr (Wire) wire = open_wire ();
  g_autoptr (WireReply) reply = NULL;
  g_autoptr (JsonObject) envelope = NULL;
  g_autoptr (GList) names = NULL;
  guint i = 0;

  wire_post (wire, INFO, authorization, NULL);
  reply = wire_read (wire);
  assert_headers (reply);
  g_assert_cmpstr (wire_reply_header (reply, "Content-Type"), ==, "application/json");
  envelope = wire_reply_object (reply);
  names = json_object_get_members (envelope);
  for (GList *link = names; link != NULL; link = link->next, i++) {
    g_assert_cmpuint (i, <, G_N_ELEMENTS (members));
    g_assert_cmpstr (link->data, ==, members[i]);
  }
  g_assert_cmpuint (i, ==, G_N_ELEMENTS (members));
  g_assert_cmpint (mun_json_get_int (envelope, "statusVersion", 0), ==, 2);
  g_assert_cmpint (json_node_get_value_type (json_object_get_member (envelope, "token")), ==,
                   G_TYPE_INVALID);
}

static void
test_failure (void)
{
  g_autoptr (Wire) wire = open_wire ();
  g_autoptr (WireReply) reply = NULL;
  g_autoptr (JsonObject) envelope = NULL;
  JsonObject *error;

  wire_post (wire, "/api/invoke/GetUserInfo", authorization, NULL);
  reply = wire_read (wire);
  assert_headers (reply);
  envelope = wire_reply_object (reply);
  error = mun_json_get_object (envelope, "error");
  g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==, "failed");
  g_assert_cmpstr (mun_json_get_string (error, "message", NULL), ==,
                   "Missing API argument userName.");
  g_assert_true (json_object_has_member (error, "details"));
  g_assert_true (json_object_get_null_member (envelope, "result"));
  g_assert_true (json_object_get_null_member (envelope, "token"));
}

/* The switch of the configuration: not every client copes with the mark. */
static void
test_without_byte_order_mark (void)
{
  g_autofree char *path = g_build_filename (server->data_dir, "plain.conf", NULL);
  const char *const options[] = { "--config", path, NULL };
  g_autoptr (TestServer) plain = NULL;
  static const char *const paths[] = { INFO, "/api/get-metadata" };

  g_assert_true (g_file_set_contents (path, "[Server]\nByteOrderMark=false\n", -1, NULL));
  plain = test_server_start (NULL, options);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (Wire) wire = wire_open (plain, plain->admin_port, NULL);
    g_autoptr (WireReply) reply = NULL;

    wire_post (wire, paths[i], authorization, NULL);
    reply = wire_read (wire);
    g_assert_cmpuint (reply->status, ==, 200);
    g_assert_nonnull (strchr ("{[", *(const char *)g_bytes_get_data (reply->body, NULL)));
  }
}

/* --- bodies --- */

static void
test_length (void)
{
  g_autoptr (Wire) wire = open_wire ();
  g_autofree char *missing
      = g_strdup_printf ("POST " INFO " HTTP/1.1\r\nHost: x\r\n%s\r\n", authorization);
  g_autofree char *zero
      = g_strdup_printf ("POST " INFO " HTTP/1.1\r\nHost: x\r\n%sContent-Length: 0\r\n\r\n",
                         authorization);

  wire_send (wire, zero);
  assert_succeeded (wire);
  wire_send (wire, missing);
  g_assert_cmpuint (take_status (wire), ==, 411);
  g_assert_true (wire_is_closed (wire));
}

/* .NET asks first whether it may send the body. */
static void
test_expect_continue (void)
{
  g_autoptr (Wire) wire = open_wire ();
  g_autofree char *headers = g_strconcat (authorization, "Expect: 100-continue\r\n", NULL);

  wire_post (wire, "/api/invoke/GetUserInfo", headers, "userName=admin");
  assert_succeeded (wire);
}

static char *
make_chunks (guint n, const char *chunk)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
                          "POST /api/invoke/GetUserInfo HTTP/1.1\r\nHost: x\r\n%s"
                          "Transfer-Encoding: chunked\r\n\r\n",
                          authorization);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%zx\r\n%s\r\n", strlen (chunk), chunk);
  g_string_append (text, "0\r\n\r\n");
  return g_string_free (text, FALSE);
}

static void
test_chunks (void)
{
  g_autoptr (Wire) wire = open_wire ();
  g_autofree char *few = make_chunks (1, "userName=admin");
  g_autofree char *padding = g_strnfill (4096, 'a');
  g_autofree char *many = make_chunks (2 * BODY_LIMIT / 4096, padding);
  g_autoptr (WireReply) reply = NULL;

  wire_send (wire, few);
  assert_succeeded (wire);
  wire_send (wire, many);
  reply = wire_read (wire);
  /* the server does not read to the end: its answer may be lost, never turned into a success */
  g_assert_true (reply == NULL || reply->status == 413);
}

static void
test_limits (void)
{
  g_autoptr (Wire) within = open_wire ();
  g_autoptr (Wire) beyond = open_wire ();
  g_autofree char *padding = g_strnfill (BODY_LIMIT - strlen ("userName=admin&x="), 'a');
  g_autofree char *largest = g_strconcat ("userName=admin&x=", padding, NULL);
  g_autofree char *larger = g_strconcat (largest, "a", NULL);

  wire_post (within, "/api/invoke/GetUserInfo", authorization, largest);
  assert_succeeded (within);
  wire_post (beyond, "/api/invoke/GetUserInfo", authorization, larger);
  g_assert_cmpuint (take_status (beyond), ==, 413);
}

/* Refused by its head, with the connection still usable behind the body. */
static void
test_body_of_a_stranger (void)
{
  g_autoptr (Wire) wire = open_wire ();
  g_autofree char *body = g_strnfill (4 * BODY_LIMIT, 'a');

  wire_post (wire, INFO, "", body);
  g_assert_cmpuint (take_status (wire), ==, 401);
  wire_post (wire, INFO, authorization, NULL);
  assert_succeeded (wire);
}

static void
test_argument_count (void)
{
  g_autoptr (GString) form = g_string_new ("userName=admin");
  g_autoptr (JsonObject) most = NULL;
  g_autoptr (JsonObject) more = NULL;

  for (guint i = 1; i < 64; i++)
    g_string_append_printf (form, "&a%u=", i);
  most = wire_call (server, "/api/invoke/GetUserInfo", form->str);
  g_assert_cmpstr (mun_json_get_string (most, "statusCode", NULL), ==, "succeeded");
  g_string_append (form, "&last=");
  more = wire_call (server, "/api/invoke/GetUserInfo", form->str);
  g_assert_cmpstr (mun_json_get_string (more, "statusCode", NULL), ==, "failed");
}

/* Nothing of this may be taken for a request that is allowed, or end the server. */
static void
test_garbage (void)
{
  static const char *const texts[] = {
    "\r\n\r\n",
    "GET\r\n\r\n",
    "POST /api/invoke/GetServerInfo HTTP/9.9\r\n\r\n",
    "POST * HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    "POST /api/invoke/GetServerInfo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "POST /api/invoke/GetServerInfo HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    "POST /api/invoke/GetServerInfo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    "Content-Length: 2\r\n\r\nab",
    "POST /api/invoke/GetServerInfo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /api/invoke/GetServerInfo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    "GET /api/get-metadata HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "POST /api/invoke/%00 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    "POST /api/invoke/../get-metadata%2f HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    "\x16\x03\x01\x02",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (Wire) wire = open_wire ();
    g_autoptr (WireReply) reply = NULL;

    g_test_message ("%s", texts[i]);
    wire_send (wire, texts[i]);
    wire_send (wire, "\r\n\r\n");
    reply = wire_read (wire);
    g_assert_true (reply == NULL || reply->status >= 400);
  }
  test_preemptive ();
}

/* --- the quirks of contract 1.6 --- */

static void
assert_outcome (const char *path, const char *form, const char *message)
{
  g_autoptr (JsonObject) envelope = wire_call (server, path, form);

  g_test_message ("%s %s", path, form);
  g_assert_cmpstr (mun_json_get_string (mun_json_get_object (envelope, "error"), "message", NULL),
                   ==, message);
  if (strcmp (mun_json_get_string (envelope, "statusCode", ""), "running") != 0)
    g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==,
                     message == NULL ? "succeeded" : "failed");
}

static void
test_lenient_arguments (void)
{
  static const struct {
    const char *path, *form, *message;
  } rows[] = {
    { "/api//invoke//GetServerInfo", NULL, NULL },
    { "//api/invoke/GetServerInfo", "", NULL },
    { "/api/invoke/GetStores", "includeSize=True", NULL },
    { "/api/invoke/GetStores", "includeSize=False", NULL },
    { "/api/invoke/GetStores", "includeSize=fALSE", NULL },
    { "/api/invoke/GetProfiles", "raw=True", NULL },
    /* what is falsy is dropped by those clients */
    { "/api/invoke/GetStores", "", NULL },
    { "/api/invoke/GetChildFolders", "", NULL },
    /* and others send it empty */
    { "/api/invoke/GetStores", "includeSize=", NULL },
    { "/api/invoke/GetChildFolders", "folder=&maxLevels=", NULL },
    { "/api/invoke/GetWorkerResults",
      "fromIncluding=2026-01-01T00:00:00&toExcluding=2026-01-02T00:00:00&timeZoneID=$Local"
      "&profileID=&userName=",
      NULL },
    { "/api/invoke/SetComplianceConfiguration", "config=", "Missing API argument config." },
    { "/api/invoke/VerifyStore", "id=1", NULL },
    { "/api/invoke/VerifyStores", "", NULL },
    { "/api/invoke/DeleteMessage", "id=1:1", "Missing API argument reason." },
    { "/api/invoke/DeleteMessage", "id=1:1&reason=", "Missing API argument reason." },
    { "/api/invoke/DeleteMessage", "reason=x", "Missing API argument id." },
    { "/api/invoke/GetProfiles", "raw=false", "API argument raw must be true." },
    { "/api/invoke/GetProfiles", "", "Missing API argument raw." },
    { "/api/invoke/CreateProfile", "properties={}&raw=False", "API argument raw must be true." },
    { "/api/invoke/RunTemporaryProfile", "raw=0&properties={}", "API argument raw must be true." },
    /* in any order */
    { "/api/invoke/SetUserFullName", "userName=admin&fullName=One", NULL },
    { "/api/invoke/SetUserFullName", "fullName=Two&userName=admin", NULL },
    /* JSON as curl --data sends it */
    { "/api/invoke/SetComplianceConfiguration",
      "config={ \"legalHold\" : false, \"note\" : \"a 'b' c=d é\" }", NULL },
    { "/api/invoke/SetComplianceConfiguration",
      "config=%7B%22note%22%3A%22100%25%20%26%20more%22%7D", NULL },
    { "/api/invoke/SetComplianceConfiguration", "config={\n\t\"legalHold\": false\r\n}", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_outcome (rows[i].path, rows[i].form, rows[i].message);
}

static void
test_plain_json_arrives_whole (void)
{
  g_autoptr (JsonObject) set = wire_call (server, "/api/invoke/SetComplianceConfiguration",
                                          "config={ \"note\" : \"a 'b' c=d \xc3\xa9 100%\" }");
  g_autoptr (JsonNode) node = test_server_call_ok (server, "GetComplianceConfiguration", NULL);

  g_assert_cmpstr (mun_json_get_string (set, "statusCode", NULL), ==, "succeeded");
  g_assert_cmpstr (mun_json_get_string (json_node_get_object (node), "note", NULL), ==,
                   "a 'b' c=d \xc3\xa9 100%");
}

static void
test_unknown_names (void)
{
  static const struct {
    const char *path, *form;
    guint status;
  } rows[] = {
    { "/api/invoke/NoSuchFunction", NULL, 404 },
    { "/api/get-status", "token=0123456789abcdef&lastKnownStatusVersion=1", 404 },
    { "/api/get-status", "lastKnownStatusVersion=1", 404 },
    { "/api/get-status", "", 404 },
    { "/api//get-status", "token=x&lastKnownStatusVersion=1&millisecondsTimeout=60000", 404 },
    { "/api/cancel-async", "token=0123456789abcdef", 404 },
    { "/api//cancel-async", "token=", 404 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (Wire) wire = open_wire ();

    g_test_message ("%s %s", rows[i].path, rows[i].form);
    wire_post_admin (wire, rows[i].path, rows[i].form);
    g_assert_cmpuint (take_status (wire), ==, rows[i].status);
  }
}

/* --- metadata --- */

static JsonNode *
read_metadata (const char *request)
{
  g_autoptr (Wire) wire = open_wire ();
  g_autoptr (WireReply) reply = NULL;
  gsize length;
  const char *text;
  JsonNode *node;

  wire_send (wire, request);
  reply = wire_read (wire);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (wire_reply_header (reply, "Content-Type"), ==, "application/json");
  text = g_bytes_get_data (reply->body, &length);
  node = mun_json_parse (text, length, NULL);
  g_assert_true (JSON_NODE_HOLDS_ARRAY (node));
  return node;
}

static void
assert_argument (JsonObject *argument)
{
  static const char *const types[] = { "string", "number", "bool", "json", NULL };

  g_assert_cmpuint (strlen (mun_json_get_string (argument, "name", "")), >, 0);
  g_assert_true (g_strv_contains (types, mun_json_get_string (argument, "type", "")));
  g_assert_cmpint (json_node_get_value_type (json_object_get_member (argument, "nullable")), ==,
                   G_TYPE_BOOLEAN);
  g_assert_cmpstr (mun_json_get_string (argument, "name", NULL), !=, "instanceID");
}

/* Whatever is listed answers; whatever the contract has besides is not there. */
static void
test_metadata (void)
{
  g_autoptr (JsonNode) got = read_metadata ("GET /api/get-metadata HTTP/1.1\r\nHost: x\r\n\r\n");
  g_autoptr (JsonNode) posted
      = read_metadata ("POST /api//get-metadata HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (Wire) wire = open_wire ();
  JsonArray *list = json_node_get_array (got);
  const MunFunctionSpec *specs;
  guint n_specs;

  g_assert_true (json_node_equal (got, posted));
  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonObject *function = json_array_get_object_element (list, i);
    JsonArray *arguments = mun_json_get_array (function, "args");

    g_hash_table_add (names, (gpointer)mun_json_get_string (function, "name", ""));
    for (guint j = 0; j < json_array_get_length (arguments); j++)
      assert_argument (json_array_get_object_element (arguments, j));
  }
  specs = mun_function_list (&n_specs);
  for (guint i = 0; i < n_specs; i++) {
    g_autofree char *path = g_strconcat ("/api/invoke/", specs[i].name, NULL);

    g_test_message ("%s", specs[i].name);
    wire_post (wire, path, authorization, "raw=false");
    g_assert_cmpuint (take_status (wire), ==,
                      g_hash_table_contains (names, specs[i].name) ? 200 : 404);
  }
}

/* --- slowing down --- */

static gpointer
send_wrong_password (gpointer data)
{
  g_autoptr (Wire) wire = wire_open (server, server->admin_port, "127.0.0.2");
  g_autofree char *basic = test_basic ("absent", "wrong");
  g_autofree char *headers = g_strdup_printf ("Authorization: %s\r\n", basic);

  wire_post (wire, INFO, headers, NULL);
  g_assert_cmpuint (take_status (wire), ==, 401);
  return NULL;
}

/* Requests without credentials are how clients begin, not attempts: after fifty of them the first
 * right password is answered, while an address that guessed still waits. */
static void
test_challenges_are_no_attempts (void)
{
  GThread *guesses[12];
  g_autoptr (Wire) asking = NULL;
  g_autoptr (Wire) guessing = NULL;
  g_autofree char *basic = test_basic ("patient", "p");
  g_autofree char *headers = g_strdup_printf ("Authorization: %s\r\n", basic);

  /* A fresh one: libsoup loses the path of each request that it cannot parse, and the exit status
   * of a build that looks for leaks would tell of it. */
  test_server_free (server);
  server = test_server_start (NULL, NULL);
  asking = open_wire ();
  g_assert_null (
      test_server_call_ok (server, "CreateUser", "userName=patient&privileges=admin&password=p"));
  for (guint i = 0; i < G_N_ELEMENTS (guesses); i++)
    guesses[i] = g_thread_new ("guess", send_wrong_password, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (guesses); i++)
    g_thread_join (guesses[i]);
  guessing = wire_open (server, server->admin_port, "127.0.0.2");
  wire_post (guessing, INFO, "Authorization: Basic YWJzZW50Ong=\r\n", NULL);
  for (guint i = 0; i < 50; i++) {
    wire_post (asking, INFO, "", NULL);
    g_assert_cmpuint (take_status (asking), ==, 401);
  }
  wire_post (asking, INFO, headers, NULL);
  assert_succeeded (asking);
  g_assert_false (wire_has_data (guessing));
  /* the server does not wait for it when it is told to end */
  g_assert_cmpint (test_server_stop (server, SIGTERM), ==, 0);
}

static TestServer *
start (char **directory)
{
  g_autofree char *path = NULL;
  const char *options[] = { "--config", NULL, NULL };

  *directory = g_dir_make_tmp ("muniment-test-XXXXXX", NULL);
  path = g_build_filename (*directory, "limits.conf", NULL);
  options[1] = path;
  g_assert_true (
      g_file_set_contents (path, "[Limits]\nRequestBody=" G_STRINGIFY (BODY_LIMIT) "\n", -1, NULL));
  return test_server_start (*directory, options);
}

int
main (int argc, char **argv)
{
  g_autofree char *directory = NULL;
  g_autofree char *basic = test_basic (TEST_ADMIN, TEST_PASSWORD);
  int status;

  g_test_init (&argc, &argv, NULL);
  authorization = g_strdup_printf ("Authorization: %s\r\n", basic);
  server = start (&directory);
  server->own_dir = TRUE;
  g_test_add_func ("/wire/challenged-client", test_challenged_client);
  g_test_add_func ("/wire/kept-connection", test_kept_connection);
  g_test_add_func ("/wire/preemptive", test_preemptive);
  g_test_add_func ("/wire/case-of-the-name", test_case_of_the_name);
  g_test_add_func ("/wire/known-password", test_known_password);
  g_test_add_func ("/wire/body-of-a-stranger", test_body_of_a_stranger);
  g_test_add_func ("/wire/reply", test_reply);
  g_test_add_func ("/wire/failure", test_failure);
  g_test_add_func ("/wire/without-byte-order-mark", test_without_byte_order_mark);
  g_test_add_func ("/wire/length", test_length);
  g_test_add_func ("/wire/expect-continue", test_expect_continue);
  g_test_add_func ("/wire/chunks", test_chunks);
  g_test_add_func ("/wire/limits", test_limits);
  g_test_add_func ("/wire/argument-count", test_argument_count);
  g_test_add_func ("/wire/garbage", test_garbage);
  g_test_add_func ("/wire/lenient-arguments", test_lenient_arguments);
  g_test_add_func ("/wire/plain-json-arrives-whole", test_plain_json_arrives_whole);
  g_test_add_func ("/wire/unknown-names", test_unknown_names);
  g_test_add_func ("/wire/metadata", test_metadata);
  /* last: it ends the server */
  g_test_add_func ("/wire/challenges-are-no-attempts", test_challenges_are_no_attempts);
  status = g_test_run ();
  test_server_free (server);
  g_free (authorization);
  return status;
}
