/* mun-operation-row.c: one operation in the popover: what, where, how far, Cancel */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-window"

#include "mun-operation-row.h"

#include <glib/gi18n.h>

struct _MunOperationRow {
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *server;
  GtkLabel *status;
  GtkProgressBar *progress;
  GtkLabel *details;
  GtkWidget *cancel_button;

  MunOperation *operation;
};

G_DEFINE_FINAL_TYPE (MunOperationRow, mun_operation_row, ADW_TYPE_BIN)

static void
cancel_cb (MunOperationRow *self)
{
  mun_operation_cancel (self->operation);
}

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text && *text);
}

static void
show_icon (MunOperationRow *self)
{
  static const struct {
    const char *icon_name;
    const char *css_class;
  } looks[] = { { "emblem-synchronizing-symbolic", "accent" },
                { "emblem-ok-symbolic", "success" },
                { "dialog-error-symbolic", "error" },
                { "process-stop-symbolic", "dim-label" } };
  MunOperationState state = mun_operation_get_state (self->operation);
  const char *classes[] = { looks[state].css_class, NULL };

  gtk_image_set_from_icon_name (self->icon, looks[state].icon_name);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), classes);
}

static void
update (MunOperationRow *self)
{
  gboolean running = mun_operation_get_state (self->operation) == MUN_OPERATION_RUNNING;
  double fraction = mun_operation_get_fraction (self->operation);

  show_icon (self);
  set_text (self->status, running ? mun_operation_get_status_text (self->operation) : NULL);
  set_text (self->details, mun_operation_get_details (self->operation));
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  gtk_widget_set_visible (self->cancel_button, running);
  gtk_widget_set_sensitive (self->cancel_button,
                            !mun_operation_get_cancel_requested (self->operation));
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->progress, fraction);
}

/* Nobody knows how far it is: the bar moves a step whenever the server says something. */
static void
progressed_cb (MunOperationRow *self)
{
  if (mun_operation_get_fraction (self->operation) < 0)
    gtk_progress_bar_pulse (self->progress);
  update (self);
}

static void
mun_operation_row_finalize (GObject *object)
{
  g_clear_object (&MUN_OPERATION_ROW (object)->operation);
  G_OBJECT_CLASS (mun_operation_row_parent_class)->finalize (object);
}

static void
mun_operation_row_class_init (MunOperationRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mun_operation_row_finalize;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/widgets/mun-operation-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MunOperationRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MunOperationRow, title);
  gtk_widget_class_bind_template_child (widget_class, MunOperationRow, server);
  gtk_widget_class_bind_template_child (widget_class, MunOperationRow, status);
  gtk_widget_class_bind_template_child (widget_class, MunOperationRow, progress);
  gtk_widget_class_bind_template_child (widget_class, MunOperationRow, details);
  gtk_widget_class_bind_template_child (widget_class, MunOperationRow, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
}

static void
mun_operation_row_init (MunOperationRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
mun_operation_row_new (MunOperation *operation)
{
  MunOperationRow *self = g_object_new (MUN_TYPE_OPERATION_ROW, NULL);
  /* Translators: %s is what an operation is called: a profile’s name, “Synchronize Users” … */
  g_autofree char *label = g_strdup_printf (_ ("Cancel %s"), mun_operation_get_title (operation));

  self->operation = g_object_ref (operation);
  set_text (self->title, mun_operation_get_title (operation));
  set_text (self->server, mun_operation_get_server_name (operation));
  gtk_widget_set_tooltip_text (self->cancel_button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cancel_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (operation, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (operation, "progressed", G_CALLBACK (progressed_cb), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
