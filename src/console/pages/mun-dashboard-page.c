/* mun-dashboard-page.c: the server at a glance: what runs, what needs somebody */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-page"

#include "mun-dashboard-page.h"

#include "mun-state-stack.h"

#include <glib/gi18n.h>

struct _MunDashboardPage {
  MunPage parent_instance;

  MunStateStack *states;
};

G_DEFINE_FINAL_TYPE (MunDashboardPage, mun_dashboard_page, MUN_TYPE_PAGE)

static void
mun_dashboard_page_class_init (MunDashboardPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MUN_TYPE_STATE_STACK);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/pages/mun-dashboard-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MunDashboardPage, states);
}

static void
mun_dashboard_page_init (MunDashboardPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
