/* web-saved-searches.c: the searches that users keep, in the Web Access API */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-request.h"

#include "errors.h"
#include "json.h"
#include "master-searches.h"
#include "query-parser.h"
#include "web-query.h"

#include <libsoup/soup.h>
#include <string.h>

/* Beside the criteria there is only a name. */
#define BODY_MAX (2 * MUN_SAVED_SEARCH_MAX_CRITERIA)

/* What a request says of a search; a member that is not there is NULL. */
typedef struct {
  char *name;
  JsonObject *criteria;
} Saved;

static void
saved_clear (Saved *self)
{
  g_free (self->name);
  g_clear_pointer (&self->criteria, json_object_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Saved, saved_clear)

static gboolean
is_readable (const char *text, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (MunQueryNode) node = text != NULL ? mun_query_parse (text, &reason) : NULL;

  if (reason == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* Only what can be run is kept. Whether the folder is there, and may be read, is another matter: it
 * may come and go. */
static gboolean
check_criteria (JsonObject *criteria, GError **error)
{
  g_autoptr (MunQuery) query = mun_web_query_parse (criteria, error);

  return query != NULL && is_readable (query->text, error) && is_readable (query->from, error)
         && is_readable (query->to, error);
}

static gboolean
refuse (const char *reason, GError **error)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "Saved search: %s", reason);
  return FALSE;
}

static gboolean
read_member (Saved *saved, const char *name, JsonNode *node, GError **error)
{
  if (strcmp (name, "name") == 0) {
    if (json_node_get_value_type (node) != G_TYPE_STRING)
      return refuse ("name must be a string", error);
    saved->name = json_node_dup_string (node);
    return TRUE;
  }
  if (strcmp (name, "criteria") == 0) {
    if (!JSON_NODE_HOLDS_OBJECT (node))
      return refuse ("criteria must be an object", error);
    saved->criteria = json_node_dup_object (node);
    return check_criteria (saved->criteria, error);
  }
  return refuse ("there are name and criteria, and no other members", error);
}

static gboolean
read_body (MunWebRequest *request, Saved *saved, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (request->body, &length);
  g_autoptr (JsonObject) body = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (length > BODY_MAX) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_TOO_LARGE,
                         "The search is too long for a search folder");
    return FALSE;
  }
  body = mun_json_parse_object (text, length, error);
  if (body == NULL)
    return FALSE;
  json_object_iter_init (&iter, body);
  while (json_object_iter_next (&iter, &name, &node))
    if (!read_member (saved, name, node, error))
      return FALSE;
  return TRUE;
}

/* Which search the path names; 0, which none has, for what is no number. */
static gint64
get_id (MunWebRequest *request)
{
  gint64 id;

  return g_ascii_string_to_signed (request->segments[1], 10, 1, G_MAXINT64, &id, NULL) ? id : 0;
}

/* Answers with the search as it is now. */
static void
reply_search (MunWebRequest *request, gint64 id)
{
  g_autoptr (GError) error = NULL;
  JsonObject *search = mun_master_get_saved_search (mun_server_get_master (request->server),
                                                    request->user_name, id, &error);

  if (search != NULL)
    mun_web_request_reply_json (request, mun_json_node_take_object (search));
  else
    mun_web_request_fail_error (request, error);
}

void
mun_web_list_saved_searches (MunWebRequest *request)
{
  g_autoptr (GError) error = NULL;
  JsonArray *searches = mun_master_list_saved_searches (mun_server_get_master (request->server),
                                                        request->user_name, &error);

  if (searches != NULL)
    mun_web_request_reply_json (request, mun_json_node_take_array (searches));
  else
    mun_web_request_fail_error (request, error);
}

void
mun_web_add_saved_search (MunWebRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_auto (Saved) saved = { NULL, NULL };
  gint64 id = 0;

  if (read_body (request, &saved, &error)) {
    if (saved.name == NULL || saved.criteria == NULL)
      refuse ("name and criteria are needed", &error);
    else
      id = mun_master_insert_saved_search (mun_server_get_master (request->server),
                                           request->user_name, saved.name, saved.criteria, &error);
  }
  if (id != 0)
    reply_search (request, id);
  else
    mun_web_request_fail_error (request, error);
}

void
mun_web_change_saved_search (MunWebRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_auto (Saved) saved = { NULL, NULL };
  gint64 id = get_id (request);

  if (read_body (request, &saved, &error)
      && mun_master_update_saved_search (mun_server_get_master (request->server),
                                         request->user_name, id, saved.name, saved.criteria,
                                         &error))
    reply_search (request, id);
  else
    mun_web_request_fail_error (request, error);
}

void
mun_web_delete_saved_search (MunWebRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (mun_master_remove_saved_search (mun_server_get_master (request->server), request->user_name,
                                      get_id (request), &error))
    mun_web_request_reply_json (request, json_node_new (JSON_NODE_NULL));
  else
    mun_web_request_fail_error (request, error);
}
