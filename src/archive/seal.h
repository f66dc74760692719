/* seal.h: AES-256-GCM: keys, wrapping, random bytes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "secret.h"

G_BEGIN_DECLS

#define MUN_SEAL_KEY_SIZE 32
#define MUN_SEAL_TAG_SIZE 16
#define MUN_SEAL_NONCE_SIZE 24 /* 16 random bytes of the session, 8 of its counter */
#define MUN_DIGEST_SIZE 32

/* mun_digest: SHA-256. */
void
mun_digest (gconstpointer data, gsize length, guint8 digest[MUN_DIGEST_SIZE]);

/* mun_seal_wrap: seals a small secret under @key (32 bytes); @context is authenticated with it.
 * Returns: (transfer full): nonce, data and tag. */
GBytes *
mun_seal_wrap (MunSecret *key, const char *context, gconstpointer data, gsize length,
               GError **error);
/* mun_seal_unwrap: MUN_ERROR_AUTHENTICATION when key or context are not the ones it was sealed
 * with. */
MunSecret *
mun_seal_unwrap (MunSecret *key, const char *context, GBytes *sealed, GError **error);

/* mun_seal_random_secret: a new key. */
MunSecret *
mun_seal_random_secret (gsize length, GError **error);

/* MunSealer: seals and opens the records of one store; thread-safe. Every session (one opening of
 * the store) encrypts under a key of its own, HKDF-SHA256 of the store key with 16 random bytes,
 * and counts its nonces: no pair of key and nonce can come again, also not after a crash, a cut
 * tail or a restored backup. */
typedef struct _MunSealer MunSealer;

MunSealer *
mun_sealer_new (MunSecret *store_key, GError **error);
void
mun_sealer_free (MunSealer *self);
/* mun_sealer_seal: @out has room for @length + MUN_SEAL_TAG_SIZE bytes; @nonce is filled in first,
 * and may therefore lie inside @aad. */
gboolean
mun_sealer_seal (MunSealer *self, guint8 nonce[MUN_SEAL_NONCE_SIZE], gconstpointer aad,
                 gsize aad_length, gconstpointer data, gsize length, guint8 *out, GError **error);
/* mun_sealer_open: the reverse; @out has room for @length - MUN_SEAL_TAG_SIZE bytes. */
gboolean
mun_sealer_open (MunSealer *self, const guint8 nonce[MUN_SEAL_NONCE_SIZE], gconstpointer aad,
                 gsize aad_length, gconstpointer data, gsize length, guint8 *out, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunSealer, mun_sealer_free)

G_END_DECLS
