/* archive-save.h: what is too large for memory: saved as it comes; shown without its attachments */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "archive-client.h"

G_BEGIN_DECLS

/* @total: 0: the server does not say. */
typedef void (*MunSaveProgress) (guint64 received, guint64 total, gpointer data);

/* mun_archive_client_save_async: a message (@number 0) or one of its attachments (from 1 on), as an
 * outline counts them, byte for byte to @file, which is replaced when everything has come and left
 * as it was otherwise. As mun_archive_client_download_async() otherwise, without its limit.
 * @progress: (nullable): called until the callback is. */
void
mun_archive_client_save_async (MunArchiveClient *self, const char *id, guint number, GFile *file,
                               MunSaveProgress progress, gpointer progress_data,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean
mun_archive_client_save_finish (MunArchiveClient *self, GAsyncResult *result, GError **error);

/* mun_archive_client_outline_async: {size, skeleton, isCut, attachments: [{number, name, type, size,
 * isInline, isOmitted}]}; "skeleton" is the message in base64, without the contents of the omitted
 * attachments. MUN_ERROR_NOT_FOUND also from a server that has no such thing.
 * Returns: (transfer full). */
void
mun_archive_client_outline_async (MunArchiveClient *self, const char *id, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
JsonObject *
mun_archive_client_outline_finish (MunArchiveClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
