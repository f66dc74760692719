/* text.c: identifiers, hexadecimal, base64url, comma lists, comparison of secrets */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-base"

#include "text.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define GUID_LENGTH 36

gboolean
mun_set_str (char **field, const char *value)
{
  char *copy;

  g_return_val_if_fail (field != NULL, FALSE);

  if (g_strcmp0 (*field, value) == 0)
    return FALSE;
  /* Copied first: the new value may be part of the old one. */
  copy = g_strdup (value);
  g_free (*field);
  *field = copy;
  return TRUE;
}

static gboolean
starts_with_guid (const char *text)
{
  for (int i = 0; i < GUID_LENGTH; i++) {
    gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;

    if (dash ? text[i] != '-' : !g_ascii_isxdigit (text[i]))
      return FALSE;
  }
  return TRUE;
}

gboolean
mun_text_is_guid (const char *text)
{
  return text != NULL && starts_with_guid (text) && text[GUID_LENGTH] == '\0';
}

char *
mun_text_extract_guid (const char *pasted)
{
  for (const char *p = pasted; p != NULL && *p != '\0'; p++) {
    gboolean inside_word = p > pasted && (g_ascii_isalnum (p[-1]) || p[-1] == '-');

    if (!inside_word && starts_with_guid (p) && !g_ascii_isalnum (p[GUID_LENGTH])
        && p[GUID_LENGTH] != '-')
      return g_ascii_strdown (p, GUID_LENGTH);
  }
  return NULL;
}

static gboolean
is_label (const char *label)
{
  gsize length = strlen (label);

  if (length == 0 || length > 63 || label[0] == '-' || label[length - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (label[i]) && label[i] != '-')
      return FALSE;
  return TRUE;
}

gboolean
mun_text_is_domain (const char *text)
{
  g_auto (GStrv) labels = NULL;
  guint n;

  if (text == NULL || strlen (text) > 253)
    return FALSE;
  labels = g_strsplit (text, ".", -1);
  n = g_strv_length (labels);
  if (n < 2)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!is_label (labels[i]))
      return FALSE;
  /* 192.0.2.1 is an address, not a domain. */
  return g_ascii_isalpha (labels[n - 1][0]);
}

char *
mun_text_to_hex (gconstpointer data, gsize length, gboolean upper)
{
  const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  const guint8 *bytes = data;
  char *hex = g_malloc (length * 2 + 1);

  for (gsize i = 0; i < length; i++) {
    hex[i * 2] = digits[bytes[i] >> 4];
    hex[i * 2 + 1] = digits[bytes[i] & 15];
  }
  hex[length * 2] = '\0';
  return hex;
}

GBytes *
mun_text_from_hex (const char *text)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  int high = -1;

  if (text == NULL)
    return NULL;
  for (const char *p = text; *p != '\0'; p++) {
    guint8 byte;

    if (g_ascii_isspace (*p) || *p == ':')
      continue;
    if (!g_ascii_isxdigit (*p))
      return NULL;
    if (high < 0) {
      high = g_ascii_xdigit_value (*p);
      continue;
    }
    byte = high << 4 | g_ascii_xdigit_value (*p);
    g_byte_array_append (bytes, &byte, 1);
    high = -1;
  }
  if (high >= 0)
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

char *
mun_text_base64url (gconstpointer data, gsize length)
{
  char *text = length > 0 ? g_base64_encode (data, length) : g_strdup ("");
  char *end = strchr (text, '=');

  if (end != NULL)
    *end = '\0';
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  return text;
}

GBytes *
mun_text_from_base64url (const char *text)
{
  g_autofree char *padded = NULL;
  gsize length;
  guchar *data;

  if (text == NULL)
    return NULL;
  length = strcspn (text, "=");
  if (strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != length
      || strspn (text + length, "=") != strlen (text + length) || strlen (text + length) > 2
      || length % 4 == 1)
    return NULL;
  padded
      = g_strdup_printf ("%.*s%s", (int)length, text, &"==="[length % 4 == 0 ? 3 : length % 4 - 1]);
  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  data = g_base64_decode (padded, &length);
  return g_bytes_new_take (data, length);
}

char *
mun_text_group (const char *hex, guint group)
{
  GString *out = g_string_new (NULL);
  gsize length;

  g_return_val_if_fail (hex != NULL, g_string_free (out, FALSE));
  g_return_val_if_fail (group > 0, g_string_free (out, FALSE));

  length = strlen (hex);
  for (gsize i = 0; i < length; i += group) {
    if (i > 0)
      g_string_append_c (out, ' ');
    g_string_append_len (out, hex + i, MIN (group, length - i));
  }
  return g_string_free (out, FALSE);
}

char *
mun_text_make_valid (const char *bytes, gssize length)
{
  if (bytes == NULL)
    return g_strdup ("");
  return g_utf8_make_valid (bytes, length);
}

char *
mun_text_dup_start (const char *text, gsize limit)
{
  gsize length = text != NULL ? strnlen (text, limit + 1) : 0;

  if (length > limit)
    for (length = limit; length > 0 && (text[length] & 0xc0) == 0x80;)
      length--;
  return g_utf8_make_valid (text != NULL ? text : "", length);
}

GStrv
mun_text_split_list (const char *comma_list)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit (comma_list != NULL ? comma_list : "", ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_strv_builder_add (builder, parts[i]);
  return g_strv_builder_end (builder);
}

char *
mun_text_join_list (const char *const *values)
{
  return values != NULL ? g_strjoinv (",", (char **)values) : g_strdup ("");
}

gboolean
mun_text_equal_secret (const char *a, const char *b)
{
  gsize length_a, length_b;
  volatile guint8 difference = 0;

  if (a == NULL || b == NULL)
    return a == b;
  length_a = strlen (a);
  length_b = strlen (b);
  for (gsize i = 0; i < length_a; i++)
    difference |= (guint8)a[i] ^ (guint8)b[length_b > 0 ? i % length_b : 0];
  return difference == 0 && length_a == length_b;
}

char *
mun_text_random_hex (guint bytes)
{
  g_autofree guint8 *buffer = g_malloc (bytes + 1);
  gsize filled = 0;

  while (filled < bytes) {
    ssize_t n = getrandom (buffer + filled, bytes - filled, 0);

    if (n > 0)
      filled += n;
    else if (errno != EINTR)
      g_error ("No random numbers from the kernel: %s", g_strerror (errno));
  }
  return mun_text_to_hex (buffer, bytes, FALSE);
}
