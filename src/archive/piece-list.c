/* piece-list.c: how a message is put together again from pieces */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "piece-list.h"

static void
put (GByteArray *to, guint64 value)
{
  do {
    guint8 byte = value & 0x7f;

    value >>= 7;
    if (value != 0)
      byte |= 0x80;
    g_byte_array_append (to, &byte, 1);
  } while (value != 0);
}

static gboolean
get (const guint8 **data, const guint8 *end, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; *data < end && shift < 63; shift += 7) {
    guint8 byte = *(*data)++;

    *value |= (guint64)(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0)
      return TRUE;
  }
  return FALSE;
}

GByteArray *
mun_piece_list_encode (GArray *refs)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < refs->len; i++) {
    MunPieceRef *ref = &g_array_index (refs, MunPieceRef, i);

    put (bytes, ref->piece);
    if (ref->length == G_MAXUINT64)
      continue;
    put (bytes, ref->offset);
    put (bytes, ref->length);
  }
  return bytes;
}

GArray *
mun_piece_list_decode (const guint8 *data, gsize length)
{
  g_autoptr (GArray) refs = g_array_new (FALSE, TRUE, sizeof (MunPieceRef));
  const guint8 *end = data + length;
  guint64 id;

  while (data < end) {
    MunPieceRef ref = { 0, 0, G_MAXUINT64 };

    if (!get (&data, end, &id))
      return NULL;
    ref.piece = id;
    if ((data < end || refs->len > 0)
        && (!get (&data, end, &ref.offset) || !get (&data, end, &ref.length)))
      return NULL;
    g_array_append_val (refs, ref);
  }
  return refs->len > 0 ? g_steal_pointer (&refs) : NULL;
}

GArray *
mun_piece_list_ids (GArray *refs)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < refs->len; i++) {
    MunPieceRef *ref = &g_array_index (refs, MunPieceRef, i);

    if (g_hash_table_add (seen, &ref->piece))
      g_array_append_val (ids, ref->piece);
  }
  return ids;
}
