/* store-catalogue.h: opening the catalogue of a store */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/* mun_store_catalogue_open: a writer makes the tables of a new one, and brings those of an old one
 * up to date; a reader sees the words of its index in temp.vocabulary. */
MunDatabase *
mun_store_catalogue_open (const char *path, MunDatabaseMode mode, GError **error);
/* mun_store_catalogue_check_file: is there one at all? MUN_ERROR_NOT_FOUND, MUN_ERROR_DAMAGED. */
gboolean
mun_store_catalogue_check_file (const char *path, GError **error);
/* mun_store_catalogue_check: is what was opened that of a store? MUN_ERROR_DAMAGED. */
gboolean
mun_store_catalogue_check (MunDatabase *self, const char *path, GError **error);

G_END_DECLS
