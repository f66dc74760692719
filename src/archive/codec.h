/* codec.h: the plain data of a record, made small and sealed, and back */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "seal.h"

G_BEGIN_DECLS

/* Thread-safe. What a store's records are packed with: base64 undone where it can be redone
 * exactly, zstd with the store's dictionaries, its sealer. */
typedef struct _MunCodec MunCodec;

/* How data was packed; part of the record's header. */
typedef enum {
  MUN_PACKED_ZSTD = 1,  /* a zstd frame, else as it is */
  MUN_PACKED_BASE64 = 2 /* of the folded form of base64-lines.h */
} MunPackedFlags;

typedef struct {
  guint8 flags;       /* MunPackedFlags */
  guint32 dictionary; /* 0 = none */
} MunPacking;

/* Longer data is packed without a dictionary: it has enough of itself to refer to. */
#define MUN_CODEC_DICTIONARY_INPUT (128 * 1024)

/* mun_codec_new: @sealer: (transfer full). */
MunCodec *
mun_codec_new (MunSealer *sealer);
void
mun_codec_free (MunCodec *self);
MunSealer *
mun_codec_get_sealer (MunCodec *self);

/* mun_codec_add_dictionary: @number: above 0. What is packed from now on uses the one with the
 * highest number; each stays for what was packed with it. FALSE: zstd takes it for none. */
gboolean
mun_codec_add_dictionary (MunCodec *self, guint32 number, gconstpointer data, gsize length,
                          GError **error);

/* mun_codec_bound: the room that mun_codec_pack() needs for @length bytes. */
gsize
mun_codec_bound (gsize length);
/* mun_codec_pack: Returns: the bytes written to @out, at most mun_codec_bound(). */
gsize
mun_codec_pack (MunCodec *self, gconstpointer data, gsize length, guint8 *out, MunPacking *packing);
/* mun_codec_unpack: Returns: (transfer full): the @plain_length bytes, or NULL with
 * MUN_ERROR_DAMAGED. */
guint8 *
mun_codec_unpack (MunCodec *self, const MunPacking *packing, const guint8 *packed, gsize length,
                  gsize plain_length, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunCodec, mun_codec_free)

G_END_DECLS
