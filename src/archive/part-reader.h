/* part-reader.h: an attachment of an archived message, decoded, as a stream of chunks */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "message-reader.h"
#include "outline.h"

G_BEGIN_DECLS

/* What was learned of a part when it was decoded: how long it is, and where in it decoding may
 * begin. Refcounted, for all threads. */
typedef struct _MunPartMap MunPartMap;

MunPartMap *
mun_part_map_new (void);
MunPartMap *
mun_part_map_ref (MunPartMap *self);
void
mun_part_map_unref (MunPartMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunPartMap, mun_part_map_unref)
/* FALSE: not known yet; see mun_part_reader_measure(). */
gboolean
mun_part_map_get_length (MunPartMap *self, guint64 *length);

/* Reads and decodes piece by piece: two pieces of the message and what is decoded of one of them
 * are in memory, however large the part is. As MunMessageReader otherwise. */
typedef struct _MunPartReader MunPartReader;

/* @reader: (transfer full): of the message; @map: of this part, a reference is kept. */
MunPartReader *
mun_part_reader_new (MunMessageReader *reader, const MunLeaf *leaf, MunPartMap *map);
void
mun_part_reader_free (MunPartReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunPartReader, mun_part_reader_free)

/* mun_part_reader_measure: decodes all of it unless the map knows the length already. The next chunk
 * is the first one again. */
gboolean
mun_part_reader_measure (MunPartReader *self, GCancellable *cancellable, guint64 *length,
                         GError **error);
/* mun_part_reader_seek: the next chunk begins at @offset of what is decoded, or is the end. At most
 * one piece in front of it is decoded once the part has been measured. */
void
mun_part_reader_seek (MunPartReader *self, guint64 offset);
/* mun_part_reader_read: as mun_message_reader_read(). */
GBytes *
mun_part_reader_read (MunPartReader *self, gsize most, GError **error);

/* mun_message_reader_outline: the parts of a message; the reader may be used for them afterwards. */
MunOutline *
mun_message_reader_outline (MunMessageReader *self, GCancellable *cancellable, GError **error);
/* mun_message_reader_write_inner: an attachment that is a message itself. */
gboolean
mun_message_reader_write_inner (MunMessageReader *self, guint index, MunOutlineWrite write,
                                gpointer data, GCancellable *cancellable, GError **error);

G_END_DECLS
