/* keyring.h: credentials and server passwords in the desktop's secret service (libsecret) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Everything is asynchronous and meant for a main loop. Errors, all in MUN_ERROR:
 *   KEYRING_UNAVAILABLE  no secret service answers on this session's bus
 *   KEYRING_LOCKED       the keyring is locked and stayed so (prompt dismissed, or nobody to
 * prompt) NOT_FOUND            the item is gone (deleted by another program) CHANGED_ELSEWHERE the
 * item was saved by another program or console since it was read DAMAGED              the item is
 * there, but what it holds is no credential A dismissed prompt is KEYRING_LOCKED, never a silent
 * success. G_IO_ERROR_CANCELLED comes through. */

#pragma once

#include "app-credential.h"

G_BEGIN_DECLS

#define MUN_KEYRING_CREDENTIAL_SCHEMA "org.muniment.AzureAdCredential"
#define MUN_KEYRING_SERVER_SCHEMA "org.muniment.Server"

/* Asks the user to unlock the default keyring, if it is locked. */
void
mun_keyring_unlock_async (GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean
mun_keyring_unlock_finish (GAsyncResult *result, GError **error);

/* All credentials, sorted by name, from the attributes alone: no secret is read, nothing is
 * unlocked, nobody is prompted. Result: a GPtrArray of MunAppCredential without certificate. A
 * keyring that was locked during the session still shows its attributes; one that was never
 * unlocked hides them: then MUN_ERROR_KEYRING_LOCKED, and mun_keyring_unlock_async() helps. */
void
mun_keyring_list_async (GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data);
GPtrArray *
mun_keyring_list_finish (GAsyncResult *result, GError **error);

/* One credential with certificate and key; asks the user to unlock when needed. */
void
mun_keyring_load_async (const char *id, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data);
MunAppCredential *
mun_keyring_load_finish (GAsyncResult *result, GError **error);

/* Stores a new credential (revision "") or replaces the one with the same id, which must still have
 * the revision that `credential` has. On success the credential has its new revision. A failure
 * leaves the stored item as it was. The credential must not be changed by the caller until the
 * answer; MUN_ERROR_INVALID when it is not valid, MUN_ERROR_EXISTS when another one has its name.
 */
void
mun_keyring_save_async (MunAppCredential *credential, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);
gboolean
mun_keyring_save_finish (GAsyncResult *result, GError **error);

/* Deletes a credential if it still has `revision`; NULL deletes whatever is there. */
void
mun_keyring_delete_async (const char *id, const char *revision, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);
gboolean
mun_keyring_delete_finish (GAsyncResult *result, GError **error);

/* The password of `user` on `server` ("host:port"). */
void
mun_keyring_store_password_async (const char *server, const char *user, MunSecret *password,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean
mun_keyring_store_password_finish (GAsyncResult *result, GError **error);
/* NOT_FOUND when none is stored. */
void
mun_keyring_lookup_password_async (const char *server, const char *user, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
MunSecret *
mun_keyring_lookup_password_finish (GAsyncResult *result, GError **error);
/* Success, too, when none was stored. */
void
mun_keyring_clear_password_async (const char *server, const char *user, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean
mun_keyring_clear_password_finish (GAsyncResult *result, GError **error);

G_END_DECLS
