/* mun-directory-page.c: the page Directory Services */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-page"

#include "mun-directory-page.h"

#include "json.h"
#include "mun-combo-list.h"
#include "mun-credential-row.h"
#include "mun-directory-config.h"
#include "mun-groups-dialog.h"
#include "mun-hint-row.h"
#include "mun-privileges-dialog.h"
#include "mun-redirect-uri.h"
#include "mun-sign-in-words.h"
#include "mun-state-stack.h"
#include "mun-sync-window.h"
#include "mun-words.h"

#include <glib/gi18n.h>
#include <string.h>

struct _MunDirectoryPage {
  MunPage parent_instance;
  MunStateStack *states;
  AdwComboRow *type_row;
  GtkWidget *microsoft_box;
  GtkWidget *other_group;
  MunCredentialRow *credential_row;
  GtkWidget *renewed_row;
  AdwActionRow *state_row;
  GtkSpinner *state_spinner;
  GtkWidget *test_button;
  MunHintRow *state_hint;
  GtkSwitch *licensed_switch;
  GtkSwitch *enabled_switch;
  AdwActionRow *groups_row;
  AdwActionRow *excluded_row;
  GtkWidget *redirect_row;
  GtkWidget *propose_button;
  MunHintRow *redirect_hint;
  GtkSwitch *always_switch;
  GtkSwitch *delete_switch;
  AdwActionRow *privileges_row;
  GtkWidget *test_settings_button;
  GtkWidget *synchronize_button;
  MunDirectoryConfig *config;
  GPtrArray *types; /* the types as the server spells them, in the drop-down's order */
  guint web_port;   /* of the Web Access, as the server says; 0 unknown */
  JsonObject *sent; /* the configuration that the server is saving */
  gboolean filling; /* the widgets are being set from the configuration */
  gboolean saving;
  gboolean testing;
};

G_DEFINE_FINAL_TYPE (MunDirectoryPage, mun_directory_page, MUN_TYPE_PAGE)

/* The switches and their members of the configuration. */
static const struct {
  gsize offset;
  const char *member;
} switches[] = {
  { G_STRUCT_OFFSET (MunDirectoryPage, licensed_switch), "syncOnlyLicensedUsers" },
  { G_STRUCT_OFFSET (MunDirectoryPage, enabled_switch), "syncOnlyEnabledUsers" },
  { G_STRUCT_OFFSET (MunDirectoryPage, always_switch), "alwaysRequireCredentials" },
  { G_STRUCT_OFFSET (MunDirectoryPage, delete_switch), "autoDeleteUsers" },
};

static GtkWindow *
window_of (MunDirectoryPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static gboolean
is_microsoft (MunDirectoryPage *self)
{
  return g_strcmp0 (mun_directory_config_get_type_name (self->config),
                    MUN_DIRECTORY_TYPE_MICROSOFT365)
         == 0;
}

static gboolean
has_directory (MunDirectoryPage *self)
{
  return g_strcmp0 (mun_directory_config_get_type_name (self->config), MUN_DIRECTORY_TYPE_NONE)
         != 0;
}

/* Why the present settings cannot be saved; NULL when they can. */
static const char *
find_obstacle (MunDirectoryPage *self)
{
  const char *uri = mun_directory_config_get_string (self->config, "redirectUri");

  if (!is_microsoft (self))
    return NULL;
  if (mun_directory_config_get_int (self->config, "credentialsId") == 0)
    return _ ("Choose credentials first");
  if (mun_redirect_uri_check (uri, NULL) == MUN_REDIRECT_URI_WRONG)
    return _ ("The redirect URI is not right yet");
  return NULL;
}

static void
set_obstacle (GtkWidget *button, const char *reason)
{
  gtk_widget_set_tooltip_text (button, reason);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  reason != NULL ? reason : "", -1);
}

static void
update_actions (MunDirectoryPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean changed = mun_directory_config_is_changed (self->config);
  const char *obstacle = find_obstacle (self);
  const char *reason = NULL;
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));
  gint64 credential = mun_credential_row_get_server_id (self->credential_row);
  gboolean can_test
      = connection != NULL && mun_connection_has_function (connection, "TestCredentials");

  mun_page_set_modified (MUN_PAGE (self), changed);
  mun_page_set_can_save (MUN_PAGE (self), obstacle == NULL && !self->saving, obstacle);
  if (changed)
    reason = _ ("Save the changes first");
  else if (!has_directory (self))
    reason = _ ("Choose a directory service first");
  else if (obstacle != NULL)
    reason = obstacle;
  else if (connection != NULL
           && !mun_connection_has_function (connection, "SyncUsersWithDirectoryServices"))
    reason = _ ("This server does not synchronize users");
  gtk_widget_action_set_enabled (widget, "directory.test-settings", reason == NULL);
  gtk_widget_action_set_enabled (widget, "directory.synchronize", reason == NULL);
  set_obstacle (self->test_settings_button, reason);
  set_obstacle (self->synchronize_button, reason);
  gtk_widget_action_set_enabled (widget, "directory.test-credentials",
                                 can_test && credential != 0 && !self->testing);
  gtk_widget_set_visible (GTK_WIDGET (self->state_row), can_test);
}

static char *
proposed_uri (MunDirectoryPage *self)
{
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));
  MunServerEntry *entry = connection != NULL ? mun_connection_get_entry (connection) : NULL;

  if (entry == NULL)
    return NULL;
  return mun_redirect_uri_propose (
      mun_server_entry_is_local (entry) ? "localhost" : mun_server_entry_get_host (entry),
      self->web_port != 0 ? self->web_port : mun_server_entry_get_web_port (entry));
}

static void
check_redirect (MunDirectoryPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->redirect_row));
  g_autofree char *sentence = NULL, *proposed = proposed_uri (self);
  MunRedirectUriState state = mun_redirect_uri_check (text, &sentence);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "directory.copy-redirect",
                                 *text != '\0' && state != MUN_REDIRECT_URI_WRONG);
  gtk_widget_set_visible (self->propose_button, proposed != NULL && *text == '\0');
  if (*text == '\0' && proposed != NULL)
    /* Translators: %s is an address such as https://archive.example.com:8462/oidc/signin. */
    sentence = g_strdup_printf (
        _ ("Without it nobody signs in with a Microsoft account. For this server it is %s."),
        proposed);
  mun_hint_row_set_for_field (self->redirect_hint, self->redirect_row,
                              *text == '\0'                     ? MUN_HINT_NOTE
                              : state == MUN_REDIRECT_URI_WRONG ? MUN_HINT_ERROR
                                                                : MUN_HINT_WARNING,
                              sentence);
}

static char *
names_of_groups (JsonArray *groups)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (groups); i++) {
    JsonObject *group = json_array_get_object_element (groups, i);

    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            mun_json_get_string (group, "name",
                                                 mun_json_get_string (group, "id", "")));
  }
  return g_string_free (text, FALSE);
}

static void
show_lists (MunDirectoryPage *self)
{
  g_autoptr (JsonArray) groups = mun_directory_config_dup_groups (self->config);
  g_auto (GStrv) excluded = mun_directory_config_dup_strings (self->config, "excludedUsers");
  g_auto (GStrv) privileges = mun_directory_config_dup_privileges (self->config, "privileges");
  g_auto (GStrv) folder = mun_directory_config_dup_privileges (self->config, "onOwnFolder");
  g_autofree char *names = names_of_groups (groups);
  g_autofree char *users = g_strjoinv (", ", excluded);
  g_autofree char *summary
      = mun_privileges_summary ((const char *const *)privileges, (const char *const *)folder);

  adw_action_row_set_subtitle (self->groups_row, *names != '\0' ? names : _ ("All groups"));
  adw_action_row_set_subtitle (self->excluded_row,
                               *users != '\0' ? users : _ ("Nobody is left out"));
  adw_action_row_set_subtitle (self->privileges_row, summary);
}

/* The two types that this console knows, and whatever else the server has. */
static void
fill_types (MunDirectoryPage *self)
{
  const char *present = mun_directory_config_get_type_name (self->config);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  g_ptr_array_set_size (self->types, 0);
  g_ptr_array_add (self->types, g_strdup (MUN_DIRECTORY_TYPE_NONE));
  gtk_string_list_append (names, _ ("None"));
  g_ptr_array_add (self->types, g_strdup (MUN_DIRECTORY_TYPE_MICROSOFT365));
  gtk_string_list_append (names, _ ("Microsoft 365 (Modern Authentication)"));
  if (is_microsoft (self)) {
    selected = 1;
  } else if (has_directory (self)) {
    g_ptr_array_add (self->types, g_strdup (present));
    gtk_string_list_append (names, present);
    selected = 2;
  }
  adw_combo_row_set_model (self->type_row, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->type_row, selected);
}

/* The state before a test: what the test is for, or what must come before it. */
static void
show_untested (MunDirectoryPage *self)
{
  gboolean none = mun_credential_row_get_server_id (self->credential_row) == 0;

  adw_action_row_set_subtitle (self->state_row,
                               none ? _ ("Choose credentials, or create them with the button “…”")
                                    : _ ("Not tested yet"));
}

static void
show_type (MunDirectoryPage *self)
{
  gtk_widget_set_visible (self->microsoft_box, is_microsoft (self));
  gtk_widget_set_visible (self->other_group, has_directory (self) && !is_microsoft (self));
}

/* The widgets from the configuration. */
static void
fill (MunDirectoryPage *self)
{
  self->filling = TRUE;
  fill_types (self);
  show_type (self);
  mun_credential_row_set_server_id (self->credential_row,
                                    mun_directory_config_get_int (self->config, "credentialsId"));
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++) {
    GtkSwitch *widget = G_STRUCT_MEMBER (GtkSwitch *, self, switches[i].offset);

    gtk_switch_set_active (widget,
                           mun_directory_config_get_bool (self->config, switches[i].member));
  }
  gtk_editable_set_text (GTK_EDITABLE (self->redirect_row),
                         mun_directory_config_get_string (self->config, "redirectUri"));
  show_lists (self);
  check_redirect (self);
  self->filling = FALSE;
  update_actions (self);
}

static void
type_selected_cb (AdwComboRow *row, GParamSpec *pspec, gpointer data)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (data);
  guint selected = adw_combo_row_get_selected (row);
  gboolean was_microsoft;

  if (self->filling || self->config == NULL || selected >= self->types->len)
    return;
  was_microsoft = is_microsoft (self);
  mun_directory_config_set_type_name (self->config, g_ptr_array_index (self->types, selected));
  if (is_microsoft (self) && !was_microsoft) {
    /* What nearly everybody wants is on when the service is chosen for the first time. */
    g_autoptr (JsonObject) object = mun_directory_config_dup_object (self->config);

    if (!json_object_has_member (object, "syncOnlyLicensedUsers"))
      mun_directory_config_set_bool (self->config, "syncOnlyLicensedUsers", TRUE);
    if (!json_object_has_member (object, "syncOnlyEnabledUsers"))
      mun_directory_config_set_bool (self->config, "syncOnlyEnabledUsers", TRUE);
    self->filling = TRUE;
    gtk_switch_set_active (self->licensed_switch,
                           mun_directory_config_get_bool (self->config, "syncOnlyLicensedUsers"));
    gtk_switch_set_active (self->enabled_switch,
                           mun_directory_config_get_bool (self->config, "syncOnlyEnabledUsers"));
    self->filling = FALSE;
  }
  show_type (self);
  update_actions (self);
}

static void
switch_changed_cb (GtkSwitch *widget, GParamSpec *pspec, gpointer data)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (data);

  if (self->filling || self->config == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    if (G_STRUCT_MEMBER (GtkSwitch *, self, switches[i].offset) == widget)
      mun_directory_config_set_bool (self->config, switches[i].member,
                                     gtk_switch_get_active (widget));
  update_actions (self);
}

static void
redirect_changed_cb (GtkEditable *editable, gpointer data)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (data);

  if (self->filling || self->config == NULL)
    return;
  mun_directory_config_set_string (self->config, "redirectUri", gtk_editable_get_text (editable));
  check_redirect (self);
  update_actions (self);
}

static void
credential_selected_cb (MunCredentialRow *row, GParamSpec *pspec, gpointer data)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (data);

  show_untested (self);
  mun_hint_row_set (self->state_hint, MUN_HINT_NOTE, NULL);
  if (self->filling || self->config == NULL)
    return;
  mun_directory_config_set_int (self->config, "credentialsId",
                                mun_credential_row_get_server_id (row));
  update_actions (self);
}

static void
choice_changed_cb (MunCredentialRow *row, GParamSpec *pspec, gpointer data)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (data);
  MunCredentialChoice *choice = mun_credential_row_get_choice (row);

  gtk_widget_set_visible (self->renewed_row,
                          choice != NULL && mun_credential_choice_is_renewed (choice));
}

static void
credential_problem_cb (MunCredentialRow *row, const GError *error, gpointer data)
{
  mun_page_report_error (MUN_PAGE (data), error);
}

static void
handed_over_cb (MunCredentialRow *row, gpointer data)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (data);
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));
  /* Translators: %s is a server. */
  g_autofree char *text
      = g_strdup_printf (_ ("%s has the credential"), mun_connection_get_name (connection));

  mun_page_toast (MUN_PAGE (self), text);
}

static void
set_testing (MunDirectoryPage *self, gboolean testing)
{
  self->testing = testing;
  gtk_widget_set_visible (GTK_WIDGET (self->state_spinner), testing);
  gtk_spinner_set_spinning (self->state_spinner, testing);
  update_actions (self);
}

static void
tested_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  MunDirectoryPage *self = data;
  MunCredentialChoice *choice;
  g_autofree char *sentence = NULL, *summary = NULL;
  MunSignInState state;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_testing (self, FALSE);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    if (error != NULL)
      sentence = mun_words_for_error (error);
    adw_action_row_set_subtitle (self->state_row, _ ("The test could not be made"));
    mun_hint_row_set (self->state_hint, MUN_HINT_ERROR, sentence);
    return;
  }
  choice = mun_credential_row_get_choice (self->credential_row);
  summary = mun_sign_in_summary (json_node_get_object (node));
  state = mun_sign_in_words (json_node_get_object (node),
                             choice != NULL ? mun_credential_choice_get_thumbprint (choice) : NULL,
                             &sentence);
  adw_action_row_set_subtitle (self->state_row, summary);
  mun_page_set_badge (MUN_PAGE (self),
                      state == MUN_SIGN_IN_GOOD ? MUN_BADGE_NONE : MUN_BADGE_ATTENTION);
  mun_hint_row_set (self->state_hint,
                    state == MUN_SIGN_IN_GOOD      ? MUN_HINT_GOOD
                    : state == MUN_SIGN_IN_MISSING ? MUN_HINT_WARNING
                                                   : MUN_HINT_ERROR,
                    sentence);
}

static void
test_credentials_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (widget);
  JsonObject *arguments = json_object_new ();

  json_object_set_int_member (arguments, "id",
                              mun_credential_row_get_server_id (self->credential_row));
  mun_hint_row_set (self->state_hint, MUN_HINT_NOTE, NULL);
  adw_action_row_set_subtitle (self->state_row, _ ("Asking Entra ID…"));
  set_testing (self, TRUE);
  mun_connection_call_async (mun_page_get_connection (MUN_PAGE (self)), "TestCredentials",
                             arguments, mun_page_get_cancellable (MUN_PAGE (self)), tested_cb,
                             self);
}

static void
hand_over_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_credential_row_hand_over (MUN_DIRECTORY_PAGE (widget)->credential_row);
}

static void
groups_applied_cb (MunListDialog *dialog, JsonArray *groups, gpointer data)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (data);

  mun_directory_config_set_groups (self->config, groups);
  show_lists (self);
  update_actions (self);
}

static void
edit_groups_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (widget);
  g_autoptr (JsonArray) groups = mun_directory_config_dup_groups (self->config);
  MunCredentialChoice *choice = mun_credential_row_get_choice (self->credential_row);
  MunListDialog *dialog
      = mun_groups_dialog_new (window_of (self),
                               choice != NULL ? mun_credential_choice_get_local (choice) : NULL,
                               groups);

  g_signal_connect_object (dialog, "applied", G_CALLBACK (groups_applied_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
excluded_applied_cb (MunListDialog *dialog, JsonArray *items, gpointer data)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (data);
  g_auto (GStrv) values = mun_list_dialog_strings_from_items (items);

  mun_directory_config_set_strings (self->config, "excludedUsers", (const char *const *)values);
  show_lists (self);
  update_actions (self);
}

static void
edit_excluded_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (widget);
  g_auto (GStrv) values = mun_directory_config_dup_strings (self->config, "excludedUsers");
  g_autoptr (JsonArray) items = mun_list_dialog_items_from_strings ((const char *const *)values);
  MunListDialog *dialog
      = mun_list_dialog_new (window_of (self), _ ("Except These Users"),
                             _ ("These users of the directory are never created in the archive."),
                             _ ("User Name, Such as ada@contoso.com"), items);

  g_signal_connect_object (dialog, "applied", G_CALLBACK (excluded_applied_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
privileges_applied_cb (MunPrivilegesDialog *dialog, GStrv privileges, GStrv folder, gpointer data)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (data);

  mun_directory_config_set_privileges (self->config, "privileges", (const char *const *)privileges);
  mun_directory_config_set_privileges (self->config, "onOwnFolder", (const char *const *)folder);
  show_lists (self);
  update_actions (self);
}

static void
edit_privileges_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (widget);
  g_auto (GStrv) privileges = mun_directory_config_dup_privileges (self->config, "privileges");
  g_auto (GStrv) folder = mun_directory_config_dup_privileges (self->config, "onOwnFolder");
  MunPrivilegesDialog *dialog
      = mun_privileges_dialog_new (window_of (self), (const char *const *)privileges,
                                   (const char *const *)folder);

  g_signal_connect_object (dialog, "applied", G_CALLBACK (privileges_applied_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
propose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (widget);
  g_autofree char *uri = proposed_uri (self);

  if (uri != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->redirect_row), uri);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (widget);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                          gtk_editable_get_text (GTK_EDITABLE (self->redirect_row)));
  mun_page_toast (MUN_PAGE (self), _ ("Redirect URI copied"));
}

static void
synchronize_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (widget);
  gboolean dry_run = strcmp (name, "directory.test-settings") == 0;
  MunSyncWindow *window
      = mun_sync_window_new (window_of (self), mun_page_get_connection (MUN_PAGE (self)), dry_run);

  gtk_window_present (GTK_WINDOW (window));
}

static void
service_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  MunDirectoryPage *self = data;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  self->web_port
      = (guint)CLAMP (mun_json_get_int (json_node_get_object (node), "webAccessPort", 0), 0, 65535);
  if (self->config != NULL)
    check_redirect (self);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  MunDirectoryPage *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL) {
    mun_state_stack_set_error (self->states, error);
    return;
  }
  g_clear_object (&self->config);
  self->config = mun_directory_config_new (node);
  fill (self);
  if (mun_credential_row_get_server_id (self->credential_row) == 0)
    show_untested (self);
  mun_state_stack_set_state (self->states, MUN_STATE_CONTENT);
}

static void
mun_directory_page_load (MunPage *page)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (page);
  MunConnection *connection = mun_page_get_connection (page);

  /* What somebody has entered is not overwritten by a refresh. */
  self->saving = FALSE; /* the refresh has cancelled it, and its answer would come to nobody */
  set_testing (self, FALSE);
  mun_credential_row_set_connection (self->credential_row, connection);
  if (mun_directory_config_is_changed (self->config))
    return;
  mun_state_stack_set_state (self->states, MUN_STATE_LOADING);
  if (mun_connection_has_function (connection, "GetServiceConfiguration"))
    mun_connection_call_async (connection, "GetServiceConfiguration", NULL,
                               mun_page_get_cancellable (page), service_cb, self);
  mun_connection_call_async (connection, "GetDirectoryServicesConfiguration", NULL,
                             mun_page_get_cancellable (page), loaded_cb, self);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  MunDirectoryPage *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->saving = FALSE;
  if (error == NULL) {
    mun_directory_config_mark_saved (self->config, self->sent);
    mun_page_toast (MUN_PAGE (self), _ ("Settings saved"));
  } else {
    mun_page_report_error (MUN_PAGE (self), error);
  }
  update_actions (self);
}

static void
mun_directory_page_save (MunPage *page)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (page);
  JsonObject *arguments = json_object_new ();

  self->saving = TRUE;
  update_actions (self);
  g_clear_pointer (&self->sent, json_object_unref);
  self->sent = mun_directory_config_dup_object (self->config);
  json_object_set_object_member (arguments, "config",
                                 mun_directory_config_dup_object (self->config));
  mun_connection_call_async (mun_page_get_connection (page), "SetDirectoryServicesConfiguration",
                             arguments, mun_page_get_cancellable (page), saved_cb, self);
}

static void
mun_directory_page_discard (MunPage *page)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (page);

  mun_directory_config_revert (self->config);
  fill (self);
}

static void
mun_directory_page_finalize (GObject *object)
{
  MunDirectoryPage *self = MUN_DIRECTORY_PAGE (object);

  g_clear_object (&self->config);
  g_clear_pointer (&self->sent, json_object_unref);
  g_ptr_array_unref (self->types);
  G_OBJECT_CLASS (mun_directory_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, states);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, type_row);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, microsoft_box);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, other_group);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, credential_row);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, renewed_row);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, state_row);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, state_spinner);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, test_button);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, state_hint);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, licensed_switch);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, enabled_switch);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, groups_row);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, excluded_row);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, redirect_row);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, propose_button);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, redirect_hint);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, always_switch);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, delete_switch);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, privileges_row);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, test_settings_button);
  gtk_widget_class_bind_template_child (widget_class, MunDirectoryPage, synchronize_button);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "directory.test-credentials", NULL,
                                   test_credentials_action);
  gtk_widget_class_install_action (widget_class, "directory.hand-over", NULL, hand_over_action);
  gtk_widget_class_install_action (widget_class, "directory.edit-groups", NULL, edit_groups_action);
  gtk_widget_class_install_action (widget_class, "directory.edit-excluded", NULL,
                                   edit_excluded_action);
  gtk_widget_class_install_action (widget_class, "directory.edit-privileges", NULL,
                                   edit_privileges_action);
  gtk_widget_class_install_action (widget_class, "directory.propose-redirect", NULL,
                                   propose_action);
  gtk_widget_class_install_action (widget_class, "directory.copy-redirect", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "directory.test-settings", NULL,
                                   synchronize_action);
  gtk_widget_class_install_action (widget_class, "directory.synchronize", NULL, synchronize_action);
}

static void
mun_directory_page_class_init (MunDirectoryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  MunPageClass *page_class = MUN_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mun_directory_page_finalize;
  page_class->load = mun_directory_page_load;
  page_class->save = mun_directory_page_save;
  page_class->discard = mun_directory_page_discard;
  g_type_ensure (MUN_TYPE_STATE_STACK);
  g_type_ensure (MUN_TYPE_HINT_ROW);
  g_type_ensure (MUN_TYPE_CREDENTIAL_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/pages/mun-directory-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, type_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, switch_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, redirect_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, credential_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, credential_problem_cb);
  gtk_widget_class_bind_template_callback (widget_class, handed_over_cb);
  install_actions (widget_class);
}

static void
mun_directory_page_init (MunDirectoryPage *self)
{
  self->types = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  mun_combo_list_show_whole (self->type_row);
  self->config = mun_directory_config_new (NULL);
}
