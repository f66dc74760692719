/* mun-window-servers.h: which server the window shows: open, add, edit, reconnect */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-start-page.h"
#include "mun-window.h"

G_BEGIN_DECLS

/* One a window; it installs no widgets of its own. */
#define MUN_TYPE_WINDOW_SERVERS (mun_window_servers_get_type ())
G_DECLARE_FINAL_TYPE (MunWindowServers, mun_window_servers, MUN, WINDOW_SERVERS, GObject)

/* WINDOW, START: borrowed, they outlive the result. */
MunWindowServers *
mun_window_servers_new (MunWindow *window, MunStartPage *start);
/* By the entry's id. The start page shows progress and failure. */
void
mun_window_servers_open (MunWindowServers *self, const char *id);
void
mun_window_servers_cancel (MunWindowServers *self);
/* ID NULL: a new server. */
void
mun_window_servers_edit (MunWindowServers *self, const char *id);
void
mun_window_servers_reconnect (MunWindowServers *self);
/* Leaves the server and shows the start page. */
void
mun_window_servers_close (MunWindowServers *self);
/* Ends the server of this computer, when this console started it. */
void
mun_window_servers_stop_local (MunWindowServers *self);

G_END_DECLS
