/* mun-message-model.h: a message list of any length, fetched page by page as it is looked at */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-message-row.h"
#include "remote-search.h"

G_BEGIN_DECLS

/* Rows a page: a list view realises about 205 rows and a jump asks for about 100 new ones. */
#define MUN_MESSAGE_PAGE 256

/*
 * A GListModel of MunMessageRow. get_item() answers at once: with the row, or with a placeholder
 * that fills itself in. Forty pages are kept, at most two are fetched at a time, those that nobody
 * looks at any more are not. The model only becomes longer, at its end: another order or query is
 * another model. Signal "failed" (GError *): a page could not be fetched; retry () asks again.
 */
#define MUN_TYPE_MESSAGE_MODEL (mun_message_model_get_type ())
G_DECLARE_FINAL_TYPE (MunMessageModel, mun_message_model, MUN, MESSAGE_MODEL, GObject)

/* Where pages come from: as mun_remote_search_get_page_async () and _finish (), with SOURCE. */
typedef void (*MunMessageFetch) (gpointer source, guint start, guint count, const char *sort,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer data);
typedef GPtrArray *(*MunMessageFetchFinish) (gpointer source, GAsyncResult *result, GError **error);

/* SOURCE: referenced. SORT: as in archive-client.h; nullable. */
MunMessageModel *
mun_message_model_new (GObject *source, guint count, const char *sort, MunMessageFetch fetch,
                       MunMessageFetchFinish finish);
/* With snippets the pages are as small as the server makes snippets for. */
MunMessageModel *
mun_message_model_new_for_search (MunRemoteSearch *search, const char *sort);
/* There are more messages than were known. */
void
mun_message_model_grow (MunMessageModel *self, guint count);
/* Fetches again what failed. */
void
mun_message_model_retry (MunMessageModel *self);
/* Stops fetching for good; for a list that goes away. */
void
mun_message_model_stop (MunMessageModel *self);

/* For tests: pages kept, and requests under way. */
guint
mun_message_model_get_n_pages (MunMessageModel *self);
guint
mun_message_model_get_n_requests (MunMessageModel *self);

G_END_DECLS
