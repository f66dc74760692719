/* mun-user.h: one user of the archive, and what must be called to change one */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Properties (read-only, notify): user-name, full-name, authentication (in words), addresses (in
 * one line). The last two are empty until the information has come. */
#define MUN_TYPE_USER (mun_user_get_type ())
G_DECLARE_FINAL_TYPE (MunUser, mun_user, MUN, USER, GObject)

/* LISTED: an element of GetUsers; borrowed. */
MunUser *
mun_user_new (JsonObject *listed);
const char *
mun_user_get_user_name (MunUser *self);
const char *
mun_user_get_full_name (MunUser *self);
const char *
mun_user_get_authentication (MunUser *self);
const char *
mun_user_get_addresses (MunUser *self);
/* The result of GetUserInfo; borrowed. NULL until mun_user_set_info (). */
JsonObject *
mun_user_get_info (MunUser *self);
void
mun_user_set_info (MunUser *self, JsonObject *info);
/* Whether every word of TEXT is in the user name, the full name or an address, in any case. */
gboolean
mun_user_matches (MunUser *self, const char *text);

/* "MailStore-integrated" or "Directory Services" for the contract's words; others as they are. */
const char *
mun_user_authentication_title (const char *value);

/* One call of the Administration API. */
typedef struct {
  const char *function;
  JsonObject *arguments;
} MunUserCall;

void
mun_user_call_free (MunUserCall *call);

/* The calls that make AFTER of BEFORE, both shaped as the result of GetUserInfo, in the order in
 * which they must be made: only for members that differ. "password" in AFTER, when not empty, is a
 * new password. BEFORE NULL: the user is created. Result: (element-type MunUserCall), owned. */
GPtrArray *
mun_user_plan_changes (JsonObject *before, JsonObject *after);

/* The privileges on one folder of a user ("read", "write", "delete"); owned, empty when none. */
GStrv
mun_user_dup_folder_privileges (JsonObject *info, const char *folder);
/* Sets them; an empty list stays as an entry without privileges. */
void
mun_user_set_folder_privileges (JsonObject *info, const char *folder,
                                const char *const *privileges);

G_END_DECLS
