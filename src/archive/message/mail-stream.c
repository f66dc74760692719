/* mail-stream.c: a message that is elsewhere, as a GMime stream; and where GMime writes one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "mail-stream.h"

#include "header-fields.h"

#include <string.h>

/* What the streams over one message share. */
typedef struct {
  MunOutlineSource source;
  guint64 start;
  GBytes *chunk; /* (nullable): the last one that was read, and where it is in the message */
  guint64 at;
  MunTrapScan traps;
  guint64 scanned; /* bytes of the message in which traps were looked for */
  const char *trap;
  GError *error;
} Shared;

typedef struct {
  GMimeStream parent_instance;
  Shared *shared;
} MunMailStream;

typedef struct {
  GMimeStreamClass parent_class;
} MunMailStreamClass;

static GType
mun_mail_stream_get_type (void);

G_DEFINE_TYPE (MunMailStream, mun_mail_stream, GMIME_TYPE_STREAM)

static void
clear_shared (gpointer data)
{
  Shared *shared = data;

  g_clear_pointer (&shared->chunk, g_bytes_unref);
  g_clear_error (&shared->error);
  mun_trap_scan_clear (&shared->traps);
}

static void
mun_mail_stream_finalize (GObject *object)
{
  g_rc_box_release_full (((MunMailStream *)object)->shared, clear_shared);
  G_OBJECT_CLASS (mun_mail_stream_parent_class)->finalize (object);
}

/* The chunk in which byte @offset of the message is. FALSE: there is none, or it must not be read. */
static gboolean
load (Shared *shared, guint64 offset)
{
  if (shared->error != NULL || shared->trap != NULL || offset >= shared->source.size)
    return FALSE;
  if (shared->chunk != NULL && offset >= shared->at
      && offset - shared->at < g_bytes_get_size (shared->chunk))
    return TRUE;
  g_clear_pointer (&shared->chunk, g_bytes_unref);
  shared->chunk = shared->source.read (shared->source.data, offset, &shared->error);
  if (shared->chunk == NULL || g_bytes_get_size (shared->chunk) == 0)
    return FALSE;
  shared->at = offset;
  /* GMime reads from the start to the end first. */
  if (offset == shared->scanned) {
    shared->scanned += g_bytes_get_size (shared->chunk);
    shared->trap = mun_trap_scan_feed (&shared->traps, g_bytes_get_data (shared->chunk, NULL),
                                       g_bytes_get_size (shared->chunk));
  }
  return shared->trap == NULL;
}

static gssize
stream_read (GMimeStream *stream, char *buffer, gsize size)
{
  Shared *shared = ((MunMailStream *)stream)->shared;
  guint64 offset = shared->start + stream->position, within;

  if (stream->bound_end != -1 && stream->position >= stream->bound_end)
    return 0;
  if (!load (shared, offset))
    return shared->error != NULL ? -1 : 0;
  if (stream->bound_end != -1)
    size = MIN (size, (guint64)(stream->bound_end - stream->position));
  within = offset - shared->at;
  size = MIN (size, g_bytes_get_size (shared->chunk) - within);
  memcpy (buffer, (const char *)g_bytes_get_data (shared->chunk, NULL) + within, size);
  stream->position += size;
  return size;
}

static gssize
stream_write (GMimeStream *stream, const char *buffer, gsize size)
{
  return -1;
}

static int
stream_nothing (GMimeStream *stream)
{
  return 0;
}

static gint64
stream_end (GMimeStream *stream)
{
  const Shared *shared = ((MunMailStream *)stream)->shared;

  return stream->bound_end != -1 ? stream->bound_end
                                 : (gint64)(shared->source.size - shared->start);
}

static gboolean
stream_eos (GMimeStream *stream)
{
  const Shared *shared = ((MunMailStream *)stream)->shared;

  return shared->error != NULL || shared->trap != NULL || stream->position >= stream_end (stream);
}

static int
stream_reset (GMimeStream *stream)
{
  stream->position = stream->bound_start;
  return 0;
}

static gint64
stream_seek (GMimeStream *stream, gint64 offset, GMimeSeekWhence whence)
{
  gint64 end = stream_end (stream);

  if (whence == GMIME_STREAM_SEEK_CUR)
    offset += stream->position;
  else if (whence == GMIME_STREAM_SEEK_END)
    offset += end;
  if (offset < stream->bound_start || offset > end)
    return -1;
  stream->position = offset;
  return offset;
}

static gint64
stream_tell (GMimeStream *stream)
{
  return stream->position;
}

static gint64
stream_length (GMimeStream *stream)
{
  return stream_end (stream) - stream->bound_start;
}

static GMimeStream *
stream_substream (GMimeStream *stream, gint64 start, gint64 end)
{
  MunMailStream *sub = g_object_new (mun_mail_stream_get_type (), NULL);

  sub->shared = g_rc_box_acquire (((MunMailStream *)stream)->shared);
  g_mime_stream_construct (&sub->parent_instance, start, end);
  return &sub->parent_instance;
}

static void
mun_mail_stream_class_init (MunMailStreamClass *klass)
{
  GMimeStreamClass *stream_class = (GMimeStreamClass *)klass;

  G_OBJECT_CLASS (klass)->finalize = mun_mail_stream_finalize;
  stream_class->read = stream_read;
  stream_class->write = stream_write;
  stream_class->flush = stream_nothing;
  stream_class->close = stream_nothing;
  stream_class->eos = stream_eos;
  stream_class->reset = stream_reset;
  stream_class->seek = stream_seek;
  stream_class->tell = stream_tell;
  stream_class->length = stream_length;
  stream_class->substream = stream_substream;
}

static void
mun_mail_stream_init (MunMailStream *self)
{
}

GMimeStream *
mun_mail_stream_new (const MunOutlineSource *source, guint64 start)
{
  MunMailStream *self = g_object_new (mun_mail_stream_get_type (), NULL);

  self->shared = g_rc_box_new0 (Shared);
  self->shared->source = *source;
  self->shared->start = self->shared->scanned = start;
  g_mime_stream_construct (&self->parent_instance, 0, -1);
  return &self->parent_instance;
}

const GError *
mun_mail_stream_get_error (GMimeStream *stream)
{
  return ((MunMailStream *)stream)->shared->error;
}

const char *
mun_mail_stream_get_trap (GMimeStream *stream)
{
  return ((MunMailStream *)stream)->shared->trap;
}

/* --- the other way --- */

typedef struct {
  GMimeStream parent_instance;
  MunOutlineWrite write;
  gpointer data;
  GError *error;
} MunMailSink;

typedef struct {
  GMimeStreamClass parent_class;
} MunMailSinkClass;

static GType
mun_mail_sink_get_type (void);

G_DEFINE_TYPE (MunMailSink, mun_mail_sink, GMIME_TYPE_STREAM)

static void
mun_mail_sink_finalize (GObject *object)
{
  g_clear_error (&((MunMailSink *)object)->error);
  G_OBJECT_CLASS (mun_mail_sink_parent_class)->finalize (object);
}

static gssize
sink_write (GMimeStream *stream, const char *buffer, gsize size)
{
  MunMailSink *self = (MunMailSink *)stream;

  if (self->error != NULL || !self->write (self->data, buffer, size, &self->error))
    return -1;
  stream->position += size;
  return size;
}

static void
mun_mail_sink_class_init (MunMailSinkClass *klass)
{
  GMimeStreamClass *stream_class = (GMimeStreamClass *)klass;

  G_OBJECT_CLASS (klass)->finalize = mun_mail_sink_finalize;
  stream_class->write = sink_write;
  stream_class->flush = stream_nothing;
  stream_class->close = stream_nothing;
  stream_class->tell = stream_tell;
}

static void
mun_mail_sink_init (MunMailSink *self)
{
}

GMimeStream *
mun_mail_sink_new (MunOutlineWrite write, gpointer data)
{
  MunMailSink *self = g_object_new (mun_mail_sink_get_type (), NULL);

  self->write = write;
  self->data = data;
  g_mime_stream_construct (&self->parent_instance, 0, -1);
  return &self->parent_instance;
}

const GError *
mun_mail_sink_get_error (GMimeStream *stream)
{
  return ((MunMailSink *)stream)->error;
}
