/* saved-searches.h: the searches that the account keeps on its server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "archive-client.h"

G_BEGIN_DECLS

/* For servers with "savedSearches": nobody but the account sees its own. A saved search is a record
 * {id, name, criteria}, its criteria as mun_archive_client_search_async() takes them. */

/* Returns: (transfer full) (element-type MunRecord): all of them, by name. */
void
mun_archive_client_list_saved_searches_async (MunArchiveClient *self, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *
mun_archive_client_list_saved_searches_finish (MunArchiveClient *self, GAsyncResult *result,
                                               GError **error);

/* @id: 0 makes a new one, which needs a name and criteria; NULL for either keeps what a search has.
 * @criteria: (nullable) (transfer none). MUN_ERROR_EXISTS: another one has the name;
 * MUN_ERROR_NOT_FOUND: there is none with this id any more; MUN_ERROR_INVALID, MUN_ERROR_TOO_LARGE.
 * Returns: (transfer full): the record as it is now. */
void
mun_archive_client_save_search_async (MunArchiveClient *self, gint64 id, const char *name,
                                      JsonObject *criteria, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
MunRecord *
mun_archive_client_save_search_finish (MunArchiveClient *self, GAsyncResult *result,
                                       GError **error);

void
mun_archive_client_delete_saved_search_async (MunArchiveClient *self, gint64 id,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
gboolean
mun_archive_client_delete_saved_search_finish (MunArchiveClient *self, GAsyncResult *result,
                                               GError **error);

G_END_DECLS
