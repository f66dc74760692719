/* directory-plan.c: what a synchronization would change */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "directory-plan.h"

#include "accounts.h"
#include "directory.h"
#include "json.h"
#include "privileges.h"

#include <string.h>

typedef struct {
  MunMaster *master;
  JsonObject *config;
  const char *tenant;
  GHashTable *members;
  GStrv excluded;
  GHashTable *names;  /* folded name → name, of the users here */
  GHashTable *ids;    /* object id → name, of those of them that came from a directory */
  GHashTable *in_use; /* object ids in scope */
  GHashTable *texts;  /* what this tenant is or was called: its id, a domain of it */
  GPtrArray *changes;
} Plan;

void
mun_directory_change_free (MunDirectoryChange *change)
{
  g_free (change->user_name);
  g_free (change->new_name);
  g_clear_pointer (&change->after, json_object_unref);
  g_clear_pointer (&change->changes, json_array_unref);
  g_free (change->reason);
  g_free (change);
}

static MunDirectoryChange *
add (Plan *plan, MunDirectoryAction action, const char *user_name)
{
  MunDirectoryChange *change = g_new0 (MunDirectoryChange, 1);

  change->action = action;
  change->user_name = g_strdup (user_name);
  g_ptr_array_add (plan->changes, change);
  return change;
}

static void
skip (Plan *plan, const char *user_name, const char *reason)
{
  add (plan, MUN_DIRECTORY_SKIP, user_name)->reason = g_strdup (reason);
}

static gboolean
is_excluded (Plan *plan, const char *upn)
{
  for (char **name = plan->excluded; *name != NULL; name++)
    if (g_ascii_strcasecmp (*name, upn) == 0)
      return TRUE;
  return FALSE;
}

/* Why a user of the directory is not to be a user here; NULL when it is. */
static const char *
find_reason (Plan *plan, const MunDirectoryUser *user)
{
  if (is_excluded (plan, user->upn))
    return "excluded";
  if (g_ascii_strcasecmp (user->user_type, "Guest") == 0)
    return "a guest of the tenant, without a mailbox in it";
  if (plan->members != NULL && !g_hash_table_contains (plan->members, user->id))
    return "not a member of the chosen groups";
  if (mun_json_get_bool (plan->config, "syncOnlyEnabledUsers", TRUE) && !user->enabled)
    return "sign-in is blocked";
  if (mun_json_get_bool (plan->config, "syncOnlyLicensedUsers", TRUE) && !user->licensed)
    return "no Exchange Online license";
  if (user->addresses == NULL || *user->addresses == NULL)
    return "no email address";
  return NULL;
}

/* --- documents --- */

static void
set_privileges (Plan *plan, JsonObject *document, const char *user_name)
{
  JsonObject *defaults = mun_json_get_object (plan->config, "defaultPrivileges");
  g_auto (GStrv) privileges = mun_json_dup_strings (defaults, "privileges");
  g_auto (GStrv) on_own_folder = mun_json_dup_strings (defaults, "onOwnFolder");
  JsonArray *folders = json_array_new ();

  mun_json_set_strings (document, "privileges", (const char *const *)privileges);
  if (*on_own_folder != NULL) {
    JsonObject *folder = json_object_new ();

    json_object_set_string_member (folder, "folder", user_name);
    mun_json_set_strings (folder, "privileges", (const char *const *)on_own_folder);
    json_array_add_object_element (folders, folder);
  }
  json_object_set_array_member (document, "privilegesOnFolders", folders);
}

static void
set_identity (Plan *plan, JsonObject *document, const MunDirectoryUser *user)
{
  json_object_set_string_member (document, "directoryObjectId", user->id);
  json_object_set_string_member (document, "directoryTenant", plan->tenant);
}

static void
plan_creation (Plan *plan, const MunDirectoryUser *user)
{
  g_autoptr (GError) error = NULL;
  MunDirectoryChange *change;
  JsonObject *document;

  if (!mun_privileges_check_user_name (user->upn, &error)) {
    skip (plan, user->upn, error->message);
    return;
  }
  change = add (plan, MUN_DIRECTORY_CREATE, user->upn);
  document = change->after = json_object_new ();
  json_object_set_string_member (document, "userName", user->upn);
  mun_json_set_text (document, "fullName", user->display_name);
  mun_json_set_text (document, "distinguishedName", NULL);
  json_object_set_string_member (document, "authentication", "directoryServices");
  mun_json_set_strings (document, "emailAddresses", (const char *const *)user->addresses);
  mun_json_set_strings (document, "pop3UserNames", NULL);
  set_privileges (plan, document, user->upn);
  set_identity (plan, document, user);
}

static JsonObject *
add_change (MunDirectoryChange *change, const char *field)
{
  JsonObject *element = json_object_new ();

  json_object_set_string_member (element, "field", field);
  json_array_add_object_element (change->changes, element);
  return element;
}

static void
compare_text (MunDirectoryChange *change, const char *field, const char *value)
{
  const char *before = mun_json_get_string (change->after, field, "");
  JsonObject *element;

  if (strcmp (before, value) == 0)
    return;
  element = add_change (change, field);
  mun_json_set_text (element, "before", before);
  mun_json_set_text (element, "after", value);
  mun_json_set_text (change->after, field, value);
}

static void
compare_addresses (MunDirectoryChange *change, GStrv addresses)
{
  g_auto (GStrv) before = mun_json_dup_strings (change->after, "emailAddresses");
  JsonObject *element;

  if (g_strv_equal ((const char *const *)before, (const char *const *)addresses))
    return;
  element = add_change (change, "emailAddresses");
  mun_json_set_strings (element, "before", (const char *const *)before);
  mun_json_set_strings (element, "after", (const char *const *)addresses);
  mun_json_set_strings (change->after, "emailAddresses", (const char *const *)addresses);
}

/* The user's own archive goes by the new name, too. */
static void
rename_folder (JsonObject *document, const char *from, const char *to)
{
  JsonArray *folders = mun_json_get_array (document, "privilegesOnFolders");

  for (guint i = 0; folders != NULL && i < json_array_get_length (folders); i++) {
    JsonObject *folder = json_array_get_object_element (folders, i);

    if (g_ascii_strcasecmp (mun_json_get_string (folder, "folder", ""), from) == 0)
      json_object_set_string_member (folder, "folder", to);
  }
}

/* FALSE when the new name is not free. A name that differs in case only stays. */
static gboolean
compare_name (Plan *plan, MunDirectoryChange *change, const MunDirectoryUser *user)
{
  g_autofree char *folded = g_ascii_strdown (user->upn, -1);
  JsonObject *element;

  if (g_ascii_strcasecmp (change->user_name, user->upn) == 0)
    return TRUE;
  if (g_hash_table_contains (plan->names, folded)
      || !mun_privileges_check_user_name (user->upn, NULL))
    return FALSE;
  change->new_name = g_strdup (user->upn);
  element = add_change (change, "userName");
  mun_json_set_text (element, "before", change->user_name);
  mun_json_set_text (element, "after", user->upn);
  json_object_set_string_member (change->after, "userName", user->upn);
  rename_folder (change->after, change->user_name, user->upn);
  return TRUE;
}

static void
plan_update (Plan *plan, const char *user_name, JsonObject *document, const MunDirectoryUser *user)
{
  MunDirectoryChange *change = add (plan, MUN_DIRECTORY_KEEP, user_name);
  gboolean adopted
      = strcmp (mun_json_get_string (document, "directoryObjectId", ""), user->id) != 0;

  change->after = mun_json_copy_object (document);
  change->changes = json_array_new ();
  if (!compare_name (plan, change, user)) {
    change->action = MUN_DIRECTORY_SKIP;
    change->reason
        = g_strdup_printf ("the name is now “%s” in the directory, which is not free here",
                           user->upn);
    return;
  }
  compare_text (change, "fullName", user->display_name);
  compare_addresses (change, user->addresses);
  if (adopted)
    mun_json_set_text (add_change (change, "directoryObjectId"), "after", user->id);
  change->renamed_tenant
      = strcmp (mun_json_get_string (document, "directoryTenant", ""), plan->tenant) != 0;
  set_identity (plan, change->after, user);
  if (json_array_get_length (change->changes) > 0)
    change->action = MUN_DIRECTORY_MODIFY;
}

/* A user here has the name; is it the same person? */
static void
plan_same_name (Plan *plan, const char *user_name, const MunDirectoryUser *user)
{
  g_autoptr (JsonObject) document = mun_master_get_user (plan->master, user_name, NULL);

  if (document == NULL)
    return;
  if (strcmp (mun_json_get_string (document, "authentication", ""), "directoryServices") != 0)
    skip (plan, user->upn, "a user of this name has authentication “integrated”");
  else if (*mun_json_get_string (document, "directoryObjectId", "") != '\0')
    skip (plan, user->upn,
          "a user of this name belongs to another account; delete or rename it first");
  else
    plan_update (plan, user_name, document, user);
}

/* Object ids are unique over all tenants. So whoever has one of this tenant's belongs to it,
 * whatever it was called when the user was made, and so do all others of that name. */
static void
learn_text (Plan *plan, const char *user_name)
{
  g_autoptr (JsonObject) document = mun_master_get_user (plan->master, user_name, NULL);

  g_hash_table_add (plan->texts, g_strdup (mun_json_get_string (document, "directoryTenant", "")));
}

static void
plan_user (Plan *plan, const MunDirectoryUser *user)
{
  const char *reason = find_reason (plan, user);
  g_autofree char *folded = g_ascii_strdown (user->upn, -1);
  const char *known = g_hash_table_lookup (plan->ids, user->id);

  if (known != NULL)
    learn_text (plan, known);
  if (reason != NULL) {
    /* one that is to be deleted is listed there, once */
    if (known == NULL || !mun_json_get_bool (plan->config, "autoDeleteUsers", FALSE))
      skip (plan, user->upn, reason);
    return;
  }
  g_hash_table_add (plan->in_use, user->id);
  if (known != NULL) {
    g_autoptr (JsonObject) document = mun_master_get_user (plan->master, known, NULL);

    if (document != NULL)
      plan_update (plan, known, document, user);
  } else if (g_hash_table_contains (plan->names, folded)) {
    plan_same_name (plan, g_hash_table_lookup (plan->names, folded), user);
  } else {
    plan_creation (plan, user);
  }
}

static void
plan_deletions (Plan *plan)
{
  GHashTableIter iter;
  gpointer id, name;

  g_hash_table_iter_init (&iter, plan->ids);
  while (g_hash_table_iter_next (&iter, &id, &name)) {
    g_autoptr (JsonObject) document = NULL;

    if (g_hash_table_contains (plan->in_use, id))
      continue;
    document = mun_master_get_user (plan->master, name, NULL);
    if (document == NULL
        || !g_hash_table_contains (plan->texts,
                                   mun_json_get_string (document, "directoryTenant", "")))
      continue;
    if (mun_account_is_admin (document))
      skip (plan, name, "not to be synchronized any more, but an administrator");
    else
      add (plan, MUN_DIRECTORY_DELETE, name)->after = g_steal_pointer (&document);
  }
}

/* A second account of the same person can be left from a time when the tenant's name counted. */
static void
add_id (Plan *plan, const char *id, const char *user_name, JsonObject *user)
{
  if (!g_hash_table_contains (plan->ids, id)
      || strcmp (mun_json_get_string (user, "directoryTenant", ""), plan->tenant) == 0)
    g_hash_table_replace (plan->ids, g_strdup (id), g_strdup (user_name));
}

static gboolean
read_users (Plan *plan, GError **error)
{
  g_auto (GStrv) names = mun_master_list_users (plan->master, error);

  if (names == NULL)
    return FALSE;
  for (char **name = names; *name != NULL; name++) {
    g_autoptr (JsonObject) user = mun_master_get_user (plan->master, *name, NULL);
    const char *id = mun_json_get_string (user, "directoryObjectId", "");

    g_hash_table_insert (plan->names, g_ascii_strdown (*name, -1), g_strdup (*name));
    if (*id != '\0'
        && strcmp (mun_json_get_string (user, "authentication", ""), "directoryServices") == 0)
      add_id (plan, id, *name, user);
  }
  return TRUE;
}

GPtrArray *
mun_directory_plan (MunMaster *master, JsonObject *config, const char *tenant, GPtrArray *users,
                    GHashTable *members, GError **error)
{
  g_auto (GStrv) excluded = mun_json_dup_strings (config, "excludedUsers");
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) in_use = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) changes
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_directory_change_free);
  Plan plan = { master, config, tenant, members, excluded, names, ids, in_use, texts, changes };

  g_hash_table_add (texts, g_strdup (tenant));
  if (!read_users (&plan, error))
    return NULL;
  for (guint i = 0; i < users->len; i++)
    plan_user (&plan, users->pdata[i]);
  /* A filter that lets nobody through is rather a mistake than a wish to delete everybody. */
  if (mun_json_get_bool (config, "autoDeleteUsers", FALSE) && g_hash_table_size (in_use) > 0)
    plan_deletions (&plan);
  return g_steal_pointer (&changes);
}
