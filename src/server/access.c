/* access.c: which archives a user may read, and whose they are */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "access.h"

#include "accounts.h"
#include "archive-folders.h"
#include "json.h"
#include "master.h"

#include <string.h>

JsonObject *
mun_access_dup_compliance (MunMaster *master, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  JsonObject *config;

  text = mun_master_get_setting (master, MUN_ACCESS_COMPLIANCE_SETTING, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  config = text != NULL ? mun_json_parse_object (text, -1, error) : json_object_new ();
  if (config == NULL)
    return NULL;
  if (!json_object_has_member (config, "adminArchiveAccess"))
    json_object_set_boolean_member (config, "adminArchiveAccess", FALSE);
  if (!json_object_has_member (config, "auditorUserName"))
    json_object_set_null_member (config, "auditorUserName");
  if (!json_object_has_member (config, "legalHold"))
    json_object_set_boolean_member (config, "legalHold", FALSE);
  if (mun_json_get_object (config, "auditEvents") == NULL) {
    JsonObject *events = json_object_new ();

    json_object_set_boolean_member (events, "MessageRetrieveContent", TRUE);
    json_object_set_object_member (config, "auditEvents", events);
  }
  return config;
}

char *
mun_access_dup_archive (const char *path)
{
  const char *slash = strchr (path, '/');

  return slash != NULL ? g_strndup (path, slash - path) : g_strdup (path);
}

static guint
parse_rights (JsonObject *entry)
{
  g_auto (GStrv) names = mun_json_dup_strings (entry, "privileges");
  guint rights = 0;

  if (g_strv_contains ((const char *const *)names, "read"))
    rights |= MUN_ACCESS_READ;
  if (g_strv_contains ((const char *const *)names, "write"))
    rights |= MUN_ACCESS_WRITE;
  if (g_strv_contains ((const char *const *)names, "delete"))
    rights |= MUN_ACCESS_DELETE;
  return rights;
}

static guint
granted_rights (JsonObject *user, const char *archive)
{
  JsonArray *entries = mun_json_get_array (user, "privilegesOnFolders");
  guint n_entries = entries != NULL ? json_array_get_length (entries) : 0, rights = 0;

  for (guint i = 0; i < n_entries; i++) {
    JsonNode *node = json_array_get_element (entries, i);

    if (JSON_NODE_HOLDS_OBJECT (node)
        && g_strcmp0 (mun_json_get_string (json_node_get_object (node), "folder", NULL), archive)
               == 0)
      rights |= parse_rights (json_node_get_object (node));
  }
  return rights;
}

static guint
get_rights (JsonObject *user, gboolean admins_read, const char *archive)
{
  guint rights = granted_rights (user, archive);

  /* names of users compare without regard to ASCII case, as in the master database */
  if (g_ascii_strcasecmp (mun_json_get_string (user, "userName", ""), archive) == 0) {
    rights |= MUN_ACCESS_OWN | MUN_ACCESS_READ;
    if (mun_account_has_privilege (user, "archive"))
      rights |= MUN_ACCESS_WRITE;
  }
  if (mun_account_is_admin (user)) {
    rights |= MUN_ACCESS_WRITE;
    if (admins_read)
      rights |= MUN_ACCESS_READ;
  }
  return rights;
}

/* When the setting cannot be read, the answer that shows less. */
static gboolean
may_admins_read (MunServer *server)
{
  g_autoptr (JsonObject) config = mun_access_dup_compliance (mun_server_get_master (server), NULL);

  return config != NULL && mun_json_get_bool (config, "adminArchiveAccess", FALSE);
}

guint
mun_access_get (MunServer *server, JsonObject *user, const char *archive)
{
  g_autofree char *name = mun_access_dup_archive (archive);

  return get_rights (user, mun_account_is_admin (user) && may_admins_read (server), name);
}

GStrv
mun_access_list_archives (MunServer *server, JsonObject *user, GError **error)
{
  gboolean admins_read = mun_account_is_admin (user) && may_admins_read (server);
  g_autoptr (JsonArray) archives
      = mun_archive_list_folders (mun_server_get_archive (server), NULL, 1, error);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  if (archives == NULL)
    return NULL;
  for (guint i = 0; i < json_array_get_length (archives); i++) {
    const char *name
        = mun_json_get_string (json_array_get_object_element (archives, i), "name", "");

    if ((get_rights (user, admins_read, name) & MUN_ACCESS_READ) != 0)
      g_strv_builder_add (names, name);
  }
  return g_strv_builder_end (names);
}
