/* outline.c: the parts of a message that is not in memory */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "outline.h"

#include "errors.h"
#include "gmime-options.h"
#include "header-fields.h"
#include "mail-stream.h"
#include "part-walk.h"

struct _MunOutline {
  gatomicrefcount refs;
  MunPartWalk walk;
  GArray *leaves; /* MunLeaf */
};

/* A message that is being parsed. */
typedef struct {
  GMimeStream *stream;
  GMimeMessage *message; /* (nullable): GMime cannot read it, or must not */
  guint64 skipped;       /* bytes in front of its header */
} Parse;

static void
clear_parse (Parse *self)
{
  g_clear_object (&self->message);
  g_clear_object (&self->stream);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parse, clear_parse)

/* The start of the message up to where its header is at its end, or too long. */
static GByteArray *
read_header (const MunOutlineSource *source, gsize *skipped, gsize *length, GError **error)
{
  g_autoptr (GByteArray) start = g_byte_array_new ();

  for (;;) {
    g_autoptr (GBytes) chunk = source->read (source->data, start->len, error);
    const char *data;
    gsize size;

    if (chunk == NULL)
      return NULL;
    data = g_bytes_get_data (chunk, &size);
    if (size > 0)
      g_byte_array_append (start, (const guint8 *)data, size);
    data = (const char *)start->data;
    *skipped = start->len > 0 ? mun_header_find_start (data, start->len) : 0;
    *length = mun_header_get_length (data + *skipped, start->len - *skipped);
    if (size == 0 || start->len >= source->size || *length < start->len - *skipped
        || *length > MUN_LIMIT_HEADERS)
      return g_steal_pointer (&start);
  }
}

static gboolean
parse (Parse *self, const MunOutlineSource *source, GError **error)
{
  gsize skipped, length;
  g_autoptr (GByteArray) header = read_header (source, &skipped, &length, error);
  GMimeParser *parser;

  if (header == NULL)
    return FALSE;
  self->skipped = skipped;
  if (source->size > G_MAXINT32 || length > MUN_LIMIT_HEADERS
      || !mun_header_is_field ((const char *)header->data + skipped, header->len - skipped))
    return TRUE;
  g_clear_pointer (&header, g_byte_array_unref);
  mun_gmime_get_options ();
  self->stream = mun_mail_stream_new (source, skipped);
  parser = g_mime_parser_new ();
  g_mime_parser_set_format (parser, GMIME_FORMAT_MESSAGE);
  g_mime_parser_set_persist_stream (parser, TRUE);
  g_mime_parser_init_with_stream (parser, self->stream);
  self->message = g_mime_parser_construct_message (parser, mun_gmime_get_options ());
  g_object_unref (parser);
  if (mun_mail_stream_get_trap (self->stream) != NULL)
    g_clear_object (&self->message);
  if (mun_mail_stream_get_error (self->stream) == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (mun_mail_stream_get_error (self->stream)));
  return FALSE;
}

static void
walk (MunPartWalk *self, Parse *parsed, GArray *leaves, guint64 size)
{
  mun_part_walk_init (self, parsed->stream, size - parsed->skipped);
  self->leaves = leaves;
  if (parsed->message != NULL)
    mun_part_walk (self, g_mime_message_get_mime_part (parsed->message));
}

MunOutline *
mun_outline_read (const MunOutlineSource *source, GError **error)
{
  g_auto (Parse) parsed = { NULL };
  MunOutline *self;

  if (!parse (&parsed, source, error))
    return NULL;
  self = g_new0 (MunOutline, 1);
  g_atomic_ref_count_init (&self->refs);
  self->leaves = g_array_new (FALSE, FALSE, sizeof (MunLeaf));
  walk (&self->walk, &parsed, self->leaves, source->size);
  for (guint i = 0; i < self->leaves->len; i++)
    g_array_index (self->leaves, MunLeaf, i).offset += parsed.skipped;
  return self;
}

MunOutline *
mun_outline_ref (MunOutline *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mun_outline_unref (MunOutline *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  mun_part_walk_clear (&self->walk);
  g_array_unref (self->leaves);
  g_free (self);
}

guint
mun_outline_get_n_attachments (MunOutline *self)
{
  return self->walk.attachments->len;
}

const MunAttachment *
mun_outline_get_attachment (MunOutline *self, guint index)
{
  MunPartAttachment *attachment;

  g_return_val_if_fail (index < self->walk.attachments->len, NULL);
  attachment = g_ptr_array_index (self->walk.attachments, index);
  return &attachment->public;
}

const MunLeaf *
mun_outline_get_content (MunOutline *self, guint index)
{
  for (guint i = 0; i < self->leaves->len; i++) {
    const MunLeaf *leaf = &g_array_index (self->leaves, MunLeaf, i);

    if (leaf->attachment == (int)index)
      return leaf;
  }
  return NULL;
}

GArray *
mun_outline_get_leaves (MunOutline *self)
{
  return self->leaves;
}

static gboolean
write_part (Parse *parsed, GMimeObject *part, MunOutlineWrite write, gpointer data, GError **error)
{
  GMimeMessage *inner = g_mime_message_part_get_message (GMIME_MESSAGE_PART (part));
  GMimeStream *sink = mun_mail_sink_new (write, data);
  const GError *problem;

  if (inner != NULL)
    g_mime_object_write_to_stream (GMIME_OBJECT (inner), NULL, sink);
  problem = mun_mail_sink_get_error (sink);
  if (problem == NULL)
    problem = mun_mail_stream_get_error (parsed->stream);
  if (problem != NULL)
    g_propagate_error (error, g_error_copy (problem));
  g_object_unref (sink);
  return problem == NULL;
}

gboolean
mun_outline_write_message (const MunOutlineSource *source, guint index, MunOutlineWrite write,
                           gpointer data, GError **error)
{
  g_autoptr (GArray) leaves = g_array_new (FALSE, FALSE, sizeof (MunLeaf));
  g_auto (Parse) parsed = { NULL };
  MunPartWalk found;
  GMimeObject *part = NULL;
  gboolean is_written = FALSE;

  if (!parse (&parsed, source, error))
    return FALSE;
  walk (&found, &parsed, leaves, source->size);
  if (index < found.attachments->len)
    part = ((MunPartAttachment *)g_ptr_array_index (found.attachments, index))->part;
  if (part != NULL && GMIME_IS_MESSAGE_PART (part))
    is_written = write_part (&parsed, part, write, data, error);
  else
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "there is no such message in it");
  mun_part_walk_clear (&found);
  return is_written;
}
