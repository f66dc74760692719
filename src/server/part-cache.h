/* part-cache.h: the parts of the messages that were asked for last */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "part-reader.h"

/* So that a message is looked through once, not for each range of each attachment. Any thread. */
typedef struct _MunPartCache MunPartCache;

MunPartCache *
mun_part_cache_new (void);
void
mun_part_cache_free (MunPartCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunPartCache, mun_part_cache_free)

/* @digest: of the message: what has the same bytes has the same parts. Returns: (transfer full)
 * (nullable). */
MunOutline *
mun_part_cache_find (MunPartCache *self, const char *digest);
void
mun_part_cache_add (MunPartCache *self, const char *digest, MunOutline *outline);
/* Of attachment @index. Returns: (transfer full): an empty one when the message was not added, or is
 * forgotten. */
MunPartMap *
mun_part_cache_get_map (MunPartCache *self, const char *digest, guint index);
