/* archive-indexes.h: the search indexes, archive by archive, and how complete they are */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive.h"

G_BEGIN_DECLS

/* The elements of GetStoreIndexes (folder, needsRebuild, selectedForRebuild) of one store or, with
 * STORE 0, of all that are open, plus storeId, storeName, messages, indexed, unreadable (messages
 * that could not be indexed because they cannot be read). */
JsonArray *
mun_archive_list_indexes (MunArchive *self, gint64 store, GError **error);
/* Chooses the indexes of all stores that are open, write-protected ones as well. */
gboolean
mun_archive_select_indexes (MunArchive *self, GError **error);

/* Called on the calling thread: DONE of TOTAL messages. */
typedef void (*MunRebuildProgress) (guint64 done, guint64 total, gpointer data);

/* What a rebuild did. */
typedef struct {
  guint64 messages;   /* that are indexed now */
  guint64 unreadable; /* that could not be */
} MunRebuilt;

/* One index. MUN_ERROR_NOT_FOUND: the store has no messages of that archive. Searching and archiving go on meanwhile. Cancelled, or when the program ends,
 * an index that was begun anew is completed in the background all the same. */
gboolean
mun_archive_rebuild_index (MunArchive *self, gint64 store, const char *folder,
                           MunRebuildProgress progress, gpointer data, GCancellable *cancellable,
                           MunRebuilt *rebuilt, GError **error);
/* Those that are chosen in one store; they are no longer chosen then. */
gboolean
mun_archive_rebuild_selected (MunArchive *self, gint64 store, MunRebuildProgress progress,
                              gpointer data, GCancellable *cancellable, MunRebuilt *rebuilt,
                              GError **error);

/* How much of the mail can be found by its words. */
typedef struct {
  guint64 messages;
  guint64 indexed;
  guint64 pending; /* that are still going to be; the rest cannot be read */
} MunCoverage;

/* Of ARCHIVES, or of all with NULL. All zero when nothing is missing, which is quick to say. */
void
mun_archive_get_coverage (MunArchive *self, const char *const *archives, MunCoverage *coverage);
/* Waits until nothing is pending in any store. */
gboolean
mun_archive_await_indexes (MunArchive *self, GCancellable *cancellable, GError **error);

G_END_DECLS
