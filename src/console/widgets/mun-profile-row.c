/* mun-profile-row.c: one archiving profile: what it archives, its last result, its run */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-profile-row.h"

#include "json.h"
#include "mun-profile.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunProfileRow {
  AdwPreferencesRow parent_instance;
  GtkImage *icon;
  GtkLabel *name_label;
  GtkLabel *source_label;
  GtkWidget *result_box;
  GtkImage *result_icon;
  GtkLabel *result_label;
  GtkWidget *run_button;
  GtkWidget *cancel_button;
  GtkMenuButton *menu_button;
  GtkRevealer *revealer;
  GtkLabel *place_label;
  GtkProgressBar *progress;
  GtkLabel *figures_label;
  JsonObject *profile;
  MunOperation *operation;
};

G_DEFINE_FINAL_TYPE (MunProfileRow, mun_profile_row, ADW_TYPE_PREFERENCES_ROW)

enum { SIGNAL_RUN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
run_clicked_cb (GtkButton *button, gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_RUN], 0);
}

static void
cancel_clicked_cb (GtkButton *button, gpointer data)
{
  MunProfileRow *self = MUN_PROFILE_ROW (data);

  if (self->operation == NULL)
    return;
  mun_operation_cancel (self->operation);
  gtk_widget_set_sensitive (self->cancel_button, FALSE);
  gtk_label_set_text (self->place_label, _ ("The message in work is finished, then the run ends…"));
}

static void
progress_cb (MunOperation *operation, GParamSpec *pspec, gpointer data)
{
  MunProfileRow *self = MUN_PROFILE_ROW (data);
  JsonObject *progress = mun_operation_get_progress (operation);
  double fraction = mun_operation_get_fraction (operation);
  g_autofree char *figures = mun_profile_dup_progress_figures (progress);
  g_autofree char *place = NULL;

  if (!mun_operation_get_cancel_requested (operation)) {
    place = mun_profile_dup_progress_place (progress, mun_operation_get_status_text (operation));
    gtk_label_set_text (self->place_label, place);
  }
  gtk_label_set_text (self->figures_label, figures);
  gtk_widget_set_visible (GTK_WIDGET (self->figures_label), *figures != '\0');
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->progress, fraction);
  else
    gtk_progress_bar_pulse (self->progress);
}

static void
show_running (MunProfileRow *self)
{
  gboolean running = mun_profile_row_is_running (self);

  gtk_revealer_set_reveal_child (self->revealer, running);
  gtk_widget_set_visible (GTK_WIDGET (self->revealer), running);
  gtk_widget_set_visible (self->run_button, !running);
  gtk_widget_set_visible (self->cancel_button, running);
  gtk_widget_set_sensitive (self->cancel_button, TRUE);
}

static void
finished_cb (MunOperation *operation, gpointer data)
{
  show_running (MUN_PROFILE_ROW (data));
}

static void
append (GMenu *menu, const char *label, const char *action, gint64 id)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "x", id);
  g_menu_append_item (menu, item);
}

static void
make_menu (MunProfileRow *self, gboolean can_edit)
{
  gint64 id = mun_profile_row_get_id (self);
  g_autoptr (GMenu) menu = g_menu_new (), first = g_menu_new (), last = g_menu_new ();
  /* Translators: %s is the name of a profile. */
  g_autofree char *label
      = g_strdup_printf (_ ("Actions for %s"), mun_json_get_string (self->profile, "name", ""));

  if (can_edit)
    append (first, _ ("_Edit…"), "profiles.edit", id);
  append (first, _ ("Last _Result…"), "profiles.results", id);
  append (last, _ ("_Delete…"), "profiles.delete", id);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (last));
  gtk_menu_button_set_menu_model (self->menu_button, G_MENU_MODEL (menu));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->menu_button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

static void
mun_profile_row_finalize (GObject *object)
{
  MunProfileRow *self = MUN_PROFILE_ROW (object);

  g_clear_pointer (&self->profile, json_object_unref);
  g_clear_object (&self->operation);
  G_OBJECT_CLASS (mun_profile_row_parent_class)->finalize (object);
}

static void
mun_profile_row_class_init (MunProfileRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mun_profile_row_finalize;
  signals[SIGNAL_RUN] = g_signal_new ("run", MUN_TYPE_PROFILE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/widgets/mun-profile-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, source_label);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, result_box);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, result_icon);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, result_label);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, run_button);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, revealer);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, place_label);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, progress);
  gtk_widget_class_bind_template_child (widget_class, MunProfileRow, figures_label);
  gtk_widget_class_bind_template_callback (widget_class, run_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
}

static void
mun_profile_row_init (MunProfileRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self->revealer), FALSE);
}

MunProfileRow *
mun_profile_row_new (JsonObject *profile, gboolean can_edit, gboolean can_run)
{
  MunProfileRow *self = g_object_new (MUN_TYPE_PROFILE_ROW, NULL);
  const char *name = mun_json_get_string (profile, "name", "");
  g_autofree char *source = mun_profile_dup_source (profile);
  g_autofree char *schedule = mun_profile_dup_schedule (profile);
  g_autofree char *line = g_strdup_printf ("%s · %s", source, schedule);
  /* Translators: %s is the name of a profile. */
  g_autofree char *run = g_strdup_printf (_ ("Run %s"), name);

  self->profile = json_object_ref (profile);
  gtk_image_set_from_icon_name (self->icon, mun_profile_get_icon_name (profile));
  gtk_label_set_text (self->name_label, name);
  gtk_label_set_text (self->source_label, line);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->run_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  run, -1);
  gtk_widget_set_sensitive (self->run_button, can_run);
  make_menu (self, can_edit);
  return self;
}

gint64
mun_profile_row_get_id (MunProfileRow *self)
{
  g_return_val_if_fail (MUN_IS_PROFILE_ROW (self), 0);
  return mun_json_get_int (self->profile, "id", 0);
}

JsonObject *
mun_profile_row_get_profile (MunProfileRow *self)
{
  g_return_val_if_fail (MUN_IS_PROFILE_ROW (self), NULL);
  return self->profile;
}

void
mun_profile_row_set_result (MunProfileRow *self, JsonObject *result, gint64 now)
{
  static const char *const icons[] = { [MUN_RESULT_GOOD] = "emblem-ok-symbolic",
                                       [MUN_RESULT_WARNING] = "dialog-warning-symbolic",
                                       [MUN_RESULT_BAD] = "dialog-error-symbolic" };
  static const char *const classes[] = {
    [MUN_RESULT_GOOD] = "success", [MUN_RESULT_WARNING] = "warning", [MUN_RESULT_BAD] = "error"
  };
  g_autofree char *words = NULL, *ago = NULL, *line = NULL, *exact = NULL;
  MunResultLevel level;
  gboolean running;
  gint64 time;

  g_return_if_fail (MUN_IS_PROFILE_ROW (self));
  gtk_widget_set_visible (self->result_box, result != NULL);
  if (result == NULL)
    return;
  running = mun_profile_is_unfinished (result);
  level = mun_profile_get_result_level (result);
  words = mun_profile_dup_result (result);
  time = mun_words_parse_time (
      mun_json_get_string (result, "completeTime", mun_json_get_string (result, "startTime", "")));
  ago = mun_words_ago (time, now);
  exact = mun_words_date_exact (time);
  line = *ago != '\0' ? g_strdup_printf ("%s · %s", words, ago) : g_strdup (words);
  gtk_label_set_text (self->result_label, line);
  gtk_widget_set_tooltip_text (self->result_box, exact);
  gtk_image_set_from_icon_name (self->result_icon,
                                running ? "emblem-synchronizing-symbolic" : icons[level]);
  gtk_widget_remove_css_class (GTK_WIDGET (self->result_icon), "accent");
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->result_icon), classes[i]);
  gtk_widget_add_css_class (GTK_WIDGET (self->result_icon), running ? "accent" : classes[level]);
}

void
mun_profile_row_set_operation (MunProfileRow *self, MunOperation *operation)
{
  g_return_if_fail (MUN_IS_PROFILE_ROW (self));
  if (self->operation != NULL)
    g_signal_handlers_disconnect_by_data (self->operation, self);
  g_set_object (&self->operation, operation);
  if (operation != NULL) {
    g_signal_connect_object (operation, "notify", G_CALLBACK (progress_cb), self, 0);
    g_signal_connect_object (operation, "finished", G_CALLBACK (finished_cb), self, 0);
    progress_cb (operation, NULL, self);
  }
  show_running (self);
}

gboolean
mun_profile_row_is_running (MunProfileRow *self)
{
  g_return_val_if_fail (MUN_IS_PROFILE_ROW (self), FALSE);
  return self->operation != NULL
         && mun_operation_get_state (self->operation) == MUN_OPERATION_RUNNING;
}
