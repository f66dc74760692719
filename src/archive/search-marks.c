/* search-marks.c: how many hits a search has, and which stands at every so many */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "search-marks.h"

#include "folder-blocks.h"

struct _MunSearchMarks {
  GMutex lock;
  GArray *marks; /* MunSearchMark by position, none at 0 */
  guint64 known; /* G_MAXUINT64: not beforehand */
  guint64 count;
  gboolean is_filled; /* to the end: count is exact */
};

/* The next hit of one part. */
typedef struct {
  MunDatabase *reader;
  sqlite3_stmt *statement; /* NULL: there are no more */
  gint64 number;
} Cursor;

MunSearchMarks *
mun_search_marks_new (guint64 known)
{
  MunSearchMarks *self = g_new0 (MunSearchMarks, 1);

  g_mutex_init (&self->lock);
  self->marks = g_array_new (FALSE, FALSE, sizeof (MunSearchMark));
  self->known = known;
  return self;
}

void
mun_search_marks_free (MunSearchMarks *self)
{
  g_array_unref (self->marks);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
mun_search_marks_take_blocks (MunSearchMarks *self, GArray *blocks)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->count = 0;
  g_array_set_size (self->marks, 0);
  for (guint i = blocks->len; i > 0; i--) {
    const MunFolderBlock *block = &g_array_index (blocks, MunFolderBlock, i - 1);
    MunSearchMark mark = { self->count + block->messages, block->first, 0 };

    /* Behind the last one there is nothing; of an emptied block the mark is that of its neighbour. */
    if (i > 1 && block->messages > 0)
      g_array_append_val (self->marks, mark);
    self->count = mark.position;
  }
  self->is_filled = TRUE;
}

static gboolean
advance (Cursor *cursor, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (mun_database_step (cursor->reader, cursor->statement, &local_error)) {
    cursor->number = sqlite3_column_int64 (cursor->statement, 0);
    return TRUE;
  }
  cursor->statement = NULL;
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
open_cursors (Cursor *cursors, GPtrArray *parts, MunDatabase **readers, const MunQuery *query,
              guint64 most, GError **error)
{
  for (guint i = 0; i < parts->len; i++) {
    cursors[i].reader = readers[i];
    cursors[i].statement
        = mun_search_part_open (g_ptr_array_index (parts, i), readers[i], query, most, error);
    if (cursors[i].statement == NULL || !advance (&cursors[i], error))
      return FALSE;
  }
  return TRUE;
}

/* The part with the newest hit; of equal ones the first. Returns @n at the end. */
static guint
find_newest (const Cursor *cursors, guint n)
{
  guint newest = n;

  for (guint i = 0; i < n; i++)
    if (cursors[i].statement != NULL && (newest == n || cursors[i].number > cursors[newest].number))
      newest = i;
  return newest;
}

static void
set_mark (MunSearchMarks *self, guint64 position, gint64 number, guint part)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  MunSearchMark mark = { position, number, part };

  /* An earlier turn may have come further. */
  if (position > self->marks->len * MUN_SEARCH_MARK_STEP)
    g_array_append_val (self->marks, mark);
  self->count = MAX (self->count, position);
}

static void
set_count (MunSearchMarks *self, guint64 count, gboolean is_filled)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->count = is_filled ? count : MAX (self->count, count);
  self->is_filled = is_filled;
}

gboolean
mun_search_marks_fill (MunSearchMarks *self, GPtrArray *parts, MunDatabase **readers,
                       const MunQuery *query, guint64 most, GError **error)
{
  g_autofree Cursor *cursors = g_new0 (Cursor, parts->len + 1);
  guint64 count = 0;
  gboolean ok = open_cursors (cursors, parts, readers, query, most, error);
  guint newest = ok ? find_newest (cursors, parts->len) : parts->len;

  while (ok && newest < parts->len && count < most) {
    count++;
    if (count % MUN_SEARCH_MARK_STEP == 0)
      set_mark (self, count, cursors[newest].number, newest);
    ok = advance (&cursors[newest], error);
    newest = find_newest (cursors, parts->len);
  }
  set_count (self, count, ok && newest == parts->len);
  return ok;
}

gboolean
mun_search_marks_is_filled (MunSearchMarks *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->is_filled;
}

guint64
mun_search_marks_get_count (MunSearchMarks *self, gboolean *is_exact)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean is_known = self->known != G_MAXUINT64 && !self->is_filled;

  *is_exact = self->is_filled || is_known;
  return is_known ? self->known : self->count;
}

/* Returns: how many marks stand at or before a position. */
static guint
count_until (MunSearchMarks *self, guint64 position)
{
  guint low = 0, high = self->marks->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (self->marks, MunSearchMark, middle).position <= position)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

MunSearchMark
mun_search_marks_find (MunSearchMarks *self, guint64 position)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint n = count_until (self, position);
  MunSearchMark none = { 0 };

  return n > 0 ? g_array_index (self->marks, MunSearchMark, n - 1) : none;
}

gboolean
mun_search_marks_find_ascending (MunSearchMarks *self, guint64 position, MunSearchMark *mark,
                                 guint64 *from)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint index;

  if (!self->is_filled || position >= self->count)
    return FALSE;
  /* the first mark whose hit does not stand before the wanted one, seen from the oldest */
  index = count_until (self, self->count - position - 1);
  if (index == self->marks->len)
    return FALSE;
  *mark = g_array_index (self->marks, MunSearchMark, index);
  *from = self->count - mark->position;
  return TRUE;
}
