/* mun-search-form.c: the criteria of a search besides its words */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-search-form.h"

#include "json.h"

#include <glib/gi18n.h>

#define MEGABYTE 1000000

enum { FROM, TO, FOLDER, DATE_FROM, DATE_TO, ARCHIVED_FROM, ARCHIVED_TO, N_ENTRIES };
enum { SUBJECT, ADDRESSES, BODY, NAMES, CONTENTS, N_SCOPES };

static const char *const entry_members[N_ENTRIES]
    = { "from", "to", "folder", "dateFrom", "dateTo", "archivedFrom", "archivedTo" };
static const char *const scope_members[N_SCOPES]
    = { "querySubject", "queryFromToCcBcc", "queryMessageBody", "queryAttachments",
        "queryAttachmentContents" };

/* By their place in the row. */
static const char *const priority_names[] = { NULL, "High", "Normal", "Low" };

struct _MunSearchForm {
  AdwBin parent_instance;

  AdwEntryRow *entries[N_ENTRIES];
  GtkSwitch *scopes[N_SCOPES];
  GtkSwitch *recurse;
  AdwComboRow *attachments;
  AdwComboRow *priority;
  GtkSpinButton *size_min;
  GtkSpinButton *size_max;
  GtkWidget *dates;
};

G_DEFINE_FINAL_TYPE (MunSearchForm, mun_search_form, ADW_TYPE_BIN)

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
is_date (int index)
{
  return index >= DATE_FROM;
}

/* A day as ISO 8601 writes it, or nothing. */
static gboolean
is_valid (MunSearchForm *self, int index)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entries[index]));
  g_autofree char *moment = g_strconcat (text, "T00:00:00Z", NULL);
  g_autoptr (GDateTime) day = NULL;

  if (!is_date (index) || !*text)
    return TRUE;
  day = strlen (text) == 10 ? g_date_time_new_from_iso8601 (moment, NULL) : NULL;
  return day != NULL;
}

static void
changed_cb (MunSearchForm *self)
{
  for (int i = DATE_FROM; i < N_ENTRIES; i++)
    if (is_valid (self, i))
      gtk_widget_remove_css_class (GTK_WIDGET (self->entries[i]), "error");
    else
      gtk_widget_add_css_class (GTK_WIDGET (self->entries[i]), "error");
  g_signal_emit (self, signals[CHANGED], 0);
}

static GtkSwitch *
switch_row (GtkWidget *group, const char *title, gboolean active, MunSearchForm *self)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *toggle = gtk_switch_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  gtk_switch_set_active (GTK_SWITCH (toggle), active);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  g_signal_connect_swapped (toggle, "notify::active", G_CALLBACK (changed_cb), self);
  return GTK_SWITCH (toggle);
}

/* Enter searches from every field. */
static void
activated_cb (GtkWidget *row)
{
  gtk_widget_activate_action (row, "page.search", NULL);
}

static AdwEntryRow *
entry_row (GtkWidget *group, const char *title, MunSearchForm *self)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (row, "entry-activated", G_CALLBACK (activated_cb), NULL);
  return ADW_ENTRY_ROW (row);
}

static AdwComboRow *
combo_row (GtkWidget *group, const char *title, const char *const *choices, MunSearchForm *self)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (; *choices; choices++)
    gtk_string_list_append (list, _ (*choices));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  g_signal_connect_swapped (row, "notify::selected", G_CALLBACK (changed_cb), self);
  return ADW_COMBO_ROW (row);
}

static GtkSpinButton *
spin_row (GtkWidget *group, const char *title, MunSearchForm *self)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *spin = gtk_spin_button_new_with_range (0, 10000, 1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (changed_cb), self);
  return GTK_SPIN_BUTTON (spin);
}

static GtkWidget *
group (GtkWidget *box, const char *title)
{
  GtkWidget *widget = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (widget), title);
  gtk_box_append (GTK_BOX (box), widget);
  return widget;
}

static void
mun_search_form_class_init (MunSearchFormClass *klass)
{
  signals[CHANGED] = g_signal_new ("changed", MUN_TYPE_SEARCH_FORM, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_scopes (MunSearchForm *self, GtkWidget *box)
{
  GtkWidget *where = group (box, _ ("Search In"));

  self->scopes[SUBJECT] = switch_row (where, _ ("Subject"), TRUE, self);
  self->scopes[ADDRESSES] = switch_row (where, _ ("From, To, Cc, Bcc"), TRUE, self);
  self->scopes[BODY] = switch_row (where, _ ("Message body"), TRUE, self);
  self->scopes[NAMES] = switch_row (where, _ ("Attachment file names"), TRUE, self);
  self->scopes[CONTENTS] = switch_row (where, _ ("Attachment contents"), TRUE, self);
}

static void
add_dates (MunSearchForm *self, GtkWidget *box)
{
  self->dates = group (box, _ ("Dates"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->dates),
                                         _ ("Year-month-day, for example 2026-11-23"));
  self->entries[DATE_FROM] = entry_row (self->dates, _ ("Date from"), self);
  self->entries[DATE_TO] = entry_row (self->dates, _ ("Date to"), self);
  self->entries[ARCHIVED_FROM] = entry_row (self->dates, _ ("Archived from"), self);
  self->entries[ARCHIVED_TO] = entry_row (self->dates, _ ("Archived to"), self);
}

static void
mun_search_form_init (MunSearchForm *self)
{
  static const char *const any_yes_no[] = { N_ ("Any"), N_ ("Yes"), N_ ("No"), NULL };
  static const char *const priorities[]
      = { N_ ("Any"), N_ ("High"), N_ ("Normal"), N_ ("Low"), NULL };
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *people, *more;

  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 18);
  people = group (box, NULL);
  self->entries[FROM] = entry_row (people, _ ("From"), self);
  self->entries[TO] = entry_row (people, _ ("To"), self);
  self->entries[FOLDER] = entry_row (people, _ ("Folder"), self);
  self->recurse = switch_row (people, _ ("Include subfolders"), TRUE, self);
  add_dates (self, box);
  add_scopes (self, box);
  more = group (box, _ ("More"));
  self->attachments = combo_row (more, _ ("Has attachments"), any_yes_no, self);
  self->priority = combo_row (more, _ ("Priority"), priorities, self);
  self->size_min = spin_row (more, _ ("Larger than (MB)"), self);
  self->size_max = spin_row (more, _ ("Smaller than (MB)"), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  adw_bin_set_child (ADW_BIN (self), scroller);
}

void
mun_search_form_add_to (MunSearchForm *self, JsonObject *criteria)
{
  guint attachments = adw_combo_row_get_selected (self->attachments);
  guint priority = adw_combo_row_get_selected (self->priority);

  g_return_if_fail (MUN_IS_SEARCH_FORM (self));
  for (int i = 0; i < N_ENTRIES; i++) {
    const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entries[i]));

    if (*text && is_valid (self, i) && (!is_date (i) || gtk_widget_get_visible (self->dates)))
      json_object_set_string_member (criteria, entry_members[i], text);
  }
  if (json_object_has_member (criteria, "folder"))
    json_object_set_boolean_member (criteria, "folderRecurse",
                                    gtk_switch_get_active (self->recurse));
  for (int i = 0; i < N_SCOPES; i++)
    json_object_set_boolean_member (criteria, scope_members[i],
                                    gtk_switch_get_active (self->scopes[i]));
  if (attachments > 0)
    json_object_set_boolean_member (criteria, "hasAttachments", attachments == 1);
  if (priority > 0)
    json_object_set_string_member (criteria, "priority", priority_names[priority]);
  if (gtk_spin_button_get_value (self->size_min) > 0)
    json_object_set_int_member (criteria, "sizeMin",
                                MEGABYTE
                                    * (gint64)gtk_spin_button_get_value_as_int (self->size_min));
  if (gtk_spin_button_get_value (self->size_max) > 0)
    json_object_set_int_member (criteria, "sizeMax",
                                MEGABYTE
                                    * (gint64)gtk_spin_button_get_value_as_int (self->size_max));
}

/* The criteria that can stand in the summary: the entries, then the four of "More". */
static char *
dup_criterion (MunSearchForm *self, int index)
{
  GtkWidget *const spins[] = { GTK_WIDGET (self->size_min), GTK_WIDGET (self->size_max) };
  const char *const titles[] = { _ ("Larger than (MB)"), _ ("Smaller than (MB)") };

  if (index < N_ENTRIES) {
    const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entries[index]));

    return *text && is_valid (self, index) ? g_strdup_printf (
               _ ("%s: %s"),
               adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self->entries[index])), text)
                                           : NULL;
  }
  index -= N_ENTRIES;
  if (index < 2) {
    AdwComboRow *row = index == 0 ? self->attachments : self->priority;
    GtkStringObject *choice = adw_combo_row_get_selected_item (row);

    return adw_combo_row_get_selected (row) > 0
               ? g_strdup_printf (_ ("%s: %s"),
                                  adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)),
                                  gtk_string_object_get_string (choice))
               : NULL;
  }
  index -= 2;
  if (gtk_spin_button_get_value (GTK_SPIN_BUTTON (spins[index])) <= 0)
    return NULL;
  return g_strdup_printf (_ ("%s: %d"), titles[index],
                          gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (spins[index])));
}

static void
clear (MunSearchForm *self, int index)
{
  if (index < N_ENTRIES)
    gtk_editable_set_text (GTK_EDITABLE (self->entries[index]), "");
  else if (index < N_ENTRIES + 2)
    adw_combo_row_set_selected (index == N_ENTRIES ? self->attachments : self->priority, 0);
  else
    gtk_spin_button_set_value (index == N_ENTRIES + 2 ? self->size_min : self->size_max, 0);
}

GStrv
mun_search_form_dup_summary (MunSearchForm *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (MUN_IS_SEARCH_FORM (self), NULL);
  for (int i = 0; i < N_ENTRIES + 4; i++) {
    g_autofree char *text = dup_criterion (self, i);

    if (text)
      g_strv_builder_add (builder, text);
  }
  return g_strv_builder_end (builder);
}

void
mun_search_form_clear_criterion (MunSearchForm *self, guint index)
{
  g_return_if_fail (MUN_IS_SEARCH_FORM (self));
  for (int i = 0; i < N_ENTRIES + 4; i++) {
    g_autofree char *text = dup_criterion (self, i);

    if (text && index-- == 0) {
      clear (self, i);
      return;
    }
  }
}

void
mun_search_form_reset (MunSearchForm *self)
{
  g_return_if_fail (MUN_IS_SEARCH_FORM (self));
  for (int i = 0; i < N_ENTRIES + 4; i++)
    clear (self, i);
  for (int i = 0; i < N_SCOPES; i++)
    gtk_switch_set_active (self->scopes[i], TRUE);
  gtk_switch_set_active (self->recurse, TRUE);
}

void
mun_search_form_set_criteria (MunSearchForm *self, JsonObject *criteria)
{
  const char *priority = mun_json_get_string (criteria, "priority", "");

  g_return_if_fail (MUN_IS_SEARCH_FORM (self));
  for (int i = 0; i < N_ENTRIES; i++)
    gtk_editable_set_text (GTK_EDITABLE (self->entries[i]),
                           mun_json_get_string (criteria, entry_members[i], ""));
  for (int i = 0; i < N_SCOPES; i++)
    gtk_switch_set_active (self->scopes[i], mun_json_get_bool (criteria, scope_members[i], TRUE));
  gtk_switch_set_active (self->recurse, mun_json_get_bool (criteria, "folderRecurse", TRUE));
  adw_combo_row_set_selected (self->attachments,
                              !mun_json_has (criteria, "hasAttachments")              ? 0
                              : mun_json_get_bool (criteria, "hasAttachments", FALSE) ? 1
                                                                                      : 2);
  adw_combo_row_set_selected (self->priority, 0);
  for (guint i = 1; i < G_N_ELEMENTS (priority_names); i++)
    if (strcmp (priority_names[i], priority) == 0)
      adw_combo_row_set_selected (self->priority, i);
  gtk_spin_button_set_value (self->size_min,
                             (double)mun_json_get_int (criteria, "sizeMin", 0) / MEGABYTE);
  gtk_spin_button_set_value (self->size_max,
                             (double)mun_json_get_int (criteria, "sizeMax", 0) / MEGABYTE);
}

void
mun_search_form_set_folder (MunSearchForm *self, const char *folder)
{
  g_return_if_fail (MUN_IS_SEARCH_FORM (self));
  gtk_editable_set_text (GTK_EDITABLE (self->entries[FOLDER]), folder);
}

void
mun_search_form_set_has_dates (MunSearchForm *self, gboolean has_dates)
{
  g_return_if_fail (MUN_IS_SEARCH_FORM (self));
  gtk_widget_set_visible (self->dates, has_dates);
}
