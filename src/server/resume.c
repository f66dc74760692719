/* resume.c: runs that the last end of the server cut off */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "resume.h"

#include "accounts.h"
#include "arguments.h"
#include "errors.h"
#include "json.h"
#include "master-records.h"

/* A run that ends the server each time must not do so for ever */
#define CRASHES_MAX 10

static gboolean
check_owner (MunMaster *master, const char *owner, GError **error)
{
  g_autoptr (JsonObject) user = mun_master_get_user (master, owner, error);

  if (user == NULL) {
    g_prefix_error (error, "its owner is not there: ");
    return FALSE;
  }
  if (!mun_account_is_admin (user)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DENIED, "its owner %s is no administrator any more",
                 owner);
    return FALSE;
  }
  return TRUE;
}

static gboolean
resume (MunServer *server, gint64 id, GError **error)
{
  MunMaster *master = mun_server_get_master (server);
  g_autoptr (MunArguments) arguments = mun_arguments_new (mun_function_lookup ("RunProfile"));
  g_autoptr (JsonObject) profile = mun_master_get_profile (master, id, error);
  const char *owner = mun_json_get_string (profile, "owner", "");

  if (profile == NULL || !check_owner (master, owner, error))
    return FALSE;
  if (mun_master_count_crashes (master, id) >= CRASHES_MAX) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED,
                 "the server has crashed in its last %d runs; run it by hand", CRASHES_MAX);
    return FALSE;
  }
  mun_arguments_set_int (arguments, "id", id);
  return mun_server_start_call (server, owner, "RunProfile", arguments, NULL, error);
}

void
mun_resume_runs (MunServer *server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) results
      = mun_master_list_interrupted_results (mun_server_get_master (server), &error);

  if (results == NULL) {
    g_warning ("Interrupted runs are not resumed: %s", error->message);
    return;
  }
  for (guint i = 0; i < json_array_get_length (results); i++) {
    JsonObject *result = json_array_get_object_element (results, i);
    const char *name = mun_json_get_string (result, "profileName", "");
    g_autoptr (GError) local = NULL;

    if (resume (server, mun_json_get_int (result, "profileId", 0), &local))
      g_message ("The run of the profile “%s” was interrupted and is resumed", name);
    else
      g_message ("The run of the profile “%s” was interrupted and is not resumed: %s", name,
                 local->message);
  }
}
