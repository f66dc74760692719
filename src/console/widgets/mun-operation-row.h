/* mun-operation-row.h: one operation in the popover: what, where, how far, Cancel */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-operation.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MUN_TYPE_OPERATION_ROW (mun_operation_row_get_type ())
G_DECLARE_FINAL_TYPE (MunOperationRow, mun_operation_row, MUN, OPERATION_ROW, AdwBin)

/* Follows the operation until it ends, and says then how it ended. */
GtkWidget *
mun_operation_row_new (MunOperation *operation);

G_END_DECLS
