/* mun-sync-window.h: tests or runs the synchronization of users, and shows what it does */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"
#include "mun-sync-result.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Actions: sync.commit, sync.cancel, sync.retry, sync.export, sync.export-to (s: a path). Signal:
 * synchronized (), when users on the server have changed. Closing the window lets a running
 * synchronization go on. */
#define MUN_TYPE_SYNC_WINDOW (mun_sync_window_get_type ())
G_DECLARE_FINAL_TYPE (MunSyncWindow, mun_sync_window, MUN, SYNC_WINDOW, AdwWindow)

/* Starts at once. `dry_run`: only tells what would change. */
MunSyncWindow *
mun_sync_window_new (GtkWindow *parent, MunConnection *connection, gboolean dry_run);

/* The reply that is shown; NULL while running. (transfer none) */
MunSyncResult *
mun_sync_window_get_result (MunSyncWindow *self);

G_END_DECLS
