/* key-copies.c: where the key of a store stands: store.json, the contents, the catalogue */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "key-copies.h"

#include "container-file.h"
#include "errors.h"
#include "json.h"
#include "recovery-key.h"
#include "text.h"

#include <string.h>

static char *
dup_path (const char *dir)
{
  return g_build_filename (dir, "store.json", NULL);
}

static char *
dup_copy_path (const char *dir)
{
  return g_build_filename (dir, "contents", "store.json", NULL);
}

static char *
read_catalogue (MunDatabase *catalogue)
{
  sqlite3_stmt *statement
      = catalogue != NULL
            ? mun_database_prepare (catalogue, NULL,
                                    "SELECT value FROM meta WHERE key = 'store_json'", "")
            : NULL;
  char *text = NULL;

  if (statement != NULL && mun_database_step (catalogue, statement, NULL)) {
    text = g_strdup (mun_database_text (statement, 0));
    sqlite3_reset (statement);
  }
  return text;
}

/* The text of one copy, and where it stands. */
typedef struct {
  const char *place;
  const char *text;
} Copy;

/* Why the first of them that is there does not open the store is the error. */
static gboolean
try_copies (MunStoreKey *key, const Copy *copies, guint n_copies, MunSecret *master_key,
            const char **first, GError **error)
{
  for (guint i = 0; i < n_copies; i++) {
    if (copies[i].text == NULL)
      continue;
    if (mun_store_key_parse (key, copies[i].text, copies[i].place, master_key,
                             *first == NULL ? error : NULL))
      return TRUE;
    if (*first == NULL)
      *first = copies[i].text;
  }
  return FALSE;
}

gboolean
mun_key_copies_load (MunStoreKey *key, const char *dir, MunDatabase *catalogue,
                     MunSecret *master_key, GError **error)
{
  g_autofree char *path = dup_path (dir);
  g_autofree char *copy_path = dup_copy_path (dir);
  g_autoptr (GError) missing = NULL, problem = NULL;
  g_autofree char *text = mun_store_key_read (path, &missing);
  g_autofree char *catalogued = read_catalogue (catalogue);
  g_autofree char *copy = mun_store_key_read (copy_path, NULL);
  const Copy copies[] = { { path, text }, { "the catalogue", catalogued }, { copy_path, copy } };
  const char *first = NULL;
  gboolean opened = try_copies (key, copies, G_N_ELEMENTS (copies), master_key, &first, &problem);

  if (opened)
    first = key->text;
  /* Damaged, it is written again; missing, also with a key that another master key opens. */
  if ((opened ? g_strcmp0 (text, key->text) != 0
              : first != NULL && g_error_matches (missing, MUN_ERROR, MUN_ERROR_NOT_FOUND))
      && !mun_store_key_restore (path, first, error)) {
    mun_store_key_clear (key);
    return FALSE;
  }
  if (!opened)
    g_propagate_error (error,
                       problem != NULL ? g_steal_pointer (&problem) : g_steal_pointer (&missing));
  return opened;
}

gboolean
mun_key_copies_create (MunStoreKey *key, const char *dir, MunSecret *master_key, GError **error)
{
  g_autofree char *path = dup_path (dir);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return mun_key_copies_load (key, dir, NULL, master_key, error);
  return mun_store_key_create (key, path, master_key, error);
}

static gboolean
keep (const char *path, const char *text, GError **error)
{
  g_autofree char *present = mun_store_key_read (path, NULL);

  return g_strcmp0 (present, text) == 0 || mun_store_key_restore (path, text, error);
}

void
mun_key_copies_keep (const MunStoreKey *key, const char *dir)
{
  g_autofree char *copy_path = dup_copy_path (dir);
  g_autoptr (GError) error = NULL;

  if (!keep (copy_path, key->text, &error))
    g_message ("the copy of a store's key: %s", error->message);
}

gboolean
mun_key_copies_write (const MunStoreKey *key, const char *dir, GError **error)
{
  g_autofree char *path = dup_path (dir);
  g_autofree char *copy_path = dup_copy_path (dir);

  return keep (path, key->text, error) && keep (copy_path, key->text, error);
}

gboolean
mun_key_copies_save (const MunStoreKey *key, MunDatabase *catalogue, GError **error)
{
  return mun_database_run (catalogue, error,
                           "INSERT OR REPLACE INTO meta (key, value) VALUES ('store_json', ?1)",
                           "s", key->text);
}

/* Opened by one of the old keys. */
static gboolean
try_old_keys (MunStoreKey *key, const char *dir, GPtrArray *old_keys)
{
  for (guint i = 0; i < old_keys->len; i++)
    if (mun_key_copies_load (key, dir, NULL, g_ptr_array_index (old_keys, i), NULL))
      return TRUE;
  return FALSE;
}

gboolean
mun_key_copies_rewrap (const char *dir, GPtrArray *old_keys, MunSecret *master_key,
                       gboolean *changed, GError **error)
{
  g_auto (MunStoreKey) key = { 0 };

  *changed = FALSE;
  if (mun_key_copies_load (&key, dir, NULL, master_key, error))
    return TRUE;
  if (!try_old_keys (&key, dir, old_keys))
    return FALSE;
  g_clear_error (error);
  *changed
      = mun_store_key_wrap (&key, master_key, error) && mun_key_copies_write (&key, dir, error);
  return *changed;
}

static char *
read_guid (const char *path)
{
  g_autofree char *text = mun_store_key_read (path, NULL);
  g_autoptr (JsonObject) root = text != NULL ? mun_json_parse_object (text, -1, NULL) : NULL;
  g_autoptr (GBytes) guid = mun_text_from_hex (mun_json_get_string (root, "guid", ""));

  return guid != NULL && g_bytes_get_size (guid) == 16
             ? mun_text_to_hex (g_bytes_get_data (guid, NULL), 16, FALSE)
             : NULL;
}

char *
mun_key_copies_dup_guid (const char *dir)
{
  g_autofree char *path = dup_path (dir), *copy_path = dup_copy_path (dir);
  char *guid = read_guid (path);

  return guid != NULL ? guid : read_guid (copy_path);
}

gboolean
mun_key_copies_has_recovery_key (const char *dir)
{
  g_autofree char *path = dup_path (dir);
  g_autofree char *text = mun_store_key_read (path, NULL);
  g_autoptr (JsonObject) root = text != NULL ? mun_json_parse_object (text, -1, NULL) : NULL;

  return mun_json_get_object (mun_store_key_get_only (root), "recovery") != NULL;
}

gboolean
mun_key_copies_unlock (const char *dir, MunSecret *passphrase, MunSecret *master_key,
                       GError **error)
{
  g_autofree char *path = dup_path (dir), *copy_path = dup_copy_path (dir);
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = mun_store_key_read (path, &local_error);
  g_autofree char *copy = mun_store_key_read (copy_path, NULL);
  g_auto (MunStoreKey) key = { 0 };
  gboolean opened
      = text != NULL && mun_recovery_key_open (&key, text, path, passphrase, &local_error);

  if (!opened && copy != NULL && g_strcmp0 (copy, text) != 0) {
    if (text == NULL)
      g_clear_error (&local_error);
    opened = mun_recovery_key_open (&key, copy, copy_path, passphrase,
                                    local_error == NULL ? &local_error : NULL);
  }
  if (opened)
    return mun_store_key_wrap (&key, master_key, error) && mun_key_copies_write (&key, dir, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
