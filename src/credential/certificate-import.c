/* certificate-import.c: reading PKCS#12, PEM, encrypted PEM and DER */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-credential"

#include "certificate-private.h"

#include "errors.h"

#include <string.h>

#define SIZE_LIMIT (1024 * 1024) /* a key pair has a few kilobytes */

/* One "-----BEGIN label-----" … "-----END label-----" (RFC 7468); pointers into the text read. */
typedef struct {
  const char *start;
  gsize length;
  char label[40];
} PemBlock;

static const char *
find_text (const char *text, const char *end, const char *what)
{
  return memmem (text, end - text, what, strlen (what));
}

/* Finds the next block at or behind *cursor. */
static gboolean
next_pem_block (const char **cursor, const char *end, PemBlock *block)
{
  const char *start = find_text (*cursor, end, "-----BEGIN ");
  const char *label, *label_end, *stop;
  char closing[64];

  if (!start)
    return FALSE;
  label = start + strlen ("-----BEGIN ");
  label_end = find_text (label, end, "-----");
  if (!label_end || (gsize)(label_end - label) >= sizeof block->label)
    return FALSE;
  memcpy (block->label, label, label_end - label);
  block->label[label_end - label] = '\0';
  g_snprintf (closing, sizeof closing, "-----END %s-----", block->label);
  stop = find_text (label_end, end, closing);
  if (!stop)
    return FALSE;
  block->start = start;
  block->length = stop + strlen (closing) - start;
  *cursor = start + block->length;
  return TRUE;
}

/* A private key of a file; `der` NULL when it was encrypted. */
typedef struct {
  gnutls_x509_privkey_t handle;
  MunSecret *der;
} Key;

static void
key_free (Key *key)
{
  if (key->handle)
    gnutls_x509_privkey_deinit (key->handle);
  g_clear_pointer (&key->der, mun_secret_unref);
  g_free (key);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Key, key_free)

static void
set_password_error (GError **error, MunSecret *password)
{
  if (password && *mun_secret_get_string (password))
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION,
                         "Importing a certificate: the password is wrong");
  else
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PASSWORD_NEEDED,
                         "Importing a certificate: the file is encrypted, a password is needed");
}

static gboolean
is_encrypted (const PemBlock *block)
{
  return strcmp (block->label, "ENCRYPTED PRIVATE KEY") == 0
         || memmem (block->start, block->length, "Proc-Type: 4,ENCRYPTED", 22);
}

/* A plain key is decoded here, so that what comes of it is wiped, and kept as it came. */
static int
read_pem_key (const PemBlock *block, const char *password, Key *key)
{
  gnutls_datum_t pem = { (guchar *)block->start, block->length };
  g_auto (MunDatum) der = { 0 };
  int result = gnutls_x509_privkey_init (&key->handle);

  if (result < 0)
    return result;
  if (is_encrypted (block))
    return gnutls_x509_privkey_import2 (key->handle, &pem, GNUTLS_X509_FMT_PEM, password, 0);
  result = gnutls_pem_base64_decode2 (block->label, &pem, &der);
  if (result < 0)
    return result;
  key->der = mun_secret_new (der.data, der.size);
  return gnutls_x509_privkey_import (key->handle, &der, GNUTLS_X509_FMT_DER);
}

static Key *
import_pem_key (const PemBlock *block, MunSecret *password, GError **error)
{
  g_autoptr (Key) key = g_new0 (Key, 1);
  gboolean encrypted = is_encrypted (block);
  int result;

  if (encrypted && !(password && *mun_secret_get_string (password))) {
    set_password_error (error, NULL);
    return NULL;
  }
  result = read_pem_key (block, encrypted ? mun_secret_get_string (password) : NULL, key);
  if (result >= 0)
    return g_steal_pointer (&key);
  /* With a wrong password the padding, or what it hides, is garbage: the result says little. */
  if (encrypted)
    set_password_error (error, password);
  else
    mun_certificate_fail (error, MUN_ERROR_INVALID, result, "reading the private key");
  return NULL;
}

static gnutls_x509_crt_t
import_crt (const void *start, gsize length, gnutls_x509_crt_fmt_t format)
{
  g_auto (gnutls_x509_crt_t) crt = NULL;
  gnutls_datum_t data = { (guchar *)start, length };

  if (gnutls_x509_crt_init (&crt) < 0 || gnutls_x509_crt_import (crt, &data, format) < 0)
    return NULL;
  return g_steal_pointer (&crt);
}

/* Of several certificates and keys the first two that belong together, else the first of each. */
static void
choose_pair (GPtrArray *crts, GPtrArray *keys, guint *crt, guint *key)
{
  *crt = *key = 0;
  for (guint i = 0; i < crts->len; i++)
    for (guint j = 0; j < keys->len; j++)
      if (mun_certificate_key_matches (crts->pdata[i], ((Key *)keys->pdata[j])->handle)) {
        *crt = i;
        *key = j;
        return;
      }
}

static MunCertificate *
adopt_chosen (GPtrArray *crts, GPtrArray *keys, GError **error)
{
  g_auto (gnutls_x509_crt_t) crt = NULL;
  g_auto (gnutls_x509_privkey_t) no_key = NULL;
  Key *key;
  guint crt_place, key_place;

  if (crts->len == 0) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "Importing a certificate: the file holds no certificate");
    return NULL;
  }
  choose_pair (crts, keys, &crt_place, &key_place);
  crt = g_ptr_array_steal_index (crts, crt_place);
  key = keys->len > 0 ? keys->pdata[key_place] : NULL;
  return mun_certificate_adopt (&crt, key ? &key->handle : &no_key, key ? key->der : NULL, error);
}

static GPtrArray *
new_crts (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)gnutls_x509_crt_deinit);
}

static GPtrArray *
new_keys (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)key_free);
}

static MunCertificate *
import_pem (const char *text, gsize length, MunSecret *password, GError **error)
{
  g_autoptr (GPtrArray) crts = new_crts ();
  g_autoptr (GPtrArray) keys = new_keys ();
  const char *cursor = text;
  PemBlock block;

  while (next_pem_block (&cursor, text + length, &block))
    if (g_str_has_suffix (block.label, "PRIVATE KEY")) {
      Key *key = import_pem_key (&block, password, error);
      if (!key)
        return NULL;
      g_ptr_array_add (keys, key);
    } else if (strcmp (block.label, "CERTIFICATE") == 0
               || strcmp (block.label, "X509 CERTIFICATE") == 0) {
      gnutls_x509_crt_t crt = import_crt (block.start, block.length, GNUTLS_X509_FMT_PEM);
      if (crt)
        g_ptr_array_add (crts, crt);
    }
  return adopt_chosen (crts, keys, error);
}

static void
take_list (GPtrArray *crts, gnutls_x509_crt_t *list, unsigned int length)
{
  for (unsigned int i = 0; i < length; i++)
    g_ptr_array_add (crts, list[i]);
  gnutls_free (list);
}

/* NULL and "" are two different passwords in PKCS#12 (RFC 7292 appendix B.1); files exist with
 * either. */
static gboolean
find_pkcs12_password (gnutls_pkcs12_t file, MunSecret *password, const char **out)
{
  const char *candidates[] = { password ? mun_secret_get_string (password) : NULL, "", NULL };

  for (guint i = 0; i < (password && *candidates[0] ? 1 : 3); i++)
    if (gnutls_pkcs12_verify_mac (file, candidates[i]) != GNUTLS_E_MAC_VERIFY_FAILED) {
      *out = candidates[i];
      return TRUE;
    }
  return FALSE;
}

static MunCertificate *
import_pkcs12 (gnutls_pkcs12_t file, MunSecret *password, GError **error)
{
  g_autoptr (GPtrArray) crts = new_crts ();
  g_autoptr (GPtrArray) keys = new_keys ();
  Key *key = g_new0 (Key, 1);
  gnutls_x509_crt_t *chain = NULL, *extra = NULL;
  unsigned int chain_length = 0, extra_length = 0;
  const char *text = NULL;
  int result;

  g_ptr_array_add (keys, key);
  if (!find_pkcs12_password (file, password, &text)) {
    set_password_error (error, password);
    return NULL;
  }
  result = gnutls_pkcs12_simple_parse (file, text, &key->handle, &chain, &chain_length, &extra,
                                       &extra_length, NULL, GNUTLS_PKCS12_SP_INCLUDE_SELF_SIGNED);
  if (result == GNUTLS_E_DECRYPTION_FAILED || result == GNUTLS_E_MAC_VERIFY_FAILED) {
    set_password_error (error, password);
    return NULL;
  }
  if (result == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "Importing a certificate: the file holds no private key");
    return NULL;
  }
  if (result < 0) {
    mun_certificate_fail (error, MUN_ERROR_INVALID, result, "reading PKCS#12");
    return NULL;
  }
  take_list (crts, chain, chain_length);
  take_list (crts, extra, extra_length);
  if (!key->handle)
    g_ptr_array_set_size (keys, 0);
  return adopt_chosen (crts, keys, error);
}

static MunCertificate *
import_der (GBytes *data, MunSecret *password, GError **error)
{
  gsize length;
  const void *start = g_bytes_get_data (data, &length);
  g_auto (gnutls_x509_crt_t) crt = import_crt (start, length, GNUTLS_X509_FMT_DER);
  g_auto (gnutls_x509_privkey_t) no_key = NULL;
  g_auto (gnutls_pkcs12_t) file = NULL;
  gnutls_datum_t datum = { (guchar *)start, length };

  if (crt)
    return mun_certificate_adopt (&crt, &no_key, NULL, error);
  if (gnutls_pkcs12_init (&file) >= 0
      && gnutls_pkcs12_import (file, &datum, GNUTLS_X509_FMT_DER, 0) >= 0)
    return import_pkcs12 (file, password, error);
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                       "Importing a certificate: the file is neither PKCS#12 nor PEM nor DER");
  return NULL;
}

MunCertificate *
mun_certificate_import (GBytes *data, MunSecret *password, GError **error)
{
  gsize length;
  const char *start;

  g_return_val_if_fail (data != NULL, NULL);

  start = g_bytes_get_data (data, &length);
  if (length == 0 || length > SIZE_LIMIT) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Importing a certificate: a file of %" G_GSIZE_FORMAT " bytes is not one", length);
    return NULL;
  }
  if (find_text (start, start + length, "-----BEGIN "))
    return import_pem (start, length, password, error);
  return import_der (data, password, error);
}

MunCertificate *
mun_certificate_new_from_pem (const char *certificate_pem, MunSecret *key_pem, GError **error)
{
  g_autoptr (GPtrArray) crts = new_crts ();
  g_autoptr (GPtrArray) keys = new_keys ();
  gnutls_x509_crt_t crt;

  g_return_val_if_fail (certificate_pem != NULL, NULL);

  crt = import_crt (certificate_pem, strlen (certificate_pem), GNUTLS_X509_FMT_PEM);
  if (crt)
    g_ptr_array_add (crts, crt);
  if (key_pem) {
    const char *cursor = mun_secret_get_string (key_pem);
    PemBlock block;
    Key *key;

    if (!next_pem_block (&cursor, cursor + strlen (cursor), &block)
        || !g_str_has_suffix (block.label, "PRIVATE KEY")) {
      g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                           "Reading a certificate: the text given as key is no PEM key");
      return NULL;
    }
    key = import_pem_key (&block, NULL, error);
    if (!key)
      return NULL;
    g_ptr_array_add (keys, key);
  }
  return adopt_chosen (crts, keys, error);
}
