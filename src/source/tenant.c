/* tenant.c: credentials of the installation as a connection to Microsoft 365 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "tenant.h"

#include "errors.h"
#include "graph.h"
#include "json.h"
#include "master-records.h"

/* Weak, so that an identity and its token end with their last user. */
static GMutex shared_mutex;
static GHashTable *shared; /* "cloud tenant client thumbprint" → GWeakRef */

static void
set_time (JsonObject *object, const char *member, gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);
  g_autofree char *text = date == NULL ? NULL : g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");

  mun_json_set_text (object, member, text);
}

JsonObject *
mun_tenant_document_from_credential (MunAppCredential *credential)
{
  MunCertificate *certificate = mun_app_credential_get_certificate (credential);
  JsonObject *document = json_object_new ();
  g_autofree char *pem = mun_certificate_export_pem (certificate);

  mun_json_set_text (document, "name", mun_app_credential_get_name (credential));
  mun_json_set_text (document, "type", MUN_APP_CREDENTIAL_TYPE);
  mun_json_set_text (document, "clientId", mun_app_credential_get_client_id (credential));
  mun_json_set_text (document, "tenantId", mun_app_credential_get_tenant_id (credential));
  mun_json_set_text (document, "cloud", mun_app_credential_get_cloud (credential));
  mun_json_set_text (document, "certificateThumbprint",
                     mun_certificate_get_thumbprint (certificate));
  mun_json_set_text (document, "certificateThumbprintSha256",
                     mun_certificate_get_sha256 (certificate));
  set_time (document, "certificateNotBefore", mun_certificate_get_not_before (certificate));
  set_time (document, "certificateNotAfter", mun_certificate_get_not_after (certificate));
  mun_json_set_text (document, "certificate", pem);
  return document;
}

static JsonObject *
load_document (MunMaster *master, gint64 id, GError **error)
{
  g_autoptr (GError) local = NULL;
  JsonObject *document = mun_master_get_credential (master, id, &local);

  if (document == NULL && g_error_matches (local, MUN_ERROR, MUN_ERROR_NOT_FOUND))
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
                 "there are no credentials with the id %" G_GINT64_FORMAT, id);
  else if (document == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return document;
}

MunCertificate *
mun_tenant_load_certificate (MunMaster *master, gint64 credentials_id, gboolean with_key,
                             GError **error)
{
  g_autoptr (JsonObject) document = load_document (master, credentials_id, error);
  g_autoptr (MunSecret) key = NULL;
  const char *pem;

  if (document == NULL)
    return NULL;
  pem = mun_json_require_string (document, "certificate", error);
  if (pem == NULL)
    return NULL;
  if (with_key) {
    key = mun_master_get_credential_secret (master, credentials_id, error);
    if (key == NULL)
      return NULL;
  }
  return mun_certificate_new_from_pem (pem, key, error);
}

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* The object for @identity, made by the caller's values when there is none. */
static MunEntra *
share (const char *identity, const MunCloud *cloud, JsonObject *document,
       MunCertificate *certificate)
{
  MunEntra *entra = NULL;
  GWeakRef *weak;

  g_mutex_lock (&shared_mutex);
  if (shared == NULL)
    shared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, weak_free);
  weak = g_hash_table_lookup (shared, identity);
  if (weak != NULL)
    entra = g_weak_ref_get (weak);
  if (entra == NULL) {
    entra = mun_entra_new (cloud, mun_json_get_string (document, "tenantId", ""),
                           mun_json_get_string (document, "clientId", ""), certificate);
    weak = g_new0 (GWeakRef, 1);
    g_weak_ref_init (weak, entra);
    g_hash_table_replace (shared, g_strdup (identity), weak);
  }
  g_mutex_unlock (&shared_mutex);
  return entra;
}

MunEntra *
mun_tenant_sign_in (MunMaster *master, gint64 credentials_id, GError **error)
{
  g_autoptr (JsonObject) document = load_document (master, credentials_id, error);
  g_autoptr (MunCertificate) certificate = NULL;
  g_autofree char *identity = NULL;
  const MunCloud *cloud;

  if (document == NULL)
    return NULL;
  cloud = mun_cloud_lookup (mun_json_get_string (document, "cloud", NULL));
  if (cloud == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "the credentials “%s” belong to the cloud “%s”, which this server does not know",
                 mun_json_get_string (document, "name", ""),
                 mun_json_get_string (document, "cloud", ""));
    return NULL;
  }
  certificate = mun_tenant_load_certificate (master, credentials_id, TRUE, error);
  if (certificate == NULL)
    return NULL;
  identity = g_strdup_printf ("%s %s %s %s", cloud->login_url,
                              mun_json_get_string (document, "tenantId", ""),
                              mun_json_get_string (document, "clientId", ""),
                              mun_certificate_get_sha256 (certificate));
  return share (identity, cloud, document, certificate);
}

void
mun_tenant_explain (GError *error)
{
  const char *words = mun_graph_explain (error);
  char *text;

  if (words == NULL && error->domain == MUN_ENTRA_ERROR)
    words = mun_entra_explain (error->code);
  if (words == NULL || g_str_has_suffix (error->message, words))
    return;
  text = g_strdup_printf ("%s. %s", error->message, words);
  g_free (error->message);
  error->message = text;
}
