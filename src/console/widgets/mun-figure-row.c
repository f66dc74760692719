/* mun-figure-row.c: a row that says one thing: a title, words below it, a figure at its end */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-console"

#include "mun-figure-row.h"

struct _MunFigureRow {
  AdwActionRow parent_instance;

  GtkWidget *figure;
  GtkWidget *next;
  char *page_id;
};

G_DEFINE_FINAL_TYPE (MunFigureRow, mun_figure_row, ADW_TYPE_ACTION_ROW)

enum {
  PROP_0,
  PROP_PAGE_ID,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
update_spoken (MunFigureRow *self)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));
  const char *words = adw_action_row_get_subtitle (ADW_ACTION_ROW (self));
  GString *spoken = g_string_new (title);

  if (words != NULL && *words != '\0')
    g_string_append_printf (spoken, ", %s", words);
  if (*gtk_label_get_text (GTK_LABEL (self->figure)) != '\0')
    g_string_append_printf (spoken, ", %s", gtk_label_get_text (GTK_LABEL (self->figure)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken->str,
                                  -1);
  g_string_free (spoken, TRUE);
}

static void
mun_figure_row_activate (AdwActionRow *row)
{
  MunFigureRow *self = MUN_FIGURE_ROW (row);

  if (self->page_id != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-page", "s", self->page_id);
  ADW_ACTION_ROW_CLASS (mun_figure_row_parent_class)->activate (row);
}

static void
mun_figure_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, MUN_FIGURE_ROW (object)->page_id);
}

static void
mun_figure_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  mun_figure_row_set_page_id (MUN_FIGURE_ROW (object), g_value_get_string (value));
}

static void
mun_figure_row_finalize (GObject *object)
{
  g_free (MUN_FIGURE_ROW (object)->page_id);
  G_OBJECT_CLASS (mun_figure_row_parent_class)->finalize (object);
}

static void
mun_figure_row_class_init (MunFigureRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mun_figure_row_get_property;
  object_class->set_property = mun_figure_row_set_property;
  object_class->finalize = mun_figure_row_finalize;
  ADW_ACTION_ROW_CLASS (klass)->activate = mun_figure_row_activate;

  properties[PROP_PAGE_ID] = g_param_spec_string ("page-id", NULL, NULL, NULL,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mun_figure_row_init (MunFigureRow *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  self->figure = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->figure), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->figure, "numeric");
  gtk_widget_add_css_class (self->figure, "dim-label");
  gtk_widget_set_visible (self->figure, FALSE);
  self->next = g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic", "accessible-role",
                             GTK_ACCESSIBLE_ROLE_PRESENTATION, "visible", FALSE, NULL);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->figure);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->next);
  g_signal_connect (self, "notify::title", G_CALLBACK (update_spoken), NULL);
}

GtkWidget *
mun_figure_row_new (const char *title, const char *icon_name, const char *css_class)
{
  MunFigureRow *self = g_object_new (MUN_TYPE_FIGURE_ROW, NULL);
  GtkWidget *icon;

  /* Not as a construct property: the label would hear of the title before it hears that it is no
   * markup. */
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  if (icon_name == NULL)
    return GTK_WIDGET (self);
  icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", icon_name, "accessible-role",
                       GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  if (css_class != NULL)
    gtk_widget_add_css_class (icon, css_class);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), icon);
  return GTK_WIDGET (self);
}

void
mun_figure_row_set_words (MunFigureRow *self, const char *words)
{
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), words != NULL ? words : "");
  update_spoken (self);
}

void
mun_figure_row_set_figure (MunFigureRow *self, const char *figure, const char *tooltip)
{
  gtk_label_set_text (GTK_LABEL (self->figure), figure != NULL ? figure : "");
  gtk_widget_set_visible (self->figure, figure != NULL);
  gtk_widget_set_tooltip_text (self->figure, tooltip);
  update_spoken (self);
}

const char *
mun_figure_row_get_figure (MunFigureRow *self)
{
  return gtk_label_get_text (GTK_LABEL (self->figure));
}

void
mun_figure_row_set_page_id (MunFigureRow *self, const char *page_id)
{
  char *copy = g_strdup (page_id);

  g_free (self->page_id);
  self->page_id = copy;
  gtk_widget_set_visible (self->next, copy != NULL);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), copy != NULL);
}
