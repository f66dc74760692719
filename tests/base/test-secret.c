/* test-secret.c: locked, wiped memory, and the error domain */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "errors.h"
#include "secret.h"

#include <string.h>

static void
test_data (void)
{
  g_autoptr (MunSecret) secret = mun_secret_new ("a\0b", 3);
  g_autoptr (MunSecret) empty = mun_secret_new (NULL, 0);
  gsize length = 99;

  g_assert_cmpmem (mun_secret_get_data (secret, &length), length, "a\0b", 3);
  /* A NUL follows the data. */
  g_assert_cmpint (((const char *)mun_secret_get_data (secret, NULL))[3], ==, 0);
  g_assert_cmpstr (mun_secret_get_string (empty), ==, "");
  mun_secret_get_data (empty, &length);
  g_assert_cmpuint (length, ==, 0);
}

/* A secret of exactly a page has its NUL behind it too. */
static void
test_page (void)
{
  g_autofree char *page = g_strnfill (4096, 'x');
  g_autoptr (MunSecret) secret = mun_secret_new (page, 4096);

  g_assert_cmpuint (strlen (mun_secret_get_string (secret)), ==, 4096);
}

static void
test_take (void)
{
  g_autoptr (MunSecret) secret = mun_secret_new_take_string (g_strdup ("password"));
  g_autoptr (MunSecret) none = mun_secret_new_take_string (NULL);
  g_autoptr (MunSecret) other = mun_secret_ref (secret);

  g_assert_cmpstr (mun_secret_get_string (secret), ==, "password");
  g_assert_cmpstr (mun_secret_get_string (none), ==, "");
  g_assert_true (other == secret);
}

static void
test_boxed (void)
{
  GValue value = G_VALUE_INIT;
  MunSecret *secret = mun_secret_new ("x", 1);

  g_value_init (&value, MUN_TYPE_SECRET);
  g_value_take_boxed (&value, secret);
  g_assert_cmpstr (mun_secret_get_string (g_value_get_boxed (&value)), ==, "x");
  g_value_unset (&value);
}

static void
test_wipe (void)
{
  char text[] = "password";

  mun_secret_wipe (text, strlen (text));
  for (gsize i = 0; i < sizeof text; i++)
    g_assert_cmpint (text[i], ==, 0);
  mun_secret_wipe (NULL, 0);
}

static void
test_error (void)
{
  g_assert_cmpstr (g_quark_to_string (MUN_ERROR), ==, "mun_error_quark");
  g_assert_true (MUN_ERROR == mun_error_quark ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/secret/data", test_data);
  g_test_add_func ("/base/secret/page", test_page);
  g_test_add_func ("/base/secret/take", test_take);
  g_test_add_func ("/base/secret/boxed", test_boxed);
  g_test_add_func ("/base/secret/wipe", test_wipe);
  g_test_add_func ("/base/error/domain", test_error);
  return g_test_run ();
}
