/* mailbox.c: folders and messages of one mailbox */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-microsoft"

#include "mailbox.h"

#include "errors.h"
#include "json.h"

#include <string.h>

/* Ids that stay when a message moves within its mailbox; wanted on every request
 * (learn.microsoft.com "Obtain immutable identifiers for Outlook resources"). */
#define IMMUTABLE_IDS "IdType=\"ImmutableId\""
#define FOLDER_FIELDS "id,displayName,parentFolderId,childFolderCount,totalItemCount,isHidden"
#define FOLDER_PAGE 250
#define DEEPEST_LEVEL 300            /* Exchange Online's own limit */
#define SLASH_IN_NAME "\xe2\x88\x95" /* U+2215 */

void
mun_mail_folder_free (MunMailFolder *folder)
{
  g_free (folder->id);
  g_free (folder->parent_id);
  g_free (folder->name);
  g_free (folder->path);
  g_free (folder);
}

static void
mail_item_free (MunMailItem *item)
{
  g_free (item->id);
  g_free (item);
}

void
mun_delta_page_free (MunDeltaPage *page)
{
  g_clear_pointer (&page->items, g_ptr_array_unref);
  g_free (page->next_link);
  g_free (page->delta_link);
  g_free (page);
}

static char *
escape (const char *segment)
{
  return g_uri_escape_string (segment, "@", FALSE);
}

/* One name as a level of a path. */
static char *
clean_name (const char *name)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (const char *p = name; *p; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (c == '/')
      g_string_append (text, SLASH_IN_NAME);
    else
      g_string_append_unichar (text, g_unichar_iscntrl (c) ? ' ' : c);
  }
  g_strstrip (text->str);
  if (*text->str == '\0' || strcmp (text->str, ".") == 0 || strcmp (text->str, "..") == 0)
    return g_strdup ("_");
  return g_strdup (text->str);
}

typedef struct {
  MunGraph *graph;
  const char *user; /* escaped */
  gboolean include_hidden;
  GCancellable *cancellable;
  GPtrArray *folders;
  GHashTable *seen; /* borrowed ids: a folder that moves meanwhile may come twice */
  GQueue *to_open;  /* of Level: folders that have children */
  const char *parent_path;
  guint depth;
} Walk;

typedef struct {
  char *folder_id;
  char *path;
  guint depth;
} Level;

static void
level_free (Level *level)
{
  g_free (level->folder_id);
  g_free (level->path);
  g_free (level);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Level, level_free)

static gboolean
collect_folder (JsonObject *item, gpointer user_data, GError **error)
{
  Walk *walk = user_data;
  const char *id = mun_json_get_string (item, "id", "");
  const char *type = mun_json_get_string (item, "@odata.type", "");
  g_autofree char *level_name = clean_name (mun_json_get_string (item, "displayName", ""));
  MunMailFolder *folder;

  /* Search folders only refer to messages of other folders. */
  if (*id == '\0' || g_hash_table_contains (walk->seen, id)
      || g_ascii_strcasecmp (type, "#microsoft.graph.mailSearchFolder") == 0)
    return TRUE;
  folder = g_new0 (MunMailFolder, 1);
  folder->id = g_strdup (id);
  folder->parent_id = g_strdup (mun_json_get_string (item, "parentFolderId", ""));
  folder->name = g_strdup (mun_json_get_string (item, "displayName", ""));
  folder->path = walk->parent_path ? g_strconcat (walk->parent_path, "/", level_name, NULL)
                                   : g_steal_pointer (&level_name);
  folder->total = mun_json_get_int (item, "totalItemCount", 0);
  folder->hidden = mun_json_get_bool (item, "isHidden", FALSE);
  g_ptr_array_add (walk->folders, folder);
  g_hash_table_add (walk->seen, folder->id);
  if (mun_json_get_int (item, "childFolderCount", 0) > 0 && walk->depth < DEEPEST_LEVEL) {
    Level *level = g_new0 (Level, 1);

    level->folder_id = g_strdup (id);
    level->path = g_strdup (folder->path);
    level->depth = walk->depth + 1;
    g_queue_push_tail (walk->to_open, level);
  }
  return TRUE;
}

/* The folders directly below `level`, or the top ones for NULL. */
static gboolean
list_level (Walk *walk, Level *level, GError **error)
{
  g_autofree char *folder = level ? escape (level->folder_id) : NULL;
  g_autofree char *path
      = g_strdup_printf ("/v1.0/users/%s/mailFolders%s%s%s?$select=" FOLDER_FIELDS "&$top=%d%s",
                         walk->user, folder ? "/" : "", folder ? folder : "",
                         folder ? "/childFolders" : "", FOLDER_PAGE,
                         walk->include_hidden ? "&includeHiddenFolders=true" : "");

  walk->parent_path = level ? level->path : NULL;
  walk->depth = level ? level->depth : 0;
  return mun_graph_for_each (walk->graph, path, IMMUTABLE_IDS, collect_folder, walk,
                             walk->cancellable, error);
}

static void
free_levels (GQueue *queue)
{
  g_queue_free_full (queue, (GDestroyNotify)level_free);
}

GPtrArray *
mun_mailbox_list_folders (MunGraph *graph, const char *user, gboolean include_hidden,
                          GCancellable *cancellable, GError **error)
{
  g_autofree char *escaped = NULL;
  g_autoptr (GPtrArray) folders
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_mail_folder_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GQueue *to_open = g_queue_new ();
  Walk walk = { graph, NULL, include_hidden, cancellable, folders, seen, to_open };
  gboolean done;

  g_return_val_if_fail (user != NULL, NULL);

  walk.user = escaped = escape (user);
  done = list_level (&walk, NULL, error);
  while (done && !g_queue_is_empty (to_open)) {
    g_autoptr (Level) level = g_queue_pop_head (to_open);

    done = list_level (&walk, level, error);
  }
  free_levels (to_open);
  return done ? g_steal_pointer (&folders) : NULL;
}

static MunMailItem *
read_item (JsonObject *object)
{
  const char *id = mun_json_get_string (object, "id", "");
  const char *received = mun_json_get_string (object, "receivedDateTime", NULL);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) date = received ? g_date_time_new_from_iso8601 (received, utc) : NULL;
  MunMailItem *item;

  if (*id == '\0')
    return NULL;
  item = g_new0 (MunMailItem, 1);
  item->id = g_strdup (id);
  item->received = date ? g_date_time_to_unix (date) : 0;
  item->removed = mun_json_has (object, "@removed");
  return item;
}

static MunDeltaPage *
read_page (JsonObject *answer, GError **error)
{
  g_autoptr (MunDeltaPage) page = g_new0 (MunDeltaPage, 1);
  JsonArray *items = mun_json_get_array (answer, "value");

  page->items = g_ptr_array_new_with_free_func ((GDestroyNotify)mail_item_free);
  page->next_link = g_strdup (mun_json_get_string (answer, "@odata.nextLink", NULL));
  if (!page->next_link)
    page->delta_link = g_strdup (mun_json_get_string (answer, "@odata.deltaLink", NULL));
  if (!items || (!page->next_link && !page->delta_link)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                         "Microsoft Graph: a page of changes has no items or no link");
    return NULL;
  }
  for (guint i = 0; i < json_array_get_length (items); i++) {
    JsonNode *node = json_array_get_element (items, i);
    MunMailItem *item
        = JSON_NODE_HOLDS_OBJECT (node) ? read_item (json_node_get_object (node)) : NULL;

    if (item)
      g_ptr_array_add (page->items, item);
  }
  return g_steal_pointer (&page);
}

char *
mun_mailbox_find_folder (MunGraph *graph, const char *user, const char *well_known,
                         GCancellable *cancellable, GError **error)
{
  g_autofree char *escaped = escape (user);
  g_autofree char *path
      = g_strdup_printf ("/v1.0/users/%s/mailFolders/%s?$select=id", escaped, well_known);
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonObject) folder = mun_graph_get (graph, path, IMMUTABLE_IDS, cancellable, &local);

  if (folder != NULL)
    return g_strdup (mun_json_get_string (folder, "id", NULL));
  if (!g_error_matches (local, MUN_GRAPH_ERROR, MUN_GRAPH_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

MunDeltaPage *
mun_mailbox_delta (MunGraph *graph, const char *user, const char *folder_id, const char *link,
                   guint page_size, GCancellable *cancellable, GError **error)
{
  g_autofree char *escaped_user = NULL, *escaped_folder = NULL, *path = NULL, *prefer = NULL;
  g_autoptr (JsonObject) answer = NULL;

  g_return_val_if_fail (user != NULL && folder_id != NULL, NULL);

  escaped_user = escape (user);
  escaped_folder = escape (folder_id);
  path
      = g_strdup_printf ("/v1.0/users/%s/mailFolders/%s/messages/delta?$select=id,receivedDateTime",
                         escaped_user, escaped_folder);
  prefer = g_strdup_printf ("odata.maxpagesize=%u, " IMMUTABLE_IDS, CLAMP (page_size, 1, 1000));
  answer = mun_graph_get (graph, link ? link : path, prefer, cancellable, error);
  return answer ? read_page (answer, error) : NULL;
}

static char *
dup_message_path (const char *user, const char *message_id)
{
  g_autofree char *escaped_user = escape (user);
  g_autofree char *escaped_message = escape (message_id);

  /* Not below mailFolders: that form of the address answers 405. */
  return g_strdup_printf ("/v1.0/users/%s/messages/%s/$value", escaped_user, escaped_message);
}

GBytes *
mun_mailbox_fetch (MunGraph *graph, const char *user, const char *message_id,
                   GCancellable *cancellable, GError **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (user != NULL && message_id != NULL, NULL);

  path = dup_message_path (user, message_id);
  return mun_graph_get_bytes (graph, path, IMMUTABLE_IDS, 0, cancellable, error);
}

gboolean
mun_mailbox_fetch_to (MunGraph *graph, const char *user, const char *message_id,
                      const MunBodySink *sink, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (user != NULL && message_id != NULL, FALSE);

  path = dup_message_path (user, message_id);
  return mun_graph_get_to (graph, path, IMMUTABLE_IDS, 0, sink, cancellable, error);
}
