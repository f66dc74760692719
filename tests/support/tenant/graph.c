/* graph.c: Microsoft Graph v1.0: who may ask, routing, throttling, errors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "graph.h"

#include "faults.h"

#include <string.h>

#define MAILBOX_CONCURRENCY 4 /* requests at a time for one application and mailbox */
#define CONCURRENCY_RETRY_AFTER 1

static void
request_free (TenantGraphRequest *request)
{
  g_strfreev (request->segments);
  g_clear_pointer (&request->query, g_hash_table_unref);
  g_free (request->request_id);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TenantGraphRequest, request_free)

char *
tenant_graph_time (gint64 unix_seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (unix_seconds);
  return g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
}

static void
fail_in_text (TenantGraphRequest *request, guint status, const char *code, const char *text)
{
  const char *client_id
      = soup_message_headers_get_one (soup_server_message_get_request_headers (request->message),
                                      "client-request-id");
  g_autofree char *date = tenant_graph_time (tenant_now (request->tenant));
  JsonObject *body = json_object_new (), *problem = json_object_new (), *inner = json_object_new ();
  *strchr (date, 'Z') = '\0';
  json_object_set_string_member (inner, "date", date);
  json_object_set_string_member (inner, "request-id", request->request_id);
  json_object_set_string_member (inner, "client-request-id",
                                 client_id != NULL ? client_id : request->request_id);
  json_object_set_string_member (problem, "code", code);
  json_object_set_string_member (problem, "message", text);
  json_object_set_object_member (problem, "innerError", inner);
  json_object_set_object_member (body, "error", problem);
  tenant_reply_json (request->message, status, body);
}

void
tenant_graph_fail (TenantGraphRequest *request, guint status, const char *code, const char *format,
                   ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  fail_in_text (request, status, code, text);
}

void
tenant_graph_reply (TenantGraphRequest *request, const char *context, JsonObject *object)
{
  g_autofree char *url
      = g_strdup_printf ("%s/v1.0/$metadata#%s", request->tenant->graph_url, context);
  json_object_set_string_member (object, "@odata.context", url);
  tenant_reply_json (request->message, 200, object);
}

gboolean
tenant_graph_has_role (TenantGraphRequest *request, const char *const *roles)
{
  for (guint i = 0; roles[i] != NULL; i++)
    if (g_strv_contains ((const char *const *)request->token->roles, roles[i]))
      return TRUE;
  return FALSE;
}

GStrv
tenant_graph_select (TenantGraphRequest *request, const char *type, const char *const *known,
                     const char *const *fallback)
{
  const char *select = g_hash_table_lookup (request->query, "$select");
  if (select == NULL)
    return g_strdupv ((char **)fallback);
  g_auto (GStrv) names = g_strsplit (select, ",", -1);
  for (guint i = 0; names[i] != NULL; i++) {
    g_strstrip (names[i]);
    if (!g_strv_contains (known, names[i])) {
      tenant_graph_fail (request, 400, "BadRequest",
                         "Could not find a property named '%s' on type 'microsoft.graph.%s'.",
                         names[i], type);
      return NULL;
    }
  }
  return g_steal_pointer (&names);
}

guint
tenant_graph_top (TenantGraphRequest *request, guint fallback, guint maximum)
{
  const char *text = g_hash_table_lookup (request->query, "$top");
  guint64 top = fallback;
  if (text != NULL && (!g_ascii_string_to_unsigned (text, 10, 1, maximum, &top, NULL))) {
    tenant_graph_fail (request, 400, "Request_UnsupportedQuery",
                       "Invalid page size specified: '%s'. Must be between 1 and %u inclusive.",
                       text, maximum);
    return 0;
  }
  return (guint)top;
}

gboolean
tenant_graph_check_options (TenantGraphRequest *request, const char *allowed)
{
  g_auto (GStrv) names = g_strsplit (allowed, ",", -1);
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init (&iter, request->query);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    if (*(char *)key == '$' && !g_strv_contains ((const char *const *)names, key)) {
      tenant_graph_fail (request, 400, "Request_UnsupportedQuery",
                         "The query option '%s' is not supported here.", (char *)key);
      return FALSE;
    }
  }
  return TRUE;
}

void
tenant_graph_trim (JsonObject *object, GStrv selected)
{
  g_autoptr (GList) members = json_object_get_members (object);
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  for (GList *l = members; l != NULL; l = l->next) {
    const char *name = l->data;
    if (*name != '@' && !g_str_equal (name, "id")
        && !g_strv_contains ((const char *const *)selected, name))
      g_ptr_array_add (gone, g_strdup (name));
  }
  for (guint i = 0; i < gone->len; i++)
    json_object_remove_member (object, g_ptr_array_index (gone, i));
}

/* What a sealed text consists of: HMAC, epoch, text. */
static char *
state_mac (Tenant *self, guint epoch, const char *text)
{
  g_autofree char *whole = g_strdup_printf ("%u:%s", epoch, text);
  char *mac = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *)self->state_key,
                                         strlen (self->state_key), whole, -1);
  mac[16] = '\0';
  return mac;
}

char *
tenant_state_seal (Tenant *self, const char *text)
{
  g_autofree char *mac = state_mac (self, self->state_epoch, text);
  g_autofree char *whole = g_strdup_printf ("%s:%u:%s", mac, self->state_epoch, text);
  return tenant_base64url (whole, strlen (whole));
}

char *
tenant_state_open (Tenant *self, const char *sealed, gboolean *lost)
{
  g_autoptr (GBytes) bytes = tenant_base64url_decode (sealed);
  *lost = FALSE;
  if (bytes == NULL)
    return NULL;
  g_autofree char *whole = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_auto (GStrv) parts = g_strsplit (whole, ":", 3);
  if (g_strv_length (parts) != 3)
    return NULL;
  guint epoch = (guint)g_ascii_strtoull (parts[1], NULL, 10);
  g_autofree char *mac = state_mac (self, epoch, parts[2]);
  if (!g_str_equal (mac, parts[0]))
    return NULL;
  *lost = epoch != self->state_epoch;
  return *lost ? NULL : g_strdup (parts[2]);
}

/* Cuts users('x') and applications(appId='x') into two segments; decodes both. */
static void
add_segment (GPtrArray *segments, const char *raw)
{
  g_autofree char *text = g_uri_unescape_string (raw, NULL);
  if (text == NULL)
    return;
  char *open = strstr (text, "('"), *open_key = strstr (text, "(appId='");
  gsize length = strlen (text);
  if ((open == NULL && open_key == NULL) || !g_str_has_suffix (text, "')")) {
    g_ptr_array_add (segments, g_steal_pointer (&text));
    return;
  }
  char *bracket = open != NULL ? open : open_key;
  char *key = open != NULL ? open + 2 : open_key + strlen ("(appId='");
  text[length - 2] = '\0';
  g_auto (GStrv) pieces = g_strsplit (key, "''", -1); /* OData doubles an apostrophe */
  g_autofree char *value = g_strjoinv ("'", pieces);
  g_ptr_array_add (segments, g_strndup (text, bracket - text));
  g_ptr_array_add (segments, g_strconcat (open != NULL ? "" : "appId=", value, NULL));
}

static GStrv
split_path (const char *path)
{
  g_auto (GStrv) raw = g_strsplit (path, "/", -1);
  GPtrArray *segments = g_ptr_array_new ();
  for (guint i = 2; raw[0] != NULL && raw[1] != NULL && raw[i] != NULL; i++)
    if (*raw[i] != '\0')
      add_segment (segments, raw[i]);
  g_ptr_array_add (segments, NULL);
  return (GStrv)g_ptr_array_free (segments, FALSE);
}

static void
read_preferences (TenantGraphRequest *request)
{
  const char *prefer
      = soup_message_headers_get_list (soup_server_message_get_request_headers (request->message),
                                       "Prefer");
  g_auto (GStrv) values = g_strsplit (prefer != NULL ? prefer : "", ",", -1);
  for (guint i = 0; values[i] != NULL; i++) {
    g_strstrip (values[i]);
    if (g_ascii_strcasecmp (values[i], "IdType=\"ImmutableId\"") == 0)
      request->immutable = TRUE;
    if (g_ascii_strncasecmp (values[i], "odata.maxpagesize=", 18) == 0)
      request->page_size = (guint)g_ascii_strtoull (values[i] + 18, NULL, 10);
  }
}

/* FALSE after a reply 401. */
static gboolean
let_in (TenantGraphRequest *request)
{
  Tenant *self = request->tenant;
  const char *value
      = soup_message_headers_get_one (soup_server_message_get_request_headers (request->message),
                                      "Authorization");
  const char *problem = NULL;
  if (value == NULL || g_ascii_strncasecmp (value, "Bearer ", 7) != 0)
    problem = "Access token is empty.";
  else if ((request->token = g_hash_table_lookup (self->tokens, value + 7)) == NULL)
    problem = "CompactToken validation failed: the token was not issued for this resource.";
  else if (request->token->expires <= tenant_now (self))
    problem = "Lifetime validation failed, the token is expired.";
  if (problem == NULL)
    return TRUE;
  soup_message_headers_append (soup_server_message_get_response_headers (request->message),
                               "WWW-Authenticate", "Bearer realm=\"\", error=\"invalid_token\"");
  tenant_graph_fail (request, 401, "InvalidAuthenticationToken", "%s", problem);
  return FALSE;
}

typedef struct {
  Tenant *tenant;
  SoupServerMessage *message;
  TenantMailbox *mailbox;
} Work;

static gboolean
work_done_cb (gpointer data)
{
  Work *work = data;
  work->mailbox->in_flight--;
  if (!tenant_faults_cut (work->tenant, work->message))
    soup_server_message_unpause (work->message);
  g_object_unref (work->message);
  g_free (work);
  return G_SOURCE_REMOVE;
}

gboolean
tenant_graph_admit (TenantGraphRequest *request, TenantMailbox *mailbox)
{
  TenantCounts *counts = &request->tenant->counts;
  counts->most_at_a_time = MAX (counts->most_at_a_time, mailbox->in_flight + 1);
  if (mailbox->in_flight >= MAILBOX_CONCURRENCY) {
    counts->throttled++;
    tenant_faults_retry_after (request->message, CONCURRENCY_RETRY_AFTER);
    tenant_graph_fail (request, 429, "ApplicationThrottled",
                       "Application is over its MailboxConcurrency limit.");
    return FALSE;
  }
  mailbox->in_flight++;
  request->mailbox = mailbox;
  return TRUE;
}

/* A mailbox works on the request for a while; until then it counts as one of the four at a time. */
static void
begin_work (TenantGraphRequest *request)
{
  Work *work = g_new0 (Work, 1);
  work->tenant = request->tenant;
  work->message = g_object_ref (request->message);
  work->mailbox = request->mailbox;
  soup_server_message_pause (request->message);
  g_timeout_add (MAX (1, request->tenant->latency), work_done_cb, work);
}

static gboolean
is_mail_path (GStrv segments)
{
  return g_strv_length (segments) >= 3 && g_ascii_strcasecmp (segments[0], "users") == 0
         && (g_ascii_strcasecmp (segments[2], "mailFolders") == 0
             || g_ascii_strcasecmp (segments[2], "messages") == 0
             || g_ascii_strcasecmp (segments[2], "mailboxSettings") == 0);
}

static void
route (TenantGraphRequest *request, const char *path)
{
  Tenant *self = request->tenant;
  if (!g_str_equal (soup_server_message_get_method (request->message), "GET")) {
    tenant_graph_fail (request, 405, "Request_BadRequest",
                       "Specified HTTP method is not allowed for the request target.");
    return;
  }
  if (!g_str_has_prefix (path, "/v1.0/")) {
    tenant_graph_fail (request, 400, "BadRequest", "Invalid version: only v1.0 is here.");
    return;
  }
  if (!is_mail_path (request->segments)) {
    tenant_graph_directory (request);
    return;
  }
  TenantPerson *person = tenant_company_find (self->company, request->segments[1]);
  tenant_graph_mail (request, person);
}

static void
graph_request_cb (SoupServer *server, SoupServerMessage *message, const char *path_decoded,
                  GHashTable *query_or_null, gpointer data)
{
  Tenant *self = data;
  GUri *uri = soup_server_message_get_uri (message);
  const char *path = g_uri_get_path (uri);
  g_autoptr (TenantGraphRequest) request = g_new0 (TenantGraphRequest, 1);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  request->tenant = self;
  request->message = message;
  request->request_id = tenant_guid ();
  request->segments = split_path (path);
  request->query = g_uri_get_query (uri) != NULL ? soup_form_decode (g_uri_get_query (uri))
                                                 : g_hash_table_new (g_str_hash, g_str_equal);
  read_preferences (request);
  self->counts.graph_requests++;
  soup_message_headers_append (headers, "request-id", request->request_id);
  soup_message_headers_append (headers, "Cache-Control", "private");

  const char *mailbox = is_mail_path (request->segments) ? request->segments[1] : NULL;
  if (tenant_faults_fail (self, message, path))
    return;
  if (!let_in (request))
    return;
  guint seconds = tenant_faults_throttle (self, mailbox);
  if (seconds > 0) {
    tenant_faults_retry_after (message, (int)seconds);
    tenant_graph_fail (request, 429, mailbox != NULL ? "ApplicationThrottled" : "TooManyRequests",
                       "Too many requests.");
    return;
  }
  route (request, path);
  if (request->mailbox != NULL)
    begin_work (request);
  else
    tenant_faults_cut (self, message);
}

void
tenant_graph_add_handlers (Tenant *self, SoupServer *server)
{
  soup_server_add_handler (server, NULL, graph_request_cb, self, NULL);
}
