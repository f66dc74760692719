/* test-uploads.c: small uploads of many clients at once, archived together, answered each */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "json.h"
#include "wire.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>

#define CLIENTS 12

static TestServer *server;
static char *ann, *bob;

/* A connection that holds back all commits of the store, so that uploads gather; what it changes is
 * left in the log, where the server finds it. */
static sqlite3 *
open_catalogue (void)
{
  g_autoptr (JsonNode) stores = test_server_call_ok (server, "GetStores", "");
  JsonObject *store = json_array_get_object_element (json_node_get_array (stores), 0);
  g_autofree char *path
      = g_build_filename (mun_json_get_string (store, "databasePath", ""), "catalogue.db", NULL);
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (database, 30000);
  sqlite3_wal_autocheckpoint (database, 0);
  return database;
}

static void
run (sqlite3 *database, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static void
send_upload (Wire *wire, const char *bearer, const char *folder, const char *subject)
{
  g_autofree char *text = test_message (subject, "a@example.org", "b@example.org", "x");
  g_autofree char *body = g_strdup_printf ("%zu\n%s", strlen (text), text);
  g_autofree char *path = g_strconcat ("/api/folders/upload?folder=", folder, NULL);
  g_autofree char *header = g_strdup_printf ("Authorization: %s\r\n", bearer);

  wire_post (wire, path, header, body);
}

static void
send_numbered (Wire *wire, const char *prefix, guint i)
{
  g_autofree char *subject = g_strdup_printf ("%s %u", prefix, i);

  send_upload (wire, ann, "ann/Many", subject);
}

static JsonObject *
read_reply (Wire *wire, guint status)
{
  g_autoptr (WireReply) reply = wire_read (wire);
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text;
  JsonObject *object;

  g_assert_nonnull (reply);
  g_assert_cmpuint (reply->status, ==, status);
  text = g_bytes_get_data (reply->body, &length);
  object = mun_json_parse_object (text, length, &error);
  g_assert_no_error (error);
  return object;
}

static char *
dup_id (JsonObject *reply)
{
  JsonArray *items = mun_json_get_array (reply, "items");

  g_assert_cmpuint (json_array_get_length (items), ==, 1);
  return g_strdup (mun_json_get_string (json_array_get_object_element (items, 0), "id", NULL));
}

/* Is the message of this id the one with this subject? */
static void
assert_archived (const char *id, const char *prefix, guint i)
{
  g_auto (GStrv) parts = g_strsplit (id, ":", 2);
  g_autofree char *path = g_strdup_printf ("/api/messages/%s/%s/download", parts[0], parts[1]);
  g_autofree char *expected = g_strdup_printf ("Subject: %s %u", prefix, i);
  g_autoptr (GBytes) body = NULL;
  gsize length;
  const char *text;

  g_assert_cmpuint (test_server_request (server, server->web_port, "GET", path, ann, NULL, &body),
                    ==, 200);
  text = g_bytes_get_data (body, &length);
  g_assert_nonnull (g_strstr_len (text, length, expected));
}

static guint
count_records (void)
{
  g_autoptr (JsonNode) audit
      = test_server_call_ok (server, "GetAuditLog", "eventType=MessageUpload&maximum=1000");

  return json_array_get_length (json_node_get_array (audit));
}

static void
open_wires (Wire *wires[CLIENTS])
{
  for (guint i = 0; i < CLIENTS; i++)
    wires[i] = wire_open (server, server->web_port, NULL);
}

static void
close_wires (Wire *wires[CLIENTS])
{
  for (guint i = 0; i < CLIENTS; i++)
    wire_free (wires[i]);
}

/* Each gets the answer to its own, and its own record; who may not write there is refused alone. */
static void
test_together (void)
{
  sqlite3 *catalogue = open_catalogue ();
  guint before = count_records ();
  Wire *wires[CLIENTS];
  g_autoptr (WireReply) denied = NULL;
  g_autoptr (Wire) stranger = wire_open (server, server->web_port, NULL);

  open_wires (wires);
  run (catalogue, "BEGIN IMMEDIATE");
  for (guint i = 0; i < CLIENTS; i++)
    send_numbered (wires[i], "together", i);
  send_upload (stranger, bob, "ann/Many", "of a stranger");
  for (guint i = 0; i < CLIENTS; i++)
    g_assert_false (wire_has_data (wires[i]));
  run (catalogue, "COMMIT");
  for (guint i = 0; i < CLIENTS; i++) {
    g_autoptr (JsonObject) reply = read_reply (wires[i], 200);
    g_autofree char *id = dup_id (reply);

    g_assert_cmpint (mun_json_get_int (reply, "archived", 0), ==, 1);
    assert_archived (id, "together", i);
  }
  denied = wire_read (stranger);
  g_assert_cmpuint (denied->status, ==, 403);
  g_assert_cmpuint (count_records (), ==, before + CLIENTS);
  close_wires (wires);
  sqlite3_close (catalogue);
}

/* Whoever sends the same at the same time: it is archived once, and both are told where. */
static void
test_same (void)
{
  sqlite3 *catalogue = open_catalogue ();
  Wire *wires[CLIENTS];
  g_autofree char *first = NULL;
  guint archived = 0;

  open_wires (wires);
  run (catalogue, "BEGIN IMMEDIATE");
  for (guint i = 0; i < CLIENTS; i++)
    send_numbered (wires[i], "same", 0);
  run (catalogue, "COMMIT");
  for (guint i = 0; i < CLIENTS; i++) {
    g_autoptr (JsonObject) reply = read_reply (wires[i], 200);
    g_autofree char *id = dup_id (reply);

    archived += mun_json_get_int (reply, "archived", 0);
    g_assert_cmpint (mun_json_get_int (reply, "archived", 0)
                         + mun_json_get_int (reply, "skipped", 0),
                     ==, 1);
    if (first == NULL)
      first = g_steal_pointer (&id);
    else
      g_assert_cmpstr (id, ==, first);
  }
  g_assert_cmpuint (archived, ==, 1);
  close_wires (wires);
  sqlite3_close (catalogue);
}

/* One that cannot be committed does not keep the others out that it came with. */
static void
test_spoilt (void)
{
  sqlite3 *catalogue = open_catalogue ();
  guint before = count_records ();
  Wire *wires[CLIENTS];

  open_wires (wires);
  run (catalogue, "CREATE TRIGGER spoil BEFORE INSERT ON messages"
                  " WHEN new.subject = 'spoilt 5' BEGIN SELECT RAISE(ABORT, 'spoilt'); END");
  run (catalogue, "BEGIN IMMEDIATE");
  for (guint i = 0; i < CLIENTS; i++)
    send_numbered (wires[i], "spoilt", i);
  run (catalogue, "COMMIT");
  for (guint i = 0; i < CLIENTS; i++) {
    g_autoptr (JsonObject) reply = read_reply (wires[i], i == 5 ? 500 : 200);

    if (i == 5) {
      g_assert_cmpint (mun_json_get_int (reply, "archived", 1), ==, 0);
      g_assert_nonnull (mun_json_get_string (reply, "message", NULL));
    } else {
      g_autofree char *id = dup_id (reply);

      assert_archived (id, "spoilt", i);
    }
  }
  g_assert_cmpuint (count_records (), ==, before + CLIENTS - 1);
  run (catalogue, "DROP TRIGGER spoil");
  close_wires (wires);
  sqlite3_close (catalogue);
}

/* Killed between the answers: what was answered is there, and the rest can be sent again. */
static void
test_killed (void)
{
  Wire *wires[CLIENTS];
  g_autofree char *data_dir = g_strdup (server->data_dir);
  char *ids[CLIENTS / 2];

  open_wires (wires);
  for (guint i = 0; i < CLIENTS; i++)
    send_numbered (wires[i], "killed", i);
  for (guint i = 0; i < CLIENTS / 2; i++) {
    g_autoptr (JsonObject) reply = read_reply (wires[i], 200);

    ids[i] = dup_id (reply);
  }
  test_server_stop (server, SIGKILL);
  close_wires (wires);
  g_free (ann);
  test_server_free (server);
  server = test_server_start (data_dir, NULL);
  ann = test_server_sign_in (server, "ann", "a");
  for (guint i = 0; i < CLIENTS / 2; i++) {
    assert_archived (ids[i], "killed", i);
    g_free (ids[i]);
  }
  open_wires (wires);
  for (guint i = 0; i < CLIENTS; i++)
    send_numbered (wires[i], "killed", i);
  for (guint i = 0; i < CLIENTS; i++) {
    g_autoptr (JsonObject) reply = read_reply (wires[i], 200);
    g_autofree char *id = dup_id (reply);

    if (i < CLIENTS / 2)
      g_assert_cmpint (mun_json_get_int (reply, "skipped", 0), ==, 1);
    assert_archived (id, "killed", i);
  }
  close_wires (wires);
}

static void
add_user (const char *form)
{
  g_autoptr (JsonNode) result = test_server_call_ok (server, "CreateUser", form);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data_dir = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  data_dir = g_dir_make_tmp ("muniment-test-XXXXXX", &error);
  g_assert_no_error (error);
  server = test_server_start (data_dir, NULL);
  server->own_dir = FALSE;
  add_user ("userName=ann&privileges=login,archive&password=a");
  add_user ("userName=bob&privileges=login,archive&password=b");
  ann = test_server_sign_in (server, "ann", "a");
  bob = test_server_sign_in (server, "bob", "b");
  g_test_add_func ("/munimentd/uploads/together", test_together);
  g_test_add_func ("/munimentd/uploads/same", test_same);
  g_test_add_func ("/munimentd/uploads/spoilt", test_spoilt);
  g_test_add_func ("/munimentd/uploads/killed", test_killed);
  status = g_test_run ();
  g_free (ann);
  g_free (bob);
  server->own_dir = TRUE;
  test_server_free (server);
  return status;
}
