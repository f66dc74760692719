/* test-archive-download.c: messages whose connection breaks before their end */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "archive-save.h"
#include "client.h"
#include "errors.h"
#include "raw-server.h"
#include "wait.h"

#include <glib/gstdio.h>
#include <string.h>

#define TOKEN "{\"tokenInformation\":{\"access_token\":\"tok\",\"expires_in\":300}}"
/* "abcdefghij", of which the first four come */
#define CUT "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabcd"
#define CUT_AGAIN                                                                                  \
  "HTTP/1.1 206 Part\r\nETag: \"e\"\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6\r\n"       \
  "Connection: close\r\n\r\nef"
#define CUT_WITHOUT_TAG "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabcd"

/* What comes for these answers, the account's first. Returns: the text, or NULL with @error. */
static char *
download (RawServer *server, const char *const *answers, GError **error)
{
  g_autoptr (MunArchiveClient) client
      = mun_archive_client_new ("127.0.0.1", server->port, server->fingerprint);
  g_autoptr (MunSecret) secret = mun_secret_new ("p", 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;

  raw_server_push_reply (server, 200, NULL, TOKEN);
  for (guint i = 0; answers[i] != NULL; i++)
    raw_server_push (server, answers[i]);
  mun_archive_client_set_account (client, "ann", secret);
  mun_archive_client_download_async (client, "1:2", NULL, keep_result_cb, &result);
  wait_result (&result);
  bytes = mun_archive_client_download_finish (client, result, error);
  return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                       : NULL;
}

static void
test_rest (void)
{
  const char *const answers[]
      = { CUT, CUT_AGAIN,
          "HTTP/1.1 206 Part\r\nETag: \"e\"\r\nContent-Range: bytes 6-9/10\r\n"
          "Content-Length: 4\r\nConnection: close\r\n\r\nghij",
          NULL };
  g_autoptr (RawServer) server = raw_server_new (TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = download (server, answers, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "abcdefghij");
  g_assert_cmpuint (server->requests->len, ==, 4);
  g_assert_null (strstr (raw_server_request (server, 1), "Range:"));
  g_assert_nonnull (strstr (raw_server_request (server, 2), "Range: bytes=4-\r\n"));
  g_assert_nonnull (strstr (raw_server_request (server, 2), "If-Range: \"e\"\r\n"));
  g_assert_nonnull (strstr (raw_server_request (server, 3), "Range: bytes=6-\r\n"));
}

/* A server that sends everything again is understood, too. */
static void
test_from_the_beginning (void)
{
  const char *const answers[] = { CUT,
                                  "HTTP/1.1 200 OK\r\nETag: \"f\"\r\nContent-Length: 5\r\n"
                                  "Connection: close\r\n\r\nother",
                                  NULL };
  g_autoptr (RawServer) server = raw_server_new (TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = download (server, answers, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "other");
}

static void
test_failures (void)
{
  static const struct {
    const char *answers[6];
    guint requests;
    int code;
  } rows[] = {
    /* damaged behind what came */
    { { CUT, "HTTP/1.1 500 Error\r\nContent-Length: 75\r\nConnection: close\r\n\r\n"
             "{\"message\":\"The message could not be entirely retrieved from the archive.\"}" },
      3,
      MUN_ERROR_DAMAGED },
    /* gone meanwhile */
    { { CUT, "HTTP/1.1 404 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}" },
      3,
      MUN_ERROR_NOT_FOUND },
    /* no server of ranges: asking again would give the same */
    { { CUT_WITHOUT_TAG }, 2, MUN_ERROR_UNREACHABLE },
    /* a stretch that does not fit must not be put behind the others */
    { { CUT, CUT_AGAIN, CUT_AGAIN }, 4, MUN_ERROR_PROTOCOL },
    /* not for ever */
    { { CUT, CUT, CUT, CUT }, 5, MUN_ERROR_UNREACHABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (RawServer) server = raw_server_new (TRUE);
    g_autoptr (GError) error = NULL;
    g_autofree char *text = download (server, rows[i].answers, &error);

    g_assert_null (text);
    g_test_message ("%s", error->message);
    g_assert_error (error, MUN_ERROR, rows[i].code);
    g_assert_cmpuint (server->requests->len, ==, rows[i].requests);
  }
}

/* The same, into a file. Returns: what is in it afterwards; NULL: it does not exist. */
static char *
save (RawServer *server, const char *const *answers, const char *before, GError **error)
{
  g_autoptr (MunArchiveClient) client
      = mun_archive_client_new ("127.0.0.1", server->port, server->fingerprint);
  g_autoptr (MunSecret) secret = mun_secret_new ("p", 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *dir = g_dir_make_tmp ("muniment-save-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "saved", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  char *text = NULL;

  if (before != NULL)
    g_assert_true (g_file_set_contents (path, before, -1, NULL));
  raw_server_push_reply (server, 200, NULL, TOKEN);
  for (guint i = 0; answers[i] != NULL; i++)
    raw_server_push (server, answers[i]);
  mun_archive_client_set_account (client, "ann", secret);
  mun_archive_client_save_async (client, "1:2", 3, file, NULL, NULL, NULL, keep_result_cb, &result);
  wait_result (&result);
  g_assert_cmpint (mun_archive_client_save_finish (client, result, error), ==, *error == NULL);
  g_file_get_contents (path, &text, NULL, NULL);
  g_unlink (path);
  /* nothing else is left of it */
  g_assert_cmpint (g_rmdir (dir), ==, 0);
  return text;
}

static void
test_save (void)
{
  const char *const answers[]
      = { CUT, CUT_AGAIN,
          "HTTP/1.1 206 Part\r\nETag: \"e\"\r\nContent-Range: bytes 6-9/10\r\n"
          "Content-Length: 4\r\nConnection: close\r\n\r\nghij",
          NULL };
  const char *const others[] = { CUT,
                                 "HTTP/1.1 200 OK\r\nETag: \"f\"\r\nContent-Length: 3\r\n"
                                 "Connection: close\r\n\r\nnew",
                                 NULL };
  g_autoptr (RawServer) server = raw_server_new (TRUE);
  g_autoptr (RawServer) other = raw_server_new (TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = save (server, answers, "what was there before", &error);
  g_autofree char *anew = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "abcdefghij");
  g_assert_nonnull (strstr (raw_server_request (server, 1), "GET /api/messages/1/2/attachments/3"));
  g_assert_nonnull (strstr (raw_server_request (server, 2), "Range: bytes=4-\r\n"));
  g_assert_nonnull (strstr (raw_server_request (server, 3), "Range: bytes=6-\r\n"));
  anew = save (other, others, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (anew, ==, "new");
}

/* The file that is there stays, and no half of another one is left. */
static void
test_save_failures (void)
{
  static const char *const rows[][3] = {
    { CUT_WITHOUT_TAG, NULL },
    { CUT, "HTTP/1.1 206 Part\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\nfghij",
      NULL },
    { "HTTP/1.1 404 Gone\r\nContent-Length: 15\r\n\r\n{\"message\":\"x\"}", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (RawServer) server = raw_server_new (TRUE);
    g_autoptr (GError) error = NULL;
    g_autofree char *text = save (server, rows[i], "what was there", &error);

    g_assert_nonnull (error);
    g_assert_cmpstr (text, ==, "what was there");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/archive-download/rest", test_rest);
  g_test_add_func ("/client/archive-download/from-the-beginning", test_from_the_beginning);
  g_test_add_func ("/client/archive-download/failures", test_failures);
  g_test_add_func ("/client/archive-download/save", test_save);
  g_test_add_func ("/client/archive-download/save-failures", test_save_failures);
  return g_test_run ();
}
