/* search-text.h: a page of hits as JSON text */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "search-part.h"

G_BEGIN_DECLS

/* Returns: (transfer full) (nullable): what a message's "snippet" is. */
typedef JsonObject *(*MunSearchSnippet) (gpointer data, const MunSearchHit *hit, guint position);

/* Appends the elements of a JSON array, as the Web Access API gives messages: the members of
 * mun_catalogue_row_to_json(), but with "date", "receivedDate" and "archivedDate" as UTC text (null:
 * none), "gid" and "mid" (store and number as text), and "snippet". SQLite writes them: making each
 * member first took most of a page's time. @hits: MunSearchHit; those that are gone are left out,
 * @n_written is without them. @snippet: NULL: all are null. */
gboolean
mun_search_text_append (GPtrArray *parts, MunDatabase **readers, GArray *hits,
                        MunSearchSnippet snippet, gpointer data, GString *text, guint *n_written,
                        GError **error);

G_END_DECLS
