/* master-keys.c: the master key, and those before it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "master-keys.h"

#include "container-file.h"
#include "errors.h"
#include "json.h"
#include "master-private.h"
#include "text.h"

#include <string.h>

/* The setting: {"check":"a known text, sealed with the key that holds","old":["a key, sealed
 * likewise",…]}, each base64url; the latest first. */
#define SETTING "masterKeys"
#define CHECK_CONTEXT "muniment master key check"
#define OLD_CONTEXT "muniment former master key"

/* What is sealed with the master key; each is a list of its own in here. */
static const struct {
  const char *select, *update; /* id, context, secret */
  const char *context;         /* goes before the context of the row */
} sealed_columns[] = {
  { "SELECT id, context, secret FROM credentials WHERE secret IS NOT NULL",
    "UPDATE credentials SET secret = ?2 WHERE id = ?1", "muniment credential " },
};

/* Under the lock. */
static JsonObject *
read_setting (MunMaster *self, GError **error)
{
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error,
                              "SELECT value FROM settings WHERE key = '" SETTING "'", "");
  g_autoptr (GError) local_error = NULL;
  JsonObject *setting = NULL;

  if (statement == NULL)
    return NULL;
  if (mun_database_step (self->database, statement, &local_error)) {
    setting = mun_master_document (statement, 0);
    sqlite3_reset (statement);
  } else if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  return setting != NULL ? setting : json_object_new ();
}

static MunSecret *
open_text (MunSecret *key, const char *context, const char *text, GError **error)
{
  g_autoptr (GBytes) sealed = mun_text_from_base64url (text);

  if (sealed != NULL)
    return mun_seal_unwrap (key, context, sealed, error);
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_DAMAGED, "a former master key is damaged");
  return NULL;
}

static char *
seal_text (MunSecret *key, const char *context, gconstpointer data, gsize length, GError **error)
{
  g_autoptr (GBytes) sealed = mun_seal_wrap (key, context, data, length, error);

  return sealed != NULL
             ? mun_text_base64url (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed))
             : NULL;
}

gboolean
mun_master_prefer_key (MunMaster *self, MunSecret *next)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (JsonObject) setting = read_setting (self, NULL);
  g_autoptr (MunSecret) known = NULL;

  if (setting != NULL)
    known = open_text (next, CHECK_CONTEXT, mun_json_get_string (setting, "check", ""), NULL);
  if (known == NULL)
    return FALSE;
  mun_secret_unref (self->key);
  self->key = mun_secret_ref (next);
  return TRUE;
}

MunSecret *
mun_master_dup_key (MunMaster *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return mun_secret_ref (self->key);
}

GPtrArray *
mun_master_list_old_keys (MunMaster *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (JsonObject) setting = read_setting (self, error);
  g_auto (GStrv) texts = NULL;
  GPtrArray *keys;

  if (setting == NULL)
    return NULL;
  keys = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_secret_unref);
  texts = mun_json_dup_strings (setting, "old");
  for (guint i = 0; texts[i] != NULL; i++) {
    MunSecret *key = open_text (self->key, OLD_CONTEXT, texts[i], NULL);

    if (key != NULL)
      g_ptr_array_add (keys, key);
  }
  return keys;
}

static char *
seal_old_key (MunSecret *key, MunSecret *next, GError **error)
{
  gsize length;
  gconstpointer data = mun_secret_get_data (key, &length);

  return seal_text (next, OLD_CONTEXT, data, length, error);
}

/* The present key and those before it. What the present one does not open stays for the one that
 * does, should that be found again. */
static GPtrArray *
seal_old_keys (MunMaster *self, JsonObject *setting, MunSecret *next, GError **error)
{
  g_autoptr (GPtrArray) sealed = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) texts = mun_json_dup_strings (setting, "old");
  char *text = seal_old_key (self->key, next, error);

  if (text == NULL)
    return NULL;
  g_ptr_array_add (sealed, text);
  for (guint i = 0; texts[i] != NULL; i++) {
    g_autoptr (MunSecret) key = open_text (self->key, OLD_CONTEXT, texts[i], NULL);

    text = key != NULL ? seal_old_key (key, next, error) : g_strdup (texts[i]);
    if (text == NULL)
      return NULL;
    g_ptr_array_add (sealed, text);
  }
  g_ptr_array_add (sealed, NULL);
  return g_steal_pointer (&sealed);
}

static gboolean
write_setting (MunMaster *self, MunSecret *next, GError **error)
{
  g_autoptr (JsonObject) setting = read_setting (self, error);
  g_autoptr (GPtrArray) old = NULL;
  g_autofree char *check = NULL, *text = NULL;

  if (setting == NULL)
    return FALSE;
  old = seal_old_keys (self, setting, next, error);
  check = seal_text (next, CHECK_CONTEXT, "muniment", strlen ("muniment"),
                     old != NULL ? error : NULL);
  if (old == NULL || check == NULL)
    return FALSE;
  json_object_set_string_member (setting, "check", check);
  mun_json_set_strings (setting, "old", (const char *const *)old->pdata);
  text = mun_json_object_to_string (setting);
  return mun_database_run (self->database, error,
                           "INSERT OR REPLACE INTO settings (key, value) VALUES ('" SETTING
                           "', ?1)",
                           "s", text);
}

/* One row that is sealed with the master key. */
typedef struct {
  gint64 id;
  char *context;
  GBytes *sealed;
} Row;

static void
row_free (Row *row)
{
  g_free (row->context);
  g_bytes_unref (row->sealed);
  g_free (row);
}

static GPtrArray *
list_rows (MunMaster *self, guint column, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)row_free);
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error, sealed_columns[column].select, "");

  if (statement == NULL)
    return NULL;
  while (mun_database_step (self->database, statement, &local_error)) {
    Row *row = g_new0 (Row, 1);

    row->id = sqlite3_column_int64 (statement, 0);
    row->context
        = g_strconcat (sealed_columns[column].context, mun_database_text (statement, 1), NULL);
    row->sealed
        = g_bytes_new (sqlite3_column_blob (statement, 2), sqlite3_column_bytes (statement, 2));
    g_ptr_array_add (rows, row);
  }
  if (local_error == NULL)
    return g_steal_pointer (&rows);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static gboolean
seal_rows (MunMaster *self, guint column, MunSecret *next, guint *sealed, guint *kept,
           GError **error)
{
  g_autoptr (GPtrArray) rows = list_rows (self, column, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    Row *row = g_ptr_array_index (rows, i);
    g_autoptr (MunSecret) secret = mun_seal_unwrap (self->key, row->context, row->sealed, NULL);
    g_autoptr (GBytes) wrapped = NULL;
    gconstpointer data;
    gsize length;

    if (secret == NULL) {
      ++*kept;
      continue;
    }
    data = mun_secret_get_data (secret, &length);
    wrapped = mun_seal_wrap (next, row->context, data, length, error);
    if (wrapped == NULL
        || !mun_database_run (self->database, error, sealed_columns[column].update, "ib", row->id,
                              g_bytes_get_data (wrapped, NULL), g_bytes_get_size (wrapped)))
      return FALSE;
    ++*sealed;
  }
  return rows != NULL;
}

static gboolean
pass (const char *step, GError **error)
{
  int problem = mun_container_file_fault (step);

  return problem == 0
         || mun_container_file_error (error, problem, "renewing the master key in", "master.db");
}

gboolean
mun_master_renew_key (MunMaster *self, MunSecret *next, guint *sealed, guint *kept, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean ok;

  *sealed = *kept = 0;
  /* What the former key sealed is not to stay in free pages, nor in the log. */
  ok = mun_database_exec (self->database, "PRAGMA secure_delete = ON; BEGIN IMMEDIATE", error);
  if (!ok)
    return FALSE;
  for (guint i = 0; ok && i < G_N_ELEMENTS (sealed_columns); i++)
    ok = seal_rows (self, i, next, sealed, kept, error);
  ok = ok && write_setting (self, next, error) && pass ("renew-commit", error)
       && mun_database_exec (self->database, "COMMIT", error);
  if (!ok) {
    mun_database_exec (self->database, "ROLLBACK", NULL);
    return FALSE;
  }
  mun_database_exec (self->database, "PRAGMA wal_checkpoint (TRUNCATE)", NULL);
  mun_secret_unref (self->key);
  self->key = mun_secret_ref (next);
  return TRUE;
}
