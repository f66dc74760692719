/* mun-store-row.c: one archive store: its state, what is done to it, what was done last */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-store-row.h"

#include "json.h"
#include "mun-words.h"

#include <glib/gi18n.h>

#define SET_STATE "SetStoreRequestedState"

struct _MunStoreRow {
  AdwPreferencesRow parent_instance;

  GtkImage *icon;
  GtkLabel *name_label;
  GtkLabel *line_label;
  GtkLabel *error_label;
  GtkWidget *outcome_box;
  GtkImage *outcome_icon;
  GtkLabel *outcome_label;
  GtkWidget *report_button;
  GtkWidget *recover_button;
  GtkWidget *cancel_button;
  GtkMenuButton *menu_button;
  GtkWidget *progress_box;
  GtkLabel *status_label;
  GtkProgressBar *progress;
  GtkLabel *details_label;

  JsonObject *store;
  MunOperation *operation;
  GSimpleActionGroup *actions;
  gboolean offered[MUN_N_CARES];
};

G_DEFINE_FINAL_TYPE (MunStoreRow, mun_store_row, ADW_TYPE_PREFERENCES_ROW)

enum { SIGNAL_CARE, SIGNAL_STATE, SIGNAL_REPORT, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
is_running (MunStoreRow *self)
{
  return self->operation != NULL
         && mun_operation_get_state (self->operation) == MUN_OPERATION_RUNNING;
}

static void
enable (MunStoreRow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* One thing at a time is done to a store. */
static void
update_actions (MunStoreRow *self)
{
  const char *state = mun_json_get_string (self->store, "requestedState", "");
  gboolean is_recoverable = mun_care_is_possible (MUN_CARE_RECOVER, self->store);

  for (guint i = 0; i < MUN_N_CARES; i++)
    enable (self, mun_care_get_function (i),
            !is_running (self) && mun_care_is_possible (i, self->store));
  enable (self, "report", self->operation != NULL && !is_running (self));
  /* The current store leaves its state when another one takes its place. */
  enable (self, "state", !is_running (self) && !g_str_equal (state, "current"));
  gtk_widget_set_visible (self->recover_button, self->offered[MUN_CARE_RECOVER] && is_recoverable
                                                    && mun_store_is_broken (self->store)
                                                    && !is_running (self));
}

/* --- the operation --- */

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
show_outcome (MunStoreRow *self)
{
  static const struct {
    const char *icon_name, *css_class;
  } looks[] = { [MUN_OPERATION_SUCCEEDED] = { "emblem-ok-symbolic", "success" },
                [MUN_OPERATION_FAILED] = { "dialog-error-symbolic", "error" },
                [MUN_OPERATION_CANCELLED] = { "process-stop-symbolic", "dim-label" } };
  MunOperationState state = mun_operation_get_state (self->operation);
  const char *function = mun_operation_get_function (self->operation);
  JsonNode *result = mun_operation_get_result (self->operation);
  gboolean is_bad = state == MUN_OPERATION_SUCCEEDED && !mun_care_is_good (function, result);
  const char *classes[] = { is_bad ? "warning" : looks[state].css_class, NULL };
  g_autofree char *outcome = NULL;
  g_autofree char *cancelled = NULL;

  gtk_image_set_from_icon_name (self->outcome_icon,
                                is_bad ? "dialog-warning-symbolic" : looks[state].icon_name);
  gtk_widget_set_css_classes (GTK_WIDGET (self->outcome_icon), classes);
  if (state == MUN_OPERATION_SUCCEEDED)
    outcome = mun_care_dup_outcome (function, result);
  else if (state == MUN_OPERATION_FAILED)
    outcome = mun_words_for_error (mun_operation_get_error (self->operation));
  else
    /* Translators: %s is an operation, such as “Verify 2026-01” */
    outcome = g_strdup_printf (_ ("%s: cancelled"), mun_operation_get_title (self->operation));
  gtk_label_set_text (self->outcome_label, outcome);
}

static void
update_progress (MunStoreRow *self)
{
  double fraction = mun_operation_get_fraction (self->operation);
  const char *details = mun_operation_get_details (self->operation);
  const char *title = mun_operation_get_title (self->operation);
  const char *status = mun_operation_get_status_text (self->operation);
  g_autofree char *line = status != NULL && *status != '\0' && *status != ' '
                              ? g_strdup_printf ("%s · %s", title, status)
                              : g_strdup (title);

  set_text (self->status_label, line);
  set_text (self->details_label, details);
  gtk_widget_set_sensitive (self->cancel_button,
                            !mun_operation_get_cancel_requested (self->operation));
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->progress, fraction);
}

static void
show_operation (MunStoreRow *self)
{
  gboolean running = is_running (self);

  gtk_widget_set_visible (self->progress_box, running);
  gtk_widget_set_visible (self->cancel_button, running);
  gtk_widget_set_visible (self->outcome_box, self->operation != NULL && !running);
  if (running)
    update_progress (self);
  else if (self->operation != NULL)
    show_outcome (self);
  update_actions (self);
}

static void
progressed_cb (MunStoreRow *self)
{
  if (!is_running (self))
    return;
  if (mun_operation_get_fraction (self->operation) < 0)
    gtk_progress_bar_pulse (self->progress);
  update_progress (self);
}

static void
cancel_clicked_cb (MunStoreRow *self)
{
  if (self->operation != NULL)
    mun_operation_cancel (self->operation);
}

/* --- actions --- */

static void
care_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  for (guint i = 0; i < MUN_N_CARES; i++)
    if (g_str_equal (g_action_get_name (G_ACTION (action)), mun_care_get_function (i)))
      g_signal_emit (data, signals[SIGNAL_CARE], 0, i);
}

/* The state shown stays until the server has another one. */
static void
state_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_STATE], 0, g_variant_get_string (parameter, NULL));
}

static void
report_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_REPORT], 0);
}

static void
add_action (MunStoreRow *self, GSimpleAction *action, GCallback callback)
{
  g_signal_connect (action, "activate", callback, self);
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
  g_object_unref (action);
}

static void
make_actions (MunStoreRow *self)
{
  const char *state = mun_json_get_string (self->store, "requestedState", "");
  GSimpleAction *state_action
      = g_simple_action_new_stateful ("state", G_VARIANT_TYPE_STRING, g_variant_new_string (state));

  self->actions = g_simple_action_group_new ();
  for (guint i = 0; i < MUN_N_CARES; i++)
    add_action (self, g_simple_action_new (mun_care_get_function (i), NULL), G_CALLBACK (care_cb));
  add_action (self, state_action, G_CALLBACK (state_cb));
  add_action (self, g_simple_action_new ("report", NULL), G_CALLBACK (report_cb));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "store", G_ACTION_GROUP (self->actions));
}

static void
append_states (GMenu *menu)
{
  static const char *const states[] = { "current", "normal", "writeProtected", "disabled" };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autoptr (GMenuItem) item = g_menu_item_new (mun_store_state_words (states[i]), NULL);

    g_menu_item_set_action_and_target (item, "store.state", "s", states[i]);
    g_menu_append_item (menu, item);
  }
}

static void
make_menu (MunStoreRow *self, gboolean has_states)
{
  g_autoptr (GMenu) menu = g_menu_new (), care = g_menu_new (), state = g_menu_new ();
  /* Translators: %s is the name of an archive store. */
  g_autofree char *label = g_strdup_printf (_ ("Actions for %s"), mun_store_row_get_name (self));

  for (guint i = 0; i < MUN_N_CARES; i++) {
    g_autofree char *action = g_strconcat ("store.", mun_care_get_function (i), NULL);

    if (self->offered[i])
      g_menu_append (care, mun_care_get_label (i), action);
  }
  g_menu_append (care, _ ("Last Re_port…"), "store.report");
  if (has_states)
    append_states (state);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (care));
  g_menu_append_section (menu, _ ("State"), G_MENU_MODEL (state));
  gtk_menu_button_set_menu_model (self->menu_button, G_MENU_MODEL (menu));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->menu_button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

/* --- the row --- */

static void
mun_store_row_dispose (GObject *object)
{
  MunStoreRow *self = MUN_STORE_ROW (object);

  mun_store_row_set_operation (self, NULL);
  if (self->actions != NULL)
    gtk_widget_insert_action_group (GTK_WIDGET (self), "store", NULL);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (mun_store_row_parent_class)->dispose (object);
}

static void
mun_store_row_finalize (GObject *object)
{
  g_clear_pointer (&MUN_STORE_ROW (object)->store, json_object_unref);
  G_OBJECT_CLASS (mun_store_row_parent_class)->finalize (object);
}

static void
mun_store_row_class_init (MunStoreRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_store_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = mun_store_row_finalize;
  signals[SIGNAL_CARE] = g_signal_new ("care", MUN_TYPE_STORE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_STATE] = g_signal_new ("state", MUN_TYPE_STORE_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_REPORT] = g_signal_new ("report", MUN_TYPE_STORE_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/widgets/mun-store-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, line_label);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, error_label);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, outcome_box);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, outcome_icon);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, outcome_label);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, report_button);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, recover_button);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, progress_box);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, status_label);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, progress);
  gtk_widget_class_bind_template_child (widget_class, MunStoreRow, details_label);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
}

static void
mun_store_row_init (MunStoreRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_store (MunStoreRow *self)
{
  gboolean is_broken = mun_store_is_broken (self->store);
  const char *name = mun_store_row_get_name (self);
  g_autofree char *line = mun_store_dup_line (self->store);
  /* Translators: %s is the name of an archive store. */
  g_autofree char *recover = g_strdup_printf (_ ("Recover %s"), name);

  gtk_label_set_text (self->name_label, name);
  gtk_label_set_text (self->line_label, line);
  set_text (self->error_label, mun_json_get_string (self->store, "error", NULL));
  gtk_image_set_from_icon_name (self->icon,
                                is_broken ? "dialog-error-symbolic" : "drive-harddisk-symbolic");
  if (is_broken)
    gtk_widget_add_css_class (GTK_WIDGET (self->icon), "error");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->recover_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, recover, -1);
}

MunStoreRow *
mun_store_row_new (JsonObject *store, MunConnection *connection)
{
  MunStoreRow *self = g_object_new (MUN_TYPE_STORE_ROW, NULL);

  self->store = json_object_ref (store);
  for (guint i = 0; i < MUN_N_CARES; i++)
    self->offered[i] = mun_connection_has_function (connection, mun_care_get_function (i));
  make_actions (self);
  make_menu (self, mun_connection_has_function (connection, SET_STATE));
  show_store (self);
  show_operation (self);
  return self;
}

gint64
mun_store_row_get_id (MunStoreRow *self)
{
  return mun_json_get_int (self->store, "id", 0);
}

const char *
mun_store_row_get_name (MunStoreRow *self)
{
  return mun_json_get_string (self->store, "name", "");
}

JsonObject *
mun_store_row_get_store (MunStoreRow *self)
{
  return self->store;
}

MunOperation *
mun_store_row_get_operation (MunStoreRow *self)
{
  return self->operation;
}

void
mun_store_row_set_operation (MunStoreRow *self, MunOperation *operation)
{
  if (self->operation != NULL)
    g_signal_handlers_disconnect_by_data (self->operation, self);
  g_set_object (&self->operation, operation);
  if (operation == NULL)
    return;
  g_signal_connect_object (operation, "notify", G_CALLBACK (progressed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (operation, "progressed", G_CALLBACK (progressed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (operation, "finished", G_CALLBACK (show_operation), self,
                           G_CONNECT_SWAPPED);
  show_operation (self);
}
