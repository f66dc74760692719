/* test-transport.c: certificates and everything that may answer in an archive server's place */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "client.h"
#include "errors.h"
#include "raw-server.h"
#include "wait.h"

#include <string.h>

#define LIMIT 1000

static MunResponse *
fetch (MunTransport *transport, guint seconds, GCancellable *cancellable, GError **error)
{
  g_autoptr (SoupMessage) message = mun_transport_message (transport, "GET", "/api/x?y=%20z");
  g_autoptr (GAsyncResult) result = NULL;

  mun_transport_send_async (transport, message, LIMIT, seconds, cancellable, keep_result_cb,
                            &result);
  wait_result (&result);
  return mun_transport_send_finish (transport, result, error);
}

static void
assert_refused (MunTransport *transport, MunError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunResponse) response = fetch (transport, 0, NULL, &error);

  g_assert_null (response);
  g_test_message ("%s", error->message);
  g_assert_error (error, MUN_ERROR, (int)code);
  /* the place is named in every one of them */
  g_assert_nonnull (strstr (error->message, mun_transport_get_origin (transport)));
}

static void
assert_accepted (MunTransport *transport, RawServer *server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunResponse) response = NULL;

  raw_server_push_reply (server, 200, NULL, "body");
  response = fetch (transport, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (response->body, NULL), g_bytes_get_size (response->body),
                   "body", 4);
}

static void
test_certificates (void)
{
  g_autoptr (RawServer) server = raw_server_new (TRUE);
  g_autoptr (RawServer) other = raw_server_new (TRUE);
  g_autoptr (MunTransport) fresh = mun_transport_new ("127.0.0.1", server->port, NULL);
  g_autoptr (MunTransport) pinned
      = mun_transport_new ("127.0.0.1", server->port, server->fingerprint);
  g_autoptr (MunTransport) changed
      = mun_transport_new ("127.0.0.1", server->port, other->fingerprint);
  MunServerCertificate *certificate;

  g_assert_null (mun_transport_get_certificate (fresh));
  assert_refused (fresh, MUN_ERROR_UNTRUSTED);
  certificate = mun_transport_get_certificate (fresh);
  g_assert_cmpstr (mun_server_certificate_get_fingerprint (certificate), ==, server->fingerprint);
  g_assert_false (mun_server_certificate_is_trusted (certificate));
  g_assert_nonnull (strstr (mun_server_certificate_get_subject (certificate), "MailStore-shaped"));
  g_assert_cmpstr (mun_server_certificate_get_issuer (certificate), ==,
                   mun_server_certificate_get_subject (certificate));
  g_assert_cmpint (mun_server_certificate_get_not_before (certificate), <,
                   g_get_real_time () / G_USEC_PER_SEC);
  g_assert_cmpint (mun_server_certificate_get_not_after (certificate), >,
                   g_get_real_time () / G_USEC_PER_SEC);

  assert_accepted (pinned, server);
  assert_refused (changed, MUN_ERROR_CERTIFICATE_CHANGED);
  g_assert_cmpstr (mun_server_certificate_get_fingerprint (mun_transport_get_certificate (changed)),
                   ==, server->fingerprint);

  /* a person accepts it, then takes that back */
  g_assert_true (mun_transport_set_pinned (fresh, server->fingerprint));
  assert_accepted (fresh, server);
  g_assert_true (mun_transport_set_pinned (fresh, NULL));
  assert_refused (fresh, MUN_ERROR_UNTRUSTED);
  /* nothing but what was accepted came through */
  g_assert_cmpuint (server->requests->len, ==, 2);
}

/* A pin that is none must not let everything in. */
static void
test_broken_pin (void)
{
  g_autoptr (RawServer) server = raw_server_new (TRUE);
  g_autoptr (MunTransport) transport = mun_transport_new ("127.0.0.1", server->port, "abc");

  assert_refused (transport, MUN_ERROR_CERTIFICATE_CHANGED);
  g_assert_false (mun_transport_set_pinned (transport, "xyz"));
  assert_refused (transport, MUN_ERROR_CERTIFICATE_CHANGED);
}

static void
test_fingerprints (void)
{
  g_autofree char *normal = NULL;
  g_autofree char *spaced = NULL;
  static const char upper[] = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";

  normal = mun_fingerprint_normalize ("00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:"
                                      "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF");
  g_assert_cmpstr (normal, ==, upper);
  spaced = mun_fingerprint_normalize (
      " 0011 2233 4455 6677 8899 aabb ccdd eeff 0011 2233 4455 6677 8899 aabb ccdd eeff ");
  g_assert_cmpstr (spaced, ==, upper);
  /* SHA-1, one digit short, no digits */
  g_assert_null (mun_fingerprint_normalize ("00112233445566778899AABBCCDDEEFF00112233"));
  g_assert_null (mun_fingerprint_normalize (upper + 1));
  g_assert_null (mun_fingerprint_normalize (""));
  g_assert_null (mun_fingerprint_normalize ("fingerprint"));
}

static void
test_unreachable (void)
{
  guint16 port;
  g_autoptr (MunTransport) transport = NULL;

  {
    g_autoptr (RawServer) gone = raw_server_new (TRUE);

    port = gone->port;
  }
  transport = mun_transport_new ("127.0.0.1", port, NULL);
  assert_refused (transport, MUN_ERROR_UNREACHABLE);
  g_assert_null (mun_transport_get_certificate (transport));
}

static void
test_not_an_archive (void)
{
  g_autoptr (RawServer) mail = raw_server_new (FALSE);
  g_autoptr (RawServer) tls = raw_server_new (TRUE);
  g_autoptr (MunTransport) to_mail = mun_transport_new ("127.0.0.1", mail->port, NULL);
  g_autoptr (MunTransport) to_tls = mun_transport_new ("127.0.0.1", tls->port, tls->fingerprint);

  raw_server_push (mail, "220 mail.example.org ESMTP\r\n");
  assert_refused (to_mail, MUN_ERROR_NOT_AN_ARCHIVE);
  raw_server_push (tls, "* OK IMAP4rev1 ready\r\n* BYE\r\n\r\n");
  assert_refused (to_tls, MUN_ERROR_NOT_AN_ARCHIVE);
  raw_server_push_reply (tls, 302, "Location: https://127.0.0.1/elsewhere\r\n", "moved");
  assert_refused (to_tls, MUN_ERROR_NOT_AN_ARCHIVE);
}

static void
test_cut (void)
{
  g_autoptr (RawServer) server = raw_server_new (TRUE);
  g_autoptr (MunTransport) transport
      = mun_transport_new ("127.0.0.1", server->port, server->fingerprint);

  raw_server_push (server, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly this");
  assert_refused (transport, MUN_ERROR_UNREACHABLE);
  /* nor when the connection was to be closed anyway */
  raw_server_push (server, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\nConnection: close\r\n\r\n"
                           "only this");
  assert_refused (transport, MUN_ERROR_UNREACHABLE);
}

static void
test_too_large (void)
{
  g_autoptr (RawServer) server = raw_server_new (TRUE);
  g_autoptr (MunTransport) transport
      = mun_transport_new ("127.0.0.1", server->port, server->fingerprint);
  g_autofree char *long_text = g_strnfill (LIMIT + 1, 'x');
  g_autofree char *unannounced
      = g_strconcat ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", long_text, NULL);

  raw_server_push_reply (server, 200, NULL, long_text);
  assert_refused (transport, MUN_ERROR_TOO_LARGE);
  raw_server_push (server, unannounced);
  assert_refused (transport, MUN_ERROR_TOO_LARGE);
  /* the limit itself is allowed */
  raw_server_push_reply (server, 200, NULL, long_text + 1);
  {
    g_autoptr (MunResponse) response = fetch (transport, 0, NULL, NULL);

    g_assert_cmpuint (g_bytes_get_size (response->body), ==, LIMIT);
  }
}

/* What a server says is its caller's business; a challenge is not answered. */
static void
test_status (void)
{
  g_autoptr (RawServer) server = raw_server_new (TRUE);
  g_autoptr (MunTransport) transport
      = mun_transport_new ("127.0.0.1", server->port, server->fingerprint);
  g_autoptr (MunResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  raw_server_push_reply (
      server, 401,
      "WWW-Authenticate: Basic realm=\"x\"\r\nContent-Type: text/plain; charset=utf-8\r\n", "no");
  response = fetch (transport, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 401);
  g_assert_cmpstr (response->content_type, ==, "text/plain");
  g_assert_cmpuint (server->requests->len, ==, 1);
  g_assert_true (g_str_has_prefix (raw_server_request (server, 0), "GET /api/x?y=%20z HTTP/1.1"));
  g_assert_null (strstr (raw_server_request (server, 0), "Authorization"));
}

/* No answer comes: the caller gives up, or the time does. */
static void
test_silence (void)
{
  g_autoptr (RawServer) server = raw_server_new (TRUE);
  g_autoptr (MunTransport) transport
      = mun_transport_new ("127.0.0.1", server->port, server->fingerprint);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SoupMessage) message = mun_transport_message (transport, "GET", "/");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) late = NULL;

  mun_transport_send_async (transport, message, LIMIT, 0, cancellable, keep_result_cb, &result);
  raw_server_wait (server, 1);
  g_cancellable_cancel (cancellable);
  wait_result (&result);
  g_assert_null (mun_transport_send_finish (transport, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_assert_null (fetch (transport, 1, NULL, &late));
  g_assert_error (late, MUN_ERROR, MUN_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (late->message, "1 second"));
}

static void
test_origin (void)
{
  g_autoptr (MunTransport) name = mun_transport_new ("archive.example.org", 8463, NULL);
  g_autoptr (MunTransport) six = mun_transport_new ("::1", 1, NULL);

  g_assert_cmpstr (mun_transport_get_origin (name), ==, "https://archive.example.org:8463");
  g_assert_cmpstr (mun_transport_get_origin (six), ==, "https://[::1]:1");
  g_assert_cmpstr (mun_transport_get_host (six), ==, "::1");
  g_assert_cmpuint (mun_transport_get_port (name), ==, 8463);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/transport/certificates", test_certificates);
  g_test_add_func ("/client/transport/broken-pin", test_broken_pin);
  g_test_add_func ("/client/transport/fingerprints", test_fingerprints);
  g_test_add_func ("/client/transport/unreachable", test_unreachable);
  g_test_add_func ("/client/transport/not-an-archive", test_not_an_archive);
  g_test_add_func ("/client/transport/cut", test_cut);
  g_test_add_func ("/client/transport/too-large", test_too_large);
  g_test_add_func ("/client/transport/status", test_status);
  g_test_add_func ("/client/transport/silence", test_silence);
  g_test_add_func ("/client/transport/origin", test_origin);
  return g_test_run ();
}
