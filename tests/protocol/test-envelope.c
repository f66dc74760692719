/* test-envelope.c: the reply of the Administration API */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "envelope.h"
#include "errors.h"
#include "json.h"

#include <string.h>

static MunEnvelope *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  MunEnvelope *envelope = mun_envelope_parse (text, -1, &error);

  g_assert_no_error (error);
  return envelope;
}

static void
test_finished (void)
{
  g_autoptr (MunEnvelope) envelope = mun_envelope_new ();
  g_autofree char *text = mun_envelope_to_text (envelope, FALSE);
  g_autofree char *marked = mun_envelope_to_text (envelope, TRUE);

  /* Letter for letter what the manual shows for a call that finished at once. */
  g_assert_cmpstr (
      text, ==,
      "{\"error\":null,\"token\":null,\"statusVersion\":2,\"statusCode\":\"succeeded\","
      "\"percentProgress\":null,\"statusText\":null,\"result\":null,\"logOutput\":null}");
  g_assert_true (g_str_has_prefix (marked, "\xef\xbb\xbf"));
  g_assert_cmpstr (marked + 3, ==, text);
}

static void
test_failed (void)
{
  g_autoptr (GError) error
      = g_error_new_literal (MUN_ERROR, MUN_ERROR_INVALID, "Missing API argument x.");
  g_autoptr (MunEnvelope) envelope = mun_envelope_new_failed (error);
  g_autoptr (MunEnvelope) unknown = mun_envelope_new_failed (NULL);
  g_autofree char *text = mun_envelope_to_text (envelope, FALSE);
  g_autoptr (MunEnvelope) back = parse (text);

  g_assert_nonnull (
      strstr (text, "\"error\":{\"message\":\"Missing API argument x.\",\"details\":null}"));
  g_assert_cmpint (back->status_code, ==, MUN_STATUS_FAILED);
  g_assert_cmpstr (back->error_message, ==, "Missing API argument x.");
  g_assert_null (back->error_details);
  g_assert_null (back->result);
  g_assert_nonnull (unknown->error_message);
}

static void
test_running (void)
{
  g_autoptr (MunEnvelope) envelope = mun_envelope_new ();
  g_autofree char *text = NULL;
  g_autoptr (MunEnvelope) back = NULL;
  g_autoptr (MunEnvelope) other = mun_envelope_ref (envelope);

  envelope->token = g_strdup ("t");
  envelope->status_version = 9;
  envelope->status_code = MUN_STATUS_RUNNING;
  envelope->percent = 0;
  envelope->status_text = g_strdup ("Inbox");
  envelope->log_output = g_strdup ("line\n");
  envelope->result = mun_json_parse ("{\"done\":3}", -1, NULL);
  text = mun_envelope_to_text (other, TRUE);
  back = parse (text);
  g_assert_cmpstr (back->token, ==, "t");
  g_assert_cmpint (back->status_version, ==, 9);
  g_assert_cmpint (back->status_code, ==, MUN_STATUS_RUNNING);
  g_assert_cmpint (back->percent, ==, 0);
  g_assert_cmpstr (back->status_text, ==, "Inbox");
  g_assert_cmpstr (back->log_output, ==, "line\n");
  g_assert_cmpint (mun_json_get_int (json_node_get_object (back->result), "done", 0), ==, 3);
}

/* What other servers may send. */
static void
test_tolerant (void)
{
  g_autoptr (MunEnvelope) result = parse ("{\"result\":5,\"vendor\":{}}");
  g_autoptr (MunEnvelope) token = parse ("{\"token\":\"t\",\"result\":null}");
  g_autoptr (MunEnvelope) sentence = parse ("{\"error\":\"No.\"}");
  g_autoptr (MunEnvelope) american = parse ("{\"statusCode\":\"Canceled\"}");
  g_autoptr (MunEnvelope) numbers
      = parse ("{\"statusCode\":\"RUNNING\",\"percentProgress\":\"40\",\"statusVersion\":\"7\"}");
  g_autoptr (MunEnvelope) beyond = parse ("{\"statusCode\":\"running\",\"percentProgress\":140.5}");
  g_autoptr (MunEnvelope) empty = parse ("{\"error\":{},\"statusCode\":\"failed\"}");

  g_assert_cmpint (result->status_code, ==, MUN_STATUS_SUCCEEDED);
  g_assert_cmpint (json_node_get_int (result->result), ==, 5);
  g_assert_cmpint (result->status_version, ==, 2);
  g_assert_cmpint (result->percent, ==, -1);
  g_assert_cmpint (token->status_code, ==, MUN_STATUS_RUNNING);
  g_assert_cmpint (sentence->status_code, ==, MUN_STATUS_FAILED);
  g_assert_cmpstr (sentence->error_message, ==, "No.");
  g_assert_cmpint (american->status_code, ==, MUN_STATUS_CANCELLED);
  g_assert_cmpint (numbers->percent, ==, 40);
  g_assert_cmpint (numbers->status_version, ==, 7);
  g_assert_cmpint (beyond->percent, ==, 100);
  g_assert_nonnull (empty->error_message);
}

static void
test_refused (void)
{
  static const char *const wrong[]
      = { "", "[]", "{}", "{\"hello\":1}", "<html>", "{\"statusCode\":\"perhaps\"}", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (mun_envelope_parse (wrong[i], -1, &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
  }
}

static void
test_names (void)
{
  g_assert_cmpstr (mun_status_to_string (MUN_STATUS_RUNNING), ==, "running");
  g_assert_cmpstr (mun_status_to_string (MUN_STATUS_SUCCEEDED), ==, "succeeded");
  g_assert_cmpstr (mun_status_to_string (MUN_STATUS_FAILED), ==, "failed");
  g_assert_cmpstr (mun_status_to_string (MUN_STATUS_CANCELLED), ==, "cancelled");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/envelope/finished", test_finished);
  g_test_add_func ("/protocol/envelope/failed", test_failed);
  g_test_add_func ("/protocol/envelope/running", test_running);
  g_test_add_func ("/protocol/envelope/tolerant", test_tolerant);
  g_test_add_func ("/protocol/envelope/refused", test_refused);
  g_test_add_func ("/protocol/envelope/names", test_names);
  return g_test_run ();
}
