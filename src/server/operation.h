/* operation.h: one call of a function, from its first request to its last get-status */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "functions.h"

#include "handler.h"

/* A MunCall is shared by the worker thread that runs it and the main loop that answers for it; its
 * own lock guards what changes. Everything here may be called from any thread. */

/**
 * mun_call_new:
 * @user_name: whose call it is: only this user may ask for its status
 * @arguments: (transfer full) (nullable): freed with the call
 */
MunCall *
mun_call_new (MunServer *server, const char *user_name, const MunFunctionSpec *spec,
              MunHandler handler, MunArguments *arguments);
MunCall *
mun_call_ref (MunCall *self);
void
mun_call_unref (MunCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunCall, mun_call_unref)

const MunFunctionSpec *
mun_call_get_spec (MunCall *self);
const char *
mun_call_get_token (MunCall *self);

/* What mun_call_add_detail() collected; for the worker thread. (nullable) */
const char *
mun_call_get_details (MunCall *self);

/* Called on the worker thread at every change that somebody may wait for. Set before the run. */
typedef void (*MunCallNotify) (MunCall *call, gpointer data);
void
mun_call_set_notify (MunCall *self, MunCallNotify notify, gpointer data);

/* Runs the handler to its end on this thread. */
void
mun_call_run (MunCall *self);

/* @stopping: it is the server that ends, not the user who does not want it any more. */
void
mun_call_cancel (MunCall *self, gboolean stopping);

/**
 * mun_call_follow:
 * @leader: a call that does the work of both, and follows none
 *
 * From now on @self shows what @leader shows: its progress and interim result, beginning with the
 * present ones, and its further log lines; until mun_call_unfollow(), which must come before the
 * end of @self.
 */
void
mun_call_follow (MunCall *self, MunCall *leader);
void
mun_call_unfollow (MunCall *self, MunCall *leader);

gboolean
mun_call_is_finished (MunCall *self);
/* Did the handler end well? Meaningful once it is finished. */
gboolean
mun_call_has_succeeded (MunCall *self);
/* g_get_monotonic_time() of the end; 0 while it runs. */
gint64
mun_call_get_end (MunCall *self);

/* TRUE when there is a status newer than the version a client knows. */
gboolean
mun_call_has_news (MunCall *self, gint64 known_version);

/**
 * mun_call_dup_envelope:
 * @known_version: the client's lastKnownStatusVersion: the log is given from there on; -1 when it
 *   keeps no count: the log is given from where the last envelope ended
 * @with_token: FALSE for calls that ended within their first request
 *
 * Returns: (transfer full): the reply's body, with a byte order mark
 */
char *
mun_call_dup_envelope (MunCall *self, gint64 known_version, gboolean with_token);

/* The reply to a request that did not become a call: "failed" with this message. */
char *
mun_call_dup_failure (const char *message);
