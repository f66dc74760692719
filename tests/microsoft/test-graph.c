/* test-graph.c: requests to Graph under everything that may go wrong on the way */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "errors.h"
#include "json.h"
#include "script-server.h"
#include "tenant-client.h"

#include <string.h>

static TestTenant *tenant;

#define USERS "/v1.0/users?$select=id,userPrincipalName&$top=5"

/* A Graph of scripted answers; its token is scripted as well. */
static MunGraph *
script_graph (ScriptServer *server)
{
  g_autoptr (MunEntra) entra = mun_entra_new (script_server_get_cloud (server), "contoso.com",
                                              "client", tenant->certificate);
  MunGraph *graph = mun_graph_new (entra);

  script_server_push_token (server, "scripted", 3599);
  mun_graph_set_patience (graph, 3, 1);
  return graph;
}

static gboolean
count_cb (JsonObject *item, gpointer user_data, GError **error)
{
  g_assert_nonnull (mun_json_get_string (item, "id", NULL));
  ++*(guint *)user_data;
  return TRUE;
}

static gboolean
stop_cb (JsonObject *item, gpointer user_data, GError **error)
{
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_FAILED, "enough");
  return FALSE;
}

static void
test_paging (void)
{
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) all = test_tenant_control (tenant, "GET", "users", NULL);
  gint64 before = test_tenant_count (tenant, "graphRequests");
  guint count = 0, expected = json_array_get_length (mun_json_get_array (all, "users"));

  g_assert_true (mun_graph_for_each (graph, USERS, NULL, count_cb, &count, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, expected);
  g_assert_cmpint (test_tenant_count (tenant, "graphRequests") - before, ==, (expected + 4) / 5);
  g_assert_false (mun_graph_for_each (graph, USERS, NULL, stop_cb, NULL, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_FAILED);
}

typedef struct {
  guint seconds;
  guint calls;
} Waits;

static void
wait_cb (guint seconds, gpointer user_data)
{
  Waits *waits = user_data;

  waits->seconds += seconds;
  waits->calls++;
}

static void
test_throttled (void)
{
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  Waits waits = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) page = NULL;

  mun_graph_set_wait_callback (graph, wait_cb, &waits);
  test_tenant_order (tenant, "throttle", "{\"requests\": 1, \"seconds\": 1}");
  page = mun_graph_get (graph, USERS, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (page);
  g_assert_cmpuint (waits.seconds, ==, 1);
  g_assert_cmpuint (waits.calls, ==, 2); /* begin and end */
}

static void
cancel_in_wait_cb (guint seconds, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
test_throttled_cancelled (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  mun_graph_set_wait_callback (graph, cancel_in_wait_cb, cancellable);
  script_server_push (server, 429, "Retry-After: 600", "{}");
  g_assert_null (mun_graph_get (graph, "/x", NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 60 * G_USEC_PER_SEC);
}

static void
test_throttled_too_long (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  g_autoptr (GError) error = NULL;

  script_server_push (server, 429, "Retry-After: 7200",
                      "{\"error\":{\"code\":\"ApplicationThrottled\",\"message\":\"m\"}}");
  g_assert_null (mun_graph_get (graph, "/x", NULL, NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_THROTTLED);
  g_assert_cmpstr (mun_graph_error_get_code (error), ==, "ApplicationThrottled");
  g_assert_cmpuint (mun_graph_error_get_status (error), ==, 429);
}

static void
test_unavailable (void)
{
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) page = NULL;
  static const int statuses[] = { 500, 502, 503, 504 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    g_autofree char *body = g_strdup_printf ("{\"requests\": 2, \"status\": %d}", statuses[i]);
    g_autoptr (JsonObject) reply = NULL;

    test_tenant_order (tenant, "fail", body);
    reply = mun_graph_get (graph, USERS, NULL, NULL, &error);
    g_assert_no_error (error);
  }
  test_tenant_order (tenant, "fail", "{\"requests\": 4, \"status\": 503}");
  page = mun_graph_get (graph, USERS, NULL, NULL, &error);
  g_assert_null (page);
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_UNAVAILABLE);
  g_assert_nonnull (mun_graph_error_get_request_id (error));
  test_tenant_order (tenant, "fail", "{\"requests\": 0}");
}

static void
test_retry_after_a_date (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = NULL;

  script_server_push (server, 503, "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT", "");
  script_server_push (server, 429, "Retry-After: soon", "{}");
  script_server_push (server, 200, NULL, "{\"a\":1}");
  answer = mun_graph_get (graph, "/x", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mun_json_get_int (answer, "a", 0), ==, 1);
}

static void
test_token_expired (void)
{
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  gint64 tokens = test_tenant_count (tenant, "tokensIssued");
  g_autoptr (GError) error = NULL;
  guint count = 0;

  for (guint i = 0; i < 3; i++) {
    g_assert_true (mun_graph_for_each (graph, USERS, NULL, count_cb, &count, NULL, &error));
    g_assert_no_error (error);
    test_tenant_order (tenant, "expire-tokens", NULL);
  }
  g_assert_cmpint (test_tenant_count (tenant, "tokensIssued") - tokens, ==, 3);
}

/* Tokens that live shorter than the run: renewed in time, by expires_in. */
static void
test_short_tokens (void)
{
  g_autoptr (MunGraph) graph = NULL;
  g_autoptr (GError) error = NULL;
  gint64 tokens = test_tenant_count (tenant, "tokensIssued");
  guint count = 0;

  test_tenant_order (tenant, "token-lifetime", "{\"seconds\": 3}");
  graph = test_tenant_graph (tenant);
  while (test_tenant_count (tenant, "tokensIssued") - tokens < 2) {
    g_assert_true (mun_graph_for_each (graph, USERS, NULL, count_cb, &count, NULL, &error));
    g_assert_no_error (error);
  }
  test_tenant_order (tenant, "token-lifetime", "{\"seconds\": 3599}");
}

static void
test_token_refused_again (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  g_autoptr (GError) error = NULL;
  g_autofree char *log = NULL;

  script_server_push (server, 401, NULL, "{\"error\":{\"code\":\"InvalidAuthenticationToken\"}}");
  script_server_push_token (server, "fresh", 3599);
  script_server_push (server, 401, NULL, "{\"error\":{\"code\":\"InvalidAuthenticationToken\"}}");
  g_assert_null (mun_graph_get (graph, "/x", NULL, NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_UNAUTHORIZED);
  g_assert_null (strstr (error->message, "fresh"));
  log = script_server_dup_log (server);
  g_assert_cmpstr (log, ==,
                   "POST /contoso.com/oauth2/v2.0/token\nGET /x\n"
                   "POST /contoso.com/oauth2/v2.0/token\nGET /x\n");
}

static void
test_cut_body (void)
{
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) page = NULL, none = NULL;
  gint64 cut = test_tenant_count (tenant, "cut");

  test_tenant_order (tenant, "cut", "{\"bodies\": 2, \"after\": 20}");
  page = mun_graph_get (graph, USERS, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (test_tenant_count (tenant, "cut") - cut, ==, 2);
  test_tenant_order (tenant, "cut", "{\"bodies\": 100, \"after\": 20}");
  none = mun_graph_get (graph, USERS, NULL, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_UNREACHABLE);
  test_tenant_order (tenant, "cut", "{\"bodies\": 0}");
}

static void
test_broken_json (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = NULL, none = NULL;

  script_server_push (server, 200, NULL, "{\"value\":[");
  script_server_push (server, 200, NULL, "");
  script_server_push (server, 200, NULL, "{\"a\":1}");
  answer = mun_graph_get (graph, "/x", NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    script_server_push (server, 200, NULL, "<html>");
  none = mun_graph_get (graph, "/x", NULL, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
}

static void
test_headers (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *authorization = NULL, *prefer = NULL, *id = NULL, *log = NULL;

  script_server_push (server, 200, NULL, "{}");
  answer
      = mun_graph_get (graph, "/v1.0/x('a')?$top=1&q=%2F", "IdType=\"ImmutableId\"", NULL, &error);
  g_assert_no_error (error);
  authorization = script_server_dup_header (server, "Authorization");
  prefer = script_server_dup_header (server, "Prefer");
  id = script_server_dup_header (server, "client-request-id");
  log = script_server_dup_log (server);
  g_assert_cmpstr (authorization, ==, "Bearer scripted");
  g_assert_cmpstr (prefer, ==, "IdType=\"ImmutableId\"");
  g_assert_cmpuint (strlen (id), ==, 36);
  g_assert_nonnull (strstr (log, "$top=1&q=%2F")); /* as it was given */
}

/* The token goes to the cloud's own origin, nowhere else. */
static void
test_foreign_links (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (ScriptServer) stranger = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  const char *own = script_server_get_cloud (server)->graph_url;
  g_autofree char *other = g_strconcat (script_server_get_cloud (stranger)->graph_url, "/x", NULL);
  g_autofree char *as_user = g_strdup_printf ("https://user@%s/x", own + strlen ("https://"));
  g_autofree char *plain = g_strdup_printf ("http://%s/x", own + strlen ("https://"));
  g_autofree char *longer = g_strdup_printf ("%s.evil.example/x", own);
  const char *const links[] = {
    other,   as_user, plain, longer, "https://graph.microsoft.com/v1.0/users", "file:///etc/passwd",
    "users", ""
  };
  g_autofree char *log = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (mun_graph_get (graph, links[i], NULL, NULL, &error));
    g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_BAD_LINK);
    g_clear_error (&error);
    g_assert_null (mun_graph_get_bytes (graph, links[i], NULL, 0, NULL, &error));
    g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_BAD_LINK);
  }
  log = script_server_dup_log (stranger);
  g_assert_cmpstr (log, ==, "");
}

static void
test_foreign_next_link (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  g_autoptr (GError) error = NULL;
  guint count = 0;

  script_server_push (server, 200, NULL,
                      "{\"value\":[{\"id\":\"1\"}],\"@odata.nextLink\":\"%s/page2\"}");
  script_server_push (server, 200, NULL,
                      "{\"value\":[{\"id\":\"2\"}],\"@odata.nextLink\":\"https://evil.example/\"}");
  g_assert_false (mun_graph_for_each (graph, "/x", NULL, count_cb, &count, NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_BAD_LINK);
  g_assert_cmpuint (count, ==, 2);
}

static void
test_endless_link (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  g_autoptr (GError) error = NULL;
  guint count = 0;

  script_server_push (server, 200, NULL, "{\"value\":[],\"@odata.nextLink\":\"%s/same\"}");
  script_server_push (server, 200, NULL, "{\"value\":[],\"@odata.nextLink\":\"%s/same\"}");
  g_assert_false (mun_graph_for_each (graph, "/x", NULL, count_cb, &count, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
  g_clear_error (&error);
  script_server_push (server, 200, NULL, "{\"no\":\"value\"}");
  g_assert_false (mun_graph_for_each (graph, "/x", NULL, count_cb, &count, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
}

static void
test_redirect (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  g_autoptr (GError) error = NULL;

  script_server_push (server, 302, "Location: /elsewhere", "");
  script_server_push (server, 200, NULL, "{}");
  g_assert_null (mun_graph_get (graph, "/x", NULL, NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_FAILED);
}

typedef struct {
  GString *text;
  guint begins;
  guint most; /* bytes; beyond them it is full */
} Sink;

static void
sink_begin (gpointer data)
{
  g_string_truncate (((Sink *)data)->text, 0);
  ((Sink *)data)->begins++;
}

static gboolean
sink_take (gpointer data, gconstpointer bytes, gsize length, GError **error)
{
  Sink *self = data;

  g_string_append_len (self->text, bytes, length);
  if (self->text->len <= self->most)
    return TRUE;
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_NO_SPACE, "full");
  return FALSE;
}

/* What a refusal says is no part of the body; what the sink says ends it, at once. */
static void
test_sink (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  g_autoptr (GString) text = g_string_new (NULL);
  Sink state = { text, 0, 10 };
  const MunBodySink sink = { sink_begin, sink_take, &state };
  g_autoptr (GError) error = NULL;

  script_server_push (server, 503, NULL, "busy");
  script_server_push (server, 200, NULL, "0123456789");
  g_assert_true (mun_graph_get_to (graph, "/x", NULL, 0, &sink, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (text->str, ==, "0123456789");
  g_assert_cmpuint (state.begins, ==, 1);
  script_server_push (server, 200, NULL, "0123456789a");
  g_assert_false (mun_graph_get_to (graph, "/x", NULL, 0, &sink, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NO_SPACE);
  g_clear_error (&error);
  script_server_push (server, 200, NULL, "0123456789");
  g_assert_false (mun_graph_get_to (graph, "/x", NULL, 9, &sink, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE);
}

static void
test_too_large (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunGraph) graph = script_graph (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  script_server_push (server, 200, NULL, "0123456789");
  g_assert_null (mun_graph_get_bytes (graph, "/x", NULL, 9, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  script_server_push (server, 200, NULL, "0123456789");
  bytes = mun_graph_get_bytes (graph, "/x", NULL, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 10);
}

static void
test_classes (void)
{
  static const struct {
    guint status;
    const char *code;
    MunGraphError expected;
  } cases[] = {
    { 404, "ErrorItemNotFound", MUN_GRAPH_ERROR_NOT_FOUND },
    { 404, "ErrorInvalidUser", MUN_GRAPH_ERROR_NOT_FOUND },
    { 404, "MailboxNotEnabledForRESTAPI", MUN_GRAPH_ERROR_NO_MAILBOX },
    { 400, "syncStateNotFound", MUN_GRAPH_ERROR_SYNC_STATE_LOST },
    { 410, "SyncStateNotFound", MUN_GRAPH_ERROR_SYNC_STATE_LOST },
    { 410, "", MUN_GRAPH_ERROR_SYNC_STATE_LOST },
    { 403, "ErrorAccessDenied", MUN_GRAPH_ERROR_DENIED },
    { 403, "Authorization_RequestDenied", MUN_GRAPH_ERROR_DENIED },
    { 403, "", MUN_GRAPH_ERROR_DENIED },
    { 400, "ErrorInvalidIdMalformed", MUN_GRAPH_ERROR_FAILED },
    { 405, "ErrorInvalidRequest", MUN_GRAPH_ERROR_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (ScriptServer) server = script_server_new ();
    g_autoptr (MunGraph) graph = script_graph (server);
    g_autofree char *body = g_strdup_printf (
        "{\"error\":{\"code\":\"%s\",\"message\":\"m\",\"innerError\":{\"request-id\":\"R\"}}}",
        cases[i].code);
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) copy = NULL;

    script_server_push (server, cases[i].status, NULL, body);
    g_assert_null (mun_graph_get (graph, "/x", NULL, NULL, &error));
    g_assert_error (error, MUN_GRAPH_ERROR, (int)cases[i].expected);
    copy = g_error_copy (error);
    g_assert_cmpstr (mun_graph_error_get_code (copy), ==, *cases[i].code ? cases[i].code : NULL);
    g_assert_cmpstr (mun_graph_error_get_request_id (copy), ==, "R");
    g_assert_nonnull (strstr (copy->message, "R"));
    g_assert_null (mun_entra_error_get_name (copy));
  }
}

/* Of one class, what is told is not the same. */
static void
test_explained (void)
{
  static const struct {
    guint status;
    const char *code, *message, *expected;
  } cases[] = {
    { 404, "ErrorItemNotFound", "gone", "user, folder or message" },
    { 404, "ErrorInvalidUser", "gone", "user or group" },
    { 404, "Request_ResourceNotFound", "gone", "user or group" },
    { 403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.",
      "permission" },
    { 403, "ErrorAccessDenied", "Access to OData is disabled.", "policy of Exchange Online" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (ScriptServer) server = script_server_new ();
    g_autoptr (MunGraph) graph = script_graph (server);
    g_autofree char *body = g_strdup_printf ("{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}",
                                             cases[i].code, cases[i].message);
    g_autoptr (GError) error = NULL;

    script_server_push (server, cases[i].status, NULL, body);
    g_assert_null (mun_graph_get (graph, "/x", NULL, NULL, &error));
    g_assert_nonnull (strstr (mun_graph_explain (error), cases[i].expected));
  }
}

static void
test_denied (void)
{
  g_autoptr (MunGraph) graph = NULL;
  g_autoptr (GError) error = NULL;

  test_tenant_order (tenant, "revoke", "{\"roles\": [\"Directory.Read.All\"]}");
  graph = test_tenant_graph (tenant);
  g_assert_null (mun_graph_get (graph, USERS, NULL, NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_DENIED);
  g_assert_cmpstr (mun_graph_error_get_code (error), ==, "Authorization_RequestDenied");
  g_assert_cmpuint (mun_graph_error_get_status (error), ==, 403);
  test_tenant_order (tenant, "grant", "{\"roles\": [\"Directory.Read.All\"]}");
}

static void
test_cancelled (void)
{
  MunCloud cloud = tenant->cloud;
  g_autoptr (MunEntra) entra = NULL;
  g_autoptr (MunGraph) graph = NULL;
  g_autoptr (GError) error = NULL;

  cloud.login_url = cloud.graph_url = "https://localhost:1"; /* nobody listens there */
  entra = mun_entra_new (&cloud, "t", "c", tenant->certificate);
  graph = mun_graph_new (entra);
  g_assert_true (mun_graph_get_entra (graph) == entra);
  {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();

    g_cancellable_cancel (cancellable);
    g_assert_null (mun_graph_get (graph, "/x", NULL, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  tenant = test_tenant_new (0);
  g_test_add_func ("/graph/paging", test_paging);
  g_test_add_func ("/graph/throttled", test_throttled);
  g_test_add_func ("/graph/throttled-cancelled", test_throttled_cancelled);
  g_test_add_func ("/graph/throttled-too-long", test_throttled_too_long);
  g_test_add_func ("/graph/unavailable", test_unavailable);
  g_test_add_func ("/graph/retry-after-a-date", test_retry_after_a_date);
  g_test_add_func ("/graph/token-expired", test_token_expired);
  g_test_add_func ("/graph/short-tokens", test_short_tokens);
  g_test_add_func ("/graph/token-refused-again", test_token_refused_again);
  g_test_add_func ("/graph/cut-body", test_cut_body);
  g_test_add_func ("/graph/broken-json", test_broken_json);
  g_test_add_func ("/graph/headers", test_headers);
  g_test_add_func ("/graph/foreign-links", test_foreign_links);
  g_test_add_func ("/graph/foreign-next-link", test_foreign_next_link);
  g_test_add_func ("/graph/endless-link", test_endless_link);
  g_test_add_func ("/graph/redirect", test_redirect);
  g_test_add_func ("/graph/too-large", test_too_large);
  g_test_add_func ("/graph/sink", test_sink);
  g_test_add_func ("/graph/classes", test_classes);
  g_test_add_func ("/graph/explained", test_explained);
  g_test_add_func ("/graph/denied", test_denied);
  g_test_add_func ("/graph/cancelled", test_cancelled);
  result = g_test_run ();
  test_tenant_free (tenant);
  return result;
}
