/* admin-private.h: one exchange of the Administration API; private to src/client */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "admin-client.h"
#include "envelope.h"
#include "transport.h"

G_BEGIN_DECLS

/* How long get-status may hold a poll; well below the silence that breaks a connection. */
#define MUN_POLL_MILLISECONDS 20000

MunTransport *
mun_admin_client_get_transport (MunAdminClient *self);

/* mun_admin_client_form_from_object: @args: (nullable): a form body, as call_async describes.
 * Returns: (transfer full): may hold secrets: hand it to mun_admin_client_post_async(), which wipes
 * it. */
char *
mun_admin_client_form_from_object (JsonObject *args);

/* mun_admin_client_post_async: one exchange. @path: below "/api/". @form: (transfer full)
 * (nullable).
 * @seconds: for the whole exchange, 0: no limit. Errors as in admin-client.h, but a failed envelope
 * is none. */
void
mun_admin_client_post_async (MunAdminClient *self, const char *path, char *form, guint seconds,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
MunEnvelope *
mun_admin_client_post_finish (MunAdminClient *self, GAsyncResult *result, GError **error);

/* mun_admin_client_poll_async: get-status of @token, held until its version is beyond @version.
 * Finish with mun_admin_client_post_finish(); MUN_ERROR_EXPIRED when the server does not know the
 * token. */
void
mun_admin_client_poll_async (MunAdminClient *self, const char *token, gint64 version,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);

/* mun_admin_client_cancel_token: asks the server to stop, and does not wait for the answer. */
void
mun_admin_client_cancel_token (MunAdminClient *self, const char *token);

/* mun_admin_client_envelope_error: why an envelope is no success, NULL when it is one or still
 * runs. Returns: (transfer full). */
GError *
mun_admin_client_envelope_error (MunEnvelope *envelope);

/* mun_admin_client_authorize: the Authorization header. */
void
mun_admin_client_authorize (MunAdminClient *self, SoupMessage *message);

G_END_DECLS
