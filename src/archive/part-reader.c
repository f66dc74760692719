/* part-reader.c: an attachment of an archived message, decoded, as a stream of chunks */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "part-reader.h"

#include "part-decoder.h"

#define CHUNK (1024 * 1024)

/* Decoding may begin with the encoded byte, which is where the decoded one comes from. */
typedef struct {
  guint64 encoded, decoded;
} Mark;

struct _MunPartMap {
  gatomicrefcount refs;
  GMutex lock;
  gboolean is_known;
  guint64 length;
  GArray *marks; /* Mark, ascending */
};

struct _MunPartReader {
  MunMessageReader *reader;
  MunLeaf leaf;
  MunPartMap *map;
  MunPartDecoder *decoder;
  guint64 encoded; /* bytes of the content that were taken */
  guint64 decoded; /* bytes that came out of them, up to the end of "ready" */
  guint64 dropped; /* of what comes next: it is in front of where was sought */
  GBytes *ready;   /* (nullable): decoded, not handed out yet */
  gboolean ended;
  GArray *marks; /* of a reading from the start on; NULL: it is not one */
};

/* --- the map --- */

MunPartMap *
mun_part_map_new (void)
{
  MunPartMap *self = g_new0 (MunPartMap, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  return self;
}

MunPartMap *
mun_part_map_ref (MunPartMap *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mun_part_map_unref (MunPartMap *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->marks, g_array_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
mun_part_map_get_length (MunPartMap *self, guint64 *length)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  *length = self->length;
  return self->is_known;
}

/* @marks: (transfer full) */
static void
learn (MunPartMap *self, guint64 length, GArray *marks)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->is_known) {
    g_array_unref (marks);
    return;
  }
  self->is_known = TRUE;
  self->length = length;
  self->marks = marks;
}

/* The last mark that is not behind @offset. */
static Mark
find_mark (MunPartMap *self, guint64 offset)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Mark best = { 0, 0 };

  for (guint i = 0; self->is_known && i < self->marks->len; i++) {
    Mark mark = g_array_index (self->marks, Mark, i);

    if (mark.decoded > offset)
      break;
    best = mark;
  }
  return best;
}

/* --- the reader --- */

static void
begin_at (MunPartReader *self, Mark mark)
{
  g_clear_pointer (&self->decoder, mun_part_decoder_free);
  g_clear_pointer (&self->ready, g_bytes_unref);
  g_clear_pointer (&self->marks, g_array_unref);
  self->decoder = mun_part_decoder_new (self->leaf.coding);
  self->encoded = mark.encoded;
  self->decoded = mark.decoded;
  self->dropped = 0;
  self->ended = FALSE;
  if (mark.encoded == 0)
    self->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  mun_message_reader_seek (self->reader, self->leaf.offset + mark.encoded);
}

MunPartReader *
mun_part_reader_new (MunMessageReader *reader, const MunLeaf *leaf, MunPartMap *map)
{
  MunPartReader *self = g_new0 (MunPartReader, 1);

  self->reader = reader;
  self->leaf = *leaf;
  self->map = mun_part_map_ref (map);
  begin_at (self, (Mark){ 0, 0 });
  return self;
}

void
mun_part_reader_free (MunPartReader *self)
{
  mun_message_reader_free (self->reader);
  mun_part_decoder_free (self->decoder);
  g_clear_pointer (&self->ready, g_bytes_unref);
  g_clear_pointer (&self->marks, g_array_unref);
  mun_part_map_unref (self->map);
  g_free (self);
}

static void
note_progress (MunPartReader *self)
{
  Mark mark = { self->encoded, self->decoded };

  if (self->marks == NULL)
    return;
  if (self->ended)
    learn (self->map, self->decoded, g_steal_pointer (&self->marks));
  else if (mun_part_decoder_is_neutral (self->decoder))
    g_array_append_val (self->marks, mark);
}

/* The next decoded bytes, whatever their number; those behind the last piece may be none. */
static gboolean
decode_next (MunPartReader *self, GError **error)
{
  guint64 left = self->leaf.length - self->encoded;
  g_autoptr (GBytes) chunk = NULL;

  if (left > 0)
    chunk = mun_message_reader_read (self->reader, MIN (left, CHUNK), error);
  else
    chunk = g_bytes_new (NULL, 0);
  if (chunk == NULL)
    return FALSE;
  self->encoded += g_bytes_get_size (chunk);
  self->ended = g_bytes_get_size (chunk) == 0 || self->encoded == self->leaf.length;
  g_clear_pointer (&self->ready, g_bytes_unref);
  self->ready = mun_part_decoder_feed (self->decoder, chunk, self->ended);
  self->decoded += g_bytes_get_size (self->ready);
  note_progress (self);
  return TRUE;
}

/* Cuts what is in front of the place that was sought. */
static void
drop (MunPartReader *self)
{
  gsize size = g_bytes_get_size (self->ready), cut = MIN (self->dropped, size);
  GBytes *rest;

  if (cut == 0)
    return;
  rest = g_bytes_new_from_bytes (self->ready, cut, size - cut);
  g_bytes_unref (self->ready);
  self->ready = rest;
  self->dropped -= cut;
}

void
mun_part_reader_seek (MunPartReader *self, guint64 offset)
{
  Mark mark = { offset, offset };

  if (self->leaf.coding != MUN_CODING_NONE)
    mark = find_mark (self->map, offset);
  else if (offset > self->leaf.length)
    mark.encoded = mark.decoded = self->leaf.length;
  begin_at (self, mark);
  self->dropped = offset - mark.decoded;
  self->ended = mark.encoded > 0 && mark.encoded == self->leaf.length;
}

GBytes *
mun_part_reader_read (MunPartReader *self, gsize most, GError **error)
{
  g_autoptr (GBytes) ready = NULL;
  gsize size;

  while (self->ready == NULL || g_bytes_get_size (self->ready) == 0) {
    if (self->ended)
      return g_bytes_new (NULL, 0);
    if (!decode_next (self, error))
      return NULL;
    drop (self);
  }
  ready = g_steal_pointer (&self->ready);
  size = g_bytes_get_size (ready);
  if (size <= most)
    return g_steal_pointer (&ready);
  self->ready = g_bytes_new_from_bytes (ready, most, size - most);
  return g_bytes_new_from_bytes (ready, 0, most);
}

gboolean
mun_part_reader_measure (MunPartReader *self, GCancellable *cancellable, guint64 *length,
                         GError **error)
{
  *length = self->leaf.length;
  if (self->leaf.coding == MUN_CODING_NONE || mun_part_map_get_length (self->map, length))
    return TRUE;
  begin_at (self, (Mark){ 0, 0 });
  while (!self->ended)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) || !decode_next (self, error))
      return FALSE;
  *length = self->decoded;
  begin_at (self, (Mark){ 0, 0 });
  return TRUE;
}

/* --- the message as the source of an outline --- */

typedef struct {
  MunMessageReader *reader;
  guint64 offset; /* of the next chunk */
  GCancellable *cancellable;
} Source;

static GBytes *
read_source (gpointer data, guint64 offset, GError **error)
{
  Source *self = data;
  GBytes *chunk;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return NULL;
  if (offset != self->offset)
    mun_message_reader_seek (self->reader, offset);
  chunk = mun_message_reader_read (self->reader, CHUNK, error);
  if (chunk != NULL)
    self->offset = offset + g_bytes_get_size (chunk);
  return chunk;
}

/* From the start, each piece compared with its own hash: what is learned from it is used before the
 * end is reached. */
static MunOutlineSource
begin_source (Source *self, MunMessageReader *reader, GCancellable *cancellable)
{
  *self = (Source){ reader, 0, cancellable };
  mun_message_reader_seek (reader, 0);
  return (MunOutlineSource){ mun_message_reader_get_size (reader), read_source, self };
}

MunOutline *
mun_message_reader_outline (MunMessageReader *self, GCancellable *cancellable, GError **error)
{
  Source source;
  MunOutlineSource outlined = begin_source (&source, self, cancellable);

  return mun_outline_read (&outlined, error);
}

gboolean
mun_message_reader_write_inner (MunMessageReader *self, guint index, MunOutlineWrite write,
                                gpointer data, GCancellable *cancellable, GError **error)
{
  Source source;
  MunOutlineSource outlined = begin_source (&source, self, cancellable);

  return mun_outline_write_message (&outlined, index, write, data, error);
}
