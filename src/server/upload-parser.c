/* upload-parser.c: cuts a stream of messages into its records */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "upload-parser.h"

#include "errors.h"

#define DIGITS_MAX 12

struct _MunUploadParser {
  gsize limit;
  guint digits; /* of the length read so far; the message follows when it is complete */
  guint64 length;
  GByteArray *message; /* NULL while a length is read */
  gsize taken;         /* bytes in front of it that were taken away */
  GError *failure;
};

MunUploadParser *
mun_upload_parser_new (gsize message_limit)
{
  MunUploadParser *self = g_new0 (MunUploadParser, 1);

  self->limit = message_limit;
  return self;
}

void
mun_upload_parser_free (MunUploadParser *self)
{
  g_clear_pointer (&self->message, g_byte_array_unref);
  g_clear_error (&self->failure);
  g_free (self);
}

static void
fail (MunUploadParser *self, MunError code, const char *text)
{
  self->failure = g_error_new (MUN_ERROR, code, "Upload: %s", text);
}

static void
read_length (MunUploadParser *self, char byte)
{
  if (byte == '\n' && self->digits > 0) {
    self->digits = 0;
    /* the array grows with what arrives: a length alone must not take memory */
    self->message = g_byte_array_new ();
  } else if (g_ascii_isdigit (byte) && self->digits < DIGITS_MAX) {
    self->length = self->length * 10 + (byte - '0');
    self->digits++;
    if (self->length > self->limit)
      fail (self, MUN_ERROR_TOO_LARGE, "a message is longer than this server takes");
  } else {
    fail (self, MUN_ERROR_PROTOCOL, "a record does not begin with its length");
  }
}

static void
complete (MunUploadParser *self, GPtrArray *messages)
{
  if (self->message == NULL || self->taken + self->message->len < self->length)
    return;
  g_ptr_array_add (messages, g_byte_array_free_to_bytes (g_steal_pointer (&self->message)));
  self->length = self->taken = 0;
}

GBytes *
mun_upload_parser_take_start (MunUploadParser *self, gsize least)
{
  GBytes *start;

  if (self->message == NULL || self->message->len < least)
    return NULL;
  start = g_byte_array_free_to_bytes (self->message);
  self->taken += g_bytes_get_size (start);
  self->message = g_byte_array_new ();
  return start;
}

gboolean
mun_upload_parser_feed (MunUploadParser *self, const char *data, gsize length, GPtrArray *messages,
                        GError **error)
{
  while (length > 0 && self->failure == NULL) {
    gsize taken = 1;

    if (self->message == NULL) {
      read_length (self, *data);
    } else {
      taken = MIN (length, self->length - self->taken - self->message->len);
      g_byte_array_append (self->message, (const guint8 *)data, taken);
    }
    complete (self, messages);
    data += taken;
    length -= taken;
  }
  if (self->failure != NULL && error != NULL)
    *error = g_error_copy (self->failure);
  return self->failure == NULL;
}

gboolean
mun_upload_parser_end (MunUploadParser *self, GError **error)
{
  if (self->failure == NULL && (self->digits > 0 || self->message != NULL))
    fail (self, MUN_ERROR_PROTOCOL, "the stream ends inside a record");
  if (self->failure != NULL && error != NULL)
    *error = g_error_copy (self->failure);
  return self->failure == NULL;
}
