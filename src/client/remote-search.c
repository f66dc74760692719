/* remote-search.c: one search on a server and its pages */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-client"

#include "remote-search.h"

#include "archive-private.h"
#include "errors.h"
#include "json.h"

#include <string.h>

/* How soon the state of a running search is asked for again. */
#define POLL_MILLISECONDS 100
/* The same while its first hits are shown already. */
#define FOLLOW_MILLISECONDS 250
/* How often to ask how far the index is. */
#define COVERAGE_SECONDS 2

struct _MunRemoteSearch {
  GObject parent_instance;

  MunArchiveClient *client;
  char *id;
  char *sort;
  JsonObject *criteria;
  guint count;
  gboolean is_counting;
  gboolean is_exact;
  gboolean has_snippets;
  guint follow_id;
  GCancellable *following;
  gint64 indexed, messages; /* -1: not said */
};

G_DEFINE_FINAL_TYPE (MunRemoteSearch, mun_remote_search, G_TYPE_OBJECT)

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
mun_remote_search_finalize (GObject *object)
{
  MunRemoteSearch *self = MUN_REMOTE_SEARCH (object);

  g_clear_handle_id (&self->follow_id, g_source_remove);
  g_cancellable_cancel (self->following);
  g_clear_object (&self->following);
  g_clear_object (&self->client);
  g_free (self->id);
  g_free (self->sort);
  json_object_unref (self->criteria);
  G_OBJECT_CLASS (mun_remote_search_parent_class)->finalize (object);
}

static void
mun_remote_search_class_init (MunRemoteSearchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_remote_search_finalize;
  signals[CHANGED] = g_signal_new ("changed", MUN_TYPE_REMOTE_SEARCH, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
mun_remote_search_init (MunRemoteSearch *self)
{
}

MunRemoteSearch *
mun_remote_search_new (MunArchiveClient *client, const char *id, JsonObject *criteria,
                       const char *sort, guint count)
{
  MunRemoteSearch *self = g_object_new (MUN_TYPE_REMOTE_SEARCH, NULL);

  self->client = g_object_ref (client);
  self->id = g_strdup (id);
  self->sort = g_strdup (sort);
  self->criteria = mun_json_copy_object (criteria);
  self->count = count;
  self->is_exact = TRUE;
  return self;
}

guint
mun_remote_search_get_count (MunRemoteSearch *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_SEARCH (self), 0);
  return self->count;
}

gboolean
mun_remote_search_is_counting (MunRemoteSearch *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_SEARCH (self), FALSE);
  return self->is_counting;
}

gboolean
mun_remote_search_is_exact (MunRemoteSearch *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_SEARCH (self), FALSE);
  return self->is_exact;
}

gboolean
mun_remote_search_get_coverage (MunRemoteSearch *self, gint64 *indexed, gint64 *messages)
{
  g_return_val_if_fail (MUN_IS_REMOTE_SEARCH (self), FALSE);
  *indexed = self->indexed;
  *messages = self->messages;
  return self->indexed >= 0 && self->messages > self->indexed;
}

void
mun_remote_search_set_snippets (MunRemoteSearch *self, gboolean snippets)
{
  g_return_if_fail (MUN_IS_REMOTE_SEARCH (self));
  self->has_snippets = snippets;
}

gboolean
mun_remote_search_get_snippets (MunRemoteSearch *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_SEARCH (self), FALSE);
  return self->has_snippets;
}

/* --- the count, while the first hits are shown --- */

static JsonObject *
parse_state (MunArchiveClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (MunResponse) response = mun_archive_client_request_finish (client, result, error);
  g_autoptr (JsonNode) node = response ? mun_archive_client_parse (response, error) : NULL;

  if (node && JSON_NODE_HOLDS_OBJECT (node))
    return json_object_ref (json_node_get_object (node));
  if (error && !*error)
    g_set_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL, "The state of the search is not an object");
  return NULL;
}

static gboolean
is_active (JsonObject *state)
{
  return strcmp (mun_json_get_string (state, "status", ""), "Active") == 0;
}

static void
take_state (MunRemoteSearch *self, JsonObject *state)
{
  guint count = CLAMP (mun_json_get_int (state, "foundMessageCount", 0), 0, G_MAXUINT);

  self->count = MAX (self->count, count);
  self->is_counting = is_active (state);
  self->is_exact = !mun_json_get_bool (state, "foundMessageCountIsLimited", self->is_counting);
  self->indexed = mun_json_get_int (state, "indexedMessageCount", -1);
  self->messages = mun_json_get_int (state, "indexMessageCount", -1);
}

/* Whether the count or the index is not whole yet. */
static gboolean
goes_on (MunRemoteSearch *self)
{
  return self->is_counting || (self->indexed >= 0 && self->messages > self->indexed);
}

static void
follow (MunRemoteSearch *self);

static void
followed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree GWeakRef *weak = data;
  g_autoptr (MunRemoteSearch) self = g_weak_ref_get (weak);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) state = parse_state (MUN_ARCHIVE_CLIENT (source), result, &error);

  g_weak_ref_clear (weak);
  if (!self)
    return;
  if (state) {
    take_state (self, state);
  } else {
    /* More than that will not be known. */
    g_debug ("following a search: %s", error->message);
    self->is_counting = FALSE;
  }
  if (state && goes_on (self))
    follow (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
follow_cb (gpointer data)
{
  MunRemoteSearch *self = data;
  g_autofree char *id = g_uri_escape_string (self->id, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/api/searches/", id, NULL);
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  self->follow_id = 0;
  g_weak_ref_init (weak, self);
  mun_archive_client_request_async (self->client, "GET", path, NULL, NULL, MUN_REPLY_LIMIT,
                                    self->following, followed_cb, weak);
  return G_SOURCE_REMOVE;
}

static void
follow (MunRemoteSearch *self)
{
  if (!self->following)
    self->following = g_cancellable_new ();
  self->follow_id = self->is_counting ? g_timeout_add (FOLLOW_MILLISECONDS, follow_cb, self)
                                      : g_timeout_add_seconds (COVERAGE_SECONDS, follow_cb, self);
}

/* --- start a search and wait for its end --- */

typedef struct {
  JsonObject *criteria;
  char *sort;
  char *id;
} Start;

static void
start_free (Start *self)
{
  json_object_unref (self->criteria);
  g_free (self->sort);
  g_free (self->id);
  g_free (self);
}

static void
ask_state (GTask *task);

static gboolean
again_cb (gpointer data)
{
  ask_state (data);
  return G_SOURCE_REMOVE;
}

/* Servers that say whether a count is whole give pages before it is. */
static gboolean
can_begin (JsonObject *state)
{
  return !is_active (state)
         || (json_object_has_member (state, "foundMessageCountIsLimited")
             && mun_json_get_int (state, "foundMessageCount", 0) > 0);
}

static void
begin (GTask *task, MunArchiveClient *client, JsonObject *state)
{
  Start *start = g_task_get_task_data (task);
  MunRemoteSearch *search
      = mun_remote_search_new (client, start->id, start->criteria, start->sort, 0);

  take_state (search, state);
  if (goes_on (search))
    follow (search);
  g_task_return_pointer (task, search, g_object_unref);
}

static void
state_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunArchiveClient *client = MUN_ARCHIVE_CLIENT (source);
  GError *error = NULL;
  g_autoptr (JsonObject) state = parse_state (client, result, &error);
  const char *code = mun_json_get_string (state, "errorCode", "None");
  const char *reason = mun_json_get_string (state, "errorMessage", "");

  if (!state)
    g_task_return_error (task, error);
  else if (strcmp (code, "TooLarge") == 0)
    g_task_return_error (task, g_error_new_literal (MUN_ERROR, MUN_ERROR_TOO_LARGE, reason));
  else if (strcmp (code, "None") != 0)
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_FAILED, "The search failed: %s: %s", code,
                             reason);
  else if (can_begin (state))
    begin (task, client, state);
  else
    g_timeout_add (POLL_MILLISECONDS, again_cb, g_steal_pointer (&task));
}

static void
ask_state (GTask *task)
{
  Start *start = g_task_get_task_data (task);
  g_autofree char *id = g_uri_escape_string (start->id, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/api/searches/", id, NULL);

  mun_archive_client_request_async (g_task_get_source_object (task), "GET", path, NULL, NULL,
                                    MUN_REPLY_LIMIT, g_task_get_cancellable (task), state_cb, task);
}

/* An id may be a number or a text. */
static char *
dup_id (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "searchId");

  if (!node || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Start *start = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MunResponse) response
      = mun_archive_client_request_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  g_autoptr (JsonNode) node = response ? mun_archive_client_parse (response, &error) : NULL;

  if (node && JSON_NODE_HOLDS_OBJECT (node))
    start->id = dup_id (json_node_get_object (node));
  if (start->id) {
    ask_state (g_steal_pointer (&task));
    return;
  }
  if (!error)
    error = g_error_new_literal (MUN_ERROR, MUN_ERROR_PROTOCOL, "The server named no search");
  g_task_return_error (task, error);
}

static void
set_default (JsonObject *object, const char *member, gboolean value)
{
  if (!json_object_has_member (object, member))
    json_object_set_boolean_member (object, member, value);
}

/* The body as the browser program of the original sends it: everything is there. */
static void
fill_in (JsonObject *criteria)
{
  static const char *const scopes[] = { "querySubject", "queryFromToCcBcc", "queryMessageBody",
                                        "queryAttachments", "queryAttachmentContents" };
  static const char *const nullable[]
      = { "hasAttachments", "folder", "from", "to", "sizeMin", "sizeMax" };

  if (!json_object_has_member (criteria, "query"))
    json_object_set_string_member (criteria, "query", "");
  if (!json_object_has_member (criteria, "priority"))
    json_object_set_string_member (criteria, "priority", "NotSpecified");
  for (guint i = 0; i < G_N_ELEMENTS (scopes); i++)
    set_default (criteria, scopes[i], TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (nullable); i++)
    if (!json_object_has_member (criteria, nullable[i]))
      json_object_set_null_member (criteria, nullable[i]);
  set_default (criteria, "folderRecurse", TRUE);
}

void
mun_archive_client_search_async (MunArchiveClient *self, JsonObject *criteria, const char *sort,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *path = g_strconcat ("/api/searches?sortCriteria=", sort ? sort : "d-desc", NULL);
  g_autoptr (GBytes) body = NULL;
  Start *start = g_new0 (Start, 1);
  char *text;

  fill_in (criteria);
  text = mun_json_object_to_string (criteria);
  body = g_bytes_new_take (text, strlen (text));
  start->criteria = criteria;
  start->sort = g_strdup (sort ? sort : "d-desc");
  g_task_set_source_tag (task, mun_archive_client_search_async);
  g_task_set_task_data (task, start, (GDestroyNotify)start_free);
  mun_archive_client_request_async (self, "POST", path, "application/json", body, MUN_REPLY_LIMIT,
                                    cancellable, started_cb, task);
}

MunRemoteSearch *
mun_archive_client_search_finish (MunArchiveClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- pages --- */

typedef struct {
  guint start;
  guint count;
  char *sort;
  gboolean restarted; /* the server had dropped the search: it was run again once */
} Page;

static void
page_free (Page *self)
{
  g_free (self->sort);
  g_free (self);
}

static void
ask_page (GTask *task);

static void
restarted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunRemoteSearch *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (MunRemoteSearch) other
      = mun_archive_client_search_finish (MUN_ARCHIVE_CLIENT (source), result, &error);

  if (!other) {
    g_task_return_error (task, error);
    return;
  }
  g_free (self->id);
  self->id = g_steal_pointer (&other->id);
  ask_page (g_steal_pointer (&task));
}

static GPtrArray *
read_page (JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  GPtrArray *records;

  if (!object || !json_object_has_member (object, "searchResultItems"))
    return NULL;
  records = mun_record_list_from_array (json_object_get_member (object, "searchResultItems"));
  for (guint i = 0; i < records->len; i++) {
    MunRecord *record = g_ptr_array_index (records, i);
    g_autofree char *gid = mun_record_dup_text (record, "gid");
    g_autofree char *mid = mun_record_dup_text (record, "mid");
    g_autofree char *id = gid && mid ? g_strconcat (gid, ":", mid, NULL) : NULL;

    if (id && !mun_record_has (record, "id"))
      mun_record_set_string (record, "id", id);
  }
  return records;
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunRemoteSearch *self = g_task_get_source_object (task);
  Page *page = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MunResponse) response
      = mun_archive_client_request_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  g_autoptr (JsonNode) node = response ? mun_archive_client_parse (response, &error) : NULL;
  GPtrArray *records = node ? read_page (node) : NULL;

  if (records) {
    g_task_return_pointer (task, records, (GDestroyNotify)g_ptr_array_unref);
    return;
  }
  if (!error)
    error = g_error_new_literal (MUN_ERROR, MUN_ERROR_PROTOCOL, "The page holds no messages");
  if ((g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND)
       || g_error_matches (error, MUN_ERROR, MUN_ERROR_FAILED))
      && !page->restarted) {
    page->restarted = TRUE;
    g_error_free (error);
    mun_archive_client_search_async (self->client, mun_json_copy_object (self->criteria),
                                     self->sort, g_task_get_cancellable (task), restarted_cb,
                                     g_object_ref (task));
    return;
  }
  g_task_return_error (task, error);
}

static void
ask_page (GTask *task)
{
  MunRemoteSearch *self = g_task_get_source_object (task);
  Page *page = g_task_get_task_data (task);
  g_autofree char *id = g_uri_escape_string (self->id, NULL, FALSE);
  g_autofree char *path = g_strdup_printf (
      "/api/searches/%s/results?messageIndexStart=%u&messageCount=%u&sortCriteria=%s%s", id,
      page->start, page->count, page->sort, self->has_snippets ? "&snippets=true" : "");

  mun_archive_client_request_async (self->client, "GET", path, NULL, NULL, MUN_REPLY_LIMIT,
                                    g_task_get_cancellable (task), page_cb, task);
}

void
mun_remote_search_get_page_async (MunRemoteSearch *self, guint start, guint count, const char *sort,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;
  Page *page = g_new0 (Page, 1);

  g_return_if_fail (MUN_IS_REMOTE_SEARCH (self));
  task = g_task_new (self, cancellable, callback, user_data);
  page->start = start;
  page->count = count;
  page->sort = g_strdup (sort ? sort : self->sort);
  g_task_set_source_tag (task, mun_remote_search_get_page_async);
  g_task_set_task_data (task, page, (GDestroyNotify)page_free);
  ask_page (task);
}

GPtrArray *
mun_remote_search_get_page_finish (MunRemoteSearch *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
