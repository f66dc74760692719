/* fake-connection.h: a connection that answers from prepared replies, without any server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"

G_BEGIN_DECLS

#define FAKE_TYPE_CONNECTION (fake_connection_get_type ())
G_DECLARE_FINAL_TYPE (FakeConnection, fake_connection, FAKE, CONNECTION, MunConnection)

/* A server "archive.example.com" that has no function yet. */
FakeConnection *
fake_connection_new (void);
/* The same, its operations in this list. */
FakeConnection *
fake_connection_new_on (MunOperations *operations);

/* From now on the server has `function` and answers this JSON text. */
void
fake_connection_answer (FakeConnection *self, const char *function, const char *json);
/* … and fails with this error (copied). */
void
fake_connection_fail (FakeConnection *self, const char *function, const GError *error);
/* Long functions stay running until fake_connection_finish_operations (). */
void
fake_connection_hold_operations (FakeConnection *self, gboolean hold);
void
fake_connection_finish_operations (FakeConnection *self);

/* From now on calls are not answered; FALSE cancels those that wait. */
void
fake_connection_hold_calls (FakeConnection *self, gboolean hold);
/* The client for its archive (referenced, nullable), and what GetServerInfo said when it connected.
 */
void
fake_connection_set_archive (FakeConnection *self, MunArchiveClient *archive);
void
fake_connection_set_server_info (FakeConnection *self, const char *json);

/* How often it was called, and the arguments of the last call as JSON text; NULL before the first.
 */
guint
fake_connection_count (FakeConnection *self, const char *function);
const char *
fake_connection_get_last (FakeConnection *self, const char *function);

G_END_DECLS
