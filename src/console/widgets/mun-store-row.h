/* mun-store-row.h: one archive store: its state, what is done to it, what was done last */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"
#include "mun-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signals: care (MunCare): the user wants it; state (string): the user wants the store in this
 * state; report (): the user wants to read what the last operation said. */
#define MUN_TYPE_STORE_ROW (mun_store_row_get_type ())
G_DECLARE_FINAL_TYPE (MunStoreRow, mun_store_row, MUN, STORE_ROW, AdwPreferencesRow)

/* `store`: an element of GetStores (referenced). Offers what the server has functions for. */
MunStoreRow *
mun_store_row_new (JsonObject *store, MunConnection *connection);

gint64
mun_store_row_get_id (MunStoreRow *self);
const char *
mun_store_row_get_name (MunStoreRow *self);
JsonObject *
mun_store_row_get_store (MunStoreRow *self);

/* The operation that runs on the store, or the last that ran; nullable, referenced. */
void
mun_store_row_set_operation (MunStoreRow *self, MunOperation *operation);
MunOperation *
mun_store_row_get_operation (MunStoreRow *self);

G_END_DECLS
