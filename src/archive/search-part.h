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
  char *wide_match;    /* (nullable): the same without the archives, while they are all there are */
  char *loose_match;   /* (nullable): the same without the folder, which has nearly all messages */
  gint64 n_named;      /* archives that the query names and that are here */
  gint64 n_archives, last_archive; /* all there were */
  gint64 folder;                   /* without match: only this folder, 0 = all */
  gint64 snapshot;                 /* the last arrival that counts */
  guint64 known;                   /* the number of hits, G_MAXUINT64: has to be counted */
  GArray *blocks;                  /* (nullable): MunFolderBlock, when the hits are one folder's */
} MunSearchPart;

typedef struct {
  gint64 number;
  guint part;
} MunSearchHit;

/* Some hits of a part by date. */
typedef struct {
  gboolean descending;
  gint64 lowest, highest; /* numbers, both in */
  guint64 start, count;   /* from the newest or oldest one within these */
} MunSearchRange;

/* mun_search_part_new: looking words up ends at @deadline with G_IO_ERROR_TIMED_OUT. */
MunSearchPart *
mun_search_part_new (MunStoreEntry *entry, const MunQuery *query, gint64 deadline, GError **error);
void
mun_search_part_free (MunSearchPart *self);

/* mun_search_part_count: at most @limit. */
gboolean
mun_search_part_count (MunSearchPart *self, MunDatabase *reader, const MunQuery *query,
                       guint64 limit, guint64 *count, GError **error);
/* mun_search_part_list: appends hits (MunSearchHit) in order. */
gboolean
mun_search_part_list (MunSearchPart *self, MunDatabase *reader, const MunQuery *query,
                      const MunSearchRange *range, guint index, GArray *hits, GError **error);

/* Statements, owned by the reader, to step through by mun_database_step(): the numbers of all hits,
 * newest first, of which @most will be asked for; numbers and sort keys of the newest @most hits. */
sqlite3_stmt *
mun_search_part_open (MunSearchPart *self, MunDatabase *reader, const MunQuery *query, guint64 most,
                      GError **error);
sqlite3_stmt *
mun_search_part_open_keys (MunSearchPart *self, MunDatabase *reader, const MunQuery *query,
                           MunSortKey key, guint64 most, GError **error);

G_END_DECLS
