/* mun-shortcuts.c: the window of the keyboard shortcuts */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "mun-shortcuts.h"

/* GtkApplication would make this window with the first one and keep it hidden. Its accessibility
 * (4.8) answers for the last window of the list, hidden or not, when it is asked for one that was
 * just closed, and a window that was never shown has no object path: the program would crash. */
GtkWindow *
mun_shortcuts_show (GtkWindow *parent)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/org/muniment/Console/dialogs/mun-shortcuts.ui");
  GtkWindow *self = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (self, parent);
  gtk_window_set_destroy_with_parent (self, TRUE);
  gtk_window_present (self);
  return self;
}
