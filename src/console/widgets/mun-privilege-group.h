/* mun-privilege-group.h: switches for what a user may do */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum {
  MUN_PRIVILEGES_USER,  /* admin, login, changePassword … */
  MUN_PRIVILEGES_LOGIN, /* windows, web, outlook … */
} MunPrivilegeKind;

#define MUN_TYPE_PRIVILEGE_KIND (mun_privilege_kind_get_type ())
GType
mun_privilege_kind_get_type (void);

/* Property: kind (construct only). Signal: changed. "admin" and "none" stand alone, as in the
 * contract; values that this version does not know stay. */
#define MUN_TYPE_PRIVILEGE_GROUP (mun_privilege_group_get_type ())
G_DECLARE_FINAL_TYPE (MunPrivilegeGroup, mun_privilege_group, MUN, PRIVILEGE_GROUP,
                      AdwPreferencesGroup)

/* VALUES nullable: none. */
void
mun_privilege_group_set_values (MunPrivilegeGroup *self, const char *const *values);
/* In the contract's order, without "none"; owned. */
GStrv
mun_privilege_group_dup_values (MunPrivilegeGroup *self);

/* A row with a switch and an accessible name; *SWITCH_OUT is the switch. */
GtkWidget *
mun_privilege_group_make_row (const char *title, GtkWidget **switch_out);

G_END_DECLS
