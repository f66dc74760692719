/* test-calls.c: munimentctl and a real munimentd, then a MailStore-shaped server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "json.h"
#include "mailstore-process.h"
#include "raw-server.h"
#include "shell-fixture.h"
#include "test-server.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

static TestServer *server;

static Shell *
make_shell (void)
{
  return shell_new (server->admin_port, server->fingerprint, TEST_PASSWORD "\n");
}

static Shell *
make_stranger (void)
{
  return shell_new (server->admin_port, NULL, TEST_PASSWORD "\n");
}

static void
assert_run (ShellRun *run, int status, const char *out, const char *in_err)
{
  g_assert_cmpint (run->status, ==, status);
  if (out != NULL)
    g_assert_cmpstr (run->out, ==, out);
  if (in_err != NULL && strstr (run->err, in_err) == NULL)
    g_error ("“%s” is not in:\n%s", in_err, run->err);
}

static JsonNode *
parse (ShellRun *run)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  g_assert_cmpint (run->status, ==, 0);
  node = mun_json_parse (run->out, -1, &error);
  g_assert_no_error (error);
  return node;
}

static void
test_read (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (ShellRun) text = shell_call (shell, "GetServerInfo", NULL);
  g_autoptr (ShellRun) json = shell_call (shell, "GetServerInfo", "--output=json", NULL);
  g_autoptr (ShellRun) before = shell_call (shell, "-o", "json", "GetServerInfo", NULL);
  g_autoptr (JsonNode) expected = test_server_call_ok (server, "GetServerInfo", NULL);
  g_autoptr (JsonNode) node = parse (json);

  assert_run (text, 0, NULL, NULL);
  g_assert_nonnull (strstr (text->out, "machineName: "));
  g_assert_cmpstr (text->err, ==, "");
  g_assert_true (json_node_equal (node, expected));
  g_assert_cmpstr (before->out, ==, json->out);
}

static void
test_write (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autofree char *secret = shell_write (shell, "new-password", "first one\nnot this\n");
  g_autofree char *at_secret = g_strconcat ("--password=@", secret, NULL);
  g_autoptr (ShellRun) made
      = shell_call (shell, "CreateUser", "--userName=ann", "--privileges=admin", at_secret,
                    "--fullName", "Ann Lee", "--loginPrivileges=api", NULL);
  g_autoptr (ShellRun) line
      = shell_call (shell, "SetUserFullName --userName=\"ann\" --fullName=\"Ann  Löwe-Ruiz\"",
                    NULL);
  g_autoptr (ShellRun) users = shell_call (shell, "GetUsers", NULL);
  g_autoptr (ShellRun) as_ann = NULL;

  assert_run (made, 0, "", NULL);
  assert_run (line, 0, "", NULL);
  g_assert_true (g_str_has_prefix (users->out, "userName  fullName"));
  g_assert_nonnull (strstr (users->out, "\nann       Ann  Löwe-Ruiz"));
  /* the password is the first line of the file */
  as_ann = shell_run (shell, "first one\n", "--server", shell->address, "--fingerprint",
                      shell->fingerprint, "--user=ann", "--password-file=-", "GetServerInfo", NULL);
  assert_run (as_ann, 0, NULL, NULL);
  {
    g_autoptr (ShellRun) again
        = shell_call (shell, "CreateUser", "--userName=ann", "--privileges=login", at_secret, NULL);
    g_autoptr (ShellRun) gone = shell_call (shell, "DeleteUser", "--userName=ann", NULL);
    g_autoptr (ShellRun) nobody = shell_call (shell, "GetUserInfo", "--userName=ann", NULL);

    assert_run (again, 1, "", "CreateUser failed");
    assert_run (gone, 0, "", NULL);
    assert_run (nobody, 1, "", "GetUserInfo failed");
    g_assert_nonnull (strstr (nobody->err, shell->address));
  }
}

static void
test_json_file (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autofree char *path = NULL;
  g_autofree char *at = NULL;
  g_autoptr (ShellRun) now
      = shell_call (shell, "--output=json", "GetComplianceConfiguration", NULL);
  g_autoptr (JsonNode) node = parse (now);
  g_autofree char *text = NULL;
  g_autoptr (ShellRun) set = NULL;
  g_autoptr (ShellRun) piped = NULL;
  g_autoptr (JsonNode) result = NULL;

  json_object_set_boolean_member (json_node_get_object (node), "legalHold", TRUE);
  text = mun_json_to_string (node);
  path = shell_write (shell, "compliance.json", text);
  at = g_strconcat ("--config=@", path, NULL);
  set = shell_call (shell, "SetComplianceConfiguration", at, NULL);
  assert_run (set, 0, "", NULL);
  result = test_server_call_ok (server, "GetComplianceConfiguration", NULL);
  g_assert_true (mun_json_get_bool (json_node_get_object (result), "legalHold", FALSE));

  /* from standard input, back again */
  json_object_set_boolean_member (json_node_get_object (node), "legalHold", FALSE);
  g_free (text);
  text = mun_json_to_string (node);
  piped = shell_run (shell, text, "--server", shell->address, "--fingerprint", shell->fingerprint,
                     "--password-file", shell->password_file, "SetComplianceConfiguration",
                     "--config=@-", NULL);
  assert_run (piped, 0, "", NULL);
  json_node_unref (result);
  result = test_server_call_ok (server, "GetComplianceConfiguration", NULL);
  g_assert_false (mun_json_get_bool (json_node_get_object (result), "legalHold", TRUE));
}

/* The log is the report: it goes to standard error, the result to standard output. */
static void
test_long (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (ShellRun) run = shell_call (shell, "VerifyStores", "--includeIndexes", NULL);
  g_autoptr (ShellRun) quiet = shell_call (shell, "--quiet", "VerifyStores", NULL);

  assert_run (run, 0, NULL, "No faults were found");
  g_assert_cmpstr (run->out, ==, quiet->out);
  /* no terminal, no status line */
  g_assert_null (strchr (run->err, '\r'));
  g_assert_cmpstr (quiet->err, ==, "");
}

static void
test_not_served (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (ShellRun) run = shell_call (shell, "RepairStoreDatabase", "--id=1", NULL);

  assert_run (run, 1, "", "does not have the function RepairStoreDatabase");
}

static void
test_sign_in (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autofree char *wrong = shell_write (shell, "wrong", "wrong\n");
  g_autoptr (ShellRun) password
      = shell_call (shell, "--password-file", wrong, "GetServerInfo", NULL);
  g_autoptr (ShellRun) user = shell_call (shell, "--user=nobody", "GetServerInfo", NULL);

  assert_run (password, 3, "", "--user");
  g_assert_null (strstr (password->err, "wrong"));
  assert_run (user, 3, "", "nobody");
}

static void
test_credential (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autofree char *path = shell_write (shell, "munimentctl-password", TEST_PASSWORD "\n");
  g_autofree char *variable = g_strconcat ("CREDENTIALS_DIRECTORY=", shell->dir, NULL);
  g_autofree char *program
      = g_build_filename (g_getenv ("MUNIMENT_BUILD_DIR"), "src", "shell", "munimentctl", NULL);
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL, "env", variable, program,
                          "--server", shell->address, "--fingerprint", shell->fingerprint,
                          "GetServerInfo", NULL);

  g_assert_nonnull (path);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
}

static void
test_unknown_certificate (void)
{
  g_autoptr (Shell) shell = make_stranger ();
  g_autofree char *path = g_build_filename (shell->dir, "muniment", "known-servers", NULL);
  g_autofree char *upper = g_ascii_strup (server->fingerprint, -1);
  g_autofree char *changed = NULL;
  g_autofree char *text = NULL;
  struct stat status;
  g_autoptr (ShellRun) refused = shell_call (shell, "GetServerInfo", NULL);
  g_autoptr (ShellRun) accepted = shell_call (shell, "--accept-new", "GetServerInfo", NULL);
  g_autoptr (ShellRun) known = shell_call (shell, "GetServerInfo", NULL);

  /* the fingerprint to compare, and what to do then */
  assert_run (refused, 3, "", upper);
  assert_run (refused, 3, "", "--accept-new");
  assert_run (accepted, 0, NULL, upper);
  assert_run (known, 0, accepted->out, NULL);
  g_assert_cmpstr (known->err, ==, "");
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  /* another certificate than the remembered one */
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  changed = g_strdup (strstr (text, upper));
  g_assert_nonnull (changed);
  strstr (text, upper)[0] = upper[0] == '0' ? '1' : '0';
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  {
    g_autoptr (ShellRun) other = shell_call (shell, "GetServerInfo", NULL);
    g_autoptr (ShellRun) still = shell_call (shell, "--accept-new", "GetServerInfo", NULL);

    assert_run (other, 3, "", "another certificate");
    assert_run (other, 3, "", path);
    assert_run (still, 3, "", "another certificate");
  }
  /* a file that cannot be understood accepts nothing */
  g_assert_true (g_file_set_contents (path, "nonsense", -1, NULL));
  {
    g_autoptr (ShellRun) broken = shell_call (shell, "--accept-new", "GetServerInfo", NULL);

    assert_run (broken, 3, "", path);
  }
}

static void
test_fingerprint (void)
{
  g_autoptr (Shell) shell = make_stranger ();
  g_autofree char *zeros = g_strnfill (64, '0');
  g_autoptr (ShellRun) wrong = shell_call (shell, "--fingerprint", zeros, "GetServerInfo", NULL);
  g_autoptr (ShellRun) right
      = shell_call (shell, "GetServerInfo", "--fingerprint", server->fingerprint, NULL);
  g_autofree char *path = g_build_filename (shell->dir, "muniment", NULL);

  assert_run (wrong, 3, "", "another certificate");
  assert_run (right, 0, NULL, NULL);
  /* said, not remembered */
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_connection (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autofree char *web = g_strdup_printf ("127.0.0.1:%u", server->web_port);
  g_autoptr (ShellRun) nobody = shell_call (shell, "--server=127.0.0.1:1", "GetServerInfo", NULL);
  g_autoptr (ShellRun) foreign = shell_call (shell, "--server", web, "GetServerInfo", NULL);

  assert_run (nobody, 3, "", "127.0.0.1:1: the server cannot be reached");
  assert_run (foreign, 3, "", "not an archive server");
}

/* --- a server with 89 functions, and long ones that go on --- */

static void
test_mailstore (void)
{
  guint16 port;
  g_autofree char *fingerprint = NULL;
  GSubprocess *mailstore = mailstore_start (NULL, &port, NULL, &fingerprint);
  g_autoptr (Shell) shell = shell_new (port, fingerprint, "password");
  g_autoptr (ShellRun) info = shell_call (shell, "--output=json", "GetServerInfo", NULL);
  g_autoptr (ShellRun) stores = shell_call (shell, "GetStores", NULL);
  g_autoptr (ShellRun) verify = shell_call (shell, "VerifyStores", NULL);
  g_autoptr (ShellRun) compact = shell_call (shell, "CompactStore", "--id=1", NULL);
  g_autoptr (ShellRun) own
      = shell_call (shell, "GetAuditLog", "--fromIncluding=2026-01-01T00:00:00",
                    "--toExcluding=2026-02-01T00:00:00", NULL);
  g_autoptr (JsonNode) node = parse (info);

  /* keys that nobody knows are kept */
  g_assert_cmpstr (mun_json_get_string (json_node_get_object (node), "vendorEdition", NULL), ==,
                   "Enterprise");
  g_assert_nonnull (strstr (stores->out, "vendorFirebird"));
  assert_run (verify, 0, NULL, "Started.\nStep 1 done.\nStep 2 done.\nStep 3 done.\nCompleted.\n");
  assert_run (compact, 0, NULL, NULL);
  g_assert_cmpint (own->status, ==, 1);
  assert_run (own, 1, "", "does not have the function GetAuditLog");
  mailstore_stop (mailstore);
}

/* One line of standard error. */
static void
expect_line (GSubprocess *process, const char *expected)
{
  GInputStream *stream = g_subprocess_get_stderr_pipe (process);
  g_autoptr (GString) line = g_string_new (NULL);
  char byte;

  while (g_input_stream_read (stream, &byte, 1, NULL, NULL) == 1 && byte != '\n')
    g_string_append_c (line, byte);
  g_assert_cmpstr (line->str, ==, expected);
}

static char *
read_rest (GInputStream *stream)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[1024];
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (text, buffer, n);
  return g_strdup (text->str);
}

/* SIGINT, SIGTERM: the server is asked to stop, and its last words are waited for. */
static void
test_cancel (void)
{
  static const int stops[] = { SIGINT, SIGTERM };
  guint16 port;
  g_autofree char *fingerprint = NULL;
  GSubprocess *mailstore = mailstore_start ("--hold", &port, NULL, &fingerprint);
  g_autoptr (Shell) shell = shell_new (port, fingerprint, "password");

  for (guint i = 0; i < G_N_ELEMENTS (stops); i++) {
    g_autoptr (GSubprocess) process = shell_spawn (shell, "VerifyStores", NULL);
    g_autofree char *rest = NULL;
    g_autofree char *out = NULL;

    expect_line (process, "Started.");
    g_subprocess_send_signal (process, stops[i]);
    rest = read_rest (g_subprocess_get_stderr_pipe (process));
    out = read_rest (g_subprocess_get_stdout_pipe (process));
    g_subprocess_wait (process, NULL, NULL);
    g_test_message ("%s", rest);
    g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
    g_assert_nonnull (strstr (rest, "Cancelled.\n"));
    g_assert_nonnull (strstr (rest, "The operation was cancelled"));
    g_assert_cmpstr (out, ==, "");
  }
  mailstore_stop (mailstore);
}

/* Started by one, waited for and cancelled by another. */
static void
test_no_wait (void)
{
  guint16 port;
  g_autofree char *fingerprint = NULL;
  GSubprocess *mailstore = mailstore_start ("--hold", &port, NULL, &fingerprint);
  g_autoptr (Shell) shell = shell_new (port, fingerprint, "password");
  g_autoptr (ShellRun) started = shell_call (shell, "--no-wait", "VerifyStores", NULL);
  g_autoptr (GSubprocess) follower = NULL;
  g_autoptr (ShellRun) gone = shell_call (shell, "--follow=nonsense", NULL);
  g_autofree char *rest = NULL;
  g_autofree char *follow = NULL;

  assert_run (started, 0, NULL, NULL);
  g_assert_true (g_str_has_suffix (started->out, "\n"));
  follow = g_strconcat ("--follow=", g_strchomp (started->out), NULL);
  follower = shell_spawn (shell, follow, NULL);
  /* what the first one did not wait for */
  expect_line (follower, "Step 1 done.");
  g_subprocess_send_signal (follower, SIGINT);
  rest = read_rest (g_subprocess_get_stderr_pipe (follower));
  g_subprocess_wait (follower, NULL, NULL);
  g_assert_cmpint (g_subprocess_get_exit_status (follower), ==, 130);
  assert_run (gone, 1, "", "does not know the operation");
  mailstore_stop (mailstore);
}

/* A quick function has nothing to leave. */
static void
test_no_wait_quick (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (ShellRun) run = shell_call (shell, "--no-wait", "GetServerInfo", NULL);
  g_autoptr (ShellRun) waited = shell_call (shell, "GetServerInfo", NULL);

  assert_run (run, 0, waited->out, NULL);
}

/* A server that does not stop: who presses once more leaves the operation to it. */
static void
test_leave (void)
{
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (Shell) shell = shell_new (raw->port, raw->fingerprint, "password");
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *err = NULL;

  raw_server_push_reply (raw, 200, NULL, "[{\"name\":\"VerifyStores\",\"args\":[]}]");
  raw_server_push_reply (raw, 200, NULL, "{\"statusCode\":\"succeeded\",\"result\":{}}");
  raw_server_push_reply (raw, 200, NULL,
                         "{\"statusCode\":\"running\",\"token\":\"t\",\"statusVersion\":1}");
  process = shell_spawn (shell, "VerifyStores", NULL);
  raw_server_wait (raw, 4);
  g_assert_nonnull (strstr (raw_server_request (raw, 3), "/api/get-status"));
  g_subprocess_send_signal (process, SIGINT);
  raw_server_wait (raw, 5);
  g_assert_nonnull (strstr (raw_server_request (raw, 4), "/api/cancel-async"));
  g_subprocess_send_signal (process, SIGINT);
  err = read_rest (g_subprocess_get_stderr_pipe (process));
  g_subprocess_wait (process, NULL, NULL);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
  g_assert_nonnull (strstr (err, "left to the server"));
}

/* Stopped before there is anything to stop. */
static void
test_cancel_connecting (void)
{
  g_autoptr (RawServer) raw = raw_server_new (TRUE);
  g_autoptr (Shell) shell = shell_new (raw->port, raw->fingerprint, "password");
  g_autoptr (GSubprocess) process = shell_spawn (shell, "GetUsers", NULL);

  raw_server_wait (raw, 1);
  g_subprocess_send_signal (process, SIGINT);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
}

/* A full disk must not look like success. */
static void
test_full_disk (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autofree char *program
      = g_build_filename (g_getenv ("MUNIMENT_BUILD_DIR"), "src", "shell", "munimentctl", NULL);
  g_autofree char *command
      = g_strdup_printf ("'%s' --server %s --fingerprint %s --password-file '%s' GetUsers "
                         ">/dev/full",
                         program, shell->address, shell->fingerprint, shell->password_file);
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL, "sh", "-c", command, NULL);
  g_autofree char *err = read_rest (g_subprocess_get_stderr_pipe (process));

  g_subprocess_wait (process, NULL, NULL);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (strstr (err, "standard output"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  g_test_add_func ("/shell/calls/read", test_read);
  g_test_add_func ("/shell/calls/write", test_write);
  g_test_add_func ("/shell/calls/json-file", test_json_file);
  g_test_add_func ("/shell/calls/long", test_long);
  g_test_add_func ("/shell/calls/not-served", test_not_served);
  g_test_add_func ("/shell/calls/sign-in", test_sign_in);
  g_test_add_func ("/shell/calls/credential", test_credential);
  g_test_add_func ("/shell/calls/unknown-certificate", test_unknown_certificate);
  g_test_add_func ("/shell/calls/fingerprint", test_fingerprint);
  g_test_add_func ("/shell/calls/connection", test_connection);
  g_test_add_func ("/shell/calls/mailstore", test_mailstore);
  g_test_add_func ("/shell/calls/cancel", test_cancel);
  g_test_add_func ("/shell/calls/no-wait", test_no_wait);
  g_test_add_func ("/shell/calls/no-wait-quick", test_no_wait_quick);
  g_test_add_func ("/shell/calls/leave", test_leave);
  g_test_add_func ("/shell/calls/cancel-connecting", test_cancel_connecting);
  g_test_add_func ("/shell/calls/full-disk", test_full_disk);
  status = g_test_run ();
  test_server_free (server);
  return status;
}
