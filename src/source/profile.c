/* profile.c: a profile's settings: checked, and the sources they name */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "profile.h"

#include "archive-folders.h"
#include "eml-source.h"
#include "errors.h"
#include "files.h"
#include "graph-source.h"
#include "json.h"
#include "maildir-source.h"
#include "mbox-source.h"
#include "tenant.h"

#include <string.h>

static JsonObject *
get_details (JsonObject *profile)
{
  return mun_json_get_object (profile, "details");
}

static const char *
get_detail (JsonObject *profile, const char *member)
{
  return mun_json_get_string (get_details (profile), member, "");
}

static const char *
require_detail (JsonObject *profile, const char *member, GError **error)
{
  const char *value = get_detail (profile, member);

  if (*value != '\0')
    return value;
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "the profile has no details.%s", member);
  return NULL;
}

/* One of @values, separated by "|". */
static gboolean
require_choice (JsonObject *profile, const char *member, const char *values, GError **error)
{
  const char *value = require_detail (profile, member, error);
  g_auto (GStrv) list = g_strsplit (values, "|", -1);

  if (value == NULL)
    return FALSE;
  if (g_strv_contains ((const char *const *)list, value))
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "details.%s is “%s”, and must be one of %s",
               member, value, values);
  return FALSE;
}

gint64
mun_profile_get_credentials (JsonObject *profile)
{
  if (g_strcmp0 (mun_json_get_string (profile, "connector", NULL), MUN_CONNECTOR_OFFICE365) != 0)
    return 0;
  return mun_json_get_int (get_details (profile), "credentialsId", 0);
}

gboolean
mun_profile_wants_sync (JsonObject *profile)
{
  return mun_profile_get_credentials (profile) != 0
         && g_str_equal (get_detail (profile, "scenario"), "multiple")
         && mun_json_get_bool (get_details (profile), "synchronizeFirst", FALSE);
}

/* An archive is there when a user has its name, or when it holds mail of a former one. */
static gboolean
check_target (MunArchive *archive, JsonObject *profile, GError **error)
{
  const char *name = require_detail (profile, "targetUserFolder", error);
  g_autoptr (JsonObject) user = NULL;

  if (name == NULL)
    return FALSE;
  if (strchr (name, '/') != NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "details.targetUserFolder is “%s”, and must be a user's archive, not a folder",
                 name);
    return FALSE;
  }
  user = mun_master_get_user (mun_archive_get_master (archive), name, NULL);
  if (user != NULL || mun_archive_has_folder (archive, name))
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "there is no user “%s”", name);
  return FALSE;
}

static gboolean
check_users (MunArchive *archive, JsonObject *profile, GError **error)
{
  g_auto (GStrv) names = NULL;

  if (!require_choice (profile, "users", "all|except|only", error))
    return FALSE;
  if (g_str_equal (get_detail (profile, "users"), "all"))
    return TRUE;
  names = mun_json_dup_strings (get_details (profile), "userNames");
  if (*names == NULL && g_str_equal (get_detail (profile, "users"), "only")) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "details.userNames names no user");
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_office365 (MunArchive *archive, JsonObject *profile, GError **error)
{
  gint64 id = mun_profile_get_credentials (profile);
  g_autoptr (MunCertificate) certificate = NULL;

  if (require_detail (profile, "credentialsId", error) == NULL)
    return FALSE;
  if (id == 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "details.credentialsId is not the number of a credential");
    return FALSE;
  }
  certificate = mun_tenant_load_certificate (mun_archive_get_master (archive), id, FALSE, error);
  if (certificate == NULL || !require_choice (profile, "scenario", "single|multiple", error))
    return FALSE;
  if (g_str_equal (get_detail (profile, "scenario"), "multiple"))
    return check_users (archive, profile, error);
  if (require_detail (profile, "mailbox", error) == NULL)
    return FALSE;
  if (strchr (get_detail (profile, "mailbox"), '@') == NULL
      || strpbrk (get_detail (profile, "mailbox"), "/ ,") != NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "details.mailbox is “%s”, which is not an email address",
                 get_detail (profile, "mailbox"));
    return FALSE;
  }
  return check_target (archive, profile, error);
}

static gboolean
check_files (MunArchive *archive, JsonObject *profile, GError **error)
{
  const char *path;

  if (!require_choice (profile, "format", "mbox|maildir|eml", error))
    return FALSE;
  path = require_detail (profile, "path", error);
  if (path == NULL)
    return FALSE;
  if (!g_path_is_absolute (path)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "details.path is “%s”, and must be a whole path on the server", path);
    return FALSE;
  }
  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "“%s” does not exist on the server", path);
    return FALSE;
  }
  return check_target (archive, profile, error);
}

gboolean
mun_profile_check (MunArchive *archive, JsonObject *profile, GError **error)
{
  const char *connector = mun_json_require_string (profile, "connector", error);
  const char *type = mun_json_get_string (profile, "type", "I");
  const char *name = mun_json_get_string (profile, "name", "");

  if (connector == NULL)
    return FALSE;
  if (!g_str_equal (type, "I")) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED,
                 "profiles of type “%s” are not supported, only “I” (archiving)", type);
    return FALSE;
  }
  if (*name == '\0') {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "the profile has no name");
    return FALSE;
  }
  if (get_details (profile) == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "the profile has no details");
    return FALSE;
  }
  if (g_str_equal (connector, MUN_CONNECTOR_OFFICE365))
    return check_office365 (archive, profile, error);
  if (g_str_equal (connector, MUN_CONNECTOR_FILES))
    return check_files (archive, profile, error);
  g_set_error (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED,
               "the connector “%s” is not known; this server has “%s” and “%s”", connector,
               MUN_CONNECTOR_OFFICE365, MUN_CONNECTOR_FILES);
  return FALSE;
}

static void
add_files (JsonObject *profile, MunRun *run)
{
  const char *path = get_detail (profile, "path");
  const char *format = get_detail (profile, "format");
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = mun_files_join_path ("", base);
  g_autofree char *target = NULL;
  const char *kind;
  MunSource *source;

  if (g_str_equal (format, "mbox")) {
    kind = "Mbox";
    source = mun_mbox_source_new (path, g_str_equal (get_detail (profile, "quoting"), "mboxrd"));
  } else if (g_str_equal (format, "maildir")) {
    kind = "Maildir";
    source = mun_maildir_source_new (path);
  } else {
    kind = "EML";
    source = mun_eml_source_new (path, mun_json_get_bool (get_details (profile), "onlyEml", FALSE));
  }
  target = g_strdup_printf ("%s/%s %s", get_detail (profile, "targetUserFolder"), kind, name);
  mun_run_add (run, path, target, source);
}

/* What Graph takes in "/users/…": the object id that the synchronization left with the user, else
 * the user principal name, which is the user's name when it has an "@". Any other address need not
 * be one that Graph knows a user by. */
static char *
find_graph_id (JsonObject *user, const char *user_name, const char *address)
{
  const char *id = mun_json_get_string (user, "directoryObjectId", "");

  if (*id != '\0')
    return g_strdup (id);
  return g_strdup (strchr (user_name, '@') != NULL ? user_name : address);
}

static void
add_mailbox (JsonObject *profile, MunEntra *entra, const char *graph_id, const char *address,
             const char *user_name, MunRun *run)
{
  g_auto (GStrv) excluded = mun_json_dup_strings (get_details (profile), "excludedFolders");
  g_autofree char *target = g_strdup_printf ("%s/Exchange %s", user_name, address);

  mun_run_add (run, address, target,
               mun_graph_source_new (entra, graph_id, (const char *const *)excluded));
}

static gboolean
has_name (GStrv names, const char *name)
{
  for (; names != NULL && *names != NULL; names++)
    if (g_ascii_strcasecmp (*names, name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_selected (JsonObject *profile, GStrv names, const char *user_name)
{
  const char *users = get_detail (profile, "users");

  if (g_str_equal (users, "only"))
    return has_name (names, user_name);
  return !g_str_equal (users, "except") || !has_name (names, user_name);
}

static gboolean
add_multiple (MunMaster *master, JsonObject *profile, MunEntra *entra, MunRun *run, GError **error)
{
  g_auto (GStrv) selected = mun_json_dup_strings (get_details (profile), "userNames");
  g_auto (GStrv) users = mun_master_list_users (master, error);
  guint n = 0;

  if (users == NULL)
    return FALSE;
  for (char **name = users; *name != NULL; name++) {
    g_autoptr (JsonObject) user = NULL;
    g_auto (GStrv) addresses = NULL;
    g_autofree char *graph_id = NULL;

    if (!is_selected (profile, selected, *name))
      continue;
    user = mun_master_get_user (master, *name, NULL);
    addresses = mun_json_dup_strings (user, "emailAddresses");
    if (*addresses == NULL)
      continue;
    graph_id = find_graph_id (user, *name, *addresses);
    add_mailbox (profile, entra, graph_id, *addresses, *name, run);
    n++;
  }
  if (n > 0)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
               "none of the profile's users has an email address");
  return FALSE;
}

/* The object id of the user who has @address; @address itself when nobody has. */
static char *
find_by_address (MunMaster *master, const char *address)
{
  g_auto (GStrv) users = mun_master_list_users (master, NULL);

  for (char **name = users; name != NULL && *name != NULL; name++) {
    g_autoptr (JsonObject) user = mun_master_get_user (master, *name, NULL);
    g_auto (GStrv) addresses = mun_json_dup_strings (user, "emailAddresses");
    const char *id = mun_json_get_string (user, "directoryObjectId", "");

    if (*id != '\0' && (has_name (addresses, address) || g_ascii_strcasecmp (*name, address) == 0))
      return g_strdup (id);
  }
  return g_strdup (address);
}

gboolean
mun_profile_add_sources (MunArchive *archive, JsonObject *profile, MunRun *run, GError **error)
{
  MunMaster *master = mun_archive_get_master (archive);
  g_autoptr (MunEntra) entra = NULL;
  g_autofree char *graph_id = NULL;

  if (!mun_profile_check (archive, profile, error))
    return FALSE;
  if (mun_profile_get_credentials (profile) == 0) {
    add_files (profile, run);
    return TRUE;
  }
  entra = mun_tenant_sign_in (master, mun_profile_get_credentials (profile), error);
  if (entra == NULL)
    return FALSE;
  if (g_str_equal (get_detail (profile, "scenario"), "multiple"))
    return add_multiple (master, profile, entra, run, error);
  graph_id = find_by_address (master, get_detail (profile, "mailbox"));
  add_mailbox (profile, entra, graph_id, get_detail (profile, "mailbox"),
               get_detail (profile, "targetUserFolder"), run);
  return TRUE;
}
