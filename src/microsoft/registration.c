/* registration.c: whether an application's registration is what Muniment needs */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-microsoft"

#include "registration.h"

#include "errors.h"
#include "graph.h"
#include "json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

const char *const mun_registration_needed_roles[] = { "Directory.Read.All", "Mail.Read", NULL };

/* Application roles of Microsoft Graph by their ids, which are the same in every tenant
 * (learn.microsoft.com "Microsoft Graph permissions reference"). */
static const struct {
  const char *id;
  const char *name;
} role_ids[] = {
  { "7ab1d382-f21e-4acd-a863-ba3e13f7da61", "Directory.Read.All" },
  { "19dbc75e-c2e2-444c-a770-ec69d8559fc7", "Directory.ReadWrite.All" },
  { "df021288-bdef-4463-88db-98f22de89214", "User.Read.All" },
  { "5b567255-7703-4780-807c-7be8301ae99b", "Group.Read.All" },
  { "98830695-27a2-44f7-8c18-0c3ebc9698f6", "GroupMember.Read.All" },
  { "810c84a8-4a9e-49e6-bf7d-12d183f40d01", "Mail.Read" },
  { "e2a3a72e-5f79-4c64-b1b1-878b674786c9", "Mail.ReadWrite" },
  { "40f97065-369a-49f4-947c-6a255697ae91", "MailboxSettings.Read" },
  { "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "Application.Read.All" },
};

/* A role that permits all that another does. */
static const struct {
  const char *needed;
  const char *wider;
} wider_roles[] = {
  { "Mail.Read", "Mail.ReadWrite" },
  { "Directory.Read.All", "Directory.ReadWrite.All" },
};

void
mun_registration_report_free (MunRegistrationReport *report)
{
  g_free (report->algorithm);
  g_strfreev (report->roles);
  g_strfreev (report->missing);
  g_free (report->message);
  g_free (report->explanation);
  g_free (report->trace_id);
  g_free (report);
}

static gboolean
add_unique (GPtrArray *list, const char *text)
{
  for (guint i = 0; i < list->len; i++)
    if (strcmp (list->pdata[i], text) == 0)
      return FALSE;
  g_ptr_array_add (list, g_strdup (text));
  return TRUE;
}

static GStrv
finish_list (GPtrArray *list)
{
  g_ptr_array_add (list, NULL);
  return (GStrv)g_ptr_array_free (list, FALSE);
}

static gboolean
collect_assignment (JsonObject *item, gpointer user_data, GError **error)
{
  const char *id = mun_json_get_string (item, "appRoleId", "");

  for (guint i = 0; i < G_N_ELEMENTS (role_ids); i++)
    if (g_ascii_strcasecmp (role_ids[i].id, id) == 0)
      add_unique (user_data, role_ids[i].name);
  return TRUE;
}

/* What an administrator granted, as the directory says it. A token may not know it yet: new grants
 * take some minutes to reach it. Without permission to read the directory there is nothing to add,
 * which is no error. */
static gboolean
read_assignments (MunEntra *entra, GPtrArray *roles, GCancellable *cancellable, GError **error)
{
  g_autoptr (MunGraph) graph = mun_graph_new (entra);
  g_autofree char *client = g_uri_escape_string (mun_entra_get_client_id (entra), NULL, FALSE);
  g_autofree char *lookup
      = g_strdup_printf ("/v1.0/servicePrincipals(appId='%s')?$select=id", client);
  g_autoptr (GError) cause = NULL;
  g_autoptr (JsonObject) principal = NULL;

  mun_graph_set_patience (graph, 3, 500);
  principal = mun_graph_get (graph, lookup, NULL, cancellable, &cause);
  if (principal) {
    const char *id = mun_json_get_string (principal, "id", "");
    g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);
    g_autofree char *path
        = g_strdup_printf ("/v1.0/servicePrincipals/%s/appRoleAssignments", escaped);

    mun_graph_for_each (graph, path, NULL, collect_assignment, roles, cancellable, &cause);
  }
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  if (cause)
    g_debug ("Granted permissions are not readable: %s", cause->message);
  return TRUE;
}

static gboolean
is_granted (GPtrArray *roles, const char *needed)
{
  for (guint i = 0; i < roles->len; i++) {
    if (strcmp (roles->pdata[i], needed) == 0)
      return TRUE;
    for (guint j = 0; j < G_N_ELEMENTS (wider_roles); j++)
      if (strcmp (wider_roles[j].needed, needed) == 0
          && strcmp (wider_roles[j].wider, roles->pdata[i]) == 0)
        return TRUE;
  }
  return FALSE;
}

static MunRegistrationReport *
new_report (void)
{
  MunRegistrationReport *report = g_new0 (MunRegistrationReport, 1);

  report->algorithm = g_strdup ("");
  report->roles = g_new0 (char *, 1);
  report->missing = g_new0 (char *, 1);
  report->message = g_strdup ("");
  report->explanation = g_strdup ("");
  report->trace_id = g_strdup ("");
  return report;
}

static void
replace (char **field, char *value)
{
  g_free (*field);
  *field = value;
}

static MunRegistrationReport *
report_refusal (const GError *refusal)
{
  MunRegistrationReport *report = new_report ();
  const char *trace_id = mun_entra_error_get_trace_id (refusal);

  report->error_code = refusal->code;
  replace (&report->message, g_strdup (refusal->message));
  replace (&report->explanation, g_strdup (mun_entra_explain (refusal->code)));
  replace (&report->trace_id, g_strdup (trace_id ? trace_id : ""));
  return report;
}

static void
explain_missing (MunRegistrationReport *report)
{
  g_autofree char *list = g_strjoinv (", ", report->missing);
  guint count = g_strv_length (report->missing);

  if (count == 0)
    return;
  replace (&report->message,
           g_strdup_printf ("The application signs in, but was not granted: %s", list));
  /* Translators: %s is a list of permission names such as “Mail.Read”, which Microsoft does not
   * translate. */
  replace (&report->explanation,
           g_strdup_printf (
               ngettext ("The application signs in, but this permission is missing: %s. Add it in "
                         "the portal (API permissions, Microsoft Graph, application permissions) "
                         "and grant admin consent.",
                         "The application signs in, but these permissions are missing: %s. Add "
                         "them in the portal (API permissions, Microsoft Graph, application "
                         "permissions) and grant admin consent.",
                         count),
               list));
}

MunRegistrationReport *
mun_registration_check (MunEntra *entra, const char *const *needed_roles, GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (MunRegistrationReport) report = NULL;
  g_autoptr (GError) refusal = NULL;
  g_autofree char *token = NULL;
  g_auto (GStrv) token_roles = NULL;
  GPtrArray *roles, *missing;

  g_return_val_if_fail (MUN_IS_ENTRA (entra), NULL);

  mun_entra_forget_token (
      entra, NULL); /* an old token knows neither new grants nor a removed certificate */
  token = mun_entra_dup_token (entra, cancellable, &refusal);
  if (!token && refusal->domain == MUN_ENTRA_ERROR)
    return report_refusal (refusal);
  if (!token) {
    g_propagate_error (error, g_steal_pointer (&refusal));
    return NULL;
  }
  mun_secret_wipe (token, strlen (token));

  report = new_report ();
  report->signed_in = TRUE;
  replace (&report->algorithm, g_strdup (mun_entra_get_algorithm (entra)));
  roles = g_ptr_array_new_with_free_func (g_free);
  missing = g_ptr_array_new_with_free_func (g_free);
  token_roles = mun_entra_dup_roles (entra);
  for (char **role = token_roles; *role; role++)
    add_unique (roles, *role);
  if (!read_assignments (entra, roles, cancellable, error)) {
    g_ptr_array_unref (roles);
    g_ptr_array_unref (missing);
    return NULL;
  }
  for (const char *const *role = needed_roles ? needed_roles : mun_registration_needed_roles; *role;
       role++)
    if (!is_granted (roles, *role))
      add_unique (missing, *role);
  g_strfreev (report->roles);
  g_strfreev (report->missing);
  report->roles = finish_list (roles);
  report->missing = finish_list (missing);
  explain_missing (report);
  return g_steal_pointer (&report);
}

JsonNode *
mun_registration_report_to_json (const MunRegistrationReport *report)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_boolean_member (object, "signedIn", report->signed_in);
  json_object_set_string_member (object, "algorithm", report->algorithm);
  mun_json_set_strings (object, "roles", (const char *const *)report->roles);
  mun_json_set_strings (object, "missing", (const char *const *)report->missing);
  json_object_set_int_member (object, "errorCode", report->error_code);
  json_object_set_string_member (object, "message", report->message);
  json_object_set_string_member (object, "explanation", report->explanation);
  json_object_set_string_member (object, "traceId", report->trace_id);
  json_node_take_object (node, object);
  return node;
}
