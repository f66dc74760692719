/* mun-start-page.c: where everything begins: this computer, or a server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-page"

#include "mun-start-page.h"

#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunStartPage {
  AdwBin parent_instance;

  GtkStack *stack;
  GtkLabel *busy_label;
  GtkSpinner *spinner;
  AdwActionRow *local_row;
  GtkWidget *saved_group;
  GtkListBox *saved_list;
  GtkWidget *stop_button;
  GtkWidget *error_box;
  GtkLabel *error_title;
  GtkLabel *error_label;
};

G_DEFINE_FINAL_TYPE (MunStartPage, mun_start_page, ADW_TYPE_BIN)

/* A saved server that cannot be reached is mended or removed here. */
static GtkWidget *
make_edit_button (MunServerEntry *entry)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("document-edit-symbolic");
  g_autofree char *label = g_strdup_printf (_ ("Edit %s"), mun_server_entry_get_name (entry));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", mun_server_entry_get_id (entry));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.edit-server");
  return button;
}

static GtkWidget *
create_row_cb (gpointer item, gpointer data)
{
  MunServerEntry *entry = item;
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *next = gtk_image_new_from_icon_name ("go-next-symbolic");
  g_autofree char *subtitle = NULL;

  g_object_set (row, "use-markup", FALSE, "activatable", TRUE, "icon-name",
                "network-server-symbolic", NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), mun_server_entry_get_name (entry));
  subtitle = g_strdup_printf ("%s · %s", mun_server_entry_get_user_name (entry),
                              mun_server_entry_get_host (entry));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  mun_server_entry_get_name (entry), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (next), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_edit_button (entry));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), next);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", mun_server_entry_get_id (entry));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-server");
  return row;
}

/* "This Computer" has a row of its own above. */
static gboolean
is_remote_cb (gpointer item, gpointer data)
{
  return !mun_server_entry_is_local (item);
}

static void
servers_changed_cb (GListModel *servers, guint position, guint removed, guint added,
                    MunStartPage *self)
{
  gtk_widget_set_visible (self->saved_group, g_list_model_get_n_items (servers) > 0);
}

static void
mun_start_page_class_init (MunStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/pages/mun-start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MunStartPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MunStartPage, busy_label);
  gtk_widget_class_bind_template_child (widget_class, MunStartPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, MunStartPage, local_row);
  gtk_widget_class_bind_template_child (widget_class, MunStartPage, saved_group);
  gtk_widget_class_bind_template_child (widget_class, MunStartPage, saved_list);
  gtk_widget_class_bind_template_child (widget_class, MunStartPage, stop_button);
  gtk_widget_class_bind_template_child (widget_class, MunStartPage, error_box);
  gtk_widget_class_bind_template_child (widget_class, MunStartPage, error_title);
  gtk_widget_class_bind_template_child (widget_class, MunStartPage, error_label);
}

static void
mun_start_page_init (MunStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
mun_start_page_set_servers (MunStartPage *self, MunServerList *servers)
{
  g_autoptr (GtkFilterListModel) remote = NULL;
  MunServerEntry *local;

  g_return_if_fail (MUN_IS_START_PAGE (self));
  local = mun_server_list_get_local (servers);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->local_row), "s",
                                    mun_server_entry_get_id (local));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->local_row), "win.open-server");
  remote
      = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (servers)),
                                   GTK_FILTER (gtk_custom_filter_new (is_remote_cb, NULL, NULL)));
  gtk_list_box_bind_model (self->saved_list, G_LIST_MODEL (remote), create_row_cb, NULL, NULL);
  g_signal_connect_object (remote, "items-changed", G_CALLBACK (servers_changed_cb), self, 0);
  servers_changed_cb (G_LIST_MODEL (remote), 0, 0, 0, self);
}

void
mun_start_page_set_busy (MunStartPage *self, const char *text)
{
  g_return_if_fail (MUN_IS_START_PAGE (self));
  gtk_label_set_label (self->busy_label, text ? text : "");
  gtk_spinner_set_spinning (self->spinner, text != NULL);
  gtk_stack_set_visible_child_name (self->stack, text ? "busy" : "choose");
}

void
mun_start_page_set_local_state (MunStartPage *self, gboolean running, gboolean stopping)
{
  g_return_if_fail (MUN_IS_START_PAGE (self));
  adw_action_row_set_subtitle (self->local_row, stopping ? _ ("Stopping…")
                                                : running
                                                    ? _ ("Running until Muniment is quit")
                                                    : _ ("Starts at once, without questions"));
  gtk_widget_set_visible (self->stop_button, running);
  gtk_widget_set_sensitive (self->stop_button, !stopping);
}

void
mun_start_page_set_error (MunStartPage *self, const char *server, const GError *error)
{
  g_autofree char *words = error ? mun_words_for_error (error) : NULL;
  /* Translators: a server, and the heading of what went wrong with it. */
  g_autofree char *title
      = error ? g_strdup_printf (C_ ("server", "%s: %s"), server, mun_words_error_title (error))
              : NULL;

  g_return_if_fail (MUN_IS_START_PAGE (self));
  gtk_widget_set_visible (self->error_box, error != NULL);
  gtk_label_set_label (self->error_title, title ? title : "");
  gtk_label_set_label (self->error_label, words ? words : "");
}
