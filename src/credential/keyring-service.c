/* keyring-service.c: the secret service, as the keyring*.c files need it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-keyring"

#include "keyring-service.h"

#include "errors.h"
#include "keyring-prompt.h"

#define SEARCH_ATTEMPTS 20

static gboolean
is_gone (const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD);
}

static gboolean
is_unavailable (const GError *error)
{
  static const int codes[]
      = { G_DBUS_ERROR_SERVICE_UNKNOWN, G_DBUS_ERROR_NAME_HAS_NO_OWNER, G_DBUS_ERROR_NO_REPLY,
          G_DBUS_ERROR_DISCONNECTED,    G_DBUS_ERROR_NO_SERVER,         G_DBUS_ERROR_TIMEOUT,
          G_DBUS_ERROR_TIMED_OUT,       G_DBUS_ERROR_SPAWN_FAILED };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, G_DBUS_ERROR, codes[i]))
      return TRUE;
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* Takes the cause over and puts it into our words; always FALSE. */
static gboolean
fail (GError **error, GError *cause, const char *step)
{
  int code = MUN_ERROR_FAILED;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, cause);
    return FALSE;
  }
  if (g_error_matches (cause, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    code = MUN_ERROR_KEYRING_LOCKED;
  else if (is_gone (cause))
    code = MUN_ERROR_NOT_FOUND;
  else if (is_unavailable (cause))
    code = MUN_ERROR_KEYRING_UNAVAILABLE;
  g_set_error (error, MUN_ERROR, code, "Keyring: %s failed: %s", step, cause->message);
  g_error_free (cause);
  return FALSE;
}

static void
run_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainContextPusher) pusher = g_main_context_pusher_new (context);
  GTaskThreadFunc func = (GTaskThreadFunc)g_object_get_data (G_OBJECT (task), "mun-func");

  func (task, source, task_data, cancellable);
  /* What GDBus wants to release in this context, it releases when the context runs. */
  while (g_main_context_iteration (context, FALSE))
    ;
}

void
mun_keyring_service_run (GTask *task, GTaskThreadFunc func)
{
  g_object_set_data (G_OBJECT (task), "mun-func", (gpointer)func);
  g_task_run_in_thread (task, run_thread);
}

SecretService *
mun_keyring_service_get (GCancellable *cancellable, GError **error)
{
  GError *cause = NULL;
  /* Not the shared proxy of secret_service_get(): that one outlives a service that was restarted,
   * with a session nobody knows any more. A session is opened when a secret travels. */
  SecretService *service = secret_service_open_sync (SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_NONE,
                                                     cancellable, &cause);

  if (service)
    return service;
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, cause);
  else {
    g_set_error (error, MUN_ERROR, MUN_ERROR_KEYRING_UNAVAILABLE,
                 "Keyring: no secret service answers on this session's bus: %s", cause->message);
    g_error_free (cause);
  }
  return NULL;
}

/* NULL without an error when there is none yet: the first store makes it. */
static SecretCollection *
find_default (SecretService *service, GCancellable *cancellable, GError **error)
{
  return secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT,
                                           SECRET_COLLECTION_NONE, cancellable, error);
}

gboolean
mun_keyring_service_unlock (SecretService *service, GCancellable *cancellable, GError **error)
{
  GError *cause = NULL;
  g_autoptr (SecretCollection) collection = find_default (service, cancellable, &cause);

  if (cause)
    return fail (error, cause, "finding the default keyring");
  return !collection || !secret_collection_get_locked (collection)
         || mun_keyring_prompt_unlock (service, collection, cancellable, error);
}

gboolean
mun_keyring_service_is_locked (SecretService *service, GCancellable *cancellable)
{
  g_autoptr (SecretCollection) collection = find_default (service, cancellable, NULL);

  return collection && secret_collection_get_locked (collection);
}

GPtrArray *
mun_keyring_service_search (SecretService *service, const SecretSchema *schema,
                            GHashTable *attributes, GCancellable *cancellable, GError **error)
{
  GError *cause = NULL;
  GPtrArray *found;
  GList *items = NULL;

  /* libsecret fails as a whole when one item vanishes between being found and being read. */
  for (guint attempt = 0; attempt < SEARCH_ATTEMPTS; attempt++) {
    g_clear_error (&cause);
    items = secret_service_search_sync (service, schema, attributes, SECRET_SEARCH_ALL, cancellable,
                                        &cause);
    if (!cause || !is_gone (cause))
      break;
  }
  if (cause) {
    fail (error, cause, "searching");
    return NULL;
  }
  found = g_ptr_array_new_with_free_func (g_object_unref);
  for (GList *l = items; l; l = l->next)
    g_ptr_array_add (found, l->data);
  g_list_free (items);
  return found;
}

MunSecret *
mun_keyring_service_read (SecretService *service, SecretItem *item, GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (SecretValue) value = NULL;
  GError *cause = NULL;
  const char *data;
  gsize length;

  if (secret_item_get_locked (item)
      && !mun_keyring_prompt_unlock (service, item, cancellable, error))
    return NULL;
  if (!secret_item_load_secret_sync (item, cancellable, &cause)) {
    fail (error, cause, "reading a secret");
    return NULL;
  }
  value = secret_item_get_secret (item);
  if (!value) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED,
                         "Keyring: the item gave no secret, it is locked");
    return NULL;
  }
  data = secret_value_get (value, &length);
  return mun_secret_new (data, length);
}

gboolean
mun_keyring_service_store (SecretService *service, const SecretSchema *schema,
                           GHashTable *attributes, const char *label, MunSecret *secret,
                           GCancellable *cancellable, GError **error)
{
  gsize length;
  const char *data = mun_secret_get_data (secret, &length);
  g_autoptr (SecretValue) value = secret_value_new (data, length, "text/plain");
  GError *cause = NULL;

  if (!secret_service_store_sync (service, schema, attributes, SECRET_COLLECTION_DEFAULT, label,
                                  value, NULL, &cause)) {
    if (cause)
      return fail (error, cause, "storing");
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED,
                         "Keyring: storing was dismissed");
    return FALSE;
  }
  return TRUE;
}

gboolean
mun_keyring_service_delete (SecretService *service, SecretItem *item, GCancellable *cancellable,
                            GError **error)
{
  GError *cause = NULL;

  if (secret_item_get_locked (item)
      && !mun_keyring_prompt_unlock (service, item, cancellable, error))
    return FALSE;
  if (secret_item_delete_sync (item, NULL, &cause))
    return TRUE;
  if (cause && is_gone (cause)) {
    g_error_free (cause);
    return TRUE;
  }
  if (cause)
    return fail (error, cause, "deleting");
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED,
                       "Keyring: deleting was dismissed");
  return FALSE;
}
