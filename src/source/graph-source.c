/* graph-source.c: one mailbox of Microsoft 365, by Microsoft Graph */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "graph-source.h"

#include "errors.h"
#include "fetcher.h"
#include "json.h"
#include "mailbox.h"
#include "tenant.h"

#include <string.h>

#define PAGE_SIZE 100u
/* Ordered ahead of what is taken, so that no download thread waits for the next order. */
#define AHEAD 8u
/* So many downloads failing in a row are the service's trouble, not the messages'. */
#define MAX_FAILURES 10u
/* Failed messages remembered for the next run. With more, the folder is read anew instead. */
#define MAX_RETRY 5000u

struct _MunGraphSource {
  GObject parent_instance;

  MunEntra *entra;
  MunGraph *graph; /* made when the source is opened: a run has many sources and opens one */
  char *user;
  GStrv excluded;

  GMutex mutex; /* guards the host against the download threads */
  const MunSourceHost *host;

  /* of the folder that is being read */
  char *folder_id;
  char *path;
  char *link;        /* of the next page; NULL to begin */
  char *resume;      /* link behind the last page that was handed out whole; NULL: the beginning */
  gboolean at_end;   /* there is no further page */
  gboolean anew;     /* begun again in this run, as its link was lost */
  GQueue waiting;    /* MunMailItem of the present page */
  GHashTable *taken; /* ids of this batch: one message may stand twice in a page */
  GHashTable *again; /* ids that failed and are to come again */
  guint failures;    /* in a row */
  GError *trouble;   /* to be told by the next call */
};

static void
mun_graph_source_iface_init (MunSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MunGraphSource, mun_graph_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MUN_TYPE_SOURCE, mun_graph_source_iface_init))

static void
item_free (gpointer data)
{
  MunMailItem *item = data;

  g_free (item->id);
  g_free (item);
}

static void
set_host (MunGraphSource *self, const MunSourceHost *host)
{
  g_mutex_lock (&self->mutex);
  self->host = host;
  g_mutex_unlock (&self->mutex);
}

static void
wait_cb (guint seconds, gpointer user_data)
{
  MunGraphSource *self = user_data;

  g_mutex_lock (&self->mutex);
  if (self->host != NULL && self->host->wait != NULL)
    self->host->wait (seconds, self->host->user_data);
  g_mutex_unlock (&self->mutex);
}

static gboolean
same_name (const char *a, const char *b)
{
  g_autofree char *x = g_utf8_casefold (a, -1);
  g_autofree char *y = g_utf8_casefold (b, -1);

  return g_str_equal (x, y);
}

/* Exchange's English names stand for the folders themselves: a French mailbox calls its junk
 * "Courrier indésirable". */
static const struct {
  const char *name, *well_known;
} usual_folders[] = {
  { "Junk Email", "junkemail" },
  { "Deleted Items", "deleteditems" },
  { "Drafts", "drafts" },
  { "Outbox", "outbox" },
  { "Conversation History", "conversationhistory" },
  { "Sync Issues", "syncissues" },
};

static const char *
find_path (GPtrArray *folders, const char *id)
{
  for (guint i = 0; i < folders->len; i++) {
    const MunMailFolder *folder = folders->pdata[i];

    if (g_str_equal (folder->id, id))
      return folder->path;
  }
  return NULL;
}

/* The excluded names, and where the usual folders among them lie in this mailbox. */
static GPtrArray *
list_excluded (MunGraphSource *self, GPtrArray *folders, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) excluded = g_ptr_array_new_with_free_func (g_free);

  for (char **name = self->excluded; name != NULL && *name != NULL; name++) {
    g_ptr_array_add (excluded, g_strdup (*name));
    for (guint i = 0; i < G_N_ELEMENTS (usual_folders); i++) {
      g_autoptr (GError) local = NULL;
      g_autofree char *id = NULL;
      const char *path;

      if (!same_name (*name, usual_folders[i].name))
        continue;
      id = mun_mailbox_find_folder (self->graph, self->user, usual_folders[i].well_known,
                                    cancellable, &local);
      if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return NULL;
      }
      path = id != NULL ? find_path (folders, id) : NULL;
      if (path != NULL)
        g_ptr_array_add (excluded, g_strdup (path));
    }
  }
  return g_steal_pointer (&excluded);
}

/* Is the folder, or one above it, excluded by its path or by its own name? */
static gboolean
is_excluded (GPtrArray *excluded, const char *path)
{
  g_auto (GStrv) levels = g_strsplit (path, "/", -1);
  g_autoptr (GString) above = g_string_new (NULL);

  for (char **level = levels; *level != NULL; level++) {
    if (above->len > 0)
      g_string_append_c (above, '/');
    g_string_append (above, *level);
    for (guint i = 0; i < excluded->len; i++)
      if (same_name (excluded->pdata[i], *level) || same_name (excluded->pdata[i], above->str))
        return TRUE;
  }
  return FALSE;
}

static GPtrArray *
mun_graph_source_list_folders (MunSource *source, const MunSourceHost *host,
                               GCancellable *cancellable, GError **error)
{
  MunGraphSource *self = MUN_GRAPH_SOURCE (source);
  g_autoptr (GPtrArray) folders
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_source_folder_free);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) excluded = NULL;

  if (self->graph == NULL) {
    self->graph = mun_graph_new (self->entra);
    mun_graph_set_wait_callback (self->graph, wait_cb, self);
  }
  set_host (self, host);
  found = mun_mailbox_list_folders (self->graph, self->user, TRUE, cancellable, error);
  if (found != NULL)
    excluded = list_excluded (self, found, cancellable, error);
  set_host (self, NULL);
  if (excluded == NULL)
    return NULL;
  for (guint i = 0; i < found->len; i++) {
    const MunMailFolder *folder = found->pdata[i];

    if (!is_excluded (excluded, folder->path))
      g_ptr_array_add (folders, mun_source_folder_new (folder->id, folder->path, folder->total));
  }
  return g_steal_pointer (&folders);
}

static void
leave (MunGraphSource *self)
{
  g_clear_pointer (&self->folder_id, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->link, g_free);
  g_clear_pointer (&self->resume, g_free);
  g_queue_clear_full (&self->waiting, item_free);
  g_hash_table_remove_all (self->again);
  g_clear_error (&self->trouble);
  self->at_end = FALSE;
  self->anew = FALSE;
  self->failures = 0;
}

static void
enqueue (MunGraphSource *self, const char *id, gint64 received)
{
  MunMailItem *item = g_new0 (MunMailItem, 1);

  item->id = g_strdup (id);
  item->received = received;
  g_queue_push_tail (&self->waiting, item);
}

static void
read_checkpoint (MunGraphSource *self, const char *text)
{
  g_autoptr (JsonObject) checkpoint = text == NULL ? NULL : mun_json_parse_object (text, -1, NULL);
  g_auto (GStrv) retry = NULL;

  if (checkpoint == NULL
      || g_strcmp0 (mun_json_get_string (checkpoint, "path", NULL), self->path) != 0)
    return;
  self->link = g_strdup (mun_json_get_string (checkpoint, "link", NULL));
  self->resume = g_strdup (self->link);
  retry = mun_json_dup_strings (checkpoint, "retry");
  for (char **id = retry; *id != NULL; id++) {
    enqueue (self, *id, 0);
    g_hash_table_add (self->again, g_strdup (*id));
  }
}

static gboolean
mun_graph_source_begin_folder (MunSource *source, const MunSourceFolder *folder,
                               const char *checkpoint, GCancellable *cancellable, GError **error)
{
  MunGraphSource *self = MUN_GRAPH_SOURCE (source);

  leave (self);
  self->folder_id = g_strdup (folder->id);
  self->path = g_strdup (folder->path);
  read_checkpoint (self, checkpoint);
  return TRUE;
}

/* Starts the folder anew when the service does not know the link any more. Once a run: a service
 * that forgets every link would keep it reading the same page for ever. */
static gboolean
start_anew (MunGraphSource *self, const GError *error)
{
  if (self->link == NULL || self->anew
      || !g_error_matches (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_SYNC_STATE_LOST))
    return FALSE;
  g_message ("%s, folder %s: the delta link is too old, the folder is read anew", self->user,
             self->path);
  g_clear_pointer (&self->link, g_free);
  g_clear_pointer (&self->resume, g_free);
  self->anew = TRUE;
  return TRUE;
}

/* Fetches the next page of changes into the queue. */
static gboolean
next_page (MunGraphSource *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (MunDeltaPage) page = NULL;
  const char *link;

  page = mun_mailbox_delta (self->graph, self->user, self->folder_id, self->link, PAGE_SIZE,
                            cancellable, &local);
  if (page == NULL && start_anew (self, local)) {
    g_clear_error (&local);
    page = mun_mailbox_delta (self->graph, self->user, self->folder_id, NULL, PAGE_SIZE,
                              cancellable, &local);
  }
  if (page == NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  link = page->next_link != NULL ? page->next_link : page->delta_link;
  if (page->next_link != NULL && g_strcmp0 (page->next_link, self->link) == 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL, "the service's next page is the same page");
    return FALSE;
  }
  for (guint i = 0; i < page->items->len; i++) {
    const MunMailItem *item = page->items->pdata[i];

    if (!item->removed)
      enqueue (self, item->id, item->received);
  }
  g_free (self->link);
  self->link = g_strdup (link);
  self->at_end = page->next_link == NULL;
  return TRUE;
}

/* Trouble that is not one message's: nothing more can be read of this folder now. */
static gboolean
is_general (const GError *error)
{
  if (error->domain == MUN_GRAPH_ERROR)
    return error->code == MUN_GRAPH_ERROR_THROTTLED || error->code == MUN_GRAPH_ERROR_UNAUTHORIZED
           || error->code == MUN_GRAPH_ERROR_NO_MAILBOX;
  return error->domain == MUN_ENTRA_ERROR
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
         || g_error_matches (error, MUN_ERROR, MUN_ERROR_NO_SPACE)
         || g_error_matches (error, MUN_ERROR, MUN_ERROR_UNREACHABLE)
         || g_error_matches (error, MUN_ERROR, MUN_ERROR_UNTRUSTED);
}

static void
set_trouble (MunGraphSource *self, const GError *error)
{
  if (self->trouble == NULL)
    self->trouble = g_error_copy (error);
}

static MunSourceItem *
make_item (MunGraphSource *self, MunFetched *fetched)
{
  MunSourceItem *item = mun_source_item_new (MUN_SOURCE_READ, fetched->id);

  item->key = g_strdup (fetched->id);
  item->received = fetched->received;
  if (fetched->raw != NULL && g_bytes_get_size (fetched->raw) > 0) {
    item->raw = g_steal_pointer (&fetched->raw);
    item->is_mapped = fetched->is_mapped;
    self->failures = 0;
    g_hash_table_remove (self->again, fetched->id);
    return item;
  }
  item->step = "download";
  if (fetched->error == NULL) {
    item->state = MUN_SOURCE_FAILED;
    item->reason = g_strdup ("the service sent an empty message");
  } else if (g_error_matches (fetched->error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_NOT_FOUND)) {
    item->state = MUN_SOURCE_SKIPPED;
    item->reason = g_strdup ("the message is no longer in the mailbox");
    g_hash_table_remove (self->again, fetched->id);
  } else {
    item->state = MUN_SOURCE_FAILED;
    mun_tenant_explain (fetched->error);
    item->reason = g_strdup (fetched->error->message);
    if (is_general (fetched->error) || ++self->failures >= MAX_FAILURES)
      set_trouble (self, fetched->error);
  }
  return item;
}

/* Orders messages of the present page, as many as the batch still takes. */
static void
order (MunGraphSource *self, const MunSourceHost *host, MunFetcher *fetcher, guint taken)
{
  while (mun_fetcher_get_pending (fetcher) < AHEAD
         && taken + mun_fetcher_get_pending (fetcher) < host->max_items) {
    MunMailItem *item = g_queue_pop_head (&self->waiting);

    if (item == NULL)
      return;
    if (g_hash_table_contains (self->taken, item->id)) {
      item_free (item);
      continue;
    }
    g_hash_table_add (self->taken, g_strdup (item->id));
    if (host->want == NULL || host->want (item->id, host->user_data))
      mun_fetcher_push (fetcher, item->id, item->received);
    else
      g_hash_table_remove (self->again, item->id);
    item_free (item);
  }
}

/* Takes downloads until the batch is full, or nothing is ordered and the page is at its end. */
static void
collect (MunGraphSource *self, const MunSourceHost *host, MunSourceBatch *batch, gsize *bytes,
         GCancellable *cancellable)
{
  g_autoptr (MunFetcher) fetcher
      = mun_fetcher_new (self->graph, self->user, host->spool_dir, cancellable);

  for (;;) {
    g_autoptr (MunFetched) fetched = NULL;
    MunSourceItem *item;

    if (self->trouble == NULL && *bytes < host->max_bytes
        && !g_cancellable_is_cancelled (cancellable))
      order (self, host, fetcher, batch->items->len);
    if (mun_fetcher_get_pending (fetcher) == 0)
      return;
    fetched = mun_fetcher_pop (fetcher);
    item = make_item (self, fetched);
    if (fetched->error != NULL && is_general (fetched->error)) {
      /* Not this message's fault: it counts as not reached, and comes again. */
      enqueue (self, fetched->id, fetched->received);
      g_hash_table_remove (self->taken, fetched->id);
      mun_source_item_free (item);
      continue;
    }
    *bytes += item->raw == NULL ? 0 : g_bytes_get_size (item->raw);
    g_ptr_array_add (batch->items, item);
  }
}

/* Fills the batch page after page. */
static void
fill (MunGraphSource *self, const MunSourceHost *host, MunSourceBatch *batch,
      GCancellable *cancellable)
{
  gsize bytes = 0;

  g_hash_table_remove_all (self->taken);
  while (batch->items->len < host->max_items && bytes < host->max_bytes) {
    collect (self, host, batch, &bytes, cancellable);
    if (self->trouble != NULL || !g_queue_is_empty (&self->waiting))
      return;
    g_free (self->resume);
    self->resume = g_strdup (self->link);
    if (self->at_end) {
      batch->last = TRUE;
      return;
    }
    if (!next_page (self, cancellable, &self->trouble))
      return;
  }
}

static MunSourceBatch *
mun_graph_source_next_batch (MunSource *source, const MunSourceHost *host,
                             GCancellable *cancellable, GError **error)
{
  MunGraphSource *self = MUN_GRAPH_SOURCE (source);
  g_autoptr (MunSourceBatch) batch = mun_source_batch_new ();

  g_return_val_if_fail (self->folder_id != NULL, NULL);

  if (self->trouble == NULL) {
    set_host (self, host);
    fill (self, host, batch, cancellable);
    set_host (self, NULL);
  }
  if (batch->items->len == 0 && self->trouble == NULL)
    g_cancellable_set_error_if_cancelled (cancellable, &self->trouble);
  if (batch->items->len == 0 && self->trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&self->trouble));
    return NULL;
  }
  return g_steal_pointer (&batch);
}

static char *
mun_graph_source_dup_checkpoint (MunSource *source, const MunSourceBatch *batch)
{
  MunGraphSource *self = MUN_GRAPH_SOURCE (source);
  g_autoptr (JsonObject) checkpoint = json_object_new ();
  g_autofree const char **retry = NULL;

  for (guint i = 0; i < batch->items->len; i++) {
    const MunSourceItem *item = batch->items->pdata[i];

    if (item->state == MUN_SOURCE_FAILED)
      g_hash_table_add (self->again, g_strdup (item->key));
    else
      g_hash_table_remove (self->again, item->key);
  }
  if (g_hash_table_size (self->again) > MAX_RETRY)
    return NULL;
  retry = (const char **)g_hash_table_get_keys_as_array (self->again, NULL);
  mun_json_set_text (checkpoint, "link", self->resume);
  mun_json_set_text (checkpoint, "path", self->path);
  mun_json_set_strings (checkpoint, "retry", retry);
  return mun_json_object_to_string (checkpoint);
}

static void
mun_graph_source_finalize (GObject *object)
{
  MunGraphSource *self = MUN_GRAPH_SOURCE (object);

  leave (self);
  g_clear_object (&self->graph);
  g_object_unref (self->entra);
  g_free (self->user);
  g_strfreev (self->excluded);
  g_hash_table_unref (self->again);
  g_hash_table_unref (self->taken);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (mun_graph_source_parent_class)->finalize (object);
}

static void
mun_graph_source_iface_init (MunSourceInterface *iface)
{
  iface->list_folders = mun_graph_source_list_folders;
  iface->begin_folder = mun_graph_source_begin_folder;
  iface->next_batch = mun_graph_source_next_batch;
  iface->dup_checkpoint = mun_graph_source_dup_checkpoint;
}

static void
mun_graph_source_class_init (MunGraphSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_graph_source_finalize;
}

static void
mun_graph_source_init (MunGraphSource *self)
{
  g_mutex_init (&self->mutex);
  g_queue_init (&self->waiting);
  self->again = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

MunSource *
mun_graph_source_new (MunEntra *entra, const char *user, const char *const *excluded)
{
  MunGraphSource *self = g_object_new (MUN_TYPE_GRAPH_SOURCE, NULL);

  self->entra = g_object_ref (entra);
  self->user = g_strdup (user);
  self->excluded = g_strdupv ((GStrv)excluded);
  return MUN_SOURCE (self);
}
