/* mun-archive-email-page.c: the page Archive Email: profiles, their runs, recent results */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-page"

#include "mun-archive-email-page.h"

#include "errors.h"
#include "json.h"
#include "mun-profile-assistant.h"
#include "mun-profile-row.h"
#include "mun-profile.h"
#include "mun-report-window.h"
#include "mun-state-stack.h"
#include "mun-words.h"

#include <glib/gi18n.h>
#include <string.h>

/* How far back Recent Results reaches, and how many are shown. */
#define RESULT_DAYS 30
#define MAX_RESULTS 20
/* How often to look whether a run that this console did not start is over. */
#define LOOK_SECONDS 3
/* An operation knows by this which profile it runs. */
#define PROFILE_ID_KEY "mun-profile-id"

struct _MunArchiveEmailPage {
  MunPage parent_instance;
  MunStateStack *states;
  AdwPreferencesGroup *profiles_group;
  AdwPreferencesGroup *results_group;
  GtkWidget *create_button;
  GPtrArray *rows;        /* of MunProfileRow, in the group */
  GPtrArray *result_rows; /* of GtkWidget, in the group */
  GPtrArray *results;     /* of JsonObject, newest first */
  JsonObject *deleting;
  guint look; /* source, 0: no such run */
};

G_DEFINE_FINAL_TYPE (MunArchiveEmailPage, mun_archive_email_page, MUN_TYPE_PAGE)

static void
load_results (MunArchiveEmailPage *self);
static JsonObject *
newest_result (MunArchiveEmailPage *self, gint64 profile_id);

static GtkWindow *
window_of (MunArchiveEmailPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static MunProfileRow *
find_row (MunArchiveEmailPage *self, gint64 id)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (mun_profile_row_get_id (g_ptr_array_index (self->rows, i)) == id)
      return g_ptr_array_index (self->rows, i);
  return NULL;
}

/* Runs that the server resumed or somebody else started; Run shows such a one. */
static gboolean
runs_elsewhere (MunArchiveEmailPage *self, MunProfileRow *row)
{
  JsonObject *result = newest_result (self, mun_profile_row_get_id (row));

  return !mun_profile_row_is_running (row) && result != NULL && mun_profile_is_unfinished (result);
}

static gboolean
look_cb (gpointer data)
{
  MunArchiveEmailPage *self = data;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_CONTINUE;
  self->look = 0;
  load_results (self);
  return G_SOURCE_REMOVE;
}

static void
update_badge (MunArchiveEmailPage *self)
{
  MunBadge badge = MUN_BADGE_NONE;
  gboolean elsewhere = FALSE;

  for (guint i = 0; i < self->rows->len; i++) {
    MunProfileRow *row = g_ptr_array_index (self->rows, i);

    elsewhere = elsewhere || runs_elsewhere (self, row);
    if (elsewhere || mun_profile_row_is_running (row))
      badge = MUN_BADGE_RUNNING;
  }
  mun_page_set_badge (MUN_PAGE (self), badge);
  if (elsewhere && self->look == 0)
    self->look = g_timeout_add_seconds (LOOK_SECONDS, look_cb, self);
}

static void
finished_cb (MunOperation *operation, gpointer data)
{
  MunArchiveEmailPage *self = MUN_ARCHIVE_EMAIL_PAGE (data);
  const GError *error = mun_operation_get_error (operation);

  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_EXPIRED))
    mun_page_toast (MUN_PAGE (self),
                    _ ("The server was started anew; Recent Results shows what became of the run"));
  else if (error != NULL)
    mun_page_report_error (MUN_PAGE (self), error);
  update_badge (self);
  load_results (self);
}

static void
attach (MunArchiveEmailPage *self, MunProfileRow *row, MunOperation *operation)
{
  mun_profile_row_set_operation (row, operation);
  g_signal_connect_object (operation, "finished", G_CALLBACK (finished_cb), self, 0);
  update_badge (self);
}

static void
run (MunArchiveEmailPage *self, MunProfileRow *row)
{
  JsonObject *arguments = json_object_new ();
  gint64 *id = g_new (gint64, 1);
  MunOperation *operation;

  *id = mun_profile_row_get_id (row);
  json_object_set_int_member (arguments, "id", *id);
  operation
      = mun_connection_start (mun_page_get_connection (MUN_PAGE (self)), "RunProfile", arguments,
                              mun_json_get_string (mun_profile_row_get_profile (row), "name", ""));
  g_object_set_data_full (G_OBJECT (operation), PROFILE_ID_KEY, id, g_free);
  attach (self, row, operation);
}

static void
run_cb (MunProfileRow *row, gpointer data)
{
  run (MUN_ARCHIVE_EMAIL_PAGE (data), row);
}

static void
run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunArchiveEmailPage *self = MUN_ARCHIVE_EMAIL_PAGE (widget);
  MunProfileRow *row = find_row (self, g_variant_get_int64 (parameter));

  if (row != NULL && !mun_profile_row_is_running (row))
    run (self, row);
}

/* A run that was started before the rows were made anew. */
static void
find_operations (MunArchiveEmailPage *self)
{
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));
  GListModel *operations = G_LIST_MODEL (mun_connection_get_operations (connection));

  for (guint i = 0; operations != NULL && i < g_list_model_get_n_items (operations); i++) {
    g_autoptr (MunOperation) operation = g_list_model_get_item (operations, i);
    gint64 *id = g_object_get_data (G_OBJECT (operation), PROFILE_ID_KEY);
    MunProfileRow *row = id != NULL ? find_row (self, *id) : NULL;

    if (row != NULL && mun_operation_get_state (operation) == MUN_OPERATION_RUNNING
        && g_strcmp0 (mun_operation_get_server_name (operation),
                      mun_connection_get_name (connection))
               == 0) {
      g_signal_handlers_disconnect_by_func (operation, finished_cb, self);
      attach (self, row, operation);
    }
  }
}

static void
clear_rows (AdwPreferencesGroup *group, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, g_ptr_array_index (rows, i));
  g_ptr_array_set_size (rows, 0);
}

static void
show_profiles (MunArchiveEmailPage *self, JsonNode *node)
{
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));
  JsonArray *array
      = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gboolean can_update = mun_connection_has_function (connection, "UpdateProfile");
  gboolean can_run = mun_connection_has_function (connection, "RunProfile");

  clear_rows (self->profiles_group, self->rows);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);
    JsonObject *profile = JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
    gboolean known;
    MunProfileRow *row;

    if (profile == NULL || !mun_profile_is_import (profile))
      continue;
    known = mun_profile_get_kind (profile) != MUN_PROFILE_OTHER;
    row = mun_profile_row_new (profile, known && can_update, can_run);
    g_signal_connect_object (row, "run", G_CALLBACK (run_cb), self, 0);
    adw_preferences_group_add (self->profiles_group, GTK_WIDGET (row));
    g_ptr_array_add (self->rows, row);
  }
  find_operations (self);
  update_badge (self);
  mun_state_stack_set_state (self->states,
                             self->rows->len > 0 ? MUN_STATE_CONTENT : MUN_STATE_EMPTY);
}

static int
compare_results (gconstpointer a, gconstpointer b)
{
  JsonObject *left = *(JsonObject *const *)a;
  JsonObject *right = *(JsonObject *const *)b;
  int order = g_strcmp0 (mun_json_get_string (right, "startTime", ""),
                         mun_json_get_string (left, "startTime", ""));
  gint64 newer = mun_json_get_int (right, "id", 0), older = mun_json_get_int (left, "id", 0);

  return order != 0 ? order : (newer > older) - (newer < older);
}

static GtkWidget *
make_result_row (JsonObject *result)
{
  static const char *const icons[]
      = { "emblem-ok-symbolic", "dialog-warning-symbolic", "dialog-error-symbolic" };
  static const char *const classes[] = { "success", "warning", "error" };
  MunResultLevel level = mun_profile_get_result_level (result);
  gboolean running = mun_profile_is_unfinished (result);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon
      = gtk_image_new_from_icon_name (running ? "emblem-synchronizing-symbolic" : icons[level]);
  gint64 time = mun_words_parse_time (mun_json_get_string (result, "startTime", ""));
  g_autofree char *when = mun_words_date_time (time);
  g_autofree char *exact = mun_words_date_exact (time);
  g_autofree char *words = mun_profile_dup_result (result);
  const char *name = mun_json_get_string (result, "profileName", "");
  GtkWidget *label = gtk_label_new (when);
  g_autofree char *spoken = g_strdup_printf ("%s, %s, %s", name, words, when);

  gtk_widget_add_css_class (icon, running ? "accent" : classes[level]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_tooltip_text (label, exact);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "x", mun_json_get_int (result, "id", 0));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "profiles.report");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

static JsonObject *
newest_result (MunArchiveEmailPage *self, gint64 profile_id)
{
  for (guint i = 0; i < self->results->len; i++)
    if (mun_json_get_int (g_ptr_array_index (self->results, i), "profileId", 0) == profile_id)
      return g_ptr_array_index (self->results, i);
  return NULL;
}

static void
show_results (MunArchiveEmailPage *self)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  clear_rows (self->results_group, self->result_rows);
  for (guint i = 0; i < MIN (self->results->len, MAX_RESULTS); i++) {
    GtkWidget *row = make_result_row (g_ptr_array_index (self->results, i));

    adw_preferences_group_add (self->results_group, row);
    g_ptr_array_add (self->result_rows, row);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->results_group), self->result_rows->len > 0);
  for (guint i = 0; i < self->rows->len; i++) {
    MunProfileRow *row = g_ptr_array_index (self->rows, i);

    mun_profile_row_set_result (row, newest_result (self, mun_profile_row_get_id (row)), now);
  }
  update_badge (self);
}

static void
results_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  MunArchiveEmailPage *self = data;
  JsonArray *array;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    g_info ("recent results: %s", error->message);
  array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_ptr_array_set_size (self->results, 0);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (element))
      g_ptr_array_add (self->results, json_node_dup_object (element));
  }
  g_ptr_array_sort (self->results, compare_results);
  show_results (self);
}

static void
load_results (MunArchiveEmailPage *self)
{
  MunConnection *connection = mun_page_get_connection (MUN_PAGE (self));
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) from = g_date_time_add_days (now, -RESULT_DAYS);
  g_autoptr (GDateTime) until = g_date_time_add_days (now, 1);
  g_autofree char *from_text = g_date_time_format (from, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *until_text = g_date_time_format (until, "%Y-%m-%dT%H:%M:%S");
  JsonObject *arguments;

  if (connection == NULL || !mun_connection_has_function (connection, "GetWorkerResults"))
    return;
  arguments = json_object_new ();
  json_object_set_string_member (arguments, "fromIncluding", from_text);
  json_object_set_string_member (arguments, "toExcluding", until_text);
  json_object_set_string_member (arguments, "timeZoneID", "$Local");
  mun_connection_call_async (connection, "GetWorkerResults", arguments,
                             mun_page_get_cancellable (MUN_PAGE (self)), results_cb, self);
}

static void
profiles_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  MunArchiveEmailPage *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL) {
    mun_state_stack_set_error (self->states, error);
    return;
  }
  show_profiles (self, node);
  show_results (self);
}

static void
mun_archive_email_page_load (MunPage *page)
{
  MunArchiveEmailPage *self = MUN_ARCHIVE_EMAIL_PAGE (page);
  MunConnection *connection = mun_page_get_connection (page);
  JsonObject *arguments = json_object_new ();

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "profiles.create",
                                 mun_connection_has_function (connection, "CreateProfile"));
  mun_state_stack_set_state (self->states, MUN_STATE_LOADING);
  json_object_set_boolean_member (arguments, "raw", TRUE);
  mun_connection_call_async (connection, "GetProfiles", arguments, mun_page_get_cancellable (page),
                             profiles_cb, self);
  load_results (self);
}

static void
assistant_saved_cb (MunProfileAssistant *assistant, gpointer data)
{
  mun_page_toast (MUN_PAGE (data), _ ("Profile saved"));
  mun_page_refresh (MUN_PAGE (data));
}

static void
open_assistant (MunArchiveEmailPage *self, JsonObject *profile)
{
  MunProfileAssistant *assistant
      = mun_profile_assistant_new (window_of (self), mun_page_get_connection (MUN_PAGE (self)),
                                   profile);

  g_signal_connect_object (assistant, "saved", G_CALLBACK (assistant_saved_cb), self, 0);
  gtk_window_present (GTK_WINDOW (assistant));
}

static void
create_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_assistant (MUN_ARCHIVE_EMAIL_PAGE (widget), NULL);
}

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunArchiveEmailPage *self = MUN_ARCHIVE_EMAIL_PAGE (widget);
  MunProfileRow *row = find_row (self, g_variant_get_int64 (parameter));

  if (row != NULL)
    open_assistant (self, mun_profile_row_get_profile (row));
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    mun_page_report_error (MUN_PAGE (data), error);
  mun_page_refresh (MUN_PAGE (data));
}

static void
delete_response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  MunArchiveEmailPage *self = MUN_ARCHIVE_EMAIL_PAGE (data);
  JsonObject *arguments;

  if (strcmp (response, "delete") != 0 || self->deleting == NULL)
    return;
  arguments = json_object_new ();
  json_object_set_int_member (arguments, "id", mun_json_get_int (self->deleting, "id", 0));
  mun_connection_call_async (mun_page_get_connection (MUN_PAGE (self)), "DeleteProfile", arguments,
                             mun_page_get_cancellable (MUN_PAGE (self)), deleted_cb, self);
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunArchiveEmailPage *self = MUN_ARCHIVE_EMAIL_PAGE (widget);
  MunProfileRow *row = find_row (self, g_variant_get_int64 (parameter));
  AdwMessageDialog *dialog;

  if (row == NULL)
    return;
  g_clear_pointer (&self->deleting, json_object_unref);
  self->deleting = json_object_ref (mun_profile_row_get_profile (row));
  dialog = ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (window_of (self), NULL,
                              _ ("What it has archived stays. How far it has come is forgotten.")));
  /* Translators: %s is the name of a profile. */
  adw_message_dialog_format_heading (dialog, _ ("Delete “%s”?"),
                                     mun_json_get_string (self->deleting, "name", ""));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "delete", _ ("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (delete_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
open_report (MunArchiveEmailPage *self, JsonObject *result)
{
  GtkWidget *window = GTK_WIDGET (
      mun_report_window_new (window_of (self), mun_page_get_connection (MUN_PAGE (self)), result));

  gtk_window_present (GTK_WINDOW (window));
}

static void
report_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunArchiveEmailPage *self = MUN_ARCHIVE_EMAIL_PAGE (widget);

  for (guint i = 0; i < self->results->len; i++)
    if (mun_json_get_int (g_ptr_array_index (self->results, i), "id", 0)
        == g_variant_get_int64 (parameter)) {
      open_report (self, g_ptr_array_index (self->results, i));
      return;
    }
}

static void
results_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunArchiveEmailPage *self = MUN_ARCHIVE_EMAIL_PAGE (widget);
  JsonObject *result = newest_result (self, g_variant_get_int64 (parameter));

  if (result != NULL)
    open_report (self, result);
  else
    mun_page_toast (MUN_PAGE (self), _ ("This profile has not run in the last 30 days"));
}

static void
mun_archive_email_page_finalize (GObject *object)
{
  MunArchiveEmailPage *self = MUN_ARCHIVE_EMAIL_PAGE (object);

  g_clear_handle_id (&self->look, g_source_remove);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->result_rows);
  g_ptr_array_unref (self->results);
  g_clear_pointer (&self->deleting, json_object_unref);
  G_OBJECT_CLASS (mun_archive_email_page_parent_class)->finalize (object);
}

static void
mun_archive_email_page_class_init (MunArchiveEmailPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mun_archive_email_page_finalize;
  MUN_PAGE_CLASS (klass)->load = mun_archive_email_page_load;
  MUN_PAGE_CLASS (klass)->create_action = "profiles.create";
  g_type_ensure (MUN_TYPE_STATE_STACK);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/pages/mun-archive-email-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MunArchiveEmailPage, states);
  gtk_widget_class_bind_template_child (widget_class, MunArchiveEmailPage, profiles_group);
  gtk_widget_class_bind_template_child (widget_class, MunArchiveEmailPage, results_group);
  gtk_widget_class_bind_template_child (widget_class, MunArchiveEmailPage, create_button);
  gtk_widget_class_install_action (widget_class, "profiles.create", NULL, create_action);
  gtk_widget_class_install_action (widget_class, "profiles.edit", "x", edit_action);
  gtk_widget_class_install_action (widget_class, "profiles.run", "x", run_action);
  gtk_widget_class_install_action (widget_class, "profiles.delete", "x", delete_action);
  gtk_widget_class_install_action (widget_class, "profiles.results", "x", results_action);
  gtk_widget_class_install_action (widget_class, "profiles.report", "x", report_action);
}

static void
mun_archive_email_page_init (MunArchiveEmailPage *self)
{
  self->rows = g_ptr_array_new ();
  self->result_rows = g_ptr_array_new ();
  self->results = g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
}
