/* test-app-credential.c: fields, checks and exchange of application credentials */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "app-credential.h"
#include "errors.h"
#include "json.h"

#include <string.h>

#define GUID "8f5b2c1e-0a4d-4f6b-9c3e-7d2a1b0c9e8f"
#define UPPER_GUID "8F5B2C1E-0A4D-4F6B-9C3E-7D2A1B0C9E8F"

static MunCertificate *certificate;

static MunAppCredential *
new_valid (void)
{
  MunAppCredential *self = mun_app_credential_new ();

  mun_app_credential_set_name (self, "Microsoft 365");
  mun_app_credential_set_client_id (self, GUID);
  mun_app_credential_set_tenant_id (self, "contoso.com");
  mun_app_credential_set_certificate (self, certificate);
  return self;
}

static void
assert_cleaned (char *(*clean) (const char *), const char *text, const char *expected)
{
  g_autofree char *cleaned = clean (text);

  g_assert_cmpstr (cleaned, ==, expected);
}

static void
test_clean_client_id (void)
{
  static const char *const good[] = {
    GUID,
    UPPER_GUID,
    " " GUID "\n",
    "{" UPPER_GUID "}",
    "\"" GUID "\"",
    "Application (client) ID : " GUID,
    "Application (client) ID\n" GUID "\n",
    "https://portal.azure.com/#view/appId/" GUID "/x",
  };
  static const char *const bad[] = { "", "contoso.com", "8f5b2c1e-0a4d-4f6b-9c3e-7d2a1b0c9e8",
                                     GUID "0", "8f5b2c1e0a4d4f6b9c3e7d2a1b0c9e8f" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    assert_cleaned (mun_app_credential_clean_client_id, good[i], GUID);
    g_assert_true (mun_app_credential_validate_client_id (good[i], NULL));
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    assert_cleaned (mun_app_credential_clean_client_id, bad[i], NULL);
    g_assert_false (mun_app_credential_validate_client_id (bad[i], &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  }
  assert_cleaned (mun_app_credential_clean_client_id, NULL, NULL);
}

static void
test_clean_tenant_id (void)
{
  static const char *const bad[]
      = { "", "common", "organizations", "contoso", "10.0.0.1", "-a.com", "a b c" };

  assert_cleaned (mun_app_credential_clean_tenant_id, "Directory (tenant) ID: " UPPER_GUID, GUID);
  assert_cleaned (mun_app_credential_clean_tenant_id, " Contoso.onmicrosoft.COM ",
                  "contoso.onmicrosoft.com");
  assert_cleaned (mun_app_credential_clean_tenant_id, "Primary domain: contoso.com", "contoso.com");
  assert_cleaned (mun_app_credential_clean_tenant_id, NULL, NULL);
  g_assert_true (mun_app_credential_validate_tenant_id ("contoso.com", NULL));
  g_assert_true (mun_app_credential_validate_tenant_id (GUID, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    assert_cleaned (mun_app_credential_clean_tenant_id, bad[i], NULL);
    g_assert_false (mun_app_credential_validate_tenant_id (bad[i], &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  }
}

static void
test_names (void)
{
  g_autofree char *many = g_strnfill (201, 'x');
  const char *const bad[] = { "", " \t", "a\nb", many };

  assert_cleaned (mun_app_credential_clean_name, "  R&D <x> ", "R&D <x>");
  assert_cleaned (mun_app_credential_clean_name, NULL, NULL);
  g_assert_true (mun_app_credential_validate_name ("株式会社 é", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (mun_app_credential_validate_name (bad[i], &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  }
}

static void
test_validate (void)
{
  g_autoptr (MunAppCredential) self = new_valid ();
  g_autoptr (GBytes) der = mun_certificate_export_der (certificate);
  g_autoptr (MunCertificate) public = mun_certificate_import (der, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (mun_app_credential_validate (self, &error));
  g_assert_no_error (error);
  mun_app_credential_set_certificate (self, NULL);
  g_assert_false (mun_app_credential_validate (self, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&error);
  mun_app_credential_set_certificate (self, public);
  g_assert_false (mun_app_credential_validate (self, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
}

static void
test_normalize (void)
{
  g_autoptr (MunAppCredential) self = new_valid ();

  mun_app_credential_set_name (self, " A ");
  mun_app_credential_set_client_id (self, "{" UPPER_GUID "}");
  mun_app_credential_set_tenant_id (self, "Contoso.COM");
  mun_app_credential_normalize (self);
  g_assert_cmpstr (mun_app_credential_get_name (self), ==, "A");
  g_assert_cmpstr (mun_app_credential_get_client_id (self), ==, GUID);
  g_assert_cmpstr (mun_app_credential_get_tenant_id (self), ==, "contoso.com");

  mun_app_credential_set_client_id (self, "half");
  mun_app_credential_normalize (self);
  g_assert_cmpstr (mun_app_credential_get_client_id (self), ==, "half");
}

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  ++*(guint *)user_data;
}

static void
test_properties (void)
{
  g_autoptr (MunAppCredential) self = mun_app_credential_new ();
  g_autoptr (MunAppCredential) other = mun_app_credential_new ();
  g_autofree char *thumbprint = NULL, *cloud = NULL, *id = NULL, *revision = NULL;
  g_autoptr (MunCertificate) held = NULL;
  gint64 not_after;
  guint notified = 0;

  g_assert_cmpuint (strlen (mun_app_credential_get_id (self)), ==, 36);
  g_assert_cmpstr (mun_app_credential_get_id (self), !=, mun_app_credential_get_id (other));
  g_signal_connect (self, "notify::name", G_CALLBACK (notify_cb), &notified);
  g_object_set (self, "name", "N", "client-id", "C", "tenant-id", "T", "cloud", "usgov", "revision",
                "7", "certificate", certificate, NULL);
  mun_app_credential_set_name (self, "N");
  g_assert_cmpuint (notified, ==, 1); /* only a change is told */
  g_object_get (self, "id", &id, "thumbprint", &thumbprint, "not-after", &not_after, "cloud",
                &cloud, "revision", &revision, "certificate", &held, NULL);
  g_assert_cmpstr (id, ==, mun_app_credential_get_id (self));
  g_assert_cmpstr (thumbprint, ==, mun_certificate_get_thumbprint (certificate));
  g_assert_cmpint (not_after, ==, mun_certificate_get_not_after (certificate));
  g_assert_cmpstr (cloud, ==, "usgov");
  g_assert_cmpstr (revision, ==, "7");
  g_assert_true (held == certificate);
  g_assert_cmpstr (mun_app_credential_get_client_id (self), ==, "C");
  g_assert_cmpstr (mun_app_credential_get_tenant_id (self), ==, "T");
  mun_app_credential_set_cloud (self, NULL);
  g_assert_cmpstr (mun_app_credential_get_cloud (self), ==, "global");
}

static void
test_stored_and_copy (void)
{
  g_autoptr (MunAppCredential) stored = mun_app_credential_new_stored ("i", "r", "AB", 5);
  g_autoptr (MunAppCredential) copy = NULL;

  mun_app_credential_set_name (stored, "before");
  copy = mun_app_credential_copy (stored);
  mun_app_credential_set_name (stored, "after");
  g_assert_cmpstr (mun_app_credential_get_id (copy), ==, "i");
  g_assert_cmpstr (mun_app_credential_get_revision (copy), ==, "r");
  g_assert_cmpstr (mun_app_credential_get_thumbprint (copy), ==, "AB");
  g_assert_cmpint (mun_app_credential_get_not_after (copy), ==, 5);
  g_assert_cmpstr (mun_app_credential_get_name (copy), ==, "before");
  g_assert_null (mun_app_credential_get_certificate (copy));
  mun_app_credential_set_revision (copy, "s");
  mun_app_credential_set_certificate (copy, certificate);
  g_assert_cmpstr (mun_app_credential_get_thumbprint (copy), ==,
                   mun_certificate_get_thumbprint (certificate));
  mun_app_credential_set_certificate (copy, NULL);
  g_assert_cmpstr (mun_app_credential_get_thumbprint (copy), ==, "");
}

static void
test_config (void)
{
  g_autoptr (MunAppCredential) self = new_valid ();
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) config = mun_app_credential_to_config (self, &error);
  g_autoptr (MunAppCredential) read = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (mun_json_get_string (config, "type", ""), ==, "AzureAdApp");
  g_assert_cmpstr (mun_json_get_string (config, "cloud", ""), ==, "global");
  g_assert_true (g_str_has_prefix (mun_json_get_string (config, "privateKey", ""),
                                   "-----BEGIN PRIVATE KEY-----"));
  read = mun_app_credential_new_from_config (config, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mun_app_credential_get_name (read), ==, "Microsoft 365");
  g_assert_cmpstr (mun_app_credential_get_thumbprint (read), ==,
                   mun_app_credential_get_thumbprint (self));
  g_assert_true (mun_certificate_has_key (mun_app_credential_get_certificate (read)));

  mun_app_credential_wipe_config (config);
  g_assert_false (json_object_has_member (config, "privateKey"));
  mun_app_credential_wipe_config (config);
  mun_app_credential_set_certificate (self, NULL);
  g_assert_null (mun_app_credential_to_config (self, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
}

static void
assert_config_fails (const char *member, const char *value, int code)
{
  g_autoptr (MunAppCredential) self = new_valid ();
  g_autoptr (JsonObject) config = mun_app_credential_to_config (self, NULL);
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (config, member, value);
  g_assert_null (mun_app_credential_new_from_config (config, &error));
  g_assert_error (error, MUN_ERROR, code);
  g_assert_null (strstr (error->message, "PRIVATE KEY"));
}

static void
test_bad_config (void)
{
  assert_config_fails ("type", "Password", MUN_ERROR_UNSUPPORTED);
  assert_config_fails ("name", "", MUN_ERROR_INVALID);
  assert_config_fails ("clientId", "x", MUN_ERROR_INVALID);
  assert_config_fails ("tenantId", "x", MUN_ERROR_INVALID);
  assert_config_fails ("certificate", "x", MUN_ERROR_INVALID);
  assert_config_fails ("privateKey", "x", MUN_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  certificate = mun_certificate_create ("Microsoft 365", 2048, 15, NULL);
  g_assert_nonnull (certificate);
  g_test_add_func ("/app-credential/clean-client-id", test_clean_client_id);
  g_test_add_func ("/app-credential/clean-tenant-id", test_clean_tenant_id);
  g_test_add_func ("/app-credential/names", test_names);
  g_test_add_func ("/app-credential/validate", test_validate);
  g_test_add_func ("/app-credential/normalize", test_normalize);
  g_test_add_func ("/app-credential/properties", test_properties);
  g_test_add_func ("/app-credential/stored-and-copy", test_stored_and_copy);
  g_test_add_func ("/app-credential/config", test_config);
  g_test_add_func ("/app-credential/bad-config", test_bad_config);
  result = g_test_run ();
  g_clear_object (&certificate);
  return result;
}
