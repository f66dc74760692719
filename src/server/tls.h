/* tls.h: the certificate the server shows */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * mun_tls_load_or_create:
 * @data_dir: where "certificate.pem" and "certificate-key.pem" are kept
 *
 * Loads the self-signed certificate of an earlier start, or makes one: EC P-256, ten years, for the
 * host's name, "localhost", 127.0.0.1 and ::1 (RFC 5280, RFC 6125). The key is readable by the
 * owner only.
 */
GTlsCertificate *
mun_tls_load_or_create (const char *data_dir, GError **error);

/* Returns: (transfer full): SHA-256 of the certificate's DER, 64 lower-case hexadecimal digits. */
char *
mun_tls_dup_fingerprint (GTlsCertificate *certificate);
