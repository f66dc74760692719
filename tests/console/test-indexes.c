/* test-indexes.c: the Search Indexes page, without a server */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"
#include "errors.h"
#include "fake-connection.h"
#include "json.h"
#include "mun-indexes-page.h"
#include "mun-operation-row.h"
#include "mun-search-page.h"
#include "mun-state-stack.h"
#include "mun-store-index.h"
#include "secret.h"
#include "test-server.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>

#define STORES                                                                                     \
  "[{\"id\":1,\"name\":\"first\",\"requestedState\":\"current\",\"error\":null},"                  \
  "{\"id\":2,\"name\":\"closed\",\"requestedState\":\"disabled\",\"error\":null},"                 \
  "{\"id\":3,\"name\":\"lost\",\"requestedState\":\"normal\",\"error\":\"no such file\"}]"
#define INDEXES                                                                                    \
  "[{\"folder\":\"zoe\",\"needsRebuild\":false,\"selectedForRebuild\":false,"                      \
  "\"messages\":12,\"indexed\":12,\"unreadable\":0},"                                              \
  "{\"folder\":\"r&d <x>\",\"needsRebuild\":true,\"selectedForRebuild\":false,"                    \
  "\"messages\":1204,\"indexed\":1200,\"unreadable\":0},"                                          \
  "{\"folder\":\"ann\",\"needsRebuild\":true,\"selectedForRebuild\":false,"                        \
  "\"messages\":20,\"indexed\":19,\"unreadable\":1}]"

#define CHILD(widget, name)                                                                        \
  ((gpointer)gtk_widget_get_template_child (GTK_WIDGET (widget), MUN_TYPE_INDEXES_PAGE, (name)))

static FakeConnection *
new_server (void)
{
  FakeConnection *connection = fake_connection_new ();

  fake_connection_answer (connection, "GetStores", STORES);
  fake_connection_answer (connection, "GetStoreIndexes", INDEXES);
  fake_connection_answer (connection, "RebuildStoreIndex", "null");
  fake_connection_answer (connection, "SelectAllStoreIndexesForRebuild", "null");
  fake_connection_answer (connection, "RebuildSelectedStoreIndexes", "null");
  return connection;
}

static GtkWindow *
show (FakeConnection *connection, GtkWidget **page, const char *state)
{
  GtkWindow *window;
  MunStateStack *states;

  *page = g_object_new (MUN_TYPE_INDEXES_PAGE, NULL);
  window = console_test_show (*page, 900, 600);
  mun_page_set_connection (MUN_PAGE (*page), MUN_CONNECTION (connection));
  states = CHILD (*page, "states");
  console_test_wait (g_strcmp0 (mun_state_stack_get_visible_name (states), state) == 0);
  return window;
}

static GtkSelectionModel *
selection_of (GtkWidget *page)
{
  return gtk_column_view_get_model (CHILD (page, "view"));
}

static void
assert_row (GtkWidget *page, guint position, const char *folder, const char *state)
{
  g_autoptr (MunStoreIndex) index
      = g_list_model_get_item (G_LIST_MODEL (selection_of (page)), position);

  g_assert_cmpstr (mun_store_index_get_folder (index), ==, folder);
  g_assert_cmpstr (mun_store_index_get_state (index), ==, state);
  g_assert_cmpint (mun_store_index_get_store_id (index), ==, 1);
}

static void
test_list (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show (connection, &page, "content");

  console_test_check_labels (GTK_WIDGET (window));
  /* A store that is closed or cannot be read has none to show. */
  g_assert_cmpuint (fake_connection_count (connection, "GetStoreIndexes"), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection_of (page))), ==, 3);
  assert_row (page, 0, "ann", "19 of 20 indexed, 1 unreadable");
  assert_row (page, 1, "r&d <x>", "1,200 of 1,204 indexed");
  assert_row (page, 2, "zoe", "Complete");
  g_assert_cmpstr (gtk_label_get_label (CHILD (page, "count")), ==, "2 of 3 indexes not complete");
  g_assert_cmpint (mun_page_get_badge (MUN_PAGE (page)), ==, MUN_BADGE_ATTENTION);
  console_test_shoot (window, "indexes");
  gtk_window_destroy (window);
}

/* Servers that tell no numbers. */
static void
test_plain (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window;

  fake_connection_answer (
      connection, "GetStoreIndexes",
      "[{\"folder\":\"a\",\"needsRebuild\":true,\"selectedForRebuild\":true},"
      "{\"folder\":\"b\",\"needsRebuild\":false,\"selectedForRebuild\":true},"
      "{\"folder\":\"c\",\"needsRebuild\":false,\"selectedForRebuild\":false}]");
  window = show (connection, &page, "content");
  assert_row (page, 0, "a", "Needs to be rebuilt");
  assert_row (page, 1, "b", "Selected for rebuild");
  assert_row (page, 2, "c", "Complete");
  gtk_window_destroy (window);
}

static void
test_rebuild_some (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show (connection, &page, "content");
  GtkWidget *operations = CHILD (page, "operations_box");
  g_autoptr (JsonObject) arguments = NULL, progress = NULL;
  MunOperation *operation;
  guint loads = fake_connection_count (connection, "GetStores");

  /* Nothing is selected: nothing happens. */
  gtk_widget_activate_action (page, "indexes.rebuild", NULL);
  g_assert_cmpuint (fake_connection_count (connection, "RebuildStoreIndex"), ==, 0);
  g_assert_false (gtk_widget_get_visible (operations));
  fake_connection_hold_operations (connection, TRUE);
  gtk_selection_model_select_item (selection_of (page), 1, TRUE);
  gtk_widget_activate_action (page, "indexes.rebuild", NULL);
  g_assert_cmpuint (fake_connection_count (connection, "RebuildStoreIndex"), ==, 1);
  arguments = mun_json_parse_object (fake_connection_get_last (connection, "RebuildStoreIndex"), -1,
                                     NULL);
  g_assert_cmpint (mun_json_get_int (arguments, "id", 0), ==, 1);
  g_assert_cmpstr (mun_json_get_string (arguments, "folder", NULL), ==, "r&d <x>");
  g_assert_true (gtk_widget_get_visible (operations));
  g_assert_true (MUN_IS_OPERATION_ROW (gtk_widget_get_first_child (operations)));
  console_test_check_labels (GTK_WIDGET (window));
  operation = mun_operations_find (mun_connection_get_operations (MUN_CONNECTION (connection)),
                                   mun_connection_get_name (MUN_CONNECTION (connection)),
                                   "RebuildStoreIndex");
  progress = mun_json_parse_object ("{\"done\":1000,\"known\":1204}", -1, NULL);
  mun_operation_update (operation, 83, "1000 of 1204 messages", progress);
  g_assert_cmpstr (mun_operation_get_status_text (operation), ==, "1,000 of 1,204 messages");
  /* It ends: the row goes, and the list is read again. */
  fake_connection_finish_operations (connection);
  console_test_wait (fake_connection_count (connection, "GetStores") == loads + 1);
  g_assert_false (gtk_widget_get_visible (operations));
  gtk_window_destroy (window);
}

static void
test_rebuild_all (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show (connection, &page, "content");
  guint loads = fake_connection_count (connection, "GetStores");

  gtk_widget_activate_action (page, "indexes.select-all", NULL);
  gtk_widget_activate_action (page, "indexes.rebuild", NULL);
  console_test_wait (fake_connection_count (connection, "RebuildSelectedStoreIndexes") == 1);
  g_assert_cmpuint (fake_connection_count (connection, "SelectAllStoreIndexesForRebuild"), ==, 1);
  g_assert_cmpuint (fake_connection_count (connection, "RebuildStoreIndex"), ==, 0);
  console_test_wait (fake_connection_count (connection, "GetStores") == loads + 1);
  gtk_window_destroy (window);
}

static GtkWidget *
find_text (GtkWidget *widget, const char *text)
{
  GtkWidget *found = NULL;

  if (GTK_IS_INSCRIPTION (widget)
      && g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (widget)), text) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_text (child, text);
  return found;
}

/* What a text has at least; 0 while it is not there. */
static int
height_of (GtkWidget *page, const char *text)
{
  GtkWidget *cell = find_text (page, text);
  int height = 0;

  if (cell != NULL)
    gtk_widget_measure (cell, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
  return height;
}

/* In a narrow window a state has several lines, each as high as the one of its archive. */
static void
test_narrow (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page = g_object_new (MUN_TYPE_INDEXES_PAGE, NULL);
  GtkWindow *window = console_test_show (page, 360, 600);
  const char *state = "19 of 20 indexed, 1 unreadable";

  mun_page_set_connection (MUN_PAGE (page), MUN_CONNECTION (connection));
  console_test_wait (height_of (page, state) > height_of (page, "ann") * 2);
  gtk_window_set_default_size (window, 900, 600);
  console_test_wait (height_of (page, state) == height_of (page, "ann"));
  gtk_window_destroy (window);
}

/* A server with three messages, one of which its index never gets. */
static TestServer *
start_incomplete (void)
{
  g_autoptr (TestServer) before = test_server_start (NULL, NULL);
  g_autofree char *bearer = test_server_sign_in (before, TEST_ADMIN, TEST_PASSWORD);
  g_autofree char *first = test_message ("apples", "a@example.org", "b@example.org", "fruit");
  g_autofree char *second = test_message ("pears", "a@example.org", "b@example.org", "fruit");
  g_autofree char *third = test_message ("plums", "a@example.org", "b@example.org", "fruit");
  const char *messages[] = { first, second, third, NULL };
  g_autoptr (JsonObject) reply = test_server_upload (before, bearer, "admin/Inbox", messages);
  g_autofree char *path = g_build_filename (before->data_dir, "stores", "1", "catalogue.db", NULL);
  TestServer *server;
  sqlite3 *catalogue;

  g_assert_cmpint (test_server_stop (before, SIGTERM), ==, 0);
  g_assert_cmpint (sqlite3_open (path, &catalogue), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_exec (catalogue,
                    "INSERT INTO index_gaps SELECT number, (SELECT id FROM folders WHERE parent = 0"
                    " AND name = 'admin'), 0 FROM messages WHERE subject = 'plums';"
                    "CREATE TABLE held (x); INSERT INTO held VALUES (1);"
                    "CREATE TRIGGER held_gap BEFORE DELETE ON index_gaps"
                    " WHEN EXISTS (SELECT 1 FROM held)"
                    " BEGIN SELECT RAISE (ABORT, 'held by the test'); END",
                    NULL, NULL, NULL),
      ==, SQLITE_OK);
  sqlite3_close (catalogue);
  server = test_server_start (before->data_dir, NULL);
  /* The folder goes with the new one. */
  before->own_dir = FALSE;
  server->own_dir = TRUE;
  return server;
}

/* A message more, which the index gets at once. */
static void
add_message (TestServer *server)
{
  g_autofree char *bearer = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  g_autofree char *message = test_message ("cherries", "a@example.org", "b@example.org", "fruit");
  g_autoptr (JsonObject) reply
      = test_server_upload (server, bearer, "admin/Inbox", (const char *const[]){ message, NULL });

  g_assert_cmpint (mun_json_get_int (reply, "archived", 0), ==, 1);
}

/* The message is let into the index. */
static void
release (TestServer *server)
{
  g_autofree char *path = g_build_filename (server->data_dir, "stores", "1", "catalogue.db", NULL);
  sqlite3 *catalogue;

  g_assert_cmpint (sqlite3_open (path, &catalogue), ==, SQLITE_OK);
  sqlite3_busy_timeout (catalogue, 5000);
  g_assert_cmpint (sqlite3_exec (catalogue, "DELETE FROM held", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (catalogue);
}

/* Whoever searches is told what cannot be found yet. */
static void
test_search_page (void)
{
  g_autoptr (TestServer) server = start_incomplete ();
  g_autoptr (MunArchiveClient) client
      = mun_archive_client_new ("127.0.0.1", server->web_port, server->fingerprint);
  g_autoptr (MunSecret) password = mun_secret_new (TEST_PASSWORD, strlen (TEST_PASSWORD));
  g_autoptr (FakeConnection) connection = fake_connection_new ();
  GtkWidget *page = g_object_new (MUN_TYPE_SEARCH_PAGE, NULL);
  GtkWindow *window = console_test_show (page, 900, 600);
  GtkWidget *coverage
      = GTK_WIDGET (gtk_widget_get_template_child (page, MUN_TYPE_SEARCH_PAGE, "coverage"));
  GtkEditable *entry
      = GTK_EDITABLE (gtk_widget_get_template_child (page, MUN_TYPE_SEARCH_PAGE, "entry"));
  MunStateStack *states
      = MUN_STATE_STACK (gtk_widget_get_template_child (page, MUN_TYPE_SEARCH_PAGE, "states"));

  mun_archive_client_set_account (client, TEST_ADMIN, password);
  fake_connection_set_archive (connection, client);
  mun_page_set_connection (MUN_PAGE (page), MUN_CONNECTION (connection));
  g_assert_false (gtk_widget_get_visible (coverage));
  gtk_editable_set_text (entry, "fruit");
  gtk_widget_activate_action (page, "page.search", NULL);
  console_test_wait (gtk_widget_get_visible (coverage));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (coverage)), ==,
                   "The search index is being completed: 2 of 3 messages");
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_CONTENT);
  console_test_check_labels (GTK_WIDGET (window));
  console_test_shoot (window, "search-index-incomplete");
  /* It follows the index … */
  add_message (server);
  console_test_wait (
      g_str_has_suffix (gtk_label_get_label (GTK_LABEL (coverage)), "3 of 4 messages"));
  /* … goes when that is complete: the server tries again half a minute after it failed … */
  release (server);
  for (gint64 until = g_get_monotonic_time () + 90 * G_USEC_PER_SEC;
       gtk_widget_get_visible (coverage) && g_get_monotonic_time () < until;)
    console_test_iterate ();
  g_assert_false (gtk_widget_get_visible (coverage));
  g_assert_cmpint (mun_state_stack_get_state (states), ==, MUN_STATE_CONTENT);
  /* … and stays away with the results. */
  gtk_editable_set_text (entry, "");
  gtk_widget_activate_action (page, "page.search", NULL);
  g_assert_false (gtk_widget_get_visible (coverage));
  gtk_window_destroy (window);
}

static void
test_states (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  g_autoptr (GError) denied
      = g_error_new_literal (MUN_ERROR, MUN_ERROR_DENIED, "GetStoreIndexes: denied");
  GtkWidget *page;
  GtkWindow *window;

  fake_connection_answer (connection, "GetStoreIndexes", "[]");
  window = show (connection, &page, "empty");
  fake_connection_fail (connection, "GetStoreIndexes", denied);
  gtk_widget_activate_action (page, "page.refresh", NULL);
  console_test_wait (mun_state_stack_get_state (CHILD (page, "states")) == MUN_STATE_ERROR);
  gtk_window_destroy (window);
}

static void
test_gone (void)
{
  g_autoptr (FakeConnection) connection = new_server ();
  GtkWidget *page;
  GtkWindow *window = show (connection, &page, "content");

  mun_page_refresh (MUN_PAGE (page));
  g_object_add_weak_pointer (G_OBJECT (page), (gpointer *)&page);
  gtk_window_destroy (window);
  console_test_wait (page == NULL);
}

int
main (int argc, char **argv)
{
  console_test_init (&argc, &argv);
  g_test_add_func ("/indexes/list", test_list);
  g_test_add_func ("/indexes/plain", test_plain);
  g_test_add_func ("/indexes/narrow", test_narrow);
  g_test_add_func ("/indexes/rebuild-some", test_rebuild_some);
  g_test_add_func ("/indexes/rebuild-all", test_rebuild_all);
  g_test_add_func ("/indexes/search-page", test_search_page);
  g_test_add_func ("/indexes/states", test_states);
  g_test_add_func ("/indexes/gone", test_gone);
  return g_test_run ();
}
