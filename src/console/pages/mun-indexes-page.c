/* mun-indexes-page.c: the search indexes of all archives and stores */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-page"

#include "mun-indexes-page.h"

#include "json.h"
#include "mun-operation-row.h"
#include "mun-operations.h"
#include "mun-state-stack.h"
#include "mun-store-index.h"
#include "mun-width-bin.h"
#include "mun-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define REBUILD_ONE "RebuildStoreIndex"
#define SELECT_ALL "SelectAllStoreIndexesForRebuild"
#define REBUILD_SELECTED "RebuildSelectedStoreIndexes"

struct _MunIndexesPage {
  MunPage parent_instance;

  MunStateStack *states;
  MunWidthBin *width_bin;
  GtkColumnView *view;
  GtkBox *operations_box;
  GtkLabel *count;

  GListStore *indexes; /* MunStoreIndex */
  GtkMultiSelection *selection;
  GtkColumnViewColumn *store_column;
  GtkColumnViewColumn *state_column;
};

G_DEFINE_FINAL_TYPE (MunIndexesPage, mun_indexes_page, MUN_TYPE_PAGE)

/* One load: the stores, then the indexes of one after the other. */
typedef struct {
  MunIndexesPage *page; /* while its cancellable is not cancelled */
  JsonArray *stores;
  guint next;
  GPtrArray *indexes;
} Load;

static void
load_free (Load *load)
{
  g_clear_pointer (&load->stores, json_array_unref);
  g_ptr_array_unref (load->indexes);
  g_free (load);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static MunConnection *
get_connection (MunIndexesPage *self)
{
  return mun_page_get_connection (MUN_PAGE (self));
}

static guint
count_selected (MunIndexesPage *self)
{
  g_autoptr (GtkBitset) selected
      = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  return gtk_bitset_get_size (selected);
}

static gboolean
has_stores (MunIndexesPage *self)
{
  gint64 first = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->indexes)); i++) {
    g_autoptr (MunStoreIndex) index = g_list_model_get_item (G_LIST_MODEL (self->indexes), i);

    if (i == 0)
      first = mun_store_index_get_store_id (index);
    else if (mun_store_index_get_store_id (index) != first)
      return TRUE;
  }
  return FALSE;
}

static void
update_actions (MunIndexesPage *self)
{
  MunConnection *connection = get_connection (self);
  guint all = g_list_model_get_n_items (G_LIST_MODEL (self->indexes));

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "indexes.select-all", all > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "indexes.rebuild",
                                 connection != NULL && count_selected (self) > 0
                                     && mun_connection_has_function (connection, REBUILD_ONE));
}

/* With little room the store is shown only when there are several, and gives way to the rest. */
static void
update_columns (MunIndexesPage *self)
{
  gboolean is_narrow = mun_width_bin_is_narrow (self->width_bin);

  gtk_column_view_column_set_expand (self->store_column, !is_narrow);
  gtk_column_view_column_set_visible (self->store_column, !is_narrow || has_stores (self));
}

static GtkListItemFactory *
new_factory (const char *property, guint chars, guint lines);

/* Its longest sentence has then three lines. A column makes its cells anew when it is shown. */
static void
update_state_lines (MunIndexesPage *self)
{
  g_autoptr (GtkListItemFactory) factory
      = new_factory ("state", 14, mun_width_bin_is_narrow (self->width_bin) ? 3 : 1);

  gtk_column_view_column_set_visible (self->state_column, FALSE);
  gtk_column_view_column_set_factory (self->state_column, factory);
  gtk_column_view_column_set_visible (self->state_column, TRUE);
}

static void
update_count (MunIndexesPage *self)
{
  guint all = g_list_model_get_n_items (G_LIST_MODEL (self->indexes)), wanting = 0;
  g_autofree char *all_text = mun_words_count (all);
  g_autofree char *wanting_text = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < all; i++) {
    g_autoptr (MunStoreIndex) index = g_list_model_get_item (G_LIST_MODEL (self->indexes), i);

    wanting += mun_store_index_needs_rebuild (index);
  }
  wanting_text = mun_words_count (wanting);
  if (wanting == 0)
    /* Translators: %s is a number */
    text = g_strdup_printf (ngettext ("%s index, complete", "%s indexes, all complete", all),
                            all_text);
  else
    /* Translators: both are numbers: 2 of 14 indexes not complete */
    text = g_strdup_printf (ngettext ("%s of %s index not complete",
                                      "%s of %s indexes not complete", all),
                            wanting_text, all_text);
  gtk_label_set_label (self->count, text);
  mun_page_set_badge (MUN_PAGE (self), wanting > 0 ? MUN_BADGE_ATTENTION : MUN_BADGE_NONE);
}

static void
selection_cb (MunIndexesPage *self)
{
  update_actions (self);
}

/* --- rebuilding --- */

static gboolean
is_rebuild (MunOperation *operation)
{
  const char *function = mun_operation_get_function (operation);

  return g_strcmp0 (function, REBUILD_ONE) == 0 || g_strcmp0 (function, REBUILD_SELECTED) == 0;
}

static gboolean
is_ours (MunIndexesPage *self, MunOperation *operation)
{
  MunConnection *connection = get_connection (self);

  return connection != NULL && is_rebuild (operation)
         && g_strcmp0 (mun_operation_get_server_name (operation),
                       mun_connection_get_name (connection))
                == 0;
}

/* A row for each rebuild that runs. */
static void
show_operations (MunIndexesPage *self)
{
  MunConnection *connection = get_connection (self);
  MunOperations *operations
      = connection != NULL ? mun_connection_get_operations (connection) : NULL;
  GtkWidget *child;
  guint n_shown = 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->operations_box))) != NULL)
    gtk_box_remove (self->operations_box, child);
  for (guint i = 0; operations != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (operations));
       i++) {
    g_autoptr (MunOperation) operation = g_list_model_get_item (G_LIST_MODEL (operations), i);

    if (!is_ours (self, operation) || mun_operation_get_state (operation) != MUN_OPERATION_RUNNING)
      continue;
    gtk_box_append (self->operations_box, mun_operation_row_new (operation));
    n_shown++;
  }
  gtk_widget_set_visible (GTK_WIDGET (self->operations_box), n_shown > 0);
}

static void
operation_finished_cb (MunOperations *operations, MunOperation *operation, MunIndexesPage *self)
{
  if (!is_ours (self, operation))
    return;
  if (mun_operation_get_error (operation) != NULL)
    mun_page_report_error (MUN_PAGE (self), mun_operation_get_error (operation));
  show_operations (self);
  mun_page_refresh (MUN_PAGE (self));
}

static void
all_selected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunIndexesPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (node == NULL) {
    mun_page_report_error (MUN_PAGE (self), error);
    return;
  }
  mun_connection_start (MUN_CONNECTION (source), REBUILD_SELECTED, NULL,
                        _ ("Rebuild all search indexes"));
  show_operations (self);
}

static void
rebuild_one (MunIndexesPage *self, MunStoreIndex *index)
{
  JsonObject *arguments = json_object_new ();
  /* Translators: %s is an archive */
  g_autofree char *title
      = g_strdup_printf (_ ("Rebuild the search index of %s"), mun_store_index_get_folder (index));

  json_object_set_int_member (arguments, "id", mun_store_index_get_store_id (index));
  json_object_set_string_member (arguments, "folder", mun_store_index_get_folder (index));
  mun_connection_start (get_connection (self), REBUILD_ONE, arguments, title);
}

static void
rebuild_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MunIndexesPage *self = MUN_INDEXES_PAGE (widget);
  MunConnection *connection = get_connection (self);
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  if (n_items > 1 && count_selected (self) == n_items
      && mun_connection_has_function (connection, SELECT_ALL)
      && mun_connection_has_function (connection, REBUILD_SELECTED)) {
    mun_connection_call_async (connection, SELECT_ALL, NULL,
                               mun_page_get_cancellable (MUN_PAGE (self)), all_selected_cb,
                               g_object_ref (self));
    return;
  }
  for (guint i = 0; i < n_items; i++) {
    g_autoptr (MunStoreIndex) index = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

    if (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), i))
      rebuild_one (self, index);
  }
  show_operations (self);
}

static void
select_all_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_selection_model_select_all (GTK_SELECTION_MODEL (MUN_INDEXES_PAGE (widget)->selection));
}

/* --- loading --- */

static void
load_next (Load *load);

static void
add_indexes (Load *load, JsonNode *node)
{
  JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  JsonObject *store = json_array_get_object_element (load->stores, load->next - 1);

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (list, i)))
      g_ptr_array_add (load->indexes,
                       mun_store_index_new (json_array_get_object_element (list, i), store));
}

static void
indexes_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Load) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (node == NULL) {
    mun_state_stack_set_error (load->page->states, error);
    return;
  }
  add_indexes (load, node);
  load_next (g_steal_pointer (&load));
}

static void
finish_load (MunIndexesPage *self, GPtrArray *indexes)
{
  g_list_store_splice (self->indexes, 0, g_list_model_get_n_items (G_LIST_MODEL (self->indexes)),
                       indexes->pdata, indexes->len);
  mun_state_stack_set_ready (self->states);
  update_count (self);
  update_columns (self);
  update_actions (self);
}

/* Takes @load. */
static void
load_next (Load *load)
{
  MunIndexesPage *self = load->page;

  while (load->next < json_array_get_length (load->stores)) {
    JsonNode *node = json_array_get_element (load->stores, load->next++);
    JsonObject *store = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonObject *arguments;

    /* A disabled store is closed, and one with an error cannot be read. */
    if (store == NULL || strcmp (mun_json_get_string (store, "requestedState", ""), "disabled") == 0
        || mun_json_get_string (store, "error", NULL) != NULL)
      continue;
    arguments = json_object_new ();
    json_object_set_int_member (arguments, "id", mun_json_get_int (store, "id", 0));
    mun_connection_call_async (get_connection (self), "GetStoreIndexes", arguments,
                               mun_page_get_cancellable (MUN_PAGE (self)), indexes_cb, load);
    return;
  }
  finish_load (self, load->indexes);
  load_free (load);
}

static void
stores_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Load) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (node == NULL) {
    mun_state_stack_set_error (load->page->states, error);
    return;
  }
  load->stores = JSON_NODE_HOLDS_ARRAY (node) ? json_array_ref (json_node_get_array (node))
                                              : json_array_new ();
  load_next (g_steal_pointer (&load));
}

static void
mun_indexes_page_load (MunPage *page)
{
  MunIndexesPage *self = MUN_INDEXES_PAGE (page);
  JsonObject *arguments = json_object_new ();
  Load *load = g_new0 (Load, 1);

  load->page = self;
  load->indexes = g_ptr_array_new_with_free_func (g_object_unref);
  json_object_set_boolean_member (arguments, "includeSize", FALSE);
  mun_state_stack_set_state (self->states, MUN_STATE_LOADING);
  show_operations (self);
  update_actions (self);
  mun_connection_call_async (get_connection (self), "GetStores", arguments,
                             mun_page_get_cancellable (page), stores_cb, load);
}

/* --- the list --- */

static void
setup_cell_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *cell = gtk_inscription_new (NULL);

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell),
                                 GPOINTER_TO_UINT (
                                     g_object_get_data (G_OBJECT (factory), "chars")));
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (cell),
                                 GPOINTER_TO_UINT (
                                     g_object_get_data (G_OBJECT (factory), "lines")));
  gtk_list_item_set_child (item, cell);
}

/* What a row shows does not change as long as the row is there. */
static void
bind_cell_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  g_autofree char *text = NULL;

  g_object_get (gtk_list_item_get_item (item),
                (const char *)g_object_get_data (G_OBJECT (factory), "property"), &text, NULL);
  gtk_inscription_set_text (GTK_INSCRIPTION (cell), text);
  gtk_widget_set_tooltip_text (cell, text);
}

/* CHARS and LINES: what a cell has room for at least. */
static GtkListItemFactory *
new_factory (const char *property, guint chars, guint lines)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_object_set_data (G_OBJECT (factory), "property", (gpointer)property);
  g_object_set_data (G_OBJECT (factory), "chars", GUINT_TO_POINTER (chars));
  g_object_set_data (G_OBJECT (factory), "lines", GUINT_TO_POINTER (lines));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cell_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell_cb), NULL);
  return factory;
}

static GtkColumnViewColumn *
add_column (MunIndexesPage *self, const char *title, const char *property, guint chars)
{
  GtkColumnViewColumn *column
      = gtk_column_view_column_new (title, new_factory (property, chars, 1));
  g_autoptr (GtkSorter) sorter = GTK_SORTER (
      gtk_string_sorter_new (gtk_property_expression_new (MUN_TYPE_STORE_INDEX, NULL, property)));

  gtk_column_view_column_set_expand (column, TRUE);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_sorter (column, sorter);
  gtk_column_view_append_column (self->view, column);
  g_object_unref (column); /* the view keeps it */
  return column;
}

static void
set_up_list (MunIndexesPage *self)
{
  GtkColumnViewColumn *first;
  GListModel *sorted;

  self->indexes = g_list_store_new (MUN_TYPE_STORE_INDEX);
  sorted = G_LIST_MODEL (
      gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->indexes)),
                               g_object_ref (gtk_column_view_get_sorter (self->view))));
  self->selection = gtk_multi_selection_new (sorted);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  first = add_column (self, _ ("Archive"), "folder", 8);
  self->store_column = add_column (self, _ ("Archive Store"), "store", 7);
  self->state_column = add_column (self, _ ("State"), "state", 14);
  gtk_column_view_sort_by_column (self->view, first, GTK_SORT_ASCENDING);
  mun_state_stack_set_models (self->states, G_LIST_MODEL (self->indexes), NULL);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
narrow_cb (MunIndexesPage *self)
{
  update_columns (self);
  update_state_lines (self);
}

static void
connection_cb (MunIndexesPage *self)
{
  MunConnection *connection = get_connection (self);

  if (connection != NULL && mun_connection_get_operations (connection) != NULL)
    g_signal_connect_object (mun_connection_get_operations (connection), "finished",
                             G_CALLBACK (operation_finished_cb), self, 0);
}

static void
mun_indexes_page_dispose (GObject *object)
{
  MunIndexesPage *self = MUN_INDEXES_PAGE (object);

  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  G_OBJECT_CLASS (mun_indexes_page_parent_class)->dispose (object);
}

static void
mun_indexes_page_finalize (GObject *object)
{
  MunIndexesPage *self = MUN_INDEXES_PAGE (object);

  g_clear_object (&self->indexes);
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (mun_indexes_page_parent_class)->finalize (object);
}

static void
mun_indexes_page_class_init (MunIndexesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_indexes_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = mun_indexes_page_finalize;
  MUN_PAGE_CLASS (klass)->load = mun_indexes_page_load;
  g_type_ensure (MUN_TYPE_STATE_STACK);
  g_type_ensure (MUN_TYPE_WIDTH_BIN);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/pages/mun-indexes-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MunIndexesPage, states);
  gtk_widget_class_bind_template_child (widget_class, MunIndexesPage, width_bin);
  gtk_widget_class_bind_template_child (widget_class, MunIndexesPage, view);
  gtk_widget_class_bind_template_child (widget_class, MunIndexesPage, operations_box);
  gtk_widget_class_bind_template_child (widget_class, MunIndexesPage, count);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_install_action (widget_class, "indexes.select-all", NULL, select_all_cb);
  gtk_widget_class_install_action (widget_class, "indexes.rebuild", NULL, rebuild_cb);
}

static void
mun_indexes_page_init (MunIndexesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  set_up_list (self);
  update_actions (self);
  g_signal_connect (self, "notify::connection", G_CALLBACK (connection_cb), NULL);
}
