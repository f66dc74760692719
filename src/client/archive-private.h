/* archive-private.h: one exchange of the Web Access API; private to src/client */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "archive-client.h"
#include "transport.h"

G_BEGIN_DECLS

/* mun_archive_client_request_async: one exchange with the account's token; it signs in first when
 * there is none, and once more when the server answers 401.
 * @method: "GET", "POST" …. @path: encoded, with its query. @type, @body: (nullable).
 * @limit: bytes of body that are accepted. */
void
mun_archive_client_request_async (MunArchiveClient *self, const char *method, const char *path,
                                  const char *type, GBytes *body, gsize limit,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);

/* mun_archive_client_request_rest_async: a GET of the bytes from @from on, if they are still those of
 * @etag (nullable: with 0 only). The reply may be broken: see mun_transport_take_start(). */
void
mun_archive_client_request_rest_async (MunArchiveClient *self, const char *path, gsize from,
                                       const char *etag, gsize limit, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);

/* mun_archive_client_request_to_async: the same, not into memory. An error reply is no matter of
 * @sink, which outlives the request. */
void
mun_archive_client_request_to_async (MunArchiveClient *self, const char *path, guint64 from,
                                     const char *etag, const MunTransportSink *sink,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);

/* Returns: (transfer full): a reply with status 200 to 299; of any of the three. */
MunResponse *
mun_archive_client_request_finish (MunArchiveClient *self, GAsyncResult *result, GError **error);

/* mun_archive_client_parse: the JSON of a reply. Returns: (transfer full); MUN_ERROR_PROTOCOL. */
JsonNode *
mun_archive_client_parse (MunResponse *response, GError **error);

/* mun_remote_search_new: @id, @criteria: as the search began; @sort: its order. */
MunRemoteSearch *
mun_remote_search_new (MunArchiveClient *client, const char *id, JsonObject *criteria,
                       const char *sort, guint count);

/* mun_archive_client_message_path: "/api/messages/gid/mid/" of "gid:mid", NULL when @id is no such
 * thing. Returns: (transfer full) (nullable). */
char *
mun_archive_client_message_path (const char *id, const char *what);

#define MUN_REPLY_LIMIT (64 * 1024 * 1024)

G_END_DECLS
