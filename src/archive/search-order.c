/* search-order.c: the hits of a search in another order than by date */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "search-order.h"

/* A hit with what it is sorted by. */
typedef struct {
  MunSearchHit hit;
  union {
    gint64 number;
    const char *text;
  } key;
} Keyed;

typedef struct {
  MunSortKey key;
  GStringChunk *texts;
  GArray *hits; /* Keyed */
} Order;

static gboolean
is_text (MunSortKey key)
{
  return key == MUN_SORT_SUBJECT || key == MUN_SORT_FROM_OR_TO;
}

static gint
compare_hits (const MunSearchHit *first, const MunSearchHit *second)
{
  if (first->number != second->number)
    return first->number < second->number ? -1 : 1;
  return (gint)second->part - (gint)first->part;
}

static gint
compare_texts (gconstpointer a, gconstpointer b)
{
  const Keyed *first = a, *second = b;
  gint result = g_ascii_strcasecmp (first->key.text, second->key.text);

  return result != 0 ? result : compare_hits (&first->hit, &second->hit);
}

static gint
compare_numbers (gconstpointer a, gconstpointer b)
{
  const Keyed *first = a, *second = b;

  if (first->key.number != second->key.number)
    return first->key.number < second->key.number ? -1 : 1;
  return compare_hits (&first->hit, &second->hit);
}

static gboolean
add_part (Order *self, MunSearchPart *part, guint index, MunDatabase *reader, const MunQuery *query,
          GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = mun_search_part_open_keys (part, reader, query, self->key,
                                                 MUN_SEARCH_SORT_LIMIT - self->hits->len, error);

  if (row == NULL)
    return FALSE;
  while (mun_database_step (reader, row, &local_error)) {
    Keyed keyed = { .hit = { sqlite3_column_int64 (row, 0), index } };

    if (is_text (self->key))
      keyed.key.text = g_string_chunk_insert (self->texts, mun_database_text (row, 1));
    else
      keyed.key.number = sqlite3_column_int64 (row, 1);
    g_array_append_val (self->hits, keyed);
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static GArray *
make (Order *self, GPtrArray *parts, MunDatabase **readers, const MunQuery *query, GError **error)
{
  GArray *sorted;

  for (guint i = 0; i < parts->len; i++)
    if (!add_part (self, g_ptr_array_index (parts, i), i, readers[i], query, error))
      return NULL;
  g_array_sort (self->hits, is_text (self->key) ? compare_texts : compare_numbers);
  sorted = g_array_sized_new (FALSE, FALSE, sizeof (MunSearchHit), self->hits->len);
  for (guint i = 0; i < self->hits->len; i++)
    g_array_append_val (sorted, g_array_index (self->hits, Keyed, i).hit);
  return sorted;
}

GArray *
mun_search_order_make (GPtrArray *parts, MunDatabase **readers, const MunQuery *query,
                       MunSortKey key, GError **error)
{
  /* One at a time: the keys of a million messages are a hundred megabytes. */
  static GMutex lock;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Order order = { key, g_string_chunk_new (1 << 16), NULL };
  GArray *sorted;

  order.hits = g_array_new (FALSE, FALSE, sizeof (Keyed));
  sorted = make (&order, parts, readers, query, error);
  g_array_unref (order.hits);
  g_string_chunk_free (order.texts);
  return sorted;
}
