/* part-decoder.c: the content of a part decoded, stretch by stretch */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "part-decoder.h"

#include "gmime-options.h"

struct _MunPartDecoder {
  MunCoding coding;
  GMimeFilter *filter; /* NULL: nothing is to be done */
  gboolean holds_line_end;
};

static const GMimeContentEncoding encodings[] = {
  [MUN_CODING_NONE] = GMIME_CONTENT_ENCODING_BINARY,
  [MUN_CODING_BASE64] = GMIME_CONTENT_ENCODING_BASE64,
  [MUN_CODING_QUOTED_PRINTABLE] = GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
  [MUN_CODING_UUENCODE] = GMIME_CONTENT_ENCODING_UUENCODE,
};

MunPartDecoder *
mun_part_decoder_new (MunCoding coding)
{
  MunPartDecoder *self = g_new0 (MunPartDecoder, 1);

  mun_gmime_get_options ();
  self->coding = coding;
  if (coding != MUN_CODING_NONE)
    self->filter = g_mime_filter_basic_new (encodings[coding], FALSE);
  return self;
}

void
mun_part_decoder_free (MunPartDecoder *self)
{
  g_clear_object (&self->filter);
  g_free (self);
}

/* GMime loses everything behind a stretch of uuencode that ends where a line does: the line end waits
 * for what follows. */
static GBytes *
shift_line_end (MunPartDecoder *self, GBytes *encoded, gboolean is_last)
{
  g_autoptr (GByteArray) shifted = g_byte_array_new ();
  gsize length;
  const guint8 *data = g_bytes_get_data (encoded, &length);
  gboolean held = self->holds_line_end;

  if (held)
    g_byte_array_append (shifted, (const guint8 *)"\n", 1);
  self->holds_line_end = !is_last && (length > 0 ? data[length - 1] == '\n' : held);
  if (length > 0)
    g_byte_array_append (shifted, data, length);
  if (self->holds_line_end)
    g_byte_array_set_size (shifted, shifted->len - 1);
  return g_byte_array_free_to_bytes (g_steal_pointer (&shifted));
}

static void
take (GByteArray *to, const char *data, gsize length)
{
  if (length > 0)
    g_byte_array_append (to, (const guint8 *)data, length);
}

GBytes *
mun_part_decoder_feed (MunPartDecoder *self, GBytes *encoded, gboolean is_last)
{
  g_autoptr (GBytes) shifted = NULL;
  g_autoptr (GByteArray) decoded = NULL;
  gsize length, prespace;
  char *data, *out;

  if (self->filter == NULL)
    return g_bytes_ref (encoded);
  if (self->coding == MUN_CODING_UUENCODE)
    encoded = shifted = shift_line_end (self, encoded, is_last);
  decoded = g_byte_array_new ();
  data = (char *)g_bytes_get_data (encoded, &length);
  if (length > 0) {
    g_mime_filter_filter (self->filter, data, length, 0, &out, &length, &prespace);
    take (decoded, out, length);
  }
  if (is_last) {
    g_mime_filter_complete (self->filter, (char *)"", 0, 0, &out, &length, &prespace);
    take (decoded, out, length);
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&decoded));
}

/* In GMime's decoders, state 0 is between two groups of base64, and outside of any escape. */
gboolean
mun_part_decoder_is_neutral (MunPartDecoder *self)
{
  if (self->filter == NULL)
    return TRUE;
  return self->coding != MUN_CODING_UUENCODE
         && ((GMimeFilterBasic *)self->filter)->encoder.state == 0;
}
