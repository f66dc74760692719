/* mun-operations-button.c: how many operations run, and a popover with each of them */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-window"

#include "mun-operations-button.h"

#include "mun-operation-row.h"

#include <glib/gi18n.h>

struct _MunOperationsButton {
  AdwBin parent_instance;

  GtkMenuButton *button;
  GtkImage *icon;
  GtkLabel *count;
  GtkPopover *popover;
  GtkListBox *list;

  MunOperations *operations;
};

G_DEFINE_FINAL_TYPE (MunOperationsButton, mun_operations_button, ADW_TYPE_BIN)

static guint
count_failed (GListModel *operations)
{
  guint failed = 0;

  for (guint i = 0; i < g_list_model_get_n_items (operations); i++) {
    g_autoptr (MunOperation) operation = g_list_model_get_item (operations, i);

    failed += mun_operation_get_state (operation) == MUN_OPERATION_FAILED;
  }
  return failed;
}

static void
update (MunOperationsButton *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->operations));
  guint n_running = mun_operations_get_n_running (self->operations);
  guint n_failed = count_failed (G_LIST_MODEL (self->operations));
  g_autofree char *count = g_strdup_printf ("%u", n_running);
  g_autofree char *words = NULL;
  const char *icon_name = "emblem-ok-symbolic";

  if (n_running > 0) {
    icon_name = "emblem-synchronizing-symbolic";
    words = g_strdup_printf (ngettext ("%u operation is running", "%u operations are running",
                                       n_running),
                             n_running);
  } else if (n_failed > 0) {
    icon_name = "dialog-error-symbolic";
    words = g_strdup_printf (ngettext ("%u operation failed", "%u operations failed", n_failed),
                             n_failed);
  } else {
    words = g_strdup (_ ("All operations are finished"));
  }
  gtk_widget_set_visible (GTK_WIDGET (self), n_items > 0);
  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_label_set_text (self->count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->count), n_running > 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
}

/* Whoever looked has seen what was finished by then. */
static void
closed_cb (MunOperationsButton *self)
{
  GListModel *operations = G_LIST_MODEL (self->operations);

  for (guint i = 0; i < g_list_model_get_n_items (operations); i++) {
    g_autoptr (MunOperation) operation = g_list_model_get_item (operations, i);

    if (mun_operation_get_state (operation) != MUN_OPERATION_RUNNING)
      mun_operation_set_seen (operation, TRUE);
  }
  mun_operations_clear_seen (self->operations);
}

static GtkWidget *
create_row_cb (gpointer item, gpointer data)
{
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), mun_operation_row_new (item));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  mun_operation_get_title (item), -1);
  return row;
}

static void
mun_operations_button_dispose (GObject *object)
{
  mun_operations_button_set_operations (MUN_OPERATIONS_BUTTON (object), NULL);
  G_OBJECT_CLASS (mun_operations_button_parent_class)->dispose (object);
}

static void
mun_operations_button_class_init (MunOperationsButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_operations_button_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/widgets/mun-operations-button.ui");
  gtk_widget_class_bind_template_child (widget_class, MunOperationsButton, button);
  gtk_widget_class_bind_template_child (widget_class, MunOperationsButton, icon);
  gtk_widget_class_bind_template_child (widget_class, MunOperationsButton, count);
  gtk_widget_class_bind_template_child (widget_class, MunOperationsButton, popover);
  gtk_widget_class_bind_template_child (widget_class, MunOperationsButton, list);
  gtk_widget_class_bind_template_callback (widget_class, closed_cb);
}

static void
mun_operations_button_init (MunOperationsButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
mun_operations_button_set_operations (MunOperationsButton *self, MunOperations *operations)
{
  if (self->operations == operations)
    return;
  if (self->operations) {
    g_signal_handlers_disconnect_by_func (self->operations, update, self);
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  }
  g_set_object (&self->operations, operations);
  if (!operations)
    return;
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (operations), create_row_cb, NULL, NULL);
  g_signal_connect_object (operations, "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (operations, "notify::n-running", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

void
mun_operations_button_popup (MunOperationsButton *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    gtk_menu_button_popup (self->button);
}
