/* test-runs.c: from a new certificate to archived mailboxes, against the simulated tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "mailroom.h"

#include "json.h"

#include <signal.h>
#include <string.h>

static Office *office;
static char *everybody; /* profile of all mailboxes */
static char *one;       /* profile of the busiest mailbox, */
static char *mailbox;   /* which is this one */

/* --- credentials --- */

static JsonObject *
test_credentials (const char *id)
{
  g_autoptr (JsonNode) node = office_call (office, "TestCredentials", "id", id, NULL);

  return mun_json_copy_object (json_node_get_object (node));
}

static void
assert_missing (const char *id, const char *expected)
{
  g_autoptr (JsonObject) report = test_credentials (id);
  g_auto (GStrv) missing = mun_json_dup_strings (report, "missing");
  g_autofree char *text = g_strjoinv (",", missing);

  g_assert_true (mun_json_get_bool (report, "signedIn", FALSE));
  g_assert_cmpstr (text, ==, expected);
  if (*expected != '\0')
    g_assert_nonnull (strstr (mun_json_get_string (report, "explanation", ""), missing[0]));
}

static void
test_new_certificate (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCertificate) certificate = mun_certificate_create ("Fresh", 2048, 15, &error);
  g_autofree char *config = office_dup_credentials (office, "Fresh", certificate);
  g_autoptr (JsonNode) created = office_call (office, "CreateCredentials", "config", config, NULL);
  g_autofree char *id
      = g_strdup_printf ("%" G_GINT64_FORMAT,
                         mun_json_get_int (json_node_get_object (created), "id", 0));
  g_autoptr (JsonObject) before = test_credentials (id);
  g_autoptr (JsonNode) deleted = NULL;

  g_assert_no_error (error);
  g_assert_false (mun_json_get_bool (before, "signedIn", TRUE));
  g_assert_cmpint (mun_json_get_int (before, "errorCode", 0), ==, 700027);
  g_assert_nonnull (strstr (mun_json_get_string (before, "message", ""), "AADSTS700027"));
  test_tenant_upload (office->tenant, certificate);
  assert_missing (id, "");
  test_tenant_order (office->tenant, "revoke", "{\"roles\":[\"Mail.Read\"]}");
  assert_missing (id, "Mail.Read");
  test_tenant_order (office->tenant, "revoke", "{\"roles\":[\"Directory.Read.All\"]}");
  assert_missing (id, "Directory.Read.All,Mail.Read");
  test_tenant_order (office->tenant, "grant", "{\"roles\":[\"Mail.Read\",\"Directory.Read.All\"]}");
  assert_missing (id, "");
  deleted = office_call (office, "DeleteCredentials", "id", id, NULL);
  g_assert_null (deleted);
}

/* --- users --- */

static gboolean
has_address (JsonObject *person)
{
  g_auto (GStrv) proxies = mun_json_dup_strings (person, "proxyAddresses");

  for (guint i = 0; proxies[i] != NULL; i++)
    if (g_ascii_strncasecmp (proxies[i], "smtp:", 5) == 0)
      return TRUE;
  return *mun_json_get_string (person, "mail", "") != '\0';
}

/* What the tenant itself says of its accounts, by the rules of the settings. */
static GHashTable *
list_expected (gboolean licensed, gboolean enabled, const char *excluded)
{
  GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (JsonObject) reply = test_tenant_control (office->tenant, "GET", "users", NULL);
  JsonArray *people = mun_json_get_array (reply, "users");

  for (guint i = 0; i < json_array_get_length (people); i++) {
    JsonObject *person = json_array_get_object_element (people, i);
    const char *upn = mun_json_get_string (person, "userPrincipalName", "");

    if (!mun_json_get_bool (person, "guest", FALSE) && has_address (person)
        && (!licensed || mun_json_get_bool (person, "exchangePlan", FALSE))
        && (!enabled || mun_json_get_bool (person, "accountEnabled", FALSE))
        && g_ascii_strcasecmp (upn, excluded) != 0)
      g_hash_table_add (set, g_strdup (upn));
  }
  return set;
}

static void
assert_names (JsonArray *list, GHashTable *expected)
{
  g_assert_cmpuint (json_array_get_length (list), ==, g_hash_table_size (expected));
  for (guint i = 0; i < json_array_get_length (list); i++) {
    const char *name
        = mun_json_get_string (json_array_get_object_element (list, i), "userName", "");

    g_test_message ("%s", name);
    g_assert_true (g_hash_table_contains (expected, name));
  }
}

static JsonObject *
synchronize (const char *dry_run)
{
  g_autoptr (JsonNode) node
      = office_call (office, "SyncUsersWithDirectoryServices", "dryRun", dry_run, NULL);

  return mun_json_copy_object (json_node_get_object (node));
}

static void
set_filters (gboolean licensed, gboolean enabled, const char *excluded)
{
  g_autofree char *members = g_strdup_printf (
      "\"syncOnlyLicensedUsers\":%s,\"syncOnlyEnabledUsers\":%s,\"excludedUsers\":[\"%s\"]",
      licensed ? "true" : "false", enabled ? "true" : "false", excluded);

  office_set_directory (office, members);
}

/* Each combination of the filters, as dry runs that leave no trace; then for good. */
static void
test_users (void)
{
  g_autoptr (GHashTable) defaults = list_expected (TRUE, TRUE, "");
  GHashTableIter iter;
  gpointer somebody;
  guint sizes[4];

  g_hash_table_iter_init (&iter, defaults);
  g_assert_true (g_hash_table_iter_next (&iter, &somebody, NULL));
  for (guint i = 0; i < 8; i++) {
    const char *excluded = (i & 4) != 0 ? somebody : "";
    g_autoptr (GHashTable) expected = list_expected (i & 1, (i & 2) != 0, excluded);
    g_autoptr (JsonObject) result = NULL;
    g_auto (GStrv) users = NULL;

    set_filters (i & 1, (i & 2) != 0, excluded);
    result = synchronize ("true");
    g_assert_true (mun_json_get_bool (result, "dryRun", FALSE));
    assert_names (mun_json_get_array (result, "created"), expected);
    users = mailroom_list_users (office);
    g_assert_cmpuint (g_strv_length (users), ==, 0);
    if (i < 4)
      sizes[i] = g_hash_table_size (expected);
  }
  /* the tenant has accounts that only one of the filters keeps out */
  g_assert_cmpuint (sizes[3], <, sizes[1]);
  g_assert_cmpuint (sizes[3], <, sizes[2]);
  set_filters (TRUE, TRUE, "");
  {
    g_autoptr (JsonObject) result = synchronize ("false");
    g_autoptr (JsonObject) again = synchronize ("false");
    g_auto (GStrv) users = mailroom_list_users (office);

    assert_names (mun_json_get_array (result, "created"), defaults);
    g_assert_cmpuint (g_strv_length (users), ==, g_hash_table_size (defaults));
    g_assert_cmpint (mun_json_get_int (again, "unchanged", 0), ==, g_hash_table_size (defaults));
    for (guint i = 0; users[i] != NULL; i++)
      g_assert_true (g_hash_table_contains (defaults, users[i]));
  }
}

/* With automatic deletion on, no answer of a tenant in trouble may look like "nobody is left". */
static void
test_nobody_is_deleted (void)
{
  static const struct {
    const char *path, *order, *back_path, *back;
  } troubles[] = {
    { "empty-directory", "{\"empty\":true}", "empty-directory", "{\"empty\":false}" },
    { "fail", "{\"requests\":1,\"status\":403,\"path\":\"/users\"}", "fail", "{\"requests\":0}" },
    { "fail", "{\"requests\":1,\"status\":404,\"path\":\"/users\"}", "fail", "{\"requests\":0}" },
    { "revoke", "{\"roles\":[\"Directory.Read.All\"]}", "grant",
      "{\"roles\":[\"Directory.Read.All\"]}" },
    { "application", "{\"enabled\":false}", "application", "{\"enabled\":true}" },
    { "clock", "{\"ahead\":-100000}", "clock", "{\"ahead\":0}" },
  };
  g_auto (GStrv) before = mailroom_list_users (office);

  office_set_directory (office, "\"autoDeleteUsers\":true");
  for (guint i = 0; i < G_N_ELEMENTS (troubles); i++) {
    g_autofree char *message = NULL;
    g_auto (GStrv) after = NULL;

    g_test_message ("%s %s", troubles[i].path, troubles[i].order);
    test_tenant_order (office->tenant, troubles[i].path, troubles[i].order);
    test_tenant_order (office->tenant, "expire-tokens", NULL);
    message = office_refuse (office, "SyncUsersWithDirectoryServices", NULL);
    g_assert_cmpuint (strlen (message), >, 0);
    test_tenant_order (office->tenant, troubles[i].back_path, troubles[i].back);
    test_tenant_order (office->tenant, "expire-tokens", NULL);
    after = mailroom_list_users (office);
    g_assert_true (g_strv_equal ((const char *const *)before, (const char *const *)after));
  }
  office_set_directory (office, "");
  {
    g_autoptr (JsonObject) result = synchronize ("false");

    g_assert_cmpint (mun_json_get_int (result, "unchanged", 0), ==, g_strv_length (before));
  }
}

/* --- mail --- */

static JsonObject *
run (const char *profile)
{
  g_autoptr (JsonNode) result = office_call (office, "RunProfile", "id", profile, NULL);

  g_assert_null (result);
  return office_last_result (office, profile);
}

static void
assert_run (const char *profile, const char *word, gint64 archived)
{
  g_autoptr (JsonObject) result = run (profile);

  g_assert_cmpstr (mun_json_get_string (result, "result", NULL), ==, word);
  g_assert_cmpint (mun_json_get_int (result, "itemsArchived", -1), ==, archived);
}

static gint64
count_archived (JsonArray *rows, const char *user)
{
  for (guint i = 0; i < json_array_get_length (rows); i++) {
    JsonObject *row = json_array_get_object_element (rows, i);

    if (g_ascii_strcasecmp (mun_json_get_string (row, "folder", ""), user) == 0)
      return mun_json_get_int (row, "count", -1);
  }
  return 0;
}

static void
test_all_mailboxes (void)
{
  g_autofree char *details = g_strdup_printf ("{\"credentialsId\":\"%" G_GINT64_FORMAT
                                              "\",\"scenario\":\"multiple\",\"users\":\"all\"}",
                                              office->credentials);
  g_auto (GStrv) users = mailroom_list_users (office);
  g_autoptr (JsonNode) statistics = NULL;
  gint64 expected = 0;

  everybody = office_make_profile (office, "Office365", details);
  for (guint i = 0; users[i] != NULL; i++)
    expected += mailroom_count_tenant (office, users[i]);
  g_assert_cmpint (expected, >, 0);
  g_assert_cmpint (expected, ==, office_count_distinct (office));
  assert_run (everybody, "succeeded", expected);
  statistics = office_call (office, "GetFolderStatistics", NULL);
  for (guint i = 0; users[i] != NULL; i++) {
    g_assert_cmpint (count_archived (json_node_get_array (statistics), users[i]), ==,
                     mailroom_count_tenant (office, users[i]));
    mailroom_compare (office, users[i]);
  }
  assert_run (everybody, "succeeded", 0);
  office_verify (office);
}

static void
test_new_mail (void)
{
  mailroom_write (office, mailbox, "Inbox", 3);
  assert_run (everybody, "succeeded", 3);
  mailroom_compare (office, mailbox);
}

/* What the service does now and then, and a run has to live with. */
static void
test_passing_trouble (void)
{
  static const struct {
    const char *path, *order;
  } troubles[] = {
    { "throttle", "{\"requests\":4,\"seconds\":1}" },
    { "fail", "{\"requests\":3,\"status\":503,\"retryAfter\":1}" },
    { "fail", "{\"requests\":1,\"status\":500,\"path\":\"$value\"}" },
    { "expire-tokens", "{}" },
    { "expire-delta", "{}" },
    { "cut", "{\"bodies\":2,\"after\":100,\"mime\":true}" },
    { "cut", "{\"bodies\":2,\"after\":0,\"mime\":false}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (troubles); i++) {
    g_test_message ("%s %s", troubles[i].path, troubles[i].order);
    mailroom_write (office, mailbox, "Inbox", 5);
    test_tenant_order (office->tenant, troubles[i].path, troubles[i].order);
    assert_run (one, "succeeded", 5);
  }
  mailroom_compare (office, mailbox);
}

/* The same in the middle of a run that has begun well. */
static void
test_trouble_in_mid_run (void)
{
  static const char *const orders[] = { "expire-tokens", "expire-delta" };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    g_autoptr (JsonObject) result = NULL;
    g_autoptr (JsonObject) rest = NULL;

    g_test_message ("%s", orders[i]);
    mailroom_write (office, mailbox, "Inbox", 120);
    test_tenant_order (office->tenant, "latency", "{\"milliseconds\":20}");
    office_start_run (office, one, 20);
    test_tenant_order (office->tenant, orders[i], NULL);
    test_tenant_order (office->tenant, "latency", "{\"milliseconds\":1}");
    result = office_end_run (office, one);
    g_assert_cmpstr (mun_json_get_string (result, "result", NULL), ==, "succeeded");
    g_assert_cmpint (mun_json_get_int (result, "itemsArchived", 0), ==, 120);
    assert_run (one, "succeeded", 0);
  }
  mailroom_compare (office, mailbox);
}

/* Single messages that cannot be had: the others are archived, the run says so, the next one brings
 * them. */
static void
test_single_failures (void)
{
  g_autoptr (JsonObject) report = NULL;

  mailroom_write (office, mailbox, "Inbox", 10);
  test_tenant_order (office->tenant, "fail", "{\"requests\":3,\"status\":403,\"path\":\"$value\"}");
  assert_run (one, "completedWithErrors", 7);
  report = office_last_report (office, one);
  g_assert_cmpint (mun_json_get_int (mun_json_get_object (report, "counts"), "failed", 0), ==, 3);
  assert_run (one, "succeeded", 3);
  mailroom_compare (office, mailbox);
}

/* The service refuses everything from some point on: the run ends, and a further one completes. */
static void
test_lasting_trouble (void)
{
  static const struct {
    const char *path, *order, *back;
  } troubles[] = {
    { "application", "{\"enabled\":false}", "{\"enabled\":true}" },
    { "fail", "{\"requests\":100000,\"status\":403}", "{\"requests\":0}" },
    { "throttle", "{\"requests\":100000,\"seconds\":10000}", "{\"requests\":0}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (troubles); i++) {
    g_autoptr (JsonObject) result = NULL;
    gint64 missing;

    g_test_message ("%s %s", troubles[i].path, troubles[i].order);
    mailroom_write (office, mailbox, "Inbox", 120);
    test_tenant_order (office->tenant, "latency", "{\"milliseconds\":20}");
    office_start_run (office, one, 20);
    test_tenant_order (office->tenant, troubles[i].path, troubles[i].order);
    test_tenant_order (office->tenant, "expire-tokens", NULL);
    test_tenant_order (office->tenant, "latency", "{\"milliseconds\":1}");
    result = office_end_run (office, one);
    g_assert_cmpstr (mun_json_get_string (result, "result", NULL), !=, "succeeded");
    missing = 120 - mun_json_get_int (result, "itemsArchived", 0);
    g_assert_cmpint (missing, >, 0);
    test_tenant_order (office->tenant, troubles[i].path, troubles[i].back);
    assert_run (one, "succeeded", missing);
  }
  mailroom_compare (office, mailbox);
  office_verify (office);
}

/* What moved in the mailbox moves in the archive; what went from the mailbox stays. */
static void
test_moved_and_removed (void)
{
  g_autofree char *list = g_strconcat ("messages?mailbox=", mailbox, NULL);
  g_autoptr (JsonObject) reply = test_tenant_control (office->tenant, "GET", list, NULL);
  JsonArray *messages = mun_json_get_array (reply, "messages");
  JsonObject *last = json_array_get_object_element (messages, json_array_get_length (messages) - 1);
  g_autofree char *removal
      = g_strdup_printf ("%s&id=%s", list, mun_json_get_string (last, "id", ""));
  g_autoptr (JsonObject) removed = test_tenant_control (office->tenant, "DELETE", removal, NULL);
  g_autoptr (GHashTable) found = NULL;
  gint64 before = office_count_messages (office);

  assert_run (one, "succeeded", 0);
  found = mailroom_list_archive (office, mailbox);
  g_assert_true (g_hash_table_contains (found, mun_json_get_string (last, "sha256", "")));
  g_assert_cmpint (office_count_messages (office), ==, before);
}

/* --- after a restart everything is as it was --- */

static GStrv
describe (void)
{
  static const struct {
    const char *function, *form;
  } calls[] = {
    { "GetServerInfo", "" },
    { "GetUsers", "" },
    { "GetUserInfo", "userName=admin" },
    { "GetStores", "includeSize=false" },
    { "GetProfiles", "raw=true" },
    { "GetCredentials", "" },
    { "GetDirectoryServicesConfiguration", "" },
    { "GetComplianceConfiguration", "" },
    { "GetChildFolders", "" },
    { "GetFolderStatistics", "" },
    { "GetWorkerResults", "fromIncluding=2000-01-01T00:00:00&toExcluding=2099-01-01T00:00:00"
                          "&timeZoneID=$Local" },
    { "GetAuditLog", "eventType=ProfileRun&maximum=100000" },
  };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, office->server->fingerprint);

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_autoptr (JsonNode) result
        = test_server_call_ok (office->server, calls[i].function, calls[i].form);
    g_autofree char *json = mun_json_to_string (result);

    g_strv_builder_add (builder, json);
  }
  return g_strv_builder_end (builder);
}

static void
test_restart (void)
{
  static const int signals[] = { SIGTERM, SIGKILL, SIGINT };
  g_auto (GStrv) before = describe ();

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++) {
    g_auto (GStrv) after = NULL;

    office_restart (office, signals[i]);
    after = describe ();
    for (guint j = 0; before[j] != NULL; j++)
      g_assert_cmpstr (after[j], ==, before[j]);
  }
  /* what signs in unattended still can */
  assert_run (one, "succeeded", 0);
}

static void
test_prepare_one (void)
{
  g_autofree char *details = NULL;

  mailbox = mailroom_find_busiest (office);
  details = g_strdup_printf ("{\"credentialsId\":\"%" G_GINT64_FORMAT
                             "\",\"scenario\":\"multiple\",\"users\":\"only\","
                             "\"userNames\":[\"%s\"]}",
                             office->credentials, mailbox);
  one = office_make_profile (office, "Office365", details);
  /* another profile meets the same messages: none is archived twice */
  assert_run (one, "succeeded", 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  office = office_new (200);
  mailroom_open (office);
  g_test_add_func ("/runs/new-certificate", test_new_certificate);
  g_test_add_func ("/runs/users", test_users);
  g_test_add_func ("/runs/nobody-is-deleted", test_nobody_is_deleted);
  g_test_add_func ("/runs/all-mailboxes", test_all_mailboxes);
  g_test_add_func ("/runs/prepare-one", test_prepare_one);
  g_test_add_func ("/runs/new-mail", test_new_mail);
  g_test_add_func ("/runs/passing-trouble", test_passing_trouble);
  g_test_add_func ("/runs/trouble-in-mid-run", test_trouble_in_mid_run);
  g_test_add_func ("/runs/single-failures", test_single_failures);
  g_test_add_func ("/runs/lasting-trouble", test_lasting_trouble);
  g_test_add_func ("/runs/moved-and-removed", test_moved_and_removed);
  g_test_add_func ("/runs/restart", test_restart);
  status = g_test_run ();
  office_free (office);
  g_free (everybody);
  g_free (one);
  g_free (mailbox);
  return status;
}
