/* main.c: a test server in the shape of a MailStore Server: options and the ready line */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "mailstore.h"

#include "acceptor.h"
#include "json.h"

#include <errno.h>
#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>

static gboolean no_web;
static gboolean deny;
static gboolean hold;
static int admin_port;
static int web_port;
static char *record_file;
static int token_uses = G_MAXINT;
static char *data_file;

static const GOptionEntry options[] = {
  { "no-web", 0, 0, G_OPTION_ARG_NONE, &no_web, "No Web Access API", NULL },
  { "token-uses", 0, 0, G_OPTION_ARG_INT, &token_uses, "A Web Access token is good for N requests",
    "N" },
  { "admin-port", 0, 0, G_OPTION_ARG_INT, &admin_port, "Administration API, 0 for any", "PORT" },
  { "web-port", 0, 0, G_OPTION_ARG_INT, &web_port, "Web Access API, 0 for any", "PORT" },
  { "deny", 0, 0, G_OPTION_ARG_NONE, &deny, "Nobody has the privilege to use the API", NULL },
  { "hold", 0, 0, G_OPTION_ARG_NONE, &hold, "Long functions go on until they are cancelled", NULL },
  { "record", 0, 0, G_OPTION_ARG_FILENAME, &record_file, "Write each call to this file", "FILE" },
  { "data", 0, 0, G_OPTION_ARG_FILENAME, &data_file, "What the functions answer at first", "FILE" },
  { NULL },
};

static MunAcceptor *
listen_on (SoupServer *server, SoupServerCallback callback, Mailstore *state,
           GTlsCertificate *certificate, guint wanted, guint16 *port, GError **error)
{
  g_autoptr (MunAcceptor) acceptor = mun_acceptor_new (server, certificate);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", wanted);

  soup_server_add_handler (server, NULL, callback, state, NULL);
  return mun_acceptor_listen (acceptor, address, port, error) ? g_steal_pointer (&acceptor) : NULL;
}

static gboolean
load (Mailstore *state, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (data_file != NULL ? data_file : MAILSTORE_REPLIES, &text, &length,
                            error))
    return FALSE;
  state->documents = mun_json_parse_object (text, length, error);
  return state->documents != NULL;
}

static void
say_ready (guint admin, guint web, const char *fingerprint)
{
  g_autoptr (JsonObject) line = json_object_new ();
  g_autofree char *text = NULL;

  json_object_set_int_member (line, "adminPort", admin);
  json_object_set_int_member (line, "webPort", web);
  json_object_set_string_member (line, "certificateFingerprint", fingerprint);
  text = mun_json_object_to_string (line);
  printf ("%s\n", text);
  fflush (stdout);
}

static gboolean
run (Mailstore *state, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (SoupServer) admin = soup_server_new (NULL, NULL);
  g_autoptr (SoupServer) web = soup_server_new (NULL, NULL);
  g_autoptr (MunAcceptor) admin_acceptor = NULL, web_acceptor = NULL;
  g_autofree char *fingerprint = NULL;
  guint16 admin_found = 0, web_found = 0;

  if (!load (state, error))
    return FALSE;
  certificate = mailstore_tls_make (&fingerprint, error);
  if (certificate == NULL)
    return FALSE;
  admin_acceptor
      = listen_on (admin, mailstore_admin_cb, state, certificate, admin_port, &admin_found, error);
  if (admin_acceptor == NULL)
    return FALSE;
  if (!no_web) {
    web_acceptor
        = listen_on (web, mailstore_web_cb, state, certificate, web_port, &web_found, error);
    if (web_acceptor == NULL)
      return FALSE;
  }
  g_unix_signal_add (SIGTERM, (GSourceFunc)g_main_loop_quit, loop);
  g_unix_signal_add (SIGINT, (GSourceFunc)g_main_loop_quit, loop);
  say_ready (admin_found, web_found, fingerprint);
  g_main_loop_run (loop);
  soup_server_disconnect (admin);
  soup_server_disconnect (web);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- MailStore-shaped test server");
  g_autoptr (GError) error = NULL;
  Mailstore state = { 0 };
  gboolean ok;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  state.token_uses = token_uses;
  state.hold = hold;
  state.deny = deny;
  if (record_file != NULL && (state.record = fopen (record_file, "we")) == NULL) {
    g_printerr ("%s: %s\n", record_file, g_strerror (errno));
    return 1;
  }
  state.operations
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, mailstore_operation_free);
  state.tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  state.searches
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_object_unref);
  state.search_order = g_queue_new ();
  ok = run (&state, &error);
  if (!ok)
    g_printerr ("%s\n", error->message);
  g_hash_table_unref (state.operations);
  g_hash_table_unref (state.tokens);
  g_hash_table_unref (state.searches);
  g_queue_free_full (state.search_order, g_free);
  g_clear_pointer (&state.documents, json_object_unref);
  if (state.record != NULL)
    fclose (state.record);
  g_free (record_file);
  g_free (data_file);
  return ok ? 0 : 1;
}
