/* recovery-key.c: the passphrase that opens the key of a store without the master key */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "recovery-key.h"

#include "errors.h"
#include "json.h"
#include "text.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

/* Beside "master": "recovery":{"kdf":"pbkdf2-sha256","iterations":N,"salt":"base64url","sealed":
 * "base64url of nonce, key, tag"} */
#define KDF "pbkdf2-sha256"
#define ITERATIONS 600000
/* What somebody else wrote does not keep the server busy for hours. */
#define MAX_ITERATIONS 20000000
#define SALT_SIZE 16
#define MAX_SALT_SIZE 64

static char *
seal_context (const guint8 guid[16])
{
  g_autofree char *hex = mun_text_to_hex (guid, 16, FALSE);

  return g_strconcat ("muniment recovery key ", hex, NULL);
}

/* The same on every keyboard. */
static MunSecret *
normalize (MunSecret *passphrase, GError **error)
{
  gsize length;
  const char *text = mun_secret_get_data (passphrase, &length);
  char *normal = g_utf8_normalize (text, length, G_NORMALIZE_NFC);

  if (normal != NULL)
    return mun_secret_new_take_string (normal);
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "the recovery key is no valid UTF-8");
  return NULL;
}

static MunSecret *
derive (MunSecret *normal, gconstpointer salt, gsize salt_length, guint iterations, GError **error)
{
  guint8 key[MUN_SEAL_KEY_SIZE];
  gsize length;
  gnutls_datum_t password = { (guint8 *)mun_secret_get_data (normal, &length), 0 };
  gnutls_datum_t salt_datum = { (guint8 *)salt, salt_length };
  MunSecret *derived = NULL;
  int code;

  password.size = length;
  code = gnutls_pbkdf2 (GNUTLS_MAC_SHA256, &password, &salt_datum, iterations, key, sizeof key);
  if (code < 0)
    g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED, "deriving a key from the recovery key: %s",
                 gnutls_strerror (code));
  else
    derived = mun_secret_new (key, sizeof key);
  mun_secret_wipe (key, sizeof key);
  return derived;
}

static gboolean
is_long_enough (MunSecret *normal, GError **error)
{
  if (g_utf8_strlen (mun_secret_get_string (normal), -1) >= MUN_RECOVERY_KEY_LENGTH)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
               "the recovery key is too short: it needs at least %d characters",
               MUN_RECOVERY_KEY_LENGTH);
  return FALSE;
}

static void
set_bytes (JsonObject *object, const char *member, gconstpointer data, gsize length)
{
  g_autofree char *text = mun_text_base64url (data, length);

  json_object_set_string_member (object, member, text);
}

JsonObject *
mun_recovery_key_seal (const MunStoreKey *self, MunSecret *passphrase, GError **error)
{
  g_autoptr (MunSecret) normal = normalize (passphrase, error);
  g_autoptr (MunSecret) derived = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *context = seal_context (self->guid);
  guint8 salt[SALT_SIZE];
  gsize length;
  gconstpointer data = mun_secret_get_data (self->key, &length);
  JsonObject *object;

  if (normal == NULL || !is_long_enough (normal, error))
    return NULL;
  if (gnutls_rnd (GNUTLS_RND_RANDOM, salt, sizeof salt) < 0) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_FAILED, "the system gave no random bytes");
    return NULL;
  }
  derived = derive (normal, salt, sizeof salt, ITERATIONS, error);
  if (derived != NULL)
    sealed = mun_seal_wrap (derived, context, data, length, error);
  if (sealed == NULL)
    return NULL;
  object = json_object_new ();
  json_object_set_string_member (object, "kdf", KDF);
  json_object_set_int_member (object, "iterations", ITERATIONS);
  set_bytes (object, "salt", salt, sizeof salt);
  set_bytes (object, "sealed", g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  return object;
}

gboolean
mun_recovery_key_put (MunStoreKey *self, JsonObject *sealed, GError **error)
{
  g_autoptr (JsonObject) root = mun_json_parse_object (self->text, -1, error);
  JsonObject *key = mun_store_key_get_only (root);

  if (key == NULL)
    return FALSE;
  if (sealed != NULL)
    json_object_set_object_member (key, "recovery", json_object_ref (sealed));
  else
    json_object_remove_member (key, "recovery");
  g_free (self->text);
  self->text = mun_json_object_to_string (root);
  return TRUE;
}

static gboolean
fail (GError **error, MunError code, const char *place, const char *problem)
{
  g_set_error (error, MUN_ERROR, code, "%s %s", place, problem);
  return FALSE;
}

/* What the passphrase makes of salt and iterations as they stand there. */
static MunSecret *
derive_again (JsonObject *recovery, const char *place, MunSecret *passphrase, GError **error)
{
  g_autoptr (GBytes) salt = mun_text_from_base64url (mun_json_get_string (recovery, "salt", ""));
  gint64 iterations = mun_json_get_int (recovery, "iterations", 0);
  g_autoptr (MunSecret) normal = NULL;

  if (strcmp (mun_json_get_string (recovery, "kdf", ""), KDF) != 0 || salt == NULL
      || g_bytes_get_size (salt) == 0 || g_bytes_get_size (salt) > MAX_SALT_SIZE || iterations < 1
      || iterations > MAX_ITERATIONS) {
    fail (error, MUN_ERROR_DAMAGED, place, "has a recovery key that this server cannot use");
    return NULL;
  }
  normal = normalize (passphrase, error);
  return normal != NULL ? derive (normal, g_bytes_get_data (salt, NULL), g_bytes_get_size (salt),
                                  iterations, error)
                        : NULL;
}

gboolean
mun_recovery_key_open (MunStoreKey *self, const char *text, const char *place,
                       MunSecret *passphrase, GError **error)
{
  g_autoptr (JsonObject) root = mun_json_parse_object (text, -1, NULL);
  g_autoptr (GBytes) guid = mun_text_from_hex (mun_json_get_string (root, "guid", ""));
  JsonObject *recovery = mun_json_get_object (mun_store_key_get_only (root), "recovery");
  g_autoptr (GBytes) sealed
      = mun_text_from_base64url (mun_json_get_string (recovery, "sealed", ""));
  g_autoptr (MunSecret) derived = NULL;
  g_autofree char *context = NULL;

  if (recovery == NULL || guid == NULL || g_bytes_get_size (guid) != 16 || sealed == NULL)
    return fail (error, MUN_ERROR_NOT_FOUND, place, "has no recovery key");
  derived = derive_again (recovery, place, passphrase, error);
  if (derived == NULL)
    return FALSE;
  memcpy (self->guid, g_bytes_get_data (guid, NULL), 16);
  context = seal_context (self->guid);
  self->key = mun_seal_unwrap (derived, context, sealed, NULL);
  if (self->key == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION,
                 "the recovery key is wrong: it does not open the key in %s", place);
    return FALSE;
  }
  self->text = g_strdup (text);
  return TRUE;
}
