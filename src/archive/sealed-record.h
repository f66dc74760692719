/* sealed-record.h: one record of a container */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "codec.h"

G_BEGIN_DECLS

/* Layout, little endian:
 *    0  "MUNR"                   4
 *    4  version (1)              1
 *    5  kind                     1
 *    6  MunPackedFlags           1
 *    7  number of the store key  1
 *    8  dictionary, 0 = none     4
 *   12  length of the plain data 4
 *   16  length of what follows   4   (data and tag)
 *   20  nonce                   24
 *   44  SHA-256 of the plain    32
 *   76  CRC-32 of what follows   4
 *   80  CRC-32 of bytes 0 to 79  4
 *   84  data: packed as the flags say, sealed with AES-256-GCM, which also
 *       authenticates bytes 0 to 75
 *
 * Nothing in it says where it stands: a record that is moved stays as it is, byte for byte.
 * A record is found by scanning for the magic and a header whose checksum fits. */
#define MUN_RECORD_HEADER_SIZE 84
#define MUN_RECORD_MAX_PLAIN (64 * 1024 * 1024)

typedef enum {
  MUN_RECORD_PIECE = 1,     /* bytes of messages */
  MUN_RECORD_JOURNAL = 2,   /* what a commit did: enough to rebuild the catalogue; ends the batch */
  MUN_RECORD_DICTIONARY = 3 /* of zstd; the header's dictionary is its own number */
} MunRecordKind;

typedef struct {
  guint8 kind, key;
  MunPacking packing;
  guint32 plain_length;
  guint32 stored_length; /* without the header */
  guint8 nonce[MUN_SEAL_NONCE_SIZE];
  guint8 digest[MUN_DIGEST_SIZE];
  guint32 checksum;
} MunRecordHeader;

/* mun_record_build: packs and seals; @digest is the SHA-256 of @data.
 * Returns: (transfer full): the whole record. */
GBytes *
mun_record_build (MunCodec *codec, MunRecordKind kind, gconstpointer data, gsize length,
                  const guint8 digest[MUN_DIGEST_SIZE], GError **error);

/* mun_record_parse_header: FALSE when these MUN_RECORD_HEADER_SIZE bytes are no record header. */
gboolean
mun_record_parse_header (const guint8 *bytes, MunRecordHeader *header);

/* mun_record_open: @bytes: the whole record. Checks checksum and seal, decompresses. The digest is
 * checked when @check_digest. Returns: (transfer full): the plain data, or MUN_ERROR_DAMAGED. */
GBytes *
mun_record_open (MunCodec *codec, const guint8 *bytes, gsize length, gboolean check_digest,
                 GError **error);

/* mun_record_build_dictionary: the record of a dictionary that was trained. */
GBytes *
mun_record_build_dictionary (MunCodec *codec, guint32 number, gconstpointer data, gsize length,
                             GError **error);

G_END_DECLS
