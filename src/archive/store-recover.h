/* store-recover.h: the catalogue of a store, made again from its containers alone */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-stores.h"
#include "store.h"

G_BEGIN_DECLS

/* The journal records of the contents say what each commit did, as entries (operation, details):
 * "add", "delete", "move" of a message; "folder", "move-folder", "delete-folder"; "source" (a key
 * of a source); "void" (from one end of the contents to another: a crash came before the commit);
 * "drop" of a container; "moved" (where the entries that follow stood at first); "snapshot" and
 * "snapshot-end" (store-snapshot.h).
 * They are done again in their order; then every message is put together, checked and indexed. */

/* mun_store_recover: a new catalogue in @dir, beside the old one, if any; takes its place by
 * mun_store_replace_catalogue(). Nobody may have the store open. @extractor:
 * reads attachments anew. */
gboolean
mun_store_recover (const char *dir, gint64 id, const char *name, MunSecret *master_key,
                   MunTextExtractor *extractor, gboolean recover_deleted,
                   MunVerifyProgress progress, gpointer data, GCancellable *cancellable,
                   char **report, GError **error);
/* mun_store_replace_catalogue: the old one stays, as "catalogue-before-recovery-<time>.db". */
gboolean
mun_store_replace_catalogue (const char *dir, GError **error);

G_END_DECLS
