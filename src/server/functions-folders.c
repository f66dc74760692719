/* functions-folders.c: folders and messages for administrators */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "access.h"
#include "archive-folders.h"
#include "arguments.h"
#include "errors.h"
#include "json.h"
#include "master.h"
#include "timezone.h"

#include <string.h>

#define MESSAGES_PAGE 5000

/* Returns: (transfer full): the argument as a path without slashes at its ends, or NULL when
 * absent; one without any level in it is an error. */
static char *
dup_path (MunArguments *arguments, const char *name, GError **error)
{
  const char *text = mun_arguments_get_string (arguments, name);
  g_auto (GStrv) levels = NULL;
  g_autoptr (GStrvBuilder) builder = NULL;
  g_auto (GStrv) kept = NULL;

  if (text == NULL)
    return NULL;
  levels = g_strsplit (text, "/", -1);
  builder = g_strv_builder_new ();
  for (guint i = 0; levels[i] != NULL; i++)
    if (*levels[i] != '\0')
      g_strv_builder_add (builder, levels[i]);
  kept = g_strv_builder_end (builder);
  if (kept[0] == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "%s names no folder", name);
    return NULL;
  }
  return g_strjoinv ("/", kept);
}

static gboolean
may_read (MunCall *call, const char *path, gboolean *own)
{
  g_autoptr (JsonObject) user
      = mun_master_get_user (mun_call_get_master (call), mun_call_get_user (call), NULL);
  guint rights = user != NULL ? mun_access_get (mun_call_get_server (call), user, path) : 0;

  if (own != NULL)
    *own = (rights & MUN_ACCESS_OWN) != 0;
  return (rights & MUN_ACCESS_READ) != 0;
}

/* Depending on the compliance configuration an administrator sees of other archives only that they
 * exist (contract 1.7). */
static JsonNode *
get_child_folders (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  gint64 levels = mun_arguments_get_int (arguments, "maxLevels", 0);
  g_autoptr (GError) local = NULL;
  g_autofree char *path = dup_path (arguments, "folder", &local);
  JsonArray *folders;

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (path != NULL && !may_read (call, path, NULL))
    return mun_json_node_take_array (json_array_new ());
  folders = mun_archive_list_folders (mun_call_get_archive (call), path, CLAMP (levels, 0, 1000),
                                      error);
  if (folders == NULL)
    return NULL;
  for (guint i = 0; path == NULL && i < json_array_get_length (folders); i++) {
    JsonObject *archive = json_array_get_object_element (folders, i);

    if (!may_read (call, mun_json_get_string (archive, "name", ""), NULL))
      json_object_set_array_member (archive, "childFolders", json_array_new ());
  }
  return mun_json_node_take_array (folders);
}

static JsonNode *
get_folder_statistics (MunCall *call, GError **error)
{
  return mun_json_node_take_array (mun_archive_folder_statistics (mun_call_get_archive (call)));
}

static JsonNode *
move_folder (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  g_autofree char *from = dup_path (arguments, "fromFolder", error);
  g_autofree char *to = from != NULL ? dup_path (arguments, "toFolder", error) : NULL;

  if (to != NULL)
    mun_archive_move_folder (mun_call_get_archive (call), from, to, error);
  return NULL;
}

static JsonNode *
delete_empty_folders (MunCall *call, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *path = dup_path (mun_call_get_arguments (call), "folder", &local);
  int deleted;

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  deleted = mun_archive_delete_empty_folders (mun_call_get_archive (call), path, error);
  if (deleted >= 0)
    mun_call_add_detail (call, "%d folders deleted", deleted);
  return NULL;
}

static void
format_time (JsonObject *object, const char *member, GTimeZone *zone)
{
  gint64 seconds = mun_json_get_int (object, member, 0);
  g_autofree char *text = seconds != 0 ? mun_timestamp_format (seconds, zone) : NULL;

  mun_json_set_text (object, member, text);
}

static gboolean
append_messages (MunCall *call, const char *path, JsonArray *all, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  guint n_page = MESSAGES_PAGE;

  while (n_page == MESSAGES_PAGE) {
    g_autoptr (JsonArray) page = NULL;

    if (g_cancellable_set_error_if_cancelled (mun_call_get_cancellable (call), error))
      return FALSE;
    page = mun_archive_list_messages (mun_call_get_archive (call), path,
                                      json_array_get_length (all), MESSAGES_PAGE, error);
    if (page == NULL)
      return FALSE;
    n_page = json_array_get_length (page);
    for (guint i = 0; i < n_page; i++) {
      JsonObject *message = json_array_get_object_element (page, i);

      format_time (message, "date", zone);
      format_time (message, "archivedDate", zone);
      format_time (message, "receivedDate", zone);
      json_array_add_object_element (all, json_object_ref (message));
    }
  }
  return TRUE;
}

static JsonNode *
get_messages (MunCall *call, GError **error)
{
  g_autofree char *path = dup_path (mun_call_get_arguments (call), "folder", error);
  g_autoptr (JsonArray) all = json_array_new ();
  gboolean own;

  if (path == NULL)
    return NULL;
  if (!may_read (call, path, &own)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DENIED,
                 "Folder %s: the compliance configuration does not let administrators read it",
                 path);
    return NULL;
  }
  if (!append_messages (call, path, all, error))
    return NULL;
  if (!own
      && !mun_server_audit (mun_call_get_server (call), mun_call_get_user (call),
                            "MessageRetrieveList", error, "folder %s, %u messages", path,
                            json_array_get_length (all)))
    return NULL;
  return mun_json_node_take_array (g_steal_pointer (&all));
}

static gboolean
check_legal_hold (MunCall *call, GError **error)
{
  g_autoptr (JsonObject) config = mun_access_dup_compliance (mun_call_get_master (call), error);

  if (config == NULL)
    return FALSE;
  if (mun_json_get_bool (config, "legalHold", FALSE)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_DENIED,
                         "Messages cannot be deleted while legal hold is on");
    return FALSE;
  }
  return TRUE;
}

static JsonNode *
delete_message (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  const char *id = mun_arguments_get_string (arguments, "id");
  g_autofree char *reason = g_strdup (mun_arguments_get_string (arguments, "reason"));
  g_autoptr (JsonObject) info = NULL;

  if (*g_strstrip (reason) == '\0') {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "Missing API argument reason.");
    return NULL;
  }
  if (!check_legal_hold (call, error))
    return NULL;
  info = mun_archive_message_info (mun_call_get_archive (call), id, error);
  if (info == NULL)
    return NULL;
  mun_call_add_detail (call, "folder %s, SHA-256 %s", mun_json_get_string (info, "folder", ""),
                       mun_json_get_string (info, "sha256", ""));
  mun_archive_delete_message (mun_call_get_archive (call), id, error);
  return NULL;
}

const MunHandlerEntry mun_handlers_folders[] = {
  { "GetChildFolders", get_child_folders },
  { "GetFolderStatistics", get_folder_statistics },
  { "MoveFolder", move_folder },
  { "DeleteEmptyFolders", delete_empty_folders },
  { "GetMessages", get_messages },
  { "DeleteMessage", delete_message },
  { NULL, NULL },
};
