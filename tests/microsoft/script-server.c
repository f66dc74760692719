/* script-server.c: an HTTPS server that answers what a test wrote down */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "script-server.h"

#include "acceptor.h"
#include "certificate.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  guint status;
  char *headers;
  char *body;
} Answer;

struct _ScriptServer {
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SoupServer *server;
  MunAcceptor *acceptor;
  MunCloud cloud;
  char *url;
  char *ca_file;

  GMutex lock;
  GQueue answers;
  GString *log;
  SoupMessageHeaders *headers;
  char *body;
};

static void
answer_free (Answer *answer)
{
  g_free (answer->headers);
  g_free (answer->body);
  g_free (answer);
}

static void
remember (ScriptServer *self, SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);
  g_autoptr (GBytes) body
      = soup_message_body_flatten (soup_server_message_get_request_body (message));
  const char *query = g_uri_get_query (uri);

  g_string_append_printf (self->log, "%s %s%s%s\n", soup_server_message_get_method (message),
                          g_uri_get_path (uri), query ? "?" : "", query ? query : "");
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  self->headers = soup_message_headers_ref (soup_server_message_get_request_headers (message));
  g_free (self->body);
  self->body = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static void
request_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  ScriptServer *self = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_auto (GStrv) lines = NULL;
  g_autoptr (GString) body = NULL;
  Answer *answer;

  g_mutex_lock (&self->lock);
  remember (self, message);
  answer = g_queue_pop_head (&self->answers);
  g_mutex_unlock (&self->lock);
  if (!answer) {
    soup_server_message_set_status (message, 418, NULL);
    return;
  }
  lines = g_strsplit (answer->headers ? answer->headers : "", "\n", -1);
  for (char **line = lines; *line; line++) {
    g_auto (GStrv) pair = g_strsplit (*line, ": ", 2);

    if (g_strv_length (pair) == 2)
      soup_message_headers_append (headers, pair[0], pair[1]);
  }
  body = g_string_new (answer->body);
  g_string_replace (body, "%s", self->url, 0);
  soup_server_message_set_status (message, answer->status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body->str,
                                    body->len);
  answer_free (answer);
}

static gpointer
run (gpointer data)
{
  ScriptServer *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* A certificate for localhost, which is its own authority. */
static GTlsCertificate *
make_certificate (ScriptServer *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCertificate) certificate = mun_certificate_create ("localhost", 2048, 1, &error);
  g_autoptr (MunSecret) key = mun_certificate_export_key_pem (certificate, NULL);
  g_autofree char *pem = mun_certificate_export_pem (certificate);
  g_autofree char *both = g_strconcat (mun_secret_get_string (key), pem, NULL);
  GTlsCertificate *tls = g_tls_certificate_new_from_pem (both, -1, &error);
  int fd = g_file_open_tmp ("mun-script-XXXXXX.pem", &self->ca_file, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (self->ca_file, pem, -1, &error);
  g_assert_no_error (error);
  return tls;
}

ScriptServer *
script_server_new (void)
{
  ScriptServer *self = g_new0 (ScriptServer, 1);
  g_autoptr (GTlsCertificate) certificate = make_certificate (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  guint16 port;

  g_mutex_init (&self->lock);
  self->log = g_string_new (NULL);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  g_main_context_push_thread_default (self->context);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  self->acceptor = mun_acceptor_new (self->server, certificate);
  mun_acceptor_listen (self->acceptor, address, &port, &error);
  g_main_context_pop_thread_default (self->context);
  g_assert_no_error (error);
  self->url = g_strdup_printf ("https://localhost:%u", port);
  self->cloud = (MunCloud){ "script", "Script", self->url, self->url, self->ca_file };
  self->thread = g_thread_new ("script-server", run, self);
  return self;
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

void
script_server_free (ScriptServer *self)
{
  g_autoptr (GSource) quit = g_idle_source_new ();

  /* By the loop itself: its thread may not even have begun to run it. */
  g_source_set_callback (quit, quit_cb, self->loop, NULL);
  g_source_attach (quit, self->context);
  g_thread_join (self->thread);
  mun_acceptor_free (self->acceptor);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_queue_clear_full (&self->answers, (GDestroyNotify)answer_free);
  g_string_free (self->log, TRUE);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_unlink (self->ca_file);
  g_mutex_clear (&self->lock);
  g_free (self->body);
  g_free (self->url);
  g_free (self->ca_file);
  g_free (self);
}

const MunCloud *
script_server_get_cloud (ScriptServer *self)
{
  return &self->cloud;
}

void
script_server_push (ScriptServer *self, guint status, const char *headers, const char *body)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->status = status;
  answer->headers = g_strdup (headers);
  answer->body = g_strdup (body ? body : "");
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->answers, answer);
  g_mutex_unlock (&self->lock);
}

void
script_server_push_token (ScriptServer *self, const char *token, int expires_in)
{
  g_autofree char *body
      = g_strdup_printf ("{\"token_type\":\"Bearer\",\"expires_in\":%d,\"access_token\":\"%s\"}",
                         expires_in, token);

  script_server_push (self, 200, NULL, body);
}

char *
script_server_dup_log (ScriptServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->log->str);
}

char *
script_server_dup_header (ScriptServer *self, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->headers ? soup_message_headers_get_list (self->headers, name) : NULL);
}

char *
script_server_dup_body (ScriptServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->body);
}
