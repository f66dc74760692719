/* certificate-private.h: what the certificate-*.c files share */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "certificate.h"
#include "gnutls-guard.h"

G_BEGIN_DECLS

struct _MunCertificate {
  GObject parent_instance;

  gnutls_x509_crt_t crt;
  MunSecret *key; /* in DER; NULL without a private key. A handle of GnuTLS is ordinary
                     memory: it lives for one use only. */

  GBytes *der;
  GBytes *sha1;
  GBytes *sha256;
  char *subject;
  char *sha1_hex;
  char *sha256_hex;
  char *serial_hex;
  gint64 not_before;
  gint64 not_after;
  guint bits;
};

/* Takes both handles over (they become NULL) in any case. `key` may hold NULL. `der` is the same
 * key as PKCS#1 or PKCS#8 if it is at hand, else NULL: GnuTLS does not wipe all that it writes one
 * with. MUN_ERROR_UNSUPPORTED for what is not RSA of at least 2048 bits, MUN_ERROR_INVALID when the
 * key belongs to another certificate. */
MunCertificate *
mun_certificate_adopt (gnutls_x509_crt_t *crt, gnutls_x509_privkey_t *key, MunSecret *der,
                       GError **error);

/* The key as a handle, for one use. */
gboolean
mun_certificate_load_key (MunCertificate *self, gnutls_x509_privkey_t *key, GError **error);

/* TRUE when the key is the one of the certificate. */
gboolean
mun_certificate_key_matches (gnutls_x509_crt_t crt, gnutls_x509_privkey_t key);

/* Sets an error from a GnuTLS result; always FALSE. */
gboolean
mun_certificate_fail (GError **error, int code, int gnutls_result, const char *step);

G_END_DECLS
