/* mun-credential-manager.h: the Credential Manager: all credentials, made, edited, exported and
 * deleted */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app-credential.h"
#include "mun-connection.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal: changed (MunAppCredential *), with what was saved, or NULL after a deletion. */
#define MUN_TYPE_CREDENTIAL_MANAGER (mun_credential_manager_get_type ())
G_DECLARE_FINAL_TYPE (MunCredentialManager, mun_credential_manager, MUN, CREDENTIAL_MANAGER,
                      AdwWindow)

/* `connection` (nullable): the server whose credentials and their users are shown, too. */
MunCredentialManager *
mun_credential_manager_new (GtkWindow *parent, MunConnection *connection);

/* Reads everything again. */
void
mun_credential_manager_refresh (MunCredentialManager *self);

G_END_DECLS
