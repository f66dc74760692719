/* search-blocks.c: positions in one folder that several stores have messages of */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "search-blocks.h"

#include "folder-blocks.h"

/* Of the hits from a number on: those of whole blocks, and of blocks that it divides. */
typedef struct {
  guint64 whole, divided;
} Rank;

static GArray *
blocks_of (GPtrArray *parts, guint index)
{
  return ((MunSearchPart *)g_ptr_array_index (parts, index))->blocks;
}

/* @divided (nullable): the block that the number divides. */
static Rank
rank_in (GArray *blocks, gint64 number, const MunFolderBlock **divided, gint64 *end)
{
  gint64 next = G_MAXINT64;
  Rank rank = { 0, 0 };

  for (guint i = blocks->len; i > 0; i--) {
    const MunFolderBlock *block = &g_array_index (blocks, MunFolderBlock, i - 1);

    if (block->first < number) {
      rank.divided = block->messages;
      if (divided != NULL)
        *divided = block;
      if (end != NULL)
        *end = next;
      return rank;
    }
    rank.whole += block->messages;
    next = block->first;
  }
  return rank;
}

static Rank
rank_of (GPtrArray *parts, gint64 number)
{
  Rank all = { 0, 0 };

  for (guint i = 0; i < parts->len; i++) {
    Rank rank = rank_in (blocks_of (parts, i), number, NULL, NULL);

    all.whole += rank.whole;
    all.divided += rank.divided;
  }
  return all;
}

static gint
compare_descending (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *)a, second = *(const gint64 *)b;

  return (first < second) - (first > second);
}

/* Returns: (nullable): where blocks begin, from the newest on. */
static GArray *
list_borders (GPtrArray *parts)
{
  g_autoptr (GArray) borders = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < parts->len; i++) {
    GArray *blocks = blocks_of (parts, i);

    if (blocks == NULL)
      return NULL;
    for (guint k = 1; k < blocks->len; k++)
      g_array_append_val (borders, g_array_index (blocks, MunFolderBlock, k).first);
  }
  g_array_sort (borders, compare_descending);
  return g_steal_pointer (&borders);
}

/* How many borders, from the newest on, have certainly not more than @most hits before them; with
 * @is_possible, have possibly not more. */
static guint
count_borders (GPtrArray *parts, GArray *borders, guint64 most, gboolean is_possible)
{
  guint low = 0, high = borders->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    Rank rank = rank_of (parts, g_array_index (borders, gint64, middle));

    if (rank.whole + (is_possible ? 0 : rank.divided) <= most)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The hits of all parts from a number on. */
static gboolean
count_exactly (GPtrArray *parts, MunDatabase **readers, gint64 number, guint64 *count)
{
  *count = 0;
  for (guint i = 0; i < parts->len; i++) {
    MunSearchPart *part = g_ptr_array_index (parts, i);
    const MunFolderBlock *divided = NULL;
    gint64 end = G_MAXINT64, n = 0;
    Rank rank = rank_in (part->blocks, number, &divided, &end);

    if (divided != NULL
        && !mun_database_find_int (readers[i], &n, NULL,
                                   "SELECT count(*) FROM messages WHERE folder = ?1"
                                   " AND number >= ?2 AND number < ?3 AND arrival <= ?4",
                                   "iiii", part->folder, number, end, part->snapshot))
      return FALSE;
    *count += rank.whole + n;
  }
  return TRUE;
}

gboolean
mun_search_blocks_find (GPtrArray *parts, MunDatabase **readers, guint64 start, gboolean descending,
                        MunSearchMark *mark, guint64 *from)
{
  g_autoptr (GArray) borders = list_borders (parts);
  guint64 total = borders != NULL ? rank_of (parts, G_MININT64).whole : 0;
  guint n;

  if (borders == NULL || start >= total)
    return FALSE;
  /* Oldest first, the hits from the border on must be all that are left, or more. */
  if (descending)
    n = count_borders (parts, borders, start, FALSE);
  else
    n = count_borders (parts, borders, total - start - 1, TRUE) + 1;
  if (n == 0 || n > borders->len)
    return FALSE;
  mark->number = g_array_index (borders, gint64, n - 1);
  mark->part = parts->len - 1;
  if (!count_exactly (parts, readers, mark->number, &mark->position))
    return FALSE;
  *from = descending ? mark->position : total - mark->position;
  return mark->position > 0 && *from <= start;
}
