/* mun-password-dialog.c: asks for the password of a server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-dialog"

#include "mun-password-dialog.h"

#include <glib/gi18n.h>

struct _MunPasswordDialog {
  AdwMessageDialog parent_instance;

  GtkLabel *reason;
  GtkEditable *password;
  GtkSwitch *remember;
  GtkWidget *remember_row;
};

G_DEFINE_FINAL_TYPE (MunPasswordDialog, mun_password_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
password_changed_cb (MunPasswordDialog *self)
{
  gboolean empty = *gtk_editable_get_text (self->password) == '\0';

  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "sign-in", !empty);
}

static void
mun_password_dialog_class_init (MunPasswordDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/dialogs/mun-password-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MunPasswordDialog, reason);
  gtk_widget_class_bind_template_child (widget_class, MunPasswordDialog, password);
  gtk_widget_class_bind_template_child (widget_class, MunPasswordDialog, remember);
  gtk_widget_class_bind_template_child (widget_class, MunPasswordDialog, remember_row);
  gtk_widget_class_bind_template_callback (widget_class, password_changed_cb);
}

static void
mun_password_dialog_init (MunPasswordDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  password_changed_cb (self);
}

MunPasswordDialog *
mun_password_dialog_new (GtkWindow *parent, const char *server, const char *user,
                         const char *reason)
{
  MunPasswordDialog *self
      = g_object_new (MUN_TYPE_PASSWORD_DIALOG, "transient-for", parent, "modal", TRUE, NULL);
  /* Translators: the first %s is a user name, the second a server’s name */
  g_autofree char *body = g_strdup_printf (_ ("Password of the user “%s” on “%s”."), user, server);

  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (self), body);
  gtk_label_set_label (self->reason, reason ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason), reason != NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
  return self;
}

MunSecret *
mun_password_dialog_dup_password (MunPasswordDialog *self)
{
  return mun_secret_new_take_string (g_strdup (gtk_editable_get_text (self->password)));
}

gboolean
mun_password_dialog_get_remember (MunPasswordDialog *self)
{
  return gtk_widget_get_visible (self->remember_row) && gtk_switch_get_active (self->remember);
}

void
mun_password_dialog_set_can_remember (MunPasswordDialog *self, gboolean can_remember)
{
  gtk_widget_set_visible (self->remember_row, can_remember);
}
