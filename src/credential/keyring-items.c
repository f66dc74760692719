/* keyring-items.c: stored credentials as items of the secret service */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-keyring"

#include "keyring-items.h"

#include "errors.h"
#include "keyring.h"

#include <string.h>

const SecretSchema mun_keyring_schema = {
  MUN_KEYRING_CREDENTIAL_SCHEMA,
  SECRET_SCHEMA_NONE,
  { { "id", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "name", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "client-id", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "tenant-id", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "cloud", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "thumbprint", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "not-after", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "revision", SECRET_SCHEMA_ATTRIBUTE_STRING } },
};

static const char *
get_attribute (GHashTable *attributes, const char *name)
{
  const char *value = g_hash_table_lookup (attributes, name);

  return value ? value : "";
}

/* What a credential remembers as its revision: ours, and the service's time of the last change, so
 * that an edit by another program counts too. */
static char *
build_revision (SecretItem *item, GHashTable *attributes)
{
  return g_strdup_printf ("%s/%" G_GUINT64_FORMAT, get_attribute (attributes, "revision"),
                          secret_item_get_modified (item));
}

/* NULL for an item without our id: somebody else's, or edited beyond recognition. */
static MunAppCredential *
credential_from_item (SecretItem *item)
{
  g_autoptr (GHashTable) attributes = secret_item_get_attributes (item);
  g_autofree char *revision = NULL;
  MunAppCredential *credential;
  gint64 not_after;

  if (!attributes || *get_attribute (attributes, "id") == '\0')
    return NULL;
  revision = build_revision (item, attributes);
  not_after = g_ascii_strtoll (get_attribute (attributes, "not-after"), NULL, 10);
  credential = mun_app_credential_new_stored (get_attribute (attributes, "id"), revision,
                                              get_attribute (attributes, "thumbprint"), not_after);
  mun_app_credential_set_name (credential, get_attribute (attributes, "name"));
  mun_app_credential_set_client_id (credential, get_attribute (attributes, "client-id"));
  mun_app_credential_set_tenant_id (credential, get_attribute (attributes, "tenant-id"));
  mun_app_credential_set_cloud (credential, get_attribute (attributes, "cloud"));
  return credential;
}

void
mun_keyring_items_clear (MunKeyringItems *found)
{
  g_clear_pointer (&found->items, g_ptr_array_unref);
  g_clear_pointer (&found->credentials, g_ptr_array_unref);
}

gboolean
mun_keyring_items_find (MunKeyringItems *found, SecretService *service, const char *id,
                        GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) attributes
      = id ? secret_attributes_build (&mun_keyring_schema, "id", id, NULL)
           : g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) all
      = mun_keyring_service_search (service, &mun_keyring_schema, attributes, cancellable, error);

  if (!all)
    return FALSE;
  found->items = g_ptr_array_new_with_free_func (g_object_unref);
  found->credentials = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < all->len; i++) {
    MunAppCredential *credential = credential_from_item (all->pdata[i]);

    if (!credential)
      continue;
    g_ptr_array_add (found->items, g_object_ref (all->pdata[i]));
    g_ptr_array_add (found->credentials, credential);
  }
  return TRUE;
}

int
mun_keyring_items_find_latest (MunKeyringItems *found, const char *id)
{
  const char *latest = NULL;
  int place = -1;

  for (guint i = 0; i < found->credentials->len; i++) {
    MunAppCredential *credential = found->credentials->pdata[i];
    const char *revision = mun_app_credential_get_revision (credential);

    if (strcmp (mun_app_credential_get_id (credential), id) == 0
        && (!latest || strcmp (revision, latest) > 0)) {
      latest = revision;
      place = (int)i;
    }
  }
  return place;
}

gboolean
mun_keyring_items_fail_not_found (const char *id, GError **error)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
               "Keyring: credential %s was deleted by another program", id);
  return FALSE;
}
