/* test-directory-sync.c: credentials, directory services and their synchronization */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "office.h"

#include "json.h"

#include <string.h>

static Office *office;

static guint
count (JsonNode *result, const char *member)
{
  return json_array_get_length (mun_json_get_array (json_node_get_object (result), member));
}

/* The entry of a user in one of the result's lists. */
static JsonObject *
find (JsonNode *result, const char *member, const char *name)
{
  JsonArray *list = mun_json_get_array (json_node_get_object (result), member);

  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonObject *entry = json_array_get_object_element (list, i);

    if (g_ascii_strcasecmp (mun_json_get_string (entry, "userName", ""), name) == 0)
      return entry;
  }
  return NULL;
}

static JsonNode *
synchronize (gboolean dry_run)
{
  return office_call (office, "SyncUsersWithDirectoryServices", "dryRun",
                      dry_run ? "true" : "false", NULL);
}

/* Users of the tenant that pass both default filters and have an address. */
static guint
count_expected (void)
{
  g_autoptr (JsonObject) reply = test_tenant_control (office->tenant, "GET", "users", NULL);
  JsonArray *people = mun_json_get_array (reply, "users");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (people); i++) {
    JsonObject *person = json_array_get_object_element (people, i);

    n += mun_json_get_bool (person, "accountEnabled", FALSE)
         && mun_json_get_bool (person, "exchangePlan", FALSE);
  }
  return n;
}

static char *
any_user (void)
{
  g_autoptr (JsonNode) node = office_call (office, "GetUsers", NULL);
  JsonArray *users = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (users); i++) {
    const char *name
        = mun_json_get_string (json_array_get_object_element (users, i), "userName", "");

    if (strchr (name, '@') != NULL)
      return g_strdup (name);
  }
  g_assert_not_reached ();
}

static void
test_credentials (void)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, office->credentials);
  g_autoptr (JsonNode) list = office_call (office, "GetCredentials", NULL);
  g_autoptr (JsonNode) certificate
      = office_call (office, "GetCredentialsCertificate", "id", id, NULL);
  g_autoptr (JsonNode) tested = NULL;
  g_autoptr (JsonNode) renamed = NULL;
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *text = mun_json_to_string (list);
  g_autofree char *public_text = mun_json_to_string (certificate);
  g_autofree char *wrong = NULL;
  JsonObject *element = json_array_get_object_element (json_node_get_array (list), 0);

  g_assert_null (strstr (text, "PRIVATE"));
  g_assert_null (strstr (public_text, "PRIVATE"));
  g_assert_cmpstr (mun_json_get_string (element, "certificateThumbprint", NULL), ==,
                   mun_certificate_get_thumbprint (office->tenant->certificate));
  tested = office_call (office, "TestCredentials", "id", id, NULL);
  g_assert_true (mun_json_get_bool (json_node_get_object (tested), "signedIn", FALSE));
  /* Another name, the same key. */
  renamed
      = office_call (office, "SetCredentials", "id", id, "config", "{\"name\":\"Renamed\"}", NULL);
  again = office_call (office, "TestCredentials", "id", id, NULL);
  g_assert_true (mun_json_get_bool (json_node_get_object (again), "signedIn", FALSE));
  wrong = office_refuse (office, "CreateCredentials", "config", "{\"name\":\"x\"}", NULL);
  g_assert_nonnull (wrong);
  g_free (office_refuse (office, "TestCredentials", "id", "99", NULL));
  g_free (office_refuse (office, "DeleteCredentials", "id", "99", NULL));
}

static void
test_configuration (void)
{
  static const char *const bad[] = {
    "{\"type\":\"ActiveDirectory\"}",
    "{\"type\":\"Microsoft365ModernAuth\"}",
    "{\"type\":\"Microsoft365ModernAuth\",\"credentialsId\":99}",
    "{\"type\":\"Microsoft365ModernAuth\",\"credentialsId\":1,\"redirectUri\":\"https://a/oidc\"}",
    "{\"type\":\"Microsoft365ModernAuth\",\"credentialsId\":1,\"defaultPrivileges\":"
    "{\"privileges\":[\"admin\"]}}",
    "{\"type\":\"Microsoft365ModernAuth\",\"credentialsId\":1,\"syncOnlyGroups\":[{\"name\":\"X\"}]"
    "}",
    "{\"type\":\"Microsoft365ModernAuth\",\"credentialsId\":1,\"syncOnlyGroups\":[[1]]}",
    "[]",
  };
  g_autoptr (JsonNode) unset = office_call (office, "GetDirectoryServicesConfiguration", NULL);
  g_autoptr (JsonNode) set = NULL;
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, office->credentials);
  g_autofree char *used = NULL;
  JsonObject *config = json_node_get_object (unset);

  g_assert_cmpstr (mun_json_get_string (config, "type", NULL), ==, "None");
  g_free (office_refuse (office, "SyncUsersWithDirectoryServices", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_free (office_refuse (office, "SetDirectoryServicesConfiguration", "config", bad[i], NULL));
  office_set_directory (office, "\"redirectUri\":\"https://archive.example.org:8462/oidc/signin\","
                                "\"future\":{\"x\":[1]},\"bindPassword\":\"secret\"");
  set = office_call (office, "GetDirectoryServicesConfiguration", NULL);
  config = json_node_get_object (set);
  g_assert_nonnull (mun_json_get_object (config, "future"));
  g_assert_false (json_object_has_member (config, "bindPassword"));
  used = office_refuse (office, "DeleteCredentials", "id", id, NULL);
  g_assert_nonnull (strstr (used, "Directory Services"));
}

static void
test_synchronize (void)
{
  guint expected = count_expected ();
  g_autoptr (JsonNode) dry = synchronize (TRUE);
  g_autoptr (JsonNode) none = office_call (office, "GetUsers", NULL);
  g_autoptr (JsonNode) real = NULL;
  g_autoptr (JsonNode) again = NULL;
  g_autoptr (JsonNode) info = NULL;
  g_autofree char *name = NULL;
  JsonObject *user;
  JsonArray *rights;

  g_assert_cmpuint (count (dry, "created"), ==, expected);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (none)), ==, 1);
  real = synchronize (FALSE);
  g_assert_cmpuint (count (real, "created"), ==, expected);
  g_assert_cmpuint (count (real, "skipped"), >, 0);
  again = synchronize (FALSE);
  g_assert_cmpuint (count (again, "created") + count (again, "modified"), ==, 0);
  g_assert_cmpint (mun_json_get_int (json_node_get_object (again), "unchanged", 0), ==, expected);
  name = any_user ();
  info = office_call (office, "GetUserInfo", "userName", name, NULL);
  user = json_node_get_object (info);
  rights = mun_json_get_array (user, "privilegesOnFolders");
  g_assert_cmpstr (mun_json_get_string (user, "authentication", NULL), ==, "directoryServices");
  g_assert_cmpuint (json_array_get_length (rights), ==, 1);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (rights, 0), "folder", NULL),
                   ==, name);
}

static void
test_changes (void)
{
  g_autofree char *name = any_user ();
  g_autofree char *body = g_strdup_printf ("{\"userPrincipalName\":\"%s\",\"displayName\":"
                                           "\"Someone Else\",\"alias\":\"other@x.example\"}",
                                           name);
  g_autoptr (JsonNode) info = office_call (office, "GetUserInfo", "userName", name, NULL);
  const char *full_name = mun_json_get_string (json_node_get_object (info), "fullName", "");
  g_autoptr (JsonObject) reply = test_tenant_control (office->tenant, "POST", "users", body);
  g_autoptr (JsonNode) result = synchronize (FALSE);
  JsonObject *entry = find (result, "modified", name);
  JsonArray *changes;
  g_auto (GStrv) before = NULL, after = NULL;

  g_assert_nonnull (reply);
  g_assert_nonnull (entry);
  changes = mun_json_get_array (entry, "changes");
  g_assert_cmpuint (json_array_get_length (changes), ==, 2);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (changes, 0), "field", NULL),
                   ==, "fullName");
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (changes, 0), "before", NULL),
                   ==, full_name);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (changes, 0), "after", NULL),
                   ==, "Someone Else");
  before = mun_json_dup_strings (json_array_get_object_element (changes, 1), "before");
  after = mun_json_dup_strings (json_array_get_object_element (changes, 1), "after");
  g_assert_false (g_strv_contains ((const char *const *)before, "other@x.example"));
  g_assert_true (g_strv_contains ((const char *const *)after, "other@x.example"));
  g_assert_cmpuint (g_strv_length (after), ==, g_strv_length (before) + 1);
  g_assert_cmpuint (count (result, "modified"), ==, 1);
}

/* The same person under another name keeps the account, and its rights follow. */
static void
test_new_name (void)
{
  g_autofree char *name = any_user ();
  g_autofree char *new_name = g_strconcat ("married.", name, NULL);
  g_autofree char *body
      = g_strdup_printf ("{\"userPrincipalName\":\"%s\",\"newName\":\"%s\"}", name, new_name);
  g_autoptr (JsonNode) dry = NULL, real = NULL, info = NULL, still = NULL;
  JsonObject *entry, *change;
  JsonArray *rights;

  test_tenant_order (office->tenant, "users", body);
  dry = synchronize (TRUE);
  still = office_call (office, "GetUserInfo", "userName", name, NULL);
  entry = find (dry, "modified", name);
  g_assert_nonnull (entry);
  change = json_array_get_object_element (mun_json_get_array (entry, "changes"), 0);
  g_assert_cmpstr (mun_json_get_string (change, "field", NULL), ==, "userName");
  g_assert_cmpstr (mun_json_get_string (change, "before", NULL), ==, name);
  g_assert_cmpstr (mun_json_get_string (change, "after", NULL), ==, new_name);
  real = synchronize (FALSE);
  g_assert_cmpuint (count (real, "created") + count (real, "deleted"), ==, 0);
  g_free (office_refuse (office, "GetUserInfo", "userName", name, NULL));
  info = office_call (office, "GetUserInfo", "userName", new_name, NULL);
  rights = mun_json_get_array (json_node_get_object (info), "privilegesOnFolders");
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (rights, 0), "folder", NULL),
                   ==, new_name);
}

/* The credentials may call the tenant by its domain or by its id: it is the same one. */
static void
test_tenant_by_domain (void)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, office->credentials);
  const char *const texts[]
      = { mun_json_get_string (office->tenant->ready, "domain", NULL), office->tenant->tenant_id };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *config = g_strdup_printf ("{\"tenantId\":\"%s\"}", texts[i]);
    g_autoptr (JsonNode) changed
        = office_call (office, "SetCredentials", "id", id, "config", config, NULL);
    g_autoptr (JsonNode) dry = NULL, real = NULL, again = NULL;

    dry = synchronize (TRUE);
    real = synchronize (FALSE);
    again = synchronize (FALSE);
    g_assert_cmpuint (count (real, "created") + count (real, "modified"), ==, 0);
    g_assert_cmpint (mun_json_get_int (json_node_get_object (real), "unchanged", 0), ==,
                     count_expected ());
    g_assert_cmpuint (count (again, "skipped"), ==, count (dry, "skipped"));
  }
}

/* Of the members of the chosen groups, those that the other filters let through. */
static void
test_groups (void)
{
  g_autoptr (MunGraph) graph = test_tenant_graph (office->tenant);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) groups = mun_directory_list_groups (graph, NULL, &error);
  g_autoptr (GPtrArray) users = mun_directory_list_users (graph, NULL, &error);
  guint narrower = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < groups->len; i++) {
    const MunDirectoryGroup *group = groups->pdata[i];
    g_autoptr (GHashTable) members = mun_directory_list_member_ids (graph, group->id, NULL, &error);
    g_autofree char *config
        = g_strdup_printf ("\"syncOnlyGroups\":[{\"id\":\"%s\",\"name\":\"x\"}]", group->id);
    g_autoptr (JsonNode) result = NULL;
    guint expected = 0, others = 0;

    g_assert_no_error (error);
    office_set_directory (office, config);
    result = synchronize (TRUE);
    for (guint j = 0; j < users->len; j++) {
      const MunDirectoryUser *user = users->pdata[j];
      gboolean in_scope = user->enabled && user->licensed && *user->addresses;

      expected += in_scope && g_hash_table_contains (members, user->id);
      others += in_scope && !g_hash_table_contains (members, user->id);
    }
    g_assert_cmpint (mun_json_get_int (json_node_get_object (result), "unchanged", 0), ==,
                     expected);
    narrower += expected > 0 && others > 0;
  }
  g_assert_cmpuint (narrower, >, 0);
  office_set_directory (office, "");
}

/* A user made by hand is left alone, one of the directory goes, an administrator stays. */
static void
test_deletion (void)
{
  g_autofree char *name = any_user ();
  g_autofree char *body
      = g_strdup_printf ("{\"userPrincipalName\":\"%s\",\"accountEnabled\":false}", name);
  g_autofree char *back
      = g_strdup_printf ("{\"userPrincipalName\":\"%s\",\"accountEnabled\":true}", name);
  g_autoptr (JsonNode) made
      = office_call (office, "CreateUser", "userName", "by-hand", "privileges", "login",
                     "authentication", "directoryServices", NULL);
  g_autoptr (JsonNode) kept = NULL;
  g_autoptr (JsonNode) gone = NULL;
  g_autoptr (JsonNode) spared = NULL;

  test_tenant_order (office->tenant, "users", body);
  kept = synchronize (FALSE);
  g_assert_cmpuint (count (kept, "deleted"), ==, 0);
  office_set_directory (office, "\"autoDeleteUsers\":true");
  g_assert_null (
      office_call (office, "SetUserPrivileges", "userName", name, "privileges", "admin", NULL));
  spared = synchronize (FALSE);
  g_assert_cmpuint (count (spared, "deleted"), ==, 0);
  g_assert_nonnull (find (spared, "skipped", name));
  g_assert_null (
      office_call (office, "SetUserPrivileges", "userName", name, "privileges", "login", NULL));
  gone = synchronize (FALSE);
  g_assert_cmpuint (count (gone, "deleted"), ==, 1);
  g_assert_nonnull (find (gone, "deleted", name));
  g_free (office_refuse (office, "GetUserInfo", "userName", name, NULL));
  test_tenant_order (office->tenant, "users", back);
  json_node_unref (synchronize (FALSE));
}

static void
test_trouble (void)
{
  g_autoptr (JsonNode) before = office_call (office, "GetUsers", NULL);
  g_autoptr (JsonNode) after = NULL;
  g_autofree char *empty = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *nobody = NULL;

  test_tenant_order (office->tenant, "empty-directory", "{\"empty\":true}");
  empty = office_refuse (office, "SyncUsersWithDirectoryServices", NULL);
  test_tenant_order (office->tenant, "empty-directory", "{\"empty\":false}");
  test_tenant_order (office->tenant, "revoke", "{\"roles\":[\"Directory.Read.All\"]}");
  test_tenant_order (office->tenant, "expire-tokens", "{}");
  refused = office_refuse (office, "SyncUsersWithDirectoryServices", NULL);
  g_assert_nonnull (strstr (refused, "a permission of the application is missing"));
  test_tenant_order (office->tenant, "grant", "{\"roles\":[\"Directory.Read.All\"]}");
  test_tenant_order (office->tenant, "expire-tokens", "{}");
  office_set_directory (office,
                        "\"autoDeleteUsers\":true,\"syncOnlyGroups\":"
                        "[{\"id\":\"00000000-0000-0000-0000-000000000001\",\"name\":\"X\"}]");
  nobody = office_refuse (office, "SyncUsersWithDirectoryServices", NULL);
  g_assert_nonnull (strstr (nobody, "does not know this user or group"));
  after = office_call (office, "GetUsers", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (before)), ==,
                    json_array_get_length (json_node_get_array (after)));
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  office = office_new (50);
  g_test_add_func ("/directory/credentials", test_credentials);
  g_test_add_func ("/directory/configuration", test_configuration);
  g_test_add_func ("/directory/synchronize", test_synchronize);
  g_test_add_func ("/directory/changes", test_changes);
  g_test_add_func ("/directory/new-name", test_new_name);
  g_test_add_func ("/directory/tenant-by-domain", test_tenant_by_domain);
  g_test_add_func ("/directory/groups", test_groups);
  g_test_add_func ("/directory/deletion", test_deletion);
  g_test_add_func ("/directory/trouble", test_trouble);
  status = g_test_run ();
  office_free (office);
  return status;
}
