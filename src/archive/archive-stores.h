/* archive-stores.h: the stores of an archive: exactly one current, each verifiable */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive.h"

G_BEGIN_DECLS

/* Called on the calling thread while a store is verified; FRACTION from 0 to 1. */
typedef void (*MunVerifyProgress) (double fraction, const char *text, gpointer data);

/* The elements of GetStores (id, name, type, requestedState, error, databasePath, contentPath,
 * indexPath, statisticsCount, statisticsSize (bytes of the original messages; null without
 * INCLUDE_SIZE), searchIndexesNeedRebuild, needsUpgrade), plus "storedSize" (bytes on disk),
 * "indexedCount" (of statisticsCount) and "hasRecoveryKey". */
JsonArray *
mun_archive_list_stores (MunArchive *self, gboolean include_size);
/* Makes a store; STATE is NULL ("normal") or one of the states below. MUN_ERROR_EXISTS: the name is
 * taken. 0 on failure. */
gint64
mun_archive_create_store (MunArchive *self, const char *name, const char *state, GError **error);
/* STATE: "current" (the former current one becomes normal), "normal", "writeProtected", "disabled".
 * The current store cannot leave its state but by another one becoming current (MUN_ERROR_INVALID).
 */
gboolean
mun_archive_set_store_state (MunArchive *self, gint64 id, const char *state, GError **error);
/* The id of the current store. */
gint64
mun_archive_get_current_store (MunArchive *self);

/* Checks every record (checksum, seal, hash), every message (pieces, hash), the reference counts
 * and, when INCLUDE_INDEXES, index against catalogue. Works while mail arrives. A fault is a line
 * of REPORT (free it) and counts in FAULTS, and does not end the check; FALSE means that it could
 * not be done at all. */
gboolean
mun_archive_verify_store (MunArchive *self, gint64 id, gboolean include_indexes,
                          MunVerifyProgress progress, gpointer data, GCancellable *cancellable,
                          char **report, guint64 *faults, GError **error);
/* Totals over all stores but disabled ones: messages and bytes of the originals. */
void
mun_archive_get_totals (MunArchive *self, guint64 *messages, guint64 *bytes);

G_END_DECLS
