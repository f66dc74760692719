/* mun-report-window.c: what one run of a profile has done, mailbox by mailbox */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-report-window.h"

#include "json.h"
#include "mun-profile.h"
#include "mun-run-report.h"
#include "mun-state-stack.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunReportWindow {
  AdwWindow parent_instance;
  AdwWindowTitle *heading;
  GtkToggleButton *log_button;
  MunStateStack *states;
  GtkStack *stack;
  GtkColumnView *view;
  GtkTextView *log;
  MunConnection *connection;
  GCancellable *cancellable;
  GListStore *nodes;
  gint64 id;
};

G_DEFINE_FINAL_TYPE (MunReportWindow, mun_report_window, ADW_TYPE_WINDOW)

typedef gint64 (*GetNumber) (MunReportNode *node);

static GListModel *
children_of (gpointer item, gpointer data)
{
  GListModel *children = mun_report_node_get_children (item);

  return children != NULL ? g_object_ref (children) : NULL;
}

static MunReportNode *
node_of (GtkListItem *item)
{
  return gtk_tree_list_row_get_item (gtk_list_item_get_item (item)); /* full */
}

static void
setup_name_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *reason = gtk_label_new (NULL);

  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (reason), 0);
  gtk_label_set_wrap (GTK_LABEL (reason), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (reason), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (reason, "caption");
  gtk_widget_add_css_class (reason, "error");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), reason);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (item, expander);
}

static void
bind_name_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  g_autoptr (MunReportNode) node = node_of (item);
  GtkWidget *expander = gtk_list_item_get_child (item);
  GtkWidget *title
      = gtk_widget_get_first_child (gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander)));
  GtkWidget *reason = gtk_widget_get_next_sibling (title);

  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (expander), gtk_list_item_get_item (item));
  gtk_label_set_text (GTK_LABEL (title), mun_report_node_get_title (node));
  gtk_label_set_text (GTK_LABEL (reason), mun_report_node_get_reason (node));
  gtk_widget_set_visible (reason, *mun_report_node_get_reason (node) != '\0');
}

static void
unbind_name_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (gtk_list_item_get_child (item)), NULL);
}

static void
setup_number_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_number_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  g_autoptr (MunReportNode) node = node_of (item);
  gint64 number = ((GetNumber)data) (node);
  g_autofree char *text = NULL;
  GtkWidget *label = gtk_list_item_get_child (item);

  if (mun_report_node_get_kind (node) != MUN_REPORT_ITEM)
    text = mun_words_count (number);
  gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
  if (number > 0 && (GetNumber)data == mun_report_node_get_failed)
    gtk_widget_add_css_class (label, "error");
  else
    gtk_widget_remove_css_class (label, "error");
}

static void
copy_clicked_cb (GtkButton *button, gpointer data)
{
  g_autoptr (MunReportNode) node = node_of (data);
  g_autofree char *text = mun_report_node_to_text (node);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), text);
}

static void
setup_copy_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Copy"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Copy"), -1);
  g_signal_connect (button, "clicked", G_CALLBACK (copy_clicked_cb), item);
  gtk_list_item_set_child (item, button);
}

static void
bind_copy_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  g_autoptr (MunReportNode) node = node_of (item);

  gtk_widget_set_visible (gtk_list_item_get_child (item), mun_report_node_get_failed (node) > 0);
}

static GtkColumnViewColumn *
add_column (MunReportWindow *self, const char *title, GCallback setup, GCallback bind,
            gpointer data)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (title, factory);

  g_signal_connect (factory, "setup", setup, NULL);
  g_signal_connect (factory, "bind", bind, data);
  if (bind == G_CALLBACK (bind_name_cb)) {
    g_signal_connect (factory, "unbind", G_CALLBACK (unbind_name_cb), NULL);
    gtk_column_view_column_set_expand (column, TRUE);
  }
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_append_column (self->view, column);
  return column;
}

static void
show_nodes (MunReportWindow *self)
{
  GtkTreeListModel *tree = gtk_tree_list_model_new (g_object_ref (G_LIST_MODEL (self->nodes)),
                                                    FALSE, FALSE, children_of, NULL, NULL);
  g_autoptr (GtkSelectionModel) selection
      = GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (tree)));
  g_autoptr (MunReportNode) first = g_list_model_get_item (G_LIST_MODEL (self->nodes), 0);

  gtk_column_view_set_model (self->view, selection);
  /* What failed comes first: show it at once. */
  if (first != NULL && mun_report_node_get_failed (first) > 0) {
    g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (tree, 0);
    g_autoptr (GtkTreeListRow) child = NULL;

    gtk_tree_list_row_set_expanded (row, TRUE);
    child = gtk_tree_list_row_get_child_row (row, 0);
    if (child != NULL)
      gtk_tree_list_row_set_expanded (child, TRUE);
  }
}

static void
log_toggled_cb (GtkToggleButton *button, gpointer data)
{
  MunReportWindow *self = MUN_REPORT_WINDOW (data);

  gtk_stack_set_visible_child_name (self->stack,
                                    gtk_toggle_button_get_active (button) ? "log" : "tree");
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  MunReportWindow *self = data;
  gboolean has_tree, has_log;
  const char *log = "";

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL) {
    mun_state_stack_set_error (self->states, error);
    return;
  }
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    log = mun_json_get_string (json_node_get_object (node), "log", "");
  else if (node != NULL && JSON_NODE_HOLDS_VALUE (node)
           && json_node_get_value_type (node) == G_TYPE_STRING)
    log = json_node_get_string (node);
  g_clear_object (&self->nodes);
  self->nodes = mun_run_report_new (node);
  has_tree = g_list_model_get_n_items (G_LIST_MODEL (self->nodes)) > 0;
  has_log = *log != '\0';
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->log), log, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->log_button), has_tree && has_log);
  gtk_toggle_button_set_active (self->log_button, !has_tree);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "report.copy", has_tree || has_log);
  if (has_tree)
    show_nodes (self);
  mun_state_stack_set_state (self->states,
                             has_tree || has_log ? MUN_STATE_CONTENT : MUN_STATE_EMPTY);
}

static void
load (MunReportWindow *self)
{
  JsonObject *arguments;

  if (!mun_connection_has_function (self->connection, "GetWorkerResultReport")) {
    mun_state_stack_set_state (self->states, MUN_STATE_EMPTY);
    return;
  }
  arguments = json_object_new ();
  json_object_set_int_member (arguments, "id", self->id);
  mun_state_stack_set_state (self->states, MUN_STATE_LOADING);
  mun_connection_call_async (self->connection, "GetWorkerResultReport", arguments,
                             self->cancellable, loaded_cb, self);
}

static void
refresh_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  load (MUN_REPORT_WINDOW (widget));
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunReportWindow *self = MUN_REPORT_WINDOW (widget);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->log);
  GString *text = g_string_new (NULL);
  g_autofree char *log = NULL;

  g_object_get (buffer, "text", &log, NULL);
  for (guint i = 0;
       self->nodes != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->nodes)); i++) {
    g_autoptr (MunReportNode) node = g_list_model_get_item (G_LIST_MODEL (self->nodes), i);
    g_autofree char *part = mun_report_node_to_text (node);

    g_string_append (text, part);
  }
  if (text->len > 0 && *log != '\0')
    g_string_append_c (text, '\n');
  g_string_append (text, log);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
  g_string_free (text, TRUE);
}

static void
mun_report_window_dispose (GObject *object)
{
  g_cancellable_cancel (MUN_REPORT_WINDOW (object)->cancellable);
  G_OBJECT_CLASS (mun_report_window_parent_class)->dispose (object);
}

static void
mun_report_window_finalize (GObject *object)
{
  MunReportWindow *self = MUN_REPORT_WINDOW (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->nodes);
  G_OBJECT_CLASS (mun_report_window_parent_class)->finalize (object);
}

static void
mun_report_window_class_init (MunReportWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mun_report_window_dispose;
  object_class->finalize = mun_report_window_finalize;
  g_type_ensure (MUN_TYPE_STATE_STACK);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/dialogs/mun-report-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MunReportWindow, heading);
  gtk_widget_class_bind_template_child (widget_class, MunReportWindow, log_button);
  gtk_widget_class_bind_template_child (widget_class, MunReportWindow, states);
  gtk_widget_class_bind_template_child (widget_class, MunReportWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MunReportWindow, view);
  gtk_widget_class_bind_template_child (widget_class, MunReportWindow, log);
  gtk_widget_class_bind_template_callback (widget_class, log_toggled_cb);
  gtk_widget_class_install_action (widget_class, "report.copy", NULL, copy_action);
  /* The Retry button of the state stack. */
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, refresh_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mun_report_window_init (MunReportWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self->log_button), FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "report.copy", FALSE);
  add_column (self, _ ("Mailbox or Folder"), G_CALLBACK (setup_name_cb), G_CALLBACK (bind_name_cb),
              NULL);
  add_column (self, _ ("Archived"), G_CALLBACK (setup_number_cb), G_CALLBACK (bind_number_cb),
              mun_report_node_get_archived);
  add_column (self, _ ("Skipped"), G_CALLBACK (setup_number_cb), G_CALLBACK (bind_number_cb),
              mun_report_node_get_skipped);
  add_column (self, _ ("Failed"), G_CALLBACK (setup_number_cb), G_CALLBACK (bind_number_cb),
              mun_report_node_get_failed);
  add_column (self, NULL, G_CALLBACK (setup_copy_cb), G_CALLBACK (bind_copy_cb), NULL);
}

MunReportWindow *
mun_report_window_new (GtkWindow *parent, MunConnection *connection, JsonObject *result)
{
  MunReportWindow *self = g_object_new (MUN_TYPE_REPORT_WINDOW, "transient-for", parent, NULL);
  g_autofree char *words = mun_profile_dup_result (result);
  g_autofree char *when
      = mun_words_date_time (mun_words_parse_time (mun_json_get_string (result, "startTime", "")));
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", when, words);

  self->connection = g_object_ref (connection);
  self->id = mun_json_get_int (result, "id", 0);
  adw_window_title_set_title (self->heading, mun_json_get_string (result, "profileName", ""));
  adw_window_title_set_subtitle (self->heading, subtitle);
  load (self);
  return self;
}
