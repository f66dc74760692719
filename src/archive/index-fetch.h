/* index-fetch.h: messages that are about to be indexed, read and parsed ahead on all cores */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store-messages.h"

G_BEGIN_DECLS

typedef struct {
  gint64 number;
  MunGapState state;
  gint64 size; /* of the message */
} MunIndexGap;

/* A row of gaps that the writer goes through. The quiet pool is some messages ahead of it, some
 * megabytes at the most; where it is not, because others need the cores, the writer reads for
 * itself, so that it never waits for more than one message. */
typedef struct _MunIndexFetch MunIndexFetch;

/* mun_index_fetch_new: @gaps is borrowed. Behind @deadline (monotonic microseconds) only what is asked
 * for is read. */
MunIndexFetch *
mun_index_fetch_new (MunStore *store, const MunIndexGap *gaps, guint n_gaps, gint64 deadline);
void
mun_index_fetch_free (MunIndexFetch *self);

/* mun_index_fetch_take: the entry of gap INDEX, the next one. Returns: (transfer none): valid until
 * the next call; NULL when it could not be read, or when the message is so large that it should be
 * read alone. */
const MunIndexEntry *
mun_index_fetch_take (MunIndexFetch *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunIndexFetch, mun_index_fetch_free)

G_END_DECLS
