/* json.c: reading and writing JSON that somebody else wrote */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-base"

#include "json.h"

#include "errors.h"
#include "text.h"

#include <math.h>
#include <string.h>

/* The value of the four digits after \u, or -1. */
static int
read_escape (const char *p, const char *end)
{
  int value = 0;

  if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
    return -1;
  for (int i = 2; i < 6; i++) {
    if (!g_ascii_isxdigit (p[i]))
      return -1;
    value = value * 16 + g_ascii_xdigit_value (p[i]);
  }
  return value;
}

/* json-glib asserts on half of a surrogate pair, and makes invalid UTF-8 of an escape without its
 * four digits: neither must ever reach it. FALSE for what is no escape. */
static gboolean
copy_escape (GString *out, const char **p, const char *end)
{
  int first = read_escape (*p, end);
  int second;

  if (first < 0 && (end - *p < 2 || (*p)[1] == '\0' || strchr ("\"\\/bfnrt", (*p)[1]) == NULL))
    return FALSE;
  if (first < 0xd800 || first > 0xdfff) {
    gsize n = first < 0 ? 2 : 6;

    g_string_append_len (out, *p, n);
    *p += n;
    return TRUE;
  }
  second = read_escape (*p + 6, end);
  if (first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff) {
    g_string_append_len (out, *p, 12);
    *p += 12;
    return TRUE;
  }
  g_string_append (out, "\\ufffd");
  *p += 6;
  return TRUE;
}

/* NULL for a string with an escape that is none. */
static const char *
copy_string (GString *out, const char *p, const char *end)
{
  g_string_append_c (out, *p++);
  while (p < end && *p != '"') {
    const char *run = p;

    while (p < end && *p != '"' && *p != '\\')
      p++;
    g_string_append_len (out, run, p - run);
    if (p < end && *p == '\\' && !copy_escape (out, &p, end))
      return NULL;
  }
  if (p < end)
    g_string_append_c (out, *p++);
  return p;
}

/* Where the text stands: members counts those of the object that is open at each depth. */
typedef struct {
  gboolean begun, ended; /* the outermost value */
  guint depth;
  guint members[MUN_JSON_MAX_DEPTH + 1];
} Shape;

static gboolean
follow (Shape *self, char c, GError **error)
{
  if (c == '{' || c == '[') {
    if (++self->depth > MUN_JSON_MAX_DEPTH) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL, "JSON is nested deeper than %d levels",
                   MUN_JSON_MAX_DEPTH);
      return FALSE;
    }
    self->members[self->depth] = 0;
  } else if ((c == '}' || c == ']') && self->depth > 0) {
    self->ended = --self->depth == 0;
  } else if (c == ':' && ++self->members[self->depth] > MUN_JSON_MAX_MEMBERS) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL, "A JSON object has more than %d members",
                 MUN_JSON_MAX_MEMBERS);
    return FALSE;
  }
  return TRUE;
}

/* Does @c begin something behind the outermost value? json-glib 1.6 would lose the memory of what
 * it read before. */
static gboolean
begins_another (Shape *self, char c)
{
  if (self->depth > 0)
    return FALSE;
  if (g_ascii_isspace (c)) {
    self->ended = self->begun;
    return FALSE;
  }
  if (self->ended || (self->begun && strchr ("{[\"", c) != NULL))
    return TRUE;
  self->begun = TRUE;
  return FALSE;
}

/* Lets through what RFC 8259 knows outside strings, so that depth and members can be counted before
 * parsing recurses and compares. */
static GString *
prepare (const char *text, gsize length, GError **error)
{
  g_autoptr (GString) out = g_string_sized_new (length + 1);
  const char *end = text + length;
  Shape shape = { 0 };

  for (const char *p = text; p < end;) {
    if (begins_another (&shape, *p)) {
      g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                           "Not JSON: something follows behind its end");
      return NULL;
    }
    if (*p == '"') {
      p = copy_string (out, p, end);
      if (p == NULL) {
        g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                             "Not JSON: a string has an escape that is none");
        return NULL;
      }
      shape.ended = shape.depth == 0;
      continue;
    }
    if (strchr ("{}[]:,+-.0123456789eEtrufalsn \t\r\n", *p) == NULL) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                   "Not JSON: unexpected character at byte %" G_GSIZE_FORMAT, (gsize)(p - text));
      return NULL;
    }
    if (!follow (&shape, *p, error))
      return NULL;
    g_string_append_c (out, *p++);
  }
  return g_steal_pointer (&out);
}

/* A number may be written that no double holds: as infinity it could not be written again. */
static gboolean
is_finite (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObjectIter iter;
    JsonNode *member;

    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, NULL, &member))
      if (!is_finite (member))
        return FALSE;
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++)
      if (!is_finite (json_array_get_element (array, i)))
        return FALSE;
  } else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_DOUBLE) {
    return isfinite (json_node_get_double (node));
  }
  return TRUE;
}

JsonNode *
mun_json_parse (const char *text, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GString) prepared = NULL;
  g_autoptr (GError) reason = NULL;
  gsize size;

  g_return_val_if_fail (text != NULL, NULL);

  size = length < 0 ? strlen (text) : (gsize)length;
  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0) {
    text += 3;
    size -= 3;
  }
  if (!g_utf8_validate_len (text, size, NULL)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL, "JSON is not valid UTF-8");
    return NULL;
  }
  prepared = prepare (text, size, error);
  if (prepared == NULL)
    return NULL;
  if (!json_parser_load_from_data (parser, prepared->str, prepared->len, &reason)) {
    /* It quotes the text, cut at any byte. */
    g_autofree char *words = mun_text_make_valid (reason->message, -1);

    g_set_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL, "JSON cannot be parsed: %s", words);
    return NULL;
  }
  if (json_parser_get_root (parser) == NULL) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL, "JSON text is empty");
    return NULL;
  }
  if (!is_finite (json_parser_get_root (parser))) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL, "A number in JSON is too large");
    return NULL;
  }
  /* The parser's tree is immutable; callers edit what they read. */
  return mun_json_copy_node (json_parser_get_root (parser));
}

JsonObject *
mun_json_parse_object (const char *text, gssize length, GError **error)
{
  g_autoptr (JsonNode) root = mun_json_parse (text, length, error);

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL, "JSON text is not an object");
    return NULL;
  }
  return json_node_dup_object (root);
}

/* json-glib 1.6 writes 1e26 as 1e+26.0, which is no JSON. */
static char *
mend_exponents (char *text)
{
  char *out = text;
  gboolean in_string = FALSE;

  for (const char *p = text; *p != '\0';) {
    gsize run = 1;

    if (in_string && *p == '\\')
      run = 2;
    else if (*p == '"')
      in_string = !in_string;
    else if (!in_string && *p == 'e' && (p[1] == '+' || p[1] == '-'))
      run = 2 + strspn (p + 2, "0123456789");
    memmove (out, p, run);
    out += run;
    p += run;
    if (run > 2 && p[0] == '.' && p[1] == '0')
      p += 2;
  }
  *out = '\0';
  return text;
}

char *
mun_json_to_string (JsonNode *node)
{
  if (node == NULL)
    return g_strdup ("null");
  return mend_exponents (json_to_string (node, FALSE));
}

char *
mun_json_object_to_string (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  g_return_val_if_fail (object != NULL, NULL);

  json_node_set_object (node, object);
  return mend_exponents (json_to_string (node, FALSE));
}

static JsonNode *
value_node (JsonObject *object, const char *member)
{
  JsonNode *node;

  if (object == NULL)
    return NULL;
  node = json_object_get_member (object, member);
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

const char *
mun_json_get_string (JsonObject *object, const char *member, const char *fallback)
{
  JsonNode *node = value_node (object, member);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return fallback;
  return json_node_get_string (node);
}

/* Parses the whole string or nothing. */
static gboolean
text_to_double (const char *text, double *out)
{
  char *end = NULL;

  if (text == NULL || *text == '\0' || g_ascii_isspace (*text))
    return FALSE;
  *out = g_ascii_strtod (text, &end);
  return *end == '\0' && isfinite (*out);
}

gint64
mun_json_get_int (JsonObject *object, const char *member, gint64 fallback)
{
  JsonNode *node = value_node (object, member);
  gint64 number;
  double real;

  if (node == NULL)
    return fallback;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return json_node_get_int (node);
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_ascii_string_to_signed (json_node_get_string (node), 10, G_MININT64, G_MAXINT64,
                                     &number, NULL)
               ? number
               : fallback;
  if (json_node_get_value_type (node) != G_TYPE_DOUBLE)
    return fallback;
  real = json_node_get_double (node);
  /* 2^63 is the first double that no gint64 holds. */
  return real > -9223372036854775808.0 && real < 9223372036854775808.0 ? (gint64)real : fallback;
}

double
mun_json_get_double (JsonObject *object, const char *member, double fallback)
{
  JsonNode *node = value_node (object, member);
  double real;

  if (node == NULL)
    return fallback;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return text_to_double (json_node_get_string (node), &real) ? real : fallback;
  if (json_node_get_value_type (node) == G_TYPE_INT64
      || json_node_get_value_type (node) == G_TYPE_DOUBLE)
    return json_node_get_double (node);
  return fallback;
}

gboolean
mun_json_get_bool (JsonObject *object, const char *member, gboolean fallback)
{
  JsonNode *node = value_node (object, member);
  const char *text;

  if (node == NULL)
    return fallback;
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return json_node_get_int (node) != 0;
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return fallback;
  text = json_node_get_string (node);
  if (g_ascii_strcasecmp (text, "true") == 0 || strcmp (text, "1") == 0)
    return TRUE;
  if (g_ascii_strcasecmp (text, "false") == 0 || strcmp (text, "0") == 0)
    return FALSE;
  return fallback;
}

JsonArray *
mun_json_get_array (JsonObject *object, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
mun_json_get_object (JsonObject *object, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

gboolean
mun_json_has (JsonObject *object, const char *member)
{
  return object != NULL && json_object_has_member (object, member)
         && !json_object_get_null_member (object, member);
}

char *
mun_json_dup_text (JsonObject *object, const char *member)
{
  JsonNode *node = value_node (object, member);

  if (node == NULL)
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  return mend_exponents (json_to_string (node, FALSE));
}

GStrv
mun_json_dup_strings (JsonObject *object, const char *member)
{
  JsonArray *array = mun_json_get_array (object, member);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (array == NULL)
    return mun_text_split_list (mun_json_get_string (object, member, NULL));
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
      g_strv_builder_add (builder, json_node_get_string (node));
  }
  return g_strv_builder_end (builder);
}

const char *
mun_json_require_string (JsonObject *object, const char *member, GError **error)
{
  const char *value = mun_json_get_string (object, member, NULL);

  if (value == NULL)
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "The JSON object has no string “%s”", member);
  return value;
}

static JsonArray *
copy_array (JsonArray *array)
{
  guint length = json_array_get_length (array);
  JsonArray *copy = json_array_sized_new (length);

  for (guint i = 0; i < length; i++)
    json_array_add_element (copy, mun_json_copy_node (json_array_get_element (array, i)));
  return copy;
}

JsonObject *
mun_json_copy_object (JsonObject *object)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  g_return_val_if_fail (object != NULL, copy);

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    json_object_set_member (copy, name, mun_json_copy_node (node));
  return copy;
}

JsonNode *
mun_json_copy_node (JsonNode *node)
{
  JsonNode *copy;
  GValue value = G_VALUE_INIT;

  g_return_val_if_fail (node != NULL, NULL);

  switch (json_node_get_node_type (node)) {
  case JSON_NODE_OBJECT:
    return mun_json_node_take_object (mun_json_copy_object (json_node_get_object (node)));
  case JSON_NODE_ARRAY:
    return mun_json_node_take_array (copy_array (json_node_get_array (node)));
  case JSON_NODE_NULL:
    return json_node_new (JSON_NODE_NULL);
  case JSON_NODE_VALUE:
  default:
    copy = json_node_new (JSON_NODE_VALUE);
    json_node_get_value (node, &value);
    json_node_set_value (copy, &value);
    g_value_unset (&value);
    return copy;
  }
}

void
mun_json_set_strings (JsonObject *object, const char *member, const char *const *values)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    json_array_add_string_element (array, values[i]);
  json_object_set_array_member (object, member, array);
}

void
mun_json_set_text (JsonObject *object, const char *member, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, member, value);
  else
    json_object_set_null_member (object, member);
}

JsonNode *
mun_json_node_take_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

JsonNode *
mun_json_node_take_array (JsonArray *array)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (node, array);
  return node;
}
