/* functions-directory.c: the functions of the group "Directory Services and Credentials" */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "functions-table.h"

#define GROUP N_ ("Directory Services and Credentials")

const MunFunctionSpec mun_functions_directory[] = {
  FUNCTION_PLAIN ("GetDirectoryServicesConfiguration", SERVED, "{type, …}",
                  N_ ("Show the directory services configuration")),
  FUNCTION ("SetDirectoryServicesConfiguration", SERVED, "null",
            N_ ("Replace the directory services configuration"),
            REQUIRED ("config", JSON,
                      N_ ("What GetDirectoryServicesConfiguration returned, edited"))),
  FUNCTION ("SyncUsersWithDirectoryServices", SERVED | LONG,
            "{created, modified, deleted, unchanged, skipped, dryRun}",
            N_ ("Synchronize the users with the directory"),
            OPTIONAL ("dryRun", BOOL, N_ ("true only reports what would change"))),
  FUNCTION_PLAIN ("GetCredentials", SERVED, "[{id, name, type, clientId, tenantId, …}]",
                  N_ ("List the credentials, without their secrets")),
  FUNCTION ("CreateCredentials", OWN | SECRET_ARGS, "{id}", N_ ("Store credentials on the server"),
            SECRET_REQUIRED (
                "config", JSON,
                N_ ("Object with name, type, clientId, tenantId, cloud, certificate, privateKey"))),
  FUNCTION ("SetCredentials", OWN | SECRET_ARGS, "null", N_ ("Replace stored credentials"),
            CREDENTIALS_ID,
            SECRET_REQUIRED (
                "config", JSON,
                N_ ("As for CreateCredentials; an absent privateKey keeps the present one"))),
  FUNCTION ("DeleteCredentials", OWN, "null", N_ ("Delete stored credentials"), CREDENTIALS_ID),
  FUNCTION ("GetCredentialsCertificate", OWN, "{certificate, thumbprint, notAfter}",
            N_ ("Show the public part of a stored certificate"), CREDENTIALS_ID),
  FUNCTION ("TestCredentials", OWN | LONG,
            "{signedIn, algorithm, roles, missing, errorCode, message, explanation, traceId}",
            N_ ("Sign in with stored credentials and list the permissions"), CREDENTIALS_ID),
  FUNCTION_END,
};
