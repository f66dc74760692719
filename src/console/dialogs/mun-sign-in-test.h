/* mun-sign-in-test.h: signs in to a tenant from this desktop to see whether a credential works (no
 * GTK) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "certificate.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Runs mun_registration_check () in a worker thread, with a token of its own.
 * `cloud` is an id of cloud.h; `client_id` and `tenant_id` are cleaned ones; `certificate` has its
 * key. */
void
mun_sign_in_test_async (const char *cloud, const char *tenant_id, const char *client_id,
                        MunCertificate *certificate, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer data);

/* Returns: (transfer full): the same object as the result of TestCredentials; NULL when the answer
 * is not known (network, cancelled). A refusal by Entra ID is a result. */
JsonObject *
mun_sign_in_test_finish (GAsyncResult *result, GError **error);

G_END_DECLS
