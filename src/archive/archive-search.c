/* archive-search.c: one search over all stores: a snapshot, paged in several orders */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "archive-search.h"

#include "archive-private.h"
#include "catalogue.h"
#include "errors.h"
#include "folder-blocks.h"
#include "json.h"
#include "match.h"
#include "search-blocks.h"
#include "search-marks.h"
#include "search-order.h"
#include "search-snippets.h"
#include "search-text.h"
#include "text.h"

#include <glib/gi18n.h>

#define WARM_UP_MICROSECONDS 500000

struct _MunSearch {
  GObject parent_instance;
  MunQuery *query;
  GPtrArray *parts; /* MunSearchPart */
  MunSearchMarks *marks;
  GMutex ordering; /* held while an order is made */
  /* guarded by the lock */
  GMutex lock;
  MunSearchMark anchor; /* where the last page by descending date ended */
  GArray *order;        /* nullable: MunSearchHit by order_key, ascending */
  MunSortKey order_key;
};

G_DEFINE_FINAL_TYPE (MunSearch, mun_search, G_TYPE_OBJECT)

static void
mun_search_finalize (GObject *object)
{
  MunSearch *self = MUN_SEARCH (object);

  g_clear_pointer (&self->query, mun_query_free);
  g_ptr_array_unref (self->parts);
  g_clear_pointer (&self->marks, mun_search_marks_free);
  g_clear_pointer (&self->order, g_array_unref);
  g_mutex_clear (&self->ordering);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mun_search_parent_class)->finalize (object);
}

static void
mun_search_class_init (MunSearchClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mun_search_finalize;
}

static void
mun_search_init (MunSearch *self)
{
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_search_part_free);
  g_mutex_init (&self->ordering);
  g_mutex_init (&self->lock);
}

/* @within: microseconds, 0 = as long as a step of a search may take. */
static gint64
next_deadline (const MunQuery *query, gint64 within)
{
  gint64 limit = query->time_limit > 0 ? query->time_limit : MUN_SEARCH_SECONDS * G_USEC_PER_SEC;

  return g_get_monotonic_time () + (within > 0 ? MIN (within, limit) : limit);
}

/* What the database says about its deadline tells a user nothing. */
static void
explain (const GError *reason, GError **error)
{
  if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
    g_propagate_error (error, g_error_copy (reason));
    return;
  }
  G_STATIC_ASSERT (MUN_SEARCH_SECONDS == 10);
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_TOO_LARGE,
                       N_ ("The search took longer than 10 seconds and was ended. Ask for rarer "
                           "words, or for one folder or a range of dates"));
}

MunSearch *
mun_archive_search (MunArchive *archive, const MunQuery *query, GError **error)
{
  g_autoptr (MunSearch) self = g_object_new (MUN_TYPE_SEARCH, NULL);
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (archive);
  gboolean has_folder = query->folder == NULL || *query->folder == '\0';
  gint64 deadline = next_deadline (query, 0);
  guint64 known = 0;

  self->query = mun_query_copy (query);
  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);
    g_autoptr (GError) reason = NULL;
    MunSearchPart *part;

    if (entry->store == NULL)
      continue;
    part = mun_search_part_new (entry, query, deadline, &reason);
    if (part == NULL) {
      explain (reason, error);
      return NULL;
    }
    has_folder = has_folder || part->has_folder;
    if (part->is_empty) {
      mun_search_part_free (part);
      continue;
    }
    known = known == G_MAXUINT64 || part->known == G_MAXUINT64 ? G_MAXUINT64 : known + part->known;
    g_ptr_array_add (self->parts, part);
  }
  if (!has_folder) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "folder %s does not exist", query->folder);
    return NULL;
  }
  self->marks = mun_search_marks_new (known);
  if (self->parts->len == 1) {
    MunSearchPart *only = g_ptr_array_index (self->parts, 0);

    if (only->blocks != NULL)
      mun_search_marks_take_blocks (self->marks, only->blocks);
  }
  return g_steal_pointer (&self);
}

/* A connection a part, for as long as a page or a count takes; what they see is of one moment. */
static void
release_readers (MunSearch *self, MunDatabase **readers)
{
  for (guint i = 0; i < self->parts->len; i++) {
    MunSearchPart *part = g_ptr_array_index (self->parts, i);

    if (readers[i] != NULL)
      mun_store_release_reader (part->entry->store, readers[i]);
  }
  g_free (readers);
}

static MunDatabase **
acquire_readers (MunSearch *self, gint64 within, GCancellable *cancellable, GError **error)
{
  MunDatabase **readers = g_new0 (MunDatabase *, self->parts->len + 1);
  gint64 deadline = next_deadline (self->query, within);

  for (guint i = 0; i < self->parts->len; i++) {
    MunSearchPart *part = g_ptr_array_index (self->parts, i);

    readers[i] = mun_store_acquire_reader (part->entry->store, error);
    if (readers[i] == NULL || !mun_database_exec (readers[i], "BEGIN", error)) {
      release_readers (self, readers);
      return NULL;
    }
    mun_database_watch (readers[i], cancellable);
    mun_database_set_deadline (readers[i], deadline);
  }
  return readers;
}

guint64
mun_search_count (MunSearch *self, guint64 limit, gboolean *is_more, GCancellable *cancellable,
                  GError **error)
{
  MunDatabase **readers = acquire_readers (self, 0, cancellable, error);
  guint64 most = limit == 0 ? MUN_SEARCH_COUNT_LIMIT : limit;
  guint64 total = 0;
  gboolean ok = readers != NULL;
  g_autoptr (GError) reason = NULL;

  if (readers == NULL)
    return G_MAXUINT64;
  for (guint i = 0; ok && i < self->parts->len && total <= most; i++) {
    guint64 room = most == G_MAXUINT64 ? most : most - total + 1;
    guint64 count;

    ok = mun_search_part_count (g_ptr_array_index (self->parts, i), readers[i], self->query, room,
                                &count, &reason);
    total += count;
  }
  release_readers (self, readers);
  if (!ok) {
    explain (reason, error);
    return G_MAXUINT64;
  }
  if (is_more != NULL)
    *is_more = total > most;
  return MIN (total, most);
}

gboolean
mun_search_explore (MunSearch *self, guint64 most, gint64 within, GCancellable *cancellable,
                    GError **error)
{
  MunDatabase **readers;
  g_autoptr (GError) reason = NULL;
  gboolean ok;

  if (mun_search_marks_is_filled (self->marks))
    return TRUE;
  readers = acquire_readers (self, within, cancellable, error);
  if (readers == NULL)
    return FALSE;
  ok = mun_search_marks_fill (self->marks, self->parts, readers, self->query, most, &reason);
  release_readers (self, readers);
  if (!ok)
    explain (reason, error);
  return ok;
}

gboolean
mun_search_is_explored (MunSearch *self)
{
  return mun_search_marks_is_filled (self->marks);
}

guint64
mun_search_get_count (MunSearch *self, gboolean *is_exact)
{
  return mun_search_marks_get_count (self->marks, is_exact);
}

/* By date; of equal ones the first part's is the newer one. */
static gint
compare_hits (gconstpointer a, gconstpointer b, gpointer data)
{
  const MunSearchHit *first = a, *second = b;
  const gboolean *descending = data;
  gint result = (first->number > second->number) - (first->number < second->number);

  if (result == 0)
    result = (gint)second->part - (gint)first->part;
  return *descending ? -result : result;
}

/* Where to begin for the page at START: the nearest hit known before it. SKIP: so many more are to
 * be passed over. */
static MunSearchMark
find_mark (MunSearch *self, MunDatabase **readers, guint64 start, gboolean descending,
           guint64 *skip)
{
  MunSearchMark mark = { 0 }, near = { 0 };
  guint64 from = 0, near_from = 0;

  if (descending) {
    g_mutex_lock (&self->lock);
    mark = self->anchor;
    g_mutex_unlock (&self->lock);
    if (mark.position != start)
      mark = mun_search_marks_find (self->marks, start);
    from = mark.position;
  } else if (!mun_search_marks_find_ascending (self->marks, start, &mark, &from)) {
    mark.position = 0;
  }
  /* Not gone through yet: in one folder of several stores that need not be waited for. */
  if (self->parts->len > 1 && start - from > MUN_FOLDER_BLOCK_MAX
      && mun_search_blocks_find (self->parts, readers, start, descending, &near, &near_from)
      && near_from > from) {
    mark = near;
    from = near_from;
  }
  *skip = start - from;
  return mark;
}

/* What of part INDEX stands behind the mark: newest first without its hit, oldest first with it. */
static void
limit_range (const MunSearchMark *mark, guint index, MunSearchRange *range)
{
  if (mark->position == 0)
    return;
  if (range->descending)
    range->highest = index <= mark->part ? mark->number - 1 : mark->number;
  else
    range->lowest = index <= mark->part ? mark->number : mark->number + 1;
}

/* The hits of a page by date. */
static gboolean
list_hits (MunSearch *self, MunDatabase **readers, guint64 start, guint count, gboolean descending,
           GArray *hits, GError **error)
{
  gboolean is_single = self->parts->len == 1;
  guint64 skip;
  MunSearchMark mark = find_mark (self, readers, start, descending, &skip);

  for (guint i = 0; i < self->parts->len; i++) {
    MunSearchRange range = { descending, G_MININT64, G_MAXINT64, is_single ? skip : 0,
                             is_single ? count : skip + count };

    limit_range (&mark, i, &range);
    if (!mun_search_part_list (g_ptr_array_index (self->parts, i), readers[i], self->query, &range,
                               i, hits, error))
      return FALSE;
  }
  if (!is_single) {
    g_array_sort_with_data (hits, compare_hits, &descending);
    g_array_remove_range (hits, 0, MIN (skip, hits->len));
  }
  if (hits->len > count)
    g_array_set_size (hits, count);
  return TRUE;
}

/* Returns: (transfer full) (nullable): the hits by KEY, made when they are first asked for. */
static GArray *
get_order (MunSearch *self, MunDatabase **readers, MunSortKey key, GError **error)
{
  g_autoptr (GMutexLocker) making = g_mutex_locker_new (&self->ordering);
  GArray *order = NULL;

  g_mutex_lock (&self->lock);
  if (self->order != NULL && self->order_key == key)
    order = g_array_ref (self->order);
  g_mutex_unlock (&self->lock);
  if (order != NULL)
    return order;
  order = mun_search_order_make (self->parts, readers, self->query, key, error);
  if (order == NULL)
    return NULL;
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->order, g_array_unref);
  self->order = g_array_ref (order);
  self->order_key = key;
  g_mutex_unlock (&self->lock);
  return order;
}

static gboolean
list_ordered (MunSearch *self, MunDatabase **readers, guint64 start, guint count, MunSortKey key,
              gboolean descending, GArray *hits, GError **error)
{
  g_autoptr (GArray) order = get_order (self, readers, key, error);

  if (order == NULL)
    return FALSE;
  for (guint64 i = start; i < order->len && hits->len < count; i++)
    g_array_append_val (hits,
                        g_array_index (order, MunSearchHit, descending ? order->len - 1 - i : i));
  return TRUE;
}

/* What is made of the hits of a page. @n_written: without those that are gone. */
typedef gboolean (*WriteHits) (MunSearch *self, MunDatabase **readers, GArray *hits, gpointer data,
                               guint *n_written, GError **error);

/* @data: JsonArray */
static gboolean
write_array (MunSearch *self, MunDatabase **readers, GArray *hits, gpointer data, guint *n_written,
             GError **error)
{
  JsonArray *array = data;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func ((GDestroyNotify)g_hash_table_unref);

  for (guint i = 0; i < self->parts->len; i++)
    g_ptr_array_add (paths, mun_catalogue_paths_new ());
  for (guint i = 0; i < hits->len; i++) {
    MunSearchHit *hit = &g_array_index (hits, MunSearchHit, i);
    MunSearchPart *part = g_ptr_array_index (self->parts, hit->part);
    g_autoptr (GError) local_error = NULL;
    sqlite3_stmt *row
        = mun_database_prepare (readers[hit->part], error,
                                "SELECT " MUN_CATALOGUE_ROW " FROM messages WHERE number = ?1", "i",
                                hit->number);

    if (row == NULL)
      return FALSE;
    if (mun_database_step (readers[hit->part], row, &local_error)) {
      json_array_add_object_element (
          array,
          mun_catalogue_row_to_json (readers[hit->part], row, part->entry->id, part->entry->name,
                                     g_ptr_array_index (paths, hit->part)));
      sqlite3_reset (row);
    } else if (local_error != NULL) {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  }
  *n_written = json_array_get_length (array);
  return TRUE;
}

typedef struct {
  GString *text;
  gboolean has_snippets;
  GCancellable *cancellable;
  MunSearchSnippets snippets;
} TextPage;

static JsonObject *
make_snippet (gpointer data, const MunSearchHit *hit, guint position)
{
  TextPage *page = data;

  if (position >= MUN_SEARCH_SNIPPET_LIMIT || g_cancellable_is_cancelled (page->cancellable))
    return NULL;
  return mun_search_snippets_make (&page->snippets, hit->part, hit->number);
}

/* @data: TextPage */
static gboolean
write_text (MunSearch *self, MunDatabase **readers, GArray *hits, gpointer data, guint *n_written,
            GError **error)
{
  TextPage *page = data;
  gboolean has_snippets = page->has_snippets && hits->len > 0, ok;

  g_string_truncate (page->text, 0);
  if (has_snippets) {
    mun_search_snippets_init (&page->snippets, self->parts, readers, self->query);
    mun_search_snippets_expect (&page->snippets, hits);
  }
  ok = mun_search_text_append (self->parts, readers, hits, has_snippets ? make_snippet : NULL, page,
                               page->text, n_written, error);
  if (has_snippets)
    mun_search_snippets_clear (&page->snippets);
  return ok && !g_cancellable_set_error_if_cancelled (page->cancellable, error);
}

static void
set_anchor (MunSearch *self, guint64 start, GArray *hits)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  MunSearchHit *last = hits->len > 0 ? &g_array_index (hits, MunSearchHit, hits->len - 1) : NULL;

  if (last == NULL)
    return;
  self->anchor.position = start + hits->len;
  self->anchor.number = last->number;
  self->anchor.part = last->part;
}

static void
forget_order (MunSearch *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_clear_pointer (&self->order, g_array_unref);
}

/* Which hits a page has. */
typedef struct {
  guint64 start;
  guint count;
  MunSortKey key;
  gboolean descending;
} Page;

/* @is_stale: the order has messages that are gone. */
static gboolean
try_page (MunSearch *self, const Page *page, WriteHits write, gpointer data, gboolean *is_stale,
          GCancellable *cancellable, GError **error)
{
  MunDatabase **readers = acquire_readers (self, 0, cancellable, error);
  g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (MunSearchHit));
  g_autoptr (GError) reason = NULL;
  guint n_written = 0;
  gboolean ok;

  if (readers == NULL)
    return FALSE;
  ok = page->key == MUN_SORT_DATE
           ? list_hits (self, readers, page->start, page->count, page->descending, hits, &reason)
           : list_ordered (self, readers, page->start, page->count, page->key, page->descending,
                           hits, &reason);
  if (ok && page->key == MUN_SORT_DATE && page->descending)
    set_anchor (self, page->start, hits);
  if (!ok)
    explain (reason, error);
  /* They are found: a page of them is soon read. */
  for (guint i = 0; ok && i < self->parts->len; i++)
    mun_database_set_deadline (readers[i], 0);
  ok = ok && write (self, readers, hits, data, &n_written, error);
  release_readers (self, readers);
  *is_stale = ok && n_written < hits->len;
  return ok;
}

static gboolean
write_page (MunSearch *self, const Page *page, WriteHits write, gpointer data, gboolean *is_stale,
            GCancellable *cancellable, GError **error)
{
  if (!try_page (self, page, write, data, is_stale, cancellable, error))
    return FALSE;
  *is_stale = *is_stale && page->key != MUN_SORT_DATE;
  /* Messages were deleted since the order was made: it is to be made again, without gaps. */
  if (*is_stale)
    forget_order (self);
  return TRUE;
}

JsonArray *
mun_search_get_page (MunSearch *self, guint64 start, guint count, MunSortKey key,
                     gboolean descending, GCancellable *cancellable, GError **error)
{
  Page page = { start, count, key, descending };
  g_autoptr (JsonArray) array = json_array_new (), again = NULL;
  gboolean is_stale;

  if (!write_page (self, &page, write_array, array, &is_stale, cancellable, error))
    return NULL;
  if (!is_stale)
    return g_steal_pointer (&array);
  again = json_array_new ();
  if (!write_page (self, &page, write_array, again, &is_stale, cancellable, error))
    return NULL;
  return g_steal_pointer (&again);
}

char *
mun_search_write_page (MunSearch *self, guint64 start, guint count, MunSortKey key,
                       gboolean descending, gboolean snippets, GCancellable *cancellable,
                       GError **error)
{
  Page page = { start, count, key, descending };
  g_autoptr (GString) text = g_string_sized_new (count * 512);
  TextPage out = { text, snippets, cancellable, { 0 } };
  gboolean is_stale;

  if (!write_page (self, &page, write_text, &out, &is_stale, cancellable, error)
      || (is_stale && !write_page (self, &page, write_text, &out, &is_stale, cancellable, error)))
    return NULL;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The part of a store; the number of parts when there is none. */
static guint
find_part (MunSearch *self, gint64 store)
{
  guint i = 0;

  while (i < self->parts->len
         && ((MunSearchPart *)g_ptr_array_index (self->parts, i))->entry->id != store)
    i++;
  return i;
}

gboolean
mun_search_add_snippets (MunSearch *self, JsonArray *page, GCancellable *cancellable,
                         GError **error)
{
  guint count = MIN (json_array_get_length (page), MUN_SEARCH_SNIPPET_LIMIT);
  MunDatabase **readers;
  MunSearchSnippets snippets;

  if (self->parts->len == 0)
    return TRUE;
  readers = acquire_readers (self, 0, cancellable, error);
  if (readers == NULL)
    return FALSE;
  mun_search_snippets_init (&snippets, self->parts, readers, self->query);
  for (guint i = 0; i < count && !g_cancellable_is_cancelled (cancellable); i++) {
    JsonObject *element = json_array_get_object_element (page, i);
    gint64 store, number;
    guint part = self->parts->len;
    JsonObject *snippet = NULL;

    if (mun_archive_parse_message_id (mun_json_get_string (element, "id", ""), &store, &number,
                                      NULL))
      part = find_part (self, store);
    if (part < self->parts->len)
      snippet = mun_search_snippets_make (&snippets, part, number);
    if (snippet != NULL)
      json_object_set_object_member (element, "snippet", snippet);
  }
  mun_search_snippets_clear (&snippets);
  release_readers (self, readers);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

void
mun_archive_warm_up (MunArchive *archive)
{
  g_autoptr (MunQuery) query = mun_query_new ();

  query->time_limit = WARM_UP_MICROSECONDS;
  for (guint i = 0; i < 2; i++) {
    g_autoptr (MunSearch) search = mun_archive_search (archive, query, NULL);
    g_autofree char *page = NULL;

    if (search == NULL)
      return;
    page = mun_search_write_page (search, 0, 50, MUN_SORT_DATE, TRUE, FALSE, NULL, NULL);
    /* and once more by the index; whether there is such a word makes no difference */
    mun_set_str (&query->text, "re");
  }
}
