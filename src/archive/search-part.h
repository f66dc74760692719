/* search-part.h: one search in one store */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-private.h"
#include "archive-search.h"

G_BEGIN_DECLS

/* What a search means in one store; immutable once made. */
typedef struct {
  MunStoreEntry *entry;
  gboolean is_empty;   /* nothing here can match */
  gboolean has_folder; /* the query's folder is in this store */
  char *match;         /* FTS5 expression, or NULL: the catalogue alone answers */
  gint64 folder;       /* without match: only this folder, 0 = all */
  gint64 snapshot;     /* the last arrival that counts */
} MunSearchPart;

/* A hit with what it is sorted by. */
typedef struct {
  gint64 number;
  guint part;
  gint64 key;
  char *text; /* instead of key */
} MunSearchHit;

/* mun_search_part_new: looking words up ends at @deadline with G_IO_ERROR_TIMED_OUT. */
MunSearchPart *
mun_search_part_new (MunStoreEntry *entry, const MunQuery *query, gint64 deadline, GError **error);
void
mun_search_part_free (MunSearchPart *self);

/* mun_search_part_count: at most @limit. */
gboolean
mun_search_part_count (MunSearchPart *self, MunDatabase *reader, const MunQuery *query,
                       guint64 limit, guint64 *count, GError **error);
/* mun_search_part_list: appends hits (MunSearchHit) in order. @below: by descending date only:
 * numbers up to this one; G_MAXINT64 = all. */
gboolean
mun_search_part_list (MunSearchPart *self, MunDatabase *reader, const MunQuery *query,
                      MunSortKey key, gboolean descending, gint64 below, guint64 start,
                      guint64 count, guint index, GArray *hits, GError **error);

G_END_DECLS
