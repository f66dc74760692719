/* mun-directory-config.c: the directory services configuration while somebody edits it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-directory-config.h"

#include "json.h"

struct _MunDirectoryConfig {
  GObject parent_instance;
  JsonObject *read;
  JsonObject *now;
};

G_DEFINE_FINAL_TYPE (MunDirectoryConfig, mun_directory_config, G_TYPE_OBJECT)

static gboolean
objects_equal (JsonObject *a, JsonObject *b)
{
  g_autoptr (JsonNode) left = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonNode) right = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (left, a);
  json_node_set_object (right, b);
  return json_node_equal (left, right);
}

/* Puts back the node that was read, or removes the member when there was none. */
static void
restore_member (MunDirectoryConfig *self, const char *member)
{
  JsonNode *node = json_object_get_member (self->read, member);

  if (node != NULL)
    json_object_set_member (self->now, member, json_node_copy (node));
  else
    json_object_remove_member (self->now, member);
}

static gboolean
strings_equal (const char *const *a, const char *const *b)
{
  static const char *const none[] = { NULL };

  return g_strv_equal (a != NULL ? a : none, b != NULL ? b : none);
}

static void
mun_directory_config_finalize (GObject *object)
{
  MunDirectoryConfig *self = MUN_DIRECTORY_CONFIG (object);

  g_clear_pointer (&self->read, json_object_unref);
  g_clear_pointer (&self->now, json_object_unref);
  G_OBJECT_CLASS (mun_directory_config_parent_class)->finalize (object);
}

static void
mun_directory_config_class_init (MunDirectoryConfigClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_directory_config_finalize;
}

static void
mun_directory_config_init (MunDirectoryConfig *self)
{
}

MunDirectoryConfig *
mun_directory_config_new (JsonNode *read)
{
  MunDirectoryConfig *self = g_object_new (MUN_TYPE_DIRECTORY_CONFIG, NULL);

  if (read != NULL && JSON_NODE_HOLDS_OBJECT (read))
    self->read = mun_json_copy_object (json_node_get_object (read));
  else
    self->read = json_object_new ();
  self->now = mun_json_copy_object (self->read);
  return self;
}

JsonObject *
mun_directory_config_dup_object (MunDirectoryConfig *self)
{
  g_return_val_if_fail (MUN_IS_DIRECTORY_CONFIG (self), NULL);
  return mun_json_copy_object (self->now);
}

gboolean
mun_directory_config_is_changed (MunDirectoryConfig *self)
{
  g_return_val_if_fail (MUN_IS_DIRECTORY_CONFIG (self), FALSE);
  return !objects_equal (self->read, self->now);
}

void
mun_directory_config_revert (MunDirectoryConfig *self)
{
  g_return_if_fail (MUN_IS_DIRECTORY_CONFIG (self));
  json_object_unref (self->now);
  self->now = mun_json_copy_object (self->read);
}

void
mun_directory_config_mark_saved (MunDirectoryConfig *self, JsonObject *saved)
{
  g_return_if_fail (MUN_IS_DIRECTORY_CONFIG (self));
  json_object_unref (self->read);
  self->read = mun_json_copy_object (saved);
}

const char *
mun_directory_config_get_type_name (MunDirectoryConfig *self)
{
  const char *type = mun_directory_config_get_string (self, "type");

  return *type != '\0' ? type : MUN_DIRECTORY_TYPE_NONE;
}

void
mun_directory_config_set_type_name (MunDirectoryConfig *self, const char *type)
{
  if (g_strcmp0 (mun_directory_config_get_type_name (self), type) != 0)
    mun_directory_config_set_string (self, "type", type);
}

gint64
mun_directory_config_get_int (MunDirectoryConfig *self, const char *member)
{
  g_return_val_if_fail (MUN_IS_DIRECTORY_CONFIG (self), 0);
  return mun_json_get_int (self->now, member, 0);
}

void
mun_directory_config_set_int (MunDirectoryConfig *self, const char *member, gint64 value)
{
  g_return_if_fail (MUN_IS_DIRECTORY_CONFIG (self));
  if (mun_json_get_int (self->read, member, 0) == value)
    restore_member (self, member);
  else
    json_object_set_int_member (self->now, member, value);
}

gboolean
mun_directory_config_get_bool (MunDirectoryConfig *self, const char *member)
{
  g_return_val_if_fail (MUN_IS_DIRECTORY_CONFIG (self), FALSE);
  return mun_json_get_bool (self->now, member, FALSE);
}

void
mun_directory_config_set_bool (MunDirectoryConfig *self, const char *member, gboolean value)
{
  g_return_if_fail (MUN_IS_DIRECTORY_CONFIG (self));
  if (mun_json_get_bool (self->read, member, FALSE) == value)
    restore_member (self, member);
  else
    json_object_set_boolean_member (self->now, member, value);
}

const char *
mun_directory_config_get_string (MunDirectoryConfig *self, const char *member)
{
  g_return_val_if_fail (MUN_IS_DIRECTORY_CONFIG (self), "");
  return mun_json_get_string (self->now, member, "");
}

void
mun_directory_config_set_string (MunDirectoryConfig *self, const char *member, const char *value)
{
  g_return_if_fail (MUN_IS_DIRECTORY_CONFIG (self));
  if (value == NULL)
    value = "";
  if (g_strcmp0 (mun_json_get_string (self->read, member, ""), value) == 0)
    restore_member (self, member);
  else
    json_object_set_string_member (self->now, member, value);
}

GStrv
mun_directory_config_dup_strings (MunDirectoryConfig *self, const char *member)
{
  GStrv values;

  g_return_val_if_fail (MUN_IS_DIRECTORY_CONFIG (self), NULL);
  values = mun_json_dup_strings (self->now, member);
  return values != NULL ? values : g_new0 (char *, 1);
}

void
mun_directory_config_set_strings (MunDirectoryConfig *self, const char *member,
                                  const char *const *values)
{
  g_auto (GStrv) before = NULL;

  g_return_if_fail (MUN_IS_DIRECTORY_CONFIG (self));
  before = mun_json_dup_strings (self->read, member);
  if (strings_equal ((const char *const *)before, values))
    restore_member (self, member);
  else
    mun_json_set_strings (self->now, member, values);
}

/* A group may be an object or, from other servers, its bare name or id. */
static JsonArray *
normalize_groups (JsonObject *object)
{
  JsonArray *array = mun_json_get_array (object, "syncOnlyGroups");
  JsonArray *groups = json_array_new ();
  guint length = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < length; i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (node)) {
      json_array_add_object_element (groups, mun_json_copy_object (json_node_get_object (node)));
    } else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING) {
      JsonObject *group = json_object_new ();

      json_object_set_string_member (group, "id", json_node_get_string (node));
      json_object_set_string_member (group, "name", json_node_get_string (node));
      json_array_add_object_element (groups, group);
    }
  }
  return groups;
}

JsonArray *
mun_directory_config_dup_groups (MunDirectoryConfig *self)
{
  g_return_val_if_fail (MUN_IS_DIRECTORY_CONFIG (self), NULL);
  return normalize_groups (self->now);
}

void
mun_directory_config_set_groups (MunDirectoryConfig *self, JsonArray *groups)
{
  g_autoptr (JsonArray) before = NULL;
  g_autoptr (JsonNode) left = json_node_new (JSON_NODE_ARRAY);
  g_autoptr (JsonNode) right = json_node_new (JSON_NODE_ARRAY);

  g_return_if_fail (MUN_IS_DIRECTORY_CONFIG (self));
  before = normalize_groups (self->read);
  json_node_set_array (left, before);
  json_node_set_array (right, groups);
  if (json_node_equal (left, right))
    restore_member (self, "syncOnlyGroups");
  else
    json_object_set_array_member (self->now, "syncOnlyGroups", json_array_ref (groups));
}

static GStrv
dup_privileges_of (JsonObject *object, const char *list)
{
  JsonObject *privileges = mun_json_get_object (object, "defaultPrivileges");
  GStrv values = NULL;

  if (privileges != NULL && json_object_has_member (privileges, list))
    values = mun_json_dup_strings (privileges, list);
  else if (g_str_equal (list, "privileges"))
    values = g_strsplit ("login", ",", -1);
  else if (g_str_equal (list, "onOwnFolder"))
    values = g_strsplit ("read", ",", -1);
  return values != NULL ? values : g_new0 (char *, 1);
}

GStrv
mun_directory_config_dup_privileges (MunDirectoryConfig *self, const char *list)
{
  g_return_val_if_fail (MUN_IS_DIRECTORY_CONFIG (self), NULL);
  return dup_privileges_of (self->now, list);
}

static gboolean
same_privileges (MunDirectoryConfig *self, const char *list)
{
  g_auto (GStrv) before = dup_privileges_of (self->read, list);
  g_auto (GStrv) present = dup_privileges_of (self->now, list);

  return strings_equal ((const char *const *)before, (const char *const *)present);
}

void
mun_directory_config_set_privileges (MunDirectoryConfig *self, const char *list,
                                     const char *const *values)
{
  g_auto (GStrv) before = NULL;
  JsonObject *present, *privileges, *original;

  g_return_if_fail (MUN_IS_DIRECTORY_CONFIG (self));
  before = dup_privileges_of (self->now, list);
  if (strings_equal ((const char *const *)before, values))
    return;
  present = mun_json_get_object (self->now, "defaultPrivileges");
  privileges = present != NULL ? mun_json_copy_object (present) : json_object_new ();
  mun_json_set_strings (privileges, list, values);
  json_object_set_object_member (self->now, "defaultPrivileges", privileges);
  original = mun_json_get_object (self->read, "defaultPrivileges");
  if (original != NULL
          ? objects_equal (original, privileges)
          : same_privileges (self, "privileges") && same_privileges (self, "onOwnFolder"))
    restore_member (self, "defaultPrivileges");
}
