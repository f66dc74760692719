/* token.c: the token endpoint, its errors, and the tokens that it issued */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "assertion.h"

#include <string.h>

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define REAL_GRAPH_SCOPE "https://graph.microsoft.com/.default"

void
tenant_token_free (TenantToken *token)
{
  g_strfreev (token->roles);
  g_free (token);
}

static void
reply_refusal (Tenant *self, SoupServerMessage *message, TenantRefusal *refusal)
{
  g_autofree char *trace = tenant_guid (), *correlation = tenant_guid ();
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (tenant_now (self));
  g_autofree char *timestamp = g_date_time_format (date, "%Y-%m-%d %H:%M:%SZ");
  g_autofree char *description
      = g_strdup_printf ("AADSTS%u: %s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s",
                         refusal->code, refusal->text, trace, correlation, timestamp);
  g_autofree char *uri = g_strdup_printf ("%s/error?code=%u", self->login_url, refusal->code);
  JsonArray *codes = json_array_new ();
  JsonObject *object = json_object_new ();
  json_array_add_int_element (codes, refusal->code);
  json_object_set_string_member (object, "error", refusal->error);
  json_object_set_string_member (object, "error_description", description);
  json_object_set_array_member (object, "error_codes", codes);
  json_object_set_string_member (object, "timestamp", timestamp);
  json_object_set_string_member (object, "trace_id", trace);
  json_object_set_string_member (object, "correlation_id", correlation);
  json_object_set_string_member (object, "error_uri", uri);
  tenant_reply_json (message, refusal->status, object);
  g_free (refusal->text);
}

static char *
encode_part (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = json_to_string (node, FALSE);
  return tenant_base64url (text, strlen (text));
}

/* A JWT as the real service issues: clients must not read it, but a diagnosis may show its roles.
 */
static char *
write_token (Tenant *self, gint64 expires)
{
  g_autoptr (JsonObject) header = json_object_new (), claims = json_object_new ();
  gint64 now = tenant_now (self);
  g_autofree char *issuer
      = g_strdup_printf ("%s/%s/v2.0", self->login_url, self->company->tenant_id);
  g_autofree char *id = tenant_guid ();
  json_object_set_string_member (header, "typ", "JWT");
  json_object_set_string_member (header, "alg", "RS256");
  json_object_set_string_member (claims, "aud", self->graph_url);
  json_object_set_string_member (claims, "iss", issuer);
  json_object_set_int_member (claims, "iat", now);
  json_object_set_int_member (claims, "nbf", now);
  json_object_set_int_member (claims, "exp", expires);
  json_object_set_string_member (claims, "app_displayname", self->app->name);
  json_object_set_string_member (claims, "appid", self->app->client_id);
  json_object_set_string_member (claims, "idtyp", "app");
  json_object_set_string_member (claims, "oid", self->app->principal_id);
  if (self->app->roles->len > 0) {
    JsonArray *roles = json_array_new ();
    for (guint i = 0; i < self->app->roles->len; i++)
      json_array_add_string_element (roles, g_ptr_array_index (self->app->roles, i));
    json_object_set_array_member (claims, "roles", roles);
  }
  json_object_set_string_member (claims, "sub", self->app->principal_id);
  json_object_set_string_member (claims, "tid", self->company->tenant_id);
  json_object_set_string_member (claims, "uti", id);
  g_autofree char *first = encode_part (header), *second = encode_part (claims);
  g_autofree char *seal
      = g_compute_hmac_for_string (G_CHECKSUM_SHA512, (const guchar *)self->state_key,
                                   strlen (self->state_key), second, -1);
  g_autofree char *third = tenant_base64url (seal, strlen (seal));
  return g_strjoin (".", first, second, third, NULL);
}

static void
issue_token (Tenant *self, SoupServerMessage *message)
{
  TenantToken *token = g_new0 (TenantToken, 1);
  GPtrArray *roles = g_ptr_array_new ();
  for (guint i = 0; i < self->app->roles->len; i++)
    g_ptr_array_add (roles, g_strdup (g_ptr_array_index (self->app->roles, i)));
  g_ptr_array_add (roles, NULL);
  token->roles = (GStrv)g_ptr_array_free (roles, FALSE);
  token->expires = tenant_now (self) + self->token_lifetime;
  char *text = write_token (self, token->expires);
  g_hash_table_insert (self->tokens, text, token);
  self->counts.tokens_issued++;

  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "token_type", "Bearer");
  json_object_set_int_member (object, "expires_in", self->token_lifetime);
  json_object_set_int_member (object, "ext_expires_in", self->token_lifetime);
  json_object_set_string_member (object, "access_token", text);
  tenant_reply_json (message, 200, object);
}

#define BAD(error, code, ...) tenant_refuse (refusal, 400, error, code, __VA_ARGS__)

static gboolean
check_scope (Tenant *self, const char *scope, TenantRefusal *refusal)
{
  g_auto (GStrv) scopes = g_strsplit_set (scope, " ", -1);
  g_autofree char *own = g_strconcat (self->graph_url, "/.default", NULL);
  guint n = 0;
  for (guint i = 0; scopes[i] != NULL; i++)
    n += *scopes[i] != '\0';
  if (n > 1)
    return BAD ("invalid_scope", 700022, "The scope '%s' names more than one resource.", scope);
  if (!g_str_has_suffix (scope, "/.default"))
    return BAD ("invalid_scope", 70011,
                "The provided value for the input parameter 'scope' is not valid. The scope %s is "
                "not valid: "
                "client credentials need a resource followed by /.default.",
                scope);
  if (!g_str_equal (scope, own) && !g_str_equal (scope, REAL_GRAPH_SCOPE)
      && !g_str_equal (scope, TENANT_GRAPH_APP_ID "/.default"))
    return BAD ("invalid_resource", 500011,
                "The resource principal of %s was not found in the tenant named %s.", scope,
                self->company->name);
  return TRUE;
}

static gboolean
check_client (Tenant *self, GHashTable *form, TenantRefusal *refusal)
{
  const char *client = g_hash_table_lookup (form, "client_id");
  if (g_ascii_strcasecmp (client, self->app->client_id) != 0)
    return BAD ("unauthorized_client", 700016,
                "Application with identifier '%s' was not found in the directory '%s'.", client,
                self->company->name);
  if (!self->app->enabled)
    return BAD ("unauthorized_client", 7000112, "Application '%s'(%s) is disabled.", client,
                self->app->name);
  return TRUE;
}

static gboolean
check_request (Tenant *self, const char *segment, GHashTable *form, TenantRefusal *refusal)
{
  static const char *const required[] = { "grant_type", "client_id", "scope", NULL };
  for (guint i = 0; required[i] != NULL; i++) {
    const char *value = g_hash_table_lookup (form, required[i]);
    if (value == NULL || *value == '\0')
      return BAD ("invalid_request", 900144,
                  "The request body must contain the following parameter: '%s'.", required[i]);
  }
  const char *grant = g_hash_table_lookup (form, "grant_type");
  if (!g_str_equal (grant, "client_credentials"))
    return BAD ("unsupported_grant_type", 70003,
                "The app requested an unsupported grant type '%s'.", grant);
  if (g_str_equal (segment, "common") || g_str_equal (segment, "consumers")
      || g_str_equal (segment, "organizations"))
    return BAD ("invalid_request", 9001023,
                "The grant type is not supported over the /common or /consumers endpoints. A "
                "tenant-specific "
                "endpoint is needed.");
  if (!tenant_is_own_name (self, segment))
    return BAD ("invalid_request", 90002,
                "Tenant '%s' not found. Check that the tenant is right and in this cloud.",
                segment);
  if (!check_client (self, form, refusal)
      || !check_scope (self, g_hash_table_lookup (form, "scope"), refusal))
    return FALSE;

  const char *assertion = g_hash_table_lookup (form, "client_assertion");
  const char *type = g_hash_table_lookup (form, "client_assertion_type");
  if (g_hash_table_contains (form, "client_secret"))
    return tenant_refuse (refusal, 401, "invalid_client", 7000215,
                          "Invalid client secret provided.");
  if (assertion == NULL || *assertion == '\0')
    return tenant_refuse (
        refusal, 401, "invalid_client", 7000218,
        "The request body must contain the following parameter: 'client_assertion' or "
        "'client_secret'.");
  if (type == NULL || !g_str_equal (type, ASSERTION_TYPE))
    return BAD ("invalid_request", 900144,
                "The request body must contain the following parameter: 'client_assertion_type' "
                "with the value "
                "'" ASSERTION_TYPE "'.");
  return tenant_assertion_check (self, assertion, g_hash_table_lookup (form, "client_id"), segment,
                                 refusal);
}

static gboolean
is_form (SoupServerMessage *message)
{
  const char *type
      = soup_message_headers_get_content_type (soup_server_message_get_request_headers (message),
                                               NULL);
  return type != NULL && g_ascii_strcasecmp (type, "application/x-www-form-urlencoded") == 0;
}

static void
token_request_cb (SoupServer *server, SoupServerMessage *message, const char *path,
                  GHashTable *query, gpointer data)
{
  Tenant *self = data;
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_autofree char *rest = g_strv_length (parts) > 2 ? g_strjoinv ("/", parts + 2) : NULL;
  TenantRefusal refusal = { 0 };
  self->counts.token_requests++;
  if (rest == NULL || !g_str_equal (rest, "oauth2/v2.0/token")) {
    soup_server_message_set_status (message, 404, NULL);
    return;
  }
  if (!g_str_equal (soup_server_message_get_method (message), "POST") || !is_form (message)) {
    tenant_refuse (&refusal, 400, "invalid_request", 900561,
                   "The endpoint only accepts POST requests with a form. Received a %s request.",
                   soup_server_message_get_method (message));
    reply_refusal (self, message, &refusal);
    return;
  }
  g_autoptr (GBytes) body
      = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autoptr (GHashTable) form = soup_form_decode (text);
  if (check_request (self, parts[1], form, &refusal))
    issue_token (self, message);
  else
    reply_refusal (self, message, &refusal);
}

void
tenant_token_add_handlers (Tenant *self, SoupServer *server)
{
  soup_server_add_handler (server, NULL, token_request_cb, self, NULL);
}
