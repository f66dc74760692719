/* part-walk.c: the walk over a message's MIME tree */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "part-walk.h"

#include "html-text.h"
#include "part-decoder.h"
#include "plain-file.h"
#include "text-decode.h"

#include "text.h"

#include <string.h>

/* Where in the tree a part stands. */
typedef struct {
  guint depth;
  guint inner;             /* messages round this part */
  gboolean in_alternative; /* another part says the same */
  gboolean in_related;
  gboolean is_root;
} Place;

static void
free_attachment (gpointer data)
{
  MunPartAttachment *attachment = data;

  g_free (attachment->name);
  g_free (attachment->type);
  g_free (attachment->content_id);
  g_free (attachment);
}

void
mun_part_walk_init (MunPartWalk *self, GMimeStream *stream, gsize size)
{
  memset (self, 0, sizeof *self);
  self->stream = stream;
  self->size = size;
  self->plain = g_string_new (NULL);
  self->html = g_string_new (NULL);
  self->html_text = g_string_new (NULL);
  self->names = g_string_new (NULL);
  self->texts = g_string_new (NULL);
  self->attachments = g_ptr_array_new_with_free_func (free_attachment);
  self->pieces = g_array_new (FALSE, FALSE, sizeof (MunPiece));
}

void
mun_part_walk_clear (MunPartWalk *self)
{
  g_string_free (self->plain, TRUE);
  g_string_free (self->html, TRUE);
  g_string_free (self->html_text, TRUE);
  g_string_free (self->names, TRUE);
  g_string_free (self->texts, TRUE);
  g_ptr_array_unref (self->attachments);
  g_array_unref (self->pieces);
  g_free (self->note);
}

void
mun_part_walk_note (MunPartWalk *self, const char *note)
{
  if (self->note == NULL)
    self->note = g_strdup (note);
}

/* GMime itself would lose what is behind one of its buffers that ends where a line does. */
static GBytes *
decode_lines (GMimeDataWrapper *content)
{
  g_autoptr (MunPartDecoder) decoder = mun_part_decoder_new (MUN_CODING_UUENCODE);
  GMimeStream *stream = g_mime_data_wrapper_get_stream (content);
  GMimeStream *encoded = g_mime_stream_mem_new ();
  g_autoptr (GBytes) bytes = NULL;
  GByteArray *array;

  g_mime_stream_reset (stream);
  g_mime_stream_write_to_stream (stream, encoded);
  array = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (encoded));
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (encoded), FALSE);
  g_object_unref (encoded);
  bytes = g_byte_array_free_to_bytes (array);
  return mun_part_decoder_feed (decoder, bytes, TRUE);
}

GBytes *
mun_part_decode (GMimeObject *part)
{
  GMimeDataWrapper *content
      = GMIME_IS_PART (part) ? g_mime_part_get_content (GMIME_PART (part)) : NULL;
  GMimeStream *memory;
  GByteArray *array;

  if (content != NULL
      && g_mime_data_wrapper_get_encoding (content) == GMIME_CONTENT_ENCODING_UUENCODE)
    return decode_lines (content);
  memory = g_mime_stream_mem_new ();
  if (GMIME_IS_PART (part)) {
    if (content != NULL)
      g_mime_data_wrapper_write_to_stream (content, memory);
  } else if (GMIME_IS_MESSAGE_PART (part)) {
    GMimeMessage *inner = g_mime_message_part_get_message (GMIME_MESSAGE_PART (part));

    if (inner != NULL)
      g_mime_object_write_to_stream (GMIME_OBJECT (inner), NULL, memory);
  }
  array = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (memory));
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (memory), FALSE);
  g_object_unref (memory);
  return g_byte_array_free_to_bytes (array);
}

gsize
mun_part_peek (GMimeObject *part, guint8 *buffer, gsize size)
{
  GMimeDataWrapper *content
      = GMIME_IS_PART (part) ? g_mime_part_get_content (GMIME_PART (part)) : NULL;
  GMimeStream *encoded = content != NULL ? g_mime_data_wrapper_get_stream (content) : NULL;
  GMimeStream *decoded;
  GMimeFilter *filter;
  gsize done = 0;
  gssize n = 1;

  if (encoded == NULL)
    return 0;
  g_mime_stream_reset (encoded);
  decoded = g_mime_stream_filter_new (encoded);
  filter = g_mime_filter_basic_new (g_mime_data_wrapper_get_encoding (content), FALSE);
  g_mime_stream_filter_add (GMIME_STREAM_FILTER (decoded), filter);
  g_object_unref (filter);
  while (done < size && n > 0) {
    n = g_mime_stream_read (decoded, (char *)buffer + done, size - done);
    done += MAX (n, 0);
  }
  g_object_unref (decoded);
  return done;
}

static gsize
encoded_size (GMimePart *part)
{
  GMimeDataWrapper *content = g_mime_part_get_content (part);
  GMimeStream *stream = content != NULL ? g_mime_data_wrapper_get_stream (content) : NULL;
  gint64 length = stream != NULL ? g_mime_stream_length (stream) : 0;

  return MAX (length, 0);
}

static gsize
decoded_size (GMimePart *part)
{
  gsize size = encoded_size (part);

  if (g_mime_part_get_content_encoding (part) == GMIME_CONTENT_ENCODING_BASE64)
    return size / 77 * 57 + size % 77 * 3 / 4;
  return size;
}

static char *
dup_valid (const char *text)
{
  return text != NULL ? mun_text_make_valid (text, -1) : g_strdup ("");
}

/* The range of the encoded content, when it lies in the stream that was parsed. */
static gboolean
find_range (MunPartWalk *self, GMimePart *part, MunPiece *piece)
{
  GMimeDataWrapper *content = g_mime_part_get_content (part);
  GMimeStream *stream = content != NULL ? g_mime_data_wrapper_get_stream (content) : NULL;

  if (stream == NULL || stream->super_stream != self->stream || stream->bound_start < 0)
    return FALSE;
  piece->offset = stream->bound_start;
  piece->length
      = (stream->bound_end < 0 ? (gint64)self->size : stream->bound_end) - stream->bound_start;
  return TRUE;
}

static void
add_piece (MunPartWalk *self, GMimePart *part)
{
  MunPiece piece;
  gsize after = 0;

  if (!find_range (self, part, &piece))
    return;
  if (self->pieces->len > 0) {
    MunPiece *last = &g_array_index (self->pieces, MunPiece, self->pieces->len - 1);

    after = last->offset + last->length;
  }
  if (piece.offset < after || piece.offset > self->size || piece.length > self->size - piece.offset
      || piece.length < MUN_PIECE_MINIMUM)
    return;
  g_array_append_val (self->pieces, piece);
}

static void
append_text (GString *to, const char *text, gsize limit)
{
  gsize room = limit > to->len ? limit - to->len : 0;
  gsize length = strlen (text);

  if (to->len > 0 && room > 0) {
    g_string_append_c (to, '\n');
    room--;
  }
  if (length > room) {
    length = room;
    while (length > 0 && (text[length] & 0xc0) == 0x80)
      length--;
  }
  g_string_append_len (to, text, length);
}

static void
add_attachment (MunPartWalk *self, GMimeObject *part, const Place *place, const char *name,
                gsize size)
{
  MunPartAttachment *attachment = g_new0 (MunPartAttachment, 1);
  GMimeContentType *type = g_mime_object_get_content_type (part);
  const char *disposition = g_mime_object_get_disposition (part);
  const char *content_id = g_mime_object_get_content_id (part);
  gboolean wants_attachment
      = disposition != NULL && g_ascii_strcasecmp (disposition, "attachment") == 0;
  g_autofree char *type_name
      = type != NULL ? g_mime_content_type_get_mime_type (type) : g_strdup ("text/plain");
  g_autofree char *valid_type = dup_valid (type_name);

  attachment->part = part;
  attachment->name = dup_valid (name);
  attachment->type = g_ascii_strdown (valid_type, -1);
  attachment->content_id = content_id != NULL ? dup_valid (content_id) : NULL;
  attachment->public.name = attachment->name;
  attachment->public.type = attachment->type;
  attachment->public.content_id = attachment->content_id;
  attachment->public.size = size;
  attachment->public.is_inline = !wants_attachment && content_id != NULL && place->in_related;
  if (!attachment->public.is_inline)
    self->has_attachments = TRUE;
  append_text (self->names, attachment->name, MUN_LIMIT_ADDRESSES);
  g_ptr_array_add (self->attachments, attachment);
}

/* The text in the decoded @bytes of @part, valid UTF-8. */
static char *
bytes_text (GBytes *bytes, GMimePart *part, gboolean is_html)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *sniffed = NULL;
  const char *charset = g_mime_object_get_content_type_parameter (GMIME_OBJECT (part), "charset");

  if (length == 0)
    return g_strdup ("");
  if (charset == NULL && is_html)
    charset = sniffed = mun_html_sniff_charset (data, length);
  return mun_text_decode (data, length, charset);
}

static char *
part_text (GMimePart *part, gboolean is_html)
{
  g_autoptr (GBytes) bytes = mun_part_decode (GMIME_OBJECT (part));

  return bytes_text (bytes, part, is_html);
}

static void
add_html (MunPartWalk *self, const char *html, const Place *place)
{
  g_autofree char *text = mun_html_to_text (html, MUN_LIMIT_BODY_TEXT);

  if (place->inner > 0) {
    append_text (self->texts, text, MUN_LIMIT_OTHER_TEXT);
    return;
  }
  g_string_append (self->html, html);
  append_text (self->html_text, text, MUN_LIMIT_BODY_TEXT);
}

static void
add_plain (MunPartWalk *self, const char *text, const Place *place)
{
  if (place->inner > 0) {
    append_text (self->texts, text, MUN_LIMIT_OTHER_TEXT);
    return;
  }
  append_text (self->plain, text, G_MAXSIZE);
  /* A footer behind an HTML body must not vanish from the preview. */
  if (self->html->len > 0 && !place->in_alternative && *text != '\0') {
    g_autofree char *escaped = g_markup_escape_text (text, -1);

    g_string_append_printf (self->html, "<hr><pre>%s</pre>", escaped);
  }
}

/* Text that is attached under a type which does not say so. */
static void
add_plain_file (MunPartWalk *self, GMimePart *part, const char *name)
{
  MunPartAttachment *attachment = g_ptr_array_index (self->attachments, self->attachments->len - 1);
  MunPlainFile kind = mun_plain_file_guess (attachment->type, name);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL, *stripped = NULL;
  gsize length;
  const char *data;

  if (kind == MUN_PLAIN_FILE_NO)
    return;
  bytes = mun_part_decode (GMIME_OBJECT (part));
  data = g_bytes_get_data (bytes, &length);
  if (length == 0 || !mun_plain_file_check (data, length))
    return;
  text = bytes_text (bytes, part, kind == MUN_PLAIN_FILE_HTML);
  if (kind == MUN_PLAIN_FILE_HTML)
    stripped = mun_html_to_text (text, MUN_LIMIT_OTHER_TEXT);
  append_text (self->texts, stripped != NULL ? stripped : text, MUN_LIMIT_OTHER_TEXT);
}

static MunCoding
find_coding (GMimePart *part)
{
  GMimeDataWrapper *content = g_mime_part_get_content (part);

  switch (g_mime_data_wrapper_get_encoding (content)) {
  case GMIME_CONTENT_ENCODING_BASE64:
    return MUN_CODING_BASE64;
  case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
    return MUN_CODING_QUOTED_PRINTABLE;
  case GMIME_CONTENT_ENCODING_UUENCODE:
    return MUN_CODING_UUENCODE;
  default:
    return MUN_CODING_NONE;
  }
}

static void
add_leaf (MunPartWalk *self, GMimePart *part, const Place *place, gboolean is_body)
{
  MunLeaf leaf = { .attachment = -1, .is_body = is_body && place->inner == 0 };
  MunPiece range;

  if (!find_range (self, part, &range) || range.offset > self->size
      || range.length > self->size - range.offset)
    return;
  if (!is_body) {
    leaf.attachment = self->attachments->len - 1;
    leaf.is_inline
        = ((MunPartAttachment *)self->attachments->pdata[leaf.attachment])->public.is_inline;
  }
  leaf.offset = range.offset;
  leaf.length = range.length;
  leaf.coding = find_coding (part);
  g_array_append_val (self->leaves, leaf);
}

static void
walk_leaf (MunPartWalk *self, GMimePart *part, const Place *place)
{
  GMimeContentType *type = g_mime_object_get_content_type (GMIME_OBJECT (part));
  const char *name = g_mime_part_get_filename (part);
  const char *disposition = g_mime_object_get_disposition (GMIME_OBJECT (part));
  gboolean is_html = type != NULL && g_mime_content_type_is_type (type, "text", "html");
  gboolean is_text = type == NULL || g_mime_content_type_is_type (type, "text", "*");
  gboolean is_body = is_html || type == NULL || g_mime_content_type_is_type (type, "text", "plain")
                     || (is_text && place->is_root);
  g_autofree char *text = NULL;

  add_piece (self, part);
  if (!place->is_root
      && (name != NULL
          || (disposition != NULL && g_ascii_strcasecmp (disposition, "attachment") == 0)))
    is_body = FALSE;
  if (!is_body)
    add_attachment (self, GMIME_OBJECT (part), place, name, decoded_size (part));
  if (self->leaves != NULL) {
    add_leaf (self, part, place, is_body);
    return;
  }
  if (!is_text) {
    add_plain_file (self, part, name);
    return;
  }
  text = part_text (part, is_html);
  if (is_body && is_html)
    add_html (self, text, place);
  else if (is_body)
    add_plain (self, text, place);
  else if (is_html) {
    g_autofree char *stripped = mun_html_to_text (text, MUN_LIMIT_OTHER_TEXT);

    append_text (self->texts, stripped, MUN_LIMIT_OTHER_TEXT);
  } else
    append_text (self->texts, text, MUN_LIMIT_OTHER_TEXT);
}

static void
walk_part (MunPartWalk *self, GMimeObject *part, Place place);

static void
walk_inner_message (MunPartWalk *self, GMimeMessagePart *part, Place place)
{
  GMimeMessage *inner = g_mime_message_part_get_message (part);
  const char *subject = inner != NULL ? g_mime_message_get_subject (inner) : NULL;
  const char *sender
      = inner != NULL ? g_mime_object_get_header (GMIME_OBJECT (inner), "From") : NULL;
  g_autofree char *valid_subject = dup_valid (subject);
  g_autofree char *valid_sender = dup_valid (sender);
  g_autofree char *name = NULL;

  if (place.inner == 0) {
    name = g_strconcat (*valid_subject != '\0' ? valid_subject : "message", ".eml", NULL);
    add_attachment (self, GMIME_OBJECT (part), &place, name, 0);
  }
  append_text (self->texts, valid_subject, MUN_LIMIT_OTHER_TEXT);
  append_text (self->texts, valid_sender, MUN_LIMIT_OTHER_TEXT);
  if (inner == NULL) {
    mun_part_walk_note (self, "a message inside this message cannot be read");
    return;
  }
  place.inner++;
  place.depth++;
  place.is_root = TRUE;
  place.in_alternative = FALSE;
  walk_part (self, g_mime_message_get_mime_part (inner), place);
}

static void
walk_multipart (MunPartWalk *self, GMimeMultipart *multipart, Place place)
{
  GMimeContentType *type = g_mime_object_get_content_type (GMIME_OBJECT (multipart));
  int count = g_mime_multipart_get_count (multipart);

  if (count == 0)
    mun_part_walk_note (self, "a multipart body has no parts");
  place.depth++;
  place.is_root = FALSE;
  if (type != NULL && g_mime_content_type_is_type (type, "multipart", "alternative"))
    place.in_alternative = TRUE;
  if (type != NULL && g_mime_content_type_is_type (type, "multipart", "related"))
    place.in_related = TRUE;
  for (int i = 0; i < count && self->n_parts <= MUN_LIMIT_PARTS; i++)
    walk_part (self, g_mime_multipart_get_part (multipart, i), place);
}

static void
walk_part (MunPartWalk *self, GMimeObject *part, Place place)
{
  if (part == NULL)
    return;
  if (place.depth > MUN_LIMIT_NESTING) {
    mun_part_walk_note (self, "parts are nested too deep; the inner ones were not read");
    return;
  }
  if (++self->n_parts > MUN_LIMIT_PARTS) {
    mun_part_walk_note (self, "there are too many parts; the last ones were not read");
    return;
  }
  if (GMIME_IS_MULTIPART (part))
    walk_multipart (self, GMIME_MULTIPART (part), place);
  else if (GMIME_IS_MESSAGE_PART (part))
    walk_inner_message (self, GMIME_MESSAGE_PART (part), place);
  else if (GMIME_IS_PART (part))
    walk_leaf (self, GMIME_PART (part), &place);
}

void
mun_part_walk (MunPartWalk *self, GMimeObject *root)
{
  Place place = { .is_root = TRUE };

  if (root == NULL)
    mun_part_walk_note (self, "the message has no readable body");
  walk_part (self, root, place);
}
