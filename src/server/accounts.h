/* accounts.h: who somebody is, and what they may do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "context.h"

/* A user's document in the master database has the members of GetUserInfo (contract 1.9):
 * userName, fullName, distinguishedName, authentication ("integrated", "directoryServices"),
 * emailAddresses, pop3UserNames, privileges, privilegesOnFolders, loginPrivileges. */

typedef struct _MunAccounts MunAccounts;

MunAccounts *
mun_accounts_new (MunMaster *master);
/* Reference counted: a check that is under way keeps it alive. */
void
mun_accounts_unref (MunAccounts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunAccounts, mun_accounts_unref)

/* Returns: (transfer full): yescrypt hash of @password (crypt(5)); takes some tens of milliseconds.
 */
char *
mun_accounts_hash (const char *password, GError **error);

/**
 * mun_accounts_check_async:
 * @address: where the attempt comes from
 *
 * Checks a password without blocking the main loop. A pair that was right in the last minutes is
 * known by its HMAC and costs nothing; each wrong one delays the next attempts on that account and
 * from that address.
 *
 * mun_accounts_check_finish() returns: (transfer full): the name as the account is written, or NULL
 * with MUN_ERROR_AUTHENTICATION (wrong user or password, no difference is made) or
 * MUN_ERROR_THROTTLED (too many attempts wait already).
 */
void
mun_accounts_check_async (MunAccounts *self, const char *user_name, const char *password,
                          const char *address, GAsyncReadyCallback callback, gpointer data);
char *
mun_accounts_check_finish (MunAccounts *self, GAsyncResult *result, GError **error);

/* The server ends: attempts that still wait are answered with MUN_ERROR_BUSY, new ones with
 * MUN_ERROR_THROTTLED. On the main loop. */
void
mun_accounts_stop (MunAccounts *self);

/* Forgets the verified pairs of a user: call it whenever the password or the account changes. Any
 * thread. */
void
mun_accounts_forget (MunAccounts *self, const char *user_name);

/* Readers of a user's document. "admin" contains every other privilege; loginPrivileges that are
 * absent allow every kind of login. */
gboolean
mun_account_is_admin (JsonObject *user);
gboolean
mun_account_has_privilege (JsonObject *user, const char *privilege);
gboolean
mun_account_may_login (JsonObject *user, const char *kind);
