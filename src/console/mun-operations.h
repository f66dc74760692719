/* mun-operations.h: the list of operations that the operations button shows (a GListModel of
 * MunOperation) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-operation.h"

G_BEGIN_DECLS

/* Newest first. Signal: finished (MunOperation *). Property: n-running (uint, notifies). */
#define MUN_TYPE_OPERATIONS (mun_operations_get_type ())
G_DECLARE_FINAL_TYPE (MunOperations, mun_operations, MUN, OPERATIONS, GObject)

MunOperations *
mun_operations_new (void);
void
mun_operations_add (MunOperations *self, MunOperation *operation);
guint
mun_operations_get_n_running (MunOperations *self);
/* Drops finished ones that have been seen. */
void
mun_operations_clear_seen (MunOperations *self);
/* The newest running operation of `function` on the server of that name, or NULL; borrowed. */
MunOperation *
mun_operations_find (MunOperations *self, const char *server_name, const char *function);

G_END_DECLS
