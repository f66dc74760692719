/* web-api.c: the Web Access API over HTTP: archives, searches, messages */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-api.h"

#include "accounts.h"
#include "errors.h"
#include "guest.h"
#include "json.h"
#include "master.h"
#include "secret.h"
#include "sessions.h"
#include "upload-queue.h"
#include "web-request.h"
#include "web-upload.h"

#include <string.h>

#define JSON_TYPE "application/json"
#define UPLOAD_PATH "/api/folders/upload"
/* Requests that wait for a worker; beyond them the server says that it is busy */
#define QUEUE_MAX 512
/* A name and a password; whoever sends them is not known yet. */
#define SIGN_IN_MAX (64 * 1024)

struct _MunWebApi {
  MunApiParts *parts;
  MunWebTokens *tokens;
  MunWebSearches *searches;
  MunPartCache *part_cache;
  GThreadPool *pool;
  GMainContext *context;
  gsize message_limit;
  gboolean stopping;
};

/* A request between the main loop and its worker thread. */
typedef struct {
  MunWebRequest request;
  MunWebApi *api;
  SoupServerMessage *message;
  MunWebHandler handler;
  char *address;
} Job;

/* "*" stands for any one segment. */
static const struct {
  const char *method;
  const char *segments[6];
  MunWebHandler handler;
} routes[] = {
  { "GET", { "archives" }, mun_web_list_archives },
  { "GET", { "folders" }, mun_web_list_folders },
  { "POST", { "searches" }, mun_web_start_search },
  { "GET", { "searches", "*" }, mun_web_get_search },
  { "DELETE", { "searches", "*" }, mun_web_drop_search },
  { "GET", { "searches", "*", "results" }, mun_web_get_results },
  { "GET", { "savedsearches" }, mun_web_list_saved_searches },
  { "POST", { "savedsearches" }, mun_web_add_saved_search },
  { "PUT", { "savedsearches", "*" }, mun_web_change_saved_search },
  { "DELETE", { "savedsearches", "*" }, mun_web_delete_saved_search },
  { "GET", { "messages", "*", "*", "download" }, mun_web_download },
  { "HEAD", { "messages", "*", "*", "download" }, mun_web_download },
  { "GET", { "messages", "*", "*", "archiveinfo" }, mun_web_archive_info },
  { "GET", { "messages", "*", "*", "outline" }, mun_web_outline },
  { "GET", { "messages", "*", "*", "attachments", "*" }, mun_web_attachment },
  { "HEAD", { "messages", "*", "*", "attachments", "*" }, mun_web_attachment },
};

static gboolean
matches (const char *const *pattern, GStrv segments)
{
  guint i;

  for (i = 0; pattern[i] != NULL; i++)
    if (segments[i] == NULL
        || (strcmp (pattern[i], "*") != 0 && strcmp (pattern[i], segments[i]) != 0))
      return FALSE;
  return segments[i] == NULL;
}

/* @known: whether the path exists with another method. */
static MunWebHandler
route (const char *method, GStrv segments, gboolean *known)
{
  *known = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (matches (routes[i].segments, segments)) {
      *known = TRUE;
      if (strcmp (routes[i].method, method) == 0)
        return routes[i].handler;
    }
  return NULL;
}

static void
job_free (Job *job)
{
  g_strfreev (job->request.segments);
  g_clear_pointer (&job->request.query, g_hash_table_unref);
  g_clear_pointer (&job->request.body, g_bytes_unref);
  g_clear_pointer (&job->request.user, json_object_unref);
  g_clear_pointer (&job->request.headers, soup_message_headers_unref);
  g_clear_pointer (&job->request.reply, g_bytes_unref);
  g_clear_pointer (&job->request.reply_headers, soup_message_headers_unref);
  g_clear_pointer (&job->request.stream, mun_web_stream_free);
  g_clear_object (&job->request.cancellable);
  g_free (job->request.user_name);
  g_free (job->request.content_type);
  g_free (job->address);
  g_free (job);
}

static void
respond_error (SoupServerMessage *message, guint status, const char *text)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "message", text);
  mun_listener_respond_text (message, status, JSON_TYPE, mun_json_object_to_string (object));
}

static void
copy_header (const char *name, const char *value, gpointer data)
{
  soup_message_headers_replace (data, name, value);
}

static gboolean
answer_cb (gpointer data)
{
  Job *job = data;

  job->api->parts->pending--;
  if (job->request.reply_headers != NULL)
    soup_message_headers_foreach (job->request.reply_headers, copy_header,
                                  soup_server_message_get_response_headers (job->message));
  mun_listener_respond (job->message, job->request.status, job->request.content_type,
                        g_steal_pointer (&job->request.reply));
  if (job->request.stream != NULL)
    mun_web_stream_send (g_steal_pointer (&job->request.stream), job->message, job->api->parts);
  mun_listener_resume (job->message);
  job_free (job);
  return G_SOURCE_REMOVE;
}

/* The account may have changed since the token was given. */
static gboolean
load_user (MunWebRequest *request)
{
  request->user
      = mun_master_get_user (mun_server_get_master (request->server), request->user_name, NULL);
  if (request->user != NULL && mun_account_may_login (request->user, "web"))
    return TRUE;
  if (request->user == NULL)
    mun_web_request_fail (request, SOUP_STATUS_UNAUTHORIZED, "User %s is unknown",
                          request->user_name);
  else
    mun_web_request_fail (request, SOUP_STATUS_FORBIDDEN, "User %s may not log on to Web Access",
                          request->user_name);
  return FALSE;
}

static void
work_cb (gpointer data, gpointer user_data)
{
  Job *job = data;
  GSource *source = g_idle_source_new ();

  if (load_user (&job->request))
    job->handler (&job->request);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, answer_cb, job, NULL);
  g_source_attach (source, job->api->context);
  g_source_unref (source);
}

/* On the worker thread, after the password was right. */
static void
sign_in (MunWebRequest *request)
{
  const char *name = mun_json_get_string (request->user, "userName", request->user_name);
  g_autofree char *token = mun_web_tokens_issue (request->tokens, name);
  JsonObject *reply = json_object_new ();
  JsonObject *information = json_object_new ();

  json_object_set_string_member (information, "access_token", token);
  json_object_set_string_member (information, "token_type", "Bearer");
  json_object_set_int_member (information, "expires_in",
                              mun_web_tokens_get_lifetime (request->tokens));
  json_object_set_object_member (reply, "tokenInformation", information);
  json_object_set_boolean_member (reply, "mfaCodeRequired", FALSE);
  mun_web_request_reply_json (request, mun_json_node_take_object (reply));
}

static Job *
make_job (MunWebApi *self, SoupServerMessage *message, MunWebHandler handler)
{
  Job *job = g_new0 (Job, 1);

  job->api = self;
  job->message = message;
  job->handler = handler;
  job->address = mun_listener_dup_address (message);
  job->request.server = self->parts->server;
  job->request.tokens = self->tokens;
  job->request.searches = self->searches;
  job->request.parts = self->part_cache;
  job->request.cancellable = mun_guest_ref_left (message);
  self->parts->pending++;
  mun_listener_pause (message);
  return job;
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;

  job->request.user_name = mun_accounts_check_finish (job->api->parts->accounts, result, &error);
  if (job->request.user_name != NULL) {
    mun_sessions_touch (job->api->parts->sessions, job->request.user_name, job->address, "web");
    g_thread_pool_push (job->api->pool, job, NULL);
    return;
  }
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION))
    mun_web_request_fail (&job->request, SOUP_STATUS_UNAUTHORIZED, "Wrong user name or password");
  else
    mun_web_request_fail_error (&job->request, error);
  answer_cb (job);
}

static void
authenticate (MunWebApi *self, SoupServerMessage *message)
{
  g_autoptr (GBytes) body
      = soup_message_body_flatten (soup_server_message_get_request_body (message));
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  g_autoptr (JsonObject) object
      = length <= SIGN_IN_MAX ? mun_json_parse_object (text, length, NULL) : NULL;
  const char *user_name = mun_json_get_string (object, "username", NULL);
  const char *password = mun_json_get_string (object, "password", NULL);
  Job *job;

  if (user_name == NULL || *user_name == '\0' || password == NULL) {
    respond_error (message, SOUP_STATUS_BAD_REQUEST, "username and password are needed");
    return;
  }
  job = make_job (self, message, sign_in);
  mun_accounts_check_async (self->parts->accounts, user_name, password, job->address, checked_cb,
                            job);
}

/* Returns: (transfer none) (nullable): the bearer token (RFC 6750) */
static const char *
get_token (SoupServerMessage *message)
{
  const char *header
      = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                      "Authorization");

  if (header == NULL || g_ascii_strncasecmp (header, "Bearer ", 7) != 0)
    return NULL;
  return header + 7;
}

static char *
dup_token_user (MunWebApi *self, SoupServerMessage *message)
{
  const char *token = get_token (message);

  return token != NULL ? mun_web_tokens_dup_user (self->tokens, token) : NULL;
}

static void
respond_unauthorized (SoupServerMessage *message)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "WWW-Authenticate", "Bearer realm=\"Muniment\"");
  respond_error (message, SOUP_STATUS_UNAUTHORIZED, "The token is missing, unknown or expired");
}

/* Returns: (nullable): NULL when a value is no text: what is stored under it, or quoted in a reply,
 * must be UTF-8, and a name must not end before its end. */
static GHashTable *
parse_query (SoupServerMessage *message)
{
  const char *text = g_uri_get_query (soup_server_message_get_uri (message));
  g_autoptr (GHashTable) query = soup_form_decode (text != NULL ? text : "");
  GHashTableIter iter;
  gpointer value;

  if (text != NULL && strstr (text, "%00") != NULL)
    return NULL;
  g_hash_table_iter_init (&iter, query);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!g_utf8_validate (value, -1, NULL))
      return NULL;
  return g_steal_pointer (&query);
}

static void
respond_busy (SoupServerMessage *message)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Retry-After",
                                MUN_UPLOAD_RETRY_AFTER);
  respond_error (message, SOUP_STATUS_SERVICE_UNAVAILABLE, "The server is busy. Try again later");
}

static void
run (MunWebApi *self, SoupServerMessage *message, MunWebHandler handler, GStrv segments)
{
  g_autofree char *user_name = dup_token_user (self, message);
  g_autoptr (GHashTable) query = NULL;
  Job *job;

  if (user_name == NULL) {
    respond_unauthorized (message);
    return;
  }
  query = parse_query (message);
  if (query == NULL) {
    respond_error (message, SOUP_STATUS_BAD_REQUEST, "The query of the URL is not valid UTF-8");
    return;
  }
  if (self->stopping || g_thread_pool_unprocessed (self->pool) > QUEUE_MAX) {
    respond_busy (message);
    return;
  }
  job = make_job (self, message, handler);
  mun_sessions_touch (self->parts->sessions, user_name, job->address, "web");
  job->request.user_name = g_steal_pointer (&user_name);
  job->request.segments = g_strdupv (segments);
  job->request.query = g_steal_pointer (&query);
  job->request.is_head = soup_server_message_get_method (message) == SOUP_METHOD_HEAD;
  job->request.headers
      = soup_message_headers_ref (soup_server_message_get_request_headers (message));
  job->request.body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_thread_pool_push (self->pool, job, NULL);
}

/* The segments of the path below /api; NULL for any other path, and for one that is no text. A
 * slash at the end means nothing.
 */
static GStrv
split_path (const char *path)
{
  g_autofree char *rest = NULL;

  if (!g_str_has_prefix (path, "/api/") || !g_utf8_validate (path, -1, NULL))
    return NULL;
  rest = g_strdup (path + strlen ("/api/"));
  if (g_str_has_suffix (rest, "/"))
    rest[strlen (rest) - 1] = '\0';
  return g_strsplit (rest, "/", -1);
}

static gboolean
is_post_to (SoupServerMessage *message, const char *path, const char *wanted)
{
  return strcmp (soup_server_message_get_method (message), "POST") == 0
         && strcmp (path, wanted) == 0;
}

void
mun_web_api_handle (SoupServerMessage *message, const char *path, gpointer data)
{
  MunWebApi *self = data;
  g_auto (GStrv) segments = split_path (path);
  MunWebHandler handler;
  gboolean known;

  if (segments == NULL) {
    respond_error (message, SOUP_STATUS_NOT_FOUND, "There is nothing here");
  } else if (is_post_to (message, path, "/api/authenticate/internal")) {
    authenticate (self, message);
  } else if (is_post_to (message, path, "/api/tokens/revoke")) {
    if (get_token (message) != NULL)
      mun_web_tokens_revoke (self->tokens, get_token (message));
    mun_listener_respond (message, SOUP_STATUS_NO_CONTENT, NULL, NULL);
  } else if (is_post_to (message, path, UPLOAD_PATH)) {
    if (!mun_upload_finish (message))
      respond_unauthorized (message);
  } else {
    handler = route (soup_server_message_get_method (message), segments, &known);
    if (handler != NULL)
      run (self, message, handler, segments);
    else
      respond_error (message, known ? SOUP_STATUS_METHOD_NOT_ALLOWED : SOUP_STATUS_NOT_FOUND,
                     "There is nothing here");
  }
}

gboolean
mun_web_api_filter (SoupServerMessage *message, const char *path, gpointer data)
{
  MunWebApi *self = data;
  g_autofree char *user_name = NULL;
  g_autoptr (GHashTable) query = NULL;
  const char *folder;

  if (!is_post_to (message, path, UPLOAD_PATH))
    return FALSE;
  user_name = dup_token_user (self, message);
  query = parse_query (message);
  folder = query != NULL ? g_hash_table_lookup (query, "folder") : NULL;
  if (user_name == NULL) {
    respond_unauthorized (message);
  } else if (folder != NULL && *folder != '\0' && *folder != '/') {
    if (!self->stopping && mun_upload_may_begin (self->parts)) {
      mun_upload_begin (self->parts, message, user_name, folder, self->message_limit);
      return TRUE;
    }
    respond_busy (message);
  } else {
    respond_error (message, SOUP_STATUS_BAD_REQUEST, "folder must name a folder of an archive");
  }
  mun_listener_discard_body (message);
  return TRUE;
}

MunWebApi *
mun_web_api_new (MunApiParts *parts, const MunConfiguration *configuration)
{
  MunWebApi *self = g_new0 (MunWebApi, 1);

  self->parts = parts;
  self->tokens = mun_web_tokens_new (configuration->token_lifetime);
  self->searches = mun_web_searches_new (configuration->searches_per_user);
  self->part_cache = mun_part_cache_new ();
  self->pool = g_thread_pool_new (work_cb, NULL, configuration->workers, FALSE, NULL);
  self->context = g_main_context_ref_thread_default ();
  self->message_limit = configuration->message_limit;
  parts->upload_queue = mun_upload_queue_new (parts->server);
  return self;
}

void
mun_web_api_free (MunWebApi *self)
{
  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_clear_pointer (&self->parts->upload_queue, mun_upload_queue_free);
  mun_web_searches_free (self->searches);
  mun_web_tokens_free (self->tokens);
  mun_part_cache_free (self->part_cache);
  g_main_context_unref (self->context);
  g_free (self);
}

void
mun_web_api_stop (MunWebApi *self)
{
  self->stopping = TRUE;
}

void
mun_web_api_forget_user (MunWebApi *self, const char *user_name)
{
  if (user_name != NULL)
    mun_web_tokens_revoke_user (self->tokens, user_name);
  mun_web_searches_forget (self->searches, user_name);
}
