/* mun-credential-choice.h: the credentials that a server has and those of this desktop, as one list
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app-credential.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#define MUN_TYPE_CREDENTIAL_CHOICE (mun_credential_choice_get_type ())
G_DECLARE_FINAL_TYPE (MunCredentialChoice, mun_credential_choice, MUN, CREDENTIAL_CHOICE, GObject)

/* Joins both sides. A credential is the same on both when client and tenant id agree, whatever the
 * case.
 * @server: (nullable): the result of GetCredentials, of any shape.
 * @local: (nullable): what mun_keyring_list_finish () gave.
 * @takes_credentials: whether the server has CreateCredentials; if not, local ones that it does not
 * have are left out. Returns: (transfer full): of MunCredentialChoice, sorted by name. */
GListStore *
mun_credential_choice_list (JsonNode *server, GPtrArray *local, gboolean takes_credentials);

/* What stands for "no credential" in a list. Returns: (transfer full). */
MunCredentialChoice *
mun_credential_choice_new_none (void);
gboolean
mun_credential_choice_is_none (MunCredentialChoice *self);

/* The server's id, 0 when the server does not have it yet. */
gint64
mun_credential_choice_get_server_id (MunCredentialChoice *self);
/* The desktop's item, NULL when only the server has it. (transfer none) */
MunAppCredential *
mun_credential_choice_get_local (MunCredentialChoice *self);
const char *
mun_credential_choice_get_name (MunCredentialChoice *self);
const char *
mun_credential_choice_get_tenant_id (MunCredentialChoice *self);
const char *
mun_credential_choice_get_client_id (MunCredentialChoice *self);
const char *
mun_credential_choice_get_thumbprint (MunCredentialChoice *self);
gint64
mun_credential_choice_get_not_after (MunCredentialChoice *self);
/* Both sides have it with different certificates, or the server has other settings: SetCredentials
 * is due. */
gboolean
mun_credential_choice_is_renewed (MunCredentialChoice *self);
/* "Contoso — expires in 412 days". Returns: (transfer full). */
char *
mun_credential_choice_dup_label (MunCredentialChoice *self, gint64 now);

/* The index of the choice with this server id, or G_MAXUINT. */
guint
mun_credential_choice_find (GListModel *choices, gint64 server_id);

/* Names of what uses the credential on the server: "Directory Services" and profiles, for a
 * question before it is deleted. The nodes are the replies of GetDirectoryServicesConfiguration and
 * GetProfiles (nullable). Returns: (transfer full), never NULL. */
GStrv
mun_credential_choice_dup_users (gint64 server_id, JsonNode *directory, JsonNode *profiles);
