/* functions-credentials.c: the credentials that this server signs in with */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "arguments.h"
#include "directory-config.h"
#include "errors.h"
#include "json.h"
#include "master-records.h"
#include "profile.h"
#include "registration.h"
#include "tenant.h"

#include <string.h>

static gint64
get_id (MunCall *call)
{
  return mun_arguments_get_int (mun_call_get_arguments (call), "id", 0);
}

/* The argument "config": borrowed from the arguments, or NULL with an error. */
static JsonObject *
get_config (MunCall *call, GError **error)
{
  JsonNode *node = mun_arguments_get_json (mun_call_get_arguments (call), "config");

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "config must be a JSON object");
  return NULL;
}

static JsonNode *
get_credentials (MunCall *call, GError **error)
{
  JsonArray *credentials = mun_master_list_credentials (mun_call_get_master (call), error);

  if (credentials == NULL)
    return NULL;
  /* Large, and GetCredentialsCertificate has it. */
  for (guint i = 0; i < json_array_get_length (credentials); i++)
    json_object_remove_member (json_array_get_object_element (credentials, i), "certificate");
  return mun_json_node_take_array (credentials);
}

static gboolean
check_cloud (MunAppCredential *credential, GError **error)
{
  const char *cloud = mun_app_credential_get_cloud (credential);

  if (mun_cloud_lookup (cloud) != NULL)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "config.cloud: “%s” is unknown to this server",
               cloud);
  return FALSE;
}

static JsonNode *
create_credentials (MunCall *call, GError **error)
{
  JsonObject *config = get_config (call, error);
  g_autoptr (MunAppCredential) credential = NULL;
  g_autoptr (JsonObject) document = NULL;
  g_autoptr (MunSecret) key = NULL;
  JsonObject *result;
  gint64 id;

  if (config == NULL)
    return NULL;
  credential = mun_app_credential_new_from_config (config, error);
  mun_app_credential_wipe_config (config);
  if (credential == NULL || !check_cloud (credential, error))
    return NULL;
  key = mun_certificate_export_key_pem (mun_app_credential_get_certificate (credential), error);
  if (key == NULL)
    return NULL;
  document = mun_tenant_document_from_credential (credential);
  id = mun_master_insert_credential (mun_call_get_master (call), document, key, error);
  if (id == 0)
    return NULL;
  mun_call_add_detail (call, "id %" G_GINT64_FORMAT ", “%s”, certificate %s", id,
                       mun_app_credential_get_name (credential),
                       mun_app_credential_get_thumbprint (credential));
  result = json_object_new ();
  json_object_set_int_member (result, "id", id);
  return mun_json_node_take_object (result);
}

/* Members that @config does not have come from what is stored; the key as well, when it fits. */
static MunAppCredential *
merge (MunMaster *master, gint64 id, JsonObject *config, GError **error)
{
  static const char *const members[] = { "name", "clientId", "tenantId", "cloud", "certificate" };
  g_autoptr (JsonObject) stored = mun_master_get_credential (master, id, error);
  g_autoptr (JsonObject) whole = NULL;
  g_autoptr (MunSecret) key = NULL;
  MunAppCredential *credential;

  if (stored == NULL)
    return NULL;
  whole = mun_json_copy_object (config);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (!mun_json_has (whole, members[i]))
      mun_json_set_text (whole, members[i], mun_json_get_string (stored, members[i], NULL));
  if (!mun_json_has (whole, "privateKey")) {
    key = mun_master_get_credential_secret (master, id, error);
    if (key == NULL)
      return NULL;
    mun_json_set_text (whole, "privateKey", mun_secret_get_string (key));
  }
  credential = mun_app_credential_new_from_config (whole, error);
  mun_app_credential_wipe_config (whole);
  return credential;
}

static JsonNode *
set_credentials (MunCall *call, GError **error)
{
  MunMaster *master = mun_call_get_master (call);
  JsonObject *config = get_config (call, error);
  g_autoptr (MunAppCredential) credential = NULL;
  g_autoptr (JsonObject) document = NULL;
  g_autoptr (MunSecret) key = NULL;

  if (config == NULL)
    return NULL;
  credential = merge (master, get_id (call), config, error);
  mun_app_credential_wipe_config (config);
  if (credential == NULL || !check_cloud (credential, error))
    return NULL;
  key = mun_certificate_export_key_pem (mun_app_credential_get_certificate (credential), error);
  if (key == NULL)
    return NULL;
  document = mun_tenant_document_from_credential (credential);
  mun_call_add_detail (call, "“%s”, certificate %s", mun_app_credential_get_name (credential),
                       mun_app_credential_get_thumbprint (credential));
  mun_master_update_credential (master, get_id (call), document, key, error);
  return NULL;
}

/* Names of what uses a credential. */
static GStrv
find_users_of (MunMaster *master, gint64 id, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (JsonArray) profiles = mun_master_list_profiles (master, error);
  g_autoptr (JsonObject) directory = NULL;

  if (profiles == NULL)
    return NULL;
  for (guint i = 0; i < json_array_get_length (profiles); i++) {
    JsonObject *profile = json_array_get_object_element (profiles, i);
    g_autofree char *name = NULL;

    if (mun_profile_get_credentials (profile) != id)
      continue;
    name = g_strdup_printf ("profile “%s”", mun_json_get_string (profile, "name", ""));
    g_strv_builder_add (builder, name);
  }
  directory = mun_directory_config_load (master, error);
  if (directory == NULL)
    return NULL;
  if (mun_directory_config_get_credentials (directory) == id)
    g_strv_builder_add (builder, "Directory Services");
  return g_strv_builder_end (builder);
}

static JsonNode *
delete_credentials (MunCall *call, GError **error)
{
  MunMaster *master = mun_call_get_master (call);
  g_autoptr (JsonObject) document = mun_master_get_credential (master, get_id (call), error);
  g_auto (GStrv) users = NULL;

  if (document == NULL)
    return NULL;
  users = find_users_of (master, get_id (call), error);
  if (users == NULL)
    return NULL;
  if (*users != NULL) {
    g_autofree char *list = g_strjoinv (", ", users);

    g_set_error (error, MUN_ERROR, MUN_ERROR_BUSY, "The credentials “%s” are used by: %s",
                 mun_json_get_string (document, "name", ""), list);
    return NULL;
  }
  mun_call_add_detail (call, "“%s”, certificate %s", mun_json_get_string (document, "name", ""),
                       mun_json_get_string (document, "certificateThumbprint", ""));
  mun_master_remove_credential (master, get_id (call), error);
  return NULL;
}

static JsonNode *
get_credentials_certificate (MunCall *call, GError **error)
{
  g_autoptr (JsonObject) document
      = mun_master_get_credential (mun_call_get_master (call), get_id (call), error);
  JsonObject *result;

  if (document == NULL)
    return NULL;
  result = json_object_new ();
  mun_json_set_text (result, "certificate", mun_json_get_string (document, "certificate", NULL));
  mun_json_set_text (result, "thumbprint",
                     mun_json_get_string (document, "certificateThumbprint", NULL));
  mun_json_set_text (result, "notAfter",
                     mun_json_get_string (document, "certificateNotAfter", NULL));
  return mun_json_node_take_object (result);
}

static JsonNode *
test_credentials (MunCall *call, GError **error)
{
  g_autoptr (MunEntra) entra
      = mun_tenant_sign_in (mun_call_get_master (call), get_id (call), error);
  g_autoptr (MunRegistrationReport) report = NULL;

  if (entra == NULL)
    return NULL;
  mun_call_progress (call, -1, "Signing in");
  report = mun_registration_check (entra, NULL, mun_call_get_cancellable (call), error);
  if (report == NULL)
    return NULL;
  if (!report->signed_in) {
    mun_call_log (call, "Not signed in: %s", report->message);
  } else {
    g_autofree char *roles = g_strjoinv (", ", report->roles);
    g_autofree char *missing = g_strjoinv (", ", report->missing);

    mun_call_log (call, "Signed in (%s). Permissions: %s", report->algorithm, roles);
    if (*missing != '\0')
      mun_call_log (call, "Missing permissions: %s", missing);
  }
  return mun_registration_report_to_json (report);
}

const MunHandlerEntry mun_handlers_credentials[] = {
  { "GetCredentials", get_credentials },
  { "CreateCredentials", create_credentials },
  { "SetCredentials", set_credentials },
  { "DeleteCredentials", delete_credentials },
  { "GetCredentialsCertificate", get_credentials_certificate },
  { "TestCredentials", test_credentials },
  { NULL, NULL },
};
