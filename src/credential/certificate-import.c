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
import_pem_key (const PemBlock *block, MunSecret *password, gnutls_x509_privkey_t *out,
                GError **error)
{
  g_auto (gnutls_x509_privkey_t) key = NULL;
  gnutls_datum_t data = { (guchar *)block->start, block->length };
  gboolean encrypted = strcmp (block->label, "ENCRYPTED PRIVATE KEY") == 0
                       || memmem (block->start, block->length, "Proc-Type: 4,ENCRYPTED", 22);
  int result;

  if (encrypted && !(password && *mun_secret_get_string (password))) {
    set_password_error (error, NULL);
    return FALSE;
  }
  result = gnutls_x509_privkey_init (&key);
  if (result >= 0)
    result = gnutls_x509_privkey_import2 (key, &data, GNUTLS_X509_FMT_PEM,
                                          encrypted ? mun_secret_get_string (password) : NULL, 0);
  if (result < 0 && encrypted) {
    /* With a wrong password the padding, or what it hides, is garbage: the result says little. */
    set_password_error (error, password);
    return FALSE;
  }
  if (result < 0)
    return mun_certificate_fail (error, MUN_ERROR_INVALID, result, "reading the private key");
  *out = g_steal_pointer (&key);
  return TRUE;
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

/* Of a chain, the certificate that belongs to the key; without a key the first. */
static gnutls_x509_crt_t
choose_crt (GPtrArray *crts, gnutls_x509_privkey_t key)
{
  guint found = 0;

  if (crts->len == 0)
    return NULL;
  for (guint i = 0; key && i < crts->len; i++)
    if (mun_certificate_key_matches (crts->pdata[i], key)) {
      found = i;
      break;
    }
  return g_ptr_array_steal_index (crts, found);
}

static MunCertificate *
adopt_chosen (GPtrArray *crts, gnutls_x509_privkey_t *key, GError **error)
{
  g_auto (gnutls_x509_crt_t) crt = choose_crt (crts, *key);

  if (!crt) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "Importing a certificate: the file holds no certificate");
    return NULL;
  }
  return mun_certificate_adopt (&crt, key, error);
}

static MunCertificate *
import_pem (const char *text, gsize length, MunSecret *password, GError **error)
{
  g_autoptr (GPtrArray) crts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)gnutls_x509_crt_deinit);
  g_auto (gnutls_x509_privkey_t) key = NULL;
  const char *cursor = text;
  PemBlock block;

  while (next_pem_block (&cursor, text + length, &block))
    if (g_str_has_suffix (block.label, "PRIVATE KEY")) {
      if (!key && !import_pem_key (&block, password, &key, error))
        return NULL;
    } else if (strcmp (block.label, "CERTIFICATE") == 0
               || strcmp (block.label, "X509 CERTIFICATE") == 0) {
      gnutls_x509_crt_t crt = import_crt (block.start, block.length, GNUTLS_X509_FMT_PEM);
      if (crt)
        g_ptr_array_add (crts, crt);
    }
  return adopt_chosen (crts, &key, error);
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
  g_autoptr (GPtrArray) crts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)gnutls_x509_crt_deinit);
  g_auto (gnutls_x509_privkey_t) key = NULL;
  gnutls_x509_crt_t *chain = NULL, *extra = NULL;
  unsigned int chain_length = 0, extra_length = 0;
  const char *text = NULL;
  int result;

  if (!find_pkcs12_password (file, password, &text)) {
    set_password_error (error, password);
    return NULL;
  }
  result = gnutls_pkcs12_simple_parse (file, text, &key, &chain, &chain_length, &extra,
                                       &extra_length, NULL, GNUTLS_PKCS12_SP_INCLUDE_SELF_SIGNED);
  if (result == GNUTLS_E_DECRYPTION_FAILED || result == GNUTLS_E_MAC_VERIFY_FAILED) {
    set_password_error (error, password);
    return NULL;
  }
  if (result < 0) {
    mun_certificate_fail (error, MUN_ERROR_INVALID, result, "reading PKCS#12");
    return NULL;
  }
  take_list (crts, chain, chain_length);
  take_list (crts, extra, extra_length);
  return adopt_chosen (crts, &key, error);
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
    return mun_certificate_adopt (&crt, &no_key, error);
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
  g_autoptr (GPtrArray) crts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)gnutls_x509_crt_deinit);
  g_auto (gnutls_x509_privkey_t) key = NULL;
  gnutls_x509_crt_t crt;

  g_return_val_if_fail (certificate_pem != NULL, NULL);

  crt = import_crt (certificate_pem, strlen (certificate_pem), GNUTLS_X509_FMT_PEM);
  if (crt)
    g_ptr_array_add (crts, crt);
  if (key_pem) {
    const char *cursor = mun_secret_get_string (key_pem);
    PemBlock block;

    if (!next_pem_block (&cursor, cursor + strlen (cursor), &block)
        || !g_str_has_suffix (block.label, "PRIVATE KEY")) {
      g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                           "Reading a certificate: the text given as key is no PEM key");
      return NULL;
    }
    if (!import_pem_key (&block, NULL, &key, error))
      return NULL;
  }
  return adopt_chosen (crts, &key, error);
}
