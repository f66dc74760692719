/* functions-misc.c: the functions of the group "Miscellaneous" */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "functions-table.h"

#define GROUP N_ ("Miscellaneous")

const MunFunctionSpec mun_functions_misc[] = {
  FUNCTION_PLAIN ("GetServerInfo", SERVED, "{version, machineName}",
                  N_ ("Show version and name of the server")),
  FUNCTION_PLAIN ("GetServiceConfiguration", SERVED,
                  "{baseDirectory, debugLog, serverCertificate, …}",
                  N_ ("Show how the service is set up")),
  FUNCTION ("SetServiceCertificate", 0, "null", N_ ("Set the TLS certificate of the service"),
            REQUIRED ("thumbprint", STRING, N_ ("SHA-1 thumbprint of an installed certificate"))),
  FUNCTION_PLAIN ("GetActiveSessions", SERVED, "[{userName, machineName, clientType, loginTime}]",
                  N_ ("List who is logged on")),
  FUNCTION_PLAIN ("GetLicenseInformation", 0, "{namedUsers, maxNamedUsers, …}",
                  N_ ("Show the license")),
  FUNCTION_PLAIN ("GetTimeZones", SERVED, "[{id, displayName}]", N_ ("List the time zones")),
  FUNCTION ("SendStatusReport", 0, "null", N_ ("Send a status report by email"),
            REQUIRED ("timespan", STRING,
                      N_ ("today, yesterday, thisweek, lastweek, thismonth or lastmonth")),
            TIME_ZONE ("timeZoneId"),
            REQUIRED ("recipients", STRING, N_ ("Comma list of email addresses"))),
  FUNCTION ("CreateBackup", LONG, "null",
            N_ ("Back the whole archive up into a folder of the server"),
            REQUIRED ("path", STRING, N_ ("Folder")),
            OPTIONAL ("excludeSearchIndexes", BOOL, N_ ("true leaves the search indexes out"))),
  FUNCTION_PLAIN ("CompactMasterDatabase", SERVED | LONG, "null",
                  N_ ("Compact the master database")),
  FUNCTION_PLAIN ("RenewMasterKey", SERVED | LONG, "null",
                  N_ ("Encrypt the keys of the stores with a new master key")),
  FUNCTION_END,
};
