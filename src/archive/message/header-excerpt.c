/* header-excerpt.c: a message without the header fields that nobody reads */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "header-excerpt.h"

#include "header-fields.h"

#include <string.h>

/* Copying more takes longer than is saved. */
#define MAX_COPY (256 * 1024)

/* What header-fields.c and GMime's own reading of the body ask for. */
static gboolean
is_read (const char *field, gsize size)
{
  static const char *const names[]
      = { "from", "sender",     "to",           "cc",         "bcc",        "subject",
          "date", "message-id", "mime-version", "x-priority", "importance", "priority" };
  gsize length = 0;

  while (length < size && field[length] != ':' && field[length] != ' ' && field[length] != '\t')
    length++;
  if (length > strlen ("content-") && g_ascii_strncasecmp (field, "content-", 8) == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_tolower (*field) == *names[i] && strlen (names[i]) == length
        && g_ascii_strncasecmp (field, names[i], length) == 0)
      return TRUE;
  return FALSE;
}

/* What is no field ends the search: GMime has its own mind about where such a header ends. */
char *
mun_header_excerpt (const char *data, gsize size, gsize header_size, gsize *removed)
{
  const char *end = data + header_size, *field = data, *next;
  g_autofree char *copy = NULL;
  gsize length = 0;

  if (size > MAX_COPY || header_size == size)
    return NULL;
  copy = g_malloc (size + 1);
  for (; field < end && mun_header_is_field (field, end - field); field = next) {
    next = mun_header_find_field_end (field, end);
    if (!is_read (field, next - field))
      continue;
    memcpy (copy + length, field, next - field);
    length += next - field;
  }
  *removed = field - data - length;
  if (length == 0 || *removed == 0)
    return NULL;
  memcpy (copy + length, field, data + size - field);
  return g_steal_pointer (&copy);
}
