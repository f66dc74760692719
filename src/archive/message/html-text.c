/* html-text.c: the readable text of an HTML part */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "html-text.h"

#include "text-decode.h"

#include <libxml/HTMLparser.h>
#include <string.h>

typedef struct {
  GString *text;
  gsize limit;
  guint hidden; /* open script, style, … elements */
} Extraction;

static const char *const hidden_elements[] = { "script", "style", "noscript", "template", NULL };
static const char *const inline_elements[]
    = { "a", "abbr",  "b",    "bdo", "big", "code",   "em", "font", "i",   "kbd",    "q",
        "s", "small", "span", "sub", "sup", "strong", "tt", "u",    "wbr", "strike", NULL };

static void
append_space (Extraction *self, char space)
{
  if (self->text->len > 0 && !g_ascii_isspace (self->text->str[self->text->len - 1]))
    g_string_append_c (self->text, space);
}

static void
start_element_cb (void *data, const xmlChar *name, const xmlChar **attributes)
{
  Extraction *self = data;

  if (g_strv_contains (hidden_elements, (const char *)name))
    self->hidden++;
  else if (!g_strv_contains (inline_elements, (const char *)name))
    append_space (self, '\n');
}

static void
end_element_cb (void *data, const xmlChar *name)
{
  Extraction *self = data;

  if (g_strv_contains (hidden_elements, (const char *)name))
    self->hidden -= self->hidden > 0;
  else if (!g_strv_contains (inline_elements, (const char *)name))
    append_space (self, '\n');
}

static void
characters_cb (void *data, const xmlChar *text, int length)
{
  Extraction *self = data;

  if (self->hidden > 0 || self->text->len > self->limit)
    return;
  for (int i = 0; i < length; i++)
    if (g_ascii_isspace (text[i]))
      append_space (self, ' ');
    else
      g_string_append_c (self->text, text[i]);
}

static void
ignore_error_cb (void *data, const char *format, ...)
{
}

char *
mun_html_to_text (const char *html, gsize limit)
{
  static gsize once;
  Extraction self = { g_string_new (NULL), limit, 0 };
  htmlSAXHandler handler = { 0 };
  htmlParserCtxtPtr context;
  gsize length = strlen (html);

  if (g_once_init_enter (&once)) {
    xmlInitParser ();
    g_once_init_leave (&once, 1);
  }
  handler.startElement = start_element_cb;
  handler.endElement = end_element_cb;
  handler.characters = characters_cb;
  handler.ignorableWhitespace = characters_cb;
  handler.error = ignore_error_cb;
  handler.warning = ignore_error_cb;
  context = htmlCreatePushParserCtxt (&handler, &self, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
  if (context != NULL) {
    htmlCtxtUseOptions (context, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING
                                     | HTML_PARSE_NONET | HTML_PARSE_NODEFDTD
                                     | HTML_PARSE_IGNORE_ENC);
    for (gsize done = 0; done < length && self.text->len <= limit;) {
      gsize step = MIN (length - done, 64 * 1024);

      htmlParseChunk (context, html + done, step, 0);
      done += step;
    }
    htmlParseChunk (context, NULL, 0, 1);
    if (context->myDoc != NULL)
      xmlFreeDoc (context->myDoc);
    htmlFreeParserCtxt (context);
  }
  g_string_truncate (self.text, MIN (self.text->len, limit));
  {
    g_autofree char *raw = g_string_free (self.text, FALSE);

    return mun_text_decode (raw, strlen (raw), NULL);
  }
}

char *
mun_html_sniff_charset (const char *bytes, gsize length)
{
  g_autofree char *head = g_ascii_strdown (bytes, MIN (length, 2048));
  const char *found = strstr (head, "charset");
  gsize n;

  if (found == NULL)
    return NULL;
  found += strlen ("charset");
  found += strspn (found, " \t\r\n=\"'");
  n = strcspn (found, " \t\r\n\"'/>;");
  return n > 0 && n < 40 ? g_strndup (found, n) : NULL;
}
