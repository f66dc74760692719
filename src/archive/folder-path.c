/* folder-path.c: "archive/folder/…" */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "folder-path.h"

#include "errors.h"
#include "text.h"

#include <string.h>

static void
clean_level (char *level)
{
  for (char *p = level; *p != '\0'; p++)
    if ((guint8)*p < ' ' || *p == 0x7f)
      *p = ' ';
  g_strstrip (level);
}

char *
mun_path_normalize (const char *path, GError **error)
{
  g_auto (GStrv) levels = NULL;
  g_autoptr (GString) clean = g_string_new (NULL);
  guint count = 0;

  if (path == NULL || !g_utf8_validate (path, -1, NULL)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "a folder path is missing or not UTF-8");
    return NULL;
  }
  levels = g_strsplit (path, "/", -1);
  for (guint i = 0; levels[i] != NULL; i++) {
    clean_level (levels[i]);
    if (*levels[i] == '\0')
      continue;
    if (count++ > 0)
      g_string_append_c (clean, '/');
    g_string_append (clean, levels[i]);
  }
  if (count == 0 || count > MUN_PATH_MAX_LEVELS || clean->len > 16384) {
    g_autofree char *start = mun_text_dup_start (path, 100);

    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "folder path “%s” has %u levels", start,
                 count);
    return NULL;
  }
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

char *
mun_path_dup_scope (const char *path)
{
  const char *first = strchr (path, '/');
  const char *second = first != NULL ? strchr (first + 1, '/') : NULL;

  return second != NULL ? g_strndup (path, second - path) : g_strdup (path);
}

char *
mun_path_dup_parent (const char *path)
{
  const char *last = strrchr (path, '/');

  return last != NULL ? g_strndup (path, last - path) : NULL;
}

const char *
mun_path_get_name (const char *path)
{
  const char *last = strrchr (path, '/');

  return last != NULL ? last + 1 : path;
}

gboolean
mun_path_is_below (const char *path, const char *ancestor)
{
  gsize length = strlen (ancestor);

  return strncmp (path, ancestor, length) == 0 && (path[length] == '\0' || path[length] == '/');
}
