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

gboolean
mun_archive_uses_key (MunArchive *self, MunSecret *key);
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

/* A recovery key opens a store without the master key: in another installation, or when that key is
 * lost. */

/* Sets the recovery key of a store that can be opened, or takes it away (NULL). */
gboolean
mun_archive_set_recovery_key (MunArchive *self, gint64 id, MunSecret *passphrase, GError **error);
/* Seals the key of a store that is locked with the master key, and opens the store.
 * MUN_ERROR_INVALID: it is not locked. MUN_ERROR_NOT_FOUND: it has no recovery key.
 * MUN_ERROR_AUTHENTICATION: that is another one. */
gboolean
mun_archive_unlock_store (MunArchive *self, gint64 id, MunSecret *passphrase, GError **error);
/* The same for the recovery of a store: it stays closed, and need not be locked. */
gboolean
mun_archive_unlock_closed (MunArchive *self, gint64 id, MunSecret *passphrase, GError **error);

G_END_DECLS
