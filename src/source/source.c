/* source.c: the interface of all sources, and what passes through it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "source.h"

G_DEFINE_INTERFACE (MunSource, mun_source, G_TYPE_OBJECT)

static void
mun_source_default_init (MunSourceInterface *iface)
{
}

MunSourceItem *
mun_source_item_new (MunSourceState state, const char *item)
{
  MunSourceItem *self = g_new0 (MunSourceItem, 1);

  self->state = state;
  self->item = g_strdup (item);
  return self;
}

void
mun_source_item_free (MunSourceItem *item)
{
  g_clear_pointer (&item->raw, g_bytes_unref);
  g_free (item->key);
  g_free (item->item);
  g_free (item->reason);
  g_free (item);
}

MunSourceFolder *
mun_source_folder_new (const char *id, const char *path, gint64 total)
{
  MunSourceFolder *self = g_new0 (MunSourceFolder, 1);

  self->id = g_strdup (id);
  self->path = g_strdup (path);
  self->total = total;
  return self;
}

void
mun_source_folder_free (MunSourceFolder *folder)
{
  g_free (folder->id);
  g_free (folder->path);
  g_free (folder);
}

MunSourceBatch *
mun_source_batch_new (void)
{
  MunSourceBatch *self = g_new0 (MunSourceBatch, 1);

  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_source_item_free);
  return self;
}

void
mun_source_batch_free (MunSourceBatch *batch)
{
  g_ptr_array_unref (batch->items);
  g_free (batch);
}

GPtrArray *
mun_source_list_folders (MunSource *self, const MunSourceHost *host, GCancellable *cancellable,
                         GError **error)
{
  g_return_val_if_fail (MUN_IS_SOURCE (self), NULL);

  return MUN_SOURCE_GET_IFACE (self)->list_folders (self, host, cancellable, error);
}

gboolean
mun_source_begin_folder (MunSource *self, const MunSourceFolder *folder, const char *checkpoint,
                         GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (MUN_IS_SOURCE (self), FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);

  return MUN_SOURCE_GET_IFACE (self)->begin_folder (self, folder, checkpoint, cancellable, error);
}

MunSourceBatch *
mun_source_next_batch (MunSource *self, const MunSourceHost *host, GCancellable *cancellable,
                       GError **error)
{
  g_return_val_if_fail (MUN_IS_SOURCE (self), NULL);

  return MUN_SOURCE_GET_IFACE (self)->next_batch (self, host, cancellable, error);
}

char *
mun_source_dup_checkpoint (MunSource *self, const MunSourceBatch *batch)
{
  g_return_val_if_fail (MUN_IS_SOURCE (self), NULL);

  return MUN_SOURCE_GET_IFACE (self)->dup_checkpoint (self, batch);
}

gboolean
mun_source_reads_ahead (MunSource *self)
{
  g_return_val_if_fail (MUN_IS_SOURCE (self), FALSE);

  return MUN_SOURCE_GET_IFACE (self)->reads_ahead;
}
