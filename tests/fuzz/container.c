/* container.c: a container file that somebody else wrote, or tore */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The input is a list of steps that write the file behind a sound header: an operation, then what
 * it needs. Checksums are made to fit where a step says so: no fuzzer finds a CRC-32 by trying.
 */
#include "fuzz.h"

#include "container-file.h"
#include "contents.h"
#include "errors.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include <zlib.h>

#define MAX_STEPS 64

typedef enum { RAW, RECORD, FORGED, FLIP, TEAR, N_OPERATIONS } Operation;

static const guint8 guid[16] = "abcdefghijklmnop";

typedef struct {
  char *dir;
  MunSecret *key;
  MunCodec *codec;
} Bench;

static Bench bench;

static void
remove_bench (void)
{
  g_autofree char *path = g_strdup_printf ("%s/%06u.mun", bench.dir, 1);

  g_remove (path);
  g_rmdir (bench.dir);
  g_clear_pointer (&bench.dir, g_free);
}

/* Torn tails are what this is about: not one line of the log for each. */
static GLogWriterOutput
write_log_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if ((level & G_LOG_LEVEL_MASK) >= G_LOG_LEVEL_MESSAGE)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, user_data);
}

static void
open_bench (void)
{
  if (bench.dir != NULL)
    return;
  g_log_set_writer_func (write_log_cb, NULL, NULL);
  bench.dir = g_dir_make_tmp ("muniment-fuzz-XXXXXX", NULL);
  g_assert_nonnull (bench.dir);
  bench.key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  bench.codec = mun_codec_new (mun_sealer_new (bench.key, NULL));
  atexit (remove_bench);
}

static void
put32 (guint8 *to, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (to, &value, sizeof value);
}

static void
add_record (GByteArray *file, FuzzInput *input)
{
  MunRecordKind kind = fuzz_take (input) % 4;
  gsize length;
  const guint8 *data = fuzz_take_run (input, fuzz_take (input), &length);
  guint8 digest[MUN_DIGEST_SIZE];
  g_autoptr (GBytes) record = NULL;

  mun_digest (data, length, digest);
  record = mun_record_build (bench.codec, kind, data, length, digest, NULL);
  g_byte_array_append (file, g_bytes_get_data (record, NULL), g_bytes_get_size (record));
}

/* A header with a sound checksum that says anything, and less or more than it promises behind it. */
static void
add_forged (GByteArray *file, FuzzInput *input)
{
  guint8 header[MUN_RECORD_HEADER_SIZE] = "MUNR\1";
  gsize length;
  const guint8 *data;

  for (guint i = 5; i < 12; i++)
    header[i] = fuzz_take (input);
  put32 (header + 12, fuzz_take32 (input));
  put32 (header + 16, fuzz_take32 (input));
  data = fuzz_take_run (input, fuzz_take (input), &length);
  put32 (header + 76, crc32_z (0, data, length));
  put32 (header + 80, crc32_z (0, header, 80));
  g_byte_array_append (file, header, sizeof header);
  g_byte_array_append (file, data, length);
}

static GByteArray *
build_file (FuzzInput *input)
{
  GByteArray *file = g_byte_array_new ();

  for (guint i = 0; i < MAX_STEPS && input->left > 0; i++) {
    Operation operation = fuzz_take (input) % N_OPERATIONS;
    const guint8 *data;
    gsize length;

    if (operation == RAW) {
      data = fuzz_take_run (input, fuzz_take (input), &length);
      g_byte_array_append (file, data, length);
    } else if (operation == RECORD) {
      add_record (file, input);
    } else if (operation == FORGED) {
      add_forged (file, input);
    } else if (file->len > 0) {
      gsize at = fuzz_take32 (input) % file->len;

      if (operation == FLIP)
        file->data[at] ^= MAX (1, fuzz_take (input));
      else
        g_byte_array_set_size (file, at);
    }
  }
  return file;
}

/* What a scan reported, one stretch after the other. */
typedef struct {
  guint64 at, end;
  guint records, gaps;
  MunRecordKind last; /* of the last record */
} Seen;

static gboolean
visit_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *data,
          gpointer user_data)
{
  Seen *seen = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = mun_record_open (bench.codec, data, place->length, TRUE, &error);

  g_assert_cmpuint (place->container, ==, 1);
  g_assert_cmpuint (place->offset, ==, seen->at);
  g_assert_cmpuint (place->length, >, MUN_RECORD_HEADER_SIZE);
  g_assert_cmpuint (place->length, <=, seen->end - seen->at);
  if (plain != NULL)
    g_assert_cmpuint (g_bytes_get_size (plain), ==, header->plain_length);
  else
    g_assert_true (g_error_matches (error, MUN_ERROR, MUN_ERROR_DAMAGED));
  seen->at += place->length;
  seen->records++;
  seen->last = header->kind;
  return TRUE;
}

static void
gap_cb (guint32 container, guint64 offset, guint64 length, int problem, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_cmpint (problem, ==, 0);
  g_assert_cmpuint (offset, ==, seen->at);
  g_assert_cmpuint (length, >, 0);
  g_assert_cmpuint (length, <=, seen->end - seen->at);
  seen->at += length;
  seen->gaps++;
}

/* Records and gaps cover the file, each byte once. */
static void
scan (int fd, Seen *seen)
{
  g_autoptr (GError) error = NULL;

  seen->at = MUN_CONTAINER_HEADER_SIZE;
  seen->end = mun_container_file_size (fd);
  g_assert_true (
      mun_container_file_scan (fd, 1, seen->at, seen->end, visit_cb, gap_cb, seen, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (seen->at, ==, seen->end);
}

/* Recovery leaves whole batches, and the file can be written to and read again. */
static void
recover (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunContents) contents = mun_contents_open (bench.dir, guid, bench.codec, TRUE, &error);
  MunContentsMark start = { 1, MUN_CONTAINER_HEADER_SIZE }, end;
  Seen seen = { 0 };
  int fd;

  g_assert_no_error (error);
  g_assert_true (mun_contents_recover (contents, &start, NULL, NULL, &error));
  g_assert_no_error (error);
  mun_contents_get_mark (contents, &end);
  fd = mun_container_file_open (path, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (mun_container_file_check (fd, path, 1, guid, &error));
  scan (fd, &seen);
  close (fd);
  g_assert_cmpuint (end.container, ==, 1);
  g_assert_cmpuint (seen.end, ==, end.length);
  g_assert_cmpuint (seen.gaps, ==, 0);
  if (seen.records > 0)
    g_assert_cmpuint (seen.last, ==, MUN_RECORD_JOURNAL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  g_autoptr (GByteArray) file = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };
  int fd;

  open_bench ();
  path = g_strdup_printf ("%s/%06u.mun", bench.dir, 1);
  file = build_file (&input);
  g_remove (path);
  fd = mun_container_file_create (bench.dir, path, 1, guid, &error);
  g_assert_no_error (error);
  if (file->len > 0)
    g_assert_cmpint (mun_container_file_write (fd, file->data, file->len,
                                               MUN_CONTAINER_HEADER_SIZE),
                     ==, 0);
  scan (fd, &seen);
  close (fd);
  recover (path);
  return 0;
}
