/* mun-profile.h: an archiving profile in words, and while it is made or edited (no GTK) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define MUN_PROFILE_CONNECTOR_MICROSOFT365 "Office365"
#define MUN_PROFILE_CONNECTOR_FILES "FileSystem"

typedef enum {
  MUN_PROFILE_MICROSOFT365,
  MUN_PROFILE_FILES,
  MUN_PROFILE_OTHER, /* another connector: listed and run, never edited */
} MunProfileKind;

typedef enum {
  MUN_RESULT_GOOD,
  MUN_RESULT_WARNING, /* completed, but not everything */
  MUN_RESULT_BAD,
} MunResultLevel;

/* All functions take an element of GetProfiles (raw). What they return as char * the caller owns.
 */

/* A new import profile of a kind, with what most people want. Returns: (transfer full). */
JsonObject *
mun_profile_new (MunProfileKind kind);
MunProfileKind
mun_profile_get_kind (JsonObject *profile);
/* FALSE for export profiles. */
gboolean
mun_profile_is_import (JsonObject *profile);
const char *
mun_profile_get_icon_name (JsonObject *profile);

/* Members of "details" are strings; "" when absent. Setting keeps every other member. */
const char *
mun_profile_get_detail (JsonObject *profile, const char *member);
void
mun_profile_set_detail (JsonObject *profile, const char *member, const char *value);
/* Lists in "details" are separated by commas. Returns: (transfer full), never NULL. */
GStrv
mun_profile_dup_detail_list (JsonObject *profile, const char *member);
void
mun_profile_set_detail_list (JsonObject *profile, const char *member, const char *const *values);

/* "Microsoft 365: all users with an email address". */
char *
mun_profile_dup_source (JsonObject *profile);
/* "Runs by hand", "Automatic, 5 min between runs". */
char *
mun_profile_dup_schedule (JsonObject *profile);
/* A name for a profile that has none yet. */
char *
mun_profile_propose_name (JsonObject *profile);
/* Why the profile cannot be saved, step by step of the assistant: translated; NULL when nothing is
 * missing. `step`: "source", "mailboxes", "folders" or "name"; NULL checks all. */
const char *
mun_profile_find_obstacle (JsonObject *profile, const char *step);

/* An element of GetWorkerResults: "1,204 archived · 3 skipped"; "Cancelled"; "Failed". */
char *
mun_profile_dup_result (JsonObject *result);
MunResultLevel
mun_profile_get_result_level (JsonObject *result);
/* The run is not over: the server says so, whoever started it. */
gboolean
mun_profile_is_unfinished (JsonObject *result);

/* What a running profile reports; `progress` NULL for a server that sends
 * none. Where: "ada@contoso.com · Inbox"; what: "1,204 of 5,000 messages · 120 messages/s · 12 MB ·
 * 3 min left". */
char *
mun_profile_dup_progress_place (JsonObject *progress, const char *status_text);
char *
mun_profile_dup_progress_figures (JsonObject *progress);

G_END_DECLS
