/* test-mbox-reader.c: cutting streams in mbox format */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "mbox-reader.h"

#include <string.h>

/* A stream that gives one byte at a time: every line ends at a buffer's edge once. */
typedef struct {
  GInputStream parent_instance;
  const char *data;
  gsize length;
  gsize position;
} DripStream;
typedef GInputStreamClass DripStreamClass;

GType
drip_stream_get_type (void);
G_DEFINE_TYPE (DripStream, drip_stream, G_TYPE_INPUT_STREAM)

static gssize
drip_stream_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable,
                  GError **error)
{
  DripStream *self = (DripStream *)stream;

  if (self->position == self->length || count == 0)
    return 0;
  *(char *)buffer = self->data[self->position++];
  return 1;
}

static void
drip_stream_class_init (DripStreamClass *klass)
{
  klass->read_fn = drip_stream_read;
}

static void
drip_stream_init (DripStream *self)
{
}

#define SEPARATOR "From alice@example.org Sat Jan  3 01:05:34 1998\n"

/* All messages of @data with the given options, once at a gulp and once by the byte. */
static GPtrArray *
cut_full (const char *data, gsize length, gboolean unquote, gsize limit, gboolean drip)
{
  g_autoptr (GPtrArray) result
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_mbox_message_free);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (MunMboxReader) reader = NULL;
  goffset start;
  gboolean dated;

  g_assert_true (mun_mbox_check_head (data, length, &start, &dated));
  if (drip) {
    DripStream *self = g_object_new (drip_stream_get_type (), NULL);

    self->data = data + start;
    self->length = length - (gsize)start;
    stream = G_INPUT_STREAM (self);
  } else {
    stream = g_memory_input_stream_new_from_data (data + start, (gssize)length - start, NULL);
  }
  reader = mun_mbox_reader_new (stream, start, dated, unquote, limit);
  for (;;) {
    g_autoptr (GError) error = NULL;
    MunMboxMessage *message;

    g_assert_true (mun_mbox_reader_next (reader, &message, NULL, &error));
    g_assert_no_error (error);
    if (message == NULL)
      return g_steal_pointer (&result);
    g_ptr_array_add (result, message);
  }
}

/* Expects exactly these messages, NULL-terminated. */
static void
expect (const char *data, gboolean unquote, ...)
{
  for (int drip = 0; drip < 2; drip++) {
    g_autoptr (GPtrArray) messages
        = cut_full (data, strlen (data), unquote, 1024 * 1024, drip == 1);
    goffset end = -1;
    const char *expected;
    guint n = 0;
    va_list args;

    va_start (args, unquote);
    while ((expected = va_arg (args, const char *)) != NULL) {
      MunMboxMessage *message;

      g_assert_cmpuint (n, <, messages->len);
      message = messages->pdata[n++];
      g_assert_cmpmem (g_bytes_get_data (message->raw, NULL), g_bytes_get_size (message->raw),
                       expected, strlen (expected));
      g_assert_true (end < 0 || message->start == end);
      end = message->end;
    }
    va_end (args);
    g_assert_cmpuint (n, ==, messages->len);
    g_assert_true (end < 0 || end == (goffset)strlen (data));
  }
}

static void
test_plain (void)
{
  expect ("", FALSE, NULL);
  expect ("\n\r\n", FALSE, NULL);
  expect (SEPARATOR "Subject: a\n\nbody\n\n" SEPARATOR "Subject: b\n\nbody\n", FALSE,
          "Subject: a\n\nbody\n", "Subject: b\n\nbody\n", NULL);
  /* the empty line at the end of the file belongs to the file; only one does */
  expect (SEPARATOR "a: b\n\nx\n\n\n\n", FALSE, "a: b\n\nx\n\n\n", NULL);
  /* no newline at the end */
  expect (SEPARATOR "a: b\n\nx", FALSE, "a: b\n\nx", NULL);
  /* byte order mark and empty lines before the first separator */
  expect ("\xef\xbb\xbf\n\n" SEPARATOR "a: b\n", FALSE, "a: b\n", NULL);
  /* a message without body, an empty message, a separator alone */
  expect (SEPARATOR "a: b\n\n" SEPARATOR "\n" SEPARATOR, FALSE, "a: b\n", "", "", NULL);
}

static void
test_line_ends (void)
{
#define CRLF_SEPARATOR "From alice@example.org Sat Jan  3 01:05:34 1998\r\n"
  expect (CRLF_SEPARATOR "a: b\r\n\r\nx\r\n\r\n" CRLF_SEPARATOR "c: d\r\n\r\ny\r\n", FALSE,
          "a: b\r\n\r\nx\r\n", "c: d\r\n\r\ny\r\n", NULL);
  /* mixed in one message, lone carriage returns, NUL-free odd bytes */
  expect (SEPARATOR "a: b\r\n\nx\ry\r\r\n\n" CRLF_SEPARATOR "c\xff\x80\n", FALSE,
          "a: b\r\n\nx\ry\r\r\n", "c\xff\x80\n", NULL);
}

static void
test_from_in_body (void)
{
  /* not behind an empty line; behind one, but without date; quoted in both variants */
  expect (SEPARATOR "a: b\n\nx\nFrom bob Sat Jan  3 01:05:34 1998\n\nFrom here on it rains\n\n"
                    ">From the start\n>>From there\n",
          FALSE,
          "a: b\n\nx\nFrom bob Sat Jan  3 01:05:34 1998\n\nFrom here on it rains\n\n"
          ">From the start\n>>From there\n",
          NULL);
  /* the variant of which the administrator knows */
  expect (SEPARATOR "a: b\n\n>From the start\n>>From there\n>Fromage\n> From x\n", TRUE,
          "a: b\n\nFrom the start\n>From there\n>Fromage\n> From x\n", NULL);
  expect (SEPARATOR "a: >From \n\n>>>", TRUE, "a: >From \n\n>>>", NULL);
}

static void
test_undated (void)
{
  expect ("From nobody\na: b\n\nFrom bob to you\n\nFrom bob\nc: d\n\nFrom \ne: f\n", FALSE,
          "a: b\n\nFrom bob to you\n", "c: d\n", "e: f\n", NULL);
}

/* What is longer than the reader looks is judged by its beginning, however much of it is there. */
static void
test_long_separator (void)
{
  g_autofree char *words = g_strnfill (3000, 'x');
  g_autofree char *separator
      = g_strconcat ("From bob Sat Jan  3 01:05:34 1998 ", words, "\n", NULL);
  g_autofree char *marks = g_strnfill (3000, '>');
  g_autofree char *first = g_strconcat (separator, "a: b\n", NULL);
  g_autofree char *second = g_strconcat (SEPARATOR "a: b\n\n", separator, "c: d\n", NULL);
  g_autofree char *quoted = g_strconcat ("a: b\n", marks, "From x\n", NULL);
  g_autofree char *third = g_strconcat (SEPARATOR, quoted, NULL);

  expect (first, FALSE, "a: b\n", NULL);
  expect (second, FALSE, "a: b\n", "c: d\n", NULL);
  expect (third, TRUE, quoted, NULL);
}

static void
test_not_mbox (void)
{
  goffset start;
  gboolean dated;
  static const char *const others[]
      = { "Subject: x\n\nbody", "%PDF-1.5\n", "From: alice@example.org\n",
          "from x\n",           "Fro",        "From my point of view\n\nFrom bob\nc: d\n" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (mun_mbox_check_head (others[i], strlen (others[i]), &start, &dated));
}

static void
test_too_large (void)
{
  g_autoptr (GString) data = g_string_new (SEPARATOR "a: b\n\n");
  g_autoptr (GPtrArray) messages = NULL;
  MunMboxMessage *message;

  for (int i = 0; i < 2000; i++)
    g_string_append (data, "0123456789");
  g_string_append (data, "\n\n" SEPARATOR "c: d\n");
  messages = cut_full (data->str, data->len, FALSE, 10000, FALSE);
  g_assert_cmpuint (messages->len, ==, 2);
  message = messages->pdata[0];
  g_assert_null (message->raw);
  g_assert_cmpint (message->end - message->start, ==, (int)(strlen (SEPARATOR) + 20008));
  message = messages->pdata[1];
  g_assert_nonnull (message->raw);
}

/* One line of a megabyte, "From " at each place where the reader's buffer may be cut. */
static void
test_long_lines (void)
{
  for (gsize length = 256 * 1024 - 60; length < 256 * 1024 + 60; length++) {
    g_autofree char *line = g_strnfill (length, 'x');
    g_autofree char *body
        = g_strconcat ("a: b\n\n", line, "From x Sat Jan  3 01:05:34 1998\n", NULL);
    g_autofree char *data = g_strconcat (SEPARATOR, body, "\n" SEPARATOR "c: d\n", NULL);
    g_autoptr (GPtrArray) messages = cut_full (data, strlen (data), FALSE, 1 << 24, FALSE);
    MunMboxMessage *message = messages->pdata[0];

    g_assert_cmpuint (messages->len, ==, 2);
    g_assert_cmpmem (g_bytes_get_data (message->raw, NULL), g_bytes_get_size (message->raw), body,
                     strlen (body));
  }
}

static const char awkward[]
    = "\xef\xbb\xbf\r\n" SEPARATOR "a: b\0c\r\n\r\nFrom here\n\n" SEPARATOR "\n\n\0\n" SEPARATOR
      "From alice@example.org Sat Jan  3 01:05:34 1998\n\n>From x\n\n"
      "From \377\376 Sat Jan  3 01:05:34 1998\n\nFrom\n\nFrom \n\n\r\n\r\nlast";

/* However the file ends, the messages lie side by side and leave nothing out. */
static void
test_truncated (void)
{
  for (gsize length = 5 + strlen (SEPARATOR); length <= sizeof awkward - 1; length++) {
    g_autofree char *copy = g_memdup2 (awkward, length);

    for (int drip = 0; drip < 2; drip++) {
      g_autoptr (GPtrArray) messages = cut_full (copy, length, drip == 0, 1024, drip == 1);
      goffset end = 5;

      g_assert_cmpuint (messages->len, >, 0);
      for (guint i = 0; i < messages->len; i++) {
        MunMboxMessage *message = messages->pdata[i];

        g_assert_cmpint (message->start, ==, end);
        g_assert_cmpint (message->end, >, message->start);
        g_assert_nonnull (message->raw);
        end = message->end;
      }
      g_assert_cmpint (end, ==, (goffset)length);
    }
  }
}

/* A file of separators alone, and one that is a single endless line. */
static void
test_masses (void)
{
  g_autoptr (GString) data = g_string_new (NULL);
  g_autoptr (GPtrArray) many = NULL, endless = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append (data, SEPARATOR "\n");
  many = cut_full (data->str, data->len, FALSE, 100, FALSE);
  g_assert_cmpuint (many->len, ==, 20000);
  g_string_assign (data, SEPARATOR);
  for (guint i = 0; i < 1000000; i++)
    g_string_append (data, ">>From ");
  endless = cut_full (data->str, data->len, TRUE, 1 << 24, FALSE);
  g_assert_cmpuint (endless->len, ==, 1);
  g_assert_cmpuint (g_bytes_get_size (((MunMboxMessage *)endless->pdata[0])->raw), ==, 7000000 - 1);
}

static void
check_date (const char *line, const char *iso)
{
  g_autoptr (GDateTime) date = NULL;

  if (iso == NULL) {
    g_assert_cmpint (mun_mbox_parse_date (line, strlen (line)), ==, 0);
    return;
  }
  date = g_date_time_new_from_iso8601 (iso, NULL);
  g_assert_cmpint (mun_mbox_parse_date (line, strlen (line)), ==, g_date_time_to_unix (date));
}

static void
test_dates (void)
{
  check_date ("alice@example.org Sat Jan  3 01:05:34 1998", "1998-01-03T01:05:34Z");
  check_date ("- Wed Dec 31 23:59:60 2008\r\n", "2008-12-31T23:59:59Z");
  check_date ("bob Sat Jan  3 01:05 1998", "1998-01-03T01:05:00Z");
  check_date ("bob Sat Jan  3 01:05:34 +0200 1998", "1998-01-02T23:05:34Z");
  check_date ("bob Sat Jan  3 01:05:34 1998 -0130", "1998-01-03T02:35:34Z");
  check_date ("bob Sat Jan  3 01:05:34 MET DST 1998 remote from uucp", "1998-01-03T01:05:34Z");
  check_date ("1520@xxx Fri Mar 02 10:00:00 +0000 2018", "2018-03-02T10:00:00Z");
  check_date ("bob Sat Jan 32 01:05:34 1998", NULL);
  check_date ("bob", NULL);
  check_date ("", NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mbox-reader/plain", test_plain);
  g_test_add_func ("/mbox-reader/line-ends", test_line_ends);
  g_test_add_func ("/mbox-reader/from-in-body", test_from_in_body);
  g_test_add_func ("/mbox-reader/undated", test_undated);
  g_test_add_func ("/mbox-reader/long-separator", test_long_separator);
  g_test_add_func ("/mbox-reader/not-mbox", test_not_mbox);
  g_test_add_func ("/mbox-reader/too-large", test_too_large);
  g_test_add_func ("/mbox-reader/long-lines", test_long_lines);
  g_test_add_func ("/mbox-reader/truncated", test_truncated);
  g_test_add_func ("/mbox-reader/masses", test_masses);
  g_test_add_func ("/mbox-reader/dates", test_dates);
  return g_test_run ();
}
