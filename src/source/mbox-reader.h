/* mbox-reader.h: cuts a stream in mbox format into messages */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What a message of an mbox file is (RFC 4155 and the variants before it):
 *
 * - It begins behind a separator line "From …" and ends before the empty line that precedes the
 *   next separator, or before the empty line at the end of the file. Separator and that empty line
 *   belong to the file, all bytes between them to the message, line ends included.
 * - A line is a separator when it begins with "From " (no colon), is the first of the file or
 *   follows an empty line, and holds a month and a time of day as every program writes them. That
 *   keeps a sentence beginning with "From " in the message it stands in. In a file whose very first
 *   separator has no date, separators are lines with "From " and at most one more word.
 * - ">From " is left as it is. Whether the quote mark was added by the writer (mboxo, mboxrd) or
 *   typed by the sender cannot be told from the file, and an archive must not guess. When the
 *   administrator knows that the file is mboxrd, one ">" is taken off each line of the form
 *   ">…>From ", which is that variant's exact inverse.
 * - "Content-Length" (mboxcl) is not believed: it is wrong as soon as anybody edits the file.
 */
typedef struct _MunMboxReader MunMboxReader;

typedef struct {
  GBytes *raw;        /* NULL when the message is larger than the limit */
  gboolean is_mapped; /* see MunSourceItem */
  goffset start;      /* of its separator line, bytes from the start of the file */
  goffset end;        /* of the next separator, or the end of the file */
  gint64 received;    /* date of the separator in seconds since 1970; 0 when it has none */
} MunMboxMessage;

void
mun_mbox_message_free (MunMboxMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunMboxMessage, mun_mbox_message_free)

/**
 * mun_mbox_check_head:
 * @head: first bytes of a file, at least 1 KiB of it or all
 * @start: (out): offset of the first separator; empty lines and a byte order mark before it are
 *   passed over. @length when the file has no message
 * @dated: (out): whether separators of this file have a date
 *
 * Returns: FALSE when this is not an mbox file. An empty file is one, without messages.
 */
gboolean
mun_mbox_check_head (const char *head, gsize length, goffset *start, gboolean *dated);

/**
 * mun_mbox_reader_new:
 * @stream: positioned at @offset, where a separator stands
 * @offset: where that is in the file, in bytes
 * @dated: what mun_mbox_check_head() found
 * @unquote: the file is known to be mboxrd
 * @max_message: in bytes; a larger message is passed over
 */
MunMboxReader *
mun_mbox_reader_new (GInputStream *stream, goffset offset, gboolean dated, gboolean unquote,
                     gsize max_message);

/* See MunSourceHost; NULL at first. */
void
mun_mbox_reader_set_spool_dir (MunMboxReader *self, const char *spool_dir);

void
mun_mbox_reader_free (MunMboxReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunMboxReader, mun_mbox_reader_free)

/**
 * mun_mbox_reader_next:
 * @message: (out) (transfer full): the next message, or NULL at the end of the stream
 *
 * Needs memory for one message only, or for 1 MiB of it, whatever the size of the file or of its
 * lines.
 */
gboolean
mun_mbox_reader_next (MunMboxReader *self, MunMboxMessage **message, GCancellable *cancellable,
                      GError **error);

/* Date of a separator line in seconds since 1970, 0 when it holds none. Without a numeric zone the
 * time is taken as UTC. */
gint64
mun_mbox_parse_date (const char *line, gsize length);

G_END_DECLS
