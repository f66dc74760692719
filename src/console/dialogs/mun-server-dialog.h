/* mun-server-dialog.h: address, user and certificate of a server: a new one or a saved one */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-server-entry.h"
#include "secret.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * Signals: accepted (MunServerEntry *), after the entry was changed or made, when the person wants
 * to connect; removed (MunServerEntry *), when a saved server shall go. The dialog closes itself in
 * both cases.
 */
#define MUN_TYPE_SERVER_DIALOG (mun_server_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MunServerDialog, mun_server_dialog, MUN, SERVER_DIALOG, AdwWindow)

/* `entry` NULL: a new server. */
MunServerDialog *
mun_server_dialog_new (GtkWindow *parent, MunServerEntry *entry);
/* What was typed; owned, NULL when nothing was. */
MunSecret *
mun_server_dialog_dup_password (MunServerDialog *self);
gboolean
mun_server_dialog_get_remember (MunServerDialog *self);

G_END_DECLS
