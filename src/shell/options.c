/* options.c: the options of munimentctl itself */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "munimentctl"

#include "options.h"

#include "client.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define DEFAULT_SERVER "localhost"
#define DEFAULT_USER "admin"
#define N_ENTRIES 14

MunShellOptions *
mun_shell_options_new (void)
{
  return g_new0 (MunShellOptions, 1);
}

void
mun_shell_options_free (MunShellOptions *self)
{
  g_free (self->server);
  g_free (self->user);
  g_free (self->password_file);
  g_free (self->fingerprint);
  g_free (self->output);
  g_free (self->follow);
  g_strfreev (self->words);
  g_free (self->host);
  g_free (self);
}

const GOptionEntry *
mun_shell_options_entries (MunShellOptions *self)
{
  static GOptionEntry entries[N_ENTRIES];
  const GOptionEntry filled[] = {
    { "server", 's', 0, G_OPTION_ARG_STRING, &self->server,
      N_ ("Server to use (localhost, port 8463)"), N_ ("HOST[:PORT]") },
    { "user", 'u', 0, G_OPTION_ARG_STRING, &self->user, N_ ("User to sign in as (admin)"),
      N_ ("NAME") },
    { "password-file", 'p', 0, G_OPTION_ARG_FILENAME, &self->password_file,
      N_ ("Take the password from the first line of FILE, - is standard input"), N_ ("FILE") },
    { "fingerprint", 0, 0, G_OPTION_ARG_STRING, &self->fingerprint,
      N_ ("Accept the certificate with this SHA-256 fingerprint and no other"), N_ ("SHA256") },
    { "accept-new", 0, 0, G_OPTION_ARG_NONE, &self->accept_new,
      N_ ("Accept and remember the certificate of a server that is not known yet"), NULL },
    { "output", 'o', 0, G_OPTION_ARG_STRING, &self->output,
      N_ ("How to print the result: text or json (text)"), N_ ("FORMAT") },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet, N_ ("Show neither progress nor log"),
      NULL },
    { "no-wait", 0, 0, G_OPTION_ARG_NONE, &self->no_wait,
      N_ ("Start a long function, print its token and leave it to the server"), NULL },
    { "follow", 0, 0, G_OPTION_ARG_STRING, &self->follow,
      N_ ("Wait for the operation with this token instead of calling a function"), N_ ("TOKEN") },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &self->help,
      N_ ("Show the functions and options, or after FUNCTION its arguments"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, N_ ("Show the version"), NULL },
    { "complete", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &self->complete, NULL, NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->words, NULL, NULL },
    { NULL },
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (filled) == N_ENTRIES);
  memcpy (entries, filled, sizeof entries);
  return entries;
}

GOptionContext *
mun_shell_options_context (MunShellOptions *self, const char *function)
{
  GOptionContext *context
      = g_option_context_new (function != NULL ? function : _ ("FUNCTION [--ARGUMENT=VALUE …]"));

  g_option_context_add_main_entries (context, mun_shell_options_entries (self), GETTEXT_PACKAGE);
  g_option_context_set_help_enabled (context, FALSE);
  /* What follows FUNCTION is read again with the arguments of that function. */
  g_option_context_set_strict_posix (context, function == NULL);
  return context;
}

static gboolean
check_server (MunShellOptions *self, GError **error)
{
  const char *server = self->server != NULL ? self->server : DEFAULT_SERVER;
  g_autoptr (GSocketConnectable) address = g_network_address_parse (server, MUN_ADMIN_PORT, NULL);

  if (address == NULL || *server == '\0') {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _ ("--server: “%s” is not HOST or HOST:PORT"), server);
    return FALSE;
  }
  self->host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (address)));
  self->port = g_network_address_get_port (G_NETWORK_ADDRESS (address));
  return TRUE;
}

static gboolean
check_fingerprint (MunShellOptions *self, GError **error)
{
  char *normal;

  if (self->fingerprint == NULL)
    return TRUE;
  if (self->accept_new) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         _ ("--fingerprint and --accept-new exclude each other"));
    return FALSE;
  }
  normal = mun_fingerprint_normalize (self->fingerprint);
  if (normal == NULL) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         _ ("--fingerprint: a SHA-256 fingerprint has 64 hexadecimal digits"));
    return FALSE;
  }
  g_free (self->fingerprint);
  self->fingerprint = normal;
  return TRUE;
}

gboolean
mun_shell_options_check (MunShellOptions *self, GError **error)
{
  if (self->output != NULL && strcmp (self->output, "text") != 0
      && strcmp (self->output, "json") != 0) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _ ("--output: “%s” is neither text nor json"), self->output);
    return FALSE;
  }
  self->json = g_strcmp0 (self->output, "json") == 0;
  if (self->user == NULL)
    self->user = g_strdup (DEFAULT_USER);
  /* HTTP Basic parts name and password there. */
  if (*self->user == '\0' || strchr (self->user, ':') != NULL) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         _ ("--user: a user name is not empty and has no colon"));
    return FALSE;
  }
  return check_fingerprint (self, error) && check_server (self, error);
}
