/* archive-keys.h: the master key of an archive, and the keys of its stores */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-stores.h"

G_BEGIN_DECLS

/* What a renewal did, and what it left as it was. */
typedef struct {
  guint stores, stores_left;
  guint secrets, secrets_left;
} MunKeyRenewal;

/* Seals everything that the master key seals with NEXT: the secrets of the master database in one
 * transaction, which decides from which moment NEXT holds, then the key of every store. NEXT must be
 * on the disk before, and the former key until this returns. Nobody is locked out: the former key
 * stays in the master database, sealed with NEXT, and opens what could not be reached now (a line
 * of REPORT (free it) says what and why) when it comes back; so does a start after a crash.
 * MUN_ERROR_INVALID: NEXT is the key that holds. FALSE: nothing was changed, unless the commit
 * itself failed: the next start knows. */
gboolean
mun_archive_renew_key (MunArchive *self, MunSecret *next, MunVerifyProgress progress, gpointer data,
                       MunKeyRenewal *done, char **report, GError **error);

G_END_DECLS
