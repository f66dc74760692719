/* mun-privileges-dialog.h: what users that synchronization makes may do */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal: applied (GStrv privileges, GStrv on_own_folder). Values that this version does not know
 * stay. */
#define MUN_TYPE_PRIVILEGES_DIALOG (mun_privileges_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MunPrivilegesDialog, mun_privileges_dialog, MUN, PRIVILEGES_DIALOG, AdwWindow)

MunPrivilegesDialog *
mun_privileges_dialog_new (GtkWindow *parent, const char *const *privileges,
                           const char *const *on_own_folder);

/* "Log on; read own archive". Returns: (transfer full). */
char *
mun_privileges_summary (const char *const *privileges, const char *const *on_own_folder);

G_END_DECLS
