/* test-indexes.c: search indexes: how complete they are, rebuilding them, what searches say of it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "test-server.h"

#include "json.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>

#define MESSAGES 20

typedef struct {
  char *dir;
  TestServer *server;
} Fixture;

static void
start (Fixture *self)
{
  self->server = test_server_start (self->dir, NULL);
}

static void
stop (Fixture *self)
{
  g_assert_cmpint (test_server_stop (self->server, SIGTERM), ==, 0);
  g_clear_pointer (&self->server, test_server_free);
}

static void
fill (Fixture *self, const char *folder, const char *word)
{
  g_autofree char *bearer = test_server_sign_in (self->server, TEST_ADMIN, TEST_PASSWORD);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) messages = NULL;
  g_autoptr (JsonObject) reply = NULL;

  for (guint i = 0; i < MESSAGES; i++) {
    g_autofree char *subject = g_strdup_printf ("%s-%u", word, i);
    g_autofree char *message = test_message (subject, "a@example.org", "b@example.org", word);

    g_strv_builder_add (builder, message);
  }
  messages = g_strv_builder_end (builder);
  reply = test_server_upload (self->server, bearer, folder, (const char *const *)messages);
  g_assert_cmpint (mun_json_get_int (reply, "archived", 0), ==, MESSAGES);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->dir = g_dir_make_tmp ("muniment-indexes-XXXXXX", NULL);
  start (self);
  fill (self, "admin/Inbox", "apple");
  fill (self, "ann/Inbox", "pear");
}

static void
remove_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_dir (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  stop (self);
  remove_dir (self->dir);
  g_free (self->dir);
}

/* Changes the catalogue of store 1 while no server has it. */
static void
change_catalogue (Fixture *self, const char *sql)
{
  g_autofree char *path = g_build_filename (self->dir, "stores", "1", "catalogue.db", NULL);
  sqlite3 *handle;
  char *problem = NULL;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  sqlite3_exec (handle, sql, NULL, NULL, &problem);
  g_assert_cmpstr (problem, ==, NULL);
  sqlite3_close (handle);
}

/* One message of ann's counts as missing, and nothing can change that. */
static void
hold_gap (Fixture *self)
{
  stop (self);
  change_catalogue (self,
                    "INSERT INTO index_gaps SELECT number, (SELECT id FROM folders WHERE parent = 0"
                    " AND name = 'ann'), 0 FROM messages WHERE subject = 'pear-7';"
                    "CREATE TRIGGER held BEFORE DELETE ON index_gaps"
                    " BEGIN SELECT RAISE (ABORT, 'held by the test'); END");
  start (self);
}

static void
release_gap (Fixture *self)
{
  stop (self);
  change_catalogue (self, "DROP TRIGGER held");
  start (self);
}

static JsonObject *
get_index (JsonNode *indexes, const char *folder)
{
  JsonArray *array = json_node_get_array (indexes);

  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonObject *index = json_array_get_object_element (array, i);

    if (g_strcmp0 (mun_json_get_string (index, "folder", NULL), folder) == 0)
      return index;
  }
  g_assert_not_reached ();
}

static void
assert_index (Fixture *self, const char *folder, gboolean needs_rebuild, gboolean is_selected,
              gint64 indexed)
{
  g_autoptr (JsonNode) indexes = test_server_call_ok (self->server, "GetStoreIndexes", "id=1");
  JsonObject *index = get_index (indexes, folder);

  g_assert_cmpint (mun_json_get_bool (index, "needsRebuild", -1), ==, needs_rebuild);
  g_assert_cmpint (mun_json_get_bool (index, "selectedForRebuild", -1), ==, is_selected);
  g_assert_cmpint (mun_json_get_int (index, "indexed", -1), ==, indexed);
  g_assert_cmpint (mun_json_get_int (index, "messages", -1), ==, MESSAGES);
}

static void
test_list (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonNode) all = test_server_call_ok (self->server, "GetStoreIndexes", "");
  g_autofree char *refused = test_server_call_error (self->server, "GetStoreIndexes", "id=77");

  g_assert_cmpuint (json_array_get_length (json_node_get_array (all)), ==, 2);
  g_assert_cmpint (mun_json_get_int (get_index (all, "ann"), "storeId", 0), ==, 1);
  g_assert_nonnull (strstr (refused, "77"));
  assert_index (self, "admin", FALSE, FALSE, MESSAGES);
  assert_index (self, "ann", FALSE, FALSE, MESSAGES);
}

/* A rebuild that was chosen before a restart is still chosen after it. */
static void
test_rebuild (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonNode) selected
      = test_server_call_ok (self->server, "SelectAllStoreIndexesForRebuild", "");
  g_autoptr (JsonObject) envelope = NULL, single = NULL;
  g_autoptr (JsonNode) audit = NULL;
  g_autofree char *refused = NULL;

  g_assert_null (selected);
  assert_index (self, "admin", FALSE, TRUE, MESSAGES);
  stop (self);
  start (self);
  assert_index (self, "ann", FALSE, TRUE, MESSAGES);
  envelope = test_server_call (self->server, "RebuildSelectedStoreIndexes", "");
  g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==, "succeeded");
  g_assert_nonnull (
      strstr (mun_json_get_string (envelope, "logOutput", ""), "40 messages indexed"));
  assert_index (self, "admin", FALSE, FALSE, MESSAGES);
  single = test_server_call (self->server, "RebuildStoreIndex", "id=1&folder=ann");
  g_assert_cmpstr (mun_json_get_string (single, "statusCode", NULL), ==, "succeeded");
  g_assert_nonnull (
      strstr (mun_json_get_string (single, "logOutput", ""), "ann: 20 messages indexed"));
  refused = test_server_call_error (self->server, "RebuildStoreIndex", "id=1&folder=nobody");
  g_assert_nonnull (strstr (refused, "nobody"));
  audit = test_server_call_ok (self->server, "GetAuditLog", "eventType=StoreRebuildIndexes");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (audit)), ==, 7);
}

/* @indexed: -1: nothing is said. */
static void
assert_search (Fixture *self, const char *folder, gint64 indexed, gint64 messages, gint64 found)
{
  g_autofree char *bearer = test_server_sign_in (self->server, TEST_ADMIN, TEST_PASSWORD);
  g_autofree char *body
      = g_strdup_printf ("{\"query\":\"\",\"folder\":%s,\"folderRecurse\":true}", folder);
  g_autoptr (JsonNode) started
      = test_server_post (self->server, bearer, "/api/searches", body, 200);
  const char *id = mun_json_get_string (json_node_get_object (started), "searchId", NULL);
  const char *const ends[] = { "", "/results" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *path = g_strconcat ("/api/searches/", id, ends[i], NULL);
    g_autoptr (JsonNode) reply = test_server_get (self->server, bearer, path, 200);
    JsonObject *object = json_node_get_object (reply);

    g_assert_true (json_object_has_member (object, "indexedMessageCount"));
    g_assert_cmpint (mun_json_get_int (object, "indexedMessageCount", -1), ==, indexed);
    g_assert_cmpint (mun_json_get_int (object, "indexMessageCount", -1), ==, messages);
    g_assert_cmpint (mun_json_get_int (object, i == 0 ? "foundMessageCount" : "messageCount", -1),
                     ==, found);
  }
}

static void
assert_store (Fixture *self, gboolean needs_rebuild, gint64 indexed)
{
  g_autoptr (JsonNode) stores
      = test_server_call_ok (self->server, "GetStores", "includeSize=false");
  JsonObject *store = json_array_get_object_element (json_node_get_array (stores), 0);

  g_assert_cmpint (mun_json_get_bool (store, "searchIndexesNeedRebuild", -1), ==, needs_rebuild);
  g_assert_cmpint (mun_json_get_int (store, "indexedCount", -1), ==, indexed);
}

static void
test_incomplete (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonNode) access = test_server_call_ok (self->server, "SetComplianceConfiguration",
                                                     "config={\"adminArchiveAccess\":true}");
  g_autofree char *refused = NULL;
  g_autoptr (JsonNode) rebuilt = NULL;

  assert_search (self, "null", -1, -1, 2 * MESSAGES);
  hold_gap (self);
  assert_index (self, "ann", TRUE, FALSE, MESSAGES - 1);
  assert_index (self, "admin", FALSE, FALSE, MESSAGES);
  assert_store (self, TRUE, 2 * MESSAGES - 1);
  /* Of the archives that are searched, and no others. */
  assert_search (self, "null", 2 * MESSAGES - 1, 2 * MESSAGES, 2 * MESSAGES);
  assert_search (self, "\"ann/Inbox\"", MESSAGES - 1, MESSAGES, MESSAGES);
  assert_search (self, "\"admin\"", -1, -1, MESSAGES);
  /* What stands in the way is said. */
  refused = test_server_call_error (self->server, "RebuildStoreIndex", "id=1&folder=ann");
  g_assert_nonnull (strstr (refused, "held by the test"));
  release_gap (self);
  rebuilt = test_server_call_ok (self->server, "RebuildStoreIndex", "id=1&folder=ann");
  g_assert_null (rebuilt);
  assert_index (self, "ann", FALSE, FALSE, MESSAGES);
  assert_store (self, FALSE, 2 * MESSAGES);
  assert_search (self, "null", -1, -1, 2 * MESSAGES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/munimentd/indexes/list", test_list);
  ADD ("/munimentd/indexes/rebuild", test_rebuild);
  ADD ("/munimentd/indexes/incomplete", test_incomplete);
  return g_test_run ();
}
