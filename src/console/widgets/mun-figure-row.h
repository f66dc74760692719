/* mun-figure-row.h: a row that says one thing: a title, words below it, a figure at its end */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Properties: page-id (the page that the row leads to, nullable), and those of AdwActionRow. No
 * text is markup. A screen reader hears title, words and figure as one. */
#define MUN_TYPE_FIGURE_ROW (mun_figure_row_get_type ())
G_DECLARE_FINAL_TYPE (MunFigureRow, mun_figure_row, MUN, FIGURE_ROW, AdwActionRow)

/* `icon_name` and `css_class` (both nullable) make the icon before the title: what kind of thing
 * the row says, in its colour. */
GtkWidget *
mun_figure_row_new (const char *title, const char *icon_name, const char *css_class);
/* The words below the title and the figure (both nullable), and its tooltip (nullable). */
void
mun_figure_row_set_words (MunFigureRow *self, const char *words);
void
mun_figure_row_set_figure (MunFigureRow *self, const char *figure, const char *tooltip);
const char *
mun_figure_row_get_figure (MunFigureRow *self);
/* NULL: the row leads nowhere. */
void
mun_figure_row_set_page_id (MunFigureRow *self, const char *page_id);

G_END_DECLS
