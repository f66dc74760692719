/* mun-search-folder-button.c: the search folders in a popover: opened, edited, renamed, deleted */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-search-folder-button.h"

#include "mun-choice.h"
#include "mun-page.h"
#include "mun-search-folder-dialog.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunSearchFolderButton {
  AdwBin parent_instance;

  GtkPopover *popover;
  GtkWidget *scroller;
  GtkListBox *list;
  GtkLabel *placeholder;

  MunSearchFolders *folders;
};

G_DEFINE_FINAL_TYPE (MunSearchFolderButton, mun_search_folder_button, ADW_TYPE_BIN)

enum {
  OPEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *
get_name (MunRecord *folder)
{
  return mun_record_get_string (folder, "name", "");
}

static void
report (MunSearchFolderButton *self, const GError *error)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (self), MUN_TYPE_PAGE);

  if (page)
    mun_page_report_error (MUN_PAGE (page), error);
}

/* --- rows --- */

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class) {
    gtk_widget_add_css_class (label, css_class);
    gtk_widget_add_css_class (label, "dim-label");
  }
  return label;
}

static void
append (GMenu *menu, const char *label, const char *action, gint64 id)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "x", id);
  g_menu_append_item (menu, item);
}

static GtkWidget *
make_menu_button (MunRecord *folder)
{
  gint64 id = mun_record_get_int (folder, "id", 0);
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();
  /* Translators: %s is the name of a search folder. */
  g_autofree char *label = g_strdup_printf (_ ("Actions for %s"), get_name (folder));

  append (menu, _ ("_Edit"), "search-folder.edit", id);
  append (menu, _ ("_Rename…"), "search-folder.rename", id);
  append (menu, _ ("_Delete…"), "search-folder.delete", id);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return button;
}

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  MunRecord *folder = item;
  g_autofree char *summary
      = mun_search_folders_dup_summary (mun_record_get_object (folder, "criteria"));
  g_autofree char *spoken = *summary ? g_strdup_printf ("%s, %s", get_name (folder), summary)
                                     : g_strdup (get_name (folder));
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (lines), make_label (get_name (folder), NULL));
  if (*summary)
    gtk_box_append (GTK_BOX (lines), make_label (summary, "caption"));
  gtk_box_append (GTK_BOX (box), lines);
  gtk_box_append (GTK_BOX (box), make_menu_button (folder));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (lines, spoken);
  g_object_set_data_full (G_OBJECT (row), "folder", g_object_ref (folder), g_object_unref);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

static void
update (MunSearchFolderButton *self)
{
  gboolean available = self->folders && mun_search_folders_get_available (self->folders);
  const GError *error = available ? mun_search_folders_get_error (self->folders) : NULL;
  GListModel *list = self->folders ? mun_search_folders_get_list (self->folders) : NULL;
  gboolean is_filled = list && g_list_model_get_n_items (list) > 0;
  g_autofree char *words = error ? mun_words_for_error (error) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), available);
  gtk_widget_set_visible (self->scroller, is_filled);
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->placeholder)), !is_filled);
  gtk_label_set_label (self->placeholder,
                       words ? words
                             : _ ("A search folder keeps a search by name. It is opened here or "
                                  "on the Archive page."));
}

/* --- what is done with them --- */

static void
open_folder (MunSearchFolderButton *self, MunRecord *folder, gboolean edit)
{
  g_autoptr (MunRecord) held = g_object_ref (folder);

  gtk_popover_popdown (self->popover);
  g_signal_emit (self, signals[OPEN], 0, held, edit);
}

static void
row_activated_cb (MunSearchFolderButton *self, GtkListBoxRow *row)
{
  open_folder (self, g_object_get_data (G_OBJECT (row), "folder"), FALSE);
}

static void
popdown_cb (MunSearchFolderButton *self)
{
  gtk_popover_popdown (self->popover);
}

static MunRecord *
find (MunSearchFolderButton *self, GVariant *parameter)
{
  return self->folders ? mun_search_folders_find (self->folders, g_variant_get_int64 (parameter))
                       : NULL;
}

static void
edit_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunSearchFolderButton *self = MUN_SEARCH_FOLDER_BUTTON (widget);
  MunRecord *folder = find (self, parameter);

  if (folder)
    open_folder (self, folder, TRUE);
}

static void
renamed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunSearchFolderButton) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRecord) folder = mun_search_folder_dialog_finish (result, &error);

  if (!folder)
    report (self, error);
}

static void
rename_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunSearchFolderButton *self = MUN_SEARCH_FOLDER_BUTTON (widget);
  MunRecord *folder = find (self, parameter);

  if (!folder)
    return;
  gtk_popover_popdown (self->popover);
  mun_search_folder_rename_async (widget, self->folders, folder, NULL, renamed_cb,
                                  g_object_ref (self));
}

/* What the question to delete is about. */
typedef struct {
  MunSearchFolderButton *button;
  gint64 id;
} Deletion;

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunSearchFolderButton) self = data;
  g_autoptr (GError) error = NULL;

  if (!mun_search_folders_delete_finish (MUN_SEARCH_FOLDERS (source), result, &error))
    report (self, error);
}

static void
confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Deletion *deletion = data;
  g_autoptr (MunSearchFolderButton) self = deletion->button;

  if (mun_confirm_finish (result) && self->folders)
    mun_search_folders_delete_async (self->folders, deletion->id, NULL, deleted_cb,
                                     g_object_ref (self));
}

static void
delete_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunSearchFolderButton *self = MUN_SEARCH_FOLDER_BUTTON (widget);
  MunRecord *folder = find (self, parameter);
  g_autofree char *heading = NULL;
  Deletion *deletion;

  if (!folder)
    return;
  gtk_popover_popdown (self->popover);
  deletion = g_new0 (Deletion, 1);
  deletion->button = g_object_ref (self);
  deletion->id = g_variant_get_int64 (parameter);
  heading = g_strdup_printf (_ ("Delete the Search Folder “%s”?"), get_name (folder));
  mun_confirm_async (widget, heading, _ ("The messages that it finds stay in the archive."),
                     _ ("_Delete"), TRUE, NULL, confirmed_cb, deletion);
}

/* --- the widget --- */

static void
mun_search_folder_button_dispose (GObject *object)
{
  g_clear_object (&MUN_SEARCH_FOLDER_BUTTON (object)->folders);
  G_OBJECT_CLASS (mun_search_folder_button_parent_class)->dispose (object);
}

static void
mun_search_folder_button_class_init (MunSearchFolderButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_search_folder_button_dispose;
  signals[OPEN] = g_signal_new ("open", MUN_TYPE_SEARCH_FOLDER_BUTTON, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 2, MUN_TYPE_RECORD, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/widgets/mun-search-folder-button.ui");
  gtk_widget_class_bind_template_child (widget_class, MunSearchFolderButton, popover);
  gtk_widget_class_bind_template_child (widget_class, MunSearchFolderButton, scroller);
  gtk_widget_class_bind_template_child (widget_class, MunSearchFolderButton, list);
  gtk_widget_class_bind_template_child (widget_class, MunSearchFolderButton, placeholder);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, popdown_cb);
  gtk_widget_class_install_action (widget_class, "search-folder.edit", "x", edit_cb);
  gtk_widget_class_install_action (widget_class, "search-folder.rename", "x", rename_cb);
  gtk_widget_class_install_action (widget_class, "search-folder.delete", "x", delete_cb);
}

static void
mun_search_folder_button_init (MunSearchFolderButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}

void
mun_search_folder_button_set_folders (MunSearchFolderButton *self, MunSearchFolders *folders)
{
  g_return_if_fail (MUN_IS_SEARCH_FOLDER_BUTTON (self));
  if (self->folders == folders)
    return;
  if (self->folders) {
    g_signal_handlers_disconnect_by_data (self->folders, self);
    g_signal_handlers_disconnect_by_data (mun_search_folders_get_list (self->folders), self);
  }
  g_set_object (&self->folders, folders);
  gtk_list_box_bind_model (self->list, folders ? mun_search_folders_get_list (folders) : NULL,
                           make_row, NULL, NULL);
  if (folders) {
    g_signal_connect_object (folders, "notify::available", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (mun_search_folders_get_list (folders), "items-changed",
                             G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  }
  update (self);
}
