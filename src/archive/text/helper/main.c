/* main.c: munimentd-text, which reads what strangers attach to their mail, in a sandbox */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readers.h"
#include "sandbox.h"
#ifdef MUN_TEXT_FAULTS
#include "text-faults.h"
#endif

#include <errno.h>
#include <gnutls/gnutls.h>
#include <libxml/parser.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static gboolean
read_all (gpointer buffer, gsize length)
{
  for (gsize done = 0; done < length;) {
    gssize n = read (MUN_SANDBOX_CHANNEL, (guint8 *)buffer + done, length - done);

    if (n == 0 || (n < 0 && errno != EINTR))
      return FALSE;
    done += MAX (n, 0);
  }
  return TRUE;
}

static gboolean
write_all (gconstpointer buffer, gsize length)
{
  for (gsize done = 0; done < length;) {
    gssize n = write (MUN_SANDBOX_CHANNEL, (const guint8 *)buffer + done, length - done);

    if (n < 0 && errno != EINTR)
      return FALSE;
    done += MAX (n, 0);
  }
  return TRUE;
}

static gboolean
write_cb (MunTextFrameType type, gconstpointer head, gsize head_length, gconstpointer data,
          gsize length, gpointer user_data)
{
  MunTextFrame frame = { type, head_length + length };

  return write_all (&frame, sizeof frame) && write_all (head, head_length)
         && write_all (data, length);
}

/* FALSE: the archive wants nothing more. */
static gboolean
serve (const char *problem)
{
  MunTextRequest request;
  MunTextOutcome outcome = MUN_TEXT_UNAVAILABLE;
  MunReply reply;
  guint8 *buffer;
  g_autoptr (GBytes) data = NULL;

  if (!read_all (&request, sizeof request) || request.magic != MUN_TEXT_MAGIC
      || request.size > MUN_TEXT_MAX_INPUT)
    return FALSE;
  buffer = g_malloc (MAX (request.size, 1));
  data = g_bytes_new_take (buffer, request.size);
  if (!read_all (buffer, request.size))
    return FALSE;
  mun_reply_init (&reply, write_cb, NULL);
  mun_sandbox_set_time (MUN_TEXT_CPU_SECONDS);
#ifdef MUN_TEXT_FAULTS
  mun_text_fault (data, &reply);
#endif
  if (problem == NULL)
    outcome = mun_read_any (request.kind, data, &reply);
  else
    mun_reply_text (&reply, problem, -1);
  mun_sandbox_set_time (0);
  mun_reply_end (&reply, outcome);
  mun_reply_clear (&reply);
  return TRUE;
}

/* Whatever opens files when it is first used is used once before the door closes. */
static void
prepare (void)
{
  xmlInitParser ();
  gnutls_global_init ();
  mun_read_pdf_prepare ();
}

int
main (int argc, char **argv)
{
  sigset_t none;
  const char *problem;

  setlocale (LC_ALL, "");
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  signal (SIGPROF, SIG_DFL);
  if (isatty (STDIN_FILENO)) {
    fputs ("munimentd-text: munimentd starts this program\n", stderr);
    return MUN_TEXT_EXIT_UNUSABLE;
  }
  if (!mun_sandbox_take_channel ())
    return MUN_TEXT_EXIT_UNUSABLE;
  prepare ();
  problem = mun_sandbox_enter ();
  while (serve (problem))
    ;
  /* Nothing is left to do that an orderly end would do. */
  _exit (0);
}
