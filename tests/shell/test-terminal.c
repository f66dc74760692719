/* test-terminal.c: munimentctl on a terminal: prompts, progress, Ctrl+C */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "json.h"
#include "mailstore-process.h"
#include "office.h"
#include "shell-fixture.h"

#include <string.h>

#define CTRL_C "\x03"

static Office *office;
static char *profile; /* archives one mailbox */

static Shell *
make_shell (void)
{
  return shell_new (office->server->admin_port, office->server->fingerprint, TEST_PASSWORD "\n");
}

static void
assert_hidden (ShellTerminal *terminal, const char *typed)
{
  g_assert_null (strstr (terminal->screen->str, typed));
}

static void
test_prompt (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (ShellTerminal) terminal = shell_terminal (shell, "GetServerInfo", NULL);

  shell_terminal_expect (terminal, "Password of admin at 127.0.0.1: ");
  shell_terminal_type (terminal, TEST_PASSWORD "\n");
  g_assert_cmpint (shell_terminal_wait (terminal), ==, 0);
  g_assert_nonnull (strstr (terminal->screen->str, "machineName: "));
  assert_hidden (terminal, TEST_PASSWORD);
}

static void
test_prompt_wrong (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (ShellTerminal) terminal = shell_terminal (shell, "GetServerInfo", NULL);

  shell_terminal_expect (terminal, ": ");
  shell_terminal_type (terminal, "hunter2\n");
  g_assert_cmpint (shell_terminal_wait (terminal), ==, 3);
  assert_hidden (terminal, "hunter2");
}

static void
test_prompt_cancelled (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (ShellTerminal) terminal = shell_terminal (shell, "GetServerInfo", NULL);

  shell_terminal_expect (terminal, ": ");
  shell_terminal_type (terminal, "half a pass" CTRL_C);
  g_assert_cmpint (shell_terminal_wait (terminal), ==, 130);
  assert_hidden (terminal, "half a pass");
}

/* A new password is asked for twice, because nobody sees what is typed. */
static void
test_new_password (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (ShellTerminal) good = NULL;
  g_autoptr (ShellTerminal) differing = NULL;
  g_autoptr (JsonObject) signed_in = NULL;

  good = shell_terminal (shell, "--password-file", shell->password_file, "CreateUser",
                         "--userName=typist", "--privileges=admin", "--password=@-",
                         "--loginPrivileges=api", NULL);
  shell_terminal_expect (good, "password: ");
  shell_terminal_type (good, "typed secret\n");
  shell_terminal_expect (good, "Once more: ");
  shell_terminal_type (good, "typed secret\n");
  g_assert_cmpint (shell_terminal_wait (good), ==, 0);
  assert_hidden (good, "typed secret");
  signed_in = test_server_call_as (office->server, "typist", "typed secret", "GetServerInfo", NULL);
  g_assert_cmpstr (mun_json_get_string (signed_in, "statusCode", NULL), ==, "succeeded");

  differing = shell_terminal (shell, "--password-file", shell->password_file, "SetUserPassword",
                              "--userName=typist", "--password=@-", NULL);
  shell_terminal_expect (differing, "password: ");
  shell_terminal_type (differing, "one\n");
  shell_terminal_expect (differing, "Once more: ");
  shell_terminal_type (differing, "other\n");
  g_assert_cmpint (shell_terminal_wait (differing), ==, 2);
  g_assert_nonnull (strstr (differing->screen->str, "The two entries differ"));
}

static void
assert_lacks (GSubprocess *process, const char *file, const char *needle)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/%s/%s", g_subprocess_get_identifier (process), file);
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpuint (length, >, 0);
  g_assert_null (memmem (data, length, needle, strlen (needle)));
}

/* The run waits until it is stopped: the service told it to. */
static void
test_ctrl_c (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autofree char *id = g_strconcat ("--id=", profile, NULL);
  g_autoptr (ShellTerminal) terminal = NULL;
  g_autoptr (JsonObject) result = NULL;

  test_tenant_order (office->tenant, "throttle", "{\"requests\":1000,\"seconds\":100}");
  terminal
      = shell_terminal (shell, "--password-file", shell->password_file, "RunProfile", id, NULL);
  shell_terminal_expect (terminal, "asks to wait");
  shell_terminal_expect (terminal, "  archived 0  skipped 0");
  /* while it runs nobody can read the password */
  assert_lacks (terminal->process, "cmdline", TEST_PASSWORD);
  assert_lacks (terminal->process, "environ", TEST_PASSWORD);
  shell_terminal_type (terminal, CTRL_C);
  g_assert_cmpint (shell_terminal_wait (terminal), ==, 130);
  g_assert_nonnull (strstr (terminal->screen->str, "The operation was cancelled"));
  test_tenant_order (office->tenant, "throttle", "{\"requests\":0}");
  result = office_last_result (office, profile);
  g_assert_cmpstr (mun_json_get_string (result, "result", NULL), ==, "cancelled");
}

/* To its end; the log says what was done. */
static void
test_progress (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autofree char *id = g_strconcat ("--id=", profile, NULL);
  g_autoptr (ShellTerminal) terminal
      = shell_terminal (shell, "--password-file", shell->password_file, "RunProfile", id, NULL);
  g_autoptr (JsonObject) result = NULL;
  g_autofree char *line = NULL;

  g_assert_cmpint (shell_terminal_wait (terminal), ==, 0);
  /* one line that is written again and again, and taken away at the end */
  g_assert_nonnull (strstr (terminal->screen->str, "\r\033[K"));
  g_assert_true (g_str_has_suffix (terminal->screen->str, "\r\033[K"));
  result = office_last_result (office, profile);
  g_assert_cmpint (mun_json_get_int (result, "itemsArchived", 0), >, 0);
  line = g_strdup_printf ("succeeded: %" G_GINT64_FORMAT " archived",
                          mun_json_get_int (result, "itemsArchived", 0));
  g_assert_nonnull (strstr (terminal->screen->str, line));
}

static void
test_percent (void)
{
  guint16 port;
  g_autofree char *fingerprint = NULL;
  GSubprocess *mailstore = mailstore_start (NULL, &port, NULL, &fingerprint);
  g_autoptr (Shell) shell = shell_new (port, fingerprint, "password");
  g_autoptr (ShellTerminal) terminal
      = shell_terminal (shell, "--password-file", shell->password_file, "VerifyStores", NULL);
  g_autoptr (ShellTerminal) quiet = NULL;

  g_assert_cmpint (shell_terminal_wait (terminal), ==, 0);
  g_assert_nonnull (strstr (terminal->screen->str, " 25 %  Step 1 of 4"));
  g_assert_nonnull (strstr (terminal->screen->str, " 75 %  Step 3 of 4"));
  quiet = shell_terminal (shell, "--quiet", "--password-file", shell->password_file, "VerifyStores",
                          NULL);
  g_assert_cmpint (shell_terminal_wait (quiet), ==, 0);
  g_assert_null (strchr (quiet->screen->str, '%'));
  mailstore_stop (mailstore);
}

/* An address of the tenant whose mailbox has messages. */
static char *
find_mailbox (void)
{
  g_autoptr (JsonObject) reply = test_tenant_control (office->tenant, "GET", "users", NULL);
  JsonArray *people = mun_json_get_array (reply, "users");

  for (guint i = 0; i < json_array_get_length (people); i++) {
    JsonObject *person = json_array_get_object_element (people, i);

    if (mun_json_get_bool (person, "exchangePlan", FALSE)
        && mun_json_get_int (person, "messages", 0) > 0)
      return g_strdup (mun_json_get_string (person, "userPrincipalName", ""));
  }
  g_assert_not_reached ();
}

static char *
make_profile (void)
{
  g_autofree char *mailbox = find_mailbox ();
  g_autofree char *details = g_strdup_printf ("{\"credentialsId\":\"%" G_GINT64_FORMAT
                                              "\",\"scenario\":\"single\",\"mailbox\":\"%s\","
                                              "\"targetUserFolder\":\"admin\"}",
                                              office->credentials, mailbox);

  return office_make_profile (office, "Office365", details);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  office = office_new (60);
  profile = make_profile ();
  g_test_add_func ("/shell/terminal/prompt", test_prompt);
  g_test_add_func ("/shell/terminal/prompt-wrong", test_prompt_wrong);
  g_test_add_func ("/shell/terminal/prompt-cancelled", test_prompt_cancelled);
  g_test_add_func ("/shell/terminal/new-password", test_new_password);
  g_test_add_func ("/shell/terminal/ctrl-c", test_ctrl_c);
  g_test_add_func ("/shell/terminal/progress", test_progress);
  g_test_add_func ("/shell/terminal/percent", test_percent);
  status = g_test_run ();
  office_free (office);
  g_free (profile);
  return status;
}
