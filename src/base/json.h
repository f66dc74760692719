/* json.h: reading and writing JSON that somebody else wrote */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Arrays and objects nested deeper than this are refused. */
#define MUN_JSON_MAX_DEPTH 64
/* Objects with more members than this are refused: json-glib compares each that comes twice with
 * all before it. */
#define MUN_JSON_MAX_MEMBERS 1000

/* mun_json_parse: reads one JSON text (RFC 8259), with or without a byte order mark.
 * @length: bytes, or -1 when @text ends with a NUL.
 * The text must be valid UTF-8. Lone surrogates in \u escapes become U+FFFD, because GLib strings
 * cannot hold them. Comments, single quotes and the other liberties of json-glib are refused.
 * Returns: (transfer full): the root; free with json_node_unref(). Error: MUN_ERROR_PROTOCOL. */
JsonNode *
mun_json_parse (const char *text, gssize length, GError **error);

/* mun_json_parse_object: like mun_json_parse(), and the root must be an object.
 * Returns: (transfer full): the object. Error: MUN_ERROR_PROTOCOL. */
JsonObject *
mun_json_parse_object (const char *text, gssize length, GError **error);

/* Returns: (transfer full): compact JSON text; NULL gives "null". */
char *
mun_json_to_string (JsonNode *node);
char *
mun_json_object_to_string (JsonObject *object);

/* The readers never fail: an object that is NULL, a member that is absent, null or of another type
 * gives the fallback (or NULL). Strings, arrays and objects are borrowed from @object. */
const char *
mun_json_get_string (JsonObject *object, const char *member, const char *fallback);

/* mun_json_get_int: accepts numbers and strings that are a whole decimal number. */
gint64
mun_json_get_int (JsonObject *object, const char *member, gint64 fallback);

/* mun_json_get_double: accepts numbers and strings that are a number. */
double
mun_json_get_double (JsonObject *object, const char *member, double fallback);

/* mun_json_get_bool: accepts booleans, numbers (0 is FALSE), and the strings true, false, 1, 0 in
 * any case. */
gboolean
mun_json_get_bool (JsonObject *object, const char *member, gboolean fallback);

JsonArray *
mun_json_get_array (JsonObject *object, const char *member);
JsonObject *
mun_json_get_object (JsonObject *object, const char *member);

/* mun_json_has: TRUE when the member exists and is not null. */
gboolean
mun_json_has (JsonObject *object, const char *member);

/* mun_json_dup_text: a string, number or boolean as text, for values that servers write either way.
 * Returns: (transfer full) (nullable): NULL when absent, null, an array or an object. */
char *
mun_json_dup_text (JsonObject *object, const char *member);

/* mun_json_dup_strings: an array of strings (others in it are left out), or a comma list in one
 * string. Returns: (transfer full): never NULL. */
GStrv
mun_json_dup_strings (JsonObject *object, const char *member);

/* mun_json_require_string: a member that must be there as a string.
 * Returns: borrowed. Error: MUN_ERROR_INVALID naming the member. */
const char *
mun_json_require_string (JsonObject *object, const char *member, GError **error);

/* Returns: (transfer full): a deep copy (json_node_copy() shares arrays and objects). */
JsonObject *
mun_json_copy_object (JsonObject *object);
JsonNode *
mun_json_copy_node (JsonNode *node);

/* mun_json_set_strings: sets an array of strings; NULL gives an empty array. */
void
mun_json_set_strings (JsonObject *object, const char *member, const char *const *values);

/* mun_json_set_text: sets a string, or null for NULL. */
void
mun_json_set_text (JsonObject *object, const char *member, const char *value);

/* Wrap a value as a node; both take ownership of their argument. */
JsonNode *
mun_json_node_take_object (JsonObject *object);
JsonNode *
mun_json_node_take_array (JsonArray *array);

G_END_DECLS
