/* mun-privilege-group.c: switches for what a user may do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-privilege-group.h"

#include <glib/gi18n.h>

#define MAX_CHOICES 8

typedef struct {
  const char *value;
  const char *title;
} Choice;

/* The values are the contract's; the words are MailStore's. */
static const Choice user_choices[] = {
  { "admin", N_ ("Administrator") },
  { "login", N_ ("Log on to the archive") },
  { "changePassword", N_ ("Change own password") },
  { "archive", N_ ("Archive email") },
  { "modifyArchiveProfiles", N_ ("Modify archiving profiles") },
  { "export", N_ ("Export email") },
  { "modifyExportProfiles", N_ ("Modify export profiles") },
  { "delete", N_ ("Delete email") },
};
static const Choice login_choices[] = {
  { "windows", N_ ("MailStore Client") },
  { "web", N_ ("Web Access") },
  { "outlook", N_ ("Outlook Add-in") },
  { "windowsCmd", N_ ("Command line") },
  { "imap", N_ ("IMAP") },
  { "api", N_ ("Administration API") },
};

struct _MunPrivilegeGroup {
  AdwPreferencesGroup parent_instance;

  MunPrivilegeKind kind;
  const Choice *choices;
  guint n_choices;
  GtkWidget *rows[MAX_CHOICES];
  GtkWidget *switches[MAX_CHOICES];
  GPtrArray *unknown; /* char * */
};

G_DEFINE_ENUM_TYPE (MunPrivilegeKind, mun_privilege_kind,
                    G_DEFINE_ENUM_VALUE (MUN_PRIVILEGES_USER, "user"),
                    G_DEFINE_ENUM_VALUE (MUN_PRIVILEGES_LOGIN, "login"))

G_DEFINE_FINAL_TYPE (MunPrivilegeGroup, mun_privilege_group, ADW_TYPE_PREFERENCES_GROUP)

enum {
  PROP_0,
  PROP_KIND,
  N_PROPS,
};

enum {
  CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static gboolean
is_on (MunPrivilegeGroup *self, guint i)
{
  return gtk_switch_get_active (GTK_SWITCH (self->switches[i]));
}

static gboolean
is_admin (MunPrivilegeGroup *self)
{
  return self->kind == MUN_PRIVILEGES_USER && is_on (self, 0);
}

static void
switched_cb (MunPrivilegeGroup *self)
{
  /* An administrator has all of them; what was chosen is kept in case the switch goes back. */
  for (guint i = 1; self->kind == MUN_PRIVILEGES_USER && i < self->n_choices; i++)
    gtk_widget_set_sensitive (self->rows[i], !is_admin (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

GtkWidget *
mun_privilege_group_make_row (const char *title, GtkWidget **switch_out)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *toggle = gtk_switch_new ();

  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  *switch_out = toggle;
  return row;
}

static void
mun_privilege_group_constructed (GObject *object)
{
  MunPrivilegeGroup *self = MUN_PRIVILEGE_GROUP (object);
  gboolean user = self->kind == MUN_PRIVILEGES_USER;

  G_OBJECT_CLASS (mun_privilege_group_parent_class)->constructed (object);
  self->choices = user ? user_choices : login_choices;
  self->n_choices = user ? G_N_ELEMENTS (user_choices) : G_N_ELEMENTS (login_choices);
  for (guint i = 0; i < self->n_choices; i++) {
    self->rows[i] = mun_privilege_group_make_row (_ (self->choices[i].title), &self->switches[i]);
    g_signal_connect_object (self->switches[i], "notify::active", G_CALLBACK (switched_cb), self,
                             G_CONNECT_SWAPPED);
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), self->rows[i]);
  }
}

static void
mun_privilege_group_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MUN_PRIVILEGE_GROUP (object)->kind = g_value_get_enum (value);
}

static void
mun_privilege_group_finalize (GObject *object)
{
  g_ptr_array_unref (MUN_PRIVILEGE_GROUP (object)->unknown);
  G_OBJECT_CLASS (mun_privilege_group_parent_class)->finalize (object);
}

static void
mun_privilege_group_class_init (MunPrivilegeGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = mun_privilege_group_constructed;
  object_class->set_property = mun_privilege_group_set_property;
  object_class->finalize = mun_privilege_group_finalize;

  properties[PROP_KIND]
      = g_param_spec_enum ("kind", NULL, NULL, MUN_TYPE_PRIVILEGE_KIND, MUN_PRIVILEGES_USER,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CHANGED] = g_signal_new ("changed", MUN_TYPE_PRIVILEGE_GROUP, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
mun_privilege_group_init (MunPrivilegeGroup *self)
{
  self->unknown = g_ptr_array_new_with_free_func (g_free);
}

static gboolean
is_known (MunPrivilegeGroup *self, const char *value)
{
  for (guint i = 0; i < self->n_choices; i++)
    if (g_str_equal (self->choices[i].value, value))
      return TRUE;
  return g_str_equal (value, "none");
}

void
mun_privilege_group_set_values (MunPrivilegeGroup *self, const char *const *values)
{
  g_ptr_array_set_size (self->unknown, 0);
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    if (!is_known (self, values[i]))
      g_ptr_array_add (self->unknown, g_strdup (values[i]));
  for (guint i = 0; i < self->n_choices; i++)
    gtk_switch_set_active (GTK_SWITCH (self->switches[i]),
                           values != NULL && g_strv_contains (values, self->choices[i].value));
}

GStrv
mun_privilege_group_dup_values (MunPrivilegeGroup *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (is_admin (self)) {
    g_strv_builder_add (builder, self->choices[0].value);
    return g_strv_builder_end (builder);
  }
  for (guint i = 0; i < self->n_choices; i++)
    if (is_on (self, i))
      g_strv_builder_add (builder, self->choices[i].value);
  for (guint i = 0; i < self->unknown->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->unknown, i));
  return g_strv_builder_end (builder);
}
