/* mun-message-model.c: a message list of any length, fetched page by page as it is looked at */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-message-model.h"

#define MAX_PAGES 40
#define MAX_REQUESTS 2

typedef enum { PAGE_NEW, PAGE_WAITING, PAGE_FETCHING, PAGE_READY, PAGE_FAILED } PageState;

typedef struct {
  guint index;
  PageState state;
  guint64 used;              /* grows: the least recently used page has the smallest */
  GCancellable *cancellable; /* of its request */
  MunMessageRow *rows[MUN_MESSAGE_PAGE];
} Page;

struct _MunMessageModel {
  GObject parent_instance;

  GObject *source;
  guint count;
  char *sort;
  MunMessageFetch fetch;
  MunMessageFetchFinish finish;
  guint page_size;

  GHashTable *pages;
  gboolean stopped;
  guint64 clock;
  guint requests;
  guint dispatch_id;
};

typedef struct {
  MunMessageModel *model;
  guint index;
} Request;

static void
mun_message_model_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MunMessageModel, mun_message_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      mun_message_model_list_model_init))

enum {
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
page_free (Page *page)
{
  for (guint i = 0; i < MUN_MESSAGE_PAGE; i++)
    g_clear_object (&page->rows[i]);
  g_clear_object (&page->cancellable);
  g_free (page);
}

static gboolean
page_is_looked_at (Page *page)
{
  for (guint i = 0; i < MUN_MESSAGE_PAGE; i++)
    if (page->rows[i] && mun_message_row_is_bound (page->rows[i]))
      return TRUE;
  return FALSE;
}

static void
schedule (MunMessageModel *self);

/* Keeps what is shown and what is on its way; of the rest, the least recently used goes. */
static void
evict (MunMessageModel *self)
{
  while (g_hash_table_size (self->pages) > MAX_PAGES) {
    GHashTableIter iter;
    Page *page, *oldest = NULL;

    g_hash_table_iter_init (&iter, self->pages);
    while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&page))
      if (page->state != PAGE_FETCHING && (!oldest || page->used < oldest->used)
          && !page_is_looked_at (page))
        oldest = page;
    if (!oldest)
      return;
    g_hash_table_remove (self->pages, GUINT_TO_POINTER (oldest->index));
  }
}

static void
fill (MunMessageModel *self, Page *page, GPtrArray *records)
{
  for (guint i = 0; i < self->page_size && i < records->len; i++) {
    if (!page->rows[i])
      page->rows[i] = mun_message_row_new (page->index * self->page_size + i);
    mun_message_row_set_record (page->rows[i], g_ptr_array_index (records, i));
  }
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  MunMessageModel *self = request->model;
  Page *page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (request->index));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = self->finish (source, result, &error);

  self->requests--;
  if (page)
    page->state = records                                                     ? PAGE_READY
                  : g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? PAGE_NEW
                                                                              : PAGE_FAILED;
  /* Scrolled away and back again before the answer came. */
  if (page && page->state == PAGE_NEW && page_is_looked_at (page))
    page->state = PAGE_WAITING;
  if (page && records)
    fill (self, page, records);
  if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[FAILED], 0, error);
  schedule (self);
  g_object_unref (self);
  g_free (request);
}

static void
start_request (MunMessageModel *self, Page *page)
{
  Request *request = g_new0 (Request, 1);
  guint start = page->index * self->page_size;

  page->state = PAGE_FETCHING;
  g_clear_object (&page->cancellable);
  page->cancellable = g_cancellable_new ();
  self->requests++;
  request->model = g_object_ref (self);
  request->index = page->index;
  self->fetch (self->source, start, MIN (self->page_size, self->count - start), self->sort,
               page->cancellable, fetched_cb, request);
}

/* The page that was asked for last is the one that somebody looks at now. */
static Page *
next_page (MunMessageModel *self)
{
  GHashTableIter iter;
  Page *page, *next = NULL;

  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&page)) {
    if (page->state != PAGE_WAITING)
      continue;
    if (!page_is_looked_at (page)) {
      page->state = PAGE_NEW;
      continue;
    }
    if (!next || page->used > next->used)
      next = page;
  }
  return next;
}

/* What scrolled away while it was fetched gives its place to what is looked at now. */
static void
drop_requests (MunMessageModel *self)
{
  GHashTableIter iter;
  Page *page;

  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&page))
    if (page->state == PAGE_FETCHING && !page_is_looked_at (page))
      g_cancellable_cancel (page->cancellable);
}

static gboolean
dispatch_cb (gpointer data)
{
  MunMessageModel *self = data;
  Page *page;

  self->dispatch_id = 0;
  while (self->requests < MAX_REQUESTS && (page = next_page (self)))
    start_request (self, page);
  if (self->requests >= MAX_REQUESTS && next_page (self))
    drop_requests (self);
  evict (self);
  return G_SOURCE_REMOVE;
}

/* Later, not now: only after the cells are bound is it known which rows are looked at. */
static void
schedule (MunMessageModel *self)
{
  if (!self->dispatch_id && !self->stopped)
    self->dispatch_id = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, dispatch_cb, self, NULL);
}

static GType
mun_message_model_get_item_type (GListModel *list)
{
  return MUN_TYPE_MESSAGE_ROW;
}

static guint
mun_message_model_get_n_items (GListModel *list)
{
  return MUN_MESSAGE_MODEL (list)->count;
}

static gpointer
mun_message_model_get_item (GListModel *list, guint position)
{
  MunMessageModel *self = MUN_MESSAGE_MODEL (list);
  guint index = position / self->page_size, offset = position % self->page_size;
  Page *page;

  if (position >= self->count)
    return NULL;
  page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (index));
  if (!page) {
    page = g_new0 (Page, 1);
    page->index = index;
    g_hash_table_insert (self->pages, GUINT_TO_POINTER (index), page);
  }
  page->used = ++self->clock;
  if (!page->rows[offset])
    page->rows[offset] = mun_message_row_new (position);
  if (page->state == PAGE_NEW) {
    page->state = PAGE_WAITING;
    schedule (self);
  }
  return g_object_ref (page->rows[offset]);
}

static void
mun_message_model_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = mun_message_model_get_item_type;
  iface->get_n_items = mun_message_model_get_n_items;
  iface->get_item = mun_message_model_get_item;
}

static void
mun_message_model_dispose (GObject *object)
{
  MunMessageModel *self = MUN_MESSAGE_MODEL (object);

  mun_message_model_stop (self);
  G_OBJECT_CLASS (mun_message_model_parent_class)->dispose (object);
}

static void
mun_message_model_finalize (GObject *object)
{
  MunMessageModel *self = MUN_MESSAGE_MODEL (object);

  g_clear_pointer (&self->pages, g_hash_table_unref);
  g_clear_object (&self->source);
  g_free (self->sort);
  G_OBJECT_CLASS (mun_message_model_parent_class)->finalize (object);
}

static void
mun_message_model_class_init (MunMessageModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mun_message_model_dispose;
  object_class->finalize = mun_message_model_finalize;
  signals[FAILED] = g_signal_new ("failed", MUN_TYPE_MESSAGE_MODEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
mun_message_model_init (MunMessageModel *self)
{
  self->page_size = MUN_MESSAGE_PAGE;
  self->pages = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)page_free);
}

MunMessageModel *
mun_message_model_new (GObject *source, guint count, const char *sort, MunMessageFetch fetch,
                       MunMessageFetchFinish finish)
{
  MunMessageModel *self = g_object_new (MUN_TYPE_MESSAGE_MODEL, NULL);

  self->source = g_object_ref (source);
  self->count = count;
  self->sort = g_strdup (sort);
  self->fetch = fetch;
  self->finish = finish;
  return self;
}

MunMessageModel *
mun_message_model_new_for_search (MunRemoteSearch *search, const char *sort)
{
  MunMessageModel *self
      = mun_message_model_new (G_OBJECT (search), mun_remote_search_get_count (search), sort,
                               (MunMessageFetch)mun_remote_search_get_page_async,
                               (MunMessageFetchFinish)mun_remote_search_get_page_finish);

  if (mun_remote_search_get_snippets (search))
    self->page_size = MUN_REMOTE_SEARCH_SNIPPETS;
  return self;
}

/* The page that was the last one is there only in part. */
static void
complete_page (MunMessageModel *self, guint index)
{
  Page *page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (index));

  if (!page)
    return;
  if (page->state == PAGE_FETCHING)
    g_cancellable_cancel (page->cancellable);
  else
    page->state = page_is_looked_at (page) ? PAGE_WAITING : PAGE_NEW;
  schedule (self);
}

void
mun_message_model_grow (MunMessageModel *self, guint count)
{
  guint before = self->count;

  g_return_if_fail (MUN_IS_MESSAGE_MODEL (self));
  if (count <= before)
    return;
  self->count = count;
  if (before % self->page_size != 0)
    complete_page (self, before / self->page_size);
  g_list_model_items_changed (G_LIST_MODEL (self), before, 0, count - before);
}

void
mun_message_model_retry (MunMessageModel *self)
{
  GHashTableIter iter;
  Page *page;

  g_return_if_fail (MUN_IS_MESSAGE_MODEL (self));
  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&page))
    if (page->state == PAGE_FAILED)
      page->state = PAGE_WAITING;
  schedule (self);
}

void
mun_message_model_stop (MunMessageModel *self)
{
  GHashTableIter iter;
  Page *page;

  g_return_if_fail (MUN_IS_MESSAGE_MODEL (self));
  self->stopped = TRUE;
  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&page))
    g_cancellable_cancel (page->cancellable);
  g_clear_handle_id (&self->dispatch_id, g_source_remove);
}

guint
mun_message_model_get_n_pages (MunMessageModel *self)
{
  return g_hash_table_size (self->pages);
}

guint
mun_message_model_get_n_requests (MunMessageModel *self)
{
  return self->requests;
}
