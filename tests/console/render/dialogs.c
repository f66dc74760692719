/* dialogs.c: dialogs and windows over the pages */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "render.h"

#include "errors.h"
#include "json.h"
#include "keyring.h"
#include "mun-certificate-dialog.h"
#include "mun-certificate-prompts.h"
#include "mun-credential-dialog.h"
#include "mun-credential-manager.h"
#include "mun-credential-row.h"
#include "mun-list-dialog.h"
#include "mun-password-dialog.h"
#include "mun-privileges-dialog.h"
#include "mun-profile-assistant.h"
#include "mun-report-window.h"
#include "mun-server-dialog.h"
#include "mun-state-stack.h"
#include "mun-sync-window.h"
#include "mun-user-dialog.h"

#define CLIENT_ID "11111111-2222-3333-4444-555555555555"
#define KEY_BITS 2048

#define child(widget, TYPE, name)                                                                  \
  GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (widget), (TYPE), (name)))

static MunCertificate *
get_certificate (void)
{
  static MunCertificate *certificate;
  g_autoptr (GError) error = NULL;

  if (certificate == NULL)
    certificate = mun_certificate_create ("Contoso", KEY_BITS, 15, &error);
  g_assert_no_error (error);
  return certificate;
}

static void
test_report (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  g_autofree char *json = render_server_dup_reply ("GetWorkerResults");
  g_autoptr (JsonNode) results = mun_json_parse (json, -1, NULL);
  MunReportWindow *window
      = mun_report_window_new (NULL, MUN_CONNECTION (connection),
                               json_array_get_object_element (json_node_get_array (results), 0));

  console_test_wait (fake_connection_count (connection, "GetWorkerResultReport") == 1);
  render_shoot (GTK_WINDOW (window), "report");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_sync (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  MunSyncWindow *window;
  AdwViewStack *views;

  fake_connection_hold_operations (connection, TRUE);
  window = mun_sync_window_new (NULL, MUN_CONNECTION (connection), TRUE);
  render_shoot (GTK_WINDOW (window), "sync-running");
  fake_connection_finish_operations (connection);
  console_test_wait (mun_sync_window_get_result (window) != NULL);
  views = ADW_VIEW_STACK (child (window, MUN_TYPE_SYNC_WINDOW, "views"));
  render_shoot (GTK_WINDOW (window), "sync-create");
  adw_view_stack_set_visible_child_name (views, "change");
  render_shoot (GTK_WINDOW (window), "sync-change");
  adw_view_stack_set_visible_child_name (views, "delete");
  render_shoot (GTK_WINDOW (window), "sync-delete");
  gtk_widget_activate_action (GTK_WIDGET (window), "sync.commit", NULL);
  render_shoot (render_wait_for_window (ADW_TYPE_MESSAGE_DIALOG), "sync-question");
  console_test_respond (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "cancel");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_assistant (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  MunProfileAssistant *window = mun_profile_assistant_new (NULL, MUN_CONNECTION (connection), NULL);
  GtkWidget *credential = child (window, MUN_TYPE_PROFILE_ASSISTANT, "credential_row");

  render_shoot (GTK_WINDOW (window), "assistant-source");
  gtk_widget_activate_action (GTK_WIDGET (window), "assistant.next", NULL);
  console_test_wait (g_list_model_get_n_items (adw_combo_row_get_model (ADW_COMBO_ROW (credential)))
                     > 1);
  mun_credential_row_set_server_id (MUN_CREDENTIAL_ROW (credential), 1);
  render_shoot (GTK_WINDOW (window), "assistant-mailboxes");
  gtk_widget_activate_action (GTK_WIDGET (window), "assistant.next", NULL);
  render_shoot (GTK_WINDOW (window), "assistant-folders");
  gtk_widget_activate_action (GTK_WIDGET (window), "assistant.next", NULL);
  render_shoot (GTK_WINDOW (window), "assistant-name");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_assistant_files (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  g_autofree char *json = render_server_dup_reply ("GetProfiles");
  g_autoptr (JsonNode) profiles = mun_json_parse (json, -1, NULL);
  MunProfileAssistant *window
      = mun_profile_assistant_new (NULL, MUN_CONNECTION (connection),
                                   json_array_get_object_element (json_node_get_array (profiles),
                                                                  1));

  render_shoot (GTK_WINDOW (window), "assistant-files");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_user_dialogs (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  g_autofree char *json = render_server_dup_reply ("GetUserInfo");
  g_autoptr (JsonObject) info = mun_json_parse_object (json, -1, NULL);
  MunUserDialog *dialog = mun_user_dialog_new (NULL, MUN_CONNECTION (connection), NULL);

  render_shoot (GTK_WINDOW (dialog), "user-new");
  gtk_window_destroy (GTK_WINDOW (dialog));
  dialog = mun_user_dialog_new (NULL, MUN_CONNECTION (connection), info);
  render_shoot (GTK_WINDOW (dialog), "user-properties");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_user_questions (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  MunWindow *window = render_page (connection, "users", "content");
  GtkWidget *page = GTK_WIDGET (mun_window_get_page (window));
  GtkColumnView *view = render_find (page, GTK_TYPE_COLUMN_VIEW);

  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (gtk_column_view_get_model (view)), 1);
  gtk_widget_activate_action (page, "users.rename", NULL);
  render_shoot (render_wait_for_window (ADW_TYPE_MESSAGE_DIALOG), "user-rename");
  console_test_respond (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "cancel");
  gtk_widget_activate_action (page, "users.delete", NULL);
  render_shoot (render_wait_for_window (ADW_TYPE_MESSAGE_DIALOG), "user-delete");
  console_test_respond (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "cancel");
  render_close (window);
}

static void
test_lists (void)
{
  const char *const present[] = { "Archive Users", "Board", NULL };
  const char *const known[] = { "Archive Users", "Board", "Computing", "R&D and Patents", NULL };
  const char *const privileges[] = { "login", NULL };
  const char *const on_folder[] = { "read", NULL };
  g_autoptr (JsonArray) items = mun_list_dialog_items_from_strings (present);
  g_autoptr (JsonArray) suggestions = mun_list_dialog_items_from_strings (known);
  MunListDialog *list
      = mun_list_dialog_new (NULL, "Groups",
                             "Users of these groups are synchronized. Without any group, all are.",
                             "Group name", items);
  MunPrivilegesDialog *dialog = mun_privileges_dialog_new (NULL, privileges, on_folder);

  mun_list_dialog_set_suggestions (list, suggestions, NULL);
  render_shoot (GTK_WINDOW (list), "groups");
  gtk_window_destroy (GTK_WINDOW (list));
  render_shoot (GTK_WINDOW (dialog), "privileges");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  mun_keyring_save_finish (result, &error);
  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

static MunAppCredential *
new_credential (void)
{
  MunAppCredential *credential = mun_app_credential_new ();

  mun_app_credential_set_name (credential, "Contoso");
  mun_app_credential_set_client_id (credential, CLIENT_ID);
  mun_app_credential_set_tenant_id (credential, "contoso.onmicrosoft.com");
  mun_app_credential_set_certificate (credential, get_certificate ());
  return credential;
}

static void
test_manager (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  g_autoptr (MunAppCredential) credential = new_credential ();
  g_autofree char *json = render_server_dup_reply ("GetCredentials");
  MunCredentialManager *manager;
  MunStateStack *states;
  gboolean saved = FALSE;
  g_autoptr (GError) locked = NULL;

  fake_connection_answer (connection, "GetCredentials", "[]");
  manager = mun_credential_manager_new (NULL, MUN_CONNECTION (connection));
  states = MUN_STATE_STACK (child (manager, MUN_TYPE_CREDENTIAL_MANAGER, "states"));
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_EMPTY);
  render_shoot (GTK_WINDOW (manager), "manager-empty");
  mun_keyring_save_async (credential, NULL, saved_cb, &saved);
  console_test_wait (saved);
  fake_connection_answer (connection, "GetCredentials", json);
  mun_credential_manager_refresh (manager);
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_CONTENT);
  render_shoot (GTK_WINDOW (manager), "manager");
  locked = g_error_new (MUN_ERROR, MUN_ERROR_KEYRING_LOCKED, "the keyring is locked");
  mun_state_stack_set_error (states, locked);
  render_shoot (GTK_WINDOW (manager), "manager-locked");
  gtk_window_destroy (GTK_WINDOW (manager));
}

static void
test_credential (void)
{
  g_autoptr (MunAppCredential) credential = new_credential ();
  MunCredentialDialog *dialog = mun_credential_dialog_new (NULL, NULL);
  GType type = MUN_TYPE_CREDENTIAL_DIALOG;

  render_shoot (GTK_WINDOW (dialog), "credential-empty");
  gtk_editable_set_text (GTK_EDITABLE (child (dialog, type, "client_row")), "1234-not-an-id");
  gtk_editable_set_text (GTK_EDITABLE (child (dialog, type, "tenant_row")), "contoso");
  render_shoot (GTK_WINDOW (dialog), "credential-errors");
  gtk_window_destroy (GTK_WINDOW (dialog));
  dialog = mun_credential_dialog_new (NULL, credential);
  render_shoot (GTK_WINDOW (dialog), "credential-filled");
  gtk_widget_activate_action (GTK_WIDGET (mun_credential_dialog_get_certificate_group (dialog)),
                              "certificate.create", NULL);
  render_shoot (render_wait_for_window (ADW_TYPE_MESSAGE_DIALOG), "certificate-create");
  console_test_respond (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "cancel");
  gtk_widget_activate_action (GTK_WIDGET (mun_credential_dialog_get_certificate_group (dialog)),
                              "certificate.export-key", NULL);
  render_shoot (render_wait_for_window (ADW_TYPE_MESSAGE_DIALOG), "certificate-export");
  console_test_respond (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "cancel");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_server_certificate (void)
{
  g_autofree char *pem = mun_certificate_export_pem (get_certificate ());
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) tls = g_tls_certificate_new_from_pem (pem, -1, &error);
  g_autoptr (MunServerCertificate) certificate = mun_server_certificate_new (tls, FALSE);
  MunCertificateDialog *dialog;

  g_assert_no_error (error);
  dialog = mun_certificate_dialog_new (NULL, "archive.example.com", certificate, NULL);
  render_shoot (GTK_WINDOW (dialog), "server-certificate-unknown");
  gtk_window_destroy (GTK_WINDOW (dialog));
  dialog = mun_certificate_dialog_new (
      NULL, "archive.example.com", certificate,
      "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF");
  render_shoot (GTK_WINDOW (dialog), "server-certificate-changed");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_server (void)
{
  g_autoptr (MunServerEntry) entry
      = mun_server_entry_new ("Head Office", "archive.example.com", 8463, 8462, "admin");
  MunServerDialog *dialog = mun_server_dialog_new (NULL, NULL);
  MunPasswordDialog *password;

  render_shoot (GTK_WINDOW (dialog), "server-new");
  gtk_window_destroy (GTK_WINDOW (dialog));
  mun_server_entry_set_fingerprint (
      entry, "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF");
  dialog = mun_server_dialog_new (NULL, entry);
  render_shoot (GTK_WINDOW (dialog), "server-edit");
  gtk_window_destroy (GTK_WINDOW (dialog));
  password = mun_password_dialog_new (NULL, "Head Office", "admin", NULL);
  render_shoot (GTK_WINDOW (password), "password");
  gtk_window_destroy (GTK_WINDOW (password));
  password = mun_password_dialog_new (
      NULL, "Head Office", "admin",
      "The server did not accept this user name and password. Check both, then sign in again.");
  mun_password_dialog_set_can_remember (password, FALSE);
  render_shoot (GTK_WINDOW (password), "password-again");
  gtk_window_destroy (GTK_WINDOW (password));
}

static void
test_help (void)
{
  MunWindow *window = render_window ();
  GtkWindow *about;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-shortcuts", NULL);
  render_shoot (render_wait_for_window (GTK_TYPE_SHORTCUTS_WINDOW), "shortcuts");
  gtk_window_destroy (render_wait_for_window (GTK_TYPE_SHORTCUTS_WINDOW));

  g_action_group_activate_action (G_ACTION_GROUP (mun_application_get ()), "about", NULL);
  about = render_wait_for_window (ADW_TYPE_ABOUT_WINDOW);
  render_shoot (about, "about");
  gtk_window_destroy (about);
  render_close (window);
}

void
render_add_dialogs (void)
{
  g_test_add_func ("/render/report", test_report);
  g_test_add_func ("/render/sync", test_sync);
  g_test_add_func ("/render/assistant", test_assistant);
  g_test_add_func ("/render/assistant-files", test_assistant_files);
  g_test_add_func ("/render/user-dialogs", test_user_dialogs);
  g_test_add_func ("/render/user-questions", test_user_questions);
  g_test_add_func ("/render/lists", test_lists);
  g_test_add_func ("/render/manager", test_manager);
  g_test_add_func ("/render/credential", test_credential);
  g_test_add_func ("/render/server-certificate", test_server_certificate);
  g_test_add_func ("/render/server", test_server);
  g_test_add_func ("/render/help", test_help);
}
