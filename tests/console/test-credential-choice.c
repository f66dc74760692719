/* test-credential-choice.c: credentials of a server and of the desktop as one list; sign-in reports
 * in words */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "json.h"
#include "mun-credential-choice.h"
#include "mun-sign-in-words.h"

#include <string.h>

#define SERVER                                                                                     \
  "[{\"id\":\"7\",\"name\":\"Zeta\",\"clientId\":\"AAAA\",\"tenantId\":\"T\","                     \
  "\"certificateThumbprint\":\"0011\"},"                                                           \
  "{\"id\":8,\"name\":\"Alpha\"},\"odd\"]"

static MunAppCredential *
local_credential (const char *name, const char *client, const char *tenant, const char *thumbprint)
{
  MunAppCredential *credential = mun_app_credential_new_stored ("id", "r1", thumbprint, 0);

  mun_app_credential_set_name (credential, name);
  mun_app_credential_set_client_id (credential, client);
  mun_app_credential_set_tenant_id (credential, tenant);
  return credential;
}

static void
test_join (void)
{
  g_autoptr (JsonNode) server = mun_json_parse (SERVER, -1, NULL);
  g_autoptr (GPtrArray) local = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GListStore) all = NULL, own = NULL;
  g_autoptr (MunCredentialChoice) same = NULL, only_here = NULL;
  g_autofree char *label = NULL;

  g_ptr_array_add (local, local_credential ("Renamed", "aaaa", "t", "0022"));
  g_ptr_array_add (local, local_credential ("Here", "bbbb", "t", "0033"));
  all = mun_credential_choice_list (server, local, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (all)), ==, 3);
  g_assert_cmpuint (mun_credential_choice_find (G_LIST_MODEL (all), 7), ==, 2);
  g_assert_cmpuint (mun_credential_choice_find (G_LIST_MODEL (all), 99), ==, G_MAXUINT);
  g_assert_cmpuint (mun_credential_choice_find (G_LIST_MODEL (all), 0), ==, G_MAXUINT);
  same = g_list_model_get_item (G_LIST_MODEL (all), 2);
  g_assert_true (mun_credential_choice_is_renewed (same));
  g_assert_nonnull (mun_credential_choice_get_local (same));
  only_here = g_list_model_get_item (G_LIST_MODEL (all), 1);
  g_assert_cmpint (mun_credential_choice_get_server_id (only_here), ==, 0);
  g_assert_false (mun_credential_choice_is_none (only_here));
  label = mun_credential_choice_dup_label (only_here, 0);
  g_assert_cmpstr (label, ==, "Here — on this computer");
  own = mun_credential_choice_list (server, local, FALSE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (own)), ==, 2);
}

static void
test_nothing (void)
{
  g_autoptr (JsonNode) odd = mun_json_parse ("{\"x\":1}", -1, NULL);
  g_autoptr (GListStore) a = mun_credential_choice_list (NULL, NULL, TRUE);
  g_autoptr (GListStore) b = mun_credential_choice_list (odd, NULL, TRUE);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (a)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (b)), ==, 0);
}

static void
test_users (void)
{
  g_autoptr (JsonNode) directory = mun_json_parse ("{\"credentialsId\":7}", -1, NULL);
  g_autoptr (JsonNode) profiles = mun_json_parse (
      "[{\"name\":\"P\",\"details\":{\"credentialsId\":\"7\"}},{\"name\":\"Q\",\"details\":{}},3]",
      -1, NULL);
  g_auto (GStrv) users = mun_credential_choice_dup_users (7, directory, profiles);
  g_auto (GStrv) nobody = mun_credential_choice_dup_users (0, directory, profiles);

  g_assert_cmpuint (g_strv_length (users), ==, 2);
  g_assert_cmpstr (users[1], ==, "P");
  g_assert_cmpuint (g_strv_length (nobody), ==, 0);
}

static MunSignInState
words (const char *json, char **sentence, char **summary)
{
  g_autoptr (JsonObject) report = mun_json_parse_object (json, -1, NULL);

  *summary = mun_sign_in_summary (report);
  return mun_sign_in_words (report, "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334", sentence);
}

static void
test_sign_in_words (void)
{
  g_autofree char *good = NULL, *missing = NULL, *refused = NULL, *odd = NULL;
  g_autofree char *good_line = NULL, *missing_line = NULL, *refused_line = NULL, *odd_line = NULL;

  g_assert_cmpint (
      words ("{\"signedIn\":true,\"roles\":[\"Directory.Read.All\",\"Mail.Read\"],\"missing\":[]}",
             &good, &good_line),
      ==, MUN_SIGN_IN_GOOD);
  g_assert_cmpstr (good_line, ==, "Signed in · Directory.Read.All · Mail.Read");
  g_assert_cmpint (words ("{\"signedIn\":true,\"roles\":[],\"missing\":[\"Mail.Read\"]}", &missing,
                          &missing_line),
                   ==, MUN_SIGN_IN_MISSING);
  g_assert_nonnull (strstr (missing, "Mail.Read"));
  g_assert_cmpint (
      words ("{\"signedIn\":false,\"errorCode\":700027,\"message\":\"m\",\"traceId\":\"tr-1\"}",
             &refused, &refused_line),
      ==, MUN_SIGN_IN_REFUSED);
  g_assert_nonnull (strstr (refused, "A1B2C3D4"));
  g_assert_nonnull (strstr (refused, "AADSTS700027"));
  g_assert_nonnull (strstr (refused, "tr-1"));
  g_assert_nonnull (strstr (refused_line, "AADSTS700027"));
  g_assert_cmpint (words ("{}", &odd, &odd_line), ==, MUN_SIGN_IN_REFUSED);
  g_assert_cmpstr (odd, !=, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/credential-choice/join", test_join);
  g_test_add_func ("/credential-choice/nothing", test_nothing);
  g_test_add_func ("/credential-choice/users", test_users);
  g_test_add_func ("/sign-in-words", test_sign_in_words);
  return g_test_run ();
}
