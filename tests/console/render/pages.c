/* pages.c: the pages in their states */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "render.h"

#include "errors.h"
#include "json.h"
#include "mun-directory-page.h"
#include "mun-folder-tree.h"
#include "mun-message-browser.h"
#include "mun-message-view.h"
#include "mun-operations-button.h"
#include "mun-search-form.h"
#include "mun-search-page.h"
#include "mun-start-page.h"
#include "mun-state-stack.h"

#include <glib/gi18n.h>

#define WIDE_WIDTH 1560
#define WIDE_HEIGHT 900

#define child(widget, TYPE, name)                                                                  \
  GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (widget), (TYPE), (name)))

/* One picture of one page, from what its main function answers. */
typedef struct {
  const char *name, *page, *function;
  const char *json; /* NULL: as in replies.json */
  int error;        /* of MUN_ERROR; -1: none, -2: no answer */
  const char *state;
} State;

#define ANSWER -1
#define SILENCE -2
#define FAILS(code) (int)(code)

static const State states[] = {
  { "dashboard-content", "dashboard", "GetServerInfo", NULL, ANSWER, "content" },
  { "dashboard-quiet", "dashboard", "GetCredentials", "[]", ANSWER, "content" },
  { "dashboard-loading", "dashboard", "GetServerInfo", NULL, SILENCE, "loading" },
  { "dashboard-error", "dashboard", "GetServerInfo", NULL, FAILS (MUN_ERROR_DENIED), "error" },
  { "dashboard-offline", "dashboard", "GetServerInfo", NULL, FAILS (MUN_ERROR_UNREACHABLE),
    "offline" },
  { "users-content", "users", "GetUsers", NULL, ANSWER, "content" },
  { "users-loading", "users", "GetUsers", NULL, SILENCE, "loading" },
  { "users-empty", "users", "GetUsers", "[]", ANSWER, "empty" },
  { "users-error", "users", "GetUsers", NULL, FAILS (MUN_ERROR_DENIED), "error" },
  { "users-offline", "users", "GetUsers", NULL, FAILS (MUN_ERROR_UNREACHABLE), "offline" },
  { "indexes-content", "search-indexes", "GetStoreIndexes", NULL, ANSWER, "content" },
  { "indexes-loading", "search-indexes", "GetStores", NULL, SILENCE, "loading" },
  { "indexes-empty", "search-indexes", "GetStoreIndexes", "[]", ANSWER, "empty" },
  { "indexes-error", "search-indexes", "GetStoreIndexes", NULL, FAILS (MUN_ERROR_DENIED), "error" },
  { "archive-email-content", "archive-email", "GetProfiles", NULL, ANSWER, "content" },
  { "archive-email-loading", "archive-email", "GetProfiles", NULL, SILENCE, "loading" },
  { "archive-email-empty", "archive-email", "GetProfiles", "[]", ANSWER, "empty" },
  { "archive-email-error", "archive-email", "GetProfiles", NULL, FAILS (MUN_ERROR_FAILED),
    "error" },
  { "directory-content", "directory-services", "GetCredentials", NULL, ANSWER, "content" },
  { "directory-no-credential", "directory-services", "GetDirectoryServicesConfiguration",
    "{\"type\":\"Microsoft365ModernAuth\"}", ANSWER, "content" },
  { "directory-none", "directory-services", "GetDirectoryServicesConfiguration",
    "{\"type\":\"None\"}", ANSWER, "content" },
  { "directory-other", "directory-services", "GetDirectoryServicesConfiguration",
    "{\"type\":\"ActiveDirectory\"}", ANSWER, "content" },
  { "directory-loading", "directory-services", "GetDirectoryServicesConfiguration", NULL, SILENCE,
    "loading" },
  { "directory-error", "directory-services", "GetDirectoryServicesConfiguration", NULL,
    FAILS (MUN_ERROR_DENIED), "error" },
  { "directory-offline", "directory-services", "GetDirectoryServicesConfiguration", NULL,
    FAILS (MUN_ERROR_UNREACHABLE), "offline" },
};

static void
prepare (FakeConnection *connection, const State *state)
{
  g_autoptr (GError) error = NULL;

  if (state->error == SILENCE) {
    fake_connection_hold_calls (connection, TRUE);
  } else if (state->error >= 0) {
    error = g_error_new (MUN_ERROR, state->error, "%s: the test wants it so", state->function);
    fake_connection_fail (connection, state->function, error);
  } else if (state->json != NULL) {
    fake_connection_answer (connection, state->function, state->json);
  }
}

static void
test_state (gconstpointer data)
{
  const State *state = data;
  g_autoptr (FakeConnection) connection = render_server_new ();
  MunWindow *window;

  prepare (connection, state);
  window = render_page (connection, state->page, state->state);
  render_shoot (GTK_WINDOW (window), state->name);
  render_close (window);
}

static void
test_start (void)
{
  g_autoptr (GError) error = g_error_new (MUN_ERROR, MUN_ERROR_UNREACHABLE, "archive: no route");
  g_autoptr (MunServerEntry) head
      = mun_server_entry_new ("Head Office", "archive.example.com", 8463, 8462, "admin");
  g_autoptr (MunServerEntry) plant
      = mun_server_entry_new (NULL, "mailstore.plant-two.example.com", 8463, 0, "administrator");
  MunServerList *list = mun_application_get_servers (mun_application_get ());
  MunWindow *window = render_window ();
  MunStartPage *page = render_find (GTK_WIDGET (window), MUN_TYPE_START_PAGE);

  render_shoot (GTK_WINDOW (window), "start-no-server");
  mun_server_list_add (list, head);
  mun_server_list_add (list, plant);
  render_shoot (GTK_WINDOW (window), "start-servers");
  mun_start_page_set_error (page, mun_server_entry_get_name (head), error);
  mun_start_page_set_local_state (page, TRUE, FALSE);
  render_shoot (GTK_WINDOW (window), "start-error");
  mun_start_page_set_error (page, NULL, NULL);
  mun_start_page_set_busy (page, "Connecting to Head Office…");
  render_shoot (GTK_WINDOW (window), "start-connecting");
  mun_server_list_remove (list, head);
  mun_server_list_remove (list, plant);
  render_close (window);
}

static void
test_users_no_results (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  MunWindow *window = render_page (connection, "users", "content");
  GtkWidget *entry = render_find (GTK_WIDGET (mun_window_get_page (window)), GTK_TYPE_SEARCH_ENTRY);

  g_assert_nonnull (entry);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.search", NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "nobody of that name");
  render_wait_for_state (window, "no-results");
  render_shoot (GTK_WINDOW (window), "users-no-results");
  render_close (window);
}

static void
test_profile_runs (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  g_autofree char *json = render_server_dup_reply ("RunProgress");
  g_autoptr (JsonObject) progress = mun_json_parse_object (json, -1, NULL);
  MunWindow *window = render_page (connection, "archive-email", "content");
  GtkWidget *page = GTK_WIDGET (mun_window_get_page (window));
  MunOperationsButton *button;
  MunOperation *operation;

  fake_connection_hold_operations (connection, TRUE);
  gtk_widget_activate_action (page, "profiles.run", "x", (gint64)1);
  operation = mun_operations_find (mun_connection_get_operations (MUN_CONNECTION (connection)),
                                   "archive.example.com", "RunProfile");
  g_assert_nonnull (operation);
  mun_operation_update (operation, 24, "running", progress);
  render_shoot (GTK_WINDOW (window), "archive-email-running");
  button = render_find (GTK_WIDGET (window), MUN_TYPE_OPERATIONS_BUTTON);
  mun_operations_button_set_operations (button, mun_connection_get_operations (
                                                    MUN_CONNECTION (connection)));
  mun_operations_button_popup (button);
  render_shoot_popover (render_find (GTK_WIDGET (button), GTK_TYPE_POPOVER), "operations");
  fake_connection_finish_operations (connection);
  render_close (window);
}

/* A rebuild under way stands above the list. */
static void
test_index_rebuild (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  MunWindow *window = render_page (connection, "search-indexes", "content");
  GtkWidget *page = GTK_WIDGET (mun_window_get_page (window));
  g_autoptr (JsonObject) progress = NULL;
  MunOperation *operation;

  fake_connection_hold_operations (connection, TRUE);
  gtk_widget_activate_action (page, "indexes.select-all", NULL);
  gtk_widget_activate_action (page, "indexes.rebuild", NULL);
  console_test_wait (fake_connection_count (connection, "RebuildSelectedStoreIndexes") == 1);
  operation = mun_operations_find (mun_connection_get_operations (MUN_CONNECTION (connection)),
                                   "archive.example.com", "RebuildSelectedStoreIndexes");
  g_assert_nonnull (operation);
  progress = mun_json_parse_object ("{\"done\":18342,\"known\":48204}", -1, NULL);
  mun_operation_update (operation, 38, "18342 of 48204 messages", progress);
  render_shoot (GTK_WINDOW (window), "indexes-running");
  fake_connection_finish_operations (connection);
  render_close (window);
}

static void
test_directory (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  g_autofree char *refused = render_server_dup_reply ("RefusedCredentials");
  MunWindow *window = render_page (connection, "directory-services", "content");
  GtkWidget *page = GTK_WIDGET (mun_window_get_page (window));
  GtkWidget *hint = child (page, MUN_TYPE_DIRECTORY_PAGE, "state_hint");
  GtkWidget *redirect = child (page, MUN_TYPE_DIRECTORY_PAGE, "redirect_row");
  GtkAdjustment *scroll;

  gtk_widget_activate_action (page, "directory.test-credentials", NULL);
  console_test_wait (fake_connection_count (connection, "TestCredentials") == 1);
  render_shoot (GTK_WINDOW (window), "directory-connected");
  fake_connection_answer (connection, "TestCredentials", refused);
  gtk_widget_activate_action (page, "directory.test-credentials", NULL);
  console_test_wait (gtk_widget_get_visible (hint));
  render_shoot (GTK_WINDOW (window), "directory-refused");
  gtk_editable_set_text (GTK_EDITABLE (redirect), "http://archive.example.com:8462/signin");
  scroll = gtk_scrolled_window_get_vadjustment (
      GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (redirect, GTK_TYPE_SCROLLED_WINDOW)));
  gtk_adjustment_set_value (scroll, gtk_adjustment_get_upper (scroll));
  render_shoot (GTK_WINDOW (window), "directory-unsaved");
  mun_page_discard (MUN_PAGE (page));
  render_close (window);
}

/* The archives and folders of messages.txt, and the row of the search folders. */
#define N_FOLDERS 8

/* Opens every row that is there now. Returns: how many rows there are. */
static guint
open_rows (GListModel *model)
{
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (GtkTreeListRow) row = g_list_model_get_item (model, i);

    if (gtk_tree_list_row_is_expandable (row))
      gtk_tree_list_row_set_expanded (row, TRUE);
  }
  return g_list_model_get_n_items (model);
}

/* Children arrive by and by; the model is another one after each load. */
static GListModel *
open_tree (MunWindow *window)
{
  GtkWidget *tree = render_find (GTK_WIDGET (mun_window_get_page (window)), MUN_TYPE_FOLDER_TREE);
  GtkListView *view = render_find (tree, GTK_TYPE_LIST_VIEW);

  console_test_wait (open_rows (G_LIST_MODEL (gtk_list_view_get_model (view))) == N_FOLDERS);
  return G_LIST_MODEL (gtk_list_view_get_model (view));
}

static void
select_folder (GListModel *model, const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (GtkTreeListRow) row = g_list_model_get_item (model, i);
    g_autoptr (MunFolderNode) node = gtk_tree_list_row_get_item (row);

    if (g_strcmp0 (mun_folder_node_get_full_path (node), name) == 0) {
      gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (model), i);
      return;
    }
  }
  g_error ("the tree has no folder %s", name);
}

static void
wait_for_messages (MunWindow *window, guint n)
{
  MunMessageBrowser *browser
      = render_find (GTK_WIDGET (mun_window_get_page (window)), MUN_TYPE_MESSAGE_BROWSER);
  MunMessageList *list = mun_message_browser_get_list (browser);

  console_test_wait (mun_message_list_get_model (list) != NULL
                     && g_list_model_get_n_items (G_LIST_MODEL (mun_message_list_get_model (list)))
                            >= n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (MunMessageRow) row
        = g_list_model_get_item (G_LIST_MODEL (mun_message_list_get_model (list)), i);

    console_test_wait (mun_message_row_get_id (row) != NULL);
  }
}

static void
select_message (MunWindow *window, const char *subject)
{
  MunMessageBrowser *browser
      = render_find (GTK_WIDGET (mun_window_get_page (window)), MUN_TYPE_MESSAGE_BROWSER);
  MunMessageList *list = mun_message_browser_get_list (browser);
  GListModel *model = G_LIST_MODEL (mun_message_list_get_model (list));
  GtkColumnView *view = render_find (GTK_WIDGET (list), GTK_TYPE_COLUMN_VIEW);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (MunMessageRow) row = g_list_model_get_item (model, i);

    if (g_strcmp0 (mun_message_row_get_subject (row), subject) != 0)
      continue;
    gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (gtk_column_view_get_model (view)), i);
    console_test_wait (
        g_strcmp0 (mun_message_view_get_state (mun_message_browser_get_view (browser)), "message")
        == 0);
    return;
  }
  g_error ("the list has no message %s", subject);
}

static void
test_archive (void)
{
  g_autoptr (FakeConnection) connection = render_server_new_with_archive (TRUE);
  MunWindow *window = render_page (connection, "archive", "content");
  GListModel *tree = open_tree (window);

  render_shoot (GTK_WINDOW (window), "archive-tree");
  select_folder (tree, "ada/Inbox");
  wait_for_messages (window, 11);
  render_shoot (GTK_WINDOW (window), "archive-no-message");
  select_message (window, "Minutes of Monday's meeting");
  render_shoot (GTK_WINDOW (window), "archive-attachments");
  select_message (window, "What is new this week");
  render_shoot (GTK_WINDOW (window), "archive-html");
  select_message (window, "Vermessung des Königreichs");
  render_shoot (GTK_WINDOW (window), "archive-text");
  select_message (window, "A message without its parts");
  g_assert_true (gtk_widget_get_mapped (
      child (render_find (GTK_WIDGET (mun_window_get_page (window)), MUN_TYPE_MESSAGE_VIEW),
             MUN_TYPE_MESSAGE_VIEW, "damage_banner")));
  render_shoot (GTK_WINDOW (window), "archive-damaged");
  select_folder (tree, "ada/Inbox/Projects");
  for (guint i = 0; i < 20; i++)
    console_test_iterate ();
  render_shoot (GTK_WINDOW (window), "archive-empty-folder");
  render_close (window);
}

/* The preview beside the list. */
static void
test_archive_wide (void)
{
  g_autoptr (FakeConnection) connection = render_server_new_with_archive (TRUE);
  MunWindow *window = render_page (connection, "archive", "content");

  gtk_window_set_default_size (GTK_WINDOW (window), WIDE_WIDTH, WIDE_HEIGHT);
  console_test_wait (gtk_widget_get_width (GTK_WIDGET (window)) == WIDE_WIDTH);
  select_folder (open_tree (window), "ada/Inbox");
  wait_for_messages (window, 11);
  select_message (window, "Minutes of Monday's meeting");
  render_shoot (GTK_WINDOW (window), "archive-wide");
  render_close (window);
}

static void
test_archive_empty (void)
{
  g_autoptr (FakeConnection) connection = render_server_new_with_archive (FALSE);
  MunWindow *window = render_page (connection, "archive", "empty");

  render_shoot (GTK_WINDOW (window), "archive-empty");
  render_close (window);
}

/* What is wrong with the text of a search is said in the language of the console. */
static void
check_search_error (GtkWidget *page, guint position, const char *reason)
{
  GtkWidget *stack = render_find (page, MUN_TYPE_STATE_STACK);
  GtkWidget *status = child (stack, MUN_TYPE_STATE_STACK, "error_page");
  g_autofree char *expected
      = g_strdup_printf (gettext ("Search text, at character %u: %s"), position, gettext (reason));

  g_assert_cmpstr (adw_status_page_get_description (ADW_STATUS_PAGE (status)), ==, expected);
  /* the same text would be as wrong again */
  g_assert_false (gtk_widget_get_visible (child (stack, MUN_TYPE_STATE_STACK, "retry_button")));
}

static void
test_search (void)
{
  g_autoptr (FakeConnection) connection = render_server_new_with_archive (TRUE);
  MunWindow *window = render_page (connection, "search", "empty");
  GtkWidget *page = GTK_WIDGET (mun_window_get_page (window));
  GtkWidget *entry = render_find (page, GTK_TYPE_SEARCH_ENTRY);
  GtkWidget *refine = child (page, MUN_TYPE_SEARCH_PAGE, "refine");
  GtkWidget *help = render_find (page, GTK_TYPE_MENU_BUTTON);
  MunSearchForm *form = render_find (page, MUN_TYPE_SEARCH_FORM);

  render_shoot (GTK_WINDOW (window), "search-empty");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (refine), TRUE);
  render_shoot (GTK_WINDOW (window), "search-form");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (refine), FALSE);
  gtk_editable_set_text (GTK_EDITABLE (entry), "invoice");
  gtk_widget_activate_action (page, "page.search", NULL);
  render_wait_for_state (window, "content");
  wait_for_messages (window, 3);
  render_shoot (GTK_WINDOW (window), "search-results");
  select_message (window, "Invoice 2026-1147");
  render_shoot (GTK_WINDOW (window), "search-result-shown");
  select_message (window, "Invoice for the lecture hall");
  render_shoot (GTK_WINDOW (window), "search-result-html");
  gtk_editable_set_text (GTK_EDITABLE (entry), "xylophone");
  gtk_widget_activate_action (page, "page.search", NULL);
  render_wait_for_state (window, "no-results");
  render_shoot (GTK_WINDOW (window), "search-no-results");
  g_assert_nonnull (form);
  gtk_editable_set_text (GTK_EDITABLE (entry), "invoice OR (2026");
  gtk_widget_activate_action (page, "page.search", NULL);
  render_wait_for_state (window, "error");
  check_search_error (page, 12, "a parenthesis is not closed");
  render_shoot (GTK_WINDOW (window), "search-error");
  gtk_menu_button_popup (GTK_MENU_BUTTON (help));
  render_shoot_popover (gtk_menu_button_get_popover (GTK_MENU_BUTTON (help)), "search-help");
  render_close (window);
}

/* A narrow window shows the sidebar alone first. */
static void
test_sidebar (void)
{
  g_autoptr (FakeConnection) connection = render_server_new_with_archive (TRUE);
  MunWindow *window = render_page (connection, "users", "content");

  gtk_widget_activate_action (GTK_WIDGET (window), "win.back", NULL);
  render_shoot (GTK_WINDOW (window), "sidebar");
  render_close (window);
}

void
render_add_pages (void)
{
  g_test_add_func ("/render/start", test_start);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autofree char *path = g_strconcat ("/render/states/", states[i].name, NULL);

    g_test_add_data_func (path, &states[i], test_state);
  }
  g_test_add_func ("/render/users-no-results", test_users_no_results);
  g_test_add_func ("/render/profile-runs", test_profile_runs);
  g_test_add_func ("/render/index-rebuild", test_index_rebuild);
  g_test_add_func ("/render/directory", test_directory);
  g_test_add_func ("/render/archive", test_archive);
  if (render_is_wide ())
    g_test_add_func ("/render/archive-wide", test_archive_wide);
  g_test_add_func ("/render/archive-empty", test_archive_empty);
  g_test_add_func ("/render/search", test_search);
  g_test_add_func ("/render/sidebar", test_sidebar);
}
