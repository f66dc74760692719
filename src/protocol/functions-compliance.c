/* functions-compliance.c: the functions of the group "Compliance", "Retention" and "SMTP" */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "functions-table.h"

#define GROUP N_ ("Compliance and Retention")

const MunFunctionSpec mun_functions_compliance[] = {
  FUNCTION_PLAIN ("GetComplianceConfiguration", SERVED,
                  "{adminArchiveAccess, auditorUserName, legalHold, …}",
                  N_ ("Show the compliance configuration")),
  FUNCTION ("SetComplianceConfiguration", SERVED, "null",
            N_ ("Replace the compliance configuration"),
            REQUIRED ("config", JSON, N_ ("What GetComplianceConfiguration returned, edited"))),
  FUNCTION (
      "GetAuditLog", OWN, "[{time, userName, eventType, …}]",
      N_ ("Read the audit log, newest first"),
      OPTIONAL ("fromIncluding", STRING, N_ ("Start of the period, YYYY-MM-DDTHH:MM:SS, included")),
      OPTIONAL ("toExcluding", STRING, N_ ("End of the period, YYYY-MM-DDTHH:MM:SS, not included")),
      OPTIONAL ("timeZoneId", STRING, N_ ("Time zone: $Local or a Windows time zone name")),
      OPTIONAL ("userName", STRING, N_ ("Only events of this user")),
      OPTIONAL ("eventType", STRING, N_ ("Only events of this type")),
      OPTIONAL ("maximum", NUMBER, N_ ("Maximum number of events"))),
  FUNCTION_PLAIN (
      "GetRetentionPolicies", 0,
      "[{name, enabled, period, periodInterval, referenceDateType, delete, searchCriteria}]",
      N_ ("List the retention policies")),
  FUNCTION ("SetRetentionPolicies", 0, "null", N_ ("Replace all retention policies"),
            REQUIRED ("config", JSON, N_ ("What GetRetentionPolicies returned, edited"))),
  FUNCTION_PLAIN ("ProcessRetentionPolicies", LONG, "null",
                  N_ ("Delete what the retention policies let expire")),
  FUNCTION_PLAIN ("GetSmtpSettings", 0, "{hostname, port, protocol, userName, password, …}",
                  N_ ("Show the SMTP settings, without the password")),
  FUNCTION ("SetSmtpSettings", SECRET_ARGS, "null", N_ ("Replace the SMTP settings"),
            SECRET_REQUIRED ("settings", JSON, N_ ("What GetSmtpSettings returned, edited"))),
  FUNCTION_PLAIN ("TestSmtpSettings", LONG, "null", N_ ("Send a test message")),
  FUNCTION_END,
};
