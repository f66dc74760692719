/* message-reader.h: one archived message as a stream of chunks */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive.h"

G_BEGIN_DECLS

/* Reads a message piece by piece: two of its pieces (at most 1 MiB each, unless the store is an old
 * one) are in memory at a time, however large it is. For one thread at a time; keeps no lock and no
 * transaction between two calls, so that it may take as long as its slowest client. Pieces that are
 * moved meanwhile are found where they are then; a message that is deleted meanwhile ends with an
 * error. */
typedef struct _MunMessageReader MunMessageReader;

MunMessageReader *
mun_archive_open_message (MunArchive *self, const char *message_id, GError **error);
void
mun_message_reader_free (MunMessageReader *self);

guint64
mun_message_reader_get_size (MunMessageReader *self);
/* SHA-256 of the message as the catalogue has it, 64 lower-case hexadecimal digits. */
const char *
mun_message_reader_get_digest (MunMessageReader *self);

/**
 * mun_message_reader_seek:
 * @offset: at most the size
 *
 * The next chunk begins there. Nothing in front of it is read. From now on each piece is compared
 * with its own SHA-256, because there is no whole to compare.
 */
void
mun_message_reader_seek (MunMessageReader *self, guint64 offset);

/**
 * mun_message_reader_read:
 * @most: bytes; what is returned may be fewer before the end, too
 *
 * Without a seek, the last chunk is only given out when the bytes of the whole message match its
 * SHA-256: whoever has read to the end has the message, to the byte.
 *
 * Returns: (transfer full): the next bytes; empty at the end; NULL with MUN_ERROR_DAMAGED, which
 *   names message and container, or another error. Then every further call fails as well.
 */
GBytes *
mun_message_reader_read (MunMessageReader *self, gsize most, GError **error);

/* For those who have the store: mun_message_reader_new: what a row of the catalogue says of a
 * message; the store is kept. NULL: the list of pieces is damaged, or it does not come
 * to the size. */
typedef struct _MunStore MunStore;

MunMessageReader *
mun_message_reader_new (MunStore *store, gint64 number, GBytes *pieces, guint64 size,
                        GBytes *digest, GError **error);
/* mun_message_reader_open: by its number. */
MunMessageReader *
mun_message_reader_open (MunStore *store, gint64 number, GError **error);
/* A piece that is at hand, and known to be sound (a reference of it), or NULL. */
typedef GBytes *(*MunPieceSource) (gint64 piece, gpointer user_data);
/* mun_message_reader_set_source: is asked before a piece is read from the contents. */
void
mun_message_reader_set_source (MunMessageReader *self, MunPieceSource source, gpointer user_data);
/* mun_message_reader_check: reads all of it. */
gboolean
mun_message_reader_check (MunMessageReader *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunMessageReader, mun_message_reader_free)

G_END_DECLS
