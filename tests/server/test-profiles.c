/* test-profiles.c: profiles, their runs and results, over a real munimentd */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "office.h"

#include "json.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>

static Office *office;
static char *profile; /* archives all mailboxes */

static void
run (const char *id)
{
  g_autoptr (JsonNode) result = office_call (office, "RunProfile", "id", id, NULL);

  g_assert_null (result);
}

static void
expect_result (const char *id, const char *word, gint64 archived)
{
  g_autoptr (JsonObject) result = office_last_result (office, id);

  g_assert_cmpstr (mun_json_get_string (result, "result", NULL), ==, word);
  g_assert_cmpint (mun_json_get_int (result, "itemsArchived", -1), ==, archived);
}

static void
test_check (void)
{
  static const struct {
    const char *properties, *word;
  } bad[] = {
    { "{\"connector\":\"IMAP\",\"name\":\"x\",\"details\":{}}", "IMAP" },
    { "{\"connector\":\"Office365\",\"name\":\"x\"}", "details" },
    { "{\"connector\":\"Office365\",\"name\":\"x\",\"details\":{}}", "credentialsId" },
    { "{\"connector\":\"Office365\",\"name\":\"x\",\"details\":{\"credentialsId\":\"99\"}}", "99" },
    { "{\"connector\":\"FileSystem\",\"name\":\"x\",\"details\":{\"format\":\"mbox\"}}", "path" },
    { "{\"connector\":\"FileSystem\",\"name\":\"x\",\"details\":{\"format\":\"mbox\",\"path\":"
      "\"/nonexistent/x\",\"targetUserFolder\":\"admin\"}}",
      "/nonexistent/x" },
    { "{\"connector\":\"FileSystem\",\"name\":\"x\",\"details\":{\"format\":\"pst\",\"path\":\"/"
      "\"}}",
      "pst" },
    { "{\"connector\":\"FileSystem\",\"name\":\"x\",\"details\":{\"format\":\"eml\",\"path\":\"/\","
      "\"targetUserFolder\":\"nobody\"}}",
      "nobody" },
    { "{\"type\":\"E\",\"connector\":\"FileSystem\",\"name\":\"x\",\"details\":{}}", "E" },
    { "[]", "object" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *message = office_refuse (office, "CreateProfile", "properties",
                                              bad[i].properties, "raw", "true", NULL);

    g_assert_nonnull (strstr (message, bad[i].word));
  }
}

static void
test_edit (void)
{
  g_autofree char *id = office_make_profile (
      office, "FileSystem",
      "{\"format\":\"eml\",\"path\":\"/\",\"targetUserFolder\":\"admin\",\"future\":\"1\","
      "\"password\":\"geheim\"}");
  g_autoptr (JsonNode) list = office_call (office, "GetProfiles", "raw", "true", NULL);
  g_autofree char *text = mun_json_to_string (list);
  JsonArray *profiles = json_node_get_array (list);
  JsonObject *element
      = json_array_get_object_element (profiles, json_array_get_length (profiles) - 1);
  g_autofree char *edited = NULL;
  g_autoptr (JsonNode) updated = NULL;
  g_autofree char *stale = NULL;
  g_autoptr (JsonNode) deleted = NULL;

  g_assert_null (strstr (text, "geheim"));
  g_assert_nonnull (strstr (text, "future"));
  g_assert_cmpint (mun_json_get_int (element, "version", 0), ==, 1);
  json_object_set_string_member (element, "name", "Renamed");
  edited = mun_json_object_to_string (element);
  updated
      = office_call (office, "UpdateProfile", "id", id, "properties", edited, "raw", "true", NULL);
  stale = office_refuse (office, "UpdateProfile", "id", id, "properties", edited, "raw", "true",
                         NULL);
  g_assert_nonnull (strstr (stale, "changed by somebody else"));
  deleted = office_call (office, "DeleteProfile", "id", id, NULL);
  g_free (office_refuse (office, "RunProfile", "id", id, NULL));
}

static void
test_all_mailboxes (void)
{
  g_autofree char *details = g_strdup_printf (
      "{\"credentialsId\":\"%" G_GINT64_FORMAT
      "\",\"scenario\":\"multiple\",\"users\":\"all\",\"synchronizeFirst\":\"1\"}",
      office->credentials);
  gint64 expected;

  office_set_directory (office, "");
  profile = office_make_profile (office, "Office365", details);
  run (profile);
  expected = office_count_distinct (office);
  g_assert_cmpint (expected, >, 0);
  g_assert_cmpint (office_count_messages (office), ==, expected);
  expect_result (profile, "succeeded", expected);
  g_assert_cmpint (test_tenant_count (office->tenant, "mostAtATime"), <=, 4);
  run (profile);
  expect_result (profile, "succeeded", 0);
  office_verify (office);
}

/* Name of a user with a mailbox. */
static char *
first_mailbox (void)
{
  g_autoptr (JsonNode) node = office_call (office, "GetFolderStatistics", NULL);
  JsonArray *rows = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (rows); i++) {
    JsonObject *row = json_array_get_object_element (rows, i);

    if (strchr (mun_json_get_string (row, "folder", ""), '@') != NULL
        && mun_json_get_int (row, "count", 0) > 0)
      return g_strdup (mun_json_get_string (row, "folder", ""));
  }
  g_assert_not_reached ();
}

static void
write_mail (const char *mailbox, guint n)
{
  g_autofree char *body
      = g_strdup_printf ("{\"mailbox\":\"%s\",\"folder\":\"Inbox\",\"count\":%u}", mailbox, n);

  test_tenant_order (office->tenant, "write", body);
}

static void
test_new_mail_in_trouble (void)
{
  g_autofree char *mailbox = first_mailbox ();
  gint64 before = office_count_messages (office);

  write_mail (mailbox, 20);
  test_tenant_order (office->tenant, "throttle", "{\"requests\":3,\"seconds\":1}");
  test_tenant_order (office->tenant, "cut", "{\"bodies\":3,\"after\":100,\"mime\":true}");
  test_tenant_order (office->tenant, "expire-tokens", "{}");
  run (profile);
  expect_result (profile, "succeeded", 20);
  write_mail (mailbox, 5);
  test_tenant_order (office->tenant, "expire-delta", "{}");
  run (profile);
  expect_result (profile, "succeeded", 5);
  g_assert_cmpint (office_count_messages (office), ==, before + 25);
}

static void
expect_event (JsonNode *audit, guint index, const char *outcome)
{
  JsonObject *event = json_array_get_object_element (json_node_get_array (audit), index);

  g_assert_cmpstr (mun_json_get_string (event, "userName", NULL), ==, TEST_ADMIN);
  g_assert_cmpstr (mun_json_get_string (event, "result", NULL), ==, outcome);
}

/* Starts the run and returns when it has archived something. */
static void
start_and_wait (void)
{
  g_autofree char *form = g_strconcat ("id=", profile, NULL);
  g_autofree char *authorization = test_basic (TEST_ADMIN, TEST_PASSWORD);
  g_autoptr (GBytes) reply = NULL;
  gint64 before = test_tenant_count (office->tenant, "mimeRequests");

  test_tenant_order (office->tenant, "latency", "{\"milliseconds\":20}");
  g_assert_cmpuint (test_server_request (office->server, office->server->admin_port, "POST",
                                         "/api/invoke/RunProfile", authorization, form, &reply),
                    ==, 200);
  while (test_tenant_count (office->tenant, "mimeRequests") < before + 300)
    g_usleep (20 * 1000); /* the tenant counts: waiting for a state, not for a time */
}

/* Whatever ends the server: the run is marked, and the next start brings the rest by itself. */
static void
cut_off (int signal)
{
  g_autofree char *mailbox = first_mailbox ();
  gint64 before = office_count_messages (office);
  g_autoptr (JsonArray) old = office_list_results (office, profile);
  g_autoptr (JsonArray) results = NULL;
  g_autoptr (JsonObject) resumed = NULL;
  g_autoptr (JsonNode) audit = NULL;

  write_mail (mailbox, 600);
  start_and_wait ();
  office_restart (office, signal);
  test_tenant_order (office->tenant, "latency", "{\"milliseconds\":1}");
  resumed = office_end_resumed (office, profile);
  g_assert_cmpstr (mun_json_get_string (resumed, "result", NULL), ==, "succeeded");
  g_assert_cmpint (mun_json_get_int (resumed, "itemsArchived", 0), <, 600);
  g_assert_cmpstr (mun_json_get_string (resumed, "userName", NULL), ==, TEST_ADMIN);
  g_assert_cmpint (office_count_messages (office), ==, before + 600);
  office_verify (office);
  results = office_list_results (office, profile);
  g_assert_cmpuint (json_array_get_length (results), ==, json_array_get_length (old) + 2);
  audit = office_call (office, "GetAuditLog", "eventType", "ProfileRun", "maximum", "2", NULL);
  expect_event (audit, 0, "succeeded");
  expect_event (audit, 1, "started");
}

static void
test_killed (void)
{
  cut_off (SIGKILL);
}

static void
test_stopped (void)
{
  cut_off (SIGTERM);
}

static void
test_denied (void)
{
  g_autofree char *message = NULL;
  g_autoptr (JsonObject) result = NULL;
  g_autoptr (JsonObject) report = NULL;

  test_tenant_order (office->tenant, "revoke", "{\"roles\":[\"Mail.Read\"]}");
  test_tenant_order (office->tenant, "expire-tokens", "{}");
  message = office_refuse (office, "RunProfile", "id", profile, NULL);
  g_assert_nonnull (strstr (message, "a permission of the application is missing"));
  result = office_last_result (office, profile);
  g_assert_cmpstr (mun_json_get_string (result, "result", NULL), ==, "failed");
  report = office_last_report (office, profile);
  g_assert_cmpint (mun_json_get_int (mun_json_get_object (report, "counts"), "failed", 0), >, 0);
  test_tenant_order (office->tenant, "grant", "{\"roles\":[\"Mail.Read\"]}");
  test_tenant_order (office->tenant, "expire-tokens", "{}");
}

static guint
count_results (const char *id)
{
  g_autoptr (JsonArray) results = office_list_results (office, id);

  return json_array_get_length (results);
}

/* What failed has ended: only an interrupted run is resumed, and it once. */
static void
test_failed_is_not_resumed (void)
{
  guint before = count_results (profile);

  expect_result (profile, "failed", 0);
  for (guint i = 0; i < 2; i++)
    office_restart (office, SIGTERM);
  g_assert_cmpuint (count_results (profile), ==, before);
}

/* Interrupted, and resumed as soon as its owner may run it. */
static void
test_owner (void)
{
  g_autofree char *properties = g_strdup_printf (
      "{\"connector\":\"Office365\",\"name\":\"Theirs\",\"owner\":\"other\",\"details\":"
      "{\"credentialsId\":\"%" G_GINT64_FORMAT "\",\"scenario\":\"multiple\",\"users\":\"all\"}}",
      office->credentials);
  g_autoptr (JsonNode) created = NULL;
  g_autofree char *id = NULL;
  g_autoptr (JsonObject) resumed = NULL;

  g_assert_null (office_call (office, "CreateUser", "userName", "other", "privileges", "admin",
                              "password", "o", NULL));
  created = office_call (office, "CreateProfile", "properties", properties, "raw", "true", NULL);
  id = g_strdup_printf ("%" G_GINT64_FORMAT,
                        mun_json_get_int (json_node_get_object (created), "id", 0));
  test_tenant_order (office->tenant, "throttle", "{\"requests\":1000000,\"seconds\":100}");
  office_start_run (office, id, 0);
  while (count_results (id) == 0)
    ;
  g_assert_null (
      office_call (office, "SetUserPrivileges", "userName", "other", "privileges", "login", NULL));
  for (guint i = 0; i < 2; i++) {
    office_restart (office, i == 0 ? SIGKILL : SIGTERM);
    g_assert_cmpuint (count_results (id), ==, 1);
  }
  g_assert_null (
      office_call (office, "SetUserPrivileges", "userName", "other", "privileges", "admin", NULL));
  test_tenant_order (office->tenant, "throttle", "{\"requests\":0}");
  office_restart (office, SIGTERM);
  resumed = office_end_resumed (office, id);
  g_assert_cmpstr (mun_json_get_string (resumed, "userName", NULL), ==, "other");
  g_assert_cmpuint (count_results (id), ==, 2);
}

/* As if the server had crashed in each of the last runs. */
static void
record_crashes (const char *id, guint n)
{
  g_autofree char *path = g_build_filename (office->data_dir, "master.db", NULL);
  g_autofree char *sql
      = g_strdup_printf ("INSERT INTO results (profile, user_name, started, result, document)"
                         " VALUES (%s, 'admin', %" G_GINT64_FORMAT ", 'running',"
                         " '{\"profileId\":%s}')",
                         id, g_get_real_time () / G_USEC_PER_SEC, id);
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (database, 30000);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (sqlite3_exec (database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);
}

/* A run that crashes the server is not begun for ever; a person still can. */
static void
test_crashes (void)
{
  g_autoptr (JsonObject) resumed = NULL;
  guint before;

  record_crashes (profile, 9);
  office_restart (office, SIGTERM);
  resumed = office_end_resumed (office, profile);
  g_assert_cmpstr (mun_json_get_string (resumed, "result", NULL), ==, "succeeded");
  before = count_results (profile);
  record_crashes (profile, 10);
  for (guint i = 0; i < 2; i++)
    office_restart (office, SIGTERM);
  g_assert_cmpuint (count_results (profile), ==, before + 10);
  run (profile);
  expect_result (profile, "succeeded", 0);
  office_restart (office, SIGTERM);
  g_assert_cmpuint (count_results (profile), ==, before + 11);
}

static void
test_files (void)
{
  static const char mbox[] = "From a Sat Jan  3 01:05:34 1998\nSubject: one\n\n1\n\n"
                             "From a Sat Jan  3 01:05:34 1998\nSubject: two\n\n2\n";
  g_autofree char *path = g_build_filename (office->data_dir, "import.mbox", NULL);
  g_autofree char *details
      = g_strdup_printf ("{\"format\":\"mbox\",\"path\":\"%s\",\"targetUserFolder\":\"admin\"}",
                         path);
  g_autofree char *id = NULL;
  g_autofree char *properties = NULL;
  g_autoptr (JsonNode) temporary = NULL;

  g_assert_true (g_file_set_contents (path, mbox, -1, NULL));
  id = office_make_profile (office, "FileSystem", details);
  run (id);
  expect_result (id, "succeeded", 2);
  run (id);
  expect_result (id, "succeeded", 0);
  properties = g_strdup_printf ("{\"connector\":\"FileSystem\",\"name\":\"Once\",\"details\":%s}",
                                details);
  temporary
      = office_call (office, "RunTemporaryProfile", "properties", properties, "raw", "true", NULL);
  g_assert_null (temporary);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  office = office_new (400);
  g_test_add_func ("/profiles/check", test_check);
  g_test_add_func ("/profiles/edit", test_edit);
  g_test_add_func ("/profiles/all-mailboxes", test_all_mailboxes);
  g_test_add_func ("/profiles/new-mail-in-trouble", test_new_mail_in_trouble);
  g_test_add_func ("/profiles/killed", test_killed);
  g_test_add_func ("/profiles/stopped", test_stopped);
  g_test_add_func ("/profiles/denied", test_denied);
  g_test_add_func ("/profiles/failed-is-not-resumed", test_failed_is_not_resumed);
  g_test_add_func ("/profiles/owner", test_owner);
  g_test_add_func ("/profiles/crashes", test_crashes);
  g_test_add_func ("/profiles/files", test_files);
  status = g_test_run ();
  office_free (office);
  g_free (profile);
  return status;
}
