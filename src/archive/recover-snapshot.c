/* recover-snapshot.c: recovery records that were made anew: which ones count, and what they say */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "recover-private.h"

#include "errors.h"

/* One part of one snapshot: an entry of a journal record. */
typedef struct {
  char *id;
  guint32 number;
  MunPlaceInContents place;
  guint index;
  MunContentsMark origin;
} Part;

/* The entry that completes one. */
typedef struct {
  char *id;
  guint32 parts;
  MunContentsMark moment, origin;
} End;

struct _MunSnapshots {
  GPtrArray *parts, *ends;
  GPtrArray *chosen; /* Part, in their order; NULL: there is none */
  MunContentsMark moment;
};

static void
part_free (Part *part)
{
  g_free (part->id);
  g_free (part);
}

static void
end_free (End *end)
{
  g_free (end->id);
  g_free (end);
}

MunSnapshots *
mun_snapshots_new (void)
{
  MunSnapshots *self = g_new0 (MunSnapshots, 1);

  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify)part_free);
  self->ends = g_ptr_array_new_with_free_func ((GDestroyNotify)end_free);
  return self;
}

void
mun_snapshots_free (MunSnapshots *self)
{
  g_clear_pointer (&self->chosen, g_ptr_array_unref);
  g_ptr_array_unref (self->parts);
  g_ptr_array_unref (self->ends);
  g_free (self);
}

void
mun_snapshots_note (MunSnapshots *self, const char *operation, GVariantDict *details,
                    const MunPlaceInContents *place, guint index, const MunContentsMark *origin)
{
  const char *id = NULL;

  if (!g_variant_dict_lookup (details, "id", "&s", &id))
    return;
  if (g_str_equal (operation, "snapshot")) {
    Part part = { NULL, 0, *place, index, *origin };

    if (g_variant_dict_lookup (details, "part", "u", &part.number)) {
      part.id = g_strdup (id);
      g_ptr_array_add (self->parts, g_memdup2 (&part, sizeof part));
    }
  } else {
    End end = { NULL, 0, { 0, 0 }, *origin };

    if (g_variant_dict_lookup (details, "parts", "u", &end.parts)
        && g_variant_dict_lookup (details, "moment", "(ut)", &end.moment.container,
                                  &end.moment.length)) {
      end.id = g_strdup (id);
      g_ptr_array_add (self->ends, g_memdup2 (&end, sizeof end));
    }
  }
}

/* All parts of a snapshot, or NULL. A compaction may have left one in two places. */
static GPtrArray *
find_parts (MunRecovery *recovery, MunSnapshots *self, const End *end)
{
  g_autoptr (GPtrArray) found = NULL;
  guint n_found = 0;

  if (end->parts > self->parts->len)
    return NULL;
  found = g_ptr_array_sized_new (end->parts);
  g_ptr_array_set_size (found, end->parts);
  for (guint i = 0; i < self->parts->len; i++) {
    Part *part = g_ptr_array_index (self->parts, i);

    if (!g_str_equal (part->id, end->id) || part->number >= end->parts
        || found->pdata[part->number] != NULL || mun_recovery_is_void (recovery, &part->origin))
      continue;
    found->pdata[part->number] = part;
    n_found++;
  }
  return n_found == end->parts ? g_steal_pointer (&found) : NULL;
}

const MunContentsMark *
mun_snapshots_choose (MunRecovery *recovery, MunSnapshots *self)
{
  const End *best = NULL;

  for (guint i = 0; i < self->ends->len; i++) {
    const End *end = g_ptr_array_index (self->ends, i);
    g_autoptr (GPtrArray) parts = NULL;

    if (mun_recovery_is_void (recovery, &end->origin)
        || (best != NULL && mun_recovery_compare_marks (&end->origin, &best->origin) <= 0))
      continue;
    parts = find_parts (recovery, self, end);
    if (parts == NULL)
      continue;
    best = end;
    g_clear_pointer (&self->chosen, g_ptr_array_unref);
    self->chosen = g_steal_pointer (&parts);
  }
  if (best == NULL)
    return NULL;
  self->moment = best->moment;
  return &self->moment;
}

static gboolean
apply_part (MunRecovery *recovery, const Part *part, GError **error)
{
  g_autoptr (GVariant) journal = mun_recovery_read_journal (recovery, &part->place, FALSE);
  g_autoptr (GVariant) details = NULL, entries = NULL;
  gsize n;

  if (journal != NULL && part->index < g_variant_n_children (journal)) {
    g_variant_get_child (journal, part->index, "(s@a{sv})", NULL, &details);
    entries = g_variant_lookup_value (details, "entries", G_VARIANT_TYPE ("a(sa{sv})"));
  }
  if (entries == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED,
                 "container %06u, byte %" G_GUINT64_FORMAT ": a recovery record cannot be read",
                 part->place.container, part->place.offset);
    return FALSE;
  }
  n = g_variant_n_children (entries);
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) values = NULL;
    const char *operation;

    g_variant_get_child (entries, i, "(&s@a{sv})", &operation, &values);
    if (!mun_recovery_restate (recovery, operation, values, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
mun_snapshots_apply (MunRecovery *recovery, MunSnapshots *self, GError **error)
{
  for (guint i = 0; i < self->chosen->len; i++)
    if (!apply_part (recovery, g_ptr_array_index (self->chosen, i), error))
      return FALSE;
  return TRUE;
}
