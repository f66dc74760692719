/* mun-credential-dialog.h: the dialog "Azure AD App Credentials" */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app-credential.h"
#include "mun-certificate-group.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Edits a copy of a credential and saves it in the keyring. Signal: saved (MunAppCredential *),
 * after which the dialog closes. Actions: credential.save, credential.cancel, credential.test. */
#define MUN_TYPE_CREDENTIAL_DIALOG (mun_credential_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MunCredentialDialog, mun_credential_dialog, MUN, CREDENTIAL_DIALOG, AdwWindow)

/* `credential`: loaded with its key; NULL for a new one. */
MunCredentialDialog *
mun_credential_dialog_new (GtkWindow *parent, MunAppCredential *credential);

/* For tests and for "Renew…": the part that shows the certificate. (transfer none) */
MunCertificateGroup *
mun_credential_dialog_get_certificate_group (MunCredentialDialog *self);

G_END_DECLS
