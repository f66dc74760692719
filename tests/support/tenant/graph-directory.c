/* graph-directory.c: users, groups, organization and the application's registration */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "graph.h"

#include <string.h>

#define EXCHANGE_PLAN_2 "efb87545-963c-4e0d-99df-69c6916d9eb0"
#define SKU_WITH_EXCHANGE "05e9a617-0261-4cee-bb44-138d3ef5d965"
#define SKU_WITHOUT_EXCHANGE "a403ebcc-fae0-4ca2-8c8c-7a907fd6c235"

static const char *const directory_roles[] = { "Directory.Read.All", NULL };
static const char *const user_roles[] = { "Directory.Read.All", "User.Read.All", NULL };
static const char *const group_roles[]
    = { "Directory.Read.All", "Group.Read.All", "GroupMember.Read.All", NULL };
static const char *const organization_roles[]
    = { "Directory.Read.All", "Organization.Read.All", "User.Read.All", NULL };
static const char *const application_roles[]
    = { "Directory.Read.All", "Application.Read.All", NULL };

static const char *const user_properties[] = { "id",
                                               "userPrincipalName",
                                               "mail",
                                               "mailNickname",
                                               "proxyAddresses",
                                               "otherMails",
                                               "displayName",
                                               "givenName",
                                               "surname",
                                               "jobTitle",
                                               "department",
                                               "companyName",
                                               "businessPhones",
                                               "mobilePhone",
                                               "officeLocation",
                                               "preferredLanguage",
                                               "accountEnabled",
                                               "userType",
                                               "externalUserState",
                                               "creationType",
                                               "assignedLicenses",
                                               "assignedPlans",
                                               "provisionedPlans",
                                               "licenseAssignmentStates",
                                               "onPremisesSyncEnabled",
                                               "onPremisesImmutableId",
                                               "onPremisesSamAccountName",
                                               "onPremisesDomainName",
                                               "onPremisesUserPrincipalName",
                                               "onPremisesSecurityIdentifier",
                                               "onPremisesDistinguishedName",
                                               "showInAddressList",
                                               "identities",
                                               "createdDateTime",
                                               "usageLocation",
                                               NULL };
static const char *const user_defaults[]
    = { "businessPhones",    "displayName", "givenName",         "id",
        "jobTitle",          "mail",        "mobilePhone",       "officeLocation",
        "preferredLanguage", "surname",     "userPrincipalName", NULL };
static const char *const group_properties[] = { "id",          "displayName",     "mail",
                                                "mailEnabled", "mailNickname",    "securityEnabled",
                                                "groupTypes",  "proxyAddresses",  "description",
                                                "visibility",  "createdDateTime", NULL };
static void
set (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

static void
deny (TenantGraphRequest *request)
{
  tenant_graph_fail (request, 403, "Authorization_RequestDenied",
                     "Insufficient privileges to complete the operation.");
}

static void
set_licences (JsonObject *object, TenantPerson *person)
{
  JsonArray *licences = json_array_new (), *plans = json_array_new ();
  if (person->licensed) {
    JsonObject *licence = json_object_new ();
    json_object_set_array_member (licence, "disabledPlans", json_array_new ());
    set (licence, "skuId", person->exchange_plan ? SKU_WITH_EXCHANGE : SKU_WITHOUT_EXCHANGE);
    json_array_add_object_element (licences, licence);
    JsonObject *plan = json_object_new ();
    set (plan, "assignedDateTime", "2024-02-05T09:14:00Z");
    set (plan, "capabilityStatus", "Enabled");
    set (plan, "service", person->exchange_plan ? "exchange" : "PowerBI");
    set (plan, "servicePlanId",
         person->exchange_plan ? EXCHANGE_PLAN_2 : "2049e525-b859-401b-b2a0-e0a31c4b1fe4");
    json_array_add_object_element (plans, plan);
  }
  json_object_set_array_member (object, "assignedLicenses", licences);
  json_object_set_array_member (object, "assignedPlans", plans);
}

static JsonObject *
write_user (TenantPerson *person, GStrv selected)
{
  static const char *const languages[] = { "en-GB", "fr-FR", "de-DE" };
  static const char *const places[] = { "Bristol", "Lyon", "Leipzig" };
  JsonObject *object = json_object_new ();
  JsonArray *proxies = json_array_new ();
  for (guint i = 0; i < person->proxies->len; i++)
    json_array_add_string_element (proxies, g_ptr_array_index (person->proxies, i));
  for (guint i = 0; user_properties[i] != NULL; i++)
    json_object_set_null_member (object, user_properties[i]);
  g_autofree char *nickname = g_strndup (person->upn, strcspn (person->upn, "@"));
  set (object, "id", person->id);
  set (object, "userPrincipalName", person->upn);
  set (object, "mail", person->mail);
  set (object, "mailNickname", nickname);
  json_object_set_array_member (object, "proxyAddresses", proxies);
  json_object_set_array_member (object, "otherMails", json_array_new ());
  json_object_set_array_member (object, "businessPhones", json_array_new ());
  set (object, "displayName", person->display_name);
  set (object, "givenName", person->given_name);
  set (object, "surname", person->surname);
  set (object, "jobTitle", person->job_title);
  set (object, "department", person->department);
  set (object, "officeLocation", places[person->office]);
  set (object, "preferredLanguage", languages[person->office]);
  set (object, "userType", person->guest ? "Guest" : "Member");
  set (object, "externalUserState", person->guest ? "Accepted" : NULL);
  set (object, "creationType", person->guest ? "Invitation" : NULL);
  set (object, "createdDateTime", "2024-02-05T09:12:00Z");
  json_object_set_boolean_member (object, "accountEnabled", person->enabled);
  set_licences (object, person);
  tenant_graph_trim (object, selected);
  if (!g_strv_contains ((const char *const *)selected, "id"))
    json_object_remove_member (object, "id");
  return object;
}

static JsonObject *
write_group (TenantGroup *group, GStrv selected)
{
  JsonObject *object = json_object_new ();
  JsonArray *types = json_array_new (), *proxies = json_array_new ();
  if (group->unified) {
    g_autofree char *proxy = g_strconcat ("SMTP:", group->mail, NULL);
    json_array_add_string_element (types, "Unified");
    json_array_add_string_element (proxies, proxy);
  }
  set (object, "id", group->id);
  set (object, "displayName", group->name);
  set (object, "description", NULL);
  set (object, "mail", group->mail);
  json_object_set_boolean_member (object, "mailEnabled", group->unified);
  json_object_set_boolean_member (object, "securityEnabled", !group->unified);
  json_object_set_array_member (object, "groupTypes", types);
  json_object_set_array_member (object, "proxyAddresses", proxies);
  tenant_graph_trim (object, selected);
  return object;
}

/* TRUE when the person passes a $filter of "property eq value" terms joined with "and"; *ok is
 * FALSE when the filter is of another form. */
static gboolean
passes_filter (TenantPerson *person, const char *filter, gboolean *ok)
{
  g_auto (GStrv) terms = g_strsplit (filter, " and ", -1);
  gboolean passes = TRUE;
  for (guint i = 0; terms[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (g_strstrip (terms[i]), " ", 3);
    if (g_strv_length (words) != 3 || !g_str_equal (words[1], "eq"))
      return *ok = FALSE;
    g_autofree char *user_type = g_strdup_printf ("'%s'", person->guest ? "Guest" : "Member");
    g_autofree char *upn = g_strdup_printf ("'%s'", person->upn);
    if (g_str_equal (words[0], "accountEnabled"))
      passes = passes && g_str_equal (words[2], person->enabled ? "true" : "false");
    else if (g_str_equal (words[0], "userType"))
      passes = passes && g_ascii_strcasecmp (words[2], user_type) == 0;
    else if (g_str_equal (words[0], "userPrincipalName"))
      passes = passes && g_ascii_strcasecmp (words[2], upn) == 0;
    else
      return *ok = FALSE;
  }
  return passes;
}

/* A page of `items` from the offset in $skiptoken on; the link to the next page carries the
 * options. `write` makes one element. Takes nothing. */
typedef JsonObject *(*WriteItem) (gpointer item, GStrv selected);

static void
reply_page (TenantGraphRequest *request, GPtrArray *items, WriteItem write, const char *context,
            GStrv selected)
{
  Tenant *self = request->tenant;
  guint top = tenant_graph_top (request, 100, 999);
  const char *token = g_hash_table_lookup (request->query, "$skiptoken");
  gboolean lost = FALSE;
  g_autofree char *opened = token != NULL ? tenant_state_open (self, token, &lost) : NULL;
  if (top == 0)
    return;
  if (token != NULL && opened == NULL) {
    tenant_graph_fail (request, 400, "Directory_ExpiredPageToken",
                       "The specified page token value has expired.");
    return;
  }
  guint64 start = opened != NULL ? g_ascii_strtoull (opened, NULL, 10) : 0, at = start;
  JsonObject *object = json_object_new ();
  JsonArray *values = json_array_new ();
  for (; at < items->len && at < start + top; at++)
    json_array_add_object_element (values, write (g_ptr_array_index (items, at), selected));
  json_object_set_array_member (object, "value", values);
  if (at < items->len) {
    g_autofree char *position = g_strdup_printf ("%" G_GUINT64_FORMAT, at);
    g_autofree char *sealed = tenant_state_seal (self, position);
    g_autofree char *path = g_strjoinv ("/", request->segments);
    g_autoptr (GString) link = g_string_new (NULL);
    static const char *const carried[] = { "$select", "$top", "$filter" };
    g_string_append_printf (link, "%s/v1.0/%s?", self->graph_url, path);
    for (guint i = 0; i < G_N_ELEMENTS (carried); i++) {
      const char *value = g_hash_table_lookup (request->query, carried[i]);
      g_autofree char *escaped = value != NULL ? g_uri_escape_string (value, ",", FALSE) : NULL;
      if (escaped != NULL)
        g_string_append_printf (link, "%s=%s&", carried[i], escaped);
    }
    g_string_append_printf (link, "$skiptoken=%s", sealed);
    json_object_set_string_member (object, "@odata.nextLink", link->str);
  }
  tenant_graph_reply (request, context, object);
}

static JsonObject *
write_user_item (gpointer item, GStrv selected)
{
  return write_user (item, selected);
}

static JsonObject *
write_group_item (gpointer item, GStrv selected)
{
  return write_group (item, selected);
}

/* A member: a person, or a group (recognised by being in the company's list). */
typedef struct {
  TenantPerson *person;
  TenantGroup *group;
} Member;

static JsonObject *
write_member (gpointer item, GStrv selected)
{
  Member *member = item;
  JsonObject *object = member->person != NULL ? write_user (member->person, selected)
                                              : write_group (member->group, selected);
  set (object, "@odata.type",
       member->person != NULL ? "#microsoft.graph.user" : "#microsoft.graph.group");
  return object;
}

static void
reply_users (TenantGraphRequest *request)
{
  Tenant *self = request->tenant;
  const char *filter = g_hash_table_lookup (request->query, "$filter");
  gboolean ok = TRUE;
  if (!tenant_graph_check_options (request, "$select,$top,$filter,$skiptoken,$count"))
    return;
  g_auto (GStrv) selected = tenant_graph_select (request, "user", user_properties, user_defaults);
  if (selected == NULL)
    return;
  g_autoptr (GPtrArray) people = g_ptr_array_new ();
  for (guint i = 0; i < self->company->people->len && !self->faults.empty_directory; i++) {
    TenantPerson *person = g_ptr_array_index (self->company->people, i);
    if (filter == NULL || passes_filter (person, filter, &ok))
      g_ptr_array_add (people, person);
  }
  if (!ok)
    tenant_graph_fail (request, 400, "Request_UnsupportedQuery",
                       "Unsupported or invalid query filter clause.");
  else
    reply_page (request, people, write_user_item, "users", selected);
}

static void
reply_user (TenantGraphRequest *request, const char *key)
{
  TenantPerson *person = tenant_company_find (request->tenant->company, key);
  g_auto (GStrv) selected = tenant_graph_select (request, "user", user_properties, user_defaults);
  if (selected == NULL)
    return;
  if (person == NULL)
    tenant_graph_not_found (request, key);
  else
    tenant_graph_reply (request, "users/$entity", write_user (person, selected));
}

static void
reply_members (TenantGraphRequest *request, TenantGroup *group, gboolean transitive,
               const char *cast)
{
  gboolean users_only = cast != NULL && g_ascii_strcasecmp (cast, "microsoft.graph.user") == 0;
  g_autoptr (GPtrArray) people = g_ptr_array_new (), groups = g_ptr_array_new ();
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (g_free);
  if (!tenant_graph_check_options (request, "$select,$top,$skiptoken,$count"))
    return;
  /* The elements are directory objects: a property of any of their types may be selected. */
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  for (guint i = 0; user_properties[i] != NULL; i++)
    g_ptr_array_add (known, (gpointer)user_properties[i]);
  for (guint i = 0; group_properties[i] != NULL && !users_only; i++)
    g_ptr_array_add (known, (gpointer)group_properties[i]);
  g_ptr_array_add (known, NULL);
  g_auto (GStrv) selected = tenant_graph_select (request, "directoryObject",
                                                 (const char *const *)known->pdata, user_defaults);
  if (selected == NULL)
    return;
  if (!request->tenant->faults.empty_directory)
    tenant_group_members (group, transitive, people, groups);
  for (guint i = 0; i < people->len; i++) {
    Member member = { g_ptr_array_index (people, i), NULL };
    g_ptr_array_add (members, g_memdup2 (&member, sizeof member));
  }
  for (guint i = 0; i < groups->len && !users_only; i++) {
    Member member = { NULL, g_ptr_array_index (groups, i) };
    g_ptr_array_add (members, g_memdup2 (&member, sizeof member));
  }
  reply_page (request, members, write_member, "directoryObjects", selected);
}

static void
reply_groups (TenantGraphRequest *request)
{
  g_auto (GStrv) selected
      = tenant_graph_select (request, "group", group_properties, group_properties);
  if (selected == NULL || !tenant_graph_check_options (request, "$select,$top,$skiptoken,$count"))
    return;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  reply_page (request,
              request->tenant->faults.empty_directory ? none : request->tenant->company->groups,
              write_group_item, "groups", selected);
}

static void
reply_group (TenantGraphRequest *request, guint n)
{
  TenantGroup *group = tenant_company_find_group (request->tenant->company, request->segments[1]);
  const char *what = n > 2 ? request->segments[2] : NULL;
  if (group == NULL) {
    tenant_graph_not_found (request, request->segments[1]);
  } else if (what == NULL) {
    g_auto (GStrv) selected
        = tenant_graph_select (request, "group", group_properties, group_properties);
    if (selected != NULL)
      tenant_graph_reply (request, "groups/$entity", write_group (group, selected));
  } else if (g_ascii_strcasecmp (what, "members") == 0
             || g_ascii_strcasecmp (what, "transitiveMembers") == 0) {
    reply_members (request, group, *what == 't' || *what == 'T',
                   n > 3 ? request->segments[3] : NULL);
  } else {
    tenant_graph_fail (request, 400, "BadRequest", "Resource not found for the segment '%s'.",
                       what);
  }
}

void
tenant_graph_directory (TenantGraphRequest *request)
{
  TenantRegistration *app = request->tenant->app;
  guint n = g_strv_length (request->segments);
  const char *what = n > 0 ? request->segments[0] : "";
  gboolean users = g_ascii_strcasecmp (what, "users") == 0,
           groups = g_ascii_strcasecmp (what, "groups") == 0;
  gboolean organization = g_ascii_strcasecmp (what, "organization") == 0;
  gboolean applications = g_ascii_strcasecmp (what, "applications") == 0;
  gboolean principals = g_ascii_strcasecmp (what, "servicePrincipals") == 0;
  const char *const *roles = users                        ? user_roles
                             : groups                     ? group_roles
                             : organization               ? organization_roles
                             : applications || principals ? application_roles
                                                          : directory_roles;
  g_autofree char *own = g_strconcat ("appId=", app->client_id, NULL);
  if (!tenant_graph_has_role (request, roles))
    deny (request);
  else if (users && n == 1)
    reply_users (request);
  else if (users && n == 2)
    reply_user (request, request->segments[1]);
  else if (groups && n == 1)
    reply_groups (request);
  else if (groups)
    reply_group (request, n);
  else if (organization && n == 1)
    tenant_graph_reply_organization (request);
  else if (applications && n == 2
           && (g_ascii_strcasecmp (request->segments[1], own) == 0
               || g_ascii_strcasecmp (request->segments[1], app->object_id) == 0))
    tenant_graph_reply_application (request);
  else if (principals && n >= 2)
    tenant_graph_reply_principals (request, n);
  else if (applications && n == 2)
    tenant_graph_not_found (request, request->segments[1]);
  else
    tenant_graph_fail (request, 400, "BadRequest", "Resource not found for the segment '%s'.",
                       what);
}
