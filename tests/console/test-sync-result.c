/* test-sync-result.c: what a synchronization did, from replies of any shape */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "json.h"
#include "mun-sync-result.h"

#include <string.h>

static MunSyncResult *
read_result (const char *json, const char *log)
{
  g_autoptr (JsonNode) node = mun_json_parse (json, -1, NULL);

  return mun_sync_result_new (node, log);
}

static void
test_full (void)
{
  g_autoptr (MunSyncResult) result
      = read_result ("{\"created\":[{\"userName\":\"ada@x\",\"fullName\":\"Ada\","
                     "\"emailAddresses\":[\"a@x\",\"b@x\"]},\"bare@x\",7],"
                     "\"modified\":[{\"userName\":\"bob@x\",\"changes\":[{\"field\":\"fullName\","
                     "\"before\":\"Bob\",\"after\":\"Robert\"},"
                     "{\"field\":\"emailAddresses\",\"before\":[],\"after\":[\"c@x\",\"d@x\"]},{"
                     "\"field\":\"odd\",\"before\":null,\"after\":5},9]}],"
                     "\"deleted\":[],\"skipped\":[{\"userName\":\"g@x\",\"reason\":\"No "
                     "plan\"}],\"unchanged\":3,\"dryRun\":true}",
                     "log");
  g_autoptr (MunSyncChange) ada = NULL, bob = NULL, guest = NULL;

  g_assert_true (mun_sync_result_has_changes (result));
  g_assert_true (mun_sync_result_is_dry_run (result));
  g_assert_cmpuint (mun_sync_result_get_count (result, MUN_SYNC_KIND_CREATE), ==, 2);
  g_assert_cmpuint (mun_sync_result_get_count (result, MUN_SYNC_KIND_CHANGE), ==, 1);
  g_assert_cmpuint (mun_sync_result_get_count (result, MUN_SYNC_KIND_DELETE), ==, 0);
  g_assert_cmpint (mun_sync_result_get_unchanged (result), ==, 3);
  ada = g_list_model_get_item (mun_sync_result_get_list (result, MUN_SYNC_KIND_CREATE), 0);
  bob = g_list_model_get_item (mun_sync_result_get_list (result, MUN_SYNC_KIND_CHANGE), 0);
  guest = g_list_model_get_item (mun_sync_result_get_list (result, MUN_SYNC_KIND_SKIP), 0);
  g_assert_cmpstr (mun_sync_change_get_addresses (ada), ==, "a@x, b@x");
  g_assert_cmpstr (
      mun_sync_change_get_details (bob), ==,
      "Full name: Bob → Robert\nEmail addresses: nothing → c@x, d@x\nodd: nothing → 5");
  g_assert_cmpstr (mun_sync_change_get_details (guest), ==, "No plan");
  g_assert_true (mun_sync_change_matches (ada, ""));
  g_assert_true (mun_sync_change_matches (ada, "ADA b@"));
  g_assert_false (mun_sync_change_matches (ada, "ada bob"));
}

/* A server that tells only text, or nothing at all. */
static void
test_log_only (void)
{
  g_autoptr (MunSyncResult) text = read_result ("null", "2 users created");
  g_autoptr (MunSyncResult) string = read_result ("\"done\"", NULL);
  g_autoptr (MunSyncResult) none = mun_sync_result_new (NULL, NULL);

  g_assert_false (mun_sync_result_has_changes (text));
  g_assert_cmpstr (mun_sync_result_get_log (text), ==, "2 users created");
  g_assert_false (mun_sync_result_has_changes (string));
  g_assert_false (mun_sync_result_has_changes (none));
  g_assert_cmpint (mun_sync_result_get_unchanged (none), ==, -1);
}

static void
test_csv (void)
{
  g_autoptr (MunSyncResult) result
      = read_result ("{\"created\":[{\"userName\":\"=cmd()\",\"fullName\":\"A \\\"quoted\\\" "
                     "name\",\"emailAddresses\":[\"a@x\"]}]}",
                     "");
  g_autofree char *csv = mun_sync_result_to_csv (result);

  g_assert_true (g_str_has_prefix (csv, "\"Action\",\"User name\""));
  g_assert_nonnull (
      strstr (csv, "\"Create\",\"'=cmd()\",\"A \"\"quoted\"\" name\",\"a@x\",\"\"\r\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync-result/full", test_full);
  g_test_add_func ("/sync-result/log-only", test_log_only);
  g_test_add_func ("/sync-result/csv", test_csv);
  return g_test_run ();
}
