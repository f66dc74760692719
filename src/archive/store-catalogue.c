/* store-catalogue.c: opening the catalogue of a store */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-catalogue.h"

#include "container-file.h"
#include "errors.h"
#include "folder-blocks.h"
#include "tokenizer.h"

#include <errno.h>
#include <glib/gstdio.h>

static gboolean
migrate_1 (MunDatabase *database, GError **error)
{
  /* pgsz and hashsize: larger leaves and fewer segments make bulk imports faster. usermerge: when
   * there is time, two segments are merged already. */
  return mun_database_run_script (database, "catalogue-1.sql", error)
         && mun_database_exec (database,
                               "INSERT INTO search (search, rank) VALUES ('pgsz', 8050);"
                               "INSERT INTO search (search, rank) VALUES ('hashsize', 8388608);"
                               "INSERT INTO search (search, rank) VALUES ('usermerge', 2);",
                               error);
}

static gboolean
migrate_2 (MunDatabase *database, GError **error)
{
  return mun_database_run_script (database, "catalogue-2.sql", error);
}

/* Without its blocks a folder is counted through, which is no reason not to open a damaged store. */
static gboolean
migrate_3 (MunDatabase *database, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!mun_database_run_script (database, "catalogue-3.sql", error))
    return FALSE;
  if (mun_folder_blocks_make (database, &local_error))
    return TRUE;
  if (g_error_matches (local_error, MUN_ERROR, MUN_ERROR_DAMAGED)) {
    g_warning ("%s", local_error->message);
    return mun_database_exec (database, "DELETE FROM folder_blocks", error);
  }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static const MunMigration migrations[] = { { 1, migrate_1 }, { 2, migrate_2 }, { 3, migrate_3 } };

MunDatabase *
mun_store_catalogue_open (const char *path, MunDatabaseMode mode, GError **error)
{
  g_autoptr (MunDatabase) database = mun_database_open (path, mode, error);

  if (database == NULL || !mun_tokenizer_register (database, error))
    return NULL;
  if (mode == MUN_DATABASE_WRITER) {
    if (!mun_database_migrate (database, migrations, G_N_ELEMENTS (migrations), error))
      return NULL;
  } else if (!mun_database_exec (
                 database,
                 "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, search, row);"
                 "PRAGMA query_only = ON;",
                 error)) {
    return NULL;
  }
  return g_steal_pointer (&database);
}

/* Taken for a new one, a catalogue that is gone or empty would hide all mail. */
gboolean
mun_store_catalogue_check_file (const char *path, GError **error)
{
  GStatBuf status;

  if (g_stat (path, &status) != 0)
    return mun_container_file_error (error, ENOENT, "opening", path);
  if (status.st_size > 0)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED, "opening %s: it is empty", path);
  return FALSE;
}

gboolean
mun_store_catalogue_check (MunDatabase *self, const char *path, GError **error)
{
  gint64 has_key = 0;

  if (!mun_database_find_int (self, &has_key, error, "SELECT 1 FROM meta WHERE key = 'store_json'",
                              ""))
    return FALSE;
  if (has_key)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED, "opening %s: it is no catalogue of a store",
               path);
  return FALSE;
}
