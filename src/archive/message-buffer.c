/* message-buffer.c: a message on its way in, in memory as long as it is small */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "message-buffer.h"

#include "spool.h"

#define IN_MEMORY (1024 * 1024)

struct _MunMessageBuffer {
  char *spool_dir;
  GByteArray *start;
  MunSpool *spool; /* NULL: everything is in start */
};

/* How much waits is bounded by the batches of those who read. */
static MunSpoolRoom room = { G_MAXSSIZE, 0 };

MunMessageBuffer *
mun_message_buffer_new (const char *spool_dir)
{
  MunMessageBuffer *self = g_new0 (MunMessageBuffer, 1);

  self->spool_dir = g_strdup (spool_dir);
  self->start = g_byte_array_new ();
  return self;
}

void
mun_message_buffer_free (MunMessageBuffer *self)
{
  g_free (self->spool_dir);
  g_byte_array_unref (self->start);
  g_clear_pointer (&self->spool, mun_spool_free);
  g_free (self);
}

static gboolean
begin_spool (MunMessageBuffer *self, GError **error)
{
  self->spool = mun_spool_new (self->spool_dir, &room, error);
  if (self->spool == NULL
      || !mun_spool_append (self->spool, self->start->data, self->start->len, error))
    return FALSE;
  g_byte_array_unref (self->start);
  self->start = g_byte_array_new ();
  return TRUE;
}

gboolean
mun_message_buffer_append (MunMessageBuffer *self, gconstpointer data, gsize length, GError **error)
{
  if (length == 0)
    return TRUE;
  if (self->spool == NULL && (self->spool_dir == NULL || self->start->len + length <= IN_MEMORY)) {
    g_byte_array_append (self->start, data, length);
    return TRUE;
  }
  return (self->spool != NULL || begin_spool (self, error))
         && mun_spool_append (self->spool, data, length, error);
}

void
mun_message_buffer_clear (MunMessageBuffer *self)
{
  g_clear_pointer (&self->spool, mun_spool_free);
  g_byte_array_set_size (self->start, 0);
}

GBytes *
mun_message_buffer_end (MunMessageBuffer *buffer, gsize cut, gboolean *is_mapped, GError **error)
{
  g_autoptr (MunMessageBuffer) self = buffer;
  g_autoptr (GBytes) whole = NULL;

  *is_mapped = self->spool != NULL;
  if (self->spool != NULL) {
    whole = mun_spool_end (g_steal_pointer (&self->spool), error);
  } else {
    whole = g_byte_array_free_to_bytes (self->start);
    self->start = g_byte_array_new ();
  }
  if (whole == NULL || cut == 0)
    return g_steal_pointer (&whole);
  return g_bytes_new_from_bytes (whole, 0, g_bytes_get_size (whole) - cut);
}
