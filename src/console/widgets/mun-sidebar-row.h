/* mun-sidebar-row.h: one page in the sidebar: icon, title, badge */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-page-table.h"
#include "mun-page.h"

G_BEGIN_DECLS

#define MUN_TYPE_SIDEBAR_ROW (mun_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (MunSidebarRow, mun_sidebar_row, MUN, SIDEBAR_ROW, GtkListBoxRow)

GtkWidget *
mun_sidebar_row_new (const MunPageEntry *entry);
const MunPageEntry *
mun_sidebar_row_get_entry (MunSidebarRow *self);
void
mun_sidebar_row_set_badge (MunSidebarRow *self, MunBadge badge);

G_END_DECLS
