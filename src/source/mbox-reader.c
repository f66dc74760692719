/* mbox-reader.c: cuts a stream in mbox format into messages */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "mbox-reader.h"

#include "message-buffer.h"

#include <stdio.h>
#include <string.h>

#define BUFFER_SIZE (256u * 1024)
/* A separator, or the marks of a quoted "From ", must be in the first bytes of a line. */
#define LINE_LOOK 1024u

struct _MunMboxReader {
  GInputStream *stream;
  gboolean dated;
  gboolean unquote;
  gsize max_message;

  char *buffer;
  gsize used;     /* bytes in the buffer */
  gsize position; /* of the next unread one */
  gboolean ended; /* the stream gave its last byte */
  goffset offset; /* in the file, of `position` */

  gboolean at_line_start;
  gboolean in_separator; /* a piece of a long one was taken */
  gboolean after_blank;
  gsize blank_length; /* of the empty line at the end of what was collected: 0, 1 or 2 */

  char *spool_dir;
  MunMessageBuffer *message; /* NULL between messages */
  gsize length;              /* of the message, also when it is too large to be kept */
  goffset start;
  gint64 received;
};

static const char *const months[]
    = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

void
mun_mbox_message_free (MunMboxMessage *message)
{
  g_clear_pointer (&message->raw, g_bytes_unref);
  g_free (message);
}

static int
find_month (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (months); i++)
    if (strcmp (word, months[i]) == 0)
      return (int)i + 1;
  return 0;
}

/* "10:33" or "10:33:07"; @clock is set only when it is one. */
static gboolean
read_time (const char *word, int clock[3])
{
  int read[3] = { 0, 0, 0 };
  int n = 0;

  if (sscanf (word, "%2d:%2d:%2d%n", &read[0], &read[1], &read[2], &n) < 3) {
    read[2] = 0;
    if (sscanf (word, "%2d:%2d%n", &read[0], &read[1], &n) < 2)
      return FALSE;
  }
  if (n != (int)strlen (word) || read[0] < 0 || read[0] > 23 || read[1] < 0 || read[1] > 59
      || read[2] < 0 || read[2] > 60)
    return FALSE;
  memcpy (clock, read, sizeof read);
  return TRUE;
}

/* "+0130" in seconds */
static gboolean
read_zone (const char *word, int *seconds)
{
  if (strlen (word) != 5 || (word[0] != '+' && word[0] != '-')
      || strspn (word + 1, "0123456789") != 4)
    return FALSE;
  *seconds
      = ((word[1] - '0') * 10 + word[2] - '0') * 3600 + ((word[3] - '0') * 10 + word[4] - '0') * 60;
  if (word[0] == '-')
    *seconds = -*seconds;
  return TRUE;
}

static gint64
to_unix (int year, int month, int day, const int clock[3], int zone)
{
  g_autoptr (GDateTime) date = NULL;

  /* A leap second has no place in a GDateTime. */
  date = g_date_time_new_utc (year, month, day, clock[0], clock[1], MIN (clock[2], 59));
  return date == NULL ? 0 : g_date_time_to_unix (date) - zone;
}

/* Does the line hold a month and a time? Then *date is its date, or 0 when it makes no sense. */
static gboolean
read_date (const char *line, gsize length, gint64 *date)
{
  g_autofree char *text = g_strndup (line, MIN (length, LINE_LOOK));
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n", -1);
  int month = 0, day = 0, year = 0, zone = 0, clock[3] = { -1, 0, 0 };

  *date = 0;
  for (char **word = words; *word != NULL; word++) {
    const char *w = *word;
    gsize n = strlen (w);

    if (month == 0 && find_month (w) > 0) {
      month = find_month (w);
    } else if (month > 0 && clock[0] < 0 && read_time (w, clock)) {
      continue;
    } else if (month > 0 && n > 0 && strspn (w, "0123456789") == n) {
      if (n <= 2 && day == 0)
        day = (int)g_ascii_strtoll (w, NULL, 10);
      else if (n == 4)
        year = (int)g_ascii_strtoll (w, NULL, 10);
    } else if (month > 0) {
      read_zone (w, &zone);
    }
  }
  if (month == 0 || clock[0] < 0)
    return FALSE;
  if (year > 0 && day > 0)
    *date = to_unix (year, month, day, clock, zone);
  return TRUE;
}

gint64
mun_mbox_parse_date (const char *line, gsize length)
{
  gint64 date;

  return read_date (line, length, &date) ? date : 0;
}

static gboolean
has_from (const char *line, gsize length)
{
  return length >= 5 && memcmp (line, "From ", 5) == 0;
}

static gboolean
is_separator (const char *line, gsize length, gboolean dated)
{
  gint64 date;
  gsize i = 5;

  if (!has_from (line, length))
    return FALSE;
  if (dated)
    return read_date (line + 5, length - 5, &date);
  while (i < length && !g_ascii_isspace (line[i]))
    i++;
  while (i < length && g_ascii_isspace (line[i]))
    i++;
  return i == length;
}

gboolean
mun_mbox_check_head (const char *head, gsize length, goffset *start, gboolean *dated)
{
  gsize i = 0, line;
  const char *end;
  gint64 date;

  if (length >= 3 && memcmp (head, "\xef\xbb\xbf", 3) == 0)
    i = 3;
  while (i < length && (head[i] == '\r' || head[i] == '\n'))
    i++;
  *start = (goffset)i;
  *dated = TRUE;
  if (i == length)
    return TRUE;
  end = memchr (head + i, '\n', length - i);
  line = end == NULL ? length - i : (gsize)(end - head) + 1 - i;
  *dated = read_date (head + i, line, &date);
  return is_separator (head + i, MIN (line, LINE_LOOK), *dated);
}

MunMboxReader *
mun_mbox_reader_new (GInputStream *stream, goffset offset, gboolean dated, gboolean unquote,
                     gsize max_message)
{
  MunMboxReader *self = g_new0 (MunMboxReader, 1);

  self->stream = g_object_ref (stream);
  self->offset = offset;
  self->dated = dated;
  self->unquote = unquote;
  self->max_message = max_message;
  self->buffer = g_malloc (BUFFER_SIZE);
  self->at_line_start = TRUE;
  self->after_blank = TRUE;
  return self;
}

void
mun_mbox_reader_set_spool_dir (MunMboxReader *self, const char *spool_dir)
{
  g_free (self->spool_dir);
  self->spool_dir = g_strdup (spool_dir);
}

void
mun_mbox_reader_free (MunMboxReader *self)
{
  g_object_unref (self->stream);
  g_clear_pointer (&self->message, mun_message_buffer_free);
  g_free (self->spool_dir);
  g_free (self->buffer);
  g_free (self);
}

/* Reads on until the buffer holds a whole line, its first LINE_LOOK bytes, or the rest. */
static gboolean
fill (MunMboxReader *self, GCancellable *cancellable, GError **error)
{
  while (!self->ended && self->used - self->position < LINE_LOOK
         && memchr (self->buffer + self->position, '\n', self->used - self->position) == NULL) {
    gssize n;

    if (self->position > 0) {
      memmove (self->buffer, self->buffer + self->position, self->used - self->position);
      self->used -= self->position;
      self->position = 0;
    }
    n = g_input_stream_read (self->stream, self->buffer + self->used, BUFFER_SIZE - self->used,
                             cancellable, error);
    if (n < 0)
      return FALSE;
    self->ended = n == 0;
    self->used += (gsize)n;
  }
  return TRUE;
}

static gboolean
keep (MunMboxReader *self, const char *data, gsize length, GError **error)
{
  self->length += length;
  if (self->length <= self->max_message)
    return mun_message_buffer_append (self->message, data, length, error);
  mun_message_buffer_clear (self->message);
  return TRUE;
}

/* The message collected so far; @blank is the length of the empty line at its end. */
static MunMboxMessage *
finish (MunMboxReader *self, GError **error)
{
  g_autoptr (MunMboxMessage) message = g_new0 (MunMboxMessage, 1);
  MunMessageBuffer *buffer = g_steal_pointer (&self->message);

  message->start = self->start;
  message->end = self->offset;
  message->received = self->received;
  if (self->length > self->max_message) {
    mun_message_buffer_free (buffer);
    return g_steal_pointer (&message);
  }
  message->raw = mun_message_buffer_end (buffer, self->blank_length, &message->is_mapped, error);
  return message->raw != NULL ? g_steal_pointer (&message) : NULL;
}

static void
begin (MunMboxReader *self, const char *line, gsize length)
{
  self->message = mun_message_buffer_new (self->spool_dir);
  self->length = 0;
  self->blank_length = 0;
  self->start = self->offset;
  self->received = mun_mbox_parse_date (line + 5, length - 5);
}

/* Moves past @length bytes, the whole line or the beginning of a long one. */
static void
pass (MunMboxReader *self, gsize length, gboolean whole)
{
  self->position += length;
  self->offset += (goffset)length;
  self->at_line_start = whole;
}

/* What to leave off at the start of a line: one quote mark of mboxrd. */
static gsize
count_quote (MunMboxReader *self, const char *line, gsize length)
{
  gsize marks = 0;

  if (!self->unquote)
    return 0;
  while (marks < length && line[marks] == '>')
    marks++;
  return marks > 0 && has_from (line + marks, length - marks) ? 1 : 0;
}

/* Takes one line, or a piece of a long one; sets *message when a separator ended one. */
static gboolean
take (MunMboxReader *self, MunMboxMessage **message, GError **error)
{
  const char *line = self->buffer + self->position;
  gsize left = self->used - self->position;
  const char *newline = memchr (line, '\n', left);
  gsize length = newline == NULL ? left : (gsize)(newline - line) + 1;
  gsize look = MIN (length, LINE_LOOK);
  gboolean whole = newline != NULL;
  gsize quote = 0;

  if (self->at_line_start) {
    if (self->after_blank && is_separator (line, look, self->dated)) {
      if (self->message != NULL) {
        *message = finish (self, error);
        return *message != NULL; /* the separator is taken by the next call */
      }
      begin (self, line, look);
      pass (self, length, whole);
      self->in_separator = !whole;
      self->after_blank = FALSE;
      return TRUE;
    }
    quote = count_quote (self, line, look);
    self->blank_length
        = (length == 1 && whole) || (length == 2 && line[0] == '\r' && whole) ? length : 0;
    self->after_blank = self->blank_length > 0;
  } else {
    self->blank_length = 0;
    self->after_blank = FALSE;
  }
  if (self->message != NULL && !self->in_separator
      && !keep (self, line + quote, length - quote, error))
    return FALSE;
  self->in_separator = self->in_separator && !whole;
  pass (self, length, whole);
  return TRUE;
}

gboolean
mun_mbox_reader_next (MunMboxReader *self, MunMboxMessage **message, GCancellable *cancellable,
                      GError **error)
{
  *message = NULL;
  while (*message == NULL) {
    if (!fill (self, cancellable, error))
      return FALSE;
    if (self->position < self->used) {
      if (!take (self, message, error))
        return FALSE;
      continue;
    }
    if (self->message == NULL)
      return TRUE;
    *message = finish (self, error);
    return *message != NULL;
  }
  return TRUE;
}
