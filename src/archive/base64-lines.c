/* base64-lines.c: base64 as mail carries it, undone where it can be redone exactly */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "base64-lines.h"

#include <string.h>

/* What is shorter gains nothing. */
#define MIN_LENGTH 256
#define MAX_LINE (255 * 4)
/* A line of base64 is found within so many bytes. */
#define ALIGN_WINDOW 4096

typedef enum { ENDS_CRLF = 1, ENDS_LAST = 2 } Endings;

/* How the encoded form is laid out. */
typedef struct {
  gsize line; /* characters; 0: one line only */
  guint8 endings;
} Layout;

static gboolean
is_base64 (guint8 c)
{
  return g_ascii_isalnum (c) || c == '+' || c == '/';
}

/* The first line says how the others should be; FALSE when it is not base64. */
static gboolean
read_layout (const guint8 *data, gsize length, Layout *layout)
{
  const guint8 *end = memchr (data, '\n', MIN (length, MAX_LINE + 2));
  gsize line = end != NULL ? (gsize)(end - data) : length;

  layout->endings = 0;
  if (end != NULL && line > 0 && data[line - 1] == '\r') {
    layout->endings |= ENDS_CRLF;
    line--;
  }
  if (data[length - 1] == '\n')
    layout->endings |= ENDS_LAST;
  layout->line = end != NULL ? line : 0;
  if (line == 0 || line % 4 != 0 || (end != NULL && line > MAX_LINE))
    return FALSE;
  for (gsize i = 0; i < MIN (line, 64); i++)
    if (!is_base64 (data[i]))
      return FALSE;
  return TRUE;
}

/* How long the encoded form of @bytes bytes is. */
static gsize
encoded_length (gsize bytes, const Layout *layout)
{
  gsize characters = (bytes + 2) / 3 * 4;
  gsize ending = layout->endings & ENDS_CRLF ? 2 : 1;
  gsize breaks = 0;

  if (layout->line > 0 && characters > 0)
    breaks = (characters - 1) / layout->line;
  if (layout->endings & ENDS_LAST)
    breaks++;
  return characters + breaks * ending;
}

static guint8 *
put_ending (guint8 *out, guint8 endings)
{
  if (endings & ENDS_CRLF)
    *out++ = '\r';
  *out++ = '\n';
  return out;
}

/* @out has room for encoded_length() bytes. */
static void
encode (const guint8 *bytes, gsize length, const Layout *layout, guint8 *out)
{
  gsize step = layout->line > 0 ? layout->line / 4 * 3 : length;

  while (length > 0) {
    gsize taken = MIN (step, length);
    int state = 0, save = 0;

    out += g_base64_encode_step (bytes, taken, FALSE, (char *)out, &state, &save);
    out += g_base64_encode_close (FALSE, (char *)out, &state, &save);
    bytes += taken;
    length -= taken;
    if (length > 0)
      out = put_ending (out, layout->endings);
  }
  if (layout->endings & ENDS_LAST)
    put_ending (out, layout->endings);
}

guint8 *
mun_base64_fold (const guint8 *data, gsize length, gsize *folded_length)
{
  Layout layout;
  g_autofree guint8 *folded = NULL;
  g_autofree guint8 *again = NULL;
  int state = 0;
  guint save = 0;
  gsize bytes;

  if (length < MIN_LENGTH || !read_layout (data, length, &layout))
    return NULL;
  folded = g_malloc (MUN_BASE64_PREFIX + length / 4 * 3 + 3);
  bytes = g_base64_decode_step ((const char *)data, length, folded + MUN_BASE64_PREFIX, &state,
                                &save);
  if (encoded_length (bytes, &layout) != length)
    return NULL;
  again = g_malloc (length);
  encode (folded + MUN_BASE64_PREFIX, bytes, &layout, again);
  if (memcmp (again, data, length) != 0)
    return NULL;
  folded[0] = layout.line / 4;
  folded[1] = layout.endings;
  *folded_length = MUN_BASE64_PREFIX + bytes;
  return g_steal_pointer (&folded);
}

gboolean
mun_base64_unfold (const guint8 *folded, gsize length, guint8 *out, gsize out_length)
{
  Layout layout;

  if (length < MUN_BASE64_PREFIX)
    return FALSE;
  layout.line = folded[0] * 4;
  layout.endings = folded[1];
  length -= MUN_BASE64_PREFIX;
  if (encoded_length (length, &layout) != out_length)
    return FALSE;
  encode (folded + MUN_BASE64_PREFIX, length, &layout, out);
  return TRUE;
}

gsize
mun_base64_align (const guint8 *data, gsize length)
{
  gsize window = MIN (length, ALIGN_WINDOW);
  const guint8 *end = memrchr (data + length - window, '\n', window);

  return end != NULL ? (gsize)(end - data) + 1 : length;
}
