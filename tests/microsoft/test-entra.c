/* test-entra.c: signing in, against the simulated tenant and against scripted answers */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assertion.h"
#include "errors.h"
#include "json.h"
#include "script-server.h"
#include "tenant-client.h"
#include "text.h"

#include <string.h>

static TestTenant *tenant;

static void
assert_refused (MunEntra *entra, int code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = mun_entra_dup_token (entra, NULL, &error);
  g_autofree char *trace_id = mun_entra_dup_trace_id (entra);

  g_assert_null (token);
  g_assert_error (error, MUN_ENTRA_ERROR, code);
  g_assert_nonnull (mun_entra_error_get_trace_id (error));
  g_assert_cmpstr (mun_entra_error_get_trace_id (error), ==, trace_id);
  g_assert_nonnull (mun_entra_error_get_name (error));
  g_assert_null (strchr (mun_entra_error_get_description (error), '\r'));
  g_assert_cmpstr (mun_entra_get_algorithm (entra), ==, "");
}

static void
test_sign_in (void)
{
  g_autoptr (MunEntra) entra = test_tenant_sign_in (tenant);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) before = mun_entra_dup_roles (entra);
  g_auto (GStrv) after = NULL;
  gint64 requests = test_tenant_count (tenant, "tokenRequests");
  g_autofree char *first = mun_entra_dup_token (entra, NULL, &error);
  g_autofree char *second = mun_entra_dup_token (entra, NULL, &error);
  g_autofree char *third = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (first, ==, second);
  g_assert_cmpint (test_tenant_count (tenant, "tokenRequests"), ==, requests + 1);
  g_assert_cmpstr (mun_entra_get_algorithm (entra), ==, "PS256");
  after = mun_entra_dup_roles (entra);
  g_assert_cmpuint (g_strv_length (before), ==, 0);
  g_assert_true (g_strv_contains ((const char *const *)after, "Mail.Read"));
  g_assert_true (g_strv_contains ((const char *const *)after, "Directory.Read.All"));
  g_assert_null (mun_entra_dup_trace_id (entra));

  mun_entra_forget_token (entra, "another");
  third = mun_entra_dup_token (entra, NULL, &error);
  g_assert_cmpstr (first, ==, third);
  mun_entra_forget_token (entra, first);
  g_free (third);
  third = mun_entra_dup_token (entra, NULL, &error);
  g_assert_cmpstr (first, !=, third);
}

static void
test_by_domain (void)
{
  g_autoptr (MunEntra) entra
      = mun_entra_new (&tenant->cloud, mun_json_get_string (tenant->ready, "domain", ""),
                       tenant->client_id, tenant->certificate);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = mun_entra_dup_token (entra, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (token);
  g_assert_true (mun_entra_get_cloud (entra) == &tenant->cloud);
  g_assert_cmpstr (mun_entra_get_tenant (entra), ==,
                   mun_json_get_string (tenant->ready, "domain", ""));
  g_assert_cmpstr (mun_entra_get_client_id (entra), ==, tenant->client_id);
  g_assert_true (mun_entra_get_certificate (entra) == tenant->certificate);
}

static void
test_wrong_key (void)
{
  g_autoptr (MunCertificate) stranger = mun_certificate_create ("Other", 2048, 1, NULL);
  g_autoptr (MunEntra) entra
      = mun_entra_new (&tenant->cloud, tenant->tenant_id, tenant->client_id, stranger);
  gint64 requests = test_tenant_count (tenant, "tokenRequests");
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;

  assert_refused (entra, 700027);
  g_assert_cmpint (test_tenant_count (tenant, "tokenRequests"), ==,
                   requests + 2); /* the fallback */
  test_tenant_upload (tenant, stranger);
  token = mun_entra_dup_token (entra, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mun_entra_get_algorithm (entra), ==, "PS256");
  g_assert_null (mun_entra_dup_trace_id (entra));

  /* Removed in the portal: refused, and no second algorithm is tried. */
  {
    g_autofree char *path
        = g_strdup_printf ("certificates?thumbprint=%s", mun_certificate_get_thumbprint (stranger));
    json_object_unref (test_tenant_control (tenant, "DELETE", path, NULL));
  }
  requests = test_tenant_count (tenant, "tokenRequests");
  mun_entra_forget_token (entra, NULL);
  g_free (token);
  token = mun_entra_dup_token (entra, NULL, &error);
  g_assert_null (token);
  g_assert_error (error, MUN_ENTRA_ERROR, 700027);
  g_assert_cmpint (test_tenant_count (tenant, "tokenRequests"), ==, requests + 1);
}

static void
test_wrong_ids (void)
{
  g_autoptr (MunEntra) client
      = mun_entra_new (&tenant->cloud, tenant->tenant_id, "11111111-2222-3333-4444-555555555555",
                       tenant->certificate);
  g_autoptr (MunEntra) nobody
      = mun_entra_new (&tenant->cloud, "nobody.example", tenant->client_id, tenant->certificate);

  assert_refused (client, 700016);
  assert_refused (nobody, 90002);
}

static void
test_clock (void)
{
  g_autoptr (MunEntra) entra = test_tenant_sign_in (tenant);

  test_tenant_order (tenant, "clock", "{\"ahead\": 3600}");
  assert_refused (entra, 700024);
  test_tenant_order (tenant, "clock", "{\"ahead\": 0}");
}

static void
test_certificate_over (void)
{
  g_autoptr (MunCertificate) brief = mun_certificate_create ("Brief", 2048, 1, NULL);
  g_autoptr (MunEntra) entra
      = mun_entra_new (&tenant->cloud, tenant->tenant_id, tenant->client_id, brief);

  test_tenant_upload (tenant, brief);
  test_tenant_order (tenant, "clock", "{\"ahead\": 3456000}"); /* 40 days */
  assert_refused (entra, 1000502);
  test_tenant_order (tenant, "clock", "{\"ahead\": 0}");
}

static void
test_disabled (void)
{
  g_autoptr (MunEntra) entra = test_tenant_sign_in (tenant);

  test_tenant_order (tenant, "application", "{\"enabled\": false}");
  assert_refused (entra, 7000112);
  test_tenant_order (tenant, "application", "{\"enabled\": true}");
}

/* A token is issued even when nothing was granted. */
static void
test_no_role (void)
{
  g_autoptr (MunEntra) entra = test_tenant_sign_in (tenant);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  g_auto (GStrv) roles = NULL;

  test_tenant_order (tenant, "revoke", "{\"roles\": [\"Mail.Read\", \"Directory.Read.All\"]}");
  token = mun_entra_dup_token (entra, NULL, &error);
  g_assert_no_error (error);
  roles = mun_entra_dup_roles (entra);
  g_assert_cmpuint (g_strv_length (roles), ==, 0);
  test_tenant_order (tenant, "grant", "{\"roles\": [\"Mail.Read\", \"Directory.Read.All\"]}");
}

/* Sends an assertion as it is; the AADSTS number of the answer, 0 for a token. */
static int
ask_with (const char *assertion)
{
  g_autofree char *url
      = g_strdup_printf ("%s/%s/oauth2/v2.0/token", tenant->cloud.login_url, tenant->tenant_id);
  g_autofree char *scope = g_strconcat (tenant->cloud.graph_url, "/.default", NULL);
  g_autofree char *form
      = soup_form_encode ("client_id", tenant->client_id, "grant_type", "client_credentials",
                          "scope", scope, "client_assertion_type",
                          "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                          "client_assertion", assertion, NULL);
  g_autoptr (GTlsDatabase) authorities = g_tls_file_database_new (tenant->cloud.ca_file, NULL);
  g_autoptr (SoupSession) session
      = soup_session_new_with_options ("tls-database", authorities, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr (GBytes) body = g_bytes_new (form, strlen (form));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (JsonObject) answer = NULL;
  JsonArray *codes;

  soup_message_set_request_body_from_bytes (message, "application/x-www-form-urlencoded", body);
  reply = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  answer = mun_json_parse_object (g_bytes_get_data (reply, NULL), g_bytes_get_size (reply), &error);
  g_assert_no_error (error);
  codes = mun_json_get_array (answer, "error_codes");
  return codes ? (int)json_array_get_int_element (codes, 0) : 0;
}

static char *
sign_parts (const char *header, const char *claims, MunSignatureAlgorithm algorithm)
{
  g_autofree char *first = mun_text_base64url (header, strlen (header));
  g_autofree char *second = mun_text_base64url (claims, strlen (claims));
  g_autofree char *input = g_strdup_printf ("%s.%s", first, second);
  g_autoptr (GBytes) signature
      = mun_certificate_sign (tenant->certificate, algorithm, input, strlen (input), NULL);
  g_autofree char *third
      = mun_text_base64url (g_bytes_get_data (signature, NULL), g_bytes_get_size (signature));

  return g_strdup_printf ("%s.%s", input, third);
}

static char *
dup_audience (void)
{
  return g_strdup_printf ("%s/%s/oauth2/v2.0/token", tenant->cloud.login_url, tenant->tenant_id);
}

/* Both forms that src/microsoft makes are accepted by a strict tenant; each of them made wrong is
 * not. */
static void
test_assertions (void)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *audience = dup_audience ();
  g_autofree char *elsewhere = g_strconcat (audience, "x", NULL);
  const struct {
    const char *audience;
    gint64 now;
    int code;
  } cases[] = { { audience, now, 0 },
                { elsewhere, now, 50027 },
                { "https://login.microsoftonline.com/common/oauth2/v2.0/token", now, 50027 },
                { audience, now - 7200, 700024 },
                { audience, now + 7200, 700024 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int algorithm = MUN_SIGNATURE_PS256; algorithm <= MUN_SIGNATURE_RS256; algorithm++) {
      g_autofree char *assertion
          = mun_assertion_create (tenant->certificate, algorithm, tenant->client_id,
                                  cases[i].audience, cases[i].now, NULL);

      g_assert_cmpint (ask_with (assertion), ==, cases[i].code);
    }
}

static void
test_bad_headers (void)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *audience = dup_audience ();
  g_autoptr (GBytes) sha1 = mun_certificate_dup_sha1_bytes (tenant->certificate);
  g_autofree char *x5t = mun_text_base64url (g_bytes_get_data (sha1, NULL), 20);
  g_autofree char *mixed
      = g_strdup_printf ("{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t\":\"%s\"}", x5t);
  g_autofree char *claims = g_strdup_printf (
      "{\"aud\":\"%s\",\"iss\":\"%s\",\"sub\":\"%s\",\"jti\":\"1\",\"nbf\":%" G_GINT64_FORMAT
      ",\"exp\":%" G_GINT64_FORMAT "}",
      audience, tenant->client_id, tenant->client_id, now, now + 600);
  g_autofree char *without
      = sign_parts ("{\"alg\":\"PS256\",\"typ\":\"JWT\"}", claims, MUN_SIGNATURE_PS256);
  g_autofree char *wrong_pair = sign_parts (mixed, claims, MUN_SIGNATURE_PS256);
  g_autofree char *none
      = sign_parts ("{\"alg\":\"none\",\"typ\":\"JWT\"}", claims, MUN_SIGNATURE_RS256);

  g_assert_cmpint (ask_with (without), ==, 50027);
  g_assert_cmpint (ask_with (wrong_pair), ==, 700027);
  g_assert_cmpint (ask_with (none), ==, 50027);
}

static void
test_assertion_parts (void)
{
  g_autofree char *first = mun_assertion_create (tenant->certificate, MUN_SIGNATURE_PS256, "client",
                                                 "aud", 1000, NULL);
  g_autofree char *second = mun_assertion_create (tenant->certificate, MUN_SIGNATURE_RS256,
                                                  "client", "aud", 1000, NULL);
  g_auto (GStrv) parts = g_strsplit (first, ".", -1);
  g_auto (GStrv) others = g_strsplit (second, ".", -1);
  g_autoptr (GBytes) header = mun_text_from_base64url (parts[0]);
  g_autoptr (GBytes) old_header = mun_text_from_base64url (others[0]);
  g_autoptr (GBytes) payload = mun_text_from_base64url (parts[1]);
  g_autofree char *header_text
      = g_strndup (g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  g_autofree char *old_text
      = g_strndup (g_bytes_get_data (old_header, NULL), g_bytes_get_size (old_header));
  g_autoptr (JsonObject) claims
      = mun_json_parse_object (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), NULL);

  g_assert_cmpuint (g_strv_length (parts), ==, 3);
  g_assert_nonnull (strstr (header_text, "\"x5t#S256\""));
  g_assert_null (strstr (header_text, "\"x5t\""));
  g_assert_nonnull (strstr (old_text, "\"x5t\""));
  g_assert_null (strchr (first, '='));
  g_assert_cmpstr (mun_json_get_string (claims, "iss", ""), ==, "client");
  g_assert_cmpstr (mun_json_get_string (claims, "sub", ""), ==, "client");
  g_assert_cmpstr (mun_json_get_string (claims, "aud", ""), ==, "aud");
  g_assert_cmpint (mun_json_get_int (claims, "nbf", 0), ==, 1000);
  g_assert_cmpint (mun_json_get_int (claims, "exp", 0), ==, 1600);
  g_assert_true (mun_text_is_guid (mun_json_get_string (claims, "jti", "")));
  g_assert_cmpstr (parts[1], !=, others[1]); /* jti is fresh */
}

static gpointer
take_token (gpointer entra)
{
  return mun_entra_dup_token (entra, NULL, NULL);
}

static void
test_threads (void)
{
  g_autoptr (MunEntra) entra = test_tenant_sign_in (tenant);
  gint64 requests = test_tenant_count (tenant, "tokenRequests");
  GThread *threads[8];
  char *tokens[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("token", take_token, entra);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    tokens[i] = g_thread_join (threads[i]);
    g_assert_cmpstr (tokens[i], ==, tokens[0]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_free (tokens[i]);
  g_assert_cmpint (test_tenant_count (tenant, "tokenRequests"), ==, requests + 1);
}

static MunEntra *
script_entra (ScriptServer *server)
{
  return mun_entra_new (script_server_get_cloud (server), "contoso.com", "client",
                        tenant->certificate);
}

#define REFUSAL(code)                                                                              \
  "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS" #code                             \
  ": No.\\r\\nTrace ID: t\",\"error_codes\":[" #code "],\"trace_id\":\"t\"}"

static void
test_fallback (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunEntra) entra = script_entra (server);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL, *body = NULL, *log = NULL;

  script_server_push (server, 401, NULL, REFUSAL (700027));
  script_server_push_token (server, "one", 3599);
  token = mun_entra_dup_token (entra, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (token, ==, "one");
  g_assert_cmpstr (mun_entra_get_algorithm (entra), ==, "RS256");
  log = script_server_dup_log (server);
  g_assert_cmpstr (log, ==,
                   "POST /contoso.com/oauth2/v2.0/token\nPOST /contoso.com/oauth2/v2.0/token\n");
  body = script_server_dup_body (server);
  g_assert_nonnull (strstr (body, "grant_type=client_credentials"));
  g_assert_nonnull (strstr (body, "%2F.default"));

  /* Kept: the next sign-in is RS256 at once. */
  script_server_push_token (server, "two", 3599);
  mun_entra_forget_token (entra, NULL);
  g_free (token);
  token = mun_entra_dup_token (entra, NULL, &error);
  g_assert_cmpstr (token, ==, "two");
}

static void
test_no_fallback (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunEntra) entra = script_entra (server);

  script_server_push (server, 401, NULL, REFUSAL (700024));
  assert_refused (entra, 700024);
}

static void
test_passing_trouble (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunEntra) entra = script_entra (server);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;

  script_server_push (server, 503, "Retry-After: 0", "<html>");
  script_server_push (server, 429, "Retry-After: 0", REFUSAL (90055));
  script_server_push_token (server, "late", 3599);
  token = mun_entra_dup_token (entra, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (token, ==, "late");
}

static void
test_told_too_long (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunEntra) entra = script_entra (server);
  g_autoptr (GError) error = NULL;

  script_server_push (server, 429, "Retry-After: 86400", "");
  g_assert_null (mun_entra_dup_token (entra, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_THROTTLED);
}

static void
test_redirect (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunEntra) entra = script_entra (server);
  g_autoptr (GError) error = NULL;
  g_autofree char *log = NULL;

  script_server_push (server, 303, "Location: /elsewhere", ""); /* one that libsoup would follow */
  script_server_push_token (server, "stolen", 3599);
  g_assert_null (mun_entra_dup_token (entra, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
  log = script_server_dup_log (server);
  g_assert_null (strstr (log, "elsewhere"));
}

static void
test_strange_answers (void)
{
  static const char *const bodies[] = { "", "[]", "{}", "{\"access_token\":\"\"}", "<html>" };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autoptr (ScriptServer) server = script_server_new ();
    g_autoptr (MunEntra) entra = script_entra (server);
    g_autoptr (GError) error = NULL;

    script_server_push (server, 200, NULL, bodies[i]);
    g_assert_null (mun_entra_dup_token (entra, NULL, &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
  }
}

/* Without error_codes the number is read from the text; a token without an end is not kept long. */
static void
test_lean_answers (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunEntra) entra = script_entra (server);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL, *again = NULL;

  script_server_push (server, 400, NULL,
                      "{\"error\":\"x\",\"error_description\":\"AADSTS90002: Tenant\"}");
  g_assert_null (mun_entra_dup_token (entra, NULL, &error));
  g_assert_error (error, MUN_ENTRA_ERROR, 90002);
  g_clear_error (&error);
  script_server_push_token (server, "a", 0);
  script_server_push_token (server, "b", 0);
  token = mun_entra_dup_token (entra, NULL, &error);
  again = mun_entra_dup_token (entra, NULL, &error);
  g_assert_cmpstr (token, ==, "a");
  g_assert_cmpstr (again, ==, "b");
}

static void
test_unreachable_and_untrusted (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  MunCloud cloud = *script_server_get_cloud (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MunEntra) untrusted = NULL;
  g_autoptr (MunEntra) lost = NULL;
  g_autoptr (MunEntra) cancelled = NULL;
  g_autoptr (GError) error = NULL;

  cloud.ca_file = tenant->cloud.ca_file; /* another authority */
  untrusted = mun_entra_new (&cloud, "t", "c", tenant->certificate);
  g_assert_null (mun_entra_dup_token (untrusted, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_UNTRUSTED);
  g_clear_error (&error);
  cloud.ca_file = "/nonexistent/ca.pem";
  lost = mun_entra_new (&cloud, "t", "c", tenant->certificate);
  g_assert_null (mun_entra_dup_token (lost, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_UNTRUSTED);
  g_clear_error (&error);
  cancelled = script_entra (server);
  g_cancellable_cancel (cancellable);
  g_assert_null (mun_entra_dup_token (cancelled, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  tenant = test_tenant_new (0);
  g_test_add_func ("/entra/sign-in", test_sign_in);
  g_test_add_func ("/entra/by-domain", test_by_domain);
  g_test_add_func ("/entra/wrong-key", test_wrong_key);
  g_test_add_func ("/entra/wrong-ids", test_wrong_ids);
  g_test_add_func ("/entra/clock", test_clock);
  g_test_add_func ("/entra/certificate-over", test_certificate_over);
  g_test_add_func ("/entra/disabled", test_disabled);
  g_test_add_func ("/entra/no-role", test_no_role);
  g_test_add_func ("/entra/assertions", test_assertions);
  g_test_add_func ("/entra/bad-headers", test_bad_headers);
  g_test_add_func ("/entra/assertion-parts", test_assertion_parts);
  g_test_add_func ("/entra/threads", test_threads);
  g_test_add_func ("/entra/fallback", test_fallback);
  g_test_add_func ("/entra/no-fallback", test_no_fallback);
  g_test_add_func ("/entra/passing-trouble", test_passing_trouble);
  g_test_add_func ("/entra/told-too-long", test_told_too_long);
  g_test_add_func ("/entra/redirect", test_redirect);
  g_test_add_func ("/entra/strange-answers", test_strange_answers);
  g_test_add_func ("/entra/lean-answers", test_lean_answers);
  g_test_add_func ("/entra/unreachable-and-untrusted", test_unreachable_and_untrusted);
  result = g_test_run ();
  test_tenant_free (tenant);
  return result;
}
