/* recovery-key.h: the passphrase that opens the key of a store without the master key */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "store-key.h"

G_BEGIN_DECLS

#define MUN_RECOVERY_KEY_LENGTH 12 /* characters, at least */

/* mun_recovery_key_seal: the key of the store, sealed with what PBKDF2 (SHA-256, a salt of its own)
 * makes of the passphrase; takes a second of one core, on purpose. MUN_ERROR_INVALID: it is too
 * short, or no UTF-8. */
JsonObject *
mun_recovery_key_seal (const MunStoreKey *self, MunSecret *passphrase, GError **error);
/* mun_recovery_key_put: has it stand in the text; NULL takes away what stands there. */
gboolean
mun_recovery_key_put (MunStoreKey *self, JsonObject *sealed, GError **error);
/* mun_recovery_key_open: opens @text, which stands in @place. MUN_ERROR_NOT_FOUND: it has no
 * recovery key; MUN_ERROR_AUTHENTICATION: it is another one. */
gboolean
mun_recovery_key_open (MunStoreKey *self, const char *text, const char *place,
                       MunSecret *passphrase, GError **error);

G_END_DECLS
