/* functions-directory.c: Directory Services */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "arguments.h"
#include "directory-config.h"
#include "directory-sync.h"
#include "errors.h"
#include "json.h"

static JsonNode *
get_configuration (MunCall *call, GError **error)
{
  JsonObject *config = mun_directory_config_load (mun_call_get_master (call), error);

  return config == NULL ? NULL : mun_json_node_take_object (config);
}

static JsonNode *
set_configuration (MunCall *call, GError **error)
{
  JsonNode *node = mun_arguments_get_json (mun_call_get_arguments (call), "config");

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "config must be a JSON object");
    return NULL;
  }
  mun_directory_config_save (mun_call_get_master (call), json_node_get_object (node), error);
  return NULL;
}

static JsonNode *
sync_users (MunCall *call, GError **error)
{
  gboolean dry_run = mun_arguments_get_bool (mun_call_get_arguments (call), "dryRun", FALSE);

  return mun_directory_sync_run (call, dry_run, error);
}

const MunHandlerEntry mun_handlers_directory[] = {
  { "GetDirectoryServicesConfiguration", get_configuration },
  { "SetDirectoryServicesConfiguration", set_configuration },
  { "SyncUsersWithDirectoryServices", sync_users },
  { NULL, NULL },
};
