/* shell-fixture.h: runs munimentctl, with and without a terminal */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How munimentctl is run: a configuration folder of its own, and the server that is meant. */
typedef struct {
  char *dir;           /* XDG_CONFIG_HOME; files of the test may stand there too */
  char *address;       /* "127.0.0.1:PORT" */
  char *fingerprint;   /* (nullable) */
  char *password_file; /* in dir */
} Shell;

Shell *
shell_new (guint16 port, const char *fingerprint, const char *password);
void
shell_free (Shell *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Shell, shell_free)

/* shell_write: a file in dir. Returns: (transfer full): its path. */
char *
shell_write (Shell *self, const char *name, const char *content);

/* A run that has ended. */
typedef struct {
  int status; /* exit status */
  char *out;
  char *err;
} ShellRun;

void
shell_run_free (ShellRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShellRun, shell_run_free)

/* shell_run: these arguments and no others, away from any terminal. @input: (nullable): standard
 * input. */
ShellRun *
shell_run (Shell *self, const char *input, ...) G_GNUC_NULL_TERMINATED;

/* shell_call: the same with --server, --fingerprint and --password-file in front. */
ShellRun *
shell_call (Shell *self, ...) G_GNUC_NULL_TERMINATED;

/* shell_spawn: like shell_call(), but it goes on: its standard output and error are pipes. */
GSubprocess *
shell_spawn (Shell *self, ...) G_GNUC_NULL_TERMINATED;

/* A run in a terminal of its own. */
typedef struct {
  GSubprocess *process;
  int master;
  GString *screen; /* everything that came so far */
} ShellTerminal;

/* shell_terminal: these arguments behind --server and --fingerprint. */
ShellTerminal *
shell_terminal (Shell *self, ...) G_GNUC_NULL_TERMINATED;
void
shell_terminal_free (ShellTerminal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShellTerminal, shell_terminal_free)

/* shell_terminal_expect: reads until @text has come; aborts the test when the program ends first.
 */
void
shell_terminal_expect (ShellTerminal *self, const char *text);
void
shell_terminal_type (ShellTerminal *self, const char *keys);
/* shell_terminal_wait: reads to the end. Returns: the exit status. */
int
shell_terminal_wait (ShellTerminal *self);

G_END_DECLS
