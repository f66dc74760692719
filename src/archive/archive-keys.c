/* archive-keys.c: the master key of an archive, and the keys of its stores */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "archive-keys.h"

#include "archive-private.h"
#include "container-file.h"
#include "errors.h"
#include "key-copies.h"
#include "master-keys.h"
#include "recovery-key.h"

#include <gnutls/gnutls.h>
#include <string.h>

MunSecret *
mun_archive_dup_key (MunArchive *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return mun_secret_ref (self->key);
}

gboolean
mun_archive_open_key (MunArchive *self, const char *dir, GError **error)
{
  g_autoptr (MunSecret) key = mun_archive_dup_key (self);
  g_autoptr (GPtrArray) old_keys = mun_master_list_old_keys (self->master, error);
  gboolean changed;

  return old_keys != NULL && mun_key_copies_rewrap (dir, old_keys, key, &changed, error);
}

MunStore *
mun_archive_open_store (MunArchive *self, gint64 id, gboolean create, GError **error)
{
  g_autofree char *dir = mun_archive_dup_store_dir (self, id);
  g_autoptr (MunSecret) key = mun_archive_dup_key (self);
  g_autoptr (GError) local_error = NULL;
  MunStore *store = mun_store_open (dir, id, key, create, &local_error);

  if (store != NULL)
    return store;
  /* What a renewal of the master key did not reach. */
  if (g_error_matches (local_error, MUN_ERROR, MUN_ERROR_AUTHENTICATION)
      && mun_archive_open_key (self, dir, NULL))
    return mun_store_open (dir, id, key, create, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* --- the renewal --- */

typedef struct {
  MunArchive *archive;
  MunSecret *next;
  GPtrArray *old_keys;
  MunKeyRenewal *done;
  GString *report;
} Renewal;

/* On the writer's thread. The files first: until the commit the catalogue's copy is one that the
 * former key opens. */
static gboolean
renew_work (MunStore *store, gpointer data, GError **error)
{
  MunStoreKey *key = mun_store_get_key (store);

  return mun_store_key_wrap (key, data, error)
         && mun_key_copies_write (key, mun_store_get_dir (store), error)
         && mun_key_copies_save (key, mun_store_get_database (store), error);
}

static void
renew_store (Renewal *self, const char *dir, const char *name, MunStore *store)
{
  g_autoptr (GError) error = NULL;
  gboolean changed;

  mun_container_file_fault ("renew-store");
  if (store != NULL ? mun_store_maintain (store, 1, renew_work, self->next, &error)
                    : mun_key_copies_rewrap (dir, self->old_keys, self->next, &changed, &error)) {
    self->done->stores++;
    return;
  }
  self->done->stores_left++;
  g_string_append_printf (self->report, "Store %s keeps its former seal: %s\n", name,
                          error->message);
}

/* Folders of stores that are not in the list, because they were detached. */
static void
renew_others (Renewal *self, GHashTable *known)
{
  g_autofree char *parent = g_build_filename (self->archive->data_dir, "stores", NULL);
  g_autoptr (GDir) folder = g_dir_open (parent, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *dir = g_build_filename (parent, name, NULL);
    g_autofree char *path = g_build_filename (dir, "store.json", NULL);

    if (!g_hash_table_contains (known, dir) && g_file_test (path, G_FILE_TEST_EXISTS))
      renew_store (self, dir, name, NULL);
  }
}

static void
renew_stores (Renewal *self, GPtrArray *entries, MunVerifyProgress progress, gpointer data)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);
    char *dir = mun_archive_dup_store_dir (self->archive, entry->id);

    if (progress != NULL)
      progress ((double)(i + 1) / (entries->len + 1), entry->name, data);
    renew_store (self, dir, entry->name, entry->store);
    g_hash_table_add (known, dir);
  }
  renew_others (self, known);
}

static void
use_key (MunArchive *self, MunSecret *next)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  mun_secret_unref (self->key);
  self->key = mun_secret_ref (next);
}

gboolean
mun_archive_uses_key (MunArchive *self, MunSecret *key)
{
  g_autoptr (MunSecret) present = mun_archive_dup_key (self);
  gsize length, present_length;
  gconstpointer data = mun_secret_get_data (key, &length);
  gconstpointer present_data = mun_secret_get_data (present, &present_length);

  return length == present_length && gnutls_memcmp (data, present_data, length) == 0;
}

static gboolean
check_key (MunArchive *self, MunSecret *next, GError **error)
{
  gsize length;

  mun_secret_get_data (next, &length);
  if (length == MUN_SEAL_KEY_SIZE && !mun_archive_uses_key (self, next))
    return TRUE;
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                       "the new master key is the one that is in use, or not of its length");
  return FALSE;
}

gboolean
mun_archive_renew_key (MunArchive *self, MunSecret *next, MunVerifyProgress progress, gpointer data,
                       MunKeyRenewal *done, char **report, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->admin_lock);
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);
  g_autoptr (GPtrArray) old_keys = NULL;
  Renewal renewal = { self, next, NULL, done, NULL };

  memset (done, 0, sizeof *done);
  if (!check_key (self, next, error))
    return FALSE;
  mun_container_file_fault ("renew-begin");
  if (!mun_master_renew_key (self->master, next, &done->secrets, &done->secrets_left, error))
    return FALSE;
  use_key (self, next);
  mun_container_file_fault ("renew-committed");
  renewal.report = g_string_new (NULL);
  if (done->secrets_left > 0)
    g_string_append_printf (renewal.report,
                            "%u credentials stay as they are: the former master key does not open "
                            "them\n",
                            done->secrets_left);
  /* Those before, too: a store may have been out of reach more than once. */
  old_keys = mun_master_list_old_keys (self->master, NULL);
  renewal.old_keys = old_keys != NULL ? old_keys : (old_keys = g_ptr_array_new ());
  renew_stores (&renewal, entries, progress, data);
  g_string_append_printf (renewal.report,
                          "The keys of %u stores and %u credentials are sealed with the new master "
                          "key.\n",
                          done->stores, done->secrets);
  *report = g_string_free (renewal.report, FALSE);
  mun_container_file_fault ("renew-end");
  return TRUE;
}

/* --- recovery keys --- */

static MunStoreEntry *
find_entry (MunArchive *self, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);

  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->id == id)
      return mun_store_entry_ref (entry);
  }
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "store %" G_GINT64_FORMAT " does not exist",
               id);
  return NULL;
}

static gboolean
put_work (MunStore *store, gpointer data, GError **error)
{
  MunStoreKey *key = mun_store_get_key (store);

  return mun_recovery_key_put (key, data, error)
         && mun_key_copies_write (key, mun_store_get_dir (store), error)
         && mun_key_copies_save (key, mun_store_get_database (store), error);
}

/* NULL without an error when there is to be none. */
static JsonObject *
seal (const MunStoreKey *key, MunSecret *passphrase, GError **error)
{
  return passphrase != NULL ? mun_recovery_key_seal (key, passphrase, error) : NULL;
}

static gboolean
put_in_open (MunStore *store, MunSecret *passphrase, GError **error)
{
  g_autoptr (JsonObject) sealed = seal (mun_store_get_key (store), passphrase, error);

  return (sealed != NULL || passphrase == NULL)
         && mun_store_maintain (store, 1, put_work, sealed, error);
}

static gboolean
put_in_closed (MunArchive *self, const char *dir, MunSecret *passphrase, GError **error)
{
  g_autoptr (MunSecret) master_key = mun_archive_dup_key (self);
  g_autoptr (JsonObject) sealed = NULL;
  g_auto (MunStoreKey) key = { 0 };

  if (!mun_archive_open_key (self, dir, error)
      || !mun_key_copies_load (&key, dir, NULL, master_key, error))
    return FALSE;
  sealed = seal (&key, passphrase, error);
  return (sealed != NULL || passphrase == NULL) && mun_recovery_key_put (&key, sealed, error)
         && mun_key_copies_write (&key, dir, error);
}

gboolean
mun_archive_set_recovery_key (MunArchive *self, gint64 id, MunSecret *passphrase, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->admin_lock);
  g_autoptr (MunStoreEntry) entry = find_entry (self, id, error);
  g_autofree char *dir = mun_archive_dup_store_dir (self, id);

  if (entry == NULL)
    return FALSE;
  return entry->store != NULL ? put_in_open (entry->store, passphrase, error)
                              : put_in_closed (self, dir, passphrase, error);
}

/* Under the lock of the administrators. */
static gboolean
unlock (MunArchive *self, gint64 id, MunSecret *passphrase, gboolean *was_locked, GError **error)
{
  g_autoptr (MunStoreEntry) entry = find_entry (self, id, error);
  g_autofree char *dir = mun_archive_dup_store_dir (self, id);
  g_autoptr (MunSecret) master_key = NULL;

  *was_locked = FALSE;
  if (entry == NULL)
    return FALSE;
  if (entry->store != NULL || mun_archive_open_key (self, dir, NULL))
    return TRUE;
  *was_locked = TRUE;
  master_key = mun_archive_dup_key (self);
  return mun_key_copies_unlock (dir, passphrase, master_key, error);
}

gboolean
mun_archive_unlock_closed (MunArchive *self, gint64 id, MunSecret *passphrase, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->admin_lock);
  gboolean was_locked;

  return unlock (self, id, passphrase, &was_locked, error);
}

gboolean
mun_archive_unlock_store (MunArchive *self, gint64 id, MunSecret *passphrase, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->admin_lock);
  gboolean was_locked;

  if (!unlock (self, id, passphrase, &was_locked, error))
    return FALSE;
  if (was_locked)
    return mun_archive_load_entries (self, error);
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
               "store %" G_GINT64_FORMAT " is not locked: the master key opens it", id);
  return FALSE;
}
