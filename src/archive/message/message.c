/* message.c: one parsed message */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "message.h"

#include "gmime-options.h"
#include "header-excerpt.h"
#include "header-fields.h"
#include "part-walk.h"
#include "text-decode.h"

#include "text.h"

#include <gmime/gmime.h>
#include <string.h>

struct _MunMessage {
  gatomicrefcount refs;
  GBytes *raw;
  gsize skipped; /* bytes of it that GMime does not see: what stands before the header (an mbox
                    "From " line, empty lines), fields that nobody reads */
  char *excerpt; /* what GMime sees, when it is not the raw bytes themselves */
  GMimeStream *stream;
  GMimeMessage *message; /* NULL when there is nothing GMime could work on */
  MunPartWalk walk;
  MunHeaderFields header;
  char *recipients, *body;
  MunMessageFields fields;
};

/* A stream over the bytes themselves, without a copy. */
static void
open_stream (MunMessage *self, const char *data, gsize size)
{
  GByteArray *array = g_byte_array_new_take ((guint8 *)data, size);

  self->stream = g_mime_stream_mem_new ();
  g_mime_stream_mem_set_byte_array (GMIME_STREAM_MEM (self->stream), array);
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (self->stream), FALSE);
}

static void
close_stream (MunMessage *self)
{
  GByteArray *array;

  if (self->stream == NULL)
    return;
  array = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (self->stream));
  g_clear_object (&self->stream);
  g_byte_array_free (array, FALSE);
  g_clear_pointer (&self->excerpt, g_free);
}

/* Its buffers are slow to make: one a thread. */
static GMimeParser *
thread_parser (void)
{
  static GPrivate parser = G_PRIVATE_INIT (g_object_unref);
  GMimeParser *own = g_private_get (&parser);

  if (own == NULL) {
    own = g_mime_parser_new ();
    g_mime_parser_set_format (own, GMIME_FORMAT_MESSAGE);
    g_private_set (&parser, own);
  }
  return own;
}

static void
parse_mime (MunMessage *self, const char *data, gsize size, gsize header_size)
{
  GMimeParser *parser = thread_parser ();
  gsize removed;

  self->excerpt = mun_header_excerpt (data, size, header_size, &removed);
  if (self->excerpt != NULL) {
    data = self->excerpt;
    size -= removed;
    self->skipped += removed;
    self->walk.size = size;
  }
  open_stream (self, data, size);
  g_mime_parser_init_with_stream (parser, self->stream);
  self->message = g_mime_parser_construct_message (parser, mun_gmime_get_options ());
}

static void
build_fields (MunMessage *self)
{
  MunPartWalk *walk = &self->walk;
  GString *body = g_string_new (walk->plain->str);

  /* With a full plain text beside it, the HTML says nothing new. */
  if (walk->html_text->len / 2 > walk->plain->len) {
    if (body->len > 0)
      g_string_append_c (body, '\n');
    g_string_append_len (body, walk->html_text->str, walk->html_text->len);
  }
  self->body = g_string_free (body, FALSE);
  mun_text_cut (self->body, MUN_LIMIT_BODY_TEXT);
  self->recipients = g_strjoin ("\n", self->header.to, self->header.cc, self->header.bcc, NULL);
  self->fields.sender = self->header.from;
  self->fields.recipients = self->recipients;
  self->fields.subject = self->header.subject;
  self->fields.body = self->body;
  self->fields.names = walk->names->str;
  self->fields.texts = walk->texts->str;
}

static void
check_pieces (MunMessage *self)
{
  for (guint i = 0; i < self->walk.pieces->len; i++)
    g_array_index (self->walk.pieces, MunPiece, i).offset += self->skipped;
}

/* What cannot be parsed is at least found by the words in it. */
static void
read_as_text (MunMessage *self, const char *data, gsize size)
{
  g_autofree char *text = mun_text_decode (data, MIN (size, MUN_LIMIT_BODY_TEXT), NULL);

  g_string_assign (self->walk.plain, text);
}

MunMessage *
mun_message_parse (GBytes *raw)
{
  MunMessage *self = g_new0 (MunMessage, 1);
  gsize size;
  const char *data = g_bytes_get_data (raw, &size);
  const char *trap;
  gsize header_size;

  if (size == 0)
    data = "";
  mun_gmime_get_options ();
  g_atomic_ref_count_init (&self->refs);
  self->raw = g_bytes_ref (raw);
  self->skipped = size > 0 ? mun_header_find_start (data, size) : 0;
  data += self->skipped;
  size -= self->skipped;
  header_size = mun_header_get_length (data, size);
  mun_part_walk_init (&self->walk, NULL, size);
  if (size == 0)
    mun_part_walk_note (&self->walk, "the message is empty");
  else if (size > G_MAXINT32)
    mun_part_walk_note (&self->walk, "the message is too large to be read");
  else if (header_size > MUN_LIMIT_HEADERS)
    mun_part_walk_note (&self->walk, "the header is too long to be read");
  else if ((trap = mun_header_find_trap (data, size)) != NULL)
    mun_part_walk_note (&self->walk, trap);
  else if (!mun_header_is_field (data, size))
    mun_part_walk_note (&self->walk, "it does not begin with header fields");
  else
    parse_mime (self, data, size, header_size);
  if (self->walk.note == NULL && self->message == NULL)
    mun_part_walk_note (&self->walk, "it cannot be parsed as a message");
  if (self->message != NULL) {
    self->walk.stream = self->stream;
    mun_part_walk (&self->walk, g_mime_message_get_mime_part (self->message));
  } else {
    read_as_text (self, data, size);
  }
  mun_header_fields_read (&self->header, self->message);
  check_pieces (self);
  build_fields (self);
  return self;
}

MunMessage *
mun_message_ref (MunMessage *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mun_message_unref (MunMessage *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  mun_part_walk_clear (&self->walk);
  g_clear_object (&self->message);
  close_stream (self);
  mun_header_fields_clear (&self->header);
  g_free (self->recipients);
  g_free (self->body);
  g_bytes_unref (self->raw);
  g_free (self);
}

void
mun_message_drop_parts (MunMessage *self)
{
  g_ptr_array_set_size (self->walk.attachments, 0);
  g_string_truncate (self->walk.plain, 0);
  g_string_truncate (self->walk.html, 0);
  g_string_truncate (self->walk.html_text, 0);
  g_clear_object (&self->message);
  close_stream (self);
}

GBytes *
mun_message_get_raw (MunMessage *self)
{
  return self->raw;
}

const char *
mun_message_get_subject (MunMessage *self)
{
  return self->header.subject;
}

const char *
mun_message_get_from (MunMessage *self)
{
  return self->header.from;
}

const char *
mun_message_get_to (MunMessage *self)
{
  return self->header.to;
}

const char *
mun_message_get_cc (MunMessage *self)
{
  return self->header.cc;
}

const char *
mun_message_get_bcc (MunMessage *self)
{
  return self->header.bcc;
}

const char *
mun_message_get_message_id (MunMessage *self)
{
  return self->header.message_id;
}

gint64
mun_message_get_date (MunMessage *self)
{
  return self->header.date;
}

MunPriority
mun_message_get_priority (MunMessage *self)
{
  return self->header.priority;
}

const char *
mun_message_get_text (MunMessage *self)
{
  return self->walk.plain->str;
}

const char *
mun_message_get_html (MunMessage *self)
{
  return self->walk.html->len > 0 ? self->walk.html->str : NULL;
}

guint
mun_message_get_n_attachments (MunMessage *self)
{
  return self->walk.attachments->len;
}

static MunPartAttachment *
attachment_at (MunMessage *self, guint index)
{
  return g_ptr_array_index (self->walk.attachments, index);
}

const MunAttachment *
mun_message_get_attachment (MunMessage *self, guint index)
{
  g_return_val_if_fail (index < self->walk.attachments->len, NULL);
  return &attachment_at (self, index)->public;
}

GBytes *
mun_message_dup_attachment (MunMessage *self, guint index)
{
  g_return_val_if_fail (index < self->walk.attachments->len, NULL);
  return mun_part_decode (attachment_at (self, index)->part);
}

gsize
mun_message_peek_attachment (MunMessage *self, guint index, guint8 *buffer, gsize size)
{
  g_return_val_if_fail (index < self->walk.attachments->len, 0);
  return mun_part_peek (attachment_at (self, index)->part, buffer, size);
}

int
mun_message_find_content_id (MunMessage *self, const char *content_id)
{
  for (guint i = 0; i < self->walk.attachments->len; i++)
    if (g_strcmp0 (attachment_at (self, i)->content_id, content_id) == 0)
      return i;
  return -1;
}

gboolean
mun_message_has_attachments (MunMessage *self)
{
  return self->walk.has_attachments;
}

gboolean
mun_message_is_damaged (MunMessage *self)
{
  return self->walk.note != NULL;
}

const char *
mun_message_get_damage_note (MunMessage *self)
{
  return self->walk.note;
}

const MunMessageFields *
mun_message_get_fields (MunMessage *self)
{
  return &self->fields;
}

GArray *
mun_message_get_pieces (MunMessage *self)
{
  return self->walk.pieces;
}
