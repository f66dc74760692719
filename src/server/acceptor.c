/* acceptor.c: takes connections for a SoupServer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "acceptor.h"

#include <gio/gnetworking.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>

/* How long a reply may take to a client that sends no more. */
#define LINGER_MILLISECONDS 5000

struct _MunAcceptor {
  SoupServer *server;
  GTlsCertificate *certificate;
  GMainContext *context;
  GCancellable *stopped;
  GPtrArray *doors;
};

/* One listening socket. */
typedef struct {
  MunAcceptor *acceptor;
  GSocket *socket;
  GSource *source; /* its readiness, or the rest after a connection that could not be accepted */
} Door;

/* A connection whose handshake goes on. */
typedef struct {
  SoupServer *server;
  GSocketAddress *local, *remote;
} Arrival;

static void
arrival_free (Arrival *self)
{
  g_object_unref (self->server);
  g_clear_object (&self->local);
  g_clear_object (&self->remote);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Arrival, arrival_free)

static void
hand_over (Arrival *self, GIOStream *stream)
{
  g_autoptr (GError) error = NULL;

  if (!soup_server_accept_iostream (self->server, stream, self->local, self->remote, &error))
    g_warning ("A connection was dropped: %s", error->message);
}

static void
handshake_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Arrival) arrival = data;

  /* What fails here is the client's business: a port scan, a refused certificate. */
  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (object), result, NULL))
    hand_over (arrival, G_IO_STREAM (object));
  else
    g_io_stream_close_async (G_IO_STREAM (object), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

static void
begin_handshake (MunAcceptor *self, GIOStream *base, Arrival *arrival)
{
  static const char *const protocols[] = { "http/1.1", "http/1.0", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) tls = g_tls_server_connection_new (base, self->certificate, &error);

  if (tls == NULL) {
    g_warning ("A connection was dropped: %s", error->message);
    arrival_free (arrival);
    return;
  }
  /* No client shows a certificate here; what verifies one costs megabytes a connection. */
  g_tls_connection_set_database (G_TLS_CONNECTION (tls), NULL);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, self->stopped,
                                    handshake_cb, arrival);
}

static gboolean
close_cb (gpointer data)
{
  g_socket_close (G_SOCKET (data), NULL);
  return G_SOURCE_REMOVE;
}

/* The client has said its last word; a reply may still be on its way to it. */
static gboolean
hung_up_cb (int fd, GIOCondition condition, gpointer data)
{
  g_autoptr (GSource) source = g_timeout_source_new (LINGER_MILLISECONDS);

  g_source_set_callback (source, close_cb, g_object_ref (data), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
  return G_SOURCE_REMOVE;
}

/* libsoup 3.2 does not close a kept connection that its client has left: without this the server
 * would run out of file descriptors. POLLRDHUP is of poll(2); GLib hands it through. */
static void
close_when_left (MunAcceptor *self, GSocket *peer)
{
  g_autoptr (GSource) source = g_unix_fd_source_new (g_socket_get_fd (peer), POLLRDHUP);

  g_source_set_callback (source, G_SOURCE_FUNC (hung_up_cb), g_object_ref (peer), g_object_unref);
  g_source_attach (source, self->context);
}

static void
welcome (MunAcceptor *self, GSocket *peer)
{
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (peer);
  g_autoptr (Arrival) arrival = g_new0 (Arrival, 1);

  arrival->server = g_object_ref (self->server);
  arrival->local = g_socket_get_local_address (peer, NULL);
  arrival->remote = g_socket_get_remote_address (peer, NULL);
  if (arrival->local == NULL || arrival->remote == NULL)
    return; /* gone already */
  g_socket_set_option (peer, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  close_when_left (self, peer);
  if (self->certificate != NULL)
    begin_handshake (self, G_IO_STREAM (connection), g_steal_pointer (&arrival));
  else
    hand_over (arrival, G_IO_STREAM (connection));
}

static void
set_source (Door *self, GSource *source, GSourceFunc callback)
{
  if (self->source != NULL) {
    g_source_destroy (self->source);
    g_source_unref (self->source);
  }
  self->source = source;
  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, self->acceptor->context);
}

static void
watch (Door *self);

static gboolean
rested_cb (gpointer data)
{
  watch (data);
  return G_SOURCE_REMOVE;
}

static gboolean
ready_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  Door *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) peer = g_socket_accept (socket, NULL, &error);

  if (peer != NULL) {
    welcome (self->acceptor, peer);
    return G_SOURCE_CONTINUE;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  /* Most likely out of file descriptors: the client waits, and is asked in when there are some. */
  g_warning ("A connection cannot be accepted now: %s", error->message);
  set_source (self, g_timeout_source_new (1000), rested_cb);
  return G_SOURCE_REMOVE;
}

static void
watch (Door *self)
{
  set_source (self, g_socket_create_source (self->socket, G_IO_IN, NULL), G_SOURCE_FUNC (ready_cb));
}

static void
door_free (gpointer data)
{
  Door *self = data;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_free (self);
}

static gboolean
listen_at (SoupServer *server, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);

  return socket != NULL && g_socket_bind (socket, address, FALSE, error)
         && g_socket_listen (socket, error) && soup_server_listen_socket (server, socket, 0, error);
}

/* A SoupServer that listens nowhere closes each connection after one reply. So it listens on a
 * socket whose name is gone before anybody could know it. */
static void
keep_connections (SoupServer *server)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("muniment-XXXXXX", &error);
  g_autofree char *path = directory != NULL ? g_build_filename (directory, "door", NULL) : NULL;

  if (directory == NULL || !listen_at (server, path, &error))
    g_warning ("Connections will serve one request each: %s", error->message);
  if (directory != NULL) {
    g_unlink (path);
    g_rmdir (directory);
  }
}

MunAcceptor *
mun_acceptor_new (SoupServer *server, GTlsCertificate *certificate)
{
  MunAcceptor *self = g_new0 (MunAcceptor, 1);

  self->server = g_object_ref (server);
  g_set_object (&self->certificate, certificate);
  self->context = g_main_context_ref_thread_default ();
  self->stopped = g_cancellable_new ();
  self->doors = g_ptr_array_new_with_free_func (door_free);
  keep_connections (server);
  return self;
}

void
mun_acceptor_free (MunAcceptor *self)
{
  g_cancellable_cancel (self->stopped);
  g_ptr_array_unref (self->doors);
  g_object_unref (self->stopped);
  g_object_unref (self->server);
  g_clear_object (&self->certificate);
  g_main_context_unref (self->context);
  g_free (self);
}

static gboolean
bind_and_listen (GSocket *socket, GSocketAddress *address, GError **error)
{
  g_socket_set_blocking (socket, FALSE);
  /* A server that takes part in both families has two sockets on the same port. */
  if (g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV6
      && !g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, TRUE, error))
    return FALSE;
  return g_socket_bind (socket, address, TRUE, error) && g_socket_listen (socket, error);
}

gboolean
mun_acceptor_listen (MunAcceptor *self, GSocketAddress *address, guint16 *port, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  g_autoptr (GSocketAddress) bound = NULL;
  Door *door;

  if (socket == NULL || !bind_and_listen (socket, address, error))
    return FALSE;
  bound = g_socket_get_local_address (socket, error);
  if (bound == NULL)
    return FALSE;
  if (port != NULL)
    *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  door = g_new0 (Door, 1);
  door->acceptor = self;
  door->socket = g_steal_pointer (&socket);
  g_ptr_array_add (self->doors, door);
  watch (door);
  return TRUE;
}
