/* mun-search-folder-dialog.c: asks for the name of a search folder */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-dialog"

#include "mun-search-folder-dialog.h"

#include "mun-choice.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define VERB "save"

typedef struct {
  MunSearchFolders *folders;
  gint64 id; /* of the one that is renamed; 0: a search is saved */
  char *name;
  JsonObject *criteria;
  AdwMessageDialog *dialog; /* which owns the others */
  GtkEditable *entry;
  GtkLabel *hint;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_clear_object (&question->folders);
  g_clear_pointer (&question->criteria, json_object_unref);
  g_free (question->name);
  g_free (question);
}

static char *
dup_name (Question *question)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (question->entry)));
}

/* What the name means, while it is typed. */
static void
check (Question *question)
{
  g_autofree char *name = dup_name (question);
  MunRecord *taken = mun_search_folders_find_name (question->folders, name);
  gboolean is_other = taken && mun_record_get_int (taken, "id", 0) != question->id;
  gboolean is_long = g_utf8_strlen (name, -1) > MUN_SEARCH_FOLDER_MAX_NAME;
  gboolean replaces = is_other && question->id == 0;
  g_autofree char *hint = NULL;

  if (is_long)
    hint = g_strdup_printf (_ ("A name has %d characters at most."), MUN_SEARCH_FOLDER_MAX_NAME);
  else if (replaces)
    hint = g_strdup_printf (_ ("The search folder “%s” is replaced."),
                            mun_record_get_string (taken, "name", ""));
  else if (is_other)
    hint = g_strdup (_ ("Another search folder has this name."));
  gtk_label_set_text (question->hint, hint ? hint : "");
  gtk_widget_set_visible (GTK_WIDGET (question->hint), hint != NULL);
  if (question->id == 0)
    adw_message_dialog_set_response_label (question->dialog, VERB,
                                           replaces ? _ ("_Replace") : _ ("_Save"));
  adw_message_dialog_set_response_enabled (question->dialog, VERB,
                                           *name && !is_long && (!is_other || replaces)
                                               && g_strcmp0 (name, question->name) != 0);
}

static void
changed_cb (GtkEditable *entry, GTask *task)
{
  check (g_task_get_task_data (task));
}

static void
release_task (gpointer task, GClosure *closure)
{
  g_object_unref (task);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  MunRecord *record = mun_search_folders_save_finish (MUN_SEARCH_FOLDERS (source), result, &error);

  if (record)
    g_task_return_pointer (task, record, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Question *question = g_task_get_task_data (task);
  g_autofree char *response = mun_choice_finish (result, NULL);
  g_autofree char *name = NULL;
  MunRecord *taken;
  gint64 id = question->id;

  if (g_strcmp0 (response, VERB) != 0) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "no name was given");
    return;
  }
  name = dup_name (question);
  taken = mun_search_folders_find_name (question->folders, name);
  if (id == 0 && taken)
    id = mun_record_get_int (taken, "id", 0);
  mun_search_folders_save_async (question->folders, id, name, question->criteria,
                                 g_task_get_cancellable (task), saved_cb, g_object_ref (task));
}

static void
add_form (Question *question, const char *name)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *entry = adw_entry_row_new ();
  GtkWidget *hint = gtk_label_new (NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _ ("Name"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Name"),
                                  -1);
  gtk_editable_set_text (GTK_EDITABLE (entry), name);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (entry), TRUE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), entry);
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (hint), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (hint), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (hint), 32);
  gtk_widget_add_css_class (hint, "caption");
  gtk_widget_set_margin_start (hint, 12);
  gtk_box_append (GTK_BOX (box), group);
  gtk_box_append (GTK_BOX (box), hint);
  question->entry = GTK_EDITABLE (entry);
  question->hint = GTK_LABEL (hint);
  adw_message_dialog_set_extra_child (question->dialog, box);
}

/* Takes @question. */
static void
ask (Question *question, GtkWidget *parent, const char *heading, const char *body, const char *verb,
     const char *name, GTask *task)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body));

  question->dialog = dialog;
  g_task_set_task_data (task, question, question_free);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), VERB, verb, NULL);
  adw_message_dialog_set_response_appearance (dialog, VERB, ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, VERB);
  adw_message_dialog_set_close_response (dialog, "cancel");
  add_form (question, name);
  check (question);
  g_signal_connect_data (question->entry, "changed", G_CALLBACK (changed_cb), g_object_ref (task),
                         release_task, 0);
  gtk_widget_grab_focus (GTK_WIDGET (question->entry));
  mun_choice_async (dialog, g_task_get_cancellable (task), chosen_cb, g_object_ref (task));
}

void
mun_search_folder_save_async (GtkWidget *parent, MunSearchFolders *folders, const char *name,
                              JsonObject *criteria, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (folders, cancellable, callback, data);
  Question *question = g_new0 (Question, 1);

  g_task_set_source_tag (task, mun_search_folder_save_async);
  question->folders = g_object_ref (folders);
  question->criteria = json_object_ref (criteria);
  ask (question, parent, _ ("Save as Search Folder"),
       _ ("It runs this search whenever it is opened, here or on the Archive page. Nobody else "
          "sees it."),
       _ ("_Save"), name, task);
}

void
mun_search_folder_rename_async (GtkWidget *parent, MunSearchFolders *folders, MunRecord *folder,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer data)
{
  g_autoptr (GTask) task = g_task_new (folders, cancellable, callback, data);
  Question *question = g_new0 (Question, 1);

  g_task_set_source_tag (task, mun_search_folder_rename_async);
  question->folders = g_object_ref (folders);
  question->id = mun_record_get_int (folder, "id", 0);
  question->name = g_strdup (mun_record_get_string (folder, "name", ""));
  ask (question, parent, _ ("Rename Search Folder"), NULL, _ ("_Rename"), question->name, task);
}

MunRecord *
mun_search_folder_dialog_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
