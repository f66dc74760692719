/* archive-save.c: what is too large for memory: saved as it comes; shown without its attachments */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-client"

#include "archive-save.h"

#include "archive-private.h"
#include "errors.h"
#include "json.h"

#define BREAKS_MAX 3

/* One file; the data of its task. */
typedef struct {
  char *path;
  GFile *file, *part; /* it comes as "….part" beside the file */
  GFileOutputStream *stream;
  MunSaveProgress progress;
  gpointer progress_data;
  MunTransportSink sink;
  guint64 received, total;
  char *etag; /* NULL: the server gives no rest */
  guint breaks;
  GError *error; /* why the part is thrown away */
} Save;

static void
save_free (gpointer data)
{
  Save *self = data;

  g_free (self->path);
  g_clear_object (&self->file);
  g_clear_object (&self->part);
  g_clear_object (&self->stream);
  g_free (self->etag);
  g_clear_error (&self->error);
  g_free (self);
}

/* --- the end --- */

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Save *self = g_task_get_task_data (task);

  g_file_delete_finish (self->part, result, NULL);
  g_task_return_error (task, g_steal_pointer (&self->error));
}

static void
abandoned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Save *self = g_task_get_task_data (data);

  g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, NULL);
  g_file_delete_async (self->part, G_PRIORITY_DEFAULT, NULL, deleted_cb, data);
}

/* @task, @error: (transfer full) */
static void
give_up (GTask *task, GError *error)
{
  Save *self = g_task_get_task_data (task);

  self->error = error;
  g_output_stream_close_async (G_OUTPUT_STREAM (self->stream), G_PRIORITY_DEFAULT, NULL,
                               abandoned_cb, task);
}

static void
move_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Save *self = data;
  GError *error = NULL;

  if (g_file_move (self->part, self->file, G_FILE_COPY_OVERWRITE, cancellable, NULL, NULL,
                   &error)) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  g_file_delete (self->part, NULL, NULL);
  g_task_return_error (task, error);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Save *self = g_task_get_task_data (task);

  if (g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &self->error))
    g_task_run_in_thread (task, move_thread);
  else
    g_file_delete_async (self->part, G_PRIORITY_DEFAULT, NULL, deleted_cb, g_steal_pointer (&task));
}

/* @task: (transfer full) */
static void
finish (GTask *task)
{
  Save *self = g_task_get_task_data (task);

  g_output_stream_close_async (G_OUTPUT_STREAM (self->stream), G_PRIORITY_DEFAULT,
                               g_task_get_cancellable (task), closed_cb, task);
}

/* --- the bytes --- */

/* What comes is the beginning, or follows the bytes that are there. */
static gboolean
begin_cb (guint status, SoupMessageHeaders *headers, gpointer data, GError **error)
{
  Save *self = data;
  goffset start, end, total;

  if (status == SOUP_STATUS_PARTIAL_CONTENT) {
    if (soup_message_headers_get_content_range (headers, &start, &end, &total)
        && start == (goffset)self->received)
      return TRUE;
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                         "The server sent another part than was asked for");
    return FALSE;
  }
  g_free (self->etag);
  self->etag = g_strdup (soup_message_headers_get_one (headers, "ETag"));
  self->total = soup_message_headers_get_content_length (headers);
  if (self->received == 0)
    return TRUE;
  self->received = 0;
  return g_seekable_seek (G_SEEKABLE (self->stream), 0, G_SEEK_SET, NULL, error)
         && g_seekable_truncate (G_SEEKABLE (self->stream), 0, NULL, error);
}

static void
written_cb (gsize length, gpointer data)
{
  Save *self = data;

  self->received += length;
  if (self->progress)
    self->progress (self->received, self->total, self->progress_data);
}

static void
ask (GTask *task);

static void
replied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Save *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MunResponse) response
      = mun_archive_client_request_finish (MUN_ARCHIVE_CLIENT (source), result, &error);

  if (response == NULL)
    give_up (g_steal_pointer (&task), error);
  else if (response->broken == NULL)
    finish (g_steal_pointer (&task));
  else if (self->etag == NULL || ++self->breaks > BREAKS_MAX)
    give_up (g_steal_pointer (&task), g_steal_pointer (&response->broken));
  else
    ask (g_steal_pointer (&task));
}

static void
ask (GTask *task)
{
  Save *self = g_task_get_task_data (task);

  mun_archive_client_request_to_async (g_task_get_source_object (task), self->path, self->received,
                                       self->etag, &self->sink, g_task_get_cancellable (task),
                                       replied_cb, task);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Save *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->stream = g_file_replace_finish (G_FILE (source), result, &error);
  if (self->stream == NULL) {
    g_task_return_error (task, error);
    return;
  }
  self->sink = (MunTransportSink){ G_OUTPUT_STREAM (self->stream), begin_cb, written_cb, self };
  ask (g_steal_pointer (&task));
}

static GFile *
part_of (GFile *file)
{
  g_autoptr (GFile) parent = g_file_get_parent (file);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *part = g_strconcat (name, ".part", NULL);

  return parent != NULL ? g_file_get_child (parent, part) : NULL;
}

void
mun_archive_client_save_async (MunArchiveClient *self, const char *id, guint number, GFile *file,
                               MunSaveProgress progress, gpointer progress_data,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Save *save = g_new0 (Save, 1);
  g_autofree char *what
      = number > 0 ? g_strdup_printf ("attachments/%u", number) : g_strdup ("download/");

  /* What was moved into place is there, whether somebody cancels then or not. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, mun_archive_client_save_async);
  save->path = mun_archive_client_message_path (id, what);
  save->file = g_object_ref (file);
  save->part = part_of (file);
  save->progress = progress;
  save->progress_data = progress_data;
  g_task_set_task_data (task, save, save_free);
  if (save->path != NULL && save->part != NULL) {
    g_file_replace_async (save->part, NULL, FALSE,
                          G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                          G_PRIORITY_DEFAULT, cancellable, opened_cb, task);
    return;
  }
  g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_INVALID, "The message has no valid id");
  g_object_unref (task);
}

gboolean
mun_archive_client_save_finish (MunArchiveClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- the outline --- */

static void
outlined_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (MunResponse) response
      = mun_archive_client_request_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  JsonObject *object = NULL;
  gsize length;

  if (response != NULL) {
    const char *text = g_bytes_get_data (response->body, &length);

    object = mun_json_parse_object (text != NULL ? text : "", length, &error);
  }
  if (object != NULL)
    g_task_return_pointer (task, object, (GDestroyNotify)json_object_unref);
  else
    g_task_return_error (task, error);
}

void
mun_archive_client_outline_async (MunArchiveClient *self, const char *id, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *path = mun_archive_client_message_path (id, "outline");

  g_task_set_source_tag (task, mun_archive_client_outline_async);
  if (path != NULL) {
    mun_archive_client_request_async (self, "GET", path, NULL, NULL, MUN_REPLY_LIMIT, cancellable,
                                      outlined_cb, task);
    return;
  }
  g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_INVALID, "The message has no valid id");
  g_object_unref (task);
}

JsonObject *
mun_archive_client_outline_finish (MunArchiveClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
