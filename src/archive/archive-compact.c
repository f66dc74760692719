/* archive-compact.c: stores give space back */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "archive-compact.h"

#include "archive-private.h"
#include "errors.h"
#include "store-compact.h"

gboolean
mun_archive_begin_work (MunArchive *self, gint64 id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (g_hash_table_add (self->working, g_memdup2 (&id, sizeof id)))
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_BUSY,
               "store %" G_GINT64_FORMAT " is being recovered or compacted already", id);
  return FALSE;
}

void
mun_archive_end_work (MunArchive *self, gint64 id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_hash_table_remove (self->working, &id);
}

typedef gboolean (*Work) (MunStore *store, const char *name, MunVerifyProgress progress,
                          gpointer data, GCancellable *cancellable, char **report, GError **error);

/* A recovery of the same store waits: it would read files that go. */
static gboolean
work_on (MunArchive *self, gint64 id, Work work, MunVerifyProgress progress, gpointer data,
         GCancellable *cancellable, char **report, GError **error)
{
  g_autoptr (MunStoreEntry) entry = NULL;
  gboolean ok;

  if (!mun_archive_begin_work (self, id, error))
    return FALSE;
  entry = mun_archive_find_entry (self, id, error);
  ok = entry != NULL
       && work (entry->store, entry->name, progress, data, cancellable, report, error);
  mun_archive_end_work (self, id);
  return ok;
}

gboolean
mun_archive_compact_store (MunArchive *self, gint64 id, MunVerifyProgress progress, gpointer data,
                           GCancellable *cancellable, char **report, GError **error)
{
  return work_on (self, id, mun_store_compact, progress, data, cancellable, report, error);
}

gboolean
mun_archive_maintain_store (MunArchive *self, gint64 id, MunVerifyProgress progress, gpointer data,
                            GCancellable *cancellable, char **report, GError **error)
{
  return work_on (self, id, mun_store_compact_catalogue, progress, data, cancellable, report,
                  error);
}
