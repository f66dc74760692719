/* master-records.c: the installation's database: worker results, credentials, audit log */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "master-records.h"

#include "errors.h"
#include "json.h"
#include "master-private.h"
#include "seal.h"
#include "text.h"

#include <string.h>

#define MAX_AUDIT 10000
#define RESULT_COLUMNS "SELECT id, started, completed, result, interrupted, document FROM results "

gint64
mun_master_start_result (MunMaster *self, gint64 profile_id, JsonObject *document, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *text = mun_json_object_to_string (document);

  if (!mun_database_run (self->database, error,
                         "INSERT INTO results (profile, user_name, started, result, document)"
                         " VALUES (?1, ?2, ?3, 'running', ?4)",
                         "isis", profile_id, mun_json_get_string (document, "userName", ""),
                         mun_master_now (), text))
    return 0;
  return sqlite3_last_insert_rowid (mun_database_get_handle (self->database));
}

/* The document of a result with the members of @update laid over it, as text; NULL with an error.
 */
static char *
merged_result (MunMaster *self, gint64 id, JsonObject *update, GError **error)
{
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error, "SELECT document FROM results WHERE id = ?1",
                              "i", id);
  g_autoptr (JsonObject) document = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GList) members = update != NULL ? json_object_get_members (update) : NULL;

  if (statement == NULL)
    return NULL;
  if (!mun_database_step (self->database, statement, &local_error)) {
    if (local_error != NULL)
      g_propagate_error (error, g_steal_pointer (&local_error));
    else
      g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
                   "result %" G_GINT64_FORMAT " does not exist", id);
    return NULL;
  }
  document = mun_master_document (statement, 0);
  sqlite3_reset (statement);
  for (GList *member = members; member != NULL; member = member->next)
    json_object_set_member (document, member->data, json_object_dup_member (update, member->data));
  return mun_json_object_to_string (document);
}

gboolean
mun_master_update_result (MunMaster *self, gint64 id, JsonObject *document, JsonObject *report,
                          GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *text = merged_result (self, id, document, error);
  g_autofree char *report_text = report != NULL ? mun_json_object_to_string (report) : NULL;

  return text != NULL
         && mun_database_run (
             self->database, error,
             "UPDATE results SET document = ?2, report = coalesce(?3, report) WHERE id = ?1", "iss",
             id, text, report_text);
}

gboolean
mun_master_finish_result (MunMaster *self, gint64 id, const char *result, JsonObject *document,
                          JsonObject *report, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *text = merged_result (self, id, document, error);
  g_autofree char *report_text = report != NULL ? mun_json_object_to_string (report) : NULL;

  return text != NULL
         && mun_database_run (self->database, error,
                              "UPDATE results SET document = ?2, report = coalesce(?3, report),"
                              " result = ?4, completed = ?5,"
                              " interrupted = (?4 = 'disconnected') WHERE id = ?1",
                              "isssi", id, text, report_text, result, mun_master_now ());
}

static JsonObject *
result_object (sqlite3_stmt *statement)
{
  JsonObject *object = mun_master_document (statement, 5);

  json_object_set_int_member (object, "id", sqlite3_column_int64 (statement, 0));
  json_object_set_int_member (object, "startTime", sqlite3_column_int64 (statement, 1));
  if (sqlite3_column_type (statement, 2) == SQLITE_NULL)
    json_object_set_null_member (object, "completeTime");
  else
    json_object_set_int_member (object, "completeTime", sqlite3_column_int64 (statement, 2));
  json_object_set_string_member (object, "result", mun_database_text (statement, 3));
  json_object_set_boolean_member (object, "interrupted", sqlite3_column_int (statement, 4) != 0);
  return object;
}

/* @statement: (nullable): of RESULT_COLUMNS */
static JsonArray *
list_results (MunMaster *self, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (GError) local_error = NULL;

  if (statement == NULL)
    return NULL;
  while (mun_database_step (self->database, statement, &local_error))
    json_array_add_object_element (array, result_object (statement));
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  return g_steal_pointer (&array);
}

JsonArray *
mun_master_list_results (MunMaster *self, gint64 from, gint64 to, gint64 profile_id,
                         const char *user_name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error,
                              RESULT_COLUMNS
                              "WHERE started >= ?1 AND started < ?2 AND (?3 = 0 OR profile = ?3)"
                              " AND (?4 IS NULL OR user_name = ?4) ORDER BY started DESC, id DESC",
                              "iiis", from, to, profile_id, user_name);

  return list_results (self, statement, error);
}

JsonArray *
mun_master_list_interrupted_results (MunMaster *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  /* by id: a clock that was set back does not make an older run the newest */
  sqlite3_stmt *statement = mun_database_prepare (
      self->database, error,
      RESULT_COLUMNS "WHERE id IN (SELECT max(id) FROM results WHERE profile != 0 GROUP BY profile)"
                     " AND interrupted ORDER BY id",
      "");

  return list_results (self, statement, error);
}

gint64
mun_master_count_crashes (MunMaster *self, gint64 profile_id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return mun_database_get_int (
      self->database, 0,
      "SELECT count(*) FROM results WHERE profile = ?1 AND id > coalesce("
      "(SELECT max(id) FROM results WHERE profile = ?1 AND interrupted != 2), 0)",
      "i", profile_id);
}

/* Steps to the one row of a statement: NOT_FOUND about "@what @id" when there is none. */
static gboolean
step_to_row (MunMaster *self, sqlite3_stmt *statement, const char *what, gint64 id, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (statement == NULL)
    return FALSE;
  if (mun_database_step (self->database, statement, &local_error))
    return TRUE;
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "%s %" G_GINT64_FORMAT " does not exist",
                 what, id);
  return FALSE;
}

JsonObject *
mun_master_get_result (MunMaster *self, gint64 id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error, RESULT_COLUMNS "WHERE id = ?1", "i", id);
  JsonObject *object = NULL;

  if (step_to_row (self, statement, "result", id, error)) {
    object = result_object (statement);
    sqlite3_reset (statement);
  }
  return object;
}

JsonObject *
mun_master_get_result_report (MunMaster *self, gint64 id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error, "SELECT report FROM results WHERE id = ?1",
                              "i", id);
  JsonObject *object = NULL;

  if (step_to_row (self, statement, "result", id, error)) {
    if (sqlite3_column_type (statement, 0) != SQLITE_NULL)
      object = mun_master_document (statement, 0);
    sqlite3_reset (statement);
  }
  return object;
}

static JsonObject *
credential_object (sqlite3_stmt *statement)
{
  JsonObject *object = mun_master_document (statement, 1);

  json_object_set_int_member (object, "id", sqlite3_column_int64 (statement, 0));
  return object;
}

JsonArray *
mun_master_list_credentials (MunMaster *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error,
                              "SELECT id, document FROM credentials ORDER BY id", "");

  if (statement == NULL)
    return NULL;
  while (mun_database_step (self->database, statement, &local_error))
    json_array_add_object_element (array, credential_object (statement));
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  return g_steal_pointer (&array);
}

JsonObject *
mun_master_get_credential (MunMaster *self, gint64 id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error,
                              "SELECT id, document FROM credentials WHERE id = ?1", "i", id);
  JsonObject *object = NULL;

  if (step_to_row (self, statement, "credential", id, error)) {
    object = credential_object (statement);
    sqlite3_reset (statement);
  }
  return object;
}

/* What the seal of a credential is bound to, so that a secret cannot be moved to another row. */
static char *
seal_context (const char *word)
{
  return g_strconcat ("muniment credential ", word, NULL);
}

MunSecret *
mun_master_get_credential_secret (MunMaster *self, gint64 id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error,
                              "SELECT context, secret FROM credentials WHERE id = ?1", "i", id);
  g_autofree char *context = NULL;
  g_autoptr (GBytes) sealed = NULL;

  if (!step_to_row (self, statement, "credential", id, error))
    return NULL;
  context = seal_context (mun_database_text (statement, 0));
  if (sqlite3_column_type (statement, 1) != SQLITE_NULL)
    sealed = g_bytes_new (sqlite3_column_blob (statement, 1), sqlite3_column_bytes (statement, 1));
  sqlite3_reset (statement);
  if (sealed == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
                 "credential %" G_GINT64_FORMAT " has no secret part", id);
    return NULL;
  }
  return mun_seal_unwrap (self->key, context, sealed, error);
}

static GBytes *
seal_secret (MunMaster *self, const char *word, MunSecret *secret, GError **error)
{
  g_autofree char *context = seal_context (word);
  gsize length;
  gconstpointer data = mun_secret_get_data (secret, &length);

  return mun_seal_wrap (self->key, context, data, length, error);
}

gint64
mun_master_insert_credential (MunMaster *self, JsonObject *document, MunSecret *secret,
                              GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *text = mun_json_object_to_string (document);
  g_autofree char *word = mun_text_random_hex (16);
  g_autoptr (GBytes) sealed = secret != NULL ? seal_secret (self, word, secret, error) : NULL;
  gsize length = 0;
  gconstpointer data = sealed != NULL ? g_bytes_get_data (sealed, &length) : NULL;

  if (secret != NULL && sealed == NULL)
    return 0;
  if (!mun_database_run (self->database, error,
                         "INSERT INTO credentials (context, document, secret) VALUES (?1, ?2, ?3)",
                         "ssb", word, text, data, length))
    return 0;
  return sqlite3_last_insert_rowid (mun_database_get_handle (self->database));
}

gboolean
mun_master_update_credential (MunMaster *self, gint64 id, JsonObject *document, MunSecret *secret,
                              GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *text = mun_json_object_to_string (document);
  g_autofree char *what = g_strdup_printf ("credential %" G_GINT64_FORMAT, id);
  g_autofree char *word = mun_text_random_hex (16);
  g_autoptr (GBytes) sealed = NULL;
  gsize length = 0;
  gconstpointer data;

  if (secret == NULL)
    return mun_database_run (self->database, error,
                             "UPDATE credentials SET document = ?2 WHERE id = ?1", "is", id, text)
           && mun_master_changed (self, what, error);
  sealed = seal_secret (self, word, secret, error);
  if (sealed == NULL)
    return FALSE;
  data = g_bytes_get_data (sealed, &length);
  return mun_database_run (
             self->database, error,
             "UPDATE credentials SET document = ?2, context = ?3, secret = ?4 WHERE id = ?1",
             "issb", id, text, word, data, length)
         && mun_master_changed (self, what, error);
}

gboolean
mun_master_remove_credential (MunMaster *self, gint64 id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *what = g_strdup_printf ("credential %" G_GINT64_FORMAT, id);

  return mun_database_run (self->database, error, "DELETE FROM credentials WHERE id = ?1", "i", id)
         && mun_master_changed (self, what, error);
}

static JsonObject *
audit_object (sqlite3_stmt *statement)
{
  JsonObject *object = mun_master_document (statement, 4);

  json_object_set_int_member (object, "id", sqlite3_column_int64 (statement, 0));
  json_object_set_int_member (object, "time", sqlite3_column_int64 (statement, 1));
  json_object_set_string_member (object, "userName", mun_database_text (statement, 2));
  json_object_set_string_member (object, "eventType", mun_database_text (statement, 3));
  return object;
}

JsonArray *
mun_master_list_audit (MunMaster *self, gint64 from, gint64 to, const char *user_name,
                       const char *event_type, guint maximum, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (GError) local_error = NULL;
  gint64 limit = maximum > 0 ? MIN (maximum, MAX_AUDIT) : MAX_AUDIT;
  sqlite3_stmt *statement = mun_database_prepare (
      self->database, error,
      "SELECT id, at, user_name, event, document FROM audit WHERE at >= ?1 AND at < ?2"
      " AND (?3 IS NULL OR user_name = ?3) AND (?4 IS NULL OR event = ?4) ORDER BY at DESC, id DESC"
      " LIMIT ?5",
      "iissi", from, to, user_name, event_type, limit);

  if (statement == NULL)
    return NULL;
  while (mun_database_step (self->database, statement, &local_error))
    json_array_add_object_element (array, audit_object (statement));
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  return g_steal_pointer (&array);
}
