/* test-tenant-graph.c: the tenant's Graph behaves as the real one where clients go wrong */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig.h"

#include <string.h>

#define OWNER "desmond.o'rourke@alderbrook.example"
#define OWNER_QUERY "desmond.o%27rourke%40alderbrook.example"

static Rig *rig;

static JsonArray *
values_of (JsonObject *object)
{
  g_assert_true (json_object_has_member (object, "value"));
  return json_object_get_array_member (object, "value");
}

static void
control (const char *path, const char *body)
{
  g_autoptr (JsonObject) reply = rig_control (rig, "POST", path, body);
  g_assert_cmpuint (rig->status, ==, 200);
}

static char *
code_of (const char *path)
{
  return rig_error_code (rig_get_json (rig, path));
}

/* All elements of a listing, over its pages; *pages counts them. Elements are owned by the objects
 * in `keep`. */
static GPtrArray *
collect (const char *path, GPtrArray *keep, guint *pages, char **delta_link)
{
  GPtrArray *all = g_ptr_array_new ();
  g_autofree char *next = g_strdup (path);
  *pages = 0;
  while (next != NULL) {
    JsonObject *page = rig_get_json (rig, next);
    g_ptr_array_add (keep, page);
    g_assert_cmpuint (rig->status, ==, 200);
    JsonArray *values = values_of (page);
    for (guint i = 0; i < json_array_get_length (values); i++)
      g_ptr_array_add (all, json_array_get_object_element (values, i));
    (*pages)++;
    g_free (next);
    next = g_strdup (json_object_get_string_member_with_default (page, "@odata.nextLink", NULL));
    if (delta_link != NULL && next == NULL)
      *delta_link = g_strdup (json_object_get_string_member (page, "@odata.deltaLink"));
  }
  return all;
}

static GPtrArray *
keeper (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref);
}

static void
test_authorization (void)
{
  g_autofree char *token = g_steal_pointer (&rig->token);
  g_autofree char *none = code_of ("users");
  g_assert_cmpuint (rig->status, ==, 401);
  g_assert_cmpstr (none, ==, "InvalidAuthenticationToken");
  rig->token = g_strdup ("made.up.token");
  g_autofree char *forged = code_of ("users");
  g_assert_cmpstr (forged, ==, "InvalidAuthenticationToken");
  g_free (rig->token);
  rig->token = g_steal_pointer (&token);
  control ("expire-tokens", "{}");
  g_autofree char *expired = code_of ("users");
  g_assert_cmpuint (rig->status, ==, 401);
  g_assert_cmpstr (expired, ==, "InvalidAuthenticationToken");
  rig_sign_in (rig);
}

static void
test_users (void)
{
  g_autoptr (GPtrArray) keep = keeper ();
  guint pages, guests = 0, disabled = 0, without_mail = 0;
  g_autoptr (GPtrArray) users = collect ("users?$top=7&$select=id,userPrincipalName,mail,"
                                         "proxyAddresses,accountEnabled,userType,assignedPlans",
                                         keep, &pages, NULL);
  g_assert_cmpuint (users->len, ==, json_object_get_int_member (rig->ready, "accounts"));
  g_assert_cmpuint (pages, ==, (users->len + 6) / 7);
  for (guint i = 0; i < users->len; i++) {
    JsonObject *user = g_ptr_array_index (users, i);
    guests += g_str_equal (json_object_get_string_member (user, "userType"), "Guest");
    disabled += !json_object_get_boolean_member (user, "accountEnabled");
    without_mail += json_object_get_null_member (user, "mail");
    g_assert_false (json_object_has_member (user, "displayName"));
  }
  g_assert_cmpuint (guests, >=, 2);
  g_assert_cmpuint (disabled, >=, 6);
  g_assert_cmpuint (without_mail, >=, 2);
  g_autoptr (JsonObject) plain = rig_get_json (rig, "users");
  JsonObject *first = json_array_get_object_element (values_of (plain), 0);
  g_assert_false (json_object_has_member (first, "accountEnabled"));
  g_assert_true (json_object_has_member (first, "displayName"));
}

static void
test_queries (void)
{
  static const char *const bad[] = { "users?$top=1000",      "users?$top=0",
                                     "users?$skip=10",       "users?$select=shoeSize",
                                     "users?$skiptoken=abc", "users?$filter=startswith(mail,'a')",
                                     "groups?$top=1000",     NULL };
  for (guint i = 0; bad[i] != NULL; i++) {
    g_autofree char *code = code_of (bad[i]);
    g_assert_cmpuint (rig->status, ==, 400);
  }
  g_autoptr (JsonObject) members
      = rig_get_json (rig,
                      "users?$filter=accountEnabled%20eq%20true%20and%20userType%20eq%20'Guest'");
  g_assert_cmpuint (json_array_get_length (values_of (members)), ==, 2);
  g_autofree char *unknown = code_of ("users/nobody@alderbrook.example");
  g_assert_cmpuint (rig->status, ==, 404);
  g_assert_cmpstr (unknown, ==, "Request_ResourceNotFound");
  g_autofree char *segment = code_of ("pigeons");
  g_assert_cmpuint (rig->status, ==, 400);
}

static char *
group_id (const char *name)
{
  g_autoptr (JsonObject) groups = rig_get_json (rig, "groups?$select=id,displayName");
  JsonArray *values = values_of (groups);
  for (guint i = 0; i < json_array_get_length (values); i++) {
    JsonObject *group = json_array_get_object_element (values, i);
    if (g_str_equal (json_object_get_string_member (group, "displayName"), name))
      return g_strdup (json_object_get_string_member (group, "id"));
  }
  g_assert_not_reached ();
}

static guint
count_members (const char *group, const char *what)
{
  g_autofree char *id = group_id (group),
                  *path = g_strdup_printf ("groups/%s/%s?$select=id,displayName", id, what);
  g_autoptr (JsonObject) reply = rig_get_json (rig, path);
  return json_array_get_length (values_of (reply));
}

static void
test_groups (void)
{
  g_assert_cmpuint (count_members ("All Staff", "members"), ==, 3);
  g_assert_cmpuint (count_members ("All Staff", "members/microsoft.graph.user"), ==, 0);
  g_assert_cmpuint (count_members ("All Staff", "transitiveMembers/microsoft.graph.user"), ==, 34);
  g_assert_cmpuint (count_members ("All Staff", "transitiveMembers"), ==, 37);
  g_assert_cmpuint (count_members ("Nobody Yet", "members"), ==, 0);
  g_assert_cmpuint (count_members ("Project Heron", "transitiveMembers/microsoft.graph.user"), ==,
                    3);
}

static void
test_empty_directory (void)
{
  control ("empty-directory", "{\"empty\": true}");
  g_autoptr (JsonObject) users = rig_get_json (rig, "users");
  g_assert_cmpuint (json_array_get_length (values_of (users)), ==, 0);
  control ("empty-directory", "{\"empty\": false}");
}

static void
test_registration (void)
{
  g_autofree char *path
      = g_strdup_printf ("applications(appId='%s')?$select=id,appId,keyCredentials",
                         rig->client_id);
  g_autofree char *whole = g_strdup_printf ("applications(appId='%s')", rig->client_id);
  g_autofree char *grants
      = g_strdup_printf ("servicePrincipals(appId='%s')/appRoleAssignments", rig->client_id);
  g_autofree char *sha1 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, rig->pair.der),
                  *upper = g_ascii_strup (sha1, -1);
  g_autofree char *der
      = g_base64_encode (g_bytes_get_data (rig->pair.der, NULL), g_bytes_get_size (rig->pair.der));
  g_autoptr (JsonObject) application = rig_get_json (rig, path);
  JsonObject *key
      = json_array_get_object_element (json_object_get_array_member (application, "keyCredentials"),
                                       0);
  g_assert_cmpstr (json_object_get_string_member (key, "customKeyIdentifier"), ==, upper);
  g_assert_cmpstr (json_object_get_string_member (key, "key"), ==, der);
  g_autoptr (JsonObject) unselected = rig_get_json (rig, whole);
  key = json_array_get_object_element (json_object_get_array_member (unselected, "keyCredentials"),
                                       0);
  g_assert_true (json_object_get_null_member (key, "key"));
  g_autoptr (JsonObject) assignments = rig_get_json (rig, grants);
  g_assert_cmpuint (json_array_get_length (values_of (assignments)), ==, 2);
  g_autoptr (JsonObject) graph
      = rig_get_json (rig, "servicePrincipals(appId='00000003-0000-0000-c000-000000000000')");
  g_assert_cmpstr (json_object_get_string_member (graph, "id"), ==,
                   json_object_get_string_member (
                       json_array_get_object_element (values_of (assignments), 0), "resourceId"));
  g_autoptr (JsonObject) organization = rig_get_json (rig, "organization");
  JsonObject *company = json_array_get_object_element (values_of (organization), 0);
  g_assert_cmpstr (json_object_get_string_member (company, "id"), ==, rig->tenant_id);
}

static void
test_folders (void)
{
  g_autoptr (GPtrArray) keep = keeper ();
  guint pages, all_pages, searches = 0, hidden = 0;
  g_autoptr (JsonObject) first = rig_get_json (rig, "users/" OWNER "/mailFolders");
  g_assert_cmpuint (json_array_get_length (values_of (first)), ==, 10);
  g_autoptr (GPtrArray) visible = collect ("users/" OWNER "/mailFolders", keep, &pages, NULL);
  g_autoptr (GPtrArray) all
      = collect ("users/" OWNER "/mailFolders?includeHiddenFolders=true", keep, &all_pages, NULL);
  for (guint i = 0; i < all->len; i++) {
    JsonObject *folder = g_ptr_array_index (all, i);
    searches += json_object_has_member (folder, "@odata.type");
    hidden += json_object_get_boolean_member (folder, "isHidden");
    g_assert_false (json_object_has_member (folder, "wellKnownName"));
  }
  g_assert_cmpuint (searches, ==, 1);
  g_assert_cmpuint (hidden, ==, 2);
  g_assert_cmpuint (all->len, ==, visible->len + hidden);
  g_autoptr (JsonObject) inbox = rig_get_json (rig, "users/" OWNER "/mailFolders/inbox");
  g_assert_cmpstr (json_object_get_string_member (inbox, "displayName"), ==, "Inbox");
  g_autoptr (JsonObject) root = rig_get_json (rig, "users/" OWNER "/mailFolders/msgfolderroot");
  g_assert_cmpstr (json_object_get_string_member (inbox, "parentFolderId"), ==,
                   json_object_get_string_member (root, "id"));
  g_autofree char *missing = code_of ("users/" OWNER "/mailFolders/nowhere");
  g_assert_cmpstr (missing, ==, "ErrorItemNotFound");
}

#define DELTA "users/" OWNER "/mailFolders/inbox/messages/delta?$select=id,receivedDateTime"

static void
test_delta (void)
{
  g_autoptr (GPtrArray) keep = keeper ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *link = NULL, *body = NULL, *last = NULL;
  guint pages;
  rig->immutable = TRUE;
  rig->page_size = 2;
  g_autoptr (GPtrArray) all = collect (DELTA, keep, &pages, &link);
  g_autoptr (JsonObject) inbox = rig_get_json (rig, "users/" OWNER "/mailFolders/inbox");
  g_assert_cmpuint (all->len, ==, json_object_get_int_member (inbox, "totalItemCount"));
  g_assert_cmpuint (pages, >, (all->len + 1) / 2); /* one of them is empty */
  for (guint i = 0; i < all->len; i++)
    g_assert_true (
        g_hash_table_add (seen, (gpointer)json_object_get_string_member (g_ptr_array_index (all, i),
                                                                         "id")));
  g_autoptr (JsonObject) nothing = rig_get_json (rig, link);
  g_assert_cmpuint (json_array_get_length (values_of (nothing)), ==, 0);
  const char *moved = json_object_get_string_member (g_ptr_array_index (all, 0), "id");
  body = g_strdup_printf ("{\"mailbox\": \"" OWNER "\", \"id\": \"%s\", \"folder\": \"archive\"}",
                          moved);
  control ("move", body);
  control ("write", "{\"mailbox\": \"" OWNER "\", \"folder\": \"inbox\", \"count\": 2}");
  g_autoptr (GPtrArray) changes = collect (link, keep, &pages, &last);
  g_assert_cmpuint (changes->len, ==, 3);
  JsonObject *removed = g_ptr_array_index (changes, 0);
  g_assert_cmpstr (json_object_get_string_member (removed, "id"), ==, moved);
  g_assert_cmpstr (
      json_object_get_string_member (json_object_get_object_member (removed, "@removed"), "reason"),
      ==, "deleted");
  control ("expire-delta", "{}");
  g_autofree char *lost = code_of (last);
  g_assert_cmpuint (rig->status, ==, 410);
  g_assert_cmpstr (lost, ==, "SyncStateNotFound");
  g_autofree char *forged
      = code_of ("users/" OWNER "/mailFolders/inbox/messages/delta?$deltatoken=Zm9yZ2Vk");
  g_assert_cmpuint (rig->status, ==, 400);
  rig->page_size = 0;
}

/* An ordinary id changes with the folder, an immutable one does not; neither serves for the other.
 */
static void
test_ids (void)
{
  rig->immutable = FALSE;
  g_autoptr (JsonObject) ordinary = rig_get_json (rig, DELTA);
  rig->immutable = TRUE;
  g_autoptr (JsonObject) immutable = rig_get_json (rig, DELTA);
  const char *changing
      = json_object_get_string_member (json_array_get_object_element (values_of (ordinary), 0),
                                       "id");
  const char *lasting
      = json_object_get_string_member (json_array_get_object_element (values_of (immutable), 0),
                                       "id");
  g_assert_cmpstr (changing, !=, lasting);
  g_autofree char *path
      = g_strdup_printf ("users/" OWNER "/messages/%s?$select=id,parentFolderId", lasting);
  g_autofree char *other = g_strdup_printf ("users/" OWNER "/messages/%s", changing);
  g_autofree char *mixed = code_of (other);
  g_assert_cmpstr (mixed, ==, "ErrorInvalidIdMalformed");
  g_autofree char *body
      = g_strdup_printf ("{\"mailbox\": \"" OWNER "\", \"id\": \"%s\", \"folder\": \"archive\"}",
                         lasting);
  control ("move", body);
  g_autoptr (JsonObject) found = rig_get_json (rig, path);
  g_assert_cmpuint (rig->status, ==, 200);
  rig->immutable = FALSE;
  g_autofree char *gone = code_of (other);
  g_assert_cmpstr (gone, ==, "ErrorItemNotFound");
  rig->immutable = TRUE;
}

/* A message of the owner as the control interface lists it. */
static JsonObject *
any_message (JsonObject **listing)
{
  *listing = rig_control (rig, "GET", "messages?mailbox=" OWNER_QUERY, NULL);
  return json_array_get_object_element (json_object_get_array_member (*listing, "messages"), 0);
}

static void
test_mime (void)
{
  g_autoptr (JsonObject) listing = NULL;
  JsonObject *message = any_message (&listing);
  const char *id = json_object_get_string_member (message, "id");
  g_autofree char *path = g_strdup_printf ("users/" OWNER "/messages/%s/$value", id);
  g_autofree char *variant
      = g_strdup_printf ("users/" OWNER "/mailFolders/inbox/messages/%s/$value", id);
  g_autoptr (GBytes) bytes = rig_get (rig, path);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_assert_cmpuint (rig->status, ==, 200);
  g_assert_cmpstr (sha256, ==, json_object_get_string_member (message, "sha256"));
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, json_object_get_int_member (message, "size"));
  g_autofree char *refused = code_of (variant);
  g_assert_cmpuint (rig->status, ==, 405);
  g_assert_cmpstr (refused, ==, "ErrorInvalidRequest");
}

static void
test_no_mailbox (void)
{
  g_autofree char *none = code_of ("users/apprentice@alderbrook.example/mailFolders");
  g_assert_cmpuint (rig->status, ==, 404);
  g_assert_cmpstr (none, ==, "MailboxNotEnabledForRESTAPI");
  g_autofree char *unknown = code_of ("users/nobody@alderbrook.example/mailFolders");
  g_assert_cmpstr (unknown, ==, "ErrorInvalidUser");
  g_autofree char *settings = code_of ("users/info@alderbrook.example/mailboxSettings/userPurpose");
  g_assert_cmpstr (settings, ==, "ErrorAccessDenied");
}

static void
test_throttled (void)
{
  control ("throttle", "{\"requests\": 2, \"seconds\": 7, \"mailbox\": \"" OWNER "\"}");
  g_autoptr (JsonObject) users = rig_get_json (rig, "users");
  g_assert_cmpuint (rig->status, ==, 200);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *code = code_of ("users/" OWNER "/mailFolders");
    g_assert_cmpuint (rig->status, ==, 429);
    g_assert_cmpstr (rig->retry_after, ==, "7");
    g_assert_cmpstr (code, ==, "ApplicationThrottled");
  }
  g_autoptr (JsonObject) folders = rig_get_json (rig, "users/" OWNER "/mailFolders");
  g_assert_cmpuint (rig->status, ==, 200);
}

typedef struct {
  guint good;
  guint throttled;
  guint open;
} Volley;

static void
volley_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  Volley *volley = data;
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (session), result);
  g_autoptr (GBytes) body
      = soup_session_send_and_read_finish (SOUP_SESSION (session), result, NULL);
  volley->good += soup_message_get_status (message) == 200;
  volley->throttled += soup_message_get_status (message) == 429;
  volley->open--;
}

/* Requests to one mailbox, all at once. */
static Volley
shoot (guint requests)
{
  Volley volley = { 0, 0, requests };
  g_autofree char *url
      = g_strconcat (rig->graph_url, "/v1.0/users/" OWNER "/mailFolders/inbox", NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", rig->token, NULL);
  for (guint i = 0; i < requests; i++) {
    g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
    soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                 bearer);
    soup_session_send_and_read_async (rig->session, message, G_PRIORITY_DEFAULT, NULL, volley_cb,
                                      &volley);
  }
  while (volley.open > 0)
    g_main_context_iteration (NULL, TRUE);
  return volley;
}

static void
test_four_at_a_time (void)
{
  /* Long enough for nine handshakes on a busy machine. */
  control ("latency", "{\"milliseconds\": 1500}");
  Volley four = shoot (4);
  g_assert_cmpuint (four.good, ==, 4);
  Volley many = shoot (9);
  g_assert_cmpuint (many.good, >=, 4);
  g_assert_cmpuint (many.throttled, >, 0);
  g_assert_cmpuint (many.good + many.throttled, ==, 9);
  control ("latency", "{\"milliseconds\": 1}");
}

static void
test_cut (void)
{
  g_autoptr (JsonObject) listing = NULL;
  JsonObject *message = any_message (&listing);
  g_autofree char *path = g_strdup_printf ("users/" OWNER "/messages/%s/$value",
                                           json_object_get_string_member (message, "id"));
  control ("cut", "{\"bodies\": 1, \"after\": 40, \"mime\": true}");
  g_autoptr (JsonObject) whole = rig_get_json (rig, "users");
  g_assert_cmpuint (rig->status, ==, 200);
  g_autoptr (GBytes) cut = rig_get (rig, path);
  g_assert_cmpuint (rig->status, ==, 0);
  g_assert_null (cut);
  g_autoptr (GBytes) again = rig_get (rig, path);
  g_assert_cmpuint (rig->status, ==, 200);
}

static void
test_failing (void)
{
  control ("fail",
           "{\"requests\": 1, \"status\": 503, \"retryAfter\": 3, \"path\": \"mailFolders\"}");
  g_autoptr (JsonObject) users = rig_get_json (rig, "users");
  g_assert_cmpuint (rig->status, ==, 200);
  g_autoptr (JsonObject) folders = rig_get_json (rig, "users/" OWNER "/mailFolders");
  g_assert_cmpuint (rig->status, ==, 503);
  g_assert_cmpstr (rig->retry_after, ==, "3");
  g_autoptr (JsonObject) again = rig_get_json (rig, "users/" OWNER "/mailFolders");
  g_assert_cmpuint (rig->status, ==, 200);
}

static void
test_people_come_and_go (void)
{
  control ("users",
           "{\"userPrincipalName\": \"new.one@alderbrook.example\", \"displayName\": \"New One\"}");
  g_autoptr (JsonObject) found = rig_get_json (rig, "users/NEW.ONE@alderbrook.example");
  g_assert_cmpstr (json_object_get_string_member (found, "displayName"), ==, "New One");
  g_autoptr (JsonObject) inbox
      = rig_get_json (rig, "users/new.one@alderbrook.example/mailFolders/inbox");
  g_assert_cmpuint (rig->status, ==, 200);
  g_autoptr (JsonObject) gone
      = rig_control (rig, "DELETE", "users?upn=new.one%40alderbrook.example", NULL);
  g_autofree char *code = code_of ("users/new.one@alderbrook.example");
  g_assert_cmpstr (code, ==, "Request_ResourceNotFound");
}

/* A second tenant from the same seed holds the same company and post. */
static void
test_same_again (void)
{
  Rig *other = rig_new (80), *third = rig_new (80);
  g_assert_cmpstr (other->tenant_id, ==, third->tenant_id);
  g_autoptr (JsonObject) one = rig_control (other, "GET", "messages?mailbox=" OWNER_QUERY, NULL);
  g_autoptr (JsonObject) two = rig_control (third, "GET", "messages?mailbox=" OWNER_QUERY, NULL);
  g_autoptr (JsonNode) one_node = json_node_init_object (json_node_alloc (), one);
  g_autoptr (JsonNode) two_node = json_node_init_object (json_node_alloc (), two);
  g_autofree char *one_text = json_to_string (one_node, FALSE),
                  *two_text = json_to_string (two_node, FALSE);
  g_assert_cmpstr (one_text, ==, two_text);
  rig_free (other);
  rig_free (third);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  rig = rig_new (600);
  g_autoptr (JsonObject) upload = rig_control_bytes (rig, "POST", "certificates", rig->pair.der);
  control ("grant", "{\"roles\": [\"Directory.Read.All\", \"Mail.Read\"]}");
  rig_sign_in (rig);
  g_test_add_func ("/tenant/graph/authorization", test_authorization);
  g_test_add_func ("/tenant/graph/users", test_users);
  g_test_add_func ("/tenant/graph/queries", test_queries);
  g_test_add_func ("/tenant/graph/groups", test_groups);
  g_test_add_func ("/tenant/graph/empty-directory", test_empty_directory);
  g_test_add_func ("/tenant/graph/registration", test_registration);
  g_test_add_func ("/tenant/graph/folders", test_folders);
  g_test_add_func ("/tenant/graph/delta", test_delta);
  g_test_add_func ("/tenant/graph/ids", test_ids);
  g_test_add_func ("/tenant/graph/mime", test_mime);
  g_test_add_func ("/tenant/graph/no-mailbox", test_no_mailbox);
  g_test_add_func ("/tenant/graph/throttled", test_throttled);
  g_test_add_func ("/tenant/graph/four-at-a-time", test_four_at_a_time);
  g_test_add_func ("/tenant/graph/cut", test_cut);
  g_test_add_func ("/tenant/graph/failing", test_failing);
  g_test_add_func ("/tenant/graph/people-come-and-go", test_people_come_and_go);
  g_test_add_func ("/tenant/graph/same-again", test_same_again);
  int status = g_test_run ();
  rig_free (rig);
  return status;
}
