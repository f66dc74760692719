/* json.c: any reply as JSON, as servers and directories send it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "errors.h"
#include "json.h"

static void
check_node (JsonNode *node);

static void
check_member_cb (JsonObject *object, const char *name, JsonNode *node, gpointer data)
{
  g_autofree char *text = mun_json_dup_text (object, name);

  fuzz_assert_text (name);
  if (text != NULL)
    fuzz_assert_text (text);
  check_node (node);
}

static void
check_element_cb (JsonArray *array, guint index, JsonNode *node, gpointer data)
{
  check_node (node);
}

static void
check_node (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    json_object_foreach_member (json_node_get_object (node), check_member_cb, NULL);
  else if (JSON_NODE_HOLDS_ARRAY (node))
    json_array_foreach_element (json_node_get_array (node), check_element_cb, NULL);
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    fuzz_assert_text (json_node_get_string (node));
}

/* What was read is written so that it reads the same. */
static void
check_again (JsonNode *node)
{
  g_autofree char *text = mun_json_to_string (node);
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) again = mun_json_parse (text, -1, &error);

  fuzz_assert_text (text);
  g_assert_no_error (error);
  second = mun_json_to_string (again);
  g_assert_cmpstr (second, ==, text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_json_parse (size > 0 ? (const char *)data : "", size, &error);

  g_assert_true ((node == NULL) == (error != NULL));
  if (error != NULL) {
    g_assert_true (g_error_matches (error, MUN_ERROR, MUN_ERROR_PROTOCOL));
    fuzz_assert_text (error->message);
    return 0;
  }
  check_node (node);
  check_again (node);
  return 0;
}
