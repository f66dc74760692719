/* http.h: one HTTPS request to a cloud and its whole answer; inside src/microsoft only */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "graph.h"

G_BEGIN_DECLS

/* A session that trusts what the cloud trusts. Several threads may send with it at once. */
typedef struct _MunHttp MunHttp;

MunHttp *
mun_http_new (const MunCloud *cloud);
void
mun_http_free (MunHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunHttp, mun_http_free)

typedef struct {
  guint status;
  GBytes *body;         /* decoded and complete */
  SoupMessage *message; /* for its response headers */
} MunHttpReply;

void
mun_http_reply_free (MunHttpReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunHttpReply, mun_http_reply_free)

/* Sends and reads all of the answer, at most `max_bytes`. Redirects are not followed: they would
 * carry a token or an assertion away. Adds a fresh client-request-id. Any status is a reply.
 * Errors: MUN_ERROR_UNREACHABLE (also for a body that broke off), MUN_ERROR_UNTRUSTED,
 * MUN_ERROR_TOO_LARGE, G_IO_ERROR_CANCELLED. */
MunHttpReply *
mun_http_send (MunHttp *self, SoupMessage *message, gsize max_bytes, GCancellable *cancellable,
               GError **error);

/* The same; the body of an answer with status 200 goes to `sink` as it comes, not into the reply. Its
 * errors of MUN_ERROR are handed on as they are. */
MunHttpReply *
mun_http_send_to (MunHttp *self, SoupMessage *message, gsize max_bytes, const MunBodySink *sink,
                  GCancellable *cancellable, GError **error);

/* The body as a JSON object; MUN_ERROR_PROTOCOL when it is none. */
JsonObject *
mun_http_reply_parse (MunHttpReply *reply, GError **error);

/* What Retry-After says, in seconds (RFC 9110 section 10.2.3: a number or a date); -1 when absent.
 */
gint64
mun_http_reply_get_retry_after (MunHttpReply *reply);

/* Waits; FALSE with G_IO_ERROR_CANCELLED as soon as it is cancelled. */
gboolean
mun_http_wait (guint64 milliseconds, GCancellable *cancellable, GError **error);

G_END_DECLS
