/* mun-start-page.h: where everything begins: this computer, or a server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-server-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Its rows activate win.open-server (id) and win.add-server. */
#define MUN_TYPE_START_PAGE (mun_start_page_get_type ())
G_DECLARE_FINAL_TYPE (MunStartPage, mun_start_page, MUN, START_PAGE, AdwBin)

/* SERVERS: the rows of saved servers follow it. */
void
mun_start_page_set_servers (MunStartPage *self, MunServerList *servers);
/* While a server is opened: says so, and offers to cancel. NULL: ready for a choice. */
void
mun_start_page_set_busy (MunStartPage *self, const char *text);
/* Why the last attempt failed; NULL takes the words away. */
void
mun_start_page_set_error (MunStartPage *self, const GError *error);

G_END_DECLS
