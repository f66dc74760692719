/* shell-fixture.c: runs munimentctl, with and without a terminal */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "shell-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

Shell *
shell_new (guint16 port, const char *fingerprint, const char *password)
{
  Shell *self = g_new0 (Shell, 1);

  self->dir = g_dir_make_tmp ("muniment-shell-XXXXXX", NULL);
  g_assert_nonnull (self->dir);
  self->address = g_strdup_printf ("127.0.0.1:%u", port);
  self->fingerprint = g_strdup (fingerprint);
  self->password_file = shell_write (self, "password", password);
  return self;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

void
shell_free (Shell *self)
{
  remove_tree (self->dir);
  g_free (self->dir);
  g_free (self->address);
  g_free (self->fingerprint);
  g_free (self->password_file);
  g_free (self);
}

char *
shell_write (Shell *self, const char *name, const char *content)
{
  char *path = g_build_filename (self->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  return path;
}

void
shell_run_free (ShellRun *self)
{
  g_free (self->out);
  g_free (self->err);
  g_free (self);
}

/* No terminal to ask on, and no program that outlives its test. */
static void
leave_terminal (gpointer data)
{
  setsid ();
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
take_terminal (gpointer data)
{
  setsid ();
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  ioctl (STDIN_FILENO, TIOCSCTTY, 0);
}

static GSubprocessLauncher *
make_launcher (Shell *self, GSubprocessFlags flags)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (flags);

  g_subprocess_launcher_setenv (launcher, "XDG_CONFIG_HOME", self->dir, TRUE);
  g_subprocess_launcher_setenv (launcher, "TERM", "xterm", TRUE);
  g_subprocess_launcher_unsetenv (launcher, "CREDENTIALS_DIRECTORY");
  return launcher;
}

static GStrvBuilder *
begin (Shell *self, gboolean server, gboolean password)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  g_autofree char *program
      = g_build_filename (g_getenv ("MUNIMENT_BUILD_DIR"), "src", "shell", "munimentctl", NULL);

  g_strv_builder_add (builder, program);
  if (server)
    g_strv_builder_add_many (builder, "--server", self->address, NULL);
  if (server && self->fingerprint != NULL)
    g_strv_builder_add_many (builder, "--fingerprint", self->fingerprint, NULL);
  if (password)
    g_strv_builder_add_many (builder, "--password-file", self->password_file, NULL);
  return builder;
}

static char **
end (GStrvBuilder *builder, va_list list)
{
  const char *argument;
  char **arguments;

  while ((argument = va_arg (list, const char *)) != NULL)
    g_strv_builder_add (builder, argument);
  arguments = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return arguments;
}

static GSubprocess *
spawn (GSubprocessLauncher *launcher, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_strjoinv (" ", arguments + 1);
  GSubprocess *process;

  g_test_message ("munimentctl %s", line);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *)arguments, &error);
  g_assert_no_error (error);
  return process;
}

static ShellRun *
run (Shell *self, const char *input, char **arguments)
{
  g_autoptr (GSubprocessLauncher) launcher
      = make_launcher (self, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                 | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  ShellRun *result = g_new0 (ShellRun, 1);

  g_subprocess_launcher_set_child_setup (launcher, leave_terminal, NULL, NULL);
  process = spawn (launcher, arguments);
  g_subprocess_communicate_utf8 (process, input, NULL, &result->out, &result->err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  result->status = g_subprocess_get_exit_status (process);
  g_test_message ("exit status %d\n%s%s", result->status, result->out, result->err);
  return result;
}

ShellRun *
shell_run (Shell *self, const char *input, ...)
{
  g_auto (GStrv) arguments = NULL;
  va_list list;

  va_start (list, input);
  arguments = end (begin (self, FALSE, FALSE), list);
  va_end (list);
  return run (self, input, arguments);
}

ShellRun *
shell_call (Shell *self, ...)
{
  g_auto (GStrv) arguments = NULL;
  va_list list;

  va_start (list, self);
  arguments = end (begin (self, TRUE, TRUE), list);
  va_end (list);
  return run (self, NULL, arguments);
}

GSubprocess *
shell_spawn (Shell *self, ...)
{
  g_autoptr (GSubprocessLauncher) launcher
      = make_launcher (self, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_auto (GStrv) arguments = NULL;
  va_list list;

  va_start (list, self);
  arguments = end (begin (self, TRUE, TRUE), list);
  va_end (list);
  g_subprocess_launcher_set_child_setup (launcher, leave_terminal, NULL, NULL);
  return spawn (launcher, arguments);
}

ShellTerminal *
shell_terminal (Shell *self, ...)
{
  g_autoptr (GSubprocessLauncher) launcher = make_launcher (self, G_SUBPROCESS_FLAGS_NONE);
  ShellTerminal *terminal = g_new0 (ShellTerminal, 1);
  struct winsize size = { .ws_row = 24, .ws_col = 100 };
  g_auto (GStrv) arguments = NULL;
  va_list list;
  int slave;

  va_start (list, self);
  arguments = end (begin (self, TRUE, FALSE), list);
  va_end (list);
  g_assert_cmpint (openpty (&terminal->master, &slave, NULL, NULL, &size), ==, 0);
  fcntl (terminal->master, F_SETFD, FD_CLOEXEC);
  g_subprocess_launcher_take_stdin_fd (launcher, fcntl (slave, F_DUPFD_CLOEXEC, 3));
  g_subprocess_launcher_take_stdout_fd (launcher, fcntl (slave, F_DUPFD_CLOEXEC, 3));
  g_subprocess_launcher_take_stderr_fd (launcher, fcntl (slave, F_DUPFD_CLOEXEC, 3));
  g_subprocess_launcher_set_child_setup (launcher, take_terminal, NULL, NULL);
  terminal->process = spawn (launcher, arguments);
  terminal->screen = g_string_new (NULL);
  close (slave);
  return terminal;
}

void
shell_terminal_free (ShellTerminal *self)
{
  g_subprocess_force_exit (self->process);
  g_object_unref (self->process);
  close (self->master);
  g_string_free (self->screen, TRUE);
  g_free (self);
}

/* FALSE at the end: the last one who had the terminal is gone. */
static gboolean
read_more (ShellTerminal *self)
{
  char buffer[1024];
  gssize n = read (self->master, buffer, sizeof buffer);

  if (n <= 0)
    return FALSE;
  g_string_append_len (self->screen, buffer, n);
  return TRUE;
}

void
shell_terminal_expect (ShellTerminal *self, const char *text)
{
  while (strstr (self->screen->str, text) == NULL) {
    if (!read_more (self)) {
      g_test_message ("%s", self->screen->str);
      g_error ("The program ended before it wrote “%s”", text);
    }
  }
}

void
shell_terminal_type (ShellTerminal *self, const char *keys)
{
  g_assert_cmpint (write (self->master, keys, strlen (keys)), ==, (gssize)strlen (keys));
}

int
shell_terminal_wait (ShellTerminal *self)
{
  while (read_more (self))
    ;
  g_subprocess_wait (self->process, NULL, NULL);
  g_test_message ("%s", self->screen->str);
  g_assert_true (g_subprocess_get_if_exited (self->process));
  return g_subprocess_get_exit_status (self->process);
}
