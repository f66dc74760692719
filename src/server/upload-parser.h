/* upload-parser.h: cuts a stream of messages into its records */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The stream of an upload (application/x-muniment-messages): for each message its length in bytes
 * as a decimal number, a line feed, and that many bytes. */
typedef struct _MunUploadParser MunUploadParser;

/* @message_limit: bytes of one message */
MunUploadParser *
mun_upload_parser_new (gsize message_limit);
void
mun_upload_parser_free (MunUploadParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunUploadParser, mun_upload_parser_free)

/* Takes the next bytes, however cut, and appends complete messages (GBytes) to @messages.
 * Fails with MUN_ERROR_PROTOCOL or MUN_ERROR_TOO_LARGE, and then at every further call. */
gboolean
mun_upload_parser_feed (MunUploadParser *self, const char *data, gsize length, GPtrArray *messages,
                        GError **error);

/* Takes away what has come of the message that is not complete yet, if that is at least @least
 * bytes: a long message need not be in memory. What is appended for it at its end is the rest alone.
 * Returns: (transfer full) (nullable): NULL when it is shorter. */
GBytes *
mun_upload_parser_take_start (MunUploadParser *self, gsize least);

/* Fails with MUN_ERROR_PROTOCOL when the stream ended inside a record. */
gboolean
mun_upload_parser_end (MunUploadParser *self, GError **error);
