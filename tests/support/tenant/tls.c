/* tls.c: the certificate authority and the server certificate of one run */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls.h"

#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#define DAY (24 * 3600)

static gnutls_x509_privkey_t
make_key (void)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_privkey_init (&key);
  gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
  return key;
}

static gnutls_x509_crt_t
start_certificate (gnutls_x509_privkey_t key, const char *common_name)
{
  guchar serial[16];
  gnutls_x509_crt_t crt;
  gnutls_x509_crt_init (&crt);
  gnutls_x509_crt_set_version (crt, 3);
  gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);
  serial[0] &= 0x7f;
  gnutls_x509_crt_set_serial (crt, serial, sizeof serial);
  gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                 strlen (common_name));
  gnutls_x509_crt_set_activation_time (crt, time (NULL) - DAY);
  gnutls_x509_crt_set_expiration_time (crt, time (NULL) + 9 * DAY);
  gnutls_x509_crt_set_key (crt, key);
  return crt;
}

static void
name_loopback (gnutls_x509_crt_t crt)
{
  guchar four[4], six[16];
  inet_pton (AF_INET, "127.0.0.1", four);
  inet_pton (AF_INET6, "::1", six);
  gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, "localhost", 9, GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, four, sizeof four,
                                        GNUTLS_FSAN_APPEND);
  gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, six, sizeof six,
                                        GNUTLS_FSAN_APPEND);
}

static char *
certificate_pem (gnutls_x509_crt_t crt)
{
  gnutls_datum_t pem = { NULL, 0 };
  gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &pem);
  char *text = g_strndup ((const char *)pem.data, pem.size);
  gnutls_free (pem.data);
  return text;
}

static char *
key_pem (gnutls_x509_privkey_t key)
{
  gnutls_datum_t pem = { NULL, 0 };
  gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);
  char *text = g_strndup ((const char *)pem.data, pem.size);
  gnutls_free (pem.data);
  return text;
}

GTlsCertificate *
tenant_tls_make (char **ca_pem, GError **error)
{
  gnutls_x509_privkey_t ca_key = make_key (), key = make_key ();
  gnutls_x509_crt_t ca
      = start_certificate (ca_key, "Simulated Microsoft 365 tenant: test authority");
  gnutls_x509_crt_set_basic_constraints (ca, 1, 0);
  gnutls_x509_crt_set_key_usage (ca, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
  gnutls_x509_crt_sign2 (ca, ca, ca_key, GNUTLS_DIG_SHA256, 0);

  gnutls_x509_crt_t crt = start_certificate (key, "Simulated Microsoft 365 tenant");
  name_loopback (crt);
  gnutls_x509_crt_set_basic_constraints (crt, 0, -1);
  gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
  gnutls_x509_crt_set_key_purpose_oid (crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
  gnutls_x509_crt_sign2 (crt, ca, ca_key, GNUTLS_DIG_SHA256, 0);

  *ca_pem = certificate_pem (ca);
  g_autofree char *crt_text = certificate_pem (crt), *key_text = key_pem (key);
  g_autofree char *both = g_strconcat (crt_text, key_text, NULL);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_crt_deinit (ca);
  gnutls_x509_privkey_deinit (key);
  gnutls_x509_privkey_deinit (ca_key);
  return g_tls_certificate_new_from_pem (both, -1, error);
}
