/* recover-private.h: what the files of a recovery share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store-recover.h"

G_BEGIN_DECLS

/* One recovery under way. */
typedef struct {
  MunStore *store;
  MunDatabase *database;
  MunTextExtractor *extractor;
  gboolean recover_deleted;
  GString *report;
  MunVerifyProgress progress;
  gpointer data;
  GCancellable *cancellable;
  guint64 bytes_total, bytes_done;
  MunContentsMark end; /* behind the last whole record */
  GArray *journals;    /* MunPlaceInContents, in their order */
  GArray *retries;     /* MunPlaceInContents: packed with a dictionary that comes later */
  GArray *voids;       /* pairs of MunContentsMark */
  gint64 arrival;
  guint64 damaged, lost, messages, bytes, deleted;
  GError *problem; /* the new catalogue cannot be written or read: it cannot go on */
  guint changes;   /* since the last commit */
} MunRecovery;

/* mun_recovery_fault: a line of the report. */
void
mun_recovery_fault (MunRecovery *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* mun_recovery_is_loss: is it lost what @problem was met with? A disk that does not answer says
 * nothing about what is on it: then FALSE, with the @error (nullable) that ends the recovery. */
gboolean
mun_recovery_is_loss (const GError *problem, GError **error);
/* mun_recovery_step: counts a change of the new catalogue, commits some thousands at once; FALSE
 * when it was cancelled too. */
gboolean
mun_recovery_step (MunRecovery *self, GError **error);

/* What the files of the journal share. */

int
mun_recovery_compare_marks (const MunContentsMark *a, const MunContentsMark *b);
/* mun_recovery_is_void: were the entries that stood there at first never committed? */
gboolean
mun_recovery_is_void (MunRecovery *self, const MunContentsMark *origin);
/* mun_recovery_read_journal: NULL, and a fault when @report, when it cannot be read. */
GVariant *
mun_recovery_read_journal (MunRecovery *self, const MunPlaceInContents *place, gboolean report);
/* mun_recovery_restate: an entry of a snapshot: it holds whatever was said before. */
gboolean
mun_recovery_restate (MunRecovery *self, const char *operation, GVariant *details, GError **error);

/* Snapshots, see store-snapshot.h: the last one that is complete holds. */
typedef struct _MunSnapshots MunSnapshots;

MunSnapshots *
mun_snapshots_new (void);
void
mun_snapshots_free (MunSnapshots *self);
/* mun_snapshots_note: an entry "snapshot" or "snapshot-end". */
void
mun_snapshots_note (MunSnapshots *self, const char *operation, GVariantDict *details,
                    const MunPlaceInContents *place, guint index, const MunContentsMark *origin);
/* mun_snapshots_choose: when all voids are known. Returns: the moment that it is of, or NULL. */
const MunContentsMark *
mun_snapshots_choose (MunRecovery *recovery, MunSnapshots *self);
gboolean
mun_snapshots_apply (MunRecovery *recovery, MunSnapshots *self, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunSnapshots, mun_snapshots_free)

/* Does again what the journal says. */
gboolean
mun_recover_journals (MunRecovery *self, GError **error);
/* Completes the rows that mun_recover_journals() made, and indexes them. */
gboolean
mun_recover_messages (MunRecovery *self, GError **error);

G_END_DECLS
