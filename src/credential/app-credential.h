/* app-credential.h: what an application needs to sign in to a Microsoft 365 tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "certificate.h"

G_BEGIN_DECLS

/* The type of a credential in the contract, and the only one. */
#define MUN_APP_CREDENTIAL_TYPE "AzureAdApp"

/* Properties, all readable and writable unless said otherwise:
 *   "id" string: this desktop's own id of the item, a GUID made by mun_app_credential_new()
 *   "name", "client-id", "tenant-id", "cloud" strings
 *   "certificate" MunCertificate or NULL. NULL after mun_keyring_list, which reads no secrets
 *   "thumbprint" string, 40 upper-case hex digits or "", "not-after" gint64 seconds since 1970 or
 * 0: follow the certificate; in a list they come from the keyring's attributes "revision" string:
 * changes with every save in the keyring; "" before the first */
#define MUN_TYPE_APP_CREDENTIAL (mun_app_credential_get_type ())
G_DECLARE_FINAL_TYPE (MunAppCredential, mun_app_credential, MUN, APP_CREDENTIAL, GObject)

/* A new, empty credential of the cloud "global" with a fresh id. */
MunAppCredential *
mun_app_credential_new (void);
/* A credential that remembers what a keyring's attributes say; NULL strings become "". */
MunAppCredential *
mun_app_credential_new_stored (const char *id, const char *revision, const char *thumbprint,
                               gint64 not_after);
/* A copy to edit, so that Cancel changes nothing. Shares the immutable certificate. */
MunAppCredential *
mun_app_credential_copy (MunAppCredential *self);

const char *
mun_app_credential_get_id (MunAppCredential *self);
const char *
mun_app_credential_get_name (MunAppCredential *self);
const char *
mun_app_credential_get_client_id (MunAppCredential *self);
const char *
mun_app_credential_get_tenant_id (MunAppCredential *self);
const char *
mun_app_credential_get_cloud (MunAppCredential *self);
const char *
mun_app_credential_get_thumbprint (MunAppCredential *self);
const char *
mun_app_credential_get_revision (MunAppCredential *self);
gint64
mun_app_credential_get_not_after (MunAppCredential *self);
/* Borrowed, may be NULL. */
MunCertificate *
mun_app_credential_get_certificate (MunAppCredential *self);

void
mun_app_credential_set_name (MunAppCredential *self, const char *name);
/* Keeps what was typed. */
void
mun_app_credential_set_client_id (MunAppCredential *self, const char *client_id);
void
mun_app_credential_set_tenant_id (MunAppCredential *self, const char *tenant_id);
void
mun_app_credential_set_cloud (MunAppCredential *self, const char *cloud);
void
mun_app_credential_set_certificate (MunAppCredential *self, MunCertificate *certificate);
void
mun_app_credential_set_revision (MunAppCredential *self, const char *revision);

/* What a field should hold, cleaned of what copying from the portal adds ("Application (client) ID:
 * …", spaces, braces, upper case). Newly allocated; NULL when `text` holds no id. A tenant may also
 * be one of its verified domains. */
char *
mun_app_credential_clean_client_id (const char *text);
char *
mun_app_credential_clean_tenant_id (const char *text);
/* A name without spaces around it; NULL when nothing remains. */
char *
mun_app_credential_clean_name (const char *text);

/* Checks while typing; MUN_ERROR_INVALID says what is wrong. All accept what the clean functions
 * accept. */
gboolean
mun_app_credential_validate_name (const char *text, GError **error);
gboolean
mun_app_credential_validate_client_id (const char *text, GError **error);
gboolean
mun_app_credential_validate_tenant_id (const char *text, GError **error);
/* All of the above, and a certificate with a key, whose time is not over. */
gboolean
mun_app_credential_validate (MunAppCredential *self, GError **error);
/* Cleans the fields in place; to be called before saving a valid credential. */
void
mun_app_credential_normalize (MunAppCredential *self);

/* The argument "config" of CreateCredentials and SetCredentials, private key included. It holds the
 * key in ordinary memory: call mun_app_credential_wipe_config() on it as soon as it was sent.
 * MUN_ERROR_NOT_FOUND without certificate or key. */
JsonObject *
mun_app_credential_to_config (MunAppCredential *self, GError **error);
/* Removes the private key from a config, overwriting it first. */
void
mun_app_credential_wipe_config (JsonObject *config);
/* Reads such a config back (the server's side). MUN_ERROR_INVALID names the member at fault. The
 * "id" is fresh. */
MunAppCredential *
mun_app_credential_new_from_config (JsonObject *config, GError **error);

G_END_DECLS
