/* render-server.c: the server that is shown: replies.json, and an archive in a real munimentd */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "render.h"

#include "archive-client.h"
#include "json.h"
#include "test-server.h"

#include <signal.h>
#include <string.h>

static JsonObject *replies;
static TestServer *server;
static MunArchiveClient *client;

static char *
read_file (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("MUNIMENT_SOURCE_DIR"), "tests", "console",
                                            "render", name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* "@-3m": three minutes ago, "@+21d": in three weeks. */
static gboolean
replace_time_cb (const GMatchInfo *match, GString *text, gpointer data)
{
  g_autofree char *amount = g_match_info_fetch (match, 1), *unit = g_match_info_fetch (match, 2);
  gint64 seconds = *unit == 'd' ? 86400 : *unit == 'h' ? 3600 : 60;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then
      = g_date_time_add_seconds (now, (gdouble)(g_ascii_strtoll (amount, NULL, 10) * seconds
                                                + 30 * (*unit == 'd')));
  g_autofree char *written = g_date_time_format (then, "%Y-%m-%dT%H:%M:%S");

  g_string_append (text, written);
  return FALSE;
}

static JsonObject *
get_replies (void)
{
  g_autofree char *raw = NULL, *text = NULL;
  g_autoptr (GRegex) times = NULL;
  g_autoptr (GError) error = NULL;

  if (replies != NULL)
    return replies;
  raw = read_file ("replies.json");
  times = g_regex_new ("@([+-][0-9]+)([mhd])", 0, 0, NULL);
  text = g_regex_replace_eval (times, raw, -1, 0, 0, replace_time_cb, NULL, NULL);
  replies = mun_json_parse_object (text, -1, &error);
  g_assert_no_error (error);
  return replies;
}

char *
render_server_dup_reply (const char *member)
{
  JsonNode *node = json_object_get_member (get_replies (), member);

  g_assert_nonnull (node);
  return mun_json_to_string (node);
}

FakeConnection *
render_server_new (void)
{
  FakeConnection *connection = fake_connection_new ();
  g_autofree char *info = render_server_dup_reply ("GetServerInfo");
  g_autoptr (GList) members = json_object_get_members (get_replies ());

  for (GList *item = members; item != NULL; item = item->next) {
    g_autofree char *json = render_server_dup_reply (item->data);

    fake_connection_answer (connection, item->data, json);
  }
  fake_connection_set_server_info (connection, info);
  return connection;
}

static void
create_user (const char *name)
{
  g_autofree char *form
      = g_strdup_printf ("userName=%s&privileges=login,archive&password=%s", name, name);

  g_assert_null (test_server_call_ok (server, "CreateUser", form));
}

/* messages.txt: "@@ user/folder", then the message as it is, until the next one. */
static void
fill_archive (void)
{
  g_autofree char *text = read_file ("messages.txt");
  g_auto (GStrv) parts = g_strsplit (text, "@@ ", -1);

  create_user ("ada");
  create_user ("benoit");
  create_user ("emmy");
  for (guint i = 1; parts[i] != NULL; i++) {
    char *message = strchr (parts[i], '\n');
    g_autofree char *user = g_strndup (parts[i], strcspn (parts[i], "/"));
    g_autofree char *bearer = test_server_sign_in (server, user, user);
    g_autoptr (JsonObject) reply = NULL;

    *message++ = '\0';
    reply = test_server_upload (server, bearer, parts[i], (const char *const[]){ message, NULL });
    g_assert_cmpint (mun_json_get_int (reply, "archived", 0), ==, 1);
  }
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  mun_archive_client_connect_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

static void
start_archive (void)
{
  g_autoptr (MunSecret) password = mun_secret_new (TEST_PASSWORD, strlen (TEST_PASSWORD));
  gboolean connected = FALSE;

  server = test_server_start (NULL, NULL);
  fill_archive ();
  client = mun_archive_client_new ("127.0.0.1", server->web_port, server->fingerprint);
  mun_archive_client_set_account (client, TEST_ADMIN, password);
  mun_archive_client_connect_async (client, NULL, connected_cb, &connected);
  console_test_wait (connected);
}

FakeConnection *
render_server_new_with_archive (gboolean allowed)
{
  FakeConnection *connection = render_server_new ();
  g_autofree char *form
      = g_strdup_printf ("config={\"adminArchiveAccess\":%s}", allowed ? "true" : "false");

  if (server == NULL)
    start_archive ();
  g_assert_null (test_server_call_ok (server, "SetComplianceConfiguration", form));
  fake_connection_set_archive (connection, client);
  return connection;
}

void
render_server_stop (void)
{
  g_clear_object (&client);
  g_clear_pointer (&server, test_server_free);
  g_clear_pointer (&replies, json_object_unref);
}
