/* functions-users.c: users and what they may do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "accounts.h"
#include "arguments.h"
#include "errors.h"
#include "first-start.h"
#include "json.h"
#include "master.h"
#include "privileges.h"
#include "text.h"
#include "users-lock.h"

#include <string.h>

/* A change reads a document and writes it back: only one at a time. */
GMutex mun_users_lock;

static const char *
get_name (MunCall *call)
{
  return mun_arguments_get_string (mun_call_get_arguments (call), "userName");
}

/* --- reading --- */

static void
copy_member (JsonObject *to, JsonObject *from, const char *member)
{
  mun_json_set_text (to, member, mun_json_get_string (from, member, NULL));
}

static void
copy_strings (JsonObject *to, JsonObject *from, const char *member)
{
  g_auto (GStrv) values = mun_json_dup_strings (from, member);

  mun_json_set_strings (to, member, (const char *const *)values);
}

static void
add_login_privileges (JsonObject *info, JsonObject *user)
{
  g_autoptr (GStrvBuilder) builder = NULL;
  g_auto (GStrv) values = NULL;

  if (mun_json_has (user, "loginPrivileges")) {
    copy_strings (info, user, "loginPrivileges");
    return;
  }
  builder = g_strv_builder_new ();
  for (guint i = 0; mun_privileges_login[i] != NULL; i++)
    if (mun_account_is_admin (user) || strcmp (mun_privileges_login[i], "api") != 0)
      g_strv_builder_add (builder, mun_privileges_login[i]);
  values = g_strv_builder_end (builder);
  mun_json_set_strings (info, "loginPrivileges", (const char *const *)values);
}

static JsonNode *
get_users (MunCall *call, GError **error)
{
  MunMaster *master = mun_call_get_master (call);
  g_auto (GStrv) names = mun_master_list_users (master, error);
  JsonArray *users;

  if (names == NULL)
    return NULL;
  users = json_array_new ();
  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (JsonObject) user = mun_master_get_user (master, names[i], NULL);
    JsonObject *element;

    /* deleted since the list was made */
    if (user == NULL)
      continue;
    element = json_object_new ();
    json_object_set_string_member (element, "userName", names[i]);
    copy_member (element, user, "fullName");
    copy_member (element, user, "distinguishedName");
    json_array_add_object_element (users, element);
  }
  return mun_json_node_take_array (users);
}

static JsonNode *
get_user_info (MunCall *call, GError **error)
{
  g_autoptr (JsonObject) user
      = mun_master_get_user (mun_call_get_master (call), get_name (call), error);
  JsonArray *rights;
  JsonObject *info;

  if (user == NULL)
    return NULL;
  info = json_object_new ();
  json_object_set_string_member (info, "userName",
                                 mun_json_get_string (user, "userName", get_name (call)));
  copy_member (info, user, "fullName");
  copy_member (info, user, "distinguishedName");
  json_object_set_string_member (info, "authentication",
                                 mun_json_get_string (user, "authentication", "integrated"));
  copy_strings (info, user, "emailAddresses");
  copy_strings (info, user, "pop3UserNames");
  copy_strings (info, user, "privileges");
  rights = mun_json_get_array (user, "privilegesOnFolders");
  json_object_set_array_member (info, "privilegesOnFolders",
                                rights != NULL ? json_array_ref (rights) : json_array_new ());
  add_login_privileges (info, user);
  return mun_json_node_take_object (info);
}

/* --- changing --- */

/* Can this user administer the server with a password of ours? */
static gboolean
is_usable_admin (JsonObject *user)
{
  return mun_account_is_admin (user) && mun_account_may_login (user, "api")
         && strcmp (mun_json_get_string (user, "authentication", "integrated"), "integrated") == 0;
}

/* Refuses what would leave nobody who can administer. @after: (nullable): what becomes of the user,
 * NULL when it goes. Under the lock. */
static gboolean
check_last_admin (MunMaster *master, const char *name, JsonObject *after, GError **error)
{
  g_autoptr (JsonObject) before = mun_master_get_user (master, name, error);
  g_auto (GStrv) names = NULL;

  if (before == NULL)
    return FALSE;
  if (!is_usable_admin (before) || (after != NULL && is_usable_admin (after)))
    return TRUE;
  names = mun_master_list_users (master, error);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (JsonObject) other = mun_master_get_user (master, names[i], NULL);

    if (other != NULL && g_ascii_strcasecmp (names[i], name) != 0 && is_usable_admin (other))
      return TRUE;
  }
  g_set_error (error, MUN_ERROR, MUN_ERROR_DENIED,
               "User %s is the last administrator who can log on; make another one first", name);
  return FALSE;
}

/* Changes a copy of the document by the call's arguments. */
typedef gboolean (*Editor) (JsonObject *user, MunArguments *arguments, GError **error);

static void
edit (MunCall *call, Editor editor, GError **error)
{
  MunMaster *master = mun_call_get_master (call);
  const char *name = get_name (call);
  g_autoptr (JsonObject) user = NULL;

  g_mutex_lock (&mun_users_lock);
  user = mun_master_get_user (master, name, error);
  if (user != NULL && editor (user, mun_call_get_arguments (call), error)
      && check_last_admin (master, name, user, error))
    mun_master_put_user (master, name, user, error);
  g_mutex_unlock (&mun_users_lock);
  /* what was found under the old rights must not be paged on */
  mun_server_forget_logins (mun_call_get_server (call), name);
}

static gboolean
edit_authentication (JsonObject *user, MunArguments *arguments, GError **error)
{
  const char *value = mun_arguments_get_string (arguments, "authentication");

  if (value == NULL)
    value = "integrated";
  if (strcmp (value, "integrated") != 0 && strcmp (value, "directoryServices") != 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Invalid authentication \"%s\": integrated or directoryServices", value);
    return FALSE;
  }
  json_object_set_string_member (user, "authentication", value);
  return TRUE;
}

static gboolean
edit_text (JsonObject *user, MunArguments *arguments, const char *member)
{
  mun_json_set_text (user, member, mun_arguments_get_string (arguments, member));
  return TRUE;
}

static gboolean
edit_full_name (JsonObject *user, MunArguments *arguments, GError **error)
{
  return edit_text (user, arguments, "fullName");
}

static gboolean
edit_distinguished_name (JsonObject *user, MunArguments *arguments, GError **error)
{
  return edit_text (user, arguments, "distinguishedName");
}

static gboolean
edit_list (JsonObject *user, MunArguments *arguments, const char *member)
{
  g_auto (GStrv) values = mun_text_split_list (mun_arguments_get_string (arguments, member));

  mun_json_set_strings (user, member, (const char *const *)values);
  return TRUE;
}

static gboolean
edit_email_addresses (JsonObject *user, MunArguments *arguments, GError **error)
{
  g_auto (GStrv) values
      = mun_text_split_list (mun_arguments_get_string (arguments, "emailAddresses"));

  for (guint i = 0; values[i] != NULL; i++)
    if (strchr (values[i], '@') == NULL || strpbrk (values[i], " \t\r\n<>") != NULL) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "\"%s\" is not an email address",
                   values[i]);
      return FALSE;
    }
  return edit_list (user, arguments, "emailAddresses");
}

static gboolean
edit_pop3_user_names (JsonObject *user, MunArguments *arguments, GError **error)
{
  return edit_list (user, arguments, "pop3UserNames");
}

static gboolean
edit_privileges (JsonObject *user, MunArguments *arguments, GError **error)
{
  g_auto (GStrv) values
      = mun_privileges_parse (mun_arguments_get_string (arguments, "privileges"), error);

  if (values == NULL)
    return FALSE;
  mun_json_set_strings (user, "privileges", (const char *const *)values);
  return TRUE;
}

static gboolean
edit_login_privileges (JsonObject *user, MunArguments *arguments, GError **error)
{
  g_auto (GStrv) values
      = mun_privileges_parse_login (mun_arguments_get_string (arguments, "loginPrivileges"), error);

  if (values == NULL)
    return FALSE;
  if (!mun_account_is_admin (user) && g_strv_contains ((const char *const *)values, "api")) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "Invalid login privileges: \"api\" is for administrators only");
    return FALSE;
  }
  mun_json_set_strings (user, "loginPrivileges", (const char *const *)values);
  return TRUE;
}

static gboolean
edit_privileges_on_folder (JsonObject *user, MunArguments *arguments, GError **error)
{
  const char *folder = mun_arguments_get_string (arguments, "folder");
  g_auto (GStrv) values
      = mun_privileges_parse_folder (mun_arguments_get_string (arguments, "privileges"), error);
  JsonArray *before = mun_json_get_array (user, "privilegesOnFolders");
  JsonArray *after;

  if (values == NULL)
    return FALSE;
  if (*folder == '\0' || strchr (folder, '/') != NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Folder \"%s\": privileges are given on whole archives", folder);
    return FALSE;
  }
  after = json_array_new ();
  for (guint i = 0; before != NULL && i < json_array_get_length (before); i++) {
    JsonObject *entry = json_array_get_object_element (before, i);

    if (g_strcmp0 (mun_json_get_string (entry, "folder", NULL), folder) != 0)
      json_array_add_object_element (after, json_object_ref (entry));
  }
  if (values[0] != NULL) {
    JsonObject *entry = json_object_new ();

    json_object_set_string_member (entry, "folder", folder);
    mun_json_set_strings (entry, "privileges", (const char *const *)values);
    json_array_add_object_element (after, entry);
  }
  json_object_set_array_member (user, "privilegesOnFolders", after);
  return TRUE;
}

static gboolean
edit_clear_folders (JsonObject *user, MunArguments *arguments, GError **error)
{
  json_object_set_array_member (user, "privilegesOnFolders", json_array_new ());
  return TRUE;
}

/* --- the functions --- */

/* One handler an editor: the table below needs a function for each. */
#define EDITING_HANDLER(name)                                                                      \
  static JsonNode *set_##name (MunCall *call, GError **error)                                      \
  {                                                                                                \
    edit (call, edit_##name, error);                                                               \
    return NULL;                                                                                   \
  }

EDITING_HANDLER (authentication)
EDITING_HANDLER (distinguished_name)
EDITING_HANDLER (email_addresses)
EDITING_HANDLER (full_name)
EDITING_HANDLER (pop3_user_names)
EDITING_HANDLER (privileges)
EDITING_HANDLER (login_privileges)
EDITING_HANDLER (privileges_on_folder)
EDITING_HANDLER (clear_folders)

static gboolean
set_password (MunCall *call, const char *password, GError **error)
{
  g_autofree char *hash = NULL;

  if (*password == '\0') {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "Missing API argument password.");
    return FALSE;
  }
  hash = mun_accounts_hash (password, error);
  return hash != NULL
         && mun_master_set_password (mun_call_get_master (call), get_name (call), hash, error);
}

static JsonNode *
set_user_password (MunCall *call, GError **error)
{
  MunServer *server = mun_call_get_server (call);
  MunArguments *arguments = mun_call_get_arguments (call);
  g_autoptr (JsonObject) user
      = mun_master_get_user (mun_call_get_master (call), get_name (call), error);

  if (user == NULL || !set_password (call, mun_arguments_get_string (arguments, "password"), error))
    return NULL;
  mun_server_forget_logins (server, get_name (call));
  if (g_ascii_strcasecmp (get_name (call), MUN_ADMIN_NAME) == 0)
    mun_first_start_forget_password (mun_server_get_data_dir (server));
  return NULL;
}

static gboolean
fill_new_user (JsonObject *user, MunArguments *arguments, GError **error)
{
  json_object_set_string_member (user, "userName",
                                 mun_arguments_get_string (arguments, "userName"));
  edit_text (user, arguments, "fullName");
  edit_text (user, arguments, "distinguishedName");
  mun_json_set_strings (user, "emailAddresses", NULL);
  mun_json_set_strings (user, "pop3UserNames", NULL);
  edit_clear_folders (user, arguments, NULL);
  return edit_authentication (user, arguments, error) && edit_privileges (user, arguments, error)
         && (!mun_arguments_has (arguments, "loginPrivileges")
             || edit_login_privileges (user, arguments, error));
}

static JsonNode *
create_user (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  MunMaster *master = mun_call_get_master (call);
  g_autoptr (JsonObject) user = json_object_new ();
  const char *password = mun_arguments_get_string (arguments, "password");

  if (!mun_privileges_check_user_name (get_name (call), error)
      || !fill_new_user (user, arguments, error))
    return NULL;
  g_mutex_lock (&mun_users_lock);
  if (mun_master_add_user (master, get_name (call), user, error) && password != NULL
      && !set_password (call, password, error))
    mun_master_remove_user (master, get_name (call), NULL);
  g_mutex_unlock (&mun_users_lock);
  return NULL;
}

static gboolean
rename_user_locked (MunMaster *master, const char *from, const char *to, GError **error)
{
  g_autoptr (JsonObject) user = mun_master_get_user (master, from, error);

  if (user == NULL || !mun_master_rename_user (master, from, to, error))
    return FALSE;
  json_object_set_string_member (user, "userName", to);
  return mun_master_put_user (master, to, user, error);
}

/* Profiles name their owner; without one they could not be changed any more. */
static gboolean
rename_owner (MunMaster *master, const char *from, const char *to, GError **error)
{
  g_autoptr (JsonArray) profiles = mun_master_list_profiles (master, error);

  if (profiles == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (profiles); i++) {
    JsonObject *profile = json_array_get_object_element (profiles, i);

    if (g_ascii_strcasecmp (mun_json_get_string (profile, "owner", ""), from) != 0)
      continue;
    json_object_set_string_member (profile, "owner", to);
    if (!mun_master_update_profile (master, mun_json_get_int (profile, "id", 0), profile, error))
      return FALSE;
  }
  return TRUE;
}

static JsonNode *
rename_user (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  const char *from = mun_arguments_get_string (arguments, "oldUserName");
  const char *to = mun_arguments_get_string (arguments, "newUserName");

  if (!mun_privileges_check_user_name (to, error))
    return NULL;
  g_mutex_lock (&mun_users_lock);
  if (rename_user_locked (mun_call_get_master (call), from, to, error))
    rename_owner (mun_call_get_master (call), from, to, error);
  g_mutex_unlock (&mun_users_lock);
  mun_server_forget_logins (mun_call_get_server (call), from);
  return NULL;
}

static JsonNode *
delete_user (MunCall *call, GError **error)
{
  MunMaster *master = mun_call_get_master (call);

  g_mutex_lock (&mun_users_lock);
  if (check_last_admin (master, get_name (call), NULL, error))
    mun_master_remove_user (master, get_name (call), error);
  g_mutex_unlock (&mun_users_lock);
  mun_server_forget_logins (mun_call_get_server (call), get_name (call));
  return NULL;
}

const MunHandlerEntry mun_handlers_users[] = {
  { "GetUsers", get_users },
  { "GetUserInfo", get_user_info },
  { "CreateUser", create_user },
  { "SetUserAuthentication", set_authentication },
  { "SetUserDistinguishedName", set_distinguished_name },
  { "SetUserEmailAddresses", set_email_addresses },
  { "SetUserFullName", set_full_name },
  { "SetUserPassword", set_user_password },
  { "SetUserPop3UserNames", set_pop3_user_names },
  { "SetUserPrivileges", set_privileges },
  { "SetUserLoginPrivileges", set_login_privileges },
  { "SetUserPrivilegesOnFolder", set_privileges_on_folder },
  { "ClearUserPrivilegesOnFolders", set_clear_folders },
  { "RenameUser", rename_user },
  { "DeleteUser", delete_user },
  { NULL, NULL },
};
