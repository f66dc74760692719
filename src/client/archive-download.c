/* archive-download.c: one message, over as many connections as it takes */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-client"

#include "archive-private.h"
#include "errors.h"

/* The largest message that is taken: more than any mail server passes. */
#define MESSAGE_LIMIT ((gsize)1024 * 1024 * 1024)
#define BREAKS_MAX 3

typedef struct {
  char *path;
  GByteArray *got;
  char *etag; /* NULL: the server gives no rest */
  guint breaks;
} Download;

static void
download_free (gpointer data)
{
  Download *self = data;

  g_free (self->path);
  g_free (self->etag);
  g_clear_pointer (&self->got, g_byte_array_unref);
  g_free (self);
}

/* FALSE: it is neither the beginning nor what follows the bytes that are there. */
static gboolean
take (Download *self, MunResponse *response)
{
  goffset start, end, total;
  gsize length;
  const guint8 *data = g_bytes_get_data (response->body, &length);

  if (response->status == SOUP_STATUS_PARTIAL_CONTENT) {
    if (!soup_message_headers_get_content_range (response->headers, &start, &end, &total)
        || start != (goffset)self->got->len)
      return FALSE;
  } else {
    g_byte_array_set_size (self->got, 0);
    g_free (self->etag);
    self->etag = g_strdup (soup_message_headers_get_one (response->headers, "ETag"));
  }
  g_byte_array_append (self->got, data, length);
  return TRUE;
}

static void
ask (GTask *task);

/* A message that is damaged half way breaks off as a bad line does: only the question for the rest
 * tells which it was. */
static void
replied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Download *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MunResponse) response
      = mun_archive_client_request_finish (MUN_ARCHIVE_CLIENT (source), result, &error);

  if (response == NULL)
    g_task_return_error (task, error);
  else if (!take (self, response))
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_PROTOCOL,
                             "The server sent another part of the message than was asked for");
  else if (response->broken == NULL)
    g_task_return_pointer (task, g_byte_array_free_to_bytes (g_steal_pointer (&self->got)),
                           (GDestroyNotify)g_bytes_unref);
  else if (self->etag == NULL || ++self->breaks > BREAKS_MAX)
    g_task_return_error (task, g_steal_pointer (&response->broken));
  else
    ask (g_steal_pointer (&task));
}

static void
ask (GTask *task)
{
  Download *self = g_task_get_task_data (task);

  mun_archive_client_request_rest_async (g_task_get_source_object (task), self->path,
                                         self->got->len, self->etag, MESSAGE_LIMIT - self->got->len,
                                         g_task_get_cancellable (task), replied_cb, task);
}

void
mun_archive_client_download_async (MunArchiveClient *self, const char *id,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Download *download = g_new0 (Download, 1);

  g_task_set_source_tag (task, mun_archive_client_download_async);
  download->path = mun_archive_client_message_path (id, "download/");
  download->got = g_byte_array_new ();
  g_task_set_task_data (task, download, download_free);
  if (download->path != NULL) {
    ask (task);
    return;
  }
  g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_INVALID, "The message has no valid id");
  g_object_unref (task);
}

GBytes *
mun_archive_client_download_finish (MunArchiveClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
