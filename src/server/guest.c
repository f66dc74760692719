/* guest.c: how long the client of one connection may take, and whether it is still there */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "guest.h"

#define DATA_KEY "mun-guest"
/* The slowest transfer that is waited for: slower than any line, faster than an attacker has
 * patience for */
#define BYTES_PER_SECOND 1024

typedef struct {
  gatomicrefcount references;
  GSocket *socket;
  gint64 patience; /* microseconds */
  gint64 deadline;
  GSource *timer;
  GCancellable *left;
} Guest;

static Guest *
guest_ref (Guest *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
guest_unref (gpointer data)
{
  Guest *self = data;

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_object_unref (self->socket);
  g_object_unref (self->left);
  g_free (self);
}

static void
closure_unref (gpointer data, GClosure *closure)
{
  guest_unref (data);
}

static gboolean
late_cb (gpointer data)
{
  Guest *self = data;

  g_source_set_ready_time (self->timer, -1);
  g_socket_close (self->socket, NULL);
  return G_SOURCE_CONTINUE;
}

/* A source that is ready when its time has come, and only then. */
static gboolean
timer_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs timer_funcs = { NULL, NULL, timer_dispatch, NULL, NULL, NULL };

static void
expect (Guest *self)
{
  self->deadline = g_get_monotonic_time () + self->patience;
  g_source_set_ready_time (self->timer, self->deadline);
}

static void
credit (Guest *self, gsize bytes)
{
  self->deadline += (gint64)bytes * G_USEC_PER_SEC / BYTES_PER_SECOND;
  g_source_set_ready_time (self->timer, self->deadline);
}

static void
got_headers_cb (SoupServerMessage *message, gpointer data)
{
  expect (data);
}

static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  credit (data, g_bytes_get_size (chunk));
}

/* It is the server's turn, however long that takes. */
static void
got_body_cb (SoupServerMessage *message, gpointer data)
{
  Guest *self = data;

  g_source_set_ready_time (self->timer, -1);
}

static void
wrote_headers_cb (SoupServerMessage *message, gpointer data)
{
  expect (data);
}

static void
wrote_body_data_cb (SoupServerMessage *message, guint bytes, gpointer data)
{
  credit (data, bytes);
}

static void
connect_to (SoupServerMessage *message, const char *signal, GCallback callback, Guest *guest)
{
  g_signal_connect_data (message, signal, callback, guest_ref (guest), closure_unref, 0);
}

static Guest *
find_guest (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);

  return remote != NULL ? g_object_get_data (G_OBJECT (remote), DATA_KEY) : NULL;
}

/* Also when a connection is kept for a request that may come later. */
static void
request_started_cb (SoupServer *server, SoupServerMessage *message, gpointer data)
{
  Guest *guest = find_guest (message);

  if (guest == NULL)
    return;
  expect (guest);
  connect_to (message, "got-headers", G_CALLBACK (got_headers_cb), guest);
  connect_to (message, "got-chunk", G_CALLBACK (got_chunk_cb), guest);
  connect_to (message, "got-body", G_CALLBACK (got_body_cb), guest);
  connect_to (message, "wrote-headers", G_CALLBACK (wrote_headers_cb), guest);
  connect_to (message, "wrote-body-data", G_CALLBACK (wrote_body_data_cb), guest);
}

void
mun_guest_welcome (GSocket *socket, GSocketAddress *remote, guint patience)
{
  Guest *self = g_new0 (Guest, 1);

  g_atomic_ref_count_init (&self->references);
  self->socket = g_object_ref (socket);
  self->patience = (gint64)patience * 1000;
  self->left = g_cancellable_new ();
  g_object_set_data_full (G_OBJECT (socket), DATA_KEY, g_object_ref (self->left), g_object_unref);
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_static_name (self->timer, "patience with a client");
  g_source_set_callback (self->timer, late_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  g_object_set_data_full (G_OBJECT (remote), DATA_KEY, self, guest_unref);
  expect (self);
}

void
mun_guest_leave (GSocket *socket)
{
  GCancellable *left = g_object_get_data (G_OBJECT (socket), DATA_KEY);

  if (left != NULL)
    g_cancellable_cancel (left);
}

GCancellable *
mun_guest_ref_left (SoupServerMessage *message)
{
  Guest *guest = find_guest (message);

  return guest != NULL ? g_object_ref (guest->left) : NULL;
}

void
mun_guest_cut (SoupServerMessage *message)
{
  Guest *guest = find_guest (message);

  if (guest != NULL)
    g_socket_close (guest->socket, NULL);
}

void
mun_guest_watch (SoupServer *server)
{
  g_signal_connect (server, "request-started", G_CALLBACK (request_started_cb), NULL);
}
