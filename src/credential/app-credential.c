/* app-credential.c: what an application needs to sign in to a Microsoft 365 tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-credential"

#include "app-credential.h"

#include "text.h"

#define DEFAULT_CLOUD "global"

struct _MunAppCredential {
  GObject parent_instance;

  char *id;
  char *name;
  char *client_id;
  char *tenant_id;
  char *cloud;
  char *revision;
  MunCertificate *certificate;
  /* What the keyring's attributes said, while there is no certificate to ask. */
  char *stored_thumbprint;
  gint64 stored_not_after;
};

G_DEFINE_FINAL_TYPE (MunAppCredential, mun_app_credential, G_TYPE_OBJECT)

enum {
  PROP_ID = 1,
  PROP_NAME,
  PROP_CLIENT_ID,
  PROP_TENANT_ID,
  PROP_CLOUD,
  PROP_CERTIFICATE,
  PROP_THUMBPRINT,
  PROP_NOT_AFTER,
  PROP_REVISION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
mun_app_credential_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunAppCredential *self = MUN_APP_CREDENTIAL (object);

  switch (id) {
  case PROP_ID:
    g_value_set_string (value, self->id);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_CLIENT_ID:
    g_value_set_string (value, self->client_id);
    break;
  case PROP_TENANT_ID:
    g_value_set_string (value, self->tenant_id);
    break;
  case PROP_CLOUD:
    g_value_set_string (value, self->cloud);
    break;
  case PROP_CERTIFICATE:
    g_value_set_object (value, self->certificate);
    break;
  case PROP_THUMBPRINT:
    g_value_set_string (value, mun_app_credential_get_thumbprint (self));
    break;
  case PROP_NOT_AFTER:
    g_value_set_int64 (value, mun_app_credential_get_not_after (self));
    break;
  case PROP_REVISION:
    g_value_set_string (value, self->revision);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_app_credential_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MunAppCredential *self = MUN_APP_CREDENTIAL (object);

  switch (id) {
  case PROP_NAME:
    mun_app_credential_set_name (self, g_value_get_string (value));
    break;
  case PROP_CLIENT_ID:
    mun_app_credential_set_client_id (self, g_value_get_string (value));
    break;
  case PROP_TENANT_ID:
    mun_app_credential_set_tenant_id (self, g_value_get_string (value));
    break;
  case PROP_CLOUD:
    mun_app_credential_set_cloud (self, g_value_get_string (value));
    break;
  case PROP_CERTIFICATE:
    mun_app_credential_set_certificate (self, g_value_get_object (value));
    break;
  case PROP_REVISION:
    mun_app_credential_set_revision (self, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_app_credential_finalize (GObject *object)
{
  MunAppCredential *self = MUN_APP_CREDENTIAL (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->client_id);
  g_free (self->tenant_id);
  g_free (self->cloud);
  g_free (self->revision);
  g_free (self->stored_thumbprint);
  g_clear_object (&self->certificate);

  G_OBJECT_CLASS (mun_app_credential_parent_class)->finalize (object);
}

static void
mun_app_credential_class_init (MunAppCredentialClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags both = read | G_PARAM_WRITABLE;

  object_class->get_property = mun_app_credential_get_property;
  object_class->set_property = mun_app_credential_set_property;
  object_class->finalize = mun_app_credential_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, "", read);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", both);
  properties[PROP_CLIENT_ID] = g_param_spec_string ("client-id", NULL, NULL, "", both);
  properties[PROP_TENANT_ID] = g_param_spec_string ("tenant-id", NULL, NULL, "", both);
  properties[PROP_CLOUD] = g_param_spec_string ("cloud", NULL, NULL, DEFAULT_CLOUD, both);
  properties[PROP_CERTIFICATE]
      = g_param_spec_object ("certificate", NULL, NULL, MUN_TYPE_CERTIFICATE, both);
  properties[PROP_THUMBPRINT] = g_param_spec_string ("thumbprint", NULL, NULL, "", read);
  properties[PROP_NOT_AFTER]
      = g_param_spec_int64 ("not-after", NULL, NULL, G_MININT64, G_MAXINT64, 0, read);
  properties[PROP_REVISION] = g_param_spec_string ("revision", NULL, NULL, "", both);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mun_app_credential_init (MunAppCredential *self)
{
  self->id = g_strdup ("");
  self->name = g_strdup ("");
  self->client_id = g_strdup ("");
  self->tenant_id = g_strdup ("");
  self->cloud = g_strdup (DEFAULT_CLOUD);
  self->revision = g_strdup ("");
  self->stored_thumbprint = g_strdup ("");
}

MunAppCredential *
mun_app_credential_new (void)
{
  g_autofree char *id = g_uuid_string_random ();

  return mun_app_credential_new_stored (id, NULL, NULL, 0);
}

MunAppCredential *
mun_app_credential_new_stored (const char *id, const char *revision, const char *thumbprint,
                               gint64 not_after)
{
  MunAppCredential *self = g_object_new (MUN_TYPE_APP_CREDENTIAL, NULL);

  mun_set_str (&self->id, id ? id : "");
  mun_set_str (&self->revision, revision ? revision : "");
  mun_set_str (&self->stored_thumbprint, thumbprint ? thumbprint : "");
  self->stored_not_after = not_after;
  return self;
}

MunAppCredential *
mun_app_credential_copy (MunAppCredential *self)
{
  MunAppCredential *copy;

  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), NULL);

  copy = mun_app_credential_new_stored (self->id, self->revision, self->stored_thumbprint,
                                        self->stored_not_after);
  mun_set_str (&copy->name, self->name);
  mun_set_str (&copy->client_id, self->client_id);
  mun_set_str (&copy->tenant_id, self->tenant_id);
  mun_set_str (&copy->cloud, self->cloud);
  g_set_object (&copy->certificate, self->certificate);
  return copy;
}

const char *
mun_app_credential_get_id (MunAppCredential *self)
{
  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), NULL);
  return self->id;
}

const char *
mun_app_credential_get_name (MunAppCredential *self)
{
  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), NULL);
  return self->name;
}

const char *
mun_app_credential_get_client_id (MunAppCredential *self)
{
  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), NULL);
  return self->client_id;
}

const char *
mun_app_credential_get_tenant_id (MunAppCredential *self)
{
  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), NULL);
  return self->tenant_id;
}

const char *
mun_app_credential_get_cloud (MunAppCredential *self)
{
  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), NULL);
  return self->cloud;
}

const char *
mun_app_credential_get_thumbprint (MunAppCredential *self)
{
  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), NULL);
  return self->certificate ? mun_certificate_get_thumbprint (self->certificate)
                           : self->stored_thumbprint;
}

const char *
mun_app_credential_get_revision (MunAppCredential *self)
{
  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), NULL);
  return self->revision;
}

gint64
mun_app_credential_get_not_after (MunAppCredential *self)
{
  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), 0);
  return self->certificate ? mun_certificate_get_not_after (self->certificate)
                           : self->stored_not_after;
}

MunCertificate *
mun_app_credential_get_certificate (MunAppCredential *self)
{
  g_return_val_if_fail (MUN_IS_APP_CREDENTIAL (self), NULL);
  return self->certificate;
}

static void
set_text (MunAppCredential *self, char **field, const char *value, int property)
{
  if (mun_set_str (field, value ? value : ""))
    g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
mun_app_credential_set_name (MunAppCredential *self, const char *name)
{
  g_return_if_fail (MUN_IS_APP_CREDENTIAL (self));
  set_text (self, &self->name, name, PROP_NAME);
}

void
mun_app_credential_set_client_id (MunAppCredential *self, const char *client_id)
{
  g_return_if_fail (MUN_IS_APP_CREDENTIAL (self));
  set_text (self, &self->client_id, client_id, PROP_CLIENT_ID);
}

void
mun_app_credential_set_tenant_id (MunAppCredential *self, const char *tenant_id)
{
  g_return_if_fail (MUN_IS_APP_CREDENTIAL (self));
  set_text (self, &self->tenant_id, tenant_id, PROP_TENANT_ID);
}

void
mun_app_credential_set_cloud (MunAppCredential *self, const char *cloud)
{
  g_return_if_fail (MUN_IS_APP_CREDENTIAL (self));
  set_text (self, &self->cloud, cloud && *cloud ? cloud : DEFAULT_CLOUD, PROP_CLOUD);
}

void
mun_app_credential_set_revision (MunAppCredential *self, const char *revision)
{
  g_return_if_fail (MUN_IS_APP_CREDENTIAL (self));
  set_text (self, &self->revision, revision, PROP_REVISION);
}

void
mun_app_credential_set_certificate (MunAppCredential *self, MunCertificate *certificate)
{
  g_return_if_fail (MUN_IS_APP_CREDENTIAL (self));
  g_return_if_fail (certificate == NULL || MUN_IS_CERTIFICATE (certificate));

  if (!g_set_object (&self->certificate, certificate))
    return;
  mun_set_str (&self->stored_thumbprint, "");
  self->stored_not_after = 0;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CERTIFICATE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_THUMBPRINT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOT_AFTER]);
}
