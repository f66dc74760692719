/* test-window.c: the frame round the pages: states, operations, servers, shortcuts, changes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"
#include "errors.h"
#include "fake-connection.h"
#include "mun-application.h"
#include "mun-directory-page.h"
#include "mun-operation-row.h"
#include "mun-operations-button.h"
#include "mun-server-switcher.h"
#include "mun-shortcuts.h"
#include "mun-state-bar.h"
#include "mun-state-stack.h"
#include "mun-window.h"

#define CHILD(widget, TYPE, name)                                                                  \
  ((gpointer)gtk_widget_get_template_child (GTK_WIDGET (widget), (TYPE), (name)))
#define WINDOW_CHILD(window, name) CHILD (window, MUN_TYPE_WINDOW, name)

static MunApplication *application;

static FakeConnection *
new_server (void)
{
  FakeConnection *connection
      = fake_connection_new_on (mun_application_get_operations (application));

  fake_connection_answer (connection, "GetServerInfo", "{\"version\":\"1.0\"}");
  fake_connection_answer (connection, "GetUsers",
                          "[{\"userName\":\"admin\"},{\"userName\":\"b\"}]");
  fake_connection_answer (connection, "GetProfiles", "[]");
  fake_connection_answer (connection, "GetDirectoryServicesConfiguration",
                          "{\"type\":\"Microsoft365ModernAuth\",\"credentialsId\":1,"
                          "\"redirectUri\":\"https://archive.example.com:8462/oidc/signin\","
                          "\"autoDeleteUsers\":false}");
  fake_connection_answer (connection, "SetDirectoryServicesConfiguration", "null");
  fake_connection_answer (connection, "GetCredentials",
                          "[{\"id\":1,\"name\":\"Contoso\",\"type\":\"AzureAdApp\"}]");
  fake_connection_answer (connection, "RunProfile", "null");
  return connection;
}

static MunWindow *
show_window (FakeConnection *connection, int width, int height)
{
  MunWindow *window = mun_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  if (connection != NULL)
    mun_window_set_connection (window, MUN_CONNECTION (connection));
  return window;
}

static MunStateStack *
states_of (MunWindow *window)
{
  MunPage *page = mun_window_get_page (window);

  return CHILD (page, G_OBJECT_TYPE (page), "states");
}

static void
wait_for_state (MunWindow *window, MunState state)
{
  console_test_wait (mun_state_stack_get_state (states_of (window)) == state);
}

static void
test_pages (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  MunWindow *window = show_window (connection, 1180, 760);
  AdwWindowTitle *title = WINDOW_CHILD (window, "title");

  /* The first page of the server's own; those that it has no functions for are absent. */
  g_assert_cmpstr (mun_window_get_page_id (window), ==, "dashboard");
  wait_for_state (window, MUN_STATE_CONTENT);
  g_assert_false (mun_window_show_page (window, "archive"));
  g_assert_cmpstr (adw_window_title_get_title (title), ==, "Dashboard");
  g_assert_cmpstr (adw_window_title_get_subtitle (title), ==, "archive.example.com");
  console_test_check_labels (GTK_WIDGET (window));
  console_test_shoot (GTK_WINDOW (window), "window");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-nth-page", "i", 3);
  g_assert_cmpstr (mun_window_get_page_id (window), ==, "users");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Users");
  wait_for_state (window, MUN_STATE_CONTENT);
  /* Another server keeps the page. */
  mun_window_set_connection (window, NULL);
  mun_window_set_connection (window, MUN_CONNECTION (connection));
  g_assert_cmpstr (mun_window_get_page_id (window), ==, "users");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_narrow (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  MunWindow *window = show_window (connection, 360, 640);
  AdwLeaflet *leaflet = WINDOW_CHILD (window, "leaflet");

  console_test_wait (adw_leaflet_get_folded (leaflet));
  mun_window_show_page (window, "dashboard");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "dashboard");
  g_assert_true (adw_leaflet_get_visible_child (leaflet) == WINDOW_CHILD (window, "content_bin"));
  wait_for_state (window, MUN_STATE_CONTENT);
  console_test_shoot (GTK_WINDOW (window), "window-narrow");
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 360);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.back", NULL);
  g_assert_true (adw_leaflet_get_visible_child (leaflet) == WINDOW_CHILD (window, "sidebar_box"));
  console_test_shoot (GTK_WINDOW (window), "window-narrow-sidebar");
  gtk_window_destroy (GTK_WINDOW (window));

  /* Just wide enough for both, and not. */
  window = show_window (connection, 800, 640);
  for (guint i = 0; i < 10; i++)
    console_test_iterate ();
  g_assert_false (adw_leaflet_get_folded (WINDOW_CHILD (window, "leaflet")));
  gtk_window_destroy (GTK_WINDOW (window));
  window = show_window (connection, 740, 640);
  console_test_wait (adw_leaflet_get_folded (WINDOW_CHILD (window, "leaflet")));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_offline (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (GError) gone = g_error_new_literal (MUN_ERROR, MUN_ERROR_UNREACHABLE, "gone");
  MunWindow *window = show_window (connection, 1000, 680);
  MunStateBar *bar = WINDOW_CHILD (window, "state_bar");
  guint asked;

  mun_window_show_page (window, "users");
  wait_for_state (window, MUN_STATE_CONTENT);
  mun_window_show_page (window, "dashboard");
  wait_for_state (window, MUN_STATE_CONTENT);
  g_assert_false (mun_state_bar_is_revealed (bar));

  /* A page that gets no answer says so for the whole window; what it showed stays, greyed. */
  fake_connection_fail (connection, "GetServerInfo", gone);
  fake_connection_fail (connection, "GetUsers", gone);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.refresh", NULL);
  console_test_wait (mun_state_bar_is_revealed (bar));
  wait_for_state (window, MUN_STATE_OFFLINE);
  g_assert_cmpstr (mun_state_stack_get_visible_name (states_of (window)), ==, "content");
  g_assert_nonnull (strstr (mun_state_bar_get_text (bar), "archive.example.com"));
  console_test_shoot (GTK_WINDOW (window), "window-offline");
  mun_window_show_page (window, "users");
  wait_for_state (window, MUN_STATE_OFFLINE);

  mun_connection_set_state (MUN_CONNECTION (connection), MUN_CONNECTION_CONNECTING, NULL);
  g_assert_true (mun_state_bar_is_revealed (bar));
  console_test_shoot (GTK_WINDOW (window), "window-connecting");

  /* Connected again: the page that is shown loads at once, the others when they are shown. */
  fake_connection_answer (connection, "GetServerInfo", "{\"version\":\"1.0\"}");
  fake_connection_answer (connection, "GetUsers", "[{\"userName\":\"admin\"}]");
  mun_connection_set_state (MUN_CONNECTION (connection), MUN_CONNECTION_CONNECTED, NULL);
  g_assert_false (mun_state_bar_is_revealed (bar));
  wait_for_state (window, MUN_STATE_CONTENT);
  asked = fake_connection_count (connection, "GetServerInfo");
  mun_window_show_page (window, "dashboard");
  wait_for_state (window, MUN_STATE_CONTENT);
  g_assert_cmpuint (fake_connection_count (connection, "GetServerInfo"), ==, asked + 1);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_keyring_bar (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  MunWindow *window = show_window (connection, 1000, 680);
  MunStateBar *bar = WINDOW_CHILD (window, "state_bar");

  wait_for_state (window, MUN_STATE_CONTENT);
  gtk_widget_activate_action (GTK_WIDGET (mun_window_get_page (window)), "win.keyring-locked",
                              NULL);
  g_assert_true (mun_state_bar_is_revealed (bar));
  console_test_shoot (GTK_WINDOW (window), "window-keyring");
  /* The rig's keyring is open: unlocking asks nobody. */
  gtk_widget_activate_action (CHILD (bar, MUN_TYPE_STATE_BAR, "button"), "win.unlock-keyring",
                              NULL);
  console_test_wait (!mun_state_bar_is_revealed (bar));
  gtk_window_destroy (GTK_WINDOW (window));
}

static guint
count_rows (GtkWidget *list)
{
  guint n = 0;

  while (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), n) != NULL)
    n++;
  return n;
}

static void
test_operations (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (JsonObject) progress = json_object_new ();
  g_autoptr (GError) failure
      = g_error_new_literal (MUN_ERROR, MUN_ERROR_NO_SPACE, "The disk is full.");
  MunWindow *window = show_window (connection, 1000, 680);
  GtkWidget *button = WINDOW_CHILD (window, "operations_button");
  GtkWidget *list = CHILD (button, MUN_TYPE_OPERATIONS_BUTTON, "list");
  GtkLabel *count = CHILD (button, MUN_TYPE_OPERATIONS_BUTTON, "count");
  GtkPopover *popover = CHILD (button, MUN_TYPE_OPERATIONS_BUTTON, "popover");
  MunOperation *first, *second;

  g_assert_false (gtk_widget_get_visible (button));
  fake_connection_hold_operations (connection, TRUE);
  first = mun_connection_start (MUN_CONNECTION (connection), "RunProfile", NULL, "R&D <x>");
  second = mun_connection_start (MUN_CONNECTION (connection), "RunProfile", NULL, "Second");
  g_assert_true (gtk_widget_get_visible (button));
  g_assert_cmpstr (gtk_label_get_text (count), ==, "2");
  g_assert_cmpuint (count_rows (list), ==, 2);
  json_object_set_double_member (progress, "rate", 120);
  json_object_set_double_member (progress, "remainingSeconds", 200);
  mun_operation_update (first, 40, "ada@contoso.com · Inbox", progress);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-operations", NULL);
  console_test_wait (gtk_widget_get_mapped (GTK_WIDGET (popover)));
  console_test_check_labels (GTK_WIDGET (popover));
  console_test_shoot_native (GTK_WIDGET (popover), "operations-running");

  /* A cancelled one waits for the server; a failed one says why. */
  mun_operation_cancel (second);
  g_assert_true (mun_operation_get_cancel_requested (second));
  g_assert_cmpstr (mun_operation_get_details (second), ==, "Cancelling…");
  fake_connection_fail (connection, "RunProfile", failure);
  fake_connection_finish_operations (connection);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (count)));
  g_assert_cmpuint (count_rows (list), ==, 2);
  console_test_shoot_native (GTK_WIDGET (popover), "operations-finished");
  console_test_shoot (GTK_WINDOW (window), "window-operations");

  /* Seen, and gone. */
  gtk_popover_popdown (popover);
  console_test_wait (!gtk_widget_get_visible (button));
  g_assert_cmpuint (g_list_model_get_n_items (
                        G_LIST_MODEL (mun_application_get_operations (application))),
                    ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_switcher (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (MunServerEntry) other
      = mun_server_entry_new ("R&D <archive>", "rd.example.com", 8463, 8462, "admin");
  g_autoptr (GError) changed = g_error_new_literal (MUN_ERROR, MUN_ERROR_CERTIFICATE_CHANGED, "x");
  MunServerEntry *present = mun_connection_get_entry (MUN_CONNECTION (connection));
  MunServerList *servers = mun_application_get_servers (application);
  MunWindow *window;
  MunServerSwitcher *switcher;
  GtkPopover *popover;

  mun_server_list_add (servers, present);
  mun_server_list_add (servers, other);
  mun_server_entry_set_problem (other, "Server Not Reached");
  window = show_window (connection, 1000, 680);
  switcher = WINDOW_CHILD (window, "switcher");
  popover = CHILD (switcher, MUN_TYPE_SERVER_SWITCHER, "popover");
  g_assert_cmpstr (gtk_label_get_text (CHILD (switcher, MUN_TYPE_SERVER_SWITCHER, "name")), ==,
                   "archive.example.com");
  g_assert_cmpstr (mun_server_switcher_get_state (switcher, present), ==, "Connected");
  g_assert_cmpstr (mun_server_switcher_get_state (switcher, other), ==, "Server Not Reached");
  gtk_menu_button_popup (CHILD (switcher, MUN_TYPE_SERVER_SWITCHER, "button"));
  console_test_wait (gtk_widget_get_mapped (GTK_WIDGET (popover)));
  g_assert_cmpuint (count_rows (CHILD (switcher, MUN_TYPE_SERVER_SWITCHER, "list")), ==, 3);
  console_test_check_labels (GTK_WIDGET (popover));
  console_test_shoot_native (GTK_WIDGET (popover), "server-switcher");
  gtk_popover_popdown (popover);
  mun_connection_set_state (MUN_CONNECTION (connection), MUN_CONNECTION_FAILED, changed);
  g_assert_cmpstr (mun_server_switcher_get_state (switcher, present), ==,
                   "The Server’s Certificate Has Changed");
  gtk_window_destroy (GTK_WINDOW (window));
  mun_server_list_remove (servers, present);
  mun_server_list_remove (servers, other);
}

/* Changes are saved by Save, stay on another page, and are never lost without a question. */
static void
test_changes (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  MunWindow *window = show_window (connection, 1000, 680);
  GtkWidget *save = WINDOW_CHILD (window, "save_button");
  GtkWindow *dialog = NULL;
  MunPage *page;

  mun_window_show_page (window, "directory-services");
  wait_for_state (window, MUN_STATE_CONTENT);
  page = mun_window_get_page (window);
  g_assert_false (gtk_widget_get_visible (save));
  gtk_switch_set_active (CHILD (page, MUN_TYPE_DIRECTORY_PAGE, "delete_switch"), TRUE);
  g_assert_true (mun_page_get_modified (page));
  g_assert_true (gtk_widget_get_visible (save));
  g_assert_true (gtk_widget_get_visible (WINDOW_CHILD (window, "discard_button")));
  console_test_shoot (GTK_WINDOW (window), "window-changes");

  mun_window_show_page (window, "users");
  g_assert_false (gtk_widget_get_visible (save));
  g_assert_true (mun_page_get_modified (page));
  console_test_shoot (GTK_WINDOW (window), "window-reminder");
  gtk_window_close (GTK_WINDOW (window));
  console_test_wait ((dialog = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_shoot (dialog, "window-leave");
  console_test_respond (dialog, "cancel");
  console_test_wait (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
  g_assert_true (mun_page_get_modified (page));

  mun_window_show_page (window, "directory-services");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.save", NULL);
  console_test_wait (fake_connection_count (connection, "SetDirectoryServicesConfiguration") == 1);
  console_test_wait (!mun_page_get_modified (page));
  g_assert_false (gtk_widget_get_visible (save));

  gtk_switch_set_active (CHILD (page, MUN_TYPE_DIRECTORY_PAGE, "delete_switch"), FALSE);
  gtk_window_close (GTK_WINDOW (window));
  console_test_wait ((dialog = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_respond (dialog, "confirm");
  console_test_wait (console_test_find_window (MUN_TYPE_WINDOW) == NULL);
  g_assert_cmpuint (fake_connection_count (connection, "SetDirectoryServicesConfiguration"), ==, 1);
}

/* The next window is as large as the last one was. */
static void
test_remembers (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  MunWindow *window = show_window (connection, 900, 600);
  GSettings *settings = mun_application_get_settings (application);
  g_autofree char *page = NULL;
  int width = 0, height = 0;

  mun_window_show_page (window, "users");
  gtk_window_close (GTK_WINDOW (window));
  console_test_wait (console_test_find_window (MUN_TYPE_WINDOW) == NULL);
  window = mun_window_new (application);
  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  g_assert_cmpint (width, ==, 900);
  g_assert_cmpint (height, ==, 600);
  page = g_settings_get_string (settings, "last-page");
  g_assert_cmpstr (page, ==, "users");
  mun_window_set_connection (window, MUN_CONNECTION (connection));
  g_assert_cmpstr (mun_window_get_page_id (window), ==, "users");
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
has_action (MunWindow *window, const char *detailed)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;
  const GVariantType *parameter;

  if (!g_action_parse_detailed_name (detailed, &name, &target, NULL))
    return FALSE;
  if (g_str_has_prefix (name, "app."))
    return g_action_group_has_action (G_ACTION_GROUP (application), name + strlen ("app."));
  for (guint i = 0; i < 100; i++) {
    const char *owner_action, *property;
    GType owner;

    if (!gtk_widget_class_query_action (GTK_WIDGET_GET_CLASS (window), i, &owner, &owner_action,
                                        &parameter, &property))
      return FALSE;
    if (g_str_equal (owner_action, name))
      return target == NULL ? parameter == NULL : g_variant_is_of_type (target, parameter);
  }
  return FALSE;
}

/* The accelerators that the shortcuts window shows, one a string. */
static void
collect_shortcuts (GtkWidget *widget, GPtrArray *shortcuts)
{
  if (GTK_IS_SHORTCUTS_SHORTCUT (widget)) {
    g_autofree char *accelerator = NULL;
    g_auto (GStrv) single = NULL;

    g_object_get (widget, "accelerator", &accelerator, NULL);
    single = g_strsplit (accelerator, " ", -1);
    for (guint i = 0; single[i] != NULL; i++)
      g_ptr_array_add (shortcuts, g_strdup (single[i]));
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_shortcuts (child, shortcuts);
}

static gboolean
contains (GPtrArray *shortcuts, const char *accelerator)
{
  return g_ptr_array_find_with_equal_func (shortcuts, accelerator, g_str_equal, NULL);
}

static gboolean
in_table (const char *accelerator)
{
  guint n_accelerators;
  const MunAccelerator *table = mun_application_list_accelerators (&n_accelerators);

  for (guint i = 0; i < n_accelerators; i++)
    if (g_strv_contains (table[i].accels, accelerator))
      return TRUE;
  return FALSE;
}

static void
test_shortcuts (void)
{
  static const char *const elsewhere[]
      = { "F10", "<Alt>1...9", "Return", "space", "<Shift>space", "<Control>u", "Delete", NULL };
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func (g_free);
  MunWindow *window = show_window (connection, 1000, 680);
  GtkWindow *overlay = mun_shortcuts_show (GTK_WINDOW (window));
  guint n_accelerators;
  const MunAccelerator *table = mun_application_list_accelerators (&n_accelerators);

  collect_shortcuts (GTK_WIDGET (overlay), shown);
  g_assert_cmpuint (shown->len, >, 10);
  for (guint i = 0; i < n_accelerators; i++) {
    if (!has_action (window, table[i].action) && !g_str_equal (table[i].action, "window.close"))
      g_error ("no action %s", table[i].action);
    if (g_str_has_prefix (table[i].action, "win.show-nth-page"))
      g_assert_true (contains (shown, "<Alt>1...9"));
    else if (!contains (shown, table[i].accels[0]))
      g_error ("%s is not in the shortcuts window", table[i].accels[0]);
  }
  /* F10 is the menu button's own, some are the message list's. */
  for (guint i = 0; i < shown->len; i++) {
    const char *accelerator = g_ptr_array_index (shown, i);

    if (!g_strv_contains (elsewhere, accelerator) && !in_table (accelerator))
      g_error ("%s does nothing", accelerator);
  }
  console_test_shoot (overlay, "shortcuts");
  gtk_window_close (overlay);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_start (void)
{
  MunWindow *window = show_window (NULL, 1000, 680);

  console_test_check_labels (GTK_WIDGET (window));
  console_test_shoot (GTK_WINDOW (window), "start");
  /* Nothing to refresh or search: the actions do nothing. */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.refresh", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.create", NULL);
  g_assert_null (mun_window_get_page (window));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_about (void)
{
  MunWindow *window = show_window (NULL, 1000, 680);
  GtkWindow *about;

  g_action_group_activate_action (G_ACTION_GROUP (application), "about", NULL);
  console_test_wait ((about = console_test_find_window (ADW_TYPE_ABOUT_WINDOW)) != NULL);
  g_assert_cmpstr (adw_about_window_get_application_name (ADW_ABOUT_WINDOW (about)), ==,
                   "Muniment");
  console_test_shoot (about, "about");
  gtk_window_destroy (about);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  int status;

  console_test_init (&argc, &argv);
  application = mun_application_new (G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_application_hold (G_APPLICATION (application));
  g_test_add_func ("/window/start", test_start);
  g_test_add_func ("/window/pages", test_pages);
  g_test_add_func ("/window/narrow", test_narrow);
  g_test_add_func ("/window/offline", test_offline);
  g_test_add_func ("/window/keyring-bar", test_keyring_bar);
  g_test_add_func ("/window/operations", test_operations);
  g_test_add_func ("/window/switcher", test_switcher);
  g_test_add_func ("/window/changes", test_changes);
  g_test_add_func ("/window/remembers", test_remembers);
  g_test_add_func ("/window/shortcuts", test_shortcuts);
  g_test_add_func ("/window/about", test_about);
  status = g_test_run ();
  g_clear_object (&application);
  return status;
}
