/* tenant.h: credentials of the installation as a connection to Microsoft 365 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app-credential.h"
#include "entra.h"
#include "master.h"

G_BEGIN_DECLS

/**
 * mun_tenant_document_from_credential:
 *
 * Returns: (transfer full): what MunMaster keeps of a credential in the open: an element of
 *   GetCredentials without "id", and the certificate as "certificate" (PEM). The private key is
 *   kept apart as the secret.
 */
JsonObject *
mun_tenant_document_from_credential (MunAppCredential *credential);

/**
 * mun_tenant_load_certificate:
 * @with_key: whether the private key is needed
 *
 * Returns: (transfer full): the certificate of a credential. MUN_ERROR_NOT_FOUND: no such
 *   credential.
 */
MunCertificate *
mun_tenant_load_certificate (MunMaster *master, gint64 credentials_id, gboolean with_key,
                             GError **error);

/**
 * mun_tenant_sign_in:
 *
 * Nothing is sent yet: the first request asks for a token. Runs and functions that use the same,
 * unchanged credential at the same time share one object, and so its token.
 *
 * Returns: (transfer full): the application's identity in its tenant. MUN_ERROR_NOT_FOUND: no such
 *   credential; MUN_ERROR_INVALID: it names a cloud that is not known
 */
MunEntra *
mun_tenant_sign_in (MunMaster *master, gint64 credentials_id, GError **error);

/**
 * mun_tenant_explain:
 *
 * Adds to the message of a refusal by Microsoft 365 what it means and what to do. Other errors, and
 * those that have it already, stay as they are.
 */
void
mun_tenant_explain (GError *error);

G_END_DECLS
