/* mun-connection.h: one archive server as the pages see it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "admin-client.h"
#include "archive-client.h"
#include "mun-operations.h"
#include "mun-server-entry.h"

G_BEGIN_DECLS

typedef enum {
  MUN_CONNECTION_OFFLINE,
  MUN_CONNECTION_CONNECTING,
  MUN_CONNECTION_CONNECTED,
  MUN_CONNECTION_FAILED,
} MunConnectionState;

#define MUN_TYPE_CONNECTION_STATE (mun_connection_state_get_type ())
GType
mun_connection_state_get_type (void);

/* Properties: entry, operations, state (notifies). Tests derive from it to answer by themselves. */
#define MUN_TYPE_CONNECTION (mun_connection_get_type ())
G_DECLARE_DERIVABLE_TYPE (MunConnection, mun_connection, MUN, CONNECTION, GObject)

struct _MunConnectionClass {
  GObjectClass parent_class;

  void (*call_async) (MunConnection *self, const char *function, JsonObject *arguments,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
  JsonNode *(*call_finish) (MunConnection *self, GAsyncResult *result, GError **error);
  MunOperation *(*start) (MunConnection *self, const char *function, JsonObject *arguments,
                          const char *title);
  gboolean (*has_function) (MunConnection *self, const char *function);
  gboolean (*has_archive) (MunConnection *self);
  JsonObject *(*get_server_info) (MunConnection *self);
  MunArchiveClient *(*get_archive) (MunConnection *self);
  gpointer padding[5];
};

MunConnection *
mun_connection_new (MunServerEntry *entry, MunOperations *operations);

MunServerEntry *
mun_connection_get_entry (MunConnection *self);
const char *
mun_connection_get_name (MunConnection *self);
MunOperations *
mun_connection_get_operations (MunConnection *self);
MunConnectionState
mun_connection_get_state (MunConnection *self);
/* Why it failed or went offline; borrowed, NULL while connected. */
const GError *
mun_connection_get_error (MunConnection *self);

/* The clients of a connected server; borrowed. The archive client is NULL when the server has no
 * Web Access. */
MunAdminClient *
mun_connection_get_admin (MunConnection *self);
MunArchiveClient *
mun_connection_get_archive (MunConnection *self);

/* Whether the server's metadata lists the function: what it does not list is not shown. */
gboolean
mun_connection_has_function (MunConnection *self, const char *function);
gboolean
mun_connection_has_archive (MunConnection *self);

/*
 * Calls a function of the Administration API. `arguments` (full transfer, nullable) holds the
 * arguments by their names of the contract; members of type object or array are sent as JSON.
 * Long-running functions are polled to their end. Errors: those of mun_words_for_error; a server
 * that cannot be reached any more makes the state OFFLINE.
 */
void
mun_connection_call_async (MunConnection *self, const char *function, JsonObject *arguments,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* The function's result (owned; of a function without one a null node), or NULL with an error. */
JsonNode *
mun_connection_call_finish (MunConnection *self, GAsyncResult *result, GError **error);

/*
 * Starts a long-running function; it appears in the operations popover under `title` and goes on
 * when the page goes away. `arguments` as above. Returns the operation (borrowed from the list;
 * take a reference to keep it).
 */
MunOperation *
mun_connection_start (MunConnection *self, const char *function, JsonObject *arguments,
                      const char *title);

/* Opens or reopens: signs in, reads metadata and server information. `password` NULL: the one given
 * last. While a server is reopened, what it said before (functions, information) stays known. */
void
mun_connection_open_async (MunConnection *self, MunSecret *password, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer data);
gboolean
mun_connection_open_finish (MunConnection *self, GAsyncResult *result, GError **error);
/* Whether a password was given before, so that reopening needs none. */
gboolean
mun_connection_has_password (MunConnection *self);
void
mun_connection_close (MunConnection *self);

/* What the server showed in the TLS handshake, also when refused; borrowed, NULL before that. */
MunServerCertificate *
mun_connection_get_certificate (MunConnection *self);
/* Why there is no archive client although the server is connected; borrowed, else NULL. */
const GError *
mun_connection_get_archive_error (MunConnection *self);
/* What GetServerInfo said (version, machineName, product …); borrowed, NULL before connecting. */
JsonObject *
mun_connection_get_server_info (MunConnection *self);

/* For whoever notices that the server is gone. */
void
mun_connection_set_state (MunConnection *self, MunConnectionState state, const GError *error);

G_END_DECLS
