/* options.h: the options of munimentctl itself */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "shell.h"

G_BEGIN_DECLS

/* Filled by the option parser; strings are owned by it. */
typedef struct {
  char *server;
  char *user;
  char *password_file; /* "-": standard input, NULL: see mun_input_read_password() */
  char *fingerprint;   /* normalized after mun_shell_options_check() */
  gboolean accept_new;
  char *output;
  gboolean quiet;
  gboolean no_wait;
  char *follow; /* token of an operation */
  gboolean help;
  gboolean version;
  gboolean complete;
  char **words; /* FUNCTION and whatever follows it */

  /* set by mun_shell_options_check() */
  char *host;
  guint port;
  gboolean json;
} MunShellOptions;

MunShellOptions *
mun_shell_options_new (void);
void
mun_shell_options_free (MunShellOptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunShellOptions, mun_shell_options_free)

/* mun_shell_options_context: a parser that fills @self, which must outlive it. @function:
 * (nullable): the words after the options in the usage line. Returns: (transfer full). */
GOptionContext *
mun_shell_options_context (MunShellOptions *self, const char *function);

/* Returns: static: the table of options, ended by a NULL name; for completion. The places that it
 * points to are those of @self. */
const GOptionEntry *
mun_shell_options_entries (MunShellOptions *self);

/* mun_shell_options_check: fills in defaults, takes the server apart.
 * Error: G_OPTION_ERROR_BAD_VALUE. */
gboolean
mun_shell_options_check (MunShellOptions *self, GError **error);

G_END_DECLS
