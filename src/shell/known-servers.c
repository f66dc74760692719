/* known-servers.c: certificates that were accepted before */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "munimentctl"

#include "known-servers.h"

#include "client.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define KEY "fingerprint"

char *
mun_known_servers_dup_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "muniment", "known-servers", NULL);
}

static GKeyFile *
load (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) reason = NULL;

  if (g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, &reason)
      || g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_steal_pointer (&file);
  g_propagate_prefixed_error (error, g_steal_pointer (&reason), "%s: ", path);
  return NULL;
}

static char *
dup_group (const char *host, guint port)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  return g_strdup_printf ("%s %u", lower, port);
}

char *
mun_known_servers_lookup (const char *host, guint port, GError **error)
{
  g_autofree char *path = mun_known_servers_dup_path ();
  g_autofree char *group = dup_group (host, port);
  g_autofree char *written = NULL;
  g_autoptr (GKeyFile) file = load (path, error);
  char *fingerprint;

  if (file == NULL)
    return NULL;
  written = g_key_file_get_string (file, group, KEY, NULL);
  if (written == NULL)
    return NULL;
  fingerprint = mun_fingerprint_normalize (written);
  if (fingerprint == NULL)
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                 _ ("%s: the fingerprint of [%s] is no SHA-256 fingerprint"), path, group);
  return fingerprint;
}

gboolean
mun_known_servers_remember (const char *host, guint port, const char *fingerprint, GError **error)
{
  g_autofree char *path = mun_known_servers_dup_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *group = dup_group (host, port);
  g_autofree char *text = NULL;
  g_autoptr (GKeyFile) file = load (path, error);
  gsize length;

  if (file == NULL)
    return FALSE;
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    int code = errno;

    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", folder,
                 g_strerror (code));
    return FALSE;
  }
  g_key_file_set_string (file, group, KEY, fingerprint);
  text = g_key_file_to_data (file, &length, NULL);
  return g_file_set_contents_full (path, text, length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
