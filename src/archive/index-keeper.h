/* index-keeper.h: a store's writer looks after the index: what it lacks, when it is damaged */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "index-gaps.h"

G_BEGIN_DECLS

/* Functions with @database are for the writer's thread, outside of a transaction; the others for
 * any. */
typedef struct _MunIndexKeeper MunIndexKeeper;

/* Puts some of what is missing into the index, in a transaction. */
typedef gboolean (*MunIndexFill) (gpointer data, GError **error);

/* mun_index_keeper_open: when the store is opened; an index that cannot be used is made anew, now or
 * when that can be done: messages can be read without it. @name: of the catalogue, for the log. */
MunIndexKeeper *
mun_index_keeper_open (MunDatabase *database, const char *name);
void
mun_index_keeper_free (MunIndexKeeper *self);

/* mun_index_keeper_refresh: after a commit. */
void
mun_index_keeper_refresh (MunIndexKeeper *self, MunDatabase *database);
/* mun_index_keeper_fit: before a group of so many messages: small groups that follow large ones must
 * not pay for the room that those took. */
void
mun_index_keeper_fit (MunIndexKeeper *self, MunDatabase *database, guint n_messages);
/* mun_index_keeper_heal: after something failed with MUN_ERROR_DAMAGED. Returns: the index was what
 * is damaged, and has been made anew: what failed can be tried again. */
gboolean
mun_index_keeper_heal (MunIndexKeeper *self, MunDatabase *database);

/* mun_index_keeper_wants_step: @is_busy: there is other work too. */
gboolean
mun_index_keeper_wants_step (MunIndexKeeper *self, gboolean is_busy);
/* mun_index_keeper_get_retry: after a step that failed: when to try again (monotonic microseconds);
 * otherwise 0. */
gint64
mun_index_keeper_get_retry (MunIndexKeeper *self);
/* mun_index_keeper_step: one step towards a complete index. */
void
mun_index_keeper_step (MunIndexKeeper *self, MunDatabase *database, MunIndexFill fill,
                       gpointer data);

/* mun_index_keeper_break: the index is damaged: the next step makes it anew. */
void
mun_index_keeper_break (MunIndexKeeper *self);
/* mun_index_keeper_note_reading: of a connection that is given back: has it met damage, the next
 * step looks whether that is the index's. */
void
mun_index_keeper_note_reading (MunIndexKeeper *self, MunDatabase *reader);
/* mun_index_keeper_is_sound: FALSE: it is going to be looked at, or made anew. */
gboolean
mun_index_keeper_is_sound (MunIndexKeeper *self);
void
mun_index_keeper_get_lack (MunIndexKeeper *self, MunIndexLack *lack);
/* mun_index_keeper_check: FALSE with the error of the last step when that failed. */
gboolean
mun_index_keeper_check (MunIndexKeeper *self, GError **error);

G_END_DECLS
