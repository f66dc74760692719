/* assertion.h: the signed statement by which an application proves who it is */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "certificate.h"

G_BEGIN_DECLS

/* A JWT client assertion (RFC 7523 section 3; learn.microsoft.com "Microsoft identity platform
 * application authentication certificate credentials"), valid for ten minutes from `now` (seconds
 * since 1970). PS256 names the certificate by x5t#S256, RS256 by x5t: Entra ID knows these two
 * combinations. `audience` is the token endpoint. */
char *
mun_assertion_create (MunCertificate *certificate, MunSignatureAlgorithm algorithm,
                      const char *client_id, const char *audience, gint64 now, GError **error);

G_END_DECLS
