/* wire.c: one TLS connection to munimentd, byte by byte, as no HTTP library sends it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "wire.h"

#include "json.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"
/* Longer than anything is held: a reply that never comes is a failure, not a hang */
#define PATIENCE_SECONDS 120
#define END_OF_HEAD "\r\n\r\n"

/* The certificate is looked at by the tests that are about it. */
static gboolean
accept_cb (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors,
           gpointer data)
{
  return TRUE;
}

static void
event_cb (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
          GIOStream *connection, gpointer data)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_signal_connect (connection, "accept-certificate", G_CALLBACK (accept_cb), NULL);
}

Wire *
wire_open (TestServer *server, guint16 port, const char *local)
{
  Wire *self = g_new0 (Wire, 1);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;

  if (local != NULL) {
    g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (local, 0);

    g_socket_client_set_local_address (client, address);
  }
  g_socket_client_set_timeout (client, PATIENCE_SECONDS);
  g_socket_client_set_tls (client, TRUE);
  g_signal_connect (client, "event", G_CALLBACK (event_cb), NULL);
  self->stream
      = G_IO_STREAM (g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error));
  g_assert_no_error (error);
  self->read = g_byte_array_new ();
  return self;
}

void
wire_free (Wire *self)
{
  g_io_stream_close (self->stream, NULL, NULL);
  g_object_unref (self->stream);
  g_byte_array_unref (self->read);
  g_free (self);
}

void
wire_send (Wire *self, const char *text)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (self->stream), text, strlen (text),
                             NULL, NULL, NULL);
}

void
wire_post (Wire *self, const char *path, const char *headers, const char *body)
{
  g_autofree char *text
      = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                         "Content-Type: application/x-www-form-urlencoded\r\n"
                         "%sContent-Length: %zu\r\n\r\n%s",
                         path, headers, body != NULL ? strlen (body) : 0, body != NULL ? body : "");

  wire_send (self, text);
}

void
wire_post_admin (Wire *self, const char *path, const char *body)
{
  g_autofree char *basic = test_basic (TEST_ADMIN, TEST_PASSWORD);
  g_autofree char *header = g_strdup_printf ("Authorization: %s\r\n", basic);

  wire_post (self, path, header, body);
}

/* Appends what comes next. Returns: FALSE at the end of the connection. */
static gboolean
fill (Wire *self)
{
  guint8 buffer[16384];
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (self->stream), buffer,
                                  sizeof buffer, NULL, &error);

  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
  self->torn = self->torn || n < 0;
  if (n <= 0)
    return FALSE;
  g_byte_array_append (self->read, buffer, n);
  return TRUE;
}

gboolean
wire_has_data (Wire *self)
{
  guint8 buffer[16384];
  GPollableInputStream *input
      = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream));
  gssize n = g_pollable_input_stream_read_nonblocking (input, buffer, sizeof buffer, NULL, NULL);

  if (n > 0)
    g_byte_array_append (self->read, buffer, n);
  return self->read->len > 0;
}

gboolean
wire_is_closed (Wire *self)
{
  return self->read->len == 0 && !fill (self);
}

/* Without its empty line. NULL: there is none. */
char *
wire_read_head (Wire *self)
{
  const guint8 *end = NULL;
  char *head;

  while ((end = self->read->len > 0
                    ? memmem (self->read->data, self->read->len, END_OF_HEAD, strlen (END_OF_HEAD))
                    : NULL)
         == NULL)
    if (!fill (self))
      return NULL;
  head = g_strndup ((const char *)self->read->data, end - self->read->data + 2);
  g_byte_array_remove_range (self->read, 0, end - self->read->data + strlen (END_OF_HEAD));
  return head;
}

WireReply *
wire_read (Wire *self)
{
  WireReply *reply = g_new0 (WireReply, 1);
  gsize length;

  do {
    g_autofree char *head = wire_read_head (self);

    g_clear_pointer (&reply->headers, soup_message_headers_unref);
    if (head == NULL) {
      g_free (reply);
      return NULL;
    }
    reply->headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
    g_assert_true (soup_headers_parse_response (head, strlen (head), reply->headers, NULL,
                                                &reply->status, NULL));
  } while (reply->status == SOUP_STATUS_CONTINUE);
  /* every reply of this server says how long it is */
  g_assert_nonnull (wire_reply_header (reply, "Content-Length"));
  length = soup_message_headers_get_content_length (reply->headers);
  while (self->read->len < length)
    g_assert_true (fill (self));
  reply->body = g_bytes_new (self->read->data, length);
  g_byte_array_remove_range (self->read, 0, length);
  return reply;
}

GBytes *
wire_read_body (Wire *self, gsize length)
{
  GBytes *body;

  while (self->read->len < length && fill (self))
    ;
  body = g_bytes_new (self->read->data, MIN (length, self->read->len));
  g_byte_array_remove_range (self->read, 0, g_bytes_get_size (body));
  return body;
}

void
wire_reply_free (WireReply *reply)
{
  soup_message_headers_unref (reply->headers);
  g_bytes_unref (reply->body);
  g_free (reply);
}

const char *
wire_reply_header (WireReply *reply, const char *name)
{
  return soup_message_headers_get_one (reply->headers, name);
}

JsonObject *
wire_reply_object (WireReply *reply)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (reply->body, &length);
  JsonObject *object;

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpuint (length, >, strlen (BOM));
  g_assert_cmpmem (text, strlen (BOM), BOM, strlen (BOM));
  object = mun_json_parse_object (text, length, &error);
  g_assert_no_error (error);
  return object;
}

JsonObject *
wire_call (TestServer *server, const char *path, const char *body)
{
  g_autoptr (Wire) wire = wire_open (server, server->admin_port, NULL);
  g_autoptr (WireReply) reply = NULL;

  wire_post_admin (wire, path, body);
  reply = wire_read (wire);
  g_assert_nonnull (reply);
  return wire_reply_object (reply);
}
