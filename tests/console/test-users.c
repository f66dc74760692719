/* test-users.c: the Users page and its dialogs, without a server */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"
#include "errors.h"
#include "fake-connection.h"
#include "json.h"
#include "mun-state-stack.h"
#include "mun-user-dialog.h"
#include "mun-users-page.h"

#define USERS                                                                                      \
  "[{\"userName\":\"zoe@x.org\",\"fullName\":\"Zoe\",\"distinguishedName\":null},"                 \
  "{\"userName\":\"r&d@x.org\",\"fullName\":\"R&D <x>\",\"mfaStatus\":\"off\"},"                   \
  "{\"userName\":\"admin\",\"fullName\":null}]"
#define INFO                                                                                       \
  "{\"userName\":\"r&d@x.org\",\"fullName\":\"R&D <x>\",\"distinguishedName\":null,"               \
  "\"authentication\":\"directoryServices\",\"emailAddresses\":[\"r&d@x.org\",\"rd@x.org\"],"      \
  "\"pop3UserNames\":[],\"privileges\":[\"login\",\"novel\"],"                                     \
  "\"privilegesOnFolders\":[{\"folder\":\"zoe@x.org\",\"privileges\":[\"read\"]}],"                \
  "\"loginPrivileges\":[\"windows\",\"web\"],\"mfaStatus\":\"off\"}"

#define CHILD(widget, TYPE, name)                                                                  \
  ((gpointer)gtk_widget_get_template_child (GTK_WIDGET (widget), (TYPE), (name)))

static FakeConnection *
new_server (void)
{
  static const char *const setters[] = { "CreateUser",
                                         "RenameUser",
                                         "DeleteUser",
                                         "MoveFolder",
                                         "SetUserFullName",
                                         "SetUserAuthentication",
                                         "SetUserPassword",
                                         "SetUserEmailAddresses",
                                         "SetUserPop3UserNames",
                                         "SetUserPrivileges",
                                         "SetUserLoginPrivileges",
                                         "SetUserPrivilegesOnFolder",
                                         "SetUserDistinguishedName" };
  FakeConnection *connection = fake_connection_new ();

  fake_connection_answer (connection, "GetUsers", USERS);
  fake_connection_answer (connection, "GetUserInfo", INFO);
  for (guint i = 0; i < G_N_ELEMENTS (setters); i++)
    fake_connection_answer (connection, setters[i], "null");
  return connection;
}

static GtkWindow *
show_users (FakeConnection *connection, GtkWidget **page, const char *state, int width)
{
  GtkWindow *window;
  MunStateStack *states;

  *page = g_object_new (MUN_TYPE_USERS_PAGE, NULL);
  window = console_test_show (*page, width, 600);
  mun_page_set_connection (MUN_PAGE (*page), MUN_CONNECTION (connection));
  states = CHILD (*page, MUN_TYPE_USERS_PAGE, "states");
  console_test_wait (g_strcmp0 (mun_state_stack_get_visible_name (states), state) == 0);
  return window;
}

static GtkSingleSelection *
selection_of (GtkWidget *page)
{
  return GTK_SINGLE_SELECTION (
      gtk_column_view_get_model (CHILD (page, MUN_TYPE_USERS_PAGE, "view")));
}

static void
test_list (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show_users (connection, &page, "content", 900);
  GListModel *model = G_LIST_MODEL (selection_of (page));
  MunStateStack *states = CHILD (page, MUN_TYPE_USERS_PAGE, "states");
  GtkEditable *search = CHILD (page, MUN_TYPE_USERS_PAGE, "search_entry");

  console_test_check_labels (GTK_WIDGET (window));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 3);
  /* What a row shows besides its name is asked for when it is shown, once. */
  console_test_wait (fake_connection_count (connection, "GetUserInfo") == 3);
  console_test_shoot (window, "users");
  g_assert_cmpstr (gtk_label_get_label (CHILD (page, MUN_TYPE_USERS_PAGE, "count")), ==, "3 users");

  mun_page_start_search (MUN_PAGE (page));
  gtk_editable_set_text (search, "zoe");
  console_test_wait (g_list_model_get_n_items (model) == 1);
  g_assert_cmpstr (gtk_label_get_label (CHILD (page, MUN_TYPE_USERS_PAGE, "count")), ==,
                   "1 of 3 users");
  gtk_editable_set_text (search, "nobody");
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_NO_RESULTS);
  console_test_shoot (window, "users-no-results");
  gtk_window_destroy (window);
}

static void
test_states (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (GError) denied = g_error_new_literal (MUN_ERROR, MUN_ERROR_DENIED, "GetUsers: denied");
  g_autoptr (GError) gone = g_error_new_literal (MUN_ERROR, MUN_ERROR_UNREACHABLE, "gone");
  GtkWidget *page;
  MunStateStack *states;
  GtkWindow *window;

  fake_connection_answer (connection, "GetUsers", "[]");
  window = show_users (connection, &page, "empty", 900);
  states = CHILD (page, MUN_TYPE_USERS_PAGE, "states");
  console_test_shoot (window, "users-empty");
  fake_connection_fail (connection, "GetUsers", denied);
  gtk_widget_activate_action (page, "page.refresh", NULL);
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_ERROR);
  console_test_shoot (window, "users-error");
  fake_connection_fail (connection, "GetUsers", gone);
  gtk_widget_activate_action (page, "page.refresh", NULL);
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_OFFLINE);
  g_assert_cmpstr (mun_state_stack_get_visible_name (states), ==, "offline");
  gtk_window_destroy (window);
}

static void
test_narrow (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show_users (connection, &page, "content", 360);
  GListModel *columns = gtk_column_view_get_columns (CHILD (page, MUN_TYPE_USERS_PAGE, "view"));
  g_autoptr (GtkColumnViewColumn) last = g_list_model_get_item (columns, 3);

  console_test_wait (!gtk_column_view_column_get_visible (last));
  console_test_shoot (window, "users-narrow");
  gtk_window_destroy (window);
}

static void
select_user (GtkWidget *page, guint position)
{
  gtk_single_selection_set_selected (selection_of (page), position);
}

static void
test_edit (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (JsonObject) sent = NULL;
  GtkWidget *page;
  GtkWindow *window = show_users (connection, &page, "content", 900);
  GtkWindow *dialog = NULL;

  console_test_wait (fake_connection_count (connection, "GetUserInfo") == 3);
  select_user (page, 1);
  gtk_widget_activate_action (page, "users.properties", NULL);
  console_test_wait ((dialog = console_test_find_window (MUN_TYPE_USER_DIALOG)) != NULL);
  console_test_shoot (dialog, "user-properties");
  console_test_check_labels (GTK_WIDGET (dialog));
  g_assert_false (gtk_widget_get_sensitive (CHILD (dialog, MUN_TYPE_USER_DIALOG, "save_button")));

  gtk_editable_set_text (CHILD (dialog, MUN_TYPE_USER_DIALOG, "addresses"), "r&d@x.org, wrong");
  g_assert_false (gtk_widget_get_sensitive (CHILD (dialog, MUN_TYPE_USER_DIALOG, "save_button")));
  console_test_shoot (dialog, "user-wrong-address");
  gtk_editable_set_text (CHILD (dialog, MUN_TYPE_USER_DIALOG, "addresses"), "rd@x.org, r&d@x.org");
  g_assert_true (gtk_widget_get_sensitive (CHILD (dialog, MUN_TYPE_USER_DIALOG, "save_button")));
  gtk_widget_activate_action (GTK_WIDGET (dialog), "user.save", NULL);
  console_test_wait (fake_connection_count (connection, "SetUserEmailAddresses") == 1);
  console_test_wait (console_test_find_window (MUN_TYPE_USER_DIALOG) == NULL);
  sent = mun_json_parse_object (fake_connection_get_last (connection, "SetUserEmailAddresses"), -1,
                                NULL);
  g_assert_cmpstr (mun_json_get_string (sent, "emailAddresses", ""), ==, "rd@x.org,r&d@x.org");
  /* Nothing else was written, and the list was read again. */
  g_assert_cmpuint (fake_connection_count (connection, "SetUserPrivileges"), ==, 0);
  g_assert_cmpuint (fake_connection_count (connection, "SetUserAuthentication"), ==, 0);
  console_test_wait (fake_connection_count (connection, "GetUsers") == 2);
  gtk_window_destroy (window);
}

static void
test_create (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (GError) failure
      = g_error_new_literal (MUN_ERROR, MUN_ERROR_FAILED, "No more licences.");
  GtkWidget *page;
  GtkWindow *window = show_users (connection, &page, "content", 900);
  GtkWindow *dialog = NULL;

  gtk_widget_activate_action (page, "users.create", NULL);
  console_test_wait ((dialog = console_test_find_window (MUN_TYPE_USER_DIALOG)) != NULL);
  gtk_editable_set_text (CHILD (dialog, MUN_TYPE_USER_DIALOG, "user_name"), "new");
  g_assert_false (gtk_widget_get_sensitive (CHILD (dialog, MUN_TYPE_USER_DIALOG, "save_button")));
  gtk_editable_set_text (CHILD (dialog, MUN_TYPE_USER_DIALOG, "password"), "secret");
  gtk_editable_set_text (CHILD (dialog, MUN_TYPE_USER_DIALOG, "addresses"), "new@x.org");
  console_test_shoot (dialog, "user-new");

  /* After a failure in the middle, what was done is not done again. */
  fake_connection_fail (connection, "SetUserEmailAddresses", failure);
  gtk_widget_activate_action (GTK_WIDGET (dialog), "user.save", NULL);
  console_test_wait (gtk_widget_get_visible (CHILD (dialog, MUN_TYPE_USER_DIALOG, "problem")));
  console_test_shoot (dialog, "user-failed");
  fake_connection_answer (connection, "SetUserEmailAddresses", "null");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "user.save", NULL);
  console_test_wait (console_test_find_window (MUN_TYPE_USER_DIALOG) == NULL);
  g_assert_cmpuint (fake_connection_count (connection, "CreateUser"), ==, 1);
  gtk_window_destroy (window);
}

static void
test_rename_and_delete (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show_users (connection, &page, "content", 900);
  GtkWindow *dialog = NULL;

  select_user (page, 0);
  gtk_widget_activate_action (page, "users.rename", NULL);
  console_test_wait ((dialog = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_shoot (dialog, "user-rename");
  console_test_respond (dialog, "rename");
  console_test_wait (fake_connection_count (connection, "MoveFolder") == 1);
  g_assert_cmpuint (fake_connection_count (connection, "RenameUser"), ==, 1);
  console_test_wait (fake_connection_count (connection, "GetUsers") == 2);

  console_test_wait (gtk_single_selection_get_selected_item (selection_of (page)) != NULL);
  gtk_widget_activate_action (page, "users.delete", NULL);
  console_test_wait ((dialog = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_shoot (dialog, "user-delete");
  console_test_respond (dialog, "cancel");
  for (guint i = 0; i < 5; i++)
    console_test_iterate ();
  g_assert_cmpuint (fake_connection_count (connection, "DeleteUser"), ==, 0);
  gtk_widget_activate_action (page, "users.delete", NULL);
  console_test_wait ((dialog = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  console_test_respond (dialog, "confirm");
  console_test_wait (fake_connection_count (connection, "DeleteUser") == 1);
  gtk_window_destroy (window);
}

static void
test_small_server (void)
{
  g_autoptr (FakeConnection) connection = fake_connection_new ();
  GtkWidget *page;
  GtkWindow *window;

  fake_connection_answer (connection, "GetUsers", USERS);
  window = show_users (connection, &page, "content", 900);
  select_user (page, 0);
  /* Actions that the server has no function for do nothing; the button to create is not there. */
  gtk_widget_activate_action (page, "users.properties", NULL);
  gtk_widget_activate_action (page, "users.delete", NULL);
  g_assert_null (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG));
  g_assert_false (gtk_widget_get_visible (CHILD (page, MUN_TYPE_USERS_PAGE, "create_button")));
  gtk_window_destroy (window);
}

static void
test_gone (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show_users (connection, &page, "content", 900);

  mun_page_refresh (MUN_PAGE (page));
  g_object_add_weak_pointer (G_OBJECT (page), (gpointer *)&page);
  gtk_window_destroy (window);
  console_test_wait (page == NULL);
}

int
main (int argc, char **argv)
{
  console_test_init (&argc, &argv);
  g_test_add_func ("/users/list", test_list);
  g_test_add_func ("/users/states", test_states);
  g_test_add_func ("/users/narrow", test_narrow);
  g_test_add_func ("/users/edit", test_edit);
  g_test_add_func ("/users/create", test_create);
  g_test_add_func ("/users/rename-and-delete", test_rename_and_delete);
  g_test_add_func ("/users/small-server", test_small_server);
  g_test_add_func ("/users/gone", test_gone);
  return g_test_run ();
}
