/* transport.h: one HTTPS origin */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "server-certificate.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* MunTransport: the base of both clients. It trusts a server that the system trusts or whose
 * certificate has the pinned fingerprint, follows no redirect, answers no challenge by itself and
 * limits what it reads.
 *
 * Errors of mun_transport_send_finish(): G_IO_ERROR_CANCELLED; MUN_ERROR_UNREACHABLE (name,
 * connection, time-out, broken off); MUN_ERROR_UNTRUSTED (certificate neither trusted nor pinned);
 * MUN_ERROR_CERTIFICATE_CHANGED (not the pinned one); MUN_ERROR_NOT_AN_ARCHIVE (does not speak TLS
 * or HTTP, or redirects); MUN_ERROR_TOO_LARGE (body beyond the limit). A reply with any other
 * status is not an error here. */
#define MUN_TYPE_TRANSPORT (mun_transport_get_type ())
G_DECLARE_FINAL_TYPE (MunTransport, mun_transport, MUN, TRANSPORT, GObject)

/* mun_transport_new: @host: name or address without brackets; @pinned: (nullable): SHA-256
 * fingerprint. */
MunTransport *
mun_transport_new (const char *host, guint port, const char *pinned);

const char *
mun_transport_get_host (MunTransport *self);
guint
mun_transport_get_port (MunTransport *self);

/* Returns: borrowed: "https://host:port". */
const char *
mun_transport_get_origin (MunTransport *self);

/* mun_transport_set_pinned: NULL takes the pin away. It counts for connections made from now on.
 * Returns: FALSE when @fingerprint is not a SHA-256. */
gboolean
mun_transport_set_pinned (MunTransport *self, const char *fingerprint);

/* Returns: borrowed: the certificate of the last handshake, also when it was refused; NULL before
 * the first. */
MunServerCertificate *
mun_transport_get_certificate (MunTransport *self);

/* One reply. Free with mun_response_free(). */
typedef struct {
  guint status;
  char *content_type; /* without parameters; "" when there is none */
  SoupMessageHeaders *headers;
  GBytes *body;
  GError *broken; /* see mun_transport_take_start(); NULL: the body is whole */
} MunResponse;

void
mun_response_free (MunResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunResponse, mun_response_free)

/* mun_transport_message: a request to start from.
 * @path: encoded, beginning with "/", with its query. Returns: (transfer full). */
SoupMessage *
mun_transport_message (MunTransport *self, const char *method, const char *path);

/* mun_transport_take_start: what has come of the body counts when the connection breaks before its
 * end, because the rest can be asked for: the response is broken, and no error. */
void
mun_transport_take_start (SoupMessage *message);

/* Where the body of a successful reply goes as it comes, instead of into memory; the response's body
 * is empty then. */
typedef struct {
  GOutputStream *stream;
  /* The headers are there. FALSE: it is not what was asked for. */
  gboolean (*begin) (guint status, SoupMessageHeaders *headers, gpointer data, GError **error);
  /* So many more bytes were written. */
  void (*written) (gsize length, gpointer data);
  gpointer data;
} MunTransportSink;

/* mun_transport_set_sink: @sink: outlives the exchange, which has no limit then. */
void
mun_transport_set_sink (SoupMessage *message, const MunTransportSink *sink);

/* mun_transport_send_async: @limit: bytes of body that are accepted. @seconds: time for the whole
 * exchange, 0: no limit but that of a silent connection. */
void
mun_transport_send_async (MunTransport *self, SoupMessage *message, gsize limit, guint seconds,
                          GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data);
MunResponse *
mun_transport_send_finish (MunTransport *self, GAsyncResult *result, GError **error);

G_END_DECLS
