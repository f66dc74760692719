/* listener.h: one HTTPS listener: addresses, limits and headers of both APIs */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

typedef struct _MunListener MunListener;

/* One request whose body is complete. @path: repeated slashes collapsed. The handler answers with
 * mun_listener_respond(), now or after pausing the message. */
typedef void (*MunListenerHandler) (SoupServerMessage *message, const char *path, gpointer data);

/* A request of which only the headers are there. Returns: TRUE when its body shall stream past the
 * limit, because somebody else takes it chunk by chunk. */
typedef gboolean (*MunListenerFilter) (SoupServerMessage *message, const char *path, gpointer data);

typedef struct {
  MunListenerHandler handler;
  MunListenerFilter filter; /* (nullable) */
  gpointer data;
  gsize body_limit; /* bytes; more is answered with 413 */
} MunListenerHooks;

/**
 * mun_listener_new:
 * @addresses: numeric addresses, IPv4 or IPv6
 * @port: 0 for any free one, the same on all addresses
 *
 * Requests are served on the thread-default main context.
 */
MunListener *
mun_listener_new (GTlsCertificate *certificate, const char *const *addresses, guint16 port,
                  const MunListenerHooks *hooks, GError **error);
void
mun_listener_free (MunListener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunListener, mun_listener_free)

guint16
mun_listener_get_port (MunListener *self);

/* Answers. @body: (transfer full) (nullable) */
void
mun_listener_respond (SoupServerMessage *message, guint status, const char *content_type,
                      GBytes *body);
/* The same with text. @text: (transfer full) */
void
mun_listener_respond_text (SoupServerMessage *message, guint status, const char *content_type,
                           char *text);

/* For a request that is answered before its body is there: the body is thrown away as it comes, and
 * the connection is cut when that takes too long. */
void
mun_listener_discard_body (SoupServerMessage *message);

/* Between the two, a handler may do something else. Both may only be called once per request; the
 * message is kept alive meanwhile. */
void
mun_listener_pause (SoupServerMessage *message);
void
mun_listener_resume (SoupServerMessage *message);

/* Returns: (transfer full): the peer's address without port, "unknown" when it is gone. */
char *
mun_listener_dup_address (SoupServerMessage *message);
