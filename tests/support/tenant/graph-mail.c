/* graph-mail.c: folders, changes and MIME of mailboxes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "graph.h"

#include <string.h>

#define DEFAULT_PAGE 10
#define MAXIMUM_PAGE 1000

static const char *const read_roles[] = { "Mail.Read", "Mail.ReadWrite", NULL };
static const char *const basic_roles[]
    = { "Mail.Read", "Mail.ReadWrite", "Mail.ReadBasic", "Mail.ReadBasic.All", NULL };
static const char *const settings_roles[]
    = { "MailboxSettings.Read", "MailboxSettings.ReadWrite", NULL };

static const char *const folder_properties[] = { "id",
                                                 "displayName",
                                                 "parentFolderId",
                                                 "childFolderCount",
                                                 "totalItemCount",
                                                 "unreadItemCount",
                                                 "isHidden",
                                                 NULL };
static const char *const message_properties[] = { "id",
                                                  "internetMessageId",
                                                  "receivedDateTime",
                                                  "sentDateTime",
                                                  "createdDateTime",
                                                  "lastModifiedDateTime",
                                                  "parentFolderId",
                                                  "changeKey",
                                                  "isDraft",
                                                  "isRead",
                                                  "hasAttachments",
                                                  "subject",
                                                  "from",
                                                  "sender",
                                                  "toRecipients",
                                                  "ccRecipients",
                                                  "importance",
                                                  "conversationId",
                                                  "categories",
                                                  "flag",
                                                  "bodyPreview",
                                                  NULL };

/* Where a round of a delta query stands. Sealed into links as text. */
typedef struct {
  guint64 after;    /* changes up to here were given */
  guint64 until;    /* the round ends here */
  gboolean initial; /* the first round: what left the folder before is not told */
  guint page;
  char *select;
} DeltaState;

static void
set (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

static void
set_time (JsonObject *object, const char *name, gint64 unix_seconds)
{
  g_autofree char *text = tenant_graph_time (unix_seconds);
  set (object, name, text);
}

static void
item_not_found (TenantGraphRequest *request)
{
  tenant_graph_fail (request, 404, "ErrorItemNotFound",
                     "The specified object was not found in the store.");
}

static guint
count_children (TenantMailbox *mailbox, TenantFolder *parent, gboolean hidden_too)
{
  guint n = 0;
  for (guint i = 0; i < mailbox->folders->len; i++) {
    TenantFolder *folder = g_ptr_array_index (mailbox->folders, i);
    n += folder->parent == parent && (hidden_too || !folder->hidden);
  }
  return n;
}

static JsonObject *
write_folder (TenantMailbox *mailbox, TenantFolder *folder, GStrv selected)
{
  JsonObject *object = json_object_new ();
  guint total = folder->search ? tenant_folder_count (mailbox, folder->parent)
                               : tenant_folder_count (mailbox, folder);
  if (folder->search)
    set (object, "@odata.type", "#microsoft.graph.mailSearchFolder");
  set (object, "id", folder->id);
  set (object, "displayName", folder->name);
  set (object, "parentFolderId", folder->parent != NULL ? folder->parent->id : folder->id);
  json_object_set_int_member (object, "childFolderCount", count_children (mailbox, folder, TRUE));
  json_object_set_int_member (object, "totalItemCount", total);
  json_object_set_int_member (object, "unreadItemCount", total / 7);
  json_object_set_boolean_member (object, "isHidden", folder->hidden);
  tenant_graph_trim (object, selected);
  return object;
}

/* FALSE after a reply 400. *start is where the page of a listing begins. */
static gboolean
read_position (TenantGraphRequest *request, guint64 *start)
{
  const char *token = g_hash_table_lookup (request->query, "$skiptoken");
  const char *skip = g_hash_table_lookup (request->query, "$skip");
  *start = skip != NULL ? g_ascii_strtoull (skip, NULL, 10) : 0;
  if (token == NULL)
    return TRUE;
  gboolean lost;
  g_autofree char *text = tenant_state_open (request->tenant, token, &lost);
  if (text == NULL) {
    tenant_graph_fail (request, 400, "ErrorInvalidUrlQuery", "The skip token is not valid.");
    return FALSE;
  }
  *start = g_ascii_strtoull (text, NULL, 10);
  return TRUE;
}

static void
reply_children (TenantGraphRequest *request, TenantFolder *parent)
{
  const char *hidden = g_hash_table_lookup (request->query, "includeHiddenFolders");
  gboolean hidden_too = hidden != NULL && g_ascii_strcasecmp (hidden, "true") == 0;
  guint64 start, at = 0;
  g_auto (GStrv) selected
      = tenant_graph_select (request, "mailFolder", folder_properties, folder_properties);
  guint top = selected != NULL ? tenant_graph_top (request, DEFAULT_PAGE, MAXIMUM_PAGE) : 0;
  if (top == 0 || !tenant_graph_check_options (request, "$select,$top,$skip,$skiptoken,$count")
      || !read_position (request, &start))
    return;
  JsonObject *object = json_object_new ();
  JsonArray *values = json_array_new ();
  for (guint i = 0; i < request->mailbox->folders->len; i++) {
    TenantFolder *folder = g_ptr_array_index (request->mailbox->folders, i);
    if (folder->parent != parent || (folder->hidden && !hidden_too))
      continue;
    if (at >= start && at < start + top)
      json_array_add_object_element (values, write_folder (request->mailbox, folder, selected));
    at++;
  }
  json_object_set_array_member (object, "value", values);
  if (at > start + top) {
    const char *select = g_hash_table_lookup (request->query, "$select");
    g_autofree char *position = g_strdup_printf ("%" G_GUINT64_FORMAT, start + top);
    g_autofree char *sealed = tenant_state_seal (request->tenant, position);
    g_autofree char *select_part
        = select != NULL ? g_strdup_printf ("$select=%s&", select) : g_strdup ("");
    g_autofree char *link
        = g_strdup_printf ("%s/v1.0/users('%s')/mailFolders('%s')/"
                           "childFolders?%sincludeHiddenFolders=%s&$top=%u&$skiptoken=%s",
                           request->tenant->graph_url,
                           tenant_company_find (request->tenant->company, request->segments[1])->id,
                           parent->id, select_part, hidden_too ? "true" : "false", top, sealed);
    json_object_set_string_member (object, "@odata.nextLink", link);
  }
  tenant_graph_reply (request, "users('…')/mailFolders", object);
}

static JsonObject *
write_address (const char *name, const char *address)
{
  JsonObject *outer = json_object_new (), *inner = json_object_new ();
  set (inner, "name", name != NULL ? name : address);
  set (inner, "address", address);
  json_object_set_object_member (outer, "emailAddress", inner);
  return outer;
}

static JsonObject *
write_message (TenantGraphRequest *request, TenantMessage *message, GStrv selected)
{
  JsonObject *object = json_object_new ();
  g_autofree char *change_key = g_strdup_printf ("CQAAABYAAAD%08x", (guint)message->sequence);
  g_autofree char *etag = g_strdup_printf ("W/\"%s\"", change_key);
  set (object, "@odata.etag", etag);
  set (object, "id", request->immutable ? message->immutable_id : message->ordinary_id);
  set (object, "internetMessageId", message->info.message_id);
  set_time (object, "receivedDateTime", message->received);
  set_time (object, "sentDateTime", message->received);
  set_time (object, "createdDateTime", message->received);
  set_time (object, "lastModifiedDateTime", message->received);
  set (object, "parentFolderId", message->folder->id);
  set (object, "changeKey", change_key);
  json_object_set_boolean_member (object, "isDraft",
                                  g_strcmp0 (message->folder->well_known, "drafts") == 0);
  json_object_set_boolean_member (object, "isRead", message->sequence % 7 != 0);
  json_object_set_boolean_member (object, "hasAttachments", message->info.has_attachments);
  set (object, "subject", message->info.subject != NULL ? message->info.subject : "");
  set (object, "importance", "normal");
  if (message->info.from_address != NULL)
    json_object_set_object_member (object, "from",
                                   write_address (message->info.from_name,
                                                  message->info.from_address));
  tenant_graph_trim (object, selected);
  return object;
}

static void
delta_state_clear (DeltaState *state)
{
  g_clear_pointer (&state->select, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DeltaState, delta_state_clear)

static char *
delta_link (TenantGraphRequest *request, TenantFolder *folder, const DeltaState *state,
            const char *kind)
{
  g_autofree char *text
      = g_strdup_printf ("%s|%" G_GUINT64_FORMAT "|%" G_GUINT64_FORMAT "|%d|%u|%s", folder->id,
                         state->after, state->until, state->initial, state->page,
                         state->select != NULL ? state->select : "");
  g_autofree char *sealed = tenant_state_seal (request->tenant, text);
  TenantPerson *person = tenant_company_find (request->tenant->company, request->segments[1]);
  return g_strdup_printf ("%s/v1.0/users('%s')/mailfolders('%s')/messages/delta?$%s=%s",
                          request->tenant->graph_url, person->id, folder->id, kind, sealed);
}

/* FALSE after a reply. Without a token a first round begins. */
static gboolean
read_delta_state (TenantGraphRequest *request, TenantFolder *folder, DeltaState *state)
{
  const char *skip = g_hash_table_lookup (request->query, "$skiptoken");
  const char *delta = g_hash_table_lookup (request->query, "$deltatoken");
  const char *token = skip != NULL ? skip : delta;
  state->until = request->mailbox->sequence;
  state->initial = TRUE;
  if (token == NULL) {
    state->select = g_strdup (g_hash_table_lookup (request->query, "$select"));
    return TRUE;
  }
  gboolean lost;
  g_autofree char *text = tenant_state_open (request->tenant, token, &lost);
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", "|", -1);
  if (lost) {
    tenant_graph_fail (request, 410, "SyncStateNotFound",
                       "The sync state generation is not found; a full synchronization is needed.");
    return FALSE;
  }
  if (g_strv_length (parts) != 6 || !g_str_equal (parts[0], folder->id)) {
    tenant_graph_fail (request, 400, "ErrorInvalidUrlQuery", "Badly formed token.");
    return FALSE;
  }
  state->after = g_ascii_strtoull (parts[1], NULL, 10);
  state->initial = *parts[3] == '1';
  state->page = (guint)g_ascii_strtoull (parts[4], NULL, 10);
  state->select = *parts[5] != '\0' ? g_strdup (parts[5]) : NULL;
  if (skip != NULL) {
    state->until = g_ascii_strtoull (parts[2], NULL, 10);
    return TRUE;
  }
  state->initial = FALSE;
  state->page = 0;
  return TRUE;
}

/* A change: one of both is set. */
typedef struct {
  guint64 sequence;
  TenantMessage *message;
  TenantRemoval *removal;
} Change;

static int
compare_changes (gconstpointer a, gconstpointer b)
{
  const Change *x = a, *y = b;
  return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static GArray *
collect_changes (TenantMailbox *mailbox, TenantFolder *folder, const DeltaState *state)
{
  GArray *changes = g_array_new (FALSE, TRUE, sizeof (Change));
  for (guint i = 0; i < mailbox->messages->len; i++) {
    TenantMessage *message = g_ptr_array_index (mailbox->messages, i);
    Change change = { message->sequence, message, NULL };
    if (message->folder == folder && message->sequence > state->after
        && message->sequence <= state->until)
      g_array_append_val (changes, change);
  }
  for (guint i = 0; i < mailbox->removals->len; i++) {
    TenantRemoval *removal = g_ptr_array_index (mailbox->removals, i);
    Change change = { removal->sequence, NULL, removal };
    /* A first round that is under way tells of what left since it began. */
    if (removal->folder == folder && removal->sequence > state->after
        && removal->sequence <= state->until && !state->initial)
      g_array_append_val (changes, change);
  }
  g_array_sort (changes, compare_changes);
  return changes;
}

static JsonObject *
write_change (TenantGraphRequest *request, const Change *change, GStrv selected)
{
  if (change->message != NULL)
    return write_message (request, change->message, selected);
  JsonObject *object = json_object_new (), *removed = json_object_new ();
  set (object, "@odata.type", "#microsoft.graph.message");
  set (object, "id",
       request->immutable ? change->removal->immutable_id : change->removal->ordinary_id);
  set (removed, "reason", "deleted");
  json_object_set_object_member (object, "@removed", removed);
  return object;
}

static void
reply_delta (TenantGraphRequest *request, TenantFolder *folder)
{
  g_auto (DeltaState) state = { 0 };
  if (folder->search) {
    tenant_graph_fail (request, 400, "ErrorInvalidRequest",
                       "Change tracking is not supported for search folders.");
    return;
  }
  if (!tenant_graph_check_options (request, "$select,$top,$skiptoken,$deltatoken,$orderby")
      || !read_delta_state (request, folder, &state))
    return;
  /* A link carries the properties that the first request selected. The table owns its keys only. */
  if (state.select != NULL)
    g_hash_table_insert (request->query, g_strdup ("$select"), state.select);
  g_auto (GStrv) selected
      = tenant_graph_select (request, "message", message_properties, message_properties);
  g_hash_table_remove (request->query, "$select");
  if (selected == NULL)
    return;
  guint size = request->page_size > 0 ? MIN (request->page_size, MAXIMUM_PAGE) : DEFAULT_PAGE;
  g_autoptr (GArray) changes = collect_changes (request->mailbox, folder, &state);
  JsonObject *object = json_object_new ();
  JsonArray *values = json_array_new ();
  guint given = 0;
  gboolean more = changes->len > size;
  /* The real service sends an empty page now and then: here the second one of a first round. */
  if (state.initial && state.page == 1 && more)
    size = 0;
  for (; given < changes->len && given < size; given++) {
    Change *change = &g_array_index (changes, Change, given);
    json_array_add_object_element (values, write_change (request, change, selected));
    state.after = change->sequence;
  }
  state.page++;
  if (!more)
    state.after = state.until;
  g_autofree char *link = delta_link (request, folder, &state, more ? "skiptoken" : "deltatoken");
  json_object_set_array_member (object, "value", values);
  json_object_set_string_member (object, more ? "@odata.nextLink" : "@odata.deltaLink", link);
  tenant_graph_reply (request, "Collection(message)", object);
}

/* The message of an id in the form that the Prefer header announces; NULL after a reply. */
static TenantMessage *
find_message (TenantGraphRequest *request, const char *id)
{
  TenantMessage *message = tenant_mailbox_find_message (request->mailbox, id);
  gboolean immutable = g_str_has_prefix (id, "AAkAL"), ordinary = g_str_has_prefix (id, "AAMk");
  if ((!immutable && !ordinary) || immutable != request->immutable) {
    tenant_graph_fail (request, 400, "ErrorInvalidIdMalformed", "Id is malformed.");
    return NULL;
  }
  if (message == NULL)
    item_not_found (request);
  return message;
}

static void
reply_mime (TenantGraphRequest *request, TenantMessage *message)
{
  g_autoptr (GBytes) bytes = tenant_message_read (message);
  request->tenant->counts.mime_requests++;
  soup_server_message_set_status (request->message, 200, NULL);
  soup_message_headers_set_content_type (soup_server_message_get_response_headers (
                                             request->message),
                                         "text/plain", NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (request->message), bytes);
}

static void
reply_message (TenantGraphRequest *request, guint n)
{
  gboolean mime = n == 5 && g_str_equal (request->segments[4], "$value");
  if (mime && !tenant_graph_has_role (request, read_roles)) {
    tenant_graph_fail (request, 403, "ErrorAccessDenied",
                       "Access is denied. Check credentials and try again.");
    return;
  }
  TenantMessage *message = find_message (request, request->segments[3]);
  if (message == NULL)
    return;
  if (mime) {
    reply_mime (request, message);
  } else if (n == 4) {
    g_auto (GStrv) selected
        = tenant_graph_select (request, "message", message_properties, message_properties);
    if (selected != NULL)
      tenant_graph_reply (request, "messages/$entity", write_message (request, message, selected));
  } else {
    tenant_graph_fail (request, 400, "BadRequest", "Resource not found for the segment '%s'.",
                       request->segments[4]);
  }
}

static void
reply_folder (TenantGraphRequest *request, guint n)
{
  TenantFolder *folder = tenant_mailbox_find_folder (request->mailbox, request->segments[3]);
  const char *what = n > 4 ? request->segments[4] : "";
  if (folder == NULL) {
    item_not_found (request);
  } else if (n == 4) {
    g_auto (GStrv) selected
        = tenant_graph_select (request, "mailFolder", folder_properties, folder_properties);
    if (selected != NULL)
      tenant_graph_reply (request, "mailFolders/$entity",
                          write_folder (request->mailbox, folder, selected));
  } else if (n == 5 && g_ascii_strcasecmp (what, "childFolders") == 0) {
    reply_children (request, folder);
  } else if (n == 6 && g_ascii_strcasecmp (what, "messages") == 0
             && g_ascii_strcasecmp (request->segments[5], "delta") == 0) {
    reply_delta (request, folder);
  } else if (n == 7 && g_str_equal (request->segments[6], "$value")) {
    tenant_graph_fail (request, 405, "ErrorInvalidRequest", "The OData request is not supported.");
  } else {
    tenant_graph_fail (request, 501, "NotImplemented",
                       "This tenant does not simulate '%s' of a folder.", what);
  }
}

static void
reply_settings (TenantGraphRequest *request, TenantPerson *person, guint n)
{
  JsonObject *object = json_object_new ();
  if (n == 4 && g_str_equal (request->segments[3], "userPurpose"))
    set (object, "value", person->purpose);
  else
    set (object, "userPurpose", person->purpose);
  tenant_graph_reply (request, "mailboxSettings", object);
}

void
tenant_graph_mail (TenantGraphRequest *request, TenantPerson *person)
{
  guint n = g_strv_length (request->segments);
  const char *what = request->segments[2];
  gboolean settings = g_ascii_strcasecmp (what, "mailboxSettings") == 0;
  gboolean folders = g_ascii_strcasecmp (what, "mailFolders") == 0;
  if (!tenant_graph_has_role (request, settings ? settings_roles : basic_roles)) {
    tenant_graph_fail (request, 403, "ErrorAccessDenied",
                       "Access is denied. Check credentials and try again.");
  } else if (person == NULL) {
    tenant_graph_fail (request, 404, "ErrorInvalidUser", "The requested user '%s' is invalid.",
                       request->segments[1]);
  } else if (person->mailbox == NULL) {
    tenant_graph_fail (request, 404, "MailboxNotEnabledForRESTAPI",
                       "The mailbox is either inactive, soft-deleted, or is hosted on-premise.");
  } else if (tenant_graph_admit (request, person->mailbox)) {
    if (settings)
      reply_settings (request, person, n);
    else if (folders && n == 3)
      reply_children (request, person->mailbox->root);
    else if (folders)
      reply_folder (request, n);
    else if (n >= 4)
      reply_message (request, n);
    else
      tenant_graph_fail (request, 501, "NotImplemented",
                         "This tenant does not list a whole mailbox.");
  }
}
