/* uploads.c: one message a request at a real server, alone and by many clients: nothing else */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-benchmark"

#include "million-mail.h"
#include "upload-load.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define USER "bench"

static char *corpus, *data_dir;
static int count = 4000, clients = 16, before = 0;
static gboolean is_waiting;

static const GOptionEntry options[]
    = { { "corpus", 'c', 0, G_OPTION_ARG_FILENAME, &corpus, "Folder of messages, one a file",
          "DIR" },
        { "data", 'd', 0, G_OPTION_ARG_FILENAME, &data_dir, "Data folder of the server", "DIR" },
        { "messages", 'm', 0, G_OPTION_ARG_INT, &count, "So many uploads a figure", "N" },
        { "clients", 'n', 0, G_OPTION_ARG_INT, &clients, "At once", "N" },
        { "before", 'b', 0, G_OPTION_ARG_INT, &before, "So many are archived first", "N" },
        { "wait", 'w', 0, G_OPTION_ARG_NONE, &is_waiting,
          "Wait for a line before each figure: time to attach a profiler", NULL },
        { NULL } };

static GPtrArray *
make_messages (MillionMail *mail, guint from, guint n)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (messages, million_mail_make (mail, from + i));
  return messages;
}

static void
measure (TestServer *server, const char *bearer, MillionMail *mail, guint from, guint at_once)
{
  g_autoptr (GPtrArray) messages = make_messages (mail, from, count);
  UploadFigures figures;
  double bytes = 0;

  for (guint i = 0; i < messages->len; i++)
    bytes += g_bytes_get_size (g_ptr_array_index (messages, i));
  if (is_waiting) {
    g_print ("%u clients, server %s: ", at_once, g_subprocess_get_identifier (server->process));
    while (getchar () != '\n' && !feof (stdin))
      continue;
  }
  upload_load_run (server, bearer, USER "/Mailbox/New", messages, at_once, &figures);
  g_print ("%3u clients %8.0f/s   %.2f ms, p99 %.2f ms   processor time an upload: server %.0f us, "
           "client %.0f us   %.0f bytes a message\n",
           at_once, count / figures.seconds, figures.median / 1000, figures.p99 / 1000,
           figures.server_cpu / count * 1e6, figures.client_cpu / count * 1e6, bytes / count);
}

static void
fill (TestServer *server, const char *bearer, MillionMail *mail)
{
  for (int done = 0; done < before; done += 500) {
    g_autoptr (GPtrArray) messages = make_messages (mail, done, MIN (before - done, 500));
    g_autoptr (JsonObject) reply
        = test_server_upload_bytes (server, bearer, USER "/Mailbox/Old", messages);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *bearer = NULL;
  g_autoptr (TestServer) server = NULL;
  g_autoptr (JsonNode) user = NULL;
  MillionMail *mail;

  setvbuf (stdout, NULL, _IOLBF, 0);
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || corpus == NULL || count < 1
      || clients < 1) {
    g_printerr ("%s\n", error != NULL ? error->message : "--corpus is needed");
    return EXIT_FAILURE;
  }
  mail = million_mail_new (corpus, before + 2 * count);
  server = test_server_start (data_dir, NULL);
  user = test_server_call_ok (server, "CreateUser",
                              "userName=" USER "&privileges=login,archive&password=b");
  bearer = test_server_sign_in (server, USER, "b");
  fill (server, bearer, mail);
  measure (server, bearer, mail, before, 1);
  measure (server, bearer, mail, before + count, clients);
  test_server_stop (server, SIGTERM);
  million_mail_free (mail);
  return EXIT_SUCCESS;
}
