/* test-saved-searches.c: saved searches of munimentd, and what another server answers */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "saved-searches.h"

#include "errors.h"
#include "json.h"
#include "mailstore-process.h"
#include "test-server.h"
#include "wait.h"

#include <string.h>

#define CRITERIA "{\"query\":\"invoice\",\"folder\":\"admin\"}"

static TestServer *server;

static MunArchiveClient *
make_client (guint port, const char *fingerprint, const char *password)
{
  MunArchiveClient *client = mun_archive_client_new ("127.0.0.1", port, fingerprint);
  g_autoptr (MunSecret) secret = mun_secret_new (password, strlen (password));

  mun_archive_client_set_account (client, TEST_ADMIN, secret);
  return client;
}

static GPtrArray *
list (MunArchiveClient *client, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_archive_client_list_saved_searches_async (client, NULL, keep_result_cb, &result);
  wait_result (&result);
  return mun_archive_client_list_saved_searches_finish (client, result, error);
}

static MunRecord *
save (MunArchiveClient *client, gint64 id, const char *name, const char *json, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (JsonObject) criteria = json != NULL ? mun_json_parse_object (json, -1, NULL) : NULL;

  mun_archive_client_save_search_async (client, id, name, criteria, NULL, keep_result_cb, &result);
  wait_result (&result);
  return mun_archive_client_save_search_finish (client, result, error);
}

static gboolean delete (MunArchiveClient *client, gint64 id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mun_archive_client_delete_saved_search_async (client, id, NULL, keep_result_cb, &result);
  wait_result (&result);
  return mun_archive_client_delete_saved_search_finish (client, result, error);
}

static void
test_life (void)
{
  g_autoptr (MunArchiveClient) client
      = make_client (server->web_port, server->fingerprint, TEST_PASSWORD);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRecord) made = save (client, 0, "Invoices", CRITERIA, &error);
  g_autoptr (MunRecord) renamed = NULL;
  g_autoptr (GPtrArray) searches = NULL, none = NULL;
  gint64 id;

  g_assert_no_error (error);
  id = mun_record_get_int (made, "id", 0);
  g_assert_cmpint (id, >, 0);
  g_assert_cmpstr (mun_record_get_string (made, "criteria/query", NULL), ==, "invoice");
  renamed = save (client, id, "Bills", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mun_record_get_string (renamed, "criteria/folder", NULL), ==, "admin");
  searches = list (client, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (searches->len, ==, 1);
  g_assert_true (mun_record_equal (searches->pdata[0], renamed));
  g_assert_true (delete (client, id, &error));
  none = list (client, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
}

/* @about: how the sentence begins: with what is wrong, not with the server */
static void
assert_refused (MunArchiveClient *client, gint64 id, const char *name, const char *json,
                MunError code, const char *about)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (save (client, id, name, json, &error));
  g_assert_error (error, MUN_ERROR, (int)code);
  g_assert_true (about == NULL || g_str_has_prefix (error->message, about));
}

static void
test_errors (void)
{
  g_autoptr (MunArchiveClient) client
      = make_client (server->web_port, server->fingerprint, TEST_PASSWORD);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunRecord) made = save (client, 0, "Invoices", CRITERIA, &error);

  g_assert_no_error (error);
  assert_refused (client, 0, "invoices", CRITERIA, MUN_ERROR_EXISTS, "a search folder named");
  assert_refused (client, 0, " ", CRITERIA, MUN_ERROR_INVALID, "A search folder needs a name");
  assert_refused (client, 0, "x", "{\"query\":\"(\"}", MUN_ERROR_INVALID, "Search text, at ");
  assert_refused (client, 12345, "x", NULL, MUN_ERROR_NOT_FOUND, NULL);
  g_assert_false (delete (client, 12345, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (delete (client, mun_record_get_int (made, "id", 0), &error));
}

/* A server that never heard of them. */
static void
test_other_server (void)
{
  guint16 admin_port, web_port;
  g_autofree char *fingerprint = NULL;
  GSubprocess *process = mailstore_start (NULL, &admin_port, &web_port, &fingerprint);
  g_autoptr (MunArchiveClient) client = make_client (web_port, fingerprint, "password");
  g_autoptr (GError) error = NULL;

  g_assert_null (list (client, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  mailstore_stop (process);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  g_test_add_func ("/saved-searches/life", test_life);
  g_test_add_func ("/saved-searches/errors", test_errors);
  g_test_add_func ("/saved-searches/other-server", test_other_server);
  status = g_test_run ();
  test_server_free (server);
  return status;
}
