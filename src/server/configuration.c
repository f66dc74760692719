/* configuration.c: options of the command line and of the configuration file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "configuration.h"

#include "errors.h"

#define DEFAULT_FILE "/etc/muniment/munimentd.conf"
#define DEFAULT_DATA_DIR "/var/lib/muniment"
#define DEFAULT_WEB_PORT 8462
#define DEFAULT_ADMIN_PORT 8463
#define DEFAULT_BODY_LIMIT (16 * 1024 * 1024)
#define DEFAULT_MESSAGE_LIMIT (512 * 1024 * 1024)

MunConfiguration *
mun_configuration_new (const char *data_dir)
{
  MunConfiguration *self = g_new0 (MunConfiguration, 1);

  self->data_dir = g_strdup (data_dir);
  self->listen = g_new0 (char *, 2);
  self->listen[0] = g_strdup ("127.0.0.1");
  self->ready_fd = -1;
  self->body_limit = DEFAULT_BODY_LIMIT;
  self->message_limit = DEFAULT_MESSAGE_LIMIT;
  self->searches_per_user = 8;
  self->token_lifetime = 300;
  self->workers = 8;
  self->byte_order_mark = TRUE;
  return self;
}

void
mun_configuration_free (MunConfiguration *self)
{
  g_free (self->data_dir);
  g_strfreev (self->listen);
  g_free (self->password_file);
  g_free (self->certificate_file);
  g_free (self->key_file);
  g_free (self);
}

/* What the command line said: NULL and -1 stand for nothing. */
typedef struct {
  char *config;
  char *data_dir;
  GStrv listen;
  int admin_port;
  int web_port;
  char *password_file;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->config);
  g_free (options->data_dir);
  g_strfreev (options->listen);
  g_free (options->password_file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_command_line (MunConfiguration *self, Options *options, GStrv arguments, GError **error)
{
  GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config,
      "Read this configuration file instead of " DEFAULT_FILE, "FILE" },
    { "data-dir", 'd', 0, G_OPTION_ARG_FILENAME, &options->data_dir,
      "Keep the archive in this directory", "DIR" },
    { "listen", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &options->listen,
      "Listen on this address; may be given several times (default: loopback)", "ADDRESS" },
    { "admin-port", 0, 0, G_OPTION_ARG_INT, &options->admin_port,
      "Port of the Administration API, 0 for any free one (default: 8463)", "N" },
    { "web-port", 0, 0, G_OPTION_ARG_INT, &options->web_port,
      "Port of the Web Access API, 0 for any free one (default: 8462)", "N" },
    { "session", 0, 0, G_OPTION_ARG_NONE, &self->session,
      "Serve one desktop user: loopback, any free ports, data below the user's data directory",
      NULL },
    { "ready-fd", 0, 0, G_OPTION_ARG_INT, &self->ready_fd,
      "Write one JSON line to this descriptor when ready", "N" },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &options->password_file,
      "First start: the administrator's password is the first line of this file", "FILE" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version and end", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- the Muniment archive server");
  g_auto (GStrv) copy = g_strdupv (arguments);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &copy, error))
    return FALSE;
  if (copy != NULL && copy[0] != NULL && copy[1] != NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "Unexpected argument %s", copy[1]);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_port (int port, const char *name, GError **error)
{
  if (port >= 0 && port <= G_MAXUINT16)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "%s %d is not a port number (0 to 65535)", name,
               port);
  return FALSE;
}

/* A key that is absent leaves @value alone; one that is no number, or out of range, is an error. */
static gboolean
read_number (GKeyFile *file, const char *group, const char *key, gint64 lowest, gint64 highest,
             gint64 *value, GError **error)
{
  g_autoptr (GError) local = NULL;
  gint64 number;

  if (!g_key_file_has_key (file, group, key, NULL))
    return TRUE;
  number = g_key_file_get_int64 (file, group, key, &local);
  if (local == NULL && number >= lowest && number <= highest) {
    *value = number;
    return TRUE;
  }
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
               "[%s] %s must be a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, group,
               key, lowest, highest);
  return FALSE;
}

static gboolean
read_limits (MunConfiguration *self, GKeyFile *file, GError **error)
{
  gint64 body = self->body_limit, message = self->message_limit;
  gint64 searches = self->searches_per_user, lifetime = self->token_lifetime;
  gint64 workers = self->workers;

  if (!read_number (file, "Limits", "RequestBody", 65536, G_MAXINT32, &body, error)
      || !read_number (file, "Limits", "Message", 65536, G_MAXINT32, &message, error)
      || !read_number (file, "Limits", "SearchesPerUser", 1, 1000, &searches, error)
      || !read_number (file, "Limits", "TokenLifetime", 5, 86400, &lifetime, error)
      || !read_number (file, "Limits", "Workers", 1, 256, &workers, error))
    return FALSE;
  self->body_limit = body;
  self->message_limit = message;
  self->searches_per_user = searches;
  self->token_lifetime = lifetime;
  self->workers = workers;
  return TRUE;
}

/* @options gets what the file says wherever the command line said nothing. */
static gboolean
read_file (MunConfiguration *self, Options *options, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gint64 admin_port = options->admin_port, web_port = options->web_port;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error)) {
    g_prefix_error (error, "Configuration file %s: ", path);
    return FALSE;
  }
  if (options->data_dir == NULL)
    options->data_dir = g_key_file_get_string (file, "Server", "DataDirectory", NULL);
  if (options->listen == NULL)
    options->listen = g_key_file_get_string_list (file, "Server", "Listen", NULL, NULL);
  if (options->password_file == NULL)
    options->password_file = g_key_file_get_string (file, "Server", "PasswordFile", NULL);
  if ((options->admin_port < 0
       && !read_number (file, "Server", "AdminPort", 0, G_MAXUINT16, &admin_port, error))
      || (options->web_port < 0
          && !read_number (file, "Server", "WebPort", 0, G_MAXUINT16, &web_port, error))
      || !read_limits (self, file, error)) {
    g_prefix_error (error, "Configuration file %s: ", path);
    return FALSE;
  }
  options->admin_port = admin_port;
  options->web_port = web_port;
  if (g_key_file_has_key (file, "Server", "ByteOrderMark", NULL))
    self->byte_order_mark = g_key_file_get_boolean (file, "Server", "ByteOrderMark", NULL);
  self->certificate_file = g_key_file_get_string (file, "TLS", "CertificateFile", NULL);
  self->key_file = g_key_file_get_string (file, "TLS", "KeyFile", NULL);
  return TRUE;
}

static char *
default_data_dir (gboolean session)
{
  /* systemd names the unit's StateDirectory so (systemd.exec) */
  const char *state = g_getenv ("STATE_DIRECTORY");

  if (session)
    return g_build_filename (g_get_user_data_dir (), "muniment", "server", NULL);
  return g_strdup (state != NULL && *state != '\0' ? state : DEFAULT_DATA_DIR);
}

static void
apply (MunConfiguration *self, Options *options)
{
  self->data_dir = options->data_dir != NULL ? g_steal_pointer (&options->data_dir)
                                             : default_data_dir (self->session);
  if (options->listen != NULL && options->listen[0] != NULL) {
    g_strfreev (self->listen);
    self->listen = g_steal_pointer (&options->listen);
  }
  self->admin_port = options->admin_port;
  if (self->admin_port < 0)
    self->admin_port = self->session ? 0 : DEFAULT_ADMIN_PORT;
  self->web_port = options->web_port;
  if (self->web_port < 0)
    self->web_port = self->session ? 0 : DEFAULT_WEB_PORT;
  self->password_file = g_steal_pointer (&options->password_file);
}

MunConfiguration *
mun_configuration_parse (GStrv arguments, GError **error)
{
  g_autoptr (MunConfiguration) self = mun_configuration_new (NULL);
  g_auto (Options) options = { .admin_port = -1, .web_port = -1 };
  const char *path;

  if (!parse_command_line (self, &options, arguments, error))
    return NULL;
  if ((options.admin_port != -1 && !check_port (options.admin_port, "--admin-port", error))
      || (options.web_port != -1 && !check_port (options.web_port, "--web-port", error)))
    return NULL;
  path = options.config;
  /* a system-wide file does not concern the server of one desktop user */
  if (path == NULL && !self->session && g_file_test (DEFAULT_FILE, G_FILE_TEST_EXISTS))
    path = DEFAULT_FILE;
  if (path != NULL && !read_file (self, &options, path, error))
    return NULL;
  if (self->session && options.listen != NULL) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "--session serves this computer only: --listen cannot be used with it");
    return NULL;
  }
  if ((self->certificate_file == NULL) != (self->key_file == NULL)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "[TLS] CertificateFile and KeyFile go together");
    return NULL;
  }
  apply (self, &options);
  return g_steal_pointer (&self);
}
