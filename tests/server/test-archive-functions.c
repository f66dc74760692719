/* test-archive-functions.c: stores, folders, messages, compliance */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "test-server.h"

#include "json.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

static TestServer *server;
static char *bearer; /* of the administrator */

static void
ok (const char *function, const char *form)
{
  g_autoptr (JsonNode) result = test_server_call_ok (server, function, form);

  g_assert_null (result);
}

static void
refused (const char *function, const char *form, const char *part)
{
  g_autofree char *message = test_server_call_error (server, function, form);

  g_test_message ("%s %s: %s", function, form, message);
  g_assert_nonnull (strstr (message, part));
}

/* @n messages with different subjects. */
static void
fill (const char *folder, guint n)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) messages = NULL;
  g_autoptr (JsonObject) reply = NULL;

  for (guint i = 0; i < n; i++) {
    g_autofree char *subject = g_strdup_printf ("%s-%u", folder, i);
    g_autofree char *message = test_message (subject, "a@example.org", "b@example.org", "text");

    g_strv_builder_add (builder, message);
  }
  messages = g_strv_builder_end (builder);
  reply = test_server_upload (server, bearer, folder, (const char *const *)messages);
  g_assert_cmpint (mun_json_get_int (reply, "archived", 0), ==, n);
}

static void
set_archive_access (gboolean allowed)
{
  ok ("SetComplianceConfiguration",
      allowed ? "config={\"adminArchiveAccess\":true}" : "config={\"adminArchiveAccess\":false}");
  /* searches end, tokens stay */
}

static void
test_stores (void)
{
  g_autoptr (JsonNode) before = test_server_call_ok (server, "GetStores", "includeSize=false");
  g_autoptr (JsonNode) created = NULL;
  g_autoptr (JsonNode) after = NULL;
  JsonObject *first = json_array_get_object_element (json_node_get_array (before), 0);
  JsonObject *second;

  g_assert_cmpuint (json_array_get_length (json_node_get_array (before)), ==, 1);
  g_assert_cmpstr (mun_json_get_string (first, "requestedState", NULL), ==, "current");
  g_assert_cmpstr (mun_json_get_string (first, "type", NULL), ==, "FileSystemInternal");
  g_assert_true (JSON_NODE_HOLDS_NULL (json_object_get_member (first, "error")));
  created = test_server_call_ok (server, "CreateStore",
                                 "name=2027-01&type=FileSystemInternal&requestedState=current");
  g_assert_cmpint (mun_json_get_int (json_node_get_object (created), "id", 0), ==, 2);
  after = test_server_call_ok (server, "GetStores", "includeSize=true");
  first = json_array_get_object_element (json_node_get_array (after), 0);
  second = json_array_get_object_element (json_node_get_array (after), 1);
  g_assert_cmpstr (mun_json_get_string (first, "requestedState", NULL), ==, "normal");
  g_assert_cmpstr (mun_json_get_string (second, "requestedState", NULL), ==, "current");
  g_assert_cmpint (mun_json_get_int (second, "statisticsCount", -1), ==, 0);
  ok ("SetStoreRequestedState", "id=1&requestedState=writeProtected");
  ok ("SetStoreRequestedState", "id=1&requestedState=normal");
  ok ("SetStoreRequestedState", "id=1&requestedState=current");
  refused ("CreateStore", "name=2027-01", "2027-01");
  refused ("CreateStore", "name=x&type=PostgreSQL", "PostgreSQL");
  refused ("CreateStore", "name=x&databasePath=/tmp/x", "databasePath");
  refused ("SetStoreRequestedState", "id=1&requestedState=normal", "");
  refused ("SetStoreRequestedState", "id=1&requestedState=asleep", "asleep");
  refused ("SetStoreRequestedState", "id=77&requestedState=normal", "77");
  refused ("VerifyStore", "id=77", "77");
}

static void
test_verify (void)
{
  static const char *const calls[][2] = { { "VerifyStore", "id=1&includeIndexes=true" },
                                          { "VerifyStore", "id=1" },
                                          { "VerifyStores", "includeIndexes=True" } };

  fill ("ann/Inbox", 20);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_autoptr (JsonObject) envelope = test_server_call (server, calls[i][0], calls[i][1]);

    g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==, "succeeded");
    /* the log is the report */
    g_assert_cmpuint (strlen (mun_json_get_string (envelope, "logOutput", "")), >, 0);
    g_assert_cmpint (mun_json_get_int (mun_json_get_object (envelope, "result"), "faults", -1), ==,
                     0);
  }
}

/* Its catalogue is lost while it is disabled; the log says what was done. */
static void
test_recover (void)
{
  g_autoptr (JsonNode) created = NULL;
  g_autoptr (JsonNode) stores = NULL;
  g_autoptr (JsonObject) envelope = NULL;
  g_autofree char *form = NULL, *id = NULL, *path = NULL;
  JsonObject *first;

  created = test_server_call_ok (server, "CreateStore", "name=next&requestedState=current");
  id = g_strdup_printf ("%d", (int)mun_json_get_int (json_node_get_object (created), "id", 0));
  refused ("RecoverStore", "id=77", "77");
  refused ("RecoverStore", "id=1", "in use");
  ok ("SetStoreRequestedState", "id=1&requestedState=disabled");
  stores = test_server_call_ok (server, "GetStores", "includeSize=false");
  first = json_array_get_object_element (json_node_get_array (stores), 0);
  path = g_build_filename (mun_json_get_string (first, "databasePath", ""), "catalogue.db", NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  envelope = test_server_call (server, "RecoverStore", "id=1");
  g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==, "succeeded");
  g_assert_nonnull (strstr (mun_json_get_string (envelope, "logOutput", ""), "20 messages"));
  ok ("SetStoreRequestedState", "id=1&requestedState=current");
  g_clear_pointer (&envelope, json_object_unref);
  envelope = test_server_call (server, "VerifyStore", "id=1");
  g_assert_cmpint (mun_json_get_int (mun_json_get_object (envelope, "result"), "faults", -1), ==,
                   0);
}

static void
assert_verified (const char *form)
{
  g_autoptr (JsonObject) envelope = test_server_call (server, "VerifyStore", form);

  g_assert_cmpint (mun_json_get_int (mun_json_get_object (envelope, "result"), "faults", -1), ==,
                   0);
}

/* The keys of the stores: none of it is in the audit log, and the next start opens everything. */
static void
test_keys (void)
{
  g_autoptr (JsonObject) envelope = NULL;
  g_autoptr (JsonNode) stores = NULL;
  g_autoptr (JsonNode) audit = NULL;
  g_autofree char *text = NULL, *data_dir = NULL, *before = NULL, *after = NULL, *path = NULL;
  gsize length;

  path = g_build_filename (server->data_dir, "master-key", NULL);
  refused ("SetStoreRecoveryKey", "id=1&passphrase=too-short", "12");
  refused ("SetStoreRecoveryKey", "id=77&passphrase=long-enough-for-it", "77");
  ok ("SetStoreRecoveryKey", "id=1&passphrase=long-enough-for-it");
  refused ("UnlockStore", "id=1&passphrase=long-enough-for-it", "not locked");
  refused ("UnlockStore", "id=1&passphrase=", "empty");
  refused ("AttachStore", "name=x&type=FileSystemInternal&databasePath=/tmp", "stores");
  refused ("AttachStore", "name=x&type=FileSystemInternal&contentPath=/tmp", "contentPath");
  g_assert_true (g_file_get_contents (path, &before, &length, NULL));
  envelope = test_server_call (server, "RenewMasterKey", "");
  g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==, "succeeded");
  g_assert_nonnull (strstr (mun_json_get_string (envelope, "logOutput", ""), "new master key"));
  g_assert_true (g_file_get_contents (path, &after, &length, NULL));
  g_assert_cmpint (memcmp (before, after, length), !=, 0);
  assert_verified ("id=1");
  audit = test_server_call_ok (server, "GetAuditLog", "maximum=1000");
  text = mun_json_to_string (audit);
  g_assert_nonnull (strstr (text, "StoreChangeRecoveryKey"));
  g_assert_nonnull (strstr (text, "MasterKeyRenew"));
  g_assert_null (strstr (text, "long-enough-for-it"));
  g_assert_null (strstr (text, "too-short"));
  /* A second server on its data. */
  g_clear_pointer (&bearer, g_free);
  g_assert_cmpint (test_server_stop (server, SIGTERM), ==, 0);
  {
    TestServer *next = test_server_start (server->data_dir, NULL);

    next->own_dir = server->own_dir;
    server->own_dir = FALSE;
    test_server_free (server);
    server = next;
  }
  bearer = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  stores = test_server_call_ok (server, "GetStores", "includeSize=false");
  for (guint i = 0; i < json_array_get_length (json_node_get_array (stores)); i++)
    g_assert_true (JSON_NODE_HOLDS_NULL (
        json_object_get_member (json_array_get_object_element (json_node_get_array (stores), i),
                                "error")));
  assert_verified ("id=1");
}

/* Half of what there is goes, and its space with it; the log says how much. */
static void
test_compact (void)
{
  g_autoptr (JsonNode) list = NULL;
  g_autoptr (JsonNode) events = NULL;
  g_autoptr (JsonObject) envelope = NULL, verified = NULL;
  JsonArray *messages;
  JsonObject *event;
  const char *log;

  refused ("CompactStore", "id=77", "77");
  fill ("ann/Passing", 40);
  set_archive_access (TRUE);
  list = test_server_call_ok (server, "GetMessages", "folder=ann/Passing");
  messages = json_node_get_array (list);
  g_assert_cmpuint (json_array_get_length (messages), ==, 40);
  for (guint i = 0; i < 40; i++) {
    g_autofree char *form
        = g_strdup_printf ("id=%s&reason=passing",
                           mun_json_get_string (json_array_get_object_element (messages, i), "id",
                                                ""));

    ok ("DeleteMessage", form);
  }
  set_archive_access (FALSE);
  envelope = test_server_call (server, "CompactStore", "id=1");
  g_assert_cmpstr (mun_json_get_string (envelope, "statusCode", NULL), ==, "succeeded");
  log = mun_json_get_string (envelope, "logOutput", "");
  g_test_message ("%s", log);
  g_assert_nonnull (strstr (log, "1 of 1 containers rewritten"));
  g_assert_nonnull (strstr (log, "MB given back"));
  verified = test_server_call (server, "VerifyStore", "id=1&includeIndexes=true");
  g_assert_cmpint (mun_json_get_int (mun_json_get_object (verified, "result"), "faults", -1), ==,
                   0);
  ok ("MaintainFileSystemDatabases", NULL);
  ok ("CompactMasterDatabase", NULL);
  events = test_server_call_ok (server, "GetAuditLog", "eventType=StoreCompact");
  /* newest first */
  event = json_array_get_object_element (json_node_get_array (events), 0);
  g_assert_cmpstr (mun_json_get_string (event, "result", NULL), ==, "succeeded");
  g_assert_nonnull (
      strstr (mun_json_get_string (event, "details", ""), "1 of 1 containers rewritten"));
  ok ("DeleteEmptyFolders", "folder=ann");
}

static JsonArray *
child_folders (const char *form, JsonNode **holder)
{
  *holder = test_server_call_ok (server, "GetChildFolders", form);
  return json_node_get_array (*holder);
}

static JsonObject *
find_folder (JsonArray *folders, const char *name)
{
  for (guint i = 0; i < json_array_get_length (folders); i++) {
    JsonObject *folder = json_array_get_object_element (folders, i);

    if (strcmp (mun_json_get_string (folder, "name", ""), name) == 0)
      return folder;
  }
  return NULL;
}

static void
test_child_folders (void)
{
  g_autoptr (JsonNode) closed = NULL;
  g_autoptr (JsonNode) inside = NULL;
  g_autoptr (JsonNode) open = NULL;
  g_autoptr (JsonNode) flat = NULL;
  g_autoptr (JsonNode) own = NULL;
  JsonObject *archive;

  fill ("bob/Exchange bob/Inbox/Deep", 2);
  fill ("admin/Notes", 1);
  /* closed: other archives exist, and no more is said; the own one is open */
  archive = find_folder (child_folders ("", &closed), "bob");
  g_assert_nonnull (archive);
  g_assert_cmpuint (json_array_get_length (mun_json_get_array (archive, "childFolders")), ==, 0);
  g_assert_cmpuint (json_array_get_length (child_folders ("folder=bob", &inside)), ==, 0);
  archive = find_folder (json_node_get_array (closed), "admin");
  g_assert_nonnull (find_folder (mun_json_get_array (archive, "childFolders"), "Notes"));
  set_archive_access (TRUE);
  archive = find_folder (child_folders ("", &open), "bob");
  archive = find_folder (mun_json_get_array (archive, "childFolders"), "Exchange bob");
  archive = find_folder (mun_json_get_array (archive, "childFolders"), "Inbox");
  g_assert_nonnull (find_folder (mun_json_get_array (archive, "childFolders"), "Deep"));
  archive
      = find_folder (child_folders ("folder=/bob//Exchange%20bob/&maxLevels=1", &flat), "Inbox");
  g_assert_cmpuint (json_array_get_length (mun_json_get_array (archive, "childFolders")), ==, 0);
  refused ("GetChildFolders", "folder=bob/Nowhere", "Nowhere");
  refused ("GetChildFolders", "folder=//", "folder");
  set_archive_access (FALSE);
}

static void
test_statistics (void)
{
  g_autoptr (JsonNode) node = NULL;
  gboolean found = FALSE;

  fill ("carol/Inbox", 3);
  fill ("carol/Sent", 2);
  node = test_server_call_ok (server, "GetFolderStatistics", NULL);
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++) {
    JsonObject *row = json_array_get_object_element (json_node_get_array (node), i);

    if (strcmp (mun_json_get_string (row, "folder", ""), "carol") == 0) {
      g_assert_cmpint (mun_json_get_int (row, "count", 0), ==, 5);
      g_assert_cmpint (mun_json_get_int (row, "size", 0), >, 500);
      found = TRUE;
    }
  }
  g_assert_true (found);
}

static void
test_move_and_delete_folders (void)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) whole = NULL;
  g_autoptr (JsonNode) after = NULL;

  fill ("dora/Old/Inbox", 1);
  set_archive_access (TRUE);
  ok ("MoveFolder", "fromFolder=dora/Old/Inbox&toFolder=dora/New/Inbox");
  g_assert_nonnull (find_folder (child_folders ("folder=dora", &node), "New"));
  g_assert_nonnull (find_folder (json_node_get_array (node), "Old"));
  ok ("DeleteEmptyFolders", "folder=dora");
  g_assert_null (find_folder (child_folders ("folder=dora", &after), "Old"));
  /* a whole archive */
  ok ("MoveFolder", "fromFolder=dora&toFolder=dora.renamed");
  g_assert_nonnull (find_folder (child_folders ("folder=dora.renamed", &whole), "New"));
  refused ("MoveFolder", "fromFolder=dora&toFolder=x", "dora");
  refused ("MoveFolder", "fromFolder=carol/Inbox&toFolder=carol/Sent", "carol/Sent");
  refused ("MoveFolder", "fromFolder=carol&toFolder=", "toFolder");
  ok ("DeleteEmptyFolders", "");
  set_archive_access (FALSE);
}

static void
test_messages (void)
{
  g_autoptr (JsonNode) own = NULL;
  g_autoptr (JsonNode) others = NULL;
  g_autoptr (JsonNode) audit = NULL;
  JsonObject *message;

  fill ("admin/Listed", 3);
  own = test_server_call_ok (server, "GetMessages", "folder=admin/Listed");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (own)), ==, 3);
  message = json_array_get_object_element (json_node_get_array (own), 0);
  g_assert_true (g_str_has_prefix (mun_json_get_string (message, "id", ""), "1:"));
  g_assert_true (g_str_has_prefix (mun_json_get_string (message, "subject", ""), "admin/Listed-"));
  g_assert_cmpstr (mun_json_get_string (message, "from", NULL), ==, "a@example.org");
  g_assert_cmpstr (mun_json_get_string (message, "to", NULL), ==, "b@example.org");
  g_assert_cmpstr (mun_json_get_string (message, "folder", NULL), ==, "admin/Listed");
  g_assert_cmpuint (strlen (mun_json_get_string (message, "date", "")), ==,
                    strlen ("2026-11-02T10:00:00"));
  g_assert_true (json_object_has_member (message, "hasAttachments"));
  g_assert_true (json_object_has_member (message, "damaged"));
  refused ("GetMessages", "folder=ann/Inbox", "compliance");
  refused ("GetMessages", "folder=admin/Nowhere", "Nowhere");
  set_archive_access (TRUE);
  others = test_server_call_ok (server, "GetMessages", "folder=ann/Inbox");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (others)), ==, 20);
  audit = test_server_call_ok (server, "GetAuditLog", "eventType=MessageRetrieveList");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (audit)), ==, 1);
  set_archive_access (FALSE);
}

static void
test_delete_message (void)
{
  g_autoptr (JsonNode) list = NULL;
  g_autoptr (JsonNode) after = NULL;
  g_autoptr (JsonNode) audit = NULL;
  g_autofree char *form = NULL;
  JsonObject *event;
  const char *id;

  fill ("admin/Doomed", 2);
  list = test_server_call_ok (server, "GetMessages", "folder=admin/Doomed");
  id = mun_json_get_string (json_array_get_object_element (json_node_get_array (list), 0), "id",
                            "");
  form = g_strdup_printf ("id=%s&reason=%%20", id);
  refused ("DeleteMessage", form, "reason");
  g_free (form);
  form = g_strdup_printf ("id=%s&reason=a%%20private%%20message", id);
  ok ("SetComplianceConfiguration", "config={\"legalHold\":true}");
  refused ("DeleteMessage", form, "legal hold");
  ok ("SetComplianceConfiguration", "config={\"legalHold\":false}");
  ok ("DeleteMessage", form);
  refused ("DeleteMessage", form, id);
  refused ("DeleteMessage", "id=nonsense&reason=x", "nonsense");
  after = test_server_call_ok (server, "GetMessages", "folder=admin/Doomed");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (after)), ==, 1);
  /* the reason and what it was are on record, and so are the refusals */
  audit = test_server_call_ok (server, "GetAuditLog", "eventType=MessageDelete");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (audit)), ==, 5);
  event = json_array_get_object_element (json_node_get_array (audit), 2);
  g_assert_cmpstr (mun_json_get_string (event, "result", NULL), ==, "succeeded");
  g_assert_nonnull (strstr (mun_json_get_string (event, "details", ""), "a private message"));
  g_assert_nonnull (strstr (mun_json_get_string (event, "details", ""), "admin/Doomed"));
}

static void
test_compliance (void)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *config;

  /* what nobody here knows stays, and so does what was left out */
  ok ("SetComplianceConfiguration",
      "config={\"theirs\":{\"deep\":[1,2]},\"auditorUserName\":\"aud\",\"legalHold\":false}");
  ok ("SetComplianceConfiguration", "config={\"auditorUserName\":null}");
  node = test_server_call_ok (server, "GetComplianceConfiguration", NULL);
  config = json_node_get_object (node);
  g_assert_nonnull (mun_json_get_array (mun_json_get_object (config, "theirs"), "deep"));
  g_assert_false (mun_json_get_bool (config, "adminArchiveAccess", TRUE));
  g_assert_false (mun_json_get_bool (config, "legalHold", TRUE));
  g_assert_true (JSON_NODE_HOLDS_NULL (json_object_get_member (config, "auditorUserName")));
  g_assert_true (mun_json_get_bool (mun_json_get_object (config, "auditEvents"),
                                    "MessageRetrieveContent", FALSE));
  refused ("SetComplianceConfiguration", "config={\"legalHold\":\"yes\"}", "legalHold");
  refused ("SetComplianceConfiguration", "config=[]", "object");
  refused ("SetComplianceConfiguration", "config={broken", "");
  refused ("SetComplianceConfiguration", "", "config");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  bearer = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  g_test_add_func ("/munimentd/archive/stores", test_stores);
  g_test_add_func ("/munimentd/archive/verify", test_verify);
  g_test_add_func ("/munimentd/archive/recover", test_recover);
  g_test_add_func ("/munimentd/archive/child-folders", test_child_folders);
  g_test_add_func ("/munimentd/archive/statistics", test_statistics);
  g_test_add_func ("/munimentd/archive/move-and-delete-folders", test_move_and_delete_folders);
  g_test_add_func ("/munimentd/archive/messages", test_messages);
  g_test_add_func ("/munimentd/archive/delete-message", test_delete_message);
  g_test_add_func ("/munimentd/archive/compliance", test_compliance);
  g_test_add_func ("/munimentd/archive/keys", test_keys);
  g_test_add_func ("/munimentd/archive/compact", test_compact);
  status = g_test_run ();
  g_free (bearer);
  test_server_free (server);
  return status;
}
