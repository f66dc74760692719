/* trainer.c: the dictionaries of a store, trained from its own mail */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "trainer.h"

#include "container-file.h"

#include <string.h>
#include <zdict.h>

#define DICTIONARY_SIZE (110 * 1024)
/* Longer pieces say little about short ones. */
#define MAX_SAMPLE (32 * 1024)

/* Which pieces a dictionary is made from: every so many, until there are so many. */
typedef struct {
  guint every, samples;
} Round;

static const Round rounds[] = { { 1, 400 }, { 5, 3000 } };

struct _MunTrainer {
  MunStore *store;
  GMutex lock;
  guint32 number; /* of the dictionary that is next */
  guint seen;
  GByteArray *samples; /* one after the other */
  GArray *sizes;       /* gsize */
  GThread *thread;
  gboolean is_training;
};

/* Without a dictionary no message that was packed with it can be read: there are two of each. */
static GBytes *
open_dictionary (sqlite3_stmt *row, MunContents *contents, MunCodec *codec, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GBytes *plain = mun_record_open (codec, sqlite3_column_blob (row, 1),
                                   sqlite3_column_bytes (row, 1), TRUE, &local_error);
  MunPlaceInContents place = { sqlite3_column_int64 (row, 2), sqlite3_column_int64 (row, 3),
                               sqlite3_column_int64 (row, 4) };

  if (plain != NULL)
    return plain;
  g_warning ("dictionary %d in the catalogue: %s", sqlite3_column_int (row, 0),
             local_error->message);
  return mun_contents_read (contents, &place, error);
}

gboolean
mun_dictionaries_load (MunDatabase *database, MunContents *contents, MunCodec *codec, guint32 *last,
                       GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row
      = mun_database_prepare (database, error,
                              "SELECT number, record, container, offset, length FROM dictionaries"
                              " ORDER BY number",
                              "");

  *last = 0;
  if (row == NULL)
    return FALSE;
  while (mun_database_step (database, row, &local_error)) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (GBytes) plain = open_dictionary (row, contents, codec, &problem);
    gsize length = 0;
    gconstpointer data = plain != NULL ? g_bytes_get_data (plain, &length) : NULL;

    *last = sqlite3_column_int64 (row, 0);
    if (plain == NULL || !mun_codec_add_dictionary (codec, *last, data, length, &problem))
      g_warning ("dictionary %u: %s", *last, problem->message);
  }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* What the training thread works with. */
typedef struct {
  MunTrainer *trainer;
  MunStore *store;
  guint32 number;
  GByteArray *samples;
  GArray *sizes;
  GByteArray *dictionary;
} Training;

static gboolean
store_work (MunStore *store, gpointer data, GError **error)
{
  Training *self = data;
  g_autoptr (GBytes) record
      = mun_record_build_dictionary (mun_store_get_codec (store), self->number,
                                     self->dictionary->data, self->dictionary->len, error);
  MunPlaceInContents place;
  GVariantBuilder details;
  int problem = mun_container_file_fault ("dictionary");

  if (problem != 0)
    return mun_container_file_error (error, problem, "storing a dictionary in",
                                     mun_store_get_dir (store));
  g_variant_builder_init (&details, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&details, "{sv}", "number", g_variant_new_uint32 (self->number));
  mun_store_journal (store, "dictionary", g_variant_builder_end (&details));
  return record != NULL
         && mun_contents_append (mun_store_get_contents (store), record, &place, error)
         && mun_database_run (mun_store_get_database (store), error,
                              "INSERT INTO dictionaries (number, container, offset, length, record)"
                              " VALUES (?1, ?2, ?3, ?4, ?5)",
                              "iiiib", (gint64)self->number, (gint64)place.container,
                              (gint64)place.offset, (gint64)place.length,
                              g_bytes_get_data (record, NULL), g_bytes_get_size (record));
}

static gpointer
train (gpointer data)
{
  Training *self = data;
  g_autoptr (GError) error = NULL;
  gsize length;

  self->dictionary = g_byte_array_sized_new (DICTIONARY_SIZE);
  g_byte_array_set_size (self->dictionary, DICTIONARY_SIZE);
  length = ZDICT_trainFromBuffer (self->dictionary->data, DICTIONARY_SIZE, self->samples->data,
                                  (gsize *)self->sizes->data, self->sizes->len);
  if (ZDICT_isError (length)) {
    /* Mail that has nothing in common. */
    g_message ("no dictionary %u: %s", self->number, ZDICT_getErrorName (length));
  } else {
    g_byte_array_set_size (self->dictionary, length);
    /* Not before it is on the disk. */
    if (!mun_store_write (self->store, 1, store_work, self, &error)
        || !mun_codec_add_dictionary (mun_store_get_codec (self->store), self->number,
                                      self->dictionary->data, length, &error))
      g_message ("no dictionary %u: %s", self->number, error->message);
  }
  g_byte_array_unref (self->dictionary);
  g_byte_array_unref (self->samples);
  g_array_unref (self->sizes);
  g_mutex_lock (&self->trainer->lock);
  self->trainer->is_training = FALSE;
  g_mutex_unlock (&self->trainer->lock);
  g_free (self);
  return NULL;
}

static void
start (MunTrainer *self)
{
  Training *training = g_new0 (Training, 1);

  training->trainer = self;
  training->store = self->store;
  training->number = self->number++;
  training->samples = self->samples;
  training->sizes = self->sizes;
  self->samples = g_byte_array_new ();
  self->sizes = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->seen = 0;
  if (self->thread != NULL)
    g_thread_join (self->thread); /* has ended */
  self->is_training = TRUE;
  self->thread = g_thread_new ("dictionary", train, training);
}

MunTrainer *
mun_trainer_new (MunStore *store, guint32 number)
{
  MunTrainer *self = g_new0 (MunTrainer, 1);

  self->store = store;
  g_mutex_init (&self->lock);
  self->number = number + 1;
  self->samples = g_byte_array_new ();
  self->sizes = g_array_new (FALSE, FALSE, sizeof (gsize));
  return self;
}

void
mun_trainer_offer (MunTrainer *self, GBytes *piece)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gsize length = g_bytes_get_size (piece);
  const Round *round;

  if (self->is_training || self->number > G_N_ELEMENTS (rounds) || length == 0
      || length > MAX_SAMPLE)
    return;
  round = &rounds[self->number - 1];
  if (self->seen++ % round->every != 0)
    return;
  g_byte_array_append (self->samples, g_bytes_get_data (piece, NULL), length);
  g_array_append_val (self->sizes, length);
  if (self->sizes->len == round->samples)
    start (self);
}

void
mun_trainer_free (MunTrainer *self)
{
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_byte_array_unref (self->samples);
  g_array_unref (self->sizes);
  g_mutex_clear (&self->lock);
  g_free (self);
}
