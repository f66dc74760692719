/* mun-dashboard.c: what the Dashboard makes of a server's replies: figures, expiry, needs */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-page"

#include "mun-dashboard.h"

#include "json.h"
#include "mun-credential-choice.h"
#include "mun-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define DAY 86400

static guint
count_elements (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node)
             ? json_array_get_length (json_node_get_array (node))
             : 0;
}

/* Elements that are no objects are skipped: NULL. */
static JsonObject *
get_element (JsonNode *node, guint index)
{
  JsonNode *element = json_array_get_element (json_node_get_array (node), index);

  return JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
}

static gboolean
has_state (JsonObject *store, const char *state)
{
  return store != NULL && strcmp (mun_json_get_string (store, "requestedState", ""), state) == 0;
}

static gboolean
has_error (JsonObject *store)
{
  return store != NULL && *mun_json_get_string (store, "error", "") != '\0';
}

static void
add_figure (JsonObject *store, const char *member, gint64 *sum)
{
  if (store != NULL && mun_json_has (store, member))
    *sum = MAX (*sum, 0) + mun_json_get_int (store, member, 0);
}

void
mun_dashboard_sum_stores (JsonNode *stores, MunStoreFigures *figures)
{
  *figures = (MunStoreFigures){ count_elements (stores), 0, -1, -1 };
  for (guint i = 0; i < figures->stores; i++) {
    JsonObject *store = get_element (stores, i);

    figures->faulty += has_error (store);
    add_figure (store, "statisticsCount", &figures->messages);
    add_figure (store, "statisticsSize", &figures->bytes);
  }
}

static void
append_part (GString *text, const char *part)
{
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, part);
}

char *
mun_dashboard_describe_stores (JsonNode *stores)
{
  GString *text = g_string_new (NULL);
  int protected = 0, disabled = 0, faulty = 0;

  for (guint i = 0; i < count_elements (stores); i++) {
    JsonObject *store = get_element (stores, i);

    if (has_state (store, "current")) {
      g_autofree char *part = NULL;

      /* Translators: %s is the name of the archive store that new messages go into. */
      part = g_strdup_printf (_ ("%s receives mail"), mun_json_get_string (store, "name", ""));
      append_part (text, part);
    }
    protected += has_state (store, "writeProtected");
    disabled += has_state (store, "disabled");
    faulty += has_error (store);
  }
  if (protected > 0) {
    g_autofree char *part
        = g_strdup_printf (ngettext ("%d write-protected", "%d write-protected", protected),
                           protected);

    append_part (text, part);
  }
  if (disabled > 0) {
    g_autofree char *part
        = g_strdup_printf (ngettext ("%d disabled", "%d disabled", disabled), disabled);

    append_part (text, part);
  }
  if (faulty > 0) {
    g_autofree char *part
        = g_strdup_printf (ngettext ("%d with an error", "%d with an error", faulty), faulty);

    append_part (text, part);
  }
  return g_string_free (text, FALSE);
}

static void
last_run_free (gpointer data)
{
  MunLastRun *run = data;

  json_object_unref (run->profile);
  g_clear_pointer (&run->result, json_object_unref);
  g_free (run);
}

static gboolean
is_newer (JsonObject *result, JsonObject *than)
{
  int order;

  if (than == NULL)
    return TRUE;
  order = strcmp (mun_json_get_string (result, "startTime", ""),
                  mun_json_get_string (than, "startTime", ""));
  return order > 0
         || (order == 0 && mun_json_get_int (result, "id", 0) > mun_json_get_int (than, "id", 0));
}

static JsonObject *
find_newest (JsonNode *results, gint64 profile_id)
{
  JsonObject *newest = NULL;

  for (guint i = 0; i < count_elements (results); i++) {
    JsonObject *result = get_element (results, i);

    if (result != NULL && mun_json_get_int (result, "profileId", 0) == profile_id
        && is_newer (result, newest))
      newest = result;
  }
  return newest;
}

GPtrArray *
mun_dashboard_list_runs (JsonNode *profiles, JsonNode *results)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func (last_run_free);

  for (guint i = 0; i < count_elements (profiles); i++) {
    JsonObject *profile = get_element (profiles, i);
    JsonObject *newest;
    MunLastRun *run;

    if (profile == NULL || !mun_profile_is_import (profile))
      continue;
    newest = find_newest (results, mun_json_get_int (profile, "id", 0));
    run = g_new0 (MunLastRun, 1);
    run->profile = json_object_ref (profile);
    run->result = newest != NULL ? json_object_ref (newest) : NULL;
    g_ptr_array_add (runs, run);
  }
  return runs;
}

static void
expiry_free (gpointer data)
{
  g_free (((MunExpiry *)data)->name);
  g_free (data);
}

/* Whole days, rounded down: the last day is 0. */
static void
add_expiry (GPtrArray *list, const char *name, gint64 not_after, gint64 now, gboolean of_server)
{
  gint64 seconds = not_after - now;
  MunExpiry *expiry;

  if (not_after == 0)
    return;
  expiry = g_new0 (MunExpiry, 1);
  expiry->name = g_strdup (name);
  expiry->not_after = not_after;
  expiry->days = seconds >= 0 ? seconds / DAY : -((-seconds + DAY - 1) / DAY);
  expiry->of_server = of_server;
  g_ptr_array_add (list, expiry);
}

static int
compare_expiry (gconstpointer a, gconstpointer b)
{
  const MunExpiry *left = *(MunExpiry *const *)a, *right = *(MunExpiry *const *)b;

  if (left->not_after != right->not_after)
    return left->not_after < right->not_after ? -1 : 1;
  return g_utf8_collate (left->name, right->name);
}

GPtrArray *
mun_dashboard_list_expiry (GListModel *choices, const char *server_name, gint64 server_not_after,
                           gint64 now)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (expiry_free);

  for (guint i = 0; choices != NULL && i < g_list_model_get_n_items (choices); i++) {
    g_autoptr (MunCredentialChoice) choice = g_list_model_get_item (choices, i);

    add_expiry (list, mun_credential_choice_get_name (choice),
                mun_credential_choice_get_not_after (choice), now, FALSE);
  }
  add_expiry (list, server_name, server_not_after, now, TRUE);
  g_ptr_array_sort (list, compare_expiry);
  return list;
}

static void
need_free (gpointer data)
{
  MunNeed *need = data;

  g_free (need->title);
  g_free (need->detail);
  g_free (need);
}

/* Takes both texts. */
static void
add_need (GPtrArray *needs, MunResultLevel level, char *title, char *detail, const char *page_id)
{
  MunNeed *need = g_new0 (MunNeed, 1);

  need->level = level;
  need->title = title;
  need->detail = detail;
  need->page_id = page_id;
  g_ptr_array_add (needs, need);
}

/* An index that lacks messages gets them by itself. */
static char *
describe_index (JsonObject *store)
{
  gint64 messages = mun_json_get_int (store, "statisticsCount", 0);
  gint64 indexed = mun_json_get_int (store, "indexedCount", messages);
  g_autofree char *messages_text = mun_words_count (messages);
  g_autofree char *indexed_text = mun_words_count (indexed);

  if (indexed >= messages)
    return g_strdup (_ ("The store’s search indexes need to be rebuilt."));
  return g_strdup_printf (
      /* Translators: both are numbers: 12,000 of 45,000 messages are indexed. */
      ngettext ("%s of %s message is indexed.", "%s of %s messages are indexed.", messages),
      indexed_text, messages_text);
}

static void
find_in_stores (GPtrArray *needs, JsonNode *stores)
{
  gboolean receives = FALSE;

  for (guint i = 0; i < count_elements (stores); i++) {
    JsonObject *store = get_element (stores, i);
    const char *name = store != NULL ? mun_json_get_string (store, "name", "") : "";

    receives |= has_state (store, "current");
    if (has_error (store))
      add_need (needs, MUN_RESULT_BAD,
                /* Translators: %s is the name of an archive store. */
                g_strdup_printf (_ ("The store %s has an error"), name),
                g_strdup (mun_json_get_string (store, "error", "")), "storage-locations");
    if (store != NULL && mun_json_get_bool (store, "needsUpgrade", FALSE))
      add_need (needs, MUN_RESULT_WARNING,
                /* Translators: %s is the name of an archive store. */
                g_strdup_printf (_ ("The store %s needs an upgrade"), name),
                g_strdup (_ ("It was written by an older version of the server.")), NULL);
    if (store != NULL && mun_json_get_bool (store, "searchIndexesNeedRebuild", FALSE))
      add_need (needs, MUN_RESULT_WARNING,
                /* Translators: %s is the name of an archive store. */
                g_strdup_printf (_ ("Search does not find everything in %s"), name),
                describe_index (store), "search-indexes");
  }
  if (stores != NULL && !receives)
    add_need (needs, MUN_RESULT_BAD, g_strdup (_ ("No store receives mail")),
              g_strdup (_ ("New messages cannot be archived until a store is the current one.")),
              "storage-locations");
}

static void
find_in_expiry (GPtrArray *needs, GPtrArray *expiry)
{
  for (guint i = 0; expiry != NULL && i < expiry->len; i++) {
    MunExpiry *item = g_ptr_array_index (expiry, i);
    g_autofree char *words = NULL;

    if (item->days > MUN_EXPIRY_DAYS)
      continue;
    words = mun_words_days_left (item->days);
    add_need (needs, item->days < 0 ? MUN_RESULT_BAD : MUN_RESULT_WARNING,
              /* Translators: a certificate's name, and when it expires: "expires in 12 days". */
              g_strdup_printf (_ ("The certificate of %s %s"), item->name, words),
              item->of_server ? g_strdup (_ ("Give the server a new certificate."))
                              : g_strdup (_ ("Renew it in the Credential Manager, then upload the "
                                             "new one to Microsoft Entra ID.")),
              item->of_server ? NULL : "directory-services");
  }
}

static void
find_in_choices (GPtrArray *needs, GListModel *choices)
{
  for (guint i = 0; choices != NULL && i < g_list_model_get_n_items (choices); i++) {
    g_autoptr (MunCredentialChoice) choice = g_list_model_get_item (choices, i);

    if (mun_credential_choice_is_renewed (choice))
      add_need (needs, MUN_RESULT_WARNING,
                /* Translators: %s is the name of a credential. */
                g_strdup_printf (_ ("The server has the former certificate of %s"),
                                 mun_credential_choice_get_name (choice)),
                g_strdup (_ ("Choose the credential again to hand over the new one.")),
                "directory-services");
  }
}

static void
find_in_runs (GPtrArray *needs, GPtrArray *runs)
{
  for (guint i = 0; runs != NULL && i < runs->len; i++) {
    MunLastRun *run = g_ptr_array_index (runs, i);
    const char *name = mun_json_get_string (run->profile, "name", "");
    MunResultLevel level;

    if (run->result == NULL || *mun_json_get_string (run->result, "result", "") == '\0'
        || strcmp (mun_json_get_string (run->result, "result", ""), "cancelled") == 0)
      continue;
    level = mun_profile_get_result_level (run->result);
    if (level == MUN_RESULT_BAD)
      add_need (needs, level,
                /* Translators: %s is the name of an archiving profile. */
                g_strdup_printf (_ ("%s did not finish its last run"), name),
                mun_profile_dup_result (run->result), "archive-email");
    else if (level == MUN_RESULT_WARNING)
      add_need (needs, level,
                /* Translators: %s is the name of an archiving profile. */
                g_strdup_printf (_ ("%s could not archive everything"), name),
                mun_profile_dup_result (run->result), "archive-email");
  }
}

/* What a new server still lacks. */
static void
find_beginnings (GPtrArray *needs, const MunDashboardFacts *facts)
{
  if (facts->directory != NULL && facts->users != NULL && count_elements (facts->users) <= 1)
    add_need (needs, MUN_RESULT_GOOD, g_strdup (_ ("Set up the users")),
              g_strdup (_ ("Only the administrator has an account. Directory Services takes over "
                           "the others.")),
              "directory-services");
  if (facts->profiles != NULL && facts->runs != NULL && facts->runs->len == 0)
    add_need (needs, MUN_RESULT_GOOD, g_strdup (_ ("Create a profile")),
              g_strdup (_ ("A profile says which mailboxes or files are archived.")),
              "archive-email");
}

static int
compare_needs (gconstpointer a, gconstpointer b)
{
  const MunNeed *left = *(MunNeed *const *)a, *right = *(MunNeed *const *)b;

  return (int)right->level - (int)left->level;
}

GPtrArray *
mun_dashboard_find_needs (const MunDashboardFacts *facts)
{
  GPtrArray *needs = g_ptr_array_new_with_free_func (need_free);

  find_in_stores (needs, facts->stores);
  find_in_expiry (needs, facts->expiry);
  if (facts->can_renew)
    find_in_choices (needs, facts->choices);
  find_in_runs (needs, facts->runs);
  find_beginnings (needs, facts);
  g_ptr_array_sort (needs, compare_needs); /* stable: GLib sorts pointer arrays by merging */
  return needs;
}
