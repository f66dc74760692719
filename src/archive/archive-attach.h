/* archive-attach.h: the folder of a store, from elsewhere, becomes a store of this archive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-stores.h"

G_BEGIN_DECLS

/* DIR lies in the folder "stores" of the data directory, where it was put for this, and belongs to no
 * store yet; it takes the number of its new store. STATE as of mun_archive_create_store(). A store
 * that this master key does not open is attached, locked, and does not become the current one.
 * MUN_ERROR_INVALID: no store is there, or not there; MUN_ERROR_EXISTS: the name is taken, or the
 * store is attached already (it is a copy). 0 on failure. */
gint64
mun_archive_attach_store (MunArchive *self, const char *name, const char *dir, const char *state,
                          GError **error);

G_END_DECLS
