/* report.h: counts and failures of a run */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Used by one thread at a time. */
typedef struct _MunReport MunReport;

typedef enum { MUN_REPORT_FAILED, MUN_REPORT_SKIPPED, MUN_REPORT_NOTE } MunReportKind;

typedef struct {
  guint64 archived;
  guint64 skipped; /* in the archive already, or nothing to archive */
  guint64 moved;   /* moved in the archive because they were moved at the source; also skipped */
  guint64 failed;
  guint64 bytes; /* of archived messages */
} MunReportCounts;

/* Items that a folder remembers one by one; beyond that they are only counted. */
#define MUN_REPORT_MAX_ITEMS 1000u

MunReport *
mun_report_new (void);
void
mun_report_free (MunReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunReport, mun_report_free)

/* What follows belongs to this mailbox and folder ("" for the mailbox itself). */
void
mun_report_enter (MunReport *self, const char *mailbox, const char *folder);
void
mun_report_add_archived (MunReport *self, gsize bytes);
/* A message that needs no line of its own: known already. */
void
mun_report_add_known (MunReport *self, gboolean moved);
/* @item, @step and @reason are copied. Failed and skipped ones are counted, notes are not. */
void
mun_report_add_item (MunReport *self, MunReportKind kind, const char *item, const char *step,
                     const char *reason);
/* One line for the run's log, with the time. */
void
mun_report_log (MunReport *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

const MunReportCounts *
mun_report_get_totals (MunReport *self);
/* Of the present folder. */
const MunReportCounts *
mun_report_get_folder (MunReport *self);

/* The result of GetWorkerResultReport without "id": {"log","counts","mailboxes":[{"mailbox",
 * "folders":[{"folder","archived","skipped","moved","failed","items":[{"item","step","reason",
 * "kind":"failed|skipped|note"}],"moreItems"}]}]}. Mailboxes, folders and items with failures come
 * first, in the order in which they came otherwise. */
JsonObject *
mun_report_to_json (MunReport *self);

G_END_DECLS
