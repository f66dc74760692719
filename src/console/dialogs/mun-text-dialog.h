/* mun-text-dialog.h: a window that shows a text to read and copy */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* PARENT: nullable. TEXT: valid UTF-8, shown in monospace. Escape closes the window. */
GtkWindow *
mun_text_dialog_present (GtkWindow *parent, const char *title, const char *text);

G_END_DECLS
