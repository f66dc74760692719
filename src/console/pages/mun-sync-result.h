/* mun-sync-result.h: what a synchronization of users did, or would do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

typedef enum {
  MUN_SYNC_KIND_CREATE,
  MUN_SYNC_KIND_CHANGE,
  MUN_SYNC_KIND_DELETE,
  MUN_SYNC_KIND_SKIP,
  MUN_SYNC_N_KINDS,
} MunSyncKind;

#define MUN_TYPE_SYNC_CHANGE (mun_sync_change_get_type ())
G_DECLARE_FINAL_TYPE (MunSyncChange, mun_sync_change, MUN, SYNC_CHANGE, GObject)

/* One user of the result. All texts are borrowed and never NULL. */
const char *
mun_sync_change_get_user_name (MunSyncChange *self);
const char *
mun_sync_change_get_full_name (MunSyncChange *self);
const char *
mun_sync_change_get_addresses (MunSyncChange *self); /* joined by ", " */
/* What changes, one line a field: "Full name: Anna → Anna Berg"; for skipped users the reason. */
const char *
mun_sync_change_get_details (MunSyncChange *self);
/* Whether every word of @text is in one of the columns, whatever the case. "" matches everything.
 */
gboolean
mun_sync_change_matches (MunSyncChange *self, const char *text);

#define MUN_TYPE_SYNC_RESULT (mun_sync_result_get_type ())
G_DECLARE_FINAL_TYPE (MunSyncResult, mun_sync_result, MUN, SYNC_RESULT, GObject)

/* Reads the reply of SyncUsersWithDirectoryServices.
 * @result: (nullable): the result; another server's may have any shape.
 * @log: (nullable): the text that the operation wrote. */
MunSyncResult *
mun_sync_result_new (JsonNode *result, const char *log);

/* FALSE when the server told nothing but text: then only the log can be shown. */
gboolean
mun_sync_result_has_changes (MunSyncResult *self);
/* Whether the lists tell what would happen (a test) or what has happened. */
gboolean
mun_sync_result_is_dry_run (MunSyncResult *self);
/* The users of one kind, MunSyncChange, in the server's order. (transfer none) */
GListModel *
mun_sync_result_get_list (MunSyncResult *self, MunSyncKind kind);
guint
mun_sync_result_get_count (MunSyncResult *self, MunSyncKind kind);
/* Users that are up to date already; -1 when the server did not say. */
gint64
mun_sync_result_get_unchanged (MunSyncResult *self);
const char *
mun_sync_result_get_log (MunSyncResult *self);

/* All kinds as comma separated values (RFC 4180) with a heading line. A cell that a spreadsheet
 * would take for a formula gets an apostrophe before it: names come from the directory. Returns:
 * (transfer full). */
char *
mun_sync_result_to_csv (MunSyncResult *self);
