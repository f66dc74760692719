/* mail-stream.h: a message that is elsewhere, as a GMime stream; and where GMime writes one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "outline.h"

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* mun_mail_stream_new: GMime may go back and forth in it: what it parses stays where it is, only
 * the last chunk is in memory. Offset 0 of the stream is @start of the message. */
GMimeStream *
mun_mail_stream_new (const MunOutlineSource *source, guint64 start);

/* mun_mail_stream_get_error: GMime takes what cannot be read for the end; here is why (borrowed,
 * NULL: it was the end). */
const GError *
mun_mail_stream_get_error (GMimeStream *stream);
/* mun_mail_stream_get_trap: the same when the stream ended so that GMime need not read what would
 * be a trap for it; NULL: nothing was. */
const char *
mun_mail_stream_get_trap (GMimeStream *stream);

/* mun_mail_sink_new: what GMime writes goes to @write; after its first failure, nowhere. */
GMimeStream *
mun_mail_sink_new (MunOutlineWrite write, gpointer data);
/* Borrowed; NULL: it took everything. */
const GError *
mun_mail_sink_get_error (GMimeStream *stream);

G_END_DECLS
