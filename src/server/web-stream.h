/* web-stream.h: a stretch of what is stored on its way to a client, chunk by chunk */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admin-api.h"
#include "listener.h"

/* What is sent: read gives the next bytes, at most @most, none at the end only. */
typedef struct {
  GBytes *(*read) (gpointer data, gsize most, GError **error);
  GDestroyNotify free;
  gpointer data;
} MunWebSource;

/* Three chunks of at most 1 MiB are in memory, however long the message is and however slow the
 * client: one that is being sent, one that waits, one that is being read. */
typedef struct _MunWebStream MunWebStream;

/* A source that ends where it ends; then the client is told the length of each chunk instead. */
#define MUN_WEB_STREAM_TO_END G_MAXUINT64

/**
 * mun_web_stream_new:
 * @source: (transfer full): stands where the stretch begins; on failure freed
 * @length: bytes
 *
 * Reads the first chunk, so that what cannot be read at all is known before anything is answered;
 * blocks.
 */
MunWebStream *
mun_web_stream_new (const MunWebSource *source, guint64 length, GError **error);
void
mun_web_stream_free (MunWebStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunWebStream, mun_web_stream_free)

/**
 * mun_web_stream_send:
 * @self: (transfer full)
 * @message: status and headers are set, it is paused
 * @parts: its "pending" counts while a chunk is read
 *
 * On the main loop. Gives @message its length if it is known and, as the client takes it, its body. When a chunk
 * cannot be read, the connection is cut before the length is reached: no client can take the start
 * for the whole.
 */
void
mun_web_stream_send (MunWebStream *self, SoupServerMessage *message, MunApiParts *parts);
