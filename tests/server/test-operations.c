/* test-operations.c: calls, their versions, logs, waiting and cancelling */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "operations.h"

#include "arguments.h"
#include "envelope.h"
#include "errors.h"
#include "json.h"

#include <string.h>

#define USER "admin"

/* A handler that does one step whenever the test lets it. */
static GMutex step_lock;
static GCond step_cond;
static guint steps_allowed, steps_done;

static void
allow_step (void)
{
  guint wanted;

  g_mutex_lock (&step_lock);
  wanted = ++steps_allowed;
  g_cond_broadcast (&step_cond);
  while (steps_done < wanted)
    g_cond_wait (&step_cond, &step_lock);
  g_mutex_unlock (&step_lock);
}

static void
wait_for_step (void)
{
  g_mutex_lock (&step_lock);
  while (steps_done >= steps_allowed)
    g_cond_wait (&step_cond, &step_lock);
  g_mutex_unlock (&step_lock);
}

static void
end_step (void)
{
  g_mutex_lock (&step_lock);
  steps_done++;
  g_cond_broadcast (&step_cond);
  g_mutex_unlock (&step_lock);
}

static JsonNode *
two_steps (MunCall *call, GError **error)
{
  JsonObject *interim = json_object_new ();

  wait_for_step ();
  mun_call_log (call, "first %d", 1);
  mun_call_log (call, "second");
  mun_call_progress (call, 50, "half");
  json_object_set_int_member (interim, "done", 1);
  mun_call_set_result (call, mun_json_node_take_object (interim));
  end_step ();
  wait_for_step ();
  mun_call_log (call, "third");
  end_step ();
  return json_node_init_string (json_node_alloc (), "result");
}

static JsonNode *
wait_for_cancel (MunCall *call, GError **error)
{
  GCancellable *cancellable = mun_call_get_cancellable (call);
  GPollFD descriptor;

  if (g_cancellable_make_pollfd (cancellable, &descriptor)) {
    g_poll (&descriptor, 1, -1);
    g_cancellable_release_fd (cancellable);
  }
  g_cancellable_set_error_if_cancelled (cancellable, error);
  return NULL;
}

static JsonNode *
at_once (MunCall *call, GError **error)
{
  return NULL;
}

static JsonNode *
fails (MunCall *call, GError **error)
{
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "No such thing");
  return NULL;
}

static MunCall *
start (MunOperations *operations, const char *function, MunHandler handler)
{
  const MunFunctionSpec *spec = mun_function_lookup (function);
  MunCall *call = mun_call_new (NULL, USER, spec, handler, mun_arguments_new (spec));
  g_autoptr (GError) error = NULL;

  g_assert_true (mun_operations_start (operations, call, &error));
  g_assert_no_error (error);
  return call;
}

static void
called_cb (MunCall *call, gpointer data)
{
  (*(guint *)data)++;
}

/* As a client does: waits for news, then reads them. */
static MunEnvelope *
poll (MunOperations *operations, MunCall *call, gint64 known)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint called = 0;
  MunEnvelope *envelope;

  mun_operations_wait (operations, call, known, 20000, called_cb, &called);
  while (called == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (called, ==, 1);
  text = mun_call_dup_envelope (call, known, !mun_call_is_finished (call));
  envelope = mun_envelope_parse (text, -1, &error);
  g_assert_no_error (error);
  return envelope;
}

static void
test_at_once (void)
{
  g_autoptr (MunOperations) operations = mun_operations_new (2);
  g_autoptr (MunCall) call = start (operations, "GetServerInfo", at_once);
  g_autoptr (MunEnvelope) envelope = poll (operations, call, G_MAXINT64);

  g_assert_cmpint (envelope->status_code, ==, MUN_STATUS_SUCCEEDED);
  g_assert_cmpint (envelope->status_version, ==, 2);
  g_assert_null (envelope->token);
  g_assert_null (envelope->log_output);
  g_assert_cmpint (envelope->percent, ==, -1);
  mun_operations_forget (operations, call);
  g_assert_null (mun_operations_lookup (operations, mun_call_get_token (call), USER));
  g_assert_true (mun_operations_stop (operations, 5));
}

static void
test_failure (void)
{
  g_autoptr (MunOperations) operations = mun_operations_new (2);
  g_autoptr (MunCall) call = start (operations, "GetServerInfo", fails);
  g_autoptr (MunEnvelope) envelope = poll (operations, call, G_MAXINT64);

  g_assert_cmpint (envelope->status_code, ==, MUN_STATUS_FAILED);
  g_assert_cmpstr (envelope->error_message, ==, "No such thing");
  g_assert_true (mun_operations_stop (operations, 5));
}

static void
test_versions_and_log (void)
{
  g_autoptr (MunOperations) operations = mun_operations_new (2);
  g_autoptr (MunCall) call = start (operations, "VerifyStores", two_steps);
  g_autofree char *first_text = mun_call_dup_envelope (call, 0, TRUE);
  g_autoptr (MunEnvelope) first = mun_envelope_parse (first_text, -1, NULL);
  g_autoptr (MunEnvelope) second = NULL;
  g_autoptr (MunEnvelope) repeated = NULL;
  g_autoptr (MunEnvelope) last = NULL;

  g_assert_cmpint (first->status_code, ==, MUN_STATUS_RUNNING);
  g_assert_cmpstr (first->token, ==, mun_call_get_token (call));
  g_assert_null (first->log_output);
  allow_step ();
  second = poll (operations, call, first->status_version);
  g_assert_cmpint (second->status_version, >, first->status_version);
  g_assert_cmpint (second->percent, ==, 50);
  g_assert_cmpstr (second->status_text, ==, "half");
  g_assert_cmpstr (second->log_output, ==, "first 1\nsecond\n");
  g_assert_nonnull (second->result);
  /* the reply was lost: the same question gives the same log */
  repeated = poll (operations, call, first->status_version);
  g_assert_cmpstr (repeated->log_output, ==, second->log_output);
  g_assert_cmpint (repeated->status_version, ==, second->status_version);
  allow_step ();
  last = poll (operations, call, G_MAXINT64);
  g_assert_cmpint (last->status_code, ==, MUN_STATUS_SUCCEEDED);
  g_assert_cmpstr (json_node_get_string (last->result), ==, "result");
  g_assert_true (mun_operations_stop (operations, 5));
}

/* A client that keeps no count of versions gets each line once. */
static void
test_log_without_versions (void)
{
  g_autoptr (MunOperations) operations = mun_operations_new (2);
  g_autoptr (MunCall) call = start (operations, "VerifyStores", two_steps);
  g_autofree char *first_text = NULL;
  g_autofree char *second_text = NULL;
  g_autoptr (MunEnvelope) first = NULL;
  g_autoptr (MunEnvelope) second = NULL;
  g_autoptr (MunEnvelope) end = NULL;

  allow_step ();
  first_text = mun_call_dup_envelope (call, -1, TRUE);
  first = mun_envelope_parse (first_text, -1, NULL);
  g_assert_cmpstr (first->log_output, ==, "first 1\nsecond\n");
  allow_step ();
  end = poll (operations, call, G_MAXINT64);
  second_text = mun_call_dup_envelope (call, -1, TRUE);
  second = mun_envelope_parse (second_text, -1, NULL);
  /* "third" went to the poll above */
  g_assert_null (second->log_output);
  g_assert_true (mun_operations_stop (operations, 5));
}

/* Who follows sees what there is, and each line that comes from then on. */
static void
test_follow (void)
{
  g_autoptr (MunOperations) operations = mun_operations_new (2);
  g_autoptr (MunCall) leader = start (operations, "VerifyStores", two_steps);
  g_autoptr (MunCall) follower
      = mun_call_new (NULL, "other", mun_function_lookup ("VerifyStores"), at_once, NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (MunEnvelope) first = NULL;
  g_autoptr (MunEnvelope) second = NULL;

  allow_step ();
  mun_call_follow (follower, leader);
  before = mun_call_dup_envelope (follower, 0, TRUE);
  first = mun_envelope_parse (before, -1, NULL);
  g_assert_cmpint (first->percent, ==, 50);
  g_assert_cmpstr (first->status_text, ==, "half");
  g_assert_null (first->log_output);
  g_assert_cmpint (mun_json_get_int (json_node_get_object (first->result), "done", 0), ==, 1);
  allow_step ();
  g_assert_true (mun_call_has_news (follower, first->status_version));
  mun_call_progress (leader, 75, "more");
  mun_call_set_result (leader, NULL);
  mun_call_unfollow (follower, leader);
  mun_call_progress (leader, 100, "all");
  after = mun_call_dup_envelope (follower, first->status_version, TRUE);
  second = mun_envelope_parse (after, -1, NULL);
  g_assert_cmpint (second->percent, ==, 75);
  g_assert_cmpstr (second->status_text, ==, "more");
  g_assert_cmpstr (second->log_output, ==, "third\n");
  g_assert_true (second->result == NULL || JSON_NODE_HOLDS_NULL (second->result));
  g_assert_true (mun_operations_stop (operations, 5));
}

static void
test_time_out (void)
{
  g_autoptr (MunOperations) operations = mun_operations_new (2);
  g_autoptr (MunCall) call = start (operations, "VerifyStores", wait_for_cancel);
  guint called = 0;

  mun_operations_wait (operations, call, G_MAXINT64, 0, called_cb, &called);
  g_assert_cmpuint (called, ==, 1);
  mun_operations_wait (operations, call, G_MAXINT64, 20, called_cb, &called);
  g_assert_cmpuint (called, ==, 1);
  while (called == 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (mun_call_is_finished (call));
  g_assert_true (mun_operations_stop (operations, 5));
}

static void
test_cancel (void)
{
  g_autoptr (MunOperations) operations = mun_operations_new (2);
  g_autoptr (MunCall) call = start (operations, "VerifyStores", wait_for_cancel);
  g_autoptr (MunEnvelope) envelope = NULL;

  mun_call_cancel (call, FALSE);
  envelope = poll (operations, call, G_MAXINT64);
  g_assert_cmpint (envelope->status_code, ==, MUN_STATUS_CANCELLED);
  g_assert_false (mun_call_is_stopping (call));
  g_assert_true (mun_operations_stop (operations, 5));
}

static void
test_token_belongs_to_its_user (void)
{
  g_autoptr (MunOperations) operations = mun_operations_new (2);
  g_autoptr (MunCall) call = start (operations, "VerifyStores", wait_for_cancel);
  const char *token = mun_call_get_token (call);

  g_assert_true (mun_operations_lookup (operations, token, USER) == call);
  g_assert_true (mun_operations_lookup (operations, token, "ADMIN") == call);
  g_assert_null (mun_operations_lookup (operations, token, "other"));
  g_assert_null (mun_operations_lookup (operations, "0000", USER));
  g_assert_true (mun_operations_stop (operations, 5));
}

static void
test_stop (void)
{
  g_autoptr (MunOperations) operations = mun_operations_new (2);
  g_autoptr (MunCall) call = start (operations, "VerifyStores", wait_for_cancel);
  g_autoptr (MunCall) late = NULL;
  g_autoptr (GError) error = NULL;
  const MunFunctionSpec *spec = mun_function_lookup ("GetServerInfo");
  guint called = 0;

  mun_operations_wait (operations, call, G_MAXINT64, 60000, called_cb, &called);
  g_assert_true (mun_operations_stop (operations, 5));
  g_assert_cmpuint (called, ==, 1);
  g_assert_true (mun_call_is_finished (call));
  g_assert_true (mun_call_is_stopping (call));
  late = mun_call_new (NULL, USER, spec, at_once, NULL);
  g_assert_false (mun_operations_start (operations, late, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_BUSY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/operations/at-once", test_at_once);
  g_test_add_func ("/server/operations/failure", test_failure);
  g_test_add_func ("/server/operations/versions-and-log", test_versions_and_log);
  g_test_add_func ("/server/operations/log-without-versions", test_log_without_versions);
  g_test_add_func ("/server/operations/follow", test_follow);
  g_test_add_func ("/server/operations/time-out", test_time_out);
  g_test_add_func ("/server/operations/cancel", test_cancel);
  g_test_add_func ("/server/operations/token-belongs-to-its-user", test_token_belongs_to_its_user);
  g_test_add_func ("/server/operations/stop", test_stop);
  return g_test_run ();
}
