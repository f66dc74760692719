/* remote-search.h: one search on a server and its pages */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* MunRemoteSearch: made by mun_archive_client_search_async(). Servers drop searches after a while
 * and when there are many: then it is run again by itself. */
#define MUN_TYPE_REMOTE_SEARCH (mun_remote_search_get_type ())
G_DECLARE_FINAL_TYPE (MunRemoteSearch, mun_remote_search, MUN, REMOTE_SEARCH, GObject)

/* Messages that were found. While they are still counted these are the ones found so far, and more
 * may come: signal "changed" tells of them, and of the end. Afterwards the count is exact, or the
 * server gave up: then there are at least so many. */
guint
mun_remote_search_get_count (MunRemoteSearch *self);
gboolean
mun_remote_search_is_counting (MunRemoteSearch *self);
gboolean
mun_remote_search_is_exact (MunRemoteSearch *self);

/* How many of the messages in the archives that are searched the server has indexed, while that is
 * not all; else FALSE. Signal "changed" tells of it, too. What was indexed after the search began
 * is found by the next one. */
gboolean
mun_remote_search_get_coverage (MunRemoteSearch *self, gint64 *indexed, gint64 *messages);

/* Whether pages are asked for with snippets: of servers with "searchSnippets", which make them for
 * the first MUN_REMOTE_SEARCH_SNIPPETS messages of a page. */
#define MUN_REMOTE_SEARCH_SNIPPETS 50
void
mun_remote_search_set_snippets (MunRemoteSearch *self, gboolean snippets);
gboolean
mun_remote_search_get_snippets (MunRemoteSearch *self);

/* One page. @start: position from 0; @count: messages at most; @sort: as in
 * mun_archive_client_search_async(), NULL: as the search began. Pages may be asked for in any
 * order, several at a time. */
void
mun_remote_search_get_page_async (MunRemoteSearch *self, guint start, guint count, const char *sort,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);

/* Records {gid, mid, id, subject, date, folder, fromOrTo; where the server knows more: from, to,
 * size, archivedDate, hasAttachments, priority, damaged; snippet: null or {text, marks: [[start,
 * length], …] in characters, words: the hits as they are written in the message}}. "id" ("gid:mid") is filled in when the
 * server does not send it. Returns: (transfer full) (element-type MunRecord). */
GPtrArray *
mun_remote_search_get_page_finish (MunRemoteSearch *self, GAsyncResult *result, GError **error);

G_END_DECLS
