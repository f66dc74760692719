/* server-certificate.h: what a server showed in the TLS handshake */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* MunServerCertificate: immutable, reference counted. */
typedef struct _MunServerCertificate MunServerCertificate;

#define MUN_TYPE_SERVER_CERTIFICATE (mun_server_certificate_get_type ())
GType
mun_server_certificate_get_type (void) G_GNUC_CONST;

/* mun_server_certificate_new: @trusted: whether this machine's certificate authorities vouch for
 * it. */
MunServerCertificate *
mun_server_certificate_new (GTlsCertificate *certificate, gboolean trusted);
MunServerCertificate *
mun_server_certificate_ref (MunServerCertificate *self);
void
mun_server_certificate_unref (MunServerCertificate *self);

/* The distinguished names (RFC 4514); "" when the certificate has none. */
const char *
mun_server_certificate_get_subject (MunServerCertificate *self);
const char *
mun_server_certificate_get_issuer (MunServerCertificate *self);

/* Unix seconds; 0 when unknown. */
gint64
mun_server_certificate_get_not_before (MunServerCertificate *self);
gint64
mun_server_certificate_get_not_after (MunServerCertificate *self);

/* SHA-256 of the DER encoding: 64 upper-case hexadecimal digits. This is what is pinned. */
const char *
mun_server_certificate_get_fingerprint (MunServerCertificate *self);

gboolean
mun_server_certificate_is_trusted (MunServerCertificate *self);

/* mun_fingerprint_normalize: a fingerprint as a person or program writes it (any case, spaces,
 * colons). Returns: (transfer full) (nullable): 64 upper-case digits, NULL when it is not a
 * SHA-256. */
char *
mun_fingerprint_normalize (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunServerCertificate, mun_server_certificate_unref)

G_END_DECLS
