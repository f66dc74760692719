/* quiet-pool.h: work for all cores that lets everybody else go first */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The threads are the process's, one a core, and of low priority: they use what nobody else does. What
 * they are given must not wait for other work of theirs. */

/* mun_quiet_pool_get_size: how many of them there are. */
guint
mun_quiet_pool_get_size (void);

/* Work that somebody waits for. */
typedef struct {
  GMutex lock;
  GCond done;
  guint pending;
} MunQuietGroup;

typedef void (*MunQuietWork) (gpointer data);

void
mun_quiet_group_init (MunQuietGroup *self);
/* mun_quiet_group_clear: nothing may be pending. */
void
mun_quiet_group_clear (MunQuietGroup *self);
void
mun_quiet_group_push (MunQuietGroup *self, MunQuietWork work, gpointer data);
/* mun_quiet_group_wait: until no more than @most are pending, or until @deadline (monotonic
 * microseconds; 0: none). Returns: FALSE: the time is up. */
gboolean
mun_quiet_group_wait (MunQuietGroup *self, guint most, gint64 deadline);

G_END_DECLS
