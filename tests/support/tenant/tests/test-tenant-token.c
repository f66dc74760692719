/* test-tenant-token.c: the tenant's token endpoint refuses what the real one refuses */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig.h"

#include <string.h>

static Rig *rig;

/* Error number of a request with this assertion; 0 when a token came. */
static gint64
code_of (const RigAssertion *assertion)
{
  g_autofree char *text = rig_assert (rig, assertion);
  g_autoptr (JsonObject) reply = rig_ask (rig, rig->tenant_id, text, NULL);
  g_assert_true (json_object_has_member (reply, "access_token") == (rig->status == 200));
  return rig_aadsts (reply);
}

/* The same with a right assertion and other form fields. */
static gint64
code_of_fields (const char *tenant, const char *const *fields)
{
  RigAssertion right = { 0 };
  g_autofree char *text = rig_assert (rig, &right);
  g_autoptr (JsonObject) reply = rig_ask (rig, tenant, text, fields);
  return rig_aadsts (reply);
}

static void
upload (const RigPair *pair)
{
  g_autoptr (JsonObject) reply = rig_control_bytes (rig, "POST", "certificates", pair->der);
  g_autofree char *sha1 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, pair->der);
  g_autofree char *upper = g_ascii_strup (sha1, -1);
  g_assert_cmpstr (json_object_get_string_member (reply, "thumbprint"), ==, upper);
}

static void
test_unknown_certificate (void)
{
  RigAssertion right = { 0 };
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, rig->pair.der);
  g_autofree char *upper = g_ascii_strup (sha256, -1), *text = rig_assert (rig, &right);
  g_autoptr (JsonObject) reply = rig_ask (rig, rig->tenant_id, text, NULL);
  const char *description = json_object_get_string_member (reply, "error_description");
  g_assert_cmpuint (rig->status, ==, 401);
  g_assert_cmpstr (json_object_get_string_member (reply, "error"), ==, "invalid_client");
  g_assert_cmpint (rig_aadsts (reply), ==, 700027);
  g_assert_true (g_str_has_prefix (description, "AADSTS700027: "));
  g_assert_nonnull (strstr (description, upper));
  g_assert_nonnull (strstr (description, "\r\nTrace ID: "));
  g_assert_nonnull (strstr (description, "\r\nCorrelation ID: "));
  g_assert_nonnull (strstr (description, "\r\nTimestamp: "));
  g_assert_cmpuint (strlen (json_object_get_string_member (reply, "trace_id")), ==, 36);
  upload (&rig->pair);
  g_assert_cmpint (code_of (&right), ==, 0);
}

static void
test_upload (void)
{
  g_autofree char *base64
      = g_base64_encode (g_bytes_get_data (rig->pair.der, NULL), g_bytes_get_size (rig->pair.der));
  g_autofree char *pem
      = g_strdup_printf ("-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n", base64);
  g_autoptr (JsonObject) reply = rig_control (rig, "POST", "certificates", pem);
  g_assert_cmpuint (rig->status, ==, 200);
  g_autoptr (JsonObject) info = rig_control (rig, "GET", "info", NULL);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (info, "certificates")), ==,
                    1);
  g_autoptr (JsonObject) secret
      = rig_control (rig, "POST", "certificates", "-----BEGIN PRIVATE KEY-----\n");
  g_assert_cmpuint (rig->status, ==, 400);
  g_autoptr (JsonObject) garbage = rig_control (rig, "POST", "certificates", "garbage");
  g_assert_cmpuint (rig->status, ==, 400);
}

static void
test_algorithms (void)
{
  RigAssertion ps256 = { 0 }, rs256 = { .algorithm = "RS256" };
  RigAssertion mixed = { .thumbprint_name = "x5t" },
               other = { .algorithm = "RS256", .thumbprint_name = "x5t#S256" };
  RigAssertion none = { .algorithm = "none" }, symmetric = { .algorithm = "HS256" },
               kind = { .type = "at+jwt" };
  RigAssertion bare = { .thumbprint_name = "" }, spoilt = { .spoilt = TRUE };
  g_assert_cmpint (code_of (&ps256), ==, 0);
  g_assert_cmpint (code_of (&rs256), ==, 0);
  g_assert_cmpint (code_of (&mixed), ==, 700027);
  g_assert_cmpint (code_of (&other), ==, 700027);
  g_assert_cmpint (code_of (&none), ==, 50027);
  g_assert_cmpint (code_of (&symmetric), ==, 50027);
  g_assert_cmpint (code_of (&kind), ==, 50027);
  g_assert_cmpint (code_of (&bare), ==, 50027);
  g_assert_cmpint (code_of (&spoilt), ==, 700027);
}

/* The right thumbprint over another key's signature. */
static void
test_wrong_key (void)
{
  RigPair other = rig_pair_new (-60, 3600);
  RigPair forged = { other.key, rig->pair.der };
  RigAssertion assertion = { .pair = &forged };
  g_autofree char *text = rig_assert (rig, &assertion);
  g_autoptr (JsonObject) reply = rig_ask (rig, rig->tenant_id, text, NULL);
  g_assert_cmpint (rig_aadsts (reply), ==, 700027);
  g_assert_nonnull (
      strstr (json_object_get_string_member (reply, "error_description"), "Found key 'Start="));
  rig_pair_clear (&other);
}

static void
test_certificate_validity (void)
{
  RigPair old = rig_pair_new (-7200, -3600), early = rig_pair_new (3600, 7200);
  RigAssertion with_old = { .pair = &old }, with_early = { .pair = &early };
  upload (&old);
  upload (&early);
  g_assert_cmpint (code_of (&with_old), ==, 1000502);
  g_assert_cmpint (code_of (&with_early), ==, 1000502);
  rig_pair_clear (&old);
  rig_pair_clear (&early);
}

static void
test_claims (void)
{
  g_autofree char *by_domain
      = g_strdup_printf ("%s/%s/oauth2/v2.0/token", rig->login_url,
                         json_object_get_string_member (rig->ready, "domain"));
  g_autofree char *elsewhere
      = g_strdup_printf ("https://login.example/%s/oauth2/v2.0/token", rig->tenant_id);
  RigAssertion domain = { .audience = by_domain }, foreign = { .audience = elsewhere };
  RigAssertion origin = { .audience = rig->login_url },
               issuer = { .issuer = "someone", .subject = "someone" };
  RigAssertion subject = { .subject = "someone" }, no_id = { .id = "" },
               once = { .id = "the-same" };
  g_assert_cmpint (code_of (&domain), ==, 0);
  g_assert_cmpint (code_of (&foreign), ==, 50027);
  g_assert_cmpint (code_of (&origin), ==, 50027);
  g_assert_cmpint (code_of (&issuer), ==, 50027);
  g_assert_cmpint (code_of (&subject), ==, 50048);
  g_assert_cmpint (code_of (&no_id), ==, 50027);
  g_assert_cmpint (code_of (&once), ==, 0);
  g_assert_cmpint (code_of (&once), ==, 50013);
}

static void
test_lifetime (void)
{
  RigAssertion right = { 0 }, past = { .not_before = -2000, .expires = -1000 },
               future = { .not_before = 1000, .expires = 1600 };
  RigAssertion little = { .not_before = 120, .expires = 700 },
               backwards = { .not_before = 200, .expires = 100 };
  g_assert_cmpint (code_of (&past), ==, 700024);
  g_assert_cmpint (code_of (&future), ==, 700024);
  g_assert_cmpint (code_of (&backwards), ==, 700024);
  g_assert_cmpint (code_of (&little), ==, 0);
  g_autoptr (JsonObject) ahead = rig_control (rig, "POST", "clock", "{\"ahead\": 7200}");
  g_assert_cmpint (code_of (&right), ==, 700024);
  g_autoptr (JsonObject) back = rig_control (rig, "POST", "clock", "{\"ahead\": 0}");
  g_assert_cmpint (code_of (&right), ==, 0);
}

static void
test_form (void)
{
  const char *id = rig->tenant_id;
  g_autofree char *two
      = g_strdup_printf ("%s/.default https://outlook.office365.com/.default", rig->graph_url);
  g_assert_cmpint (code_of_fields (id, (const char *[]){ "grant_type", "", NULL }), ==, 900144);
  g_assert_cmpint (code_of_fields (id, (const char *[]){ "client_id", "", NULL }), ==, 900144);
  g_assert_cmpint (code_of_fields (id, (const char *[]){ "scope", "", NULL }), ==, 900144);
  g_assert_cmpint (code_of_fields (id, (const char *[]){ "client_assertion_type", "", NULL }), ==,
                   900144);
  g_assert_cmpint (code_of_fields (id, (const char *[]){ "grant_type", "password", NULL }), ==,
                   70003);
  g_assert_cmpint (code_of_fields (id, (const char *[]){ "scope", "Mail.Read", NULL }), ==, 70011);
  g_assert_cmpint (code_of_fields (id, (const char *[]){ "scope", two, NULL }), ==, 700022);
  g_assert_cmpint (
      code_of_fields (id, (const char *[]){ "scope", "https://nowhere.example/.default", NULL }),
      ==, 500011);
  g_assert_cmpint (code_of_fields (id, (const char *[]){ "client_id",
                                                         "7d0a6b1c-0000-4000-8000-000000000000",
                                                         NULL }),
                   ==, 700016);
  g_assert_cmpint (code_of_fields (id, (const char *[]){ "client_assertion", "", NULL }), ==,
                   7000218);
  g_assert_cmpint (code_of_fields (id, (const char *[]){ "client_assertion", "a.b", NULL }), ==,
                   50027);
  g_assert_cmpint (code_of_fields (id, (const char *[]){ "client_secret", "x", NULL }), ==,
                   7000215);
  g_assert_cmpint (code_of_fields ("common", NULL), ==, 9001023);
  g_assert_cmpint (code_of_fields ("nobody.example", NULL), ==, 90002);
  g_assert_cmpint (code_of_fields (json_object_get_string_member (rig->ready, "initialDomain"),
                                   NULL),
                   ==, 0);
}

static void
test_disabled (void)
{
  RigAssertion right = { 0 };
  g_autoptr (JsonObject) off = rig_control (rig, "POST", "application", "{\"enabled\": false}");
  g_assert_cmpint (code_of (&right), ==, 7000112);
  g_autoptr (JsonObject) on = rig_control (rig, "POST", "application", "{\"enabled\": true}");
  g_assert_cmpint (code_of (&right), ==, 0);
}

/* The claims of the access token; clients must not read it, but a diagnosis may. */
static JsonObject *
claims_of_token (void)
{
  g_auto (GStrv) parts = g_strsplit (rig->token, ".", -1);
  g_strdelimit (parts[1], "-", '+');
  g_strdelimit (parts[1], "_", '/');
  gsize size;
  g_autofree char *padded = g_strconcat (parts[1],
                                         strlen (parts[1]) % 4 == 0   ? ""
                                         : strlen (parts[1]) % 4 == 3 ? "="
                                                                      : "==",
                                         NULL);
  g_autofree guchar *text = g_base64_decode (padded, &size);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (parser, (const char *)text, (gssize)size, NULL));
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

static void
test_roles (void)
{
  rig_sign_in (rig);
  g_autoptr (JsonObject) without = claims_of_token ();
  g_assert_false (json_object_has_member (without, "roles"));
  g_autofree char *refused = rig_error_code (rig_get_json (rig, "users"));
  g_assert_cmpstr (refused, ==, "Authorization_RequestDenied");
  g_autoptr (JsonObject) granted
      = rig_control (rig, "POST", "grant", "{\"roles\": [\"Directory.Read.All\"]}");
  g_autofree char *still = rig_error_code (rig_get_json (rig, "users"));
  g_assert_cmpstr (still, ==, "Authorization_RequestDenied");
  rig_sign_in (rig);
  g_autoptr (JsonObject) with = claims_of_token ();
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (with, "roles")), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (with, "appid"), ==, rig->client_id);
  g_assert_cmpstr (json_object_get_string_member (with, "tid"), ==, rig->tenant_id);
  g_autoptr (JsonObject) users = rig_get_json (rig, "users");
  g_assert_cmpuint (rig->status, ==, 200);
  g_autoptr (JsonObject) bad = rig_control (rig, "POST", "grant", "{\"roles\": [\"Mail.Reed\"]}");
  g_assert_cmpuint (rig->status, ==, 400);
}

static void
test_control_key (void)
{
  g_autofree char *url = g_strconcat (rig->control_url, "/control/info", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_autoptr (GBytes) body = soup_session_send_and_read (rig->session, message, NULL, NULL);
  g_assert_cmpuint (soup_message_get_status (message), ==, 401);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  rig = rig_new (20);
  g_test_add_func ("/tenant/token/unknown-certificate", test_unknown_certificate);
  g_test_add_func ("/tenant/token/upload", test_upload);
  g_test_add_func ("/tenant/token/algorithms", test_algorithms);
  g_test_add_func ("/tenant/token/wrong-key", test_wrong_key);
  g_test_add_func ("/tenant/token/certificate-validity", test_certificate_validity);
  g_test_add_func ("/tenant/token/claims", test_claims);
  g_test_add_func ("/tenant/token/lifetime", test_lifetime);
  g_test_add_func ("/tenant/token/form", test_form);
  g_test_add_func ("/tenant/token/disabled", test_disabled);
  g_test_add_func ("/tenant/token/roles", test_roles);
  g_test_add_func ("/tenant/token/control-key", test_control_key);
  int status = g_test_run ();
  rig_free (rig);
  return status;
}
