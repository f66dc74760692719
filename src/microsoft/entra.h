/* entra.h: access tokens of an application (Microsoft Entra ID, formerly Azure AD) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "certificate.h"
#include "cloud.h"

G_BEGIN_DECLS

/* A refusal by Entra ID: the code is the AADSTS number (700027 …), 0 when it named none. Network
 * trouble is in MUN_ERROR: _UNREACHABLE, _UNTRUSTED (TLS), _PROTOCOL (no token in the answer),
 * _THROTTLED. The message is English, for logs, without secrets. */
#define MUN_ENTRA_ERROR (mun_entra_error_quark ())
GQuark
mun_entra_error_quark (void);

/* Details of such an error, borrowed from it; NULL when the error is another or has none. */
/* The OAuth error name, such as "invalid_client". */
const char *
mun_entra_error_get_name (const GError *error);
const char *
mun_entra_error_get_trace_id (const GError *error);
/* First line of error_description. */
const char *
mun_entra_error_get_description (const GError *error);

/* What an administrator should do about an AADSTS number: a translated sentence or two; never NULL.
 */
const char *
mun_entra_explain (int code);

/* Signs in as an application with a certificate. Thread-safe; one object per credential and
 * process, so that the token is shared. */
#define MUN_TYPE_ENTRA (mun_entra_get_type ())
G_DECLARE_FINAL_TYPE (MunEntra, mun_entra, MUN, ENTRA, GObject)

/* `tenant` is a GUID or a verified domain; `certificate` must have its key. */
MunEntra *
mun_entra_new (const MunCloud *cloud, const char *tenant, const char *client_id,
               MunCertificate *certificate);

/* A valid access token for Graph: from the cache, or a new one. The first attempt signs PS256 with
 * x5t#S256; if the tenant does not accept that signature, RS256 with x5t is tried once and, if it
 * works, kept. Free with g_free(). */
char *
mun_entra_dup_token (MunEntra *self, GCancellable *cancellable, GError **error);

/* Forgets `token` if it is still the cached one (Graph refused it); NULL forgets any. */
void
mun_entra_forget_token (MunEntra *self, const char *token);

/* Application permissions in the present token; an empty list when there is no token or it has
 * none. */
GStrv
mun_entra_dup_roles (MunEntra *self);
/* "PS256" or "RS256": what the last accepted assertion used; "" before. */
const char *
mun_entra_get_algorithm (MunEntra *self);
/* The trace id of the last refusal, NULL if there was none. */
char *
mun_entra_dup_trace_id (MunEntra *self);

const MunCloud *
mun_entra_get_cloud (MunEntra *self);
const char *
mun_entra_get_tenant (MunEntra *self);
const char *
mun_entra_get_client_id (MunEntra *self);
MunCertificate *
mun_entra_get_certificate (MunEntra *self);

G_END_DECLS
