/* archive-search.h: one search: a snapshot, paged in several orders */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive.h"
#include "query.h"

G_BEGIN_DECLS

/* Sorting by something else than the date considers this many of the newest hits. */
#define MUN_SEARCH_SORT_LIMIT 1000000
/* Counting stops here: "more than". */
#define MUN_SEARCH_COUNT_LIMIT 10000
/* So long may each of the three steps below take; one that takes longer ends with
 * MUN_ERROR_TOO_LARGE and a sentence for the user. Only tests ask for less (MunQuery). */
#define MUN_SEARCH_SECONDS 10

/* So many elements of a page get a snippet: each is made from the stored message. */
#define MUN_SEARCH_SNIPPET_LIMIT 50

#define MUN_TYPE_SEARCH (mun_search_get_type ())
G_DECLARE_FINAL_TYPE (MunSearch, mun_search, MUN, SEARCH, GObject)

/* Starts a search (QUERY is copied). Messages that arrive later are not in it; deleted ones drop
 * out. MUN_ERROR_INVALID: the query text cannot be answered, with a sentence for the user.
 * MUN_ERROR_NOT_FOUND: no such folder. */
MunSearch *
mun_archive_search (MunArchive *archive, const MunQuery *query, GError **error);
/* Makes a small search, so that the first user's need not wait for the program's own pages, the
 * schemas and the upper levels of the trees: each is read from a disk then. */
void
mun_archive_warm_up (MunArchive *archive);
/* Number of hits, exact up to LIMIT (0 = MUN_SEARCH_COUNT_LIMIT, G_MAXUINT64 = no limit); IS_MORE
 * (nullable) says that it stopped there. G_MAXUINT64 on error (G_IO_ERROR_CANCELLED included). */
guint64
mun_search_count (MunSearch *self, guint64 limit, gboolean *is_more, GCancellable *cancellable,
                  GError **error);
/* Goes through the hits, MOST of them at most (G_MAXUINT64 = all) and for WITHIN microseconds (0 =
 * MUN_SEARCH_SECONDS), counts them and remembers where they stand: from then on a page by date is
 * found as quickly at any position. One thread at a time; pages can be read meanwhile. FALSE: it
 * took too long or failed; what it has counted stays. */
gboolean
mun_search_explore (MunSearch *self, guint64 most, gint64 within, GCancellable *cancellable,
                    GError **error);
/* Has it gone through all hits? Of one folder in one store it need not. */
gboolean
mun_search_is_explored (MunSearch *self);
/* What exploring has counted so far; IS_EXACT: these are all. Of whole folders that is known from
 * the beginning. Does not wait for anything. */
guint64
mun_search_get_count (MunSearch *self, gboolean *is_exact);
/* COUNT hits from position START, elements as of mun_archive_list_messages(). By date any page is
 * answered without sorting; another order is made once, for the first page. Fewer than COUNT means
 * that the list ends. */
JsonArray *
mun_search_get_page (MunSearch *self, guint64 start, guint count, MunSortKey key,
                     gboolean descending, GCancellable *cancellable, GError **error);

/* The same page as text: the elements of a JSON array with commas between them, each as of
 * mun_search_text_append(); SNIPPETS: the first MUN_SEARCH_SNIPPET_LIMIT have theirs. */
char *
mun_search_write_page (MunSearch *self, guint64 start, guint count, MunSortKey key,
                       gboolean descending, gboolean snippets, GCancellable *cancellable,
                       GError **error);

/* Gives each of the first MUN_SEARCH_SNIPPET_LIMIT elements of PAGE the member "snippet", as of
 * mun_snippet_make(); what cannot be read, and every later element, has none. FALSE: cancelled, or
 * a store cannot be opened. */
gboolean
mun_search_add_snippets (MunSearch *self, JsonArray *page, GCancellable *cancellable,
                         GError **error);

G_END_DECLS
