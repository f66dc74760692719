/* tenant-client.c: a running simulated tenant, for the tests of src/microsoft */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tenant-client.h"

#include "json.h"

#include <glib/gstdio.h>
#include <string.h>

static void
wait_for_ready_line (GSubprocess *process)
{
  g_autoptr (GDataInputStream) output
      = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (line);
}

static void
read_ready_file (TestTenant *self)
{
  g_autofree char *path = g_build_filename (self->dir, "ready.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  self->ready = mun_json_parse_object (text, -1, &error);
  g_assert_no_error (error);
  self->tenant_id = mun_json_get_string (self->ready, "tenantId", NULL);
  self->client_id = mun_json_get_string (self->ready, "clientId", NULL);
  self->cloud.id = "simulated";
  self->cloud.name = "Simulated tenant";
  self->cloud.login_url = mun_json_get_string (self->ready, "loginUrl", NULL);
  self->cloud.graph_url = mun_json_get_string (self->ready, "graphUrl", NULL);
  self->cloud.ca_file = mun_json_get_string (self->ready, "caFile", NULL);
}

TestTenant *
test_tenant_new (guint messages)
{
  TestTenant *self = g_new0 (TestTenant, 1);
  g_autofree char *count = g_strdup_printf ("%u", messages);
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("mun-tenant-XXXXXX", &error);
  g_assert_no_error (error);
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                    &error, g_getenv ("MUNIMENT_TENANT"), "--dir", self->dir,
                                    "--messages", count, "--until-stdin-ends", "--grant",
                                    "Directory.Read.All", "--grant", "Mail.Read", NULL);
  g_assert_no_error (error);
  wait_for_ready_line (self->process);
  read_ready_file (self);
  self->session = soup_session_new ();
  self->certificate = mun_certificate_create ("Test", 2048, 15, &error);
  g_assert_no_error (error);
  test_tenant_upload (self, self->certificate);
  return self;
}

void
test_tenant_free (TestTenant *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->dir, 0, NULL);
  const char *name;

  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait (self->process, NULL, NULL);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (self->dir, name, NULL);
    g_unlink (path);
  }
  g_rmdir (self->dir);
  g_object_unref (self->process);
  g_object_unref (self->session);
  g_object_unref (self->certificate);
  json_object_unref (self->ready);
  g_free (self->dir);
  g_free (self);
}

GBytes *
test_tenant_control_bytes (TestTenant *self, const char *method, const char *path, GBytes *body)
{
  g_autofree char *url
      = g_strdup_printf ("%s/control/%s", mun_json_get_string (self->ready, "controlUrl", ""),
                         path);
  g_autofree char *key
      = g_strdup_printf ("Bearer %s", mun_json_get_string (self->ready, "controlKey", ""));
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GError) error = NULL;
  GBytes *reply;

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", key);
  if (body)
    soup_message_set_request_body_from_bytes (message, "application/octet-stream", body);
  reply = soup_session_send_and_read (self->session, message, NULL, &error);
  g_assert_no_error (error);
  if (soup_message_get_status (message) != 200)
    g_error ("%s %s: %u %s", method, path, soup_message_get_status (message),
             (const char *)g_bytes_get_data (reply, NULL));
  return reply;
}

JsonObject *
test_tenant_control (TestTenant *self, const char *method, const char *path, const char *body)
{
  g_autoptr (GBytes) data = body ? g_bytes_new_static (body, strlen (body)) : NULL;
  g_autoptr (GBytes) reply = test_tenant_control_bytes (self, method, path, data);
  g_autoptr (GError) error = NULL;
  JsonObject *object
      = mun_json_parse_object (g_bytes_get_data (reply, NULL), g_bytes_get_size (reply), &error);

  g_assert_no_error (error);
  return object;
}

void
test_tenant_order (TestTenant *self, const char *path, const char *body)
{
  json_object_unref (test_tenant_control (self, "POST", path, body ? body : "{}"));
}

void
test_tenant_upload (TestTenant *self, MunCertificate *certificate)
{
  g_autoptr (GBytes) der = mun_certificate_export_der (certificate);
  g_autoptr (GBytes) reply = test_tenant_control_bytes (self, "POST", "certificates", der);
  g_autoptr (JsonObject) object
      = mun_json_parse_object (g_bytes_get_data (reply, NULL), g_bytes_get_size (reply), NULL);

  /* What the tenant computes by itself is what we show. */
  g_assert_cmpstr (mun_json_get_string (object, "thumbprint", ""), ==,
                   mun_certificate_get_thumbprint (certificate));
  g_assert_cmpstr (mun_json_get_string (object, "sha256", ""), ==,
                   mun_certificate_get_sha256 (certificate));
}

MunEntra *
test_tenant_sign_in (TestTenant *self)
{
  return mun_entra_new (&self->cloud, self->tenant_id, self->client_id, self->certificate);
}

MunGraph *
test_tenant_graph (TestTenant *self)
{
  g_autoptr (MunEntra) entra = test_tenant_sign_in (self);
  MunGraph *graph = mun_graph_new (entra);

  mun_graph_set_patience (graph, 4, 1);
  return graph;
}

gint64
test_tenant_count (TestTenant *self, const char *name)
{
  g_autoptr (JsonObject) counts = test_tenant_control (self, "GET", "counts", NULL);

  return mun_json_get_int (counts, name, -1);
}
