/* test-dashboard-facts.c: what the Dashboard makes of a server's replies */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "app-credential.h"
#include "json.h"
#include "mun-credential-choice.h"
#include "mun-dashboard.h"

#define NOW 1800000000
#define DAY 86400

static JsonNode *
parse (const char *json)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = mun_json_parse (json, -1, &error);

  g_assert_no_error (error);
  return node;
}

static void
test_stores (void)
{
  g_autoptr (JsonNode) stores
      = parse ("[{\"name\":\"2025-01\",\"requestedState\":\"writeProtected\",\"error\":null,"
               "\"statisticsCount\":1000,\"statisticsSize\":\"5000\"},"
               "{\"name\":\"2026-01\",\"requestedState\":\"current\",\"statisticsCount\":204,"
               "\"statisticsSize\":null},\"nonsense\",{\"name\":\"x\",\"error\":\"gone\"}]");
  g_autoptr (JsonNode) bare = parse ("[{\"name\":\"a\"}]");
  g_autoptr (JsonNode) other = parse ("{\"a\":1}");
  g_autofree char *words = mun_dashboard_describe_stores (stores);
  g_autofree char *none = mun_dashboard_describe_stores (other);
  MunStoreFigures figures;

  mun_dashboard_sum_stores (stores, &figures);
  g_assert_cmpuint (figures.stores, ==, 4);
  g_assert_cmpuint (figures.faulty, ==, 1);
  g_assert_cmpint (figures.messages, ==, 1204);
  g_assert_cmpint (figures.bytes, ==, 5000);
  g_assert_cmpstr (words, ==, "2026-01 receives mail · 1 write-protected · 1 with an error");
  g_assert_cmpstr (none, ==, "");
  mun_dashboard_sum_stores (bare, &figures);
  g_assert_cmpint (figures.messages, ==, -1);
  mun_dashboard_sum_stores (NULL, &figures);
  g_assert_cmpuint (figures.stores, ==, 0);
}

static void
test_runs (void)
{
  g_autoptr (JsonNode) profiles
      = parse ("[{\"id\":3,\"type\":\"I\",\"name\":\"c\"},{\"id\":1,\"type\":\"I\",\"name\":\"a\"},"
               "{\"id\":2,\"type\":\"E\",\"name\":\"export\"}]");
  g_autoptr (JsonNode) results
      = parse ("[{\"id\":7,\"profileId\":3,\"startTime\":\"2026-03-01T10:00:00\"},"
               "{\"id\":9,\"profileId\":3,\"startTime\":\"2026-03-02T10:00:00\"},"
               "{\"id\":8,\"profileId\":3,\"startTime\":\"2026-03-02T10:00:00\"}]");
  g_autoptr (GPtrArray) runs = mun_dashboard_list_runs (profiles, results);
  g_autoptr (GPtrArray) nothing = mun_dashboard_list_runs (NULL, results);
  MunLastRun *first, *second;

  g_assert_cmpuint (runs->len, ==, 2);
  first = g_ptr_array_index (runs, 0);
  second = g_ptr_array_index (runs, 1);
  g_assert_cmpint (mun_json_get_int (first->result, "id", 0), ==, 9);
  g_assert_null (second->result);
  g_assert_cmpuint (nothing->len, ==, 0);
}

static GListStore *
make_choices (void)
{
  g_autoptr (GPtrArray) local = g_ptr_array_new_with_free_func (g_object_unref);
  MunAppCredential *old = mun_app_credential_new_stored ("1", "r", "AA", NOW - DAY / 2);
  MunAppCredential *late = mun_app_credential_new_stored ("2", "r", "BB", NOW + 61 * DAY);
  MunAppCredential *soon = mun_app_credential_new_stored ("3", "r", "CC", NOW + 60 * DAY + 3600);

  mun_app_credential_set_name (old, "R&D <x>");
  mun_app_credential_set_name (late, "Late");
  mun_app_credential_set_name (soon, "Soon");
  g_ptr_array_add (local, late);
  g_ptr_array_add (local, old);
  g_ptr_array_add (local, soon);
  return mun_credential_choice_list (NULL, local, TRUE);
}

static void
test_expiry (void)
{
  g_autoptr (GListStore) choices = make_choices ();
  g_autoptr (GPtrArray) list
      = mun_dashboard_list_expiry (G_LIST_MODEL (choices), "server", NOW + 1, NOW);
  const struct {
    const char *name;
    gint64 days;
  } expected[] = { { "R&D <x>", -1 }, { "server", 0 }, { "Soon", 60 }, { "Late", 61 } };

  g_assert_cmpuint (list->len, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    MunExpiry *item = g_ptr_array_index (list, i);

    g_assert_cmpstr (item->name, ==, expected[i].name);
    g_assert_cmpint (item->days, ==, expected[i].days);
    g_assert_cmpint (item->of_server, ==, i == 1);
  }
}

static void
assert_need (GPtrArray *needs, guint index, MunResultLevel level, const char *title,
             const char *page_id)
{
  MunNeed *need;

  g_assert_cmpuint (index, <, needs->len);
  need = g_ptr_array_index (needs, index);
  g_assert_cmpstr (need->title, ==, title);
  g_assert_cmpint (need->level, ==, level);
  g_assert_cmpstr (need->page_id, ==, page_id);
}

static void
test_needs (void)
{
  g_autoptr (JsonNode) stores
      = parse ("[{\"name\":\"one\",\"requestedState\":\"current\",\"error\":\"disk gone\","
               "\"statisticsCount\":45000,\"indexedCount\":12000,"
               "\"searchIndexesNeedRebuild\":true}]");
  g_autoptr (JsonNode) profiles = parse ("[{\"id\":1,\"type\":\"I\",\"name\":\"All\"},"
                                         "{\"id\":2,\"type\":\"I\",\"name\":\"Stopped\"}]");
  g_autoptr (JsonNode) results
      = parse ("[{\"id\":1,\"profileId\":1,\"result\":\"completedWithErrors\",\"itemsFailed\":2},"
               "{\"id\":2,\"profileId\":2,\"result\":\"cancelled\"}]");
  g_autoptr (GListStore) choices = make_choices ();
  g_autoptr (GPtrArray) runs = mun_dashboard_list_runs (profiles, results);
  g_autoptr (GPtrArray) expiry
      = mun_dashboard_list_expiry (G_LIST_MODEL (choices), "server", 0, NOW);
  MunDashboardFacts facts = { .stores = stores,
                              .profiles = profiles,
                              .runs = runs,
                              .expiry = expiry,
                              .choices = G_LIST_MODEL (choices) };
  g_autoptr (GPtrArray) needs = mun_dashboard_find_needs (&facts);

  g_assert_cmpuint (needs->len, ==, 5);
  assert_need (needs, 0, MUN_RESULT_BAD, "The store one has an error", "storage-locations");
  assert_need (needs, 1, MUN_RESULT_BAD, "The certificate of R&D <x> expired 1 day ago",
               "directory-services");
  assert_need (needs, 2, MUN_RESULT_WARNING, "Search does not find everything in one",
               "search-indexes");
  g_assert_cmpstr (((MunNeed *)g_ptr_array_index (needs, 2))->detail, ==,
                   "12,000 of 45,000 messages are indexed.");
  assert_need (needs, 3, MUN_RESULT_WARNING, "The certificate of Soon expires in 60 days",
               "directory-services");
  assert_need (needs, 4, MUN_RESULT_WARNING, "All could not archive everything", "archive-email");
}

/* A new server: what to do first, and nothing about what it does not say. */
static void
test_beginnings (void)
{
  g_autoptr (JsonNode) users = parse ("[{\"userName\":\"admin\"}]");
  g_autoptr (JsonNode) profiles = parse ("[]");
  g_autoptr (JsonNode) directory = parse ("{}");
  g_autoptr (JsonNode) stores = parse ("[]");
  g_autoptr (GPtrArray) runs = mun_dashboard_list_runs (profiles, NULL);
  MunDashboardFacts silent = { NULL };
  MunDashboardFacts facts
      = { .users = users, .profiles = profiles, .directory = directory, .runs = runs };
  g_autoptr (GPtrArray) none = mun_dashboard_find_needs (&silent);
  g_autoptr (GPtrArray) needs = mun_dashboard_find_needs (&facts);
  g_autoptr (GPtrArray) without_store = NULL;

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (needs->len, ==, 2);
  assert_need (needs, 0, MUN_RESULT_GOOD, "Set up the users", "directory-services");
  assert_need (needs, 1, MUN_RESULT_GOOD, "Create a profile", "archive-email");
  facts.stores = stores;
  without_store = mun_dashboard_find_needs (&facts);
  assert_need (without_store, 0, MUN_RESULT_BAD, "No store receives mail", "storage-locations");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dashboard-facts/stores", test_stores);
  g_test_add_func ("/dashboard-facts/runs", test_runs);
  g_test_add_func ("/dashboard-facts/expiry", test_expiry);
  g_test_add_func ("/dashboard-facts/needs", test_needs);
  g_test_add_func ("/dashboard-facts/beginnings", test_beginnings);
  return g_test_run ();
}
