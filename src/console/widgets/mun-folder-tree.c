/* mun-folder-tree.c: archives, their folders and the search folders as a tree */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-folder-tree.h"

#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunFolderTree {
  AdwBin parent_instance;

  GtkListView *view;
  GtkSingleSelection *selection;
  GListStore *roots;
  MunFolderNode *searches; /* the last of the roots, when there is one */
  GHashTable *open;        /* full paths that are to be opened again */
  char *wanted;            /* … and the one that is to be selected again */
  guint restore_id;
};

/* What is seen of a folder's name at least, however deep it lies. */
#define NAME_CHARS 12

G_DEFINE_FINAL_TYPE (MunFolderTree, mun_folder_tree, ADW_TYPE_BIN)

enum {
  FOLDER_SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GListModel *
create_children_cb (gpointer item, gpointer data)
{
  return mun_folder_node_get_children (MUN_FOLDER_NODE (item));
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new ();
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *count = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (name), NAME_CHARS);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), count);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (item, expander);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkTreeListRow *row = gtk_list_item_get_item (item);
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  GtkWidget *icon = gtk_widget_get_first_child (gtk_tree_expander_get_child (expander));
  GtkWidget *name = gtk_widget_get_next_sibling (icon);
  GtkWidget *count = gtk_widget_get_next_sibling (name);
  g_autoptr (MunFolderNode) node = gtk_tree_list_row_get_item (row);
  gint64 messages = mun_folder_node_get_count (node);
  g_autofree char *number = messages > 0 ? mun_words_count (messages) : NULL;
  const char *path = mun_folder_node_get_full_path (node);
  /* Translators: %s is the name of the user whose archive it is. */
  g_autofree char *title
      = mun_folder_node_is_archive (node)    ? g_strdup_printf (_ ("Archive of %s"), path)
        : mun_folder_node_is_searches (node) ? g_strdup (mun_folder_node_get_name (node))
                                             : g_strdup (path);

  gtk_tree_expander_set_list_row (expander, row);
  gtk_image_set_from_icon_name (GTK_IMAGE (icon), mun_folder_node_is_archive (node)
                                                      ? "mun-archive-symbolic"
                                                  : mun_folder_node_is_searches (node)
                                                      ? "folder-saved-search-symbolic"
                                                      : "folder-symbolic");
  gtk_label_set_label (GTK_LABEL (name), mun_folder_node_get_name (node));
  gtk_widget_set_tooltip_text (GTK_WIDGET (expander), title);
  gtk_label_set_label (GTK_LABEL (count), number ? number : "");
  /* The row's own widget: it names nothing by itself. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (GTK_WIDGET (expander))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

static void
select_row (MunFolderTree *self, GtkTreeListRow *row)
{
  guint position = gtk_tree_list_row_get_position (row);

  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
}

/* The focus is in the row, not in its expander, which has these keys. */
static gboolean
expand_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  MunFolderTree *self = data;
  GtkTreeListRow *row
      = self->selection ? gtk_single_selection_get_selected_item (self->selection) : NULL;
  g_autoptr (GtkTreeListRow) child = NULL;

  if (!row || !gtk_tree_list_row_is_expandable (row))
    return FALSE;
  if (!gtk_tree_list_row_get_expanded (row))
    gtk_tree_list_row_set_expanded (row, TRUE);
  else if ((child = gtk_tree_list_row_get_child_row (row, 0)))
    select_row (self, child);
  return TRUE;
}

static gboolean
collapse_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  MunFolderTree *self = data;
  GtkTreeListRow *row
      = self->selection ? gtk_single_selection_get_selected_item (self->selection) : NULL;
  g_autoptr (GtkTreeListRow) parent = NULL;

  if (!row)
    return FALSE;
  if (gtk_tree_list_row_get_expanded (row)) {
    gtk_tree_list_row_set_expanded (row, FALSE);
    return TRUE;
  }
  parent = gtk_tree_list_row_get_parent (row);
  if (parent)
    select_row (self, parent);
  return parent != NULL;
}

static void
add_keys (MunFolderTree *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Right"),
                        gtk_callback_action_new (expand_cb, self, NULL)));
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Left"),
                        gtk_callback_action_new (collapse_cb, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
}

static void
selected_cb (MunFolderTree *self)
{
  MunFolderNode *node = mun_folder_tree_get_selected (self);

  if (node)
    g_clear_pointer (&self->wanted, g_free);
  if (node)
    g_signal_emit (self, signals[FOLDER_SELECTED], 0, node);
}

/* Opens and selects again what was open and selected before the archives were listed anew; children
 * arrive by and by. */
static void
restore_cb (gpointer data)
{
  MunFolderTree *self = data;
  GListModel *model = G_LIST_MODEL (self->selection);

  self->restore_id = 0;
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (GtkTreeListRow) row = g_list_model_get_item (model, i);
    g_autoptr (MunFolderNode) node = gtk_tree_list_row_get_item (row);
    const char *path = mun_folder_node_get_full_path (node);

    if (g_hash_table_remove (self->open, path))
      gtk_tree_list_row_set_expanded (row, TRUE);
    if (g_strcmp0 (path, self->wanted) == 0) {
      g_clear_pointer (&self->wanted, g_free);
      gtk_single_selection_set_selected (self->selection, i);
    }
  }
}

static void
schedule_restore (MunFolderTree *self)
{
  if (!self->restore_id && (self->wanted || g_hash_table_size (self->open) > 0))
    self->restore_id = g_idle_add_once (restore_cb, self);
}

static void
remember (MunFolderTree *self)
{
  GListModel *model = G_LIST_MODEL (self->selection);
  MunFolderNode *selected = mun_folder_tree_get_selected (self);

  g_hash_table_remove_all (self->open);
  g_clear_pointer (&self->wanted, g_free);
  self->wanted = selected ? g_strdup (mun_folder_node_get_full_path (selected)) : NULL;
  for (guint i = 0; model && i < g_list_model_get_n_items (model); i++) {
    g_autoptr (GtkTreeListRow) row = g_list_model_get_item (model, i);
    g_autoptr (MunFolderNode) node = gtk_tree_list_row_get_item (row);

    if (gtk_tree_list_row_get_expanded (row))
      g_hash_table_add (self->open, g_strdup (mun_folder_node_get_full_path (node)));
  }
}

static void
mun_folder_tree_dispose (GObject *object)
{
  MunFolderTree *self = MUN_FOLDER_TREE (object);

  g_clear_handle_id (&self->restore_id, g_source_remove);
  g_clear_pointer (&self->open, g_hash_table_unref);
  g_clear_pointer (&self->wanted, g_free);
  g_clear_object (&self->selection);
  g_clear_object (&self->roots);
  g_clear_object (&self->searches);
  G_OBJECT_CLASS (mun_folder_tree_parent_class)->dispose (object);
}

static void
mun_folder_tree_class_init (MunFolderTreeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mun_folder_tree_dispose;
  signals[FOLDER_SELECTED]
      = g_signal_new ("folder-selected", MUN_TYPE_FOLDER_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, MUN_TYPE_FOLDER_NODE);
}

static void
mun_folder_tree_init (MunFolderTree *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  self->view = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "navigation-sidebar");
  add_keys (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Folders"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  adw_bin_set_child (ADW_BIN (self), scroller);
}

GtkWidget *
mun_folder_tree_new (void)
{
  return g_object_new (MUN_TYPE_FOLDER_TREE, NULL);
}

void
mun_folder_tree_set_archives (MunFolderTree *self, GPtrArray *archives)
{
  GListStore *roots = g_list_store_new (MUN_TYPE_FOLDER_NODE);
  GtkTreeListModel *tree;

  g_return_if_fail (MUN_IS_FOLDER_TREE (self));
  g_list_store_splice (roots, 0, 0, archives->pdata, archives->len);
  if (self->searches)
    g_list_store_append (roots, self->searches);
  g_set_object (&self->roots, roots);
  tree = gtk_tree_list_model_new (G_LIST_MODEL (roots), FALSE, FALSE, create_children_cb, NULL,
                                  NULL);
  remember (self);
  g_clear_object (&self->selection);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (tree));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (tree, "items-changed", G_CALLBACK (schedule_restore), self,
                           G_CONNECT_SWAPPED);
  schedule_restore (self);
  if (archives->len == 1) {
    g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (tree, 0);

    gtk_tree_list_row_set_expanded (row, TRUE);
  }
  g_object_unref (tree);
}

void
mun_folder_tree_set_searches (MunFolderTree *self, GListModel *searches)
{
  guint n_roots;

  g_return_if_fail (MUN_IS_FOLDER_TREE (self));
  n_roots = self->roots ? g_list_model_get_n_items (G_LIST_MODEL (self->roots)) : 0;
  if (self->searches && n_roots > 0)
    g_list_store_remove (self->roots, n_roots - 1);
  g_clear_object (&self->searches);
  if (!searches)
    return;
  self->searches = mun_folder_node_new_searches (searches);
  if (self->roots)
    g_list_store_append (self->roots, self->searches);
}

MunFolderNode *
mun_folder_tree_get_selected (MunFolderTree *self)
{
  GtkTreeListRow *row;
  g_autoptr (MunFolderNode) node = NULL;

  g_return_val_if_fail (MUN_IS_FOLDER_TREE (self), NULL);
  row = self->selection ? gtk_single_selection_get_selected_item (self->selection) : NULL;
  node = row ? gtk_tree_list_row_get_item (row) : NULL;
  return node; /* the tree keeps it alive */
}
