/* tls.c: a self-signed certificate for this run */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "mailstore.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#define NAME "MailStore-shaped test server"

static gnutls_x509_crt_t
make_certificate (gnutls_x509_privkey_t key)
{
  gnutls_x509_crt_t certificate;
  guint8 serial[16];

  gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);
  serial[0] &= 0x7f;
  gnutls_x509_crt_init (&certificate);
  gnutls_x509_crt_set_version (certificate, 3);
  gnutls_x509_crt_set_serial (certificate, serial, sizeof serial);
  gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, NAME, strlen (NAME));
  gnutls_x509_crt_set_activation_time (certificate, time (NULL) - 86400);
  gnutls_x509_crt_set_expiration_time (certificate, time (NULL) + 10 * 86400);
  gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, "localhost", 9,
                                        GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_key (certificate, key);
  gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
  return certificate;
}

GTlsCertificate *
mailstore_tls_make (char **fingerprint, GError **error)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
  gnutls_datum_t key_pem, pem;
  g_autoptr (GTlsCertificate) tls = NULL;
  g_autoptr (GByteArray) der = NULL;
  g_autofree char *both = NULL;
  g_autofree char *lower = NULL;

  gnutls_x509_privkey_init (&key);
  gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
  certificate = make_certificate (key);
  gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_pem);
  gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &pem);
  both = g_strdup_printf ("%.*s%.*s", (int)pem.size, pem.data, (int)key_pem.size, key_pem.data);
  gnutls_free (key_pem.data);
  gnutls_free (pem.data);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);

  tls = g_tls_certificate_new_from_pem (both, -1, error);
  if (tls == NULL)
    return NULL;
  g_object_get (tls, "certificate", &der, NULL);
  lower = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  *fingerprint = g_ascii_strup (lower, -1);
  return g_steal_pointer (&tls);
}
