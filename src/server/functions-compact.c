/* functions-compact.c: stores and the master database give space back */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "archive-compact.h"
#include "arguments.h"
#include "json.h"

#include <string.h>

typedef gboolean (*Work) (MunArchive *archive, gint64 id, MunVerifyProgress progress, gpointer data,
                          GCancellable *cancellable, char **report, GError **error);

/* One store among several. */
typedef struct {
  MunCall *call;
  guint index, count;
} Progress;

static void
progress_cb (double fraction, const char *text, gpointer data)
{
  Progress *progress = data;

  mun_call_progress (progress->call, 100 * (progress->index + fraction) / progress->count, text);
}

/* What was done before it failed is in the report, too. */
static gboolean
work_on (Progress *progress, gint64 id, Work work, GError **error)
{
  MunCall *call = progress->call;
  g_autofree char *report = NULL;
  gboolean ok = work (mun_call_get_archive (call), id, progress_cb, progress,
                      mun_call_get_cancellable (call), &report, error);
  const char *last;

  if (report == NULL)
    return ok;
  mun_call_log (call, "%s", g_strchomp (report));
  last = strrchr (report, '\n');
  mun_call_add_detail (call, "%s", last != NULL ? last + 1 : report);
  return ok;
}

static JsonNode *
compact_store (MunCall *call, GError **error)
{
  Progress progress = { call, 0, 1 };

  work_on (&progress, mun_arguments_get_int (mun_call_get_arguments (call), "id", 0),
           mun_archive_compact_store, error);
  return NULL;
}

/* Only those that are written to. */
static gboolean
is_maintained (JsonObject *store)
{
  const char *state = mun_json_get_string (store, "requestedState", "");

  return mun_json_get_string (store, "error", NULL) == NULL
         && (strcmp (state, "current") == 0 || strcmp (state, "normal") == 0);
}

static JsonNode *
maintain_databases (MunCall *call, GError **error)
{
  g_autoptr (JsonArray) stores = mun_archive_list_stores (mun_call_get_archive (call), FALSE);
  Progress progress = { call, 0, json_array_get_length (stores) };

  for (; progress.index < progress.count; progress.index++) {
    JsonObject *store = json_array_get_object_element (stores, progress.index);

    if (!is_maintained (store))
      mun_call_log (call, "Store %s is not open for writing and was left as it is",
                    mun_json_get_string (store, "name", ""));
    else if (!work_on (&progress, mun_json_get_int (store, "id", 0), mun_archive_maintain_store,
                       error))
      return NULL;
  }
  return NULL;
}

static JsonNode *
compact_master_database (MunCall *call, GError **error)
{
  guint64 given_back;

  if (mun_master_compact (mun_call_get_master (call), &given_back, mun_call_get_cancellable (call),
                          error))
    mun_call_log (call, "%.1f MB of the master database given back", given_back / 1e6);
  return NULL;
}

const MunHandlerEntry mun_handlers_compact[] = {
  { "CompactStore", compact_store },
  { "MaintainFileSystemDatabases", maintain_databases },
  { "CompactMasterDatabase", compact_master_database },
  { NULL, NULL },
};
