/* run.h: one run of a profile: from its sources into the archive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive.h"
#include "report.h"
#include "source.h"

G_BEGIN_DECLS

typedef struct _MunRun MunRun;

typedef struct {
  const char *mailbox;
  const char *folder;
  guint64 done; /* messages of the folder dealt with in this run */
  gint64 known; /* messages in the folder as far as known; -1 when not */
  guint64 archived, skipped, failed, bytes; /* of the whole run */
  double rate;                              /* messages per second, over the last minute at most */
  gint64 remaining_seconds;                 /* of the folder; -1 when not known */
  guint wait_seconds; /* the source lets us wait so long from now; 0: it does not */
} MunRunProgress;

/* Comes from the thread of mun_run_execute(), while the source waits also from others, one at a
 * time. */
typedef void (*MunRunProgressFunc) (MunRun *self, const MunRunProgress *progress,
                                    gpointer user_data);

typedef enum {
  MUN_RUN_SUCCEEDED,
  MUN_RUN_WITH_ERRORS, /* some mailboxes, folders or messages failed */
  MUN_RUN_FAILED,      /* nothing could be done, or the run had to end */
  MUN_RUN_CANCELLED,
} MunRunOutcome;

/**
 * mun_run_new:
 * @profile_id: whose checkpoints are used and kept; 0 for a temporary profile, which has none
 */
MunRun *
mun_run_new (MunArchive *archive, gint64 profile_id);
void
mun_run_free (MunRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunRun, mun_run_free)

/**
 * mun_run_add:
 * @name: of the mailbox, file or folder, for reports
 * @target: where its folders go: "<archive>/<scope>", both levels made when missing. Messages are
 *   kept once below it; checkpoints belong to it
 * @source: (transfer full): where the messages come from
 */
void
mun_run_add (MunRun *self, const char *name, const char *target, MunSource *source);

/* Called at most some times a second, and at the end of each folder. */
void
mun_run_set_progress (MunRun *self, MunRunProgressFunc func, gpointer user_data);

/**
 * mun_run_execute:
 *
 * Reads one mailbox after the other, to be called once. Needs memory for one batch. A trigger of
 * @cancellable ends it when the messages in hand are in the archive, with their checkpoint: the
 * next run goes on from there. After a crash the same holds from the last batch, and what was
 * archived since is recognized.
 *
 * Trouble with one message, folder or mailbox is in the report, and the run goes on. It ends when
 * the archive cannot be written, when the credentials are refused, or when the service cannot be
 * reached for three mailboxes in a row.
 *
 * @error: set with MUN_RUN_FAILED: what ended the run, or the first mailbox's trouble
 */
MunRunOutcome
mun_run_execute (MunRun *self, GCancellable *cancellable, GError **error);

/* Borrowed. Not to be read by other threads while the run executes. */
MunReport *
mun_run_get_report (MunRun *self);

G_END_DECLS
