/* archive-indexes.c: the search indexes, archive by archive, and how complete they are */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "archive-indexes.h"

#include "archive-private.h"
#include "store-index.h"

#include <string.h>

static guint64
count_unindexed (const MunIndexPart *part)
{
  return part->lack.messages[MUN_GAP_MISSING] + part->lack.messages[MUN_GAP_UNREADABLE];
}

static JsonObject *
part_to_json (MunStoreEntry *entry, const MunIndexPart *part, gboolean is_stale)
{
  JsonObject *object = json_object_new ();
  guint64 unindexed = count_unindexed (part), messages = MAX (part->messages, 0);

  json_object_set_string_member (object, "folder", part->name);
  json_object_set_boolean_member (object, "needsRebuild", is_stale || unindexed > 0);
  json_object_set_boolean_member (object, "selectedForRebuild", part->is_selected);
  json_object_set_int_member (object, "storeId", entry->id);
  json_object_set_string_member (object, "storeName", entry->name);
  json_object_set_int_member (object, "messages", messages);
  json_object_set_int_member (object, "indexed", messages - MIN (messages, unindexed));
  json_object_set_int_member (object, "unreadable", part->lack.messages[MUN_GAP_UNREADABLE]);
  return object;
}

static gboolean
add_store (MunStoreEntry *entry, JsonArray *array, GError **error)
{
  gboolean is_stale;
  g_autoptr (GPtrArray) parts = mun_store_list_index (entry->store, &is_stale, error);

  if (parts == NULL)
    return FALSE;
  for (guint i = 0; i < parts->len; i++)
    json_array_add_object_element (array,
                                   part_to_json (entry, g_ptr_array_index (parts, i), is_stale));
  return TRUE;
}

JsonArray *
mun_archive_list_indexes (MunArchive *self, gint64 store, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);

  if (store != 0) {
    g_autoptr (MunStoreEntry) entry = mun_archive_find_entry (self, store, error);

    if (entry == NULL || !add_store (entry, array, error))
      return NULL;
    return g_steal_pointer (&array);
  }
  for (guint i = entries->len; i > 0; i--) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i - 1);

    if (entry->store != NULL && !add_store (entry, array, error))
      return NULL;
  }
  return g_steal_pointer (&array);
}

gboolean
mun_archive_select_indexes (MunArchive *self, GError **error)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);

  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->store != NULL && !mun_store_select_index (entry->store, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
mun_archive_rebuild_index (MunArchive *self, gint64 store, const char *folder,
                           MunRebuildProgress progress, gpointer data, GCancellable *cancellable,
                           MunRebuilt *rebuilt, GError **error)
{
  g_autoptr (MunStoreEntry) entry = mun_archive_find_entry (self, store, error);

  memset (rebuilt, 0, sizeof *rebuilt);
  return entry != NULL
         && mun_store_rebuild_index (entry->store, folder, progress, data, cancellable,
                                     &rebuilt->messages, &rebuilt->unreadable, error);
}

gboolean
mun_archive_rebuild_selected (MunArchive *self, gint64 store, MunRebuildProgress progress,
                              gpointer data, GCancellable *cancellable, MunRebuilt *rebuilt,
                              GError **error)
{
  return mun_archive_rebuild_index (self, store, NULL, progress, data, cancellable, rebuilt, error);
}

static void
cover (MunStoreEntry *entry, const char *const *archives, MunCoverage *coverage)
{
  gboolean is_stale;
  g_autoptr (GPtrArray) parts = mun_store_list_index (entry->store, &is_stale, NULL);

  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    MunIndexPart *part = g_ptr_array_index (parts, i);
    guint64 messages = MAX (part->messages, 0);

    if (archives != NULL && !g_strv_contains (archives, part->name))
      continue;
    coverage->messages += messages;
    coverage->indexed += messages - MIN (messages, count_unindexed (part));
    coverage->pending += part->lack.messages[MUN_GAP_MISSING];
  }
}

void
mun_archive_get_coverage (MunArchive *self, const char *const *archives, MunCoverage *coverage)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);
  gint64 unindexed = 0;

  memset (coverage, 0, sizeof *coverage);
  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);
    MunIndexLack lack = { 0 };

    if (entry->store != NULL)
      mun_index_keeper_get_lack (mun_store_get_index (entry->store), &lack);
    unindexed += lack.messages[MUN_GAP_MISSING] + lack.messages[MUN_GAP_UNREADABLE];
  }
  for (guint i = 0; unindexed > 0 && i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->store != NULL)
      cover (entry, archives, coverage);
  }
}

gboolean
mun_archive_await_indexes (MunArchive *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) entries = mun_archive_dup_entries (self);

  for (guint i = 0; i < entries->len; i++) {
    MunStoreEntry *entry = g_ptr_array_index (entries, i);

    if (entry->store != NULL && !mun_store_await_index (entry->store, cancellable, error))
      return FALSE;
  }
  return TRUE;
}
