/* web-query.c: what the body of a search asks for */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-query.h"

#include "errors.h"
#include "json.h"
#include "message.h"
#include "text.h"

#include <string.h>

/* The body's view on one search, while it is read. */
typedef struct {
  MunQuery *query;
  gboolean scopes_given;
} Reader;

static gboolean
refuse (const char *name, const char *reason, GError **error)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "Search: %s %s", name, reason);
  return FALSE;
}

/* Each reads one kind of value; null means that the member asks nothing. */
static gboolean
read_text (const char *name, JsonNode *node, char **field, GError **error)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse (name, "must be a string", error);
  /* "" asks nothing */
  mun_set_str (field, *json_node_get_string (node) != '\0' ? json_node_get_string (node) : NULL);
  return TRUE;
}

static gboolean
read_bool (const char *name, JsonNode *node, gboolean *value, GError **error)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse (name, "must be true or false", error);
  *value = json_node_get_boolean (node);
  return TRUE;
}

static gboolean
read_size (const char *name, JsonNode *node, gint64 *value, GError **error)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < 0)
    return refuse (name, "must be a number of bytes", error);
  *value = json_node_get_int (node);
  return TRUE;
}

static gboolean
read_scope (Reader *reader, const char *name, JsonNode *node, MunScope scope, GError **error)
{
  gboolean wanted = FALSE;

  if (!read_bool (name, node, &wanted, error))
    return FALSE;
  reader->scopes_given = TRUE;
  if (wanted)
    reader->query->scopes |= scope;
  return TRUE;
}

static gboolean
read_attachments (MunQuery *query, JsonNode *node, GError **error)
{
  gboolean wanted;

  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!read_bool ("hasAttachments", node, &wanted, error))
    return FALSE;
  query->has_attachments = wanted ? MUN_TRI_YES : MUN_TRI_NO;
  return TRUE;
}

static gboolean
read_priority (MunQuery *query, JsonNode *node, GError **error)
{
  static const char *const names[] = { "Normal", "High", "Low" };
  static const MunPriority values[] = { MUN_PRIORITY_NORMAL, MUN_PRIORITY_HIGH, MUN_PRIORITY_LOW };
  g_autofree char *text = NULL;

  if (!read_text ("priority", node, &text, error))
    return FALSE;
  if (text == NULL || strcmp (text, "NotSpecified") == 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (text, names[i]) == 0) {
      query->priority_set = TRUE;
      query->priority = values[i];
      return TRUE;
    }
  return refuse ("priority", "must be NotSpecified, Normal, High or Low", error);
}

/* @days: added to the day, so that a last day is in the range as a whole. */
static gboolean
read_day (const char *name, JsonNode *node, int days, gint64 *value, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *midnight = NULL;
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) day = NULL;
  g_autoptr (GDateTime) moment = NULL;

  if (!read_text (name, node, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (strlen (text) == strlen ("YYYY-MM-DD")) {
    midnight = g_strconcat (text, "T00:00:00", NULL);
    day = g_date_time_new_from_iso8601 (midnight, zone);
  }
  moment = day != NULL ? g_date_time_add_days (day, days) : NULL;
  if (moment == NULL)
    return refuse (name, "must be a day, YYYY-MM-DD", error);
  *value = g_date_time_to_unix (moment);
  return TRUE;
}

typedef enum { TEXT, BOOL, SIZE, DAY, SCOPE, ATTACHMENTS, PRIORITY } Kind;

/* All fields of a search's body. */
static const struct {
  const char *name;
  Kind kind;
  gsize offset; /* of the member of MunQuery, for the first four kinds */
  int extra;    /* DAY: days to add; SCOPE: its flag */
} fields[] = {
  { "query", TEXT, G_STRUCT_OFFSET (MunQuery, text), 0 },
  { "querySubject", SCOPE, 0, MUN_SCOPE_SUBJECT },
  { "queryFromToCcBcc", SCOPE, 0, MUN_SCOPE_ADDRESSES },
  { "queryMessageBody", SCOPE, 0, MUN_SCOPE_BODY },
  { "queryAttachments", SCOPE, 0, MUN_SCOPE_ATTACHMENT_NAMES },
  { "queryAttachmentContents", SCOPE, 0, MUN_SCOPE_ATTACHMENT_TEXTS },
  { "hasAttachments", ATTACHMENTS, 0, 0 },
  { "folder", TEXT, G_STRUCT_OFFSET (MunQuery, folder), 0 },
  { "folderRecurse", BOOL, G_STRUCT_OFFSET (MunQuery, recurse), 0 },
  { "from", TEXT, G_STRUCT_OFFSET (MunQuery, from), 0 },
  { "to", TEXT, G_STRUCT_OFFSET (MunQuery, to), 0 },
  { "priority", PRIORITY, 0, 0 },
  { "sizeMin", SIZE, G_STRUCT_OFFSET (MunQuery, size_min), 0 },
  { "sizeMax", SIZE, G_STRUCT_OFFSET (MunQuery, size_max), 0 },
  { "dateFrom", DAY, G_STRUCT_OFFSET (MunQuery, date_from), 0 },
  { "dateTo", DAY, G_STRUCT_OFFSET (MunQuery, date_to), 1 },
  { "archivedFrom", DAY, G_STRUCT_OFFSET (MunQuery, archived_from), 0 },
  { "archivedTo", DAY, G_STRUCT_OFFSET (MunQuery, archived_to), 1 },
};

static gboolean
read_field (Reader *reader, guint index, JsonNode *node, GError **error)
{
  const char *name = fields[index].name;
  gpointer member = G_STRUCT_MEMBER_P (reader->query, fields[index].offset);

  switch (fields[index].kind) {
  case TEXT:
    return read_text (name, node, member, error);
  case BOOL:
    return read_bool (name, node, member, error);
  case SIZE:
    return read_size (name, node, member, error);
  case DAY:
    return read_day (name, node, fields[index].extra, member, error);
  case SCOPE:
    return read_scope (reader, name, node, fields[index].extra, error);
  case ATTACHMENTS:
    return read_attachments (reader->query, node, error);
  case PRIORITY:
    return read_priority (reader->query, node, error);
  }
  g_return_val_if_reached (FALSE);
}

static gboolean
read_member (Reader *reader, const char *name, JsonNode *node, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strcmp (fields[i].name, name) == 0)
      return read_field (reader, i, node, error);
  return refuse (name, "is not a field of a search", error);
}

MunQuery *
mun_web_query_parse (JsonObject *body, GError **error)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  Reader reader = { query, FALSE };
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, body);
  while (json_object_iter_next (&iter, &name, &node))
    if (!read_member (&reader, name, node, error))
      return NULL;
  /* all scopes unticked would find nothing; without any, 0 would mean all of them */
  if (query->text != NULL && reader.scopes_given && query->scopes == 0) {
    refuse ("query", "needs at least one place to look in", error);
    return NULL;
  }
  return g_steal_pointer (&query);
}

gboolean
mun_web_query_parse_sort (const char *text, MunSortKey *key, gboolean *descending, GError **error)
{
  static const char letters[] = "dasfz";
  static const MunSortKey keys[]
      = { MUN_SORT_DATE, MUN_SORT_ARCHIVED, MUN_SORT_SUBJECT, MUN_SORT_FROM_OR_TO, MUN_SORT_SIZE };
  const char *letter;

  *key = MUN_SORT_DATE;
  *descending = TRUE;
  if (*text == '\0')
    return TRUE;
  letter = strchr (letters, text[0]);
  if (letter == NULL || (strcmp (text + 1, "-asc") != 0 && strcmp (text + 1, "-desc") != 0))
    return refuse ("sortCriteria", "must be one of d a s f z with -asc or -desc", error);
  *key = keys[letter - letters];
  *descending = strcmp (text + 1, "-desc") == 0;
  return TRUE;
}
