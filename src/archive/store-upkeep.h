/* store-upkeep.h: what a store does for itself when nobody writes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/* mun_store_upkeep_step: one small step (some megabytes): parts of the index are merged into one,
 * then pages that nobody uses are given back to the file system, and the log with them. A
 * transaction of its own.
 * Returns: whether there is more to do; FALSE also with @error. */
gboolean
mun_store_upkeep_step (MunDatabase *database, GError **error);

/* Its parts, which may belong to a transaction. @merged: there may be more. @left: pages that nobody
 * uses. */
gboolean
mun_store_upkeep_merge (MunDatabase *database, gboolean *merged, GError **error);
gboolean
mun_store_upkeep_give_back (MunDatabase *database, gint64 *left, GError **error);

G_END_DECLS
