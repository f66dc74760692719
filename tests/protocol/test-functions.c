/* test-functions.c: the table of functions against the contract, written down a second time */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "functions.h"
#include "json.h"

#include <string.h>

#define PLACE                                                                                      \
  "databaseName:sO databasePath:sO contentPath:sO indexPath:sO serverName:sO userName:sO "         \
  "password:sO"
#define SCHEDULE "date:sO interval:nO time:sO dayOfWeek:sO dayOfMonth:sO"

/* contract 1.7: type s n b j, R required, O optional. */
static const struct {
  const char *name, *args;
} contract[] = {
  { "GetUsers", "" },
  { "GetUserInfo", "userName:sR" },
  { "CreateUser",
    "userName:sR privileges:sR fullName:sO distinguishedName:sO authentication:sO password:sO "
    "loginPrivileges:sO" },
  { "SetUserAuthentication", "userName:sR authentication:sR" },
  { "SetUserDistinguishedName", "userName:sR distinguishedName:sO" },
  { "SetUserEmailAddresses", "userName:sR emailAddresses:sO" },
  { "SetUserFullName", "userName:sR fullName:sO" },
  { "SetUserPassword", "userName:sR password:sR" },
  { "SetUserPop3UserNames", "userName:sR pop3UserNames:sO" },
  { "SetUserPrivileges", "userName:sR privileges:sR" },
  { "SetUserLoginPrivileges", "userName:sR loginPrivileges:sR" },
  { "SetUserPrivilegesOnFolder", "userName:sR folder:sR privileges:sR" },
  { "ClearUserPrivilegesOnFolders", "userName:sR" },
  { "RenameUser", "oldUserName:sR newUserName:sR" },
  { "DeleteUser", "userName:sR" },
  { "InitializeMFA", "userName:sR" },
  { "DisableMFA", "userName:sR" },
  { "DeleteAppPasswords", "userName:sR" },
  { "GetDirectoryServicesConfiguration", "" },
  { "SetDirectoryServicesConfiguration", "config:jR" },
  { "SyncUsersWithDirectoryServices", "dryRun:bO" },
  { "GetCredentials", "" },
  { "GetComplianceConfiguration", "" },
  { "SetComplianceConfiguration", "config:jR" },
  { "GetRetentionPolicies", "" },
  { "SetRetentionPolicies", "config:jR" },
  { "ProcessRetentionPolicies", "" },
  { "GetSmtpSettings", "" },
  { "SetSmtpSettings", "settings:jR" },
  { "TestSmtpSettings", "" },
  { "GetStores", "includeSize:bO" },
  { "CreateStore", "name:sR type:sO " PLACE " requestedState:sO" },
  { "AttachStore", "name:sR type:sR " PLACE " requestedState:sO" },
  { "SetStoreProperties", "id:nR type:sO " PLACE },
  { "SetStoreRequestedState", "id:nR requestedState:sR" },
  { "RenameStore", "id:nR name:sR" },
  { "DetachStore", "id:nR" },
  { "CompactStore", "id:nR" },
  { "MergeStore", "id:nR sourceId:nR" },
  { "RecoverStore", "id:nR encryptionKey:sO recoverDeletedMessages:bO" },
  { "RecreateRecoveryRecords", "id:nR" },
  { "RepairStoreDatabase", "id:nR" },
  { "UnlockStore", "id:nR passphrase:sR" },
  { "UpgradeStore", "id:nR" },
  { "UpgradeStores", "" },
  { "VerifyStore", "id:nR includeIndexes:bR" },
  { "VerifyStores", "includeIndexes:bR" },
  { "RetryOpenStores", "" },
  { "RefreshAllStoreStatistics", "" },
  { "MaintainFileSystemDatabases", "" },
  { "GetStoreAutoCreateConfiguration", "" },
  { "SetStoreAutoCreateConfiguration", "config:jR" },
  { "GetStoreIndexes", "id:nO" },
  { "RebuildStoreIndex", "id:nR folder:sR" },
  { "SelectAllStoreIndexesForRebuild", "" },
  { "RebuildSelectedStoreIndexes", "" },
  { "GetJobs", "" },
  { "GetJobResults", "fromIncluding:sR toExcluding:sR timeZoneId:sR jobId:nO" },
  { "CreateJob", "name:sO action:sO owner:sO timeZoneId:sO " SCHEDULE },
  { "RenameJob", "id:nR name:sR" },
  { "SetJobEnabled", "id:nR enabled:bR" },
  { "SetJobSchedule", "id:nR timeZoneId:sR " SCHEDULE },
  { "DeleteJob", "id:nR" },
  { "RunJobAsync", "id:nR" },
  { "CancelJobAsync", "id:nR" },
  { "GetProfiles", "raw:bR" },
  { "CreateProfile", "properties:jR raw:bR" },
  { "RunProfile", "id:nR" },
  { "RunTemporaryProfile", "properties:jR raw:bR" },
  { "DeleteProfile", "id:nR" },
  { "SetProfileServerSideExecution",
    "id:nR automatic:bR automaticPauseBetweenExecutions:nO automaticMaintenanceWindows:sO" },
  { "GetWorkerResults", "fromIncluding:sR toExcluding:sR timeZoneID:sR profileID:nO userName:sO" },
  { "GetWorkerResultReport", "id:nR" },
  { "GetChildFolders", "folder:sO maxLevels:nO" },
  { "GetFolderStatistics", "" },
  { "MoveFolder", "fromFolder:sR toFolder:sR" },
  { "DeleteEmptyFolders", "folder:sO" },
  { "GetMessages", "folder:sR" },
  { "DeleteMessage", "id:sR reason:sR" },
  { "GetServerInfo", "" },
  { "GetServiceConfiguration", "" },
  { "SetServiceCertificate", "thumbprint:sR" },
  { "GetActiveSessions", "" },
  { "GetLicenseInformation", "" },
  { "GetTimeZones", "" },
  { "SendStatusReport", "timespan:sR timeZoneId:sR recipients:sR" },
  { "CreateBackup", "path:sR excludeSearchIndexes:bO" },
  { "CompactMasterDatabase", "" },
  { "RenewMasterKey", "" },
};

static const struct {
  const char *name, *args;
} own[] = {
  { "CreateCredentials", "config:jR" },
  { "SetCredentials", "id:nR config:jR" },
  { "DeleteCredentials", "id:nR" },
  { "GetCredentialsCertificate", "id:nR" },
  { "TestCredentials", "id:nR" },
  { "UpdateProfile", "id:nR properties:jR raw:bR" },
  { "SetStoreRecoveryKey", "id:nR passphrase:sR" },
  { "GetAuditLog",
    "fromIncluding:sO toExcluding:sO timeZoneId:sO userName:sO eventType:sO maximum:nO" },
};

static char *
describe (const MunFunctionSpec *spec)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < spec->n_args; i++)
    g_string_append_printf (out, "%s%s:%c%c", i > 0 ? " " : "", spec->args[i].name,
                            "snbj"[spec->args[i].type], spec -> args[i].nullable ? 'O' : 'R');
  return g_string_free (out, FALSE);
}

static void
assert_function (const char *name, const char *args, gboolean is_own)
{
  const MunFunctionSpec *spec = mun_function_lookup (name);
  g_autofree char *actual = NULL;

  g_assert_nonnull (spec);
  actual = describe (spec);
  g_assert_cmpstr (actual, ==, args);
  g_assert_true (is_own == ((spec->flags & MUN_FUNCTION_OWN) != 0));
  /* A MailStore Server must never list this one: its clients take it for the other edition. */
  g_assert_null (mun_function_lookup_arg (spec, "instanceID"));
}

static void
test_contract (void)
{
  guint n;

  mun_function_list (&n);
  g_assert_cmpuint (G_N_ELEMENTS (contract), ==, 89);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (contract) + G_N_ELEMENTS (own));
  for (guint i = 0; i < G_N_ELEMENTS (contract); i++)
    assert_function (contract[i].name, contract[i].args, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    assert_function (own[i].name, own[i].args, TRUE);
}

/* What help and completion rely on. */
static void
test_complete (void)
{
  guint n;
  const MunFunctionSpec *list = mun_function_list (&n);

  for (guint i = 0; i < n; i++) {
    gboolean secret = FALSE;

    g_assert_true (list[i].summary != NULL && *list[i].summary != '\0');
    g_assert_true (list[i].group != NULL && list[i].returns != NULL);
    g_assert_false (g_str_has_suffix (list[i].summary, "."));
    for (guint k = 0; k < list[i].n_args; k++) {
      g_assert_true (list[i].args[k].summary != NULL && *list[i].args[k].summary != '\0');
      secret = secret || list[i].args[k].secret;
    }
    g_assert_true (secret == ((list[i].flags & MUN_FUNCTION_SECRET_ARGS) != 0));
    if (list[i].flags & MUN_FUNCTION_OWN)
      g_assert_true (list[i].flags & MUN_FUNCTION_SERVED);
  }
}

static void
test_lookup (void)
{
  const MunFunctionSpec *spec = mun_function_lookup ("VerifyStore");

  g_assert_null (mun_function_lookup (NULL));
  g_assert_null (mun_function_lookup ("verifystore"));
  g_assert_null (mun_function_lookup ("SyncUsersNow"));
  g_assert_true (mun_function_lookup_arg (spec, "includeIndexes")->lenient);
  g_assert_false (
      mun_function_lookup_arg (mun_function_lookup ("DeleteMessage"), "reason")->lenient);
  g_assert_null (mun_function_lookup_arg (spec, "nothing"));
  g_assert_true (spec->flags & MUN_FUNCTION_LONG);
  g_assert_cmpstr (mun_arg_type_to_string (MUN_ARG_STRING), ==, "string");
  g_assert_cmpstr (mun_arg_type_to_string (MUN_ARG_NUMBER), ==, "number");
  g_assert_cmpstr (mun_arg_type_to_string (MUN_ARG_BOOL), ==, "bool");
  g_assert_cmpstr (mun_arg_type_to_string (MUN_ARG_JSON), ==, "json");
}

static void
test_metadata (void)
{
  g_autoptr (JsonObject) one = mun_function_metadata (mun_function_lookup ("GetUserInfo"));
  g_autofree char *text = mun_json_object_to_string (one);
  g_autoptr (JsonNode) all = mun_function_dup_metadata (0);
  g_autoptr (JsonNode) served = mun_function_dup_metadata (MUN_FUNCTION_SERVED);
  g_autoptr (JsonNode) ours = mun_function_dup_metadata (MUN_FUNCTION_SERVED | MUN_FUNCTION_OWN);
  JsonArray *array = json_node_get_array (served);

  g_assert_cmpstr (text, ==,
                   "{\"name\":\"GetUserInfo\",\"args\":[{\"name\":\"userName\",\"type\":\"string\","
                   "\"nullable\":false}]}");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (all)), ==,
                    G_N_ELEMENTS (contract) + G_N_ELEMENTS (own));
  g_assert_cmpuint (json_array_get_length (json_node_get_array (ours)), ==, G_N_ELEMENTS (own));
  for (guint i = 0; i < json_array_get_length (array); i++) {
    const char *name = mun_json_get_string (json_array_get_object_element (array, i), "name", NULL);

    g_assert_true (mun_function_lookup (name)->flags & MUN_FUNCTION_SERVED);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/functions/contract", test_contract);
  g_test_add_func ("/protocol/functions/complete", test_complete);
  g_test_add_func ("/protocol/functions/lookup", test_lookup);
  g_test_add_func ("/protocol/functions/metadata", test_metadata);
  return g_test_run ();
}
