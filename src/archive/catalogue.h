/* catalogue.h: rows of a store's catalogue that several parts need */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "database.h"
#include "message.h"

G_BEGIN_DECLS

/* A folder row and what hangs on it. */
typedef struct {
  gint64 folder, scope, archive;
} MunFolderIds;

/* mun_catalogue_find_folder: FALSE, with @ids zero, when the path is not there. @path: normalized.
 */
gboolean
mun_catalogue_find_folder (MunDatabase *database, const char *path, MunFolderIds *ids);
/* mun_catalogue_lookup_folder: the same; with @error set when it cannot be known. */
gboolean
mun_catalogue_lookup_folder (MunDatabase *database, const char *path, MunFolderIds *ids,
                             GError **error);
/* mun_catalogue_ensure_folder: makes what is missing. */
gboolean
mun_catalogue_ensure_folder (MunDatabase *database, const char *path, MunFolderIds *ids,
                             GError **error);
/* mun_catalogue_dup_path: "" when there is no such folder. */
char *
mun_catalogue_dup_path (MunDatabase *database, gint64 folder);
/* mun_catalogue_count: adds to a folder's statistics. */
gboolean
mun_catalogue_count (MunDatabase *database, gint64 folder, gint64 messages, gint64 bytes,
                     GError **error);

/* The column "tokens" of the index. Returns: (transfer full). */
char *
mun_catalogue_dup_tokens (const MunFolderIds *ids, gboolean has_attachments, guint priority);

/* What the index holds of a message goes in and out by the same values. */
gboolean
mun_catalogue_index (MunDatabase *database, gint64 number, const MunMessageFields *fields,
                     const char *tokens, GError **error);
gboolean
mun_catalogue_unindex (MunDatabase *database, gint64 number, const MunMessageFields *fields,
                       const char *tokens, GError **error);

/* Columns that mun_catalogue_row_to_json() reads, in its order. */
#define MUN_CATALOGUE_ROW                                                                          \
  "number, folder, size, sent, received, archived, flags, priority, profile, subject, sender,"     \
  " recipients, message_id, damage_note"

/* mun_catalogue_row_to_json: an element as of mun_archive_list_messages(). @paths: folder id →
 * path, a cache that the caller keeps for a page. */
JsonObject *
mun_catalogue_row_to_json (MunDatabase *database, sqlite3_stmt *row, gint64 store,
                           const char *store_name, GHashTable *paths);
GHashTable *
mun_catalogue_paths_new (void);

/* flags */
#define MUN_ROW_ATTACHMENTS 1
#define MUN_ROW_DAMAGED 2

G_END_DECLS
