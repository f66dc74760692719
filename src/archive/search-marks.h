/* search-marks.h: how many hits a search has, and which stands at every so many */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "search-part.h"

G_BEGIN_DECLS

/* One mark in so many hits: a page begins at the next one before it, not at the first hit. */
#define MUN_SEARCH_MARK_STEP 256

/* Newest first, POSITION hits are newer than NUMBER of part PART, or that hit itself; POSITION 0 is
 * the beginning. */
typedef struct {
  guint64 position;
  gint64 number;
  guint part;
} MunSearchMark;

/* Filled by one thread at a time, read by any. */
typedef struct _MunSearchMarks MunSearchMarks;

/* @known: the number of hits when that is known beforehand, else G_MAXUINT64. */
MunSearchMarks *
mun_search_marks_new (guint64 known);
void
mun_search_marks_free (MunSearchMarks *self);

/* The marks of a folder whose blocks (MunFolderBlock, rising) are known, and are all hits: there is
 * nothing to go through. */
void
mun_search_marks_take_blocks (MunSearchMarks *self, GArray *blocks);

/* Goes through the hits of all parts (MunSearchPart, each with its reader), @most of them at the
 * most, and sets its marks. FALSE: it failed, as by time; what it found until then stays. */
gboolean
mun_search_marks_fill (MunSearchMarks *self, GPtrArray *parts, MunDatabase **readers,
                       const MunQuery *query, guint64 most, GError **error);

gboolean
mun_search_marks_is_filled (MunSearchMarks *self);
/* Hits counted so far; @is_exact: there are no more. */
guint64
mun_search_marks_get_count (MunSearchMarks *self, gboolean *is_exact);
/* The last mark at or before a position, newest first. */
MunSearchMark
mun_search_marks_find (MunSearchMarks *self, guint64 position);
/* The same, oldest first: the mark's hit itself, or the next newer one, has the oldest-first
 * position @from. FALSE: there is none yet. */
gboolean
mun_search_marks_find_ascending (MunSearchMarks *self, guint64 position, MunSearchMark *mark,
                                 guint64 *from);

G_END_DECLS
