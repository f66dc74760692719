/* test-line.c: help, completion and what is refused before anything is sent */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "completion.h"
#include "options.h"
#include "protocol.h"
#include "shell-fixture.h"

#include <string.h>

/* There is no server: whoever asks one gets exit status 3, not 2. */
static Shell *
make_shell (void)
{
  return shell_new (1, NULL, "not used\n");
}

static void
assert_contains (const char *text, const char *needle)
{
  if (strstr (text, needle) == NULL)
    g_error ("“%s” is not in:\n%s", needle, text);
}

static void
test_help (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (ShellRun) run = shell_run (shell, NULL, "--help", NULL);
  guint n;
  const MunFunctionSpec *list = mun_function_list (&n);
  const char *position = run->out;

  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (run->err, ==, "");
  for (guint i = 0; i < n; i++) {
    g_autofree char *line = g_strdup_printf ("\n  %s ", list[i].name);

    /* in the order of the table */
    position = strstr (position, line);
    g_assert_nonnull (position);
    assert_contains (position, list[i].summary);
  }
}

static void
test_help_of_each (void)
{
  g_autoptr (Shell) shell = make_shell ();
  guint n;
  const MunFunctionSpec *list = mun_function_list (&n);

  for (guint i = 0; i < n; i++) {
    g_autoptr (ShellRun) run = shell_run (shell, NULL, list[i].name, "--help", NULL);

    g_assert_cmpint (run->status, ==, 0);
    assert_contains (run->out, list[i].summary);
    assert_contains (run->out, list[i].returns);
    for (guint k = 0; k < list[i].n_args; k++) {
      g_autofree char *option = g_strdup_printf ("--%s=", list[i].args[k].name);

      assert_contains (run->out, option);
      assert_contains (run->out, list[i].args[k].summary);
    }
    g_assert_true ((strstr (run->out, "MailStore Server does not have") != NULL)
                   == ((list[i].flags & MUN_FUNCTION_OWN) != 0));
    g_assert_true ((strstr (run->out, "munimentd does not have") != NULL)
                   == ((list[i].flags & MUN_FUNCTION_SERVED) == 0));
  }
}

/* An argument that is called like an option of munimentctl could not be given. */
static void
test_names_differ (void)
{
  g_autoptr (MunShellOptions) options = mun_shell_options_new ();
  const GOptionEntry *entries = mun_shell_options_entries (options);
  guint n, compared = 0;
  const MunFunctionSpec *list = mun_function_list (&n);

  for (; entries->long_name != NULL; entries++)
    for (guint i = 0; i < n; i++)
      for (guint k = 0; k < list[i].n_args; k++, compared++)
        g_assert_cmpstr (entries->long_name, !=, list[i].args[k].name);
  g_assert_cmpuint (compared, >, n);
}

/* Every option of --help is in the manual page, and every option of the manual page exists. */
static void
test_manual (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (MunShellOptions) options = mun_shell_options_new ();
  const GOptionEntry *entries = mun_shell_options_entries (options);
  g_autofree char *path
      = g_build_filename (g_getenv ("MUNIMENT_SOURCE_DIR"), "data", "man", "munimentctl.1", NULL);
  g_autofree char *manual = NULL;
  g_autoptr (ShellRun) help = shell_run (shell, NULL, "--help", NULL);
  guint found = 0;

  g_assert_true (g_file_get_contents (path, &manual, NULL, NULL));
  for (; entries->long_name != NULL; entries++) {
    g_auto (GStrv) parts = g_strsplit (entries->long_name, "-", -1);
    g_autofree char *roff = g_strjoinv ("\\-", parts);
    g_autofree char *in_manual = g_strconcat ("\\-\\-", roff, NULL);
    g_autofree char *in_help = g_strconcat ("--", entries->long_name, NULL);

    if (*entries->long_name == '\0' || entries->flags & G_OPTION_FLAG_HIDDEN)
      continue;
    assert_contains (help->out, in_help);
    assert_contains (manual, in_manual);
    found++;
  }
  g_assert_cmpuint (found, >=, 10);
}

static void
test_version (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (ShellRun) run = shell_run (shell, NULL, "--version", NULL);

  g_assert_cmpint (run->status, ==, 0);
  g_assert_true (g_str_has_prefix (run->out, "munimentctl "));
}

/* @words: separated by "|". */
static char *
complete (const char *words)
{
  g_auto (GStrv) parts = g_strsplit (words, "|", -1);
  g_auto (GStrv) candidates = mun_complete ((const char *const *)parts);

  return g_strjoinv (" ", candidates);
}

static void
assert_completion (const char *words, const char *expected)
{
  g_autofree char *candidates = complete (words);

  g_test_message ("%s", words);
  g_assert_cmpstr (candidates, ==, expected);
}

static void
test_completion (void)
{
  g_autofree char *all = complete ("");
  g_auto (GStrv) names = g_strsplit (all, " ", -1);
  guint n;

  mun_function_list (&n);
  g_assert_cmpuint (g_strv_length (names), ==, n);
  assert_completion ("VerifyS", "VerifyStore VerifyStores");
  assert_completion ("--server|host|VerifyStores", "VerifyStores");
  /* a value that looks like a function is none */
  assert_completion ("--user|GetUsers|RenameU", "RenameUser");
  assert_completion ("--password-file|", "");
  assert_completion ("--se", "--server=");
  assert_completion ("--output=j", "--output=json");
  assert_completion ("RenameUser|--o", "--oldUserName= --output= --output=text --output=json");
  /* what is there already is not offered again */
  assert_completion ("RenameUser|--oldUserName=ann|--ol", "");
  assert_completion ("VerifyStore|--inc", "--includeIndexes=true --includeIndexes=false");
  /* a secret is never typed, JSON rarely */
  assert_completion ("SetUserPassword|--pass", "--password=@ --password-file=");
  assert_completion ("SetComplianceConfiguration|--c", "--config=@");
  /* as bash parts the words */
  assert_completion ("--output|=|j", "--output=json");
  assert_completion ("--server|=|localhost|:|8463|VerifyStores", "VerifyStores");
  assert_completion ("SetUserPassword|--userName|=|a|@|DeleteUser|--pass",
                     "--password=@ --password-file=");
  assert_completion ("SetComplianceConfiguration|--config|=@|/etc/", "");
}

/* The function of the completion file, as bash calls it. */
static char *
complete_in_bash (Shell *shell, const char *words, const char *line)
{
  static const char format[]
      = "compopt() { :; }\n"
        ". \"$MUNIMENT_SOURCE_DIR\"/data/completions/munimentctl\n"
        "COMP_WORDS=(munimentctl %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
        "COMP_LINE='munimentctl %s'; COMP_POINT=${#COMP_LINE}\n"
        "_munimentctl \"$MUNIMENT_BUILD_DIR\"/src/shell/munimentctl\n"
        "echo \"${COMPREPLY[*]}\"\n";
  g_autofree char *script = g_strdup_printf (format, words, line);
  const char *const arguments[] = { "bash", "--norc", "-c", script, NULL };
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  g_autofree char *err = NULL;

  g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, NULL,
                &error);
  g_assert_no_error (error);
  g_assert_cmpstr (err, ==, "");
  return g_strchomp (out);
}

static void
test_completion_in_bash (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autofree char *functions = complete_in_bash (shell, "VerifyS", "VerifyS");
  g_autofree char *arguments = complete_in_bash (shell, "VerifyStores --inc", "VerifyStores --inc");
  g_autofree char *value = complete_in_bash (shell, "VerifyStores --includeIndexes = t",
                                             "VerifyStores --includeIndexes=t");
  g_autofree char *nothing = complete_in_bash (shell, "--output = ''", "--output=");

  g_assert_cmpstr (functions, ==, "VerifyStore VerifyStores");
  g_assert_cmpstr (arguments, ==, "--includeIndexes=true --includeIndexes=false");
  g_assert_cmpstr (value, ==, "true");
  g_assert_cmpstr (nothing, ==, "text json");
}

/* Runs it, expects exit status 2, and that the message has these parts. */
#define assert_usage(shell, first, second, ...)                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (ShellRun) usage_run = shell_call (shell, __VA_ARGS__, NULL);                        \
    g_assert_cmpint (usage_run->status, ==, 2);                                                    \
    g_assert_cmpstr (usage_run->out, ==, "");                                                      \
    assert_contains (usage_run->err, first);                                                       \
    assert_contains (usage_run->err, second);                                                      \
  }                                                                                                \
  G_STMT_END

static void
test_refused (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autofree char *broken = shell_write (shell, "broken.json", "{\"adminArchiveAccess\": tru}");
  g_autofree char *at_broken = g_strconcat ("--config=@", broken, NULL);

  assert_usage (shell, "No function", "--help", "--quiet");
  assert_usage (shell, "“NoSuchFunction”", "--help", "NoSuchFunction");
  assert_usage (shell, "“getusers”", "GetUsers", "getusers");
  assert_usage (shell, "RenameUser was not sent", "--oldUserName=TEXT", "RenameUser");
  assert_usage (shell, "RenameUser was not sent", "--newUserName=TEXT", "RenameUser");
  assert_usage (shell, "--newUserName=TEXT", "New name", "RenameUser", "--oldUserName=ann");
  assert_usage (shell, "--nonsense", "RenameUser --help", "RenameUser", "--nonsense=1");
  assert_usage (shell, "“extra”", "--name=value", "GetUsers", "extra");
  assert_usage (shell, "--id", "number", "VerifyStore", "--id=one");
  assert_usage (shell, "--includeIndexes", "bool", "VerifyStores", "--includeIndexes=perhaps");
  assert_usage (shell, "--config", "json", "SetComplianceConfiguration", "--config={");
  assert_usage (shell, "--config", "json", "SetComplianceConfiguration", at_broken);
  assert_usage (shell, "--config", "/nonexistent", "SetComplianceConfiguration",
                "--config=@/nonexistent");
  assert_usage (shell, "GetProfiles", "raw", "GetProfiles", "--raw=false");
  assert_usage (shell, "--output", "xml", "GetUsers", "--output=xml");
  assert_usage (shell, "--server", "[::1", "GetUsers", "--server=[::1");
  assert_usage (shell, "--user", "colon", "GetUsers", "--user=a:b");
  assert_usage (shell, "--fingerprint", "64", "GetUsers", "--fingerprint=12:34");
  assert_usage (shell, "--follow", "exclude", "GetUsers", "--follow=x");
  assert_usage (shell, "/nonexistent", "No such file", "GetUsers", "--password-file=/nonexistent");
}

/* Where others could read it a secret is not taken, nor said again. */
static void
test_secrets (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autoptr (ShellRun) run
      = shell_call (shell, "SetUserPassword", "--userName=ann", "--password=hunter2", NULL);
  g_autoptr (ShellRun) json = shell_call (shell, "CreateProfile", "--raw",
                                          "--properties={\"password\":\"hunter2\"}", NULL);
  g_autofree char *path = shell_write (shell, "bad.json", "{\"password\": hunter2}");
  g_autofree char *at = g_strconcat ("--properties=@", path, NULL);
  g_autoptr (ShellRun) bad = shell_call (shell, "CreateProfile", "--raw", at, NULL);

  g_assert_cmpint (run->status, ==, 2);
  assert_contains (run->err, "--password=@FILE");
  g_assert_null (strstr (run->err, "hunter2"));
  g_assert_cmpint (json->status, ==, 2);
  assert_contains (json->err, "--properties=@FILE");
  g_assert_null (strstr (json->err, "hunter2"));
  g_assert_cmpint (bad->status, ==, 2);
  g_assert_null (strstr (bad->err, "hunter2"));
}

static void
test_password_input (void)
{
  g_autoptr (Shell) shell = make_shell ();
  g_autofree char *empty = shell_write (shell, "empty", "\n");
  g_autoptr (ShellRun) none = shell_run (shell, NULL, "GetUsers", NULL);
  g_autoptr (ShellRun) twice = shell_run (shell, "{}", "--password-file=-",
                                          "SetComplianceConfiguration", "--config=@-", NULL);
  g_autoptr (ShellRun) blank = shell_run (shell, NULL, "--password-file", empty, "GetUsers", NULL);

  g_assert_cmpint (none->status, ==, 2);
  assert_contains (none->err, "--password-file");
  g_assert_cmpint (twice->status, ==, 2);
  assert_contains (twice->err, "once only");
  g_assert_cmpint (blank->status, ==, 2);
  assert_contains (blank->err, "first line is empty");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shell/line/help", test_help);
  g_test_add_func ("/shell/line/help-of-each", test_help_of_each);
  g_test_add_func ("/shell/line/names-differ", test_names_differ);
  g_test_add_func ("/shell/line/manual", test_manual);
  g_test_add_func ("/shell/line/version", test_version);
  g_test_add_func ("/shell/line/completion", test_completion);
  g_test_add_func ("/shell/line/completion-in-bash", test_completion_in_bash);
  g_test_add_func ("/shell/line/refused", test_refused);
  g_test_add_func ("/shell/line/secrets", test_secrets);
  g_test_add_func ("/shell/line/password-input", test_password_input);
  return g_test_run ();
}
