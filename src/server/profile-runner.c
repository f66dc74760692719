/* profile-runner.c: runs a profile within a call, and keeps its result */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "profile-runner.h"

#include "directory-sync.h"
#include "json.h"
#include "master-records.h"
#include "operation.h"
#include "profile.h"

#define SAVE_INTERVAL (5 * G_USEC_PER_SEC)

typedef struct {
  MunCall *call;
  gint64 result_id;
  GThread *thread; /* that runs: the report is for it alone */
  gint64 saved;
} Runner;

/* --- one run of a profile at a time --- */

typedef struct {
  guint references; /* of the call that runs and of those that follow */
  MunCall *call;    /* that runs */
  gboolean ended;
  GError *failure; /* of the ended one; NULL: it went well */
  GCond end;
} Running;

static GMutex running_mutex; /* guards all of them */
static GHashTable *running;  /* "server profile" -> Running, not owned */

static char *
running_key (MunServer *server, gint64 id)
{
  return g_strdup_printf ("%p %" G_GINT64_FORMAT, (void *)server, id);
}

/* Returns: the profile's run, which is @call's own unless another call was there before. */
static Running *
enter (MunCall *call, gint64 id)
{
  g_autofree char *key = running_key (mun_call_get_server (call), id);
  Running *self;

  g_mutex_lock (&running_mutex);
  if (running == NULL)
    running = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self = g_hash_table_lookup (running, key);
  if (self == NULL) {
    self = g_new0 (Running, 1);
    self->call = mun_call_ref (call);
    g_cond_init (&self->end);
    g_hash_table_insert (running, g_steal_pointer (&key), self);
  }
  self->references++;
  g_mutex_unlock (&running_mutex);
  return self;
}

/* The run is over: whoever comes now starts another. */
static void
end (Running *self, gint64 id, const GError *failure)
{
  g_autofree char *key = running_key (mun_call_get_server (self->call), id);

  g_mutex_lock (&running_mutex);
  g_hash_table_remove (running, key);
  self->ended = TRUE;
  self->failure = failure != NULL ? g_error_copy (failure) : NULL;
  g_cond_broadcast (&self->end);
  g_mutex_unlock (&running_mutex);
}

static void
leave (Running *self)
{
  gboolean last;

  g_mutex_lock (&running_mutex);
  last = --self->references == 0;
  g_mutex_unlock (&running_mutex);
  if (!last)
    return;
  mun_call_unref (self->call);
  g_clear_error (&self->failure);
  g_cond_clear (&self->end);
  g_free (self);
}

gboolean
mun_profile_runner_is_running (MunServer *server, gint64 id)
{
  g_autofree char *key = running_key (server, id);
  gboolean found;

  g_mutex_lock (&running_mutex);
  found = running != NULL && g_hash_table_contains (running, key);
  g_mutex_unlock (&running_mutex);
  return found;
}

/* --- a second call of a profile that is running --- */

typedef struct {
  MunCall *follower;
  MunCall *leader;
} Pair;

/* From any thread: the run is not wanted any more, or the server stops. */
static void
follower_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Pair *pair = data;

  mun_call_cancel (pair->leader, mun_call_is_stopping (pair->follower));
}

static gboolean
follow (Running *self, MunCall *call, GError **error)
{
  GCancellable *cancellable = mun_call_get_cancellable (call);
  Pair pair = { call, self->call };
  gulong handler;

  mun_call_add_detail (call, "followed the run that %s had started",
                       mun_call_get_user (self->call));
  mun_call_log (call, "The profile is running already, started by %s; this is that run",
                mun_call_get_user (self->call));
  mun_call_follow (call, self->call);
  handler = g_cancellable_connect (cancellable, G_CALLBACK (follower_cancelled_cb), &pair, NULL);
  g_mutex_lock (&running_mutex);
  while (!self->ended)
    g_cond_wait (&self->end, &running_mutex);
  g_mutex_unlock (&running_mutex);
  g_cancellable_disconnect (cancellable, handler);
  mun_call_unfollow (call, self->call);
  if (self->failure != NULL)
    g_propagate_error (error, g_error_copy (self->failure));
  return self->failure == NULL;
}

/* --- progress --- */

static JsonObject *
counts_to_json (const MunReportCounts *counts)
{
  JsonObject *document = json_object_new ();

  json_object_set_int_member (document, "itemsArchived", (gint64)counts->archived);
  json_object_set_int_member (document, "itemsSkipped", (gint64)counts->skipped);
  json_object_set_int_member (document, "itemsFailed", (gint64)counts->failed);
  json_object_set_int_member (document, "bytes", (gint64)counts->bytes);
  return document;
}

static void
set_count (JsonObject *object, const char *member, gint64 value)
{
  if (value < 0)
    json_object_set_null_member (object, member);
  else
    json_object_set_int_member (object, member, value);
}

static JsonObject *
progress_to_json (const MunRunProgress *progress)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "mailbox", progress->mailbox);
  json_object_set_string_member (object, "folder", progress->folder);
  set_count (object, "done", (gint64)progress->done);
  set_count (object, "known", progress->known);
  set_count (object, "archived", (gint64)progress->archived);
  set_count (object, "skipped", (gint64)progress->skipped);
  set_count (object, "failed", (gint64)progress->failed);
  set_count (object, "bytes", (gint64)progress->bytes);
  json_object_set_double_member (object, "rate", progress->rate);
  set_count (object, "remainingSeconds", progress->remaining_seconds);
  set_count (object, "waitSeconds", progress->wait_seconds);
  return object;
}

static char *
progress_to_text (const MunRunProgress *progress)
{
  GString *text = g_string_new (progress->mailbox);

  if (*progress->folder != '\0')
    g_string_append_printf (text, ", %s", progress->folder);
  g_string_append_printf (text, ": %" G_GUINT64_FORMAT, progress->done);
  if (progress->known >= (gint64)progress->done)
    g_string_append_printf (text, " of %" G_GINT64_FORMAT, progress->known);
  if (progress->wait_seconds > 0)
    g_string_append_printf (text, "; the service asks to wait %u s", progress->wait_seconds);
  return g_string_free (text, FALSE);
}

/* So that a run that is cut off shows what it did. */
static void
save (Runner *self, MunRun *run)
{
  gint64 now = g_get_monotonic_time ();
  MunReport *report = mun_run_get_report (run);
  g_autoptr (JsonObject) counts = NULL;
  g_autoptr (JsonObject) details = NULL;

  if (g_thread_self () != self->thread || now - self->saved < SAVE_INTERVAL)
    return;
  self->saved = now;
  counts = counts_to_json (mun_report_get_totals (report));
  details = mun_report_to_json (report);
  mun_master_update_result (mun_call_get_master (self->call), self->result_id, counts, details,
                            NULL);
}

static void
progress_cb (MunRun *run, const MunRunProgress *progress, gpointer user_data)
{
  Runner *self = user_data;
  g_autofree char *text = progress_to_text (progress);

  mun_call_progress (self->call, -1, text);
  mun_call_set_result (self->call, mun_json_node_take_object (progress_to_json (progress)));
  save (self, run);
}

/* --- the run --- */

static gint64
start_result (MunCall *call, gint64 id, JsonObject *profile, GError **error)
{
  g_autoptr (JsonObject) document = json_object_new ();

  json_object_set_int_member (document, "profileId", id);
  mun_json_set_text (document, "profileName", mun_json_get_string (profile, "name", ""));
  mun_json_set_text (document, "userName", mun_call_get_user (call));
  mun_json_set_text (document, "machineName", g_get_host_name ());
  json_object_set_int_member (document, "itemsArchived", 0);
  json_object_set_int_member (document, "itemsSkipped", 0);
  json_object_set_int_member (document, "itemsFailed", 0);
  json_object_set_int_member (document, "bytes", 0);
  return mun_master_start_result (mun_call_get_master (call), id, document, error);
}

static const char *
outcome_to_result (MunCall *call, MunRunOutcome outcome)
{
  switch (outcome) {
  case MUN_RUN_SUCCEEDED:
    return "succeeded";
  case MUN_RUN_WITH_ERRORS:
    return "completedWithErrors";
  case MUN_RUN_CANCELLED:
    /* the contract's word for it; the member "interrupted" says it plainly */
    return mun_call_is_stopping (call) ? "disconnected" : "cancelled";
  case MUN_RUN_FAILED:
  default:
    return "failed";
  }
}

static void
finish_result (Runner *self, MunRun *run, MunRunOutcome outcome, const GError *failure)
{
  const char *result = outcome_to_result (self->call, outcome);
  MunReport *report = mun_run_get_report (run);
  const MunReportCounts *totals = mun_report_get_totals (report);
  g_autoptr (JsonObject) document = counts_to_json (totals);
  g_autoptr (JsonObject) details = NULL;
  g_autoptr (GError) error = NULL;

  if (failure != NULL)
    mun_report_log (report, "Failed: %s", failure->message);
  details = mun_report_to_json (report);
  mun_json_set_text (document, "error", failure != NULL ? failure->message : NULL);
  if (!mun_master_finish_result (mun_call_get_master (self->call), self->result_id, result,
                                 document, details, &error))
    g_warning ("The result of a run was not kept: %s", error->message);
  mun_call_log (self->call,
                "%s: %" G_GUINT64_FORMAT " archived, %" G_GUINT64_FORMAT
                " skipped, %" G_GUINT64_FORMAT " failed",
                result, totals->archived, totals->skipped, totals->failed);
  mun_call_add_detail (self->call, "%s, %" G_GUINT64_FORMAT " archived", result, totals->archived);
}

static gboolean
synchronize (MunCall *call, GError **error)
{
  g_autoptr (JsonNode) result = mun_directory_sync_run (call, FALSE, error);

  if (result == NULL)
    g_prefix_error (error, "Synchronizing the users: ");
  return result != NULL;
}

static MunRunOutcome
execute (Runner *self, MunRun *run, JsonObject *profile, GError **error)
{
  GCancellable *cancellable = mun_call_get_cancellable (self->call);

  if (mun_profile_wants_sync (profile) && !synchronize (self->call, error))
    return g_cancellable_is_cancelled (cancellable) ? MUN_RUN_CANCELLED : MUN_RUN_FAILED;
  if (!mun_profile_add_sources (mun_call_get_archive (self->call), profile, run, error))
    return MUN_RUN_FAILED;
  return mun_run_execute (run, cancellable, error);
}

static gboolean
run_locked (MunCall *call, gint64 id, JsonObject *profile, GError **error)
{
  g_autoptr (MunRun) run = mun_run_new (mun_call_get_archive (call), id);
  g_autoptr (GError) failure = NULL;
  Runner self = { call, 0, g_thread_self (), g_get_monotonic_time () };
  MunRunOutcome outcome;

  self.result_id = start_result (call, id, profile, error);
  if (self.result_id == 0)
    return FALSE;
  mun_run_set_progress (run, progress_cb, &self);
  outcome = execute (&self, run, profile, &failure);
  if (outcome == MUN_RUN_CANCELLED) {
    g_clear_error (&failure);
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The run was cancelled");
  }
  finish_result (&self, run, outcome, failure);
  mun_call_set_result (call, NULL);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return outcome == MUN_RUN_SUCCEEDED || outcome == MUN_RUN_WITH_ERRORS;
}

gboolean
mun_profile_runner_run (MunCall *call, gint64 id, JsonObject *profile, GError **error)
{
  g_autoptr (GError) failure = NULL;
  Running *self;
  gboolean ok;

  if (id == 0)
    return run_locked (call, id, profile, error);
  self = enter (call, id);
  if (self->call == call) {
    ok = run_locked (call, id, profile, &failure);
    end (self, id, failure);
    if (failure != NULL)
      g_propagate_error (error, g_steal_pointer (&failure));
  } else {
    ok = follow (self, call, error);
  }
  leave (self);
  return ok;
}
