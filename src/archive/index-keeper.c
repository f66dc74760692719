/* index-keeper.c: a store's writer looks after the index: what it lacks, when it is damaged */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "index-keeper.h"

#include "container-file.h"
#include "index-heal.h"

/* However much is delivered, so often the index gets some of what it lacks. */
#define BUSY_PERIOD G_TIME_SPAN_SECOND
/* After a step that failed. */
#define RETRY_DELAY (30 * G_TIME_SPAN_SECOND)

/* A group of so many messages is large; after so many others the index is fitted to small ones. */
#define LARGE_GROUP 100
#define SMALL_GROUPS 4

struct _MunIndexKeeper {
  char *name;
  gboolean is_checked; /* the writer's: damage was met, and it was not the index's */
  guint small_groups;  /* the writer's: still to come until it is fitted to them; 0: it is */
  GMutex lock;
  MunIndexLack lack;
  gboolean is_broken;  /* to be made anew */
  gboolean is_suspect; /* to be looked at */
  gboolean is_untidy;  /* was damaged: the file is to be written anew */
  gint64 step_time;    /* of the last one */
  gint64 retry_time;
  GError *error; /* of the last step */
};

static void
note (MunIndexKeeper *self, gboolean is_broken, gboolean is_untidy)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->is_broken = is_broken;
  self->is_untidy = is_untidy;
}

MunIndexKeeper *
mun_index_keeper_open (MunDatabase *database, const char *name)
{
  MunIndexKeeper *self = g_new0 (MunIndexKeeper, 1);
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->lock);
  self->name = g_strdup (name);
  self->is_broken = !mun_index_heal_open (database, &error);
  if (self->is_broken)
    g_warning ("the index in %s: %s", name, error->message);
  self->is_untidy = mun_index_heal_is_untidy (database);
  mun_index_keeper_refresh (self, database);
  return self;
}

void
mun_index_keeper_free (MunIndexKeeper *self)
{
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
  g_free (self->name);
  g_free (self);
}

void
mun_index_keeper_refresh (MunIndexKeeper *self, MunDatabase *database)
{
  MunIndexLack lack;

  if (!mun_index_gaps_count (database, 0, &lack, NULL))
    return;
  g_mutex_lock (&self->lock);
  self->lack = lack;
  g_mutex_unlock (&self->lock);
}

/* FTS5 never shrinks its hash table of what is not written yet, and goes through all of it twice a
 * commit: one that half a thousand messages made costs a single message more than all else together.
 * It goes when the connection forgets the schema, which it then reads again. */
void
mun_index_keeper_fit (MunIndexKeeper *self, MunDatabase *database, guint n_messages)
{
  g_autoptr (GError) error = NULL;

  if (n_messages >= LARGE_GROUP)
    self->small_groups = SMALL_GROUPS + 1;
  else if (self->small_groups > 0 && --self->small_groups == 0
           && !mun_database_exec (database, "PRAGMA writable_schema = RESET", &error))
    g_message ("the index in %s is not fitted to single messages: %s", self->name, error->message);
}

/* @is_certain: otherwise the index is looked at, once. Returns: whether it was made anew. */
static gboolean
heal (MunIndexKeeper *self, MunDatabase *database, gboolean is_certain, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean ok;

  if (!is_certain) {
    if (self->is_checked)
      return FALSE;
    self->is_checked = mun_index_heal_check (database, &local_error);
    if (self->is_checked)
      return FALSE;
    if (!mun_index_heal_take_damage (database)) {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  }
  g_message ("the index in %s is damaged", self->name);
  ok = mun_index_heal_reset (database, TRUE, error);
  note (self, !ok, TRUE);
  return ok;
}

gboolean
mun_index_keeper_heal (MunIndexKeeper *self, MunDatabase *database)
{
  /* The index may have met it while another statement made it write. */
  return heal (self, database, mun_index_heal_take_damage (database), NULL);
}

gboolean
mun_index_keeper_wants_step (MunIndexKeeper *self, gboolean is_busy)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gint64 now = g_get_monotonic_time ();

  return (self->is_broken || self->is_suspect || self->is_untidy
          || mun_index_lack_is_pending (&self->lack))
         && now >= self->retry_time && (!is_busy || now >= self->step_time + BUSY_PERIOD);
}

gint64
mun_index_keeper_get_retry (MunIndexKeeper *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_get_monotonic_time () < self->retry_time ? self->retry_time : 0;
}

static void
step (MunIndexKeeper *self, MunDatabase *database, gboolean is_broken, gboolean is_suspect,
      gboolean is_untidy, MunIndexFill fill, gpointer data, GError **error)
{
  if (is_broken || is_suspect) {
    heal (self, database, is_broken, error);
  } else if (is_untidy) {
    mun_index_heal_tidy (database, error);
    /* Without room for it the index is filled all the same; the next start tries again. */
    note (self, FALSE, FALSE);
  } else {
    fill (data, error);
  }
}

void
mun_index_keeper_step (MunIndexKeeper *self, MunDatabase *database, MunIndexFill fill,
                       gpointer data)
{
  gboolean is_broken, is_suspect, is_untidy;
  GError *error = NULL;

  g_mutex_lock (&self->lock);
  is_broken = self->is_broken;
  is_suspect = self->is_suspect;
  is_untidy = self->is_untidy;
  g_mutex_unlock (&self->lock);
  mun_container_file_fault ("index-step");
  step (self, database, is_broken, is_suspect, is_untidy, fill, data, &error);
  if (error != NULL)
    g_warning ("the index in %s cannot be completed: %s", self->name, error->message);
  mun_index_keeper_refresh (self, database);
  g_mutex_lock (&self->lock);
  self->step_time = g_get_monotonic_time ();
  self->retry_time = error != NULL ? self->step_time + RETRY_DELAY : 0;
  if (is_suspect)
    self->is_suspect = FALSE;
  g_clear_error (&self->error);
  self->error = error;
  g_mutex_unlock (&self->lock);
}

void
mun_index_keeper_break (MunIndexKeeper *self)
{
  note (self, TRUE, TRUE);
}

void
mun_index_keeper_note_reading (MunIndexKeeper *self, MunDatabase *reader)
{
  if (!mun_index_heal_take_damage (reader))
    return;
  g_mutex_lock (&self->lock);
  self->is_suspect = TRUE;
  g_mutex_unlock (&self->lock);
}

gboolean
mun_index_keeper_is_sound (MunIndexKeeper *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return !self->is_broken && !self->is_suspect && !self->is_untidy;
}

void
mun_index_keeper_get_lack (MunIndexKeeper *self, MunIndexLack *lack)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  *lack = self->lack;
}

gboolean
mun_index_keeper_check (MunIndexKeeper *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}
