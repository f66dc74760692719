/* test-remote-operation.c: long functions: progress, log, broken connections, cancel */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "client.h"
#include "errors.h"
#include "json.h"
#include "raw-server.h"
#include "test-server.h"
#include "wait.h"

#include <string.h>

#define RUNNING(version, rest)                                                                     \
  "{\"statusCode\":\"running\",\"token\":\"t1\",\"statusVersion\":" #version "," rest "}"
#define DONE "{\"statusCode\":\"succeeded\",\"token\":\"t1\",\"statusVersion\":9,\"result\":[1]}"

typedef struct {
  RawServer *raw;
  MunAdminClient *client;
  MunRemoteOperation *operation;
  GString *log; /* what the signal said, a "|" behind each */
  guint finished;
  guint tokens; /* notifications */
} Fixture;

static void
log_cb (MunRemoteOperation *operation, const char *text, gpointer data)
{
  g_string_append_printf (((Fixture *)data)->log, "%s|", text);
}

static void
finished_cb (MunRemoteOperation *operation, gpointer data)
{
  ((Fixture *)data)->finished++;
}

static void
token_cb (MunRemoteOperation *operation, GParamSpec *pspec, gpointer data)
{
  ((Fixture *)data)->tokens++;
}

static void
watch (Fixture *self)
{
  g_signal_connect (self->operation, "log", G_CALLBACK (log_cb), self);
  g_signal_connect (self->operation, "finished", G_CALLBACK (finished_cb), self);
  g_signal_connect (self->operation, "notify::token", G_CALLBACK (token_cb), self);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (MunSecret) password = mun_secret_new ("x", 1);

  self->raw = raw_server_new (TRUE);
  self->client = mun_admin_client_new ("127.0.0.1", self->raw->port, self->raw->fingerprint);
  mun_admin_client_set_account (self->client, "admin", password);
  self->log = g_string_new (NULL);
  self->operation
      = mun_remote_operation_start (self->client, "VerifyStore",
                                    mun_json_parse_object ("{\"id\":1}", -1, NULL), "Verify");
  watch (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (self->operation, self);
  g_object_unref (self->operation);
  g_object_unref (self->client);
  g_string_free (self->log, TRUE);
  raw_server_free (self->raw);
}

static void
assert_polls (Fixture *self, guint index, const char *fields)
{
  g_assert_true (g_str_has_prefix (raw_server_request (self->raw, index), "POST /api/get-status "));
  g_assert_nonnull (strstr (raw_server_request (self->raw, index), fields));
}

static void
test_progress (Fixture *self, gconstpointer data)
{
  JsonNode *result;

  g_assert_cmpint (mun_remote_operation_get_state (self->operation), ==, MUN_STATUS_RUNNING);
  g_assert_cmpint (mun_remote_operation_get_percent (self->operation), ==, -1);
  g_assert_cmpstr (mun_remote_operation_get_function (self->operation), ==, "VerifyStore");
  g_assert_cmpstr (mun_remote_operation_get_title (self->operation), ==, "Verify");
  g_assert_null (mun_remote_operation_get_token (self->operation));
  raw_server_push_reply (self->raw, 200, NULL,
                         RUNNING (3, "\"percentProgress\":10,\"statusText\":\"one\","
                                     "\"logOutput\":\"first\\n\""));
  raw_server_wait (self->raw, 2);
  g_assert_nonnull (strstr (raw_server_request (self->raw, 0), "\r\n\r\nid=1"));
  assert_polls (self, 1, "token=t1&lastKnownStatusVersion=3&millisecondsTimeout=");
  g_assert_cmpstr (mun_remote_operation_get_token (self->operation), ==, "t1");
  g_assert_cmpuint (self->tokens, ==, 1);
  g_assert_cmpint (mun_remote_operation_get_percent (self->operation), ==, 10);
  g_assert_cmpstr (mun_remote_operation_get_status_text (self->operation), ==, "one");
  g_assert_null (mun_remote_operation_get_progress (self->operation));

  /* the interim result is progress, not the result */
  raw_server_push_reply (self->raw, 200, NULL,
                         RUNNING (7, "\"percentProgress\":null,\"statusText\":null,"
                                     "\"result\":{\"archived\":5},\"logOutput\":\"second\\n\""));
  raw_server_wait (self->raw, 3);
  assert_polls (self, 2, "lastKnownStatusVersion=7&");
  g_assert_cmpint (mun_remote_operation_get_percent (self->operation), ==, -1);
  g_assert_null (mun_remote_operation_get_status_text (self->operation));
  g_assert_cmpint (mun_json_get_int (mun_remote_operation_get_progress (self->operation),
                                     "archived", 0),
                   ==, 5);
  g_assert_null (mun_remote_operation_get_result (self->operation));
  g_assert_cmpuint (self->finished, ==, 0);

  raw_server_push_reply (self->raw, 200, NULL, DONE);
  wait_until (self->finished > 0);
  g_assert_cmpint (mun_remote_operation_get_state (self->operation), ==, MUN_STATUS_SUCCEEDED);
  result = mun_remote_operation_get_result (self->operation);
  g_assert_cmpint (json_array_get_int_element (json_node_get_array (result), 0), ==, 1);
  g_assert_null (mun_remote_operation_get_error (self->operation));
  g_assert_cmpstr (mun_remote_operation_get_log (self->operation), ==, "first\nsecond\n");
  g_assert_cmpstr (self->log->str, ==, "first\n|second\n|");
  g_assert_cmpuint (self->raw->requests->len, ==, 3);
}

/* A quick one ends with its first reply; its token is of no use. */
static void
test_at_once (Fixture *self, gconstpointer data)
{
  raw_server_push_reply (self->raw, 200, NULL, DONE);
  wait_until (self->finished > 0);
  g_assert_cmpint (mun_remote_operation_get_state (self->operation), ==, MUN_STATUS_SUCCEEDED);
  g_assert_cmpuint (self->tokens, ==, 0);
  g_assert_cmpuint (self->raw->requests->len, ==, 1);
}

static void
test_failed (Fixture *self, gconstpointer data)
{
  raw_server_push_reply (self->raw, 200, NULL, RUNNING (1, "\"result\":null"));
  raw_server_push_reply (self->raw, 200, NULL,
                         "{\"statusCode\":\"failed\",\"statusVersion\":2,\"logOutput\":\"last\","
                         "\"error\":{\"message\":\"Store is damaged.\",\"details\":\"x\"}}");
  wait_until (self->finished > 0);
  g_assert_cmpint (mun_remote_operation_get_state (self->operation), ==, MUN_STATUS_FAILED);
  g_assert_error (mun_remote_operation_get_error (self->operation), MUN_ERROR, MUN_ERROR_FAILED);
  g_assert_cmpstr (mun_remote_operation_get_error (self->operation)->message, ==,
                   "Store is damaged.");
  g_assert_cmpstr (mun_remote_operation_get_log (self->operation), ==, "last");
  g_assert_null (mun_remote_operation_get_result (self->operation));
}

static void
test_expired (Fixture *self, gconstpointer data)
{
  raw_server_push_reply (self->raw, 200, NULL, RUNNING (1, "\"result\":null"));
  raw_server_push_reply (self->raw, 404, NULL, "");
  wait_until (self->finished > 0);
  g_assert_error (mun_remote_operation_get_error (self->operation), MUN_ERROR, MUN_ERROR_EXPIRED);
}

/* The work goes on at the server meanwhile: the same poll is sent again. */
static void
test_broken_connection (Fixture *self, gconstpointer data)
{
  raw_server_push_reply (self->raw, 200, NULL, RUNNING (5, "\"result\":null"));
  raw_server_push (self->raw, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"status");
  wait_until (mun_remote_operation_is_stalled (self->operation));
  g_assert_false (mun_remote_operation_is_finished (self->operation));
  raw_server_push_reply (self->raw, 503, NULL, "");
  raw_server_push_reply (self->raw, 200, NULL, DONE);
  wait_until (self->finished > 0);
  g_assert_false (mun_remote_operation_is_stalled (self->operation));
  g_assert_cmpint (mun_remote_operation_get_state (self->operation), ==, MUN_STATUS_SUCCEEDED);
  g_assert_cmpuint (self->raw->requests->len, ==, 4);
  for (guint i = 1; i < 4; i++)
    assert_polls (self, i, "lastKnownStatusVersion=5&");
}

/* Without a token nobody knows whether the server began: it is not started twice. */
static void
test_broken_start (Fixture *self, gconstpointer data)
{
  raw_server_push (self->raw, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"status");
  wait_until (self->finished > 0);
  g_assert_error (mun_remote_operation_get_error (self->operation), MUN_ERROR,
                  MUN_ERROR_UNREACHABLE);
  g_assert_cmpuint (self->raw->requests->len, ==, 1);
}

/* Not accepted any more: that does not pass by itself. */
static void
test_signed_out (Fixture *self, gconstpointer data)
{
  raw_server_push_reply (self->raw, 200, NULL, RUNNING (1, "\"result\":null"));
  raw_server_push_reply (self->raw, 401, NULL, "");
  wait_until (self->finished > 0);
  g_assert_error (mun_remote_operation_get_error (self->operation), MUN_ERROR,
                  MUN_ERROR_AUTHENTICATION);
}

/* The poll is held; cancel-async goes beside it, and the poll tells the end. */
static void
test_cancel (Fixture *self, gconstpointer data)
{
  raw_server_push_reply (self->raw, 200, NULL, RUNNING (1, "\"result\":null"));
  raw_server_wait (self->raw, 2);
  g_assert_false (mun_remote_operation_is_cancelling (self->operation));
  mun_remote_operation_cancel (self->operation);
  mun_remote_operation_cancel (self->operation);
  g_assert_true (mun_remote_operation_is_cancelling (self->operation));
  raw_server_wait (self->raw, 3);
  g_assert_true (g_str_has_prefix (raw_server_request (self->raw, 2), "POST /api/cancel-async "));
  g_assert_nonnull (strstr (raw_server_request (self->raw, 2), "\r\n\r\ntoken=t1"));
  g_assert_cmpuint (self->finished, ==, 0);
  /* the poll waits longest: it is answered first */
  raw_server_push_reply (self->raw, 200, NULL,
                         "{\"statusCode\":\"cancelled\",\"statusVersion\":2,\"error\":null}");
  raw_server_push_reply (self->raw, 200, NULL, "");
  wait_until (self->finished > 0);
  g_assert_cmpint (mun_remote_operation_get_state (self->operation), ==, MUN_STATUS_CANCELLED);
  g_assert_error (mun_remote_operation_get_error (self->operation), G_IO_ERROR,
                  G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (self->raw->requests->len, ==, 3);
}

/* Before the token is known: as soon as it is. */
static void
test_cancel_early (Fixture *self, gconstpointer data)
{
  raw_server_wait (self->raw, 1);
  mun_remote_operation_cancel (self->operation);
  raw_server_push_reply (self->raw, 200, NULL, RUNNING (1, "\"result\":null"));
  raw_server_wait (self->raw, 3);
  g_assert_true (strstr (raw_server_request (self->raw, 1), "POST /api/cancel-async ") != NULL
                 || strstr (raw_server_request (self->raw, 2), "POST /api/cancel-async ") != NULL);
  mun_remote_operation_abandon (self->operation);
}

/* Nobody listens any more; the server works on. */
static void
test_abandon (Fixture *self, gconstpointer data)
{
  g_autoptr (MunRemoteOperation) follower = NULL;

  raw_server_push_reply (self->raw, 200, NULL, RUNNING (1, "\"result\":null"));
  raw_server_wait (self->raw, 2);
  mun_remote_operation_abandon (self->operation);
  raw_server_push_reply (self->raw, 200, NULL, DONE);

  /* another one follows it */
  follower = mun_remote_operation_follow (self->client,
                                          mun_remote_operation_get_token (self->operation), NULL);
  raw_server_wait (self->raw, 3);
  assert_polls (self, 2, "token=t1&lastKnownStatusVersion=-1&");
  raw_server_push_reply (self->raw, 200, NULL, DONE);
  wait_until (mun_remote_operation_is_finished (follower));
  g_assert_cmpint (mun_remote_operation_get_state (follower), ==, MUN_STATUS_SUCCEEDED);
  g_assert_cmpuint (self->finished, ==, 0);
  g_assert_false (mun_remote_operation_is_finished (self->operation));
}

/* The oldest part of a very long log is dropped, at the end of a line. */
static void
test_long_log (Fixture *self, gconstpointer data)
{
  g_autofree char *line = g_strnfill (1024 * 1024, 'x');

  for (guint i = 0; i < 6; i++) {
    g_autofree char *reply
        = g_strdup_printf ("{\"statusCode\":\"running\",\"token\":\"t1\",\"statusVersion\":%u,"
                           "\"logOutput\":\"%u%s\\n\"}",
                           i, i, line);

    raw_server_push_reply (self->raw, 200, NULL, reply);
  }
  raw_server_push_reply (self->raw, 200, NULL, DONE);
  wait_until (self->finished > 0);
  g_assert_cmpuint (strlen (mun_remote_operation_get_log (self->operation)), <=, 4 * 1024 * 1024);
  g_assert_true (g_ascii_isdigit (mun_remote_operation_get_log (self->operation)[0]));
  g_assert_nonnull (strstr (mun_remote_operation_get_log (self->operation), "\n5x"));
  g_assert_null (strstr (mun_remote_operation_get_log (self->operation), "0x"));
}

/* A real one, whose log is its report. */
static void
test_real (void)
{
  g_autoptr (TestServer) server = test_server_start (NULL, NULL);
  g_autoptr (MunAdminClient) client
      = mun_admin_client_new ("127.0.0.1", server->admin_port, server->fingerprint);
  g_autoptr (MunSecret) password = mun_secret_new (TEST_PASSWORD, strlen (TEST_PASSWORD));
  g_autoptr (MunRemoteOperation) operation = NULL;
  g_autoptr (MunRemoteOperation) stranger = NULL;

  mun_admin_client_set_account (client, TEST_ADMIN, password);
  operation = mun_remote_operation_start (client, "VerifyStores", NULL, NULL);
  wait_until (mun_remote_operation_is_finished (operation));
  g_assert_no_error (mun_remote_operation_get_error (operation));
  g_assert_nonnull (strstr (mun_remote_operation_get_log (operation), "No faults were found"));
  g_assert_nonnull (mun_remote_operation_get_result (operation));

  stranger = mun_remote_operation_follow (client, "0123456789abcdef", NULL);
  wait_until (mun_remote_operation_is_finished (stranger));
  g_assert_error (mun_remote_operation_get_error (stranger), MUN_ERROR, MUN_ERROR_EXPIRED);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/client/operation/progress", test_progress },
    { "/client/operation/at-once", test_at_once },
    { "/client/operation/failed", test_failed },
    { "/client/operation/expired", test_expired },
    { "/client/operation/broken-connection", test_broken_connection },
    { "/client/operation/broken-start", test_broken_start },
    { "/client/operation/signed-out", test_signed_out },
    { "/client/operation/cancel", test_cancel },
    { "/client/operation/cancel-early", test_cancel_early },
    { "/client/operation/abandon", test_abandon },
    { "/client/operation/long-log", test_long_log },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  g_test_add_func ("/client/operation/real", test_real);
  return g_test_run ();
}
