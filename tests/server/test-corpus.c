/* test-corpus.c: thousands of real messages through munimentd's own interface */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "corpus.h"
#include "test-server.h"

#include "json.h"

#define BATCH 1000
#define PAGE 1000
#define SEARCH_EVERY 10

static GPtrArray *files;
static TestServer *server;
static char *ann; /* bearer */
static GPtrArray *ids;

static void
test_upload (void)
{
  for (guint first = 0; first < files->len; first += BATCH) {
    guint n = MIN (BATCH, files->len - first);
    g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
    g_autoptr (JsonObject) reply = NULL;
    JsonArray *items;

    for (guint i = first; i < first + n; i++)
      g_ptr_array_add (batch, test_corpus_load (files->pdata[i]));
    reply = test_server_upload_bytes (server, ann, "ann/Corpus/Inbox", batch);
    items = mun_json_get_array (reply, "items");
    g_assert_cmpint (mun_json_get_int (reply, "failed", -1), ==, 0);
    g_assert_cmpuint (json_array_get_length (items), ==, n);
    for (guint i = 0; i < n; i++)
      g_ptr_array_add (ids, g_strdup (mun_json_get_string (json_array_get_object_element (items, i),
                                                           "id", NULL)));
  }
}

/* "1:23" is messages/1/23. */
static char *
message_path (const char *id, const char *what)
{
  g_autofree char *numbers = g_strdelimit (g_strdup (id), ":", '/');

  return g_strdup_printf ("/api/messages/%s/%s", numbers, what);
}

static void
test_byte_exact (void)
{
  for (guint i = 0; i < files->len; i++) {
    g_autofree char *path = message_path (ids->pdata[i], "download");
    g_autoptr (GBytes) expected = test_corpus_load (files->pdata[i]);
    g_autoptr (GBytes) raw = NULL;

    g_assert_cmpuint (test_server_request (server, server->web_port, "GET", path, ann, NULL, &raw),
                      ==, 200);
    if (!g_bytes_equal (raw, expected))
      g_error ("%s comes back changed", (char *)files->pdata[i]);
  }
}

/* What is no sound message is archived all the same, and says what is wrong. */
static void
test_damaged (void)
{
  guint damaged = 0;

  for (guint i = 0; i < files->len; i++) {
    g_autofree char *path = message_path (ids->pdata[i], "archiveinfo");
    g_autoptr (JsonNode) reply = test_server_get (server, ann, path, 200);
    JsonObject *info = json_node_get_object (reply);

    g_assert_cmpint (mun_json_get_bool (info, "damaged", FALSE), ==,
                     mun_json_has (info, "damageNote"));
    damaged += mun_json_get_bool (info, "damaged", FALSE);
  }
  g_test_message ("%u of %u are damaged", damaged, files->len);
  g_assert_cmpuint (damaged, >, 0);
  g_assert_cmpuint (damaged, <, files->len);
}

/* Page @number of a search; FALSE behind the last one. */
static gboolean
get_page (const char *search, guint number, JsonNode **reply)
{
  g_autofree char *path
      = g_strdup_printf ("/api/searches/%s/results?messageIndexStart=%u&messageCount=%u", search,
                         number * PAGE, PAGE);

  *reply = test_server_get (server, ann, path, 200);
  if (json_array_get_length (
          mun_json_get_array (json_node_get_object (*reply), "searchResultItems"))
      > 0)
    return TRUE;
  g_clear_pointer (reply, json_node_unref);
  return FALSE;
}

static char *
start_search (JsonObject *criteria)
{
  g_autofree char *json = mun_json_object_to_string (criteria);
  g_autoptr (JsonNode) reply = test_server_post (server, ann, "/api/searches", json, 200);

  return g_strdup (mun_json_get_string (json_node_get_object (reply), "searchId", NULL));
}

static gboolean
is_found (const char *id, const char *word)
{
  g_autoptr (JsonObject) criteria = json_object_new ();
  g_autofree char *search = NULL, *path = NULL;
  gboolean found = FALSE;
  JsonNode *reply;

  json_object_set_string_member (criteria, "query", word);
  json_object_set_boolean_member (criteria, "querySubject", TRUE);
  search = start_search (criteria);
  for (guint page = 0; !found && get_page (search, page, &reply); page++) {
    JsonArray *items = mun_json_get_array (json_node_get_object (reply), "searchResultItems");

    for (guint i = 0; !found && i < json_array_get_length (items); i++)
      found = g_strcmp0 (mun_json_get_string (json_array_get_object_element (items, i), "id", NULL),
                         id)
              == 0;
    json_node_unref (reply);
  }
  path = g_strconcat ("/api/searches/", search, NULL);
  test_server_request (server, server->web_port, "DELETE", path, ann, NULL, NULL);
  return found;
}

/* All of them are listed; each tenth is found by a word of the subject that the list shows. */
static void
test_found (void)
{
  g_autoptr (JsonObject) everything = json_object_new ();
  g_autofree char *search = start_search (everything);
  g_autoptr (GHashTable) listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonNode *reply;

  for (guint page = 0; get_page (search, page, &reply); page++) {
    JsonArray *items = mun_json_get_array (json_node_get_object (reply), "searchResultItems");

    for (guint i = 0; i < json_array_get_length (items); i++) {
      JsonObject *item = json_array_get_object_element (items, i);
      const char *id = mun_json_get_string (item, "id", "");
      const char *subject = mun_json_get_string (item, "subject", "");
      g_autofree char *word = test_corpus_dup_word (subject);

      g_assert_true (g_hash_table_add (listed, g_strdup (id)));
      if (i % SEARCH_EVERY == 0 && word != NULL && !is_found (id, word))
        g_error ("message %s is not found by “%s” of its subject “%s”", id, word, subject);
    }
    json_node_unref (reply);
  }
  for (guint i = 0; i < ids->len; i++)
    g_assert_true (g_hash_table_contains (listed, ids->pdata[i]));
}

int
main (int argc, char **argv)
{
  const char *reason = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  files = test_corpus_open (&reason);
  if (files == NULL) {
    g_print ("1..0 # SKIP %s\n", reason);
    return 0;
  }
  server = test_server_start (NULL, NULL);
  g_clear_pointer (&(JsonNode *){ test_server_call_ok (
                       server, "CreateUser", "userName=ann&privileges=login,archive&password=a") },
                   json_node_unref);
  ann = test_server_sign_in (server, "ann", "a");
  ids = g_ptr_array_new_with_free_func (g_free);
  g_test_add_func ("/munimentd/corpus/upload", test_upload);
  g_test_add_func ("/munimentd/corpus/byte-exact", test_byte_exact);
  g_test_add_func ("/munimentd/corpus/damaged", test_damaged);
  g_test_add_func ("/munimentd/corpus/found", test_found);
  result = g_test_run ();
  g_ptr_array_unref (ids);
  g_ptr_array_unref (files);
  g_free (ann);
  test_server_free (server);
  return result;
}
