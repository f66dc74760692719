/* master.c: the installation's database: users, settings, profiles, checkpoints, stores */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "master.h"

#include "errors.h"
#include "json.h"
#include "master-private.h"

G_DEFINE_FINAL_TYPE (MunMaster, mun_master, G_TYPE_OBJECT)

static void
mun_master_finalize (GObject *object)
{
  MunMaster *self = MUN_MASTER (object);

  g_clear_pointer (&self->reader, mun_database_close);
  g_clear_pointer (&self->database, mun_database_close);
  g_clear_pointer (&self->key, mun_secret_unref);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->reader_lock);
  g_mutex_clear (&self->audit_lock);
  G_OBJECT_CLASS (mun_master_parent_class)->finalize (object);
}

static void
mun_master_class_init (MunMasterClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mun_master_finalize;
}

static void
mun_master_init (MunMaster *self)
{
  g_mutex_init (&self->lock);
  g_mutex_init (&self->reader_lock);
  g_mutex_init (&self->audit_lock);
  g_queue_init (&self->audit_waiting);
}

static gboolean
migrate_1 (MunDatabase *database, GError **error)
{
  return mun_database_run_script (database, "master-1.sql", error);
}

static gboolean
migrate_2 (MunDatabase *database, GError **error)
{
  return mun_database_run_script (database, "master-2.sql", error);
}

static const MunMigration migrations[] = { { 1, migrate_1 }, { 2, migrate_2 } };

gint64
mun_master_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

JsonObject *
mun_master_document (sqlite3_stmt *statement, int column)
{
  JsonObject *object = mun_json_parse_object (mun_database_text (statement, column), -1, NULL);

  return object != NULL ? object : json_object_new ();
}

gboolean
mun_master_changed (MunMaster *self, const char *what, GError **error)
{
  if (sqlite3_changes (mun_database_get_handle (self->database)) > 0)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "%s does not exist", what);
  return FALSE;
}

MunMaster *
mun_master_open (const char *path, MunSecret *master_key, GError **error)
{
  g_autoptr (MunMaster) self = g_object_new (MUN_TYPE_MASTER, NULL);

  self->key = mun_secret_ref (master_key);
  self->database = mun_database_open (path, MUN_DATABASE_WRITER, error);
  if (self->database == NULL
      || !mun_database_migrate (self->database, migrations, G_N_ELEMENTS (migrations), error)
      || !mun_database_run (self->database, error,
                            "UPDATE results SET result = 'disconnected', interrupted = 2,"
                            " completed = coalesce(completed, ?1) WHERE result = 'running'",
                            "i", mun_master_now ()))
    return NULL;
  self->reader = mun_database_open (path, MUN_DATABASE_READER, error);
  return self->reader != NULL ? g_steal_pointer (&self) : NULL;
}

/* One column of all rows of a statement without bindings. */
static GStrv
list_texts (MunMaster *self, const char *sql, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *statement = mun_database_prepare (self->database, error, sql, "");

  if (statement == NULL)
    return NULL;
  while (mun_database_step (self->database, statement, &local_error))
    g_ptr_array_add (texts, g_strdup (mun_database_text (statement, 0)));
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  g_ptr_array_add (texts, NULL);
  return (GStrv)g_ptr_array_free (g_steal_pointer (&texts), FALSE);
}

GStrv
mun_master_list_users (MunMaster *self, GError **error)
{
  return list_texts (self, "SELECT name FROM users ORDER BY name", error);
}

static gboolean
no_such_user (const char *name, GError **error)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "user %s does not exist", name);
  return FALSE;
}

static gboolean
has_user (MunMaster *self, const char *name)
{
  return mun_database_get_int (self->database, 0, "SELECT count(*) FROM users WHERE name = ?1", "s",
                               name)
         > 0;
}

/* The document of a row found by number or by name; FALSE with an error, or without one when there
 * is none. */
static JsonObject *
get_document (MunDatabase *database, GError **error, const char *sql, gint64 id, const char *name)
{
  sqlite3_stmt *statement = name != NULL ? mun_database_prepare (database, error, sql, "s", name)
                                         : mun_database_prepare (database, error, sql, "i", id);
  JsonObject *document = NULL;

  if (statement != NULL && mun_database_step (database, statement, error)) {
    document = mun_master_document (statement, 0);
    sqlite3_reset (statement);
  }
  return document;
}

JsonObject *
mun_master_get_user (MunMaster *self, const char *name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->reader_lock);
  g_autoptr (GError) local_error = NULL;
  JsonObject *document = get_document (self->reader, &local_error,
                                       "SELECT document FROM users WHERE name = ?1", 0, name);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (document == NULL)
    no_such_user (name, error);
  return document;
}

gboolean
mun_master_add_user (MunMaster *self, const char *name, JsonObject *document, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *text = mun_json_object_to_string (document);

  if (has_user (self, name)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_EXISTS, "user %s exists already", name);
    return FALSE;
  }
  return mun_database_run (self->database, error,
                           "INSERT INTO users (name, document) VALUES (?1, ?2)", "ss", name, text);
}

gboolean
mun_master_put_user (MunMaster *self, const char *name, JsonObject *document, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *text = mun_json_object_to_string (document);

  if (!has_user (self, name))
    return no_such_user (name, error);
  return mun_database_run (self->database, error, "UPDATE users SET document = ?2 WHERE name = ?1",
                           "ss", name, text);
}

gboolean
mun_master_remove_user (MunMaster *self, const char *name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!has_user (self, name))
    return no_such_user (name, error);
  return mun_database_run (self->database, error, "DELETE FROM users WHERE name = ?1", "s", name);
}

gboolean
mun_master_rename_user (MunMaster *self, const char *from, const char *to, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!has_user (self, from))
    return no_such_user (from, error);
  if (g_ascii_strcasecmp (from, to) != 0 && has_user (self, to)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_EXISTS, "user %s exists already", to);
    return FALSE;
  }
  return mun_database_run (self->database, error, "UPDATE users SET name = ?2 WHERE name = ?1",
                           "ss", from, to);
}

/* The first column of the first row, or NULL. */
static char *
get_text (MunMaster *self, sqlite3_stmt *statement, GError **error)
{
  char *text = NULL;

  if (statement == NULL || !mun_database_step (self->database, statement, error))
    return NULL;
  if (sqlite3_column_type (statement, 0) != SQLITE_NULL)
    text = g_strdup (mun_database_text (statement, 0));
  sqlite3_reset (statement);
  return text;
}

char *
mun_master_get_password (MunMaster *self, const char *name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!has_user (self, name)) {
    no_such_user (name, error);
    return NULL;
  }
  return get_text (self,
                   mun_database_prepare (self->database, error,
                                         "SELECT password FROM users WHERE name = ?1", "s", name),
                   error);
}

gboolean
mun_master_set_password (MunMaster *self, const char *name, const char *hash, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!has_user (self, name))
    return no_such_user (name, error);
  return mun_database_run (self->database, error, "UPDATE users SET password = ?2 WHERE name = ?1",
                           "ss", name, hash);
}

char *
mun_master_get_setting (MunMaster *self, const char *key, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return get_text (self,
                   mun_database_prepare (self->database, error,
                                         "SELECT value FROM settings WHERE key = ?1", "s", key),
                   error);
}

gboolean
mun_master_set_setting (MunMaster *self, const char *key, const char *value, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (value == NULL)
    return mun_database_run (self->database, error, "DELETE FROM settings WHERE key = ?1", "s",
                             key);
  return mun_database_run (self->database, error,
                           "INSERT OR REPLACE INTO settings (key, value) VALUES (?1, ?2)", "ss",
                           key, value);
}

char *
mun_master_get_checkpoint (MunMaster *self, gint64 profile_id, const char *scope, const char *key,
                           GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  sqlite3_stmt *statement = mun_database_prepare (
      self->database, error,
      "SELECT value FROM checkpoints WHERE profile = ?1 AND scope = ?2 AND key = ?3", "iss",
      profile_id, scope, key);

  return get_text (self, statement, error);
}

gboolean
mun_master_set_checkpoint (MunMaster *self, gint64 profile_id, const char *scope, const char *key,
                           const char *value, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (value == NULL)
    return mun_database_run (
        self->database, error,
        "DELETE FROM checkpoints WHERE profile = ?1 AND scope = ?2 AND key = ?3", "iss", profile_id,
        scope, key);
  return mun_database_run (
      self->database, error,
      "INSERT OR REPLACE INTO checkpoints (profile, scope, key, value) VALUES (?1, ?2, ?3, ?4)",
      "isss", profile_id, scope, key, value);
}

gboolean
mun_master_clear_checkpoints (MunMaster *self, gint64 profile_id, const char *scope, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return mun_database_run (
      self->database, error,
      "DELETE FROM checkpoints WHERE profile = ?1 AND (?2 IS NULL OR scope = ?2)", "is", profile_id,
      scope);
}

/* Columns id, document and, with @with_version, version: as they are handed out. */
static JsonObject *
numbered_document (sqlite3_stmt *statement, gboolean with_version)
{
  JsonObject *document = mun_master_document (statement, 1);

  json_object_set_int_member (document, "id", sqlite3_column_int64 (statement, 0));
  if (with_version)
    json_object_set_int_member (document, "version", sqlite3_column_int64 (statement, 2));
  return document;
}

static JsonArray *
list_numbered (MunMaster *self, const char *sql, gboolean with_version, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *statement = mun_database_prepare (self->database, error, sql, "");

  if (statement == NULL)
    return NULL;
  while (mun_database_step (self->database, statement, &local_error))
    json_array_add_object_element (array, numbered_document (statement, with_version));
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  return g_steal_pointer (&array);
}

JsonArray *
mun_master_list_profiles (MunMaster *self, GError **error)
{
  return list_numbered (self, "SELECT id, document, version FROM profiles ORDER BY id", TRUE,
                        error);
}

JsonObject *
mun_master_get_profile (MunMaster *self, gint64 id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GError) local_error = NULL;
  JsonObject *document = NULL;
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error,
                              "SELECT id, document, version FROM profiles WHERE id = ?1", "i", id);

  if (statement == NULL)
    return NULL;
  if (mun_database_step (self->database, statement, &local_error)) {
    document = numbered_document (statement, TRUE);
    sqlite3_reset (statement);
  } else if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
  } else {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
                 "profile %" G_GINT64_FORMAT " does not exist", id);
  }
  return document;
}

gint64
mun_master_insert_profile (MunMaster *self, JsonObject *document, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *text = mun_json_object_to_string (document);

  if (!mun_database_run (self->database, error,
                         "INSERT INTO profiles (version, document) VALUES (1, ?1)", "s", text))
    return 0;
  return sqlite3_last_insert_rowid (mun_database_get_handle (self->database));
}

gboolean
mun_master_update_profile (MunMaster *self, gint64 id, JsonObject *document, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *text = mun_json_object_to_string (document);
  g_autofree char *what = g_strdup_printf ("profile %" G_GINT64_FORMAT, id);

  return mun_database_run (self->database, error,
                           "UPDATE profiles SET document = ?2, version = version + 1 WHERE id = ?1",
                           "is", id, text)
         && mun_master_changed (self, what, error);
}

gboolean
mun_master_remove_profile (MunMaster *self, gint64 id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *what = g_strdup_printf ("profile %" G_GINT64_FORMAT, id);

  return mun_database_run (self->database, error, "DELETE FROM profiles WHERE id = ?1", "i", id)
         && mun_master_changed (self, what, error);
}

JsonArray *
mun_master_list_stores (MunMaster *self, GError **error)
{
  return list_numbered (self, "SELECT id, document FROM stores ORDER BY id", FALSE, error);
}

gint64
mun_master_insert_store (MunMaster *self, JsonObject *document, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *text = mun_json_object_to_string (document);

  if (!mun_database_run (self->database, error, "INSERT INTO stores (document) VALUES (?1)", "s",
                         text))
    return 0;
  return sqlite3_last_insert_rowid (mun_database_get_handle (self->database));
}

static gboolean
put_stores (MunMaster *self, JsonArray *documents, GError **error)
{
  for (guint i = 0; i < json_array_get_length (documents); i++) {
    JsonObject *document = json_array_get_object_element (documents, i);
    g_autofree char *text = mun_json_object_to_string (document);

    if (!mun_database_run (self->database, error, "UPDATE stores SET document = ?2 WHERE id = ?1",
                           "is", mun_json_get_int (document, "id", 0), text)
        || !mun_master_changed (self, "the store", error))
      return FALSE;
  }
  return TRUE;
}

gboolean
mun_master_put_stores (MunMaster *self, JsonArray *documents, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!mun_database_exec (self->database, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (put_stores (self, documents, error) && mun_database_exec (self->database, "COMMIT", error))
    return TRUE;
  mun_database_exec (self->database, "ROLLBACK", NULL);
  return FALSE;
}
