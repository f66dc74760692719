/* web-searches.c: the searches that the Web Access API keeps between two requests */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-searches.h"

#include "access.h"
#include "archive-indexes.h"
#include "archive-search.h"
#include "errors.h"
#include "json.h"
#include "text.h"
#include "web-query.h"
#include "web-request.h"

#include <libsoup/soup.h>
#include <string.h>

#define ID_BYTES 16
#define IDLE_SECONDS 600
#define PAGE_MAX 1000
#define PAGE_DEFAULT 50
/* So many hits, and for so long, are counted before the answer; the rest meanwhile. */
#define COUNT_AT_ONCE 256
#define COUNT_AT_ONCE_MICROSECONDS 2000
/* What the audit log has counted of a search in archives of others */
#define COUNT_AUDITED 10000

typedef struct {
  gatomicrefcount references;
  char *user_name;
  MunSearch *search;
  GCancellable *dropped;
  char **archives; /* that were searched */
  MunSortKey key;
  gboolean descending;
  char *in_others; /* what the audit log has of a search in archives of others; NULL: in none */
  /* guarded by the lock */
  gint64 used; /* monotonic */
  gboolean is_reading_audited;
  gboolean is_exploring; /* the counting has begun */
  gboolean is_explored;  /* it has ended, one way or another */
  GError *count_error;   /* why it did before the last hit */
} Search;

struct _MunWebSearches {
  guint per_user;
  GThreadPool *explorers;
  GMutex lock;
  GHashTable *searches; /* id -> Search */
};

static void
search_unref (gpointer data)
{
  Search *search = data;

  if (!g_atomic_ref_count_dec (&search->references))
    return;
  g_free (search->user_name);
  g_free (search->in_others);
  g_clear_error (&search->count_error);
  g_strfreev (search->archives);
  g_clear_object (&search->search);
  g_object_unref (search->dropped);
  g_free (search);
}

/* Nobody can ask for it any more: it need not be counted. */
static void
search_drop (gpointer data)
{
  Search *search = data;

  g_cancellable_cancel (search->dropped);
  search_unref (search);
}

/* On an explorer's thread */
static void
explore_cb (gpointer data, gpointer user_data)
{
  Search *search = data;
  MunWebSearches *self = user_data;
  g_autoptr (GError) error = NULL;

  mun_search_explore (search->search, G_MAXUINT64, 0, search->dropped, &error);
  g_mutex_lock (&self->lock);
  search->is_explored = TRUE;
  search->count_error = g_steal_pointer (&error);
  g_mutex_unlock (&self->lock);
  search_unref (search);
}

MunWebSearches *
mun_web_searches_new (guint searches_per_user)
{
  MunWebSearches *self = g_new0 (MunWebSearches, 1);

  self->per_user = searches_per_user;
  self->explorers
      = g_thread_pool_new (explore_cb, self, MAX (2, g_get_num_processors ()), FALSE, NULL);
  g_mutex_init (&self->lock);
  self->searches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, search_drop);
  return self;
}

void
mun_web_searches_free (MunWebSearches *self)
{
  g_hash_table_unref (self->searches);
  /* All of them are cancelled by now. */
  g_thread_pool_free (self->explorers, FALSE, TRUE);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
belongs_to (gpointer key, gpointer value, gpointer user_name)
{
  Search *search = value;

  return user_name == NULL || g_ascii_strcasecmp (search->user_name, user_name) == 0;
}

static gboolean
is_idle (gpointer key, gpointer value, gpointer data)
{
  Search *search = value;

  return search->used + IDLE_SECONDS * G_USEC_PER_SEC < g_get_monotonic_time ();
}

void
mun_web_searches_forget (MunWebSearches *self, const char *user_name)
{
  g_mutex_lock (&self->lock);
  g_hash_table_foreach_remove (self->searches, belongs_to, (gpointer)user_name);
  g_mutex_unlock (&self->lock);
}

/* Under the lock: makes room for one more of this user's. */
static void
drop_oldest (MunWebSearches *self, const char *user_name)
{
  guint count = 0;
  gpointer id, value, oldest_id = NULL;
  gint64 oldest = G_MAXINT64;
  GHashTableIter iter;

  g_hash_table_foreach_remove (self->searches, is_idle, NULL);
  g_hash_table_iter_init (&iter, self->searches);
  while (g_hash_table_iter_next (&iter, &id, &value)) {
    Search *search = value;

    if (!belongs_to (NULL, search, (gpointer)user_name))
      continue;
    count++;
    if (search->used < oldest) {
      oldest = search->used;
      oldest_id = id;
    }
  }
  if (count >= self->per_user)
    g_hash_table_remove (self->searches, oldest_id);
}

/* Not before somebody has the first page, or asks how many there are: they would wait for each
 * other. */
static void
begin_exploring (MunWebSearches *self, Search *search)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (search->is_exploring)
    return;
  search->is_exploring = TRUE;
  search->is_explored = mun_search_is_explored (search->search);
  if (search->is_explored)
    return;
  g_atomic_ref_count_inc (&search->references);
  g_thread_pool_push (self->explorers, search, NULL);
}

/* Takes over @search. */
static char *
keep (MunWebSearches *self, Search *search)
{
  char *id = mun_text_random_hex (ID_BYTES);

  g_mutex_lock (&self->lock);
  drop_oldest (self, search->user_name);
  search->used = g_get_monotonic_time ();
  g_hash_table_replace (self->searches, g_strdup (id), search);
  g_mutex_unlock (&self->lock);
  return id;
}

/* Returns: (transfer full) (nullable): the search that the path names; otherwise the request is
 * answered. */
static Search *
find (MunWebRequest *request)
{
  MunWebSearches *self = request->searches;
  const char *id = request->segments[1];
  Search *search;

  g_mutex_lock (&self->lock);
  search = g_hash_table_lookup (self->searches, id);
  if (search != NULL && belongs_to (NULL, search, request->user_name)) {
    search->used = g_get_monotonic_time ();
    g_atomic_ref_count_inc (&search->references);
  } else {
    search = NULL;
  }
  g_mutex_unlock (&self->lock);
  /* what clients of the original server know as "run it again" (contract 1.12, limits) */
  if (search == NULL)
    mun_web_request_fail (request, SOUP_STATUS_INTERNAL_SERVER_ERROR,
                          "The cached search is no longer available.");
  return search;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Search, search_unref)

static MunQuery *
parse_body (MunWebRequest *request, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (request->body, &length);
  g_autoptr (JsonObject) body = mun_json_parse_object (text, length, error);

  return body != NULL ? mun_web_query_parse (body, error) : NULL;
}

/* A search looks into what the user may read, and nowhere else. */
static gboolean
limit_to_readable (MunWebRequest *request, MunQuery *query, GError **error)
{
  if (query->folder != NULL
      && (mun_access_get (request->server, request->user, query->folder) & MUN_ACCESS_READ) == 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DENIED, "User %s may not read folder %s",
                 request->user_name, query->folder);
    return FALSE;
  }
  query->archives = mun_access_list_archives (request->server, request->user, error);
  return query->archives != NULL;
}

/* Whether the search looks into an archive that is not the user's own. */
static gboolean
is_in_others (MunWebRequest *request, MunQuery *query)
{
  if (query->folder != NULL)
    return (mun_access_get (request->server, request->user, query->folder) & MUN_ACCESS_OWN) == 0;
  for (guint i = 0; query->archives[i] != NULL; i++)
    if ((mun_access_get (request->server, request->user, query->archives[i]) & MUN_ACCESS_OWN) == 0)
      return TRUE;
  return FALSE;
}

/* What a search shows of somebody else's messages is read, too. */
static gboolean
audit (MunWebRequest *request, MunQuery *query, Search *search, GError **error)
{
  g_autofree char *text
      = query->text != NULL ? g_strdup_printf (", words “%s”", query->text) : NULL;
  gboolean is_exact;
  guint64 count;

  if (!is_in_others (request, query))
    return TRUE;
  count = mun_search_get_count (search->search, &is_exact);
  if (!is_exact) {
    /* What takes too long for that is recorded with as many as were counted. */
    mun_search_explore (search->search, COUNT_AUDITED, 0, request->cancellable, NULL);
    count = mun_search_get_count (search->search, &is_exact);
  }
  search->in_others = g_strdup_printf ("folder %s%s, %" G_GUINT64_FORMAT " messages%s",
                                       query->folder != NULL ? query->folder : "(all)",
                                       text != NULL ? text : "", count, is_exact ? "" : " or more");
  return mun_server_audit (request->server, request->user_name, "MessageSearch", error, "%s",
                           search->in_others);
}

static char **
dup_archives (MunQuery *query)
{
  char **archives;

  if (query->folder == NULL || *query->folder == '\0')
    return g_strdupv (query->archives);
  archives = g_new0 (char *, 2);
  archives[0] = g_strndup (query->folder, strcspn (query->folder, "/"));
  return archives;
}

/* What a search cannot find yet: "indexedMessageCount" of "indexMessageCount" messages in the
 * archives that it looks into. Null when nothing more is to come. */
static void
add_coverage (MunWebRequest *request, Search *search, JsonObject *reply)
{
  MunCoverage coverage;

  mun_archive_get_coverage (mun_server_get_archive (request->server),
                            (const char *const *)search->archives, &coverage);
  if (coverage.pending > 0) {
    json_object_set_int_member (reply, "indexedMessageCount", coverage.indexed);
    json_object_set_int_member (reply, "indexMessageCount", coverage.messages);
  } else {
    json_object_set_null_member (reply, "indexedMessageCount");
    json_object_set_null_member (reply, "indexMessageCount");
  }
}

static Search *
start (MunWebRequest *request, GError **error)
{
  g_autoptr (Search) search = g_new0 (Search, 1);
  g_autoptr (MunQuery) query = NULL;

  g_atomic_ref_count_init (&search->references);
  search->dropped = g_cancellable_new ();
  search->user_name = g_strdup (request->user_name);
  if (!mun_web_query_parse_sort (mun_web_request_get_query (request, "sortCriteria"), &search->key,
                                 &search->descending, error))
    return NULL;
  query = parse_body (request, error);
  if (query == NULL || !limit_to_readable (request, query, error))
    return NULL;
  search->search = mun_archive_search (mun_server_get_archive (request->server), query, error);
  if (search->search == NULL)
    return NULL;
  /* Most searches find little: their answer is complete at once. */
  mun_search_explore (search->search, COUNT_AT_ONCE, COUNT_AT_ONCE_MICROSECONDS, NULL, NULL);
  if (!audit (request, query, search, error))
    return NULL;
  search->archives = dup_archives (query);
  return g_steal_pointer (&search);
}

void
mun_web_start_search (MunWebRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  Search *search = start (request, &error);
  JsonObject *reply;

  if (search == NULL) {
    mun_web_request_fail_error (request, error);
    return;
  }
  id = keep (request->searches, search);
  reply = json_object_new ();
  json_object_set_string_member (reply, "searchId", id);
  mun_web_request_reply_json (request, mun_json_node_take_object (reply));
}

void
mun_web_get_search (MunWebRequest *request)
{
  g_autoptr (Search) search = find (request);
  g_autoptr (GError) problem = NULL;
  const char *code = "None";
  gboolean is_exact, is_done;
  guint64 count;
  JsonObject *reply;

  if (search == NULL)
    return;
  begin_exploring (request->searches, search);
  g_mutex_lock (&request->searches->lock);
  is_done = search->is_explored;
  problem = search->count_error != NULL ? g_error_copy (search->count_error) : NULL;
  g_mutex_unlock (&request->searches->lock);
  count = mun_search_get_count (search->search, &is_exact);
  is_done = is_done || is_exact;
  /* A count that ended early still is one; without a hit nothing is known. */
  if (is_exact || count > 0)
    g_clear_error (&problem);
  if (problem != NULL)
    code = g_error_matches (problem, MUN_ERROR, MUN_ERROR_TOO_LARGE) ? "TooLarge" : "SearchFailed";
  reply = json_object_new ();
  json_object_set_string_member (reply, "status", is_done ? "Completed" : "Active");
  json_object_set_int_member (reply, "progress", is_done ? 100 : 0);
  json_object_set_int_member (reply, "foundMessageCount", count);
  json_object_set_boolean_member (reply, "foundMessageCountIsLimited", !is_exact);
  /* Then a page by date is found as quickly at any position. */
  json_object_set_boolean_member (reply, "positionsKnown", mun_search_is_explored (search->search));
  json_object_set_string_member (reply, "errorCode", code);
  mun_json_set_text (reply, "errorMessage", problem != NULL ? problem->message : NULL);
  add_coverage (request, search, reply);
  mun_web_request_reply_json (request, mun_json_node_take_object (reply));
}

void
mun_web_drop_search (MunWebRequest *request)
{
  g_autoptr (Search) search = find (request);

  if (search == NULL)
    return;
  g_mutex_lock (&request->searches->lock);
  g_hash_table_remove (request->searches->searches, request->segments[1]);
  g_mutex_unlock (&request->searches->lock);
  mun_web_request_reply_json (request, json_node_new (JSON_NODE_NULL));
}

static gint64
get_number (MunWebRequest *request, const char *name, gint64 fallback)
{
  gint64 number;

  if (!g_ascii_string_to_signed (mun_web_request_get_query (request, name), 10, 0, G_MAXINT32,
                                 &number, NULL))
    return fallback;
  return number;
}

/* Snippets show what the messages say: of a search in archives of others that is recorded once. */
static gboolean
audit_reading (MunWebRequest *request, Search *search, GError **error)
{
  GMutex *lock = &request->searches->lock;
  gboolean is_done;

  g_mutex_lock (lock);
  is_done = search->in_others == NULL || search->is_reading_audited;
  g_mutex_unlock (lock);
  if (is_done)
    return TRUE;
  if (!mun_server_audit (request->server, request->user_name, "MessageSearch", error,
                         "%s, with snippets of their text", search->in_others))
    return FALSE;
  g_mutex_lock (lock);
  search->is_reading_audited = TRUE;
  g_mutex_unlock (lock);
  return TRUE;
}

/* The items are text already: they are put behind the other members. */
static GBytes *
join_reply (JsonObject *members, const char *items)
{
  g_autofree char *head = mun_json_object_to_string (members);
  gsize length = strlen (head) - 1;
  char *text = g_strdup_printf ("%.*s,\"searchResultItems\":[%s]}", (int)length, head, items);

  return g_bytes_new_take (text, strlen (text));
}

void
mun_web_get_results (MunWebRequest *request)
{
  g_autoptr (Search) search = find (request);
  const char *sort = mun_web_request_get_query (request, "sortCriteria");
  gint64 start = get_number (request, "messageIndexStart", 0);
  gint64 count = get_number (request, "messageCount", PAGE_DEFAULT);
  gboolean snippets = strcmp (mun_web_request_get_query (request, "snippets"), "true") == 0;
  g_autoptr (GError) error = NULL;
  MunSortKey key;
  gboolean descending, is_exact;
  g_autofree char *items = NULL;
  g_autoptr (JsonObject) reply = NULL;

  if (search == NULL)
    return;
  key = search->key;
  descending = search->descending;
  if ((*sort == '\0' || mun_web_query_parse_sort (sort, &key, &descending, &error))
      && (!snippets || audit_reading (request, search, &error)))
    items = mun_search_write_page (search->search, start, CLAMP (count, 1, PAGE_MAX), key,
                                   descending, snippets, request->cancellable, &error);
  begin_exploring (request->searches, search);
  if (items == NULL) {
    mun_web_request_fail_error (request, error);
    return;
  }
  reply = json_object_new ();
  json_object_set_int_member (reply, "messageCount",
                              mun_search_get_count (search->search, &is_exact));
  add_coverage (request, search, reply);
  mun_web_request_reply (request, "application/json", join_reply (reply, items));
}
