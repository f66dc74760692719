/* text-faults.c: what munimentd-text-faults does that munimentd-text must not */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text-faults.h"

#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
tell (MunReply *reply, const char *what, long result)
{
  g_autofree char *line = g_strdup_printf ("%s %s\n", what, result >= 0 ? "works" : "fails");

  mun_reply_text (reply, line, -1);
}

/* Everything that would reach beyond the process. */
static void
try_to_break_out (MunReply *reply)
{
  char *const arguments[] = { (char *)"/bin/true", NULL };
  struct stat status;
  struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };
  char byte;

  tell (reply, "open", open ("/etc/passwd", O_RDONLY));
  tell (reply, "openat", syscall (SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0));
  tell (reply, "create", open ("/tmp/munimentd-text-was-here", O_WRONLY | O_CREAT, 0600));
  tell (reply, "stat", stat ("/etc/passwd", &status));
  tell (reply, "unlink", unlink ("/tmp/munimentd-text-was-here"));
  tell (reply, "socket", socket (AF_INET, SOCK_STREAM, 0));
  tell (reply, "local socket", socket (AF_UNIX, SOCK_STREAM, 0));
  tell (reply, "dup", dup (MUN_SANDBOX_CHANNEL));
  tell (reply, "read elsewhere", read (STDIN_FILENO, &byte, 1));
  tell (reply, "fork", syscall (SYS_fork));
  tell (reply, "clone", syscall (SYS_clone, SIGCHLD, 0, 0, 0, 0));
  tell (reply, "exec", execve ("/bin/true", arguments, NULL));
  tell (reply, "kill", kill (getppid (), 0));
  tell (reply, "ptrace", ptrace (PTRACE_TRACEME, 0, NULL, NULL));
  tell (reply, "limit", setrlimit (RLIMIT_AS, &more));
  tell (reply, "code",
        mmap (NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED
            ? 0
            : -1);
  tell (reply, "memory",
        mmap (NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED ? 0 : -1);
}

static G_GNUC_NORETURN void
eat_memory (void)
{
  for (;;) {
    char *block = malloc (16 * 1024 * 1024);

    if (block == NULL)
      abort ();
    memset (block, 1, 16 * 1024 * 1024);
  }
}

static G_GNUC_NORETURN void
flood (MunReply *reply)
{
  g_autofree char *block = g_strnfill (1024 * 1024, 'x');

  for (;;)
    if (!reply->sink (MUN_TEXT_FRAME_TEXT, NULL, 0, block, 1024 * 1024, reply->data))
      exit (1);
}

void
mun_text_fault (GBytes *data, MunReply *reply)
{
  gsize length;
  const char *bytes = g_bytes_get_data (data, &length);
  g_autofree char *what = NULL;
  char byte;

  if (length < 11 || memcmp (bytes, "%PDF-fault ", 11) != 0)
    return;
  what = g_strndup (bytes + 11, length - 11);
  if (strcmp (what, "break out") == 0)
    try_to_break_out (reply);
  if (strcmp (what, "crash") == 0)
    abort ();
  if (strcmp (what, "crash late") == 0) {
    mun_reply_html (reply, "<p>pelican</p>", 14);
    abort ();
  }
  if (strcmp (what, "exit") == 0)
    exit (0);
  if (strcmp (what, "hang") == 0)
    while (read (MUN_SANDBOX_CHANNEL, &byte, 1) > 0)
      ;
  if (strcmp (what, "spin") == 0) {
    mun_sandbox_set_time (1);
    for (volatile guint i = 0;; i++)
      ;
  }
  if (strcmp (what, "eat") == 0)
    eat_memory ();
  if (strcmp (what, "flood") == 0)
    flood (reply);
  if (strcmp (what, "lie") == 0)
    reply->sink (99, NULL, 0, "x", 1, reply->data);
}
