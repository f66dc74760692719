/* certificate-export.c: writing a certificate as DER, PEM, PKCS#8 and PKCS#12 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-credential"

#include "certificate-private.h"

#include "errors.h"

#include <string.h>

GBytes *
mun_certificate_export_der (MunCertificate *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), NULL);
  return g_bytes_ref (self->der);
}

char *
mun_certificate_export_pem (MunCertificate *self)
{
  g_auto (MunDatum) pem = { 0 };

  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), NULL);
  if (gnutls_x509_crt_export2 (self->crt, GNUTLS_X509_FMT_PEM, &pem) < 0)
    return g_strdup (""); /* only out of memory: the DER form was made from the same object */
  return g_strndup ((const char *)pem.data, pem.size);
}

static gboolean
require_key (MunCertificate *self, GError **error)
{
  if (self->key)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
               "Certificate %s: it has no private key to export", self->sha1_hex);
  return FALSE;
}

MunSecret *
mun_certificate_export_key_pem (MunCertificate *self, GError **error)
{
  g_auto (MunDatum) pem = { 0 };
  g_auto (gnutls_x509_privkey_t) key = NULL;
  int result;

  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), NULL);
  if (!require_key (self, error) || !mun_certificate_load_key (self, &key, error))
    return NULL;
  result
      = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);
  if (result < 0) {
    mun_certificate_fail (error, MUN_ERROR_FAILED, result, "exporting the key");
    return NULL;
  }
  return mun_secret_new (pem.data, pem.size);
}

/* Both bags of a pair carry the same local key id; by it a reader knows that they belong together.
 */
static int
add_bag (gnutls_pkcs12_t file, gnutls_pkcs12_bag_type_t type, const gnutls_datum_t *data,
         gnutls_x509_crt_t crt, const char *friendly, const char *password)
{
  g_auto (gnutls_pkcs12_bag_t) bag = NULL;
  guint8 id[64];
  size_t id_length = sizeof id;
  gnutls_datum_t key_id = { id, 0 };
  int index, result = gnutls_pkcs12_bag_init (&bag);

  if (result < 0)
    return result;
  result = gnutls_x509_crt_get_key_id (crt, GNUTLS_KEYID_USE_SHA1, id, &id_length);
  if (result < 0)
    return result;
  key_id.size = id_length;
  index = type == GNUTLS_BAG_CERTIFICATE ? gnutls_pkcs12_bag_set_crt (bag, crt)
                                         : gnutls_pkcs12_bag_set_data (bag, type, data);
  if (index < 0)
    return index;
  result = gnutls_pkcs12_bag_set_friendly_name (bag, index, friendly);
  if (result >= 0)
    result = gnutls_pkcs12_bag_set_key_id (bag, index, &key_id);
  if (result >= 0 && type == GNUTLS_BAG_CERTIFICATE) /* the key is encrypted by itself */
    result = gnutls_pkcs12_bag_encrypt (bag, password, GNUTLS_PKCS_PBES2_AES_256);
  return result < 0 ? result : gnutls_pkcs12_set_bag (file, bag);
}

static int
build_pkcs12 (MunCertificate *self, gnutls_x509_privkey_t pair, const char *password,
              const char *friendly, MunDatum *out)
{
  g_auto (gnutls_pkcs12_t) file = NULL;
  g_auto (MunDatum) key = { 0 };
  int result = gnutls_pkcs12_init (&file);

  if (result >= 0)
    result = add_bag (file, GNUTLS_BAG_CERTIFICATE, NULL, self->crt, friendly, password);
  if (result >= 0)
    result = gnutls_x509_privkey_export2_pkcs8 (pair, GNUTLS_X509_FMT_DER, password,
                                                GNUTLS_PKCS_PBES2_AES_256, &key);
  if (result >= 0)
    result = add_bag (file, GNUTLS_BAG_PKCS8_ENCRYPTED_KEY, &key, self->crt, friendly, password);
  if (result >= 0)
    result = gnutls_pkcs12_generate_mac2 (file, GNUTLS_MAC_SHA256, password);
  return result < 0 ? result : gnutls_pkcs12_export2 (file, GNUTLS_X509_FMT_DER, out);
}

GBytes *
mun_certificate_export_pkcs12 (MunCertificate *self, MunSecret *password, const char *friendly,
                               GError **error)
{
  g_auto (MunDatum) file = { 0 };
  g_auto (gnutls_x509_privkey_t) key = NULL;
  int result;

  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), NULL);
  g_return_val_if_fail (password != NULL, NULL);

  if (!require_key (self, error))
    return NULL;
  if (*mun_secret_get_string (password) == '\0') {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Certificate %s: exporting its key needs a password", self->sha1_hex);
    return NULL;
  }
  if (!friendly || *friendly == '\0')
    friendly = self->subject;
  if (!mun_certificate_load_key (self, &key, error))
    return NULL;
  result = build_pkcs12 (self, key, mun_secret_get_string (password), friendly, &file);
  if (result < 0) {
    mun_certificate_fail (error, MUN_ERROR_FAILED, result, "exporting as PKCS#12");
    return NULL;
  }
  return g_bytes_new (file.data, file.size);
}
