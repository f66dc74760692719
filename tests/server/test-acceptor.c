/* test-acceptor.c: taking connections, also when there is nothing to take them with */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "acceptor.h"

#include <fcntl.h>
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
  g_test_add ("/server/acceptor/kept-connection", Fixture, "127.0.0.1", set_up,
              test_kept_connection, tear_down);
  g_test_add ("/server/acceptor/left-connections", Fixture, "127.0.0.1", set_up,
              test_left_connections, tear_down);
  g_test_add ("/server/acceptor/taken-port", Fixture, "127.0.0.1", set_up, test_taken_port,
              tear_down);
  g_test_add ("/server/acceptor/no-descriptors", Fixture, "127.0.0.1", set_up, test_no_descriptors,
              tear_down);
  return g_test_run ();
}
