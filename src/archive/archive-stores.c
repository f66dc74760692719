/* archive-stores.c: the stores of an archive: exactly one current, each verifiable */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "archive-stores.h"

#include "archive-private.h"
#include "errors.h"
#include "json.h"
#include "key-copies.h"
#include "store-folders.h"
#include "store-index.h"
#include "store-verify.h"
#include "text.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static const char *const state_texts[] = { "current", "normal", "writeProtected", "disabled" };

const char *
mun_store_state_to_text (MunStoreState state)
{
  return state_texts[state];
}

gboolean
mun_store_state_from_text (const char *text, MunStoreState *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_texts); i++)
    if (g_strcmp0 (text, state_texts[i]) == 0) {
      *state = i;
      return TRUE;
    }
  return FALSE;
}

MunStoreEntry *
mun_store_entry_new (gint64 id, const char *name, MunStoreState state)
{
  MunStoreEntry *self = g_new0 (MunStoreEntry, 1);

  g_atomic_ref_count_init (&self->refs);
  self->id = id;
  self->name = g_strdup (name);
  self->state = state;
  return self;
}

MunStoreEntry *
mun_store_entry_ref (MunStoreEntry *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mun_store_entry_unref (MunStoreEntry *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->store, mun_store_unref);
  g_free (self->name);
  g_free (self->problem);
  g_free (self);
}

GPtrArray *
mun_archive_dup_entries (MunArchive *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_store_entry_unref);

  for (guint i = 0; i < self->entries->len; i++)
    g_ptr_array_add (copy, mun_store_entry_ref (g_ptr_array_index (self->entries, i)));
  return copy;
}

static MunStoreEntry *
lookup_entry (GPtrArray *entries, gint64 id)
{
  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->id == id)
      return entry;
  }
  return NULL;
}

MunStoreEntry *
mun_archive_find_entry (MunArchive *self, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);
  MunStoreEntry *entry = lookup_entry (entries, id);

  if (entry == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "store %" G_GINT64_FORMAT " does not exist",
                 id);
    return NULL;
  }
  if (entry->store != NULL)
    return mun_store_entry_ref (entry);
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
               "store %" G_GINT64_FORMAT " cannot be read: %s", id,
               entry->problem != NULL ? entry->problem : "it is disabled");
  return NULL;
}

MunStoreEntry *
mun_archive_find_current (MunArchive *self, GError **error)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);

  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->state != MUN_STORE_STATE_CURRENT)
      continue;
    if (entry->store != NULL)
      return mun_store_entry_ref (entry);
    g_set_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY, "the current store %s cannot take mail: %s",
                 entry->name, entry->problem);
    return NULL;
  }
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_READ_ONLY,
                       "there is no current store to archive to");
  return NULL;
}

char *
mun_archive_dup_store_dir (MunArchive *self, gint64 id)
{
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, id);

  return g_build_filename (self->data_dir, "stores", name, NULL);
}

static void
open_entry (MunArchive *self, MunStoreEntry *entry, MunStoreEntry *before)
{
  g_autofree char *dir = mun_archive_dup_store_dir (self, entry->id);
  g_autoptr (GError) error = NULL;

  if (entry->state == MUN_STORE_STATE_DISABLED)
    return;
  if (before != NULL && before->store != NULL)
    entry->store = mun_store_ref (before->store);
  else
    entry->store = mun_archive_open_store (self, entry->id, FALSE, &error);
  if (entry->store == NULL) {
    entry->problem = g_strdup (error->message);
    g_warning ("store %" G_GINT64_FORMAT " (%s): %s", entry->id, entry->name, error->message);
    return;
  }
  mun_store_set_writable (entry->store, entry->state != MUN_STORE_STATE_PROTECTED);
}

gboolean
mun_archive_load_entries (MunArchive *self, GError **error)
{
  g_autoptr (JsonArray) stores = mun_master_list_stores (self->master, error);
  g_autoptr (GPtrArray) before = mun_archive_dup_entries (self);
  GPtrArray *after = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_store_entry_unref);

  if (stores == NULL) {
    g_ptr_array_unref (after);
    return FALSE;
  }
  for (guint i = json_array_get_length (stores); i > 0; i--) {
    JsonObject *document = json_array_get_object_element (stores, i - 1);
    gint64 id = mun_json_get_int (document, "id", 0);
    MunStoreState state = MUN_STORE_STATE_NORMAL;
    MunStoreEntry *entry;

    mun_store_state_from_text (mun_json_get_string (document, "state", NULL), &state);
    entry = mun_store_entry_new (id, mun_json_get_string (document, "name", ""), state);
    open_entry (self, entry, lookup_entry (before, id));
    g_ptr_array_add (after, entry);
  }
  g_mutex_lock (&self->lock);
  g_ptr_array_unref (self->entries);
  self->entries = after;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

gint64
mun_archive_make_store (MunArchive *self, const char *name, MunStoreState state, GError **error)
{
  g_autoptr (JsonArray) stores = mun_master_list_stores (self->master, error);
  g_autoptr (JsonObject) document = json_object_new ();
  g_autoptr (MunStore) store = NULL;
  g_autofree char *dir = NULL;
  gint64 id, number = 1;

  if (stores == NULL)
    return 0;
  for (guint i = 0; i < json_array_get_length (stores); i++) {
    JsonObject *other = json_array_get_object_element (stores, i);

    number = MAX (number, mun_json_get_int (other, "id", 0) + 1);
  }
  /* The files first: a row without files would be a store in error. Files without a row are taken
   * over. */
  dir = mun_archive_dup_store_dir (self, number);
  store = mun_archive_open_store (self, number, TRUE, error);
  if (store == NULL)
    return 0;
  json_object_set_string_member (document, "name", name);
  json_object_set_string_member (document, "state", mun_store_state_to_text (state));
  id = mun_master_insert_store (self->master, document, error);
  if (id != 0 && id != number) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED,
                 "store %" G_GINT64_FORMAT
                 " was made, but the master database numbered it %" G_GINT64_FORMAT,
                 number, id);
    return 0;
  }
  return id;
}

static guint64
size_of_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint64 size = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    GStatBuf status;

    if (g_lstat (child, &status) == 0)
      size += S_ISDIR (status.st_mode) ? size_of_dir (child) : (guint64)status.st_size;
  }
  return size;
}

static JsonObject *
store_to_json (MunArchive *self, MunStoreEntry *entry, gboolean include_size)
{
  JsonObject *object = json_object_new ();
  g_autofree char *dir = mun_archive_dup_store_dir (self, entry->id);
  g_autofree char *contents = g_build_filename (dir, "contents", NULL);
  guint64 messages = 0, bytes = 0;
  MunIndexLack lack = { 0 };
  guint64 unindexed;
  gboolean stale = FALSE;

  if (entry->store != NULL) {
    mun_store_get_totals (entry->store, &messages, &bytes);
    stale = mun_store_has_stale_rows (entry->store);
    mun_index_keeper_get_lack (mun_store_get_index (entry->store), &lack);
  }
  unindexed = lack.messages[MUN_GAP_MISSING] + lack.messages[MUN_GAP_UNREADABLE];
  json_object_set_int_member (object, "id", entry->id);
  json_object_set_string_member (object, "name", entry->name);
  json_object_set_string_member (object, "type", "FileSystemInternal");
  json_object_set_string_member (object, "requestedState", mun_store_state_to_text (entry->state));
  mun_json_set_text (object, "error", entry->problem);
  json_object_set_string_member (object, "databasePath", dir);
  json_object_set_string_member (object, "contentPath", contents);
  json_object_set_string_member (object, "indexPath", dir);
  json_object_set_int_member (object, "statisticsCount", messages);
  json_object_set_null_member (object, "statisticsSize");
  json_object_set_null_member (object, "storedSize");
  if (include_size) {
    json_object_set_int_member (object, "statisticsSize", bytes);
    json_object_set_int_member (object, "storedSize", size_of_dir (dir));
  }
  json_object_set_boolean_member (object, "searchIndexesNeedRebuild", stale || unindexed > 0);
  json_object_set_int_member (object, "indexedCount", messages - MIN (messages, unindexed));
  json_object_set_boolean_member (object, "needsUpgrade", FALSE);
  json_object_set_boolean_member (object, "hasRecoveryKey", mun_key_copies_has_recovery_key (dir));
  return object;
}

JsonArray *
mun_archive_list_stores (MunArchive *self, gboolean include_size)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);
  JsonArray *array = json_array_new ();

  for (guint i = entries->len; i > 0; i--)
    json_array_add_object_element (array, store_to_json (self, g_ptr_array_index (entries, i - 1),
                                                         include_size));
  return array;
}

static gboolean
is_name_free (GPtrArray *entries, const char *name, GError **error)
{
  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (g_ascii_strcasecmp (entry->name, name) == 0) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_EXISTS, "a store named %s exists already", name);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
mun_archive_write_states (MunArchive *self, gint64 id, MunStoreState state, GError **error)
{
  g_autoptr (JsonArray) stores = mun_master_list_stores (self->master, error);
  g_autoptr (JsonArray) changed = json_array_new ();

  if (stores == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (stores); i++) {
    JsonObject *document = json_array_get_object_element (stores, i);
    gboolean is_it = mun_json_get_int (document, "id", 0) == id;
    gboolean was_current
        = g_strcmp0 (mun_json_get_string (document, "state", NULL), "current") == 0;

    if (is_it)
      json_object_set_string_member (document, "state", mun_store_state_to_text (state));
    else if (was_current && state == MUN_STORE_STATE_CURRENT)
      json_object_set_string_member (document, "state", "normal");
    else
      continue;
    json_array_add_object_element (changed, json_object_ref (document));
  }
  return mun_master_put_stores (self->master, changed, error)
         && mun_archive_load_entries (self, error);
}

static gboolean
parse_state (const char *text, MunStoreState *state, GError **error)
{
  g_autofree char *start = NULL;

  if (mun_store_state_from_text (text, state))
    return TRUE;
  start = mun_text_dup_start (text, 40);
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "“%s” is no state of a store", start);
  return FALSE;
}

gboolean
mun_archive_check_new_store (MunArchive *self, const char *name, const char *state,
                             MunStoreState *wanted, gint64 *number, GError **error)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);

  *number = 1;
  if (state != NULL && !parse_state (state, wanted, error))
    return FALSE;
  if (name == NULL || *name == '\0' || !g_utf8_validate (name, -1, NULL)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "a store needs a name");
    return FALSE;
  }
  for (guint i = 0; i < entries->len; i++)
    *number = MAX (*number, ((MunStoreEntry *)g_ptr_array_index (entries, i))->id + 1);
  return is_name_free (entries, name, error);
}

gint64
mun_archive_create_store (MunArchive *self, const char *name, const char *state, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->admin_lock);
  MunStoreState wanted = MUN_STORE_STATE_NORMAL;
  gint64 id, number;

  if (!mun_archive_check_new_store (self, name, state, &wanted, &number, error))
    return 0;
  id = mun_archive_make_store (self, name,
                               wanted == MUN_STORE_STATE_CURRENT ? MUN_STORE_STATE_NORMAL : wanted,
                               error);
  if (id == 0 || !mun_archive_write_states (self, id, wanted, error))
    return 0;
  return id;
}

gboolean
mun_archive_set_store_state (MunArchive *self, gint64 id, const char *state, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->admin_lock);
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);
  MunStoreEntry *entry = lookup_entry (entries, id);
  MunStoreState wanted;

  if (!parse_state (state, &wanted, error))
    return FALSE;
  if (entry == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "store %" G_GINT64_FORMAT " does not exist",
                 id);
    return FALSE;
  }
  if (entry->state == wanted)
    return TRUE;
  if (entry->state == MUN_STORE_STATE_CURRENT) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "store %s is the current one: another one must become current first", entry->name);
    return FALSE;
  }
  return mun_archive_write_states (self, id, wanted, error);
}

gint64
mun_archive_get_current_store (MunArchive *self)
{
  g_autoptr (MunStoreEntry) entry = mun_archive_find_current (self, NULL);

  return entry != NULL ? entry->id : 0;
}

gboolean
mun_archive_verify_store (MunArchive *self, gint64 id, gboolean include_indexes,
                          MunVerifyProgress progress, gpointer data, GCancellable *cancellable,
                          char **report, guint64 *faults, GError **error)
{
  g_autoptr (MunStoreEntry) entry = mun_archive_find_entry (self, id, error);

  return entry != NULL
         && mun_store_verify (entry->store, entry->name, include_indexes, progress, data,
                              cancellable, report, faults, error);
}

void
mun_archive_get_totals (MunArchive *self, guint64 *messages, guint64 *bytes)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);

  *messages = *bytes = 0;
  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);
    guint64 own_messages, own_bytes;

    if (entry->store == NULL)
      continue;
    mun_store_get_totals (entry->store, &own_messages, &own_bytes);
    *messages += own_messages;
    *bytes += own_bytes;
  }
}
