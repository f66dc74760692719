/* test-message-list.c: a message list of a million rows, page by page */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "archive-client.h"
#include "console-test.h"
#include "json.h"
#include "mun-message-browser.h"
#include "mun-message-list.h"
#include "test-server.h"

#include <string.h>

#define MILLION 1000000
#define MAX_PAGES 40
#define MAX_REQUESTS 2

/* A server: pages that were asked for, and those that wait while it holds its answers. */
static struct {
  GQueue waiting;
  gboolean hold;
  guint most; /* requests at the same time */
  guint cancelled;
  guint last_start;
  gboolean snippets; /* of every second message */
} server;

static GPtrArray *
make_page (guint start, guint count)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = start; i < start + count; i++) {
    JsonObject *object = json_object_new ();
    g_autofree char *id = g_strdup_printf ("%u:1", i);
    g_autofree char *subject = g_strdup_printf ("Message %u", i);

    json_object_set_string_member (object, "id", id);
    json_object_set_string_member (object, "subject", subject);
    if (server.snippets && i % 2 == 0)
      json_object_set_object_member (
          object, "snippet",
          mun_json_parse_object ("{\"text\":\"…é word\",\"marks\":[[3,4]]}", -1, NULL));
    g_ptr_array_add (records, mun_record_new (object));
    json_object_unref (object);
  }
  return records;
}

static void
answer (GTask *task)
{
  guint *page = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    server.cancelled++;
  else
    g_task_return_pointer (task, make_page (page[0], page[1]), (GDestroyNotify)g_ptr_array_unref);
}

static gboolean
answer_cb (gpointer data)
{
  GTask *task = g_queue_pop_head (&server.waiting);

  if (task != NULL) {
    answer (task);
    g_object_unref (task);
  }
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, GTask *task)
{
  if (g_queue_remove (&server.waiting, task)) {
    answer (task);
    g_object_unref (task);
  }
}

static void
fetch (gpointer source, guint start, guint count, const char *sort, GCancellable *cancellable,
       GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (source, cancellable, callback, data);
  guint *page = g_new (guint, 2);

  page[0] = server.last_start = start;
  page[1] = count;
  g_assert_cmpuint (start % MUN_MESSAGE_PAGE, ==, 0);
  g_task_set_task_data (task, page, g_free);
  g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancelled_cb), task, 0);
  g_queue_push_tail (&server.waiting, task);
  server.most = MAX (server.most, server.waiting.length);
  if (!server.hold)
    g_idle_add (answer_cb, NULL);
}

static GPtrArray *
finish (gpointer source, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static MunMessageModel *
new_model (void)
{
  g_autoptr (GObject) source = g_object_new (G_TYPE_OBJECT, NULL);

  return mun_message_model_new (source, MILLION, "d-desc", (MunMessageFetch)fetch,
                                (MunMessageFetchFinish)finish);
}

static gpointer
find (GtkWidget *root, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    gpointer found = find (child, type);

    if (found != NULL)
      return found;
  }
  return NULL;
}

static GtkWindow *
show_list (MunMessageList **list, MunMessageModel *model)
{
  GtkWidget *widget = mun_message_list_new ();
  GtkWindow *window = console_test_show (widget, 700, 500);

  *list = MUN_MESSAGE_LIST (widget);
  mun_message_list_set_model (*list, model);
  return window;
}

static void
jump (MunMessageList *list, guint position)
{
  /* The rows are in a list view inside the column view; only that has the action. */
  GtkWidget *view = find (GTK_WIDGET (list), GTK_TYPE_LIST_VIEW);

  g_assert_true (gtk_widget_activate_action (view, "list.scroll-to-item", "u", position));
}

static const char *
subject_at (MunMessageModel *model, guint position)
{
  g_autoptr (MunMessageRow) row = g_list_model_get_item (G_LIST_MODEL (model), position);

  return mun_message_row_get_subject (row);
}

static void
test_pages (void)
{
  g_autoptr (MunMessageModel) model = new_model ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  MunMessageList *list;
  GtkWindow *window = show_list (&list, model);

  server.most = 0;
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, MILLION);
  console_test_wait (g_str_equal (subject_at (model, 0), "Message 0"));
  g_assert_cmpuint (mun_message_model_get_n_pages (model), <=, 2);
  for (guint i = 0; i < 60; i++) {
    guint position = g_rand_int_range (random, 0, MILLION);
    g_autofree char *subject = g_strdup_printf ("Message %u", position);

    jump (list, position);
    console_test_wait (g_str_equal (subject_at (model, position), subject));
  }
  /* What the queue held at the same time, and what is kept after all that way. */
  g_assert_cmpuint (server.most, <=, MAX_REQUESTS);
  console_test_wait (mun_message_model_get_n_pages (model) <= MAX_PAGES + 1);
  gtk_window_destroy (window);
}

/* More messages are known of than before: the last page was there only in part. */
static void
test_grows (void)
{
  g_autoptr (GObject) source = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (MunMessageModel) model
      = mun_message_model_new (source, MUN_MESSAGE_PAGE + 10, "d-desc", (MunMessageFetch)fetch,
                               (MunMessageFetchFinish)finish);
  MunMessageList *list;
  GtkWindow *window = show_list (&list, model);

  jump (list, MUN_MESSAGE_PAGE + 9);
  console_test_wait (g_str_equal (subject_at (model, MUN_MESSAGE_PAGE + 9), "Message 265"));
  mun_message_model_grow (model, 5);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, MUN_MESSAGE_PAGE + 10);
  mun_message_model_grow (model, MILLION);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, MILLION);
  console_test_wait (g_str_equal (subject_at (model, MUN_MESSAGE_PAGE + 11), "Message 267"));
  jump (list, MILLION - 1);
  console_test_wait (g_str_equal (subject_at (model, MILLION - 1), "Message 999999"));
  gtk_window_destroy (window);
}

/* The page under the view is asked for although the server still holds those that scrolled away. */
static void
test_scrolled_away (void)
{
  g_autoptr (MunMessageModel) model = new_model ();
  const guint far = 800000;
  MunMessageList *list;
  GtkWindow *window;

  server.hold = TRUE;
  server.cancelled = 0;
  window = show_list (&list, model);
  console_test_wait (server.waiting.length == 1);
  jump (list, 500000);
  console_test_wait (server.waiting.length == 2 && server.last_start > 490000);
  jump (list, far);
  console_test_wait (server.last_start / MUN_MESSAGE_PAGE == far / MUN_MESSAGE_PAGE
                     || server.last_start / MUN_MESSAGE_PAGE == far / MUN_MESSAGE_PAGE - 1);
  g_assert_cmpuint (server.cancelled, >=, 1);
  g_assert_cmpuint (mun_message_model_get_n_requests (model), <=, MAX_REQUESTS);
  server.hold = FALSE;
  while (server.waiting.length > 0)
    answer_cb (NULL);
  console_test_wait (g_str_equal (subject_at (model, far), "Message 800000"));
  /* … and what was given up is fetched when somebody comes back to it. */
  jump (list, 0);
  console_test_wait (g_str_equal (subject_at (model, 0), "Message 0"));
  gtk_window_destroy (window);
}

static void
selected_cb (MunMessageList *list, MunMessageRow *row, GString *ids)
{
  g_string_append_printf (ids, "%s;",
                          row == NULL                    ? "none"
                          : mun_message_row_get_id (row) ? mun_message_row_get_id (row)
                                                         : "placeholder");
}

/* Who is faster than the server sees the message as soon as it is there. */
static void
test_selected_before_it_arrives (void)
{
  g_autoptr (MunMessageModel) model = new_model ();
  g_autoptr (GString) ids = g_string_new (NULL);
  MunMessageList *list;
  GtkWindow *window;
  GtkColumnView *view;

  server.hold = TRUE;
  window = show_list (&list, model);
  g_signal_connect (list, "selected", G_CALLBACK (selected_cb), ids);
  view = find (GTK_WIDGET (list), GTK_TYPE_COLUMN_VIEW);
  console_test_wait (server.waiting.length == 1);
  gtk_selection_model_select_item (gtk_column_view_get_model (view), 3, TRUE);
  g_assert_cmpstr (ids->str, ==, "placeholder;");
  server.hold = FALSE;
  answer_cb (NULL);
  console_test_wait (g_str_equal (ids->str, "placeholder;3:1;"));
  gtk_window_destroy (window);
}

static void
sort_changed_cb (MunMessageList *list, char **sort)
{
  g_free (*sort);
  *sort = g_strdup (mun_message_list_get_sort (list));
}

/* A click on a header changes the order that the server is asked for; no row is compared. */
static void
test_order (void)
{
  g_autoptr (MunMessageModel) model = new_model ();
  g_autofree char *sort = NULL;
  MunMessageList *list;
  GtkWindow *window = show_list (&list, model);
  GtkColumnView *view = find (GTK_WIDGET (list), GTK_TYPE_COLUMN_VIEW);
  g_autoptr (GtkColumnViewColumn) subject
      = g_list_model_get_item (gtk_column_view_get_columns (view), 2);

  g_signal_connect (list, "sort-changed", G_CALLBACK (sort_changed_cb), &sort);
  g_assert_cmpstr (mun_message_list_get_sort (list), ==, "d-desc");
  g_assert_cmpstr (gtk_column_view_column_get_title (subject), ==, "Subject");
  gtk_column_view_sort_by_column (view, subject, GTK_SORT_ASCENDING);
  g_assert_cmpstr (sort, ==, "s-asc");
  gtk_column_view_sort_by_column (view, subject, GTK_SORT_DESCENDING);
  g_assert_cmpstr (sort, ==, "s-desc");
  g_assert_cmpuint (mun_message_model_get_n_pages (model), <=, 2);
  gtk_window_destroy (window);
}

/* The second lines of the rows that are shown. */
static void
collect_snippets (GtkWidget *root, GPtrArray *lines)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    if (gtk_widget_has_css_class (child, "snippet") && gtk_widget_get_mapped (child))
      g_ptr_array_add (lines, child);
    collect_snippets (child, lines);
  }
}

static guint
count_snippets (MunMessageList *list, GPtrArray *lines)
{
  g_ptr_array_set_size (lines, 0);
  collect_snippets (GTK_WIDGET (list), lines);
  return lines->len;
}

static gboolean
has_snippet (GtkWidget *line, const char *text)
{
  return g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (line)), text) == 0;
}

/* Rows with and without a snippet are equally high, and the hits are bold. */
static void
test_second_line (void)
{
  g_autoptr (MunMessageModel) model = new_model ();
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  MunMessageList *list;
  GtkWindow *window;
  g_autofree char *bold = NULL;
  int height;

  server.snippets = TRUE;
  window = show_list (&list, model);
  mun_message_list_set_show_snippets (list, TRUE);
  console_test_wait (g_str_equal (subject_at (model, 1), "Message 1"));
  console_test_wait (count_snippets (list, lines) > 4);
  console_test_wait (has_snippet (lines->pdata[0], "…é word"));
  g_assert_true (has_snippet (lines->pdata[1], ""));
  bold = pango_attr_list_to_string (gtk_inscription_get_attributes (lines->pdata[0]));
  g_assert_cmpstr (bold, ==, "6 10 weight bold");
  height = gtk_widget_get_height (gtk_widget_get_parent (lines->pdata[0]));
  g_assert_cmpint (height, >, 2 * gtk_widget_get_height (lines->pdata[0]) - 2);
  for (guint i = 0; i < lines->len; i++)
    g_assert_cmpint (gtk_widget_get_height (gtk_widget_get_parent (lines->pdata[i])), ==, height);
  mun_message_list_set_show_snippets (list, FALSE);
  console_test_wait (count_snippets (list, lines) == 0);
  server.snippets = FALSE;
  gtk_window_destroy (window);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static MunRemoteSearch *
search_server (TestServer *real)
{
  g_autoptr (MunSecret) password = mun_secret_new (TEST_PASSWORD, strlen (TEST_PASSWORD));
  g_autoptr (MunArchiveClient) client
      = mun_archive_client_new ("127.0.0.1", real->web_port, real->fingerprint);
  g_autoptr (GAsyncResult) connected = NULL, searched = NULL;
  g_autoptr (GError) error = NULL;
  MunRemoteSearch *search;

  mun_archive_client_set_account (client, TEST_ADMIN, password);
  mun_archive_client_connect_async (client, NULL, keep_result_cb, &connected);
  console_test_wait (connected != NULL);
  mun_archive_client_connect_finish (client, connected, &error);
  g_assert_no_error (error);
  mun_archive_client_search_async (client,
                                   mun_json_parse_object ("{\"query\":\"needle\"}", -1, NULL), NULL,
                                   NULL, keep_result_cb, &searched);
  console_test_wait (searched != NULL);
  search = mun_archive_client_search_finish (client, searched, &error);
  g_assert_no_error (error);
  return search;
}

/* Every row gets its snippet, however far down: a server makes them for so many a page. */
static void
test_pages_with_snippets (void)
{
  g_autoptr (TestServer) real = test_server_start (NULL, NULL);
  g_autofree char *bearer = test_server_sign_in (real, TEST_ADMIN, TEST_PASSWORD);
  const guint n = MUN_REMOTE_SEARCH_SNIPPETS + 10;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonObject) uploaded = NULL;
  g_autoptr (MunRemoteSearch) search = NULL;
  g_autoptr (MunMessageModel) model = NULL;
  MunMessageList *list;
  GtkWindow *window;

  for (guint i = 0; i < n; i++) {
    g_autofree char *body = g_strdup_printf ("the needle of message %u", i);

    g_ptr_array_add (messages, test_message ("subject", "a@example.org", "b@example.org", body));
  }
  g_ptr_array_add (messages, NULL);
  uploaded = test_server_upload (real, bearer, TEST_ADMIN "/Inbox",
                                 (const char *const *)messages->pdata);
  search = search_server (real);
  g_assert_cmpuint (mun_remote_search_get_count (search), ==, n);
  mun_remote_search_set_snippets (search, TRUE);
  model = mun_message_model_new_for_search (search, "d-desc");
  window = show_list (&list, model);
  for (guint i = 0; i < n; i++) {
    g_autoptr (MunMessageRow) row = g_list_model_get_item (G_LIST_MODEL (model), i);
    g_auto (GStrv) hits = NULL;

    console_test_wait (mun_message_row_get_id (row) != NULL);
    g_assert_true (g_str_has_prefix (mun_message_row_get_snippet (row), "the needle of message "));
    hits = mun_message_row_dup_hits (row);
    g_assert_cmpuint (g_strv_length (hits), ==, 1);
    g_assert_cmpstr (hits[0], ==, "needle");
  }
  gtk_window_destroy (window);
}

/* In a narrow window the message needs the room more than the list; what somebody moves stays. */
static void
test_room_for_the_preview (void)
{
  GtkWidget *browser = g_object_new (MUN_TYPE_MESSAGE_BROWSER, NULL);
  GtkWindow *window = console_test_show (browser, 360, 720);
  GtkPaned *paned = GTK_PANED (adw_bin_get_child (ADW_BIN (browser)));
  int width;

  console_test_wait (gtk_paned_get_position (paned) <= 160);
  gtk_window_set_default_size (window, 700, 720);
  console_test_wait (gtk_paned_get_position (paned) >= 240);
  gtk_paned_set_position (paned, 270);
  width = gtk_widget_get_width (browser);
  gtk_window_set_default_size (window, 780, 720);
  console_test_wait (gtk_widget_get_width (browser) > width);
  for (guint i = 0; i < 5; i++)
    console_test_iterate ();
  g_assert_cmpint (gtk_paned_get_position (paned), ==, 270);
  gtk_window_destroy (window);
}

int
main (int argc, char **argv)
{
  console_test_init (&argc, &argv);
  g_test_add_func ("/message-list/pages", test_pages);
  g_test_add_func ("/message-list/scrolled-away", test_scrolled_away);
  g_test_add_func ("/message-list/grows", test_grows);
  g_test_add_func ("/message-list/selected-before-it-arrives", test_selected_before_it_arrives);
  g_test_add_func ("/message-list/order", test_order);
  g_test_add_func ("/message-list/second-line", test_second_line);
  g_test_add_func ("/message-list/pages-with-snippets", test_pages_with_snippets);
  g_test_add_func ("/message-list/room-for-the-preview", test_room_for_the_preview);
  return g_test_run ();
}
