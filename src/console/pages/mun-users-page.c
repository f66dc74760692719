/* mun-users-page.c: the users of the archive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-users-page.h"

#include "mun-choice.h"
#include "mun-rename-user.h"
#include "mun-state-stack.h"
#include "mun-user-dialog.h"
#include "mun-user.h"
#include "mun-width-bin.h"
#include "mun-words.h"

#include <glib/gi18n.h>

#define MAX_REQUESTS 3 /* GetUserInfo calls at a time, for the rows that are shown */

struct _MunUsersPage {
  MunPage parent_instance;

  MunStateStack *states;
  GtkWidget *create_button;
  GtkSearchBar *search_bar;
  GtkEditable *search_entry;
  GtkColumnView *view;
  GMenuModel *user_menu;
  GtkWidget *menu;
  GtkLabel *count;

  GListStore *users; /* MunUser */
  GtkFilter *filter;
  GtkSingleSelection *selection;
  GtkColumnViewColumn *extra_columns[2];
  GQueue wanted; /* MunUser: shown without information */
  guint n_requests;
  char *select_name; /* selected when the next load is done */
};

G_DEFINE_FINAL_TYPE (MunUsersPage, mun_users_page, MUN_TYPE_PAGE)

static MunConnection *
get_connection (MunUsersPage *self)
{
  return mun_page_get_connection (MUN_PAGE (self));
}

static MunUser *
get_selected (MunUsersPage *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

static void
update_actions (MunUsersPage *self)
{
  static const struct {
    const char *action;
    const char *function;
    gboolean of_user;
  } actions[] = {
    { "users.create", "CreateUser", FALSE },
    { "users.properties", "GetUserInfo", TRUE },
    { "users.rename", "RenameUser", TRUE },
    { "users.delete", "DeleteUser", TRUE },
  };
  MunConnection *connection = get_connection (self);
  gboolean selected = get_selected (self) != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    gboolean offered
        = connection != NULL && mun_connection_has_function (connection, actions[i].function);

    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i].action,
                                   offered && (selected || !actions[i].of_user));
    if (i == 0)
      gtk_widget_set_visible (self->create_button, offered);
  }
}

static void
update_count (MunUsersPage *self)
{
  guint all = g_list_model_get_n_items (G_LIST_MODEL (self->users));
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  g_autofree char *all_text = mun_words_count (all);
  g_autofree char *shown_text = mun_words_count (shown);
  g_autofree char *text = NULL;

  if (shown == all)
    /* Translators: %s is a number */
    text = g_strdup_printf (ngettext ("%s user", "%s users", all), all_text);
  else
    /* Translators: both are numbers: 3 of 1,204 users */
    text
        = g_strdup_printf (ngettext ("%s of %s user", "%s of %s users", all), shown_text, all_text);
  gtk_label_set_label (self->count, text);
}

static void
ask_information (MunUsersPage *self);

static void
information_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunUser) user = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  MunUsersPage *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the page is loading anew, or gone */
  self = g_object_get_data (G_OBJECT (user), "page");
  self->n_requests--;
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    mun_user_set_info (user, json_node_get_object (node));
  ask_information (self);
}

static JsonObject *
name_argument (MunUser *user)
{
  JsonObject *arguments = json_object_new ();

  json_object_set_string_member (arguments, "userName", mun_user_get_user_name (user));
  return arguments;
}

static void
ask_information (MunUsersPage *self)
{
  while (self->n_requests < MAX_REQUESTS && !g_queue_is_empty (&self->wanted)) {
    g_autoptr (MunUser) user = g_queue_pop_head (&self->wanted);

    self->n_requests++;
    /* While the call runs the page is there: its cancellable ends both. */
    g_object_set_data (G_OBJECT (user), "page", self);
    mun_connection_call_async (get_connection (self), "GetUserInfo", name_argument (user),
                               mun_page_get_cancellable (MUN_PAGE (self)), information_cb,
                               g_object_ref (user));
  }
}

static void
want_information (MunUsersPage *self, MunUser *user)
{
  if (mun_user_get_info (user) != NULL || g_object_get_data (G_OBJECT (user), "wanted") != NULL
      || !mun_connection_has_function (get_connection (self), "GetUserInfo"))
    return;
  g_object_set_data (G_OBJECT (user), "wanted", self);
  g_queue_push_tail (&self->wanted, g_object_ref (user));
  ask_information (self);
}

static void
setup_cell_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *cell = gtk_inscription_new (NULL);

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell),
                                 GPOINTER_TO_UINT (
                                     g_object_get_data (G_OBJECT (factory), "chars")));
  gtk_list_item_set_child (item, cell);
}

static void
bind_cell_cb (GtkSignalListItemFactory *factory, GtkListItem *item, MunUsersPage *self)
{
  const char *property = g_object_get_data (G_OBJECT (factory), "property");
  MunUser *user = gtk_list_item_get_item (item);
  GtkWidget *cell = gtk_list_item_get_child (item);

  g_object_set_data_full (G_OBJECT (cell), "binding",
                          g_object_bind_property (user, property, cell, "text",
                                                  G_BINDING_SYNC_CREATE),
                          (GDestroyNotify)g_binding_unbind);
  g_object_bind_property (user, property, cell, "tooltip-text", G_BINDING_SYNC_CREATE);
  want_information (self, user);
}

static void
unbind_cell_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  g_object_set_data (G_OBJECT (gtk_list_item_get_child (item)), "binding", NULL);
}

static GtkColumnViewColumn *
add_column (MunUsersPage *self, const char *title, const char *property, guint chars,
            gboolean sorted)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *column;

  g_object_set_data (G_OBJECT (factory), "property", (gpointer)property);
  g_object_set_data (G_OBJECT (factory), "chars", GUINT_TO_POINTER (chars));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cell_cb), NULL);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell_cb), self, 0);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell_cb), NULL);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_expand (column, TRUE);
  gtk_column_view_column_set_resizable (column, TRUE);
  if (sorted) {
    g_autoptr (GtkSorter) sorter = GTK_SORTER (
        gtk_string_sorter_new (gtk_property_expression_new (MUN_TYPE_USER, NULL, property)));

    gtk_column_view_column_set_sorter (column, sorter);
  }
  gtk_column_view_append_column (self->view, column);
  g_object_unref (column); /* the view keeps it */
  return column;
}

static gboolean
matches_cb (gpointer item, gpointer data)
{
  MunUsersPage *self = data;

  return mun_user_matches (item, gtk_editable_get_text (self->search_entry));
}

static void
search_changed_cb (MunUsersPage *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
set_up_list (MunUsersPage *self)
{
  GtkColumnViewColumn *first;
  GListModel *filtered, *sorted;

  self->users = g_list_store_new (MUN_TYPE_USER);
  self->filter = GTK_FILTER (gtk_custom_filter_new (matches_cb, self, NULL));
  filtered = G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->users)),
                                                      g_object_ref (self->filter)));
  sorted = G_LIST_MODEL (
      gtk_sort_list_model_new (filtered, g_object_ref (gtk_column_view_get_sorter (self->view))));
  self->selection = gtk_single_selection_new (sorted);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));

  first = add_column (self, _ ("User Name"), "user-name", 8, TRUE);
  add_column (self, _ ("Full Name"), "full-name", 8, TRUE);
  self->extra_columns[0] = add_column (self, _ ("Authentication"), "authentication", 20, FALSE);
  gtk_column_view_column_set_expand (self->extra_columns[0], FALSE);
  self->extra_columns[1] = add_column (self, _ ("Email Addresses"), "addresses", 8, FALSE);
  gtk_column_view_sort_by_column (self->view, first, GTK_SORT_ASCENDING);

  mun_state_stack_set_models (self->states, G_LIST_MODEL (self->users), filtered);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (update_count), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (update_actions),
                           self, G_CONNECT_SWAPPED);
}

static void
clear_wanted (MunUsersPage *self)
{
  g_queue_clear_full (&self->wanted, g_object_unref);
  self->n_requests = 0;
}

static void
select_by_name (MunUsersPage *self)
{
  g_autofree char *name = g_steal_pointer (&self->select_name);

  for (guint i = 0; name != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->selection));
       i++) {
    g_autoptr (MunUser) user = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

    if (g_strcmp0 (mun_user_get_user_name (user), name) == 0)
      gtk_single_selection_set_selected (self->selection, i);
  }
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  MunUsersPage *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  JsonArray *list;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (node == NULL) {
    mun_state_stack_set_error (self->states, error);
    return;
  }
  list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (list, i)))
      g_ptr_array_add (users, mun_user_new (json_array_get_object_element (list, i)));
  g_list_store_splice (self->users, 0, g_list_model_get_n_items (G_LIST_MODEL (self->users)),
                       users->pdata, users->len);
  mun_state_stack_set_ready (self->states);
  select_by_name (self);
  update_count (self);
}

static void
mun_users_page_load (MunPage *page)
{
  MunUsersPage *self = MUN_USERS_PAGE (page);
  MunUser *selected = get_selected (self);

  clear_wanted (self);
  update_actions (self);
  if (self->select_name == NULL && selected != NULL)
    self->select_name = g_strdup (mun_user_get_user_name (selected));
  mun_state_stack_set_state (self->states, MUN_STATE_LOADING);
  mun_connection_call_async (get_connection (self), "GetUsers", NULL,
                             mun_page_get_cancellable (page), loaded_cb, self);
}

static void
mun_users_page_start_search (MunPage *page)
{
  MunUsersPage *self = MUN_USERS_PAGE (page);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
saved_cb (MunUsersPage *self, const char *name)
{
  g_free (self->select_name);
  self->select_name = g_strdup (name);
  mun_page_refresh (MUN_PAGE (self));
}

static void
present_dialog (MunUsersPage *self, JsonObject *info)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  MunUserDialog *dialog = mun_user_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                               get_connection (self), info);

  g_signal_connect_object (dialog, "saved", G_CALLBACK (saved_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
create_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  present_dialog (MUN_USERS_PAGE (widget), NULL);
}

/* Always read afresh: somebody else may have changed the user since the list was made. */
static void
properties_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunUsersPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (node == NULL)
    mun_page_report_error (MUN_PAGE (self), error);
  else if (JSON_NODE_HOLDS_OBJECT (node))
    present_dialog (self, json_node_get_object (node));
}

static void
properties_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MunUsersPage *self = MUN_USERS_PAGE (widget);

  mun_connection_call_async (get_connection (self), "GetUserInfo",
                             name_argument (get_selected (self)),
                             mun_page_get_cancellable (MUN_PAGE (self)), properties_read_cb,
                             g_object_ref (self));
}

static void
activated_cb (MunUsersPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "users.properties", NULL);
}

static void
renamed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunUsersPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = mun_rename_user_finish (result, &error);

  if (name != NULL)
    saved_cb (self, name);
  else
    mun_page_report_error (MUN_PAGE (self), error);
  /* The user may be renamed and only the archive not. */
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mun_page_refresh (MUN_PAGE (self));
}

static void
rename_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MunUsersPage *self = MUN_USERS_PAGE (widget);

  mun_rename_user_async (widget, get_connection (self),
                         mun_user_get_user_name (get_selected (self)),
                         mun_page_get_cancellable (MUN_PAGE (self)), renamed_cb,
                         g_object_ref (self));
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunUsersPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (node == NULL)
    mun_page_report_error (MUN_PAGE (self), error);
  else
    mun_page_refresh (MUN_PAGE (self));
}

static void
delete_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunUsersPage) self = data;
  g_autoptr (MunUser) user = g_object_steal_data (G_OBJECT (self), "delete-user");

  if (mun_confirm_finish (result) && get_connection (self) != NULL)
    mun_connection_call_async (get_connection (self), "DeleteUser", name_argument (user),
                               mun_page_get_cancellable (MUN_PAGE (self)), deleted_cb,
                               g_object_ref (self));
}

static void
delete_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MunUsersPage *self = MUN_USERS_PAGE (widget);
  MunUser *user = get_selected (self);
  /* Translators: %s is a user name */
  g_autofree char *heading
      = g_strdup_printf (_ ("Delete the User “%s”?"), mun_user_get_user_name (user));

  g_object_set_data_full (G_OBJECT (self), "delete-user", g_object_ref (user), g_object_unref);
  mun_confirm_async (
      widget, heading,
      _ ("Nobody can sign in with this name any more. The archive of this user stays, with every "
         "message in it."),
      _ ("_Delete"), TRUE, NULL, delete_confirmed_cb, g_object_ref (self));
}

static void
pressed_cb (MunUsersPage *self, int n_press, double x, double y)
{
  if (get_selected (self) == NULL)
    return;
  if (self->menu == NULL) {
    self->menu = gtk_popover_menu_new_from_model (self->user_menu);
    gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
    gtk_widget_set_parent (self->menu, GTK_WIDGET (self->view));
  }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ x, y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
narrow_cb (MunUsersPage *self, GParamSpec *pspec, MunWidthBin *bin)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->extra_columns); i++)
    gtk_column_view_column_set_visible (self->extra_columns[i], !mun_width_bin_is_narrow (bin));
}

static void
mun_users_page_dispose (GObject *object)
{
  MunUsersPage *self = MUN_USERS_PAGE (object);

  clear_wanted (self);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  /* The view changes the order once more when it goes; the labels are gone by then. */
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  G_OBJECT_CLASS (mun_users_page_parent_class)->dispose (object);
}

static void
mun_users_page_finalize (GObject *object)
{
  MunUsersPage *self = MUN_USERS_PAGE (object);

  g_clear_object (&self->users);
  g_clear_object (&self->filter);
  g_clear_object (&self->selection);
  g_free (self->select_name);
  G_OBJECT_CLASS (mun_users_page_parent_class)->finalize (object);
}

static void
mun_users_page_class_init (MunUsersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  MunPageClass *page_class = MUN_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_users_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = mun_users_page_finalize;
  page_class->load = mun_users_page_load;
  page_class->start_search = mun_users_page_start_search;
  page_class->create_action = "users.create";

  g_type_ensure (MUN_TYPE_STATE_STACK);
  g_type_ensure (MUN_TYPE_WIDTH_BIN);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/pages/mun-users-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MunUsersPage, states);
  gtk_widget_class_bind_template_child (widget_class, MunUsersPage, create_button);
  gtk_widget_class_bind_template_child (widget_class, MunUsersPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, MunUsersPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, MunUsersPage, view);
  gtk_widget_class_bind_template_child (widget_class, MunUsersPage, user_menu);
  gtk_widget_class_bind_template_child (widget_class, MunUsersPage, count);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);

  gtk_widget_class_install_action (widget_class, "users.create", NULL, create_cb);
  gtk_widget_class_install_action (widget_class, "users.properties", NULL, properties_cb);
  gtk_widget_class_install_action (widget_class, "users.rename", NULL, rename_cb);
  gtk_widget_class_install_action (widget_class, "users.delete", NULL, delete_cb);
}

static void
mun_users_page_init (MunUsersPage *self)
{
  g_queue_init (&self->wanted);
  gtk_widget_init_template (GTK_WIDGET (self));
  set_up_list (self);
  update_actions (self);
}
