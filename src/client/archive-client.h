/* archive-client.h: the Web Access API of one server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "record.h"
#include "remote-search.h"
#include "secret.h"
#include "server-certificate.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define MUN_WEB_PORT 8462

/* MunArchiveClient: archives, folders, searches and messages of the account. It signs in when it
 * needs to; a token that ran out is renewed once. Errors are those of MunAdminClient;
 * MUN_ERROR_NOT_FOUND for items that are not there, MUN_ERROR_DENIED for archives that the account
 * may not read, MUN_ERROR_DAMAGED for a message that the server cannot give back whole. */
#define MUN_TYPE_ARCHIVE_CLIENT (mun_archive_client_get_type ())
G_DECLARE_FINAL_TYPE (MunArchiveClient, mun_archive_client, MUN, ARCHIVE_CLIENT, GObject)

/* mun_archive_client_new: @port: 0 for 8462. @pinned: as for mun_admin_client_new(). */
MunArchiveClient *
mun_archive_client_new (const char *host, guint port, const char *pinned);
void
mun_archive_client_set_account (MunArchiveClient *self, const char *user, MunSecret *password);
gboolean
mun_archive_client_set_pinned (MunArchiveClient *self, const char *fingerprint);
MunServerCertificate *
mun_archive_client_get_certificate (MunArchiveClient *self);

/* mun_archive_client_connect_async: signs in. MUN_ERROR_UNSUPPORTED when the server has no Web
 * Access API or wants a second factor; then a program goes on without an archive client. */
void
mun_archive_client_connect_async (MunArchiveClient *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean
mun_archive_client_connect_finish (MunArchiveClient *self, GAsyncResult *result, GError **error);

/* Archives that the account may read: records {name, containsFolders}.
 * Returns: (transfer full) (element-type MunRecord). */
void
mun_archive_client_list_archives_async (MunArchiveClient *self, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *
mun_archive_client_list_archives_finish (MunArchiveClient *self, GAsyncResult *result,
                                         GError **error);

/* Folders directly below @path (NULL or "": the archive itself): records {fullPath (without the
 * archive), hasChildren, name, and count where the server tells it}. "name" is filled in when the
 * server does not send it. An archive without folders is an empty list. Returns: (transfer full)
 * (element-type MunRecord). */
void
mun_archive_client_list_folders_async (MunArchiveClient *self, const char *archive,
                                       const char *path, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *
mun_archive_client_list_folders_finish (MunArchiveClient *self, GAsyncResult *result,
                                        GError **error);

/* Starts a search and waits for its end. @criteria: (transfer full): the body of contract 1.12
 * (query, querySubject …); fields that are left out get the defaults: all scopes, no limits. To
 * list a folder:
 * {"folder":"archive/path","folderRecurse":false}. Date fields only for servers with "searchDates".
 * @sort: such as "d-desc": d date, a archived, s subject, f from or to, z size; "-asc" or "-desc".
 * Returns: (transfer full). */
void
mun_archive_client_search_async (MunArchiveClient *self, JsonObject *criteria, const char *sort,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
MunRemoteSearch *
mun_archive_client_search_finish (MunArchiveClient *self, GAsyncResult *result, GError **error);

/* The message byte for byte. @id: "gid:mid", as in search results and GetMessages. When the
 * connection breaks before the end, the rest is asked for, from servers that give it.
 * Returns: (transfer full). MUN_ERROR_TOO_LARGE beyond 1 GiB. */
void
mun_archive_client_download_async (MunArchiveClient *self, const char *id,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
GBytes *
mun_archive_client_download_finish (MunArchiveClient *self, GAsyncResult *result, GError **error);

/* What the archive knows of a message: {sha256, size, storeId, archivedDate, folder, damaged …}.
 * Returns: (transfer full). */
void
mun_archive_client_archive_info_async (MunArchiveClient *self, const char *id,
                                       GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
JsonObject *
mun_archive_client_archive_info_finish (MunArchiveClient *self, GAsyncResult *result,
                                        GError **error);

/* Archives messages into a folder (munimentd only). @folder: "archive/path". @messages:
 * (element-type GBytes): raw messages. Returns: (transfer full): {archived, skipped, failed,
 * items}. */
void
mun_archive_client_upload_async (MunArchiveClient *self, const char *folder, GPtrArray *messages,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
JsonObject *
mun_archive_client_upload_finish (MunArchiveClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
