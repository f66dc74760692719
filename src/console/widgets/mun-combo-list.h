/* mun-combo-list.h: the list of a combo row with every choice in full */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* mun_combo_list_show_whole:
 * @row: a combo row; its expression is set already, or its model holds strings
 *
 * libadwaita cuts the choices in the list after 20 characters. With this they wrap after 50, and
 * the chosen one keeps its tick.
 */
void
mun_combo_list_show_whole (AdwComboRow *row);

G_END_DECLS
