/* query.c: what a search asks for */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "query.h"

MunQuery *
mun_query_new (void)
{
  return g_new0 (MunQuery, 1);
}

MunQuery *
mun_query_copy (const MunQuery *self)
{
  MunQuery *copy = g_memdup2 (self, sizeof *self);

  copy->text = g_strdup (self->text);
  copy->from = g_strdup (self->from);
  copy->to = g_strdup (self->to);
  copy->folder = g_strdup (self->folder);
  copy->archives = g_strdupv (self->archives);
  return copy;
}

void
mun_query_free (MunQuery *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->from);
  g_free (self->to);
  g_free (self->folder);
  g_strfreev (self->archives);
  g_free (self);
}
