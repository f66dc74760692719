/* mun-user.c: one user of the archive, and what must be called to change one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-user.h"

#include "json.h"
#include "text.h"

#include <glib/gi18n.h>
#include <string.h>

struct _MunUser {
  GObject parent_instance;

  char *user_name;
  char *full_name;
  char *addresses;
  JsonObject *info;
};

G_DEFINE_FINAL_TYPE (MunUser, mun_user, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_USER_NAME,
  PROP_FULL_NAME,
  PROP_AUTHENTICATION,
  PROP_ADDRESSES,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
mun_user_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunUser *self = MUN_USER (object);

  switch (id) {
  case PROP_USER_NAME:
    g_value_set_string (value, self->user_name);
    break;
  case PROP_FULL_NAME:
    g_value_set_string (value, self->full_name);
    break;
  case PROP_AUTHENTICATION:
    g_value_set_string (value, mun_user_get_authentication (self));
    break;
  case PROP_ADDRESSES:
    g_value_set_string (value, self->addresses);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_user_finalize (GObject *object)
{
  MunUser *self = MUN_USER (object);

  g_free (self->user_name);
  g_free (self->full_name);
  g_free (self->addresses);
  g_clear_pointer (&self->info, json_object_unref);
  G_OBJECT_CLASS (mun_user_parent_class)->finalize (object);
}

static void
mun_user_class_init (MunUserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mun_user_get_property;
  object_class->finalize = mun_user_finalize;

  properties[PROP_USER_NAME] = g_param_spec_string ("user-name", NULL, NULL, NULL, flags);
  properties[PROP_FULL_NAME] = g_param_spec_string ("full-name", NULL, NULL, NULL, flags);
  properties[PROP_AUTHENTICATION] = g_param_spec_string ("authentication", NULL, NULL, NULL, flags);
  properties[PROP_ADDRESSES] = g_param_spec_string ("addresses", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mun_user_init (MunUser *self)
{
}

MunUser *
mun_user_new (JsonObject *listed)
{
  MunUser *self = g_object_new (MUN_TYPE_USER, NULL);

  self->user_name = g_strdup (mun_json_get_string (listed, "userName", ""));
  self->full_name = g_strdup (mun_json_get_string (listed, "fullName", ""));
  self->addresses = g_strdup ("");
  return self;
}

const char *
mun_user_get_user_name (MunUser *self)
{
  return self->user_name;
}

const char *
mun_user_get_full_name (MunUser *self)
{
  return self->full_name;
}

const char *
mun_user_authentication_title (const char *value)
{
  if (g_strcmp0 (value, "integrated") == 0)
    return _ ("MailStore-integrated");
  if (g_strcmp0 (value, "directoryServices") == 0)
    return _ ("Directory Services");
  return value;
}

const char *
mun_user_get_authentication (MunUser *self)
{
  if (self->info == NULL)
    return "";
  return mun_user_authentication_title (mun_json_get_string (self->info, "authentication", ""));
}

const char *
mun_user_get_addresses (MunUser *self)
{
  return self->addresses;
}

JsonObject *
mun_user_get_info (MunUser *self)
{
  return self->info;
}

void
mun_user_set_info (MunUser *self, JsonObject *info)
{
  g_auto (GStrv) addresses = mun_json_dup_strings (info, "emailAddresses");

  g_clear_pointer (&self->info, json_object_unref);
  self->info = json_object_ref (info);
  g_free (self->addresses);
  self->addresses = addresses != NULL ? g_strjoinv (", ", addresses) : g_strdup ("");
  if (mun_set_str (&self->full_name, mun_json_get_string (info, "fullName", "")))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FULL_NAME]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AUTHENTICATION]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESSES]);
}

gboolean
mun_user_matches (MunUser *self, const char *text)
{
  g_autofree char *all = g_strjoin ("\n", self->user_name, self->full_name, self->addresses, NULL);
  g_autofree char *hay = g_utf8_casefold (all, -1);
  g_autofree char *needle = g_utf8_casefold (text != NULL ? text : "", -1);
  g_auto (GStrv) words = g_strsplit_set (needle, " \t", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (hay, words[i]) == NULL)
      return FALSE;
  return TRUE;
}

void
mun_user_call_free (MunUserCall *call)
{
  json_object_unref (call->arguments);
  g_free (call);
}

static JsonObject *
add_call (GPtrArray *calls, const char *function, const char *user_name)
{
  MunUserCall *call = g_new0 (MunUserCall, 1);

  call->function = function;
  call->arguments = json_object_new ();
  json_object_set_string_member (call->arguments, "userName", user_name);
  g_ptr_array_add (calls, call);
  return call->arguments;
}

static char *
dup_list (JsonObject *user, const char *member)
{
  g_auto (GStrv) values = user != NULL ? mun_json_dup_strings (user, member) : NULL;

  return values != NULL ? g_strjoinv (",", values) : g_strdup ("");
}

/* Lists of privileges have the word "none" for nothing; lists of names are left out. */
static void
set_list (JsonObject *arguments, const char *member, const char *joined, gboolean privileges)
{
  if (*joined != '\0')
    json_object_set_string_member (arguments, member, joined);
  else if (privileges)
    json_object_set_string_member (arguments, member, "none");
}

static void
plan_text (GPtrArray *calls, const char *function, const char *member, JsonObject *before,
           JsonObject *after)
{
  const char *value = mun_json_get_string (after, member, "");
  JsonObject *arguments;

  if (g_strcmp0 (mun_json_get_string (before, member, ""), value) == 0)
    return;
  arguments = add_call (calls, function, mun_json_get_string (after, "userName", ""));
  if (*value != '\0')
    json_object_set_string_member (arguments, member, value);
}

static void
plan_list (GPtrArray *calls, const char *function, const char *member, gboolean privileges,
           JsonObject *before, JsonObject *after)
{
  g_autofree char *old = dup_list (before, member);
  g_autofree char *new = dup_list (after, member);

  if (!mun_json_has (after, member) || g_str_equal (old, new))
    return;
  set_list (add_call (calls, function, mun_json_get_string (after, "userName", "")), member, new,
            privileges);
}

GStrv
mun_user_dup_folder_privileges (JsonObject *info, const char *folder)
{
  JsonArray *list = info != NULL ? mun_json_get_array (info, "privilegesOnFolders") : NULL;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
    JsonNode *node = json_array_get_element (list, i);
    GStrv values;

    if (!JSON_NODE_HOLDS_OBJECT (node)
        || g_strcmp0 (mun_json_get_string (json_node_get_object (node), "folder", NULL), folder)
               != 0)
      continue;
    values = mun_json_dup_strings (json_node_get_object (node), "privileges");
    if (values != NULL)
      return values;
  }
  return g_new0 (char *, 1);
}

void
mun_user_set_folder_privileges (JsonObject *info, const char *folder, const char *const *privileges)
{
  JsonArray *list = mun_json_get_array (info, "privilegesOnFolders");
  JsonObject *entry = NULL;

  if (list == NULL) {
    list = json_array_new ();
    json_object_set_array_member (info, "privilegesOnFolders", list);
  }
  for (guint i = 0; i < json_array_get_length (list) && entry == NULL; i++) {
    JsonNode *node = json_array_get_element (list, i);

    if (JSON_NODE_HOLDS_OBJECT (node)
        && g_strcmp0 (mun_json_get_string (json_node_get_object (node), "folder", NULL), folder)
               == 0)
      entry = json_node_get_object (node);
  }
  if (entry == NULL) {
    entry = json_object_new ();
    json_object_set_string_member (entry, "folder", folder);
    json_array_add_object_element (list, entry);
  }
  mun_json_set_strings (entry, "privileges", privileges);
}

static void
plan_folders (GPtrArray *calls, JsonObject *before, JsonObject *after)
{
  JsonArray *list = mun_json_get_array (after, "privilegesOnFolders");

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
    JsonNode *node = json_array_get_element (list, i);
    const char *folder = JSON_NODE_HOLDS_OBJECT (node)
                             ? mun_json_get_string (json_node_get_object (node), "folder", NULL)
                             : NULL;
    g_auto (GStrv) old = mun_user_dup_folder_privileges (before, folder);
    g_auto (GStrv) new = mun_user_dup_folder_privileges (after, folder);
    g_autofree char *joined = g_strjoinv (",", new);
    JsonObject *arguments;

    if (folder == NULL || g_strv_equal ((const char *const *)old, (const char *const *)new))
      continue;
    arguments = add_call (calls, "SetUserPrivilegesOnFolder",
                          mun_json_get_string (after, "userName", ""));
    json_object_set_string_member (arguments, "folder", folder);
    set_list (arguments, "privileges", joined, TRUE);
  }
}

/* What CreateUser cannot say follows as changes of the user that it makes. */
static JsonObject *
plan_creation (GPtrArray *calls, JsonObject *after)
{
  static const char *const texts[]
      = { "fullName", "distinguishedName", "authentication", "password" };
  JsonObject *arguments
      = add_call (calls, "CreateUser", mun_json_get_string (after, "userName", ""));
  g_autofree char *privileges = dup_list (after, "privileges");
  g_autofree char *login = dup_list (after, "loginPrivileges");
  JsonObject *made = mun_json_copy_object (after);

  set_list (arguments, "privileges", privileges, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    const char *value = mun_json_get_string (after, texts[i], "");

    if (*value != '\0')
      json_object_set_string_member (arguments, texts[i], value);
  }
  if (mun_json_has (after, "loginPrivileges"))
    set_list (arguments, "loginPrivileges", login, TRUE);
  json_object_remove_member (made, "emailAddresses");
  json_object_remove_member (made, "pop3UserNames");
  json_object_remove_member (made, "privilegesOnFolders");
  return made;
}

GPtrArray *
mun_user_plan_changes (JsonObject *before, JsonObject *after)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_user_call_free);
  g_autoptr (JsonObject) known
      = before != NULL ? json_object_ref (before) : plan_creation (calls, after);
  const char *password = mun_json_get_string (after, "password", "");

  plan_text (calls, "SetUserFullName", "fullName", known, after);
  plan_text (calls, "SetUserAuthentication", "authentication", known, after);
  plan_text (calls, "SetUserDistinguishedName", "distinguishedName", known, after);
  if (before != NULL && *password != '\0')
    json_object_set_string_member (add_call (calls, "SetUserPassword",
                                             mun_json_get_string (after, "userName", "")),
                                   "password", password);
  plan_list (calls, "SetUserEmailAddresses", "emailAddresses", FALSE, known, after);
  plan_list (calls, "SetUserPop3UserNames", "pop3UserNames", FALSE, known, after);
  plan_list (calls, "SetUserPrivileges", "privileges", TRUE, known, after);
  plan_list (calls, "SetUserLoginPrivileges", "loginPrivileges", TRUE, known, after);
  plan_folders (calls, known, after);
  return calls;
}
