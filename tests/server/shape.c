/* shape.c: what a JSON value must look like, written as JSON */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "shape.h"

#include "json.h"

#include <string.h>

static gboolean
is_null (JsonNode *node)
{
  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

static gboolean
has_type (JsonNode *node, const char *type)
{
  GType value;

  if (g_str_equal (type, "any"))
    return TRUE;
  if (g_str_equal (type, "null") || is_null (node))
    return is_null (node) && (g_str_equal (type, "null") || g_str_has_suffix (type, "?"));
  if (g_str_has_prefix (type, "object"))
    return JSON_NODE_HOLDS_OBJECT (node);
  if (g_str_has_prefix (type, "array"))
    return JSON_NODE_HOLDS_ARRAY (node);
  value = json_node_get_value_type (node);
  if (g_str_has_prefix (type, "string"))
    return value == G_TYPE_STRING;
  if (g_str_has_prefix (type, "bool"))
    return value == G_TYPE_BOOLEAN;
  g_assert_true (g_str_has_prefix (type, "number"));
  return value == G_TYPE_INT64 || value == G_TYPE_DOUBLE;
}

static void
check (const char *place, JsonNode *node, JsonNode *shape)
{
  g_test_message ("%s", place);
  if (JSON_NODE_HOLDS_VALUE (shape)) {
    g_assert_true (has_type (node, json_node_get_string (shape)));
  } else if (JSON_NODE_HOLDS_ARRAY (shape)) {
    JsonArray *list;

    g_assert_true (node != NULL && JSON_NODE_HOLDS_ARRAY (node));
    list = json_node_get_array (node);
    g_assert_cmpuint (json_array_get_length (list), >, 0);
    for (guint i = 0; i < json_array_get_length (list); i++) {
      g_autofree char *below = g_strdup_printf ("%s[%u]", place, i);

      check (below, json_array_get_element (list, i),
             json_array_get_element (json_node_get_array (shape), 0));
    }
  } else {
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;

    g_assert_true (node != NULL && JSON_NODE_HOLDS_OBJECT (node));
    json_object_iter_init (&iter, json_node_get_object (shape));
    while (json_object_iter_next (&iter, &name, &member)) {
      g_autofree char *below = g_strconcat (place, ".", name, NULL);

      g_test_message ("%s", below);
      g_assert_true (json_object_has_member (json_node_get_object (node), name));
      check (below, json_object_get_member (json_node_get_object (node), name), member);
    }
  }
}

void
assert_shape (const char *what, JsonNode *node, const char *shape)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *wrapped = g_strconcat ("[", shape, "]", NULL);
  g_autoptr (JsonNode) parsed = mun_json_parse (wrapped, -1, &error);

  g_assert_no_error (error);
  check (what, node, json_array_get_element (json_node_get_array (parsed), 0));
}
