/* store-texts.h: what was read in the attachments of a store's messages */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/* The texts of a message are part of what the index holds of it. Whoever takes it out of the index,
 * or puts it in again, gives the index the fields of the message with "texts" as these make it. */

/* mun_store_texts_join: @first: the message's own field "texts". No text is begun behind @limit
 * bytes. Returns: (transfer full): with G_MAXSIZE all of them, as the index has them; NULL with
 * @error. */
char *
mun_store_texts_join (MunStore *self, MunDatabase *database, gint64 number, const char *first,
                      gsize limit, GError **error);
/* mun_store_texts_join_prepared: the same of a message that is going to be stored. */
char *
mun_store_texts_join_prepared (MunPrepared *item);

/* Within work: */

/* mun_store_texts_add: keeps those of @item as number's. */
gboolean
mun_store_texts_add (MunDatabase *database, MunPrepared *item, GError **error);
/* mun_store_texts_remove: the last user of a text takes it along. */
gboolean
mun_store_texts_remove (MunDatabase *database, gint64 number, GError **error);

/* mun_store_texts_list_gaps: attachments of a message whose text is missing or not whole: objects
 * with name and reason. Returns: (transfer full) (nullable): NULL when there are none. */
JsonArray *
mun_store_texts_list_gaps (MunDatabase *database, gint64 number);
/* mun_store_texts_explain: an outcome in words, as part of a sentence. */
const char *
mun_store_texts_explain (gint64 outcome);

G_END_DECLS
