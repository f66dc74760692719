/* index-heal.c: an index that is of another version, damaged or gone is made anew, empty */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "index-heal.h"

#include "container-file.h"
#include "errors.h"
#include "index-gaps.h"

#include <string.h>

/* What the indexes of stores were made with that do not say it yet. */
#define FIRST_VERSION 1001
#define INDEX_TABLES                                                                               \
  "('search', 'search_data', 'search_idx', 'search_config', 'search_docsize', 'search_content')"

gboolean
mun_index_heal_take_damage (MunDatabase *database)
{
  g_autofree char *sql = mun_database_take_damage (database);

  /* The index writes what it has gathered when the transaction ends. */
  return sql != NULL
         && (strstr (sql, "search") != NULL || strstr (sql, "vocabulary") != NULL
             || strcmp (sql, "COMMIT") == 0);
}

gboolean
mun_index_heal_check (MunDatabase *database, GError **error)
{
  return mun_database_run (database, error,
                           "INSERT INTO search (search) VALUES ('integrity-check')", "");
}

static gboolean
make_empty (MunDatabase *database, GError **error)
{
  /* As in a new store. */
  return mun_database_run_script (database, "index.sql", error)
         && mun_database_exec (database,
                               "INSERT INTO search (search, rank) VALUES ('pgsz', 8050);"
                               "INSERT INTO search (search, rank) VALUES ('hashsize', 8388608);"
                               "INSERT INTO search (search, rank) VALUES ('usermerge', 2);"
                               "DELETE FROM meta WHERE key IN ('stale_rows', 'index_broken');",
                               error)
         && mun_index_gaps_make (database, TRUE, error);
}

static gboolean
drop (MunDatabase *database, GError **error)
{
  return mun_database_exec (
      database,
      "DROP TABLE IF EXISTS search; DROP TABLE IF EXISTS search_data;"
      "DROP TABLE IF EXISTS search_idx; DROP TABLE IF EXISTS search_config;"
      "DROP TABLE IF EXISTS search_docsize; DROP TABLE IF EXISTS search_content;",
      error);
}

gboolean
mun_index_heal_empty (MunDatabase *database, GError **error)
{
  return drop (database, error) && make_empty (database, error);
}

/* What cannot be walked cannot be dropped: its tables are forgotten, and their pages belong to
 * nobody until the file is written anew. */
static gboolean
forget (MunDatabase *database, GError **error)
{
  return mun_database_exec (database,
                            "PRAGMA writable_schema = ON;"
                            "DELETE FROM sqlite_schema WHERE tbl_name IN " INDEX_TABLES ";"
                            "PRAGMA writable_schema = RESET;",
                            error);
}

gboolean
mun_index_heal_mark (MunDatabase *database, GError **error)
{
  return mun_database_exec (database,
                            "INSERT OR REPLACE INTO meta (key, value) VALUES ('index_broken', 1)",
                            error);
}

static gboolean
mark_untidy (MunDatabase *database, GError **error)
{
  return mun_database_exec (database,
                            "INSERT OR REPLACE INTO meta (key, value) VALUES ('index_untidy', 1)",
                            error);
}

static gboolean
reset_by (MunDatabase *database, gboolean (*remove) (MunDatabase *database, GError **error),
          gboolean is_damaged, GError **error)
{
  mun_database_reset (database);
  if (!mun_database_exec (database, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (remove (database, error) && make_empty (database, error)
      && (!is_damaged || mark_untidy (database, error))
      && mun_container_file_fault ("index-reset") == 0
      && mun_database_exec (database, "COMMIT", error)) {
    mun_container_file_fault ("after-index-reset");
    return TRUE;
  }
  mun_database_exec (database, "ROLLBACK", NULL);
  return FALSE;
}

gboolean
mun_index_heal_reset (MunDatabase *database, gboolean is_damaged, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean ok = reset_by (database, drop, is_damaged, &local_error);

  if (!ok && !g_error_matches (local_error, MUN_ERROR, MUN_ERROR_NO_SPACE)
      && !g_error_matches (local_error, MUN_ERROR, MUN_ERROR_READ_ONLY)
      && !g_error_matches (local_error, MUN_ERROR, MUN_ERROR_BUSY)) {
    g_message ("the index cannot be dropped: %s", local_error->message);
    g_clear_error (&local_error);
    ok = reset_by (database, forget, TRUE, &local_error);
  }
  g_free (mun_database_take_damage (database));
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return ok;
}

gboolean
mun_index_heal_is_untidy (MunDatabase *database)
{
  return mun_database_get_int (database, 0, "SELECT value FROM meta WHERE key = 'index_untidy'", "")
         > 0;
}

gboolean
mun_index_heal_tidy (MunDatabase *database, GError **error)
{
  sqlite3 *handle = mun_database_get_handle (database);
  gboolean ok;

  if (!mun_index_heal_is_untidy (database))
    return TRUE;
  mun_container_file_fault ("index-tidy");
  mun_database_reset (database);
  /* The copy goes to a file, and counts as an attached database. */
  sqlite3_limit (handle, SQLITE_LIMIT_ATTACHED, 1);
  ok = mun_database_exec (database, "PRAGMA temp_store = FILE", error)
       && mun_database_exec (database, "VACUUM", error);
  mun_database_exec (database, "PRAGMA temp_store = MEMORY", NULL);
  sqlite3_limit (handle, SQLITE_LIMIT_ATTACHED, 0);
  ok = ok && mun_database_exec (database, "DELETE FROM meta WHERE key = 'index_untidy'", error);
  /* The file is as short as it can be when the log is empty; a reader at work keeps it for now. */
  if (ok)
    mun_database_exec (database, "PRAGMA wal_checkpoint (TRUNCATE)", NULL);
  return ok;
}

/* The opening is where this damage is seen: verification finds a sound index afterwards. */
static void
say_damaged (MunDatabase *database, const char *reason)
{
  g_message ("the index in %s is damaged, it is made anew: %s",
             sqlite3_db_filename (mun_database_get_handle (database), "main"), reason);
}

/* Are all parts there, and can they be read to begin with? */
static gboolean
is_usable (MunDatabase *database)
{
  g_autoptr (GError) error = NULL;
  gint64 tables = mun_database_get_int (
      database, 0,
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN"
      " ('search', 'search_data', 'search_idx', 'search_config', 'index_gaps', 'index_counts',"
      " 'index_selected')",
      "");
  gint64 triggers = mun_database_get_int (
      database, 0,
      "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name LIKE"
      " 'index_gaps_%'",
      "");
  gint64 ignored = 0;

  if (tables == 7 && triggers == 3
      && (mun_database_find_int (database, &ignored, &error,
                                 "SELECT rowid FROM search WHERE search MATCH 'tokens : \"all\"'"
                                 " LIMIT 1",
                                 "")
          /* A disk that does not answer says nothing about what is on it. */
          || (sqlite3_errcode (mun_database_get_handle (database)) & 0xff) == SQLITE_IOERR))
    return TRUE;
  say_damaged (database, error != NULL ? error->message : "a part is missing");
  return FALSE;
}

/* Before there was a list of gaps there were none. */
static gboolean
adopt (MunDatabase *database, gint64 *version, GError **error)
{
  gint64 has_messages = 0;

  if (!mun_database_find_int (database, &has_messages, error, "SELECT 1 FROM messages LIMIT 1", ""))
    return FALSE;
  *version = has_messages ? FIRST_VERSION : MUN_INDEX_VERSION;
  if (!mun_database_exec (database, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (mun_index_gaps_make (database, FALSE, error)
      && mun_database_run (database, error,
                           "UPDATE meta SET value = ?1 WHERE key = 'index_version'", "i", *version)
      && mun_database_exec (database, "COMMIT", error))
    return TRUE;
  mun_database_exec (database, "ROLLBACK", NULL);
  return FALSE;
}

gboolean
mun_index_heal_open (MunDatabase *database, GError **error)
{
  gint64 version = 0, is_broken = 0;
  gboolean is_damaged;

  if (!mun_database_find_int (database, &version, error,
                              "SELECT value FROM meta WHERE key = 'index_version'", "")
      || !mun_database_find_int (database, &is_broken, error,
                                 "SELECT value FROM meta WHERE key = 'index_broken'", "")
      || (version == 0 && !adopt (database, &version, error)))
    return FALSE;
  if (is_broken)
    say_damaged (database, "it was found so before the store was closed");
  is_damaged = is_broken || !is_usable (database);
  if (is_damaged || version != MUN_INDEX_VERSION) {
    if (!is_damaged)
      g_message ("the index was made by version %" G_GINT64_FORMAT ", this is version %d: it is"
                 " made anew",
                 version, MUN_INDEX_VERSION);
    return mun_index_heal_reset (database, is_damaged, error);
  }
  return mun_database_exec (database, "UPDATE index_gaps SET state = 0 WHERE state = 1", error);
}
