/* keyring.c: application credentials in the secret service */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-keyring"

#include "keyring.h"

#include "errors.h"
#include "keyring-items.h"

#include <string.h>

typedef struct {
  char *id;
  char *revision;
  MunAppCredential *credential; /* to save: our own copy */
  MunAppCredential *original;   /* to save: the caller's, touched only on its thread */
} Request;

static void
request_free (Request *request)
{
  g_free (request->id);
  g_free (request->revision);
  g_clear_object (&request->credential);
  g_clear_object (&request->original);
  g_free (request);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (mun_app_credential_get_name (*(MunAppCredential *const *)a),
                         mun_app_credential_get_name (*(MunAppCredential *const *)b));
}

static GPtrArray *
list_latest (MunKeyringItems *found)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < found->credentials->len; i++) {
    MunAppCredential *credential = found->credentials->pdata[i];

    if (mun_keyring_items_find_latest (found, mun_app_credential_get_id (credential)) == (int)i)
      g_ptr_array_add (list, g_object_ref (credential));
  }
  g_ptr_array_sort (list, compare_names);
  return list;
}

static void
list_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (SecretService) service = mun_keyring_service_get (cancellable, &error);
  g_auto (MunKeyringItems) found = { 0 };

  if (!service || !mun_keyring_items_find (&found, service, NULL, cancellable, &error)) {
    g_task_return_error (task, error);
    return;
  }
  if (found.items->len == 0 && mun_keyring_service_is_locked (service, cancellable)) {
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED,
                             "Keyring: it is locked and does not show what it holds");
    return;
  }
  g_task_return_pointer (task, list_latest (&found), (GDestroyNotify)g_ptr_array_unref);
}

static gboolean
take_secret (MunAppCredential *credential, MunSecret *secret, GError **error)
{
  g_autoptr (GBytes) text = NULL;
  g_autoptr (MunCertificate) certificate = NULL;
  g_autoptr (GError) cause = NULL;
  gsize length;
  const void *data = mun_secret_get_data (secret, &length);

  text = g_bytes_new_static (data, length); /* no copy; it does not outlive the secret */
  certificate = mun_certificate_import (text, NULL, &cause);
  if (!certificate || !mun_certificate_has_key (certificate)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED,
                 "Keyring: what is stored for credential \"%s\" is no certificate with its key%s%s",
                 mun_app_credential_get_name (credential), cause ? ": " : "",
                 cause ? cause->message : "");
    return FALSE;
  }
  if (strcmp (mun_certificate_get_thumbprint (certificate),
              mun_app_credential_get_thumbprint (credential))
      != 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_CHANGED_ELSEWHERE,
                 "Keyring: another program replaced the certificate of credential \"%s\"",
                 mun_app_credential_get_name (credential));
    return FALSE;
  }
  mun_app_credential_set_certificate (credential, certificate);
  return TRUE;
}

static MunAppCredential *
load (const char *id, GCancellable *cancellable, GError **error)
{
  g_autoptr (SecretService) service = mun_keyring_service_get (cancellable, error);
  g_auto (MunKeyringItems) found = { 0 };
  g_autoptr (MunSecret) secret = NULL;
  int place;

  if (!service || !mun_keyring_service_unlock (service, cancellable, error)
      || !mun_keyring_items_find (&found, service, id, cancellable, error))
    return NULL;
  place = mun_keyring_items_find_latest (&found, id);
  if (place < 0) {
    mun_keyring_items_fail_not_found (id, error);
    return NULL;
  }
  secret = mun_keyring_service_read (service, found.items->pdata[place], cancellable, error);
  if (!secret || !take_secret (found.credentials->pdata[place], secret, error))
    return NULL;
  return g_object_ref (found.credentials->pdata[place]);
}

static void
load_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  GError *error = NULL;
  MunAppCredential *credential = load (request->id, cancellable, &error);

  if (credential)
    g_task_return_pointer (task, credential, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
save_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  GError *error = NULL;
  char *revision = mun_keyring_items_save (request->credential, cancellable, &error);

  if (revision)
    g_task_return_pointer (task, revision, g_free);
  else
    g_task_return_error (task, error);
}

static void
delete_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  GError *error = NULL;

  if (mun_keyring_items_delete (request->id, request->revision, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
unlock_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (SecretService) service = mun_keyring_service_get (cancellable, &error);

  if (service && mun_keyring_service_unlock (service, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
run (Request *request, gpointer tag, GTaskThreadFunc func, GCancellable *cancellable,
     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, request, (GDestroyNotify)request_free);
  mun_keyring_service_run (task, func);
}

void
mun_keyring_unlock_async (GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  run (g_new0 (Request, 1), mun_keyring_unlock_async, unlock_thread, cancellable, callback,
       user_data);
}

gboolean
mun_keyring_unlock_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
mun_keyring_list_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  run (g_new0 (Request, 1), mun_keyring_list_async, list_thread, cancellable, callback, user_data);
}

GPtrArray *
mun_keyring_list_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mun_keyring_load_async (const char *id, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  Request *request;

  g_return_if_fail (id != NULL);
  request = g_new0 (Request, 1);
  request->id = g_strdup (id);
  run (request, mun_keyring_load_async, load_thread, cancellable, callback, user_data);
}

MunAppCredential *
mun_keyring_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mun_keyring_save_async (MunAppCredential *credential, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  Request *request;

  g_return_if_fail (MUN_IS_APP_CREDENTIAL (credential));
  request = g_new0 (Request, 1);
  request->original = g_object_ref (credential);
  request->credential = mun_app_credential_copy (credential);
  mun_app_credential_normalize (request->credential);
  run (request, mun_keyring_save_async, save_thread, cancellable, callback, user_data);
}

gboolean
mun_keyring_save_finish (GAsyncResult *result, GError **error)
{
  Request *request;
  g_autofree char *revision = NULL;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  request = g_task_get_task_data (G_TASK (result));
  revision = g_task_propagate_pointer (G_TASK (result), error);
  if (!revision)
    return FALSE;
  mun_app_credential_normalize (request->original);
  mun_app_credential_set_revision (request->original, revision);
  return TRUE;
}

void
mun_keyring_delete_async (const char *id, const char *revision, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  Request *request;

  g_return_if_fail (id != NULL);
  request = g_new0 (Request, 1);
  request->id = g_strdup (id);
  request->revision = g_strdup (revision);
  run (request, mun_keyring_delete_async, delete_thread, cancellable, callback, user_data);
}

gboolean
mun_keyring_delete_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
