/* faults.c: what the control interface asked to go wrong */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "faults.h"

#include <string.h>

void
tenant_faults_retry_after (SoupServerMessage *message, int seconds)
{
  g_autofree char *text = g_strdup_printf ("%d", seconds);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Retry-After",
                                text);
}

gboolean
tenant_faults_fail (Tenant *self, SoupServerMessage *message, const char *path)
{
  TenantFaults *faults = &self->faults;
  if (faults->fail_requests == 0
      || (faults->fail_path != NULL && strstr (path, faults->fail_path) == NULL))
    return FALSE;
  faults->fail_requests--;
  if (faults->fail_retry_after >= 0)
    tenant_faults_retry_after (message, faults->fail_retry_after);
  JsonObject *body = json_object_new (), *problem = json_object_new ();
  json_object_set_string_member (problem, "code",
                                 faults->fail_status == 503 ? "serviceNotAvailable"
                                                            : "UnknownError");
  json_object_set_string_member (problem, "message", "");
  json_object_set_object_member (body, "error", problem);
  tenant_reply_json (message, faults->fail_status, body);
  return TRUE;
}

guint
tenant_faults_throttle (Tenant *self, const char *mailbox)
{
  TenantFaults *faults = &self->faults;
  if (faults->throttle_requests == 0)
    return 0;
  if (faults->throttle_mailbox != NULL) {
    TenantPerson *meant = tenant_company_find (self->company, faults->throttle_mailbox);
    if (mailbox == NULL || tenant_company_find (self->company, mailbox) != meant)
      return 0;
  }
  faults->throttle_requests--;
  self->counts.throttled++;
  return faults->throttle_seconds;
}

static gboolean
is_mime (SoupServerMessage *message)
{
  const char *type
      = soup_message_headers_get_content_type (soup_server_message_get_response_headers (message),
                                               NULL);
  return type != NULL && g_str_equal (type, "text/plain");
}

gboolean
tenant_faults_cut (Tenant *self, SoupServerMessage *message)
{
  TenantFaults *faults = &self->faults;
  if (faults->cut_bodies == 0 || soup_server_message_get_status (message) != 200
      || (faults->cut_mime && !is_mime (message)))
    return FALSE;
  faults->cut_bodies--;
  self->counts.cut++;
  g_autoptr (GBytes) body
      = soup_message_body_flatten (soup_server_message_get_response_body (message));
  gsize size = g_bytes_get_size (body);
  g_autofree char *head
      = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT
                         "\r\n\r\n",
                         is_mime (message) ? "text/plain" : "application/json", size);
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  gsize through = size == 0 ? 0 : MIN (faults->cut_after, size - 1);
  g_output_stream_write_all (out, head, strlen (head), NULL, NULL, NULL);
  g_output_stream_write_all (out, g_bytes_get_data (body, NULL), through, NULL, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
  return TRUE;
}
