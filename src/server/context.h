/* context.h: what the functions of the server may reach */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

typedef struct _MunServer MunServer;
typedef struct _MunArchive MunArchive;
typedef struct _MunMaster MunMaster;
typedef struct _MunArguments MunArguments;

/* All of these are (transfer none), never NULL while the server runs, and callable from any thread.
 */
MunArchive *
mun_server_get_archive (MunServer *self);
MunMaster *
mun_server_get_master (MunServer *self);
const char *
mun_server_get_data_dir (MunServer *self);
guint16
mun_server_get_admin_port (MunServer *self);
guint16
mun_server_get_web_port (MunServer *self);
/* SHA-256 of the TLS certificate, 64 lower-case hexadecimal digits. */
const char *
mun_server_get_fingerprint (MunServer *self);
/* Unix seconds at which the server was started. */
gint64
mun_server_get_start_time (MunServer *self);

/**
 * mun_server_audit:
 * @user_name: who did it
 * @event: name of the event, as GetAuditLog's eventType filters it ("MessageRetrieveContent")
 * @error: set when the event could not be recorded. Who was to read other people's mail must be
 *   refused then. NULL: it has happened already, and the log says that it was not recorded
 * @format: details for people; never a secret
 *
 * Appends one event to the audit log. Calls of functions that change something are recorded by the
 * dispatcher already: only what it cannot know (which message was read) needs this.
 */
gboolean
mun_server_audit (MunServer *self, const char *user_name, const char *event, GError **error,
                  const char *format, ...) G_GNUC_PRINTF (5, 6);

/* The user's password, name, rights or existence changed: forgets the verified password, Web Access
 * tokens and searches. @user_name: (nullable): NULL when what may be read changed for many: forgets
 * everybody's searches. */
void
mun_server_forget_logins (MunServer *self, const char *user_name);

/**
 * mun_server_start_call:
 * @user_name: in whose name the function runs
 * @function: name of a served function
 * @arguments: (transfer none): its arguments
 * @out_token: (out) (optional) (transfer full): token for get-status by @user_name
 *
 * Starts a function without an HTTP request: an interrupted run after a restart, an automatic
 * profile. The call is an operation like any other: shown, cancelled and audited the same way.
 */
gboolean
mun_server_start_call (MunServer *self, const char *user_name, const char *function,
                       MunArguments *arguments, char **out_token, GError **error);
