/* reader-pool.h: the connections that read one catalogue */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/* Thread-safe. */
typedef struct _MunReaderPool MunReaderPool;

MunReaderPool *
mun_reader_pool_new (const char *path);
/* mun_reader_pool_free: all of them have been given back. */
void
mun_reader_pool_free (MunReaderPool *self);

/* mun_reader_pool_acquire: a connection of one's own until it is given back. */
MunDatabase *
mun_reader_pool_acquire (MunReaderPool *self, GError **error);
/* mun_reader_pool_release: @reader: reset. */
void
mun_reader_pool_release (MunReaderPool *self, MunDatabase *reader);

/* mun_reader_pool_mark: what is acquired from now on sees what has been committed. */
gsize
mun_reader_pool_mark (MunReaderPool *self);
/* mun_reader_pool_await: until all that were acquired before @mark have been given back, or
 * @deadline (monotonic microseconds). FALSE: not all of them. */
gboolean
mun_reader_pool_await (MunReaderPool *self, gsize mark, gint64 deadline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunReaderPool, mun_reader_pool_free)

G_END_DECLS
