/* keyring-prompt.c: unlocking with a prompt that can be cancelled */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-keyring"

#include "keyring-prompt.h"

#include "errors.h"

#include <string.h>

#define BUS_NAME "org.freedesktop.secrets"
#define SERVICE_PATH "/org/freedesktop/secrets"

/* One prompt, waited for on a main context of its own. */
typedef struct {
  GDBusConnection *bus;
  const char *path;
  GMainContext *context;
  gboolean completed;
  gboolean dismissed;
  gboolean vanished; /* the service is gone, and the prompt with it */
} Prompt;

static void
completed_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
              const char *signal, GVariant *parameters, gpointer user_data)
{
  Prompt *prompt = user_data;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(bv)")))
    return;
  g_variant_get_child (parameters, 0, "b", &prompt->dismissed);
  prompt->completed = TRUE;
}

static void
owner_changed_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                  const char *signal, GVariant *parameters, gpointer user_data)
{
  ((Prompt *)user_data)->vanished = TRUE;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_main_context_wakeup (user_data);
}

static GVariant *
call (GDBusConnection *bus, const char *path, const char *interface, const char *method,
      GVariant *arguments, GError **error)
{
  return g_dbus_connection_call_sync (bus, BUS_NAME, path, interface, method, arguments, NULL,
                                      G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
}

static gboolean
fail (GError *cause, GError **error)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_KEYRING_UNAVAILABLE, "Keyring: unlocking failed: %s",
               cause ? cause->message : "the secret service is gone");
  g_clear_error (&cause);
  return FALSE;
}

/* Waits for the user's answer. */
static gboolean
wait_for_answer (Prompt *prompt, GCancellable *cancellable, GError **error)
{
  GError *cause = NULL;
  gulong handler = 0;
  g_autoptr (GVariant) reply = call (prompt->bus, prompt->path, "org.freedesktop.Secret.Prompt",
                                     "Prompt", g_variant_new ("(s)", ""), &cause);

  if (!reply)
    return fail (cause, error);
  if (cancellable)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), prompt->context, NULL);
  while (!prompt->completed && !prompt->vanished && !g_cancellable_is_cancelled (cancellable))
    g_main_context_iteration (prompt->context, TRUE);
  if (handler)
    g_cancellable_disconnect (cancellable, handler);
  if (prompt->completed)
    return TRUE;
  if (prompt->vanished)
    return fail (NULL, error);
  {
    g_autoptr (GVariant) ignored
        = call (prompt->bus, prompt->path, "org.freedesktop.Secret.Prompt", "Dismiss", NULL, NULL);
  }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
run_prompt (GDBusConnection *bus, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Prompt prompt = { bus, path, context };
  guint completed, owner;
  gboolean answered;

  g_main_context_push_thread_default (context);
  completed = g_dbus_connection_signal_subscribe (bus, BUS_NAME, "org.freedesktop.Secret.Prompt",
                                                  "Completed", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                  completed_cb, &prompt, NULL);
  owner = g_dbus_connection_signal_subscribe (bus, "org.freedesktop.DBus", "org.freedesktop.DBus",
                                              "NameOwnerChanged", "/org/freedesktop/DBus", BUS_NAME,
                                              G_DBUS_SIGNAL_FLAGS_NONE, owner_changed_cb, &prompt,
                                              NULL);
  answered = wait_for_answer (&prompt, cancellable, error);
  g_dbus_connection_signal_unsubscribe (bus, completed);
  g_dbus_connection_signal_unsubscribe (bus, owner);
  g_main_context_pop_thread_default (context);

  if (answered && prompt.dismissed) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED,
                         "Keyring: it is locked and was not unlocked");
    return FALSE;
  }
  return answered;
}

gboolean
mun_keyring_prompt_unlock (SecretService *service, gpointer object, GCancellable *cancellable,
                           GError **error)
{
  GDBusConnection *bus = g_dbus_proxy_get_connection (G_DBUS_PROXY (service));
  const char *paths[] = { g_dbus_proxy_get_object_path (G_DBUS_PROXY (object)), NULL };
  GError *cause = NULL;
  g_autoptr (GVariant) reply = NULL;
  const char *prompt;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  reply = call (bus, SERVICE_PATH, "org.freedesktop.Secret.Service", "Unlock",
                g_variant_new ("(^ao)", paths), &cause);
  if (!reply)
    return fail (cause, error);
  if (!g_variant_is_of_type (reply, G_VARIANT_TYPE ("(aoo)")))
    return fail (NULL, error);
  g_variant_get_child (reply, 1, "&o", &prompt);
  return strcmp (prompt, "/") == 0 || run_prompt (bus, prompt, cancellable, error);
}
