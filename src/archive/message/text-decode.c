/* text-decode.c: bytes of any charset as valid UTF-8 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "text-decode.h"

#include "text.h"

#include <errno.h>
#include <string.h>

/* Labels that senders use for something else than what the standard says. */
static const struct {
  const char *label;
  const char *charset;
} aliases[] = {
  { "ascii", NULL },
  { "us-ascii", NULL },
  { "ansi_x3.4-1968", NULL },
  { "utf8", "UTF-8" },
  { "unicode-1-1-utf-7", "UTF-7" },
  { "iso-8859-1", "WINDOWS-1252" },
  { "iso8859-1", "WINDOWS-1252" },
  { "latin1", "WINDOWS-1252" },
  { "iso-8859-9", "WINDOWS-1254" },
  { "iso-8859-8-i", "ISO-8859-8" },
  { "iso-8859-8-e", "ISO-8859-8" },
  { "gb2312", "GB18030" },
  { "gb_2312-80", "GB18030" },
  { "gbk", "GB18030" },
  { "x-gbk", "GB18030" },
  { "ks_c_5601-1987", "CP949" },
  { "ks_c_5601", "CP949" },
  { "euc-kr", "CP949" },
  { "shift_jis", "CP932" },
  { "shift-jis", "CP932" },
  { "x-sjis", "CP932" },
  { "big5", "BIG5-HKSCS" },
  { "iso-2022-jp", "ISO-2022-JP-3" },
  { "tis-620", "CP874" },
  { "x-mac-roman", "MACINTOSH" },
};

/* The name for iconv, or NULL when the label says nothing. */
static const char *
charset_for_label (const char *label, char buffer[64])
{
  gsize n = 0;

  if (label == NULL)
    return NULL;
  for (; *label != '\0' && n < 63; label++)
    if (g_ascii_isalnum (*label) || strchr ("-_.:+", *label) != NULL)
      buffer[n++] = g_ascii_tolower (*label);
    else if (*label != '"' && *label != '\'' && *label != ' ')
      break;
  buffer[n] = '\0';
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (strcmp (aliases[i].label, buffer) == 0)
      return aliases[i].charset;
  if (g_str_has_prefix (buffer, "windows") && g_ascii_isdigit (buffer[7])) {
    memmove (buffer + 2, buffer + 7, n - 6);
    memcpy (buffer, "cp", 2);
  }
  return n > 1 ? buffer : NULL;
}

static void
replace_nul (char *text, gsize length)
{
  for (char *nul = memchr (text, '\0', length); nul != NULL;
       nul = memchr (nul, '\0', length - (nul - text)))
    *nul = ' ';
}

/* Converts all of it, U+FFFD for each byte that does not fit; NULL when iconv does not know the
 * charset. */
static char *
convert (const char *bytes, gsize length, const char *charset, gsize *n_bad)
{
  GIConv conv = g_iconv_open ("UTF-8", charset);
  g_autoptr (GString) out = NULL;
  char chunk[4096];
  gchar *in = (gchar *)bytes;

  if (conv == (GIConv)-1)
    return NULL;
  out = g_string_sized_new (length + length / 4);
  *n_bad = 0;
  while (length > 0) {
    gchar *to = chunk;
    gsize room = sizeof chunk;
    gsize result = g_iconv (conv, &in, &length, &to, &room);
    int problem = errno;

    g_string_append_len (out, chunk, to - chunk);
    if (result != (gsize)-1 || problem == E2BIG)
      continue;
    g_string_append (out, "\xef\xbf\xbd");
    (*n_bad)++;
    in++;
    length--;
    /* Back to the initial state, or one bad byte would spoil the rest of a stateful charset. */
    g_iconv (conv, NULL, NULL, NULL, NULL);
  }
  g_iconv_close (conv);
  replace_nul (out->str, out->len);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
copy_without_nul (const char *bytes, gsize length)
{
  char *text = g_malloc (length + 1);

  memcpy (text, bytes, length);
  text[length] = '\0';
  replace_nul (text, length);
  return text;
}

static gboolean
is_ascii (const char *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((bytes[i] & 0x80) != 0 || bytes[i] == '\033')
      return FALSE;
  return TRUE;
}

static const char *
guess (const char *bytes, gsize length)
{
  const char *escape;

  if (length >= 2 && (memcmp (bytes, "\xff\xfe", 2) == 0 || memcmp (bytes, "\xfe\xff", 2) == 0))
    return "UTF-16";
  escape = memchr (bytes, '\033', length);
  if (escape != NULL && length - (escape - bytes) > 2 && (escape[1] == '$' || escape[1] == '('))
    return "ISO-2022-JP-3";
  if (g_utf8_validate_len (bytes, length, NULL))
    return "UTF-8";
  return "WINDOWS-1252";
}

static char *
make_valid (char *text, gsize length)
{
  char *valid;

  if (g_utf8_validate_len (text, length, NULL))
    return text;
  valid = mun_text_make_valid (text, length);
  g_free (text);
  return valid;
}

char *
mun_text_decode (const char *bytes, gsize length, const char *charset)
{
  char buffer[64];
  const char *name;
  char *text = NULL;
  gsize n_bad = 0;

  if (length == 0)
    return g_strdup ("");
  if (length >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0)
    return mun_text_decode (bytes + 3, length - 3, "utf-8");
  name = charset_for_label (charset, buffer);
  /* Also right for ISO-2022 and UTF-7 only when nothing is shifted. */
  if (is_ascii (bytes, length) && (name == NULL || g_ascii_strncasecmp (name, "utf-", 4) != 0))
    return copy_without_nul (bytes, length);
  if (name != NULL && g_ascii_strcasecmp (name, "utf-8") != 0)
    text = convert (bytes, length, name, &n_bad);
  /* Many say Latin and send UTF-8; few say UTF-8 and send something else. */
  if (text != NULL && n_bad > length / 16)
    g_clear_pointer (&text, g_free);
  if (text == NULL) {
    const char *guessed = guess (bytes, length);

    if (strcmp (guessed, "UTF-8") == 0)
      return copy_without_nul (bytes, length);
    text = convert (bytes, length, guessed, &n_bad);
  }
  if (text == NULL)
    return make_valid (copy_without_nul (bytes, length), length);
  return make_valid (text, strlen (text));
}

void
mun_text_cut (char *text, gsize limit)
{
  if (strlen (text) <= limit)
    return;
  while (limit > 0 && (text[limit] & 0xc0) == 0x80)
    limit--;
  text[limit] = '\0';
}
