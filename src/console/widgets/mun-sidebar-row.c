/* mun-sidebar-row.c: one page in the sidebar: icon, title, badge */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-window"

#include "mun-sidebar-row.h"

#include <glib/gi18n.h>

struct _MunSidebarRow {
  GtkListBoxRow parent_instance;

  GtkImage *icon;
  GtkLabel *title;
  GtkStack *badge;

  const MunPageEntry *entry;
};

#define MAX_CHARS 28

G_DEFINE_FINAL_TYPE (MunSidebarRow, mun_sidebar_row, GTK_TYPE_LIST_BOX_ROW)

static void
mun_sidebar_row_class_init (MunSidebarRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/widgets/mun-sidebar-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MunSidebarRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MunSidebarRow, title);
  gtk_widget_class_bind_template_child (widget_class, MunSidebarRow, badge);
}

static void
mun_sidebar_row_init (MunSidebarRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
mun_sidebar_row_new (const MunPageEntry *entry)
{
  MunSidebarRow *self = g_object_new (MUN_TYPE_SIDEBAR_ROW, NULL);

  self->entry = entry;
  gtk_image_set_from_icon_name (self->icon, entry->icon_name);
  gtk_label_set_label (self->title, _ (entry->title));
  /* Wide enough for the whole title, whatever the size of the text. */
  gtk_label_set_width_chars (self->title, MIN (g_utf8_strlen (_ (entry->title), -1), MAX_CHARS));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (entry->title), -1);
  return GTK_WIDGET (self);
}

const MunPageEntry *
mun_sidebar_row_get_entry (MunSidebarRow *self)
{
  return self->entry;
}

void
mun_sidebar_row_set_badge (MunSidebarRow *self, MunBadge badge)
{
  static const char *const names[] = { "none", "attention", "running" };
  g_autofree char *spoken = NULL;

  gtk_stack_set_visible_child_name (self->badge, names[badge]);
  if (badge == MUN_BADGE_ATTENTION)
    /* Translators: spoken by screen readers; %s is a page’s title */
    spoken = g_strdup_printf (_ ("%s, needs attention"), _ (self->entry->title));
  else if (badge == MUN_BADGE_RUNNING)
    /* Translators: spoken by screen readers; %s is a page’s title */
    spoken = g_strdup_printf (_ ("%s, running"), _ (self->entry->title));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken ? spoken : _ (self->entry->title), -1);
}
