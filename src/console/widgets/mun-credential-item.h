/* mun-credential-item.h: one credential in the Credential Manager */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-credential-choice.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* A row with name, tenant, the thumbprint's first eight digits, and how long the certificate lasts.
 * Activating it edits the credential. Its menu has the actions manager.edit, manager.renew,
 * manager.export, manager.delete; all take the credential's key (a string). */
#define MUN_TYPE_CREDENTIAL_ITEM (mun_credential_item_get_type ())
G_DECLARE_FINAL_TYPE (MunCredentialItem, mun_credential_item, MUN, CREDENTIAL_ITEM, AdwActionRow)

/* `now` in seconds since 1970. */
MunCredentialItem *
mun_credential_item_new (MunCredentialChoice *choice, gint64 now);
MunCredentialChoice *
mun_credential_item_get_choice (MunCredentialItem *self);
/* What the actions get: "local:ID" for the keyring's item, "server:N" for one that only the server
 * has. */
char *
mun_credential_item_dup_key (MunCredentialChoice *choice);

G_END_DECLS
