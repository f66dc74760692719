/* certificate.c: an X.509 certificate, with or without its RSA private key */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-credential"

#include "certificate-private.h"

#include "errors.h"
#include "text.h"

#include <string.h>

#define MINIMUM_BITS 2048
#define SECONDS_A_DAY ((gint64)24 * 60 * 60)

G_DEFINE_FINAL_TYPE (MunCertificate, mun_certificate, G_TYPE_OBJECT)

static void
mun_certificate_finalize (GObject *object)
{
  MunCertificate *self = MUN_CERTIFICATE (object);

  g_clear_pointer (&self->key, mun_secret_unref);
  g_clear_pointer (&self->crt, gnutls_x509_crt_deinit);
  g_clear_pointer (&self->der, g_bytes_unref);
  g_clear_pointer (&self->sha1, g_bytes_unref);
  g_clear_pointer (&self->sha256, g_bytes_unref);
  g_free (self->subject);
  g_free (self->sha1_hex);
  g_free (self->sha256_hex);
  g_free (self->serial_hex);

  G_OBJECT_CLASS (mun_certificate_parent_class)->finalize (object);
}

static void
mun_certificate_class_init (MunCertificateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_certificate_finalize;
}

static void
mun_certificate_init (MunCertificate *self)
{
}

gboolean
mun_certificate_fail (GError **error, int code, int gnutls_result, const char *step)
{
  g_set_error (error, MUN_ERROR, code, "Certificate: %s failed: %s", step,
               gnutls_strerror (gnutls_result));
  return FALSE;
}

/* Text of one attribute of a name. The tag is that of ASN.1 (X.690 table 1). */
static char *
attribute_to_text (const gnutls_x509_ava_st *attribute)
{
  const char *data = (const char *)attribute->value.data;
  gsize size = attribute->value.size;

  if (attribute->value_tag == 30) /* BMPString: UTF-16, big-endian */
  {
    g_autofree char *text = g_convert (data, size, "UTF-8", "UTF-16BE", NULL, NULL, NULL);
    return text ? g_steal_pointer (&text) : g_strdup ("");
  }
  if (attribute->value_tag == 20) /* TeletexString, in practice Latin-1 unless it is UTF-8 */
    if (!g_utf8_validate_len (data, size, NULL))
      return g_convert (data, size, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
  return mun_text_make_valid (data, size);
}

/* The first common name (OID 2.5.4.3) without escapes, else the whole name as RFC 4514 writes it.
 */
static char *
read_subject (gnutls_x509_crt_t crt)
{
  gnutls_x509_dn_t dn = NULL; /* belongs to the certificate */
  gnutls_x509_ava_st attribute = { 0 };
  g_auto (MunDatum) text = { 0 };

  if (gnutls_x509_crt_get_subject (crt, &dn) == GNUTLS_E_SUCCESS)
    for (int i = 0; gnutls_x509_dn_get_rdn_ava (dn, i, 0, &attribute) == GNUTLS_E_SUCCESS; i++)
      if (attribute.oid.size > 0
          && strcmp ((const char *)attribute.oid.data, GNUTLS_OID_X520_COMMON_NAME) == 0)
        return attribute_to_text (&attribute);

  if (gnutls_x509_crt_get_dn3 (crt, &text, 0) < 0 || !text.data)
    return g_strdup ("");
  return mun_text_make_valid ((const char *)text.data, text.size);
}

static GBytes *
digest_der (GBytes *der, gnutls_digest_algorithm_t algorithm, char **hex)
{
  guint8 digest[64];
  gnutls_datum_t datum = { (guchar *)g_bytes_get_data (der, NULL), g_bytes_get_size (der) };
  size_t length = sizeof digest;

  if (gnutls_fingerprint (algorithm, &datum, digest, &length) < 0)
    length = 0;
  *hex = mun_text_to_hex (digest, length, TRUE);
  return g_bytes_new (digest, length);
}

static gboolean
read_fields (MunCertificate *self, GError **error)
{
  g_auto (MunDatum) der = { 0 };
  guint8 serial[64];
  size_t serial_length = sizeof serial;
  int result = gnutls_x509_crt_export2 (self->crt, GNUTLS_X509_FMT_DER, &der);

  if (result < 0)
    return mun_certificate_fail (error, MUN_ERROR_INVALID, result, "encoding");
  self->der = g_bytes_new (der.data, der.size);
  self->sha1 = digest_der (self->der, GNUTLS_DIG_SHA1, &self->sha1_hex);
  self->sha256 = digest_der (self->der, GNUTLS_DIG_SHA256, &self->sha256_hex);
  self->subject = read_subject (self->crt);
  if (gnutls_x509_crt_get_serial (self->crt, serial, &serial_length) < 0)
    serial_length = 0;
  self->serial_hex = mun_text_to_hex (serial, serial_length, TRUE);
  self->not_before = gnutls_x509_crt_get_activation_time (self->crt);
  self->not_after = gnutls_x509_crt_get_expiration_time (self->crt);
  return TRUE;
}

static gboolean
check_algorithm (MunCertificate *self, GError **error)
{
  unsigned int bits = 0;
  int algorithm = gnutls_x509_crt_get_pk_algorithm (self->crt, &bits);

  if (algorithm != GNUTLS_PK_RSA || bits < MINIMUM_BITS) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED,
                 "Certificate %s: its key is %s of %u bits; RSA of at least %d is needed",
                 self->sha1_hex, gnutls_pk_algorithm_get_name (algorithm), bits, MINIMUM_BITS);
    return FALSE;
  }
  self->bits = bits;
  return TRUE;
}

gboolean
mun_certificate_key_matches (gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
  guint8 of_crt[64], of_key[64];
  size_t crt_length = sizeof of_crt, key_length = sizeof of_key;

  return gnutls_x509_crt_get_key_id (crt, GNUTLS_KEYID_USE_SHA256, of_crt, &crt_length) >= 0
         && gnutls_x509_privkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, of_key, &key_length) >= 0
         && crt_length == key_length && memcmp (of_crt, of_key, crt_length) == 0;
}

/* Keeps the key in locked memory. */
static gboolean
keep_key (MunCertificate *self, gnutls_x509_privkey_t key, MunSecret *der, GError **error)
{
  g_auto (MunDatum) written = { 0 };
  int result;

  if (!key)
    return TRUE;
  if (!mun_certificate_key_matches (self->crt, key)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Certificate %s: the private key belongs to another certificate", self->sha1_hex);
    return FALSE;
  }
  if (der) {
    self->key = mun_secret_ref (der);
    return TRUE;
  }
  result = gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_DER, &written);
  if (result < 0)
    return mun_certificate_fail (error, MUN_ERROR_INVALID, result, "using the key");
  self->key = mun_secret_new (written.data, written.size);
  return TRUE;
}

gboolean
mun_certificate_load_key (MunCertificate *self, gnutls_x509_privkey_t *key, GError **error)
{
  gsize length;
  const guchar *data = mun_secret_get_data (self->key, &length);
  gnutls_datum_t der = { (guchar *)data, length };
  int result = gnutls_x509_privkey_init (key);

  if (result >= 0)
    result = gnutls_x509_privkey_import (*key, &der, GNUTLS_X509_FMT_DER);
  return result >= 0 || mun_certificate_fail (error, MUN_ERROR_FAILED, result, "using the key");
}

MunCertificate *
mun_certificate_adopt (gnutls_x509_crt_t *crt, gnutls_x509_privkey_t *key, MunSecret *der,
                       GError **error)
{
  g_autoptr (MunCertificate) self = g_object_new (MUN_TYPE_CERTIFICATE, NULL);
  g_auto (gnutls_x509_privkey_t) given = g_steal_pointer (key);

  self->crt = g_steal_pointer (crt);
  if (!read_fields (self, error) || !check_algorithm (self, error)
      || !keep_key (self, given, der, error))
    return NULL;
  return g_steal_pointer (&self);
}

const char *
mun_certificate_get_subject (MunCertificate *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), NULL);
  return self->subject;
}

const char *
mun_certificate_get_thumbprint (MunCertificate *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), NULL);
  return self->sha1_hex;
}

const char *
mun_certificate_get_sha256 (MunCertificate *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), NULL);
  return self->sha256_hex;
}

const char *
mun_certificate_get_serial (MunCertificate *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), NULL);
  return self->serial_hex;
}

GBytes *
mun_certificate_dup_sha1_bytes (MunCertificate *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), NULL);
  return g_bytes_ref (self->sha1);
}

GBytes *
mun_certificate_dup_sha256_bytes (MunCertificate *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), NULL);
  return g_bytes_ref (self->sha256);
}

gint64
mun_certificate_get_not_before (MunCertificate *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), 0);
  return self->not_before;
}

gint64
mun_certificate_get_not_after (MunCertificate *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), 0);
  return self->not_after;
}

guint
mun_certificate_get_bits (MunCertificate *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), 0);
  return self->bits;
}

gboolean
mun_certificate_has_key (MunCertificate *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), FALSE);
  return self->key != NULL;
}

int
mun_certificate_get_days_left (MunCertificate *self, gint64 now)
{
  gint64 left;

  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), 0);
  left = self->not_after - now;
  if (left < 0)
    left -= SECONDS_A_DAY
            - 1; /* division truncates towards zero; an hour too late is a day too late */
  return (int)CLAMP (left / SECONDS_A_DAY, G_MININT, G_MAXINT);
}

GBytes *
mun_certificate_sign (MunCertificate *self, MunSignatureAlgorithm algorithm, gconstpointer data,
                      gsize length, GError **error)
{
  gnutls_sign_algorithm_t scheme
      = algorithm == MUN_SIGNATURE_PS256 ? GNUTLS_SIGN_RSA_PSS_RSAE_SHA256 : GNUTLS_SIGN_RSA_SHA256;
  gnutls_datum_t input = { (guchar *)data, length };
  g_auto (MunDatum) signature = { 0 };
  g_auto (gnutls_x509_privkey_t) key = NULL;
  g_auto (gnutls_privkey_t) signer = NULL;
  int result;

  g_return_val_if_fail (MUN_IS_CERTIFICATE (self), NULL);

  if (!self->key) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
                 "Certificate %s: cannot sign, it has no private key", self->sha1_hex);
    return NULL;
  }
  if (!mun_certificate_load_key (self, &key, error))
    return NULL;
  result = gnutls_privkey_init (&signer);
  if (result >= 0)
    result = gnutls_privkey_import_x509 (signer, key, 0);
  if (result >= 0)
    result = gnutls_privkey_sign_data2 (signer, scheme, 0, &input, &signature);
  if (result < 0) {
    mun_certificate_fail (error, MUN_ERROR_FAILED, result, "signing");
    return NULL;
  }
  return g_bytes_new (signature.data, signature.size);
}
