/* raw-server.h: a TLS server in the test's own main loop that answers byte for byte what it is told
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Each request takes the next answer that was pushed; one that finds none waits for it. A
 * connection is closed after its answer. */
typedef struct {
  GSocketService *service;
  GTlsCertificate *certificate; /* NULL: speaks no TLS */
  char *fingerprint;            /* SHA-256, upper case */
  guint16 port;
  GQueue answers;      /* GBytes */
  GQueue waiting;      /* requests without an answer */
  GPtrArray *requests; /* char *: head and body of each request so far */
} RawServer;

RawServer *
raw_server_new (gboolean tls);
void
raw_server_free (RawServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawServer, raw_server_free)

/* raw_server_push: these bytes and nothing else. */
void
raw_server_push (RawServer *self, const char *bytes);
/* raw_server_push_reply: an HTTP reply with this status and body. @headers: lines that end with
 * CRLF, or NULL. */
void
raw_server_push_reply (RawServer *self, guint status, const char *headers, const char *body);

/* Runs the main loop until so many requests have come. */
void
raw_server_wait (RawServer *self, guint requests);

/* Returns: borrowed: the request of that number, from 0. */
const char *
raw_server_request (RawServer *self, guint index);

G_END_DECLS
