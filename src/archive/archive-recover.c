/* archive-recover.c: a store whose catalogue is lost */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "archive-recover.h"

#include "archive-private.h"
#include "errors.h"
#include "store-recover.h"
#include "store-snapshot.h"

static MunStoreEntry *
find_closed (MunArchive *self, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);

  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->id != id)
      continue;
    if (entry->store == NULL)
      return mun_store_entry_ref (entry);
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "store %s is in use: only a disabled store, or one in error, can be recovered",
                 entry->name);
    return NULL;
  }
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "store %" G_GINT64_FORMAT " does not exist",
               id);
  return NULL;
}

/* The new catalogue takes its place, unless somebody has opened the old one meanwhile. */
static gboolean
replace (MunArchive *self, gint64 id, const char *dir, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->admin_lock);
  g_autoptr (MunStoreEntry) entry = find_closed (self, id, error);

  return entry != NULL && mun_store_replace_catalogue (dir, error)
         && mun_archive_load_entries (self, error);
}

gboolean
mun_archive_recover_store (MunArchive *self, gint64 id, gboolean recover_deleted,
                           MunVerifyProgress progress, gpointer data, GCancellable *cancellable,
                           char **report, GError **error)
{
  g_autoptr (MunStoreEntry) entry = find_closed (self, id, error);
  g_autofree char *dir = mun_archive_dup_store_dir (self, id);
  g_autoptr (MunSecret) key = NULL;
  gboolean ok;

  if (entry == NULL || !mun_archive_begin_work (self, id, error))
    return FALSE;
  ok = mun_archive_open_key (self, dir, error);
  key = mun_archive_dup_key (self);
  ok = ok
       && mun_store_recover (dir, id, entry->name, key, self->extractor, recover_deleted, progress,
                             data, cancellable, report, error)
       && replace (self, id, dir, error);
  mun_archive_end_work (self, id);
  return ok;
}

gboolean
mun_archive_recreate_records (MunArchive *self, gint64 id, MunVerifyProgress progress,
                              gpointer data, GCancellable *cancellable, char **report,
                              GError **error)
{
  g_autoptr (MunStoreEntry) entry = mun_archive_find_entry (self, id, error);
  GString *text;
  gboolean ok;

  if (entry == NULL || !mun_archive_begin_work (self, id, error))
    return FALSE;
  text = g_string_new (NULL);
  ok = mun_store_snapshot (entry->store, progress, data, cancellable, text, error);
  mun_archive_end_work (self, id);
  *report = g_string_free (text, !ok);
  return ok;
}
