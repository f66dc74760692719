/* master-records.h: MunMaster continued: worker results, credentials, audit log */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "master.h"

G_BEGIN_DECLS

/* Worker results: START gives the id; DOCUMENT holds the members of GetWorkerResults that the
 * caller knows (profileId, profileName, userName, machineName). FINISH merges DOCUMENT in and keeps
 * REPORT (nullable) apart. Returned documents have "id","startTime","completeTime" (Unix seconds,
 * null while it runs),"result" ("running" meanwhile),"interrupted" (true for "disconnected", be it
 * by a stop or by a crash). */
gint64
mun_master_start_result (MunMaster *self, gint64 profile_id, JsonObject *document, GError **error);
/* Keeps counts so far, so that an interrupted run shows them. */
gboolean
mun_master_update_result (MunMaster *self, gint64 id, JsonObject *document, JsonObject *report,
                          GError **error);
gboolean
mun_master_finish_result (MunMaster *self, gint64 id, const char *result, JsonObject *document,
                          JsonObject *report, GError **error);
/* Started in [FROM, TO), newest first; PROFILE_ID 0 and USER_NAME NULL = any. */
JsonArray *
mun_master_list_results (MunMaster *self, gint64 from, gint64 to, gint64 profile_id,
                         const char *user_name, GError **error);
/* Of each profile its newest result, where that is an interrupted one, the oldest first. Temporary
 * profiles (id 0) are none. */
JsonArray *
mun_master_list_interrupted_results (MunMaster *self, GError **error);
/* How many of a profile's newest results in a row a crash of the server cut off. */
gint64
mun_master_count_crashes (MunMaster *self, gint64 profile_id);
JsonObject *
mun_master_get_result (MunMaster *self, gint64 id, GError **error);
/* NULL without error when the run left no report. */
JsonObject *
mun_master_get_result_report (MunMaster *self, gint64 id, GError **error);

/* Credentials: DOCUMENT is public ("id" is set), SECRET is sealed with AES-256-GCM under the master
 * key. */
JsonArray *
mun_master_list_credentials (MunMaster *self, GError **error);
JsonObject *
mun_master_get_credential (MunMaster *self, gint64 id, GError **error);
MunSecret *
mun_master_get_credential_secret (MunMaster *self, gint64 id, GError **error);
gint64
mun_master_insert_credential (MunMaster *self, JsonObject *document, MunSecret *secret,
                              GError **error);
/* SECRET NULL keeps the one that is there. */
gboolean
mun_master_update_credential (MunMaster *self, gint64 id, JsonObject *document, MunSecret *secret,
                              GError **error);
gboolean
mun_master_remove_credential (MunMaster *self, gint64 id, GError **error);

/* Audit log: append only, durable on return. DOCUMENT (nullable) holds the details; returned ones add
 * "id","time","userName","eventType". */
gboolean
mun_master_append_audit (MunMaster *self, const char *user_name, const char *event_type,
                         JsonObject *document, GError **error);

typedef struct {
  const char *user_name, *event_type;
  JsonObject *document; /* nullable */
} MunAuditRecord;

/* Many in one commit: all of them, or none. */
gboolean
mun_master_append_audits (MunMaster *self, const MunAuditRecord *records, guint n_records,
                          GError **error);
/* In [FROM, TO), newest first, at most MAXIMUM (0 = 10,000); names NULL = any. */
JsonArray *
mun_master_list_audit (MunMaster *self, gint64 from, gint64 to, const char *user_name,
                       const char *event_type, guint maximum, GError **error);

G_END_DECLS
