/* registration.c: the application registered in the tenant: certificates and granted roles */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registration.h"

#include <gio/gio.h>
#include <string.h>

/* Ids as in the permissions reference of Microsoft Graph. */
static const TenantRole roles[] = {
  { "Directory.Read.All", "7ab1d382-f21e-4acd-a863-ba3e13f7da61", TENANT_GRAPH_APP_ID },
  { "User.Read.All", "df021288-bdef-4463-88db-98f22de89214", TENANT_GRAPH_APP_ID },
  { "User.ReadBasic.All", "97235f07-e226-4f63-ace3-39588e11d3a1", TENANT_GRAPH_APP_ID },
  { "Group.Read.All", "5b567255-7703-4780-807c-7be8301ae99b", TENANT_GRAPH_APP_ID },
  { "GroupMember.Read.All", "98830695-27a2-44f7-8c18-0c3ebc9698f6", TENANT_GRAPH_APP_ID },
  { "Member.Read.Hidden", "658aa5d8-239f-45c4-aa12-864f4fc7e490", TENANT_GRAPH_APP_ID },
  { "Mail.Read", "810c84a8-4a9e-49e6-bf7d-12d183f40d01", TENANT_GRAPH_APP_ID },
  { "Mail.ReadWrite", "e2a3a72e-5f79-4c64-b1b1-878b674786c9", TENANT_GRAPH_APP_ID },
  { "Mail.ReadBasic", "6be147d2-ea4f-4b5a-a3fa-3eab6f3c140a", TENANT_GRAPH_APP_ID },
  { "Mail.ReadBasic.All", "693c5e45-0940-467d-9b8a-1022fb9d42ef", TENANT_GRAPH_APP_ID },
  { "MailboxSettings.Read", "40f97065-369a-49f4-947c-6a255697ae91", TENANT_GRAPH_APP_ID },
  { "Organization.Read.All", "498476ce-e0fe-48b0-b801-37ba7e2685c6", TENANT_GRAPH_APP_ID },
  { "Domain.Read.All", "dbb9058a-0e50-45d7-ae91-66909b5d4664", TENANT_GRAPH_APP_ID },
  { "Application.Read.All", "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", TENANT_GRAPH_APP_ID },
  { "full_access_as_app", "dc890d15-9560-4a4c-9b7f-a736ec74ec40", TENANT_EXCHANGE_APP_ID },
};

static void
certificate_free (TenantCertificate *self)
{
  g_free (self->key_id);
  g_bytes_unref (self->der);
  g_free (self->thumbprint);
  g_free (self->sha256);
  g_free (self->subject);
  gnutls_pubkey_deinit (self->key);
  g_free (self);
}

TenantRegistration *
tenant_registration_new (guint64 seed)
{
  TenantDice dice = tenant_dice (seed ^ 0xa9911ca7);
  TenantRegistration *self = g_new0 (TenantRegistration, 1);
  self->object_id = tenant_dice_guid (&dice);
  self->client_id = tenant_dice_guid (&dice);
  self->principal_id = tenant_dice_guid (&dice);
  self->graph_principal_id = tenant_dice_guid (&dice);
  self->exchange_principal_id = tenant_dice_guid (&dice);
  self->name = g_strdup ("Email archive");
  self->enabled = TRUE;
  self->certificates = g_ptr_array_new_with_free_func ((GDestroyNotify)certificate_free);
  self->roles = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
tenant_registration_free (TenantRegistration *self)
{
  g_free (self->object_id);
  g_free (self->client_id);
  g_free (self->principal_id);
  g_free (self->graph_principal_id);
  g_free (self->exchange_principal_id);
  g_free (self->name);
  g_ptr_array_unref (self->certificates);
  g_ptr_array_unref (self->roles);
  g_free (self);
}

static char *
upper_digest (GChecksumType type, GBytes *bytes)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (type, bytes);
  return g_ascii_strup (digest, -1);
}

static TenantCertificate *
read_certificate (gnutls_x509_crt_t crt)
{
  gnutls_datum_t der = { NULL, 0 }, dn = { NULL, 0 };
  TenantCertificate *self = g_new0 (TenantCertificate, 1);
  gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_DER, &der);
  self->der = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  gnutls_x509_crt_get_dn3 (crt, &dn, 0);
  self->subject = g_strndup ((const char *)dn.data, dn.size);
  gnutls_free (dn.data);
  self->key_id = g_uuid_string_random ();
  self->thumbprint = upper_digest (G_CHECKSUM_SHA1, self->der);
  self->sha256 = upper_digest (G_CHECKSUM_SHA256, self->der);
  self->not_before = gnutls_x509_crt_get_activation_time (crt);
  self->not_after = gnutls_x509_crt_get_expiration_time (crt);
  gnutls_pubkey_init (&self->key);
  gnutls_pubkey_import_x509 (self->key, crt, 0);
  return self;
}

TenantCertificate *
tenant_registration_upload (TenantRegistration *self, GBytes *data, GError **error)
{
  gnutls_datum_t datum;
  datum.data = (unsigned char *)g_bytes_get_data (data, NULL);
  datum.size = g_bytes_get_size (data);
  if (datum.size == 0 || g_strstr_len ((const char *)datum.data, datum.size, "PRIVATE KEY")) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         datum.size == 0 ? "The file is empty" : "The file holds a private key");
    return NULL;
  }
  gboolean pem = datum.size > 10 && memcmp (datum.data, "-----BEGIN", 10) == 0;
  gnutls_x509_crt_t crt;
  gnutls_x509_crt_init (&crt);
  int status
      = gnutls_x509_crt_import (crt, &datum, pem ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER);
  if (status < 0 || gnutls_x509_crt_get_pk_algorithm (crt, NULL) != GNUTLS_PK_RSA) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Not an RSA certificate: %s",
                 status < 0 ? gnutls_strerror (status) : "another kind of key");
    gnutls_x509_crt_deinit (crt);
    return NULL;
  }
  TenantCertificate *certificate = read_certificate (crt);
  gnutls_x509_crt_deinit (crt);
  for (guint i = 0; i < self->certificates->len; i++) {
    TenantCertificate *known = g_ptr_array_index (self->certificates, i);
    if (g_bytes_equal (known->der, certificate->der)) {
      certificate_free (certificate);
      return known;
    }
  }
  g_ptr_array_add (self->certificates, certificate);
  return certificate;
}

gboolean
tenant_registration_remove (TenantRegistration *self, const char *thumbprint)
{
  for (guint i = 0; i < self->certificates->len; i++) {
    TenantCertificate *certificate = g_ptr_array_index (self->certificates, i);
    if (g_ascii_strcasecmp (certificate->thumbprint, thumbprint) == 0)
      return g_ptr_array_remove_index (self->certificates, i) != NULL;
  }
  return FALSE;
}

const TenantRole *
tenant_role_lookup (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (g_str_equal (roles[i].name, name))
      return &roles[i];
  return NULL;
}

gboolean
tenant_registration_grant (TenantRegistration *self, const char *role)
{
  if (tenant_role_lookup (role) == NULL)
    return FALSE;
  if (!g_ptr_array_find_with_equal_func (self->roles, role, g_str_equal, NULL))
    g_ptr_array_add (self->roles, g_strdup (role));
  return TRUE;
}

gboolean
tenant_registration_revoke (TenantRegistration *self, const char *role)
{
  guint index;
  if (!g_ptr_array_find_with_equal_func (self->roles, role, g_str_equal, &index))
    return FALSE;
  g_ptr_array_remove_index (self->roles, index);
  return TRUE;
}
