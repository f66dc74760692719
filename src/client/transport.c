/* transport.c: one HTTPS origin */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-client"

#include "transport.h"

#include "errors.h"
#include "text.h"

#include <string.h>

/* A connection on which nothing moves for this long is given up; longer than any poll is held. */
#define SILENCE_SECONDS 180
/* Polls occupy a connection each; libsoup's two would let them starve everything else. */
#define CONNECTIONS 8
#define READ_SIZE (64 * 1024)
#define TAKE_START "mun-take-start"
#define SINK "mun-sink"

struct _MunTransport {
  GObject parent_instance;

  SoupSession *session;
  char *host;
  guint port;
  char *origin;
  char *pinned; /* upper-case SHA-256, NULL: only what the system trusts */
  MunServerCertificate *certificate;
  gboolean answered; /* a whole reply has come from there */
};

G_DEFINE_FINAL_TYPE (MunTransport, mun_transport, G_TYPE_OBJECT)

/* One exchange; the data of its task. */
typedef struct {
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *body;
  guint64 received;             /* bytes of the body, wherever they went */
  const MunTransportSink *sink; /* (nullable) */
  GBytes *chunk;                /* on its way into it */
  gsize limit;
  guint seconds;
  guint timer;
  gboolean timed_out;
  GCancellable *cancellable; /* ours: cancelled by the caller's or the timer */
  GCancellable *callers;
  gulong callers_handler;
  MunError refused; /* why the certificate was not accepted, 0: it was */
} Exchange;

static void
exchange_free (Exchange *self)
{
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_handle_id (&self->timer, g_source_remove);
  /* Not g_cancellable_disconnect(): this may run inside the cancellation, and that would wait for
   * its end. */
  if (self->callers_handler != 0)
    g_signal_handler_disconnect (self->callers, self->callers_handler);
  g_clear_object (&self->callers);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->stream);
  g_clear_object (&self->message);
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_clear_pointer (&self->chunk, g_bytes_unref);
  g_free (self);
}

void
mun_response_free (MunResponse *self)
{
  if (self == NULL)
    return;
  g_free (self->content_type);
  soup_message_headers_unref (self->headers);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_error (&self->broken);
  g_free (self);
}

static void
remember_certificate (MunTransport *self, GTlsCertificate *certificate, gboolean trusted)
{
  MunServerCertificate *seen = mun_server_certificate_new (certificate, trusted);

  g_clear_pointer (&self->certificate, mun_server_certificate_unref);
  self->certificate = seen;
}

/* Only asked about certificates that the system does not trust. */
static gboolean
accept_certificate_cb (SoupMessage *message, GTlsCertificate *certificate,
                       GTlsCertificateFlags flags, gpointer user_data)
{
  GTask *task = g_object_get_data (G_OBJECT (message), "mun-task");
  MunTransport *self = g_task_get_source_object (task);
  Exchange *exchange = user_data;

  remember_certificate (self, certificate, FALSE);
  if (self->pinned == NULL) {
    exchange->refused = MUN_ERROR_UNTRUSTED;
    return FALSE;
  }
  if (strcmp (self->pinned, mun_server_certificate_get_fingerprint (self->certificate)) == 0)
    return TRUE;
  exchange->refused = MUN_ERROR_CERTIFICATE_CHANGED;
  return FALSE;
}

static gboolean
timer_cb (gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->timer = 0;
  exchange->timed_out = TRUE;
  g_cancellable_cancel (exchange->cancellable);
  return G_SOURCE_REMOVE;
}

/* Whether @reason says that something else than TLS and HTTP speaks there. A server that answered
 * before has only been cut off. */
static gboolean
is_foreign (MunTransport *self, const GError *reason)
{
  if (self->answered)
    return FALSE;
  return g_error_matches (reason, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS)
         || g_error_matches (reason, G_TLS_ERROR, G_TLS_ERROR_MISC)
         || g_error_matches (reason, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING)
         || g_error_matches (reason, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_ENCODING);
}

static GError *
failure_of (GTask *task, const GError *reason)
{
  MunTransport *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);

  if (exchange->refused == MUN_ERROR_UNTRUSTED)
    return g_error_new (MUN_ERROR, MUN_ERROR_UNTRUSTED,
                        "The certificate of %s is not trusted: its fingerprint is %s", self->origin,
                        mun_server_certificate_get_fingerprint (self->certificate));
  if (exchange->refused == MUN_ERROR_CERTIFICATE_CHANGED)
    return g_error_new (MUN_ERROR, MUN_ERROR_CERTIFICATE_CHANGED,
                        "%s shows another certificate than the accepted one: its fingerprint is %s",
                        self->origin, mun_server_certificate_get_fingerprint (self->certificate));
  if (exchange->timed_out)
    return g_error_new (MUN_ERROR, MUN_ERROR_UNREACHABLE, "%s did not answer within %u seconds",
                        self->origin, exchange->seconds);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (reason);
  if (is_foreign (self, reason))
    return g_error_new (MUN_ERROR, MUN_ERROR_NOT_AN_ARCHIVE,
                        "What answers at %s is not an archive server: %s", self->origin,
                        reason->message);
  return g_error_new (MUN_ERROR, MUN_ERROR_UNREACHABLE, "%s cannot be reached: %s", self->origin,
                      reason->message);
}

static void
return_failure (GTask *task, const GError *reason)
{
  g_task_return_error (task, failure_of (task, reason));
}

/* @broken: (transfer full) (nullable). */
static void
return_response (GTask *task, GError *broken)
{
  MunTransport *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  MunResponse *response = g_new0 (MunResponse, 1);
  const char *type = soup_message_headers_get_content_type (soup_message_get_response_headers (
                                                                exchange->message),
                                                            NULL);

  response->status = soup_message_get_status (exchange->message);
  response->content_type = g_strdup (type != NULL ? type : "");
  response->headers
      = soup_message_headers_ref (soup_message_get_response_headers (exchange->message));
  response->broken = broken;
  response->body = g_byte_array_free_to_bytes (g_steal_pointer (&exchange->body));
  self->answered = self->answered || broken == NULL;
  g_task_return_pointer (task, response, (GDestroyNotify)mun_response_free);
}

static void
return_too_large (GTask *task)
{
  MunTransport *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);

  g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_TOO_LARGE,
                           "The reply of %s is larger than %" G_GSIZE_FORMAT " bytes", self->origin,
                           exchange->limit);
}

/* libsoup takes a connection that was closed in an orderly way for the end of the body, also before
 * the announced length: that is no whole reply (RFC 9112 section 8). */
static gboolean
is_short (Exchange *exchange)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (exchange->message);

  return soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
         && soup_message_headers_get_one (headers, "Content-Encoding") == NULL
         && (goffset)exchange->received < soup_message_headers_get_content_length (headers);
}

static gboolean
wants_start (Exchange *exchange, const GError *reason)
{
  return g_object_get_data (G_OBJECT (exchange->message), TAKE_START) != NULL
         && exchange->received > 0 && !exchange->timed_out
         && !g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED)
         && SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (exchange->message));
}

static void
read_next (GTask *task);

/* What went wrong here is no matter of the server. */
static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error)) {
    g_task_return_error (task, error);
    return;
  }
  exchange->received += g_bytes_get_size (exchange->chunk);
  exchange->sink->written (g_bytes_get_size (exchange->chunk), exchange->sink->data);
  g_clear_pointer (&exchange->chunk, g_bytes_unref);
  read_next (g_steal_pointer (&task));
}

/* @bytes: (transfer full) */
static void
write_chunk (GTask *task, GBytes *bytes)
{
  Exchange *exchange = g_task_get_task_data (task);

  exchange->chunk = bytes;
  g_output_stream_write_all_async (exchange->sink->stream, g_bytes_get_data (bytes, NULL),
                                   g_bytes_get_size (bytes), G_PRIORITY_DEFAULT,
                                   exchange->cancellable, written_cb, task);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &reason);

  if (bytes != NULL && g_bytes_get_size (bytes) == 0 && is_short (exchange)) {
    g_clear_pointer (&bytes, g_bytes_unref);
    g_set_error_literal (&reason, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                         "the reply ended before its length");
  }
  if (bytes == NULL && wants_start (exchange, reason)) {
    return_response (task, failure_of (task, reason));
    return;
  }
  if (bytes == NULL) {
    return_failure (task, reason);
    return;
  }
  if (g_bytes_get_size (bytes) == 0) {
    return_response (task, NULL);
    return;
  }
  if (exchange->sink != NULL) {
    write_chunk (g_steal_pointer (&task), g_steal_pointer (&bytes));
    return;
  }
  if (exchange->body->len + g_bytes_get_size (bytes) > exchange->limit) {
    return_too_large (task);
    return;
  }
  g_byte_array_append (exchange->body, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  exchange->received += g_bytes_get_size (bytes);
  read_next (g_steal_pointer (&task));
}

/* @task: (transfer full) */
static void
read_next (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (exchange->stream, READ_SIZE, G_PRIORITY_DEFAULT,
                                   exchange->cancellable, read_cb, task);
}

/* FALSE: it does not go into its sink, and the task has returned. */
static gboolean
begin_sink (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  guint status = soup_message_get_status (exchange->message);
  GError *error = NULL;

  if (exchange->sink == NULL || !SOUP_STATUS_IS_SUCCESSFUL (status)) {
    exchange->sink = NULL;
    return TRUE;
  }
  if (exchange->sink->begin (status, soup_message_get_response_headers (exchange->message),
                             exchange->sink->data, &error))
    return TRUE;
  g_task_return_error (task, error);
  return FALSE;
}

static void
send_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MunTransport *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) reason = NULL;
  SoupMessageHeaders *headers;
  goffset announced;

  exchange->stream = soup_session_send_finish (self->session, result, &reason);
  if (exchange->stream == NULL) {
    return_failure (task, reason);
    return;
  }
  if (soup_message_get_tls_peer_certificate (exchange->message) != NULL)
    remember_certificate (self, soup_message_get_tls_peer_certificate (exchange->message),
                          soup_message_get_tls_peer_certificate_errors (exchange->message) == 0);
  if (SOUP_STATUS_IS_REDIRECTION (soup_message_get_status (exchange->message))) {
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_NOT_AN_ARCHIVE,
                             "%s redirects, which an archive server does not", self->origin);
    return;
  }
  if (!begin_sink (task))
    return;
  headers = soup_message_get_response_headers (exchange->message);
  announced = soup_message_headers_get_content_length (headers);
  if (exchange->sink == NULL && announced > 0 && (guint64)announced > exchange->limit) {
    return_too_large (task);
    return;
  }
  read_next (g_steal_pointer (&task));
}

static void
mun_transport_finalize (GObject *object)
{
  MunTransport *self = MUN_TRANSPORT (object);

  soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_free (self->host);
  g_free (self->origin);
  g_free (self->pinned);
  g_clear_pointer (&self->certificate, mun_server_certificate_unref);
  G_OBJECT_CLASS (mun_transport_parent_class)->finalize (object);
}

static void
mun_transport_class_init (MunTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_transport_finalize;
}

static void
mun_transport_init (MunTransport *self)
{
  self->session
      = g_object_new (SOUP_TYPE_SESSION, "max-conns-per-host", CONNECTIONS, "max-conns",
                      CONNECTIONS, "timeout", SILENCE_SECONDS, "user-agent", "Muniment ", NULL);
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_ascii_strcasecmp (host, "localhost") == 0;
}

MunTransport *
mun_transport_new (const char *host, guint port, const char *pinned)
{
  MunTransport *self;

  g_return_val_if_fail (host != NULL && port <= G_MAXUINT16, NULL);

  self = g_object_new (MUN_TYPE_TRANSPORT, NULL);
  self->host = g_strdup (host);
  self->port = port;
  self->origin = g_strdup_printf (strchr (host, ':') != NULL ? "https://[%s]:%u" : "https://%s:%u",
                                  host, port);
  if (pinned != NULL && !mun_transport_set_pinned (self, pinned))
    /* A pin that can match nothing is safer than no pin. */
    self->pinned = g_strdup ("");
  if (is_loopback (host))
    soup_session_set_proxy_resolver (self->session, NULL);
  return self;
}

const char *
mun_transport_get_host (MunTransport *self)
{
  g_return_val_if_fail (MUN_IS_TRANSPORT (self), NULL);

  return self->host;
}

guint
mun_transport_get_port (MunTransport *self)
{
  g_return_val_if_fail (MUN_IS_TRANSPORT (self), 0);

  return self->port;
}

const char *
mun_transport_get_origin (MunTransport *self)
{
  g_return_val_if_fail (MUN_IS_TRANSPORT (self), NULL);

  return self->origin;
}

gboolean
mun_transport_set_pinned (MunTransport *self, const char *fingerprint)
{
  g_autofree char *normal = mun_fingerprint_normalize (fingerprint);

  g_return_val_if_fail (MUN_IS_TRANSPORT (self), FALSE);

  if (fingerprint != NULL && normal == NULL)
    return FALSE;
  mun_set_str (&self->pinned, normal);
  return TRUE;
}

MunServerCertificate *
mun_transport_get_certificate (MunTransport *self)
{
  g_return_val_if_fail (MUN_IS_TRANSPORT (self), NULL);

  return self->certificate;
}

SoupMessage *
mun_transport_message (MunTransport *self, const char *method, const char *path)
{
  g_autofree char *bare = NULL;
  g_autoptr (GUri) uri = NULL;
  const char *query;
  SoupMessage *message;

  g_return_val_if_fail (MUN_IS_TRANSPORT (self) && path != NULL && *path == '/', NULL);

  query = strchr (path, '?');
  bare = query != NULL ? g_strndup (path, query - path) : g_strdup (path);
  uri = g_uri_build (SOUP_HTTP_URI_FLAGS, "https", NULL, self->host, self->port, bare,
                     query != NULL ? query + 1 : NULL, NULL);
  message = soup_message_new_from_uri (method, uri);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  /* We answer challenges ourselves; libsoup would ask for a password or try the URI's. */
  soup_message_disable_feature (message, SOUP_TYPE_AUTH_MANAGER);
  return message;
}

void
mun_transport_take_start (SoupMessage *message)
{
  g_object_set_data (G_OBJECT (message), TAKE_START, GINT_TO_POINTER (TRUE));
}

void
mun_transport_set_sink (SoupMessage *message, const MunTransportSink *sink)
{
  g_object_set_data (G_OBJECT (message), SINK, (gpointer)sink);
}

static void
callers_cancelled_cb (GCancellable *callers, gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

void
mun_transport_send_async (MunTransport *self, SoupMessage *message, gsize limit, guint seconds,
                          GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task;
  Exchange *exchange;

  g_return_if_fail (MUN_IS_TRANSPORT (self) && SOUP_IS_MESSAGE (message));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, mun_transport_send_async);
  exchange = g_new0 (Exchange, 1);
  exchange->message = g_object_ref (message);
  exchange->body = g_byte_array_new ();
  exchange->sink = g_object_get_data (G_OBJECT (message), SINK);
  exchange->limit = limit;
  exchange->seconds = seconds;
  exchange->cancellable = g_cancellable_new ();
  g_task_set_task_data (task, exchange, (GDestroyNotify)exchange_free);
  /* Borrowed: the handler is gone before the task is. */
  g_object_set_data (G_OBJECT (message), "mun-task", task);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate_cb), exchange);
  if (seconds > 0)
    exchange->timer = g_timeout_add_seconds (seconds, timer_cb, exchange);
  if (cancellable != NULL) {
    exchange->callers = g_object_ref (cancellable);
    exchange->callers_handler
        = g_cancellable_connect (cancellable, G_CALLBACK (callers_cancelled_cb),
                                 g_object_ref (exchange->cancellable), g_object_unref);
  }
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, exchange->cancellable,
                           send_cb, task);
}

MunResponse *
mun_transport_send_finish (MunTransport *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
