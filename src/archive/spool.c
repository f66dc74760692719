/* spool.c: a message that is too large for memory, while it arrives */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "spool.h"

#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/mman.h>
#include <unistd.h>

struct _MunSpool {
  int fd;
  char *dir;
  gsize length;
  MunSpoolRoom *room;
};

typedef struct {
  gpointer data;
  gsize length;
  MunSpoolRoom *room;
} Mapping;

static gboolean
take_room (MunSpoolRoom *room, gsize length)
{
  gsize before = (gsize)g_atomic_pointer_add (&room->used, length);

  if (before + length <= room->limit)
    return TRUE;
  g_atomic_pointer_add (&room->used, -(gssize)length);
  return FALSE;
}

static void
fail (GError **error, int problem, const char *step, const char *dir)
{
  gboolean is_full = problem == ENOSPC || problem == EDQUOT || problem == EFBIG;

  g_set_error (error, MUN_ERROR, is_full ? MUN_ERROR_NO_SPACE : MUN_ERROR_FAILED,
               "%s a temporary file in %s for a large message: %s", step, dir,
               g_strerror (problem));
}

/* Not every file system can make one without a name. */
static int
open_nameless (const char *dir)
{
  int fd = open (dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
  g_autofree char *path = NULL;

  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL))
    return fd;
  path = g_build_filename (dir, "message-XXXXXX", NULL);
  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_unlink (path);
  return fd;
}

MunSpool *
mun_spool_new (const char *dir, MunSpoolRoom *room, GError **error)
{
  MunSpool *self;
  int fd = open_nameless (dir);

  if (fd < 0) {
    fail (error, errno, "making", dir);
    return NULL;
  }
  self = g_new0 (MunSpool, 1);
  self->fd = fd;
  self->dir = g_strdup (dir);
  self->room = room;
  return self;
}

void
mun_spool_free (MunSpool *self)
{
  close (self->fd);
  g_atomic_pointer_add (&self->room->used, -(gssize)self->length);
  g_free (self->dir);
  g_free (self);
}

gboolean
mun_spool_append (MunSpool *self, gconstpointer data, gsize length, GError **error)
{
  const char *at = data;

  if (!take_room (self->room, length)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_BUSY,
                         "Too many large messages are under way at once. Try this one again later");
    return FALSE;
  }
  self->length += length;
  while (length > 0) {
    gssize n = write (self->fd, at, length);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      fail (error, errno, "writing to", self->dir);
      return FALSE;
    }
    at += n;
    length -= n;
  }
  return TRUE;
}

static void
unmap (gpointer data)
{
  Mapping *mapping = data;

  munmap (mapping->data, mapping->length);
  g_atomic_pointer_add (&mapping->room->used, -(gssize)mapping->length);
  g_free (mapping);
}

GBytes *
mun_spool_end (MunSpool *spool, GError **error)
{
  g_autoptr (MunSpool) self = spool;
  Mapping *mapping;
  void *data;

  if (self->length == 0)
    return g_bytes_new (NULL, 0);
  data = mmap (NULL, self->length, PROT_READ, MAP_PRIVATE, self->fd, 0);
  if (data == MAP_FAILED) {
    fail (error, errno, "reading", self->dir);
    return NULL;
  }
  mapping = g_new0 (Mapping, 1);
  mapping->data = data;
  mapping->length = self->length;
  mapping->room = self->room;
  self->length = 0; /* its room is the mapping's now */
  return g_bytes_new_with_free_func (data, mapping->length, unmap, mapping);
}
