/* mun-groups-dialog.h: chooses groups of a tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app-credential.h"
#include "mun-list-dialog.h"

G_BEGIN_DECLS

/* A list dialog whose suggestions are the tenant's groups. They are read with a credential of this
 * desktop, in a worker thread; without one (`local` NULL) a group is entered by its object id.
 * `local`: as listed, without key; `groups`: objects with "id" and "name". */
MunListDialog *
mun_groups_dialog_new (GtkWindow *parent, MunAppCredential *local, JsonArray *groups);

G_END_DECLS
