/* mime.c: the encodings of mail, for writing only */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mime.h"

#include <string.h>

#define LINE 76
#define WORD 75 /* longest encoded word, RFC 2047 section 2 */

static gboolean
is_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar)*text >= 0x80)
      return FALSE;
  return TRUE;
}

static gboolean
is_mostly_latin (const char *text)
{
  guint other = 0;
  for (const char *p = text; *p != '\0'; p++)
    other += (guchar)*p >= 0x80;
  return other * 3 < strlen (text);
}

/* One character in Q encoding. */
static void
append_q (GString *word, const char *start, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    guchar c = (guchar)start[i];
    if (c == ' ')
      g_string_append_c (word, '_');
    else if (g_ascii_isalnum (c))
      g_string_append_c (word, (char)c);
    else
      g_string_append_printf (word, "=%02X", c);
  }
}

static void
flush_word (GString *out, GString *piece, gboolean q, gboolean *first)
{
  if (piece->len == 0)
    return;
  g_autofree char *base64 = q ? NULL : g_base64_encode ((const guchar *)piece->str, piece->len);
  g_string_append_printf (out, "%s=?utf-8?%c?%s?=", *first ? "" : "\r\n ", q ? 'Q' : 'B',
                          q ? piece->str : base64);
  g_string_truncate (piece, 0);
  *first = FALSE;
}

char *
tenant_mime_word (const char *text, guint prefix)
{
  if (is_ascii (text))
    return g_strdup (text);
  gboolean q = is_mostly_latin (text), first = TRUE;
  GString *out = g_string_new (NULL);
  g_autoptr (GString) piece = g_string_new (NULL);
  gsize room = WORD - 12 - MIN (prefix, 40);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gsize size = (gsize)(g_utf8_next_char (p) - p);
    gsize after = q ? piece->len + size * 3 : (piece->len + size + 2) / 3 * 4;
    if (after > room) {
      flush_word (out, piece, q, &first);
      room = WORD - 12;
    }
    if (q)
      append_q (piece, p, size);
    else
      g_string_append_len (piece, p, (gssize)size);
  }
  flush_word (out, piece, q, &first);
  return g_string_free (out, FALSE);
}

char *
tenant_mime_address (const char *name, const char *address)
{
  if (name == NULL)
    return g_strdup (address);
  if (!is_ascii (name)) {
    g_autofree char *word = tenant_mime_word (name, 10);
    return g_strdup_printf ("%s\r\n <%s>", word, address);
  }
  g_auto (GStrv) pieces = g_strsplit (name, "\"", -1);
  g_autofree char *quoted = g_strjoinv ("\\\"", pieces);
  gboolean plain = strpbrk (name, "\".,<>()@:;&'[]") == NULL;
  return plain ? g_strdup_printf ("%s <%s>", name, address)
               : g_strdup_printf ("\"%s\" <%s>", quoted, address);
}

void
tenant_mime_base64 (GString *out, gconstpointer data, gsize size)
{
  const guchar *bytes = data;
  for (gsize at = 0; at < size; at += LINE / 4 * 3) {
    g_autofree char *line = g_base64_encode (bytes + at, MIN (size - at, LINE / 4 * 3));
    g_string_append (out, line);
    g_string_append (out, "\r\n");
  }
}

void
tenant_mime_quoted (GString *out, const char *data, gsize size)
{
  guint column = 0;
  for (gsize i = 0; i < size; i++) {
    guchar c = (guchar)data[i];
    if (c == '\n') {
      g_string_append (out, "\r\n");
      column = 0;
      continue;
    }
    gboolean last = i + 1 == size || data[i + 1] == '\n';
    gboolean plain = (c > 32 && c < 127 && c != '=') || (c == ' ' && !last);
    if (column + (plain ? 1 : 3) > LINE - 1) {
      g_string_append (out, "=\r\n");
      column = 0;
    }
    if (plain)
      g_string_append_c (out, (char)c);
    else
      g_string_append_printf (out, "=%02X", c);
    column += plain ? 1 : 3;
  }
}

void
tenant_mime_lines (GString *out, const char *data, gsize size)
{
  const char *end = data + size;
  while (data < end) {
    const char *newline = memchr (data, '\n', (gsize)(end - data));
    const char *stop = newline != NULL ? newline : end;
    g_string_append_len (out, data, stop - data);
    g_string_append (out, "\r\n");
    data = newline != NULL ? newline + 1 : end;
  }
}

void
tenant_mime_text (GString *out, const char *subtype, const char *charset, TenantEncoding encoding,
                  const char *text, const char *more)
{
  static const char *const names[] = { "7bit", "8bit", "quoted-printable", "base64" };
  gsize size = 0;
  g_autofree char *converted = g_convert (text, -1, charset, "UTF-8", NULL, &size, NULL);
  if (converted == NULL) {
    charset = "utf-8";
    converted = g_strdup (text);
    size = strlen (text);
  }
  /* ISO-2022-JP is 7-bit by itself, but its escapes would look like ASCII text. */
  if (encoding == TENANT_ENCODING_7BIT && !is_ascii (converted))
    encoding = TENANT_ENCODING_8BIT;
  g_string_append_printf (
      out, "Content-Type: text/%s; charset=%s\r\nContent-Transfer-Encoding: %s\r\n%s\r\n", subtype,
      charset, names[encoding], more != NULL ? more : "");
  if (encoding == TENANT_ENCODING_BASE64)
    tenant_mime_base64 (out, converted, size);
  else if (encoding == TENANT_ENCODING_QUOTED)
    tenant_mime_quoted (out, converted, size);
  else
    tenant_mime_lines (out, converted, size);
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append (out, "\r\n");
}

void
tenant_mime_file (GString *out, const char *type, const char *name, const char *content_id,
                  GBytes *data)
{
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);
  g_autofree char *parameter = is_ascii (name) ? g_strdup_printf ("filename=\"%s\"", name)
                                               : g_strdup_printf ("filename*=utf-8''%s", escaped);
  g_autofree char *word = tenant_mime_word (name, 12);
  gsize size;
  gconstpointer bytes = g_bytes_get_data (data, &size);
  g_string_append_printf (
      out, "Content-Type: %s;\r\n name=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n", type,
      word);
  g_string_append_printf (out, "Content-Disposition: %s;\r\n %s\r\n",
                          content_id != NULL ? "inline" : "attachment", parameter);
  if (content_id != NULL)
    g_string_append_printf (out, "Content-ID: <%s>\r\n", content_id);
  g_string_append (out, "\r\n");
  tenant_mime_base64 (out, bytes, size);
}
