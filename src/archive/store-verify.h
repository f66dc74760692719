/* store-verify.h: is everything there, and as it was? */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-stores.h"
#include "store.h"

G_BEGIN_DECLS

/* mun_store_verify: see mun_archive_verify_store(). */
gboolean
mun_store_verify (MunStore *self, const char *name, gboolean include_indexes,
                  MunVerifyProgress progress, gpointer data, GCancellable *cancellable,
                  char **report, guint64 *faults, GError **error);
/* mun_store_has_stale_rows: the index holds entries of messages that are gone or elsewhere. */
gboolean
mun_store_has_stale_rows (MunStore *self);

G_END_DECLS
