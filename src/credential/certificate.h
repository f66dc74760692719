/* certificate.h: an X.509 certificate, with or without its RSA private key */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "secret.h"

G_BEGIN_DECLS

#define MUN_CERTIFICATE_DEFAULT_BITS 3072
#define MUN_CERTIFICATE_DEFAULT_MONTHS 15
#define MUN_CERTIFICATE_MAX_MONTHS 36

/* The two signatures that Entra ID accepts on a client assertion (RFC 7518 section 3.1). */
typedef enum {
  MUN_SIGNATURE_PS256, /* RSASSA-PSS, SHA-256, salt of 32 bytes */
  MUN_SIGNATURE_RS256, /* RSASSA-PKCS1-v1_5, SHA-256 */
} MunSignatureAlgorithm;

/* Immutable, therefore safe to use from several threads at once. */
#define MUN_TYPE_CERTIFICATE (mun_certificate_get_type ())
G_DECLARE_FINAL_TYPE (MunCertificate, mun_certificate, MUN, CERTIFICATE, GObject)

/* Makes an RSA key of `rsa_bits` (2048, 3072, 4096) and a self-signed certificate for it, valid for
 * `months` (1 to 36) from a few minutes ago. `common_name` becomes the subject; beyond 64
 * characters, the limit of X.520, it is cut. Takes seconds of processor time: on a main loop use
 * the asynchronous pair. MUN_ERROR_INVALID for bad arguments. */
MunCertificate *
mun_certificate_create (const char *common_name, guint rsa_bits, guint months, GError **error);
void
mun_certificate_create_async (const char *common_name, guint rsa_bits, guint months,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
MunCertificate *
mun_certificate_create_finish (GAsyncResult *result, GError **error);

/* Reads PKCS#12, PEM (certificate, or certificate and key in any order, the key encrypted or not)
 * or a DER certificate. `password` may be NULL. Errors: MUN_ERROR_PASSWORD_NEEDED,
 * MUN_ERROR_AUTHENTICATION for a wrong password, MUN_ERROR_UNSUPPORTED for a key that is not RSA of
 * 2048 bits or more, MUN_ERROR_INVALID for anything else. A file without key gives a certificate
 * without key; look at mun_certificate_has_key(). */
MunCertificate *
mun_certificate_import (GBytes *data, MunSecret *password, GError **error);

/* Reads one PEM certificate and, when given, its unencrypted PEM key; MUN_ERROR_INVALID when they
 * do not belong together. */
MunCertificate *
mun_certificate_new_from_pem (const char *certificate_pem, MunSecret *key_pem, GError **error);

/* The public part: what is uploaded to the application's registration. */
GBytes *
mun_certificate_export_der (MunCertificate *self);
char *
mun_certificate_export_pem (MunCertificate *self);

/* The key as unencrypted PKCS#8 PEM; MUN_ERROR_NOT_FOUND without a key. */
MunSecret *
mun_certificate_export_key_pem (MunCertificate *self, GError **error);

/* Certificate and key as PKCS#12: AES-256-CBC and PBKDF2, MAC HMAC-SHA-256 (RFC 7292, RFC 8018).
 * `password` must not be empty; `friendly` is the name shown by other programs, NULL for the
 * subject. */
GBytes *
mun_certificate_export_pkcs12 (MunCertificate *self, MunSecret *password, const char *friendly,
                               GError **error);

/* The common name, unescaped; else the whole DN. */
const char *
mun_certificate_get_subject (MunCertificate *self);
/* SHA-1 of the DER, 40 upper-case hex digits, as the portal prints it. */
const char *
mun_certificate_get_thumbprint (MunCertificate *self);
/* SHA-256 of the DER, 64 upper-case hex digits. */
const char *
mun_certificate_get_sha256 (MunCertificate *self);
/* Upper-case hex digits. */
const char *
mun_certificate_get_serial (MunCertificate *self);
/* For the JWT header x5t. */
GBytes *
mun_certificate_dup_sha1_bytes (MunCertificate *self);
/* For the JWT header x5t#S256. */
GBytes *
mun_certificate_dup_sha256_bytes (MunCertificate *self);
/* Seconds since 1970. */
gint64
mun_certificate_get_not_before (MunCertificate *self);
/* Seconds since 1970. */
gint64
mun_certificate_get_not_after (MunCertificate *self);
/* Size of the RSA modulus. */
guint
mun_certificate_get_bits (MunCertificate *self);
gboolean
mun_certificate_has_key (MunCertificate *self);

/* Whole days from `now` (seconds since 1970) until the end, rounded down: 0 on the last day,
 * negative when it is over. */
int
mun_certificate_get_days_left (MunCertificate *self, gint64 now);

/* Signs `length` bytes; MUN_ERROR_NOT_FOUND without a key. */
GBytes *
mun_certificate_sign (MunCertificate *self, MunSignatureAlgorithm algorithm, gconstpointer data,
                      gsize length, GError **error);

G_END_DECLS
