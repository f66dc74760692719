/* compact-private.h: what the files of a compaction share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store-compact.h"

G_BEGIN_DECLS

/* One compaction under way. */
typedef struct {
  MunStore *store;
  GString *report;
  guint64 faults;
  MunVerifyProgress progress;
  gpointer data;
  GCancellable *cancellable;
  double done_share;               /* 0 to 1 */
  guint64 bytes_total, bytes_done; /* to be looked at and to be moved */
  guint64 bytes_written, bytes_removed, bytes_waiting;
  guint rewritten, waiting;
} MunCompaction;

/* Adds a fault; after some thousands they are only counted. */
void
mun_compaction_fault (MunCompaction *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* FALSE when it was cancelled. */
gboolean
mun_compaction_step (MunCompaction *self, double share, const char *text);
/* The same for a container; @bytes more were looked at or moved. */
gboolean
mun_compaction_advance (MunCompaction *self, guint32 container, guint64 bytes);

/* mun_compact_container: moves what is needed to the end of the contents and drops @container.
 * @emptied is FALSE when something in it is damaged: then it stays, and the report says why. */
gboolean
mun_compact_container (MunCompaction *self, guint32 container, gboolean *emptied, GError **error);

G_END_DECLS
