/* test-functions.c: every function that this server has, and the shape of its result */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "office.h"
#include "shape.h"

#include "json.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define PASSWORD "never-shown-anywhere"
#define DISTANT_PAST "2000-01-01T00:00:00"
#define DISTANT_FUTURE "2099-01-01T00:00:00"

static Office *office;
static GHashTable *values; /* what "$X" in a form stands for */

#define PROFILE                                                                                    \
  "{\"connector\":\"FileSystem\",\"name\":\"Files\",\"type\":\"I\",\"details\":{\"format\":"       \
  "\"eml\",\"path\":\"$DIR\",\"targetUserFolder\":\"admin\",\"password\":\"" PASSWORD "\"}}"
#define DIRECTORY                                                                                  \
  "{\"type\":\"Microsoft365ModernAuth\",\"credentialsId\":$C,\"redirectUri\":"                     \
  "\"https://archive.example.org/oidc/signin\"}"

/* In this order. @keep: the id of the result, or of its first element, is kept under this name. */
static const struct {
  const char *function, *form, *shape, *keep;
} rows[] = {
  { "GetServerInfo", "", "{\"version\":\"string\",\"machineName\":\"string\"}", NULL },
  { "GetTimeZones", "", "[{\"id\":\"string\",\"displayName\":\"string\"}]", NULL },
  { "GetActiveSessions", "",
    "[{\"userName\":\"string\",\"machineName\":\"string\",\"clientType\":\"string\","
    "\"loginTime\":\"string\"}]",
    NULL },
  { "GetServiceConfiguration", "",
    "{\"baseDirectory\":\"string\",\"debugLog\":\"bool\",\"auditLogLocation\":\"string\","
    "\"serverCertificate\":{\"thumbprint\":\"string\"}}",
    NULL },
  /* users */
  { "CreateUser", "userName=shape&privileges=login&password=" PASSWORD, "\"null\"", NULL },
  { "SetUserFullName", "userName=shape&fullName=Sha%20Pe", "\"null\"", NULL },
  { "SetUserDistinguishedName", "userName=shape&distinguishedName=CN%3Dshape", "\"null\"", NULL },
  { "SetUserAuthentication", "userName=shape&authentication=integrated", "\"null\"", NULL },
  { "SetUserEmailAddresses", "userName=shape&emailAddresses=s@example.org", "\"null\"", NULL },
  { "SetUserPop3UserNames", "userName=shape&pop3UserNames=s", "\"null\"", NULL },
  { "SetUserPassword", "userName=shape&password=" PASSWORD, "\"null\"", NULL },
  { "SetUserPrivileges", "userName=shape&privileges=login,archive", "\"null\"", NULL },
  { "SetUserLoginPrivileges", "userName=shape&loginPrivileges=web", "\"null\"", NULL },
  { "SetUserPrivilegesOnFolder", "userName=shape&folder=shape&privileges=read", "\"null\"", NULL },
  { "GetUsers", "",
    "[{\"userName\":\"string\",\"fullName\":\"string?\",\"distinguishedName\":\"string?\"}]",
    NULL },
  { "GetUserInfo", "userName=shape",
    "{\"userName\":\"string\",\"fullName\":\"string\",\"distinguishedName\":\"string\","
    "\"authentication\":\"string\",\"emailAddresses\":[\"string\"],\"pop3UserNames\":[\"string\"],"
    "\"privileges\":[\"string\"],\"loginPrivileges\":[\"string\"],\"privilegesOnFolders\":"
    "[{\"folder\":\"string\",\"privileges\":[\"string\"]}]}",
    NULL },
  { "ClearUserPrivilegesOnFolders", "userName=shape", "\"null\"", NULL },
  { "RenameUser", "oldUserName=shape&newUserName=shaped", "\"null\"", NULL },
  { "DeleteUser", "userName=shaped", "\"null\"", NULL },
  /* credentials and the directory */
  { "CreateCredentials", "config=$CONFIG", "{\"id\":\"number\"}", "D" },
  { "GetCredentials", "",
    "[{\"id\":\"number\",\"name\":\"string\",\"type\":\"string\",\"clientId\":\"string\","
    "\"tenantId\":\"string\",\"certificateThumbprint\":\"string\","
    "\"certificateNotAfter\":\"string\"}]",
    "C" },
  { "SetCredentials", "id=$D&config={\"name\":\"Other\"}", "\"null\"", NULL },
  { "GetCredentialsCertificate", "id=$C",
    "{\"certificate\":\"string\",\"thumbprint\":\"string\",\"notAfter\":\"string\"}", NULL },
  { "TestCredentials", "id=$C",
    "{\"signedIn\":\"bool\",\"algorithm\":\"string\",\"roles\":[\"string\"],\"missing\":\"array\","
    "\"errorCode\":\"any\",\"message\":\"any\",\"explanation\":\"any\",\"traceId\":\"any\"}",
    NULL },
  { "DeleteCredentials", "id=$D", "\"null\"", NULL },
  { "SetDirectoryServicesConfiguration", "config=" DIRECTORY, "\"null\"", NULL },
  { "GetDirectoryServicesConfiguration", "",
    "{\"type\":\"string\",\"credentialsId\":\"number\",\"syncOnlyLicensedUsers\":\"bool\","
    "\"syncOnlyEnabledUsers\":\"bool\",\"syncOnlyGroups\":\"array\",\"autoDeleteUsers\":\"bool\","
    "\"redirectUri\":\"string\",\"alwaysRequireCredentials\":\"bool\",\"defaultPrivileges\":"
    "{\"privileges\":[\"string\"],\"onOwnFolder\":[\"string\"]}}",
    NULL },
  { "SyncUsersWithDirectoryServices", "dryRun=true",
    "{\"created\":[{\"userName\":\"string\"}],\"modified\":\"array\",\"deleted\":\"array\","
    "\"unchanged\":\"number\",\"dryRun\":\"bool\"}",
    NULL },
  /* profiles */
  { "CreateProfile", "raw=true&properties=" PROFILE, "{\"id\":\"number\"}", "P" },
  { "GetProfiles", "raw=true",
    "[{\"id\":\"number\",\"version\":\"number\",\"owner\":\"string\",\"type\":\"string\","
    "\"connector\":\"string\",\"name\":\"string\",\"details\":{\"password\":\"null\"},"
    "\"serverSideExecution\":{\"automatic\":\"bool\",\"automaticPauseBetweenExecutions\":"
    "\"number\",\"automaticMaintenanceWindows\":\"any\"}}]",
    NULL },
  { "UpdateProfile", "id=$P&raw=true&properties=" PROFILE, "\"null\"", NULL },
  { "RunProfile", "id=$P", "\"null\"", NULL },
  { "RunTemporaryProfile", "raw=true&properties=" PROFILE, "\"null\"", NULL },
  { "GetWorkerResults",
    "fromIncluding=" DISTANT_PAST "&toExcluding=" DISTANT_FUTURE "&timeZoneID=$Local&profileID=$P",
    "[{\"id\":\"number\",\"profileId\":\"number\",\"profileName\":\"string\",\"userName\":"
    "\"string\",\"machineName\":\"string\",\"startTime\":\"string\",\"completeTime\":\"string\","
    "\"result\":\"string\",\"itemsArchived\":\"number\"}]",
    "R" },
  { "GetWorkerResultReport", "id=$R",
    "{\"id\":\"number\",\"log\":\"string\",\"counts\":{\"archived\":\"number\",\"skipped\":"
    "\"number\",\"failed\":\"number\"}}",
    NULL },
  /* folders and messages */
  { "GetChildFolders", "", "[{\"name\":\"string\",\"childFolders\":\"array\"}]", NULL },
  { "GetFolderStatistics", "", "[{\"folder\":\"string\",\"size\":\"number\",\"count\":\"number\"}]",
    NULL },
  { "GetMessages", "folder=admin/EML%20mail",
    "[{\"id\":\"string\",\"subject\":\"string\",\"from\":\"string\",\"to\":\"string\",\"date\":"
    "\"string\",\"archivedDate\":\"string\",\"size\":\"number\",\"hasAttachments\":\"bool\","
    "\"folder\":\"string\"}]",
    "M" },
  { "DeleteMessage", "id=$M&reason=tested", "\"null\"", NULL },
  { "MoveFolder", "fromFolder=admin/EML%20mail&toFolder=admin/Moved", "\"null\"", NULL },
  { "DeleteEmptyFolders", "folder=admin", "\"null\"", NULL },
  { "DeleteProfile", "id=$P", "\"null\"", NULL },
  /* stores */
  { "CreateStore", "name=second&type=FileSystemInternal", "{\"id\":\"number\"}", "S" },
  { "GetStores", "includeSize=true",
    "[{\"id\":\"number\",\"name\":\"string\",\"type\":\"string\",\"requestedState\":\"string\","
    "\"error\":\"string?\",\"databasePath\":\"string?\",\"contentPath\":\"string?\","
    "\"indexPath\":\"string?\",\"statisticsCount\":\"number\",\"statisticsSize\":\"number\","
    "\"searchIndexesNeedRebuild\":\"bool\",\"needsUpgrade\":\"bool\"}]",
    NULL },
  { "GetStoreIndexes", "",
    "[{\"folder\":\"string\",\"needsRebuild\":\"bool\",\"selectedForRebuild\":\"bool\"}]", NULL },
  { "SelectAllStoreIndexesForRebuild", "", "\"null\"", NULL },
  { "RebuildSelectedStoreIndexes", "", "\"null\"", NULL },
  { "RebuildStoreIndex", "id=1&folder=admin", "\"null\"", NULL },
  { "CompactStore", "id=$S", "\"null\"", NULL },
  { "MaintainFileSystemDatabases", "", "\"null\"", NULL },
  { "CompactMasterDatabase", "", "\"null\"", NULL },
  { "SetStoreRequestedState", "id=$S&requestedState=writeProtected", "\"null\"", NULL },
  { "VerifyStore", "id=$S&includeIndexes=true", "{\"faults\":\"number\"}", NULL },
  { "VerifyStores", "includeIndexes=false", "{\"faults\":\"number\"}", NULL },
  { "RecreateRecoveryRecords", "id=$S", "\"null\"", NULL },
  { "SetStoreRequestedState", "id=$S&requestedState=disabled", "\"null\"", NULL },
  { "RecoverStore", "id=$S&recoverDeletedMessages=true", "\"null\"", NULL },
  { "SetStoreRecoveryKey", "id=$S&passphrase=" PASSWORD, "\"null\"", NULL },
  { "AttachStore", "name=foreign&type=FileSystemInternal&databasePath=$F", "{\"id\":\"number\"}",
    "L" },
  { "UnlockStore", "id=$L&passphrase=" PASSWORD, "\"null\"", NULL },
  { "RenewMasterKey", "", "\"null\"", NULL },
  /* compliance */
  { "SetComplianceConfiguration", "config={\"adminArchiveAccess\":false}", "\"null\"", NULL },
  { "GetComplianceConfiguration", "",
    "{\"adminArchiveAccess\":\"bool\",\"auditorUserName\":\"string?\",\"legalHold\":\"bool\","
    "\"auditEvents\":\"object\"}",
    NULL },
  { "GetAuditLog", "maximum=1000",
    "[{\"time\":\"string\",\"userName\":\"string\",\"eventType\":\"string\",\"result\":\"string\","
    "\"details\":\"string\"}]",
    NULL },
};

/* What this server promises to have: the functions of the contract that it serves, and its own. */
static const char *const promised[] = {
  "GetServerInfo",
  "GetTimeZones",
  "GetActiveSessions",
  "GetServiceConfiguration",
  "GetUsers",
  "GetUserInfo",
  "CreateUser",
  "SetUserAuthentication",
  "SetUserDistinguishedName",
  "SetUserEmailAddresses",
  "SetUserFullName",
  "SetUserPassword",
  "SetUserPop3UserNames",
  "SetUserPrivileges",
  "SetUserLoginPrivileges",
  "SetUserPrivilegesOnFolder",
  "ClearUserPrivilegesOnFolders",
  "RenameUser",
  "DeleteUser",
  "GetDirectoryServicesConfiguration",
  "SetDirectoryServicesConfiguration",
  "SyncUsersWithDirectoryServices",
  "GetCredentials",
  "GetStores",
  "CreateStore",
  "SetStoreRequestedState",
  "CompactStore",
  "MaintainFileSystemDatabases",
  "CompactMasterDatabase",
  "VerifyStore",
  "VerifyStores",
  "RecoverStore",
  "RecreateRecoveryRecords",
  "RenewMasterKey",
  "AttachStore",
  "UnlockStore",
  "GetStoreIndexes",
  "RebuildStoreIndex",
  "SelectAllStoreIndexesForRebuild",
  "RebuildSelectedStoreIndexes",
  "GetProfiles",
  "CreateProfile",
  "RunProfile",
  "RunTemporaryProfile",
  "DeleteProfile",
  "GetWorkerResults",
  "GetWorkerResultReport",
  "GetChildFolders",
  "GetFolderStatistics",
  "GetMessages",
  "DeleteMessage",
  "MoveFolder",
  "DeleteEmptyFolders",
  "GetComplianceConfiguration",
  "SetComplianceConfiguration",
  "CreateCredentials",
  "SetCredentials",
  "DeleteCredentials",
  "GetCredentialsCertificate",
  "TestCredentials",
  "UpdateProfile",
  "SetStoreRecoveryKey",
  "GetAuditLog",
};

/* Puts the kept values in; JSON with percent signs of its own is not among them. */
static char *
fill_in (const char *form)
{
  GString *text = g_string_new (form);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    g_autofree char *mark = g_strconcat ("$", name, NULL);
    g_autofree char *escaped = g_uri_escape_string (value, "/", TRUE);
    const char *place;
    gsize length = strlen (mark);

    /* "$C" is not the beginning of "$CONFIG" */
    while ((place = strstr (text->str, mark)) != NULL && !g_ascii_isupper (place[length])) {
      gsize at = place - text->str;

      g_string_erase (text, at, length);
      g_string_insert (text, at, escaped);
    }
  }
  return g_string_free (text, FALSE);
}

static void
keep (const char *name, JsonNode *result)
{
  JsonObject *object = JSON_NODE_HOLDS_ARRAY (result)
                           ? json_array_get_object_element (json_node_get_array (result), 0)
                           : json_node_get_object (result);
  const char *text = mun_json_get_string (object, "id", NULL);

  g_hash_table_replace (values, (gpointer)name,
                        text != NULL ? g_strdup (text)
                                     : g_strdup_printf ("%" G_GINT64_FORMAT,
                                                        mun_json_get_int (object, "id", 0)));
}

static void
test_shapes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *form = fill_in (rows[i].form);
    g_autoptr (JsonNode) result = NULL;

    g_test_message ("%s %s", rows[i].function, rows[i].form);
    result = test_server_call_ok (office->server, rows[i].function, form);
    assert_shape (rows[i].function, result, rows[i].shape);
    if (rows[i].keep != NULL)
      keep (rows[i].keep, result);
  }
}

static GHashTable *
read_metadata (void)
{
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (JsonNode) node = NULL;
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize length;
  const char *text;

  g_assert_cmpuint (test_server_request (office->server, office->server->admin_port, "GET",
                                         "/api/get-metadata", NULL, NULL, &reply),
                    ==, 200);
  text = g_bytes_get_data (reply, &length);
  node = mun_json_parse (text, length, NULL);
  assert_shape ("metadata", node, "[{\"name\":\"string\",\"args\":\"array\"}]");
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    /* each is there once */
    g_assert_true (g_hash_table_add (
        names, g_strdup (mun_json_get_string (
                   json_array_get_object_element (json_node_get_array (node), i), "name", ""))));
  return names;
}

static void
test_metadata (void)
{
  g_autoptr (GHashTable) listed = read_metadata ();
  g_autoptr (GHashTable) called = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_hash_table_add (called, (gpointer)rows[i].function);
  for (guint i = 0; i < G_N_ELEMENTS (promised); i++) {
    g_test_message ("%s", promised[i]);
    g_assert_true (g_hash_table_contains (listed, promised[i]));
    g_assert_true (g_hash_table_contains (called, promised[i]));
  }
  g_assert_cmpuint (g_hash_table_size (listed), ==, G_N_ELEMENTS (promised));
}

/* What was handed over as a secret shows up in no reply. */
static void
test_secrets_are_not_shown (void)
{
  static const char *const calls[][2] = { { "GetAuditLog", "maximum=100000" },
                                          { "GetUsers", "" },
                                          { "GetProfiles", "raw=true" },
                                          { "GetCredentials", "" } };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_autoptr (JsonNode) result = test_server_call_ok (office->server, calls[i][0], calls[i][1]);
    g_autofree char *text = mun_json_to_string (result);

    g_test_message ("%s", calls[i][0]);
    g_assert_null (strstr (text, PASSWORD));
    g_assert_null (strstr (text, "PRIVATE KEY"));
  }
}

/* --- times --- */

static const struct {
  const char *windows, *iana;
} zones[] = {
  { "UTC", "UTC" },
  { "W. Europe Standard Time", "Europe/Berlin" },
  { "Eastern Standard Time", "America/New_York" },
  { "India Standard Time", "Asia/Kolkata" },
  { "Tokyo Standard Time", "Asia/Tokyo" },
};

/* Ids of the runs that started in the period, as text. */
static char *
list_runs (const char *from, const char *to, const char *zone, const char *more)
{
  g_autofree char *id = g_uri_escape_string (zone, NULL, FALSE);
  g_autofree char *form
      = g_strdup_printf ("fromIncluding=%s&toExcluding=%s&timeZoneID=%s%s", from, to, id, more);
  g_autoptr (JsonNode) node = test_server_call_ok (office->server, "GetWorkerResults", form);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    g_string_append_printf (
        text, "%" G_GINT64_FORMAT " ",
        mun_json_get_int (json_array_get_object_element (json_node_get_array (node), i), "id", 0));
  return g_string_free (text, FALSE);
}

static gboolean
starts_within (const char *id, const char *from, const char *to, const char *zone)
{
  g_autofree char *runs = list_runs (from, to, zone, "");
  g_auto (GStrv) ids = g_strsplit (runs, " ", -1);

  return g_strv_contains ((const char *const *)ids, id);
}

/* The first second is in the range, the last one is not; and it is the same moment in each zone. */
static void
test_ranges (void)
{
  const char *id = g_hash_table_lookup (values, "R");
  gint64 moment = 0;

  for (guint i = 0; i < G_N_ELEMENTS (zones); i++) {
    g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (zones[i].iana);
    g_autofree char *escaped = g_uri_escape_string (zones[i].windows, NULL, FALSE);
    g_autofree char *form
        = g_strdup_printf ("fromIncluding=" DISTANT_PAST "&toExcluding=" DISTANT_FUTURE
                           "&timeZoneID=%s&profileID=%s",
                           escaped, (char *)g_hash_table_lookup (values, "P"));
    g_autoptr (JsonNode) node = test_server_call_ok (office->server, "GetWorkerResults", form);
    JsonObject *run = json_array_get_object_element (json_node_get_array (node), 0);
    const char *start = mun_json_get_string (run, "startTime", "");
    g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (start, zone);
    g_autoptr (GDateTime) next = g_date_time_add_seconds (time, 1);
    g_autoptr (GDateTime) last = g_date_time_add_seconds (time, -1);
    g_autofree char *after = g_date_time_format (next, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *before = g_date_time_format (last, "%Y-%m-%dT%H:%M:%S");

    g_test_message ("%s: %s", zones[i].windows, start);
    g_assert_cmpuint (strlen (start), ==, strlen (DISTANT_PAST));
    g_assert_true (json_object_has_member (run, "profileId"));
    g_assert_false (json_object_has_member (run, "profileID"));
    if (moment == 0)
      moment = g_date_time_to_unix (time);
    g_assert_cmpint (g_date_time_to_unix (time), ==, moment);
    g_assert_true (starts_within (id, start, after, zones[i].windows));
    g_assert_false (starts_within (id, before, start, zones[i].windows));
    g_assert_false (starts_within (id, after, DISTANT_FUTURE, zones[i].windows));
    g_assert_false (starts_within (id, start, start, zones[i].windows));
  }
  g_assert_cmpint (ABS (moment - g_get_real_time () / G_USEC_PER_SEC), <, 3600);
}

static void
test_filters (void)
{
  g_autofree char *own = g_strconcat ("&profileID=", g_hash_table_lookup (values, "P"), NULL);
  g_autofree char *id = g_strconcat (g_hash_table_lookup (values, "R"), " ", NULL);
  const struct {
    const char *filter, *expected;
  } filters[] = {
    { own, id },
    { "&profileID=9999", "" },
    { "&userName=nobody", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (filters); i++) {
    g_autofree char *runs = list_runs (DISTANT_PAST, DISTANT_FUTURE, "$Local", filters[i].filter);

    g_assert_cmpstr (runs, ==, filters[i].expected);
  }
}

static void
test_times_refused (void)
{
  static const char *const bad[] = { "2026-01-01T00:00:00Z",
                                     "2026-01-01T00:00:00.5",
                                     "2026-01-01T00:00:00.000",
                                     "2026-01-01T00:00:00%2B01:00",
                                     "2026-01-01",
                                     "2026-01-01%2000:00:00",
                                     "2026-13-01T00:00:00",
                                     "2026-02-30T00:00:00",
                                     "2026-01-01T24:00:01",
                                     "",
                                     "yesterday" };
  static const char *const forms[]
      = { "fromIncluding=%&toExcluding=" DISTANT_FUTURE "&timeZoneID=$Local",
          "fromIncluding=" DISTANT_PAST "&toExcluding=%&timeZoneID=$Local" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    for (guint j = 0; j < G_N_ELEMENTS (forms); j++) {
      g_auto (GStrv) parts = g_strsplit (forms[j], "%", -1);
      g_autofree char *form = g_strjoinv (bad[i], parts);
      g_autofree char *message = test_server_call_error (office->server, "GetWorkerResults", form);

      g_test_message ("%s", form);
      g_assert_cmpstr (message, ==, "String was not recognized as a valid DateTime");
    }
}

/* One function spells its zone timeZoneID, all others timeZoneId. */
static void
test_zone_argument (void)
{
  static const struct {
    const char *function, *form, *part;
  } wrong[] = {
    { "GetWorkerResults",
      "fromIncluding=" DISTANT_PAST "&toExcluding=" DISTANT_FUTURE "&timeZoneId=$Local",
      "Missing API argument timeZoneID." },
    { "GetWorkerResults",
      "fromIncluding=" DISTANT_PAST "&toExcluding=" DISTANT_FUTURE "&timeZoneID=Europe/Nowhere",
      "Europe/Nowhere" },
    { "GetAuditLog", "timeZoneId=Nowhere%20Standard%20Time", "Nowhere Standard Time" },
  };
  g_autoptr (JsonNode) fine
      = test_server_call_ok (office->server, "GetAuditLog",
                             "timeZoneId=W.%20Europe%20Standard%20Time&timeZoneID=ignored");

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *message
        = test_server_call_error (office->server, wrong[i].function, wrong[i].form);

    g_assert_nonnull (strstr (message, wrong[i].part));
  }
}

/* Each zone that GetTimeZones offers is one that the others take. */
static void
test_offered_zones (void)
{
  g_autoptr (JsonNode) node = test_server_call_ok (office->server, "GetTimeZones", NULL);
  JsonArray *offered = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (offered); i++)
    g_free (list_runs (DISTANT_PAST, DISTANT_PAST,
                       mun_json_get_string (json_array_get_object_element (offered, i), "id", ""),
                       ""));
}

static void
write_messages (const char *dir)
{
  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *subject = g_strdup_printf ("message-%u", i);
    g_autofree char *text = test_message (subject, "a@example.org", "b@example.org", "text");
    g_autofree char *name = g_strconcat (subject, ".eml", NULL);
    g_autofree char *path = g_build_filename (dir, name, NULL);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  }
}

/* A store of another installation, where AttachStore takes it from. */
static char *
make_foreign_store (void)
{
  g_autoptr (TestServer) other = test_server_start (NULL, NULL);
  g_autofree char *from = g_build_filename (other->data_dir, "stores/1", NULL);
  char *to = g_build_filename (office->server->data_dir, "stores/foreign", NULL);
  g_autoptr (JsonNode) result
      = test_server_call_ok (other, "SetStoreRecoveryKey", "id=1&passphrase=" PASSWORD);

  g_assert_null (result);
  test_server_stop (other, SIGTERM);
  g_assert_cmpint (g_rename (from, to), ==, 0);
  return to;
}

int
main (int argc, char **argv)
{
  g_autoptr (MunCertificate) certificate = NULL;
  char *dir;
  int status;

  g_test_init (&argc, &argv, NULL);
  office = office_new (60);
  certificate = mun_certificate_create ("Second", 2048, 15, NULL);
  dir = g_build_filename (office->data_dir, "mail", NULL);
  write_messages (dir);
  values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_hash_table_replace (values, (gpointer) "DIR", dir);
  g_hash_table_replace (values, (gpointer) "F", make_foreign_store ());
  g_hash_table_replace (values, (gpointer) "CONFIG",
                        office_dup_credentials (office, "Second", certificate));
  g_test_add_func ("/functions/shapes", test_shapes);
  g_test_add_func ("/functions/metadata", test_metadata);
  g_test_add_func ("/functions/secrets-are-not-shown", test_secrets_are_not_shown);
  g_test_add_func ("/functions/ranges", test_ranges);
  g_test_add_func ("/functions/filters", test_filters);
  g_test_add_func ("/functions/times-refused", test_times_refused);
  g_test_add_func ("/functions/zone-argument", test_zone_argument);
  g_test_add_func ("/functions/offered-zones", test_offered_zones);
  status = g_test_run ();
  g_hash_table_unref (values);
  office_free (office);
  return status;
}
