/* prepare.h: one message made ready for the writer: parsed, cut, hashed, compressed, sealed */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "attachment-texts.h"
#include "sealed-record.h"

G_BEGIN_DECLS

/* Larger parts are cut into pieces of this size, so that reading a range opens few of them. */
#define MUN_PREPARED_PIECE_MAX (1024 * 1024)

typedef struct {
  guint8 digest[MUN_DIGEST_SIZE];
  guint32 size;
  GBytes *plain;
  GBytes *record; /* NULL until it is needed */
  gsize reserved; /* of the memory for records that wait */
} MunPreparedPiece;

/* A stretch of the message: LENGTH bytes of a piece from OFFSET on. */
typedef struct {
  guint piece; /* index into pieces */
  guint32 offset, length;
} MunPreparedSegment;

/* What was found in an attachment. */
typedef struct {
  MunAttachmentText *found; /* borrowed */
  guint8 digest[MUN_DIGEST_SIZE];
  GBytes *record; /* the text, sealed; NULL when there is none */
} MunPreparedText;

typedef struct {
  GBytes *raw;
  gboolean is_mapped; /* raw is a mapped file: its pages are given back as soon as they are read */
  guint8 digest[MUN_DIGEST_SIZE];
  gsize size;
  MunMessage *message;
  GArray *pieces;   /* MunPreparedPiece */
  GArray *segments; /* MunPreparedSegment, in the order of the message */
  GPtrArray *found; /* MunAttachmentText; NULL when there was nothing to look into */
  GArray *texts;    /* MunPreparedText, as many; NULL likewise */
  /* the delivery's */
  const char *folder; /* borrowed */
  const char *source_key;
  gint64 received, profile;
  /* the writer's */
  gint64 number;
  gboolean is_duplicate;
} MunPrepared;

/* Asked for every piece: is it in the store already? Then it is neither compressed nor sealed. */
typedef gboolean (*MunPreparedKnown) (const guint8 digest[MUN_DIGEST_SIZE], gpointer user_data);

/* The records of large messages wait for the writer in so much memory, all together; what does not
 * go in there is only made when the writer stores it, one piece at a time. */
#define MUN_PREPARED_LARGE (1024 * 1024)
#define MUN_PREPARED_RECORDS_MAX ((gsize)48 * 1024 * 1024)

/* mun_prepared_new: only hashes. */
MunPrepared *
mun_prepared_new (GBytes *raw, gboolean is_mapped);
void
mun_prepared_free (MunPrepared *self);
/* mun_prepared_parse: the rest. @extractor: reads attachments, until @cancellable (nullable) is
 * cancelled, and with it the delivery; NULL: they are not read. */
gboolean
mun_prepared_parse (MunPrepared *self, MunCodec *codec, MunTextExtractor *extractor,
                    GCancellable *cancellable, MunPreparedKnown known, gpointer user_data,
                    GError **error);
/* mun_prepared_read_attachments: that part of it alone; the message has been parsed. */
gboolean
mun_prepared_read_attachments (MunPrepared *self, MunCodec *codec, MunTextExtractor *extractor,
                               GCancellable *cancellable, GError **error);
/* mun_prepared_seal_piece: makes the record of piece INDEX when it is not there yet. */
GBytes *
mun_prepared_seal_piece (MunPrepared *self, guint index, MunCodec *codec, GError **error);
/* mun_prepared_drop_piece: gives back the memory of a large message's piece that has been stored; it
 * can be sealed again. */
void
mun_prepared_drop_piece (MunPrepared *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunPrepared, mun_prepared_free)

G_END_DECLS
