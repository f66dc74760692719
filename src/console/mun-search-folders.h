/* mun-search-folders.h: the searches that the account keeps on a server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"
#include "record.h"

G_BEGIN_DECLS

#define MUN_SEARCH_FOLDER_MAX_NAME 100 /* characters */

/* One for a connection, so that all pages show the same. Property "available" (notifies): whether
 * the server keeps searches. A search folder is a record {id, name, criteria}. */
#define MUN_TYPE_SEARCH_FOLDERS (mun_search_folders_get_type ())
G_DECLARE_FINAL_TYPE (MunSearchFolders, mun_search_folders, MUN, SEARCH_FOLDERS, GObject)

/* Borrowed from the connection. */
MunSearchFolders *
mun_search_folders_for (MunConnection *connection);
/* Asks the server what there is. */
void
mun_search_folders_load (MunSearchFolders *self);

gboolean
mun_search_folders_get_available (MunSearchFolders *self);
/* Of MunRecord, as a reader would sort them; borrowed. What did not change keeps its place. */
GListModel *
mun_search_folders_get_list (MunSearchFolders *self);
/* Why the list could not be read; borrowed, NULL when it could. */
const GError *
mun_search_folders_get_error (MunSearchFolders *self);
/* Borrowed, NULL when there is none. Names are compared as the server does: without regard to case. */
MunRecord *
mun_search_folders_find (MunSearchFolders *self, gint64 id);
MunRecord *
mun_search_folders_find_name (MunSearchFolders *self, const char *name);

/* ID 0: a new one. NAME, CRITERIA: NULL keeps what it has. The record as it is now; owned. */
void
mun_search_folders_save_async (MunSearchFolders *self, gint64 id, const char *name,
                               JsonObject *criteria, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data);
MunRecord *
mun_search_folders_save_finish (MunSearchFolders *self, GAsyncResult *result, GError **error);
/* One that is gone already is no error. */
void
mun_search_folders_delete_async (MunSearchFolders *self, gint64 id, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
gboolean
mun_search_folders_delete_finish (MunSearchFolders *self, GAsyncResult *result, GError **error);

/* What a search asks, in one line of words; owned, "" for everything. */
char *
mun_search_folders_dup_summary (JsonObject *criteria);
/* Why a search with these criteria failed, in words that lead on; other errors stay as they are. */
void
mun_search_folders_explain (JsonObject *criteria, GError **error);

G_END_DECLS
