/* directory-sync.c: users of the tenant become users of the archive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "directory-sync.h"

#include "archive-folders.h"
#include "directory-config.h"
#include "directory-plan.h"
#include "directory.h"
#include "errors.h"
#include "json.h"
#include "tenant.h"
#include "users-lock.h"

/* Object ids of the members of all chosen groups; *members is NULL when none are chosen. */
static gboolean
read_members (MunGraph *graph, JsonObject *config, GHashTable **members, GCancellable *cancellable,
              GError **error)
{
  JsonArray *groups = mun_json_get_array (config, "syncOnlyGroups");
  g_autoptr (GHashTable) all = NULL;

  for (guint i = 0; groups != NULL && i < json_array_get_length (groups); i++) {
    const char *name = NULL;
    const char *id = mun_directory_config_get_group (groups, i, &name, error);
    g_autoptr (GHashTable) ids = NULL;
    GHashTableIter iter;
    gpointer key;

    if (id == NULL)
      return FALSE;
    ids = mun_directory_list_member_ids (graph, id, cancellable, error);
    if (ids == NULL) {
      g_prefix_error (error, "Group “%s”: ", name);
      return FALSE;
    }
    if (all == NULL)
      all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_iter_init (&iter, ids);
    while (g_hash_table_iter_next (&iter, &key, NULL))
      g_hash_table_add (all, g_strdup (key));
  }
  *members = g_steal_pointer (&all);
  return TRUE;
}

/* --- carrying out --- */

/* Rename first the archive: if that cannot be done, the user keeps the name that leads to it. */
static gboolean
rename_user (MunCall *call, MunDirectoryChange *change, GError **error)
{
  MunArchive *archive = mun_call_get_archive (call);

  if (change->new_name == NULL)
    return TRUE;
  if (mun_archive_has_folder (archive, change->user_name)
      && !mun_archive_rename_archive (archive, change->user_name, change->new_name, error))
    return FALSE;
  if (mun_master_rename_user (mun_call_get_master (call), change->user_name, change->new_name,
                              error))
    return TRUE;
  mun_archive_rename_archive (archive, change->new_name, change->user_name, NULL);
  return FALSE;
}

static gboolean
carry_out (MunCall *call, MunDirectoryChange *change, GError **error)
{
  MunMaster *master = mun_call_get_master (call);

  switch (change->action) {
  case MUN_DIRECTORY_CREATE:
    return mun_master_add_user (master, change->user_name, change->after, error);
  case MUN_DIRECTORY_MODIFY:
    if (!rename_user (call, change, error)
        || !mun_master_put_user (master,
                                 change->new_name != NULL ? change->new_name : change->user_name,
                                 change->after, error))
      return FALSE;
    break;
  case MUN_DIRECTORY_DELETE:
    if (!mun_master_remove_user (master, change->user_name, error))
      return FALSE;
    break;
  case MUN_DIRECTORY_KEEP:
    return !change->renamed_tenant
           || mun_master_put_user (master, change->user_name, change->after, error);
  case MUN_DIRECTORY_SKIP:
  default:
    return TRUE;
  }
  mun_server_forget_logins (mun_call_get_server (call), change->user_name);
  return TRUE;
}

/* Whom one change failed for is skipped, with the reason; the others go on. */
static void
carry_out_all (MunCall *call, GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++) {
    MunDirectoryChange *change = changes->pdata[i];
    g_autoptr (GError) error = NULL;

    if (carry_out (call, change, &error))
      continue;
    change->action = MUN_DIRECTORY_SKIP;
    g_free (change->reason);
    change->reason = g_strdup (error->message);
  }
}

/* --- the result --- */

static void
copy_strings (JsonObject *to, JsonObject *from, const char *member)
{
  g_auto (GStrv) values = mun_json_dup_strings (from, member);

  mun_json_set_strings (to, member, (const char *const *)values);
}

static JsonObject *
user_to_json (MunDirectoryChange *change)
{
  JsonObject *user = json_object_new ();

  json_object_set_string_member (user, "userName", change->user_name);
  mun_json_set_text (user, "fullName", mun_json_get_string (change->after, "fullName", NULL));
  copy_strings (user, change->after, "emailAddresses");
  copy_strings (user, change->after, "privileges");
  return user;
}

static char *
value_to_text (JsonObject *change, const char *member)
{
  g_auto (GStrv) values = mun_json_dup_strings (change, member);
  const char *text = mun_json_get_string (change, member, NULL);

  return text != NULL ? g_strdup (text) : g_strjoinv (", ", values);
}

static void
log_modified (MunCall *call, MunDirectoryChange *change, const char *prefix)
{
  for (guint i = 0; i < json_array_get_length (change->changes); i++) {
    JsonObject *element = json_array_get_object_element (change->changes, i);
    g_autofree char *before = value_to_text (element, "before");
    g_autofree char *after = value_to_text (element, "after");

    mun_call_log (call, "%sModified: %s, %s: “%s” becomes “%s”", prefix, change->user_name,
                  mun_json_get_string (element, "field", ""), before, after);
  }
}

static void
add_to_result (MunCall *call, MunDirectoryChange *change, const char *prefix, JsonArray *lists[4])
{
  JsonObject *element;

  switch (change->action) {
  case MUN_DIRECTORY_CREATE:
    mun_call_log (call, "%sCreated: %s", prefix, change->user_name);
    json_array_add_object_element (lists[0], user_to_json (change));
    break;
  case MUN_DIRECTORY_MODIFY:
    log_modified (call, change, prefix);
    element = json_object_new ();
    json_object_set_string_member (element, "userName", change->user_name);
    json_object_set_array_member (element, "changes", json_array_ref (change->changes));
    json_array_add_object_element (lists[1], element);
    break;
  case MUN_DIRECTORY_DELETE:
    mun_call_log (call, "%sDeleted: %s", prefix, change->user_name);
    json_array_add_object_element (lists[2], user_to_json (change));
    break;
  case MUN_DIRECTORY_SKIP:
    mun_call_log (call, "Skipped: %s: %s", change->user_name, change->reason);
    element = json_object_new ();
    json_object_set_string_member (element, "userName", change->user_name);
    json_object_set_string_member (element, "reason", change->reason);
    json_array_add_object_element (lists[3], element);
    break;
  case MUN_DIRECTORY_KEEP:
  default:
    break;
  }
}

static JsonNode *
make_result (MunCall *call, GPtrArray *changes, gboolean dry_run)
{
  static const char *const members[] = { "created", "modified", "deleted", "skipped" };
  JsonArray *lists[4];
  JsonObject *result = json_object_new ();
  guint unchanged = 0;

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    lists[i] = json_array_new ();
    json_object_set_array_member (result, members[i], lists[i]);
  }
  for (guint i = 0; i < changes->len; i++) {
    MunDirectoryChange *change = changes->pdata[i];

    add_to_result (call, change, dry_run ? "Test: " : "", lists);
    unchanged += change->action == MUN_DIRECTORY_KEEP;
  }
  json_object_set_int_member (result, "unchanged", unchanged);
  json_object_set_boolean_member (result, "dryRun", dry_run);
  mun_call_add_detail (call, "%u created, %u modified, %u deleted, %u unchanged, %u skipped",
                       json_array_get_length (lists[0]), json_array_get_length (lists[1]),
                       json_array_get_length (lists[2]), unchanged,
                       json_array_get_length (lists[3]));
  return mun_json_node_take_object (result);
}

/* --- the way through --- */

static GPtrArray *
read_directory (MunCall *call, MunEntra *entra, JsonObject *config, GHashTable **members,
                GError **error)
{
  g_autoptr (MunGraph) graph = mun_graph_new (entra);
  GCancellable *cancellable = mun_call_get_cancellable (call);
  g_autoptr (GPtrArray) users = NULL;

  mun_call_progress (call, -1, "Reading the users of the directory");
  users = mun_directory_list_users (graph, cancellable, error);
  if (users == NULL)
    return NULL;
  if (users->len == 0) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_FAILED,
                         "The directory has no users. Nothing was changed.");
    return NULL;
  }
  mun_call_progress (call, -1, "Reading the members of the groups");
  if (!read_members (graph, config, members, cancellable, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_steal_pointer (&users);
}

JsonNode *
mun_directory_sync_run (MunCall *call, gboolean dry_run, GError **error)
{
  MunMaster *master = mun_call_get_master (call);
  g_autoptr (JsonObject) config = mun_directory_config_load (master, error);
  g_autoptr (MunEntra) entra = NULL;
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (GHashTable) members = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GError) local = NULL;

  if (config == NULL)
    return NULL;
  if (mun_directory_config_get_credentials (config) == 0) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "Directory Services are not set up");
    return NULL;
  }
  entra = mun_tenant_sign_in (master, mun_directory_config_get_credentials (config), error);
  if (entra == NULL)
    return NULL;
  users = read_directory (call, entra, config, &members, &local);
  if (users == NULL) {
    mun_tenant_explain (local);
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  g_mutex_lock (&mun_users_lock);
  changes
      = mun_directory_plan (master, config, mun_entra_get_tenant (entra), users, members, error);
  if (changes != NULL && !dry_run)
    carry_out_all (call, changes);
  g_mutex_unlock (&mun_users_lock);
  return changes == NULL ? NULL : make_result (call, changes, dry_run);
}
