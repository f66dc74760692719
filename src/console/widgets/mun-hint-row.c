/* mun-hint-row.c: a sentence below a field, inside its group */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-hint-row.h"

struct _MunHintRow {
  AdwPreferencesRow parent_instance;
  GtkWidget *icon;
  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (MunHintRow, mun_hint_row, ADW_TYPE_PREFERENCES_ROW)

/* The icon tells the level to those who do not see colours. */
static const struct {
  const char *icon;
  const char *css_class;
} levels[] = {
  [MUN_HINT_NOTE] = { "dialog-information-symbolic", "dim-label" },
  [MUN_HINT_GOOD] = { "emblem-ok-symbolic", "success" },
  [MUN_HINT_WARNING] = { "dialog-warning-symbolic", "warning" },
  [MUN_HINT_ERROR] = { "dialog-error-symbolic", "error" },
};

static void
mun_hint_row_class_init (MunHintRowClass *klass)
{
}

static void
mun_hint_row_init (MunHintRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->icon = gtk_image_new ();
  gtk_widget_set_valign (self->icon, GTK_ALIGN_START);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  self->label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (self->label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_widget_set_hexpand (self->label, TRUE);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 9);
  gtk_widget_set_margin_bottom (box, 9);
  gtk_box_append (GTK_BOX (box), self->icon);
  gtk_box_append (GTK_BOX (box), self->label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
mun_hint_row_set (MunHintRow *self, MunHintLevel level, const char *text)
{
  g_return_if_fail (MUN_IS_HINT_ROW (self));
  g_return_if_fail (level < G_N_ELEMENTS (levels));

  if (text == NULL)
    text = "";
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
    gtk_widget_remove_css_class (self->icon, levels[i].css_class);
    gtk_widget_remove_css_class (self->label, levels[i].css_class);
  }
  gtk_widget_add_css_class (self->icon, levels[level].css_class);
  if (level == MUN_HINT_ERROR || level == MUN_HINT_NOTE)
    gtk_widget_add_css_class (self->label, levels[level].css_class);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), levels[level].icon);
  gtk_label_set_text (GTK_LABEL (self->label), text);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), *text != '\0');
}

const char *
mun_hint_row_get_text (MunHintRow *self)
{
  g_return_val_if_fail (MUN_IS_HINT_ROW (self), NULL);
  return gtk_label_get_text (GTK_LABEL (self->label));
}

void
mun_hint_row_set_for_field (MunHintRow *self, GtkWidget *field, MunHintLevel level,
                            const char *text)
{
  gboolean wrong = level == MUN_HINT_ERROR && text != NULL && *text != '\0';

  mun_hint_row_set (self, level, text);
  if (wrong)
    gtk_widget_add_css_class (field, "error");
  else
    gtk_widget_remove_css_class (field, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_STATE_INVALID,
                               wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : "", -1);
}
