/* database.c: SQLite as this folder uses it: connections, migrations, cached statements, errors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "database.h"

#include "errors.h"
#include "page-sums.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "archive-resources.h"

#define RESOURCE_PATH "/org/muniment/Archive/sql/"
#define BUSY_MILLISECONDS 30000

struct _MunDatabase {
  sqlite3 *handle;
  char *path;
  GHashTable *statements;
  GCancellable *cancellable; /* borrowed */
  char *damaged;             /* the statement that met damage */
  gint64 deadline;           /* 0 = none */
  gboolean is_late;
};

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static MunError
code_for_sqlite (sqlite3 *handle, int result, int last_errno)
{
  int problem = sqlite3_system_errno (handle);

  /* SQLite 3.40 does not keep the errno of a failed write. */
  if (problem == 0 && result == SQLITE_IOERR_WRITE)
    problem = last_errno;
  switch (result & 0xff) {
  case SQLITE_FULL:
    return MUN_ERROR_NO_SPACE;
  case SQLITE_IOERR:
    return problem == ENOSPC || problem == EDQUOT || problem == EFBIG ? MUN_ERROR_NO_SPACE
                                                                      : MUN_ERROR_FAILED;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return MUN_ERROR_DAMAGED;
  case SQLITE_READONLY:
  case SQLITE_PERM:
    return MUN_ERROR_READ_ONLY;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return MUN_ERROR_BUSY;
  default:
    return MUN_ERROR_FAILED;
  }
}

gboolean
mun_database_fail (MunDatabase *self, const char *step, GError **error)
{
  int last_errno = errno;
  int result = sqlite3_extended_errcode (self->handle);

  if (self->is_late || (result & 0xff) == SQLITE_INTERRUPT) {
    g_set_error (error, G_IO_ERROR, self->is_late ? G_IO_ERROR_TIMED_OUT : G_IO_ERROR_CANCELLED,
                 self->is_late ? "%s took too long" : "%s was cancelled", step);
    return FALSE;
  }
  g_set_error (error, MUN_ERROR, code_for_sqlite (self->handle, result, last_errno),
               "database %s, %s: %s (%d)", self->path, step, sqlite3_errmsg (self->handle), result);
  return FALSE;
}

static void
note_damage (MunDatabase *self, const char *sql)
{
  if ((sqlite3_errcode (self->handle) & 0xff) != SQLITE_CORRUPT)
    return;
  g_free (self->damaged);
  self->damaged = g_strdup (sql);
}

char *
mun_database_take_damage (MunDatabase *self)
{
  return g_steal_pointer (&self->damaged);
}

gboolean
mun_database_exec (MunDatabase *self, const char *sql, GError **error)
{
  if (sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  note_damage (self, sql);
  return mun_database_fail (self, "running a statement", error);
}

/* SQLite would make the file readable for all; its log and index files take over the mode. */
static gboolean
make_private (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd >= 0) {
    close (fd);
    return TRUE;
  }
  g_set_error (error, MUN_ERROR, errno == ENOSPC ? MUN_ERROR_NO_SPACE : MUN_ERROR_FAILED,
               "database %s, creating: %s", path, g_strerror (errno));
  return FALSE;
}

/* Nobody reads SQLite's account of its memory, and keeping it takes a lock at each allocation. */
static void
configure_once (void)
{
  static gsize done;

  if (g_once_init_enter (&done)) {
    sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
    g_once_init_leave (&done, 1);
  }
}

MunDatabase *
mun_database_open (const char *path, MunDatabaseMode mode, GError **error)
{
  g_autoptr (MunDatabase) self = g_new0 (MunDatabase, 1);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

  configure_once ();
  self->path = g_strdup (path);
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize_statement);
  if (mode == MUN_DATABASE_WRITER && !make_private (path, error))
    return NULL;
  if (sqlite3_open_v2 (path, &self->handle, flags,
                       mun_page_sums_get_vfs (mode == MUN_DATABASE_WRITER))
      != SQLITE_OK) {
    mun_database_fail (self, "opening", error);
    return NULL;
  }
  mun_page_sums_reserve (self->handle);
  sqlite3_busy_timeout (self->handle, BUSY_MILLISECONDS);
  sqlite3_limit (self->handle, SQLITE_LIMIT_ATTACHED, 0);
  /* Before the file has a page; and not by a reader: it writes into a file that is there, and a full
   * disk or a lock must not keep a reader out. */
  if (mode == MUN_DATABASE_WRITER
      && !mun_database_exec (self, "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL;",
                             error))
    return NULL;
  if (!mun_database_exec (
          self,
          "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = FAST;"
          "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
          "PRAGMA trusted_schema = OFF;",
          error))
    return NULL;
  if (!mun_database_exec (self,
                          mode == MUN_DATABASE_WRITER
                              ? "PRAGMA journal_mode = WAL;"
                                "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;"
                                "PRAGMA journal_size_limit = 67108864;"
                              : "PRAGMA cache_size = -16384;",
                          error))
    return NULL;
  return g_steal_pointer (&self);
}

void
mun_database_close (MunDatabase *self)
{
  g_clear_pointer (&self->statements, g_hash_table_unref);
  sqlite3_close_v2 (self->handle);
  g_free (self->damaged);
  g_free (self->path);
  g_free (self);
}

sqlite3 *
mun_database_get_handle (MunDatabase *self)
{
  return self->handle;
}

gboolean
mun_database_run_script (MunDatabase *self, const char *name, GError **error)
{
  g_autofree char *path = g_strconcat (RESOURCE_PATH, name, NULL);
  g_autoptr (GBytes) script = g_resource_lookup_data (mun_archive_get_resource (), path,
                                                      G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_autofree char *sql = NULL;

  if (script == NULL)
    return FALSE;
  sql = g_strndup (g_bytes_get_data (script, NULL), g_bytes_get_size (script));
  return mun_database_exec (self, sql, error);
}

static gboolean
run_step (MunDatabase *self, const MunMigration *step, GError **error)
{
  if (!mun_database_exec (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (step->migrate (self, error)
      && mun_database_run (self, error, "INSERT INTO schema_version (version, at) VALUES (?1, ?2)",
                           "ii", (gint64)step->version, g_get_real_time () / G_USEC_PER_SEC)
      && mun_database_exec (self, "COMMIT", error))
    return TRUE;
  mun_database_exec (self, "ROLLBACK", NULL);
  return FALSE;
}

gboolean
mun_database_migrate (MunDatabase *self, const MunMigration *steps, guint n_steps, GError **error)
{
  gint64 version = 0;

  if (!mun_database_exec (self,
                          "CREATE TABLE IF NOT EXISTS schema_version"
                          " (version INTEGER PRIMARY KEY, at INTEGER NOT NULL)",
                          error))
    return FALSE;
  /* Taken for a new one, a database that cannot be read would get its tables again. */
  if (!mun_database_find_int (self, &version, error, "SELECT max(version) FROM schema_version", ""))
    return FALSE;
  if (version > steps[n_steps - 1].version) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED,
                 "database %s has version %" G_GINT64_FORMAT ", this program knows up to %d",
                 self->path, version, steps[n_steps - 1].version);
    return FALSE;
  }
  for (guint i = 0; i < n_steps; i++)
    if (steps[i].version > version && !run_step (self, &steps[i], error))
      return FALSE;
  return TRUE;
}

void
mun_database_reset (MunDatabase *self)
{
  GHashTableIter iter;
  gpointer statement;

  g_hash_table_iter_init (&iter, self->statements);
  while (g_hash_table_iter_next (&iter, NULL, &statement))
    if (sqlite3_stmt_busy (statement))
      sqlite3_reset (statement);
  if (!sqlite3_get_autocommit (self->handle))
    mun_database_exec (self, "ROLLBACK", NULL);
}

static sqlite3_stmt *
find_statement (MunDatabase *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);

  if (statement != NULL) {
    sqlite3_reset (statement);
    sqlite3_clear_bindings (statement);
    return statement;
  }
  if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)
      != SQLITE_OK) {
    note_damage (self, sql);
    mun_database_fail (self, "preparing a statement", error);
    return NULL;
  }
  g_hash_table_insert (self->statements, g_strdup (sql), statement);
  return statement;
}

static void
bind (sqlite3_stmt *statement, const char *types, va_list values)
{
  for (int i = 1; *types != '\0'; types++, i++)
    switch (*types) {
    case 'i':
      sqlite3_bind_int64 (statement, i, va_arg (values, gint64));
      break;
    case 's':
      sqlite3_bind_text (statement, i, va_arg (values, const char *), -1, SQLITE_STATIC);
      break;
    case 'b': {
      gconstpointer data = va_arg (values, gconstpointer);
      gsize length = va_arg (values, gsize);

      sqlite3_bind_blob64 (statement, i, data, length, SQLITE_STATIC);
      break;
    }
    case 'n':
      sqlite3_bind_null (statement, i);
      break;
    default:
      g_assert_not_reached ();
    }
}

sqlite3_stmt *
mun_database_prepare (MunDatabase *self, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement = find_statement (self, sql, error);
  va_list values;

  if (statement == NULL)
    return NULL;
  va_start (values, types);
  bind (statement, types, values);
  va_end (values);
  return statement;
}

gboolean
mun_database_step (MunDatabase *self, sqlite3_stmt *statement, GError **error)
{
  int result = self->is_late ? SQLITE_INTERRUPT : sqlite3_step (statement);

  if (result == SQLITE_ROW)
    return TRUE;
  if (result != SQLITE_DONE) {
    note_damage (self, sqlite3_sql (statement));
    mun_database_fail (self, "running a statement", error);
  }
  sqlite3_reset (statement);
  return FALSE;
}

static gboolean
run_to_end (MunDatabase *self, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  while (mun_database_step (self, statement, &local_error))
    continue;
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
mun_database_run (MunDatabase *self, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement = find_statement (self, sql, error);
  va_list values;

  if (statement == NULL)
    return FALSE;
  va_start (values, types);
  bind (statement, types, values);
  va_end (values);
  return run_to_end (self, statement, error);
}

static gboolean
find_int (MunDatabase *self, sqlite3_stmt *statement, gint64 *value, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (mun_database_step (self, statement, &local_error)) {
    if (sqlite3_column_type (statement, 0) != SQLITE_NULL)
      *value = sqlite3_column_int64 (statement, 0);
    sqlite3_reset (statement);
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
mun_database_find_int (MunDatabase *self, gint64 *value, GError **error, const char *sql,
                       const char *types, ...)
{
  sqlite3_stmt *statement = find_statement (self, sql, error);
  va_list values;

  if (statement == NULL)
    return FALSE;
  va_start (values, types);
  bind (statement, types, values);
  va_end (values);
  return find_int (self, statement, value, error);
}

gint64
mun_database_get_int (MunDatabase *self, gint64 fallback, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement = find_statement (self, sql, NULL);
  gint64 value = fallback;
  va_list values;

  if (statement == NULL)
    return fallback;
  va_start (values, types);
  bind (statement, types, values);
  va_end (values);
  find_int (self, statement, &value, NULL);
  return value;
}

const char *
mun_database_text (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *)sqlite3_column_text (statement, column);

  return text != NULL ? text : "";
}

static int
progress_cb (void *data)
{
  MunDatabase *self = data;

  if (self->deadline != 0 && g_get_monotonic_time () >= self->deadline)
    self->is_late = TRUE;
  return self->is_late || g_cancellable_is_cancelled (self->cancellable);
}

static void
update_progress (MunDatabase *self)
{
  gboolean is_watched = self->cancellable != NULL || self->deadline != 0;

  sqlite3_progress_handler (self->handle, 2000, is_watched ? progress_cb : NULL, self);
}

void
mun_database_watch (MunDatabase *self, GCancellable *cancellable)
{
  self->cancellable = cancellable;
  update_progress (self);
}

void
mun_database_set_deadline (MunDatabase *self, gint64 deadline)
{
  self->deadline = deadline;
  self->is_late = FALSE;
  update_progress (self);
}
