/* test-arguments.c: the values of a call, and every quirk of the contract 1.6 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "arguments.h"
#include "errors.h"
#include "json.h"

#include <string.h>

static MunArguments *
parse (const char *function, const char *body)
{
  g_autoptr (GError) error = NULL;
  MunArguments *args
      = mun_arguments_parse_form (mun_function_lookup (function), body, strlen (body), &error);

  g_assert_no_error (error);
  g_assert_nonnull (args);
  return args;
}

static void
refuse (const char *function, const char *body, MunError code, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunArguments) args
      = mun_arguments_parse_form (mun_function_lookup (function), body, strlen (body), &error);

  g_assert_null (args);
  g_assert_error (error, MUN_ERROR, code);
  if (message != NULL)
    g_assert_cmpstr (error->message, ==, message);
}

static void
test_missing (void)
{
  refuse ("GetUserInfo", "", MUN_ERROR_INVALID, "Missing API argument userName.");
  refuse ("CreateUser", "userName=a", MUN_ERROR_INVALID, "Missing API argument privileges.");
  refuse ("GetStoreIndexes", "id=x", MUN_ERROR_INVALID, NULL);
  mun_arguments_unref (parse ("GetUsers", ""));
}

static void
test_order (void)
{
  g_autoptr (MunArguments) args
      = parse ("CreateUser", "fullName=A+B%21&privileges=login&&userName=a%40b&");

  g_assert_cmpstr (mun_arguments_get_string (args, "userName"), ==, "a@b");
  g_assert_cmpstr (mun_arguments_get_string (args, "fullName"), ==, "A B!");
  g_assert_true (mun_arguments_get_spec (args) == mun_function_lookup ("CreateUser"));
}

/* Fields that the function does not have are ignored, and so is a field without "=". */
static void
test_unknown (void)
{
  g_autoptr (MunArguments) args = parse ("GetUserInfo", "instanceID=1&nothing&userName=a&x=%zz");

  g_assert_cmpstr (mun_arguments_get_string (args, "userName"), ==, "a");
  g_assert_false (mun_arguments_has (args, "instanceID"));
}

/* Python clients write True and False. */
static void
test_booleans (void)
{
  static const char *const yes[] = { "true", "True", "TRUE", "1" };
  static const char *const no[] = { "false", "False", "0" };

  for (guint i = 0; i < G_N_ELEMENTS (yes); i++) {
    g_autofree char *body = g_strconcat ("raw=", yes[i], NULL);
    g_autoptr (MunArguments) args = parse ("GetProfiles", body);

    g_assert_true (mun_arguments_get_bool (args, "raw", FALSE));
  }
  for (guint i = 0; i < G_N_ELEMENTS (no); i++) {
    g_autofree char *body = g_strconcat ("includeSize=", no[i], NULL);
    g_autoptr (MunArguments) args = parse ("GetStores", body);

    g_assert_true (mun_arguments_has (args, "includeSize"));
    g_assert_false (mun_arguments_get_bool (args, "includeSize", TRUE));
  }
  refuse ("GetStores", "includeSize=yes", MUN_ERROR_INVALID,
          "Invalid value of API argument includeSize: a value of type bool is expected.");
}

/* GetProfiles, CreateProfile and RunTemporaryProfile know only raw=true. */
static void
test_raw (void)
{
  refuse ("GetProfiles", "raw=false", MUN_ERROR_INVALID, "API argument raw must be true.");
  refuse ("GetProfiles", "", MUN_ERROR_INVALID, "Missing API argument raw.");
  refuse ("CreateProfile", "properties={}&raw=False", MUN_ERROR_INVALID,
          "API argument raw must be true.");
  refuse ("RunTemporaryProfile", "properties={}&raw=0", MUN_ERROR_INVALID,
          "API argument raw must be true.");
}

/* Older clients do not know includeIndexes; a deletion without a reason is never accepted. */
static void
test_lenient (void)
{
  g_autoptr (MunArguments) args = parse ("VerifyStore", "id=1");

  g_assert_false (mun_arguments_has (args, "includeIndexes"));
  g_assert_true (mun_arguments_get_bool (args, "includeIndexes", TRUE));
  refuse ("DeleteMessage", "id=1:2", MUN_ERROR_INVALID, "Missing API argument reason.");
}

/* Unset optional arguments arrive as empty strings. */
static void
test_empty (void)
{
  g_autoptr (MunArguments) results
      = parse ("GetWorkerResults",
               "fromIncluding=2026-01-01T00:00:00&toExcluding=2026-02-01T00:00:00&"
               "timeZoneID=%24Local&profileID=&userName=");
  g_autoptr (MunArguments) sync = parse ("SyncUsersWithDirectoryServices", "dryRun=");
  g_autoptr (MunArguments) password = parse ("SetUserPassword", "userName=a&password=");

  g_assert_false (mun_arguments_has (results, "profileID"));
  g_assert_false (mun_arguments_has (results, "userName"));
  g_assert_cmpint (mun_arguments_get_int (results, "profileID", -7), ==, -7);
  g_assert_null (mun_arguments_get_string (results, "userName"));
  g_assert_false (mun_arguments_has (sync, "dryRun"));
  /* A required string may really be empty. */
  g_assert_true (mun_arguments_has (password, "password"));
  g_assert_cmpstr (mun_arguments_get_string (password, "password"), ==, "");
  refuse ("RunProfile", "id=", MUN_ERROR_INVALID, "Missing API argument id.");
  refuse ("SetComplianceConfiguration", "config=", MUN_ERROR_INVALID,
          "Missing API argument config.");
}

/* The spelling trap: timeZoneID here, timeZoneId there. */
static void
test_spelling (void)
{
  refuse ("GetWorkerResults", "fromIncluding=a&toExcluding=b&timeZoneId=UTC", MUN_ERROR_INVALID,
          "Missing API argument timeZoneID.");
  refuse ("GetJobResults", "fromIncluding=a&toExcluding=b&timeZoneID=UTC", MUN_ERROR_INVALID,
          "Missing API argument timeZoneId.");
}

static void
test_numbers (void)
{
  g_autoptr (MunArguments) args = parse ("GetAuditLog", "maximum=-9223372036854775808");

  g_assert_cmpint (mun_arguments_get_int (args, "maximum", 0), ==, G_MININT64);
  refuse ("RunProfile", "id=1.5", MUN_ERROR_INVALID, NULL);
  refuse ("RunProfile", "id=9223372036854775808", MUN_ERROR_INVALID, NULL);
  refuse ("RunProfile", "id=1%00", MUN_ERROR_INVALID, NULL);
}

static void
assert_config (const char *body, const char *name)
{
  g_autoptr (MunArguments) args = parse ("SetDirectoryServicesConfiguration", body);
  JsonNode *node = mun_arguments_get_json (args, "config");

  g_assert_cmpstr (mun_json_get_string (json_node_get_object (node), "name", NULL), ==, name);
}

/* curl --data 'config={ "name" : "R&D" }' sends JSON as it stands. */
static void
test_json (void)
{
  assert_config ("config=%7B%22name%22%3A%22R%26D+x%22%7D", "R&D x");
  assert_config ("config={ \"name\" : \"plain\" }", "plain");
  assert_config ("config={ \"name\" : \"R&D=x&y\" }", "R&D=x&y");
  assert_config ("config={ \"name\" : \"a+b 100%\" }", "a+b 100%");
  assert_config ("x=1&config={\"name\":\"&\"}&y=\"", "&");
  refuse ("SetDirectoryServicesConfiguration", "config={", MUN_ERROR_INVALID, NULL);
  refuse ("SetDirectoryServicesConfiguration", "config={\"a\":", MUN_ERROR_INVALID, NULL);
}

/* The next argument ends JSON that is not encoded. */
static void
test_json_followed (void)
{
  g_autoptr (MunArguments) args
      = parse ("CreateProfile", "properties={ \"name\" : \"a&b\", \"n\": [1,2] }&raw=true");

  g_assert_true (mun_arguments_get_bool (args, "raw", FALSE));
  g_assert_cmpstr (mun_json_get_string (json_node_get_object (
                                            mun_arguments_get_json (args, "properties")),
                                        "name", NULL),
                   ==, "a&b");
}

static void
test_encoding (void)
{
  g_autoptr (MunArguments) args = parse ("GetUserInfo", "userName=100%+%C3%A9%2");

  g_assert_cmpstr (mun_arguments_get_string (args, "userName"), ==, "100% é%2");
  refuse ("GetUserInfo", "userName=%ff", MUN_ERROR_INVALID,
          "Invalid value of API argument userName: it is not valid UTF-8.");
  refuse ("GetUserInfo", "userName=a%00b", MUN_ERROR_INVALID, NULL);
}

static void
test_limit (void)
{
  g_autoptr (GString) body = g_string_new ("userName=a");

  for (guint i = 1; i < MUN_ARGUMENTS_MAX; i++)
    g_string_append (body, "&x=1");
  mun_arguments_unref (parse ("GetUserInfo", body->str));
  g_string_append (body, "&x=1");
  refuse ("GetUserInfo", body->str, MUN_ERROR_TOO_LARGE, NULL);
}

/* No error text ever shows a value: it may be a password. */
static void
test_no_secret_in_error (void)
{
  g_autoptr (GError) error = NULL;
  const char *body = "config=\"hunter2";

  g_assert_null (mun_arguments_parse_form (mun_function_lookup ("CreateCredentials"), body,
                                           strlen (body), &error));
  g_assert_null (strstr (error->message, "hunter2"));
}

static void
test_set_and_encode (void)
{
  g_autoptr (MunArguments) args = mun_arguments_new (mun_function_lookup ("UpdateProfile"));
  g_autoptr (JsonNode) node = mun_json_parse ("{\"a\":\"é&\"}", -1, NULL);
  g_autoptr (MunArguments) back = NULL;
  g_autofree char *body = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (mun_arguments_check (args, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  mun_arguments_set_int (args, "id", 7);
  mun_arguments_set_json (args, "properties", node);
  mun_arguments_set_bool (args, "raw", TRUE);
  g_assert_true (mun_arguments_check (args, NULL));
  /* A copy: what happens to the caller's node does not matter. */
  json_object_set_int_member (json_node_get_object (node), "b", 1);
  body = mun_arguments_encode (args);
  g_assert_cmpstr (body, ==, "id=7&properties=%7B%22a%22%3A%22%C3%A9%26%22%7D&raw=true");
  back = parse ("UpdateProfile", body);
  g_assert_cmpint (mun_arguments_get_int (back, "id", 0), ==, 7);
  mun_arguments_set_json (args, "properties", NULL);
  g_assert_null (mun_arguments_get_json (args, "properties"));
}

static void
test_set_string (void)
{
  g_autoptr (MunArguments) args = mun_arguments_new (mun_function_lookup ("GetUserInfo"));
  g_autoptr (MunArguments) other = mun_arguments_ref (args);

  mun_arguments_set_string (args, "userName", "a b");
  /* Also from itself. */
  mun_arguments_set_string (args, "userName", mun_arguments_get_string (args, "userName") + 2);
  g_assert_cmpstr (mun_arguments_get_string (other, "userName"), ==, "b");
  mun_arguments_set_string (args, "userName", NULL);
  g_assert_false (mun_arguments_has (args, "userName"));
  g_assert_false (mun_arguments_has (args, "nothing"));
}

static void
test_set_text (void)
{
  g_autoptr (MunArguments) args = mun_arguments_new (mun_function_lookup ("RunProfile"));
  g_autoptr (GError) error = NULL;

  g_assert_true (mun_arguments_set_text (args, "id", "12", NULL));
  g_assert_cmpint (mun_arguments_get_int (args, "id", 0), ==, 12);
  g_assert_false (mun_arguments_set_text (args, "id", "x", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_assert_false (mun_arguments_has (args, "id"));
  g_clear_error (&error);
  g_assert_false (mun_arguments_set_text (args, "name", "x", &error));
  g_assert_cmpstr (error->message, ==, "RunProfile has no API argument name.");
}

/* A wrong name or type is a mistake in the program. */
static void
test_wrong_use (void)
{
  if (g_test_subprocess ()) {
    g_autoptr (MunArguments) args = mun_arguments_new (mun_function_lookup ("RunProfile"));

    mun_arguments_get_string (args, "id");
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*RunProfile has no argument id of type string*");
}

static void
test_describe (void)
{
  g_autoptr (MunArguments) args
      = parse ("CreateUser", "userName=a&privileges=none&password=hunter2");
  g_autofree char *text = mun_arguments_describe (args);
  g_autoptr (MunArguments) long_args = mun_arguments_new (mun_function_lookup ("GetUserInfo"));
  g_autofree char *long_name = g_strnfill (1000, 'x');
  g_autofree char *cut = NULL;

  g_assert_cmpstr (text, ==, "userName=a, privileges=none, password=***");
  mun_arguments_set_string (long_args, "userName", long_name);
  cut = mun_arguments_describe (long_args);
  g_assert_cmpuint (g_utf8_strlen (cut, -1), ==, strlen ("userName=") + 201);
}

static MunArguments *
command (const char *line)
{
  g_autoptr (GError) error = NULL;
  const MunFunctionSpec *spec = NULL;
  MunArguments *args = mun_arguments_parse_command (line, &spec, &error);

  g_assert_no_error (error);
  g_assert_true (mun_arguments_get_spec (args) == spec);
  return args;
}

static void
refuse_command (const char *line, MunError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunArguments) args = mun_arguments_parse_command (line, NULL, &error);

  g_assert_null (args);
  g_assert_error (error, MUN_ERROR, code);
}

static void
test_command (void)
{
  g_autoptr (MunArguments) user = command ("GetUserInfo --userName=\"frank clark\"");
  g_autoptr (MunArguments) sync = command ("SyncUsersWithDirectoryServices --dryRun");
  g_autoptr (MunArguments) backup
      = command ("CreateBackup --path=\"E:\\Backup\" --excludeSearchIndexes=False");
  g_autoptr (MunArguments) config
      = command ("SetComplianceConfiguration --config='{\"legalHold\":true}'");

  g_assert_cmpstr (mun_arguments_get_string (user, "userName"), ==, "frank clark");
  g_assert_true (mun_arguments_get_bool (sync, "dryRun", FALSE));
  g_assert_cmpstr (mun_arguments_get_string (backup, "path"), ==, "E:\\Backup");
  g_assert_false (mun_arguments_get_bool (backup, "excludeSearchIndexes", TRUE));
  g_assert_true (
      mun_json_get_bool (json_node_get_object (mun_arguments_get_json (config, "config")),
                         "legalHold", FALSE));
  refuse_command ("", MUN_ERROR_INVALID);
  refuse_command ("GetUserInfo --userName=\"open", MUN_ERROR_INVALID);
  refuse_command ("NoSuchFunction", MUN_ERROR_NOT_FOUND);
  refuse_command ("GetUserInfo", MUN_ERROR_INVALID);
  refuse_command ("GetUserInfo frank", MUN_ERROR_INVALID);
  refuse_command ("GetUserInfo --userName", MUN_ERROR_INVALID);
  refuse_command ("GetUserInfo --name=x", MUN_ERROR_INVALID);
  refuse_command ("GetUserInfo --=x", MUN_ERROR_INVALID);
}

static void
test_object (void)
{
  g_autoptr (JsonObject) object
      = mun_json_parse_object ("{\"id\":\"5\",\"properties\":{\"a\":1},\"raw\":true}", -1, NULL);
  g_autoptr (MunArguments) args
      = mun_arguments_parse_object (mun_function_lookup ("UpdateProfile"), object, NULL);
  g_autoptr (MunArguments) none
      = mun_arguments_parse_object (mun_function_lookup ("GetUsers"), NULL, NULL);
  g_autoptr (JsonObject) wrong = mun_json_parse_object ("{\"userName\":[]}", -1, NULL);
  g_autoptr (JsonObject) unknown = mun_json_parse_object ("{\"userName\":null,\"x\":1}", -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mun_arguments_get_int (args, "id", 0), ==, 5);
  g_assert_nonnull (none);
  g_assert_null (mun_arguments_parse_object (mun_function_lookup ("GetUserInfo"), wrong, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (mun_arguments_parse_object (mun_function_lookup ("GetUserInfo"), unknown, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
}

/* No prefix of a body makes trouble. */
static void
test_truncated (void)
{
  const char *body = "properties={ \"name\" : \"a&b%41\", \"n\": [1,2] }&raw=%54rue&%=&=&&x";

  for (gsize i = 0; i <= strlen (body); i++) {
    g_autofree char *copy = g_memdup2 (body, i > 0 ? i : 1);
    g_autoptr (MunArguments) args
        = mun_arguments_parse_form (mun_function_lookup ("CreateProfile"), copy, i, NULL);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/arguments/missing", test_missing);
  g_test_add_func ("/protocol/arguments/order", test_order);
  g_test_add_func ("/protocol/arguments/unknown", test_unknown);
  g_test_add_func ("/protocol/arguments/booleans", test_booleans);
  g_test_add_func ("/protocol/arguments/raw", test_raw);
  g_test_add_func ("/protocol/arguments/lenient", test_lenient);
  g_test_add_func ("/protocol/arguments/empty", test_empty);
  g_test_add_func ("/protocol/arguments/spelling", test_spelling);
  g_test_add_func ("/protocol/arguments/numbers", test_numbers);
  g_test_add_func ("/protocol/arguments/json", test_json);
  g_test_add_func ("/protocol/arguments/json-followed", test_json_followed);
  g_test_add_func ("/protocol/arguments/encoding", test_encoding);
  g_test_add_func ("/protocol/arguments/limit", test_limit);
  g_test_add_func ("/protocol/arguments/no-secret-in-error", test_no_secret_in_error);
  g_test_add_func ("/protocol/arguments/set-and-encode", test_set_and_encode);
  g_test_add_func ("/protocol/arguments/set-string", test_set_string);
  g_test_add_func ("/protocol/arguments/set-text", test_set_text);
  g_test_add_func ("/protocol/arguments/wrong-use", test_wrong_use);
  g_test_add_func ("/protocol/arguments/describe", test_describe);
  g_test_add_func ("/protocol/arguments/command", test_command);
  g_test_add_func ("/protocol/arguments/object", test_object);
  g_test_add_func ("/protocol/arguments/truncated", test_truncated);
  return g_test_run ();
}
