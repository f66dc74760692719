/* mun-width-bin.h: a bin that says when it is narrow */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Properties: child; narrow-below (pixels at ordinary text size); natural-width (pixels, what it
 * asks for whatever its child would like; 0: the child's); narrow (read-only, notifies outside of
 * layout, so that handlers may show and hide what they like; it notifies of the first width, too,
 * so that a page may begin in the narrow form, which every window has room for). */
#define MUN_TYPE_WIDTH_BIN (mun_width_bin_get_type ())
G_DECLARE_FINAL_TYPE (MunWidthBin, mun_width_bin, MUN, WIDTH_BIN, GtkWidget)

/* How large the desktop wants text: 1 ordinary, 2 twice as large. Widths below which something is
 * narrow are multiplied by it. */
double
mun_text_scale (GtkWidget *widget);

gboolean
mun_width_bin_is_narrow (MunWidthBin *self);

G_END_DECLS
