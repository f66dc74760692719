/* acceptor.c: takes connections for a SoupServer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "acceptor.h"

#include "guest.h"

#include <gio/gnetworking.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>

#define LISTEN_BACKLOG 4096
/* How long a reply may take to a client that sends no more. */
#define LINGER_MILLISECONDS 5000
/* How long a client may keep a connection without a request. Longer than clients keep theirs, so
 * that none is closed while one of them begins to use it. */
#define PATIENCE_MILLISECONDS 120000
/* How long it may take to begin its handshake, and then to end it. */
#define HANDSHAKE_MILLISECONDS 20000

/* A handshake takes a thread of the pool that everything else needs too: so many at once, in all
 * and for one address. Silent clients must not keep the others out. */
#define HANDSHAKES_MAX 8
#define HANDSHAKES_OF_ADDRESS_MAX 4

struct _MunAcceptor {
  grefcount references;
  SoupServer *server;
  GTlsCertificate *certificate;
  GMainContext *context;
  guint patience; /* milliseconds */
  GPtrArray *doors;
  GHashTable *arrivals;   /* Arrival, a set: those that are not handed over yet */
  GQueue knocking;        /* Arrival: what began its handshake and waits for its turn */
  GHashTable *handshakes; /* address -> number of handshakes that go on */
  guint n_handshakes;
};

/* One listening socket. */
typedef struct {
  MunAcceptor *acceptor;
  GSocket *socket;
  GSource *source; /* its readiness, or the rest after a connection that could not be accepted */
} Door;

/* A connection that is not handed over yet. */
typedef struct {
  MunAcceptor *acceptor;
  GSocket *socket;
  GSocketAddress *local, *remote;
  char *address;
  GSource *knock; /* its first bytes; NULL: they came */
  GSource *timer;
  gboolean shaking;
  GCancellable *late; /* ends the handshake */
} Arrival;

static void
acceptor_unref (MunAcceptor *self)
{
  if (!g_ref_count_dec (&self->references))
    return;
  g_hash_table_unref (self->arrivals);
  g_hash_table_unref (self->handshakes);
  g_object_unref (self->server);
  g_clear_object (&self->certificate);
  g_main_context_unref (self->context);
  g_free (self);
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
arrival_free (Arrival *self)
{
  g_hash_table_remove (self->acceptor->arrivals, self);
  g_queue_remove (&self->acceptor->knocking, self);
  clear_source (&self->knock);
  clear_source (&self->timer);
  g_object_unref (self->late);
  g_object_unref (self->socket);
  g_clear_object (&self->local);
  g_clear_object (&self->remote);
  g_free (self->address);
  acceptor_unref (self->acceptor);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Arrival, arrival_free)

static void
set_callback (MunAcceptor *self, GSource *source, GSourceFunc callback, gpointer data)
{
  g_source_set_callback (source, callback, data, NULL);
  g_source_attach (source, self->context);
}

static guint
count_handshakes (MunAcceptor *self, const char *address)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->handshakes, address));
}

static void
set_handshakes (MunAcceptor *self, const char *address, guint count)
{
  if (count > 0)
    g_hash_table_replace (self->handshakes, g_strdup (address), GUINT_TO_POINTER (count));
  else
    g_hash_table_remove (self->handshakes, address);
}

static gboolean
close_cb (gpointer data)
{
  g_socket_close (G_SOCKET (data), NULL);
  return G_SOURCE_REMOVE;
}

/* The client has said its last word; a reply may still be on its way to it. What takes long is not
 * done for it any more. */
static gboolean
hung_up_cb (int fd, GIOCondition condition, gpointer data)
{
  g_autoptr (GSource) source = g_timeout_source_new (LINGER_MILLISECONDS);

  mun_guest_leave (data);
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
hand_over (Arrival *self, GIOStream *stream)
{
  MunAcceptor *acceptor = self->acceptor;
  g_autoptr (GError) error = NULL;

  mun_guest_welcome (self->socket, self->remote, acceptor->patience);
  close_when_left (acceptor, self->socket);
  if (!soup_server_accept_iostream (acceptor->server, stream, self->local, self->remote, &error))
    g_warning ("A connection was dropped: %s", error->message);
}

static void
begin_next (MunAcceptor *self);

static void
handshake_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Arrival) arrival = data;
  MunAcceptor *self = arrival->acceptor;

  self->n_handshakes--;
  set_handshakes (self, arrival->address, count_handshakes (self, arrival->address) - 1);
  /* What fails here is the client's business: a port scan, a refused certificate. */
  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (object), result, NULL)
      && self->doors != NULL)
    hand_over (arrival, G_IO_STREAM (object));
  else
    g_io_stream_close_async (G_IO_STREAM (object), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  begin_next (self);
}

/* Returns: when @milliseconds, or less if a test is impatient, will be over. */
static gint64
get_deadline (MunAcceptor *self, guint milliseconds)
{
  return g_get_monotonic_time () + (gint64)MIN (milliseconds, self->patience) * 1000;
}

static void
begin_handshake (Arrival *arrival)
{
  static const char *const protocols[] = { "http/1.1", "http/1.0", NULL };
  MunAcceptor *self = arrival->acceptor;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) base
      = g_socket_connection_factory_create_connection (arrival->socket);
  /* No client shows a certificate here. What verifies one is read anew for each connection, all
   * authorities of this system, when the connection is made without saying so: 20 ms. */
  g_autoptr (GIOStream) tls
      = g_initable_new (g_tls_backend_get_server_connection_type (g_tls_backend_get_default ()),
                        NULL, &error, "base-io-stream", base, "certificate", self->certificate,
                        "database", NULL, NULL);

  if (tls == NULL) {
    g_warning ("A connection was dropped: %s", error->message);
    arrival_free (arrival);
    return;
  }
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
  arrival->shaking = TRUE;
  g_source_set_ready_time (arrival->timer, get_deadline (self, HANDSHAKE_MILLISECONDS));
  self->n_handshakes++;
  set_handshakes (self, arrival->address, count_handshakes (self, arrival->address) + 1);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, arrival->late,
                                    handshake_cb, arrival);
}

/* In the order of their arrival, but those of a crowded address after the others. */
static void
begin_next (MunAcceptor *self)
{
  GList *next;

  for (GList *link = self->knocking.head; link != NULL && self->n_handshakes < HANDSHAKES_MAX;
       link = next) {
    Arrival *arrival = link->data;

    next = link->next;
    if (count_handshakes (self, arrival->address) >= HANDSHAKES_OF_ADDRESS_MAX)
      continue;
    g_queue_delete_link (&self->knocking, link);
    begin_handshake (arrival);
  }
}

static gboolean
knock_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  Arrival *arrival = data;

  clear_source (&arrival->knock);
  g_source_set_ready_time (arrival->timer, get_deadline (arrival->acceptor, PATIENCE_MILLISECONDS));
  g_queue_push_tail (&arrival->acceptor->knocking, arrival);
  begin_next (arrival->acceptor);
  return G_SOURCE_REMOVE;
}

static gboolean
late_cb (gpointer data)
{
  Arrival *arrival = data;

  clear_source (&arrival->timer);
  if (arrival->shaking)
    g_cancellable_cancel (arrival->late);
  else
    arrival_free (arrival);
  return G_SOURCE_REMOVE;
}

/* The handshake begins when the client does: who says nothing costs no thread. */
static void
wait_for_knock (Arrival *arrival)
{
  MunAcceptor *self = arrival->acceptor;

  arrival->knock = g_socket_create_source (arrival->socket, G_IO_IN, NULL);
  set_callback (self, arrival->knock, G_SOURCE_FUNC (knock_cb), arrival);
  arrival->timer = g_timeout_source_new (MIN (HANDSHAKE_MILLISECONDS, self->patience));
  set_callback (self, arrival->timer, late_cb, arrival);
}

static Arrival *
arrival_new (MunAcceptor *self, GSocket *peer)
{
  Arrival *arrival = g_new0 (Arrival, 1);

  g_ref_count_inc (&self->references);
  arrival->acceptor = self;
  arrival->socket = g_object_ref (peer);
  arrival->late = g_cancellable_new ();
  arrival->local = g_socket_get_local_address (peer, NULL);
  arrival->remote = g_socket_get_remote_address (peer, NULL);
  if (G_IS_INET_SOCKET_ADDRESS (arrival->remote))
    arrival->address = g_inet_address_to_string (
        g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (arrival->remote)));
  g_hash_table_add (self->arrivals, arrival);
  return arrival;
}

static void
welcome (MunAcceptor *self, GSocket *peer)
{
  g_autoptr (Arrival) arrival = arrival_new (self, peer);
  g_autoptr (GSocketConnection) connection = NULL;

  if (arrival->local == NULL || arrival->address == NULL)
    return; /* gone already */
  g_socket_set_option (peer, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  if (self->certificate != NULL) {
    wait_for_knock (g_steal_pointer (&arrival));
    return;
  }
  connection = g_socket_connection_factory_create_connection (peer);
  hand_over (arrival, G_IO_STREAM (connection));
}

static void
set_source (Door *self, GSource *source, GSourceFunc callback)
{
  clear_source (&self->source);
  self->source = source;
  set_callback (self->acceptor, source, callback, self);
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

  clear_source (&self->source);
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

  g_ref_count_init (&self->references);
  self->server = g_object_ref (server);
  g_set_object (&self->certificate, certificate);
  self->context = g_main_context_ref_thread_default ();
  self->patience = PATIENCE_MILLISECONDS;
  self->doors = g_ptr_array_new_with_free_func (door_free);
  self->arrivals = g_hash_table_new (NULL, NULL);
  self->handshakes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  keep_connections (server);
  mun_guest_watch (server);
  return self;
}

void
mun_acceptor_set_patience (MunAcceptor *self, guint milliseconds)
{
  self->patience = milliseconds;
}

void
mun_acceptor_free (MunAcceptor *self)
{
  g_autoptr (GList) arrivals = g_hash_table_get_keys (self->arrivals);

  g_clear_pointer (&self->doors, g_ptr_array_unref);
  g_queue_clear (&self->knocking);
  for (GList *link = arrivals; link != NULL; link = link->next) {
    Arrival *arrival = link->data;

    if (arrival->shaking)
      g_cancellable_cancel (arrival->late);
    else
      arrival_free (arrival);
  }
  acceptor_unref (self);
}

static gboolean
bind_and_listen (GSocket *socket, GSocketAddress *address, GError **error)
{
  g_socket_set_blocking (socket, FALSE);
  /* GLib's own 10 is soon full when many clients come at once; the kernel lowers it to its limit */
  g_socket_set_listen_backlog (socket, LISTEN_BACKLOG);
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
