/* web-upload.h: many messages into one folder, archived while they arrive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admin-api.h"
#include "listener.h"

typedef struct _MunUpload MunUpload;

/* Seconds, for the header of that name in an answer 503 */
#define MUN_UPLOAD_RETRY_AFTER "30"

/* FALSE: so many uploads are on their way that the client should come back later. */
gboolean
mun_upload_may_begin (MunApiParts *parts);

/**
 * mun_upload_begin:
 * @user_name: whose upload it is; rights are looked at before the first message is archived
 * @folder: "archive/path"
 * @message_limit: bytes of one message
 *
 * Called when the headers are there. Takes the body chunk by chunk; while a batch is archived, no
 * more is read, so that memory stays bounded however long the stream is. A message of more than
 * 1 MiB is collected in a file without a name in the data directory, and archived from there.
 */
void
mun_upload_begin (MunApiParts *parts, SoupServerMessage *message, const char *user_name,
                  const char *folder, gsize message_limit);

/* Called when the body is complete: archives the rest and answers with
 * {"archived","skipped","failed","items":[{"result","id","error"}]}.
 * Returns: FALSE when no upload was begun for this message. */
gboolean
mun_upload_finish (SoupServerMessage *message);
