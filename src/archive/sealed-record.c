/* sealed-record.c: one record of a container */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "sealed-record.h"

#include "errors.h"

#include <string.h>
#include <zlib.h>

#define VERSION 1
#define AUTHENTICATED 76

static const guint8 magic[4] = { 'M', 'U', 'N', 'R' };

static void
put32 (guint8 *to, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (to, &value, sizeof value);
}

static guint32
get32 (const guint8 *from)
{
  guint32 value;

  memcpy (&value, from, sizeof value);
  return GUINT32_FROM_LE (value);
}

static guint32
checksum (const guint8 *data, gsize length)
{
  return crc32_z (crc32_z (0, NULL, 0), data, length);
}

/* @data has been packed already. */
static GBytes *
build (MunCodec *codec, MunRecordKind kind, const MunPacking *packing, gsize plain_length,
       gconstpointer data, gsize length, const guint8 digest[MUN_DIGEST_SIZE], GError **error)
{
  gsize stored = length + MUN_SEAL_TAG_SIZE;
  g_autofree guint8 *out = g_malloc0 (MUN_RECORD_HEADER_SIZE + stored);

  memcpy (out, magic, sizeof magic);
  out[4] = VERSION;
  out[5] = kind;
  out[6] = packing->flags;
  out[7] = 1;
  put32 (out + 8, packing->dictionary);
  put32 (out + 12, plain_length);
  put32 (out + 16, stored);
  memcpy (out + 44, digest, MUN_DIGEST_SIZE);
  if (!mun_sealer_seal (mun_codec_get_sealer (codec), out + 20, out, AUTHENTICATED, data, length,
                        out + MUN_RECORD_HEADER_SIZE, error))
    return NULL;
  put32 (out + 76, checksum (out + MUN_RECORD_HEADER_SIZE, stored));
  put32 (out + 80, checksum (out, 80));
  return g_bytes_new_take (g_steal_pointer (&out), MUN_RECORD_HEADER_SIZE + stored);
}

GBytes *
mun_record_build (MunCodec *codec, MunRecordKind kind, gconstpointer data, gsize length,
                  const guint8 digest[MUN_DIGEST_SIZE], GError **error)
{
  g_autofree guint8 *packed = g_malloc (mun_codec_bound (length) + 1);
  MunPacking packing;
  gsize packed_length;

  g_return_val_if_fail (length <= MUN_RECORD_MAX_PLAIN, NULL);
  packed_length = mun_codec_pack (codec, data, length, packed, &packing);
  return build (codec, kind, &packing, length, packed, packed_length, digest, error);
}

GBytes *
mun_record_build_dictionary (MunCodec *codec, guint32 number, gconstpointer data, gsize length,
                             GError **error)
{
  MunPacking packing = { 0, number };
  guint8 digest[MUN_DIGEST_SIZE];

  mun_digest (data, length, digest);
  return build (codec, MUN_RECORD_DICTIONARY, &packing, length, data, length, digest, error);
}

gboolean
mun_record_parse_header (const guint8 *bytes, MunRecordHeader *header)
{
  if (memcmp (bytes, magic, sizeof magic) != 0 || get32 (bytes + 80) != checksum (bytes, 80)
      || bytes[4] != VERSION)
    return FALSE;
  header->kind = bytes[5];
  header->packing.flags = bytes[6];
  header->key = bytes[7];
  header->packing.dictionary = get32 (bytes + 8);
  header->plain_length = get32 (bytes + 12);
  header->stored_length = get32 (bytes + 16);
  memcpy (header->nonce, bytes + 20, MUN_SEAL_NONCE_SIZE);
  memcpy (header->digest, bytes + 44, MUN_DIGEST_SIZE);
  header->checksum = get32 (bytes + 76);
  return header->plain_length <= MUN_RECORD_MAX_PLAIN && header->stored_length >= MUN_SEAL_TAG_SIZE
         && header->stored_length <= MUN_RECORD_MAX_PLAIN + MUN_SEAL_TAG_SIZE;
}

static gboolean
damaged (GError **error, const char *reason)
{
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_DAMAGED, reason);
  return FALSE;
}

static gboolean
check_header (const guint8 *bytes, gsize length, MunRecordHeader *header, GError **error)
{
  if (length < MUN_RECORD_HEADER_SIZE || !mun_record_parse_header (bytes, header))
    return damaged (error, "the record's header is damaged");
  if (length != MUN_RECORD_HEADER_SIZE + (gsize)header->stored_length)
    return damaged (error, "the record has another length than the catalogue says");
  if (header->checksum != checksum (bytes + MUN_RECORD_HEADER_SIZE, header->stored_length))
    return damaged (error, "the record does not match its checksum");
  return TRUE;
}

GBytes *
mun_record_open (MunCodec *codec, const guint8 *bytes, gsize length, gboolean check_digest,
                 GError **error)
{
  MunRecordHeader header;
  g_autofree guint8 *packed = NULL;
  g_autofree guint8 *plain = NULL;
  guint8 digest[MUN_DIGEST_SIZE];
  gsize packed_length;

  if (!check_header (bytes, length, &header, error))
    return NULL;
  packed_length = header.stored_length - MUN_SEAL_TAG_SIZE;
  packed = g_malloc (packed_length + 1);
  if (!mun_sealer_open (mun_codec_get_sealer (codec), header.nonce, bytes, AUTHENTICATED,
                        bytes + MUN_RECORD_HEADER_SIZE, header.stored_length, packed, NULL)) {
    damaged (error, "the record's seal is broken");
    return NULL;
  }
  plain = mun_codec_unpack (codec, &header.packing, packed, packed_length, header.plain_length,
                            error);
  if (plain == NULL)
    return NULL;
  if (check_digest) {
    mun_digest (plain, header.plain_length, digest);
    if (memcmp (digest, header.digest, sizeof digest) != 0) {
      damaged (error, "the record's data does not match its SHA-256");
      return NULL;
    }
  }
  return g_bytes_new_take (g_steal_pointer (&plain), header.plain_length);
}
