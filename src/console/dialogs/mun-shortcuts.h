/* mun-shortcuts.h: the window of the keyboard shortcuts */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Shown over PARENT; it is destroyed when it is closed. */
GtkWindow *
mun_shortcuts_show (GtkWindow *parent);
