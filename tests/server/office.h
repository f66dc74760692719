/* office.h: a munimentd that knows the simulated tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tenant-client.h"
#include "test-server.h"

typedef struct {
  TestTenant *tenant;
  TestServer *server;
  char *data_dir;
  gint64 credentials; /* id of the tenant's credentials on the server */
  char *token;        /* of the run that was started */
} Office;

/* Starts both; the server gets the tenant's credentials, and no directory configuration. */
Office *
office_new (guint messages);
void
office_free (Office *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Office, office_free)

/* Returns: (transfer full): what CreateCredentials takes for the tenant's application. */
char *
office_dup_credentials (Office *self, const char *name, MunCertificate *certificate);

/* Ends the server by the signal and starts it again on the same data. */
void
office_restart (Office *self, int signal);

/* Calls a function with arguments by name and text, NULL-terminated: it must succeed. */
JsonNode *
office_call (Office *self, const char *function, ...) G_GNUC_NULL_TERMINATED;
/* It must fail; returns the message. */
char *
office_refuse (Office *self, const char *function, ...) G_GNUC_NULL_TERMINATED;
/* The last envelope, whatever it says. */
JsonObject *
office_try (Office *self, const char *function, ...) G_GNUC_NULL_TERMINATED;

/* Sets the directory configuration to our tenant, with further members (JSON text, "" for none). */
void
office_set_directory (Office *self, const char *members);
/* Creates a profile from JSON text of its details; returns its id as text. */
char *
office_make_profile (Office *self, const char *connector, const char *details);

/* Returns: (transfer full): all results of a profile, newest first. */
JsonArray *
office_list_results (Office *self, const char *profile);
/* Newest result of a profile, and its report. */
JsonObject *
office_last_result (Office *self, const char *profile);
JsonObject *
office_last_report (Office *self, const char *profile);

/* Starts the run of a profile; returns when the tenant has sent so many messages since. */
void
office_start_run (Office *self, const char *profile, guint messages);
/* Waits for the end of that run. Returns: (transfer full): its result. */
JsonObject *
office_end_run (Office *self, const char *profile);

/* After a restart: waits for the end of the run that the server has resumed by itself. The result
 * before it must be the interrupted one. Returns: (transfer full): the new result. */
JsonObject *
office_end_resumed (Office *self, const char *profile);

/* Number of messages in the archives, and that no store has a fault. */
gint64
office_count_messages (Office *self);
void
office_verify (Office *self);
/* Sum of distinct messages in the mailboxes of users that the server has. */
gint64
office_count_distinct (Office *self);
