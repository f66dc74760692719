/* master-compact.c: the installation's database gives space back */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "master-private.h"

/* Who wants the database meanwhile waits for one step. */
#define GIVE_BACK "PRAGMA incremental_vacuum (200)"

static gboolean
step (MunMaster *self, gint64 *left, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  *left = 0;
  return mun_database_exec (self->database, GIVE_BACK, error)
         && mun_database_find_int (self->database, left, error, "PRAGMA freelist_count", "");
}

static gboolean
measure (MunMaster *self, gint64 *bytes, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gint64 count = 0, size = 0;
  gboolean ok = mun_database_find_int (self->database, &count, error, "PRAGMA page_count", "")
                && mun_database_find_int (self->database, &size, error, "PRAGMA page_size", "");

  *bytes = count * size;
  return ok;
}

/* Who is reading keeps the log for now: no error. */
static void
empty_log (MunMaster *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  mun_database_exec (self->database, "PRAGMA wal_checkpoint (TRUNCATE)", NULL);
}

gboolean
mun_master_compact (MunMaster *self, guint64 *given_back, GCancellable *cancellable, GError **error)
{
  gint64 before, after, left;

  if (!measure (self, &before, error))
    return FALSE;
  do
    if (!step (self, &left, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;
  while (left > 0);
  empty_log (self);
  if (!measure (self, &after, error))
    return FALSE;
  *given_back = before > after ? before - after : 0;
  return TRUE;
}
