/* main.c: options, listeners, and the files that clients read */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tenant.h"

#include "tls.h"

#include "acceptor.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_MESSAGES 3000
#define DEFAULT_LIFETIME 3599

typedef struct {
  char *dir;
  char *company;
  int seed;
  int messages;
  int port;
  int latency;
  gboolean stdin_ends;
  GStrv certificates;
  GStrv grants;
} Options;

gint64
tenant_now (Tenant *self)
{
  return g_get_real_time () / G_USEC_PER_SEC + self->clock_skew;
}

char *
tenant_guid (void)
{
  return g_uuid_string_random ();
}

char *
tenant_base64url (gconstpointer data, gsize length)
{
  char *text = g_base64_encode (data, length);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  g_strdelimit (text, "=", '\0');
  return text;
}

GBytes *
tenant_base64url_decode (const char *text)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  gsize length = strlen (text), used = strspn (text, alphabet), size;
  gsize padding = strspn (text + used, "=");
  if (used == 0 || used + padding != length || padding > 2 || used % 4 == 1)
    return NULL;
  g_autofree char *standard
      = g_strdup_printf ("%.*s%.*s", (int)used, text, (int)((4 - used % 4) % 4), "===");
  g_strdelimit (standard, "-", '+');
  g_strdelimit (standard, "_", '/');
  guchar *data = g_base64_decode (standard, &size);
  return g_bytes_new_take (data, size);
}

void
tenant_reply_json (SoupServerMessage *message, guint status, JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  char *text = json_to_string (node, FALSE);
  json_object_unref (object);
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json; charset=utf-8", SOUP_MEMORY_TAKE,
                                    text, strlen (text));
}

static char *
random_key (void)
{
  g_autofree char *a = tenant_guid (), *b = tenant_guid ();
  g_autofree char *both = g_strconcat (a, b, NULL);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, both, -1);
}

static Tenant *
tenant_new (const Options *options)
{
  Tenant *self = g_new0 (Tenant, 1);
  self->dir = g_strdup (options->dir);
  self->control_key = random_key ();
  self->state_key = random_key ();
  self->latency = (guint)MAX (1, options->latency);
  self->token_lifetime = DEFAULT_LIFETIME;
  self->company = tenant_company_new (options->company, (guint64)options->seed);
  tenant_company_fill (self->company, (guint)MAX (0, options->messages));
  self->app = tenant_registration_new ((guint64)options->seed);
  self->tokens
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tenant_token_free);
  self->replays = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->loop = g_main_loop_new (NULL, FALSE);
  return self;
}

static void
tenant_free (Tenant *self)
{
  g_free (self->dir);
  g_free (self->login_url);
  g_free (self->graph_url);
  g_free (self->control_url);
  g_free (self->control_key);
  g_free (self->state_key);
  g_free (self->faults.throttle_mailbox);
  g_free (self->faults.fail_path);
  g_hash_table_unref (self->tokens);
  g_hash_table_unref (self->replays);
  tenant_registration_free (self->app);
  tenant_company_free (self->company);
  g_main_loop_unref (self->loop);
  g_free (self);
}

/* One listener on 127.0.0.1; `url` gets its origin. NULL with an error when the port is taken. */
static MunAcceptor *
listen_on (guint port, SoupServer *server, GTlsCertificate *certificate, char **url, GError **error)
{
  g_autoptr (MunAcceptor) acceptor = mun_acceptor_new (server, certificate);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  guint16 bound;
  if (!mun_acceptor_listen (acceptor, address, &bound, error))
    return NULL;
  *url = g_strdup_printf ("%s://127.0.0.1:%u", certificate != NULL ? "https" : "http", bound);
  return g_steal_pointer (&acceptor);
}

static SoupServer *
make_server (void)
{
  return soup_server_new ("server-header", "Microsoft-IIS/10.0 (simulated)", NULL);
}

static JsonObject *
describe (Tenant *self)
{
  JsonObject *object = json_object_new ();
  g_autofree char *ca = g_build_filename (self->dir, "ca.pem", NULL);
  g_autofree char *clouds = g_build_filename (self->dir, "clouds.ini", NULL);
  guint mailboxes = 0, messages = 0;
  for (guint i = 0; i < self->company->people->len; i++) {
    TenantPerson *person = g_ptr_array_index (self->company->people, i);
    mailboxes += person->mailbox != NULL;
    messages += person->mailbox != NULL ? person->mailbox->messages->len : 0;
  }
  json_object_set_string_member (object, "loginUrl", self->login_url);
  json_object_set_string_member (object, "graphUrl", self->graph_url);
  json_object_set_string_member (object, "controlUrl", self->control_url);
  json_object_set_string_member (object, "company", self->company->name);
  json_object_set_string_member (object, "domain", self->company->domain);
  json_object_set_string_member (object, "initialDomain", self->company->initial_domain);
  json_object_set_string_member (object, "tenantId", self->company->tenant_id);
  json_object_set_string_member (object, "clientId", self->app->client_id);
  json_object_set_string_member (object, "caFile", ca);
  json_object_set_string_member (object, "cloudsFile", clouds);
  json_object_set_int_member (object, "accounts", self->company->people->len);
  json_object_set_int_member (object, "mailboxes", mailboxes);
  json_object_set_int_member (object, "messages", messages);
  json_object_set_int_member (object, "pid", getpid ());
  return object;
}

/* Writes ca.pem, clouds.ini and, last, ready.json, which has the control key. Prints the ready
 * line. */
static gboolean
announce (Tenant *self, const char *ca_pem, GError **error)
{
  g_autofree char *ca = g_build_filename (self->dir, "ca.pem", NULL);
  g_autofree char *clouds = g_build_filename (self->dir, "clouds.ini", NULL);
  g_autofree char *ready = g_build_filename (self->dir, "ready.json", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (JsonObject) object = describe (self);
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *line = json_to_string (node, FALSE);
  g_key_file_set_string (file, "simulated", "Name", "Simulated tenant");
  g_key_file_set_string (file, "simulated", "LoginUrl", self->login_url);
  g_key_file_set_string (file, "simulated", "GraphUrl", self->graph_url);
  g_key_file_set_string (file, "simulated", "CaFile", ca);
  g_key_file_set_boolean (file, "simulated", "Default", TRUE);
  g_autofree char *clouds_text = g_key_file_to_data (file, NULL, NULL);
  json_object_set_string_member (object, "controlKey", self->control_key);
  g_autofree char *secret_line = json_to_string (node, TRUE);
  if (!g_file_set_contents (ca, ca_pem, -1, error)
      || !g_file_set_contents (clouds, clouds_text, -1, error)
      || !g_file_set_contents_full (ready, secret_line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                    error))
    return FALSE;
  puts (line);
  fflush (stdout);
  return TRUE;
}

static gboolean
prepare (Tenant *self, const Options *options, GError **error)
{
  for (guint i = 0; options->grants != NULL && options->grants[i] != NULL; i++) {
    if (!tenant_registration_grant (self->app, options->grants[i])) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "No such role: %s",
                   options->grants[i]);
      return FALSE;
    }
  }
  for (guint i = 0; options->certificates != NULL && options->certificates[i] != NULL; i++) {
    char *data;
    gsize length;
    if (!g_file_get_contents (options->certificates[i], &data, &length, error))
      return FALSE;
    g_autoptr (GBytes) bytes = g_bytes_new_take (data, length);
    if (tenant_registration_upload (self->app, bytes, error) == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
stop_cb (gpointer data)
{
  g_main_loop_quit (((Tenant *)data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
input_cb (int fd, GIOCondition condition, gpointer data)
{
  char buffer[256];
  if (read (fd, buffer, sizeof buffer) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (((Tenant *)data)->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
serve (Tenant *self, const Options *options, GError **error)
{
  g_autofree char *ca_pem = NULL;
  g_autoptr (GTlsCertificate) certificate = tenant_tls_make (&ca_pem, error);
  guint port = (guint)options->port;
  if (certificate == NULL || !prepare (self, options, error))
    return FALSE;
  g_autoptr (SoupServer) login = make_server ();
  g_autoptr (SoupServer) graph = make_server ();
  g_autoptr (SoupServer) control = make_server ();
  g_autoptr (MunAcceptor) login_acceptor
      = listen_on (port, login, certificate, &self->login_url, error);
  g_autoptr (MunAcceptor) graph_acceptor
      = login_acceptor != NULL
            ? listen_on (port > 0 ? port + 1 : 0, graph, certificate, &self->graph_url, error)
            : NULL;
  g_autoptr (MunAcceptor) control_acceptor
      = graph_acceptor != NULL
            ? listen_on (port > 0 ? port + 2 : 0, control, NULL, &self->control_url, error)
            : NULL;
  if (control_acceptor == NULL)
    return FALSE;
  tenant_token_add_handlers (self, login);
  tenant_graph_add_handlers (self, graph);
  tenant_control_add_handlers (self, control);
  g_unix_signal_add (SIGTERM, stop_cb, self);
  g_unix_signal_add (SIGINT, stop_cb, self);
  if (options->stdin_ends)
    g_unix_fd_add (0, G_IO_IN | G_IO_HUP, input_cb, self);
  if (!announce (self, ca_pem, error))
    return FALSE;
  g_main_loop_run (self->loop);
  soup_server_disconnect (login);
  soup_server_disconnect (graph);
  soup_server_disconnect (control);
  return TRUE;
}

static const char description[]
    = "Writes into DIR: ready.json (addresses, tenant and client id, control key; 0600), ca.pem, "
      "and clouds.ini\n"
      "for MUNIMENT_CLOUDS. When it listens it prints ready.json without the key as one line.\n"
      "\n"
      "The control interface is plain HTTP on loopback; every request has \"Authorization: Bearer "
      "KEY\".\n"
      "Bodies are JSON unless another form is named. Replies are JSON.\n"
      "\n"
      "  GET    /control/info                      what ready.json says, roles, certificates\n"
      "  GET    /control/counts                    requests so far; mostAtATime: most at one "
      "mailbox at once\n"
      "  POST   /control/certificates              body: .cer (DER) or PEM; replies thumbprint "
      "(SHA-1), sha256\n"
      "  DELETE /control/certificates?thumbprint=\n"
      "  POST   /control/grant, /control/revoke    {\"roles\": [\"Mail.Read\"]}; issued tokens "
      "keep theirs\n"
      "  POST   /control/application               {\"enabled\": false}\n"
      "  POST   /control/throttle                  {\"requests\": n, \"seconds\": s, \"mailbox\": "
      "upn or absent}\n"
      "  POST   /control/fail                      {\"requests\": n, \"status\": 503, "
      "\"retryAfter\": s, \"path\": part}\n"
      "  POST   /control/cut                       {\"bodies\": n, \"after\": bytes, \"mime\": "
      "true: only $value}\n"
      "  POST   /control/expire-tokens             every issued access token is expired\n"
      "  POST   /control/token-lifetime            {\"seconds\": n} for tokens issued from now on\n"
      "  POST   /control/expire-delta              every delta and skip token is lost (410)\n"
      "  POST   /control/empty-directory           {\"empty\": true}\n"
      "  POST   /control/clock                     {\"ahead\": seconds}\n"
      "  POST   /control/latency                   {\"milliseconds\": n} of a mailbox request\n"
      "  GET    /control/users                     all accounts with what decides about them; "
      "distinct = messages\n"
      "                                            whose bytes differ\n"
      "  POST   /control/users                     {\"userPrincipalName\", \"displayName\", "
      "\"mail\", \"accountEnabled\",\n"
      "                                            \"licensed\", \"mailbox\"} adds one or changes "
      "the one there\n"
      "  DELETE /control/users?upn=\n"
      "  GET    /control/folders?mailbox=          path, id, hidden, search, messages\n"
      "  POST   /control/folders?mailbox=&path=    makes one\n"
      "  GET    /control/messages?mailbox=         id (immutable), folder, sha256, size, subject, "
      "messageId\n"
      "  GET    /control/message?mailbox=&id=      the bytes\n"
      "  POST   /control/messages?mailbox=&folder= body: a message\n"
      "  POST   /control/write                     {\"mailbox\", \"folder\", \"count\"} writes "
      "further ones\n"
      "  POST   /control/move                      {\"mailbox\", \"id\", \"folder\"}\n"
      "  DELETE /control/messages?mailbox=&id=\n"
      "  POST   /control/shutdown\n"
      "\n"
      "Folders are named by path below the root, '/' between names; a '/' inside a name is written "
      "\"\\/\".";

int
main (int argc, char **argv)
{
  Options options = { 0 };
  g_autoptr (GError) error = NULL;
  options.seed = 1;
  options.messages = DEFAULT_MESSAGES;
  options.latency = 3;
  GOptionEntry entries[]
      = { { "dir", 0, 0, G_OPTION_ARG_FILENAME, &options.dir, "Where files for clients are written",
            "DIR" },
          { "port", 0, 0, G_OPTION_ARG_INT, &options.port,
            "Sign-in on N, Graph on N+1, control on N+2; 0: any free ones", "N" },
          { "company", 0, 0, G_OPTION_ARG_STRING, &options.company, "Name of the company", "NAME" },
          { "seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "Everything is written from this number",
            "N" },
          { "messages", 0, 0, G_OPTION_ARG_INT, &options.messages,
            "Messages in all mailboxes together", "N" },
          { "latency", 0, 0, G_OPTION_ARG_INT, &options.latency,
            "Milliseconds of a mailbox request", "N" },
          { "certificate", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.certificates,
            "A certificate that is uploaded already", "FILE" },
          { "grant", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.grants,
            "A role that is granted already", "ROLE" },
          { "until-stdin-ends", 0, 0, G_OPTION_ARG_NONE, &options.stdin_ends,
            "End when standard input does", NULL },
          { NULL } };
  setlocale (LC_ALL, "C.UTF-8");
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (
      context, "A simulated Microsoft 365 tenant for tests and for trying Muniment.");
  g_option_context_set_description (context, description);
  if (!g_option_context_parse (context, &argc, &argv, &error) || options.dir == NULL) {
    g_printerr ("muniment-tenant: %s\n", error != NULL ? error->message : "--dir is needed");
    return 2;
  }
  if (options.company == NULL)
    options.company = g_strdup ("Alderbrook Instruments");
  g_mkdir_with_parents (options.dir, 0700);
  Tenant *self = tenant_new (&options);
  gboolean good = serve (self, &options, &error);
  if (!good)
    g_printerr ("muniment-tenant: %s\n", error->message);
  tenant_free (self);
  g_free (options.dir);
  g_free (options.company);
  g_strfreev (options.certificates);
  g_strfreev (options.grants);
  return good ? 0 : 1;
}
