/* test-contents.c: records and containers, whole and broken */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contents.h"

#include "archive-fixture.h"
#include "errors.h"
#include "piece-list.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const guint8 guid[16] = "abcdefghijklmnop";

typedef struct {
  char *dir;
  MunSecret *key;
  MunCodec *codec;
  MunContents *contents;
} Fixture;

static void
open_contents (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  MunSealer *sealer = mun_sealer_new (self->key, &error);

  g_assert_no_error (error);
  self->codec = mun_codec_new (sealer);
  self->contents = mun_contents_open (self->dir, guid, self->codec, TRUE, &error);
  g_assert_no_error (error);
}

static void
close_contents (Fixture *self)
{
  g_clear_pointer (&self->contents, mun_contents_close);
  g_clear_pointer (&self->codec, mun_codec_free);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->dir = g_dir_make_tmp ("muniment-contents-XXXXXX", NULL);
  self->key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  open_contents (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close_contents (self);
  mun_secret_unref (self->key);
  archive_fixture_remove_dir (self->dir);
  g_free (self->dir);
}

static void
append (Fixture *self, MunRecordKind kind, const char *text, MunPlaceInContents *place)
{
  guint8 digest[MUN_DIGEST_SIZE];
  g_autoptr (GBytes) record = NULL;
  g_autoptr (GError) error = NULL;

  mun_digest (text, strlen (text), digest);
  record = mun_record_build (self->codec, kind, text, strlen (text), digest, &error);
  g_assert_no_error (error);
  g_assert_true (mun_contents_append (self->contents, record, place, &error));
  g_assert_no_error (error);
}

static void
assert_reads (Fixture *self, const MunPlaceInContents *place, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = mun_contents_read (self->contents, place, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), expected,
                   strlen (expected));
}

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  MunPlaceInContents first, second, third;
  g_autofree char *large = g_strnfill (100000, 'x');

  append (self, MUN_RECORD_PIECE, "hello", &first);
  append (self, MUN_RECORD_PIECE, large, &second);
  append (self, MUN_RECORD_PIECE, "", &third);
  g_assert_true (mun_contents_sync (self->contents, NULL));
  g_assert_cmpuint (first.offset, ==, MUN_CONTAINER_HEADER_SIZE);
  g_assert_cmpuint (second.length, <, 1000);
  assert_reads (self, &first, "hello");
  assert_reads (self, &second, large);
  assert_reads (self, &third, "");
  close_contents (self);
  /* Another session has another key of its own, and reads the old ones. */
  open_contents (self);
  assert_reads (self, &second, large);
}

static void
test_seal (Fixture *self, gconstpointer data)
{
  MunPlaceInContents place, again;
  g_autofree char *path = NULL;
  g_autofree char *file = NULL;
  gsize length;

  append (self, MUN_RECORD_PIECE, "plaintextmarker", &place);
  append (self, MUN_RECORD_PIECE, "plaintextmarker", &again);
  path = mun_contents_dup_path (self->contents, 1);
  g_assert_true (g_file_get_contents (path, &file, &length, NULL));
  g_assert_null (memmem (file, length, "plaintextmarker", 15));
  /* The same data never looks the same. */
  g_assert_cmpint (memcmp (file + place.offset + MUN_RECORD_HEADER_SIZE,
                           file + again.offset + MUN_RECORD_HEADER_SIZE, 15),
                   !=, 0);
  {
    g_autoptr (MunSecret) other_key = mun_secret_new ("fedcba9876543210fedcba9876543210", 32);
    g_autoptr (MunCodec) other = mun_codec_new (mun_sealer_new (other_key, NULL));
    g_autoptr (GError) error = NULL;

    g_assert_null (
        mun_record_open (other, (guint8 *)file + place.offset, place.length, TRUE, &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
  }
}

/* No byte of a record can change without being noticed. */
static void
test_every_byte (Fixture *self, gconstpointer data)
{
  guint8 digest[MUN_DIGEST_SIZE];
  g_autoptr (GBytes) record = NULL;
  gsize length;

  mun_digest ("some text", 9, digest);
  record = mun_record_build (self->codec, MUN_RECORD_PIECE, "some text", 9, digest, NULL);
  length = g_bytes_get_size (record);
  for (gsize i = 0; i < length; i++) {
    g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (record, NULL), length);
    g_autoptr (GError) error = NULL;

    copy[i] ^= 1;
    g_assert_null (mun_record_open (self->codec, copy, length, TRUE, &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
  }
}

typedef struct {
  guint records, gaps;
} Seen;

static gboolean
visit_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *record,
          gpointer user_data)
{
  ((Seen *)user_data)->records++;
  return TRUE;
}

static void
gap_cb (guint32 container, guint64 offset, guint64 length, int problem, gpointer user_data)
{
  ((Seen *)user_data)->gaps++;
}

static void
change_byte (const char *path, guint64 offset)
{
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  guint8 byte;

  g_assert_cmpint (pread (fd, &byte, 1, offset), ==, 1);
  byte ^= 0x10;
  g_assert_cmpint (pwrite (fd, &byte, 1, offset), ==, 1);
  g_assert_true (g_close (fd, NULL));
}

static void
test_scan (Fixture *self, gconstpointer data)
{
  MunPlaceInContents places[5];
  MunContentsMark end;
  Seen seen = { 0 };
  g_autofree char *path = NULL;

  for (guint i = 0; i < 5; i++)
    append (self, MUN_RECORD_PIECE, "some text", &places[i]);
  mun_contents_get_mark (self->contents, &end);
  g_assert_true (mun_contents_scan (self->contents, 1, MUN_CONTAINER_HEADER_SIZE, end.length,
                                    visit_cb, gap_cb, &seen, NULL));
  g_assert_cmpuint (seen.records, ==, 5);
  g_assert_cmpuint (seen.gaps, ==, 0);
  path = mun_contents_dup_path (self->contents, 1);
  change_byte (path, places[2].offset + 20);
  seen.records = 0;
  g_assert_true (mun_contents_scan (self->contents, 1, MUN_CONTAINER_HEADER_SIZE, end.length,
                                    visit_cb, gap_cb, &seen, NULL));
  g_assert_cmpuint (seen.records, ==, 4);
  g_assert_cmpuint (seen.gaps, ==, 1);
}

static int failing_reads;

static int
fail_read_cb (const char *step)
{
  return strcmp (step, "read") == 0 && failing_reads-- > 0 ? EIO : 0;
}

/* A disk that cannot read what stands behind a record costs that record nothing. */
static void
test_scan_beside_bad_disk (Fixture *self, gconstpointer data)
{
  MunPlaceInContents place;
  MunContentsMark end;
  Seen seen = { 0 };

  for (guint i = 0; i < 5; i++)
    append (self, MUN_RECORD_PIECE, "some text", &place);
  mun_contents_get_mark (self->contents, &end);
  failing_reads = 1;
  mun_contents_fault_hook = fail_read_cb;
  g_assert_true (mun_contents_scan (self->contents, 1, MUN_CONTAINER_HEADER_SIZE, end.length,
                                    visit_cb, gap_cb, &seen, NULL));
  mun_contents_fault_hook = NULL;
  g_assert_cmpint (failing_reads, <, 0);
  g_assert_cmpuint (seen.records, ==, 5);
  g_assert_cmpuint (seen.gaps, ==, 0);
}

/* What stands behind the last whole batch is cut off; a whole one is kept. */
static void
test_torn_tail (Fixture *self, gconstpointer data)
{
  MunPlaceInContents first, second, third;
  MunContentsMark known, end;
  g_autofree char *path = NULL;
  Seen adopted = { 0 };
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  append (self, MUN_RECORD_PIECE, "known", &first);
  append (self, MUN_RECORD_JOURNAL, "batch 1", &third);
  mun_contents_get_mark (self->contents, &known);
  append (self, MUN_RECORD_PIECE, "whole batch", &second);
  append (self, MUN_RECORD_JOURNAL, "batch 2", &third);
  mun_contents_get_mark (self->contents, &end);
  append (self, MUN_RECORD_PIECE, "torn batch", &third);
  path = mun_contents_dup_path (self->contents, 1);
  g_assert_cmpint (truncate (path, third.offset + 100), ==, 0);
  close_contents (self);

  open_contents (self);
  g_assert_true (mun_contents_recover (self->contents, &known, visit_cb, &adopted, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (adopted.records, ==, 2);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_size, ==, end.length);
  assert_reads (self, &second, "whole batch");
  append (self, MUN_RECORD_PIECE, "after", &third);
  g_assert_cmpuint (third.offset, ==, end.length);
  assert_reads (self, &third, "after");
}

static void
test_rollback (Fixture *self, gconstpointer data)
{
  MunPlaceInContents place, kept;
  MunContentsMark none, mark;
  g_autofree char *path = mun_contents_dup_path (self->contents, 1);

  mun_contents_get_mark (self->contents, &none);
  append (self, MUN_RECORD_PIECE, "gone", &place);
  mun_contents_rollback (self->contents, &none);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  append (self, MUN_RECORD_PIECE, "kept", &kept);
  mun_contents_get_mark (self->contents, &mark);
  append (self, MUN_RECORD_PIECE, "gone again", &place);
  mun_contents_rollback (self->contents, &mark);
  append (self, MUN_RECORD_PIECE, "new", &place);
  g_assert_cmpuint (place.offset, ==, mark.length);
  assert_reads (self, &kept, "kept");
  assert_reads (self, &place, "new");
}

static void
test_piece_list (void)
{
  g_autoptr (GArray) refs = g_array_new (FALSE, TRUE, sizeof (MunPieceRef));
  MunPieceRef list[] = { { 300, 0, 70000 }, { 5, 12, G_MAXUINT32 }, { 300, 70000, 1 } };
  MunPieceRef single = { 1000000, 0, G_MAXUINT64 };

  g_array_append_vals (refs, list, 3);
  {
    g_autoptr (GByteArray) bytes = mun_piece_list_encode (refs);
    g_autoptr (GArray) back = mun_piece_list_decode (bytes->data, bytes->len);
    g_autoptr (GArray) ids = mun_piece_list_ids (back);

    g_assert_cmpmem (back->data, back->len * sizeof (MunPieceRef), list, sizeof list);
    g_assert_cmpuint (ids->len, ==, 2);
    for (guint i = 0; i < bytes->len; i++) {
      g_autoptr (GArray) cut = mun_piece_list_decode (bytes->data, i);

      g_assert_true (cut == NULL || cut->len < 3);
    }
  }
  g_array_set_size (refs, 0);
  g_array_append_val (refs, single);
  {
    g_autoptr (GByteArray) bytes = mun_piece_list_encode (refs);
    g_autoptr (GArray) back = mun_piece_list_decode (bytes->data, bytes->len);

    g_assert_cmpuint (bytes->len, ==, 3);
    g_assert_cmpmem (back->data, sizeof single, &single, sizeof single);
  }
}

static void
test_wrap (void)
{
  g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (MunSecret) other = mun_secret_new ("fedcba9876543210fedcba9876543210", 32);
  g_autoptr (GBytes) sealed = mun_seal_wrap (key, "context", "secret", 6, NULL);
  g_autoptr (MunSecret) opened = mun_seal_unwrap (key, "context", sealed, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (mun_secret_get_string (opened), ==, "secret");
  g_assert_null (mun_seal_unwrap (key, "other context", sealed, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION);
  g_clear_error (&error);
  g_assert_null (mun_seal_unwrap (other, "context", sealed, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION);
}

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/contents/round-trip", test_round_trip);
  ADD ("/contents/seal", test_seal);
  ADD ("/contents/every-byte", test_every_byte);
  ADD ("/contents/scan", test_scan);
  ADD ("/contents/scan-beside-bad-disk", test_scan_beside_bad_disk);
  ADD ("/contents/torn-tail", test_torn_tail);
  ADD ("/contents/rollback", test_rollback);
  g_test_add_func ("/contents/piece-list", test_piece_list);
  g_test_add_func ("/contents/wrap", test_wrap);
  return g_test_run ();
}
