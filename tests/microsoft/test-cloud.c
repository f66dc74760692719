/* test-cloud.c: the clouds, and what AADSTS numbers mean */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cloud.h"
#include "entra.h"
#include "errors.h"
#include "graph.h"

#include <glib/gstdio.h>
#include <string.h>

static gboolean
add_text (const char *text, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("mun-clouds-XXXXXX", &path, NULL);
  gboolean added;

  g_close (fd, NULL);
  g_file_set_contents (path, text, -1, NULL);
  added = mun_cloud_add_file (path, error);
  g_unlink (path);
  return added;
}

static void
test_built_in (void)
{
  static const char *const ids[] = { "global", "usgov", "dod", "china" };
  const MunCloud *const *all = mun_cloud_list ();

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    const MunCloud *cloud = mun_cloud_lookup (ids[i]);

    g_assert_true (all[i] == cloud);
    g_assert_true (g_str_has_prefix (cloud->login_url, "https://login."));
    g_assert_true (g_str_has_prefix (cloud->graph_url, "https://"));
    g_assert_false (g_str_has_suffix (cloud->graph_url, "/"));
    g_assert_null (cloud->ca_file);
  }
  g_assert_true (mun_cloud_lookup (NULL) == all[0]);
  g_assert_true (mun_cloud_lookup ("") == all[0]);
  g_assert_null (mun_cloud_lookup ("germany"));
  g_assert_true (mun_cloud_get_default () == all[0]);
}

static void
test_add (void)
{
  g_autoptr (GError) error = NULL;
  const MunCloud *const *before = mun_cloud_list ();
  const MunCloud *first;

  g_assert_true (add_text ("[lab]\nName=Laboratory\nLoginUrl=https://localhost:5000/\n"
                           "GraphUrl=https://localhost:5001\nCaFile=ca.pem\nDefault=true\n",
                           &error));
  g_assert_no_error (error);
  first = mun_cloud_lookup ("lab");
  g_assert_cmpstr (first->name, ==, "Laboratory");
  g_assert_cmpstr (first->login_url, ==, "https://localhost:5000");
  g_assert_true (g_path_is_absolute (first->ca_file));
  g_assert_true (mun_cloud_get_default () == first);
  g_assert_cmpstr (before[0]->id, ==, "global"); /* an old list stays readable */

  g_assert_true (add_text ("[lab]\nLoginUrl=https://a\nGraphUrl=https://b\n", &error));
  g_assert_cmpstr (mun_cloud_lookup ("lab")->name, ==, "lab");
  g_assert_cmpstr (first->name, ==, "Laboratory");
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "[x]\nLoginUrl=http://a\nGraphUrl=https://b\n",
    "[x]\nLoginUrl=https://a/path\nGraphUrl=https://b\n",
    "[x]\nLoginUrl=https://a\nGraphUrl=https://u:p@b\n",
    "[x]\nLoginUrl=https://a\nGraphUrl=https://b?q\n",
    "[x]\nLoginUrl=nothing\nGraphUrl=https://b\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (add_text (bad[i], &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
    g_assert_null (mun_cloud_lookup ("x"));
  }
  {
    g_autoptr (GError) error = NULL;

    g_assert_false (add_text ("[global]\nLoginUrl=https://a\nGraphUrl=https://b\n", &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_EXISTS);
    g_assert_cmpstr (mun_cloud_lookup ("global")->login_url, ==,
                     "https://login.microsoftonline.com");
  }
  {
    g_autoptr (GError) error = NULL;

    g_assert_false (mun_cloud_add_file ("/nonexistent/clouds.ini", &error));
    g_assert_nonnull (error);
  }
}

static void
test_explain (void)
{
  const char *unknown = mun_entra_explain (1);
  static const int codes[] = { 700027, 1000502, 700024, 50012, 50027, 700016, 7000112, 90002,
                               900432, 650057,  65001,  53003, 90055, 700025, 500011,  7000215,
                               50105,  50011,   700054, 50194, 50034, 50057,  50076,   50196 };

  g_assert_nonnull (unknown);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    g_assert_cmpstr (mun_entra_explain (codes[i]), !=, unknown);
  g_assert_nonnull (strstr (mun_entra_explain (700027), "Certificates & secrets"));
  g_assert_cmpstr (mun_entra_explain (0), ==, unknown);
}

static void
test_explain_graph (void)
{
  g_autoptr (GError) other = g_error_new_literal (MUN_ERROR, MUN_ERROR_FAILED, "x");

  g_assert_null (mun_graph_explain (NULL));
  g_assert_null (mun_graph_explain (other));
  for (int code = MUN_GRAPH_ERROR_FAILED; code <= MUN_GRAPH_ERROR_BAD_LINK; code++) {
    g_autoptr (GError) error = g_error_new_literal (MUN_GRAPH_ERROR, code, "x");

    g_assert_nonnull (mun_graph_explain (error));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("MUNIMENT_CLOUDS");
  g_test_add_func ("/cloud/built-in", test_built_in);
  g_test_add_func ("/cloud/add", test_add);
  g_test_add_func ("/cloud/refused", test_refused);
  g_test_add_func ("/cloud/explain", test_explain);
  g_test_add_func ("/cloud/explain-graph", test_explain_graph);
  return g_test_run ();
}
