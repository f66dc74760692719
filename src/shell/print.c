/* print.c: a result as text or JSON */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "munimentctl"

#include "print.h"

#include "json.h"

#include <string.h>

#define INDENT 2
#define GAP 2

char *
mun_print_harmless (const char *text, gboolean lines)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (lines && (c == '\n' || c == '\t'))
      g_string_append_unichar (out, c);
    else if (lines && c == '\r' && p[1] == '\n')
      continue;
    else if (c == '\n' || c == '\t' || c == '\r')
      g_string_append_c (out, ' ');
    /* Cf: marks that turn the direction of what follows */
    else if (g_unichar_iscntrl (c)
             || (g_unichar_type (c) == G_UNICODE_FORMAT && c >= 0x202a && c <= 0x2069))
      g_string_append_unichar (out, 0xfffd);
    else
      g_string_append_unichar (out, c);
  }
  return g_string_free (out, FALSE);
}

guint
mun_print_width (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if (!g_unichar_iszerowidth (c))
      width += g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

char *
mun_print_json (JsonNode *node)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree char *text = NULL;

  json_generator_set_pretty (generator, TRUE);
  json_generator_set_root (generator, node);
  text = json_generator_to_data (generator, NULL);
  return g_strconcat (text, "\n", NULL);
}

static gboolean
is_scalar (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) || JSON_NODE_HOLDS_NULL (node);
}

static gboolean
all_elements (JsonArray *array, gboolean (*test) (JsonNode *))
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!test (json_array_get_element (array, i)))
      return FALSE;
  return TRUE;
}

static gboolean
is_object (JsonNode *node)
{
  return JSON_NODE_HOLDS_OBJECT (node);
}

static char *
dup_scalar (JsonNode *node)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return g_strdup ("");
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return mun_print_harmless (json_node_get_string (node), FALSE);
  return mun_json_to_string (node);
}

/* Any value in one line: lists of values with commas, what is deeper as JSON. */
static char *
dup_cell (JsonNode *node)
{
  g_autoptr (GString) text = NULL;
  g_autofree char *json = NULL;
  JsonArray *array;

  if (is_scalar (node))
    return dup_scalar (node);
  if (JSON_NODE_HOLDS_ARRAY (node) && all_elements (json_node_get_array (node), is_scalar)) {
    text = g_string_new (NULL);
    array = json_node_get_array (node);
    for (guint i = 0; i < json_array_get_length (array); i++) {
      g_autofree char *value = dup_scalar (json_array_get_element (array, i));

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", value);
    }
    return g_strdup (text->str);
  }
  json = mun_json_to_string (node);
  return mun_print_harmless (json, FALSE);
}

/* The members of all rows, in the order of their first appearance. */
static GPtrArray *
collect_columns (JsonArray *rows)
{
  GPtrArray *columns = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < json_array_get_length (rows); i++) {
    JsonObjectIter iter;
    const char *name;

    json_object_iter_init_ordered (&iter, json_array_get_object_element (rows, i));
    while (json_object_iter_next_ordered (&iter, &name, NULL))
      if (g_hash_table_add (seen, (gpointer)name))
        g_ptr_array_add (columns, (gpointer)name);
  }
  return columns;
}

static void
append_spaces (GString *out, guint count)
{
  for (guint i = 0; i < count; i++)
    g_string_append_c (out, ' ');
}

/* One line of a table; trailing space is left out. */
static void
append_line (GString *out, char **cells, const guint *widths, guint n, guint indent)
{
  gsize start;

  append_spaces (out, indent);
  start = out->len;
  for (guint i = 0; i < n; i++) {
    g_string_append (out, cells[i]);
    append_spaces (out, widths[i] - mun_print_width (cells[i]) + GAP);
  }
  while (out->len > start && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

static void
append_table (GString *out, JsonArray *rows, guint indent)
{
  g_autoptr (GPtrArray) columns = collect_columns (rows);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  g_autofree guint *widths = g_new0 (guint, columns->len + 1);

  for (guint i = 0; i <= json_array_get_length (rows); i++) {
    char **cells = g_new0 (char *, columns->len + 1);

    for (guint k = 0; k < columns->len; k++) {
      const char *name = g_ptr_array_index (columns, k);
      JsonNode *node
          = i > 0 ? json_object_get_member (json_array_get_object_element (rows, i - 1), name)
                  : NULL;

      if (i == 0)
        cells[k] = mun_print_harmless (name, FALSE);
      else
        cells[k] = node != NULL ? dup_cell (node) : g_strdup ("");
      widths[k] = MAX (widths[k], mun_print_width (cells[k]));
    }
    g_ptr_array_add (lines, cells);
  }
  for (guint i = 0; i < lines->len; i++)
    append_line (out, g_ptr_array_index (lines, i), widths, columns->len, indent);
}

static void
append_node (GString *out, JsonNode *node, guint indent);

static void
append_object (GString *out, JsonObject *object, guint indent)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    g_autofree char *key = mun_print_harmless (name, FALSE);

    append_spaces (out, indent);
    g_string_append_printf (out, "%s:", key);
    if (is_scalar (node)
        || (JSON_NODE_HOLDS_ARRAY (node) && all_elements (json_node_get_array (node), is_scalar))) {
      g_autofree char *value = dup_cell (node);

      g_string_append_printf (out, "%s%s\n", *value != '\0' ? " " : "", value);
    } else {
      g_string_append_c (out, '\n');
      append_node (out, node, indent + INDENT);
    }
  }
}

static void
append_array (GString *out, JsonArray *array, guint indent)
{
  if (json_array_get_length (array) > 0 && all_elements (array, is_object)) {
    append_table (out, array, indent);
    return;
  }
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autofree char *value = dup_cell (json_array_get_element (array, i));

    append_spaces (out, indent);
    g_string_append_printf (out, "%s\n", value);
  }
}

static void
append_node (GString *out, JsonNode *node, guint indent)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    append_object (out, json_node_get_object (node), indent);
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    append_array (out, json_node_get_array (node), indent);
  } else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING) {
    /* A text alone may have lines: a report. */
    g_autofree char *text = mun_print_harmless (json_node_get_string (node), TRUE);

    g_string_append_printf (out, "%s\n", text);
  } else if (JSON_NODE_HOLDS_VALUE (node)) {
    g_autofree char *text = mun_json_to_string (node);

    g_string_append_printf (out, "%s\n", text);
  }
}

char *
mun_print_text (JsonNode *node)
{
  GString *out = g_string_new (NULL);

  append_node (out, node, 0);
  return g_string_free (out, FALSE);
}
