/* help.c: the list of functions */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "munimentctl"

#include "help.h"

#include <glib/gi18n.h>
#include <string.h>

char *
mun_help_dup_functions (void)
{
  GString *text = g_string_new (NULL);
  const char *group = NULL;
  gsize width = 0;
  guint n;
  const MunFunctionSpec *list = mun_function_list (&n);

  for (guint i = 0; i < n; i++)
    width = MAX (width, strlen (list[i].name));
  for (guint i = 0; i < n; i++) {
    if (g_strcmp0 (group, list[i].group) != 0) {
      group = list[i].group;
      if (i > 0)
        g_string_append_c (text, '\n');
      /* Translators: the title of a list; %s is such as "Users" */
      g_string_append_printf (text, _ ("%s:"), _ (group));
      g_string_append_c (text, '\n');
    }
    g_string_append_printf (text, "  %-*s  %s\n", (int)width, list[i].name, _ (list[i].summary));
  }
  g_string_append_printf (text, "\n%s\n",
                          _ ("A server has some of them; which ones depends on its kind and "
                             "version.\n“munimentctl FUNCTION --help” shows the arguments."));
  return g_string_free (text, FALSE);
}

char *
mun_help_dup_function (const MunFunctionSpec *spec)
{
  GString *text = g_string_new (NULL);

  /* Translators: the shape of a result, such as “{id, name}” */
  g_string_append_printf (text, _ ("Result: %s"), spec->returns);
  g_string_append_c (text, '\n');
  if (spec->flags & MUN_FUNCTION_LONG)
    g_string_append_printf (text, "%s\n",
                            _ ("This function takes a while: Ctrl+C asks the server to stop it."));
  if (spec->flags & MUN_FUNCTION_OWN)
    g_string_append_printf (text, "%s\n", _ ("A MailStore Server does not have this function."));
  if (!(spec->flags & MUN_FUNCTION_SERVED))
    g_string_append_printf (
        text, "%s\n", _ ("A MailStore Server has this function, munimentd does not have it yet."));
  if (spec->flags & MUN_FUNCTION_SECRET_ARGS)
    g_string_append_printf (
        text, "%s\n", _ ("Secret values are read from a file, @- is standard input or a prompt."));
  return g_string_free (text, FALSE);
}
