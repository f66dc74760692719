/* store.h: one store: a catalogue, its contents, one writer and many readers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "contents.h"
#include "database.h"
#include "index-keeper.h"
#include "prepare.h"
#include "reader-pool.h"
#include "store-key.h"

G_BEGIN_DECLS

/* Thread-safe. One thread writes; what others want written goes to it as work and is on the disk
 * when mun_store_write() returns. */
typedef struct _MunStore MunStore;

/* Runs on the writer's thread inside a transaction; what fails is rolled back as a whole. It may
 * run a second time when it shared its first transaction with work that failed. */
typedef gboolean (*MunStoreWork) (MunStore *self, gpointer data, GError **error);

/* mun_store_open: @dir is stores/<id>; a new store is made when @create. */
MunStore *
mun_store_open (const char *dir, gint64 id, MunSecret *master_key, gboolean create, GError **error);
MunStore *
mun_store_ref (MunStore *self);
void
mun_store_unref (MunStore *self);
/* mun_store_close: finishes the queued work; later work fails. The last unref frees. */
void
mun_store_close (MunStore *self);

gint64
mun_store_get_id (MunStore *self);
const char *
mun_store_get_dir (MunStore *self);
MunContents *
mun_store_get_contents (MunStore *self);
MunCodec *
mun_store_get_codec (MunStore *self);
/* mun_store_set_writable: FALSE refuses work with MUN_ERROR_READ_ONLY. */
void
mun_store_set_writable (MunStore *self, gboolean writable);
gboolean
mun_store_is_writable (MunStore *self);

/* mun_store_write: @cost: messages touched, for batching. Blocks. */
gboolean
mun_store_write (MunStore *self, guint cost, MunStoreWork work, gpointer data, GError **error);

/* mun_store_maintain: the same in write-protected stores too: for what follows from their messages,
 * which is the index. */
gboolean
mun_store_maintain (MunStore *self, guint cost, MunStoreWork work, gpointer data, GError **error);

/* mun_store_sample: a piece that is going to be stored; dictionaries are trained from such. */
void
mun_store_sample (MunStore *self, GBytes *piece);

/* Within work: */

MunDatabase *
mun_store_get_database (MunStore *self);
/* mun_store_get_key: as store.json has it. */
MunStoreKey *
mun_store_get_key (MunStore *self);
/* mun_store_next_arrival: counts the messages that ever came. */
gint64
mun_store_next_arrival (MunStore *self);
/* mun_store_journal: adds an entry to the commit's journal record, from which the catalogue could
 * be rebuilt. @details: a{sv}, floating. */
void
mun_store_journal (MunStore *self, const char *operation, GVariant *details);

MunIndexKeeper *
mun_store_get_index (MunStore *self);
/* mun_store_await_step: until the writer has done something, or @deadline (monotonic microseconds).
 * FALSE: it will not fill the index for now, and why. */
gboolean
mun_store_await_step (MunStore *self, gint64 deadline, GError **error);

/* For the recovery of a store, which nobody else has open: */

/* mun_store_open_for_recovery: with a new catalogue named @catalogue beside the old one; there is
 * no writer's thread, and the contents stay as they are. */
MunStore *
mun_store_open_for_recovery (const char *dir, gint64 id, const char *catalogue,
                             MunSecret *master_key, GError **error);
/* mun_store_finish_recovery: the rows that make the catalogue one of these contents. */
gboolean
mun_store_finish_recovery (MunStore *self, const MunContentsMark *end, gint64 next_arrival,
                           GError **error);

/* Reading: a connection of one's own until it is given back. */

MunDatabase *
mun_store_acquire_reader (MunStore *self, GError **error);
void
mun_store_release_reader (MunStore *self, MunDatabase *reader);
MunReaderPool *
mun_store_get_readers (MunStore *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunStore, mun_store_unref)

G_END_DECLS
