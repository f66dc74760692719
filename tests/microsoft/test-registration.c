/* test-registration.c: what the registration check says of the simulated tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "errors.h"
#include "json.h"
#include "tenant-client.h"

#include <string.h>

static TestTenant *tenant;

static void
test_registration_good (void)
{
  g_autoptr (MunEntra) entra = test_tenant_sign_in (tenant);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRegistrationReport) report = mun_registration_check (entra, NULL, NULL, &error);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  g_assert_no_error (error);
  g_assert_true (report->signed_in);
  g_assert_cmpstr (report->algorithm, ==, "PS256");
  g_assert_cmpuint (g_strv_length (report->missing), ==, 0);
  g_assert_cmpuint (g_strv_length (report->roles), ==, 2);
  g_assert_cmpint (report->error_code, ==, 0);
  g_assert_cmpstr (report->explanation, ==, "");
  node = mun_registration_report_to_json (report);
  object = json_node_get_object (node);
  g_assert_true (mun_json_get_bool (object, "signedIn", FALSE));
  g_assert_cmpstr (mun_json_get_string (object, "algorithm", ""), ==, "PS256");
  g_assert_cmpuint (json_array_get_length (mun_json_get_array (object, "roles")), ==, 2);
  g_assert_cmpuint (json_array_get_length (mun_json_get_array (object, "missing")), ==, 0);
  g_assert_cmpint (mun_json_get_int (object, "errorCode", -1), ==, 0);
  g_assert_cmpstr (mun_json_get_string (object, "traceId", NULL), ==, "");
}

static void
test_registration_missing (void)
{
  g_autoptr (MunEntra) entra = test_tenant_sign_in (tenant);
  static const char *const wanted[] = { "Mail.Read", "User.Read.All", NULL };
  static const char *const roles[] = { "Mail.Read", "Directory.Read.All" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    g_autofree char *body = g_strdup_printf ("{\"roles\": [\"%s\"]}", roles[i]);
    g_autoptr (MunRegistrationReport) report = NULL;

    test_tenant_order (tenant, "revoke", body);
    report
        = mun_registration_check (entra, NULL, NULL, &error); /* sees it at once: a fresh token */
    g_assert_no_error (error);
    g_assert_true (report->signed_in);
    g_assert_cmpuint (g_strv_length (report->missing), ==, 1);
    g_assert_cmpstr (report->missing[0], ==, roles[i]);
    g_assert_nonnull (strstr (report->explanation, roles[i]));
    g_assert_nonnull (strstr (report->message, roles[i]));
    test_tenant_order (tenant, "grant", body);
  }
  {
    g_autoptr (MunRegistrationReport) report = mun_registration_check (entra, wanted, NULL, &error);

    g_assert_cmpstr (report->missing[0], ==, "User.Read.All");
  }
}

static void
test_registration_wider (void)
{
  g_autoptr (MunEntra) entra = test_tenant_sign_in (tenant);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRegistrationReport) report = NULL;

  test_tenant_order (tenant, "revoke", "{\"roles\": [\"Mail.Read\"]}");
  test_tenant_order (tenant, "grant", "{\"roles\": [\"Mail.ReadWrite\"]}");
  report = mun_registration_check (entra, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (report->missing), ==, 0);
  test_tenant_order (tenant, "revoke", "{\"roles\": [\"Mail.ReadWrite\"]}");
  test_tenant_order (tenant, "grant", "{\"roles\": [\"Mail.Read\"]}");
}

static void
test_registration_refused (void)
{
  g_autoptr (MunCertificate) stranger = mun_certificate_create ("Other", 2048, 1, NULL);
  g_autoptr (MunEntra) entra
      = mun_entra_new (&tenant->cloud, tenant->tenant_id, tenant->client_id, stranger);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRegistrationReport) report = mun_registration_check (entra, NULL, NULL, &error);

  g_assert_no_error (error); /* a refusal is an answer */
  g_assert_false (report->signed_in);
  g_assert_cmpint (report->error_code, ==, 700027);
  g_assert_cmpstr (report->explanation, ==, mun_entra_explain (700027));
  g_assert_cmpstr (report->trace_id, !=, "");
  g_assert_nonnull (strstr (report->message, mun_certificate_get_sha256 (stranger)));
}

static void
test_registration_unknown (void)
{
  MunCloud cloud = tenant->cloud;
  g_autoptr (MunEntra) entra = NULL;
  g_autoptr (GError) error = NULL;

  cloud.ca_file = NULL; /* the system does not know the tenant's authority */
  entra = mun_entra_new (&cloud, tenant->tenant_id, tenant->client_id, tenant->certificate);
  g_assert_null (mun_registration_check (entra, NULL, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_UNTRUSTED);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  tenant = test_tenant_new (0);
  g_test_add_func ("/registration/good", test_registration_good);
  g_test_add_func ("/registration/missing", test_registration_missing);
  g_test_add_func ("/registration/wider", test_registration_wider);
  g_test_add_func ("/registration/refused", test_registration_refused);
  g_test_add_func ("/registration/unknown", test_registration_unknown);
  result = g_test_run ();
  test_tenant_free (tenant);
  return result;
}
