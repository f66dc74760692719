/* test-download.c: large messages on their way out: ranges, slow clients, damaged pieces */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "large-mail.h"

#include <glib/gstdio.h>
#include <string.h>

#define MIB (1024 * 1024)

static TestServer *server;
static char *bearer;
static GBytes *raw; /* one message of 24 MiB */
static char *path, *etag;
static gsize size;

static void
assert_stretch (WireReply *reply, gsize start, gsize length)
{
  gsize got;
  const guint8 *data = g_bytes_get_data (reply->body, &got);

  g_assert_cmpuint (got, ==, length);
  g_assert_true (memcmp (data, (const guint8 *)g_bytes_get_data (raw, NULL) + start, length) == 0);
}

static void
test_whole (void)
{
  g_autoptr (Wire) wire = wire_open (server, server->web_port, NULL);
  g_autoptr (WireReply) reply = NULL, again = NULL;

  large_mail_ask (wire, path, bearer, "");
  reply = wire_read (wire);
  g_assert_cmpuint (reply->status, ==, 200);
  assert_stretch (reply, 0, size);
  g_assert_cmpstr (wire_reply_header (reply, "Content-Type"), ==, "message/rfc822");
  g_assert_cmpstr (wire_reply_header (reply, "Accept-Ranges"), ==, "bytes");
  g_assert_cmpstr (wire_reply_header (reply, "ETag"), ==, etag);
  g_assert_nonnull (strstr (wire_reply_header (reply, "Cache-Control"), "no-store"));
  /* the connection is good for another request */
  large_mail_ask (wire, path, bearer, "Range: bytes=1-1\r\n");
  again = wire_read (wire);
  g_assert_cmpuint (again->status, ==, 206);
  assert_stretch (again, 1, 1);
}

/* The headers of the whole, no body, and the next reply follows at once. */
static void
test_head (void)
{
  g_autoptr (Wire) wire = wire_open (server, server->web_port, NULL);
  g_autofree char *request
      = g_strdup_printf ("HEAD %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %s\r\n"
                         "Range: bytes=0-0\r\n\r\n",
                         path, bearer);
  g_autofree char *length = g_strdup_printf ("\r\nContent-Length: %zu\r\n", size);
  g_autoptr (WireReply) reply = NULL;
  g_autofree char *head = NULL;

  wire_send (wire, request);
  head = wire_read_head (wire);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
  g_assert_nonnull (strstr (head, length));
  g_assert_nonnull (strstr (head, etag));
  g_assert_nonnull (strstr (head, "\r\nAccept-Ranges: bytes\r\n"));
  large_mail_ask (wire, "/api/archives", bearer, "");
  reply = wire_read (wire);
  g_assert_cmpuint (reply->status, ==, 200);
}

static void
test_ranges (void)
{
  const struct {
    const char *range;
    guint status;
    gsize start, length;
  } rows[] = {
    { "bytes=0-0", 206, 0, 1 },
    { "bytes=0-", 206, 0, size },
    { "bytes=100-199", 206, 100, 100 },
    { "bytes=1048570-1048580", 206, 1048570, 11 },
    { "bytes=5000000-15000000", 206, 5000000, 10000001 },
    { "bytes=20000000-99999999999", 206, 20000000, size - 20000000 },
    { "bytes=-1", 206, size - 1, 1 },
    { "bytes=-3000000", 206, size - 3000000, 3000000 },
    { "bytes=-99999999999", 206, 0, size },
    /* not one range, or none that is known: all of it (RFC 9110 section 14.2) */
    { "bytes=0-1,5-6", 200, 0, size },
    { "bytes=5-2", 200, 0, size },
    { "lines=0-1", 200, 0, size },
    { "bytes=-0", 416, 0, 0 },
    { "bytes=99999999999-", 416, 0, 0 },
    { "bytes=99999999999-99999999999", 416, 0, 0 },
    { "bytes=18446744073709551615-", 416, 0, 0 },
  };
  g_autoptr (Wire) wire = wire_open (server, server->web_port, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *header = g_strdup_printf ("Range: %s\r\n", rows[i].range);
    g_autoptr (WireReply) reply = NULL;
    g_autofree char *expected = NULL;

    g_test_message ("%s", rows[i].range);
    large_mail_ask (wire, path, bearer, header);
    reply = wire_read (wire);
    g_assert_cmpuint (reply->status, ==, rows[i].status);
    if (rows[i].status == 206)
      expected = g_strdup_printf ("bytes %zu-%zu/%zu", rows[i].start,
                                  rows[i].start + rows[i].length - 1, size);
    else if (rows[i].status == 416)
      expected = g_strdup_printf ("bytes */%zu", size);
    g_assert_cmpstr (wire_reply_header (reply, "Content-Range"), ==, expected);
    if (rows[i].status != 416)
      assert_stretch (reply, rows[i].start, rows[i].length);
  }
}

/* A range of another message would not fit to what the client has. */
static void
test_if_range (void)
{
  const struct {
    const char *condition;
    guint status;
  } rows[] = {
    { etag, 206 },
    { "\"0000\"", 200 },
    { "Mon, 02 Nov 2026 10:00:00 GMT", 200 },
    { "W/\"0000\"", 200 },
  };
  g_autoptr (Wire) wire = wire_open (server, server->web_port, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *headers
        = g_strdup_printf ("Range: bytes=10-19\r\nIf-Range: %s\r\n", rows[i].condition);
    g_autoptr (WireReply) reply = NULL;

    large_mail_ask (wire, path, bearer, headers);
    reply = wire_read (wire);
    g_assert_cmpuint (reply->status, ==, rows[i].status);
    if (rows[i].status == 206)
      assert_stretch (reply, 10, 10);
    else
      assert_stretch (reply, 0, size);
  }
}

/* Small and empty ones go the same way. */
static void
test_small (void)
{
  g_autofree char *text = test_message ("small", "a@example.org", "b@example.org", "hello");
  g_autoptr (GBytes) small = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autofree char *of_small = large_mail_upload (server, bearer, small);
  g_autofree char *of_nothing = large_mail_upload (server, bearer, nothing);
  g_autoptr (Wire) wire = wire_open (server, server->web_port, NULL);
  g_autoptr (WireReply) first = NULL, second = NULL, third = NULL;

  large_mail_ask (wire, of_small, bearer, "");
  first = wire_read (wire);
  g_assert_true (g_bytes_equal (first->body, small));
  large_mail_ask (wire, of_nothing, bearer, "");
  second = wire_read (wire);
  g_assert_cmpuint (second->status, ==, 200);
  g_assert_cmpuint (g_bytes_get_size (second->body), ==, 0);
  large_mail_ask (wire, of_nothing, bearer, "Range: bytes=0-\r\n");
  third = wire_read (wire);
  g_assert_cmpuint (third->status, ==, 416);
}

/* Clients that ask and take nothing: they cost a few chunks each, not the message, and nobody else
 * waits for them. What they take later is whole. */
static void
test_slow_clients (void)
{
  Wire *slow[8];
  g_autoptr (Wire) quick = wire_open (server, server->web_port, NULL);
  g_autoptr (WireReply) reply = NULL;
  gsize before;

  large_mail_reset_peak (server);
  before = large_mail_get_peak (server);
  for (guint i = 0; i < G_N_ELEMENTS (slow); i++) {
    g_autofree char *head = NULL;

    slow[i] = wire_open (server, server->web_port, NULL);
    large_mail_ask (slow[i], path, bearer, "");
    head = wire_read_head (slow[i]);
    g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
  }
  large_mail_ask (quick, path, bearer, "");
  reply = wire_read (quick);
  assert_stretch (reply, 0, size);
  for (guint i = 0; i < G_N_ELEMENTS (slow); i++) {
    g_autoptr (GBytes) body = wire_read_body (slow[i], size);

    g_assert_true (g_bytes_equal (body, raw));
    wire_free (slow[i]);
  }
  if (before > 0)
    g_assert_cmpuint (large_mail_get_peak (server) - before, <, 4 * size);
}

/* Its connection and its reading end with it. */
static void
test_client_leaves (void)
{
  g_autoptr (TestServer) other = test_server_start (NULL, NULL);
  g_autofree char *own = test_server_sign_in (other, TEST_ADMIN, TEST_PASSWORD);
  g_autofree char *own_path = large_mail_upload (other, own, raw);
  g_autoptr (GBytes) reply = NULL;

  for (guint i = 0; i < 20; i++) {
    g_autoptr (Wire) wire = wire_open (other, other->web_port, NULL);
    g_autofree char *head = NULL;

    large_mail_ask (wire, own_path, own, "");
    if (i % 2 == 0)
      continue;
    head = wire_read_head (wire);
    g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
  }
  g_assert_cmpuint (test_server_request (other, other->web_port, "GET", own_path, own, NULL,
                                         &reply),
                    ==, 200);
  g_assert_true (g_bytes_equal (reply, raw));
  g_assert_cmpint (test_server_stop (other, SIGTERM), ==, 0);
}

/* Flips a bit in the middle of the container, which is in the middle of its only message. */
static void
flip (TestServer *other)
{
  g_autofree char *file
      = g_build_filename (other->data_dir, "stores", "1", "contents", "000001.mun", NULL);
  FILE *container = g_fopen (file, "r+b");
  long middle;
  int byte;

  g_assert_nonnull (container);
  g_assert_cmpint (fseek (container, 0, SEEK_END), ==, 0);
  middle = ftell (container) / 2;
  g_assert_cmpint (fseek (container, middle, SEEK_SET), ==, 0);
  byte = fgetc (container);
  g_assert_cmpint (fseek (container, middle, SEEK_SET), ==, 0);
  fputc (byte ^ 1, container);
  g_assert_cmpint (fclose (container), ==, 0);
}

/* What is sound arrives; the damaged piece, and so the end, never does. */
static void
test_damaged (void)
{
  g_autoptr (TestServer) other = test_server_start (NULL, NULL);
  g_autofree char *own = test_server_sign_in (other, TEST_ADMIN, TEST_PASSWORD);
  g_autofree char *own_path = large_mail_upload (other, own, raw);
  g_autoptr (Wire) wire = wire_open (other, other->web_port, NULL);
  g_autoptr (Wire) next = wire_open (other, other->web_port, NULL);
  g_autoptr (WireReply) sound = NULL, damaged = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *head = NULL, *middle = NULL;
  gsize got;

  flip (other);
  large_mail_ask (wire, own_path, own, "");
  head = wire_read_head (wire);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
  body = wire_read_body (wire, size);
  /* not even in the way in which a connection ends */
  g_assert_true (wire->torn);
  got = g_bytes_get_size (body);
  g_assert_cmpuint (got, >, 5 * MIB);
  g_assert_cmpuint (got, <, size - 5 * MIB);
  g_assert_true (memcmp (g_bytes_get_data (body, NULL), g_bytes_get_data (raw, NULL), got) == 0);
  large_mail_ask (next, own_path, own, "Range: bytes=-5000000\r\n");
  sound = wire_read (next);
  g_assert_cmpuint (sound->status, ==, 206);
  assert_stretch (sound, size - 5000000, 5000000);
  middle = g_strdup_printf ("Range: bytes=%zu-%zu\r\n", size / 2, size / 2);
  large_mail_ask (next, own_path, own, middle);
  damaged = wire_read (next);
  g_assert_cmpuint (damaged->status, ==, 500);
  g_assert_null (wire_reply_header (damaged, "Content-Range"));
}

int
main (int argc, char **argv)
{
  int status;
  g_autofree char *digest = NULL;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  bearer = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  raw = large_mail_new ("large", 18 * MIB, 1);
  size = g_bytes_get_size (raw);
  path = large_mail_upload (server, bearer, raw);
  digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, raw);
  etag = g_strdup_printf ("\"%s\"", digest);
  g_test_add_func ("/munimentd/download/whole", test_whole);
  g_test_add_func ("/munimentd/download/head", test_head);
  g_test_add_func ("/munimentd/download/ranges", test_ranges);
  g_test_add_func ("/munimentd/download/if-range", test_if_range);
  g_test_add_func ("/munimentd/download/small", test_small);
  g_test_add_func ("/munimentd/download/slow-clients", test_slow_clients);
  g_test_add_func ("/munimentd/download/client-leaves", test_client_leaves);
  g_test_add_func ("/munimentd/download/damaged", test_damaged);
  status = g_test_run ();
  g_free (etag);
  g_free (path);
  g_free (bearer);
  g_bytes_unref (raw);
  test_server_free (server);
  return status;
}
