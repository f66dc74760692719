/* mun-window.c: the window: sidebar and content, which page is shown, states and toasts */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-window"

#include "mun-window.h"

#include "mun-page-table.h"
#include "mun-sidebar.h"
#include "mun-start-page.h"
#include "mun-window-servers.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *root_stack;
  MunStartPage *start_page;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar_box;
  GtkWidget *content_box;
  MunSidebar *sidebar;
  AdwWindowTitle *title;
  AdwHeaderBar *content_header;
  GtkWidget *discard_button;
  GtkWidget *save_button;
  AdwToastOverlay *page_toasts;
  GtkStack *pages;

  MunWindowServers *servers;
  MunConnection *connection;
  MunPage *page;
  GtkWidget *header_widget;
};

G_DEFINE_FINAL_TYPE (MunWindow, mun_window, ADW_TYPE_APPLICATION_WINDOW)

static GSettings *
get_settings (MunWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  return application ? mun_application_get_settings (MUN_APPLICATION (application)) : NULL;
}

static void
page_toast_cb (MunWindow *self, AdwToast *toast)
{
  adw_toast_overlay_add_toast (self->page_toasts, g_object_ref (toast));
}

/* An insensitive Save says why, to the eye and to a screen reader. */
static void
show_save (MunWindow *self, gboolean modified)
{
  const char *obstacle = self->page ? mun_page_get_save_hint (self->page) : NULL;

  gtk_widget_set_visible (self->discard_button, modified);
  gtk_widget_set_visible (self->save_button, modified);
  gtk_widget_set_tooltip_text (self->save_button, obstacle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->save_button),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, obstacle ? obstacle : "",
                                  -1);
}

static void
page_changed_cb (MunWindow *self)
{
  gboolean modified = self->page && mun_page_get_modified (self->page);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.save",
                                 modified && mun_page_get_can_save (self->page));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.discard", modified);
  show_save (self, modified);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.refresh", self->page != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.search", self->page != NULL);
}

static void
replace_header_widget (MunWindow *self)
{
  if (self->header_widget)
    adw_header_bar_remove (self->content_header, self->header_widget);
  self->header_widget = self->page ? mun_page_get_header_widget (self->page) : NULL;
  if (self->header_widget)
    adw_header_bar_pack_end (self->content_header, self->header_widget);
}

static void
page_badge_cb (MunPage *page, GParamSpec *pspec, MunWindow *self)
{
  const char *id = g_object_get_data (G_OBJECT (page), "page-id");

  mun_sidebar_set_badge (self->sidebar, id, mun_page_get_badge (page));
}

static MunPage *
ensure_page (MunWindow *self, const MunPageEntry *entry)
{
  MunPage *page = (MunPage *)gtk_stack_get_child_by_name (self->pages, entry->id);

  if (page)
    return page;
  page = g_object_new (entry->get_type (), "title", _ (entry->title), "icon-name", entry->icon_name,
                       NULL);
  g_object_set_data (G_OBJECT (page), "page-id", (gpointer)entry->id);
  gtk_stack_add_named (self->pages, GTK_WIDGET (page), entry->id);
  g_signal_connect_object (page, "toast", G_CALLBACK (page_toast_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "notify::modified", G_CALLBACK (page_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "notify::can-save", G_CALLBACK (page_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "notify::save-hint", G_CALLBACK (page_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "notify::header-widget", G_CALLBACK (replace_header_widget), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "notify::badge", G_CALLBACK (page_badge_cb), self, 0);
  mun_page_set_connection (page, self->connection);
  return page;
}

static void
page_selected_cb (MunWindow *self, const char *id)
{
  mun_window_show_page (self, id);
  adw_leaflet_set_visible_child (self->leaflet, self->content_box);
}

static void
show_page_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  page_selected_cb (MUN_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
show_nth_page_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunWindow *self = MUN_WINDOW (widget);
  const char *id = mun_sidebar_get_nth (self->sidebar, g_variant_get_int32 (parameter) - 1);

  if (id)
    page_selected_cb (self, id);
}

static void
back_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_leaflet_navigate (MUN_WINDOW (widget)->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
refresh_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_page_refresh (MUN_WINDOW (widget)->page);
}

static void
search_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_page_start_search (MUN_WINDOW (widget)->page);
}

static void
save_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_page_save (MUN_WINDOW (widget)->page);
}

static void
discard_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_page_discard (MUN_WINDOW (widget)->page);
}

static void
open_server_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_window_servers_open (MUN_WINDOW (widget)->servers, g_variant_get_string (parameter, NULL));
}

static void
edit_server_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_window_servers_edit (MUN_WINDOW (widget)->servers, g_variant_get_string (parameter, NULL));
}

static void
add_server_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_window_servers_edit (MUN_WINDOW (widget)->servers, NULL);
}

static void
cancel_connect_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_window_servers_cancel (MUN_WINDOW (widget)->servers);
}

static void
reconnect_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_window_servers_reconnect (MUN_WINDOW (widget)->servers);
}

static void
close_server_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_window_servers_close (MUN_WINDOW (widget)->servers);
}

static void
remove_pages (MunWindow *self)
{
  GtkWidget *child;

  self->page = NULL;
  replace_header_widget (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->pages))))
    gtk_stack_remove (self->pages, child);
  page_changed_cb (self);
}

static void
mun_window_dispose (GObject *object)
{
  MunWindow *self = MUN_WINDOW (object);

  if (self->pages)
    remove_pages (self);
  if (self->servers)
    g_object_run_dispose (G_OBJECT (self->servers));
  g_clear_object (&self->servers);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (mun_window_parent_class)->dispose (object);
}

static void
mun_window_class_init (MunWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_window_dispose;

  g_type_ensure (MUN_TYPE_SIDEBAR);
  g_type_ensure (MUN_TYPE_START_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/muniment/Console/mun-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MunWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, root_stack);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, start_page);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, sidebar_box);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, content_box);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, title);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, content_header);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, discard_button);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, save_button);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, page_toasts);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, pages);
  gtk_widget_class_bind_template_callback (widget_class, page_selected_cb);

  gtk_widget_class_install_action (widget_class, "win.show-page", "s", show_page_cb);
  gtk_widget_class_install_action (widget_class, "win.show-nth-page", "i", show_nth_page_cb);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_cb);
  gtk_widget_class_install_action (widget_class, "win.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_cb);
  gtk_widget_class_install_action (widget_class, "win.save", NULL, save_cb);
  gtk_widget_class_install_action (widget_class, "win.discard", NULL, discard_cb);
  gtk_widget_class_install_action (widget_class, "win.open-server", "s", open_server_cb);
  gtk_widget_class_install_action (widget_class, "win.edit-server", "s", edit_server_cb);
  gtk_widget_class_install_action (widget_class, "win.add-server", NULL, add_server_cb);
  gtk_widget_class_install_action (widget_class, "win.cancel-connect", NULL, cancel_connect_cb);
  gtk_widget_class_install_action (widget_class, "win.reconnect", NULL, reconnect_cb);
  gtk_widget_class_install_action (widget_class, "win.close-server", NULL, close_server_cb);
}

static void
mun_window_init (MunWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  page_changed_cb (self);
}

MunWindow *
mun_window_new (MunApplication *application)
{
  MunWindow *self = g_object_new (MUN_TYPE_WINDOW, "application", application, NULL);

  self->servers = mun_window_servers_new (self, self->start_page);
  return self;
}

void
mun_window_set_connection (MunWindow *self, MunConnection *connection)
{
  g_autofree char *last = g_strdup (mun_window_get_page_id (self));
  GSettings *settings = get_settings (self);

  if (!g_set_object (&self->connection, connection))
    return;
  remove_pages (self);
  mun_sidebar_set_connection (self->sidebar, connection);
  gtk_stack_set_visible_child_name (self->root_stack, connection ? "main" : "start");
  if (!connection)
    return;
  adw_window_title_set_subtitle (self->title, mun_connection_get_name (connection));
  if (!last && settings)
    last = g_settings_get_string (settings, "last-page");
  if (!last || !mun_window_show_page (self, last))
    mun_window_show_page (self, mun_sidebar_get_nth (self->sidebar, 0));
}

MunConnection *
mun_window_get_connection (MunWindow *self)
{
  return self->connection;
}

gboolean
mun_window_show_page (MunWindow *self, const char *id)
{
  const MunPageEntry *entry = mun_page_table_lookup (id);
  GSettings *settings = get_settings (self);

  if (!entry || !mun_sidebar_has (self->sidebar, id))
    return FALSE;
  self->page = ensure_page (self, entry);
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (self->page));
  adw_window_title_set_title (self->title, mun_page_get_title (self->page));
  mun_sidebar_select (self->sidebar, id);
  replace_header_widget (self);
  page_changed_cb (self);
  if (settings)
    g_settings_set_string (settings, "last-page", id);
  return TRUE;
}

MunPage *
mun_window_get_page (MunWindow *self)
{
  return self->page;
}

const char *
mun_window_get_page_id (MunWindow *self)
{
  return self->page ? g_object_get_data (G_OBJECT (self->page), "page-id") : NULL;
}

void
mun_window_toast (MunWindow *self, const char *text)
{
  g_autofree char *safe = mun_words_escape (text);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (safe));
}
