/* eml-source.c: a folder of files that hold one message each */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "eml-source.h"

#include "errors.h"
#include "files.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

struct _MunEmlSource {
  GObject parent_instance;

  char *path;
  gboolean only_eml;

  /* of the folder that is being read */
  char *directory;
  char *id;
  GStrv names;
  guint position;
};

static void
mun_eml_source_iface_init (MunSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MunEmlSource, mun_eml_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MUN_TYPE_SOURCE, mun_eml_source_iface_init))

static gboolean
is_message_name (MunEmlSource *self, const char *name)
{
  gsize length = strlen (name);

  if (*name == '.' || g_ascii_strcasecmp (name, "Thumbs.db") == 0
      || g_ascii_strcasecmp (name, "desktop.ini") == 0)
    return FALSE;
  return !self->only_eml || (length > 4 && g_ascii_strcasecmp (name + length - 4, ".eml") == 0);
}

typedef struct {
  MunEmlSource *self;
  GPtrArray *folders;
  const MunSourceHost *host;
  GCancellable *cancellable;
} Walk;

static void
walk_directory (Walk *walk, const char *directory, const char *id, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) below = g_ptr_array_new ();
  g_auto (GStrv) names = NULL;
  gint64 files = 0;

  if (g_cancellable_is_cancelled (walk->cancellable))
    return;
  names = mun_files_list (directory, &error);
  if (names == NULL) {
    mun_files_note (walk->host, directory, error->message);
    return;
  }
  for (char **name = names; *name != NULL; name++) {
    g_autofree char *full = g_build_filename (directory, *name, NULL);

    if (g_file_test (full, G_FILE_TEST_IS_DIR)) {
      if (**name != '.' && !mun_files_leave_link (walk->host, full))
        g_ptr_array_add (below, *name);
    } else {
      files += is_message_name (walk->self, *name);
    }
  }
  if (files > 0)
    g_ptr_array_add (walk->folders, mun_source_folder_new (id, path, files));
  for (guint i = 0; i < below->len; i++) {
    const char *name = below->pdata[i];
    g_autofree char *full = g_build_filename (directory, name, NULL);
    g_autofree char *child_id = g_build_filename (id, name, NULL);
    g_autofree char *child = mun_files_join_path (path, name);

    walk_directory (walk, full, child_id, child);
  }
}

static GPtrArray *
mun_eml_source_list_folders (MunSource *source, const MunSourceHost *host,
                             GCancellable *cancellable, GError **error)
{
  MunEmlSource *self = MUN_EML_SOURCE (source);
  g_autoptr (GPtrArray) folders
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_source_folder_free);
  Walk walk = { self, folders, host, cancellable };
  g_autofree char *name = mun_files_display_name (self->path);

  if (!g_file_test (self->path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "“%s” does not exist on the server", name);
    return NULL;
  }
  if (g_file_test (self->path, G_FILE_TEST_IS_DIR))
    walk_directory (&walk, self->path, "", "");
  else
    g_ptr_array_add (folders, mun_source_folder_new ("", "", 1));
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_steal_pointer (&folders);
}

static void
leave (MunEmlSource *self)
{
  g_clear_pointer (&self->directory, g_free);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->names, g_strfreev);
  self->position = 0;
}

static gboolean
mun_eml_source_begin_folder (MunSource *source, const MunSourceFolder *folder,
                             const char *checkpoint, GCancellable *cancellable, GError **error)
{
  MunEmlSource *self = MUN_EML_SOURCE (source);

  leave (self);
  self->id = g_strdup (folder->id);
  if (*folder->id == '\0' && !g_file_test (self->path, G_FILE_TEST_IS_DIR)) {
    g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
    g_autofree char *target = realpath (self->path, NULL); /* the named file may be a link */
    g_autofree char *name = g_path_get_basename (target != NULL ? target : self->path);

    g_strv_builder_add (names, name);
    self->directory = g_path_get_dirname (target != NULL ? target : self->path);
    self->names = g_strv_builder_end (names);
    return TRUE;
  }
  self->directory = g_build_filename (self->path, folder->id, NULL);
  self->names = mun_files_list (self->directory, error);
  return self->names != NULL;
}

/* TRUE for what may be read as a message; a directory or a device is not. */
static gboolean
look (MunEmlSource *self, const char *name, char **path, char **key)
{
  GStatBuf info;
  g_autofree char *full = g_build_filename (self->directory, name, NULL);
  g_autofree char *relative = g_build_filename (self->id, name, NULL);
  g_autofree char *display = mun_files_display_name (relative);

  if (!is_message_name (self, name) || g_stat (full, &info) < 0 || S_ISDIR (info.st_mode))
    return FALSE;
  *path = g_steal_pointer (&full);
  *key = g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, display,
                          (gint64)info.st_size, (gint64)info.st_mtime);
  return TRUE;
}

static MunSourceBatch *
mun_eml_source_next_batch (MunSource *source, const MunSourceHost *host, GCancellable *cancellable,
                           GError **error)
{
  MunEmlSource *self = MUN_EML_SOURCE (source);
  g_autoptr (MunSourceBatch) batch = mun_source_batch_new ();
  gsize bytes = 0;

  g_return_val_if_fail (self->names != NULL, NULL);

  while (batch->items->len < host->max_items && bytes < host->max_bytes
         && !g_cancellable_is_cancelled (cancellable)) {
    const char *name = self->names[self->position];
    g_autofree char *path = NULL;
    g_autofree char *key = NULL;
    g_autofree char *display = NULL;
    MunSourceItem *item;

    if (name == NULL) {
      batch->last = TRUE;
      break;
    }
    self->position++;
    if (!look (self, name, &path, &key)
        || (host->want != NULL && !host->want (key, host->user_data)))
      continue;
    display = mun_files_display_name (path);
    item = mun_files_read_item (path, display, key, host->spool_dir);
    bytes += item->raw == NULL ? 0 : g_bytes_get_size (item->raw);
    g_ptr_array_add (batch->items, item);
  }
  if (batch->items->len == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_steal_pointer (&batch);
}

static char *
mun_eml_source_dup_checkpoint (MunSource *source, const MunSourceBatch *batch)
{
  return NULL;
}

static void
mun_eml_source_finalize (GObject *object)
{
  MunEmlSource *self = MUN_EML_SOURCE (object);

  leave (self);
  g_free (self->path);
  G_OBJECT_CLASS (mun_eml_source_parent_class)->finalize (object);
}

static void
mun_eml_source_iface_init (MunSourceInterface *iface)
{
  iface->reads_ahead = TRUE;
  iface->list_folders = mun_eml_source_list_folders;
  iface->begin_folder = mun_eml_source_begin_folder;
  iface->next_batch = mun_eml_source_next_batch;
  iface->dup_checkpoint = mun_eml_source_dup_checkpoint;
}

static void
mun_eml_source_class_init (MunEmlSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_eml_source_finalize;
}

static void
mun_eml_source_init (MunEmlSource *self)
{
}

MunSource *
mun_eml_source_new (const char *path, gboolean only_eml)
{
  MunEmlSource *self = g_object_new (MUN_TYPE_EML_SOURCE, NULL);

  self->path = g_strdup (path);
  self->only_eml = only_eml;
  return MUN_SOURCE (self);
}
