/* listener.c: one HTTPS listener: addresses, limits and headers of both APIs */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "listener.h"

#include "acceptor.h"
#include "errors.h"

#include <string.h>

/* A client that is still sending often sees the answer only after its last byte: so much is read
 * from it for that, and no more */
#define DISCARD_MAX (64 * 1024 * 1024)

struct _MunListener {
  SoupServer *server;
  MunAcceptor *acceptor;
  guint16 port;
  MunListenerHooks hooks;
};

/* "/api//get-status" is what some clients send (contract 1.6). */
static char *
collapse_slashes (const char *path)
{
  GString *text = g_string_new (NULL);

  for (const char *at = path; *at != '\0'; at++)
    if (*at != '/' || text->len == 0 || text->str[text->len - 1] != '/')
      g_string_append_c (text, *at);
  return g_string_free (text, FALSE);
}

static void
set_headers (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  /* as in the manual's example reply (Administration API - Using the API) */
  soup_message_headers_replace (
      headers, "Cache-Control",
      "no-cache,private,no-store,must-revalidate,max-stale=0,post-check=0,"
      "pre-check=0");
  soup_message_headers_replace (headers, "Pragma", "no-cache");
  soup_message_headers_replace (headers, "Expires", "Mon, 01 Jan 1990 00:00:00 GMT");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
}

void
mun_listener_respond (SoupServerMessage *message, guint status, const char *content_type,
                      GBytes *body)
{
  set_headers (message);
  soup_server_message_set_status (message, status, NULL);
  if (content_type != NULL)
    soup_message_headers_set_content_type (soup_server_message_get_response_headers (message),
                                           content_type, NULL);
  if (body != NULL) {
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), body);
    g_bytes_unref (body);
  }
}

void
mun_listener_respond_text (SoupServerMessage *message, guint status, const char *content_type,
                           char *text)
{
  mun_listener_respond (message, status, content_type, g_bytes_new_take (text, strlen (text)));
}

void
mun_listener_pause (SoupServerMessage *message)
{
  soup_server_message_pause (g_object_ref (message));
}

void
mun_listener_resume (SoupServerMessage *message)
{
  soup_server_message_unpause (message);
  g_object_unref (message);
}

char *
mun_listener_dup_address (SoupServerMessage *message)
{
  const char *host = soup_server_message_get_remote_host (message);

  return g_strdup (host != NULL ? host : "unknown");
}

/* Answers now and closes: the rest of the body, however long, is not read. */
static void
refuse (SoupServerMessage *message, guint status, const char *reason)
{
  g_autoptr (GIOStream) stream = NULL;
  g_autofree char *reply
      = g_strdup_printf ("HTTP/1.1 %u %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status,
                         reason);

  soup_server_message_set_status (message, status, NULL);
  stream = soup_server_message_steal_connection (message);
  if (stream == NULL)
    return;
  /* a hundred bytes into an empty socket buffer: this does not block */
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), reply, strlen (reply), NULL,
                             NULL, NULL);
  g_io_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

static void
discard_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  if (soup_server_message_get_request_body (message)->length > DISCARD_MAX)
    refuse (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large");
}

void
mun_listener_discard_body (SoupServerMessage *message)
{
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect (message, "got-chunk", G_CALLBACK (discard_chunk_cb), NULL);
}

/* How long the body is must be beyond doubt: libsoup reads "-1" as "until the connection ends", and
 * what two headers say differently, a proxy may have understood the other way. */
static gboolean
is_length_clear (SoupMessageHeaders *headers)
{
  const char *length = soup_message_headers_get_list (headers, "Content-Length");
  const char *transfer = soup_message_headers_get_list (headers, "Transfer-Encoding");

  if (transfer != NULL)
    return length == NULL && g_ascii_strcasecmp (transfer, "chunked") == 0;
  return length == NULL || g_ascii_string_to_unsigned (length, 10, 0, G_MAXINT64, NULL, NULL);
}

/* A chunked body says its size only by arriving. */
static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  MunListener *self = data;

  if (soup_server_message_get_request_body (message)->length > self->hooks.body_limit)
    refuse (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large");
}

static void
early_cb (SoupServer *server, SoupServerMessage *message, const char *raw_path, GHashTable *query,
          gpointer data)
{
  MunListener *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupEncoding encoding = soup_message_headers_get_encoding (headers);
  g_autofree char *path = collapse_slashes (raw_path);

  if (!is_length_clear (headers)) {
    refuse (message, SOUP_STATUS_BAD_REQUEST, "Bad Request");
    return;
  }
  if (strcmp (soup_server_message_get_method (message), "POST") == 0
      && encoding != SOUP_ENCODING_CHUNKED
      && soup_message_headers_get_one (headers, "Content-Length") == NULL) {
    refuse (message, SOUP_STATUS_LENGTH_REQUIRED, "Length Required");
    return;
  }
  if (self->hooks.filter != NULL && self->hooks.filter (message, path, self->hooks.data))
    return;
  if (encoding == SOUP_ENCODING_CONTENT_LENGTH
      && soup_message_headers_get_content_length (headers) > (goffset)self->hooks.body_limit) {
    mun_listener_respond (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL, NULL);
    mun_listener_discard_body (message);
    return;
  }
  if (encoding == SOUP_ENCODING_CHUNKED)
    g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), self);
}

static void
handler_cb (SoupServer *server, SoupServerMessage *message, const char *raw_path, GHashTable *query,
            gpointer data)
{
  MunListener *self = data;
  g_autofree char *path = collapse_slashes (raw_path);

  self->hooks.handler (message, path, self->hooks.data);
}

static gboolean
listen_on (MunListener *self, const char *text, GError **error)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (text, self->port);

  if (address == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "%s is not an IP address to listen on", text);
    return FALSE;
  }
  if (!mun_acceptor_listen (self->acceptor, address, &self->port, error)) {
    g_prefix_error (error, "Port %u of %s: ", self->port, text);
    return FALSE;
  }
  return TRUE;
}

MunListener *
mun_listener_new (GTlsCertificate *certificate, const char *const *addresses, guint16 port,
                  const MunListenerHooks *hooks, GError **error)
{
  g_autoptr (MunListener) self = g_new0 (MunListener, 1);

  self->hooks = *hooks;
  self->port = port;
  self->server = soup_server_new ("server-header", "Muniment/" MUN_VERSION, NULL);
  self->acceptor = mun_acceptor_new (self->server, certificate);
  soup_server_add_early_handler (self->server, NULL, early_cb, self, NULL);
  soup_server_add_handler (self->server, NULL, handler_cb, self, NULL);
  for (guint i = 0; addresses[i] != NULL; i++)
    if (!listen_on (self, addresses[i], error))
      return NULL;
  return g_steal_pointer (&self);
}

void
mun_listener_free (MunListener *self)
{
  g_clear_pointer (&self->acceptor, mun_acceptor_free);
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_free (self);
}

guint16
mun_listener_get_port (MunListener *self)
{
  return self->port;
}
