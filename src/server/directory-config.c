/* directory-config.c: the directory services configuration */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "directory-config.h"

#include "errors.h"
#include "json.h"
#include "master-records.h"
#include "privileges.h"
#include "text.h"

#include <string.h>

#define SETTING "directoryServices"
#define REDIRECT_PATH "/oidc/signin"
#define REDIRECT_MAX 256

static gboolean
is_secret (const char *member)
{
  static const char *const words[] = { "password", "secret", "privatekey" };
  g_autofree char *lower = g_ascii_strdown (member, -1);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (lower, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static void
drop_secrets (JsonObject *config)
{
  g_autoptr (GList) members = json_object_get_members (config);

  for (GList *l = members; l != NULL; l = l->next)
    if (is_secret (l->data))
      json_object_remove_member (config, l->data);
}

static void
set_default (JsonObject *object, const char *member, JsonNode *value)
{
  if (json_object_has_member (object, member))
    json_node_unref (value);
  else
    json_object_set_member (object, member, value);
}

static JsonNode *
boolean_node (gboolean value)
{
  return json_node_init_boolean (json_node_alloc (), value);
}

static JsonNode *
default_privileges (void)
{
  static const char *const privileges[] = { "login", NULL };
  static const char *const on_own_folder[] = { "read", NULL };
  JsonObject *object = json_object_new ();

  mun_json_set_strings (object, "privileges", privileges);
  mun_json_set_strings (object, "onOwnFolder", on_own_folder);
  return mun_json_node_take_object (object);
}

static void
fill_in_defaults (JsonObject *config)
{
  set_default (config, "type", json_node_init_string (json_node_alloc (), MUN_DIRECTORY_NONE));
  set_default (config, "credentialsId", json_node_new (JSON_NODE_NULL));
  set_default (config, "syncOnlyLicensedUsers", boolean_node (TRUE));
  set_default (config, "syncOnlyEnabledUsers", boolean_node (TRUE));
  set_default (config, "syncOnlyGroups", mun_json_node_take_array (json_array_new ()));
  set_default (config, "excludedUsers", mun_json_node_take_array (json_array_new ()));
  set_default (config, "autoDeleteUsers", boolean_node (FALSE));
  set_default (config, "redirectUri", json_node_new (JSON_NODE_NULL));
  set_default (config, "alwaysRequireCredentials", boolean_node (FALSE));
  set_default (config, "defaultPrivileges", default_privileges ());
}

JsonObject *
mun_directory_config_load (MunMaster *master, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = mun_master_get_setting (master, SETTING, &local);
  JsonObject *config;

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  config = text == NULL ? json_object_new () : mun_json_parse_object (text, -1, error);
  if (config == NULL) {
    g_prefix_error (error, "The directory services configuration cannot be read: ");
    return NULL;
  }
  drop_secrets (config);
  fill_in_defaults (config);
  return config;
}

gint64
mun_directory_config_get_credentials (JsonObject *config)
{
  if (g_strcmp0 (mun_json_get_string (config, "type", NULL), MUN_DIRECTORY_MICROSOFT365) != 0)
    return 0;
  return mun_json_get_int (config, "credentialsId", 0);
}

static gboolean
refuse_uri (const char *why, GError **error)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "redirectUri: %s", why);
  return FALSE;
}

static gboolean
check_host (GUri *uri, GError **error)
{
  const char *host = g_uri_get_host (uri);
  gboolean loopback = g_strcmp0 (host, "localhost") == 0 || g_strcmp0 (host, "127.0.0.1") == 0;

  if (host == NULL || *host == '\0')
    return refuse_uri ("the host is missing", error);
  if (strchr (host, ':') != NULL)
    return refuse_uri ("IPv6 addresses are not supported by Microsoft Entra ID", error);
  if (strchr (host, '*') != NULL)
    return refuse_uri ("wildcards are not allowed", error);
  if (strcmp (g_uri_get_scheme (uri), "http") == 0)
    return loopback || refuse_uri ("http is allowed for localhost only, otherwise https", error);
  if (strcmp (g_uri_get_scheme (uri), "https") != 0)
    return refuse_uri ("it must begin with https://", error);
  return TRUE;
}

gboolean
mun_directory_check_redirect_uri (const char *text, GError **error)
{
  g_autoptr (GUri) uri = NULL;

  if (g_utf8_strlen (text, -1) > REDIRECT_MAX)
    return refuse_uri ("it is longer than 256 characters", error);
  for (const char *p = text; *p != '\0'; p++)
    if ((guchar)*p <= ' ' || (guchar)*p >= 0x7f || strchr ("!$'(),;\\\"<>", *p) != NULL)
      return refuse_uri ("it contains a character that Microsoft Entra ID does not allow", error);
  uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL)
    return refuse_uri ("it is not an address", error);
  if (!check_host (uri, error))
    return FALSE;
  if (g_uri_get_userinfo (uri) != NULL)
    return refuse_uri ("it must not contain a user name", error);
  if (g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return refuse_uri ("it must end with the path, without “?” and “#”", error);
  if (strcmp (g_uri_get_path (uri), REDIRECT_PATH) != 0)
    return refuse_uri ("the path must be exactly " REDIRECT_PATH, error);
  if (g_str_has_prefix (text, "https:") && g_uri_get_port (uri) == 443)
    return refuse_uri ("port 443 is left out", error);
  return TRUE;
}

/* Words of the contract, and none that a directory must not hand out. */
static gboolean
check_privileges (JsonObject *config, GError **error)
{
  JsonObject *object = mun_json_get_object (config, "defaultPrivileges");
  g_auto (GStrv) privileges = NULL;
  g_auto (GStrv) on_own_folder = NULL;
  g_autofree char *list = NULL;
  g_autofree char *folder_list = NULL;
  g_auto (GStrv) parsed = NULL;
  g_auto (GStrv) folder_parsed = NULL;

  if (object == NULL)
    return TRUE;
  privileges = mun_json_dup_strings (object, "privileges");
  on_own_folder = mun_json_dup_strings (object, "onOwnFolder");
  if (g_strv_contains ((const char *const *)privileges, "admin")) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "defaultPrivileges: new users cannot be administrators");
    return FALSE;
  }
  list = g_strjoinv (",", privileges);
  folder_list = g_strjoinv (",", on_own_folder);
  if (*list != '\0')
    parsed = mun_privileges_parse (list, error);
  if (*list != '\0' && parsed == NULL)
    return FALSE;
  if (*folder_list != '\0')
    folder_parsed = mun_privileges_parse_folder (folder_list, error);
  return *folder_list == '\0' || folder_parsed != NULL;
}

const char *
mun_directory_config_get_group (JsonArray *groups, guint place, const char **name, GError **error)
{
  JsonNode *node = json_array_get_element (groups, place);
  const char *id = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    id = mun_json_get_string (json_node_get_object (node), "id", NULL);
  else if (JSON_NODE_HOLDS_VALUE (node))
    id = json_node_get_string (node);
  if (id == NULL || *id == '\0') {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "syncOnlyGroups: group %u has no id",
                 place + 1);
    return NULL;
  }
  *name = JSON_NODE_HOLDS_OBJECT (node)
              ? mun_json_get_string (json_node_get_object (node), "name", id)
              : id;
  return id;
}

/* A group that is not understood must not widen the choice to everybody. */
static gboolean
check_groups (JsonObject *config, GError **error)
{
  JsonArray *groups = mun_json_get_array (config, "syncOnlyGroups");
  const char *name;

  for (guint i = 0; groups != NULL && i < json_array_get_length (groups); i++)
    if (mun_directory_config_get_group (groups, i, &name, error) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
check (MunMaster *master, JsonObject *config, GError **error)
{
  const char *type = mun_json_require_string (config, "type", error);
  const char *uri = mun_json_get_string (config, "redirectUri", "");
  g_autoptr (JsonObject) credential = NULL;
  gint64 id;

  if (type == NULL)
    return FALSE;
  if (strcmp (type, MUN_DIRECTORY_NONE) != 0 && strcmp (type, MUN_DIRECTORY_MICROSOFT365) != 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED,
                 "Directory services of type “%s” are not supported", type);
    return FALSE;
  }
  if (!check_privileges (config, error))
    return FALSE;
  if (strcmp (type, MUN_DIRECTORY_NONE) == 0)
    return TRUE;
  if (!check_groups (config, error))
    return FALSE;
  id = mun_directory_config_get_credentials (config);
  if (id == 0) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "credentialsId is missing");
    return FALSE;
  }
  credential = mun_master_get_credential (master, id, error);
  if (credential == NULL) {
    g_prefix_error (error, "credentialsId: ");
    return FALSE;
  }
  return *uri == '\0' || mun_directory_check_redirect_uri (uri, error);
}

gboolean
mun_directory_config_save (MunMaster *master, JsonObject *config, GError **error)
{
  g_autoptr (JsonObject) kept = mun_json_copy_object (config);
  g_autofree char *text = NULL;

  drop_secrets (kept);
  if (!check (master, kept, error))
    return FALSE;
  text = mun_json_object_to_string (kept);
  return mun_master_set_setting (master, SETTING, text, error);
}
