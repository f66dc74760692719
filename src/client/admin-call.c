/* admin-call.c: single exchanges of the Administration API, and calls followed to their end */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-client"

#include "admin-private.h"

#include "errors.h"
#include "json.h"
#include "secret.h"

#include <string.h>

/* A folder's list of messages is the largest reply. */
#define REPLY_LIMIT (256 * 1024 * 1024)
#define TOKEN_PREFIX "get-status"

static void
wipe_and_free (gpointer text)
{
  mun_secret_wipe (text, strlen (text));
  g_free (text);
}

static void
append_field (GString *form, const char *name, const char *value)
{
  char *escaped_name = g_uri_escape_string (name, NULL, FALSE);
  char *escaped = g_uri_escape_string (value, NULL, FALSE);

  g_string_append_printf (form, "%s%s=%s", form->len > 0 ? "&" : "", escaped_name, escaped);
  g_free (escaped_name);
  wipe_and_free (escaped);
}

char *
mun_admin_client_form_from_object (JsonObject *args)
{
  GString *form = g_string_new (NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (args == NULL)
    return g_string_free (form, FALSE);
  json_object_iter_init_ordered (&iter, args);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    char *text;

    if (JSON_NODE_HOLDS_NULL (node))
      continue;
    text
        = JSON_NODE_HOLDS_VALUE (node) ? mun_json_dup_text (args, name) : mun_json_to_string (node);
    append_field (form, name, text);
    wipe_and_free (text);
  }
  return g_string_free (form, FALSE);
}

/* The sentence of the server in a reply whose status is not 200, if it has one. */
static char *
dup_server_message (MunResponse *response)
{
  gsize length;
  const char *text = g_bytes_get_data (response->body, &length);
  g_autoptr (MunEnvelope) envelope
      = length > 0 && length < 65536 ? mun_envelope_parse (text, length, NULL) : NULL;

  return envelope != NULL ? g_strdup (envelope->error_message) : NULL;
}

static GError *
status_error (MunResponse *response, const char *path)
{
  g_autofree char *message = dup_server_message (response);
  MunError code = MUN_ERROR_FAILED;
  const char *fallback = "The server failed";

  switch (response->status) {
  case SOUP_STATUS_UNAUTHORIZED:
    code = MUN_ERROR_AUTHENTICATION;
    fallback = "The server does not accept the user name or the password";
    break;
  case SOUP_STATUS_FORBIDDEN:
    code = MUN_ERROR_DENIED;
    fallback = "The account may not use the Administration API";
    break;
  case SOUP_STATUS_NOT_FOUND:
    code = g_str_has_prefix (path, TOKEN_PREFIX) ? MUN_ERROR_EXPIRED : MUN_ERROR_UNSUPPORTED;
    fallback = code == MUN_ERROR_EXPIRED ? "The server does not know the operation any more"
                                         : "The server does not have this function";
    break;
  case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
    code = MUN_ERROR_TOO_LARGE;
    fallback = "The request is larger than the server accepts";
    break;
  case 429:
  case SOUP_STATUS_SERVICE_UNAVAILABLE:
    code = MUN_ERROR_THROTTLED;
    fallback = "The server is busy";
    break;
  default:
    break;
  }
  return g_error_new (MUN_ERROR, code, "%s: %s (HTTP %u)", path,
                      message != NULL ? message : fallback, response->status);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (MunResponse) response
      = mun_transport_send_finish (MUN_TRANSPORT (source), result, &error);
  MunEnvelope *envelope;
  const char *text;
  gsize length;

  if (response == NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (response->status != SOUP_STATUS_OK) {
    g_task_return_error (task, status_error (response, g_task_get_task_data (task)));
    return;
  }
  text = g_bytes_get_data (response->body, &length);
  envelope = mun_envelope_parse (length > 0 ? text : "", length, &error);
  if (envelope == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, envelope, (GDestroyNotify)mun_envelope_unref);
}

void
mun_admin_client_post_async (MunAdminClient *self, const char *path, char *form, guint seconds,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  MunTransport *transport = mun_admin_client_get_transport (self);
  g_autofree char *full = g_strconcat ("/api/", path, NULL);
  g_autoptr (SoupMessage) message = mun_transport_message (transport, "POST", full);
  g_autoptr (GBytes) body = NULL;

  g_task_set_source_tag (task, mun_admin_client_post_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  if (form == NULL)
    form = g_strdup ("");
  body = g_bytes_new_with_free_func (form, strlen (form), wipe_and_free, form);
  soup_message_set_request_body_from_bytes (message, "application/x-www-form-urlencoded", body);
  mun_admin_client_authorize (self, message);
  mun_transport_send_async (transport, message, REPLY_LIMIT, seconds, cancellable, sent_cb, task);
}

MunEnvelope *
mun_admin_client_post_finish (MunAdminClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mun_admin_client_poll_async (MunAdminClient *self, const char *token, gint64 version,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autofree char *escaped = g_uri_escape_string (token, NULL, FALSE);
  char *form = g_strdup_printf ("token=%s&lastKnownStatusVersion=%" G_GINT64_FORMAT
                                "&millisecondsTimeout=%d",
                                escaped, version, MUN_POLL_MILLISECONDS);

  mun_admin_client_post_async (self, TOKEN_PREFIX, form, MUN_POLL_MILLISECONDS / 1000 * 3,
                               cancellable, callback, user_data);
}

static void
cancel_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunEnvelope) envelope
      = mun_admin_client_post_finish (MUN_ADMIN_CLIENT (source), result, &error);

  /* Some servers answer this without an envelope, and a finished operation cannot be cancelled. */
  if (envelope == NULL)
    g_debug ("cancel-async: %s", error->message);
}

void
mun_admin_client_cancel_token (MunAdminClient *self, const char *token)
{
  g_autofree char *escaped = g_uri_escape_string (token, NULL, FALSE);

  mun_admin_client_post_async (self, "cancel-async", g_strdup_printf ("token=%s", escaped), 60,
                               NULL, cancel_sent_cb, NULL);
}

GError *
mun_admin_client_envelope_error (MunEnvelope *envelope)
{
  if (envelope->status_code == MUN_STATUS_CANCELLED)
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The operation was cancelled");
  if (envelope->status_code != MUN_STATUS_FAILED && envelope->error_message == NULL)
    return NULL;
  if (envelope->error_details != NULL)
    g_debug ("Details of the server's error: %s", envelope->error_details);
  return g_error_new_literal (MUN_ERROR, MUN_ERROR_FAILED,
                              envelope->error_message != NULL ? envelope->error_message
                                                              : "The server gave no reason");
}

/* A call that turned out to be long. */
typedef struct {
  char *token;
  GCancellable *cancellable;
} Call;

static void
call_free (Call *call)
{
  g_free (call->token);
  g_clear_object (&call->cancellable);
  g_free (call);
}

static void
call_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MunAdminClient *self = MUN_ADMIN_CLIENT (source);
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MunEnvelope) envelope = mun_admin_client_post_finish (self, result, &error);

  if (envelope == NULL) {
    /* Nobody will ask for the result any more. */
    if (call->token != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      mun_admin_client_cancel_token (self, call->token);
    g_task_return_error (task, error);
    return;
  }
  if (envelope->status_code == MUN_STATUS_RUNNING) {
    if (envelope->token != NULL && call->token == NULL)
      call->token = g_strdup (envelope->token);
    if (call->token == NULL) {
      g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_PROTOCOL,
                               "The server started an operation without naming its token");
      return;
    }
    mun_admin_client_poll_async (self, call->token, envelope->status_version, call->cancellable,
                                 call_cb, g_steal_pointer (&task));
    return;
  }
  error = mun_admin_client_envelope_error (envelope);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task,
                           envelope->result != NULL ? json_node_ref (envelope->result)
                                                    : json_node_new (JSON_NODE_NULL),
                           (GDestroyNotify)json_node_unref);
}

void
mun_admin_client_call_async (MunAdminClient *self, const char *function, JsonObject *args,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (JsonObject) owned = args;
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;
  GTask *task;
  Call *call;

  g_return_if_fail (MUN_IS_ADMIN_CLIENT (self) && function != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, mun_admin_client_call_async);
  call = g_new0 (Call, 1);
  call->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  g_task_set_task_data (task, call, (GDestroyNotify)call_free);
  escaped = g_uri_escape_string (function, NULL, FALSE);
  path = g_strconcat ("invoke/", escaped, NULL);
  mun_admin_client_post_async (self, path, mun_admin_client_form_from_object (owned), 0,
                               cancellable, call_cb, task);
}

JsonNode *
mun_admin_client_call_finish (MunAdminClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
