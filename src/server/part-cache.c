/* part-cache.c: the parts of the messages that were asked for last */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "part-cache.h"

/* What one needs is mostly below 10 KiB, and at most a few hundred. */
#define MESSAGES 64

typedef struct {
  char *digest;
  MunOutline *outline;
  GHashTable *maps; /* index -> MunPartMap */
} Known;

struct _MunPartCache {
  GMutex lock;
  GQueue known; /* Known, the one used last first */
};

static void
known_free (gpointer data)
{
  Known *known = data;

  g_free (known->digest);
  mun_outline_unref (known->outline);
  g_hash_table_unref (known->maps);
  g_free (known);
}

MunPartCache *
mun_part_cache_new (void)
{
  MunPartCache *self = g_new0 (MunPartCache, 1);

  g_mutex_init (&self->lock);
  g_queue_init (&self->known);
  return self;
}

void
mun_part_cache_free (MunPartCache *self)
{
  g_queue_clear_full (&self->known, known_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static Known *
use (MunPartCache *self, const char *digest)
{
  for (GList *link = self->known.head; link != NULL; link = link->next) {
    Known *known = link->data;

    if (!g_str_equal (known->digest, digest))
      continue;
    g_queue_unlink (&self->known, link);
    g_queue_push_head_link (&self->known, link);
    return known;
  }
  return NULL;
}

MunOutline *
mun_part_cache_find (MunPartCache *self, const char *digest)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Known *known = use (self, digest);

  return known != NULL ? mun_outline_ref (known->outline) : NULL;
}

void
mun_part_cache_add (MunPartCache *self, const char *digest, MunOutline *outline)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Known *known;

  if (use (self, digest) != NULL)
    return;
  known = g_new0 (Known, 1);
  known->digest = g_strdup (digest);
  known->outline = mun_outline_ref (outline);
  known->maps = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)mun_part_map_unref);
  g_queue_push_head (&self->known, known);
  if (self->known.length > MESSAGES)
    known_free (g_queue_pop_tail (&self->known));
}

MunPartMap *
mun_part_cache_get_map (MunPartCache *self, const char *digest, guint index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Known *known = use (self, digest);
  MunPartMap *map;

  if (known == NULL)
    return mun_part_map_new ();
  map = g_hash_table_lookup (known->maps, GUINT_TO_POINTER (index));
  if (map == NULL) {
    map = mun_part_map_new ();
    g_hash_table_insert (known->maps, GUINT_TO_POINTER (index), map);
  }
  return mun_part_map_ref (map);
}
