/* audit.c: what the audit log says about calls of the Administration API */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "audit.h"

#include "arguments.h"
#include "functions.h"
#include "json.h"
#include "master-records.h"
#include "operation.h"

#include <string.h>

/* The names have the form of the two that the manual mentions: MessageRetrieveContent and
 * ComplianceChangeSettings. */
static const struct {
  const char *function;
  const char *event;
} events[] = {
  { "CreateUser", "UserCreate" },
  { "SetUserAuthentication", "UserChangeSettings" },
  { "SetUserDistinguishedName", "UserChangeSettings" },
  { "SetUserEmailAddresses", "UserChangeSettings" },
  { "SetUserFullName", "UserChangeSettings" },
  { "SetUserPassword", "UserChangePassword" },
  { "SetUserPop3UserNames", "UserChangeSettings" },
  { "SetUserPrivileges", "UserChangePrivileges" },
  { "SetUserLoginPrivileges", "UserChangePrivileges" },
  { "SetUserPrivilegesOnFolder", "UserChangePrivileges" },
  { "ClearUserPrivilegesOnFolders", "UserChangePrivileges" },
  { "RenameUser", "UserRename" },
  { "DeleteUser", "UserDelete" },
  { "SetDirectoryServicesConfiguration", "DirectoryServicesChangeSettings" },
  { "SyncUsersWithDirectoryServices", "DirectoryServicesSynchronize" },
  { "CreateCredentials", "CredentialsCreate" },
  { "SetCredentials", "CredentialsChangeSettings" },
  { "DeleteCredentials", "CredentialsDelete" },
  { "TestCredentials", "CredentialsTest" },
  { "SetComplianceConfiguration", "ComplianceChangeSettings" },
  { "CreateStore", "StoreCreate" },
  { "AttachStore", "StoreAttach" },
  { "SetStoreRequestedState", "StoreChangeState" },
  { "SetStoreRecoveryKey", "StoreChangeRecoveryKey" },
  { "UnlockStore", "StoreUnlock" },
  { "RecreateRecoveryRecords", "StoreRecreateRecoveryRecords" },
  { "RenewMasterKey", "MasterKeyRenew" },
  { "CompactStore", "StoreCompact" },
  { "MaintainFileSystemDatabases", "StoreMaintain" },
  { "CompactMasterDatabase", "MasterDatabaseCompact" },
  { "VerifyStore", "StoreVerify" },
  { "VerifyStores", "StoreVerify" },
  { "SelectAllStoreIndexesForRebuild", "StoreRebuildIndexes" },
  { "RebuildSelectedStoreIndexes", "StoreRebuildIndexes" },
  { "RebuildStoreIndex", "StoreRebuildIndexes" },
  { "CreateProfile", "ProfileCreate" },
  { "UpdateProfile", "ProfileChangeSettings" },
  { "DeleteProfile", "ProfileDelete" },
  { "SetProfileServerSideExecution", "ProfileChangeSettings" },
  { "RunProfile", "ProfileRun" },
  { "RunTemporaryProfile", "ProfileRun" },
  { "MoveFolder", "FolderMove" },
  { "DeleteEmptyFolders", "FolderDelete" },
  { "DeleteMessage", "MessageDelete" },
};

const char *
mun_audit_lookup_event (const char *function)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    if (strcmp (events[i].function, function) == 0)
      return events[i].event;
  /* a function that nobody named here is recorded under its own name rather than not at all */
  return g_str_has_prefix (function, "Get") ? NULL : function;
}

static void
append (MunCall *call, const char *outcome, const GError *error)
{
  const char *function = mun_call_get_function (call);
  const char *event = mun_audit_lookup_event (function);
  g_autoptr (JsonObject) document = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *arguments = NULL;
  g_autofree char *details = NULL;

  if (event == NULL)
    return;
  document = json_object_new ();
  arguments = mun_arguments_describe (mun_call_get_arguments (call));
  json_object_set_string_member (document, "function", function);
  details = mun_call_get_details (call) != NULL
                ? g_strdup_printf ("%s (%s)", arguments, mun_call_get_details (call))
                : g_steal_pointer (&arguments);
  json_object_set_string_member (document, "details", details);
  json_object_set_string_member (document, "result", outcome);
  mun_json_set_text (document, "error", error != NULL ? error->message : NULL);
  if (!mun_master_append_audit (mun_call_get_master (call), mun_call_get_user (call), event,
                                document, &local))
    g_warning ("Audit log: %s by %s was not recorded: %s", event, mun_call_get_user (call),
               local->message);
}

void
mun_audit_call_begins (MunCall *call)
{
  const MunFunctionSpec *spec = mun_function_lookup (mun_call_get_function (call));

  if ((spec->flags & MUN_FUNCTION_LONG) != 0)
    append (call, "started", NULL);
}

void
mun_audit_call_ended (MunCall *call, const GError *error)
{
  if (error == NULL)
    append (call, "succeeded", NULL);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    append (call, mun_call_is_stopping (call) ? "interrupted" : "cancelled", NULL);
  else
    append (call, "failed", error);
}
