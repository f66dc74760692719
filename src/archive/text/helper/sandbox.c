/* sandbox.c: what munimentd-text may still do once it is ready */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandbox.h"

#include "text-wire.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

/* Of a processor, for all attachments of one process: more than MUN_TEXT_CPU_SECONDS for each. */
#define LIFE_SECONDS 1200

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SHADOW_MEMORY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SHADOW_MEMORY 1
#endif
#endif

gboolean
mun_sandbox_take_channel (void)
{
  int nowhere;

  if (dup2 (STDIN_FILENO, MUN_SANDBOX_CHANNEL) < 0)
    return FALSE;
  nowhere = open ("/dev/null", O_RDWR);
  if (nowhere < 0)
    return FALSE;
  for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
    if (dup2 (nowhere, i) < 0)
      return FALSE;
  return close_range (MUN_SANDBOX_CHANNEL + 1, ~0U, 0) == 0;
}

static gboolean
limit (int resource, rlim_t value)
{
  struct rlimit limit = { value, value };

  return setrlimit (resource, &limit) == 0;
}

static gboolean
set_limits (void)
{
  gboolean ok = limit (RLIMIT_CORE, 0) && limit (RLIMIT_FSIZE, 0) && limit (RLIMIT_NOFILE, 0)
                && limit (RLIMIT_CPU, LIFE_SECONDS);

#ifndef HAS_SHADOW_MEMORY
  ok = ok && limit (RLIMIT_AS, MUN_TEXT_MAX_MEMORY);
#endif
  return ok;
}

/* Harmless whatever they are given. */
static const int plain_calls[] = {
  SCMP_SYS (brk),          SCMP_SYS (clock_getres), SCMP_SYS (clock_gettime),
  SCMP_SYS (exit),         SCMP_SYS (exit_group),   SCMP_SYS (futex),
  SCMP_SYS (getpid),       SCMP_SYS (getrandom),    SCMP_SYS (getrusage),
  SCMP_SYS (gettid),       SCMP_SYS (gettimeofday), SCMP_SYS (madvise),
  SCMP_SYS (mremap),       SCMP_SYS (munmap),       SCMP_SYS (restart_syscall),
  SCMP_SYS (rt_sigaction), SCMP_SYS (rt_sigreturn), SCMP_SYS (rt_sigprocmask),
  SCMP_SYS (sched_yield),  SCMP_SYS (setitimer),    SCMP_SYS (sigaltstack),
  SCMP_SYS (times),
};

/* Those that are so only with the arguments they are given here. */
static gboolean
allow_bounded_calls (scmp_filter_ctx filter)
{
  pid_t self = getpid ();

  return seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (read), 1,
                           SCMP_A0 (SCMP_CMP_EQ, MUN_SANDBOX_CHANNEL))
             == 0
         && seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (write), 1,
                              SCMP_A0 (SCMP_CMP_LE, MUN_SANDBOX_CHANNEL))
                == 0
         && seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (writev), 1,
                              SCMP_A0 (SCMP_CMP_LE, MUN_SANDBOX_CHANNEL))
                == 0
         /* Memory that is no file's, and never a program's. */
         && seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mmap), 2,
                              SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                              SCMP_A3 (SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS))
                == 0
         && seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mprotect), 1,
                              SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0))
                == 0
         /* abort() */
         && seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (tgkill), 1,
                              SCMP_A0 (SCMP_CMP_EQ, self))
                == 0;
}

/* All else fails as if it were forbidden, so that libraries go on without. */
static gboolean
load_filter (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EACCES));
  gboolean ok = filter != NULL;

  for (gsize i = 0; ok && i < G_N_ELEMENTS (plain_calls); i++)
    ok = seccomp_rule_add (filter, SCMP_ACT_ALLOW, plain_calls[i], 0) == 0;
  ok = ok && allow_bounded_calls (filter) && seccomp_load (filter) == 0;
  if (filter != NULL)
    seccomp_release (filter);
  return ok;
}

const char *
mun_sandbox_enter (void)
{
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return "giving up new privileges";
  if (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return "closing its memory to others";
  if (!set_limits ())
    return "setting limits";
  if (!load_filter ())
    return "loading the filter of system calls";
  return NULL;
}

void
mun_sandbox_set_time (guint seconds)
{
  struct itimerval timer = { .it_value = { .tv_sec = seconds } };

  setitimer (ITIMER_PROF, &timer, NULL);
}
