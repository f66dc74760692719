/* test-configuration.c: options and the configuration file */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "configuration.h"

#include "errors.h"

#include <glib/gstdio.h>
#include <string.h>

/* @line: options, separated by single spaces. */
static MunConfiguration *
parse (const char *line, GError **error)
{
  g_autofree char *whole = g_strconcat ("munimentd ", line, NULL);
  g_auto (GStrv) arguments = g_strsplit (g_strchomp (whole), " ", -1);

  return mun_configuration_parse (arguments, error);
}

static char *
write_file (const char *text)
{
  g_autoptr (GError) error = NULL;
  char *path = NULL;
  int descriptor = g_file_open_tmp ("muniment-XXXXXX.conf", &path, &error);

  g_assert_no_error (error);
  g_close (descriptor, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunConfiguration) configuration = parse ("", &error);

  g_assert_no_error (error);
  g_assert_cmpint (configuration->admin_port, ==, 8463);
  g_assert_cmpint (configuration->web_port, ==, 8462);
  g_assert_cmpstr (configuration->data_dir, ==, "/var/lib/muniment");
  g_assert_cmpstr (configuration->listen[0], ==, "127.0.0.1");
  g_assert_null (configuration->listen[1]);
  g_assert_cmpint (configuration->ready_fd, ==, -1);
  g_assert_true (configuration->byte_order_mark);
}

static void
test_session (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunConfiguration) configuration = parse ("--session", &error);
  g_autoptr (MunConfiguration) remote = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (configuration->admin_port, ==, 0);
  g_assert_cmpint (configuration->web_port, ==, 0);
  g_assert_true (g_str_has_prefix (configuration->data_dir, g_get_user_data_dir ()));
  remote = parse ("--session --listen 0.0.0.0", &error);
  g_assert_null (remote);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
}

static void
test_state_directory (void)
{
  g_autoptr (MunConfiguration) configuration = NULL;

  g_setenv ("STATE_DIRECTORY", "/var/lib/somewhere", TRUE);
  configuration = parse ("", NULL);
  g_unsetenv ("STATE_DIRECTORY");
  g_assert_cmpstr (configuration->data_dir, ==, "/var/lib/somewhere");
}

static void
test_file (void)
{
  g_autofree char *path = write_file ("[Server]\nDataDirectory=/srv/mail\nListen=0.0.0.0;::\n"
                                      "AdminPort=9463\nWebPort=9462\nByteOrderMark=false\n"
                                      "[Limits]\nRequestBody=100000\nMessage=200000\n"
                                      "SearchesPerUser=3\nTokenLifetime=60\nWorkers=2\n");
  g_autofree char *line = g_strconcat ("--admin-port 1234 --config ", path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunConfiguration) configuration = parse (line, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (configuration->data_dir, ==, "/srv/mail");
  g_assert_cmpstr (configuration->listen[0], ==, "0.0.0.0");
  g_assert_cmpstr (configuration->listen[1], ==, "::");
  /* the option wins */
  g_assert_cmpint (configuration->admin_port, ==, 1234);
  g_assert_cmpint (configuration->web_port, ==, 9462);
  g_assert_false (configuration->byte_order_mark);
  g_assert_cmpuint (configuration->body_limit, ==, 100000);
  g_assert_cmpuint (configuration->message_limit, ==, 200000);
  g_assert_cmpuint (configuration->searches_per_user, ==, 3);
  g_assert_cmpuint (configuration->token_lifetime, ==, 60);
  g_assert_cmpuint (configuration->workers, ==, 2);
  g_unlink (path);
}

static void
test_wrong_files (void)
{
  static const char *const texts[] = {
    "[Server]\nAdminPort=70000\n", "[Server]\nWebPort=-1\n", "[Server]\nAdminPort=many\n",
    "[Limits]\nRequestBody=1\n",   "[Limits]\nWorkers=0\n",  "[TLS]\nKeyFile=/k.pem\n",
    "[Limits]\nTokenLifetime=x\n", "AdminPort=1 outside\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *path = write_file (texts[i]);
    g_autofree char *line = g_strconcat ("--config ", path, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (MunConfiguration) configuration = parse (line, &error);

    g_assert_null (configuration);
    g_assert_nonnull (error);
    g_unlink (path);
  }
}

static void
test_wrong_options (void)
{
  static const char *const lines[] = { "--admin-port 65536", "--web-port -2", "--web-port x",
                                       "--nonsense",         "extra",         "--config /nowhere" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MunConfiguration) configuration = parse (lines[i], &error);

    g_assert_null (configuration);
    g_assert_nonnull (error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/configuration/defaults", test_defaults);
  g_test_add_func ("/server/configuration/session", test_session);
  g_test_add_func ("/server/configuration/state-directory", test_state_directory);
  g_test_add_func ("/server/configuration/file", test_file);
  g_test_add_func ("/server/configuration/wrong-files", test_wrong_files);
  g_test_add_func ("/server/configuration/wrong-options", test_wrong_options);
  return g_test_run ();
}
