/* test-search-folders.c: what the console knows of searches kept by name, and its search form */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"
#include "fake-connection.h"
#include "test-server.h"

#include "errors.h"
#include "json.h"
#include "mun-search-folder-button.h"
#include "mun-search-form.h"
#include "mun-search-page.h"
#include "mun-state-stack.h"

#include <string.h>

#define FULL                                                                                       \
  "{\"from\":\"anna\",\"to\":\"bert\",\"folder\":\"ada/Inbox\",\"dateFrom\":\"2026-01-02\","       \
  "\"dateTo\":\"2026-02-03\",\"archivedFrom\":\"2026-03-04\",\"archivedTo\":\"2026-04-05\","       \
  "\"folderRecurse\":false,\"querySubject\":true,\"queryFromToCcBcc\":false,"                      \
  "\"queryMessageBody\":true,\"queryAttachments\":false,\"queryAttachmentContents\":false,"        \
  "\"hasAttachments\":false,\"priority\":\"Low\",\"sizeMin\":2000000,\"sizeMax\":7000000}"

static TestServer *server;

static JsonObject *
parse (const char *json)
{
  JsonObject *object = mun_json_parse_object (json, -1, NULL);

  g_assert_nonnull (object);
  return object;
}

/* The form shows criteria and gives them back. */
static void
test_form (void)
{
  MunSearchForm *form = g_object_ref_sink (g_object_new (MUN_TYPE_SEARCH_FORM, NULL));
  g_autoptr (JsonObject) full = parse (FULL), empty = json_object_new ();
  g_autoptr (JsonObject) shown = json_object_new (), again = json_object_new ();
  g_auto (GStrv) nothing = NULL;

  mun_search_form_set_criteria (form, full);
  mun_search_form_add_to (form, shown);
  g_assert_true (json_object_equal (full, shown));
  /* what the next one does not ask is not asked any more */
  mun_search_form_set_criteria (form, empty);
  nothing = mun_search_form_dup_summary (form);
  g_assert_null (nothing[0]);
  mun_search_form_add_to (form, again);
  g_assert_true (mun_json_get_bool (again, "queryAttachments", FALSE));
  g_object_unref (form);
}

static void
test_summary (void)
{
  static const struct {
    const char *criteria, *words;
  } rows[] = {
    { "{}", "" },
    { "{\"query\":\"\",\"querySubject\":true,\"priority\":\"NotSpecified\"}", "" },
    { "{\"query\":\"a OR b\",\"from\":\"anna\"}", "a OR b · From: anna" },
    { FULL, "From: anna · To: bert · Folder: ada/Inbox · Date from: 2026-01-02 · "
            "Date to: 2026-02-03 · Archived from: 2026-03-04 · Archived to: 2026-04-05 · "
            "Has attachments: No · Priority: Low · Larger than (MB): 2 · Smaller than (MB): 7" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonObject) criteria = parse (rows[i].criteria);
    g_autofree char *words = mun_search_folders_dup_summary (criteria);

    g_assert_cmpstr (words, ==, rows[i].words);
  }
}

static void
test_explain (void)
{
  g_autoptr (JsonObject) criteria = parse ("{\"folder\":\"ada/Gone\"}"), words = parse ("{}");
  GError *gone = g_error_new (MUN_ERROR, MUN_ERROR_NOT_FOUND, "HTTP 404");
  GError *other = g_error_new (MUN_ERROR, MUN_ERROR_INVALID, "a sentence");

  mun_search_folders_explain (words, &gone);
  g_assert_cmpstr (gone->message, ==, "HTTP 404");
  mun_search_folders_explain (criteria, &other);
  g_assert_cmpstr (other->message, ==, "a sentence");
  mun_search_folders_explain (criteria, &gone);
  g_assert_error (gone, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_assert_true (g_str_has_prefix (gone->message, "There is no folder “ada/Gone” any more."));
  g_error_free (gone);
  g_error_free (other);
}

/* What stands in for the answer of one change. */
typedef struct {
  gboolean done;
  gint64 id;
  GError *error;
} Outcome;

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;
  g_autoptr (MunRecord) record
      = mun_search_folders_save_finish (MUN_SEARCH_FOLDERS (source), result, &outcome->error);

  outcome->done = TRUE;
  outcome->id = record != NULL ? mun_record_get_int (record, "id", 0) : 0;
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  mun_search_folders_delete_finish (MUN_SEARCH_FOLDERS (source), result, &outcome->error);
  outcome->done = TRUE;
}

static Outcome
save (MunSearchFolders *folders, gint64 id, const char *name)
{
  g_autoptr (JsonObject) criteria = parse ("{\"query\":\"word\"}");
  Outcome outcome = { FALSE, 0, NULL };

  mun_search_folders_save_async (folders, id, name, criteria, NULL, saved_cb, &outcome);
  console_test_wait (outcome.done);
  return outcome;
}

static Outcome delete (MunSearchFolders *folders, gint64 id)
{
  Outcome outcome = { FALSE, 0, NULL };

  mun_search_folders_delete_async (folders, id, NULL, deleted_cb, &outcome);
  console_test_wait (outcome.done);
  return outcome;
}

static FakeConnection *
connect (const char *info)
{
  FakeConnection *connection = fake_connection_new ();
  g_autoptr (MunSecret) password = mun_secret_new (TEST_PASSWORD, strlen (TEST_PASSWORD));
  g_autoptr (MunArchiveClient) client
      = mun_archive_client_new ("127.0.0.1", server->web_port, server->fingerprint);

  mun_archive_client_set_account (client, TEST_ADMIN, password);
  fake_connection_set_archive (connection, client);
  fake_connection_set_server_info (connection, info);
  return connection;
}

static const char *
name_at (MunSearchFolders *folders, guint position)
{
  g_autoptr (MunRecord) record
      = g_list_model_get_item (mun_search_folders_get_list (folders), position);

  g_assert_nonnull (record);
  return mun_record_get_string (record, "name", NULL);
}

/* Where the server keeps no searches nothing is shown, nor asked. */
static void
test_unavailable (void)
{
  g_autoptr (FakeConnection) connection = connect ("{\"capabilities\":[\"searchDates\"]}");
  MunSearchFolders *folders = mun_search_folders_for (MUN_CONNECTION (connection));
  MunSearchFolderButton *button
      = g_object_ref_sink (g_object_new (MUN_TYPE_SEARCH_FOLDER_BUTTON, NULL));

  mun_search_folders_load (folders);
  mun_search_folder_button_set_folders (button, folders);
  g_assert_false (mun_search_folders_get_available (folders));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (button)));
  fake_connection_set_server_info (connection, "{\"capabilities\":[\"savedSearches\"]}");
  mun_search_folders_load (folders);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (button)));
  g_object_unref (button);
}

/* Another window's changes are met: what is gone is deleted, what is taken is told. */
static void
test_two_windows (void)
{
  g_autoptr (FakeConnection) first = connect ("{\"capabilities\":[\"savedSearches\"]}");
  g_autoptr (FakeConnection) second = connect ("{\"capabilities\":[\"savedSearches\"]}");
  MunSearchFolders *here = mun_search_folders_for (MUN_CONNECTION (first));
  MunSearchFolders *there = mun_search_folders_for (MUN_CONNECTION (second));
  GListModel *list = mun_search_folders_get_list (here);
  g_autoptr (MunRecord) kept = NULL, still = NULL;
  Outcome outcome, taken, gone;

  g_assert_true (here == mun_search_folders_for (MUN_CONNECTION (first)));
  outcome = save (here, 0, "Zoo");
  g_assert_no_error (outcome.error);
  kept = g_list_model_get_item (list, 0);
  g_assert_no_error (save (here, 0, "Bücher").error);
  g_assert_no_error (save (here, 0, "Bills").error);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 3);
  g_assert_cmpstr (name_at (here, 2), ==, "Zoo");
  still = g_list_model_get_item (list, 2);
  g_assert_true (kept == still);
  g_assert_nonnull (mun_search_folders_find_name (here, " BU\314\210CHER "));
  g_assert_null (mun_search_folders_find_name (here, "bucher"));
  /* the second one has not looked yet */
  taken = save (there, 0, "zoo");
  g_assert_error (taken.error, MUN_ERROR, MUN_ERROR_EXISTS);
  g_assert_cmpstr (taken.error->message, ==, "Another search folder has this name.");
  mun_search_folders_load (there);
  console_test_wait (g_list_model_get_n_items (mun_search_folders_get_list (there)) == 3);
  g_assert_no_error (delete (there, outcome.id).error);
  gone = save (here, outcome.id, "Animals");
  g_assert_error (gone.error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  console_test_wait (g_list_model_get_n_items (list) == 2);
  g_assert_no_error (delete (here, outcome.id).error);
  g_clear_error (&taken.error);
  g_clear_error (&gone.error);
}

#define PAGE_CHILD(page, name)                                                                     \
  ((gpointer)gtk_widget_get_template_child ((page), MUN_TYPE_SEARCH_PAGE, (name)))

/* Why a search folder finds nothing is not hidden by the pane that it is edited in. */
static void
test_narrow (void)
{
  g_autoptr (FakeConnection) connection = connect ("{\"capabilities\":[\"savedSearches\"]}");
  MunSearchFolders *folders = mun_search_folders_for (MUN_CONNECTION (connection));
  g_autoptr (JsonObject) criteria = parse ("{\"query\":\"garden\",\"folder\":\"admin/Gone\"}");
  GtkWidget *page = g_object_new (MUN_TYPE_SEARCH_PAGE, NULL);
  GtkWindow *window = console_test_show (page, 360, 640);
  GtkToggleButton *refine = PAGE_CHILD (page, "refine");
  Outcome outcome = { FALSE, 0, NULL };

  mun_page_set_connection (MUN_PAGE (page), MUN_CONNECTION (connection));
  mun_search_folders_save_async (folders, 0, "Gone", criteria, NULL, saved_cb, &outcome);
  console_test_wait (outcome.done);
  g_assert_no_error (outcome.error);
  console_test_wait (adw_flap_get_folded (PAGE_CHILD (page, "flap")));
  /* Words need room: at least two thirds of the window. */
  console_test_wait (gtk_widget_get_width (PAGE_CHILD (page, "entry")) >= 240);
  gtk_widget_activate_action (page, "page.edit-search-folder", "x", outcome.id);
  g_assert_true (gtk_toggle_button_get_active (refine));
  console_test_wait (mun_state_stack_get_state (PAGE_CHILD (page, "states")) == MUN_STATE_ERROR);
  console_test_wait (!gtk_toggle_button_get_active (refine));
  /* With room for both the pane stays. */
  gtk_window_set_default_size (window, 900, 640);
  console_test_wait (!adw_flap_get_folded (PAGE_CHILD (page, "flap")));
  mun_state_stack_set_state (PAGE_CHILD (page, "states"), MUN_STATE_CONTENT);
  gtk_widget_activate_action (page, "page.edit-search-folder", "x", outcome.id);
  console_test_wait (mun_state_stack_get_state (PAGE_CHILD (page, "states")) == MUN_STATE_ERROR);
  g_assert_true (gtk_toggle_button_get_active (refine));
  g_assert_no_error (delete (folders, outcome.id).error);
  gtk_window_destroy (window);
}

int
main (int argc, char **argv)
{
  int status;

  console_test_init (&argc, &argv);
  server = test_server_start (NULL, NULL);
  g_test_add_func ("/search-folders/form", test_form);
  g_test_add_func ("/search-folders/summary", test_summary);
  g_test_add_func ("/search-folders/explain", test_explain);
  g_test_add_func ("/search-folders/unavailable", test_unavailable);
  g_test_add_func ("/search-folders/two-windows", test_two_windows);
  g_test_add_func ("/search-folders/narrow", test_narrow);
  status = g_test_run ();
  test_server_free (server);
  return status;
}
