/* reply.c: what munimentd-text answers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reply.h"

#include <string.h>

/* So much text makes a frame. What was sent is not lost when the rest of the document is fatal. */
#define FRAME_TEXT (16 * 1024)

void
mun_reply_init (MunReply *self, MunReplySink sink, gpointer data)
{
  memset (self, 0, sizeof *self);
  self->sink = sink;
  self->data = data;
  self->pending = g_string_new (NULL);
  self->has_line = TRUE;
}

void
mun_reply_clear (MunReply *self)
{
  g_string_free (self->pending, TRUE);
}

static gboolean
send_frame (MunReply *self, MunTextFrameType type, gconstpointer head, gsize head_length,
            gconstpointer data, gsize length)
{
  if (++self->frames >= MUN_TEXT_MAX_FRAMES
      || !self->sink (type, head, head_length, data, length, self->data))
    self->is_full = TRUE;
  return !self->is_full;
}

static gboolean
flush (MunReply *self)
{
  gboolean ok = TRUE;

  if (self->pending->len > 0)
    ok = send_frame (self, MUN_TEXT_FRAME_TEXT, NULL, 0, self->pending->str, self->pending->len);
  g_string_truncate (self->pending, 0);
  return ok;
}

/* How much of LENGTH there is room for. */
static gsize
take_room (MunReply *self, gsize *used, gsize limit, gsize length)
{
  gsize room = limit > *used ? limit - *used : 0;

  if (length > room) {
    length = room;
    self->is_full = TRUE;
  }
  *used += length;
  return length;
}

gboolean
mun_reply_text (MunReply *self, const char *text, gssize length)
{
  gsize wanted = length < 0 ? strlen (text) : (gsize)length;

  if (self->is_full)
    return FALSE;
  wanted = take_room (self, &self->text, MUN_TEXT_MAX_TEXT, wanted);
  while (self->is_full && wanted > 0 && (text[wanted] & 0xc0) == 0x80)
    wanted--;
  g_string_append_len (self->pending, text, wanted);
  if (wanted > 0)
    self->has_line = text[wanted - 1] == '\n';
  if (self->is_full || self->pending->len >= FRAME_TEXT)
    flush (self);
  return !self->is_full;
}

gboolean
mun_reply_line (MunReply *self)
{
  return self->has_line ? !self->is_full : mun_reply_text (self, "\n", 1);
}

gboolean
mun_reply_bytes (MunReply *self, guint32 code_page, gconstpointer data, gsize length)
{
  if (self->is_full || !flush (self))
    return FALSE;
  length = take_room (self, &self->text, MUN_TEXT_MAX_TEXT, length);
  return send_frame (self, MUN_TEXT_FRAME_BYTES, &code_page, sizeof code_page, data, length);
}

gboolean
mun_reply_html (MunReply *self, gconstpointer data, gsize length)
{
  if (self->is_full || !flush (self))
    return FALSE;
  length = take_room (self, &self->text, MUN_TEXT_MAX_TEXT, length);
  return send_frame (self, MUN_TEXT_FRAME_HTML, NULL, 0, data, length);
}

/* Half a file is of no use. */
static gboolean
has_room_for_part (MunReply *self, gsize length)
{
  if (self->is_full || !flush (self))
    return FALSE;
  if (length > MUN_TEXT_MAX_PARTS - self->parts)
    self->is_full = TRUE;
  else
    self->parts += length;
  return !self->is_full;
}

gboolean
mun_reply_part (MunReply *self, const char *name, gsize name_length, gconstpointer data,
                gsize length)
{
  guint8 head[sizeof (guint32) + 256];
  guint32 head_length = MIN (name_length, 256);

  if (!has_room_for_part (self, length))
    return FALSE;
  memcpy (head, &head_length, sizeof head_length);
  if (head_length > 0)
    memcpy (head + sizeof head_length, name, head_length);
  return send_frame (self, MUN_TEXT_FRAME_PART, head, sizeof head_length + head_length, data,
                     length);
}

gboolean
mun_reply_message (MunReply *self, gconstpointer data, gsize length)
{
  return has_room_for_part (self, length)
         && send_frame (self, MUN_TEXT_FRAME_MESSAGE, NULL, 0, data, length);
}

void
mun_reply_end (MunReply *self, MunTextOutcome outcome)
{
  guint32 value;

  flush (self);
  value = outcome == MUN_TEXT_COMPLETE && self->is_full ? MUN_TEXT_TOO_LARGE : outcome;
  self->sink (MUN_TEXT_FRAME_END, NULL, 0, &value, sizeof value, self->data);
}
