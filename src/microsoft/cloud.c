/* cloud.c: the national clouds of Microsoft 365 and their addresses */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-microsoft"

#include "cloud.h"

#include "errors.h"

#include <string.h>

/* Source: learn.microsoft.com, "Microsoft Graph national cloud deployments" and "Microsoft Entra
 * authentication & national clouds". The German cloud closed on 29 October 2021. */
static const MunCloud built_in[] = {
  { "global", "Microsoft 365", "https://login.microsoftonline.com", "https://graph.microsoft.com",
    NULL },
  { "usgov", "Microsoft 365 GCC High", "https://login.microsoftonline.us",
    "https://graph.microsoft.us", NULL },
  { "dod", "Microsoft 365 DoD", "https://login.microsoftonline.us",
    "https://dod-graph.microsoft.us", NULL },
  { "china", "Microsoft 365 (21Vianet)", "https://login.partner.microsoftonline.cn",
    "https://microsoftgraph.chinacloudapi.cn", NULL },
};

/* Callers keep pointers into what was handed out, so nothing here is ever freed. */
static GMutex lock;
static GPtrArray *clouds;  /* of const MunCloud *, ended by NULL */
static GPtrArray *retired; /* lists and clouds that were replaced */
static const MunCloud *preferred = &built_in[0];

static const MunCloud *
find_in (GPtrArray *list, const char *id, guint *index)
{
  for (guint i = 0; i + 1 < list->len; i++) {
    const MunCloud *cloud = list->pdata[i];

    if (strcmp (cloud->id, id) == 0) {
      if (index)
        *index = i;
      return cloud;
    }
  }
  return NULL;
}

/* An https origin without path, query, user or trailing slash; NULL when it is anything else. */
static char *
clean_origin (const char *text)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text ? text : ""));
  g_autoptr (GUri) uri = NULL;
  const char *path;

  if (g_str_has_suffix (trimmed, "/"))
    trimmed[strlen (trimmed) - 1] = '\0';
  uri = g_uri_parse (trimmed, G_URI_FLAGS_NONE, NULL);
  if (!uri || g_strcmp0 (g_uri_get_scheme (uri), "https") != 0 || !g_uri_get_host (uri))
    return NULL;
  path = g_uri_get_path (uri);
  if (*path != '\0' || g_uri_get_query (uri) || g_uri_get_fragment (uri)
      || g_uri_get_userinfo (uri))
    return NULL;
  return g_steal_pointer (&trimmed);
}

static char *
read_origin (GKeyFile *file, const char *group, const char *key, GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, error);
  char *origin;

  if (!text)
    return NULL;
  origin = clean_origin (text);
  if (!origin)
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Cloud \"%s\": %s must be an https address without a path, not \"%s\"", group, key,
                 text);
  return origin;
}

static MunCloud *
read_group (GKeyFile *file, const char *group, const char *folder, GError **error)
{
  g_autofree char *login = read_origin (file, group, "LoginUrl", error);
  g_autofree char *graph = login ? read_origin (file, group, "GraphUrl", error) : NULL;
  g_autofree char *name = g_key_file_get_string (file, group, "Name", NULL);
  g_autofree char *ca = g_key_file_get_string (file, group, "CaFile", NULL);
  MunCloud *cloud;

  if (!graph)
    return NULL;
  cloud = g_new0 (MunCloud, 1);
  cloud->id = g_strdup (group);
  cloud->name = name ? g_steal_pointer (&name) : g_strdup (group);
  cloud->login_url = g_steal_pointer (&login);
  cloud->graph_url = g_steal_pointer (&graph);
  if (ca && *ca)
    cloud->ca_file = g_canonicalize_filename (ca, folder);
  return cloud;
}

/* A new list with the cloud added, or put in the place of the one with its id. */
static gboolean
install (MunCloud *cloud, GError **error)
{
  GPtrArray *next;
  guint index;
  const MunCloud *old = find_in (clouds, cloud->id, &index);

  g_ptr_array_add (retired, cloud);
  if (old >= built_in && old < built_in + G_N_ELEMENTS (built_in)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_EXISTS, "Cloud \"%s\" is built in and stays as it is",
                 cloud->id);
    return FALSE;
  }
  next = g_ptr_array_copy (clouds, NULL, NULL);
  if (old)
    next->pdata[index] = cloud;
  else
    g_ptr_array_insert (next, next->len - 1, cloud);
  g_ptr_array_add (retired, clouds);
  clouds = next;
  return TRUE;
}

static gboolean
add_file (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *folder = g_path_get_dirname (absolute);
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error)) {
    g_prefix_error (error, "Reading clouds from %s: ", path);
    return FALSE;
  }
  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group; group++) {
    MunCloud *cloud = read_group (file, *group, folder, error);

    if (!cloud || !install (cloud, error))
      return FALSE;
    if (g_key_file_get_boolean (file, *group, "Default", NULL))
      preferred = cloud;
  }
  return TRUE;
}

/* To be called with the lock held. */
static void
ensure_loaded (void)
{
  const char *path = g_getenv ("MUNIMENT_CLOUDS");
  g_autoptr (GError) error = NULL;

  if (clouds)
    return;
  clouds = g_ptr_array_new ();
  retired = g_ptr_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (built_in); i++)
    g_ptr_array_add (clouds, (gpointer)&built_in[i]);
  g_ptr_array_add (clouds, NULL);
  if (path && *path && !add_file (path, &error))
    g_warning ("%s", error->message);
}

gboolean
mun_cloud_add_file (const char *path, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  g_return_val_if_fail (path != NULL, FALSE);
  ensure_loaded ();
  return add_file (path, error);
}

const MunCloud *
mun_cloud_lookup (const char *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  ensure_loaded ();
  return find_in (clouds, id && *id ? id : "global", NULL);
}

const MunCloud *const *
mun_cloud_list (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  ensure_loaded ();
  return (const MunCloud *const *)clouds->pdata;
}

const MunCloud *
mun_cloud_get_default (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  ensure_loaded ();
  return preferred;
}
