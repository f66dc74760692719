/* test-keyring.c: the keyring with a real secret service, in a session of its own (rig-session) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "errors.h"
#include "keyring.h"

#include <libsecret/secret.h>
#include <signal.h>
#include <string.h>

#define GUID "8f5b2c1e-0a4d-4f6b-9c3e-7d2a1b0c9e8f"

static MunCertificate *certificate;

/* Every asynchronous function here is awaited through this. */
static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static gboolean
save (MunAppCredential *credential, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_keyring_save_async (credential, NULL, done_cb, &result);
  return mun_keyring_save_finish (await (&result), error);
}

static MunAppCredential *
load (const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_keyring_load_async (id, NULL, done_cb, &result);
  return mun_keyring_load_finish (await (&result), error);
}

static GPtrArray *
list (GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_keyring_list_async (NULL, done_cb, &result);
  return mun_keyring_list_finish (await (&result), error);
}

static gboolean delete (const char *id, const char *revision, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_keyring_delete_async (id, revision, NULL, done_cb, &result);
  return mun_keyring_delete_finish (await (&result), error);
}

static gboolean
unlock (GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_keyring_unlock_async (cancellable, done_cb, &result);
  return mun_keyring_unlock_finish (await (&result), error);
}

static gboolean
store_password (const char *server, const char *user, const char *password, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MunSecret) secret = mun_secret_new (password, strlen (password));

  mun_keyring_store_password_async (server, user, secret, NULL, done_cb, &result);
  return mun_keyring_store_password_finish (await (&result), error);
}

static MunSecret *
lookup_password (const char *server, const char *user, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_keyring_lookup_password_async (server, user, NULL, done_cb, &result);
  return mun_keyring_lookup_password_finish (await (&result), error);
}

static gboolean
clear_password (const char *server, const char *user, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_keyring_clear_password_async (server, user, NULL, done_cb, &result);
  return mun_keyring_clear_password_finish (await (&result), error);
}

static MunAppCredential *
new_credential (const char *name)
{
  MunAppCredential *self = mun_app_credential_new ();

  mun_app_credential_set_name (self, name);
  mun_app_credential_set_client_id (self, "Application (client) ID: {" GUID "}");
  mun_app_credential_set_tenant_id (self, "Contoso.com");
  mun_app_credential_set_certificate (self, certificate);
  return self;
}

static MunAppCredential *
new_saved (const char *name)
{
  g_autoptr (GError) error = NULL;
  MunAppCredential *self = new_credential (name);

  g_assert_true (save (self, &error));
  g_assert_no_error (error);
  return self;
}

static void
delete_everything (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = list (&error);

  g_assert_no_error (error);
  for (guint i = 0; i < all->len; i++)
    g_assert_true (delete (mun_app_credential_get_id (all->pdata[i]), NULL, NULL));
}

/* Another program's connection; its items need it as long as they live. */
static SecretService *foreign;
static GMainContext *foreign_context;

static void
leave_foreign (void)
{
  g_clear_object (&foreign);
  while (foreign_context && g_main_context_iteration (foreign_context, FALSE))
    ;
  g_clear_pointer (&foreign_context, g_main_context_unref);
}

/* The items of the schema as another program sees them. */
static GList *
foreign_search (void)
{
  static const SecretSchema schema
      = { MUN_KEYRING_CREDENTIAL_SCHEMA, SECRET_SCHEMA_NONE, { { NULL, 0 } } };
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GMainContextPusher) pusher = NULL;
  g_autoptr (GError) error = NULL;
  GList *items;

  /* In a context that runs only at the end: libsecret's own objects cannot digest every signal. */
  if (!foreign_context)
    foreign_context = g_main_context_new ();
  pusher = g_main_context_pusher_new (foreign_context);
  if (!foreign)
    foreign = secret_service_open_sync (SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_OPEN_SESSION,
                                        NULL, NULL);
  items = secret_service_search_sync (foreign, &schema, none, SECRET_SEARCH_ALL, NULL, &error);

  g_assert_no_error (error);
  return items;
}

static void
run (const char *line)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = NULL;
  int status;

  g_shell_parse_argv (line, NULL, &argv, NULL);
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

static void
set_locked (gboolean locked)
{
  g_autofree char *line = g_strdup_printf ("/usr/bin/python3 '%s/tests/support/keyring_lock.py' %s",
                                           g_getenv ("MUNIMENT_SOURCE_DIR"), locked ? "leave" : "");

  run (line);
}

static void
test_save_and_load (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunAppCredential) self = new_saved (" Ünïversal & Söhne ");
  g_autoptr (MunAppCredential) loaded = load (mun_app_credential_get_id (self), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mun_app_credential_get_name (self), ==, "Ünïversal & Söhne"); /* normalized */
  g_assert_cmpstr (mun_app_credential_get_revision (self), !=, "");
  g_assert_cmpstr (mun_app_credential_get_name (loaded), ==, "Ünïversal & Söhne");
  g_assert_cmpstr (mun_app_credential_get_client_id (loaded), ==, GUID);
  g_assert_cmpstr (mun_app_credential_get_tenant_id (loaded), ==, "contoso.com");
  g_assert_cmpstr (mun_app_credential_get_cloud (loaded), ==, "global");
  g_assert_cmpstr (mun_app_credential_get_revision (loaded), ==,
                   mun_app_credential_get_revision (self));
  g_assert_cmpstr (mun_app_credential_get_thumbprint (loaded), ==,
                   mun_certificate_get_thumbprint (certificate));
  g_assert_true (mun_certificate_has_key (mun_app_credential_get_certificate (loaded)));
  delete_everything ();
}

static void
test_list (void)
{
  g_autoptr (MunAppCredential) second = new_saved ("b");
  g_autoptr (MunAppCredential) first = new_saved ("a");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = list (&error);
  MunAppCredential *listed;

  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 2);
  listed = all->pdata[0];
  g_assert_cmpstr (mun_app_credential_get_name (listed), ==, "a");
  g_assert_cmpstr (mun_app_credential_get_id (listed), ==, mun_app_credential_get_id (first));
  g_assert_null (mun_app_credential_get_certificate (listed));
  g_assert_cmpstr (mun_app_credential_get_thumbprint (listed), ==,
                   mun_certificate_get_thumbprint (certificate));
  g_assert_cmpint (mun_app_credential_get_not_after (listed), ==,
                   mun_certificate_get_not_after (certificate));
  delete_everything ();
}

static void
test_change (void)
{
  g_autoptr (MunAppCredential) self = new_saved ("before");
  g_autofree char *revision = g_strdup (mun_app_credential_get_revision (self));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = NULL;
  GList *items;

  mun_app_credential_set_name (self, "after");
  g_assert_true (save (self, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (mun_app_credential_get_revision (self), !=, revision);
  all = list (&error);
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpstr (mun_app_credential_get_name (all->pdata[0]), ==, "after");
  items = foreign_search ();
  g_assert_cmpuint (g_list_length (items), ==, 1); /* nothing is left behind */
  g_list_free_full (items, g_object_unref);
  delete_everything ();
}

static void
test_invalid (void)
{
  g_autoptr (MunAppCredential) self = new_credential ("");
  g_autoptr (MunAppCredential) taken = new_saved ("Taken");
  g_autoptr (GError) error = NULL;

  g_assert_false (save (self, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&error);
  mun_app_credential_set_name (self, "TAKEN ");
  g_assert_false (save (self, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_EXISTS);
  delete_everything ();
}

static void
test_two_consoles (void)
{
  g_autoptr (MunAppCredential) here = new_saved ("one");
  g_autoptr (MunAppCredential) there = mun_app_credential_copy (here);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunAppCredential) loaded = NULL;

  mun_app_credential_set_name (there, "two");
  g_assert_true (save (there, &error));
  mun_app_credential_set_name (here, "three");
  g_assert_false (save (here, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_CHANGED_ELSEWHERE);
  g_clear_error (&error);
  g_assert_false (
      delete (mun_app_credential_get_id (here), mun_app_credential_get_revision (here), &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_CHANGED_ELSEWHERE);
  g_clear_error (&error);
  loaded = load (mun_app_credential_get_id (here), &error);
  g_assert_cmpstr (mun_app_credential_get_name (loaded), ==, "two"); /* nothing lost */

  /* After reading anew, the change goes through. */
  mun_app_credential_set_name (loaded, "three");
  g_assert_true (save (loaded, &error));
  g_assert_no_error (error);
  delete_everything ();
}

/* Truly at the same time: whoever wins, exactly what the winners saved is there, once. */
static void
test_two_at_once (void)
{
  g_autoptr (MunAppCredential) original = new_saved ("start");

  for (guint round = 0; round < 5; round++) {
    MunAppCredential *copies[4];
    GAsyncResult *results[4] = { NULL };
    const char *winner = NULL;
    guint winners = 0;
    g_autoptr (GPtrArray) all = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (copies); i++) {
      g_autofree char *name = g_strdup_printf ("round %u copy %u", round, i);

      copies[i] = mun_app_credential_copy (original);
      mun_app_credential_set_name (copies[i], name);
      mun_keyring_save_async (copies[i], NULL, done_cb, &results[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS (copies); i++) {
      g_autoptr (GError) error = NULL;

      if (mun_keyring_save_finish (await (&results[i]), &error)) {
        winners++;
        winner = mun_app_credential_get_name (copies[i]);
        g_set_object (&original, copies[i]);
      } else
        g_assert_error (error, MUN_ERROR, MUN_ERROR_CHANGED_ELSEWHERE);
      g_object_unref (results[i]);
    }
    g_assert_cmpuint (winners, <=, 1);
    all = list (NULL);
    g_assert_cmpuint (all->len, ==, 1);
    g_assert_cmpstr (mun_app_credential_get_name (all->pdata[0]), ==,
                     winner ? winner : mun_app_credential_get_name (original));
    g_assert_cmpstr (mun_app_credential_get_revision (all->pdata[0]), ==,
                     mun_app_credential_get_revision (original));
    for (guint i = 0; i < G_N_ELEMENTS (copies); i++)
      g_object_unref (copies[i]);
  }
  delete_everything ();
}

static void
test_deleted_elsewhere (void)
{
  g_autoptr (MunAppCredential) self = new_saved ("gone soon");
  GList *items = foreign_search ();
  g_autoptr (GError) error = NULL;

  g_assert_true (secret_item_delete_sync (items->data, NULL, &error));
  g_list_free_full (items, g_object_unref);
  g_assert_null (load (mun_app_credential_get_id (self), &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (save (self, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (delete (mun_app_credential_get_id (self), NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* The console still has it and can store it as a new one. */
  mun_app_credential_set_revision (self, "");
  g_assert_true (save (self, &error));
  g_assert_no_error (error);
  delete_everything ();
}

static void
set_foreign_secret (const char *text)
{
  GList *items = foreign_search ();
  SecretValue *value = secret_value_new (text, -1, "text/plain");
  g_autoptr (GError) error = NULL;

  g_assert_true (secret_item_set_secret_sync (items->data, value, NULL, &error));
  g_assert_no_error (error);
  secret_value_unref (value);
  g_list_free_full (items, g_object_unref);
}

static void
test_edited_elsewhere (void)
{
  g_autoptr (MunAppCredential) self = new_saved ("edited");
  g_autoptr (MunCertificate) other = mun_certificate_create ("other", 2048, 1, NULL);
  g_autoptr (MunSecret) key = mun_certificate_export_key_pem (other, NULL);
  g_autofree char *pem = mun_certificate_export_pem (other);
  g_autofree char *both = g_strconcat (mun_secret_get_string (key), pem, NULL);
  g_autoptr (GError) error = NULL;

  set_foreign_secret ("hunter2");
  g_assert_null (load (mun_app_credential_get_id (self), &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
  g_assert_null (strstr (error->message, "hunter2"));
  g_clear_error (&error);
  set_foreign_secret (both);
  g_assert_null (load (mun_app_credential_get_id (self), &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_CHANGED_ELSEWHERE);
  delete_everything ();
}

/* An edit that leaves our revision alone is noticed by the service's time of change. */
static void
test_relabelled_elsewhere (void)
{
  g_autoptr (MunAppCredential) self = new_saved ("labelled");
  GList *items = foreign_search ();
  guint64 before = secret_item_get_modified (items->data);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; secret_item_get_modified (items->data) == before; i++) {
    /* the service counts in whole seconds, and only true changes */
    const char *label = i % 2 ? "seahorse" : "was here";

    g_assert_true (secret_item_set_label_sync (items->data, label, NULL, &error));
    g_list_free_full (items, g_object_unref);
    items = foreign_search ();
  }
  g_list_free_full (items, g_object_unref);
  g_assert_false (save (self, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_CHANGED_ELSEWHERE);
  delete_everything ();
}

/* A console that died between making the new item and deleting the old one. */
static void
test_leftover (void)
{
  g_autoptr (MunAppCredential) old = new_saved ("old");
  g_autoptr (GError) error = NULL;
  GList *items = foreign_search ();
  g_autoptr (GHashTable) attributes = secret_item_get_attributes (items->data);
  g_autoptr (SecretValue) value = secret_value_new ("old", -1, "text/plain");
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (MunAppCredential) loaded = NULL;

  /* What the old item was, put back beside the new one. */
  mun_app_credential_set_name (old, "new");
  g_assert_true (save (old, &error));
  g_assert_true (
      secret_service_store_sync (foreign, NULL, attributes, NULL, "old", value, NULL, &error));
  g_assert_no_error (error);
  g_list_free_full (items, g_object_unref);

  all = list (&error);
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpstr (mun_app_credential_get_name (all->pdata[0]), ==, "new");
  loaded = load (mun_app_credential_get_id (old), &error);
  g_assert_no_error (error);
  mun_app_credential_set_name (loaded, "newest");
  g_assert_true (save (loaded, &error));
  items = foreign_search ();
  g_assert_cmpuint (g_list_length (items), ==, 1); /* cleared away by the next save */
  g_list_free_full (items, g_object_unref);
  delete_everything ();
}

static void
test_foreign_item (void)
{
  run ("bash -c 'printf x | secret-tool store --label=strange "
       "xdg:schema " MUN_KEYRING_CREDENTIAL_SCHEMA " color red'");
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) all = list (&error);

    g_assert_no_error (error);
    g_assert_cmpuint (all->len, ==, 0);
  }
  run ("secret-tool clear color red");
}

static void
test_passwords (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunSecret) first = NULL, second = NULL;

  g_assert_null (lookup_password ("archive.lan:8463", "admin", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (store_password ("archive.lan:8463", "admin", "pässword", &error));
  g_assert_true (store_password ("archive.lan:8463", "eve", "other", &error));
  g_assert_no_error (error);
  first = lookup_password ("archive.lan:8463", "admin", &error);
  g_assert_cmpstr (mun_secret_get_string (first), ==, "pässword");
  g_assert_true (store_password ("archive.lan:8463", "admin", "new", &error));
  second = lookup_password ("archive.lan:8463", "admin", &error);
  g_assert_cmpstr (mun_secret_get_string (second), ==, "new");
  g_assert_true (clear_password ("archive.lan:8463", "admin", &error));
  g_assert_null (lookup_password ("archive.lan:8463", "admin", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (clear_password ("archive.lan:8463", "admin", &error));
  g_assert_true (clear_password ("archive.lan:8463", "eve", &error));
  g_assert_no_error (error);
}

/* Answers the prompt's window as a person does, while the call waits for it: again and again until
 * it is gone, as keys that come before the window has the focus are lost. */
static GSubprocess *
answer_prompt (const char *keys)
{
  g_autofree char *script = g_strdup_printf (
      "w=$(xdotool search --sync --onlyvisible --name Unlock | tail -1)\n"
      "there () { xdotool getwindowname $w; }\n"
      "while there; do\n"
      "  xdotool windowfocus $w; xdotool %s\n"
      "  for i in 1 2 3 4 5 6 7 8 9 10; do there || break; read -t 0.1 <> <(:); done\n"
      "done",
      keys);
  g_autoptr (GError) error = NULL;
  GSubprocess *answer
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                          &error, "bash", "-c", script, NULL);

  g_assert_no_error (error);
  return answer;
}

#define DISMISS "key Escape"
#define ENTER_PASSWORD "key ctrl+a type test && xdotool key Return"

static void
end_answer (GSubprocess *answer)
{
  g_subprocess_wait (answer, NULL, NULL);
  g_object_unref (answer);
}

static void
test_locked_list (void)
{
  g_autoptr (MunAppCredential) self = new_saved ("locked in");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = NULL;

  set_locked (TRUE);
  all = list (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpstr (mun_app_credential_get_name (all->pdata[0]), ==, "locked in");
  set_locked (FALSE);
  delete_everything ();
}

static void
test_locked_dismissed (void)
{
  g_autoptr (MunAppCredential) self = new_saved ("locked in");
  g_autoptr (MunAppCredential) loaded = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *answer;

  set_locked (TRUE);
  answer = answer_prompt (DISMISS);
  g_assert_null (load (mun_app_credential_get_id (self), &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED);
  end_answer (answer);
  g_clear_error (&error);
  answer = answer_prompt (DISMISS);
  g_assert_false (save (self, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED);
  end_answer (answer);
  g_clear_error (&error);
  answer = answer_prompt (DISMISS);
  g_assert_false (delete (mun_app_credential_get_id (self), NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED);
  end_answer (answer);
  g_clear_error (&error);
  answer = answer_prompt (DISMISS);
  g_assert_false (store_password ("s:1", "u", "p", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED);
  end_answer (answer);
  g_clear_error (&error);

  set_locked (FALSE);
  loaded = load (mun_app_credential_get_id (self), &error);
  g_assert_no_error (error); /* nothing was lost */
  delete_everything ();
}

static void
test_locked_unlocked (void)
{
  g_autoptr (MunAppCredential) self = new_saved ("opened");
  g_autoptr (MunAppCredential) loaded = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *answer;

  set_locked (TRUE);
  answer = answer_prompt (ENTER_PASSWORD);
  loaded = load (mun_app_credential_get_id (self), &error);
  g_assert_no_error (error);
  end_answer (answer);
  g_assert_true (mun_certificate_has_key (mun_app_credential_get_certificate (loaded)));
  g_assert_true (unlock (NULL, &error)); /* nothing to ask any more */
  g_assert_no_error (error);
  delete_everything ();
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_locked_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  set_locked (TRUE);
  g_timeout_add (300, cancel_cb, cancellable);
  g_assert_false (unlock (cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  set_locked (FALSE);
}

/* The service of this session, and no other process. */
static void
kill_service (void)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GError) error = NULL;
  gboolean owned = TRUE;
  guint32 pid;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus",
                                     "GetConnectionUnixProcessID",
                                     g_variant_new ("(s)", "org.freedesktop.secrets"), NULL, 0, -1,
                                     NULL, &error);

  g_assert_no_error (error);
  g_variant_get (reply, "(u)", &pid);
  leave_foreign ();
  kill ((pid_t)pid, SIGKILL);
  while (owned) {
    g_autoptr (GVariant) answer
        = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus",
                                       "NameHasOwner",
                                       g_variant_new ("(s)", "org.freedesktop.secrets"), NULL, 0,
                                       -1, NULL, NULL);
    g_variant_get (answer, "(b)", &owned);
  }
}

/* A login without the keyring's password: the keyring was never open and shows nothing. */
static void
test_never_unlocked (void)
{
  g_autoptr (MunAppCredential) self = new_saved ("asleep");
  g_autoptr (MunAppCredential) loaded = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *answer;

  kill_service ();
  g_assert_null (list (&error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  answer = answer_prompt (ENTER_PASSWORD);
  g_assert_true (unlock (NULL, &error));
  g_assert_no_error (error);
  end_answer (answer);
  all = list (&error);
  g_assert_cmpuint (all->len, ==, 1);
  loaded = load (mun_app_credential_get_id (self), &error);
  g_assert_no_error (error);
  mun_app_credential_set_name (loaded, "awake");
  g_assert_true (save (loaded, &error));
  g_assert_no_error (error);
  delete_everything ();
}

static void
test_unavailable (void)
{
  g_autoptr (MunAppCredential) self = new_credential ("nowhere");
  g_autoptr (GError) error = NULL;

  g_assert_null (list (&error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_false (save (self, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_null (load ("x", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_false (delete ("x", NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_false (unlock (NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_false (store_password ("s:1", "u", "p", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_null (lookup_password ("s:1", "u", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_false (clear_password ("s:1", "u", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_KEYRING_UNAVAILABLE);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  certificate = mun_certificate_create ("Microsoft 365", 2048, 15, NULL);
  if (g_strcmp0 (g_getenv ("RIG_NO_SECRETS"), "1") == 0)
    g_test_add_func ("/keyring/unavailable", test_unavailable);
  else {
    g_test_add_func ("/keyring/save-and-load", test_save_and_load);
    g_test_add_func ("/keyring/list", test_list);
    g_test_add_func ("/keyring/change", test_change);
    g_test_add_func ("/keyring/invalid", test_invalid);
    g_test_add_func ("/keyring/two-consoles", test_two_consoles);
    g_test_add_func ("/keyring/two-at-once", test_two_at_once);
    g_test_add_func ("/keyring/deleted-elsewhere", test_deleted_elsewhere);
    g_test_add_func ("/keyring/edited-elsewhere", test_edited_elsewhere);
    g_test_add_func ("/keyring/relabelled-elsewhere", test_relabelled_elsewhere);
    g_test_add_func ("/keyring/leftover", test_leftover);
    g_test_add_func ("/keyring/foreign-item", test_foreign_item);
    g_test_add_func ("/keyring/passwords", test_passwords);
    g_test_add_func ("/keyring/locked/list", test_locked_list);
    g_test_add_func ("/keyring/locked/dismissed", test_locked_dismissed);
    g_test_add_func ("/keyring/locked/unlocked", test_locked_unlocked);
    g_test_add_func ("/keyring/locked/cancelled", test_locked_cancelled);
    g_test_add_func ("/keyring/locked/never-unlocked", test_never_unlocked);
  }
  result = g_test_run ();
  leave_foreign ();
  g_clear_object (&certificate);
  return result;
}
