/* test-directory-config.c: the directory services configuration while it is edited */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "json.h"
#include "mun-directory-config.h"

#define READ                                                                                       \
  "{\"type\":\"Microsoft365ModernAuth\",\"credentialsId\":\"3\",\"syncOnlyLicensedUsers\":"        \
  "\"True\",\"x\":{\"y\":[1]}}"

static MunDirectoryConfig *
read_config (const char *json)
{
  g_autoptr (JsonNode) node = mun_json_parse (json, -1, NULL);

  return mun_directory_config_new (node);
}

/* Other servers write numbers and booleans as text; setting them to the same value is no change. */
static void
test_tolerant (void)
{
  g_autoptr (MunDirectoryConfig) config = read_config (READ);

  g_assert_cmpint (mun_directory_config_get_int (config, "credentialsId"), ==, 3);
  g_assert_true (mun_directory_config_get_bool (config, "syncOnlyLicensedUsers"));
  mun_directory_config_set_int (config, "credentialsId", 3);
  mun_directory_config_set_bool (config, "syncOnlyLicensedUsers", TRUE);
  mun_directory_config_set_bool (config, "autoDeleteUsers", FALSE);
  mun_directory_config_set_string (config, "redirectUri", "");
  mun_directory_config_set_strings (config, "excludedUsers", NULL);
  g_assert_false (mun_directory_config_is_changed (config));
}

static void
test_there_and_back (void)
{
  const char *const users[] = { "a@b", NULL };
  const char *const more[] = { "login", "delete", NULL };
  const char *const usual[] = { "login", NULL };
  g_autoptr (MunDirectoryConfig) config = read_config (READ);

  mun_directory_config_set_int (config, "credentialsId", 4);
  mun_directory_config_set_bool (config, "syncOnlyLicensedUsers", FALSE);
  mun_directory_config_set_string (config, "redirectUri", "https://a/oidc/signin");
  mun_directory_config_set_strings (config, "excludedUsers", users);
  mun_directory_config_set_privileges (config, "privileges", more);
  g_assert_true (mun_directory_config_is_changed (config));
  mun_directory_config_set_int (config, "credentialsId", 3);
  mun_directory_config_set_bool (config, "syncOnlyLicensedUsers", TRUE);
  mun_directory_config_set_string (config, "redirectUri", NULL);
  mun_directory_config_set_strings (config, "excludedUsers", NULL);
  g_assert_true (mun_directory_config_is_changed (config));
  mun_directory_config_set_privileges (config, "privileges", usual);
  g_assert_false (mun_directory_config_is_changed (config));
}

static void
test_keeps_unknown (void)
{
  g_autoptr (MunDirectoryConfig) config = read_config (READ);
  g_autoptr (JsonObject) object = NULL;

  mun_directory_config_set_type_name (config, "None");
  object = mun_directory_config_dup_object (config);
  g_assert_cmpstr (mun_json_get_string (object, "type", ""), ==, "None");
  g_assert_true (json_object_has_member (mun_json_get_object (object, "x"), "y"));
  g_assert_true (mun_directory_config_is_changed (config));
  mun_directory_config_mark_saved (config, object);
  g_assert_false (mun_directory_config_is_changed (config));
  mun_directory_config_set_type_name (config, "Other");
  mun_directory_config_revert (config);
  g_assert_cmpstr (mun_directory_config_get_type_name (config), ==, "None");
}

static void
test_groups (void)
{
  g_autoptr (MunDirectoryConfig) config
      = read_config ("{\"syncOnlyGroups\":[\"plain\",{\"id\":\"g\",\"name\":\"G\",\"z\":1},7]}");
  g_autoptr (JsonArray) groups = mun_directory_config_dup_groups (config);
  g_autoptr (JsonArray) none = json_array_new ();

  g_assert_cmpuint (json_array_get_length (groups), ==, 2);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (groups, 0), "name", ""), ==,
                   "plain");
  mun_directory_config_set_groups (config, none);
  g_assert_true (mun_directory_config_is_changed (config));
  mun_directory_config_set_groups (config, groups);
  g_assert_false (mun_directory_config_is_changed (config));
}

static void
test_no_object (void)
{
  g_autoptr (MunDirectoryConfig) empty = mun_directory_config_new (NULL);
  g_autoptr (MunDirectoryConfig) null = read_config ("null");
  g_autoptr (MunDirectoryConfig) array = read_config ("[1]");
  g_auto (GStrv) privileges = mun_directory_config_dup_privileges (array, "privileges");

  g_assert_cmpstr (mun_directory_config_get_type_name (empty), ==, "None");
  g_assert_cmpstr (mun_directory_config_get_type_name (null), ==, "None");
  g_assert_cmpuint (g_strv_length (privileges), ==, 1);
  g_assert_cmpstr (privileges[0], ==, "login");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/directory-config/tolerant", test_tolerant);
  g_test_add_func ("/directory-config/there-and-back", test_there_and_back);
  g_test_add_func ("/directory-config/keeps-unknown", test_keeps_unknown);
  g_test_add_func ("/directory-config/groups", test_groups);
  g_test_add_func ("/directory-config/no-object", test_no_object);
  return g_test_run ();
}
