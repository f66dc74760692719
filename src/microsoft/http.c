/* http.c: one HTTPS request to a cloud and its whole answer */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-microsoft"

#include "http.h"

#include "errors.h"
#include "json.h"

#include <gio/gio.h>
#include <string.h>

#define TIMEOUT_SECONDS 90 /* without a byte; Graph itself gives up after about 30 */
#define CONNECTIONS 32     /* libsoup's default of two per host would queue parallel mailboxes */
#define READ_CHUNK (64 * 1024)

struct _MunHttp {
  SoupSession *session;
  GError *setup_error; /* the cloud's authorities could not be read; told at the first request */
};

MunHttp *
mun_http_new (const MunCloud *cloud)
{
  MunHttp *self = g_new0 (MunHttp, 1);
  g_autoptr (GTlsDatabase) authorities = NULL;

  if (cloud->ca_file) {
    authorities = g_tls_file_database_new (cloud->ca_file, &self->setup_error);
    g_prefix_error (&self->setup_error, "Cloud \"%s\", reading %s: ", cloud->id, cloud->ca_file);
  }
  self->session
      = soup_session_new_with_options ("user-agent", "Muniment", "timeout", TIMEOUT_SECONDS,
                                       "idle-timeout", 30, "max-conns", CONNECTIONS,
                                       "max-conns-per-host", CONNECTIONS, NULL);
  if (authorities)
    soup_session_set_tls_database (self->session, authorities);
  return self;
}

void
mun_http_free (MunHttp *self)
{
  g_clear_object (&self->session);
  g_clear_error (&self->setup_error);
  g_free (self);
}

void
mun_http_reply_free (MunHttpReply *reply)
{
  g_clear_pointer (&reply->body, g_bytes_unref);
  g_clear_object (&reply->message);
  g_free (reply);
}

/* Puts a transport error into our words. Cancellation stays what it is. */
static void
translate_error (GError **error, GError *cause, SoupMessage *message)
{
  GUri *uri = soup_message_get_uri (message);
  int code = MUN_ERROR_UNREACHABLE;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED) || cause->domain == MUN_ERROR) {
    g_propagate_error (error, cause);
    return;
  }
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    code = MUN_ERROR_UNTRUSTED;
  g_set_error (error, MUN_ERROR, code, "%s: %s", g_uri_get_host (uri), cause->message);
  g_error_free (cause);
}

static GBytes *
read_body (GInputStream *stream, gsize max_bytes, const MunBodySink *sink,
           GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  gsize length = 0;
  g_autofree guint8 *chunk = g_malloc (READ_CHUNK);
  gssize n;

  while ((n = g_input_stream_read (stream, chunk, READ_CHUNK, cancellable, error)) > 0) {
    length += (gsize)n;
    if (length > max_bytes) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE,
                   "the answer is longer than %" G_GSIZE_FORMAT " bytes", max_bytes);
      return NULL;
    }
    if (sink == NULL)
      g_byte_array_append (body, chunk, n);
    else if (!sink->take (sink->data, chunk, n, error))
      return NULL;
  }
  return n < 0 ? NULL : g_byte_array_free_to_bytes (g_steal_pointer (&body));
}

static void
add_request_id (SoupMessage *message)
{
  g_autofree char *id = g_uuid_string_random ();

  soup_message_headers_replace (soup_message_get_request_headers (message), "client-request-id",
                                id);
}

MunHttpReply *
mun_http_send (MunHttp *self, SoupMessage *message, gsize max_bytes, GCancellable *cancellable,
               GError **error)
{
  return mun_http_send_to (self, message, max_bytes, NULL, cancellable, error);
}

MunHttpReply *
mun_http_send_to (MunHttp *self, SoupMessage *message, gsize max_bytes, const MunBodySink *sink,
                  GCancellable *cancellable, GError **error)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes) body = NULL;
  GError *cause = NULL;
  MunHttpReply *reply;

  if (self->setup_error) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_UNTRUSTED, self->setup_error->message);
    return NULL;
  }
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  add_request_id (message);
  stream = soup_session_send (self->session, message, cancellable, &cause);
  if (stream) {
    if (sink != NULL && soup_message_get_status (message) == SOUP_STATUS_OK)
      sink->begin (sink->data);
    else
      sink = NULL;
    body = read_body (stream, max_bytes, sink, cancellable, &cause);
    /* A half-read body is of no use to the next request: the connection goes with the stream. */
    g_input_stream_close (stream, NULL, NULL);
  }
  if (!body) {
    translate_error (error, cause, message);
    return NULL;
  }
  reply = g_new0 (MunHttpReply, 1);
  reply->status = soup_message_get_status (message);
  reply->body = g_steal_pointer (&body);
  reply->message = g_object_ref (message);
  return reply;
}

JsonObject *
mun_http_reply_parse (MunHttpReply *reply, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (reply->body, &length);

  return mun_json_parse_object (text ? text : "", (gssize)length, error);
}

gint64
mun_http_reply_get_retry_after (MunHttpReply *reply)
{
  const char *text
      = soup_message_headers_get_one (soup_message_get_response_headers (reply->message),
                                      "Retry-After");
  g_autoptr (GDateTime) date = NULL;
  guint64 seconds;
  gint64 left;

  if (!text)
    return -1;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &seconds, NULL))
    return (gint64)seconds;
  date = soup_date_time_new_from_http_string (text);
  if (!date)
    return -1;
  left = g_date_time_to_unix (date) - g_get_real_time () / G_USEC_PER_SEC;
  return MAX (left, 0);
}

gboolean
mun_http_wait (guint64 milliseconds, GCancellable *cancellable, GError **error)
{
  gint64 end = g_get_monotonic_time () + (gint64)milliseconds * 1000;
  GPollFD fd;

  if (!cancellable || !g_cancellable_make_pollfd (cancellable, &fd)) {
    g_usleep (milliseconds * 1000);
    return TRUE;
  }
  while (!g_cancellable_is_cancelled (cancellable)) {
    gint64 left = (end - g_get_monotonic_time () + 999) / 1000;

    if (left <= 0)
      break;
    g_poll (&fd, 1, (gint)MIN (left, G_MAXINT));
  }
  g_cancellable_release_fd (cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
