/* test-panes.c: Directory Services, its windows and Archive Email in their states, without a server
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"
#include "errors.h"
#include "fake-connection.h"
#include "json.h"
#include "mun-archive-email-page.h"
#include "mun-credential-row.h"
#include "mun-directory-page.h"
#include "mun-list-dialog.h"
#include "mun-privileges-dialog.h"
#include "mun-profile-assistant.h"
#include "mun-report-window.h"
#include "mun-state-stack.h"
#include "mun-sync-window.h"

#define CONFIG                                                                                     \
  "{\"type\":\"Microsoft365ModernAuth\",\"credentialsId\":1,\"syncOnlyLicensedUsers\":true,"       \
  "\"syncOnlyEnabledUsers\":true,\"syncOnlyGroups\":[{\"id\":\"g1\",\"name\":\"R&D "               \
  "<x>\",\"colour\":\"red\"}],"                                                                    \
  "\"autoDeleteUsers\":false,\"redirectUri\":\"https://archive.example.com:8462/oidc/signin\","    \
  "\"alwaysRequireCredentials\":false,\"surprise\":{\"kept\":[1,2]}}"
#define CREDENTIALS                                                                                \
  "[{\"id\":1,\"name\":\"Contoso & "                                                               \
  "Söhne\",\"type\":\"AzureAdApp\",\"clientId\":\"11111111-2222-3333-4444-555555555555\","        \
  "\"tenantId\":\"contoso.onmicrosoft.com\",\"certificateThumbprint\":"                            \
  "\"A1B2C3D4E5F60718293A4B5C6D7E8F9001122334\","                                                  \
  "\"certificateNotAfter\":\"2099-02-23T10:00:00\"}]"
#define SYNC                                                                                       \
  "{\"created\":[{\"userName\":\"ada@contoso.com\",\"fullName\":\"Ada "                            \
  "Lovelace\",\"emailAddresses\":[\"ada@contoso.com\",\"countess@contoso.com\"]},"                 \
  "{\"userName\":\"r&d@contoso.com\",\"fullName\":\"R&D "                                          \
  "<x>\",\"emailAddresses\":[\"r&d@contoso.com\"]}],"                                              \
  "\"modified\":[{\"userName\":\"bob@contoso.com\",\"fullName\":\"Bob\",\"changes\":[{\"field\":"  \
  "\"fullName\",\"before\":\"Bob\",\"after\":\"Robert\"},"                                         \
  "{\"field\":\"emailAddresses\",\"before\":[\"bob@contoso.com\"],\"after\":[\"bob@contoso.com\"," \
  "\"robert@contoso.com\"]}]}],"                                                                   \
  "\"deleted\":[{\"userName\":\"eve@contoso.com\"}],\"unchanged\":1204,"                           \
  "\"skipped\":[{\"userName\":\"guest@x.org\",\"reason\":\"No Exchange Online "                    \
  "plan\"}],\"dryRun\":true}"
#define PROFILES                                                                                   \
  "[{\"id\":1,\"version\":3,\"owner\":\"admin\",\"type\":\"I\",\"connector\":\"Office365\","       \
  "\"name\":\"All mailboxes\","                                                                    \
  "\"details\":{\"credentialsId\":\"1\",\"scenario\":\"multiple\",\"users\":\"all\","              \
  "\"excludedFolders\":\"Junk Email,Deleted Items\",\"novel\":\"7\"},"                             \
  "\"serverSideExecution\":{\"automatic\":true,\"automaticPauseBetweenExecutions\":\"300\"}},"     \
  "{\"id\":2,\"type\":\"I\",\"connector\":\"FileSystem\",\"name\":\"Old mail of "                  \
  "Ada\",\"details\":{\"format\":\"mbox\",\"path\":\"/srv/mail/"                                   \
  "ada.mbox\",\"targetUserFolder\":\"ada\"}},"                                                     \
  "{\"id\":3,\"type\":\"I\",\"connector\":\"IMAP\",\"name\":\"Journal via "                        \
  "IMAP-SSL\",\"details\":{\"host\":\"imap\"}},"                                                   \
  "{\"id\":4,\"type\":\"E\",\"connector\":\"FileSystem\",\"name\":\"Export\",\"details\":{}}]"
#define RESULTS                                                                                    \
  "[{\"id\":77,\"profileId\":1,\"profileName\":\"All "                                             \
  "mailboxes\",\"startTime\":\"2026-11-23T10:00:00\",\"completeTime\":\"2026-11-23T10:03:10\","    \
  "\"result\":\"completedWithErrors\",\"itemsArchived\":1204,\"itemsSkipped\":3,\"itemsFailed\":"  \
  "1},"                                                                                            \
  "{\"id\":76,\"profileId\":2,\"profileName\":\"Old mail of "                                      \
  "Ada\",\"startTime\":\"2026-11-22T10:00:00\",\"completeTime\":\"2026-11-22T10:03:10\","          \
  "\"result\":\"succeeded\",\"itemsArchived\":12}]"
#define REPORT                                                                                     \
  "{\"id\":77,\"log\":\"10:00 begun\\n10:03 "                                                      \
  "done\",\"mailboxes\":[{\"mailbox\":\"bob@contoso.com\",\"folders\":[{\"folder\":\"Inbox\","     \
  "\"archived\":200,\"skipped\":0,\"failed\":0,\"items\":[]}]},"                                   \
  "{\"mailbox\":\"ada@contoso.com\",\"folders\":[{\"folder\":\"Sent\",\"archived\":4,\"skipped\":" \
  "0,\"failed\":0,\"items\":[]},"                                                                  \
  "{\"folder\":\"Inbox\",\"archived\":1000,\"skipped\":3,\"failed\":1,\"items\":[{\"item\":\"Re: " \
  "Plans <b>\",\"step\":\"download\",\"reason\":\"ErrorMimeContentInvalid\"}]}]}]}"

static FakeConnection *
new_server (void)
{
  FakeConnection *connection = fake_connection_new ();

  fake_connection_answer (connection, "GetDirectoryServicesConfiguration", CONFIG);
  fake_connection_answer (connection, "SetDirectoryServicesConfiguration", "null");
  fake_connection_answer (connection, "GetCredentials", CREDENTIALS);
  fake_connection_answer (connection, "GetServiceConfiguration", "{\"webAccessPort\":8462}");
  fake_connection_answer (connection, "SyncUsersWithDirectoryServices", SYNC);
  fake_connection_answer (connection, "GetProfiles", PROFILES);
  fake_connection_answer (connection, "GetWorkerResults", RESULTS);
  fake_connection_answer (connection, "GetWorkerResultReport", REPORT);
  fake_connection_answer (connection, "CreateProfile", "null");
  fake_connection_answer (connection, "UpdateProfile", "null");
  fake_connection_answer (connection, "DeleteProfile", "null");
  fake_connection_answer (connection, "RunProfile", "null");
  fake_connection_answer (
      connection, "GetUsers",
      "[{\"userName\":\"ada@contoso.com\"},{\"userName\":\"bob@contoso.com\"}]");
  return connection;
}

static MunStateStack *
states_of (GtkWidget *page)
{
  return MUN_STATE_STACK (adw_bin_get_child (ADW_BIN (page)));
}

#define template_child(widget, TYPE, name)                                                         \
  GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (widget), (TYPE), (name)))

static GtkWindow *
show_page (GType type, FakeConnection *connection, GtkWidget **page, const char *state, int width,
           int height)
{
  GtkWindow *window;

  *page = g_object_new (type, NULL);
  window = console_test_show (*page, width, height);
  mun_page_set_connection (MUN_PAGE (*page), MUN_CONNECTION (connection));
  console_test_wait (g_strcmp0 (mun_state_stack_get_visible_name (states_of (*page)), state) == 0);
  return window;
}

static void
test_directory_keeps_unknown (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (JsonObject) sent = NULL;
  GtkWidget *page, *redirect, *licensed;
  JsonObject *config;
  GtkWindow *window = show_page (MUN_TYPE_DIRECTORY_PAGE, connection, &page, "content", 900, 1000);

  console_test_check_labels (GTK_WIDGET (window));
  console_test_shoot (window, "directory");
  g_assert_false (mun_page_get_modified (MUN_PAGE (page)));
  licensed = template_child (page, MUN_TYPE_DIRECTORY_PAGE, "licensed_switch");
  redirect = template_child (page, MUN_TYPE_DIRECTORY_PAGE, "redirect_row");
  gtk_switch_set_active (GTK_SWITCH (licensed), FALSE);
  g_assert_true (mun_page_get_modified (MUN_PAGE (page)));
  gtk_switch_set_active (GTK_SWITCH (licensed), TRUE);
  g_assert_false (mun_page_get_modified (MUN_PAGE (page)));
  gtk_switch_set_active (GTK_SWITCH (licensed), FALSE);

  gtk_editable_set_text (GTK_EDITABLE (redirect), "https://archive.example.com:8462/oidc/SignIn");
  g_assert_false (mun_page_get_can_save (MUN_PAGE (page)));
  console_test_shoot (window, "directory-wrong-uri");
  gtk_editable_set_text (GTK_EDITABLE (redirect), "https://archive.example.com/oidc/signin");
  g_assert_true (mun_page_get_can_save (MUN_PAGE (page)));

  mun_page_save (MUN_PAGE (page));
  console_test_wait (!mun_page_get_modified (MUN_PAGE (page)));
  sent = mun_json_parse_object (fake_connection_get_last (connection,
                                                          "SetDirectoryServicesConfiguration"),
                                -1, NULL);
  config = mun_json_get_object (sent, "config");
  g_assert_false (mun_json_get_bool (config, "syncOnlyLicensedUsers", TRUE));
  g_assert_true (json_object_has_member (mun_json_get_object (config, "surprise"), "kept"));
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (
                                            mun_json_get_array (config, "syncOnlyGroups"), 0),
                                        "colour", ""),
                   ==, "red");
  gtk_window_destroy (window);
}

/* What is changed while the server saves is not taken for saved. */
static void
test_directory_edit_while_saving (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page, *redirect, *licensed;
  GtkWindow *window = show_page (MUN_TYPE_DIRECTORY_PAGE, connection, &page, "content", 900, 1000);

  licensed = template_child (page, MUN_TYPE_DIRECTORY_PAGE, "licensed_switch");
  redirect = template_child (page, MUN_TYPE_DIRECTORY_PAGE, "redirect_row");
  gtk_switch_set_active (GTK_SWITCH (licensed), FALSE);
  mun_page_save (MUN_PAGE (page));
  g_assert_false (mun_page_get_can_save (MUN_PAGE (page)));
  gtk_editable_set_text (GTK_EDITABLE (redirect), "https://other.example.com/oidc/signin");
  console_test_wait (mun_page_get_can_save (MUN_PAGE (page)));
  g_assert_true (mun_page_get_modified (MUN_PAGE (page)));
  mun_page_discard (MUN_PAGE (page));
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (licensed)));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (redirect)), ==,
                   "https://archive.example.com:8462/oidc/signin");

  /* A refresh takes the answer away: then it can be saved again. */
  gtk_switch_set_active (GTK_SWITCH (licensed), TRUE);
  fake_connection_hold_calls (connection, TRUE);
  mun_page_save (MUN_PAGE (page));
  mun_page_refresh (MUN_PAGE (page));
  g_assert_true (mun_page_get_can_save (MUN_PAGE (page)));
  gtk_window_destroy (window);
  fake_connection_hold_calls (connection, FALSE);
}

/* Without credentials there is nothing to test or to synchronize with, and the page says so. */
static void
test_directory_without_credentials (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page, *button, *row;
  GtkWindow *window;

  fake_connection_answer (connection, "GetDirectoryServicesConfiguration",
                          "{\"type\":\"Microsoft365ModernAuth\"}");
  fake_connection_answer (connection, "TestCredentials", "{}");
  window = show_page (MUN_TYPE_DIRECTORY_PAGE, connection, &page, "content", 900, 1000);
  for (guint i = 0; i < 2; i++) {
    button = template_child (page, MUN_TYPE_DIRECTORY_PAGE,
                             i == 0 ? "test_settings_button" : "synchronize_button");
    g_assert_false (gtk_widget_get_sensitive (button));
    g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Choose credentials first");
  }
  row = template_child (page, MUN_TYPE_DIRECTORY_PAGE, "state_row");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==,
                   "Choose credentials, or create them with the button “…”");
  gtk_window_destroy (window);
}

static void
test_directory_discard (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page, *redirect;
  GtkWindow *window = show_page (MUN_TYPE_DIRECTORY_PAGE, connection, &page, "content", 900, 1000);

  redirect = template_child (page, MUN_TYPE_DIRECTORY_PAGE, "redirect_row");
  gtk_editable_set_text (GTK_EDITABLE (redirect), "");
  console_test_shoot (window, "directory-propose");
  gtk_widget_activate_action (page, "directory.propose-redirect", NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (redirect)), ==,
                   "https://archive.example.com:8462/oidc/signin");
  gtk_editable_set_text (GTK_EDITABLE (redirect), "x");
  /* A refresh does not throw away what somebody is typing. */
  mun_page_refresh (MUN_PAGE (page));
  console_test_iterate ();
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (redirect)), ==, "x");
  mun_page_discard (MUN_PAGE (page));
  g_assert_false (mun_page_get_modified (MUN_PAGE (page)));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (redirect)), ==,
                   "https://archive.example.com:8462/oidc/signin");
  g_assert_cmpuint (fake_connection_count (connection, "SetDirectoryServicesConfiguration"), ==, 0);
  gtk_window_destroy (window);
}

/* Another product's directory service is shown by its name and stays as it is. */
static void
test_directory_other_type (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window;

  fake_connection_answer (connection, "GetDirectoryServicesConfiguration",
                          "{\"type\":\"ActiveDirectory\",\"baseDn\":\"DC=x\"}");
  window = show_page (MUN_TYPE_DIRECTORY_PAGE, connection, &page, "content", 360, 640);
  g_assert_false (
      gtk_widget_get_visible (template_child (page, MUN_TYPE_DIRECTORY_PAGE, "microsoft_box")));
  g_assert_true (
      gtk_widget_get_visible (template_child (page, MUN_TYPE_DIRECTORY_PAGE, "other_group")));
  g_assert_false (mun_page_get_modified (MUN_PAGE (page)));
  console_test_shoot (window, "directory-other");
  gtk_window_destroy (window);
}

static void
test_directory_error (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (GError) error = g_error_new (MUN_ERROR, MUN_ERROR_FAILED, "The disk is full.");
  g_autoptr (GError) unreachable = g_error_new (MUN_ERROR, MUN_ERROR_UNREACHABLE, "no route");
  GtkWidget *page;
  GtkWindow *window;

  fake_connection_fail (connection, "GetDirectoryServicesConfiguration", error);
  window = show_page (MUN_TYPE_DIRECTORY_PAGE, connection, &page, "error", 900, 700);
  console_test_shoot (window, "directory-error");
  gtk_window_destroy (window);

  fake_connection_fail (connection, "GetDirectoryServicesConfiguration", unreachable);
  window = show_page (MUN_TYPE_DIRECTORY_PAGE, connection, &page, "offline", 900, 700);
  console_test_shoot (window, "directory-offline");
  gtk_window_destroy (window);
}

static void
test_directory_narrow (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show_page (MUN_TYPE_DIRECTORY_PAGE, connection, &page, "content", 360, 1500);
  int minimum = 0;

  gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  console_test_shoot (window, "directory-narrow");
  gtk_window_destroy (window);
}

static void
test_sync_window (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  MunSyncWindow *window = mun_sync_window_new (NULL, MUN_CONNECTION (connection), TRUE);
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "sync.csv", NULL);
  g_autofree char *csv = NULL;

  console_test_shoot (GTK_WINDOW (window), "sync-create");
  console_test_wait (mun_sync_window_get_result (window) != NULL);
  g_assert_nonnull (
      g_strstr_len (fake_connection_get_last (connection, "SyncUsersWithDirectoryServices"), -1,
                    "true"));
  console_test_check_labels (GTK_WIDGET (window));
  adw_view_stack_set_visible_child_name (
      ADW_VIEW_STACK (template_child (window, MUN_TYPE_SYNC_WINDOW, "views")), "change");
  console_test_shoot (GTK_WINDOW (window), "sync-change");
  gtk_widget_activate_action (GTK_WIDGET (window), "sync.export-to", "s", path);
  console_test_wait (g_file_get_contents (path, &csv, NULL, NULL));
  g_assert_nonnull (g_strstr_len (csv, -1, "ada@contoso.com"));

  /* Users are to be deleted, so it asks first. */
  gtk_widget_activate_action (GTK_WIDGET (window), "sync.commit", NULL);
  console_test_wait (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG) != NULL);
  console_test_shoot (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "sync-ask");
  g_assert_cmpuint (fake_connection_count (connection, "SyncUsersWithDirectoryServices"), ==, 1);
  console_test_respond (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "go");
  console_test_wait (fake_connection_count (connection, "SyncUsersWithDirectoryServices") == 2);
  g_assert_nonnull (
      g_strstr_len (fake_connection_get_last (connection, "SyncUsersWithDirectoryServices"), -1,
                    "false"));
  console_test_wait (mun_sync_window_get_result (window) != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A server that answers nothing but text. */
static void
test_sync_log_only (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  MunSyncWindow *window;

  fake_connection_answer (connection, "SyncUsersWithDirectoryServices", "null");
  window = mun_sync_window_new (NULL, MUN_CONNECTION (connection), TRUE);
  console_test_wait (mun_sync_window_get_result (window) != NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (
                       GTK_STACK (template_child (window, MUN_TYPE_SYNC_WINDOW, "stack"))),
                   ==, "log");
  console_test_shoot (GTK_WINDOW (window), "sync-log");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_profiles (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (JsonObject) progress = NULL;
  MunOperation *operation;
  GtkWidget *page;
  GtkWindow *window
      = show_page (MUN_TYPE_ARCHIVE_EMAIL_PAGE, connection, &page, "content", 900, 720);

  fake_connection_hold_operations (connection, TRUE);
  gtk_widget_activate_action (page, "profiles.run", "x", (gint64)1);
  g_assert_cmpuint (fake_connection_count (connection, "RunProfile"), ==, 1);
  operation = mun_operations_find (mun_connection_get_operations (MUN_CONNECTION (connection)),
                                   "archive.example.com", "RunProfile");
  g_assert_nonnull (operation);
  progress = mun_json_parse_object (
      "{\"mailbox\":\"ada@contoso.com\",\"folder\":\"Inbox\",\"done\":1204,\"known\":5000,\"rate\":"
      "120,"
      "\"bytes\":12500000,\"skipped\":3,\"failed\":1,\"remainingSeconds\":95,\"waitSeconds\":12}",
      -1, NULL);
  mun_operation_update (operation, 24, "running", progress);
  g_assert_cmpint (mun_page_get_badge (MUN_PAGE (page)), ==, MUN_BADGE_RUNNING);
  console_test_check_labels (GTK_WIDGET (window));
  console_test_shoot (window, "profiles");

  /* The page may be loaded anew while it runs. */
  mun_page_refresh (MUN_PAGE (page));
  console_test_wait (fake_connection_count (connection, "GetProfiles") == 2);
  for (guint i = 0; i < 5; i++)
    console_test_iterate ();
  g_assert_cmpint (mun_page_get_badge (MUN_PAGE (page)), ==, MUN_BADGE_RUNNING);
  fake_connection_finish_operations (connection);
  g_assert_cmpint (mun_page_get_badge (MUN_PAGE (page)), ==, MUN_BADGE_NONE);
  gtk_window_destroy (window);
}

/* Nobody here has started it: it is shown, followed by Run, and looked at until it is over. */
static void
test_profiles_elsewhere (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window;

  fake_connection_answer (
      connection, "GetWorkerResults",
      "[{\"id\":78,\"profileId\":1,\"profileName\":\"All mailboxes\",\"startTime\":"
      "\"2026-11-23T11:00:00\",\"completeTime\":null,\"result\":null,\"itemsArchived\":12},"
      "{\"id\":77,\"profileId\":1,\"profileName\":\"All mailboxes\",\"startTime\":"
      "\"2026-11-23T10:00:00\",\"completeTime\":\"2026-11-23T10:03:10\",\"interrupted\":true,"
      "\"result\":\"disconnected\",\"itemsArchived\":204}]");
  window = show_page (MUN_TYPE_ARCHIVE_EMAIL_PAGE, connection, &page, "content", 900, 720);
  console_test_wait (mun_page_get_badge (MUN_PAGE (page)) == MUN_BADGE_RUNNING);
  console_test_check_labels (GTK_WIDGET (window));
  console_test_shoot (window, "profiles-elsewhere");
  fake_connection_answer (connection, "GetWorkerResults", RESULTS);
  console_test_wait (mun_page_get_badge (MUN_PAGE (page)) == MUN_BADGE_NONE);
  gtk_window_destroy (window);
}

static void
toast_cb (MunPage *page, AdwToast *toast, gpointer data)
{
  g_free (*(char **)data);
  *(char **)data = g_strdup (adw_toast_get_title (toast));
}

/* The server that ran it is not the one that answers now: said in words that help. */
static void
test_profiles_restarted (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (GError) unknown
      = g_error_new (MUN_ERROR, MUN_ERROR_EXPIRED, "get-status: unknown (HTTP 404)");
  g_autofree char *toast = NULL;
  GtkWidget *page;
  GtkWindow *window
      = show_page (MUN_TYPE_ARCHIVE_EMAIL_PAGE, connection, &page, "content", 900, 720);

  g_signal_connect (page, "toast", G_CALLBACK (toast_cb), &toast);
  fake_connection_fail (connection, "RunProfile", unknown);
  gtk_widget_activate_action (page, "profiles.run", "x", (gint64)1);
  console_test_wait (toast != NULL);
  g_assert_nonnull (g_strstr_len (toast, -1, "Recent Results"));
  g_assert_null (g_strstr_len (toast, -1, "HTTP"));
  gtk_window_destroy (window);
}

static void
test_profiles_empty (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window;

  fake_connection_answer (connection, "GetProfiles", "[]");
  window = show_page (MUN_TYPE_ARCHIVE_EMAIL_PAGE, connection, &page, "empty", 360, 640);
  console_test_shoot (window, "profiles-empty");
  gtk_window_destroy (window);
}

static void
test_delete_asks (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window
      = show_page (MUN_TYPE_ARCHIVE_EMAIL_PAGE, connection, &page, "content", 900, 720);

  gtk_widget_activate_action (page, "profiles.delete", "x", (gint64)3);
  console_test_wait (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG) != NULL);
  g_assert_cmpuint (fake_connection_count (connection, "DeleteProfile"), ==, 0);
  console_test_respond (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "delete");
  console_test_wait (fake_connection_count (connection, "DeleteProfile") == 1);
  gtk_window_destroy (window);
}

static void
test_report (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (JsonNode) results = mun_json_parse (RESULTS, -1, NULL);
  MunReportWindow *window
      = mun_report_window_new (NULL, MUN_CONNECTION (connection),
                               json_array_get_object_element (json_node_get_array (results), 0));

  console_test_wait (fake_connection_count (connection, "GetWorkerResultReport") == 1);
  console_test_shoot (GTK_WINDOW (window), "report");
  console_test_check_labels (GTK_WIDGET (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "report.copy", NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_assistant_create (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  MunProfileAssistant *window = mun_profile_assistant_new (NULL, MUN_CONNECTION (connection), NULL);
  g_autoptr (JsonObject) sent = NULL;
  JsonObject *properties, *details;
  GtkWidget *credential;

  console_test_shoot (GTK_WINDOW (window), "assistant-source");
  console_test_check_labels (GTK_WIDGET (window));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (template_child (window, MUN_TYPE_PROFILE_ASSISTANT,
                                                                 "single_radio")),
                               TRUE);
  gtk_widget_activate_action (GTK_WIDGET (window), "assistant.next", NULL);
  gtk_editable_set_text (GTK_EDITABLE (
                             template_child (window, MUN_TYPE_PROFILE_ASSISTANT, "mailbox_row")),
                         "ada@contoso.com");
  console_test_wait (fake_connection_count (connection, "GetUsers") == 1);
  gtk_editable_set_text (GTK_EDITABLE (
                             template_child (window, MUN_TYPE_PROFILE_ASSISTANT, "target_row")),
                         "ada@contoso.com");
  credential = template_child (window, MUN_TYPE_PROFILE_ASSISTANT, "credential_row");
  console_test_wait (g_list_model_get_n_items (adw_combo_row_get_model (ADW_COMBO_ROW (credential)))
                     == 2);
  mun_credential_row_set_server_id (MUN_CREDENTIAL_ROW (credential), 1);
  console_test_shoot (GTK_WINDOW (window), "assistant-mailbox");
  gtk_widget_activate_action (GTK_WIDGET (window), "assistant.next", NULL);
  console_test_shoot (GTK_WINDOW (window), "assistant-folders");
  gtk_widget_activate_action (GTK_WIDGET (window), "assistant.next", NULL);
  console_test_shoot (GTK_WINDOW (window), "assistant-name");
  gtk_widget_activate_action (GTK_WIDGET (window), "assistant.next", NULL);
  console_test_wait (fake_connection_count (connection, "CreateProfile") == 1);
  sent = mun_json_parse_object (fake_connection_get_last (connection, "CreateProfile"), -1, NULL);
  g_assert_true (mun_json_get_bool (sent, "raw", FALSE));
  properties = mun_json_get_object (sent, "properties");
  details = mun_json_get_object (properties, "details");
  g_assert_false (json_object_has_member (properties, "id"));
  g_assert_cmpstr (mun_json_get_string (properties, "name", ""), ==,
                   "ada@contoso.com via Microsoft 365");
  g_assert_cmpstr (mun_json_get_string (properties, "owner", ""), ==, "admin");
  g_assert_cmpstr (mun_json_get_string (details, "scenario", ""), ==, "single");
  g_assert_cmpstr (mun_json_get_string (details, "credentialsId", ""), ==, "1");
  g_assert_cmpstr (mun_json_get_string (details, "targetUserFolder", ""), ==, "ada@contoso.com");
  console_test_wait (console_test_find_window (MUN_TYPE_PROFILE_ASSISTANT) == NULL);
}

static void
test_assistant_edit (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (JsonNode) profiles = mun_json_parse (PROFILES, -1, NULL);
  g_autoptr (JsonObject) sent = NULL;
  MunProfileAssistant *window
      = mun_profile_assistant_new (NULL, MUN_CONNECTION (connection),
                                   json_array_get_object_element (json_node_get_array (profiles),
                                                                  0));
  JsonObject *properties;

  gtk_window_set_default_size (GTK_WINDOW (window), 360, 640);
  console_test_shoot (GTK_WINDOW (window), "assistant-edit-narrow");
  adw_combo_row_set_selected (ADW_COMBO_ROW (
                                  template_child (window, MUN_TYPE_PROFILE_ASSISTANT, "users_row")),
                              2);
  gtk_widget_activate_action (GTK_WIDGET (window), "assistant.next", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "assistant.next", NULL);
  g_assert_cmpuint (fake_connection_count (connection, "UpdateProfile"), ==, 0);
  adw_combo_row_set_selected (ADW_COMBO_ROW (
                                  template_child (window, MUN_TYPE_PROFILE_ASSISTANT, "users_row")),
                              0);
  for (guint i = 0; i < 3; i++)
    gtk_widget_activate_action (GTK_WIDGET (window), "assistant.next", NULL);
  console_test_wait (fake_connection_count (connection, "UpdateProfile") == 1);
  sent = mun_json_parse_object (fake_connection_get_last (connection, "UpdateProfile"), -1, NULL);
  g_assert_cmpint (mun_json_get_int (sent, "id", 0), ==, 1);
  properties = mun_json_get_object (sent, "properties");
  g_assert_cmpstr (mun_json_get_string (mun_json_get_object (properties, "details"), "novel", ""),
                   ==, "7");
  g_assert_true (json_object_has_member (properties, "serverSideExecution"));
  console_test_wait (console_test_find_window (MUN_TYPE_PROFILE_ASSISTANT) == NULL);
}

static void
applied_cb (MunListDialog *dialog, JsonArray *items, gpointer data)
{
  GStrv *values = data;

  *values = mun_list_dialog_strings_from_items (items);
}

static void
test_list_dialog (void)
{
  const char *const present[] = { "ada", NULL };
  const char *const known[] = { "Bob", "Carol & Co", NULL };
  g_autoptr (JsonArray) items = mun_list_dialog_items_from_strings (present);
  g_autoptr (JsonArray) suggestions = mun_list_dialog_items_from_strings (known);
  g_auto (GStrv) values = NULL;
  MunListDialog *dialog = mun_list_dialog_new (NULL, "Users", "Some & others", "User Name", items);
  GtkEditable *entry = GTK_EDITABLE (template_child (dialog, MUN_TYPE_LIST_DIALOG, "entry"));

  mun_list_dialog_set_suggestions (dialog, suggestions, "A note");
  g_signal_connect (dialog, "applied", G_CALLBACK (applied_cb), &values);
  console_test_shoot (GTK_WINDOW (dialog), "list-dialog");
  console_test_check_labels (GTK_WIDGET (dialog));
  gtk_editable_set_text (entry, "ADA");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "list.add", NULL);
  gtk_editable_set_text (entry, "bob");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "list.add", NULL);
  gtk_editable_set_text (entry, " dora ");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "list.apply", NULL);
  g_assert_nonnull (values);
  g_assert_cmpuint (g_strv_length (values), ==, 3);
  g_assert_cmpstr (values[0], ==, "ada");
  g_assert_cmpstr (values[1], ==, "Bob");
  g_assert_cmpstr (values[2], ==, "dora");
}

static void
privileges_cb (MunPrivilegesDialog *dialog, GStrv privileges, GStrv folder, gpointer data)
{
  char **text = data;
  g_autofree char *first = g_strjoinv (",", privileges);
  g_autofree char *second = g_strjoinv (",", folder);

  *text = g_strdup_printf ("%s|%s", first, second);
}

static void
test_privileges (void)
{
  const char *const privileges[] = { "login", "futurePrivilege", NULL };
  const char *const folder[] = { "read", NULL };
  g_autofree char *text = NULL, *summary = mun_privileges_summary (privileges, folder);
  MunPrivilegesDialog *dialog = mun_privileges_dialog_new (NULL, privileges, folder);

  g_assert_cmpstr (summary, ==, "log on; read own archive");
  g_signal_connect (dialog, "applied", G_CALLBACK (privileges_cb), &text);
  console_test_shoot (GTK_WINDOW (dialog), "privileges");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "privileges.apply", NULL);
  g_assert_cmpstr (text, ==, "login,futurePrivilege|read");
}

int
main (int argc, char **argv)
{
  console_test_init (&argc, &argv);
  g_test_add_func ("/directory/keeps-unknown", test_directory_keeps_unknown);
  g_test_add_func ("/directory/edit-while-saving", test_directory_edit_while_saving);
  g_test_add_func ("/directory/without-credentials", test_directory_without_credentials);
  g_test_add_func ("/directory/discard", test_directory_discard);
  g_test_add_func ("/directory/other-type", test_directory_other_type);
  g_test_add_func ("/directory/error", test_directory_error);
  g_test_add_func ("/directory/narrow", test_directory_narrow);
  g_test_add_func ("/sync/window", test_sync_window);
  g_test_add_func ("/sync/log-only", test_sync_log_only);
  g_test_add_func ("/profiles/run", test_profiles);
  g_test_add_func ("/profiles/run-elsewhere", test_profiles_elsewhere);
  g_test_add_func ("/profiles/run-restarted", test_profiles_restarted);
  g_test_add_func ("/profiles/empty", test_profiles_empty);
  g_test_add_func ("/profiles/delete-asks", test_delete_asks);
  g_test_add_func ("/profiles/report", test_report);
  g_test_add_func ("/assistant/create", test_assistant_create);
  g_test_add_func ("/assistant/edit", test_assistant_edit);
  g_test_add_func ("/dialogs/list", test_list_dialog);
  g_test_add_func ("/dialogs/privileges", test_privileges);
  return g_test_run ();
}
