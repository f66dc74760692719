/* test-directory.c: users and groups of the simulated tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "errors.h"
#include "json.h"
#include "script-server.h"
#include "tenant-client.h"

#include <string.h>

static TestTenant *tenant;

static JsonArray *
get_list (JsonObject *reply, const char *name)
{
  JsonArray *list = mun_json_get_array (reply, name);

  g_assert_nonnull (list);
  return list;
}

static MunDirectoryUser *
find_user (GPtrArray *users, const char *upn)
{
  for (guint i = 0; i < users->len; i++)
    if (g_ascii_strcasecmp (((MunDirectoryUser *)users->pdata[i])->upn, upn) == 0)
      return users->pdata[i];
  return NULL;
}

static void
compare_user (MunDirectoryUser *user, JsonObject *expected)
{
  JsonArray *proxies = get_list (expected, "proxyAddresses");
  const char *mail = mun_json_get_string (expected, "mail", "");
  guint addresses = 0;

  g_assert_nonnull (user);
  g_assert_cmpstr (user->id, ==, mun_json_get_string (expected, "id", ""));
  g_assert_cmpstr (user->upn, ==, mun_json_get_string (expected, "userPrincipalName", ""));
  g_assert_cmpstr (user->display_name, ==, mun_json_get_string (expected, "displayName", ""));
  g_assert_cmpint (user->enabled, ==, mun_json_get_bool (expected, "accountEnabled", FALSE));
  g_assert_cmpint (user->licensed, ==, mun_json_get_bool (expected, "exchangePlan", FALSE));
  g_assert_cmpstr (user->user_type, ==,
                   mun_json_get_bool (expected, "guest", FALSE) ? "Guest" : "Member");
  for (guint i = 0; i < json_array_get_length (proxies); i++) {
    const char *proxy = json_array_get_string_element (proxies, i);

    if (g_str_has_prefix (proxy, "SMTP:"))
      g_assert_cmpstr (user->addresses[0], ==, proxy + 5);
    if (g_ascii_strncasecmp (proxy, "smtp:", 5) == 0) {
      g_assert_true (g_strv_contains ((const char *const *)user->addresses, proxy + 5));
      addresses++;
    }
  }
  g_assert_cmpuint (g_strv_length (user->addresses), >=, addresses);
  if (*mail)
    g_assert_nonnull (user->addresses[0]);
}

static void
test_users (void)
{
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = mun_directory_list_users (graph, NULL, &error);
  g_autoptr (JsonObject) reply = test_tenant_control (tenant, "GET", "users", NULL);
  JsonArray *expected = get_list (reply, "users");

  g_assert_no_error (error);
  g_assert_cmpuint (users->len, ==, json_array_get_length (expected));
  for (guint i = 0; i < json_array_get_length (expected); i++) {
    JsonObject *one = json_array_get_object_element (expected, i);

    compare_user (find_user (users, mun_json_get_string (one, "userPrincipalName", "")), one);
  }
}

static void
test_no_partial_users (void)
{
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) none = NULL;

  test_tenant_order (tenant, "empty-directory", "{\"empty\": true}");
  none = mun_directory_list_users (graph, NULL, &error);
  g_assert_no_error (error); /* an empty directory is no error here: whoever deletes must look */
  g_assert_cmpuint (none->len, ==, 0);
  test_tenant_order (tenant, "empty-directory", "{\"empty\": false}");
  test_tenant_order (tenant, "fail", "{\"requests\": 100, \"status\": 503, \"path\": \"users\"}");
  g_assert_null (mun_directory_list_users (graph, NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_UNAVAILABLE);
  test_tenant_order (tenant, "fail", "{\"requests\": 0}");
}

/* Shapes that the tenant's own people do not have. */
static void
test_user_shapes (void)
{
  g_autoptr (ScriptServer) server = script_server_new ();
  g_autoptr (MunEntra) entra
      = mun_entra_new (script_server_get_cloud (server), "t", "c", tenant->certificate);
  g_autoptr (MunGraph) graph = mun_graph_new (entra);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = NULL;
  MunDirectoryUser *user;

  script_server_push_token (server, "t", 3599);
  script_server_push (
      server, 200, NULL,
      "{\"value\":[{\"id\":\"1\",\"userPrincipalName\":\"a@x\",\"mail\":\"A@x\",\"proxyAddresses\":"
      "["
      "\"smtp:b@x\",\"SIP:a@x\",\"X500:/o=x\",\"smtp:a@x\",\"smtp:B@X\"],\"assignedPlans\":[null,"
      "{\"service\":\"exchange\",\"capabilityStatus\":\"Suspended\"},"
      "{\"service\":\"SharePoint\",\"capabilityStatus\":\"Enabled\"}]},"
      "{\"id\":\"1\",\"userPrincipalName\":\"a@x\"},"
      "{\"id\":\"2\",\"userPrincipalName\":\"c@x\",\"displayName\":null,\"proxyAddresses\":[],"
      "\"mail\":null,\"accountEnabled\":false,\"assignedPlans\":[{\"service\":\"Exchange\","
      "\"capabilityStatus\":\"Warning\"}]},"
      "{\"id\":\"3\",\"userPrincipalName\":\"d@x\",\"mail\":\"d@x\",\"proxyAddresses\":["
      "\"smtp:e@x\",\"SMTP:f@x\"]}]}");
  users = mun_directory_list_users (graph, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (users->len, ==, 3); /* the double of 1 counts once */
  user = users->pdata[0];
  g_assert_cmpuint (g_strv_length (user->addresses), ==, 2);
  g_assert_cmpstr (user->addresses[0], ==, "a@x"); /* mail names the primary */
  g_assert_cmpstr (user->addresses[1], ==, "b@x");
  g_assert_false (user->licensed);
  user = users->pdata[1];
  g_assert_cmpuint (g_strv_length (user->addresses), ==, 0);
  g_assert_cmpstr (user->display_name, ==, "");
  g_assert_true (user->licensed);
  g_assert_false (user->enabled);
  user = users->pdata[2];
  g_assert_cmpstr (user->addresses[0], ==, "f@x");
  g_assert_cmpuint (g_strv_length (user->addresses), ==, 3);

  script_server_push (server, 200, NULL, "{\"value\":[{\"id\":\"1\"}]}");
  g_assert_null (mun_directory_list_users (graph, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
}

static void
test_groups (void)
{
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) groups = mun_directory_list_groups (graph, NULL, &error);
  g_autoptr (GPtrArray) users = mun_directory_list_users (graph, NULL, &error);
  guint members = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (groups->len, >, 0);
  for (guint i = 0; i < groups->len; i++) {
    MunDirectoryGroup *group = groups->pdata[i];
    g_autoptr (GHashTable) ids = mun_directory_list_member_ids (graph, group->id, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (group->name, !=, "");
    if (i > 0)
      g_assert_cmpint (g_utf8_collate (((MunDirectoryGroup *)groups->pdata[i - 1])->name,
                                       group->name),
                       <=, 0);
    for (guint j = 0; j < users->len; j++)
      members += g_hash_table_contains (ids, ((MunDirectoryUser *)users->pdata[j])->id);
  }
  g_assert_cmpuint (members, >, 0);
  g_assert_null (
      mun_directory_list_member_ids (graph, "11111111-2222-3333-4444-555555555555", NULL, &error));
  g_assert_error (error, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_NOT_FOUND);
}

static void
test_organization (void)
{
  g_autoptr (MunGraph) graph = test_tenant_graph (tenant);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_auto (GStrv) domains = NULL;

  g_assert_true (mun_directory_get_organization (graph, &name, &domains, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, mun_json_get_string (tenant->ready, "company", ""));
  g_assert_true (g_strv_contains ((const char *const *)domains,
                                  mun_json_get_string (tenant->ready, "domain", "")));
  g_assert_true (mun_directory_get_organization (graph, NULL, NULL, NULL, &error));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  tenant = test_tenant_new (0);
  g_test_add_func ("/directory/users", test_users);
  g_test_add_func ("/directory/no-partial-users", test_no_partial_users);
  g_test_add_func ("/directory/user-shapes", test_user_shapes);
  g_test_add_func ("/directory/groups", test_groups);
  g_test_add_func ("/directory/organization", test_organization);
  result = g_test_run ();
  test_tenant_free (tenant);
  return result;
}
