/* dispatch.c: from the name of a function to its handler */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "dispatch.h"

#include "accounts.h"
#include "audit.h"
#include "errors.h"
#include "json.h"
#include "master.h"

#include <string.h>

static const MunHandlerEntry *const tables[] = {
  mun_handlers_misc,       mun_handlers_users,    mun_handlers_stores,      mun_handlers_folders,
  mun_handlers_compliance, mun_handlers_profiles, mun_handlers_credentials, mun_handlers_directory,
  mun_handlers_indexes,    mun_handlers_keys,     mun_handlers_compact,
};

static MunHandlerEntry replacement;

static MunHandler
lookup (const char *function)
{
  if (replacement.function != NULL && strcmp (replacement.function, function) == 0)
    return replacement.handler;
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const MunHandlerEntry *entry = tables[i]; entry->function != NULL; entry++)
      if (strcmp (entry->function, function) == 0)
        return entry->handler;
  return NULL;
}

gboolean
mun_dispatch_has (const char *function)
{
  return mun_function_lookup (function) != NULL && lookup (function) != NULL;
}

JsonNode *
mun_dispatch_dup_metadata (void)
{
  JsonArray *array = json_array_new ();
  const MunFunctionSpec *specs;
  guint n_specs;

  specs = mun_function_list (&n_specs);
  for (guint i = 0; i < n_specs; i++)
    if (lookup (specs[i].name) != NULL)
      json_array_add_object_element (array, mun_function_metadata (&specs[i]));
  return mun_json_node_take_array (array);
}

static gboolean
check_caller (MunCall *call, gboolean remote, GError **error)
{
  const char *name = mun_call_get_user (call);
  g_autoptr (JsonObject) user = mun_master_get_user (mun_call_get_master (call), name, error);

  if (user == NULL)
    return FALSE;
  if (!mun_account_is_admin (user)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DENIED,
                 "User %s is not an administrator and cannot use the Administration API", name);
    return FALSE;
  }
  if (remote && !mun_account_may_login (user, "api")) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DENIED,
                 "User %s lacks the login privilege \"api\" and cannot use the Administration API",
                 name);
    return FALSE;
  }
  return TRUE;
}

static JsonNode *
run (MunCall *call, gboolean remote, GError **error)
{
  MunHandler handler = lookup (mun_call_get_function (call));
  g_autoptr (GError) local = NULL;
  JsonNode *result;

  if (!check_caller (call, remote, error))
    return NULL;
  mun_audit_call_begins (call);
  result = handler (call, &local);
  mun_audit_call_ended (call, local);
  if (local != NULL) {
    g_clear_pointer (&result, json_node_unref);
    g_propagate_error (error, g_steal_pointer (&local));
  }
  return result;
}

JsonNode *
mun_dispatch_run_remote (MunCall *call, GError **error)
{
  return run (call, TRUE, error);
}

JsonNode *
mun_dispatch_run_local (MunCall *call, GError **error)
{
  return run (call, FALSE, error);
}

void
mun_dispatch_replace (const char *function, MunHandler handler)
{
  replacement.function = handler != NULL ? function : NULL;
  replacement.handler = handler;
}
