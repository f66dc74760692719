/* search-snippets.h: what the messages of a page say where their search found something */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "search-part.h"

G_BEGIN_DECLS

typedef struct {
  GPtrArray *parts; /* borrowed, as the others */
  MunDatabase **readers;
  const MunQuery *query;
  GPtrArray *to_mark;
} MunSearchSnippets;

/* @readers: one a part; there is at least one. */
void
mun_search_snippets_init (MunSearchSnippets *self, GPtrArray *parts, MunDatabase **readers,
                          const MunQuery *query);
void
mun_search_snippets_clear (MunSearchSnippets *self);
/* Asks the disk for the contents of the first MUN_SEARCH_SNIPPET_LIMIT of @hits (MunSearchHit), all
 * at once: one after the other they would be waited for. */
void
mun_search_snippets_expect (MunSearchSnippets *self, GArray *hits);
/* Returns: (transfer full) (nullable): as of mun_snippet_make(); NULL when the message cannot be
 * read. */
JsonObject *
mun_search_snippets_make (MunSearchSnippets *self, guint part, gint64 number);

G_END_DECLS
