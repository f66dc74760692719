/* mun-archive-page.c: archives and search folders as a tree, their messages, and a preview */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-page"

#include "mun-archive-page.h"

#include "archive-client.h"
#include "json.h"
#include "mun-folder-tree.h"
#include "mun-message-browser.h"
#include "mun-search-folders.h"
#include "mun-state-stack.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunArchivePage {
  MunPage parent_instance;

  MunStateStack *states;
  AdwFlap *flap;
  MunFolderTree *tree;
  GtkStack *folder_stack;
  AdwStatusPage *empty_page;
  MunMessageBrowser *browser;
  MunSearchFolders *search_folders;
  GCancellable *folder_cancellable;
};

G_DEFINE_FINAL_TYPE (MunArchivePage, mun_archive_page, MUN_TYPE_PAGE)

/* A search folder that cannot be run shows nothing, and says why. */
static void
show_search_failure (MunArchivePage *self, JsonObject *criteria, GError **error)
{
  g_autofree char *words = NULL, *escaped = NULL;

  if (g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  mun_search_folders_explain (criteria, error);
  words = mun_words_for_error (*error);
  escaped = mun_words_escape (words);
  adw_status_page_set_description (self->empty_page, escaped);
  mun_message_browser_set_search (self->browser, NULL);
  gtk_stack_set_visible_child_name (self->folder_stack, "empty");
}

static void
searched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunArchivePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRemoteSearch) search
      = mun_archive_client_search_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  MunFolderNode *node = mun_folder_tree_get_selected (self->tree);
  JsonObject *criteria = node ? mun_folder_node_get_criteria (node) : NULL;

  if (!search && criteria) {
    show_search_failure (self, criteria, &error);
    return;
  }
  if (!search) {
    mun_page_report_error (MUN_PAGE (self), error);
    return;
  }
  mun_message_list_set_show_folder (mun_message_browser_get_list (self->browser), criteria != NULL);
  mun_message_browser_set_search (self->browser, search);
  gtk_stack_set_visible_child_name (self->folder_stack, mun_remote_search_get_count (search) > 0
                                                            ? "messages"
                                                            : "empty");
}

/* What the empty page adds to its title. */
static const char *
get_advice (MunFolderNode *node)
{
  if (!mun_folder_node_has_children (node))
    return NULL;
  return mun_folder_node_is_searches (node)
             ? _ ("The search folders below this one find messages in all archives. They are made "
                  "on the Search page.")
             : _ ("The messages lie in the folders below this one.");
}

/* What is to be found in a folder, or for a search folder; NULL where there is nothing. */
static JsonObject *
make_criteria (MunFolderNode *node)
{
  JsonObject *asked = mun_folder_node_get_criteria (node);
  JsonObject *criteria;

  if (asked)
    return mun_json_copy_object (asked);
  if (mun_folder_node_is_searches (node))
    return NULL;
  criteria = json_object_new ();
  json_object_set_string_member (criteria, "folder", mun_folder_node_get_full_path (node));
  json_object_set_boolean_member (criteria, "folderRecurse", FALSE);
  return criteria;
}

static void
folder_selected_cb (MunArchivePage *self, MunFolderNode *node)
{
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));
  JsonObject *criteria = make_criteria (node);

  adw_status_page_set_description (self->empty_page, get_advice (node));
  g_cancellable_cancel (self->folder_cancellable);
  g_clear_object (&self->folder_cancellable);
  if (!criteria) {
    mun_message_browser_set_search (self->browser, NULL);
    gtk_stack_set_visible_child_name (self->folder_stack, "empty");
    return;
  }
  self->folder_cancellable = g_cancellable_new ();
  mun_archive_client_search_async (mun_connection_get_archive (connection), criteria,
                                   mun_message_browser_get_sort (self->browser),
                                   self->folder_cancellable, searched_cb, g_object_ref (self));
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
}

static void
changed_cb (MunArchivePage *self)
{
  MunFolderNode *node = mun_folder_tree_get_selected (self->tree);

  if (node)
    folder_selected_cb (self, node);
}

static void
archives_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunArchivePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records
      = mun_archive_client_list_archives_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  g_autoptr (GPtrArray) nodes = NULL;
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));

  if (!records) {
    mun_state_stack_set_error (self->states, error);
    return;
  }
  nodes = mun_folder_node_list_archives (MUN_ARCHIVE_CLIENT (source), records,
                                         mun_server_entry_get_user_name (
                                             mun_connection_get_entry (connection)));
  mun_message_browser_set_search (self->browser, NULL);
  gtk_stack_set_visible_child_name (self->folder_stack, "choose");
  mun_folder_tree_set_archives (self->tree, nodes);
  mun_state_stack_set_state (self->states, records->len > 0 ? MUN_STATE_CONTENT : MUN_STATE_EMPTY);
}

/* The server's search folders stand in the tree where it has them. */
static void
available_cb (MunArchivePage *self, GParamSpec *pspec, MunSearchFolders *folders)
{
  mun_folder_tree_set_searches (self->tree, mun_search_folders_get_available (folders)
                                                ? mun_search_folders_get_list (folders)
                                                : NULL);
}

static void
load_search_folders (MunArchivePage *self, MunConnection *connection)
{
  MunSearchFolders *folders = mun_search_folders_for (connection);

  if (g_set_object (&self->search_folders, folders)) {
    g_signal_connect_object (folders, "notify::available", G_CALLBACK (available_cb), self,
                             G_CONNECT_SWAPPED);
    available_cb (self, NULL, folders);
  }
  mun_search_folders_load (folders);
}

static void
mun_archive_page_load (MunPage *page)
{
  MunArchivePage *self = MUN_ARCHIVE_PAGE (page);
  MunConnection *connection = mun_page_get_connection (page);

  mun_message_browser_set_connection (self->browser, connection);
  load_search_folders (self, connection);
  if (!mun_connection_get_archive (connection))
    return;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.allow-access",
                                 mun_connection_has_function (connection,
                                                              "SetComplianceConfiguration"));
  mun_state_stack_set_state (self->states, MUN_STATE_LOADING);
  mun_archive_client_list_archives_async (mun_connection_get_archive (connection),
                                          mun_page_get_cancellable (page), archives_cb,
                                          g_object_ref (self));
}

static void
allowed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunArchivePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (error)
    mun_page_report_error (MUN_PAGE (self), error);
  else
    mun_page_refresh (MUN_PAGE (self));
}

/* What the configuration holds besides is written back as it was. */
static void
configuration_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunArchivePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  JsonObject *arguments;

  if (error || !JSON_NODE_HOLDS_OBJECT (node)
      || !json_object_has_member (json_node_get_object (node), "adminArchiveAccess")) {
    if (!error)
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                                   _ ("This server keeps archive access elsewhere: change it with "
                                      "its own program."));
    mun_page_report_error (MUN_PAGE (self), error);
    return;
  }
  json_object_set_boolean_member (json_node_get_object (node), "adminArchiveAccess", TRUE);
  arguments = json_object_new ();
  json_object_set_member (arguments, "config", json_node_copy (node));
  mun_connection_call_async (MUN_CONNECTION (source), "SetComplianceConfiguration", arguments, NULL,
                             allowed_cb, g_object_ref (self));
}

static void
allow_response_cb (AdwMessageDialog *dialog, const char *response, MunArchivePage *self)
{
  if (strcmp (response, "allow") == 0)
    mun_connection_call_async (mun_page_get_connection (MUN_PAGE (self)),
                               "GetComplianceConfiguration", NULL, NULL, configuration_cb,
                               g_object_ref (self));
}

static void
allow_access_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Allow Administrators to Read All Archives?"),
      _ ("Every message that an administrator reads in somebody else’s archive is recorded in the "
         "audit log."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "allow",
                                    _ ("_Allow"), NULL);
  g_signal_connect_object (dialog, "response", G_CALLBACK (allow_response_cb), widget, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Without a folder there is nothing to see beside the tree. */
static void
folded_cb (MunArchivePage *self)
{
  if (!mun_folder_tree_get_selected (self->tree))
    adw_flap_set_reveal_flap (self->flap, TRUE);
}

static void
toggle_tree_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AdwFlap *flap = MUN_ARCHIVE_PAGE (widget)->flap;

  adw_flap_set_reveal_flap (flap, !adw_flap_get_reveal_flap (flap));
}

static void
mun_archive_page_start_search (MunPage *page)
{
  MunFolderNode *node = mun_folder_tree_get_selected (MUN_ARCHIVE_PAGE (page)->tree);
  MunRecord *search = node ? mun_folder_node_get_search (node) : NULL;

  if (search)
    gtk_widget_activate_action (GTK_WIDGET (page), "win.edit-search-folder", "x",
                                mun_record_get_int (search, "id", 0));
  else
    gtk_widget_activate_action (GTK_WIDGET (page), "win.search-in", "s",
                                node && !mun_folder_node_is_searches (node)
                                    ? mun_folder_node_get_full_path (node)
                                    : "");
}

static void
mun_archive_page_dispose (GObject *object)
{
  MunArchivePage *self = MUN_ARCHIVE_PAGE (object);

  g_cancellable_cancel (self->folder_cancellable);
  g_clear_object (&self->folder_cancellable);
  g_clear_object (&self->search_folders);
  G_OBJECT_CLASS (mun_archive_page_parent_class)->dispose (object);
}

static void
mun_archive_page_class_init (MunArchivePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  MunPageClass *page_class = MUN_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_archive_page_dispose;
  page_class->load = mun_archive_page_load;
  page_class->start_search = mun_archive_page_start_search;
  g_type_ensure (MUN_TYPE_STATE_STACK);
  g_type_ensure (MUN_TYPE_FOLDER_TREE);
  g_type_ensure (MUN_TYPE_MESSAGE_BROWSER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/pages/mun-archive-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MunArchivePage, states);
  gtk_widget_class_bind_template_child (widget_class, MunArchivePage, flap);
  gtk_widget_class_bind_template_child (widget_class, MunArchivePage, tree);
  gtk_widget_class_bind_template_child (widget_class, MunArchivePage, folder_stack);
  gtk_widget_class_bind_template_child (widget_class, MunArchivePage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, MunArchivePage, browser);
  gtk_widget_class_install_action (widget_class, "page.allow-access", NULL, allow_access_cb);
  gtk_widget_class_install_action (widget_class, "page.toggle-pane", NULL, toggle_tree_cb);
}

static void
mun_archive_page_init (MunArchivePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->flap, "notify::folded", G_CALLBACK (folded_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->tree, "folder-selected", G_CALLBACK (folder_selected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->browser, "toast", G_CALLBACK (mun_page_toast), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->browser, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
}
