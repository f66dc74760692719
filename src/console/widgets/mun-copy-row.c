/* mun-copy-row.c: a row that shows a value and copies it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-copy-row.h"

#include "text.h"

#include <glib/gi18n.h>

struct _MunCopyRow {
  AdwActionRow parent_instance;
  GtkWidget *button;
  char *display;
  char *value;
  char *copy_label;
};

G_DEFINE_FINAL_TYPE (MunCopyRow, mun_copy_row, ADW_TYPE_ACTION_ROW)

enum { PROP_0, PROP_DISPLAY, PROP_VALUE, PROP_COPY_LABEL, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
update (MunCopyRow *self)
{
  const char *shown = self->display != NULL ? self->display : self->value;

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), shown != NULL ? shown : "");
  gtk_widget_set_visible (GTK_WIDGET (self), self->value != NULL && *self->value != '\0');
}

static void
copy_clicked_cb (GtkButton *button, gpointer data)
{
  MunCopyRow *self = MUN_COPY_ROW (data);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->value);
  gtk_button_set_icon_name (button, "object-select-symbolic");
}

static void
mun_copy_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunCopyRow *self = MUN_COPY_ROW (object);

  if (id == PROP_DISPLAY)
    g_value_set_string (value, self->display);
  else if (id == PROP_VALUE)
    g_value_set_string (value, self->value);
  else if (id == PROP_COPY_LABEL)
    g_value_set_string (value, self->copy_label);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mun_copy_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MunCopyRow *self = MUN_COPY_ROW (object);

  if (id == PROP_DISPLAY) {
    mun_copy_row_set (self, g_value_get_string (value), self->value);
  } else if (id == PROP_VALUE) {
    mun_copy_row_set (self, self->display, g_value_get_string (value));
  } else if (id == PROP_COPY_LABEL) {
    g_free (self->copy_label);
    self->copy_label = g_value_dup_string (value);
    gtk_widget_set_tooltip_text (self->button, self->copy_label);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    self->copy_label, -1);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_copy_row_finalize (GObject *object)
{
  MunCopyRow *self = MUN_COPY_ROW (object);

  g_free (self->display);
  g_free (self->value);
  g_free (self->copy_label);
  G_OBJECT_CLASS (mun_copy_row_parent_class)->finalize (object);
}

static void
mun_copy_row_class_init (MunCopyRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mun_copy_row_get_property;
  object_class->set_property = mun_copy_row_set_property;
  object_class->finalize = mun_copy_row_finalize;
  properties[PROP_DISPLAY] = g_param_spec_string ("display", NULL, NULL, NULL, flags);
  properties[PROP_VALUE] = g_param_spec_string ("value", NULL, NULL, NULL, flags);
  properties[PROP_COPY_LABEL] = g_param_spec_string ("copy-label", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mun_copy_row_init (MunCopyRow *self)
{
  self->button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->button, "flat");
  g_signal_connect (self->button, "clicked", G_CALLBACK (copy_clicked_cb), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->button);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  update (self);
}

void
mun_copy_row_set (MunCopyRow *self, const char *display, const char *value)
{
  gboolean changed;

  g_return_if_fail (MUN_IS_COPY_ROW (self));
  changed = mun_set_str (&self->display, display);
  if (mun_set_str (&self->value, value) || changed) {
    gtk_button_set_icon_name (GTK_BUTTON (self->button), "edit-copy-symbolic");
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
  }
  update (self);
}

const char *
mun_copy_row_get_value (MunCopyRow *self)
{
  g_return_val_if_fail (MUN_IS_COPY_ROW (self), NULL);
  return self->value;
}
