/* test-crash.c: munimentd is killed and stopped in the middle of runs and uploads */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "mailroom.h"
#include "wire.h"

#include "json.h"

#include <signal.h>
#include <string.h>

#define NEW_MESSAGES 640

static Office *office;
static char *mailbox;
static char *profile; /* of this mailbox alone */

/* The newest run that has ended: the server's end cut it off, and it stays so. */
static void
assert_interrupted (void)
{
  g_autoptr (JsonArray) results = office_list_results (office, profile);
  guint i = 0;
  JsonObject *result;

  /* the run that the server has resumed by now */
  if (!mun_json_has (json_array_get_object_element (results, i), "completeTime"))
    i++;
  result = json_array_get_object_element (results, i);
  g_assert_cmpstr (mun_json_get_string (result, "result", NULL), ==, "disconnected");
  g_assert_true (mun_json_get_bool (result, "interrupted", FALSE));
  g_assert_nonnull (mun_json_get_string (result, "completeTime", NULL));
  json_object_unref (office_last_report (office, profile));
}

/* Meanwhile a resumed run gets nothing from the tenant: what the last one left can be looked at. */
static void
restart_held (int signal, int code)
{
  g_assert_cmpint (test_server_stop (office->server, signal), ==, code);
  test_tenant_order (office->tenant, "throttle", "{\"requests\":1000000,\"seconds\":2}");
  office_restart (office, SIGTERM);
}

static void
let_go (void)
{
  test_tenant_order (office->tenant, "throttle", "{\"requests\":0}");
}

/* One backlog, cut off again and again: before the first commit, about the second one, right behind
 * it. Each time the store is whole, what was archived stays, and the next start goes on. */
static void
test_killed (void)
{
  static const guint points[] = { 1, 130, 249, 252, 20 };
  gint64 kept = office_count_messages (office);
  g_autoptr (JsonArray) before = office_list_results (office, profile);
  g_autoptr (JsonArray) after = NULL;
  g_autoptr (JsonObject) result = NULL;

  mailroom_write (office, mailbox, "Inbox", NEW_MESSAGES);
  for (guint i = 0; i < G_N_ELEMENTS (points); i++) {
    gint64 present;

    g_test_message ("after %u messages", points[i]);
    test_tenant_order (office->tenant, "latency", "{\"milliseconds\":5}");
    let_go ();
    /* the first time it starts a run, then it follows the one that the server has resumed */
    office_start_run (office, profile, points[i]);
    restart_held (SIGKILL, -1);
    assert_interrupted ();
    office_verify (office);
    present = office_count_messages (office);
    g_assert_cmpint (present, >=, kept);
    kept = present;
  }
  test_tenant_order (office->tenant, "latency", "{\"milliseconds\":1}");
  g_assert_cmpint (kept, <, mailroom_count_tenant (office, mailbox));
  let_go ();
  result = office_end_resumed (office, profile);
  g_assert_cmpstr (mun_json_get_string (result, "result", NULL), ==, "succeeded");
  g_assert_cmpint (mun_json_get_int (result, "itemsArchived", 0), ==,
                   mailroom_count_tenant (office, mailbox) - kept);
  after = office_list_results (office, profile);
  g_assert_cmpuint (json_array_get_length (after), ==,
                    json_array_get_length (before) + G_N_ELEMENTS (points) + 1);
  mailroom_compare (office, mailbox);
  office_verify (office);
}

/* Told to end, it ends with 0; what it had read by then is archived, and the next start goes on. */
static void
test_stopped (void)
{
  static const int signals[] = { SIGTERM, SIGINT };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++) {
    gint64 before = office_count_messages (office);
    gint64 present;
    g_autoptr (JsonObject) result = NULL;

    mailroom_write (office, mailbox, "Inbox", 120);
    test_tenant_order (office->tenant, "latency", "{\"milliseconds\":20}");
    office_start_run (office, profile, 40);
    restart_held (signals[i], 0);
    test_tenant_order (office->tenant, "latency", "{\"milliseconds\":1}");
    assert_interrupted ();
    office_verify (office);
    present = office_count_messages (office);
    g_assert_cmpint (present, >, before);
    g_assert_cmpint (present, <, before + 120);
    let_go ();
    result = office_end_resumed (office, profile);
    g_assert_cmpstr (mun_json_get_string (result, "result", NULL), ==, "succeeded");
    g_assert_cmpint (mun_json_get_int (result, "itemsArchived", 0), ==, before + 120 - present);
  }
  mailroom_compare (office, mailbox);
}

/* Killed in the first run of a new installation, before anything was committed. */
static void
test_killed_at_first (void)
{
  g_autoptr (JsonObject) result = NULL;

  g_assert_cmpint (office_count_messages (office), ==, 0);
  test_tenant_order (office->tenant, "latency", "{\"milliseconds\":20}");
  office_start_run (office, profile, 1);
  restart_held (SIGKILL, -1);
  test_tenant_order (office->tenant, "latency", "{\"milliseconds\":1}");
  assert_interrupted ();
  office_verify (office);
  let_go ();
  result = office_end_resumed (office, profile);
  g_assert_cmpstr (mun_json_get_string (result, "result", NULL), ==, "succeeded");
  mailroom_compare (office, mailbox);
}

/* --- the same for an upload --- */

static char *
upload_subject (guint i)
{
  return g_strdup_printf ("uploaded-%05u", i);
}

static char *
make_stream (guint n)
{
  GString *stream = g_string_new (NULL);

  for (guint i = 0; i < n; i++) {
    g_autofree char *subject = upload_subject (i);
    g_autofree char *text = test_message (subject, "a@example.org", "b@example.org", "some words");

    g_string_append_printf (stream, "%zu\n%s", strlen (text), text);
  }
  return g_string_free (stream, FALSE);
}

static gint64
count_uploaded (void)
{
  g_autoptr (JsonNode) node = office_call (office, "GetFolderStatistics", NULL);
  JsonArray *rows = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (rows); i++) {
    JsonObject *row = json_array_get_object_element (rows, i);

    if (g_str_equal (mun_json_get_string (row, "folder", ""), "admin"))
      return mun_json_get_int (row, "count", 0);
  }
  return 0;
}

/* Cut off after the first batches: what is there is whole, and uploading all of it again completes
 * it without a double. */
static void
test_killed_while_uploading (void)
{
  const guint n = 2500;
  g_autofree char *stream = make_stream (n);
  g_autofree char *bearer = test_server_sign_in (office->server, TEST_ADMIN, TEST_PASSWORD);
  g_autofree char *head
      = g_strdup_printf ("POST /api/folders/upload?folder=admin%%2FUploaded HTTP/1.1\r\n"
                         "Host: x\r\nAuthorization: %s\r\nContent-Length: %zu\r\n\r\n",
                         bearer, strlen (stream));
  g_autofree char *half = g_strndup (stream, strlen (stream) / 2);
  g_autoptr (Wire) wire = wire_open (office->server, office->server->web_port, NULL);
  g_autoptr (Wire) again = NULL;
  g_autoptr (WireReply) reply = NULL;
  gsize length;
  const char *text;
  g_autoptr (JsonObject) counts = NULL;
  gint64 present;

  wire_send (wire, head);
  wire_send (wire, half);
  while (count_uploaded () == 0)
    ;
  office_restart (office, SIGKILL);
  office_verify (office);
  present = count_uploaded ();
  g_assert_cmpint (present, >, 0);
  g_assert_cmpint (present, <, n);
  g_free (bearer);
  bearer = test_server_sign_in (office->server, TEST_ADMIN, TEST_PASSWORD);
  g_free (head);
  head
      = g_strdup_printf ("POST /api/folders/upload?folder=admin%%2FUploaded HTTP/1.1\r\nHost: x\r\n"
                         "Authorization: %s\r\nContent-Length: %zu\r\n\r\n",
                         bearer, strlen (stream));
  again = wire_open (office->server, office->server->web_port, NULL);
  wire_send (again, head);
  wire_send (again, stream);
  reply = wire_read (again);
  g_assert_cmpuint (reply->status, ==, 200);
  text = g_bytes_get_data (reply->body, &length);
  counts = mun_json_parse_object (text, length, NULL);
  g_assert_cmpint (mun_json_get_int (counts, "skipped", 0), ==, present);
  g_assert_cmpint (mun_json_get_int (counts, "archived", 0), ==, n - present);
  g_assert_cmpint (count_uploaded (), ==, n);
  office_verify (office);
}

/* Who goes in the middle of an upload leaves what was archived, and a record of it. */
static void
test_upload_cut_off (void)
{
  g_autofree char *stream = make_stream (1200);
  g_autofree char *bearer = test_server_sign_in (office->server, TEST_ADMIN, TEST_PASSWORD);
  g_autofree char *head
      = g_strdup_printf ("POST /api/folders/upload?folder=admin%%2FCut HTTP/1.1\r\nHost: x\r\n"
                         "Authorization: %s\r\nContent-Length: %zu\r\n\r\n",
                         bearer, strlen (stream) + 100);
  gint64 before = count_uploaded ();
  Wire *wire = wire_open (office->server, office->server->web_port, NULL);
  g_autofree char *recorded = NULL;
  g_autofree char *expected = NULL;

  wire_send (wire, head);
  wire_send (wire, stream);
  while (count_uploaded () == before)
    ;
  wire_free (wire);
  while (recorded == NULL || !g_str_has_suffix (recorded, ", cut off")) {
    g_autoptr (JsonNode) audit
        = office_call (office, "GetAuditLog", "eventType", "MessageUpload", "maximum", "1", NULL);
    JsonArray *events = json_node_get_array (audit);

    g_free (recorded);
    recorded = json_array_get_length (events) > 0 ? g_strdup (
                   mun_json_get_string (json_array_get_object_element (events, 0), "details", ""))
                                                  : NULL;
  }
  expected = g_strdup_printf ("folder admin/Cut: %" G_GINT64_FORMAT
                              " archived, 0 skipped, 0 failed, cut off",
                              count_uploaded () - before);
  g_assert_cmpstr (recorded, ==, expected);
  office_verify (office);
}

static void
prepare (void)
{
  g_autofree char *details = NULL;
  g_autoptr (JsonNode) users = NULL;

  mailroom_open (office);
  office_set_directory (office, "");
  users = office_call (office, "SyncUsersWithDirectoryServices", NULL);
  mailbox = mailroom_find_busiest (office);
  details = g_strdup_printf ("{\"credentialsId\":\"%" G_GINT64_FORMAT
                             "\",\"scenario\":\"multiple\",\"users\":\"only\","
                             "\"userNames\":[\"%s\"]}",
                             office->credentials, mailbox);
  profile = office_make_profile (office, "Office365", details);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  office = office_new (150);
  prepare ();
  g_test_add_func ("/crash/killed-at-first", test_killed_at_first);
  g_test_add_func ("/crash/killed", test_killed);
  g_test_add_func ("/crash/stopped", test_stopped);
  g_test_add_func ("/crash/killed-while-uploading", test_killed_while_uploading);
  g_test_add_func ("/crash/upload-cut-off", test_upload_cut_off);
  status = g_test_run ();
  office_free (office);
  g_free (mailbox);
  g_free (profile);
  return status;
}
