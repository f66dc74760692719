/* mun-hand-over.h: gives a credential of this desktop to a server, after saying so */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"
#include "mun-credential-choice.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Asks, naming the server; then reads the key from the keyring (which may ask to unlock it) and
 * calls CreateCredentials, or SetCredentials when the server has an older certificate of it.
 * `parent`: the window the question stands over. The server must have the function. */
void
mun_hand_over_async (GtkWindow *parent, MunConnection *connection, MunCredentialChoice *choice,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);

/* Returns: the server's id of the credential; 0 with G_IO_ERROR_CANCELLED when the user said no, or
 * with the error of the keyring or the server. */
gint64
mun_hand_over_finish (GAsyncResult *result, GError **error);

G_END_DECLS
