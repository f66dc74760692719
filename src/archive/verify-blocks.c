/* verify-blocks.c: are the messages of each folder where its positions are counted from? */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "verify-private.h"

/* Folders with a block that has not as many messages as it says, or with other ones than all. */
static const char wrong_sql[]
    = "SELECT id, name FROM folders WHERE messages <>"
      " coalesce((SELECT sum(messages) FROM folder_blocks WHERE folder = id), 0)"
      " OR id IN (SELECT folder FROM (SELECT folder, first, messages, lead(first, 1,"
      " 9223372036854775807) OVER (PARTITION BY folder ORDER BY first) AS next FROM folder_blocks)"
      " AS block WHERE messages <> (SELECT count(*) FROM messages WHERE folder = block.folder"
      " AND number >= block.first AND number < next))";

gboolean
mun_verify_blocks (MunVerification *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (self->reader, error, wrong_sql, "");

  if (row == NULL)
    return FALSE;
  while (mun_database_step (self->reader, row, &local_error))
    mun_verification_fault (self,
                            "positions in folder %s (%" G_GINT64_FORMAT
                            "): the catalogue counts them wrongly",
                            mun_database_text (row, 1), (gint64)sqlite3_column_int64 (row, 0));
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
