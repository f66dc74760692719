/* search-order.h: the hits of a search in another order than by date */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "search-part.h"

G_BEGIN_DECLS

/* The newest MUN_SEARCH_SORT_LIMIT hits of all parts (MunSearchPart, each with its reader), sorted
 * by @key and then by number, ascending. Texts compare without regard to ASCII case. Returns:
 * (transfer full) (element-type MunSearchHit) (nullable): NULL on error. */
GArray *
mun_search_order_make (GPtrArray *parts, MunDatabase **readers, const MunQuery *query,
                       MunSortKey key, GError **error);

G_END_DECLS
