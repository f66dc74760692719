/* folder-path.h: "archive/folder/…" */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MUN_PATH_MAX_LEVELS 100

/* mun_path_normalize: without empty levels, white space at their ends and control characters.
 * Returns: (transfer full): or NULL with MUN_ERROR_INVALID. */
char *
mun_path_normalize (const char *path, GError **error);

/* mun_path_dup_scope: the first two levels. */
char *
mun_path_dup_scope (const char *path);
/* mun_path_dup_parent: NULL for an archive. */
char *
mun_path_dup_parent (const char *path);
const char *
mun_path_get_name (const char *path);
/* mun_path_is_below: is @path @ancestor itself, or below it? */
gboolean
mun_path_is_below (const char *path, const char *ancestor);

G_END_DECLS
