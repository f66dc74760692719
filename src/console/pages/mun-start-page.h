/* mun-start-page.h: where everything begins: this computer, or a server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-server-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Its rows activate win.open-server (id), win.edit-server (id), win.stop-local and win.add-server.
 */
#define MUN_TYPE_START_PAGE (mun_start_page_get_type ())
G_DECLARE_FINAL_TYPE (MunStartPage, mun_start_page, MUN, START_PAGE, AdwBin)

/* SERVERS: the rows of saved servers follow it. */
void
mun_start_page_set_servers (MunStartPage *self, MunServerList *servers);
/* While a server is opened: says so, and offers to cancel. NULL: ready for a choice. */
void
mun_start_page_set_busy (MunStartPage *self, const char *text);
/* While the server of this computer runs, its row offers to stop it. */
void
mun_start_page_set_local_state (MunStartPage *self, gboolean running, gboolean stopping);
/* Why the last attempt to open SERVER (its name) failed; NULL takes the words away. */
void
mun_start_page_set_error (MunStartPage *self, const char *server, const GError *error);

G_END_DECLS
