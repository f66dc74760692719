/* office.c: a munimentd that knows the simulated tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "office.h"

#include "app-credential.h"
#include "json.h"

#include <glib/gstdio.h>
#include <signal.h>

/* A run that is not over by then will not end */
#define RESUME_SECONDS 300

char *
office_dup_credentials (Office *self, const char *name, MunCertificate *certificate)
{
  g_autoptr (MunAppCredential) credential = mun_app_credential_new ();
  g_autoptr (JsonObject) config = NULL;

  mun_app_credential_set_name (credential, name);
  mun_app_credential_set_client_id (credential, self->tenant->client_id);
  mun_app_credential_set_tenant_id (credential, self->tenant->tenant_id);
  mun_app_credential_set_cloud (credential, "simulated");
  mun_app_credential_set_certificate (credential, certificate);
  config = mun_app_credential_to_config (credential, NULL);
  return mun_json_object_to_string (config);
}

static void
hand_over_credentials (Office *self)
{
  g_autofree char *config = office_dup_credentials (self, "Tenant", self->tenant->certificate);
  g_autoptr (JsonNode) result = office_call (self, "CreateCredentials", "config", config, NULL);

  self->credentials = mun_json_get_int (json_node_get_object (result), "id", 0);
  g_assert_cmpint (self->credentials, >, 0);
}

Office *
office_new (guint messages)
{
  Office *self = g_new0 (Office, 1);
  g_autofree char *clouds = NULL;

  self->tenant = test_tenant_new (messages);
  clouds = g_build_filename (self->tenant->dir, "clouds.ini", NULL);
  g_setenv ("MUNIMENT_CLOUDS", clouds, TRUE);
  self->data_dir = g_dir_make_tmp ("muniment-office-XXXXXX", NULL);
  self->server = test_server_start (self->data_dir, NULL);
  hand_over_credentials (self);
  return self;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_tree (child);
    else
      g_remove (child);
  }
  g_rmdir (path);
}

void
office_free (Office *self)
{
  test_server_free (self->server);
  test_tenant_free (self->tenant);
  remove_tree (self->data_dir);
  g_free (self->data_dir);
  g_free (self->token);
  g_free (self);
}

void
office_restart (Office *self, int signal)
{
  test_server_stop (self->server, signal);
  test_server_free (self->server);
  self->server = test_server_start (self->data_dir, NULL);
}

static char *
make_form (va_list args)
{
  GString *form = g_string_new (NULL);
  const char *name;

  while ((name = va_arg (args, const char *)) != NULL) {
    g_autofree char *value = g_uri_escape_string (va_arg (args, const char *), NULL, FALSE);

    g_string_append_printf (form, "%s%s=%s", form->len > 0 ? "&" : "", name, value);
  }
  return g_string_free (form, FALSE);
}

JsonNode *
office_call (Office *self, const char *function, ...)
{
  g_autofree char *form = NULL;
  va_list args;

  va_start (args, function);
  form = make_form (args);
  va_end (args);
  return test_server_call_ok (self->server, function, form);
}

char *
office_refuse (Office *self, const char *function, ...)
{
  g_autofree char *form = NULL;
  va_list args;

  va_start (args, function);
  form = make_form (args);
  va_end (args);
  return test_server_call_error (self->server, function, form);
}

JsonObject *
office_try (Office *self, const char *function, ...)
{
  g_autofree char *form = NULL;
  va_list args;

  va_start (args, function);
  form = make_form (args);
  va_end (args);
  return test_server_call (self->server, function, form);
}

void
office_set_directory (Office *self, const char *members)
{
  g_autofree char *config
      = g_strdup_printf ("{\"type\":\"Microsoft365ModernAuth\",\"credentialsId\":%" G_GINT64_FORMAT
                         "%s%s}",
                         self->credentials, *members != '\0' ? "," : "", members);
  g_autoptr (JsonNode) result
      = office_call (self, "SetDirectoryServicesConfiguration", "config", config, NULL);

  g_assert_null (result);
}

char *
office_make_profile (Office *self, const char *connector, const char *details)
{
  g_autofree char *properties
      = g_strdup_printf ("{\"type\":\"I\",\"connector\":\"%s\",\"name\":\"Test\",\"details\":%s}",
                         connector, details);
  g_autoptr (JsonNode) result
      = office_call (self, "CreateProfile", "properties", properties, "raw", "true", NULL);

  return g_strdup_printf ("%" G_GINT64_FORMAT,
                          mun_json_get_int (json_node_get_object (result), "id", 0));
}

JsonArray *
office_list_results (Office *self, const char *profile)
{
  g_autoptr (JsonNode) list
      = office_call (self, "GetWorkerResults", "fromIncluding", "2000-01-01T00:00:00",
                     "toExcluding", "2099-01-01T00:00:00", "timeZoneID", "$Local", "profileID",
                     profile, NULL);

  return json_array_ref (json_node_get_array (list));
}

JsonObject *
office_last_result (Office *self, const char *profile)
{
  g_autoptr (JsonArray) results = office_list_results (self, profile);

  g_assert_cmpuint (json_array_get_length (results), >, 0);
  return mun_json_copy_object (json_array_get_object_element (results, 0));
}

JsonObject *
office_last_report (Office *self, const char *profile)
{
  g_autoptr (JsonObject) result = office_last_result (self, profile);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, mun_json_get_int (result, "id", 0));
  g_autoptr (JsonNode) report = office_call (self, "GetWorkerResultReport", "id", id, NULL);

  return mun_json_copy_object (json_node_get_object (report));
}

void
office_start_run (Office *self, const char *profile, guint messages)
{
  g_autofree char *form = g_strconcat ("id=", profile, NULL);
  g_autofree char *authorization = test_basic (TEST_ADMIN, TEST_PASSWORD);
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (JsonObject) envelope = NULL;
  gint64 before = test_tenant_count (self->tenant, "mimeRequests");
  gsize length;
  const char *text;

  g_assert_cmpuint (test_server_request (self->server, self->server->admin_port, "POST",
                                         "/api/invoke/RunProfile", authorization, form, &reply),
                    ==, 200);
  text = g_bytes_get_data (reply, &length);
  envelope = mun_json_parse_object (text, length, NULL);
  g_free (self->token);
  self->token = g_strdup (mun_json_get_string (envelope, "token", NULL));
  g_assert_nonnull (self->token);
  while (test_tenant_count (self->tenant, "mimeRequests") < before + messages)
    g_usleep (2 * 1000); /* the tenant counts: waiting for a state, not for a time */
}

JsonObject *
office_end_run (Office *self, const char *profile)
{
  g_autofree char *authorization = test_basic (TEST_ADMIN, TEST_PASSWORD);
  gboolean running = TRUE;
  gint64 version = 0;

  while (running) {
    g_autofree char *form = g_strdup_printf ("token=%s&lastKnownStatusVersion=%" G_GINT64_FORMAT
                                             "&millisecondsTimeout=60000",
                                             self->token, version);
    g_autoptr (GBytes) reply = NULL;
    g_autoptr (JsonObject) envelope = NULL;
    gsize length;
    const char *text;

    g_assert_cmpuint (test_server_request (self->server, self->server->admin_port, "POST",
                                           "/api/get-status", authorization, form, &reply),
                      ==, 200);
    text = g_bytes_get_data (reply, &length);
    envelope = mun_json_parse_object (text, length, NULL);
    version = mun_json_get_int (envelope, "statusVersion", 0);
    running = g_str_equal (mun_json_get_string (envelope, "statusCode", ""), "running");
  }
  return office_last_result (self, profile);
}

JsonObject *
office_end_resumed (Office *self, const char *profile)
{
  gint64 deadline = g_get_monotonic_time () + RESUME_SECONDS * G_USEC_PER_SEC;

  while (g_get_monotonic_time () < deadline) {
    g_autoptr (JsonArray) results = office_list_results (self, profile);
    JsonObject *newest = json_array_get_object_element (results, 0);

    if (!mun_json_get_bool (newest, "interrupted", TRUE) && mun_json_has (newest, "completeTime")) {
      JsonObject *before = json_array_get_object_element (results, 1);

      g_assert_cmpstr (mun_json_get_string (before, "result", NULL), ==, "disconnected");
      g_assert_true (mun_json_get_bool (before, "interrupted", FALSE));
      return mun_json_copy_object (newest);
    }
    g_usleep (10 * 1000); /* waiting for a state, not for a time */
  }
  g_error ("The interrupted run was not resumed to its end");
}

gint64
office_count_messages (Office *self)
{
  g_autoptr (JsonNode) node = office_call (self, "GetFolderStatistics", NULL);
  JsonArray *rows = json_node_get_array (node);
  gint64 n = 0;

  for (guint i = 0; i < json_array_get_length (rows); i++)
    n += mun_json_get_int (json_array_get_object_element (rows, i), "count", 0);
  return n;
}

void
office_verify (Office *self)
{
  g_autoptr (JsonNode) node = office_call (self, "VerifyStores", "includeIndexes", "true", NULL);

  g_assert_cmpint (mun_json_get_int (json_node_get_object (node), "faults", -1), ==, 0);
}

gint64
office_count_distinct (Office *self)
{
  g_autoptr (JsonObject) reply = test_tenant_control (self->tenant, "GET", "users", NULL);
  g_autoptr (JsonNode) node = office_call (self, "GetUsers", NULL);
  JsonArray *people = mun_json_get_array (reply, "users");
  JsonArray *users = json_node_get_array (node);
  gint64 n = 0;

  for (guint i = 0; i < json_array_get_length (people); i++) {
    JsonObject *person = json_array_get_object_element (people, i);
    const char *upn = mun_json_get_string (person, "userPrincipalName", "");

    for (guint j = 0; j < json_array_get_length (users); j++)
      if (g_ascii_strcasecmp (upn, mun_json_get_string (json_array_get_object_element (users, j),
                                                        "userName", ""))
          == 0)
        n += mun_json_get_int (person, "distinct", 0);
  }
  return n;
}
