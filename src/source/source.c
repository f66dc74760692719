/* source.c: the interface of all sources */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "source.h"

G_DEFINE_INTERFACE (MunSource, mun_source, G_TYPE_OBJECT)

static void
mun_source_default_init (MunSourceInterface *iface)
{
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
