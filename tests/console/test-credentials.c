/* test-credentials.c: the Credential Manager and its dialog, with a real keyring */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"
#include "errors.h"
#include "fake-connection.h"
#include "json.h"
#include "keyring.h"
#include "mun-copy-row.h"
#include "mun-credential-dialog.h"
#include "mun-credential-manager.h"
#include "mun-credential-row.h"
#include "mun-hint-row.h"
#include "mun-state-stack.h"

#include <string.h>

#define CLIENT_ID "11111111-2222-3333-4444-555555555555"
#define TENANT_ID "99999999-8888-7777-6666-555555555555"

#define child(widget, TYPE, name)                                                                  \
  GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (widget), (TYPE), (name)))
#define field(dialog, name) GTK_EDITABLE (child (dialog, MUN_TYPE_CREDENTIAL_DIALOG, name))

static MunCertificate *certificate; /* made once: a key costs time */

typedef struct {
  gboolean done;
  gboolean ok;
  GError *error;
  MunAppCredential *credential;
  GPtrArray *list;
} Answer;

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->list = mun_keyring_list_finish (result, &answer->error);
  answer->done = TRUE;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->credential = mun_keyring_load_finish (result, &answer->error);
  answer->done = TRUE;
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->ok = mun_keyring_save_finish (result, &answer->error);
  answer->done = TRUE;
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->ok = mun_keyring_delete_finish (result, &answer->error);
  answer->done = TRUE;
}

static GPtrArray *
list_keyring (void)
{
  Answer answer = { 0 };

  mun_keyring_list_async (NULL, listed_cb, &answer);
  console_test_wait (answer.done);
  g_assert_no_error (answer.error);
  return answer.list;
}

static MunAppCredential *
load (const char *id)
{
  Answer answer = { 0 };

  mun_keyring_load_async (id, NULL, loaded_cb, &answer);
  console_test_wait (answer.done);
  g_assert_no_error (answer.error);
  return answer.credential;
}

static void
save (MunAppCredential *credential)
{
  Answer answer = { 0 };

  mun_keyring_save_async (credential, NULL, saved_cb, &answer);
  console_test_wait (answer.done);
  g_assert_no_error (answer.error);
}

static void
empty_keyring (void)
{
  g_autoptr (GPtrArray) list = list_keyring ();

  for (guint i = 0; i < list->len; i++) {
    Answer answer = { 0 };

    mun_keyring_delete_async (mun_app_credential_get_id (g_ptr_array_index (list, i)), NULL, NULL,
                              deleted_cb, &answer);
    console_test_wait (answer.done);
    g_assert_true (answer.ok);
  }
}

static MunAppCredential *
stored (const char *name)
{
  MunAppCredential *credential = mun_app_credential_new ();

  mun_app_credential_set_name (credential, name);
  mun_app_credential_set_client_id (credential, CLIENT_ID);
  mun_app_credential_set_tenant_id (credential, TENANT_ID);
  mun_app_credential_set_certificate (credential, certificate);
  save (credential);
  return credential;
}

static gboolean
can_save (MunCredentialDialog *dialog)
{
  return gtk_widget_get_sensitive (child (dialog, MUN_TYPE_CREDENTIAL_DIALOG, "save_button"));
}

static const char *
hint (MunCredentialDialog *dialog, const char *name)
{
  GtkWidget *row = child (dialog, MUN_TYPE_CREDENTIAL_DIALOG, name);

  return gtk_widget_get_visible (row) ? mun_hint_row_get_text (MUN_HINT_ROW (row)) : "";
}

/* Typing, pasting, a certificate made in the dialog, and what the keyring has afterwards. */
static void
test_create (void)
{
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (MunAppCredential) credential = NULL;
  MunCredentialDialog *dialog;
  MunCertificateGroup *group;
  const char *thumbprint;
  g_autofree char *shown = NULL;

  empty_keyring ();
  dialog = mun_credential_dialog_new (NULL, NULL);
  group = mun_credential_dialog_get_certificate_group (dialog);
  console_test_shoot (GTK_WINDOW (dialog), "credential-empty");
  console_test_check_labels (GTK_WIDGET (dialog));
  g_assert_false (can_save (dialog));
  g_assert_nonnull (
      gtk_widget_get_tooltip_text (child (dialog, MUN_TYPE_CREDENTIAL_DIALOG, "save_button")));

  gtk_editable_set_text (field (dialog, "name_row"), "Contoso <R&D>");
  gtk_editable_set_text (field (dialog, "client_row"), "1111");
  g_assert_cmpstr (hint (dialog, "client_hint"), !=, "");
  gtk_editable_set_text (field (dialog, "tenant_row"), "not a tenant!");
  g_assert_cmpstr (hint (dialog, "tenant_hint"), !=, "");
  console_test_shoot (GTK_WINDOW (dialog), "credential-wrong");
  gtk_editable_set_text (field (dialog, "client_row"), "Application (client) ID : " CLIENT_ID " ");
  g_assert_cmpstr (gtk_editable_get_text (field (dialog, "client_row")), ==, CLIENT_ID);
  g_assert_cmpstr (hint (dialog, "client_hint"), ==, "");
  gtk_editable_set_text (field (dialog, "tenant_row"), "contoso.onmicrosoft.com");
  g_assert_cmpstr (hint (dialog, "tenant_hint"), ==, "");
  g_assert_false (can_save (dialog));

  mun_certificate_group_create (group, 2048, 15);
  g_assert_true (mun_certificate_group_get_busy (group));
  g_assert_false (can_save (dialog));
  console_test_wait (mun_certificate_group_get_certificate (group) != NULL);
  g_assert_true (can_save (dialog));
  thumbprint = mun_certificate_get_thumbprint (mun_certificate_group_get_certificate (group));
  g_assert_cmpstr (mun_copy_row_get_value (
                       MUN_COPY_ROW (child (group, MUN_TYPE_CERTIFICATE_GROUP, "thumbprint_row"))),
                   ==, thumbprint);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 620, 1050);
  console_test_shoot (GTK_WINDOW (dialog), "credential-full");
  console_test_check_labels (GTK_WIDGET (dialog));
  shown = g_strdup (thumbprint);

  gtk_widget_activate_action (GTK_WIDGET (dialog), "credential.save", NULL);
  console_test_wait (console_test_find_window (MUN_TYPE_CREDENTIAL_DIALOG) == NULL);
  list = list_keyring ();
  g_assert_cmpuint (list->len, ==, 1);
  credential = load (mun_app_credential_get_id (g_ptr_array_index (list, 0)));
  g_assert_cmpstr (mun_app_credential_get_name (credential), ==, "Contoso <R&D>");
  g_assert_cmpstr (mun_app_credential_get_thumbprint (credential), ==, shown);
  g_assert_true (mun_certificate_has_key (mun_app_credential_get_certificate (credential)));
}

static void
test_edit_and_name_taken (void)
{
  g_autoptr (MunAppCredential) first = NULL, second = NULL, loaded = NULL;
  MunCredentialDialog *dialog;

  empty_keyring ();
  first = stored ("First");
  second = stored ("Second");
  loaded = load (mun_app_credential_get_id (first));
  dialog = mun_credential_dialog_new (NULL, loaded);
  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_false (can_save (dialog));
  gtk_editable_set_text (field (dialog, "name_row"), "Second");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "credential.save", NULL);
  console_test_wait (*hint (dialog, "name_hint") != '\0');
  g_assert_cmpstr (gtk_editable_get_text (field (dialog, "name_row")), ==, "Second");
  gtk_editable_set_text (field (dialog, "name_row"), "Third");
  g_assert_cmpstr (hint (dialog, "name_hint"), ==, "");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "credential.save", NULL);
  console_test_wait (console_test_find_window (MUN_TYPE_CREDENTIAL_DIALOG) == NULL);
  g_clear_object (&loaded);
  loaded = load (mun_app_credential_get_id (first));
  g_assert_cmpstr (mun_app_credential_get_name (loaded), ==, "Third");
}

/* Somebody else saves while the dialog is open: it asks, and either side can win. */
static void
test_conflict (void)
{
  g_autoptr (MunAppCredential) first = NULL, mine = NULL, other = NULL;
  MunCredentialDialog *dialog;
  GtkWindow *question;

  empty_keyring ();
  first = stored ("Contoso");
  mine = load (mun_app_credential_get_id (first));
  other = load (mun_app_credential_get_id (first));
  dialog = mun_credential_dialog_new (NULL, mine);
  gtk_window_present (GTK_WINDOW (dialog));
  mun_app_credential_set_name (other, "Theirs");
  save (other);

  gtk_editable_set_text (field (dialog, "name_row"), "Mine");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "credential.save", NULL);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_shoot (question, "credential-conflict");
  console_test_respond (question, "cancel");
  console_test_wait (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
  g_assert_cmpstr (gtk_editable_get_text (field (dialog, "name_row")), ==, "Mine");

  gtk_widget_activate_action (GTK_WIDGET (dialog), "credential.save", NULL);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_respond (question, "overwrite");
  console_test_wait (console_test_find_window (MUN_TYPE_CREDENTIAL_DIALOG) == NULL);
  g_clear_object (&other);
  other = load (mun_app_credential_get_id (first));
  g_assert_cmpstr (mun_app_credential_get_name (other), ==, "Mine");
}

static void
test_deleted_elsewhere (void)
{
  g_autoptr (MunAppCredential) first = NULL, mine = NULL, again = NULL;
  MunCredentialDialog *dialog;
  GtkWindow *question;

  empty_keyring ();
  first = stored ("Contoso");
  mine = load (mun_app_credential_get_id (first));
  dialog = mun_credential_dialog_new (NULL, mine);
  gtk_window_present (GTK_WINDOW (dialog));
  empty_keyring ();
  gtk_editable_set_text (field (dialog, "name_row"), "Kept");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "credential.save", NULL);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_respond (question, "anew");
  console_test_wait (console_test_find_window (MUN_TYPE_CREDENTIAL_DIALOG) == NULL);
  again = load (mun_app_credential_get_id (first));
  g_assert_cmpstr (mun_app_credential_get_name (again), ==, "Kept");
}

static void
test_cancel_asks (void)
{
  MunCredentialDialog *dialog = mun_credential_dialog_new (NULL, NULL);
  GtkWindow *question;

  gtk_window_present (GTK_WINDOW (dialog));
  gtk_editable_set_text (field (dialog, "name_row"), "Typed");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "credential.cancel", NULL);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_respond (question, "cancel");
  g_assert_cmpstr (gtk_editable_get_text (field (dialog, "name_row")), ==, "Typed");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "credential.cancel", NULL);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_respond (question, "discard");
  console_test_wait (console_test_find_window (MUN_TYPE_CREDENTIAL_DIALOG) == NULL);
}

/* Download as DER and PEM, the pair as PKCS#12, and the pair read back after its password was asked
 * for. */
static void
test_files (void)
{
  MunCredentialDialog *dialog = mun_credential_dialog_new (NULL, NULL);
  MunCertificateGroup *group = mun_credential_dialog_get_certificate_group (dialog);
  g_autofree char *folder = g_dir_make_tmp ("credential-XXXXXX", NULL);
  g_autofree char *cer = g_build_filename (folder, "a.cer", NULL),
                  *pem = g_build_filename (folder, "a.pem", NULL),
                  *pfx = g_build_filename (folder, "a.pfx", NULL);
  g_autoptr (GFile) cer_file = g_file_new_for_path (cer), pem_file = g_file_new_for_path (pem),
                    pfx_file = g_file_new_for_path (pfx);
  g_autoptr (MunSecret) password = mun_secret_new ("pass word", 9),
                        wrong = mun_secret_new ("wrong", 5);
  g_autoptr (GBytes) der = mun_certificate_export_der (certificate);
  g_autofree char *contents = NULL, *text = NULL;
  GtkWindow *question;
  gsize length = 0;

  gtk_window_present (GTK_WINDOW (dialog));
  mun_certificate_group_set_certificate (group, certificate);
  mun_certificate_group_download (group, cer_file);
  console_test_wait (g_file_get_contents (cer, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, g_bytes_get_data (der, NULL), g_bytes_get_size (der));
  mun_certificate_group_download (group, pem_file);
  console_test_wait (g_file_get_contents (pem, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "-----BEGIN CERTIFICATE-----"));
  g_assert_null (strstr (text, "PRIVATE KEY"));
  mun_certificate_group_export_key (group, pfx_file, password);
  console_test_wait (g_file_test (pfx, G_FILE_TEST_EXISTS)
                     && !mun_certificate_group_get_busy (group));

  mun_certificate_group_set_certificate (group, NULL);
  mun_certificate_group_import (group, pfx_file, NULL);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_shoot (question, "credential-password");
  console_test_respond (question, "cancel");
  console_test_wait (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
  g_assert_null (mun_certificate_group_get_certificate (group));
  mun_certificate_group_import (group, pfx_file, wrong);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_respond (question, "cancel");
  mun_certificate_group_import (group, pfx_file, password);
  console_test_wait (mun_certificate_group_get_certificate (group) != NULL);
  g_assert_cmpstr (mun_certificate_get_thumbprint (mun_certificate_group_get_certificate (group)),
                   ==, mun_certificate_get_thumbprint (certificate));
  /* A certificate without key can be seen, not saved. */
  mun_certificate_group_import (group, cer_file, NULL);
  console_test_wait (!mun_certificate_has_key (mun_certificate_group_get_certificate (group)));
  g_assert_false (can_save (dialog));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_prompts (void)
{
  MunCredentialDialog *dialog = mun_credential_dialog_new (NULL, NULL);
  MunCertificateGroup *group = mun_credential_dialog_get_certificate_group (dialog);
  GtkWindow *question;

  gtk_window_present (GTK_WINDOW (dialog));
  mun_certificate_group_set_certificate (group, certificate);
  gtk_widget_activate_action (GTK_WIDGET (group), "certificate.create", NULL);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_shoot (question, "credential-create");
  console_test_check_labels (GTK_WIDGET (question));
  console_test_respond (question, "cancel");
  console_test_wait (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
  gtk_widget_activate_action (GTK_WIDGET (group), "certificate.export-key", NULL);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  g_assert_false (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (question), "go"));
  console_test_shoot (question, "credential-export");
  console_test_respond (question, "cancel");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
set_keyring_locked (gboolean locked)
{
  const char *code = locked ? "import keyring_lock; keyring_lock.lock()"
                            : "import keyring_lock; keyring_lock.unlock('test')";
  g_autofree char *folder
      = g_build_filename (g_getenv ("MUNIMENT_SOURCE_DIR"), "tests/support", NULL);
  const char *argv[] = { "/usr/bin/python3", "-c", code, NULL };
  g_autoptr (GError) error = NULL;
  int status = -1;

  g_spawn_sync (folder, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

/* A locked keyring is unlocked from where it is missed. */
static void
test_manager_locked (void)
{
  MunCredentialManager *manager;
  MunStateStack *states;
  GtkWidget *button;

  empty_keyring ();
  set_keyring_locked (TRUE);
  manager = mun_credential_manager_new (NULL, NULL);
  states = MUN_STATE_STACK (child (manager, MUN_TYPE_CREDENTIAL_MANAGER, "states"));
  button = child (states, MUN_TYPE_STATE_STACK, "retry_button");
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_ERROR);
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, "_Unlock");
  set_keyring_locked (FALSE);
  gtk_widget_activate_action (button, "page.refresh", NULL);
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_EMPTY);
  gtk_window_destroy (GTK_WINDOW (manager));
}

static void
test_manager (void)
{
  g_autoptr (FakeConnection) connection = fake_connection_new ();
  g_autoptr (MunAppCredential) first = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *key = NULL, *server = NULL;
  MunCredentialManager *manager;
  MunStateStack *states;
  GtkWindow *question;

  empty_keyring ();
  server = g_strdup_printf (
      "[{\"id\":4,\"name\":\"Contoso\",\"clientId\":\"" CLIENT_ID "\",\"tenantId\":\"" TENANT_ID
      "\",\"certificateThumbprint\":\"%s\",\"certificateNotAfter\":\"2099-01-01T00:00:00\"},"
      "{\"id\":5,\"name\":\"Only there\",\"clientId\":\"x\",\"tenantId\":\"y\","
      "\"certificateThumbprint\":\"FFEEDDCC00112233445566778899AABBCCDDEEFF\","
      "\"certificateNotAfter\":\"2020-01-01T00:00:00\"}]",
      mun_certificate_get_thumbprint (certificate));
  fake_connection_answer (connection, "GetCredentials", "[]");
  fake_connection_answer (connection, "CreateCredentials", "{\"id\":4}");
  manager = mun_credential_manager_new (NULL, MUN_CONNECTION (connection));
  states = MUN_STATE_STACK (child (manager, MUN_TYPE_CREDENTIAL_MANAGER, "states"));
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_EMPTY);
  console_test_shoot (GTK_WINDOW (manager), "manager-empty");

  first = stored ("Contoso");
  fake_connection_answer (connection, "GetCredentials", server);
  fake_connection_answer (connection, "GetDirectoryServicesConfiguration",
                          "{\"credentialsId\":\"4\"}");
  fake_connection_answer (connection, "GetProfiles",
                          "[{\"name\":\"All mailboxes\",\"details\":{\"credentialsId\":\"4\"}}]");
  mun_credential_manager_refresh (manager);
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_CONTENT);
  console_test_shoot (GTK_WINDOW (manager), "manager");
  console_test_check_labels (GTK_WIDGET (manager));

  key = g_strconcat ("local:", mun_app_credential_get_id (first), NULL);
  gtk_widget_activate_action (GTK_WIDGET (manager), "manager.delete", "s", key);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  g_assert_nonnull (
      strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (question)), "archive.example.com"));
  g_assert_nonnull (
      strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (question)), "All mailboxes"));
  console_test_shoot (question, "manager-delete");
  console_test_respond (question, "delete");
  console_test_wait (fake_connection_count (connection, "GetCredentials") == 3);
  list = list_keyring ();
  g_assert_cmpuint (list->len, ==, 0);
  gtk_window_destroy (GTK_WINDOW (manager));
}

/* Choosing a credential of this desktop hands it over, after a question; declining changes nothing.
 */
static void
test_hand_over (void)
{
  g_autoptr (FakeConnection) connection = fake_connection_new ();
  g_autoptr (MunAppCredential) first = NULL;
  g_autoptr (JsonObject) sent = NULL;
  MunCredentialRow *row = g_object_new (MUN_TYPE_CREDENTIAL_ROW, "title", "Credentials", NULL);
  GtkWidget *group = adw_preferences_group_new ();
  GtkWindow *window, *question;
  JsonObject *config;

  empty_keyring ();
  first = stored ("Contoso");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (row));
  window = console_test_show (group, 500, 200);
  fake_connection_answer (connection, "GetCredentials", "[]");
  fake_connection_answer (connection, "CreateCredentials", "{\"id\":7}");
  mun_credential_row_set_connection (row, MUN_CONNECTION (connection));
  console_test_wait (adw_combo_row_get_model (ADW_COMBO_ROW (row)) != NULL
                     && g_list_model_get_n_items (adw_combo_row_get_model (ADW_COMBO_ROW (row)))
                            == 2);
  g_assert_cmpint (mun_credential_row_get_server_id (row), ==, 0);
  console_test_shoot (window, "credential-row");

  adw_combo_row_set_selected (ADW_COMBO_ROW (row), 1);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  g_assert_nonnull (strstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (question)),
                            "archive.example.com"));
  console_test_shoot (question, "hand-over");
  console_test_respond (question, "cancel");
  console_test_wait (adw_combo_row_get_selected (ADW_COMBO_ROW (row)) == 0);
  g_assert_cmpuint (fake_connection_count (connection, "CreateCredentials"), ==, 0);

  adw_combo_row_set_selected (ADW_COMBO_ROW (row), 1);
  console_test_wait ((question = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_respond (question, "go");
  console_test_wait (mun_credential_row_get_server_id (row) == 7);
  sent = mun_json_parse_object (fake_connection_get_last (connection, "CreateCredentials"), -1,
                                NULL);
  config = mun_json_get_object (sent, "config");
  g_assert_cmpstr (mun_json_get_string (config, "clientId", ""), ==, CLIENT_ID);
  g_assert_true (g_str_has_prefix (mun_json_get_string (config, "privateKey", ""),
                                   "-----BEGIN PRIVATE KEY-----"));
  gtk_window_destroy (window);
}

/* A server that has CreateCredentials not: only its own credentials are offered. */
static void
test_other_server (void)
{
  g_autoptr (FakeConnection) connection = fake_connection_new ();
  g_autoptr (MunAppCredential) first = NULL;
  MunCredentialRow *row = g_object_new (MUN_TYPE_CREDENTIAL_ROW, "title", "Credentials", NULL);

  g_object_ref_sink (row);
  empty_keyring ();
  first = stored ("Contoso");
  fake_connection_answer (connection, "GetCredentials",
                          "[{\"id\":2,\"name\":\"Theirs\",\"odd\":[1]}]");
  mun_credential_row_set_connection (row, MUN_CONNECTION (connection));
  console_test_wait (adw_combo_row_get_model (ADW_COMBO_ROW (row)) != NULL);
  g_assert_cmpuint (g_list_model_get_n_items (adw_combo_row_get_model (ADW_COMBO_ROW (row))), ==,
                    2);
  mun_credential_row_set_server_id (row, 2);
  g_assert_cmpstr (mun_credential_choice_get_name (mun_credential_row_get_choice (row)), ==,
                   "Theirs");
  g_object_unref (row);
}

int
main (int argc, char **argv)
{
  int status;

  console_test_init (&argc, &argv);
  certificate = mun_certificate_create ("Test", 2048, 15, NULL);
  g_assert_nonnull (certificate);
  g_test_add_func ("/credential/create", test_create);
  g_test_add_func ("/credential/edit-and-name-taken", test_edit_and_name_taken);
  g_test_add_func ("/credential/conflict", test_conflict);
  g_test_add_func ("/credential/deleted-elsewhere", test_deleted_elsewhere);
  g_test_add_func ("/credential/cancel-asks", test_cancel_asks);
  g_test_add_func ("/credential/files", test_files);
  g_test_add_func ("/credential/prompts", test_prompts);
  g_test_add_func ("/credential/manager", test_manager);
  g_test_add_func ("/credential/manager-locked", test_manager_locked);
  g_test_add_func ("/credential/hand-over", test_hand_over);
  g_test_add_func ("/credential/other-server", test_other_server);
  status = g_test_run ();
  g_clear_object (&certificate);
  return status;
}
