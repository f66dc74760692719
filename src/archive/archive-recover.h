/* archive-recover.h: a store whose catalogue is lost */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-stores.h"

G_BEGIN_DECLS

/* Makes the catalogue of a store again from its containers alone: folders, messages, source keys,
 * index. The store must be disabled or in error (MUN_ERROR_INVALID). Deleted messages stay deleted
 * unless RECOVER_DELETED. The old catalogue is set aside when the new one is complete; a recovery
 * that was cut off is begun again. What cannot be recovered is a line of REPORT (free it), whose
 * last line says what was done. */
gboolean
mun_archive_recover_store (MunArchive *self, gint64 id, gboolean recover_deleted,
                           MunVerifyProgress progress, gpointer data, GCancellable *cancellable,
                           char **report, GError **error);
/* Writes what such a recovery needs once more: folders, messages and source keys as they are now, and
 * the copy of the key. Works while the store is in use. */
gboolean
mun_archive_recreate_records (MunArchive *self, gint64 id, MunVerifyProgress progress,
                              gpointer data, GCancellable *cancellable, char **report,
                              GError **error);

G_END_DECLS
