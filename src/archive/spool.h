/* spool.h: a message that is too large for memory, while it arrives */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A file in the data directory that has no name, is readable for nobody else and gone with the
 * process, however that ends. */
typedef struct _MunSpool MunSpool;

/* All files together. More is refused with MUN_ERROR_BUSY. */
typedef struct {
  gsize limit;
  gsize used; /* atomic */
} MunSpoolRoom;

/* All of these block. @room outlives the spool and what it ends as. */
MunSpool *
mun_spool_new (const char *dir, MunSpoolRoom *room, GError **error);
void
mun_spool_free (MunSpool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunSpool, mun_spool_free)

/* MUN_ERROR_NO_SPACE: the disk is full. */
gboolean
mun_spool_append (MunSpool *self, gconstpointer data, gsize length, GError **error);
/* @self: (transfer full): freed on failure as well. Returns: (transfer full): all that was appended,
 * mapped, not in memory; the file goes with it. */
GBytes *
mun_spool_end (MunSpool *self, GError **error);
