/* mun-state-bar.h: what is the matter for as long as it lasts, below the header bar */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * Revealed while the connection is not open (Reconnect, or Cancel while it is being opened), else
 * while the keyring is locked (Unlock). Its button activates win.reconnect, win.cancel-connect or
 * win.unlock-keyring.
 */
#define MUN_TYPE_STATE_BAR (mun_state_bar_get_type ())
G_DECLARE_FINAL_TYPE (MunStateBar, mun_state_bar, MUN, STATE_BAR, AdwBin)

/* NULL: no state to show. */
void
mun_state_bar_set_connection (MunStateBar *self, MunConnection *connection);
void
mun_state_bar_set_keyring_locked (MunStateBar *self, gboolean locked);
gboolean
mun_state_bar_is_revealed (MunStateBar *self);
/* What it says, "" when nothing is the matter. */
const char *
mun_state_bar_get_text (MunStateBar *self);

G_END_DECLS
