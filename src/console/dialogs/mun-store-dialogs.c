/* mun-store-dialogs.c: what is asked before something is done to an archive store */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-dialog"

#include "mun-store-dialogs.h"

#include "json.h"
#include "mun-choice.h"
#include "mun-store.h"

#include <glib/gi18n.h>
#include <string.h>

#define VERB "go"
#define REMOVE "remove"
#define MAX_FIELDS 2
/* Of a recovery key, as the server wants it. */
#define MIN_KEY_CHARS 12

typedef struct {
  GtkEditable *entry;
  const char *argument; /* NULL: the one before it, repeated */
  gboolean is_required;
  glong min_chars;
} Field;

/* A dialog with rows, until it is answered. The dialog owns the widgets. */
typedef struct {
  JsonObject *arguments;
  JsonArray *stores; /* whose names are taken; nullable */
  AdwMessageDialog *dialog;
  GtkWidget *box;
  GtkWidget *group;
  Field fields[MAX_FIELDS];
  guint n_fields;
  GtkWidget *fault;
  GtkSwitch *deleted; /* nullable */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  json_object_unref (question->arguments);
  g_clear_pointer (&question->stores, json_array_unref);
  g_free (question);
}

/* A secret is what it is; spaces around a name or a folder were not meant. */
static char *
dup_text (const Field *field)
{
  char *text = g_strdup (gtk_editable_get_text (field->entry));

  return ADW_IS_PASSWORD_ENTRY_ROW (field->entry) ? text : g_strstrip (text);
}

static gboolean
is_taken (Question *question, const char *name)
{
  for (guint i = 0; question->stores != NULL && i < json_array_get_length (question->stores); i++) {
    JsonNode *element = json_array_get_element (question->stores, i);

    if (JSON_NODE_HOLDS_OBJECT (element)
        && g_strcmp0 (mun_json_get_string (json_node_get_object (element), "name", ""), name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* What is wrong with what was typed; NULL: nothing. */
static const char *
find_fault (Question *question, guint index)
{
  const Field *field = &question->fields[index];
  g_autofree char *text = dup_text (field);

  if (field->argument == NULL) {
    g_autofree char *first = dup_text (field - 1);

    return strcmp (text, first) == 0 ? NULL : _ ("The two are not the same.");
  }
  if (g_utf8_strlen (text, -1) < field->min_chars)
    return _ ("At least 12 characters are needed.");
  if (strcmp (field->argument, "name") == 0 && is_taken (question, text))
    return _ ("Another archive store has this name.");
  return field->is_required && *text == '\0' ? "" : NULL;
}

/* What is empty is not wrong yet. */
static void
check (Question *question)
{
  gboolean is_good = TRUE;
  const char *shown = NULL;

  for (guint i = 0; i < question->n_fields; i++) {
    GtkWidget *entry = GTK_WIDGET (question->fields[i].entry);
    const char *fault = find_fault (question, i);
    gboolean is_shown = fault != NULL && *gtk_editable_get_text (question->fields[i].entry) != '\0';

    is_good = is_good && fault == NULL;
    if (is_shown)
      gtk_widget_add_css_class (entry, "error");
    else
      gtk_widget_remove_css_class (entry, "error");
    if (is_shown && shown == NULL)
      shown = fault;
  }
  gtk_label_set_label (GTK_LABEL (question->fault), shown != NULL ? shown : "");
  gtk_widget_set_visible (question->fault, shown != NULL);
  adw_message_dialog_set_response_enabled (question->dialog, VERB, is_good);
}

static void
changed_cb (GtkEditable *entry, Question *question)
{
  check (question);
}

/* What was typed. */
static void
take_fields (Question *question)
{
  for (guint i = 0; i < question->n_fields; i++) {
    g_autofree char *text = dup_text (&question->fields[i]);

    if (question->fields[i].argument != NULL && *text != '\0')
      json_object_set_string_member (question->arguments, question->fields[i].argument, text);
  }
  if (question->deleted != NULL)
    json_object_set_boolean_member (question->arguments, "recoverDeletedMessages",
                                    gtk_switch_get_active (question->deleted));
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Question *question = g_task_get_task_data (task);
  g_autofree char *response = mun_choice_finish (result, NULL);

  if (g_strcmp0 (response, VERB) == 0) {
    take_fields (question);
  } else if (g_strcmp0 (response, REMOVE) == 0) {
    json_object_set_string_member (question->arguments, "passphrase", "");
  } else {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the question was dismissed");
    return;
  }
  g_task_return_pointer (task, json_object_ref (question->arguments),
                         (GDestroyNotify)json_object_unref);
}

/* Below the rows. */
static GtkWidget *
add_hint (Question *question, const char *text)
{
  GtkWidget *hint = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_label_set_xalign (GTK_LABEL (hint), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (hint), 40);
  gtk_widget_add_css_class (hint, "caption");
  gtk_widget_set_margin_start (hint, 12);
  gtk_widget_set_margin_end (hint, 12);
  gtk_box_append (GTK_BOX (question->box), hint);
  return hint;
}

static GTask *
begin (GtkWidget *parent, JsonObject *store, const char *heading, const char *body,
       const char *verb, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (parent, cancellable, callback, data);
  Question *question = g_new0 (Question, 1);
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog
      = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body);

  g_task_set_source_tag (task, begin);
  g_task_set_task_data (task, question, question_free);
  question->arguments = json_object_new ();
  if (store != NULL)
    json_object_set_int_member (question->arguments, "id", mun_json_get_int (store, "id", 0));
  question->dialog = ADW_MESSAGE_DIALOG (dialog);
  question->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  question->group = adw_preferences_group_new ();
  gtk_box_append (GTK_BOX (question->box), question->group);
  question->fault = add_hint (question, NULL);
  gtk_widget_add_css_class (question->fault, "error");
  gtk_widget_set_visible (question->fault, FALSE);
  adw_message_dialog_set_extra_child (question->dialog, question->box);
  adw_message_dialog_add_responses (question->dialog, "cancel", _ ("_Cancel"), VERB, verb, NULL);
  adw_message_dialog_set_response_appearance (question->dialog, VERB, ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (question->dialog, VERB);
  adw_message_dialog_set_close_response (question->dialog, "cancel");
  return task;
}

/* Takes @task. */
static void
ask (GTask *task)
{
  Question *question = g_task_get_task_data (task);

  mun_choice_async (question->dialog, g_task_get_cancellable (task), answered_cb, task);
}

static void
add_field (Question *question, GtkWidget *row, const char *title, const char *argument,
           gboolean is_required, glong min_chars)
{
  g_return_if_fail (question->n_fields < MAX_FIELDS);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (question->group), row);
  question->fields[question->n_fields++]
      = (Field){ GTK_EDITABLE (row), argument, is_required, min_chars };
  g_signal_connect (row, "changed", G_CALLBACK (changed_cb), question);
  check (question);
}

static void
add_recovery_key (Question *question)
{
  GtkWidget *hint;

  add_field (question, adw_password_entry_row_new (), _ ("Recovery Key"), "encryptionKey", FALSE,
             0);
  hint = add_hint (
      question,
      _ ("The key is needed only when this server’s master key does not open the store."));
  gtk_widget_add_css_class (hint, "dim-label");
}

static void
add_deleted (Question *question)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *toggle = gtk_switch_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Bring Deleted Messages Back"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               _ ("Those whose contents are still in the containers"));
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Bring Deleted Messages Back"), -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (question->group), row);
  question->deleted = GTK_SWITCH (toggle);
}

static void
remove_cb (GtkButton *button, AdwMessageDialog *dialog)
{
  adw_message_dialog_response (dialog, REMOVE);
}

/* Below the rows: a third response would not fit beside the others in a narrow window. */
static void
add_removal (Question *question)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Remove Key"));

  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (button, 6);
  gtk_widget_add_css_class (button, "destructive-action");
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), question->dialog, 0);
  gtk_box_append (GTK_BOX (question->box), button);
}

void
mun_store_ask_recover_async (GtkWidget *parent, JsonObject *store, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data)
{
  /* Translators: %s is the name of an archive store. */
  g_autofree char *heading
      = g_strdup_printf (_ ("Recover “%s”?"), mun_json_get_string (store, "name", ""));
  GTask *task
      = begin (parent, store, heading,
               _ ("The store is made again from its containers: folders, messages and search "
                  "index. The containers are only read; the old catalogue is set aside. This can "
                  "take hours, and a cancelled recovery changes nothing."),
               _ ("_Recover"), cancellable, callback, data);
  Question *question = g_task_get_task_data (task);

  add_deleted (question);
  if (mun_store_may_need_recovery_key (store))
    add_recovery_key (question);
  ask (task);
}

void
mun_store_ask_unlock_async (GtkWidget *parent, JsonObject *store, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data)
{
  /* Translators: %s is the name of an archive store. */
  g_autofree char *heading
      = g_strdup_printf (_ ("Unlock “%s”"), mun_json_get_string (store, "name", ""));
  GTask *task = begin (parent, store, heading,
                       _ ("The store is opened with the recovery key that it was given where it "
                          "comes from, and from then on with this server’s master key."),
                       _ ("_Unlock"), cancellable, callback, data);

  add_field (g_task_get_task_data (task), adw_password_entry_row_new (), _ ("Recovery Key"),
             "passphrase", TRUE, 0);
  ask (task);
}

void
mun_store_ask_recovery_key_async (GtkWidget *parent, JsonObject *store, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data)
{
  /* Translators: %s is the name of an archive store. */
  g_autofree char *heading
      = g_strdup_printf (_ ("Recovery Key of “%s”"), mun_json_get_string (store, "name", ""));
  gboolean has_key = mun_json_get_bool (store, "hasRecoveryKey", FALSE);
  GTask *task = begin (
      parent, store, heading,
      has_key ? _ ("The store has a recovery key already: a new one takes its place. When it is "
                   "removed, only this server’s master key opens the store. Keep it apart from the "
                   "archive: whoever has both can read everything.")
              : _ ("It opens the store when the master key is lost, or in another installation. "
                   "Keep it apart from the archive: whoever has both can read everything."),
      _ ("_Set"), cancellable, callback, data);
  Question *question = g_task_get_task_data (task);

  add_field (question, adw_password_entry_row_new (), _ ("Recovery Key"), "passphrase", TRUE,
             MIN_KEY_CHARS);
  add_field (question, adw_password_entry_row_new (), _ ("Repeat"), NULL, TRUE, 0);
  if (has_key)
    add_removal (question);
  ask (task);
}

void
mun_store_ask_create_async (GtkWidget *parent, JsonArray *stores, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = begin (parent, NULL, _ ("Create Archive Store"),
                       _ ("It receives messages once its state is “Archive Here”."), _ ("C_reate"),
                       cancellable, callback, data);
  Question *question = g_task_get_task_data (task);

  question->stores = stores != NULL ? json_array_ref (stores) : NULL;
  add_field (question, adw_entry_row_new (), _ ("Name"), "name", TRUE, 0);
  ask (task);
}

void
mun_store_ask_attach_async (GtkWidget *parent, JsonArray *stores, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = begin (parent, NULL, _ ("Attach Archive Store"),
                       _ ("The folder of a store of another installation, or of a backup, put "
                          "beside the stores of this server."),
                       _ ("_Attach"), cancellable, callback, data);
  Question *question = g_task_get_task_data (task);

  question->stores = stores != NULL ? json_array_ref (stores) : NULL;
  json_object_set_string_member (question->arguments, "type", "FileSystemInternal");
  add_field (question, adw_entry_row_new (), _ ("Name"), "name", TRUE, 0);
  add_field (question, adw_entry_row_new (), _ ("Folder on the Server"), "databasePath", TRUE, 0);
  ask (task);
}

JsonObject *
mun_store_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
