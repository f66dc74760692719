/* test-dashboard.c: the Dashboard in its states, without a server */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"
#include "errors.h"
#include "fake-connection.h"
#include "mun-dashboard-page.h"
#include "mun-figure-row.h"
#include "mun-state-stack.h"

#define INFO "{\"version\":\"23.4.0.22110\",\"machineName\":\"ARCHIVE01\"}"
#define STORES                                                                                     \
  "[{\"id\":1,\"name\":\"2025-01\",\"requestedState\":\"normal\",\"statisticsCount\":4817234,"     \
  "\"statisticsSize\":512000000000},"                                                              \
  "{\"id\":2,\"name\":\"2026-01\",\"requestedState\":\"current\",\"statisticsCount\":12345,"       \
  "\"statisticsSize\":987654321,\"searchIndexesNeedRebuild\":true}]"
#define USERS "[{\"userName\":\"admin\"},{\"userName\":\"R&D <x>\"},{\"userName\":\"ada\"}]"
#define PROFILES                                                                                   \
  "[{\"id\":1,\"type\":\"I\",\"connector\":\"Office365\",\"name\":\"All mailboxes\"},"             \
  "{\"id\":2,\"type\":\"I\",\"connector\":\"FileSystem\",\"name\":\"Old mail of R&D <x>\"},"       \
  "{\"id\":3,\"type\":\"I\",\"connector\":\"IMAP\",\"name\":\"Journal\"}]"
#define CREDENTIALS_FORMAT                                                                         \
  "[{\"id\":1,\"name\":\"Contoso & Söhne\",\"certificateNotAfter\":\"%s\"}]"

#define CHILD(page, name)                                                                          \
  ((gpointer)gtk_widget_get_template_child ((page), MUN_TYPE_DASHBOARD_PAGE, (name)))

static char *
format_days_ahead (const char *format, int days)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) later = g_date_time_add_hours (now, 1);
  g_autoptr (GDateTime) then = g_date_time_add_days (later, days);
  g_autofree char *text = g_date_time_format (then, "%Y-%m-%dT%H:%M:%S");
  g_auto (GStrv) parts = g_strsplit (format, "%s", -1);

  return g_strjoinv (text, parts);
}

static FakeConnection *
new_server (void)
{
  FakeConnection *connection = fake_connection_new ();
  g_autofree char *credentials = format_days_ahead (CREDENTIALS_FORMAT, 12);
  g_autofree char *results = format_days_ahead (
      "[{\"id\":7,\"profileId\":1,\"startTime\":\"%s\",\"completeTime\":\"%s\","
      "\"result\":\"succeeded\",\"itemsArchived\":1204},"
      "{\"id\":6,\"profileId\":2,\"startTime\":\"%s\",\"completeTime\":\"%s\","
      "\"result\":\"failed\",\"itemsArchived\":12}]",
      -2);

  fake_connection_answer (connection, "GetServerInfo", INFO);
  fake_connection_answer (connection, "GetStores", STORES);
  fake_connection_answer (connection, "GetUsers", USERS);
  fake_connection_answer (connection, "GetProfiles", PROFILES);
  fake_connection_answer (connection, "GetWorkerResults", results);
  fake_connection_answer (connection, "GetCredentials", credentials);
  fake_connection_answer (connection, "GetDirectoryServicesConfiguration", "{}");
  return connection;
}

static GtkWindow *
show_dashboard (FakeConnection *connection, GtkWidget **page, const char *state, int width)
{
  GtkWindow *window;

  *page = g_object_new (MUN_TYPE_DASHBOARD_PAGE, NULL);
  window = console_test_show (*page, width, 680);
  mun_page_set_connection (MUN_PAGE (*page), MUN_CONNECTION (connection));
  console_test_wait (g_strcmp0 (mun_state_stack_get_visible_name (CHILD (*page, "states")), state)
                     == 0);
  return window;
}

/* Every row below the widget. */
static void
collect_rows (GtkWidget *widget, GPtrArray *rows)
{
  if (MUN_IS_FIGURE_ROW (widget))
    g_ptr_array_add (rows, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_rows (child, rows);
}

static void
assert_titles (GtkWidget *group, ...)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  const char *title;
  guint i = 0;
  va_list titles;

  collect_rows (group, rows);
  va_start (titles, group);
  for (title = va_arg (titles, const char *); title != NULL; title = va_arg (titles, const char *))
    g_assert_cmpstr (adw_preferences_row_get_title (g_ptr_array_index (rows, i++)), ==, title);
  va_end (titles);
  g_assert_cmpuint (rows->len, ==, i);
}

static void
assert_figure (GtkWidget *page, const char *row, const char *figure)
{
  g_assert_true (gtk_widget_get_visible (CHILD (page, row)));
  g_assert_cmpstr (mun_figure_row_get_figure (CHILD (page, row)), ==, figure);
}

static void
test_content (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show_dashboard (connection, &page, "content", 1000);

  console_test_check_labels (GTK_WIDGET (window));
  assert_figure (page, "server_row", "archive.example.com");
  assert_figure (page, "version_row", "23.4.0.22110");
  assert_figure (page, "stores_row", "2");
  assert_figure (page, "users_row", "3");
  assert_figure (page, "messages_row", "4,829,579");
  assert_titles (CHILD (page, "runs_group"), "All mailboxes", "Old mail of R&D <x>", "Journal",
                 NULL);
  assert_titles (CHILD (page, "needs_group"), "Old mail of R&D <x> did not finish its last run",
                 "Search does not find everything in 2026-01",
                 "The certificate of Contoso & Söhne expires in 12 days", NULL);
  assert_titles (CHILD (page, "expiry_group"), "Contoso & Söhne", NULL);
  g_assert_cmpint (mun_page_get_badge (MUN_PAGE (page)), ==, MUN_BADGE_ATTENTION);
  console_test_shoot (window, "dashboard");
  gtk_window_destroy (window);
}

static void
test_narrow (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show_dashboard (connection, &page, "content", 360);

  console_test_wait (gtk_orientable_get_orientation (CHILD (page, "columns"))
                     == GTK_ORIENTATION_VERTICAL);
  console_test_shoot (window, "dashboard-narrow");
  g_assert_cmpint (gtk_widget_get_width (page), <=, 360);
  gtk_window_destroy (window);
}

/* A server that has only part of it: the rest is absent, not empty. */
static void
test_small_server (void)
{
  g_autoptr (FakeConnection) connection = fake_connection_new ();
  GtkWidget *page;
  GtkWindow *window;

  fake_connection_answer (connection, "GetServerInfo", INFO);
  fake_connection_answer (connection, "GetUsers", USERS);
  window = show_dashboard (connection, &page, "content", 1000);
  assert_figure (page, "users_row", "3");
  g_assert_false (gtk_widget_get_visible (CHILD (page, "stores_row")));
  g_assert_false (gtk_widget_get_visible (CHILD (page, "messages_row")));
  g_assert_false (gtk_widget_get_visible (CHILD (page, "size_row")));
  g_assert_false (gtk_widget_get_visible (CHILD (page, "runs_group")));
  assert_titles (CHILD (page, "needs_group"), "Nothing needs attention", NULL);
  g_assert_cmpint (mun_page_get_badge (MUN_PAGE (page)), ==, MUN_BADGE_NONE);
  console_test_shoot (window, "dashboard-small-server");
  gtk_window_destroy (window);
}

static void
test_states (void)
{
  g_autoptr (FakeConnection) connection = fake_connection_new ();
  g_autoptr (GError) denied = g_error_new_literal (MUN_ERROR, MUN_ERROR_DENIED, "denied");
  g_autoptr (GError) gone = g_error_new_literal (MUN_ERROR, MUN_ERROR_UNREACHABLE, "gone");
  GtkWidget *page;
  GtkWindow *window;

  fake_connection_answer (connection, "GetServerInfo", INFO);
  window = show_dashboard (connection, &page, "empty", 900);
  console_test_shoot (window, "dashboard-empty");

  /* What one account may not read is left out. */
  fake_connection_fail (connection, "GetUsers", denied);
  fake_connection_answer (connection, "GetStores", STORES);
  gtk_widget_activate_action (page, "page.refresh", NULL);
  console_test_wait (mun_state_stack_get_state (CHILD (page, "states")) == MUN_STATE_CONTENT);
  g_assert_false (gtk_widget_get_visible (CHILD (page, "users_row")));
  assert_figure (page, "stores_row", "2");

  fake_connection_fail (connection, "GetServerInfo", denied);
  gtk_widget_activate_action (page, "page.refresh", NULL);
  console_test_wait (mun_state_stack_get_state (CHILD (page, "states")) == MUN_STATE_ERROR);
  console_test_shoot (window, "dashboard-error");

  fake_connection_answer (connection, "GetServerInfo", INFO);
  gtk_widget_activate_action (page, "page.refresh", NULL);
  console_test_wait (mun_state_stack_get_state (CHILD (page, "states")) == MUN_STATE_CONTENT);
  fake_connection_fail (connection, "GetStores", gone);
  gtk_widget_activate_action (page, "page.refresh", NULL);
  console_test_wait (mun_state_stack_get_state (CHILD (page, "states")) == MUN_STATE_OFFLINE);
  g_assert_cmpstr (mun_state_stack_get_visible_name (CHILD (page, "states")), ==, "content");
  console_test_shoot (window, "dashboard-offline");
  gtk_window_destroy (window);
}

/* What ran on this server shows at once. */
static void
test_follows_operations (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window;

  fake_connection_answer (connection, "RunProfile", "null");
  window = show_dashboard (connection, &page, "content", 1000);
  g_assert_cmpuint (fake_connection_count (connection, "GetStores"), ==, 1);
  mun_connection_start (MUN_CONNECTION (connection), "RunProfile", NULL, "All mailboxes");
  console_test_wait (fake_connection_count (connection, "GetStores") == 2);
  gtk_window_destroy (window);
}

static void
test_gone (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show_dashboard (connection, &page, "content", 900);

  mun_page_refresh (MUN_PAGE (page));
  g_object_add_weak_pointer (G_OBJECT (page), (gpointer *)&page);
  gtk_window_destroy (window);
  console_test_wait (page == NULL);
}

int
main (int argc, char **argv)
{
  console_test_init (&argc, &argv);
  g_test_add_func ("/dashboard/content", test_content);
  g_test_add_func ("/dashboard/narrow", test_narrow);
  g_test_add_func ("/dashboard/small-server", test_small_server);
  g_test_add_func ("/dashboard/states", test_states);
  g_test_add_func ("/dashboard/follows-operations", test_follows_operations);
  g_test_add_func ("/dashboard/gone", test_gone);
  return g_test_run ();
}
