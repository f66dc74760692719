/* test-user.c: what is called to change a user, and only that */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "json.h"
#include "mun-user.h"

#define ANN                                                                                        \
  "{\"userName\":\"ann\",\"fullName\":\"Ann\",\"distinguishedName\":null,\"authentication\":"      \
  "\"integrated\","                                                                                \
  "\"emailAddresses\":[\"ann@x.org\"],\"pop3UserNames\":[],\"privileges\":[\"login\"],"            \
  "\"privilegesOnFolders\":[{\"folder\":\"ann\",\"privileges\":[\"read\"],\"novel\":1}],"          \
  "\"loginPrivileges\":[\"windows\",\"web\"],\"surprise\":7}"

static JsonObject *
parse (const char *text)
{
  JsonObject *object = mun_json_parse_object (text, -1, NULL);

  g_assert_nonnull (object);
  return object;
}

static void
assert_call (GPtrArray *calls, guint i, const char *function, const char *arguments)
{
  MunUserCall *call;
  g_autofree char *text = NULL;

  g_assert_cmpuint (i, <, calls->len);
  call = g_ptr_array_index (calls, i);
  text = mun_json_object_to_string (call->arguments);
  g_assert_cmpstr (call->function, ==, function);
  g_assert_cmpstr (text, ==, arguments);
}

static void
test_nothing (void)
{
  g_autoptr (JsonObject) before = parse (ANN);
  g_autoptr (JsonObject) after = parse (ANN);
  g_autoptr (GPtrArray) calls = mun_user_plan_changes (before, after);

  g_assert_cmpuint (calls->len, ==, 0);
}

static void
test_changes (void)
{
  static const char *const addresses[] = { "a@x.org", "ann@x.org", NULL };
  static const char *const more[] = { "read", "write", NULL };
  static const char *const nothing[] = { NULL };
  g_autoptr (JsonObject) before = parse (ANN);
  g_autoptr (JsonObject) after = parse (ANN);
  g_autoptr (GPtrArray) calls = NULL;

  json_object_set_string_member (after, "fullName", "");
  json_object_set_string_member (after, "password", "secret");
  mun_json_set_strings (after, "emailAddresses", addresses);
  mun_json_set_strings (after, "privileges", nothing);
  mun_user_set_folder_privileges (after, "ann", nothing);
  mun_user_set_folder_privileges (after, "bob", more);
  calls = mun_user_plan_changes (before, after);

  assert_call (calls, 0, "SetUserFullName", "{\"userName\":\"ann\"}");
  assert_call (calls, 1, "SetUserPassword", "{\"userName\":\"ann\",\"password\":\"secret\"}");
  assert_call (calls, 2, "SetUserEmailAddresses",
               "{\"userName\":\"ann\",\"emailAddresses\":\"a@x.org,ann@x.org\"}");
  assert_call (calls, 3, "SetUserPrivileges", "{\"userName\":\"ann\",\"privileges\":\"none\"}");
  assert_call (calls, 4, "SetUserPrivilegesOnFolder",
               "{\"userName\":\"ann\",\"folder\":\"ann\",\"privileges\":\"none\"}");
  assert_call (calls, 5, "SetUserPrivilegesOnFolder",
               "{\"userName\":\"ann\",\"folder\":\"bob\",\"privileges\":\"read,write\"}");
  g_assert_cmpuint (calls->len, ==, 6);
}

static void
test_creation (void)
{
  g_autoptr (JsonObject) after
      = parse ("{\"userName\":\"bob\",\"fullName\":\"R&D "
               "<x>\",\"authentication\":\"integrated\",\"password\":\"p w\","
               "\"privileges\":[\"login\"],\"loginPrivileges\":[],\"emailAddresses\":[\"b@x.org\"],"
               "\"pop3UserNames\":[]}");
  g_autoptr (GPtrArray) calls = mun_user_plan_changes (NULL, after);

  assert_call (calls, 0, "CreateUser",
               "{\"userName\":\"bob\",\"privileges\":\"login\",\"fullName\":\"R&D "
               "<x>\",\"authentication\":\"integrated\","
               "\"password\":\"p w\",\"loginPrivileges\":\"none\"}");
  assert_call (calls, 1, "SetUserEmailAddresses",
               "{\"userName\":\"bob\",\"emailAddresses\":\"b@x.org\"}");
  g_assert_cmpuint (calls->len, ==, 2);
}

static void
test_old_server (void)
{
  /* A server that does not know login privileges is never told any. */
  g_autoptr (JsonObject) before = parse ("{\"userName\":\"ann\",\"privileges\":\"login,archive\"}");
  g_autoptr (JsonObject) after
      = parse ("{\"userName\":\"ann\",\"privileges\":[\"login\",\"archive\"]}");
  g_autoptr (GPtrArray) calls = mun_user_plan_changes (before, after);

  g_assert_cmpuint (calls->len, ==, 0);
}

static void
count_notify (GObject *object, GParamSpec *pspec, guint *count)
{
  (*count)++;
}

static void
test_object (void)
{
  g_autoptr (JsonObject) listed = parse ("{\"userName\":\"ann\",\"fullName\":\"Ann Äpfel\"}");
  g_autoptr (JsonObject) info = parse (ANN);
  g_autoptr (MunUser) user = mun_user_new (listed);
  guint count = 0;

  g_assert_cmpstr (mun_user_get_authentication (user), ==, "");
  g_assert_true (mun_user_matches (user, ""));
  g_assert_true (mun_user_matches (user, "ÄPFEL an"));
  g_assert_false (mun_user_matches (user, "x.org"));
  g_signal_connect (user, "notify::addresses", G_CALLBACK (count_notify), &count);
  mun_user_set_info (user, info);
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpstr (mun_user_get_addresses (user), ==, "ann@x.org");
  g_assert_cmpstr (mun_user_get_authentication (user), ==, "MailStore-integrated");
  g_assert_cmpstr (mun_user_get_full_name (user), ==, "Ann");
  g_assert_true (mun_user_matches (user, "x.org"));
  g_assert_cmpstr (mun_user_authentication_title ("novel"), ==, "novel");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/user/nothing", test_nothing);
  g_test_add_func ("/user/changes", test_changes);
  g_test_add_func ("/user/creation", test_creation);
  g_test_add_func ("/user/old-server", test_old_server);
  g_test_add_func ("/user/object", test_object);
  return g_test_run ();
}
