/* html-text.c: the readable text of an HTML part */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "html-text.h"

#include "text-decode.h"

#include <libxml/HTMLparser.h>
#include <string.h>

#define CHUNK (8 * 1024)
#define MAX_OPEN 256

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

static htmlParserCtxtPtr
begin_parser (Extraction *self)
{
  htmlSAXHandler handler = { 0 };
  htmlParserCtxtPtr context;

  handler.startElement = start_element_cb;
  handler.endElement = end_element_cb;
  handler.characters = characters_cb;
  handler.ignorableWhitespace = characters_cb;
  handler.error = ignore_error_cb;
  handler.warning = ignore_error_cb;
  context = htmlCreatePushParserCtxt (&handler, self, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
  if (context == NULL)
    g_error ("out of memory");
  htmlCtxtUseOptions (context, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING
                                   | HTML_PARSE_NONET | HTML_PARSE_NODEFDTD
                                   | HTML_PARSE_IGNORE_ENC);
  /* Nothing may close the outermost elements, what stands behind them would be left out: libxml2
   * counts in `depth` how many end tags of html and body it has to pass over. */
  htmlParseChunk (context, "<html><body>", strlen ("<html><body>"), 0);
  context->depth = G_MAXINT / 2;
  return context;
}

static void
end_parser (htmlParserCtxtPtr context)
{
  htmlParseChunk (context, NULL, 0, 1);
  if (context->myDoc != NULL)
    xmlFreeDoc (context->myDoc);
  htmlFreeParserCtxt (context);
}

/* Up to a tag or at least a character's border. */
static gsize
chunk_length (const char *html, gsize length)
{
  gsize step = CHUNK;
  const char *tag;

  if (length <= CHUNK)
    return length;
  tag = memrchr (html + 1, '<', CHUNK - 1);
  if (tag != NULL)
    return tag - html;
  while (step > 1 && (html[step] & 0xc0) == 0x80)
    step--;
  return step;
}

char *
mun_html_to_text (const char *html, gsize limit)
{
  static gsize once;
  Extraction self = { g_string_new (NULL), limit, 0 };
  htmlParserCtxtPtr context;
  g_autofree char *raw = NULL;
  gsize length = strlen (html), step;

  if (g_once_init_enter (&once)) {
    xmlInitParser ();
    g_once_init_leave (&once, 1);
  }
  context = begin_parser (&self);
  for (gsize done = 0; done < length && self.text->len <= limit; done += step) {
    step = chunk_length (html + done, length - done);
    htmlParseChunk (context, html + done, step, 0);
    /* The parser looks through all open elements for each end tag: a fresh one has none. */
    if (context->nameNr > MAX_OPEN) {
      end_parser (context);
      context = begin_parser (&self);
      self.hidden = 0;
    }
  }
  end_parser (context);
  raw = g_string_free (self.text, FALSE);
  mun_text_cut (raw, limit);
  return mun_text_decode (raw, strlen (raw), NULL);
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
