/* keyring-prompt.h: unlocking with a prompt that can be cancelled */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <libsecret/secret.h>

G_BEGIN_DECLS

/* Unlocks `object`, a SecretCollection or SecretItem, asking the user when the service wants that;
 * blocks until the answer. Cancelling closes the prompt. Errors as in keyring.h. This is done
 * without libsecret because its own function, when cancelled while prompting, never returns
 * (0.20.5). Specification: freedesktop.org "Secret Service API", chapter Prompts. */
gboolean
mun_keyring_prompt_unlock (SecretService *service, gpointer object, GCancellable *cancellable,
                           GError **error);

G_END_DECLS
