/* test-counts.c: searches that find much: their first page comes before their count */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "json.h"
#include "test-server.h"

#define FOLDER "ann/Inbox"
/* More than is counted before the answer, and more than one mark */
#define MANY 1500
#define BASE 1500000000

static TestServer *server;
static char *ann, *admin;

static void
call (const char *function, const char *form)
{
  g_autoptr (JsonNode) result = test_server_call_ok (server, function, form);
}

static void
upload (guint first, guint count)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (JsonObject) reply = NULL;

  for (guint i = first; i < first + count; i++) {
    g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (BASE + i * 60);
    g_autofree char *stamp = g_date_time_format (date, "%a, %d %b %Y %H:%M:%S +0000");
    char *text = g_strdup_printf ("From: z@example.org\r\nDate: %s\r\nSubject: n%04u\r\n\r\n"
                                  "common%s\r\n",
                                  stamp, i, i == 3 ? " rare" : "");

    g_ptr_array_add (messages, g_bytes_new_take (text, strlen (text)));
  }
  reply = test_server_upload_bytes (server, ann, FOLDER, messages);
  g_assert_cmpint (mun_json_get_int (reply, "archived", 0), ==, count);
}

static char *
search (const char *bearer, const char *json)
{
  g_autoptr (JsonNode) reply = test_server_post (server, bearer, "/api/searches", json, 200);

  return g_strdup (mun_json_get_string (json_node_get_object (reply), "searchId", NULL));
}

static JsonObject *
get_state (const char *bearer, const char *id)
{
  g_autofree char *path = g_strconcat ("/api/searches/", id, NULL);
  g_autoptr (JsonNode) reply = test_server_get (server, bearer, path, 200);

  return json_object_ref (json_node_get_object (reply));
}

/* The first subject of a page, and that the page has so many. */
static void
assert_page (const char *bearer, const char *id, guint start, const char *sort, const char *first,
             guint length)
{
  g_autofree char *path = g_strdup_printf (
      "/api/searches/%s/results?messageIndexStart=%u&messageCount=100&sortCriteria=%s", id, start,
      sort);
  g_autoptr (JsonNode) reply = test_server_get (server, bearer, path, 200);
  JsonArray *items = mun_json_get_array (json_node_get_object (reply), "searchResultItems");

  g_assert_cmpuint (json_array_get_length (items), ==, length);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (items, 0), "subject", NULL),
                   ==, first);
}

/* What is counted in the course of time never exceeds what there is. */
static void
assert_counted (const char *bearer, const char *id, gint64 expected)
{
  for (;;) {
    g_autoptr (JsonObject) state = get_state (bearer, id);
    gint64 count = mun_json_get_int (state, "foundMessageCount", -1);

    g_assert_cmpstr (mun_json_get_string (state, "errorCode", NULL), ==, "None");
    g_assert_cmpint (count, <=, expected);
    if (g_str_equal (mun_json_get_string (state, "status", ""), "Completed")) {
      g_assert_cmpint (count, ==, expected);
      g_assert_false (mun_json_get_bool (state, "foundMessageCountIsLimited", TRUE));
      g_assert_true (mun_json_get_bool (state, "positionsKnown", FALSE));
      return;
    }
    g_assert_cmpstr (mun_json_get_string (state, "status", NULL), ==, "Active");
    g_assert_true (mun_json_get_bool (state, "foundMessageCountIsLimited", FALSE));
  }
}

/* Few hits, and whole folders: the first answer about the search is the last one. */
static void
test_at_once (void)
{
  static const struct {
    const char *json;
    gint64 count;
    gboolean needs_exploring;
  } rows[] = {
    { "{\"query\":\"rare\"}", 1, FALSE },
    { "{\"query\":\"absent\"}", 0, FALSE },
    { "{\"folder\":\"" FOLDER "\"}", MANY, FALSE },
    { "{\"folder\":\"ann\",\"folderRecurse\":true}", MANY, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *id = search (ann, rows[i].json);
    g_autoptr (JsonObject) state = get_state (ann, id);

    g_test_message ("%s", rows[i].json);
    g_assert_cmpstr (mun_json_get_string (state, "status", NULL), ==, "Completed");
    g_assert_cmpint (mun_json_get_int (state, "foundMessageCount", -1), ==, rows[i].count);
    g_assert_false (mun_json_get_bool (state, "foundMessageCountIsLimited", TRUE));
    if (!rows[i].needs_exploring)
      g_assert_true (mun_json_get_bool (state, "positionsKnown", FALSE));
  }
}

static void
test_meanwhile (void)
{
  g_autofree char *id = search (ann, "{\"query\":\"common\"}");

  /* Whether it is counted yet or not. */
  assert_page (ann, id, 0, "d-desc", "n1499", 100);
  assert_page (ann, id, 1450, "d-desc", "n0049", 50);
  assert_counted (ann, id, MANY);
  assert_page (ann, id, 1450, "d-desc", "n0049", 50);
  assert_page (ann, id, 700, "d-desc", "n0799", 100);
  assert_page (ann, id, 700, "d-asc", "n0700", 100);
  assert_page (ann, id, 1300, "s-asc", "n1300", 100);
}

/* A search of much, dropped at once, and the next one. */
static void
test_dropped (void)
{
  for (guint i = 0; i < 20; i++) {
    g_autofree char *id = search (ann, "{\"query\":\"common\"}");
    g_autofree char *path = g_strconcat ("/api/searches/", id, NULL);

    g_assert_cmpuint (test_server_request (server, server->web_port, "DELETE", path, ann, NULL,
                                           NULL),
                      ==, 200);
    g_assert_cmpuint (test_server_request (server, server->web_port, "GET", path, ann, NULL, NULL),
                      ==, 500);
  }
}

/* The record of a search in the archive of somebody else has as many as were counted. */
static void
test_audited (void)
{
  g_autofree char *id = NULL;

  call ("SetUserPrivilegesOnFolder", "userName=admin&folder=ann&privileges=read");
  g_free (admin);
  admin = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  id = search (admin, "{\"query\":\"common\"}");
  assert_counted (admin, id, MANY);
  assert_page (admin, id, 0, "d-desc", "n1499", 100);
}

/* Mail that arrives changes neither the pages nor the count of a search that is there. */
static void
test_arrivals (void)
{
  g_autofree char *words = search (ann, "{\"query\":\"common\"}");
  g_autofree char *folder = search (ann, "{\"folder\":\"" FOLDER "\"}");
  g_autofree char *later = NULL;

  upload (MANY, 200);
  assert_counted (ann, words, MANY);
  assert_counted (ann, folder, MANY);
  assert_page (ann, words, 0, "d-desc", "n1499", 100);
  assert_page (ann, folder, 0, "d-desc", "n1499", 100);
  assert_page (ann, folder, 1400, "d-asc", "n1400", 100);
  later = search (ann, "{\"query\":\"common\"}");
  assert_counted (ann, later, MANY + 200);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  call ("CreateUser", "userName=ann&privileges=login,archive&password=a");
  ann = test_server_sign_in (server, "ann", "a");
  admin = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  upload (0, MANY);
  g_test_add_func ("/counts/at-once", test_at_once);
  g_test_add_func ("/counts/meanwhile", test_meanwhile);
  g_test_add_func ("/counts/dropped", test_dropped);
  g_test_add_func ("/counts/audited", test_audited);
  g_test_add_func ("/counts/arrivals", test_arrivals);
  result = g_test_run ();
  g_free (ann);
  g_free (admin);
  test_server_free (server);
  return result;
}
