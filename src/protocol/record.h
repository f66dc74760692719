/* record.h: one JSON object of a server as a GObject */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* MunRecord: an element of a list (a user, a profile, a message …) for GListModels, or a
 * configuration that is edited and written back. It keeps every key it does not know. "changed" is
 * emitted by the setters. */
#define MUN_TYPE_RECORD (mun_record_get_type ())
G_DECLARE_FINAL_TYPE (MunRecord, mun_record, MUN, RECORD, GObject)

/* mun_record_new: @root is referenced, not copied; NULL starts with an empty object. */
MunRecord *
mun_record_new (JsonObject *root);

/* mun_record_copy: Returns: (transfer full): a deep copy, for a dialog that edits and may be
 * cancelled. */
MunRecord *
mun_record_copy (MunRecord *self);

/* mun_record_equal: whether both hold the same keys and values. */
gboolean
mun_record_equal (MunRecord *self, MunRecord *other);

/* Readers as in json.h. @path is a member's name, or names joined by "/" to look into objects. */
const char *
mun_record_get_string (MunRecord *self, const char *path, const char *fallback);
char *
mun_record_dup_text (MunRecord *self, const char *path);
gint64
mun_record_get_int (MunRecord *self, const char *path, gint64 fallback);
gboolean
mun_record_get_bool (MunRecord *self, const char *path, gboolean fallback);
JsonObject *
mun_record_get_object (MunRecord *self, const char *path);
JsonArray *
mun_record_get_array (MunRecord *self, const char *path);
GStrv
mun_record_get_strings (MunRecord *self, const char *path);
gboolean
mun_record_has (MunRecord *self, const char *path);

/* Setters; objects on the way of @path are made when absent. NULL sets null. */
void
mun_record_set_string (MunRecord *self, const char *path, const char *value);
void
mun_record_set_int (MunRecord *self, const char *path, gint64 value);
void
mun_record_set_bool (MunRecord *self, const char *path, gboolean value);
void
mun_record_set_strings (MunRecord *self, const char *path, const char *const *values);
/* mun_record_set_node: takes ownership of @value. */
void
mun_record_set_node (MunRecord *self, const char *path, JsonNode *value);
void
mun_record_remove (MunRecord *self, const char *path);

/* mun_record_get_object_root: Returns: borrowed: the object behind it. */
JsonObject *
mun_record_get_object_root (MunRecord *self);

/* mun_record_list_from_array: a record for each object in an array; others, and a node that is no
 * array, are left out. Returns: (transfer full) (element-type MunRecord): frees its elements. */
GPtrArray *
mun_record_list_from_array (JsonNode *array);

G_END_DECLS
