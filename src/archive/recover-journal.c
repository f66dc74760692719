/* recover-journal.c: what the journal of a store says, done again */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "recover-private.h"

#include "catalogue.h"
#include "folder-path.h"
#include "journal-record.h"
#include "piece-list.h"
#include "store-deliver.h"
#include "store-dropped.h"

/* Entries of a journal record that were written as one; a compaction puts several into one record. */
typedef struct {
  MunPlaceInContents place;
  MunContentsMark origin; /* where they stood at first */
  guint start, end;
} Segment;

/* What the first round over the journals tells the second one. */
typedef struct {
  GArray *segments; /* Segment */
  GArray *unread;   /* MunPlaceInContents */
  MunSnapshots *snapshots;
  const MunContentsMark *moment; /* of the snapshot that holds, or NULL */
} Rounds;

GVariant *
mun_recovery_read_journal (MunRecovery *self, const MunPlaceInContents *place, gboolean report)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain
      = mun_contents_read (mun_store_get_contents (self->store), place, &error);

  if (plain != NULL)
    return mun_journal_record_parse (plain);
  if (!mun_recovery_is_loss (error, self->problem == NULL ? &self->problem : NULL))
    return NULL;
  if (report) {
    self->damaged++;
    mun_recovery_fault (self, "%s (a journal record: messages it names are not in their folders)",
                        error->message);
  }
  return NULL;
}

static gint64
piece_of (MunRecovery *self, GVariant *digest)
{
  gsize length;
  gconstpointer data = g_variant_get_fixed_array (digest, &length, 1);
  gint64 id = 0;

  mun_database_find_int (self->database, &id, self->problem == NULL ? &self->problem : NULL,
                         "SELECT id FROM pieces WHERE digest = ?1", "b", data, length);
  return id;
}

/* NULL: a piece is not there. */
static GByteArray *
find_pieces (MunRecovery *self, GVariantDict *details, GVariant *digest)
{
  g_autoptr (GVariant) segments
      = g_variant_dict_lookup_value (details, "segments", G_VARIANT_TYPE ("a(ayuu)"));
  g_autoptr (GArray) refs = g_array_new (FALSE, TRUE, sizeof (MunPieceRef));
  gsize n = segments != NULL ? g_variant_n_children (segments) : 0;

  if (segments == NULL) {
    MunPieceRef ref = { piece_of (self, digest), 0, G_MAXUINT64 };

    g_array_append_val (refs, ref);
  }
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) piece = NULL;
    guint32 offset, length;
    MunPieceRef ref = { 0 };

    g_variant_get_child (segments, i, "(@ayuu)", &piece, &offset, &length);
    ref.piece = piece_of (self, piece);
    ref.offset = offset;
    ref.length = length;
    g_array_append_val (refs, ref);
  }
  for (guint i = 0; i < refs->len; i++)
    if (g_array_index (refs, MunPieceRef, i).piece == 0)
      return NULL;
  return refs->len > 0 ? mun_piece_list_encode (refs) : NULL;
}

/* A row with what only the journal knows. Without its pieces the row stays empty until it is known
 * whether the message was deleted. */
static gboolean
add (MunRecovery *self, GVariantDict *details, GError **error)
{
  g_autoptr (GVariant) digest
      = g_variant_dict_lookup_value (details, "digest", G_VARIANT_TYPE_BYTESTRING);
  g_autoptr (GByteArray) pieces = NULL;
  const char *folder = NULL, *source = NULL;
  gint64 number = 0, received = 0, archived = 0, profile = 0;
  MunFolderIds ids;
  gsize length;
  gconstpointer data;

  if (digest == NULL || !g_variant_dict_lookup (details, "number", "x", &number)
      || !g_variant_dict_lookup (details, "folder", "&s", &folder))
    return TRUE;
  g_variant_dict_lookup (details, "received", "x", &received);
  g_variant_dict_lookup (details, "archived", "x", &archived);
  g_variant_dict_lookup (details, "profile", "x", &profile);
  g_variant_dict_lookup (details, "source", "&s", &source);
  data = g_variant_get_fixed_array (digest, &length, 1);
  pieces = find_pieces (self, details, digest);
  return mun_catalogue_ensure_folder (self->database, folder, &ids, error)
         && mun_database_run (
             self->database, error,
             "INSERT OR IGNORE INTO messages (number, arrival, folder, scope, digest, size, sent,"
             " received, archived, flags, priority, extractor, profile, pieces, subject, sender,"
             " recipients) VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6, ?7, 0, 0, 0, ?8, ?9, '', '', '')",
             "iiiibiiib", number, self->arrival++, ids.folder, ids.scope, data, length, received,
             archived, profile, pieces != NULL ? (gconstpointer)pieces->data : "",
             pieces != NULL ? (gsize)pieces->len : (gsize)0)
         && (source == NULL
             || mun_store_add_source_key (self->database, ids.scope, source, 0, number, error));
}

static gboolean
add_source (MunRecovery *self, GVariantDict *details, const char *folder, gint64 number,
            GError **error)
{
  const char *source = NULL;
  gint64 store = 0;
  MunFolderIds ids;

  g_variant_dict_lookup (details, "store", "x", &store);
  return !g_variant_dict_lookup (details, "source", "&s", &source)
         || (mun_catalogue_ensure_folder (self->database, folder, &ids, error)
             && mun_store_add_source_key (self->database, ids.scope, source, store, number, error));
}

static gboolean
delete_message (MunRecovery *self, gint64 number, GError **error)
{
  self->deleted++;
  if (self->recover_deleted)
    return mun_database_run (self->database, error,
                             "DELETE FROM messages WHERE number = ?1 AND pieces = x''", "i",
                             number);
  return mun_database_run (self->database, error, "DELETE FROM messages WHERE number = ?1", "i",
                           number)
         && mun_database_run (self->database, error,
                              "UPDATE source_keys SET number = 0 WHERE number = ?1 AND store = 0",
                              "i", number);
}

static gboolean
move_message (MunRecovery *self, gint64 number, const char *folder, GError **error)
{
  MunFolderIds ids;

  return mun_catalogue_ensure_folder (self->database, folder, &ids, error)
         && mun_database_run (self->database, error,
                              "UPDATE messages SET folder = ?2 WHERE number = ?1", "ii", number,
                              ids.folder);
}

static gboolean
move_folder (MunRecovery *self, const char *from_path, const char *to_path, GError **error)
{
  g_autofree char *parent_path = mun_path_dup_parent (to_path);
  MunFolderIds from, to, parent = { 0 };

  if (!mun_catalogue_find_folder (self->database, from_path, &from))
    return TRUE;
  /* Only where deleted messages keep their folder. */
  if (mun_catalogue_find_folder (self->database, to_path, &to))
    return mun_database_run (self->database, error,
                             "UPDATE messages SET folder = ?2 WHERE folder = ?1", "ii", from.folder,
                             to.folder);
  return (parent_path == NULL
          || mun_catalogue_ensure_folder (self->database, parent_path, &parent, error))
         && mun_database_run (self->database, error,
                              "UPDATE folders SET parent = ?2, name = ?3 WHERE id = ?1", "iis",
                              from.folder, parent.folder, mun_path_get_name (to_path));
}

static gboolean
delete_folder (MunRecovery *self, const char *path, GError **error)
{
  MunFolderIds ids;

  return !mun_catalogue_find_folder (self->database, path, &ids)
         || mun_database_run (self->database, error,
                              "DELETE FROM folders WHERE id = ?1"
                              " AND NOT EXISTS (SELECT 1 FROM messages WHERE folder = ?1)"
                              " AND NOT EXISTS (SELECT 1 FROM folders WHERE parent = ?1)",
                              "i", ids.folder);
}

/* Its file may not have been removed yet: then it is read as any other. */
static gboolean
drop (MunRecovery *self, GVariantDict *details, GError **error)
{
  guint32 container = 0;

  g_variant_dict_lookup (details, "container", "u", &container);
  return mun_contents_get_size (mun_store_get_contents (self->store), container) > 0
         || mun_dropped_add (self->database, container, error);
}

static gboolean
apply (MunRecovery *self, const char *operation, GVariantDict *details, GError **error)
{
  const char *folder = "", *from = "", *to = "";
  MunFolderIds ids;
  gint64 number = 0;

  g_variant_dict_lookup (details, "folder", "&s", &folder);
  g_variant_dict_lookup (details, "number", "x", &number);
  if (g_str_equal (operation, "add"))
    return add (self, details, error);
  if (g_str_equal (operation, "delete"))
    return delete_message (self, number, error);
  if (g_str_equal (operation, "move") && *folder != '\0')
    return move_message (self, number, folder, error);
  if (g_str_equal (operation, "source") && *folder != '\0')
    return add_source (self, details, folder, number, error);
  if (g_str_equal (operation, "folder") && *folder != '\0')
    return mun_catalogue_ensure_folder (self->database, folder, &ids, error);
  if (g_str_equal (operation, "drop"))
    return drop (self, details, error);
  if (g_str_equal (operation, "delete-folder"))
    return delete_folder (self, folder, error);
  if (g_str_equal (operation, "move-folder") && g_variant_dict_lookup (details, "from", "&s", &from)
      && g_variant_dict_lookup (details, "to", "&s", &to))
    return move_folder (self, from, to, error);
  return TRUE;
}

int
mun_recovery_compare_marks (const MunContentsMark *a, const MunContentsMark *b)
{
  if (a->container != b->container)
    return a->container < b->container ? -1 : 1;
  return (a->length > b->length) - (a->length < b->length);
}

static gint
compare_segments (gconstpointer a, gconstpointer b)
{
  return mun_recovery_compare_marks (&((const Segment *)a)->origin, &((const Segment *)b)->origin);
}

gboolean
mun_recovery_is_void (MunRecovery *self, const MunContentsMark *origin)
{
  for (guint i = 0; i + 1 < self->voids->len; i += 2)
    if (mun_recovery_compare_marks (origin, &g_array_index (self->voids, MunContentsMark, i)) >= 0
        && mun_recovery_compare_marks (origin, &g_array_index (self->voids, MunContentsMark, i + 1))
               < 0)
      return TRUE;
  return FALSE;
}

/* With all that was said before done again for the deleted messages, it may stand elsewhere. */
gboolean
mun_recovery_restate (MunRecovery *self, const char *operation, GVariant *values, GError **error)
{
  GVariantDict details;
  const char *folder = "";
  gint64 number = 0;
  gboolean ok;

  g_variant_dict_init (&details, values);
  ok = apply (self, operation, &details, error) && mun_recovery_step (self, error);
  if (ok && self->recover_deleted && g_str_equal (operation, "add")
      && g_variant_dict_lookup (&details, "number", "x", &number)
      && g_variant_dict_lookup (&details, "folder", "&s", &folder))
    ok = move_message (self, number, folder, error);
  g_variant_dict_clear (&details);
  return ok;
}

static void
note_void (MunRecovery *self, GVariantDict *details)
{
  MunContentsMark start, end;

  if (g_variant_dict_lookup (details, "start", "(ut)", &start.container, &start.length)
      && g_variant_dict_lookup (details, "end", "(ut)", &end.container, &end.length)) {
    g_array_append_val (self->voids, start);
    g_array_append_val (self->voids, end);
  }
}

/* The first round: which segments there are, and what says that others are void. */
static gboolean
note_record (MunRecovery *self, const MunPlaceInContents *place, Rounds *rounds, GError **error)
{
  g_autoptr (GVariant) journal = mun_recovery_read_journal (self, place, FALSE);
  GArray *segments = rounds->segments;
  Segment segment = { *place, { place->container, place->offset }, 0, 0 };
  gsize n = journal != NULL ? g_variant_n_children (journal) : 0;

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) values = NULL;
    const char *operation;
    GVariantDict details;

    g_variant_get_child (journal, i, "(&s@a{sv})", &operation, &values);
    g_variant_dict_init (&details, values);
    if (g_str_equal (operation, "void"))
      note_void (self, &details);
    if (g_str_has_prefix (operation, "snapshot"))
      mun_snapshots_note (rounds->snapshots, operation, &details, place, i, &segment.origin);
    if (g_str_equal (operation, "moved")) {
      if (segment.end > segment.start)
        g_array_append_val (segments, segment);
      segment.start = i + 1;
      g_variant_dict_lookup (&details, "place", "(ut)", &segment.origin.container,
                             &segment.origin.length);
    }
    segment.end = i + 1;
    g_variant_dict_clear (&details);
  }
  if (segment.end > segment.start)
    g_array_append_val (segments, segment);
  if (journal == NULL)
    g_array_append_val (rounds->unread, *place);
  return mun_recovery_step (self, error);
}

static gboolean
replay (MunRecovery *self, GVariant *journal, const Segment *segment, gboolean is_restated,
        GError **error)
{
  gboolean ok = TRUE;

  for (guint i = segment->start; ok && i < segment->end; i++) {
    g_autoptr (GVariant) values = NULL;
    const char *operation;
    GVariantDict details;

    g_variant_get_child (journal, i, "(&s@a{sv})", &operation, &values);
    g_variant_dict_init (&details, values);
    /* Which containers are gone on purpose is in no snapshot. */
    if (!is_restated || g_str_equal (operation, "drop"))
      ok = apply (self, operation, &details, error) && mun_recovery_step (self, error);
    g_variant_dict_clear (&details);
  }
  return ok;
}

static gboolean
is_before (const Rounds *rounds, const MunContentsMark *origin)
{
  return rounds->moment != NULL && mun_recovery_compare_marks (origin, rounds->moment) < 0;
}

/* The second round. Each once: a crash, or a compaction that was cancelled, leaves some in two
 * places. What stands before the moment of a snapshot is in it. */
static gboolean
replay_all (MunRecovery *self, const Rounds *rounds, GError **error)
{
  GArray *segments = rounds->segments;
  g_autoptr (GVariant) journal = NULL;
  MunPlaceInContents opened = { 0, 0, 0 };
  gboolean is_restated = rounds->moment == NULL;

  g_array_sort (segments, compare_segments);
  for (guint i = 0; i < segments->len; i++) {
    const Segment *segment = &g_array_index (segments, Segment, i);
    gboolean before = is_before (rounds, &segment->origin);

    if (!is_restated && !before) {
      is_restated = TRUE;
      if (!mun_snapshots_apply (self, rounds->snapshots, error))
        return FALSE;
    }
    if (mun_recovery_is_void (self, &segment->origin)
        || (i > 0 && compare_segments (segment, &g_array_index (segments, Segment, i - 1)) == 0))
      continue;
    if (journal == NULL || opened.container != segment->place.container
        || opened.offset != segment->place.offset) {
      g_clear_pointer (&journal, g_variant_unref);
      journal = mun_recovery_read_journal (self, &segment->place, TRUE);
      opened = segment->place;
    }
    if (journal != NULL ? !replay (self, journal, segment, before && !self->recover_deleted, error)
                        : !mun_recovery_step (self, error))
      return FALSE;
  }
  return TRUE;
}

/* Journal records that cannot be read: what a snapshot says again is not lost with them. */
static void
name_unread (MunRecovery *self, const Rounds *rounds)
{
  for (guint i = 0; i < rounds->unread->len; i++) {
    const MunPlaceInContents *place = &g_array_index (rounds->unread, MunPlaceInContents, i);
    MunContentsMark mark = { place->container, place->offset };

    if (!is_before (rounds, &mark)) {
      mun_recovery_read_journal (self, place, TRUE);
      continue;
    }
    g_string_append_printf (self->report,
                            "container %06u, byte %" G_GUINT64_FORMAT
                            ": a journal record cannot be read; later recovery records say what "
                            "it said\n",
                            place->container, place->offset);
  }
}

/* Which folder a message is unique in: its ancestor of the second level, or the first. */
static gboolean
set_scopes (MunRecovery *self, GError **error)
{
  return mun_database_exec (
      self->database,
      "CREATE TEMP TABLE scopes AS WITH RECURSIVE tree (id, scope, depth) AS"
      " (SELECT id, id, 1 FROM folders WHERE parent = 0 UNION ALL"
      "  SELECT folders.id, CASE tree.depth WHEN 1 THEN folders.id ELSE tree.scope END,"
      "   tree.depth + 1 FROM folders JOIN tree ON folders.parent = tree.id WHERE tree.depth < 200)"
      " SELECT id, scope FROM tree;"
      "CREATE INDEX temp.scopes_id ON scopes (id);"
      "UPDATE messages SET scope = (SELECT scope FROM scopes WHERE scopes.id = messages.folder)"
      " WHERE folder IN (SELECT id FROM scopes);"
      "DROP TABLE temp.scopes;",
      error);
}

gboolean
mun_recover_journals (MunRecovery *self, GError **error)
{
  g_autoptr (GArray) segments = g_array_new (FALSE, FALSE, sizeof (Segment));
  g_autoptr (GArray) unread = g_array_new (FALSE, FALSE, sizeof (MunPlaceInContents));
  g_autoptr (MunSnapshots) snapshots = mun_snapshots_new ();
  Rounds rounds = { segments, unread, snapshots, NULL };

  for (guint i = 0; i < self->journals->len; i++)
    if (!note_record (self, &g_array_index (self->journals, MunPlaceInContents, i), &rounds, error))
      return FALSE;
  rounds.moment = mun_snapshots_choose (self, snapshots);
  name_unread (self, &rounds);
  return replay_all (self, &rounds, error) && set_scopes (self, error);
}
