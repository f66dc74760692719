/* test-acceptor.c: taking connections, also when there is nothing to take them with */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "acceptor.h"
#include "guest.h"
#include "tls.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static guint n_complaints;

typedef struct {
  SoupServer *server;
  MunAcceptor *acceptor;
  guint16 port;
} Fixture;

static void
request_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer data)
{
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY,
                                    soup_server_message_get_remote_host (message),
                                    strlen (soup_server_message_get_remote_host (message)));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  const char *ip = data;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (ip, 0);
  g_autoptr (GError) error = NULL;

  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, request_cb, NULL, NULL);
  self->acceptor = mun_acceptor_new (self->server, NULL);
  g_assert_true (mun_acceptor_listen (self->acceptor, address, &self->port, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (self->port, >, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  mun_acceptor_free (self->acceptor);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
}

/* A client whose request lies in the socket before anybody accepted it. */
static GSocketConnection *
ask (Fixture *self, const char *ip)
{
  static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (ip, self->port);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection
      = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);

  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                             strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

typedef struct {
  char text[4096];
  gboolean done;
} Reply;

static void
read_cb (GObject *stream, GAsyncResult *result, gpointer data)
{
  Reply *reply = data;
  g_autoptr (GError) error = NULL;

  g_input_stream_read_all_finish (G_INPUT_STREAM (stream), result, NULL, &error);
  g_assert_no_error (error);
  reply->done = TRUE;
}

static void
expect_reply (GSocketConnection *connection, const char *body)
{
  Reply reply = { "", FALSE };

  g_input_stream_read_all_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                                 reply.text, sizeof reply.text - 1, G_PRIORITY_DEFAULT, NULL,
                                 read_cb, &reply);
  while (!reply.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_str_has_prefix (reply.text, "HTTP/1.1 200 "));
  g_assert_true (g_str_has_suffix (reply.text, body));
}

static void
test_request (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketConnection) first = ask (self, data);
  g_autoptr (GSocketConnection) second = ask (self, data);

  expect_reply (second, data);
  expect_reply (first, data);
}

typedef struct {
  SoupServerMessage *message;
  GCancellable *left;
} LongRequest;

static void
pause_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
          gpointer data)
{
  LongRequest *request = data;

  request->message = g_object_ref (message);
  request->left = mun_guest_ref_left (message);
  soup_server_message_pause (message);
}

/* Whoever works on a long request learns that its client has gone. */
static void
test_client_leaves (Fixture *self, gconstpointer data)
{
  LongRequest request = { NULL, NULL };
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL, other = NULL;

  soup_server_remove_handler (self->server, NULL);
  soup_server_add_handler (self->server, NULL, pause_cb, &request, NULL);
  connection = ask (self, data);
  while (request.left == NULL)
    g_main_context_iteration (NULL, TRUE);
  /* Another client's leaving is none of its business. */
  other = g_socket_client_connect_to_host (client, data, self->port, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (other), NULL, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_false (g_cancellable_is_cancelled (request.left));
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  while (!g_cancellable_is_cancelled (request.left))
    g_main_context_iteration (NULL, TRUE);
  soup_server_message_set_status (request.message, 200, NULL);
  soup_server_message_unpause (request.message);
  g_object_unref (request.message);
  g_object_unref (request.left);
}

static void
sent_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body
      = soup_session_send_and_read_finish (SOUP_SESSION (session), result, &error);

  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

/* Two requests, one after the other, on one connection. */
static void
test_kept_connection (Fixture *self, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://%s:%u/", (const char *)data, self->port);
  g_autoptr (SoupSession) session = soup_session_new ();
  guint64 connection = 0;

  for (int i = 0; i < 2; i++) {
    g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
    gboolean done = FALSE;

    soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, sent_cb, &done);
    while (!done)
      g_main_context_iteration (NULL, TRUE);
    g_assert_cmpuint (soup_message_get_status (message), ==, 200);
    if (i == 1)
      g_assert_cmpuint (soup_message_get_connection_id (message), ==, connection);
    connection = soup_message_get_connection_id (message);
    g_assert_cmpuint (connection, >, 0);
  }
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

/* A client that asks to keep its connections and then leaves them. */
static void
test_left_connections (Fixture *self, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://%s:%u/", (const char *)data, self->port);
  guint before = count_descriptors ();

  for (int i = 0; i < 20; i++) {
    g_autoptr (SoupSession) session = soup_session_new ();
    g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
    gboolean done = FALSE;

    soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, sent_cb, &done);
    while (!done)
      g_main_context_iteration (NULL, TRUE);
    soup_session_abort (session);
  }
  while (count_descriptors () > before + 4)
    g_main_context_iteration (NULL, TRUE);
}

/* --- who keeps the server waiting --- */

#define PATIENCE_MILLISECONDS 50

static void
ended_cb (GObject *stream, GAsyncResult *result, gpointer data)
{
  char **text = data;
  gsize length = 0;

  /* a connection that was closed at an odd moment ends with an error: it has ended */
  g_input_stream_read_all_finish (G_INPUT_STREAM (stream), result, &length, NULL);
  (*text)[length] = '\0';
  g_object_set_data (stream, "ended", GINT_TO_POINTER (1));
}

/* Sends @text and waits until the server closes. Returns: what it said. */
static char *
send_and_wait (Fixture *self, const char *ip, const char *text)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (ip, self->port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  char *reply = g_malloc0 (4096);
  GInputStream *input;

  g_assert_no_error (error);
  input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
                             strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_all_async (input, reply, 4095, G_PRIORITY_DEFAULT, NULL, ended_cb, &reply);
  while (g_object_get_data (G_OBJECT (input), "ended") == NULL)
    g_main_context_iteration (NULL, TRUE);
  return reply;
}

/* Nothing, half a head, half a body, and a kept connection without another request. */
static void
test_patience (Fixture *self, gconstpointer data)
{
  static const char *const silences[]
      = { "", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nfive." };
  g_autofree char *kept = NULL;
  guint before = count_descriptors ();

  mun_acceptor_set_patience (self->acceptor, PATIENCE_MILLISECONDS);
  for (guint i = 0; i < G_N_ELEMENTS (silences); i++) {
    g_autofree char *reply = send_and_wait (self, data, silences[i]);

    g_assert_cmpstr (reply, ==, "");
  }
  kept = send_and_wait (self, data, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  g_assert_true (g_str_has_prefix (kept, "HTTP/1.1 200 "));
  while (count_descriptors () > before + 2)
    g_main_context_iteration (NULL, TRUE);
}

static void
hold_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
         gpointer data)
{
  SoupServerMessage **held = data;

  *held = g_object_ref (message);
  soup_server_message_pause (message);
}

/* The server's own time is not the client's: a request that is held outlasts a silent client that
 * came after it. */
static void
test_held_request (Fixture *self, gconstpointer data)
{
  g_autoptr (SoupServerMessage) held = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *silent = NULL;

  mun_acceptor_set_patience (self->acceptor, PATIENCE_MILLISECONDS);
  soup_server_add_handler (self->server, NULL, hold_cb, &held, NULL);
  connection = ask (self, data);
  while (held == NULL)
    g_main_context_iteration (NULL, TRUE);
  silent = send_and_wait (self, data, "");
  request_cb (self->server, held, "/", NULL, NULL);
  soup_server_message_unpause (held);
  expect_reply (connection, data);
}

/* --- who does not end a handshake --- */

#define CROWD 4

static void
set_up_tls (Fixture *self, gconstpointer data)
{
  g_autofree char *directory = g_dir_make_tmp ("muniment-test-XXXXXX", NULL);
  g_autoptr (GTlsCertificate) certificate = mun_tls_load_or_create (directory, NULL);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (data, 0);

  g_assert_nonnull (certificate);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, request_cb, NULL, NULL);
  self->acceptor = mun_acceptor_new (self->server, certificate);
  g_assert_true (mun_acceptor_listen (self->acceptor, address, &self->port, NULL));
  for (guint i = 0; i < 2; i++) {
    g_autofree char *path
        = g_build_filename (directory, i == 0 ? "certificate.pem" : "certificate-key.pem", NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

/* A TCP connection from @local that sends @length bytes and then nothing more. */
static GSocketConnection *
stall (Fixture *self, const char *local, const char *bytes, gsize length)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (local, 0);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_local_address (client, address);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", self->port, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), bytes,
                             length, NULL, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static gboolean
accept_certificate_cb (SoupMessage *message, GTlsCertificate *certificate,
                       GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

/* Sends a request from @local; @done becomes TRUE with its reply. */
static SoupSession *
send_from (Fixture *self, const char *local, gboolean *done)
{
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/", self->port);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (local, 0);
  SoupSession *session
      = soup_session_new_with_options ("local-address", address, "timeout", 0, NULL);

  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate_cb), NULL);
  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, sent_cb, done);
  return session;
}

/* Clients of one address that stop within their handshake keep nobody out but each other; silent
 * ones not even that. */
static void
test_stalled_handshakes (Fixture *self, gconstpointer data)
{
  static const char begun[] = { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01 };
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (SoupSession) neighbour = NULL;
  g_autoptr (SoupSession) other = NULL;
  gboolean neighbour_done = FALSE, other_done = FALSE;

  for (guint i = 0; i < 3 * CROWD; i++)
    g_ptr_array_add (crowd, stall (self, "127.0.0.3", begun, 0));
  neighbour = send_from (self, "127.0.0.3", &neighbour_done);
  while (!neighbour_done)
    g_main_context_iteration (NULL, TRUE);
  soup_session_abort (neighbour);
  g_clear_object (&neighbour);
  for (guint i = 0; i < CROWD; i++)
    g_ptr_array_add (crowd, stall (self, "127.0.0.3", begun, sizeof begun));
  neighbour_done = FALSE;
  neighbour = send_from (self, "127.0.0.3", &neighbour_done);
  other = send_from (self, "127.0.0.1", &other_done);
  while (!other_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (neighbour_done);
  g_ptr_array_set_size (crowd, 0);
  while (!neighbour_done)
    g_main_context_iteration (NULL, TRUE);
}

/* Its thread comes back, whatever the client does. */
static void
test_late_handshake (Fixture *self, gconstpointer data)
{
  static const char begun[] = { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01 };

  mun_acceptor_set_patience (self->acceptor, PATIENCE_MILLISECONDS);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GSocketConnection) connection
        = stall (self, "127.0.0.3", begun, i == 0 ? 0 : sizeof begun);
    GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
    g_autofree char *reply = g_malloc0 (4096);

    g_input_stream_read_all_async (input, reply, 4095, G_PRIORITY_DEFAULT, NULL, ended_cb, &reply);
    while (g_object_get_data (G_OBJECT (input), "ended") == NULL)
      g_main_context_iteration (NULL, TRUE);
  }
}

static void
test_taken_port (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (data, self->port);
  g_autoptr (MunAcceptor) other = mun_acceptor_new (self->server, NULL);
  g_autoptr (GError) error = NULL;
  guint16 port = 7;

  g_assert_false (mun_acceptor_listen (other, address, &port, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpuint (port, ==, 7);
}

static GLogWriterOutput
count_complaints (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0
        && g_str_has_prefix (fields[i].value, "A connection cannot be accepted now"))
      n_complaints++;
  return G_LOG_WRITER_HANDLED;
}

/* Without a free file descriptor the client waits; it is served when there is one again. */
static void
test_no_descriptors (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketConnection) connection = ask (self, data);
  struct rlimit before, none;
  int next;

  getrlimit (RLIMIT_NOFILE, &before);
  next = fcntl (0, F_DUPFD, 0);
  close (next);
  none = before;
  none.rlim_cur = next;
  setrlimit (RLIMIT_NOFILE, &none);
  while (n_complaints == 0)
    g_main_context_iteration (NULL, TRUE);
  setrlimit (RLIMIT_NOFILE, &before);
  expect_reply (connection, data);
  g_assert_cmpuint (n_complaints, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_complaints, NULL, NULL);
  g_test_add ("/server/acceptor/request", Fixture, "127.0.0.1", set_up, test_request, tear_down);
  g_test_add ("/server/acceptor/client-leaves", Fixture, "127.0.0.1", set_up, test_client_leaves,
              tear_down);
  g_test_add ("/server/acceptor/kept-connection", Fixture, "127.0.0.1", set_up,
              test_kept_connection, tear_down);
  g_test_add ("/server/acceptor/left-connections", Fixture, "127.0.0.1", set_up,
              test_left_connections, tear_down);
  g_test_add ("/server/acceptor/patience", Fixture, "127.0.0.1", set_up, test_patience, tear_down);
  g_test_add ("/server/acceptor/held-request", Fixture, "127.0.0.1", set_up, test_held_request,
              tear_down);
  g_test_add ("/server/acceptor/stalled-handshakes", Fixture, "127.0.0.1", set_up_tls,
              test_stalled_handshakes, tear_down);
  g_test_add ("/server/acceptor/late-handshake", Fixture, "127.0.0.1", set_up_tls,
              test_late_handshake, tear_down);
  g_test_add ("/server/acceptor/taken-port", Fixture, "127.0.0.1", set_up, test_taken_port,
              tear_down);
  g_test_add ("/server/acceptor/no-descriptors", Fixture, "127.0.0.1", set_up, test_no_descriptors,
              tear_down);
  return g_test_run ();
}
