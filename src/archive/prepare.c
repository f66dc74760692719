/* prepare.c: one message made ready for the writer: parsed, cut, hashed, compressed, sealed */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "prepare.h"

#include "base64-lines.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes of the records of large messages that wait for the writer. */
static gsize reserved_total;

static gboolean
reserve (MunPreparedPiece *piece)
{
  gsize before = (gsize)g_atomic_pointer_add (&reserved_total, piece->size);

  piece->reserved = piece->size;
  if (before + piece->size <= MUN_PREPARED_RECORDS_MAX)
    return TRUE;
  g_atomic_pointer_add (&reserved_total, -(gssize)piece->size);
  piece->reserved = 0;
  return FALSE;
}

static void
drop_record (MunPreparedPiece *piece)
{
  g_clear_pointer (&piece->record, g_bytes_unref);
  if (piece->reserved > 0)
    g_atomic_pointer_add (&reserved_total, -(gssize)piece->reserved);
  piece->reserved = 0;
}

static void
clear_piece (gpointer data)
{
  MunPreparedPiece *piece = data;

  g_clear_pointer (&piece->plain, g_bytes_unref);
  drop_record (piece);
}

/* The whole pages in a stretch of a mapped file; they come again from it when they are needed. */
static void
release_pages (MunPrepared *self, const guint8 *data, gsize length)
{
  guintptr page = sysconf (_SC_PAGESIZE);
  guintptr start = ((guintptr)data + page - 1) / page * page;
  guintptr end = ((guintptr)data + length) / page * page;

  if (self->is_mapped && start < end)
    madvise ((void *)start, end - start, MADV_DONTNEED);
}

MunPrepared *
mun_prepared_new (GBytes *raw, gboolean is_mapped)
{
  MunPrepared *self = g_new0 (MunPrepared, 1);
  const guint8 *data;

  self->raw = g_bytes_ref (raw);
  self->is_mapped = is_mapped;
  data = g_bytes_get_data (raw, &self->size);
  mun_digest (data != NULL ? data : (const guint8 *)"", self->size, self->digest);
  self->pieces = g_array_new (FALSE, TRUE, sizeof (MunPreparedPiece));
  g_array_set_clear_func (self->pieces, clear_piece);
  self->segments = g_array_new (FALSE, FALSE, sizeof (MunPreparedSegment));
  return self;
}

void
mun_prepared_free (MunPrepared *self)
{
  g_clear_pointer (&self->message, mun_message_unref);
  g_array_unref (self->pieces);
  g_array_unref (self->segments);
  g_clear_pointer (&self->texts, g_array_unref);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_bytes_unref (self->raw);
  g_free (self);
}

static guint
add_piece (MunPrepared *self, GBytes *plain)
{
  MunPreparedPiece piece = { .size = g_bytes_get_size (plain), .plain = plain };

  g_array_append_val (self->pieces, piece);
  return self->pieces->len - 1;
}

static void
add_segment (MunPrepared *self, guint piece, gsize offset, gsize length)
{
  MunPreparedSegment segment = { piece, offset, length };

  g_array_append_val (self->segments, segment);
}

/* A large part: pieces of its own. */
static void
cut_part (MunPrepared *self, gsize offset, gsize length)
{
  const guint8 *data = g_bytes_get_data (self->raw, NULL);

  while (length > 0) {
    gsize step = MIN (length, MUN_PREPARED_PIECE_MAX);

    if (step < length)
      step = mun_base64_align (data + offset, step);
    add_segment (self, add_piece (self, g_bytes_new_from_bytes (self->raw, offset, step)), 0, step);
    offset += step;
    length -= step;
  }
}

/* The bytes that stand between large parts become a piece; its segments had to wait for that. */
static void
close_rest (MunPrepared *self, GByteArray *rest)
{
  guint piece;

  if (rest->len == 0)
    return;
  piece = add_piece (self, g_bytes_new (rest->data, rest->len));
  for (guint i = 0; i < self->segments->len; i++) {
    MunPreparedSegment *segment = &g_array_index (self->segments, MunPreparedSegment, i);

    if (segment->piece == G_MAXUINT)
      segment->piece = piece;
  }
  g_byte_array_set_size (rest, 0);
}

/* What stands between the large parts goes together, as long as it is no large piece itself. */
static void
cut_rest (MunPrepared *self, GByteArray *rest, gsize offset, gsize length)
{
  const guint8 *data = g_bytes_get_data (self->raw, NULL);

  while (length > 0) {
    gsize step = MIN (length, MUN_PREPARED_PIECE_MAX - rest->len);

    add_segment (self, G_MAXUINT, rest->len, step);
    g_byte_array_append (rest, data + offset, step);
    if (rest->len == MUN_PREPARED_PIECE_MAX)
      close_rest (self, rest);
    offset += step;
    length -= step;
  }
}

/* A message of which nothing is worth a piece of its own. */
static void
cut_whole (MunPrepared *self)
{
  if (self->size <= MUN_PREPARED_PIECE_MAX)
    add_segment (self, add_piece (self, g_bytes_ref (self->raw)), 0, self->size);
  else
    cut_part (self, 0, self->size);
}

static void
cut (MunPrepared *self)
{
  GArray *parts = mun_message_get_pieces (self->message);
  g_autoptr (GByteArray) rest = NULL;
  gsize done = 0;

  if (parts->len == 0) {
    cut_whole (self);
    return;
  }
  rest = g_byte_array_new ();
  for (guint i = 0; i < parts->len; i++) {
    MunPiece *part = &g_array_index (parts, MunPiece, i);

    cut_rest (self, rest, done, part->offset - done);
    cut_part (self, part->offset, part->length);
    done = part->offset + part->length;
  }
  cut_rest (self, rest, done, self->size - done);
  close_rest (self, rest);
}

GBytes *
mun_prepared_seal_piece (MunPrepared *self, guint index, MunCodec *codec, GError **error)
{
  MunPreparedPiece *piece = &g_array_index (self->pieces, MunPreparedPiece, index);

  if (piece->record == NULL) {
    gconstpointer data = g_bytes_get_data (piece->plain, NULL);

    piece->record = mun_record_build (codec, MUN_RECORD_PIECE, data != NULL ? data : "",
                                      piece->size, piece->digest, error);
  }
  return piece->record;
}

void
mun_prepared_drop_piece (MunPrepared *self, guint index)
{
  MunPreparedPiece *piece = &g_array_index (self->pieces, MunPreparedPiece, index);
  const guint8 *raw = g_bytes_get_data (self->raw, NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data (piece->plain, &length);

  if (self->size <= MUN_PREPARED_LARGE)
    return;
  drop_record (piece);
  if (data >= raw && data < raw + self->size)
    release_pages (self, data, length);
}

static void
clear_text (gpointer data)
{
  MunPreparedText *text = data;

  g_clear_pointer (&text->record, g_bytes_unref);
}

/* Reading them again might give something else; what the index has must be known to be taken out of
 * it one day. So the texts are kept. */
gboolean
mun_prepared_read_attachments (MunPrepared *self, MunCodec *codec, MunTextExtractor *extractor,
                               GCancellable *cancellable, GError **error)
{
  if (extractor != NULL && mun_message_get_n_attachments (self->message) > 0)
    self->found = mun_attachment_texts_read (extractor, self->message, cancellable);
  if (self->found == NULL)
    return TRUE;
  self->texts = g_array_new (FALSE, TRUE, sizeof (MunPreparedText));
  g_array_set_clear_func (self->texts, clear_text);
  for (guint i = 0; i < self->found->len; i++) {
    MunPreparedText text = { .found = g_ptr_array_index (self->found, i) };
    const GString *plain = text.found->text;

    if (plain->len > 0) {
      mun_digest (plain->str, plain->len, text.digest);
      text.record
          = mun_record_build (codec, MUN_RECORD_PIECE, plain->str, plain->len, text.digest, error);
      if (text.record == NULL)
        return FALSE;
    }
    g_array_append_val (self->texts, text);
  }
  return TRUE;
}

gboolean
mun_prepared_parse (MunPrepared *self, MunCodec *codec, MunTextExtractor *extractor,
                    GCancellable *cancellable, MunPreparedKnown known, gpointer user_data,
                    GError **error)
{
  self->message = mun_message_parse (self->raw);
  cut (self);
  for (guint i = 0; i < self->pieces->len; i++) {
    MunPreparedPiece *piece = &g_array_index (self->pieces, MunPreparedPiece, i);
    gconstpointer data = g_bytes_get_data (piece->plain, NULL);

    if (piece->size == self->size)
      memcpy (piece->digest, self->digest, sizeof piece->digest);
    else
      mun_digest (data, piece->size, piece->digest);
    if (!known (piece->digest, user_data) && (self->size <= MUN_PREPARED_LARGE || reserve (piece))
        && mun_prepared_seal_piece (self, i, codec, error) == NULL)
      return FALSE;
  }
  if (!mun_prepared_read_attachments (self, codec, extractor, cancellable, error))
    return FALSE;
  /* Here rather than on the writer's thread: letting a tree of objects go takes as long as parsing
   * a third of it. */
  mun_message_drop_parts (self->message);
  if (self->is_mapped)
    release_pages (self, g_bytes_get_data (self->raw, NULL), self->size);
  return TRUE;
}
