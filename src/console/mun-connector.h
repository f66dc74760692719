/* mun-connector.h: from a saved server to an open connection, asking what must be asked */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"
#include "mun-embedded-server.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Opens the connection. "This Computer": starts or joins the embedded server. Others: takes the
 * password from `password` (nullable), else the one that the connection was opened with, else from
 * the keyring, else asks; asks again after a wrong one. An unknown certificate is shown and, when
 * trusted, pinned in the entry; a changed one is explained and refused. `remember`: keep the typed
 * password. Errors are those of mun_connection_open_finish; G_IO_ERROR_CANCELLED when the person
 * cancelled.
 */
void
mun_connector_open_async (GtkWindow *parent, MunConnection *connection, MunEmbeddedServer *embedded,
                          MunSecret *password, gboolean remember, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer data);
gboolean
mun_connector_open_finish (MunConnection *connection, GAsyncResult *result, GError **error);
/* After success: a sentence about what the keyring could not keep, owned; NULL when there is
 * nothing to say. */
char *
mun_connector_dup_notice (GAsyncResult *result);

G_END_DECLS
