/* mun-embedded-server.h: "This Computer": starts, joins and stops munimentd */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-server-entry.h"
#include "secret.h"

G_BEGIN_DECLS

/*
 * Signal: died (GError *), when a server that was ready ended without being asked to.
 * The administrator's password is random, made once, kept in the keyring and handed over on
 * standard input at each start; without a usable keyring each start has its own.
 */
#define MUN_TYPE_EMBEDDED_SERVER (mun_embedded_server_get_type ())
G_DECLARE_FINAL_TYPE (MunEmbeddedServer, mun_embedded_server, MUN, EMBEDDED_SERVER, GObject)

/* `entry`: the local one; ports and fingerprint are set in it when the server is ready. */
MunEmbeddedServer *
mun_embedded_server_new (MunServerEntry *entry);

/*
 * Makes sure that a server runs on this user's data: the one that runs already (ready.json), else a
 * new one. Errors: MUN_ERROR_NOT_FOUND no munimentd; MUN_ERROR_FAILED it ended before it was ready,
 * with its last words; MUN_ERROR_BUSY one runs already and nobody knows its password.
 */
void
mun_embedded_server_start_async (MunEmbeddedServer *self, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
gboolean
mun_embedded_server_start_finish (MunEmbeddedServer *self, GAsyncResult *result, GError **error);

/* The administrator's password; borrowed, NULL before a start succeeded. */
MunSecret *
mun_embedded_server_get_password (MunEmbeddedServer *self);
/* Why the password is only known to this process; borrowed, NULL when the keyring has it. */
const GError *
mun_embedded_server_get_keyring_problem (MunEmbeddedServer *self);
/* The process of a server that ran already, 0 when this console started it. */
int
mun_embedded_server_get_joined_pid (MunEmbeddedServer *self);
/* Whether this console started the server and it still runs, and whether it was asked to end; both
 * notify as the property "running". */
gboolean
mun_embedded_server_is_running (MunEmbeddedServer *self);
gboolean
mun_embedded_server_is_stopping (MunEmbeddedServer *self);

/* SIGTERM to a server that this console started; returns at once. */
void
mun_embedded_server_stop (MunEmbeddedServer *self);

/* Where munimentd is: $MUNIMENT_SERVER, else beside this program, else in PATH; NULL when nowhere.
 * Owned. */
char *
mun_embedded_server_find_program (void);
/* $XDG_DATA_HOME/muniment/server. Owned. */
char *
mun_embedded_server_dup_data_dir (void);

G_END_DECLS
