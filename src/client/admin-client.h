/* admin-client.h: the Administration API of one server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secret.h"
#include "server-certificate.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define MUN_ADMIN_PORT 8463

#define MUN_TYPE_ADMIN_CLIENT (mun_admin_client_get_type ())
G_DECLARE_FINAL_TYPE (MunAdminClient, mun_admin_client, MUN, ADMIN_CLIENT, GObject)

/* mun_admin_client_new: nothing is sent yet.
 * @port: 0 for 8463. @pinned: (nullable): SHA-256 fingerprint of the certificate that was accepted
 * before. */
MunAdminClient *
mun_admin_client_new (const char *host, guint port, const char *pinned);

/* mun_admin_client_set_account: name and password for HTTP Basic (RFC 7617), sent with each call.
 */
void
mun_admin_client_set_account (MunAdminClient *self, const char *user, MunSecret *password);

/* mun_admin_client_set_pinned: a person accepted this fingerprint; NULL forgets it.
 * Returns: FALSE when it is not a SHA-256. */
gboolean
mun_admin_client_set_pinned (MunAdminClient *self, const char *fingerprint);

const char *
mun_admin_client_get_host (MunAdminClient *self);
guint
mun_admin_client_get_port (MunAdminClient *self);
const char *
mun_admin_client_get_user (MunAdminClient *self);

/* Returns: borrowed: what the server showed last, also after MUN_ERROR_UNTRUSTED and
 * MUN_ERROR_CERTIFICATE_CHANGED: subject, issuer, validity, fingerprint. NULL before the first
 * handshake. */
MunServerCertificate *
mun_admin_client_get_certificate (MunAdminClient *self);

/* mun_admin_client_connect_async: reads get-metadata, then checks the account with GetServerInfo.
 * Errors: MUN_ERROR_UNREACHABLE, _UNTRUSTED, _CERTIFICATE_CHANGED, _NOT_AN_ARCHIVE (something else
 * answers there), _AUTHENTICATION (wrong user name or password), _DENIED (not an administrator). */
void
mun_admin_client_connect_async (MunAdminClient *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
gboolean
mun_admin_client_connect_finish (MunAdminClient *self, GAsyncResult *result, GError **error);

/* After connecting: whether the server's metadata lists the function (FALSE before). */
gboolean
mun_admin_client_has_function (MunAdminClient *self, const char *function);

/* Returns: borrowed: names in the order of the metadata, NULL-terminated; empty before connecting.
 */
const char *const *
mun_admin_client_get_functions (MunAdminClient *self);

/* Returns: borrowed: the result of GetServerInfo; NULL before connecting. */
JsonObject *
mun_admin_client_get_server_info (MunAdminClient *self);

/* mun_admin_client_has_capability: whether GetServerInfo lists it ("searchDates",
 * "searchOperators", "searchSnippets", "upload", "archiveInfo"). */
gboolean
mun_admin_client_has_capability (MunAdminClient *self, const char *capability);

/* mun_admin_client_call_async: one function. @args: (transfer full) (nullable): a member for each
 * argument: strings, numbers and booleans as they are, objects and arrays for JSON arguments, null
 * leaves it out. A function that turns out to be long is followed to its end; to show its progress
 * use MunRemoteOperation. Errors besides those of connecting: MUN_ERROR_FAILED with the server's
 * own sentence, MUN_ERROR_UNSUPPORTED (the server has no such function), MUN_ERROR_PROTOCOL. */
void
mun_admin_client_call_async (MunAdminClient *self, const char *function, JsonObject *args,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);

/* Returns: (transfer full): the result, a null node for functions without one; NULL is an error. */
JsonNode *
mun_admin_client_call_finish (MunAdminClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
