/* archive-attach.c: the folder of a store, from elsewhere, becomes a store of this archive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "archive-attach.h"

#include "archive-private.h"
#include "container-file.h"
#include "errors.h"
#include "json.h"
#include "key-copies.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

static char *
dup_parent (MunArchive *self)
{
  g_autofree char *path = g_build_filename (self->data_dir, "stores", NULL);

  return realpath (path, NULL);
}

/* The folder as the file system names it: one below "stores" that looks like a store. */
static char *
resolve (MunArchive *self, const char *dir, GError **error)
{
  g_autofree char *parent = dup_parent (self);
  g_autofree char *path = dir != NULL && *dir == '/' ? realpath (dir, NULL) : NULL;
  g_autofree char *above = path != NULL ? g_path_get_dirname (path) : NULL;
  g_autofree char *contents = NULL;

  if (parent == NULL || g_strcmp0 (above, parent) != 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "a store can be attached when its folder lies in %s: put it there, and give its "
                 "path",
                 parent != NULL ? parent : self->data_dir);
    return NULL;
  }
  contents = g_build_filename (path, "contents", NULL);
  if (g_file_test (contents, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&path);
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "%s is not the folder of an archive store",
               path);
  return NULL;
}

/* Neither this folder nor a copy of it. */
static gboolean
check_others (MunArchive *self, const char *dir, GError **error)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);
  g_autofree char *guid = mun_key_copies_dup_guid (dir);

  if (guid == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "%s has no key of a store: store.json is missing or damaged", dir);
    return FALSE;
  }
  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);
    g_autofree char *other = mun_archive_dup_store_dir (self, entry->id);
    g_autofree char *path = realpath (other, NULL);
    g_autofree char *other_guid = mun_key_copies_dup_guid (other);

    if (g_strcmp0 (path, dir) != 0 && g_strcmp0 (other_guid, guid) != 0)
      continue;
    g_set_error (error, MUN_ERROR, MUN_ERROR_EXISTS, "%s is attached already, as store %s", dir,
                 entry->name);
    return FALSE;
  }
  return TRUE;
}

/* The folder becomes the one of the store with this number. */
static gboolean
move (MunArchive *self, const char *dir, gint64 number, GError **error)
{
  g_autofree char *target = mun_archive_dup_store_dir (self, number);
  g_autofree char *parent = g_path_get_dirname (target);
  g_autofree char *path = realpath (target, NULL);

  if (g_strcmp0 (path, dir) == 0)
    return TRUE;
  if (path != NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_EXISTS,
                 "%s is in the way, and belongs to no store: attach it first, or move it away",
                 target);
    return FALSE;
  }
  if (g_rename (dir, target) != 0)
    return mun_container_file_error (error, errno, "renaming the folder of the store to", target);
  return mun_container_file_sync_dir (parent, error);
}

static gboolean
is_open (MunArchive *self, gint64 id)
{
  g_autoptr (MunStoreEntry) entry = mun_archive_find_entry (self, id, NULL);

  return entry != NULL && entry->store != NULL;
}

gint64
mun_archive_attach_store (MunArchive *self, const char *name, const char *dir, const char *state,
                          GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->admin_lock);
  g_autoptr (JsonObject) document = json_object_new ();
  g_autofree char *path = NULL;
  MunStoreState wanted = MUN_STORE_STATE_NORMAL;
  gint64 id, number;

  if (!mun_archive_check_new_store (self, name, state, &wanted, &number, error))
    return 0;
  path = resolve (self, dir, error);
  if (path == NULL || !check_others (self, path, error) || !move (self, path, number, error))
    return 0;
  json_object_set_string_member (document, "name", name);
  json_object_set_string_member (document, "state",
                                 mun_store_state_to_text (wanted == MUN_STORE_STATE_CURRENT
                                                              ? MUN_STORE_STATE_NORMAL
                                                              : wanted));
  id = mun_master_insert_store (self->master, document, error);
  if (id != 0 && id != number) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED,
                 "the master database numbered the store in stores/%" G_GINT64_FORMAT
                 " %" G_GINT64_FORMAT,
                 number, id);
    return 0;
  }
  if (id == 0 || !mun_archive_load_entries (self, error))
    return 0;
  if (wanted == MUN_STORE_STATE_CURRENT && is_open (self, id)
      && !mun_archive_write_states (self, id, wanted, error))
    return 0;
  return id;
}
