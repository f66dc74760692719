/* keyring-service.h: the secret service, as the keyring*.c files need it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libsecret/secret.h>

#include "secret.h"

G_BEGIN_DECLS

/* Everything here blocks (a prompt as long as the user takes) and runs on a task's thread. Errors
 * are those of keyring.h; `step` names what was being done, for the message. */

/* Runs a task on a thread with a main context of its own. Without that, libsecret's objects of the
 * thread would get their signals on the main thread, even while they are half made. */
void
mun_keyring_service_run (GTask *task, GTaskThreadFunc func);

/* A fresh connection; MUN_ERROR_KEYRING_UNAVAILABLE. */
SecretService *
mun_keyring_service_get (GCancellable *cancellable, GError **error);

/* Asks the user to unlock the default keyring if it is locked. Must come before a search whose
 * empty result means something: a keyring that was never unlocked in this session hides its items.
 */
gboolean
mun_keyring_service_unlock (SecretService *service, GCancellable *cancellable, GError **error);

/* TRUE when the default keyring is locked; never prompts. */
gboolean
mun_keyring_service_is_locked (SecretService *service, GCancellable *cancellable);

/* All items with these attributes (name, value, …, NULL), as an array of SecretItem; unlocks
 * nothing. */
GPtrArray *
mun_keyring_service_search (SecretService *service, const SecretSchema *schema,
                            GHashTable *attributes, GCancellable *cancellable, GError **error);

/* The secret of an item, asking to unlock it if need be. */
MunSecret *
mun_keyring_service_read (SecretService *service, SecretItem *item, GCancellable *cancellable,
                          GError **error);

/* Not interrupted once begun: the cancellable counts before. */
gboolean
mun_keyring_service_store (SecretService *service, const SecretSchema *schema,
                           GHashTable *attributes, const char *label, MunSecret *secret,
                           GCancellable *cancellable, GError **error);

/* Success, too, when the item is gone already. Not interrupted once begun. */
gboolean
mun_keyring_service_delete (SecretService *service, SecretItem *item, GCancellable *cancellable,
                            GError **error);

G_END_DECLS
