/* functions.c: what the functions do with the documents */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "mailstore.h"

#include "errors.h"
#include "json.h"
#include "text.h"

#include <string.h>

typedef JsonNode *(*Function) (Mailstore *self, MunArguments *args, GError **error);

static JsonArray *
list (Mailstore *self, const char *name)
{
  return json_object_get_array_member (self->documents, name);
}

static gint
find_by_id (JsonArray *array, gint64 id)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (mun_json_get_int (json_array_get_object_element (array, i), "id", -1) == id)
      return i;
  return -1;
}

static JsonNode *
fail (GError **error, const char *what)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "%s not found.", what);
  return NULL;
}

static gint
find_user (Mailstore *self, const char *name)
{
  JsonArray *users = list (self, "users");

  for (guint i = 0; i < json_array_get_length (users); i++)
    if (g_strcmp0 (mun_json_get_string (json_array_get_object_element (users, i), "userName", NULL),
                   name)
        == 0)
      return i;
  return -1;
}

static JsonNode *
get_users (Mailstore *self, MunArguments *args, GError **error)
{
  static const char *const shown[]
      = { "userName", "fullName", "distinguishedName", "vendorColour" };
  JsonArray *users = list (self, "users");
  JsonArray *result = json_array_new ();

  for (guint i = 0; i < json_array_get_length (users); i++) {
    JsonObject *user = json_array_get_object_element (users, i);
    JsonObject *row = json_object_new ();

    for (guint k = 0; k < G_N_ELEMENTS (shown); k++)
      json_object_set_member (row, shown[k], json_object_dup_member (user, shown[k]));
    json_array_add_object_element (result, row);
  }
  return mun_json_node_take_array (result);
}

static JsonNode *
get_user_info (Mailstore *self, MunArguments *args, GError **error)
{
  gint i = find_user (self, mun_arguments_get_string (args, "userName"));

  if (i < 0)
    return fail (error, "User");
  return mun_json_copy_node (json_array_get_element (list (self, "users"), i));
}

static JsonNode *
create_user (Mailstore *self, MunArguments *args, GError **error)
{
  JsonObject *user = json_object_new ();
  const char *name = mun_arguments_get_string (args, "userName");
  const char *authentication = mun_arguments_get_string (args, "authentication");
  g_auto (GStrv) privileges = mun_text_split_list (mun_arguments_get_string (args, "privileges"));

  if (find_user (self, name) >= 0) {
    json_object_unref (user);
    g_set_error (error, MUN_ERROR, MUN_ERROR_EXISTS, "User '%s' already exists.", name);
    return NULL;
  }
  json_object_set_string_member (user, "userName", name);
  mun_json_set_text (user, "fullName", mun_arguments_get_string (args, "fullName"));
  mun_json_set_text (user, "distinguishedName",
                     mun_arguments_get_string (args, "distinguishedName"));
  json_object_set_string_member (user, "authentication",
                                 authentication != NULL ? authentication : "integrated");
  mun_json_set_strings (user, "emailAddresses", NULL);
  mun_json_set_strings (user, "pop3UserNames", NULL);
  mun_json_set_strings (user, "privileges", (const char *const *)privileges);
  mun_json_set_strings (user, "privilegesOnFolders", NULL);
  json_object_set_null_member (user, "vendorColour");
  json_array_add_object_element (list (self, "users"), user);
  return NULL;
}

static JsonNode *
delete_user (Mailstore *self, MunArguments *args, GError **error)
{
  gint i = find_user (self, mun_arguments_get_string (args, "userName"));

  if (i < 0)
    return fail (error, "User");
  json_array_remove_element (list (self, "users"), i);
  return NULL;
}

static JsonNode *
rename_user (Mailstore *self, MunArguments *args, GError **error)
{
  gint i = find_user (self, mun_arguments_get_string (args, "oldUserName"));

  if (i < 0)
    return fail (error, "User");
  json_object_set_string_member (json_array_get_object_element (list (self, "users"), i),
                                 "userName", mun_arguments_get_string (args, "newUserName"));
  return NULL;
}

/* SetUserFullName and its like: the second argument is the member's name, comma lists become
 * arrays. */
static JsonNode *
set_user_member (Mailstore *self, MunArguments *args, GError **error)
{
  const MunFunctionSpec *spec = mun_arguments_get_spec (args);
  const char *member = spec->args[1].name;
  const char *value = mun_arguments_get_string (args, member);
  gint i = find_user (self, mun_arguments_get_string (args, "userName"));
  JsonObject *user;

  if (i < 0)
    return fail (error, "User");
  user = json_array_get_object_element (list (self, "users"), i);
  if (json_object_has_member (user, member) && mun_json_get_array (user, member) == NULL) {
    mun_json_set_text (user, member, value);
  } else {
    g_auto (GStrv) values = mun_text_split_list (value);

    mun_json_set_strings (user, member, (const char *const *)values);
  }
  return NULL;
}

static JsonNode *
create_profile (Mailstore *self, MunArguments *args, GError **error)
{
  JsonNode *properties = mun_json_copy_node (mun_arguments_get_json (args, "properties"));
  JsonObject *profile;

  if (!JSON_NODE_HOLDS_OBJECT (properties)) {
    json_node_unref (properties);
    return fail (error, "Profile properties");
  }
  profile = json_node_get_object (properties);
  json_object_set_int_member (profile, "id", 100 + ++self->serial);
  json_object_set_int_member (profile, "version", 1);
  json_array_add_element (list (self, "GetProfiles"), properties);
  return NULL;
}

static JsonNode *
delete_profile (Mailstore *self, MunArguments *args, GError **error)
{
  gint i = find_by_id (list (self, "GetProfiles"), mun_arguments_get_int (args, "id", 0));

  if (i < 0)
    return fail (error, "Profile");
  json_array_remove_element (list (self, "GetProfiles"), i);
  return NULL;
}

static JsonNode *
run_profile (Mailstore *self, MunArguments *args, GError **error)
{
  JsonArray *results = list (self, "GetWorkerResults");
  gint i = find_by_id (list (self, "GetProfiles"), mun_arguments_get_int (args, "id", 0));
  JsonObject *profile, *row;

  if (i < 0)
    return fail (error, "Profile");
  profile = json_array_get_object_element (list (self, "GetProfiles"), i);
  row = mun_json_copy_object (json_array_get_object_element (results, 0));
  json_object_set_int_member (row, "id", 1000 + ++self->serial);
  json_object_set_int_member (row, "profileId", mun_json_get_int (profile, "id", 0));
  json_object_set_string_member (row, "profileName", mun_json_get_string (profile, "name", ""));
  json_array_add_object_element (results, row);
  return NULL;
}

static JsonNode *
get_worker_results (Mailstore *self, MunArguments *args, GError **error)
{
  JsonArray *all = list (self, "GetWorkerResults");
  JsonArray *result = json_array_new ();
  gint64 wanted = mun_arguments_get_int (args, "profileID", -1);

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *row = json_array_get_object_element (all, i);

    if (wanted < 0 || mun_json_get_int (row, "profileId", 0) == wanted)
      json_array_add_element (result, mun_json_copy_node (json_array_get_element (all, i)));
  }
  return mun_json_node_take_array (result);
}

static JsonNode *
get_worker_result_report (Mailstore *self, MunArguments *args, GError **error)
{
  JsonObject *report = mun_json_copy_object (
      json_object_get_object_member (self->documents, "GetWorkerResultReport"));

  json_object_set_int_member (report, "id", mun_arguments_get_int (args, "id", 0));
  return mun_json_node_take_object (report);
}

static JsonNode *
set_store_state (Mailstore *self, MunArguments *args, GError **error)
{
  JsonArray *stores = list (self, "GetStores");
  gint i = find_by_id (stores, mun_arguments_get_int (args, "id", 0));

  if (i < 0)
    return fail (error, "Archive store");
  json_object_set_string_member (json_array_get_object_element (stores, i), "requestedState",
                                 mun_arguments_get_string (args, "requestedState"));
  return NULL;
}

static JsonNode *
get_child_folders (Mailstore *self, MunArguments *args, GError **error)
{
  g_auto (GStrv) names
      = g_strsplit (mun_arguments_has (args, "folder") ? mun_arguments_get_string (args, "folder")
                                                       : "",
                    "/", -1);
  JsonArray *level = list (self, "GetChildFolders");

  for (guint i = 0; names[i] != NULL; i++) {
    JsonArray *next = NULL;

    for (guint k = 0; k < json_array_get_length (level) && next == NULL; k++) {
      JsonObject *folder = json_array_get_object_element (level, k);

      if (g_strcmp0 (mun_json_get_string (folder, "name", NULL), names[i]) == 0)
        next = mun_json_get_array (folder, "childFolders");
    }
    if (next == NULL)
      return fail (error, "Folder");
    level = next;
  }
  {
    g_autoptr (JsonNode) node = mun_json_node_take_array (json_array_ref (level));

    return mun_json_copy_node (node);
  }
}

static const struct {
  const char *name;
  Function function;
} table[] = {
  { "GetUsers", get_users },
  { "GetUserInfo", get_user_info },
  { "CreateUser", create_user },
  { "DeleteUser", delete_user },
  { "RenameUser", rename_user },
  { "SetUserAuthentication", set_user_member },
  { "SetUserDistinguishedName", set_user_member },
  { "SetUserEmailAddresses", set_user_member },
  { "SetUserFullName", set_user_member },
  { "SetUserPop3UserNames", set_user_member },
  { "SetUserPrivileges", set_user_member },
  { "SetUserLoginPrivileges", set_user_member },
  { "CreateProfile", create_profile },
  { "DeleteProfile", delete_profile },
  { "RunProfile", run_profile },
  { "GetWorkerResults", get_worker_results },
  { "GetWorkerResultReport", get_worker_result_report },
  { "SetStoreRequestedState", set_store_state },
  { "GetChildFolders", get_child_folders },
};

/* Set…: what was written replaces the whole document, exactly as it came; the password of SMTP is
 * never shown. */
static gboolean
set_document (Mailstore *self, MunArguments *args)
{
  const MunFunctionSpec *spec = mun_arguments_get_spec (args);
  g_autofree char *get = g_strconcat ("Get", spec->name + 3, NULL);
  JsonNode *value;

  if (!g_str_has_prefix (spec->name, "Set") || spec->n_args != 1
      || spec->args[0].type != MUN_ARG_JSON)
    return FALSE;
  value = mun_json_copy_node (mun_arguments_get_json (args, spec->args[0].name));
  if (JSON_NODE_HOLDS_OBJECT (value)
      && json_object_has_member (json_node_get_object (value), "password"))
    json_object_set_null_member (json_node_get_object (value), "password");
  json_object_set_member (self->documents, get, value);
  return TRUE;
}

JsonNode *
mailstore_call (Mailstore *self, MunArguments *args, GError **error)
{
  const char *name = mun_arguments_get_spec (args)->name;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].name, name) == 0)
      return table[i].function (self, args, error);
  if (set_document (self, args) || !json_object_has_member (self->documents, name))
    return NULL;
  return mun_json_copy_node (json_object_get_member (self->documents, name));
}
