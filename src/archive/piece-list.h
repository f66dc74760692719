/* piece-list.h: how a message is put together again from pieces */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The column "pieces": varints, 7 bits a byte, low bits first. One number: the id of the only
 * piece. Else triples in the order of the message: id, offset in the piece, length. */
typedef struct {
  gint64 piece;
  guint64 offset;
  guint64 length; /* G_MAXUINT64: all of it */
} MunPieceRef;

/* Returns: (transfer full): of MunPieceRef. */
GByteArray *
mun_piece_list_encode (GArray *refs);
/* Returns: (transfer full): NULL when the bytes are no list. */
GArray *
mun_piece_list_decode (const guint8 *data, gsize length);
/* Returns: (transfer full): the ids in it, each once, as gint64. */
GArray *
mun_piece_list_ids (GArray *refs);

G_END_DECLS
