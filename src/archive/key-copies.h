/* key-copies.h: where the key of a store stands: store.json, the contents, the catalogue */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"
#include "store-key.h"

G_BEGIN_DECLS

/* Without its key a store cannot be read. store.json in the store's folder counts; a copy stands
 * with what it opens, in contents/, and one in the catalogue. */

/* mun_key_copies_load: the first of them that the master key opens; @catalogue may be NULL. A
 * store.json that is damaged or missing is written again, or it fails. The error is the one of
 * store.json. */
gboolean
mun_key_copies_load (MunStoreKey *key, const char *dir, MunDatabase *catalogue,
                     MunSecret *master_key, GError **error);
/* mun_key_copies_create: for a new store; the copies come with its first opening. */
gboolean
mun_key_copies_create (MunStoreKey *key, const char *dir, MunSecret *master_key, GError **error);
/* mun_key_copies_keep: the copy with the contents becomes like @key where it is not; it may be
 * missing without harm, and why is logged. */
void
mun_key_copies_keep (const MunStoreKey *key, const char *dir);
/* mun_key_copies_write: both files. */
gboolean
mun_key_copies_write (const MunStoreKey *key, const char *dir, GError **error);
/* mun_key_copies_save: the copy in the catalogue, within a transaction. */
gboolean
mun_key_copies_save (const MunStoreKey *key, MunDatabase *catalogue, GError **error);

/* For a store that nobody has open: */

/* mun_key_copies_rewrap: when one of @old_keys (MunSecret) opens a copy, and @master_key opens none:
 * seals it with @master_key, in both files. @changed: whether that was so; without an error and
 * unchanged, @master_key opens the store. MUN_ERROR_AUTHENTICATION: none of them does. */
gboolean
mun_key_copies_rewrap (const char *dir, GPtrArray *old_keys, MunSecret *master_key,
                       gboolean *changed, GError **error);
/* mun_key_copies_dup_guid: what store it is, as hexadecimal digits, or NULL. */
char *
mun_key_copies_dup_guid (const char *dir);
/* mun_key_copies_has_recovery_key: as store.json has it. */
gboolean
mun_key_copies_has_recovery_key (const char *dir);
/* mun_key_copies_unlock: opens a copy with its recovery key, and seals it with @master_key, in both
 * files. Nothing changes when it fails: see mun_recovery_key_open(). */
gboolean
mun_key_copies_unlock (const char *dir, MunSecret *passphrase, MunSecret *master_key,
                       GError **error);

G_END_DECLS
