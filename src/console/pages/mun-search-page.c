/* mun-search-page.c: search in all archives that the account may read */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-page"

#include "mun-search-page.h"

#include "archive-client.h"
#include "json.h"
#include "mun-message-browser.h"
#include "mun-search-folder-button.h"
#include "mun-search-folder-dialog.h"
#include "mun-search-form.h"
#include "mun-state-stack.h"
#include "mun-width-bin.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunSearchPage {
  MunPage parent_instance;

  GtkBox *bar;
  GtkSearchEntry *entry;
  GtkBox *operator_help;
  GtkToggleButton *refine;
  GtkButton *search_button;
  MunSearchFolderButton *folders;
  GtkFlowBox *chips;
  GtkLabel *coverage;
  AdwFlap *flap;
  MunSearchForm *form;
  MunStateStack *states;
  MunMessageBrowser *browser;
  GCancellable *search_cancellable;
  MunRemoteSearch *shown; /* whose hits are listed; nullable */
  gint64 folder_id;       /* of the search folder that was opened last, else 0 */
};

G_DEFINE_FINAL_TYPE (MunSearchPage, mun_search_page, MUN_TYPE_PAGE)

static JsonObject *
dup_criteria (MunSearchPage *self)
{
  JsonObject *criteria = json_object_new ();

  json_object_set_string_member (criteria, "query",
                                 gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  mun_search_form_add_to (self->form, criteria);
  return criteria;
}

/* Whether anything is asked for. */
static gboolean
has_criteria (MunSearchPage *self)
{
  g_auto (GStrv) summary = mun_search_form_dup_summary (self->form);

  return *gtk_editable_get_text (GTK_EDITABLE (self->entry)) || *summary;
}

/* What is not indexed yet cannot be found: whoever searches must know. */
static void
show_coverage (MunSearchPage *self, MunRemoteSearch *search)
{
  g_autofree char *indexed_text = NULL;
  g_autofree char *messages_text = NULL;
  g_autofree char *text = NULL;
  gint64 indexed = 0, messages = 0;
  gboolean is_partial
      = search != NULL && mun_remote_search_get_coverage (search, &indexed, &messages);

  gtk_widget_set_visible (GTK_WIDGET (self->coverage), is_partial);
  if (!is_partial)
    return;
  indexed_text = mun_words_count (indexed);
  messages_text = mun_words_count (messages);
  text = g_strdup_printf (
      /* Translators: both are numbers: 12,000 of 45,000 messages */
      ngettext ("The search index is being completed: %s of %s message",
                "The search index is being completed: %s of %s messages", messages),
      indexed_text, messages_text);
  gtk_label_set_label (self->coverage, text);
}

/* While the index fills, the line follows it. */
static void
show_search (MunSearchPage *self, MunRemoteSearch *search)
{
  if (self->shown)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  if (g_set_object (&self->shown, search) && search)
    g_signal_connect_object (search, "changed", G_CALLBACK (show_coverage), self,
                             G_CONNECT_SWAPPED);
  show_coverage (self, search);
  mun_message_browser_set_search (self->browser, search);
}

/* In a narrow window the pane lies over what was found, and over why nothing was. */
static void
uncover (MunSearchPage *self)
{
  if (adw_flap_get_folded (self->flap))
    gtk_toggle_button_set_active (self->refine, FALSE);
}

static void
searched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunSearchPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRemoteSearch) search
      = mun_archive_client_search_finish (MUN_ARCHIVE_CLIENT (source), result, &error);

  if (!search) {
    g_autoptr (JsonObject) criteria = dup_criteria (self);

    mun_search_folders_explain (criteria, &error);
    mun_state_stack_set_error (self->states, error);
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      uncover (self);
    return;
  }
  show_search (self, search);
  mun_state_stack_set_state (self->states, mun_remote_search_get_count (search) > 0
                                               ? MUN_STATE_CONTENT
                                               : MUN_STATE_NO_RESULTS);
}

static void
search (MunSearchPage *self)
{
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));
  MunArchiveClient *client = connection ? mun_connection_get_archive (connection) : NULL;

  g_cancellable_cancel (self->search_cancellable);
  g_clear_object (&self->search_cancellable);
  if (!client)
    return;
  if (!has_criteria (self)) {
    show_search (self, NULL);
    mun_state_stack_set_state (self->states, MUN_STATE_EMPTY);
    return;
  }
  self->search_cancellable = g_cancellable_new ();
  mun_state_stack_set_state (self->states, MUN_STATE_LOADING);
  mun_archive_client_search_async (client, dup_criteria (self),
                                   mun_message_browser_get_sort (self->browser),
                                   self->search_cancellable, searched_cb, g_object_ref (self));
}

/* Whoever asks for a search wants to see what it finds. */
static void
search_now (MunSearchPage *self)
{
  uncover (self);
  search (self);
}

static void
chip_cb (MunSearchPage *self, GtkWidget *chip)
{
  GtkWidget *child = gtk_widget_get_ancestor (chip, GTK_TYPE_FLOW_BOX_CHILD);

  mun_search_form_clear_criterion (self->form,
                                   gtk_flow_box_child_get_index (GTK_FLOW_BOX_CHILD (child)));
  search (self);
}

static void
update_chips (MunSearchPage *self)
{
  g_auto (GStrv) summary = mun_search_form_dup_summary (self->form);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->chips))))
    gtk_flow_box_remove (self->chips, child);
  for (guint i = 0; summary[i]; i++) {
    GtkWidget *button = gtk_button_new ();
    GtkWidget *content = adw_button_content_new ();
    /* Translators: takes back one criterion of a search; %s is such as "From: anna". */
    g_autofree char *label = g_strdup_printf (_ ("Remove “%s”"), summary[i]);

    adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "window-close-symbolic");
    adw_button_content_set_label (ADW_BUTTON_CONTENT (content), summary[i]);
    gtk_button_set_child (GTK_BUTTON (button), content);
    gtk_widget_add_css_class (button, "pill");
    gtk_widget_add_css_class (button, "chip");
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    g_signal_connect_object (button, "clicked", G_CALLBACK (chip_cb), self, G_CONNECT_SWAPPED);
    gtk_flow_box_append (self->chips, button);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->chips), summary[0] != NULL);
}

static void
changed_cb (MunSearchPage *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.save-search", has_criteria (self));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunSearchPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRecord) folder = mun_search_folder_dialog_finish (result, &error);
  g_autofree char *text = NULL;

  if (!folder) {
    mun_page_report_error (MUN_PAGE (self), error);
    return;
  }
  self->folder_id = mun_record_get_int (folder, "id", 0);
  text = g_strdup_printf (_ ("Search folder “%s” saved"),
                          mun_record_get_string (folder, "name", ""));
  mun_page_toast (MUN_PAGE (self), text);
}

static void
save_search_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunSearchPage *self = MUN_SEARCH_PAGE (widget);
  MunSearchFolders *folders = mun_search_folders_for (mun_page_get_connection (MUN_PAGE (self)));
  MunRecord *opened = mun_search_folders_find (folders, self->folder_id);
  g_autoptr (JsonObject) criteria = dup_criteria (self);

  mun_search_folder_save_async (widget, folders,
                                opened ? mun_record_get_string (opened, "name", "") : "", criteria,
                                NULL, saved_cb, g_object_ref (self));
}

/* Shows what a search folder asks, and what that finds. */
static void
open_folder_cb (MunSearchPage *self, MunRecord *folder, gboolean edit)
{
  JsonObject *criteria = mun_record_get_object (folder, "criteria");

  self->folder_id = mun_record_get_int (folder, "id", 0);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), mun_json_get_string (criteria, "query", ""));
  mun_search_form_set_criteria (self->form, criteria);
  if (edit)
    gtk_toggle_button_set_active (self->refine, TRUE);
  search (self);
}

static void
edit_folder_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunSearchPage *self = MUN_SEARCH_PAGE (widget);
  MunSearchFolders *folders = mun_search_folders_for (mun_page_get_connection (MUN_PAGE (self)));
  MunRecord *folder = mun_search_folders_find (folders, g_variant_get_int64 (parameter));

  if (folder)
    open_folder_cb (self, folder, TRUE);
}

static void
search_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  search_now (MUN_SEARCH_PAGE (widget));
}

static void
search_in_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunSearchPage *self = MUN_SEARCH_PAGE (widget);
  const char *folder = g_variant_get_string (parameter, NULL);

  if (*folder)
    mun_search_form_set_folder (self->form, folder);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
toggle_form_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkToggleButton *refine = MUN_SEARCH_PAGE (widget)->refine;

  gtk_toggle_button_set_active (refine, !gtk_toggle_button_get_active (refine));
}

static void
new_query_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunSearchPage *self = MUN_SEARCH_PAGE (widget);

  self->folder_id = 0;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  mun_search_form_reset (self->form);
  search (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static gboolean
has_capability (GStrv capabilities, const char *name)
{
  return capabilities && g_strv_contains ((const char *const *)capabilities, name);
}

static void
info_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunSearchPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  g_auto (GStrv) capabilities = NULL;

  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  capabilities = mun_json_dup_strings (json_node_get_object (node), "capabilities");
  mun_search_form_set_has_dates (self->form, has_capability (capabilities, "searchDates"));
  gtk_widget_set_visible (GTK_WIDGET (self->operator_help),
                          has_capability (capabilities, "searchOperators"));
  mun_message_browser_set_show_snippets (self->browser,
                                         has_capability (capabilities, "searchSnippets"));
}

static void
set_word (GtkButton *button, gboolean is_word, const char *word, const char *icon_name)
{
  if (is_word) {
    gtk_button_set_label (button, word);
    gtk_button_set_use_underline (button, TRUE);
  } else {
    gtk_button_set_icon_name (button, icon_name);
  }
}

/* What is typed needs the room more than the word on the button, and than the other buttons. */
static void
narrow_cb (MunSearchPage *self, GParamSpec *pspec, MunWidthBin *bin)
{
  gboolean is_narrow = mun_width_bin_is_narrow (bin);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->bar), is_narrow
                                                                  ? GTK_ORIENTATION_VERTICAL
                                                                  : GTK_ORIENTATION_HORIZONTAL);
  set_word (self->search_button, !is_narrow, _ ("_Search"), "system-search-symbolic");
  set_word (GTK_BUTTON (self->refine), is_narrow, _ ("_Refine"), "view-more-horizontal-symbolic");
}

static void
mun_search_page_load (MunPage *page)
{
  MunSearchPage *self = MUN_SEARCH_PAGE (page);
  MunConnection *connection = mun_page_get_connection (page);

  mun_message_browser_set_connection (self->browser, connection);
  mun_search_folder_button_set_folders (self->folders, mun_search_folders_for (connection));
  mun_search_folders_load (mun_search_folders_for (connection));
  mun_search_form_set_has_dates (self->form, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->operator_help), FALSE);
  mun_message_browser_set_show_snippets (self->browser, FALSE);
  if (mun_connection_has_function (connection, "GetServerInfo"))
    mun_connection_call_async (connection, "GetServerInfo", NULL, mun_page_get_cancellable (page),
                               info_cb, g_object_ref (self));
  search (self);
}

static void
mun_search_page_start_search (MunPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (MUN_SEARCH_PAGE (page)->entry));
}

static void
mun_search_page_dispose (GObject *object)
{
  MunSearchPage *self = MUN_SEARCH_PAGE (object);

  g_cancellable_cancel (self->search_cancellable);
  g_clear_object (&self->search_cancellable);
  if (self->shown)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  g_clear_object (&self->shown);
  G_OBJECT_CLASS (mun_search_page_parent_class)->dispose (object);
}

static void
mun_search_page_class_init (MunSearchPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_search_page_dispose;
  MUN_PAGE_CLASS (klass)->load = mun_search_page_load;
  MUN_PAGE_CLASS (klass)->start_search = mun_search_page_start_search;
  g_type_ensure (MUN_TYPE_STATE_STACK);
  g_type_ensure (MUN_TYPE_SEARCH_FOLDER_BUTTON);
  g_type_ensure (MUN_TYPE_SEARCH_FORM);
  g_type_ensure (MUN_TYPE_WIDTH_BIN);
  g_type_ensure (MUN_TYPE_MESSAGE_BROWSER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/pages/mun-search-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, bar);
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, entry);
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, operator_help);
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, refine);
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, search_button);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, folders);
  gtk_widget_class_bind_template_callback (widget_class, open_folder_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, chips);
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, coverage);
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, flap);
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, form);
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, states);
  gtk_widget_class_bind_template_child (widget_class, MunSearchPage, browser);
  gtk_widget_class_install_action (widget_class, "page.search", NULL, search_cb);
  gtk_widget_class_install_action (widget_class, "page.new-query", NULL, new_query_cb);
  gtk_widget_class_install_action (widget_class, "page.search-in", "s", search_in_cb);
  gtk_widget_class_install_action (widget_class, "page.toggle-pane", NULL, toggle_form_cb);
  gtk_widget_class_install_action (widget_class, "page.save-search", NULL, save_search_cb);
  gtk_widget_class_install_action (widget_class, "page.edit-search-folder", "x", edit_folder_cb);
}

static void
mun_search_page_init (MunSearchPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_set (self->entry, "placeholder-text", _ ("Words, “a phrase”, inv*ice"), NULL);
  g_object_bind_property (self->refine, "active", self->flap, "reveal-flap",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  mun_message_list_set_show_folder (mun_message_browser_get_list (self->browser), TRUE);
  g_signal_connect_object (self->entry, "activate", G_CALLBACK (search_now), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->form, "changed", G_CALLBACK (update_chips), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->form, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->browser, "toast", G_CALLBACK (mun_page_toast), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->browser, "changed", G_CALLBACK (search), self, G_CONNECT_SWAPPED);
  mun_state_stack_set_state (self->states, MUN_STATE_EMPTY);
  changed_cb (self);
}
