/* test-stores.c: the page Storage Locations, on a real server */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"
#include "json.h"
#include "mun-state-stack.h"
#include "mun-store-row.h"
#include "mun-stores-page.h"
#include "secret.h"
#include "test-server.h"

#include <signal.h>
#include <string.h>

#define PAGE_CHILD(page, name)                                                                     \
  ((gpointer)gtk_widget_get_template_child (GTK_WIDGET (page), MUN_TYPE_STORES_PAGE, (name)))
#define ROW_CHILD(row, name)                                                                       \
  ((gpointer)gtk_widget_get_template_child (GTK_WIDGET (row), MUN_TYPE_STORE_ROW, (name)))

typedef struct {
  TestServer *server;
  MunOperations *operations;
  MunConnection *connection;
  GtkWidget *page;
  GtkWindow *window;
  char *toast;
} Fixture;

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  mun_connection_open_finish (MUN_CONNECTION (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

static MunConnection *
open_connection (TestServer *server, MunOperations *operations)
{
  g_autoptr (MunServerEntry) entry
      = mun_server_entry_new ("archive", "127.0.0.1", server->admin_port, server->web_port,
                              TEST_ADMIN);
  g_autoptr (MunSecret) password = mun_secret_new (TEST_PASSWORD, strlen (TEST_PASSWORD));
  MunConnection *connection;
  gboolean opened = FALSE;

  mun_server_entry_set_fingerprint (entry, server->fingerprint);
  connection = mun_connection_new (entry, operations);
  mun_connection_open_async (connection, password, NULL, opened_cb, &opened);
  console_test_wait (opened);
  return connection;
}

static void
toast_cb (MunPage *page, AdwToast *toast, Fixture *fixture)
{
  g_free (fixture->toast);
  fixture->toast = g_strdup (adw_toast_get_title (toast));
}

/* A server with twenty messages in its one store. */
static TestServer *
start_server (void)
{
  TestServer *server = test_server_start (NULL, NULL);
  g_autofree char *bearer = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) messages = NULL;
  g_autoptr (JsonObject) reply = NULL;

  for (guint i = 0; i < 20; i++) {
    g_autofree char *subject = g_strdup_printf ("apples %u", i);
    g_autofree char *message = test_message (subject, "a@example.org", "b@example.org", "fruit");

    g_strv_builder_add (builder, message);
  }
  messages = g_strv_builder_end (builder);
  reply = test_server_upload (server, bearer, "admin/Inbox", (const char *const *)messages);
  g_assert_cmpint (mun_json_get_int (reply, "archived", 0), ==, 20);
  return server;
}

/* Takes @server. */
static void
set_up (Fixture *fixture, TestServer *server)
{
  MunStateStack *states;

  *fixture = (Fixture){ .server = server, .operations = mun_operations_new () };
  fixture->connection = open_connection (server, fixture->operations);
  fixture->page = g_object_new (MUN_TYPE_STORES_PAGE, NULL);
  fixture->window = console_test_show (fixture->page, 900, 600);
  g_signal_connect (fixture->page, "toast", G_CALLBACK (toast_cb), fixture);
  mun_page_set_connection (MUN_PAGE (fixture->page), fixture->connection);
  states = PAGE_CHILD (fixture->page, "states");
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_CONTENT);
}

static void
tear_down (Fixture *fixture)
{
  gtk_window_destroy (fixture->window);
  g_clear_object (&fixture->connection);
  g_clear_object (&fixture->operations);
  test_server_free (fixture->server);
  g_free (fixture->toast);
}

static MunStoreRow *
find_in (GtkWidget *widget, gint64 id)
{
  GtkWidget *child;

  if (MUN_IS_STORE_ROW (widget))
    return mun_store_row_get_id (MUN_STORE_ROW (widget)) == id ? MUN_STORE_ROW (widget) : NULL;
  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    MunStoreRow *row = find_in (child, id);

    if (row != NULL)
      return row;
  }
  return NULL;
}

/* The row is another one after each load. */
static MunStoreRow *
row_of (Fixture *fixture, gint64 id)
{
  return find_in (fixture->page, id);
}

static gboolean
has_outcome (Fixture *fixture, gint64 id, const char *words)
{
  MunStoreRow *row = row_of (fixture, id);

  return row != NULL && gtk_widget_get_visible (ROW_CHILD (row, "outcome_box"))
         && strcmp (gtk_label_get_label (ROW_CHILD (row, "outcome_label")), words) == 0;
}

static gboolean
is_in_state (Fixture *fixture, gint64 id, const char *state)
{
  MunStoreRow *row = row_of (fixture, id);

  return row != NULL
         && g_strcmp0 (mun_json_get_string (mun_store_row_get_store (row), "requestedState", ""),
                       state)
                == 0;
}

static void
act (Fixture *fixture, gint64 id, MunCare care)
{
  g_autofree char *action = g_strconcat ("store.", mun_care_get_function (care), NULL);

  gtk_widget_activate_action (GTK_WIDGET (row_of (fixture, id)), action, NULL);
}

static void
answer (const char *response)
{
  GtkWindow *dialog;

  console_test_wait (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG) != NULL);
  dialog = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG);
  console_test_check_labels (GTK_WIDGET (dialog));
  console_test_respond (dialog, response);
}

/* The text of the window that shows the last report. */
static char *
dup_report (Fixture *fixture, gint64 id)
{
  GtkWidget *widget;
  GtkWindow *window;
  char *text;

  gtk_widget_activate_action (GTK_WIDGET (row_of (fixture, id)), "store.report", NULL);
  window = console_test_find_window (ADW_TYPE_WINDOW);
  g_assert_true (window != fixture->window);
  widget = adw_window_get_content (ADW_WINDOW (window));
  widget = gtk_widget_get_last_child (widget);
  widget = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (widget));
  g_object_get (gtk_text_view_get_buffer (GTK_TEXT_VIEW (widget)), "text", &text, NULL);
  gtk_window_destroy (window);
  return text;
}

static gboolean
menu_has (GMenuModel *menu, const char *action)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++) {
    g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
    g_autofree char *item = NULL;

    g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &item);
    if (g_strcmp0 (item, action) == 0 || (section != NULL && menu_has (section, action)))
      return TRUE;
  }
  return FALSE;
}

/* What the server has no function for is not offered. */
static void
test_offers (void)
{
  Fixture fixture;
  GMenuModel *menu;
  MunStoreRow *row;
  guint n_offered = 0;

  set_up (&fixture, start_server ());
  row = row_of (&fixture, 1);
  menu = gtk_menu_button_get_menu_model (ROW_CHILD (row, "menu_button"));
  for (guint i = 0; i < MUN_N_CARES; i++) {
    g_autofree char *action = g_strconcat ("store.", mun_care_get_function (i), NULL);
    gboolean has = mun_connection_has_function (fixture.connection, mun_care_get_function (i));

    g_assert_cmpint (menu_has (menu, action), ==, has);
    n_offered += has;
  }
  /* These every munimentd has. */
  g_assert_cmpuint (n_offered, >=, 2);
  g_assert_true (menu_has (menu, "store.state"));
  g_assert_true (
      menu_has (gtk_menu_button_get_menu_model (PAGE_CHILD (fixture.page, "menu_button")),
                "stores.compact-master"));
  g_assert_true (gtk_widget_get_visible (PAGE_CHILD (fixture.page, "create_button")));
  console_test_check_labels (GTK_WIDGET (fixture.window));
  g_assert_nonnull (strstr (gtk_label_get_label (ROW_CHILD (row, "line_label")),
                            "Archive Here\u00a0· 20 messages"));
  tear_down (&fixture);
}

static void
test_verify (void)
{
  Fixture fixture;
  g_autofree char *report = NULL;

  set_up (&fixture, start_server ());
  act (&fixture, 1, MUN_CARE_VERIFY);
  g_assert_true (gtk_widget_get_visible (ROW_CHILD (row_of (&fixture, 1), "cancel_button")));
  g_assert_true (gtk_widget_get_visible (ROW_CHILD (row_of (&fixture, 1), "progress_box")));
  console_test_wait (has_outcome (&fixture, 1, "Verified: no faults"));
  g_assert_false (gtk_widget_get_visible (ROW_CHILD (row_of (&fixture, 1), "cancel_button")));
  report = dup_report (&fixture, 1);
  g_assert_nonnull (strstr (report, "20 messages"));
  g_assert_true (g_str_has_suffix (report, "Verified: no faults\n"));
  /* All of them at once: there is no row for that, but an event. */
  gtk_widget_activate_action (fixture.page, "stores.verify-all", NULL);
  g_assert_true (gtk_widget_get_visible (PAGE_CHILD (fixture.page, "operations_box")));
  console_test_wait (fixture.toast != NULL);
  g_assert_cmpstr (fixture.toast, ==, "Verified: no faults");
  tear_down (&fixture);
}

/* A store is made, becomes the current one, and the former one is disabled. */
static void
make_second (Fixture *fixture)
{
  GtkWindow *dialog;
  GtkWidget *entry;

  gtk_widget_activate_action (fixture->page, "stores.create", NULL);
  dialog = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_false (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "go"));
  entry = gtk_window_get_focus (dialog);
  entry = gtk_widget_get_ancestor (entry, ADW_TYPE_ENTRY_ROW);
  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), mun_store_row_get_name (row_of (fixture, 1)));
  g_assert_false (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "go"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "r&d <second>");
  g_assert_true (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "go"));
  answer ("go");
  console_test_wait (row_of (fixture, 2) != NULL);
  g_assert_cmpstr (mun_store_row_get_name (row_of (fixture, 2)), ==, "r&d <second>");
  gtk_widget_activate_action (GTK_WIDGET (row_of (fixture, 2)), "store.state", "s", "current");
  console_test_wait (is_in_state (fixture, 1, "normal"));
  g_assert_true (is_in_state (fixture, 2, "current"));
}

/* What is protected or closed is not written to. */
static void
test_possible (void)
{
  static const struct {
    const char *json;
    gboolean verify, compact, recover, unlock, set_key;
  } rows[] = {
    { "{\"requestedState\":\"current\",\"error\":null}", TRUE, TRUE, FALSE, FALSE, TRUE },
    { "{\"requestedState\":\"writeProtected\"}", TRUE, FALSE, FALSE, FALSE, TRUE },
    { "{\"requestedState\":\"disabled\"}", FALSE, FALSE, TRUE, FALSE, TRUE },
    { "{\"requestedState\":\"normal\",\"error\":\"gone\"}", FALSE, FALSE, TRUE, TRUE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonObject) store = mun_json_parse_object (rows[i].json, -1, NULL);

    g_assert_cmpint (mun_care_is_possible (MUN_CARE_VERIFY, store), ==, rows[i].verify);
    g_assert_cmpint (mun_care_is_possible (MUN_CARE_COMPACT, store), ==, rows[i].compact);
    g_assert_cmpint (mun_care_is_possible (MUN_CARE_RECREATE_RECORDS, store), ==, rows[i].compact);
    g_assert_cmpint (mun_care_is_possible (MUN_CARE_RECOVER, store), ==, rows[i].recover);
    g_assert_cmpint (mun_care_is_possible (MUN_CARE_UNLOCK, store), ==, rows[i].unlock);
    g_assert_cmpint (mun_care_is_possible (MUN_CARE_SET_RECOVERY_KEY, store), ==, rows[i].set_key);
  }
}

static void
test_recover (void)
{
  Fixture fixture;
  g_autofree char *report = NULL;

  set_up (&fixture, start_server ());
  /* One in use is not recovered. */
  act (&fixture, 1, MUN_CARE_RECOVER);
  g_assert_null (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG));
  make_second (&fixture);
  gtk_widget_activate_action (GTK_WIDGET (row_of (&fixture, 1)), "store.state", "s", "disabled");
  answer ("cancel");
  g_assert_true (is_in_state (&fixture, 1, "normal"));
  gtk_widget_activate_action (GTK_WIDGET (row_of (&fixture, 1)), "store.state", "s", "disabled");
  answer ("confirm");
  console_test_wait (is_in_state (&fixture, 1, "disabled"));
  g_assert_false (gtk_widget_get_visible (ROW_CHILD (row_of (&fixture, 1), "recover_button")));
  act (&fixture, 1, MUN_CARE_RECOVER);
  console_test_shoot (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "store-recover");
  answer ("go");
  console_test_wait (has_outcome (&fixture, 1, "Recovered from its containers"));
  report = dup_report (&fixture, 1);
  g_assert_nonnull (strstr (report, "20 messages"));
  gtk_widget_activate_action (GTK_WIDGET (row_of (&fixture, 1)), "store.state", "s", "normal");
  console_test_wait (is_in_state (&fixture, 1, "normal"));
  tear_down (&fixture);
}

/* A catalogue that cannot be opened: the row says so, and what to do. */
static void
test_broken (void)
{
  TestServer *before = start_server ();
  g_autofree char *path = g_build_filename (before->data_dir, "stores", "1", "catalogue.db", NULL);
  Fixture fixture;
  TestServer *server;

  g_assert_cmpint (test_server_stop (before, SIGTERM), ==, 0);
  g_assert_true (g_file_set_contents (path, "this is no catalogue", -1, NULL));
  server = test_server_start (before->data_dir, NULL);
  before->own_dir = FALSE; /* the folder goes with the new one */
  server->own_dir = TRUE;
  test_server_free (before);
  set_up (&fixture, server);
  g_assert_true (gtk_widget_get_visible (ROW_CHILD (row_of (&fixture, 1), "error_label")));
  g_assert_true (gtk_widget_get_visible (ROW_CHILD (row_of (&fixture, 1), "recover_button")));
  g_assert_cmpint (mun_page_get_badge (MUN_PAGE (fixture.page)), ==, MUN_BADGE_ATTENTION);
  act (&fixture, 1, MUN_CARE_VERIFY);
  g_assert_null (mun_store_row_get_operation (row_of (&fixture, 1)));
  console_test_check_labels (GTK_WIDGET (fixture.window));
  console_test_shoot (fixture.window, "store-broken");
  act (&fixture, 1, MUN_CARE_RECOVER);
  answer ("go");
  console_test_wait (row_of (&fixture, 1) != NULL
                     && !gtk_widget_get_visible (ROW_CHILD (row_of (&fixture, 1), "error_label")));
  g_assert_true (has_outcome (&fixture, 1, "Recovered from its containers"));
  g_assert_false (gtk_widget_get_visible (ROW_CHILD (row_of (&fixture, 1), "recover_button")));
  g_assert_cmpint (mun_page_get_badge (MUN_PAGE (fixture.page)), ==, MUN_BADGE_NONE);
  act (&fixture, 1, MUN_CARE_VERIFY);
  console_test_wait (has_outcome (&fixture, 1, "Verified: no faults"));
  tear_down (&fixture);
}

/* What fails says why, in the row and in the report. */
static void
test_failure (void)
{
  Fixture fixture;
  g_autofree char *words = NULL;

  set_up (&fixture, start_server ());
  /* Its server goes away under it. */
  g_assert_cmpint (test_server_stop (fixture.server, SIGTERM), ==, 0);
  gtk_widget_activate_action (fixture.page, "page.refresh", NULL);
  console_test_wait (mun_state_stack_get_state (PAGE_CHILD (fixture.page, "states"))
                     == MUN_STATE_OFFLINE);
  act (&fixture, 1, MUN_CARE_VERIFY);
  console_test_wait (gtk_widget_get_visible (ROW_CHILD (row_of (&fixture, 1), "outcome_box")));
  words = dup_report (&fixture, 1);
  g_assert_cmpstr (g_strstrip (words), ==,
                   gtk_label_get_label (ROW_CHILD (row_of (&fixture, 1), "outcome_label")));
  tear_down (&fixture);
}

/* What the server has functions for is done, and said. */
static void
test_compact (void)
{
  Fixture fixture;
  g_autofree char *report = NULL;

  set_up (&fixture, start_server ());
  act (&fixture, 1, MUN_CARE_COMPACT);
  answer ("cancel");
  g_assert_null (mun_store_row_get_operation (row_of (&fixture, 1)));
  act (&fixture, 1, MUN_CARE_COMPACT);
  answer ("confirm");
  console_test_wait (has_outcome (&fixture, 1, "Compacted"));
  report = dup_report (&fixture, 1);
  g_assert_true (g_str_has_suffix (report, "\n\nCompacted\n"));
  tear_down (&fixture);
}

static void
test_renew (void)
{
  Fixture fixture;

  set_up (&fixture, start_server ());
  gtk_widget_activate_action (fixture.page, "stores.renew-master-key", NULL);
  answer ("confirm");
  console_test_wait (fixture.toast != NULL);
  g_assert_cmpstr (fixture.toast, ==, "Master key renewed");
  act (&fixture, 1, MUN_CARE_VERIFY);
  console_test_wait (has_outcome (&fixture, 1, "Verified: no faults"));
  tear_down (&fixture);
}

/* What is done to the databases of all stores and to the one above them. */
static void
test_databases (void)
{
  Fixture fixture;

  set_up (&fixture, start_server ());
  gtk_widget_activate_action (fixture.page, "stores.maintain", NULL);
  console_test_wait (fixture.toast != NULL);
  g_assert_cmpstr (fixture.toast, ==, "Databases of the archive stores maintained");
  g_clear_pointer (&fixture.toast, g_free);
  gtk_widget_activate_action (fixture.page, "stores.compact-master", NULL);
  console_test_wait (fixture.toast != NULL);
  g_assert_cmpstr (fixture.toast, ==, "Master database compacted");
  tear_down (&fixture);
}

static void
find_entries (GtkWidget *widget, GPtrArray *entries)
{
  if (ADW_IS_ENTRY_ROW (widget))
    g_ptr_array_add (entries, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    find_entries (child, entries);
}

/* Types into the rows of the dialog; says whether that may be answered. */
static gboolean
type (const char *first, const char *second)
{
  GtkWindow *dialog = console_test_find_window (ADW_TYPE_MESSAGE_DIALOG);
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();

  find_entries (GTK_WIDGET (dialog), entries);
  gtk_editable_set_text (g_ptr_array_index (entries, 0), first);
  if (second != NULL)
    gtk_editable_set_text (g_ptr_array_index (entries, 1), second);
  return adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "go");
}

static gboolean
has_key (Fixture *fixture, gint64 id)
{
  MunStoreRow *row = row_of (fixture, id);

  return row != NULL && mun_json_get_bool (mun_store_row_get_store (row), "hasRecoveryKey", FALSE);
}

static guint
count_entries (void)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();

  find_entries (GTK_WIDGET (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)), entries);
  return entries->len;
}

/* The button that removes the key, or NULL. */
static GtkWidget *
find_removal (GtkWidget *widget)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (widget)
      && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), "_Remove Key") == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); found == NULL && child != NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_removal (child);
  return found;
}

/* Only one that is there can be removed, and only then a recovery asks for it. */
static void
test_recovery_key (void)
{
  Fixture fixture;

  set_up (&fixture, start_server ());
  make_second (&fixture);
  gtk_widget_activate_action (GTK_WIDGET (row_of (&fixture, 1)), "store.state", "s", "disabled");
  answer ("confirm");
  console_test_wait (is_in_state (&fixture, 1, "disabled"));
  act (&fixture, 1, MUN_CARE_RECOVER);
  g_assert_cmpuint (count_entries (), ==, 0);
  answer ("cancel");
  act (&fixture, 1, MUN_CARE_SET_RECOVERY_KEY);
  g_assert_null (find_removal (GTK_WIDGET (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG))));
  g_assert_true (type ("correct horse battery", "correct horse battery"));
  answer ("go");
  console_test_wait (has_key (&fixture, 1));
  act (&fixture, 1, MUN_CARE_RECOVER);
  g_assert_cmpuint (count_entries (), ==, 1);
  answer ("cancel");
  act (&fixture, 1, MUN_CARE_SET_RECOVERY_KEY);
  /* What was typed does not matter. */
  g_assert_true (type ("battery horse correct", "battery horse correct"));
  console_test_check_labels (GTK_WIDGET (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG)));
  g_signal_emit_by_name (find_removal (
                             GTK_WIDGET (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG))),
                         "clicked");
  console_test_wait (row_of (&fixture, 1) != NULL && !has_key (&fixture, 1));
  console_test_wait (has_outcome (&fixture, 1, "Recovery key changed"));
  g_assert_true (g_str_has_prefix (mun_operation_get_title (
                                       mun_store_row_get_operation (row_of (&fixture, 1))),
                                   "Remove the recovery key of "));
  tear_down (&fixture);
}

static void
copy (const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "cp", "-a", from, to, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
}

static gboolean
is_broken (Fixture *fixture, gint64 id)
{
  MunStoreRow *row = row_of (fixture, id);

  return row != NULL && gtk_widget_get_visible (ROW_CHILD (row, "error_label"));
}

/* A server that has the store of another one in its folder. */
static TestServer *
start_with_foreign_store (char **place)
{
  TestServer *server = test_server_start (NULL, NULL);
  g_autofree char *from = NULL;
  Fixture fixture;

  set_up (&fixture, start_server ());
  act (&fixture, 1, MUN_CARE_SET_RECOVERY_KEY);
  g_assert_false (type ("too short", "too short"));
  g_assert_false (type (" correct horse battery ", "correct horse battery"));
  g_assert_true (type (" correct horse battery ", " correct horse battery "));
  answer ("go");
  console_test_wait (has_outcome (&fixture, 1, "Recovery key changed"));
  g_assert_cmpint (test_server_stop (fixture.server, SIGTERM), ==, 0);
  from = g_build_filename (fixture.server->data_dir, "stores", "1", NULL);
  *place = g_build_filename (server->data_dir, "stores", "foreign", NULL);
  copy (from, *place);
  tear_down (&fixture);
  return server;
}

/* It is attached, is locked, and is opened with its recovery key alone. */
static void
test_foreign_store (void)
{
  Fixture fixture;
  g_autofree char *place = NULL;

  set_up (&fixture, start_with_foreign_store (&place));
  gtk_widget_activate_action (fixture.page, "stores.attach", NULL);
  g_assert_false (type ("elsewhere", ""));
  g_assert_true (type ("elsewhere", place));
  answer ("go");
  console_test_wait (is_broken (&fixture, 2));
  act (&fixture, 2, MUN_CARE_UNLOCK);
  g_assert_true (type ("correct horse battery", NULL));
  answer ("go");
  console_test_wait (is_broken (&fixture, 2) && mun_store_row_get_operation (row_of (&fixture, 2)));
  console_test_wait (mun_operation_get_state (mun_store_row_get_operation (row_of (&fixture, 2)))
                     == MUN_OPERATION_FAILED);
  act (&fixture, 2, MUN_CARE_UNLOCK);
  g_assert_true (type (" correct horse battery ", NULL));
  answer ("go");
  console_test_wait (row_of (&fixture, 2) != NULL && !is_broken (&fixture, 2));
  g_assert_true (has_outcome (&fixture, 2, "Unlocked"));
  g_assert_nonnull (
      strstr (gtk_label_get_label (ROW_CHILD (row_of (&fixture, 2), "line_label")), "20 messages"));
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  console_test_init (&argc, &argv);
  g_test_add_func ("/stores/possible", test_possible);
  g_test_add_func ("/stores/offers", test_offers);
  g_test_add_func ("/stores/verify", test_verify);
  g_test_add_func ("/stores/recover", test_recover);
  g_test_add_func ("/stores/broken", test_broken);
  g_test_add_func ("/stores/failure", test_failure);
  g_test_add_func ("/stores/compact", test_compact);
  g_test_add_func ("/stores/renew", test_renew);
  g_test_add_func ("/stores/databases", test_databases);
  g_test_add_func ("/stores/recovery-key", test_recovery_key);
  g_test_add_func ("/stores/foreign-store", test_foreign_store);
  return g_test_run ();
}
