/* tls.c: the certificate the server shows */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "tls.h"

#include "errors.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LIFETIME_SECONDS (10LL * 365 * 24 * 3600)
/* Clocks of clients that lag behind must accept the certificate too */
#define BACKDATE_SECONDS (24 * 3600)

static void
certificate_free (gnutls_x509_crt_t certificate)
{
  gnutls_x509_crt_deinit (certificate);
}

static void
key_free (gnutls_x509_privkey_t key)
{
  gnutls_x509_privkey_deinit (key);
}

typedef struct gnutls_x509_crt_int Certificate;
typedef struct gnutls_x509_privkey_int Key;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Certificate, certificate_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Key, key_free)

static gboolean
check (int code, const char *step, GError **error)
{
  if (code >= 0)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED,
               "The server's certificate could not be made: %s: %s", step, gnutls_strerror (code));
  return FALSE;
}

static gboolean
set_names (gnutls_x509_crt_t certificate, GError **error)
{
  static const guint8 loopback4[] = { 127, 0, 0, 1 };
  static const guint8 loopback6[16] = { [15] = 1 };
  g_autofree char *host = g_ascii_strdown (g_get_host_name (), -1);
  /* a common name has at most 64 characters (RFC 5280, ub-common-name) */
  const char *name = strlen (host) <= 64 && g_str_is_ascii (host) ? host : "localhost";

  return check (gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                               strlen (name)),
                "name", error)
         && check (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, name,
                                                         strlen (name), GNUTLS_FSAN_SET),
                   "host name", error)
         && check (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME,
                                                         "localhost", strlen ("localhost"),
                                                         GNUTLS_FSAN_APPEND),
                   "localhost", error)
         && check (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS,
                                                         loopback4, sizeof loopback4,
                                                         GNUTLS_FSAN_APPEND),
                   "address", error)
         && check (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS,
                                                         loopback6, sizeof loopback6,
                                                         GNUTLS_FSAN_APPEND),
                   "address", error);
}

static gboolean
fill (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, GError **error)
{
  time_t now = time (NULL);
  guint8 serial[16];

  if (!check (gnutls_rnd (GNUTLS_RND_RANDOM, serial, sizeof serial), "serial", error))
    return FALSE;
  serial[0] &= 0x7f; /* a serial number is positive (RFC 5280, 4.1.2.2) */
  return check (gnutls_x509_crt_set_version (certificate, 3), "version", error)
         && check (gnutls_x509_crt_set_key (certificate, key), "key", error)
         && check (gnutls_x509_crt_set_serial (certificate, serial, sizeof serial), "serial", error)
         && check (gnutls_x509_crt_set_activation_time (certificate, now - BACKDATE_SECONDS),
                   "start", error)
         && check (gnutls_x509_crt_set_expiration_time (certificate, now + LIFETIME_SECONDS), "end",
                   error)
         && check (gnutls_x509_crt_set_basic_constraints (certificate, 0, -1), "constraints", error)
         && check (gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE),
                   "usage", error)
         && check (gnutls_x509_crt_set_key_purpose_oid (certificate, GNUTLS_KP_TLS_WWW_SERVER, 0),
                   "purpose", error)
         && set_names (certificate, error);
}

/* Temporary file, 0600, fdatasync, rename: a crash leaves no half a key. */
static gboolean
write_private (const char *path, const gnutls_datum_t *data, GError **error)
{
  return g_file_set_contents_full (path, (const char *)data->data, data->size,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

static gboolean
create (const char *certificate_path, const char *key_path, GError **error)
{
  g_autoptr (Certificate) certificate = NULL;
  g_autoptr (Key) key = NULL;
  gnutls_datum_t certificate_pem = { NULL, 0 }, key_pem = { NULL, 0 };
  gboolean written;

  if (!check (gnutls_x509_crt_init (&certificate), "memory", error)
      || !check (gnutls_x509_privkey_init (&key), "memory", error)
      || !check (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                               GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1),
                                               0),
                 "key", error)
      || !fill (certificate, key, error)
      || !check (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0),
                 "signature", error)
      || !check (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_pem),
                 "export", error))
    return FALSE;
  if (!check (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                                 &key_pem),
              "export of the key", error)) {
    gnutls_free (certificate_pem.data);
    return FALSE;
  }
  /* the key first: a certificate without one would be taken for complete at the next start */
  written = write_private (key_path, &key_pem, error)
            && write_private (certificate_path, &certificate_pem, error);
  gnutls_memset (key_pem.data, 0, key_pem.size);
  gnutls_free (key_pem.data);
  gnutls_free (certificate_pem.data);
  return written;
}

GTlsCertificate *
mun_tls_load_or_create (const char *data_dir, GError **error)
{
  g_autofree char *certificate_path = g_build_filename (data_dir, "certificate.pem", NULL);
  g_autofree char *key_path = g_build_filename (data_dir, "certificate-key.pem", NULL);

  if (!g_file_test (certificate_path, G_FILE_TEST_EXISTS)
      && !create (certificate_path, key_path, error))
    return NULL;
  return g_tls_certificate_new_from_files (certificate_path, key_path, error);
}

char *
mun_tls_dup_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
}
