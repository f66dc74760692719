/* fault-vfs.h: the n-th call of SQLite to the system fails, or is the last one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef enum {
  FAULT_VFS_READ = 1 << 0,
  FAULT_VFS_WRITE = 1 << 1,
  FAULT_VFS_SYNC = 1 << 2,
  FAULT_VFS_TRUNCATE = 1 << 3,
} FaultVfsCall;

/* In place of a result: half of what was to be written is, then the process kills itself. */
#define FAULT_VFS_KILL (-1)

/* fault_vfs_install: before the first database is opened. */
void
fault_vfs_install (void);
/* fault_vfs_arm: after @skip of the @calls the next one gives @result; with @lasting all that
 * follow, too. */
void
fault_vfs_arm (int calls, guint skip, int result, gboolean lasting);
/* fault_vfs_disarm: Returns: whether a call has failed. */
gboolean
fault_vfs_disarm (void);

G_END_DECLS
