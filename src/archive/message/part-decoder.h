/* part-decoder.h: the content of a part decoded, stretch by stretch */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "outline.h"

G_BEGIN_DECLS

typedef struct _MunPartDecoder MunPartDecoder;

MunPartDecoder *
mun_part_decoder_new (MunCoding coding);
void
mun_part_decoder_free (MunPartDecoder *self);

/* mun_part_decoder_feed: the next stretch; @is_last: nothing follows (it may be empty then).
 * Returns: (transfer full): what comes out of it, as mun_message_dup_attachment() would have it. */
GBytes *
mun_part_decoder_feed (MunPartDecoder *self, GBytes *encoded, gboolean is_last);
/* mun_part_decoder_is_neutral: a new decoder would go on from here the same way. */
gboolean
mun_part_decoder_is_neutral (MunPartDecoder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunPartDecoder, mun_part_decoder_free)

G_END_DECLS
