/* remote-operation.h: one long function of a server, followed to its end */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "admin-client.h"
#include "envelope.h"

G_BEGIN_DECLS

/* MunRemoteOperation: starts a function and follows it by get-status, which the server holds until
 * something changed. It keeps itself alive until the end. A broken connection is tried again for
 * two minutes, because the work goes on at the server meanwhile ("stalled" is TRUE then).
 *
 * Properties (all notify): "state" (int, MunStatus; RUNNING from the start), "percent" (int, -1:
 * not known), "status-text" (string), "progress" (JsonObject, NULL: the interim result, as
 * munimentd sends it), "token" (string, NULL until the server named it), "stalled" (boolean),
 * "title" (string, construct only), "function" (string, construct only). Signal "log" (string):
 * lines that came to the log. Signal "finished": once, after "state" changed for good. */
#define MUN_TYPE_REMOTE_OPERATION (mun_remote_operation_get_type ())
G_DECLARE_FINAL_TYPE (MunRemoteOperation, mun_remote_operation, MUN, REMOTE_OPERATION, GObject)

/* mun_remote_operation_start: @args as in mun_admin_client_call_async(). @title: (nullable): for a
 * list of operations. Returns: (transfer full). */
MunRemoteOperation *
mun_remote_operation_start (MunAdminClient *client, const char *function, JsonObject *args,
                            const char *title);

/* mun_remote_operation_follow: the same for an operation that runs already: @token is what
 * mun_remote_operation_get_token() said of it, perhaps in another program. A server that does not
 * know it any more makes it fail with MUN_ERROR_EXPIRED. Returns: (transfer full). */
MunRemoteOperation *
mun_remote_operation_follow (MunAdminClient *client, const char *token, const char *title);

/* mun_remote_operation_continue: goes on asking through another client of the same server, after a
 * reconnect. A server that was started anew does not know the operation: it fails with
 * MUN_ERROR_EXPIRED. */
void
mun_remote_operation_continue (MunRemoteOperation *self, MunAdminClient *client);

/* mun_remote_operation_cancel: asks the server to stop; "state" follows when it has. */
void
mun_remote_operation_cancel (MunRemoteOperation *self);

/* mun_remote_operation_abandon: stops following; the server works on. "finished" is not emitted. */
void
mun_remote_operation_abandon (MunRemoteOperation *self);

const char *
mun_remote_operation_get_function (MunRemoteOperation *self);
const char *
mun_remote_operation_get_title (MunRemoteOperation *self);
/* Returns: borrowed: the handle of the operation at the server; NULL while it is not known and for
 * a function that ended at once. */
const char *
mun_remote_operation_get_token (MunRemoteOperation *self);
MunStatus
mun_remote_operation_get_state (MunRemoteOperation *self);
gboolean
mun_remote_operation_is_finished (MunRemoteOperation *self);
gboolean
mun_remote_operation_is_stalled (MunRemoteOperation *self);
/* TRUE from the call of mun_remote_operation_cancel() on. */
gboolean
mun_remote_operation_is_cancelling (MunRemoteOperation *self);
int
mun_remote_operation_get_percent (MunRemoteOperation *self);
const char *
mun_remote_operation_get_status_text (MunRemoteOperation *self);
/* Returns: borrowed, NULL when the server sends none. */
JsonObject *
mun_remote_operation_get_progress (MunRemoteOperation *self);
/* Returns: borrowed: the whole log so far; the oldest part is dropped beyond 4 MiB. */
const char *
mun_remote_operation_get_log (MunRemoteOperation *self);
/* Returns: borrowed: the result of an operation that succeeded, else NULL. */
JsonNode *
mun_remote_operation_get_result (MunRemoteOperation *self);
/* Returns: borrowed: why it failed, else NULL. */
const GError *
mun_remote_operation_get_error (MunRemoteOperation *self);

G_END_DECLS
