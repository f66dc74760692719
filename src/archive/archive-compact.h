/* archive-compact.h: stores give space back */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-stores.h"

G_BEGIN_DECLS

/* Gives back what deleted messages took: containers of which a fifth or more is no longer needed
 * are written anew, and the old ones removed; then the catalogue as by
 * mun_archive_maintain_store(). In small steps, while mail is taken, read and found; not in a store
 * that is write-protected (MUN_ERROR_READ_ONLY). Cancelled or cut off, it has done a part of it,
 * and nothing is lost. A container with damage in it stays as it is: that is a line of REPORT (free
 * it; it may be set with an error too), whose last line says what was done. */
gboolean
mun_archive_compact_store (MunArchive *self, gint64 id, MunVerifyProgress progress, gpointer data,
                           GCancellable *cancellable, char **report, GError **error);
/* Merges the parts of the index, and gives the free pages of the catalogue back. */
gboolean
mun_archive_maintain_store (MunArchive *self, gint64 id, MunVerifyProgress progress, gpointer data,
                            GCancellable *cancellable, char **report, GError **error);

G_END_DECLS
