/* test-users.c: the functions for users */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "test-server.h"

#include "json.h"

#include <string.h>

static TestServer *server;

static void
ok (const char *function, const char *form)
{
  g_autoptr (JsonNode) result = test_server_call_ok (server, function, form);

  g_assert_null (result);
}

static void
refused (const char *function, const char *form)
{
  g_autofree char *message = test_server_call_error (server, function, form);

  g_assert_nonnull (message);
}

static JsonNode *
info (const char *name)
{
  g_autofree char *form = g_strconcat ("userName=", name, NULL);

  return test_server_call_ok (server, "GetUserInfo", form);
}

static void
assert_strings (JsonObject *object, const char *member, const char *expected)
{
  g_auto (GStrv) values = mun_json_dup_strings (object, member);
  g_autofree char *joined = g_strjoinv (",", values);

  g_assert_true (JSON_NODE_HOLDS_ARRAY (json_object_get_member (object, member)));
  g_assert_cmpstr (joined, ==, expected);
}

static void
test_create (void)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) list = NULL;
  JsonObject *user;

  ok ("CreateUser", "userName=frank.clark&privileges=login,archive&fullName=Frank%20Clark"
                    "&password=secret&distinguishedName=&authentication=");
  node = info ("frank.clark");
  user = json_node_get_object (node);
  g_assert_cmpstr (mun_json_get_string (user, "userName", NULL), ==, "frank.clark");
  g_assert_cmpstr (mun_json_get_string (user, "fullName", NULL), ==, "Frank Clark");
  g_assert_true (JSON_NODE_HOLDS_NULL (json_object_get_member (user, "distinguishedName")));
  g_assert_cmpstr (mun_json_get_string (user, "authentication", NULL), ==, "integrated");
  assert_strings (user, "emailAddresses", "");
  assert_strings (user, "pop3UserNames", "");
  assert_strings (user, "privileges", "login,archive");
  /* absent: all; "api" is for administrators */
  assert_strings (user, "loginPrivileges", "windows,web,outlook,windowsCmd,imap");
  g_assert_cmpuint (json_array_get_length (mun_json_get_array (user, "privilegesOnFolders")), ==,
                    0);
  g_assert_false (json_object_has_member (user, "password"));
  list = test_server_call_ok (server, "GetUsers", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (list)), ==, 2);
  refused ("CreateUser", "userName=FRANK.clark&privileges=login");
  refused ("CreateUser", "userName=a/b&privileges=login");
  refused ("CreateUser", "userName=&privileges=login");
  refused ("CreateUser", "userName=x&privileges=everything");
  refused ("CreateUser", "userName=x&privileges=login&authentication=magic");
  refused ("CreateUser", "userName=x&privileges=login&loginPrivileges=api");
  refused ("GetUserInfo", "userName=x");
}

static void
test_edit (void)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) bare = NULL;
  JsonObject *user;

  ok ("SetUserFullName", "userName=frank.clark&fullName=F.%20C.");
  ok ("SetUserDistinguishedName", "userName=frank.clark&distinguishedName=CN%3Dfrank");
  ok ("SetUserEmailAddresses",
      "userName=frank.clark&emailAddresses=frank%40example.org, f%40example.org");
  ok ("SetUserPop3UserNames", "userName=frank.clark&pop3UserNames=frank,f");
  ok ("SetUserPrivileges", "userName=frank.clark&privileges=login");
  ok ("SetUserLoginPrivileges", "userName=frank.clark&loginPrivileges=imap,web");
  ok ("SetUserAuthentication", "userName=frank.clark&authentication=directoryServices");
  node = info ("FRANK.CLARK");
  user = json_node_get_object (node);
  g_assert_cmpstr (mun_json_get_string (user, "fullName", NULL), ==, "F. C.");
  g_assert_cmpstr (mun_json_get_string (user, "distinguishedName", NULL), ==, "CN=frank");
  g_assert_cmpstr (mun_json_get_string (user, "authentication", NULL), ==, "directoryServices");
  assert_strings (user, "emailAddresses", "frank@example.org,f@example.org");
  assert_strings (user, "pop3UserNames", "frank,f");
  assert_strings (user, "privileges", "login");
  assert_strings (user, "loginPrivileges", "web,imap");
  /* absent removes */
  ok ("SetUserFullName", "userName=frank.clark");
  ok ("SetUserDistinguishedName", "userName=frank.clark");
  ok ("SetUserEmailAddresses", "userName=frank.clark");
  ok ("SetUserPop3UserNames", "userName=frank.clark&pop3UserNames=");
  ok ("SetUserPrivileges", "userName=frank.clark&privileges=none");
  ok ("SetUserLoginPrivileges", "userName=frank.clark&loginPrivileges=none");
  bare = info ("frank.clark");
  user = json_node_get_object (bare);
  g_assert_true (JSON_NODE_HOLDS_NULL (json_object_get_member (user, "fullName")));
  assert_strings (user, "emailAddresses", "");
  assert_strings (user, "privileges", "");
  assert_strings (user, "loginPrivileges", "");
  refused ("SetUserEmailAddresses", "userName=frank.clark&emailAddresses=nonsense");
  refused ("SetUserPrivileges", "userName=frank.clark&privileges=admin,login");
  refused ("SetUserPrivileges", "userName=nobody&privileges=login");
  refused ("SetUserLoginPrivileges", "userName=frank.clark&loginPrivileges=api");
  refused ("SetUserAuthentication", "userName=frank.clark&authentication=magic");
}

static void
test_folders (void)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) changed = NULL;
  g_autoptr (JsonNode) cleared = NULL;
  JsonArray *rights;

  ok ("SetUserPrivilegesOnFolder", "userName=frank.clark&folder=ann&privileges=read");
  ok ("SetUserPrivilegesOnFolder", "userName=frank.clark&folder=bob&privileges=write,read");
  node = info ("frank.clark");
  rights = mun_json_get_array (json_node_get_object (node), "privilegesOnFolders");
  g_assert_cmpuint (json_array_get_length (rights), ==, 2);
  assert_strings (json_array_get_object_element (rights, 1), "privileges", "read,write");
  ok ("SetUserPrivilegesOnFolder", "userName=frank.clark&folder=ann&privileges=none");
  changed = info ("frank.clark");
  rights = mun_json_get_array (json_node_get_object (changed), "privilegesOnFolders");
  g_assert_cmpuint (json_array_get_length (rights), ==, 1);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (rights, 0), "folder", NULL),
                   ==, "bob");
  ok ("ClearUserPrivilegesOnFolders", "userName=frank.clark");
  cleared = info ("frank.clark");
  rights = mun_json_get_array (json_node_get_object (cleared), "privilegesOnFolders");
  g_assert_cmpuint (json_array_get_length (rights), ==, 0);
  /* whole archives only */
  refused ("SetUserPrivilegesOnFolder", "userName=frank.clark&folder=ann/Inbox&privileges=read");
  refused ("SetUserPrivilegesOnFolder", "userName=frank.clark&folder=ann&privileges=login");
}

static const char *
status_as (const char *user, const char *password)
{
  g_autofree char *authorization = test_basic (user, password);

  return test_server_request (server, server->admin_port, "POST", "/api/invoke/GetServerInfo",
                              authorization, "", NULL)
                 == 200
             ? "in"
             : "out";
}

/* A profile stays with its owner, and can be changed afterwards. */
static void
test_rename_owner (void)
{
  g_autoptr (JsonNode) made = NULL;
  g_autoptr (JsonNode) list = NULL;
  g_autofree char *text = NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *form = NULL;
  JsonObject *profile;

  ok ("CreateUser", "userName=owner&privileges=login");
  made = test_server_call_ok (
      server, "CreateProfile",
      "raw=true&properties={\"connector\":\"FileSystem\",\"name\":\"Files\",\"owner\":\"Owner\","
      "\"details\":{\"format\":\"eml\",\"path\":\"/\",\"targetUserFolder\":\"owner\"}}");
  ok ("RenameUser", "oldUserName=owner&newUserName=heir");
  list = test_server_call_ok (server, "GetProfiles", "raw=true");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (list)), ==, 1);
  profile = json_array_get_object_element (json_node_get_array (list), 0);
  g_assert_cmpstr (mun_json_get_string (profile, "owner", NULL), ==, "heir");
  json_object_set_object_member (
      profile, "details",
      mun_json_parse_object ("{\"format\":\"eml\",\"path\":\"/\",\"targetUserFolder\":\"heir\"}",
                             -1, NULL));
  text = mun_json_object_to_string (profile);
  escaped = g_uri_escape_string (text, NULL, FALSE);
  form = g_strdup_printf ("id=%" G_GINT64_FORMAT "&raw=true&properties=%s",
                          mun_json_get_int (profile, "id", 0), escaped);
  ok ("UpdateProfile", form);
}

static void
test_rename_and_delete (void)
{
  g_autoptr (JsonNode) node = NULL;

  ok ("CreateUser", "userName=old&privileges=admin&password=secret");
  g_assert_cmpstr (status_as ("old", "secret"), ==, "in");
  ok ("RenameUser", "oldUserName=old&newUserName=new");
  g_assert_cmpstr (status_as ("old", "secret"), ==, "out");
  g_assert_cmpstr (status_as ("new", "secret"), ==, "in");
  node = info ("new");
  g_assert_cmpstr (mun_json_get_string (json_node_get_object (node), "userName", NULL), ==, "new");
  refused ("RenameUser", "oldUserName=old&newUserName=other");
  refused ("RenameUser", "oldUserName=new&newUserName=admin");
  refused ("RenameUser", "oldUserName=new&newUserName=a/b");
  ok ("DeleteUser", "userName=new");
  g_assert_cmpstr (status_as ("new", "secret"), ==, "out");
  refused ("DeleteUser", "userName=new");
}

static void
test_password (void)
{
  ok ("CreateUser", "userName=pw&privileges=admin");
  g_assert_cmpstr (status_as ("pw", ""), ==, "out");
  ok ("SetUserPassword", "userName=pw&password=first%20one");
  g_assert_cmpstr (status_as ("pw", "first one"), ==, "in");
  ok ("SetUserPassword", "userName=pw&password=second");
  g_assert_cmpstr (status_as ("pw", "first one"), ==, "out");
  g_assert_cmpstr (status_as ("pw", "second"), ==, "in");
  refused ("SetUserPassword", "userName=pw&password=");
  refused ("SetUserPassword", "userName=nobody&password=x");
  /* somebody whom the directory authenticates has no password here */
  ok ("SetUserAuthentication", "userName=pw&authentication=directoryServices");
  g_assert_cmpstr (status_as ("pw", "second"), ==, "out");
  ok ("DeleteUser", "userName=pw");
}

/* There is always somebody left who can administer the server. */
static void
test_last_administrator (void)
{
  refused ("DeleteUser", "userName=admin");
  refused ("SetUserPrivileges", "userName=admin&privileges=login");
  refused ("SetUserPrivileges", "userName=ADMIN&privileges=none");
  refused ("SetUserLoginPrivileges", "userName=admin&loginPrivileges=web");
  refused ("SetUserAuthentication", "userName=admin&authentication=directoryServices");
  /* one that cannot log on does not count */
  ok ("CreateUser", "userName=second&privileges=admin&authentication=directoryServices");
  refused ("DeleteUser", "userName=admin");
  ok ("SetUserAuthentication", "userName=second&authentication=integrated");
  ok ("SetUserLoginPrivileges", "userName=admin&loginPrivileges=api");
  ok ("SetUserPassword", "userName=second&password=secret");
  ok ("DeleteUser", "userName=second");
  refused ("DeleteUser", "userName=admin");
  ok ("SetUserLoginPrivileges",
      "userName=admin&loginPrivileges=windows,web,outlook,windowsCmd,imap,api");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  g_test_add_func ("/munimentd/users/create", test_create);
  g_test_add_func ("/munimentd/users/edit", test_edit);
  g_test_add_func ("/munimentd/users/folders", test_folders);
  g_test_add_func ("/munimentd/users/last-administrator", test_last_administrator);
  g_test_add_func ("/munimentd/users/rename-and-delete", test_rename_and_delete);
  g_test_add_func ("/munimentd/users/rename-owner", test_rename_owner);
  g_test_add_func ("/munimentd/users/password", test_password);
  status = g_test_run ();
  test_server_free (server);
  return status;
}
