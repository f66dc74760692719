/* archive.c: the archive of one installation: its folder, its lock, its messages */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "archive.h"

#include "archive-folders.h"
#include "archive-private.h"
#include "archive-search.h"
#include "container-file.h"
#include "errors.h"
#include "folder-path.h"
#include "master-keys.h"
#include "store-messages.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

G_DEFINE_FINAL_TYPE (MunArchive, mun_archive, G_TYPE_OBJECT)

static void
mun_archive_finalize (GObject *object)
{
  MunArchive *self = MUN_ARCHIVE (object);

  mun_archive_close (self);
  g_ptr_array_unref (self->entries);
  g_hash_table_unref (self->working);
  g_clear_object (&self->master);
  mun_text_extractor_unref (self->extractor);
  g_clear_pointer (&self->key, mun_secret_unref);
  g_mutex_clear (&self->admin_lock);
  g_mutex_clear (&self->lock);
  g_free (self->data_dir);
  G_OBJECT_CLASS (mun_archive_parent_class)->finalize (object);
}

static void
mun_archive_class_init (MunArchiveClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mun_archive_finalize;
}

static GPtrArray *
new_entries (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)mun_store_entry_unref);
}

static void
mun_archive_init (MunArchive *self)
{
  self->lock_fd = -1;
  g_mutex_init (&self->admin_lock);
  g_mutex_init (&self->lock);
  self->entries = new_entries ();
  self->extractor = mun_text_extractor_new (NULL, 0);
  self->working = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

/* The lock lives as long as its descriptor: a killed process leaves nothing behind. */
static gboolean
take_lock (MunArchive *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->data_dir, "lock", NULL);

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock_fd < 0)
    return mun_container_file_error (error, errno, "opening the lock", path);
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  if (errno == EWOULDBLOCK)
    g_set_error (error, MUN_ERROR, MUN_ERROR_BUSY,
                 "the archive in %s is in use by another process (its lock is held)",
                 self->data_dir);
  else
    mun_container_file_error (error, errno, "locking", path);
  close (self->lock_fd);
  self->lock_fd = -1;
  return FALSE;
}

static gboolean
open_master (MunArchive *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->data_dir, "master.db", NULL);
  g_autofree char *stores = g_build_filename (self->data_dir, "stores", NULL);

  if (g_mkdir_with_parents (stores, 0700) != 0)
    return mun_container_file_error (error, errno, "making the folder", stores);
  self->master = mun_master_open (path, self->key, error);
  return self->master != NULL && mun_container_file_sync_dir (self->data_dir, error);
}

/* A new installation begins with one store, named after the month. */
static gboolean
make_first_store (MunArchive *self, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "%Y-%m");
  g_autoptr (JsonArray) stores = mun_master_list_stores (self->master, error);

  if (stores == NULL)
    return FALSE;
  return json_array_get_length (stores) > 0
         || mun_archive_make_store (self, name, MUN_STORE_STATE_CURRENT, error) != 0;
}

MunArchive *
mun_archive_open (const char *data_dir, MunSecret *master_key, GError **error)
{
  gboolean uses_next;

  return mun_archive_open_with_keys (data_dir, master_key, NULL, &uses_next, error);
}

/* Between two keys the master database decides. */
static void
choose_key (MunArchive *self, MunSecret *next, gboolean *uses_next)
{
  *uses_next = next != NULL && mun_master_prefer_key (self->master, next);
  if (!*uses_next)
    return;
  mun_secret_unref (self->key);
  self->key = mun_secret_ref (next);
}

MunArchive *
mun_archive_open_with_keys (const char *data_dir, MunSecret *master_key, MunSecret *next,
                            gboolean *uses_next, GError **error)
{
  g_autoptr (MunArchive) self = g_object_new (MUN_TYPE_ARCHIVE, NULL);
  gsize key_length;

  mun_secret_get_data (master_key, &key_length);
  if (key_length != MUN_SEAL_KEY_SIZE) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "the master key has %zu bytes, not %d",
                 key_length, MUN_SEAL_KEY_SIZE);
    return NULL;
  }
  self->data_dir = g_strdup (data_dir);
  self->key = mun_secret_ref (master_key);
  if (g_mkdir_with_parents (data_dir, 0700) != 0) {
    mun_container_file_error (error, errno, "making the folder", data_dir);
    return NULL;
  }
  if (!take_lock (self, error) || !open_master (self, error))
    return NULL;
  choose_key (self, next, uses_next);
  if (!make_first_store (self, error) || !mun_archive_load_entries (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
mun_archive_close (MunArchive *self)
{
  g_autoptr (GPtrArray) entries = NULL;

  g_mutex_lock (&self->lock);
  entries = self->entries;
  self->entries = new_entries ();
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->store != NULL)
      mun_store_close (entry->store);
  }
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}

const char *
mun_archive_get_data_dir (MunArchive *self)
{
  return self->data_dir;
}

MunMaster *
mun_archive_get_master (MunArchive *self)
{
  return self->master;
}

gboolean
mun_archive_parse_message_id (const char *message_id, gint64 *store, gint64 *number, GError **error)
{
  g_autofree char *start = NULL;
  char *end = NULL;

  if (message_id != NULL && g_ascii_isdigit (*message_id)) {
    *store = g_ascii_strtoll (message_id, &end, 10);
    if (*end == ':' && g_ascii_isdigit (end[1])) {
      *number = g_ascii_strtoll (end + 1, &end, 10);
      if (*end == '\0')
        return TRUE;
    }
  }
  start = mun_text_dup_start (message_id, 60);
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "“%s” is not the id of a message", start);
  return FALSE;
}

/* The store of a message, and its number there. */
static MunStoreEntry *
entry_of_message (MunArchive *self, const char *message_id, gint64 *number, GError **error)
{
  gint64 store;

  if (!mun_archive_parse_message_id (message_id, &store, number, error))
    return NULL;
  return mun_archive_find_entry (self, store, error);
}

GBytes *
mun_archive_read_message (MunArchive *self, const char *message_id, GError **error)
{
  gint64 number;
  g_autoptr (MunStoreEntry) entry = entry_of_message (self, message_id, &number, error);

  return entry != NULL ? mun_store_read (entry->store, number, error) : NULL;
}

JsonObject *
mun_archive_message_info (MunArchive *self, const char *message_id, GError **error)
{
  gint64 number;
  g_autoptr (MunStoreEntry) entry = entry_of_message (self, message_id, &number, error);

  return entry != NULL ? mun_store_info (entry->store, number, entry->name, error) : NULL;
}

gboolean
mun_archive_move_message (MunArchive *self, const char *message_id, const char *to_folder,
                          GError **error)
{
  gint64 number;
  g_autofree char *path = mun_path_normalize (to_folder, error);
  g_autoptr (MunStoreEntry) entry = NULL;

  if (path == NULL)
    return FALSE;
  entry = entry_of_message (self, message_id, &number, error);
  return entry != NULL && mun_store_move (entry->store, number, path, error);
}

gboolean
mun_archive_delete_message (MunArchive *self, const char *message_id, GError **error)
{
  gint64 number;
  g_autoptr (MunStoreEntry) entry = entry_of_message (self, message_id, &number, error);

  return entry != NULL && mun_store_delete (entry->store, number, error);
}

JsonArray *
mun_archive_list_messages (MunArchive *self, const char *folder, guint64 start, guint count,
                           GError **error)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (MunSearch) search = NULL;

  query->folder = g_strdup (folder);
  search = mun_archive_search (self, query, error);
  return search != NULL
             ? mun_search_get_page (search, start, count, MUN_SORT_DATE, TRUE, NULL, error)
             : NULL;
}
