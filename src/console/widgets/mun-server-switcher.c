/* mun-server-switcher.c: which server the window shows, and the others to choose from */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-window"

#include "mun-server-switcher.h"

#include "errors.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunServerSwitcher {
  AdwBin parent_instance;

  GtkMenuButton *button;
  GtkImage *icon;
  GtkLabel *name;
  GtkPopover *popover;
  GtkListBox *list;

  MunServerList *servers;
  MunConnection *connection;
};

G_DEFINE_FINAL_TYPE (MunServerSwitcher, mun_server_switcher, ADW_TYPE_BIN)

static gboolean
is_present (MunServerSwitcher *self, MunServerEntry *entry)
{
  return self->connection && mun_connection_get_entry (self->connection) == entry;
}

static const char *
get_icon_name (MunServerEntry *entry)
{
  return mun_server_entry_is_local (entry) ? "computer-symbolic" : "network-server-symbolic";
}

const char *
mun_server_switcher_get_state (MunServerSwitcher *self, MunServerEntry *entry)
{
  const GError *error;

  if (!is_present (self, entry)) {
    const char *problem = mun_server_entry_get_problem (entry);

    return problem ? problem : "";
  }
  error = mun_connection_get_error (self->connection);
  switch (mun_connection_get_state (self->connection)) {
  case MUN_CONNECTION_CONNECTED:
    return _ ("Connected");
  case MUN_CONNECTION_CONNECTING:
    return _ ("Connecting…");
  case MUN_CONNECTION_FAILED:
    if (error && error->domain == MUN_ERROR)
      return mun_words_error_title (error);
    return _ ("Offline");
  default:
    return _ ("Offline");
  }
}

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
popdown_cb (MunServerSwitcher *self)
{
  gtk_popover_popdown (self->popover);
}

static GtkWidget *
make_edit_button (MunServerSwitcher *self, MunServerEntry *entry)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("document-edit-symbolic");
  /* Translators: %s is the name of a server. */
  g_autofree char *label = g_strdup_printf (_ ("Edit %s"), mun_server_entry_get_name (entry));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", mun_server_entry_get_id (entry));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.edit-server");
  g_signal_connect_object (button, "clicked", G_CALLBACK (popdown_cb), self, G_CONNECT_SWAPPED);
  return button;
}

static void
add_row (MunServerSwitcher *self, MunServerEntry *entry)
{
  const char *name = mun_server_entry_get_name (entry);
  const char *state = mun_server_switcher_get_state (self, entry);
  g_autofree char *spoken = *state ? g_strdup_printf ("%s, %s", name, state) : g_strdup (name);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", get_icon_name (entry),
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (lines), make_label (name, NULL));
  if (*state)
    gtk_box_append (GTK_BOX (lines), make_label (state, "caption"));
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), lines);
  if (is_present (self, entry))
    gtk_box_append (GTK_BOX (box),
                    g_object_new (GTK_TYPE_IMAGE, "icon-name", "object-select-symbolic",
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL));
  if (!mun_server_entry_is_local (entry))
    gtk_box_append (GTK_BOX (box), make_edit_button (self, entry));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "entry", g_object_ref (entry), g_object_unref);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_list_box_append (self->list, row);
}

/* The rows are as new as the popover's opening. */
static void
show_cb (MunServerSwitcher *self)
{
  GtkListBoxRow *row;

  if (!self->servers)
    return;
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)))
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->servers)); i++) {
    g_autoptr (MunServerEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->servers), i);

    add_row (self, entry);
  }
}

static void
row_activated_cb (MunServerSwitcher *self, GtkListBoxRow *row)
{
  MunServerEntry *entry = g_object_get_data (G_OBJECT (row), "entry");

  gtk_popover_popdown (self->popover);
  if (!is_present (self, entry))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-server", "s",
                                mun_server_entry_get_id (entry));
}

static void
update (MunServerSwitcher *self)
{
  MunServerEntry *entry = self->connection ? mun_connection_get_entry (self->connection) : NULL;
  const char *name = entry ? mun_server_entry_get_name (entry) : "";
  const char *state = entry ? mun_server_switcher_get_state (self, entry) : "";
  gboolean connected
      = entry && mun_connection_get_state (self->connection) == MUN_CONNECTION_CONNECTED;
  /* Translators: spoken by screen readers: the present server and its state. */
  g_autofree char *spoken = g_strdup_printf (_ ("Server %s, %s"), name, state);

  gtk_label_set_text (self->name, name);
  if (entry)
    gtk_image_set_from_icon_name (self->icon,
                                  connected ? get_icon_name (entry) : "network-offline-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), *state ? state : NULL);
}

static void
forget_connection (MunServerSwitcher *self)
{
  if (!self->connection)
    return;
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_signal_handlers_disconnect_by_data (mun_connection_get_entry (self->connection), self);
  g_clear_object (&self->connection);
}

static void
mun_server_switcher_dispose (GObject *object)
{
  MunServerSwitcher *self = MUN_SERVER_SWITCHER (object);

  forget_connection (self);
  g_clear_object (&self->servers);
  G_OBJECT_CLASS (mun_server_switcher_parent_class)->dispose (object);
}

static void
mun_server_switcher_class_init (MunServerSwitcherClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_server_switcher_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/widgets/mun-server-switcher.ui");
  gtk_widget_class_bind_template_child (widget_class, MunServerSwitcher, button);
  gtk_widget_class_bind_template_child (widget_class, MunServerSwitcher, icon);
  gtk_widget_class_bind_template_child (widget_class, MunServerSwitcher, name);
  gtk_widget_class_bind_template_child (widget_class, MunServerSwitcher, popover);
  gtk_widget_class_bind_template_child (widget_class, MunServerSwitcher, list);
  gtk_widget_class_bind_template_callback (widget_class, show_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, popdown_cb);
}

static void
mun_server_switcher_init (MunServerSwitcher *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* The button centres what it wraps its child in; here it fills the sidebar as the rows below do.
   */
  gtk_widget_set_halign (gtk_widget_get_parent (gtk_menu_button_get_child (self->button)),
                         GTK_ALIGN_FILL);
  update (self);
}

void
mun_server_switcher_set_servers (MunServerSwitcher *self, MunServerList *servers)
{
  g_set_object (&self->servers, servers);
}

void
mun_server_switcher_set_connection (MunServerSwitcher *self, MunConnection *connection)
{
  if (self->connection == connection)
    return;
  forget_connection (self);
  g_set_object (&self->connection, connection);
  if (connection) {
    g_signal_connect_object (connection, "notify::state", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (mun_connection_get_entry (connection), "notify::name",
                             G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  }
  update (self);
}
