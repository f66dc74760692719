/* store-compact.h: what is no longer needed leaves the containers and the catalogue */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-stores.h"
#include "store.h"

G_BEGIN_DECLS

/* A container of which much is no longer needed is emptied: its records move to the end of the
 * contents, and its file goes.
 *
 * - The writer moves at most a megabyte at once, as part of its commits: contents, fdatasync, then
 *   the catalogue with the new places. Mail is taken, read and found all the while.
 * - Before anything moves all that is needed is checked (checksum, seal, SHA-256), and each record
 *   is read back behind its old place before the catalogue names the new one. A container with
 *   damage in it stays whole, and the report names the damage.
 * - Records move as they are: what is sealed is neither changed nor sealed again. Journal records
 *   are put together, each with the place where it stood at first ("moved"): a recovery does them
 *   in that order, and once, should they stand in two places.
 * - That a container is emptied is a commit of its own ("drop" in its journal). The file goes when
 *   every reader of the catalogue that was there before that commit has ended; who streams a
 *   message looks its pieces up again. What a crash leaves is removed at the next start. */

/* mun_store_compact: @report also when it fails, if it had begun. */
gboolean
mun_store_compact (MunStore *self, const char *name, MunVerifyProgress progress, gpointer data,
                   GCancellable *cancellable, char **report, GError **error);
/* mun_store_compact_catalogue: the index becomes one again, free pages go back to the disk. */
gboolean
mun_store_compact_catalogue (MunStore *self, const char *name, MunVerifyProgress progress,
                             gpointer data, GCancellable *cancellable, char **report,
                             GError **error);

G_END_DECLS
