/* mun-rename-user.h: gives a user another name, and the archive too when wanted */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for the new name, then calls RenameUser. A server does not rename the archive with its user
 * (contract 1.7): where MoveFolder exists the dialog offers it, and the user's access moves along.
 * PARENT: any widget of the window. Errors: of mun_connection_call_finish (); G_IO_ERROR_CANCELLED
 * when the person thought better of it. */
void
mun_rename_user_async (GtkWidget *parent, MunConnection *connection, const char *user_name,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* The new name; owned. */
char *
mun_rename_user_finish (GAsyncResult *result, GError **error);

G_END_DECLS
