/* directory.c: users, groups and members of a tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-microsoft"

#include "directory.h"

#include "errors.h"
#include "json.h"

#include <string.h>

/* 999 is the largest page of directory objects (learn.microsoft.com "List users"). */
#define USERS_PATH                                                                                 \
  "/v1.0/users?$select=id,userPrincipalName,displayName,mail,proxyAddresses,accountEnabled,"       \
  "userType,assignedPlans&$top=999"
#define GROUPS_PATH                                                                                \
  "/v1.0/groups?$select=id,displayName,mail,mailEnabled,securityEnabled,groupTypes&$top=999"

void
mun_directory_user_free (MunDirectoryUser *user)
{
  g_free (user->id);
  g_free (user->upn);
  g_free (user->display_name);
  g_strfreev (user->addresses);
  g_free (user->user_type);
  g_free (user);
}

void
mun_directory_group_free (MunDirectoryGroup *group)
{
  g_free (group->id);
  g_free (group->name);
  g_free (group->mail);
  g_free (group);
}

/* Warning is the time of grace after a subscription's end, in which the mailbox still works; a user
 * must not vanish from the archive's list for a late payment. */
static gboolean
has_exchange_plan (JsonObject *user)
{
  JsonArray *plans = mun_json_get_array (user, "assignedPlans");

  for (guint i = 0; plans && i < json_array_get_length (plans); i++) {
    JsonNode *node = json_array_get_element (plans, i);
    JsonObject *plan = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *status = plan ? mun_json_get_string (plan, "capabilityStatus", "") : "";

    if (plan && g_ascii_strcasecmp (mun_json_get_string (plan, "service", ""), "exchange") == 0
        && (g_ascii_strcasecmp (status, "Enabled") == 0
            || g_ascii_strcasecmp (status, "Warning") == 0))
      return TRUE;
  }
  return FALSE;
}

static void
add_address (GPtrArray *list, const char *address, gboolean first)
{
  if (!address || !strchr (address, '@'))
    return;
  for (guint i = 0; i < list->len; i++)
    if (g_ascii_strcasecmp (list->pdata[i], address) == 0) {
      if (first && i > 0)
        g_ptr_array_insert (list, 0, g_ptr_array_steal_index (list, i));
      return;
    }
  g_ptr_array_insert (list, first ? 0 : -1, g_strdup (address));
}

/* proxyAddresses carry a scheme: "SMTP:" the primary one, "smtp:" an alias, others are no mail
 * addresses. `mail` names the primary where that list does not. */
static GStrv
read_addresses (JsonObject *user)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) proxies = mun_json_dup_strings (user, "proxyAddresses");
  gboolean has_primary = FALSE;

  for (char **proxy = proxies; proxy && *proxy; proxy++)
    if (g_ascii_strncasecmp (*proxy, "smtp:", 5) == 0) {
      gboolean primary = g_str_has_prefix (*proxy, "SMTP:");

      add_address (list, *proxy + 5, primary);
      has_primary = has_primary || primary;
    }
  add_address (list, mun_json_get_string (user, "mail", NULL), !has_primary);
  g_ptr_array_add (list, NULL);
  return (GStrv)g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

typedef struct {
  GPtrArray *list;
  GHashTable
      *seen; /* borrowed ids: an object may come twice when the directory changes between pages */
} Collection;

static gboolean
collect_user (JsonObject *item, gpointer user_data, GError **error)
{
  Collection *users = user_data;
  const char *id = mun_json_get_string (item, "id", "");
  const char *upn = mun_json_get_string (item, "userPrincipalName", "");
  MunDirectoryUser *user;

  /* Of objects that may not be read, Graph gives the id and nothing else. */
  if (*id == '\0' || *upn == '\0') {
    g_set_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                 "Reading the tenant's users: user \"%s\" comes without a name", id);
    return FALSE;
  }
  if (g_hash_table_contains (users->seen, id))
    return TRUE;
  user = g_new0 (MunDirectoryUser, 1);
  user->id = g_strdup (id);
  user->upn = g_strdup (upn);
  user->display_name = g_strdup (mun_json_get_string (item, "displayName", ""));
  user->addresses = read_addresses (item);
  user->user_type = g_strdup (mun_json_get_string (item, "userType", "Member"));
  user->enabled = mun_json_get_bool (item, "accountEnabled", TRUE);
  user->licensed = has_exchange_plan (item);
  g_ptr_array_add (users->list, user);
  g_hash_table_add (users->seen, user->id);
  return TRUE;
}

GPtrArray *
mun_directory_list_users (MunGraph *graph, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) list
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_directory_user_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  Collection users = { list, seen };

  if (!mun_graph_for_each (graph, USERS_PATH, NULL, collect_user, &users, cancellable, error))
    return NULL;
  return g_steal_pointer (&list);
}

static gboolean
collect_group (JsonObject *item, gpointer user_data, GError **error)
{
  Collection *groups = user_data;
  const char *id = mun_json_get_string (item, "id", "");
  g_auto (GStrv) types = mun_json_dup_strings (item, "groupTypes");
  MunDirectoryGroup *group;

  if (*id == '\0' || g_hash_table_contains (groups->seen, id))
    return TRUE;
  group = g_new0 (MunDirectoryGroup, 1);
  group->id = g_strdup (id);
  group->name = g_strdup (mun_json_get_string (item, "displayName", id));
  group->mail = g_strdup (mun_json_get_string (item, "mail", ""));
  group->unified = types && g_strv_contains ((const char *const *)types, "Unified");
  group->security = mun_json_get_bool (item, "securityEnabled", FALSE);
  g_ptr_array_add (groups->list, group);
  g_hash_table_add (groups->seen, group->id);
  return TRUE;
}

static gint
compare_groups (gconstpointer a, gconstpointer b)
{
  const MunDirectoryGroup *first = *(MunDirectoryGroup *const *)a;
  const MunDirectoryGroup *second = *(MunDirectoryGroup *const *)b;

  return g_utf8_collate (first->name, second->name);
}

GPtrArray *
mun_directory_list_groups (MunGraph *graph, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) list
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_directory_group_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  Collection groups = { list, seen };

  if (!mun_graph_for_each (graph, GROUPS_PATH, NULL, collect_group, &groups, cancellable, error))
    return NULL;
  g_ptr_array_sort (list, compare_groups);
  return g_steal_pointer (&list);
}

static gboolean
collect_member (JsonObject *item, gpointer user_data, GError **error)
{
  const char *id = mun_json_get_string (item, "id", "");
  const char *type = mun_json_get_string (item, "@odata.type", "#microsoft.graph.user");

  if (*id && strcmp (type, "#microsoft.graph.user") == 0)
    g_hash_table_add (user_data, g_strdup (id));
  return TRUE;
}

GHashTable *
mun_directory_list_member_ids (MunGraph *graph, const char *group_id, GCancellable *cancellable,
                               GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *escaped = g_uri_escape_string (group_id, NULL, FALSE);
  g_autofree char *path
      = g_strdup_printf ("/v1.0/groups/%s/transitiveMembers?$select=id&$top=999", escaped);

  if (!mun_graph_for_each (graph, path, NULL, collect_member, ids, cancellable, error))
    return NULL;
  return g_steal_pointer (&ids);
}

typedef struct {
  char *name;
  GPtrArray *domains;
} Organization;

static gboolean
collect_organization (JsonObject *item, gpointer user_data, GError **error)
{
  Organization *organization = user_data;
  JsonArray *domains = mun_json_get_array (item, "verifiedDomains");

  g_free (organization->name);
  organization->name = g_strdup (mun_json_get_string (item, "displayName", ""));
  for (guint i = 0; domains && i < json_array_get_length (domains); i++) {
    JsonNode *node = json_array_get_element (domains, i);
    const char *name = JSON_NODE_HOLDS_OBJECT (node)
                           ? mun_json_get_string (json_node_get_object (node), "name", NULL)
                           : NULL;
    if (name)
      g_ptr_array_add (organization->domains, g_strdup (name));
  }
  return TRUE;
}

gboolean
mun_directory_get_organization (MunGraph *graph, char **name, GStrv *domains,
                                GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  Organization organization = { NULL, list };
  g_autofree char *found = NULL;
  gboolean done
      = mun_graph_for_each (graph, "/v1.0/organization?$select=id,displayName,verifiedDomains",
                            NULL, collect_organization, &organization, cancellable, error);

  found = organization.name;
  if (!done)
    return FALSE;
  if (name)
    *name = found ? g_steal_pointer (&found) : g_strdup ("");
  if (domains) {
    g_ptr_array_add (list, NULL);
    *domains = (GStrv)g_ptr_array_free (g_steal_pointer (&list), FALSE);
  }
  return TRUE;
}
