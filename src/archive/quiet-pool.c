/* quiet-pool.c: work for all cores that lets everybody else go first */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "quiet-pool.h"

#include <sys/resource.h>

/* Each has memory of its own for what it works on. */
#define MAX_THREADS 16
#define NICE 10

typedef struct {
  MunQuietGroup *group;
  MunQuietWork work;
  gpointer data;
} Task;

guint
mun_quiet_pool_get_size (void)
{
  static gsize size;

  /* Asking the system opens a file each time. */
  if (g_once_init_enter (&size))
    g_once_init_leave (&size, CLAMP (g_get_num_processors (), 1, MAX_THREADS));
  return size;
}

/* On Linux the priority is the thread's. */
static void
become_quiet (void)
{
  static GPrivate done;

  if (g_private_get (&done) != NULL)
    return;
  g_private_set (&done, GINT_TO_POINTER (TRUE));
  if (setpriority (PRIO_PROCESS, 0, NICE) != 0)
    g_debug ("a thread keeps its priority");
}

static void
run_cb (gpointer data, gpointer user_data)
{
  Task *task = data;
  MunQuietGroup *group = task->group;

  become_quiet ();
  task->work (task->data);
  g_free (task);
  /* Whoever waits may clear the group as soon as the lock is open. */
  g_mutex_lock (&group->lock);
  group->pending--;
  g_cond_broadcast (&group->done);
  g_mutex_unlock (&group->lock);
}

/* Its threads are nobody else's: they stay quiet. */
static GThreadPool *
shared_pool (void)
{
  static GThreadPool *pool;

  if (g_once_init_enter (&pool)) {
    GThreadPool *made = g_thread_pool_new (run_cb, NULL, mun_quiet_pool_get_size (), TRUE, NULL);

    g_once_init_leave (&pool, made);
  }
  return pool;
}

void
mun_quiet_group_init (MunQuietGroup *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->done);
  self->pending = 0;
}

void
mun_quiet_group_clear (MunQuietGroup *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->done);
}

void
mun_quiet_group_push (MunQuietGroup *self, MunQuietWork work, gpointer data)
{
  Task *task = g_new (Task, 1);

  task->group = self;
  task->work = work;
  task->data = data;
  g_mutex_lock (&self->lock);
  self->pending++;
  g_mutex_unlock (&self->lock);
  g_thread_pool_push (shared_pool (), task, NULL);
}

gboolean
mun_quiet_group_wait (MunQuietGroup *self, guint most, gint64 deadline)
{
  gboolean in_time = TRUE;

  g_mutex_lock (&self->lock);
  while (in_time && self->pending > most)
    if (deadline == 0)
      g_cond_wait (&self->done, &self->lock);
    else
      in_time = g_cond_wait_until (&self->done, &self->lock, deadline);
  in_time = self->pending <= most;
  g_mutex_unlock (&self->lock);
  return in_time;
}
