/* run.c: one run of a profile: from its sources into the archive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "run.h"

#include "archive-deliver.h"
#include "errors.h"
#include "graph.h"
#include "tenant.h"

#include <string.h>

/* One commit of the archive takes this much at most; the last message may exceed the bytes. */
#define BATCH_ITEMS 250u
#define BATCH_ITEMS_AHEAD 1000u
#define BATCH_BYTES (32u * 1024 * 1024)
#define PROGRESS_INTERVAL (G_USEC_PER_SEC / 4)
#define RATE_WINDOW (60 * G_USEC_PER_SEC)
#define MAX_UNREACHABLE 3u

typedef struct {
  char *name;
  char *target;
  MunSource *source;
} Part;

struct _MunRun {
  MunArchive *archive;
  MunMaster *master;
  gint64 profile_id;
  GPtrArray *parts; /* of Part */
  MunReport *report;

  MunRunProgressFunc progress_func;
  gpointer progress_data;
  GMutex mutex; /* guards `progress` and serializes the callback */
  MunRunProgress progress;
  gint64 progress_time;
  gint64 window_time; /* start of the window in which the rate is measured */
  guint64 window_done;
  guint64 total_done;

  /* what is being read */
  Part *part;
  const MunSourceFolder *folder;
  char *path;       /* of the folder in the archive */
  GHashTable *seen; /* hashes of keys met in this mailbox: see want_cb() */
  guint64 folder_done;
};

/* How far the trouble of an error reaches. */
typedef enum { REACH_FOLDER, REACH_MAILBOX, REACH_RUN } Reach;

static void
part_free (gpointer data)
{
  Part *part = data;

  g_free (part->name);
  g_free (part->target);
  g_clear_object (&part->source);
  g_free (part);
}

MunRun *
mun_run_new (MunArchive *archive, gint64 profile_id)
{
  MunRun *self = g_new0 (MunRun, 1);

  self->archive = g_object_ref (archive);
  self->master = mun_archive_get_master (archive);
  self->profile_id = profile_id;
  self->parts = g_ptr_array_new_with_free_func (part_free);
  self->report = mun_report_new ();
  self->seen = g_hash_table_new (NULL, NULL);
  g_mutex_init (&self->mutex);
  return self;
}

void
mun_run_free (MunRun *self)
{
  g_ptr_array_unref (self->parts);
  mun_report_free (self->report);
  g_hash_table_unref (self->seen);
  g_free (self->path);
  g_mutex_clear (&self->mutex);
  g_object_unref (self->archive);
  g_free (self);
}

void
mun_run_add (MunRun *self, const char *name, const char *target, MunSource *source)
{
  Part *part = g_new0 (Part, 1);

  part->name = g_strdup (name);
  part->target = g_strdup (target);
  part->source = source;
  g_ptr_array_add (self->parts, part);
}

void
mun_run_set_progress (MunRun *self, MunRunProgressFunc func, gpointer user_data)
{
  self->progress_func = func;
  self->progress_data = user_data;
}

MunReport *
mun_run_get_report (MunRun *self)
{
  return self->report;
}

/* Brings the counts up to date; the caller holds the mutex. */
static void
update_progress (MunRun *self, gint64 now)
{
  const MunReportCounts *totals = mun_report_get_totals (self->report);
  MunRunProgress *progress = &self->progress;
  double seconds = (double)(now - self->window_time) / G_USEC_PER_SEC;

  progress->mailbox = self->part->name;
  progress->folder = self->folder == NULL ? "" : self->folder->path;
  progress->done = self->folder_done;
  progress->known = self->folder == NULL ? -1 : self->folder->total;
  progress->archived = totals->archived;
  progress->skipped = totals->skipped;
  progress->failed = totals->failed;
  progress->bytes = totals->bytes;
  if (seconds > 0.5)
    progress->rate = (double)(self->total_done - self->window_done) / seconds;
  if (now - self->window_time > RATE_WINDOW) {
    self->window_time = now;
    self->window_done = self->total_done;
  }
  progress->remaining_seconds = -1;
  if (progress->known >= 0 && progress->rate > 0)
    progress->remaining_seconds
        = (gint64)((double)MAX (0, progress->known - (gint64)progress->done) / progress->rate);
}

static void
tell_progress (MunRun *self, gboolean always)
{
  gint64 now = g_get_monotonic_time ();

  if (self->progress_func == NULL || (!always && now - self->progress_time < PROGRESS_INTERVAL))
    return;
  g_mutex_lock (&self->mutex);
  self->progress_time = now;
  update_progress (self, now);
  self->progress_func (self, &self->progress, self->progress_data);
  g_mutex_unlock (&self->mutex);
}

/* From a download thread: the counts stay as they were last told. */
static void
wait_cb (guint seconds, gpointer user_data)
{
  MunRun *self = user_data;

  g_mutex_lock (&self->mutex);
  self->progress.wait_seconds = seconds;
  if (self->progress_func != NULL && self->progress.mailbox != NULL)
    self->progress_func (self, &self->progress, self->progress_data);
  g_mutex_unlock (&self->mutex);
}

static void
note_cb (const char *item, const char *step, const char *reason, gpointer user_data)
{
  MunRun *self = user_data;

  mun_report_add_item (self->report, MUN_REPORT_NOTE, item, step, reason);
  mun_report_log (self->report, "%s: %s: %s", self->part->name, item, reason);
}

/* A key by its hash: enough to tell whether a folder was visited, at 8 bytes a message. */
static gpointer
hash_key (const char *folder, const char *key)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  guint8 digest[16];
  gsize length = sizeof digest;
  gsize hash;

  g_checksum_update (checksum, (const guchar *)folder, -1);
  g_checksum_update (checksum, (const guchar *)"", 1);
  g_checksum_update (checksum, (const guchar *)key, -1);
  g_checksum_get_digest (checksum, digest, &length);
  memcpy (&hash, digest, sizeof hash);
  return GSIZE_TO_POINTER (hash);
}

/* Moves the archive's copy along with the message, unless the message is in the old folder too (a
 * file that was copied): then the copy in the archive stays where it is. */
static gboolean
follow_move (MunRun *self, const char *key, const char *id, const char *from)
{
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (from, self->path) == 0 || g_hash_table_contains (self->seen, hash_key (from, key)))
    return FALSE;
  if (mun_archive_move_message (self->archive, id, self->path, &error))
    return TRUE;
  mun_report_add_item (self->report, MUN_REPORT_NOTE, key, "move", error->message);
  return FALSE;
}

static gboolean
want_cb (const char *key, gpointer user_data)
{
  MunRun *self = user_data;
  g_autofree char *id = NULL;
  g_autofree char *folder = NULL;
  MunKnown known = mun_archive_find_source_key (self->archive, self->path, key, &id, &folder, NULL);

  g_hash_table_add (self->seen, hash_key (self->path, key));
  if (known == MUN_KNOWN_NO)
    return TRUE;
  mun_report_add_known (self->report,
                        known == MUN_KNOWN_YES && follow_move (self, key, id, folder));
  self->folder_done++;
  self->total_done++;
  tell_progress (self, FALSE);
  return FALSE;
}

static void
count_delivery (MunRun *self, MunSourceItem *item, const MunDelivery *delivery)
{
  switch (delivery->result) {
  case MUN_DELIVERY_ARCHIVED:
    mun_report_add_archived (self->report, g_bytes_get_size (item->raw));
    break;
  case MUN_DELIVERY_DUPLICATE:
    mun_report_add_known (self->report, FALSE);
    break;
  case MUN_DELIVERY_FAILED:
  default:
    item->state = MUN_SOURCE_FAILED;
    mun_report_add_item (self->report, MUN_REPORT_FAILED, item->item, "archive",
                         delivery->error != NULL ? delivery->error->message : "unknown reason");
    break;
  }
}

/* A batch on its way into the archive. */
typedef struct {
  MunSourceBatch *batch;
  GPtrArray *deliveries; /* of MunDelivery, for the items that were read */
  MunPendingDelivery *pending;
} Shipment;

static void
delivery_free (gpointer data)
{
  mun_delivery_clear (data);
  g_free (data);
}

static void
shipment_free (Shipment *self)
{
  g_ptr_array_unref (self->deliveries);
  mun_source_batch_free (self->batch);
  g_free (self);
}

/* Takes over the batch. */
static Shipment *
ship (MunRun *self, MunSourceBatch *batch, GError **error)
{
  Shipment *shipment = g_new0 (Shipment, 1);

  shipment->batch = batch;
  shipment->deliveries = g_ptr_array_new_with_free_func (delivery_free);
  for (guint i = 0; i < batch->items->len; i++) {
    const MunSourceItem *item = batch->items->pdata[i];
    MunDelivery *delivery;

    if (item->state != MUN_SOURCE_READ)
      continue;
    delivery = g_new0 (MunDelivery, 1);
    delivery->raw = item->raw;
    delivery->is_mapped = item->is_mapped;
    delivery->folder = self->path;
    delivery->received = item->received;
    delivery->source_key = item->key;
    delivery->profile_id = self->profile_id;
    g_ptr_array_add (shipment->deliveries, delivery);
  }
  if (shipment->deliveries->len == 0)
    return shipment;
  /* Not cancellable: what was read is archived. */
  shipment->pending
      = mun_archive_begin_delivery (self->archive, (MunDelivery **)shipment->deliveries->pdata,
                                    shipment->deliveries->len, NULL, error);
  if (shipment->pending != NULL)
    return shipment;
  shipment_free (shipment);
  return NULL;
}

static void
count_batch (MunRun *self, Shipment *shipment)
{
  GPtrArray *items = shipment->batch->items;

  for (guint i = 0, j = 0; i < items->len; i++) {
    MunSourceItem *item = items->pdata[i];

    if (item->state == MUN_SOURCE_READ)
      count_delivery (self, item, shipment->deliveries->pdata[j++]);
    else
      mun_report_add_item (self->report,
                           item->state == MUN_SOURCE_FAILED ? MUN_REPORT_FAILED
                                                            : MUN_REPORT_SKIPPED,
                           item->item, item->step, item->reason);
  }
  self->folder_done += items->len;
  self->total_done += items->len;
}

/* Waits until the batch is durable and then, only then, keeps the checkpoint behind it; not so when
 * the batch before failed, which is to come again. FALSE: the archive took none of it. @shipment is
 * freed. */
static gboolean
arrive (MunRun *self, Shipment *shipment, gboolean keep_checkpoint, GError **error)
{
  g_autofree char *checkpoint = NULL;
  gboolean ok = TRUE, last = shipment->batch->last;

  if (shipment->pending != NULL)
    ok = mun_archive_finish_delivery (shipment->pending, error);
  if (ok)
    count_batch (self, shipment);
  if (ok && keep_checkpoint && self->profile_id != 0)
    checkpoint = mun_source_dup_checkpoint (self->part->source, shipment->batch);
  shipment_free (shipment);
  if (checkpoint != NULL)
    ok = mun_master_set_checkpoint (self->master, self->profile_id, self->part->target,
                                    self->folder->id, checkpoint, error);
  if (ok)
    tell_progress (self, last);
  return ok;
}

/* Where the source can, the next batch is read and prepared while the one before is written.
 * Returns: whether the folder was read to its end; else *source_error or *archive_error is set. */
static gboolean
read_batches (MunRun *self, const MunSourceHost *host, GCancellable *cancellable,
              GError **source_error, GError **archive_error)
{
  MunSource *source = self->part->source;
  gboolean ahead = mun_source_reads_ahead (source), last = FALSE;
  Shipment *before = NULL;

  while (!last && *archive_error == NULL) {
    MunSourceBatch *batch = mun_source_next_batch (source, host, cancellable, source_error);
    Shipment *shipment = batch != NULL ? ship (self, batch, archive_error) : NULL;
    gboolean ok = TRUE;

    if (before != NULL)
      ok = arrive (self, before, TRUE, *archive_error == NULL ? archive_error : NULL);
    before = NULL;
    if (shipment == NULL)
      return FALSE;
    last = shipment->batch->last;
    if (ok && ahead && !last)
      before = shipment;
    else
      arrive (self, shipment, ok, ok ? archive_error : NULL);
  }
  return *archive_error == NULL;
}

/* Reads the present folder to its end. *archive_failed tells whose trouble an error is. */
static gboolean
read_folder (MunRun *self, const MunSourceHost *host, gboolean *archive_failed,
             GCancellable *cancellable, GError **error)
{
  MunSource *source = self->part->source;
  g_autofree char *checkpoint = NULL;
  g_autoptr (GError) source_error = NULL;
  g_autoptr (GError) archive_error = NULL;

  *archive_failed = FALSE;
  if (self->profile_id != 0)
    checkpoint = mun_master_get_checkpoint (self->master, self->profile_id, self->part->target,
                                            self->folder->id, NULL);
  if (!mun_source_begin_folder (source, self->folder, checkpoint, cancellable, error))
    return FALSE;
  if (read_batches (self, host, cancellable, &source_error, &archive_error))
    return TRUE;
  *archive_failed = archive_error != NULL;
  if (*archive_failed)
    g_propagate_error (error, g_steal_pointer (&archive_error));
  else
    g_propagate_error (error, g_steal_pointer (&source_error));
  return FALSE;
}

static Reach
find_reach (const GError *error)
{
  if (error->domain == MUN_ENTRA_ERROR || g_error_matches (error, MUN_ERROR, MUN_ERROR_UNTRUSTED)
      || g_error_matches (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION))
    return REACH_RUN;
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_UNREACHABLE)
      || g_error_matches (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_UNAUTHORIZED)
      || g_error_matches (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_THROTTLED)
      || g_error_matches (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_UNAVAILABLE)
      || g_error_matches (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_NO_MAILBOX))
    return REACH_MAILBOX;
  return REACH_FOLDER;
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
enter_folder (MunRun *self, const MunSourceFolder *folder)
{
  self->folder = folder;
  self->folder_done = 0;
  g_free (self->path);
  self->path = *folder->path == '\0' ? g_strdup (self->part->target)
                                     : g_strconcat (self->part->target, "/", folder->path, NULL);
  mun_report_enter (self->report, self->part->name, folder->path);
  tell_progress (self, TRUE);
}

static void
report_failure (MunRun *self, const char *item, const char *step, GError *error)
{
  mun_tenant_explain (error);
  mun_report_add_item (self->report, MUN_REPORT_FAILED, item, step, error->message);
  mun_report_log (self->report, "%s: %s: %s", item, step, error->message);
}

/* Reads all folders. *reach is how far an error of the mailbox reaches; errors that reach no
 * further than a folder are in the report only. */
static gboolean
read_folders (MunRun *self, GPtrArray *folders, const MunSourceHost *host, Reach *reach,
              GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < folders->len; i++) {
    g_autoptr (GError) local = NULL;
    gboolean archive_failed;

    enter_folder (self, folders->pdata[i]);
    if (read_folder (self, host, &archive_failed, cancellable, &local)) {
      const MunReportCounts *counts = mun_report_get_folder (self->report);

      if (counts->archived + counts->failed + counts->moved > 0)
        mun_report_log (self->report,
                        "%s: %" G_GUINT64_FORMAT " archived, %" G_GUINT64_FORMAT
                        " skipped, %" G_GUINT64_FORMAT " failed",
                        self->path, counts->archived, counts->skipped, counts->failed);
      continue;
    }
    *reach = archive_failed ? REACH_RUN : find_reach (local);
    if (!is_cancelled (local))
      report_failure (self, *self->folder->path == '\0' ? self->part->name : self->folder->path,
                      archive_failed ? "archive" : "read folder", local);
    if (is_cancelled (local) || *reach > REACH_FOLDER) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_mailbox (MunRun *self, Reach *reach, GCancellable *cancellable, GError **error)
{
  gboolean ahead = mun_source_reads_ahead (self->part->source);
  MunSourceHost host
      = { ahead ? BATCH_ITEMS_AHEAD : BATCH_ITEMS, BATCH_BYTES, want_cb, note_cb, wait_cb, self,
          mun_archive_get_data_dir (self->archive) };
  g_autoptr (GPtrArray) folders = NULL;
  gboolean ok;

  self->folder = NULL;
  self->folder_done = 0;
  g_hash_table_remove_all (self->seen);
  mun_report_enter (self->report, self->part->name, "");
  tell_progress (self, TRUE);
  folders = mun_source_list_folders (self->part->source, &host, cancellable, error);
  if (folders == NULL) {
    *reach = MAX (REACH_MAILBOX, find_reach (*error));
    if (!is_cancelled (*error))
      report_failure (self, self->part->name, "open mailbox", *error);
    return FALSE;
  }
  ok = read_folders (self, folders, &host, reach, cancellable, error);
  self->folder = NULL; /* of the array that ends here */
  return ok;
}

MunRunOutcome
mun_run_execute (MunRun *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) first = NULL;
  guint unreachable = 0, good = 0;

  self->window_time = g_get_monotonic_time ();
  for (guint i = 0; i < self->parts->len; i++) {
    g_autoptr (GError) local = NULL;
    Reach reach = REACH_FOLDER;
    gboolean ok;

    self->part = self->parts->pdata[i];
    if (g_cancellable_is_cancelled (cancellable))
      return MUN_RUN_CANCELLED;
    ok = read_mailbox (self, &reach, cancellable, &local);
    g_clear_object (&self->part->source); /* its memory is not needed any more */
    if (ok) {
      good++;
      unreachable = 0;
      continue;
    }
    if (is_cancelled (local))
      return MUN_RUN_CANCELLED;
    unreachable = g_error_matches (local, MUN_ERROR, MUN_ERROR_UNREACHABLE) ? unreachable + 1 : 0;
    if (reach == REACH_RUN || unreachable >= MAX_UNREACHABLE) {
      mun_report_log (self->report, "The run ends here: %s", local->message);
      g_propagate_error (error, g_steal_pointer (&local));
      return MUN_RUN_FAILED;
    }
    if (first == NULL)
      first = g_steal_pointer (&local);
  }
  if (good == 0 && first != NULL) {
    g_propagate_error (error, g_steal_pointer (&first));
    return MUN_RUN_FAILED;
  }
  return mun_report_get_totals (self->report)->failed > 0 ? MUN_RUN_WITH_ERRORS : MUN_RUN_SUCCEEDED;
}
