/* test-sign-in.c: a credential made in the dialog signs in to a simulated tenant, step by step */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "cloud.h"
#include "console-test.h"
#include "json.h"
#include "keyring.h"
#include "mun-credential-dialog.h"
#include "mun-groups-dialog.h"
#include "mun-hint-row.h"

#include <libsoup/soup.h>
#include <string.h>

#define child(widget, TYPE, name)                                                                  \
  GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (widget), (TYPE), (name)))
#define field(dialog, name) GTK_EDITABLE (child (dialog, MUN_TYPE_CREDENTIAL_DIALOG, name))

static JsonObject *tenant; /* ready.json */
static GSubprocess *process;
static char *folder;

static void
start_tenant (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *option = NULL, *line = NULL, *ready = NULL, *text = NULL, *clouds = NULL;

  folder = g_dir_make_tmp ("tenant-XXXXXX", NULL);
  option = g_strdup_printf ("--dir=%s", folder);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                              &error, g_getenv ("MUNIMENT_TENANT"), option, "--port=0",
                              "--messages=10", "--until-stdin-ends", NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_nonnull (line);
  ready = g_build_filename (folder, "ready.json", NULL);
  g_assert_true (g_file_get_contents (ready, &text, NULL, NULL));
  tenant = mun_json_parse_object (text, -1, &error);
  g_assert_no_error (error);
  clouds = g_build_filename (folder, "clouds.ini", NULL);
  g_assert_true (mun_cloud_add_file (clouds, &error));
}

static void
control (const char *path, GBytes *body, const char *type)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strconcat (mun_json_get_string (tenant, "controlUrl", ""), path, NULL);
  g_autofree char *key
      = g_strdup_printf ("Bearer %s", mun_json_get_string (tenant, "controlKey", ""));
  g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr (GBytes) answer = NULL;

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", key);
  soup_message_set_request_body_from_bytes (message, type, body);
  answer = soup_session_send_and_read (session, message, NULL, NULL);
  g_assert_nonnull (answer);
  g_assert_cmpuint (soup_message_get_status (message), <, 300);
}

static const char *
test_sign_in_now (MunCredentialDialog *dialog)
{
  GtkWidget *hint = child (dialog, MUN_TYPE_CREDENTIAL_DIALOG, "test_hint");

  gtk_widget_activate_action (GTK_WIDGET (dialog), "credential.test", NULL);
  g_assert_false (gtk_widget_get_visible (hint));
  console_test_wait (gtk_widget_get_visible (hint));
  g_test_message ("%s", mun_hint_row_get_text (MUN_HINT_ROW (hint)));
  return mun_hint_row_get_text (MUN_HINT_ROW (hint));
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GPtrArray **list = data;

  *list = mun_keyring_list_finish (result, NULL);
}

/* Unknown certificate, then no permission, then one missing, then all is well; and the tenant's
 * groups. */
static void
test_journey (void)
{
  static const char grant_one[] = "{\"roles\":[\"Directory.Read.All\"]}",
                    grant_two[] = "{\"roles\":[\"Mail.Read\"]}";
  MunCredentialDialog *dialog = mun_credential_dialog_new (NULL, NULL);
  MunCertificateGroup *group = mun_credential_dialog_get_certificate_group (dialog);
  g_autoptr (GBytes) der = NULL, one = g_bytes_new_static (grant_one, strlen (grant_one)),
                     two = g_bytes_new_static (grant_two, strlen (grant_two));
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (JsonArray) none = json_array_new ();
  MunListDialog *groups;
  GtkWidget *suggestions;

  gtk_window_set_default_size (GTK_WINDOW (dialog), 620, 760);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_editable_set_text (field (dialog, "name_row"), "Alderbrook");
  gtk_editable_set_text (field (dialog, "client_row"),
                         mun_json_get_string (tenant, "clientId", ""));
  gtk_editable_set_text (field (dialog, "tenant_row"),
                         mun_json_get_string (tenant, "tenantId", ""));
  mun_certificate_group_create (group, 2048, 15);
  console_test_wait (mun_certificate_group_get_certificate (group) != NULL);

  g_assert_nonnull (strstr (test_sign_in_now (dialog), "AADSTS700027"));
  console_test_shoot (GTK_WINDOW (dialog), "sign-in-refused");
  der = mun_certificate_export_der (mun_certificate_group_get_certificate (group));
  control ("/control/certificates", der, "application/pkix-cert");
  control ("/control/grant", one, "application/json");
  g_assert_nonnull (strstr (test_sign_in_now (dialog), "Mail.Read"));
  control ("/control/grant", two, "application/json");
  g_assert_true (g_str_has_prefix (test_sign_in_now (dialog), "Signed in. Permissions granted:"));
  gtk_widget_activate_action (GTK_WIDGET (dialog), "credential.save", NULL);
  console_test_wait (console_test_find_window (MUN_TYPE_CREDENTIAL_DIALOG) == NULL);

  mun_keyring_list_async (NULL, loaded_cb, &list);
  console_test_wait (list != NULL);
  g_assert_cmpuint (list->len, ==, 1);
  groups = mun_groups_dialog_new (NULL, g_ptr_array_index (list, 0), none);
  gtk_window_present (GTK_WINDOW (groups));
  suggestions = child (groups, MUN_TYPE_LIST_DIALOG, "suggestion_group");
  console_test_wait (gtk_widget_get_visible (suggestions));
  console_test_shoot (GTK_WINDOW (groups), "groups");
  gtk_window_destroy (GTK_WINDOW (groups));
}

int
main (int argc, char **argv)
{
  int status;

  console_test_init (&argc, &argv);
  start_tenant ();
  g_test_add_func ("/sign-in/journey", test_journey);
  status = g_test_run ();
  g_output_stream_close (g_subprocess_get_stdin_pipe (process), NULL, NULL);
  g_subprocess_wait (process, NULL, NULL);
  g_object_unref (process);
  json_object_unref (tenant);
  g_free (folder);
  return status;
}
