/* search-part.c: one search in one store */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "search-part.h"

#include "catalogue.h"
#include "errors.h"
#include "folder-blocks.h"
#include "folder-path.h"
#include "match.h"

#include <string.h>

#define SECONDS_TO_NUMBER(seconds) ((gint64)(seconds) << 20)
/* More folders than this are not named one by one. */
#define MAX_FOLDERS 5000
/* So many hits are few. */
#define FEW 1000
/* Percent of a store's messages: reading a folder with more of them is faster in the order of all;
 * of one with nearly all, a few hits are found without naming it, wherever the others stand. */
#define MOST 50
#define NEARLY_ALL 95

void
mun_search_part_free (MunSearchPart *self)
{
  mun_store_entry_unref (self->entry);
  g_free (self->match);
  g_free (self->wide_match);
  g_free (self->loose_match);
  g_clear_pointer (&self->blocks, g_array_unref);
  g_free (self);
}

static void
add_clause (GString *match, const char *clause)
{
  if (match->len > 0)
    g_string_append (match, " AND ");
  g_string_append (match, clause);
}

/* The words of the query; FALSE with is_empty or an error set. */
static gboolean
add_words (MunSearchPart *self, MunDatabase *reader, const char *text, const char *columns,
           GString *match, GError **error)
{
  g_autofree char *expression = NULL;
  MunMatchResult result = mun_match_words (reader, text, columns, &expression, error);

  if (result == MUN_MATCH_NOTHING)
    self->is_empty = TRUE;
  if (result == MUN_MATCH_SOME)
    add_clause (match, expression);
  return result != MUN_MATCH_ERROR;
}

/* The tokens of a folder and all below it. */
static gboolean
add_subfolders (MunDatabase *reader, gint64 folder, GString *match, GError **error)
{
  g_autoptr (GString) clause = g_string_new ("tokens : (");
  g_autoptr (GError) local_error = NULL;
  guint count = 0;
  sqlite3_stmt *row = mun_database_prepare (
      reader, error,
      "WITH RECURSIVE below (id) AS (SELECT ?1 UNION ALL SELECT folders.id FROM folders"
      " JOIN below ON folders.parent = below.id) SELECT id FROM below",
      "i", folder);

  if (row == NULL)
    return FALSE;
  while (mun_database_step (reader, row, &local_error) && count <= MAX_FOLDERS)
    g_string_append_printf (clause, "%s\"f%" G_GINT64_FORMAT "\"", count++ > 0 ? " OR " : "",
                            (gint64)sqlite3_column_int64 (row, 0));
  sqlite3_reset (row);
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return FALSE;
  }
  if (count > MAX_FOLDERS) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE,
                 "the folder has more than %d subfolders: one further down can be searched",
                 MAX_FOLDERS);
    return FALSE;
  }
  g_string_append_c (clause, ')');
  add_clause (match, clause->str);
  return TRUE;
}

static void
add_token (GString *match, const char *format, gint64 value)
{
  g_autofree char *token = g_strdup_printf ("%s%" G_GINT64_FORMAT, format, value);
  g_autofree char *clause = g_strdup_printf ("tokens : \"%s\"", token);

  add_clause (match, clause);
}

static gboolean
may_read (const MunQuery *query, const char *path)
{
  const char *slash = strchr (path, '/');
  g_autofree char *archive = slash != NULL ? g_strndup (path, slash - path) : g_strdup (path);

  return query->archives == NULL || g_strv_contains ((const char *const *)query->archives, archive);
}

/* Which part of the tree: a folder, a folder with its subfolders, or the archives that may be read.
 */
static gboolean
add_place (MunSearchPart *self, MunDatabase *reader, const MunQuery *query, GString *match,
           GError **error)
{
  MunFolderIds ids;

  if (query->folder != NULL && *query->folder != '\0') {
    g_autofree char *path = mun_path_normalize (query->folder, error);

    if (path == NULL)
      return FALSE;
    self->has_folder = mun_catalogue_find_folder (reader, path, &ids);
    self->is_empty = self->is_empty || !self->has_folder || !may_read (query, path);
    if (self->is_empty)
      return TRUE;
    self->folder = ids.folder;
    if (!query->recurse)
      return TRUE;
    self->folder = 0;
    if (ids.folder != ids.archive)
      return add_subfolders (reader, ids.folder, match, error);
    add_token (match, "a", ids.archive);
    return TRUE;
  }
  if (query->archives != NULL) {
    g_autoptr (GString) clause = g_string_new ("tokens : (");
    guint count = 0;

    for (guint i = 0; query->archives[i] != NULL; i++)
      if (mun_catalogue_find_folder (reader, query->archives[i], &ids))
        g_string_append_printf (clause, "%s\"a%" G_GINT64_FORMAT "\"", count++ > 0 ? " OR " : "",
                                ids.archive);
    g_string_append_c (clause, ')');
    self->n_named = count;
    if (count > 0)
      add_clause (match, clause->str);
    else
      self->is_empty = TRUE;
  }
  return TRUE;
}

static void
count_archives (MunDatabase *reader, gint64 *n_archives, gint64 *last)
{
  *n_archives
      = mun_database_get_int (reader, 0, "SELECT count(*) FROM folders WHERE parent = 0", "");
  *last = mun_database_get_int (reader, 0, "SELECT max(id) FROM folders WHERE parent = 0", "");
}

/* Who may read every archive here need not be told which: naming them costs a look into the index
 * for each hit, and for each archive. */
static char *
dup_wide_match (MunSearchPart *self, MunDatabase *reader, const MunQuery *query,
                const GString *match, gsize from, gsize to)
{
  g_autoptr (GString) wide = g_string_new (match->str);

  if (query->archives == NULL || (query->folder != NULL && *query->folder != '\0') || from == 0
      || to == from)
    return NULL;
  count_archives (reader, &self->n_archives, &self->last_archive);
  for (guint i = 0; query->archives[i] != NULL; i++)
    if (g_strv_contains ((const char *const *)query->archives + i + 1, query->archives[i]))
      return NULL;
  if (self->n_archives != self->n_named)
    return NULL;
  g_string_erase (wide, from, to - from);
  return g_string_free (g_steal_pointer (&wide), FALSE);
}

/* An archive that came since, as by moving a folder, may be one that must not be read. */
static const char *
pick_match (MunSearchPart *self, MunDatabase *reader)
{
  gint64 n_archives, last;

  if (self->wide_match == NULL)
    return self->match;
  count_archives (reader, &n_archives, &last);
  return n_archives == self->n_archives && last == self->last_archive ? self->wide_match
                                                                      : self->match;
}

/* Has the folder more than @percent of the messages? */
static gboolean
has_most (MunDatabase *reader, gint64 folder, gint64 percent)
{
  return mun_database_get_int (reader, 0,
                               "SELECT (SELECT messages FROM folders WHERE id = ?1) * 100"
                               " > sum(messages) * ?2 FROM folders",
                               "ii", folder, percent)
         > 0;
}

static gboolean
build_match (MunSearchPart *self, MunDatabase *reader, const MunQuery *query, gint64 deadline,
             GError **error)
{
  g_autoptr (GString) match = g_string_new (NULL);
  g_autofree char *columns = mun_match_columns (query->scopes);
  gsize place_from, place_to;

  mun_database_set_deadline (reader, deadline);
  if (!add_words (self, reader, query->text, columns, match, error)
      || !add_words (self, reader, query->from, "sender", match, error)
      || !add_words (self, reader, query->to, "recipients", match, error))
    return FALSE;
  mun_database_set_deadline (reader, 0);
  place_from = match->len;
  if (!add_place (self, reader, query, match, error))
    return FALSE;
  place_to = match->len;
  if (query->has_attachments != MUN_TRI_ANY)
    add_clause (match,
                query->has_attachments == MUN_TRI_YES ? "tokens : \"att\"" : "tokens : \"noatt\"");
  if (query->priority_set)
    add_token (match, "pri", query->priority);
  if (match->len > 0 && self->folder != 0) {
    if (has_most (reader, self->folder, NEARLY_ALL))
      self->loose_match = g_strdup (match->str);
    add_token (match, "f", self->folder);
  }
  if (match->len > 0)
    self->wide_match = dup_wide_match (self, reader, query, match, place_from, place_to);
  if (match->len > 0)
    self->match = g_string_free (g_steal_pointer (&match), FALSE);
  return TRUE;
}

static gint64
next_arrival (MunDatabase *reader)
{
  return mun_database_get_int (reader, 1, "SELECT value FROM meta WHERE key = 'next_arrival'", "");
}

/* Does the query ask for whole folders, so that their own counts say how many there are? */
static gboolean
is_whole (const MunQuery *query)
{
  return query->folder != NULL && *query->folder != '\0' && query->text == NULL
         && query->from == NULL && query->to == NULL && query->has_attachments == MUN_TRI_ANY
         && !query->priority_set && query->date_from == 0 && query->date_to == 0
         && query->archived_from == 0 && query->archived_to == 0 && query->size_min == 0
         && query->size_max == 0;
}

static void
find_known (MunSearchPart *self, MunDatabase *reader, const MunQuery *query)
{
  g_autofree char *path = is_whole (query) ? mun_path_normalize (query->folder, NULL) : NULL;
  MunFolderIds ids;
  gint64 known = -1;

  if (path != NULL && mun_catalogue_find_folder (reader, path, &ids))
    known = mun_database_get_int (
        reader, -1,
        query->recurse
            ? "WITH RECURSIVE below (id) AS (SELECT ?1 UNION ALL SELECT folders.id FROM folders"
              " JOIN below ON folders.parent = below.id)"
              " SELECT sum(messages) FROM folders WHERE id IN (SELECT id FROM below)"
            : "SELECT messages FROM folders WHERE id = ?1",
        "i", ids.folder);
  self->known = known >= 0 ? (guint64)known : G_MAXUINT64;
  if (known > 0 && !query->recurse)
    self->blocks = mun_folder_blocks_load (reader, ids.folder);
}

MunSearchPart *
mun_search_part_new (MunStoreEntry *entry, const MunQuery *query, gint64 deadline, GError **error)
{
  MunSearchPart *self = g_new0 (MunSearchPart, 1);
  MunDatabase *reader = mun_store_acquire_reader (entry->store, error);
  gboolean ok;

  self->entry = mun_store_entry_ref (entry);
  if (reader == NULL) {
    mun_search_part_free (self);
    return NULL;
  }
  /* What is counted, and what the snapshot holds, is of the same moment. */
  ok = mun_database_exec (reader, "BEGIN", error);
  self->snapshot = next_arrival (reader) - 1;
  ok = ok && build_match (self, reader, query, deadline, error);
  if (ok)
    find_known (self, reader, query);
  mun_store_release_reader (entry->store, reader);
  if (ok)
    return self;
  mun_search_part_free (self);
  return NULL;
}

/* Does the index alone not say who is in? */
static gboolean
needs_rows (MunSearchPart *self, MunDatabase *reader, const MunQuery *query)
{
  return query->archived_from != 0 || query->archived_to != 0 || query->size_min != 0
         || query->size_max != 0 || next_arrival (reader) - 1 > self->snapshot
         || mun_database_get_int (reader, 0, "SELECT value FROM meta WHERE key = 'stale_rows'", "")
                > 0;
}

static void
add_filters (GString *sql, const MunQuery *query)
{
  g_string_append (sql, " AND messages.arrival <= ?4");
  if (query->archived_from != 0)
    g_string_append (sql, " AND messages.archived >= ?6");
  if (query->archived_to != 0)
    g_string_append (sql, " AND messages.archived < ?7");
  if (query->size_min != 0)
    g_string_append (sql, " AND messages.size >= ?8");
  if (query->size_max != 0)
    g_string_append (sql, " AND messages.size <= ?9");
}

/* The numbers of all hits by date: the core of every statement here. */
static void
add_numbers (MunSearchPart *self, MunDatabase *reader, const MunQuery *query, gboolean descending,
             GString *sql)
{
  const char *order = descending ? "DESC" : "ASC";

  if (self->match == NULL) {
    g_string_append (sql, "SELECT messages.number AS number FROM messages"
                          " WHERE messages.number BETWEEN ?2 AND ?3");
    if (self->folder != 0)
      g_string_append (sql, " AND messages.folder = ?5");
    add_filters (sql, query);
    g_string_append_printf (sql, " ORDER BY messages.number %s", order);
  } else if (needs_rows (self, reader, query)) {
    g_string_append (sql, "SELECT search.rowid AS number FROM search CROSS JOIN messages"
                          " ON messages.number = search.rowid"
                          " WHERE search MATCH ?1 AND search.rowid BETWEEN ?2 AND ?3");
    add_filters (sql, query);
    g_string_append_printf (sql, " ORDER BY search.rowid %s", order);
  } else {
    g_string_append_printf (sql,
                            "SELECT search.rowid AS number FROM search WHERE search MATCH ?1"
                            " AND search.rowid BETWEEN ?2 AND ?3 ORDER BY search.rowid %s",
                            order);
  }
}

/* Values for all the places that a statement may have; it takes those that it has. */
static void
bind_query (sqlite3_stmt *statement, MunSearchPart *self, MunDatabase *reader,
            const MunQuery *query, gint64 lowest, gint64 highest, gint64 limit, gint64 offset)
{
  gint64 first = query->date_from > 0 ? SECONDS_TO_NUMBER (query->date_from) : G_MININT64;
  gint64 last = query->date_to > 0 ? SECONDS_TO_NUMBER (query->date_to) - 1 : G_MAXINT64;
  gint64 values[] = { self->snapshot,
                      self->folder,
                      query->archived_from,
                      query->archived_to,
                      query->size_min,
                      query->size_max,
                      limit,
                      offset };

  sqlite3_bind_text (statement, 1, pick_match (self, reader), -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, MAX (first, lowest));
  sqlite3_bind_int64 (statement, 3, MIN (last, highest));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    sqlite3_bind_int64 (statement, 4 + i, values[i]);
}

gboolean
mun_search_part_count (MunSearchPart *self, MunDatabase *reader, const MunQuery *query,
                       guint64 limit, guint64 *count, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT count(*) FROM (");
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *statement;

  *count = 0;
  if (self->is_empty)
    return TRUE;
  add_numbers (self, reader, query, TRUE, sql);
  g_string_append (sql, " LIMIT ?10)");
  statement = mun_database_prepare (reader, error, sql->str, "");
  if (statement == NULL)
    return FALSE;
  bind_query (statement, self, reader, query, G_MININT64, G_MAXINT64,
              MIN (limit, (guint64)G_MAXINT64), 0);
  if (mun_database_step (reader, statement, &local_error)) {
    *count = sqlite3_column_int64 (statement, 0);
    sqlite3_reset (statement);
    return TRUE;
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* In the index, the entry of a folder that nearly all messages have is long, and far from those of the
 * words: for a few hits their rows say the folder sooner. */
static void
add_loose_numbers (const MunQuery *query, gboolean descending, GString *sql)
{
  g_string_append (sql, "SELECT search.rowid AS number FROM search CROSS JOIN messages"
                        " ON messages.number = search.rowid WHERE search MATCH ?1"
                        " AND search.rowid BETWEEN ?2 AND ?3 AND messages.folder = ?5");
  add_filters (sql, query);
  g_string_append_printf (sql, " ORDER BY search.rowid %s", descending ? "DESC" : "ASC");
}

sqlite3_stmt *
mun_search_part_open (MunSearchPart *self, MunDatabase *reader, const MunQuery *query, guint64 most,
                      GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  gboolean is_loose = self->loose_match != NULL && most <= FEW;
  sqlite3_stmt *statement;

  if (self->is_empty)
    return mun_database_prepare (reader, error, "SELECT 0 WHERE 0", "");
  if (is_loose)
    add_loose_numbers (query, TRUE, sql);
  else
    add_numbers (self, reader, query, TRUE, sql);
  statement = mun_database_prepare (reader, error, sql->str, "");
  if (statement == NULL)
    return NULL;
  bind_query (statement, self, reader, query, G_MININT64, G_MAXINT64, -1, 0);
  if (is_loose)
    sqlite3_bind_text (statement, 1, self->loose_match, -1, SQLITE_STATIC);
  return statement;
}

static const char *
key_column (MunSortKey key)
{
  switch (key) {
  case MUN_SORT_ARCHIVED:
    return "messages.archived";
  case MUN_SORT_SUBJECT:
    return "messages.subject";
  case MUN_SORT_FROM_OR_TO:
    return "CASE messages.sender WHEN '' THEN messages.recipients ELSE messages.sender END";
  case MUN_SORT_SIZE:
    return "messages.size";
  case MUN_SORT_DATE:
  default:
    return "messages.number";
  }
}

static gboolean
read_hits (MunDatabase *reader, sqlite3_stmt *statement, guint index, GArray *hits, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  while (mun_database_step (reader, statement, &local_error)) {
    MunSearchHit hit = { sqlite3_column_int64 (statement, 0), index };

    g_array_append_val (hits, hit);
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
mun_search_part_list (MunSearchPart *self, MunDatabase *reader, const MunQuery *query,
                      const MunSearchRange *range, guint index, GArray *hits, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  gboolean is_loose = self->loose_match != NULL && range->start + range->count <= FEW;
  sqlite3_stmt *statement;

  if (self->is_empty)
    return TRUE;
  if (is_loose)
    add_loose_numbers (query, range->descending, sql);
  else
    add_numbers (self, reader, query, range->descending, sql);
  g_string_append (sql, " LIMIT ?10 OFFSET ?11");
  statement = mun_database_prepare (reader, error, sql->str, "");
  if (statement == NULL)
    return FALSE;
  bind_query (statement, self, reader, query, range->lowest, range->highest,
              MIN (range->count, (guint64)G_MAXINT64), MIN (range->start, (guint64)G_MAXINT64));
  if (is_loose)
    sqlite3_bind_text (statement, 1, self->loose_match, -1, SQLITE_STATIC);
  return read_hits (reader, statement, index, hits, error);
}

sqlite3_stmt *
mun_search_part_open_keys (MunSearchPart *self, MunDatabase *reader, const MunQuery *query,
                           MunSortKey key, guint64 most, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  sqlite3_stmt *statement;

  if (self->is_empty)
    return mun_database_prepare (reader, error, "SELECT 0, 0 WHERE 0", "");
  g_string_append_printf (sql, "SELECT messages.number, %s FROM ", key_column (key));
  if (self->match == NULL && self->folder != 0 && has_most (reader, self->folder, MOST)) {
    g_string_append (sql, "messages NOT INDEXED WHERE messages.number BETWEEN ?2 AND ?3"
                          " AND messages.folder = ?5");
    add_filters (sql, query);
    g_string_append (sql, " ORDER BY messages.number DESC LIMIT ?10");
  } else {
    g_string_append_c (sql, '(');
    add_numbers (self, reader, query, TRUE, sql);
    g_string_append (sql, " LIMIT ?10) AS hits CROSS JOIN messages"
                          " ON messages.number = hits.number");
  }
  statement = mun_database_prepare (reader, error, sql->str, "");
  if (statement != NULL)
    bind_query (statement, self, reader, query, G_MININT64, G_MAXINT64,
                MIN (most, (guint64)G_MAXINT64), 0);
  return statement;
}
