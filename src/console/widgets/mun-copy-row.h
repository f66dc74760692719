/* mun-copy-row.h: a row that shows a value and copies it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Properties: "display" what is shown (grouped, local time …), "value" what the button copies, and
 * "copy-label" the button's accessible label and tooltip ("Copy Thumbprint"). A row without a value
 * is not shown. */
#define MUN_TYPE_COPY_ROW (mun_copy_row_get_type ())
G_DECLARE_FINAL_TYPE (MunCopyRow, mun_copy_row, MUN, COPY_ROW, AdwActionRow)

/* Both texts at once; `display` NULL: the value itself. `value` NULL hides the row. */
void
mun_copy_row_set (MunCopyRow *self, const char *display, const char *value);
const char *
mun_copy_row_get_value (MunCopyRow *self);

G_END_DECLS
