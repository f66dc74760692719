/* store-upkeep.c: what a store does for itself when nobody writes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-upkeep.h"

/* Pages of the index a step; whoever comes to write waits for the step to end. */
#define MERGE "INSERT INTO search (search, rank) VALUES ('merge', 400)"
#define GIVE_BACK "PRAGMA incremental_vacuum (1000)"
#define EMPTY_LOG "PRAGMA wal_checkpoint (TRUNCATE)"

/* https://sqlite.org/fts5.html section 6.7: less than two changes mean that nothing was merged. */
gboolean
mun_store_upkeep_merge (MunDatabase *database, gboolean *merged, GError **error)
{
  int before = sqlite3_total_changes (mun_database_get_handle (database));

  if (!mun_database_exec (database, MERGE, error))
    return FALSE;
  *merged = sqlite3_total_changes (mun_database_get_handle (database)) - before >= 2;
  return TRUE;
}

gboolean
mun_store_upkeep_give_back (MunDatabase *database, gint64 *left, GError **error)
{
  *left = 0;
  return mun_database_exec (database, GIVE_BACK, error)
         && mun_database_find_int (database, left, error, "PRAGMA freelist_count", "");
}

gboolean
mun_store_upkeep_step (MunDatabase *database, GError **error)
{
  gboolean merged;
  gint64 left;

  if (!mun_store_upkeep_merge (database, &merged, error))
    return FALSE;
  if (merged)
    return TRUE;
  if (!mun_store_upkeep_give_back (database, &left, error))
    return FALSE;
  if (left > 0)
    return TRUE;
  /* A reader that is at work keeps the log for now: no error. */
  mun_database_exec (database, EMPTY_LOG, error);
  return FALSE;
}
