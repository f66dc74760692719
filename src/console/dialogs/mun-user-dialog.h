/* mun-user-dialog.h: the properties of a user, or a new one */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal: saved (const char *user_name), before the dialog closes itself. Only what differs is
 * written, and only what the server's metadata has a function for is offered. */
#define MUN_TYPE_USER_DIALOG (mun_user_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MunUserDialog, mun_user_dialog, MUN, USER_DIALOG, AdwWindow)

/* INFO: the result of GetUserInfo, borrowed; NULL: a new user. */
MunUserDialog *
mun_user_dialog_new (GtkWindow *parent, MunConnection *connection, JsonObject *info);

G_END_DECLS
