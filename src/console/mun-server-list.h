/* mun-server-list.h: "This Computer" and the saved servers, kept in GSettings (a GListModel) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-server-entry.h"

G_BEGIN_DECLS

/* Items: MunServerEntry; the first is always the local one. Changes of an entry are stored at once.
 */
#define MUN_TYPE_SERVER_LIST (mun_server_list_get_type ())
G_DECLARE_FINAL_TYPE (MunServerList, mun_server_list, MUN, SERVER_LIST, GObject)

MunServerList *
mun_server_list_new (GSettings *settings);

/* Adds a server, or replaces the one with the same id. */
void
mun_server_list_add (MunServerList *self, MunServerEntry *entry);
void
mun_server_list_remove (MunServerList *self, MunServerEntry *entry);
/* By id; borrowed, NULL when there is none. */
MunServerEntry *
mun_server_list_lookup (MunServerList *self, const char *id);
/* The local entry; borrowed. */
MunServerEntry *
mun_server_list_get_local (MunServerList *self);

G_END_DECLS
