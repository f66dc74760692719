/* mun-sidebar.h: the list of pages that a server offers */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-page.h"

G_BEGIN_DECLS

/* Signal: page-selected (const char *id), when the person picked a page (also the present one). */
#define MUN_TYPE_SIDEBAR (mun_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (MunSidebar, mun_sidebar, MUN, SIDEBAR, AdwBin)

/* Rows for the pages that the server has the functions for; NULL: none. */
void
mun_sidebar_set_connection (MunSidebar *self, MunConnection *connection);
/* Marks the page's row, without a signal. */
void
mun_sidebar_select (MunSidebar *self, const char *id);
void
mun_sidebar_set_badge (MunSidebar *self, const char *id, MunBadge badge);
/* The id of the nth row (0 is the first), NULL beyond the last. */
const char *
mun_sidebar_get_nth (MunSidebar *self, guint n);
gboolean
mun_sidebar_has (MunSidebar *self, const char *id);

G_END_DECLS
