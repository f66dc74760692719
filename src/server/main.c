/* main.c: munimentd, the archive server */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "munimentd"

#include "configuration.h"
#include "errors.h"
#include "ready.h"
#include "resume.h"
#include "secret.h"
#include "server.h"

#include <errno.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Exit codes: EXIT_FAILURE for everything else */
#define EXIT_USAGE 2 /* options or configuration file */
#define EXIT_BUSY 3  /* another server uses the data directory */

#define PASSWORD_MAX 1024

/* The first line of @file, without its end. Nothing of it stays in a buffer that is not wiped. */
static MunSecret *
read_line (int descriptor)
{
  char buffer[PASSWORD_MAX];
  gsize length = 0;
  MunSecret *secret = NULL;

  while (length < sizeof buffer && read (descriptor, buffer + length, 1) == 1
         && buffer[length] != '\n')
    length++;
  if (length > 0 && length < sizeof buffer)
    secret = mun_secret_new (buffer, length);
  mun_secret_wipe (buffer, sizeof buffer);
  return secret;
}

/* The administrator's first password, wherever it is said. NULL with @error unset: nowhere. */
static MunSecret *
read_password (MunConfiguration *configuration, GError **error)
{
  const char *credentials = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *path = g_strdup (configuration->password_file);
  MunSecret *secret;
  FILE *file;

  if (configuration->session)
    return read_line (STDIN_FILENO);
  if (path == NULL && credentials != NULL) {
    path = g_build_filename (credentials, "admin-password", NULL);
    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      g_clear_pointer (&path, g_free);
  }
  if (path == NULL)
    return NULL;
  file = fopen (path, "re");
  if (file == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "Password file %s: %s", path,
                 g_strerror (errno));
    return NULL;
  }
  secret = read_line (fileno (file));
  fclose (file);
  if (secret == NULL)
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Password file %s: its first line is no password", path);
  return secret;
}

/* Does the data directory hold an installation? Then no password is asked for. */
static gboolean
is_first_start (MunConfiguration *configuration)
{
  g_autofree char *path = g_build_filename (configuration->data_dir, "server.started", NULL);

  return !g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
mark_started (MunConfiguration *configuration)
{
  g_autofree char *path = g_build_filename (configuration->data_dir, "server.started", NULL);

  g_file_set_contents_full (path, "", 0, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
watchdog_cb (gpointer data)
{
  mun_ready_notify ("WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

/* systemd asks for a sign of life within this many microseconds (sd_watchdog_enabled). */
static void
start_watchdog (void)
{
  const char *text = g_getenv ("WATCHDOG_USEC");
  guint64 microseconds;

  if (text != NULL && g_ascii_string_to_unsigned (text, 10, 1000, G_MAXUINT32, &microseconds, NULL))
    g_timeout_add (MAX (microseconds / 2000, 1), watchdog_cb, NULL);
}

/* Each client and each store has its descriptors; the usual soft limit of 1024 is for programs that
 * use select(2). */
static void
allow_descriptors (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_info ("The number of open files stays limited: %s", g_strerror (errno));
}

static int
report (const GError *error)
{
  fprintf (stderr, "munimentd: %s\n", error->message);
  return g_error_matches (error, MUN_ERROR, MUN_ERROR_BUSY) ? EXIT_BUSY : EXIT_FAILURE;
}

static int
serve (MunConfiguration *configuration)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (MunSecret) password = NULL;
  g_autoptr (MunServer) server = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  /* A session says it at each start; a person at a terminal is asked only once. */
  if (is_first_start (configuration) || (configuration->session && !isatty (STDIN_FILENO)))
    password = read_password (configuration, &error);
  if (error == NULL)
    server = mun_server_new (configuration,
                             password != NULL ? mun_secret_get_string (password) : NULL, &error);
  if (server == NULL)
    return report (error);
  mark_started (configuration);
  g_unix_signal_add (SIGTERM, quit_cb, loop);
  g_unix_signal_add (SIGINT, quit_cb, loop);
  line = mun_server_dup_ready_line (server);
  g_message ("Administration API on port %u, Web Access on port %u, certificate %s",
             mun_server_get_admin_port (server), mun_server_get_web_port (server),
             mun_server_get_fingerprint (server));
  if (configuration->ready_fd >= 0)
    mun_ready_write_line (configuration->ready_fd, line);
  mun_ready_notify ("READY=1");
  start_watchdog ();
  mun_resume_runs (server);
  g_main_loop_run (loop);
  mun_ready_notify ("STOPPING=1");
  mun_server_stop (server);
  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  g_autoptr (MunConfiguration) configuration = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = g_strdupv (argv);

  setlocale (LC_ALL, "");
  /* Whatever is made below is nobody else's to read */
  umask (077);
  signal (SIGPIPE, SIG_IGN);
  allow_descriptors ();
  configuration = mun_configuration_parse (arguments, &error);
  if (configuration == NULL) {
    report (error);
    return EXIT_USAGE;
  }
  if (configuration->version) {
    puts ("munimentd " MUN_VERSION);
    return EXIT_SUCCESS;
  }
  return serve (configuration);
}
