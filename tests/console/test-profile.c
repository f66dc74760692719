/* test-profile.c: archiving profiles, their runs and reports in words */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "json.h"
#include "mun-profile.h"
#include "mun-run-report.h"

#include <string.h>

typedef char *(*Words) (JsonObject *object);

static void
assert_words (Words words, const char *json, const char *expected)
{
  g_autoptr (JsonObject) object = mun_json_parse_object (json, -1, NULL);
  g_autofree char *text = words (object);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_source (void)
{
  assert_words (mun_profile_dup_source, "{\"connector\":\"IMAP\"}", "IMAP");
  assert_words (
      mun_profile_dup_source,
      "{\"connector\":\"Office365\",\"details\":{\"scenario\":\"single\",\"mailbox\":\"a@b\"}}",
      "Microsoft 365: a@b");
  assert_words (
      mun_profile_dup_source,
      "{\"connector\":\"Office365\",\"details\":{\"users\":\"only\",\"userNames\":\"a,b\"}}",
      "Microsoft 365: only 2 users");
  assert_words (mun_profile_dup_source,
                "{\"connector\":\"FileSystem\",\"details\":{\"format\":\"eml\",\"path\":\"/m\"}}",
                "EML files: /m");
  /* MailStore's connector of that name has other details: not ours to edit. */
  assert_words (mun_profile_dup_source,
                "{\"connector\":\"FileSystem\",\"details\":{\"folder\":\"C:\\\\x\"}}",
                "FileSystem");
}

static void
test_schedule (void)
{
  assert_words (mun_profile_dup_schedule, "{}", "Runs by hand");
  assert_words (mun_profile_dup_schedule, "{\"serverSideExecution\":{\"automatic\":false}}",
                "Runs by hand");
  assert_words (mun_profile_dup_schedule,
                "{\"serverSideExecution\":{\"automatic\":\"true\","
                "\"automaticPauseBetweenExecutions\":\"300\"}}",
                "Automatic, 5 min between runs");
}

static void
test_results (void)
{
  g_autoptr (JsonObject) partly
      = mun_json_parse_object ("{\"result\":\"succeeded\",\"itemsFailed\":1}", -1, NULL);
  g_autoptr (JsonObject) broken = mun_json_parse_object ("{\"result\":\"failed\"}", -1, NULL);

  assert_words (mun_profile_dup_result, "{\"result\":\"succeeded\",\"itemsArchived\":1204}",
                "1,204 archived");
  assert_words (
      mun_profile_dup_result,
      "{\"result\":\"cancelled\",\"itemsArchived\":1,\"itemsSkipped\":3,\"itemsFailed\":2}",
      "Cancelled · 1 archived · 3 skipped · 2 failed");
  assert_words (mun_profile_dup_result, "{\"result\":\"failed\",\"interrupted\":true}",
                "Interrupted");
  g_assert_cmpint (mun_profile_get_result_level (partly), ==, MUN_RESULT_WARNING);
  g_assert_cmpint (mun_profile_get_result_level (broken), ==, MUN_RESULT_BAD);
}

static void
test_progress (void)
{
  g_autoptr (JsonObject) progress = mun_json_parse_object (
      "{\"mailbox\":\"a@b\",\"folder\":\"Inbox\",\"done\":1204,\"known\":5000,\"rate\":120,"
      "\"archived\":90210,\"bytes\":12500000,"
      "\"skipped\":3,\"failed\":1,\"remainingSeconds\":180,\"waitSeconds\":12}",
      -1, NULL);
  g_autofree char *place = mun_profile_dup_progress_place (progress, "x");
  g_autofree char *figures = mun_profile_dup_progress_figures (progress);
  g_autofree char *status = mun_profile_dup_progress_place (NULL, "from the server");
  g_autofree char *none = mun_profile_dup_progress_figures (NULL);

  g_assert_cmpstr (place, ==, "a@b · Inbox");
  g_assert_cmpstr (
      figures, ==,
      "Microsoft asks to wait 12 s · 1,204 of 5,000 in this folder · 90,210 archived · "
      "120 messages/s · 12.5\302\240MB · 3 skipped · 1 failed · 3 min left in this folder");
  g_assert_cmpstr (status, ==, "from the server");
  g_assert_cmpstr (none, ==, "");
}

static void
test_obstacles (void)
{
  g_autoptr (JsonObject) mail = mun_profile_new (MUN_PROFILE_MICROSOFT365);
  g_autoptr (JsonObject) files = mun_profile_new (MUN_PROFILE_FILES);

  g_assert_null (mun_profile_find_obstacle (mail, "source"));
  g_assert_nonnull (mun_profile_find_obstacle (mail, "mailboxes"));
  mun_profile_set_detail (mail, "credentialsId", "1");
  g_assert_null (mun_profile_find_obstacle (mail, "mailboxes"));
  mun_profile_set_detail (mail, "users", "only");
  g_assert_nonnull (mun_profile_find_obstacle (mail, "mailboxes"));
  mun_profile_set_detail (mail, "userNames", "a");
  g_assert_null (mun_profile_find_obstacle (mail, "mailboxes"));
  mun_profile_set_detail (mail, "scenario", "single");
  mun_profile_set_detail (mail, "targetUserFolder", "a");
  for (guint i = 0; i < 5; i++) {
    const char *const wrong[] = { "", "a", "@b", "a@", "a@b, c@d" };

    mun_profile_set_detail (mail, "mailbox", wrong[i]);
    g_assert_nonnull (mun_profile_find_obstacle (mail, "mailboxes"));
  }
  mun_profile_set_detail (mail, "mailbox", "a@b");
  g_assert_null (mun_profile_find_obstacle (mail, "mailboxes"));
  g_assert_nonnull (mun_profile_find_obstacle (mail, NULL));
  json_object_set_string_member (mail, "name", "N");
  g_assert_null (mun_profile_find_obstacle (mail, NULL));
  mun_profile_set_detail (files, "path", "relative");
  mun_profile_set_detail (files, "targetUserFolder", "a");
  g_assert_nonnull (mun_profile_find_obstacle (files, "mailboxes"));
  mun_profile_set_detail (files, "path", "/srv/a.mbox");
  g_assert_null (mun_profile_find_obstacle (files, "mailboxes"));
}

static void
test_report (void)
{
  g_autoptr (JsonNode) json = mun_json_parse (
      "{\"mailboxes\":[{\"mailbox\":\"good\",\"folders\":[{\"folder\":\"F\",\"archived\":2}]},"
      "{\"mailbox\":\"bad\",\"folders\":[{\"folder\":\"A\",\"archived\":1},{\"folder\":\"B\","
      "\"archived\":4,\"skipped\":1,"
      "\"items\":[{\"item\":\"m1\",\"step\":\"download\",\"reason\":\"gone\"},5]}]},7]}",
      -1, NULL);
  g_autoptr (GListStore) nodes = mun_run_report_new (json);
  g_autoptr (GListStore) nothing = mun_run_report_new (NULL);
  g_autoptr (MunReportNode) bad = g_list_model_get_item (G_LIST_MODEL (nodes), 0);
  g_autoptr (MunReportNode) folder = NULL, item = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (nothing)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (nodes)), ==, 2);
  g_assert_cmpstr (mun_report_node_get_title (bad), ==, "bad");
  g_assert_cmpint (mun_report_node_get_archived (bad), ==, 5);
  g_assert_cmpint (mun_report_node_get_failed (bad), ==, 1);
  folder = g_list_model_get_item (mun_report_node_get_children (bad), 0);
  g_assert_cmpstr (mun_report_node_get_title (folder), ==, "B");
  item = g_list_model_get_item (mun_report_node_get_children (folder), 0);
  g_assert_cmpstr (mun_report_node_get_reason (item), ==, "download: gone");
  g_assert_null (mun_report_node_get_children (item));
  text = mun_report_node_to_text (bad);
  g_assert_nonnull (strstr (text, "m1: download: gone"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profile/source", test_source);
  g_test_add_func ("/profile/schedule", test_schedule);
  g_test_add_func ("/profile/results", test_results);
  g_test_add_func ("/profile/progress", test_progress);
  g_test_add_func ("/profile/obstacles", test_obstacles);
  g_test_add_func ("/profile/report", test_report);
  return g_test_run ();
}
