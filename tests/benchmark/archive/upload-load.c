/* upload-load.c: uploads of one message each over connections that are kept, as cheap as can be */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-benchmark"

#include "upload-load.h"

#include "million-client.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define END_OF_HEAD "\r\n\r\n"
#define CLIENTS_MAX 256

typedef struct {
  int fd;
  gnutls_session_t session;
  GByteArray *read;
  gint64 began;
} Connection;

typedef struct {
  GPtrArray *requests; /* GByteArray */
  guint next, answered;
  GArray *samples;
} Load;

static void
check (int result, const char *step)
{
  if (result < 0)
    g_error ("%s: %s", step, gnutls_strerror (result));
}

/* The server is this program's own: its certificate is not looked at. */
static void
open_connection (Connection *self, guint16 port, gnutls_certificate_credentials_t credentials)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  int one = 1, result;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (self->fd < 0 || connect (self->fd, (struct sockaddr *)&address, sizeof address) != 0
      || setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0)
    g_error ("no connection to the server");
  check (gnutls_init (&self->session, GNUTLS_CLIENT), "TLS");
  check (gnutls_set_default_priority (self->session), "TLS");
  check (gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, credentials), "TLS");
  gnutls_transport_set_int (self->session, self->fd);
  while ((result = gnutls_handshake (self->session)) < 0 && !gnutls_error_is_fatal (result))
    continue;
  check (result, "TLS handshake");
  self->read = g_byte_array_new ();
}

static void
close_connection (Connection *self)
{
  gnutls_deinit (self->session);
  close (self->fd);
  g_byte_array_unref (self->read);
}

static void
send_next (Load *load, Connection *connection)
{
  GByteArray *request;
  gsize sent = 0;

  if (load->next == load->requests->len)
    return;
  request = g_ptr_array_index (load->requests, load->next++);
  connection->began = g_get_monotonic_time ();
  while (sent < request->len) {
    gssize n = gnutls_record_send (connection->session, request->data + sent, request->len - sent);

    if (n != GNUTLS_E_AGAIN && n != GNUTLS_E_INTERRUPTED)
      check (n, "sending");
    sent += MAX (n, 0);
  }
}

/* Whether the answer is complete; it must say that the message was archived. */
static gboolean
is_answered (Connection *self)
{
  const char *text = (const char *)self->read->data, *head_end, *field;
  gsize length;

  head_end = self->read->len > 0 ? memmem (text, self->read->len, END_OF_HEAD, strlen (END_OF_HEAD))
                                 : NULL;
  if (head_end == NULL)
    return FALSE;
  field = memmem (text, head_end - text, "Content-Length: ", strlen ("Content-Length: "));
  if (field == NULL)
    g_error ("an answer without its length");
  length = head_end - text + strlen (END_OF_HEAD)
           + strtoul (field + strlen ("Content-Length: "), NULL, 10);
  if (self->read->len < length)
    return FALSE;
  if (memmem (text, length, "\"archived\":1,", strlen ("\"archived\":1,")) == NULL)
    g_error ("not archived: %.*s", (int)length, text);
  g_byte_array_set_size (self->read, 0);
  return TRUE;
}

static void
receive (Load *load, Connection *connection)
{
  guint8 buffer[4096];

  do {
    gssize n = gnutls_record_recv (connection->session, buffer, sizeof buffer);

    if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)
      continue;
    check (n, "receiving");
    if (n == 0)
      g_error ("the server closed a connection");
    g_byte_array_append (connection->read, buffer, n);
    if (is_answered (connection)) {
      million_add (load->samples, connection->began);
      load->answered++;
      send_next (load, connection);
    }
  } while (gnutls_record_check_pending (connection->session) > 0);
}

static void
run (Load *load, Connection *connections, guint clients)
{
  struct pollfd ready[CLIENTS_MAX];

  for (guint i = 0; i < clients; i++) {
    ready[i] = (struct pollfd){ connections[i].fd, POLLIN, 0 };
    send_next (load, &connections[i]);
  }
  while (load->answered < load->requests->len) {
    if (poll (ready, clients, -1) < 0)
      continue;
    for (guint i = 0; i < clients; i++)
      if (ready[i].revents != 0)
        receive (load, &connections[i]);
  }
}

static GPtrArray *
make_requests (const char *bearer, const char *folder, GPtrArray *messages)
{
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify)g_byte_array_unref);
  g_autofree char *escaped = g_uri_escape_string (folder, NULL, FALSE);

  for (guint i = 0; i < messages->len; i++) {
    GByteArray *request = g_byte_array_new ();
    gsize length;
    const guint8 *text = g_bytes_get_data (g_ptr_array_index (messages, i), &length);
    g_autofree char *record = g_strdup_printf ("%zu\n", length);
    g_autofree char *head = g_strdup_printf (
        "POST /api/folders/upload?folder=%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %s\r\n"
        "Content-Type: application/octet-stream\r\nContent-Length: %zu\r\n\r\n%s",
        escaped, bearer, strlen (record) + length, record);

    g_byte_array_append (request, (const guint8 *)head, strlen (head));
    g_byte_array_append (request, text, length);
    g_ptr_array_add (requests, request);
  }
  return requests;
}

/* Of all its threads, those that ended as well; its children are not counted. */
static double
read_server_cpu (TestServer *server)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/%s/stat", g_subprocess_get_identifier (server->process));
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  const char *rest;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (rest = strrchr (text, ')')) == NULL)
    return 0;
  fields = g_strsplit (rest + 2, " ", 14);
  return g_strv_length (fields) < 14
             ? 0
             : (g_ascii_strtod (fields[11], NULL) + g_ascii_strtod (fields[12], NULL))
                   / sysconf (_SC_CLK_TCK);
}

static double
get_own_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
         + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void
upload_load_run (TestServer *server, const char *bearer, const char *folder, GPtrArray *messages,
                 guint clients, UploadFigures *figures)
{
  g_autofree Connection *connections = g_new0 (Connection, clients);
  g_autoptr (GPtrArray) requests = make_requests (bearer, folder, messages);
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (double));
  Load load = { requests, 0, 0, samples };
  gnutls_certificate_credentials_t credentials;
  MillionTimes times;
  gint64 began;

  g_assert_cmpuint (clients, <=, CLIENTS_MAX);
  check (gnutls_certificate_allocate_credentials (&credentials), "TLS");
  for (guint i = 0; i < clients; i++)
    open_connection (&connections[i], server->web_port, credentials);
  began = g_get_monotonic_time ();
  figures->server_cpu = -read_server_cpu (server);
  figures->client_cpu = -get_own_cpu ();
  run (&load, connections, clients);
  figures->seconds = (g_get_monotonic_time () - began) / 1e6;
  figures->server_cpu += read_server_cpu (server);
  figures->client_cpu += get_own_cpu ();
  times = million_times (samples);
  figures->median = times.median;
  figures->p99 = times.p99;
  for (guint i = 0; i < clients; i++)
    close_connection (&connections[i]);
  gnutls_certificate_free_credentials (credentials);
}
