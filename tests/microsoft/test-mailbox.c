/* test-mailbox.c: folders, changes and messages of the simulated tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "errors.h"
#include "json.h"
#include "script-server.h"
#include "tenant-client.h"

#include <string.h>

static TestTenant *tenant;

static JsonArray *
get_list (JsonObject *reply, const char *name)
{
  JsonArray *list = mun_json_get_array (reply, name);

  g_assert_nonnull (list);
  return list;
}

/* The account with the most messages. */
static char *
dup_busiest_user (gint64 *messages)
{
  g_autoptr (JsonObject) reply = test_tenant_control (tenant, "GET", "users", NULL);
  JsonArray *users = get_list (reply, "users");
  const char *busiest = NULL;

  *messages = 0;
  for (guint i = 0; i < json_array_get_length (users); i++) {
    JsonObject *user = json_array_get_object_element (users, i);

    if (mun_json_get_int (user, "messages", 0) > *messages) {
      *messages = mun_json_get_int (user, "messages", 0);
      busiest = mun_json_get_string (user, "userPrincipalName", NULL);
    }
  }
  return g_strdup (busiest);
}

static JsonObject *
control_of (const char *what, const char *user)
{
  g_autofree char *escaped = g_uri_escape_string (user, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("%s?mailbox=%s", what, escaped);

  return test_tenant_control (tenant, "GET", path, NULL);
}

static MunMailFolder *
find_folder (GPtrArray *folders, const char *id)
{
  for (guint i = 0; i < folders->len; i++)
    if (strcmp (((MunMailFolder *)folders->pdata[i])->id, id) == 0)
      return folders->pdata[i];
  return NULL;
}

static void
test_folders (void)
{
  gint64 messages, total = 0;
  g_autofree char *user = dup_busiest_user (&messages);
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = mun_mailbox_list_folders (graph, user, TRUE, NULL, &error);
  g_autoptr (GPtrArray) shown = mun_mailbox_list_folders (graph, user, FALSE, NULL, &error);
  g_autoptr (JsonObject) reply = control_of ("folders", user);
  JsonArray *expected = get_list (reply, "folders");
  guint hidden = 0, searches = 0, deep = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < json_array_get_length (expected); i++) {
    JsonObject *one = json_array_get_object_element (expected, i);
    MunMailFolder *folder = find_folder (all, mun_json_get_string (one, "id", ""));

    if (mun_json_get_bool (one, "search", FALSE)) {
      searches++;
      g_assert_null (folder);
      continue;
    }
    g_assert_nonnull (folder);
    g_assert_cmpint (folder->total, ==, mun_json_get_int (one, "messages", -1));
    g_assert_cmpint (folder->hidden, ==, mun_json_get_bool (one, "hidden", FALSE));
    if (!strstr (mun_json_get_string (one, "path", ""), "\\/"))
      g_assert_cmpstr (folder->path, ==, mun_json_get_string (one, "path", ""));
    total += folder->total;
    hidden += folder->hidden;
    deep += strchr (folder->path, '/') != NULL;
  }
  g_assert_cmpuint (searches, >, 0);
  g_assert_cmpuint (hidden, >, 0);
  g_assert_cmpuint (deep, >, 0);
  g_assert_cmpuint (all->len, ==, json_array_get_length (expected) - searches);
  g_assert_cmpuint (shown->len, <, all->len);
  g_assert_cmpint (total, ==, messages);
  for (guint i = 0; i < all->len; i++) { /* parents come before their children */
    MunMailFolder *folder = all->pdata[i];
    g_autofree char *parent = g_path_get_dirname (folder->path);
    gboolean found = strcmp (parent, ".") == 0;

    for (guint j = 0; j < i && !found; j++)
      found = strcmp (((MunMailFolder *)all->pdata[j])->path, parent) == 0;
    g_assert_true (found);
  }
}

static void
test_folder_names (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunEntra) entra
      = mun_entra_new (script_server_get_cloud (server), "t", "c", tenant->certificate);
  g_autoptr (MunGraph) graph = mun_graph_new (entra);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = NULL;
  static const char *const paths[] = { "A∕B", "_", "_", "x y", "A∕B/inner" };
  g_autofree char *log = NULL;

  script_server_push_token (server, "t", 3599);
  script_server_push (
      server, 200, NULL,
      "{\"value\":[{\"id\":\"i=1\",\"displayName\":\"A/B\",\"childFolderCount\":1},{\"id\":\"2\","
      "\"displayName\":\"  \"},{\"id\":\"3\",\"displayName\":\"..\"},{\"id\":\"4\","
      "\"displayName\":\"x\\ny\"},{\"displayName\":\"no "
      "id\"},{\"id\":\"2\",\"displayName\":\"twice\"}]}");
  script_server_push (server, 200, NULL,
                      "{\"value\":[{\"id\":\"5\",\"displayName\":\"inner\",\"childFolderCount\":0},"
                      "{\"id\":\"i=1\",\"displayName\":\"loop\",\"childFolderCount\":1}]}");
  folders = mun_mailbox_list_folders (graph, "o'neill@x.example", TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (folders->len, ==, G_N_ELEMENTS (paths));
  for (guint i = 0; i < folders->len; i++)
    g_assert_cmpstr (((MunMailFolder *)folders->pdata[i])->path, ==, paths[i]);
  log = script_server_dup_log (server);
  g_assert_nonnull (strstr (log, "/childFolders?"));
  g_assert_nonnull (strstr (log, "includeHiddenFolders=true"));
}

/* Asked by whatever function, Exchange gives the ids that stay only to whom asks for them. */
static void
test_immutable_ids (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunEntra) entra
      = mun_entra_new (script_server_get_cloud (server), "t", "c", tenant->certificate);
  g_autoptr (MunGraph) graph = mun_graph_new (entra);

  script_server_push_token (server, "t", 3599);
  for (guint i = 0; i < 4; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) folders = NULL;
    g_autoptr (MunDeltaPage) page = NULL;
    g_autoptr (GBytes) raw = NULL;
    g_autofree char *id = NULL, *prefer = NULL;

    script_server_push (server, 200, NULL,
                        "{\"id\":\"i\",\"value\":[],\"@odata.deltaLink\":\"%s/v1.0/next\"}");
    if (i == 0)
      folders = mun_mailbox_list_folders (graph, "u", TRUE, NULL, &error);
    else if (i == 1)
      id = mun_mailbox_find_folder (graph, "u", "junkemail", NULL, &error);
    else if (i == 2)
      page = mun_mailbox_delta (graph, "u", "f", NULL, 10, NULL, &error);
    else
      raw = mun_mailbox_fetch (graph, "u", "m", NULL, &error);
    g_assert_no_error (error);
    prefer = script_server_dup_header (server, "Prefer");
    g_assert_nonnull (prefer);
    g_assert_nonnull (strstr (prefer, "IdType=\"ImmutableId\""));
  }
}

/* Follows a folder's changes to the end; the ids go into `ids`, the link is returned. */
static char *
read_changes (MunGraph *graph, const char *user, const char *folder, const char *link,
              GHashTable *ids, guint *removed)
{
  g_autofree char *next = g_strdup (link);

  for (;;) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MunDeltaPage) page = mun_mailbox_delta (graph, user, folder, next, 7, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (page->items->len, <=, 7);
    for (guint i = 0; i < page->items->len; i++) {
      MunMailItem *item = page->items->pdata[i];

      *removed += item->removed;
      if (!item->removed) {
        g_assert_cmpint (item->received, >, 0);
        g_hash_table_add (ids, g_strdup (item->id));
      }
    }
    if (page->delta_link) {
      g_assert_null (page->next_link);
      return g_strdup (page->delta_link);
    }
    g_free (next);
    next = g_strdup (page->next_link);
  }
}

static MunMailFolder *
find_fullest (GPtrArray *folders)
{
  MunMailFolder *fullest = folders->pdata[0];

  for (guint i = 1; i < folders->len; i++)
    if (((MunMailFolder *)folders->pdata[i])->total > fullest->total)
      fullest = folders->pdata[i];
  return fullest;
}

static void
test_whole_mailbox (void)
{
  gint64 messages;
  g_autofree char *user = dup_busiest_user (&messages);
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GPtrArray) folders = mun_mailbox_list_folders (graph, user, TRUE, NULL, NULL);
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (JsonObject) reply = control_of ("messages", user);
  JsonArray *expected = get_list (reply, "messages");
  guint removed = 0;

  for (guint i = 0; i < folders->len; i++)
    g_free (
        read_changes (graph, user, ((MunMailFolder *)folders->pdata[i])->id, NULL, ids, &removed));
  g_assert_cmpuint (removed, ==, 0);
  g_assert_cmpuint (g_hash_table_size (ids), ==, messages);
  for (guint i = 0; i < json_array_get_length (expected); i++) {
    JsonObject *one = json_array_get_object_element (expected, i);
    const char *id = mun_json_get_string (one, "id", "");
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) raw = NULL;
    g_autofree char *sha256 = NULL;

    g_assert_true (g_hash_table_contains (ids, id)); /* the immutable ones */
    if (i >= 40)
      continue;
    raw = mun_mailbox_fetch (graph, user, id, NULL, &error);
    g_assert_no_error (error);
    sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, raw);
    g_assert_cmpstr (sha256, ==, mun_json_get_string (one, "sha256", ""));
  }
}

static void
test_changes_only (void)
{
  gint64 messages;
  g_autofree char *user = dup_busiest_user (&messages);
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GPtrArray) folders = mun_mailbox_list_folders (graph, user, FALSE, NULL, NULL);
  MunMailFolder *folder = find_fullest (folders);
  g_autoptr (GHashTable) first = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) second = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) third = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *body = NULL, *link = NULL, *later = NULL, *last = NULL, *path = NULL;
  g_autofree char *mailbox = g_uri_escape_string (user, NULL, FALSE);
  guint removed = 0;
  GHashTableIter iter;
  gpointer id;

  link = read_changes (graph, user, folder->id, NULL, first, &removed);
  later = read_changes (graph, user, folder->id, link, second, &removed);
  g_assert_cmpuint (g_hash_table_size (second), ==, 0); /* nothing new */
  body = g_strdup_printf ("{\"mailbox\": \"%s\", \"folder\": \"%s\", \"count\": 3}", user,
                          folder->path);
  test_tenant_order (tenant, "write", body);
  g_hash_table_iter_init (&iter, first);
  g_assert_true (g_hash_table_iter_next (&iter, &id, NULL));
  path = g_strdup_printf ("messages?mailbox=%s&id=%s", mailbox, (const char *)id);
  json_object_unref (test_tenant_control (tenant, "DELETE", path, NULL));

  last = read_changes (graph, user, folder->id, later, third, &removed);
  g_assert_cmpuint (g_hash_table_size (third), ==, 3);
  g_assert_cmpuint (removed, ==, 1);
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (mun_mailbox_fetch (graph, user, id, NULL, &error));
    g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_NOT_FOUND);
  }
}

static void
test_delta_expired (void)
{
  gint64 messages;
  g_autofree char *user = dup_busiest_user (&messages);
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GPtrArray) folders = mun_mailbox_list_folders (graph, user, FALSE, NULL, NULL);
  MunMailFolder *folder = find_fullest (folders);
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *link = NULL, *again = NULL;
  g_autoptr (GError) error = NULL;
  guint removed = 0, before;

  link = read_changes (graph, user, folder->id, NULL, ids, &removed);
  before = g_hash_table_size (ids);
  test_tenant_order (tenant, "expire-delta", NULL);
  g_assert_null (mun_mailbox_delta (graph, user, folder->id, link, 10, NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_SYNC_STATE_LOST);
  again = read_changes (graph, user, folder->id, NULL, ids, &removed);
  g_assert_cmpuint (g_hash_table_size (ids), ==, before); /* the same ids */
}

static void
test_cut_message (void)
{
  gint64 messages;
  g_autofree char *user = dup_busiest_user (&messages);
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (JsonObject) reply = control_of ("messages", user);
  JsonObject *one = json_array_get_object_element (get_list (reply, "messages"), 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) raw = NULL;
  g_autofree char *sha256 = NULL;

  test_tenant_order (tenant, "cut", "{\"bodies\": 2, \"after\": 200, \"mime\": true}");
  raw = mun_mailbox_fetch (graph, user, mun_json_get_string (one, "id", ""), NULL, &error);
  g_assert_no_error (error);
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, raw);
  g_assert_cmpstr (sha256, ==, mun_json_get_string (one, "sha256", ""));
}

/* Throttled, expired and cut in one run: nothing is missing at the end. */
static void
test_bad_day (void)
{
  gint64 messages;
  g_autofree char *user = dup_busiest_user (&messages);
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GPtrArray) folders = mun_mailbox_list_folders (graph, user, TRUE, NULL, NULL);
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint removed = 0;

  test_tenant_order (tenant, "throttle", "{\"requests\": 1, \"seconds\": 1}");
  test_tenant_order (tenant, "cut", "{\"bodies\": 2, \"after\": 30}");
  for (guint i = 0; i < folders->len; i++) {
    g_free (
        read_changes (graph, user, ((MunMailFolder *)folders->pdata[i])->id, NULL, ids, &removed));
    if (i % 3 == 0)
      test_tenant_order (tenant, "expire-tokens", NULL);
  }
  g_assert_cmpuint (g_hash_table_size (ids), ==, messages);
}

static void
test_no_mailbox (void)
{
  g_autoptr (JsonObject) reply = test_tenant_control (tenant, "GET", "users", NULL);
  JsonArray *users = get_list (reply, "users");
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  const char *without = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < json_array_get_length (users); i++)
    if (!mun_json_get_bool (json_array_get_object_element (users, i), "mailbox", TRUE))
      without = mun_json_get_string (json_array_get_object_element (users, i), "userPrincipalName",
                                     NULL);
  g_assert_nonnull (without);
  g_assert_null (mun_mailbox_list_folders (graph, without, FALSE, NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_NO_MAILBOX);
  g_clear_error (&error);
  g_assert_null (mun_mailbox_list_folders (graph, "nobody@nowhere.example", FALSE, NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_NOT_FOUND);
}

static void
test_mail_denied (void)
{
  gint64 messages;
  g_autofree char *user = dup_busiest_user (&messages);
  g_autoptr (MunGraph) graph = NULL;
  g_autoptr (GError) error = NULL;

  test_tenant_order (tenant, "revoke", "{\"roles\": [\"Mail.Read\"]}");
  graph = test_tenant_graph (tenant);
  g_assert_null (mun_mailbox_list_folders (graph, user, FALSE, NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_DENIED);
  test_tenant_order (tenant, "grant", "{\"roles\": [\"Mail.Read\"]}");
}

static void
test_delta_pages (void)
{
  static const char *const bad[] = { "{}", "{\"value\":[]}", "{\"@odata.deltaLink\":\"x\"}" };
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunEntra) entra
      = mun_entra_new (script_server_get_cloud (server), "t", "c", tenant->certificate);
  g_autoptr (MunGraph) graph = mun_graph_new (entra);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunDeltaPage) page = NULL;
  g_autofree char *prefer = NULL;

  script_server_push_token (server, "t", 3599);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    script_server_push (server, 200, NULL, bad[i]);
    g_assert_null (mun_mailbox_delta (graph, "u", "f", NULL, 50, NULL, &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
    g_clear_error (&error);
  }
  script_server_push (server, 200, NULL,
                      "{\"value\":[{\"id\":\"1\",\"receivedDateTime\":\"2020-02-03T04:05:06Z\"},"
                      "{\"id\":\"2\",\"receivedDateTime\":\"never\"},{\"x\":1},null,{\"id\":\"3\","
                      "\"@removed\":{\"reason\":\"deleted\"}}],\"@odata.deltaLink\":\"d\"}");
  page = mun_mailbox_delta (graph, "u", "f", NULL, 50, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->items->len, ==, 3);
  g_assert_cmpint (((MunMailItem *)page->items->pdata[0])->received, ==, 1580702706);
  g_assert_cmpint (((MunMailItem *)page->items->pdata[1])->received, ==, 0);
  g_assert_true (((MunMailItem *)page->items->pdata[2])->removed);
  prefer = script_server_dup_header (server, "Prefer");
  g_assert_cmpstr (prefer, ==, "odata.maxpagesize=50, IdType=\"ImmutableId\"");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  tenant = test_tenant_new (400);
  g_test_add_func ("/mailbox/folders", test_folders);
  g_test_add_func ("/mailbox/folder-names", test_folder_names);
  g_test_add_func ("/mailbox/immutable-ids", test_immutable_ids);
  g_test_add_func ("/mailbox/whole", test_whole_mailbox);
  g_test_add_func ("/mailbox/changes-only", test_changes_only);
  g_test_add_func ("/mailbox/delta-expired", test_delta_expired);
  g_test_add_func ("/mailbox/cut-message", test_cut_message);
  g_test_add_func ("/mailbox/bad-day", test_bad_day);
  g_test_add_func ("/mailbox/no-mailbox", test_no_mailbox);
  g_test_add_func ("/mailbox/denied", test_mail_denied);
  g_test_add_func ("/mailbox/delta-pages", test_delta_pages);
  result = g_test_run ();
  test_tenant_free (tenant);
  return result;
}
