/* database.h: SQLite as this folder uses it: connections, migrations, cached statements, errors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* One connection; for one thread at a time. */
typedef struct _MunDatabase MunDatabase;

typedef enum { MUN_DATABASE_WRITER, MUN_DATABASE_READER } MunDatabaseMode;

/* One step of a schema: brings it from VERSION - 1 to VERSION, within a transaction. */
typedef struct {
  int version;
  gboolean (*migrate) (MunDatabase *self, GError **error);
} MunMigration;

/* mun_database_open: a writer makes the file (page size 8192 with checksums, WAL, synchronous FULL, no mmap); a
 * reader cannot write. */
MunDatabase *
mun_database_open (const char *path, MunDatabaseMode mode, GError **error);
void
mun_database_close (MunDatabase *self);
sqlite3 *
mun_database_get_handle (MunDatabase *self);

/* mun_database_migrate: runs the steps (ascending) that the table schema_version lacks.
 * MUN_ERROR_UNSUPPORTED: the file was made by a newer program. */
gboolean
mun_database_migrate (MunDatabase *self, const MunMigration *steps, guint n_steps, GError **error);
/* mun_database_run_script: the SQL of a resource below /org/muniment/Archive/sql. */
gboolean
mun_database_run_script (MunDatabase *self, const char *name, GError **error);
gboolean
mun_database_exec (MunDatabase *self, const char *sql, GError **error);

/* mun_database_prepare: a statement kept for the life of the connection (its text is the key),
 * reset and with empty bindings; @types says what follows: i gint64, s text (NULL = null), b
 * pointer and gsize of a blob, n nothing (null). The values must live until the statement has been
 * stepped. Returns: borrowed, or NULL. */
sqlite3_stmt *
mun_database_prepare (MunDatabase *self, GError **error, const char *sql, const char *types, ...);
/* mun_database_step: TRUE with a row; FALSE at the end and, with @error set, on failure. The end
 * also resets the statement. */
gboolean
mun_database_step (MunDatabase *self, sqlite3_stmt *statement, GError **error);
/* mun_database_run: prepare and step to the end. */
gboolean
mun_database_run (MunDatabase *self, GError **error, const char *sql, const char *types, ...);
/* mun_database_find_int: the first column of the first row goes to @value; without one, or with
 * NULL, that stays as it is. Returns: FALSE with @error set when it cannot be known. */
gboolean
mun_database_find_int (MunDatabase *self, gint64 *value, GError **error, const char *sql,
                       const char *types, ...);
/* mun_database_get_int: the same, or @fallback; for what may as well be missed after an error. */
gint64
mun_database_get_int (MunDatabase *self, gint64 fallback, const char *sql, const char *types, ...);

/* mun_database_reset: ends every statement that is still open, and with it the read snapshot. */
void
mun_database_reset (MunDatabase *self);

/* mun_database_fail: sets the error that fits the connection's last one. Returns: FALSE. */
gboolean
mun_database_fail (MunDatabase *self, const char *step, GError **error);

/* mun_database_take_damage: the text of the last statement that met damage since this was asked, or
 * NULL. Free it. */
char *
mun_database_take_damage (MunDatabase *self);

/* Column texts are never NULL here. */
const char *
mun_database_text (sqlite3_stmt *statement, int column);

/* mun_database_watch: makes running statements end with G_IO_ERROR_CANCELLED; NULL ends the watch.
 */
void
mun_database_watch (MunDatabase *self, GCancellable *cancellable);
/* mun_database_set_deadline: statements that run at @deadline (monotonic microseconds) end with
 * G_IO_ERROR_TIMED_OUT, and so do all that are begun after one did; 0 ends that. */
void
mun_database_set_deadline (MunDatabase *self, gint64 deadline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunDatabase, mun_database_close)

G_END_DECLS
