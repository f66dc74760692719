/* files.h: reading messages that are files */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "source.h"

G_BEGIN_DECLS

/**
 * mun_files_read:
 * @path: file name in the system's encoding; a symbolic link is not followed
 * @spool_dir: (nullable): see MunSourceHost
 * @is_mapped: (out): see MunSourceItem
 * @modified: (out): its modification time in seconds since 1970
 * @error: G_IO_ERROR_NOT_REGULAR_FILE for anything that is not a regular file (a pipe would block),
 *   MUN_ERROR_TOO_LARGE above MUN_SOURCE_MAX_MESSAGE, else what the system said
 *
 * Returns: (transfer full): all bytes of a file
 */
GBytes *
mun_files_read (const char *path, const char *spool_dir, gboolean *is_mapped, gint64 *modified,
                GError **error);

/* Reads a file into an item of a batch: read, skipped when it is empty or gone, failed otherwise.
 * @name is what a report shows, @key (nullable) the item's key. */
MunSourceItem *
mun_files_read_item (const char *path, const char *name, const char *key, const char *spool_dir);

/* A file name as valid UTF-8, invalid bytes written as "%XX", so that different names stay
 * different. */
char *
mun_files_display_name (const char *name);

/* Joins two parts of a folder path; either may be empty. "/" in @name becomes "∕" (U+2215). */
char *
mun_files_join_path (const char *parent, const char *name);

/* Tells the run about something that is left out. @host and its note() may be NULL. */
void
mun_files_note (const MunSourceHost *host, const char *path, const char *reason);

/* TRUE for a symbolic link, which is noted. Links below an imported directory are never followed:
 * whoever may write there could otherwise have the server read what only the server may, and a link
 * that leads back up would have no end. */
gboolean
mun_files_leave_link (const MunSourceHost *host, const char *path);

/* Names in a directory, sorted by their bytes; NULL-terminated. */
GStrv
mun_files_list (const char *path, GError **error);

G_END_DECLS
