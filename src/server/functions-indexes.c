/* functions-indexes.c: the search indexes: how complete they are, making them anew */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "archive-indexes.h"
#include "arguments.h"
#include "errors.h"
#include "json.h"

/* The progress of one store among several. */
typedef struct {
  MunCall *call;
  guint64 before, total; /* messages of the stores that are done, and of all */
  MunRebuilt rebuilt;
} Rebuild;

static JsonNode *
get_store_indexes (MunCall *call, GError **error)
{
  JsonArray *indexes
      = mun_archive_list_indexes (mun_call_get_archive (call),
                                  mun_arguments_get_int (mun_call_get_arguments (call), "id", 0),
                                  error);

  return indexes != NULL ? mun_json_node_take_array (indexes) : NULL;
}

static JsonNode *
select_all_store_indexes (MunCall *call, GError **error)
{
  mun_archive_select_indexes (mun_call_get_archive (call), error);
  return NULL;
}

static void
progress_cb (guint64 done, guint64 total, gpointer data)
{
  Rebuild *rebuild = data;
  guint64 all = MAX (rebuild->total, total);
  JsonObject *progress = json_object_new ();
  g_autofree char *text
      = g_strdup_printf ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " messages",
                         rebuild->before + done, all);

  /* In numbers as well, for programs that say it in the user's language. */
  json_object_set_int_member (progress, "done", rebuild->before + done);
  json_object_set_int_member (progress, "known", all);
  mun_call_set_result (rebuild->call, mun_json_node_take_object (progress));
  mun_call_progress (rebuild->call, all > 0 ? 100.0 * (rebuild->before + done) / all : -1, text);
}

static void
log_result (Rebuild *rebuild, const char *what, const MunRebuilt *rebuilt)
{
  mun_call_log (rebuild->call, "%s: %" G_GUINT64_FORMAT " messages indexed", what,
                rebuilt->messages);
  if (rebuilt->unreadable > 0)
    mun_call_log (rebuild->call,
                  "%s: %" G_GUINT64_FORMAT
                  " messages could not be read and are not in the index: verify the store",
                  what, rebuilt->unreadable);
  rebuild->rebuilt.messages += rebuilt->messages;
  rebuild->rebuilt.unreadable += rebuilt->unreadable;
}

/* What the audit log says of it, cancelled or not. */
static JsonNode *
finish (Rebuild *rebuild)
{
  mun_call_set_result (rebuild->call, NULL);
  mun_call_add_detail (rebuild->call, "%" G_GUINT64_FORMAT " messages indexed",
                       rebuild->rebuilt.messages);
  if (rebuild->rebuilt.unreadable > 0)
    mun_call_add_detail (rebuild->call, "%" G_GUINT64_FORMAT " unreadable",
                         rebuild->rebuilt.unreadable);
  return NULL;
}

static JsonNode *
rebuild_store_index (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  const char *folder = mun_arguments_get_string (arguments, "folder");
  Rebuild rebuild = { call, 0, 0, { 0, 0 } };
  MunRebuilt rebuilt;

  if (!mun_archive_rebuild_index (mun_call_get_archive (call),
                                  mun_arguments_get_int (arguments, "id", 0), folder, progress_cb,
                                  &rebuild, mun_call_get_cancellable (call), &rebuilt, error))
    return finish (&rebuild);
  log_result (&rebuild, folder, &rebuilt);
  return finish (&rebuild);
}

/* The stores with chosen indexes: id → name, and how many messages these have. */
static GHashTable *
list_chosen (MunCall *call, guint64 *total, GError **error)
{
  g_autoptr (JsonArray) indexes = mun_archive_list_indexes (mun_call_get_archive (call), 0, error);
  g_autoptr (GHashTable) stores
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);

  if (indexes == NULL)
    return NULL;
  *total = 0;
  for (guint i = 0; i < json_array_get_length (indexes); i++) {
    JsonObject *index = json_array_get_object_element (indexes, i);
    gint64 id = mun_json_get_int (index, "storeId", 0);

    if (!mun_json_get_bool (index, "selectedForRebuild", FALSE))
      continue;
    *total += mun_json_get_int (index, "messages", 0);
    g_hash_table_replace (stores, g_memdup2 (&id, sizeof id),
                          g_strdup (mun_json_get_string (index, "storeName", "")));
  }
  return g_steal_pointer (&stores);
}

static JsonNode *
rebuild_selected_store_indexes (MunCall *call, GError **error)
{
  Rebuild rebuild = { call, 0, 0, { 0, 0 } };
  g_autoptr (GHashTable) stores = list_chosen (call, &rebuild.total, error);
  GHashTableIter iter;
  gpointer id, name;

  if (stores == NULL)
    return NULL;
  if (g_hash_table_size (stores) == 0)
    mun_call_log (call, "No search index is selected");
  g_hash_table_iter_init (&iter, stores);
  while (g_hash_table_iter_next (&iter, &id, &name)) {
    g_autofree char *what = g_strdup_printf ("Store %s", (const char *)name);
    MunRebuilt rebuilt;

    if (!mun_archive_rebuild_selected (mun_call_get_archive (call), *(gint64 *)id, progress_cb,
                                       &rebuild, mun_call_get_cancellable (call), &rebuilt, error))
      return finish (&rebuild);
    log_result (&rebuild, what, &rebuilt);
    rebuild.before += rebuilt.messages + rebuilt.unreadable;
  }
  return finish (&rebuild);
}

const MunHandlerEntry mun_handlers_indexes[] = {
  { "GetStoreIndexes", get_store_indexes },
  { "SelectAllStoreIndexesForRebuild", select_all_store_indexes },
  { "RebuildSelectedStoreIndexes", rebuild_selected_store_indexes },
  { "RebuildStoreIndex", rebuild_store_index },
  { NULL, NULL },
};
