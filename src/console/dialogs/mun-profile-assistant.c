/* mun-profile-assistant.c: makes or edits an archiving profile, step by step */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-profile-assistant.h"

#include "json.h"
#include "mun-combo-list.h"
#include "mun-credential-row.h"
#include "mun-file-prompt.h"
#include "mun-hint-row.h"
#include "mun-list-dialog.h"
#include "mun-profile.h"
#include "mun-width-bin.h"
#include "mun-words.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct {
  const char *name;
  const char *title;
} all_steps[] = {
  { "source", N_ ("Source") },
  { "mailboxes", N_ ("Mailboxes and Archive") },
  { "folders", N_ ("Folders") },
  { "name", N_ ("Name") },
};
/* The values of the drop-downs, in their order. */
static const char *const user_choices[] = { "all", "except", "only" };
static const char *const formats[] = { "mbox", "maildir", "eml" };
/* What people leave out most; Exchange's names. */
static const char *const usual_folders[]
    = { "Junk Email",           "Deleted Items", "Drafts",      "Outbox",
        "Conversation History", "RSS Feeds",     "Sync Issues", NULL };

struct _MunProfileAssistant {
  AdwWindow parent_instance;
  AdwWindowTitle *heading;
  GtkWidget *next_button;
  GtkWidget *back_button;
  GtkWidget *sidebar;
  GtkWidget *separator;
  GtkListBox *steps;
  GtkLabel *live_summary;
  GtkStack *stack;
  GtkCheckButton *multiple_radio;
  GtkCheckButton *single_radio;
  GtkCheckButton *files_radio;
  GtkWidget *connection_group;
  MunCredentialRow *credential_row;
  MunHintRow *credential_hint;
  GtkWidget *mailbox_row;
  GtkWidget *users_group;
  AdwComboRow *users_row;
  AdwActionRow *names_row;
  GtkSwitch *synchronize_switch;
  GtkWidget *files_group;
  AdwComboRow *format_row;
  GtkWidget *path_row;
  GtkWidget *browse_button;
  GtkWidget *target_group;
  GtkWidget *target_row;
  MunHintRow *target_hint;
  AdwActionRow *folders_row;
  GtkWidget *name_row;
  MunHintRow *save_hint;
  AdwActionRow *summary_row;
  MunConnection *connection;
  GCancellable *cancellable;
  JsonObject *profile;
  GStrv users; /* user names of the server; NULL unknown */
  guint step;  /* index of all_steps */
  gboolean is_new;
  gboolean named; /* the name is the user's own */
  gboolean filling;
  gboolean saving;
};

G_DEFINE_FINAL_TYPE (MunProfileAssistant, mun_profile_assistant, ADW_TYPE_WINDOW)

enum { SIGNAL_SAVED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *
text_of (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static gboolean
is_files (MunProfileAssistant *self)
{
  return strcmp (mun_json_get_string (self->profile, "connector", ""), MUN_PROFILE_CONNECTOR_FILES)
         == 0;
}

static gboolean
is_single (MunProfileAssistant *self)
{
  return !is_files (self)
         && strcmp (mun_profile_get_detail (self->profile, "scenario"), "single") == 0;
}

static gboolean
has_step (MunProfileAssistant *self, guint step)
{
  if (step == 0)
    return self->is_new;
  return step != 2 || !is_files (self);
}

static guint
last_step (void)
{
  return G_N_ELEMENTS (all_steps) - 1;
}

/* What the profile needs until the step that is shown; NULL when one may go on. */
static const char *
find_obstacle (MunProfileAssistant *self)
{
  if (self->saving)
    return _ ("The profile is being saved");
  return mun_profile_find_obstacle (self->profile,
                                    self->step == last_step () ? NULL : all_steps[self->step].name);
}

static void
update_summary (MunProfileAssistant *self)
{
  g_autofree char *source = mun_profile_dup_source (self->profile);
  const char *target = mun_profile_get_detail (self->profile, "targetUserFolder");
  g_auto (GStrv) folders = mun_profile_dup_detail_list (self->profile, "excludedFolders");
  g_autofree char *excluded = g_strjoinv (", ", folders);
  GString *text = g_string_new (source);

  if (is_files (self) || is_single (self)) {
    g_string_append_c (text, '\n');
    /* Translators: %s is the archive of a user; "…" while none is chosen. */
    g_string_append_printf (text, _ ("Into the archive of %s"), *target != '\0' ? target : "…");
  } else {
    g_string_append_printf (text, "\n%s", _ ("Each into its user’s archive"));
  }
  if (!is_files (self) && *excluded != '\0') {
    g_string_append_c (text, '\n');
    /* Translators: %s is a list of folders. */
    g_string_append_printf (text, _ ("Without %s"), excluded);
  }
  gtk_label_set_text (self->live_summary, text->str);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->summary_row), source);
  adw_action_row_set_subtitle (self->summary_row, strchr (text->str, '\n') != NULL
                                                      ? strchr (text->str, '\n') + 1
                                                      : "");
  g_string_free (text, TRUE);
}

static void
check_target (MunProfileAssistant *self)
{
  const char *target = text_of (self->target_row);
  gboolean unknown = *target != '\0' && self->users != NULL
                     && !g_strv_contains ((const char *const *)self->users, target);

  mun_hint_row_set (self->target_hint, MUN_HINT_WARNING,
                    unknown ? _ ("The server has no user of this name yet.") : NULL);
}

static void
update (MunProfileAssistant *self)
{
  g_auto (GStrv) names = mun_profile_dup_detail_list (self->profile, "userNames");
  g_auto (GStrv) folders = mun_profile_dup_detail_list (self->profile, "excludedFolders");
  g_autofree char *joined_names = g_strjoinv (", ", names);
  g_autofree char *joined_folders = g_strjoinv (", ", folders);
  gboolean files = is_files (self), single = is_single (self);
  const char *obstacle = find_obstacle (self);
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_set_visible (self->connection_group, !files);
  gtk_widget_set_visible (self->mailbox_row, single);
  gtk_widget_set_visible (self->users_group, !files && !single);
  gtk_widget_set_visible (GTK_WIDGET (self->names_row),
                          adw_combo_row_get_selected (self->users_row) > 0);
  gtk_widget_set_visible (self->files_group, files);
  gtk_widget_set_visible (self->target_group, files || single);
  adw_action_row_set_subtitle (self->names_row,
                               *joined_names != '\0' ? joined_names : _ ("Nobody yet"));
  adw_action_row_set_subtitle (self->folders_row,
                               *joined_folders != '\0' ? joined_folders : _ ("None"));
  check_target (self);
  update_summary (self);
  gtk_widget_action_set_enabled (widget, "assistant.next", obstacle == NULL);
  gtk_widget_set_tooltip_text (self->next_button, obstacle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->next_button),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  obstacle != NULL ? obstacle : "", -1);
}

static void
propose_name (MunProfileAssistant *self)
{
  g_autofree char *name = NULL;

  if (self->named)
    return;
  name = mun_profile_propose_name (self->profile);
  self->filling = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), name);
  self->filling = FALSE;
  json_object_set_string_member (self->profile, "name", name);
}

static guint
count_steps (MunProfileAssistant *self, guint until)
{
  guint n = 0;

  for (guint i = 0; i <= until; i++)
    n += has_step (self, i) ? 1 : 0;
  return n;
}

static void
show_step (MunProfileAssistant *self, guint step)
{
  gboolean last = step == last_step ();
  g_autofree char *subtitle = NULL;
  GtkListBoxRow *row;

  self->step = step;
  if (last)
    propose_name (self);
  gtk_stack_set_visible_child_name (self->stack, all_steps[step].name);
  for (guint i = 0; i < G_N_ELEMENTS (all_steps); i++) {
    row = gtk_list_box_get_row_at_index (self->steps, (int)i);
    gtk_widget_set_visible (GTK_WIDGET (row), has_step (self, i));
    gtk_widget_set_sensitive (GTK_WIDGET (row), i <= step);
    if (i == step)
      gtk_list_box_select_row (self->steps, row);
  }
  adw_window_title_set_title (self->heading,
                              self->is_new ? _ ("Create Profile") : _ ("Edit Profile"));
  /* Translators: the step of an assistant, how many there are, and its title. */
  subtitle = g_strdup_printf (_ ("Step %u of %u: %s"), count_steps (self, step),
                              count_steps (self, last_step ()), _ (all_steps[step].title));
  adw_window_title_set_subtitle (self->heading, subtitle);
  gtk_button_set_label (GTK_BUTTON (self->next_button), !last          ? _ ("_Next")
                                                        : self->is_new ? _ ("_Create")
                                                                       : _ ("_Save"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "assistant.back", count_steps (self, step) > 1);
  update (self);
}

static void
step_activated_cb (GtkListBox *box, GtkListBoxRow *row, gpointer data)
{
  show_step (MUN_PROFILE_ASSISTANT (data), (guint)gtk_list_box_row_get_index (row));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  MunProfileAssistant *self = data;
  g_autofree char *sentence = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->saving = FALSE;
  if (error == NULL) {
    g_signal_emit (self, signals[SIGNAL_SAVED], 0);
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  sentence = mun_words_for_error (error);
  mun_hint_row_set (self->save_hint, MUN_HINT_ERROR, sentence);
  update (self);
}

static void
save (MunProfileAssistant *self)
{
  JsonObject *arguments = json_object_new ();
  JsonObject *properties = mun_json_copy_object (self->profile);

  self->saving = TRUE;
  mun_hint_row_set (self->save_hint, MUN_HINT_NOTE, NULL);
  update (self);
  if (!self->is_new)
    json_object_set_int_member (arguments, "id", mun_json_get_int (self->profile, "id", 0));
  else if (!json_object_has_member (properties, "owner"))
    json_object_set_string_member (properties, "owner",
                                   mun_server_entry_get_user_name (
                                       mun_connection_get_entry (self->connection)));
  json_object_set_object_member (arguments, "properties", properties);
  json_object_set_boolean_member (arguments, "raw", TRUE);
  mun_connection_call_async (self->connection, self->is_new ? "CreateProfile" : "UpdateProfile",
                             arguments, self->cancellable, saved_cb, self);
}

static void
next_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (widget);
  guint step = self->step + 1;

  if (find_obstacle (self) != NULL)
    return;
  while (step <= last_step () && !has_step (self, step))
    step++;
  if (step <= last_step ())
    show_step (self, step);
  else
    save (self);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (widget);
  guint step = self->step;

  while (step > 0 && !has_step (self, --step))
    continue;
  show_step (self, step);
}

static void
name_activated_cb (AdwEntryRow *row, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (data), "assistant.next", NULL);
}

static void
source_toggled_cb (GtkCheckButton *button, gpointer data)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (data);
  gboolean files;

  if (self->filling || self->profile == NULL || !gtk_check_button_get_active (button))
    return;
  files = gtk_check_button_get_active (self->files_radio);
  if (files != is_files (self)) {
    json_object_unref (self->profile);
    self->profile = mun_profile_new (files ? MUN_PROFILE_FILES : MUN_PROFILE_MICROSOFT365);
    mun_profile_set_detail (self->profile, "targetUserFolder", text_of (self->target_row));
    if (files)
      mun_profile_set_detail (self->profile, "path", text_of (self->path_row));
  }
  if (!files) {
    g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT,
                                           mun_credential_row_get_server_id (self->credential_row));

    mun_profile_set_detail (self->profile, "credentialsId", id);
    mun_profile_set_detail (self->profile, "scenario",
                            gtk_check_button_get_active (self->single_radio) ? "single"
                                                                             : "multiple");
  }
  update (self);
}

static void
credential_changed_cb (MunCredentialRow *row, GParamSpec *pspec, gpointer data)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (data);
  g_autofree char *id
      = g_strdup_printf ("%" G_GINT64_FORMAT, mun_credential_row_get_server_id (row));

  if (self->filling || self->profile == NULL)
    return;
  mun_hint_row_set (self->credential_hint, MUN_HINT_NOTE, NULL);
  mun_profile_set_detail (self->profile, "credentialsId", id);
  update (self);
}

static void
credential_problem_cb (MunCredentialRow *row, const GError *error, gpointer data)
{
  g_autofree char *sentence = mun_words_for_error (error);

  mun_hint_row_set (MUN_PROFILE_ASSISTANT (data)->credential_hint, MUN_HINT_ERROR, sentence);
}

/* A user of the server whose name is the mailbox's address is where its mail belongs. */
static void
propose_target (MunProfileAssistant *self, const char *mailbox)
{
  for (guint i = 0; self->users != NULL && self->users[i] != NULL; i++)
    if (g_ascii_strcasecmp (self->users[i], mailbox) == 0) {
      gtk_editable_set_text (GTK_EDITABLE (self->target_row), self->users[i]);
      return;
    }
}

static void
text_changed_cb (GtkEditable *editable, gpointer data)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (data);
  GtkWidget *row = GTK_WIDGET (editable);
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (editable)));

  if (self->filling || self->profile == NULL)
    return;
  if (row == self->name_row) {
    self->named = *text != '\0';
    json_object_set_string_member (self->profile, "name", text);
  } else if (row == self->mailbox_row) {
    mun_profile_set_detail (self->profile, "mailbox", text);
    propose_target (self, text);
  } else if (row == self->path_row) {
    mun_profile_set_detail (self->profile, "path", text);
  } else if (row == self->target_row) {
    mun_profile_set_detail (self->profile, "targetUserFolder", text);
  }
  update (self);
}

static void
choice_changed_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (data);

  if (self->filling || self->profile == NULL)
    return;
  if (object == G_OBJECT (self->users_row))
    mun_profile_set_detail (self->profile, "users",
                            user_choices[MIN (adw_combo_row_get_selected (self->users_row),
                                              G_N_ELEMENTS (user_choices) - 1)]);
  else if (object == G_OBJECT (self->format_row))
    mun_profile_set_detail (
        self->profile, "format",
        formats[MIN (adw_combo_row_get_selected (self->format_row), G_N_ELEMENTS (formats) - 1)]);
  else
    mun_profile_set_detail (self->profile, "synchronizeFirst",
                            gtk_switch_get_active (self->synchronize_switch) ? "1" : "0");
  update (self);
}

static void
users_applied_cb (MunListDialog *dialog, JsonArray *items, gpointer data)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (data);
  g_auto (GStrv) values = mun_list_dialog_strings_from_items (items);

  mun_profile_set_detail_list (self->profile, "userNames", (const char *const *)values);
  update (self);
}

static void
folders_applied_cb (MunListDialog *dialog, JsonArray *items, gpointer data)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (data);
  g_auto (GStrv) values = mun_list_dialog_strings_from_items (items);

  mun_profile_set_detail_list (self->profile, "excludedFolders", (const char *const *)values);
  update (self);
}

static void
target_applied_cb (MunListDialog *dialog, JsonArray *items, gpointer data)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (data);
  g_auto (GStrv) values = mun_list_dialog_strings_from_items (items);
  guint n = g_strv_length (values);

  if (n > 0)
    gtk_editable_set_text (GTK_EDITABLE (self->target_row), values[n - 1]);
}

static void
open_list (MunProfileAssistant *self, const char *title, const char *description, const char *entry,
           const char *const *values, const char *const *suggestions, GCallback applied)
{
  g_autoptr (JsonArray) items = mun_list_dialog_items_from_strings (values);
  g_autoptr (JsonArray) known = mun_list_dialog_items_from_strings (suggestions);
  MunListDialog *dialog = mun_list_dialog_new (GTK_WINDOW (self), title, description, entry, items);

  mun_list_dialog_set_suggestions (dialog, known, NULL);
  g_signal_connect_object (dialog, "applied", applied, self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
edit_users_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (widget);
  g_auto (GStrv) values = mun_profile_dup_detail_list (self->profile, "userNames");

  open_list (self, _ ("The Following Users"),
             _ ("Users of the archive; their email addresses name the mailboxes."), _ ("User Name"),
             (const char *const *)values, (const char *const *)self->users,
             G_CALLBACK (users_applied_cb));
}

static void
edit_folders_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (widget);
  g_auto (GStrv) values = mun_profile_dup_detail_list (self->profile, "excludedFolders");

  open_list (self, _ ("Except These Folders"),
             _ ("Neither these folders nor those below them are archived."),
             _ ("Folder, Such as Inbox/Newsletters"), (const char *const *)values, usual_folders,
             G_CALLBACK (folders_applied_cb));
}

static void
choose_target_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (widget);

  open_list (self, _ ("Target Archive"), _ ("The user whose archive takes the messages."),
             _ ("User Name"), NULL, (const char *const *)self->users,
             G_CALLBACK (target_applied_cb));
}

static void
browsed_cb (GtkWidget *owner, GFile *file, gpointer data)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (owner);
  g_autofree char *path = g_file_get_path (file);

  if (path != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->path_row), path);
}

static void
browse_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (widget);
  gboolean folder = adw_combo_row_get_selected (self->format_row) != 0;

  if (parameter != NULL) {
    g_autoptr (GFile) file = g_file_new_for_path (g_variant_get_string (parameter, NULL));

    browsed_cb (widget, file, NULL);
    return;
  }
  mun_file_prompt (widget,
                   folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN,
                   folder ? _ ("Choose Folder") : _ ("Choose File"), NULL, NULL, browsed_cb, NULL);
}

static void
users_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  g_autoptr (GStrvBuilder) builder = NULL;
  MunProfileAssistant *self = data;
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return;
  builder = g_strv_builder_new ();
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (element))
      g_strv_builder_add (builder,
                          mun_json_get_string (json_node_get_object (element), "userName", ""));
  }
  g_strfreev (self->users);
  self->users = g_strv_builder_end (builder);
  update (self);
}

static void
fill (MunProfileAssistant *self)
{
  const char *users = mun_profile_get_detail (self->profile, "users");
  const char *format = mun_profile_get_detail (self->profile, "format");
  JsonObject *details = mun_json_get_object (self->profile, "details");

  self->filling = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (user_choices); i++)
    if (strcmp (users, user_choices[i]) == 0)
      adw_combo_row_set_selected (self->users_row, i);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (format, formats[i]) == 0)
      adw_combo_row_set_selected (self->format_row, i);
  gtk_switch_set_active (self->synchronize_switch,
                         details != NULL && mun_json_get_bool (details, "synchronizeFirst", FALSE));
  gtk_editable_set_text (GTK_EDITABLE (self->mailbox_row),
                         mun_profile_get_detail (self->profile, "mailbox"));
  gtk_editable_set_text (GTK_EDITABLE (self->path_row),
                         mun_profile_get_detail (self->profile, "path"));
  gtk_editable_set_text (GTK_EDITABLE (self->target_row),
                         mun_profile_get_detail (self->profile, "targetUserFolder"));
  gtk_editable_set_text (GTK_EDITABLE (self->name_row),
                         mun_json_get_string (self->profile, "name", ""));
  mun_credential_row_set_server_id (self->credential_row,
                                    details != NULL ? mun_json_get_int (details, "credentialsId", 0)
                                                    : 0);
  self->filling = FALSE;
}

static void
width_changed_cb (MunProfileAssistant *self)
{
  int width = 0, height = 0;
  gboolean wide;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  wide = width >= 620 * mun_text_scale (GTK_WIDGET (self));
  gtk_widget_set_visible (self->sidebar, wide);
  gtk_widget_set_visible (self->separator, wide);
}

static void
mun_profile_assistant_dispose (GObject *object)
{
  g_cancellable_cancel (MUN_PROFILE_ASSISTANT (object)->cancellable);
  G_OBJECT_CLASS (mun_profile_assistant_parent_class)->dispose (object);
}

static void
mun_profile_assistant_finalize (GObject *object)
{
  MunProfileAssistant *self = MUN_PROFILE_ASSISTANT (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->profile, json_object_unref);
  g_strfreev (self->users);
  G_OBJECT_CLASS (mun_profile_assistant_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, heading);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, next_button);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, back_button);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, sidebar);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, separator);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, steps);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, live_summary);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, stack);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, multiple_radio);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, single_radio);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, files_radio);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, connection_group);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, credential_row);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, credential_hint);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, mailbox_row);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, users_group);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, users_row);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, names_row);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, synchronize_switch);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, files_group);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, format_row);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, path_row);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, browse_button);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, target_group);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, target_row);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, target_hint);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, folders_row);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, name_row);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, save_hint);
  gtk_widget_class_bind_template_child (widget_class, MunProfileAssistant, summary_row);
}

static void
mun_profile_assistant_class_init (MunProfileAssistantClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mun_profile_assistant_dispose;
  object_class->finalize = mun_profile_assistant_finalize;
  signals[SIGNAL_SAVED] = g_signal_new ("saved", MUN_TYPE_PROFILE_ASSISTANT, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (MUN_TYPE_CREDENTIAL_ROW);
  g_type_ensure (MUN_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/dialogs/mun-profile-assistant.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, step_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, source_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, credential_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, credential_problem_cb);
  gtk_widget_class_bind_template_callback (widget_class, text_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_activated_cb);
  gtk_widget_class_install_action (widget_class, "assistant.next", NULL, next_action);
  gtk_widget_class_install_action (widget_class, "assistant.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "assistant.edit-users", NULL, edit_users_action);
  gtk_widget_class_install_action (widget_class, "assistant.edit-folders", NULL,
                                   edit_folders_action);
  gtk_widget_class_install_action (widget_class, "assistant.choose-target", NULL,
                                   choose_target_action);
  gtk_widget_class_install_action (widget_class, "assistant.browse", NULL, browse_action);
  gtk_widget_class_install_action (widget_class, "assistant.browse-to", "s", browse_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mun_profile_assistant_init (MunProfileAssistant *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  mun_combo_list_show_whole (self->users_row);
  mun_combo_list_show_whole (self->format_row);
  for (guint i = 0; i < G_N_ELEMENTS (all_steps); i++) {
    GtkWidget *label = gtk_label_new (_ (all_steps[i].title));

    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
    gtk_list_box_append (self->steps, label);
  }
  g_signal_connect (self, "notify::default-width", G_CALLBACK (width_changed_cb), NULL);
  width_changed_cb (self);
}

MunProfileAssistant *
mun_profile_assistant_new (GtkWindow *parent, MunConnection *connection, JsonObject *profile)
{
  MunProfileAssistant *self
      = g_object_new (MUN_TYPE_PROFILE_ASSISTANT, "transient-for", parent, NULL);

  self->connection = g_object_ref (connection);
  self->is_new = profile == NULL;
  self->named = profile != NULL;
  self->profile = profile != NULL ? mun_json_copy_object (profile)
                                  : mun_profile_new (MUN_PROFILE_MICROSOFT365);
  gtk_widget_set_visible (self->browse_button,
                          mun_server_entry_is_local (mun_connection_get_entry (connection)));
  fill (self);
  mun_credential_row_set_connection (self->credential_row, connection);
  show_step (self, self->is_new ? 0 : 1);
  if (mun_connection_has_function (connection, "GetUsers"))
    mun_connection_call_async (connection, "GetUsers", NULL, self->cancellable, users_cb, self);
  return self;
}
