/* folder-blocks.c: how many messages of a folder stand between which numbers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "folder-blocks.h"

/* What is split off, and what a block has when all are made anew: room for some more. */
#define SPLIT_OFF (MUN_FOLDER_BLOCK_MAX / 2)
#define MADE (MUN_FOLDER_BLOCK_MAX / 4 * 3)

/* The block that a number belongs to. */
typedef struct {
  gint64 first, next, messages; /* next: the first number of the next one */
  gboolean is_there;
} Block;

static gboolean
find_block (MunDatabase *database, gint64 folder, gint64 number, Block *block, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (
      database, error,
      "SELECT first, messages, (SELECT min(first) FROM folder_blocks WHERE folder = ?1"
      " AND first > ?2) FROM folder_blocks WHERE folder = ?1 AND first <= ?2"
      " ORDER BY first DESC LIMIT 1",
      "ii", folder, number);

  *block = (Block){ G_MININT64, G_MAXINT64, 0, FALSE };
  if (row == NULL)
    return FALSE;
  if (mun_database_step (database, row, &local_error)) {
    block->is_there = TRUE;
    block->first = sqlite3_column_int64 (row, 0);
    block->messages = sqlite3_column_int64 (row, 1);
    if (sqlite3_column_type (row, 2) != SQLITE_NULL)
      block->next = sqlite3_column_int64 (row, 2);
    sqlite3_reset (row);
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
insert_block (MunDatabase *database, gint64 folder, gint64 first, gint64 messages, GError **error)
{
  return mun_database_run (database, error,
                           "INSERT INTO folder_blocks (folder, first, messages)"
                           " VALUES (?1, ?2, ?3)",
                           "iii", folder, first, messages);
}

static gboolean
count_block (MunDatabase *database, gint64 folder, gint64 first, gint64 messages, GError **error)
{
  return mun_database_run (database, error,
                           "UPDATE folder_blocks SET messages = messages + ?3"
                           " WHERE folder = ?1 AND first = ?2",
                           "iii", folder, first, messages);
}

static gboolean
split_block (MunDatabase *database, gint64 folder, Block *block, GError **error)
{
  while (block->messages > MUN_FOLDER_BLOCK_MAX) {
    gint64 at = G_MININT64;

    if (!mun_database_find_int (database, &at, error,
                                "SELECT number FROM messages WHERE folder = ?1 AND number >= ?2"
                                " ORDER BY number LIMIT 1 OFFSET ?3",
                                "iii", folder, block->first, (gint64)SPLIT_OFF))
      return FALSE;
    /* There are fewer than were counted, as after damage: that is for a verification. */
    if (at <= block->first || at >= block->next)
      return TRUE;
    block->messages -= SPLIT_OFF;
    if (!count_block (database, folder, block->first, -block->messages, error)
        || !insert_block (database, folder, at, block->messages, error))
      return FALSE;
    block->first = at;
  }
  return TRUE;
}

gboolean
mun_folder_blocks_add (MunDatabase *database, gint64 folder, const gint64 *numbers, guint n_numbers,
                       GError **error)
{
  for (guint i = 0; i < n_numbers;) {
    Block block;
    guint end = i;
    gboolean ok = find_block (database, folder, numbers[i], &block, error);

    while (end < n_numbers && numbers[end] >= block.first && numbers[end] < block.next)
      end++;
    ok = ok
         && (block.is_there ? count_block (database, folder, block.first, end - i, error)
                            : insert_block (database, folder, block.first, end - i, error));
    block.messages += end - i;
    if (!ok || !split_block (database, folder, &block, error))
      return FALSE;
    i = end;
  }
  return TRUE;
}

gboolean
mun_folder_blocks_remove (MunDatabase *database, gint64 folder, gint64 number, GError **error)
{
  Block block;

  return find_block (database, folder, number, &block, error)
         && count_block (database, folder, block.first, -1, error);
}

gboolean
mun_folder_blocks_forget (MunDatabase *database, gint64 folder, GError **error)
{
  return mun_database_run (database, error, "DELETE FROM folder_blocks WHERE folder = ?1", "i",
                           folder);
}

/* One pass in the order of the index that has both columns. */
static gboolean
make_blocks (MunDatabase *database, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row
      = mun_database_prepare (database, error,
                              "SELECT folder, number FROM messages ORDER BY folder, number", "");
  gint64 folder = 0, first = G_MININT64, messages = 0;

  if (row == NULL)
    return FALSE;
  while (mun_database_step (database, row, &local_error)) {
    gint64 next_folder = sqlite3_column_int64 (row, 0);

    if (messages == MADE || (messages > 0 && next_folder != folder)) {
      if (!insert_block (database, folder, first, messages, error))
        return FALSE;
      messages = 0;
      first = next_folder == folder ? sqlite3_column_int64 (row, 1) : G_MININT64;
    }
    folder = next_folder;
    messages++;
  }
  if (local_error == NULL)
    return messages == 0 || insert_block (database, folder, first, messages, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
mun_folder_blocks_make (MunDatabase *database, GError **error)
{
  return mun_database_run (database, error, "DELETE FROM folder_blocks", "")
         && make_blocks (database, error);
}

GArray *
mun_folder_blocks_load (MunDatabase *reader, gint64 folder)
{
  g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (MunFolderBlock));
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = mun_database_prepare (
      reader, NULL, "SELECT first, messages FROM folder_blocks WHERE folder = ?1 ORDER BY first",
      "i", folder);
  gint64 in_all = 0, in_folder = -1;

  while (row != NULL && mun_database_step (reader, row, &local_error)) {
    MunFolderBlock block = { sqlite3_column_int64 (row, 0), sqlite3_column_int64 (row, 1) };

    g_array_append_val (blocks, block);
    in_all += block.messages;
  }
  in_folder = mun_database_get_int (reader, -1, "SELECT messages FROM folders WHERE id = ?1", "i",
                                    folder);
  return row != NULL && local_error == NULL && in_all == in_folder ? g_steal_pointer (&blocks)
                                                                   : NULL;
}
