/* test-reader.c: large messages: how they are cut, and how they are read as a stream */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"

#include "contents.h"
#include "errors.h"
#include "json.h"
#include "message-reader.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define MIB (1024 * 1024)

/* Bytes that do not get smaller, the same for the same seed. */
static guint8 *
noise (gsize length, guint32 seed)
{
  guint8 *bytes = g_malloc (length + 4);
  GRand *random = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < length; i += 4) {
    guint32 number = g_rand_int (random);

    memcpy (bytes + i, &number, 4);
  }
  g_rand_free (random);
  return bytes;
}

/* A message with an attachment of @length bytes in base64, its lines broken as mail breaks them;
 * @cut: so many characters are missing at the end of the base64. */
static GBytes *
with_noise (const char *subject, gsize length, guint32 seed, gsize cut)
{
  g_autofree guint8 *bytes = noise (length, seed);
  g_autofree char *text = g_base64_encode (bytes, length);
  gsize characters = strlen (text) - cut;
  GString *message = g_string_new (NULL);

  g_string_printf (
      message,
      "From: a@example.com\r\nSubject: %s\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext of %s\r\n--b\r\n"
      "Content-Type: application/octet-stream; name=x.bin\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n",
      subject, subject);
  for (gsize at = 0; at < characters; at += 76) {
    g_string_append_len (message, text + at, MIN (76, characters - at));
    g_string_append (message, "\r\n");
  }
  g_string_append (message, "--b--\r\n");
  return g_string_free_to_bytes (message);
}

static char *
deliver (ArchiveFixture *fixture, GBytes *raw)
{
  return archive_fixture_deliver (fixture->archive, raw, "anna/EML x/Inbox");
}

static MunMessageReader *
open_message (ArchiveFixture *fixture, const char *id)
{
  g_autoptr (GError) error = NULL;
  MunMessageReader *reader = mun_archive_open_message (fixture->archive, id, &error);

  g_assert_no_error (error);
  return reader;
}

/* From where the reader stands, so many bytes: they are those of @raw, and no chunk is too long. */
static void
assert_stretch (MunMessageReader *reader, GBytes *raw, gsize offset, gsize length, gsize most)
{
  const guint8 *expected = g_bytes_get_data (raw, NULL);

  while (length > 0) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) chunk = mun_message_reader_read (reader, MIN (most, length), &error);
    gsize got;
    const guint8 *data;

    g_assert_no_error (error);
    data = g_bytes_get_data (chunk, &got);
    g_assert_cmpuint (got, >, 0);
    g_assert_cmpuint (got, <=, MIN (most, length));
    g_assert_true (memcmp (data, expected + offset, got) == 0);
    offset += got;
    length -= got;
  }
}

static void
assert_end (MunMessageReader *reader)
{
  g_autoptr (GBytes) chunk = mun_message_reader_read (reader, 1, NULL);

  g_assert_nonnull (chunk);
  g_assert_cmpuint (g_bytes_get_size (chunk), ==, 0);
}

/* As a stream, as one block, and verified. */
static void
assert_comes_back (ArchiveFixture *fixture, const char *id, GBytes *raw)
{
  g_autoptr (MunMessageReader) reader = open_message (fixture, id);
  g_autoptr (GBytes) whole = mun_archive_read_message (fixture->archive, id, NULL);
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, raw);

  g_assert_true (g_bytes_equal (whole, raw));
  g_assert_cmpuint (mun_message_reader_get_size (reader), ==, g_bytes_get_size (raw));
  g_assert_cmpstr (mun_message_reader_get_digest (reader), ==, digest);
  assert_stretch (reader, raw, 0, g_bytes_get_size (raw), G_MAXSIZE);
  assert_end (reader);
  assert_end (reader);
}

/* No piece is larger than 1 MiB, and they are as many as the size asks for. */
static void
assert_pieces (ArchiveFixture *fixture, gint64 least, gint64 most)
{
  gint64 count = archive_fixture_get_int (fixture, "SELECT count(*) FROM pieces");

  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT max(size) FROM pieces"), <=, MIB);
  g_assert_cmpint (count, >=, least);
  g_assert_cmpint (count, <=, most);
}

/* An attachment whose text in the message is exactly so long as a piece, or one byte off. */
static void
test_sizes (ArchiveFixture *fixture, gconstpointer data)
{
  static const gssize steps[] = { -78, -77, -2, -1, 0, 1, 2, 77, 78 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    gsize size = 2 * MIB + steps[i];
    g_autofree guint8 *bytes = noise (size, i);
    g_autoptr (GString) text = g_string_new (
        "From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
        "\r\n--b\r\nContent-Type: application/octet-stream; name=x\r\n\r\n");
    g_autoptr (GBytes) raw = NULL;
    g_autofree char *id = NULL;

    /* what a boundary could begin with would end the part */
    for (gsize at = 0; at < size; at++)
      if (bytes[at] == '-')
        bytes[at] = '_';
    g_string_append_len (text, (char *)bytes, size);
    g_string_append (text, "\r\n--b--\r\n");
    raw = g_bytes_new (text->str, text->len);
    id = deliver (fixture, raw);
    assert_comes_back (fixture, id, raw);
  }
  assert_pieces (fixture, 3 * G_N_ELEMENTS (steps), 5 * G_N_ELEMENTS (steps));
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* Mail without a structure, round the size of a piece; the empty message, too. */
static void
test_plain_sizes (ArchiveFixture *fixture, gconstpointer data)
{
  static const gsize sizes[]
      = { 0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1, 3 * MIB };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree guint8 *bytes = noise (sizes[i], 100 + i);
    g_autoptr (GBytes) raw = g_bytes_new (bytes, sizes[i]);
    g_autofree char *id = deliver (fixture, raw);

    assert_comes_back (fixture, id, raw);
  }
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT max(size) FROM pieces"), <=, MIB);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* Base64 that ends in the middle of a group cannot be decoded and encoded again: it is kept as it
 * is, and what can be decoded is small all the same. */
static void
test_truncated (ArchiveFixture *fixture, gconstpointer data)
{
  for (guint cut = 0; cut < 6; cut++) {
    g_autoptr (GBytes) raw = with_noise ("truncated", 2500000, cut, cut);
    g_autofree char *id = deliver (fixture, raw);

    assert_comes_back (fixture, id, raw);
  }
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT max(size) FROM pieces"), <=, MIB);
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT sum(length) FROM pieces"), <,
                   6 * (2500000 + MIB));
}

/* The same attachment in two messages is there once. */
static void
test_shared (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) first = with_noise ("one", 3 * MIB, 7, 0);
  g_autoptr (GBytes) second = with_noise ("another, with a longer header", 3 * MIB, 7, 0);
  g_autofree char *one = deliver (fixture, first), *other = NULL;
  gint64 pieces = archive_fixture_get_int (fixture, "SELECT count(*) FROM pieces");
  gint64 stored = archive_fixture_get_int (fixture, "SELECT sum(length) FROM pieces");

  other = deliver (fixture, second);
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT count(*) FROM pieces"), ==,
                   pieces + 1);
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT sum(length) FROM pieces"), <,
                   stored + 4096);
  assert_comes_back (fixture, other, second);
  g_assert_true (mun_archive_delete_message (fixture->archive, one, NULL));
  assert_comes_back (fixture, other, second);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* It leaves the index by the text that it came in with, read from where it waits. */
static void
test_moved_and_deleted (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = with_noise ("wandering", 3 * MIB, 8, 0);
  g_autofree char *id = deliver (fixture, raw), *found = NULL, *gone = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mun_archive_move_message (fixture->archive, id, "anna/EML x/Done", &error));
  g_assert_no_error (error);
  assert_comes_back (fixture, id, raw);
  found = archive_fixture_find_text (fixture->archive, "wandering");
  g_assert_cmpstr (found, ==, "wandering");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
  g_assert_true (mun_archive_delete_message (fixture->archive, id, &error));
  g_assert_no_error (error);
  gone = archive_fixture_find_text (fixture->archive, "wandering");
  g_assert_cmpstr (gone, ==, "");
  g_assert_cmpint (archive_fixture_get_int (fixture,
                                            "SELECT count(*) FROM meta WHERE key = 'stale_rows'"),
                   ==, 0);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* More than 1 MiB of small parts round a large one: the large one is shared still. */
static void
test_shared_among_small_parts (ArchiveFixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = noise (MIB, 11);
  g_autofree char *shared = g_base64_encode (bytes, MIB);
  gint64 stored[2];

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GBytes) raw = NULL;
    g_autofree char *id = NULL;

    g_string_printf (text,
                     "From: a@example.com\r\nSubject: %u\r\nMIME-Version: 1.0\r\n"
                     "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
                     i);
    for (guint part = 0; part < 600; part++)
      g_string_append_printf (text, "--b\r\nContent-Type: text/plain\r\n\r\n%u%02000u\r\n", i,
                              part);
    g_string_append (text, "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64"
                           "\r\n\r\n");
    for (const char *p = shared; *p != '\0'; p += MIN (76, strlen (p)))
      g_string_append_printf (text, "%.76s\r\n", p);
    g_string_append (text, "--b--\r\n");
    raw = g_bytes_new (text->str, text->len);
    id = deliver (fixture, raw);
    assert_comes_back (fixture, id, raw);
    stored[i] = archive_fixture_get_int (fixture, "SELECT sum(length) FROM pieces");
  }
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT max(size) FROM pieces"), <=, MIB);
  g_assert_cmpint (stored[1] - stored[0], <, MIB / 8);
}

/* Any stretch of it, wherever it begins, in chunks of any size. */
static void
test_ranges (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = with_noise ("ranges", 3 * MIB, 3, 0);
  gsize size = g_bytes_get_size (raw);
  g_autofree char *id = deliver (fixture, raw);
  g_autoptr (MunMessageReader) reader = open_message (fixture, id);

  for (guint i = 0; i < 300; i++) {
    gsize offset = g_test_rand_int_range (0, size + 1);
    gsize length = g_test_rand_int_range (0, MIN (size - offset, 100000) + 1);
    gsize most = 1 << g_test_rand_int_range (8, 21);

    mun_message_reader_seek (reader, offset);
    assert_stretch (reader, raw, offset, length, most);
  }
  mun_message_reader_seek (reader, size);
  assert_end (reader);
  mun_message_reader_seek (reader, 0);
  assert_stretch (reader, raw, 0, size, G_MAXSIZE);
  assert_end (reader);
}

/* Flips a bit in the middle of the sealed data of the last piece but one. */
static void
flip_in_the_middle (ArchiveFixture *fixture)
{
  gint64 at = archive_fixture_get_int (
      fixture, "SELECT offset + length / 2 FROM pieces ORDER BY id DESC LIMIT 1 OFFSET 2");
  g_autofree char *path
      = g_build_filename (fixture->dir, "stores", "1", "contents", "000001.mun", NULL);
  FILE *file = g_fopen (path, "r+b");
  int byte;

  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, at, SEEK_SET), ==, 0);
  byte = fgetc (file);
  g_assert_cmpint (fseek (file, at, SEEK_SET), ==, 0);
  g_assert_cmpint (fputc (byte ^ 1, file), ==, byte ^ 1);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* Found while it streams; what is in front of it has been given out, the end is not. */
static void
test_flipped (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = with_noise ("flipped", 5 * MIB, 5, 0);
  g_autofree char *id = deliver (fixture, raw);
  g_autoptr (MunMessageReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  gsize got = 0;

  flip_in_the_middle (fixture);
  reader = open_message (fixture, id);
  for (;;) {
    g_autoptr (GBytes) chunk = mun_message_reader_read (reader, MIB, &error);

    if (chunk == NULL)
      break;
    g_assert_cmpuint (g_bytes_get_size (chunk), >, 0);
    got += g_bytes_get_size (chunk);
  }
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, id));
  g_assert_nonnull (strstr (error->message, "000001.mun"));
  g_assert_cmpuint (got, >, MIB);
  g_assert_cmpuint (got, <, g_bytes_get_size (raw) - MIB);
  /* it does not go on behind the gap */
  g_assert_null (mun_message_reader_read (reader, MIB, NULL));
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), >, 0);
}

static void
change_catalogue (ArchiveFixture *fixture, const char *sql)
{
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  sqlite3 *database;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);
}

/* Every piece is sound, but it is not this message: the last chunk is kept back. A stretch is
 * compared with the digests of its pieces. */
static void
test_wrong_pieces (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = with_noise ("swapped", 3 * MIB, 9, 0);
  g_autofree char *id = deliver (fixture, raw);
  g_autoptr (MunMessageReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk = NULL;
  gsize got = 0;

  /* two pieces of one length (an attachment's first and second) change places */
  change_catalogue (fixture,
                    "CREATE TEMP TABLE t AS SELECT * FROM pieces WHERE id IN (1, 2);"
                    "UPDATE pieces SET offset = (SELECT offset FROM t WHERE t.id = 3 - pieces.id),"
                    " length = (SELECT length FROM t WHERE t.id = 3 - pieces.id)"
                    " WHERE id IN (1, 2)");
  reader = open_message (fixture, id);
  while ((chunk = mun_message_reader_read (reader, 70000, &error)) != NULL) {
    got += g_bytes_get_size (chunk);
    g_clear_pointer (&chunk, g_bytes_unref);
  }
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
  g_assert_cmpuint (got, <, g_bytes_get_size (raw));
  g_clear_error (&error);
  g_clear_pointer (&reader, mun_message_reader_free);
  reader = open_message (fixture, id);
  mun_message_reader_seek (reader, 5000);
  g_assert_null (mun_message_reader_read (reader, 100, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), >, 0);
}

/* The catalogue says another place when the first one is being read. */
static ArchiveFixture *moved;

static int
move_hook (const char *step)
{
  if (strcmp (step, "read") == 0 && moved != NULL)
    change_catalogue (g_steal_pointer (&moved), "UPDATE pieces SET offset = offset - 1");
  return 0;
}

static void
test_moved_while_read (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = with_noise ("moved", MIB, 15, 0);
  g_autofree char *id = deliver (fixture, raw);
  g_autoptr (MunMessageReader) reader = open_message (fixture, id);

  change_catalogue (fixture, "UPDATE pieces SET offset = offset + 1");
  moved = fixture;
  mun_contents_fault_hook = move_hook;
  assert_stretch (reader, raw, 0, g_bytes_get_size (raw), G_MAXSIZE);
  mun_contents_fault_hook = NULL;
  g_assert_null (moved);
  assert_end (reader);
}

static void
test_deleted_while_read (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) raw = with_noise ("deleted", 3 * MIB, 13, 0);
  g_autofree char *id = deliver (fixture, raw);
  g_autoptr (MunMessageReader) reader = open_message (fixture, id);
  g_autoptr (GError) error = NULL;

  assert_stretch (reader, raw, 0, 1000, 1000);
  g_assert_true (mun_archive_delete_message (fixture->archive, id, NULL));
  for (;;) {
    g_autoptr (GBytes) chunk = mun_message_reader_read (reader, MIB, &error);

    if (chunk == NULL)
      break;
    g_assert_cmpuint (g_bytes_get_size (chunk), >, 0);
  }
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
  g_clear_error (&error);
  g_assert_null (mun_archive_open_message (fixture->archive, id, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
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
  add ("/archive/reader/sizes", test_sizes);
  add ("/archive/reader/plain-sizes", test_plain_sizes);
  add ("/archive/reader/truncated", test_truncated);
  add ("/archive/reader/shared", test_shared);
  add ("/archive/reader/moved-and-deleted", test_moved_and_deleted);
  add ("/archive/reader/shared-among-small-parts", test_shared_among_small_parts);
  add ("/archive/reader/ranges", test_ranges);
  add ("/archive/reader/flipped", test_flipped);
  add ("/archive/reader/wrong-pieces", test_wrong_pieces);
  add ("/archive/reader/moved-while-read", test_moved_while_read);
  add ("/archive/reader/deleted-while-read", test_deleted_while_read);
  return g_test_run ();
}
