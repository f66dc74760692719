/* archive-search.c: one search over all stores: a snapshot, paged in several orders */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "archive-search.h"

#include "archive-private.h"
#include "catalogue.h"
#include "errors.h"
#include "json.h"
#include "match.h"
#include "search-part.h"
#include "snippet.h"
#include "store-messages.h"

/* Of a message, so much is read for its snippet: large attachments stand behind the text. */
#define SNIPPET_READ (1024 * 1024)

#include <glib/gi18n.h>

/* Where the last page by descending date ended: the next one goes on there without counting rows.
 */
typedef struct {
  guint64 position; /* 0 = none */
  gint64 number;
  guint part;
} Anchor;

struct _MunSearch {
  GObject parent_instance;
  MunQuery *query;
  GPtrArray *parts; /* MunSearchPart */
  GMutex lock;
  Anchor anchor;
};

G_DEFINE_FINAL_TYPE (MunSearch, mun_search, G_TYPE_OBJECT)

static void
mun_search_finalize (GObject *object)
{
  MunSearch *self = MUN_SEARCH (object);

  g_clear_pointer (&self->query, mun_query_free);
  g_ptr_array_unref (self->parts);
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
  g_mutex_init (&self->lock);
}

static gint64
next_deadline (const MunQuery *query)
{
  gint64 limit = query->time_limit > 0 ? query->time_limit : MUN_SEARCH_SECONDS * G_USEC_PER_SEC;

  return g_get_monotonic_time () + limit;
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
  gint64 deadline = next_deadline (query);

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
    if (part->is_empty)
      mun_search_part_free (part);
    else
      g_ptr_array_add (self->parts, part);
  }
  if (!has_folder) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "folder %s does not exist", query->folder);
    return NULL;
  }
  return g_steal_pointer (&self);
}

/* A connection a part, for as long as a page or a count takes. */
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
acquire_readers (MunSearch *self, GCancellable *cancellable, GError **error)
{
  MunDatabase **readers = g_new0 (MunDatabase *, self->parts->len + 1);
  gint64 deadline = next_deadline (self->query);

  for (guint i = 0; i < self->parts->len; i++) {
    MunSearchPart *part = g_ptr_array_index (self->parts, i);

    readers[i] = mun_store_acquire_reader (part->entry->store, error);
    if (readers[i] == NULL) {
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
  MunDatabase **readers = acquire_readers (self, cancellable, error);
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

typedef struct {
  gboolean descending;
} Order;

static gint
compare_hits (gconstpointer a, gconstpointer b, gpointer data)
{
  const MunSearchHit *first = a, *second = b;
  const Order *order = data;
  gint result;

  if (first->text != NULL && second->text != NULL)
    result = g_ascii_strcasecmp (first->text, second->text);
  else
    result = (first->key > second->key) - (first->key < second->key);
  if (result == 0)
    result = (first->number > second->number) - (first->number < second->number);
  if (order->descending)
    result = -result;
  return result != 0 ? result : (gint)first->part - (gint)second->part;
}

static void
clear_hit (gpointer hit)
{
  g_free (((MunSearchHit *)hit)->text);
}

/* The hits of a page, and a few too many when several stores take part. */
static gboolean
list_hits (MunSearch *self, MunDatabase **readers, guint64 start, guint count, MunSortKey key,
           gboolean descending, const Anchor *anchor, GArray *hits, GError **error)
{
  gboolean is_single = self->parts->len == 1;

  for (guint i = 0; i < self->parts->len; i++) {
    gint64 below = G_MAXINT64;
    guint64 skip = is_single ? start : 0;
    guint64 wanted = is_single ? count : start + count;

    if (anchor->position > 0) {
      below = i <= anchor->part ? anchor->number - 1 : anchor->number;
      skip = 0;
      wanted = count;
    }
    if (!mun_search_part_list (g_ptr_array_index (self->parts, i), readers[i], self->query, key,
                               descending, below, skip, wanted, i, hits, error))
      return FALSE;
  }
  if (!is_single) {
    Order order = { descending };

    g_array_sort_with_data (hits, compare_hits, &order);
    if (anchor->position == 0 && start > 0)
      g_array_remove_range (hits, 0, MIN (start, hits->len));
  }
  if (hits->len > count)
    g_array_set_size (hits, count);
  return TRUE;
}

static JsonArray *
hits_to_json (MunSearch *self, MunDatabase **readers, GArray *hits, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func ((GDestroyNotify)g_hash_table_unref);

  for (guint i = 0; i < self->parts->len; i++) {
    g_ptr_array_add (paths, mun_catalogue_paths_new ());
    /* They are found: a page of them is soon read. */
    mun_database_set_deadline (readers[i], 0);
  }
  for (guint i = 0; i < hits->len; i++) {
    MunSearchHit *hit = &g_array_index (hits, MunSearchHit, i);
    MunSearchPart *part = g_ptr_array_index (self->parts, hit->part);
    g_autoptr (GError) local_error = NULL;
    sqlite3_stmt *row
        = mun_database_prepare (readers[hit->part], error,
                                "SELECT " MUN_CATALOGUE_ROW " FROM messages WHERE number = ?1", "i",
                                hit->number);

    if (row == NULL)
      return NULL;
    if (mun_database_step (readers[hit->part], row, &local_error)) {
      json_array_add_object_element (
          array,
          mun_catalogue_row_to_json (readers[hit->part], row, part->entry->id, part->entry->name,
                                     g_ptr_array_index (paths, hit->part)));
      sqlite3_reset (row);
    } else if (local_error != NULL) {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  }
  return g_steal_pointer (&array);
}

static Anchor
find_anchor (MunSearch *self, guint64 start, MunSortKey key, gboolean descending)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Anchor none = { 0 };

  return key == MUN_SORT_DATE && descending && start > 0 && self->anchor.position == start
             ? self->anchor
             : none;
}

static void
set_anchor (MunSearch *self, guint64 start, GArray *hits, MunSortKey key, gboolean descending)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (key != MUN_SORT_DATE || !descending || hits->len == 0)
    return;
  self->anchor.position = start + hits->len;
  self->anchor.number = g_array_index (hits, MunSearchHit, hits->len - 1).number;
  self->anchor.part = g_array_index (hits, MunSearchHit, hits->len - 1).part;
}

JsonArray *
mun_search_get_page (MunSearch *self, guint64 start, guint count, MunSortKey key,
                     gboolean descending, GCancellable *cancellable, GError **error)
{
  MunDatabase **readers = acquire_readers (self, cancellable, error);
  g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (MunSearchHit));
  Anchor anchor = find_anchor (self, start, key, descending);
  g_autoptr (GError) reason = NULL;
  JsonArray *page = NULL;

  g_array_set_clear_func (hits, clear_hit);
  if (readers == NULL)
    return NULL;
  if (list_hits (self, readers, start, count, key, descending, &anchor, hits, &reason)) {
    set_anchor (self, start, hits, key, descending);
    page = hits_to_json (self, readers, hits, error);
  } else {
    explain (reason, error);
  }
  release_readers (self, readers);
  return page;
}

/* Returns: (nullable): the snippet of one element, unless its message cannot be read. */
static JsonObject *
make_snippet (MunSearch *self, MunDatabase **readers, JsonObject *element, GPtrArray *to_mark)
{
  gint64 store, number;
  guint i = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) start = NULL;
  g_autoptr (MunMessage) message = NULL;

  if (!mun_archive_parse_message_id (mun_json_get_string (element, "id", ""), &store, &number,
                                     NULL))
    return NULL;
  while (i < self->parts->len
         && ((MunSearchPart *)g_ptr_array_index (self->parts, i))->entry->id != store)
    i++;
  if (i == self->parts->len)
    return NULL;
  start = mun_store_read_start (((MunSearchPart *)g_ptr_array_index (self->parts, i))->entry->store,
                                readers[i], number, SNIPPET_READ, &error);
  if (start == NULL) {
    g_debug ("no snippet of message %s: %s", mun_json_get_string (element, "id", ""),
             error->message);
    return NULL;
  }
  message = mun_message_parse (start);
  return mun_snippet_make (readers[i], mun_message_get_fields (message), self->query->scopes,
                           to_mark);
}

gboolean
mun_search_add_snippets (MunSearch *self, JsonArray *page, GCancellable *cancellable,
                         GError **error)
{
  guint count = MIN (json_array_get_length (page), MUN_SEARCH_SNIPPET_LIMIT);
  MunDatabase **readers;
  g_autoptr (GPtrArray) to_mark = NULL;

  if (self->parts->len == 0)
    return TRUE;
  readers = acquire_readers (self, cancellable, error);
  if (readers == NULL)
    return FALSE;
  to_mark = mun_match_words_to_mark (readers[0], self->query->text);
  for (guint i = 0; i < count && !g_cancellable_is_cancelled (cancellable); i++) {
    JsonObject *element = json_array_get_object_element (page, i);
    JsonObject *snippet = make_snippet (self, readers, element, to_mark);

    if (snippet != NULL)
      json_object_set_object_member (element, "snippet", snippet);
  }
  release_readers (self, readers);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
