/* record-scan.c: the records of a container, opened on all cores, in their order */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "record-scan.h"

#include "quiet-pool.h"

/* A batch is closed when it holds so much, in bytes that were read or that they come to. */
#define BATCH_BYTES (1024 * 1024)
/* So many batches for each thread are under way, and no more when they are large ones. */
#define BATCHES_A_THREAD 3
#define BYTES_A_THREAD (4 * 1024 * 1024)

/* A record, or (length above 0) a stretch that is none. */
typedef struct {
  MunOpenedRecord record;
  gsize start; /* in the batch's bytes */
  guint64 gap;
  int problem;
} Entry;

typedef struct {
  MunQuietGroup group;
  MunCodec *codec;
  GArray *entries; /* of Entry */
  GByteArray *bytes;
  gsize cost;
} Batch;

typedef struct {
  MunCodec *codec;
  MunRecordVisit visit;
  MunContentsGap gap;
  gpointer user_data;
  Batch *open;    /* being filled, or NULL */
  GQueue batches; /* under way, in their order */
  gsize cost;     /* of these */
  gboolean stopped;
} Scan;

static void
clear_entry (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->record.plain, g_bytes_unref);
  g_clear_error (&entry->record.error);
}

static Batch *
open_batch (Scan *self)
{
  if (self->open == NULL) {
    self->open = g_new0 (Batch, 1);
    mun_quiet_group_init (&self->open->group);
    self->open->codec = self->codec;
    self->open->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
    g_array_set_clear_func (self->open->entries, clear_entry);
    self->open->bytes = g_byte_array_sized_new (BATCH_BYTES / 2);
  }
  return self->open;
}

static void
open_records (gpointer data)
{
  Batch *batch = data;

  for (guint i = 0; i < batch->entries->len; i++) {
    Entry *entry = &g_array_index (batch->entries, Entry, i);

    if (entry->gap == 0)
      entry->record.plain
          = mun_record_open (batch->codec, batch->bytes->data + entry->start,
                             entry->record.place.length, TRUE, &entry->record.error);
  }
}

static void
visit_entries (Scan *self, Batch *batch)
{
  for (guint i = 0; i < batch->entries->len && !self->stopped; i++) {
    Entry *entry = &g_array_index (batch->entries, Entry, i);
    const MunPlaceInContents *place = &entry->record.place;

    if (entry->gap == 0)
      self->stopped = !self->visit (&entry->record, self->user_data);
    else if (self->gap != NULL)
      self->gap (place->container, place->offset, entry->gap, entry->problem, self->user_data);
  }
}

/* Waits for the oldest one. */
static void
take_batch (Scan *self)
{
  Batch *batch = g_queue_pop_head (&self->batches);

  mun_quiet_group_wait (&batch->group, 0, 0);
  visit_entries (self, batch);
  self->cost -= batch->cost;
  mun_quiet_group_clear (&batch->group);
  g_array_unref (batch->entries);
  g_byte_array_unref (batch->bytes);
  g_free (batch);
}

static void
close_batch (Scan *self)
{
  Batch *batch = g_steal_pointer (&self->open);
  guint threads = mun_quiet_pool_get_size ();

  if (batch == NULL)
    return;
  g_queue_push_tail (&self->batches, batch);
  self->cost += batch->cost;
  mun_quiet_group_push (&batch->group, open_records, batch);
  while (self->batches.length > BATCHES_A_THREAD * threads
         || (self->batches.length > 1 && self->cost > (gsize)BYTES_A_THREAD * threads))
    take_batch (self);
}

static gboolean
visit_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *data,
          gpointer user_data)
{
  Scan *self = user_data;
  Batch *batch = open_batch (self);
  Entry entry = { .record = { *place, *header, NULL, NULL }, .start = batch->bytes->len };

  g_byte_array_append (batch->bytes, data, place->length);
  g_array_append_val (batch->entries, entry);
  batch->cost += place->length + header->plain_length;
  if (batch->cost >= BATCH_BYTES)
    close_batch (self);
  return !self->stopped;
}

static void
gap_cb (guint32 container, guint64 offset, guint64 length, int problem, gpointer user_data)
{
  Scan *self = user_data;
  Entry entry = { .record.place = { container, offset, 0 }, .gap = length, .problem = problem };

  g_array_append_val (open_batch (self)->entries, entry);
}

gboolean
mun_record_scan (MunContents *contents, MunCodec *codec, guint32 container, guint64 end,
                 MunRecordVisit visit, MunContentsGap gap, gpointer user_data, GError **error)
{
  Scan self = { codec, visit, gap, user_data, NULL, G_QUEUE_INIT, 0, FALSE };
  gboolean ok = mun_contents_scan (contents, container, MUN_CONTAINER_HEADER_SIZE, end, visit_cb,
                                   gap_cb, &self, error);

  close_batch (&self);
  while (!g_queue_is_empty (&self.batches))
    take_batch (&self);
  return ok;
}
