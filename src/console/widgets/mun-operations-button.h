/* mun-operations-button.h: how many operations run, and a popover with each of them */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-operations.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Hidden while there is nothing to show. Finished operations stay until the popover that showed
 * them closes. */
#define MUN_TYPE_OPERATIONS_BUTTON (mun_operations_button_get_type ())
G_DECLARE_FINAL_TYPE (MunOperationsButton, mun_operations_button, MUN, OPERATIONS_BUTTON, AdwBin)

/* The list that it shows; NULL: none. */
void
mun_operations_button_set_operations (MunOperationsButton *self, MunOperations *operations);
/* Opens the popover, when there is something in it. */
void
mun_operations_button_popup (MunOperationsButton *self);

G_END_DECLS
