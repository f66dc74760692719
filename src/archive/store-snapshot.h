/* store-snapshot.h: the recovery records of a store, written anew */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-stores.h"
#include "store.h"

G_BEGIN_DECLS

/* The journal records of the contents say what every commit did: RecoverStore makes the catalogue
 * again from them. A snapshot says all of it once more: every folder, message and source key as of
 * one moment. What the journal said before that moment is not needed then, be it damaged, except to
 * bring back deleted messages.
 *
 * Its journal entries: "snapshot" {id, part, entries (a(sa{sv}), as of store-recover.h)} …, then
 * "snapshot-end" {id, parts, moment (an end of the contents)}. */

/* mun_store_snapshot: works while mail arrives; one that is not finished counts for nothing. The
 * copies of the store's key, and dictionaries that cannot be read, are written again as well.
 * @report: a line is added. */
gboolean
mun_store_snapshot (MunStore *self, MunVerifyProgress progress, gpointer data,
                    GCancellable *cancellable, GString *report, GError **error);

G_END_DECLS
