/* keyring-items.h: stored credentials as items of the secret service, as the keyring*.c files need
 * it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app-credential.h"
#include "keyring-service.h"

G_BEGIN_DECLS

extern const SecretSchema mun_keyring_schema;

/* Items found, each with its credential (without certificate) at the same place. */
typedef struct {
  GPtrArray *items;
  GPtrArray *credentials;
} MunKeyringItems;

void
mun_keyring_items_clear (MunKeyringItems *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MunKeyringItems, mun_keyring_items_clear)

/* Fills `self` with the items of one id, or of all for NULL. Unlocks nothing. */
gboolean
mun_keyring_items_find (MunKeyringItems *self, SecretService *service, const char *id,
                        GCancellable *cancellable, GError **error);

/* Place of the latest item of an id, -1 when there is none. */
int
mun_keyring_items_find_latest (MunKeyringItems *self, const char *id);

/* Sets MUN_ERROR_NOT_FOUND; always FALSE. */
gboolean
mun_keyring_items_fail_not_found (const char *id, GError **error);

/* The blocking half of saving: the new revision, or NULL. */
char *
mun_keyring_items_save (MunAppCredential *credential, GCancellable *cancellable, GError **error);

/* The blocking half of deleting; `revision` NULL deletes whatever is there. */
gboolean
mun_keyring_items_delete (const char *id, const char *revision, GCancellable *cancellable,
                          GError **error);

G_END_DECLS
