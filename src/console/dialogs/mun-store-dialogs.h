/* mun-store-dialogs.h: what is asked before something is done to an archive store */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * Each asks one question over the window of `parent` and gives the arguments of the function that
 * is to be called (JsonObject, owned), or G_IO_ERROR_CANCELLED. `store`: an element of GetStores.
 */

/* RecoverStore: says what it does; asks whether deleted messages come back, and, of a store
 * that may need it, for the recovery key when this server's master key does not open it. */
void
mun_store_ask_recover_async (GtkWidget *parent, JsonObject *store, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data);
/* UnlockStore: asks for the recovery key. */
void
mun_store_ask_unlock_async (GtkWidget *parent, JsonObject *store, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data);
/* SetStoreRecoveryKey: asks for a new one, twice; one that is there can be removed instead: then
 * "passphrase" is empty. */
void
mun_store_ask_recovery_key_async (GtkWidget *parent, JsonObject *store, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
/* CreateStore: asks for the name; `stores` (GetStores): those that are taken. */
void
mun_store_ask_create_async (GtkWidget *parent, JsonArray *stores, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data);
/* AttachStore: asks for the name and where the store lies. */
void
mun_store_ask_attach_async (GtkWidget *parent, JsonArray *stores, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data);
JsonObject *
mun_store_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
