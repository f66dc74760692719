/* archive-client.c: the Web Access API of one server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-client"

#include "archive-client.h"

#include "archive-private.h"
#include "archive-session.h"
#include "errors.h"
#include "json.h"
#include "text.h"

#include <string.h>

struct _MunArchiveClient {
  GObject parent_instance;

  MunTransport *transport;
  char *user;
  MunSecret *password;
  char *token;
};

G_DEFINE_FINAL_TYPE (MunArchiveClient, mun_archive_client, G_TYPE_OBJECT)

static void
mun_archive_client_finalize (GObject *object)
{
  MunArchiveClient *self = MUN_ARCHIVE_CLIENT (object);

  mun_archive_client_set_token (self, NULL);
  g_clear_object (&self->transport);
  g_free (self->user);
  g_clear_pointer (&self->password, mun_secret_unref);
  G_OBJECT_CLASS (mun_archive_client_parent_class)->finalize (object);
}

static void
mun_archive_client_class_init (MunArchiveClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_archive_client_finalize;
}

static void
mun_archive_client_init (MunArchiveClient *self)
{
}

MunArchiveClient *
mun_archive_client_new (const char *host, guint port, const char *pinned)
{
  MunArchiveClient *self;

  g_return_val_if_fail (host != NULL, NULL);
  self = g_object_new (MUN_TYPE_ARCHIVE_CLIENT, NULL);
  self->transport = mun_transport_new (host, port != 0 ? port : MUN_WEB_PORT, pinned);
  return self;
}

void
mun_archive_client_set_account (MunArchiveClient *self, const char *user, MunSecret *password)
{
  MunSecret *held;

  g_return_if_fail (MUN_IS_ARCHIVE_CLIENT (self));
  held = password ? mun_secret_ref (password) : NULL;
  mun_set_str (&self->user, user);
  g_clear_pointer (&self->password, mun_secret_unref);
  self->password = held;
  mun_archive_client_set_token (self, NULL);
}

gboolean
mun_archive_client_set_pinned (MunArchiveClient *self, const char *fingerprint)
{
  g_return_val_if_fail (MUN_IS_ARCHIVE_CLIENT (self), FALSE);
  return mun_transport_set_pinned (self->transport, fingerprint);
}

MunServerCertificate *
mun_archive_client_get_certificate (MunArchiveClient *self)
{
  g_return_val_if_fail (MUN_IS_ARCHIVE_CLIENT (self), NULL);
  return mun_transport_get_certificate (self->transport);
}

MunTransport *
mun_archive_client_get_transport (MunArchiveClient *self)
{
  return self->transport;
}

const char *
mun_archive_client_get_token (MunArchiveClient *self)
{
  return self->token;
}

void
mun_archive_client_set_token (MunArchiveClient *self, const char *token)
{
  char *held = g_strdup (token);

  if (self->token)
    mun_secret_wipe (self->token, strlen (self->token));
  g_free (self->token);
  self->token = held;
}

static void
wipe_and_free (gpointer text)
{
  mun_secret_wipe (text, strlen (text));
  g_free (text);
}

GBytes *
mun_archive_client_dup_sign_in (MunArchiveClient *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  char *text;

  json_object_set_string_member (object, "username", self->user ? self->user : "");
  json_object_set_string_member (object, "password",
                                 self->password ? mun_secret_get_string (self->password) : "");
  json_object_set_null_member (object, "trustedDeviceToken");
  text = mun_json_object_to_string (object);
  return g_bytes_new_with_free_func (text, strlen (text), wipe_and_free, text);
}

/* Every function below is a request whose reply is turned into a result; they differ in that turn.
 */
typedef gpointer (*Convert) (GTask *task, MunResponse *response, GError **error);

typedef struct {
  Convert convert;
  GDestroyNotify free_result;
} Step;

static void
replied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Step *step = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MunResponse) response
      = mun_archive_client_request_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  gpointer value = response ? step->convert (task, response, &error) : NULL;

  if (value)
    g_task_return_pointer (task, value, step->free_result);
  else
    g_task_return_error (task, error);
}

static void
get (MunArchiveClient *self, const char *path, gsize limit, const Step *step, gpointer tag,
     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, (gpointer)step, NULL);
  if (path)
    mun_archive_client_request_async (self, "GET", path, NULL, NULL, limit, cancellable, replied_cb,
                                      task);
  else {
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_INVALID, "The message has no valid id");
    g_object_unref (task);
  }
}

static gpointer
finish (gpointer self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
convert_records (GTask *task, MunResponse *response, GError **error)
{
  g_autoptr (JsonNode) node = mun_archive_client_parse (response, error);

  return node ? mun_record_list_from_array (node) : NULL;
}

/* "name" is the last part of "fullPath" where the server does not send it. */
static gpointer
convert_folders (GTask *task, MunResponse *response, GError **error)
{
  GPtrArray *records = convert_records (task, response, error);

  for (guint i = 0; records && i < records->len; i++) {
    MunRecord *record = g_ptr_array_index (records, i);
    const char *path = mun_record_get_string (record, "fullPath", "");
    const char *slash = strrchr (path, '/');

    if (!mun_record_has (record, "name"))
      mun_record_set_string (record, "name", slash ? slash + 1 : path);
  }
  return records;
}

static gpointer
convert_object (GTask *task, MunResponse *response, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (response->body, &length);

  return mun_json_parse_object (text, length, error);
}

static const Step records_step = { convert_records, (GDestroyNotify)g_ptr_array_unref };
static const Step folders_step = { convert_folders, (GDestroyNotify)g_ptr_array_unref };
static const Step object_step = { convert_object, (GDestroyNotify)json_object_unref };

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (MunResponse) response
      = mun_archive_client_request_finish (MUN_ARCHIVE_CLIENT (source), result, &error);

  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
mun_archive_client_connect_async (MunArchiveClient *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (MUN_IS_ARCHIVE_CLIENT (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mun_archive_client_connect_async);
  mun_archive_client_request_async (self, NULL, NULL, NULL, NULL, 0, cancellable, connected_cb,
                                    task);
}

gboolean
mun_archive_client_connect_finish (MunArchiveClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
mun_archive_client_list_archives_async (MunArchiveClient *self, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data)
{
  get (self, "/api/archives", MUN_REPLY_LIMIT, &records_step,
       mun_archive_client_list_archives_async, cancellable, callback, user_data);
}

GPtrArray *
mun_archive_client_list_archives_finish (MunArchiveClient *self, GAsyncResult *result,
                                         GError **error)
{
  return finish (self, result, error);
}

void
mun_archive_client_list_folders_async (MunArchiveClient *self, const char *archive,
                                       const char *path, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *name = g_uri_escape_string (archive, NULL, FALSE);
  g_autofree char *folder = g_uri_escape_string (path ? path : "", NULL, FALSE);
  g_autofree char *target
      = g_strdup_printf ("/api/folders?archiveName=%s&folderPath=%s", name, folder);

  get (self, target, MUN_REPLY_LIMIT, &folders_step, mun_archive_client_list_folders_async,
       cancellable, callback, user_data);
}

/* A real server answers 404 for an archive that has no folders. */
GPtrArray *
mun_archive_client_list_folders_finish (MunArchiveClient *self, GAsyncResult *result,
                                        GError **error)
{
  GError *reason = NULL;
  GPtrArray *records = finish (self, result, &reason);

  if (g_error_matches (reason, MUN_ERROR, MUN_ERROR_NOT_FOUND)) {
    g_error_free (reason);
    return g_ptr_array_new_with_free_func (g_object_unref);
  }
  if (reason)
    g_propagate_error (error, reason);
  return records;
}

char *
mun_archive_client_message_path (const char *id, const char *what)
{
  g_auto (GStrv) parts = g_strsplit (id ? id : "", ":", 2);
  g_autofree char *gid = NULL, *mid = NULL;

  if (g_strv_length (parts) != 2 || !*parts[0] || !*parts[1])
    return NULL;
  gid = g_uri_escape_string (parts[0], NULL, FALSE);
  mid = g_uri_escape_string (parts[1], NULL, FALSE);
  return g_strdup_printf ("/api/messages/%s/%s/%s", gid, mid, what);
}

void
mun_archive_client_archive_info_async (MunArchiveClient *self, const char *id,
                                       GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_autofree char *path = mun_archive_client_message_path (id, "archiveinfo");

  get (self, path, MUN_REPLY_LIMIT, &object_step, mun_archive_client_archive_info_async,
       cancellable, callback, user_data);
}

JsonObject *
mun_archive_client_archive_info_finish (MunArchiveClient *self, GAsyncResult *result,
                                        GError **error)
{
  return finish (self, result, error);
}

/* Each message behind its length in decimal digits and a line feed. */
static GBytes *
pack (GPtrArray *messages)
{
  GByteArray *stream = g_byte_array_new ();

  for (guint i = 0; i < messages->len; i++) {
    gsize length;
    const guint8 *bytes = g_bytes_get_data (g_ptr_array_index (messages, i), &length);
    g_autofree char *head = g_strdup_printf ("%" G_GSIZE_FORMAT "\n", length);

    g_byte_array_append (stream, (const guint8 *)head, strlen (head));
    g_byte_array_append (stream, bytes, length);
  }
  return g_byte_array_free_to_bytes (stream);
}

void
mun_archive_client_upload_async (MunArchiveClient *self, const char *folder, GPtrArray *messages,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *name = g_uri_escape_string (folder, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/api/folders/upload?folder=", name, NULL);
  g_autoptr (GBytes) body = pack (messages);

  g_task_set_source_tag (task, mun_archive_client_upload_async);
  g_task_set_task_data (task, (gpointer)&object_step, NULL);
  mun_archive_client_request_async (self, "POST", path, "application/x-muniment-messages", body,
                                    MUN_REPLY_LIMIT, cancellable, replied_cb, task);
}

JsonObject *
mun_archive_client_upload_finish (MunArchiveClient *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}
