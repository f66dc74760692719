/* source-batch.c: what sources hand out: messages, folders, batches */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "source-batch.h"

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
