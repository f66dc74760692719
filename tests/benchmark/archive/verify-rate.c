/* verify-rate.c: how fast a store is verified, and how fast it could be */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-benchmark"

#include "verify-rate.h"

#include "archive-private.h"
#include "archive-stores.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

/* What is measured of a store is enough; larger ones are not held in memory. */
#define MAX_SAMPLE (64 * 1024 * 1024)
/* Of a record's header: see sealed-record.h. */
#define AUTHENTICATED 76
#define BLOCK (1024 * 1024)

static double
seconds_since (gint64 begin)
{
  return (g_get_monotonic_time () - begin) / (double)G_USEC_PER_SEC;
}

typedef struct {
  GByteArray *bytes;  /* of records */
  GArray *lengths;    /* gsize */
  gsize plain_length; /* of all */
} Sample;

static gboolean
sample_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *data,
           gpointer user_data)
{
  Sample *sample = user_data;
  gsize length = place->length;

  g_byte_array_append (sample->bytes, data, length);
  g_array_append_val (sample->lengths, length);
  sample->plain_length += header->plain_length;
  return sample->bytes->len < MAX_SAMPLE;
}

/* Seconds of one core for each step of all records. */
typedef struct {
  double check, unseal, unpack, hash;
} Steps;

typedef struct {
  const guint8 *bytes;
  MunRecordHeader header;
  guint8 *packed, *plain;
} Record;

/* Of this thread: what else runs on the machine is not counted. */
static double
cpu_time (clockid_t whose)
{
  struct timespec now;

  clock_gettime (whose, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static double
time_step (MunCodec *codec, GArray *records, gboolean (*step) (MunCodec *codec, Record *record))
{
  double begin = cpu_time (CLOCK_THREAD_CPUTIME_ID);

  for (guint i = 0; i < records->len; i++)
    if (!step (codec, &g_array_index (records, Record, i)))
      g_error ("a record is damaged");
  return cpu_time (CLOCK_THREAD_CPUTIME_ID) - begin;
}

static gboolean
check_step (MunCodec *codec, Record *record)
{
  return mun_record_parse_header (record->bytes, &record->header)
         && crc32_z (crc32_z (0, NULL, 0), record->bytes + MUN_RECORD_HEADER_SIZE,
                     record->header.stored_length)
                == record->header.checksum;
}

static gboolean
unseal_step (MunCodec *codec, Record *record)
{
  record->packed = g_malloc (record->header.stored_length);
  return mun_sealer_open (mun_codec_get_sealer (codec), record->header.nonce, record->bytes,
                          AUTHENTICATED, record->bytes + MUN_RECORD_HEADER_SIZE,
                          record->header.stored_length, record->packed, NULL);
}

static gboolean
unpack_step (MunCodec *codec, Record *record)
{
  record->plain = mun_codec_unpack (codec, &record->header.packing, record->packed,
                                    record->header.stored_length - MUN_SEAL_TAG_SIZE,
                                    record->header.plain_length, NULL);
  g_clear_pointer (&record->packed, g_free);
  return record->plain != NULL;
}

static gboolean
hash_step (MunCodec *codec, Record *record)
{
  guint8 digest[MUN_DIGEST_SIZE];

  mun_digest (record->plain, record->header.plain_length, digest);
  g_clear_pointer (&record->plain, g_free);
  return memcmp (digest, record->header.digest, sizeof digest) == 0;
}

static void
time_steps (MunCodec *codec, Sample *sample, Steps *steps)
{
  g_autoptr (GArray) records = g_array_new (FALSE, TRUE, sizeof (Record));
  const guint8 *at = sample->bytes->data;

  for (guint i = 0; i < sample->lengths->len; i++) {
    Record record = { .bytes = at };

    g_array_append_val (records, record);
    at += g_array_index (sample->lengths, gsize, i);
  }
  steps->check = time_step (codec, records, check_step);
  steps->unseal = time_step (codec, records, unseal_step);
  steps->unpack = time_step (codec, records, unpack_step);
  steps->hash = time_step (codec, records, hash_step);
}

/* Bytes a second. */
static double
measure_sha256 (void)
{
  g_autofree guint8 *block = g_malloc0 (BLOCK);
  guint8 digest[MUN_DIGEST_SIZE];
  double begin = cpu_time (CLOCK_THREAD_CPUTIME_ID);

  for (guint i = 0; i < 256; i++)
    mun_digest (block, BLOCK, digest);
  return 256.0 * BLOCK / (cpu_time (CLOCK_THREAD_CPUTIME_ID) - begin);
}

/* Bytes a second; what is in the page cache goes first. */
static double
measure_disk (MunContents *contents, GArray *numbers, double *total)
{
  g_autofree guint8 *block = g_malloc (BLOCK);
  double seconds = 0;

  for (guint i = 0; i < numbers->len; i++) {
    g_autofree char *path = mun_contents_dup_path (contents, g_array_index (numbers, guint32, i));
    int fd = open (path, O_RDONLY | O_CLOEXEC);
    gint64 begin;
    gssize got;

    if (fd < 0)
      g_error ("%s cannot be opened", path);
    posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
    begin = g_get_monotonic_time ();
    while ((got = read (fd, block, BLOCK)) > 0)
      *total += got;
    seconds += seconds_since (begin);
    close (fd);
  }
  return *total / seconds;
}

static double
verify (MunArchive *archive, gboolean include_indexes, guint64 *faults, char **report)
{
  g_autoptr (GError) error = NULL;
  gint64 begin = g_get_monotonic_time ();

  if (!mun_archive_verify_store (archive, 1, include_indexes, NULL, NULL, NULL, report, faults,
                                 &error))
    g_error ("%s", error->message);
  return seconds_since (begin);
}

guint64
print_verify (MunArchive *archive)
{
  g_autoptr (MunStoreEntry) entry = mun_archive_find_entry (archive, 1, NULL);
  MunContents *contents = mun_store_get_contents (entry->store);
  g_autoptr (GArray) numbers = mun_contents_list (contents, NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (gsize));
  Sample sample = { bytes, lengths, 0 };
  MunDatabase *reader = mun_store_acquire_reader (entry->store, NULL);
  double pieces = mun_database_get_int (reader, 0, "SELECT sum(size) FROM pieces", "");
  /* A list of several is longer than any id. */
  double messages
      = mun_database_get_int (reader, 0, "SELECT sum(size) FROM messages WHERE length (pieces) > 9",
                              "");
  double stored = 0, cpu, sha256 = measure_sha256 (), disk, seconds, with_index, slower, least;
  double plain;
  guint cores = g_get_num_processors ();
  g_autofree char *report = NULL;
  Steps steps = { 0 };
  guint64 faults = 0;

  mun_store_release_reader (entry->store, reader);
  disk = measure_disk (contents, numbers, &stored);
  mun_contents_scan (contents, 1, MUN_CONTAINER_HEADER_SIZE, mun_contents_get_size (contents, 1),
                     sample_cb, NULL, &sample, NULL);
  time_steps (mun_store_get_codec (entry->store), &sample, &steps);
  plain = sample.plain_length;
  slower = MIN (disk, sha256);
  least = ((steps.check + steps.unseal + steps.unpack + steps.hash) * pieces / plain
           + messages / sha256)
          / cores;
  g_print ("limits       verify: disk %.0f MB/s, SHA-256 %.0f MB/s a core; of plain bytes a core"
           " checks %.0f MB/s, unseals %.0f, unpacks %.0f, hashes %.0f: %u cores hash %.0f MB/s of"
           " a store at the most\n",
           disk / 1e6, sha256 / 1e6, plain / steps.check / 1e6, plain / steps.unseal / 1e6,
           plain / steps.unpack / 1e6, plain / steps.hash / 1e6, cores,
           (pieces + messages) / least / 1e6);
  cpu = cpu_time (CLOCK_PROCESS_CPUTIME_ID);
  seconds = verify (archive, FALSE, &faults, NULL);
  cpu = cpu_time (CLOCK_PROCESS_CPUTIME_ID) - cpu;
  g_print ("verify       %.2f s (CPU %.2f s): reads %.1f MB of contents, hashes %.1f MB of pieces "
           "and %.1f MB of"
           " messages of several: %.0f MB/s, %.0f %% of the slower of disk and SHA-256, %.0f %% of"
           " what the cores allow\n",
           seconds, cpu, stored / 1e6, pieces / 1e6, messages / 1e6,
           (pieces + messages) / seconds / 1e6, 100 * (pieces + messages) / seconds / slower,
           100 * least / seconds);
  with_index = verify (archive, TRUE, &faults, &report);
  g_print ("verify       %.2f s with the index, %" G_GUINT64_FORMAT " faults\n%s", with_index,
           faults, report);
  return faults;
}
