/* mun-folder-access-row.c: what a user may do in one archive: read, write, delete */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-folder-access-row.h"

#include "mun-privilege-group.h"

#include <glib/gi18n.h>

static const struct {
  const char *value;
  const char *title;
} choices[] = {
  { "read", N_ ("Read") },
  { "write", N_ ("Write") },
  { "delete", N_ ("Delete") },
};

struct _MunFolderAccessRow {
  AdwExpanderRow parent_instance;

  char *folder;
  GtkWidget *switches[G_N_ELEMENTS (choices)];
};

G_DEFINE_FINAL_TYPE (MunFolderAccessRow, mun_folder_access_row, ADW_TYPE_EXPANDER_ROW)

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
update_summary (MunFolderAccessRow *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;
  g_autofree char *summary = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (gtk_switch_get_active (GTK_SWITCH (self->switches[i])))
      g_strv_builder_add (builder, _ (choices[i].title));
  words = g_strv_builder_end (builder);
  summary = words[0] != NULL ? g_strjoinv (" · ", words) : g_strdup (_ ("No access"));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), summary);
}

static void
switched_cb (MunFolderAccessRow *self)
{
  update_summary (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
mun_folder_access_row_finalize (GObject *object)
{
  g_free (MUN_FOLDER_ACCESS_ROW (object)->folder);
  G_OBJECT_CLASS (mun_folder_access_row_parent_class)->finalize (object);
}

static void
mun_folder_access_row_class_init (MunFolderAccessRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_folder_access_row_finalize;

  signals[CHANGED] = g_signal_new ("changed", MUN_TYPE_FOLDER_ACCESS_ROW, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mun_folder_access_row_init (MunFolderAccessRow *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++) {
    GtkWidget *row = mun_privilege_group_make_row (_ (choices[i].title), &self->switches[i]);

    adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
  }
}

GtkWidget *
mun_folder_access_row_new (const char *folder, const char *const *privileges)
{
  MunFolderAccessRow *self = g_object_new (MUN_TYPE_FOLDER_ACCESS_ROW, NULL);

  self->folder = g_strdup (folder);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), folder);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++) {
    gtk_switch_set_active (GTK_SWITCH (self->switches[i]),
                           privileges != NULL && g_strv_contains (privileges, choices[i].value));
    g_signal_connect_object (self->switches[i], "notify::active", G_CALLBACK (switched_cb), self,
                             G_CONNECT_SWAPPED);
  }
  update_summary (self);
  return GTK_WIDGET (self);
}

const char *
mun_folder_access_row_get_folder (MunFolderAccessRow *self)
{
  return self->folder;
}

GStrv
mun_folder_access_row_dup_privileges (MunFolderAccessRow *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (gtk_switch_get_active (GTK_SWITCH (self->switches[i])))
      g_strv_builder_add (builder, choices[i].value);
  return g_strv_builder_end (builder);
}
