/* mun-sign-in-test.c: signs in to a tenant from this desktop to see whether a credential works (no
 * GTK) */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-sign-in-test.h"

#include "entra.h"
#include "registration.h"

static void
test_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (MunRegistrationReport) report
      = mun_registration_check (data, NULL, cancellable, &error);
  g_autoptr (JsonNode) node = NULL;

  if (report == NULL) {
    g_task_return_error (task, error);
    return;
  }
  node = mun_registration_report_to_json (report);
  g_task_return_pointer (task, json_node_dup_object (node), (GDestroyNotify)json_object_unref);
}

void
mun_sign_in_test_async (const char *cloud, const char *tenant_id, const char *client_id,
                        MunCertificate *certificate, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  const MunCloud *found = mun_cloud_lookup (cloud);

  g_task_set_source_tag (task, mun_sign_in_test_async);
  if (found == NULL) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no cloud \"%s\"",
                             cloud);
    return;
  }
  g_task_set_task_data (task, mun_entra_new (found, tenant_id, client_id, certificate),
                        g_object_unref);
  g_task_run_in_thread (task, test_thread);
}

JsonObject *
mun_sign_in_test_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
