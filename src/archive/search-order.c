/* search-order.c: the hits of a search in another order than by date */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "search-order.h"

#include <string.h>

/* A hit with the beginning of what it is sorted by, so that most comparisons need nothing else. Not
 * more than 32 bytes: g_array_sort() sorts larger elements by pointers to them. */
typedef struct {
  gint64 number;
  guint32 part;
  guint32 rest;    /* a text's: where it goes on in Order.rests; 0: it does not */
  guint64 head[2]; /* of a text sixteen bytes, else the number */
} Keyed;

G_STATIC_ASSERT (sizeof (Keyed) <= 32);

typedef struct {
  MunSortKey key;
  GByteArray *rests; /* strings, one behind the other; the first byte is not used */
  GArray *hits;      /* Keyed */
} Order;

static gboolean
is_text (MunSortKey key)
{
  return key == MUN_SORT_SUBJECT || key == MUN_SORT_FROM_OR_TO;
}

static gint
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const Keyed *first = a, *second = b;
  const Order *self = data;
  gint result = 0;

  for (guint i = 0; i < G_N_ELEMENTS (first->head); i++)
    if (first->head[i] != second->head[i])
      return first->head[i] < second->head[i] ? -1 : 1;
  if (first->rest != second->rest)
    result = g_ascii_strcasecmp ((const char *)self->rests->data + first->rest,
                                 (const char *)self->rests->data + second->rest);
  if (result != 0)
    return result;
  if (first->number != second->number)
    return first->number < second->number ? -1 : 1;
  return (first->part < second->part) - (first->part > second->part);
}

/* The order of the numbers is the order of the texts, as g_ascii_strcasecmp() has it. */
static void
set_text (Order *self, Keyed *keyed, const char *text)
{
  const guint8 nothing = 0;
  guint i = 0;

  for (; i < sizeof keyed->head && text[i] != '\0'; i++)
    keyed->head[i / 8] |= (guint64)(guint8)g_ascii_tolower (text[i]) << (56 - i % 8 * 8);
  if (i < sizeof keyed->head || text[i] == '\0')
    return;
  if (self->rests->len == 0)
    g_byte_array_append (self->rests, &nothing, 1);
  keyed->rest = self->rests->len;
  g_byte_array_append (self->rests, (const guint8 *)text + i, strlen (text + i) + 1);
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
    Keyed keyed = { .number = sqlite3_column_int64 (row, 0), .part = index };

    if (is_text (self->key))
      set_text (self, &keyed, mun_database_text (row, 1));
    else
      keyed.head[0] = (guint64)sqlite3_column_int64 (row, 1) ^ G_GUINT64_CONSTANT (1) << 63;
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
  g_array_sort_with_data (self->hits, compare, self);
  sorted = g_array_sized_new (FALSE, FALSE, sizeof (MunSearchHit), self->hits->len);
  for (guint i = 0; i < self->hits->len; i++) {
    const Keyed *keyed = &g_array_index (self->hits, Keyed, i);
    MunSearchHit hit = { keyed->number, keyed->part };

    g_array_append_val (sorted, hit);
  }
  return sorted;
}

GArray *
mun_search_order_make (GPtrArray *parts, MunDatabase **readers, const MunQuery *query,
                       MunSortKey key, GError **error)
{
  /* One at a time: the keys of a million messages are a hundred megabytes. */
  static GMutex lock;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Order order = { key, g_byte_array_new (), NULL };
  GArray *sorted;

  order.hits = g_array_new (FALSE, FALSE, sizeof (Keyed));
  sorted = make (&order, parts, readers, query, error);
  g_array_unref (order.hits);
  g_byte_array_unref (order.rests);
  return sorted;
}
