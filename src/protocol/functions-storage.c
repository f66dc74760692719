/* functions-storage.c: the functions of the group "Archive Stores" */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "functions-table.h"

#define GROUP N_ ("Archive Stores")

/* What CreateStore, AttachStore and SetStoreProperties share. */
#define STORE_PLACE                                                                                \
  OPTIONAL ("databaseName", STRING, N_ ("Name of the database (SQLServer, PostgreSQL)")),          \
      OPTIONAL ("databasePath", STRING, N_ ("Folder of the database (FileSystemInternal)")),       \
      OPTIONAL ("contentPath", STRING, N_ ("Folder of the contents")),                             \
      OPTIONAL ("indexPath", STRING, N_ ("Folder of the search indexes")),                         \
      OPTIONAL ("serverName", STRING, N_ ("Database server (SQLServer, PostgreSQL)")),             \
      OPTIONAL ("userName", STRING, N_ ("User name at the database server")),                      \
      SECRET_OPTIONAL ("password", STRING, N_ ("Password at the database server"))
#define STATE_TEXT N_ ("current, normal, writeProtected or disabled")
#define TYPE_TEXT N_ ("FileSystemInternal, SQLServer or PostgreSQL")
#define STORE_NAME REQUIRED ("name", STRING, N_ ("Name of the archive store"))

const MunFunctionSpec mun_functions_storage[] = {
  FUNCTION ("GetStores", SERVED,
            "[{id, name, type, requestedState, error, databasePath, contentPath, indexPath, "
            "statisticsCount, "
            "statisticsSize, searchIndexesNeedRebuild, needsUpgrade}]",
            N_ ("List the archive stores"),
            OPTIONAL ("includeSize", BOOL, N_ ("Add the sizes; may be slow"))),
  FUNCTION ("CreateStore", SERVED | SECRET_ARGS, "{id}", N_ ("Create and attach an archive store"),
            STORE_NAME, OPTIONAL ("type", STRING, TYPE_TEXT), STORE_PLACE,
            OPTIONAL ("requestedState", STRING, STATE_TEXT)),
  FUNCTION ("AttachStore", SERVED | SECRET_ARGS, "{id}", N_ ("Attach an existing archive store"),
            STORE_NAME, REQUIRED ("type", STRING, TYPE_TEXT), STORE_PLACE,
            OPTIONAL ("requestedState", STRING, STATE_TEXT)),
  FUNCTION ("SetStoreProperties", SECRET_ARGS, "null", N_ ("Change where an archive store is kept"),
            STORE_ID, OPTIONAL ("type", STRING, TYPE_TEXT), STORE_PLACE),
  FUNCTION ("SetStoreRequestedState", SERVED, "null", N_ ("Set the state of an archive store"),
            STORE_ID, REQUIRED ("requestedState", STRING, STATE_TEXT)),
  FUNCTION ("RenameStore", 0, "null", N_ ("Rename an archive store"), STORE_ID,
            REQUIRED ("name", STRING, N_ ("New name"))),
  FUNCTION ("DetachStore", 0, "null", N_ ("Detach an archive store; its files stay"), STORE_ID),
  FUNCTION ("CompactStore", SERVED | LONG, "null", N_ ("Compact an archive store"), STORE_ID),
  FUNCTION ("MergeStore", LONG, "null", N_ ("Merge one archive store into another"), STORE_ID,
            REQUIRED ("sourceId", NUMBER, N_ ("Number of the store that is merged into it"))),
  FUNCTION ("RecoverStore", SERVED | LONG | SECRET_ARGS, "null",
            N_ ("Rebuild the metadata of an archive store from its recovery records"), STORE_ID,
            SECRET_OPTIONAL ("encryptionKey", STRING, N_ ("Recovery key of the store")),
            OPTIONAL ("recoverDeletedMessages", BOOL, N_ ("Bring deleted messages back"))),
  FUNCTION ("RecreateRecoveryRecords", SERVED | LONG, "null",
            N_ ("Write the recovery records of an archive store anew"), STORE_ID),
  FUNCTION ("RepairStoreDatabase", LONG, "null",
            N_ ("Rebuild the internal indexes of a store's database"), STORE_ID),
  FUNCTION ("UnlockStore", SERVED | SECRET_ARGS, "null",
            N_ ("Unlock a store of another installation"), STORE_ID,
            SECRET_REQUIRED ("passphrase", STRING,
                             N_ ("Product key or recovery key of the other installation"))),
  FUNCTION ("SetStoreRecoveryKey", OWN | SECRET_ARGS, "null",
            N_ ("Set the recovery key that opens a store without the master key"), STORE_ID,
            SECRET_REQUIRED ("passphrase", STRING,
                             N_ ("At least 12 characters; empty takes it away"))),
  FUNCTION ("UpgradeStore", LONG, "null", N_ ("Upgrade an archive store"), STORE_ID),
  FUNCTION_PLAIN ("UpgradeStores", LONG, "null", N_ ("Upgrade all archive stores")),
  FUNCTION ("VerifyStore", SERVED | LONG, "null",
            N_ ("Verify the integrity of an archive store; the log is the report"), STORE_ID,
            LENIENT ("includeIndexes", BOOL, N_ ("Verify the search indexes too"))),
  FUNCTION ("VerifyStores", SERVED | LONG, "null",
            N_ ("Verify the integrity of all archive stores; the log is the report"),
            LENIENT ("includeIndexes", BOOL, N_ ("Verify the search indexes too"))),
  FUNCTION_PLAIN ("RetryOpenStores", 0, "null", N_ ("Try again to open stores that are in error")),
  FUNCTION_PLAIN ("RefreshAllStoreStatistics", LONG, "null", N_ ("Count all archive stores again")),
  FUNCTION_PLAIN ("MaintainFileSystemDatabases", SERVED | LONG, "null",
                  N_ ("Maintain the databases of the archive stores")),
  FUNCTION_PLAIN ("GetStoreAutoCreateConfiguration", 0, "{enabled, …}",
                  N_ ("Show when a new archive store is created by itself")),
  FUNCTION ("SetStoreAutoCreateConfiguration", 0, "null",
            N_ ("Set when a new archive store is created by itself"),
            REQUIRED ("config", JSON,
                      N_ ("What GetStoreAutoCreateConfiguration returned, edited"))),
  FUNCTION_END,
};
