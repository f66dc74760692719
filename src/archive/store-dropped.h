/* store-dropped.h: containers that a compaction has emptied */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "contents.h"
#include "database.h"

G_BEGIN_DECLS

/* All that was needed of such a container stands in others. Its file goes when nobody can look for
 * anything in it any more; the catalogue knows its number for good, since one that is missing
 * without that is a loss. */

gboolean
mun_dropped_add (MunDatabase *database, guint32 container, GError **error);
gboolean
mun_dropped_contains (MunDatabase *database, guint32 container);
/* mun_dropped_is_used: does the catalogue name a place in it? TRUE too when that is not known. */
gboolean
mun_dropped_is_used (MunDatabase *database, guint32 container);
/* mun_dropped_tidy: removes the files that a crash, or a reader, has left. Nobody may be reading. */
void
mun_dropped_tidy (MunDatabase *database, MunContents *contents);

G_END_DECLS
