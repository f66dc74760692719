/* server.h: the archive server: what a running munimentd is made of */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Map of this folder. A request goes from the top of this list to the bottom:
 *
 *   main                 the program: options, signals, the ready line
 *   configuration        options and the configuration file
 *   ready                ready line, ready.json, word to systemd; the lock on the data directory
 *   tls                  the self-signed certificate made on the first start
 *   master-key           the key that seals secrets at rest
 *   server, context      MunServer: builds everything, stops everything; what a function may reach
 *   listener             two HTTPS listeners, size limits, headers
 *   admin-api            Administration API: paths, Basic authentication, envelope, long poll
 *   dispatch             function name -> handler; privileges, audit of administrator actions
 *   operation            one call on its worker thread, its token and what get-status shows of it
 *   handler              MunCall: what a function sees of the call it serves
 *   accounts             passwords (yescrypt), cache of verified pairs, slowing of wrong ones
 *   sessions             who is using the server now
 *   access               which archives a user may read
 *   audit                the audit log: names of events, arguments without secrets
 *   directory-config     directory services: what is configured, and the rules for it
 *   directory-plan       what a synchronization would change
 *   directory-sync       users as the tenant has them: reads, plans, carries out, or only says so
 *   functions-*          the functions, one file a group of the contract
 *   profile-runner       one run of a profile, and its result
 *   resume               runs that the last end of the server cut off
 *   users-lock           one change of users at a time
 *   web-*                Web Access API: routing, tokens, archives, searches, messages, upload
 */

#include "context.h"

typedef struct _MunConfiguration MunConfiguration;

/**
 * mun_server_new:
 * @configuration: (transfer none): options and file, see configuration.h
 * @initial_password: (nullable): administrator's password for the first start; a start on data that
 *   already has an administrator ignores it
 *
 * Opens the data directory, makes what is missing (certificate, master key, user "admin", first
 * store) and binds both listeners. Functions may be called as soon as this returns and the main
 * context is iterated. Blocking: call it before the main loop runs.
 *
 * Fails with MUN_ERROR_BUSY when another server uses the data directory.
 *
 * Returns: (transfer full): the server; end it with mun_server_stop() and mun_server_unref()
 */
MunServer *
mun_server_new (MunConfiguration *configuration, const char *initial_password, GError **error);

MunServer *
mun_server_ref (MunServer *self);
void
mun_server_unref (MunServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunServer, mun_server_unref)

/* Returns: (transfer full): the ready line, one JSON object without a line end. */
char *
mun_server_dup_ready_line (MunServer *self);

/**
 * mun_server_stop:
 *
 * Refuses new requests, asks running calls to end (each sees mun_call_is_stopping()), waits for
 * them while iterating the main context, closes the archive and removes ready.json.
 */
void
mun_server_stop (MunServer *self);
