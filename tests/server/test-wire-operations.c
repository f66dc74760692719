/* test-wire-operations.c: long-running functions, get-status and cancel-async, byte by byte */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "office.h"
#include "wire.h"

#include "json.h"

#include <signal.h>
#include <string.h>

#define STATUS "/api/get-status"
#define CANCEL "/api/cancel-async"

static Office *office;
static char *profile; /* archives one mailbox into the administrator's archive */

/* A run that the tenant told to wait: nothing happens to it until it is cancelled. */
typedef struct {
  char *token;
  gint64 version;
} Held;

static void
held_clear (Held *held)
{
  g_free (held->token);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Held, held_clear)

static Wire *
open_wire (void)
{
  return wire_open (office->server, office->server->admin_port, NULL);
}

static JsonObject *
call (const char *path, const char *body)
{
  return wire_call (office->server, path, body);
}

static const char *
status_of (JsonObject *envelope)
{
  return mun_json_get_string (envelope, "statusCode", "");
}

static gint64
version_of (JsonObject *envelope)
{
  return mun_json_get_int (envelope, "statusVersion", 0);
}

static char *
poll_form (const char *token, gint64 version, const char *milliseconds)
{
  return g_strdup_printf ("token=%s&lastKnownStatusVersion=%" G_GINT64_FORMAT "%s%s", token,
                          version, milliseconds != NULL ? "&millisecondsTimeout=" : "",
                          milliseconds != NULL ? milliseconds : "");
}

static JsonObject *
poll (const char *token, gint64 version, const char *milliseconds)
{
  g_autofree char *form = poll_form (token, version, milliseconds);

  return call (STATUS, form);
}

static JsonObject *
start_run (void)
{
  g_autofree char *form = g_strconcat ("id=", profile, NULL);

  return call ("/api/invoke/RunProfile", form);
}

/* Starts the run and waits until it says that the service asked it to wait. */
static void
hold (Held *held)
{
  g_autoptr (JsonObject) envelope = NULL;

  test_tenant_order (office->tenant, "throttle", "{\"requests\":1000,\"seconds\":100}");
  envelope = start_run ();
  g_assert_cmpstr (status_of (envelope), ==, "running");
  g_assert_true (json_object_get_null_member (envelope, "error"));
  held->token = g_strdup (mun_json_get_string (envelope, "token", NULL));
  g_assert_nonnull (held->token);
  while (strstr (mun_json_get_string (envelope, "statusText", ""), "asks to wait") == NULL) {
    gint64 version = version_of (envelope);

    json_object_unref (envelope);
    envelope = poll (held->token, version, "60000");
    g_assert_cmpstr (status_of (envelope), ==, "running");
    g_assert_cmpstr (mun_json_get_string (envelope, "token", NULL), ==, held->token);
    g_assert_cmpint (version_of (envelope), >, version);
  }
  held->version = version_of (envelope);
}

static JsonObject *
wait_for_end (const char *token, gint64 version)
{
  JsonObject *envelope = poll (token, version, "60000");

  while (strcmp (status_of (envelope), "running") == 0) {
    version = version_of (envelope);
    json_object_unref (envelope);
    envelope = poll (token, version, "60000");
  }
  return envelope;
}

static void
let_go (Held *held)
{
  g_autofree char *form = g_strconcat ("token=", held->token, NULL);
  g_autoptr (JsonObject) reply = NULL;
  g_autoptr (JsonObject) end = NULL;

  test_tenant_order (office->tenant, "throttle", "{\"requests\":0}");
  reply = call (CANCEL, form);
  end = wait_for_end (held->token, held->version);
  g_assert_cmpstr (status_of (end), ==, "cancelled");
}

/* A reply that is held: while others are answered it has sent nothing. */
static Wire *
ask_and_wait (Held *held)
{
  Wire *wire = open_wire ();
  g_autofree char *form = poll_form (held->token, held->version, "60000");

  wire_post_admin (wire, STATUS, form);
  json_object_unref (call ("/api/invoke/GetServerInfo", NULL));
  g_assert_false (wire_has_data (wire));
  return wire;
}

static JsonObject *
take_envelope (Wire *wire)
{
  g_autoptr (WireReply) reply = wire_read (wire);

  g_assert_nonnull (reply);
  return wire_reply_object (reply);
}

/* cancel-async answers at once; what became of it is what get-status says, which was held. */
static void
test_held_until_cancelled (void)
{
  g_auto (Held) held = { 0 };
  g_autoptr (Wire) waiting = NULL;
  g_autoptr (JsonObject) cancelled = NULL;
  g_autoptr (JsonObject) news = NULL;
  g_autoptr (JsonObject) end = NULL;
  g_autoptr (JsonObject) result = NULL;
  g_autoptr (JsonObject) again = NULL;
  g_autofree char *form = NULL;

  hold (&held);
  waiting = ask_and_wait (&held);
  form = g_strconcat ("token=", held.token, NULL);
  cancelled = call ("/api//cancel-async", form);
  g_assert_cmpstr (mun_json_get_string (cancelled, "token", NULL), ==, held.token);
  news = take_envelope (waiting);
  g_assert_cmpint (version_of (news), >, held.version);
  end = wait_for_end (held.token, held.version);
  g_assert_cmpstr (status_of (end), ==, "cancelled");
  g_assert_true (json_object_get_null_member (end, "result"));
  result = office_last_result (office, profile);
  g_assert_cmpstr (mun_json_get_string (result, "result", NULL), ==, "cancelled");
  /* what has ended can be cancelled, and asked for, once more */
  again = call (CANCEL, form);
  g_assert_cmpstr (status_of (again), ==, "cancelled");
  json_object_unref (again);
  again = poll (held.token, version_of (end), "60000");
  g_assert_cmpstr (status_of (again), ==, "cancelled");
  test_tenant_order (office->tenant, "throttle", "{\"requests\":0}");
}

static void
test_time_is_over (void)
{
  g_auto (Held) held = { 0 };
  g_autoptr (JsonObject) envelope = NULL;

  hold (&held);
  envelope = poll (held.token, held.version, "300");
  g_assert_cmpstr (status_of (envelope), ==, "running");
  g_assert_cmpint (version_of (envelope), ==, held.version);
  g_assert_true (json_object_get_null_member (envelope, "logOutput"));
  g_assert_nonnull (mun_json_get_string (envelope, "statusText", NULL));
  let_go (&held);
}

/* Some clients leave the time out, or know no version at all: they get what there is. */
static void
test_answered_at_once (void)
{
  static const char *const forms[] = { "&lastKnownStatusVersion=%d",
                                       "&lastKnownStatusVersion=-1",
                                       "&lastKnownStatusVersion=-1&millisecondsTimeout=60000",
                                       "",
                                       "&lastKnownStatusVersion=&millisecondsTimeout=60000",
                                       "&lastKnownStatusVersion=%d&millisecondsTimeout=",
                                       "&lastKnownStatusVersion=%d&millisecondsTimeout=0",
                                       "&lastKnownStatusVersion=%d&millisecondsTimeout=-5" };
  g_auto (Held) held = { 0 };
  g_autoptr (Wire) waiting = NULL;

  hold (&held);
  waiting = ask_and_wait (&held);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_autofree char *version = g_strdup_printf ("%" G_GINT64_FORMAT, held.version);
    g_auto (GStrv) parts = g_strsplit (forms[i], "%d", -1);
    g_autofree char *rest = g_strjoinv (version, parts);
    g_autofree char *form = g_strconcat ("token=", held.token, rest, NULL);
    g_autoptr (JsonObject) envelope = NULL;

    g_test_message ("%s", rest);
    envelope = call (STATUS, form);
    g_assert_cmpstr (status_of (envelope), ==, "running");
    g_assert_cmpint (version_of (envelope), ==, held.version);
    g_assert_false (wire_has_data (waiting));
  }
  let_go (&held);
}

/* Who hangs up while waiting takes nothing down. */
static void
test_gone_while_waiting (void)
{
  g_auto (Held) held = { 0 };

  hold (&held);
  for (guint i = 0; i < 20; i++)
    wire_free (ask_and_wait (&held));
  let_go (&held);
  json_object_unref (call ("/api/invoke/GetServerInfo", NULL));
}

static void
test_belongs_to_its_user (void)
{
  g_auto (Held) held = { 0 };
  g_autofree char *basic = test_basic ("other", "o");
  g_autofree char *headers = g_strdup_printf ("Authorization: %s\r\n", basic);
  g_autofree char *form = NULL;
  static const char *const paths[] = { STATUS, CANCEL };

  g_assert_null (test_server_call_ok (office->server, "CreateUser",
                                      "userName=other&privileges=admin&password=o"));
  hold (&held);
  form = poll_form (held.token, -1, "60000");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (Wire) wire = open_wire ();
    g_autoptr (WireReply) reply = NULL;

    wire_post (wire, paths[i], headers, form);
    reply = wire_read (wire);
    g_assert_cmpuint (reply->status, ==, 404);
    g_clear_pointer (&reply, wire_reply_free);
    wire_post (wire, paths[i], "", form);
    reply = wire_read (wire);
    g_assert_cmpuint (reply->status, ==, 401);
  }
  let_go (&held);
}

static guint
count_results (void)
{
  g_autoptr (JsonArray) results = office_list_results (office, profile);

  return json_array_get_length (results);
}

/* The newest event about a run that says so. */
static char *
find_event (const char *words)
{
  g_autoptr (JsonNode) audit
      = office_call (office, "GetAuditLog", "eventType", "ProfileRun", "maximum", "4", NULL);
  JsonArray *events = json_node_get_array (audit);

  for (guint i = 0; i < json_array_get_length (events); i++) {
    JsonObject *event = json_array_get_object_element (events, i);

    if (strstr (mun_json_get_string (event, "details", ""), words) != NULL)
      return g_strdup (mun_json_get_string (event, "result", ""));
  }
  return NULL;
}

static void
assert_same (JsonObject *one, JsonObject *other, const char *member)
{
  g_autofree char *text = mun_json_to_string (json_object_get_member (one, member));
  g_autofree char *expected = mun_json_to_string (json_object_get_member (other, member));

  g_assert_cmpstr (text, ==, expected);
}

/* Who runs a profile that is running sees that run, and ends it. */
static void
test_followed (void)
{
  guint before = count_results ();
  g_auto (Held) held = { 0 };
  g_auto (Held) follower = { 0 };
  g_autoptr (JsonObject) shown = NULL;
  g_autoptr (JsonObject) same = NULL;
  g_autoptr (JsonObject) end = NULL;
  g_autofree char *form = g_strconcat ("id=", profile, NULL);
  g_autofree char *refused = NULL;
  g_autofree char *event = NULL;

  hold (&held);
  hold (&follower);
  g_assert_cmpstr (follower.token, !=, held.token);
  shown = poll (held.token, -1, "0");
  same = poll (follower.token, -1, "0");
  assert_same (same, shown, "statusText");
  assert_same (same, shown, "result");
  g_assert_false (json_object_get_null_member (same, "result"));
  g_assert_cmpuint (count_results (), ==, before + 1);
  refused = test_server_call_error (office->server, "DeleteProfile", form);
  g_assert_nonnull (strstr (refused, "running"));
  let_go (&follower);
  end = wait_for_end (held.token, held.version);
  g_assert_cmpstr (status_of (end), ==, "cancelled");
  g_assert_cmpuint (count_results (), ==, before + 1);
  event = find_event ("followed the run that admin had started");
  g_assert_cmpstr (event, ==, "cancelled");
}

/* Both calls end in the same way, with the same words, and the last lines of both logs are one. */
static void
run_twice (const char *outcome)
{
  g_autoptr (JsonObject) first = NULL;
  g_autoptr (JsonObject) second = NULL;
  g_autoptr (JsonObject) first_end = NULL;
  g_autoptr (JsonObject) second_end = NULL;
  g_autofree char *event = NULL;
  const char *token, *follower;
  guint before = count_results ();

  test_tenant_order (office->tenant, "throttle", "{\"requests\":1000000,\"seconds\":1}");
  first = start_run ();
  second = start_run ();
  token = mun_json_get_string (first, "token", NULL);
  follower = mun_json_get_string (second, "token", NULL);
  g_assert_nonnull (token);
  g_assert_nonnull (follower);
  if (strcmp (outcome, "failed") == 0)
    test_tenant_order (office->tenant, "fail", "{\"requests\":1000000,\"status\":403}");
  test_tenant_order (office->tenant, "throttle", "{\"requests\":0}");
  first_end = wait_for_end (token, G_MAXINT32);
  second_end = wait_for_end (follower, G_MAXINT32);
  g_assert_cmpstr (status_of (first_end), ==, outcome);
  assert_same (second_end, first_end, "statusCode");
  assert_same (second_end, first_end, "error");
  g_assert_cmpuint (count_results (), ==, before + 1);
  event = find_event ("followed the run that admin had started");
  g_assert_cmpstr (event, ==, outcome);
  test_tenant_order (office->tenant, "fail", "{\"requests\":0}");
}

static void
test_followed_to_its_end (void)
{
  run_twice ("failed");
  run_twice ("succeeded");
}

/* --- the log --- */

/* Lines that end so; a dry run says so before them. */
static guint
count_lines (const char *log, const char *line)
{
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    n += g_str_has_suffix (lines[i], line);
  return n;
}

/* Each line comes once, whatever the polls cut it into, and again when a reply was lost. */
static void
test_log_is_incremental (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (JsonObject) envelope = NULL;
  JsonArray *created;

  office_set_directory (office, "");
  test_tenant_order (office->tenant, "latency", "{\"milliseconds\":400}");
  envelope = call ("/api/invoke/SyncUsersWithDirectoryServices", "dryRun=true");
  test_tenant_order (office->tenant, "latency", "{\"milliseconds\":1}");
  g_string_append (log, mun_json_get_string (envelope, "logOutput", ""));
  while (strcmp (status_of (envelope), "running") == 0) {
    g_autofree char *token = g_strdup (mun_json_get_string (envelope, "token", NULL));
    gint64 version = version_of (envelope);
    g_autoptr (JsonObject) repeated = NULL;

    json_object_unref (envelope);
    envelope = poll (token, version, "60000");
    g_string_append (log, mun_json_get_string (envelope, "logOutput", ""));
    repeated = poll (token, version, "0");
    g_assert_true (g_str_has_prefix (mun_json_get_string (repeated, "logOutput", ""),
                                     mun_json_get_string (envelope, "logOutput", "")));
  }
  g_assert_cmpstr (status_of (envelope), ==, "succeeded");
  created = mun_json_get_array (mun_json_get_object (envelope, "result"), "created");
  g_assert_cmpuint (json_array_get_length (created), >, 0);
  for (guint i = 0; i < json_array_get_length (created); i++) {
    JsonObject *user = json_array_get_object_element (created, i);
    g_autofree char *line
        = g_strconcat ("Created: ", mun_json_get_string (user, "userName", ""), NULL);

    g_assert_cmpuint (count_lines (log->str, line), ==, 1);
  }
}

/* What ends within its first request carries no token, and its version is 2. */
static void
test_quick_one (void)
{
  g_autoptr (JsonObject) envelope = call ("/api/invoke/VerifyStores", "includeIndexes=true");

  if (strcmp (status_of (envelope), "running") == 0) {
    g_autofree char *token = g_strdup (mun_json_get_string (envelope, "token", NULL));

    json_object_unref (envelope);
    envelope = wait_for_end (token, -1);
  } else {
    g_assert_cmpint (version_of (envelope), >=, 2);
    g_assert_true (json_object_get_null_member (envelope, "token"));
  }
  g_assert_cmpstr (status_of (envelope), ==, "succeeded");
  g_assert_cmpint (mun_json_get_int (mun_json_get_object (envelope, "result"), "faults", -1), ==,
                   0);
}

/* Told to end, the server answers those who wait, and says how it ended. */
static void
test_stopped_while_waiting (void)
{
  g_auto (Held) held = { 0 };
  g_auto (Held) follower = { 0 };
  g_autoptr (Wire) waiting = NULL;
  g_autoptr (Wire) following = NULL;
  g_autoptr (JsonObject) last = NULL;
  g_autoptr (JsonObject) last_of_follower = NULL;
  g_autoptr (JsonObject) result = NULL;
  guint before = count_results ();

  hold (&held);
  hold (&follower);
  waiting = ask_and_wait (&held);
  following = ask_and_wait (&follower);
  g_subprocess_send_signal (office->server->process, SIGTERM);
  last = take_envelope (waiting);
  g_assert_cmpint (version_of (last), >, held.version);
  last_of_follower = take_envelope (following);
  g_assert_cmpint (version_of (last_of_follower), >, follower.version);
  g_subprocess_wait (office->server->process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (office->server->process));
  g_assert_cmpint (g_subprocess_get_exit_status (office->server->process), ==, 0);
  g_clear_object (&office->server->process);
  test_tenant_order (office->tenant, "throttle", "{\"requests\":0}");
  office_restart (office, SIGTERM);
  /* one run was cut off, and one resumed, however many followed it */
  result = office_end_resumed (office, profile);
  g_assert_cmpstr (mun_json_get_string (result, "result", NULL), ==, "succeeded");
  g_assert_cmpuint (count_results (), ==, before + 2);
  /* tokens do not outlive the server */
  {
    g_autoptr (Wire) wire = open_wire ();
    g_autoptr (WireReply) reply = NULL;
    g_autofree char *form = poll_form (held.token, -1, NULL);

    wire_post_admin (wire, STATUS, form);
    reply = wire_read (wire);
    g_assert_cmpuint (reply->status, ==, 404);
  }
}

/* An address of the tenant whose mailbox has messages. */
static char *
find_mailbox (void)
{
  g_autoptr (JsonObject) reply = test_tenant_control (office->tenant, "GET", "users", NULL);
  JsonArray *people = mun_json_get_array (reply, "users");

  for (guint i = 0; i < json_array_get_length (people); i++) {
    JsonObject *person = json_array_get_object_element (people, i);

    if (mun_json_get_bool (person, "exchangePlan", FALSE)
        && mun_json_get_int (person, "messages", 0) > 0)
      return g_strdup (mun_json_get_string (person, "userPrincipalName", ""));
  }
  g_assert_not_reached ();
}

static char *
make_profile (void)
{
  g_autofree char *mailbox = find_mailbox ();
  g_autofree char *details = g_strdup_printf ("{\"credentialsId\":\"%" G_GINT64_FORMAT
                                              "\",\"scenario\":\"single\",\"mailbox\":\"%s\","
                                              "\"targetUserFolder\":\"admin\"}",
                                              office->credentials, mailbox);

  return office_make_profile (office, "Office365", details);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  office = office_new (60);
  profile = make_profile ();
  g_test_add_func ("/wire/operations/held-until-cancelled", test_held_until_cancelled);
  g_test_add_func ("/wire/operations/time-is-over", test_time_is_over);
  g_test_add_func ("/wire/operations/answered-at-once", test_answered_at_once);
  g_test_add_func ("/wire/operations/gone-while-waiting", test_gone_while_waiting);
  g_test_add_func ("/wire/operations/belongs-to-its-user", test_belongs_to_its_user);
  g_test_add_func ("/wire/operations/followed", test_followed);
  g_test_add_func ("/wire/operations/followed-to-its-end", test_followed_to_its_end);
  g_test_add_func ("/wire/operations/log-is-incremental", test_log_is_incremental);
  g_test_add_func ("/wire/operations/quick-one", test_quick_one);
  g_test_add_func ("/wire/operations/stopped-while-waiting", test_stopped_while_waiting);
  status = g_test_run ();
  office_free (office);
  g_free (profile);
  return status;
}
