/* store-deliver.h: prepared messages become archived ones */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/* mun_store_deliver: one batch; each item gets its number, or is_duplicate with the number of the
 * message that is there already. Items that are duplicates of other stores are left out by the
 * caller. */
gboolean
mun_store_deliver (MunStore *self, GPtrArray *items, GError **error);

/* mun_store_find_digest: @number: of the message with these bytes in the scope, or 0. */
gboolean
mun_store_find_digest (MunDatabase *database, const char *scope,
                       const guint8 digest[MUN_DIGEST_SIZE], gint64 *number, GError **error);

/* mun_store_index_prepared: the message and what was read in its attachments, which is kept. */
gboolean
mun_store_index_prepared (MunDatabase *database, MunPrepared *item, const char *tokens,
                          GError **error);
/* mun_store_describe: completes a row with what the message itself says. */
gboolean
mun_store_describe (MunDatabase *database, gint64 number, MunMessage *message, gint64 size,
                    GError **error);
/* mun_store_journal_source: the journal's entry of such a key; @scope: the path of the folder. */
void
mun_store_journal_source (MunStore *self, const char *scope, const char *key, gint64 store,
                          gint64 number);
/* mun_store_add_source_key: remembers that a key means a message (of another store, when @store is
 * not 0). */
gboolean
mun_store_add_source_key (MunDatabase *database, gint64 scope, const char *key, gint64 store,
                          gint64 number, GError **error);

G_END_DECLS
