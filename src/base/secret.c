/* secret.c: locked, wiped memory for keys and passwords */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-base"

#include "secret.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct _MunSecret {
  gatomicrefcount references;
  gsize length;
  gsize mapped;
  char *data;
};

G_DEFINE_BOXED_TYPE (MunSecret, mun_secret, mun_secret_ref, mun_secret_unref)

MunSecret *
mun_secret_new (gconstpointer data, gsize length)
{
  gsize page = sysconf (_SC_PAGESIZE);
  MunSecret *self = g_new0 (MunSecret, 1);

  g_atomic_ref_count_init (&self->references);
  self->length = length;
  self->mapped = (length + 1 + page - 1) / page * page;
  /* Own pages, so that locking and the dump flag touch nobody else's data. */
  self->data
      = mmap (NULL, self->mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (self->data == MAP_FAILED)
    g_error ("No memory for a secret of %" G_GSIZE_FORMAT " bytes", length);
  if (mlock (self->data, self->mapped) != 0)
    g_debug ("A secret could not be locked into memory: the limit of locked memory is reached");
  madvise (self->data, self->mapped, MADV_DONTDUMP);
  if (length > 0)
    memcpy (self->data, data, length);
  return self;
}

MunSecret *
mun_secret_new_take_string (char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;
  MunSecret *self = mun_secret_new (text, length);

  if (text != NULL)
    mun_secret_wipe (text, length);
  g_free (text);
  return self;
}

MunSecret *
mun_secret_ref (MunSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
mun_secret_unref (MunSecret *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  mun_secret_wipe (self->data, self->mapped);
  munlock (self->data, self->mapped);
  munmap (self->data, self->mapped);
  g_free (self);
}

gconstpointer
mun_secret_get_data (MunSecret *self, gsize *length)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (length != NULL)
    *length = self->length;
  return self->data;
}

const char *
mun_secret_get_string (MunSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->data;
}

void
mun_secret_wipe (gpointer data, gsize length)
{
  if (length > 0)
    explicit_bzero (data, length);
}
