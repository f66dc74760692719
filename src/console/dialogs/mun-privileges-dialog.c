/* mun-privileges-dialog.c: what users that synchronization makes may do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-privileges-dialog.h"

#include <glib/gi18n.h>

typedef struct {
  const char *value;
  const char *title;
  const char *summary;
} Privilege;

/* The values are the contract's; the words are MailStore's. */
static const Privilege general[] = {
  { "login", N_ ("Log on to the archive"), N_ ("log on") },
  { "changePassword", N_ ("Change own password"), N_ ("change password") },
  { "archive", N_ ("Archive email"), N_ ("archive") },
  { "modifyArchiveProfiles", N_ ("Modify archiving profiles"), N_ ("modify archiving profiles") },
  { "export", N_ ("Export email"), N_ ("export") },
  { "modifyExportProfiles", N_ ("Modify export profiles"), N_ ("modify export profiles") },
  { "delete", N_ ("Delete email"), N_ ("delete") },
};
static const Privilege own_folder[] = {
  { "read", N_ ("Read"), N_ ("read own archive") },
  { "write", N_ ("Write"), N_ ("write own archive") },
  { "delete", N_ ("Delete"), N_ ("delete in own archive") },
};

struct _MunPrivilegesDialog {
  AdwWindow parent_instance;
  GtkWidget *switches[G_N_ELEMENTS (general)];
  GtkWidget *folder_switches[G_N_ELEMENTS (own_folder)];
  GStrv privileges;
  GStrv on_own_folder;
};

G_DEFINE_FINAL_TYPE (MunPrivilegesDialog, mun_privileges_dialog, ADW_TYPE_WINDOW)

enum { SIGNAL_APPLIED, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
is_known (const Privilege *known, guint n_known, const char *value)
{
  for (guint i = 0; i < n_known; i++)
    if (g_str_equal (known[i].value, value))
      return TRUE;
  return FALSE;
}

/* The switched-on values in their order, then what this version does not know. */
static GStrv
collect (const Privilege *known, guint n_known, GtkWidget **switches, GStrv before)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < n_known; i++)
    if (gtk_switch_get_active (GTK_SWITCH (switches[i])))
      g_strv_builder_add (builder, known[i].value);
  /* "none" and "admin" stand alone in the contract; a choice made here replaces "none". */
  for (guint i = 0; before != NULL && before[i] != NULL; i++)
    if (!is_known (known, n_known, before[i]) && !g_str_equal (before[i], "none"))
      g_strv_builder_add (builder, before[i]);
  return g_strv_builder_end (builder);
}

static void
apply_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunPrivilegesDialog *self = MUN_PRIVILEGES_DIALOG (widget);
  g_auto (GStrv) privileges
      = collect (general, G_N_ELEMENTS (general), self->switches, self->privileges);
  g_auto (GStrv) folder
      = collect (own_folder, G_N_ELEMENTS (own_folder), self->folder_switches, self->on_own_folder);

  g_signal_emit (self, signals[SIGNAL_APPLIED], 0, privileges, folder);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
add_switches (GtkWidget *group, const Privilege *known, guint n_known, GtkWidget **switches,
              const char *const *values)
{
  for (guint i = 0; i < n_known; i++) {
    GtkWidget *row = adw_action_row_new ();

    switches[i] = gtk_switch_new ();
    gtk_widget_set_valign (switches[i], GTK_ALIGN_CENTER);
    gtk_switch_set_active (GTK_SWITCH (switches[i]),
                           values != NULL && g_strv_contains (values, known[i].value));
    gtk_accessible_update_property (GTK_ACCESSIBLE (switches[i]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ (known[i].title), -1);
    adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (known[i].title));
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), switches[i]);
    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), switches[i]);
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  }
}

static void
mun_privileges_dialog_finalize (GObject *object)
{
  MunPrivilegesDialog *self = MUN_PRIVILEGES_DIALOG (object);

  g_strfreev (self->privileges);
  g_strfreev (self->on_own_folder);
  G_OBJECT_CLASS (mun_privileges_dialog_parent_class)->finalize (object);
}

static void
mun_privileges_dialog_class_init (MunPrivilegesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mun_privileges_dialog_finalize;
  signals[SIGNAL_APPLIED]
      = g_signal_new ("applied", MUN_TYPE_PRIVILEGES_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_STRV, G_TYPE_STRV);
  gtk_widget_class_install_action (widget_class, "privileges.apply", NULL, apply_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mun_privileges_dialog_init (MunPrivilegesDialog *self)
{
}

static GtkWidget *
make_button (const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

MunPrivilegesDialog *
mun_privileges_dialog_new (GtkWindow *parent, const char *const *privileges,
                           const char *const *on_own_folder)
{
  MunPrivilegesDialog *self
      = g_object_new (MUN_TYPE_PRIVILEGES_DIALOG, "transient-for", parent, "modal", TRUE, "title",
                      _ ("Default Privileges"), "default-width", 460, "default-height", 560, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *groups[] = { adw_preferences_group_new (), adw_preferences_group_new () };
  GtkWidget *apply = make_button (_ ("_Apply"), "privileges.apply");

  self->privileges = g_strdupv ((char **)privileges);
  self->on_own_folder = g_strdupv ((char **)on_own_folder);
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), make_button (_ ("_Cancel"), "window.close"));
  gtk_widget_add_css_class (apply, "suggested-action");
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), apply);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (groups[0]), _ ("New Users May"));
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (groups[1]), _ ("In Their Own Archive"));
  add_switches (groups[0], general, G_N_ELEMENTS (general), self->switches, privileges);
  add_switches (groups[1], own_folder, G_N_ELEMENTS (own_folder), self->folder_switches,
                on_own_folder);
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (groups[i]));
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (self), box);
  return self;
}

static void
append_summary (GString *text, const Privilege *known, guint n_known, const char *const *values)
{
  for (guint i = 0; values != NULL && i < n_known; i++)
    if (g_strv_contains (values, known[i].value))
      /* Translators: what stands between privileges: log on; read own archive */
      g_string_append_printf (text, "%s%s", text->len > 0 ? C_ ("between privileges", "; ") : "",
                              _ (known[i].summary));
}

char *
mun_privileges_summary (const char *const *privileges, const char *const *on_own_folder)
{
  GString *text = g_string_new (NULL);

  if (privileges != NULL && g_strv_contains (privileges, "admin"))
    g_string_append (text, _ ("administrator"));
  append_summary (text, general, G_N_ELEMENTS (general), privileges);
  append_summary (text, own_folder, G_N_ELEMENTS (own_folder), on_own_folder);
  if (text->len == 0)
    g_string_append (text, _ ("none"));
  return g_string_free (text, FALSE);
}
