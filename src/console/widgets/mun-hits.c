/* mun-hits.c: the hits of a search, marked in lists and previews */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-hits.h"

#include "json.h"

#include <string.h>

/* Whatever a server sends. */
#define MAX_MARKS 200
#define MAX_WORDS 64
#define MAX_TEXT (512 * 1024)
/* Scripts from here on write without spaces: a word may stand anywhere in a run. */
#define FIRST_DENSE 0x0e00

static gboolean
read_number (JsonArray *mark, guint index, glong most, glong *value)
{
  JsonNode *node = json_array_get_element (mark, index);

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return *value >= 0 && *value <= most;
}

PangoAttrList *
mun_hits_new_attributes (JsonObject *snippet)
{
  const char *text = mun_json_get_string (snippet, "text", "");
  JsonArray *marks = mun_json_get_array (snippet, "marks");
  guint n_marks = marks ? MIN (json_array_get_length (marks), MAX_MARKS) : 0;
  PangoAttrList *list = pango_attr_list_new ();
  glong length = g_utf8_strlen (text, -1), start, count;

  for (guint i = 0; i < n_marks; i++) {
    JsonNode *node = json_array_get_element (marks, i);
    JsonArray *mark = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    PangoAttribute *bold;

    if (!mark || json_array_get_length (mark) != 2 || !read_number (mark, 0, length, &start)
        || !read_number (mark, 1, length - start, &count))
      continue;
    bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);
    bold->start_index = g_utf8_offset_to_pointer (text, start) - text;
    bold->end_index = g_utf8_offset_to_pointer (text, start + count) - text;
    pango_attr_list_insert (list, bold);
  }
  return list;
}

/* The word by itself, however its spaces are written. */
static void
add_word (GString *pattern, const char *word)
{
  const char *last = g_utf8_prev_char (word + strlen (word));
  g_autofree char *escaped = g_regex_escape_string (word, -1);
  g_auto (GStrv) parts = g_strsplit (escaped, " ", -1);
  g_autofree char *joined = g_strjoinv ("\\s+", parts);

  g_string_append_printf (pattern, "%s%s%s%s", pattern->len > 0 ? "|" : "",
                          g_utf8_get_char (word) < FIRST_DENSE ? "(?<![\\pL\\pN\\pM])" : "", joined,
                          g_utf8_get_char (last) < FIRST_DENSE ? "(?![\\pL\\pN\\pM])" : "");
}

static gint
compare_lengths (gconstpointer a, gconstpointer b)
{
  gsize first = strlen (*(const char *const *)a), second = strlen (*(const char *const *)b);

  return (first < second) - (first > second);
}

/* Longer ones first: a phrase is marked as a whole. Returns: (nullable). */
static GRegex *
new_regex (const char *const *words)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  g_autoptr (GString) pattern = g_string_new (NULL);

  for (guint i = 0; words && words[i] && i < MAX_WORDS; i++)
    if (*words[i])
      g_ptr_array_add (sorted, (gpointer)words[i]);
  g_ptr_array_sort (sorted, compare_lengths);
  for (guint i = 0; i < sorted->len; i++)
    add_word (pattern, g_ptr_array_index (sorted, i));
  return pattern->len > 0 ? g_regex_new (pattern->str, G_REGEX_CASELESS, 0, NULL) : NULL;
}

void
mun_hits_mark_buffer (GtkTextBuffer *buffer, const char *tag, const char *const *words)
{
  g_autoptr (GRegex) regex = new_regex (words);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *text = NULL;
  GtkTextIter start, end;
  int from, to, done = 0, offset = 0;

  if (!regex)
    return;
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  if (gtk_text_iter_get_offset (&end) > MAX_TEXT)
    gtk_text_buffer_get_iter_at_offset (buffer, &end, MAX_TEXT);
  text = gtk_text_buffer_get_slice (buffer, &start, &end, TRUE);
  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL)) {
    g_match_info_fetch_pos (match, 0, &from, &to);
    offset += g_utf8_strlen (text + done, from - done);
    gtk_text_buffer_get_iter_at_offset (buffer, &start, offset);
    offset += g_utf8_strlen (text + from, to - from);
    gtk_text_buffer_get_iter_at_offset (buffer, &end, offset);
    done = to;
    gtk_text_buffer_apply_tag_by_name (buffer, tag, &start, &end);
  }
}

char *
mun_hits_dup_common (const char *const *words)
{
  const char *shortest = words ? words[0] : NULL;
  g_autofree char *folded = NULL;

  for (guint i = 0; words && words[i]; i++)
    if (strlen (words[i]) < strlen (shortest))
      shortest = words[i];
  if (!shortest || !*shortest)
    return NULL;
  folded = g_utf8_casefold (shortest, -1);
  for (guint i = 0; words[i]; i++) {
    g_autofree char *other = g_utf8_casefold (words[i], -1);

    if (!g_str_has_prefix (other, folded))
      return NULL;
  }
  return g_strdup (shortest);
}
