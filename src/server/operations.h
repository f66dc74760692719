/* operations.h: the calls of this server: their threads, tokens and who waits for them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "operation.h"

/* Lives on the main loop: all functions but mun_operations_start() are for its thread only. */
typedef struct _MunOperations MunOperations;

/* @workers: short calls that run at once; long ones have threads of their own. */
MunOperations *
mun_operations_new (guint workers);
/* All calls must have ended: see mun_operations_stop(). */
void
mun_operations_free (MunOperations *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunOperations, mun_operations_free)

/* Registers the call under its token and hands it to a worker thread. From any thread.
 * Fails with MUN_ERROR_BUSY when too many calls are running or the server stops. */
gboolean
mun_operations_start (MunOperations *self, MunCall *call, GError **error);

/* Returns: (transfer none) (nullable): NULL for an unknown token and for another user's. */
MunCall *
mun_operations_lookup (MunOperations *self, const char *token, const char *user_name);

/* @data belongs to the callback, which is called exactly once. */
typedef void (*MunOperationsCallback) (MunCall *call, gpointer data);

/**
 * mun_operations_wait:
 * @known_version: wait for a newer status; G_MAXINT64: wait for the end
 * @milliseconds: at most so long; 0 calls back at once
 */
void
mun_operations_wait (MunOperations *self, MunCall *call, gint64 known_version, guint milliseconds,
                     MunOperationsCallback callback, gpointer data);

/* Forgets a call whose reply was given in its first request. */
void
mun_operations_forget (MunOperations *self, MunCall *call);

/* Cancels what runs, refuses new calls, answers everybody who waits, and iterates the main context
 * until all handlers have returned or @seconds are over. Returns: FALSE when some did not. */
gboolean
mun_operations_stop (MunOperations *self, guint seconds);
