/* keyring-password.c: passwords of archive servers in the secret service */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-keyring"

#include "keyring-service.h"
#include "keyring.h"

#include "errors.h"

#include <glib/gi18n-lib.h>

static const SecretSchema schema = {
  MUN_KEYRING_SERVER_SCHEMA,
  SECRET_SCHEMA_NONE,
  { { "server", SECRET_SCHEMA_ATTRIBUTE_STRING }, { "user", SECRET_SCHEMA_ATTRIBUTE_STRING } },
};

typedef struct {
  char *server;
  char *user;
  MunSecret *password;
} Request;

static void
request_free (Request *request)
{
  g_free (request->server);
  g_free (request->user);
  g_clear_pointer (&request->password, mun_secret_unref);
  g_free (request);
}

static GTask *
new_task (const char *server, const char *user, MunSecret *password, gpointer tag,
          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->server = g_strdup (server);
  request->user = g_strdup (user);
  request->password = password ? mun_secret_ref (password) : NULL;
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, request, (GDestroyNotify)request_free);
  return task;
}

static GHashTable *
build_attributes (Request *request)
{
  return secret_attributes_build (&schema, "server", request->server, "user", request->user, NULL);
}

/* The unlocked service, ready for `request`. */
static SecretService *
prepare (GCancellable *cancellable, GError **error)
{
  g_autoptr (SecretService) service = mun_keyring_service_get (cancellable, error);

  if (!service || !mun_keyring_service_unlock (service, cancellable, error))
    return NULL;
  return g_steal_pointer (&service);
}

static void
store_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  GError *error = NULL;
  g_autoptr (SecretService) service = prepare (cancellable, &error);
  g_autoptr (GHashTable) attributes = build_attributes (request);
  /* Translators: the name of a password in the keyring; the user's name and the server's address.
   */
  g_autofree char *label
      = g_strdup_printf (_ ("Archive server: %s on %s"), request->user, request->server);

  if (service
      && mun_keyring_service_store (service, &schema, attributes, label, request->password,
                                    cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
lookup_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  GError *error = NULL;
  g_autoptr (SecretService) service = prepare (cancellable, &error);
  g_autoptr (GHashTable) attributes = build_attributes (request);
  g_autoptr (GPtrArray) items = NULL;
  MunSecret *password = NULL;

  if (service)
    items = mun_keyring_service_search (service, &schema, attributes, cancellable, &error);
  if (items && items->len == 0)
    g_set_error (&error, MUN_ERROR, MUN_ERROR_NOT_FOUND,
                 "Keyring: no password is stored for %s on %s", request->user, request->server);
  if (items && items->len > 0)
    password = mun_keyring_service_read (service, items->pdata[0], cancellable, &error);
  if (password)
    g_task_return_pointer (task, password, (GDestroyNotify)mun_secret_unref);
  else
    g_task_return_error (task, error);
}

static void
clear_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (SecretService) service = prepare (cancellable, &error);
  g_autoptr (GHashTable) attributes = build_attributes (task_data);
  g_autoptr (GPtrArray) items = NULL;

  if (service)
    items = mun_keyring_service_search (service, &schema, attributes, cancellable, &error);
  for (guint i = 0; items && !error && i < items->len; i++)
    mun_keyring_service_delete (service, items->pdata[i], cancellable, &error);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
mun_keyring_store_password_async (const char *server, const char *user, MunSecret *password,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (server != NULL && user != NULL && password != NULL);
  task = new_task (server, user, password, mun_keyring_store_password_async, cancellable, callback,
                   user_data);
  mun_keyring_service_run (task, store_thread);
}

gboolean
mun_keyring_store_password_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
mun_keyring_lookup_password_async (const char *server, const char *user, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (server != NULL && user != NULL);
  task = new_task (server, user, NULL, mun_keyring_lookup_password_async, cancellable, callback,
                   user_data);
  mun_keyring_service_run (task, lookup_thread);
}

MunSecret *
mun_keyring_lookup_password_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mun_keyring_clear_password_async (const char *server, const char *user, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (server != NULL && user != NULL);
  task = new_task (server, user, NULL, mun_keyring_clear_password_async, cancellable, callback,
                   user_data);
  mun_keyring_service_run (task, clear_thread);
}

gboolean
mun_keyring_clear_password_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
