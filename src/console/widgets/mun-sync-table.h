/* mun-sync-table.h: the users that a synchronization creates, changes, deletes or skips */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-sync-result.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MUN_TYPE_SYNC_TABLE (mun_sync_table_get_type ())
G_DECLARE_FINAL_TYPE (MunSyncTable, mun_sync_table, MUN, SYNC_TABLE, AdwBin)

/* Shows the users of one kind. `list`: of MunSyncChange, borrowed. */
void
mun_sync_table_set_list (MunSyncTable *self, GListModel *list, MunSyncKind kind);
/* Shows only users that match every word; "" shows all. */
void
mun_sync_table_set_filter (MunSyncTable *self, const char *text);
/* Whether there is no room for the full name. */
void
mun_sync_table_set_narrow (MunSyncTable *self, gboolean narrow);
/* How many are shown. */
guint
mun_sync_table_get_n_shown (MunSyncTable *self);

G_END_DECLS
