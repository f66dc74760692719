/* test-process.c: munimentd as a process: files, ready line, second server, stop */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "test-server.h"

#include "json.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

/* Runs the program to its end. Returns: the exit code. */
static int
run (const char *input, char **output, const char *argument, ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *program = test_server_dup_program ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = NULL;
  va_list list;

  g_strv_builder_add (builder, program);
  va_start (list, argument);
  for (; argument != NULL; argument = va_arg (list, const char *))
    g_strv_builder_add (builder, argument);
  va_end (list);
  arguments = g_strv_builder_end (builder);
  process = g_subprocess_newv ((const char *const *)arguments,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                   | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

static void
assert_private (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  struct stat status;

  g_assert_cmpint (g_lstat (path, &status), ==, 0);
  g_test_message ("%s: %o", path, status.st_mode & 0777);
  g_assert_cmpint (status.st_mode & 0077, ==, 0);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    assert_private (child);
  }
}

static void
test_files (void)
{
  g_autoptr (TestServer) server = test_server_start (NULL, NULL);
  g_autofree char *ready_path = g_build_filename (server->data_dir, "ready.json", NULL);
  g_autofree char *ready_text = NULL;
  g_autoptr (JsonObject) ready = NULL;

  assert_private (server->data_dir);
  g_assert_true (g_file_get_contents (ready_path, &ready_text, NULL, NULL));
  ready = mun_json_parse_object (ready_text, -1, NULL);
  g_assert_cmpint (mun_json_get_int (ready, "adminPort", 0), ==, server->admin_port);
  g_assert_cmpint (mun_json_get_int (ready, "webPort", 0), ==, server->web_port);
  g_assert_cmpstr (mun_json_get_string (ready, "certificateFingerprint", ""), ==,
                   server->fingerprint);
  g_assert_cmpstr (g_subprocess_get_identifier (server->process), !=, NULL);
  g_assert_cmpint (mun_json_get_int (ready, "pid", 0), ==,
                   atoi (g_subprocess_get_identifier (server->process)));
  g_assert_cmpint (test_server_stop (server, SIGTERM), ==, 0);
  g_assert_false (g_file_test (ready_path, G_FILE_TEST_EXISTS));
}

static gboolean
contains (const char *path, const char *needle)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autofree char *data = NULL;
  const char *name;
  gsize length;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (contains (child, needle))
      return TRUE;
  }
  return dir == NULL && g_file_get_contents (path, &data, &length, NULL) && length > 0
         && memmem (data, length, needle, strlen (needle)) != NULL;
}

static void
test_password_is_nowhere (void)
{
  g_autoptr (TestServer) server = test_server_start (NULL, NULL);
  g_autofree char *command
      = g_strdup_printf ("/proc/%s/cmdline", g_subprocess_get_identifier (server->process));
  g_autofree char *environment
      = g_strdup_printf ("/proc/%s/environ", g_subprocess_get_identifier (server->process));

  json_node_unref (test_server_call_ok (server, "GetServerInfo", NULL));
  g_assert_false (contains (command, TEST_PASSWORD));
  g_assert_false (contains (environment, TEST_PASSWORD));
  test_server_stop (server, SIGINT);
  g_assert_false (contains (server->data_dir, TEST_PASSWORD));
}

static void
test_second_server (void)
{
  g_autoptr (TestServer) server = test_server_start (NULL, NULL);
  g_autofree char *output = NULL;

  g_assert_cmpint (run ("x\n", &output, "--session", "--data-dir", server->data_dir, NULL), ==, 3);
  g_assert_nonnull (strstr (output, "Another archive server is using the data directory"));
  /* the first one did not notice */
  json_node_unref (test_server_call_ok (server, "GetServerInfo", NULL));
}

static void
test_restart (void)
{
  g_autofree char *dir = g_dir_make_tmp ("muniment-test-XXXXXX", NULL);
  g_autoptr (TestServer) first = test_server_start (dir, NULL);
  g_autofree char *fingerprint = g_strdup (first->fingerprint);
  g_autoptr (TestServer) second = NULL;

  g_assert_null (
      test_server_call_ok (first, "CreateUser", "userName=ann&privileges=login&password=secret"));
  /* killed, not stopped: the lock must not outlive it */
  test_server_stop (first, SIGKILL);
  second = test_server_start (dir, NULL);
  /* certificate and users stay */
  g_assert_cmpstr (second->fingerprint, ==, fingerprint);
  json_node_unref (test_server_call_ok (second, "GetUserInfo", "userName=ann"));
  second->own_dir = TRUE;
}

static void
test_certificate (void)
{
  g_autoptr (TestServer) server = test_server_start (NULL, NULL);
  g_autofree char *path = g_build_filename (server->data_dir, "certificate.pem", NULL);
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_file (path, NULL);
  g_autoptr (GSocketConnectable) name = g_network_address_new ("localhost", 1);
  g_autoptr (GSocketConnectable) wrong = g_network_address_new ("example.org", 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 1);

  g_assert_nonnull (certificate);
  /* trusted by itself, it fits the names and addresses it was made for */
  g_assert_cmpint (g_tls_certificate_verify (certificate, name, certificate), ==, 0);
  g_assert_cmpint (g_tls_certificate_verify (certificate, G_SOCKET_CONNECTABLE (address),
                                             certificate),
                   ==, 0);
  g_assert_cmpint (g_tls_certificate_verify (certificate, wrong, certificate), ==,
                   G_TLS_CERTIFICATE_BAD_IDENTITY);
}

static void
test_plain_http_is_refused (void)
{
  g_autoptr (TestServer) server = test_server_start (NULL, NULL);
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *uri
      = g_strdup_printf ("http://127.0.0.1:%u/api/get-metadata", server->admin_port);
  g_autoptr (GBytes) reply = NULL;

  message = soup_message_new ("GET", uri);
  reply = soup_session_send_and_read (server->session, message, NULL, NULL);
  g_assert_true (reply == NULL || soup_message_get_status (message) == 0);
}

static const char *const plain_options[] = { "--admin-port", "0", "--web-port", "0", NULL };

/* Without --session: a password is made up and told in a file, until it is changed. */
static void
test_initial_password (void)
{
  g_autoptr (TestServer) server = test_server_start_with (NULL, plain_options, "not read\n");
  g_autofree char *path = g_build_filename (server->data_dir, "initial-password", NULL);
  g_autofree char *password = NULL;
  g_autoptr (JsonObject) changed = NULL;

  g_assert_true (g_file_get_contents (path, &password, NULL, NULL));
  g_strchomp (password);
  g_assert_cmpuint (strlen (password), >=, 20);
  assert_private (path);
  changed = test_server_call_as (server, "admin", password, "SetUserPassword",
                                 "userName=admin&password=another");
  g_assert_cmpstr (mun_json_get_string (changed, "statusCode", NULL), ==, "succeeded");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_password_file (void)
{
  g_autofree char *dir = g_dir_make_tmp ("muniment-test-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "password", NULL);
  g_autofree char *data = g_build_filename (dir, "data", NULL);
  g_autofree char *output = NULL;

  /* an empty first line is no password */
  g_assert_true (g_file_set_contents (file, "\n", -1, NULL));
  g_assert_cmpint (run (NULL, &output, "--data-dir", data, "--password-file", file, NULL), ==, 1);
  g_assert_nonnull (strstr (output, "first line is no password"));
  g_unlink (file);
  /* the first line of a good one is the password, without its end */
  {
    const char *const options[]
        = { "--admin-port", "0", "--web-port", "0", "--password-file", file, NULL };
    g_autoptr (TestServer) server = NULL;
    g_autoptr (JsonObject) reply = NULL;

    g_assert_true (g_file_set_contents (file, "from a file\nsecond line\n", -1, NULL));
    server = test_server_start_with (data, options, "");
    reply = test_server_call_as (server, "admin", "from a file", "GetServerInfo", NULL);
    g_assert_cmpstr (mun_json_get_string (reply, "statusCode", NULL), ==, "succeeded");
    server->own_dir = TRUE;
  }
  g_unlink (file);
  g_rmdir (dir);
}

static void
test_options (void)
{
  g_autofree char *version = NULL;
  g_autofree char *help = NULL;
  g_autofree char *wrong = NULL;

  g_assert_cmpint (run (NULL, &version, "--version", NULL), ==, 0);
  g_assert_true (g_str_has_prefix (version, "munimentd "));
  g_assert_cmpint (run (NULL, &help, "--help", NULL), ==, 0);
  g_assert_nonnull (strstr (help, "--session"));
  g_assert_cmpint (run (NULL, &wrong, "--nonsense", NULL), ==, 2);
  g_assert_cmpint (run (NULL, NULL, "--admin-port", "x", NULL), ==, 2);
  /* systemd does not try again what cannot become right by itself */
  g_assert_cmpint (run (NULL, NULL, "--admin-port", "70000", NULL), ==, 2);
  g_assert_cmpint (run (NULL, NULL, "--config", "/nonexistent/munimentd.conf", NULL), ==, 2);
}

/* Every option of --help is in the manual page. */
static void
test_manual (void)
{
  g_autofree char *help = NULL;
  g_autofree char *manual = NULL;
  g_autofree char *path
      = g_build_filename (g_getenv ("MUNIMENT_SOURCE_DIR"), "data", "man", "munimentd.8", NULL);
  g_autoptr (GRegex) option = g_regex_new ("--[a-z][a-z-]+", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  g_assert_true (g_file_get_contents (path, &manual, NULL, NULL));
  run (NULL, &help, "--help", NULL);
  g_regex_match (option, help, 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL)) {
    g_autofree char *name = g_match_info_fetch (match, 0);
    g_auto (GStrv) parts = g_strsplit (name, "-", -1);
    g_autofree char *roff = g_strjoinv ("\\-", parts);

    g_test_message ("%s", name);
    g_assert_nonnull (strstr (manual, roff));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/munimentd/process/files", test_files);
  g_test_add_func ("/munimentd/process/password-is-nowhere", test_password_is_nowhere);
  g_test_add_func ("/munimentd/process/second-server", test_second_server);
  g_test_add_func ("/munimentd/process/restart", test_restart);
  g_test_add_func ("/munimentd/process/certificate", test_certificate);
  g_test_add_func ("/munimentd/process/plain-http-is-refused", test_plain_http_is_refused);
  g_test_add_func ("/munimentd/process/initial-password", test_initial_password);
  g_test_add_func ("/munimentd/process/password-file", test_password_file);
  g_test_add_func ("/munimentd/process/options", test_options);
  g_test_add_func ("/munimentd/process/manual", test_manual);
  return g_test_run ();
}
