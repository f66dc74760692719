/* graph.c: requests to Microsoft Graph */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-microsoft"

#include "graph-private.h"

#include "errors.h"
#include "json.h"

#include <string.h>

#define JSON_LIMIT ((gsize)64 * 1024 * 1024)
#define BYTES_LIMIT ((gsize)512 * 1024 * 1024) /* Exchange Online allows messages of 150 MB */
#define DEFAULT_ATTEMPTS 6
#define DEFAULT_BACKOFF_MS 1000
#define LONGEST_BACKOFF_MS (60 * 1000)
#define LONGEST_WAIT_SECONDS 3600
#define THROTTLES_PER_ATTEMPT                                                                      \
  5 /* being told to wait is not a failure, but it must end some day                               \
     */

struct _MunGraph {
  GObject parent_instance;

  MunEntra *entra;
  MunHttp *http;
  GUri *origin;
  MunGraphWaitFunc wait_func;
  gpointer wait_data;
  guint attempts;
  guint backoff_ms;
};

G_DEFINE_FINAL_TYPE (MunGraph, mun_graph, G_TYPE_OBJECT)

/* One request over all its attempts. */
typedef struct {
  MunGraph *graph;
  GUri *uri;
  const char *prefer;
  const char *accept; /* NULL: anything */
  gsize max_bytes;
  GCancellable *cancellable;
  const MunBodySink *sink; /* (nullable) */
  guint failures;
  guint throttles;
  gboolean renewed; /* one fresh token per request */
} Request;

typedef enum { STEP_DONE, STEP_AGAIN, STEP_FAILED } Step;

static void
mun_graph_finalize (GObject *object)
{
  MunGraph *self = MUN_GRAPH (object);

  g_clear_object (&self->entra);
  g_clear_pointer (&self->http, mun_http_free);
  g_clear_pointer (&self->origin, g_uri_unref);

  G_OBJECT_CLASS (mun_graph_parent_class)->finalize (object);
}

static void
mun_graph_class_init (MunGraphClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_graph_finalize;
}

static void
mun_graph_init (MunGraph *self)
{
  self->attempts = DEFAULT_ATTEMPTS;
  self->backoff_ms = DEFAULT_BACKOFF_MS;
}

MunGraph *
mun_graph_new (MunEntra *entra)
{
  MunGraph *self;
  const MunCloud *cloud;

  g_return_val_if_fail (MUN_IS_ENTRA (entra), NULL);

  cloud = mun_entra_get_cloud (entra);
  self = g_object_new (MUN_TYPE_GRAPH, NULL);
  self->entra = g_object_ref (entra);
  self->http = mun_http_new (cloud);
  self->origin = g_uri_parse (cloud->graph_url, SOUP_HTTP_URI_FLAGS, NULL);
  return self;
}

MunEntra *
mun_graph_get_entra (MunGraph *self)
{
  g_return_val_if_fail (MUN_IS_GRAPH (self), NULL);
  return self->entra;
}

void
mun_graph_set_wait_callback (MunGraph *self, MunGraphWaitFunc func, gpointer user_data)
{
  g_return_if_fail (MUN_IS_GRAPH (self));
  self->wait_func = func;
  self->wait_data = user_data;
}

void
mun_graph_set_patience (MunGraph *self, guint attempts, guint backoff_ms)
{
  g_return_if_fail (MUN_IS_GRAPH (self) && attempts > 0);
  self->attempts = attempts;
  self->backoff_ms = backoff_ms;
}

/* Links come from the other side, and the token goes where they point: only to the cloud's own
 * origin. */
static gboolean
has_origin (GUri *uri, GUri *origin)
{
  return g_strcmp0 (g_uri_get_scheme (uri), "https") == 0 && !g_uri_get_userinfo (uri)
         && g_ascii_strcasecmp (g_uri_get_host (uri), g_uri_get_host (origin)) == 0
         && g_uri_get_port (uri) == g_uri_get_port (origin);
}

static GUri *
resolve (MunGraph *self, const char *path, GError **error)
{
  g_autofree char *whole
      = *path == '/' ? g_strconcat (mun_entra_get_cloud (self->entra)->graph_url, path, NULL)
                     : g_strdup (path);
  g_autoptr (GUri) uri = g_uri_parse (whole, SOUP_HTTP_URI_FLAGS, NULL);

  if (!uri || !g_uri_get_host (uri) || !has_origin (uri, self->origin)) {
    g_set_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_BAD_LINK,
                 "Microsoft Graph: a link to %s is not followed, it leads away from %s",
                 uri && g_uri_get_host (uri) ? g_uri_get_host (uri) : "no address",
                 g_uri_get_host (self->origin));
    return NULL;
  }
  return g_steal_pointer (&uri);
}

static SoupMessage *
build_message (Request *request, const char *token)
{
  SoupMessage *message = soup_message_new_from_uri (SOUP_METHOD_GET, request->uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autofree char *authorization = g_strconcat ("Bearer ", token, NULL);

  soup_message_headers_replace (headers, "Authorization", authorization);
  if (request->accept)
    soup_message_headers_replace (headers, "Accept", request->accept);
  if (request->prefer)
    soup_message_headers_replace (headers, "Prefer", request->prefer);
  return message;
}

static gboolean
take_pause (Request *request, guint64 milliseconds, GError **error)
{
  MunGraph *graph = request->graph;
  gboolean waited;

  if (graph->wait_func)
    graph->wait_func ((milliseconds + 999) / 1000, graph->wait_data);
  waited = mun_http_wait (milliseconds, request->cancellable, error);
  if (graph->wait_func)
    graph->wait_func (0, graph->wait_data);
  return waited;
}

/* Exponential, with a random half so that parallel requests do not come back together. */
static guint64
backoff (Request *request)
{
  guint64 unit = MIN ((guint64)request->graph->backoff_ms << MIN (request->failures, 16),
                      LONGEST_BACKOFF_MS);

  return unit / 2 + (unit ? (guint64)g_random_int_range (0, unit / 2 + 1) : 0);
}

/* A failure that may pass: waits and says AGAIN, or gives up with its cause. `told` is Retry-After
 * in seconds or -1. */
static Step
try_later (Request *request, gint64 told, GError *cause, GError **error)
{
  guint limit
      = told >= 0 ? request->graph->attempts * THROTTLES_PER_ATTEMPT : request->graph->attempts;
  guint count = told >= 0 ? ++request->throttles : request->failures + 1;
  guint64 wait = told >= 0 ? (guint64)told * 1000 : backoff (request);

  if (told < 0)
    request->failures++;
  if (count >= limit || told > LONGEST_WAIT_SECONDS) {
    g_propagate_error (error, cause);
    return STEP_FAILED;
  }
  g_debug ("%s; next attempt in %" G_GUINT64_FORMAT " ms", cause->message, wait);
  g_error_free (cause);
  return take_pause (request, wait, error) ? STEP_AGAIN : STEP_FAILED;
}

static Step
judge_reply (Request *request, MunHttpReply *reply, const char *token, GError **error)
{
  gboolean passing;
  GError *refusal;

  if (reply->status == 200)
    return STEP_DONE;
  if (reply->status == 401 && !request->renewed) {
    request->renewed = TRUE;
    mun_entra_forget_token (request->graph->entra, token);
    return STEP_AGAIN;
  }
  refusal = mun_graph_error_from_reply (reply, &passing);
  if (passing)
    return try_later (request, mun_http_reply_get_retry_after (reply), refusal, error);
  g_propagate_error (error, refusal);
  return STEP_FAILED;
}

static Step
attempt (Request *request, MunHttpReply **out, GError **error)
{
  g_autofree char *token = mun_entra_dup_token (request->graph->entra, request->cancellable, error);
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (MunHttpReply) reply = NULL;
  g_autoptr (GError) cause = NULL;
  Step step;

  if (!token)
    return STEP_FAILED;
  message = build_message (request, token);
  reply = mun_http_send_to (request->graph->http, message, request->max_bytes, request->sink,
                            request->cancellable, &cause);
  if (!reply) {
    if (g_error_matches (cause, MUN_ERROR, MUN_ERROR_UNREACHABLE))
      return try_later (request, -1, g_steal_pointer (&cause), error);
    g_propagate_error (error, g_steal_pointer (&cause));
    return STEP_FAILED;
  }
  step = judge_reply (request, reply, token, error);
  if (step == STEP_DONE)
    *out = g_steal_pointer (&reply);
  return step;
}

static MunHttpReply *
perform (Request *request, GError **error)
{
  MunHttpReply *reply = NULL;

  while (!g_cancellable_set_error_if_cancelled (request->cancellable, error)) {
    Step step = attempt (request, &reply, error);

    if (step != STEP_AGAIN)
      break;
  }
  return reply;
}

JsonObject *
mun_graph_get (MunGraph *self, const char *path, const char *prefer, GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GUri) uri = NULL;
  Request request = { .graph = self,
                      .prefer = prefer,
                      .accept = "application/json",
                      .max_bytes = JSON_LIMIT,
                      .cancellable = cancellable };
  JsonObject *answer = NULL;

  g_return_val_if_fail (MUN_IS_GRAPH (self) && path != NULL, NULL);

  uri = request.uri = resolve (self, path, error);
  while (uri && !answer) {
    g_autoptr (MunHttpReply) reply = perform (&request, error);
    g_autoptr (GError) cause = NULL;

    if (!reply)
      return NULL;
    answer = mun_http_reply_parse (reply, &cause);
    if (!answer) /* a proxy on the way, or a cut that nobody noticed */
      if (try_later (&request, -1, g_steal_pointer (&cause), error) != STEP_AGAIN)
        return NULL;
  }
  return answer;
}

gboolean
mun_graph_get_to (MunGraph *self, const char *path, const char *prefer, gsize max_bytes,
                  const MunBodySink *sink, GCancellable *cancellable, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  g_autoptr (MunHttpReply) reply = NULL;
  Request request = { .graph = self,
                      .prefer = prefer,
                      .max_bytes = max_bytes ? max_bytes : BYTES_LIMIT,
                      .cancellable = cancellable,
                      .sink = sink };

  g_return_val_if_fail (MUN_IS_GRAPH (self) && path != NULL && sink != NULL, FALSE);

  uri = request.uri = resolve (self, path, error);
  if (uri)
    reply = perform (&request, error);
  return reply != NULL;
}

GBytes *
mun_graph_get_bytes (MunGraph *self, const char *path, const char *prefer, gsize max_bytes,
                     GCancellable *cancellable, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  g_autoptr (MunHttpReply) reply = NULL;
  Request request = { .graph = self,
                      .prefer = prefer,
                      .max_bytes = max_bytes ? max_bytes : BYTES_LIMIT,
                      .cancellable = cancellable };

  g_return_val_if_fail (MUN_IS_GRAPH (self) && path != NULL, NULL);

  uri = request.uri = resolve (self, path, error);
  if (uri)
    reply = perform (&request, error);
  return reply ? g_bytes_ref (reply->body) : NULL;
}

static gboolean
visit_page (JsonObject *page, MunGraphItemFunc func, gpointer user_data, GError **error)
{
  JsonArray *items = mun_json_get_array (page, "value");

  if (!items) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                         "Microsoft Graph: a page of a list has no \"value\"");
    return FALSE;
  }
  for (guint i = 0; i < json_array_get_length (items); i++) {
    JsonNode *node = json_array_get_element (items, i);

    if (JSON_NODE_HOLDS_OBJECT (node) && !func (json_node_get_object (node), user_data, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
mun_graph_for_each (MunGraph *self, const char *path, const char *prefer, MunGraphItemFunc func,
                    gpointer user_data, GCancellable *cancellable, GError **error)
{
  g_autofree char *link = g_strdup (path);

  g_return_val_if_fail (MUN_IS_GRAPH (self) && path != NULL && func != NULL, FALSE);

  while (link) {
    g_autoptr (JsonObject) page = mun_graph_get (self, link, prefer, cancellable, error);
    const char *next;

    if (!page || !visit_page (page, func, user_data, error))
      return FALSE;
    next = mun_json_get_string (page, "@odata.nextLink", NULL);
    if (next && strcmp (next, link) == 0) {
      g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                           "Microsoft Graph: the next page of a list is the same page again");
      return FALSE;
    }
    g_free (link);
    link = g_strdup (next);
  }
  return TRUE;
}
