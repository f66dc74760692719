/* mun-run-report.h: the report of one run as a tree: mailboxes, folders, messages that failed (no
 * GTK) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  MUN_REPORT_MAILBOX,
  MUN_REPORT_FOLDER,
  MUN_REPORT_ITEM,
} MunReportKind;

#define MUN_TYPE_REPORT_NODE (mun_report_node_get_type ())
G_DECLARE_FINAL_TYPE (MunReportNode, mun_report_node, MUN, REPORT_NODE, GObject)

/* Reads the result of GetWorkerResultReport. What failed comes first on every level. Returns:
 * (transfer full): of MunReportNode, empty for a server that sends no such tree. */
GListStore *
mun_run_report_new (JsonNode *report);

MunReportKind
mun_report_node_get_kind (MunReportNode *self);
/* A mailbox, a folder, or the subject or id of a message. */
const char *
mun_report_node_get_title (MunReportNode *self);
/* Of a message that failed: "Download: ErrorItemNotFound …", the step and the reason; else "". */
const char *
mun_report_node_get_reason (MunReportNode *self);
gint64
mun_report_node_get_archived (MunReportNode *self);
gint64
mun_report_node_get_skipped (MunReportNode *self);
gint64
mun_report_node_get_failed (MunReportNode *self);
/* The level below; NULL when there is none. (transfer none) */
GListModel *
mun_report_node_get_children (MunReportNode *self);
/* All that is known, for the clipboard. Returns: (transfer full). */
char *
mun_report_node_to_text (MunReportNode *self);

G_END_DECLS
