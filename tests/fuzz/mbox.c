/* mbox.c: any file as an mbox file, read at once and in drops */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "mbox-reader.h"

/* How a file is read. */
typedef struct {
  goffset start;
  gboolean dated, unquote;
  gsize limit; /* of one message */
} Reading;

/* A stream that gives at most so many bytes a read, as a network file system may. */
typedef struct {
  GMemoryInputStream parent;
  gsize drop;
} DropStream;

typedef GMemoryInputStreamClass DropStreamClass;

static GType
drop_stream_get_type (void);
G_DEFINE_TYPE (DropStream, drop_stream, G_TYPE_MEMORY_INPUT_STREAM)

static gssize
drop_stream_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable,
                  GError **error)
{
  DropStream *self = (DropStream *)stream;

  return G_INPUT_STREAM_CLASS (drop_stream_parent_class)
      ->read_fn (stream, buffer, MIN (count, self->drop), cancellable, error);
}

static void
drop_stream_class_init (DropStreamClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = drop_stream_read;
}

static void
drop_stream_init (DropStream *self)
{
}

static GPtrArray *
read_messages (GBytes *file, const Reading *reading, gsize drop)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_mbox_message_free);
  g_autoptr (GInputStream) stream = g_object_new (drop_stream_get_type (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunMboxReader) reader = NULL;
  MunMboxMessage *message;

  ((DropStream *)stream)->drop = drop;
  g_memory_input_stream_add_bytes (G_MEMORY_INPUT_STREAM (stream), file);
  g_assert_true (g_seekable_seek (G_SEEKABLE (stream), reading->start, G_SEEK_SET, NULL, &error));
  reader = mun_mbox_reader_new (stream, reading->start, reading->dated, reading->unquote,
                                reading->limit);
  for (;;) {
    g_assert_true (mun_mbox_reader_next (reader, &message, NULL, &error));
    g_assert_no_error (error);
    if (message == NULL)
      return messages;
    g_ptr_array_add (messages, message);
  }
}

/* Each byte from the first separator on belongs to one message: to its separator, to what is
 * archived of it, or to the empty line behind. */
static void
check_cover (GPtrArray *messages, GBytes *file, const Reading *reading)
{
  gsize size;
  const char *data = g_bytes_get_data (file, &size);
  goffset at = reading->start;

  for (guint i = 0; i < messages->len; i++) {
    const MunMboxMessage *message = messages->pdata[i];
    const char *line = data + message->start;
    const char *newline, *body;
    gsize left;

    g_assert_cmpint (message->start, ==, at);
    g_assert_cmpint (message->end, >, at);
    g_assert_cmpint (message->end, <=, (goffset)size);
    at = message->end;
    newline = memchr (line, '\n', message->end - message->start);
    body = newline != NULL ? newline + 1 : data + message->end;
    left = data + message->end - body;
    if (message->raw == NULL) {
      g_assert_cmpuint (left, >, reading->limit);
      continue;
    }
    g_assert_cmpuint (g_bytes_get_size (message->raw), <=, left);
    if (reading->unquote)
      continue;
    g_assert_cmpuint (left - g_bytes_get_size (message->raw), <=, 2);
    g_assert_cmpmem (body, g_bytes_get_size (message->raw), g_bytes_get_data (message->raw, NULL),
                     g_bytes_get_size (message->raw));
  }
  g_assert_cmpint (at, ==, (goffset)size);
}

static void
check_same (GPtrArray *messages, GPtrArray *others)
{
  g_assert_cmpuint (messages->len, ==, others->len);
  for (guint i = 0; i < messages->len; i++) {
    const MunMboxMessage *a = messages->pdata[i], *b = others->pdata[i];

    g_assert_cmpint (a->start, ==, b->start);
    g_assert_cmpint (a->end, ==, b->end);
    g_assert_cmpint (a->received, ==, b->received);
    g_assert_true ((a->raw == NULL) == (b->raw == NULL));
    if (a->raw != NULL)
      g_assert_true (g_bytes_equal (a->raw, b->raw));
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint8 steer = fuzz_take (&input);
  gsize drop = (gsize)fuzz_take (&input) + 1;
  g_autoptr (GBytes) file = g_bytes_new (input.data, input.left);
  Reading reading = { .unquote = steer & 1, .limit = steer & 2 ? 100 : 1024 * 1024 };
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (GPtrArray) others = NULL;

  if (!mun_mbox_check_head ((const char *)input.data, input.left, &reading.start, &reading.dated))
    return 0;
  messages = read_messages (file, &reading, G_MAXSIZE);
  check_cover (messages, file, &reading);
  others = read_messages (file, &reading, drop);
  check_same (messages, others);
  return 0;
}
