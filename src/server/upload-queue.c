/* upload-queue.c: small uploads, archived together with all that came meanwhile */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "upload-queue.h"

#include "access.h"
#include "accounts.h"
#include "errors.h"
#include "master-records.h"

/* While one group is written, the next is made ready; more of them would only be smaller. */
#define GROUPS_AT_ONCE 2
/* Messages of a group */
#define GROUP_MESSAGES 500

struct _MunUploadQueue {
  MunServer *server;
  GMainContext *context;
  GThreadPool *pool;
  GMutex lock;
  GQueue waiting; /* MunSmallUpload */
  guint running;  /* threads that look for more before they end */
};

/* Uploads that are done together. */
typedef struct {
  MunUploadQueue *queue;
  GPtrArray *uploads; /* MunSmallUpload */
} Group;

gboolean
mun_upload_check_rights (MunServer *server, const char *user_name, const char *folder,
                         GError **error)
{
  g_autoptr (JsonObject) user
      = mun_master_get_user (mun_server_get_master (server), user_name, error);

  if (user == NULL)
    return FALSE;
  if (mun_account_may_login (user, "web")
      && (mun_access_get (server, user, folder) & MUN_ACCESS_WRITE) != 0)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_DENIED, "User %s may not archive messages into %s",
               user_name, folder);
  return FALSE;
}

char *
mun_upload_dup_details (const char *folder, guint archived, guint skipped, guint failed)
{
  return g_strdup_printf ("folder %s: %u archived, %u skipped, %u failed", folder, archived,
                          skipped, failed);
}

/* --- on a thread of the pool --- */

/* Many are by one user into one folder: what was found for the first holds for all. */
static void
check_rights (Group *self)
{
  for (guint i = 0; i < self->uploads->len; i++) {
    MunSmallUpload *upload = g_ptr_array_index (self->uploads, i), *same = NULL;

    for (guint j = 0; same == NULL && j < i; j++) {
      MunSmallUpload *before = g_ptr_array_index (self->uploads, j);

      if (g_str_equal (before->user_name, upload->user_name)
          && g_str_equal (before->folder, upload->folder))
        same = before;
    }
    if (same == NULL)
      mun_upload_check_rights (self->queue->server, upload->user_name, upload->folder,
                               &upload->error);
    else if (same->error != NULL)
      upload->error = g_error_copy (same->error);
  }
}

static gboolean
deliver (MunUploadQueue *self, MunSmallUpload **uploads, guint n_uploads, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  gboolean ok;

  for (guint i = 0; i < n_uploads; i++)
    for (guint k = 0; uploads[i]->error == NULL && k < uploads[i]->n_items; k++)
      g_ptr_array_add (items, &uploads[i]->items[k]);
  ok = items->len == 0
       || mun_archive_deliver (mun_server_get_archive (self->server), (MunDelivery **)items->pdata,
                               items->len, NULL, error);
  for (guint i = 0; ok && i < n_uploads; i++)
    uploads[i]->is_archived = uploads[i]->error == NULL;
  return ok;
}

static void
deliver_group (Group *self)
{
  MunSmallUpload **uploads = (MunSmallUpload **)self->uploads->pdata;
  g_autoptr (GError) error = NULL;

  if (deliver (self->queue, uploads, self->uploads->len, &error))
    return;
  for (guint i = 0; i < self->uploads->len; i++)
    if (self->uploads->len == 1)
      uploads[i]->error = g_steal_pointer (&error);
    else if (uploads[i]->error == NULL)
      deliver (self->queue, &uploads[i], 1, &uploads[i]->error);
}

static guint
count (const MunSmallUpload *self, MunDeliveryResult result)
{
  guint n = 0;

  for (guint i = 0; i < self->n_items; i++)
    n += self->items[i].result == result;
  return n;
}

static JsonObject *
make_document (const MunSmallUpload *upload)
{
  JsonObject *document = json_object_new ();
  g_autofree char *details
      = mun_upload_dup_details (upload->folder, count (upload, MUN_DELIVERY_ARCHIVED),
                                count (upload, MUN_DELIVERY_DUPLICATE),
                                count (upload, MUN_DELIVERY_FAILED));

  json_object_set_string_member (document, "details", details);
  json_object_set_string_member (document, "result", "succeeded");
  return document;
}

/* It has happened already: that it is not recorded cannot be the uploader's error. */
static void
audit (Group *self)
{
  g_autofree MunAuditRecord *records = g_new0 (MunAuditRecord, self->uploads->len);
  g_autoptr (GError) error = NULL;
  guint n_records = 0;

  for (guint i = 0; i < self->uploads->len; i++) {
    MunSmallUpload *upload = g_ptr_array_index (self->uploads, i);

    if (upload->is_archived && count (upload, MUN_DELIVERY_ARCHIVED) > 0)
      records[n_records++]
          = (MunAuditRecord){ upload->user_name, "MessageUpload", make_document (upload) };
  }
  if (!mun_master_append_audits (mun_server_get_master (self->queue->server), records, n_records,
                                 &error))
    g_warning ("Audit log: %u MessageUpload, by %s the first, were not recorded: %s", n_records,
               records[0].user_name, error->message);
  for (guint i = 0; i < n_records; i++)
    json_object_unref (records[i].document);
}

static void
upload_clear (MunSmallUpload *self)
{
  for (guint i = 0; i < self->n_items; i++)
    mun_delivery_clear (&self->items[i]);
  g_clear_pointer (&self->items, g_free);
  g_clear_error (&self->error);
}

static gboolean
done_cb (gpointer data)
{
  Group *self = data;

  for (guint i = 0; i < self->uploads->len; i++) {
    MunSmallUpload *upload = g_ptr_array_index (self->uploads, i);
    MunSmallUpload filled = *upload;

    /* its owner may be gone after this */
    upload->done (&filled, upload->data);
    upload_clear (&filled);
  }
  g_ptr_array_unref (self->uploads);
  g_free (self);
  return G_SOURCE_REMOVE;
}

static void
work (Group *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  for (guint i = 0; i < self->uploads->len; i++) {
    MunSmallUpload *upload = g_ptr_array_index (self->uploads, i);

    upload->n_items = upload->messages->len;
    upload->items = g_new0 (MunDelivery, MAX (upload->n_items, 1));
    for (guint k = 0; k < upload->n_items; k++) {
      upload->items[k].raw = g_ptr_array_index (upload->messages, k);
      upload->items[k].folder = upload->folder;
    }
  }
  check_rights (self);
  deliver_group (self);
  audit (self);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, done_cb, self, NULL);
  g_source_attach (source, self->queue->context);
}

/* Returns: all that waits, as far as one commit should take it; NULL: nothing. */
static Group *
take_group (MunUploadQueue *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  MunSmallUpload *next = g_queue_peek_head (&self->waiting);
  guint n_messages = 0;
  Group *group;

  if (next == NULL) {
    self->running--;
    return NULL;
  }
  group = g_new0 (Group, 1);
  group->queue = self;
  group->uploads = g_ptr_array_new ();
  do {
    g_ptr_array_add (group->uploads, g_queue_pop_head (&self->waiting));
    n_messages += next->messages->len;
    next = g_queue_peek_head (&self->waiting);
  } while (next != NULL && n_messages + next->messages->len <= GROUP_MESSAGES);
  return group;
}

static void
pool_cb (gpointer data, gpointer user_data)
{
  Group *group;

  while ((group = take_group (data)) != NULL)
    work (group);
}

/* --- on the main loop --- */

MunUploadQueue *
mun_upload_queue_new (MunServer *server)
{
  MunUploadQueue *self = g_new0 (MunUploadQueue, 1);

  self->server = server;
  self->context = g_main_context_ref_thread_default ();
  self->pool = g_thread_pool_new (pool_cb, NULL, GROUPS_AT_ONCE, FALSE, NULL);
  g_mutex_init (&self->lock);
  g_queue_init (&self->waiting);
  return self;
}

void
mun_upload_queue_free (MunUploadQueue *self)
{
  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_queue_clear (&self->waiting);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);
  g_free (self);
}

void
mun_upload_queue_push (MunUploadQueue *self, MunSmallUpload *upload)
{
  gboolean needs_thread;

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->waiting, upload);
  needs_thread = self->running < GROUPS_AT_ONCE;
  self->running += needs_thread;
  g_mutex_unlock (&self->lock);
  if (needs_thread)
    g_thread_pool_push (self->pool, self, NULL);
}
