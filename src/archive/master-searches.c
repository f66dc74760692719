/* master-searches.c: the installation's database: the searches that a user keeps by name */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "master-searches.h"

#include "errors.h"
#include "json.h"
#include "master-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define COLUMNS "SELECT id, name, criteria FROM saved_searches "

static gboolean
is_line (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    switch (g_unichar_type (g_utf8_get_char (text))) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      break;
    }
  return TRUE;
}

/* Returns: (transfer full) (nullable): a name as it is kept. */
static char *
clean_name (const char *name, GError **error)
{
  g_autofree char *clean = g_utf8_normalize (name, -1, G_NORMALIZE_NFC);
  const char *reason = NULL;

  G_STATIC_ASSERT (MUN_SAVED_SEARCH_MAX_NAME == 100);
  if (clean != NULL)
    g_strstrip (clean);
  if (clean == NULL || !is_line (clean))
    reason = N_ ("The name of a search folder must be one line of text");
  else if (*clean == '\0')
    reason = N_ ("A search folder needs a name");
  else if (g_utf8_strlen (clean, -1) > MUN_SAVED_SEARCH_MAX_NAME)
    reason = N_ ("The name of a search folder has 100 characters at most");
  if (reason == NULL)
    return g_steal_pointer (&clean);
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, reason);
  return NULL;
}

/* Returns: (transfer full): what the names of one user are told apart by. */
static char *
fold_name (const char *name)
{
  g_autofree char *decomposed = g_utf8_normalize (name, -1, G_NORMALIZE_ALL);
  g_autofree char *folded = g_utf8_casefold (decomposed, -1);

  return g_utf8_normalize (folded, -1, G_NORMALIZE_ALL);
}

static char *
write_criteria (JsonObject *criteria, GError **error)
{
  g_autofree char *text = mun_json_object_to_string (criteria);

  if (strlen (text) <= MUN_SAVED_SEARCH_MAX_CRITERIA)
    return g_steal_pointer (&text);
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_TOO_LARGE,
                       N_ ("The search is too long for a search folder"));
  return NULL;
}

static JsonObject *
search_object (sqlite3_stmt *statement)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", sqlite3_column_int64 (statement, 0));
  json_object_set_string_member (object, "name", mun_database_text (statement, 1));
  json_object_set_object_member (object, "criteria", mun_master_document (statement, 2));
  return object;
}

static void
no_such_search (gint64 id, GError **error)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
               "search folder %" G_GINT64_FORMAT " does not exist", id);
}

JsonArray *
mun_master_list_saved_searches (MunMaster *self, const char *user_name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error, COLUMNS "WHERE user_name = ?1 ORDER BY folded",
                              "s", user_name);

  if (statement == NULL)
    return NULL;
  while (mun_database_step (self->database, statement, &local_error))
    json_array_add_object_element (array, search_object (statement));
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  return g_steal_pointer (&array);
}

JsonObject *
mun_master_get_saved_search (MunMaster *self, const char *user_name, gint64 id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GError) local_error = NULL;
  JsonObject *object = NULL;
  sqlite3_stmt *statement
      = mun_database_prepare (self->database, error, COLUMNS "WHERE id = ?1 AND user_name = ?2",
                              "is", id, user_name);

  if (statement == NULL)
    return NULL;
  if (mun_database_step (self->database, statement, &local_error)) {
    object = search_object (statement);
    sqlite3_reset (statement);
  } else if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
  } else {
    no_such_search (id, error);
  }
  return object;
}

/* @id: of the search that may have the name. */
static gboolean
is_name_free (MunMaster *self, const char *user_name, gint64 id, const char *name,
              const char *folded, GError **error)
{
  gint64 taken = 0;

  if (!mun_database_find_int (self->database, &taken, error,
                              "SELECT count(*) FROM saved_searches"
                              " WHERE user_name = ?1 AND folded = ?2 AND id != ?3",
                              "ssi", user_name, folded, id))
    return FALSE;
  if (taken == 0)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_EXISTS, "a search folder named “%s” exists already",
               name);
  return FALSE;
}

static gboolean
has_room (MunMaster *self, const char *user_name, GError **error)
{
  gint64 count = 0;

  if (!mun_database_find_int (self->database, &count, error,
                              "SELECT count(*) FROM saved_searches WHERE user_name = ?1", "s",
                              user_name))
    return FALSE;
  if (count < MUN_SAVED_SEARCHES_MAX)
    return TRUE;
  G_STATIC_ASSERT (MUN_SAVED_SEARCHES_MAX == 200);
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_TOO_LARGE,
                       N_ ("There are 200 search folders already, which is the most. Delete one, "
                           "then save this one"));
  return FALSE;
}

gint64
mun_master_insert_saved_search (MunMaster *self, const char *user_name, const char *name,
                                JsonObject *criteria, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *clean = clean_name (name, error);
  g_autofree char *folded = clean != NULL ? fold_name (clean) : NULL;
  g_autofree char *text = clean != NULL ? write_criteria (criteria, error) : NULL;

  if (text == NULL || !is_name_free (self, user_name, 0, clean, folded, error)
      || !has_room (self, user_name, error)
      || !mun_database_run (self->database, error,
                            "INSERT INTO saved_searches (user_name, name, folded, criteria)"
                            " SELECT name, ?2, ?3, ?4 FROM users WHERE name = ?1",
                            "ssss", user_name, clean, folded, text)
      || !mun_master_changed (self, "the user", error))
    return 0;
  return sqlite3_last_insert_rowid (mun_database_get_handle (self->database));
}

gboolean
mun_master_update_saved_search (MunMaster *self, const char *user_name, gint64 id, const char *name,
                                JsonObject *criteria, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *clean = name != NULL ? clean_name (name, error) : NULL;
  g_autofree char *folded = clean != NULL ? fold_name (clean) : NULL;
  g_autofree char *text = NULL;

  if (name != NULL && (clean == NULL || !is_name_free (self, user_name, id, clean, folded, error)))
    return FALSE;
  if (criteria != NULL) {
    text = write_criteria (criteria, error);
    if (text == NULL)
      return FALSE;
  }
  if (!mun_database_run (self->database, error,
                         "UPDATE saved_searches SET name = coalesce(?3, name),"
                         " folded = coalesce(?4, folded), criteria = coalesce(?5, criteria)"
                         " WHERE id = ?2 AND user_name = ?1",
                         "sisss", user_name, id, clean, folded, text))
    return FALSE;
  if (sqlite3_changes (mun_database_get_handle (self->database)) > 0)
    return TRUE;
  no_such_search (id, error);
  return FALSE;
}

gboolean
mun_master_remove_saved_search (MunMaster *self, const char *user_name, gint64 id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!mun_database_run (self->database, error,
                         "DELETE FROM saved_searches WHERE id = ?1 AND user_name = ?2", "is", id,
                         user_name))
    return FALSE;
  if (sqlite3_changes (mun_database_get_handle (self->database)) > 0)
    return TRUE;
  no_such_search (id, error);
  return FALSE;
}
