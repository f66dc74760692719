/* journal-record.c: what a journal record of the contents holds */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "journal-record.h"

/* Little endian, as all of the contents. */
GBytes *
mun_journal_record_build (MunCodec *codec, GVariant *entries, GError **error)
{
  g_autoptr (GVariant) journal = g_variant_ref_sink (entries);
  g_autoptr (GBytes) bytes = NULL;
  guint8 digest[MUN_DIGEST_SIZE];
  gsize length;
  gconstpointer data;

  if (G_BYTE_ORDER == G_BIG_ENDIAN) {
    g_autoptr (GVariant) swapped = g_variant_byteswap (journal);

    bytes = g_variant_get_data_as_bytes (swapped);
  } else {
    bytes = g_variant_get_data_as_bytes (journal);
  }
  data = g_bytes_get_data (bytes, &length);
  mun_digest (data, length, digest);
  return mun_record_build (codec, MUN_RECORD_JOURNAL, data, length, digest, error);
}

GVariant *
mun_journal_record_parse (GBytes *plain)
{
  g_autoptr (GVariant) raw = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE (MUN_JOURNAL_TYPE), plain, FALSE));

  if (G_BYTE_ORDER == G_BIG_ENDIAN)
    return g_variant_byteswap (raw);
  return g_variant_get_normal_form (raw);
}
