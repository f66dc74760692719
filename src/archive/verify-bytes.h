/* verify-bytes.h: the SHA-256 of messages that are put together from several pieces */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "verify-private.h"

G_BEGIN_DECLS

/* Such a message is read as a whole, piece by piece, on the quiet pool. That happens when the last of
 * its pieces has just been read for its own sake: those that came shortly before are still in memory,
 * since the pieces of a message stand together; others are read again. */

MunBytesCheck *
mun_bytes_check_new (MunStore *store, GCancellable *cancellable);
void
mun_bytes_check_free (MunBytesCheck *self);

/* First: the messages; @last_piece: the highest id among its pieces. */
void
mun_bytes_check_add (MunBytesCheck *self, gint64 number, gint64 last_piece);
/* Then: pieces that are sound, in whatever order. */
void
mun_bytes_check_take_piece (MunBytesCheck *self, gint64 id, GBytes *plain);
/* mun_bytes_check_finish: those messages that have not had their turn, and waits for all. @step:
 * how the calling thread passes on progress; FALSE: cancelled. */
gboolean
mun_bytes_check_finish (MunBytesCheck *self, MunVerification *verification);
/* mun_bytes_check_get_faults: number (gint64) → what is wrong with it. */
GHashTable *
mun_bytes_check_get_faults (MunBytesCheck *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunBytesCheck, mun_bytes_check_free)

G_END_DECLS
