/* raw-server.c: a TLS server that answers byte for byte what it is told */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "raw-server.h"

#include "mailstore.h"

#include <string.h>

#define CHUNK 4096

typedef struct {
  RawServer *server;
  GSocketConnection *connection;
  GIOStream *stream;
  GString *request;
  GBytes *answer;
  char chunk[CHUNK];
} Peer;

static void
peer_free (Peer *self)
{
  g_object_unref (self->stream);
  g_object_unref (self->connection);
  g_string_free (self->request, TRUE);
  g_clear_pointer (&self->answer, g_bytes_unref);
  g_free (self);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  peer_free (data);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Peer *self = data;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, closed_cb, self);
}

static void
answer (Peer *self)
{
  gsize length;
  const void *bytes;

  self->answer = g_queue_pop_head (&self->server->answers);
  bytes = g_bytes_get_data (self->answer, &length);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (self->stream), bytes, length,
                                   G_PRIORITY_DEFAULT, NULL, written_cb, self);
}

/* Whether head and body are there. */
static gboolean
is_whole (const char *request)
{
  const char *end = strstr (request, "\r\n\r\n");
  const char *length = strstr (request, "Content-Length: ");

  if (end == NULL)
    return FALSE;
  return length == NULL || length > end
         || strlen (end + 4) >= g_ascii_strtoull (length + strlen ("Content-Length: "), NULL, 10);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Peer *self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  /* refused our certificate, or nothing more came */
  if (n <= 0) {
    g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, closed_cb, self);
    return;
  }
  g_string_append_len (self->request, self->chunk, n);
  if (!is_whole (self->request->str)) {
    g_input_stream_read_async (G_INPUT_STREAM (source), self->chunk, CHUNK, G_PRIORITY_DEFAULT,
                               NULL, read_cb, self);
    return;
  }
  g_ptr_array_add (self->server->requests, g_strdup (self->request->str));
  if (g_queue_is_empty (&self->server->answers))
    g_queue_push_tail (&self->server->waiting, self);
  else
    answer (self);
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  RawServer *server = data;
  Peer *self = g_new0 (Peer, 1);

  self->server = server;
  self->connection = g_object_ref (connection);
  self->request = g_string_new (NULL);
  if (server->certificate != NULL)
    self->stream
        = g_tls_server_connection_new (G_IO_STREAM (connection), server->certificate, NULL);
  else
    self->stream = g_object_ref (G_IO_STREAM (connection));
  /* What speaks no TLS greets at once, as mail servers do. */
  if (server->certificate == NULL && !g_queue_is_empty (&server->answers)) {
    answer (self);
    return TRUE;
  }
  g_input_stream_read_async (g_io_stream_get_input_stream (self->stream), self->chunk, CHUNK,
                             G_PRIORITY_DEFAULT, NULL, read_cb, self);
  return TRUE;
}

RawServer *
raw_server_new (gboolean tls)
{
  RawServer *self = g_new0 (RawServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  if (tls)
    self->certificate = mailstore_tls_make (&self->fingerprint, &error);
  g_assert_no_error (error);
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), wanted, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &address, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  g_socket_service_start (self->service);
  return self;
}

void
raw_server_free (RawServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_object_unref (self->service);
  g_clear_object (&self->certificate);
  g_free (self->fingerprint);
  g_queue_clear_full (&self->answers, (GDestroyNotify)g_bytes_unref);
  g_queue_clear_full (&self->waiting, (GDestroyNotify)peer_free);
  g_ptr_array_unref (self->requests);
  g_free (self);
}

void
raw_server_push (RawServer *self, const char *bytes)
{
  g_queue_push_tail (&self->answers, g_bytes_new (bytes, strlen (bytes)));
  if (!g_queue_is_empty (&self->waiting))
    answer (g_queue_pop_head (&self->waiting));
}

void
raw_server_push_reply (RawServer *self, guint status, const char *headers, const char *body)
{
  g_autofree char *text
      = g_strdup_printf ("HTTP/1.1 %u Text\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                         status, headers != NULL ? headers : "", strlen (body), body);

  raw_server_push (self, text);
}

void
raw_server_wait (RawServer *self, guint requests)
{
  while (self->requests->len < requests)
    g_main_context_iteration (NULL, TRUE);
}

const char *
raw_server_request (RawServer *self, guint index)
{
  g_assert_cmpuint (index, <, self->requests->len);
  return g_ptr_array_index (self->requests, index);
}
