/* mailstore-process.c: a MailStore-shaped server for tests */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-server"

#include "mailstore-process.h"

#include "json.h"

#include <signal.h>
#include <sys/prctl.h>

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

GSubprocess *
mailstore_start (const char *option, guint16 *admin_port, guint16 *web_port, char **fingerprint)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GDataInputStream) stream = NULL;
  g_autoptr (JsonObject) ready = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  process = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("MUNIMENT_MAILSTORE"), option,
                                         NULL);
  g_assert_no_error (error);
  stream = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  line = g_data_input_stream_read_line (stream, NULL, NULL, &error);
  g_assert_no_error (error);
  ready = mun_json_parse_object (line, -1, &error);
  g_assert_no_error (error);
  *admin_port = mun_json_get_int (ready, "adminPort", 0);
  if (web_port != NULL)
    *web_port = mun_json_get_int (ready, "webPort", 0);
  *fingerprint = g_strdup (mun_json_get_string (ready, "certificateFingerprint", NULL));
  return process;
}

void
mailstore_stop (GSubprocess *process)
{
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, NULL);
  g_object_unref (process);
}
