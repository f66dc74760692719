/* mun-operation.h: one long-running function on a server, as the console shows it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  MUN_OPERATION_RUNNING,
  MUN_OPERATION_SUCCEEDED,
  MUN_OPERATION_FAILED,
  MUN_OPERATION_CANCELLED,
} MunOperationState;

#define MUN_TYPE_OPERATION_STATE (mun_operation_state_get_type ())
GType
mun_operation_state_get_type (void);

/*
 * Properties (read-only, notify): title, server-name, function, state, fraction (0 to 1, below 0:
 * not known), status-text, details (a line: rate, remaining time; empty when not known), seen.
 * Signals: progressed (), whenever the server told more; finished (), once, after state, result and
 * error are set.
 */
#define MUN_TYPE_OPERATION (mun_operation_get_type ())
G_DECLARE_FINAL_TYPE (MunOperation, mun_operation, MUN, OPERATION, GObject)

/* A running operation that cancels `cancellable` (made when NULL) when the user cancels it. */
MunOperation *
mun_operation_new (const char *title, const char *server_name, const char *function,
                   GCancellable *cancellable);

const char *
mun_operation_get_title (MunOperation *self);
const char *
mun_operation_get_server_name (MunOperation *self);
const char *
mun_operation_get_function (MunOperation *self);
MunOperationState
mun_operation_get_state (MunOperation *self);
double
mun_operation_get_fraction (MunOperation *self);
const char *
mun_operation_get_status_text (MunOperation *self);
const char *
mun_operation_get_details (MunOperation *self);
GCancellable *
mun_operation_get_cancellable (MunOperation *self);
gboolean
mun_operation_get_cancel_requested (MunOperation *self);

/* The progress record of a server that sends one (mailbox, folder, done, known …); borrowed, else
 * NULL. */
JsonObject *
mun_operation_get_progress (MunOperation *self);
/* What the function returned; borrowed, NULL while running, on failure and for functions without
 * result. */
JsonNode *
mun_operation_get_result (MunOperation *self);
/* The log text so far. */
const char *
mun_operation_get_log (MunOperation *self);
/* Why it failed; borrowed, NULL unless state is FAILED. */
const GError *
mun_operation_get_error (MunOperation *self);

/* Asks the server to cancel; the state changes when the server has done so. */
void
mun_operation_cancel (MunOperation *self);

/* For whoever drives the operation: progress (percent below 0: not known; `progress` nullable),
 * then one of the ends.
 */
void
mun_operation_update (MunOperation *self, int percent, const char *status_text,
                      JsonObject *progress);
void
mun_operation_append_log (MunOperation *self, const char *more_log);
void
mun_operation_succeed (MunOperation *self, JsonNode *result);
void
mun_operation_fail (MunOperation *self, const GError *error);

gboolean
mun_operation_get_seen (MunOperation *self);
void
mun_operation_set_seen (MunOperation *self, gboolean seen);

G_END_DECLS
