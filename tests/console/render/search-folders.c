/* search-folders.c: searches kept by name, on the search page and in the tree of archives */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "render.h"

#include "json.h"
#include "mun-folder-tree.h"
#include "mun-message-browser.h"
#include "mun-search-folder-button.h"
#include "mun-search-page.h"
#include "mun-state-stack.h"

#include <glib/gi18n.h>
#include <string.h>

#define child(widget, TYPE, name)                                                                  \
  GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (widget), (TYPE), (name)))

static const struct {
  const char *name, *criteria;
} kept[] = {
  { "Invoices of this year", "{\"query\":\"invoice OR receipt\",\"dateFrom\":\"2026-01-01\"}" },
  { "From Zoe",
    "{\"from\":\"zoe\",\"hasAttachments\":true,\"priority\":\"High\",\"sizeMin\":5000000}" },
  { "Minutes of the meetings of the board and of all committees",
    "{\"query\":\"minutes\",\"folder\":\"ada/"
    "Inbox\",\"folderRecurse\":true}" },
  { "What was in the folder that is gone",
    "{\"query\":\"garden\",\"folder\":\"ada/"
    "Gone\",\"querySubject\":true,\"queryMessageBody\":false}" },
};

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRecord) record
      = mun_search_folders_save_finish (MUN_SEARCH_FOLDERS (source), result, &error);

  g_assert_no_error (error);
  *(gint64 *)data = mun_record_get_int (record, "id", 0);
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  mun_search_folders_delete_finish (MUN_SEARCH_FOLDERS (source), result, &error);
  g_assert_no_error (error);
}

static void
add_folders (MunSearchFolders *folders)
{
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++) {
    g_autoptr (JsonObject) criteria = mun_json_parse_object (kept[i].criteria, -1, NULL);
    gint64 id = 0;

    mun_search_folders_save_async (folders, 0, kept[i].name, criteria, NULL, saved_cb, &id);
    console_test_wait (id != 0);
  }
}

/* The server is the same for all tests. */
static void
remove_folders (MunSearchFolders *folders)
{
  GListModel *list = mun_search_folders_get_list (folders);

  while (g_list_model_get_n_items (list) > 0) {
    g_autoptr (MunRecord) first = g_list_model_get_item (list, 0);
    guint n = g_list_model_get_n_items (list);

    mun_search_folders_delete_async (folders, mun_record_get_int (first, "id", 0), NULL, deleted_cb,
                                     NULL);
    console_test_wait (g_list_model_get_n_items (list) < n);
  }
}

static gint64
id_of (MunSearchFolders *folders, const char *name)
{
  MunRecord *record = mun_search_folders_find_name (folders, name);

  g_assert_nonnull (record);
  return mun_record_get_int (record, "id", 0);
}

static GtkWidget *
popup (GtkWidget *button)
{
  GtkWidget *popover = child (button, MUN_TYPE_SEARCH_FOLDER_BUTTON, "popover");

  gtk_menu_button_popup (GTK_MENU_BUTTON (adw_bin_get_child (ADW_BIN (button))));
  return popover;
}

/* Types a name into the dialog that asks for it. */
static GtkWindow *
type_name (const char *name)
{
  GtkWindow *dialog = render_wait_for_window (ADW_TYPE_MESSAGE_DIALOG);
  GtkWidget *entry = render_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW);

  gtk_editable_set_text (GTK_EDITABLE (entry), name);
  return dialog;
}

static void
test_search (void)
{
  g_autoptr (FakeConnection) connection = render_server_new_with_archive (TRUE);
  MunSearchFolders *folders = mun_search_folders_for (MUN_CONNECTION (connection));
  MunWindow *window = render_page (connection, "search", "empty");
  GtkWidget *page = GTK_WIDGET (mun_window_get_page (window));
  GtkWidget *button = child (page, MUN_TYPE_SEARCH_PAGE, "folders");
  GtkWidget *entry = render_find (page, GTK_TYPE_SEARCH_ENTRY);

  render_shoot_popover (GTK_POPOVER (popup (button)), "search-folders-none");
  add_folders (folders);
  render_shoot_popover (GTK_POPOVER (popup (button)), "search-folders");
  gtk_editable_set_text (GTK_EDITABLE (entry), "invoice");
  gtk_widget_activate_action (page, "page.save-search", NULL);
  render_shoot (type_name ("Invoices"), "search-folder-save");
  render_shoot (type_name ("FROM ZOE"), "search-folder-replace");
  console_test_respond (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "cancel");
  gtk_widget_activate_action (button, "search-folder.rename", "x", id_of (folders, kept[0].name));
  render_shoot (type_name ("From Zoe"), "search-folder-rename");
  console_test_respond (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "cancel");
  gtk_widget_activate_action (button, "search-folder.delete", "x", id_of (folders, kept[0].name));
  render_shoot (render_wait_for_window (ADW_TYPE_MESSAGE_DIALOG), "search-folder-delete");
  console_test_respond (console_test_find_window (ADW_TYPE_MESSAGE_DIALOG), "cancel");
  gtk_widget_activate_action (button, "search-folder.edit", "x", id_of (folders, kept[3].name));
  render_wait_for_state (window, "error");
  g_assert_true (gtk_widget_get_visible (
      child (render_find (page, MUN_TYPE_STATE_STACK), MUN_TYPE_STATE_STACK, "retry_button")));
  render_shoot (GTK_WINDOW (window), "search-folder-gone");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child (page, MUN_TYPE_SEARCH_PAGE, "refine")),
                                FALSE);
  gtk_widget_activate_action (page, "page.edit-search-folder", "x", id_of (folders, kept[2].name));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child (page, MUN_TYPE_SEARCH_PAGE, "refine")),
                                FALSE);
  render_wait_for_state (window, "content");
  render_shoot (GTK_WINDOW (window), "search-folder-open");
  remove_folders (folders);
  render_close (window);
}

/* Opens what is to be seen of the tree, and finds the row of this name in it. */
static guint
find_row (GtkWidget *tree, const char *name)
{
  GtkListView *view = render_find (tree, GTK_TYPE_LIST_VIEW);
  GListModel *model = G_LIST_MODEL (gtk_list_view_get_model (view));

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (GtkTreeListRow) row = g_list_model_get_item (model, i);
    g_autoptr (MunFolderNode) node = gtk_tree_list_row_get_item (row);

    if (mun_folder_node_is_searches (node) && gtk_tree_list_row_is_expandable (row))
      gtk_tree_list_row_set_expanded (row, TRUE);
    if (strcmp (mun_folder_node_get_name (node), name) == 0)
      return i;
  }
  return GTK_INVALID_LIST_POSITION;
}

static void
select_row (GtkWidget *tree, const char *name)
{
  GtkListView *view = render_find (tree, GTK_TYPE_LIST_VIEW);

  console_test_wait (find_row (tree, name) != GTK_INVALID_LIST_POSITION);
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (gtk_list_view_get_model (view)),
                                     find_row (tree, name));
}

static void
test_archive (void)
{
  g_autoptr (FakeConnection) connection = render_server_new_with_archive (TRUE);
  MunSearchFolders *folders = mun_search_folders_for (MUN_CONNECTION (connection));
  MunWindow *window = render_page (connection, "archive", "content");
  GtkWidget *page = GTK_WIDGET (mun_window_get_page (window));
  GtkWidget *tree = render_find (page, MUN_TYPE_FOLDER_TREE);
  MunMessageBrowser *browser = render_find (page, MUN_TYPE_MESSAGE_BROWSER);
  MunMessageList *list = mun_message_browser_get_list (browser);

  select_row (tree, gettext ("Search Folders"));
  render_shoot (GTK_WINDOW (window), "archive-search-folders");
  add_folders (folders);
  select_row (tree, kept[0].name);
  console_test_wait (mun_message_list_get_model (list) != NULL);
  console_test_wait (g_list_model_get_n_items (G_LIST_MODEL (mun_message_list_get_model (list)))
                     > 0);
  render_shoot (GTK_WINDOW (window), "archive-search-folder");
  remove_folders (folders);
  render_close (window);
}

void
render_add_search_folders (void)
{
  g_test_add_func ("/render/search-folders/search", test_search);
  g_test_add_func ("/render/search-folders/archive", test_archive);
}
