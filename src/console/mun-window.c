/* mun-window.c: the window: sidebar and content, which page is shown, states and toasts */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-window"

#include "mun-window.h"

#include "keyring.h"
#include "mun-operations-button.h"
#include "mun-page-table.h"
#include "mun-server-switcher.h"
#include "mun-shortcuts.h"
#include "mun-sidebar.h"
#include "mun-start-page.h"
#include "mun-state-bar.h"
#include "mun-width-bin.h"
#include "mun-window-leave.h"
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
  GtkWidget *content_bin;
  MunServerSwitcher *switcher;
  MunSidebar *sidebar;
  AdwWindowTitle *title;
  AdwHeaderBar *content_header;
  GtkWidget *discard_button;
  GtkWidget *save_button;
  AdwToastOverlay *page_toasts;
  MunOperationsButton *operations_button;
  MunStateBar *state_bar;
  GtkStack *pages;

  MunWindowServers *servers;
  MunConnection *connection;
  MunPage *page;
  GtkWidget *header_widget;
  GCancellable *cancellable;
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
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.create", self->page != NULL);
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
  adw_leaflet_set_visible_child (self->leaflet, self->content_bin);
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
create_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_page_create (MUN_WINDOW (widget)->page);
}

static void
toggle_pane_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunWindow *self = MUN_WINDOW (widget);

  if (self->page)
    gtk_widget_activate_action (GTK_WIDGET (self->page), "page.toggle-pane", NULL);
}

/* From a folder to the search in it. */
static void
search_in_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunWindow *self = MUN_WINDOW (widget);

  page_selected_cb (self, "search");
  gtk_widget_activate_action (GTK_WIDGET (self->page), "page.search-in", "s",
                              g_variant_get_string (parameter, NULL));
}

/* From a search folder to what it asks. */
static void
edit_search_folder_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunWindow *self = MUN_WINDOW (widget);

  page_selected_cb (self, "search");
  gtk_widget_activate_action (GTK_WIDGET (self->page), "page.edit-search-folder", "x",
                              g_variant_get_int64 (parameter));
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
open_server (MunWindow *self, const char *id)
{
  mun_window_servers_open (self->servers, id);
}

static void
close_server (MunWindow *self, const char *id)
{
  GSettings *settings = get_settings (self);

  if (settings)
    g_settings_reset (settings, "last-server");
  mun_window_servers_close (self->servers);
}

static void
close_window (MunWindow *self, const char *id)
{
  gtk_window_close (GTK_WINDOW (self));
}

static void
open_server_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunWindow *self = MUN_WINDOW (widget);

  mun_window_leave (self, self->pages, open_server, g_variant_get_string (parameter, NULL));
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
stop_local_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_window_servers_stop_local (MUN_WINDOW (widget)->servers);
}

static void
close_server_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunWindow *self = MUN_WINDOW (widget);

  mun_window_leave (self, self->pages, close_server, NULL);
}

/* A page noticed that the server does not answer. */
static void
server_lost_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunWindow *self = MUN_WINDOW (widget);

  if (self->connection && mun_connection_get_state (self->connection) == MUN_CONNECTION_CONNECTED)
    mun_connection_set_state (self->connection, MUN_CONNECTION_OFFLINE, NULL);
}

static void
keyring_locked_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_state_bar_set_keyring_locked (MUN_WINDOW (widget)->state_bar, TRUE);
}

static void
unlocked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!mun_keyring_unlock_finish (result, &error)) {
    g_message ("keyring: %s", error->message);
    return; /* the bar stays and says it */
  }
  if (!self->state_bar)
    return;
  mun_state_bar_set_keyring_locked (self->state_bar, FALSE);
  if (self->page)
    mun_page_refresh (self->page);
}

static void
unlock_keyring_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunWindow *self = MUN_WINDOW (widget);

  mun_keyring_unlock_async (self->cancellable, unlocked_cb, g_object_ref (self));
}

static void
show_operations_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunWindow *self = MUN_WINDOW (widget);

  adw_leaflet_set_visible_child (self->leaflet, self->content_bin);
  mun_operations_button_popup (self->operations_button);
}

/* What a page has shown is older than the connection: it loads again when it is next shown. */
static void
mark_pages_stale (MunWindow *self)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->pages)); child;
       child = gtk_widget_get_next_sibling (child))
    g_object_set_data (G_OBJECT (child), "stale", GINT_TO_POINTER (child != (gpointer)self->page));
}

static void
refresh_if_stale (MunPage *page)
{
  if (!g_object_get_data (G_OBJECT (page), "stale"))
    return;
  g_object_set_data (G_OBJECT (page), "stale", NULL);
  mun_page_refresh (page);
}

/* The server may be another version after a reconnect: the sidebar asks it again what it has. */
static void
rebuild_sidebar (MunWindow *self)
{
  mun_sidebar_set_connection (self->sidebar, self->connection);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->pages)); child;
       child = gtk_widget_get_next_sibling (child))
    page_badge_cb (MUN_PAGE (child), NULL, self);
  if (self->page)
    mun_sidebar_select (self->sidebar, mun_window_get_page_id (self));
}

static void
connection_state_cb (MunWindow *self)
{
  MunConnectionState state = mun_connection_get_state (self->connection);

  if (state == MUN_CONNECTION_CONNECTING)
    return;
  if (state == MUN_CONNECTION_CONNECTED)
    rebuild_sidebar (self);
  mark_pages_stale (self);
  if (self->page)
    mun_page_refresh (self->page);
}

static void
restore_size (MunWindow *self)
{
  GSettings *settings = get_settings (self);
  int width, height;

  if (!settings)
    return;
  g_settings_get (settings, "window-size", "(ii)", &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

static void
save_size (MunWindow *self)
{
  GSettings *settings = get_settings (self);
  int width, height;

  if (!settings)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set (settings, "window-size", "(ii)", width, height);
  g_settings_set_boolean (settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
}

static gboolean
mun_window_close_request (GtkWindow *window)
{
  MunWindow *self = MUN_WINDOW (window);

  if (mun_window_has_changes (self->pages)) {
    mun_window_leave (self, self->pages, close_window, NULL);
    return GDK_EVENT_STOP;
  }
  save_size (self);
  return GTK_WINDOW_CLASS (mun_window_parent_class)->close_request (window);
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
show_shortcuts_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  mun_shortcuts_show (GTK_WINDOW (widget));
}

static void
mun_window_dispose (GObject *object)
{
  MunWindow *self = MUN_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->connection)
    g_signal_handlers_disconnect_by_func (self->connection, connection_state_cb, self);
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

  GTK_WINDOW_CLASS (klass)->close_request = mun_window_close_request;

  g_type_ensure (MUN_TYPE_OPERATIONS_BUTTON);
  g_type_ensure (MUN_TYPE_SERVER_SWITCHER);
  g_type_ensure (MUN_TYPE_SIDEBAR);
  g_type_ensure (MUN_TYPE_START_PAGE);
  g_type_ensure (MUN_TYPE_STATE_BAR);
  g_type_ensure (MUN_TYPE_WIDTH_BIN);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/muniment/Console/mun-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MunWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, root_stack);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, start_page);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, sidebar_box);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, content_bin);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, title);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, content_header);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, discard_button);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, save_button);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, page_toasts);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, operations_button);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, state_bar);
  gtk_widget_class_bind_template_child (widget_class, MunWindow, pages);
  gtk_widget_class_bind_template_callback (widget_class, page_selected_cb);

  gtk_widget_class_install_action (widget_class, "win.show-page", "s", show_page_cb);
  gtk_widget_class_install_action (widget_class, "win.show-nth-page", "i", show_nth_page_cb);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_cb);
  gtk_widget_class_install_action (widget_class, "win.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_cb);
  gtk_widget_class_install_action (widget_class, "win.search-in", "s", search_in_cb);
  gtk_widget_class_install_action (widget_class, "win.edit-search-folder", "x",
                                   edit_search_folder_cb);
  gtk_widget_class_install_action (widget_class, "win.create", NULL, create_cb);
  gtk_widget_class_install_action (widget_class, "win.toggle-pane", NULL, toggle_pane_cb);
  gtk_widget_class_install_action (widget_class, "win.save", NULL, save_cb);
  gtk_widget_class_install_action (widget_class, "win.discard", NULL, discard_cb);
  gtk_widget_class_install_action (widget_class, "win.open-server", "s", open_server_cb);
  gtk_widget_class_install_action (widget_class, "win.edit-server", "s", edit_server_cb);
  gtk_widget_class_install_action (widget_class, "win.add-server", NULL, add_server_cb);
  gtk_widget_class_install_action (widget_class, "win.cancel-connect", NULL, cancel_connect_cb);
  gtk_widget_class_install_action (widget_class, "win.reconnect", NULL, reconnect_cb);
  gtk_widget_class_install_action (widget_class, "win.close-server", NULL, close_server_cb);
  gtk_widget_class_install_action (widget_class, "win.stop-local", NULL, stop_local_cb);
  gtk_widget_class_install_action (widget_class, "win.server-lost", NULL, server_lost_cb);
  gtk_widget_class_install_action (widget_class, "win.keyring-locked", NULL, keyring_locked_cb);
  gtk_widget_class_install_action (widget_class, "win.unlock-keyring", NULL, unlock_keyring_cb);
  gtk_widget_class_install_action (widget_class, "win.show-operations", NULL, show_operations_cb);
  gtk_widget_class_install_action (widget_class, "win.show-shortcuts", NULL, show_shortcuts_cb);
}

static void
mun_window_init (MunWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  page_changed_cb (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.close-server", FALSE);
}

MunWindow *
mun_window_new (MunApplication *application)
{
  MunWindow *self = g_object_new (MUN_TYPE_WINDOW, "application", application, NULL);

  self->servers = mun_window_servers_new (self, self->start_page);
  mun_server_switcher_set_servers (self->switcher, mun_application_get_servers (application));
  mun_operations_button_set_operations (self->operations_button,
                                        mun_application_get_operations (application));
  restore_size (self);
  return self;
}

void
mun_window_set_connection (MunWindow *self, MunConnection *connection)
{
  g_autofree char *last = g_strdup (mun_window_get_page_id (self));
  GSettings *settings = get_settings (self);

  if (self->connection == connection)
    return;
  if (self->connection)
    g_signal_handlers_disconnect_by_func (self->connection, connection_state_cb, self);
  g_set_object (&self->connection, connection);
  remove_pages (self);
  mun_server_switcher_set_connection (self->switcher, connection);
  mun_state_bar_set_connection (self->state_bar, connection);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.close-server", connection != NULL);
  mun_sidebar_set_connection (self->sidebar, connection);
  gtk_stack_set_visible_child_name (self->root_stack, connection ? "main" : "start");
  if (!connection) {
    gtk_window_set_title (GTK_WINDOW (self), "Muniment");
    return;
  }
  g_signal_connect_object (connection, "notify::state", G_CALLBACK (connection_state_cb), self,
                           G_CONNECT_SWAPPED);
  if (settings)
    g_settings_set_string (settings, "last-server",
                           mun_server_entry_get_id (mun_connection_get_entry (connection)));
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

/* Changes of the page that is left stay in it. */
static void
remind (MunWindow *self, const char *next_id)
{
  AdwToast *toast = NULL;

  if (self->page && g_strcmp0 (mun_window_get_page_id (self), next_id) != 0)
    toast = mun_window_make_reminder (self->page, mun_window_get_page_id (self));
  if (toast)
    adw_toast_overlay_add_toast (self->page_toasts, toast);
}

gboolean
mun_window_show_page (MunWindow *self, const char *id)
{
  const MunPageEntry *entry = mun_page_table_lookup (id);
  GSettings *settings = get_settings (self);

  if (!entry || !mun_sidebar_has (self->sidebar, id))
    return FALSE;
  remind (self, id);
  self->page = ensure_page (self, entry);
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (self->page));
  refresh_if_stale (self->page);
  gtk_window_set_title (GTK_WINDOW (self), mun_page_get_title (self->page));
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
