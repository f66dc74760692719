/* store-recover.c: the catalogue of a store, made again from its containers alone */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "recover-private.h"

#include "container-file.h"
#include "errors.h"
#include "fault-lines.h"
#include "folder-blocks.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdarg.h>

#define NEW_CATALOGUE "catalogue-recovered.db"
#define CHANGES_A_COMMIT 5000

static const char *const suffixes[] = { "", "-wal", "-shm" };

void
mun_recovery_fault (MunRecovery *self, const char *format, ...)
{
  va_list values;

  va_start (values, format);
  mun_fault_lines_add (self->report, self->damaged + self->lost, format, values);
  va_end (values);
}

/* Taken for a loss, what cannot be read just now would be gone for good. */
gboolean
mun_recovery_is_loss (const GError *problem, GError **error)
{
  if (g_error_matches (problem, MUN_ERROR, MUN_ERROR_DAMAGED)
      || g_error_matches (problem, MUN_ERROR, MUN_ERROR_NOT_FOUND))
    return TRUE;
  if (error != NULL) {
    *error = g_error_copy (problem);
    g_prefix_error (error, "the recovery has stopped, and nothing was changed: ");
  }
  return FALSE;
}

gboolean
mun_recovery_step (MunRecovery *self, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (self->problem != NULL) {
    g_propagate_error (error, g_steal_pointer (&self->problem));
    return FALSE;
  }
  if (++self->changes < CHANGES_A_COMMIT)
    return TRUE;
  self->changes = 0;
  mun_container_file_fault ("recover");
  return mun_database_exec (self->database, "COMMIT; BEGIN IMMEDIATE", error);
}

/* The first problem counts. */
static GError **
where_to (MunRecovery *self)
{
  return self->problem == NULL ? &self->problem : NULL;
}

/* The dictionary's record stands in the catalogue too. */
static void
take_dictionary (MunRecovery *self, const MunPlaceInContents *place, guint32 number,
                 const guint8 *record, GBytes *plain)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (plain, &length);

  mun_codec_add_dictionary (mun_store_get_codec (self->store), number, data, length, NULL);
  mun_database_run (self->database, where_to (self),
                    "INSERT OR REPLACE INTO dictionaries (number, container, offset, length,"
                    " record) VALUES (?1, ?2, ?3, ?4, ?5)",
                    "iiiib", (gint64)number, (gint64)place->container, (gint64)place->offset,
                    (gint64)place->length, record, (gsize)place->length);
}

static void
take_piece (MunRecovery *self, const MunPlaceInContents *place, const MunRecordHeader *header)
{
  mun_database_run (self->database, where_to (self),
                    "INSERT OR IGNORE INTO pieces (digest, container, offset, length, size, refs)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, 0)",
                    "biiii", header->digest, (gsize)MUN_DIGEST_SIZE, (gint64)place->container,
                    (gint64)place->offset, (gint64)place->length, (gint64)header->plain_length);
}

static gboolean
visit_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *data,
          gpointer user_data)
{
  MunRecovery *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = NULL;

  self->bytes_done += place->length;
  self->end.container = place->container;
  self->end.length = place->offset + place->length;
  if (header->kind == MUN_RECORD_JOURNAL) {
    /* Read when all dictionaries are known. */
    g_array_append_val (self->journals, *place);
  } else {
    plain = mun_record_open (mun_store_get_codec (self->store), data, place->length, TRUE, &error);
    if (plain == NULL && header->packing.dictionary != 0) {
      g_array_append_val (self->retries, *place);
    } else if (plain == NULL) {
      self->damaged++;
      mun_recovery_fault (self, "container %06u, byte %" G_GUINT64_FORMAT ": %s", place->container,
                          place->offset, error->message);
    } else if (header->kind == MUN_RECORD_DICTIONARY) {
      take_dictionary (self, place, header->packing.dictionary, data, plain);
    } else if (header->kind == MUN_RECORD_PIECE) {
      take_piece (self, place, header);
    }
  }
  if (self->progress != NULL) {
    g_autofree char *text = g_strdup_printf ("Reading container %06u", place->container);

    self->progress (0.5 * self->bytes_done / MAX (self->bytes_total, 1), text, self->data);
  }
  return self->problem == NULL && !g_cancellable_is_cancelled (self->cancellable);
}

static void
gap_cb (guint32 container, guint64 offset, guint64 length, int problem, gpointer user_data)
{
  MunRecovery *self = user_data;
  g_autofree char *text = mun_contents_dup_gap (container, offset, length, problem);

  self->bytes_done += length;
  if (problem != 0) {
    g_autofree char *path = mun_contents_dup_path (mun_store_get_contents (self->store), container);
    g_autoptr (GError) error = NULL;

    mun_container_file_error (&error, problem, "reading container", path);
    mun_recovery_is_loss (error, where_to (self));
    return;
  }
  self->damaged++;
  mun_recovery_fault (self, "%s", text);
}

static gboolean
retry_cb (const MunPlaceInContents *place, const MunRecordHeader *header, const guint8 *data,
          gpointer user_data)
{
  MunRecovery *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain
      = mun_record_open (mun_store_get_codec (self->store), data, place->length, TRUE, &error);

  if (plain != NULL) {
    take_piece (self, place, header);
    return FALSE;
  }
  self->damaged++;
  mun_recovery_fault (self, "container %06u, byte %" G_GUINT64_FORMAT ": %s", place->container,
                      place->offset, error->message);
  return FALSE;
}

static gboolean
scan (MunRecovery *self, GError **error)
{
  MunContents *contents = mun_store_get_contents (self->store);
  g_autoptr (GArray) numbers = mun_contents_list (contents, error);

  if (numbers == NULL)
    return FALSE;
  for (guint i = 0; i < numbers->len; i++)
    self->bytes_total += mun_contents_get_size (contents, g_array_index (numbers, guint32, i));
  for (guint i = 0; i < numbers->len; i++) {
    guint32 number = g_array_index (numbers, guint32, i);
    g_autoptr (GError) local_error = NULL;

    self->end.container = number;
    self->end.length = MUN_CONTAINER_HEADER_SIZE;
    if (!mun_contents_check (contents, number, &local_error)) {
      if (!mun_recovery_is_loss (local_error, error))
        return FALSE;
      self->damaged++;
      mun_recovery_fault (self, "%s", local_error->message);
    }
    if (!mun_contents_scan (contents, number, MUN_CONTAINER_HEADER_SIZE,
                            mun_contents_get_size (contents, number), visit_cb, gap_cb, self, error)
        || !mun_recovery_step (self, error))
      return FALSE;
  }
  for (guint i = 0; i < self->retries->len; i++) {
    MunPlaceInContents *place = &g_array_index (self->retries, MunPlaceInContents, i);

    if (!mun_contents_scan (contents, place->container, place->offset,
                            place->offset + place->length, retry_cb, gap_cb, self, error)
        || !mun_recovery_step (self, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
run (MunRecovery *self, GError **error)
{
  return mun_database_exec (self->database, "BEGIN IMMEDIATE", error) && scan (self, error)
         && mun_recover_journals (self, error) && mun_recover_messages (self, error)
         && mun_folder_blocks_make (self->database, error)
         && mun_store_finish_recovery (self->store, &self->end, self->arrival, error)
         && mun_database_exec (self->database, "COMMIT", error)
         && mun_database_exec (self->database, "PRAGMA wal_checkpoint (TRUNCATE)", error);
}

static void
remove_new (const char *dir)
{
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *name = g_strconcat (NEW_CATALOGUE, suffixes[i], NULL);
    g_autofree char *path = g_build_filename (dir, name, NULL);

    g_unlink (path);
  }
}

static void
summarize (MunRecovery *self)
{
  g_string_append_printf (self->report,
                          "%" G_GUINT64_FORMAT " messages (%" G_GUINT64_FORMAT
                          " bytes) were recovered",
                          self->messages, self->bytes);
  if (self->deleted > 0)
    g_string_append_printf (self->report,
                            self->recover_deleted
                                ? ", %" G_GUINT64_FORMAT " deleted ones among them as far as their "
                                  "contents are there"
                                : ", %" G_GUINT64_FORMAT " deleted ones stay deleted",
                            self->deleted);
  g_string_append_printf (self->report,
                          "; %" G_GUINT64_FORMAT " damaged records, %" G_GUINT64_FORMAT
                          " messages that cannot be recovered.\n",
                          self->damaged, self->lost);
}

gboolean
mun_store_recover (const char *dir, gint64 id, const char *name, MunSecret *master_key,
                   MunTextExtractor *extractor, gboolean recover_deleted,
                   MunVerifyProgress progress, gpointer data, GCancellable *cancellable,
                   char **report, GError **error)
{
  MunRecovery self = { .extractor = extractor,
                       .recover_deleted = recover_deleted,
                       .progress = progress,
                       .data = data,
                       .cancellable = cancellable,
                       .arrival = 1 };
  gboolean ok;

  /* What a recovery that was cut off left. */
  remove_new (dir);
  self.store = mun_store_open_for_recovery (dir, id, NEW_CATALOGUE, master_key, error);
  if (self.store == NULL) {
    remove_new (dir);
    return FALSE;
  }
  self.database = mun_store_get_database (self.store);
  self.report = g_string_new (NULL);
  g_string_append_printf (self.report, "Store %" G_GINT64_FORMAT " (%s)\n", id, name);
  self.journals = g_array_new (FALSE, FALSE, sizeof (MunPlaceInContents));
  self.retries = g_array_new (FALSE, FALSE, sizeof (MunPlaceInContents));
  self.voids = g_array_new (FALSE, FALSE, sizeof (MunContentsMark));
  ok = run (&self, error);
  g_clear_error (&self.problem);
  mun_store_unref (self.store);
  if (!ok)
    remove_new (dir);
  summarize (&self);
  if (ok && report != NULL)
    *report = g_utf8_make_valid (self.report->str, self.report->len);
  g_string_free (self.report, TRUE);
  g_array_unref (self.journals);
  g_array_unref (self.retries);
  g_array_unref (self.voids);
  return ok;
}

/* The file itself first: a log without its catalogue does no harm, a catalogue without its log
 * would be an older one. */
gboolean
mun_store_replace_catalogue (const char *dir, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%S");
  g_autofree char *from = g_build_filename (dir, NEW_CATALOGUE, NULL);
  g_autofree char *to = g_build_filename (dir, "catalogue.db", NULL);
  gint32 mark = g_random_int_range (1000, 10000); /* two within a second */

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *old = g_strconcat (to, suffixes[i], NULL);
    g_autofree char *aside_name
        = g_strdup_printf ("catalogue-before-recovery-%s-%d.db%s", stamp, mark, suffixes[i]);
    g_autofree char *aside = g_build_filename (dir, aside_name, NULL);

    if (g_rename (old, aside) != 0 && errno != ENOENT)
      return mun_container_file_error (error, errno, "setting aside", old);
    mun_container_file_fault ("set-aside");
  }
  if (g_rename (from, to) != 0)
    return mun_container_file_error (error, errno, "renaming", from);
  return mun_container_file_sync_dir (dir, error);
}
