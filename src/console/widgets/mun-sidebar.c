/* mun-sidebar.c: the list of pages that a server offers */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-window"

#include "mun-sidebar.h"

#include "mun-page-table.h"
#include "mun-sidebar-row.h"

#include <glib/gi18n.h>

struct _MunSidebar {
  AdwBin parent_instance;

  GtkListBox *list;
};

enum {
  PAGE_SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MunSidebar, mun_sidebar, ADW_TYPE_BIN)

static MunSidebarRow *
find_row (MunSidebar *self, const char *id)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)); i++)
    if (g_strcmp0 (mun_sidebar_row_get_entry (MUN_SIDEBAR_ROW (row))->id, id) == 0)
      return MUN_SIDEBAR_ROW (row);
  return NULL;
}

static void
row_activated_cb (MunSidebar *self, MunSidebarRow *row)
{
  g_signal_emit (self, signals[PAGE_SELECTED], 0, mun_sidebar_row_get_entry (row)->id);
}

static void
add_heading (GtkBox *box, const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (_ (text));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (box, label);
}

static void
header_cb (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  const MunPageEntry *entry = mun_sidebar_row_get_entry (MUN_SIDEBAR_ROW (row));
  const MunPageEntry *above = before ? mun_sidebar_row_get_entry (MUN_SIDEBAR_ROW (before)) : NULL;
  gboolean new_section = entry->section && (!above || g_strcmp0 (above->section, entry->section));
  gboolean new_group
      = entry->group && (new_section || !above || g_strcmp0 (above->group, entry->group));
  GtkWidget *box;

  if (!new_section && !new_group) {
    gtk_list_box_row_set_header (row, NULL);
    return;
  }
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  if (new_section)
    add_heading (GTK_BOX (box), entry->section, "sidebar-section");
  if (new_group)
    add_heading (GTK_BOX (box), entry->group, "sidebar-group");
  gtk_list_box_row_set_header (row, box);
}

static void
mun_sidebar_class_init (MunSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[PAGE_SELECTED] = g_signal_new ("page-selected", MUN_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/widgets/mun-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, MunSidebar, list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
mun_sidebar_init (MunSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list, header_cb, NULL, NULL);
}

void
mun_sidebar_set_connection (MunSidebar *self, MunConnection *connection)
{
  const MunPageEntry *entries;
  GtkListBoxRow *row;
  guint n_entries;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)))
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  if (!connection)
    return;
  entries = mun_page_table_list (&n_entries);
  for (guint i = 0; i < n_entries; i++)
    if (mun_page_table_is_available (&entries[i], connection))
      gtk_list_box_append (self->list, mun_sidebar_row_new (&entries[i]));
}

void
mun_sidebar_select (MunSidebar *self, const char *id)
{
  gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (find_row (self, id)));
}

void
mun_sidebar_set_badge (MunSidebar *self, const char *id, MunBadge badge)
{
  MunSidebarRow *row = find_row (self, id);

  if (row)
    mun_sidebar_row_set_badge (row, badge);
}

const char *
mun_sidebar_get_nth (MunSidebar *self, guint n)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, n);

  return row ? mun_sidebar_row_get_entry (MUN_SIDEBAR_ROW (row))->id : NULL;
}

gboolean
mun_sidebar_has (MunSidebar *self, const char *id)
{
  return find_row (self, id) != NULL;
}
