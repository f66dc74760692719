/* test-parts.c: the attachments of archived messages, found and decoded without the message in memory */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"

#include "errors.h"
#include "header-fields.h"
#include "part-reader.h"

#include <string.h>

static GBytes *
noise (gsize length, guint32 seed)
{
  g_autofree guint8 *bytes = g_malloc (length);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < length; i++)
    bytes[i] = g_rand_int (random);
  return g_bytes_new_take (g_steal_pointer (&bytes), length);
}

/* In lines of @line characters; 0: of ever changing lengths, as nothing wraps them. */
static void
append_base64 (GString *to, GBytes *bytes, gsize line, const char *ending)
{
  g_autofree char *text
      = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  gsize length = strlen (text);

  for (gsize at = 0, n = 0; at < length; n++) {
    gsize step = MIN (line > 0 ? line : 37 + n % 50, length - at);

    g_string_append_len (to, text + at, step);
    g_string_append (to, ending);
    at += step;
  }
}

static void
append_escaped (GString *to, GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize i = 0; i < length; i++) {
    g_string_append_printf (to, "=%02X", data[i]);
    if (i % 23 == 22)
      g_string_append (to, "=\r\n");
  }
  g_string_append (to, "\r\n");
}

static void
append_uuencoded (GString *to, GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  g_string_append (to, "begin 644 old.bin\r\n");
  for (gsize at = 0; at < length; at += 45) {
    guint8 line[45] = { 0 };
    gsize n = MIN (45, length - at);

    memcpy (line, data + at, n);
    g_string_append_c (to, ' ' + n);
    for (gsize i = 0; i < n; i += 3) {
      guint32 group = line[i] << 16 | line[i + 1] << 8 | line[i + 2];

      for (int shift = 18; shift >= 0; shift -= 6)
        g_string_append_c (to, (group >> shift & 63) != 0 ? ' ' + (group >> shift & 63) : '`');
    }
    g_string_append (to, "\r\n");
  }
  g_string_append (to, "`\r\nend\r\n");
}

#define PART(type, coding)                                                                         \
  "--b\r\nContent-Type: " type "\r\nContent-Transfer-Encoding: " coding "\r\n"                     \
  "Content-Disposition: attachment\r\n\r\n"

/* Every coding there is, larger than the pieces; a picture of the HTML; a message in the message. */
static GBytes *
with_everything (gsize length)
{
  g_autoptr (GBytes) bytes = noise (length, 5);
  g_autoptr (GBytes) small = noise (3000, 6);
  GString *text = g_string_new ("\n\nFrom: a@example.org\r\nSubject: all\r\nMIME-Version: 1.0\r\n"
                                "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
                                "Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\n"
                                "Content-Type: text/html\r\n\r\n<p>see<img src=\"cid:one\">\r\n"
                                "--r\r\nContent-Type: image/png\r\nContent-ID: <one>\r\n"
                                "Content-Transfer-Encoding: base64\r\n\r\n");

  append_base64 (text, small, 76, "\r\n");
  g_string_append (text, "--r--\r\n" PART ("application/pdf; name=\"r\xc3\xa9sum\xc3\xa9.pdf\"",
                                           "base64"));
  append_base64 (text, bytes, 76, "\r\n");
  g_string_append (text, PART ("application/x-long", "base64"));
  append_base64 (text, bytes, 0, "\n");
  g_string_append (text, PART ("application/x-one-line", "base64"));
  append_base64 (text, bytes, G_MAXSIZE, "\n");
  g_string_append (text, PART ("text/plain", "quoted-printable"));
  append_escaped (text, bytes);
  g_string_append (text, PART ("application/x-old", "x-uuencode"));
  append_uuencoded (text, bytes);
  g_string_append (text, PART ("text/csv", "7bit"));
  for (gsize i = 0; i < length / 20; i++)
    g_string_append_printf (text, "%zu,one line of it\r\n", i);
  g_string_append (text, PART ("application/x-empty", "base64"));
  g_string_append (text, "\r\n" PART ("message/rfc822", "7bit"));
  g_string_append (text, "From: inner@example.org\r\nSubject: inner\r\nContent-Type: "
                         "multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\ninner text\r\n--i\r\n"
                         "Content-Type: application/x-inner\r\n"
                         "Content-Transfer-Encoding: base64\r\n\r\n");
  append_base64 (text, bytes, 60, "\r\n");
  g_string_append (text, "--i--\r\n\r\n--b--\r\nbehind it\r\n");
  return g_string_free_to_bytes (text);
}

/* --- the message in memory says what must come out --- */

static GBytes *
read_to_end (MunPartReader *reader, gsize most)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();

  for (;;) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) chunk = mun_part_reader_read (reader, most, &error);
    gsize size;
    const guint8 *data;

    g_assert_no_error (error);
    data = g_bytes_get_data (chunk, &size);
    g_assert_cmpuint (size, <=, most);
    if (size == 0)
      return g_byte_array_free_to_bytes (g_steal_pointer (&all));
    g_byte_array_append (all, data, size);
  }
}

static void
assert_rest (MunPartReader *reader, GBytes *expected, gsize offset)
{
  gsize size = g_bytes_get_size (expected), start = MIN (offset, size);
  g_autoptr (GBytes) rest = g_bytes_new_from_bytes (expected, start, size - start);
  g_autoptr (GBytes) got = NULL;

  mun_part_reader_seek (reader, offset);
  got = read_to_end (reader, 100000);
  g_assert_cmpuint (g_bytes_get_size (got), ==, g_bytes_get_size (rest));
  g_assert_true (g_bytes_equal (got, rest));
}

static MunMessageReader *
open_message (ArchiveFixture *fixture, const char *id)
{
  g_autoptr (GError) error = NULL;
  MunMessageReader *reader = mun_archive_open_message (fixture->archive, id, &error);

  g_assert_no_error (error);
  return reader;
}

/* Read once from the start, which teaches the map; then from everywhere, before and after. */
static void
assert_part (ArchiveFixture *fixture, const char *id, const MunLeaf *leaf, GBytes *expected)
{
  gsize size = g_bytes_get_size (expected);
  g_autoptr (MunPartMap) map = mun_part_map_new ();
  g_autoptr (MunPartReader) first = mun_part_reader_new (open_message (fixture, id), leaf, map);
  g_autoptr (MunPartReader) second = mun_part_reader_new (open_message (fixture, id), leaf, map);
  g_autoptr (GBytes) whole = NULL;
  guint64 length;

  assert_rest (first, expected, size / 2);
  mun_part_reader_seek (first, 0);
  whole = read_to_end (first, G_MAXSIZE);
  g_assert_true (g_bytes_equal (whole, expected));
  g_assert_true (mun_part_map_get_length (map, &length));
  g_assert_cmpuint (length, ==, size);
  for (guint i = 0; i <= 16; i++)
    assert_rest (second, expected, size * i / 16 + i % 3);
  assert_rest (second, expected, size > 0 ? size - 1 : 0);
  assert_rest (second, expected, size + 100);
}

static gboolean
collect (gpointer data, gconstpointer bytes, gsize length, GError **error)
{
  g_byte_array_append (data, bytes, length);
  return TRUE;
}

static void
assert_inner (ArchiveFixture *fixture, const char *id, guint index, GBytes *expected)
{
  g_autoptr (MunMessageReader) reader = open_message (fixture, id);
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (mun_message_reader_write_inner (reader, index, collect, got, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (got->data, got->len, g_bytes_get_data (expected, NULL),
                   g_bytes_get_size (expected));
}

static void
assert_attachment (ArchiveFixture *fixture, const char *id, MunOutline *outline,
                   MunMessage *message, guint index)
{
  const MunAttachment *got = mun_outline_get_attachment (outline, index);
  const MunAttachment *expected = mun_message_get_attachment (message, index);
  g_autoptr (GBytes) bytes = mun_message_dup_attachment (message, index);
  const MunLeaf *leaf = mun_outline_get_content (outline, index);

  g_test_message ("%u %s %s", index, expected->type, expected->name);
  g_assert_cmpstr (got->name, ==, expected->name);
  g_assert_cmpstr (got->type, ==, expected->type);
  g_assert_cmpstr (got->content_id, ==, expected->content_id);
  g_assert_cmpint (got->is_inline, ==, expected->is_inline);
  g_assert_cmpuint (got->size, ==, expected->size);
  if (leaf != NULL)
    assert_part (fixture, id, leaf, bytes);
  else
    assert_inner (fixture, id, index, bytes);
}

static void
assert_same_parts (ArchiveFixture *fixture, GBytes *raw, guint n_attachments)
{
  g_autofree char *id = archive_fixture_deliver (fixture->archive, raw, "anna/EML x/Inbox");
  g_autoptr (MunMessageReader) reader = open_message (fixture, id);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunOutline) outline = mun_message_reader_outline (reader, NULL, &error);
  g_autoptr (MunMessage) message = mun_message_parse (raw);

  g_assert_no_error (error);
  g_assert_cmpuint (mun_outline_get_n_attachments (outline), ==, n_attachments);
  g_assert_cmpuint (mun_message_get_n_attachments (message), ==, n_attachments);
  for (guint i = 0; i < n_attachments; i++)
    assert_attachment (fixture, id, outline, message, i);
}

static void
test_codings (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) large = with_everything (2500000);
  g_autoptr (GBytes) small = with_everything (50);
  g_autoptr (GBytes) original = noise (2500000, 5);
  g_autoptr (MunMessage) message = mun_message_parse (large);
  const guint coded[] = { 1, 2, 3, 5 };

  assert_same_parts (fixture, large, 10);
  assert_same_parts (fixture, small, 10);
  for (guint i = 0; i < G_N_ELEMENTS (coded); i++) {
    g_autoptr (GBytes) decoded = mun_message_dup_attachment (message, coded[i]);

    g_assert_true (g_bytes_equal (decoded, original));
  }
}

/* What is one part only, no message at all, and nothing. */
static void
test_single (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = noise (100000, 9);
  GString *text = g_string_new ("From: a@example.org\nContent-Type: application/pdf\n"
                                "Content-Transfer-Encoding: base64\n\n");
  g_autoptr (GBytes) alone = NULL;
  g_autoptr (GBytes) text_only = g_bytes_new_static ("Subject: x\n\nhello", 17);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

  append_base64 (text, bytes, 72, "\n");
  alone = g_string_free_to_bytes (text);
  assert_same_parts (fixture, alone, 1);
  assert_same_parts (fixture, text_only, 0);
  assert_same_parts (fixture, bytes, 0);
  assert_same_parts (fixture, nothing, 0);
}

/* --- what GMime must not read --- */

typedef struct {
  GBytes *bytes;
  gsize step;
  guint reads;
} Slow;

static GBytes *
read_slowly (gpointer data, guint64 offset, GError **error)
{
  Slow *self = data;
  gsize size = g_bytes_get_size (self->bytes);

  self->reads++;
  return g_bytes_new_from_bytes (self->bytes, offset, MIN (self->step, size - offset));
}

static const char *
scan_in_steps (GBytes *bytes, gsize step)
{
  MunTrapScan scan = { 0 };
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size), *trap = NULL;

  for (gsize at = 0; at < size && trap == NULL; at += step)
    trap = mun_trap_scan_feed (&scan, data + at, MIN (step, size - at));
  mun_trap_scan_clear (&scan);
  return trap;
}

static void
assert_trap (GString *text)
{
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);
  const char *whole
      = mun_header_find_trap (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  const gsize steps[] = { 997, 64 * 1024, 1024 * 1024 };

  g_assert_nonnull (whole);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    Slow slow = { bytes, steps[i], 0 };
    MunOutlineSource source = { g_bytes_get_size (bytes), read_slowly, &slow };
    g_autoptr (MunOutline) outline = mun_outline_read (&source, NULL);

    g_assert_cmpstr (scan_in_steps (bytes, steps[i]), ==, whole);
    g_assert_cmpuint (mun_outline_get_n_attachments (outline), ==, 0);
  }
}

#define HEAD                                                                                       \
  "From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n"                             \
  "--b\nContent-Type: application/pdf\n\nxxx\n--b\nContent-Type: message/rfc822\n\n"

static void
test_traps (void)
{
  GString *nested = g_string_new (HEAD "To: "), *words = g_string_new (HEAD "Subject: ");
  GString *late = g_string_new (HEAD "To: "), *many = g_string_new (HEAD "To: ");
  GString *spread = g_string_new (HEAD);

  for (guint i = 0; i < 20000; i++)
    g_string_append (nested, "a:\n ");
  for (guint i = 0; i < 20000; i++)
    g_string_append (words, "=?x");
  for (guint i = 0; i < 20000; i++)
    g_string_append (many, "a, ");
  for (guint i = 0; i < 20000; i++)
    g_string_append (spread, i % 5000 == 0 ? "Cc: b\nTo: a, " : "a,\n ");
  for (guint i = 0; i < 5000; i++)
    g_string_append (late, "a, ");
  for (guint i = 0; i < 20000; i++)
    g_string_append (late, "a:");
  g_string_append (nested, ";\n\nx\n--b--\n");
  g_string_append (words, "\n\nx\n--b--\n");
  g_string_append (late, "\n\nx\n--b--\n");
  assert_trap (nested);
  assert_trap (words);
  g_string_append (many, "\n\nx\n--b--\n");
  assert_trap (late);
  assert_trap (many);
  g_assert_null (mun_header_find_trap (spread->str, spread->len));
  g_string_free (spread, TRUE);
}

/* A line of many megabytes is no trap, and is not kept. */
static void
test_long_line (void)
{
  GString *text = g_string_new (HEAD);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *line = g_strnfill (10 * 1024 * 1024, 'x');

  g_string_append (text, "\n");
  g_string_append (text, line);
  g_string_append (text, "\n--b--\n");
  bytes = g_string_free_to_bytes (text);
  g_assert_null (scan_in_steps (bytes, 100000));
}

/* What cannot be read is no end. */
static GBytes *
fail_behind (gpointer data, guint64 offset, GError **error)
{
  Slow *self = data;

  if (self->reads < 4)
    return read_slowly (data, offset, error);
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_DAMAGED, "damaged");
  return NULL;
}

static void
test_damaged (void)
{
  g_autoptr (GBytes) bytes = with_everything (1000);
  Slow slow = { bytes, 100, 0 };
  MunOutlineSource source = { g_bytes_get_size (bytes), fail_behind, &slow };
  g_autoptr (GError) error = NULL;

  g_assert_null (mun_outline_read (&source, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
}

/* Once through for the header, once for all of it. */
static void
test_reads_once (void)
{
  g_autoptr (GBytes) bytes = with_everything (500000);
  Slow slow = { bytes, 64 * 1024, 0 };
  MunOutlineSource source = { g_bytes_get_size (bytes), read_slowly, &slow };
  g_autoptr (MunOutline) outline = mun_outline_read (&source, NULL);

  g_assert_cmpuint (mun_outline_get_n_attachments (outline), ==, 10);
  g_assert_cmpuint (slow.reads, <=, g_bytes_get_size (bytes) / slow.step + 4);
}

static void
add (const char *name, void (*func) (ArchiveFixture *, gconstpointer))
{
  g_test_add (name, ArchiveFixture, NULL, archive_fixture_set_up, func, archive_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/archive/parts/codings", test_codings);
  add ("/archive/parts/single", test_single);
  g_test_add_func ("/archive/parts/traps", test_traps);
  g_test_add_func ("/archive/parts/long-line", test_long_line);
  g_test_add_func ("/archive/parts/damaged", test_damaged);
  g_test_add_func ("/archive/parts/reads-once", test_reads_once);
  return g_test_run ();
}
