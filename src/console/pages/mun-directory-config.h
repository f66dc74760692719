/* mun-directory-config.h: the directory services configuration while somebody edits it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include <json-glib/json-glib.h>

#define MUN_DIRECTORY_TYPE_MICROSOFT365 "Microsoft365ModernAuth"
#define MUN_DIRECTORY_TYPE_NONE "None"

#define MUN_TYPE_DIRECTORY_CONFIG (mun_directory_config_get_type ())
G_DECLARE_FINAL_TYPE (MunDirectoryConfig, mun_directory_config, MUN, DIRECTORY_CONFIG, GObject)

/* What GetDirectoryServicesConfiguration answered; any other node than an object counts as empty.
 * Members that this version does not know stay as they are, and a value that is set back to what
 * was read becomes exactly the node that was read, so that it does not count as a change. */
MunDirectoryConfig *
mun_directory_config_new (JsonNode *read);

/* The configuration for SetDirectoryServicesConfiguration. Returns: (transfer full). */
JsonObject *
mun_directory_config_dup_object (MunDirectoryConfig *self);

/* Whether anything differs from what was read or last saved. */
gboolean
mun_directory_config_is_changed (MunDirectoryConfig *self);

/* Gives up the changes. */
void
mun_directory_config_revert (MunDirectoryConfig *self);

/* The server has taken these values: they are the read ones from now on. What was changed since
 * they were sent stays a change. */
void
mun_directory_config_mark_saved (MunDirectoryConfig *self, JsonObject *saved);

/* The type as the server spells it, "None" when unset. */
const char *
mun_directory_config_get_type_name (MunDirectoryConfig *self);
void
mun_directory_config_set_type_name (MunDirectoryConfig *self, const char *type);

/* Members by name: "credentialsId" (0 = none), "syncOnlyLicensedUsers", "redirectUri" … */
gint64
mun_directory_config_get_int (MunDirectoryConfig *self, const char *member);
void
mun_directory_config_set_int (MunDirectoryConfig *self, const char *member, gint64 value);
gboolean
mun_directory_config_get_bool (MunDirectoryConfig *self, const char *member);
void
mun_directory_config_set_bool (MunDirectoryConfig *self, const char *member, gboolean value);
const char *
mun_directory_config_get_string (MunDirectoryConfig *self, const char *member);
void
mun_directory_config_set_string (MunDirectoryConfig *self, const char *member, const char *value);

/* Lists of strings, e.g. "excludedUsers". Returns: (transfer full), never NULL. */
GStrv
mun_directory_config_dup_strings (MunDirectoryConfig *self, const char *member);
void
mun_directory_config_set_strings (MunDirectoryConfig *self, const char *member,
                                  const char *const *values);

/* The groups of "syncOnlyGroups": objects with "id" and "name" (further members are kept).
 * Returns: (transfer full): an array, empty when everybody is synchronized. */
JsonArray *
mun_directory_config_dup_groups (MunDirectoryConfig *self);
void
mun_directory_config_set_groups (MunDirectoryConfig *self, JsonArray *groups);

/* "defaultPrivileges": what a user made by synchronization may do. @list is "privileges" or
 * "onOwnFolder". Returns: (transfer full), never NULL. */
GStrv
mun_directory_config_dup_privileges (MunDirectoryConfig *self, const char *list);
void
mun_directory_config_set_privileges (MunDirectoryConfig *self, const char *list,
                                     const char *const *values);
