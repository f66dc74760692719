/* mun-password-dialog.h: asks for the password of a server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secret.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Responses: "sign-in" and "cancel". */
#define MUN_TYPE_PASSWORD_DIALOG (mun_password_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MunPasswordDialog, mun_password_dialog, MUN, PASSWORD_DIALOG,
                      AdwMessageDialog)

/* `reason` (nullable): a sentence, shown as an error: why it is asked again. */
MunPasswordDialog *
mun_password_dialog_new (GtkWindow *parent, const char *server, const char *user,
                         const char *reason);
/* What was typed; owned. */
MunSecret *
mun_password_dialog_dup_password (MunPasswordDialog *self);
gboolean
mun_password_dialog_get_remember (MunPasswordDialog *self);
/* Without a keyring nothing can be remembered: hides the switch, says why. */
void
mun_password_dialog_set_can_remember (MunPasswordDialog *self, gboolean can_remember);

G_END_DECLS
