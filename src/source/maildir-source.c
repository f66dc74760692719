/* maildir-source.c: a Maildir with its subfolders */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "maildir-source.h"

#include "errors.h"
#include "files.h"

#include <string.h>

static const char *const parts[] = { "new", "cur" };

struct _MunMaildirSource {
  GObject parent_instance;

  char *path;

  /* of the folder that is being read */
  char *directory;
  GDir *dir;  /* of parts[part - 1] */
  guint part; /* next one to open */
};

static void
mun_maildir_source_iface_init (MunSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MunMaildirSource, mun_maildir_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MUN_TYPE_SOURCE,
                                                      mun_maildir_source_iface_init))

/* One "&…-" of modified UTF-7: base64 with "," for "/", without padding, of UTF-16BE. */
static gboolean
decode_shift (GString *text, const char *data, gsize length)
{
  g_autofree char *base64 = NULL;
  g_autofree guchar *bytes = NULL;
  g_autofree char *utf8 = NULL;
  gsize size;

  if (length == 0) {
    g_string_append_c (text, '&');
    return TRUE;
  }
  if (length % 4 == 1)
    return FALSE;
  base64 = g_strdup_printf ("%.*s%.*s", (int)length, data, (int)((4 - length % 4) % 4), "===");
  g_strdelimit (base64, ",", '/');
  bytes = g_base64_decode (base64, &size);
  utf8 = g_convert ((const char *)bytes, (gssize)(size & ~(gsize)1), "UTF-8", "UTF-16BE", NULL,
                    NULL, NULL);
  if (utf8 == NULL || *utf8 == '\0')
    return FALSE;
  g_string_append (text, utf8);
  return TRUE;
}

char *
mun_maildir_decode_name (const char *name)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (*name != '\0') {
    gsize length;

    if ((guchar)*name >= 0x80)
      return NULL;
    if (*name != '&') {
      g_string_append_c (text, *name++);
      continue;
    }
    name++;
    length = strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,");
    if (name[length] != '-' || !decode_shift (text, name, length))
      return NULL;
    name += length + 1;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* ".A.B" below @path: one level of the tree for each dot. */
static char *
join_levels (const char *path, const char *name)
{
  g_autofree char *result = g_strdup (path);
  g_auto (GStrv) levels = NULL;

  if (*name == '.')
    levels = g_strsplit (name + 1, ".", -1);
  else
    levels = g_strsplit (name, "/", 1);
  for (char **level = levels; *level != NULL; level++) {
    g_autofree char *decoded = mun_maildir_decode_name (*level);
    char *longer = mun_files_join_path (result, decoded != NULL ? decoded : *level);

    g_free (result);
    result = longer;
  }
  return g_steal_pointer (&result);
}

static gboolean
is_directory (const char *directory, const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

static gboolean
is_maildir (const char *directory)
{
  return is_directory (directory, "cur") || is_directory (directory, "new");
}

/* Names of the files in it; without reading any of them. */
static gint64
count_files (const char *directory)
{
  gint64 n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *path = g_build_filename (directory, parts[i], NULL);
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
      n += *name != '.';
  }
  return n;
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
  if (is_maildir (directory))
    g_ptr_array_add (walk->folders, mun_source_folder_new (id, path, count_files (directory)));
  for (char **name = names; *name != NULL; name++) {
    g_autofree char *full = g_build_filename (directory, *name, NULL);
    g_autofree char *child_id = g_build_filename (id, *name, NULL);
    g_autofree char *child = NULL;

    if (g_str_equal (*name, "cur") || g_str_equal (*name, "new") || g_str_equal (*name, "tmp")
        || !g_file_test (full, G_FILE_TEST_IS_DIR))
      continue;
    if (**name == '.' && !is_maildir (full))
      continue; /* ".git" and the like */
    if (mun_files_leave_link (walk->host, full))
      continue;
    child = join_levels (path, *name);
    walk_directory (walk, full, child_id, child);
  }
}

static GPtrArray *
mun_maildir_source_list_folders (MunSource *source, const MunSourceHost *host,
                                 GCancellable *cancellable, GError **error)
{
  MunMaildirSource *self = MUN_MAILDIR_SOURCE (source);
  g_autoptr (GPtrArray) folders
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_source_folder_free);
  Walk walk = { folders, host, cancellable };
  g_autofree char *name = mun_files_display_name (self->path);
  MunSourceFolder *first;

  if (!g_file_test (self->path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "“%s” does not exist on the server", name);
    return NULL;
  }
  walk_directory (&walk, self->path, "", "");
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (folders->len == 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "“%s” is not a Maildir: neither it nor a folder in it has “cur” or “new”", name);
    return NULL;
  }
  first = folders->pdata[0];
  if (folders->len > 1 && *first->path == '\0') {
    g_free (first->path);
    first->path = g_strdup ("Inbox");
  }
  return g_steal_pointer (&folders);
}

static void
leave (MunMaildirSource *self)
{
  g_clear_pointer (&self->dir, g_dir_close);
  g_clear_pointer (&self->directory, g_free);
}

static gboolean
mun_maildir_source_begin_folder (MunSource *source, const MunSourceFolder *folder,
                                 const char *checkpoint, GCancellable *cancellable, GError **error)
{
  MunMaildirSource *self = MUN_MAILDIR_SOURCE (source);

  leave (self);
  self->directory = *folder->id == '\0' ? g_strdup (self->path)
                                        : g_build_filename (self->path, folder->id, NULL);
  self->part = 0;
  return TRUE;
}

/* The next name, opening "new" and then "cur". NULL at the end, or with an error. */
static const char *
next_name (MunMaildirSource *self, GError **error)
{
  for (;;) {
    const char *name = NULL;
    g_autofree char *path = NULL;

    while (self->dir != NULL && (name = g_dir_read_name (self->dir)) != NULL)
      if (*name != '.')
        return name;
    g_clear_pointer (&self->dir, g_dir_close);
    if (self->part == G_N_ELEMENTS (parts))
      return NULL;
    path = g_build_filename (self->directory, parts[self->part++], NULL);
    if (!g_file_test (path, G_FILE_TEST_IS_DIR))
      continue;
    self->dir = g_dir_open (path, 0, error);
    if (self->dir == NULL)
      return NULL;
  }
}

/* File name without its flags: behind ":" by the Maildir specification, ";" where the file system
 * cannot have that. */
static char *
make_key (const char *name)
{
  g_autofree char *bare = g_strdup (name);
  char *flags = strstr (bare, ":2,");

  if (flags == NULL)
    flags = strstr (bare, ":1,");
  if (flags == NULL)
    flags = strstr (bare, ";2,");
  if (flags != NULL)
    *flags = '\0';
  return mun_files_display_name (bare);
}

/* A mail program may have moved the file from "new" to "cur", or changed its flags. */
static char *
find_again (MunMaildirSource *self, const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *path = g_build_filename (self->directory, parts[i], NULL);
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *other = make_key (name);

      if (g_str_equal (other, key))
        return g_build_filename (path, name, NULL);
    }
  }
  return NULL;
}

static MunSourceItem *
read_message (MunMaildirSource *self, const char *name, const char *key, const char *spool_dir)
{
  g_autofree char *path = g_build_filename (self->directory, parts[self->part - 1], name, NULL);
  g_autofree char *display = mun_files_display_name (path);
  g_autofree char *again = NULL;
  MunSourceItem *item = mun_files_read_item (path, display, key, spool_dir);

  if (item->state == MUN_SOURCE_READ || g_file_test (path, G_FILE_TEST_EXISTS))
    return item;
  again = find_again (self, key);
  if (again != NULL) {
    mun_source_item_free (item);
    item = mun_files_read_item (again, display, key, spool_dir);
  }
  return item;
}

static MunSourceBatch *
mun_maildir_source_next_batch (MunSource *source, const MunSourceHost *host,
                               GCancellable *cancellable, GError **error)
{
  MunMaildirSource *self = MUN_MAILDIR_SOURCE (source);
  g_autoptr (MunSourceBatch) batch = mun_source_batch_new ();
  gsize bytes = 0;

  g_return_val_if_fail (self->directory != NULL, NULL);

  while (batch->items->len < host->max_items && bytes < host->max_bytes
         && !g_cancellable_is_cancelled (cancellable)) {
    g_autoptr (GError) local = NULL;
    const char *name = next_name (self, &local);
    g_autofree char *key = name == NULL ? NULL : make_key (name);
    MunSourceItem *item;

    if (local != NULL) {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
    if (name == NULL) {
      batch->last = TRUE;
      break;
    }
    if (host->want != NULL && !host->want (key, host->user_data))
      continue;
    item = read_message (self, name, key, host->spool_dir);
    bytes += item->raw == NULL ? 0 : g_bytes_get_size (item->raw);
    g_ptr_array_add (batch->items, item);
  }
  if (batch->items->len == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_steal_pointer (&batch);
}

static char *
mun_maildir_source_dup_checkpoint (MunSource *source, const MunSourceBatch *batch)
{
  return NULL;
}

static void
mun_maildir_source_finalize (GObject *object)
{
  MunMaildirSource *self = MUN_MAILDIR_SOURCE (object);

  leave (self);
  g_free (self->path);
  G_OBJECT_CLASS (mun_maildir_source_parent_class)->finalize (object);
}

static void
mun_maildir_source_iface_init (MunSourceInterface *iface)
{
  iface->reads_ahead = TRUE;
  iface->list_folders = mun_maildir_source_list_folders;
  iface->begin_folder = mun_maildir_source_begin_folder;
  iface->next_batch = mun_maildir_source_next_batch;
  iface->dup_checkpoint = mun_maildir_source_dup_checkpoint;
}

static void
mun_maildir_source_class_init (MunMaildirSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_maildir_source_finalize;
}

static void
mun_maildir_source_init (MunMaildirSource *self)
{
}

MunSource *
mun_maildir_source_new (const char *path)
{
  MunMaildirSource *self = g_object_new (MUN_TYPE_MAILDIR_SOURCE, NULL);

  self->path = g_strdup (path);
  return MUN_SOURCE (self);
}
