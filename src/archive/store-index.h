/* store-index.h: the index of one store: what it lacks, and how it gets that */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "index-gaps.h"
#include "store.h"

G_BEGIN_DECLS

/* One archive's part of the index. */
typedef struct {
  gint64 id;
  char *name;
  gint64 messages;
  MunIndexLack lack;
  gboolean is_selected;
} MunIndexPart;

void
mun_index_part_free (MunIndexPart *self);

/* mun_store_index_fill: work (MunStoreWork, @data is not used): the newest messages that the index
 * lacks go into it, for a fraction of a second. */
gboolean
mun_store_index_fill (MunStore *self, gpointer data, GError **error);

/* mun_store_list_index: the archives that the store has messages of, by name. @is_stale: the index
 * also holds entries that it should not. */
GPtrArray *
mun_store_list_index (MunStore *self, gboolean *is_stale, GError **error);
/* mun_store_select_index: chooses all archives for mun_store_rebuild_index(). */
gboolean
mun_store_select_index (MunStore *self, GError **error);

/* How many of the messages in question are done. */
typedef void (*MunIndexProgress) (guint64 done, guint64 total, gpointer data);

/* mun_store_rebuild_index: takes the messages of an archive (NULL: of those that are chosen) out of
 * the index and puts them in anew; when that is all of them, or when entries are in the way that
 * belong to no message, the index is made anew as a whole. Blocks until it is done; it goes on
 * without the caller, and after a kill. Cancelled, it leaves what it has not come to as it is; an
 * index that is made anew as a whole is filled all the same.
 * @count: the messages that were indexed, @unreadable: those that could not be. */
gboolean
mun_store_rebuild_index (MunStore *self, const char *archive, MunIndexProgress progress,
                         gpointer data, GCancellable *cancellable, guint64 *count,
                         guint64 *unreadable, GError **error);
/* mun_store_await_index: until it lacks nothing any more that can be had. */
gboolean
mun_store_await_index (MunStore *self, GCancellable *cancellable, GError **error);

G_END_DECLS
