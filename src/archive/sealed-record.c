/* sealed-record.c: one record of a container */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "sealed-record.h"

#include "errors.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define VERSION 1
#define AUTHENTICATED 76
#define COMPRESSION_LEVEL 3

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

static void
free_compressor (gpointer context)
{
  ZSTD_freeCCtx (context);
}

/* Contexts are large and slow to make: one a thread. */
static ZSTD_CCtx *
compressor (void)
{
  static GPrivate context = G_PRIVATE_INIT (free_compressor);
  ZSTD_CCtx *own = g_private_get (&context);

  if (own == NULL) {
    own = ZSTD_createCCtx ();
    g_private_set (&context, own);
  }
  return own;
}

static void
free_decompressor (gpointer context)
{
  ZSTD_freeDCtx (context);
}

static ZSTD_DCtx *
decompressor (void)
{
  static GPrivate context = G_PRIVATE_INIT (free_decompressor);
  ZSTD_DCtx *own = g_private_get (&context);

  if (own == NULL) {
    own = ZSTD_createDCtx ();
    g_private_set (&context, own);
  }
  return own;
}

GBytes *
mun_record_build (MunSealer *sealer, MunRecordKind kind, gconstpointer data, gsize length,
                  const guint8 digest[MUN_DIGEST_SIZE], GError **error)
{
  gsize bound = ZSTD_compressBound (length);
  g_autofree guint8 *packed = g_malloc (bound + 1);
  gsize packed_length
      = ZSTD_compressCCtx (compressor (), packed, bound, data, length, COMPRESSION_LEVEL);
  gboolean is_smaller = !ZSTD_isError (packed_length) && packed_length < length;
  gsize stored = (is_smaller ? packed_length : length) + MUN_SEAL_TAG_SIZE;
  g_autofree guint8 *out = g_malloc0 (MUN_RECORD_HEADER_SIZE + stored);

  g_return_val_if_fail (length <= MUN_RECORD_MAX_PLAIN, NULL);
  memcpy (out, magic, sizeof magic);
  out[4] = VERSION;
  out[5] = kind;
  out[6] = is_smaller ? MUN_RECORD_COMPRESSED : 0;
  out[7] = 1;
  put32 (out + 12, length);
  put32 (out + 16, stored);
  memcpy (out + 44, digest, MUN_DIGEST_SIZE);
  if (!mun_sealer_seal (sealer, out + 20, out, AUTHENTICATED, is_smaller ? packed : data,
                        stored - MUN_SEAL_TAG_SIZE, out + MUN_RECORD_HEADER_SIZE, error))
    return NULL;
  put32 (out + 76, checksum (out + MUN_RECORD_HEADER_SIZE, stored));
  put32 (out + 80, checksum (out, 80));
  return g_bytes_new_take (g_steal_pointer (&out), MUN_RECORD_HEADER_SIZE + stored);
}

gboolean
mun_record_parse_header (const guint8 *bytes, MunRecordHeader *header)
{
  if (memcmp (bytes, magic, sizeof magic) != 0 || get32 (bytes + 80) != checksum (bytes, 80)
      || bytes[4] != VERSION)
    return FALSE;
  header->kind = bytes[5];
  header->flags = bytes[6];
  header->key = bytes[7];
  header->dictionary = get32 (bytes + 8);
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
  if (header->dictionary != 0)
    return damaged (error, "the record needs a dictionary that is not there");
  return TRUE;
}

GBytes *
mun_record_open (MunSealer *sealer, const guint8 *bytes, gsize length, gboolean check_digest,
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
  if (!mun_sealer_open (sealer, header.nonce, bytes, AUTHENTICATED, bytes + MUN_RECORD_HEADER_SIZE,
                        header.stored_length, packed, NULL)) {
    damaged (error, "the record's seal is broken");
    return NULL;
  }
  if ((header.flags & MUN_RECORD_COMPRESSED) == 0) {
    plain = g_steal_pointer (&packed);
  } else {
    plain = g_malloc (header.plain_length + 1);
    packed_length
        = ZSTD_decompressDCtx (decompressor (), plain, header.plain_length, packed, packed_length);
  }
  if (ZSTD_isError (packed_length) || packed_length != header.plain_length) {
    damaged (error, "the record cannot be decompressed");
    return NULL;
  }
  if (check_digest) {
    mun_digest (plain, header.plain_length, digest);
    if (memcmp (digest, header.digest, sizeof digest) != 0) {
      damaged (error, "the record's data does not match its SHA-256");
      return NULL;
    }
  }
  return g_bytes_new_take (g_steal_pointer (&plain), header.plain_length);
}
