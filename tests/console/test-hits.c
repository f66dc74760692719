/* test-hits.c: what a search found, marked in lists and previews */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"
#include "json.h"
#include "mun-hits.h"

/* The bold stretches of a snippet as bytes. */
static char *
bold_of (const char *json)
{
  g_autoptr (JsonObject) snippet = json ? mun_json_parse_object (json, -1, NULL) : NULL;
  g_autoptr (PangoAttrList) list = mun_hits_new_attributes (snippet);
  GSList *attributes = pango_attr_list_get_attributes (list);
  GString *text = g_string_new (NULL);

  for (GSList *item = attributes; item; item = item->next) {
    PangoAttribute *attribute = item->data;

    g_assert_cmpint (((PangoAttrInt *)attribute)->value, ==, PANGO_WEIGHT_BOLD);
    g_string_append_printf (text, "%u-%u;", attribute->start_index, attribute->end_index);
  }
  g_slist_free_full (attributes, (GDestroyNotify)pango_attribute_destroy);
  return g_string_free (text, FALSE);
}

/* Characters become bytes; what a server should not send marks nothing. */
static void
test_attributes (void)
{
  static const struct {
    const char *json, *expected;
  } rows[] = {
    { "{\"text\":\"an invoice\",\"marks\":[[3,7]]}", "3-10;" },
    { "{\"text\":\"…é café\",\"marks\":[[3,4],[1,1]]}", "3-5;6-11;" },
    { "{\"text\":\"abc\",\"marks\":[]}", "" },
    { "{\"text\":\"abc\",\"marks\":[[0,4],[4,0],[-1,2],[1,-1],[2,2],[9223372036854775807,1]]}",
      "" },
    { "{\"text\":\"abc\",\"marks\":[1,\"a\",null,[1],[1,2,3],[\"0\",1],[[0],1],[0,1.5]]}", "" },
    { "{\"text\":\"abc\",\"marks\":7}", "" },
    { "{\"text\":7,\"marks\":[[0,1]]}", "" },
    { NULL, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *bold = bold_of (rows[i].json);

    g_test_message ("%s", rows[i].json);
    g_assert_cmpstr (bold, ==, rows[i].expected);
  }
}

/* The text of a buffer with the tagged stretches in [brackets]. */
static char *
mark (const char *text, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, "|", -1);
  g_autoptr (GtkTextBuffer) buffer = gtk_text_buffer_new (NULL);
  GtkTextTag *tag = gtk_text_buffer_create_tag (buffer, "hit", NULL);
  GString *out = g_string_new (NULL);
  GtkTextIter iter;

  gtk_text_buffer_set_text (buffer, text, -1);
  mun_hits_mark_buffer (buffer, "hit", (const char *const *)list);
  gtk_text_buffer_get_start_iter (buffer, &iter);
  for (;; gtk_text_iter_forward_char (&iter)) {
    if (gtk_text_iter_ends_tag (&iter, tag))
      g_string_append_c (out, ']');
    if (gtk_text_iter_starts_tag (&iter, tag))
      g_string_append_c (out, '[');
    if (gtk_text_iter_is_end (&iter))
      return g_string_free (out, FALSE);
    g_string_append_unichar (out, gtk_text_iter_get_char (&iter));
  }
}

static void
test_buffer (void)
{
  static const struct {
    const char *text, *words, *expected;
  } rows[] = {
    { "An invoice, the INVOICE and invoices", "invoice",
      "An [invoice], the [INVOICE] and invoices" },
    { "Café und Cafés, le café", "café", "[Café] und Cafés, le [café]" },
    { "the public\n  key, a key", "public key|key", "the [public\n  key], a [key]" },
    { "今日は東京大学", "東京", "今日は[東京]大学" },
    { "a.b (c) a+b axb", "a.b", "[a.b] (c) a+b axb" },
    { "write to anna@alpha.example", "anna@alpha.example", "write to [anna@alpha.example]" },
    { "nothing", "", "nothing" },
    { "", "nothing", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *marked = mark (rows[i].text, rows[i].words);

    g_assert_cmpstr (marked, ==, rows[i].expected);
  }
}

static void
assert_common (const char *words, const char *expected)
{
  g_auto (GStrv) list = g_strsplit (words, "|", -1);
  g_autofree char *common = mun_hits_dup_common ((const char *const *)list);

  g_assert_cmpstr (common, ==, expected);
}

static void
test_common (void)
{
  assert_common ("invoice", "invoice");
  assert_common ("Invoices|invoice|INVOICE", "invoice");
  assert_common ("invoice|zebra", NULL);
  assert_common ("", NULL);
  g_assert_null (mun_hits_dup_common (NULL));
}

int
main (int argc, char **argv)
{
  console_test_init (&argc, &argv);
  g_test_add_func ("/hits/attributes", test_attributes);
  g_test_add_func ("/hits/buffer", test_buffer);
  g_test_add_func ("/hits/common", test_common);
  return g_test_run ();
}
