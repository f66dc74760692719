/* mun-server-dialog.c: address, user and certificate of a server: a new one or a saved one */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-dialog"

#include "mun-server-dialog.h"

#include "mun-certificate-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

struct _MunServerDialog {
  AdwWindow parent_instance;

  GtkWidget *connect_button;
  GtkEditable *address;
  GtkLabel *problem;
  GtkEditable *user_name;
  GtkEditable *password;
  GtkSwitch *remember;
  GtkEditable *name;
  GtkSpinButton *admin_port;
  GtkSpinButton *web_port;
  GtkWidget *saved_group;
  AdwActionRow *certificate_row;

  MunServerEntry *entry;
  gboolean forget_certificate;
};

enum {
  ACCEPTED,
  REMOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MunServerDialog, mun_server_dialog, ADW_TYPE_WINDOW)

static void
changed_cb (MunServerDialog *self)
{
  const char *text = gtk_editable_get_text (self->address);
  g_autofree char *host = NULL;
  g_autofree char *reason = NULL;
  gboolean has_user = *gtk_editable_get_text (self->user_name) != '\0';
  gboolean valid;
  guint port = 0;

  valid = mun_server_entry_parse_address (text, &host, &port, &reason);
  if (valid && port)
    gtk_spin_button_set_value (self->admin_port, port);
  gtk_label_set_label (self->problem, !valid && *text ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), !valid && *text);
  if (!valid && *text)
    gtk_widget_add_css_class (GTK_WIDGET (self->address), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->address), "error");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "server.connect", valid && has_user);
  gtk_widget_set_tooltip_text (self->connect_button, !valid      ? reason
                                                     : !has_user ? _ ("Enter the user name.")
                                                                 : NULL);
}

static void
connect_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MunServerDialog *self = MUN_SERVER_DIALOG (widget);
  g_autofree char *host = NULL;
  g_autofree char *user = g_strstrip (g_strdup (gtk_editable_get_text (self->user_name)));
  guint admin_port = gtk_spin_button_get_value_as_int (self->admin_port);
  guint web_port = gtk_spin_button_get_value_as_int (self->web_port);
  const char *name = gtk_editable_get_text (self->name);
  guint port;

  if (!mun_server_entry_parse_address (gtk_editable_get_text (self->address), &host, &port, NULL))
    return;
  if (self->forget_certificate)
    mun_server_entry_set_fingerprint (self->entry, NULL);
  if (self->entry)
    mun_server_entry_edit (self->entry, name, host, admin_port, web_port, user);
  else
    self->entry = mun_server_entry_new (name, host, admin_port, web_port, user);
  g_signal_emit (self, signals[ACCEPTED], 0, self->entry);
  gtk_window_close (GTK_WINDOW (self));
}

static void
remove_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MunServerDialog *self = MUN_SERVER_DIALOG (widget);

  g_signal_emit (self, signals[REMOVED], 0, self->entry);
  gtk_window_close (GTK_WINDOW (self));
}

static void
forget_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MunServerDialog *self = MUN_SERVER_DIALOG (widget);

  self->forget_certificate = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self->certificate_row), FALSE);
}

static void
mun_server_dialog_dispose (GObject *object)
{
  g_clear_object (&MUN_SERVER_DIALOG (object)->entry);
  G_OBJECT_CLASS (mun_server_dialog_parent_class)->dispose (object);
}

static void
mun_server_dialog_class_init (MunServerDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_server_dialog_dispose;

  signals[ACCEPTED] = g_signal_new ("accepted", MUN_TYPE_SERVER_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, MUN_TYPE_SERVER_ENTRY);
  signals[REMOVED] = g_signal_new ("removed", MUN_TYPE_SERVER_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, MUN_TYPE_SERVER_ENTRY);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/dialogs/mun-server-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MunServerDialog, connect_button);
  gtk_widget_class_bind_template_child (widget_class, MunServerDialog, address);
  gtk_widget_class_bind_template_child (widget_class, MunServerDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, MunServerDialog, user_name);
  gtk_widget_class_bind_template_child (widget_class, MunServerDialog, password);
  gtk_widget_class_bind_template_child (widget_class, MunServerDialog, remember);
  gtk_widget_class_bind_template_child (widget_class, MunServerDialog, name);
  gtk_widget_class_bind_template_child (widget_class, MunServerDialog, admin_port);
  gtk_widget_class_bind_template_child (widget_class, MunServerDialog, web_port);
  gtk_widget_class_bind_template_child (widget_class, MunServerDialog, saved_group);
  gtk_widget_class_bind_template_child (widget_class, MunServerDialog, certificate_row);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);

  gtk_widget_class_install_action (widget_class, "server.connect", NULL, connect_cb);
  gtk_widget_class_install_action (widget_class, "server.remove", NULL, remove_cb);
  gtk_widget_class_install_action (widget_class, "server.forget-certificate", NULL, forget_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mun_server_dialog_init (MunServerDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  changed_cb (self);
}

static void
show_entry (MunServerDialog *self, MunServerEntry *entry)
{
  const char *host = mun_server_entry_get_host (entry);
  const char *pinned = mun_server_entry_get_fingerprint (entry);
  const char *name = mun_server_entry_get_name (entry);
  g_autofree char *bracketed
      = strchr (host, ':') ? g_strdup_printf ("[%s]", host) : g_strdup (host);
  g_autofree char *shown = mun_certificate_dialog_format_fingerprint (pinned);

  gtk_window_set_title (GTK_WINDOW (self), _ ("Edit Server"));
  gtk_spin_button_set_value (self->admin_port, mun_server_entry_get_admin_port (entry));
  gtk_spin_button_set_value (self->web_port, mun_server_entry_get_web_port (entry));
  gtk_editable_set_text (self->user_name, mun_server_entry_get_user_name (entry));
  gtk_editable_set_text (self->name, g_strcmp0 (name, host) == 0 ? "" : name);
  gtk_editable_set_text (self->address, bracketed);
  adw_action_row_set_subtitle (self->certificate_row, shown);
  gtk_widget_set_visible (GTK_WIDGET (self->certificate_row), pinned != NULL);
}

MunServerDialog *
mun_server_dialog_new (GtkWindow *parent, MunServerEntry *entry)
{
  MunServerDialog *self
      = g_object_new (MUN_TYPE_SERVER_DIALOG, "transient-for", parent, "modal", TRUE, NULL);

  gtk_widget_set_visible (self->saved_group, entry != NULL);
  if (entry) {
    self->entry = g_object_ref (entry);
    show_entry (self, entry);
  }
  return self;
}

MunSecret *
mun_server_dialog_dup_password (MunServerDialog *self)
{
  const char *text = gtk_editable_get_text (self->password);

  return *text ? mun_secret_new_take_string (g_strdup (text)) : NULL;
}

gboolean
mun_server_dialog_get_remember (MunServerDialog *self)
{
  return gtk_switch_get_active (self->remember);
}
