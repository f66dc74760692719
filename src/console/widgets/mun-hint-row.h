/* mun-hint-row.h: a sentence below a field, inside its group */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum {
  MUN_HINT_NOTE,
  MUN_HINT_GOOD,
  MUN_HINT_WARNING,
  MUN_HINT_ERROR,
} MunHintLevel;

/* Invisible while it has no text. Plain text, never markup. */
#define MUN_TYPE_HINT_ROW (mun_hint_row_get_type ())
G_DECLARE_FINAL_TYPE (MunHintRow, mun_hint_row, MUN, HINT_ROW, AdwPreferencesRow)

/* `text` NULL or "" hides the row. */
void
mun_hint_row_set (MunHintRow *self, MunHintLevel level, const char *text);
const char *
mun_hint_row_get_text (MunHintRow *self);

/* The sentence about what was typed in `field`: shown in the row, as the field's style class, and
 * to assistive technology as the field's invalid state and description. */
void
mun_hint_row_set_for_field (MunHintRow *self, GtkWidget *field, MunHintLevel level,
                            const char *text);

G_END_DECLS
