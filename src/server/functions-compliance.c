/* functions-compliance.c: the compliance configuration and the audit log */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "access.h"
#include "arguments.h"
#include "errors.h"
#include "json.h"
#include "master-records.h"
#include "timezone.h"

#include <string.h>

#define AUDIT_DEFAULT 1000
#define AUDIT_MAX 100000

static GMutex configuration_lock;

static JsonNode *
get_compliance_configuration (MunCall *call, GError **error)
{
  JsonObject *config = mun_access_dup_compliance (mun_call_get_master (call), error);

  return config != NULL ? mun_json_node_take_object (config) : NULL;
}

static gboolean
check_member (const char *name, JsonNode *node, GError **error)
{
  gboolean valid = TRUE;

  if (strcmp (name, "adminArchiveAccess") == 0 || strcmp (name, "legalHold") == 0)
    valid = json_node_get_value_type (node) == G_TYPE_BOOLEAN;
  else if (strcmp (name, "auditorUserName") == 0)
    valid = JSON_NODE_HOLDS_NULL (node) || json_node_get_value_type (node) == G_TYPE_STRING;
  else if (strcmp (name, "auditEvents") == 0)
    valid = JSON_NODE_HOLDS_OBJECT (node);
  if (!valid)
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Compliance configuration: the value of %s has the wrong type", name);
  return valid;
}

/* What the caller left out stays, and so does what nobody here knows (contract 1.10). */
static gboolean
merge (MunMaster *master, JsonObject *changes, GError **error)
{
  g_autoptr (JsonObject) config = mun_access_dup_compliance (master, error);
  g_autofree char *text = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (config == NULL)
    return FALSE;
  json_object_iter_init (&iter, changes);
  while (json_object_iter_next (&iter, &name, &node)) {
    if (!check_member (name, node, error))
      return FALSE;
    json_object_set_member (config, name, mun_json_copy_node (node));
  }
  text = mun_json_object_to_string (config);
  return mun_master_set_setting (master, MUN_ACCESS_COMPLIANCE_SETTING, text, error);
}

static JsonNode *
set_compliance_configuration (MunCall *call, GError **error)
{
  JsonNode *config = mun_arguments_get_json (mun_call_get_arguments (call), "config");

  if (!JSON_NODE_HOLDS_OBJECT (config)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "Compliance configuration: config must be a JSON object");
    return NULL;
  }
  g_mutex_lock (&configuration_lock);
  merge (mun_call_get_master (call), json_node_get_object (config), error);
  g_mutex_unlock (&configuration_lock);
  mun_server_forget_logins (mun_call_get_server (call), NULL);
  return NULL;
}

static gboolean
parse_period (MunArguments *arguments, GTimeZone *zone, gint64 *from, gint64 *to, GError **error)
{
  const char *start = mun_arguments_get_string (arguments, "fromIncluding");
  const char *end = mun_arguments_get_string (arguments, "toExcluding");

  *from = 0;
  *to = G_MAXINT64;
  return (start == NULL || mun_timestamp_parse (start, zone, from, error))
         && (end == NULL || mun_timestamp_parse (end, zone, to, error));
}

static JsonNode *
get_audit_log (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  const char *zone_id = mun_arguments_get_string (arguments, "timeZoneId");
  g_autoptr (GTimeZone) zone = mun_timezone_lookup (zone_id != NULL ? zone_id : "$Local", error);
  gint64 from, to, maximum = mun_arguments_get_int (arguments, "maximum", AUDIT_DEFAULT);
  JsonArray *events;

  if (zone == NULL || !parse_period (arguments, zone, &from, &to, error))
    return NULL;
  events = mun_master_list_audit (mun_call_get_master (call), from, to,
                                  mun_arguments_get_string (arguments, "userName"),
                                  mun_arguments_get_string (arguments, "eventType"),
                                  CLAMP (maximum, 1, AUDIT_MAX), error);
  if (events == NULL)
    return NULL;
  for (guint i = 0; i < json_array_get_length (events); i++) {
    JsonObject *event = json_array_get_object_element (events, i);
    g_autofree char *time = mun_timestamp_format (mun_json_get_int (event, "time", 0), zone);

    json_object_set_string_member (event, "time", time);
  }
  return mun_json_node_take_array (events);
}

const MunHandlerEntry mun_handlers_compliance[] = {
  { "GetComplianceConfiguration", get_compliance_configuration },
  { "SetComplianceConfiguration", set_compliance_configuration },
  { "GetAuditLog", get_audit_log },
  { NULL, NULL },
};
