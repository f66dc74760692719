/* wire.h: one TLS connection to munimentd, byte by byte, as no HTTP library sends it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "test-server.h"

typedef struct {
  GIOStream *stream;
  GByteArray *read; /* what came and was not taken yet */
  gboolean torn;    /* it ended otherwise than connections end */
} Wire;

typedef struct {
  guint status;
  SoupMessageHeaders *headers;
  GBytes *body;
} WireReply;

/* @local: (nullable): the loopback address to come from. */
Wire *
wire_open (TestServer *server, guint16 port, const char *local);
void
wire_free (Wire *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wire, wire_free)

/* Sends the text as it is. The server may have closed the connection: that is no failure here. */
void
wire_send (Wire *self, const char *text);
/* POST with Content-Length. @headers: lines, each with its end ("" for none); @body: nullable. */
void
wire_post (Wire *self, const char *path, const char *headers, const char *body);
/* The same as the administrator. */
void
wire_post_admin (Wire *self, const char *path, const char *body);

/* Waits for the next reply; 100 Continue is passed over. NULL: the connection ended without one. */
WireReply *
wire_read (Wire *self);
/* The same in two steps, for bodies that are not to be read at once, or never end. Returns:
 * (transfer full): the lines of the head; so many bytes, fewer when the connection ended. */
char *
wire_read_head (Wire *self);
GBytes *
wire_read_body (Wire *self, gsize length);
void
wire_reply_free (WireReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WireReply, wire_reply_free)

/* Has anything come that was not read? Does not wait. */
gboolean
wire_has_data (Wire *self);
/* Waits for the next bytes. Returns: TRUE when the server closed the connection instead. */
gboolean
wire_is_closed (Wire *self);

const char *
wire_reply_header (WireReply *reply, const char *name);
/* Checks the byte order mark. Returns: (transfer full): the envelope, or any JSON object. */
JsonObject *
wire_reply_object (WireReply *reply);

/* One request of the administrator on a connection of its own; its reply must be an envelope. */
JsonObject *
wire_call (TestServer *server, const char *path, const char *body);
