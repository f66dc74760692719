/* graph-application.c: the organization, and the application's registration */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "graph.h"

static const char *const organization_properties[]
    = { "id", "displayName", "verifiedDomains", "tenantType", "countryLetterCode", NULL };
static const char *const application_properties[] = { "id",
                                                      "appId",
                                                      "displayName",
                                                      "signInAudience",
                                                      "keyCredentials",
                                                      "passwordCredentials",
                                                      "web",
                                                      "publicClient",
                                                      "requiredResourceAccess",
                                                      "optionalClaims",
                                                      "createdDateTime",
                                                      NULL };
static const char *const principal_properties[] = { "id",
                                                    "appId",
                                                    "displayName",
                                                    "accountEnabled",
                                                    "appRoleAssignmentRequired",
                                                    "servicePrincipalType",
                                                    "appRoles",
                                                    NULL };

static void
set (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

void
tenant_graph_not_found (TenantGraphRequest *request, const char *id)
{
  tenant_graph_fail (request, 404, "Request_ResourceNotFound",
                     "Resource '%s' does not exist or one of its queried reference-property "
                     "objects are not present.",
                     id);
}

static void
add_domain (JsonArray *domains, const char *name, gboolean initial)
{
  JsonObject *domain = json_object_new ();
  set (domain, "capabilities", "Email, OfficeCommunicationsOnline");
  json_object_set_boolean_member (domain, "isDefault", !initial);
  json_object_set_boolean_member (domain, "isInitial", initial);
  set (domain, "name", name);
  set (domain, "type", "Managed");
  json_array_add_object_element (domains, domain);
}

void
tenant_graph_reply_organization (TenantGraphRequest *request)
{
  TenantCompany *company = request->tenant->company;
  g_auto (GStrv) selected = tenant_graph_select (request, "organization", organization_properties,
                                                 organization_properties);
  if (selected == NULL)
    return;
  JsonObject *object = json_object_new (), *organization = json_object_new ();
  JsonArray *values = json_array_new (), *domains = json_array_new ();
  add_domain (domains, company->domain, FALSE);
  add_domain (domains, company->initial_domain, TRUE);
  set (organization, "id", company->tenant_id);
  set (organization, "displayName", company->name);
  set (organization, "tenantType", "AAD");
  set (organization, "countryLetterCode", "GB");
  json_object_set_array_member (organization, "verifiedDomains", domains);
  tenant_graph_trim (organization, selected);
  json_array_add_object_element (values, organization);
  json_object_set_array_member (object, "value", values);
  tenant_graph_reply (request, "organization", object);
}

static JsonArray *
write_keys (TenantRegistration *app, gboolean with_bytes)
{
  JsonArray *keys = json_array_new ();
  for (guint i = 0; i < app->certificates->len; i++) {
    TenantCertificate *certificate = g_ptr_array_index (app->certificates, i);
    g_autofree char *start = tenant_graph_time (certificate->not_before);
    g_autofree char *end = tenant_graph_time (certificate->not_after);
    g_autofree char *der = g_base64_encode (g_bytes_get_data (certificate->der, NULL),
                                            g_bytes_get_size (certificate->der));
    JsonObject *key = json_object_new ();
    set (key, "customKeyIdentifier", certificate->thumbprint);
    set (key, "displayName", certificate->subject);
    set (key, "endDateTime", end);
    set (key, "key", with_bytes ? der : NULL);
    set (key, "keyId", certificate->key_id);
    set (key, "startDateTime", start);
    set (key, "type", "AsymmetricX509Cert");
    set (key, "usage", "Verify");
    json_array_add_object_element (keys, key);
  }
  return keys;
}

void
tenant_graph_reply_application (TenantGraphRequest *request)
{
  TenantRegistration *app = request->tenant->app;
  g_auto (GStrv) selected = tenant_graph_select (request, "application", application_properties,
                                                 application_properties);
  if (selected == NULL)
    return;
  gboolean bytes = g_hash_table_contains (request->query, "$select");
  JsonObject *object = json_object_new (), *web = json_object_new ();
  json_object_set_array_member (web, "redirectUris", json_array_new ());
  set (object, "id", app->object_id);
  set (object, "appId", app->client_id);
  set (object, "displayName", app->name);
  set (object, "signInAudience", "AzureADMyOrg");
  json_object_set_array_member (object, "keyCredentials", write_keys (app, bytes));
  json_object_set_array_member (object, "passwordCredentials", json_array_new ());
  json_object_set_array_member (object, "requiredResourceAccess", json_array_new ());
  json_object_set_object_member (object, "web", web);
  set (object, "createdDateTime", "2026-09-01T08:00:00Z");
  tenant_graph_trim (object, selected);
  tenant_graph_reply (request, "applications/$entity", object);
}

static void
reply_principal (TenantGraphRequest *request, const char *id, const char *app_id, const char *name)
{
  g_auto (GStrv) selected = tenant_graph_select (request, "servicePrincipal", principal_properties,
                                                 principal_properties);
  if (selected == NULL)
    return;
  JsonObject *object = json_object_new ();
  set (object, "id", id);
  set (object, "appId", app_id);
  set (object, "displayName", name);
  set (object, "servicePrincipalType", "Application");
  json_object_set_boolean_member (object, "accountEnabled", request->tenant->app->enabled);
  json_object_set_boolean_member (object, "appRoleAssignmentRequired", FALSE);
  tenant_graph_trim (object, selected);
  tenant_graph_reply (request, "servicePrincipals/$entity", object);
}

static void
reply_assignments (TenantGraphRequest *request)
{
  TenantRegistration *app = request->tenant->app;
  JsonObject *object = json_object_new ();
  JsonArray *values = json_array_new ();
  for (guint i = 0; i < app->roles->len; i++) {
    const TenantRole *role = tenant_role_lookup (g_ptr_array_index (app->roles, i));
    gboolean graph = g_str_equal (role->resource, TENANT_GRAPH_APP_ID);
    JsonObject *assignment = json_object_new ();
    set (assignment, "appRoleId", role->id);
    set (assignment, "createdDateTime", "2026-09-01T08:05:00Z");
    set (assignment, "principalDisplayName", app->name);
    set (assignment, "principalId", app->principal_id);
    set (assignment, "principalType", "ServicePrincipal");
    set (assignment, "resourceDisplayName",
         graph ? "Microsoft Graph" : "Office 365 Exchange Online");
    set (assignment, "resourceId", graph ? app->graph_principal_id : app->exchange_principal_id);
    json_array_add_object_element (values, assignment);
  }
  json_object_set_array_member (object, "value", values);
  tenant_graph_reply (request, "appRoleAssignments", object);
}

void
tenant_graph_reply_principals (TenantGraphRequest *request, guint n)
{
  TenantRegistration *app = request->tenant->app;
  const char *key = request->segments[1];
  g_autofree char *own = g_strconcat ("appId=", app->client_id, NULL);
  gboolean is_own
      = g_ascii_strcasecmp (key, own) == 0 || g_ascii_strcasecmp (key, app->principal_id) == 0;
  if (n == 3 && is_own && g_ascii_strcasecmp (request->segments[2], "appRoleAssignments") == 0)
    reply_assignments (request);
  else if (n == 2 && is_own)
    reply_principal (request, app->principal_id, app->client_id, app->name);
  else if (n == 2
           && (g_str_equal (key, "appId=" TENANT_GRAPH_APP_ID)
               || g_str_equal (key, app->graph_principal_id)))
    reply_principal (request, app->graph_principal_id, TENANT_GRAPH_APP_ID, "Microsoft Graph");
  else if (n == 2 && g_str_equal (key, "appId=" TENANT_EXCHANGE_APP_ID))
    reply_principal (request, app->exchange_principal_id, TENANT_EXCHANGE_APP_ID,
                     "Office 365 Exchange Online");
  else
    tenant_graph_not_found (request, key);
}
