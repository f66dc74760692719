/* archive-request.c: one exchange of the Web Access API, signing in when needed */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-client"

#include "archive-private.h"
#include "archive-session.h"
#include "errors.h"
#include "json.h"

#include <string.h>

#define SIGN_IN_SECONDS 20
#define SIGN_IN_LIMIT (1024 * 1024)

/* One exchange; the data of its task. */
typedef struct {
  char *method;
  char *path;
  char *type;
  GBytes *body;
  gsize limit;
  gboolean takes_start; /* of the reply, when the rest does not come */
  guint64 from;         /* bytes that are not asked for */
  const MunTransportSink *sink;
  char *etag;
  gboolean renewed; /* the token was renewed already: a second 401 is an answer */
} Request;

static void
request_free (Request *self)
{
  g_free (self->method);
  g_free (self->path);
  g_free (self->type);
  g_free (self->etag);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

static GError *
error_of (MunArchiveClient *self, MunResponse *response)
{
  gsize length;
  const char *text = g_bytes_get_data (response->body, &length);
  g_autoptr (JsonObject) object = length > 0 ? mun_json_parse_object (text, length, NULL) : NULL;
  const char *message = object ? mun_json_get_string (object, "message", "") : "";
  MunError code = MUN_ERROR_FAILED;

  switch (response->status) {
  case SOUP_STATUS_UNAUTHORIZED:
    code = MUN_ERROR_AUTHENTICATION;
    break;
  case SOUP_STATUS_FORBIDDEN:
    code = MUN_ERROR_DENIED;
    break;
  case SOUP_STATUS_NOT_FOUND:
    code = MUN_ERROR_NOT_FOUND;
    break;
  case SOUP_STATUS_CONFLICT:
    code = MUN_ERROR_EXISTS;
    break;
  case SOUP_STATUS_BAD_REQUEST:
    code = MUN_ERROR_INVALID;
    break;
  case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
    code = MUN_ERROR_TOO_LARGE;
    break;
  default:
    if (strstr (message, "could not be entirely retrieved"))
      code = MUN_ERROR_DAMAGED;
  }
  /* About what was asked, not about the server: the sentence is for whoever asked it. */
  if ((code == MUN_ERROR_INVALID || code == MUN_ERROR_TOO_LARGE || code == MUN_ERROR_EXISTS)
      && *message)
    return g_error_new_literal (MUN_ERROR, code, message);
  return g_error_new (MUN_ERROR, code, "%s answered HTTP %u: %s",
                      mun_transport_get_origin (mun_archive_client_get_transport (self)),
                      response->status, *message ? message : "no reason given");
}

static void
send_request (GTask *task);
static void
sign_in (GTask *task);

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunArchiveClient *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  MunResponse *response = mun_transport_send_finish (MUN_TRANSPORT (source), result, &error);

  if (!response) {
    g_task_return_error (task, error);
  } else if (response->status == SOUP_STATUS_UNAUTHORIZED && !request->renewed) {
    request->renewed = TRUE;
    mun_archive_client_set_token (self, NULL);
    mun_response_free (response);
    sign_in (g_steal_pointer (&task));
  } else if (!SOUP_STATUS_IS_SUCCESSFUL (response->status)) {
    g_task_return_error (task, error_of (self, response));
    mun_response_free (response);
  } else {
    g_task_return_pointer (task, response, (GDestroyNotify)mun_response_free);
  }
}

static void
signed_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunArchiveClient *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (MunResponse) response
      = mun_transport_send_finish (MUN_TRANSPORT (source), result, &error);
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object, *token;

  if (!response) {
    g_task_return_error (task, error);
    return;
  }
  root = mun_archive_client_parse (response, NULL);
  object = root && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  token = object ? mun_json_get_object (object, "tokenInformation") : NULL;
  if (response->status == SOUP_STATUS_OK && token
      && mun_json_get_string (token, "access_token", NULL)) {
    mun_archive_client_set_token (self, mun_json_get_string (token, "access_token", NULL));
    send_request (g_steal_pointer (&task));
  } else if (object && mun_json_get_bool (object, "mfaCodeRequired", FALSE)) {
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_UNSUPPORTED,
                             "The server asks for a second factor");
  } else if (response->status == SOUP_STATUS_NOT_FOUND || response->status == SOUP_STATUS_OK) {
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_UNSUPPORTED,
                             "The server has no Web Access API");
  } else {
    g_task_return_error (task, error_of (self, response));
  }
}

static void
sign_in (GTask *task)
{
  MunArchiveClient *self = g_task_get_source_object (task);
  MunTransport *transport = mun_archive_client_get_transport (self);
  const char *origin = mun_transport_get_origin (transport);
  g_autoptr (SoupMessage) message
      = mun_transport_message (transport, "POST", "/api/authenticate/internal");
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (GBytes) body = mun_archive_client_dup_sign_in (self);
  g_autofree char *api = g_strconcat (origin, "/api", NULL);

  soup_message_headers_replace (headers, "Origin", origin);
  soup_message_headers_replace (headers, "Referer", origin);
  soup_message_headers_replace (headers, "ms-apiurl", api);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  mun_transport_send_async (transport, message, SIGN_IN_LIMIT, SIGN_IN_SECONDS,
                            g_task_get_cancellable (task), signed_in_cb, task);
}

static void
ask_for_rest (SoupMessage *message, Request *request)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  mun_transport_take_start (message);
  if (request->from == 0)
    return;
  soup_message_headers_set_range (headers, request->from, -1);
  soup_message_headers_replace (headers, "If-Range", request->etag);
}

static void
send_request (GTask *task)
{
  MunArchiveClient *self = g_task_get_source_object (task);
  MunTransport *transport = mun_archive_client_get_transport (self);
  Request *request = g_task_get_task_data (task);
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *authorization = NULL;

  if (!request->path) { /* only to sign in */
    g_task_return_pointer (task, NULL, NULL);
    g_object_unref (task);
    return;
  }
  message = mun_transport_message (transport, request->method, request->path);
  authorization = g_strconcat ("Bearer ", mun_archive_client_get_token (self), NULL);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                authorization);
  if (request->body)
    soup_message_set_request_body_from_bytes (message, request->type, request->body);
  if (request->takes_start)
    ask_for_rest (message, request);
  if (request->sink)
    mun_transport_set_sink (message, request->sink);
  mun_transport_send_async (transport, message, request->limit, 0, g_task_get_cancellable (task),
                            sent_cb, task);
}

/* @request: (transfer full) */
static void
start (MunArchiveClient *self, Request *request, GCancellable *cancellable,
       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, request, (GDestroyNotify)request_free);
  if (request->path && mun_archive_client_get_token (self))
    send_request (task);
  else
    sign_in (task);
}

void
mun_archive_client_request_async (MunArchiveClient *self, const char *method, const char *path,
                                  const char *type, GBytes *body, gsize limit,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  Request *request = g_new0 (Request, 1);

  request->method = g_strdup (method);
  request->path = g_strdup (path);
  request->type = g_strdup (type);
  request->body = body ? g_bytes_ref (body) : NULL;
  request->limit = limit;
  start (self, request, cancellable, callback, user_data);
}

void
mun_archive_client_request_rest_async (MunArchiveClient *self, const char *path, gsize from,
                                       const char *etag, gsize limit, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  Request *request = g_new0 (Request, 1);

  request->method = g_strdup ("GET");
  request->path = g_strdup (path);
  request->limit = limit;
  request->takes_start = TRUE;
  request->from = from;
  request->etag = g_strdup (etag);
  start (self, request, cancellable, callback, user_data);
}

void
mun_archive_client_request_to_async (MunArchiveClient *self, const char *path, guint64 from,
                                     const char *etag, const MunTransportSink *sink,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  Request *request = g_new0 (Request, 1);

  request->method = g_strdup ("GET");
  request->path = g_strdup (path);
  request->limit = MUN_REPLY_LIMIT;
  request->takes_start = TRUE;
  request->from = from;
  request->etag = g_strdup (etag);
  request->sink = sink;
  start (self, request, cancellable, callback, user_data);
}

MunResponse *
mun_archive_client_request_finish (MunArchiveClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

JsonNode *
mun_archive_client_parse (MunResponse *response, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (response->body, &length);

  if (length == 0)
    return g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                                "The server's reply is empty"),
           NULL;
  return mun_json_parse (text, length, error);
}
