/* mun-server-switcher.h: which server the window shows, and the others to choose from */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"
#include "mun-server-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Its rows activate win.open-server and win.edit-server with the entry's id; below them are
 * win.add-server and win.close-server. */
#define MUN_TYPE_SERVER_SWITCHER (mun_server_switcher_get_type ())
G_DECLARE_FINAL_TYPE (MunServerSwitcher, mun_server_switcher, MUN, SERVER_SWITCHER, AdwBin)

void
mun_server_switcher_set_servers (MunServerSwitcher *self, MunServerList *servers);
/* The present one; nullable. */
void
mun_server_switcher_set_connection (MunServerSwitcher *self, MunConnection *connection);
/* "Connected", "Offline", "Changed Certificate" …: the state of a saved server in a few words, ""
 * when nothing is known of it. */
const char *
mun_server_switcher_get_state (MunServerSwitcher *self, MunServerEntry *entry);

G_END_DECLS
