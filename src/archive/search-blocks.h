/* search-blocks.h: positions in one folder that several stores have messages of */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "search-marks.h"

G_BEGIN_DECLS

/* A mark near the position @start, newest or oldest first, of which the position @from in that order
 * is exact: what lies between is a few blocks at the most. @parts: MunSearchPart, each with its
 * reader. FALSE: not all of them have blocks, or it cannot be counted. */
gboolean
mun_search_blocks_find (GPtrArray *parts, MunDatabase **readers, guint64 start, gboolean descending,
                        MunSearchMark *mark, guint64 *from);

G_END_DECLS
