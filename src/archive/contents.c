/* contents.c: the container files of one store */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "contents.h"

#include "container-file.h"
#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

struct _MunContents {
  char *dir;
  guint8 guid[16];
  MunCodec *codec;
  gboolean writable;
  /* the writer's */
  int fd; /* of the last container, or -1 */
  MunContentsMark end;
  guint32 closed; /* the number of a damaged container that nothing is added to any more */
  gboolean dirty;
  /* the readers' */
  GMutex lock;
  GHashTable *descriptors; /* number → Descriptor */
};

/* Of a container that is read; its file may go away meanwhile. */
typedef struct {
  gatomicrefcount refs;
  int fd;
} Descriptor;

int (*mun_contents_fault_hook) (const char *step);

static void
descriptor_unref (Descriptor *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  close (self->fd);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Descriptor, descriptor_unref)

char *
mun_contents_dup_path (MunContents *self, guint32 container)
{
  return g_strdup_printf ("%s/%06u.mun", self->dir, container);
}

char *
mun_contents_dup_gap (guint32 container, guint64 offset, guint64 length, int problem)
{
  return g_strdup_printf ("container %06u: %" G_GUINT64_FORMAT " bytes from byte %" G_GUINT64_FORMAT
                          " on %s%s",
                          container, length, offset,
                          problem != 0 ? "cannot be read: " : "are damaged or not all there",
                          problem != 0 ? g_strerror (problem) : "");
}

guint64
mun_contents_get_size (MunContents *self, guint32 container)
{
  g_autofree char *path = mun_contents_dup_path (self, container);
  GStatBuf status;

  return g_stat (path, &status) == 0 ? (guint64)status.st_size : 0;
}

MunContents *
mun_contents_open (const char *dir, const guint8 guid[16], MunCodec *codec, gboolean writable,
                   GError **error)
{
  g_autoptr (MunContents) self = g_new0 (MunContents, 1);

  self->dir = g_strdup (dir);
  memcpy (self->guid, guid, sizeof self->guid);
  self->codec = codec;
  self->writable = writable;
  self->fd = -1;
  g_mutex_init (&self->lock);
  self->descriptors = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)descriptor_unref);
  if (g_mkdir_with_parents (dir, 0700) != 0) {
    mun_container_file_error (error, errno, "making the folder", dir);
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
mun_contents_close (MunContents *self)
{
  g_hash_table_unref (self->descriptors);
  if (self->fd >= 0)
    close (self->fd);
  g_mutex_clear (&self->lock);
  g_free (self->dir);
  g_free (self);
}

static void
close_writing (MunContents *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static gboolean
open_container (MunContents *self, guint32 number, gboolean create, GError **error)
{
  g_autofree char *path = mun_contents_dup_path (self, number);
  int problem = create ? mun_container_file_fault ("create") : 0;

  close_writing (self);
  if (problem != 0)
    return mun_container_file_error (error, problem, "creating", path);
  if (create) {
    self->fd = mun_container_file_create (self->dir, path, number, self->guid, error);
    return self->fd >= 0;
  }
  self->fd = mun_container_file_open (path, TRUE, error);
  if (self->fd < 0)
    return FALSE;
  if (mun_container_file_check (self->fd, path, number, self->guid, error))
    return TRUE;
  close_writing (self);
  return FALSE;
}

static gboolean
cut (MunContents *self, guint32 number, guint64 length, GError **error)
{
  g_autofree char *path = mun_contents_dup_path (self, number);
  int problem = mun_container_file_fault ("truncate");

  if (problem == 0 && ftruncate (self->fd, length) != 0)
    problem = errno;
  return problem == 0 || mun_container_file_error (error, problem, "cutting container", path);
}

/* What is behind the catalogue's end: whole batches end with a journal record. */
typedef struct {
  MunCodec *codec;
  gboolean broken;
  int problem; /* an errno: it could not be read */
  guint64 end; /* behind the last whole batch */
} Tail;

static gboolean
find_batch_end_cb (const MunPlaceInContents *place, const MunRecordHeader *header,
                   const guint8 *data, gpointer user_data)
{
  Tail *tail = user_data;
  g_autoptr (GBytes) plain = NULL;

  if (!tail->broken)
    plain = mun_record_open (tail->codec, data, place->length, TRUE, NULL);
  if (plain == NULL)
    return FALSE;
  if (header->kind == MUN_RECORD_JOURNAL)
    tail->end = place->offset + place->length;
  return TRUE;
}

static void
tail_gap_cb (guint32 container, guint64 offset, guint64 length, int problem, gpointer user_data)
{
  Tail *tail = user_data;

  tail->broken = TRUE;
  tail->problem = tail->problem != 0 ? tail->problem : problem;
}

static gboolean
recover_container (MunContents *self, guint32 number, guint64 from, MunContentsVisit visit,
                   gpointer user_data, GError **error)
{
  g_autofree char *path = mun_contents_dup_path (self, number);
  Tail tail = { self->codec, FALSE, 0, from };
  gint64 size;

  if (!open_container (self, number, FALSE, error))
    return FALSE;
  size = mun_container_file_size (self->fd);
  if (!mun_container_file_scan (self->fd, number, from, size, find_batch_end_cb, tail_gap_cb, &tail,
                                error))
    return FALSE;
  /* Not torn, but not to be read now: nothing is cut for that. */
  if (tail.problem != 0)
    return mun_container_file_error (error, tail.problem, "reading the end of container", path);
  if (tail.end > from && visit != NULL
      && !mun_container_file_scan (self->fd, number, from, tail.end, visit, NULL, user_data, error))
    return FALSE;
  if (tail.end < size) {
    g_message ("container %s: a torn tail of %" G_GINT64_FORMAT " bytes is cut off", path,
               size - (gint64)tail.end);
    if (!cut (self, number, tail.end, error))
      return FALSE;
  }
  self->end.container = number;
  self->end.length = tail.end;
  self->dirty = TRUE;
  return mun_contents_sync (self, error);
}

/* Does the last container hold what the catalogue says? Without it the rest can still be read, and
 * mail be taken into a new one; verification names what is lost. FALSE when it cannot be known. */
static gboolean
check_whole (MunContents *self, const MunContentsMark *end, GError **error)
{
  g_autofree char *path = mun_contents_dup_path (self, end->container);
  g_autoptr (GError) local_error = NULL;
  gint64 size = -1;

  if (open_container (self, end->container, FALSE, &local_error))
    size = mun_container_file_size (self->fd);
  if (size >= (gint64)end->length)
    return TRUE;
  close_writing (self);
  if (local_error != NULL && !g_error_matches (local_error, MUN_ERROR, MUN_ERROR_DAMAGED)
      && !g_error_matches (local_error, MUN_ERROR, MUN_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return FALSE;
  }
  self->closed = end->container;
  g_warning ("container %s: %s", path,
             local_error != NULL ? local_error->message : "it is shorter than the catalogue says");
  return TRUE;
}

gboolean
mun_contents_recover (MunContents *self, const MunContentsMark *end, MunContentsVisit visit,
                      gpointer user_data, GError **error)
{
  guint32 number = end->container;

  self->end = *end;
  if (number > 0 && !check_whole (self, end, error))
    return FALSE;
  if (number > 0 && self->closed != number
      && !recover_container (self, number, end->length, visit, user_data, error))
    return FALSE;
  /* Containers begun in a batch that was never committed. */
  for (;;) {
    g_autofree char *path = mun_contents_dup_path (self, ++number);
    g_autoptr (GError) local_error = NULL;

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      return TRUE;
    if (!recover_container (self, number, MUN_CONTAINER_HEADER_SIZE, visit, user_data,
                            &local_error)) {
      if (!g_error_matches (local_error, MUN_ERROR, MUN_ERROR_DAMAGED)) {
        g_propagate_error (error, g_steal_pointer (&local_error));
        return FALSE;
      }
      /* Torn before its header was whole: nothing in it was ever acknowledged. */
      g_message ("%s", local_error->message);
      if (g_unlink (path) != 0)
        return mun_container_file_error (error, errno, "removing", path);
    }
  }
}

static gboolean
begin_container (MunContents *self, GError **error)
{
  guint32 number = self->end.container + 1;

  if (self->fd >= 0 && !mun_contents_sync (self, error))
    return FALSE;
  if (!open_container (self, number, TRUE, error))
    return FALSE;
  self->end.container = number;
  self->end.length = MUN_CONTAINER_HEADER_SIZE;
  self->dirty = TRUE;
  return TRUE;
}

/* An open container with room. */
static gboolean
ensure_room (MunContents *self, gsize length, GError **error)
{
  gboolean goes_on = self->end.container > 0 && self->closed != self->end.container
                     && self->end.length + length <= MUN_CONTAINER_MAX_SIZE;

  if (!goes_on)
    return begin_container (self, error);
  if (self->fd >= 0)
    return TRUE;
  /* What a batch left there that could not be taken back goes first. */
  if (open_container (self, self->end.container, FALSE, error)
      && cut (self, self->end.container, self->end.length, error))
    return TRUE;
  close_writing (self);
  return FALSE;
}

gboolean
mun_contents_append (MunContents *self, GBytes *record, MunPlaceInContents *place, GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (record, &length);
  int problem;

  if (!self->writable) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_READ_ONLY, "the contents in %s are read only",
                 self->dir);
    return FALSE;
  }
  if (!ensure_room (self, length, error))
    return FALSE;
  problem = mun_container_file_write (self->fd, data, length, self->end.length);
  if (problem != 0) {
    g_autofree char *path = mun_contents_dup_path (self, self->end.container);

    return mun_container_file_error (error, problem, "writing to container", path);
  }
  place->container = self->end.container;
  place->offset = self->end.length;
  place->length = length;
  self->end.length += length;
  self->dirty = TRUE;
  return TRUE;
}

gboolean
mun_contents_sync (MunContents *self, GError **error)
{
  int problem = mun_container_file_fault ("sync");

  if (!self->dirty || self->fd < 0)
    return TRUE;
  if (problem == 0 && fdatasync (self->fd) != 0)
    problem = errno;
  if (problem != 0) {
    g_autofree char *path = mun_contents_dup_path (self, self->end.container);

    return mun_container_file_error (error, problem, "syncing container", path);
  }
  self->dirty = FALSE;
  return TRUE;
}

void
mun_contents_get_mark (MunContents *self, MunContentsMark *mark)
{
  *mark = self->end;
}

/* Forgets the readers' descriptor of a container that goes away. */
static void
forget_descriptor (MunContents *self, guint32 container)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_hash_table_remove (self->descriptors, GUINT_TO_POINTER (container));
}

void
mun_contents_rollback (MunContents *self, const MunContentsMark *mark)
{
  g_autoptr (GError) error = NULL;
  guint32 last = self->end.container;

  close_writing (self);
  /* One more than was counted: a container whose creation failed half way. */
  for (guint32 number = mark->container + 1; number <= last + 1; number++) {
    g_autofree char *path = mun_contents_dup_path (self, number);

    forget_descriptor (self, number);
    g_unlink (path);
  }
  self->end = *mark;
  self->dirty = FALSE;
  /* Nothing yet, or a last container that is not whole and stays as it is. */
  if (mark->container == 0 || self->closed == mark->container)
    return;
  /* The next batch tries it again, and the next start. */
  if (!open_container (self, mark->container, FALSE, &error)
      || !cut (self, mark->container, mark->length, &error)) {
    g_message ("taking back an unfinished batch: %s", error->message);
    close_writing (self);
  }
}

static Descriptor *
reading_descriptor (MunContents *self, guint32 container, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Descriptor *known = g_hash_table_lookup (self->descriptors, GUINT_TO_POINTER (container));
  g_autofree char *path = NULL;
  int fd;

  if (known == NULL) {
    path = mun_contents_dup_path (self, container);
    fd = mun_container_file_open (path, FALSE, error);
    if (fd < 0)
      return NULL;
    known = g_new0 (Descriptor, 1);
    g_atomic_ref_count_init (&known->refs);
    known->fd = fd;
    g_hash_table_insert (self->descriptors, GUINT_TO_POINTER (container), known);
  }
  g_atomic_ref_count_inc (&known->refs);
  return known;
}

/* The whole record; ENODATA: it is not all there. */
static guint8 *
read_bytes (MunContents *self, const MunPlaceInContents *place, GError **error)
{
  g_autoptr (Descriptor) descriptor = reading_descriptor (self, place->container, error);
  g_autofree guint8 *record = NULL;
  g_autofree char *path = NULL;
  int problem = ENODATA;

  if (descriptor == NULL)
    return NULL;
  if (place->length <= MUN_RECORD_MAX_PLAIN + 1024)
    record = g_try_malloc (place->length + 1);
  if (record != NULL)
    problem = mun_container_file_read (descriptor->fd, record, place->length, place->offset);
  if (problem == 0)
    return g_steal_pointer (&record);
  path = mun_contents_dup_path (self, place->container);
  if (problem != ENODATA)
    mun_container_file_error (error, problem, "reading container", path);
  else
    g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED,
                 "container %s, byte %" G_GUINT64_FORMAT ": the record is not all there", path,
                 place->offset);
  return NULL;
}

/* @record: what stands there, opened. */
static GBytes *
open_bytes (MunContents *self, const MunPlaceInContents *place, const guint8 *record,
            gboolean check_digest, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GBytes *plain = mun_record_open (self->codec, record, place->length, check_digest, &local_error);
  g_autofree char *path = NULL;

  if (plain != NULL)
    return plain;
  path = mun_contents_dup_path (self, place->container);
  g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED, "container %s, byte %" G_GUINT64_FORMAT ": %s",
               path, place->offset, local_error->message);
  return NULL;
}

GBytes *
mun_contents_read (MunContents *self, const MunPlaceInContents *place, GError **error)
{
  g_autofree guint8 *record = read_bytes (self, place, error);

  return record != NULL ? open_bytes (self, place, record, FALSE, error) : NULL;
}

GBytes *
mun_contents_read_record (MunContents *self, const MunPlaceInContents *place, GError **error)
{
  g_autofree guint8 *record = read_bytes (self, place, error);
  g_autoptr (GBytes) plain = NULL;

  if (record == NULL)
    return NULL;
  plain = open_bytes (self, place, record, TRUE, error);
  return plain != NULL ? g_bytes_new_take (g_steal_pointer (&record), place->length) : NULL;
}

void
mun_contents_expect (MunContents *self, const MunPlaceInContents *place)
{
  g_autoptr (Descriptor) descriptor = reading_descriptor (self, place->container, NULL);

  if (descriptor != NULL)
    posix_fadvise (descriptor->fd, place->offset, place->length, POSIX_FADV_WILLNEED);
}

gboolean
mun_contents_check (MunContents *self, guint32 container, GError **error)
{
  g_autofree char *path = mun_contents_dup_path (self, container);
  g_autoptr (Descriptor) descriptor = reading_descriptor (self, container, error);

  return descriptor != NULL
         && mun_container_file_check (descriptor->fd, path, container, self->guid, error);
}

gboolean
mun_contents_scan (MunContents *self, guint32 container, guint64 start, guint64 end,
                   MunContentsVisit visit, MunContentsGap gap, gpointer user_data, GError **error)
{
  g_autoptr (Descriptor) descriptor = reading_descriptor (self, container, error);

  return descriptor != NULL
         && mun_container_file_scan (descriptor->fd, container, start, end, visit, gap, user_data,
                                     error);
}

gboolean
mun_contents_begin_next (MunContents *self, GError **error)
{
  gboolean is_open = self->end.container > 0 && self->closed != self->end.container;

  return (!is_open || ensure_room (self, 0, error)) && begin_container (self, error);
}

gboolean
mun_contents_remove (MunContents *self, guint32 container, GError **error)
{
  g_autofree char *path = mun_contents_dup_path (self, container);
  int problem = mun_container_file_fault ("remove");

  if (problem == 0 && g_unlink (path) != 0)
    problem = errno;
  if (problem != 0 && problem != ENOENT)
    return mun_container_file_error (error, problem, "removing container", path);
  forget_descriptor (self, container);
  mun_container_file_fault ("removed");
  return mun_container_file_sync_dir (self->dir, error);
}

static gint
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint32 first = *(const guint32 *)a, second = *(const guint32 *)b;

  return (first > second) - (first < second);
}

GArray *
mun_contents_list (MunContents *self, GError **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GDir) dir = g_dir_open (self->dir, 0, &local_error);
  const char *name;

  if (dir == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED, "reading the folder %s: %s", self->dir,
                 local_error->message);
    return NULL;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    char *end;
    guint64 number = g_ascii_strtoull (name, &end, 10);

    if (end - name >= 6 && strcmp (end, ".mun") == 0 && number > 0 && number < G_MAXUINT32) {
      guint32 value = number;

      g_array_append_val (numbers, value);
    }
  }
  g_array_sort (numbers, compare_numbers);
  return g_steal_pointer (&numbers);
}
