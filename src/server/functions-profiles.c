/* functions-profiles.c: profiles, their runs and results */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "arguments.h"
#include "errors.h"
#include "json.h"
#include "master-records.h"
#include "profile-runner.h"
#include "profile.h"
#include "timezone.h"

#include <string.h>

/* A change reads a profile and writes it back: only one at a time. */
static GMutex profiles_lock;

static gint64
get_id (MunCall *call)
{
  return mun_arguments_get_int (mun_call_get_arguments (call), "id", 0);
}

static gboolean
check_raw (MunCall *call, GError **error)
{
  if (mun_arguments_get_bool (mun_call_get_arguments (call), "raw", TRUE))
    return TRUE;
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED, "Only raw=true is supported");
  return FALSE;
}

/* --- passwords: no connector of this server needs one, so none is kept --- */

static void
drop_password (JsonObject *profile)
{
  JsonObject *details = mun_json_get_object (profile, "details");

  if (details != NULL && json_object_has_member (details, "password"))
    json_object_set_null_member (details, "password");
}

/* --- reading and changing --- */

static JsonNode *
get_profiles (MunCall *call, GError **error)
{
  JsonArray *profiles;

  if (!check_raw (call, error))
    return NULL;
  profiles = mun_master_list_profiles (mun_call_get_master (call), error);
  if (profiles == NULL)
    return NULL;
  for (guint i = 0; i < json_array_get_length (profiles); i++)
    drop_password (json_array_get_object_element (profiles, i));
  return mun_json_node_take_array (profiles);
}

static JsonObject *
default_execution (void)
{
  JsonObject *object = json_object_new ();

  json_object_set_boolean_member (object, "automatic", FALSE);
  json_object_set_int_member (object, "automaticPauseBetweenExecutions", 300);
  json_object_set_null_member (object, "automaticMaintenanceWindows");
  return object;
}

/* The argument "properties", checked, as a document to keep; unknown members stay in it. */
static JsonObject *
read_properties (MunCall *call, GError **error)
{
  JsonNode *node = mun_arguments_get_json (mun_call_get_arguments (call), "properties");
  g_autoptr (JsonObject) profile = NULL;
  g_autoptr (JsonObject) owner = NULL;

  if (!check_raw (call, error))
    return NULL;
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "properties must be a JSON object");
    return NULL;
  }
  profile = mun_json_copy_object (json_node_get_object (node));
  if (!mun_json_has (profile, "type"))
    json_object_set_string_member (profile, "type", "I");
  if (*mun_json_get_string (profile, "owner", "") == '\0')
    json_object_set_string_member (profile, "owner", mun_call_get_user (call));
  if (!mun_json_has (profile, "serverSideExecution"))
    json_object_set_object_member (profile, "serverSideExecution", default_execution ());
  drop_password (profile);
  owner = mun_master_get_user (mun_call_get_master (call),
                               mun_json_get_string (profile, "owner", ""), NULL);
  if (owner == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "owner: there is no user “%s”",
                 mun_json_get_string (profile, "owner", ""));
    return NULL;
  }
  if (!mun_profile_check (mun_call_get_archive (call), profile, error))
    return NULL;
  return g_steal_pointer (&profile);
}

static JsonNode *
create_profile (MunCall *call, GError **error)
{
  g_autoptr (JsonObject) profile = read_properties (call, error);
  JsonObject *result;
  gint64 id;

  if (profile == NULL)
    return NULL;
  json_object_remove_member (profile, "id");
  json_object_remove_member (profile, "version");
  id = mun_master_insert_profile (mun_call_get_master (call), profile, error);
  if (id == 0)
    return NULL;
  mun_call_add_detail (call, "id %" G_GINT64_FORMAT ", “%s”", id,
                       mun_json_get_string (profile, "name", ""));
  result = json_object_new ();
  json_object_set_int_member (result, "id", id);
  return mun_json_node_take_object (result);
}

static gboolean
update_locked (MunCall *call, JsonObject *profile, GError **error)
{
  MunMaster *master = mun_call_get_master (call);
  g_autoptr (JsonObject) present = mun_master_get_profile (master, get_id (call), error);
  gint64 version;

  if (present == NULL)
    return FALSE;
  version = mun_json_get_int (present, "version", 0);
  if (mun_json_has (profile, "version")
      && mun_json_get_int (profile, "version", version) != version) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_CHANGED_ELSEWHERE,
                 "The profile “%s” was changed by somebody else (version %" G_GINT64_FORMAT
                 " now); read it again",
                 mun_json_get_string (present, "name", ""), version);
    return FALSE;
  }
  mun_call_add_detail (call, "“%s”", mun_json_get_string (profile, "name", ""));
  return mun_master_update_profile (master, get_id (call), profile, error);
}

static JsonNode *
update_profile (MunCall *call, GError **error)
{
  g_autoptr (JsonObject) profile = read_properties (call, error);

  if (profile == NULL)
    return NULL;
  g_mutex_lock (&profiles_lock);
  update_locked (call, profile, error);
  g_mutex_unlock (&profiles_lock);
  return NULL;
}

static JsonNode *
delete_profile (MunCall *call, GError **error)
{
  MunMaster *master = mun_call_get_master (call);
  g_autoptr (JsonObject) profile = mun_master_get_profile (master, get_id (call), error);

  if (profile == NULL)
    return NULL;
  if (mun_profile_runner_is_running (mun_call_get_server (call), get_id (call))) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_BUSY, "The profile “%s” is running; cancel it first",
                 mun_json_get_string (profile, "name", ""));
    return NULL;
  }
  mun_call_add_detail (call, "“%s”", mun_json_get_string (profile, "name", ""));
  if (mun_master_remove_profile (master, get_id (call), error))
    mun_master_clear_checkpoints (master, get_id (call), NULL, error);
  return NULL;
}

/* --- running --- */

static JsonNode *
run_profile (MunCall *call, GError **error)
{
  g_autoptr (JsonObject) profile
      = mun_master_get_profile (mun_call_get_master (call), get_id (call), error);

  if (profile != NULL)
    mun_profile_runner_run (call, get_id (call), profile, error);
  return NULL;
}

static JsonNode *
run_temporary_profile (MunCall *call, GError **error)
{
  g_autoptr (JsonObject) profile = read_properties (call, error);

  if (profile != NULL)
    mun_profile_runner_run (call, 0, profile, error);
  return NULL;
}

/* --- results --- */

static void
set_time (JsonObject *result, const char *member, GTimeZone *zone)
{
  gint64 time = mun_json_get_int (result, member, 0);
  g_autofree char *text = time != 0 ? mun_timestamp_format (time, zone) : NULL;

  mun_json_set_text (result, member, text);
}

static JsonNode *
get_worker_results (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  g_autoptr (GTimeZone) zone
      = mun_timezone_lookup (mun_arguments_get_string (arguments, "timeZoneID"), error);
  const char *user = mun_arguments_get_string (arguments, "userName");
  gint64 from, to;
  JsonArray *results;

  if (zone == NULL
      || !mun_timestamp_parse (mun_arguments_get_string (arguments, "fromIncluding"), zone, &from,
                               error)
      || !mun_timestamp_parse (mun_arguments_get_string (arguments, "toExcluding"), zone, &to,
                               error))
    return NULL;
  results = mun_master_list_results (mun_call_get_master (call), from, to,
                                     mun_arguments_get_int (arguments, "profileID", 0),
                                     user != NULL && *user != '\0' ? user : NULL, error);
  if (results == NULL)
    return NULL;
  for (guint i = 0; i < json_array_get_length (results); i++) {
    JsonObject *result = json_array_get_object_element (results, i);

    set_time (result, "startTime", zone);
    set_time (result, "completeTime", zone);
    if (strcmp (mun_json_get_string (result, "result", ""), "running") == 0)
      json_object_set_null_member (result, "result");
  }
  return mun_json_node_take_array (results);
}

static JsonNode *
get_worker_result_report (MunCall *call, GError **error)
{
  MunMaster *master = mun_call_get_master (call);
  g_autoptr (JsonObject) result = mun_master_get_result (master, get_id (call), error);
  g_autoptr (GError) local = NULL;
  JsonObject *report;

  if (result == NULL)
    return NULL;
  report = mun_master_get_result_report (master, get_id (call), &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (report == NULL) {
    /* It has only just begun, or was cut off before its first lines were kept. */
    g_autoptr (MunReport) empty = mun_report_new ();

    report = mun_report_to_json (empty);
  }
  json_object_set_int_member (report, "id", get_id (call));
  return mun_json_node_take_object (report);
}

const MunHandlerEntry mun_handlers_profiles[] = {
  { "GetProfiles", get_profiles },
  { "CreateProfile", create_profile },
  { "UpdateProfile", update_profile },
  { "DeleteProfile", delete_profile },
  { "RunProfile", run_profile },
  { "RunTemporaryProfile", run_temporary_profile },
  { "GetWorkerResults", get_worker_results },
  { "GetWorkerResultReport", get_worker_result_report },
  { NULL, NULL },
};
