/* mun-list-dialog.c: edits a list of names: groups, users, folders */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-list-dialog.h"

#include "json.h"
#include "mun-hint-row.h"
#include "mun-words.h"

#include <glib/gi18n.h>
#include <string.h>

/* More suggestions are found by typing. */
#define MAX_SUGGESTIONS 60

struct _MunListDialog {
  AdwWindow parent_instance;
  AdwPreferencesGroup *entry_group;
  AdwPreferencesGroup *chosen_group;
  AdwPreferencesGroup *suggestion_group;
  AdwEntryRow *entry;
  MunHintRow *note;
  GPtrArray *chosen;      /* of JsonObject */
  GPtrArray *suggestions; /* of JsonObject */
  GPtrArray *chosen_rows;
  GPtrArray *suggestion_rows;
};

G_DEFINE_FINAL_TYPE (MunListDialog, mun_list_dialog, ADW_TYPE_WINDOW)

enum { SIGNAL_APPLIED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
update (MunListDialog *self);

static const char *
name_of (JsonObject *item)
{
  return mun_json_get_string (item, "name", mun_json_get_string (item, "id", ""));
}

static const char *
id_of (JsonObject *item)
{
  return mun_json_get_string (item, "id", name_of (item));
}

static gboolean
is_chosen (MunListDialog *self, JsonObject *item)
{
  for (guint i = 0; i < self->chosen->len; i++)
    if (g_ascii_strcasecmp (id_of (g_ptr_array_index (self->chosen, i)), id_of (item)) == 0)
      return TRUE;
  return FALSE;
}

static void
choose (MunListDialog *self, JsonObject *item)
{
  if (!is_chosen (self, item))
    g_ptr_array_add (self->chosen, json_object_ref (item));
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  update (self);
}

/* What is typed: a suggestion of that name or id, else a new item. */
static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunListDialog *self = MUN_LIST_DIALOG (widget);
  g_autofree char *text
      = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  g_autoptr (JsonObject) item = NULL;

  if (*text == '\0')
    return;
  for (guint i = 0; i < self->suggestions->len; i++) {
    JsonObject *suggestion = g_ptr_array_index (self->suggestions, i);

    if (g_ascii_strcasecmp (name_of (suggestion), text) == 0
        || g_ascii_strcasecmp (id_of (suggestion), text) == 0) {
      choose (self, suggestion);
      return;
    }
  }
  item = json_object_new ();
  json_object_set_string_member (item, "id", text);
  json_object_set_string_member (item, "name", text);
  choose (self, item);
}

static void
add_clicked_cb (AdwEntryRow *row, gpointer data)
{
  add_action (GTK_WIDGET (data), "list.add", NULL);
}

static void
remove_clicked_cb (GtkButton *button, gpointer data)
{
  MunListDialog *self = MUN_LIST_DIALOG (data);

  g_ptr_array_remove (self->chosen, g_object_get_data (G_OBJECT (button), "item"));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  update (self);
}

static void
suggestion_clicked_cb (AdwActionRow *row, gpointer data)
{
  choose (MUN_LIST_DIALOG (data), g_object_get_data (G_OBJECT (row), "item"));
}

static GtkWidget *
make_row (JsonObject *item)
{
  GtkWidget *row = adw_action_row_new ();
  const char *id = id_of (item);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name_of (item));
  if (strcmp (id, name_of (item)) != 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), id);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name_of (item), -1);
  return row;
}

static void
clear_rows (AdwPreferencesGroup *group, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, g_ptr_array_index (rows, i));
  g_ptr_array_set_size (rows, 0);
}

static void
add_chosen_row (MunListDialog *self, JsonObject *item)
{
  GtkWidget *row = make_row (item);
  GtkWidget *button = gtk_button_new_from_icon_name ("list-remove-symbolic");
  /* Translators: %s is a user, a group or a folder in a list. */
  g_autofree char *label = g_strdup_printf (_ ("Remove %s"), name_of (item));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data (G_OBJECT (button), "item", item);
  g_signal_connect (button, "clicked", G_CALLBACK (remove_clicked_cb), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (self->chosen_group, row);
  g_ptr_array_add (self->chosen_rows, row);
}

static void
update_suggestions (MunListDialog *self)
{
  g_autofree char *text = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->entry)), -1);
  g_autofree char *wanted = g_strstrip (g_strdup (text));

  clear_rows (self->suggestion_group, self->suggestion_rows);
  for (guint i = 0; i < self->suggestions->len && self->suggestion_rows->len < MAX_SUGGESTIONS;
       i++) {
    JsonObject *item = g_ptr_array_index (self->suggestions, i);
    g_autofree char *folded = g_utf8_casefold (name_of (item), -1);
    GtkWidget *row;

    if (is_chosen (self, item) || strstr (folded, wanted) == NULL)
      continue;
    row = make_row (item);
    g_object_set_data (G_OBJECT (row), "item", item);
    gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                               gtk_image_new_from_icon_name ("list-add-symbolic"));
    g_signal_connect (row, "activated", G_CALLBACK (suggestion_clicked_cb), self);
    adw_preferences_group_add (self->suggestion_group, row);
    g_ptr_array_add (self->suggestion_rows, row);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->suggestion_group), self->suggestion_rows->len > 0);
}

static void
update (MunListDialog *self)
{
  clear_rows (self->chosen_group, self->chosen_rows);
  for (guint i = 0; i < self->chosen->len; i++)
    add_chosen_row (self, g_ptr_array_index (self->chosen, i));
  gtk_widget_set_visible (GTK_WIDGET (self->chosen_group), self->chosen->len > 0);
  update_suggestions (self);
}

static void
entry_changed_cb (GtkEditable *editable, gpointer data)
{
  MunListDialog *self = MUN_LIST_DIALOG (data);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "list.add",
                                 *gtk_editable_get_text (editable) != '\0');
  update_suggestions (self);
}

static void
apply_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunListDialog *self = MUN_LIST_DIALOG (widget);
  g_autoptr (JsonArray) items = json_array_new ();

  /* What somebody has typed and not added was meant to be in the list. */
  add_action (widget, "list.add", NULL);
  for (guint i = 0; i < self->chosen->len; i++)
    json_array_add_object_element (items, json_object_ref (g_ptr_array_index (self->chosen, i)));
  g_signal_emit (self, signals[SIGNAL_APPLIED], 0, items);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
mun_list_dialog_finalize (GObject *object)
{
  MunListDialog *self = MUN_LIST_DIALOG (object);

  g_ptr_array_unref (self->chosen);
  g_ptr_array_unref (self->suggestions);
  g_ptr_array_unref (self->chosen_rows);
  g_ptr_array_unref (self->suggestion_rows);
  G_OBJECT_CLASS (mun_list_dialog_parent_class)->finalize (object);
}

static void
mun_list_dialog_class_init (MunListDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mun_list_dialog_finalize;
  signals[SIGNAL_APPLIED] = g_signal_new ("applied", MUN_TYPE_LIST_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_ARRAY);
  g_type_ensure (MUN_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/dialogs/mun-list-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MunListDialog, entry_group);
  gtk_widget_class_bind_template_child (widget_class, MunListDialog, chosen_group);
  gtk_widget_class_bind_template_child (widget_class, MunListDialog, suggestion_group);
  gtk_widget_class_bind_template_child (widget_class, MunListDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, MunListDialog, note);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_clicked_cb);
  gtk_widget_class_install_action (widget_class, "list.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "list.apply", NULL, apply_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mun_list_dialog_init (MunListDialog *self)
{
  self->chosen = g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref);
  self->suggestions = g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref);
  self->chosen_rows = g_ptr_array_new ();
  self->suggestion_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "list.add", FALSE);
}

static void
append_objects (GPtrArray *target, JsonArray *items)
{
  for (guint i = 0; items != NULL && i < json_array_get_length (items); i++) {
    JsonNode *node = json_array_get_element (items, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      g_ptr_array_add (target, mun_json_copy_object (json_node_get_object (node)));
  }
}

MunListDialog *
mun_list_dialog_new (GtkWindow *parent, const char *title, const char *description,
                     const char *entry_title, JsonArray *items)
{
  MunListDialog *self
      = g_object_new (MUN_TYPE_LIST_DIALOG, "transient-for", parent, "title", title, NULL);
  g_autofree char *escaped = mun_words_escape (description);

  adw_preferences_group_set_description (self->entry_group, escaped);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->entry), entry_title);
  append_objects (self->chosen, items);
  update (self);
  return self;
}

void
mun_list_dialog_set_suggestions (MunListDialog *self, JsonArray *items, const char *note)
{
  g_return_if_fail (MUN_IS_LIST_DIALOG (self));
  mun_hint_row_set (self->note, MUN_HINT_NOTE, note);
  clear_rows (self->suggestion_group, self->suggestion_rows);
  g_ptr_array_set_size (self->suggestions, 0);
  append_objects (self->suggestions, items);
  update_suggestions (self);
}

JsonArray *
mun_list_dialog_items_from_strings (const char *const *values)
{
  JsonArray *items = json_array_new ();

  for (guint i = 0; values != NULL && values[i] != NULL; i++) {
    JsonObject *item = json_object_new ();

    json_object_set_string_member (item, "id", values[i]);
    json_object_set_string_member (item, "name", values[i]);
    json_array_add_object_element (items, item);
  }
  return items;
}

GStrv
mun_list_dialog_strings_from_items (JsonArray *items)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < json_array_get_length (items); i++)
    g_strv_builder_add (builder, id_of (json_array_get_object_element (items, i)));
  return g_strv_builder_end (builder);
}
