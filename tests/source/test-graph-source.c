/* test-graph-source.c: a mailbox whose service answers what no tenant should */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "graph-source.h"

#include "graph.h"
#include "script-server.h"

#include <string.h>

#define LOST "{\"error\":{\"code\":\"SyncStateNotFound\",\"message\":\"gone\"}}"
/* One message and a further page. */
#define PAGE "{\"value\":[{\"id\":\"m1\"}],\"@odata.nextLink\":\"%s/v1.0/next\"}"
#define LAST_PAGE "{\"value\":[{\"id\":\"m1\"}],\"@odata.deltaLink\":\"%s/v1.0/delta\"}"

static MunCertificate *certificate;

static gboolean
want_cb (const char *key, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup (key));
  return FALSE; /* as if the archive had it */
}

/* The source with its folder begun, and the answers until there used up. */
static MunSource *
begin (ScriptServer *server)
{
  g_autoptr (MunEntra) entra
      = mun_entra_new (script_server_get_cloud (server), "t", "c", certificate);
  MunSource *source = mun_graph_source_new (entra, "u", NULL);
  const MunSourceHost host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = NULL;

  script_server_push_token (server, "t", 3599);
  script_server_push (
      server, 200, NULL,
      "{\"value\":[{\"id\":\"f\",\"displayName\":\"Inbox\",\"totalItemCount\":1}]}");
  folders = mun_source_list_folders (source, &host, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (folders->len, ==, 1);
  mun_source_begin_folder (source, folders->pdata[0], NULL, NULL, &error);
  g_assert_no_error (error);
  return source;
}

static guint
count_requests (ScriptServer *server)
{
  g_autofree char *log = script_server_dup_log (server);
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);

  return g_strv_length (lines) - 1;
}

static void
test_link_lost (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunSource) source = begin (server);
  g_autoptr (GPtrArray) asked = g_ptr_array_new_with_free_func (g_free);
  const MunSourceHost host = { 100, 1000, want_cb, NULL, NULL, asked, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MunSourceBatch) batch = NULL;

  script_server_push (server, 200, NULL, PAGE);
  script_server_push (server, 410, NULL, LOST);
  script_server_push (server, 200, NULL, LAST_PAGE);
  batch = mun_source_next_batch (source, &host, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (batch->last);
  g_assert_cmpuint (batch->items->len, ==, 0);
  g_assert_cmpuint (asked->len, ==, 1); /* the second time it is known */
}

/* A service that forgets every link does not keep a run busy for ever. */
static void
test_link_lost_again (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunSource) source = begin (server);
  g_autoptr (GPtrArray) asked = g_ptr_array_new_with_free_func (g_free);
  const MunSourceHost host = { 100, 1000, want_cb, NULL, NULL, asked, NULL };
  g_autoptr (GError) error = NULL;
  guint before = count_requests (server);

  for (guint i = 0; i < 4; i++) {
    script_server_push (server, 200, NULL, PAGE);
    script_server_push (server, 410, NULL, LOST);
  }
  g_assert_null (mun_source_next_batch (source, &host, NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_SYNC_STATE_LOST);
  g_assert_cmpuint (count_requests (server) - before, ==, 4);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  certificate = mun_certificate_create ("test", 2048, 1, &error);
  g_assert_no_error (error);
  g_test_add_func ("/graph-source/link-lost", test_link_lost);
  g_test_add_func ("/graph-source/link-lost-again", test_link_lost_again);
  result = g_test_run ();
  g_clear_object (&certificate);
  return result;
}
