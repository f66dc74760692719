/* index-gaps.c: which messages of a catalogue are not in its index */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "index-gaps.h"

#include <string.h>

gboolean
mun_index_gaps_count (MunDatabase *database, gint64 archive, MunIndexLack *lack, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (database, error,
                                            "SELECT state, sum(messages) FROM index_counts"
                                            " WHERE ?1 = 0 OR archive = ?1 GROUP BY state",
                                            "i", archive);

  memset (lack, 0, sizeof *lack);
  if (row == NULL)
    return FALSE;
  while (mun_database_step (database, row, &local_error)) {
    gint64 state = sqlite3_column_int64 (row, 0);

    if (state >= 0 && state < MUN_GAP_NONE)
      lack->messages[state] = MAX (sqlite3_column_int64 (row, 1), 0);
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
mun_index_lack_is_pending (const MunIndexLack *lack)
{
  return lack->messages[MUN_GAP_MISSING] > 0 || lack->messages[MUN_GAP_RENEW] > 0;
}

gboolean
mun_index_gaps_lookup (MunDatabase *database, gint64 number, MunGapState *state, GError **error)
{
  gint64 value = MUN_GAP_NONE;

  if (!mun_database_find_int (database, &value, error,
                              "SELECT state FROM index_gaps WHERE number = ?1", "i", number))
    return FALSE;
  *state = CLAMP (value, MUN_GAP_MISSING, MUN_GAP_NONE);
  return TRUE;
}

gboolean
mun_index_gaps_set (MunDatabase *database, gint64 number, gint64 archive, MunGapState state,
                    GError **error)
{
  if (state == MUN_GAP_NONE)
    return mun_database_run (database, error, "DELETE FROM index_gaps WHERE number = ?1", "i",
                             number);
  return mun_database_run (database, error,
                           "INSERT INTO index_gaps (number, archive, state) VALUES (?1, ?2, ?3)"
                           " ON CONFLICT (number) DO UPDATE SET archive = ?2, state = ?3",
                           "iii", number, archive, (gint64)state);
}

gboolean
mun_index_gaps_add_archive (MunDatabase *database, gint64 archive, GError **error)
{
  return mun_database_run (database, error,
                           "UPDATE index_gaps SET state = 0 WHERE state = 1 AND archive = ?1", "i",
                           archive)
         && mun_database_run (database, error,
                              MUN_INDEX_TREE "INSERT INTO index_gaps (number, archive, state)"
                                             " SELECT number, ?1, 2 FROM messages WHERE folder IN"
                                             " (SELECT id FROM tree WHERE archive = ?1)"
                                             " ON CONFLICT (number) DO NOTHING",
                              "i", archive)
         && mun_database_run (database, error, "DELETE FROM index_selected WHERE archive = ?1", "i",
                              archive);
}

gboolean
mun_index_gaps_drop_renewals (MunDatabase *database, gint64 archive, GError **error)
{
  return mun_database_run (database, error,
                           "DELETE FROM index_gaps WHERE state = 2 AND archive = ?1", "i", archive);
}

gboolean
mun_index_gaps_make (MunDatabase *database, gboolean lacks_all, GError **error)
{
  /* The triggers go with their table. */
  if (!mun_database_exec (database,
                          "DROP TABLE IF EXISTS index_gaps; DROP TABLE IF EXISTS index_counts;"
                          "DROP TABLE IF EXISTS index_selected;",
                          error)
      || !mun_database_run_script (database, "index-gaps.sql", error)
      || !mun_database_run (database, error,
                            "INSERT OR REPLACE INTO meta (key, value) VALUES ('index_version', ?1)",
                            "i", (gint64)MUN_INDEX_VERSION))
    return FALSE;
  return !lacks_all
         || mun_database_run (database, error,
                              MUN_INDEX_TREE "INSERT INTO index_gaps (number, archive, state)"
                                             " SELECT number, coalesce(archive, 0), 0 FROM messages"
                                             " LEFT JOIN tree ON tree.id = folder ORDER BY number",
                              "");
}
