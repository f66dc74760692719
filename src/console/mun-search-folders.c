/* mun-search-folders.c: the searches that the account keeps on a server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-search-folders.h"

#include "errors.h"
#include "json.h"
#include "saved-searches.h"

#include <glib/gi18n.h>
#include <string.h>

#define CAPABILITY "savedSearches"
#define MEGABYTE 1000000

struct _MunSearchFolders {
  GObject parent_instance;

  MunConnection *connection; /* which owns this */
  GListStore *list;
  GError *error;
  GCancellable *cancellable; /* of the list that is on its way */
  gboolean available;
};

G_DEFINE_FINAL_TYPE (MunSearchFolders, mun_search_folders, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_AVAILABLE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
mun_search_folders_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_assert (id == PROP_AVAILABLE);
  g_value_set_boolean (value, MUN_SEARCH_FOLDERS (object)->available);
}

static void
mun_search_folders_finalize (GObject *object)
{
  MunSearchFolders *self = MUN_SEARCH_FOLDERS (object);

  g_clear_weak_pointer (&self->connection);
  g_clear_object (&self->list);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (mun_search_folders_parent_class)->finalize (object);
}

static void
mun_search_folders_class_init (MunSearchFoldersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mun_search_folders_get_property;
  object_class->finalize = mun_search_folders_finalize;
  props[PROP_AVAILABLE]
      = g_param_spec_boolean ("available", NULL, NULL, FALSE,
                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mun_search_folders_init (MunSearchFolders *self)
{
  self->list = g_list_store_new (MUN_TYPE_RECORD);
}

MunSearchFolders *
mun_search_folders_for (MunConnection *connection)
{
  static const char key[] = "mun-search-folders";
  MunSearchFolders *self = g_object_get_data (G_OBJECT (connection), key);

  if (!self) {
    self = g_object_new (MUN_TYPE_SEARCH_FOLDERS, NULL);
    g_set_weak_pointer (&self->connection, connection);
    g_object_set_data_full (G_OBJECT (connection), key, self, g_object_unref);
  }
  return self;
}

gboolean
mun_search_folders_get_available (MunSearchFolders *self)
{
  g_return_val_if_fail (MUN_IS_SEARCH_FOLDERS (self), FALSE);
  return self->available;
}

GListModel *
mun_search_folders_get_list (MunSearchFolders *self)
{
  g_return_val_if_fail (MUN_IS_SEARCH_FOLDERS (self), NULL);
  return G_LIST_MODEL (self->list);
}

const GError *
mun_search_folders_get_error (MunSearchFolders *self)
{
  g_return_val_if_fail (MUN_IS_SEARCH_FOLDERS (self), NULL);
  return self->error;
}

static MunArchiveClient *
get_client (MunSearchFolders *self)
{
  return self->connection ? mun_connection_get_archive (self->connection) : NULL;
}

static guint
get_count (MunSearchFolders *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->list));
}

/* The list keeps it alive. */
static MunRecord *
get_at (MunSearchFolders *self, guint position)
{
  g_autoptr (MunRecord) record = g_list_model_get_item (G_LIST_MODEL (self->list), position);

  return record;
}

/* --- names --- */

static const char *
get_name (MunRecord *record)
{
  return mun_record_get_string (record, "name", "");
}

static char *
fold (const char *name)
{
  g_autofree char *stripped = g_strstrip (g_strdup (name));
  g_autofree char *decomposed = g_utf8_normalize (stripped, -1, G_NORMALIZE_ALL);
  g_autofree char *folded = g_utf8_casefold (decomposed ? decomposed : "", -1);

  return g_utf8_normalize (folded, -1, G_NORMALIZE_ALL);
}

static int
compare (gconstpointer first, gconstpointer second)
{
  g_autofree char *a = g_utf8_casefold (get_name (*(MunRecord *const *)first), -1);
  g_autofree char *b = g_utf8_casefold (get_name (*(MunRecord *const *)second), -1);

  return g_utf8_collate (a, b);
}

MunRecord *
mun_search_folders_find (MunSearchFolders *self, gint64 id)
{
  g_return_val_if_fail (MUN_IS_SEARCH_FOLDERS (self), NULL);
  for (guint i = 0; i < get_count (self); i++)
    if (mun_record_get_int (get_at (self, i), "id", 0) == id)
      return get_at (self, i);
  return NULL;
}

MunRecord *
mun_search_folders_find_name (MunSearchFolders *self, const char *name)
{
  g_autofree char *wanted = fold (name);

  g_return_val_if_fail (MUN_IS_SEARCH_FOLDERS (self), NULL);
  for (guint i = 0; i < get_count (self); i++) {
    g_autofree char *folded = fold (get_name (get_at (self, i)));

    if (strcmp (folded, wanted) == 0)
      return get_at (self, i);
  }
  return NULL;
}

/* --- the list --- */

static void
set_available (MunSearchFolders *self, gboolean available)
{
  if (self->available == available)
    return;
  self->available = available;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_AVAILABLE]);
}

/* Replaces what differs, so that a row that is selected somewhere stays. */
static void
set_records (MunSearchFolders *self, GPtrArray *records)
{
  guint n_old = get_count (self), head = 0, tail = 0, fewer = MIN (n_old, records->len);

  g_ptr_array_sort (records, compare);
  while (head < fewer && mun_record_equal (get_at (self, head), records->pdata[head]))
    head++;
  while (tail < fewer - head
         && mun_record_equal (get_at (self, n_old - 1 - tail),
                              records->pdata[records->len - 1 - tail]))
    tail++;
  if (n_old != records->len || head + tail < n_old)
    g_list_store_splice (self->list, head, n_old - head - tail, records->pdata + head,
                         records->len - head - tail);
}

static GPtrArray *
dup_records (MunSearchFolders *self, gint64 without)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < get_count (self); i++)
    if (mun_record_get_int (get_at (self, i), "id", 0) != without)
      g_ptr_array_add (records, g_object_ref (get_at (self, i)));
  return records;
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunSearchFolders) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records
      = mun_archive_client_list_saved_searches_finish (MUN_ARCHIVE_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_error (&self->error);
  if (records)
    set_records (self, records);
  else
    self->error = g_steal_pointer (&error);
}

void
mun_search_folders_load (MunSearchFolders *self)
{
  MunArchiveClient *client;
  g_auto (GStrv) capabilities = NULL;

  g_return_if_fail (MUN_IS_SEARCH_FOLDERS (self));
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  client = get_client (self);
  capabilities
      = mun_json_dup_strings (client ? mun_connection_get_server_info (self->connection) : NULL,
                              "capabilities");
  set_available (self, g_strv_contains ((const char *const *)capabilities, CAPABILITY));
  if (!self->available) {
    g_list_store_remove_all (self->list);
    return;
  }
  self->cancellable = g_cancellable_new ();
  mun_archive_client_list_saved_searches_async (client, self->cancellable, listed_cb,
                                                g_object_ref (self));
}

/* --- changes --- */

/* The task of a change, which has ended when there is nothing to ask any more. */
static GTask *
start (MunSearchFolders *self, gpointer tag, GCancellable *cancellable,
       GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, tag);
  if (get_client (self))
    return task;
  g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_UNREACHABLE,
                           "The server has no archive to search in");
  g_object_unref (task);
  return NULL;
}

/* When the list was not what the server has, another window was faster. */
static void
explain_save (MunSearchFolders *self, GError **error)
{
  const char *reason = NULL;

  if (g_error_matches (*error, MUN_ERROR, MUN_ERROR_NOT_FOUND))
    reason = _ ("The search folder is not there any more.");
  else if (g_error_matches (*error, MUN_ERROR, MUN_ERROR_EXISTS))
    reason = _ ("Another search folder has this name.");
  if (!reason)
    return;
  g_free ((*error)->message);
  (*error)->message = g_strdup (reason);
  mun_search_folders_load (self);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunSearchFolders *self = g_task_get_source_object (task);
  GError *error = NULL;
  MunRecord *record
      = mun_archive_client_save_search_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  g_autoptr (GPtrArray) records = NULL;

  if (!record) {
    explain_save (self, &error);
    g_task_return_error (task, error);
    return;
  }
  records = dup_records (self, mun_record_get_int (record, "id", 0));
  g_ptr_array_add (records, g_object_ref (record));
  set_records (self, records);
  g_task_return_pointer (task, record, g_object_unref);
}

void
mun_search_folders_save_async (MunSearchFolders *self, gint64 id, const char *name,
                               JsonObject *criteria, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data)
{
  GTask *task;

  g_return_if_fail (MUN_IS_SEARCH_FOLDERS (self));
  task = start (self, mun_search_folders_save_async, cancellable, callback, data);
  if (task)
    mun_archive_client_save_search_async (get_client (self), id, name, criteria, cancellable,
                                          saved_cb, task);
}

MunRecord *
mun_search_folders_save_finish (MunSearchFolders *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunSearchFolders *self = g_task_get_source_object (task);
  gint64 *id = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) records = NULL;

  if (!mun_archive_client_delete_saved_search_finish (MUN_ARCHIVE_CLIENT (source), result, &error)
      && !g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND)) {
    g_task_return_error (task, error);
    return;
  }
  g_clear_error (&error);
  records = dup_records (self, *id);
  set_records (self, records);
  g_task_return_boolean (task, TRUE);
}

void
mun_search_folders_delete_async (MunSearchFolders *self, gint64 id, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data)
{
  GTask *task;

  g_return_if_fail (MUN_IS_SEARCH_FOLDERS (self));
  task = start (self, mun_search_folders_delete_async, cancellable, callback, data);
  if (!task)
    return;
  g_task_set_task_data (task, g_memdup2 (&id, sizeof id), g_free);
  mun_archive_client_delete_saved_search_async (get_client (self), id, cancellable, deleted_cb,
                                                task);
}

gboolean
mun_search_folders_delete_finish (MunSearchFolders *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- words --- */

static void
add_words (GPtrArray *words, const char *title, const char *text)
{
  if (text && *text)
    g_ptr_array_add (words, g_strdup_printf (_ ("%s: %s"), title, text));
}

static void
add_size (GPtrArray *words, const char *title, gint64 bytes)
{
  if (bytes > 0)
    g_ptr_array_add (words, g_strdup_printf (_ ("%s: %d"), title, (int)(bytes / MEGABYTE)));
}

static const char *
get_priority (JsonObject *criteria)
{
  static const char *const names[] = { N_ ("High"), N_ ("Normal"), N_ ("Low") };
  const char *priority = mun_json_get_string (criteria, "priority", "");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], priority) == 0)
      return _ (names[i]);
  return NULL;
}

char *
mun_search_folders_dup_summary (JsonObject *criteria)
{
  static const struct {
    const char *member, *title;
  } texts[] = {
    { "from", N_ ("From") },
    { "to", N_ ("To") },
    { "folder", N_ ("Folder") },
    { "dateFrom", N_ ("Date from") },
    { "dateTo", N_ ("Date to") },
    { "archivedFrom", N_ ("Archived from") },
    { "archivedTo", N_ ("Archived to") },
  };
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  const char *query = mun_json_get_string (criteria, "query", "");

  if (*query)
    g_ptr_array_add (words, g_strdup (query));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    add_words (words, _ (texts[i].title), mun_json_get_string (criteria, texts[i].member, NULL));
  if (mun_json_has (criteria, "hasAttachments"))
    add_words (words, _ ("Has attachments"),
               mun_json_get_bool (criteria, "hasAttachments", FALSE) ? _ ("Yes") : _ ("No"));
  add_words (words, _ ("Priority"), get_priority (criteria));
  add_size (words, _ ("Larger than (MB)"), mun_json_get_int (criteria, "sizeMin", 0));
  add_size (words, _ ("Smaller than (MB)"), mun_json_get_int (criteria, "sizeMax", 0));
  g_ptr_array_add (words, NULL);
  return g_strjoinv (" · ", (GStrv)words->pdata);
}

void
mun_search_folders_explain (JsonObject *criteria, GError **error)
{
  const char *folder = mun_json_get_string (criteria, "folder", "");

  if (!*folder || !g_error_matches (*error, MUN_ERROR, MUN_ERROR_NOT_FOUND))
    return;
  g_clear_error (error);
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
               _ ("There is no folder “%s” any more. Choose another one, or none, under Refine on "
                  "the Search page."),
               folder);
}
