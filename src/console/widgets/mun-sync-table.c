/* mun-sync-table.c: the users that a synchronization creates, changes, deletes or skips */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-sync-table.h"

#include "mun-state-stack.h"
#include "mun-width-bin.h"
#include "text.h"

#include <glib/gi18n.h>

#define USER_WIDTH 210
#define NARROW_USER_WIDTH 130
#define DETAILS_CHARS 22
#define NAME_WIDTH 160
#define ADDRESS_WIDTH 200

struct _MunSyncTable {
  AdwBin parent_instance;
  MunStateStack *states;
  GtkColumnView *view;
  GtkColumnViewColumn *user_column;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *address_column;
  GtkColumnViewColumn *details_column;
  GtkCustomFilter *filter;
  GtkFilterListModel *shown;
  char *text;
};

G_DEFINE_FINAL_TYPE (MunSyncTable, mun_sync_table, ADW_TYPE_BIN)

typedef const char *(*GetText) (MunSyncChange *change);

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

/* What changes takes a line a field; it is worth the height. */
static void
setup_details_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  /* A row is as high as its narrowest form wants it. */
  gtk_label_set_width_chars (GTK_LABEL (label), DETAILS_CHARS);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GetText get_text = (GetText)data;
  const char *text = get_text (gtk_list_item_get_item (item));
  GtkWidget *label = gtk_list_item_get_child (item);

  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_tooltip_text (label, text);
}

static char *
column_text (MunSyncChange *change, gpointer data)
{
  return g_strdup (((GetText)data) (change));
}

static GtkColumnViewColumn *
add_column (MunSyncTable *self, const char *title, int width, gboolean details, GetText get_text)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_string_sorter_new (
      gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (column_text),
                                   (gpointer)get_text, NULL)));

  g_signal_connect (factory, "setup",
                    details ? G_CALLBACK (setup_details_cb) : G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), (gpointer)get_text);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_sorter (column, sorter);
  if (details)
    gtk_column_view_column_set_expand (column, TRUE);
  else
    gtk_column_view_column_set_fixed_width (column, width);
  gtk_column_view_append_column (self->view, column);
  return column;
}

static gboolean
filter_func (gpointer item, gpointer data)
{
  return mun_sync_change_matches (item, MUN_SYNC_TABLE (data)->text);
}

static void
mun_sync_table_finalize (GObject *object)
{
  MunSyncTable *self = MUN_SYNC_TABLE (object);

  /* The filter asks for the table's text; it must not outlive it. */
  gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  g_clear_object (&self->filter);
  g_clear_object (&self->shown);
  g_free (self->text);
  G_OBJECT_CLASS (mun_sync_table_parent_class)->finalize (object);
}

static void
mun_sync_table_class_init (MunSyncTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_sync_table_finalize;
}

static void
mun_sync_table_init (MunSyncTable *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->text = g_strdup ("");
  self->filter = gtk_custom_filter_new (filter_func, self, NULL);
  self->shown = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->filter)));
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_column_view_set_show_row_separators (self->view, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  self->user_column
      = add_column (self, _ ("User Name"), USER_WIDTH, FALSE, mun_sync_change_get_user_name);
  self->name_column
      = add_column (self, _ ("Full Name"), NAME_WIDTH, FALSE, mun_sync_change_get_full_name);
  self->address_column = add_column (self, _ ("Email Addresses"), ADDRESS_WIDTH, FALSE,
                                     mun_sync_change_get_addresses);
  self->details_column
      = add_column (self, _ ("What Changes"), 0, TRUE, mun_sync_change_get_details);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
  self->states = g_object_new (MUN_TYPE_STATE_STACK, "content", scrolled, "empty-icon-name",
                               "object-select-symbolic", "empty-title", _ ("Nobody"), NULL);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->states));
}

/* GTK 4.8 leaves room for the fixed width of a column that is not shown. */
static void
show_column (GtkColumnViewColumn *column, gboolean visible, int width)
{
  gtk_column_view_column_set_visible (column, visible);
  gtk_column_view_column_set_fixed_width (column, visible ? width : -1);
}

void
mun_sync_table_set_list (MunSyncTable *self, GListModel *list, MunSyncKind kind)
{
  const char *const empty[] = {
    [MUN_SYNC_KIND_CREATE] = _ ("No user is missing in the archive."),
    [MUN_SYNC_KIND_CHANGE] = _ ("All users are up to date."),
    [MUN_SYNC_KIND_DELETE] = _ ("No user has left the directory."),
    [MUN_SYNC_KIND_SKIP] = _ ("No user was left out."),
  };
  GtkSortListModel *sorted;
  GtkSelectionModel *selection;

  g_return_if_fail (MUN_IS_SYNC_TABLE (self));
  g_return_if_fail (kind < MUN_SYNC_N_KINDS);
  gtk_filter_list_model_set_model (self->shown, list);
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->shown)),
                                    g_object_ref (gtk_column_view_get_sorter (self->view)));
  gtk_sort_list_model_set_incremental (sorted, g_list_model_get_n_items (list) > 2000);
  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (sorted)));
  gtk_column_view_set_model (self->view, selection);
  g_object_unref (selection);
  gtk_column_view_column_set_expand (self->user_column, kind == MUN_SYNC_KIND_DELETE);
  gtk_column_view_column_set_expand (self->name_column, kind == MUN_SYNC_KIND_DELETE);
  gtk_column_view_column_set_expand (self->address_column, kind == MUN_SYNC_KIND_CREATE);
  show_column (self->address_column, kind == MUN_SYNC_KIND_CREATE,
               ADDRESS_WIDTH * mun_text_scale (GTK_WIDGET (self)));
  gtk_column_view_column_set_visible (self->details_column,
                                      kind == MUN_SYNC_KIND_CHANGE || kind == MUN_SYNC_KIND_SKIP);
  gtk_column_view_column_set_title (self->details_column,
                                    kind == MUN_SYNC_KIND_SKIP ? _ ("Reason") : _ ("What Changes"));
  g_object_set (self->states, "empty-description", empty[kind], NULL);
  mun_state_stack_set_models (self->states, list, G_LIST_MODEL (self->shown));
  mun_state_stack_set_ready (self->states);
}

void
mun_sync_table_set_filter (MunSyncTable *self, const char *text)
{
  g_return_if_fail (MUN_IS_SYNC_TABLE (self));
  if (mun_set_str (&self->text, text))
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

void
mun_sync_table_set_narrow (MunSyncTable *self, gboolean narrow)
{
  g_return_if_fail (MUN_IS_SYNC_TABLE (self));
  show_column (self->name_column, !narrow, NAME_WIDTH * mun_text_scale (GTK_WIDGET (self)));
  gtk_column_view_column_set_fixed_width (self->user_column,
                                          (narrow ? NARROW_USER_WIDTH : USER_WIDTH)
                                              * mun_text_scale (GTK_WIDGET (self)));
}

guint
mun_sync_table_get_n_shown (MunSyncTable *self)
{
  g_return_val_if_fail (MUN_IS_SYNC_TABLE (self), 0);
  return g_list_model_get_n_items (G_LIST_MODEL (self->shown));
}
