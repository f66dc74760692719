/* app-credential-check.c: cleaning, checking and exchanging application credentials */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-credential"

#include "app-credential.h"

#include "errors.h"
#include "json.h"
#include "text.h"

#include <string.h>

#define NAME_LIMIT 200 /* characters; a list row shows no more */

char *
mun_app_credential_clean_name (const char *text)
{
  g_autofree char *name = g_strstrip (g_strdup (text ? text : ""));

  return *name ? g_steal_pointer (&name) : NULL;
}

char *
mun_app_credential_clean_client_id (const char *text)
{
  return text ? mun_text_extract_guid (text) : NULL;
}

char *
mun_app_credential_clean_tenant_id (const char *text)
{
  char *guid = text ? mun_text_extract_guid (text) : NULL;
  g_auto (GStrv) words = NULL;

  if (guid || !text)
    return guid;
  /* The last word that is a domain, so that "Primary domain: contoso.com" is understood. */
  words = g_strsplit_set (text, " \t\r\n\"'<>(),;:/", -1);
  for (guint i = g_strv_length (words); i > 0; i--)
    if (mun_text_is_domain (words[i - 1]))
      return g_ascii_strdown (words[i - 1], -1);
  return NULL;
}

gboolean
mun_app_credential_validate_name (const char *text, GError **error)
{
  g_autofree char *name = mun_app_credential_clean_name (text);

  if (!name)
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "Credential: the name is empty");
  else if (!g_utf8_validate (name, -1, NULL) || strpbrk (name, "\r\n\t"))
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "Credential: the name is not one line of text");
  else if (g_utf8_strlen (name, -1) > NAME_LIMIT)
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Credential: the name is longer than %d characters", NAME_LIMIT);
  else
    return TRUE;
  return FALSE;
}

gboolean
mun_app_credential_validate_client_id (const char *text, GError **error)
{
  g_autofree char *id = mun_app_credential_clean_client_id (text);

  if (!id)
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "Credential: the application (client) id is not a GUID");
  return id != NULL;
}

gboolean
mun_app_credential_validate_tenant_id (const char *text, GError **error)
{
  g_autofree char *id = mun_app_credential_clean_tenant_id (text);

  if (!id)
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "Credential: the directory (tenant) id is neither a GUID nor a domain");
  return id != NULL;
}

static gboolean
validate_certificate (MunCertificate *certificate, GError **error)
{
  if (!certificate)
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "Credential: it has no certificate");
  else if (!mun_certificate_has_key (certificate))
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "Credential: its certificate has no private key");
  else if (mun_certificate_get_not_after (certificate) < g_get_real_time () / G_USEC_PER_SEC)
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "Credential: its certificate has expired");
  else
    return TRUE;
  return FALSE;
}

gboolean
mun_app_credential_validate (MunAppCredential *self, GError **error)
{
  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), FALSE);

  return mun_app_credential_validate_name (mun_app_credential_get_name (self), error)
         && mun_app_credential_validate_client_id (mun_app_credential_get_client_id (self), error)
         && mun_app_credential_validate_tenant_id (mun_app_credential_get_tenant_id (self), error)
         && validate_certificate (mun_app_credential_get_certificate (self), error);
}

void
mun_app_credential_normalize (MunAppCredential *self)
{
  g_autofree char *name = NULL, *client_id = NULL, *tenant_id = NULL;

  g_return_if_fail (MUN_IS_APP_CREDENTIAL (self));

  name = mun_app_credential_clean_name (mun_app_credential_get_name (self));
  client_id = mun_app_credential_clean_client_id (mun_app_credential_get_client_id (self));
  tenant_id = mun_app_credential_clean_tenant_id (mun_app_credential_get_tenant_id (self));
  if (name)
    mun_app_credential_set_name (self, name);
  if (client_id)
    mun_app_credential_set_client_id (self, client_id);
  if (tenant_id)
    mun_app_credential_set_tenant_id (self, tenant_id);
}

JsonObject *
mun_app_credential_to_config (MunAppCredential *self, GError **error)
{
  MunCertificate *certificate;
  g_autoptr (JsonObject) config = NULL;
  g_autoptr (MunSecret) key = NULL;
  g_autofree char *pem = NULL;

  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), NULL);

  certificate = mun_app_credential_get_certificate (self);
  if (!certificate) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
                 "Credential \"%s\": it has no certificate to hand over",
                 mun_app_credential_get_name (self));
    return NULL;
  }
  key = mun_certificate_export_key_pem (certificate, error);
  if (!key)
    return NULL;
  pem = mun_certificate_export_pem (certificate);

  config = json_object_new ();
  json_object_set_string_member (config, "name", mun_app_credential_get_name (self));
  json_object_set_string_member (config, "type", MUN_APP_CREDENTIAL_TYPE);
  json_object_set_string_member (config, "clientId", mun_app_credential_get_client_id (self));
  json_object_set_string_member (config, "tenantId", mun_app_credential_get_tenant_id (self));
  json_object_set_string_member (config, "cloud", mun_app_credential_get_cloud (self));
  json_object_set_string_member (config, "certificate", pem);
  json_object_set_string_member (config, "privateKey", mun_secret_get_string (key));
  return g_steal_pointer (&config);
}

void
mun_app_credential_wipe_config (JsonObject *config)
{
  const char *key;

  g_return_if_fail (config != NULL);

  key = mun_json_get_string (config, "privateKey", NULL);
  if (!key)
    return;
  mun_secret_wipe ((char *)key, strlen (key)); /* the node's own copy, about to be freed */
  json_object_remove_member (config, "privateKey");
}

static gboolean
read_certificate (MunAppCredential *self, JsonObject *config, GError **error)
{
  const char *pem = mun_json_require_string (config, "certificate", error);
  const char *key_text = pem ? mun_json_require_string (config, "privateKey", error) : NULL;
  g_autoptr (MunSecret) key = NULL;
  g_autoptr (MunCertificate) certificate = NULL;

  if (!key_text)
    return FALSE;
  key = mun_secret_new (key_text, strlen (key_text));
  certificate = mun_certificate_new_from_pem (pem, key, error);
  if (certificate)
    mun_app_credential_set_certificate (self, certificate);
  return certificate != NULL;
}

MunAppCredential *
mun_app_credential_new_from_config (JsonObject *config, GError **error)
{
  g_autoptr (MunAppCredential) self = mun_app_credential_new ();
  const char *type;

  g_return_val_if_fail (config != NULL, NULL);

  type = mun_json_get_string (config, "type", MUN_APP_CREDENTIAL_TYPE);
  if (strcmp (type, MUN_APP_CREDENTIAL_TYPE) != 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED, "Credential: the type \"%s\" is unknown",
                 type);
    return NULL;
  }
  mun_app_credential_set_name (self, mun_json_get_string (config, "name", ""));
  mun_app_credential_set_client_id (self, mun_json_get_string (config, "clientId", ""));
  mun_app_credential_set_tenant_id (self, mun_json_get_string (config, "tenantId", ""));
  mun_app_credential_set_cloud (self, mun_json_get_string (config, "cloud", NULL));
  if (!read_certificate (self, config, error) || !mun_app_credential_validate (self, error))
    return NULL;
  mun_app_credential_normalize (self);
  return g_steal_pointer (&self);
}
