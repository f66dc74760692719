/* mbox-source.c: one mbox file, or a folder of them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "mbox-source.h"

#include "errors.h"
#include "files.h"
#include "json.h"
#include "mbox-reader.h"

#include <string.h>

/* How much of the file its digests cover. */
#define HEAD_SIZE 4096u

struct _MunMboxSource {
  GObject parent_instance;

  char *path;
  gboolean unquote;

  /* of the folder that is being read */
  char *file;
  char *name; /* for reports */
  MunMboxReader *reader;
  GFileInputStream *stream;
  goffset done; /* end of the last message handed out */
  goffset hold; /* first message that the archive refused, or -1: the checkpoint stays there */
};

static void
mun_mbox_source_iface_init (MunSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MunMboxSource, mun_mbox_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MUN_TYPE_SOURCE, mun_mbox_source_iface_init))

/* At most @length bytes from @offset; fewer at the end of the file. */
static GBytes *
read_part (GFile *file, goffset offset, gsize length, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autofree char *data = NULL;
  gsize n = 0;

  if (stream == NULL
      || !g_seekable_seek (G_SEEKABLE (stream), offset, G_SEEK_SET, cancellable, error))
    return NULL;
  data = g_malloc (length);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), data, length, &n, cancellable, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), n);
}

static char *
digest (GBytes *bytes)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

static gboolean
looks_like_mbox (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GBytes) head = NULL;
  goffset start;
  gboolean dated;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  head = read_part (file, 0, HEAD_SIZE, NULL, NULL);
  return head != NULL && g_bytes_get_size (head) > 0
         && mun_mbox_check_head (g_bytes_get_data (head, NULL), g_bytes_get_size (head), &start,
                                 &dated);
}

typedef struct {
  GPtrArray *folders;
  const MunSourceHost *host;
  GCancellable *cancellable;
} Walk;

static void
walk_directory (Walk *walk, const char *directory, const char *id, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;

  if (g_cancellable_is_cancelled (walk->cancellable))
    return;
  names = mun_files_list (directory, &error);
  if (names == NULL) {
    mun_files_note (walk->host, directory, error->message);
    return;
  }
  for (char **name = names; *name != NULL; name++) {
    g_autofree char *full = g_build_filename (directory, *name, NULL);
    g_autofree char *child_id = g_build_filename (id, *name, NULL);
    g_autofree char *bare = g_strdup (*name);
    g_autofree char *child = NULL;

    if (**name == '.' || mun_files_leave_link (walk->host, full))
      continue;
    if (g_file_test (full, G_FILE_TEST_IS_DIR)) {
      if (g_str_has_suffix (bare, ".sbd"))
        bare[strlen (bare) - 4] = '\0';
      child = mun_files_join_path (path, bare);
      walk_directory (walk, full, child_id, child);
      continue;
    }
    if (g_str_has_suffix (bare, ".mbox"))
      bare[strlen (bare) - 5] = '\0';
    child = mun_files_join_path (path, bare);
    if (looks_like_mbox (full))
      g_ptr_array_add (walk->folders, mun_source_folder_new (child_id, child, -1));
    else
      mun_files_note (walk->host, full, "not an mbox file");
  }
}

static GPtrArray *
mun_mbox_source_list_folders (MunSource *source, const MunSourceHost *host,
                              GCancellable *cancellable, GError **error)
{
  MunMboxSource *self = MUN_MBOX_SOURCE (source);
  g_autoptr (GPtrArray) folders
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_source_folder_free);
  Walk walk = { folders, host, cancellable };
  g_autofree char *name = mun_files_display_name (self->path);

  if (!g_file_test (self->path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "“%s” does not exist on the server", name);
    return NULL;
  }
  if (g_file_test (self->path, G_FILE_TEST_IS_DIR)) {
    walk_directory (&walk, self->path, "", "");
    if (folders->len == 0 && !g_cancellable_is_cancelled (cancellable)) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "there is no mbox file in “%s”", name);
      return NULL;
    }
  } else {
    g_ptr_array_add (folders, mun_source_folder_new ("", "", -1));
  }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_steal_pointer (&folders);
}

/* Offset at which a checkpoint lets the reading go on; 0 when it is not of this file any more. */
static goffset
read_checkpoint (GFile *file, const char *text, GBytes *head, GCancellable *cancellable)
{
  g_autoptr (JsonObject) checkpoint = text == NULL ? NULL : mun_json_parse_object (text, -1, NULL);
  g_autoptr (GBytes) tail = NULL;
  g_autoptr (GBytes) old_head = NULL;
  g_autofree char *head_digest = NULL;
  g_autofree char *tail_digest = NULL;
  goffset offset;
  gsize length;

  if (checkpoint == NULL)
    return 0;
  offset = mun_json_get_int (checkpoint, "offset", 0);
  length = (gsize)CLAMP (mun_json_get_int (checkpoint, "headLength", 0), 0, HEAD_SIZE);
  if (offset <= 0 || length > g_bytes_get_size (head))
    return 0;
  old_head = g_bytes_new_from_bytes (head, 0, length);
  head_digest = digest (old_head);
  tail = read_part (file, MAX (0, offset - (goffset)HEAD_SIZE), MIN (offset, HEAD_SIZE),
                    cancellable, NULL);
  if (tail == NULL || (goffset)g_bytes_get_size (tail) != MIN (offset, HEAD_SIZE))
    return 0;
  tail_digest = digest (tail);
  if (g_strcmp0 (head_digest, mun_json_get_string (checkpoint, "head", NULL)) != 0
      || g_strcmp0 (tail_digest, mun_json_get_string (checkpoint, "tail", NULL)) != 0)
    return 0;
  return offset;
}

/* TRUE when a separator stands at @offset, or the file ends there. Without this, a message that was
 * still being written at the last run would be continued in its middle. */
static gboolean
separator_at (GFile *file, goffset offset, GCancellable *cancellable)
{
  g_autoptr (GBytes) bytes = read_part (file, offset, 5, cancellable, NULL);
  gsize length = 0;
  const char *data = bytes == NULL ? NULL : g_bytes_get_data (bytes, &length);

  return bytes != NULL && (length == 0 || (length == 5 && memcmp (data, "From ", 5) == 0));
}

static void
leave (MunMboxSource *self)
{
  g_clear_pointer (&self->reader, mun_mbox_reader_free);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->name, g_free);
}

static gboolean
mun_mbox_source_begin_folder (MunSource *source, const MunSourceFolder *folder,
                              const char *checkpoint, GCancellable *cancellable, GError **error)
{
  MunMboxSource *self = MUN_MBOX_SOURCE (source);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) head = NULL;
  goffset start, offset;
  gboolean dated;

  leave (self);
  self->file = *folder->id == '\0' ? g_strdup (self->path)
                                   : g_build_filename (self->path, folder->id, NULL);
  self->name = mun_files_display_name (self->file);
  if (!g_file_test (self->file, G_FILE_TEST_IS_REGULAR)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "“%s” is not a regular file", self->name);
    return FALSE;
  }
  file = g_file_new_for_path (self->file);
  head = read_part (file, 0, HEAD_SIZE, cancellable, error);
  if (head == NULL) {
    g_prefix_error (error, "cannot read “%s”: ", self->name);
    return FALSE;
  }
  if (!mun_mbox_check_head (g_bytes_get_data (head, NULL), g_bytes_get_size (head), &start,
                            &dated)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "“%s” is not an mbox file: it does not begin with a line “From …”", self->name);
    return FALSE;
  }
  offset = read_checkpoint (file, checkpoint, head, cancellable);
  if (offset < start || !separator_at (file, offset, cancellable))
    offset = start;
  self->stream = g_file_read (file, cancellable, error);
  if (self->stream == NULL
      || !g_seekable_seek (G_SEEKABLE (self->stream), offset, G_SEEK_SET, cancellable, error)) {
    g_prefix_error (error, "cannot read “%s”: ", self->name);
    return FALSE;
  }
  self->done = offset;
  self->hold = -1;
  self->reader = mun_mbox_reader_new (G_INPUT_STREAM (self->stream), offset, dated, self->unquote,
                                      MUN_SOURCE_MAX_MESSAGE);
  return TRUE;
}

static MunSourceItem *
make_item (MunMboxSource *self, MunMboxMessage *message)
{
  g_autofree char *name
      = g_strdup_printf ("%s, byte %" G_GINT64_FORMAT, self->name, (gint64)message->start);
  MunSourceItem *item = mun_source_item_new (MUN_SOURCE_READ, name);

  item->received = message->received;
  item->position = message->start;
  if (message->raw == NULL) {
    item->state = MUN_SOURCE_FAILED;
    item->step = "read";
    item->reason = g_strdup_printf ("%" G_GINT64_FORMAT " bytes, more than a message may have",
                                    (gint64)(message->end - message->start));
  } else if (g_bytes_get_size (message->raw) == 0) {
    item->state = MUN_SOURCE_SKIPPED;
    item->step = "read";
    item->reason = g_strdup ("the message is empty");
  } else {
    item->raw = g_steal_pointer (&message->raw);
    item->is_mapped = message->is_mapped;
  }
  return item;
}

static MunSourceBatch *
mun_mbox_source_next_batch (MunSource *source, const MunSourceHost *host, GCancellable *cancellable,
                            GError **error)
{
  MunMboxSource *self = MUN_MBOX_SOURCE (source);
  g_autoptr (MunSourceBatch) batch = mun_source_batch_new ();
  gsize bytes = 0;

  g_return_val_if_fail (self->reader != NULL, NULL);

  mun_mbox_reader_set_spool_dir (self->reader, host->spool_dir);
  while (batch->items->len < host->max_items && bytes < host->max_bytes
         && !g_cancellable_is_cancelled (cancellable)) {
    g_autoptr (MunMboxMessage) message = NULL;

    if (!mun_mbox_reader_next (self->reader, &message, NULL, error)) {
      g_prefix_error (error, "cannot read “%s”: ", self->name);
      return NULL;
    }
    if (message == NULL) {
      batch->last = TRUE;
      break;
    }
    bytes += (gsize)(message->end - message->start);
    self->done = message->end;
    g_ptr_array_add (batch->items, make_item (self, message));
  }
  if (batch->items->len == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  batch->end = self->done;
  return g_steal_pointer (&batch);
}

/* Too large stays too large: only what the archive refused is read again. */
static goffset
first_failed (const MunSourceBatch *batch)
{
  for (guint i = 0; i < batch->items->len; i++) {
    const MunSourceItem *item = batch->items->pdata[i];

    if (item->state == MUN_SOURCE_FAILED && item->raw != NULL)
      return item->position;
  }
  return -1;
}

static char *
mun_mbox_source_dup_checkpoint (MunSource *source, const MunSourceBatch *batch)
{
  MunMboxSource *self = MUN_MBOX_SOURCE (source);
  g_autoptr (GFile) file = g_file_new_for_path (self->file);
  g_autoptr (JsonObject) checkpoint = json_object_new ();
  g_autoptr (GBytes) head = read_part (file, 0, HEAD_SIZE, NULL, NULL);
  g_autoptr (GBytes) tail = NULL;
  g_autofree char *head_digest = NULL;
  g_autofree char *tail_digest = NULL;
  goffset offset;

  if (self->hold < 0)
    self->hold = first_failed (batch);
  offset = self->hold < 0 ? batch->end : self->hold;
  tail
      = read_part (file, MAX (0, offset - (goffset)HEAD_SIZE), MIN (offset, HEAD_SIZE), NULL, NULL);
  if (head == NULL || tail == NULL)
    return NULL;
  head_digest = digest (head);
  tail_digest = digest (tail);
  json_object_set_int_member (checkpoint, "offset", offset);
  json_object_set_int_member (checkpoint, "headLength", (gint64)g_bytes_get_size (head));
  json_object_set_string_member (checkpoint, "head", head_digest);
  json_object_set_string_member (checkpoint, "tail", tail_digest);
  return mun_json_object_to_string (checkpoint);
}

static void
mun_mbox_source_finalize (GObject *object)
{
  MunMboxSource *self = MUN_MBOX_SOURCE (object);

  leave (self);
  g_free (self->path);
  G_OBJECT_CLASS (mun_mbox_source_parent_class)->finalize (object);
}

static void
mun_mbox_source_iface_init (MunSourceInterface *iface)
{
  iface->reads_ahead = TRUE;
  iface->list_folders = mun_mbox_source_list_folders;
  iface->begin_folder = mun_mbox_source_begin_folder;
  iface->next_batch = mun_mbox_source_next_batch;
  iface->dup_checkpoint = mun_mbox_source_dup_checkpoint;
}

static void
mun_mbox_source_class_init (MunMboxSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_mbox_source_finalize;
}

static void
mun_mbox_source_init (MunMboxSource *self)
{
}

MunSource *
mun_mbox_source_new (const char *path, gboolean unquote)
{
  MunMboxSource *self = g_object_new (MUN_TYPE_MBOX_SOURCE, NULL);

  self->path = g_strdup (path);
  self->unquote = unquote;
  return MUN_SOURCE (self);
}
