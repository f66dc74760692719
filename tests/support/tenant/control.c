/* control.c: what tests do to the tenant; main.c's description says how */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"

#include <string.h>

typedef void (*ControlHandler) (TenantControl *control);

void
tenant_control_fail (TenantControl *control, guint status, const char *text)
{
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "error", text);
  tenant_reply_json (control->message, status, object);
}

void
tenant_control_done (TenantControl *control)
{
  JsonObject *object = json_object_new ();
  json_object_set_boolean_member (object, "done", TRUE);
  tenant_reply_json (control->message, 200, object);
}

const char *
tenant_control_text (TenantControl *control, const char *name)
{
  const char *value = control->query != NULL ? g_hash_table_lookup (control->query, name) : NULL;
  return value != NULL ? value
                       : json_object_get_string_member_with_default (control->body, name, NULL);
}

gint64
tenant_control_number (TenantControl *control, const char *name, gint64 fallback)
{
  return json_object_get_int_member_with_default (control->body, name, fallback);
}

static JsonObject *
describe_certificate (TenantCertificate *certificate)
{
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "thumbprint", certificate->thumbprint);
  json_object_set_string_member (object, "sha256", certificate->sha256);
  json_object_set_string_member (object, "subject", certificate->subject);
  json_object_set_int_member (object, "notBefore", certificate->not_before);
  json_object_set_int_member (object, "notAfter", certificate->not_after);
  return object;
}

static void
info (TenantControl *control)
{
  Tenant *self = control->tenant;
  JsonObject *object = json_object_new ();
  JsonArray *roles = json_array_new (), *certificates = json_array_new ();
  for (guint i = 0; i < self->app->roles->len; i++)
    json_array_add_string_element (roles, g_ptr_array_index (self->app->roles, i));
  for (guint i = 0; i < self->app->certificates->len; i++)
    json_array_add_object_element (certificates,
                                   describe_certificate (
                                       g_ptr_array_index (self->app->certificates, i)));
  json_object_set_string_member (object, "company", self->company->name);
  json_object_set_string_member (object, "domain", self->company->domain);
  json_object_set_string_member (object, "tenantId", self->company->tenant_id);
  json_object_set_string_member (object, "clientId", self->app->client_id);
  json_object_set_array_member (object, "roles", roles);
  json_object_set_array_member (object, "certificates", certificates);
  tenant_reply_json (control->message, 200, object);
}

static void
counts (TenantControl *control)
{
  TenantCounts *counts = &control->tenant->counts;
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "tokenRequests", (gint64)counts->token_requests);
  json_object_set_int_member (object, "tokensIssued", (gint64)counts->tokens_issued);
  json_object_set_int_member (object, "graphRequests", (gint64)counts->graph_requests);
  json_object_set_int_member (object, "mimeRequests", (gint64)counts->mime_requests);
  json_object_set_int_member (object, "throttled", (gint64)counts->throttled);
  json_object_set_int_member (object, "cut", (gint64)counts->cut);
  json_object_set_int_member (object, "mostAtATime", counts->most_at_a_time);
  tenant_reply_json (control->message, 200, object);
}

static void
upload_certificate (TenantControl *control)
{
  g_autoptr (GError) error = NULL;
  TenantCertificate *certificate
      = tenant_registration_upload (control->tenant->app, control->raw, &error);
  if (certificate == NULL)
    tenant_control_fail (control, 400, error->message);
  else
    tenant_reply_json (control->message, 200, describe_certificate (certificate));
}

static void
remove_certificate (TenantControl *control)
{
  const char *thumbprint = tenant_control_text (control, "thumbprint");
  if (thumbprint != NULL && tenant_registration_remove (control->tenant->app, thumbprint))
    tenant_control_done (control);
  else
    tenant_control_fail (control, 404, "No such certificate");
}

static void
change_roles (TenantControl *control, gboolean (*change) (TenantRegistration *, const char *))
{
  JsonNode *node = json_object_get_member (control->body, "roles");
  JsonArray *roles
      = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; roles != NULL && i < json_array_get_length (roles); i++) {
    if (!change (control->tenant->app, json_array_get_string_element (roles, i))) {
      tenant_control_fail (control, 400, "No such role");
      return;
    }
  }
  if (roles == NULL)
    tenant_control_fail (control, 400, "roles is not a list");
  else
    info (control);
}

static void
grant_roles (TenantControl *control)
{
  change_roles (control, tenant_registration_grant);
}

static void
revoke_roles (TenantControl *control)
{
  change_roles (control, tenant_registration_revoke);
}

static void
application (TenantControl *control)
{
  control->tenant->app->enabled
      = json_object_get_boolean_member_with_default (control->body, "enabled", TRUE);
  tenant_control_done (control);
}

static void
throttle (TenantControl *control)
{
  TenantFaults *faults = &control->tenant->faults;
  faults->throttle_requests = (guint)tenant_control_number (control, "requests", 1);
  faults->throttle_seconds = (guint)MAX (1, tenant_control_number (control, "seconds", 1));
  g_free (faults->throttle_mailbox);
  faults->throttle_mailbox = g_strdup (tenant_control_text (control, "mailbox"));
  tenant_control_done (control);
}

static void
fail_requests (TenantControl *control)
{
  TenantFaults *faults = &control->tenant->faults;
  faults->fail_requests = (guint)tenant_control_number (control, "requests", 1);
  faults->fail_status = (guint)tenant_control_number (control, "status", 503);
  faults->fail_retry_after = (int)tenant_control_number (control, "retryAfter", -1);
  g_free (faults->fail_path);
  faults->fail_path = g_strdup (tenant_control_text (control, "path"));
  tenant_control_done (control);
}

static void
cut (TenantControl *control)
{
  TenantFaults *faults = &control->tenant->faults;
  faults->cut_bodies = (guint)tenant_control_number (control, "bodies", 1);
  faults->cut_after = (gsize)tenant_control_number (control, "after", 100);
  faults->cut_mime = json_object_get_boolean_member_with_default (control->body, "mime", FALSE);
  tenant_control_done (control);
}

static void
expire_tokens (TenantControl *control)
{
  GHashTableIter iter;
  gpointer token;
  g_hash_table_iter_init (&iter, control->tenant->tokens);
  while (g_hash_table_iter_next (&iter, NULL, &token))
    ((TenantToken *)token)->expires = 0;
  tenant_control_done (control);
}

static void
token_lifetime (TenantControl *control)
{
  control->tenant->token_lifetime = (guint)tenant_control_number (control, "seconds", 3599);
  tenant_control_done (control);
}

static void
expire_delta (TenantControl *control)
{
  control->tenant->state_epoch++;
  tenant_control_done (control);
}

static void
empty_directory (TenantControl *control)
{
  control->tenant->faults.empty_directory
      = json_object_get_boolean_member_with_default (control->body, "empty", TRUE);
  tenant_control_done (control);
}

static void
set_clock (TenantControl *control)
{
  control->tenant->clock_skew = tenant_control_number (control, "ahead", 0);
  tenant_control_done (control);
}

static void
set_latency (TenantControl *control)
{
  control->tenant->latency = (guint)MAX (1, tenant_control_number (control, "milliseconds", 1));
  tenant_control_done (control);
}

static void
shut_down (TenantControl *control)
{
  tenant_control_done (control);
  g_timeout_add_once (50, (GSourceOnceFunc)g_main_loop_quit, control->tenant->loop);
}

char *
tenant_control_sha256 (TenantMessage *message)
{
  g_autoptr (GBytes) bytes = tenant_message_read (message);
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

static JsonObject *
describe_person (TenantPerson *person)
{
  JsonObject *object = json_object_new ();
  g_autoptr (GHashTable) distinct = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *messages = person->mailbox != NULL ? person->mailbox->messages : NULL;
  JsonArray *proxies = json_array_new ();
  for (guint i = 0; messages != NULL && i < messages->len; i++)
    g_hash_table_add (distinct, tenant_control_sha256 (g_ptr_array_index (messages, i)));
  for (guint i = 0; i < person->proxies->len; i++)
    json_array_add_string_element (proxies, g_ptr_array_index (person->proxies, i));
  json_object_set_string_member (object, "id", person->id);
  json_object_set_string_member (object, "userPrincipalName", person->upn);
  json_object_set_string_member (object, "displayName", person->display_name);
  json_object_set_string_member (object, "mail", person->mail != NULL ? person->mail : "");
  json_object_set_array_member (object, "proxyAddresses", proxies);
  json_object_set_boolean_member (object, "accountEnabled", person->enabled);
  json_object_set_boolean_member (object, "licensed", person->licensed);
  json_object_set_boolean_member (object, "exchangePlan", person->exchange_plan);
  json_object_set_boolean_member (object, "guest", person->guest);
  json_object_set_boolean_member (object, "mailbox", person->mailbox != NULL);
  json_object_set_string_member (object, "purpose", person->purpose != NULL ? person->purpose : "");
  json_object_set_int_member (object, "messages", messages != NULL ? messages->len : 0);
  json_object_set_int_member (object, "distinct", g_hash_table_size (distinct));
  return object;
}

static void
list_users (TenantControl *control)
{
  JsonObject *object = json_object_new ();
  JsonArray *users = json_array_new ();
  GPtrArray *people = control->tenant->company->people;
  for (guint i = 0; i < people->len; i++)
    json_array_add_object_element (users, describe_person (g_ptr_array_index (people, i)));
  json_object_set_array_member (object, "users", users);
  tenant_reply_json (control->message, 200, object);
}

static void
change_person (TenantPerson *person, JsonObject *body)
{
  const char *name = json_object_get_string_member_with_default (body, "displayName", NULL);
  if (name != NULL) {
    g_free (person->display_name);
    person->display_name = g_strdup (name);
  }
  const char *upn = json_object_get_string_member_with_default (body, "newName", NULL);
  if (upn != NULL) {
    g_free (person->upn);
    person->upn = g_strdup (upn);
  }
  person->enabled
      = json_object_get_boolean_member_with_default (body, "accountEnabled", person->enabled);
  person->licensed
      = json_object_get_boolean_member_with_default (body, "licensed", person->licensed);
  if (json_object_has_member (body, "alias"))
    g_ptr_array_add (person->proxies,
                     g_strconcat ("smtp:", json_object_get_string_member (body, "alias"), NULL));
}

static void
put_user (TenantControl *control)
{
  TenantCompany *company = control->tenant->company;
  const char *upn = tenant_control_text (control, "userPrincipalName");
  if (upn == NULL) {
    tenant_control_fail (control, 400, "userPrincipalName is missing");
    return;
  }
  TenantPerson *person = tenant_company_find (company, upn);
  if (person == NULL)
    person = tenant_company_add (company, control->body);
  else
    change_person (person, control->body);
  tenant_reply_json (control->message, 200, describe_person (person));
}

static void
remove_user (TenantControl *control)
{
  const char *upn = tenant_control_text (control, "upn");
  TenantPerson *person = upn != NULL ? tenant_company_find (control->tenant->company, upn) : NULL;
  if (person == NULL) {
    tenant_control_fail (control, 404, "No such account");
    return;
  }
  tenant_company_remove (control->tenant->company, person);
  tenant_control_done (control);
}

static const struct {
  const char *method;
  const char *path;
  ControlHandler handler;
} handlers[] = {
  { "GET", "info", info },
  { "GET", "counts", counts },
  { "POST", "certificates", upload_certificate },
  { "DELETE", "certificates", remove_certificate },
  { "POST", "grant", grant_roles },
  { "POST", "revoke", revoke_roles },
  { "POST", "application", application },
  { "POST", "throttle", throttle },
  { "POST", "fail", fail_requests },
  { "POST", "cut", cut },
  { "POST", "expire-tokens", expire_tokens },
  { "POST", "token-lifetime", token_lifetime },
  { "POST", "expire-delta", expire_delta },
  { "POST", "empty-directory", empty_directory },
  { "POST", "clock", set_clock },
  { "POST", "latency", set_latency },
  { "GET", "users", list_users },
  { "POST", "users", put_user },
  { "DELETE", "users", remove_user },
  { "GET", "folders", tenant_control_list_folders },
  { "POST", "folders", tenant_control_make_folder },
  { "GET", "messages", tenant_control_list_messages },
  { "GET", "message", tenant_control_get_message },
  { "POST", "messages", tenant_control_add_message },
  { "POST", "write", tenant_control_write_messages },
  { "POST", "move", tenant_control_move_message },
  { "DELETE", "messages", tenant_control_remove_message },
  { "POST", "shutdown", shut_down },
};

static void
dispatch (TenantControl *control, const char *path)
{
  const char *method = soup_server_message_get_method (control->message);
  const char *value
      = soup_message_headers_get_one (soup_server_message_get_request_headers (control->message),
                                      "Authorization");
  g_autofree char *expected = g_strconcat ("Bearer ", control->tenant->control_key, NULL);
  if (value == NULL || !g_str_equal (value, expected)) {
    tenant_control_fail (control, 401, "The control key is missing or wrong");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++) {
    if (g_str_has_prefix (path, "/control/") && g_str_equal (handlers[i].path, path + 9)
        && g_str_equal (handlers[i].method, method)) {
      handlers[i].handler (control);
      return;
    }
  }
  tenant_control_fail (control, 404, "No such control");
}

static void
control_request_cb (SoupServer *server, SoupServerMessage *message, const char *path,
                    GHashTable *query, gpointer data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GBytes) raw
      = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autoptr (JsonObject) empty = json_object_new ();
  TenantControl control = { data, message, query, empty, raw };
  gsize size = g_bytes_get_size (raw);
  const char *text = g_bytes_get_data (raw, NULL);
  if (size > 0 && *text == '{' && json_parser_load_from_data (parser, text, size, NULL))
    control.body = json_node_get_object (json_parser_get_root (parser));
  dispatch (&control, path);
}

void
tenant_control_add_handlers (Tenant *self, SoupServer *server)
{
  soup_server_add_handler (server, "/control", control_request_cb, self, NULL);
}
