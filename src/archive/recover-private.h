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

/* Does again what the journal says. */
gboolean
mun_recover_journals (MunRecovery *self, GError **error);
/* Completes the rows that mun_recover_journals() made, and indexes them. */
gboolean
mun_recover_messages (MunRecovery *self, GError **error);

G_END_DECLS
