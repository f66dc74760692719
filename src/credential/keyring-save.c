/* keyring-save.c: saving and deleting stored credentials without losing any */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-keyring"

#include "keyring-items.h"

#include "errors.h"
#include "text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * A save never changes an item: it makes a new one with the same id and a later revision, looks
 * whether somebody else did the same meanwhile, and only then deletes the old one. So there is no
 * moment at which a crash loses the credential. The revision begins with the time, so that of two
 * items with one id the later is known.
 */

static gboolean
fail_changed (const char *id, GError **error)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_CHANGED_ELSEWHERE,
               "Keyring: credential %s was changed by another program since it was read", id);
  return FALSE;
}

/* The secret is the PEM key followed by the PEM certificate, readable by any tool. */
static MunSecret *
join_pems (MunCertificate *certificate, GError **error)
{
  g_autoptr (MunSecret) key = mun_certificate_export_key_pem (certificate, error);
  g_autofree char *pem = mun_certificate_export_pem (certificate);

  if (!key)
    return NULL;
  return mun_secret_new_take_string (g_strconcat (mun_secret_get_string (key), pem, NULL));
}

/* The stored item must still be the one that the caller read. `revision` "" means: there is none.
 */
static gboolean
check_unchanged (MunKeyringItems *found, const char *id, const char *revision, GError **error)
{
  int place = mun_keyring_items_find_latest (found, id);

  if (place < 0)
    return *revision == '\0' || mun_keyring_items_fail_not_found (id, error);
  return strcmp (mun_app_credential_get_revision (found->credentials->pdata[place]), revision) == 0
         || fail_changed (id, error);
}

static gboolean
check_name (MunKeyringItems *found, MunAppCredential *credential, GError **error)
{
  g_autofree char *name = g_utf8_casefold (mun_app_credential_get_name (credential), -1);

  for (guint i = 0; i < found->credentials->len; i++) {
    MunAppCredential *other = found->credentials->pdata[i];
    g_autofree char *taken = g_utf8_casefold (mun_app_credential_get_name (other), -1);

    if (strcmp (name, taken) == 0
        && strcmp (mun_app_credential_get_id (other), mun_app_credential_get_id (credential))
               != 0) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_EXISTS,
                   "Keyring: another credential is named \"%s\"",
                   mun_app_credential_get_name (credential));
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
store_item (SecretService *service, MunAppCredential *credential, const char *revision,
            GCancellable *cancellable, GError **error)
{
  g_autofree char *not_after
      = g_strdup_printf ("%" G_GINT64_FORMAT, mun_app_credential_get_not_after (credential));
  g_autoptr (GHashTable) attributes
      = secret_attributes_build (&mun_keyring_schema, "id", mun_app_credential_get_id (credential),
                                 "name", mun_app_credential_get_name (credential), "client-id",
                                 mun_app_credential_get_client_id (credential), "tenant-id",
                                 mun_app_credential_get_tenant_id (credential), "cloud",
                                 mun_app_credential_get_cloud (credential), "thumbprint",
                                 mun_app_credential_get_thumbprint (credential), "not-after",
                                 not_after, "revision", revision, NULL);
  /* Translators: the name of an item in the keyring. */
  g_autofree char *label = g_strdup_printf (_ ("Azure AD App Credentials: %s"),
                                            mun_app_credential_get_name (credential));
  g_autoptr (MunSecret) secret = join_pems (mun_app_credential_get_certificate (credential), error);

  return secret
         && mun_keyring_service_store (service, &mun_keyring_schema, attributes, label, secret,
                                       cancellable, error);
}

static gboolean
contains_revision (MunKeyringItems *found, const char *revision)
{
  for (guint i = 0; i < found->credentials->len; i++)
    if (strcmp (mun_app_credential_get_revision (found->credentials->pdata[i]), revision) == 0)
      return TRUE;
  return FALSE;
}

/* After our item was made: besides it there must be what was there before, all of it and nothing
 * else. Returns the place of ours, -1 when it vanished. */
static int
find_own (MunKeyringItems *before, MunKeyringItems *after, const char *revision,
          gboolean *contested)
{
  int own = -1;
  guint kept = 0;

  *contested = FALSE;
  for (guint i = 0; i < after->credentials->len; i++) {
    const char *present = mun_app_credential_get_revision (after->credentials->pdata[i]);

    if (g_str_has_prefix (present, revision))
      own = (int)i;
    else if (contains_revision (before, present))
      kept++;
    else
      *contested = TRUE;
  }
  if (kept < before->credentials->len)
    *contested = TRUE;
  return own;
}

/* Withdraws our new item if another program came between, else deletes what it replaces. */
static char *
settle (SecretService *service, const char *id, MunKeyringItems *before, const char *revision,
        GCancellable *cancellable, GError **error)
{
  g_auto (MunKeyringItems) after = { 0 };
  gboolean contested;
  int own;

  if (!mun_keyring_items_find (&after, service, id, cancellable, error))
    return NULL;
  own = find_own (before, &after, revision, &contested);
  if (contested || own < 0) {
    if (own >= 0)
      mun_keyring_service_delete (service, after.items->pdata[own], cancellable, NULL);
    fail_changed (id, error);
    return NULL;
  }
  for (guint i = 0; i < before->items->len; i++) {
    g_autoptr (GError) cause = NULL;

    /* A leftover is harmless: the later revision counts. */
    if (!mun_keyring_service_delete (service, before->items->pdata[i], cancellable, &cause))
      g_debug ("%s", cause->message);
  }
  return g_strdup (mun_app_credential_get_revision (after.credentials->pdata[own]));
}

char *
mun_keyring_items_save (MunAppCredential *credential, GCancellable *cancellable, GError **error)
{
  g_autoptr (SecretService) service = NULL;
  g_auto (MunKeyringItems) all = { 0 };
  g_auto (MunKeyringItems) before = { 0 };
  const char *id = mun_app_credential_get_id (credential);
  g_autofree char *random = mun_text_random_hex (8);
  g_autofree char *revision
      = g_strdup_printf ("%016" G_GINT64_MODIFIER "x-%s", g_get_real_time (), random);

  if (!mun_app_credential_validate (credential, error))
    return NULL;
  service = mun_keyring_service_get (cancellable, error);
  if (!service || !mun_keyring_service_unlock (service, cancellable, error)
      || !mun_keyring_items_find (&all, service, NULL, cancellable, error)
      || !check_name (&all, credential, error)
      || !mun_keyring_items_find (&before, service, id, cancellable, error)
      || !check_unchanged (&before, id, mun_app_credential_get_revision (credential), error)
      || !store_item (service, credential, revision, cancellable, error))
    return NULL;
  return settle (service, id, &before, revision, cancellable, error);
}

gboolean
mun_keyring_items_delete (const char *id, const char *revision, GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (SecretService) service = mun_keyring_service_get (cancellable, error);
  g_auto (MunKeyringItems) found = { 0 };

  if (!service || !mun_keyring_service_unlock (service, cancellable, error)
      || !mun_keyring_items_find (&found, service, id, cancellable, error))
    return FALSE;
  if (found.items->len == 0)
    return mun_keyring_items_fail_not_found (id, error);
  if (revision && !check_unchanged (&found, id, revision, error))
    return FALSE;
  for (guint i = 0; i < found.items->len; i++)
    if (!mun_keyring_service_delete (service, found.items->pdata[i], cancellable, error))
      return FALSE;
  return TRUE;
}
