/* saved-searches.c: the searches that the account keeps on its server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-client"

#include "saved-searches.h"

#include "archive-private.h"
#include "errors.h"
#include "json.h"

#include <string.h>

#define PATH "/api/savedsearches"

/* Returns: (transfer full) (nullable): the reply's JSON; otherwise the task has its error. */
static JsonNode *
take_reply (GTask *task, GObject *source, GAsyncResult *result)
{
  GError *error = NULL;
  g_autoptr (MunResponse) response
      = mun_archive_client_request_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  JsonNode *node = response ? mun_archive_client_parse (response, &error) : NULL;

  if (!node)
    g_task_return_error (task, error);
  return node;
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (JsonNode) node = take_reply (task, source, result);

  if (node)
    g_task_return_pointer (task, mun_record_list_from_array (node),
                           (GDestroyNotify)g_ptr_array_unref);
}

void
mun_archive_client_list_saved_searches_async (MunArchiveClient *self, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (MUN_IS_ARCHIVE_CLIENT (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mun_archive_client_list_saved_searches_async);
  mun_archive_client_request_async (self, "GET", PATH, NULL, NULL, MUN_REPLY_LIMIT, cancellable,
                                    listed_cb, task);
}

GPtrArray *
mun_archive_client_list_saved_searches_finish (MunArchiveClient *self, GAsyncResult *result,
                                               GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (JsonNode) node = take_reply (task, source, result);

  if (!node)
    return;
  if (JSON_NODE_HOLDS_OBJECT (node))
    g_task_return_pointer (task, mun_record_new (json_node_get_object (node)), g_object_unref);
  else
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_PROTOCOL,
                             "The server's answer is no saved search");
}

static GBytes *
write_body (const char *name, JsonObject *criteria)
{
  g_autoptr (JsonObject) body = json_object_new ();
  char *text;

  if (name)
    json_object_set_string_member (body, "name", name);
  if (criteria)
    json_object_set_object_member (body, "criteria", json_object_ref (criteria));
  text = mun_json_object_to_string (body);
  return g_bytes_new_take (text, strlen (text));
}

void
mun_archive_client_save_search_async (MunArchiveClient *self, gint64 id, const char *name,
                                      JsonObject *criteria, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *path
      = id != 0 ? g_strdup_printf (PATH "/%" G_GINT64_FORMAT, id) : g_strdup (PATH);
  g_autoptr (GBytes) body = write_body (name, criteria);
  GTask *task;

  g_return_if_fail (MUN_IS_ARCHIVE_CLIENT (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mun_archive_client_save_search_async);
  mun_archive_client_request_async (self, id != 0 ? "PUT" : "POST", path, "application/json", body,
                                    MUN_REPLY_LIMIT, cancellable, saved_cb, task);
}

MunRecord *
mun_archive_client_save_search_finish (MunArchiveClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (JsonNode) node = take_reply (task, source, result);

  if (node)
    g_task_return_boolean (task, TRUE);
}

void
mun_archive_client_delete_saved_search_async (MunArchiveClient *self, gint64 id,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *path = g_strdup_printf (PATH "/%" G_GINT64_FORMAT, id);
  GTask *task;

  g_return_if_fail (MUN_IS_ARCHIVE_CLIENT (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mun_archive_client_delete_saved_search_async);
  mun_archive_client_request_async (self, "DELETE", path, NULL, NULL, MUN_REPLY_LIMIT, cancellable,
                                    deleted_cb, task);
}

gboolean
mun_archive_client_delete_saved_search_finish (MunArchiveClient *self, GAsyncResult *result,
                                               GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
