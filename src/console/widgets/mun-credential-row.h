/* mun-credential-row.h: chooses the credential that a server shall use */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"
#include "mun-credential-choice.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* A drop-down with the server's credentials and, when it takes them, those of this desktop; and the
 * button "…" for the Credential Manager. Choosing one that the server does not have hands it over,
 * after a question.
 *
 * Properties: "server-id" (int64, notifies; 0 none) the chosen one; "choice" (MunCredentialChoice,
 * nullable, read-only, notifies). Signals: problem (GError *), when loading or handing over failed;
 * handed-over (), when the server has a new or renewed one. */
#define MUN_TYPE_CREDENTIAL_ROW (mun_credential_row_get_type ())
G_DECLARE_FINAL_TYPE (MunCredentialRow, mun_credential_row, MUN, CREDENTIAL_ROW, AdwComboRow)

/* Loads the lists of this server (nullable). */
void
mun_credential_row_set_connection (MunCredentialRow *self, MunConnection *connection);
void
mun_credential_row_reload (MunCredentialRow *self);

gint64
mun_credential_row_get_server_id (MunCredentialRow *self);
/* Shows the credential with this id as soon as it is known. */
void
mun_credential_row_set_server_id (MunCredentialRow *self, gint64 server_id);
MunCredentialChoice *
mun_credential_row_get_choice (MunCredentialRow *self);
/* Gives the renewed certificate of the present choice to the server. */
void
mun_credential_row_hand_over (MunCredentialRow *self);
void
mun_credential_row_open_manager (MunCredentialRow *self);

G_END_DECLS
