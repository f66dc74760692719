/* mun-message-list.c: messages in columns, ordered by the server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-message-list.h"

#include <glib/gi18n.h>

typedef const char *(*CellText) (MunMessageRow *row);

typedef struct {
  const char *title;
  char sort; /* letter of the Web Access API; 0: the server cannot order by it */
  CellText text;
  CellText tooltip;
  guint min_chars;
  guint nat_chars;
  gboolean expand;
  gboolean number;
  gboolean in_narrow;
} ColumnSpec;

#define N_COLUMNS 5
#define SUBJECT 1

static const ColumnSpec column_specs[N_COLUMNS] = {
  { N_ ("From/To"), 'f', mun_message_row_get_correspondent, mun_message_row_get_address, 8, 22,
    FALSE, FALSE, TRUE },
  { N_ ("Subject"), 's', mun_message_row_get_subject, mun_message_row_get_subject, 8, 30, TRUE,
    FALSE, TRUE },
  { N_ ("Folder"), 0, mun_message_row_get_folder, mun_message_row_get_folder, 8, 18, FALSE, FALSE,
    FALSE },
  { N_ ("Date"), 'd', mun_message_row_get_date, mun_message_row_get_exact_date, 8, 12, FALSE, FALSE,
    TRUE },
  { N_ ("Size"), 'z', mun_message_row_get_size, NULL, 7, 8, FALSE, TRUE, FALSE },
};

struct _MunMessageList {
  AdwBin parent_instance;

  GtkColumnView *view;
  GtkColumnViewColumn *columns[N_COLUMNS];
  GtkColumnViewColumn *state_column;
  GtkSorter *sorter;
  GtkSingleSelection *selection;
  MunMessageModel *model;
  char sort[8];
  char compared; /* sort letter of the column whose compare function ran last */
  gboolean narrow;
  gboolean show_folder;
  gboolean show_snippets;
};

G_DEFINE_FINAL_TYPE (MunMessageList, mun_message_list, ADW_TYPE_BIN)

enum {
  SELECTED,
  OPENED,
  SORT_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
update_text (GtkWidget *cell, MunMessageRow *row, const char *text, const char *tooltip)
{
  gtk_inscription_set_text (GTK_INSCRIPTION (cell), text);
  gtk_widget_set_tooltip_text (cell, tooltip);
  if (mun_message_row_get_record (row))
    gtk_widget_remove_css_class (cell, "placeholder");
  else
    gtk_widget_add_css_class (cell, "placeholder");
}

/* A text, or two of them: the subject and the snippet below it. */
static void
update_cell (GtkListItem *item, const ColumnSpec *spec)
{
  MunMessageRow *row = gtk_list_item_get_item (item);
  GtkWidget *cell = gtk_list_item_get_child (item);
  GtkWidget *snippet = gtk_widget_get_last_child (cell);

  if (snippet) {
    const char *text = mun_message_row_get_snippet (row);

    update_text (snippet, row, text, *text ? text : NULL);
    gtk_inscription_set_attributes (GTK_INSCRIPTION (snippet),
                                    mun_message_row_get_snippet_attributes (row));
    cell = gtk_widget_get_first_child (cell);
  }
  update_text (cell, row, spec->text (row), spec->tooltip ? spec->tooltip (row) : NULL);
}

static void
record_cb (MunMessageRow *row, GParamSpec *pspec, GtkListItem *item)
{
  update_cell (item, g_object_get_data (G_OBJECT (item), "column"));
}

static GtkWidget *
new_text (const ColumnSpec *spec)
{
  GtkWidget *cell = gtk_inscription_new (NULL);

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell), spec->min_chars);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (cell), spec->nat_chars);
  if (spec->number) {
    gtk_inscription_set_xalign (GTK_INSCRIPTION (cell), 1);
    gtk_widget_add_css_class (cell, "numeric");
    gtk_widget_add_css_class (cell, "dim-label");
  }
  return cell;
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, const ColumnSpec *spec)
{
  GtkWidget *cell = new_text (spec);

  /* One line high beside two: with more room a text that is cut would begin at the top. */
  gtk_widget_set_valign (cell, GTK_ALIGN_CENTER);
  g_object_set_data (G_OBJECT (item), "column", (gpointer)spec);
  gtk_list_item_set_child (item, cell);
}

/* Every row has the second line, with a snippet or without: rows of one height. */
static void
setup_snippet_cb (GtkSignalListItemFactory *factory, GtkListItem *item, const ColumnSpec *spec)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *snippet = new_text (spec);

  gtk_widget_add_css_class (snippet, "snippet");
  gtk_box_append (GTK_BOX (box), new_text (spec));
  gtk_box_append (GTK_BOX (box), snippet);
  g_object_set_data (G_OBJECT (item), "column", (gpointer)spec);
  gtk_list_item_set_child (item, box);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, const ColumnSpec *spec)
{
  MunMessageRow *row = gtk_list_item_get_item (item);

  mun_message_row_bind (row);
  g_signal_connect (row, "notify::record", G_CALLBACK (record_cb), item);
  update_cell (item, spec);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  MunMessageRow *row = gtk_list_item_get_item (item);

  g_signal_handlers_disconnect_by_data (row, item);
  mun_message_row_unbind (row);
}

/* The state column: a paper clip, or a warning sign. */
static void
update_state (GtkListItem *item)
{
  MunMessageRow *row = gtk_list_item_get_item (item);
  GtkWidget *image = gtk_list_item_get_child (item);
  gboolean damaged = mun_message_row_is_damaged (row);
  gboolean attachments = mun_message_row_has_attachments (row);
  const char *label = damaged ? _ ("Damaged message") : attachments ? _ ("Has attachments") : "";

  gtk_image_set_from_icon_name (GTK_IMAGE (image), damaged       ? "dialog-warning-symbolic"
                                                   : attachments ? "mail-attachment-symbolic"
                                                                 : NULL);
  gtk_widget_set_tooltip_text (image, *label ? label : NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
state_record_cb (MunMessageRow *row, GParamSpec *pspec, GtkListItem *item)
{
  update_state (item);
}

static void
state_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_list_item_set_child (item, gtk_image_new ());
}

static void
state_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  mun_message_row_bind (gtk_list_item_get_item (item));
  g_signal_connect (gtk_list_item_get_item (item), "notify::record", G_CALLBACK (state_record_cb),
                    item);
  update_state (item);
}

/* Never called to sort: only to learn which column the user clicked, and which way round. */
static int
compare_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const ColumnSpec *spec = g_object_get_data (G_OBJECT (data), "column");
  MunMessageList *self = g_object_get_data (G_OBJECT (data), "list");

  self->compared = spec->sort;
  return GTK_ORDERING_SMALLER;
}

static void
sorter_changed_cb (MunMessageList *self)
{
  GtkOrdering order;
  char sort[8];

  self->compared = 0;
  order = gtk_sorter_compare (self->sorter, self, self->view);
  if (!self->compared)
    return;
  g_snprintf (sort, sizeof sort, "%c-%s", self->compared,
              order == GTK_ORDERING_LARGER ? "desc" : "asc");
  if (strcmp (sort, self->sort) == 0)
    return;
  g_strlcpy (self->sort, sort, sizeof self->sort);
  g_signal_emit (self, signals[SORT_CHANGED], 0);
}

static GtkListItemFactory *
new_factory (const ColumnSpec *spec, gboolean snippets)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup",
                    snippets ? G_CALLBACK (setup_snippet_cb) : G_CALLBACK (setup_cb),
                    (gpointer)spec);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), (gpointer)spec);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  return factory;
}

static void
add_column (MunMessageList *self, guint index)
{
  const ColumnSpec *spec = &column_specs[index];
  GtkColumnViewColumn *column
      = gtk_column_view_column_new (_ (spec->title), new_factory (spec, FALSE));

  gtk_column_view_column_set_expand (column, spec->expand);
  gtk_column_view_column_set_resizable (column, TRUE);
  if (spec->sort) {
    g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, column, NULL));

    gtk_column_view_column_set_sorter (column, sorter);
  }
  g_object_set_data (G_OBJECT (column), "column", (gpointer)spec);
  g_object_set_data (G_OBJECT (column), "list", self);
  gtk_column_view_append_column (self->view, column);
  self->columns[index] = column;
  g_object_unref (column);
}

static void
add_state_column (MunMessageList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (state_setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (state_bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  self->state_column = gtk_column_view_column_new (NULL, factory);
  gtk_column_view_append_column (self->view, self->state_column);
  g_object_unref (self->state_column);
}

static void
update_columns (MunMessageList *self)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    gtk_column_view_column_set_visible (self->columns[i],
                                        (!self->narrow || column_specs[i].in_narrow)
                                            && (column_specs[i].sort
                                                || (self->show_folder && !self->narrow)));
}

/* A row that is selected before its page has arrived is selected once more when it has. */
static void
selected_record_cb (MunMessageRow *row, GParamSpec *pspec, MunMessageList *self)
{
  g_signal_handlers_disconnect_by_func (row, selected_record_cb, self);
  if (row == mun_message_list_get_selected (self))
    g_signal_emit (self, signals[SELECTED], 0, row);
}

static void
selected_cb (MunMessageList *self)
{
  MunMessageRow *row = mun_message_list_get_selected (self);

  if (row && !mun_message_row_get_record (row))
    g_signal_connect_object (row, "notify::record", G_CALLBACK (selected_record_cb), self, 0);
  g_signal_emit (self, signals[SELECTED], 0, row);
}

static void
activate_cb (MunMessageList *self, guint position)
{
  MunMessageRow *row = mun_message_list_get_selected (self);

  if (row && mun_message_row_get_id (row))
    g_signal_emit (self, signals[OPENED], 0, row);
}

static void
mun_message_list_dispose (GObject *object)
{
  MunMessageList *self = MUN_MESSAGE_LIST (object);

  if (self->model)
    mun_message_model_stop (self->model);
  if (self->selection)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->model);
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (mun_message_list_parent_class)->dispose (object);
}

static void
mun_message_list_class_init (MunMessageListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mun_message_list_dispose;
  signals[SELECTED] = g_signal_new ("selected", MUN_TYPE_MESSAGE_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, MUN_TYPE_MESSAGE_ROW);
  signals[OPENED] = g_signal_new ("opened", MUN_TYPE_MESSAGE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, MUN_TYPE_MESSAGE_ROW);
  signals[SORT_CHANGED] = g_signal_new ("sort-changed", MUN_TYPE_MESSAGE_LIST, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mun_message_list_init (MunMessageList *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  g_strlcpy (self->sort, "d-desc", sizeof self->sort);
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "message-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Messages"), -1);
  add_state_column (self);
  for (guint i = 0; i < N_COLUMNS; i++)
    add_column (self, i);
  update_columns (self);
  gtk_column_view_sort_by_column (self->view, self->columns[3], GTK_SORT_DESCENDING);
  self->sorter = gtk_column_view_get_sorter (self->view);
  g_signal_connect_object (self->sorter, "changed", G_CALLBACK (sorter_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (activate_cb), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  adw_bin_set_child (ADW_BIN (self), scroller);
}

GtkWidget *
mun_message_list_new (void)
{
  return g_object_new (MUN_TYPE_MESSAGE_LIST, NULL);
}

void
mun_message_list_set_model (MunMessageList *self, MunMessageModel *model)
{
  GtkSingleSelection *selection = NULL;

  g_return_if_fail (MUN_IS_MESSAGE_LIST (self));
  if (self->model)
    mun_message_model_stop (self->model);
  if (self->selection)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_set_object (&self->model, model);
  if (model) {
    selection = gtk_single_selection_new (NULL);
    gtk_single_selection_set_autoselect (selection, FALSE);
    gtk_single_selection_set_can_unselect (selection, TRUE);
    gtk_single_selection_set_model (selection, G_LIST_MODEL (model));
    g_signal_connect_swapped (selection, "notify::selected-item", G_CALLBACK (selected_cb), self);
  }
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_clear_object (&self->selection);
  self->selection = selection;
  g_signal_emit (self, signals[SELECTED], 0, NULL);
}

MunMessageModel *
mun_message_list_get_model (MunMessageList *self)
{
  g_return_val_if_fail (MUN_IS_MESSAGE_LIST (self), NULL);
  return self->model;
}

const char *
mun_message_list_get_sort (MunMessageList *self)
{
  g_return_val_if_fail (MUN_IS_MESSAGE_LIST (self), NULL);
  return self->sort;
}

MunMessageRow *
mun_message_list_get_selected (MunMessageList *self)
{
  g_return_val_if_fail (MUN_IS_MESSAGE_LIST (self), NULL);
  return self->selection ? gtk_single_selection_get_selected_item (self->selection) : NULL;
}

void
mun_message_list_set_show_folder (MunMessageList *self, gboolean show)
{
  g_return_if_fail (MUN_IS_MESSAGE_LIST (self));
  self->show_folder = show;
  update_columns (self);
}

void
mun_message_list_set_narrow (MunMessageList *self, gboolean narrow)
{
  g_return_if_fail (MUN_IS_MESSAGE_LIST (self));
  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  update_columns (self);
}

void
mun_message_list_set_show_snippets (MunMessageList *self, gboolean show)
{
  g_autoptr (GtkListItemFactory) factory = NULL;

  g_return_if_fail (MUN_IS_MESSAGE_LIST (self));
  if (self->show_snippets == show)
    return;
  self->show_snippets = show;
  factory = new_factory (&column_specs[SUBJECT], show);
  /* Cells that are there keep the factory that made them: hidden, they go. */
  gtk_column_view_column_set_visible (self->columns[SUBJECT], FALSE);
  gtk_column_view_column_set_factory (self->columns[SUBJECT], factory);
  update_columns (self);
}
