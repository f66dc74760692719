/* web-folders.c: archives and folders of the Web Access API */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-request.h"

#include "access.h"
#include "archive-folders.h"
#include "json.h"

#include <libsoup/soup.h>
#include <string.h>

static gboolean
has_folders (MunArchive *archive, const char *name)
{
  g_autoptr (JsonArray) folders = mun_archive_list_folders (archive, name, 1, NULL);

  return folders != NULL && json_array_get_length (folders) > 0;
}

void
mun_web_list_archives (MunWebRequest *request)
{
  MunArchive *archive = mun_server_get_archive (request->server);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = mun_access_list_archives (request->server, request->user, &error);
  JsonArray *reply;

  if (names == NULL) {
    mun_web_request_fail_error (request, error);
    return;
  }
  reply = json_array_new ();
  for (guint i = 0; names[i] != NULL; i++) {
    JsonObject *element = json_object_new ();

    json_object_set_string_member (element, "name", names[i]);
    json_object_set_boolean_member (element, "containsFolders", has_folders (archive, names[i]));
    json_array_add_object_element (reply, element);
  }
  mun_web_request_reply_json (request, mun_json_node_take_array (reply));
}

/* Returns: (transfer full) (nullable): the folder asked for; otherwise the request is answered. */
static char *
get_path (MunWebRequest *request)
{
  const char *archive = mun_web_request_get_query (request, "archiveName");
  const char *folder = mun_web_request_get_query (request, "folderPath");

  if (*archive == '\0' || strchr (archive, '/') != NULL) {
    mun_web_request_fail (request, SOUP_STATUS_BAD_REQUEST, "archiveName must name an archive");
    return NULL;
  }
  if ((mun_access_get (request->server, request->user, archive) & MUN_ACCESS_READ) == 0) {
    mun_web_request_fail (request, SOUP_STATUS_FORBIDDEN, "User %s may not read archive %s",
                          request->user_name, archive);
    return NULL;
  }
  return *folder == '\0' ? g_strdup (archive) : g_strconcat (archive, "/", folder, NULL);
}

static JsonObject *
make_folder (const char *path, JsonObject *folder)
{
  const char *name = mun_json_get_string (folder, "name", "");
  g_autofree char *full = g_strconcat (path, "/", name, NULL);
  JsonObject *element = json_object_new ();

  /* the archive itself is not part of it */
  json_object_set_string_member (element, "fullPath", strchr (full, '/') + 1);
  json_object_set_boolean_member (element, "hasChildren",
                                  mun_json_get_bool (folder, "hasChildren", FALSE));
  json_object_set_string_member (element, "name", name);
  json_object_set_int_member (element, "count", mun_json_get_int (folder, "count", 0));
  return element;
}

void
mun_web_list_folders (MunWebRequest *request)
{
  g_autofree char *path = get_path (request);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) folders = NULL;
  JsonArray *reply;

  if (path == NULL)
    return;
  folders = mun_archive_list_folders (mun_server_get_archive (request->server), path, 1, &error);
  if (folders == NULL) {
    mun_web_request_fail_error (request, error);
    return;
  }
  /* clients take this for "nothing in it" (contract 1.12) */
  if (json_array_get_length (folders) == 0 && strchr (path, '/') == NULL) {
    mun_web_request_fail (request, SOUP_STATUS_NOT_FOUND, "Archive %s has no folders", path);
    return;
  }
  reply = json_array_new ();
  for (guint i = 0; i < json_array_get_length (folders); i++)
    json_array_add_object_element (reply,
                                   make_folder (path, json_array_get_object_element (folders, i)));
  mun_web_request_reply_json (request, mun_json_node_take_array (reply));
}
