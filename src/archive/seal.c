/* seal.c: AES-256-GCM: keys, wrapping, random bytes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "seal.h"

#include "errors.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define SALT_SIZE 16
#define GCM_NONCE_SIZE 12
#define MAX_CACHED_KEYS 256

struct _MunSealer {
  MunSecret *store_key;
  guint8 salt[SALT_SIZE];
  MunSecret *session_key;
  guint64 counter;
  GMutex lock;
  GHashTable *keys; /* salt (GBytes) → MunSecret */
};

static gboolean
fail (GError **error, const char *step, int code)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED, "%s: %s", step, gnutls_strerror (code));
  return FALSE;
}

void
mun_digest (gconstpointer data, gsize length, guint8 digest[MUN_DIGEST_SIZE])
{
  /* Cannot fail: SHA-256 is always there. */
  if (gnutls_hash_fast (GNUTLS_DIG_SHA256, data, length, digest) < 0)
    g_error ("SHA-256 is not available");
}

static gboolean
encrypt (MunSecret *key, const guint8 nonce[GCM_NONCE_SIZE], gconstpointer aad, gsize aad_length,
         gconstpointer data, gsize length, guint8 *out, GError **error)
{
  gsize key_length;
  gnutls_datum_t key_datum = { (guint8 *)mun_secret_get_data (key, &key_length), 0 };
  gnutls_aead_cipher_hd_t handle;
  gsize out_length = length + MUN_SEAL_TAG_SIZE;
  int code;

  key_datum.size = key_length;
  code = gnutls_aead_cipher_init (&handle, GNUTLS_CIPHER_AES_256_GCM, &key_datum);
  if (code < 0)
    return fail (error, "preparing AES-256-GCM", code);
  code = gnutls_aead_cipher_encrypt (handle, nonce, GCM_NONCE_SIZE, aad, aad_length,
                                     MUN_SEAL_TAG_SIZE, data, length, out, &out_length);
  gnutls_aead_cipher_deinit (handle);
  return code < 0 ? fail (error, "sealing", code) : TRUE;
}

static gboolean
decrypt (MunSecret *key, const guint8 nonce[GCM_NONCE_SIZE], gconstpointer aad, gsize aad_length,
         gconstpointer data, gsize length, guint8 *out, GError **error)
{
  gsize key_length;
  gnutls_datum_t key_datum = { (guint8 *)mun_secret_get_data (key, &key_length), 0 };
  gnutls_aead_cipher_hd_t handle;
  gsize out_length = length - MUN_SEAL_TAG_SIZE;
  int code;

  key_datum.size = key_length;
  code = gnutls_aead_cipher_init (&handle, GNUTLS_CIPHER_AES_256_GCM, &key_datum);
  if (code < 0)
    return fail (error, "preparing AES-256-GCM", code);
  code = gnutls_aead_cipher_decrypt (handle, nonce, GCM_NONCE_SIZE, aad, aad_length,
                                     MUN_SEAL_TAG_SIZE, data, length, out, &out_length);
  gnutls_aead_cipher_deinit (handle);
  if (code >= 0)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION,
               "the seal is broken: wrong key or changed data (%s)", gnutls_strerror (code));
  return FALSE;
}

static gboolean
random_bytes (gpointer data, gsize length, GError **error)
{
  int code = gnutls_rnd (GNUTLS_RND_KEY, data, length);

  return code < 0 ? fail (error, "getting random bytes", code) : TRUE;
}

GBytes *
mun_seal_wrap (MunSecret *key, const char *context, gconstpointer data, gsize length,
               GError **error)
{
  gsize total = GCM_NONCE_SIZE + length + MUN_SEAL_TAG_SIZE;
  g_autofree guint8 *out = g_malloc (total);
  guint8 empty = 0;

  /* A random 96-bit nonce is safe for the few wraps that a master key ever makes. */
  if (!random_bytes (out, GCM_NONCE_SIZE, error)
      || !encrypt (key, out, context, strlen (context), data != NULL ? data : &empty, length,
                   out + GCM_NONCE_SIZE, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&out), total);
}

MunSecret *
mun_seal_unwrap (MunSecret *key, const char *context, GBytes *sealed, GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (sealed, &length);
  gsize plain_length = length - GCM_NONCE_SIZE - MUN_SEAL_TAG_SIZE;
  g_autofree guint8 *plain = NULL;
  MunSecret *secret = NULL;

  if (length < GCM_NONCE_SIZE + MUN_SEAL_TAG_SIZE) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED, "a sealed value is too short");
    return NULL;
  }
  plain = g_malloc0 (plain_length + 1);
  if (decrypt (key, data, context, strlen (context), data + GCM_NONCE_SIZE, length - GCM_NONCE_SIZE,
               plain, error))
    secret = mun_secret_new (plain, plain_length);
  mun_secret_wipe (plain, plain_length);
  return secret;
}

MunSecret *
mun_seal_random_secret (gsize length, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (length);
  MunSecret *secret = NULL;

  if (random_bytes (bytes, length, error))
    secret = mun_secret_new (bytes, length);
  mun_secret_wipe (bytes, length);
  return secret;
}

/* HKDF (RFC 5869) with the salt as salt and a fixed info. */
static MunSecret *
derive_key (MunSecret *store_key, const guint8 salt[SALT_SIZE], GError **error)
{
  static const char info[] = "muniment record key 1";
  gsize key_length;
  gnutls_datum_t key = { (guint8 *)mun_secret_get_data (store_key, &key_length), 0 };
  gnutls_datum_t salt_datum = { (guint8 *)salt, SALT_SIZE };
  gnutls_datum_t info_datum = { (guint8 *)info, sizeof info - 1 };
  guint8 extracted[32], expanded[MUN_SEAL_KEY_SIZE];
  gnutls_datum_t extracted_datum = { extracted, sizeof extracted };
  MunSecret *derived = NULL;
  int code;

  key.size = key_length;
  code = gnutls_hkdf_extract (GNUTLS_MAC_SHA256, &key, &salt_datum, extracted);
  if (code >= 0)
    code = gnutls_hkdf_expand (GNUTLS_MAC_SHA256, &extracted_datum, &info_datum, expanded,
                               sizeof expanded);
  if (code < 0)
    fail (error, "deriving a key", code);
  else
    derived = mun_secret_new (expanded, sizeof expanded);
  mun_secret_wipe (extracted, sizeof extracted);
  mun_secret_wipe (expanded, sizeof expanded);
  return derived;
}

MunSealer *
mun_sealer_new (MunSecret *store_key, GError **error)
{
  g_autoptr (MunSealer) self = g_new0 (MunSealer, 1);

  g_mutex_init (&self->lock);
  self->store_key = mun_secret_ref (store_key);
  self->keys = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                                      (GDestroyNotify)mun_secret_unref);
  if (!random_bytes (self->salt, sizeof self->salt, error))
    return NULL;
  self->session_key = derive_key (store_key, self->salt, error);
  return self->session_key != NULL ? g_steal_pointer (&self) : NULL;
}

void
mun_sealer_free (MunSealer *self)
{
  mun_secret_unref (self->store_key);
  g_clear_pointer (&self->session_key, mun_secret_unref);
  g_hash_table_unref (self->keys);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static MunSecret *
key_for_salt (MunSealer *self, const guint8 *salt, GError **error)
{
  g_autoptr (GMutexLocker) locker = NULL;
  g_autoptr (GBytes) name = NULL;
  MunSecret *key;

  if (memcmp (salt, self->salt, SALT_SIZE) == 0)
    return mun_secret_ref (self->session_key);
  name = g_bytes_new (salt, SALT_SIZE);
  locker = g_mutex_locker_new (&self->lock);
  key = g_hash_table_lookup (self->keys, name);
  if (key != NULL)
    return mun_secret_ref (key);
  key = derive_key (self->store_key, salt, error);
  if (key == NULL)
    return NULL;
  if (g_hash_table_size (self->keys) >= MAX_CACHED_KEYS)
    g_hash_table_remove_all (self->keys);
  g_hash_table_insert (self->keys, g_steal_pointer (&name), mun_secret_ref (key));
  return key;
}

static void
gcm_nonce (const guint8 nonce[MUN_SEAL_NONCE_SIZE], guint8 out[GCM_NONCE_SIZE])
{
  memset (out, 0, GCM_NONCE_SIZE);
  memcpy (out + 4, nonce + SALT_SIZE, 8);
}

gboolean
mun_sealer_seal (MunSealer *self, guint8 nonce[MUN_SEAL_NONCE_SIZE], gconstpointer aad,
                 gsize aad_length, gconstpointer data, gsize length, guint8 *out, GError **error)
{
  guint64 count = __atomic_fetch_add (&self->counter, 1, __ATOMIC_RELAXED);
  guint64 big_endian = GUINT64_TO_BE (count);
  guint8 iv[GCM_NONCE_SIZE];

  memcpy (nonce, self->salt, SALT_SIZE);
  memcpy (nonce + SALT_SIZE, &big_endian, sizeof big_endian);
  gcm_nonce (nonce, iv);
  return encrypt (self->session_key, iv, aad, aad_length, data, length, out, error);
}

gboolean
mun_sealer_open (MunSealer *self, const guint8 nonce[MUN_SEAL_NONCE_SIZE], gconstpointer aad,
                 gsize aad_length, gconstpointer data, gsize length, guint8 *out, GError **error)
{
  g_autoptr (MunSecret) key = key_for_salt (self, nonce, error);
  guint8 iv[GCM_NONCE_SIZE];

  if (key == NULL)
    return FALSE;
  if (length < MUN_SEAL_TAG_SIZE) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED, "a sealed record is too short");
    return FALSE;
  }
  gcm_nonce (nonce, iv);
  return decrypt (key, iv, aad, aad_length, data, length, out, error);
}
