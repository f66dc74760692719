/* main.c: munimentctl */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "munimentctl"

#include "completion.h"
#include "function-line.h"
#include "input.h"
#include "session.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>

static void
init_i18n (void)
{
  const char *directory = g_getenv ("MUNIMENT_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, directory != NULL ? directory : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* Nothing was sent. */
static MunExit
refuse (const GError *error, const char *function)
{
  fprintf (stderr, "munimentctl: %s\n", error->message);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return MUN_EXIT_CANCELLED;
  if (error->domain == G_OPTION_ERROR && function != NULL)
    fprintf (stderr, _ ("“munimentctl %s --help” shows the arguments\n"), function);
  else if (error->domain == G_OPTION_ERROR)
    fputs (_ ("“munimentctl --help” shows functions and options\n"), stderr);
  return MUN_EXIT_USAGE;
}

static MunExit
complete (MunShellOptions *options)
{
  g_auto (GStrv) candidates = mun_complete ((const char *const *)options->words);

  for (guint i = 0; candidates[i] != NULL; i++)
    puts (candidates[i]);
  return MUN_EXIT_SUCCEEDED;
}

static MunExit
call (MunFunctionLine *line)
{
  g_autoptr (MunSecret) password = NULL;
  g_autoptr (GError) error = NULL;

  if (!mun_shell_options_check (line->options, &error))
    return refuse (error, NULL);
  password = mun_input_read_password (line->options->password_file, line->options->user,
                                      line->options->host, &error);
  if (password == NULL)
    return refuse (error, NULL);
  return mun_session_run (line->options, line->arguments, password);
}

static MunExit
run (char **argv)
{
  g_autoptr (MunFunctionLine) line = NULL;
  g_autoptr (GError) error = NULL;
  const MunFunctionSpec *function;

  line = mun_function_line_parse (argv, &function, &error);
  if (line == NULL)
    return refuse (error, function != NULL ? function->name : NULL);
  if (line->options->complete)
    return complete (line->options);
  if (line->options->version) {
    puts ("munimentctl " MUN_VERSION);
    return MUN_EXIT_SUCCEEDED;
  }
  if (line->options->help) {
    g_autofree char *help = mun_function_line_dup_help (line->spec);

    fputs (help, stdout);
    return MUN_EXIT_SUCCEEDED;
  }
  if ((line->spec == NULL) == (line->options->follow == NULL)) {
    fprintf (stderr, "munimentctl: %s\n",
             line->spec == NULL ? _ ("No function was named: munimentctl --help lists them")
                                : _ ("A function and --follow exclude each other"));
    return MUN_EXIT_USAGE;
  }
  return call (line);
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) arguments = g_strdupv (argv);

  init_i18n ();
  g_set_prgname ("munimentctl");
  signal (SIGPIPE, SIG_IGN);
  return run (arguments);
}
