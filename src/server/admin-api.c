/* admin-api.c: the Administration API over HTTP */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "admin-api.h"

#include "accounts.h"
#include "arguments.h"
#include "dispatch.h"
#include "errors.h"
#include "first-start.h"
#include "functions.h"
#include "json.h"
#include "operations.h"
#include "secret.h"
#include "sessions.h"

#include <string.h>

#define INVOKE "/api/invoke/"
#define BOM "\xef\xbb\xbf"
#define JSON_TYPE "application/json"
/* A long function answers with its token after this time, unless it was quicker */
#define LONG_GRACE_MILLISECONDS 250
/* A short one is given time to end within its request; proxies close silent connections later */
#define SHORT_GRACE_MILLISECONDS 30000
/* The longest wait of get-status, whatever the client asks for */
#define POLL_MAX_MILLISECONDS 60000
/* A function's reply that follows no status, and so carries the whole log */
#define KNOWS_NOTHING 0

/* A request from its arrival to its answer. */
typedef struct {
  MunApiParts *parts;
  SoupServerMessage *message;
  char *path;
  char *address;
  char *user_name; /* as the account is written, once it is known */
  gint64 known_version;
  gboolean guarded; /* comes from elsewhere with the password that everybody knows */
} Request;

/* An envelope on its way through a thread. */
typedef struct {
  MunCall *call;
  gint64 known_version;
} Reply;

static void
request_free (Request *request)
{
  request->parts->pending--;
  g_free (request->path);
  g_free (request->address);
  g_free (request->user_name);
  g_free (request);
}

/* @json: (transfer full): with a byte order mark, which may be switched off. */
static void
respond_json (MunApiParts *parts, SoupServerMessage *message, guint status, char *json)
{
  if (!parts->byte_order_mark && g_str_has_prefix (json, BOM))
    memmove (json, json + strlen (BOM), strlen (json + strlen (BOM)) + 1);
  mun_listener_respond_text (message, status, JSON_TYPE, json);
}

/* The end of every paused request. */
static void
answer (Request *request, guint status, char *json)
{
  if (json != NULL)
    respond_json (request->parts, request->message, status, json);
  else
    mun_listener_respond (request->message, status, NULL, NULL);
  mun_listener_resume (request->message);
  request_free (request);
}

static void
answer_unauthorized (SoupServerMessage *message)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "WWW-Authenticate", "Basic realm=\"Muniment\", charset=\"UTF-8\"");
  mun_listener_respond (message, SOUP_STATUS_UNAUTHORIZED, NULL, NULL);
}

/* User name and password of RFC 7617. Some clients encode them as ISO 8859-1. */
static gboolean
parse_basic (const char *header, char **user_name, char **password)
{
  g_autofree guchar *decoded = NULL;
  g_autofree char *text = NULL;
  gsize length;
  char *colon;

  if (header == NULL || g_ascii_strncasecmp (header, "Basic ", 6) != 0)
    return FALSE;
  decoded = g_base64_decode (header + 6, &length);
  if (decoded == NULL || length == 0 || memchr (decoded, '\0', length) != NULL)
    return FALSE;
  if (g_utf8_validate ((const char *)decoded, length, NULL))
    text = g_strndup ((const char *)decoded, length);
  else
    text = g_convert ((const char *)decoded, length, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
  mun_secret_wipe (decoded, length);
  colon = text != NULL ? strchr (text, ':') : NULL;
  if (colon != NULL && colon != text) {
    *user_name = g_strndup (text, colon - text);
    *password = g_strdup (colon + 1);
  }
  if (text != NULL)
    mun_secret_wipe (text, strlen (text));
  return *user_name != NULL;
}

static void
reply_free (gpointer data)
{
  Reply *reply = data;

  mun_call_unref (reply->call);
  g_free (reply);
}

static void
reply_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reply *reply = data;

  g_task_return_pointer (task, mun_call_dup_envelope (reply->call, reply->known_version, FALSE),
                         g_free);
}

static void
replied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  answer (data, SOUP_STATUS_OK, g_task_propagate_pointer (G_TASK (result), NULL));
}

/* A result may be a list of a million messages: what has ended is written by a thread. */
static void
answer_call (Request *request, MunCall *call, gint64 known_version)
{
  g_autoptr (GTask) task = NULL;
  Reply *reply;

  if (!mun_call_is_finished (call)) {
    answer (request, SOUP_STATUS_OK, mun_call_dup_envelope (call, known_version, TRUE));
    return;
  }
  reply = g_new0 (Reply, 1);
  reply->call = mun_call_ref (call);
  reply->known_version = known_version;
  task = g_task_new (NULL, NULL, replied_cb, request);
  g_task_set_source_tag (task, answer_call);
  g_task_set_task_data (task, reply, reply_free);
  g_task_run_in_thread (task, reply_in_thread);
}

static void
first_reply_cb (MunCall *call, gpointer data)
{
  Request *request = data;

  if (mun_call_is_finished (call))
    mun_operations_forget (request->parts->operations, call);
  answer_call (request, call, KNOWS_NOTHING);
}

static void
status_reply_cb (MunCall *call, gpointer data)
{
  Request *request = data;

  answer_call (request, call, request->known_version);
}

static void
invoke (Request *request, const char *function, GBytes *body)
{
  const MunFunctionSpec *spec = mun_function_lookup (function);
  g_autoptr (MunCall) call = NULL;
  g_autoptr (GError) error = NULL;
  MunArguments *arguments;
  gboolean is_long;
  gsize length;
  const char *form = g_bytes_get_data (body, &length);

  if (spec == NULL || !mun_dispatch_has (function)) {
    answer (request, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  arguments = mun_arguments_parse_form (spec, form, length, &error);
  if (arguments == NULL) {
    answer (request, SOUP_STATUS_OK, mun_call_dup_failure (error->message));
    return;
  }
  call = mun_call_new (request->parts->server, request->user_name, spec, mun_dispatch_run_remote,
                       arguments);
  if (!mun_operations_start (request->parts->operations, call, &error)) {
    answer (request, SOUP_STATUS_OK, mun_call_dup_failure (error->message));
    return;
  }
  is_long = (spec->flags & MUN_FUNCTION_LONG) != 0;
  mun_operations_wait (request->parts->operations, call, G_MAXINT64,
                       is_long ? LONG_GRACE_MILLISECONDS : SHORT_GRACE_MILLISECONDS, first_reply_cb,
                       request);
}

/* The fields of get-status and cancel-async, which the table of functions does not list. */
static GHashTable *
parse_fields (GBytes *body)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  g_autofree char *text = g_strndup (data, length);

  return soup_form_decode (text);
}

static MunCall *
find_call (Request *request, GHashTable *fields)
{
  const char *token = g_hash_table_lookup (fields, "token");

  if (token == NULL)
    return NULL;
  return mun_operations_lookup (request->parts->operations, token, request->user_name);
}

static gint64
parse_number (GHashTable *fields, const char *name, gint64 fallback)
{
  const char *text = g_hash_table_lookup (fields, name);
  gint64 number;

  if (text == NULL || !g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &number, NULL))
    return fallback;
  return number;
}

static void
get_status (Request *request, GBytes *body)
{
  g_autoptr (GHashTable) fields = parse_fields (body);
  MunCall *call = find_call (request, fields);
  gint64 milliseconds = parse_number (fields, "millisecondsTimeout", 0);

  if (call == NULL) {
    answer (request, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  request->known_version = parse_number (fields, "lastKnownStatusVersion", -1);
  mun_operations_wait (request->parts->operations, call, request->known_version,
                       CLAMP (milliseconds, 0, POLL_MAX_MILLISECONDS), status_reply_cb, request);
}

static void
cancel_async (Request *request, GBytes *body)
{
  g_autoptr (GHashTable) fields = parse_fields (body);
  MunCall *call = find_call (request, fields);

  if (call == NULL) {
    answer (request, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  mun_call_cancel (call, FALSE);
  answer (request, SOUP_STATUS_OK, mun_call_dup_envelope (call, -1, TRUE));
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;

  request->user_name = mun_accounts_check_finish (request->parts->accounts, result, &error);
  if (request->user_name == NULL) {
    if (g_error_matches (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION)) {
      answer_unauthorized (request->message);
      mun_listener_resume (request->message);
      request_free (request);
    } else {
      answer (request, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
    }
    return;
  }
  if (request->guarded) {
    answer (request, SOUP_STATUS_OK,
            mun_call_dup_failure ("User " MUN_ADMIN_NAME " has the password that everybody knows: "
                                  "set another one on the server itself before the Administration "
                                  "API is used from elsewhere"));
    return;
  }
  mun_sessions_touch (request->parts->sessions, request->user_name, request->address, "api");
  body = soup_message_body_flatten (soup_server_message_get_request_body (request->message));
  if (g_str_has_prefix (request->path, INVOKE))
    invoke (request, request->path + strlen (INVOKE), body);
  else if (strcmp (request->path, "/api/get-status") == 0)
    get_status (request, body);
  else
    cancel_async (request, body);
}

static gboolean
is_known_path (const char *path)
{
  return g_str_has_prefix (path, INVOKE) || strcmp (path, "/api/get-status") == 0
         || strcmp (path, "/api/cancel-async") == 0;
}

/* The one reply without an envelope; readable without credentials (contract 1.1). */
static void
get_metadata (MunApiParts *parts, SoupServerMessage *message)
{
  g_autoptr (JsonNode) metadata = mun_dispatch_dup_metadata ();
  g_autofree char *text = mun_json_to_string (metadata);

  respond_json (parts, message, SOUP_STATUS_OK, g_strconcat (BOM, text, NULL));
}

/* From anywhere but this computer, "admin" with the password "admin" is not let in (contract 1.1).
 */
static gboolean
is_guarded (SoupServerMessage *message, const char *user_name, const char *password)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  return g_ascii_strcasecmp (user_name, MUN_ADMIN_NAME) == 0
         && strcmp (password, MUN_ADMIN_NAME) == 0
         && !(G_IS_INET_SOCKET_ADDRESS (address)
              && g_inet_address_get_is_loopback (
                  g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))));
}

gboolean
mun_admin_api_filter (SoupServerMessage *message, const char *path, gpointer data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autofree char *user_name = NULL;
  g_autofree char *password = NULL;

  if (!is_known_path (path) || strcmp (soup_server_message_get_method (message), "POST") != 0)
    return FALSE;
  if (parse_basic (soup_message_headers_get_one (headers, "Authorization"), &user_name,
                   &password)) {
    mun_secret_wipe (password, strlen (password));
    return FALSE;
  }
  /* what a stranger sends is not kept until it turns out that it is a stranger's */
  answer_unauthorized (message);
  mun_listener_discard_body (message);
  return TRUE;
}

void
mun_admin_api_handle (SoupServerMessage *message, const char *path, gpointer data)
{
  MunApiParts *parts = data;
  const char *method = soup_server_message_get_method (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autofree char *user_name = NULL;
  g_autofree char *password = NULL;
  Request *request;

  if (strcmp (path, "/api/get-metadata") == 0
      && (strcmp (method, "GET") == 0 || strcmp (method, "POST") == 0)) {
    get_metadata (parts, message);
    return;
  }
  if (!is_known_path (path)) {
    mun_listener_respond (message, SOUP_STATUS_NOT_FOUND, NULL, NULL);
    return;
  }
  if (strcmp (method, "POST") != 0) {
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow",
                                  "POST");
    mun_listener_respond (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL, NULL);
    return;
  }
  if (!parse_basic (soup_message_headers_get_one (headers, "Authorization"), &user_name,
                    &password)) {
    answer_unauthorized (message);
    return;
  }
  request = g_new0 (Request, 1);
  request->parts = parts;
  parts->pending++;
  request->message = message;
  request->path = g_strdup (path);
  request->address = mun_listener_dup_address (message);
  request->guarded = is_guarded (message, user_name, password);
  mun_listener_pause (message);
  mun_accounts_check_async (parts->accounts, user_name, password, request->address, checked_cb,
                            request);
  mun_secret_wipe (password, strlen (password));
}
