/* test-privileges.c: the words for what a user may do */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "privileges.h"

#include "accounts.h"
#include "errors.h"
#include "json.h"

typedef GStrv (*Parser) (const char *text, GError **error);

static void
assert_parses (Parser parser, const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = parser (text, &error);
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  joined = g_strjoinv (",", words);
  g_assert_cmpstr (joined, ==, expected);
}

static void
assert_refuses (Parser parser, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = parser (text, &error);

  g_assert_null (words);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
}

static void
test_privileges (void)
{
  assert_parses (mun_privileges_parse, "none", "");
  assert_parses (mun_privileges_parse, "admin", "admin");
  assert_parses (mun_privileges_parse, "delete, login,export,login", "login,export,delete");
  assert_refuses (mun_privileges_parse, "");
  assert_refuses (mun_privileges_parse, "none,login");
  assert_refuses (mun_privileges_parse, "admin,login");
  assert_refuses (mun_privileges_parse, "Login");
  assert_refuses (mun_privileges_parse, "read");
}

static void
test_login_privileges (void)
{
  assert_parses (mun_privileges_parse_login, "none", "");
  assert_parses (mun_privileges_parse_login, "api,web,windows", "windows,web,api");
  assert_refuses (mun_privileges_parse_login, "web,none");
  assert_refuses (mun_privileges_parse_login, "admin");
}

static void
test_folder_privileges (void)
{
  assert_parses (mun_privileges_parse_folder, "write,read", "read,write");
  assert_parses (mun_privileges_parse_folder, "none", "");
  assert_refuses (mun_privileges_parse_folder, "login");
}

static void
test_user_names (void)
{
  static const char *const good[] = { "a", "frank.clark@example.org", "Jörg Müller", "@catchall" };
  static const char *const bad[] = { "", ".", "..", "a/b", "a\\b", "a:b", " a", "a ", "a\nb" };
  g_autofree char *long_name = g_strnfill (256, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mun_privileges_check_user_name (good[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (mun_privileges_check_user_name (bad[i], NULL));
  g_assert_false (mun_privileges_check_user_name (long_name, NULL));
}

static JsonObject *
make_user (const char *privileges, const char *login)
{
  JsonObject *user = json_object_new ();
  g_auto (GStrv) words = mun_privileges_parse (privileges, NULL);

  mun_json_set_strings (user, "privileges", (const char *const *)words);
  if (login != NULL) {
    g_auto (GStrv) logins = mun_privileges_parse_login (login, NULL);

    mun_json_set_strings (user, "loginPrivileges", (const char *const *)logins);
  }
  return user;
}

static void
test_accounts (void)
{
  static const struct {
    const char *privileges;
    const char *login;
    gboolean admin, web, api, archive;
  } rows[] = {
    { "admin", NULL, TRUE, TRUE, TRUE, TRUE },       { "admin", "web", TRUE, TRUE, FALSE, TRUE },
    { "admin", "none", TRUE, FALSE, FALSE, TRUE },   { "login", NULL, FALSE, TRUE, TRUE, FALSE },
    { "login", "imap", FALSE, FALSE, FALSE, FALSE }, { "none", NULL, FALSE, FALSE, FALSE, FALSE },
    { "archive", NULL, FALSE, FALSE, FALSE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonObject) user = make_user (rows[i].privileges, rows[i].login);

    g_assert_cmpint (mun_account_is_admin (user), ==, rows[i].admin);
    g_assert_cmpint (mun_account_may_login (user, "web"), ==, rows[i].web);
    g_assert_cmpint (mun_account_may_login (user, "api"), ==, rows[i].api);
    g_assert_cmpint (mun_account_has_privilege (user, "archive"), ==, rows[i].archive);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/privileges/user", test_privileges);
  g_test_add_func ("/server/privileges/login", test_login_privileges);
  g_test_add_func ("/server/privileges/folder", test_folder_privileges);
  g_test_add_func ("/server/privileges/user-names", test_user_names);
  g_test_add_func ("/server/privileges/accounts", test_accounts);
  return g_test_run ();
}
