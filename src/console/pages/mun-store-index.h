/* mun-store-index.h: the search index of one archive in one store, and its state in words */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Properties (read-only): folder (the archive), store (its name), state (in words). */
#define MUN_TYPE_STORE_INDEX (mun_store_index_get_type ())
G_DECLARE_FINAL_TYPE (MunStoreIndex, mun_store_index, MUN, STORE_INDEX, GObject)

/* LISTED: an element of GetStoreIndexes; STORE: the element of GetStores that it is of. Borrowed. */
MunStoreIndex *
mun_store_index_new (JsonObject *listed, JsonObject *store);
const char *
mun_store_index_get_folder (MunStoreIndex *self);
gint64
mun_store_index_get_store_id (MunStoreIndex *self);
const char *
mun_store_index_get_state (MunStoreIndex *self);
/* Not complete, or with something in it that should not be. */
gboolean
mun_store_index_needs_rebuild (MunStoreIndex *self);

G_END_DECLS
