/* test-server.c: a real munimentd for tests */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-server"

#include "test-server.h"

#include "json.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define START_SECONDS 120
#define READY_FD 3
#define BOM "\xef\xbb\xbf"

char *
test_server_dup_program (void)
{
  const char *program = g_getenv ("MUNIMENT_SERVER");

  if (program != NULL)
    return g_strdup (program);
  return g_build_filename (g_getenv ("MUNIMENT_BUILD_DIR"), "src", "server", "munimentd", NULL);
}

/* The ready line, or what the program wrote before it ended. */
static char *
read_ready_line (int descriptor)
{
  g_autoptr (GString) line = g_string_new (NULL);
  struct pollfd waited = { .fd = descriptor, .events = POLLIN };
  char byte;

  while (poll (&waited, 1, START_SECONDS * 1000) == 1 && read (descriptor, &byte, 1) == 1
         && byte != '\n')
    g_string_append_c (line, byte);
  return g_strdup (line->str);
}

static gboolean
accept_certificate_cb (SoupMessage *message, GTlsCertificate *certificate,
                       GTlsCertificateFlags errors, gpointer data)
{
  TestServer *self = data;
  g_autoptr (GByteArray) der = NULL;
  g_autofree char *fingerprint = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  fingerprint = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  return strcmp (fingerprint, self->fingerprint) == 0;
}

/* A test that aborts must not leave its server behind. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
spawn (TestServer *self, const char *const *options, int ready)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *program = test_server_dup_program ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = NULL;
  GSubprocess *process;

  g_strv_builder_add_many (builder, program, "--data-dir", self->data_dir, "--ready-fd", "3", NULL);
  for (guint i = 0; options != NULL && options[i] != NULL; i++)
    g_strv_builder_add (builder, options[i]);
  arguments = g_strv_builder_end (builder);
  g_subprocess_launcher_take_fd (launcher, ready, READY_FD);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *)arguments, &error);
  g_assert_no_error (error);
  return process;
}

TestServer *
test_server_start_with (const char *data_dir, const char *const *options, const char *input)
{
  TestServer *self = g_new0 (TestServer, 1);
  g_autoptr (JsonObject) ready = NULL;
  g_autoptr (GError) error = NULL;
  int pipes[2];

  self->own_dir = data_dir == NULL;
  self->data_dir
      = data_dir != NULL ? g_strdup (data_dir) : g_dir_make_tmp ("muniment-test-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_true (g_unix_open_pipe (pipes, FD_CLOEXEC, NULL));
  self->process = spawn (self, options, pipes[1]);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->process), input, strlen (input),
                             NULL, NULL, NULL);
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  self->ready_line = read_ready_line (pipes[0]);
  close (pipes[0]);
  ready = mun_json_parse_object (self->ready_line, -1, &error);
  g_assert_no_error (error);
  self->admin_port = mun_json_get_int (ready, "adminPort", 0);
  self->web_port = mun_json_get_int (ready, "webPort", 0);
  self->fingerprint = g_strdup (mun_json_get_string (ready, "certificateFingerprint", ""));
  self->session = soup_session_new_with_options ("timeout", 120, "max-conns", 64,
                                                 "max-conns-per-host", 32, NULL);
  return self;
}

TestServer *
test_server_start (const char *data_dir, const char *const *options)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  g_strv_builder_add (builder, "--session");
  for (guint i = 0; options != NULL && options[i] != NULL; i++)
    g_strv_builder_add (builder, options[i]);
  all = g_strv_builder_end (builder);
  return test_server_start_with (data_dir, (const char *const *)all, TEST_PASSWORD "\n");
}

int
test_server_stop (TestServer *self, int signal)
{
  int code = -1;

  if (self->process == NULL)
    return -1;
  soup_session_abort (self->session);
  g_subprocess_send_signal (self->process, signal);
  g_subprocess_wait (self->process, NULL, NULL);
  if (g_subprocess_get_if_exited (self->process))
    code = g_subprocess_get_exit_status (self->process);
  g_clear_object (&self->process);
  return code;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

void
test_server_free (TestServer *self)
{
  test_server_stop (self, SIGTERM);
  if (self->own_dir)
    remove_tree (self->data_dir);
  g_clear_object (&self->session);
  g_free (self->data_dir);
  g_free (self->fingerprint);
  g_free (self->ready_line);
  g_free (self);
}

char *
test_basic (const char *user, const char *password)
{
  g_autofree char *pair = g_strconcat (user, ":", password, NULL);
  g_autofree char *encoded = g_base64_encode ((const guchar *)pair, strlen (pair));

  return g_strconcat ("Basic ", encoded, NULL);
}

static guint
send (TestServer *self, guint16 port, const char *method, const char *path,
      const char *authorization, const char *type, GBytes *body, GBytes **reply)
{
  g_autofree char *uri = g_strdup_printf ("https://127.0.0.1:%u%s", port, path);
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate_cb), self);
  if (authorization != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                  authorization);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, type, body);
  else if (strcmp (method, "POST") == 0)
    soup_message_headers_set_content_length (soup_message_get_request_headers (message), 0);
  bytes = soup_session_send_and_read (self->session, message, NULL, &error);
  if (bytes == NULL) {
    g_test_message ("%s %s: %s", method, path, error->message);
    return 0;
  }
  if (reply != NULL)
    *reply = g_steal_pointer (&bytes);
  return soup_message_get_status (message);
}

guint
test_server_request (TestServer *self, guint16 port, const char *method, const char *path,
                     const char *authorization, const char *body, GBytes **reply)
{
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  const char *type
      = port == self->admin_port ? "application/x-www-form-urlencoded" : "application/json";

  return send (self, port, method, path, authorization, type, bytes, reply);
}

/* A reply of the Administration API: with byte order mark, an object. */
static JsonObject *
parse_envelope (GBytes *reply)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (reply, &length);
  JsonObject *envelope;

  g_assert_cmpuint (length, >, strlen (BOM));
  g_assert_cmpmem (text, strlen (BOM), BOM, strlen (BOM));
  envelope = mun_json_parse_object (text, length, &error);
  g_assert_no_error (error);
  return envelope;
}

JsonObject *
test_server_call_as (TestServer *self, const char *user, const char *password, const char *function,
                     const char *form)
{
  g_autofree char *authorization = test_basic (user, password);
  g_autofree char *path = g_strconcat ("/api/invoke/", function, NULL);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GBytes) reply = NULL;
  JsonObject *envelope;

  g_assert_cmpuint (test_server_request (self, self->admin_port, "POST", path, authorization, form,
                                         &reply),
                    ==, 200);
  envelope = parse_envelope (reply);
  g_string_append (log, mun_json_get_string (envelope, "logOutput", ""));
  while (strcmp (mun_json_get_string (envelope, "statusCode", ""), "running") == 0) {
    g_autofree char *poll = g_strdup_printf ("token=%s&lastKnownStatusVersion=%" G_GINT64_FORMAT
                                             "&millisecondsTimeout=5000",
                                             mun_json_get_string (envelope, "token", ""),
                                             mun_json_get_int (envelope, "statusVersion", 0));

    g_clear_pointer (&reply, g_bytes_unref);
    g_assert_cmpuint (test_server_request (self, self->admin_port, "POST", "/api/get-status",
                                           authorization, poll, &reply),
                      ==, 200);
    json_object_unref (envelope);
    envelope = parse_envelope (reply);
    g_string_append (log, mun_json_get_string (envelope, "logOutput", ""));
  }
  json_object_set_string_member (envelope, "logOutput", log->str);
  return envelope;
}

JsonObject *
test_server_call (TestServer *self, const char *function, const char *form)
{
  return test_server_call_as (self, TEST_ADMIN, TEST_PASSWORD, function, form);
}

JsonNode *
test_server_call_ok (TestServer *self, const char *function, const char *form)
{
  g_autoptr (JsonObject) envelope = test_server_call (self, function, form);
  JsonNode *result = json_object_get_member (envelope, "result");

  g_assert_cmpstr (mun_json_get_string (mun_json_get_object (envelope, "error"), "message", NULL),
                   ==, NULL);
  g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==, "succeeded");
  return result != NULL && !JSON_NODE_HOLDS_NULL (result) ? mun_json_copy_node (result) : NULL;
}

char *
test_server_call_error (TestServer *self, const char *function, const char *form)
{
  g_autoptr (JsonObject) envelope = test_server_call (self, function, form);

  g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==, "failed");
  g_assert_true (JSON_NODE_HOLDS_NULL (json_object_get_member (envelope, "result")));
  return g_strdup (mun_json_get_string (mun_json_get_object (envelope, "error"), "message", NULL));
}

static JsonNode *
send_json (TestServer *self, const char *method, const char *bearer, const char *path,
           const char *json, guint status)
{
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text;
  JsonNode *node;

  g_assert_cmpuint (test_server_request (self, self->web_port, method, path, bearer, json, &reply),
                    ==, status);
  text = g_bytes_get_data (reply, &length);
  node = mun_json_parse (text, length, &error);
  g_assert_no_error (error);
  return node;
}

JsonNode *
test_server_get (TestServer *self, const char *bearer, const char *path, guint status)
{
  return send_json (self, "GET", bearer, path, NULL, status);
}

JsonNode *
test_server_post (TestServer *self, const char *bearer, const char *path, const char *json,
                  guint status)
{
  return send_json (self, "POST", bearer, path, json, status);
}

char *
test_server_sign_in (TestServer *self, const char *user, const char *password)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonNode) reply = NULL;
  g_autofree char *text = NULL;
  JsonObject *information;

  json_object_set_string_member (body, "username", user);
  json_object_set_string_member (body, "password", password);
  json_object_set_null_member (body, "trustedDeviceToken");
  text = mun_json_object_to_string (body);
  reply = test_server_post (self, NULL, "/api/authenticate/internal", text, 200);
  information = mun_json_get_object (json_node_get_object (reply), "tokenInformation");
  return g_strconcat ("Bearer ", mun_json_get_string (information, "access_token", ""), NULL);
}

JsonObject *
test_server_upload_bytes (TestServer *self, const char *bearer, const char *folder,
                          GPtrArray *messages)
{
  g_autoptr (GString) stream = g_string_new (NULL);
  g_autofree char *escaped = g_uri_escape_string (folder, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/api/folders/upload?folder=", escaped, NULL);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) reply = NULL;
  gsize length;
  const char *text;

  for (guint i = 0; i < messages->len; i++) {
    text = g_bytes_get_data (messages->pdata[i], &length);
    g_string_append_printf (stream, "%zu\n", length);
    g_string_append_len (stream, text, length);
  }
  body = g_string_free_to_bytes (g_steal_pointer (&stream));
  g_assert_cmpuint (send (self, self->web_port, "POST", path, bearer,
                          "application/x-muniment-messages", body, &reply),
                    ==, 200);
  text = g_bytes_get_data (reply, &length);
  return mun_json_parse_object (text, length, NULL);
}

JsonObject *
test_server_upload (TestServer *self, const char *bearer, const char *folder,
                    const char *const *messages)
{
  g_autoptr (GPtrArray) bytes = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; messages[i] != NULL; i++)
    g_ptr_array_add (bytes, g_bytes_new (messages[i], strlen (messages[i])));
  return test_server_upload_bytes (self, bearer, folder, bytes);
}

char *
test_message (const char *subject, const char *from, const char *to, const char *body)
{
  return g_strdup_printf ("From: %s\r\nTo: %s\r\nSubject: %s\r\n"
                          "Date: Mon, 02 Nov 2026 10:00:00 +0000\r\n"
                          "Message-ID: <%s@example.org>\r\n\r\n%s\r\n",
                          from, to, subject, subject, body);
}
