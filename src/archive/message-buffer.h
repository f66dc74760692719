/* message-buffer.h: a message on its way in, in memory as long as it is small */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Up to 1 MiB in memory; from there on a spool, so that what a source reads is never in memory
 * whole. For one thread at a time; all of it may block. */
typedef struct _MunMessageBuffer MunMessageBuffer;

/* @spool_dir: (nullable): where large ones may wait; NULL: all of it stays in memory. */
MunMessageBuffer *
mun_message_buffer_new (const char *spool_dir);
void
mun_message_buffer_free (MunMessageBuffer *self);

gboolean
mun_message_buffer_append (MunMessageBuffer *self, gconstpointer data, gsize length,
                           GError **error);
/* Begins anew. */
void
mun_message_buffer_clear (MunMessageBuffer *self);
/* @self: (transfer full): freed on failure as well. @is_mapped: (out): see MunDelivery.
 * Returns: (transfer full): all but the last @cut bytes. */
GBytes *
mun_message_buffer_end (MunMessageBuffer *self, gsize cut, gboolean *is_mapped, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunMessageBuffer, mun_message_buffer_free)

G_END_DECLS
