/* test-kill.c: killed at every step of a write: what was acknowledged is there once, and whole */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contents.h"
#include "fault-mail.h"
#include "fault-vfs.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BATCH 5
/* Enough for the store to train a dictionary. */
#define LARGE_BATCH 150
/* A victim that nothing kills ends by itself after so many batches. */
#define LAST_BATCH 12
/* Kills at random moments, and how many of them one archive has to survive. */
#define RANDOM_KILLS 200
#define KILLS_AN_ARCHIVE 20

/* --- the one that is killed --- */

static const char *fatal_step;
static int skip_count;

static int
kill_cb (const char *step)
{
  if (strcmp (step, fatal_step) == 0 && g_atomic_int_add (&skip_count, -1) == 0)
    raise (SIGKILL);
  return 0;
}

/* Delivers batch after batch and says so on a pipe. */
static int
be_victim (const char *dir, guint first, const char *step, guint skip)
{
  g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (MunArchive) archive = NULL;
  guint batch = strcmp (step, "dictionary") == 0 ? LARGE_BATCH : BATCH;
  gboolean is_endless = *step == '\0';

  fatal_step = step;
  skip_count = skip;
  mun_contents_fault_hook = kill_cb;
  fault_vfs_install ();
  if (strcmp (step, "sqlite") == 0)
    fault_vfs_arm (FAULT_VFS_WRITE | FAULT_VFS_SYNC | FAULT_VFS_TRUNCATE, skip, FAULT_VFS_KILL,
                   FALSE);
  archive = mun_archive_open (dir, key, NULL);
  if (archive == NULL)
    return 3;
  for (guint i = 0; is_endless || i < LAST_BATCH; i++) {
    guint done = first + (i + 1) * batch;

    if (!fault_mail_deliver (archive, done - batch, batch, NULL))
      return 4;
    if (write (STDOUT_FILENO, &done, sizeof done) != sizeof done)
      return 5;
  }
  /* The store looks after itself when nobody writes: until then, and for the kill. */
  if (strcmp (step, "upkeep") == 0)
    pause ();
  return 0;
}

/* Starts this program again as the victim: a fork would take over half of our threads. */
static GPid
start_victim (const char *dir, guint first, const char *step, guint skip, int *out)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *first_text = g_strdup_printf ("%u", first);
  g_autofree char *skip_text = g_strdup_printf ("%u", skip);
  const char *arguments[] = { self, "--victim", dir, first_text, step, skip_text, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async_with_pipes (NULL, (char **)arguments, NULL,
                            G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                            &pid, NULL, out, NULL, &error);
  g_assert_no_error (error);
  return pid;
}

/* What it acknowledged, to its end. TRUE when it was killed. */
static gboolean
await_victim (GPid pid, int out, guint *acknowledged)
{
  guint done;
  int status;

  while (read (out, &done, sizeof done) == sizeof done)
    *acknowledged = done;
  close (out);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (WIFEXITED (status))
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  else
    g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  return WIFSIGNALED (status);
}

/* --- the archive that it leaves --- */

typedef struct {
  ArchiveFixture fixture;
  guint present;
} Remains;

static void
begin (Remains *self)
{
  g_autoptr (GError) error = NULL;

  memset (self, 0, sizeof *self);
  self->fixture.key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  self->fixture.dir = g_dir_make_tmp ("muniment-kill-XXXXXX", &error);
  g_assert_no_error (error);
}

/* A batch is there as a whole or not at all; those that were acknowledged are. */
static void
check (Remains *self, guint acknowledged, guint batch)
{
  guint before = self->present;

  archive_fixture_reopen (&self->fixture);
  self->present = fault_mail_assert (self->fixture.archive, acknowledged, TRUE);
  g_assert_true (self->present == acknowledged || self->present == acknowledged + batch);
  fault_mail_assert (self->fixture.archive, self->present, FALSE);
  fault_mail_assert_found (self->fixture.archive, before, MIN (self->present - before, 2 * batch));
  g_assert_cmpuint (archive_fixture_verify (self->fixture.archive, NULL), ==, 0);
  g_clear_object (&self->fixture.archive);
}

static void
end (Remains *self)
{
  archive_fixture_reopen (&self->fixture);
  fault_mail_assert_found (self->fixture.archive, 0, MIN (self->present, 200));
  archive_fixture_tear_down (&self->fixture, NULL);
}

/* One victim. Returns: whether the step was reached. */
static gboolean
kill_at (Remains *self, const char *step, guint skip)
{
  guint batch = strcmp (step, "dictionary") == 0 ? LARGE_BATCH : BATCH;
  guint acknowledged = self->present;
  int out;
  GPid pid = start_victim (self->fixture.dir, self->present, step, skip, &out);
  gboolean was_killed = await_victim (pid, out, &acknowledged);

  g_test_message ("%s %u: %s, %u acknowledged", step, skip, was_killed ? "killed" : "not reached",
                  acknowledged);
  check (self, acknowledged, batch);
  return was_killed;
}

/* Each step of the containers and of a transaction, in a new archive and then in the one that the
 * last victim left. */
static void
test_steps (void)
{
  static const struct {
    const char *step;
    guint n_skips, skips[5];
  } cases[] = {
    { "key", 1, { 0 } },
    { "sync-folder", 4, { 0, 1, 2, 3 } },
    { "create", 1, { 0 } },
    { "write", 5, { 0, 1, 4, 11, 30 } },
    { "half", 5, { 0, 1, 4, 11, 30 } },
    { "journal", 2, { 0, 2 } },
    { "sync", 3, { 0, 1, 3 } },
    { "before-commit", 2, { 0, 2 } },
    { "commit", 2, { 0, 2 } },
    { "after-commit", 2, { 0, 2 } },
    { "dictionary", 1, { 0 } },
    { "upkeep", 2, { 0, 1 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Remains remains;

    begin (&remains);
    for (guint n = 0; n < cases[i].n_skips; n++) {
      gboolean reached = kill_at (&remains, cases[i].step, cases[i].skips[n]);

      /* An archive that is there needs no key, and fewer folders. */
      g_assert_true (reached || n > 0);
    }
    end (&remains);
  }
}

/* The torn tail that one victim leaves, and the next one is killed when it cuts that off. */
static void
test_truncate (void)
{
  guint acknowledged = 0;
  Remains remains;
  int out;
  GPid pid;

  begin (&remains);
  pid = start_victim (remains.fixture.dir, 0, "half", 20, &out);
  g_assert_true (await_victim (pid, out, &acknowledged));
  pid = start_victim (remains.fixture.dir, acknowledged, "truncate", 0, &out);
  g_assert_true (await_victim (pid, out, &acknowledged));
  check (&remains, acknowledged, BATCH);
  end (&remains);
}

/* Each single call of the databases that changes something, from the first one of a new archive on;
 * half of a page is written. */
static void
test_database (void)
{
  guint reached = 0;

  for (guint skip = 0;; skip += 1 + skip / 24) {
    Remains remains;
    gboolean was_killed;

    begin (&remains);
    was_killed = kill_at (&remains, "sqlite", skip);
    reached += was_killed;
    end (&remains);
    if (!was_killed)
      break;
  }
  g_assert_cmpuint (reached, >, 40);
}

/* Whenever it may be: the moment is a number of acknowledgements and some microseconds. */
static void
test_random (void)
{
  Remains remains;

  for (guint round = 0; round < RANDOM_KILLS; round++) {
    guint acknowledged, batches = g_test_rand_int_range (0, 4);
    guint done;
    int out;
    GPid pid;

    if (round % KILLS_AN_ARCHIVE == 0)
      begin (&remains);
    acknowledged = remains.present;
    pid = start_victim (remains.fixture.dir, acknowledged, "", 0, &out);
    for (guint i = 0; i < batches; i++)
      g_assert_cmpint (read (out, &done, sizeof done), ==, sizeof done);
    if (batches > 0)
      acknowledged = done;
    /* Not a wait for something: the moment of the kill is meant to be random. */
    g_usleep (g_test_rand_int_range (0, 12000));
    kill (pid, SIGKILL);
    g_assert_true (await_victim (pid, out, &acknowledged));
    check (&remains, acknowledged, BATCH);
    if (round % KILLS_AN_ARCHIVE == KILLS_AN_ARCHIVE - 1)
      end (&remains);
  }
}

int
main (int argc, char **argv)
{
  if (argc == 6 && strcmp (argv[1], "--victim") == 0)
    return be_victim (argv[2], strtoul (argv[3], NULL, 10), argv[4], strtoul (argv[5], NULL, 10));
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kill/steps", test_steps);
  g_test_add_func ("/kill/truncate", test_truncate);
  g_test_add_func ("/kill/database", test_database);
  g_test_add_func ("/kill/random", test_random);
  return g_test_run ();
}
