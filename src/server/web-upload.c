/* web-upload.c: many messages into one folder, archived while they arrive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-upload.h"

#include "archive-deliver.h"
#include "errors.h"
#include "json.h"
#include "spool.h"
#include "upload-parser.h"
#include "upload-queue.h"

#include <string.h>

#define DATA_KEY "mun-upload"
/* A batch is one commit: large enough to be quick, small enough to be held in memory, which all
 * uploads share */
#define BATCH_MESSAGES 500
#define BATCH_BYTES (16 * 1024 * 1024)
#define ALL_BATCHES_BYTES (48 * 1024 * 1024)
/* Few enough to go with those of others */
#define SMALL_MESSAGES 20
#define SMALL_BYTES (512 * 1024)
/* They mostly wait for a commit that all of them share: the more of them, the fewer commits */
#define UPLOADS_AT_ONCE 64
/* A longer message goes into a file, so much at a time; all of them take no more than this there */
#define MEMORY_BYTES (1024 * 1024)
#define SPOOL_BYTES ((gsize)4 * 1024 * 1024 * 1024)
/* The reply names each message: a stream of empty ones must not take all memory */
#define UPLOAD_MESSAGES 100000

static MunSpoolRoom room = { SPOOL_BYTES, 0 };

struct _MunUpload {
  gatomicrefcount references;
  MunApiParts *parts;
  char *user_name;
  char *folder;
  MunUploadParser *parser;
  GPtrArray *batch; /* GBytes that wait for their turn */
  gsize batch_bytes;
  GBytes *start;     /* of the message that is arriving, on its way into the spool */
  MunSpool *spool;   /* (nullable): the start of the message that is arriving */
  MunSpool *spooled; /* (nullable): of the one in the batch whose rest this is: */
  guint spooled_index;
  gboolean complete; /* the body is: the next answer is the reply */
  gboolean working;  /* a batch or a start is on its way: */
  GTaskThreadFunc work;
  gboolean cut; /* the client went before the body was complete */
  MunSmallUpload small;

  /* main loop between two batches, worker thread during one */
  gboolean checked; /* the user's rights were */
  GError *error;    /* ended the upload */
  guint archived, skipped, failed;
  JsonArray *items;
};

static void
upload_unref (gpointer data)
{
  MunUpload *self = data;

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->user_name);
  g_free (self->folder);
  mun_upload_parser_free (self->parser);
  g_ptr_array_unref (self->batch);
  g_clear_pointer (&self->start, g_bytes_unref);
  g_clear_pointer (&self->spool, mun_spool_free);
  g_clear_pointer (&self->spooled, mun_spool_free);
  g_clear_error (&self->error);
  json_array_unref (self->items);
  g_free (self);
}

/* --- on the worker thread --- */

static void
record (MunUpload *self, const MunDelivery *delivery)
{
  static const char *const names[] = { [MUN_DELIVERY_FAILED] = "failed",
                                       [MUN_DELIVERY_ARCHIVED] = "archived",
                                       [MUN_DELIVERY_DUPLICATE] = "skipped" };
  JsonObject *item = json_object_new ();

  json_object_set_string_member (item, "result", names[delivery->result]);
  mun_json_set_text (item, "id", delivery->message_id);
  mun_json_set_text (item, "error", delivery->error != NULL ? delivery->error->message : NULL);
  json_array_add_object_element (self->items, item);
  self->archived += delivery->result == MUN_DELIVERY_ARCHIVED;
  self->skipped += delivery->result == MUN_DELIVERY_DUPLICATE;
  self->failed += delivery->result == MUN_DELIVERY_FAILED;
}

/* The rest of a long message follows its start; from here on it is read where it lies. */
static gboolean
end_spool (MunUpload *self)
{
  MunSpool *spool = g_steal_pointer (&self->spooled);
  gsize length;
  gconstpointer rest = g_bytes_get_data (self->batch->pdata[self->spooled_index], &length);
  GBytes *whole = NULL;

  if (mun_spool_append (spool, rest, length, &self->error))
    whole = mun_spool_end (spool, &self->error);
  else
    mun_spool_free (spool);
  if (whole == NULL)
    return FALSE;
  g_bytes_unref (self->batch->pdata[self->spooled_index]);
  self->batch->pdata[self->spooled_index] = whole;
  return TRUE;
}

static void
deliver (MunUpload *self)
{
  guint n_items = self->batch->len;
  g_autofree MunDelivery *items = g_new0 (MunDelivery, MAX (n_items, 1));
  g_autofree MunDelivery **pointers = g_new0 (MunDelivery *, MAX (n_items, 1));
  gboolean is_mapped = self->spooled != NULL;

  if (is_mapped && !end_spool (self))
    return;
  for (guint i = 0; i < n_items; i++) {
    items[i].raw = self->batch->pdata[i];
    items[i].is_mapped = is_mapped && i == self->spooled_index;
    items[i].folder = self->folder;
    pointers[i] = &items[i];
  }
  if (n_items > 0
      && mun_archive_deliver (mun_server_get_archive (self->parts->server), pointers, n_items, NULL,
                              &self->error))
    for (guint i = 0; i < n_items; i++)
      record (self, &items[i]);
  for (guint i = 0; i < n_items; i++)
    mun_delivery_clear (&items[i]);
}

static void
audit (MunUpload *self, const char *end)
{
  g_autofree char *details
      = mun_upload_dup_details (self->folder, self->archived, self->skipped, self->failed);

  if (self->archived > 0)
    mun_server_audit (self->parts->server, self->user_name, "MessageUpload", NULL, "%s%s", details,
                      end);
}

static void
audit_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  audit (data, ", cut off");
  g_task_return_boolean (task, TRUE);
}

static void
archive_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  MunUpload *self = data;

  if (!self->checked && self->error == NULL)
    self->checked = mun_upload_check_rights (self->parts->server, self->user_name, self->folder,
                                             &self->error);
  if (self->checked && self->error == NULL)
    deliver (self);
  if (self->complete)
    audit (self, "");
  g_task_return_boolean (task, TRUE);
}

/* @self->start: the next bytes of a message that is not complete. */
static void
spool_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  MunUpload *self = data;
  g_autoptr (GBytes) start = g_steal_pointer (&self->start);

  /* Nobody fills the disk who may not archive here. */
  if (!self->checked)
    self->checked = mun_upload_check_rights (self->parts->server, self->user_name, self->folder,
                                             &self->error);
  if (self->checked && self->spool == NULL)
    self->spool
        = mun_spool_new (mun_server_get_data_dir (self->parts->server), &room, &self->error);
  if (self->spool != NULL
      && !mun_spool_append (self->spool, g_bytes_get_data (start, NULL), g_bytes_get_size (start),
                            &self->error))
    g_clear_pointer (&self->spool, mun_spool_free);
  g_task_return_boolean (task, TRUE);
}

/* --- on the main loop --- */

static void
pool_cb (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  MunUpload *self = g_task_get_task_data (task);

  self->work (task, NULL, self, NULL);
}

/* The threads of GTask are ten, which other work needs as well. */
static GThreadPool *
shared_pool (void)
{
  static GThreadPool *pool;

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, g_thread_pool_new (pool_cb, NULL, UPLOADS_AT_ONCE, FALSE, NULL));
  return pool;
}

static guint
get_status (const GError *error)
{
  if (error == NULL)
    return SOUP_STATUS_OK;
  if (error->domain != MUN_ERROR)
    return SOUP_STATUS_INTERNAL_SERVER_ERROR;
  switch (error->code) {
  case MUN_ERROR_DENIED:
  case MUN_ERROR_READ_ONLY:
    return SOUP_STATUS_FORBIDDEN;
  case MUN_ERROR_NO_SPACE:
    return 507; /* Insufficient Storage (RFC 4918) */
  case MUN_ERROR_BUSY:
    return SOUP_STATUS_SERVICE_UNAVAILABLE;
  case MUN_ERROR_TOO_LARGE:
    return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
  case MUN_ERROR_PROTOCOL:
  case MUN_ERROR_INVALID:
    return SOUP_STATUS_BAD_REQUEST;
  default:
    return SOUP_STATUS_INTERNAL_SERVER_ERROR;
  }
}

/* Also after an error: what was archived before it stays archived, and the client should know. */
static void
answer (MunUpload *self, SoupServerMessage *message)
{
  g_autoptr (JsonObject) reply = json_object_new ();

  json_object_set_int_member (reply, "archived", self->archived);
  json_object_set_int_member (reply, "skipped", self->skipped);
  json_object_set_int_member (reply, "failed", self->failed);
  json_object_set_array_member (reply, "items", json_array_ref (self->items));
  if (self->error != NULL)
    json_object_set_string_member (reply, "message", self->error->message);
  if (g_error_matches (self->error, MUN_ERROR, MUN_ERROR_BUSY))
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Retry-After",
                                  MUN_UPLOAD_RETRY_AFTER);
  mun_listener_respond_text (message, get_status (self->error), "application/json",
                             mun_json_object_to_string (reply));
}

static void
audited_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  MunUpload *self = g_task_get_task_data (G_TASK (result));

  self->parts->pending--;
}

/* What was archived before the client went stays, and so it is recorded. */
static void
record_cut (MunUpload *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, audited_cb, NULL);

  g_task_set_source_tag (task, record_cut);
  g_atomic_ref_count_inc (&self->references);
  g_task_set_task_data (task, self, upload_unref);
  self->parts->pending++;
  g_task_run_in_thread (task, audit_in_thread);
}

static void
finished_cb (SoupServerMessage *message, gpointer data)
{
  MunUpload *self = data;

  self->parts->uploads--;
  if (self->complete)
    return;
  self->cut = TRUE;
  if (!self->working)
    record_cut (self);
}

static void
go_on (MunUpload *self, SoupServerMessage *message)
{
  self->working = FALSE;
  if (self->cut)
    record_cut (self);
  self->parts->pending--;
  mun_listener_resume (message);
}

static void
archived_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  SoupServerMessage *message = data;
  MunUpload *self = g_task_get_task_data (G_TASK (result));

  g_ptr_array_set_size (self->batch, 0);
  self->batch_bytes = 0;
  if (self->complete)
    answer (self, message);
  go_on (self, message);
}

static void
spooled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  go_on (g_task_get_task_data (G_TASK (result)), data);
}

/* Pauses the request until @work is done. */
static void
start_work (MunUpload *self, SoupServerMessage *message, GTaskThreadFunc work,
            GAsyncReadyCallback done)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, message);

  g_task_set_source_tag (task, start_work);
  g_atomic_ref_count_inc (&self->references);
  g_task_set_task_data (task, self, upload_unref);
  self->parts->pending++;
  self->working = TRUE;
  mun_listener_pause (message);
  self->work = work;
  g_thread_pool_push (shared_pool (), g_object_ref (task), NULL);
}

static void
archive_batch (MunUpload *self, SoupServerMessage *message)
{
  start_work (self, message, archive_in_thread, archived_cb);
}

/* So much of one upload waits for its turn. */
static gsize
get_batch_limit (MunUpload *self)
{
  return CLAMP (ALL_BATCHES_BYTES / self->parts->uploads, MEMORY_BYTES, BATCH_BYTES);
}

/* The messages behind @before are new. */
static void
count_batch (MunUpload *self, guint before)
{
  for (guint i = before; i < self->batch->len; i++)
    self->batch_bytes += g_bytes_get_size (self->batch->pdata[i]);
  if (self->spool != NULL && self->batch->len > before) {
    self->spooled = g_steal_pointer (&self->spool);
    self->spooled_index = before;
  }
  if (self->error == NULL
      && json_array_get_length (self->items) + self->batch->len > UPLOAD_MESSAGES)
    self->error = g_error_new (MUN_ERROR, MUN_ERROR_TOO_LARGE,
                               "Upload: more than %d messages at a time", UPLOAD_MESSAGES);
}

static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  MunUpload *self = data;
  guint before = self->batch->len;
  gsize length;
  const char *bytes = g_bytes_get_data (chunk, &length);

  if (self->error != NULL)
    return;
  mun_upload_parser_feed (self->parser, bytes, length, self->batch, &self->error);
  count_batch (self, before);
  if (self->batch->len >= BATCH_MESSAGES || self->batch_bytes >= get_batch_limit (self)
      || self->spooled != NULL)
    archive_batch (self, message);
  else if (self->error == NULL
           && (self->start = mun_upload_parser_take_start (self->parser, MEMORY_BYTES)) != NULL)
    start_work (self, message, spool_in_thread, spooled_cb);
}

void
mun_upload_begin (MunApiParts *parts, SoupServerMessage *message, const char *user_name,
                  const char *folder, gsize message_limit)
{
  MunUpload *self = g_new0 (MunUpload, 1);

  g_atomic_ref_count_init (&self->references);
  self->parts = parts;
  self->parts->uploads++;
  self->user_name = g_strdup (user_name);
  self->folder = g_strdup (folder);
  self->parser = mun_upload_parser_new (message_limit);
  self->batch = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->items = json_array_new ();
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), self);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), self);
  g_object_set_data_full (G_OBJECT (message), DATA_KEY, self, upload_unref);
}

gboolean
mun_upload_may_begin (MunApiParts *parts)
{
  return parts->uploads < UPLOADS_AT_ONCE;
}

/* All of it is here, and it is little: it goes together with others of its kind. */
static gboolean
is_small (MunUpload *self)
{
  return self->error == NULL && self->batch->len > 0 && self->batch->len <= SMALL_MESSAGES
         && self->batch_bytes <= SMALL_BYTES && self->spooled == NULL
         && json_array_get_length (self->items) == 0;
}

static void
small_done_cb (MunSmallUpload *upload, gpointer data)
{
  SoupServerMessage *message = data;
  MunUpload *self = g_object_get_data (G_OBJECT (message), DATA_KEY);

  for (guint i = 0; upload->is_archived && i < upload->n_items; i++)
    record (self, &upload->items[i]);
  self->error = g_steal_pointer (&upload->error);
  g_ptr_array_set_size (self->batch, 0);
  self->batch_bytes = 0;
  answer (self, message);
  go_on (self, message);
}

static void
archive_small (MunUpload *self, SoupServerMessage *message)
{
  self->small.user_name = self->user_name;
  self->small.folder = self->folder;
  self->small.messages = self->batch;
  self->small.done = small_done_cb;
  self->small.data = message;
  self->parts->pending++;
  self->working = TRUE;
  mun_listener_pause (message);
  mun_upload_queue_push (self->parts->upload_queue, &self->small);
}

gboolean
mun_upload_finish (SoupServerMessage *message)
{
  MunUpload *self = g_object_get_data (G_OBJECT (message), DATA_KEY);

  if (self == NULL)
    return FALSE;
  self->complete = TRUE;
  if (self->error == NULL)
    mun_upload_parser_end (self->parser, &self->error);
  if (is_small (self))
    archive_small (self, message);
  else
    archive_batch (self, message);
  return TRUE;
}
