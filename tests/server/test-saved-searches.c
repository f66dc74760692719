/* test-saved-searches.c: the searches that users keep, over HTTP */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "test-server.h"

#include "json.h"

#include <string.h>

#define PATH "/api/savedsearches"
#define INVOICES "{\"name\":\"Invoices\",\"criteria\":{\"query\":\"invoice OR receipt\"}}"

static TestServer *server;
static char *ann, *bob; /* bearers */

static void
call (const char *function, const char *form)
{
  g_autoptr (JsonNode) result = test_server_call_ok (server, function, form);
}

static guint
request (const char *method, const char *bearer, gint64 id, const char *json)
{
  g_autofree char *path = g_strdup_printf (PATH "/%" G_GINT64_FORMAT, id);

  return test_server_request (server, server->web_port, method, path, bearer, json, NULL);
}

static gint64
add (const char *bearer, const char *json)
{
  g_autoptr (JsonNode) node = test_server_post (server, bearer, PATH, json, 200);

  return mun_json_get_int (json_node_get_object (node), "id", 0);
}

/* What the refusal says. */
static char *
dup_refusal (const char *json, guint status)
{
  g_autoptr (JsonNode) node = test_server_post (server, ann, PATH, json, status);

  return g_strdup (mun_json_get_string (json_node_get_object (node), "message", NULL));
}

static JsonArray *
get_list (const char *bearer)
{
  g_autoptr (JsonNode) node = test_server_get (server, bearer, PATH, 200);

  return json_node_dup_array (node);
}

static void
assert_count (const char *bearer, guint count)
{
  g_autoptr (JsonArray) searches = get_list (bearer);

  g_assert_cmpuint (json_array_get_length (searches), ==, count);
}

static void
test_announced (void)
{
  g_autoptr (JsonNode) info = test_server_call_ok (server, "GetServerInfo", "");
  g_auto (GStrv) capabilities = mun_json_dup_strings (json_node_get_object (info), "capabilities");

  g_assert_true (g_strv_contains ((const char *const *)capabilities, "savedSearches"));
}

static void
test_life (void)
{
  gint64 id = add (ann, INVOICES);
  g_autoptr (JsonArray) searches = get_list (ann);
  g_autoptr (JsonArray) later = NULL;
  JsonObject *search = json_array_get_object_element (searches, 0);

  g_assert_cmpint (mun_json_get_int (search, "id", 0), ==, id);
  g_assert_cmpstr (mun_json_get_string (search, "name", NULL), ==, "Invoices");
  g_assert_cmpstr (mun_json_get_string (mun_json_get_object (search, "criteria"), "query", NULL),
                   ==, "invoice OR receipt");
  g_assert_cmpuint (request ("PUT", ann, id, "{\"name\":\"Bills\"}"), ==, 200);
  g_assert_cmpuint (request ("PUT", ann, id, "{\"criteria\":{\"from\":\"zoe\"}}"), ==, 200);
  later = get_list (ann);
  search = json_array_get_object_element (later, 0);
  g_assert_cmpstr (mun_json_get_string (search, "name", NULL), ==, "Bills");
  g_assert_cmpstr (mun_json_get_string (mun_json_get_object (search, "criteria"), "from", NULL), ==,
                   "zoe");
  g_assert_false (json_object_has_member (mun_json_get_object (search, "criteria"), "query"));
  g_assert_cmpuint (request ("DELETE", ann, id, NULL), ==, 200);
  g_assert_cmpuint (request ("DELETE", ann, id, NULL), ==, 404);
  g_assert_cmpuint (request ("PUT", ann, id, "{\"name\":\"Bills\"}"), ==, 404);
  assert_count (ann, 0);
}

/* What is kept is what a search takes; the folder may be one that is not there yet, or not any more.
 */
static void
test_checked (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{\"name\":\"x\"}",
    "{\"criteria\":{}}",
    "{\"name\":7,\"criteria\":{}}",
    "{\"name\":null,\"criteria\":{}}",
    "{\"name\":\"x\",\"criteria\":[]}",
    "{\"name\":\"\",\"criteria\":{}}",
    "{\"name\":\"x\",\"criteria\":{},\"owner\":\"bob\"}",
    "{\"name\":\"x\",\"criteria\":{\"colour\":\"red\"}}",
    "{\"name\":\"x\",\"criteria\":{\"sizeMin\":-1}}",
    "{\"name\":\"x\",\"criteria\":{\"dateFrom\":\"yesterday\"}}",
    "{\"name\":\"x\",\"criteria\":{\"query\":\"word\",\"querySubject\":false}}",
    "{\"name\":\"x\",\"criteria\":{\"from\":\"(zoe\"}}",
  };
  static const char words[] = "{\"name\":\"x\",\"criteria\":{\"query\":\"invoice OR (2026\"}}";
  g_autofree char *much = g_strnfill (70000, 'x');
  g_autofree char *large = g_strdup_printf ("{\"name\":\"%s\"}", much);
  g_autofree char *reason = dup_refusal (words, 400);
  g_autofree char *too_large = dup_refusal (large, 413);
  gint64 id;

  g_assert_cmpstr (reason, ==, "Search text, at character 12: a parenthesis is not closed");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *message = dup_refusal (bad[i], 400);

    g_assert_cmpstr (message, !=, NULL);
  }
  assert_count (ann, 0);
  id = add (ann,
            "{\"name\":\"Gone\",\"criteria\":{\"folder\":\"ann/no such\",\"folderRecurse\":true,"
            "\"dateFrom\":\"2026-01-01\",\"hasAttachments\":true,\"priority\":\"High\"}}");
  g_assert_cmpuint (request ("PUT", ann, id, "{\"criteria\":{\"query\":\"(\"}}"), ==, 400);
  g_assert_cmpuint (request ("PUT", ann, id, "{\"name\":\"a\\nb\"}"), ==, 400);
  g_assert_cmpuint (request ("DELETE", ann, id, NULL), ==, 200);
}

static void
test_names_are_unique (void)
{
  gint64 id = add (ann, INVOICES);
  gint64 other = add (ann, "{\"name\":\"Other\",\"criteria\":{}}");
  g_autofree char *reason
      = dup_refusal ("{\"name\":\" INVOICES\",\"criteria\":{\"query\":\"a\"}}", 409);

  g_assert_cmpstr (reason, ==, "a search folder named “INVOICES” exists already");
  g_assert_cmpuint (request ("PUT", ann, other, "{\"name\":\"invoices\"}"), ==, 409);
  g_assert_cmpuint (request ("PUT", ann, id, "{\"name\":\"invoices\"}"), ==, 200);
  g_assert_cmpint (add (bob, INVOICES), !=, 0);
  g_assert_cmpuint (request ("DELETE", ann, id, NULL), ==, 200);
  g_assert_cmpuint (request ("DELETE", ann, other, NULL), ==, 200);
}

/* Nobody sees, changes or deletes those of others, not even an administrator who may read all
 * archives. */
static void
test_private (void)
{
  gint64 id = add (ann, INVOICES);
  g_autofree char *admin = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);

  call ("SetComplianceConfiguration", "config={\"adminArchiveAccess\":true}");
  assert_count (admin, 0);
  g_assert_cmpuint (request ("PUT", admin, id, "{\"name\":\"x\"}"), ==, 404);
  g_assert_cmpuint (request ("DELETE", admin, id, NULL), ==, 404);
  g_assert_cmpuint (request ("DELETE", bob, id, NULL), ==, 404);
  g_assert_cmpuint (request ("DELETE", NULL, id, NULL), ==, 401);
  g_assert_cmpuint (request ("DELETE", "Bearer wrong", id, NULL), ==, 401);
  g_assert_cmpuint (test_server_request (server, server->web_port, "GET", PATH, NULL, NULL, NULL),
                    ==, 401);
  g_assert_cmpuint (request ("PATCH", ann, id, "{}"), ==, 405);
  g_assert_cmpuint (test_server_request (server, server->web_port, "DELETE", PATH "/x", ann, NULL,
                                         NULL),
                    ==, 404);
  assert_count (ann, 1);
  g_assert_cmpuint (request ("DELETE", ann, id, NULL), ==, 200);
}

static void
test_follow_the_user (void)
{
  g_autofree char *first = NULL, *renamed = NULL, *next = NULL;

  call ("CreateUser", "userName=cy&privileges=login&password=c");
  first = test_server_sign_in (server, "cy", "c");
  add (first, INVOICES);
  call ("RenameUser", "oldUserName=cy&newUserName=cyril");
  renamed = test_server_sign_in (server, "cyril", "c");
  assert_count (renamed, 1);
  call ("DeleteUser", "userName=cyril");
  call ("CreateUser", "userName=cyril&privileges=login&password=c");
  next = test_server_sign_in (server, "cyril", "c");
  assert_count (next, 0);
}

static void
test_survive_a_restart (void)
{
  gint64 id = add (ann, INVOICES);
  g_autofree char *data_dir = g_strdup (server->data_dir);
  g_autoptr (TestServer) second = NULL;
  g_autofree char *bearer = NULL;
  g_autoptr (JsonNode) node = NULL;

  g_assert_cmpint (test_server_stop (server, SIGTERM), ==, 0);
  second = test_server_start (data_dir, NULL);
  bearer = test_server_sign_in (second, "ann", "a");
  node = test_server_get (second, bearer, PATH, 200);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (node)), ==, 1);
  g_assert_cmpint (mun_json_get_int (json_array_get_object_element (json_node_get_array (node), 0),
                                     "id", 0),
                   ==, id);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  call ("CreateUser", "userName=ann&privileges=login,archive&password=a");
  call ("CreateUser", "userName=bob&privileges=login,archive&password=b");
  ann = test_server_sign_in (server, "ann", "a");
  bob = test_server_sign_in (server, "bob", "b");
  g_test_add_func ("/saved-searches/announced", test_announced);
  g_test_add_func ("/saved-searches/life", test_life);
  g_test_add_func ("/saved-searches/checked", test_checked);
  g_test_add_func ("/saved-searches/names-are-unique", test_names_are_unique);
  g_test_add_func ("/saved-searches/private", test_private);
  g_test_add_func ("/saved-searches/follow-the-user", test_follow_the_user);
  g_test_add_func ("/saved-searches/survive-a-restart", test_survive_a_restart);
  result = g_test_run ();
  g_free (ann);
  g_free (bob);
  test_server_free (server);
  return result;
}
