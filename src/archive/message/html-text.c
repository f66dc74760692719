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

static const char *
skip_space (const char *p, const char *end)
{
  while (p < end && g_ascii_isspace (*p))
    p++;
  return p;
}

/* A hyphen only within: in a comment, two of them before the > end it. */
static const char *
skip_name (const char *p, const char *end)
{
  while (p < end
         && (g_ascii_isalnum (*p) || *p == ':' || *p == '_'
             || (*p == '-' && p + 1 < end && g_ascii_isalnum (p[1]))))
    p++;
  return p;
}

/* Returns: what stands behind the value at @p, or NULL when it is not plain. */
static const char *
skip_value (const char *p, const char *end)
{
  const char *start = p;

  if (p < end && (*p == '"' || *p == '\'')) {
    for (p++; p < end && *p != *start; p++)
      if (*p == '<' || *p == '>')
        return NULL;
    return p < end ? p + 1 : NULL;
  }
  while (p < end && *p != '>' && !g_ascii_isspace (*p)) {
    if (strchr ("\"'<=`", *p) != NULL || (*p == '-' && p[-1] == '-'))
      return NULL;
    p++;
  }
  return p > start ? p : NULL;
}

/* @p: behind the name of a tag. Returns: the end of the tag, or NULL when not all before it are
 * attributes as they should be. */
static const char *
skip_attributes (const char *p, const char *end)
{
  for (;;) {
    const char *next = skip_space (p, end), *value;

    if (next < end && (*next == '>' || (*next == '/' && next + 1 < end && next[1] == '>')))
      return next;
    if (next == end || !g_ascii_isalpha (*next) || (next == p && p[-1] != '"' && p[-1] != '\''))
      return NULL;
    p = skip_name (next, end);
    value = skip_space (p, end);
    if (value < end && *value == '=')
      p = skip_value (skip_space (value + 1, end), end);
    if (p == NULL)
      return NULL;
  }
}

/* @p: at a "<" that begins no start tag. Returns: what stands behind what it begins, or NULL when
 * that is not certain. */
static const char *
skip_other (const char *p, const char *end)
{
  const char *close;
  guint quotes = 0;

  if (end - p >= 4 && memcmp (p, "<!--", 4) == 0) {
    close = memmem (p + 4, end - p - 4, "-->", 3);
    return close != NULL ? close + 3 : NULL;
  }
  if (end - p < 2 || (p[1] != '/' && p[1] != '!' && p[1] != '?'))
    return p + 1;
  close = memchr (p, '>', end - p);
  for (const char *q = p; close != NULL && q < close; q++) {
    if (*q == '\'')
      return NULL;
    quotes += *q == '"';
  }
  return close != NULL && quotes % 2 == 0 ? close + 1 : NULL;
}

/* Attributes are not read, but they are most of the HTML in mail. As long as all is written as it
 * should be, libxml2 need not see them. From the first tag on that is not, it sees everything: what
 * comes then means what libxml2 takes it for, a quote that was never closed above all.
 * @out: room for @length bytes. Returns: how many became of them. */
static gsize
drop_attributes (const char *html, gsize length, char *out, gboolean *is_plain)
{
  const char *end = html + length, *p = html;
  gsize done = 0;

  while (*is_plain && p < end) {
    const char *tag = memchr (p, '<', end - p), *stop, *next;

    if (tag == NULL)
      break;
    if (tag + 1 < end && g_ascii_isalpha (tag[1])) {
      stop = skip_name (tag + 1, end);
      next = skip_attributes (stop, end);
    } else {
      stop = next = skip_other (tag, end);
    }
    *is_plain = next != NULL;
    if (next == NULL)
      break;
    memcpy (out + done, p, stop - p);
    done += stop - p;
    p = next;
  }
  memcpy (out + done, p, end - p);
  return done + (end - p);
}

char *
mun_html_to_text (const char *html, gsize limit)
{
  static gsize once;
  Extraction self = { g_string_new (NULL), limit, 0 };
  htmlParserCtxtPtr context;
  g_autofree char *raw = NULL;
  gsize length = strlen (html), step;
  gboolean is_plain = TRUE;
  char kept[CHUNK];

  if (g_once_init_enter (&once)) {
    xmlInitParser ();
    g_once_init_leave (&once, 1);
  }
  context = begin_parser (&self);
  for (gsize done = 0; done < length && self.text->len <= limit; done += step) {
    step = chunk_length (html + done, length - done);
    htmlParseChunk (context, kept, drop_attributes (html + done, step, kept, &is_plain), 0);
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
